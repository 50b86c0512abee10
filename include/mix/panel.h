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
    PANEL_OUTLINE, /* the messages of the thread */
    PANEL_MESSAGE, /* the one selected in the thread */
    PANEL_FRAMES,  /* raw events, F12 */
    PANEL_FAULT,   /* the details of one notice */
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
    PANEL_TURN,    /* what the next messages ask of their turns */
    PANEL_COPY,    /* the texts of the selected message */
    PANEL_PIPE,    /* a command for one of them */
    PANEL_PIPED,   /* what it said */
    PANEL_INDEX,   /* search over everything that was read here */
    PANEL_PREVIEW, /* what stands in a file */
    PANEL_INDEXED, /* a result as the index has it, with what stands around it */
    /* answers without a person */
    PANEL_RULE,    /* one that is made */
    PANEL_RULES,   /* all of them */
    PANEL_AUDIT,   /* what was answered, by whom */
    PANEL_PROMPTS, /* Ctrl+R: what was said, here and to this server */
    PANEL_QUEUE,   /* the messages that wait */
    PANEL_QUEUED,  /* one of them, to be changed */
    /* for every panel */
    PANEL_CHOICE, /* the choices of a field of the panel below, as a list */
    PANEL_LOG,    /* every notice, newest last */
    PANEL_COUNT
};
enum row_kind {
    ROW_TEXT, /* value: many lines, wraps; never selected, scrolled over */
    ROW_HEADING,
    ROW_VALUE,  /* label and value; selectable, so that Enter may unfold or open */
    ROW_ACTION, /* Enter does it */
    ROW_FOUND,  /* label and value, and under them `help` with its hits between \2 and \3 */
    /* A text under the cursor. Enter and Tab go on to the next row, so a form ends with an action;
       in a text of many lines Enter begins a line, and Tab or the arrows leave it. */
    ROW_FIELD,
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
    int indent; /* rows behind it with a greater one belong to it: the filter keeps them together */
    /* ROW_TEXT: instead of value (preview.h); as long as the panel */
    const struct panel_body *body;
    int height; /* display rows at the last settle; 0: not laid out yet */
};
/* rows that come with a failure: ask again, see all of it; tags of panels are >= 0 */
enum { TAG_RETRY = -1, TAG_DETAILS = -2 };
/* What is typed or chosen; lives as long as the panel, whatever happens to its rows. */
struct panel_field {
    int tag;
    struct editor text;     /* FIELD, SECRET: made by panel_text or panel_secret */
    struct strings choices; /* CHOICE; in the panel's own lasting arena */
    size_t choice;
    bool on;
    const char *complaint; /* shown under it; static or lasting */
};
struct panel_place {
    int tag;
    size_t index;
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
    size_t cursor;    /* a row; stays on its (tag, index) when the rows are made anew */
    int scroll, page; /* first display row shown, and how many fit: settled by the view */
    int laid_width;   /* at which the rows have their heights; the view's */
    bool reveal;      /* the cursor moved: the view scrolls to it */
    bool follow;      /* the panel's wish: a cursor on the last row stays on the last */
    struct editor filter;
    bool filtered;              /* printable keys go to the filter */
    bool dirty;                 /* rows are made before the next look */
    size_t loading;             /* requests under way */
    struct err err;             /* of the last that failed; none while a new try is under way */
    int64_t retry_at;           /* one of them is tried again then; 0: none is */
    int attempt;                /* ... for which time */
    int64_t confirm_painted_at; /* of row `confirm`: a second Enter counts 400 ms later */
    size_t confirm;             /* row + 1; 0: none */
    struct session *session;    /* it is about; NULL when it is about the server or that is gone */
    struct arena *kept;         /* of answers that rows show: panel_keep */
    size_t n_kept, cap_kept;
    struct panel_place lost; /* where the cursor stood before its row went away for a while */
    bool has_lost;
    struct panel_place *unfolded;
    size_t n_unfolded, cap_unfolded;
    bool touched;       /* a field changed since it was opened */
    int64_t leaving_at; /* when it was said what leaving loses; 0: not yet */
    void *data;         /* the panel's own; freed by its close */
};
struct panel_spec {
    const char *title;
    const char *(*why_not)(const struct model *m); /* why it cannot be opened, or NULL */
    /* makes its data and its fields */
    void (*open)(struct model *m, struct panel *p, struct effects *fx);
    /* Asks the server: behind `open`, and again when somebody presses retry (which any panel with
       a load has; after a failure also as a row). Not run while requests are under way. */
    void (*load)(struct model *m, struct panel *p, struct effects *fx);
    /* adds every row by panel_add; pure */
    void (*rows)(const struct model *m, struct panel *p);
    void (*enter)(struct model *m, struct panel *p, const struct panel_row *row,
                  struct effects *fx);
    /* a field changed */
    void (*changed)(struct model *m, struct panel *p, const struct panel_row *row,
                    struct effects *fx);
    /* Right, or Space without a filter, on a row that is no field */
    void (*unfold)(struct model *m, struct panel *p, const struct panel_row *row,
                   struct effects *fx);
    /* The cursor stands on another row, or others stand there. */
    void (*moved)(struct model *m, struct panel *p);
    /* The cursor came near the last row: more may be asked for. */
    void (*near_end)(struct model *m, struct panel *p, struct effects *fx);
    /* Frames of the stream, for a panel that asked for them. */
    void (*frames)(struct model *m, struct panel *p, struct incoming *in);
    /* An answer to panel_call: IN_REPLY, IN_ITEMS, IN_RESTART, IN_FAIL, IN_RETRY, IN_PROGRESS.
       `loading` and `err` are kept already, and the rows are made anew behind it. The arena of `in`
       may be moved out. `p` may be closed here. */
    void (*reply)(struct model *m, struct panel *p, struct incoming *in, struct effects *fx);
    void (*close)(struct model *m, struct panel *p);
    /* One of its `keys`: letters beside Enter for the row under the cursor, where no filter takes
       them. Each is a row of the table of commands (panel-edit ...), so that it can be rebound. */
    void (*key)(struct model *m, struct panel *p, int key, struct effects *fx);
    const char *keys; /* of "edKJsur" those that mean something here; NULL: none */
    /* Something is written that is neither sent nor kept: Esc asks once. NULL: there never is. */
    bool (*unsaved)(const struct panel *p);
    bool filtered;
    bool best;   /* what the filter fits best is under the cursor, not what it fits first */
    bool wide;   /* as wide as the screen: tables and texts */
    bool asks;   /* the filter is a question: it hides no rows, `changed` (row NULL) answers it */
    bool prompt; /* Enter in its field does it, by `enter` */
};
/* NULL: not there, and opening it says so */
extern const struct panel_spec *const panel_specs[PANEL_COUNT];

