/* panel_rows.c - rows and fields of a panel: made, filtered, found again. */
#include "panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECRET_MAX = 16 * 1024, ROWS_MOST = 20000 };

/* ---- making ---- */
static struct panel_row *new_row(struct panel *p, enum row_kind kind, int tag) {
    p->rows = xgrow(p->rows, p->n_rows, &p->cap_rows, sizeof *p->rows);
    struct panel_row *row = &p->rows[p->n_rows++];

    *row = (struct panel_row){.kind = kind, .tag = tag};
    return row;
}

struct panel_row *panel_add(struct panel *p, enum row_kind kind, int tag, const char *label,
                            const char *value_fmt, ...) {
    struct panel_row *row = new_row(p, kind, tag);
    va_list args, again;

    row->label = label ? arena_strdup(&p->rows_arena, label) : "";
    row->value = "";
    if (!value_fmt)
        return row;
    va_start(args, value_fmt);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, value_fmt, args);

    va_end(args);
    char *text = arena_alloc(&p->rows_arena, n > 0 ? (size_t)n + 1 : 1);

    (void)vsnprintf(text, n > 0 ? (size_t)n + 1 : 1, value_fmt, again);
    va_end(again);
    row->value = text;
    return row;
}

struct panel_row *panel_add_text(struct panel *p, int tag, const char *value, size_t n) {
    struct panel_row *row = new_row(p, ROW_TEXT, tag);

    if (!value)
        value = "", n = 0;
    row->label = "";
    row->value = arena_strndup(&p->rows_arena, value, n == (size_t)-1 ? strlen(value) : n);
    return row;
}

struct panel_row *panel_fact(struct panel *p, const char *label, const char *value) {
    struct panel_row *row =
        panel_add(p, ROW_VALUE, PANEL_FACT, label, "%s", str_blank(value) ? "-" : value);

    row->index = p->n_rows;
    if (str_blank(value))
        row->tone = TONE_DIM;
    return row;
}

void panel_line(struct buf *out, const char *name, const char *value) {
    if (!str_blank(value))
        (void)buf_addf(out, "%s: %s\n", name, value);
}

struct panel_row *panel_add_field(struct panel *p, enum row_kind kind, int tag, const char *label,
                                  const char *help) {
    const size_t at = (size_t)(panel_field(p, tag) - p->fields);
    struct panel_row *row = panel_add(p, kind, tag, label, NULL);

    row->field = at;
    row->help = help ? arena_strdup(&p->rows_arena, help) : NULL;
    return row;
}

/* ---- fields ---- */
static struct panel_field *find_field(struct panel *p, int tag) {
    for (size_t i = 0; i < p->n_fields; i++)
        if (p->fields[i].tag == tag)
            return &p->fields[i];
    return NULL;
}

struct panel_field *panel_field(struct panel *p, int tag) {
    struct panel_field *f = find_field(p, tag);

    if (f)
        return f;
    p->fields = xgrow(p->fields, p->n_fields, &p->cap_fields, sizeof *p->fields);
    f = &p->fields[p->n_fields++];
    *f = (struct panel_field){.tag = tag};
    editor_init_line(&f->text, 4096);
    return f;
}

struct panel_field *panel_text(struct panel *p, int tag, size_t max, enum panel_lines lines) {
    const bool known = find_field(p, tag) != NULL;
    struct panel_field *f = panel_field(p, tag);

    if (known)
        return f;
    editor_fini(&f->text);
    editor_init(&f->text, max);
    f->text.one_line = lines == ONE_LINE;
    return f;
}

struct panel_field *panel_secret(struct panel *p, int tag) {
    const bool known = find_field(p, tag) != NULL;
    struct panel_field *f = panel_field(p, tag);

    if (known)
        return f;
    editor_fini(&f->text);
    editor_init_secret(&f->text, SECRET_MAX);
    return f;
}

struct panel_field *panel_choices(struct panel *p, int tag, const char *const *items, size_t n) {
    struct panel_field *f = panel_field(p, tag);
    const char *was = f->choice < f->choices.n ? f->choices.items[f->choice] : NULL;
    const char **copy = arena_alloc(&p->arena, (n ? n : 1) * sizeof *copy);

    f->choice = 0;
    for (size_t i = 0; i < n; i++) {
        copy[i] = arena_strdup(&p->arena, items[i] ? items[i] : "");
        if (str_eq(copy[i], was))
            f->choice = i;
    }
    f->choices = (struct strings){.items = copy, .n = n};
    return f;
}

const char *panel_value(struct panel *p, int tag) {
    const struct panel_field *f = find_field(p, tag);

    return f ? buf_str(&f->text.text) : "";
}

