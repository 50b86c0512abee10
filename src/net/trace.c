/* trace.c - the debug log: every request and answer, what streams bring, retries and links.
 *
 *   #7 > POST http://127.0.0.1:8088/api/sessions, attempt 1, 15 bytes
 *   #7 >h Accept: application/json
 *   #7 >b {"title":"One"}
 *   #7 < 201, 310 bytes, 12 ms          and <h, <b likewise; - for a stream's frame
 *
 * Nothing is written but through redact_*; the worker's own headers show only their names. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 8 << 10, LINE = 3500, TEXT_MAX = 4 << 20 };

/* Line by line, long ones in several; none is cut within a character. */
static void put_lines(const struct task *t, const char *mark, const struct buf *text) {
    const char *p = buf_str(text), *const end = p + text->n;

    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline ? newline : end;

        if (stop - p > LINE) {
            newline = NULL;
            stop = p + LINE;
            while (stop > p + LINE - 4 && ((unsigned char)*stop & 0xc0) == 0x80)
                stop--;
        }
        if (stop > p)
            log_line("net", "#%u %s %.*s", t->flow->request, mark, (int)(stop - p), p);
        p = newline ? stop + 1 : stop;
    }
}

static void put_body(const struct task *t, const char *mark, const char *p, size_t n,
                     size_t whole) {
    struct buf text;

    if (n == 0)
        return;
    buf_init(&text, TEXT_MAX);
    (void)redact_body(&text, t->flow->op, p, n < SHOWN ? n : SHOWN);
    settings_hide(&t->net->set, &text);
    if (whole > SHOWN)
        (void)buf_addf(&text, "\n... of %zu bytes", whole);
    put_lines(t, mark, &text);
    buf_fini(&text);
}

static bool is_own(const struct settings *s, const char *header) {
    for (size_t i = 0; i < s->n_headers; i++) {
        const size_t n = header_name(s->headers[i]);

        if (strncasecmp(header, s->headers[i], n) == 0 && strchr(":;", header[n]))
            return true;
    }
    return false;
}

/* Of a request only what we say by ourselves is shown: anything else, of the settings, of a call or
 * of a hook, may be a key. */
static bool is_plain(const char *header) {
    static const char *const names[] = {"Accept:", "Content-Type:", "Last-Event-ID:"};

    for (size_t i = 0; i < MIX_COUNT(names); i++)
        if (strncasecmp(header, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static void put_header(const struct task *t, const char *mark, const char *header) {
    const size_t name = strcspn(header, ":;");
    struct buf text;

    buf_init(&text, TEXT_MAX);
    if (mark[0] == '>' && (!is_plain(header) || is_own(&t->net->set, header)))
        (void)buf_addf(&text, "%.*s: (hidden)", (int)name, header);
    else
        (void)redact_header(&text, header, strlen(header));
    put_lines(t, mark, &text);
    buf_fini(&text);
}

void trace_request(struct task *t, const struct task_options *o) {
    struct buf url;

    t->tracing = log_on();
    if (!t->tracing)
        return;
    t->came = 0;
    buf_init(&t->traced, SHOWN);
    buf_init(&url, TEXT_MAX);
    (void)redact_url(&url, t->url, strlen(t->url));
    log_line("net", "#%u > %s %.3000s, attempt %d, %zu bytes%s", t->flow->request,
             method_name(o->method), buf_str(&url), t->attempt, t->body_len,
             o->mime ? " and a file" : "");
    buf_fini(&url);
    for (const struct curl_slist *h = t->headers; h; h = h->next)
        if (h->data[header_name(h->data)] != ':' || h->data[header_name(h->data) + 1])
            put_header(t, ">h", h->data);
    if (t->body)
        put_body(t, ">b", t->body, t->body_len, t->body_len);
}

void trace_bytes(struct task *t, const char *p, size_t n) {
    if (!t->tracing)
        return;
    const size_t room = SHOWN - t->traced.n;

    t->came += n;
    (void)buf_add(&t->traced, p, n < room ? n : room);
}

void trace_answer(struct task *t, CURLcode code) {
    if (!t->tracing || !t->easy)
        return;
    curl_off_t us = 0, down = 0;
    struct curl_header *h = NULL;

    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
    curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    log_line("net", "#%u < %d, %lld bytes, %lld ms%s%s", t->flow->request, task_status(t),
             (long long)down, (long long)us / 1000, code == CURLE_OK ? "" : ", ",
             code == CURLE_OK ? "" : curl_easy_strerror(code));
    while ((h = curl_easy_nextheader(t->easy, CURLH_HEADER, -1, h))) {
        struct buf line;

        buf_init(&line, TEXT_MAX);
        (void)buf_addf(&line, "%s: %s", h->name, h->value);
        put_header(t, "<h", buf_str(&line));
        buf_fini(&line);
    }
    put_body(t, "<b", buf_str(&t->traced), t->traced.n, t->came);
}

void trace_end(struct task *t) {
    if (t->tracing)
        buf_fini(&t->traced);
    t->tracing = false;
}

void trace_frame(const struct task *t, const struct frame *f) {
    if (!log_on())
        return;
    struct buf head;

    buf_init(&head, TEXT_MAX);
    (void)buf_addf(&head, "%.200s, id %.128s, %zu bytes", f->event, f->id ? f->id : "none",
                   f->data_len);
    put_lines(t, "-", &head);
    buf_fini(&head);
    put_body(t, "-b", f->data, f->data_len, f->data_len);
}

void trace_retry(const struct flow *f, int attempt, int64_t ms) {
    log_line("net", "#%u attempt %d failed, again in %lld ms", f->request, attempt, (long long)ms);
}

void trace_link(const struct flow *f, enum link_state state, const char *gap) {
    static const char *const names[] = {
        [LINK_IDLE] = "idle", [LINK_CONNECTING] = "connecting", [LINK_LIVE] = "live",
        [LINK_LATE] = "late", [LINK_RETRYING] = "retrying",     [LINK_REFUSED] = "refused"};

    log_line("net", "#%u link %s%s", f->request, names[state], gap);
}
