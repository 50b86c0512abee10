/* Providers: what the server has of each, a key on its way, a sign-in; and what is refused before
 * it is sent. */
#include "model_form_kit.h"

static const char *const ids[] = {"s1"};
#define GOOD_KEY "sk-ant-0123456789012345678901234567890123456789"

static void answer_status(struct kit *k, bool anthropic) {
    struct provider_auth all[] = {
        {.provider = "anthropic",
         .display_name = "Anthropic (Claude) \u2b50",
         .authenticated = anthropic,
         .auth_method = anthropic ? "api_key" : "none"},
        {.provider = "openai", .display_name = "OpenAI", .auth_method = "none"},
    };
    struct auth_status status = {.providers = {all, MIX_COUNT(all)}};

    kit_reply(k, OP_AUTH_STATUS, &status, 0);
}

static void answer_validity(struct kit *k, bool valid) {
    struct auth_validity v = {.valid = valid, .provider = "anthropic", .message = "as it is"};

    kit_reply(k, OP_AUTH_VALIDATE, &v, 0);
}

static struct kit *opened(void) {
    struct kit *k = kit_online(ids, 1);

    form_open(k, PANEL_AUTH);
    answer_status(k, false);
    answer_validity(k, false);
    kit_http_fail(k, OP_TOOLS_CREDENTIALS, 404);
    return k;
}

static void no_provider_opens_the_keys_once(void **state) {
    struct kit *k = kit_online(ids, 1);

    (void)state;
    answer_status(k, false);
    assert_true(k->m->server.no_provider);
    assert_null(panel_top(k->m)); /* the list forgets some: the check says more */
    answer_validity(k, false);
    assert_true(form_is_open(k, PANEL_AUTH));
    assert_true(form_says(k, "No provider can be used yet"));
    assert_non_null(form_find(k, "store a key"));
    assert_non_null(form_find(k, "sign in by OAuth"));
    assert_non_null(form_find(k, "try the demo"));
    kit_free(k);
}

static void a_valid_provider_that_is_not_listed_is_one(void **state) {
    struct kit *k = kit_online(ids, 1);

    (void)state;
    answer_status(k, false);
    answer_validity(k, true);
    assert_false(k->m->server.no_provider);
    assert_null(panel_top(k->m));
    kit_free(k);
}

static void somebody_who_types_is_not_disturbed(void **state) {
    struct kit *k = kit_online(ids, 1);

    (void)state;
    answer_status(k, false);
    kit_type(k, "hel");
    answer_validity(k, false);
    assert_null(panel_top(k->m));
    assert_true(k->m->server.no_provider);
    assert_non_null(strstr(kit_notice(k), "no key"));
    kit_free(k);
}

static void all_providers_are_offered_without_the_star(void **state) {
    struct kit *k = opened();
    const struct panel_row *row = form_row(k, "Anthropic (Claude)");

    (void)state;
    assert_string_equal(row->label, "Anthropic (Claude)");
    assert_string_equal(row->value, "no key, preferred");
    assert_string_equal(form_row(k, "OpenAI")->value, "no key");
    assert_string_equal(form_row(k, "Google Gemini")->value, "this server does not tell");
    assert_non_null(form_find(k, "Brave Search"));
    assert_int_equal(panel_top(k->m)->err.rc, RC_OK); /* the tools' list may be missing */
    kit_free(k);
}

static void the_tools_list_tells_of_more_keys(void **state) {
    struct kit *k = kit_online(ids, 1);
    struct tool_provider tools[] = {
        {.provider = "brave",
         .display_name = "Brave Search",
         .api_key_required = true,
         .authenticated = true},
        {.provider = "openai",
         .display_name = "Whisper",
         .api_key_required = true,
         .authenticated = true},
        {.provider = "grep", .display_name = "Grep"},
        {.provider = "tavily", .display_name = "Tavily", .api_key_required = true}};
    struct tool_category category = {.category = "web", .tools = {tools, MIX_COUNT(tools)}};
    struct tool_credentials all = {.categories = {&category, 1}};

    (void)state;
    form_open(k, PANEL_AUTH);
    answer_status(k, true);
    kit_reply(k, OP_TOOLS_CREDENTIALS, &all, 0);
    assert_string_equal(form_row(k, "Brave Search")->value, "has a key");
    assert_string_equal(form_row(k, "OpenAI")->value, "no key"); /* the status knows it better */
    assert_string_equal(form_row(k, "Tavily")->value, "no key");
    assert_null(form_find(k, "Grep"));
    kit_free(k);
}

