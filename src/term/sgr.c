/* sgr.c - the looks in a frame said in as few bytes as can be. */
#include "sgr.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT = -1, RGB = 1 << 24, PARAMETERS = 32 };
enum {
    BOLD = 1,
    DIM = 2,
    ITALIC = 4,
    UNDERLINE = 8,
    BLINK = 16,
    REVERSE = 32,
    HIDDEN = 64,
    STRIKE = 128
};

struct look {
    int fg, bg; /* palette index, RGB | 0xrrggbb, or DEFAULT */
    unsigned attrs;
};
static const struct look normal = {DEFAULT, DEFAULT, 0};
static const struct {
    unsigned attr;
    uint8_t on, off;
} attrs[] = {{BOLD, 1, 22},  {DIM, 2, 22},     {ITALIC, 3, 23}, {UNDERLINE, 4, 24},
             {BLINK, 5, 25}, {REVERSE, 7, 27}, {HIDDEN, 8, 28}, {STRIKE, 9, 29}};

struct writer {
    struct buf *out;
    struct look have, want;
    enum sgr_off off;
    char charset; /* of G0, as the terminal has it; 0: not known */
    bool lost;    /* a look was not understood: the rest passes as it is */
};

static bool same(const struct look *a, const struct look *b) {
    return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

/* ---- reading ---- */

/* 38 or 48 and what follows it; how many parameters it took, 0: not understood. */
static size_t read_extended(const int *v, size_t n, int *colour) {
    if (n >= 3 && v[1] == 5 && v[2] >= 0 && v[2] < 256) {
        *colour = v[2];
        return 3;
    }
    if (n >= 5 && v[1] == 2 && v[2] >= 0 && v[2] < 256 && v[3] >= 0 && v[3] < 256 && v[4] >= 0 &&
        v[4] < 256) {
        *colour = RGB | v[2] << 16 | v[3] << 8 | v[4];
        return 5;
    }
    return 0;
}

static bool read_attr(struct look *l, int v) {
    for (size_t i = 0; i < MIX_COUNT(attrs); i++) {
        if (v == attrs[i].on) {
            l->attrs |= attrs[i].attr;
            return true;
        }
        if (v == attrs[i].off) {
            l->attrs &= v == 22 ? ~(unsigned)(BOLD | DIM) : ~attrs[i].attr;
            return true;
        }
    }
    return false;
}

static bool read_colour(struct look *l, int v) {
    if (v >= 30 && v <= 37)
        l->fg = v - 30;
    else if (v >= 90 && v <= 97)
        l->fg = v - 90 + 8;
    else if (v >= 40 && v <= 47)
        l->bg = v - 40;
    else if (v >= 100 && v <= 107)
        l->bg = v - 100 + 8;
    else if (v == 39)
        l->fg = DEFAULT;
    else if (v == 49)
        l->bg = DEFAULT;
    else
        return false;
    return true;
}

static bool read_look(struct look *l, const int *v, size_t n) {
    struct look now = *l;

    for (size_t i = 0; i < n;) {
        size_t used = 1;

        if (v[i] == 0)
            now = normal;
        else if (v[i] == 38 || v[i] == 48)
            used = read_extended(v + i, n - i, v[i] == 38 ? &now.fg : &now.bg);
        else if (!read_attr(&now, v[i]) && !read_colour(&now, v[i]))
            used = 0;
        if (used == 0)
            return false;
        i += used;
    }
    *l = now;
    return true;
}

/* The parameters of a CSI; false: more or others than digits and semicolons. */
static bool read_parameters(const char *p, size_t n, int v[PARAMETERS], size_t *count) {
    *count = 1;
    v[0] = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == ';') {
            if (*count == PARAMETERS)
                return false;
            v[(*count)++] = 0;
        } else if (p[i] < '0' || p[i] > '9' || v[*count - 1] > 99999) {
            return false;
        } else {
            v[*count - 1] = v[*count - 1] * 10 + (p[i] - '0');
        }
    }
    return true;
}

/* ---- writing ---- */

struct numbers {
    char s[96]; /* the longest look takes 60 */
    int n;
};

static void add_number(struct numbers *b, int v) {
    b->n += snprintf(b->s + b->n, sizeof b->s - (size_t)b->n, "%s%d", b->n > 0 ? ";" : "", v);
}

static void add_colour(struct numbers *b, int colour, int base) {
    if (colour == DEFAULT) {
        add_number(b, base + 9);
    } else if (colour & RGB) {
        const int all[] = {base + 8, 2, colour >> 16 & 255, colour >> 8 & 255, colour & 255};

        for (size_t i = 0; i < MIX_COUNT(all); i++)
            add_number(b, all[i]);
    } else if (colour < 16) {
        add_number(b, colour < 8 ? base + colour : base + 60 + colour - 8);
    } else {
        add_number(b, base + 8);
        add_number(b, 5);
        add_number(b, colour);
    }
}

