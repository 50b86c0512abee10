/* piece.c - the pieces a thread is made of: a heading, the parts of an entry, the gap after it. How
 * many slices and rows each has, and how each row looks. */
#include <stdio.h>
#include <string.h>

#include "mix/picture.h"
#include "mix/search.h"
#include "sheet.h"

enum { BLANK_SEEN = 4096 };

/* ---- heights ---- */

static bool has_head(const struct part *p) {
    return p->kind == PART_TOOL || p->kind == PART_THINKING;
}

static bool folded_text(const struct part *p) { return !has_head(p) && !part_open(p); }

static bool is_blank(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] != ' ' && s[i] != '\n' && s[i] != '\r' && s[i] != '\t')
            return false;
    return true;
}

static bool part_empty(const struct part *p) {
    if (p->kind == PART_TOOL)
        return false;
    if (p->kind == PART_THINKING)
        return p->len == 0 && !p->live;
    /* a longer one has no rows either, but is not looked through again and again to know that */
    return p->len <= BLANK_SEEN && is_blank(p->text, p->len);
}

/* The model, when another one gave the answer before; else NULL. */
static const char *new_model(const struct transcript *t, const struct entry *e) {
    enum { MODEL_SEARCH = 50 };
    size_t left = MODEL_SEARCH;

    if (str_blank(e->model))
        return NULL;
    for (size_t i = (size_t)(e - t->entries); i-- > 0 && left-- > 0;)
        if (!str_blank(t->entries[i].model))
            return str_eq(t->entries[i].model, e->model) ? NULL : e->model;
    return NULL;
}

/* The messages an agent writes in one turn read as one: only the first has a heading. */
static bool has_heading(const struct thread_place *at, size_t entry) {
    const struct transcript *t = &at->s->transcript;
    const struct entry *e = &t->entries[entry];

    if (e->role == ROLE_NOTE)
        return false;
    return e->role == ROLE_USER || entry == 0 || e[-1].role != ROLE_ASSISTANT ||
           at->s->reading.unread == entry + 1 || new_model(t, e);
}

/* Text stands before the first call. */
static bool speaks(const struct entry *e) {
    for (size_t i = 0; i < e->n_parts && e->parts[i].kind != PART_TOOL; i++)
        if (e->parts[i].kind == PART_TEXT && !part_empty(&e->parts[i]))
            return true;
    return false;
}

static const struct part *last_part(const struct entry *e) {
    for (size_t i = e->n_parts; i-- > 0;)
        if (!part_empty(&e->parts[i]))
            return &e->parts[i];
    return NULL;
}

/* Between two messages: within a turn what is said and what is unfolded has air. */
static bool has_gap(const struct thread_place *at, size_t entry) {
    const struct transcript *t = &at->s->transcript;

    if (entry + 1 >= t->n)
        return false;
    const struct part *last = last_part(&t->entries[entry]);

    if (has_heading(at, entry + 1) || t->entries[entry + 1].role == ROLE_NOTE)
        return true;
    return last && (speaks(&t->entries[entry + 1]) || (has_head(last) && part_open(last)));
}

bool piece_empty(const struct thread_place *at, size_t entry, size_t piece) {
    const struct entry *e = &at->s->transcript.entries[entry];

    if (piece == 0)
        return !has_heading(at, entry);
    return piece > e->n_parts ? !has_gap(at, entry) : part_empty(&e->parts[piece - 1]);
}

static struct sheet *cut_at(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct entry *e = &at->s->transcript.entries[spot.entry];

    return sheet_cut(v, &e->parts[spot.piece - 1], e->role, &at->lay);
}

size_t piece_slices(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct part *p = spot_part(at, spot);

    if (!p || !part_open(p))
        return 1;
    const size_t n = has_head(p) + cut_at(v, at, spot)->n;

    return n > 0 ? n : 1;
}

static const struct picture *picture_in(const struct thread_place *at, const struct body *b) {
    return picture_of(at->m, b->picture, PICTURE_COLS, PICTURE_ROWS);
}

