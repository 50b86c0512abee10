/* curses.c - the only file that knows ncurses. Output goes through its diff; input never does
 * (decode.c). */
#include "mix/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "bare.h"
#include "clipboard.h"
#include "known.h"
#include "notify.h"
#include "output.h"
#include "pairs.h"
#include "private.h"
#include "terminfo.h"

enum { PAIR_MAX = 512 };

struct term {
    SCREEN *screen;
    struct output output;
    struct decoder *decoder;
    struct canvas shown; /* what ncurses was told last; width 0 before the first flush */
    struct theme theme;
    int colours;
    attr_t attrs[STYLE_COUNT];
    int pair_of[STYLE_COUNT], pair_on[2][STYLE_COUNT]; /* on the ground of what changed */
    struct colour_pair pairs[PAIR_MAX]; /* index is the pair's number; 0 is the terminal's own */
    int n_pairs;
    struct pairs pictures; /* behind those of the styles */
    bool repaint, inside, hung_up;
    struct buf bare; /* what is shown without a screen, and how far it is out */
    size_t bare_at;
    bool bared;
    bool lent;  /* to another program */
    bool mouse; /* is reported while we are on the screen */
    bool cursor_on;
    enum { PICTURED_NOTHING, PICTURED_SIXEL, PICTURED_KITTY } pictured;
    char *title;      /* what it should be; NULL: nobody asked */
    bool title_shown; /* it is */
    /* How the title before is given back: terminfo does it with the screen, we do, or nobody can.
     */
    enum { TITLES_OFF, TITLES_BY_TERMINFO, TITLES_KEPT, TITLES_LOST } titles;
};

/* What term_rescue needs, filled before the screen is taken over; nothing in it changes afterwards.
 */
static struct {
    struct termios saved;
    char bytes[256];
    size_t n;
    volatile bool armed;
} rescue;

static const char modes_on[] = "\033[?2004h\033[?1004h";
static const char modes_off[] = "\033[?2004l\033[?1004l";
static const char mouse_on[] = "\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l";

/* ---- opening ---- */
static enum rc check_terminal(struct err *err) {
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, RC_USAGE, 0,
                       "%s is no terminal: mixtui is a program for one; mixtui --help says more",
                       isatty(STDIN_FILENO) ? "standard output" : "standard input");
    const char *name = getenv("TERM");
    if (str_blank(name))
        return err_set(err, RC_USAGE, 0, "TERM is not set: try TERM=xterm-256color mixtui");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        return err_set(err, RC_USAGE, 0, "the locale %s has no UTF-8: try LANG=C.UTF-8 mixtui",
                       setlocale(LC_CTYPE, NULL));
    if (!terminfo_load())
        return err_set(err, RC_USAGE, 0,
                       "no description of the terminal TERM=%.60s: try TERM=xterm-256color mixtui",
                       name);
    const bool moves = terminfo_string("cup") != NULL;
    terminfo_drop(); /* newterm loads its own */
    if (!moves)
        return err_set(err, RC_USAGE, 0,
                       "the terminal TERM=%.60s cannot move its cursor: mixtui needs one that can; "
                       "try TERM=xterm-256color",
                       name);
    return RC_OK;
}

/* Without the delays `$<5>` that terminfo writes into strings of old terminals. */
static void rescue_add(const char *capability) {
    for (const char *p = capability; p && *p && rescue.n < sizeof rescue.bytes; p++) {
        const char *end = p[0] == '$' && p[1] == '<' ? strchr(p, '>') : NULL;
        if (end)
            p = end;
        else
            rescue.bytes[rescue.n++] = *p;
    }
}

static const char title_keep[] = "\033[22;2t", title_back[] = "\033[23;2t",
                  title_none[] = "\033]2;\033\\";

static void rescue_arm(void) {
    rescue.n = 0;
    rescue_add("\033\\"); /* half a picture may be out: what follows is no part of it */
    rescue_add(modes_off);
    rescue_add(mouse_off);
    rescue_add(terminfo_string("sgr0"));
    rescue_add(terminfo_string("cnorm"));
    rescue_add(terminfo_string("rmkx"));
    rescue_add(terminfo_string("rmcup"));
    rescue_add("\r\n");
    rescue.armed = true;
}

void term_rescue(void) {
    if (!rescue.armed)
        return;
    rescue.armed = false;
    output_raw(rescue.bytes, rescue.n);
    tcsetattr(STDIN_FILENO, TCSANOW, &rescue.saved);
}

