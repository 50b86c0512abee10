/* input.h - a key becomes a command, a command is one function over the model. The table is
 * commands.def; keymap, help, palette, menus, hint line and the README's table all come from it.
 *
 * Scope decides first: an open overlay, else the focused pane, then `everywhere`; in a text field
 * every printable key is text. A paste is text and nothing else. Main thread only. */
#ifndef MIX_INPUT_H
#define MIX_INPUT_H

#include "mix/key.h"
#include "mix/model.h"

enum scope {
    SCOPE_EVERYWHERE,
    SCOPE_LEADER,
    SCOPE_SESSIONS,
    SCOPE_THREAD,
    SCOPE_COMPOSER,
    SCOPE_FILES,
    SCOPE_PERMISSIONS,
    SCOPE_LIST,  /* every overlay with rows: move, choose, close */
    SCOPE_FIELD, /* every one-line field */
    SCOPE_ASK,   /* the whole text of a permission */
    SCOPE_PICKER,
    SCOPE_PANEL,    /* server screens */
    SCOPE_PICTURE,  /* the preview of a picture */
    SCOPE_VISUAL,   /* text is chosen in the thread */
    SCOPE_COMPLETE, /* the list over the message, for the keys that are no text */
    SCOPE_COUNT
};
enum cmd {
#define CMD(id, ...) CMD_##id,
#include "mix/commands.def"
#undef CMD
    CMD_COUNT
};
struct command {
    const char *name;     /* "session-fork" */
    const char *bindings; /* defaults: "sessions:f leader:f"; the first scope is its home */
    const char *label;    /* two or three words: menus, hints */
    const char *help;     /* one sentence */
    void (*run)(struct model *m, struct effects *fx, int arg);
    int arg;
    /* NULL: always possible; else NULL or the reason it is not */
    const char *(*why_not)(const struct model *m);
};
const struct command *command_row(enum cmd c);

enum scope command_home(enum cmd c);

struct input;
struct input *input_new(void); /* the default keymap */
void input_free(struct input *in);
/* `action = key, key` of a config, in its home scope; `none` unbinds it everywhere. A complaint, or
 * NULL. */
const char *input_bind(struct input *in, const char *command, const char *keys);
/* The one way in. Ends by refreshing ui.menu_rows and ui.hints. */
void input_key(struct input *in, struct model *m, const struct key *k, int64_t now, int64_t real,
               struct effects *fx);
/* Refreshes ui.menu_rows and ui.hints after the model changed by itself. Cheap when nothing did. */
void input_refresh(struct input *in, struct model *m);
/* The key table as Markdown for the README, or plain text for --help-keys. */
void input_document(struct buf *out, int markdown);

#endif
