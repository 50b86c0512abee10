/* bench_markup - Markdown set out in rows against md4c parsing it alone; and how long any 1 MB of
 * it takes, however hostile.
 *
 * usage: bench_markup [--kb N] [--runs N] [--each 1 (prints every hostile input; -1: none of them)]
 */
#include "bench.h"

#include <locale.h>
#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/markup.h"

enum { RUNS_MAX = 100, SCREEN = 200 /* rows: more than any screen shows */ };

/* ---- texts ---- */
static const char answer[] =
    "## What the change does\n\n"
    "The worker *never* blocks: a request that was **cancelled** leaves the ring at once, and the "
    "next one takes its place. See `ring_push()` in `src/base/ring.c`, and the [notes on memory "
    "order](https://example.com/notes/order) for why the store has to be a release.\n\n"
    "- the queue holds 256 requests, which is more than any screen asks for\n"
    "- a full queue is *not* an error, it says so and the caller tries again later\n"
    "  - that happens once in a test, and never when people type\n"
    "  - nothing is lost\n"
    "- [x] tests\n- [ ] a page in the manual\n\n"
    "1. Build it with `cmake -B build -G Ninja` and run the tests.\n"
    "2. Start the demo in another terminal, and look at the header.\n"
    "3. Cancel a turn while the answer still streams: the seam says who did it.\n\n"
    "> A quote of two lines that somebody wrote in a review, long enough to be wrapped on a\n"
    "> terminal of eighty columns, as most of them are.\n\n"
    "| what | before | after |\n|------|-------:|------:|\n| first screen | 80 ms | 12 ms |\n"
    "| memory | 90 MB | 31 MB |\n| a key | 2.5 ms | 0.4 ms |\n\n"
    "```c\nenum rc ring_push(struct ring *r, void *item) {\n    if (ring_full(r))\n"
    "        return RC_BUSY; /* the caller waits for the bell */\n    r->v[r->head++ & MASK] = "
    "item;"
    "\n    return RC_OK;\n}\n```\n\n"
    "That is all there is to it; the rest of the patch renames two functions so that their names "
    "say what they do, and moves a comment to where it is read before the code it is about.\n\n";
static const char prose[] =
    "It was a bright morning when the ferry left the harbour, and nobody on board had slept. The "
    "captain read the forecast twice, folded it, and put it into the pocket where he kept the "
    "letters he did not answer. Somewhere behind the breakwater a bell rang for the last time.\n\n";

static char *repeated(const char *s, size_t n, size_t bytes) {
    char *out = xmalloc(bytes + 1);

    for (size_t at = 0; at < bytes; at++)
        out[at] = s[at % n];
    out[bytes] = '\0';
    return out;
}

/* What md4c and its kind were slow on, and what we might be: a unit that is repeated. */
static const char *const hostile[] = {
    "[",
    "](",
    "](\n[",
    "[a](",
    "[a](<b",
    "![",
    "[![",
    "[a][",
    "[[]()",
    "[]: x\n",
    "[a]: b \"\n",
    "*",
    "**a ",
    "*a **a ",
    "*a_ ",
    "a**b",
    "_a __a ",
    "a* ",
    "~~a ",
    "~",
    "***a** b* ",
    "`",
    "`a",
    "``a` ",
    "`` ",
    "<",
    "<a ",
    "<a x=\"",
    "<!--",
    "<?",
    "<![CDATA[",
    "</",
    "<http:",
    "<a@",
    "<!A ",
    "&",
    "&a",
    "&amp;",
    "&#",
    "&#x",
    "http://",
    "http://a.",
    "www.",
    "www.a.",
    "a@",
    "a@b.c ",
    "a.b@",
    ">",
    "> ",
    ">a\n",
    "- ",
    "* ",
    "1. ",
    "  - a\n",
    "-\n",
    "- a\n\n",
    "- a\n - ",
    "|",
    "|a",
    "||\n",
    "|-",
    "| a |\n",
    "|a|b|\n|-|-|\n",
    "#",
    "# a\n",
    "a\n=\n",
    "\\",
    "\\\n",
    "\n",
    " ",
    "\t",
    "    a\n",
    "```\n",
    "~~~\n",
    "`\n",
    "a",
    "a ",
    "a\n",
    "\r",
    "\xff",
    "\xe6\xbc\xa2",
    "e\xcc\x81",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d",
    "\xcc\x81",
    "\xe2\x80\xae",
    "<div>\n",
    "<b>",
    "<br>",
    "[a]",
    "[a] ",
    "(",
    ")",
    "a:",
    "x://",
    "$",
    "^",
    "- [ ] ",
    "- [x] a\n",
};

