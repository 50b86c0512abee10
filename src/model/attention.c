/* attention.c - what is worth a call, and when the call is made. */
#include "mix/attention.h"
#include "mix/wire.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum {
    TITLE_BYTES = 80,
    TEXT_BYTES = 200,
    SAID_BYTES = 400,
    TOLD_MAX = 4 * MIX_KIB,
    EVENTS_MAX = 1000
};

/* ---- what happened ---- */
/* One line without secrets: it goes to a terminal's log, a desktop, somebody's command. */
static char *told_line(const char *text, size_t most) {
    auto_buf struct buf shown = {.max = 64 * MIX_KIB};
    char *line = text && redact_text(&shown, OP_STREAM, text, strlen(text)) == RC_OK
                     ? clean_line(buf_str(&shown), most)
                     : NULL;

    return line ? line : xstrdup("?");
}

static void attend(struct session *s, enum attend_kind kind, const char *text, struct effects *fx) {
    if (fx->n_attend >= EVENTS_MAX)
        return; /* nobody takes them */

    fx->attend = xgrow(fx->attend, fx->n_attend, &fx->cap_attend, sizeof *fx->attend);
    fx->attend[fx->n_attend++] = (struct attend){
        .kind = kind,
        .session = clean_line(s->id, TITLE_BYTES),
        .title = told_line(session_title(s), TITLE_BYTES),
        .text = told_line(text, TEXT_BYTES),
    };
}

void attend_ask(struct model *m, const struct ask *a, struct effects *fx) {
    const bool question = a->kind == ASK_QUESTION;
    auto_buf struct buf text = {.max = 64 * MIX_KIB};

    if (inbox_rang(m, a))
        return; /* two profiles lead to the same server */
    const bool file = tool_is(a->tool, "Write") || tool_is(a->tool, "Edit");
    const bool unmade =
        file && a->object && a->object[0] == '{'; /* no change could be made of it */
    const char *what = unmade ? a->path : a->object;
    size_t n = what ? strnlen(what, SAID_BYTES) : 0;

    if (file && !unmade && what) /* its name, above the change; the path may be of its directory */
        n = strcspn(what, "\n") < n ? strcspn(what, "\n") : n;
    if (question)
        (void)buf_addf(&text, "asks: %.400s", a->message ? a->message : "");
    else
        (void)buf_addf(&text, "asks for %.80s: %.*s", a->tool, (int)n, what ? what : "");
    attend(a->session, question ? ATTEND_QUESTION : ATTEND_APPROVAL, buf_str(&text), fx);
}

void attend_turn(struct model *m, struct session *s, enum turn_end how, struct effects *fx) {
    const int64_t began = s->priv->began_at, ms = m->now - began;
    auto_buf struct buf text = {.max = 64 * MIX_KIB};

    if (s->subagent || !s->id || began == 0 || ms < ATTENTION_LONG_MS || how == END_CANCELLED)
        return;
    if (how == END_ERROR)
        (void)buf_addf(&text, "failed: %.400s", s->priv->end_text ? s->priv->end_text : "");
    else
        (void)buf_addf(&text, "finished after %lld:%02lld", (long long)(ms / 60000),
                       (long long)(ms / 1000 % 60));
    attend(s, how == END_ERROR ? ATTEND_ERROR : ATTEND_FINISHED, buf_str(&text), fx);
}

/* ---- when it is told ---- */
enum focus ui_focus(const struct ui *ui) {
    return !ui->focus_known ? FOCUS_UNKNOWN : ui->focused ? FOCUS_IN : FOCUS_OUT;
}

static void attend_fini(struct attend *e) {
    free(e->session);
    free(e->title);
    free(e->text);
    *e = (struct attend){.kind = e->kind};
}

void attention_add(struct attention *a, struct attend *e) {
    struct attention_kind *k = &a->kinds[e->kind];

    if (a->config.off[e->kind]) {
        attend_fini(e);
        return;
    }
    attend_fini(&k->newest);
    k->newest = *e;
    k->waiting++;
    *e = (struct attend){.kind = e->kind};
}

