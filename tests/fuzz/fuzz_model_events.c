/* Random events, answers, keys and times, of one server or of two that share an inbox. Whatever
 * happens: the selection moves by its keys only,
 * no request is answered but by an armed decision, one message at a time leaves a session and only
 * while its stream is live, nothing typed is lost, and time does not spin. */
#include "fuzz.h"
#include "mix/complete.h"
#include "mix/editor.h"
#include "model_run.h"

/* ---- what comes ---- */
static void apply(struct run *r, struct incoming *in) {
    in->at = r->now;
    model_apply(r->m, in, r->now, 1700000000000 + r->now, r->fx);
    take_effects(r);
}

static void event(struct run *r) {
    const struct session *s = nth(r, next(r));

    if (!s->stream)
        return;
    struct incoming *in = incoming_new(IN_EVENTS, s->stream);
    static const char *choices[] = {"a", NULL, "b"};

    for (unsigned i = 1 + next(r) % 3; i > 0; i--) {
        struct wire_event *ev = arena_alloc(&in->arena, sizeof *ev);

        ev->kind = next(r) % EV_COUNT;
        ev->next = in->events;
        in->events = ev;
        ev->data = (struct event_data){
            .session_id = session_id(r),
            .id = ask_id(r),
            .message_id = message_id(r),
            .parent_tool_call_id = next(r) % 4 == 0 ? call_id(r) : NULL,
            .content = text(r),
            .tool_call_id = call_id(r),
            .tool_name = tool(r),
            .input = input(r),
            .progress = PICK(r, NULL, "Completed x in 1.5s", "Failed: permission denied"),
            .status = PICK(r, NULL, "running", "completed"),
            .error = text(r),
            .title = text(r),
            .message = text(r),
            .response_type = PICK(r, "choice", "text", NULL),
            .params_raw = input(r),
            .choices = {choices, next(r) % 4},
            .timeout_s = (int64_t)(next(r)) - 10,
            .success = next(r) & 1,
            .done = next(r) & 1,
        };
    }
    apply(r, in);
}

/* A request of the session shown, most likely one that can be answered. */
static void asked(struct run *r) {
    const struct session *s = r->m->shown;

    if (!s->stream)
        return;
    struct incoming *in = incoming_new(IN_EVENTS, s->stream);

    in->events = arena_alloc(&in->arena, sizeof *in->events);
    in->events->kind = next(r) % 4 ? EV_PERMISSION : EV_NOTIFICATION;
    in->events->data = (struct event_data){
        .id = arena_printf(&in->arena, "p%u", next(r) % 32),
        .session_id = s->id,
        .tool_name = tool(r),
        .params_raw = input(r),
        .response_type = PICK(r, "choice", "text", "acknowledge"),
        .message = "?",
    };
    apply(r, in);
}

static void all_is_well(struct run *r) {
    const struct session *s = r->m->shown;

    if (!s->stream)
        return;
    struct incoming *in = incoming_new(IN_LINK, s->stream);

    in->link = LINK_LIVE;
    apply(r, in);
}

static void link_change(struct run *r) {
    const struct session *s = nth(r, next(r));

    if (!s->stream)
        return;
    struct incoming *in = incoming_new(next(r) % 16 == 0 ? IN_FAIL : IN_LINK, s->stream);
    static const enum link_state states[] = {LINK_LIVE, LINK_LIVE,      LINK_LIVE,
                                             LINK_LATE, LINK_RETRYING,  LINK_REFUSED,
                                             LINK_IDLE, LINK_CONNECTING};

    in->link = states[next(r) % MIX_COUNT(states)];
    in->gap = next(r) & 1;
    in->retry_at = r->now + next(r) * 10;
    in->last_byte_at = r->now - next(r);
    if (next(r) % 4 == 0)
        (void)err_set(&in->err, RC_CONNECT, 7, "away");
    apply(r, in);
}

static void fill_session(struct run *r, struct session_data *d) {
    *d = (struct session_data){
        .id = session_id(r),
        .title = text(r),
        .session_type = PICK(r, "main", "subagent", "forked"),
        .parent_session_id = next(r) % 2 ? session_id(r) : NULL,
        .parent_tool_call_id = next(r) % 2 ? call_id(r) : NULL,
        .created_at = next(r),
        .user_messages = next(r) % 4,
    };
}

