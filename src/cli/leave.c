/* leave.c - what comes before a message leaves: is the session free, does the server know what is
 * asked for, where do the files lie. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/text.h"
#include "send.h"

enum { LIVE_WAIT_MS = 15000, CHECK_MS = 3000, CANCEL_MS = 3000, TITLE_BYTES = 200 };

void turn_stop(struct turn *t) {
    if (!t->cancel)
        t->cancel = talk_call_id(&t->talk, OP_SESSION_CANCEL, t->talk.session);
    t->end_at = clock_now() + CANCEL_MS;
}

/* ---- before it leaves ---- */
static const char *version_text(int version, char out[24]) {
    snprintf(out, 24, "%d.%d.%d", version / 10000, version / 100 % 100, version % 100);
    return out;
}

/* A field the server would reject is refused here, with the reason. */
static enum rc needs(const struct turn *t, const char *field, const char *flag, struct err *err) {
    const int version = t->talk.caps.version;
    struct field_view view;
    char has[24], since[24];
    int first = 0;

    for (size_t i = 0; shape_field(op_spec(OP_MESSAGE_SEND)->in, i, &view); i++) {
        if (!str_eq(view.name, field))
            continue;
        if (version == GEN_NONE ||
            (version >= view.since && (!view.until || version <= view.until)))
            return RC_OK;
        if (first == 0 || view.since < first)
            first = view.since;
    }
    return err_set(err, RC_USAGE, 0, "%s: this server is of generation %s, and %s came with %s",
                   flag, version_text(version, has), field, version_text(first, since));
}

enum rc turn_fits(const struct turn *t, struct err *err) {
    enum rc rc = RC_OK;

    if (t->plan)
        rc = needs(t, "plan_mode", "--plan", err);
    if (rc == RC_OK && t->thinking)
        rc = needs(t, "thinking_level", "--thinking", err);
    if (rc == RC_OK && t->max_steps)
        rc = needs(t, "max_steps", "--max-steps", err);
    if (rc == RC_OK && t->files.n && !caps_has(&t->talk.caps, OP_FILE_UPLOAD))
        rc = err_set(err, RC_USAGE, 0, "--file: this server takes no files");
    return rc;
}

void turn_look(struct turn *t) {
    t->phase = TURN_LOOK;
    t->request = talk_call_id(&t->talk, OP_SESSION_GET, t->target);
}

void turn_create(struct turn *t) {
    void *in;
    struct request *r =
        talk_request(&t->talk, OP_SESSION_CREATE, sizeof(struct session_create), &in);
    struct session_create *c = in;
    auto_buf struct buf title = {.max = 4 * TITLE_BYTES};
    const char *start = t->text + strspn(t->text, " \t\r\n");
    size_t n = strcspn(start, "\r\n");

    if (n > TITLE_BYTES)
        for (n = TITLE_BYTES; n > 0 && ((unsigned char)start[n] & 0xc0) == 0x80;)
            n--;
    if (text_clean(&title, start, n, CLEAN_LINE) != RC_OK || title.n == 0)
        buf_adds(&title, "New session");
    c->title = arena_strdup(&r->arena, buf_str(&title));
    c->browser_mode = "local-browser-service";
    t->phase = TURN_CREATE;
    t->request = cli_send_request(&t->talk.run, r);
}

void turn_go_on(struct turn *t) {
    if (t->uploaded < t->files.n) {
        void *in;
        struct request *r = talk_request(&t->talk, OP_FILE_UPLOAD, sizeof(struct session_ref), &in);

        ((struct session_ref *)in)->id = arena_strdup(&r->arena, t->talk.session);
        r->local_path = arena_strdup(&r->arena, t->files.items[t->uploaded]);
        t->phase = TURN_UPLOAD;
        t->request = cli_send_request(&t->talk.run, r);
        return;
    }
    t->phase = TURN_OPEN;
    t->due = clock_now() + LIVE_WAIT_MS;
    if (t->talk.n_watches == 0)
        watch_open(&t->talk, t->talk.session, NULL);
}

/* `@name` gives way to the address of the file; a name that is not in the text goes to its end. */
void turn_place_file(struct turn *t, const char *path, const struct file_info *file) {
    const char *base = path_base(path);
    const char *const names[] = {path, base, file->name};
    auto_buf struct buf url = {.max = 64 * MIX_KIB}, out = {.max = SIZE_MAX};
    const char *at = NULL;
    size_t n = 0;

    if (file->url)
        buf_adds(&url, file->url);
    else /* before 0.5.3 */
        buf_addf(&url, "%s/api/sessions/%s/files/%s", t->talk.run.profile.net.url, t->talk.session,
                 file->name ? file->name : base);
    for (size_t i = 0; i < MIX_COUNT(names) && !at; i++) {
        n = names[i] ? strlen(names[i]) : 0;
        for (const char *p = t->text; n > 0 && !at && (p = strchr(p, '@')); p++) {
            const char after = strncmp(p + 1, names[i], n) == 0 ? p[1 + n] : 'x';

            if ((p == t->text || strchr(" \t\n(\"'", p[-1])) &&
                (after == '\0' || strchr(" \t\n)\"',;:!?.", after)))
                at = p;
        }
    }
    const size_t before = at ? (size_t)(at - t->text) : strlen(t->text);

    buf_add(&out, t->text, before);
    buf_addf(&out, "%s%s", at ? "" : "\n", buf_str(&url));
    buf_adds(&out, at ? at + 1 + n : "");
    free(t->text);
    t->text = buf_take(&out);
}

/* Once, and never again. */
void turn_post(struct turn *t) {
    void *in;
    struct request *r = talk_request(&t->talk, OP_MESSAGE_SEND, sizeof(struct message_send), &in);

    *(struct message_send *)in = (struct message_send){
        .id = arena_strdup(&r->arena, t->talk.session),
        .text = arena_strdup(&r->arena, t->text),
        .thinking_level = arena_strdup(&r->arena, t->thinking),
        .plan_mode = t->plan,
        .max_steps = t->max_steps,
    };
    t->phase = TURN_POST;
    t->due = 0;
    t->post = cli_send_request(&t->talk.run, r);
}

int turn_busy(struct turn *t) {
    if (t->force) {
        t->phase = TURN_STOP;
        t->heard_other = false;
        feed_say(&t->talk.feed, "cancelling what seems to be at work in %s", t->talk.session);
        t->request = talk_call_id(&t->talk, OP_SESSION_CANCEL, t->talk.session);
        return CLI_GO_ON;
    }
    if (!t->wait) {
        feed_say(&t->talk.feed,
                 "not sent: an agent seems to be at work in %s; --wait waits for its end, --force "
                 "cancels it first",
                 t->talk.session);
        return turn_finish(t, "refused", 1);
    }
    if (t->phase != TURN_WAIT)
        feed_say(&t->talk.feed, "waiting: an agent seems to be at work in %s", t->talk.session);
    t->phase = TURN_WAIT;
    t->heard_other = false;
    t->quiet = t->checks = 0;
    t->rows_at = clock_now() + CHECK_MS;
    return CLI_GO_ON;
}
