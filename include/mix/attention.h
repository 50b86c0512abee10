/* attention.h - when somebody is called to the screen: the bell, a notice on the desktop, a
 * command. One for the whole program, whatever the number of servers. Pure; main thread only.
 *
 * Of each kind at most one call in ATTENTION_KIND_MS, of all at most one in ATTENTION_ALL_MS; what
 * is held back meanwhile is counted in the next one. While the terminal has the focus only the bell
 * rings, and only for what waits for an answer; a focus that nobody knows is none. */
#ifndef MIX_ATTENTION_H
#define MIX_ATTENTION_H

#include "mix/attend.h"
#include "mix/model.h"

enum { ATTENTION_KIND_MS = 3000, ATTENTION_ALL_MS = 500, ATTENTION_HOOKS = 2 };
enum { ATTENTION_LONG_MS = 30000 }; /* turns shorter than this are not told of */
enum focus { FOCUS_UNKNOWN, FOCUS_IN, FOCUS_OUT };

struct attention {
    struct attend_config config;
    bool multiplexed; /* inside tmux and the like: no notice on the desktop */
    size_t hooks;     /* that run: counted up by attention_next, down by the caller */
    struct attention_kind {
        struct attend newest;   /* of those that wait */
        size_t waiting, missed; /* missed: by the command, of which too many ran */
        int64_t told_at;        /* 0: never */
    } kinds[ATTEND_COUNT];
    int64_t told_at;
};
struct attention_call {
    enum attend_kind kind;
    bool bell, hook;
    enum desktop desktop; /* OFF: none */
    char *session, *title;
    char *heading, *text; /* "approval: TITLE"; "asks for Bash: make (and 3 more)" */
};
enum focus ui_focus(const struct ui *ui);
/* Takes the strings of e, which is cleared. */
void attention_add(struct attention *a, struct attend *e);
/* The next call that is due; false: none. *out is freed by attention_call_fini. */
bool attention_next(struct attention *a, enum focus focus, int64_t now, struct attention_call *out);
int64_t attention_due(const struct attention *a); /* clock_now() time; -1: nothing waits */
void attention_call_fini(struct attention_call *c);
void attention_fini(struct attention *a);
/* The terminal's title: "!2 ?1 *3 mixtui", of all servers that are open. */
void attention_title(struct buf *out, const struct model *m);

#endif
