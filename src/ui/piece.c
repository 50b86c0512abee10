/* piece.c - the pieces a thread is made of: a heading, the parts of an entry, the gap after it. How
 * many rows each takes, and how each row looks. Only what is asked for is laid out. */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMO_BYTES = 16 << 20 }; /* of memoised text; then what is not on screen goes */

/* ---- the memo ---- */

static void count_words(struct block *b, const struct part *p) {
    bool inside = false;

    for (size_t i = 0; i < p->len; i++) {
        const bool blank = strchr(" \n\t\r", p->text[i]) != NULL;

        b->words += !blank && !inside;
        inside = !blank;
    }
}

static struct block_style style_of(const struct part *p, enum role role, int width) {
    struct block_style how = {.style = STYLE_TEXT, .clean = CLEAN_TEXT, .width = width};

    if (p->kind == PART_THINKING) {
        how.style = STYLE_THINKING;
        how.gutter = GUTTER_INDENT;
    } else if (role == ROLE_USER) {
        how.style = STYLE_USER_TEXT;
    } else if (p->kind == PART_NOTE) {
        how.style = STYLE_SEAM;
        how.width = width > 6 ? width - 6 : 1; /* `── ` on both sides */
    }
    return how;
}

static void fill(struct block *b, const struct part *p, enum role role, int width) {
    const struct block_style how = style_of(p, role, width);

    if (p->kind == PART_TOOL) {
        block_call_head(b, p);
        if (b->open)
            block_call_body(b, p, width);
    } else if (p->kind == PART_THINKING && !b->open) {
        if (!p->live)
            count_words(b, p);
    } else {
        size_t skip = 0;

        while (skip < p->len && (p->text[skip] == '\n' || p->text[skip] == '\r'))
            skip++;
        block_add(b, p->text + skip, p->len - skip, how, SIZE_MAX);
    }
}

static size_t bytes_of(const struct block *b) {
    return b->text.cap + b->object.cap + b->cap * sizeof *b->lines + sizeof *b;
}

/* Forgets what was not used since the last time the memo was full. */
static void shrink(struct view *v, const struct block *keep) {
    v->memo_bytes = 0;
    for (size_t i = 0; i < MEMO_SLOTS; i++) {
        struct block *b = v->memo[i];

        if (b && b != keep && !b->used) {
            block_fini(b);
            free(b);
            v->memo[i] = NULL;
        } else if (b) {
            b->used = false;
            v->memo_bytes += bytes_of(b);
        }
    }
}

static const struct block *live_block(struct view *v, const struct part *p, enum role role,
                                      int width) {
    struct block *b = NULL;
    size_t skip = 0;

    for (size_t i = 0; i < LIVE_SLOTS && !b; i++)
        if (v->live[i].source == p->grow)
            b = &v->live[i];
    if (!b) {
        b = &v->live[v->next_live++ % LIVE_SLOTS];
        block_clear(b);
        b->source = p->grow;
    } else if (b->rev == p->rev && b->source_len == p->len && b->width >= 0 &&
               b->width == style_of(p, role, width).width) {
        return b;
    }
    while (skip < p->len && (p->text[skip] == '\n' || p->text[skip] == '\r'))
        skip++;
    block_grow(b, p->text + skip, p->len - skip, style_of(p, role, width));
    b->rev = p->rev;
    b->source_len = p->len;
    v->laid_out++;
    return b;
}

const struct block *part_block(struct view *v, const struct part *p, enum role role, int width) {
    const bool open = p->kind == PART_TEXT || p->kind == PART_NOTE || part_open(p);

    if (p->live && p->grow && open && p->kind != PART_TOOL)
        return live_block(v, p, role, width);
    struct block **slot = &v->memo[p->rev % MEMO_SLOTS], *b = *slot;

    if (!b)
        b = *slot = xcalloc(1, sizeof *b);
    else if (b->rev == p->rev && b->width == width && b->open == open && b->source == p->text &&
             b->source_len == p->len) {
        b->used = true;
        return b;
    } else {
        v->memo_bytes -= bytes_of(b);
        block_fini(b);
    }
    *b = (struct block){.rev = p->rev,
                        .width = width,
                        .open = open,
                        .used = true,
                        .source = p->text,
                        .source_len = p->len};
    fill(b, p, role, width);
    v->laid_out++;
    v->memo_bytes += bytes_of(b);
    if (v->memo_bytes > MEMO_BYTES)
        shrink(v, b);
    return b;
}

/* ---- heights ---- */

static bool folded_text(const struct part *p) { return p->kind == PART_TEXT && !part_open(p); }

static int part_height(struct view *v, const struct part *p, enum role role, int width) {
    if (p->kind == PART_TOOL)
        return 1 + (part_open(p) ? (int)part_block(v, p, role, width)->shown : 0);
    if (p->kind == PART_THINKING) {
        if (p->len == 0 && !p->live)
            return 0;
        return 1 + (part_open(p) ? (int)part_block(v, p, role, width)->shown : 0);
    }
    const int rows = (int)part_block(v, p, role, width)->shown;

    return folded_text(p) && rows > 1 ? 1 : rows;
}

int piece_height(struct view *v, const struct transcript *t, size_t entry, size_t piece,
                 int width) {
    const struct entry *e = &t->entries[entry];

    if (piece == 0)
        return e->role != ROLE_NOTE;
    if (piece <= e->n_parts)
        return part_height(v, &e->parts[piece - 1], e->role, width);
    return entry + 1 < t->n;
}

/* ---- rows ---- */

