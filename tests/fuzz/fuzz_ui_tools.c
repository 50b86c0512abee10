/* Tool calls of every name with any input and result: nothing outside the texts is read, what is
 * shown is clean, as wide as asked for and bounded, and the same part gives the same bodies. The
 * first byte gives the tool, the second the width, the third the state; a 0x1e parts input from
 * result. */
#include "fuzz.h"
#include "tool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    "Bash", "python_execution", "ReadText",    "Write",    "Edit",   "Grep",   "Glob",
    "Show", "TodoWrite",        "ReadMedia",   "WebFetch", "Search", "Notify", "Task",
    "fs_x", CALLBACK_TOOL,      "ExitPlanMode"};

static void check_clean(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        assert((unsigned char)s[i] >= 0x20 && s[i] != 0x7f);
    assert(text_valid(s, n));
}

/* Then it may be wider than there is room. */
static bool is_one_cluster(const struct flow *f, size_t row) {
    const struct run *run = &f->runs[f->rows[row].run];

    return f->rows[row].n_runs == 1 &&
           text_cluster(f->text.p + run->off, run->len).bytes == run->len;
}

static void check_rows(const struct flow *f, int width) {
    assert(f->n <= 4 * LIST_ROWS + (f->text.n / (size_t)width) * 4);
    for (size_t r = 0; r < f->n; r++) {
        assert(f->rows[r].cells <= width || is_one_cluster(f, r));
        for (size_t i = 0; i < f->rows[r].n_runs; i++) {
            const struct run *run = &f->runs[f->rows[r].run + i];

            assert((size_t)run->off + run->len <= f->text.n);
            assert(run->ink < INK_COUNT);
            check_clean(f->text.p + run->off, run->len);
        }
    }
}

static void check_body(const struct body *b, int width) {
    if (b->kind == BODY_ROWS)
        check_rows(&b->rows, width);
    if (b->kind == BODY_PICTURE)
        assert(b->picture && strlen(b->picture) <= b->own.n);
    assert((b->kind == BODY_DIFF) == (b->diff != NULL));
    assert(b->text && (b->len == 0 || b->text[b->len - 1] == b->text[b->len - 1]));
    assert(b->lang < LANG_COUNT && b->ink < INK_COUNT);
}

static void check_bodies(const struct part *p, const struct body_how *how) {
    struct bodies b = {0}, again = {0};

    call_bodies(&b, p, how);
    call_bodies(&again, p, how);
    assert(b.n == again.n);
    for (size_t i = 0; i < b.n; i++) {
        check_body(&b.v[i], how->width);
        assert(b.v[i].kind == again.v[i].kind && b.v[i].len == again.v[i].len);
        assert(memcmp(b.v[i].text, again.v[i].text, b.v[i].len) == 0);
        assert(b.v[i].rows.n == again.v[i].rows.n);
    }
    bodies_fini(&b);
    bodies_fini(&again);
}

static char *copy(const char *s, size_t n, bool ended) { /* ends where it ends */
    char *to = xmalloc(n + 1);

    memcpy(to, s, n);
    to[n] = '\0';
    return ended || n == 0 ? to : xrealloc(to, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3)
        return 0;
    const char *text = (const char *)data + 3;
    const size_t n = size - 3 < 1 << 16 ? size - 3 : 1 << 16;
    const char *mark = memchr(text, 0x1e, n);
    const size_t n_input = mark ? (size_t)(mark - text) : n;
    char *input = copy(text, n_input, false);
    char *result = mark ? copy(mark + 1, n - n_input - 1, true) : NULL;
    const struct body_how how = {.width = 8 + data[1] % 200, .ascii = data[2] & 0x80};
    struct part p = {.kind = PART_TOOL,
                     .name = names[data[0] % MIX_COUNT(names)],
                     .call_id = "c",
                     .state = (enum call_state)(data[2] % (CALL_UNKNOWN + 1)),
                     .is_error = data[2] & 0x40,
                     .text = input,
                     .len = n_input,
                     .result = result,
                     .seconds = -1};
    struct call_head head;

    p.screenshots = data[2] & 0x20 ? result : NULL;
    call_head(&head, &p);
    check_clean(buf_str(&head.object), head.object.n);
    check_clean(buf_str(&head.extra), head.extra.n);
    call_head_fini(&head);
    check_bodies(&p, &how);
    free(input);
    free(result);
    return 0;
}