static void open_key(struct kit *k) {
    form_press(k, "store a key");
    assert_true(form_is_open(k, PANEL_KEY));
}

static void what_is_no_key_is_not_sent(void **state) {
    static const struct {
        const char *key, *says;
    } table[] = {
        {"", "empty"},
        {"   ", "empty"},
        {"\n", "empty"},
        {"sk-ant-0123456789 0123456789012345678901234567", "no blanks"},
        {"sk-ant-0123456789\n0123456789012345678901234567", "no blanks"},
        {"sk-ant-0123456789\t0123456789012345678901234567", "no blanks"},
        {"sk-ant-\u00e90123456789012345678901234567890123456789", "no such characters"},
    };
    struct kit *k = opened();

    (void)state;
    open_key(k);
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        assert_true(form_type(k, "key", table[i].key));
        form_press(k, "store it");
        assert_int_equal(kit_count(k, OP_AUTH_API_KEY), 0);
        assert_true(form_says(k, table[i].says));
    }
    kit_free(k);
}

static void a_megabyte_is_refused_by_the_field(void **state) {
    struct kit *k = opened();
    auto_free char *big = xmalloc(MIX_MIB + 1);

    (void)state;
    memset(big, 'k', MIX_MIB);
    big[MIX_MIB] = '\0';
    open_key(k);
    assert_false(form_type(k, "key", big));
    form_press(k, "store it");
    assert_int_equal(kit_count(k, OP_AUTH_API_KEY), 0);
    kit_free(k);
}

static void a_key_of_another_shape_is_sent_at_the_second_press(void **state) {
    struct kit *k = opened();

    (void)state;
    open_key(k);
    assert_true(form_type(k, "key", "short"));
    form_press(k, "store it");
    assert_true(form_says(k, "does not look like"));
    assert_int_equal(kit_count(k, OP_AUTH_API_KEY), 0);
    assert_true(form_type(k, "key", "shorter")); /* another one is doubted again */
    form_press(k, "store it");
    assert_int_equal(kit_count(k, OP_AUTH_API_KEY), 0);
    form_press(k, "store it");
    assert_int_equal(kit_count(k, OP_AUTH_API_KEY), 1);
    kit_free(k);
}

static void a_key_goes_out_once_and_the_field_is_wiped(void **state) {
    struct kit *k = opened();

    (void)state;
    open_key(k);
    assert_true(form_type(k, "key", GOOD_KEY "\r\n")); /* as a paste brings it */
    const struct editor *e = panel_editor(k->m);
    const char *memory = e->text.p;

    form_press(k, "store it");
    const struct api_key *in = kit_last(k, OP_AUTH_API_KEY)->in;

    assert_string_equal(in->provider, "anthropic");
    assert_string_equal(in->api_key, GOOD_KEY);
    assert_int_equal(e->text.n, 0);
    assert_null(memmem(memory, e->text.cap, "0123456789", 10));
    form_press(k, "store it"); /* it is on its way */
    assert_int_equal(kit_count(k, OP_AUTH_API_KEY), 1);
    const size_t asked = kit_count(k, OP_AUTH_STATUS);
    struct status_reply ok = {.status = "success", .message = "API key stored"};

    kit_reply(k, OP_AUTH_API_KEY, &ok, 0);
    assert_true(form_is_open(k, PANEL_AUTH));
    assert_int_equal(kit_count(k, OP_AUTH_STATUS), asked + 1); /* and what it changed is read */
    answer_status(k, true);
    assert_false(k->m->server.no_provider);
    assert_string_equal(form_row(k, "Anthropic")->value, "has a key, preferred");
    for (size_t i = 0; i < k->m->n_notices; i++)
        assert_null(strstr(k->m->notices[i].text, "0123456789"));
    kit_free(k);
}

