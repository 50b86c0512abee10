/* api.c - `mixtui api`: one operation, sent as it was asked for, its answer printed while it
 * arrives. */
#include "api.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "printed.h"
#include "mix/pretty.h"
#include "mix/text.h"

enum { BODY_MAX = 64 << 20, TARGET_MAX = 256 << 10 };
enum id { ID_LIST, ID_BODY, ID_RAW, ID_OUT, ID_FILE, ID_AS, ID_JSON, ID_COUNT, ID_FOR };

const struct flag api_flags[10] = {
    {"--list", NULL, "every operation: SDK name, operationId, short name, method, path", ID_LIST},
    {"--body", "FILE", "send this JSON instead of parameters (- is standard input)", ID_BODY},
    {"--raw", NULL, "the answer's bytes as they are, the body's too", ID_RAW},
    {"--out", "FILE", "write the answer there; a file that exists is never replaced", ID_OUT},
    {"--file", "FILE", "what to upload (- is standard input)", ID_FILE},
    {"--as", "NAME", "the upload's name on the server", ID_AS},
    {"--json", NULL, "a stream: one JSON object a line for each event", ID_JSON},
    {"--count", "N", "a stream: end after so many events", ID_COUNT},
    {"--for", "TIME", "a stream: end after so long", ID_FOR},
    CLI_HELP,
};

struct api {
    const struct cli_command *command;
    struct connect_flags conn;
    struct api_call call;
    bool named, list, raw, json, help;
    const char *body_file, *out, *file, *as;
    int64_t count, for_ms;
    struct buf target, body;
    struct cli_run run;
    struct printed printed;
    struct own_bytes upload;
    int upload_fd, stop[2]; /* stop: closing its end tells a read that waits */
};

/* ---- the command line ---- */
static int usage(const struct api *a, const struct err *err) {
    auto_buf struct buf line = {0};

    if (!a->named || err->rc != RC_USAGE)
        return cli_usage(a->command, err);
    const int code = cli_fail(a->command, err);

    buf_init(&line, 64 * MIX_KIB);
    api_usage(&line, &a->call);
    fprintf(stderr, "usage: %s\n", buf_str(&line));
    return code;
}

static enum rc take_operation(struct api *a, const char *name, struct err *err) {
    const enum op op = op_by_name(name);

    if (a->named)
        return err_set(err, RC_USAGE, 0, /* it may be a key, and is not repeated */
                       "a second word, of %zu bytes: parameters are flags, as in --id NAME",
                       strlen(name));
    if (op == OP_COUNT) {
        api_unknown(err, name);
        return RC_USAGE;
    }
    api_call_init(&a->call, op);
    a->named = true;
    return RC_OK;
}

static enum rc take_own(struct api *a, const struct flag_given *g, struct err *err) {
    switch (g->flag->id) {
    case ID_LIST:
        a->list = true;
        break;
    case ID_BODY:
        a->body_file = g->value;
        break;
    case ID_RAW:
        a->raw = true;
        break;
    case ID_OUT:
        a->out = str_eq(g->value, "-") ? NULL : g->value;
        break;
    case ID_FILE:
        a->file = g->value;
        break;
    case ID_AS:
        a->as = g->value;
        break;
    case ID_JSON:
        a->json = true;
        break;
    case ID_COUNT:
        return flag_number(&a->count, g, 1, INT32_MAX, err);
    case ID_FOR:
        return flag_duration(&a->for_ms, g, err);
    case CLI_HELP_ID:
        a->help = true;
        break;
    default:
        break;
    }
    return RC_OK;
}

static bool inside(const struct flag_table *t, const struct flag *flag) {
    return flag >= t->rows && flag < t->rows + t->n;
}

/* Parameters are known from the operation's name on. */
static enum rc read_words(struct api *a, int argc, char **argv, struct err *err) {
    struct flag_table tables[] = {a->command->flags, connect_flag_table, {NULL, 0}};
    struct flag_reader r = {.argc = argc,
                            .argv = argv,
                            .at = 1,
                            .tables = tables,
                            .n_tables = 2,
                            .usage = "mixtui api --help"};
    char help[96];

    for (;;) {
        struct flag_given g;
        enum rc rc = flags_next(&r, &g, err);

        if (rc == RC_OK && !g.flag && !g.value)
            return RC_OK;
        if (rc == RC_OK && !g.flag) {
            rc = take_operation(a, g.value, err);
            tables[2] = a->call.table;
            r.n_tables = 3;
            if (rc == RC_OK)
                snprintf(help, sizeof help, "mixtui api %s --help", a->call.spec->sdk_name);
            r.usage = help;
        } else if (rc == RC_OK) {
            rc = inside(&tables[0], g.flag)   ? take_own(a, &g, err)
                 : inside(&tables[1], g.flag) ? connect_flag(&a->conn, &g, err)
                                              : api_take(&a->call, &g, err);
        }
        if (rc != RC_OK)
            return rc;
        if (a->help || a->list)
            return RC_OK;
    }
}

