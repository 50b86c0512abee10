/* harness.h - the program as a person meets it: on a pseudo-terminal, its screen read back through
 * libvterm, its server a child on 127.0.0.1.
 *
 * Every wait is driven by events and bounded; one that fails prints the screen. Everything started
 * here is ended by its pid in screen_teardown, which every test uses as its cmocka teardown. */
#ifndef MIX_TESTS_SCREEN_HARNESS_H
#define MIX_TESTS_SCREEN_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mix/base.h"

/* ---- the test's own directory: HOME, state and whatever a test puts there ---- */
const char *screen_dir(void);              /* absolute; made at first use, gone after the test */
const char *screen_path(const char *name); /* below it; borrowed until the 16th call after */
const char *screen_file(const char *name, const char *text); /* makes it, with directories */
bool screen_read_file(struct buf *out, const char *path);
int screen_teardown(void **state);
/* Runs a group; TEST=pattern in the environment runs only what it fits. */
#define screen_run(tests)                                                                          \
    (cmocka_set_test_filter(getenv("TEST")), cmocka_run_group_tests(tests, NULL, NULL))

/* ---- the program ---- */
struct screen_setup {
    int cols, rows;          /* 0: 80 and 24 */
    const char *program;     /* NULL: mixtui */
    const char *const *args; /* behind argv[0]; ends with NULL; may be NULL */
    const char *const *env;  /* NAME=value, or NAME to take it away; ends with NULL; may be NULL */
    const char *dir;         /* where it starts; NULL: screen_dir() */
    enum { SCREEN_TTY, SCREEN_NO_STDIN, SCREEN_NO_STDOUT } tty;
    long file_limit; /* RLIMIT_FSIZE in bytes; 0: none */
};
struct screen;
struct screen *screen_start(const struct screen_setup *setup);
int screen_pid(const struct screen *s);
void screen_stop(struct screen *s);      /* ends it now; s is gone */
void screen_stop_line(struct screen *s); /* closes the terminal under it; nothing is seen after */
bool screen_ended(struct screen *s);
void screen_at_exit(void); /* the teardown for programs that are no tests */

/* ---- looking ---- */
struct screen_cell {
    char text[32]; /* UTF-8; " " when blank; "" for the right half of a wide one */
    bool bold, underline, italic, reverse;
    bool fg_default, bg_default;
    uint32_t fg, bg; /* 0xrrggbb */
};
int screen_cols(const struct screen *s);
int screen_rows(const struct screen *s);
const char *screen_row(struct screen *s, int y);     /* trailing blanks cut; until the next look */
const char *screen_text(struct screen *s);           /* all rows, each ended by \n */
bool screen_has(struct screen *s, const char *text); /* within one row */
/* the first place, in cells */
bool screen_find(struct screen *s, const char *text, int *x, int *y);
struct screen_cell screen_cell(const struct screen *s, int x, int y);
void screen_cursor(const struct screen *s, int *x, int *y, bool *visible);
bool screen_alternate(const struct screen *s);
int screen_bells(const struct screen *s);
void screen_dump(struct screen *s, const char *why);
/* The screen as an SVG file, for people; what has no colour of its own is light on dark, or dark on
 * light. */
enum screen_paper { PAPER_DARK, PAPER_LIGHT };
bool screen_draw(struct screen *s, const char *path, enum screen_paper paper);
size_t screen_written(const struct screen *s); /* bytes the program wrote so far */
uint64_t screen_heard(const struct screen *s); /* clock_ns() when the last of them were read */
const char *screen_raw(const struct screen *s, size_t *n);
/* Only sequences that ncurses and mixtui are known to send, and no invisible characters. */
bool screen_output_is_clean(struct screen *s, char *why, size_t size);
#define screen_assert_clean(s)                                                                     \
    do {                                                                                           \
        char why_[160];                                                                            \
        if (!screen_output_is_clean(s, why_, sizeof why_))                                         \
            screen_failed(s, why_, __FILE__, __LINE__);                                            \
    } while (0)
/* Same line settings as before the program started. */
bool screen_line_restored(const struct screen *s);

