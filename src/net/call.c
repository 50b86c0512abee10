/* call.c - one operation: its attempts and its end. A probe is a call that asks several questions.
 *
 * Our own reply time-out is silence, not length: it is counted from the last byte. The total one is
 * length, over all attempts. */
#include "call.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

enum {
    PROGRESS_MS = 100,
    CALL_BUFFER = 64 << 10,
    FILE_BUFFER = 256 << 10,
    FIRST_READS = 16,
    LONG_MS = 20, /* an answer that takes longer keeps others waiting */
};

static const struct call_options no_options;
static const _Alignas(max_align_t) unsigned char no_input[OP_IN_MAX];

static bool is_transfer(const struct call *c) {
    return c->spec->reply == REPLY_BYTES || c->spec->body == BODY_MULTIPART;
}

static bool is_stream(const struct call *c) { return c->spec->reply == REPLY_STREAM; }

/* A synchronous send answers when the turn is over, which may take as long as it likes. */
static bool is_sync_send(const struct call *c) {
    const bool send = c->req->op == OP_MESSAGE_SEND || c->req->op == OP_STREAM_MESSAGE;

    return send && (net_sync(c->net) || c->route.elsewhere);
}

static bool has_idle_limit(const struct call *c) {
    if (call_is_probe(c))
        return true;
    return !is_stream(c) && !is_sync_send(c) && (!is_transfer(c) || c->route.idle_asked);
}

int64_t call_total_until(const struct call *c) {
    const bool never = !call_is_probe(c) && (is_transfer(c) || is_stream(c) || is_sync_send(c));

    return never || c->route.total_ms > INT64_MAX - c->began ? INT64_MAX
                                                             : c->began + c->route.total_ms;
}

static bool is_read(const struct call *c) {
    return !call_is_probe(c) && c->spec->method == M_GET && !is_transfer(c) && !is_stream(c);
}

/* ---- the end ---- */
void call_clear_attempt(struct call *c) {
    task_stop(&c->task);
    if (c->mime)
        curl_mime_free(c->mime);
    c->mime = NULL;
    reply_free(TAKE(c->reader));
    buf_fini(&c->kept);
    c->kept_enough = false;
    c->given_up = (struct err){0};
    c->passed_on = 0;
}

static void call_free(struct call *c) {
    for (struct call **link = &c->net->calls; *link; link = &(*link)->next)
        if (*link == c) {
            *link = c->next;
            break;
        }
    call_clear_attempt(c);
    backlog_disown(c->net, &c->flow);
    file_close(&c->file);
    buf_fini(&c->target);
    if (c->body.p)
        explicit_bzero(c->body.p, c->body.n); /* an API key would stay in a core file */
    buf_fini(&c->body);
    route_free(&c->route);
    request_free(c->req);
    free(c);
}

static void keep_part(struct call *c, struct incoming *in) {
    auto_buf struct buf resume = {.max = 512};

    if (!c->req->keep_part || c->file.transfer)
        return;
    file_resume(&c->file, &resume);
    c->file.keeps = resume.n > 0;
    in->done = c->file.done;
    in->resume = resume.n > 0 ? arena_strdup(&in->arena, resume.p) : NULL;
}

