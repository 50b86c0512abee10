/* What a GET messages does to what is shown. */
#include "model_rows.h"

static void rows_become_entries(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {
        USER("m1", "list"),
        {.id = "m2",
         .role = "assistant",
         .text = "look",
         .thinking = "hm",
         .call = "c1",
         .input = "{\"command\":\"ls\"}",
         .result = "a.txt"},
        TOOL("m3"),
        SAID("m4", "one"),
    };

    (void)state;
    LOAD(&t, rows);
    assert_true(t.loaded);
    assert_false(t.tail_open);
    assert_int_equal(t.n, 3);
    assert_int_equal(t.entries[0].role, ROLE_USER);
    assert_int_equal(t.entries[0].server_index, 1);
    assert_int_equal(t.entries[2].server_index, 4);
    const struct entry *e = &t.entries[1];

    assert_int_equal(e->n_parts, 3);
    assert_int_equal(e->parts[0].kind, PART_THINKING);
    assert_true(e->parts[0].seconds > 1.9 && e->parts[0].seconds < 2.1);
    assert_int_equal(e->parts[1].kind, PART_TEXT);
    assert_int_equal(e->parts[2].kind, PART_TOOL);
    assert_int_equal(e->parts[2].state, CALL_OK);
    assert_string_equal(e->parts[2].call_id, "c1");
    assert_string_equal(e->parts[2].name, "Bash");
    assert_string_equal(e->parts[2].result, "a.txt");
    assert_true(e->parts[0].rev != e->parts[1].rev && e->parts[0].rev > 0);
    transcript_fini(&t);
}

static void an_answer_with_nothing_in_it_is_counted_but_not_shown(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "go"), SAID("m2", ""), USER("m3", "again"),
                                 SAID("m4", "there")};

    (void)state;
    LOAD(&t, rows);
    assert_int_equal(t.n, 3);
    assert_string_equal(t.entries[1].id, "m3");
    assert_int_equal(t.entries[1].server_index, 3);
    transcript_delta(&t, PART_TEXT, "m5", "live", 4, 1, 1);
    const struct given more[] = {USER("m1", "go"), SAID("m2", ""), USER("m3", "again"),
                                 SAID("m4", "there"), SAID("m5", "")};

    LOAD(&t, more); /* stored before its first word was */
    assert_int_equal(t.n, 4);
    assert_int_equal(t.entries[3].parts[0].len, 4);
    assert_memory_equal(t.entries[3].parts[0].text, "live", 4);
    transcript_fini(&t);
}

