/* call.c - one operation: its attempts, its answer, its end. A probe is a call that asks several
 * questions.
 *
 * An attempt is repeated when the operation's row is SAFE and the failure may pass: no connection,
 * a connection lost, 408, 429 or 5xx (not 501, 505). At most ATTEMPTS of them within RETRY_FOR_MS;
 * a Retry-After is honoured up to DELAY_CAP. Our own reply time-out is silence, not length: it is
 * counted from the last byte. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum {
    ATTEMPTS = 5,
    RETRY_FOR_MS = 120000,
    DELAY_CAP = 60000,
    HAND_OVER = 256 << 10, /* decoded bytes of a list at once */
    PROGRESS_MS = 100,
    PROBE_BODY = 4 << 20,
    BYTES_IN_MEMORY = 32 << 20,
    CALL_BUFFER = 64 << 10,
    FILE_BUFFER = 256 << 10,
};

enum call_state { CALL_WAITING, CALL_RUNNING, CALL_RETRYING };

struct call {
    struct task task; /* first: callbacks get it */
    struct flow flow;
    struct call *next;
    struct net *net;
    struct request *req;
    const struct op_spec *spec;
    enum call_state state;
    struct buf target, body; /* the same for every attempt */
    int attempt;
    int64_t began, retry_at, heard_at;
    bool items_sent;
    /* of this attempt */
    struct reply_reader *reader;
    struct buf kept; /* an error's body, a probe's answer, bytes without a file */
    bool kept_enough;
    curl_mime *mime;
    struct err given_up; /* why a callback refused to go on */
    struct local_file file;
    int64_t told;
    struct probe probe;
    struct probe_request question;
};

static void call_start(struct call *c);

static bool is_probe(const struct call *c) { return c->req->kind == REQ_PROBE; }

static bool is_transfer(const struct call *c) {
    return c->spec->reply == REPLY_BYTES || c->spec->body == BODY_MULTIPART;
}

/* A synchronous send answers when the turn is over, which may take as long as it likes. */
static bool has_deadline(const struct call *c) {
    const bool send = c->req->op == OP_MESSAGE_SEND || c->req->op == OP_STREAM_MESSAGE;

    return is_probe(c) || !(is_transfer(c) || (send && net_sync(c->net)));
}

static bool is_read(const struct call *c) {
    return !is_probe(c) && c->spec->method == M_GET && !is_transfer(c);
}

/* ---- the end ---- */
static void clear_attempt(struct call *c) {
    task_stop(&c->task);
    if (c->mime)
        curl_mime_free(c->mime);
    c->mime = NULL;
    reply_free(TAKE(c->reader));
    buf_fini(&c->kept);
    c->kept_enough = false;
    c->given_up = (struct err){0};
}

static void call_free(struct call *c) {
    for (struct call **link = &c->net->calls; *link; link = &(*link)->next)
        if (*link == c) {
            *link = c->next;
            break;
        }
    clear_attempt(c);
    backlog_disown(c->net, &c->flow);
    file_close(&c->file);
    buf_fini(&c->target);
    buf_fini(&c->body);
    request_free(c->req);
    free(c);
}

static void call_fail(struct call *c, const struct err *err, int status) {
    struct incoming *in = incoming_new(IN_FAIL, c->req->id);

    in->err = *err;
    in->status = status;
    in->attempt = c->attempt;
    emit(c->net, &c->flow, in);
    call_free(c);
}

static void tell_progress(struct call *c) {
    struct incoming *in = incoming_new(IN_PROGRESS, c->req->id);

    in->done = c->file.done;
    in->total = c->file.total;
    c->file.told_at = c->net->now;
    c->told = c->file.done;
    emit(c->net, &c->flow, in);
}

static bool has_file(const struct call *c) { return c->file.path != NULL; }

static void call_succeed(struct call *c, struct incoming *in) {
    if (has_file(c)) {
        if (c->file.total < 0 || c->spec->reply == REPLY_BYTES)
            c->file.total = c->file.done;
        tell_progress(c);
        in->done = in->total = c->file.total;
    }
    in->status = task_status(&c->task);
    in->attempt = c->attempt;
    emit(c->net, &c->flow, in);
    call_free(c);
}