static void a_refused_key_is_said_and_stays_wiped(void **state) {
    struct kit *k = opened();

    (void)state;
    open_key(k);
    assert_true(form_type(k, "key", GOOD_KEY));
    form_press(k, "store it");
    form_refuse(k, OP_AUTH_API_KEY, 400, "INVALID_API_KEY_FORMAT", "Invalid API key format");
    assert_true(form_is_open(k, PANEL_KEY));
    assert_true(form_says(k, "refused"));
    assert_non_null(strstr(kit_notice(k), "INVALID_API_KEY_FORMAT"));
    form_press(k, "store it");
    assert_true(form_says(k, "empty"));
    kit_free(k);
}

static void a_key_that_the_list_forgets_counts(void **state) {
    struct kit *k = opened();

    (void)state;
    assert_true(k->m->server.no_provider);
    form_press(k, "Google Gemini");
    form_press(k, "store a key");
    assert_true(form_type(k, "key", "AIza-0123456789012345678901234567"));
    form_press(k, "store it");
    struct status_reply ok = {.status = "success"};

    kit_reply(k, OP_AUTH_API_KEY, &ok, 0);
    answer_status(k, false);
    assert_false(k->m->server.no_provider);
    kit_free(k);
}

static void deleting_asks_and_reads_again(void **state) {
    struct kit *k = kit_online(ids, 1);

    (void)state;
    form_open(k, PANEL_AUTH);
    answer_status(k, true);
    answer_validity(k, true);
    assert_null(form_find(k, "store"));
    form_press(k, "Anthropic");
    form_press(k, "delete what is stored");
    assert_int_equal(kit_count(k, OP_AUTH_DELETE), 0);
    form_press(k, "delete what is stored"); /* too early: it was not even painted */
    assert_int_equal(kit_count(k, OP_AUTH_DELETE), 0);
    act_panel_back(k->m); /* away from the question */
    form_press_twice(k, "delete what is stored");
    const struct provider_ref *in = kit_last(k, OP_AUTH_DELETE)->in;

    assert_string_equal(in->provider, "anthropic");
    struct status_reply ok = {.status = "success", .message = "Credentials deleted"};
    const size_t asked = kit_count(k, OP_AUTH_STATUS);

    kit_reply(k, OP_AUTH_DELETE, &ok, 0);
    assert_int_equal(kit_count(k, OP_AUTH_STATUS), asked + 1);
    answer_status(k, false);
    assert_true(k->m->server.no_provider);
    assert_null(form_find(k, "delete what is stored"));
    kit_free(k);
}

/* ---- OAuth ---- */
#define STATE "the-verifier"
static void begin_oauth(struct kit *k) {
    struct oauth_start start = {.auth_url = "https://claude.ai/oauth/authorize?state=" STATE,
                                .state = STATE};

    form_press(k, "sign in");
    kit_reply(k, OP_AUTH_OAUTH_START, &start, 0);
}

static void a_sign_in_takes_the_code_apart(void **state) {
    static const struct {
        const char *pasted, *code, *state;
    } table[] = {
        {"abc#" STATE, "abc", STATE},  {" abc#" STATE "\n", "abc", STATE},
        {"abc#other", "abc", "other"}, {"abc#a#b", "abc", "a#b"},
        {"abc", "abc", STATE},         {"abc#", "abc", STATE},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = opened();

        begin_oauth(k);
        assert_true(form_says(k, "https://claude.ai/oauth/authorize?state=" STATE));
        assert_true(form_type(k, "code", table[i].pasted));
        form_press(k, "finish");
        const struct oauth_code *in = kit_last(k, OP_AUTH_OAUTH_CALLBACK)->in;

        assert_string_equal(in->provider, "anthropic");
        assert_string_equal(in->code, table[i].code);
        assert_string_equal(in->state, table[i].state);
        for (size_t n = 0; n < k->m->n_notices; n++)
            assert_null(strstr(k->m->notices[n].text, STATE));
        kit_free(k);
    }
}

