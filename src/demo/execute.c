/* execute.c - runs the tool calls of a message: asks, waits, acts, reports, keeps the results. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "demo.h"

#define PERMISSION_MS 30000
#define COMMAND_MS    20000
#define RESULT_MAX    (64 * MIX_KIB)
#define REQUEST_MAX   (64 * MIX_MIB) /* of a command as long as a message may be, escaped */
static const char denied_text[] =
    "The user denied this action. Stop and wait for the user to tell you how "
    "to proceed.";

struct work { /* one call being executed */
    struct plan *plan;
    struct tool_call *call;
    struct ask *ask;
    uint64_t started;
    bool done;
};

static bool is(const struct plan *p, const char *tool) { return !strcmp(p->tool, tool); }

static bool asks(const struct demo *d, const struct plan *p) {
    return is(p, "Bash") || is(p, "Write") || is(p, "Edit") ||
           (is(p, "Grep") && d->o.quirk[QUIRK_GREP_ASKS]);
}

static bool silent(const struct demo *d, const struct plan *p) {
    return d->o.quirk[QUIRK_NO_EXEC] && (is(p, "ReadText") || is(p, "Glob") || is(p, "Grep"));
}

/* ---- permission ---- */
static void write_params(struct buf *params, struct buf *what, const struct plan *p,
                         const char *folder) {
    json_open(params, NULL, '{');
    if (is(p, "Bash")) {
        buf_addf(what, "Execute command: %s", p->a);
        json_str(params, "command", p->a);
        json_int(params, "timeout", 0);
    } else if (is(p, "Grep")) {
        buf_addf(what, "Search files in %s with pattern: %s", folder, p->a);
        json_str(params, "pattern", p->a);
        json_str(params, "path", folder);
        json_str(params, "include", "");
        json_bool(params, "literal_text", false);
    } else {
        auto_buf struct buf diff = {.max = RESULT_MAX};
        buf_addf(&diff, "--- a/%s\n+++ b/%s\n", p->a, p->a);
        if (is(p, "Write")) { /* only a new file has hunks, one a line */
            int line = 1;
            for (const char *s = p->b; *s; line++) {
                size_t n = strcspn(s, "\n");
                buf_addf(&diff, "@@ -0,0 +%d @@\n+%.*s\n", line, (int)n, s);
                s += n;
                s += *s == '\n';
            }
        }
        buf_addf(what, "%s %s", is(p, "Write") ? "Create file" : "Replace content in file", p->a);
        json_str(params, "file_path", p->a);
        json_str(params, "diff", buf_str(&diff));
    }
    json_close(params, '}');
}

static void ask_permission(struct turn *t, struct work *w) {
    struct demo *d = t->d;
    auto_free char *folder = store_folder(d, t->s->d.id);
    auto_buf struct buf params = {.max = REQUEST_MAX};
    auto_buf struct buf what = {.max = REQUEST_MAX};
    auto_buf struct buf action = {.max = REQUEST_MAX};
    write_params(&params, &what, w->plan, folder);
    if (is(w->plan, "Grep"))
        buf_addf(&action, "Search files with pattern: %s", w->plan->a);
    else
        buf_adds(&action, is(w->plan, "Bash") ? "execute" : "write");
    w->ask = ask_new(d, t->s->d.id, demo_ms(d, PERMISSION_MS));
    struct event_data e = {.id = w->ask->id,
                           .session_id = t->s->d.id,
                           .tool_name = w->call->name,
                           .description = buf_str(&what),
                           .action = buf_str(&action),
                           .path = folder,
                           .params_raw = buf_str(&params)};
    /* To the streams of the session that asks, which for a sub-agent is the child alone. */
    emit(d, t->s->d.id, EV_PERMISSION, &e);
}

static void ask_person(struct turn *t, struct work *w) {
    struct demo *d = t->d;
    static const char *choices[] = {"Alphabetical", "By size", "Newest first"};
    int64_t seconds = 60;
    const bool choice = str_eq(w->plan->b, "choice");
    w->ask = ask_new(d, t->s->d.id, demo_ms(d, seconds * 1000));
    w->ask->notification = true;
    struct event_data e = {.id = w->ask->id,
                           .session_id = t->s->d.id,
                           .notification_type = "question",
                           .title = w->plan->c,
                           .message = w->plan->a,
                           .response_type = w->plan->b,
                           .choices = {choices, choice ? MIX_COUNT(choices) : 0},
                           .timeout_s = seconds,
                           .created_at = clock_real()};
    emit(d, t->s->d.id, EV_NOTIFICATION, &e);
}

/* ---- acting, unlocked ---- */
static bool stopped(void *arg) {
    struct turn *t = arg;
    pthread_mutex_lock(&t->d->lock);
    bool result = turn_stopped(t);
    pthread_mutex_unlock(&t->d->lock);
    return result;
}

