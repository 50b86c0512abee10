/* panel.h - the server screens: one kind of overlay (OVER_PANEL) for all of them.
 *
 * A panel is a title and rows, made anew from the model whenever something it shows changed; rows
 * are texts, values, actions, and the fields of a form. Panels stack: Enter on a row may open
 * another above, Esc goes back one. What each panel is stands in one table (panel_specs) of
 * functions in src/model/panel_*.c; ui draws any of them and input moves in any of them without
 * knowing which. Main thread only, pure like the rest of the model. */
#ifndef MIX_PANEL_H
#define MIX_PANEL_H

#include "mix/model.h"

enum panel_id {
    /* reading */
    PANEL_TOOLS,
    PANEL_MCP,
    PANEL_COMMANDS,
    PANEL_HEALTH,
    PANEL_HISTORY,
    PANEL_SESSION,
    PANEL_FRAMES, /* raw events, F12 */
    PANEL_FAULT,  /* the details of one notice */
    /* doing */
    PANEL_AUTH,
    PANEL_KEY,
    PANEL_OAUTH,
    PANEL_PREFERENCES,
    PANEL_MODELS,
    PANEL_CREATE,
    PANEL_CALLBACKS,
    PANEL_CALLBACK,
    PANEL_REWIND,
    PANEL_EXPORT,
    PANEL_PROFILES,
    PANEL_COUNT
};
enum row_kind {
    ROW_TEXT, /* wraps; not selectable unless it is all there is */
    ROW_HEADING,
    ROW_VALUE,  /* label and value; selectable, so that Enter may unfold or open */
    ROW_ACTION, /* Enter does it */
    ROW_FIELD,  /* a one-line or many-line text under the cursor */
    ROW_SECRET, /* a field shown as dots; wiped when the panel closes */
    ROW_CHOICE, /* one of `choices`: Left, Right, Space; Enter opens the list when it is long */
    ROW_SWITCH, /* on or off */
};
struct panel_row {
    enum row_kind kind;
    const char *label, *value, *help; /* in the panel's arena; foreign text is cleaned by ui */
    const char *why_not;              /* NULL: can be done */
    const char *destroys; /* ROW_ACTION: what a second Enter will destroy; NULL: nothing */
    int tag;              /* what the panel knows it by */
    size_t index;         /* of the thing behind it */
    enum { TONE_PLAIN, TONE_DIM, TONE_GOOD, TONE_BAD } tone;
    size_t field; /* of ROW_FIELD ... ROW_SWITCH: index into panel.fields */
    int indent;
};
/* What is typed or chosen; lives as long as the panel, whatever happens to its rows. */
struct panel_field {
    int tag;
    struct editor text;     /* FIELD, SECRET */
    struct strings choices; /* CHOICE; in the panel's own lasting arena */
    size_t choice;
    bool on;
    const char *complaint; /* shown under it; static or lasting */
};
struct panel {
    enum panel_id id;
    struct panel *below; /* goes on when this one closes */
    char *title;
    struct panel_row *rows;
    size_t n_rows, cap_rows;
    struct arena rows_arena; /* cleared whenever the rows are made */
    struct arena arena;      /* as long as the panel */
    struct panel_field *fields;
    size_t n_fields, cap_fields;
    size_t cursor, top; /* rows; settled by the view */
    int scroll;         /* display rows inside long texts */
    struct editor filter;
    bool filtered;              /* printable keys go to the filter */
    bool dirty;                 /* rows are made before the next look */
    size_t loading;             /* requests under way */
    struct err err;             /* of the last that failed */
    int64_t confirm_painted_at; /* of row `confirm`: a second Enter counts 400 ms later */
    size_t confirm;             /* row + 1; 0: none */
    struct session *session;    /* it is about; NULL when it is about the server or that is gone */
    void *data;                 /* the panel's own; freed by its close */
};
struct panel_spec {
    const char *title;
    /* makes what it needs (fields, requests); why it cannot be opened, or NULL */
    const char *(*why_not)(const struct model *m);
    void (*open)(struct model *m, struct panel *p, struct effects *fx);
    void (*rows)(const struct model *m, struct panel *p);
    void (*enter)(struct model *m, struct panel *p, const struct panel_row *row,
                  struct effects *fx);
    /* a field changed */
    void (*changed)(struct model *m, struct panel *p, const struct panel_row *row,
                    struct effects *fx);
    /* an answer to panel_call, success or failure; the arena of `in` may be moved out */
    void (*reply)(struct model *m, struct panel *p, struct incoming *in, struct effects *fx);
    void (*close)(struct model *m, struct panel *p);
    bool filtered;
};
extern const struct panel_spec *const panel_specs[PANEL_COUNT];

/* ---- for every panel ---- */
void panel_touch(struct model *m, struct panel *p); /* rows are made anew, and it is drawn */
struct panel_row *panel_add(struct panel *p, enum row_kind kind, int tag, const char *label,
                            const char *value_fmt, ...) MIX_PRINTF(5, 6);
/* the field with that tag, made when there is none; the row shows it */
struct panel_field *panel_field(struct panel *p, int tag);
/* A call whose answer comes to spec->reply while the panel is open, and nowhere else; *in filled by
 * the caller through call_in. */
struct request *panel_call(struct model *m, struct panel *p, enum op op, struct effects *fx);
const char *panel_why_op(const struct model *m,
                         enum op op); /* "servers before 0.7.0 have no ..." */

/* ---- acts ---- */
void act_panel_open(struct model *m, enum panel_id id, struct effects *fx);
struct panel *act_panel_push(struct model *m, enum panel_id id, struct effects *fx);
void act_panel_back(struct model *m);
void act_panel_close_all(struct model *m);
void act_panel_move(struct model *m, int by); /* INT_MIN, INT_MAX: the ends; skips texts */
void act_panel_enter(struct model *m, struct effects *fx);
void act_panel_turn(struct model *m, int by, struct effects *fx); /* choice or switch */
void act_panel_changed(struct model *m, struct effects *fx); /* a field or the filter was edited */
struct panel *panel_top(const struct model *m);
/* the field with the caret, or the filter; NULL: none */
struct editor *panel_editor(const struct model *m);

#endif
