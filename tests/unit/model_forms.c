/* The forms: preferences sent whole, a session with every field its server knows, callbacks;
 * and nothing written is lost when the server refuses. */
#include "model_form_kit.h"

static const char *const ids[] = {"s1"};

static struct kit *online(int version) {
    return kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/here"}, version, ids,
        1);
}

/* ---- preferences ---- */
static void answer_preferences(struct kit *k, struct preferences *saved) {
    static const char *anthropic[] = {"claude-sonnet-4-5", "claude-4-opus"};
    static const char *gemini[] = {"gemini-2.5-pro"};
    static struct provider_models all[] = {{"anthropic", "Anthropic", {anthropic, 2}},
                                           {"gemini", "Gemini", {gemini, 1}}};
    struct preferences_reply r = {.preferences = saved, .providers = {all, 2}};

    kit_reply(k, OP_PREFERENCES_GET, &r, 0);
}

static const struct preferences_update *saved_as(struct kit *k) {
    const struct request *r = kit_last(k, OP_PREFERENCES_UPDATE);

    assert_non_null(r);
    return r->in;
}

static void preferences_always_go_whole(void **state) {
    struct kit *k = online(GEN_TOP);
    struct preferences was = {.preferred_provider = "anthropic",
                              .main_model = "claude-sonnet-4-5",
                              .main_effort = "low",
                              .main_max_tokens = 9000,
                              .sub_model = "a-model-of-tomorrow",
                              .sub_effort = "extreme",
                              .sub_max_tokens = 700};

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, &was);
    form_press(k, "save");
    const struct preferences_update *u = saved_as(k);

    assert_string_equal(u->preferred_provider, "anthropic");
    assert_string_equal(u->main_model, "claude-sonnet-4-5");
    assert_string_equal(u->main_effort, "low");
    assert_int_equal(u->main_max_tokens, 9000);
    assert_string_equal(u->sub_model, "a-model-of-tomorrow"); /* kept though nobody lists it */
    assert_string_equal(u->sub_effort, "extreme");
    assert_int_equal(u->sub_max_tokens, 700);
    kit_free(k);
}

static void what_is_written_outlives_a_failed_save_and_another_look(void **state) {
    struct kit *k = online(GEN_TOP);
    struct preferences was = {.preferred_provider = "anthropic",
                              .main_model = "claude-sonnet-4-5",
                              .sub_model = "claude-sonnet-4-5"};

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, &was);
    form_go(k, "provider");
    act_panel_turn(k->m, 1, k->fx);
    assert_true(form_type(k, "max tokens", "123"));
    form_press(k, "save");
    kit_http_fail(k, OP_PREFERENCES_UPDATE, 500);
    act_panel_retry(k->m, k->fx);
    kit_step(k);
    answer_preferences(k, &was);
    form_press(k, "save");
    assert_int_equal(saved_as(k)->main_max_tokens, 123);
    assert_string_equal(saved_as(k)->preferred_provider, "gemini");
    kit_free(k);
}

static void leaving_asks_before_changes_are_forgotten(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, &(struct preferences){.preferred_provider = "anthropic",
                                                .main_model = "claude-sonnet-4-5"});
    assert_true(form_type(k, "max tokens", "123"));
    act_panel_back(k->m);
    act_panel_back(k->m); /* at once: a habit, no answer */
    assert_non_null(panel_top(k->m));
    assert_non_null(strstr(kit_notice(k), "not saved"));
    kit_pass(k, 500);
    assert_true(form_type(k, "max tokens", "1234")); /* so it was not meant */
    act_panel_back(k->m);
    assert_non_null(panel_top(k->m));
    kit_pass(k, 500);
    act_panel_back(k->m);
    assert_null(panel_top(k->m));
    form_open(k, PANEL_PREFERENCES);
    act_panel_back(k->m); /* nothing was changed */
    assert_null(panel_top(k->m));
    kit_free(k);
}

