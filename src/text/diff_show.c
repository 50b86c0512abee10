/* diff_show.c - display lines of a diff as rows: one column or two, with numbers, signs, words. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "flow.h"

enum {
    SHOWN_MAX = 16 << 10, /* bytes of one line */
    WORDS_LOOK = 4 << 10, /* lines longer than this are not compared by words */
    BITS = 256,
    LEX_ON = 16 << 10,  /* bytes passed over to know what a line is inside of */
    LEX_BACK = 4 << 10, /* where that is too far: begun afresh so far back */
    SPLIT_LEAST = 80,   /* width */
    NUMBERS_LEAST = 40,
    SIGN_LEAST = 4,
    SHIFT_MAX = 8
};

/* Where the highlighter stands in one of the texts. */
struct place {
    const struct side *side;
    struct code_state state;
    size_t line;
};
/* One line of one side, ready to be set out. */
struct shown {
    struct buf clean;
    struct flow_bit bits[BITS + 2 * MARKS_MAX + 2];
    size_t n;
    size_t bit, used; /* what is set out so far */
    uint32_t off;     /* of bits[bit] in the flow's text, `used` included */
    uint8_t ink;      /* INK_ADDED, INK_REMOVED, INK_TEXT: as before */
    bool there;
    size_t number; /* 0: none */
    uint32_t gutter, gutter_len;
};
struct show {
    struct flow *f;
    const struct diff *d;
    const struct diff_how *how;
    struct place old_at, new_at;
    struct shown left, right; /* unified: left is used */
    int digits;               /* of a number and a blank; 0: no numbers */
    bool old_numbers, new_numbers;
    uint32_t blanks, bar; /* decoration kept once */
    const struct block *paired;
    size_t shift; /* of the shorter side of that block */
    struct marks gone, come;
};

/* ---- the highlighter, followed from line to line ---- */
static void lex_line(struct place *p, enum lang lang, size_t line) {
    struct flow_bit bit;
    size_t n;
    const char *s = side_line(p->side, line, &n);

    code_line(&p->state, lang, s, n, &bit, 1);
    p->line = line + 1;
}

static void lex_to(struct place *p, enum lang lang, size_t line) {
    const uint32_t *start = p->side->start;

    if (p->line > line || start[line] - start[p->line] > LEX_ON) {
        size_t from = line;

        if (start[line] <= LEX_ON)
            from = 0;
        while (from > 0 && start[line] - start[from - 1] <= LEX_BACK)
            from--;
        p->state = (struct code_state){0};
        p->line = from;
    }
    while (p->line < line)
        lex_line(p, lang, p->line);
}

/* ---- one line ---- */
static void put_clean(struct shown *l, const char *s, size_t n) {
    const size_t take = n > SHOWN_MAX ? text_prev(s, SHOWN_MAX) : n;
    const size_t shown = n > SHOWN_MAX && take < SHOWN_MAX / 2 ? SHOWN_MAX : take;

    buf_clear(&l->clean);
    text_clean(&l->clean, s, shown, CLEAN_MARKS);
    if (shown < n)
        buf_addf(&l->clean, " \xe2\x80\xa6 %zu KiB", (n - shown + 1023) / 1024);
}

/* Marks cut bits in two; what is marked has one look. */
static void add_marks(struct shown *l, const struct marks *marks) {
    struct flow_bit cut[MIX_COUNT(l->bits)];
    size_t n = 0, mark = 0;
    uint32_t at = 0;

    for (size_t i = 0; i < l->n; i++) {
        const struct flow_bit *bit = &l->bits[i];
        const uint32_t end = at + (uint32_t)bit->n;

        for (uint32_t from = at; from < end;) {
            uint32_t to = end;

            while (mark < marks->n && marks->v[mark].to <= from)
                mark++;
            const bool on = mark < marks->n && marks->v[mark].from <= from;

            if (on && marks->v[mark].to < to)
                to = marks->v[mark].to;
            else if (!on && mark < marks->n && marks->v[mark].from < to)
                to = marks->v[mark].from;
            cut[n] = *bit;
            cut[n].s += from - at;
            cut[n].n = to - from;
            if (on) {
                cut[n].attrs |= ATTR_REVERSE;
                cut[n].ink = l->ink;
            }
            n++;
            from = to;
        }
        at = end;
    }
    for (l->n = 0; l->n < n; l->n++)
        l->bits[l->n] = cut[l->n];
}

