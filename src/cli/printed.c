/* printed.c - JSON set out in lines, events as they come, bytes as they are. */
#include "printed.h"

#include <string.h>
#include <unistd.h>

#include "mix/jtext.h"
#include "mix/text.h"

static enum rc put_out(void *arg, const char *p, size_t n, struct err *err) {
    struct printed *a = arg;

    return cli_put(&a->out, p, n, err);
}

enum rc printed_open(struct printed *a, const struct op_spec *spec, const char *path,
                     struct err *err) {
    *a = (struct printed){.spec = spec};
    a->pretty = (struct pretty){.put = put_out, .arg = a, .lines = true};
    return cli_out_open(&a->out, path, err);
}

/* ---- JSON ---- */
/* What came instead, cut short; the complaint itself is made safe when it is printed. */
static enum rc blame(const struct printed *a, const struct err *why, struct err *err) {
    return err_set(err, why->rc, 0, "unexpected answer: %s: %.*s", why->text, (int)a->n_first,
                   a->first);
}

static enum rc json_bytes(struct printed *a, const char *p, size_t n, struct err *err) {
    struct err why = {0};
    const enum rc rc = pretty_feed(&a->pretty, p, n, &why);

    if (rc == RC_PROTO)
        return blame(a, &why, err);
    if (rc != RC_OK)
        *err = why;
    return rc;
}

/* ---- streams ---- */
static enum rc add_to_line(void *line, const char *p, size_t n, struct err *err) {
    (void)err;
    return buf_add(line, p, n);
}

/* JSON on one line, or any other text as a string. */
static enum rc put_data(const struct frame *f, struct buf *line) {
    const size_t before = line->n;
    struct pretty p = {.put = add_to_line, .arg = line};
    enum rc rc = pretty_feed(&p, f->data, f->data_len, NULL);

    if (rc == RC_OK)
        rc = pretty_end(&p, NULL);
    if (rc == RC_OK)
        return RC_OK;
    buf_cut(line, before, line->n - before);
    return jtext_quote(line, f->data);
}

static enum rc put_json_line(struct printed *a, const struct frame *f, struct err *err) {
    auto_buf struct buf line = {0};
    enum rc rc;

    buf_init(&line, 8 * SSE_EVENT_CAP);
    rc = buf_adds(&line, "{\"event\":");
    if (rc == RC_OK)
        rc = jtext_quote(&line, f->event);
    if (rc == RC_OK && f->id) {
        buf_adds(&line, ",\"id\":");
        rc = jtext_quote(&line, f->id);
    }
    if (rc == RC_OK)
        rc = buf_adds(&line, ",\"data\":");
    if (rc == RC_OK)
        rc = put_data(f, &line);
    if (rc == RC_OK)
        rc = buf_adds(&line, "}\n");
    if (rc != RC_OK)
        return err_set(err, rc, 0, "an event is too long");
    return cli_put(&a->out, buf_str(&line), line.n, err);
}

/* As servers write it, whatever line ends came. */
static enum rc put_frame(struct printed *a, const struct frame *f, struct err *err) {
    auto_buf struct buf text = {0};
    const char *p = f->data, *end = f->data + f->data_len;
    enum rc rc = RC_OK;

    buf_init(&text, 8 * SSE_EVENT_CAP);
    if (f->id)
        rc = buf_addf(&text, "id: %s\n", f->id);
    if (rc == RC_OK)
        rc = buf_addf(&text, "event: %s\n", f->event);
    do {
        const char *line = memchr(p, '\n', (size_t)(end - p));
        const size_t n = (size_t)((line ? line : end) - p);

        if (rc == RC_OK)
            rc = buf_adds(&text, "data: ");
        if (rc == RC_OK)
            rc = buf_add(&text, p, n);
        if (rc == RC_OK)
            rc = buf_adds(&text, "\n");
        p = line ? line + 1 : end + 1;
    } while (p <= end);
    if (rc == RC_OK)
        rc = buf_adds(&text, "\n");
    if (rc != RC_OK)
        return err_set(err, rc, 0, "an event is too long");
    return cli_put(&a->out, buf_str(&text), text.n, err);
}

static enum rc stream_bytes(struct printed *a, const char *p, size_t n, struct err *err) {
    struct frame f;

    if (!a->sse)
        a->sse = sse_new(SSE_EVENT_CAP);
    enum rc rc = sse_feed(a->sse, p, n, err);

    while (rc == RC_OK && !a->enough && sse_next(a->sse, &f)) {
        rc = a->json_lines ? put_json_line(a, &f, err) : put_frame(a, &f, err);
        a->enough = a->count > 0 && ++a->seen == a->count;
    }
    return rc == RC_OK ? cli_out_flush(&a->out, err) : rc; /* whoever reads a stream waits for it */
}

/* ---- all kinds ---- */
static enum rc check_binary(const struct printed *a, const char *p, size_t n, struct err *err) {
    const size_t tail = text_tail(p, n);

    if (!a->out.tty || (text_valid(p, n - tail) && !memchr(p, '\0', n)))
        return RC_OK;
    return err_set(err, RC_USAGE, 0,
                   "the answer is binary, which is no text for a terminal: --out FILE keeps it");
}

enum rc printed_bytes(struct printed *a, const char *p, size_t n, struct err *err) {
    const bool empty_answer = a->spec->reply == REPLY_NONE;

    if (n == 0)
        return RC_OK;
    if (a->n_first < sizeof a->first - 1) {
        const size_t room = sizeof a->first - 1 - a->n_first, more = n < room ? n : room;

        memcpy(a->first + a->n_first, p, more);
        a->n_first += more;
    }
    a->started = true;
    a->bytes += n;
    if (!a->raw && a->spec->reply == REPLY_STREAM)
        return stream_bytes(a, p, n, err);
    if (!a->raw && (a->spec->reply == REPLY_JSON || empty_answer))
        return json_bytes(a, p, n, err);
    enum rc rc = check_binary(a, p, n, err);

    if (rc == RC_OK)
        rc = cli_put(&a->out, p, n, err);
    return rc == RC_OK && a->spec->reply == REPLY_STREAM ? cli_out_flush(&a->out, err) : rc;
}

enum rc printed_end(struct printed *a, int status, struct err *err) {
    const bool json = a->spec->reply == REPLY_JSON && status != 204;
    struct err why = {0};

    if (a->raw || a->spec->reply == REPLY_BYTES || a->spec->reply == REPLY_STREAM ||
        (!json && a->bytes == 0))
        return RC_OK;
    const enum rc rc = pretty_end(&a->pretty, &why);

    if (rc == RC_PROTO)
        return blame(a, &why, err);
    if (rc != RC_OK)
        *err = why;
    return rc;
}

enum rc printed_close(struct printed *a, bool kept, struct err *err) {
    sse_free(TAKE(a->sse));
    return cli_out_close(&a->out, kept ? RC_OK : RC_CANCELLED, err);
}
