/* Messages that come alone, and what a long history costs. */
#include "model_rows.h"

#include <malloc.h>

/* ---- one message ---- */

static void put(struct transcript *t, const struct given *row, const char *question) {
    struct arena a = {0};
    struct message *m = chunk(&a, row, 1);

    if (question) {
        m->user_input = arena_strdup(&a, question);
        m->assistant_response = arena_strdup(&a, row->text);
    }
    transcript_put(t, m, &a);
    assert_null(a.head);
}

static void a_synchronous_answer_replaces_what_streamed(void **state) {
    struct transcript t = {0};
    const struct given answer = {.id = "m2", .role = "user", .text = "Hello there"};
    const struct given rows[] = {USER("m1", "hi"), SAID("m2", "Hello there")};

    (void)state;
    transcript_user(&t, NULL, "hi", 1);
    delta(&t, NULL, "Hello");
    put(&t, &answer, "hi");
    assert_shown(&t, "uhi aHello there");
    LOAD(&t, rows);
    assert_shown(&t, "uhi aHello there");
    transcript_fini(&t);
}

static void an_answer_under_the_id_of_its_question_is_not_shown_twice(void **state) {
    struct transcript t = {0};
    const struct given answer = {.id = "m1", .role = "user", .text = "Hello"};
    const struct given rows[] = {USER("m1", "hi"), SAID("m2", "Hello")};

    (void)state;
    transcript_user(&t, NULL, "hi", 1);
    put(&t, &answer, "hi");
    LOAD(&t, rows);
    assert_shown(&t, "uhi aHello");
    transcript_fini(&t);
}

static void a_slash_command_and_its_answer_stay_where_they_were(void **state) {
    struct transcript t = {0};
    const struct given answer = SAID("cmd-help", "{\"type\":\"help\"}");
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b"), USER("m3", "c")};

    (void)state;
    load(&t, rows, 2);
    transcript_user(&t, NULL, "/help", 1);
    put(&t, &answer, "/help");
    assert_false(t.entries[2].pending);
    LOAD(&t, rows);
    assert_shown(&t, "ua ab u/help a{\"type\":\"help\"} uc");
    transcript_fini(&t);
}

static void a_refusal_is_known_from_the_text_that_was_stored(void **state) {
    static const struct {
        const char *result;
        enum call_state is;
    } table[] = {
        {"The user denied this action. Stop and wait for the user.", CALL_DENIED},
        {"bash: /etc/shadow: Permission denied", CALL_OK},
        {"wait, stop", CALL_OK},
        {"", CALL_OK},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct transcript t = {0};
        struct arena a = {0};
        struct message *m = arena_alloc(&a, sizeof *m);
        struct tool_call *c = arena_alloc(&a, sizeof *c);

        *c = (struct tool_call){.id = "c1",
                                .name = "Bash",
                                .input = "{\"command\":\"x\"}",
                                .finished = true,
                                .result = table[i].result};
        *m = (struct message){.id = "m1", .role = "assistant", .user_input = "I try."};
        m->tool_calls.items = c;
        m->tool_calls.n = 1;
        transcript_stage_begin(&t);
        transcript_stage(&t, m, 1, &a);
        transcript_commit(&t, NULL, 0);
        const struct part *p = transcript_find_call(&t, "c1");

        assert_non_null(p);
        assert_int_equal(p->state, table[i].is);
        transcript_fini(&t);
    }
}

/* ---- size ---- */

static struct message *big_chunk(struct arena *a, size_t first, size_t n, size_t *text_bytes) {
    struct message *out = arena_alloc(a, n * sizeof *out);
    static char text[1400 + 1];

    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < n; i++) {
        struct message *m = &out[i];
        const size_t at = first + i;

        m->id = arena_printf(a, "message-%zu", at);
        m->role = at % 2 == 0 ? "user" : "assistant";
        m->user_input = arena_strdup(a, text);
        *text_bytes += sizeof text;
        if (at % 2 == 0)
            continue;
        m->assistant_response = arena_strdup(a, text);
        m->tool_calls.n = 1;
        m->tool_calls.items = arena_alloc(a, sizeof *m->tool_calls.items);
        m->tool_calls.items[0] = (struct tool_call){.id = arena_printf(a, "call-%zu", at),
                                                    .name = "Bash",
                                                    .input = arena_strdup(a, text),
                                                    .result = arena_strdup(a, text),
                                                    .finished = true};
        *text_bytes += 3 * sizeof text;
    }
    return out;
}

static size_t heap_bytes(void) { return mallinfo2().uordblks + mallinfo2().hblkhd; }

static size_t load_big(struct transcript *t, size_t n, size_t *peak) {
    size_t text = 0;

    transcript_stage_begin(t);
    for (size_t at = 0; at < n; at += 500) {
        struct arena a = {0};
        struct message *m = big_chunk(&a, at, n - at < 500 ? n - at : 500, &text);

        transcript_stage(t, m, n - at < 500 ? n - at : 500, &a);
        const size_t used = heap_bytes();

        if (used > *peak)
            *peak = used;
    }
    transcript_commit(t, NULL, 0);
    return text;
}

/* The chunks as they arrive, without a transcript. */
static size_t chunks_alone(size_t n) {
    struct arena all[32] = {0};
    const size_t before = heap_bytes();
    size_t text = 0;

    for (size_t at = 0; at < n; at += 500)
        big_chunk(&all[at / 500], at, 500, &text);
    const size_t used = heap_bytes() - before;

    for (size_t i = 0; i < MIX_COUNT(all); i++)
        arena_free(&all[i]);
    return used;
}

static void a_long_history_costs_little_more_than_its_text(void **state) {
    struct transcript t = {0};
    const size_t before = heap_bytes();
    size_t peak = before;

    (void)state;
    const size_t text = load_big(&t, 10000, &peak);
    const size_t loaded = heap_bytes() - before;
    const uint32_t rev = t.rev;

    assert_int_equal(t.n, 10000);
    peak = before;
    load_big(&t, 10000, &peak);
    assert_int_equal(t.rev, rev);
    /* Growing turn by turn does not pin a chunk for each turn. */
    for (size_t n = 10002; n <= 10060; n += 2)
        load_big(&t, n, &peak);
    const size_t grown = heap_bytes() - before;
    const size_t alone = chunks_alone(10000);

    if (loaded > 0) { /* mallinfo2 tells nothing of a sanitizer's heap */
        /* What servers send twice is kept once; an entry and its parts cost little. */
        assert_in_range(loaded, 1, text);
        assert_in_range(loaded, 1, alone);
        assert_in_range(peak - before, 1, loaded + 4 * MIX_MIB);
        assert_in_range(grown, 1, loaded + MIX_MIB);
    }
    transcript_fini(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_synchronous_answer_replaces_what_streamed),
        cmocka_unit_test(an_answer_under_the_id_of_its_question_is_not_shown_twice),
        cmocka_unit_test(a_slash_command_and_its_answer_stay_where_they_were),
        cmocka_unit_test(a_refusal_is_known_from_the_text_that_was_stored),
        cmocka_unit_test(a_long_history_costs_little_more_than_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