const char *panel_chosen(struct panel *p, int tag) {
    const struct panel_field *f = find_field(p, tag);

    return f && f->choice < f->choices.n ? f->choices.items[f->choice] : NULL;
}

bool panel_is_on(struct panel *p, int tag) {
    const struct panel_field *f = find_field(p, tag);

    return f && f->on;
}

static bool is_field(const struct panel_row *row) {
    return row->kind == ROW_FIELD || row->kind == ROW_SECRET || row->kind == ROW_CHOICE ||
           row->kind == ROW_SWITCH;
}

void panel_complain(struct model *m, struct panel *p, int tag, const char *why) {
    panel_field(p, tag)->complaint = why;
    for (size_t i = 0; i < p->n_rows && why; i++)
        if (is_field(&p->rows[i]) && p->rows[i].tag == tag) {
            p->cursor = i;
            p->reveal = true;
        }
    panel_touch(m, p);
}

struct panel_field *panel_field_at(struct panel *p) {
    const struct panel_row *row = panel_row_at(p);

    return row && is_field(row) && row->field < p->n_fields ? &p->fields[row->field] : NULL;
}

bool panel_turns(const struct panel *p) {
    const struct panel_row *row = p ? panel_row_at(p) : NULL;

    if (!row)
        return false;
    return row->kind == ROW_CHOICE || row->kind == ROW_SWITCH ||
           (row->kind == ROW_VALUE && panel_specs[p->id]->unfold);
}

struct editor *panel_editor(const struct model *m) {
    struct panel *p = m->ui.panel;

    if (!p)
        return NULL;
    const struct panel_row *row = panel_row_at(p);
    struct panel_field *f = panel_field_at(p);

    if (f && (row->kind == ROW_FIELD || row->kind == ROW_SECRET))
        return row->why_not ? NULL : &f->text;
    return p->filtered ? &p->filter : NULL;
}

struct editor *panel_secret_field(struct model *m) {
    struct panel *p = m->ui.panel;

    panel_fresh(m);
    for (size_t i = 0; p && i < p->n_rows; i++)
        if (p->rows[i].kind == ROW_SECRET && !p->rows[i].why_not) {
            p->cursor = i;
            p->confirm = 0;
            p->reveal = true;
            model_touch(m);
            return panel_editor(m);
        }
    return NULL;
}

/* ---- answers that rows show ---- */
void panel_keep(struct panel *p, struct incoming *in) {
    p->kept = xgrow(p->kept, p->n_kept, &p->cap_kept, sizeof *p->kept);
    p->kept[p->n_kept++] = in->arena;
    in->arena = (struct arena){0};
}

void panel_drop(struct panel *p) {
    for (size_t i = 0; i < p->n_kept; i++)
        arena_free(&p->kept[i]);
    p->n_kept = 0;
}

static size_t unfolded_at(const struct panel *p, int tag, size_t index) {
    size_t i = 0;

    while (i < p->n_unfolded && (p->unfolded[i].tag != tag || p->unfolded[i].index != index))
        i++;
    return i;
}

bool panel_unfolded(const struct panel *p, int tag, size_t index) {
    return unfolded_at(p, tag, index) < p->n_unfolded;
}

void panel_fold(struct model *m, struct panel *p, const struct panel_row *row) {
    const size_t at = unfolded_at(p, row->tag, row->index);

    if (at < p->n_unfolded) {
        p->unfolded[at] = p->unfolded[--p->n_unfolded];
    } else {
        p->unfolded = xgrow(p->unfolded, p->n_unfolded, &p->cap_unfolded, sizeof *p->unfolded);
        p->unfolded[p->n_unfolded++] = (struct panel_place){row->tag, row->index};
    }
    p->reveal = true;
    panel_touch(m, p);
}

struct panel_words panel_time(int64_t real) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t s = (time_t)(real / 1000);
    struct panel_words w = {""};
    struct tm t;

    if (real > 0 && localtime_r(&s, &t) && t.tm_year < 8099)
        snprintf(w.s, sizeof w.s, "%d %s %d %02d:%02d:%02d", t.tm_mday, months[t.tm_mon],
                 t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    return w;
}

/* ---- the filter ---- */
static bool matches(const struct panel *p, const struct panel_row *row) {
    char line[1024];

    snprintf(line, sizeof line, "%s %s %s", row->label, row->value, row->help ? row->help : "");
    return text_fuzzy(buf_str(&p->filter.text), line) > 0;
}

