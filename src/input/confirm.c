/* confirm.c - a question about something that destroys, and its second key. */
#include <string.h>
#include <strings.h>

#include "mix/text.h"
#include "private.h"

/* Bytes of a name that a question shows; no more than those have to be typed. */
size_t name_shown(const char *name) { return text_fit(name, strlen(name), 60); }

static bool name_typed(const struct model *m) {
    const struct buf *typed = &m->ui.over_filter.text;
    const struct session *s = m->ui.confirm_object ? model_session(m, m->ui.confirm_object) : NULL;
    if (!s)
        return false;
    const char *title = session_title(s);
    return strcasecmp(buf_str(typed), title) == 0 ||
           (typed->n == name_shown(title) && strncasecmp(buf_str(typed), title, typed->n) == 0);
}

bool confirm_turn_index(struct model *m) {
    struct ui *ui = &m->ui;
    if (ui->over != OVER_CONFIRM || ui->confirm_index == CONFIRM_NOT_INDEXED)
        return false;
    ui->confirm_index = ui->confirm_index == CONFIRM_FORGETS ? CONFIRM_KEEPS : CONFIRM_FORGETS;
    m->rev++;
    return true;
}

void confirm_again(struct model *m, struct effects *fx) {
    if (m->ui.confirm_named && !name_typed(m)) {
        act_notice(m, "that is not its name: nothing was deleted");
        return;
    }
    if (m->ui.confirm_command < CMD_COUNT)
        run_command(m, (enum cmd)m->ui.confirm_command, fx);
}