static int body_height(struct view *v, const struct thread_place *at, struct spot spot,
                       size_t slice) {
    struct sheet *s = cut_at(v, at, spot);

    if (slice >= s->n)
        return 0;
    const struct body *b = &s->bodies.v[s->slices[slice].body];

    if (b->kind == BODY_PICTURE) {
        const struct picture *p = picture_in(at, b);

        return p->state == PICTURE_READY && p->h > 0 ? p->h : 1;
    }
    return (int)sheet_flow(v, s, slice, &at->lay)->n;
}

/* Below what is unfolded, and between calls and what is said after them, stands a row of air when
 * the message goes on. */
static bool has_air(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct entry *e = &at->s->transcript.entries[spot.entry];
    const struct part *p = &e->parts[spot.piece - 1], *next = NULL;

    for (size_t i = spot.piece; i < e->n_parts && !next; i++)
        if (!part_empty(&e->parts[i]))
            next = &e->parts[i];
    if (!next || !has_head(p))
        return false;
    if (part_open(p))
        return spot.slice == cut_at(v, at, spot)->n;
    return p->kind == PART_TOOL && next->kind == PART_TEXT;
}

int slice_height(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct part *p = spot_part(at, spot);

    if (!p) {
        const bool unread = spot.piece == 0 && at->s->reading.unread == spot.entry + 1;

        return piece_empty(at, spot.entry, spot.piece) ? 0 : 1 + unread;
    }
    if (piece_empty(at, spot.entry, spot.piece))
        return 0;
    if (has_head(p))
        return (spot.slice == 0 ? 1
                : !part_open(p) ? 0
                                : body_height(v, at, spot, spot.slice - 1)) +
               has_air(v, at, spot);
    const int height = body_height(v, at, spot, spot.slice);

    return folded_text(p) && height > 1 ? 1 : height;
}

const struct flow *spot_flow(struct view *v, const struct thread_place *at, struct spot spot,
                             size_t *row, int *x) {
    const struct part *p = spot_part(at, spot);

    if (!p || (has_head(p) && (spot.slice == 0 || !part_open(p))))
        return NULL;
    struct sheet *s = cut_at(v, at, spot);
    const size_t slice = spot.slice - has_head(p);

    if (slice >= s->n)
        return NULL;
    const struct body *b = &s->bodies.v[s->slices[slice].body];
    const struct flow *f = b->kind == BODY_PICTURE ? NULL : sheet_flow(v, s, slice, &at->lay);

    if (!f || spot.row < 0 || (size_t)spot.row >= f->n)
        return NULL;
    *row = (size_t)spot.row;
    *x = gutter_cells(b);
    return f;
}

/* ---- rows ---- */

/* What a turn has used, all its messages together; false: it is too long to be counted. */
static bool turn_used(const struct thread_place *at, size_t entry, int64_t *tokens, double *cost) {
    enum { MOST = 10000 };
    const struct transcript *t = &at->s->transcript;
    const size_t end = t->n - entry > MOST ? entry + MOST : t->n;
    size_t i = entry;

    *tokens = 0;
    *cost = 0;
    do {
        *tokens += t->entries[i].input_tokens + t->entries[i].output_tokens;
        *cost += t->entries[i].cost;
    } while (++i < end && t->entries[i].role == ROLE_ASSISTANT && !has_heading(at, i));
    return i < entry + MOST;
}

static void draw_heading(const struct thread_place *at, struct canvas *c, int y,
                         const struct entry *e) {
    const char *model = new_model(&at->s->transcript, e);
    const char *dot = glyph(at->m, G_DOT);
    const bool user = e->role == ROLE_USER;
    const int right = at->r.x + at->r.w;
    char facts[160] = "";
    int n = 0, x = at->r.x;
    int64_t tokens = 0;
    double cost = 0;

    if (e->at > 0)
        n += snprintf(facts + n, sizeof facts - (size_t)n, " %s", say_time(e->at, at->m->real).s);
    if (e->pending)
        n += snprintf(facts + n, sizeof facts - (size_t)n, "%ssending", dot);
    if (!user && !turn_used(at, (size_t)(e - at->s->transcript.entries), &tokens, &cost))
        tokens = 0, cost = 0;
    if (tokens > 0)
        n += snprintf(facts + n, sizeof facts - (size_t)n, "%s%s tok", dot, say_count(tokens).s);
    if (cost > 0)
        snprintf(facts + n, sizeof facts - (size_t)n, "%s%s", dot, say_cost(cost).s);
    draw_line(c, at->m, x, y, at->r.w, STYLE_BORDER);
    x += 2;
    x += put(c, x, y, right - x, STYLE_BORDER, " ");
    x += put(c, x, y, right - x, user ? STYLE_USER : STYLE_ASSISTANT, user ? "you" : "mix");
    if (model) {
        x += put(c, x, y, right - x, STYLE_DIM, dot);
        x += put_foreign(c, x, y, (right - x) / 2, STYLE_DIM, model, CLEAN_LINE);
    }
    x += put(c, x, y, right - x, STYLE_DIM, facts);
    put(c, x, y, right - x, STYLE_BORDER, " ");
}