static void a_model_is_found_by_letters(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, NULL);
    assert_true(form_says(k, "Nothing is saved"));
    form_press(k, "model");
    assert_true(form_is_open(k, PANEL_MODELS));
    editor_set(&panel_top(k->m)->filter, "gem");
    act_panel_changed(k->m, k->fx);
    act_panel_enter(k->m, k->fx);
    assert_true(form_is_open(k, PANEL_PREFERENCES));
    assert_string_equal(form_row(k, "model")->value, "gemini-2.5-pro");
    form_press(k, "save");
    assert_string_equal(saved_as(k)->main_model, "gemini-2.5-pro");
    assert_string_equal(saved_as(k)->preferred_provider, "gemini");
    assert_string_equal(saved_as(k)->sub_model, "claude-sonnet-4-5"); /* suggested */
    assert_int_equal(saved_as(k)->sub_max_tokens, 2048);
    kit_free(k);
}

static void wrong_tokens_are_not_sent(void **state) {
    static const char *const wrong[] = {"", "0", "-5", "4k", "1.5", "99999999999999999999"};
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, NULL);
    for (size_t i = 0; i < MIX_COUNT(wrong); i++) {
        assert_true(form_type(k, "max tokens", wrong[i]));
        form_press(k, "save");
        assert_true(form_says(k, "a number of 1 or more"));
    }
    assert_int_equal(kit_count(k, OP_PREFERENCES_UPDATE), 0);
    kit_free(k);
}

static void refused_preferences_stay_in_the_form(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, NULL);
    assert_true(form_type(k, "max tokens", "5000000"));
    form_press(k, "save");
    form_refuse(k, OP_PREFERENCES_UPDATE, 400, "INVALID_TOKEN_COUNT", "too many");
    assert_true(form_says(k, "does not take this number"));
    form_press(k, "save");
    assert_int_equal(saved_as(k)->main_max_tokens, 5000000);
    kit_free(k);
}

static void reset_is_asked_twice_and_taken_in(void **state) {
    struct kit *k = online(GEN_TOP);
    struct preferences own = {.preferred_provider = "anthropic",
                              .main_model = "claude-4-opus",
                              .sub_model = "claude-4-opus",
                              .main_max_tokens = 4096,
                              .sub_max_tokens = 2048};

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, NULL);
    form_press(k, "reset");
    assert_int_equal(kit_count(k, OP_PREFERENCES_RESET), 0);
    act_panel_back(k->m);
    form_press_twice(k, "reset");
    assert_int_equal(kit_count(k, OP_PREFERENCES_RESET), 1);
    kit_reply(k, OP_PREFERENCES_RESET, &own, 0);
    assert_string_equal(form_row(k, "model")->value, "claude-4-opus");
    kit_free(k);
}

static void preferences_went_away(void **state) {
    struct kit *k = online(GEN_POST);

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    assert_null(panel_top(k->m));
    assert_non_null(strstr(kit_notice(k), "Ctrl+X N"));
    kit_free(k);
}

/* ---- a new session ---- */
static const struct session_create *created_as(struct kit *k) {
    const struct request *r = kit_last(k, OP_SESSION_CREATE);

    assert_non_null(r);
    return r->in;
}