/* ---- waiting; each fails the test with the screen when the time is over ---- */
enum { SCREEN_MS = 20000 }; /* long enough for a loaded machine and sanitizers */
#define screen_wait(s, text)      screen_wait_here(s, text, SCREEN_MS, __FILE__, __LINE__)
#define screen_wait_ms(s, t, ms)  screen_wait_here(s, t, ms, __FILE__, __LINE__)
#define screen_wait_gone(s, text) screen_wait_gone_here(s, text, SCREEN_MS, __FILE__, __LINE__)
/* until the text is there bold and underlined */
#define screen_wait_armed(s, t) screen_wait_armed_here(s, t, SCREEN_MS, __FILE__, __LINE__)
#define screen_wait_exit(s)     screen_wait_exit_here(s, SCREEN_MS, __FILE__, __LINE__)
#define screen_wait_stopped(s)  screen_wait_stopped_here(s, SCREEN_MS, __FILE__, __LINE__)
/* until nothing was written for `q` ms, counted from now on */
#define screen_wait_quiet(s, q) screen_wait_quiet_here(s, q, SCREEN_MS, __FILE__, __LINE__)
#define screen_wait_that(s, condition)                                                             \
    do {                                                                                           \
        int64_t until_ = clock_now() + SCREEN_MS;                                                  \
        while (!(condition))                                                                       \
            if (clock_now() > until_ || !screen_pump(s, 50))                                       \
                screen_failed(s, #condition, __FILE__, __LINE__);                                  \
    } while (0)
void screen_wait_here(struct screen *s, const char *text, int ms, const char *file, int line);
void screen_wait_gone_here(struct screen *s, const char *text, int ms, const char *file, int line);
void screen_wait_armed_here(struct screen *s, const char *text, int ms, const char *file, int line);
/* the exit code, or 128 + signal */
int screen_wait_exit_here(struct screen *s, int ms, const char *file, int line);
void screen_wait_stopped_here(struct screen *s, int ms, const char *file, int line);
void screen_wait_quiet_here(struct screen *s, int quiet, int ms, const char *file, int line);
/* Takes in what was written within `ms`, returning at the first bytes. False: the program ended. */
bool screen_pump(struct screen *s, int ms);
void screen_pause(struct screen *s, int ms); /* a person who does nothing for so long */
void screen_pause_alone(int ms);             /* without looking at any screen */
void screen_failed(struct screen *s, const char *what, const char *file, int line);

/* ---- doing ---- */
#define KEY_ESC     "\033"
#define KEY_ENTER   "\r"
#define KEY_CTRL(c) ((const char[]){(c)&31, 0})
#define KEY_UP      "\033[A"
#define KEY_DOWN    "\033[B"
#define KEY_RIGHT   "\033[C"
#define KEY_LEFT    "\033[D"
#define KEY_PGUP    "\033[5~"
#define KEY_PGDN    "\033[6~"
#define KEY_LEADER  "\030"
void screen_keys(struct screen *s, const char *keys);
void screen_bytes(struct screen *s, const char *p, size_t n);
void screen_paste(struct screen *s, const char *text); /* bracketed */
void screen_resize(struct screen *s, int cols, int rows);
void screen_signal(struct screen *s, int number);
/* Somebody else's output on the same terminal, which the program does not know of. */
void screen_scribble(struct screen *s, const char *bytes);

/* ---- servers ---- */
struct peer {
    int pid, port;
    int in; /* its life: closing it ends it; -1 */
    char url[64];
    char log[512]; /* a tap's record of what clients sent */
};
struct peer *demo_start(const char *const *args); /* mixtui-demo, behind --port 0; ends with NULL */
/* Passes everything on to `port`, writes what clients send to `log`. Port 0: a free one. */
struct peer *tap_start(int port, int own_port);
/* Answers every connection with these bytes and closes it. */
struct peer *raw_start(const char *bytes);
void server_stop(struct peer *v);
/* What clients sent through a tap so far. */
void tap_log(const struct peer *v, struct buf *out);
size_t tap_count(const struct peer *v, const char *text);
/* A port nobody listens on. */
int unused_port(void);
/* The status; 0: no answer. The body goes to out, which may be NULL. */
int http_call(int port, const char *method, const char *path, const char *body, struct buf *out);
/* The value of the nth `"key":"..."`, undecoded; false when there are not so many. */
bool json_string(char *out, size_t size, const char *json, const char *key, size_t nth);
/* Creates a session; its id. */
void demo_session(const struct peer *v, const char *title, char id[40]);
void demo_send(const struct peer *v, const char *id, const char *text);

#endif