static enum style state_look(const struct model *m, const struct part *p, char word[32]) {
    switch (p->state) {
    case CALL_NONE:
        word[0] = '\0';
        return STYLE_DIM;
    case CALL_STREAMING:
        snprintf(word, 32, "preparing%s", spinner(m));
        return STYLE_TOOL_RUNNING;
    case CALL_WAITING:
        snprintf(word, 32, "waiting for you");
        return STYLE_MARK_APPROVAL;
    case CALL_RUNNING:
        snprintf(word, 32, "running%s", spinner(m));
        return STYLE_TOOL_RUNNING;
    case CALL_OK:
        snprintf(word, 32, "ok");
        return STYLE_TOOL_OK;
    case CALL_FAILED:
        snprintf(word, 32, "failed");
        return STYLE_TOOL_FAILED;
    case CALL_DENIED:
        snprintf(word, 32, "denied");
        return STYLE_TOOL_FAILED;
    case CALL_UNKNOWN:
        snprintf(word, 32, "outcome not known");
        return STYLE_DIM;
    }
    return STYLE_DIM;
}

/* At the right end: `ok  3.40s`. Returns where it begins. */
static int draw_state(const struct thread_place *at, struct canvas *c, int y,
                      const struct part *p) {
    const int edge = at->r.x + at->r.w;
    int right = edge;
    char word[32];
    const enum style style = state_look(at->m, p, word);

    if (p->seconds >= 0 && p->state != CALL_WAITING && p->state != CALL_NONE) {
        char time[40];

        snprintf(time, sizeof time, "%7s", say_seconds(p->seconds).s);
        right -= put_right(c, right, y, at->r.w / 3, STYLE_DIM, time);
    }
    return right - put_right(c, right, y, at->r.w / 2, style, word);
}

/* A path that does not fit loses its beginning: its end says more. */
static int draw_object(struct canvas *c, int x, int y, int max, const struct buf *object) {
    const char *s = object->p;
    size_t n = object->n;
    int wide = text_width(s, n);

    if (s[0] != '/' || memchr(s, ' ', n) || wide <= max || max < 2)
        return canvas_put_cut(c, x, y, max, STYLE_TOOL_OBJECT, s, n);
    while (wide > max - 1 && n > 0) {
        const struct cluster step = text_cluster(s, n);

        s += step.bytes;
        n -= step.bytes;
        wide -= step.cells;
    }
    const int used = put(c, x, y, 1, STYLE_TOOL_OBJECT, "…");

    return used + canvas_put(c, x + used, y, max - used, STYLE_TOOL_OBJECT, s, n);
}

/* What stands behind the object: "lines 1-3", "+12 -3", "4 calls". */
static int facts_of(const struct call_head *h, const struct part *p, char added[16],
                    char removed[16], char calls[24]) {
    added[0] = removed[0] = calls[0] = '\0';
    if (h->added + h->removed > 0) {
        snprintf(added, 16, "+%u ", h->added);
        snprintf(removed, 16, "-%u", h->removed);
    }
    if (p->child_calls > 0)
        snprintf(calls, 24, "%u call%s", p->child_calls, p->child_calls == 1 ? "" : "s");
    const size_t n = strlen(added) + strlen(removed), c = strlen(calls);

    return (h->extra.n > 0 ? text_width(h->extra.p, h->extra.n) + 2 : 0) +
           (int)(n > 0 ? n + 2 : 0) + (int)(c > 0 ? c + 2 : 0);
}

