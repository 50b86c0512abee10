/* answer.c - what comes back: kept, decoded, written to a file or passed on as it is. */
#include "call.h"

#include <string.h>
#include <strings.h>

enum {
    HAND_OVER = 256 << 10, /* decoded bytes of a list at once */
    PROBE_BODY = 4 << 20,
    BYTES_IN_MEMORY = 32 << 20,
};

/* ---- bytes come in ---- */
static size_t keep(struct call *c, const char *p, size_t n, size_t most) {
    const size_t room = most - c->kept.n;
    const size_t take = n < room ? n : room;

    c->kept.max = most;
    (void)buf_add(&c->kept, p, take);
    c->kept_enough = take < n;
    return c->kept_enough ? CURL_WRITEFUNC_ERROR : n;
}

static const char *header_of(const struct call *c, const char *name) {
    struct curl_header *h = NULL;
    const bool there =
        c->task.easy && curl_easy_header(c->task.easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK;

    return there && *h->value ? h->value : NULL;
}

/* Once an attempt, before its first byte is kept. */
static bool look_at_head(struct call *c) {
    curl_off_t length = -1;

    curl_easy_getinfo(c->task.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (c->file.transfer) {
        c->file.total = length;
        return true;
    }
    return c->file.answered ||
           file_answered(&c->file, &(struct file_head){
                                       .status = task_status(&c->task),
                                       .etag = header_of(c, "ETag"),
                                       .modified = header_of(c, "Last-Modified"),
                                       .range = header_of(c, "Content-Range"),
                                       .length = length,
                                   });
}

static size_t keep_bytes(struct call *c, const char *p, size_t n) {
    if (call_has_file(c)) {
        if (!look_at_head(c)) {
            c->given_up = c->file.err;
            return CURL_WRITEFUNC_ERROR;
        }
        const size_t wrote = file_write(&c->file, p, n);

        c->given_up = c->file.err;
        return wrote;
    }
    const size_t kept = keep(c, p, n, BYTES_IN_MEMORY);

    if (kept != n)
        err_set(&c->given_up, RC_LIMIT, 0, "the answer is longer than %d MiB",
                BYTES_IN_MEMORY >> 20);
    return kept;
}

static void hand_over_items(struct call *c) {
    struct incoming *in = incoming_new(IN_ITEMS, c->req->id);

    in->n = reply_items(c->reader, &in->out, &in->arena);
    c->items_sent = true;
    emit(c->net, &c->flow, in);
}

static size_t decode(struct call *c, const char *p, size_t n) {
    if (reply_feed(c->reader, p, n, &c->given_up) != RC_OK)
        return CURL_WRITEFUNC_ERROR;
    if (reply_pending(c->reader) >= HAND_OVER)
        hand_over_items(c);
    return n;
}

/* The beginning is shown when the rest is not what it should be. */
static void remember(struct call *c, const char *p, size_t n) {
    const size_t room = c->kept.n < ERROR_BODY ? ERROR_BODY - c->kept.n : 0;

    c->kept.max = ERROR_BODY;
    (void)buf_add(&c->kept, p, n < room ? n : room);
}

static size_t pass_on(struct call *c, const char *p, size_t n) {
    const bool capped = c->spec->reply == REPLY_JSON || c->spec->reply == REPLY_NONE;

    if (capped && n > c->spec->cap - c->passed_on) {
        err_set(&c->given_up, RC_LIMIT, 0, "%s: the answer is larger than %zu MiB",
                c->spec->short_name, c->spec->cap / MIX_MIB);
        return CURL_WRITEFUNC_ERROR;
    }
    struct incoming *in = incoming_new(IN_BYTES, c->req->id);
    char *bytes = arena_alloc(&in->arena, n + 1);

    memcpy(bytes, p, n);
    in->out = bytes;
    in->n = n;
    in->status = task_status(&c->task);
    in->attempt = c->attempt;
    c->passed_on += n;
    c->bytes_sent = true;
    emit(c->net, &c->flow, in);
    return n;
}

size_t answer_bytes(char *p, size_t one, size_t count, void *arg) {
    struct call *c = arg;
    const size_t n = one * count;
    const int status = task_status(&c->task);

    if (atomic_load_explicit(&c->net->quit, memory_order_relaxed))
        return CURL_WRITEFUNC_ERROR; /* curl would go on for as long as bytes come */
    c->heard_at = net_clock.boot();
    if (!call_is_probe(c) && status < 300 && c->flow.queued >= FLOW_CAP) {
        c->task.paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    trace_bytes(&c->task, p, n);
    if (call_is_probe(c))
        return keep(c, p, n, PROBE_BODY);
    if (status >= 300)
        return keep(c, p, n, ERROR_BODY);
    if (call_as_it_is(c))
        return pass_on(c, p, n);
    if (c->spec->reply == REPLY_BYTES)
        return keep_bytes(c, p, n);
    remember(c, p, n);
    return c->spec->reply == REPLY_NONE ? n : decode(c, p, n);
}

/* ---- an attempt is over ---- */
static bool is_type(const char *type, const char *want) {
    return type && strncasecmp(type, want, strlen(want)) == 0;
}

/* What cannot be read may not be meant for us: a web page, most likely, since something else
 * answers at that address. Nothing compressed is ever asked for, so that a cap counts what comes.
 */
static void blame_type(const struct call *c, struct err *err) {
    const char *type = header_of(c, "Content-Type"), *coding = header_of(c, "Content-Encoding");
    const char *origin = c->route.address->origin;

    if (err->rc != RC_PROTO)
        return;
    /* The text shows what came, and that may be a code or a key. */
    if (call_is_sign_in(c) && c->reader && !*reply_where(c->reader))
        err_set(err, RC_PROTO, 0, "%s: the answer is not JSON or cut short", c->spec->short_name);
    if (coding && !is_type(coding, "identity"))
        err_set(err, RC_PROTO, 0, "%s answered in %.40s, which was not asked for", origin, coding);
    else if (is_type(type, "text/html"))
        err_set(err, RC_PROTO, 0, "%s answered with a web page (text/html): is it a Mix server?",
                origin);
    else if (type && !is_type(type, "application/json") && !is_type(type, "text/plain"))
        err_set(err, RC_PROTO, 0, "%s answered with %.60s, not with JSON", origin, type);
}

/* Any web page would do as the answer that says nothing. */
static enum rc expect_nothing(const struct call *c, struct err *err) {
    return is_type(header_of(c, "Content-Type"), "text/html") && c->kept.n > 0
               ? err_set(err, RC_PROTO, 0, "a web page")
               : RC_OK;
}

static void answer(struct call *c) {
    struct incoming *in = incoming_new(IN_REPLY, c->req->id);
    struct err err = {0};

    if (call_as_it_is(c)) {
        in->done = in->total = (int64_t)c->passed_on;
    } else if (c->spec->reply == REPLY_BYTES && call_has_file(c)) {
        if (c->file.part && !look_at_head(c)) /* of nothing, no byte came */
            err = c->file.err;
        else
            file_finish(&c->file, &err);
    } else if (c->spec->reply == REPLY_BYTES) {
        char *bytes = arena_alloc(&in->arena, c->kept.n + 1);

        memcpy(bytes, buf_str(&c->kept), c->kept.n);
        in->out = bytes;
        in->n = c->kept.n;
    } else if (c->spec->reply == REPLY_JSON) {
        reply_end(c->reader, &in->out, &in->n, &in->arena, &err);
    } else if (c->spec->reply == REPLY_NONE) {
        expect_nothing(c, &err);
    }
    if (err.rc == RC_OK) {
        call_succeed(c, in);
    } else {
        incoming_free(in);
        blame_type(c, &err);
        retry_or_fail(c, &err);
    }
}

static void probe_answered(struct call *c) {
    probe_feed(&c->probe, task_status(&c->task), buf_str(&c->kept), c->kept.n);
    call_clear_attempt(c);
    if (probe_next(&c->probe, &c->question)) {
        c->attempt = 0;
        call_start(c);
        return;
    }
    struct incoming *in = incoming_new(IN_CAPS, c->req->id);

    c->net->caps = in->caps = c->probe.caps;
    c->net->caps_known = true;
    call_succeed(c, in);
}

static bool answered(const struct call *c, CURLcode code) {
    /* An error's text that we cut ourselves, or whose end got lost, is an answer all the same. */
    return code == CURLE_OK || c->kept_enough;
}

/* A refusal is told to people: not what it may repeat of a code, a state or a key. */
static void hide_codes(struct call *c) {
    const struct buf *kept = &c->kept;
    size_t at = 0;

    settings_hide(&c->net->set, &c->kept);
    if (!call_is_sign_in(c))
        return;
    while (at < kept->n && strchr(" \t\r\n", kept->p[at]) && kept->p[at])
        at++;
    if (at == kept->n)
        return;
    struct buf shown;

    buf_init(&shown, MIX_MIB);
    if (kept->p[at] == '{' || kept->p[at] == '[')
        (void)redact_body(&shown, c->req->op, kept->p, kept->n);
    else
        (void)redact_text(&shown, c->req->op, kept->p, kept->n);
    buf_fini(&c->kept);
    c->kept = shown;
}

/* The server has not the rest: all is here already, or the file became another. */
static bool nothing_left(struct call *c, int status) {
    const struct local_file *f = &c->file;

    if (status != 416 || c->spec->reply != REPLY_BYTES || f->from <= 0)
        return false;
    const bool whole = f->whole == f->from;

    if (!whole)
        file_forget(&c->file);
    if (whole) {
        c->file.answered = true;
        answer(c);
        return true;
    }
    call_clear_attempt(c);
    c->state = CALL_WAITING; /* from the start, which cannot be answered so again */
    return true;
}

void answer_done(struct task *t, CURLcode code) {
    struct call *c = (struct call *)t;
    const int status = task_status(t);
    const struct buf nothing = {0};
    const bool refused = status >= 300; /* a 100 may be the last thing heard */
    struct err err = c->given_up.rc != RC_OK ? c->given_up : c->file.err;

    trace_answer(t, code);
    hooks_after(t, method_name(call_method(c)), code, refused ? &c->kept : &nothing, &err);
    if (err.rc == RC_OK && nothing_left(c, status))
        return;
    if (err.rc != RC_OK) {
        blame_type(c, &err);
        retry_or_fail(c, &err);
    } else if (call_is_probe(c) && answered(c, code) && status != 429 &&
               (status < 502 || status > 504)) {
        probe_answered(c);
    } else if (refused) {
        hide_codes(c);
        task_refusal(t, call_is_probe(c) ? OP_DOC : c->req->op, &c->kept, &err);
        retry_or_fail(c, &err);
    } else if (code == CURLE_OK) {
        answer(c);
    } else {
        task_error(t, code, &err);
        if (c->spec->retry == RETRY_NEVER && !call_is_probe(c) && strstr(err.text, "was lost"))
            err_set(&err, err.rc, err.detail, "%s; it may have got the request", err.text);
        retry_or_fail(c, &err);
    }
}
