/* turn.c - a turn of the agent: its thread, its life, and what scripts can do in it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "demo.h"

#define DELTA_MS 30

/* ---- waiting ---- */
void turn_wait(struct demo *d, int64_t until) {
    int64_t left = until - clock_now();
    if (left <= 0)
        return;
    if (left > 3600000)
        left = 3600000;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += left / 1000;
    at.tv_nsec += left % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&d->changed, &d->lock, &at);
}

bool turn_stopped(const struct turn *t) {
    if (t->d->stopping)
        return true;
    for (; t; t = t->parent)
        if (t->cancelled || t->failed)
            return true;
    return false;
}

void turn_pause(struct turn *t, int64_t ms) {
    struct demo *d = t->d;
    if (d->o.speed <= 0)
        return;
    double scaled = (double)ms / d->o.speed;
    int64_t until = clock_now() + (int64_t)(scaled + 0.5);
    pthread_mutex_lock(&d->lock);
    while (!turn_stopped(t) && clock_now() < until)
        turn_wait(d, until);
    pthread_mutex_unlock(&d->lock);
}

/* ---- events: those a generation lacks are written as nothing ---- */
static void emit_now(struct turn *t, enum ev ev, struct event_data *data) {
    data->parent_tool_call_id = t->parent_id;
    emit_paced(t->d, t->listener, ev, data);
}

static void flush_tail(struct turn *t) {
    if (t->tail.n == 0 || !t->row)
        return;
    emit_now(t, EV_CONTENT,
             &(struct event_data){.content = buf_str(&t->tail), .message_id = t->row->m.id});
    buf_clear(&t->tail);
}

void turn_emit(struct turn *t, enum ev ev, struct event_data *data) {
    pthread_mutex_lock(&t->d->lock);
    if (!turn_stopped(t)) {
        flush_tail(t);
        emit_now(t, ev, data);
    }
    pthread_mutex_unlock(&t->d->lock);
}

static void delta(struct turn *t, enum ev ev, const char *p, size_t n) {
    struct demo *d = t->d;
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)n, p);
    pthread_mutex_lock(&d->lock);
    if (!turn_stopped(t) && t->row) {
        buf_add(ev == EV_THINKING ? &t->row->reasoning : &t->row->text, p, n);
        flush_tail(t);
        if (t->early && ev == EV_CONTENT)
            buf_add(&t->tail, p, n);
        else
            emit_now(t, ev, &(struct event_data){.content = text, .message_id = t->row->m.id});
    }
    pthread_mutex_unlock(&d->lock);
}

/* A few letters to the end of a word; never inside a UTF-8 character. */
static size_t piece(const char *p, size_t least, size_t most) {
    size_t n = 0;
    while (n < most && p[n]) {
        n++;
        while (((unsigned char)p[n] & 0xc0) == 0x80)
            n++;
        if (n >= least && (p[n - 1] == ' ' || p[n - 1] == '\n'))
            break;
    }
    return n;
}

static void stream_text(struct turn *t, enum ev ev, const char *text) {
    if (!t->row)
        turn_message(t);
    for (size_t n; *text; text += n) {
        n = piece(text, 5, 24);
        delta(t, ev, text, n);
        turn_pause(t, DELTA_MS);
    }
}

void turn_think(struct turn *t, const char *text) {
    int64_t start = clock_now();
    stream_text(t, EV_THINKING, text);
    t->thought_ms += clock_now() - start;
}

void turn_say(struct turn *t, const char *text) { stream_text(t, EV_CONTENT, text); }

void turn_sayf(struct turn *t, const char *fmt, ...) {
    char text[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    turn_say(t, text);
}

/* Sleeps until the delta is due; false when the turn was stopped. */
static bool flood_due(struct turn *t, int64_t due) {
    pthread_mutex_lock(&t->d->lock);
    while (!turn_stopped(t) && clock_now() < due)
        turn_wait(t->d, due);
    bool go = !turn_stopped(t);
    pthread_mutex_unlock(&t->d->lock);
    return go;
}

void turn_flood(struct turn *t, int64_t deltas, int64_t per_second) {
    int64_t start = clock_now();
    if (!t->row)
        turn_message(t);
    for (int64_t i = 1; i <= deltas; i++) {
        char text[48];
        int n = snprintf(text, sizeof text, i % 16 ? "delta %lld " : "delta %lld\n", (long long)i);
        if (!flood_due(t, per_second > 0 ? start + i * 1000 / per_second : start))
            break;
        delta(t, EV_CONTENT, text, (size_t)n);
    }
}

/* ---- messages ---- */
void turn_fail(struct turn *t, const char *fmt, ...) {
    pthread_mutex_lock(&t->d->lock);
    if (!turn_stopped(t)) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(t->error, sizeof t->error, fmt, args);
        va_end(args);
        t->failed = true;
    }
    pthread_mutex_unlock(&t->d->lock);
}

