/* effects.c - what leaves the model: requests and tasks, remembered until their answers come. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct effects *effects_new(void) {
    return xcalloc(1, sizeof(struct effects));
}

void effects_free(struct effects *fx) {
    if (!fx)
        return;
    for (size_t i = 0; i < fx->n_requests; i++)
        request_free(fx->requests[i]);
    for (size_t i = 0; i < fx->n_tasks; i++)
        task_free(fx->tasks[i]);
    for (size_t i = 0; i < fx->n_attend; i++) {
        free(fx->attend[i].session);
        free(fx->attend[i].title);
        free(fx->attend[i].text);
    }
    free(fx->attend);
    free(fx->requests);
    free(fx->tasks);
    free(fx->connect_url);
    free(fx->copy);
    free(fx->bare);
    free(fx->open_url);
    free(fx->edit);
    free(fx->open_file);
    free(fx);
}

void fx_request(struct effects *fx, struct request *r) {
    fx->requests = xgrow(fx->requests, fx->n_requests, &fx->cap_requests, sizeof(*fx->requests));
    fx->requests[fx->n_requests++] = r;
}

struct request *fx_call(struct model *m, struct effects *fx, enum op op, struct session *s) {
    struct model_private *p = m->priv;
    struct request *r = request_new(REQ_CALL, op);

    r->version = m->server.caps.version;
    fx_request(fx, r);
    p->pending = xgrow(p->pending, p->n_pending, &p->cap_pending, sizeof(*p->pending));
    p->pending[p->n_pending++] =
        (struct pending){.id = r->id, .op = op, .session = s, .had_session = s != NULL};
    return r;
}

void *call_in(struct request *r, size_t size) {
    void *in = arena_alloc(&r->arena, size);

    r->in = in;
    return in;
}

uint32_t fx_call_id(struct model *m, struct effects *fx, enum op op, struct session *s,
                    const char *id) {
    struct request *r = fx_call(m, fx, op, s);
    struct session_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, id);
    return r->id;
}

void fx_cancel(struct effects *fx, uint32_t target) {
    struct request *r = request_new(REQ_CANCEL, 0);

    r->target = target;
    fx_request(fx, r);
}

struct task *fx_task(struct model *m, struct effects *fx, enum task_kind kind, const char *path,
                     enum task_tag tag, struct session *s) {
    struct task *t = task_new(kind, path);

    fx_task_take(m, fx, t, tag, s);
    return t;
}

void fx_task_take(struct model *m, struct effects *fx, struct task *t, enum task_tag tag,
                  struct session *s) {
    struct model_private *p = m->priv;

    t->tag = tag;
    fx->tasks = xgrow(fx->tasks, fx->n_tasks, &fx->cap_tasks, sizeof(struct task *));
    fx->tasks[fx->n_tasks++] = t;
    p->tasks = xgrow(p->tasks, p->n_tasks, &p->cap_tasks, sizeof(*p->tasks));
    p->tasks[p->n_tasks++] =
        (struct pending_task){.id = t->id, .tag = tag, .session = s, .had_session = s != NULL};
}

void fx_stop_task(struct effects *fx, uint32_t target) {
    struct task *t = task_new(TASK_CANCEL, NULL); /* is not answered: nobody waits for it */

    t->target = target;
    fx->tasks = xgrow(fx->tasks, fx->n_tasks, &fx->cap_tasks, sizeof(struct task *));
    fx->tasks[fx->n_tasks++] = t;
}

void task_data(struct task *t, const char *data, size_t n) {
    char *copy = arena_alloc(&t->arena, n + 1);

    memcpy(copy, data, n);
    t->data = copy;
    t->len = n;
}

bool state_path(const struct model *m, struct buf *out, const char *name) {
    if (!m->state_dir)
        return false;
    buf_init(out, 16 * MIX_KIB);
    return buf_addf(out, "%s/%s/%s", m->state_dir, m->server.key, name) == RC_OK;
}

void set_string(char **field, const char *value) {
    char *copy = value ? xstrdup(value) : NULL;

    free(*field);
    *field = copy;
}

void free_strings(char **v, size_t n) {
    for (size_t i = 0; i < n; i++)
        free(v[i]);
    free(v);
}

char *clean_line(const char *s, size_t max) {
    if (str_blank(s))
        return NULL;
    struct buf out;
    size_t n = strlen(s);

    if (n > max) { /* not in the middle of a character */
        n = max;
        n -= text_tail(s, n);
    }
    buf_init(&out, 4 * max + 64);
    (void)text_clean(&out, s, n, CLEAN_LINE);
    return buf_take(&out);
}