static void user_rows_are_shown_as_they_were_typed(void **state) {
    static const struct {
        const char *raw, *shown;
    } rows[] = {
        {"plain", "plain"},
        {"do it\n\n<system-reminder>\nPlan.\n</system-reminder>", "do it"},
        {"do it\n<system-reminder>x</system-reminder>\n", "do it"},
        {"a\n<system-reminder>x</system-reminder>\nb",
         "a\n<system-reminder>x</system-reminder>\nb"},
        {"<system-reminder>x</system-reminder>", "<system-reminder>x</system-reminder>"},
        {"a </system-reminder>", "a </system-reminder>"},
        {"{\"text\":\"hi \\\"you\\\"\",\"media\":[\"a.png\"]}", "hi \"you\""},
        {"{\"media\":[{\"text\":\"no\"}],\"text\":\"yes\\n\\n<system-reminder>x</"
         "system-reminder>\"}",
         "yes"},
        {"{\"other\":1}", "{\"other\":1}"},
        {"{\"text\":\"a\"} {\"text\":\"b\"}", "{\"text\":\"a\"} {\"text\":\"b\"}"},
        {"{not json}", "{not json}"},
        {"", ""},
        {NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct transcript t = {0};
        const struct given given[] = {USER("m1", rows[i].raw)};

        LOAD(&t, given);
        assert_string_equal(said(&t, 0), rows[i].shown);
        transcript_fini(&t);
    }
}

static void a_callback_of_a_tool_row_is_a_part_like_a_call(void **state) {
    struct transcript t = {0};
    struct arena a = {0};
    const struct given rows[] = {USER("m1", "go"), RAN("m2", "run", "c1", "ok"), TOOL("m3")};
    struct message *m = chunk(&a, rows, 3);

    (void)state;
    m[2].callback_results.items = arena_alloc(&a, sizeof *m[2].callback_results.items);
    m[2].callback_results.n = 1;
    m[2].callback_results.items[0] = (struct callback_result){.callback_name = "lint",
                                                              .callback_type = "bash_script",
                                                              .tool_call_id = "c1",
                                                              .tool_name = "Write",
                                                              .stdout_text = "2 warnings",
                                                              .stderr_text = "oh\n",
                                                              .exit_code = 1};
    transcript_stage_begin(&t);
    transcript_stage(&t, m, 3, &a);
    transcript_commit(&t, NULL, 0);
    const struct part *p = &t.entries[2].parts[0];

    assert_int_equal(p->kind, PART_TOOL);
    assert_string_equal(p->name, CALLBACK_TOOL);
    assert_int_equal(p->state, CALL_FAILED);
    assert_string_equal(p->text, "{\"name\":\"lint\",\"type\":\"bash_script\",\"tool\":\"Write\","
                                 "\"exit\":1,\"stderr\":\"oh\\n\"}");
    assert_string_equal(p->result, "2 warnings");
    assert_false(part_open(p));
    assert_string_equal(transcript_find_call(&t, "c1")->name, "Bash"); /* it is not the call */
    assert_false(transcript_has_open_call(&t));
    assert_int_equal(t.entries[2].server_index, 3);
    assert_false(t.entries[2].local);
    transcript_fini(&t);
}

/* Also when what is shown is copied out of a list most of which is known already. */
static void screenshots_of_a_call_are_kept_with_it(void **state) {
    const struct given rows[] = {USER("m1", "go"), RAN("m2", "run", "c1", "ok"), SAID("m3", "x")};
    const char *urls[] = {"http://h/1.png", "", NULL, "http://h/2.png"};

    (void)state;
    for (int known = 0; known < 2; known++) {
        struct transcript t = {0};
        struct arena a = {0};

        if (known)
            load(&t, rows, 3);
        struct message *m = chunk(&a, rows, 3);

        m[1].tool_calls.items[0].screenshot_urls = (struct strings){urls, MIX_COUNT(urls)};
        transcript_stage_begin(&t);
        transcript_stage(&t, m, 3, &a);
        transcript_commit(&t, NULL, 0);
        assert_string_equal(transcript_find_call(&t, "c1")->screenshots,
                            "http://h/1.png\nhttp://h/2.png");
        transcript_fini(&t);
    }
}

static void the_state_of_a_call_comes_from_row_and_events(void **state) {
    enum { LAST = 1, LATER = 0 };
    static const struct {
        enum call_state live;
        const char *result;
        bool unfinished, is_error, last;
        enum call_state shown;
    } rows[] = {
        {CALL_NONE, "r", false, false, LATER, CALL_OK},
        {CALL_NONE, "r", false, true, LATER, CALL_FAILED},
        {CALL_NONE, NULL, false, false, LATER, CALL_OK},
        {CALL_NONE, NULL, true, false, LATER, CALL_UNKNOWN},
        {CALL_NONE, NULL, false, false, LAST, CALL_UNKNOWN},
        {CALL_NONE, "r", false, false, LAST, CALL_OK},
        {CALL_RUNNING, NULL, false, false, LAST, CALL_RUNNING},
        {CALL_WAITING, NULL, true, false, LAST, CALL_WAITING},
        {CALL_RUNNING, NULL, false, false, LATER, CALL_OK},
        {CALL_RUNNING, NULL, true, false, LATER, CALL_UNKNOWN},
        {CALL_RUNNING, "r", false, false, LAST, CALL_OK},
        {CALL_DENIED, "r", false, false, LATER, CALL_DENIED},
        {CALL_FAILED, "r", false, false, LATER, CALL_FAILED},
        {CALL_OK, "r", false, true, LATER, CALL_FAILED},
        {CALL_OK, NULL, true, false, LATER, CALL_OK},
        {CALL_UNKNOWN, "r", false, false, LATER, CALL_OK},
        /* a command that failed, which the server calls a success */
        {CALL_OK, "r\nExit code 2", false, false, LATER, CALL_FAILED},
        {CALL_NONE, "Exit code 2", false, false, LAST, CALL_FAILED},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct transcript t = {0};
        const struct given given[] = {
            USER("m1", "go"),
            {.id = "m2",
             .role = "assistant",
             .text = "x",
             .call = "c1",
             .input = "{}",
             .result = rows[i].result,
             .unfinished = rows[i].unfinished,
             .is_error = rows[i].is_error},
            TOOL("m3"),
        };

        if (rows[i].live != CALL_NONE) {
            struct part *p = transcript_call(&t, "m2", "c1", "Bash", 1, 1);

            part_input(&t, p, "{}", 2);
            part_state(&t, p, rows[i].live, 3);
        }
        load(&t, given, rows[i].last ? 2 : 3);
        const struct part *p = transcript_find_call(&t, "c1");

        assert_int_equal(p->state, rows[i].shown);
        assert_int_equal(t.tail_open, !(rows[i].last && rows[i].result));
        if (rows[i].live != CALL_NONE)
            assert_true(p->seconds > 2.9);
        transcript_fini(&t);
    }
}

static void the_same_list_again_changes_nothing(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {
        USER("m1", "go"),   RAN("m2", "run", "c1", "ok"), TOOL("m3"),
        SAID("m4", "done"), USER("m5", "again"),          RAN("m6", "run", "c2", NULL),
    };

    (void)state;
    LOAD(&t, rows);
    part_fold(&t, transcript_find_call(&t, "c1"), FOLD_OPEN);
    const uint32_t rev = t.rev;
    const char *text = t.entries[0].parts[0].text;

    for (int i = 0; i < 3; i++) {
        LOAD(&t, rows);
        assert_int_equal(t.rev, rev);
        assert_ptr_equal(t.entries[0].parts[0].text, text);
        assert_int_equal(transcript_find_call(&t, "c1")->fold, FOLD_OPEN);
    }
    transcript_fini(&t);
}

static void chunks_need_not_be_cut_alike(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b"), USER("m3", "c"),
                                 SAID("m4", "d")};

    (void)state;
    LOAD(&t, rows);
    const uint32_t rev = t.rev;

    for (size_t cut = 0; cut <= 4; cut++) {
        transcript_stage_begin(&t);
        stage(&t, rows, cut);
        stage(&t, rows + cut, 4 - cut);
        transcript_commit(&t, NULL, 0);
        assert_int_equal(t.rev, rev);
        assert_shown(&t, "ua ab uc ad");
    }
    transcript_fini(&t);
}

