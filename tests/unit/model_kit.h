/* model_kit.h - a person, a server and a disk for tests of the model: what it asks for is kept,
 * what is answered goes in through its doors, files live in a map. After every step the invariants
 * hold. */
#ifndef MIX_TESTS_MODEL_KIT_H
#define MIX_TESTS_MODEL_KIT_H

#include "private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KIT_FN static inline __attribute__((unused))

struct file {
    char *data;
    size_t len;
};
struct kit {
    struct model *m;
    struct effects *fx;
    int64_t now, real;
    struct request **sent; /* everything the model asked for, in order */
    size_t n_sent, cap_sent;
    struct map disk;
    bool disk_full; /* writes fail */
    bool disk_slow; /* tasks wait for kit_disk */
    void (*index)(struct kit *k,
                  struct task *t); /* NULL: one that takes everything and has nothing */
    void (*local)(struct kit *k, struct task *t); /* NULL: no directory, no file can be looked at */
    void (*rules)(struct kit *k, struct task *t); /* NULL: there are none, and no log */
    struct map others;  /* owner files that another mixtui has; its process id */
    struct task *watch; /* what waits until others ask */
    size_t n_ticks;
    size_t n_writes;
    char *cursor; /* the selected ask: moves only when the person moves it */
    bool selecting;
};

/* ---- invariants ---- */
KIT_FN void kit_check(struct kit *k) {
    const struct model *m = k->m;
    size_t streams = 0;

    assert_non_null(m->shown);
    for (size_t i = 0; i < m->n_sessions; i++) {
        const struct session *s = m->sessions[i];
        size_t up = 0;

        assert_non_null(s->id);
        assert_ptr_equal(model_session(m, s->id), s);
        assert_true(s->reading.entry <= s->transcript.n);
        assert_true(!s->held || s->n_queue > 0);
        assert_true(s->sent == SENT_NONE || s->sending);
        assert_true(s->draft.caret <= s->draft.text.n);
        for (const struct session *p = s->parent; p; p = p->parent)
            assert_true(++up < 100);
        streams += s->stream != 0;
        if (s->turn != TURN_IDLE && s->link != LINK_REFUSED && !m->priv->watch_dirty)
            assert_true(s->stream != 0);
    }
    assert_int_equal(streams, m->n_watched);
    assert_int_equal(streams, m->streams.n);
    for (size_t i = 0; i < m->n_asks; i++) {
        assert_non_null(m->asks[i]->session);
        assert_non_null(m->asks[i]->object);
        if (i > 0)
            assert_true(m->asks[i - 1]->deadline <= m->asks[i]->deadline);
        if (m->asks[i]->state == ASK_SENT)
            assert_int_not_equal(m->asks[i]->request, 0);
    }
    if (!k->selecting)
        assert_true(str_eq(k->cursor, m->ui.ask_cursor)); /* selection never moves by itself */
    set_string(&k->cursor, m->ui.ask_cursor);
    k->selecting = false;
    assert_true(m->n_notices <= NOTICES_MAX);
    assert_true(m->n_history <= HISTORY_MAX);
    for (size_t i = 0; i < m->n_visible; i++)
        assert_non_null(m->visible[i]);
    if (!m->priv->order_dirty && m->ui.session_filter.text.n == 0)
        assert_in_range(m->n_visible, m->n_sessions, m->n_sessions + (m->fresh != NULL));
}