/* From one look to the other without a reset. False: it takes one. */
static bool add_change(struct numbers *b, const struct look *from, const struct look *to,
                       enum sgr_off off) {
    const unsigned both = BOLD | DIM; /* one number takes both away */
    unsigned gone = from->attrs & ~to->attrs, come = to->attrs & ~from->attrs;
    const bool plain =
        (from->fg != to->fg && to->fg == DEFAULT) || (from->bg != to->bg && to->bg == DEFAULT);

    if (off == OFF_BY_RESET && (gone != 0 || plain))
        return false;
    if (gone & both) {
        add_number(b, 22);
        gone &= ~both;
        come |= to->attrs & both;
    }
    for (size_t i = 0; i < MIX_COUNT(attrs); i++)
        if (gone & attrs[i].attr)
            add_number(b, attrs[i].off);
    for (size_t i = 0; i < MIX_COUNT(attrs); i++)
        if (come & attrs[i].attr)
            add_number(b, attrs[i].on);
    if (from->fg != to->fg)
        add_colour(b, to->fg, 30);
    if (from->bg != to->bg)
        add_colour(b, to->bg, 40);
    return true;
}

/* What is drawn next looks as wanted. */
static enum rc settle(struct writer *w) {
    struct numbers reset = {.n = 0}, change = {.n = 0};

    if (same(&w->have, &w->want))
        return RC_OK;
    if (!same(&w->want, &normal)) {
        add_number(&reset, 0);
        (void)add_change(&reset, &normal, &w->want, w->off);
    }
    const bool shorter = add_change(&change, &w->have, &w->want, w->off) && change.n <= reset.n;
    const struct numbers *best = shorter ? &change : &reset;

    w->have = w->want;
    return buf_addf(w->out, "\033[%.*sm", best->n, best->s);
}

/* ---- a frame ---- */

/* Bytes of the sequence that an ESC begins, as far as it goes. */
static size_t sequence(const char *p, size_t n) {
    size_t at = 2;

    if (n < 2)
        return n;
    if (p[1] == '[') {
        while (at < n && p[at] >= 0x20 && p[at] < 0x40)
            at++;
        return at < n ? at + 1 : n;
    }
    if (p[1] == ']' || p[1] == 'P' || p[1] == '_') {
        while (at < n && p[at] != '\a' && p[at] != '\033')
            at++;
        return at + 1 < n && p[at] == '\033' ? at + 2 : at < n ? at + 1 : n;
    }
    if (strchr("()*+#%", p[1]))
        return n < 3 ? n : 3;
    return 2;
}

/* A cursor that only moves draws nothing. */
static bool only_moves(const char *p, size_t n) {
    return n > 2 && p[1] == '[' && strchr("ABCDGHdf", p[n - 1]) && p[n - 1] != '\0';
}

static enum rc pass(struct writer *w, const char *p, size_t n) { return buf_add(w->out, p, n); }

static enum rc pass_sequence(struct writer *w, const char *p, size_t n) {
    const bool look = n > 2 && p[1] == '[' && p[n - 1] == 'm';
    int v[PARAMETERS];
    size_t count;

    if (look && read_parameters(p + 2, n - 3, v, &count) && read_look(&w->want, v, count))
        return RC_OK;
    if (n == 3 && p[1] == '(') { /* said with every reset */
        if (p[2] == w->charset)
            return RC_OK;
        w->charset = p[2];
        return pass(w, p, n);
    }
    const enum rc rc = only_moves(p, n) ? RC_OK : settle(w);

    w->lost = look;
    return rc == RC_OK ? pass(w, p, n) : rc;
}

enum rc sgr_shorten(struct buf *out, const char *p, size_t n, enum sgr_off off) {
    struct writer w = {.out = out, .have = normal, .want = normal, .off = off};
    enum rc rc = RC_OK;

    for (size_t at = 0; at < n && rc == RC_OK;) {
        size_t len = 0;

        if (w.lost) {
            len = n - at;
            rc = pass(&w, p + at, len);
        } else if (p[at] == '\033') {
            len = sequence(p + at, n - at);
            rc = pass_sequence(&w, p + at, len);
        } else {
            while (at + len < n && p[at + len] != '\033')
                len++;
            rc = settle(&w);
            rc = rc == RC_OK ? pass(&w, p + at, len) : rc;
        }
        at += len;
    }
    return rc == RC_OK && !w.lost ? settle(&w) : rc;
}