static void colour(struct show *sh, struct shown *l, struct place *p, size_t line,
                   const struct marks *marks) {
    const enum lang lang = sh->how->lang;
    const uint8_t plain = l->ink == INK_TEXT ? INK_PLAIN_CODE : l->ink;

    if (lang != LANG_NONE)
        lex_to(p, lang, line);
    p->line = line + 1;
    l->n = code_line(&p->state, lang, buf_str(&l->clean), l->clean.n, l->bits, BITS);
    for (size_t i = 0; i < l->n; i++)
        if (l->bits[i].ink == INK_PLAIN_CODE)
            l->bits[i].ink = plain;
    if (marks)
        add_marks(l, marks);
}

static bool ends_in_return(const char *s, size_t n) { return n > 0 && s[n - 1] == '\r'; }

/* Two lines that took each other's place, cleaned; true when their words are to be marked. A return
 * at the end is shown where the other has none. */
static bool compare_pair(struct show *sh, size_t a, size_t b, struct shown *old,
                         struct shown *new) {
    size_t n, m;
    const char *s = side_line(&sh->d->old, a, &n), *t = side_line(&sh->d->new, b, &m);
    const bool both = ends_in_return(s, n) && ends_in_return(t, m);

    put_clean(old, s, n - both);
    put_clean(new, t, m - both);
    if (old->clean.n > WORDS_LOOK || new->clean.n > WORDS_LOOK)
        return false;
    return diff_words(buf_str(&old->clean), old->clean.n, buf_str(&new->clean), new->clean.n,
                      &sh->gone, &sh->come);
}

/* Where a block has more lines on one side, the first of the shorter is set beside one alike. */
static void pair_block(struct show *sh, const struct block *b) {
    const size_t less = b->an < b->bn ? b->an : b->bn;
    const size_t room = b->an < b->bn ? b->bn - b->an : b->an - b->bn;

    if (sh->paired == b)
        return;
    sh->paired = b;
    sh->shift = 0;
    for (size_t i = 0; less > 0 && i <= room && i <= SHIFT_MAX; i++) {
        const size_t x = b->an > b->bn ? i : 0, y = b->an < b->bn ? i : 0;
        size_t n, m;

        side_line(&sh->d->old, b->a + x, &n);
        side_line(&sh->d->new, b->b + y, &m);
        if (n <= WORDS_LOOK && m <= WORDS_LOOK &&
            compare_pair(sh, b->a + x, b->b + y, &sh->left, &sh->right)) {
            sh->shift = i;
            return;
        }
    }
}

/* In the paired row `row` of a block: which line of a side; SIZE_MAX: none. */
static size_t line_of(const struct show *sh, const struct block *b, size_t row, bool old) {
    const size_t n = old ? b->an : b->bn, other = old ? b->bn : b->an;
    const size_t shift = n < other ? sh->shift : 0;

    return row >= shift && row - shift < n ? row - shift : SIZE_MAX;
}

static void start_line(struct shown *l, uint8_t ink) {
    l->ink = ink;
    l->there = true;
    l->bit = l->used = 0;
    l->n = 0;
    l->number = 0;
}

enum want { WANT_OLD = 1, WANT_NEW = 2 };

