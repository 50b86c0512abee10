/* asks.c - what the agent asks, answered by rules, by a person at the terminal, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "mix/jtext.h"
#include "mix/policy_store.h"
#include "mix/text.h"
#include "send.h"

enum {
    PATIENCE_MS = 29000, /* the server's own 30 s end a little later */
    NOTICE_S = 60,
    ARM_MS = 400,
    OBJECT_MAX = 4 << 20,
    SHOWN_MAX = 32 << 20,
};
struct asked {
    struct asked *next;
    char *id, *session, *tool, *params, *object; /* object NULL: none */
    char *title, *message, *type;                /* of a notification */
    char **choices;
    size_t n_choices;
    int64_t until, armed_at;
    uint32_t request;
    bool notification, shown, done, grant, by_rule;
    int told_s; /* the countdown on the terminal */
};

/* ---- rules ---- */
enum rc asks_allow(struct talk *t, const char *text, struct err *err) {
    struct rule rule;
    const enum rc rc = rule_parse(&rule, text, err);

    if (rc != RC_OK)
        return rc;
    t->rules = xrealloc(t->rules, (t->n_rules + 1) * sizeof *t->rules);
    t->rule_texts = xrealloc(t->rule_texts, (t->n_rules + 1) * sizeof *t->rule_texts);
    t->rules[t->n_rules] = rule;
    t->rule_texts[t->n_rules++] = xstrdup(text);
    return RC_OK;
}

static const char *rule_for(const struct talk *t, const struct asked *a) {
    for (size_t i = 0; i < t->n_rules; i++)
        if (rule_matches(&t->rules[i], a->tool, a->object))
            return t->rule_texts[i];
    return NULL;
}

/* ---- answers ---- */
static void ask_free(struct asked *a) {
    for (size_t i = 0; i < a->n_choices; i++)
        free(a->choices[i]);
    free(a->choices);
    free(a->id);
    free(a->session);
    free(a->tool);
    free(a->params);
    free(a->object);
    free(a->title);
    free(a->message);
    free(a->type);
    free(a);
}

static void audit(struct talk *t, const struct asked *a, const char *decision, const char *why) {
    auto_buf struct buf line = {.max = SHOWN_MAX};

    if (a->notification)
        feed_say(&t->feed, "%s: %s (%s)", decision, a->title ? a->title : "question", why);
    else
        feed_say(&t->feed, "%s %s%s%s (%s)", decision, a->tool, a->object ? ": " : "",
                 a->object ? a->object : "", why);
    feed_begin(&t->feed, &line, "answer", a->session);
    jtext_field(&line, "id", a->id);
    jtext_field(&line, "decision", decision);
    jtext_field(&line, "why", why);
    jtext_field(&line, "toolName", a->tool);
    jtext_field(&line, "object", a->object);
    feed_end(&t->feed, &line);
}

/* Who asks: the session, or a sub-agent of it. The strings are borrowed. */
static struct ruling_ask ruling_ask_of(const struct talk *t, const struct asked *a,
                                       const char *chain[3]) {
    chain[0] = a->session;
    chain[1] = str_eq(a->session, t->session) ? NULL : t->session;
    chain[2] = NULL;
    return (struct ruling_ask){.id = a->id,
                               .tool = a->tool,
                               .object = a->object,
                               .params = a->params,
                               .work_dir = t->work_dir,
                               .server = t->server,
                               .sessions = chain};
}

/* Into the audit log of this user. */
static void write_down(struct talk *t, const struct asked *a, const char *decision,
                       const char *by) {
    auto_buf struct buf line = {.max = MIX_MIB};
    const char *chain[3];
    const struct ruling_ask ask = ruling_ask_of(t, a, chain);
    const struct ruling_answer how = {decision, by, -1};
    struct err err = {0};

    if (!t->state_dir || audit_line(&line, &ask, &how, NULL, clock_real()) != RC_OK)
        return;
    if (audit_append(t->state_dir, buf_str(&line), line.n, &err) != RC_OK && !t->audit_failed) {
        t->audit_failed = true;
        feed_say(&t->feed, "answers are not written down: %s", err.text);
    }
}

