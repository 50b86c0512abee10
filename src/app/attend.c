/* attend.c - calls somebody: bell, desktop and the command of config.ini. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"

enum { HOOK_MS = 10000 };

void calls_start(struct app *a, const struct attend_config *config) {
    struct attention *at = &a->attending.state;

    *at = (struct attention){.config = *config, .multiplexed = a->term && term_multiplexed()};
    if (!a->term) {
        at->config.desktop = DESKTOP_OFF;
        at->config.silent = true;
    } else if (at->config.desktop == DESKTOP_AUTO) {
        at->config.desktop = term_desktop();
    }
}

/* A command without a word for the shell gets heading and text as arguments. Nothing foreign is
 * part of what the shell reads. */
static const char *script(struct arena *arena, const char *hook) {
    return strpbrk(hook, "$|;&<>()`\n") ? arena_strdup(arena, hook)
                                        : arena_printf(arena, "%s \"$@\"", hook);
}

static void run_hook(struct app *a, const struct attention_call *c) {
    struct attending *at = &a->attending;
    struct task *t = task_new(TASK_RUN, "");
    struct arena *arena = &t->arena;
    const char **argv = arena_alloc(arena, 7 * sizeof *argv);
    const char **env = arena_alloc(arena, 5 * sizeof *env);
    const char *const words[] = {"sh",
                                 "-c",
                                 script(arena, at->state.config.hook),
                                 "mixtui",
                                 arena_strdup(arena, c->heading),
                                 arena_strdup(arena, c->text)};

    memcpy(argv, words, sizeof words);
    argv[6] = NULL;
    env[0] = arena_printf(arena, "MIXTUI_EVENT=%s", attend_word(c->kind));
    env[1] = arena_printf(arena, "MIXTUI_TITLE=%s", c->title);
    env[2] = arena_printf(arena, "MIXTUI_TEXT=%s", c->text);
    env[3] = arena_printf(arena, "MIXTUI_SESSION=%s", c->session);
    env[4] = NULL;
    t->argv = argv;
    t->env = env;
    t->limit_ms = HOOK_MS;
    size_t slot = 0;

    while (slot < ATTENTION_HOOKS && at->hooks[slot])
        slot++;
    if (slot < ATTENTION_HOOKS)
        at->hooks[slot] = t->id;
    if (slot < ATTENTION_HOOKS && job_send(a->job, t) == RC_OK)
        return;
    if (slot < ATTENTION_HOOKS)
        at->hooks[slot] = 0;
    at->state.hooks--;
    task_free(t);
}

bool calls_task(struct app *a, const struct task *t) {
    struct attending *at = &a->attending;
    size_t slot = 0;

    while (slot < ATTENTION_HOOKS && at->hooks[slot] != t->id)
        slot++;
    if (slot == ATTENTION_HOOKS)
        return false;
    at->hooks[slot] = 0;
    at->state.hooks--;
    const bool failed = t->err.rc != RC_OK || t->status != 0;

    if (failed && !at->told && a->model)
        act_error(a->model, &t->err, "notify = %.60s: exit status %d", at->state.config.hook,
                  t->status);
    at->told = failed; /* said once, until it works again */
    return true;
}

int64_t calls_due(const struct app *a) { return attention_due(&a->attending.state); }

static void collect(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++) {
        struct effects *fx = a->links[i].fx;

        for (size_t k = 0; fx && k < fx->n_attend; k++)
            attention_add(&a->attending.state, &fx->attend[k]);
        if (fx)
            fx->n_attend = 0;
    }
}

void calls_turn(struct app *a, int64_t now) {
    const enum focus focus = a->model && a->term ? ui_focus(&a->model->ui) : FOCUS_UNKNOWN;
    struct attention_call c;

    collect(a);
    while (attention_next(&a->attending.state, focus, now, &c)) {
        if (c.bell && a->term)
            term_bell(a->term);
        if (c.desktop != DESKTOP_OFF && a->term)
            term_notify(a->term, c.desktop, c.heading, c.text);
        if (c.hook)
            run_hook(a, &c);
        attention_call_fini(&c);
    }
}

void calls_title(struct app *a) {
    auto_buf struct buf title = {.max = 4096};

    attention_title(&title, a->model);
    term_title(a->term, buf_str(&title));
}

void calls_end(struct app *a) { attention_fini(&a->attending.state); }