static int print_help(const struct api *a) {
    auto_buf struct buf text = {0};

    buf_init(&text, MIX_MIB);
    if (a->list)
        api_list(&text);
    else if (a->named)
        api_help(&text, &a->call);
    else
        cli_help(a->command);
    fputs(buf_str(&text), stdout);
    return 0;
}

/* Flags that say nothing to this operation are mistakes. */
static enum rc check_flags(const struct api *a, struct err *err) {
    const struct op_spec *s = a->call.spec;
    const bool stream = s->reply == REPLY_STREAM;

    if (!stream && (a->json || a->count > 0 || a->for_ms > 0))
        return err_set(err, RC_USAGE, 0, "%s is no stream: no --json, --count or --for",
                       s->sdk_name);
    if (stream && a->raw && (a->json || a->count > 0))
        return err_set(err, RC_USAGE, 0, "--raw excludes --json and --count");
    if (s->body != BODY_MULTIPART && (a->file || a->as))
        return err_set(err, RC_USAGE, 0, "%s uploads nothing: no --file or --as", s->sdk_name);
    if (s->body == BODY_MULTIPART && !a->file)
        return err_set(err, RC_USAGE, 0, "--file is missing");
    if (a->body_file && s->body != BODY_JSON)
        return err_set(err, RC_USAGE, 0, "%s takes no body", s->sdk_name);
    if (a->body_file && api_any_body(&a->call))
        return err_set(err, RC_USAGE, 0, "--body excludes the parameters that stand in it");
    if ((str_eq(a->body_file, "-") || str_eq(a->file, "-")) && a->call.stdin_taken)
        return err_set(err, RC_USAGE, 0, "standard input is used twice");
    return RC_OK;
}

/* ---- the request ---- */
static enum rc make_body(struct api *a, struct err *err) {
    if (a->call.spec->body != BODY_JSON)
        return RC_OK;
    if (!a->body_file)
        return api_body(&a->body, &a->call, err);
    struct err why = {0};
    enum rc rc = cli_read_all(&a->body, a->body_file, BODY_MAX, err);

    if (rc == RC_OK && !a->raw && json_check(buf_str(&a->body), a->body.n, &why) != RC_OK)
        rc = err_set(err, RC_USAGE, 0, "--body %.80s: %s", a->body_file, why.text);
    return rc;
}

static enum rc make_request(struct api *a, struct err *err) {
    enum rc rc = check_flags(a, err);

    if (rc == RC_OK && !a->body_file)
        rc = api_secrets(&a->call, err);
    if (rc == RC_OK)
        rc = api_complete(&a->call, a->body_file != NULL, err);
    if (rc == RC_OK)
        rc = api_target(&a->target, &a->call, err);
    return rc == RC_OK ? make_body(a, err) : rc;
}

/* ---- uploads: read on the worker ---- */
static int64_t on_read(void *user, char *to, size_t room) {
    const struct api *a = user;
    struct pollfd fds[] = {{.fd = a->upload_fd, .events = POLLIN},
                           {.fd = a->stop[0], .events = POLLIN}};

    for (;;) {
        if (poll(fds, MIX_COUNT(fds), -1) < 0 && errno == EINTR)
            continue;
        if (fds[1].revents)
            return -1;
        const ssize_t got = read(a->upload_fd, to, room);

        if (got >= 0 || (errno != EINTR && errno != EAGAIN))
            return got;
    }
}

static bool on_restart(void *user) {
    const struct api *a = user;

    return lseek(a->upload_fd, 0, SEEK_SET) == 0;
}

static enum rc open_upload(struct api *a, struct err *err) {
    const bool standard = str_eq(a->file, "-");
    const char *name = a->as ? a->as : standard ? "stdin" : path_base(a->file);
    struct stat st = {0};