static void answer(struct talk *t, struct asked *a, bool grant, const char *why) {
    a->grant = grant;
    a->done = true;
    t->denied += !grant;
    audit(t, a, grant ? "granted" : "denied", why);
    if (!a->by_rule) /* policy_rule_on wrote it down */
        write_down(t, a, grant ? "grant" : "deny", why);
    a->request = talk_call_id(t, grant ? OP_PERMISSION_GRANT : OP_PERMISSION_DENY, a->id);
}

static void respond(struct talk *t, struct asked *a, const char *value) {
    void *in;
    struct request *r =
        talk_request(t, OP_NOTIFICATION_RESPOND, sizeof(struct notification_answer), &in);

    *(struct notification_answer *)in = (struct notification_answer){
        .id = arena_strdup(&r->arena, a->id),
        .type = arena_strdup(&r->arena, a->type),
        .value = arena_strdup(&r->arena, value),
    };
    a->done = true;
    audit(t, a, "answered", value ? value : "acknowledged");
    a->request = cli_send_request(&t->run, r);
}

/* ---- the terminal ---- */
enum rc asks_open_tty(struct talk *t, struct err *err) {
    t->tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (t->tty < 0)
        return err_set(err, RC_USAGE, errno,
                       "--permission ask needs a terminal, and there is none: say --allow RULE, "
                       "--permission deny or --permission grant");
    return RC_OK;
}

static void tty_put(struct talk *t, const char *text) {
    size_t n = strlen(text);

    while (n > 0) {
        const ssize_t wrote = write(t->tty, text, n);

        if (wrote < 0 && errno != EINTR)
            return;
        text += wrote > 0 ? wrote : 0;
        n -= wrote > 0 ? (size_t)wrote : 0;
    }
}

/* Lines of foreign text stand behind a bar, so that none of them looks like one of ours. */
static void add_marked(struct buf *out, const char *text) {
    auto_buf struct buf clean = {.max = SHOWN_MAX};

    if (text_clean(&clean, text, strlen(text), CLEAN_MARKS) != RC_OK) {
        buf_adds(out, "(too long to be shown)\n");
        return;
    }
    const char *line = buf_str(&clean);

    if (!strchr(line, '\n')) {
        buf_addf(out, "%s\n", line);
        return;
    }
    buf_adds(out, "\n");
    for (size_t n; *line; line += n + (line[n] == '\n')) {
        n = strcspn(line, "\n");
        buf_addf(out, "    | %.*s\n", (int)n, line);
    }
}

/* Every member of an object, strings decoded. */
static void add_members(struct buf *out, const char *json) {
    auto_buf struct buf key = {.max = SHOWN_MAX}, value = {.max = SHOWN_MAX};
    struct jwalk walk = jtext_walk(json, strlen(json));
    struct jtext name, found;
    bool good = true;

    while (jtext_next(&walk, &name, &found)) {
        buf_clear(&key);
        buf_clear(&value);
        good = jtext_add(&key, name) == RC_OK && good;
        good = jtext_add(&value, found) == RC_OK && good;
        buf_adds(out, "  ");
        if (text_clean(out, buf_str(&key), key.n, CLEAN_NAME) != RC_OK)
            return;
        buf_adds(out, ": ");
        add_marked(out, buf_str(&value));
    }
    if (!good || !walk.whole)
        add_marked(out, json);
}

static void add_object(const struct talk *t, struct buf *out, const struct asked *a) {
    const struct known_call *call = watch_call(t, a->session, a->tool, a->object);

    if (a->params)
        add_members(out, a->params);
    if (call && !str_eq(call->name, "Bash") && !str_eq(call->name, "bash"))
        add_members(out, call->input); /* diffs of servers say less than the call itself */
}

