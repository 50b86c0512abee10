/* A session as a file, byte for byte and never over another; and back to one of its messages, with
 * a copy made before. */
#include "model_form_kit.h"

static const char *const ids[] = {"s1"};

static struct kit *online(int version) {
    return kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/here"}, version, ids,
        1);
}

/* ---- export ---- */
static void answer_raw(struct kit *k, enum op op, const char *a, const char *b) {
    const struct request *r = kit_last(k, op);
    const char *const pieces[] = {a, b};

    assert_non_null(r);
    assert_non_null(r->options);
    assert_int_equal(r->options->answer, REPLY_AS_IT_IS);
    for (size_t i = 0; i < MIX_COUNT(pieces); i++) {
        struct incoming *in = incoming_new(IN_BYTES, r->id);

        in->op = op;
        in->out = arena_strdup(&in->arena, pieces[i]);
        in->n = strlen(pieces[i]);
        kit_apply(k, in);
    }
    kit_reply(k, op, NULL, 0);
}

static const char *file_like(struct kit *k, const char *end) {
    size_t at = 0;
    const char *path;
    void *value;

    while (map_next(&k->disk, &at, &path, &value))
        if (strlen(path) > strlen(end) && strcmp(path + strlen(path) - strlen(end), end) == 0 &&
            strncmp(path, "/here/", 6) == 0)
            return ((struct file *)value)->data;
    return NULL;
}

static void json_is_what_the_server_wrote(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_EXPORT);
    form_press(k, "JSON");
    answer_raw(k, OP_SESSION_GET, "{\"id\":\"s1\",", "\"new\":1}");
    assert_null(file_like(k, ".json"));
    answer_raw(k, OP_MESSAGES_LIST, "[{\"id\":\"m1\"}", ",{\"z\":0.10}]");
    const char *first = file_like(k, ".json");

    assert_non_null(first);
    assert_non_null(strstr(first, "{\"id\":\"s1\",\"new\":1}"));
    assert_non_null(strstr(first, "[{\"id\":\"m1\"},{\"z\":0.10}]"));
    form_press(k, "JSON"); /* nothing is written over */
    answer_raw(k, OP_SESSION_GET, "{\"id\":\"s1\",", "\"new\":2}");
    answer_raw(k, OP_MESSAGES_LIST, "[", "]");
    assert_non_null(strstr(file_like(k, "-2.json"), "\"new\":2"));
    assert_true(form_says(k, "-2.json"));
    kit_free(k);
}

static void markdown_is_made_of_the_messages(void **state) {
    struct kit *k = online(GEN_TOP);
    static const struct row_spec rows[] = {{.id = "m1", .role = "user", .text = "a question"},
                                           {.id = "m2", .role = "assistant", .text = "an answer"}};
    struct session_data s = {.id = "s1", .title = "The title"};

    (void)state;
    form_open(k, PANEL_EXPORT);
    form_press(k, "Markdown");
    kit_messages(k, rows, MIX_COUNT(rows));
    kit_reply(k, OP_SESSION_GET, &s, 0);
    const char *text = file_like(k, ".md");

    assert_non_null(text);
    assert_non_null(strstr(text, "The title"));
    assert_non_null(strstr(text, "a question"));
    assert_non_null(strstr(text, "an answer"));
    kit_free(k);
}

static void the_servers_own_export_is_there_from_its_generation_on(void **state) {
    struct kit *k = online(GEN_SEED);

    (void)state;
    form_open(k, PANEL_EXPORT);
    assert_non_null(form_row(k, "the server's own")->why_not);
    kit_free(k);
    k = online(GEN_TOP);
    form_open(k, PANEL_EXPORT);
    form_press(k, "the server's own");
    answer_raw(k, OP_SESSION_EXPORT, "{\"own\"", ":true}");
    assert_string_equal(file_like(k, ".server.json"), "{\"own\":true}");
    kit_free(k);
}

static void an_export_that_fails_leaves_no_file(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_EXPORT);
    form_press(k, "JSON");
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    kit_http_fail(k, OP_MESSAGES_LIST, 502);
    assert_non_null(strstr(kit_notice(k), "Not exported"));
    assert_null(file_like(k, ".json"));
    k->disk_full = true;
    form_press(k, "JSON");
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    answer_raw(k, OP_MESSAGES_LIST, "[", "]");
    assert_non_null(strstr(kit_notice(k), "No space left"));
    k->disk_full = false;
    form_press(k, "JSON"); /* and can be made again */
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    answer_raw(k, OP_MESSAGES_LIST, "[", "]");
    assert_non_null(file_like(k, ".json"));
    kit_free(k);
}

/* ---- rewind ---- */
static const struct row_spec talk[] = {
    {.id = "m1", .role = "user", .text = "first"},
    {.id = "m2", .role = "assistant", .text = "looking", .call = "c1"},
    {.id = "m3", .role = "tool", .text = ""},
    {.id = "m4", .role = "assistant", .text = "found"},
    {.id = "m5", .role = "user", .text = "second"},
    {.id = "m6", .role = "assistant", .text = "done"},
};

static struct kit *rewinding(void) {
    struct kit *k = online(GEN_TOP);

    form_open(k, PANEL_REWIND);
    kit_messages(k, talk, MIX_COUNT(talk));
    return k;
}

static struct panel_row *message_row(struct kit *k, const char *text) {
    panel_fresh(k->m);
    for (size_t i = 0; i < panel_top(k->m)->n_rows; i++)
        if (strcmp(panel_top(k->m)->rows[i].value, text) == 0)
            return &panel_top(k->m)->rows[i];
    fail_msg("no message %s", text);
    return NULL;
}