/* What terminfo says of keys, beside the sequences the decoder knows by itself. */
static void learn_keys(struct decoder *d) {
    static const struct {
        const char *capability;
        uint32_t code;
    } table[] = {
        {"kcuu1", K_UP},     {"kcud1", K_DOWN},   {"kcub1", K_LEFT},    {"kcuf1", K_RIGHT},
        {"khome", K_HOME},   {"kend", K_END},     {"kpp", K_PGUP},      {"knp", K_PGDN},
        {"kich1", K_INSERT}, {"kdch1", K_DELETE}, {"kbs", K_BACKSPACE}, {"kcbt", K_BACKTAB},
        {"kf1", K_F1},       {"kf2", K_F2},       {"kf3", K_F3},        {"kf4", K_F4},
        {"kf5", K_F5},       {"kf6", K_F6},       {"kf7", K_F7},        {"kf8", K_F8},
        {"kf9", K_F9},       {"kf10", K_F10},     {"kf11", K_F11},      {"kf12", K_F12},
    };
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        const char *sequence = terminfo_string(table[i].capability);
        if (sequence)
            decoder_add(d, sequence, (struct key){.code = table[i].code});
    }
}

static int title_way(const char *name) {
    static const char *const forgetful[] = {"rxvt", "st-"};
    const char *enter = terminfo_string("smcup");

    if (!answers_osc(name) && str_blank(getenv("TMUX")))
        return TITLES_OFF; /* it might print it */
    if (enter && strstr(enter, "[22;"))
        return TITLES_BY_TERMINFO;
    return is_named(name, forgetful, MIX_COUNT(forgetful)) ? TITLES_LOST : TITLES_KEPT;
}

/* Asks without waiting: what it is, which tells of sixel; and where it can be the outermost
 * terminal, whether it shows pictures as kitty does. */
static void ask_abilities(const char *name) {
    static const char kitty[] = "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\";
    static const char *const identify[] = {"screen", "mlterm"};
    static const char *const outermost[] = {"xterm",     "kitty",   "wezterm", "foot",
                                            "alacritty", "konsole", "contour", "ghostty"};

    if (answers_osc(name) || is_named(name, identify, MIX_COUNT(identify)))
        output_raw("\033[c", 3);
    const char *program = getenv("TERM_PROGRAM");
    const bool prints =
        program && strcmp(program, "Apple_Terminal") == 0; /* what it does not know */

    if (!prints && str_blank(getenv("TMUX")) && is_named(name, outermost, MIX_COUNT(outermost)))
        output_raw(kitty, sizeof kitty - 1);
}