static int seconds_left(const struct asked *a) {
    const int64_t left = a->until - clock_now();

    return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

static const char *hint(const struct asked *a) {
    if (!a->notification)
        return "grant? y or n, then Enter";
    if (str_eq(a->type, "acknowledge"))
        return "y and Enter acknowledges";
    return a->n_choices ? "the number, then Enter" : "your answer, then Enter";
}

static void prompt(struct talk *t, struct asked *a) {
    char line[128];

    a->told_s = seconds_left(a);
    snprintf(line, sizeof line, "[%3d s] %s: ", a->told_s, hint(a));
    tty_put(t, line);
}

static void show(struct talk *t, struct asked *a) {
    auto_buf struct buf text = {.max = SHOWN_MAX};

    buf_adds(&text, "\n");
    if (a->notification) {
        buf_addf(&text, "The agent asks (%s):\n",
                 str_eq(a->session, t->session) ? "session" : "sub-agent");
        add_marked(&text, a->title ? a->title : "");
        add_marked(&text, a->message ? a->message : "");
        for (size_t i = 0; i < a->n_choices; i++) {
            buf_addf(&text, "  %zu. ", i + 1);
            add_marked(&text, a->choices[i]);
        }
    } else {
        buf_adds(&text, str_eq(a->session, t->session) ? "The agent asks to use "
                                                       : "A sub-agent asks to use ");
        add_marked(&text, a->tool);
        add_object(t, &text, a);
    }
    tty_put(t, buf_str(&text));
    a->shown = true;
    a->armed_at = clock_now() + ARM_MS;
    t->feed.hold = true;
    buf_clear(&t->typed);
    prompt(t, a);
    tcflush(t->tty, TCIFLUSH); /* what was typed before the question was seen answers nothing */
}

static struct asked *shown_ask(const struct talk *t) {
    for (struct asked *a = t->asks; a; a = a->next)
        if (a->shown && !a->done)
            return a;
    return NULL;
}

static void show_next(struct talk *t) {
    if (t->tty < 0 || shown_ask(t))
        return;
    for (struct asked *a = t->asks; a; a = a->next)
        if (!a->done) {
            show(t, a);
            return;
        }
    if (t->feed.hold)
        feed_release(&t->feed);
}

static void decide(struct talk *t, struct asked *a, char *line) {
    line[strcspn(line, "\r\n")] = '\0';
    feed_release(&t->feed);
    const bool yes = str_eq(line, "y") || str_eq(line, "yes");

    if (!a->notification && (yes || str_eq(line, "n") || str_eq(line, "no"))) {
        answer(t, a, yes, "at the terminal");
    } else if (a->notification && str_eq(a->type, "acknowledge") && yes) {
        respond(t, a, NULL);
    } else if (a->notification && a->n_choices > 0) {
        char *end;
        const long at = strtol(line, &end, 10);

        if (end > line && *end == '\0' && at >= 1 && (size_t)at <= a->n_choices)
            respond(t, a, a->choices[at - 1]);
    } else if (a->notification && str_eq(a->type, "text") && *line) {
        respond(t, a, line);
    }
    if (!a->done) {
        t->feed.hold = true;
        prompt(t, a);
    } else {
        show_next(t);
    }
}

void asks_typed(struct talk *t) {
    char bytes[4096];
    const ssize_t n = read(t->tty, bytes, sizeof bytes);
    struct asked *a = shown_ask(t);

    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) { /* the terminal is gone */
        close(t->tty);
        t->tty = -1;
        t->loop.wake = 0;
        for (a = t->asks; a; a = a->next)
            if (!a->done && !a->notification)
                answer(t, a, false, "no terminal any more");
        feed_release(&t->feed);
        return;
    }
    if (n < 0 || !a)
        return;
    if (clock_now() < a->armed_at) {
        tty_put(t, "(too early, not taken)\n");
        a->armed_at = clock_now() + ARM_MS;
        prompt(t, a);
        return;
    }
    for (ssize_t i = 0; i < n; i++)
        if (buf_add(&t->typed, &bytes[i], 1) != RC_OK)
            buf_clear(&t->typed);
    if (!memchr(bytes, '\n', (size_t)n))
        return;
    auto_free char *line = buf_take(&t->typed);

    t->typed.max = 64 * MIX_KIB;
    decide(t, a, line);
}

