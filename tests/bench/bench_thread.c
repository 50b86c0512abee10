/* bench_thread - reading a session of 100,000 messages (300 MB of Markdown, code and calls): what
 * opening it costs against parsing it alone, what moving in it costs and whether that grows with
 * its length, and the frames while an answer streams into a long thread.
 *
 * usage: bench_thread [--messages N] [--mb N] [--runs N] [--moves N] */
#include "bench.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "history.h"
#include "mix/act.h"
#include "mix/view.h"

enum { COLS = 200, ROWS = 50, FRAMES = 600, DELTAS = 84, MOVES_MAX = 2000, LENGTHS = 2 };
enum moved { PAGE_UP, PAGE_DOWN, TOP, RESIZE, FOLD, MOVED_COUNT };
static const char *const move_names[MOVED_COUNT] = {"a page up", "a page down", "to the top",
                                                    "another size", "a fold"};
struct job {
    const char *path;
    size_t bytes, messages, moves;
};

/* ---- a thread as agents write it ---- */
static const char *const blocks[] = {
    "## What changed in part %zu\\n\\n",
    "The **lexer** reads `one` character at a time and keeps no state between calls, so a split "
    "input gives the same tokens; see [the notes](notes.md) and `src/lexer.c`.\\n\\n",
    "- the first point, with some *more* words\\n- the second one\\n  - nested below it\\n\\n",
    "```c\\nstatic int next_%zu(struct lexer *lx) {\\n    if (lx->at == lx->n \\u0026\\u0026 "
    "!refill(lx))\\n        return -1; /* the end */\\n    return lx->p[lx->at++];\\n}\\n```\\n\\n",
    "| file | lines | state |\\n|---|---:|---|\\n| lexer.c | 412 | done |\\n| parser.c | 98 | "
    "open |\\n\\n",
    "> What is not tested does not work.\\n\\n1. build\\n2. test\\n3. ship\\n\\n",
};

enum { BLOCK_MAX = 1024 };
static int block(char out[BLOCK_MAX], size_t i) {
    const char *text = blocks[i % MIX_COUNT(blocks)], *number = strstr(text, "%zu");

    return number ? snprintf(out, BLOCK_MAX, "%.*s%zu%s", (int)(number - text), text, i, number + 3)
                  : snprintf(out, BLOCK_MAX, "%s", text);
}

static void write_text(FILE *f, size_t at, size_t bytes) {
    char text[BLOCK_MAX];

    for (size_t n = 0, i = at; n < bytes; i++) {
        n += (size_t)block(text, i);
        fputs(text, f);
    }
}

static char *write_thread(const char *path, size_t n, size_t bytes) {
    const size_t each = bytes / n * 2 > 800 ? bytes / n * 2 - 800 : 100;
    FILE *f = fopen(path, "wb");

    if (!f)
        exit(2);
    for (size_t i = 0; i < n; i++) {
        const bool user = i % 2 == 0;

        fprintf(f, "%s{\"id\":\"m-%zu\",\"sessionId\":\"bench-0\",\"role\":\"%s\",\"userInput\":\"",
                i ? "," : "[", i, user ? "user" : "assistant");
        if (user)
            fprintf(f, "Question %zu: what about it? Please look again.\"", i);
        else {
            write_text(f, i, each);
            fprintf(f,
                    "\",\"reasoning\":\"I have to look at part %zu first.\",\"toolCalls\":[{\"id\":"
                    "\"t-%zu\",\"name\":\"Bash\",\"input\":\"{\\\"command\\\":\\\"make part-%zu\\\""
                    "}\",\"type\":\"tool_use\",\"finished\":true,\"result\":\"cc -c a.c\\ncc -c "
                    "b.c\\n41 passed\\n\"}],\"model\":\"claude-sonnet-4-5\",\"inputTokens\":900,"
                    "\"outputTokens\":40,\"cost\":0.003",
                    i, i, i);
        }
        fputc('}', f);
    }
    fputs("]\n", f);
    fclose(f);
    return xstrdup(path);
}

/* ---- one frame ---- */
struct screen_of {
    struct loaded l;
    struct view *view;
    struct canvas canvas;
};

static void draw(struct screen_of *s) {
    view_settle(s->view, s->l.m);
    view_draw(s->view, s->l.m, &s->canvas);
}

