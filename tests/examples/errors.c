/* errors.c - what an error tells: its kind, the status, headers and body, what the server said in
 * its own words, and where an answer is not what it should be.
 * demo: --fault healthCheck:1:garbage */
#include <mix/client.h>
#include <stdio.h>

static void print(const struct mix_error *err) {
    printf("%s: %s\n", mix_rc_text(err->rc), err->text);
    if (err->op != MIX_OP_COUNT)
        printf("  operation %s, attempt %d, status %d\n", mix_op_name(err->op), err->attempt,
               err->status);
    if (err->message)
        printf("  the server says: %s (%s)\n", err->message, err->type ? err->type : "no type");
    if (err->where)
        printf("  at %s\n", err->where);
    if (err->body)
        printf("  body: %.60s (%zu bytes)\n", err->body, err->body_len);
    for (size_t i = 0; i < err->headers.n; i++)
        printf("  %s\n", err->headers.items[i]);
}

int main(int argc, char **argv) {
    struct mix_error err = {.rc = MIX_RC_OK};
    struct mix_client *c =
        mix_client_new(&(struct mix_options){.server = argc > 1 ? argv[1] : NULL}, &err);
    struct session_data *session = NULL;
    int bad = 0;

    if (!c)
        return 1;
    /* The server refuses. */
    bad |= mix_sessions_get(c, &(struct session_ref){.id = "nobody"}, &session, NULL, &err) !=
           MIX_RC_HTTP;
    bad |= err.status != 404 || !err.body || err.headers.n == 0 || !err.message;
    print(&err);
    /* The answer is no JSON. */
    bad |= mix_system_get_health(c, NULL, NULL, &err) != MIX_RC_PROTO;
    print(&err);
    /* The call itself is wrong. */
    bad |= mix_sessions_get(c, &(struct session_ref){.id = NULL}, &session, NULL, &err) !=
           MIX_RC_USAGE;
    print(&err);
    mix_client_free(c);
    /* No client comes about. */
    bad |= mix_client_new(&(struct mix_options){.server = "gopher://x"}, &err) != NULL;
    print(&err);
    mix_error_clear(&err);
    return bad;
}