/* ---- for every panel ---- */
void panel_touch(struct model *m, struct panel *p); /* rows are made anew, and it is drawn */
struct panel_row *panel_add(struct panel *p, enum row_kind kind, int tag, const char *label,
                            const char *value_fmt, ...) MIX_PRINTF(5, 6);
/* The same with a text of many lines and foreign origin: `value` as it is, of any length; copied
 * into the rows' arena. n (size_t)-1: up to its NUL. */
struct panel_row *panel_add_text(struct panel *p, int tag, const char *value, size_t n);
/* The field with that tag, made when there is none. By index in `fields` it lives as long as the
 * panel; the pointer, until the next one is made. A row shows it by panel_add_field. */
struct panel_field *panel_field(struct panel *p, int tag);
enum panel_lines { ONE_LINE, MANY_LINES };
struct panel_field *panel_text(struct panel *p, int tag, size_t max, enum panel_lines lines);
/* shown as dots, at most 16 KiB, never in the kill ring or an undo, wiped when the panel closes */
struct panel_field *panel_secret(struct panel *p, int tag);
/* copied into the panel's arena; keeps the chosen one when it is still among them */
struct panel_field *panel_choices(struct panel *p, int tag, const char *const *items, size_t n);
/* kind: FIELD, SECRET, CHOICE, SWITCH; help may be NULL */
struct panel_row *panel_add_field(struct panel *p, enum row_kind kind, int tag, const char *label,
                                  const char *help);