enum rc term_open(struct term **out, struct err *err) {
    enum rc rc = check_terminal(err);
    if (rc != RC_OK)
        return rc;
    tcgetattr(STDIN_FILENO, &rescue.saved);
    struct output output = {0};
    SCREEN *screen = output_open(&output) ? newterm(NULL, output.file, stdin) : NULL;
    if (!screen) {
        if (output.file)
            output_close(&output);
        return err_set(err, RC_USAGE, 0, "could not start the screen on TERM=%.60s",
                       getenv("TERM"));
    }
    rescue_arm();
    struct term *t = xcalloc(1, sizeof *t);
    t->screen = screen;
    t->output = output;
    t->output.off = str_eq(terminfo_string("rmul"), "\033[24m") ? OFF_SINGLY : OFF_BY_RESET;
    t->decoder = decoder_new();
    learn_keys(t->decoder);
    raw();
    noecho();
    nonl();
    typeahead(-1);
    keypad(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    const char *no_color = getenv("NO_COLOR");
    if (str_blank(no_color) && has_colors() && start_color() == OK) {
        use_default_colors();
        t->colours = COLORS;
    }
    t->n_pairs = 1;
    if (t->colours >= 256)
        pairs_init(&t->pictures, PAIR_MAX, COLOR_PAIRS);
    t->inside = true;
    t->cursor_on = true;
    t->repaint = true;
    t->titles = title_way(getenv("TERM"));
    if (t->titles == TITLES_KEPT)
        rescue_add(title_back);
    else if (t->titles == TITLES_LOST)
        rescue_add(title_none);
    output_raw(modes_on, sizeof modes_on - 1);
    if (answers_osc(getenv("TERM")))
        output_raw("\033]11;?\033\\", 8);
    ask_abilities(getenv("TERM"));
    theme_builtin(&t->theme, "default", NULL);
    term_theme(t, &t->theme);
    *out = t;
    return RC_OK;
}

void term_free(struct term *t) {
    if (!t)
        return;
    term_leave(t);
    rescue.armed = false;
    delscreen(t->screen);
    output_close(&t->output);
    decoder_free(t->decoder);
    canvas_fini(&t->shown);
    pairs_fini(&t->pictures);
    buf_fini(&t->bare);
    free(t->title);
    free(t);
}

/* ---- the title ---- */
static void title_show(struct term *t) {
    auto_buf struct buf told = {.max = 4 * MIX_KIB};

    if (!t->title || t->title_shown || !t->inside || t->titles == TITLES_OFF)
        return;
    notify_title(&told, t->title);
    output_raw(told.p, told.n);
    t->title_shown = true;
}

/* Before anything else is the first: until then the title is the shell's. */
void term_title(struct term *t, const char *text) {
    if (str_eq(t->title, text))
        return;
    if (!t->title && t->titles == TITLES_KEPT)
        output_raw(title_keep, sizeof title_keep - 1);
    free(t->title);
    t->title = xstrdup(text);
    t->title_shown = false;
}

static void title_give_back(struct term *t) {
    if (t->title_shown && t->titles == TITLES_KEPT)
        output_raw(title_back, sizeof title_back - 1);
    else if (t->title_shown && t->titles == TITLES_LOST)
        output_raw(title_none, sizeof title_none - 1);
    t->title_shown = false;
}

/* ---- calls ---- */
void term_notify(struct term *t, enum desktop how, const char *title, const char *text) {
    auto_buf struct buf told = {.max = 4 * MIX_KIB};

    notify_sequence(&told, how, title, text);
    if (t->inside || t->bared)
        output_raw(buf_str(&told), told.n);
}

static void bare_end(struct term *t) {
    if (!t->bared)
        return;
    t->bared = false;
    buf_fini(&t->bare);
    output_raw(modes_off, sizeof modes_off - 1);
    reset_shell_mode();
}

void term_leave(struct term *t) {
    bare_end(t);
    if (!t->inside)
        return;
    term_picture_end(t);
    title_give_back(t);
    output_raw(modes_off, sizeof modes_off - 1);
    if (t->mouse)
        output_raw(mouse_off, sizeof mouse_off - 1);
    curs_set(1);
    endwin();
    t->inside = false;
}

void term_lend(struct term *t) {
    term_leave(t);
    t->lent = true;
}

void term_enter(struct term *t) {
    if (t->inside)
        return;
    bare_end(t);
    t->inside = true;
    t->lent = false;
    t->cursor_on = true;
    reset_prog_mode(); /* now: while a frame is held curses does not reach the terminal's line */
    output_raw(modes_on, sizeof modes_on - 1);
    if (t->title && t->titles == TITLES_KEPT)
        output_raw(title_keep, sizeof title_keep - 1);
    if (t->mouse)
        output_raw(mouse_on, sizeof mouse_on - 1);
    keypad(stdscr, TRUE); /* endwin ended it, and only getch would begin it again */
    term_resized(t);
    term_redraw(t);
}

void term_mouse(struct term *t) {
    t->mouse = true;
    if (t->inside)
        output_raw(mouse_on, sizeof mouse_on - 1);
}

/* ---- without a screen ---- */
void term_bare(struct term *t, const char *text) {
    static const char paste_on[] = "\033[?2004h", end[] = "\r\n-- any key returns to mixtui --\r\n";
    const enum bare_links links = answers_osc(getenv("TERM")) ? BARE_LINKS : BARE_PLAIN;

    term_leave(t);
    reset_prog_mode(); /* keys come one by one, unechoed */
    t->bared = true;
    t->bare_at = 0;
    buf_init(&t->bare, 64 * MIX_MIB);
    (void)buf_adds(&t->bare, paste_on);
    (void)bare_sequence(&t->bare, text, strlen(text), links);
    (void)buf_adds(&t->bare, end);
}

int term_bare_fd(const struct term *t) {
    return t->bared && t->bare_at < t->bare.n ? STDOUT_FILENO : -1;
}

void term_bare_more(struct term *t) {
    enum { PIECE = 4096 }; /* a slow line holds the loop no longer than for this */
    const size_t left = t->bare.n - t->bare_at, n = left < PIECE ? left : PIECE;

    output_raw(t->bare.p + t->bare_at, n);
    t->bare_at += n;
}

/* ---- keys ---- */
int term_fd(const struct term *t) {
    (void)t;
    return STDIN_FILENO;
}

void term_read(struct term *t, int64_t now) {
    char bytes[16384];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n > 0)
        decoder_feed(t->decoder, bytes, (size_t)n, now);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        t->hung_up = true;
}

