/* key.c - what keys are called, read and written. */
#include "mix/key.h"

#include <stdio.h>
#include <string.h>

#include "mix/text.h"

static const struct {
    const char *name, *shown;
    uint32_t code;
} names[] = {
    {"Enter", "Enter", K_ENTER},
    {"Tab", "Tab", K_TAB},
    {"Backspace", "Backspace", K_BACKSPACE},
    {"Esc", "Esc", K_ESC},
    {"Up", "Up", K_UP},
    {"Down", "Down", K_DOWN},
    {"Left", "Left", K_LEFT},
    {"Right", "Right", K_RIGHT},
    {"Home", "Home", K_HOME},
    {"End", "End", K_END},
    {"PgUp", "PgUp", K_PGUP},
    {"PgDn", "PgDn", K_PGDN},
    {"Insert", "Insert", K_INSERT},
    {"Delete", "Delete", K_DELETE},
    {"F1", "F1", K_F1},
    {"F2", "F2", K_F2},
    {"F3", "F3", K_F3},
    {"F4", "F4", K_F4},
    {"F5", "F5", K_F5},
    {"F6", "F6", K_F6},
    {"F7", "F7", K_F7},
    {"F8", "F8", K_F8},
    {"F9", "F9", K_F9},
    {"F10", "F10", K_F10},
    {"F11", "F11", K_F11},
    {"F12", "F12", K_F12},
    {"Space", "Space", ' '},
    {"Comma", ",", ','},
    {"Colon", ":", ':'},
};

bool key_parse(struct key *out, const char *name) {
    *out = (struct key){0};
    while (name[0] && name[1] == '-' && name[2]) {
        uint8_t mod = name[0] == 'C'   ? MOD_CTRL
                      : name[0] == 'M' ? MOD_ALT
                      : name[0] == 'S' ? MOD_SHIFT
                                       : 0;
        if (!mod)
            return false;
        out->mods |= mod;
        name += 2;
    }
    for (size_t i = 0; i < MIX_COUNT(names); i++)
        if (strcmp(names[i].name, name) == 0)
            out->code = names[i].code;
    size_t n = strlen(name), used = 0;
    if (!out->code && n > 0) {
        out->code = text_decode(name, n, &used);
        if (used != n || out->code == 0xfffd || out->code <= ' ')
            return false;
    }
    if (out->code == K_TAB && (out->mods & MOD_SHIFT)) {
        out->code = K_BACKTAB;
        out->mods &= (uint8_t)~MOD_SHIFT;
    }
    return out->code != 0;
}

void key_text(char *out, size_t size, const struct key *k) {
    const char *shown = k->code == K_BACKTAB ? "Shift+Tab" : NULL;
    for (size_t i = 0; !shown && i < MIX_COUNT(names); i++)
        if (names[i].code == k->code)
            shown = names[i].shown;
    char letter[5] = "";
    if (!shown) {
        uint32_t code = k->code;
        if (k->mods && code >= 'a' && code <= 'z')
            code -= 'a' - 'A';
        letter[text_encode(letter, code)] = '\0';
        shown = letter;
    }
    snprintf(out, size, "%s%s%s%s", k->mods & MOD_CTRL ? "Ctrl+" : "",
             k->mods & MOD_ALT ? "Alt+" : "", k->mods & MOD_SHIFT ? "Shift+" : "", shown);
}

bool key_same(const struct key *a, const struct key *b) {
    return a->code == b->code && a->mods == b->mods;
}
