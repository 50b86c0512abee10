/* places_show.c - the scenes: an answer or an event goes in through the model's doors, its place is
 * opened as a person opens it, and what is drawn is kept. */
#include "places.h"

enum { COLS = 200, ROWS = 50 };
static const char *const ids[] = {"s1", "s2"};

/* ---- in ---- */
static void give_text(struct scene *s, enum op op, const char *json, size_t n) {
    const struct request *r = kit_last(s->k, op);
    struct reply_reader *reader = reply_new(op);
    struct err err = {.rc = RC_OK};

    if (!r)
        fail_msg("%s: nobody asked for it", op_spec(op)->sdk_name);
    struct incoming *in = incoming_new(IN_REPLY, r->id);

    if (reply_feed(reader, json, n, &err) != RC_OK ||
        reply_end(reader, &in->out, &in->n, &in->arena, &err) != RC_OK)
        fail_msg("%s: %s in %s", op_spec(op)->sdk_name, err.text, json);
    reply_free(reader);
    in->op = op;
    in->status = 200;
    kit_apply(s->k, in);
}

static void give_as(struct scene *s, const char *of, const char *kind, const char *with) {
    const enum op op = op_by_name(of);
    struct doc d;

    doc_make(&d, s->facts, of, kind, with);
    if (!d.json)
        fail_msg("%s %s is not published in this generation", of, kind);
    char *text = cJSON_PrintUnformatted(d.json);

    give_text(s, op, text, strlen(text));
    cJSON_free(text);
    doc_free(&d);
}

static void give(struct scene *s) { give_as(s, s->of, s->kind, s->with); }

void feed_event(struct kit *k, const char *name, const char *json) {
    struct incoming *in = incoming_new(IN_EVENTS, k->m->shown->stream);
    const struct frame frame = {
        .event = name, .id = "1", .data = json, .data_len = strlen(json), .retry_ms = -1};
    struct err err = {.rc = RC_OK};

    in->events = event_read(&frame, &in->arena, &err);
    if (!in->events)
        fail_msg("%s: %s", name, err.text);
    kit_apply(k, in);
}

static char *event_text(struct scene *s) {
    struct doc d;

    doc_make(&d, s->facts, s->of, "event", s->with);
    assert_non_null(d.json);
    char *text = cJSON_PrintUnformatted(d.json);

    doc_free(&d);
    return text;
}

static void feed(struct scene *s) {
    char *text = event_text(s);

    feed_event(s->k, s->of, text);
    cJSON_free(text);
}

/* ---- out ---- */
/* Only what stands in r: the same word may be drawn elsewhere, too. */
static void keep(struct scene *s, struct rect r) {
    struct canvas part;

    canvas_init(&part, r.w, r.h);
    for (int y = 0; y < r.h; y++)
        for (int x = 0; x < r.w; x++)
            if (canvas_at(&s->c, r.x + x, r.y + y))
                *canvas_at(&part, x, y) = *canvas_at(&s->c, r.x + x, r.y + y);
    canvas_text(&part, &s->picture);
    canvas_fini(&part);
}

static void draw(struct scene *s) {
    view_settle(s->v, s->k->m);
    view_draw(s->v, s->k->m, &s->c);
}

static void snap_pane(struct scene *s, enum pane pane) {
    draw(s);
    keep(s, view_layout(s->k->m).pane[pane]);
}

static void snap_status(struct scene *s) {
    draw(s);
    keep(s, view_layout(s->k->m).status);
}

/* The box of a panel stands in the middle. */
static void snap_box(struct scene *s) {
    const int w = panel_specs[top(s->k)->id]->wide ? 150 : 90;

    draw(s);
    keep(s, (struct rect){(COLS - w) / 2, 1, w, ROWS - 2});
}

static void unfold_all(struct scene *s) {
    struct kit *k = s->k;

    act_panel_move(k->m, INT_MIN, k->fx);
    for (int i = 0; i < 200; i++) {
        const struct panel_row *row = panel_row_at(top(k));
        const size_t before = top(k)->cursor;

        if (row && row->kind == ROW_VALUE)
            turn(k, 1);
        act_panel_move(k->m, 1, k->fx);
        if (top(k)->cursor == before)
            break;
    }
}

