/* panel_copy.c - the texts of the selected message as a list; Enter copies one. The message is
 * found again whenever something is taken from it: it may have grown, or gone. */
#include "copies.h"
#include "panels.h"

#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

enum { PREVIEW = 200, LOOK = 16 << 10 /* bytes that may be blank */ };

struct about {
    char *id; /* of the entry; NULL: it has none */
    enum role role;
    size_t at; /* where it stood */
    size_t part;
    size_t first; /* row of the selected part; SIZE_MAX: none */
};

static const struct entry *entry_of(const struct panel *p) {
    const struct about *d = p->data;
    const struct transcript *t = p->session ? &p->session->transcript : NULL;

    if (!t)
        return NULL;
    if (d->at < t->n && t->entries[d->at].role == d->role &&
        (!d->id || str_eq(t->entries[d->at].id, d->id)))
        return &t->entries[d->at];
    for (size_t i = t->n; d->id && i-- > 0;)
        if (t->entries[i].role == d->role && str_eq(t->entries[i].id, d->id))
            return &t->entries[i];
    return NULL;
}

static void copy_open(struct model *m, struct panel *p, struct effects *fx) {
    struct about *d = xcalloc(1, sizeof *d);
    const struct entry *e = copy_entry(m);

    (void)fx;
    p->data = d;
    d->at = m->shown->reading.sel_entry;
    d->part = m->shown->reading.sel_part;
    if (!e)
        return;
    set_string(&d->id, e->id);
    d->role = e->role;
    panel_fresh(m);
    if (d->first < p->n_rows)
        p->cursor = d->first;
}

/* ---- rows ---- */

static size_t index_of(const struct copy_item *item) {
    return ((size_t)(item->part + 1) << 16) | (size_t)item->nth;
}

/* The first line that says something. */
static const char *preview(struct arena *a, const char *s, size_t n) {
    const char *end = s + (n < LOOK ? n : LOOK);

    while (s < end && strchr(" \t\r\n", *s) && *s)
        s++;
    const char *stop = memchr(s, '\n', (size_t)(end - s));
    size_t len = (size_t)((stop ? stop : end) - s);

    if (len > PREVIEW) {
        len = PREVIEW;
        len -= text_tail(s, len);
    }
    return arena_strndup(a, s, len);
}

static const char *part_heading(struct panel *p, const struct part *part) {
    auto_buf struct buf object = {.max = PREVIEW};

    if (part->kind == PART_THINKING)
        return "thinking";
    if (part->kind != PART_TOOL)
        return part->kind == PART_NOTE ? "note" : "text";
    (void)tool_object(&object, part->name, part->text, part->len);
    return arena_printf(&p->rows_arena, "%s  %s", part->name,
                        preview(&p->rows_arena, buf_str(&object), object.n));
}

static bool shows_size(const struct copy_item *item) {
    return item->kind != COPY_LINK && item->kind < COPY_CALL_ID &&
           (item->n > PREVIEW || memchr(item->text, '\n', item->n));
}

static void item_row(struct panel *p, const struct copy_item *item) {
    auto_buf struct buf value = {.max = 2 * (size_t)PREVIEW + 200};

    if (shows_size(item)) {
        say_extent(&value, item->text, item->n);
        (void)buf_adds(&value, "  ");
    }
    (void)buf_adds(&value, preview(&p->rows_arena, item->text, item->n));
    if (item->kind == COPY_LINK && item->more)
        (void)buf_addf(&value, "  %s", preview(&p->rows_arena, item->more, strlen(item->more)));
    const char *label = item->kind == COPY_CODE && item->more
                            ? arena_printf(&p->rows_arena, "code, %.20s", item->more)
                            : item->name;
    struct panel_row *row = panel_add(p, ROW_VALUE, (int)item->kind, label, "%s", buf_str(&value));

    row->index = index_of(item);
    row->indent = 1;
}