/* ---- retries ---- */
static bool may_pass(const struct err *err) {
    const int s = err->detail;

    if (err->rc == RC_HTTP)
        return s == 408 || s == 429 || (s >= 500 && s != 501 && s != 505);
    return err->rc == RC_CONNECT || (err->rc == RC_TIMEOUT && s == CURLE_OPERATION_TIMEDOUT);
}

static bool plan_retry(struct call *c, const struct err *err) {
    struct net *n = c->net;
    const bool safe = is_probe(c) || c->spec->retry == RETRY_SAFE;

    if (!safe || !may_pass(err) || c->attempt >= ATTEMPTS)
        return false;
    const int64_t told = task_retry_after(&c->task);
    int64_t delay = net_backoff(n, c->attempt, DELAY_CAP);

    if (told >= 0 && net_delay(n, told < DELAY_CAP ? told : DELAY_CAP) > delay)
        delay = net_delay(n, told < DELAY_CAP ? told : DELAY_CAP);
    if (n->now + delay - c->began > net_delay(n, RETRY_FOR_MS))
        return false;
    c->retry_at = n->now + delay;
    c->state = CALL_RETRYING;
    return true;
}

static void call_failed(struct call *c, struct err *err) {
    const int status = task_status(&c->task);

    if (!plan_retry(c, err)) {
        call_fail(c, err, status);
        return;
    }
    struct incoming *in = incoming_new(IN_RETRY, c->req->id);

    in->err = *err;
    in->status = status;
    in->attempt = c->attempt;
    in->retry_at = c->retry_at;
    emit(c->net, &c->flow, in);
    clear_attempt(c);
}

/* ---- bytes come in ---- */
static size_t keep(struct call *c, const char *p, size_t n, size_t most) {
    const size_t room = most - c->kept.n;
    const size_t take = n < room ? n : room;

    c->kept.max = most;
    (void)buf_add(&c->kept, p, take);
    c->kept_enough = take < n;
    return c->kept_enough ? CURL_WRITEFUNC_ERROR : n;
}

