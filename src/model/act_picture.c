/* act_picture.c - the preview: one picture over the panes, or over the whole screen. */
#include "pictures.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_SECONDS = 5, FILM_MOST = 86400, NAME_MOST = 2048, LOOKED_AT = 1 << 16 };

/* ---- which one ---- */

/* Words between any of `ends` that name a picture; NULL: none does. */
static char *named_in(const char *s, size_t n, const char *ends) {
    n = n < LOOKED_AT ? n : LOOKED_AT;
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i < n && s[i] && !strchr(ends, s[i]))
            continue;
        size_t end = i;

        while (end > from && strchr(".:!?", s[end - 1])) /* of a sentence */
            end--;
        if (end > from && end - from < NAME_MOST && memchr(s + from, '.', end - from)) {
            auto_free char *word = xstrndup(s + from, end - from);

            if (picture_named(word))
                return TAKE(word);
        }
        from = i + 1;
    }
    return NULL;
}

/* Of the input of a call that shows files first whole strings, which may hold blanks. */
static char *first_in(const char *s, size_t n, bool whole) {
    char *file = s && whole ? named_in(s, n, "\"\n") : NULL;

    return file || !s ? file : named_in(s, n, " \t\r\n\"'`()[]{}<>,;");
}

static const struct part *selected(const struct session *s) {
    if (!s || s->reading.sel_entry >= s->transcript.n)
        return NULL;
    const struct entry *e = &s->transcript.entries[s->reading.sel_entry];

    return s->reading.sel_part < e->n_parts ? &e->parts[s->reading.sel_part] : NULL;
}

static bool is_show(const struct part *p) {
    return p->kind == PART_TOOL && (tool_is(p->name, "Show") || tool_is(p->name, "ReadMedia"));
}

char *picture_selected(const struct session *s) {
    const struct part *p = selected(s);

    if (!p)
        return NULL;
    char *file =
        first_in(p->screenshots, p->screenshots ? strnlen(p->screenshots, LOOKED_AT) : 0, false);

    if (!file)
        file = first_in(p->text, p->len, is_show(p));
    return file || !p->result ? file : first_in(p->result, strnlen(p->result, LOOKED_AT), false);
}

char *picture_shown_by(const struct session *s) {
    const struct part *p = selected(s);

    if (!p)
        return NULL;
    const bool shows = is_show(p) || p->screenshots ||
                       (p->kind == PART_TEXT && p->text && memmem(p->text, p->len, "![", 2));

    return shows ? picture_selected(s) : NULL;
}

/* ---- the preview ---- */

void act_picture_open(struct model *m, const char *file) {
    if (str_blank(file) || !picture_named(file)) {
        act_notice(m, "That is no picture and no film");
        return;
    }
    if (!pictures_shown(m) && m->ui.terminal.graphics == GRAPHICS_NONE) {
        act_notice(m, "Pictures need a terminal of 256 colours");
        return;
    }
    char *copy = xstrdup(file); /* it may be the one that is shown */

    act_over(m, OVER_PICTURE);
    free(m->ui.preview);
    m->ui.preview = copy;
    m->ui.preview_at = 0;
    m->ui.preview_full = false;
}

void act_picture_time(struct model *m, int by) {
    struct ui *ui = &m->ui;

    if (ui->over != OVER_PICTURE)
        return;
    if (!picture_film(ui->preview)) {
        act_notice(m, "Only a film has other moments");
        return;
    }
    const double at = ui->preview_at + by * STEP_SECONDS;

    ui->preview_at = at < 0 ? 0 : at > FILM_MOST ? FILM_MOST : at;
    model_touch(m);
}

void act_picture_full(struct model *m) {
    if (m->ui.over != OVER_PICTURE)
        return;
    m->ui.preview_full = !m->ui.preview_full;
    model_touch(m);
}

void act_picture_close(struct model *m) {
    if (m->ui.over == OVER_PICTURE && m->ui.preview_full)
        act_picture_full(m);
    else
        act_over_close(m);
}

struct picture_ask picture_preview(const struct model *m, int w, int h) {
    static const enum picture_form forms[] = {
        [GRAPHICS_NONE] = PICTURE_CELLS,
        [GRAPHICS_SIXEL] = PICTURE_SIXEL,
        [GRAPHICS_KITTY] = PICTURE_KITTY,
    };
    const struct ui *ui = &m->ui;

    return (struct picture_ask){
        .file = ui->preview ? ui->preview : "",
        .w = w,
        .h = h,
        .seconds = ui->preview_at,
        .form = ui->preview_full ? forms[ui->terminal.graphics] : PICTURE_CELLS,
    };
}

const struct picture *picture_full(const struct model *m, struct picture_ask *ask) {
    if (m->ui.over != OVER_PICTURE || !m->ui.preview_full)
        return NULL;
    *ask = picture_preview(m, m->ui.cols, m->ui.rows - 1);
    if (ask->form == PICTURE_CELLS)
        return NULL;
    const struct picture *p = picture_of_as(m, ask);

    return p->state == PICTURE_READY && p->bytes ? p : NULL;
}