static double cpu_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void do_move(struct screen_of *s, enum moved what, size_t nth) {
    struct model *m = s->l.m;

    switch (what) {
    case PAGE_UP:
        act_scroll(m, MOVE_PAGES, -1);
        break;
    case PAGE_DOWN:
        act_scroll(m, MOVE_PAGES, 1);
        break;
    case TOP:
        act_scroll(m, MOVE_TOP, 0);
        break;
    case RESIZE:
        act_resize(m, nth % 2 ? COLS : COLS - 40 - (int)(nth % 50), nth % 2 ? ROWS : ROWS - 10);
        break;
    case FOLD:
        act_fold(m);
        break;
    case MOVED_COUNT:
        break;
    }
}

/* Each kind of move where it has something to do. */
static void prepare(struct screen_of *s, enum moved what, size_t nth) {
    struct model *m = s->l.m;
    const size_t n = m->shown->transcript.n;

    if (what == TOP)
        act_go_to(m, n - 1 - nth % (n / 2), SIZE_MAX, 0);
    else if (what == FOLD)
        act_go_to(m, (n / 2 + 2 * nth) % n | 1, nth % 2 ? 0 : 2, 0);
    else if (nth == 0)
        act_go_to(m, what == PAGE_DOWN ? n / 3 : n - n / 3, SIZE_MAX, 0);
    else
        return;
    draw(s);
}

static double p99_of(struct screen_of *s, enum moved what, size_t moves) {
    double ms[MOVES_MAX];

    for (size_t i = 0; i < moves; i++) {
        prepare(s, what, i);
        const double from = cpu_ms();

        do_move(s, what, i);
        draw(s);
        ms[i] = cpu_ms() - from;
    }
    act_resize(s->l.m, COLS, ROWS);
    return bench_percentile(ms, moves, 0.99);
}

static struct screen_of open_screen(void) {
    struct screen_of s = {.l = history_model(COLS, ROWS), .view = view_new()};

    canvas_init(&s.canvas, COLS, ROWS);
    return s;
}

static size_t text_of(const struct transcript *t) {
    size_t bytes = 0;

    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < t->entries[i].n_parts; k++) {
            const struct part *p = &t->entries[i].parts[k];

            bytes += p->len + (p->result ? strlen(p->result) : 0);
        }
    return bytes;
}

/* out: ms to the first screen, MB resident, MB of text, messages, then p99 of each move. */
static void open_and_move(void *arg, double *out) {
    const struct job *job = arg;
    struct screen_of s = open_screen();
    const int64_t before = bench_status(getpid(), "VmRSS");
    const double from = cpu_ms();

    history_load(&s.l, job->path);
    draw(&s);
    out[0] = cpu_ms() - from;
    for (size_t i = 0; i < MOVED_COUNT; i++)
        out[4 + i] = p99_of(&s, (enum moved)i, job->moves);
    out[1] = (double)(bench_status(getpid(), "VmRSS") - before) / 1024;
    out[2] = (double)text_of(&s.l.m->shown->transcript) / (1 << 20);
    out[3] = (double)s.l.m->shown->transcript.n;
}

/* ---- the floor: the same bytes parsed ---- */
static void parse(void *arg, double *out) {
    const struct job *job = arg;
    char *text = xmalloc(job->bytes + 1);
    FILE *f = fopen(job->path, "rb");

    if (!f || fread(text, 1, job->bytes, f) != job->bytes)
        exit(2);
    const double from = cpu_ms();
    cJSON *tree = cJSON_ParseWithLength(text, job->bytes);

    out[0] = cpu_ms() - from;
    out[1] = tree ? cJSON_GetArraySize(tree) : 0;
    fclose(f);
}

/* ---- streaming ---- */
static void unescape(struct buf *out, size_t i) {
    char text[BLOCK_MAX];
    const int n = block(text, i);

    for (int k = 0; k < n; k++) {
        if (text[k] == '\\' && text[k + 1] == 'n') {
            buf_adds(out, "\n");
            k++;
        } else {
            buf_add(out, &text[k], 1);
        }
    }
}

static void link_live(struct screen_of *s, uint32_t stream) {
    struct incoming *in = incoming_new(IN_LINK, stream);

    in->link = LINK_LIVE;
    model_apply(s->l.m, in, clock_now(), clock_real(), s->l.fx);
}

/* As many deltas as come in a sixtieth of a second at 5,000 a second, a few letters each. */
static void stream_frame(struct screen_of *s, uint32_t stream, const struct buf *text, size_t *at) {
    struct incoming *in = incoming_new(IN_EVENTS, stream);
    struct wire_event **last = &in->events;

    for (size_t i = 0; i < DELTAS; i++) {
        const size_t n = 6 + i % 7;
        struct wire_event *ev = arena_alloc(&in->arena, sizeof *ev);

        *ev = (struct wire_event){.kind = EV_CONTENT};
        ev->data.content = arena_strndup(&in->arena, text->p + *at % (text->n - 16), n);
        ev->data.message_id = "live-1";
        *at += n;
        *last = ev;
        last = &ev->next;
    }
    model_apply(s->l.m, in, clock_now(), clock_real(), s->l.fx);
}

