/* known.c - terminals by their names. */
#include "known.h"

#include <stdlib.h>
#include <string.h>

#include "mix/term.h"

bool is_named(const char *name, const char *const *heads, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (name && strncmp(name, heads[i], strlen(heads[i])) == 0)
            return true;
    return false;
}

bool answers_osc(const char *name) {
    static const char *const heads[] = {"xterm",     "tmux",  "rxvt",    "foot",
                                        "alacritty", "kitty", "wezterm", "st-",
                                        "konsole",   "vte",   "gnome",   "contour"};

    return is_named(name, heads, MIX_COUNT(heads));
}

bool term_multiplexed(void) {
    static const char *const names[] = {"tmux", "screen"};

    return !str_blank(getenv("TMUX")) || !str_blank(getenv("STY")) ||
           is_named(getenv("TERM"), names, MIX_COUNT(names));
}

enum desktop term_desktop(void) {
    static const char *const by_777[] = {"rxvt", "foot", "vte", "gnome", "contour"};
    static const char *const by_99[] = {"xterm-kitty", "kitty"};
    const char *name = getenv("TERM"), *program = getenv("TERM_PROGRAM");

    if (is_named(name, by_99, MIX_COUNT(by_99)) || !str_blank(getenv("KITTY_WINDOW_ID")))
        return DESKTOP_OSC99;
    if (is_named(name, by_777, MIX_COUNT(by_777)) || !str_blank(getenv("VTE_VERSION")))
        return DESKTOP_OSC777;
    if (program && strcmp(program, "Apple_Terminal") == 0)
        return DESKTOP_OFF; /* prints what it does not know */
    return answers_osc(name) ? DESKTOP_OSC9 : DESKTOP_OFF;
}
