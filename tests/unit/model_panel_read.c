/* The server screens that are read. */
#include "mix/types_admin.h"
#include "panel_kit.h"

static const char *const ids[] = {"s1", "s2"};

/* ---- tools ---- */
static const char *const required[] = {"command"};
static struct tool_info bash = {.name = "Bash",
                                .description = "Runs a command.\nAnd more.",
                                .parameters_raw = "{\"command\":{\"type\":\"string\"}}",
                                .required = {(const char **)(uintptr_t)required, 1}};
static struct tool_list tools = {.tools = {&bash, 1}};
static struct tool_provider brave = {.provider = "brave",
                                     .display_name = "Brave Search",
                                     .api_key_format = "BSA...",
                                     .description = "searches",
                                     .api_key_required = true},
                            wiki = {.provider = "wiki", .authenticated = true};
static struct tool_category search = {.category = "web_search",
                                      .display_name = "Web Search",
                                      .description = "finds pages",
                                      .tools = {&brave, 1}},
                            books = {.category = "books", .tools = {&wiki, 1}};
static struct tool_credentials by_credentials = {.categories = {&search, 1}},
                               by_status = {.categories = {&books, 1}};

static void tools_show_their_parameters_and_the_state_of_their_keys(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_TOOLS);
    kit_reply(k, OP_TOOLS_LIST, &tools, 0);
    kit_reply(k, OP_TOOLS_CREDENTIALS, &by_credentials, 0);
    kit_http_fail(k, OP_TOOLS_STATUS, 404); /* servers that do not route it: no failure */
    assert_int_equal(top(k)->err.rc, RC_OK);
    assert_row(k, "Bash", "Runs a command.");
    assert_null(strstr(find_row(k, "Bash")->value, "And more"));
    assert_row(k, "Brave Search", "no key");
    go_to(k, "Bash");
    enter(k);
    assert_non_null(find_row(k, "And more."));
    assert_non_null(find_row(k, "needs: command"));
    assert_non_null(find_row(k, "\"type\": \"string\""));
    enter(k);
    assert_null(find_row(k, "And more."));
    go_to(k, "Brave Search");
    enter(k);
    assert_non_null(find_row(k, "BSA..."));
    kit_free(k);
}

static void an_older_server_tells_the_keys_by_its_older_operation(void **state) {
    struct kit *k =
        kit_online_with((struct model_config){.url = "http://localhost:8088"}, GEN_SEED, ids, 2);

    (void)state;
    open_panel(k, PANEL_TOOLS);
    assert_int_equal(kit_count(k, OP_TOOLS_LIST), 0);
    assert_int_equal(kit_count(k, OP_TOOLS_CREDENTIALS), 0);
    kit_reply(k, OP_TOOLS_STATUS, &by_status, 0);
    assert_row(k, "wiki", "authenticated");
    assert_int_equal(find_row(k, "wiki")->tone, TONE_GOOD);
    assert_row(k, "Tools", "0.7.0 or newer");
    kit_free(k);
}

static void the_newer_operation_wins_in_either_order(void **state) {
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct kit *k = kit_online(ids, 2);

        open_panel(k, PANEL_TOOLS);
        if (order == 0)
            kit_reply(k, OP_TOOLS_STATUS, &by_status, 0);
        kit_reply(k, OP_TOOLS_CREDENTIALS, &by_credentials, 0);
        if (order == 1)
            kit_reply(k, OP_TOOLS_STATUS, &by_status, 0);
        assert_non_null(find_row(k, "Brave Search"));
        assert_null(find_row(k, "wiki"));
        kit_free(k);
    }
}

