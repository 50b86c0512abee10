/* cell.c - cells and colours as the terminal at hand can show them. */
#include "pairs.h"
#include "private.h"

enum { UNKNOWN = 0xfffd, PALETTE = 256, DIRECT_FIRST = 8 };

static bool shown_as_told(uint32_t cp, int width) {
    const bool control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);

    return !control && wcwidth((wchar_t)cp) == width;
}

int cell_text(const struct cell *cell, wchar_t text[5]) {
    int n = 0;

    if (!shown_as_told(cell->cp[0], cell->width)) {
        text[0] = UNKNOWN;
        text[1] = 0;
        return 1;
    }
    text[n++] = (wchar_t)cell->cp[0];
    for (int i = 1; i < 4 && cell->cp[i]; i++)
        if (shown_as_told(cell->cp[i], 0))
            text[n++] = (wchar_t)cell->cp[i];
    text[n] = 0;
    return cell->width;
}

/* ---- colours ---- */

static int channel_distance(int a, int b) { return (a - b) * (a - b); }

static int rgb_distance(int rgb, int r, int g, int b) {
    return channel_distance(rgb >> 16 & 255, r) + channel_distance(rgb >> 8 & 255, g) +
           channel_distance(rgb & 255, b);
}

/* 0xrrggbb of an entry of the xterm palette */
static int palette_rgb(int i) {
    static const int base[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const uint8_t levels[6] = {0, 95, 135, 175, 215, 255};

    if (i < 16)
        return base[i & 15];
    if (i >= 232)
        return 0x010101 * (8 + 10 * (i - 232));
    return levels[(i - 16) / 36] << 16 | levels[(i - 16) / 6 % 6] << 8 | levels[(i - 16) % 6];
}

/* The xterm palette entry nearest to an rgb colour: 16 to 255 where there are 256, else the first 8
 * or 16. */
static int nearest(int rgb, int colours) {
    int best = 0, best_distance = 1 << 30;
    int from = colours >= 256 ? 16 : 0, to = colours >= 256 ? 256 : colours >= 16 ? 16 : 8;
    for (int i = from; i < to; i++) {
        const int is = palette_rgb(i);
        const int distance = rgb_distance(rgb, is >> 16 & 255, is >> 8 & 255, is & 255);
        if (distance < best_distance)
            best = i, best_distance = distance;
    }
    return best;
}

int colour_number(int i, int colours) {
    return colours > PALETTE && i >= DIRECT_FIRST ? palette_rgb(i) : i;
}

static int colour_of(int32_t colour, int colours) {
    if (colour == COLOUR_DEFAULT)
        return -1;
    if (colour & COLOUR_RGB) {
        const int rgb = colour & 0xffffff;

        /* the first few numbers of a terminal with direct colours are those of its palette */
        return colours > PALETTE ? (rgb < DIRECT_FIRST ? 0 : rgb) : nearest(rgb, colours);
    }
    if (colour < colours)
        return colour_number(colour, colours);
    return colour < 16 ? colour % 8 : -1; /* bright on a terminal of 8: its dark twin */
}

struct colour_pair colours_near(const struct look *look, int colours) {
    enum { BLACK = 0, WHITE = 7 };
    struct colour_pair p = {.fg = colour_of(look->fg, colours), .bg = colour_of(look->bg, colours)};

    if (p.fg >= 0 && p.fg == p.bg && look->fg != look->bg)
        p.fg = p.bg == WHITE ? BLACK : WHITE; /* the dark twin of bright black would be unseen */
    return p;
}
