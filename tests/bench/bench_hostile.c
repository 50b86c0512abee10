/* bench_hostile - a reader in a thread of what is made to hold frames: Markdown, tool calls, one
 * line of 50 MB, a change of two files of 10 MB. The worst frame of each, against what looking
 * through as much text costs.
 *
 * usage: bench_hostile [--kb N] [--mb N] [--each 1 (prints every input)] */
#include "bench.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../fuzz/hostile.h"
#include "harness.h"
#include "history.h"
#include "mix/act.h"
#include "mix/view.h"

enum { COLS = 200, ROWS = 50 };

static double cpu_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- inputs: a message of an agent as the server sends it ---- */
static void put_json(FILE *out, const char *s, size_t n) {
    for (size_t from = 0; from < n;) {
        size_t at = from;

        while (at < n && (unsigned char)s[at] >= 0x20 && s[at] != '"' && s[at] != '\\')
            at++;
        fwrite(s + from, 1, at - from, out);
        if (at < n)
            fprintf(out, "\\u%04x", (unsigned char)s[at]);
        from = at + 1;
    }
}

enum place { IN_ANSWER, IN_THOUGHT, IN_RESULT, IN_CHANGE };

/* A message before it, and one behind. The second text is what a change makes of the first. */
static const char *write_thread(enum place place, const struct buf *text, const struct buf *other) {
    const char *path = screen_path("hostile.json");
    FILE *out = fopen(path, "wb");

    if (!out)
        exit(2);
    fputs("[{\"id\":\"a\",\"sessionId\":\"bench-0\",\"role\":\"user\",\"userInput\":\"before\"},"
          "{\"id\":\"b\",\"sessionId\":\"bench-0\",\"role\":\"assistant\",\"assistantResponse\":\"",
          out);
    if (place == IN_ANSWER)
        put_json(out, text->p, text->n);
    fputs("\",\"reasoning\":\"", out);
    if (place == IN_THOUGHT)
        put_json(out, text->p, text->n);
    fputs("\",\"toolCalls\":[", out);
    if (place == IN_RESULT) {
        fputs("{\"id\":\"c\",\"name\":\"Bash\",\"input\":\"{}\",\"type\":\"tool_use\",\"finished\":"
              "true,\"result\":\"",
              out);
        put_json(out, text->p, text->n);
        fputs("\"}", out);
    }
    if (place == IN_CHANGE) {
        auto_buf struct buf input = {.max = 256 * MIX_MIB};

        buf_adds(&input, "{\"file_path\":\"/a.c\",\"old_string\":\"");
        hostile_escape(&input, text->p, text->n);
        buf_adds(&input, "\",\"new_string\":\"");
        hostile_escape(&input, other->p, other->n);
        buf_adds(&input, "\"}");
        fputs("{\"id\":\"c\",\"name\":\"Edit\",\"type\":\"tool_use\",\"finished\":true,\"result\":"
              "\"ok\",\"input\":\"",
              out);
        put_json(out, input.p, input.n);
        fputs("\"}", out);
    }
    fputs(
        "]},{\"id\":\"d\",\"sessionId\":\"bench-0\",\"role\":\"user\",\"userInput\":\"after\"}]\n",
        out);
    fclose(out);
    return path;
}

/* ---- reading it ---- */
struct reader {
    struct loaded l;
    struct view *view;
    struct canvas canvas;
    double worst, first;
};

static void look(struct reader *r) {
    const double from = cpu_ms();

    view_settle(r->view, r->l.m);
    view_draw(r->view, r->l.m, &r->canvas);
    const double ms = cpu_ms() - from;

    r->worst = ms > r->worst ? ms : r->worst;
}

static void go(struct reader *r, int move, int by) {
    act_scroll(r->l.m, move, by);
    look(r);
}

static void walk(struct reader *r) {
    go(r, MOVE_END, 0);
    for (int i = 0; i < 5; i++)
        go(r, MOVE_PAGES, -1);
    go(r, MOVE_TOP, 0);
    for (int i = 0; i < 5; i++)
        go(r, MOVE_PAGES, 1);
    act_resize(r->l.m, 80, 24);
    look(r);
    act_resize(r->l.m, COLS, ROWS);
    look(r);
}

struct job {
    const char *path;
};