/* A row keeps those before it that it belongs to, and its own texts and actions. */
static void keep_related(const struct panel *p, bool *keep) {
    for (size_t i = p->n_rows; i-- > 0;) {
        int indent = p->rows[i].indent;

        for (size_t k = i; keep[i] && k-- > 0 && p->rows[k].kind != ROW_HEADING;)
            if (p->rows[k].indent < indent) {
                keep[k] = true;
                indent = p->rows[k].indent;
            }
    }
    for (size_t i = 0; i < p->n_rows; i++) {
        const bool leads = keep[i] && p->rows[i].kind != ROW_HEADING;

        for (size_t k = i + 1; leads && k < p->n_rows && p->rows[k].indent > p->rows[i].indent; k++)
            keep[k] = keep[k] || p->rows[k].kind == ROW_TEXT || p->rows[k].kind == ROW_ACTION;
    }
    bool any = false;

    for (size_t i = p->n_rows; i-- > 0;) {
        if (p->rows[i].kind == ROW_HEADING) {
            keep[i] = any;
            any = false;
        } else {
            any = any || keep[i];
        }
    }
}

static void apply_filter(struct panel *p) {
    if (panel_specs[p->id]->asks || !p->filtered || p->filter.text.n == 0 || p->n_rows == 0)
        return;
    auto_free bool *keep = xcalloc(p->n_rows, sizeof *keep);
    size_t kept = 0;

    for (size_t i = 0; i < p->n_rows; i++)
        keep[i] = is_field(&p->rows[i]) || p->rows[i].tag < 0 ||
                  (p->rows[i].kind != ROW_HEADING && matches(p, &p->rows[i]));
    keep_related(p, keep);
    for (size_t i = 0; i < p->n_rows; i++)
        if (keep[i])
            p->rows[kept++] = p->rows[i];
    p->n_rows = kept;
}

/* ---- the cursor ---- */
bool panel_selectable(const struct panel_row *row) {
    return row->kind != ROW_TEXT && row->kind != ROW_HEADING;
}

void panel_cursor_settle(struct panel *p) {
    if (p->cursor >= p->n_rows)
        p->cursor = p->n_rows ? p->n_rows - 1 : 0;
    for (size_t i = p->cursor; i < p->n_rows; i++)
        if (panel_selectable(&p->rows[i])) {
            p->cursor = i;
            return;
        }
    for (size_t i = p->cursor; i-- > 0;)
        if (panel_selectable(&p->rows[i])) {
            p->cursor = i;
            return;
        }
}

struct place {
    int tag;
    size_t index, at;
    bool any, last;
};

static struct place place_of(const struct panel *p) {
    const struct panel_row *row = panel_row_at(p);
    struct place at = {.at = p->cursor};

    if (p->has_lost) {
        at.any = true;
        at.tag = p->lost.tag;
        at.index = p->lost.index;
        return at;
    }
    if (!row)
        return at;
    at.any = true;
    at.tag = row->tag;
    at.index = row->index;
    at.last = true;
    for (size_t i = p->cursor + 1; i < p->n_rows; i++)
        at.last = at.last && !panel_selectable(&p->rows[i]);
    return at;
}

static void find_again(struct panel *p, const struct place *was) {
    if (was->any && was->last && p->follow) {
        p->cursor = p->n_rows;
        p->reveal = true;
        panel_cursor_settle(p);
        return;
    }
    for (size_t i = 0; was->any && i < p->n_rows; i++)
        if (p->rows[i].tag == was->tag && p->rows[i].index == was->index &&
            panel_selectable(&p->rows[i])) {
            p->reveal = p->reveal || i != p->cursor;
            p->cursor = i;
            p->has_lost = false;
            return;
        }
    /* while answers are under way it may come back */
    p->has_lost = was->any && p->loading > 0;
    p->lost = (struct panel_place){was->tag, was->index};
    p->cursor = was->at;
    panel_cursor_settle(p);
}

void panel_fresh(struct model *m) {
    struct panel *p = m->ui.panel;

    if (!p || !p->dirty)
        return;
    const struct panel_spec *spec = panel_specs[p->id];
    const struct place was = place_of(p);
    const bool asked = p->confirm > 0;

    arena_free(&p->rows_arena);
    p->n_rows = 0;
    p->confirm = 0;
    if (p->err.rc != RC_OK && p->loading == 0 && spec->load) {
        panel_add(p, ROW_ACTION, TAG_RETRY, "try again", NULL)->help = "ask the server once more";
        panel_add(p, ROW_ACTION, TAG_DETAILS, "details", NULL)->help = "all that is known of it";
    }
    if (spec->rows)
        spec->rows(m, p);
    if (p->n_rows > ROWS_MOST)
        p->n_rows = ROWS_MOST;
    apply_filter(p);
    find_again(p, &was);
    const struct panel_row *row = panel_row_at(p);

    if (asked && row && row->tag == was.tag && row->index == was.index && row->destroys)
        p->confirm = p->cursor + 1; /* the same question */
    else
        p->confirm_painted_at = 0;
    p->dirty = false;
}