/* ---- MCP ---- */
static void mcp_servers_show_their_state_and_tools(void **state) {
    struct mcp_tool read = {.name = "read", .description = "Reads."};
    struct mcp_server v[] = {
        {.name = "bad_one", .status = "failed"},
        {.name = "fs", .status = "connected", .connected = true, .tools = {&read, 1}}};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_MCP);
    assert_non_null(find_row(k, "takes a while"));
    kit_pass(k, 120000); /* slow: asked once, never polled */
    assert_int_equal(kit_count(k, OP_MCP_LIST), 1);
    kit_reply(k, OP_MCP_LIST, v, 2);
    assert_row(k, "fs", "1 tool");
    assert_row(k, "bad_one", "failed");
    assert_int_equal(find_row(k, "bad_one")->tone, TONE_BAD);
    assert_non_null(strstr(find_row(k, "bad_one")->help, "underscore"));
    assert_row(k, "read", "Reads.");
    kit_free(k);
}

static void a_server_without_mcp_servers_says_so(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_MCP);
    kit_reply(k, OP_MCP_LIST, NULL, 0);
    assert_non_null(find_row(k, "no MCP servers"));
    kit_free(k);
}

/* ---- commands ---- */
static void a_command_is_put_into_the_message(void **state) {
    struct command_info v[] = {{.name = "clear", .description = "empties"}, {.name = "help"}};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    kit_reply(k, OP_COMMANDS_LIST, v, 2);
    go_to(k, "/help");
    enter(k);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "/help ");
    open_panel(k, PANEL_COMMANDS); /* rule 2: a draft is not written over */
    kit_reply(k, OP_COMMANDS_LIST, v, 2);
    go_to(k, "/clear");
    enter(k);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "/help ");
    assert_int_equal(k->m->ui.over, OVER_PANEL);
    assert_non_null(strstr(kit_notice(k), "in the way"));
    kit_free(k);
}

static void a_command_is_asked_for_by_its_name_when_it_is_unfolded(void **state) {
    struct command_info v[] = {{.name = "help"}},
                        whole = {.name = "help", .type = "builtin", .usage = "/help me"};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    kit_reply(k, OP_COMMANDS_LIST, v, 1);
    go_to(k, "/help");
    turn(k, 1);
    assert_string_equal(((const struct name_ref *)kit_last(k, OP_COMMAND_GET)->in)->name, "help");
    kit_reply(k, OP_COMMAND_GET, &whole, 0);
    assert_non_null(find_row(k, "type: builtin   usage: /help me"));
    kit_free(k);
}

static void lists_that_come_in_pieces_and_start_over_are_whole(void **state) {
    struct command_info one = {.name = "one"}, two = {.name = "two"};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    const uint32_t id = kit_last(k, OP_COMMANDS_LIST)->id;

    kit_reply_as(k, IN_ITEMS, id, OP_COMMANDS_LIST, &one, 1);
    assert_non_null(find_row(k, "/one"));
    assert_int_equal(top(k)->loading, 1);
    kit_reply_as(k, IN_RESTART, id, OP_COMMANDS_LIST, NULL, 0);
    assert_null(find_row(k, "/one"));
    kit_reply_as(k, IN_ITEMS, id, OP_COMMANDS_LIST, &one, 1);
    kit_reply_as(k, IN_REPLY, id, OP_COMMANDS_LIST, &two, 1);
    assert_int_equal(top(k)->n_rows, 2);
    assert_int_equal(top(k)->loading, 0);
    kit_free(k);
}

