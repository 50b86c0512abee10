/* rule_risk.c - what is said before a rule is saved that grants more than one looked at, or
 * something that is held when it is granted by hand. */
#include "rules.h"

#include <string.h>

enum { SHORT_PREFIX = 3, MARKS = 8 };

/* `/`, two stars; a star and `.c`: the place does not count. */
static bool begins_with_anything(const struct rule *r) {
    const char *p = r->pattern ? r->pattern : "";

    p += r->kind == RULE_PATH ? strspn(p, "./~") : 0;
    return (r->kind == RULE_GLOB || r->kind == RULE_PATH) && (*p == '*' || *p == '?');
}

static bool rule_matches_bash(const struct rule *r) {
    const struct rule tool = {.tool = r->tool, .kind = RULE_ANY};

    return rule_matches(&tool, "Bash", NULL);
}

/* Why it should not be saved in passing; NULL: it is narrow enough. */
const char *rule_broad(struct arena *a, const struct policy_rule *r) {
    static const char *const acting[] = {"Bash", "python_execution", "Write", "Edit", "Task"};
    const char *where = r->scope == RULE_ALWAYS      ? "in every session of every server"
                        : r->scope == RULE_DIRECTORY ? "in every session of this directory"
                                                     : "in this session";
    const bool whole = r->rule.kind == RULE_ANY;
    const bool is_short =
        r->rule.kind == RULE_PREFIX && r->rule.pattern && strlen(r->rule.pattern) <= SHORT_PREFIX;

    if (r->deny)
        return NULL;
    if (is_short)
        return arena_printf(a, "all that begins so is granted %s", where);
    if (begins_with_anything(&r->rule))
        return arena_printf(a, "whatever stands before it, it is granted %s", where);
    if (r->rule.kind == RULE_PREFIX && rule_matches_bash(&r->rule) &&
        policy_opens_all(r->rule.pattern))
        return arena_printf(a, "what begins so may do anything, and is granted %s", where);
    if (!whole)
        return NULL;
    if (rule_matches(&r->rule, "mixtui-no-such-tool", NULL))
        return arena_printf(a, "every call of every tool is granted %s", where);
    for (size_t i = 0; i < MIX_COUNT(acting); i++)
        if (rule_matches(&r->rule, acting[i], NULL))
            return arena_printf(a, "every %s is granted %s, whatever it does", acting[i], where);
    return r->scope == RULE_ALWAYS ? arena_printf(a, "every call of it is granted %s", where)
                                   : NULL;
}

/* By hand it is held a moment; by rule nobody sees it. NULL: nothing of that kind. */
const char *rule_severe(struct arena *a, const struct policy_rule *r,
                        const struct ruling_ask *ask) {
    struct risk_mark marks[MARKS];
    const size_t n = risk_look(ask, marks, MARKS);

    if (r->deny || n == 0 || marks[0].level != RISK_SEVERE)
        return NULL;
    return arena_printf(a, "it %s, and is granted without you", marks[0].why);
}
