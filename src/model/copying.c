/* copying.c - a text goes into the clipboard: one way after another until one takes it, and always
 * into a file as well. */
#include "copies.h"
#include "mix/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAY_MS = 3000, REASON_MAX = 80 };
#define COPY_MAX (64 * MIX_MIB)

struct copying {
    char *text; /* NULL: no copy is under way */
    size_t n;
    char *what;
    size_t way; /* the one that is tried */
    uint32_t way_task, file_task;
    bool asked_terminal, told, taken, filed; /* told: what the terminal did */
    struct buf failed;                       /* "tmux: no server running" */
    struct err file_err;
};

void copying_free(struct copying *c) {
    if (!c)
        return;
    free(c->text);
    free(c->what);
    buf_fini(&c->failed);
    free(c);
}

/* ---- what is copied ---- */

/* What was written, but for what a terminal would obey when it is pasted there. */
static char *harmless(const char *s, size_t n, size_t *kept) {
    char *out = xmalloc(n + 1);
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];
        const bool c1 = c == 0xc2 && i + 1 < n && (unsigned char)s[i + 1] >= 0x80 &&
                        (unsigned char)s[i + 1] < 0xa0;

        if (c1)
            i++;
        else if ((c >= ' ' && c != 0x7f) || c == '\n' || c == '\t' ||
                 (c == '\r' && i + 1 < n && s[i + 1] == '\n'))
            out[at++] = s[i];
    }
    out[at] = '\0';
    *kept = at;
    return out;
}

/* ---- what is said ---- */

static void say_path(struct buf *out, const struct model *m, const char *path) {
    const struct copy_ways *ways = m->copy_ways;
    const size_t n = ways && ways->home ? strlen(ways->home) : 0;

    if (n > 1 && strncmp(path, ways->home, n) == 0 && path[n] == '/')
        (void)buf_addf(out, "~%s", path + n);
    else
        (void)buf_adds(out, path);
}

static bool file_path(const struct model *m, struct buf *out) {
    buf_init(out, 16 * MIX_KIB);
    return m->state_dir && buf_addf(out, "%s/copied.txt", m->state_dir) == RC_OK;
}

static void say_way(struct buf *out, const struct model *m, const struct copying *c) {
    if (!c->taken)
        return;
    if (c->asked_terminal)
        (void)buf_adds(out, " by OSC 52, if the terminal allows it");
    else
        (void)buf_addf(out, " by %s", m->copy_ways->v[c->way].name);
}

static void say_result(struct model *m) {
    struct copying *c = m->copying;
    auto_buf struct buf said = {.max = 4096}, path = {.max = 0};
    const bool on_file = c->filed && c->file_err.rc == RC_OK && file_path(m, &path);

    (void)buf_addf(&said, "%s", c->taken || on_file ? "copied " : "not copied: ");
    if (c->what)
        (void)buf_addf(&said, "%s, ", c->what);
    say_extent(&said, c->text, c->n);
    say_way(&said, m, c);
    if (on_file) {
        (void)buf_adds(&said, c->taken ? "; also in " : "; only into ");
        say_path(&said, m, buf_str(&path));
    }
    if (c->failed.n > 0)
        (void)buf_addf(&said, "; %s", buf_str(&c->failed));
    if (c->file_err.rc != RC_OK)
        (void)buf_addf(&said, "; no file: %s", c->file_err.text);
    act_notice(m, "%s", buf_str(&said));
    set_string(&c->text, NULL);
}

/* ---- the ways ---- */

static void failed(struct copying *c, const char *name, const char *why) {
    (void)buf_addf(&c->failed, "%s%s: %.*s", c->failed.n > 0 ? "; " : "", name,
                   (int)text_fit(why, strlen(why), REASON_MAX), why);
}

static void settle(struct model *m) {
    struct copying *c = m->copying;

    if (c->text && c->way_task == 0 && c->file_task == 0 && c->asked_terminal == c->told)
        say_result(m);
}

static void try_way(struct model *m, struct effects *fx) {
    struct copying *c = m->copying;
    const struct copy_ways *ways = m->copy_ways;

    if (!ways || c->way >= ways->n) {
        c->asked_terminal = true;
        free(fx->copy);
        fx->copy = xstrndup(c->text, c->n);
        return;
    }
    struct task *t = fx_task(m, fx, TASK_RUN, "", TAG_COPY_WAY, NULL);

    t->argv = ways->v[c->way].argv;
    t->limit_ms = WAY_MS;
    task_data(t, c->text, c->n);
    c->way_task = t->id;
}

static void write_file(struct model *m, struct effects *fx) {
    struct copying *c = m->copying;
    auto_buf struct buf path = {.max = 0};

    if (!file_path(m, &path))
        return;
    struct task *t = fx_task(m, fx, TASK_WRITE, buf_str(&path), TAG_COPY_FILE, NULL);

    task_data(t, c->text, c->n);
    c->file_task = t->id;
    c->filed = true;
}

void act_copy(struct model *m, const char *text, size_t n, const char *what, struct effects *fx) {
    size_t kept = 0;

    if (n > COPY_MAX) {
        act_notice(m, "not copied: %zu MB are too much", n / 1000000);
        return;
    }
    char *clean = harmless(text, n, &kept);

    if (kept == 0) {
        free(clean);
        act_notice(m, "nothing to copy: it is empty");
        return;
    }
    copying_free(m->copying); /* what an earlier one comes to is not said any more */
    struct copying *c = m->copying = xcalloc(1, sizeof *c);

    c->text = clean;
    c->n = kept;
    set_string(&c->what, what);
    buf_init(&c->failed, 1024);
    write_file(m, fx);
    try_way(m, fx);
    model_touch(m);
}

void act_copied(struct model *m, enum rc rc, struct effects *fx) {
    struct copying *c = m->copying;

    (void)fx;
    if (!c || !c->text || !c->asked_terminal || c->told)
        return;
    c->told = true;
    c->taken = rc == RC_OK;
    if (rc == RC_LIMIT)
        failed(c, "the terminal", "too much for OSC 52");
    else if (rc != RC_OK)
        failed(c, "the terminal", "takes no copies");
    settle(m);
}

void copying_task(struct model *m, const struct task *t, struct effects *fx) {
    struct copying *c = m->copying;

    if (!c || !c->text)
        return;
    if (t->id == c->file_task) {
        c->file_task = 0;
        c->file_err = t->err;
    } else if (t->id == c->way_task) {
        char status[32];

        c->way_task = 0;
        c->taken = t->err.rc == RC_OK && t->status == 0;
        snprintf(status, sizeof status, "exit %d", t->status);
        if (!c->taken) {
            failed(c, m->copy_ways->v[c->way].name, t->err.text[0] ? t->err.text : status);
            c->way++;
            try_way(m, fx);
        }
    }
    settle(m);
}