static void draw_call(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                      const struct part *p) {
    struct sheet *s = sheet_of(v, p, &at->lay);
    const struct call_head *h = &s->head;
    const int right = draw_state(at, c, y, p) - 2;
    char added[16], removed[16], calls[24];
    int x = at->r.x;

    sheet_head(s, p);
    const int facts = facts_of(h, p, added, removed, calls);

    x += put(c, x, y, right - x, STYLE_DIM, glyph(at->m, part_open(p) ? G_OPEN : G_SHUT));
    x += 1;
    x += put_foreign(c, x, y, right - x, STYLE_TOOL, p->name, CLEAN_LINE);
    x += 2;
    if (h->object.n > 0) {
        const int w = text_width(h->object.p, h->object.n), least = w < 24 ? w : 24;
        const int room = right - x, left = room - facts;

        x += draw_object(c, x, y, left >= least ? left : room, &h->object) + 2;
    }
    if (h->extra.n > 0 && right - x > 4)
        x += put(c, x, y, right - x, STYLE_DIM, buf_str(&h->extra)) + 2;
    if (added[0] && right - x >= (int)(strlen(added) + strlen(removed))) {
        x += put(c, x, y, right - x, STYLE_MARK_DONE, added);
        x += put(c, x, y, right - x, STYLE_MARK_APPROVAL, removed) + 2;
    }
    if (calls[0] && right - x >= (int)strlen(calls))
        put(c, x, y, right - x, STYLE_DIM, calls);
}

static void draw_thinking(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                          const struct part *p) {
    const bool open = part_open(p);
    char text[96];
    int n = snprintf(text, sizeof text, "%s thinking", glyph(at->m, open ? G_OPEN : G_SHUT));

    if (p->live)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s", spinner(at->m));
    else if (p->seconds >= 0.5)
        n += snprintf(text + n, sizeof text - (size_t)n, " %.0f s", p->seconds);
    if (!open && !p->live) {
        struct sheet *s = sheet_of(v, p, &at->lay);

        sheet_head(s, p);
        snprintf(text + n, sizeof text - (size_t)n, "%s%s%s words", glyph(at->m, G_DOT),
                 say_grouped(s->words).s, s->counted < p->len ? "+" : "");
    }
    put(c, at->r.x, y, at->r.w, STYLE_THINKING, text);
}

static void draw_note(const struct thread_place *at, struct canvas *c, int y, const struct flow *f,
                      size_t row) {
    int x = at->r.x + 3;

    draw_line(c, at->m, at->r.x, y, at->r.w, STYLE_SEAM);
    canvas_put(c, x - 1, y, 1, STYLE_SEAM, " ", 1);
    draw_flow_row(c, x, y, at->r.w - SEAM_EDGES, f, row, false, (struct ink_marks){0});
    x += f->rows[row].cells;
    canvas_put(c, x, y, 1, STYLE_SEAM, " ", 1);
}

static void draw_picture_row(const struct thread_place *at, struct canvas *c, int x, int y,
                             const struct body *b, int row) {
    const struct picture *p = picture_in(at, b);

    if (p->state == PICTURE_READY) {
        for (int i = 0; row < p->h && i < p->w && x + i < at->r.x + at->r.w; i++) {
            const struct picture_cell *cell = &p->cells[row * p->w + i];

            canvas_put_picture(c, x + i, y, cell->cp, cell->fg, cell->bg);
        }
        return;
    }
    if (row > 0)
        return;
    /* of an address its end: why there is no picture matters more than where it would be */
    const char *name = strrchr(b->picture, '/');

    x += put_foreign(c, x, y, at->r.x + at->r.w - x, STYLE_IMAGE,
                     name && name[1] ? name + 1 : b->picture, CLEAN_NAME);
    x += put(c, x, y, at->r.x + at->r.w - x, STYLE_DIM, glyph(at->m, G_DOT));
    put_foreign(c, x, y, at->r.x + at->r.w - x, STYLE_DIM,
                p->state == PICTURE_WAITS ? "the picture is on its way" : p->why, CLEAN_LINE);
}