/* The lines of a paired row into left and right; coloured is what is wanted of them. */
static void take_pair(struct show *sh, const struct block *b, size_t row, unsigned want) {
    const size_t x = line_of(sh, b, row, true), y = line_of(sh, b, row, false);
    size_t n;

    start_line(&sh->left, INK_REMOVED);
    start_line(&sh->right, INK_ADDED);
    sh->left.there = x != SIZE_MAX;
    sh->right.there = y != SIZE_MAX;
    const bool marked = sh->left.there && sh->right.there &&
                        compare_pair(sh, b->a + x, b->b + y, &sh->left, &sh->right);

    if (sh->left.there && !sh->right.there) {
        const char *s = side_line(&sh->d->old, b->a + x, &n);
        put_clean(&sh->left, s, n - ends_in_return(s, n));
    } else if (sh->right.there && !sh->left.there) {
        const char *s = side_line(&sh->d->new, b->b + y, &n);
        put_clean(&sh->right, s, n - ends_in_return(s, n));
    }
    if (sh->left.there && (want & WANT_OLD)) {
        colour(sh, &sh->left, &sh->old_at, b->a + x, marked ? &sh->gone : NULL);
        sh->left.number = sh->how->first_old + b->a + x;
    }
    if (sh->right.there && (want & WANT_NEW)) {
        colour(sh, &sh->right, &sh->new_at, b->b + y, marked ? &sh->come : NULL);
        sh->right.number = sh->how->first_new + b->b + y;
    }
}

static void take_same(struct show *sh, struct shown *l, bool old, size_t line) {
    const struct side *side = old ? &sh->d->old : &sh->d->new;
    size_t n;
    const char *s = side_line(side, line, &n);

    start_line(l, INK_TEXT);
    put_clean(l, s, n - ends_in_return(s, n));
    colour(sh, l, old ? &sh->old_at : &sh->new_at, line, NULL);
    l->number = (old ? sh->how->first_old : sh->how->first_new) + line;
}

/* ---- rows ---- */
static void decor(struct show *sh, uint32_t off, size_t len, uint8_t ink, int cells) {
    if (cells > 0)
        flow_run(sh->f,
                 (struct run){.off = off, .len = (uint32_t)len, .ink = ink, .flags = RUN_DECOR},
                 cells);
}

static bool put_text(struct show *sh, struct shown *l) {
    l->off = flow_put(sh->f, buf_str(&l->clean), l->clean.n);
    return l->off != UINT32_MAX && flow_put(sh->f, "\n", 1) != UINT32_MAX;
}

static bool more(const struct shown *l) { return l->there && l->bit < l->n; }

/* What of the line fits into the row; its cells. */
static int put_row(struct show *sh, struct shown *l, int room, uint8_t flags) {
    int cells = 0;

    while (more(l)) {
        const struct flow_bit *bit = &l->bits[l->bit];
        const char *s = bit->s + l->used;
        const size_t left = bit->n - l->used;
        size_t n = text_fit(s, left, room - cells);

        if (n == 0 && cells > 0)
            break;
        if (n == 0)
            n = text_cluster(s, left).bytes;
        const int wide = text_width(s, n);

        flow_run(sh->f,
                 (struct run){.off = l->off,
                              .len = (uint32_t)n,
                              .ink = bit->ink,
                              .attrs = bit->attrs,
                              .flags = flags},
                 wide);
        cells += wide;
        l->off += (uint32_t)n;
        l->used += n;
        if (l->used < bit->n)
            break;
        l->bit++;
        l->used = 0;
    }
    return cells;
}

static const char *sign_of(const struct shown *l) {
    return l->ink == INK_ADDED ? "+" : l->ink == INK_REMOVED ? "-" : " ";
}

/* Numbers and the sign in front of a line, as decoration in the text. */
static bool put_gutter(struct show *sh, struct shown *l, size_t old, size_t new, bool two) {
    char text[96];
    int n = 0;

    if (sh->digits > 0) {
        const int wide = sh->digits - 1;
        const bool first = two ? sh->old_numbers : true, second = two && sh->new_numbers;

        if (first && old > 0)
            n += snprintf(text + n, sizeof text - (size_t)n, "%*zu ", wide, old);
        else if (first)
            n += snprintf(text + n, sizeof text - (size_t)n, "%*s ", wide, "");
        if (second && new > 0)
            n += snprintf(text + n, sizeof text - (size_t)n, "%*zu ", wide, new);
        else if (second)
            n += snprintf(text + n, sizeof text - (size_t)n, "%*s ", wide, "");
    }
    n += snprintf(text + n, sizeof text - (size_t)n, "%s", sign_of(l));
    l->gutter_len = (uint32_t)n;
    l->gutter = flow_put(sh->f, text, (size_t)n);
    return l->gutter != UINT32_MAX;
}

