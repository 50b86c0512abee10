/* ruling.h - a request for permission as the rules see it, and what they say of it: what the model
 * asks of the job thread and what comes back. Plain data, part of the base floor, like task.h. */
#ifndef MIX_RULING_H
#define MIX_RULING_H

#include "mix/base.h"

/* Strings are borrowed, or in the arena of a task. */
struct ruling_ask {
    const char *id;   /* of the request */
    const char *tool; /* as the server spells it */
    /* What is decided on: the whole command or path; NULL: none that is beyond doubt
       (policy_object), then only rules for the whole tool match. */
    const char *object;
    const char *params;          /* as the server sent them; NULL: none */
    const char *work_dir;        /* of the session; NULL: not known */
    const char *server;          /* key of the server, as struct server has it */
    const char *const *sessions; /* ids: the one that asks, then its parents; NULL ends it */
    const char *title;           /* of the session that asks, for the person */
};
enum verdict {
    VERDICT_ASK, /* no rule: the person decides */
    VERDICT_ALLOW,
    VERDICT_DENY,
};
struct ruling {
    enum verdict verdict;
    char rule[24];         /* id of the rule; "" with ASK */
    const char *rule_text; /* `Bash:git *`; in the arena of the task; NULL with ASK */
};
/* A manual answer, for the audit log. */
struct ruling_answer {
    const char *answer; /* "grant", "deny", "reply" */
    const char *by;     /* "key", "menu", "batch", "rule" */
    int64_t armed_ms;   /* how long it had been armed when the key came; -1: by rule */
};

#endif
