/* Entries and parts as they grow from live events. */
#include "mix/transcript.h"
#include "cpu_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void delta(struct transcript *t, enum part_kind kind, const char *id, const char *text,
                  int64_t now) {
    transcript_delta(t, kind, id, text, strlen(text), now, 1000 + now);
}

static void assert_text(const struct part *p, const char *text) {
    assert_int_equal(p->len, strlen(text));
    assert_memory_equal(p->text, text, p->len);
}

static void deltas_grow_one_part_of_each_kind(void **state) {
    struct transcript t = {0};

    (void)state;
    delta(&t, PART_THINKING, "m1", "hm", 100);
    delta(&t, PART_THINKING, "m1", "mm", 200);
    assert_true(part_open(&t.entries[0].parts[0]));
    delta(&t, PART_TEXT, "m1", "Hel", 2100);
    delta(&t, PART_TEXT, "m1", "lo", 2200);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.entries[0].n_parts, 2);
    const struct part *thinking = &t.entries[0].parts[0], *text = &t.entries[0].parts[1];

    assert_text(thinking, "hmmm");
    assert_false(thinking->live);
    assert_false(part_open(thinking));
    assert_true(thinking->seconds > 1.99 && thinking->seconds < 2.01);
    assert_text(text, "Hello");
    assert_true(text->live);
    assert_true(text->rev > thinking->rev);
    assert_int_equal(t.entries[0].at, 1100);
    assert_int_equal(t.entries[0].server_index, 0);
    transcript_fini(&t);
}

static void interleaved_answers_are_told_apart_by_id(void **state) {
    struct transcript t = {0};

    (void)state;
    delta(&t, PART_TEXT, "a", "1", 1);
    delta(&t, PART_TEXT, "b", "x", 2);
    delta(&t, PART_TEXT, "a", "2", 3);
    delta(&t, PART_TEXT, "b", "y", 4);
    assert_int_equal(t.n, 2);
    assert_text(&t.entries[0].parts[0], "12");
    assert_text(&t.entries[1].parts[0], "xy");
    transcript_fini(&t);
}

static void without_ids_text_after_a_call_is_the_next_answer(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_user(&t, NULL, "go", 1);
    delta(&t, PART_TEXT, NULL, "I look.", 1);
    transcript_call(&t, NULL, "c1", "bash", 2, 2);
    delta(&t, PART_TEXT, NULL, "One ", 3);
    delta(&t, PART_TEXT, NULL, "file.", 4);
    assert_int_equal(t.n, 3);
    assert_int_equal(t.entries[1].n_parts, 2);
    assert_text(&t.entries[2].parts[0], "One file.");
    transcript_complete(&t, NULL, "One file.", 5);
    delta(&t, PART_TEXT, NULL, "late", 6);
    assert_int_equal(t.n, 3);
    assert_text(&t.entries[2].parts[0], "One file.");
    transcript_user(&t, NULL, "again", 7);
    delta(&t, PART_TEXT, NULL, "next", 8);
    assert_int_equal(t.n, 5);
    transcript_fini(&t);
}

static void without_ids_a_call_after_ended_calls_is_of_the_next_answer(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_user(&t, NULL, "go", 1);
    delta(&t, PART_TEXT, NULL, "I look.", 1);
    struct part *first = transcript_call(&t, NULL, "c1", "glob", 2, 2);

    part_state(&t, first, CALL_RUNNING, -1);
    transcript_call(&t, NULL, "c2", "grep", 2, 2); /* beside the first */
    assert_int_equal(t.n, 2);
    part_state(&t, transcript_find_call(&t, "c1"), CALL_OK, 0.1);
    part_state(&t, transcript_find_call(&t, "c2"), CALL_OK, 0.1);
    transcript_call(&t, NULL, "c1", "glob", 3, 3); /* told once more */
    assert_int_equal(t.n, 2);
    transcript_call(&t, NULL, "c3", "edit", 4, 4);
    assert_int_equal(t.n, 3);
    assert_int_equal(t.entries[1].n_parts, 3);
    assert_string_equal(t.entries[2].parts[0].call_id, "c3");
    transcript_fini(&t);
}

static void complete_names_what_streamed_without_an_id(void **state) {
    static const struct {
        const char *streamed, *call, *final;
        size_t entries; /* the question, what streamed, and a new one if it was not that */
    } rows[] = {
        {"One file.", NULL, "One file.", 2}, {"One ", NULL, "One file.", 2},
        {NULL, NULL, "One file.", 2},        {"Other", NULL, "One file.", 3},
        {"One ", "c1", "One file.", 3},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct transcript t = {0};

        transcript_user(&t, NULL, "go", 1);
        delta(&t, PART_THINKING, NULL, "hm", 1);
        if (rows[i].streamed)
            delta(&t, PART_TEXT, NULL, rows[i].streamed, 1);
        if (rows[i].call)
            transcript_call(&t, NULL, rows[i].call, "bash", 2, 2);
        transcript_complete(&t, "m4", rows[i].final, 3);
        assert_int_equal(t.n, rows[i].entries);
        const struct entry *last = &t.entries[t.n - 1];

        assert_string_equal(last->id, "m4");
        assert_text(&last->parts[last->n_parts - 1], "One file.");
        delta(&t, PART_TEXT, NULL, " late", 4);
        assert_int_equal(t.n, rows[i].entries);
        transcript_fini(&t);
    }
}