const char *panel_value(struct panel *p, int tag);  /* of a text; "" when empty */
const char *panel_chosen(struct panel *p, int tag); /* of a choice; NULL when there is none */
bool panel_is_on(struct panel *p, int tag);
/* Shown under the field, the cursor goes there; NULL takes it away. Static or lasting text. */
void panel_complain(struct model *m, struct panel *p, int tag, const char *why);
/* A call whose answer comes to spec->reply while the panel is open, and nowhere else; `in` is made
 * by the caller through call_in. When the panel closes first, a GET is cancelled, anything else
 * goes on and its answer is dropped: a failure is then still told by a notice. */
struct request *panel_call(struct model *m, struct panel *p, enum op op, struct effects *fx);
/* why it cannot be opened, or NULL */
const char *panel_why(const struct model *m, enum panel_id id);
const char *panel_why_op(const struct model *m,
                         enum op op); /* "needs 0.7.0, this is 0.2.5"; NULL: it can be called */
/* What `in` holds lives as long as the panel, or until panel_drop. */
void panel_keep(struct panel *p, struct incoming *in);
void panel_drop(struct panel *p);
/* Rows that show more: what is unfolded is remembered by (tag, index). */
bool panel_unfolded(const struct panel *p, int tag, size_t index);
void panel_fold(struct model *m, struct panel *p, const struct panel_row *row); /* or unfolds */
/* 23 Nov 2026 14:02:31; "" for 0 */
struct panel_words {
    char s[48];
};
struct panel_words panel_time(int64_t real);
/* makes the rows of the top panel when they are dirty; before looking at them */
void panel_fresh(struct model *m);
bool panel_turns(
    const struct panel *p); /* under the cursor is a choice or a switch; p may be NULL */
const struct panel_row *panel_row_at(const struct panel *p); /* under the cursor, or NULL */

/* ---- acts ---- */
/* closes whatever is open over the panes, and opens it */
void act_panel_open(struct model *m, enum panel_id id, struct effects *fx);
/* above the one that is open; NULL when it cannot be opened, which a notice says */
struct panel *act_panel_push(struct model *m, enum panel_id id, struct effects *fx);
/* first away from a question, then one panel down, then to the panes */
void act_panel_back(struct model *m);
/* this one and what is above it: a form that was sent */
void act_panel_close(struct model *m, struct panel *p);
void act_panel_close_all(struct model *m);
/* 1, -1: the next row that can be selected, or one display row where a long text lies between;
 * 10, -10: a page; INT_MIN, INT_MAX: the ends */
void act_panel_move(struct model *m, int by, struct effects *fx);
void act_panel_enter(struct model *m, struct effects *fx);
void act_panel_turn(struct model *m, int by, struct effects *fx); /* choice or switch */
void act_panel_changed(struct model *m, struct effects *fx); /* a field or the filter was edited */
/* the same, about that session; act_panel_open and a push are about the shown one, or that of the
 * panel below */
void act_panel_about(struct model *m, enum panel_id id, struct session *s, struct effects *fx);
void act_panel_retry(struct model *m, struct effects *fx);
void act_panel_key(struct model *m, int key, struct effects *fx); /* panel_spec.keys */
/* the details of a notice; (size_t)-1: of the newest error */
void act_panel_fault(struct model *m, size_t notice, struct effects *fx);
struct panel *panel_top(const struct model *m);
/* the field with the caret, or the filter; NULL: none */
struct editor *panel_editor(const struct model *m);
/* The cursor goes to the secret of the panel on top, and there is its field; NULL: it has none. */
struct editor *panel_secret_field(struct model *m);

#endif