/* ---- the disk ---- */
KIT_FN void kit_do_task(struct kit *k, struct task *t) {
    struct file *f = map_get(&k->disk, t->path);

    switch (t->kind) {
    case TASK_READ:
        if (f) {
            t->data = arena_strndup(&t->arena, f->data, f->len);
            t->len = f->len;
        }
        break;
    case TASK_WRITE:
    case TASK_APPEND:
        k->n_writes++;
        if (k->disk_full) {
            (void)err_set(&t->err, RC_IO, 28, "No space left on device");
            break;
        }
        if (t->guard && map_get(&k->others, t->guard)) {
            (void)err_set(&t->err, RC_BUSY, 0, "another has it");
            break;
        }
        if (f && t->fresh) {
            (void)err_set(&t->err, RC_IO, 17 /* EEXIST */, "File exists");
            break;
        }
        if (!f) {
            f = xcalloc(1, sizeof *f);
            map_set(&k->disk, t->path, f);
        }
        if (t->kind == TASK_WRITE)
            f->len = 0;
        f->data = xrealloc(f->data, f->len + t->len + 1);
        memcpy(f->data + f->len, t->data ? t->data : "", t->len);
        f->len += t->len;
        f->data[f->len] = '\0';
        if (t->kind == TASK_WRITE && t->len == 0) {
            free(f->data);
            free(f);
            map_del(&k->disk, t->path);
        }
        break;
    case TASK_INDEX_ADD:
    case TASK_INDEX_FIND:
    case TASK_INDEX_READ:
    case TASK_INDEX_FORGET:
    case TASK_INDEX_FACTS:
        t->index.done = t->index.n_rows;
        if (k->index)
            k->index(k, t);
        break;
    case TASK_RULES_READ:
    case TASK_RULES_ADD:
    case TASK_RULES_REMOVE:
    case TASK_RULES_ASK:
    case TASK_AUDIT_ADD:
    case TASK_AUDIT_READ:
        if (k->rules)
            k->rules(k, t);
        break;
    case TASK_RENAME:
        if (f && !k->disk_full) {
            map_del(&k->disk, t->path);
            struct file *old = map_get(&k->disk, t->data);

            free(old ? old->data : NULL);
            free(old);
            map_set(&k->disk, t->data, f);
        }
        break;
    case TASK_OWN_TAKE:
        if (t->force)
            map_del(&k->others, t->path);
        t->owned_by = (long)(intptr_t)map_get(&k->others, t->path);
        break;
    case TASK_MKDIR: /* a file stands for it */
        if (f)
            (void)err_set(&t->err, RC_IO, 17 /* EEXIST */, "File exists");
        else
            map_set(&k->disk, t->path, xcalloc(1, sizeof *f));
        break;
    case TASK_TEMP:
        t->path = "/tmp/own";
        break;
    case TASK_SCAN:
    case TASK_STAT:
    case TASK_TREE:
        if (k->local)
            k->local(k, t);
        break;
    case TASK_OWN_DROP:
    case TASK_OWN_ASK:
    case TASK_OWN_WATCH:
    case TASK_LOOK:
    case TASK_RUN:
    case TASK_CANCEL:
        break;
    }
}

KIT_FN const char *kit_file(struct kit *k, const char *path) {
    const struct file *f = map_get(&k->disk, path);

    return f ? f->data : NULL;
}

KIT_FN void kit_put_file(struct kit *k, const char *path, const char *data) {
    struct file *f = map_get(&k->disk, path);

    if (!f) {
        f = xcalloc(1, sizeof *f);
        map_set(&k->disk, path, f);
    }
    free(f->data);
    f->data = xstrdup(data);
    f->len = strlen(data);
}

KIT_FN void kit_disk(struct kit *k) {
    while (k->fx->n_tasks > 0) {
        struct task *t = k->fx->tasks[0];

        memmove(k->fx->tasks, k->fx->tasks + 1, (k->fx->n_tasks - 1) * sizeof(struct task *));
        k->fx->n_tasks--;
        if (t->kind == TASK_OWN_WATCH) {
            task_free(k->watch);
            k->watch = t;
            continue;
        }
        kit_do_task(k, t);
        model_task_done(k->m, t, k->now, k->real, k->fx);
    }
}

/* Another mixtui says something about the owner of a session: `take s1 ID`. */
KIT_FN void kit_other_says(struct kit *k, const char *line) {
    struct task *t = k->watch;

    assert_non_null(t);
    k->watch = NULL;
    t->data = arena_strdup(&t->arena, line);
    t->len = strlen(line);
    model_task_done(k->m, t, k->now, k->real, k->fx);
}

