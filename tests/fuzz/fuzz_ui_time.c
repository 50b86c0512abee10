/* No text of 64 KiB takes long to lay out, whatever it is part of. How long is long is a multiple
 * of what the same build on the same machine needs for as much harmless text, both in CPU time;
 * what seems slow is measured again before it is called so. The first byte says what the text is
 * in, the second the width, the third how it is shown; a 0x1e parts a call's input from its result.
 */
#include "fuzz.h"
#include "sheet.h"
#include "tool.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_MAX = 64 << 10, SLOW = 800, AGAIN = 3 };

static const char *const names[] = {
    "Bash", "python_execution", "ReadText",     "Write",     "Edit",     "Grep",
    "Glob", "TodoWrite",        "Show",         "ReadMedia", "WebFetch", "Search",
    "Task", "Notify",           "ExitPlanMode", "mcp__a__b"};

static uint64_t cpu_ns(void) {
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* All of a part: far more than a frame ever lays out. */
static uint64_t lay_out(const struct part *p, enum role role, const struct lay *lay) {
    struct view *v = view_new();
    const uint64_t from = cpu_ns();
    struct sheet *s = sheet_cut(v, p, role, lay);

    for (size_t i = 0; i < s->n; i++)
        (void)sheet_flow(v, s, i, lay);
    sheet_head(s, p);
    const uint64_t ns = cpu_ns() - from;

    view_free(v);
    return ns;
}

/* The best of some runs over plain lines of words. */
static uint64_t harmless_ns(void) {
    static char text[TEXT_MAX];
    static const char line[] = "some words of a line that nobody has to be afraid of\n";
    uint64_t best = UINT64_MAX;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = line[i % (sizeof line - 1)];
    const struct part p = {
        .kind = PART_TEXT, .fold = FOLD_OPEN, .text = text, .len = sizeof text, .rev = 1};

    for (int run = 0; run < 5; run++) {
        const uint64_t ns = lay_out(&p, ROLE_USER, &(struct lay){.width = 80});

        best = ns < best ? ns : best;
    }
    return best;
}

static void check_time(const struct part *p, enum role role, const struct lay *lay) {
    static uint64_t harmless;

    if (harmless == 0)
        harmless = harmless_ns();
    for (int run = 0;; run++) {
        const uint64_t ns = lay_out(p, role, lay);

        if (getenv("FUZZ_TIMES"))
            fprintf(stderr, "%.1f times harmless text\n", (double)ns / (double)harmless);
        if (ns <= SLOW * harmless)
            return;
        harmless = harmless_ns(); /* of now: the machine may have become another one */
        if (run < AGAIN)
            continue;
        fprintf(stderr, "%zu bytes took %.1f ms, harmless ones take %.2f ms\n", p->len,
                (double)ns / 1e6, (double)harmless / 1e6);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3 || !setlocale(LC_ALL, "C.UTF-8"))
        return 0;
    const size_t n = size - 3 < TEXT_MAX ? size - 3 : TEXT_MAX;
    char *text = xmalloc(n + 1), *result = NULL;
    const struct lay lay = {
        .width = 1 + data[1] % 200, .raw = data[2] & 1, .split = data[2] & 2, .ascii = data[2] & 4};
    const unsigned what = data[0] % (MIX_COUNT(names) + 4);
    const enum role role = what == 1 ? ROLE_USER : what == 2 ? ROLE_NOTE : ROLE_ASSISTANT;
    struct part p = {.kind = PART_TOOL,
                     .fold = FOLD_OPEN,
                     .rev = 1,
                     .text = text,
                     .len = n,
                     .call_id = "c",
                     .seconds = -1,
                     .state = CALL_OK};

    memcpy(text, data + 3, n);
    text[n] = '\0';
    if (what < 4) {
        static const enum part_kind kinds[] = {PART_TEXT, PART_TEXT, PART_NOTE, PART_THINKING};

        p.kind = kinds[what];
    } else {
        char *mark = memchr(text, 0x1e, n);

        p.name = names[what - 4];
        if (mark) {
            p.len = (size_t)(mark - text);
            p.result = result = xstrdup(mark + 1);
        }
    }
    check_time(&p, role, &lay);
    free(result);
    free(text);
    return 0;
}
