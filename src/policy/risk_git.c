/* risk_git.c - what git throws away, overwrites for others, or runs. */
#include "risk_command.h"

static bool shared_branch(const char *s) {
    static const char *const those[] = {
#define BRANCH(name) name,
#include "risks.def"
    };
    const char *colon = strrchr(s, ':');

    s = colon ? colon + 1 : s;
    s += *s == '+';
    s += strncmp(s, "refs/heads/", 11) == 0 ? 11 : 0;
    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (strcmp(s, those[i]) == 0)
            return true;
    return false;
}

/* git push: what it overwrites. c begins at `push`. */
static void push(struct command *c) {
    bool forced = has_option(c, 'f', "force") || has_option(c, 0, "mirror"),
         deletes = has_option(c, 'd', "delete"), shared = has_option(c, 0, "mirror"), plus = false;
    size_t refs = 0;

    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);

        if (option(s))
            continue;
        if (refs++ > 0) { /* the first names the server */
            plus = plus || s[0] == '+';
            deletes = deletes || s[0] == ':';
            shared = shared || shared_branch(s) || c->w[i].var;
        }
    }
    shared = shared || refs < 2 || has_option(c, 0, "all");
    if ((forced || plus || deletes) && shared)
        mark_all(c, WHY_FORCED);
}

/* Files as they were: `checkout .`, `checkout HEAD -- a`. */
static bool takes_paths(const struct command *c) {
    for (size_t i = 1; i < c->n; i++)
        if (is(c, i, "--") || is(c, i, ".") || is(c, i, "./"))
            return true;
    return false;
}

/* What git will run by itself from then on. c begins at `config`. */
static void config(const struct command *c) {
    static const char *const those[] = {
#define GIT_RUNS(text) text,
#include "risks.def"
    };
    size_t words = 0, named = 0;

    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);

        words += !option(s);
        named = s[0] == '!' ? i : named;
        for (size_t k = 0; k < MIX_COUNT(those); k++)
            if (strcasestr(s, those[k]) && !option(s))
                named = i;
    }
    if (named > 0 && words > 1)
        mark(c, WHY_LATER, named);
}

void judge_git(struct command *c) {
    size_t i = 1;

    for (; i < c->n && option(text(c, i)); i++) {
        if (is(c, i, "-c") && i + 1 < c->n &&
            (strstr(text(c, i + 1), "=!") || strstr(text(c, i + 1), "ommand=") ||
             strstr(text(c, i + 1), "ager=")))
            mark(c, WHY_UNREADABLE, i + 1);
        i += is(c, i, "-c") || is(c, i, "-C");
    }
    struct command sub = *c;

    if (i >= c->n)
        return;
    sub.w += i;
    sub.n -= i;
    if (is(&sub, 0, "push"))
        push(&sub);
    if (is(&sub, 0, "config"))
        config(&sub);
    const bool discards =
        (is(&sub, 0, "reset") && has_option(&sub, 0, "hard")) ||
        (is(&sub, 0, "clean") && has_option(&sub, 'f', "force")) ||
        (is(&sub, 0, "checkout") && (has_option(&sub, 'f', "force") || takes_paths(&sub))) ||
        is(&sub, 0, "restore") || (is(&sub, 0, "branch") && has_option(&sub, 'D', NULL)) ||
        (is(&sub, 0, "stash") && (is(&sub, 1, "drop") || is(&sub, 1, "clear")));

    if (discards)
        mark_all(&sub, WHY_DISCARDS);
}