static void fill_message(struct run *r, struct arena *a, struct message *d) {
    *d = (struct message){
        .id = arena_strdup(a, message_id(r)),
        .role = PICK(r, "user", "assistant", "tool"),
        .session_id = "s1",
        .user_input = arena_strdup(a, text(r)),
    };
    if (next(r) % 4 != 0)
        return;
    d->tool_calls.items = arena_alloc(a, sizeof(struct tool_call));
    d->tool_calls.n = 1;
    d->tool_calls.items[0] = (struct tool_call){.id = arena_strdup(a, call_id(r)),
                                                .name = tool(r),
                                                .input = arena_strdup(a, input(r)),
                                                .finished = next(r) & 1};
}

static void fill(struct run *r, struct incoming *in) {
    struct arena *a = &in->arena;

    in->n = next(r) % 4;
    switch ((unsigned)in->op) {
    case OP_SESSIONS_LIST: {
        struct session_data *d = arena_alloc(a, 4 * sizeof *d);

        for (size_t i = 0; i < in->n; i++)
            fill_session(r, &d[i]);
        in->out = d;
        break;
    }
    case OP_SESSION_CREATE:
        in->out = arena_alloc(a, sizeof(struct session_data));
        fill_session(r, in->out);
        ((struct session_data *)in->out)->id = arena_strdup(a, r->coming);
        (void)snprintf(r->coming, sizeof r->coming, "n%u", ++r->made);
        break;
    case OP_SESSION_GET:
    case OP_SESSION_FORK:
        in->out = arena_alloc(a, sizeof(struct session_data));
        fill_session(r, in->out);
        break;
    case OP_MESSAGES_LIST:
    case OP_MESSAGES_HISTORY: {
        struct message *d = arena_alloc(a, 4 * sizeof *d);

        for (size_t i = 0; i < in->n; i++)
            fill_message(r, a, &d[i]);
        in->out = d;
        break;
    }
    case OP_MESSAGE_SEND: {
        struct send_ack *d = arena_alloc(a, sizeof *d);

        if (next(r) % 4 == 0)
            d->message = (struct message){
                .id = arena_strdup(a, PICK(r, "m1", "cmd-x", "system-auth-prompt")),
                .role = "assistant",
                .user_input = "x"};
        in->out = d;
        break;
    }
    default:
        in->n = 0;
        break;
    }
}

static void answer(struct run *r) {
    static const enum incoming_kind kinds[] = {IN_REPLY, IN_REPLY,   IN_REPLY, IN_FAIL,
                                               IN_ITEMS, IN_RESTART, IN_RETRY, IN_PROGRESS};
    static const int statuses[] = {0, 400, 401, 404, 405, 500, 502};

    if (r->n_calls == 0)
        return;
    const unsigned back = next(r);
    const size_t at = back & 128 ? back % r->n_calls : r->n_calls - 1 - back % 4 % r->n_calls;
    const struct call c = r->calls[at];
    struct incoming *in = incoming_new(kinds[next(r) % MIX_COUNT(kinds)], c.id);

    if (c.kind == REQ_PROBE && in->kind != IN_FAIL && in->kind != IN_RETRY) {
        in->kind = IN_CAPS;
        in->caps = caps_of(next(r) & 1 ? GEN_TOP : GEN_SEED);
    }
    in->op = c.op;
    if (in->kind == IN_REPLY || in->kind == IN_ITEMS)
        fill(r, in);
    if (in->kind == IN_FAIL || in->kind == IN_RETRY) {
        in->status = statuses[next(r) % MIX_COUNT(statuses)];
        (void)err_set(&in->err, in->status ? RC_HTTP : RC_CONNECT,
                      in->status    ? in->status
                      : next(r) & 1 ? 7
                                    : 56,
                      "it failed");
        in->retry_at = r->now + 500;
    }
    if (in->kind == IN_REPLY || in->kind == IN_FAIL || in->kind == IN_CAPS)
        r->calls[at] = r->calls[--r->n_calls];
    apply(r, in);
}

