/* The prompt history: whose prompts come first, and what its file may look like. */
#include "mix/editor.h"
#include "model_kit.h"

static const char *const two[] = {"s1", "s2"};
#define DIR_ "/s/http_localhost_8088/"

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

static const char *draft(struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static struct kit *online(void) { return kit_online_with(with_disk(), GEN_TOP, two, 2); }

static struct kit *with_file(const char *bytes) {
    struct kit *k = kit_new_with(with_disk());

    kit_put_file(k, DIR_ "history", bytes);
    kit_step(k);
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, two, 2);
    return k;
}

static void up(struct kit *k, const char *expected) {
    assert_true(act_history(k->m, -1));
    assert_string_equal(draft(k), expected);
}

static void down(struct kit *k, const char *expected) {
    assert_true(act_history(k->m, 1));
    assert_string_equal(draft(k), expected);
}

static void the_sessions_own_come_before_those_of_others(void **state) {
    struct kit *k = with_file("\\@1 s2 mine 1\n\\@2 s1 theirs 1\n\\@3 s2 mine 2\n"
                              "\\@4 - nobody's\n\\@5 s1 theirs 2\n");

    (void)state;
    assert_string_equal(k->m->shown->id, "s2");
    assert_null(prompt_recalled(k->m, k->m->shown));
    kit_type(k, "half a thought");
    up(k, "mine 2");
    assert_false(prompt_elsewhere(k->m, k->m->shown));
    up(k, "mine 1");
    up(k, "theirs 2");
    assert_true(prompt_elsewhere(k->m, k->m->shown));
    up(k, "nobody's");
    up(k, "theirs 1");
    assert_false(act_history(k->m, -1));
    assert_string_equal(draft(k), "theirs 1");
    down(k, "nobody's");
    down(k, "theirs 2");
    down(k, "mine 1");
    down(k, "mine 2");
    down(k, "half a thought");
    assert_false(act_history(k->m, 1));
    kit_free(k);
}

static void what_is_said_elsewhere_meanwhile_moves_nothing(void **state) {
    struct kit *k = with_file("\\@1 s2 mine 1\n\\@3 s2 mine 2\n\\@5 s1 theirs\n");

    (void)state;
    up(k, "mine 2");
    history_said(k->m, model_session(k->m, "s1"), "said there", NULL);
    up(k, "mine 1");
    down(k, "mine 2");
    up(k, "mine 1");
    up(k, "said there");
    kit_free(k);
}

static void lines_of_every_kind_are_read(void **state) {
    static const struct {
        const char *line, *text, *session;
        int64_t at;
    } table[] = {
        {"as it was written before", "as it was written before", NULL, 0},
        {"two\\nlines and \\\\n", "two\nlines and \\n", NULL, 0},
        {"\\\\@1 s2 typed like that", "\\@1 s2 typed like that", NULL, 0},
        {"\\@17 s2 new", "new", "s2", 17},
        {"\\@17 - of nobody", "of nobody", NULL, 17},
        {"\\@17 s2  two\\nlines", " two\nlines", "s2", 17},
        {"\\@ s2 no time", "@ s2 no time", NULL, 0},
        {"\\@12345678901234567890 s2 x", "@12345678901234567890 s2 x", NULL, 0},
        {"\\@1 s2", "@1 s2", NULL, 0},
        {"\\@1  x", "@1  x", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        auto_buf struct buf file = {.max = 1024};

        buf_addf(&file, "%s\n", table[i].line);
        struct kit *k = with_file(buf_str(&file));

        assert_int_equal(k->m->n_history, 1);
        assert_string_equal(k->m->history[0].text, table[i].text);
        assert_true(str_eq(k->m->history[0].session, table[i].session));
        assert_int_equal(k->m->history[0].at, table[i].at);
        kit_free(k);
    }
}

static void damaged_lines_hurt_no_others(void **state) {
    struct kit *k = with_file("good\n\\@5 s2 \n\n\\@6 s2 bad \xff\n\\@7 s2\xff bad\n\\@8 s2 fine\n");

    (void)state;
    assert_int_equal(k->m->n_history, 2);
    assert_string_equal(k->m->history[0].text, "good");
    assert_string_equal(k->m->history[1].text, "fine");
    kit_free(k);
}

static void a_torn_last_line_does_not_swallow_the_next(void **state) {
    struct kit *k = with_file("whole\n\\@5 s2 torn by a cra");

    (void)state;
    assert_int_equal(k->m->n_history, 1);
    kit_type(k, "next");
    act_draft_clear(k->m);
    kit_tick(k);
    assert_non_null(strstr(kit_file(k, DIR_ "history"), " cra\n\\@"));
    kit_restart(k, with_disk());
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "next");
    kit_free(k);
}

static void the_first_message_belongs_to_the_session_it_made(void **state) {
    struct kit *k = online();

    (void)state;
    act_session_new(k->m, k->fx);
    kit_send(k, "hello");
    const struct session_data made = {.id = "s3", .title = "hello"};

    kit_reply(k, OP_SESSION_CREATE, (void *)(uintptr_t)&made, 0);
    assert_int_equal(k->m->n_history, 1);
    assert_string_equal(k->m->history[0].session, "s3");
    kit_restart(k, with_disk());
    assert_int_equal(k->m->n_history, 1);
    assert_string_equal(k->m->history[0].session, "s3");
    kit_free(k);
}

static void two_at_once_lose_nothing(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "from here");
    act_draft_clear(k->m);
    kit_tick(k);
    auto_buf struct buf file = {.max = 4096};

    buf_addf(&file, "%s\\@9 s1 from there\n", kit_file(k, DIR_ "history"));
    kit_put_file(k, DIR_ "history", buf_str(&file));
    kit_type(k, "again from here");
    act_draft_clear(k->m);
    kit_tick(k);
    kit_restart(k, with_disk());
    assert_int_equal(k->m->n_history, 3);
    assert_string_equal(k->m->history[1].text, "from there");
    kit_free(k);
}

static void taking_one_loses_neither_the_draft_nor_the_way_back(void **state) {
    struct kit *k = with_file("\\@1 s1 old\n");

    (void)state;
    kit_type(k, "precious");
    prompt_take(k->m, "old");
    assert_string_equal(draft(k), "old");
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "precious");
    assert_true(editor_undo(&k->m->shown->draft));
    assert_string_equal(draft(k), "precious");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sessions_own_come_before_those_of_others),
        cmocka_unit_test(what_is_said_elsewhere_meanwhile_moves_nothing),
        cmocka_unit_test(lines_of_every_kind_are_read),
        cmocka_unit_test(damaged_lines_hurt_no_others),
        cmocka_unit_test(a_torn_last_line_does_not_swallow_the_next),
        cmocka_unit_test(the_first_message_belongs_to_the_session_it_made),
        cmocka_unit_test(two_at_once_lose_nothing),
        cmocka_unit_test(taking_one_loses_neither_the_draft_nor_the_way_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