static bool run_bash(struct turn *t, const struct plan *p, const char *folder, struct buf *out) {
    if (!t->d->may_execute) {
        buf_adds(out, "Commands are not executed: this server listens to other machines.");
        return false;
    }
    struct command c = {
        .folder = folder, .line = p->a, .limit_ms = COMMAND_MS, .stopped = stopped, .arg = t};
    int code = 0;
    struct err err = {0};
    enum rc rc = command_run(out, &c, &code, &err);
    if (rc)
        buf_addf(out, "%s%s", out->n ? "\n" : "", err.text);
    else if (code)
        buf_addf(out, "%sExit code %d", out->n ? "\n" : "", code);
    else if (out->n == 0)
        buf_adds(out, "no output");
    return rc == RC_OK && code == 0;
}

static bool run_file_tool(const struct plan *p, const char *folder, struct buf *out) {
    struct err err = {0};
    enum rc rc = RC_OK;
    if (is(p, "ReadText"))
        rc = tool_read(out, folder, p->a, &err);
    else if (is(p, "Glob"))
        rc = tool_glob(out, folder, p->a);
    else if (is(p, "Grep"))
        rc = tool_grep(out, folder, p->a);
    else if (is(p, "Edit"))
        rc = tool_replace(folder, p->a, p->b, p->c, &err);
    else if (is(p, "Write"))
        rc = tool_write(folder, p->a, p->b, strlen(p->b), &err);
    if (rc)
        buf_adds(out, err.text[0] ? err.text : "bad pattern");
    else if (is(p, "Edit") || is(p, "Write"))
        buf_addf(out, "%s: %s", is(p, "Edit") ? "Content replaced in file" : "File written", p->a);
    else if (out->n == 0)
        buf_adds(out, "No files found");
    return rc == RC_OK;
}

static void sub_agent(struct turn *t, struct work *w, struct buf *out) {
    struct demo *d = t->d;
    struct turn child = {.parent = t, .d = d, .parent_id = w->call->id, .listener = t->listener};
    child.text = xstrdup(w->plan->a);
    pthread_mutex_lock(&d->lock);
    struct session_create make = {.title = w->plan->b, .browser_mode = t->s->d.browser_mode};
    struct session *s = store_new(d, &make, "subagent");
    s->d.parent_session_id = arena_strdup(&s->a, t->s->d.id);
    s->d.parent_tool_call_id = arena_strdup(&s->a, w->call->id);
    s->d.subagent_type = "general-purpose";
    seed_folder(d, s->d.id);
    persist_session(d, s);
    s->running++;
    s->current = &child;
    child.s = s;
    if (d->o.version < GEN(0, 7, 0)) /* nothing would tell its events from the parent's own */
        child.listener = s->d.id;
    turn_user_row(&child);
    pthread_mutex_unlock(&d->lock);

    /* As a model takes before its first word: meanwhile a client finds the session and listens. */
    turn_pause(&child, 1500);
    script_run(&child);

    pthread_mutex_lock(&d->lock);
    if (child.row) {
        turn_settle(&child, turn_stopped(&child) ? "canceled" : "end_turn");
        buf_adds(out, buf_str(&child.row->text));
    }
    if (out->n == 0)
        buf_adds(out, "The sub-agent was stopped.");
    s->current = NULL;
    s->turns_done++;
    store_spend(t->s, s->d.cost);
    requests_wake(d, s);
    store_release(s);
    pthread_mutex_unlock(&d->lock);
    buf_fini(&child.tail);
    free(child.text);
}

static bool act(struct turn *t, struct work *w, struct buf *out) {
    const struct plan *p = w->plan;
    auto_free char *folder = store_folder(t->d, t->s->d.id);
    if (is(p, "Bash"))
        return run_bash(t, p, folder, out);
    if (is(p, "Task")) {
        sub_agent(t, w, out);
        return true;
    }
    if (is(p, "Notify")) {
        buf_addf(out, "The user answered: %s", w->ask->value);
        return true;
    }
    if (kind_is_told(p)) {
        buf_adds(out, p->b ? p->b : "ok");
        return true;
    }
    return run_file_tool(p, folder, out);
}

/* ---- telling ---- */
/* As Go prints a duration. */
static void duration(char out[48], uint64_t ns) {
    char digits[40];
    double unit = ns < 1000000 ? 1e3 : ns < 1000000000 ? 1e6 : 1e9;
    snprintf(digits, sizeof digits, "%.9f", (double)ns / unit);
    size_t n = strlen(digits);
    while (digits[n - 1] == '0')
        digits[--n] = '\0';
    if (digits[n - 1] == '.')
        digits[--n] = '\0';
    snprintf(out, 48, "%s%s", digits, unit < 1e4 ? "\xc2\xb5s" : unit < 1e7 ? "ms" : "s");
}

static bool contains(const char *text, const char *word) { return strcasestr(text, word) != NULL; }

