/* view_files.c - uploads, and what is on its way. */
#include "ui.h"

#include <stdio.h>
#include <string.h>

#include "mix/picture.h"

enum {
    TIME_COLS = 60, /* from this width on the time of a file is shown as well */
    THUMB_ROOM = 7, /* rows the list leaves, */
    LIST_HIGH = 30, /* or rows there are: then the selected picture is shown under it */
};

static bool running(const struct transfer *t) { return t->state == XFER_RUNNING; }

static size_t cursor_index(const struct model *m) {
    for (size_t i = 0; i < m->files.n; i++)
        if (str_eq(m->files.list[i].name, m->ui.file_cursor))
            return i;
    return SIZE_MAX;
}

static void draw_file(const struct model *m, struct canvas *c, struct rect r,
                      const struct file_info *f) {
    const bool cursor = str_eq(f->name, m->ui.file_cursor);
    const bool focus = m->ui.focus == PANE_FILES && m->ui.over == OVER_NONE;
    const char *name = str_blank(f->original_name) ? f->name : f->original_name;
    enum style s = STYLE_TEXT, dim = STYLE_DIM;
    int right = r.x + r.w - 1;

    if (cursor) {
        s = dim = focus ? STYLE_CURSOR_ROW : STYLE_CURSOR_ROW_IDLE;
        canvas_fill(c, (struct rect){r.x + 1, r.y, r.w - 1, 1}, ' ', s);
        put(c, r.x, r.y, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    }
    if (r.w >= TIME_COLS) {
        put_right(c, right, r.y, 8, dim, say_time(f->modified, m->real).s);
        right -= 8;
    }
    const int used = put_right(c, right, r.y, 10, dim, f->is_dir ? "folder" : say_size(f->size).s);

    put_foreign(c, r.x + 1, r.y, right - used - 1 - r.x - 1, s, name ? name : "", CLEAN_NAME);
}

static void draw_bar(const struct model *m, struct canvas *c, int x, int y, int w, int done) {
    for (int i = 0; i < w; i++)
        put(c, x + i, y, 1, i < done ? STYLE_PROGRESS : STYLE_DIM,
            glyph(m, i < done ? G_BAR_FULL : G_BAR_EMPTY));
}

/* `name  1.2 of 3.4 MB`, then a bar with speed and time left. */
static void draw_running(const struct model *m, struct canvas *c, struct rect r,
                         const struct transfer *t) {
    const int64_t ms = m->now - t->started_at;
    const double speed = ms > 0 ? (double)t->done * 1000 / (double)ms : 0;
    const int right = r.x + r.w - 1;
    char text[96];

    if (t->total > 0)
        snprintf(text, sizeof text, "%s of %s", say_size(t->done).s, say_size(t->total).s);
    else
        snprintf(text, sizeof text, "%s", say_size(t->done).s);
    const int used = put_right(c, right, r.y, r.w / 2, STYLE_DIM, text);

    put(c, r.x + 1, r.y, 1, STYLE_KEY, glyph(m, t->upload ? G_UPLOAD : G_DOWNLOAD));
    put_foreign(c, r.x + 3, r.y, right - used - 1 - r.x - 3, STYLE_TEXT, t->name, CLEAN_NAME);
    if (r.h < 2)
        return;
    const int percent = t->total > 0 ? (int)(t->done * 100 / t->total) : 0;
    int n = t->total > 0 ? snprintf(text, sizeof text, "%3d%%", percent) : 0;

    if (speed >= 1)
        n += snprintf(text + n, sizeof text - (size_t)n, "  %s/s", say_size((int64_t)speed).s);
    if (speed >= 1 && t->total > t->done)
        snprintf(text + n, sizeof text - (size_t)n, "  %s",
                 say_left((int64_t)((double)(t->total - t->done) * 1000 / speed)).s);
    else if (n == 0)
        snprintf(text, sizeof text, "starting");
    const int bar = r.w - 1 - 4 - 24;

    if (t->total > 0 && bar > 4)
        draw_bar(m, c, r.x + 3, r.y + 1, bar, (int)((int64_t)bar * t->done / t->total));
    put_right(c, right, r.y + 1, r.w - 4, STYLE_DIM, text);
}

static void draw_ended(const struct model *m, struct canvas *c, struct rect r,
                       const struct transfer *t) {
    const char *word = t->state == XFER_DONE        ? (t->upload ? "uploaded" : "downloaded")
                       : t->state == XFER_CANCELLED ? "cancelled"
                                                    : t->err.text;
    const enum style s = t->state == XFER_DONE     ? STYLE_TOOL_OK
                         : t->state == XFER_FAILED ? STYLE_NOTICE_BAD
                                                   : STYLE_DIM;
    int x = r.x + 1;

    x += put(c, x, r.y, 2, STYLE_KEY, glyph(m, t->upload ? G_UPLOAD : G_DOWNLOAD)) + 1;
    x += put_foreign(c, x, r.y, r.w / 2, STYLE_TEXT, t->name, CLEAN_NAME) + 2;
    put_foreign(c, x, r.y, r.x + r.w - 1 - x, s, word, CLEAN_LINE);
}

/* At the foot of the pane, newest last, at most half of it; *first: of those that are shown. */
static int transfer_rows(const struct files *f, int height, size_t *first) {
    const int most = height / 2 > 0 ? height / 2 : 1;
    int rows = 0;

    *first = f->n_transfers;
    while (*first > 0) {
        const int more = running(&f->transfers[*first - 1]) ? 2 : 1;

        if (rows + more > most && rows > 0)
            break;
        rows += more;
        --*first;
    }
    return rows < height ? rows : height;
}

static void draw_transfers(const struct model *m, struct canvas *c, struct rect r) {
    const struct files *f = &m->files;
    size_t first;
    const int rows = transfer_rows(f, r.h, &first);

    for (int y = r.y + r.h - rows; first < f->n_transfers; first++) {
        const struct transfer *t = &f->transfers[first];
        const struct rect row = {r.x, y, r.w, r.y + r.h - y};

        if (running(t))
            draw_running(m, c, row, t);
        else
            draw_ended(m, c, row, t);
        y += running(t) ? 2 : 1;
    }
}

/* ---- the picture under the list ---- */

/* What the title leaves: of the list, and of the selected file's picture (h 0: none). */
struct parts {
    struct rect list, thumb;
    const char *file;
};

static struct parts parts_of(const struct model *m, struct rect r) {
    const struct file_info *f = model_selected_file(m);
    struct parts p = {.list = {r.x, r.y + 1, r.w, r.h - 1}};
    size_t first;

    p.list.h -= m->files.n_transfers > 0 ? transfer_rows(&m->files, p.list.h, &first) : 0;
    const int files = m->files.n < 1000 ? (int)m->files.n : 1000, left = p.list.h - files;
    const bool room = left >= THUMB_ROOM || p.list.h >= LIST_HIGH;

    if (!room || !f || f->is_dir || !picture_named(f->name) || !pictures_shown(m))
        return p;
    const int h = left > PICTURE_ROWS || left < THUMB_ROOM ? PICTURE_ROWS : left - 1;
    const int w = r.w - 2 < PICTURE_COLS ? r.w - 2 : PICTURE_COLS;

    p.list.h -= h + 1;
    p.thumb = (struct rect){r.x + 1, p.list.y + p.list.h + 1, w, h};
    p.file = f->name;
    return p;
}

void files_settle(const struct view *v, struct model *m, struct rect r) {
    const struct parts p = parts_of(m, r);

    (void)v;
    if (r.w > 6 && r.h > 0 && p.thumb.h > 0)
        picture_want(m, p.file, p.thumb.w, p.thumb.h);
}

static const char *why_empty(const struct model *m, enum style *s) {
    *s = STYLE_DIM;
    if (m->files.err.rc != RC_OK) {
        *s = STYLE_NOTICE_BAD;
        return m->files.err.text;
    }
    if (!m->files.loaded)
        return m->files.request ? "reading the list" : "not read yet";
    return "no uploads yet";
}

void draw_files(struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    char title[64];

    if (r.w <= 6 || r.h <= 0)
        return;
    snprintf(title, sizeof title, "Uploads %s", say_grouped(m->files.n).s);
    const int x = r.x + draw_title(c, m, r.x, r.y, r.w, PANE_FILES, title);

    put(c, x, r.y, r.x + r.w - x, STYLE_DIM, "(all sessions)");
    const struct parts parts = parts_of(m, r);
    const struct rect list = parts.list;

    if (r.h <= 1)
        return;
    draw_transfers(m, c, (struct rect){r.x, r.y + 1, r.w, r.h - 1});
    if (parts.thumb.h > 0)
        draw_picture(c, parts.thumb, picture_of(m, parts.file, parts.thumb.w, parts.thumb.h));
    if (m->files.n == 0) {
        enum style s;
        const char *why = why_empty(m, &s);

        if (list.h > 0)
            put_foreign(c, r.x + 1, list.y, r.w - 2, s, why, CLEAN_LINE);
        return;
    }
    v->files_top = list_top(v->files_top, cursor_index(m), m->files.n, list.h);
    for (int y = 0; y < list.h && v->files_top + (size_t)y < m->files.n; y++)
        draw_file(m, c, (struct rect){r.x, list.y + y, r.w, 1},
                  &m->files.list[v->files_top + (size_t)y]);
}