/* ---- what comes ---- */
static char *copy(const char *s) { return s ? xstrdup(s) : NULL; }

static struct asked *new_ask(struct talk *t, const char *session, const struct wire_event *e) {
    const struct event_data *d = &e->data;
    struct asked *a = xcalloc(1, sizeof *a);
    struct asked **end = &t->asks;

    *a = (struct asked){
        .id = xstrdup(d->id),
        .session = xstrdup(session),
        .tool = xstrdup(d->tool_name ? d->tool_name : ""),
        .params = copy(d->params_raw),
        .title = copy(d->title),
        .message = copy(d->message),
        .type = copy(d->response_type ? d->response_type : "acknowledge"),
        .notification = e->kind == EV_NOTIFICATION,
        .until = clock_now() + PATIENCE_MS,
        .choices = xcalloc(d->choices.n + 1, sizeof *a->choices),
        .n_choices = str_eq(d->response_type, "choice") ? d->choices.n : 0,
    };
    for (size_t i = 0; i < a->n_choices; i++)
        a->choices[i] = xstrdup(d->choices.items[i] ? d->choices.items[i] : "");
    if (a->notification)
        a->until = clock_now() +
                   1000 * (d->timeout_s > 0 && d->timeout_s < 3600 ? d->timeout_s : NOTICE_S);
    auto_buf struct buf object = {.max = OBJECT_MAX};
    const struct known_call *call =
        a->params ? NULL : watch_call(t, session, a->tool, NULL); /* old events may lack them */

    if (policy_object(&object, a->tool, call ? call->input : a->params))
        a->object = xstrdup(buf_str(&object));
    while (*end)
        end = &(*end)->next;
    *end = a;
    return a;
}

/* What the rules file says; whoever asks is this session, or a sub-agent of it. */
static enum rc by_rules(struct talk *t, const struct asked *a, struct arena *arena,
                        struct ruling *out) {
    const char *chain[3];
    const struct ruling_ask ask = ruling_ask_of(t, a, chain);
    struct err err = {0};

    *out = (struct ruling){.verdict = VERDICT_ASK};
    if (!t->state_dir)
        return RC_OK;
    const enum rc rc = policy_rule_on(t->state_dir, &ask, clock_real(), arena, out, &err);

    if (rc != RC_OK)
        feed_say(&t->feed, "the rules do not help: %s", err.text);
    return rc;
}

static void by_policy(struct talk *t, struct asked *a) {
    const bool hidden =
        policy_hides(&(struct ruling_ask){.object = a->object, .params = a->params});
    const char *rule = rule_for(t, a);
    struct arena arena = {0};
    struct ruling ruling = {.verdict = VERDICT_ASK};
    char why[512];

    if (t->policy == POLICY_RULES && by_rules(t, a, &arena, &ruling) != RC_OK) {
        answer(t, a, false, "the rules cannot be followed"); /* one of them may deny it */
        arena_free(&arena);
        return;
    }
    if (ruling.verdict != VERDICT_ASK) {
        snprintf(why, sizeof why, "rule %s", ruling.rule_text);
        a->by_rule = true;
        answer(t, a, ruling.verdict == VERDICT_ALLOW, why);
        arena_free(&arena);
        return;
    }
    if (hidden && t->policy != POLICY_ASK) {
        answer(t, a, false, "it holds characters that are not seen");
    } else if (rule && !hidden) {
        snprintf(why, sizeof why, "--allow %s", rule);
        answer(t, a, true, why);
    } else if (t->policy == POLICY_GRANT) {
        answer(t, a, true, "--permission grant");
    } else if (t->policy == POLICY_RULES) {
        answer(t, a, false, t->n_rules ? "no rule and no --allow fits" : "no rule fits");
    } else if (t->policy == POLICY_DENY) {
        answer(t, a, false, t->n_rules ? "no --allow fits" : "--permission deny");
    }
}