    a->upload_fd = standard ? STDIN_FILENO : open(a->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (a->upload_fd < 0 || fstat(a->upload_fd, &st) != 0 || pipe2(a->stop, O_CLOEXEC) != 0)
        return err_set(err, errno == EINTR ? RC_CANCELLED : RC_IO, errno, "could not read %s: %s",
                       a->file, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return err_set(err, RC_IO, EISDIR, "could not read %s: %s", a->file, strerror(EISDIR));
    const bool whole = S_ISREG(st.st_mode) && lseek(a->upload_fd, 0, SEEK_CUR) == 0;

    a->upload = (struct own_bytes){
        .user = a,
        .name = name,
        .size = whole ? (int64_t)st.st_size : -1,
        .read = on_read,
        .restart = whole ? on_restart : NULL,
    };
    return RC_OK;
}

static void close_upload(struct api *a) {
    if (a->stop[1] >= 0)
        close(a->stop[1]);
    a->stop[1] = -1;
}

static struct request *request_of(const struct api *a) {
    struct request *r = request_new(REQ_CALL, a->call.op);
    struct call_options *o = arena_alloc(&r->arena, sizeof *o);
    const enum reply_kind reply = a->call.spec->reply;

    o->target = arena_strdup(&r->arena, buf_str(&a->target));
    if (a->call.spec->body == BODY_JSON) {
        o->body = arena_strndup(&r->arena, buf_str(&a->body), a->body.n);
        o->body_len = a->body.n;
    }
    if (a->file) {
        struct own_bytes *t = arena_alloc(&r->arena, sizeof *t);

        *t = a->upload;
        r->transfer = t;
    }
    if (reply == REPLY_BYTES && a->out)
        r->local_path = arena_strdup(&r->arena, a->out);
    else
        o->answer = REPLY_AS_IT_IS;
    r->options = o;
    return r;
}

/* ---- the answer ---- */
static int could_not(const struct api *a, const struct err *err) {
    char what[96];

    snprintf(what, sizeof what, "call %s", a->call.spec->sdk_name);
    return cli_could_not(a->command, what, err);
}

static void note_retry(const struct api *a, const struct incoming *in) {
    const int64_t wait = in->retry_at - clock_now();

    cli_note(a->command, "attempt %d: %s; again in %.1f s", in->attempt, in->err.text,
             wait > 0 ? (double)wait / 1000 : 0.0);
}

static int take(void *arg, struct incoming *in) {
    struct api *a = arg;
    struct err err = {0};
    enum rc rc = RC_OK;

    switch (in->kind) {
    case IN_BYTES:
        rc = printed_bytes(&a->printed, in->out, in->n, &err);
        if (rc == RC_OK && a->printed.enough)
            return 0;
        break;
    case IN_REPLY:
        rc = printed_end(&a->printed, in->status, &err);
        if (rc == RC_OK)
            return 0;
        break;
    case IN_FAIL:
        err = in->err;
        rc = err.rc;
        break;
    case IN_RETRY:
        note_retry(a, in);
        break;
    case IN_RESTART:
        if (a->printed.started)
            rc = err_set(&err, RC_CONNECT, 0, "the connection broke in the middle of the answer");
        break;
    case IN_ITEMS:
    case IN_PROGRESS:
    case IN_EVENTS:
    case IN_LINK:
    case IN_CAPS:
    case IN_FRAMES:
        break;
    }
    return rc == RC_OK ? CLI_GO_ON : could_not(a, &err);
}

static int enough(void *arg) {
    (void)arg;
    return 0;
}

static int call(struct api *a) {
    struct err err = {0};
    int code = cli_open(&a->run, a->command, &a->conn);

    if (code != CLI_GO_ON)
        return code;
    if (a->file && open_upload(a, &err) != RC_OK)
        return could_not(a, &err);
    const bool stream = a->call.spec->reply == REPLY_STREAM;
    const char *path = a->call.spec->reply == REPLY_BYTES ? NULL : a->out;

    if (printed_open(&a->printed, a->call.spec, path, &err) != RC_OK)
        return could_not(a, &err);
    a->printed.raw = a->raw;
    a->printed.json_lines = a->json;
    a->printed.count = a->count;
    cli_send_request(&a->run, request_of(a));
    struct cli_loop loop = {.take = take, .arg = a};

    if (stream && a->for_ms > 0) {
        loop.until = clock_now() + a->for_ms;
        loop.late = enough;
    }
    code = cli_wait(&a->run, &loop);
    if (printed_close(&a->printed, code == 0 || (stream && code == CLI_INTERRUPTED), &err) !=
            RC_OK &&
        code == 0)
        code = could_not(a, &err);
    return code;
}

int cli_api(const struct cli_command *c, int argc, char **argv) {
    struct api a = {.command = c, .upload_fd = -1, .stop = {-1, -1}};
    struct err err = {0};
    int code;

    buf_init(&a.target, TARGET_MAX);
    buf_init(&a.body, BODY_MAX);
    enum rc rc = read_words(&a, argc, argv, &err);

    if (rc == RC_OK && !a.list && !a.help) {
        if (!a.named)
            rc = err_set(&err, RC_USAGE, 0, "which operation? mixtui api --list has them all");
        else
            rc = make_request(&a, &err);
    }
    if (rc != RC_OK)
        code = usage(&a, &err);
    else
        code = a.list || a.help ? print_help(&a) : call(&a);
    close_upload(&a);
    cli_close(&a.run);
    if (a.body.p)
        explicit_bzero(a.body.p, a.body.n);
    buf_fini(&a.target);
    buf_fini(&a.body);
    api_call_fini(&a.call);
    profile_fini(&a.conn.over);
    return code;
}
