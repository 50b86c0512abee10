/* view_overlay.c - what stands over the panes: lists of commands, questions, the file picker. */
#include "overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEYS_MOST = 18,
    LABEL_MOST = 20,
    HELP_LEAST = 10, /* cells below which a row's help is left out */
    LEADER_MS = 400,
    KEY_COLS = 9,
    LABEL_LEAST = 15, /* with its gaps, of what may follow Ctrl+X */
    WIDE = 100,
    MIDDLE = 64,
    FOOT = 2,
    FOOT_FROM = 16 /* lines of the screen */
};

/* ---- what each overlay says ---- */

static const char *pane_name(enum pane p) {
    static const char *const names[PANE_COUNT] = {
        [PANE_SESSIONS] = "Sessions",       [PANE_THREAD] = "Thread",
        [PANE_COMPOSER] = "Message",        [PANE_FILES] = "Files",
        [PANE_PERMISSIONS] = "Permissions",
    };

    return p < PANE_COUNT ? names[p] : "";
}

static void say_server(const struct model *m, struct buf *out) {
    if (m->server.state == SERVER_FOREIGN)
        buf_addf(out, "What answers at %s is not Mix.\n", m->server.url ? m->server.url : "?");
    else
        buf_addf(out, "No Mix server answers at %s.\n", m->server.url ? m->server.url : "?");
    if (m->server.err.rc != RC_OK)
        buf_addf(out, "%s\n", m->server.err.text);
    if (m->server.tried)
        buf_addf(out, "Nor does one at %s.\n", m->server.tried);
    if (m->ui.typing_address)
        buf_adds(out, "\nA name behind the address saves it in config.ini:\n"
                      "http://HOST:8088 NAME");
    else
        buf_adds(out, "\nStart one with:  mix --http-port 8088");
}

static void set_title(struct dialog *p, const char *title) {
    snprintf(p->title, sizeof p->title, "%s", title);
}

/* A decision made from the menu shows its object there: the menu may lie over the pane. What and
 * how long stand in the frame, so that small screens have room for the object. */
static void say_ask(struct dialog *p, const struct model *m) {
    const struct ask *a = model_selected_ask(m);
    auto_buf struct buf name = {.max = 1024}, chain = {.max = 8192}, clean = {.max = 64 * MIX_KIB};
    const int width = (p->width < m->ui.cols ? p->width : m->ui.cols) - 4;

    if (!a)
        return;
    text_clean(&name, ask_name(a), strnlen(ask_name(a), 80), CLEAN_NAME);
    snprintf(p->title, sizeof p->title, "%.*s  %s",
             (int)text_fit(buf_str(&name), name.n, width > 60 ? 40 : 20), buf_str(&name),
             ask_answerable(a) ? say_left(a->deadline - m->now).s : state_word(a));
    ask_chain(&chain, m, a);
    if (!str_blank(a->action))
        buf_addf(&chain, "  %s", a->action);
    text_clean(&clean, buf_str(&chain), chain.n, CLEAN_NAME);
    buf_add(&p->head, buf_str(&clean), text_fit(buf_str(&clean), clean.n, width));
    risks_say(&p->head, a);
    size_t all = 1, at = 0;

    while (ask_batch_next(m, a, &at))
        all++;
    if (all > 1)
        buf_addf(&p->head, "\none answer for %zu requests", all);
    buf_addf(&p->head, "\n%s", a->object ? a->object : a->message ? a->message : "");
}

static void fill_text(struct dialog *p, const struct model *m) {
    const struct ui *ui = &m->ui;

    switch (ui->over) {
    case OVER_COMMANDS:
        set_title(p, "Commands");
        p->prompt = "find ";
        p->width = WIDE;
        break;
    case OVER_MENU:
        set_title(p, pane_name(ui->menu_pane));
        if (ui->menu_pane == PANE_PERMISSIONS)
            say_ask(p, m);
        break;
    case OVER_THEMES:
        set_title(p, "Theme");
        p->width = 32;
        break;
    case OVER_CONFIRM:
        set_title(p, "Sure?");
        buf_adds(&p->head, ui->confirm_text ? ui->confirm_text : "");
        p->prompt = ui->confirm_named ? "its name: " : NULL;
        break;
    case OVER_QUIT:
        set_title(p, ui->leaving == LEAVE_SUSPEND ? "Suspend" : "Quit");
        say_leave(m, &p->head);
        break;
    case OVER_SERVER:
        set_title(p, "No server");
        say_server(m, &p->head);
        p->prompt = ui->typing_address ? "address: " : NULL;
        break;
    case OVER_SERVERS:
        set_title(p, "Servers");
        p->width = WIDE;
        p->prompt = ui->typing_address ? "address: " : NULL;
        break;
    case OVER_PICKER:
        set_title(p, m->ui.picker.attach ? "Attach" : "Upload");
        p->width = WIDE;
        p->prompt = "find ";
        p->editor = &ui->picker.filter;
        buf_adds(&p->head, ui->picker.dir ? ui->picker.dir : "");
        break;
    case OVER_NONE:
    case OVER_ASK:
    case OVER_PANEL:
    case OVER_PICTURE:
        break;
    }
}