static void what_streamed_is_replaced_and_keeps_what_the_reader_did(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "go"), RAN("m2", "Hello", "c1", "out"), TOOL("m3")};

    (void)state;
    transcript_user(&t, "m1", "go", 40);
    delta(&t, "m2", "Hello");
    struct part *p = transcript_call(&t, "m2", "c1", "Bash", 5, 50);

    part_input_more(&t, p, "{}", 2);
    part_state(&t, p, CALL_OK, 1.25);
    part_fold(&t, p, FOLD_OPEN);
    transcript_settle(&t, CALL_UNKNOWN, 9);
    const uint32_t text_rev = t.entries[1].parts[0].rev, call_rev = t.entries[1].parts[1].rev;

    LOAD(&t, rows);
    assert_int_equal(t.n, 2);
    p = transcript_find_call(&t, "c1");
    assert_int_equal(p->fold, FOLD_OPEN);
    assert_true(p->seconds > 1.2 && p->seconds < 1.3);
    assert_string_equal(p->result, "out");
    assert_int_not_equal(p->rev, call_rev);
    assert_int_equal(t.entries[1].parts[0].rev, text_rev);
    assert_null(t.entries[1].parts[0].grow);
    assert_int_equal(t.entries[1].at, 50);
    assert_int_equal(t.entries[1].server_index, 2);
    transcript_fini(&t);
}

static void text_that_still_grows_is_not_taken_back(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "go"), SAID("m2", "Hel")};

    (void)state;
    transcript_user(&t, "m1", "go", 1);
    delta(&t, "m2", "Hello w");
    transcript_call(&t, "m2", "c1", "Bash", 5, 50);
    LOAD(&t, rows);
    assert_string_equal(said(&t, 1), "Hello w");
    assert_true(t.entries[1].parts[0].live);
    delta(&t, "m2", "orld");
    assert_string_equal(said(&t, 1), "Hello world");
    assert_int_equal(transcript_find_call(&t, "c1")->state, CALL_STREAMING);
    assert_string_equal(transcript_find_call(&t, "c1")->name, "Bash");
    transcript_fini(&t);
}