/* out: the worst frame in ms, memory above the first frame of an empty thread in MB. */
static void read_it(void *arg, double *out) {
    const struct job *job = arg;
    struct reader r = {.l = history_model(COLS, ROWS), .view = view_new()};
    const int64_t before = bench_status(getpid(), "VmHWM");

    canvas_init(&r.canvas, COLS, ROWS);
    history_load(&r.l, job->path);
    look(&r);
    struct transcript *t = &r.l.m->shown->transcript;

    for (size_t e = 0; e < t->n; e++)
        for (size_t p = 0; p < t->entries[e].n_parts; p++)
            part_fold(t, &t->entries[e].parts[p], FOLD_OPEN);
    walk(&r);
    act_source(r.l.m);
    walk(&r);
    act_source(r.l.m);
    act_split(r.l.m);
    walk(&r);
    act_fold_all(r.l.m);
    look(&r);
    act_fold_all(r.l.m);
    look(&r);
    out[0] = r.worst;
    out[1] = (double)(bench_status(getpid(), "VmHWM") - before) / 1024;
}

static double floor_ms(const struct buf *text) {
    double best = 1e9;
    size_t words = 0;

    /* counting words: each byte is looked at once, by the simplest of loops */
    for (int run = 0; run < 5; run++) {
        const double from = cpu_ms();
        size_t n = 0;

        for (size_t i = 1; i < text->n; i++)
            n += text->p[i - 1] <= ' ' && text->p[i] > ' ';
        words += n;
        const double ms = cpu_ms() - from;

        best = ms < best ? ms : best;
    }
    return words == SIZE_MAX ? 0 : best;
}

struct worst {
    double ms, mb, floor;
    const char *name;
};

static void measure(struct worst *w, const char *name, enum place place, const struct buf *text,
                    const struct buf *other, long each) {
    struct job job = {.path = write_thread(place, text, other)};
    double out[2];

    bench_apart(read_it, &job, out, 2);
    if (each)
        fprintf(stderr, "%-32s %8.2f ms %8.1f MB\n", name, out[0], out[1]);
    if (out[0] >= w->ms)
        *w = (struct worst){out[0], out[1], floor_ms(text), name};
}

static void add_lines(struct buf *out, size_t bytes, uint32_t seed, uint32_t step) {
    uint32_t x = seed;

    for (size_t i = 0; out->n + 80 < bytes; i++) {
        x = x * 1664525 + 1013904223;
        buf_addf(out, "    value[%zu] = combine(%x, other);\n", i, i % step ? 0 : x >> 8);
    }
}

int main(int argc, char **argv) {
    const size_t bytes = (size_t)bench_number(argc, argv, "kb", 1000) * 1000;
    const size_t huge = (size_t)bench_number(argc, argv, "mb", 50) * 1000 * 1000;
    const long each = bench_number(argc, argv, "each", 0);
    auto_buf struct buf text = {.max = 256 * MIX_MIB}, other = {.max = 256 * MIX_MIB};
    static const enum place places[] = {IN_ANSWER, IN_THOUGHT, IN_RESULT};
    static const char *const names[] = {"1 MB of hostile text: the worst frame, in an answer",
                                        "  ... in a thought", "  ... in a result"};
    char name[120];

    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 2;
    atexit(screen_at_exit);
    for (size_t p = 0; p < MIX_COUNT(places); p++) {
        struct worst w = {0};

        for (size_t i = 0; i < MIX_COUNT(hostile_markdown); i++) {
            hostile_make(&hostile_markdown[i], &text, bytes);
            measure(&w, hostile_markdown[i].name, places[p], &text, &text, each);
        }
        snprintf(name, sizeof name, "%s (%s)", names[p], w.name);
        bench_most(name, "ms", w.ms, w.floor, 100);
    }
    for (size_t p = 0; p < MIX_COUNT(places); p++) {
        struct worst w = {0};

        buf_clear(&text);
        hostile_repeat(&text, "word and ", huge);
        measure(&w, "one line", places[p], &text, &text, each);
        snprintf(name, sizeof name,
                 p == 0   ? "One line of %zu MB: the worst frame, in an answer"
                 : p == 1 ? "  ... in a thought"
                          : "  ... in a result",
                 huge / 1000000);
        bench_most(name, "ms", w.ms, w.floor, 100);
        bench_ratio("    memory against the text", "MB", w.mb, (double)text.n / (1 << 20), 3.2);
    }
    const uint32_t steps[] = {10, 1};

    for (size_t i = 0; i < MIX_COUNT(steps); i++) {
        struct worst w = {0};

        buf_clear(&text);
        buf_clear(&other);
        add_lines(&text, huge / 5, 1, steps[i]);
        add_lines(&other, huge / 5, 2, steps[i]);
        measure(&w, "a change", IN_CHANGE, &text, &other, each);
        bench_most(i == 0 ? "A change of two files of 10 MB: the worst frame, one line in ten"
                          : "  ... all lines",
                   "ms", w.ms, 2 * w.floor, 300);
    }
    return bench_exit();
}
