/* model_rows.h - rows of a server for tests of the transcript, written short. */
#ifndef MIX_TESTS_MODEL_ROWS_H
#define MIX_TESTS_MODEL_ROWS_H

#include "history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS_FN static inline __attribute__((unused))

/* One row of the server, short: text of a user, text, thinking and one call of an assistant. */
struct given {
    const char *id, *role, *text, *thinking, *call, *input, *result;
    bool unfinished, is_error;
};
#define USER(i, t)                                                                                 \
    { .id = (i), .role = "user", .text = (t) }
#define SAID(i, t)                                                                                 \
    { .id = (i), .role = "assistant", .text = (t) }
#define RAN(i, t, c, r)                                                                            \
    { .id = (i), .role = "assistant", .text = (t), .call = (c), .input = "{}", .result = (r) }
#define TOOL(i)                                                                                    \
    { .id = (i), .role = "tool", .text = "" }

ROWS_FN struct message *chunk(struct arena *a, const struct given *rows, size_t n) {
    struct message *out = arena_alloc(a, n * sizeof *out);

    for (size_t i = 0; i < n; i++) {
        struct message *m = &out[i];

        m->id = arena_strdup(a, rows[i].id);
        m->role = arena_strdup(a, rows[i].role);
        m->user_input = arena_strdup(a, rows[i].text);
        if (strcmp(rows[i].role, "assistant") == 0)
            m->assistant_response = arena_strdup(a, rows[i].text);
        m->reasoning = arena_strdup(a, rows[i].thinking);
        m->reasoning_seconds = rows[i].thinking ? 2 : 0;
        if (rows[i].call) {
            m->tool_calls.items = arena_alloc(a, sizeof *m->tool_calls.items);
            m->tool_calls.n = 1;
            m->tool_calls.items[0] = (struct tool_call){
                .id = arena_strdup(a, rows[i].call),
                .name = "Bash",
                .input = arena_strdup(a, rows[i].input),
                .result = arena_strdup(a, rows[i].result),
                .finished = !rows[i].unfinished,
                .is_error = rows[i].is_error,
            };
        }
    }
    return out;
}

ROWS_FN void stage(struct transcript *t, const struct given *rows, size_t n) {
    struct arena a = {0};
    struct message *m = chunk(&a, rows, n);

    transcript_stage(t, m, n, &a);
    assert_null(a.head);
}

ROWS_FN void load(struct transcript *t, const struct given *rows, size_t n) {
    transcript_stage_begin(t);
    assert_true(t->loading);
    stage(t, rows, n);
    transcript_commit(t, NULL, 0);
    assert_false(t->loading);
}
#define LOAD(t, rows) load((t), (rows), MIX_COUNT(rows))

ROWS_FN void delta(struct transcript *t, const char *id, const char *text) {
    transcript_delta(t, PART_TEXT, id, text, strlen(text), 5, 50);
}

ROWS_FN const char *said(const struct transcript *t, size_t entry) {
    static char line[2][200];
    static int turn;
    const struct part *p = &t->entries[entry].parts[0];

    turn = !turn;
    assert_true(entry < t->n);
    snprintf(line[turn], sizeof line[turn], "%.*s", (int)p->len, p->text);
    return line[turn];
}

/* The first texts of all entries, each behind a mark of its role. */
ROWS_FN void assert_shown(const struct transcript *t, const char *expected) {
    auto_buf struct buf out = {.max = 10000};

    for (size_t i = 0; i < t->n; i++)
        buf_addf(&out, "%s%c%s", i > 0 ? " " : "", "ua-"[t->entries[i].role],
                 t -> entries[i].n_parts > 0 ? said(t, i) : "");
    assert_string_equal(buf_str(&out), expected);
}

#endif