/* ---- steps ---- */
/* Takes over what the model asked for; the disk answers at once. */
KIT_FN void kit_step(struct kit *k) {
    if (!k->disk_slow)
        kit_disk(k);
    for (size_t i = 0; i < k->fx->n_requests; i++) {
        k->sent = xgrow(k->sent, k->n_sent, &k->cap_sent, sizeof(*k->sent));
        k->sent[k->n_sent++] = k->fx->requests[i];
    }
    k->fx->n_requests = 0;
    kit_check(k);
}

KIT_FN void kit_tick(struct kit *k) {
    k->n_ticks++;
    model_tick(k->m, k->now, k->real, k->fx);
    kit_step(k);
}

/* Time passes: ticks when the model wants them, and only then. */
KIT_FN void kit_pass(struct kit *k, int64_t ms) {
    const int64_t until = k->now + ms;
    int guard = 0;

    for (;;) {
        int64_t at = model_next_tick(k->m, k->now);

        assert_true(++guard < 100000);
        if (at < 0 || at > until)
            break;
        assert_true(at >= k->now);
        k->real += at - k->now;
        k->now = at;
        kit_tick(k);
    }
    k->real += until - k->now;
    k->now = until;
    model_clock(k->m, k->now, k->real);
}

/* A frame is flushed. */
KIT_FN void kit_paint(struct kit *k) { model_painted(k->m, k->now); }

KIT_FN struct kit *kit_new_with(struct model_config config) {
    struct kit *k = xcalloc(1, sizeof *k);

    k->now = 1000000;
    k->real = 1700000000000;
    k->fx = effects_new();
    k->m = model_new(&config, k->now, k->real, k->fx);
    return k;
}

KIT_FN struct kit *kit_new(void) {
    struct kit *k = kit_new_with((struct model_config){.url = "http://localhost:8088"});

    kit_step(k);
    return k;
}

KIT_FN void kit_free_model(struct kit *k) {
    model_free(k->m);
    effects_free(k->fx);
    for (size_t i = 0; i < k->n_sent; i++)
        request_free(k->sent[i]);
    free(k->sent);
    free(k->cursor);
    k->sent = NULL;
    k->n_sent = k->cap_sent = 0;
    k->cursor = NULL;
    k->m = NULL;
    k->fx = NULL;
}

KIT_FN void kit_free(struct kit *k) {
    size_t at = 0;
    const char *path;
    void *value;

    kit_free_model(k);
    while (map_next(&k->disk, &at, &path, &value)) {
        struct file *f = value;

        free(f->data);
        free(f);
    }
    map_fini(&k->disk);
    map_fini(&k->others);
    task_free(k->watch);
    free(k);
}

/* The program is started again (or after a crash: nothing was saved on the way out). */
KIT_FN void kit_restart(struct kit *k, struct model_config config) {
    kit_free_model(k);
    k->now += 10000;
    k->real += 10000;
    k->fx = effects_new();
    k->m = model_new(&config, k->now, k->real, k->fx);
    kit_step(k);
}

/* ---- the server ---- */
KIT_FN struct request *kit_last(struct kit *k, enum op op) {
    for (size_t i = k->n_sent; i-- > 0;)
        if (k->sent[i]->kind == REQ_CALL && k->sent[i]->op == op)
            return k->sent[i];
    return NULL;
}

KIT_FN size_t kit_count(const struct kit *k, enum op op) {
    size_t n = 0;

    for (size_t i = 0; i < k->n_sent; i++)
        n += k->sent[i]->kind == REQ_CALL && k->sent[i]->op == op;
    return n;
}

KIT_FN size_t kit_count_kind(const struct kit *k, enum request_kind kind) {
    size_t n = 0;

    for (size_t i = 0; i < k->n_sent; i++)
        n += k->sent[i]->kind == kind;
    return n;
}