static void each_generation_has_its_fields(void **state) {
    static const struct {
        int version;
        const char *has, *lacks;
    } table[] = {
        {GEN_SEED, "directory", "prompt"},          {GEN(0, 4, 5), "directory", "prompt mode"},
        {GEN(0, 6, 4), "prompt mode", "directory"}, {GEN(0, 7, 2), "type", "browser"},
        {GEN(0, 6, 4), "prompt", "add one"},        {GEN(0, 7, 0), "add one", "provider"},
        {GEN_TOP, "browser", "provider"},           {GEN_POST, "provider", "directory"},
        {GEN_POST, "choose a model", "CDP URL"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = online(table[i].version);

        form_open(k, PANEL_CREATE);
        if (!form_find(k, table[i].has) || form_find(k, table[i].lacks))
            fail_msg("%d: %s, not %s", table[i].version, table[i].has, table[i].lacks);
        kit_free(k);
    }
}

static void every_field_arrives(void **state) {
    struct kit *k = online(GEN_POST);
    struct session_data made = {.id = "s2", .title = "Made"};

    (void)state;
    form_open(k, PANEL_CREATE);
    assert_true(form_type(k, "title", "  Made by hand"));
    assert_true(form_type(k, "provider", "gemini"));
    assert_true(form_type(k, "model", "gemini-3-flash-preview"));
    form_choose(k, "browser", "remote-cdp-websocket");
    assert_true(form_type(k, "CDP URL", "wss://cdp.example/x"));
    form_choose(k, "prompt mode", "replace");
    assert_true(form_type(k, "prompt", "line one\nline two"));
    form_press(k, "add one");
    assert_true(form_type(k, "tool", "Write"));
    assert_true(form_type(k, "command", "make"));
    form_press(k, "take it");
    form_press(k, "create the session");
    const struct session_create *in = created_as(k);

    assert_string_equal(in->title, "  Made by hand");
    assert_string_equal(in->provider, "gemini");
    assert_string_equal(in->model_id, "gemini-3-flash-preview");
    assert_string_equal(in->browser_mode, "remote-cdp-websocket");
    assert_string_equal(in->cdp_url, "wss://cdp.example/x");
    assert_string_equal(in->prompt_mode, "replace");
    assert_string_equal(in->custom_system_prompt, "line one\nline two");
    assert_string_equal(in->session_type, "main");
    assert_null(in->working_directory);
    assert_int_equal(in->callbacks.n, 1);
    assert_string_equal(in->callbacks.items[0].bash_command, "make");
    kit_reply(k, OP_SESSION_CREATE, &made, 0);
    assert_null(panel_top(k->m));
    assert_string_equal(k->m->shown->id, "s2");
    form_open(k, PANEL_CREATE); /* the next one begins empty */
    form_go(k, "title");
    assert_int_equal(panel_editor(k->m)->text.n, 0);
    kit_free(k);
}

static void an_address_goes_only_with_its_browser(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_CREATE);
    form_choose(k, "browser", "remote-cdp-websocket");
    form_press(k, "create the session");
    assert_true(form_says(k, "needs the address"));
    assert_true(form_type(k, "CDP URL", "http://x"));
    form_press(k, "create the session");
    assert_true(form_says(k, "must begin with ws://"));
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 0);
    form_choose(k, "browser", "local-browser-service");
    assert_null(form_find(k, "CDP URL"));
    form_press(k, "create the session");
    assert_null(created_as(k)->cdp_url);
    assert_string_equal(created_as(k)->title, "New session");
    kit_free(k);
}

static void a_prompt_is_counted_and_held_to_its_limit(void **state) {
    static const struct {
        const char *mode;
        size_t n;
        bool sent, with_prompt;
    } table[] = {
        {"default", 10, true, false},    {"append", 51200, true, true},
        {"append", 51201, false, false}, {"replace", 51201, true, true},
        {"replace", 102400, true, true}, {"replace", 102401, false, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = online(GEN_TOP);
        auto_free char *text = xmalloc(table[i].n + 1);
        char count[40];

        memset(text, 'x', table[i].n);
        text[table[i].n] = '\0';
        form_open(k, PANEL_CREATE);
        form_choose(k, "prompt mode", table[i].mode);
        form_go(k, "prompt");
        assert_true(editor_insert(panel_editor(k->m), text, table[i].n));
        act_panel_changed(k->m, k->fx);
        snprintf(count, sizeof count, "%zu of", table[i].n);
        assert_true(form_says(k, str_eq(table[i].mode, "default") ? "ignores" : count));
        form_press(k, "create the session");
        assert_int_equal(kit_count(k, OP_SESSION_CREATE), table[i].sent);
        if (table[i].sent)
            assert_int_equal(created_as(k)->custom_system_prompt != NULL, table[i].with_prompt);
        else
            assert_true(form_says(k, "too long"));
        kit_free(k);
    }
}

static void a_form_is_kept_when_it_is_left_or_refused(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    form_open(k, PANEL_CREATE);
    assert_true(form_type(k, "title", "Mine"));
    form_choose(k, "prompt mode", "append");
    form_press(k, "add one");
    assert_true(form_type(k, "command", "make"));
    form_press(k, "take it");
    act_panel_back(k->m);
    assert_null(panel_top(k->m));
    form_open(k, PANEL_CREATE);
    form_press(k, "create the session");
    assert_string_equal(created_as(k)->title, "Mine");
    assert_string_equal(created_as(k)->prompt_mode, "append");
    assert_int_equal(created_as(k)->callbacks.n, 1);
    form_refuse(k, OP_SESSION_CREATE, 400, "validation_error",
                "Validation error for field 'title': it is taken");
    assert_true(form_says(k, "it is taken")); /* under the field it names */
    form_press(k, "create the session");
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 2);
    assert_string_equal(created_as(k)->title, "Mine");
    form_refuse(k, OP_SESSION_CREATE, 500, "internal_error", "no disk");
    form_press(k, "empty the form");
    act_panel_back(k->m);
    form_press_twice(k, "empty the form");
    form_press(k, "create the session");
    assert_string_equal(created_as(k)->title, "New session");
    assert_int_equal(created_as(k)->callbacks.n, 0);
    kit_free(k);
}