void call_fail(struct call *c, const struct err *err, int status) {
    struct incoming *in = incoming_new(IN_FAIL, c->req->id);

    in->err = *err;
    in->status = status;
    in->attempt = c->attempt;
    fault_attach(c, in);
    fault_headers(c, in);
    if (err->rc != RC_CANCELLED)
        keep_part(c, in);
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

void call_succeed(struct call *c, struct incoming *in) {
    if (call_has_file(c)) {
        if (c->file.total < 0 || c->spec->reply == REPLY_BYTES)
            c->file.total = c->file.done;
        tell_progress(c);
        in->done = in->total = c->file.total;
    }
    in->status = task_status(&c->task);
    in->attempt = c->attempt;
    fault_headers(c, in);
    emit(c->net, &c->flow, in);
    call_free(c);
}

/* ---- an attempt begins ---- */
static const char *accept_of(const struct call *c) {
    if (call_is_probe(c) || c->spec->reply == REPLY_BYTES)
        return "*/*";
    return is_stream(c) ? "text/event-stream" : "application/json";
}

/* What is here already is not asked for again, as long as it is of the same file. */
static void ask_for_rest(const struct call *c, struct task_options *o, char range[64],
                         char condition[256]) {
    if (c->spec->reply != REPLY_BYTES || c->file.from <= 0)
        return;
    snprintf(range, 64, "Range: bytes=%lld-", (long long)c->file.from);
    snprintf(condition, 256, "If-Range: %s", c->file.validator);
    o->extra_header = range;
    o->second_header = condition;
}

void call_start(struct call *c) {
    struct net *n = c->net;
    const bool probe = call_is_probe(c);
    struct task_options o = {
        .method = probe ? c->question.method : c->spec->method,
        .target = probe ? c->question.path : buf_str(&c->target),
        .accept = accept_of(c),
        .content_type = "application/json",
        .write = answer_bytes,
        .buffer_size = is_transfer(c) ? FILE_BUFFER : CALL_BUFFER,
        .connection = c->spec->retry == RETRY_SAFE ? REUSE_CONNECTION : OWN_CONNECTION,
        .http = is_stream(c) ? ALWAYS_1_1 : AS_SET,
    };

    c->state = CALL_RUNNING;
    c->task.attempt = ++c->attempt;
    c->heard_at = c->started_at = n->now;
    if (c->items_sent)
        emit(n, &c->flow, incoming_new(IN_RESTART, c->req->id));
    c->items_sent = false;
    if (!probe && c->spec->reply == REPLY_JSON && !call_as_it_is(c))
        c->reader = reply_new(c->req->op);
    if (probe && c->question.body) {
        o.body = c->question.body;
        o.body_len = strlen(c->question.body);
    } else if (!probe && c->options->body) {
        o.body = c->options->body;
        o.body_len = c->options->body_len;
    } else if (c->spec->body == BODY_JSON) {
        o.body = buf_str(&c->body);
        o.body_len = c->body.n;
    }
    c->task.easy = curl_easy_init();
    if (!c->task.easy)
        abort();
    if (!probe && c->spec->body == BODY_MULTIPART)
        o.mime = c->mime = file_mime(&c->file, c->task.easy);
    char range[64], condition[256];

    ask_for_rest(c, &o, range, condition);
    task_start(&c->task, &o);
}

static enum rc open_file(struct call *c, struct err *err) {
    const char *path = c->req->local_path;
    const struct own_bytes *t = c->req->transfer;
    const bool up = c->spec->body == BODY_MULTIPART;

    if (t && ((up && t->read && t->name) || (c->spec->reply == REPLY_BYTES && t->write))) {
        file_open_transfer(&c->file, t);
        return RC_OK;
    }
    if (up)
        return path ? file_open_upload(&c->file, path, err)
                    : err_set(err, RC_USAGE, 0, "%s: no file is named", c->spec->short_name);
    if (c->spec->reply == REPLY_BYTES && path)
        return file_open_download(&c->file, path, c->req->resume, err);
    return RC_OK;
}

/* The path and query, unless they are given as they are to be sent. */
static enum rc write_target(struct call *c, const void *in, struct err *err) {
    const char *given = c->options->target;

    if (!given)
        return op_target(&c->target, c->req->op, in, c->req->version, err);
    if (*given != '/')
        return err_set(err, RC_USAGE, 0, "%s: a path begins with a /", c->spec->short_name);
    for (const char *p = given; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '#')
            return err_set(err, RC_USAGE, 0, "%s: the path is not percent-encoded",
                           c->spec->short_name);
    return buf_adds(&c->target, given);
}

/* The request's body, unless it is given as it is to be sent. */
static enum rc write_body(struct call *c, const void *in, struct err *err) {
    const struct op_spec *op = c->spec;

    if (c->options->body)
        return op->body == BODY_JSON
                   ? RC_OK
                   : err_set(err, RC_USAGE, 0, "%s takes no body", op->short_name);
    if (op->body != BODY_JSON || !op->in)
        return RC_OK;
    const enum rc rc = shape_write(&c->body, op->in, in, c->req->version);

    return rc == RC_OK ? rc : err_set(err, rc, 0, "%s: the request is too large", op->short_name);
}

static enum rc prepare(struct call *c, struct err *err) {
    const struct request *r = c->req;
    const void *in = r->in ? r->in : no_input;
    enum rc rc = route_find(&c->route, &c->net->set, r->options, err);

    if (rc != RC_OK)
        return rc;
    if (call_is_probe(c))
        return probe_next(&c->probe, &c->question)
                   ? RC_OK
                   : err_set(err, RC_USAGE, 0, "there is nothing to ask");
    if (is_stream(c) && !call_as_it_is(c))
        return err_set(err, RC_USAGE, 0, "%s is not a call", c->spec->short_name);
    rc = write_target(c, in, err);
    if (rc == RC_OK)
        rc = write_body(c, in, err);
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
        .task = {.net = n, .route = &c->route, .done = answer_done, .flow = &c->flow},
        .flow = {.request = r->id, .op = r->op},
        .net = n,
        .req = r,
        .spec = op_spec(r->kind == REQ_PROBE ? OP_DOC : r->op),
        .options = r->options ? r->options : &no_options,
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
static int64_t silent_until(const struct call *c) {
    const bool counts = c->state == CALL_RUNNING && !c->task.paused && has_idle_limit(c) &&
                        c->route.idle_ms != INT64_MAX;

    return counts ? c->heard_at + c->route.idle_ms : INT64_MAX;
}

static int64_t times_out_at(const struct call *c) {
    const int64_t silent = silent_until(c), total = call_total_until(c);

    return silent < total ? silent : total;
}

static void time_out(struct call *c) {
    const bool silent = silent_until(c) <= c->net->now;
    const struct buf nothing = {0};
    const double seconds = (double)(silent ? c->route.idle_ms : c->route.total_ms) / 1000;
    struct err err;

    err_set(&err, RC_TIMEOUT, 0, "no %sanswer from %s within %g s", silent ? "" : "complete ",
            c->route.address->origin, seconds);
    if (c->state == CALL_RUNNING)
        hooks_after(&c->task, method_name(call_method(c)), CURLE_OPERATION_TIMEDOUT, &nothing,
                    &err);
    call_fail(c, &err, task_status(&c->task));
}

static int64_t progress_at(const struct call *c) {
    const bool news = c->state == CALL_RUNNING && call_has_file(c) && c->file.done != c->told;

    if (!news)
        return INT64_MAX;
    return c->file.told_at == INT64_MIN ? c->net->now : c->file.told_at + PROGRESS_MS;
}

/* A server that answers at once is asked over few connections, again and again; one that takes its
 * time over many. How many reads run. */
static size_t adapt(struct net *n) {
    size_t reads = 0;
    int64_t oldest = n->now;
    const size_t first = n->set.reads_at_once < FIRST_READS ? n->set.reads_at_once : FIRST_READS;

    for (const struct call *c = n->calls; c; c = c->next)
        if (c->state == CALL_RUNNING && is_read(c)) {
            reads++;
            oldest = c->started_at < oldest ? c->started_at : oldest;
        }
    if (reads == 0) {
        n->reads_limit = first;
    } else if (reads >= n->reads_limit && n->reads_limit < n->set.reads_at_once &&
               n->now - oldest >= LONG_MS && n->now >= n->grow_at) {
        n->reads_limit =
            2 * n->reads_limit < n->set.reads_at_once ? 2 * n->reads_limit : n->set.reads_at_once;
        n->grow_at = n->now + LONG_MS / 2;
    }
    return reads;
}

void calls_tick(struct net *n) {
    size_t reads = adapt(n);

    for (struct call *c = n->calls, *next; c; c = next) {
        next = c->next;
        struct err err = {0};

        if (progress_at(c) <= n->now)
            tell_progress(c);
        if (c->file.done != c->moved) /* what goes out is no silence either */
            c->heard_at = n->now;
        c->moved = c->file.done;
        if (times_out_at(c) <= n->now) {
            time_out(c);
            continue;
        }
        if (c->state == CALL_RETRYING && c->retry_at <= n->now)
            c->state = CALL_WAITING;
        if (c->state != CALL_WAITING || (is_read(c) && reads >= n->reads_limit))
            continue;
        reads += is_read(c);
        if (call_has_file(c) && file_restart(&c->file, &err) != RC_OK)
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
        const int64_t limit = times_out_at(c);
        const int64_t mine = c->state == CALL_RETRYING && c->retry_at < limit ? c->retry_at : limit;
        const int64_t progress = progress_at(c);

        at = mine < at ? mine : at;
        at = progress < at ? progress : at;
        reads += c->state == CALL_RUNNING && is_read(c);
        waiting |= c->state == CALL_WAITING;
    }
    if (waiting && reads < n->reads_limit)
        return n->now;
    if (waiting && n->reads_limit < n->set.reads_at_once && n->now + LONG_MS / 2 < at)
        return n->now + LONG_MS / 2; /* for adapt */
    return at;
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

size_t calls_wait_for(const struct net *n, struct curl_waitfd *out, size_t room) {
    size_t count = 0;

    for (const struct call *c = n->calls; c && count < room; c = c->next)
        if (c->state == CALL_RUNNING && c->file.waits)
            out[count++] = (struct curl_waitfd){
                .fd = c->file.transfer->fd,
                .events = c->file.transfer->read ? CURL_WAIT_POLLIN : CURL_WAIT_POLLOUT,
            };
    return count;
}

static bool is_heard(int fd, const struct curl_waitfd *fds, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (fds[i].fd == fd && fds[i].revents != 0)
            return true;
    return false;
}

void calls_heard(struct net *n, const struct curl_waitfd *fds, size_t count) {
    for (struct call *c = n->calls; c; c = c->next)
        if (c->state == CALL_RUNNING && c->file.waits &&
            is_heard(c->file.transfer->fd, fds, count)) {
            c->file.waits = false;
            c->heard_at = net_clock.boot();
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
