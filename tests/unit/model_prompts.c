/* The prompt history: whose prompts come first, and what its file may look like. */
#include "cpu_time.h"
#include "mix/complete.h"
#include "mix/editor.h"
#include "model_kit.h"

static const char *const two[] = {"s1", "s2"};
/* Without a sanitizer, unoptimised and on a busy machine; it is to be 20 ms. */
enum { SLOWEST_MS = 100 };
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

static void files_of_the_draft_come_back_with_it(void **state) {
    struct kit *k = with_file("\\@1 s2 mine\n");
    struct editor *const e = &k->m->shown->draft;

    (void)state;
    kit_type(k, "see");
    act_attach(k->m, "/w/a.c", NULL);
    up(k, "mine");
    assert_int_equal(e->n_chips, 0);
    kit_pass(k, 1100);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s2"), "/w/a.c"));
    down(k, "see @a.c ");
    assert_int_equal(e->n_chips, 1);
    assert_true(editor_undo(e));
    assert_true(editor_redo(e)); /* its way back knows them, too */
    assert_int_equal(e->n_chips, 1);
    assert_string_equal(e->chips[0].path, "/w/a.c");
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
    struct kit *k =
        with_file("good\n\\@5 s2 \n\n\\@6 s2 bad \xff\n\\@7 s2\xff bad\n\\@8 s2 fine\n");

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

/* ---- Ctrl+R ---- */
static struct panel *search(struct kit *k) {
    act_panel_open(k->m, PANEL_PROMPTS, k->fx);
    kit_step(k);
    panel_fresh(k->m);
    assert_non_null(k->m->ui.panel);
    return k->m->ui.panel;
}

static void look_for(struct kit *k, const char *text) {
    struct panel *p = k->m->ui.panel;

    for (const char *c = text; *c; c++) {
        (void)editor_insert(&p->filter, c, 1);
        act_panel_changed(k->m, k->fx);
        panel_fresh(k->m);
    }
}

/* The texts of the rows that can be chosen, between blanks. */
static const char *found(struct kit *k) {
    static char all[4096];
    const struct panel *p = k->m->ui.panel;
    size_t n = 0;

    panel_fresh(k->m);
    all[0] = '\0';
    for (size_t i = 0; i < p->n_rows; i++)
        if (p->rows[i].kind == ROW_VALUE)
            n += (size_t)snprintf(all + n, sizeof all - n, "[%s]", p->rows[i].value);
    return all;
}

static void newest_first_then_best_first(void **state) {
    struct kit *k = with_file("\\@1 s1 make the tests\n\\@2 s2 deploy\n\\@3 s2 make tea\n"
                              "\\@4 s1 deploy\n");

    (void)state;
    (void)search(k);
    assert_string_equal(found(k), "[deploy][make tea][make the tests]");
    look_for(k, "mktests");
    assert_string_equal(found(k), "[make the tests]");
    kit_free(k);
}

static void the_servers_own_come_page_by_page(void **state) {
    struct kit *k = with_file("\\@1 s1 said here\n");
    static struct message rows[500];
    static char texts[500][32];

    (void)state;
    k->m->server.state = SERVER_ONLINE;
    (void)search(k);
    const struct history_query *in = kit_last(k, OP_MESSAGES_HISTORY)->in;

    assert_int_equal(in->offset, 0);
    for (size_t i = 0; i < 500; i++) {
        snprintf(texts[i], sizeof texts[i], "number %zu", i);
        rows[i] = (struct message){
            .id = texts[i], .session_id = "s1", .role = "user", .user_input = texts[i]};
    }
    rows[0].user_input = "said here";
    kit_reply(k, OP_MESSAGES_HISTORY, rows, 500);
    in = kit_last(k, OP_MESSAGES_HISTORY)->in;
    assert_int_equal(in->offset, 500);
    kit_reply(k, OP_MESSAGES_HISTORY, rows, 1);
    assert_int_equal(k->m->ui.panel->loading, 0);
    look_for(k, "said");
    assert_string_equal(found(k), "[said here]"); /* once */
    editor_set(&k->m->ui.panel->filter, "");
    look_for(k, "number 499");
    assert_non_null(strstr(found(k), "[number 499]"));
    kit_free(k);
}

static void the_chosen_one_is_shown_whole_and_taken(void **state) {
    struct kit *k = with_file("\\@1 s1 first line\\nsecond line\n\\@2 s1 other\n");
    struct panel *p = search(k);
    size_t texts = 0;

    (void)state;
    kit_type(k, "what stood there");
    assert_string_equal(p->rows[0].value, "other");
    act_panel_key(k->m, 'r', k->fx); /* Ctrl+R again */
    panel_fresh(k->m);
    for (size_t i = 0; i < p->n_rows; i++)
        texts += p->rows[i].kind == ROW_TEXT && strstr(p->rows[i].value, "second line");
    assert_int_equal(texts, 1);
    act_panel_enter(k->m, k->fx);
    assert_null(k->m->ui.panel);
    assert_string_equal(draft(k), "first line\nsecond line");
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "what stood there");
    kit_free(k);
}

