/* run_files.c - commands of the files pane, and of a file that is read. */
#include "mix/preview.h"
#include "private.h"

const char *why_no_file(const struct model *m) {
    struct file_pick pick;

    return files_pick(m, &pick) || m->files.marked.n > 0 ? NULL : "no file is selected";
}

const char *why_no_upload_chosen(const struct model *m) {
    if (m->files.marked.n > 0 || model_selected_file(m))
        return NULL;
    return m->ui.output_cursor ? "only uploads can be deleted" : "no file is selected";
}

COMMAND(cmd_download) { act_files_download(m, fx); }

COMMAND(cmd_file_delete) {
    auto_buf struct buf text = {.max = 64 * MIX_KIB}, object = {.max = 256};

    if (!files_deletion(m, &text, &object))
        return;
    if (act_confirmed(m, CMD_FILE_DELETE, buf_str(&object)))
        act_file_delete(m, fx);
    else if (m->ui.over != OVER_CONFIRM) /* else it is too early: the question stays */
        act_confirm(m, CMD_FILE_DELETE, buf_str(&object), buf_str(&text));
}

COMMAND(cmd_files_refresh) { act_files_refresh(m, fx); }

COMMAND(cmd_file_move) { act_files_move(m, arg); }

COMMAND(cmd_file_preview) { act_file_preview(m, fx); }

COMMAND(cmd_file_open) { act_file_open(m, fx); }

COMMAND(cmd_file_mention) { act_file_mention(m, fx); }

COMMAND(cmd_file_mark) { act_files_mark(m, (enum file_marking)arg); }

COMMAND(cmd_file_sort) { act_files_sort(m); }

COMMAND(cmd_file_filter) { m->ui.file_filtering = true; }

COMMAND(cmd_file_clear) { act_files_clear(m); }

COMMAND(cmd_file_outputs) { act_files_other(m); }

COMMAND(cmd_file_tree) { act_files_tree(m, fx); }

/* ---- a file that is read ---- */
const char *why_no_preview(const struct model *m) {
    return preview_of(m) ? NULL : "only in the preview of a file";
}

COMMAND(cmd_preview_raw) { act_preview_raw(m); }

COMMAND(cmd_preview_download) { act_preview_download(m, fx); }

COMMAND(cmd_preview_open) { act_preview_open(m, fx); }