/* ---- health ---- */
static void health_shows_the_server_its_tokens_and_its_generation(void **state) {
    struct health health = {.status = "ok",
                            .version = "1.2.3",
                            .environment = "test",
                            .backend = "healthy",
                            .database = "connected",
                            .timestamp = 1700000000000};
    struct system_info system = {.storage_base_path = "/var/mix"};
    struct oauth_provider provider = {.key = "anthropic",
                                      .provider = "anthropic",
                                      .status = "expired",
                                      .expires_in = "2h30m15s",
                                      .error = "no refresh token",
                                      .expires_at = 1700000000000,
                                      .last_refresh = 1690000000000};
    struct oauth_health oauth = {
        .status = "degraded", .timestamp = 1700000000000, .providers = {&provider, 1}};
    struct status_reply done = {.status = "success", .message = "refreshed"};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_HEALTH);
    kit_reply(k, OP_HEALTH, &health, 0);
    kit_reply(k, OP_SYSTEM_INFO, &system, 0);
    kit_reply(k, OP_HEALTH_AUTH, &oauth, 0);
    assert_row(k, "version", "1.2.3");
    assert_row(k, "environment", "test");
    assert_row(k, "backend", "healthy");
    assert_row(k, "database", "connected");
    assert_row(k, "its time", "2023");
    assert_row(k, "storage", "/var/mix");
    assert_row(k, "anthropic", "expired, expires in 2h30m15s: no refresh token");
    assert_non_null(strstr(find_row(k, "anthropic")->help, "refreshed"));
    assert_row(k, "generation", "0.8.1");
    assert_row(k, "fork", "no");
    go_to(k, "refresh the tokens");
    enter(k);
    enter(k); /* once is enough */
    assert_int_equal(kit_count(k, OP_REFRESH_TOKENS), 1);
    kit_reply(k, OP_REFRESH_TOKENS, &done, 0);
    assert_int_equal(kit_count(k, OP_HEALTH_AUTH), 2); /* what came of it */
    kit_reply(k, OP_HEALTH_AUTH, &oauth, 0);
    assert_non_null(find_row(k, "refresh"));
    kit_free(k);
}

/* ---- history ---- */
static struct message said[300];
static char said_ids[300][16], said_texts[300][32];

static void make_history(void) {
    for (size_t i = 0; i < MIX_COUNT(said); i++) {
        snprintf(said_ids[i], sizeof said_ids[i], "m%03zu", i);
        snprintf(said_texts[i], sizeof said_texts[i], "prompt %03zu", i);
        said[i] = (struct message){.id = said_ids[i],
                                   .session_id = i % 2 ? "s1" : "s2",
                                   .role = "user",
                                   .user_input = said_texts[i]};
    }
}

static int64_t offset_asked(struct kit *k) {
    return ((const struct history_query *)kit_last(k, OP_MESSAGES_HISTORY)->in)->offset;
}

static size_t rows_with(struct kit *k, const char *value) {
    size_t n = 0;

    for (size_t i = 0; i < top(k)->n_rows; i++)
        n += strstr(top(k)->rows[i].value, value) != NULL;
    return n;
}

static void history_comes_page_by_page_as_one_scrolls(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    make_history();
    open_panel(k, PANEL_HISTORY);
    const size_t before = kit_count(k, OP_MESSAGES_HISTORY);

    assert_int_equal(offset_asked(k), 0);
    kit_reply(k, OP_MESSAGES_HISTORY, said, 100);
    assert_int_equal(rows_with(k, "prompt"), 100);
    act_panel_move(k->m, 1, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGES_HISTORY), before);
    act_panel_move(k->m, INT_MAX, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGES_HISTORY), before + 1);
    assert_int_equal(offset_asked(k), 100);
    /* somebody said something meanwhile: the pages moved by one */
    kit_reply(k, OP_MESSAGES_HISTORY, said + 99, 100);
    assert_int_equal(rows_with(k, "prompt 099"), 1);
    assert_int_equal(rows_with(k, "prompt"), 199);
    act_panel_move(k->m, INT_MAX, k->fx);
    kit_step(k);
    assert_int_equal(offset_asked(k), 200);
    kit_reply(k, OP_MESSAGES_HISTORY, said + 200, 20);
    act_panel_move(k->m, INT_MAX, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGES_HISTORY), before + 2); /* that was all */
    assert_null(find_row(k, "older ones"));
    kit_free(k);
}

static void history_is_searched_and_opens_the_session_or_gives_the_text(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    make_history();
    said[7].user_input = "find the needle\n\n<system-reminder>hidden</system-reminder>";
    open_panel(k, PANEL_HISTORY);
    kit_reply(k, OP_MESSAGES_HISTORY, said, 50);
    write_in(k, "needle");
    assert_int_equal(top(k)->n_rows, 1);
    assert_null(strstr(top(k)->rows[0].value, "hidden"));
    turn(k, 1);
    go_to(k, "put it into the message");
    enter(k);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "find the needle");
    assert_string_equal(k->m->shown->id, "s2");
    open_panel(k, PANEL_HISTORY);
    kit_reply(k, OP_MESSAGES_HISTORY, said, 50);
    write_in(k, "needle");
    enter(k);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_string_equal(k->m->shown->id, "s1");
    kit_free(k);
}

