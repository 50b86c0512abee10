/* publish.c - the marks of all open servers in one small file for `mixtui status` and the like:
 * written by the job thread, at most once a second, and only when what it says has changed. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mix/publish.h"
#include "screen.h"

enum { EVERY_MS = 1000 };

/* Changes whenever what a person sees of any server does. */
static uint64_t seen_by_all(const struct app *a) {
    uint64_t sum = 0;
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx)
            sum += a->servers.rows[i].model->rev + i + 1;
    return sum;
}

static void make_path(struct publisher *p) {
    auto_free char *dir = path_runtime_dir();
    struct buf path;
    if (!dir)
        return;
    buf_init(&path, 4096);
    buf_addf(&path, "%s/%d.marks", dir, (int)getpid());
    p->path = buf_take(&path);
}

static bool send_text(struct app *a, const char *text, size_t n) {
    struct task *t = task_new(TASK_WRITE, a->publisher.path);
    t->data = arena_strndup(&t->arena, text, n);
    t->len = n;
    if (job_send(a->job, t) == RC_OK)
        return true;
    task_free(t);
    return false;
}

int64_t publish_due(const struct app *a) {
    const struct publisher *p = &a->publisher;
    return p->begun && p->seen != seen_by_all(a) ? p->looked_at + EVERY_MS : -1;
}

void publish_turn(struct app *a, int64_t now) {
    struct publisher *p = &a->publisher;
    const uint64_t seen = seen_by_all(a);
    if (p->begun && (p->seen == seen || now < p->looked_at + EVERY_MS))
        return;
    if (!p->begun) {
        make_path(p);
        buf_init(&p->text, PUBLISH_MAX);
        p->begun = true;
    }
    p->seen = seen;
    p->looked_at = now;
    if (!p->path)
        return;
    struct buf text;
    buf_init(&text, PUBLISH_MAX);
    if (a->keeping)
        publish_keeper(&text, (int)getpid(), a->keeping->since, a->keeping->key);
    else
        publish_begin(&text, (int)getpid());
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx)
            publish_server(&text, a->servers.rows[i].model, a->servers.rows[i].name);
    const bool changed = !str_eq(buf_str(&text), buf_str(&p->text));
    if (changed && send_text(a, buf_str(&text), text.n)) {
        buf_fini(&p->text);
        p->text = text;
        return;
    }
    if (changed)
        p->seen = 0; /* the job thread had no room: again in a second */
    buf_fini(&text);
}

void publish_end(struct app *a) {
    struct publisher *p = &a->publisher;
    if (p->path && p->text.n > 0)
        send_text(a, "", 0); /* removes it; the job thread finishes its writes */
    buf_fini(&p->text);
    free(TAKE(p->path));
}