static void disk(struct run *r) {
    if (r->fx->n_tasks == 0)
        return;
    const size_t at = next(r) % r->fx->n_tasks;
    struct task *t = r->fx->tasks[at];

    r->fx->tasks[at] = r->fx->tasks[--r->fx->n_tasks];
    if (next(r) % 4 == 0)
        (void)err_set(&t->err, RC_IO, 28, "full");
    if (t->kind == TASK_READ && t->err.rc == RC_OK) {
        const char *data = PICK(r, NULL, "mixtui draft 1\ndraft 1 2\nab\nqueue 1\nq\nend\n",
                                "mixtui draft 1\nsending 2 2\nxxm1\nend\n",
                                "mixtui state 1\nshown s2\npin s3\n", "a\\nb\nc\n", "junk");

        t->data = arena_strdup(&t->arena, data);
        t->len = data ? strlen(data) : 0;
    }
    if (t->kind == TASK_STAT && t->err.rc == RC_OK) {
        t->entries = arena_alloc(&t->arena, sizeof *t->entries);
        t->n_entries = 1;
        t->entries->name = t->path;
        t->entries->size = next(r) % 3;
        t->entries->kind = next(r) % 8 == 0 ? ENTRY_FIFO : ENTRY_FILE;
        t->entries->readable = true;
    }
    model_task_done(r->m, t, r->now, 1700000000000 + r->now, r->fx);
    take_effects(r);
}

static void pass(struct run *r) {
    const unsigned step = next(r);

    r->now += step < 200 ? step * 5 : (step - 200) * 1000;
    for (int i = 0;; i++) {
        model_tick(r->m, r->now, 1700000000000 + r->now, r->fx);
        take_effects(r);
        const int64_t at = model_next_tick(r->m, r->now);

        if (at < 0 || at > r->now)
            break;
        assert(i < 8); /* it does not spin */
    }
}

/* ---- the person ---- */
static void type(struct run *r) {
    struct session *s = r->m->shown;
    char line[64];

    if (r->tokens >= TOKENS_MAX || s->draft.text.n > 2000)
        return;
    (void)snprintf(line, sizeof line, "token%u ", r->tokens++);
    struct buf all;

    buf_init(&all, 64 * MIX_KIB);
    (void)buf_adds(&all, buf_str(&s->draft.text));
    (void)buf_adds(&all, line);
    editor_set(&s->draft, buf_str(&all));
    buf_fini(&all);
    act_draft_changed(r->m, s);
}

static void decide(struct run *r) {
    static const enum decision decisions[] = {DECIDE_GRANT, DECIDE_DENY, DECIDE_REPLY};
    struct ask *a = model_selected_ask(r->m);
    const size_t before = r->answers;
    const bool moved = r->m->ui.over != OVER_MENU || r->m->ui.menu_moved;
    char key[SELECTED_MAX] = "";

    if (a)
        key_of(key, r, a);
    const bool may = a && moved && r->painted[0] && strcmp(key, r->painted) == 0 &&
                     r->now - r->painted_at >= ARM_MS && r->now - r->decided_at >= ARM_MS;

    if (a && next(r) & 1)
        editor_set(&a->reply, "reply");
    r->deciding = true;
    memcpy(r->answered, key, sizeof key);
    act_decide(r->m, decisions[next(r) % MIX_COUNT(decisions)], r->fx);
    take_all_effects(r);
    r->deciding = false;
    assert(r->answers <= before + 1);
    assert(may || r->answers == before);
    if (a && r->m->ui.focus == PANE_PERMISSIONS)
        r->decided_at = r->now;
}

static void paint(struct run *r) {
    const struct ask *a = model_selected_ask(r->m);
    const struct ui *ui = &r->m->ui;
    const bool on =
        a && ui->focus == PANE_PERMISSIONS &&
        (ui->over == OVER_NONE || (ui->over == OVER_MENU && ui->menu_pane == PANE_PERMISSIONS));

    char key[SELECTED_MAX];

    model_painted(r->m, r->now);
    if (!on) {
        r->painted[0] = '\0';
        return;
    }
    key_of(key, r, a);
    if (strcmp(r->painted, key) != 0) {
        memcpy(r->painted, key, sizeof key);
        r->painted_at = r->now;
    }
}