static void complete_extends_what_is_a_prefix_and_nothing_else(void **state) {
    static const struct {
        const char *streamed, *final, *shown;
    } rows[] = {
        {"Hel", "Hello", "Hello"},   {"Hello", "Hello", "Hello"}, {"Hello", "Hel", "Hello"},
        {"Other", "Hello", "Other"}, {"Hel", NULL, "Hel"},        {"Hel", "", "Hel"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct transcript t = {0};

        delta(&t, PART_TEXT, "m0", "before", 1);
        delta(&t, PART_TEXT, "m1", rows[i].streamed, 1);
        transcript_complete(&t, "m1", rows[i].final, 2);
        assert_text(&t.entries[1].parts[0], rows[i].shown);
        assert_text(&t.entries[0].parts[0], "before");
        assert_false(t.entries[0].parts[0].live);
        assert_false(t.entries[1].parts[0].live);
        delta(&t, PART_TEXT, "m1", " late", 3);
        assert_text(&t.entries[1].parts[0], rows[i].shown);
        assert_int_equal(t.n, 2);
        transcript_fini(&t);
    }
}

static void complete_of_an_answer_that_never_streamed_makes_it(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_complete(&t, "m1", "", 1);
    assert_int_equal(t.n, 0);
    transcript_complete(&t, "m1", "whole", 1);
    assert_int_equal(t.n, 1);
    assert_text(&t.entries[0].parts[0], "whole");
    delta(&t, PART_TEXT, "m1", "whole", 2);
    assert_text(&t.entries[0].parts[0], "whole");
    transcript_fini(&t);
}

static void a_call_is_made_once_and_keeps_its_input(void **state) {
    struct transcript t = {0};

    (void)state;
    struct part *p = transcript_call(&t, "m1", "c1", "Bash", 10, 10);

    assert_int_equal(p->state, CALL_STREAMING);
    part_input_more(&t, p, "{\"comm", 6);
    part_input_more(&t, p, "and\":1}", 7);
    assert_text(p, "{\"command\":1}");
    const uint32_t rev = p->rev;

    part_input(&t, p, "{\"command\":1}", 13);
    assert_int_equal(p->rev, rev);
    part_input(&t, p, "{}", 2);
    assert_text(p, "{}");
    assert_ptr_equal(transcript_call(&t, "m1", "c1", "Bash", 11, 11), p);
    assert_ptr_equal(transcript_call(&t, "m9", "c1", NULL, 11, 11), p);
    assert_int_equal(t.n, 1);
    assert_true(transcript_has_open_call(&t));
    part_state(&t, p, CALL_OK, 1.5);
    assert_false(p->live);
    assert_false(transcript_has_open_call(&t));
    assert_false(part_open(p));
    part_fold(&t, p, FOLD_OPEN);
    assert_true(part_open(p));
    transcript_fini(&t);
}

static void a_call_gets_its_name_from_a_later_event(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_call(&t, "m1", "c1", NULL, 1, 1);
    assert_string_equal(transcript_find_call(&t, "c1")->name, "");
    assert_string_equal(transcript_call(&t, "m1", "c1", "Bash", 1, 1)->name, "Bash");
    assert_int_equal(t.entries[0].n_parts, 1);
    transcript_fini(&t);
}

static void the_next_answer_ends_calls_nobody_told_of(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_call(&t, "m1", "c1", "Bash", 1, 1);
    part_state(&t, transcript_call(&t, "m1", "c2", "Bash", 1, 1), CALL_WAITING, -1);
    part_state(&t, transcript_call(&t, "m1", "c3", "Bash", 1, 1), CALL_OK, 1);
    delta(&t, PART_TEXT, "m2", "so", 2);
    assert_int_equal(transcript_find_call(&t, "c1")->state, CALL_UNKNOWN);
    assert_int_equal(transcript_find_call(&t, "c2")->state, CALL_WAITING);
    assert_int_equal(transcript_find_call(&t, "c3")->state, CALL_OK);
    transcript_settle(&t, CALL_FAILED, 3);
    assert_int_equal(transcript_find_call(&t, "c2")->state, CALL_FAILED);
    assert_false(transcript_has_open_call(&t));
    assert_false(t.entries[1].parts[0].live);
    transcript_fini(&t);
}

static void the_echo_of_a_message_confirms_it(void **state) {
    struct transcript t = {0};
    const char *echo = "make a plan\n\n<system-reminder>\nPlan only.\n</system-reminder>\n";

    (void)state;
    struct entry *e = transcript_user(&t, NULL, "make a plan", 5);

    assert_true(e->pending);
    assert_null(e->id);
    e = transcript_user(&t, "u1", echo, 6);
    assert_int_equal(t.n, 1);
    assert_false(e->pending);
    assert_string_equal(e->id, "u1");
    transcript_user(&t, "u1", echo, 7);
    assert_int_equal(t.n, 1);
    e = transcript_user(&t, "u2", echo, 8);
    assert_int_equal(t.n, 2);
    assert_text(&e->parts[0], "make a plan");
    assert_false(e->pending);
    transcript_fini(&t);
}

static void a_message_that_was_not_sent_goes_away(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_user(&t, NULL, "same", 1);
    transcript_user(&t, NULL, "other", 2);
    transcript_user(&t, NULL, "same", 3);
    transcript_unsend(&t, "same");
    transcript_unsend(&t, "nobody");
    assert_int_equal(t.n, 2);
    assert_int_equal(t.entries[0].at, 1);
    assert_text(&t.entries[1].parts[0], "other");
    transcript_fini(&t);
}

static void a_part_stops_growing_at_its_cap(void **state) {
    struct transcript t = {0};
    const size_t n = 3 * MIX_MIB;
    char *block = malloc(n);

    (void)state;
    assert_non_null(block);
    memset(block, 'x', n);
    for (int i = 0; i < 7; i++)
        transcript_delta(&t, PART_TEXT, "m1", block, n, 1, 1);
    free(block);
    assert_int_equal(t.entries[0].parts[0].len, 16 * MIX_MIB);
    transcript_fini(&t);
}

static void a_long_stream_costs_the_same_for_each_delta(void **state) {
    struct transcript t = {0};
    uint64_t took[2];

    (void)state;
    for (int i = 0; i < 20000; i++)
        delta(&t, PART_TEXT, NULL, "a", 1), transcript_user(&t, NULL, "b", 1);
    /* Behind 40,000 entries as fast as behind none: compared generously. */
    for (int round = 0; round < 2; round++) {
        const uint64_t begin = cpu_ns();

        for (int i = 0; i < 100000; i++)
            delta(&t, PART_TEXT, "m1", "word ", 1);
        took[round] = cpu_ns() - begin;
        transcript_fini(&t);
    }
    assert_true(took[0] < 20 * took[1] + 50 * 1000 * 1000);
}

static void what_lives_again_after_a_turn_ends_with_the_next(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_call(&t, "m1", "c1", "Bash", 1, 1);
    delta(&t, PART_TEXT, "m2", "text", 1);
    for (int i = 0; i < 20; i++)
        transcript_note(&t, "note", 1);
    transcript_settle(&t, CALL_UNKNOWN, 2);
    assert_false(transcript_has_open_call(&t));
    part_state(&t, transcript_find_call(&t, "c1"), CALL_RUNNING, -1);
    assert_true(transcript_has_open_call(&t));
    delta(&t, PART_TEXT, "m2", " more", 3);
    transcript_settle(&t, CALL_UNKNOWN, 4);
    assert_false(transcript_has_open_call(&t));
    assert_int_equal(t.entries[0].parts[0].state, CALL_UNKNOWN);
    assert_false(t.entries[1].parts[0].live);
    transcript_fini(&t);
}

static void notes_are_entries_of_their_own(void **state) {
    struct transcript t = {0};

    (void)state;
    transcript_note(&t, "recovered", 7);
    assert_int_equal(t.entries[0].role, ROLE_NOTE);
    assert_true(t.entries[0].local);
    assert_text(&t.entries[0].parts[0], "recovered");
    assert_true(part_open(&t.entries[0].parts[0]));
    transcript_fini(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deltas_grow_one_part_of_each_kind),
        cmocka_unit_test(interleaved_answers_are_told_apart_by_id),
        cmocka_unit_test(without_ids_text_after_a_call_is_the_next_answer),
        cmocka_unit_test(without_ids_a_call_after_ended_calls_is_of_the_next_answer),
        cmocka_unit_test(complete_names_what_streamed_without_an_id),
        cmocka_unit_test(complete_extends_what_is_a_prefix_and_nothing_else),
        cmocka_unit_test(complete_of_an_answer_that_never_streamed_makes_it),
        cmocka_unit_test(a_call_is_made_once_and_keeps_its_input),
        cmocka_unit_test(a_call_gets_its_name_from_a_later_event),
        cmocka_unit_test(the_next_answer_ends_calls_nobody_told_of),
        cmocka_unit_test(the_echo_of_a_message_confirms_it),
        cmocka_unit_test(a_message_that_was_not_sent_goes_away),
        cmocka_unit_test(a_part_stops_growing_at_its_cap),
        cmocka_unit_test(a_long_stream_costs_the_same_for_each_delta),
        cmocka_unit_test(what_lives_again_after_a_turn_ends_with_the_next),
        cmocka_unit_test(notes_are_entries_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