/* The gutter of a row: as it is in the first, blank in those the line is wrapped into. */
static void gutter_run(struct show *sh, const struct shown *l, bool first, int cells) {
    if (cells == 0)
        return;
    if (!first || !l->there) {
        decor(sh, sh->blanks, (size_t)cells, l->there ? l->ink : INK_TEXT, cells);
        return;
    }
    decor(sh, l->gutter, l->gutter_len - 1, INK_LINE_NUMBER, cells - 1);
    decor(sh, l->gutter + l->gutter_len - 1, 1, l->ink == INK_TEXT ? INK_PLAIN_CODE : l->ink, 1);
}

/* ---- display lines ---- */
static void gap_row(struct show *sh, const struct block *b, size_t line) {
    char text[64];
    const int n =
        snprintf(text, sizeof text, "%s %u lines", sh->how->ascii ? "..." : "\xe2\x80\xa6", b->an);
    const uint32_t off = flow_put(sh->f, text, (size_t)n);

    if (off == UINT32_MAX || flow_put(sh->f, "\n", 1) == UINT32_MAX)
        return;
    const size_t fit = text_fit(text, (size_t)n, sh->how->width);

    flow_row_begin(sh->f, (uint32_t)line, INK_HUNK);
    decor(sh, off, fit, INK_HUNK, text_width(text, fit));
}

static void unified_line(struct show *sh, struct shown *l, size_t old, size_t new, size_t line) {
    const int columns = (sh->old_numbers ? 1 : 0) + (sh->new_numbers ? 1 : 0);
    const int gutter = sh->how->width < SIGN_LEAST ? 0 : sh->digits * columns + 1;
    int room = sh->how->width - gutter;
    bool first = true;

    room = room > 1 ? room : 1;
    if (!put_gutter(sh, l, old, new, true) || flow_put(sh->f, "\n", 1) == UINT32_MAX ||
        !put_text(sh, l))
        return;
    do {
        flow_row_begin(sh->f, (uint32_t)line, l->ink);
        gutter_run(sh, l, first, gutter);
        put_row(sh, l, room, 0);
        sh->f->rows[sh->f->n - 1].soft = more(l);
        first = false;
    } while (more(l));
}

static void split_line(struct show *sh, size_t line) {
    struct shown *l = &sh->left, *r = &sh->right;
    const int gutter = sh->digits + 1, half = (sh->how->width - 1) / 2;
    const int room = half - gutter, right_room = sh->how->width - 1 - half - gutter;
    const uint8_t aside = r->there ? RUN_DECOR : 0; /* one of both is the logical text */
    bool first = true;

    if ((l->there && !put_gutter(sh, l, l->number, 0, false)) ||
        (r->there && !put_gutter(sh, r, r->number, 0, false)) ||
        flow_put(sh->f, "\n", 1) == UINT32_MAX || (l->there && !put_text(sh, l)) ||
        (r->there && !put_text(sh, r)))
        return;
    do {
        flow_row_begin(sh->f, (uint32_t)line, r->there ? r->ink : INK_TEXT);
        gutter_run(sh, l, first, gutter);
        const int used = put_row(sh, l, room, aside);

        decor(sh, sh->blanks, (size_t)(room - used), l->there ? l->ink : INK_TEXT, room - used);
        decor(sh, sh->bar, sh->how->ascii ? 1 : 3, INK_RULE, 1);
        if (r->there) {
            gutter_run(sh, r, first, gutter);
            put_row(sh, r, right_room, 0);
        }
        sh->f->rows[sh->f->n - 1].soft = more(l) || more(r);
        first = false;
    } while (more(l) || more(r));
}

static void split_at(struct show *sh, const struct block *b, size_t i, size_t line) {
    if (b->kind == BLOCK_CHANGE) {
        pair_block(sh, b);
        take_pair(sh, b, i, WANT_OLD | WANT_NEW);
    } else {
        take_same(sh, &sh->left, true, b->a + i);
        take_same(sh, &sh->right, false, b->b + i);
    }
    split_line(sh, line);
}