static int64_t due_at(const struct attention *a, const struct attention_kind *k) {
    const int64_t kind = k->told_at > 0 ? k->told_at + ATTENTION_KIND_MS : 0;
    const int64_t all = a->told_at > 0 ? a->told_at + ATTENTION_ALL_MS : 0;

    return kind > all ? kind : all;
}

int64_t attention_due(const struct attention *a) {
    int64_t at = -1;

    for (size_t i = 0; i < ATTEND_COUNT; i++)
        if (a->kinds[i].waiting > 0 && (at < 0 || due_at(a, &a->kinds[i]) < at))
            at = due_at(a, &a->kinds[i]);
    return at;
}

static void forget(struct attention_kind *k) {
    attend_fini(&k->newest);
    k->waiting = 0;
}

/* What stands between the end of one call and the next is one line for each. */
static void make_call(struct attention_kind *k, struct attention_call *out) {
    struct attend *e = &k->newest;
    auto_buf struct buf heading = {.max = TOLD_MAX}, text = {.max = TOLD_MAX};

    (void)buf_addf(&heading, "%s: %s", attend_word(out->kind), e->title);
    (void)buf_adds(&text, e->text);
    const size_t more = k->waiting - 1 + (out->hook ? k->missed : 0);

    if (more > 0)
        (void)buf_addf(&text, " (and %zu more)", more);
    out->heading = xstrdup(buf_str(&heading));
    out->text = xstrdup(buf_str(&text));
    out->session = e->session ? e->session : xstrdup("");
    out->title = e->title;
    e->session = e->title = NULL;
}

static struct attention_call call_of(const struct attention *a, enum attend_kind kind,
                                     enum focus focus) {
    const bool waits = kind == ATTEND_APPROVAL || kind == ATTEND_QUESTION;
    const bool away = focus != FOCUS_IN;

    return (struct attention_call){
        .kind = kind,
        .bell = !a->config.silent && (away || waits),
        .desktop = away && !a->multiplexed ? a->config.desktop : DESKTOP_OFF,
        .hook = away && a->config.hook,
    };
}

bool attention_next(struct attention *a, enum focus focus, int64_t now,
                    struct attention_call *out) {
    for (size_t i = 0; i < ATTEND_COUNT; i++) {
        struct attention_kind *k = &a->kinds[i];

        if (k->waiting == 0 || now < due_at(a, k))
            continue;
        *out = call_of(a, (enum attend_kind)i, focus);
        const bool missed = out->hook && a->hooks >= ATTENTION_HOOKS;

        if (missed) /* the bell does not wait for somebody's slow command */
            out->hook = false;
        if (!out->bell && out->desktop == DESKTOP_OFF && !out->hook) {
            if (missed)
                k->told_at = now > 0 ? now : 1; /* looked at again later */
            else
                forget(k); /* whoever sits there sees it */
            continue;
        }
        make_call(k, out);
        k->missed = missed ? k->missed + k->waiting : out->hook ? 0 : k->missed;
        forget(k);
        a->hooks += out->hook;
        a->told_at = k->told_at = now > 0 ? now : 1;
        return true;
    }
    return false;
}

void attention_call_fini(struct attention_call *c) {
    free(c->session);
    free(c->title);
    free(c->heading);
    free(c->text);
    *c = (struct attention_call){.kind = c->kind};
}

void attention_fini(struct attention *a) {
    for (size_t i = 0; i < ATTEND_COUNT; i++)
        forget(&a->kinds[i]);
}

/* ---- the title ---- */
void attention_title(struct buf *out, const struct model *m) {
    const struct model *peer;
    size_t counts[] = {model_asks_pending(m, ASK_PERMISSION), model_asks_pending(m, ASK_QUESTION),
                       0};

    for (size_t i = 0; (peer = model_peer(m, i)); i++)
        counts[2] += model_working(peer);
    for (size_t i = 0; i < MIX_COUNT(counts); i++)
        if (counts[i] > 0)
            (void)buf_addf(out, "%c%zu ", "!?*"[i], counts[i]);
    (void)buf_adds(out, "mixtui");
}