static void copy_rows(const struct model *m, struct panel *p) {
    struct about *d = p->data;
    const struct entry *e = entry_of(p);
    struct copy_list l;
    int part = COPY_NOT_OF_A_PART;

    (void)m;
    d->first = SIZE_MAX;
    if (!p->session)
        return;
    panel_add_text(p, 0,
                   e ? "Enter copies, o opens a link, | sends it through a command."
                     : "Select a message with J and K.",
                   (size_t)-1)
        ->tone = TONE_DIM;
    copies_of(&l, p->session, e);
    for (size_t i = 0; i < l.n; i++) {
        const struct copy_item *item = &l.v[i];

        if (e && item->part != part && item->part != COPY_NOT_OF_A_PART)
            panel_add(p, ROW_HEADING, 0, part_heading(p, &e->parts[item->part]), NULL);
        if (i > 0 && item->part != part && item->part == COPY_NOT_OF_A_PART)
            panel_add(p, ROW_HEADING, 0, "names", NULL);
        part = item->part;
        if (d->first == SIZE_MAX && e && part != COPY_NOT_OF_A_PART && (size_t)part == d->part &&
            e->parts[part].kind != PART_TEXT)
            d->first = p->n_rows;
        item_row(p, item);
    }
    copies_fini(&l);
}

/* ---- what is chosen ---- */

static const struct copy_item *find(const struct copy_list *l, const struct panel_row *row) {
    for (size_t i = 0; i < l->n; i++)
        if ((int)l->v[i].kind == row->tag && index_of(&l->v[i]) == row->index)
            return &l->v[i];
    return NULL;
}

bool copy_chosen(const struct model *m, struct copy_list *l, const struct copy_item **item) {
    const struct panel *p = panel_top(m);
    const struct panel_row *row = p && p->id == PANEL_COPY ? panel_row_at(p) : NULL;

    *l = (struct copy_list){0};
    *item = NULL;
    if (!p || p->id != PANEL_COPY || m->ui.over != OVER_PANEL)
        return false;
    if (!row || !panel_selectable(row) || !p->session)
        return true;
    copies_of(l, p->session, entry_of(p));
    *item = find(l, row);
    return true;
}

static void copy_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    const struct copy_item *item;
    struct copy_list l;

    (void)row;
    if (!copy_chosen(m, &l, &item))
        return;
    if (item)
        act_copy(m, item->text, item->n, NULL, fx);
    else
        act_notice(m, "not copied: that message is there no more");
    copies_fini(&l);
    act_panel_close(m, p);
}

static void copy_close(struct model *m, struct panel *p) {
    struct about *d = p->data;

    (void)m;
    free(d->id);
    free(TAKE(p->data));
}

/* ---- links ---- */

static bool is_web(const struct copy_item *item) {
    return item->n < 8192 &&
           (strncmp(item->text, "https://", 8) == 0 || strncmp(item->text, "http://", 7) == 0) &&
           !memchr(item->text, '\n', item->n);
}

const char *why_no_link(const struct model *m) {
    const struct copy_item *item;
    struct copy_list l;
    const bool open = copy_chosen(m, &l, &item);
    const char *why = !open                  ? "links stand in the list of what can be copied"
                      : item && is_web(item) ? NULL
                                             : "choose a link";

    copies_fini(&l);
    return why;
}

void act_open_link(struct model *m, struct effects *fx) {
    const struct copy_item *item;
    struct copy_list l;

    if (copy_chosen(m, &l, &item) && item && is_web(item)) {
        free(fx->open_url);
        fx->open_url = xstrndup(item->text, item->n);
    }
    copies_fini(&l);
}

const char *why_no_copy(const struct model *m) {
    return copy_entry(m) || m->shown->id ? NULL : "there is nothing yet";
}

const struct panel_spec panel_copy = {
    .title = "Copy",
    .why_not = why_no_copy,
    .open = copy_open,
    .rows = copy_rows,
    .enter = copy_enter,
    .close = copy_close,
    .wide = true,
};