static void begin(struct turn *t, struct work *w) {
    struct demo *d = t->d;
    w->started = clock_ns();
    char progress[96];
    snprintf(progress, sizeof progress, "Executing %s tool", w->call->name);
    struct event_data e = {.tool_name = d->o.quirk[QUIRK_NO_NAME] ? NULL : w->call->name,
                           .progress = progress,
                           .tool_call_id = w->call->id};
    if (!silent(d, w->plan))
        turn_emit(t, EV_EXECUTION_START, &e);
    pthread_mutex_lock(&d->lock);
    if (!turn_stopped(t)) {
        if (asks(d, w->plan))
            ask_permission(t, w);
        else if (is(w->plan, "Notify"))
            ask_person(t, w);
    }
    pthread_mutex_unlock(&d->lock);
}

static void end(struct turn *t, struct work *w, const char *failure, bool worked,
                const char *result) {
    struct demo *d = t->d;
    char took[48], progress[224];
    duration(took, clock_ns() - w->started);
    if (failure)
        snprintf(progress, sizeof progress, "Failed %s tool after %s: %s", w->call->name, took,
                 failure);
    else
        snprintf(progress, sizeof progress, "Completed %s tool in %s", w->call->name, took);
    bool guess = !contains(progress, "error") && !contains(progress, "failed");
    pthread_mutex_lock(&d->lock);
    w->call->result = arena_strdup(&t->row->a, result);
    kind_screenshots(t, w->plan, w->call);
    w->call->is_error = !worked && !failure && !is(w->plan, "Bash"); /* an exit code is no error */
    pthread_mutex_unlock(&d->lock);
    struct event_data e = {.tool_name = d->o.quirk[QUIRK_NO_NAME] ? NULL : w->call->name,
                           .progress = progress,
                           .tool_call_id = w->call->id,
                           .success = d->o.quirk[QUIRK_GUESS] ? guess : worked};
    if (!silent(d, w->plan))
        turn_emit(t, EV_EXECUTION_COMPLETE, &e);
    struct event_data call = {.tool_name = w->call->name,
                              .tool_call_id = w->call->id,
                              .input = w->call->input,
                              .status = "completed",
                              .message_id = t->row->m.id};
    turn_emit(t, EV_TOOL_CALL, &call);
    w->done = true;
}

static void work(struct turn *t, struct work *w) {
    auto_buf struct buf out = {.max = RESULT_MAX};
    enum answer answer = w->ask ? w->ask->answer : ANSWER_YES;
    if (answer == ANSWER_NONE && w->ask->notification) {
        end(t, w, "notification timeout", false, "The user did not answer in time.");
    } else if (answer == ANSWER_NONE || answer == ANSWER_NO) {
        w->plan->denied = true;
        end(t, w, "permission denied", false, denied_text);
    } else {
        bool worked = act(t, w, &out);
        end(t, w, NULL, worked, buf_str(&out));
    }
}

static bool ready(const struct work *w) {
    return !w->done &&
           (!w->ask || w->ask->answer != ANSWER_NONE || clock_now() >= w->ask->deadline);
}

/* The next call that needs no more waiting; NULL when all are done or the turn was stopped. */
static struct work *next_ready(struct turn *t, struct work *all, size_t n) {
    struct demo *d = t->d;
    struct work *found = NULL;
    pthread_mutex_lock(&d->lock);
    for (bool open = true; open && !found && !turn_stopped(t);) {
        int64_t until = INT64_MAX;
        open = false;
        for (size_t i = 0; i < n && !found; i++) {
            if (ready(&all[i]))
                found = &all[i];
            else if (!all[i].done) {
                open = true;
                until = all[i].ask->deadline < until ? all[i].ask->deadline : until;
            }
        }
        if (!found && open)
            turn_wait(d, until);
    }
    pthread_mutex_unlock(&d->lock);
    return found;
}

static void keep_results(struct turn *t) {
    struct demo *d = t->d;
    pthread_mutex_lock(&d->lock);
    if (!turn_stopped(t)) {
        turn_settle(t, "tool_use");
        struct row *r = store_add(d, t->s, "tool", NULL);
        r->finish = "end_turn";
        kind_callbacks(t, r);
        persist_row(d, t->s, r);
        store_count(t->s);
    }
    pthread_mutex_unlock(&d->lock);
}

void turn_execute(struct turn *t) {
    struct demo *d = t->d;
    struct work all[CALLS_MAX] = {0};
    size_t n = t->row ? t->row->m.tool_calls.n : 0;
    pthread_mutex_lock(&d->lock);
    if (n && !turn_stopped(t))
        persist_row(d, t->s, t->row); /* a person may take long to answer */
    pthread_mutex_unlock(&d->lock);
    for (size_t i = 0; i < n; i++) {
        all[i].plan = &t->plans[i];
        all[i].call = &t->row->m.tool_calls.items[i];
        begin(t, &all[i]);
    }
    for (struct work *w; (w = next_ready(t, all, n));)
        work(t, w);
    bool denied = false;
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < n; i++) {
        denied = denied || all[i].plan->denied;
        if (all[i].ask)
            ask_free(d, all[i].ask);
    }
    pthread_mutex_unlock(&d->lock);
    keep_results(t);
    if (denied && d->o.version < GEN(0, 5, 6)) /* a refusal ended the whole turn then */
        turn_fail(t, "Permission denied");
}