/* All of the panel, page by page. */
static void snap_panel(struct scene *s) {
    struct kit *k = s->k;

    snap_box(s);
    act_panel_move(k->m, INT_MIN, k->fx);
    for (int i = 0; i < 40; i++) {
        snap_box(s);
        const struct panel *p = top(k);
        const size_t cursor = p->cursor;
        const int scroll = p->scroll;

        act_panel_move(k->m, 10, k->fx);
        snap_box(s);
        if (top(k)->cursor == cursor && top(k)->scroll == scroll)
            break;
    }
}

static void snap_thread(struct scene *s) {
    act_focus(s->k->m, PANE_THREAD);
    act_scroll(s->k->m, MOVE_TOP, 0);
    snap_pane(s, PANE_THREAD);
    for (int i = 0; i < 20 && !s->k->m->shown->reading.follow; i++) {
        act_scroll(s->k->m, MOVE_PAGES, 1);
        snap_pane(s, PANE_THREAD);
    }
}

/* A panel that asks for it, and its answer. */
static void show_panel(struct scene *s, enum panel_id id) {
    open_panel(s->k, id);
    give(s);
    snap_panel(s);
}

/* ---- sessions and messages ---- */
static void show_details(struct scene *s) {
    open_panel(s->k, PANEL_SESSION);
    give(s);
    unfold_all(s);
    snap_panel(s);
}

static void load_messages(struct scene *s) {
    act_refresh(s->k->m, s->k->fx);
    kit_step(s->k);
    give(s);
}

static void show_thread(struct scene *s) {
    load_messages(s);
    act_fold_all(s->k->m);
    for (size_t i = 0; i < s->k->m->shown->transcript.n; i++) {
        const struct entry *e = &s->k->m->shown->transcript.entries[i];

        for (size_t n = 0; n < e->n_parts; n++)
            if (e->parts[n].kind != PART_NOTE)
                part_fold(&s->k->m->shown->transcript, &e->parts[n], FOLD_OPEN);
    }
    snap_thread(s);
}

static void show_message(struct scene *s) {
    load_messages(s);
    snap_thread(s);
    buf_clear(&s->picture);
    show_panel(s, PANEL_MESSAGE);
}

static void show_history(struct scene *s) {
    open_panel(s->k, PANEL_HISTORY);
    give(s);
    unfold_all(s);
    snap_panel(s);
}

/* ---- files ---- */
static void list_files(struct scene *s) {
    act_focus(s->k->m, PANE_FILES);
    s->k->m->ui.zoom = ZOOM_FULL;
    act_files_refresh(s->k->m, s->k->fx);
    kit_step(s->k);
}

static void show_files(struct scene *s) {
    list_files(s);
    give(s);
    snap_pane(s, PANE_FILES);
}

static void show_uploaded(struct scene *s) {
    list_files(s);
    act_upload(s->k->m, "/zqdir/local.txt", s->k->fx);
    kit_step(s->k);
    give(s);
    snap_pane(s, PANE_FILES);
}

/* ---- providers ---- */
static void show_auth(struct scene *s) { show_panel(s, PANEL_AUTH); }
static void show_valid(struct scene *s) { show_panel(s, PANEL_AUTH); }
static void show_sign_in(struct scene *s) { show_panel(s, PANEL_OAUTH); }

/* The status line says it. */
static void show_key(struct scene *s) {
    open_panel(s->k, PANEL_KEY);
    go_to(s->k, "key");
    write_in(s->k, "sk-ant-01234567890123456789012345678901234567890123456789");
    go_to(s->k, "store it on the server");
    enter(s->k);
    give(s);
    snap_status(s);
}

static void twice(struct scene *s) { /* what destroys */
    enter(s->k);
    draw(s);
    kit_paint(s->k);
    kit_pass(s->k, 500);
    enter(s->k);
}

static void show_forgotten(struct scene *s) {
    open_panel(s->k, PANEL_AUTH);
    give_as(s, "getAuthStatus", "200", "providers.*.authenticated=true;-providers.*.display_name");
    go_to(s->k, "zqmap");
    enter(s->k);
    go_to(s->k, "delete what is stored");
    twice(s);
    buf_clear(&s->picture);
    give(s);
    snap_status(s);
}

