/* hammer_world.h - for app_hammer.c: the program without its threads. Two servers with sessions and
 * sub-agents, a disk and rules that answer late, a terminal whose bytes come when they like, and a
 * clock that the test turns. Everything comes from one seed. */
#ifndef HAMMER_WORLD_H
#define HAMMER_WORLD_H

#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HAMMER_FN static inline __attribute__((unused))

enum {
    ROWS = 2,
    SESSIONS = 6,
    PENDING = 512,
    LOG_LINES = 200,
    LOG_BYTES = 120,
    ASK_LIFE = 29000 /* of a permission; the test's own number */
};

/* ---- time and chance: instead of those of the machine ---- */
static int64_t hammer_now;
static uint32_t hammer_seed;

int64_t clock_now(void) { return hammer_now; }
int64_t clock_real(void) { return 1700000000000 + hammer_now; }
uint64_t clock_ns(void) { return (uint64_t)hammer_now * 1000000; }
uint32_t random_u32(void) { return 4; }

HAMMER_FN uint32_t dice(uint32_t n) {
    hammer_seed ^= hammer_seed << 13;
    hammer_seed ^= hammer_seed >> 17;
    hammer_seed ^= hammer_seed << 5;
    return (uint32_t)(((uint64_t)hammer_seed * n) >> 32);
}

HAMMER_FN bool one_in(uint32_t n) { return dice(n) == 0; }

/* ---- what happened last ---- */
static char hammer_log[LOG_LINES][LOG_BYTES];
static size_t n_logged;

HAMMER_FN void note(const char *fmt, ...) MIX_PRINTF(1, 2);
HAMMER_FN void note(const char *fmt, ...) {
    char *line = hammer_log[n_logged++ % LOG_LINES];
    const int n = snprintf(line, LOG_BYTES, "%8lld  ", (long long)hammer_now);
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(line + n, LOG_BYTES - (size_t)n, fmt, args);
    va_end(args);
}

static uint32_t world_seed;
static size_t n_keys; /* that reached the program */

_Noreturn HAMMER_FN void fails(const char *fmt, ...) MIX_PRINTF(1, 2);
_Noreturn HAMMER_FN void fails(const char *fmt, ...) {
    va_list args;

    for (size_t i = n_logged > LOG_LINES ? n_logged - LOG_LINES : 0; i < n_logged; i++)
        fprintf(stderr, "%s\n", hammer_log[i % LOG_LINES]);
    fprintf(stderr, "seed %u, %zu keys: ", (unsigned)world_seed, n_keys);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "\n");
    abort();
}

/* ---- the world ---- */
struct call {
    uint32_t id;
    enum request_kind kind;
    enum op op;
    int ask; /* that it answers; 0: none */
    char session[16];
    int64_t due;
};
struct side {
    struct model *m;
    struct effects *fx;
    struct call calls[PENDING];
    size_t n_calls;
    struct task *tasks[PENDING];
    int64_t task_due[PENDING];
    size_t n_tasks;
    struct task *watch; /* waits until others ask, which they never do */
    int asked, made;    /* requests and sessions so far */
};
struct world {
    struct app app;
    struct options options;
    struct side side[ROWS];
    struct decoder *decoder;
    bool ended;
    bool away; /* an editor is open */
    int64_t away_until, frame_at;
    size_t frames, drawn;
};
static struct world w;

HAMMER_FN struct model *shown(void) { return w.app.servers.shown; }
HAMMER_FN size_t row_of(const struct model *m) { return servers_row_of(&w.app.servers, m); }

/* ---- a disk ---- */
HAMMER_FN void keep_task(struct side *s, struct task *t) {
    if (t->kind == TASK_OWN_WATCH) {
        task_free(s->watch);
        s->watch = t;
    } else if (t->kind == TASK_CANCEL) {
        for (size_t i = 0; i < s->n_tasks; i++)
            if (s->tasks[i]->id == t->target) {
                (void)err_set(&s->tasks[i]->err, RC_CANCELLED, 0, "cancelled");
                s->task_due[i] = hammer_now;
            }
        task_free(t);
    } else if (s->n_tasks == PENDING) {
        fails("more than %d tasks at once", (int)PENDING);
    } else {
        const bool rules = t->kind == TASK_RULES_ASK;

        s->task_due[s->n_tasks] = hammer_now + (rules ? dice(1500) : dice(4) ? 1 : dice(300));
        s->tasks[s->n_tasks++] = t;
    }
}