static bool tall(enum overlay over) { return over == OVER_COMMANDS || over == OVER_PICKER; }

/* What is decided on comes before the rows it is decided with: they scroll. */
static void cut_lines(struct dialog *p, const struct model *m) {
    enum { LIST_LEAST = 4, LINES_LEAST = 3 };
    const int list = p->rows < LIST_LEAST ? (int)p->rows : LIST_LEAST;
    const int room = m->ui.rows - 2 - 2 - (p->prompt ? 1 : 0) - list;
    const bool picker = m->ui.over == OVER_PICKER;

    p->all_lines = p->lines.n;
    p->gap = p->lines.n > 0 && !picker && room > (int)p->lines.n;
    if (room >= LINES_LEAST && (int)p->lines.n > room) {
        p->gap = 1; /* says how many are missing */
        p->lines.n = (size_t)room - 1;
    } else if (room < LINES_LEAST && p->lines.n > LINES_LEAST) {
        p->gap = 1;
        p->lines.n = LINES_LEAST - 1;
    }
}

static void dialog_make(struct dialog *p, const struct model *m) {
    const int cols = m->ui.cols, lines = m->ui.rows;

    *p = (struct dialog){.width = MIDDLE, .editor = &m->ui.over_filter, .rows = m->ui.n_menu_rows};
    p->head.max = 64 * MIX_KIB;
    auto_buf struct buf raw = {.max = 64 * MIX_KIB};

    fill_text(p, m);
    if (p->head.n > 0) {
        buf_add(&raw, p->head.p, p->head.n);
        buf_clear(&p->head);
        text_clean(&p->head, raw.p, raw.n, m->ui.over == OVER_PICKER ? CLEAN_NAME : CLEAN_MARKS);
    }
    if (p->width > cols - 2)
        p->width = cols;
    if (p->head.n > 0)
        text_wrap(&p->lines, p->head.p, p->head.n, p->width > 5 ? p->width - 4 : 1);
    cut_lines(p, m);
    const int fixed = 2 + (int)p->lines.n + p->gap + (p->prompt ? 1 : 0);
    int h = tall(m->ui.over) ? lines - 2 : fixed + (int)(p->rows < 200 ? p->rows : 200);

    h = h > lines - 2 ? lines - 2 : h;
    h = h < 3 ? 3 : h;
    p->foot = m->ui.over == OVER_COMMANDS && lines >= FOOT_FROM ? FOOT : 0;
    p->list = h - fixed - p->foot > 0 ? h - fixed - p->foot : 0;
    p->box = (struct rect){(cols - p->width) / 2, (lines - h) / 2, p->width, h};
}

static void dialog_free(struct dialog *p) {
    buf_fini(&p->head);
    rows_fini(&p->lines);
}

/* ---- drawing ---- */

/* Box, title, text and field. Returns the row the list begins at. */
static int dialog_draw(const struct dialog *p, const struct model *m, struct canvas *c) {
    const struct rect r = p->box;
    int y = r.y + 1;

    draw_box(c, m, r, STYLE_BORDER_FOCUS);
    canvas_putf(c, r.x + 2, r.y, r.w - 4, STYLE_OVERLAY_TITLE, " %s ", p->title);
    for (size_t i = 0; i < p->lines.n && y < r.y + r.h - 1; i++, y++)
        canvas_put(c, r.x + 2, y, r.w - 4, STYLE_OVERLAY, p->head.p + p->lines.v[i].off,
                   p->lines.v[i].len);
    const size_t more = p->all_lines - p->lines.n;

    if (more > 0 && y < r.y + r.h - 1)
        canvas_putf(c, r.x + 2, y++, r.w - 4, STYLE_DIM, "%zu more line%s", more,
                    more == 1 ? "" : "s");
    if (p->prompt && y < r.y + r.h - 1) {
        const int x = r.x + 2 + put(c, r.x + 2, y, r.w - 4, STYLE_KEY, p->prompt);

        draw_field(c, x, y++, r.x + r.w - 2 - x, STYLE_OVERLAY, p->editor, true);
    }
    return y + (more == 0 ? p->gap : 0);
}

