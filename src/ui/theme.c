/* theme.c - themes: the built-in looks of styles.def, and INI texts over them. */
#include "mix/theme.h"

#include "builtin_themes.h"
#include "mix/ini.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PALETTE_MAX = 64, WORD_MAX = 32 };

static const struct style_row {
    const char *key, *fg, *bg, *attrs;
} styles[] = {
#define STYLE(id, key, fg, bg, attrs) {key, fg, bg, attrs},
#include "mix/styles.def"
#undef STYLE
};
static_assert(MIX_COUNT(styles) == STYLE_COUNT, "one row a role");

static const char *const colour_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white"};

static const struct {
    const char *name;
    enum attr attr;
} attr_names[] = {{"bold", ATTR_BOLD},
                  {"dim", ATTR_DIM},
                  {"italic", ATTR_ITALIC},
                  {"underline", ATTR_UNDERLINE},
                  {"reverse", ATTR_REVERSE}};

/* What is known while a text is read. */
struct reader {
    struct theme *theme;
    struct {
        char name[WORD_MAX];
        int32_t colour;
    } palette[PALETTE_MAX];
    size_t n_palette;
    bool only_palette; /* the first pass: a style may use a colour defined below it */
    char complaint[160];
};

const char *style_key(enum style s) { return styles[s].key; }

/* ---- words ---- */