static void enter(struct run *r) {
    r->moving = true;
    act_asks_enter(r->m);
    r->painted[0] = '\0';
}

/* What somebody does who looks and then answers. */
static void look_and_decide(struct run *r) {
    static const int waits[] = {0, 399, 400, 1000};

    r->moving = true;
    if (next(r) & 1)
        enter(r);
    else
        act_asks_move(r->m, (int)(next(r) % 3) - 1);
    take_effects(r);
    paint(r);
    r->now += waits[next(r) % MIX_COUNT(waits)];
    model_tick(r->m, r->now, 1700000000000 + r->now, r->fx);
    take_effects(r);
    decide(r);
}

/* ---- the other server ---- */
static void give_screen(struct run *r) {
    servers_show(&r->servers, servers_row_of(&r->servers, r->other.m), r->now,
                 1700000000000 + r->now);
    r->painted[0] = '\0';
    turn_round(r);
}

static void open_other(struct run *r) {
    static const char url[] = "http://other:1";
    size_t row = servers_find(&r->servers, url);

    if (row == r->servers.n_rows)
        row = servers_add(&r->servers, NULL, url);
    r->other.fx = effects_new();
    r->other.n_calls = 0;
    r->other.m = model_new(&(struct model_config){.url = url, .state_dir = "/s"}, r->now,
                           1700000000000 + r->now, r->other.fx);
    servers_open(&r->servers, row, r->other.m, r->other.fx);
}

static void close_other(struct run *r) {
    model_free(r->other.m);
    effects_free(r->other.fx);
    r->other.m = NULL;
    r->closed = true;
    take_effects(r);
    if (servers_row_of(&r->servers, r->m) == 0) /* the one that can be opened again */
        open_other(r);
}

static void other_server(struct run *r, unsigned what) {
    static void (*const comes[])(struct run *) = {event, asked, asked,       answer,     answer,
                                                  pass,  disk,  link_change, all_is_well};

    if (what == 0 && next(r) % 4 == 0) {
        close_other(r);
        return;
    }
    if (what == 1) {
        give_screen(r);
        return;
    }
    turn_round(r);
    model_clock(r->m, r->now, 1700000000000 + r->now);
    comes[what % MIX_COUNT(comes)](r);
    take_effects(r);
    turn_round(r);
}

static void act_on_session(struct run *r, unsigned what) {
    struct model *m = r->m;
    struct session *s = nth(r, next(r));

    switch (what % 9) {
    case 0:
        act_session_show(m, s, r->fx);
        break;
    case 1:
        act_session_new(m, r->fx);
        break;
    case 2:
        act_session_fork(m, s, next(r) % 3, r->fx);
        break;
    case 3:
        act_session_cancel(m, s, r->fx);
        break;
    case 4:
        act_session_delete(m, s, r->fx);
        break;
    case 5:
        act_session_pin(m, s, r->fx);
        break;
    case 6:
        act_next_needy(m, r->fx);
        if (r->fx->show && r->other.m) {
            take_effects(r);
            r->fx->show = 0;
            give_screen(r);
        }
        break;
    case 7:
        act_sessions_move(m, (int)(next(r) % 5) - 2);
        break;
    default:
        editor_set(&m->ui.session_filter, PICK(r, "", "s", "zzz"));
        act_sessions_filter(m);
        break;
    }
}

/* A file for the message, or a word and what completes it. */
static void attach(struct run *r, unsigned what) {
    static const char *const paths[] = {"/w/a.c", "/w/b c.md", "/w/x/a.c", "/w/\xff\n\033[m"};
    struct file_info upload = {.name = "there.c", .size = 3, .url = "http://x/there.c"};
    struct model *m = r->m;

    switch (what) {
    case 13:
        act_attach(m, paths[next(r) % MIX_COUNT(paths)], NULL);
        break;
    case 14:
        act_focus(m, PANE_COMPOSER);
        act_attach(m, NULL, &upload);
        if (editor_insert(&m->shown->draft, "@", 1)) {
            act_draft_changed(m, m->shown);
            act_complete_typed(m, r->fx);
        }
        break;
    default:
        act_complete_move(m, (int)(next(r) % 3) - 1, r->fx);
        act_complete_accept(m, r->fx);
        break;
    }
}