static void show_signed_in(struct scene *s) {
    open_panel(s->k, PANEL_OAUTH);
    give_as(s, "startOAuthFlow", "200", NULL);
    go_to(s->k, "code");
    write_in(s->k, "abc#def");
    go_to(s->k, "finish the sign-in");
    enter(s->k);
    give(s);
    snap_status(s);
}

/* ---- preferences ---- */
static void show_preferences(struct scene *s) { show_panel(s, PANEL_PREFERENCES); }

static void show_models(struct scene *s) {
    open_panel(s->k, PANEL_PREFERENCES);
    give(s);
    go_to(s->k, "model");
    enter(s->k);
    snap_panel(s);
}

static void answered_preferences(struct scene *s, const char *action) {
    open_panel(s->k, PANEL_PREFERENCES);
    give_as(s, "getPreferences", "200", "preferences.main_agent_model=\"m\"");
    go_to(s->k, action);
    if (str_eq(action, "reset"))
        twice(s);
    else
        enter(s->k);
    give(s);
    buf_clear(&s->picture);
    snap_panel(s);
}

static void show_saved(struct scene *s) { answered_preferences(s, "save"); }
static void show_reset(struct scene *s) { answered_preferences(s, "reset"); }

/* ---- tools, commands ---- */
static void show_unfolded(struct scene *s, enum panel_id id) {
    open_panel(s->k, id);
    give(s);
    unfold_all(s);
    snap_panel(s);
}

static void show_tools(struct scene *s) { show_unfolded(s, PANEL_TOOLS); }
static void show_credentials(struct scene *s) { show_unfolded(s, PANEL_TOOLS); }
static void show_tool_status(struct scene *s) { show_unfolded(s, PANEL_TOOLS); }
static void show_mcp(struct scene *s) { show_panel(s, PANEL_MCP); }
static void show_commands(struct scene *s) { show_panel(s, PANEL_COMMANDS); }

static void show_command(struct scene *s) {
    static const char list[] = "[{\"name\":\"zqname\",\"description\":\"\"}]";

    open_panel(s->k, PANEL_COMMANDS);
    give_text(s, OP_COMMANDS_LIST, list, sizeof list - 1);
    unfold_all(s);
    give(s);
    snap_panel(s);
}

/* ---- health ---- */
static void show_health(struct scene *s) { show_panel(s, PANEL_HEALTH); }
static void show_tokens(struct scene *s) { show_panel(s, PANEL_HEALTH); }
static void show_system(struct scene *s) { show_panel(s, PANEL_HEALTH); }

static void show_refreshed(struct scene *s) {
    open_panel(s->k, PANEL_HEALTH);
    give_as(s, "healthCheck", "200", NULL);
    give_as(s, "getSystemInfo", "200", NULL);
    give_as(s, "getOAuthHealth", "200", NULL);
    go_to(s->k, "refresh the tokens");
    enter(s->k);
    give(s);
    buf_clear(&s->picture);
    snap_panel(s);
}

/* ---- a file ---- */
static void show_export(struct scene *s) {
    struct doc d;
    size_t at = 0;
    const char *path;
    void *value;

    open_panel(s->k, PANEL_EXPORT);
    go_to(s->k, "the server's own export");
    enter(s->k);
    doc_make(&d, s->facts, s->of, s->kind, s->with);
    char *text = cJSON_PrintUnformatted(d.json);
    const struct request *r = kit_last(s->k, OP_SESSION_EXPORT);
    struct incoming *in = incoming_new(IN_BYTES, r->id);

    in->op = OP_SESSION_EXPORT;
    in->out = text;
    in->n = strlen(text);
    kit_apply(s->k, in);
    in = incoming_new(IN_REPLY, r->id);
    in->op = OP_SESSION_EXPORT;
    kit_apply(s->k, in);
    while (map_next(&s->k->disk, &at, &path, &value))
        if (strstr(path, ".server.json"))
            buf_adds(&s->picture, ((const struct file *)value)->data);
    assert_true(s->picture.n > 0);
    cJSON_free(text);
    doc_free(&d);
}