HAMMER_FN void do_task(struct task *t) {
    static const char *const rules[] = {"Bash:ls *", "Bash:make *"};

    if (t->err.rc != RC_OK)
        return;
    if (one_in(100)) {
        (void)err_set(&t->err, RC_IO, 28, "No space left on device");
        return;
    }
    switch ((unsigned)t->kind) {
    case TASK_RULES_ASK:
        t->ruling.verdict = dice(8) ? VERDICT_ASK : one_in(2) ? VERDICT_ALLOW : VERDICT_DENY;
        if (t->ruling.verdict != VERDICT_ASK) {
            (void)snprintf(t->ruling.rule, sizeof t->ruling.rule, "r1");
            t->ruling.rule_text = rules[dice(2)];
        }
        break;
    case TASK_STAT:
        t->entries = arena_alloc(&t->arena, sizeof *t->entries);
        t->n_entries = 1;
        *t->entries = (struct dir_entry){.name = t->path, .size = 10, .readable = true};
        break;
    case TASK_SCAN:
        t->n_entries = 3;
        t->entries = arena_alloc(&t->arena, t->n_entries * sizeof *t->entries);
        for (size_t i = 0; i < t->n_entries; i++)
            t->entries[i] = (struct dir_entry){.name = arena_printf(&t->arena, "file%zu", i),
                                               .size = 100,
                                               .is_dir = i == 0,
                                               .kind = i == 0 ? ENTRY_DIR : ENTRY_FILE,
                                               .readable = true};
        break;
    case TASK_TEMP:
        t->path = "/tmp/own";
        break;
    case TASK_INDEX_ADD:
        t->index.done = t->index.n_rows;
        break;
    default:
        break;
    }
}

/* ---- a server ---- */
HAMMER_FN int ask_number(const char *id) {
    return id && id[0] == 'p' ? (int)strtol(id + 1, NULL, 10) : 0;
}

HAMMER_FN bool is_answer(enum op op) {
    return op == OP_PERMISSION_GRANT || op == OP_PERMISSION_DENY || op == OP_NOTIFICATION_RESPOND;
}

HAMMER_FN void keep_call(struct side *s, const struct request *q) {
    struct call c = {.id = q->id, .kind = q->kind, .op = q->op};

    if (q->kind != REQ_CALL && q->kind != REQ_PROBE && q->kind != REQ_STREAM)
        return;
    if (q->kind == REQ_CALL && is_answer(q->op))
        c.ask = ask_number(((const struct session_ref *)q->in)->id); /* it comes first in all */
    if (q->kind == REQ_CALL && (q->op == OP_SESSION_GET || q->op == OP_MESSAGES_LIST))
        (void)snprintf(c.session, sizeof c.session, "%s", ((const struct session_ref *)q->in)->id);
    if (s->n_calls == PENDING)
        fails("more than %d calls at once", (int)PENDING);
    c.due = hammer_now + (dice(3) ? 1 + dice(20) : dice(400));
    s->calls[s->n_calls++] = c;
}

HAMMER_FN void fill_session(struct session_data *d, struct arena *a, const char *id) {
    const int n = id[0] == 's' ? (int)strtol(id + 1, NULL, 10) : 0;

    *d = (struct session_data){.id = arena_strdup(a, id),
                               .title = arena_printf(a, "Session %s", id),
                               .session_type = n > 4 ? "subagent" : "main",
                               .parent_session_id = n > 4 ? arena_printf(a, "s%d", n - 4) : NULL,
                               .working_directory = "/w",
                               .user_messages = 1,
                               .created_at = 1000 + n};
}

