/* panel_outline.c - the messages of a thread as a list: who, when, how it begins, what it called. A
 * long thread is shown around the reader's place; the filter looks at all of it. */
#include "panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_MESSAGE, TAG_REST };
enum { ROWS_SHOWN = 2000, FIRST_LINE_MAX = 400, ROOM_MIN = 30, ROOM_AROUND = 22, LOOK = 16 << 10 };

static const char *why_outline(const struct model *m) {
    return m->shown->transcript.n > 0 ? NULL : "there are no messages yet";
}

static void outline_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    if (!p->session)
        return;
    p->has_lost = true; /* the cursor begins on what is selected */
    p->lost = (struct panel_place){TAG_MESSAGE, p->session->reading.sel_entry};
    p->reveal = true;
}

/* ---- one message in one line ---- */

/* The first line that says something, without the signs of its Markdown. */
static void first_line(struct buf *out, const char *s, size_t n) {
    const char *end = s + (n < LOOK ? n : LOOK);

    while (s < end) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        const char *line = s;

        if (!stop)
            stop = end;
        while (line < stop && strchr(" \t\r#>*-`", *line) && *line)
            line++;
        if (line < stop) {
            size_t len = (size_t)(stop - line);

            if (len > FIRST_LINE_MAX)
                len = FIRST_LINE_MAX - text_tail(line, FIRST_LINE_MAX);
            (void)buf_add(out, line, len);
            return;
        }
        s = stop < end ? stop + 1 : end;
    }
}

struct facts {
    size_t calls, errors;
    const struct part *said, *call, *thought;
};

static struct facts facts_of(const struct entry *e) {
    struct facts f = {0};

    for (size_t i = 0; i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];

        if (p->kind == PART_TOOL) {
            f.calls++;
            f.call = f.call ? f.call : p;
        } else if (p->kind == PART_THINKING) {
            f.thought = f.thought ? f.thought : p;
        } else if (p->len > 0 && !f.said) {
            f.said = p;
        }
        f.errors += part_failed(p) ? 1 : 0;
    }
    return f;
}

static void time_of(struct buf *out, int64_t real) {
    const time_t s = (time_t)(real / 1000);
    struct tm t;

    if (real > 0 && localtime_r(&s, &t))
        (void)buf_addf(out, "%02d:%02d  ", t.tm_hour, t.tm_min);
}

static void line_of(struct buf *out, const struct session *s, size_t at, size_t room) {
    const struct entry *e = &s->transcript.entries[at];
    const struct facts f = facts_of(e);
    auto_buf struct buf line = {.max = 4096}, clean = {.max = 8192};

    time_of(out, e->at);
    if (thread_marked(s, at, SIZE_MAX))
        (void)buf_adds(out, "* ");
    if (f.said) {
        first_line(&line, f.said->text, f.said->len);
    } else if (f.call) {
        auto_buf struct buf object = {.max = 4096};

        (void)tool_object(&object, f.call->name, f.call->text,
                          f.call->len < LOOK ? f.call->len : LOOK);
        (void)buf_addf(&line, "%.60s%s%s", f.call->name, object.n > 0 ? "  " : "",
                       buf_str(&object));
    } else if (f.thought) {
        (void)buf_adds(&line, "thinking: ");
        first_line(&line, f.thought->text, f.thought->len);
    }
    (void)text_clean(&clean, buf_str(&line), line.n, CLEAN_LINE);
    const size_t fits = text_fit(buf_str(&clean), clean.n, (int)room);

    (void)buf_add(out, buf_str(&clean), fits);
    if (fits < clean.n)
        (void)buf_adds(out, "\u2026");
    if (f.calls > (f.said ? 0 : 1))
        (void)buf_addf(out, "  \u00b7 %zu call%s", f.calls, f.calls == 1 ? "" : "s");
    if (f.errors > 0)
        (void)buf_addf(out, "  \u00b7 %zu error%s", f.errors, f.errors == 1 ? "" : "s");
}

static const char *who(const struct entry *e) {
    return e->role == ROLE_USER ? "you" : e->role == ROLE_ASSISTANT ? "mix" : "note";
}

static void add_message(struct panel *p, size_t at, size_t room) {
    const struct entry *e = &p->session->transcript.entries[at];
    auto_buf struct buf line = {.max = 16384};

    line_of(&line, p->session, at, room);
    struct panel_row *row = panel_add(p, ROW_VALUE, TAG_MESSAGE, who(e), "%s", buf_str(&line));

    row->index = at;
    row->tone = facts_of(e).errors > 0 ? TONE_BAD : e->role == ROLE_USER ? TONE_PLAIN : TONE_DIM;
}

static bool fits_filter(const struct panel *p, size_t at, size_t room) {
    auto_buf struct buf line = {.max = 16384};

    (void)buf_addf(&line, "%s ", who(&p->session->transcript.entries[at]));
    line_of(&line, p->session, at, room);
    return text_fuzzy(buf_str(&p->filter.text), buf_str(&line)) > 0;
}

/* ---- rows ---- */

static void say_rest(struct panel *p, size_t n, const char *where) {
    if (n > 0)
        panel_add(p, ROW_TEXT, TAG_REST, NULL, "%zu %s ones: type a part to find them", n, where)
            ->tone = TONE_DIM;
}

static void filtered_rows(struct panel *p, size_t room) {
    const struct transcript *t = &p->session->transcript;
    auto_free size_t *fit = xcalloc(ROWS_SHOWN, sizeof *fit);
    size_t n = 0;

    for (size_t i = t->n; i-- > 0 && n < ROWS_SHOWN;)
        if (fits_filter(p, i, room))
            fit[n++] = i;
    while (n > 0)
        add_message(p, fit[--n], room);
}

static void outline_rows(const struct model *m, struct panel *p) {
    if (!p->session)
        return;
    const size_t n = p->session->transcript.n, sel = p->session->reading.sel_entry;
    const size_t room =
        m->ui.cols > ROOM_AROUND + ROOM_MIN ? (size_t)(m->ui.cols - ROOM_AROUND - 16) : ROOM_MIN;

    if (p->filter.text.n > 0) {
        filtered_rows(p, room);
        return;
    }
    size_t from = sel > ROWS_SHOWN / 2 ? sel - ROWS_SHOWN / 2 : 0;

    if (from + ROWS_SHOWN > n)
        from = n > ROWS_SHOWN ? n - ROWS_SHOWN : 0;
    const size_t to = n - from > ROWS_SHOWN ? from + ROWS_SHOWN : n;

    say_rest(p, from, "earlier");
    for (size_t i = from; i < to; i++)
        add_message(p, i, room);
    say_rest(p, n - to, "later");
}

static void outline_enter(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    const struct session *s = p->session;
    const size_t at = row->index;

    (void)fx;
    if (row->tag != TAG_MESSAGE || !s || s != m->shown || at >= s->transcript.n)
        return;
    act_over_close(m);
    act_focus(m, PANE_THREAD);
    act_go_to(m, at, SIZE_MAX, 0);
    m->shown->reading.to_top = true;
    m->shown->reading.sel_entry = at;
    m->shown->reading.sel_part = 0;
}

const struct panel_spec panel_outline = {
    .title = "Messages",
    .why_not = why_outline,
    .open = outline_open,
    .rows = outline_rows,
    .enter = outline_enter,
    .filtered = true,
    .wide = true,
};