static void history_of_a_session_that_is_gone_opens_nothing(void **state) {
    struct message row = {.id = "m1", .session_id = "gone", .user_input = "old"};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_HISTORY);
    kit_reply(k, OP_MESSAGES_HISTORY, &row, 1);
    enter(k);
    assert_int_equal(k->m->ui.over, OVER_PANEL);
    assert_non_null(strstr(kit_notice(k), "not in the list"));
    kit_free(k);
}

/* ---- a session ---- */
static void every_field_of_a_session_has_its_place(void **state) {
    struct callback callback = {.tool_name = "Write",
                                .type = "bash_script",
                                .name = "format",
                                .bash_command = "make format",
                                .bash_timeout = 9000,
                                .sub_agent_prompt = "look at it",
                                .sub_agent_type = "general-purpose",
                                .message_content = "well done",
                                .include_full_history = true};
    struct session_data d = {.id = "s2",
                             .title = "a title",
                             .session_type = "main",
                             .parent_session_id = "parent-7",
                             .parent_tool_call_id = "call-9",
                             .subagent_type = "general-purpose",
                             .browser_mode = "remote-cdp-websocket",
                             .cdp_url = "ws://there",
                             .working_directory = "/home/me/work",
                             .first_user_message = "the first words",
                             .provider = "gemini",
                             .model_id = "gemini-3",
                             .user_messages = 11,
                             .assistant_messages = 22,
                             .tool_calls = 33,
                             .prompt_tokens = 4444,
                             .completion_tokens = 5555,
                             .cost = 0.0213,
                             .created_at = 1700000000000,
                             .callbacks = {&callback, 1}};
    static const char *const values[] = {"s2",
                                         "a title",
                                         "main",
                                         "parent-7",
                                         "call-9",
                                         "remote-cdp-websocket",
                                         "ws://there",
                                         "/home/me/work",
                                         "the first words",
                                         "gemini",
                                         "gemini-3",
                                         "11",
                                         "22",
                                         "33",
                                         "4444",
                                         "5555",
                                         "$0.0213",
                                         "general-purpose"};
    static const char *const unfolded[] = {"make format", "9000", "look at it", "well done",
                                           "with the history"};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_SESSION);
    kit_reply(k, OP_SESSION_GET, &d, 0);
    for (size_t i = 0; i < MIX_COUNT(values); i++)
        if (rows_with(k, values[i]) == 0)
            assert_string_equal(values[i], "shown");
    assert_row(k, "created", "2023");
    go_to(k, "format");
    enter(k);
    for (size_t i = 0; i < MIX_COUNT(unfolded); i++)
        assert_non_null(find_row(k, unfolded[i]));
    go_to(k, "directory");
    enter(k);
    assert_string_equal(k->fx->copy, "/home/me/work");
    kit_free(k);
}

/* ---- raw events ---- */
static void bring(struct kit *k, const char *event, const char *data, size_t len) {
    struct incoming *in = incoming_new(IN_FRAMES, 1);
    struct raw_frame *f = arena_alloc(&in->arena, sizeof *f);

    *f = (struct raw_frame){.session_id = "s1",
                            .event = event,
                            .id = "17",
                            .data = arena_strdup(&in->arena, data),
                            .data_len = len,
                            .real_at = k->real};
    in->out = f;
    in->n = 1;
    kit_apply(k, in);
}