static void esc_leaves_the_draft_as_it_was(void **state) {
    struct kit *k = with_file("\\@1 s1 old\n");

    (void)state;
    kit_type(k, "half a thought");
    const uint32_t rev = k->m->shown->draft.rev;

    (void)search(k);
    look_for(k, "old");
    act_panel_back(k->m);
    assert_null(k->m->ui.panel);
    assert_string_equal(draft(k), "half a thought");
    assert_int_equal(k->m->shown->draft.rev, rev);
    kit_free(k);
}

static void ten_thousand_prompts_keep_no_key_waiting(void **state) {
    static const char *const words[] = {"make",   "the",       "tests", "green",  "deploy",
                                        "parser", "streaming", "again", "please", "why"};
    auto_buf struct buf file = {.max = 16 * MIX_MIB};
    uint32_t seed = 7;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        (void)buf_addf(&file, "\\@%d s%d", i + 1, i % 50);
        for (int w = 0; w < 14; w++) {
            seed = seed * 1664525 + 1013904223;
            (void)buf_addf(&file, " %s", words[(seed >> 16) % MIX_COUNT(words)]);
        }
        (void)buf_addf(&file, " %d\n", i);
    }
    struct kit *k = with_file(buf_str(&file));
    struct panel *p = search(k);
    uint64_t worst = 0;

    for (const char *c = "makegreen please 77"; *c; c++) {
        const uint64_t from = cpu_ns();

        (void)editor_insert(&p->filter, c, 1);
        act_panel_changed(k->m, k->fx);
        panel_fresh(k->m);
        if (cpu_ns() - from > worst)
            worst = cpu_ns() - from;
    }
    print_message("worst key %.1f ms\n", (double)worst / 1e6);
    assert_true(worst < (uint64_t)SLOWEST_MS * 1000 * 1000);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sessions_own_come_before_those_of_others),
        cmocka_unit_test(files_of_the_draft_come_back_with_it),
        cmocka_unit_test(what_is_said_elsewhere_meanwhile_moves_nothing),
        cmocka_unit_test(lines_of_every_kind_are_read),
        cmocka_unit_test(damaged_lines_hurt_no_others),
        cmocka_unit_test(a_torn_last_line_does_not_swallow_the_next),
        cmocka_unit_test(the_first_message_belongs_to_the_session_it_made),
        cmocka_unit_test(two_at_once_lose_nothing),
        cmocka_unit_test(taking_one_loses_neither_the_draft_nor_the_way_back),
        cmocka_unit_test(newest_first_then_best_first),
        cmocka_unit_test(the_servers_own_come_page_by_page),
        cmocka_unit_test(the_chosen_one_is_shown_whole_and_taken),
        cmocka_unit_test(esc_leaves_the_draft_as_it_was),
        cmocka_unit_test(ten_thousand_prompts_keep_no_key_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
