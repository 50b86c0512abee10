/* quoting.c - what is read goes on: into the draft, or onto a bare screen. */
#include "copies.h"

#include "mix/copy.h"
#include "mix/editor.h"

#include <stdlib.h>
#include <string.h>

enum { BARE_PART = 256 * 1024 }; /* more of one result is nothing to read */
#define BARE_MAX  (4 * MIX_MIB)
#define QUOTE_MAX (256 * MIX_KIB)

/* ---- the draft ---- */

static void add_quoted(struct buf *out, const char *s, size_t n) {
    while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == ' '))
        n--;
    for (const char *end = s + n; s < end;) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        const size_t len = (size_t)((stop ? stop : end) - s);

        (void)buf_adds(out, len > 0 ? "> " : ">");
        (void)buf_add(out, s, len);
        (void)buf_adds(out, "\n");
        s += len + (stop != NULL);
    }
}

/* What is written stays as it is; an empty line before and behind the quotation. */
static void add_to_draft(struct model *m, const char *quote, size_t n) {
    struct editor *e = &m->shown->draft;
    auto_buf struct buf all = {.max = QUOTE_MAX * 4};
    const struct buf *was = &e->text;
    const bool in_line = was->n > 0 && was->p[was->n - 1] != '\n';
    const bool spaced = was->n > 1 && was->p[was->n - 1] == '\n' && was->p[was->n - 2] == '\n';

    (void)buf_adds(&all, was->n == 0 || spaced ? "" : in_line ? "\n\n" : "\n");
    (void)buf_add(&all, quote, n);
    (void)buf_adds(&all, "\n");
    const size_t caret = e->caret;

    if (draft_locked(m, m->shown))
        return;
    e->caret = was->n;
    if (!editor_insert(e, buf_str(&all), all.n)) {
        e->caret = caret;
        act_notice(m, "not quoted: the draft has no room for %zu bytes more", all.n);
        return;
    }
    act_draft_changed(m, m->shown);
    act_focus(m, PANE_COMPOSER);
    model_touch(m);
}

void act_quote(struct model *m) {
    const struct entry *e = copy_entry(m);
    auto_buf struct buf clean = {.max = QUOTE_MAX}, quote = {.max = 3 * QUOTE_MAX};
    struct copy_list l;

    copies_of(&l, m->shown, e);
    const struct copy_item *item = e ? copies_main(&l, e, m->shown->reading.sel_part) : NULL;

    if (!item)
        act_notice(m, "nothing to quote: select a message with J and K");
    else if (text_clean(&clean, item->text, item->n, CLEAN_TEXT) != RC_OK)
        act_notice(m, "not quoted: it is longer than 256 kB");
    else {
        add_quoted(&quote, buf_str(&clean), clean.n);
        add_to_draft(m, buf_str(&quote), quote.n);
    }
    copies_fini(&l);
}

/* ---- the bare view ---- */

static void bare_text(struct buf *out, const char *s, size_t n) {
    const size_t take = n < BARE_PART ? n : BARE_PART;

    if (text_clean(out, s, take - (take < n ? text_tail(s, take) : 0), CLEAN_TEXT) != RC_OK)
        return;
    while (out->n > 0 && out->p[out->n - 1] == '\n')
        buf_cut(out, out->n - 1, 1);
    (void)buf_adds(out, "\n");
    if (take < n)
        (void)buf_addf(out, "[... %zu bytes more]\n", n - take);
}

static const char *state_name(enum call_state state) {
    switch (state) {
    case CALL_OK:
        return "ok";
    case CALL_FAILED:
        return "failed";
    case CALL_DENIED:
        return "denied";
    case CALL_WAITING:
        return "waiting for you";
    case CALL_STREAMING:
    case CALL_RUNNING:
        return "running";
    case CALL_NONE:
    case CALL_UNKNOWN:
        break;
    }
    return "";
}

static void bare_call(struct buf *out, const struct part *p) {
    auto_buf struct buf object = {.max = MIX_MIB};

    (void)tool_object(&object, p->name, p->text, p->len);
    (void)buf_adds(out, "* ");
    (void)text_clean(out, p->name, strlen(p->name), CLEAN_LINE);
    (void)buf_adds(out, "  ");
    (void)text_clean(out, buf_str(&object), object.n, CLEAN_LINE);
    (void)buf_addf(out, "  %s\n", state_name(p->state));
    if (part_open(p) && p->result)
        bare_text(out, p->result, strlen(p->result));
}

static void bare_entry(struct buf *out, const struct entry *e) {
    static const char *const names[] = {"you", "mix", "note"};

    (void)buf_addf(out, "## %s\n\n", names[e->role]);
    for (size_t i = 0; i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];

        const size_t before = out->n;

        if (p->kind == PART_TOOL)
            bare_call(out, p);
        else if (p->len > 0 && (p->kind != PART_THINKING || part_open(p)))
            bare_text(out, p->text, p->len);
        if (out->n > before)
            (void)buf_adds(out, "\n");
    }
}

void act_bare(struct model *m, struct effects *fx) {
    const struct session *s = m->shown;
    const struct transcript *t = &s->transcript;
    const struct reading *r = &s->reading;
    struct buf out = {.max = BARE_MAX + 2 * (size_t)BARE_PART};
    size_t at = r->entry < r->sel_entry ? r->entry : r->sel_entry;

    if (t->n == 0) {
        act_notice(m, "nothing to show: the thread is empty");
        return;
    }
    if (at >= t->n)
        at = t->n - 1;
    (void)buf_adds(&out, "# ");
    (void)text_clean(&out, session_title(s), strlen(session_title(s)), CLEAN_LINE);
    (void)buf_adds(&out, "\n\n");
    while (at < t->n && out.n < BARE_MAX)
        bare_entry(&out, &t->entries[at++]);
    if (at < t->n)
        (void)buf_addf(&out, "[... %zu messages more]\n", t->n - at);
    free(fx->bare);
    fx->bare = buf_take(&out);
}