/* Those that are no repetition. */
static char *special(size_t which, size_t bytes) {
    auto_buf struct buf b = {.max = bytes + 256};

    for (size_t i = 0; b.n + 100 < bytes; i++) {
        if (which == 0) /* deeper and deeper */
            buf_addf(&b, "%*s- a\n", (int)(i % 4000), "");
        else if (which == 1) /* runs of backticks of every length */
            buf_addf(&b, "%.*s a ", (int)(i % 60) + 1,
                     "````````````````````````````````````````````````````````````");
        else if (which == 2) /* many definitions, all used */
            buf_addf(&b, "[r%zu]: http://e.com/%zu\n\n[r%zu] ", i, i, i / 2);
        else if (which == 3) /* one long address used again and again */
            buf_addf(&b, i == 0 ? "[a]: http://%01000d\n\n" : "[a] ", 0);
        else if (which == 4) /* rows of one bar below a wide head */
            buf_adds(&b, i < 64 ? "|a" : i == 64 ? "|\n" : i < 129 ? "|-" : "|\n");
        else if (which == 5) /* nested emphasis that closes late */
            buf_adds(&b, b.n % 16000 < 8000 ? "*a " : "a* ");
        else if (which == 6) /* quotes and items in turn */
            buf_adds(&b, i % 3000 == 2999 ? "\n" : i % 2 ? "> " : "- ");
        else /* one letter a cell */
            buf_adds(&b, i < 2 ? (i ? "|-|-|-|-|\n" : "|a|b|c|d|\n") : "|*a*|`b`|[c](d)|<br>|\n");
    }
    char *out = xmalloc(bytes + 1);

    memset(out, '.', bytes);
    memcpy(out, buf_str(&b), b.n < bytes ? b.n : bytes);
    out[bytes] = '\0';
    return out;
}
enum { SPECIALS = 8 };

/* ---- ours ---- */
/* Of the processor, so that a busy neighbour is not measured: ms. */
static double now(void) { return bench_cpu() * 1e3; }

static double since(double from) { return now() - from; }

static size_t lay_out(struct flow *f, const char *s, size_t n, int width) {
    const struct markup_how how = {.width = width};
    struct markup_split split = {0};
    size_t rows = 0;

    markup_split(&split, s, n, MARKUP_WHOLE);
    for (size_t i = 0; i < split.n; i++) {
        flow_clear(f);
        markup_flow(f, s, n, &split.v[i], &how);
        rows += f->n;
    }
    markup_split_fini(&split);
    return rows;
}

struct times {
    double split, section, screen; /* ms: the scan, the slowest section, a screen at the worst */
};

/* The scan happens once; a screen at the worst place is as many sections as it takes. */
static struct times hostile_times(const char *s, size_t n) {
    const struct markup_how how = {.width = 80};
    struct markup_split split = {0};
    struct times t = {0};
    struct flow f = {0};
    double from = now();

