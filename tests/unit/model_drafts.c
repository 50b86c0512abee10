/* Nothing typed is lost: drafts, queues and the prompt history on disk. */
#include "model_kit.h"

static const char *const one[] = {"s1"};
static const char *const two[] = {"s1", "s2"};
#define DIR_ "/s/http_localhost_8088/"

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

static const char *draft(struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static struct kit *online(void) { return kit_online_with(with_disk(), GEN_TOP, two, 2); }

static void again(struct kit *k) {
    kit_restart(k, with_disk());
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, two, 2);
}

/* ---- drafts ---- */
static void a_draft_is_on_disk_a_second_later(void **state) {
    struct kit *k = online();

    (void)state;
    kit_pass(k, 5000);
    const size_t writes = k->n_writes;

    for (int i = 0; i < 10; i++) {
        kit_type(k, "a\nb \xc3\xa4");
        kit_pass(k, 99);
    }
    assert_int_equal(k->n_writes, writes);
    kit_pass(k, 10);
    assert_int_equal(k->n_writes, writes + 1);
    const char *start = "mixtui draft 1\ndraft 6 6\na\nb \xc3\xa4\nundo ";

    assert_memory_equal(kit_file(k, DIR_ "drafts/s2"), start, strlen(start));
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    again(k);
    assert_string_equal(k->m->shown->id, "s2");
    assert_string_equal(draft(k), "a\nb \xc3\xa4");
    assert_int_equal(k->m->shown->draft.caret, 6);
    kit_free(k);
}

/* Whoever types for an hour meanwhile has one write of it in memory, and then one more. */
static void a_disk_that_hangs_collects_no_drafts(void **state) {
    struct kit *k = online();
    char text[32];

    (void)state;
    kit_pass(k, 5000);
    k->disk_slow = true;
    for (int i = 0; i < 30; i++) {
        (void)snprintf(text, sizeof text, "draft number %d", i);
        kit_type(k, text);
        kit_pass(k, 2000);
    }
    assert_in_range(k->fx->n_tasks, 1, 4);
    k->disk_slow = false;
    kit_disk(k);
    kit_pass(k, 1001);
    again(k);
    assert_string_equal(draft(k), "draft number 29");
    kit_free(k);
}

static void every_session_has_its_own(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "two");
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "");
    kit_type(k, "one");
    act_session_show(k->m, model_session(k->m, "s2"), k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "two");
    model_save_all(k->m, k->fx);
    kit_step(k);
    again(k);
    assert_string_equal(draft(k), "two");
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "one");
    kit_free(k);
}

static void an_emptied_draft_has_no_file(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "x");
    kit_pass(k, 1000);
    kit_type(k, "");
    kit_pass(k, 1000);
    assert_null(kit_file(k, DIR_ "drafts/s2"));
    kit_free(k);
}

static void the_draft_of_a_new_session_moves_with_it(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, NULL, 0);
    struct session_data data = {.id = "n1", .title = "x", .created_at = 5};

    (void)state;
    kit_type(k, "hello");
    kit_pass(k, 1000);
    assert_non_null(kit_file(k, DIR_ "drafts/new"));
    kit_send(k, "hello");
    kit_type(k, "and more");
    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_null(kit_file(k, DIR_ "drafts/new"));
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/n1"), "queue 5\nhello"));
    kit_pass(k, 1000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/n1"), "and more"));
    assert_null(kit_file(k, DIR_ "drafts/new"));
    kit_free(k);
}

static void hostile_ids_stay_inside_the_directory(void **state) {
    static const char *const ids[] = {"../../etc/x", "new"};
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, ids, 2);

    (void)state;
    act_session_show(k->m, model_session(k->m, "../../etc/x"), k->fx);
    kit_step(k);
    kit_type(k, "one");
    act_session_show(k->m, model_session(k->m, "new"), k->fx);
    kit_step(k);
    kit_type(k, "two");
    kit_pass(k, 1000);
    assert_non_null(kit_file(k, DIR_ "drafts/%2e%2e%2f%2e%2e%2fetc%2fx"));
    assert_non_null(kit_file(k, DIR_ "drafts/%6eew"));
    assert_null(kit_file(k, DIR_ "drafts/new"));
    kit_free(k);
}