void turn_settle(struct turn *t, const char *finish) {
    struct row *r = t->row;
    if (!r || r->finish)
        return;
    int64_t context = 900;
    for (size_t i = 0; i < t->s->n; i++)
        context += (int64_t)t->s->rows[i]->text.n / 4;
    r->finish = finish;
    r->m.input_tokens = context;
    r->m.output_tokens = 12 + (int64_t)(r->text.n + r->reasoning.n) / 4;
    r->m.cache_read_tokens = t->steps > 1 ? context / 2 : 0;
    r->m.cost = (double)(r->m.input_tokens * 3 + r->m.output_tokens * 15) / 1e6;
    if (r->reasoning.n)
        r->m.reasoning_seconds = t->thought_ms / 1000 + 1;
    t->thought_ms = 0;
    store_spend(t->s, r->m.cost);
    store_count(t->s);
    persist_row(t->d, t->s, r);
    persist_session(t->d, t->s);
}

void turn_message(struct turn *t) {
    struct demo *d = t->d;
    pthread_mutex_lock(&d->lock);
    if (!turn_stopped(t)) {
        flush_tail(t);
        turn_settle(t, "tool_use");
        t->steps++;
        t->row = store_add(d, t->s, "assistant", NULL);
        t->row->m.model = arena_strdup(&t->row->a, admin_model(d));
        memset(t->plans, 0, sizeof t->plans);
    }
    bool over = t->max_steps > 0 && t->steps > t->max_steps;
    pthread_mutex_unlock(&d->lock);
    if (over)
        turn_fail(t, "maximum iteration limit (%lld steps) reached", (long long)t->max_steps);
}

static void call_input(struct turn *t, struct tool_call *c, const char *input) {
    struct row *r = t->row;
    size_t done = 0;
    for (size_t n; input[done]; done += n) {
        n = piece(input + done, 9, 24);
        pthread_mutex_lock(&t->d->lock);
        if (!turn_stopped(t))
            c->input = arena_strndup(&r->a, input, done + n);
        pthread_mutex_unlock(&t->d->lock);
        char text[64];
        snprintf(text, sizeof text, "%.*s", (int)n, input + done);
        turn_emit(
            t, EV_TOOL_INPUT_DELTA,
            &(struct event_data){.tool_call_id = c->id, .input = text, .message_id = r->m.id});
        turn_pause(t, DELTA_MS);
    }
}

void turn_call(struct turn *t, const struct plan *plan) {
    if (!t->row)
        turn_message(t);
    struct demo *d = t->d;
    char id[32], spelled[32];
    snprintf(id, sizeof id, "toolu_%08x%08x", random_u32(), random_u32());
    pthread_mutex_lock(&d->lock);
    struct row *r = t->row;
    struct tool_call *c =
        !r || turn_stopped(t) ? NULL : row_call(r, id, tool_name(d, plan->tool, spelled));
    if (c) {
        struct plan *p = &t->plans[r->m.tool_calls.n - 1];
        *p = (struct plan){.tool = plan->tool,
                           .input = arena_strdup(&r->a, plan->input),
                           .a = arena_strdup(&r->a, plan->a),
                           .b = arena_strdup(&r->a, plan->b),
                           .c = arena_strdup(&r->a, plan->c)};
    }
    pthread_mutex_unlock(&d->lock);
    if (!c)
        return;
    struct event_data e = {.tool_name = c->name, .tool_call_id = c->id, .message_id = r->m.id};
    turn_emit(t, EV_TOOL_START, &e);
    call_input(t, c, plan->input);
    pthread_mutex_lock(&d->lock);
    if (!turn_stopped(t)) {
        c->input = arena_strdup(&r->a, plan->input);
        c->finished = true;
    }
    pthread_mutex_unlock(&d->lock);
    e.input = plan->input;
    e.status = "running";
    turn_emit(t, EV_TOOL_CALL, &e);
    e.message_id = NULL; /* the one tool event that does not say it */
    turn_emit(t, EV_TOOL_INPUT, &e);
}

const char *turn_result(const struct turn *t, size_t call) {
    if (!t->row || call >= t->row->m.tool_calls.n)
        return "";
    const char *result = t->row->m.tool_calls.items[call].result;
    return result ? result : "";
}

