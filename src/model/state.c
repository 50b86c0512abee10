/* state.c - the file of what was shown last and what is pinned; and what is read at the start. */
#include "files.h"

#include <stdlib.h>
#include <string.h>

static const char state_head[] = "mixtui state 1\n";

static bool pin_find(const struct model *m, const char *id, size_t *at) {
    for (*at = 0; *at < m->priv->n_pins; (*at)++)
        if (str_eq(m->priv->pins[*at], id))
            return true;
    return false;
}

bool pin_has(const struct model *m, const char *id) {
    size_t at = 0;

    return pin_find(m, id, &at);
}

void pin_set(struct model *m, struct session *s, enum pin pin) {
    struct model_private *p = m->priv;
    size_t at = 0;
    const bool there = pin_find(m, s->id, &at);

    s->pinned = pin == PIN_ON;
    if (s->pinned && !there) {
        p->pins = xgrow(p->pins, p->n_pins, &p->cap_pins, sizeof(*p->pins));
        p->pins[p->n_pins++] = xstrdup(s->id);
    } else if (!s->pinned && there) {
        free(p->pins[at]);
        memmove(p->pins + at, p->pins + at + 1, (p->n_pins - at - 1) * sizeof(*p->pins));
        p->n_pins--;
    }
    state_touch(m);
}

void state_touch(struct model *m) {
    if (m->state_dir && m->priv->state_dirty_at == 0)
        m->priv->state_dirty_at = m->now > 0 ? m->now : 1;
}

static bool one_line(const char *s) { return s && !strpbrk(s, "\n\r"); }

void state_save(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;
    struct buf path = {0};
    struct buf out;

    p->state_dirty_at = 0;
    if (p->state_read && state_path(m, &path, "state")) {
        buf_init(&out, MIX_MIB);
        (void)buf_adds(&out, state_head);
        if (m->shown && one_line(m->shown->id))
            (void)buf_addf(&out, "shown %s\n", m->shown->id);
        if (m->files.sort != FILES_NEWEST)
            (void)buf_addf(&out, "files %s\n", file_sort_name(m->files.sort));
        for (size_t i = 0; i < m->ui.picker.n_recents; i++)
            (void)buf_addf(&out, "from %s\n", m->ui.picker.recents[i]);
        for (size_t i = 0; i < p->n_pins; i++)
            if (one_line(p->pins[i]))
                (void)buf_addf(&out, "pin %s\n", p->pins[i]);
        task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_STATE_WRITE, NULL), buf_str(&out), out.n);
        buf_fini(&out);
    }
    buf_fini(&path);
}

static void state_line(struct model *m, const char *line, size_t n) {
    struct model_private *p = m->priv;

    if (n > 6 && memcmp(line, "shown ", 6) == 0 && !p->wanted_id) {
        p->wanted_id = xstrndup(line + 6, n - 6);
    } else if (n > 6 && memcmp(line, "files ", 6) == 0) {
        if (files_sort_named(m, line + 6, n - 6))
            files_sort(m);
    } else if (n > 5 && memcmp(line, "from ", 5) == 0) {
        picker_remember(m, line + 5, n - 5);
    } else if (n > 4 && memcmp(line, "pin ", 4) == 0 && p->n_pins < 1000) {
        auto_free char *id = xstrndup(line + 4, n - 4);
        struct session *s = model_session(m, id);

        if (pin_has(m, id))
            return;
        p->pins = xgrow(p->pins, p->n_pins, &p->cap_pins, sizeof(*p->pins));
        p->pins[p->n_pins++] = TAKE(id);
        if (s)
            s->pinned = true;
    }
}

void state_task(struct model *m, struct task *t, struct effects *fx) {
    if (t->tag != TAG_STATE_READ)
        return;
    m->priv->state_read = true;
    const size_t head = sizeof state_head - 1;

    if (t->err.rc == RC_OK && t->data && t->len > head && memcmp(t->data, state_head, head) == 0 &&
        text_valid(t->data, t->len)) {
        const char *end = t->data + t->len;

        for (const char *p = t->data + head; p < end;) {
            const char *stop = memchr(p, '\n', (size_t)(end - p));

            if (!stop)
                break; /* a torn line is none */
            state_line(m, p, (size_t)(stop - p));
            p = stop + 1;
        }
    }
    watch_touch(m);
    start_choose(m, fx);
}

void drafts_start(struct model *m, struct effects *fx) {
    struct buf path = {0};

    if (state_path(m, &path, "state"))
        (void)fx_task(m, fx, TASK_READ, path.p, TAG_STATE_READ, NULL);
    else
        m->priv->state_read = true;
    buf_fini(&path);
    places_start(m, fx);
    prompts_start(m, fx);
}
