/* publish.c - the marks of one server as text for others. */
#include "mix/publish.h"

#include <string.h>

#include "mix/text.h"

static const char *state_word(enum server_state state) {
    switch (state) {
    case SERVER_ONLINE:
        return "online";
    case SERVER_OFFLINE:
        return "offline";
    case SERVER_FOREIGN:
        return "foreign";
    case SERVER_CONNECTING:
        break;
    }
    return "connecting";
}

/* One field: a clean line never holds a tab. */
static void add_field(struct buf *out, const char *s) {
    buf_adds(out, "\t");
    if (!str_blank(s))
        text_clean(out, s, strlen(s), CLEAN_LINE);
}

void publish_begin(struct buf *out, int pid) { buf_addf(out, "mixtui 1\t%d\n", pid); }

void publish_keeper(struct buf *out, int pid, int64_t since, const char *key) {
    buf_addf(out, "mixtui 1\t%d\tkeep\t%lld", pid, (long long)since);
    add_field(out, key);
    buf_adds(out, "\n");
}

static bool watched(const struct session *s, enum mark mark) {
    return s->id && mark != MARK_UNWATCHED;
}

void publish_server(struct buf *out, const struct model *m, const char *name) {
    size_t unwatched = 0, listed = 0;

    for (size_t i = 0; i < m->n_sessions; i++)
        unwatched += m->sessions[i]->id && session_mark(m->sessions[i], m) == MARK_UNWATCHED;
    buf_adds(out, "server");
    add_field(out, name);
    buf_addf(out, "\t%s\t%zu\t%zu\t%zu\n", state_word(m->server.state),
             model_asks_pending(m, ASK_PERMISSION), model_asks_pending(m, ASK_QUESTION), unwatched);
    for (int mark = MARK_APPROVAL; mark < MARK_UNWATCHED; mark++)
        for (size_t i = 0; i < m->n_sessions && listed < PUBLISH_SESSIONS; i++) {
            const struct session *s = m->sessions[i];

            if (!watched(s, (enum mark)mark) || session_mark(s, m) != (enum mark)mark)
                continue;
            const char c = mark_char((enum mark)mark);

            buf_addf(out, "session\t%c", c == ' ' ? '-' : c);
            add_field(out, s->id);
            add_field(out, session_title(s));
            buf_adds(out, "\n");
            listed++;
        }
}