static void what_is_typed_while_the_file_is_read_is_kept(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 3 3\nold\nqueue 1\nq\nend\n");
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    kit_type(k, "new words");
    kit_pass(k, 3000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "old"));
    kit_disk(k);
    assert_string_equal(draft(k), "new words");
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "old");
    assert_int_equal(k->m->shown->n_queue, 1);
    assert_true(k->m->shown->held);
    k->disk_slow = false;
    kit_pass(k, 3000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "new words"));
    kit_free(k);
}

static void a_message_waits_until_the_file_was_read(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\nsending 3 1\noldx\nend\n");
    kit_live(k, "s1");
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    kit_send(k, "new words");
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    k->disk_slow = false;
    kit_step(k);
    assert_null(kit_last(k, OP_MESSAGE_SEND)); /* an older one has to be cleared up first */
    assert_string_equal(k->m->shown->sending, "old");
    assert_string_equal(k->m->shown->queue[0].text, "new words");
    kit_free(k);
}

static void a_quit_before_the_file_was_read_loses_neither(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 3 3\nold\nend\n");
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_type(k, "new words");
    while (k->fx->n_tasks > 0) /* the read never comes back */
        task_free(k->fx->tasks[--k->fx->n_tasks]);
    model_save_all(k->m, k->fx);
    k->disk_slow = false;
    kit_step(k);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "old"));
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "new words"));
    kit_free(k);
}

static void a_quit_that_waits_for_the_file_keeps_the_draft(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 3 3\nold\nend\n");
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    assert_false(model_reading(k->m)); /* nothing typed: nothing to wait for */
    kit_type(k, "new words");
    assert_true(model_reading(k->m));
    kit_disk(k);
    assert_false(model_reading(k->m));
    model_save_all(k->m, k->fx);
    kit_disk(k);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "new words"));
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "old"));
    kit_free(k);
}

struct damage {
    const char *name, *file, *draft;
    size_t queued;
};
static const struct damage damages[] = {
    {"other file", "hello", "", 0},
    {"torn head", "mixtui dra", "", 0},
    {"no end", "mixtui draft 1\ndraft 0 2\nab\n", "ab", 0},
    {"torn text", "mixtui draft 1\ndraft 0 2\nab\nqueue 10\nabc", "ab", 0},
    {"huge length", "mixtui draft 1\ndraft 0 999999999999999\nab\nend\n", "", 0},
    {"no length", "mixtui draft 1\ndraft x\nab\nend\n", "", 0},
    {"not text", "mixtui draft 1\nqueue 2\nab\ndraft 0 2\n\xff\xfe\nend\n", "", 1},
    {"unknown record", "mixtui draft 1\nqueue 2\nab\nfoo 1\nend\n", "", 1},
    {"bytes behind", "mixtui draft 1\ndraft 9 2\nab\nend\nx", "ab", 0},
    {"caret far out", "mixtui draft 1\ndraft 99 2\nab\nend\n", "ab", 0},
};

static void a_damaged_file_gives_what_can_be_read_and_is_kept(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(damages); i++) {
        struct kit *k = online();
        const bool whole = str_eq(damages[i].name, "caret far out");

        kit_put_file(k, DIR_ "drafts/s1", damages[i].file);
        act_session_show(k->m, model_session(k->m, "s1"), k->fx);
        kit_step(k);
        if (!str_eq(draft(k), damages[i].draft) || k->m->shown->n_queue != damages[i].queued)
            fail_msg("%s: '%s', %zu queued", damages[i].name, draft(k), k->m->shown->n_queue);
        const char *kept = kit_file(k, DIR_ "drafts/s1.damaged");

        if (whole ? kept != NULL : !str_eq(kept, damages[i].file))
            fail_msg("%s: kept '%s'", damages[i].name, kept ? kept : "nothing");
        kit_free(k);
    }
}

/* A disk that fails, a file that is too large: it may be read another time. */
static void a_file_that_cannot_be_read_is_not_written_over(void **state) {
    static const char text[] = "mixtui draft 1\ndraft 3 3\nold\nend\n";
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", text);
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    for (size_t i = 0; i < k->fx->n_tasks; i++) {
        struct task *t = k->fx->tasks[i];

        if (t->kind != TASK_READ || !str_eq(t->path, DIR_ "drafts/s1"))
            continue;
        memmove(k->fx->tasks + i, k->fx->tasks + i + 1,
                (--k->fx->n_tasks - i) * sizeof(struct task *));
        (void)err_set(&t->err, RC_IO, 5, "Input/output error");
        model_task_done(k->m, t, k->now, k->real, k->fx);
        break;
    }
    k->disk_slow = false;
    kit_step(k);
    assert_string_equal(kit_notice(k), "Could not read the draft of \"s1\", it is kept as "
                                       "*.damaged: Input/output error");
    kit_type(k, "new words");
    kit_pass(k, 3000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "new words"));
    assert_string_equal(kit_file(k, DIR_ "drafts/s1.damaged"), text);
    kit_free(k);
}