static void raw_events_are_recorded_while_they_are_shown(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    bring(k, "content", "{}", 2); /* nobody asked: nothing happens */
    assert_int_equal(kit_count_kind(k, REQ_FRAMES), 0);
    open_panel(k, PANEL_FRAMES);
    assert_int_equal(kit_count_kind(k, REQ_FRAMES), 1);
    bring(k, "tool_use_start", "{\"name\":\"Bash\"}", 15);
    bring(k, "content", "{\"content\":\"hi\"}", 40000);
    assert_int_equal(rows_with(k, "tool_use_start"), 1);
    assert_int_equal(rows_with(k, "40 kB"), 1);
    assert_int_equal(rows_with(k, "s1"), 2);
    assert_int_equal(top(k)->cursor, top(k)->n_rows - 1); /* it follows */
    enter(k);
    assert_non_null(find_row(k, "\"content\": \"hi\""));
    assert_non_null(find_row(k, "more bytes were not kept"));
    go_to(k, "copy the data");
    enter(k);
    assert_string_equal(k->fx->copy, "{\"content\":\"hi\"}");
    uint32_t id = 0;

    for (size_t i = 0; i < k->n_sent; i++)
        if (k->sent[i]->kind == REQ_FRAMES)
            id = k->sent[i]->id;
    act_panel_back(k->m);
    kit_pass(k, 10);
    assert_int_equal(k->sent[k->n_sent - 1]->kind, REQ_CANCEL);
    assert_int_equal(k->sent[k->n_sent - 1]->target, id);
    kit_free(k);
}

/* Somebody who reads an older one stays there, also when the oldest make way. */
static void raw_events_are_bounded_and_a_reader_is_left_alone(void **state) {
    struct kit *k = kit_online(ids, 2);
    static char big[16 * 1024];

    (void)state;
    memset(big, 'x', sizeof big - 1);
    open_panel(k, PANEL_FRAMES);
    for (int i = 0; i < 900; i++)
        bring(k, "content", "{}", 2);
    bring(k, "error", "{\"error\":\"here\"}", 16);
    bring(k, "content", "{}", 2);
    panel_fresh(k->m);
    act_panel_move(k->m, -1, k->fx);
    assert_non_null(strstr(panel_row_at(top(k))->value, "error"));
    for (int i = 0; i < 200; i++)
        bring(k, "content", "{}", 2);
    assert_int_equal(top(k)->n_rows, 1000);
    assert_non_null(strstr(panel_row_at(top(k))->value, "error"));
    for (int i = 0; i < 600; i++)
        bring(k, "content", big, sizeof big);
    assert_true(top(k)->n_rows <= 300); /* 4 MiB of them */
    kit_free(k);
}

/* ---- what was said ---- */
static void fail_with(struct kit *k, const char *what, const char *body, size_t n) {
    struct incoming *in = incoming_new(IN_FAIL, kit_last(k, OP_SESSION_CANCEL)->id);
    struct fault *f = arena_alloc(&in->arena, sizeof *f);

    in->op = OP_SESSION_CANCEL;
    in->status = 500;
    (void)err_set(&in->err, RC_HTTP, 500, "could not cancel: server answered 500 (%s)", what);
    *f = (struct fault){.rc = RC_HTTP,
                        .status = 500,
                        .op = OP_SESSION_CANCEL,
                        .attempt = 3,
                        .type = "internal_error",
                        .message = arena_strdup(&in->arena, what),
                        .where = "[3].id",
                        .retryable = true,
                        .body = arena_strndup(&in->arena, body, n),
                        .body_len = n};
    in->fault = f;
    kit_apply(k, in);
}

static void cancel_fails(struct kit *k, const char *what, const char *body, size_t n) {
    kit_event(k, "s2", EV_CONTENT, .content = "at work");
    act_session_cancel(k->m, k->m->shown, k->fx);
    kit_step(k);
    fail_with(k, what, body, n);
}

static void the_details_of_an_error_are_behind_its_line(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    cancel_fails(k, "the disk is full", "{\"error\":{\"code\":500}}", 22);
    act_notice(k->m, "something else");
    open_panel(k, PANEL_LOG);
    assert_non_null(strstr(panel_row_at(top(k))->value, "something else")); /* newest last */
    act_panel_move(k->m, -1, k->fx);
    enter(k);
    assert_int_equal(top(k)->id, PANEL_FAULT);
    assert_row(k, "operation", "sessions.cancel_processing");
    assert_row(k, "request", "POST /api/sessions/{id}/cancel");
    assert_row(k, "status", "500");
    assert_row(k, "type", "internal_error");
    assert_row(k, "message", "the disk is full");
    assert_row(k, "where", "[3].id");
    assert_row(k, "attempt", "3");
    assert_row(k, "another try", "may help");
    assert_non_null(find_row(k, "\"code\": 500"));
    act_over_close(k->m);
    act_panel_fault(k->m, (size_t)-1, k->fx); /* the same by the command */
    assert_row(k, "message", "the disk is full");
    kit_free(k);
}