/* ---- callbacks ---- */
static const struct session_callbacks *patched_as(struct kit *k) {
    const struct request *r = kit_last(k, OP_SESSION_CALLBACKS);

    assert_non_null(r);
    return r->in;
}

static struct kit *with_callbacks(void) {
    struct kit *k = online(GEN_TOP);
    struct callback have[] = {{.tool_name = "Write",
                               .type = "bash_script",
                               .name = "one",
                               .bash_command = "make",
                               .bash_timeout = 900},
                              {.tool_name = "*", .type = "send_message", .message_content = "go"}};
    struct session_data s = {.id = "s1", .title = "s1", .callbacks = {have, 2}};

    form_open(k, PANEL_CALLBACKS);
    assert_true(form_says(k, "without asking for permission"));
    kit_reply(k, OP_SESSION_GET, &s, 0);
    return k;
}

static void a_callback_is_changed_and_the_list_goes_whole(void **state) {
    struct kit *k = with_callbacks();

    (void)state;
    form_press(k, "one, after Write");
    form_press(k, "change it");
    assert_true(form_type(k, "time limit", "77"));
    form_choose(k, "not in context", "on");
    form_press(k, "take it");
    const struct session_callbacks *in = patched_as(k);

    assert_string_equal(in->id, "s1");
    assert_int_equal(in->callbacks.n, 2);
    assert_int_equal(in->callbacks.items[0].bash_timeout, 77);
    assert_string_equal(in->callbacks.items[0].bash_command, "make");
    assert_true(in->callbacks.items[0].exclude_from_context);
    assert_string_equal(in->callbacks.items[1].message_content, "go");
    kit_free(k);
}

static void every_field_of_a_sub_agent_callback_goes(void **state) {
    struct kit *k = with_callbacks();

    (void)state;
    form_press(k, "add one");
    form_choose(k, "type", "sub_agent");
    assert_true(form_type(k, "name", "reviewer"));
    assert_true(form_type(k, "prompt", "Look\nat it"));
    assert_true(form_type(k, "sub-agent", "general-purpose"));
    form_choose(k, "full history", "on");
    form_press(k, "take it");
    const struct callback *c = &patched_as(k)->callbacks.items[2];

    assert_string_equal(c->tool_name, "*");
    assert_string_equal(c->type, "sub_agent");
    assert_string_equal(c->name, "reviewer");
    assert_string_equal(c->sub_agent_prompt, "Look\nat it");
    assert_string_equal(c->sub_agent_type, "general-purpose");
    assert_true(c->include_full_history);
    assert_null(c->bash_command);
    kit_free(k);
}