/* ---- life ---- */
void turn_user_row(struct turn *t) {
    static const char reminder[] = "\n\n<system-reminder>Plan mode is active. Do not change "
                                   "anything; when the plan is ready, call "
                                   "ExitPlanMode.</system-reminder>";
    struct row *r = store_add(t->d, t->s, "user", t->text);
    if (t->plan_mode)
        buf_adds(&r->text, reminder);
    r->finish = "end_turn";
    store_count(t->s);
    persist_row(t->d, t->s, r);
    /* Not paced: this may be the HTTP thread, which makes the room. */
    emit(t->d, t->listener, EV_USER_MESSAGE,
         &(struct event_data){.message_id = r->m.id,
                              .content = buf_str(&r->text),
                              .parent_tool_call_id = t->parent_id});
}

static void say_error(struct turn *t) {
    struct demo *d = t->d;
    const char *text = t->cancelled ? "request cancelled by user" : t->error;
    struct event_data e = {.error = text};
    if (t->limited) {
        struct event_data limit = {.error =
                                       "Rate limit exceeded. Retrying automatically in 60 seconds.",
                                   .type = "rate_limit_error",
                                   .retry_after_s = 60,
                                   .attempt = 1,
                                   .max_attempts = 8};
        emit_now(t, EV_RATE_LIMIT, &limit);
    }
    emit_now(t, EV_ERROR, &e);
    if (d->o.quirk[QUIRK_TWO_ERRORS] && !t->limited)
        emit_now(t, EV_ERROR, &e);
}

static void say_complete(struct turn *t) {
    const struct row *r = t->row;
    struct event_data e = {.content = buf_str(&r->text),
                           .message_id = r->m.id,
                           .done = true,
                           .reasoning = r->reasoning.n ? buf_str(&r->reasoning) : NULL,
                           .reasoning_seconds = r->m.reasoning_seconds};
    emit_now(t, EV_COMPLETE, &e);
    flush_tail(t); /* late, as now and then in life */
}

static void finish(struct turn *t) {
    struct demo *d = t->d;
    struct session *s = t->s;
    if (turn_stopped(t)) {
        turn_settle(t, t->failed ? "error" : "canceled");
        flush_tail(t);
        if (!d->stopping)
            say_error(t);
    } else {
        turn_settle(t, "end_turn");
        say_complete(t);
    }
    s->turns_done++;
    if (s->turns_done == 1 && d->o.quirk[QUIRK_RETITLE])
        s->retitle_at = clock_now() + demo_ms(d, 2000);
    persist_session(d, s);
    if (s->current == t)
        s->current = NULL;
    t->finished = true;
    requests_wake(d, s);
    store_release(s);
    t->s = NULL;
    demo_wake(d);
}

static void *turn_main(void *arg) {
    struct turn *t = arg;
    struct demo *d = t->d;
    turn_pause(t, 120);
    script_run(t);
    if (!t->row)
        turn_message(t);
    pthread_mutex_lock(&d->lock);
    finish(t);
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

struct turn *turn_start(struct demo *d, struct session *s, const struct message_send *in) {
    struct turn *t = xcalloc(1, sizeof *t);
    t->d = d;
    t->s = s;
    t->listener = s->d.id;
    t->text = xstrdup(in->text);
    t->plan_mode = in->plan_mode;
    t->max_steps = in->max_steps;
    t->early = d->o.quirk[QUIRK_EARLY_END] && s->turns_done % 3 == 2;
    snprintf(t->thinking_level, sizeof t->thinking_level, "%s",
             in->thinking_level ? in->thinking_level : "");
    buf_init(&t->tail, MIX_KIB);
    s->running++;
    s->current = t;
    turn_user_row(t);
    if (pthread_create(&t->thread, NULL, turn_main, t) != 0) {
        s->current = NULL;
        store_release(s);
        free(t->text);
        free(t);
        return NULL;
    }
    t->next = d->turns;
    d->turns = t;
    return t;
}

void turn_cancel(struct demo *d, struct turn *t) {
    t->cancelled = true;
    pthread_cond_broadcast(&d->changed);
}

void turns_reap(struct demo *d, bool all) {
    for (;;) {
        pthread_mutex_lock(&d->lock);
        struct turn **at = &d->turns;
        while (*at && !((*at)->finished && (*at)->holders == 0) && !all)
            at = &(*at)->next;
        struct turn *t = *at;
        if (t) {
            *at = t->next;
            t->cancelled = true;
        }
        pthread_cond_broadcast(&d->changed);
        pthread_mutex_unlock(&d->lock);
        if (!t)
            return;
        pthread_join(t->thread, NULL);
        buf_fini(&t->tail);
        free(t->text);
        free(t);
    }
}
