/* copy_items.c - the texts a message has. */
#include "copies.h"

#include "mix/diff.h"
#include "mix/jtext.h"
#include "mix/markup.h"

#include <stdlib.h>
#include <string.h>

enum {
    ITEMS_MAX = 2000,
    OF_A_TEXT = 200,
    OF_A_CALL = 30,
    DIFF_MOST = 1 << 20, /* bytes of inputs of a message that are compared: a key waits for it */
    COUNTED = 4 << 20    /* bytes of a text that are looked through */
};
#define ARGUMENT_MAX (16 * MIX_MIB)

static struct copy_item *add(struct copy_list *l, enum copy_kind kind, int part, const char *name) {
    if (l->n >= ITEMS_MAX)
        return &l->beyond;
    l->v = xgrow(l->v, l->n, &l->cap, sizeof *l->v);
    struct copy_item *item = &l->v[l->n++];
    int nth = 0;

    for (size_t i = l->n - 1; i-- > 0 && l->v[i].part == part;)
        nth += l->v[i].kind == kind;
    *item = (struct copy_item){.kind = kind, .part = part, .nth = nth, .name = name, .text = ""};
    return item;
}

static void add_text(struct copy_list *l, enum copy_kind kind, int part, const char *name,
                     const char *text, size_t n) {
    if (n == 0)
        return;
    struct copy_item *item = add(l, kind, part, name);

    item->text = text;
    item->n = n;
}

static void add_string(struct copy_list *l, enum copy_kind kind, int part, const char *name,
                       const char *text) {
    if (!str_blank(text))
        add_text(l, kind, part, name, text, strlen(text));
}

/* ---- Markdown ---- */

static void add_markup(struct copy_list *l, int part, const struct part *p) {
    struct markup_items items = {0};
    const bool cut = p->len > COUNTED;

    markup_items(&items, p->text, cut ? COUNTED : p->len, OF_A_TEXT);
    for (size_t i = 0; i < items.n; i++) {
        const struct markup_item *m = &items.v[i];

        if (cut && i + 1 == items.n && m->kind == ITEM_CODE)
            break; /* it may go on: half of a code is none */
        const bool code = m->kind == ITEM_CODE;
        struct copy_item *item = add(l, code ? COPY_CODE : COPY_LINK, part,
                                     code                    ? "code"
                                     : m->kind == ITEM_IMAGE ? "image"
                                                             : "link");

        item->text = arena_strdup(&l->arena, m->text);
        item->n = strlen(m->text);
        item->more = str_blank(m->label) || str_eq(m->label, m->text)
                         ? NULL
                         : arena_strdup(&l->arena, m->label);
    }
    markup_items_fini(&items);
}

/* ---- calls ---- */

static const char *argument_name(struct copy_list *l, struct jtext name) {
    char *s = arena_strndup(&l->arena, name.p, name.n);

    for (char *p = s; *p; p++)
        if (*p == '_')
            *p = ' ';
    return s;
}

static void add_arguments(struct copy_list *l, int part, const struct part *p) {
    struct jwalk walk = jtext_walk(p->text, p->len);
    struct jtext name, value;

    for (int i = 0; i < OF_A_CALL && jtext_next(&walk, &name, &value); i++) {
        auto_buf struct buf text = {.max = ARGUMENT_MAX};

        if (!value.string || value.n == 0)
            continue;
        (void)jtext_add(&text, value); /* as much as there is */
        add_text(l, COPY_ARGUMENT, part, argument_name(l, name),
                 arena_strndup(&l->arena, buf_str(&text), text.n), strlen(buf_str(&text)));
    }
}

/* What an Edit replaces by what. */
static void add_diff(struct copy_list *l, int part, const struct part *p) {
    auto_buf struct buf old = {.max = ARGUMENT_MAX}, new = {.max = ARGUMENT_MAX},
                        text = {.max = 3 * ARGUMENT_MAX};
    const bool has_old = jtext_find(&old, p->text, p->len, "old_string");

    if (!has_old || !jtext_find(&new, p->text, p->len, "new_string"))
        return;
    struct diff *d = diff_new(buf_str(&old), old.n, buf_str(&new), new.n);

    if (diff_text(&text, d) == RC_OK)
        add_string(l, COPY_DIFF, part, "diff", arena_strdup(&l->arena, buf_str(&text)));
    diff_free(d);
}

static void add_call(struct copy_list *l, int part, const struct part *p) {
    add_arguments(l, part, p);
    if (tool_is(p->name, "Edit") && p->len <= DIFF_MOST - l->compared) {
        l->compared += p->len;
        add_diff(l, part, p);
    }
    add_string(l, COPY_OUTPUT, part, "output", p->result);
    add_text(l, COPY_INPUT, part, "input, JSON", p->text, p->len);
    add_string(l, COPY_CALL_ID, part, "id of the call", p->call_id);
}

