/* key.h - one act of a person's hands, as the terminal decoded it. */
#ifndef MIX_KEY_H
#define MIX_KEY_H

#include "mix/base.h"

/* One key a line is no easier to read. */
/* clang-format off */
enum {
    K_FIRST = 0x200000, /* above every code point */
    K_ENTER = K_FIRST, K_TAB, K_BACKTAB, K_BACKSPACE, K_ESC, K_UP, K_DOWN, K_LEFT, K_RIGHT,
    K_HOME, K_END, K_PGUP, K_PGDN, K_INSERT, K_DELETE,
    K_F1, K_F2, K_F3, K_F4, K_F5, K_F6, K_F7, K_F8, K_F9, K_F10, K_F11, K_F12,
    K_PASTE,      /* paste, n: the text, owned by the decoder until its next key */
    K_FOCUS_IN, K_FOCUS_OUT,
    K_BACKGROUND, /* answer to OSC 11; paste holds "rgb:rrrr/gggg/bbbb" */
    K_SIXEL, K_KITTY, /* the terminal says that it shows pixels in this way */
    K_PRESS, K_DRAG, K_RELEASE, /* the left button at (x, y) */
    K_WHEEL_UP, K_WHEEL_DOWN,
    K_RESIZE,
    K_HANGUP,     /* the terminal is gone */
    K_END_OF_KEYS
};
/* clang-format on */
enum { MOD_CTRL = 1, MOD_ALT = 2, MOD_SHIFT = 4 };
struct key {
    uint32_t code; /* a code point (Ctrl+A is 'a' with MOD_CTRL) or K_* */
    uint8_t mods;
    /* others came in the same read: a burst, as hands do not type and pastes are; or it may be the
       rest of a sequence that the line tore */
    bool crowded;
    int16_t x, y; /* of the mouse: a cell */
    const char *paste;
    size_t n;
    size_t lost;  /* bytes of the paste that were over what a paste may have */
    bool unended; /* its end mark never came: it was ended by a second of silence */
};

/* "C-x", "M-a", "S-Tab", "Enter", "F1", "Space", "g" ...; as in keymaps and help. False: no key. */
bool key_parse(struct key *out, const char *name);
/* for people: Ctrl+X, Alt+A, Shift+Tab, Enter */
void key_text(char *out, size_t size, const struct key *k);
bool key_same(const struct key *a, const struct key *b);

#endif
