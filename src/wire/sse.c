/* sse.c - the reader of an event stream: bytes in any split, frames out, one buffer.
 *
 * A frame's strings point into the buffer: line ends are overwritten with NULs, and the lines of
 * one event's data are moved together in place. Offsets, not pointers, since the buffer moves when
 * it grows. Consumed bytes go when room is needed, so the moving is amortised. */
#include "json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { START_BYTES = 16 * 1024, KEEP_BYTES = 1024 * 1024 };

struct sse {
    char *p;
    size_t n, room;
    size_t cap;
    size_t event; /* where the event being read starts: everything before it is consumed */
    size_t line;  /* where the line being read starts */
    size_t seen;  /* no line end before it */
    size_t name, id, data, data_len;
    bool has_name, has_id, has_data;
    bool begun;   /* the byte order mark is behind us */
    bool skip_lf; /* the last line ended in CR, perhaps of CRLF */
    bool over;    /* an event was larger than the cap */
    int64_t retry;
};

struct sse *sse_new(size_t cap) {
    struct sse *s = xcalloc(1, sizeof *s);

    s->cap = cap;
    s->retry = -1;
    return s;
}

void sse_free(struct sse *s) {
    if (!s)
        return;
    free(s->p);
    free(s);
}

static void drop_consumed(struct sse *s) {
    const size_t gone = s->event;

    if (gone == 0)
        return;
    memmove(s->p, s->p + gone, s->n - gone);
    s->n -= gone;
    s->line -= gone;
    s->seen -= gone;
    s->name -= gone;
    s->id -= gone;
    s->data -= gone;
    s->event = 0;
}

static void make_room(struct sse *s, size_t n) {
    if (s->event == s->n || n > s->room - s->n)
        drop_consumed(s);
    if (s->n == 0 && s->room > KEEP_BYTES) { /* a large event came by, and is gone */
        free(s->p);
        s->p = NULL;
        s->room = 0;
    }
    if (n <= s->room - s->n)
        return;
    size_t room = s->room > 0 ? s->room : START_BYTES;

    while (room - s->n < n)
        room *= 2;
    s->p = xrealloc(s->p, room);
    s->room = room;
}

enum rc sse_feed(struct sse *s, const char *p, size_t n, struct err *err) {
    if (s->over || s->n - s->event > s->cap)
        return err_set(err, RC_LIMIT, 0, "an event of the stream is larger than %zu bytes", s->cap);
    if (n == 0)
        return RC_OK;
    make_room(s, n);
    assert(s->p);
    memcpy(s->p + s->n, p, n);
    s->n += n;
    return RC_OK;
}

/* The next whole line [*from, *to), terminated in place. */
static bool next_line(struct sse *s, size_t *from, size_t *to) {
    if (s->skip_lf && s->line < s->n) {
        s->skip_lf = false;
        if (s->p[s->line] == '\n') {
            s->p[s->line++] = '\0';
            if (s->seen < s->line)
                s->seen = s->line;
        }
    }
    if (s->seen == s->n)
        return false;
    char *lf = memchr(s->p + s->seen, '\n', s->n - s->seen);
    char *cr = memchr(s->p + s->seen, '\r', lf ? (size_t)(lf - s->p) - s->seen : s->n - s->seen);
    char *end = cr ? cr : lf;

    if (!end) {
        s->seen = s->n;
        return false;
    }
    *from = s->line;
    *to = (size_t)(end - s->p);
    s->skip_lf = *end == '\r';
    *end = '\0';
    s->line = s->seen = *to + 1;
    return true;
}

static void add_data(struct sse *s, size_t at, size_t len) {
    if (!s->has_data) {
        s->has_data = true;
        s->data = at;
        s->data_len = len;
        return;
    }
    /* Behind the lines so far, whose last terminator becomes the line end: always before where it
     * stands now. */
    char *to = s->p + s->data + s->data_len;

    *to = '\n';
    memmove(to + 1, s->p + at, len);
    to[1 + len] = '\0';
    s->data_len += 1 + len;
}

static void set_retry(struct sse *s, const char *value) {
    int64_t ms = 0;

    if (*value == '\0')
        return;
    for (; *value >= '0' && *value <= '9'; value++)
        ms = ms > INT64_MAX / 10 - 9 ? INT64_MAX / 10 - 9 : 10 * ms + (*value - '0');
    if (*value == '\0')
        s->retry = ms;
}

static void take_field(struct sse *s, size_t from, size_t to) {
    char *colon = memchr(s->p + from, ':', to - from);
    const size_t name = (colon ? (size_t)(colon - s->p) : to) - from;
    size_t value = colon ? from + name + 1 : to;
    const char *field = s->p + from;

    if (value < to && s->p[value] == ' ')
        value++;
    if (name == 4 && memcmp(field, "data", 4) == 0) {
        add_data(s, value, to - value);
    } else if (name == 5 && memcmp(field, "event", 5) == 0) {
        s->name = value;
        s->has_name = value < to;
    } else if (name == 2 && memcmp(field, "id", 2) == 0 &&
               !memchr(s->p + value, '\0', to - value)) {
        s->id = value;
        s->has_id = true;
    } else if (name == 5 && memcmp(field, "retry", 5) == 0 &&
               !memchr(s->p + value, '\0', to - value)) {
        set_retry(s, s->p + value);
    }
}

/* Forgets the event read so far; the next one starts at the next line. */
static void start_event(struct sse *s) {
    s->has_name = s->has_id = s->has_data = false;
    s->retry = -1;
    s->event = s->name = s->id = s->data = s->line;
}

/* A byte order mark may stand before the first line. False while that cannot be told yet. */
static bool skip_mark(struct sse *s) {
    static const char mark[] = "\xef\xbb\xbf";
    const size_t n = s->n < 3 ? s->n : 3;

    if (s->begun)
        return true;
    if (memcmp(s->p ? s->p : "", mark, n) == 0) {
        if (n < 3)
            return false;
        s->line = s->seen = 3;
        start_event(s);
    }
    s->begun = true;
    return true;
}

bool sse_next(struct sse *s, struct frame *out) {
    size_t from = 0, to = 0;

    if (s->over || s->n == 0 || !skip_mark(s))
        return false;
    while (next_line(s, &from, &to)) {
        if (s->line - s->event > s->cap) {
            s->over = true;
            return false;
        }
        if (to > from) {
            if (s->p[from] != ':')
                take_field(s, from, to);
            /* Comments alone keep no event waiting. */
            if (!s->has_data && !s->has_name && !s->has_id && s->retry < 0)
                start_event(s);
            continue;
        }
        const bool whole = s->has_data;

        if (whole)
            *out = (struct frame){
                .event = s->has_name ? s->p + s->name : "message",
                .id = s->has_id ? s->p + s->id : NULL,
                .data = s->p + s->data,
                .data_len = s->data_len,
                .retry_ms = s->retry,
            };
        start_event(s);
        if (whole)
            return true;
    }
    return false;
}