KIT_FN void kit_apply(struct kit *k, struct incoming *in) {
    in->at = k->now;
    model_apply(k->m, in, k->now, k->real, k->fx);
    kit_step(k);
}

KIT_FN void kit_reply_as(struct kit *k, enum incoming_kind kind, uint32_t id, enum op op, void *out,
                         size_t n) {
    struct incoming *in = incoming_new(kind, id);

    in->op = op;
    in->status = kind == IN_REPLY ? 200 : 0;
    in->out = out;
    in->n = n;
    kit_apply(k, in);
}

KIT_FN void kit_reply(struct kit *k, enum op op, void *out, size_t n) {
    const struct request *r = kit_last(k, op);

    assert_non_null(r);
    kit_reply_as(k, IN_REPLY, r->id, op, out, n);
}

KIT_FN void kit_fail_id(struct kit *k, uint32_t id, enum op op, enum rc rc, int status,
                        int detail) {
    struct incoming *in = incoming_new(IN_FAIL, id);

    in->op = op;
    in->status = status;
    (void)err_set(&in->err, rc, detail, "it failed with %d", status ? status : detail);
    kit_apply(k, in);
}

KIT_FN void kit_fail_at(struct kit *k, enum op op, enum rc rc, int status, int detail) {
    const struct request *r = kit_last(k, op);

    assert_non_null(r);
    kit_fail_id(k, r->id, op, rc, status, detail);
}

KIT_FN void kit_http_fail(struct kit *k, enum op op, int status) {
    kit_fail_at(k, op, RC_HTTP, status, status);
}

KIT_FN void kit_caps(struct kit *k, struct caps caps) {
    struct incoming *in = incoming_new(IN_CAPS, k->m->priv->probe_request);

    in->caps = caps;
    kit_apply(k, in);
}

/* The list, from ids alone; older ones first in the array. */
KIT_FN void kit_list(struct kit *k, const char *const *ids, size_t n) {
    struct session_data data[64];

    assert_true(n <= MIX_COUNT(data));
    for (size_t i = 0; i < n; i++)
        data[i] = (struct session_data){
            .id = ids[i], .title = ids[i], .session_type = "main", .created_at = 1000 + (int)i};
    kit_reply(k, OP_SESSIONS_LIST, data, n);
}

KIT_FN void kit_link_as(struct kit *k, const char *id, enum link_state link, bool gap) {
    const struct session *s = model_session(k->m, id);

    assert_non_null(s);
    assert_int_not_equal(s->stream, 0);
    struct incoming *in = incoming_new(IN_LINK, s->stream);

    in->link = link;
    in->gap = gap;
    in->retry_at = link == LINK_RETRYING ? k->now + 5000 : 0;
    in->last_byte_at = k->now;
    kit_apply(k, in);
}

KIT_FN void kit_live(struct kit *k, const char *id) { kit_link_as(k, id, LINK_LIVE, false); }

KIT_FN void kit_event_as(struct kit *k, const char *id, enum ev kind, struct event_data data) {
    const struct session *s = model_session(k->m, id);

    assert_non_null(s);
    assert_int_not_equal(s->stream, 0);
    struct incoming *in = incoming_new(IN_EVENTS, s->stream);

    in->events = arena_alloc(&in->arena, sizeof *in->events);
    in->events->kind = kind;
    in->events->data = data;
    kit_apply(k, in);
}
/* kit_event(k, "s1", EV_CONTENT, .content = "hi") */
#define kit_event(k, id, kind, ...) kit_event_as(k, id, kind, (struct event_data){__VA_ARGS__})