static void bodies_of_errors_are_bounded_and_the_oldest_make_way(void **state) {
    static char body[64 * 1024];
    struct kit *k = kit_online(ids, 2);
    size_t kept = 0, total = 0;

    (void)state;
    memset(body, 'b', sizeof body);
    for (int i = 0; i < 40; i++) {
        char what[32];

        snprintf(what, sizeof what, "failure %d", i);
        cancel_fails(k, what, body, sizeof body);
    }
    for (size_t i = 0; i < k->m->n_notices; i++)
        if (k->m->notices[i].body) {
            kept++;
            total += k->m->notices[i].fault->body_len;
        }
    assert_true(total <= MIX_MIB);
    assert_int_equal(kept, 16);
    assert_non_null(k->m->notices[k->m->n_notices - 1].body);
    kit_free(k);
}

static void nothing_went_wrong_is_said_when_details_are_asked_for(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_notice(k->m, "all is well");
    act_panel_fault(k->m, (size_t)-1, k->fx);
    assert_null(panel_top(k->m));
    assert_non_null(strstr(kit_notice(k), "nothing went wrong"));
    kit_free(k);
}

static void the_log_follows_and_keeps_its_place_when_the_oldest_go(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    for (int i = 0; i < 500; i++)
        act_notice(k->m, "line %d", i);
    open_panel(k, PANEL_LOG);
    act_notice(k->m, "line 500");
    assert_non_null(strstr(panel_row_at(top(k))->value, "line 500"));
    act_panel_move(k->m, -1, k->fx);
    act_notice(k->m, "line 501");
    assert_non_null(strstr(panel_row_at(top(k))->value, "line 499"));
    for (int i = 0; i < 300; i++)
        act_notice(k->m, "more %d", i);
    assert_non_null(strstr(panel_row_at(top(k))->value, "line 499"));
    enter(k);
    assert_non_null(find_row(k, "line 499"));
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_show_their_parameters_and_the_state_of_their_keys),
        cmocka_unit_test(an_older_server_tells_the_keys_by_its_older_operation),
        cmocka_unit_test(the_newer_operation_wins_in_either_order),
        cmocka_unit_test(mcp_servers_show_their_state_and_tools),
        cmocka_unit_test(a_server_without_mcp_servers_says_so),
        cmocka_unit_test(a_command_is_put_into_the_message),
        cmocka_unit_test(a_command_is_asked_for_by_its_name_when_it_is_unfolded),
        cmocka_unit_test(lists_that_come_in_pieces_and_start_over_are_whole),
        cmocka_unit_test(health_shows_the_server_its_tokens_and_its_generation),
        cmocka_unit_test(history_comes_page_by_page_as_one_scrolls),
        cmocka_unit_test(history_is_searched_and_opens_the_session_or_gives_the_text),
        cmocka_unit_test(history_of_a_session_that_is_gone_opens_nothing),
        cmocka_unit_test(every_field_of_a_session_has_its_place),
        cmocka_unit_test(raw_events_are_recorded_while_they_are_shown),
        cmocka_unit_test(raw_events_are_bounded_and_a_reader_is_left_alone),
        cmocka_unit_test(the_details_of_an_error_are_behind_its_line),
        cmocka_unit_test(bodies_of_errors_are_bounded_and_the_oldest_make_way),
        cmocka_unit_test(nothing_went_wrong_is_said_when_details_are_asked_for),
        cmocka_unit_test(the_log_follows_and_keeps_its_place_when_the_oldest_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