static void unified_at(struct show *sh, const struct block *b, size_t i, size_t line) {
    if (b->kind == BLOCK_SAME) {
        take_same(sh, &sh->left, false, b->b + i);
        unified_line(sh, &sh->left, sh->how->first_old + b->a + i, sh->left.number, line);
        return;
    }
    const bool old = i < b->an;
    const size_t n = old ? b->an : b->bn, other = old ? b->bn : b->an;

    pair_block(sh, b);
    take_pair(sh, b, (old ? i : i - b->an) + (n < other ? sh->shift : 0),
              old ? WANT_OLD : WANT_NEW);
    if (old)
        unified_line(sh, &sh->left, sh->left.number, 0, line);
    else
        unified_line(sh, &sh->right, 0, sh->right.number, line);
}

static int digits_of(size_t n) {
    int digits = 1;

    for (; n >= 10; n /= 10)
        digits++;
    return digits;
}

static bool show_start(struct show *sh, bool split) {
    const struct diff_how *how = sh->how;
    const struct diff *d = sh->d;
    const size_t last_old = how->first_old + d->old.lines, last_new = how->first_new + d->new.lines;
    const size_t blanks = (size_t)(how->width < FLOW_WIDEST ? how->width : FLOW_WIDEST) + 64;

    if (how->numbers && how->first_old > 0 && how->first_new > 0 && how->width >= NUMBERS_LEAST) {
        sh->digits = digits_of((last_old > last_new ? last_old : last_new) - 1) + 1;
        sh->old_numbers = d->old.lines > 0;
        sh->new_numbers = d->new.lines > 0 || !sh->old_numbers;
    }
    auto_free char *text = xmalloc(blanks);

    memset(text, ' ', blanks);
    sh->blanks = flow_put(sh->f, text, blanks);
    if (split)
        sh->bar = flow_put(sh->f, how->ascii ? "|" : "\xe2\x94\x82", how->ascii ? 1 : 3);
    return flow_put(sh->f, "\n", 1) != UINT32_MAX && sh->blanks != UINT32_MAX;
}

/* Which of a diff's two counts: 1 where both texts stand side by side. */
static int is_split(const struct diff_how *how) { return how->split && how->width >= SPLIT_LEAST; }

size_t diff_lines(const struct diff *d, const struct diff_how *how) {
    return d->lines[is_split(how)];
}

static size_t block_at(const struct diff *d, size_t line, int split) {
    size_t low = 0, high = d->n_blocks;

    while (high - low > 1) {
        const size_t mid = (low + high) / 2;

        if (d->blocks[mid].at[split] <= line)
            low = mid;
        else
            high = mid;
    }
    return low;
}

void diff_flow(struct flow *out, const struct diff *d, size_t from, size_t count,
               const struct diff_how *how) {
    const int split = is_split(how);
    const size_t lines = d->lines[split];
    const size_t to = count < lines && from < lines - count ? from + count : lines;

    assert(how->width >= 1);
    if (from >= to)
        return;
    struct show *sh = xcalloc(1, sizeof *sh);

    *sh = (struct show){.f = out, .d = d, .how = how};
    sh->old_at.side = &d->old;
    sh->new_at.side = &d->new;
    buf_init(&sh->left.clean, FLOW_TEXT_MAX);
    buf_init(&sh->right.clean, FLOW_TEXT_MAX);
    bool room = show_start(sh, split);

    for (size_t line = from, i = block_at(d, from, split); room && line < to; line++) {
        while (i + 1 < d->n_blocks && d->blocks[i + 1].at[split] <= line)
            i++;
        const struct block *b = &d->blocks[i];

        if (b->kind == BLOCK_GAP)
            gap_row(sh, b, line);
        else if (split)
            split_at(sh, b, line - b->at[1], line);
        else
            unified_at(sh, b, line - b->at[0], line);
        room = out->text.n < FLOW_TEXT_MAX / 2;
    }
    buf_fini(&sh->left.clean);
    buf_fini(&sh->right.clean);
    free(sh);
}