static void a_full_disk_is_said_once_and_tried_again(void **state) {
    struct kit *k = online();

    (void)state;
    k->disk_full = true;
    kit_type(k, "precious");
    kit_pass(k, 1000);
    assert_string_equal(kit_notice(k),
                        "Drafts cannot be saved, they are only in memory; tried again every 5 s: "
                        "No space left on device");
    const size_t notices = k->m->n_notices;

    kit_pass(k, 30000);
    assert_int_equal(k->m->n_notices, notices);
    assert_string_equal(draft(k), "precious");
    k->disk_full = false;
    kit_pass(k, 5000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s2"), "precious"));
    kit_pass(k, 60000);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    kit_free(k);
}

static void the_history_is_written_when_there_is_room_again(void **state) {
    struct kit *k = online();

    (void)state;
    k->disk_full = true;
    kit_type(k, "said into a full disk");
    act_draft_clear(k->m);
    kit_pass(k, 1000);
    const size_t notices = k->m->n_notices;

    kit_type(k, "and another");
    act_draft_clear(k->m);
    kit_pass(k, 20000);
    assert_int_equal(k->m->n_notices, notices); /* it was told */
    k->disk_full = false;
    kit_pass(k, 10000);
    const char *file = kit_file(k, DIR_ "history");

    assert_non_null(file);
    assert_non_null(strstr(file, "said into a full disk"));
    assert_non_null(strstr(file, "and another"));
    kit_pass(k, 60000);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    again(k);
    assert_true(k->m->n_history >= 2);
    kit_free(k);
}

static void a_session_that_goes_leaves_its_draft_in_the_history(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "precious");
    kit_pass(k, 1000);
    kit_event(k, "s2", EV_SESSION_DELETED, .session_id = "s2");
    assert_null(model_session(k->m, "s2"));
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "precious");
    assert_null(kit_file(k, DIR_ "drafts/s2"));
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "precious\n"));
    kit_free(k);
}

static void one_that_goes_while_prompts_are_browsed_leaves_its_draft_too(void **state) {
    struct kit *k = online();

    (void)state;
    kit_send(k, "sent");
    kit_type(k, "half a thought");
    assert_true(act_history(k->m, -1));
    kit_event(k, "s2", EV_SESSION_DELETED, .session_id = "s2");
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "half a thought\n"));
    kit_free(k);
}

static void a_draft_typed_into_a_new_session_before_its_answer_is_kept(void **state) {
    struct kit *k = online();
    struct session_data data = {.id = "n1", .title = "x", .created_at = 5};

    (void)state;
    act_session_new(k->m, k->fx);
    kit_send(k, "x");
    kit_event(k, "s2", EV_SESSION_CREATED, .session_id = "n1", .title = "x");
    act_session_show(k->m, model_session(k->m, "n1"), k->fx);
    kit_step(k);
    kit_type(k, "precious");
    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_string_equal(k->m->shown->id, "n1");
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "precious");
    kit_free(k);
}

static void without_a_directory_nothing_is_written(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_type(k, "x");
    kit_pass(k, 10000);
    model_save_all(k->m, k->fx);
    kit_step(k);
    assert_int_equal(k->n_writes, 0);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    kit_free(k);
}

/* ---- prompts ---- */
static void prompts_come_back_after_a_restart(void **state) {
    struct kit *k = online();

    (void)state;
    kit_send(k, "one\ntwo \\n three");
    kit_send(k, "second");
    kit_send(k, "second");
    assert_non_null(strstr(kit_file(k, DIR_ "history"), " s2 one\\ntwo \\\\n three\n"));
    assert_non_null(strstr(kit_file(k, DIR_ "history"), " s2 second\n"));
    again(k);
    assert_int_equal(k->m->n_history, 2);
    assert_true(act_history(k->m, -1));
    assert_string_equal(draft(k), "second");
    assert_true(act_history(k->m, -1));
    assert_string_equal(draft(k), "one\ntwo \\n three");
    assert_false(act_history(k->m, -1));
    kit_free(k);
}

