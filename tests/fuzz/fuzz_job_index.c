/* Whatever is read is indexed, whatever is typed is a question: both go through SQLite, and neither
 * may fail or lose the other's rows. Input: a text and a question, a line end between them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "index.h"

static struct indexes *all;
static char dir[] = "/tmp/fuzz-index-XXXXXX", file[64];

static void tear_down(void) {
    struct task *t = task_new(TASK_INDEX_FORGET, file);

    index_run(all, t, (struct fs_stop){0});
    task_free(t);
    indexes_free(all);
    rmdir(dir);
}

static void set_up(void) {
    if (all)
        return;
    if (!mkdtemp(dir))
        abort();
    snprintf(file, sizeof file, "%s/i.db", dir);
    all = indexes_new();
    atexit(tear_down);
}

static bool never(void *of) {
    (void)of;
    return false;
}

static struct task *run(struct task *t) {
    index_run(all, t, (struct fs_stop){never, NULL});
    if (t->err.rc != RC_OK) {
        fprintf(stderr, "%s\n", t->err.text);
        abort();
    }
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *cut = size ? memchr(data, '\n', size) : NULL;
    const size_t n = cut ? (size_t)(cut - data) : size;

    set_up();
    struct task *add = task_new(TASK_INDEX_ADD, file), *find = task_new(TASK_INDEX_FIND, file);

    add->index.session = "s";
    add->index.title = "t";
    add->index.rows = arena_alloc(&add->arena, sizeof *add->index.rows);
    add->index.n_rows = 1;
    add->index.rows[0] =
        (struct index_row){.message = "m",
                           .role = 'a',
                           .text = arena_strndup(&add->arena, n ? (const char *)data : "", n),
                           .len = n};
    run(add);
    if (add->index.done != 1 || add->index.facts.messages != 1 || add->index.facts.renewed)
        abort();
    find->index.query =
        cut ? arena_strndup(&find->arena, (const char *)cut + 1, size - n - 1) : "x y";
    run(find);
    if (find->index.n_rows > 1)
        abort();
    task_free(add);
    task_free(find);
    return 0;
}
