/* bench_search - looking for a word in a thread of 300 MB: when the first hit is painted, and how
 * long all of them take to be counted, against grep -c on the same text.
 *
 * usage: bench_search [--messages N] [--mb N] [--runs N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "history.h"
#include "mix/act.h"
#include "mix/editor.h"
#include "mix/search.h"
#include "mix/view.h"

enum { COLS = 200, ROWS = 50, LINE_WORDS = 12, CHUNK_MESSAGES = 500, RARE_EVERY = 4000 };

static const char *const words[] = {
    "the", "session", "reads", "a",       "file",   "and",    "writes", "answer",
    "of",  "tool",    "calls", "into",    "error",  "model",  "when",   "permission",
    "was", "granted", "by",    "staging", "branch", "commit", "test",   "pointer",
};

static uint32_t seed = 1;

static uint32_t next_random(void) {
    seed = seed * 1664525U + 1013904223U;
    return seed >> 8;
}

static char *text_of(struct arena *a, size_t n) {
    char *text = arena_alloc(a, n + 64);
    size_t at = 0;

    for (size_t i = 0; at < n; i++) {
        const bool rare = next_random() % (RARE_EVERY * LINE_WORDS) == 0;
        const char *word = rare ? "needle" : words[next_random() % MIX_COUNT(words)];
        const size_t len = strlen(word);

        memcpy(text + at, word, len);
        at += len;
        text[at++] = i % LINE_WORDS == LINE_WORDS - 1 ? '\n' : ' ';
    }
    text[at - 1] = '\n';
    text[at] = '\0';
    return text;
}

static char *id_of(struct arena *a, size_t i) { return arena_printf(a, "m-%zu", i); }

/* The thread in a model, and its text in a file. */
static void make(struct loaded *l, size_t messages, size_t bytes, const char *path) {
    FILE *f = fopen(path, "wb");

    if (!f)
        exit(2);
    for (size_t at = 0; at < messages; at += CHUNK_MESSAGES) {
        const size_t n = messages - at < CHUNK_MESSAGES ? messages - at : CHUNK_MESSAGES;
        struct incoming *in =
            history_answer(at + n < messages ? IN_ITEMS : IN_REPLY, OP_MESSAGES_LIST, l->request);
        struct message *out = arena_alloc(&in->arena, n * sizeof *out);

        for (size_t i = 0; i < n; i++) {
            out[i].id = id_of(&in->arena, at + i);
            out[i].role = (at + i) % 2 ? "assistant" : "user";
            out[i].user_input = text_of(&in->arena, bytes / messages);
            if ((at + i) % 2)
                out[i].assistant_response = out[i].user_input;
            fputs(out[i].user_input, f);
        }
        in->out = out;
        in->n = n;
        model_apply(l->m, in, clock_now(), clock_real(), l->fx);
    }
    fclose(f);
}

/* Milliseconds of grep; its count of lines. */
static double grep(const char *option, const char *word, const char *path, size_t *lines) {
    char command[512], answer[64] = "";
    const uint64_t before = clock_ns();

    snprintf(command, sizeof command, "grep %s '%s' %s", option, word, path);
    FILE *f = popen(command, "r");

    if (!f || !fgets(answer, sizeof answer, f))
        exit(2);
    pclose(f);
    *lines = strtoull(answer, NULL, 10);
    return (double)(clock_ns() - before) / 1e6;
}

static void paint(struct view *v, struct loaded *l, struct canvas *c) {
    view_settle(v, l->m);
    view_draw(v, l->m, c);
    model_painted(l->m, clock_now());
}

struct times {
    double first, all, longest;
    size_t hits;
};

/* As the program does it: a key, frames, ticks when the model wants them. */
static struct times look(struct view *v, struct loaded *l, struct canvas *c, const char *word) {
    struct times t = {0};
    uint64_t rev;

    act_scroll(l->m, MOVE_TOP, 0);
    paint(v, l, c);
    act_search(l->m);
    editor_set(&l->m->search->query, word);
    const uint64_t begin = clock_ns();

    act_search_typed(l->m);
    for (;;) {
        if (t.first == 0 && l->m->search->shown && !l->m->search->seeking) {
            paint(v, l, c);
            t.first = (double)(clock_ns() - begin) / 1e6;
        }
        const int64_t now = clock_now(), at = model_next_tick(l->m, now);

        if (!l->m->search->counting && !l->m->search->seeking)
            break;
        if (at > now)
            continue;
        const double before = bench_cpu();

        rev = l->m->rev;
        model_tick(l->m, now, clock_real(), l->fx);
        const double ms = (bench_cpu() - before) * 1e3;

        t.longest = ms > t.longest ? ms : t.longest;
        if (l->m->rev != rev)
            paint(v, l, c);
    }
    t.all = (double)(clock_ns() - begin) / 1e6;
    t.hits = l->m->search->hits;
    act_search_leave(l->m);
    return t;
}

int main(int argc, char **argv) {
    const size_t messages = (size_t)bench_number(argc, argv, "--messages", 100000);
    const size_t bytes = (size_t)bench_number(argc, argv, "--mb", 300) * 1000 * 1000;
    const size_t runs = (size_t)bench_number(argc, argv, "--runs", 3);
    static const char *const wanted[] = {"needle", "permission", "Needle", "branch commit"};
    char path[] = "/tmp/bench-search-XXXXXX";
    const int file = mkstemp(path);
    struct loaded l = history_model(COLS, ROWS);
    struct view *v = view_new();
    struct canvas canvas, *c = &canvas;

    if (file < 0 || runs == 0 || runs > 20)
        return 2;
    close(file);
    canvas_init(c, COLS, ROWS);
    make(&l, messages, bytes, path);
    act_focus(l.m, PANE_THREAD);
    for (size_t w = 0; w < MIX_COUNT(wanted); w++) {
        const bool capitals = wanted[w][0] < 'a';
        double first[20], all[20], floor[20], longest[20];
        char name[100];
        size_t lines = 0;

        for (size_t r = 0; r < runs; r++) {
            const struct times t = look(v, &l, c, wanted[w]);

            first[r] = t.first;
            all[r] = t.all;
            longest[r] = t.longest;
            floor[r] = grep(capitals ? "-c" : "-ci", wanted[w], path, &lines);
            if (t.hits < lines)
                return 2; /* it counts words, grep lines */
        }
        if (lines > 0) {
            snprintf(name, sizeof name, "\"%s\" in %zu MB: first hit painted", wanted[w],
                     bytes / 1000000);
            bench_most(name, "ms", bench_percentile(first, runs, 0.5), 0, 100);
        }
        snprintf(name, sizeof name, "  \"%s\": all counted, against grep %s", wanted[w],
                 capitals ? "-c" : "-ci");
        bench_ratio(name, "ms", bench_percentile(all, runs, 0.5),
                    bench_percentile(floor, runs, 0.5), 2);
        bench_most("  longest slice, CPU", "ms", bench_percentile(longest, runs, 1), 0, 10);
    }
    canvas_fini(c);
    view_free(v);
    model_free(l.m);
    effects_free(l.fx);
    unlink(path);
    return bench_exit();
}
