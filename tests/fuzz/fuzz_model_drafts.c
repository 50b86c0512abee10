/* What may lie where a draft or the history should be: whatever could be read is a text that an
 * editor can hold, its chips are within it, its undo goes all the way and back, and what is written
 * of it is read again as the same. The first byte says which file it is. */
#include "fuzz.h"

#include "draft_file.h"
#include "mix/editor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

enum { STEPS_MAX = 3000, BYTES_MAX = 64 * 1024 };

struct bytes {
    const char *name, *p;
    size_t n;
};
struct world {
    struct model *m;
    struct effects *fx;
};

static bool ends(const char *path, const char *name) {
    const size_t n = strlen(path), k = strlen(name);

    return n >= k && strcmp(path + n - k, name) == 0;
}

/* The disk: one file is there, what is written is taken. */
static void settle(struct world *w, const struct bytes *file) {
    while (w->fx->n_tasks > 0) {
        struct task *t = w->fx->tasks[0];

        memmove(w->fx->tasks, w->fx->tasks + 1, (w->fx->n_tasks - 1) * sizeof(struct task *));
        w->fx->n_tasks--;
        if (t->kind == TASK_OWN_WATCH) {
            task_free(t);
            continue;
        }
        if (t->kind == TASK_READ && file && ends(t->path, file->name)) {
            char *data = arena_alloc(&t->arena, file->n + 1);

            memcpy(data, file->p, file->n);
            t->data = data;
            t->len = file->n;
        }
        model_task_done(w->m, t, 1000, 1700000000000, w->fx);
    }
    for (size_t i = 0; i < w->fx->n_requests; i++)
        request_free(w->fx->requests[i]);
    w->fx->n_requests = 0;
}

static struct world open_world(const struct bytes *file) {
    struct world w = {.fx = effects_new()};

    w.m = model_new(&(struct model_config){.url = "http://localhost:1", .state_dir = "/s"}, 1000,
                    1700000000000, w.fx);
    settle(&w, file);
    return w;
}

static void close_world(struct world *w) {
    model_free(w->m);
    effects_free(w->fx);
}

/* ---- what must hold ---- */
static bool border(const char *p, size_t n, size_t at) {
    return at == n || (at < n && ((unsigned char)p[at] & 0xc0) != 0x80);
}

static void check_chips(const struct chip *v, size_t n, const char *text, size_t len) {
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        CHECK(v[i].len > 0 && v[i].off >= at && v[i].off < len && v[i].len <= len - v[i].off);
        CHECK(border(text, len, v[i].off) && border(text, len, v[i].off + v[i].len));
        CHECK(v[i].kind != CHIP_FILE || (v[i].path && v[i].path[0]));
        at = v[i].off + v[i].len;
    }
}

static void check_editor(const struct editor *e) {
    auto_buf struct buf label = {.max = MIX_MIB};
    const char *text = buf_str(&e->text);

    CHECK(text_valid(text, e->text.n) && !memchr(text, '\0', e->text.n));
    CHECK(border(text, e->text.n, e->caret));
    check_chips(e->chips, e->n_chips, text, e->text.n);
    for (size_t i = 0; i < e->n_chips; i++)
        editor_chip_label(e, &e->chips[i], &label);
    CHECK(text_valid(buf_str(&label), label.n));
}

static uint64_t looks(const struct editor *e) {
    return hash_add(HASH_START, buf_str(&e->text), e->text.n);
}

static uint64_t all_the_way(struct editor *e, bool (*step)(struct editor *e)) {
    for (size_t i = 0; step(e); i++) {
        CHECK(i < STEPS_MAX);
        check_editor(e);
    }
    return looks(e);
}

static void check_undo(struct editor *e) {
    const uint64_t last = all_the_way(e, editor_redo), first = all_the_way(e, editor_undo);

    CHECK(all_the_way(e, editor_redo) == last && all_the_way(e, editor_undo) == first);
    (void)editor_insert(e, "x", 1);
    check_editor(e);
    CHECK(editor_undo(e));
    check_editor(e);
    CHECK(looks(e) == first);
}

static void check_session(const struct session *s) {
    check_editor(&s->draft);
    for (size_t i = 0; i < s->n_queue; i++) {
        const struct queued *q = &s->queue[i];

        CHECK(text_valid(q->text, strlen(q->text)));
        check_chips(q->chips, q->n_chips, q->text, strlen(q->text));
    }
    CHECK(!s->sending || text_valid(s->sending, strlen(s->sending)));
}

static void drafts(const char *p, size_t n) {
    struct world w = open_world(&(struct bytes){"drafts/new", p, n});
    auto_buf struct buf first = {.max = 1024 * MIX_MIB};
    auto_buf struct buf second = {.max = 1024 * MIX_MIB};

    check_session(w.m->shown);
    draft_write(&first, w.m->shown);
    struct world again = open_world(&(struct bytes){"drafts/new", buf_str(&first), first.n});

    check_session(again.m->shown);
    CHECK(again.m->shown->n_queue ==
          w.m->shown->n_queue + (w.m->shown->sending != NULL) - (again.m->shown->sending != NULL));
    CHECK(str_blank(buf_str(&w.m->shown->draft.text)) ||
          looks(&again.m->shown->draft) == looks(&w.m->shown->draft));
    draft_write(&second, again.m->shown);
    CHECK(first.n == second.n && (first.n == 0 || memcmp(first.p, second.p, first.n) == 0));
    check_undo(&w.m->shown->draft);
    close_world(&w);
    close_world(&again);
}

static void history(const char *p, size_t n) {
    struct world w = open_world(&(struct bytes){"history", p, n});

    for (size_t i = 0; i < w.m->n_history; i++) {
        const struct prompt *said = &w.m->history[i];

        CHECK(!str_blank(said->text) && text_valid(said->text, strlen(said->text)));
        CHECK(!said->session || text_valid(said->session, strlen(said->session)));
    }
    check_session(w.m->shown);
    close_world(&w);
}

/* A line of text, then steps that say to be of that text. */
static void steps(const char *p, size_t n) {
    const char *stop = memchr(p, '\n', n);
    const size_t len = stop ? (size_t)(stop - p) : n;
    auto_buf struct buf undo = {.max = 2 * BYTES_MAX};
    struct editor e;

    if (memchr(p, '\0', len) || !text_valid(p, len))
        return;
    auto_free char *text = xstrndup(p, len);

    editor_init(&e, DRAFT_MAX);
    editor_set(&e, text);
    (void)buf_addf(&undo, "mixtui undo 1 %zu %016llx\n", e.text.n, (unsigned long long)looks(&e));
    (void)buf_add(&undo, stop ? stop + 1 : p + n, n - len - (stop != NULL));
    const bool taken = editor_undo_take(&e, undo.p, undo.n);

    check_editor(&e);
    if (taken) {
        auto_buf struct buf again = {.max = 1024 * MIX_MIB};

        editor_undo_keep(&e, &again, 256 * 1024);
        check_undo(&e);
        editor_set(&e, text);
        CHECK(again.n == 0 || editor_undo_take(&e, again.p, again.n));
    }
    editor_fini(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > BYTES_MAX)
        return 0;
    /* exactly as long as it is, so that a sanitizer sees what is read behind it */
    char *copy = xmalloc(size);

    memcpy(copy, data + 1, size - 1);
    if (data[0] == 'h')
        history(copy, size - 1);
    else if (data[0] == 'u')
        steps(copy, size - 1);
    else
        drafts(copy, size - 1);
    free(copy);
    return 0;
}