static void stream(void *arg, double *out) {
    const struct job *job = arg;
    struct screen_of s = open_screen();
    auto_buf struct buf text = {.max = MIX_MIB};
    double ms[FRAMES];
    size_t at = 0;

    history_load(&s.l, job->path);
    for (size_t i = 0; i < 200; i++)
        unescape(&text, i);
    const uint32_t id = s.l.m->shown->stream;

    link_live(&s, id);
    draw(&s);
    const size_t before = s.l.m->shown->transcript.n;

    for (size_t i = 0; i < FRAMES; i++) {
        const double from = cpu_ms();

        stream_frame(&s, id, &text, &at);
        draw(&s);
        ms[i] = cpu_ms() - from;
    }
    out[0] = bench_percentile(ms, FRAMES, 0.99);
    out[1] = bench_percentile(ms, FRAMES, 0.5);
    out[2] = (double)(s.l.m->shown->transcript.n - before);
    out[3] = (double)at;
}

/* ---- */
static struct job make(const char *name, size_t messages, size_t bytes, size_t moves) {
    struct job job = {.messages = messages, .moves = moves};
    struct stat st;

    job.path = write_thread(screen_path(name), messages, bytes);
    if (stat(job.path, &st) != 0)
        exit(2);
    job.bytes = (size_t)st.st_size;
    return job;
}

static void say_open(const struct job *job, double *const *got, double *floor, size_t runs) {
    char name[100];

    snprintf(name, sizeof name, "%zu messages, %.0f MB: opened at the end, first screen drawn",
             job->messages, (double)job->bytes / 1e6);
    bench_ratio(name, "ms", bench_percentile(got[0], runs, 0.5), bench_percentile(floor, runs, 0.5),
                2);
    bench_ratio("  resident memory against the text", "MB", bench_percentile(got[1], runs, 0.5),
                bench_percentile(got[2], runs, 0.5), 1.3);
}

int main(int argc, char **argv) {
    enum { RUNS_MAX = 20, FACTS = 4 + MOVED_COUNT };
    const size_t messages = (size_t)bench_number(argc, argv, "messages", 100000);
    const size_t mb = (size_t)bench_number(argc, argv, "mb", 300);
    const size_t runs = (size_t)bench_number(argc, argv, "runs", 3);
    const size_t moves = (size_t)bench_number(argc, argv, "moves", 400);
    static double facts[LENGTHS][FACTS][RUNS_MAX], floor[RUNS_MAX], live[2][RUNS_MAX];

    if (runs == 0 || runs > RUNS_MAX || moves == 0 || moves > MOVES_MAX || messages < 1000)
        return 2;
    atexit(screen_at_exit);
    const size_t each = mb * 1000 * 1000 / messages;
    struct job jobs[LENGTHS] = {make("thread-1000.json", 1000, 1000 * each, moves),
                                make("thread.json", messages, messages * each, moves)};
    struct job long_one = make("thread-10000.json", 10000, 10000 * each, moves);

    for (size_t r = 0; r < runs; r++) {
        double out[FACTS];

        for (size_t l = 0; l < LENGTHS; l++) {
            bench_apart(open_and_move, &jobs[l], out, FACTS);
            for (size_t i = 0; i < FACTS; i++)
                facts[l][i][r] = out[i];
            if ((size_t)out[3] < jobs[l].messages)
                return 2;
        }
        bench_apart(parse, &jobs[1], out, 2);
        floor[r] = out[0];
        bench_apart(stream, &long_one, out, 4);
        live[0][r] = out[0];
        live[1][r] = out[1];
        if ((size_t)out[2] != 1)
            return 2;
    }
    say_open(&jobs[1], (double *const[]){facts[1][0], facts[1][1], facts[1][2]}, floor, runs);
    for (size_t i = 0; i < MOVED_COUNT; i++) {
        const double least = bench_percentile(facts[0][4 + i], runs, 0.5);
        const double p99 = bench_percentile(facts[1][4 + i], runs, 0.5);
        char name[100];

        snprintf(name, sizeof name, "  %s, p99 of CPU", move_names[i]);
        bench_most(name, "ms", p99, 0, 5);
        bench_ratio("    against that in 1,000 messages", "ms", p99, least, 1.5);
    }
    bench_most("5,000 deltas a second into 10,000 messages: CPU of a frame, p99", "ms",
               bench_percentile(live[0], runs, 0.5), bench_percentile(live[1], runs, 0.5), 3);
    return bench_exit();
}
