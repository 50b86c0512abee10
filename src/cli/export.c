/* export.c - `mixtui export`: a session and its messages as a document. */
#include "mix/export.h"

#include <string.h>

#include "mix/pretty.h"
#include "run.h"

enum { DOCUMENT_MAX = 1 << 30 };
enum id { ID_FORMAT, ID_OUT };

const struct flag export_flags[3] = {
    {"--format", "json|md", "json: both as the server wrote them; md: Markdown to read (default)",
     ID_FORMAT},
    {"--out", "FILE", "write it there; a file that exists is never replaced", ID_OUT},
    CLI_HELP,
};

struct export {
    const struct cli_command *command;
    struct connect_flags conn;
    const char *session_id, *path;
    bool json;
    struct cli_run run;
    uint32_t session_request;
    int left; /* answers */
    /* Markdown */
    struct session_data *session;
    struct message *messages;
    size_t n, cap;
    struct incoming **kept; /* they own what messages point to */
    size_t n_kept, cap_kept;
    /* JSON */
    struct buf session_json, messages_json;
};

static enum rc take_word(void *arg, const struct flag_given *g, struct err *err) {
    struct export *e = arg;

    if (g->flag && g->flag->id == ID_FORMAT)
        e->json = str_eq(g->value, "json");
    else if (g->flag)
        e->path = str_eq(g->value, "-") ? NULL : g->value;
    else if (e->session_id)
        return err_set(err, RC_USAGE, 0, "%.60s: one session at a time", g->value);
    else
        e->session_id = g->value;
    return RC_OK;
}

/* ---- what comes ---- */
static void keep(struct export *e, struct incoming *in) {
    struct incoming *mine = incoming_new(in->kind, in->request);

    mine->arena = in->arena;
    in->arena = (struct arena){0};
    e->kept = xgrow(e->kept, e->n_kept, &e->cap_kept, sizeof(struct incoming *));
    e->kept[e->n_kept++] = mine;
}

static void take_messages(struct export *e, struct incoming *in) {
    const struct message *m = in->out;

    for (size_t i = 0; i < in->n; i++) {
        e->messages = xgrow(e->messages, e->n, &e->cap, sizeof *e->messages);
        e->messages[e->n++] = m[i];
    }
    keep(e, in);
}

static enum rc take_bytes(struct export *e, const struct incoming *in, struct err *err) {
    struct buf *to = in->request == e->session_request ? &e->session_json : &e->messages_json;

    return buf_add(to, in->out, in->n) == RC_OK
               ? RC_OK
               : err_set(err, RC_LIMIT, 0, "the session is larger than 1 GiB");
}

static void start_over(struct export *e, uint32_t request) {
    if (request != e->session_request)
        e->n = 0;
    buf_clear(request == e->session_request ? &e->session_json : &e->messages_json);
}

static int take(void *arg, struct incoming *in) {
    struct export *e = arg;
    struct err err = {0};

    switch (in->kind) {
    case IN_FAIL:
        return cli_could_not(e->command, "export", &in->err);
    case IN_RETRY:
        cli_note(e->command, "attempt %d: %s; trying again", in->attempt, in->err.text);
        break;
    case IN_RESTART:
        start_over(e, in->request);
        break;
    case IN_BYTES:
        if (take_bytes(e, in, &err) != RC_OK)
            return cli_could_not(e->command, "export", &err);
        break;
    case IN_ITEMS:
        take_messages(e, in);
        break;
    case IN_REPLY:
        if (!e->json && in->request != e->session_request) {
            take_messages(e, in);
        } else if (!e->json) {
            e->session = in->out;
            keep(e, in);
        }
        return --e->left == 0 ? 0 : CLI_GO_ON;
    case IN_PROGRESS:
    case IN_EVENTS:
    case IN_LINK:
    case IN_CAPS:
    case IN_FRAMES:
        break;
    }
    return CLI_GO_ON;
}

/* ---- the document ---- */
static enum rc check_answer(const char *what, const struct buf *text, struct err *err) {
    struct err why = {0};

    return json_check(buf_str(text), text->n, &why) == RC_OK
               ? RC_OK
               : err_set(err, RC_PROTO, 0, "unexpected answer (%s): %s", what, why.text);
}

static enum rc make(struct export *e, struct buf *out, struct err *err) {
    enum rc rc;

    if (!e->json) {
        rc = export_markdown(out, e->session, e->messages, e->n);
    } else {
        rc = check_answer("the session", &e->session_json, err);
        if (rc == RC_OK)
            rc = check_answer("its messages", &e->messages_json, err);
        if (rc == RC_OK)
            rc = export_json(out, buf_str(&e->session_json), e->session_json.n,
                             buf_str(&e->messages_json), e->messages_json.n);
    }
    return rc == RC_LIMIT ? err_set(err, rc, 0, "the session is larger than 1 GiB") : rc;
}

static int print(struct export *e) {
    auto_buf struct buf text = {0};
    struct cli_out out;
    struct err err = {0};

    buf_init(&text, DOCUMENT_MAX);
    enum rc rc = make(e, &text, &err);

    if (rc == RC_OK) {
        rc = cli_out_open(&out, e->path, &err);
        if (rc == RC_OK) {
            rc = cli_put(&out, buf_str(&text), text.n, &err);
            rc = cli_out_close(&out, rc, &err);
        }
    }
    return rc == RC_OK ? 0 : cli_could_not(e->command, "export", &err);
}

/* ---- the requests ---- */
static uint32_t ask(struct export *e, enum op op) {
    struct request *r = request_new(REQ_CALL, op);
    struct session_ref *in = arena_alloc(&r->arena, sizeof *in);

    in->id = arena_strdup(&r->arena, e->session_id);
    r->in = in;
    if (e->json) {
        struct call_options *o = arena_alloc(&r->arena, sizeof *o);

        o->answer = REPLY_AS_IT_IS;
        r->options = o;
    }
    return cli_send_request(&e->run, r);
}

static int run(struct export *e) {
    int code = cli_open(&e->run, e->command, &e->conn);

    if (code != CLI_GO_ON)
        return code;
    /* An unknown session's messages are [] to every server, so both are asked for. */
    e->left = 2;
    e->session_request = ask(e, OP_SESSION_GET);
    ask(e, OP_MESSAGES_LIST);
    struct cli_loop loop = {.take = take, .arg = e};

    code = cli_wait(&e->run, &loop);
    return code == 0 ? print(e) : code;
}

int cli_export(const struct cli_command *c, int argc, char **argv) {
    struct export e = {.command = c};
    struct err err = {0};

    buf_init(&e.session_json, DOCUMENT_MAX);
    buf_init(&e.messages_json, DOCUMENT_MAX);
    int code = cli_flags(c, argc, argv, &e.conn, take_word, &e);

    if (code == CLI_GO_ON && str_blank(e.session_id)) {
        err_set(&err, RC_USAGE, 0, "which session? its id must follow");
        code = cli_usage(c, &err);
    }
    if (code == CLI_GO_ON)
        code = run(&e);
    cli_close(&e.run);
    profile_fini(&e.conn.over);
    for (size_t i = 0; i < e.n_kept; i++)
        incoming_free(e.kept[i]);
    cleanup_free(&e.kept);
    cleanup_free(&e.messages);
    buf_fini(&e.session_json);
    buf_fini(&e.messages_json);
    return code;
}