bool term_key(struct term *t, struct key *out, int64_t now) {
    if (decoder_next(t->decoder, out, now))
        return true;
    *out = (struct key){.code = K_HANGUP};
    return t->hung_up;
}

int64_t term_deadline(const struct term *t) { return decoder_deadline(t->decoder); }

/* ---- size ---- */
void term_size(const struct term *t, int *cols, int *rows) {
    (void)t;
    *cols = COLS;
    *rows = LINES;
}

void term_cell(const struct term *t, int *w, int *h) {
    enum { USUAL_W = 8, USUAL_H = 16, MOST = 128 };
    struct winsize size = {0};

    (void)t;
    *w = USUAL_W;
    *h = USUAL_H;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return;
    const int cell_w = size.ws_xpixel / size.ws_col, cell_h = size.ws_ypixel / size.ws_row;

    if (cell_w >= 2 && cell_w <= MOST && cell_h >= 2 && cell_h <= MOST) {
        *w = cell_w;
        *h = cell_h;
    }
}

void term_resized(struct term *t) {
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return;
    if (size.ws_col != COLS || size.ws_row != LINES)
        resizeterm(size.ws_row, size.ws_col);
    t->repaint = true;
}

/* ---- looks ---- */
int term_colours(const struct term *t) { return t->colours; }

static int pair_for(struct term *t, const struct look *look) {
    if (t->colours == 0)
        return 0;
    const struct colour_pair want = colours_near(look, t->colours);
    if (want.fg < 0 && want.bg < 0)
        return 0;
    for (int i = 1; i < t->n_pairs; i++)
        if (t->pairs[i].fg == want.fg && t->pairs[i].bg == want.bg)
            return i;
    if (t->n_pairs >= PAIR_MAX || t->n_pairs >= COLOR_PAIRS ||
        init_extended_pair(t->n_pairs, want.fg, want.bg) != OK)
        return 0;
    t->pairs[t->n_pairs] = want;
    return t->n_pairs++;
}

/* The colours of a style on the background of another; its own where no pair is left. */
static int pair_upon(struct term *t, enum style s, enum style ground) {
    const struct look look = {.fg = t->theme.look[s].fg, .bg = t->theme.look[ground].bg};
    const int pair = look.bg == t->theme.look[s].bg ? 0 : pair_for(t, &look);

    return pair > 0 ? pair : t->pair_of[s];
}

static attr_t attrs_of(unsigned attrs) {
    return (attrs & ATTR_BOLD ? WA_BOLD : 0) | (attrs & ATTR_DIM ? WA_DIM : 0) |
           (attrs & ATTR_ITALIC ? WA_ITALIC : 0) | (attrs & ATTR_UNDERLINE ? WA_UNDERLINE : 0) |
           (attrs & ATTR_REVERSE ? WA_REVERSE : 0) |
           (attrs & ATTR_STRIKE ? WA_DIM : 0); /* curses strikes nothing through */
}

void term_theme(struct term *t, const struct theme *theme) {
    t->theme = *theme;
    if (t->colours == 0)
        theme_mono(&t->theme);
    /* the Linux console has underlines only without colour, and ncurses leaves them out */
    const bool underline_lost = terminfo_number("ncv") & 2;
    for (int i = 0; i < STYLE_COUNT; i++) {
        t->attrs[i] = attrs_of(t->theme.look[i].attrs);
        t->pair_of[i] = pair_for(t, &t->theme.look[i]);
        if (underline_lost && t->pair_of[i] != 0 && (t->attrs[i] & WA_UNDERLINE))
            t->attrs[i] = (t->attrs[i] & ~WA_UNDERLINE) | WA_REVERSE;
    }
    for (int i = STYLE_CODE_TEXT; i <= STYLE_CODE_META; i++) {
        t->pair_on[0][i] = pair_upon(t, (enum style)i, STYLE_DIFF_ADD);
        t->pair_on[1][i] = pair_upon(t, (enum style)i, STYLE_DIFF_DEL);
    }
    t->repaint = true;
}

/* ---- drawing ---- */
static int picture_pair(struct term *t, uint16_t extra, const struct canvas *next) {
    bool fresh;
    const int pair = pairs_get(&t->pictures, extra, &t->shown, next, &fresh);

    if (fresh && init_extended_pair(pair, colour_number(extra & 255, t->colours),
                                    colour_number(extra >> 8, t->colours)) != OK)
        return 0;
    return pair;
}

