/* preview.h - a file as it is looked at in its panel. Part of the model floor; main thread only. */
#ifndef MIX_PREVIEW_H
#define MIX_PREVIEW_H

#include "mix/code.h"
#include "mix/model.h"

enum preview_kind { PREVIEW_TEXT, PREVIEW_MARKUP, PREVIEW_HEX };
/* A long text in a row of a panel: the view lays it out once and shows the part in sight. */
struct panel_body {
    enum preview_kind kind;
    enum lang lang; /* TEXT */
    const char *s;
    size_t n;
    uint64_t rev; /* another one with every change, in every panel */
};
struct preview {
    char *name, *session;
    const char *why_not;
    int64_t listed, total; /* bytes: by the list, by the answer; -1: not told */
    struct buf data;       /* its first part */
    struct panel_body body;
    uint32_t request;
    bool cut, read; /* cut: more is on the server */
    bool raw;       /* Markdown as it is written */
};
struct preview *preview_of(const struct model *m); /* the open one, or NULL */
const char *why_no_preview_raw(const struct model *m);
void act_preview_raw(struct model *m);
void act_preview_download(struct model *m, struct effects *fx);
void act_preview_open(struct model *m, struct effects *fx);

#endif
