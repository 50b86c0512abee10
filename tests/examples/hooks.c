/* hooks.c - before each request: a header is added, deletes are refused, a body is changed; behind
 * each answer it is counted; retries are told.
 * demo: --fault listSessions:1:status=503 */
#include <mix/client.h>
#include <stdio.h>
#include <string.h>

/* Only the client's network thread touches it while calls run, and this one before and after. */
struct notes {
    int sent, answered;
};
/* Of the client's own thread: it is done before the call it is about returns. */
static int retries;

static enum mix_rc before(void *user, struct mix_outgoing *o) {
    struct notes *n = user;

    n->sent++;
    if (o->op == MIX_OP_SESSION_DELETE)
        return mix_outgoing_refuse(o, "nothing is deleted on Fridays");
    if (o->op == MIX_OP_SESSION_CREATE) {
        static const char other[] = "{\"title\":\"named by a hook\","
                                    "\"browserMode\":\"local-browser-service\"}";

        mix_outgoing_body(o, other, strlen(other));
    }
    mix_outgoing_header(o, "X-Trace: 4711");
    return MIX_RC_OK;
}

static enum mix_rc after(void *user, const struct mix_answer *a) {
    struct notes *n = user;

    n->answered++;
    printf("%s %s: %d in %lld ms\n", a->method, a->url, a->status, (long long)a->ms);
    return MIX_RC_OK;
}

static void retry(void *user, const struct mix_retrying *r) {
    (void)user;
    retries++;
    printf("%s: attempt %d: %s\n", mix_op_name(r->op), r->attempt, r->err->text);
}

int main(int argc, char **argv) {
    struct notes notes = {0, 0};
    const struct mix_options options = {
        .server = argc > 1 ? argv[1] : NULL,
        .retry = {.initial_ms = 20},
        .hooks = {.user = &notes, .before = before, .after = after, .retry = retry},
    };
    struct mix_error err = {.rc = MIX_RC_OK};
    struct mix_client *c = mix_client_new(&options, &err);
    struct session_data *made = NULL;
    int bad = 0;

    if (!c)
        return 1;
    bad |= mix_sessions_create(c, &(struct session_create){.title = "mine"}, &made, NULL, &err);
    if (bad == 0) {
        printf("created \"%s\"\n", made->title);
        bad |= strcmp(made->title, "named by a hook") != 0;
        bad |= mix_sessions_delete(c, &(struct session_ref){.id = made->id}, NULL, &err) !=
               MIX_RC_CANCELLED;
        printf("delete: %s\n", err.text);
    }
    bad |= mix_sessions_list(c, NULL, NULL, NULL, &err) != MIX_RC_OK;
    mix_reply_free(made);
    mix_error_clear(&err);
    mix_client_free(c);
    printf("%d requests, %d answers\n", notes.sent, notes.answered);
    return bad || notes.sent != 4 || notes.answered != 3 || retries != 1;
}