static void a_stream_goes_on_in_an_entry_of_the_history(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "go"), SAID("m2", "Hel")};

    (void)state;
    LOAD(&t, rows);
    delta(&t, "m2", "lo");
    transcript_call(&t, "m2", "c1", "Bash", 5, 50);
    assert_int_equal(t.n, 2);
    assert_string_equal(said(&t, 1), "Hello");
    transcript_fini(&t);
}

static void live_entries_stay_behind_what_the_server_has(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b"), USER("m3", "other client")};

    (void)state;
    load(&t, rows, 2);
    transcript_user(&t, NULL, "mine", 1);
    delta(&t, "m5", "answer");
    LOAD(&t, rows);
    assert_shown(&t, "ua ab uother client umine aanswer");
    assert_true(t.entries[3].pending);
    transcript_fini(&t);
}

static void a_sent_message_is_confirmed_by_its_row(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "go on"), SAID("m2", "b"), USER("m3", "go on")};

    (void)state;
    load(&t, rows, 2);
    transcript_user(&t, NULL, "go on", 77);
    load(&t, rows, 2); /* the row before it said the same, and is not it */
    assert_int_equal(t.n, 3);
    assert_true(t.entries[2].pending);
    LOAD(&t, rows);
    assert_int_equal(t.n, 3);
    assert_false(t.entries[2].pending);
    assert_string_equal(t.entries[2].id, "m3");
    assert_int_equal(t.entries[2].at, 77);
    transcript_fini(&t);
}

static void before_the_first_load_only_the_last_row_can_confirm(void **state) {
    const struct given rows[] = {USER("m1", "go on"), SAID("m2", "b"), USER("m3", "stop"),
                                 SAID("m4", "c"), USER("m5", "go on")};

    (void)state;
    for (size_t n = 4; n <= 5; n++) {
        struct transcript t = {0};

        transcript_user(&t, NULL, "go on", 77);
        load(&t, rows, n);
        assert_int_equal(t.n, 5);
        assert_int_equal(t.entries[4].pending, n == 4);
        assert_int_equal(t.entries[4].at, 77);
        transcript_fini(&t);
    }
}

static void an_answer_without_id_is_known_by_its_text_or_call(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "go"), RAN("m2", "I look.", "c1", NULL), TOOL("m3"),
                                 SAID("m4", "One file: a.txt")};

    (void)state;
    transcript_user(&t, NULL, "go", 1);
    delta(&t, NULL, "I lo");
    part_state(&t, transcript_call(&t, NULL, "c1", "Bash", 1, 1), CALL_OK, 1);
    delta(&t, NULL, "One file");
    transcript_settle(&t, CALL_UNKNOWN, 2);
    LOAD(&t, rows);
    assert_shown(&t, "ugo aI look. aOne file: a.txt");
    assert_int_equal(t.entries[1].n_parts, 2);
    transcript_fini(&t);
}

static void rows_of_one_second_may_swap(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {SAID("m2", "b"), USER("m1", "a")};

    (void)state;
    transcript_user(&t, "m1", "a", 1);
    delta(&t, "m2", "b");
    transcript_settle(&t, CALL_UNKNOWN, 2);
    LOAD(&t, rows);
    assert_int_equal(t.n, 2);
    assert_shown(&t, "ab ua");
    assert_int_equal(t.entries[1].at, 1);
    transcript_fini(&t);
}

static void notes_stay_behind_what_they_followed(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b"), USER("m3", "c"),
                                 SAID("m4", "d")};

    (void)state;
    load(&t, rows, 2);
    transcript_note(&t, "seam", 1);
    LOAD(&t, rows);
    assert_shown(&t, "ua ab -seam uc ad");
    const uint32_t rev = t.rev;

    LOAD(&t, rows);
    assert_int_equal(t.rev, rev);
    assert_shown(&t, "ua ab -seam uc ad");
    load(&t, rows, 1); /* rewound */
    assert_shown(&t, "ua -seam");
    assert_int_not_equal(t.rev, rev);
    transcript_fini(&t);
}

static void a_first_load_comes_before_what_was_live(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b"), USER("m3", "c"),
                                 SAID("m4", "d")};

    (void)state;
    transcript_note(&t, "opened", 1);
    delta(&t, "m4", "d");
    transcript_note(&t, "seam", 1);
    delta(&t, "m6", "new");
    LOAD(&t, rows);
    assert_shown(&t, "ua ab uc -opened ad -seam anew");
    transcript_fini(&t);
}

