/* file_open.c - what is done with one file: read it, hand it to a program, put it into the message.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mix/complete.h"
#include "mix/editor.h"
#include "mix/panel.h"

/* One at a time: it is fetched into a directory of our own, then a program has it. */
struct opening {
    char *name;
    int64_t size;
    uint32_t transfer;
};

void opening_free(struct opening *o) {
    if (o)
        free(o->name);
    free(o);
}

/* ---- reading ---- */

void act_file_preview(struct model *m, struct effects *fx) {
    struct file_pick pick;

    if (!files_pick(m, &pick))
        act_notice(m, "No file is selected");
    else if (!pick.why_not && !pick.is_dir && picture_named(pick.name) &&
             (pictures_shown(m) || m->ui.terminal.graphics != GRAPHICS_NONE))
        act_picture_open(m, pick.listed || !strstr(pick.where, "://") ? pick.name : pick.where);
    else
        act_panel_open(m, PANEL_PREVIEW, fx);
}

/* ---- a program ---- */

static void ended(struct model *m, const struct transfer *x, struct effects *fx) {
    struct files_work *w = m->priv->files_work;

    if (!w->opening || w->opening->transfer != x->id)
        return;
    if (x->state == XFER_DONE) {
        free(fx->open_file);
        fx->open_file = xstrdup(x->path);
    }
    if (x->state != XFER_FAILED) /* one that failed may be tried again */
        opening_free(TAKE(w->opening));
}

static const struct transfer_ends opening_ends = {.ended = ended, .quiet = true};

static void fetch(struct model *m, struct effects *fx) {
    struct files_work *w = m->priv->files_work;
    auto_free char *path = file_local_path(w->temp, w->opening->name);

    w->opening->transfer =
        transfers_download(m, w->opening->name, path, w->opening->size, &opening_ends, 0, fx);
}

void opening_task(struct model *m, const struct task *t, struct effects *fx) {
    struct files_work *w = m->priv->files_work;

    if (!w->opening)
        return;
    if (t->err.rc != RC_OK) {
        act_error(m, &t->err, "Could not open %s", w->opening->name);
        opening_free(TAKE(w->opening));
        return;
    }
    set_string(&w->temp, t->path);
    fetch(m, fx);
}

void file_open(struct model *m, const struct file_pick *pick, struct effects *fx) {
    struct files_work *w = m->priv->files_work;
    const struct session *speaker = files_speaker(m);

    if (pick->why_not) {
        act_notice(m, "Not opened: %s", pick->why_not);
    } else if (!speaker || (pick->session && !str_eq(pick->session, speaker->id))) {
        act_notice(m, "Not opened: it belongs to another session, show that one first");
    } else {
        opening_free(w->opening);
        w->opening = xcalloc(1, sizeof *w->opening);
        w->opening->name = xstrdup(pick->name);
        w->opening->size = pick->size;
        (void)fx_task(m, fx, TASK_TEMP, "temp", TAG_OPENING, NULL);
    }
}

void act_file_open(struct model *m, struct effects *fx) {
    struct file_pick pick;

    if (files_pick(m, &pick))
        file_open(m, &pick, fx);
    else
        act_notice(m, "No file is selected");
}

/* ---- the message ---- */

/* What no list has keeps the name that the agent gave it. */
static void mention(struct model *m, const char *where) {
    struct editor *e = &m->shown->draft;
    const bool start = e->caret == 0 || strchr(" \n", e->text.p[e->caret - 1]);
    auto_buf struct buf word = {.max = 8192};

    if (draft_locked(m, m->shown))
        return;
    (void)buf_addf(&word, "%s%s ", start ? "" : " ", where);
    if (!editor_insert(e, buf_str(&word), word.n)) {
        act_notice(m, "The message is full");
        return;
    }
    act_draft_changed(m, m->shown);
    act_focus(m, PANE_COMPOSER);
}

void act_file_mention(struct model *m, struct effects *fx) {
    struct file_pick pick;

    (void)fx;
    if (!files_pick(m, &pick)) {
        act_notice(m, "No file is selected");
        return;
    }
    if (pick.is_dir) {
        act_notice(m, "A directory cannot be put into a message");
        return;
    }
    if (!pick.listed) {
        mention(m, pick.where);
        return;
    }
    size_t n;
    auto_free const struct file_info **v = files_chosen(m, &n);

    for (size_t i = 0; i < n; i++)
        if (!v[i]->is_dir)
            act_attach(m, NULL, v[i]);
    act_focus(m, PANE_COMPOSER);
}