void asks_event(struct talk *t, const char *session, const struct wire_event *e) {
    const struct event_data *d = &e->data;

    if (str_blank(d->id))
        return;
    if (t->policy == POLICY_WATCH) {
        auto_buf struct buf object = {.max = OBJECT_MAX};
        const bool has = policy_object(&object, d->tool_name, d->params_raw);

        feed_note(&t->feed, e->kind == EV_PERMISSION ? "! asks to use %s%s%s" : "? asks: %s%s%s",
                  e->kind == EV_PERMISSION ? d->tool_name
                  : d->title               ? d->title
                                           : "",
                  has || d->message ? ": " : "",
                  has          ? buf_str(&object)
                  : d->message ? d->message
                               : "");
        return;
    }
    for (const struct asked *a = t->asks; a; a = a->next)
        if (str_eq(a->id, d->id))
            return; /* two streams told it while one replaced the other */
    struct asked *a = new_ask(t, session, e);

    if (!a->notification)
        by_policy(t, a);
    else if (t->tty < 0)
        audit(t, a, "not answered", "no terminal to ask on; it expires");
    if (a->notification && t->tty < 0)
        a->done = true;
    if (!a->done)
        show_next(t);
}

bool asks_take(struct talk *t, const struct incoming *in) {
    for (struct asked *a = t->asks; a; a = a->next) {
        if (!a->request || a->request != in->request)
            continue;
        if (in->kind == IN_FAIL) {
            feed_say(&t->feed, "the answer did not arrive: %s", in->err.text);
            t->denied += a->grant;
        }
        if (in->kind == IN_FAIL || in->kind == IN_REPLY)
            a->request = 0;
        return true;
    }
    return false;
}

/* ---- time ---- */
int64_t talk_asks_next(const struct talk *t) {
    const int64_t now = clock_now();
    int64_t at = 0;

    for (const struct asked *a = t->asks; a; a = a->next) {
        if (a->done)
            continue;
        sooner_of(&at, a->until);
        if (a->shown)
            sooner_of(&at, now + 250);
    }
    return at;
}

void talk_asks_tick(struct talk *t, int64_t now) {
    struct asked *shown = shown_ask(t);

    if (shown && t->tty >= 0 && seconds_left(shown) != shown->told_s) {
        char line[64];

        shown->told_s = seconds_left(shown);
        snprintf(line, sizeof line, "\0337\r[%3d s]\0338", shown->told_s);
        tty_put(t, line);
    }
    for (struct asked *a = t->asks; a; a = a->next) {
        if (a->done || now < a->until)
            continue;
        a->done = true;
        t->denied += !a->notification;
        if (a->shown && t->tty >= 0) {
            tty_put(t, "\n");
            feed_release(&t->feed);
        }
        audit(t, a, a->notification ? "not answered" : "denied", "the time is over");
    }
    show_next(t);
}

void asks_over(struct talk *t) {
    for (struct asked *a = t->asks; a; a = a->next)
        a->done = true;
    if (t->feed.hold)
        feed_release(&t->feed);
}

size_t asks_denied(const struct talk *t) { return t->denied > t->refused ? t->denied : t->refused; }

void asks_fini(struct talk *t) {
    while (t->asks) {
        struct asked *next = t->asks->next;

        ask_free(t->asks);
        t->asks = next;
    }
    for (size_t i = 0; i < t->n_rules; i++) {
        rule_fini(&t->rules[i]);
        free(t->rule_texts[i]);
    }
    free(t->rules);
    free(t->rule_texts);
    free(t->state_dir);
    free(t->server);
    free(t->work_dir);
    if (t->tty >= 0)
        close(t->tty);
}
