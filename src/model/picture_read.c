/* picture_read.c - what chafa says, as cells. It is foreign: nothing but what it is meant to say is
 * taken, and what is taken becomes numbers. */
#include "mix/picture.h"

#include <stdlib.h>

#include "mix/text.h"

enum {
    SIDE_MOST = 1000,
    CELLS_MOST = 1 << 18,
    ARGS_MOST = 16,
    /* the ends of the cube, which no theme of a terminal changes */
    FG_DEFAULT = 231,
    BG_DEFAULT = 16,
};

struct reader {
    struct picture_cell *v;
    size_t n, cap;
    size_t *ends; /* of its rows */
    size_t rows, cap_rows;
    size_t widest;
    uint8_t fg, bg;
    bool inverse;
};

static size_t row_start(const struct reader *r) { return r->rows > 0 ? r->ends[r->rows - 1] : 0; }

static void end_row(struct reader *r) {
    const size_t w = r->n - row_start(r);

    r->widest = w > r->widest ? w : r->widest;
    r->ends = xgrow(r->ends, r->rows, &r->cap_rows, sizeof *r->ends);
    r->ends[r->rows++] = r->n;
}

static enum rc add(struct reader *r, uint32_t cp, struct err *err) {
    if (r->n >= CELLS_MOST || r->n - row_start(r) >= SIDE_MOST || r->rows >= SIDE_MOST)
        return err_set(err, RC_LIMIT, 0, "the picture has too many cells");
    r->v = xgrow(r->v, r->n, &r->cap, sizeof *r->v);
    r->v[r->n++] = (struct picture_cell){
        .cp = cp, .fg = r->inverse ? r->bg : r->fg, .bg = r->inverse ? r->fg : r->bg};
    return RC_OK;
}

/* ---- SGR ---- */

/* One argument, or the three of a colour. Returns how many were taken; 0: not allowed. */
static int take_arg(struct reader *r, const int *arg, int n) {
    switch (arg[0]) {
    case 0:
        r->fg = FG_DEFAULT;
        r->bg = BG_DEFAULT;
        r->inverse = false;
        return 1;
    case 7:
    case 27:
        r->inverse = arg[0] == 7;
        return 1;
    case 39:
        r->fg = FG_DEFAULT;
        return 1;
    case 49:
        r->bg = BG_DEFAULT;
        return 1;
    case 38:
    case 48:
        if (n < 3 || arg[1] != 5 || arg[2] > 255)
            return 0;
        *(arg[0] == 38 ? &r->fg : &r->bg) = (uint8_t)arg[2];
        return 3;
    default:
        return 0;
    }
}

/* s begins behind ESC [. Returns the bytes taken; 0: not such a sequence. */
static size_t take_sgr(struct reader *r, const char *s, size_t n) {
    int arg[ARGS_MOST] = {0}, args = 1;
    size_t i = 0;

    for (; i < n && s[i] != 'm'; i++) {
        if (s[i] == ';' && args < ARGS_MOST)
            args++;
        else if (s[i] >= '0' && s[i] <= '9' && arg[args - 1] < 1000)
            arg[args - 1] = arg[args - 1] * 10 + (s[i] - '0');
        else
            return 0;
    }
    if (i == n)
        return 0;
    for (int at = 0, took; at < args; at += took) {
        took = take_arg(r, arg + at, args - at);
        if (took == 0)
            return 0;
    }
    return i + 1;
}

/* ---- all of it ---- */

static enum rc not_such(struct err *err) {
    return err_set(err, RC_PROTO, 0, "chafa said what is no picture");
}

static enum rc take_all(struct reader *r, const char *s, size_t n, struct err *err) {
    for (size_t i = 0, used; i < n; i += used) {
        if (s[i] == '\n') {
            end_row(r);
            if (r->rows > SIDE_MOST)
                return err_set(err, RC_LIMIT, 0, "the picture has too many rows");
            used = 1;
            continue;
        }
        if (s[i] == '\033') {
            const size_t sgr = n - i > 2 && s[i + 1] == '[' ? take_sgr(r, s + i + 2, n - i - 2) : 0;

            if (sgr == 0)
                return not_such(err);
            used = sgr + 2;
            continue;
        }
        const uint32_t cp = text_decode(s + i, n - i, &used);

        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xfffd ||
            text_cluster(s + i, used).cells != 1)
            return not_such(err);
        const enum rc rc = add(r, cp, err);

        if (rc != RC_OK)
            return rc;
    }
    if (r->n > row_start(r))
        end_row(r);
    return r->n > 0 ? RC_OK : not_such(err);
}

enum rc picture_read(struct picture_cell **cells, int *w, int *h, const char *s, size_t n,
                     struct err *err) {
    const struct picture_cell empty = {.cp = ' ', .fg = FG_DEFAULT, .bg = BG_DEFAULT};
    struct reader r = {.fg = FG_DEFAULT, .bg = BG_DEFAULT};
    enum rc rc = take_all(&r, s, n, err);

    while (rc == RC_OK && r.rows > 1 && r.ends[r.rows - 1] == r.ends[r.rows - 2])
        r.rows--; /* blank lines behind the last */
    if (rc == RC_OK && r.widest * r.rows > CELLS_MOST)
        rc = err_set(err, RC_LIMIT, 0, "the picture has too many cells");
    *cells = NULL;
    *w = *h = 0;
    if (rc == RC_OK) {
        *w = (int)r.widest;
        *h = (int)r.rows;
        *cells = xcalloc(r.widest * r.rows, sizeof **cells);
        for (size_t y = 0, from = 0; y < r.rows; from = r.ends[y++])
            for (size_t x = 0; x < r.widest; x++)
                (*cells)[y * r.widest + x] = from + x < r.ends[y] ? r.v[from + x] : empty;
    }
    free(r.v);
    free(r.ends);
    return rc;
}
