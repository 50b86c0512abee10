/* rows.c - the messages of a session, where events cannot tell: is it free, did the message arrive,
 * what was said while the stream was broken. */
#include <stdlib.h>
#include <string.h>

#include "send.h"

enum { CHECK_MS = 3000, CHECKS = 2, QUIET = 2, DEAD = 10, SOON_MS = 400 };

/* ---- reading them ---- */
void turn_read_rows(struct turn *t) {
    for (size_t i = 0; i < t->rows.n; i++)
        free(t->rows.texts[i]);
    free(t->rows.last_id);
    t->rows.n = 0;
    t->rows.last_id = NULL;
    t->rows.tail_open = t->rows.found = false;
    t->rows.passed = str_blank(t->known_id);
    t->rows_at = 0;
    t->rows_request = talk_call_id(&t->talk, OP_MESSAGES_LIST, t->talk.session);
}

bool turn_same_text(const char *ours, const char *theirs) {
    const size_t n = strlen(ours);

    /* plan mode appends a reminder */
    return theirs && strncmp(ours, theirs, n) == 0 &&
           (theirs[n] == '\0' || strncmp(theirs + n, "\n\n<system-reminder>", 19) == 0);
}

static void take_row(struct turn *t, const struct message *row) {
    struct turn_rows *r = &t->rows;
    const bool agent = str_eq(row->role, "assistant");

    r->tail_open = !agent || (str_blank(row->assistant_response) && str_blank(row->user_input) &&
                              row->tool_calls.n == 0);
    r->open_call = false;
    for (size_t i = 0; i < row->tool_calls.n; i++)
        r->open_call = r->open_call || !row->tool_calls.items[i].finished;
    r->tail_open = r->tail_open || r->open_call;
    free(r->last_id);
    r->last_id = row->id ? xstrdup(row->id) : NULL;
    if (!r->passed) {
        r->passed = str_eq(row->id, t->known_id);
        return;
    }
    if (str_eq(row->role, "user")) {
        r->found = r->found || (t->phase > TURN_OPEN && turn_same_text(t->text, row->user_input));
    } else if (agent && r->found) {
        const char *text = row->assistant_response ? row->assistant_response : row->user_input;

        r->texts = xgrow(r->texts, r->n, &r->cap, sizeof *r->texts);
        r->texts[r->n++] = xstrdup(text ? text : "");
    }
}

/* ---- what they tell ---- */
/* Old servers take one message at a time, and a refusal there leaves rows that look like work. */
static bool refuses_itself(const struct turn *t) {
    return t->talk.caps.version != GEN_NONE && t->talk.caps.version < GEN(0, 6, 0);
}

/* Idle, or for long nothing moved and no call is open: what began there died. */
static bool waited_enough(struct turn *t) {
    const bool moved = t->heard_other || t->rows.open_call;

    t->quiet = t->rows.tail_open || moved ? 0 : t->quiet + 1;
    t->checks = moved ? 0 : t->checks + 1;
    t->heard_other = false;
    if (t->quiet >= QUIET || t->checks >= DEAD)
        return true;
    t->rows_at = clock_now() + CHECK_MS;
    return false;
}

static int rows_read(struct turn *t) {
    const struct turn_rows *r = &t->rows;

    switch ((int)t->phase) {
    case TURN_LOOK:
        if (r->tail_open && !refuses_itself(t))
            return turn_busy(t);
        break;
    case TURN_WAIT:
        if (!waited_enough(t))
            return CLI_GO_ON;
        break;
    case TURN_STOP:
        break;
    case TURN_CHECK:
        if (r->found) {
            turn_sent(t);
            t->gap = true;
            t->rows_at = clock_now() + SOON_MS;
        } else if (++t->checks < CHECKS) {
            t->rows_at = clock_now() + CHECK_MS;
        } else {
            feed_say(&t->talk.feed,
                     "unknown whether it arrived: look with mixtui export %s before "
                     "sending it again",
                     t->talk.session);
            return turn_finish(t, "unknown", rc_exit_code(RC_CONNECT, 0));
        }
        return CLI_GO_ON;
    default: /* the stream was broken or said nothing for long */
        t->gap = false;
        t->quiet = r->tail_open || r->n == 0 ? 0 : t->quiet + 1;
        /* what is being written now comes as events */
        for (size_t i = 0; i + (t->quiet < QUIET) < r->n; i++)
            feed_rest(&t->talk.feed, NULL, r->texts[i]);
        if (t->quiet >= QUIET && !t->post)
            return turn_ended(t);
        t->rows_at = clock_now() + CHECK_MS;
        return CLI_GO_ON;
    }
    free(t->known_id);
    t->known_id = r->last_id ? xstrdup(r->last_id) : NULL;
    turn_go_on(t);
    return CLI_GO_ON;
}

int turn_take_rows(struct turn *t, const struct incoming *in) {
    if (in->kind == IN_RESTART)
        turn_read_rows(t);
    if (in->kind == IN_FAIL) {
        t->rows_request = 0;
        if (t->phase < TURN_POST)
            return turn_could_not(t, "read the session", &in->err);
        t->rows_at = clock_now() + CHECK_MS; /* the limits of time end it */
        if (t->phase == TURN_CHECK && ++t->checks >= CHECKS) {
            feed_say(&t->talk.feed, "unknown whether it arrived: the server does not answer");
            return turn_finish(t, "unknown", rc_exit_code(RC_CONNECT, 0));
        }
        return CLI_GO_ON;
    }
    for (size_t i = 0; i < in->n && (in->kind == IN_ITEMS || in->kind == IN_REPLY); i++)
        take_row(t, &((const struct message *)in->out)[i]);
    if (in->kind != IN_REPLY)
        return CLI_GO_ON;
    t->rows_request = 0;
    return rows_read(t);
}