static size_t keep_bytes(struct call *c, const char *p, size_t n) {
    if (has_file(c)) {
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

static size_t on_body(char *p, size_t one, size_t count, void *arg) {
    struct call *c = arg;
    const size_t n = one * count;
    const int status = task_status(&c->task);

    if (atomic_load_explicit(&c->net->quit, memory_order_relaxed))
        return CURL_WRITEFUNC_ERROR; /* curl would go on for as long as bytes come */
    c->heard_at = net_clock.boot();
    if (is_probe(c))
        return keep(c, p, n, PROBE_BODY);
    if (status >= 300)
        return keep(c, p, n, ERROR_BODY);
    if (c->flow.queued >= FLOW_CAP) {
        c->task.paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (c->spec->reply == REPLY_BYTES) {
        curl_off_t total = -1;

        curl_easy_getinfo(c->task.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
        c->file.total = total;
        return keep_bytes(c, p, n);
    }
    return c->spec->reply == REPLY_NONE ? n : decode(c, p, n);
}

/* ---- an attempt is over ---- */
/* A web page instead of JSON: most likely something else answers at that address. */
static void blame_web_page(const struct call *c, struct err *err) {
    const char *type = NULL;

    curl_easy_getinfo(c->task.easy, CURLINFO_CONTENT_TYPE, &type);
    if (err->rc == RC_PROTO && type && strncmp(type, "text/html", 9) == 0)
        err_set(err, RC_PROTO, 0, "%s answered with a web page: is it a Mix server?",
                c->net->set.address.origin);
}

static void answer(struct call *c) {
    struct incoming *in = incoming_new(IN_REPLY, c->req->id);
    struct err err = {0};

    if (c->spec->reply == REPLY_BYTES && has_file(c)) {
        file_finish(&c->file, &err);
    } else if (c->spec->reply == REPLY_BYTES) {
        char *bytes = arena_alloc(&in->arena, c->kept.n + 1);

        memcpy(bytes, buf_str(&c->kept), c->kept.n);
        in->out = bytes;
        in->n = c->kept.n;
    } else if (c->spec->reply == REPLY_JSON) {
        reply_end(c->reader, &in->out, &in->n, &in->arena, &err);
    }
    if (err.rc == RC_OK) {
        call_succeed(c, in);
    } else {
        incoming_free(in);
        blame_web_page(c, &err);
        call_failed(c, &err);
    }
}

static void probe_answered(struct call *c) {
    probe_feed(&c->probe, task_status(&c->task), buf_str(&c->kept), c->kept.n);
    clear_attempt(c);
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

static void on_done(struct task *t, CURLcode code) {
    struct call *c = (struct call *)t;
    const int status = task_status(t);
    const bool refused = status >= 300; /* a 100 may be the last thing heard */
    struct err err = c->given_up.rc != RC_OK ? c->given_up : c->file.err;

    task_log(t, method_name(is_probe(c) ? c->question.method : c->spec->method),
             is_probe(c) ? c->question.path : buf_str(&c->target), code);
    hooks_after(t, method_name(is_probe(c) ? c->question.method : c->spec->method), code, &c->kept,
                &err);
    if (err.rc != RC_OK) {
        blame_web_page(c, &err);
        call_failed(c, &err);
    } else if (is_probe(c) && answered(c, code) && status != 429 &&
               (status < 502 || status > 504)) {
        probe_answered(c);
    } else if (refused) {
        task_refusal(t, is_probe(c) ? OP_DOC : c->req->op, &c->kept, &err);
        call_failed(c, &err);
    } else if (code == CURLE_OK) {
        answer(c);
    } else {
        task_error(t, code, &err);
        if (c->spec->retry == RETRY_NEVER && !is_probe(c) && strstr(err.text, "was lost"))
            err_set(&err, err.rc, err.detail, "%s; it may have got the request", err.text);
        call_failed(c, &err);
    }
}

/* ---- an attempt begins ---- */
static void call_start(struct call *c) {
    struct net *n = c->net;
    const bool probe = is_probe(c);
    struct task_options o = {
        .method = probe ? c->question.method : c->spec->method,
        .target = probe ? c->question.path : buf_str(&c->target),
        .accept = c->spec->reply == REPLY_BYTES || probe ? "*/*" : "application/json",
        .content_type = "application/json",
        .write = on_body,
        .buffer_size = is_transfer(c) ? FILE_BUFFER : CALL_BUFFER,
        .connection = c->spec->retry == RETRY_NEVER ? OWN_CONNECTION : REUSE_CONNECTION,
    };

    c->state = CALL_RUNNING;
    c->task.attempt = ++c->attempt;
    c->heard_at = n->now;
    if (c->items_sent)
        emit(n, &c->flow, incoming_new(IN_RESTART, c->req->id));
    c->items_sent = false;
    if (!probe && c->spec->reply == REPLY_JSON)
        c->reader = reply_new(c->req->op);
    if (probe && c->question.body) {
        o.body = c->question.body;
        o.body_len = strlen(c->question.body);
    } else if (c->spec->body == BODY_JSON) {
        o.body = buf_str(&c->body);
        o.body_len = c->body.n;
    }
    c->task.easy = curl_easy_init();
    if (!c->task.easy)
        abort();
    if (!probe && c->spec->body == BODY_MULTIPART)
        o.mime = c->mime = file_mime(&c->file, c->task.easy);
    task_start(&c->task, &o);
}

static enum rc open_file(struct call *c, struct err *err) {
    const char *path = c->req->local_path;

    if (c->spec->body == BODY_MULTIPART)
        return path ? file_open_upload(&c->file, path, err)
                    : err_set(err, RC_USAGE, 0, "%s: no file is named", c->spec->short_name);
    if (c->spec->reply == REPLY_BYTES && path)
        return file_open_download(&c->file, path, err);
    return RC_OK;
}

static enum rc prepare(struct call *c, struct err *err) {
    struct request *r = c->req;

    if (is_probe(c))
        return probe_next(&c->probe, &c->question)
                   ? RC_OK
                   : err_set(err, RC_USAGE, 0, "there is nothing to ask");
    enum rc rc = op_target(&c->target, r->op, r->in, r->version, err);

    if (rc == RC_OK && c->spec->body == BODY_JSON && c->spec->in) {
        rc = shape_write(&c->body, c->spec->in, r->in, r->version);
        if (rc != RC_OK)
            err_set(err, rc, 0, "%s: the request is too large", c->spec->short_name);
    }
    return rc == RC_OK ? open_file(c, err) : rc;
}

static void append(struct net *n, struct call *c) {
    struct call **end = &n->calls;

    while (*end)
        end = &(*end)->next;
    *end = c;
}

void call_begin(struct net *n, struct request *r) {
    struct call *c = xcalloc(1, sizeof *c);
    struct err err = {0};

    *c = (struct call){
        .task = {.net = n, .done = on_done, .flow = &c->flow},
        .flow = {.request = r->id, .op = r->op},
        .net = n,
        .req = r,
        .spec = op_spec(r->kind == REQ_PROBE ? OP_DOC : r->op),
        .began = n->now,
        .file.fd = -1,
    };
    buf_init(&c->target, 256 * MIX_KIB);
    buf_init(&c->body, 64 * MIX_MIB);
    append(n, c);
    if (prepare(c, &err) != RC_OK)
        call_fail(c, &err, 0);
}

/* ---- by the clock ---- */
static void time_out(struct call *c) {
    const long long seconds = (c->net->set.reply_timeout_ms + 999) / 1000;
    struct err err;

    err_set(&err, RC_TIMEOUT, 0, "no answer from %s within %lld s", c->net->set.address.origin,
            seconds);
    call_fail(c, &err, task_status(&c->task));
}

static int64_t silent_until(const struct call *c) {
    const bool counts = c->state == CALL_RUNNING && !c->task.paused && has_deadline(c);

    return counts ? c->heard_at + c->net->set.reply_timeout_ms : INT64_MAX;
}

static int64_t progress_at(const struct call *c) {
    const bool news = c->state == CALL_RUNNING && has_file(c) && c->file.done != c->told;

    if (!news)
        return INT64_MAX;
    return c->file.told_at == INT64_MIN ? c->net->now : c->file.told_at + PROGRESS_MS;
}

void calls_tick(struct net *n) {
    size_t reads = 0;

    for (const struct call *c = n->calls; c; c = c->next)
        reads += c->state == CALL_RUNNING && is_read(c);
    for (struct call *c = n->calls, *next; c; c = next) {
        next = c->next;
        struct err err = {0};

        if (progress_at(c) <= n->now)
            tell_progress(c);
        if (silent_until(c) <= n->now) {
            time_out(c);
            continue;
        }
        if (c->state == CALL_RETRYING && c->retry_at <= n->now)
            c->state = CALL_WAITING;
        if (c->state != CALL_WAITING || (is_read(c) && reads >= READS_AT_ONCE))
            continue;
        reads += is_read(c);
        if (has_file(c) && file_restart(&c->file, &err) != RC_OK)
            call_fail(c, &err, 0);
        else
            call_start(c);
    }
}

/* Time asleep is not silence. */
void calls_slept(struct net *n) {
    for (struct call *c = n->calls; c; c = c->next)
        c->heard_at = n->now;
    calls_hurry(n);
}

void calls_hurry(struct net *n) {
    for (struct call *c = n->calls; c; c = c->next)
        if (c->state == CALL_RETRYING)
            c->retry_at = n->now;
}

int64_t calls_deadline(const struct net *n) {
    int64_t at = INT64_MAX;
    size_t reads = 0;
    bool waiting = false;

    for (const struct call *c = n->calls; c; c = c->next) {
        const int64_t mine = c->state == CALL_RETRYING ? c->retry_at : silent_until(c);
        const int64_t progress = progress_at(c);

        at = mine < at ? mine : at;
        at = progress < at ? progress : at;
        reads += c->state == CALL_RUNNING && is_read(c);
        waiting |= c->state == CALL_WAITING;
    }
    return waiting && reads < READS_AT_ONCE ? n->now : at;
}

/* Going on may call on_body at once, which may pause again; nothing is freed on the way. */
void calls_resume(struct net *n) {
    for (struct call *c = n->calls; c; c = c->next)
        if (c->task.paused && c->flow.queued < FLOW_CAP / 2) {
            c->task.paused = false;
            c->heard_at = n->now;
            curl_easy_pause(c->task.easy, CURLPAUSE_CONT);
        }
}

bool call_cancel(struct net *n, uint32_t id) {
    for (struct call *c = n->calls; c; c = c->next)
        if (c->req->id == id) {
            struct err err;

            err_set(&err, RC_CANCELLED, 0, "cancelled");
            call_fail(c, &err, 0);
            return true;
        }
    return false;
}

void calls_free(struct net *n) {
    for (struct call *c = n->calls, *next; c; c = next) {
        next = c->next;
        call_free(c);
    }
}
