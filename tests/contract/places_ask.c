/* places_ask.c - the deeds: a person sets what a request can say, by the fields and commands that
 * are on the screen. */
#include "mix/files.h"
#include "mix/picture.h"
#include "places.h"

#define SESSION "zqsession"
static const char *const ids[] = {"s1", SESSION};

/* ---- forms ---- */
static bool has_row(struct kit *k, const char *label) {
    const struct panel *p = top(k);

    for (size_t i = 0; i < p->n_rows; i++)
        if (str_eq(p->rows[i].label, label) && !p->rows[i].why_not)
            return true;
    return false;
}

/* To the nth row with that label, counted from 1. */
static void go_nth(struct kit *k, const char *label, int nth) {
    int met = 0;

    act_panel_move(k->m, INT_MIN, k->fx);
    for (int i = 0; i < 200; i++) {
        met += str_eq(at_cursor(k), label);
        if (met == nth)
            return;
        act_panel_move(k->m, 1, k->fx);
    }
    fail_msg("there is no row %d called %s", nth, label);
}

/* What a generation has not is not on its form: then nothing is written. */
static void fill(struct kit *k, const char *label, const char *text) {
    if (!has_row(k, label))
        return;
    go_to(k, label);
    write_in(k, text);
}

static void set(struct kit *k, const char *label, int nth, const char *text) {
    go_nth(k, label, nth);
    struct editor *e = panel_editor(k->m);

    assert_non_null(e);
    editor_set(e, text);
    act_panel_changed(k->m, k->fx);
    kit_step(k);
}

static void choose(struct kit *k, const char *label, int nth, const char *value) {
    if (!has_row(k, label))
        return;
    go_nth(k, label, nth);
    for (int i = 0; i < 20; i++) {
        const struct panel *p = top(k);
        const struct panel_field *f = &p->fields[panel_row_at(p)->field];

        if (str_eq(f->choices.items[f->choice], value))
            return;
        turn(k, 1);
    }
    fail_msg("%s has no choice %s", label, value);
}

static void switch_on(struct kit *k, const char *label) {
    if (!has_row(k, label))
        return;
    go_to(k, label);
    turn(k, 1);
}

static void press(struct kit *k, const char *label) {
    go_to(k, label);
    enter(k);
}

static void press_twice(struct kit *k, const char *label) {
    struct view *v = view_new();

    press(k, label);
    view_settle(v, k->m);
    kit_paint(k);
    kit_pass(k, 500);
    enter(k);
    view_free(v);
}

static void answer_text(struct kit *k, enum op op, const char *json) {
    const struct request *r = kit_last(k, op);
    struct reply_reader *reader = reply_new(op);
    struct err err = {.rc = RC_OK};

    assert_non_null(r);
    struct incoming *in = incoming_new(IN_REPLY, r->id);

    if (reply_feed(reader, json, strlen(json), &err) != RC_OK ||
        reply_end(reader, &in->out, &in->n, &in->arena, &err) != RC_OK)
        fail_msg("%s", err.text);
    reply_free(reader);
    in->op = op;
    in->status = 200;
    kit_apply(k, in);
}

/* ---- sessions ---- */
static void deed_nothing(struct kit *k) { (void)k; }

static void add_callback(struct kit *k, const char *type) {
    press(k, "add one");
    set(k, "tool", 1, "zqtool");
    choose(k, "type", 1, type);
    fill(k, "name", "zqname");
    fill(k, "command", "zqcommand");
    fill(k, "time limit", "4711");
    fill(k, "prompt", "zqprompt");
    fill(k, "sub-agent", "zqagent");
    fill(k, "message", "zqmessage");
    switch_on(k, "full history");
    switch_on(k, "not in context");
    press(k, "take it");
}

static void deed_create(struct kit *k) {
    open_panel(k, PANEL_CREATE);
    fill(k, "title", "zqtitle");
    fill(k, "directory", "/zqdirectory");
    choose(k, "browser", 1, "remote-cdp-websocket");
    fill(k, "CDP URL", "ws://zqbrowser");
    choose(k, "prompt mode", 1, "append");
    fill(k, "prompt", "zqsystem");
    if (has_row(k, "add one")) {
        add_callback(k, "bash_script");
        add_callback(k, "sub_agent");
        add_callback(k, "send_message");
    }
    press(k, "create the session");
}

static void deed_callbacks(struct kit *k) {
    static const char *const types[] = {"bash_script", "sub_agent", "send_message"};
    static const char session[] = "{\"id\":\"" SESSION "\",\"title\":\"t\"}";

    open_panel(k, PANEL_CALLBACKS);
    answer_text(k, OP_SESSION_GET, session);
    for (size_t i = 0; i < MIX_COUNT(types); i++) {
        add_callback(k, types[i]);
        answer_text(k, OP_SESSION_CALLBACKS, session);
        if (top(k)->loading > 0) /* read anew */
            answer_text(k, OP_SESSION_GET, session);
    }
}

static void deed_fork(struct kit *k) {
    act_session_fork(k->m, k->m->shown, 2, k->fx);
    kit_step(k);
}

static void deed_rewind(struct kit *k) {
    open_panel(k, PANEL_REWIND);
    kit_history(k, SESSION);
    go_to(k, "export first");
    turn(k, 1);
    switch_on(k, "files too");
    press_twice(k, "you");
}

static void deed_cancel(struct kit *k) {
    kit_send(k, "go");
    act_session_cancel(k->m, k->m->shown, k->fx);
    kit_step(k);
}

static void deed_forget(struct kit *k) {
    act_session_delete(k->m, k->m->shown, k->fx);
    kit_step(k);
}

static void deed_details(struct kit *k) { open_panel(k, PANEL_SESSION); }