/* Rows of GET messages: role, id, text in turn; NULL ends. `calls` of the last row may be open. */
struct row_spec {
    const char *id, *role, *text, *call, *tool, *input;
    bool open;
};
KIT_FN void kit_messages(struct kit *k, const struct row_spec *rows, size_t n) {
    const struct request *r = kit_last(k, OP_MESSAGES_LIST);

    assert_non_null(r);
    struct incoming *in = incoming_new(IN_REPLY, r->id);
    struct message *out = arena_alloc(&in->arena, (n + 1) * sizeof *out);

    for (size_t i = 0; i < n; i++) {
        out[i].id = arena_strdup(&in->arena, rows[i].id);
        out[i].role = arena_strdup(&in->arena, rows[i].role);
        out[i].user_input = arena_strdup(&in->arena, rows[i].text ? rows[i].text : "");
        if (!rows[i].call)
            continue;
        out[i].tool_calls.items = arena_alloc(&in->arena, sizeof(struct tool_call));
        out[i].tool_calls.n = 1;
        out[i].tool_calls.items[0] = (struct tool_call){
            .id = arena_strdup(&in->arena, rows[i].call),
            .name = arena_strdup(&in->arena, rows[i].tool ? rows[i].tool : "Bash"),
            .input = arena_strdup(&in->arena, rows[i].input ? rows[i].input : "{}"),
            .finished = !rows[i].open,
        };
    }
    in->op = OP_MESSAGES_LIST;
    in->status = 200;
    in->out = out;
    in->n = n;
    kit_apply(k, in);
}

KIT_FN void kit_history(struct kit *k, const char *id) { /* a finished turn */
    const struct row_spec rows[] = {{.id = "h1", .role = "user", .text = "before"},
                                    {.id = "h2", .role = "assistant", .text = "done"}};

    (void)id;
    kit_messages(k, rows, MIX_COUNT(rows));
}

/* A server of the newest generation with these sessions; the newest is shown, loaded and live. */
KIT_FN struct kit *kit_online_with(struct model_config config, int version, const char *const *ids,
                                   size_t n) {
    struct kit *k = kit_new_with(config);

    kit_step(k);
    kit_caps(k, caps_of(version));
    kit_list(k, ids, n);
    if (n > 0) {
        kit_history(k, ids[n - 1]);
        kit_live(k, ids[n - 1]);
        kit_pass(k, 1);
        struct session_data data = {.id = ids[n - 1],
                                    .title = ids[n - 1],
                                    .created_at = 1000 + (int)n - 1,
                                    .user_messages = 1,
                                    .assistant_messages = 1};

        if (kit_last(k, OP_SESSION_GET))
            kit_reply(k, OP_SESSION_GET, &data, 0);
    }
    return k;
}

KIT_FN struct kit *kit_online(const char *const *ids, size_t n) {
    return kit_online_with((struct model_config){.url = "http://localhost:8088"}, GEN_TOP, ids, n);
}

/* ---- the person ---- */
KIT_FN void kit_type(struct kit *k, const char *text) {
    struct editor *e = &k->m->shown->draft;

    model_clock(k->m, k->now, k->real);
    editor_set(e, text);
    act_draft_changed(k->m, k->m->shown);
    kit_step(k);
}

KIT_FN void kit_send(struct kit *k, const char *text) {
    kit_type(k, text);
    act_send(k->m, k->fx);
    kit_step(k);
}

KIT_FN void kit_enter_asks(struct kit *k) {
    model_clock(k->m, k->now, k->real);
    k->selecting = true;
    act_asks_enter(k->m);
    kit_step(k);
}

KIT_FN void kit_move_asks(struct kit *k, int by) {
    model_clock(k->m, k->now, k->real);
    k->selecting = true;
    act_asks_move(k->m, by);
    kit_step(k);
}

KIT_FN void kit_decide(struct kit *k, enum decision d) {
    model_clock(k->m, k->now, k->real);
    act_decide(k->m, d, k->fx);
    kit_step(k);
}

KIT_FN const char *kit_notice(const struct kit *k) {
    return k->m->n_notices > 0 ? k->m->notices[k->m->n_notices - 1].text : "";
}

#endif