static void an_unfinished_callback_is_not_taken(void **state) {
    struct kit *k = with_callbacks();

    (void)state;
    form_press(k, "add one");
    form_press(k, "take it");
    assert_true(form_says(k, "cannot be empty"));
    assert_true(form_type(k, "command", "make"));
    assert_true(form_type(k, "time limit", "soon"));
    form_press(k, "take it");
    assert_true(form_says(k, "milliseconds, at most"));
    assert_true(form_type(k, "time limit", ""));
    assert_true(form_type(k, "tool", " "));
    form_press(k, "take it");
    assert_true(form_says(k, "which tool"));
    assert_int_equal(kit_count(k, OP_SESSION_CALLBACKS), 0);
    kit_free(k);
}

static void a_refused_change_can_be_sent_again(void **state) {
    struct kit *k = with_callbacks();

    (void)state;
    form_press(k, "add one");
    assert_true(form_type(k, "command", "make late"));
    form_press(k, "take it");
    kit_http_fail(k, OP_SESSION_CALLBACKS, 500);
    form_press(k, "send the refused change again");
    assert_int_equal(kit_count(k, OP_SESSION_CALLBACKS), 2);
    assert_int_equal(patched_as(k)->callbacks.n, 3);
    assert_string_equal(patched_as(k)->callbacks.items[2].bash_command, "make late");
    kit_free(k);
}

static void an_answer_without_callbacks_takes_none_away(void **state) {
    struct kit *k = with_callbacks();
    struct session_data bare = {.id = "s1", .title = "s1"};

    (void)state;
    form_press(k, "add one");
    assert_true(form_type(k, "command", "make late"));
    form_press(k, "take it");
    const size_t asked = kit_count(k, OP_SESSION_GET);

    kit_reply(k, OP_SESSION_CALLBACKS, &bare, 0);
    assert_int_equal(kit_count(k, OP_SESSION_GET), asked + 1);
    assert_non_null(form_find(k, "one, after Write"));
    kit_free(k);
}

static void an_answer_without_preferences_is_read_again(void **state) {
    struct kit *k = online(GEN_TOP);
    struct preferences bare = {0};

    (void)state;
    form_open(k, PANEL_PREFERENCES);
    answer_preferences(k, NULL);
    form_press(k, "save");
    kit_reply(k, OP_PREFERENCES_UPDATE, &bare, 0);
    assert_int_equal(kit_count(k, OP_PREFERENCES_GET), 2);
    assert_string_equal(form_row(k, "model")->value, "claude-sonnet-4-5");
    kit_free(k);
}

static void removing_one_leaves_the_others(void **state) {
    struct kit *k = with_callbacks();

    (void)state;
    form_press(k, "one, after Write");
    form_press_twice(k, "remove it");
    assert_int_equal(patched_as(k)->callbacks.n, 1);
    assert_string_equal(patched_as(k)->callbacks.items[0].message_content, "go");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preferences_always_go_whole),
        cmocka_unit_test(what_is_written_outlives_a_failed_save_and_another_look),
        cmocka_unit_test(leaving_asks_before_changes_are_forgotten),
        cmocka_unit_test(a_model_is_found_by_letters),
        cmocka_unit_test(wrong_tokens_are_not_sent),
        cmocka_unit_test(refused_preferences_stay_in_the_form),
        cmocka_unit_test(reset_is_asked_twice_and_taken_in),
        cmocka_unit_test(preferences_went_away),
        cmocka_unit_test(each_generation_has_its_fields),
        cmocka_unit_test(every_field_arrives),
        cmocka_unit_test(an_address_goes_only_with_its_browser),
        cmocka_unit_test(a_prompt_is_counted_and_held_to_its_limit),
        cmocka_unit_test(a_form_is_kept_when_it_is_left_or_refused),
        cmocka_unit_test(a_callback_is_changed_and_the_list_goes_whole),
        cmocka_unit_test(every_field_of_a_sub_agent_callback_goes),
        cmocka_unit_test(an_unfinished_callback_is_not_taken),
        cmocka_unit_test(a_refused_change_can_be_sent_again),
        cmocka_unit_test(an_answer_without_callbacks_takes_none_away),
        cmocka_unit_test(an_answer_without_preferences_is_read_again),
        cmocka_unit_test(removing_one_leaves_the_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