HAMMER_FN void fill_reply(struct side *s, const struct call *c, struct incoming *in) {
    struct arena *a = &in->arena;

    if (c->op == OP_SESSIONS_LIST) {
        struct session_data *d = arena_alloc(a, SESSIONS * sizeof *d);
        char id[16];

        for (in->n = 0; in->n < SESSIONS; in->n++) {
            (void)snprintf(id, sizeof id, "s%zu", in->n + 1);
            fill_session(&d[in->n], a, id);
        }
        in->out = d;
    } else if (c->op == OP_SESSION_CREATE || c->op == OP_SESSION_FORK) {
        in->out = arena_alloc(a, sizeof(struct session_data));
        fill_session(in->out, a, arena_printf(a, "n%d", ++s->made));
    } else if (c->op == OP_SESSION_GET) {
        in->out = arena_alloc(a, sizeof(struct session_data));
        fill_session(in->out, a, c->session);
    } else if (c->op == OP_MESSAGES_LIST) {
        struct message *d = arena_alloc(a, sizeof *d);

        *d = (struct message){.id = "m1", .role = "user", .user_input = "some words"};
        in->out = d;
        in->n = 1;
    } else if (c->op == OP_MESSAGE_SEND) {
        in->out = arena_alloc(a, sizeof(struct send_ack));
    } else if (!is_answer(c->op) && c->op != OP_SESSION_CANCEL) {
        in->kind = IN_FAIL; /* whatever else a screen asks for, it is not there */
        in->status = 404;
        (void)err_set(&in->err, RC_HTTP, 404, "not here");
    }
}

/* What the server says to a call; fails: it says that something is wrong. */
HAMMER_FN struct incoming *answer_of(struct side *s, const struct call *c, bool bad) {
    struct incoming *in = incoming_new(IN_REPLY, c->id);

    in->op = c->op;
    in->at = hammer_now;
    if (c->kind == REQ_STREAM) {
        in->kind = IN_LINK;
        in->link = LINK_LIVE;
        in->last_byte_at = hammer_now;
    } else if (c->kind == REQ_PROBE) {
        in->kind = IN_CAPS;
        in->caps = caps_of(GEN_TOP);
    } else if (bad) {
        in->kind = IN_FAIL;
        in->status = one_in(3) ? 404 : one_in(2) ? 500 : 0;
        (void)err_set(&in->err, in->status ? RC_HTTP : RC_CONNECT, in->status ? in->status : 7,
                      "it failed");
    } else {
        in->status = 200;
        fill_reply(s, c, in);
    }
    return in;
}

/* ---- the beginning and the end ---- */
HAMMER_FN void open_row(size_t row) {
    static const char *const urls[] = {"http://localhost:8088", "http://build:8088"};
    static const char *const themes[] = {"dark", "light"};
    const struct model_config config = {
        .rules_dir = dice(4) ? "/state" : NULL,
        .url = urls[row],
        .state_dir = one_in(2) ? "/state" : NULL,
        .start_dir = "/w",
        .theme = "dark",
        .themes = themes,
        .n_themes = 2,
        .ascii = one_in(4),
        .animate = one_in(2),
        .vi = one_in(6),
    };
    struct side *s = &w.side[row];

    s->fx = effects_new();
    s->m = model_new(&config, hammer_now, clock_real(), s->fx);
    (void)servers_add(&w.app.servers, row ? "build" : "home", urls[row]);
    w.app.servers.rows[row].watch = true;
    servers_open(&w.app.servers, row, s->m, s->fx);
}

HAMMER_FN void world_open(uint32_t seed) {
    world_seed = seed;
    hammer_seed = seed * 2654435761U + 88172645U;
    hammer_seed = hammer_seed ? hammer_seed : 1;
    hammer_now = 1000000;
    w = (struct world){.decoder = decoder_new()};
    w.options.config.ui.mouse = one_in(4) ? MOUSE_OFF : MOUSE_ON;
    w.app.options = &w.options;
    w.app.input = input_new();
    w.app.view = view_new();
    for (size_t row = 0; row < ROWS; row++)
        open_row(row);
    servers_show(&w.app.servers, 0, hammer_now, clock_real());
    w.app.model = shown();
    w.app.fx = w.side[0].fx;
}

HAMMER_FN void world_close(void) {
    for (size_t row = 0; row < ROWS; row++) {
        struct side *s = &w.side[row];

        model_free(s->m);
        effects_free(s->fx);
        for (size_t i = 0; i < s->n_tasks; i++)
            task_free(s->tasks[i]);
        task_free(s->watch);
    }
    servers_fini(&w.app.servers);
    view_free(w.app.view);
    input_free(w.app.input);
    canvas_fini(&w.app.canvas);
    decoder_free(w.decoder);
}

#endif