static void draw_heading(const struct thread_place *at, struct canvas *c, int y,
                         const struct entry *e) {
    const char *dot = glyph(at->m, G_DOT);
    const bool user = e->role == ROLE_USER;
    const int64_t tokens = e->input_tokens + e->output_tokens;
    const int right = at->r.x + at->r.w;
    char facts[160] = "";
    int n = 0, x = at->r.x;

    if (e->at > 0)
        n += snprintf(facts + n, sizeof facts - (size_t)n, " %s", say_time(e->at, at->m->real).s);
    if (e->pending)
        n += snprintf(facts + n, sizeof facts - (size_t)n, "%ssending", dot);
    if (!user && tokens > 0)
        n += snprintf(facts + n, sizeof facts - (size_t)n, "%s%s tok", dot, say_count(tokens).s);
    if (!user && e->cost > 0)
        snprintf(facts + n, sizeof facts - (size_t)n, "%s%s", dot, say_cost(e->cost).s);
    draw_line(c, at->m, x, y, at->r.w, STYLE_BORDER);
    x += 2;
    x += put(c, x, y, right - x, STYLE_BORDER, " ");
    x += put(c, x, y, right - x, user ? STYLE_USER : STYLE_ASSISTANT, user ? "you" : "mix");
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

    if (s[0] != '/' || memchr(s, ' ', n) || text_width(s, n) <= max || max < 2)
        return canvas_put_cut(c, x, y, max, STYLE_TOOL_OBJECT, s, n);
    while (text_width(s, n) > max - 1) {
        const size_t step = text_cluster(s, n).bytes;

        s += step;
        n -= step;
    }
    const int used = put(c, x, y, 1, STYLE_TOOL_OBJECT, "…");

    return used + canvas_put(c, x + used, y, max - used, STYLE_TOOL_OBJECT, s, n);
}

static void draw_call(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                      const struct part *p, enum role role) {
    const struct block *b = part_block(v, p, role, at->r.w);
    const int right = draw_state(at, c, y, p) - 2;
    int x = at->r.x;

    x += put(c, x, y, right - x, STYLE_DIM, glyph(at->m, part_open(p) ? G_OPEN : G_SHUT));
    x += 1;
    x += put_foreign(c, x, y, right - x, STYLE_TOOL, p->name, CLEAN_LINE);
    x += 2;
    if (b->object.n > 0)
        x += draw_object(c, x, y, right - x, &b->object) + 2;
    if (b->added + b->removed > 0 && right - x > 8) {
        char n[32];

        snprintf(n, sizeof n, "+%u ", b->added);
        x += put(c, x, y, right - x, STYLE_DIFF_ADD, n);
        snprintf(n, sizeof n, "-%u", b->removed);
        put(c, x, y, right - x, STYLE_DIFF_DEL, n);
    }
    if (p->child_calls > 0 && right - x > 10)
        canvas_putf(c, x, y, right - x, STYLE_DIM, "%u call%s", p->child_calls,
                    p->child_calls == 1 ? "" : "s");
}

static void draw_thinking(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                          const struct part *p, enum role role) {
    const bool open = part_open(p);
    char text[96];
    int n = snprintf(text, sizeof text, "%s thinking", glyph(at->m, open ? G_OPEN : G_SHUT));

    if (p->live)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s", spinner(at->m));
    else if (p->seconds >= 0)
        n += snprintf(text + n, sizeof text - (size_t)n, " %.0f s", p->seconds);
    if (!open && !p->live)
        snprintf(text + n, sizeof text - (size_t)n, "%s%s words", glyph(at->m, G_DOT),
                 say_grouped(part_block(v, p, role, at->r.w)->words).s);
    put(c, at->r.x, y, at->r.w, STYLE_THINKING, text);
}

static void draw_note(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                      const struct part *p, int row) {
    const struct block *b = part_block(v, p, ROLE_NOTE, at->r.w);
    const struct line *l = &b->lines[row];
    int x = at->r.x + 3;

    draw_line(c, at->m, at->r.x, y, at->r.w, STYLE_SEAM);
    canvas_put(c, x - 1, y, 1, STYLE_SEAM, " ", 1);
    x += canvas_put(c, x, y, at->r.w - 4, STYLE_SEAM, buf_str(&b->text) + l->off, l->len);
    canvas_put(c, x, y, 1, STYLE_SEAM, " ", 1);
}

static void draw_part_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                          const struct part *p, enum role role, int row) {
    const bool headed = p->kind == PART_TOOL || p->kind == PART_THINKING;

    if (headed && row == 0) {
        if (p->kind == PART_TOOL)
            draw_call(v, at, c, y, p, role);
        else
            draw_thinking(v, at, c, y, p, role);
        return;
    }
    const struct block *b = part_block(v, p, role, at->r.w);
    const size_t line = (size_t)(headed ? row - 1 : row);

    if (line >= b->shown)
        return;
    if (p->kind == PART_NOTE) {
        draw_note(v, at, c, y, p, row);
        return;
    }
    draw_block_line(c, at->r.x, y, at->r.w, b, line);
    if (folded_text(p) && b->shown > 1) {
        char more[48];

        snprintf(more, sizeof more, " … %s more lines", say_grouped(b->shown - 1).s);
        put_right(c, at->r.x + at->r.w, y, at->r.w / 2, STYLE_DIM, more);
    }
}

void draw_piece_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                    struct spot spot) {
    const struct entry *e = &at->s->transcript.entries[spot.entry];

    if (spot.piece == 0)
        draw_heading(at, c, y, e);
    else if (spot.piece <= e->n_parts)
        draw_part_row(v, at, c, y, &e->parts[spot.piece - 1], e->role, spot.row);
}