static int pair_of(struct term *t, const struct cell *c, const struct canvas *next) {
    const unsigned ground = c->extra >> 8;

    if (c->style == STYLE_PICTURE)
        return picture_pair(t, c->extra, next);
    return ground > 0 && c->style >= STYLE_CODE_TEXT && c->style <= STYLE_CODE_META
               ? t->pair_on[ground == GROUND_REMOVED >> 8][c->style]
               : t->pair_of[c->style];
}

static void tell_cell(struct term *t, int x, int y, const struct cell *c,
                      const struct canvas *next) {
    const bool picture = c->style == STYLE_PICTURE;
    const attr_t attrs = t->attrs[c->style] | (picture || !c->extra ? 0 : attrs_of(c->extra));
    int pair = pair_of(t, c, next);
    wchar_t text[5];
    cchar_t cc;
    const int used = cell_text(c, text);
    if (setcchar(&cc, text, attrs, (short)pair, &pair) == OK)
        mvadd_wch(y, x, &cc);
    if (used < c->width && setcchar(&cc, L" ", attrs, (short)pair, &pair) == OK)
        mvadd_wch(y, x + 1, &cc);
}

static void tell_row(struct term *t, const struct canvas *c, int y) {
    size_t at = (size_t)y * c->w;
    const struct cell *now = c->cells + at;
    struct cell *was = t->shown.cells + at;
    if (!t->repaint && memcmp(now, was, c->w * sizeof *now) == 0)
        return;
    for (int x = 0; x < c->w; x++) {
        bool same = !t->repaint && memcmp(&now[x], &was[x], sizeof *now) == 0;
        if (!same && now[x].width > 0)
            tell_cell(t, x, y, &now[x], c);
    }
    memcpy(was, now, c->w * sizeof *now);
}

void term_flush(struct term *t, const struct canvas *c) {
    if (!t->inside || c->w != COLS || c->h != LINES)
        return;
    if (t->shown.w != c->w || t->shown.h != c->h) {
        canvas_fini(&t->shown);
        canvas_init(&t->shown, c->w, c->h);
        t->repaint = true;
    }
    pairs_frame(&t->pictures);
    for (int y = 0; y < c->h; y++)
        tell_row(t, c, y);
    if (!isendwin()) /* coming back from the shell it sets the line, which memory has not */
        output_hold(&t->output);
    bool on = c->cursor_x >= 0 && c->cursor_y >= 0;
    if (on)
        move(c->cursor_y, c->cursor_x);
    if (on != t->cursor_on)
        curs_set(on ? 1 : 0);
    t->cursor_on = on;
    t->repaint = false;
    refresh();
    output_release(&t->output);
    title_show(t); /* behind what the first frame after a pause keeps the old one with */
}

void term_redraw(struct term *t) {
    t->repaint = true;
    clearok(curscr, TRUE);
}

void term_picture(struct term *t, int x, int y, const char *p, size_t n) {
    char to[48];

    if (!t->inside)
        return;
    /* curses does not learn that the cursor was elsewhere */
    const int len = snprintf(to, sizeof to, "\0337\033[%d;%dH", y + 1, x + 1);

    output_raw(to, (size_t)len);
    output_raw(p, n);
    output_raw("\0338", 2);
    t->pictured = p[0] && p[1] == '_' ? PICTURED_KITTY : PICTURED_SIXEL;
}

void term_picture_end(struct term *t) {
    if (t->inside && t->pictured == PICTURED_KITTY)
        output_raw("\033_Ga=d,q=2\033\\", 12); /* else it stays over what is painted */
    if (t->pictured)
        term_redraw(t);
    t->pictured = PICTURED_NOTHING;
}

void term_bell(struct term *t) {
    if (t->inside)
        beep();
    else if (t->bared || t->lent)
        output_raw("\a", 1);
}

enum rc term_copy(struct term *t, const char *text, size_t n) {
    enum { MOST = 256 << 10 }; /* terminals that take it take about so much */
    auto_buf struct buf told = {.max = 2 * (size_t)MOST};

    if (!t->inside || !answers_osc(getenv("TERM")))
        return RC_IO;
    if (n > MOST || clipboard_sequence(&told, text, n) != RC_OK)
        return RC_LIMIT;
    output_raw(told.p, told.n);
    return RC_OK;
}
