/* turn.c - lists the sessions of a server, then has a turn in a new one and prints it as it comes.
 *     turn http://127.0.0.1:8088 "what is in this folder?" */
#include <mix/client.h>
#include <stdio.h>

static int fail(const char *what, const struct mix_error *err) {
    fprintf(stderr, "%s: %s\n", what, err->text);
    return 1;
}

static int list_sessions(struct mix_client *c, struct mix_error *err) {
    struct session_list *all;

    if (mix_sessions_list(c, NULL, &all, NULL, err) != MIX_RC_OK)
        return fail("sessions", err);
    for (size_t i = 0; i < all->list.n; i++)
        printf("%s  %s\n", all->list.items[i].id, all->list.items[i].title);
    mix_reply_free(all);
    return 0;
}

/* Prints until the turn is over. */
static int print_turn(struct mix_stream *s) {
    const struct mix_event *e;

    while (mix_stream_next(s, 60000, &e) == MIX_RC_OK && e->what != MIX_EVENT_END) {
        if (e->what != MIX_EVENT)
            continue;
        if (e->kind == MIX_EV_CONTENT && e->data->content)
            fputs(e->data->content, stdout);
        if (e->kind == MIX_EV_COMPLETE)
            return puts("") < 0;
        if (e->kind == MIX_EV_ERROR)
            break;
    }
    return 1;
}

int main(int argc, char **argv) {
    struct mix_error err = {0};
    struct session_data *session = NULL;
    struct mix_client *c =
        mix_client_new(&(struct mix_options){.server = argc > 1 ? argv[1] : NULL}, &err);
    if (!c)
        return fail("client", &err);
    mix_client_probe(c, NULL, NULL, NULL); /* old servers want messages worded in another way */
    int status = list_sessions(c, &err);
    if (mix_sessions_create(c, &(struct session_create){.title = "a turn"}, &session, NULL, &err))
        return fail("create", &err);
    struct mix_stream *s = mix_stream_open(c, session->id, NULL, NULL, NULL, &err);
    const struct message_send say = {.id = session->id, .text = argc > 2 ? argv[2] : "hello"};
    if (mix_stream_wait(s, 10000, &err) ||
        !mix_call_async(c, MIX_OP_MESSAGE_SEND, &say, NULL, NULL, NULL, &err))
        return fail("send", &err);
    status |= print_turn(s);
    mix_reply_free(session);
    mix_client_free(c);
    return status;
}
