/* overrides.c - a client with its own retries and time-outs, and single calls and streams that have
 * others.
 * demo: --fault listSessions:1:status=503 --fault listSessions:2:status=503
 * demo: --fault healthCheck:1:hang */
#include <mix/client.h>
#include <stdio.h>

/* A stream that is tried twice instead of for ever. */
static int lost_stream(struct mix_client *c) {
    const struct mix_retry twice = {.attempts = 2, .initial_ms = 20};
    const struct mix_call_options o = {.server = "http://127.0.0.1:9", .retry = &twice};
    struct mix_stream *s = mix_stream_open(c, "a session", &o, NULL, NULL, NULL);
    const struct mix_event *e;
    enum mix_rc rc = MIX_RC_OK;

    while (s && mix_stream_next(s, 10000, &e) == MIX_RC_OK && e->what != MIX_EVENT_END)
        if (e->link == MIX_LINK_RETRYING)
            printf("stream: again in %lld ms\n", (long long)e->wait_ms);
    if (s && e) {
        printf("stream: %s\n", e->err->text);
        rc = e->err->rc;
    }
    mix_stream_close(s);
    return rc != MIX_RC_CONNECT;
}

int main(int argc, char **argv) {
    const struct mix_options options = {
        .server = argc > 1 ? argv[1] : NULL,
        .idle_timeout_ms = 5000,
        .retry = {.attempts = 3, .initial_ms = 20, .max_ms = 100, .exponent = 2},
    };
    const struct mix_retry never = {.mode = MIX_RETRY_OFF};
    const struct sessions_query query = {.include_subagents = false};
    struct mix_error err = {.rc = MIX_RC_OK};
    struct mix_client *c = mix_client_new(&options, &err);
    struct session_list *sessions = NULL;
    int bad = 0;

    if (!c)
        return 1;
    /* The server is out of order twice. This call wants to know at once ... */
    const struct mix_call_options once = {.retry = &never};

    bad |= mix_sessions_list(c, &query, &sessions, &once, &err) != MIX_RC_HTTP;
    printf("without retries: %s (%d, a retry %s help)\n", err.text, err.status,
           err.retryable ? "may" : "does not");
    /* ... and this one is tried again as the client is set. */
    bad |= mix_sessions_list(c, &query, &sessions, NULL, &err) != MIX_RC_OK;
    if (sessions)
        printf("%zu sessions at attempt %d\n", sessions->list.n,
               mix_reply_info(sessions)->attempts);
    mix_reply_free(sessions);

    /* A server that does not answer is not waited for, just here. */
    const struct mix_call_options soon = {.total_timeout_ms = 200,
                                          .retry = &never,
                                          .headers = (const char *[]){"X-Hurry: yes"},
                                          .n_headers = 1};

    bad |= mix_system_get_health(c, NULL, &soon, &err) != MIX_RC_TIMEOUT;
    printf("health: %s\n", err.text);

    /* Another server for one call: nobody listens there. */
    const struct mix_call_options elsewhere = {.server = "http://127.0.0.1:9", .retry = &never};

    bad |= mix_system_get_health(c, NULL, &elsewhere, &err) != MIX_RC_CONNECT;
    printf("elsewhere: %s\n", err.text);
    bad |= lost_stream(c);
    mix_error_clear(&err);
    mix_client_free(c);
    return bad;
}