static void press_message(struct kit *k, const char *text) {
    panel_top(k->m)->cursor = (size_t)(message_row(k, text) - panel_top(k->m)->rows);
    act_panel_enter(k->m, k->fx);
    kit_step(k);
}

static void press_message_twice(struct kit *k, const char *text) {
    press_message(k, text);
    panel_fresh(k->m);
    kit_paint(k);
    kit_pass(k, 500);
    press_message(k, text);
}

static const struct session_rewind *rewound_as(struct kit *k) {
    const struct request *r = kit_last(k, OP_SESSION_REWIND);

    assert_non_null(r);
    return r->in;
}

static void a_rewind_says_what_it_takes_away(void **state) {
    struct kit *k = rewinding();

    (void)state;
    assert_non_null(strstr(message_row(k, "found")->destroys, "2 messages"));
    assert_non_null(strstr(message_row(k, "first")->destroys, "5 messages"));
    assert_non_null(strstr(message_row(k, "first")->destroys, "files stay"));
    assert_non_null(message_row(k, "done")->why_not); /* nothing comes after it */
    form_choose(k, "files too", "on");
    assert_non_null(strstr(message_row(k, "first")->destroys, "files made since"));
    kit_free(k);
}

static void a_rewind_exports_first(void **state) {
    struct kit *k = rewinding();
    struct session_data after = {.id = "s1", .title = "s1", .user_messages = 1};

    (void)state;
    press_message_twice(k, "found");
    assert_null(kit_last(k, OP_SESSION_REWIND));
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    answer_raw(k, OP_MESSAGES_LIST, "[1", "]");
    assert_non_null(file_like(k, ".json"));
    assert_string_equal(rewound_as(k)->message_id, "m4");
    assert_string_equal(rewound_as(k)->id, "s1");
    assert_false(rewound_as(k)->cleanup_media);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    kit_reply(k, OP_SESSION_REWIND, &after, 0);
    assert_null(panel_top(k->m));
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1); /* the thread is read again */
    kit_messages(k, talk, 4);
    assert_int_equal(k->m->shown->user_messages, 1);
    const struct transcript *t = &k->m->shown->transcript;

    for (size_t i = 0; i < t->n; i++)
        assert_false(t->entries[i].id && str_eq(t->entries[i].id, "m5"));
    kit_free(k);
}

static void no_copy_no_rewind(void **state) {
    struct kit *k = rewinding();

    (void)state;
    k->disk_full = true;
    press_message_twice(k, "found");
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    answer_raw(k, OP_MESSAGES_LIST, "[1", "]");
    assert_null(kit_last(k, OP_SESSION_REWIND));
    assert_non_null(strstr(kit_notice(k), "Not rewound"));
    form_choose(k, "export first", "off");
    form_choose(k, "files too", "on");
    press_message_twice(k, "found");
    assert_true(rewound_as(k)->cleanup_media);
    kit_free(k);
}

static void a_turn_that_begins_meanwhile_stops_the_rewind(void **state) {
    struct kit *k = rewinding();

    (void)state;
    press_message_twice(k, "found");
    kit_event(k, "s1", EV_CONTENT, .content = "hm", .message_id = "m7");
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    answer_raw(k, OP_MESSAGES_LIST, "[1", "]");
    assert_null(kit_last(k, OP_SESSION_REWIND));
    assert_non_null(strstr(kit_notice(k), "a turn began"));
    panel_touch(k->m, panel_top(k->m));
    assert_non_null(strstr(message_row(k, "found")->why_not, "cancel it first"));
    kit_free(k);
}

static void a_refused_rewind_is_said(void **state) {
    struct kit *k = rewinding();

    (void)state;
    form_choose(k, "export first", "off");
    press_message_twice(k, "found");
    form_refuse(k, OP_SESSION_REWIND, 404, "not_found", "Message with ID 'm4' not found");
    assert_true(form_is_open(k, PANEL_REWIND));
    assert_non_null(strstr(kit_notice(k), "Not rewound"));
    press_message_twice(k, "first");
    assert_string_equal(rewound_as(k)->message_id, "m1");
    kit_free(k);
}

static void the_session_may_go_away_meanwhile(void **state) {
    struct kit *k = rewinding();

    (void)state;
    press_message_twice(k, "found");
    session_gone(k->m, model_session(k->m, "s1"), k->fx);
    model_settle(k->m, k->fx);
    kit_step(k);
    answer_raw(k, OP_SESSION_GET, "{\"id\":", "\"s1\"}");
    answer_raw(k, OP_MESSAGES_LIST, "[1", "]");
    assert_null(kit_last(k, OP_SESSION_REWIND));
    assert_non_null(file_like(k, ".json"));
    act_panel_close_all(k->m);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_what_the_server_wrote),
        cmocka_unit_test(markdown_is_made_of_the_messages),
        cmocka_unit_test(the_servers_own_export_is_there_from_its_generation_on),
        cmocka_unit_test(an_export_that_fails_leaves_no_file),
        cmocka_unit_test(a_rewind_says_what_it_takes_away),
        cmocka_unit_test(a_rewind_exports_first),
        cmocka_unit_test(no_copy_no_rewind),
        cmocka_unit_test(a_turn_that_begins_meanwhile_stops_the_rewind),
        cmocka_unit_test(a_refused_rewind_is_said),
        cmocka_unit_test(the_session_may_go_away_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