    markup_split(&split, s, n, MARKUP_WHOLE);
    t.split = since(from);
    for (size_t i = 0; i < split.n;) {
        double screen = 0;

        flow_clear(&f);
        do {
            from = now();
            markup_flow(&f, s, n, &split.v[i++], &how);
            const double ms = since(from);

            t.section = ms > t.section ? ms : t.section;
            screen += ms;
        } while (i < split.n && f.n < SCREEN);
        t.screen = screen > t.screen ? screen : t.screen;
    }
    flow_fini(&f);
    markup_split_fini(&split);
    return t;
}

/* ---- the floor ---- */
static int block(MD_BLOCKTYPE type, void *detail, void *user) {
    (void)type;
    (void)detail;
    ++*(size_t *)user;
    return 0;
}
static int span(MD_SPANTYPE type, void *detail, void *user) {
    (void)type;
    (void)detail;
    ++*(size_t *)user;
    return 0;
}
static int text(MD_TEXTTYPE type, const char *s, unsigned n, void *user) {
    (void)type;
    (void)s;
    (void)n;
    ++*(size_t *)user;
    return 0;
}

static size_t parse(const char *s, size_t n) {
    static const MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH |
                                              MD_FLAG_TASKLISTS | MD_FLAG_PERMISSIVEURLAUTOLINKS |
                                              MD_FLAG_PERMISSIVEWWWAUTOLINKS,
                                     .enter_block = block,
                                     .leave_block = block,
                                     .enter_span = span,
                                     .leave_span = span,
                                     .text = text};
    size_t events = 0;

    if (md_parse(s, (MD_SIZE)n, &parser, &events) != 0)
        exit(2);
    return events;
}

static void compare(const char *name, const char *unit, size_t unit_n, size_t bytes, size_t runs) {
    double ours[RUNS_MAX], least[RUNS_MAX];
    auto_free char *s = repeated(unit, unit_n, bytes);
    struct flow f = {0};
    size_t rows = 0, events = 0;

    for (size_t i = 0; i < runs; i++) {
        double from = now();

        rows = lay_out(&f, s, bytes, 80);
        ours[i] = since(from);
        from = now();
        events = parse(s, bytes);
        least[i] = since(from);
    }
    flow_fini(&f);
    if (rows == 0 || events == 0)
        exit(2);
    bench_ratio(name, "ms", bench_percentile(ours, runs, 0.2), bench_percentile(least, runs, 0.2),
                1 / 0.3);
}

int main(int argc, char **argv) {
    const size_t runs = (size_t)bench_number(argc, argv, "runs", 15);
    const size_t bytes = (size_t)bench_number(argc, argv, "kb", 1000) * 1000;
    const long each = bench_number(argc, argv, "each", 0);
    struct times worst = {0};

    if (runs == 0 || runs > RUNS_MAX || !setlocale(LC_ALL, "C.UTF-8"))
        return 2;
    compare("1 MB of Markdown as agents write it, in rows", answer, sizeof answer - 1, bytes, runs);
    compare("  1 MB of prose", prose, sizeof prose - 1, bytes, runs);
    for (size_t i = 0; each >= 0 && i < MIX_COUNT(hostile) + SPECIALS; i++) {
        const bool one = i < MIX_COUNT(hostile);
        auto_free char *s = one ? repeated(hostile[i], strlen(hostile[i]), bytes)
                                : special(i - MIX_COUNT(hostile), bytes);
        const struct times t = hostile_times(s, bytes);

        if (each)
            fprintf(stderr, "%-12.12s %8.2f %8.2f %8.2f\n", one ? hostile[i] : "special", t.split,
                    t.section, t.screen);
        worst.split = t.split > worst.split ? t.split : worst.split;
        worst.section = t.section > worst.section ? t.section : worst.section;
        worst.screen = t.screen > worst.screen ? t.screen : worst.screen;
    }
    bench_most("  1 MB of anything hostile: cut into sections", "ms", worst.split, 0, 20);
    bench_most("  ... its slowest section", "ms", worst.section, 0, 5);
    bench_most("  ... its slowest screen of 200 rows", "ms", worst.screen, 0, 100);
    return bench_exit();
}
