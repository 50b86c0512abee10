/* layout.c - where the panes are, for any size. */
#include "ui.h"

enum {
    MIN_COLS = 40,
    MIN_ROWS = 10,
    MEDIUM_COLS = 90,
    WIDE_COLS = 140,
    RIGHT_COLS = 42,
    LOW_ROWS = 16, /* below, files make way for the request that is decided on */
    BOX_FRAME = 2  /* lines of the composer's box that hold no text */
};

static int clamp(int v, int low, int high) { return v > high ? high : v < low ? low : v; }

static bool right_focus(const struct model *m) {
    return m->ui.focus == PANE_FILES || m->ui.focus == PANE_PERMISSIONS;
}

static int sessions_cols(int cols) { return clamp(cols / 5, 26, 30); }

static int composer_height(const struct model *m, struct rect column) {
    const bool mine = m->ui.focus == PANE_COMPOSER;
    const int third = mine && m->ui.zoom == ZOOM_HALF ? column.h / 2 : m->ui.rows / 3;
    const int most = clamp(third - BOX_FRAME, 1, column.h);
    const int extra = clamp(composer_extra(m), 0, clamp(m->ui.rows / 6, 1, column.h));
    const int text = mine && m->ui.zoom == ZOOM_HALF ? most : composer_rows(m, column.w, most);

    return clamp(text + BOX_FRAME + extra, 1, column.h);
}

/* Title, thread and composer, one above the other. */
static void place_thread(const struct model *m, struct frame_layout *l, struct rect column) {
    const int composer = composer_height(m, column);
    const int header = column.h > composer + 1 ? 1 : 0;
    const int thread = column.h - header - composer;

    l->header = (struct rect){column.x, column.y, column.w, header};
    l->pane[PANE_THREAD] = (struct rect){column.x, column.y + header, column.w, thread};
    l->pane[PANE_COMPOSER] =
        (struct rect){column.x, column.y + header + thread, column.w, composer};
}

/* Files over permissions; the focused one of the two grows when it is zoomed. */
static void place_right(const struct model *m, struct frame_layout *l, struct rect column) {
    int files = clamp(column.h / 3, 1, column.h);

    if (m->ui.zoom == ZOOM_HALF && m->ui.focus == PANE_FILES)
        files = column.h * 3 / 4;
    if (m->ui.zoom == ZOOM_HALF && m->ui.focus == PANE_PERMISSIONS)
        files = column.h / 4;
    if (column.h < LOW_ROWS && m->ui.focus == PANE_PERMISSIONS)
        files = 0;
    l->pane[PANE_FILES] = (struct rect){column.x, column.y, column.w, files};
    l->pane[PANE_PERMISSIONS] =
        (struct rect){column.x, column.y + files, column.w, column.h - files};
}

static void place_one(const struct model *m, struct frame_layout *l, struct rect all) {
    const enum pane p = m->ui.focus;

    if (p != PANE_THREAD) {
        l->pane[p] = all;
        return;
    }
    l->header = (struct rect){all.x, all.y, all.w, 1};
    l->pane[p] = (struct rect){all.x, all.y + 1, all.w, all.h - 1};
}

static void place_narrow(const struct model *m, struct frame_layout *l, struct rect all) {
    l->tabs = (struct rect){all.x, all.y, all.w, 1};
    all.y++;
    all.h--;
    if (m->ui.focus == PANE_THREAD || m->ui.focus == PANE_COMPOSER)
        place_thread(m, l, all);
    else
        l->pane[m->ui.focus] = all;
}

/* The drawer covers the right part of the thread, never the composer: what is typed stays in view.
 */
static void place_drawer(const struct model *m, struct frame_layout *l, struct rect all) {
    const struct rect composer = l->pane[PANE_COMPOSER];
    const int w = m->ui.zoom == ZOOM_HALF && right_focus(m) ? all.w / 2 : RIGHT_COLS;

    place_right(m, l, (struct rect){all.x + all.w - w, all.y, w, composer.y - all.y});
}

static void place_columns(const struct model *m, struct frame_layout *l, struct rect all) {
    const bool wide = l->width == WIDTH_WIDE, half = m->ui.zoom == ZOOM_HALF;
    int left = sessions_cols(all.w), right = wide ? RIGHT_COLS : 0;

    if (half && m->ui.focus == PANE_SESSIONS) {
        left = all.w / 2;
        right = 0;
    } else if (half && m->ui.focus == PANE_THREAD) {
        left = wide ? left : 0;
        right = 0;
    } else if (half && wide && right_focus(m)) {
        right = all.w / 2;
    }
    if (left > 0)
        l->pane[PANE_SESSIONS] = (struct rect){all.x, all.y, left, all.h};
    place_thread(m, l, (struct rect){all.x + left, all.y, all.w - left - right, all.h});
    if (right > 0)
        place_right(m, l, (struct rect){all.x + all.w - right, all.y, right, all.h});
    else if (!wide && (m->ui.drawer || right_focus(m)))
        place_drawer(m, l, all);
}

struct frame_layout view_layout(const struct model *m) {
    const int cols = m->ui.cols > 0 ? m->ui.cols : 0, rows = m->ui.rows > 0 ? m->ui.rows : 0;
    struct frame_layout l = {.width = WIDTH_TINY, .status = {0, 0, cols, rows > 0 ? 1 : 0}};

    if (cols < MIN_COLS || rows < MIN_ROWS)
        return l;
    const struct rect all = {0, 0, cols, rows - 1};

    l.status = (struct rect){0, rows - 1, cols, 1};
    l.width = cols >= WIDE_COLS ? WIDTH_WIDE : cols >= MEDIUM_COLS ? WIDTH_MEDIUM : WIDTH_NARROW;
    if (m->ui.zoom == ZOOM_FULL)
        place_one(m, &l, all);
    else if (l.width == WIDTH_NARROW)
        place_narrow(m, &l, all);
    else
        place_columns(m, &l, all);
    return l;
}