static void add_part(struct copy_list *l, const struct entry *e, int at, bool alone) {
    const struct part *p = &e->parts[at];

    switch (p->kind) {
    case PART_TEXT:
        if (!alone)
            add_text(l, COPY_TEXT, at, "text", p->text, p->len);
        add_markup(l, at, p);
        break;
    case PART_THINKING:
        add_text(l, COPY_THINKING, at, "thinking", p->text, p->len);
        break;
    case PART_TOOL:
        add_call(l, at, p);
        break;
    case PART_NOTE:
        add_text(l, COPY_TEXT, at, "note", p->text, p->len);
        break;
    }
}

/* ---- the message ---- */

static size_t count_texts(const struct entry *e) {
    size_t n = 0;

    for (size_t i = 0; i < e->n_parts; i++)
        n += e->parts[i].kind == PART_TEXT && e->parts[i].len > 0;
    return n;
}

/* Its texts with an empty line between; one is borrowed. */
static void add_message(struct copy_list *l, const struct entry *e, size_t n_texts) {
    struct buf all = {.max = 256 * MIX_MIB};

    if (n_texts == 0)
        return;
    for (size_t i = 0; i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];

        if (p->kind != PART_TEXT || p->len == 0)
            continue;
        if (n_texts == 1) {
            add_text(l, COPY_MESSAGE, COPY_NOT_OF_A_PART, "message", p->text, p->len);
            return;
        }
        if (all.n > 0)
            (void)buf_adds(&all, all.p[all.n - 1] == '\n' ? "\n" : "\n\n");
        (void)buf_add(&all, p->text, p->len);
    }
    char *text = arena_alloc(&l->arena, all.n + 1);

    memcpy(text, buf_str(&all), all.n);
    add_text(l, COPY_MESSAGE, COPY_NOT_OF_A_PART, "message", text, all.n);
    buf_fini(&all);
}

void copies_of(struct copy_list *out, const struct session *s, const struct entry *e) {
    const size_t n_texts = e ? count_texts(e) : 0;

    *out = (struct copy_list){0};
    if (e) {
        add_message(out, e, n_texts);
        for (size_t i = 0; i < e->n_parts && out->n < ITEMS_MAX; i++)
            add_part(out, e, (int)i, n_texts == 1);
        add_string(out, COPY_MESSAGE_ID, COPY_NOT_OF_A_PART, "id of the message", e->id);
    }
    add_string(out, COPY_SESSION_ID, COPY_NOT_OF_A_PART, "id of the session", s->id);
    add_string(out, COPY_TITLE, COPY_NOT_OF_A_PART, "title", s->title);
}

void copies_fini(struct copy_list *l) {
    free(l->v);
    arena_free(&l->arena);
    *l = (struct copy_list){0};
}

const struct entry *copy_entry(const struct model *m) {
    const struct transcript *t = &m->shown->transcript;
    const size_t at = m->shown->reading.sel_entry;

    return at < t->n ? &t->entries[at] : NULL;
}

static const struct copy_item *first_of(const struct copy_list *l, enum copy_kind kind, int part) {
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].kind == kind && l->v[i].part == part)
            return &l->v[i];
    return NULL;
}

const struct copy_item *copies_main(const struct copy_list *l, const struct entry *e,
                                    size_t sel_part) {
    const enum part_kind kind = sel_part < e->n_parts ? e->parts[sel_part].kind : PART_TEXT;
    const struct copy_item *item = NULL;

    if (kind == PART_TOOL)
        item = first_of(l, COPY_OUTPUT, (int)sel_part);
    if (kind == PART_TOOL && !item)
        item = first_of(l, COPY_INPUT, (int)sel_part);
    if (kind == PART_THINKING)
        item = first_of(l, COPY_THINKING, (int)sel_part);
    if (kind == PART_NOTE)
        item = first_of(l, COPY_TEXT, (int)sel_part);
    if (!item)
        item = first_of(l, COPY_MESSAGE, COPY_NOT_OF_A_PART);
    for (size_t i = 0; !item && i < l->n; i++)
        if (l->v[i].part != COPY_NOT_OF_A_PART)
            item = &l->v[i];
    return item;
}

void say_extent(struct buf *out, const char *s, size_t n) {
    size_t lines = n > 0 && s[n - 1] != '\n';

    for (const char *p = s; n <= COUNTED && (p = memchr(p, '\n', (size_t)(s + n - p))); p++)
        lines++;
    if (lines > 1)
        (void)buf_addf(out, "%zu lines (", lines);
    if (n < 1000)
        (void)buf_addf(out, n == 1 ? "1 byte" : "%zu bytes", n);
    else if (n < 1000 * 1000)
        (void)buf_addf(out, "%.1f kB", (double)n / 1e3);
    else
        (void)buf_addf(out, "%.1f MB", (double)n / 1e6);
    if (lines > 1)
        (void)buf_adds(out, ")");
}
