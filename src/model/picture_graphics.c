/* picture_graphics.c - pictures made of pixels, judged before a terminal gets them. They come from
 * a program that read a foreign file: only one picture of the size asked for passes, without a word
 * that is not known here. */
#include "mix/picture.h"

#include <string.h>

enum { SIDE_MOST = 1 << 14, NUMBER_MOST = 1 << 20, COLOURS_MOST = 1 << 16 };

struct scan {
    const char *s;
    size_t n, at;
};

static bool left(const struct scan *c) { return c->at < c->n; }
static char look(const struct scan *c) { return left(c) ? c->s[c->at] : '\0'; }

static bool take(struct scan *c, const char *word) {
    const size_t n = strlen(word);

    if (c->n - c->at < n || memcmp(c->s + c->at, word, n) != 0)
        return false;
    c->at += n;
    return true;
}

/* -1: there is none, or it is too large to be meant. */
static int number(struct scan *c) {
    int v = -1;

    while (look(c) >= '0' && look(c) <= '9') {
        v = (v < 0 ? 0 : v * 10) + (look(c) - '0');
        if (v > NUMBER_MOST)
            return -1;
        c->at++;
    }
    return v;
}

/* ---- sixel ---- */

struct sixel {
    int x, rows; /* pixels of this band so far; bands of six before it */
    int w, h;    /* of all that was drawn */
    int most_w, most_h;
};

static bool sixel_draw(struct sixel *p, int times) {
    p->x += times;
    p->w = p->x > p->w ? p->x : p->w;
    p->h = p->rows * 6 + 6;
    return times > 0 && p->x <= p->most_w && p->rows * 6 < p->most_h;
}

/* #n or #n;kind;a;b;c */
static bool sixel_colour(struct scan *c) {
    int v = number(c), args = 1;

    if (v < 0 || v >= COLOURS_MOST)
        return false;
    while (look(c) == ';' && args < 5) {
        c->at++;
        v = number(c);
        if (v < 0 || v > 360)
            return false;
        args++;
    }
    return args == 1 || args == 5;
}

/* "shape;shape;width;height */
static bool sixel_raster(struct scan *c, const struct sixel *p) {
    int v[4];

    for (int i = 0; i < 4; i++) {
        if (i > 0 && !take(c, ";"))
            return false;
        v[i] = number(c);
    }
    return v[0] >= 0 && v[0] <= 100 && v[1] >= 0 && v[1] <= 100 && v[2] > 0 && v[2] <= p->most_w &&
           v[3] > 0 && v[3] <= p->most_h;
}

static bool sixel_item(struct scan *c, struct sixel *p) {
    const char ch = c->s[c->at++];

    if (ch >= 0x3f && ch <= 0x7e)
        return sixel_draw(p, 1);
    switch (ch) {
    case '!': {
        const int times = number(c);
        const char drawn = look(c);

        c->at += left(c);
        return times > 0 && drawn >= 0x3f && drawn <= 0x7e && sixel_draw(p, times);
    }
    case '#':
        return sixel_colour(c);
    case '"':
        return sixel_raster(c, p);
    case '$':
        p->x = 0;
        return true;
    case '-':
        p->x = 0;
        p->rows++;
        return p->rows * 6 <= p->most_h + 5;
    default:
        return false;
    }
}

static bool sixel_whole(struct scan *c, const struct picture_room *room,
                        struct picture_room *size) {
    struct sixel p = {.most_w = room->w, .most_h = room->h};

    if (!take(c, "\033P"))
        return false;
    for (int args = 0; look(c) != 'q'; args++)
        if (args == 3 || number(c) > 9 || (look(c) != 'q' && !take(c, ";")))
            return false;
    c->at++;
    while (left(c) && look(c) != '\033')
        if (!sixel_item(c, &p))
            return false;
    size->w = p.w;
    size->h = p.h;
    return p.w > 0 && take(c, "\033\\");
}

/* ---- kitty ---- */

struct kitty {
    int w, h, cols, rows, depth; /* pixels, cells, bits a pixel */
    bool shows, more;
};

static bool kitty_key(struct scan *c, struct kitty *k) {
    const char key = look(c);

    c->at += left(c);
    if (!take(c, "="))
        return false;
    if (key == 'a') {
        k->shows = true;
        return take(c, "T"); /* sent and shown; nothing is read, deleted or asked */
    }
    if (key == 't')
        return take(c, "d"); /* the pixels are here: never a file */
    const int v = number(c);

    switch (key) {
    case 'm':
        k->more = v == 1;
        return v == 0 || v == 1;
    case 'f':
        k->depth = v;
        return v == 24 || v == 32;
    case 's':
        k->w = v;
        return v > 0;
    case 'v':
        k->h = v;
        return v > 0;
    case 'c':
        k->cols = v;
        return v > 0;
    case 'r':
        k->rows = v;
        return v > 0;
    case 'q':
        return v == 2; /* it answers nothing */
    default:
        return false;
    }
}

static bool base64(char ch) {
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
           ch == '+' || ch == '/' || ch == '=';
}

/* One APC; *bytes: of base64 in it. */
static bool kitty_piece(struct scan *c, struct kitty *k, size_t *bytes) {
    if (!take(c, "\033_G"))
        return false;
    k->more = false;
    do
        if (!kitty_key(c, k))
            return false;
    while (take(c, ","));
    if (take(c, ";"))
        for (; base64(look(c)); c->at++)
            ++*bytes;
    return take(c, "\033\\");
}

static bool kitty_whole(struct scan *c, const struct picture_room *room,
                        struct picture_room *size) {
    struct kitty k = {.depth = 32};
    size_t bytes = 0;

    if (!kitty_piece(c, &k, &bytes) || !k.shows)
        return false;
    const struct kitty head = k;

    size->cols = k.cols;
    size->rows = k.rows;
    while (k.more)
        if (!kitty_piece(c, &k, &bytes))
            return false;
    const bool same = k.w == head.w && k.h == head.h && k.cols == head.cols &&
                      k.rows == head.rows && k.depth == head.depth;
    const bool fits = head.w > 0 && head.w <= SIDE_MOST && head.h > 0 && head.h <= SIDE_MOST &&
                      head.cols > 0 && head.cols <= room->cols && head.rows > 0 &&
                      head.rows <= room->rows;

    return same && fits &&
           bytes >= ((size_t)head.w * (size_t)head.h * ((size_t)head.depth / 8) + 2) / 3 * 4;
}

/* ---- both ---- */

size_t picture_graphics(enum picture_form form, const char *s, size_t n,
                        const struct picture_room *room, struct picture_room *size) {
    struct scan c = {.s = s, .n = n};

    *size = (struct picture_room){0};
    const bool good = form == PICTURE_SIXEL   ? sixel_whole(&c, room, size)
                      : form == PICTURE_KITTY ? kitty_whole(&c, room, size)
                                              : false;
    const size_t whole = c.at;

    while (look(&c) == '\n')
        c.at++;
    return good && c.at == c.n ? whole : 0;
}
