/* async.c - a probe and calls that do not wait, delivered on this thread by an event loop, and one
 * cancelled.
 * demo: --fault listMcpServers:1:hang */
#include <mix/client.h>
#include <poll.h>
#include <stdio.h>

struct state {
    struct mix_client *client;
    uint32_t slow;
    int open, sessions, tools, cancelled;
};

static void on_sessions(void *user, uint32_t id, void *out, const struct mix_error *err) {
    struct state *s = user;
    struct session_list *all = out;

    if (err->rc == MIX_RC_OK)
        s->sessions = (int)all->list.n;
    printf("call %u: %d sessions\n", (unsigned)id, s->sessions);
    mix_reply_free(out);
    s->open--;
}

static void on_tools(void *user, uint32_t id, void *out, const struct mix_error *err) {
    struct state *s = user;
    struct tool_list *all = out;

    (void)id;
    if (err->rc == MIX_RC_OK)
        s->tools = (int)all->tools.n;
    mix_reply_free(out);
    s->open--;
}

static void on_servers(void *user, uint32_t id, void *out, const struct mix_error *err) {
    struct state *s = user;

    s->cancelled = err->rc == MIX_RC_CANCELLED;
    printf("call %u: %s\n", (unsigned)id, err->text);
    mix_reply_free(out);
    s->open--;
}

/* Now it is known what the server understands. */
static void on_probe(void *user, uint32_t id, void *out, const struct mix_error *err) {
    static const struct sessions_query query = {.include_subagents = true};
    struct state *s = user;

    (void)id;
    (void)out; /* a probe has none */
    printf("probe: %s, generation %d\n", mix_rc_text(err->rc), mix_client_generation(s->client));
    s->open = 3;
    mix_call_async(s->client, MIX_OP_SESSIONS_LIST, &query, NULL, on_sessions, s, NULL);
    mix_call_async(s->client, MIX_OP_TOOLS_LIST, NULL, NULL, on_tools, s, NULL);
    s->slow = mix_call_async(s->client, MIX_OP_MCP_LIST, NULL, NULL, on_servers, s, NULL);
}

int main(int argc, char **argv) {
    const struct mix_options options = {
        .server = argc > 1 ? argv[1] : NULL,
        .delivery = MIX_BY_DISPATCH,
    };
    struct mix_client *c = mix_client_new(&options, NULL);
    struct state s = {.client = c, .open = 1};

    if (!c)
        return 1;
    mix_client_probe_async(c, NULL, on_probe, &s, NULL);
    while (s.open > 0) {
        struct pollfd fd = {.fd = mix_client_fd(c), .events = POLLIN};

        if (poll(&fd, 1, 10000) <= 0)
            break;
        mix_client_dispatch(c);
        if (s.open == 1 && s.slow != 0)
            mix_cancel(c, s.slow);
    }
    mix_client_free(c);
    return s.open != 0 || s.tools == 0 || !s.cancelled;
}
