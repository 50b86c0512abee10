/* view_files.c - uploads, and what is on its way. */
#include "ui.h"

#include <stdio.h>
#include <string.h>

#include "mix/files.h"
#include "mix/picture.h"

enum {
    TIME_COLS = 44, /* from this width on the time of a file is shown as well, */
    TYPE_COLS = 56, /* and its type */
    THUMB_ROOM = 7, /* rows the list leaves, */
    LIST_HIGH = 30, /* or rows there are: then the selected picture is shown under it */
};

static bool running(const struct transfer *t) { return t->state == XFER_RUNNING; }

/* ---- rows ---- */

static int draw_columns(const struct model *m, struct canvas *c, struct rect r, enum style dim,
                        const struct file_info *f) {
    int right = r.x + r.w - 1;

    if (r.w >= TYPE_COLS) {
        put_right(c, right, r.y, 10, dim, f->is_dir ? "folder" : file_type(f->name));
        right -= 11;
    }
    if (r.w >= TIME_COLS) {
        put_right(c, right, r.y, 7, dim, say_time(f->modified, m->real).s);
        right -= 8;
    }
    return right - put_right(c, right, r.y, 10, dim, f->is_dir ? "folder" : say_size(f->size).s);
}

static void draw_row(const struct model *m, struct canvas *c, struct rect r, size_t at,
                     size_t selected) {
    const struct file_row row = files_row(m, at);
    const bool cursor = at == selected;
    const bool focus = m->ui.focus == PANE_FILES && m->ui.over == OVER_NONE;
    const bool marks = m->files.marked.n > 0;
    enum style s = STYLE_TEXT, dim = STYLE_DIM;
    int right = r.x + r.w - 1, x = r.x + 1 + (marks ? 2 : 0);

    if (!row.file && !row.output) {
        char text[64];

        snprintf(text, sizeof text, "named by the agent %zu", m->files.outputs->n_shown);
        put(c, r.x + 1, r.y, r.w - 2, STYLE_TITLE, text);
        return;
    }
    if (cursor) {
        s = dim = focus ? STYLE_CURSOR_ROW : STYLE_CURSOR_ROW_IDLE;
        canvas_fill(c, (struct rect){r.x + 1, r.y, r.w - 1, 1}, ' ', s);
        put(c, r.x, r.y, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    }
    if (row.output) {
        right -= put_right(c, right, r.y, 12, dim,
                           row.output->why_not ? "not served" : file_type(row.output->name));
        put_foreign(c, x, r.y, right - 1 - x, row.output->why_not ? dim : s, row.output->name,
                    CLEAN_NAME);
        return;
    }
    const struct file_info *f = row.file;
    const char *name = str_blank(f->original_name) ? f->name : f->original_name;

    right = draw_columns(m, c, r, dim, f);
    if (marks && file_marked(m, f->name))
        put(c, r.x + 1, r.y, 1, cursor ? s : STYLE_KEY, "*");
    put_foreign(c, x, r.y, right - 1 - x, s, name ? name : "", CLEAN_NAME);
}

/* ---- transfers ---- */

static void draw_bar(const struct model *m, struct canvas *c, int x, int y, int w, int done) {
    for (int i = 0; i < w; i++)
        put(c, x + i, y, 1, i < done ? STYLE_PROGRESS : STYLE_DIM,
            glyph(m, i < done ? G_BAR_FULL : G_BAR_EMPTY));
}

/* `name  1.2 of 3.4 MB`, then a bar with speed and time left. */
static void draw_running(const struct model *m, struct canvas *c, struct rect r,
                         const struct transfer *t) {
    const double speed = t->speed;
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
    char again[80] = "";

    if (t->state == XFER_WAITING)
        snprintf(again, sizeof again, "goes on in %lld s: ",
                 (long long)(t->retry_at > m->now ? (t->retry_at - m->now + 999) / 1000 : 0));
    const char *word = t->state == XFER_DONE        ? (t->upload ? "uploaded" : "downloaded")
                       : t->state == XFER_CANCELLED ? "cancelled"
                                                    : t->err.text;
    const enum style s = t->state == XFER_DONE     ? STYLE_TOOL_OK
                         : t->state == XFER_FAILED ? STYLE_NOTICE_BAD
                                                   : STYLE_DIM;
    int x = r.x + 1;

    x += put(c, x, r.y, 2, STYLE_KEY, glyph(m, t->upload ? G_UPLOAD : G_DOWNLOAD)) + 1;
    x += put_foreign(c, x, r.y, r.w / 2, STYLE_TEXT, t->name, CLEAN_NAME) + 2;
    x += put(c, x, r.y, r.x + r.w - 1 - x, s, again);
    put_foreign(c, x, r.y, r.x + r.w - 1 - x, s, word, CLEAN_LINE);
}

/* Those that wait for their turn are one row, whatever their number. */
static bool only_waits(const struct transfer *t) {
    return t->state == XFER_WAITING && t->retry_at == 0;
}

static size_t waiting(const struct files *f) {
    size_t n = 0;

    for (size_t i = 0; i < f->n_transfers; i++)
        n += only_waits(&f->transfers[i]);
    return n;
}

/* At the foot of the pane, newest last, at most half of it; *first: of those that are shown. */
static int transfer_rows(const struct files *f, int height, size_t *first) {
    const int most = height / 2 > 0 ? height / 2 : 1;
    int rows = waiting(f) > 0;

    *first = f->n_transfers;
    while (*first > 0) {
        const struct transfer *t = &f->transfers[*first - 1];
        const int more = only_waits(t) ? 0 : running(t) ? 2 : 1;

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
    const size_t waits = waiting(f);

    for (int y = r.y + r.h - rows; first < f->n_transfers; first++) {
        const struct transfer *t = &f->transfers[first];
        const struct rect row = {r.x, y, r.w, r.y + r.h - y};

        if (only_waits(t))
            continue;
        if (running(t))
            draw_running(m, c, row, t);
        else
            draw_ended(m, c, row, t);
        y += running(t) ? 2 : 1;
    }
    if (waits > 0 && rows > 0)
        canvas_putf(c, r.x + 3, r.y + r.h - 1, r.w - 4, STYLE_DIM, "%s wait%s for %s turn",
                    say_grouped(waits).s, waits == 1 ? "s" : "", waits == 1 ? "its" : "their");
}

/* ---- the picture under the list ---- */

/* What the title leaves: of the list, and of the selected file's picture (h 0: none). */
struct parts {
    struct rect list, thumb, tree;
    const char *file;
};

static struct parts parts_of(const struct model *m, struct rect r) {
    const struct file_info *f = model_selected_file(m);
    struct parts p = {.list = {r.x, r.y + 1, r.w, r.h - 1}};
    struct tree_count tree;
    size_t first;

    p.list.h -= m->files.n_transfers > 0 ? transfer_rows(&m->files, p.list.h, &first) : 0;
    if (files_tree_count(m, &tree) && p.list.h > 1) {
        p.list.h--;
        p.tree = (struct rect){r.x, p.list.y + p.list.h, r.w, 1};
    }
    const size_t rows = files_rows(m);
    const int files = rows < 1000 ? (int)rows : 1000, left = p.list.h - files;
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
    return m->files.n > 0 ? "no file matches" : "no uploads yet";
}

/* `Uploads 3 of 40 /png`, else whose they are, how they are sorted and how many are marked. */
static void draw_head(const struct model *m, struct canvas *c, struct rect r) {
    const struct files *f = &m->files;
    const bool filter = m->ui.file_filtering || m->ui.file_filter.text.n > 0;
    const int end = r.x + r.w;
    char title[96], side[64];

    if (filter)
        snprintf(title, sizeof title, "Uploads %s of %s", say_grouped(f->n_visible).s,
                 say_grouped(f->n).s);
    else
        snprintf(title, sizeof title, "Uploads %s", say_grouped(f->n).s);
    int x = r.x + draw_title(c, m, r.x, r.y, r.w, PANE_FILES, title);

    if (filter) {
        x += put(c, x, r.y, end - x, STYLE_KEY, " /");
        draw_field(c, x, r.y, end - x, STYLE_TEXT, &m->ui.file_filter,
                   m->ui.file_filtering && m->ui.focus == PANE_FILES && m->ui.over == OVER_NONE);
        return;
    }
    if (f->marked.n > 0)
        snprintf(side, sizeof side, "%s marked", say_grouped(f->marked.n).s);
    else
        snprintf(side, sizeof side, "by %s", file_sort_name(f->sort));
    x += put(c, x, r.y, end - x, STYLE_DIM, "(all sessions)");
    if (end - x > (int)strlen(side) + 2)
        put_right(c, end - 1, r.y, end - x, f->marked.n > 0 ? STYLE_KEY : STYLE_DIM, side);
}

/* Of a session that is fetched whole: a row over its transfers. */
static void draw_tree(const struct model *m, struct canvas *c, struct rect r,
                      const struct tree_count *t) {
    char text[128];
    int n = snprintf(text, sizeof text, "whole session: %zu of %zu files", t->done, t->files);

    if (t->failed > 0)
        n += snprintf(text + n, sizeof text - (size_t)n, ", %zu failed", t->failed);
    if (t->bytes > 0)
        snprintf(text + n, sizeof text - (size_t)n, ", %s of %s", say_size(t->bytes_done).s,
                 say_size(t->bytes).s);
    put(c, r.x + 1, r.y, 1, STYLE_KEY, glyph(m, G_DOWNLOAD));
    put(c, r.x + 3, r.y, r.w - 3, STYLE_TEXT, text);
}

void draw_files(struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    if (r.w <= 6 || r.h <= 0)
        return;
    draw_head(m, c, (struct rect){r.x, r.y, r.w, 1});
    const struct parts parts = parts_of(m, r);
    const struct rect list = parts.list;
    const size_t rows = files_rows(m);
    struct tree_count tree;

    if (r.h <= 1)
        return;
    draw_transfers(m, c, (struct rect){r.x, r.y + 1, r.w, r.h - 1});
    if (parts.thumb.h > 0)
        draw_picture(c, parts.thumb, picture_of(m, parts.file, parts.thumb.w, parts.thumb.h));
    if (files_tree_count(m, &tree) && parts.tree.h > 0)
        draw_tree(m, c, parts.tree, &tree);
    if (rows == 0) {
        enum style s;
        const char *why = why_empty(m, &s);

        if (list.h > 0)
            put_foreign(c, r.x + 1, list.y, r.w - 2, s, why, CLEAN_LINE);
        return;
    }
    const size_t selected = files_cursor_row(m);

    v->files_top = list_top(v->files_top, selected, rows, list.h);
    for (int y = 0; y < list.h && v->files_top + (size_t)y < rows; y++)
        draw_row(m, c, (struct rect){r.x, list.y + y, r.w, 1}, v->files_top + (size_t)y, selected);
}
