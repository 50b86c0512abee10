/* theme.h - what each role looks like. A theme is an INI text: [theme] name, [palette] name =
 * colour, [style] role = FG [on BG] [attribute...]; palette names stand for colours. Pure. */
#ifndef MIX_THEME_H
#define MIX_THEME_H

#include "mix/canvas.h"

#define COLOUR_DEFAULT (-1)
#define COLOUR_RGB     0x1000000 /* | 0xrrggbb; below 256: palette index */
struct look {
    int32_t fg, bg;
    uint8_t attrs;
};
struct theme {
    char name[32];
    struct look look[STYLE_COUNT];
};
enum background { BACKGROUND_UNKNOWN, BACKGROUND_DARK, BACKGROUND_LIGHT };

/* An answer to OSC 11: "rgb:f/f/f" to "rgb:ffff/ffff/ffff", "rgba:..." or "#rrggbb". */
enum background background_read(const char *answer);
size_t theme_count(void); /* the compiled-in ones, from themes/ */
const char *theme_name(size_t i);
/* A compiled-in theme by name. Fails: RC_USAGE naming those that exist. */
enum rc theme_builtin(struct theme *out, const char *name, struct err *err);
/* Reads a theme text over the defaults of styles.def; complaints as ini_read has them. Returns
 * their count. */
int theme_read(struct theme *out, const char *name, const char *text, size_t n,
               struct buf *complaints);
/* drops colours, keeps attributes: NO_COLOR and terminals without colour */
void theme_mono(struct theme *t);
const char *style_key(enum style s);
/* Contrast of two colours by WCAG 2 (1..21); default colours are judged by the background. For
 * tests. */
double colour_contrast(int32_t fg, int32_t bg, enum background bgkind);

#endif
