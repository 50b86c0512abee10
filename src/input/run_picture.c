/* run_picture.c - commands of the preview. Which picture is meant follows from the pane. */
#include "mix/picture.h"
#include "private.h"

#include <stdlib.h>

/* The selected one; NULL: none is. Caller frees. */
static char *chosen(const struct model *m) {
    const struct file_info *f = model_selected_file(m);

    if (m->ui.focus == PANE_FILES)
        return f && !f->is_dir && picture_named(f->name) ? xstrdup(f->name) : NULL;
    return picture_selected(m->shown);
}

const char *why_no_picture(const struct model *m) {
    auto_free char *file = chosen(m);

    return file ? NULL : "nothing with a picture is selected";
}

COMMAND(cmd_picture) {
    auto_free char *file = chosen(m);

    act_picture_open(m, file);
    act_picture_full(m);
}

COMMAND(cmd_thread_open) {
    auto_free char *file = picture_shown_by(m->shown);

    if (file && (pictures_shown(m) || m->ui.terminal.graphics != GRAPHICS_NONE))
        act_picture_open(m, file);
    else
        act_fold(m);
}

COMMAND(cmd_picture_full) { act_picture_full(m); }

COMMAND(cmd_picture_time) { act_picture_time(m, arg); }

COMMAND(cmd_picture_close) { act_picture_close(m); }