static void deed_export(struct kit *k) {
    open_panel(k, PANEL_EXPORT);
    press(k, "the server's own export");
}

/* ---- messages ---- */
static void deed_history(struct kit *k) {
    auto_buf struct buf page = {.max = MIX_MIB};

    open_panel(k, PANEL_HISTORY);
    for (int i = 0; i < 100; i++)
        buf_addf(&page,
                 "%c{\"id\":\"m%d\",\"sessionId\":\"s\",\"role\":\"user\",\"userInput\":\"x\"}",
                 i ? ',' : '[', i);
    buf_adds(&page, "]");
    answer_text(k, OP_MESSAGES_HISTORY, buf_str(&page));
    top(k);
    act_panel_move(k->m, INT_MAX, k->fx);
    kit_step(k);
}

static void deed_send(struct kit *k) {
    open_panel(k, PANEL_TURN);
    switch_on(k, "plan mode");
    choose(k, "thinking", 1, "medium");
    fill(k, "max steps", "37");
    act_panel_back(k->m);
    kit_send(k, "zqtext");
}

/* ---- asks ---- */
static void decide(struct kit *k, enum decision d) {
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 500);
    kit_decide(k, d);
}

static void ask_permission_of(struct kit *k) {
    feed_event(k, "permission",
               "{\"id\":\"zqask\",\"sessionId\":\"" SESSION "\",\"toolName\":\"Bash\","
               "\"description\":\"d\",\"action\":\"execute\"}");
}

static void deed_grant(struct kit *k) {
    ask_permission_of(k);
    decide(k, DECIDE_GRANT);
}

static void deed_deny(struct kit *k) {
    ask_permission_of(k);
    decide(k, DECIDE_DENY);
}

static void deed_answer(struct kit *k) {
    feed_event(k, "notification",
               "{\"id\":\"zqask\",\"sessionId\":\"" SESSION "\",\"notificationType\":\"question\","
               "\"title\":\"t\",\"message\":\"m\",\"responseType\":\"text\",\"timeout\":60,"
               "\"createdAt\":1}");
    kit_enter_asks(k);
    editor_set(&model_ask(k->m, "zqask")->reply, "zqreply");
    kit_paint(k);
    kit_pass(k, 500);
    kit_decide(k, DECIDE_REPLY);
}

/* ---- files ---- */
static void deed_files(struct kit *k) {
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    answer_text(k, OP_FILES_LIST,
                "[{\"name\":\"zqfile.txt\",\"size\":1,\"modified\":1,\"isDir\":false}]");
    act_files_download(k->m, k->fx);
    act_upload(k->m, "/zqdir/up.txt", k->fx);
    act_file_delete(k->m, k->fx);
    kit_step(k);
}

/* A film is looked at large, five seconds into it. */
static void deed_picture(struct kit *k) {
    act_terminal(k->m, &(struct terminal){.colours = 256, .cell_w = 8, .cell_h = 16});
    act_picture_open(k->m, "zqfilm.mp4");
    act_picture_time(k->m, 1);
    const struct picture_ask ask = picture_preview(k->m, 40, 10);

    picture_want_as(k->m, &ask); /* as the view does */
    kit_paint(k);
    kit_pass(k, 0);
}

/* ---- providers ---- */
static void deed_key(struct kit *k) {
    open_panel(k, PANEL_KEY);
    choose(k, "provider", 1, "openai");
    fill(k, "key", "sk-zq0123456789012345678901234567890123456789");
    press(k, "store it on the server");
}

static void deed_sign_in(struct kit *k) {
    open_panel(k, PANEL_OAUTH);
    answer_text(k, OP_AUTH_OAUTH_START, "{\"auth_url\":\"https://x\",\"state\":\"s\"}");
    fill(k, "code", "zqcode#zqstate");
    press(k, "finish the sign-in");
}

static void deed_forget_key(struct kit *k) {
    open_panel(k, PANEL_AUTH);
    answer_text(k, OP_AUTH_STATUS,
                "{\"providers\":{\"zqprovider\":{\"display_name\":\"\",\"authenticated\":true,"
                "\"auth_method\":\"api_key\"}}}");
    press(k, "zqprovider");
    press_twice(k, "delete what is stored");
}

static void deed_preferences(struct kit *k) {
    open_panel(k, PANEL_PREFERENCES);
    answer_text(k, OP_PREFERENCES_GET,
                "{\"preferences\":null,\"available_providers\":{"
                "\"zqone\":{\"display_name\":\"One\",\"models\":[\"zqsub\"]},"
                "\"zqtwo\":{\"display_name\":\"Two\",\"models\":[\"zqmain\"]}}}");
    go_nth(k, "model", 1);
    enter(k);
    press(k, "zqtwo");
    go_nth(k, "model", 2);
    enter(k);
    press(k, "zqone");
    choose(k, "provider", 1, "zqtwo");
    set(k, "max tokens", 1, "4701");
    set(k, "max tokens", 2, "4702");
    choose(k, "effort", 1, "high");
    choose(k, "effort", 2, "low");
    press(k, "save");
}

static void deed_command(struct kit *k) {
    open_panel(k, PANEL_COMMANDS);
    answer_text(k, OP_COMMANDS_LIST, "[{\"name\":\"zqcommand\",\"description\":\"\"}]");
    go_to(k, "/zqcommand");
    turn(k, 1);
}

struct kit *deed_run(enum deed_id id, int version) {
    static void (*const deeds[DEED_COUNT])(struct kit * k) = {
#define DEED(id) [DEED_##id] = deed_##id,
#include "places_deeds.def"
#undef DEED
    };
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/zqdir"}, version, ids,
        2);

    act_resize(k->m, 200, 50);
    deeds[id](k);
    return k;
}