static bool hex_colour(const char *s, int32_t *out) {
    if (*s != '#' || strlen(s) != 7 || strspn(s + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *out = COLOUR_RGB | (int32_t)strtol(s + 1, NULL, 16);
    return true;
}

static bool index_colour(const char *s, int32_t *out) {
    if (strlen(s) > 3 || s[0] == '\0' || strspn(s, "0123456789") != strlen(s))
        return false;
    *out = (int32_t)strtol(s, NULL, 10);
    return *out < 256;
}

static bool named_colour(const struct reader *r, const char *s, int32_t *out) {
    for (size_t i = 0; i < r->n_palette; i++)
        if (strcmp(r->palette[i].name, s) == 0) {
            *out = r->palette[i].colour;
            return true;
        }
    for (int i = 0; i < 16; i++)
        if (strcmp(colour_names[i], s) == 0) {
            *out = i;
            return true;
        }
    *out = COLOUR_DEFAULT;
    return strcmp(s, "default") == 0;
}

static bool read_colour(const struct reader *r, const char *s, int32_t *out) {
    return hex_colour(s, out) || index_colour(s, out) || named_colour(r, s, out);
}

static uint8_t read_attr(const char *s) {
    for (size_t i = 0; i < MIX_COUNT(attr_names); i++)
        if (strcmp(attr_names[i].name, s) == 0)
            return (uint8_t)attr_names[i].attr;
    return 0;
}

/* The next blank-separated word; false at the end. A longer one than fits is cut and so unknown. */
static bool next_word(const char **at, char word[WORD_MAX]) {
    *at += strspn(*at, " \t");
    const size_t n = strcspn(*at, " \t");

    snprintf(word, WORD_MAX, "%.*s", (int)(n < WORD_MAX ? n : WORD_MAX - 1), *at);
    *at += n;
    return n > 0;
}

/* ---- reading ---- */

/* FG [on BG] [attribute...]. Leaves out unchanged and returns false on a word it does not know,
 * which is then in `word`. */
static bool read_look(const struct reader *r, const char *value, struct look *out,
                      char word[WORD_MAX]) {
    struct look look = {.fg = COLOUR_DEFAULT, .bg = COLOUR_DEFAULT};
    bool fg_seen = false;

    while (next_word(&value, word)) {
        const uint8_t attr = read_attr(word);

        if (attr) {
            look.attrs |= attr;
        } else if (strcmp(word, "on") == 0) {
            if (!next_word(&value, word) || !read_colour(r, word, &look.bg))
                return false;
        } else if (fg_seen || !read_colour(r, word, &look.fg)) {
            return false;
        } else {
            fg_seen = true;
        }
    }
    *out = look;
    return true;
}

static const char *read_style(struct reader *r, const struct ini_item *item) {
    char word[WORD_MAX] = "";

    for (int i = 0; i < STYLE_COUNT; i++) {
        if (strcmp(styles[i].key, item->key) != 0)
            continue;
        if (read_look(r, item->value, &r->theme->look[i], word))
            return NULL;
        snprintf(r->complaint, sizeof r->complaint, "%s: \"%s\" is no colour or attribute",
                 item->key, word);
        return r->complaint;
    }
    snprintf(r->complaint, sizeof r->complaint, "no role is called \"%.64s\"", item->key);
    return r->complaint;
}

static const char *read_palette(struct reader *r, const struct ini_item *item) {
    int32_t colour;
    size_t at = 0;

    if (strlen(item->key) >= WORD_MAX)
        return "the name of a colour is at most 31 bytes long";
    if (!read_colour(r, item->value, &colour)) {
        snprintf(r->complaint, sizeof r->complaint, "%s: \"%.64s\" is no colour", item->key,
                 item->value);
        return r->complaint;
    }
    while (at < r->n_palette && strcmp(r->palette[at].name, item->key) != 0)
        at++;
    if (at == PALETTE_MAX)
        return "a palette has at most 64 colours";
    if (at == r->n_palette)
        r->n_palette++;
    snprintf(r->palette[at].name, sizeof r->palette[at].name, "%s", item->key);
    r->palette[at].colour = colour;
    return NULL;
}

static const char *read_item(void *ctx, const struct ini_item *item) {
    struct reader *r = ctx;

    if (strcmp(item->section, "palette") == 0)
        return read_palette(r, item);
    if (strcmp(item->section, "style") == 0)
        return r->only_palette ? NULL : read_style(r, item);
    if (strcmp(item->section, "theme") == 0 && strcmp(item->key, "name") == 0) {
        snprintf(r->theme->name, sizeof r->theme->name, "%s", item->value);
        return NULL;
    }
    snprintf(r->complaint, sizeof r->complaint, "[%.32s] %.64s means nothing in a theme",
             item->section, item->key);
    return r->complaint;
}

static void set_defaults(struct theme *t) {
    static const struct reader no_palette;
    char word[WORD_MAX];

    *t = (struct theme){.name = "default"};
    for (int i = 0; i < STYLE_COUNT; i++) {
        char value[96];

        snprintf(value, sizeof value, "%s on %s %s", styles[i].fg, styles[i].bg, styles[i].attrs);
        const bool known = read_look(&no_palette, value, &t->look[i], word);

        assert(known);
        (void)known;
    }
}

int theme_read(struct theme *out, const char *name, const char *text, size_t n,
               struct buf *complaints) {
    struct reader r = {.theme = out, .only_palette = true};

    set_defaults(out);
    snprintf(out->name, sizeof out->name, "%s", name);
    ini_read(name, text, n, read_item, &r, NULL);
    r.only_palette = false;
    return ini_read(name, text, n, read_item, &r, complaints);
}

/* ---- the shipped ones ---- */

size_t theme_count(void) { return builtin_theme_count; }

const char *theme_name(size_t i) { return builtin_themes[i].name; }

enum rc theme_builtin(struct theme *out, const char *name, struct err *err) {
    char names[160] = "";

    for (size_t i = 0, n = 0; i < builtin_theme_count; i++) {
        const struct builtin_theme *b = &builtin_themes[i];

        if (strcmp(b->name, name) == 0) {
            theme_read(out, b->name, b->text, strlen(b->text), NULL);
            return RC_OK;
        }
        if (n < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", b->name);
    }
    return err_set(err, RC_USAGE, 0, "no theme is called \"%.40s\"; there are: %s", name, names);
}

void theme_mono(struct theme *t) {
    for (int i = 0; i < STYLE_COUNT; i++)
        t->look[i].fg = t->look[i].bg = COLOUR_DEFAULT;
}

/* ---- contrast ---- */

/* xterm's colours: the 16, the cube of 6x6x6, 24 greys. */
static int32_t rgb_of(int32_t colour) {
    static const int32_t first[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                      0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                      0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const int32_t step[6] = {0, 95, 135, 175, 215, 255};

    if (colour & COLOUR_RGB)
        return colour & 0xffffff;
    if (colour < 16)
        return first[colour];
    if (colour >= 232)
        return (8 + 10 * (colour - 232)) * 0x010101;
    colour -= 16;
    return step[colour / 36] << 16 | step[colour / 6 % 6] << 8 | step[colour % 6];
}

/* x to the 2.4: its square times the fifth root of that, by Newton; spares linking libm. */
static double gamma_of(double x) {
    double root = 1;

    for (int i = 0; i < 40; i++)
        root = (4 * root + x * x / (root * root * root * root)) / 5;
    return x * x * root;
}

static double luminance(int32_t rgb) {
    static const double weight[3] = {0.0722, 0.7152, 0.2126};
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        const double v = (rgb >> (8 * i) & 0xff) / 255.0;

        sum += weight[i] * (v <= 0.04045 ? v / 12.92 : gamma_of((v + 0.055) / 1.055));
    }
    return sum;
}

double colour_contrast(int32_t fg, int32_t bg, enum background bgkind) {
    const bool light = bgkind == BACKGROUND_LIGHT;
    const int32_t ink = light ? 0x000000 : 0xffffff, paper = light ? 0xffffff : 0x000000;
    const double a = luminance(fg == COLOUR_DEFAULT ? ink : rgb_of(fg));
    const double b = luminance(bg == COLOUR_DEFAULT ? paper : rgb_of(bg));

    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

/* ---- the terminal's background ---- */

static int hex_value(char c) {
    const char *digits = "0123456789abcdef",
               *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* One channel of 1 to `most` digits as 0 to 255; *s moves past it. Negative: there is none. */
static int read_channel(const char **s, int most) {
    int value = 0, scale = 0;

    for (int i = 0; i < most && hex_value(**s) >= 0; i++, (*s)++) {
        value = value * 16 + hex_value(**s);
        scale = scale * 16 + 15;
    }
    return scale ? value * 255 / scale : -1;
}

enum background background_read(const char *answer) {
    enum { MIDDLE = 140 };
    const bool hash = answer[0] == '#';
    const char *s = hash ? answer + 1 : strchr(answer, ':');
    int rgb[3];

    if (!s || (!hash && strncmp(answer, "rgb:", 4) != 0 && strncmp(answer, "rgba:", 5) != 0))
        return BACKGROUND_UNKNOWN;
    for (int i = 0; i < 3; i++) {
        if (!hash && *s++ != (i ? '/' : ':'))
            return BACKGROUND_UNKNOWN;
        rgb[i] = read_channel(&s, hash ? 2 : 4);
        if (rgb[i] < 0)
            return BACKGROUND_UNKNOWN;
    }
    return (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000 > MIDDLE ? BACKGROUND_LIGHT
                                                                        : BACKGROUND_DARK;
}
