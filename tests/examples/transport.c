/* transport.c - no network at all: a function answers, for tests and for networks curl knows
 * nothing of. Streams work the same way. */
#include <mix/client.h>
#include <stdio.h>
#include <string.h>

static enum mix_rc say(struct mix_exchange *x, const char *text) {
    return mix_exchange_write(x, text, strlen(text));
}

static enum mix_rc transport(void *user, struct mix_exchange *x) {
    char body[256];
    int64_t n, all = 0;

    (void)user;
    while ((n = mix_exchange_read(x, body + all, sizeof body - 1 - (size_t)all)) > 0)
        all += n;
    body[all] = '\0';
    printf("%s %s %s\n", x->method, x->url, body);
    if (strstr(x->url, "/stream")) {
        mix_exchange_header(x, "Content-Type: text/event-stream");
        return say(x, "event: connected\ndata: {\"sessionId\":\"s1\"}\n\n"
                      "event: content\ndata: {\"content\":\"from nowhere\"}\n\n");
    }
    if (strstr(x->url, "/missing")) {
        mix_exchange_status(x, 404);
        return say(x, "{\"error\":{\"type\":\"not_found\",\"message\":\"no such session\"}}");
    }
    mix_exchange_header(x, "Content-Type: application/json");
    return say(x, "{\"id\":\"s1\",\"title\":\"made up\",\"createdAt\":\"2025-01-01T00:00:00Z\"}");
}

static int read_stream(struct mix_client *c) {
    struct mix_stream *s = mix_stream_open(c, "s1", NULL, NULL, NULL, NULL);
    const struct mix_event *e = NULL;
    int bad = mix_stream_wait(s, 10000, NULL) != MIX_RC_OK;

    while (!bad && mix_stream_next(s, 10000, &e) == MIX_RC_OK)
        if (e->what == MIX_EVENT && e->kind == MIX_EV_CONTENT) {
            bad = strcmp(e->data->content, "from nowhere") != 0;
            mix_stream_close(s);
            return bad;
        }
    return 1;
}

int main(void) {
    const struct mix_options options = {
        .server = "https://mix.invalid/base",
        .hooks = {.transport = transport},
    };
    struct mix_error err = {.rc = MIX_RC_OK};
    struct mix_client *c = mix_client_new(&options, &err);
    struct session_data *session = NULL;
    int bad;

    if (!c)
        return 1;
    bad = mix_sessions_create(c, &(struct session_create){.title = "x"}, &session, NULL, &err);
    bad |= !session || strcmp(session->title, "made up") != 0;
    mix_reply_free(session);
    bad |= mix_sessions_get(c, &(struct session_ref){.id = "missing"}, NULL, NULL, &err) !=
           MIX_RC_HTTP;
    bad |= err.status != 404 || !err.type || strcmp(err.type, "not_found") != 0;
    bad |= read_stream(c);
    mix_error_clear(&err);
    mix_client_free(c);
    return bad;
}
