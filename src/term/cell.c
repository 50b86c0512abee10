/* cell.c - cells and colours as the terminal at hand can show them. */
#include "private.h"

enum { UNKNOWN = 0xfffd };

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

/* The xterm palette entry nearest to an rgb colour: 16 to 255 where there are 256, else the first 8
 * or 16. */
static short nearest(int rgb, int colours) {
    static const uint8_t base[16][3] = {
        {0, 0, 0},     {205, 0, 0},     {0, 205, 0},     {205, 205, 0},  {0, 0, 238}, {205, 0, 205},
        {0, 205, 205}, {229, 229, 229}, {127, 127, 127}, {255, 0, 0},    {0, 255, 0}, {255, 255, 0},
        {92, 92, 255}, {255, 0, 255},   {0, 255, 255},   {255, 255, 255}};
    int best = 0, best_distance = 1 << 30;
    int from = colours >= 256 ? 16 : 0, to = colours >= 256 ? 256 : colours >= 16 ? 16 : 8;
    for (int i = from; i < to; i++) {
        int r, g, b;
        if (i < 16) {
            r = base[i][0], g = base[i][1], b = base[i][2];
        } else if (i < 232) {
            int n = i - 16;
            static const uint8_t levels[6] = {0, 95, 135, 175, 215, 255};
            r = levels[n / 36], g = levels[n / 6 % 6], b = levels[n % 6];
        } else {
            r = g = b = 8 + 10 * (i - 232);
        }
        int distance = rgb_distance(rgb, r, g, b);
        if (distance < best_distance)
            best = i, best_distance = distance;
    }
    return (short)best;
}

static short colour_of(int32_t colour, int colours) {
    if (colour == COLOUR_DEFAULT)
        return -1;
    if (colour & COLOUR_RGB)
        return nearest(colour & 0xffffff, colours);
    if (colour < colours)
        return (short)colour;
    return (short)(colour < 16 ? colour % 8 : -1); /* bright on a terminal of 8: its dark twin */
}

struct colour_pair colours_near(const struct look *look, int colours) {
    enum { BLACK = 0, WHITE = 7 };
    struct colour_pair p = {.fg = colour_of(look->fg, colours), .bg = colour_of(look->bg, colours)};

    if (p.fg >= 0 && p.fg == p.bg && look->fg != look->bg)
        p.fg = p.bg == WHITE ? BLACK : WHITE; /* the dark twin of bright black would be unseen */
    return p;
}