static void as_many_steps_down_as_up_lead_back_to_the_draft(void **state) {
    struct kit *k = online();

    (void)state;
    kit_send(k, "older");
    kit_send(k, "the same");
    kit_type(k, "the same");
    assert_true(act_history(k->m, -1)); /* what stands there already is no step */
    assert_string_equal(draft(k), "older");
    assert_true(act_history(k->m, 1));
    assert_string_equal(draft(k), "the same");
    assert_int_equal(k->m->shown->history_at, 0);
    kit_free(k);
}

static void browsing_keeps_the_draft(void **state) {
    struct kit *k = online();

    (void)state;
    kit_send(k, "sent");
    kit_type(k, "half a thought");
    assert_true(act_history(k->m, -1));
    assert_string_equal(draft(k), "sent");
    kit_pass(k, 1000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s2"), "half a thought"));
    assert_true(act_history(k->m, 1));
    assert_string_equal(draft(k), "half a thought");
    assert_false(act_history(k->m, 1));
    assert_true(act_history(k->m, -1));
    kit_type(k, "sent, and changed"); /* a recalled prompt that is edited is a new draft */
    assert_int_equal(k->m->shown->history_at, 0);
    kit_tick(k);
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "half a thought");
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "half a thought"));
    kit_free(k);
}

static void clearing_goes_into_the_history(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "precious");
    act_draft_clear(k->m);
    assert_string_equal(draft(k), "");
    kit_tick(k);
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "precious\n"));
    assert_true(act_history(k->m, -1));
    assert_string_equal(draft(k), "precious");
    kit_free(k);
}

static void a_long_history_is_shortened(void **state) {
    struct kit *k = kit_new_with(with_disk());
    struct buf lines;

    (void)state;
    buf_init(&lines, MIX_MIB);
    for (int i = 0; i < 25000; i++)
        (void)buf_addf(&lines, "prompt %d\n", i);
    (void)buf_adds(&lines, "torn by a cra");
    kit_put_file(k, DIR_ "history", buf_str(&lines));
    buf_fini(&lines);
    kit_step(k);
    assert_int_equal(k->m->n_history, 10000);
    assert_string_equal(k->m->history[9999].text, "prompt 24999");
    assert_true(strlen(kit_file(k, DIR_ "history")) < 20 * 10000);
    kit_free(k);
}

static void the_servers_history_is_a_first_seed(void **state) {
    struct kit *k = online();
    struct message rows[] = {
        {.id = "2", .session_id = "s1", .role = "user", .user_input = "newer"},
        {.id = "1",
         .session_id = "s1",
         .role = "user",
         .user_input = "older\n\n<system-reminder>plan</system-reminder>"},
    };

    (void)state;
    kit_reply(k, OP_MESSAGES_HISTORY, rows, 2);
    assert_int_equal(k->m->n_history, 2);
    assert_string_equal(k->m->history[0].text, "older");
    assert_string_equal(k->m->history[1].text, "newer");
    assert_string_equal(model_session(k->m, "s1")->first_message, "older");
    kit_free(k);
}

/* ---- state ---- */
static void what_was_shown_and_pinned_comes_back(void **state) {
    struct kit *k = online();

    (void)state;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    act_session_pin(k->m, model_session(k->m, "s2"), k->fx);
    kit_step(k);
    kit_pass(k, 1000);
    assert_string_equal(kit_file(k, DIR_ "state"), "mixtui state 1\nshown s1\npin s2\n");
    kit_restart(k, with_disk());
    assert_string_equal(k->m->shown->id, "s1"); /* before the server answered */
    kit_list(k, two, 2);
    assert_string_equal(k->m->shown->id, "s1");
    assert_true(model_session(k->m, "s2")->pinned);
    act_session_pin(k->m, model_session(k->m, "s2"), k->fx);
    kit_pass(k, 1000);
    assert_string_equal(kit_file(k, DIR_ "state"), "mixtui state 1\nshown s1\n");
    kit_free(k);
}