static void what_is_no_code_is_not_sent(void **state) {
    static const char *const wrong[] = {"", "#", "#the-verifier", "two words#x", "a\nb#c"};
    struct kit *k = opened();

    (void)state;
    begin_oauth(k);
    for (size_t i = 0; i < MIX_COUNT(wrong); i++) {
        assert_true(form_type(k, "code", wrong[i]));
        form_press(k, "finish");
        assert_int_equal(kit_count(k, OP_AUTH_OAUTH_CALLBACK), 0);
    }
    kit_free(k);
}

static void refusals_of_a_sign_in_are_explained(void **state) {
    static const struct {
        const char *type, *says;
    } table[] = {{"INVALID_STATE", "does not know this sign-in"},
                 {"OAUTH_ERROR", "did not take the code"},
                 {"OAUTH_NOT_SUPPORTED", "no sign-in"},
                 {"SOMETHING_NEW", "refused"}};
    struct kit *k = opened();

    (void)state;
    begin_oauth(k);
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        assert_true(form_type(k, "code", "abc#" STATE));
        form_press(k, "finish");
        form_refuse(k, OP_AUTH_OAUTH_CALLBACK, 400, table[i].type, "no");
        assert_true(form_says(k, table[i].says));
    }
    form_press(k, "begin again");
    assert_int_equal(kit_count(k, OP_AUTH_OAUTH_START), 2);
    kit_free(k);
}

static void a_sign_in_ends_in_the_list(void **state) {
    struct kit *k = opened();
    struct status_reply ok = {.status = "success", .message = "Authentication successful"};

    (void)state;
    begin_oauth(k);
    form_press(k, "copy the address");
    assert_non_null(strstr(k->fx->copy, "https://claude.ai/"));
    form_press(k, "open it");
    assert_non_null(strstr(k->fx->open_url, "https://claude.ai/"));
    assert_true(form_type(k, "code", "abc#" STATE));
    form_press(k, "finish");
    kit_reply(k, OP_AUTH_OAUTH_CALLBACK, &ok, 0);
    assert_true(form_is_open(k, PANEL_AUTH));
    answer_status(k, true);
    assert_false(k->m->server.no_provider);
    kit_free(k);
}

static void a_sign_in_that_cannot_begin_says_so(void **state) {
    struct kit *k = opened();

    (void)state;
    form_press(k, "sign in");
    kit_http_fail(k, OP_AUTH_OAUTH_START, 500);
    assert_null(form_find(k, "finish"));
    assert_non_null(form_find(k, "begin"));
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_provider_opens_the_keys_once),
        cmocka_unit_test(a_valid_provider_that_is_not_listed_is_one),
        cmocka_unit_test(somebody_who_types_is_not_disturbed),
        cmocka_unit_test(all_providers_are_offered_without_the_star),
        cmocka_unit_test(the_tools_list_tells_of_more_keys),
        cmocka_unit_test(what_is_no_key_is_not_sent),
        cmocka_unit_test(a_megabyte_is_refused_by_the_field),
        cmocka_unit_test(a_key_of_another_shape_is_sent_at_the_second_press),
        cmocka_unit_test(a_key_goes_out_once_and_the_field_is_wiped),
        cmocka_unit_test(a_refused_key_is_said_and_stays_wiped),
        cmocka_unit_test(a_key_that_the_list_forgets_counts),
        cmocka_unit_test(deleting_asks_and_reads_again),
        cmocka_unit_test(a_sign_in_takes_the_code_apart),
        cmocka_unit_test(what_is_no_code_is_not_sent),
        cmocka_unit_test(refusals_of_a_sign_in_are_explained),
        cmocka_unit_test(a_sign_in_ends_in_the_list),
        cmocka_unit_test(a_sign_in_that_cannot_begin_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