static void act_on_text(struct run *r, unsigned what) {
    struct model *m = r->m;
    struct session *s = m->shown;

    if (what >= 13) {
        attach(r, what);
        return;
    }
    switch (what % 9) {
    case 0:
        act_queue_go(m, s, r->fx);
        break;
    case 1:
        act_queue_drop(m, s, next(r) % 3, r->fx);
        break;
    case 2:
        act_unknown_resend(m, s, r->fx);
        break;
    case 3:
        act_unknown_drop(m, s, r->fx);
        break;
    case 4:
        act_draft_clear(m);
        break;
    case 5:
        (void)act_history(m, next(r) & 1 ? 1 : -1);
        break;
    case 6:
        model_save_all(m, r->fx);
        break;
    case 7:
        type(r);
        break;
    default:
        act_send(m, r->fx);
        break;
    }
}

static void act_on_screen(struct run *r, unsigned what) {
    struct model *m = r->m;

    switch (what % 9) {
    case 0:
        enter(r);
        break;
    case 1:
        act_asks_leave(m);
        break;
    case 2:
        r->moving = true;
        act_asks_move(m, (int)(next(r) % 5) - 2);
        break;
    case 3:
        act_choice_move(m, (int)(next(r) % 5) - 2);
        break;
    case 4:
        act_focus(m, next(r) % PANE_COUNT);
        break;
    case 5:
        act_over(m, next(r) & 1 ? OVER_NONE : OVER_ASK);
        break;
    case 6:
        act_refresh(m, r->fx);
        break;
    case 7:
        act_reconnect(m, r->fx);
        break;
    default:
        act_scroll(m, (int)(next(r) % 7), (int)(next(r) % 5) - 2);
        act_fold_all(m);
        break;
    }
}

static void step(struct run *r) {
    const unsigned what = next(r);

    model_clock(r->m, r->now, 1700000000000 + r->now);
    if (r->other.m && what >= 160) {
        other_server(r, what % 16);
        return;
    }
    switch (what % 16) {
    case 0:
    case 1:
        event(r);
        break;
    case 2:
        asked(r);
        break;
    case 3:
    case 4:
        answer(r);
        break;
    case 5:
        link_change(r);
        break;
    case 6:
    case 7:
        pass(r);
        break;
    case 8:
        disk(r);
        break;
    case 9:
        decide(r);
        break;
    case 10:
        if (what & 128)
            paint(r);
        else
            look_and_decide(r);
        break;
    case 11:
        act_on_session(r, what >> 4);
        break;
    case 12:
    case 13:
        act_on_text(r, what >> 4);
        break;
    case 14:
        act_on_screen(r, what >> 4);
        break;
    default:
        all_is_well(r);
        break;
    }
    take_effects(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct run r;

    r = (struct run){.in = {data, size}, .now = 1000000, .fx = effects_new()};
    (void)snprintf(r.coming, sizeof r.coming, "n0");
    r.decided_at = r.now - LONG_AGO_MS;
    const unsigned how = next(&r);

    r.m = model_new(&(struct model_config){.url = "http://localhost:8088",
                                           .state_dir = how & 1 ? "/s" : NULL,
                                           .session_id = how & 2 ? "s1" : NULL,
                                           .watch_limit = how & 4 ? 2 : 0,
                                           .animate = how & 8},
                    r.now, 1700000000000, r.fx);
    take_effects(&r);
    if (how & 16) {
        servers_open(&r.servers, servers_add(&r.servers, "home", "http://localhost:8088"), r.m,
                     r.fx);
        servers_show(&r.servers, 0, r.now, 1700000000000 + r.now);
        open_other(&r);
        take_all_effects(&r);
    }
    for (int i = 0; r.in.n > 0 && i < STEPS_MAX; i++)
        step(&r);
    check_typed(&r);
    if (r.other.m)
        effects_free(r.other.fx);
    model_free(r.other.m);
    model_free(r.m);
    effects_free(r.fx);
    servers_fini(&r.servers);
    return 0;
}