const char *spot_picture(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct part *p = spot_part(at, spot);

    if (!p || !part_open(p) || (has_head(p) && spot.slice == 0))
        return NULL;
    const struct sheet *s = cut_at(v, at, spot);
    const size_t slice = spot.slice - has_head(p);
    const struct body *b = slice < s->n ? &s->bodies.v[s->slices[slice].body] : NULL;

    return b && b->kind == BODY_PICTURE ? b->picture : NULL;
}

/* The hit that is shown is in this row of this body. */
static bool is_here(const struct thread_place *at, struct spot spot, const struct body *b,
                    const struct flow *f) {
    const struct search *search = at->m->search;

    if (!search || !search->shown || search->hit.entry != spot.entry ||
        search->hit.part + 1 != spot.piece)
        return false;
    uint32_t from;

    if (!body_base(b, search->hit.in_result, &from) || search->hit.off < from)
        return false;
    const uint32_t off = search->hit.off - from;
    const size_t row = (size_t)spot.row;

    return f->rows[row].src <= off && (row + 1 == f->n || f->rows[row + 1].src > off);
}

static void draw_body_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                          struct spot spot, const struct part *p) {
    const size_t slice = spot.slice - has_head(p);

    if (spot.slice < has_head(p) || spot.row >= body_height(v, at, spot, slice))
        return;
    struct sheet *s = cut_at(v, at, spot); /* behind the height, which may make the bodies anew */
    const struct body *b = slice < s->n ? &s->bodies.v[s->slices[slice].body] : NULL;

    if (!b)
        return;
    int x = at->r.x;

    if (b->gutter)
        x += put(c, x, y, at->r.w, STYLE_DIM, b->gutter);
    if (b->kind == BODY_PICTURE) {
        draw_picture_row(at, c, x, y, b, spot.row);
        return;
    }
    const struct flow *f = sheet_flow(v, s, slice, &at->lay);

    if (spot.row < 0 || (size_t)spot.row >= f->n)
        return;
    if (p->kind == PART_NOTE) {
        draw_note(at, c, y, f, (size_t)spot.row);
        return;
    }
    const struct ink_marks marks = {.find = search_marks(at->m), .here = is_here(at, spot, b, f)};

    draw_flow_row(c, x, y, at->r.x + at->r.w - x, f, (size_t)spot.row, b->thinking, marks);
}

/* Of a text that is folded only its first row is shown. */
static void draw_folded(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                        struct spot spot, const struct part *p) {
    struct sheet *s = cut_at(v, at, spot);
    const char *cut = at->m->ui.ascii ? "..." : "…";
    char more[48];

    sheet_head(s, p);
    if (s->lines < 2 && s->n < 2 && (s->n == 0 || sheet_flow(v, s, 0, &at->lay)->n < 2))
        return;
    if (s->lines < 2)
        snprintf(more, sizeof more, " %s", cut);
    else
        snprintf(more, sizeof more, " %s %s%s more lines", cut, say_grouped(s->lines - 1).s,
                 s->counted < p->len ? "+" : "");
    put_right(c, at->r.x + at->r.w, y, at->r.w / 2, STYLE_DIM, more);
}

static void draw_unread(const struct thread_place *at, struct canvas *c, int y) {
    draw_line(c, at->m, at->r.x, y, at->r.w, STYLE_NOTICE_BAD);
    put(c, at->r.x + 2, y, at->r.w - 2, STYLE_NOTICE_BAD, " unread ");
}

void draw_piece_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                    struct spot spot) {
    const struct entry *e = &at->s->transcript.entries[spot.entry];
    const struct part *p = spot_part(at, spot);

    if (spot.piece == 0 && at->s->reading.unread == spot.entry + 1 && spot.row == 0) {
        draw_unread(at, c, y);
    } else if (spot.piece == 0) {
        draw_heading(at, c, y, e);
    } else if (p && has_head(p) && spot.slice == 0 && spot.row == 0) {
        if (p->kind == PART_TOOL)
            draw_call(v, at, c, y, p);
        else
            draw_thinking(v, at, c, y, p);
    } else if (p) {
        draw_body_row(v, at, c, y, spot, p);
        if (folded_text(p))
            draw_folded(v, at, c, y, spot, p);
    }
}
