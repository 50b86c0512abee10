/* harness_picture.c - the screen as a picture that a browser shows. */
#include "harness.h"

#include <stdio.h>
#include <string.h>

enum { CELL_W = 9, CELL_H = 19, BASE = 14 };

struct look {
    uint32_t fg, bg;
};

static struct look look_of(const struct screen_cell *c, enum screen_paper paper) {
    const uint32_t ink = paper == PAPER_LIGHT ? 0x202020 : 0xd0d0d0;
    const uint32_t sheet = paper == PAPER_LIGHT ? 0xffffff : 0x101214;
    const struct look l = {c->fg_default ? ink : c->fg, c->bg_default ? sheet : c->bg};

    return c->reverse ? (struct look){l.bg, l.fg} : l;
}

static void add_text(struct buf *b, const char *text) {
    for (; *text; text++)
        switch (*text) {
        case '<':
            buf_adds(b, "&lt;");
            break;
        case '>':
            buf_adds(b, "&gt;");
            break;
        case '&':
            buf_adds(b, "&amp;");
            break;
        default:
            buf_add(b, text, 1);
            break;
        }
}

static void add_cell(struct buf *b, int x, int y, const struct screen_cell *c, struct look l) {
    buf_addf(b, "<text x=\"%d\" y=\"%d\" fill=\"#%06x\"%s%s%s>", x * CELL_W, y * CELL_H + BASE,
             l.fg, c->bold ? " font-weight=\"bold\"" : "",
             c->italic ? " font-style=\"italic\"" : "",
             c->underline ? " text-decoration=\"underline\"" : "");
    add_text(b, c->text);
    buf_adds(b, "</text>\n");
}

bool screen_draw(struct screen *s, const char *path, enum screen_paper paper) {
    auto_buf struct buf b = {.max = 64 * MIX_MIB};
    const int w = screen_cols(s) * CELL_W, h = screen_rows(s) * CELL_H;

    buf_addf(&b,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
             "font-family=\"monospace\" font-size=\"15\" shape-rendering=\"crispEdges\" "
             "xml:space=\"preserve\">\n",
             w, h);
    for (int y = 0; y < screen_rows(s); y++)
        for (int x = 0; x < screen_cols(s); x++) {
            const struct screen_cell c = screen_cell(s, x, y);

            buf_addf(&b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
                     x * CELL_W, y * CELL_H, CELL_W, CELL_H, look_of(&c, paper).bg);
        }
    for (int y = 0; y < screen_rows(s); y++)
        for (int x = 0; x < screen_cols(s); x++) {
            const struct screen_cell c = screen_cell(s, x, y);

            if (c.text[0] && strcmp(c.text, " ") != 0)
                add_cell(&b, x, y, &c, look_of(&c, paper));
        }
    buf_adds(&b, "</svg>\n");
    FILE *out = fopen(path, "w");
    const bool written = out && fwrite(buf_str(&b), 1, b.n, out) == b.n;

    return (out && fclose(out) == 0) && written;
}