/* ---- a refusal ---- */
static void show_fault(struct scene *s) {
    struct doc d;
    struct refusal said;

    open_panel(s->k, PANEL_COMMANDS);
    doc_make(&d, s->facts, "*", "error", s->with);
    char *text = cJSON_PrintUnformatted(d.json);
    const struct request *r = kit_last(s->k, OP_COMMANDS_LIST);
    struct incoming *in = incoming_new(IN_FAIL, r->id);
    struct fault *f = arena_alloc(&in->arena, sizeof *f);

    reply_refusal(&said, text, strlen(text));
    reply_error(&in->err, OP_COMMANDS_LIST, 400, text, strlen(text));
    *f = (struct fault){.rc = RC_HTTP,
                        .status = 400,
                        .op = OP_COMMANDS_LIST,
                        .attempt = 1,
                        .type = arena_strdup(&in->arena, said.type),
                        .message = arena_strdup(&in->arena, said.message),
                        .body = arena_strdup(&in->arena, text),
                        .body_len = strlen(text)};
    in->op = OP_COMMANDS_LIST;
    in->fault = f;
    kit_apply(s->k, in);
    cJSON_free(text);
    doc_free(&d);
    act_panel_fault(s->k->m, (size_t)-1, s->k->fx);
    kit_step(s->k);
    snap_panel(s);
}

/* ---- events ---- */
static void show_event(struct scene *s) {
    feed(s);
    for (size_t i = 0; i < s->k->m->shown->transcript.n; i++) {
        const struct entry *e = &s->k->m->shown->transcript.entries[i];

        for (size_t n = 0; n < e->n_parts; n++)
            if (e->parts[n].kind != PART_NOTE)
                part_fold(&s->k->m->shown->transcript, &e->parts[n], FOLD_OPEN);
    }
    snap_thread(s);
}

/* Of a call that began before. */
static void show_call_event(struct scene *s) {
    char *text = event_text(s);
    cJSON *json = cJSON_Parse(text);
    const char *id = cJSON_GetStringValue(json_at(json, "toolCallId"));
    char start[256];

    snprintf(start, sizeof start, "{\"toolCallId\":\"%s\",\"toolName\":\"Bash\",\"progress\":\"\"}",
             id);
    feed_event(s->k, "tool_execution_start", start);
    cJSON_Delete(json);
    cJSON_free(text);
    show_event(s);
}

static void show_ask(struct scene *s) {
    feed(s);
    act_asks_enter(s->k->m);
    snap_pane(s, PANE_PERMISSIONS);
    act_over(s->k->m, OVER_ASK);
    draw(s);
    keep(s, (struct rect){0, 0, COLS, ROWS - 1});
}

static void show_list_event(struct scene *s) {
    feed(s);
    snap_pane(s, PANE_SESSIONS);
}

static void show_raw(struct scene *s) {
    struct incoming *in;
    struct raw_frame *f;
    char *text = event_text(s);

    open_panel(s->k, PANEL_FRAMES);
    in = incoming_new(IN_FRAMES, s->k->sent[s->k->n_sent - 1]->id);
    f = arena_alloc(&in->arena, sizeof *f);
    *f = (struct raw_frame){.session_id = "s2",
                            .event = arena_strdup(&in->arena, s->of),
                            .data = arena_strdup(&in->arena, text),
                            .data_len = strlen(text),
                            .real_at = s->k->real};
    in->out = f;
    in->n = 1;
    kit_apply(s->k, in);
    cJSON_free(text);
    unfold_all(s);
    snap_panel(s);
}

/* ---- all of them ---- */
const struct scene_spec scene_specs[SCENE_COUNT] = {
#define SCENE(id, of, kind, show) [SCENE_##id] = {of, kind, show},
#include "places_scenes.def"
#undef SCENE
};

void scene_run(struct scene *s, enum scene_id id) {
    s->k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/zqdir"}, s->version,
        ids, 2);
    s->v = view_new();
    canvas_init(&s->c, COLS, ROWS);
    act_resize(s->k->m, COLS, ROWS);
    s->picture = (struct buf){.max = 16 * MIX_MIB};
    scene_specs[id].show(s);
    view_free(s->v);
    canvas_fini(&s->c);
    kit_free(s->k);
}
