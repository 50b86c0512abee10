/* editor_kills.c - what was killed, to be yanked again; of all editors but secret ones. */
#include <stdlib.h>
#include <string.h>

#include "editing.h"

enum { KILL_BYTES = 4 * MIX_MIB };

void kills_fini(struct kills *k) {
    for (size_t i = 0; i < k->n; i++)
        free(k->v[i]);
    *k = (struct kills){0};
}

static void note(struct kills *k, const struct editor *e, bool yanked) {
    k->in = e;
    k->rev = e->rev;
    k->caret = e->caret;
    k->yanked = yanked;
}

/* Nothing else happened to this editor since. */
static bool goes_on(const struct kills *k, const struct editor *e, bool yanked) {
    return k->n > 0 && k->in == e && k->rev == e->rev && k->caret == e->caret &&
           k->yanked == yanked;
}

static void push(struct kills *k, char *text) {
    if (k->n == MIX_COUNT(k->v)) {
        free(k->v[0]);
        memmove(k->v, k->v + 1, --k->n * sizeof *k->v);
    }
    k->v[k->n++] = text;
}

bool editor_kill_into(struct editor *e, enum motion to, struct kills *k) {
    auto_buf struct buf killed = {.max = KILL_BYTES};
    const bool joins = goes_on(k, e, false);
    const size_t caret = e->caret;
    if (!editor_kill(e, to, e->secret ? NULL : &killed))
        return false;
    if (e->secret || killed.n == 0)
        return true;
    char *last = joins ? k->v[k->n - 1] : NULL;
    if (last && strlen(last) + killed.n <= KILL_BYTES) {
        auto_buf struct buf both = {.max = KILL_BYTES};
        const bool before = e->caret < caret;
        (void)buf_adds(&both, before ? buf_str(&killed) : last);
        (void)buf_adds(&both, before ? last : buf_str(&killed));
        free(last);
        k->v[k->n - 1] = buf_take(&both);
    } else {
        push(k, buf_take(&killed));
    }
    note(k, e, false);
    return true;
}

bool editor_yank(struct editor *e, struct kills *k) {
    if (k->n == 0)
        return false;
    const char *text = k->v[k->n - 1];
    const size_t from = e->caret;
    if (!editor_insert(e, text, strlen(text)))
        return false;
    k->at = k->n - 1;
    k->len = e->caret - from;
    note(k, e, true);
    return true;
}

bool editor_yank_older(struct editor *e, struct kills *k) {
    if (!goes_on(k, e, true) || e->caret < k->len)
        return false;
    const size_t at = (k->at + k->n - 1) % k->n, from = e->caret - k->len;
    const char *text = k->v[at];
    size_t n = strlen(text);
    auto_buf struct buf line = {.max = KILL_BYTES};
    (void)buf_adds(&line, text);
    for (size_t i = 0; e->one_line && i < line.n; i++)
        if (line.p[i] == '\n' || line.p[i] == '\t')
            line.p[i] = ' ';
    if (!edit_replace(e, from, k->len, buf_str(&line), n, from + n, JOIN_NOT))
        return false;
    k->at = at;
    k->len = n;
    note(k, e, true);
    return true;
}