static void positions_follow_their_entries(void **state) {
    struct transcript t = {0};
    const struct given before[] = {USER("m1", "a"), SAID("m2", "b"), USER("m3", "c"),
                                   SAID("m4", "d")};
    const struct given after[] = {USER("m0", "z"), USER("m1", "a"), SAID("m2", "b"),
                                  SAID("m4", "d")};
    size_t at[] = {0, 1, 2, 3, 4, 99};
    const size_t expected[] = {1, 2, 2, 3, 4, 4};

    (void)state;
    LOAD(&t, before);
    transcript_stage_begin(&t);
    stage(&t, after, 4);
    transcript_commit(&t, at, MIX_COUNT(at));
    assert_memory_equal(at, expected, sizeof at);
    assert_shown(&t, "uz ua ab ad");
    transcript_fini(&t);
}

static void what_is_shown_stays_until_the_commit(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b")};
    const struct given other[] = {USER("m8", "x"), SAID("m9", "y")};

    (void)state;
    LOAD(&t, rows);
    const uint32_t rev = t.rev;

    transcript_stage_begin(&t);
    stage(&t, other, 2);
    assert_shown(&t, "ua ab");
    transcript_stage_drop(&t);
    assert_false(t.loading);
    transcript_commit(&t, NULL, 0);
    assert_shown(&t, "ua ab");
    assert_int_equal(t.rev, rev);
    transcript_stage_begin(&t);
    stage(&t, other, 2);
    transcript_stage_begin(&t); /* it starts over */
    stage(&t, rows, 2);
    transcript_commit(&t, NULL, 0);
    assert_shown(&t, "ua ab");
    LOAD(&t, other);
    assert_shown(&t, "ux ay");
    transcript_fini(&t);
}

static void a_message_unsent_while_a_load_arrives_moves_nothing(void **state) {
    struct transcript t = {0};
    const struct given rows[] = {USER("m1", "a"), SAID("m2", "b")};

    (void)state;
    transcript_user(&t, NULL, "mine", 1);
    delta(&t, "m1x", "kept");
    LOAD(&t, rows);
    transcript_note(&t, "n", 1);
    transcript_stage_begin(&t);
    stage(&t, rows, 2);
    transcript_unsend(&t, "mine");
    transcript_commit(&t, NULL, 0);
    assert_shown(&t, "ua ab akept -n");
    transcript_fini(&t);
}

static void an_unloaded_thread_that_is_empty_is_loaded(void **state) {
    struct transcript t = {0};

    (void)state;
    load(&t, NULL, 0);
    assert_true(t.loaded);
    assert_int_equal(t.n, 0);
    transcript_note(&t, "n", 1);
    load(&t, NULL, 0);
    assert_shown(&t, "-n");
    transcript_fini(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_entries),
        cmocka_unit_test(an_answer_with_nothing_in_it_is_counted_but_not_shown),
        cmocka_unit_test(user_rows_are_shown_as_they_were_typed),
        cmocka_unit_test(a_callback_of_a_tool_row_is_a_part_like_a_call),
        cmocka_unit_test(screenshots_of_a_call_are_kept_with_it),
        cmocka_unit_test(the_state_of_a_call_comes_from_row_and_events),
        cmocka_unit_test(the_same_list_again_changes_nothing),
        cmocka_unit_test(chunks_need_not_be_cut_alike),
        cmocka_unit_test(what_streamed_is_replaced_and_keeps_what_the_reader_did),
        cmocka_unit_test(text_that_still_grows_is_not_taken_back),
        cmocka_unit_test(a_stream_goes_on_in_an_entry_of_the_history),
        cmocka_unit_test(live_entries_stay_behind_what_the_server_has),
        cmocka_unit_test(a_sent_message_is_confirmed_by_its_row),
        cmocka_unit_test(before_the_first_load_only_the_last_row_can_confirm),
        cmocka_unit_test(an_answer_without_id_is_known_by_its_text_or_call),
        cmocka_unit_test(rows_of_one_second_may_swap),
        cmocka_unit_test(notes_stay_behind_what_they_followed),
        cmocka_unit_test(a_first_load_comes_before_what_was_live),
        cmocka_unit_test(positions_follow_their_entries),
        cmocka_unit_test(what_is_shown_stays_until_the_commit),
        cmocka_unit_test(a_message_unsent_while_a_load_arrives_moves_nothing),
        cmocka_unit_test(an_unloaded_thread_that_is_empty_is_loaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
