/* A reader walks through a thread of hostile parts in every layout; every frame is timed by the CPU
 * it takes, and nothing a terminal would obey or an eye would miss is in any cell. */
#ifndef TESTS_HOSTILE_KIT_H
#define TESTS_HOSTILE_KIT_H

#include "../fuzz/hostile.h"
#include "ui_fixture.h"
#include "cpu_time.h"

/* Far above what a frame takes (the benchmark has the figures), also under a sanitizer; far below
 * what anything quadratic would. */
#define FRAME_MS 1000.0
#define STILL_MS 100.0 /* when nothing changed */

/* Of a hostile text. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { BYTES = 100 * 1000 };
#else
enum { BYTES = 1000 * 1000 };
#endif

static struct fixture *f;
static struct session *s;
static double worst_ms, still_ms; /* still: of a frame in which nothing changed */
static const char *worst_how = "";

static int start(void **state) {
    f = fixture_new(120, 40);
    s = &f->s[0];
    f->m.ui.focus = PANE_THREAD;
    f->m.n_asks = 0;
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    worst_ms = still_ms = 0;
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    fixture_free(f);
    return 0;
}

/* No control, nothing that turns the text round, nothing that has no shape. */
static inline bool is_shown(uint32_t cp) {
    static const struct {
        uint32_t from, to;
    } hidden[] = {{0, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
                  {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
                  {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
                  {0xd800, 0xdfff}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
                  {0xfff9, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
                  {0x110000, ~0U}};

    for (size_t i = 0; i < MIX_COUNT(hidden); i++)
        if (cp >= hidden[i].from && cp <= hidden[i].to)
            return false;
    return true;
}

static inline void assert_canvas_shows(const char *what) {
    for (int y = 0; y < f->c.h; y++)
        for (int x = 0; x < f->c.w; x++) {
            const struct cell *cell = canvas_at(&f->c, x, y);

            for (int i = 0; i < 4 && (i == 0 ? cell->width > 0 : cell->cp[i] != 0); i++)
                if (!is_shown(cell->cp[i]))
                    fail_msg("%s: U+%04X at %d,%d", what, cell->cp[i], x, y);
        }
}

static inline void look(const char *what, const char *how) {
    const double from = cpu_ms();

    frame(f);
    const double ms = cpu_ms() - from;

    if (ms > worst_ms) {
        worst_ms = ms;
        worst_how = how;
    }
    if (ms > FRAME_MS)
        fail_msg("%s: %s took %.0f ms", what, how, ms);
    assert_canvas_shows(what);
}

static inline void go(const char *what, int move, int by, const char *how) {
    s->reading.move = (unsigned)move;
    s->reading.move_by = by;
    look(what, how);
}

static inline void open_all(enum fold fold) {
    for (size_t e = 0; e < s->transcript.n; e++)
        for (size_t i = 0; i < s->transcript.entries[e].n_parts; i++) {
            s->transcript.entries[e].parts[i].fold = fold;
            s->transcript.entries[e].parts[i].rev = ++f->rev;
        }
}

static inline void read_in_place(const char *what) {
    go(what, MOVE_END, 1, "going to the end");
    for (int i = 0; i < 3; i++)
        go(what, MOVE_PAGES, -1, "a page up");
    go(what, MOVE_TOP, 0, "going to the top");
    for (int i = 0; i < 3; i++)
        go(what, MOVE_PAGES, 1, "a page down");
    go(what, MOVE_MESSAGE, 1, "the next part");
    go(what, MOVE_MESSAGE, -1, "the part before");
    const double worst = worst_ms;
    const char *how = worst_how;

    worst_ms = 0;
    look(what, "a frame without a change");
    if (worst_ms > STILL_MS)
        fail_msg("%s: a frame without a change took %.0f ms", what, worst_ms);
    still_ms = worst_ms > still_ms ? worst_ms : still_ms;
    if (worst > worst_ms) {
        worst_ms = worst;
        worst_how = how;
    }
}

/* For people: HOSTILE_TIMES=1. */
static inline void report(const char *what, const char *more) {
    if (getenv("HOSTILE_TIMES"))
        print_message("%8.1f ms %8.1f ms still  %s: %.20s, %s\n", worst_ms, still_ms, what, more,
                      worst_how);
    worst_ms = still_ms = 0;
}

/* All layouts and folds; leaves the thread as it was. */
static inline void read_all(const char *what) {
    static const int sizes[][2] = {{120, 40}, {80, 24}, {41, 12}, {300, 80}};

    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        resize(f, sizes[i][0], sizes[i][1]);
        canvas_resize(&f->c, sizes[i][0], sizes[i][1]);
        look(what, "another size");
        read_in_place(what);
    }
    s->reading.raw = true;
    read_in_place(what);
    s->reading.raw = false;
    s->reading.split = true;
    read_in_place(what);
    s->reading.split = false;
    open_all(FOLD_SHUT);
    read_in_place(what);
    open_all(FOLD_OPEN);
    resize(f, 120, 40);
    look(what, "unfolding");
}

static inline void forget(void) {
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    s->reading = (struct reading){.follow = true};
}

#endif
