/* risk_files.c - what removes files, opens them to others, or writes them block by block. */
#include "risk_command.h"

void judge_remove(struct command *c) {
    const bool deep = has_option(c, 'r', "recursive") || has_option(c, 'R', NULL);
    bool outside = false, unknown = c->fed;

    for (size_t i = 1; i < c->n; i++) {
        if (option(text(c, i)))
            continue;
        look_word(c, i, true);
        unknown = unknown || c->w[i].var;
        outside = outside || far(where_of(c, i));
    }
    if (!deep)
        return;
    if (outside)
        mark_all(c, WHY_REMOVES_OUTSIDE);
    else
        mark_all(c, unknown ? WHY_REMOVES_UNKNOWN : WHY_REMOVES);
}

void judge_modes(struct command *c) {
    const bool deep = has_option(c, 'R', "recursive");

    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);
        const bool set = strcmp(base(text(c, 0)), "chmod") == 0 && i == first_argument(c);

        if (set && (strstr(s, "+s") || strstr(s, "u+xs") ||
                    (strlen(s) == 4 && strspn(s, "01234567") == 4 && s[0] >= '2')))
            mark(c, WHY_SETUID, i);
        if (deep && far(where_of(c, i)) && !option(s))
            mark_all(c, WHY_MODES_OUTSIDE);
        look_word(c, i, false);
    }
}

void judge_blocks(struct command *c) {
    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);
        const bool out = strncmp(s, "of=", 3) == 0;

        if (!out && strncmp(s, "if=", 3) != 0)
            continue;
        const enum where where = path_where(c->sc->look, s + 3, strlen(s + 3));

        if (out && where == WHERE_DEVICE)
            mark(c, WHY_DEVICE, i);
        else if (out && path_system(c->sc->look, s + 3, strlen(s + 3)))
            mark(c, WHY_SYSTEM_FILE, i);
        else if (far(where))
            mark(c, WHY_OUTSIDE, i);
    }
}