enum column { COLUMN_KEYS, COLUMN_LABEL, COLUMN_WHERE, COLUMNS };

static const char *column_text(const struct menu_row *row, enum column at) {
    return at == COLUMN_KEYS ? row->keys : at == COLUMN_LABEL ? row->label : row->where;
}

static int widest(const struct model *m, enum column at, int most) {
    int w = 0;

    for (size_t i = 0; i < m->ui.n_menu_rows; i++) {
        const char *s = column_text(&m->ui.menu_rows[i], at);
        const int this = s ? text_width(s, strlen(s)) : 0;

        w = this > w ? this : w;
    }
    return w < most ? w : most;
}

static void draw_menu_row(const struct model *m, struct canvas *c, struct rect r,
                          const struct menu_row *row, bool cursor, const int cols[COLUMNS]) {
    enum style s = row->why_not ? STYLE_UNAVAILABLE : STYLE_OVERLAY, key = STYLE_KEY,
               dim = STYLE_DIM;
    int x = r.x + 1;

    if (cursor) {
        s = key = dim = STYLE_CURSOR_ROW;
        canvas_fill(c, (struct rect){x, r.y, r.w - 1, 1}, ' ', s);
        put(c, r.x, r.y, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    }
    const int right = r.x + r.w;
    const bool decides = hint_decides(row);

    if (decides && !row->why_not && m->ui.menu_pane == PANE_PERMISSIONS)
        s = key =
            ask_armed(m, model_selected_ask(m), m->now) ? STYLE_HINT_ARMED : STYLE_HINT_UNARMED;
    if (cols[COLUMN_KEYS] > 0) {
        put(c, x, r.y, cols[COLUMN_KEYS], row->why_not && !cursor ? STYLE_UNAVAILABLE : key,
            row->keys);
        x += cols[COLUMN_KEYS] + 2;
    }
    put(c, x, r.y, cols[COLUMN_LABEL] < right - x ? cols[COLUMN_LABEL] : right - x, s, row->label);
    x += cols[COLUMN_LABEL] + 2;
    if (cols[COLUMN_WHERE] > 0 && right - x > cols[COLUMN_WHERE]) {
        put(c, x, r.y, cols[COLUMN_WHERE], dim, row->where ? row->where : "");
        x += cols[COLUMN_WHERE] + 2;
    }
    if (right - x >= HELP_LEAST || (row->why_not && right - x > 3))
        put_foreign(c, x, r.y, right - x - 1, dim,
                    row->why_not ? row->why_not : (row->help ? row->help : ""), CLEAN_LINE);
}

/* The rows have room for the beginning only. */
static void draw_foot(const struct dialog *p, struct canvas *c, const struct menu_row *row) {
    const struct rect r = p->box;
    auto_buf struct buf said = {.max = 4 * MIX_KIB}, clean = {.max = 4 * MIX_KIB};
    struct rows lines = {0};

    buf_addf(&said, "%s%s%s", row->help ? row->help : "", row->why_not ? " - not now: " : "",
             row->why_not ? row->why_not : "");
    text_clean(&clean, buf_str(&said), said.n, CLEAN_LINE);
    text_wrap(&lines, clean.p, clean.n, r.w - 4);
    for (int i = 0; i < p->foot && (size_t)i < lines.n; i++)
        canvas_put(c, r.x + 2, r.y + r.h - 1 - p->foot + i, r.w - 4, STYLE_DIM,
                   clean.p + lines.v[i].off, lines.v[i].len);
    rows_fini(&lines);
}

static void draw_menu(const struct dialog *p, const struct model *m, struct canvas *c, int y) {
    const int cols[COLUMNS] = {widest(m, COLUMN_KEYS, KEYS_MOST),
                               widest(m, COLUMN_LABEL, LABEL_MOST),
                               widest(m, COLUMN_WHERE, LABEL_MOST)};
    const struct ui *ui = &m->ui;
    const struct rect r = p->box;

    for (int i = 0; i < p->list && ui->over_top + (size_t)i < ui->n_menu_rows; i++) {
        const size_t at = ui->over_top + (size_t)i;

        draw_menu_row(m, c, (struct rect){r.x + 1, y + i, r.w - 2, 1}, &ui->menu_rows[at],
                      at == ui->over_cursor, cols);
    }
    if (ui->n_menu_rows == 0 && p->list > 0)
        put(c, r.x + 2, y, r.w - 4, STYLE_DIM, "nothing matches");
    if (p->foot > 0 && ui->over_cursor < ui->n_menu_rows)
        draw_foot(p, c, &ui->menu_rows[ui->over_cursor]);
}

/* ---- what may follow Ctrl+X ---- */

static const char *after_leader(const char *keys) {
    static const char leader[] = "Ctrl+X ";

    return strncmp(keys, leader, sizeof leader - 1) == 0 ? keys + sizeof leader - 1 : keys;
}

/* Comes when no second key came for a while; lies above the status line. */
void draw_leader(const struct model *m, struct canvas *c) {
    const struct ui *ui = &m->ui;
    const int room = ui->rows - 4, n = (int)ui->n_menu_rows;
    int column = KEY_COLS + 1 + widest(m, COLUMN_LABEL, LABEL_MOST) + 2;
    int across = (ui->cols - 2) / column > 0 ? (ui->cols - 2) / column : 1;

    if (!ui->leader || ui->over != OVER_NONE || m->now - ui->leader_at < LEADER_MS || n == 0 ||
        room <= 0)
        return;
    while (n > across * room && (ui->cols - 2) / (across + 1) >= KEY_COLS + LABEL_LEAST)
        across++; /* better all of them with less of their words */
    column = across * column > ui->cols - 2 ? (ui->cols - 2) / across : column;
    int rows = (n + across - 1) / across;

    rows = rows > room ? room : rows;
    const struct rect r = {0, ui->rows - 3 - rows, ui->cols, rows + 2};

    draw_box(c, m, r, STYLE_BORDER_FOCUS);
    canvas_putf(c, 2, r.y, r.w - 4, STYLE_OVERLAY_TITLE, " Ctrl+X ");
    if (rows * across < (int)ui->n_menu_rows)
        canvas_putf(c, 2, r.y + r.h - 1, r.w - 4, STYLE_DIM, " %d more ",
                    (int)ui->n_menu_rows - rows * across);
    c->cursor_x = c->cursor_y = -1;
    for (int i = 0; i < (int)ui->n_menu_rows && i < rows * across; i++) {
        const struct menu_row *row = &ui->menu_rows[i];
        const int x = 2 + i / rows * column, y = r.y + 1 + i % rows;
        const int most = x + column - 2 < r.w - 2 ? column - 2 : r.w - 2 - x;

        put(c, x, y, KEY_COLS, row->why_not ? STYLE_UNAVAILABLE : STYLE_KEY,
            after_leader(row->keys));
        put(c, x + KEY_COLS + 1, y, most - KEY_COLS - 1,
            row->why_not ? STYLE_UNAVAILABLE : STYLE_OVERLAY, row->label);
    }
}

void draw_overlay(struct view *v, const struct model *m, struct canvas *c) {
    struct dialog p;

    if (m->ui.over == OVER_NONE)
        return;
    c->cursor_x = c->cursor_y = -1;
    if (m->ui.over == OVER_ASK) {
        draw_whole_ask(v, m, c);
        return;
    }
    if (m->ui.over == OVER_PANEL) {
        draw_panel(v, m, c);
        return;
    }
    if (m->ui.over == OVER_PICTURE) {
        draw_preview(m, c);
        return;
    }
    dialog_make(&p, m);
    const int y = dialog_draw(&p, m, c);

    if (m->ui.over == OVER_PICKER)
        draw_picker(v, &p, m, c, y);
    else
        draw_menu(&p, m, c, y);
    dialog_free(&p);
}

void overlay_settle(struct view *v, struct model *m) {
    struct ui *ui = &m->ui;
    struct dialog p;

    if (ui->over == OVER_NONE)
        return;
    if (ui->over == OVER_ASK) {
        whole_ask_settle(v, m);
        return;
    }
    if (ui->over == OVER_PANEL) {
        panel_settle(v, m);
        return;
    }
    if (ui->over == OVER_PICTURE) {
        preview_settle(m);
        return;
    }
    dialog_make(&p, m);
    if (ui->over == OVER_PICKER)
        picker_settle(v, m, p.list);
    else
        ui->over_top = list_top(ui->over_top, ui->over_cursor, ui->n_menu_rows, p.list);
    dialog_free(&p);
}