static void a_new_session_with_a_draft_comes_back(void **state) {
    struct kit *k = online();

    (void)state;
    kit_pass(k, 1000);
    assert_string_equal(kit_file(k, DIR_ "state"), "mixtui state 1\nshown s2\n");
    act_session_new(k->m, k->fx);
    kit_step(k);
    kit_type(k, "for something new");
    kit_pass(k, 1000);
    assert_string_equal(kit_file(k, DIR_ "state"), "mixtui state 1\n");
    again(k);
    assert_null(k->m->shown->id);
    assert_string_equal(draft(k), "for something new");
    kit_free(k);
}

static void a_server_quicker_than_the_disk_hides_no_draft(void **state) {
    static const struct {
        const char *state, *draft, *shown;
    } cases[] = {
        {NULL, "mixtui draft 1\ndraft 3 3\nold\nend\n", NULL},
        {NULL, NULL, "s2"},
        {"mixtui state 1\nshown s1\n", "mixtui draft 1\ndraft 3 3\nold\nend\n", "s1"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = kit_new_with(with_disk());

        if (cases[i].state)
            kit_put_file(k, DIR_ "state", cases[i].state);
        if (cases[i].draft)
            kit_put_file(k, DIR_ "drafts/new", cases[i].draft);
        k->disk_slow = true;
        kit_step(k);
        kit_caps(k, caps_of(GEN_TOP));
        kit_list(k, two, 2);
        k->disk_slow = false;
        kit_step(k);
        if (cases[i].shown)
            assert_string_equal(k->m->shown->id, cases[i].shown);
        else
            assert_null(k->m->shown->id);
        model_settle(k->m, k->fx);
        assert_int_equal(k->m->n_visible, cases[i].draft ? 3 : 2);
        kit_free(k);
    }
}

static void the_demo_and_odd_addresses_have_safe_names(void **state) {
    static const struct {
        const char *url, *key;
        bool demo;
    } cases[] = {
        {"http://127.0.0.1:43121", "demo", true},
        {"https://me:secret@host.example/base/", "https_host.example_base", false},
        {"http://[::1]:80/../../x", "http_1_80_.._.._x", false},
        {"..", "_.", false},
        {"", "server", false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = kit_new_with(
            (struct model_config){.url = cases[i].url, .demo = cases[i].demo, .state_dir = "/s"});

        kit_step(k);
        assert_string_equal(k->m->server.key, cases[i].key);
        assert_null(strstr(k->m->server.url, "secret"));
        kit_free(k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_is_on_disk_a_second_later),
        cmocka_unit_test(a_disk_that_hangs_collects_no_drafts),
        cmocka_unit_test(every_session_has_its_own),
        cmocka_unit_test(an_emptied_draft_has_no_file),
        cmocka_unit_test(the_draft_of_a_new_session_moves_with_it),
        cmocka_unit_test(hostile_ids_stay_inside_the_directory),
        cmocka_unit_test(what_is_typed_while_the_file_is_read_is_kept),
        cmocka_unit_test(a_message_waits_until_the_file_was_read),
        cmocka_unit_test(a_quit_before_the_file_was_read_loses_neither),
        cmocka_unit_test(a_quit_that_waits_for_the_file_keeps_the_draft),
        cmocka_unit_test(a_damaged_file_gives_what_can_be_read_and_is_kept),
        cmocka_unit_test(a_file_that_cannot_be_read_is_not_written_over),
        cmocka_unit_test(a_full_disk_is_said_once_and_tried_again),
        cmocka_unit_test(the_history_is_written_when_there_is_room_again),
        cmocka_unit_test(a_session_that_goes_leaves_its_draft_in_the_history),
        cmocka_unit_test(one_that_goes_while_prompts_are_browsed_leaves_its_draft_too),
        cmocka_unit_test(a_draft_typed_into_a_new_session_before_its_answer_is_kept),
        cmocka_unit_test(without_a_directory_nothing_is_written),
        cmocka_unit_test(prompts_come_back_after_a_restart),
        cmocka_unit_test(as_many_steps_down_as_up_lead_back_to_the_draft),
        cmocka_unit_test(browsing_keeps_the_draft),
        cmocka_unit_test(clearing_goes_into_the_history),
        cmocka_unit_test(a_long_history_is_shortened),
        cmocka_unit_test(the_servers_history_is_a_first_seed),
        cmocka_unit_test(what_was_shown_and_pinned_comes_back),
        cmocka_unit_test(a_new_session_with_a_draft_comes_back),
        cmocka_unit_test(a_server_quicker_than_the_disk_hides_no_draft),
        cmocka_unit_test(the_demo_and_odd_addresses_have_safe_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
