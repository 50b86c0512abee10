/* model.h - all state of the program, and the three doors into it: incoming (server), act_*
 * (person), tick (time). One door out: struct effects. Pure: no I/O, no clock, no threads; `now` is
 * clock_now(), `real` clock_real(). Main thread only. Whatever changes what a person sees bumps
 * `rev`. */
#ifndef MIX_MODEL_H
#define MIX_MODEL_H

#include "mix/attend.h"
#include "mix/border.h"
#include "mix/policy.h"
#include "mix/task.h"
#include "mix/transcript.h"
#include "mix/uploads.h"

/* ---- editor: the text of the composer and of every one-line field; verbs in editor.h ---- */
/* A stretch of the text that is shown as one thing, moved over and deleted as one: a long paste, or
 * a file. Edits before it move it; an edit that would cut it takes it away, the text stays. Kept in
 * the order of the text, none in another. */
struct chip {
    size_t off, len; /* bytes of the text it stands for; FILE: `@name` */
    enum chip_kind { CHIP_PASTE, CHIP_FILE } kind;
    /* FILE: the absolute path of a local file that is uploaded when the message is sent, or the
       URL of one that the server has; owned */
    char *path;
    int64_t size; /* FILE: bytes, -1: not known */
};
struct editor {
    struct chip *chips;
    size_t n_chips, cap_chips;
    struct buf text; /* valid UTF-8 */
    size_t caret;    /* byte offset, on a cluster border */
    int goal;        /* wanted column for up and down, -1: none */
    uint32_t rev;
    bool one_line;
    bool secret;            /* no undo; wiped when it ends */
    struct edit_undo *undo; /* private to editor.c; freed by editor_fini */
};
/* The last kills of all editors, newest last; verbs in editor.h. */
struct kills {
    char *v[16];
    size_t n;
    /* the last of them or the last yank, while nothing else happened to that editor */
    const struct editor *in;
    uint32_t rev;
    size_t caret;
    bool yanked;
    size_t at, len; /* the one that was yanked; bytes before the caret */
};
void editor_init(struct editor *e, size_t max); /* of many lines */
void editor_init_line(struct editor *e, size_t max);
/* one line that is in no other memory than its own */
void editor_init_secret(struct editor *e, size_t max);
void editor_set(struct editor *e, const char *text); /* caret at the end, undo kept */
void editor_fini(struct editor *e);

/* ---- permissions and questions ---- */
enum ask_kind { ASK_PERMISSION, ASK_QUESTION };
enum ask_state {
    ASK_PENDING,
    ASK_SENT,      /* the answer is on its way */
    ASK_ACCEPTED,  /* 200, which proves nothing */
    ASK_GRANTED,   /* its call ran */
    ASK_REFUSED,   /* its call was denied */
    ASK_EXPIRED,   /* 29 s went by unanswered */
    ASK_ELSEWHERE, /* expired here, yet its call succeeded: somebody else answered */
    ASK_FAILED,    /* the answer did not arrive: it may be given again while time is left */
};
enum decision { DECIDE_NONE, DECIDE_GRANT, DECIDE_DENY, DECIDE_REPLY };
struct ask {
    const char *id;
    enum ask_kind kind;
    enum ask_state state;
    enum decision decision;
    struct session *session; /* who asks; its parent chain is the rest of the asker */
    struct model *owner;     /* whose session that is; NULL: of the only one */
    const char *tool, *description, *action, *path;
    const char *object;  /* the whole command, diff, path or JSON: what is decided on */
    const char *call_id; /* the matched tool call, NULL while none or several fit */
    const char *title, *message, *response_type;
    const char *params; /* as the server sent them */
    struct strings choices;
    size_t choice;                /* selected */
    struct editor reply;          /* text answers */
    int64_t arrived_at, deadline; /* clock_now() time */
    int64_t ended_at;             /* nothing can be answered since then; 0: it can */
    bool late;                    /* answered after 28 s: may have been too late */
    bool uncut;                   /* the object was shown to its end once */
    uint32_t request;             /* of the answer */
    struct risk_mark *risks;      /* of `object`, the worst first; in arena */
    size_t n_risks;
    const char *input;   /* Write, Edit: the JSON its change is read from; NULL: `object` is all */
    int64_t held_until;  /* a severe grant leaves then unless it is dropped; 0: none is held */
    const char *held_by; /* for the audit log */
    int64_t held_armed;
    uint32_t batch;        /* requests of one batch have the same; 0: it stands alone */
    bool leads;            /* ... and this one stands for all of them */
    bool again;            /* "please try again" was prepared */
    uint32_t rules_task;   /* the rules are being asked about it; 0: not, or not any more */
    bool rules_slow;       /* their answer does not come: somebody was called meanwhile */
    bool rules_asked;      /* once is enough: a rule saved later does not answer it */
    const char *rule_text; /* it was answered by this rule, `Bash:git *`; NULL: by a person */
    struct err err;
    struct arena arena;
};

/* ---- sessions ---- */
enum mark {
    MARK_APPROVAL,
    MARK_QUESTION,
    MARK_ERROR,
    MARK_WORKING,
    MARK_DONE,
    MARK_IDLE,
    MARK_UNWATCHED,
    MARK_COUNT
};
enum turn { TURN_IDLE, TURN_SENDING, TURN_RUNNING, TURN_UNSURE, TURN_CANCELLING };
/* What a message asks of its turn besides its text. Zeroed: nothing, as the server has it. */
enum thinking {
    THINK_UNSAID, /* not sent: the words of the text decide */
    THINK_OFF,
    THINK_BASIC,
    THINK_MEDIUM,
    THINK_MAXIMUM,
    THINK_COUNT
};
struct turn_options {
    bool plan;
    enum thinking thinking;
    int64_t max_steps; /* 0: no limit */
};
struct queued {
    char *text;
    uint32_t id;
    struct turn_options options; /* as they were when it was written */
    bool edited;                 /* somebody changes it at this moment: it does not leave */
    /* Files that are uploaded before it can leave; then their `@name` in the text is replaced and
       they are gone from here. A message of which one failed waits (held) and says why. */
    struct chip *chips;
    size_t n_chips;
    char *why_waits; /* NULL: nothing is in its way */
};
/* Where the reader is. An entry and a row inside its layout; `follow` keeps the end in view. Only
 * the reader changes it. */
struct reading {
    bool follow;
    size_t entry;               /* first visible */
    size_t piece;               /* of it: 0 the heading, i + 1 parts[i], n_parts + 1 the gap */
    size_t slice;               /* of the piece: the layout cuts what is long */
    int row;                    /* first visible row of that slice */
    size_t sel_entry, sel_part; /* what fold, fork, copy mean */
    /* asked for; the layout settles it. MOVE_TO: the row that shows byte to_off of the text of
     * part to_part (SIZE_MAX: the heading) of to_entry comes on screen, and that part is selected;
     * to_result: of its result; to_top: that row comes to the top of the screen */
    enum { MOVE_NONE, MOVE_ROWS, MOVE_PAGES, MOVE_TOP, MOVE_END, MOVE_MESSAGE, MOVE_TO } move;
    int move_by;
    size_t to_entry, to_part, to_off;
    bool to_result, to_top;
    /* settled by the layout: byte of the part's text, or of its result, that the top row shows */
    size_t top_off;
    bool top_result;
    /* What the place was found in, noted by the layout too: when the part or its layout becomes
     * another, the row that shows the same text is looked for. Not known: slice and row are taken
     * as they are. */
    struct reading_top {
        bool known;
        uint8_t how;  /* raw, split ... */
        int width;    /* of the layout */
        uint32_t rev; /* of the part */
        enum { TOP_HEAD, TOP_TEXT, TOP_RESULT, TOP_MADE } of;
        uint32_t body; /* TOP_MADE: which of those that were made for the screen */
        uint32_t src;  /* byte of the part's text or result; of what was made byte or line */
        uint32_t sub;  /* rows below the first of the same src */
    } top;
    size_t unread;      /* the entry, counted from 1, that a line `unread` stands before; 0: none */
    uint32_t new_below; /* parts that came below since follow ended */
    bool raw;           /* Markdown as it is written */
    bool split;         /* diffs side by side where there is room */
};
/* Who may write a session's draft and send its queue. Another mixtui's are shown, never touched. */
enum own {
    OWN_NOBODY, /* not asked yet */
    OWN_ASKED,
    OWN_MINE,
    OWN_OTHER,
};
struct session {
    char *id;    /* NULL: not created yet (the empty composer titled "new") */
    char *title; /* as the server has it, cleaned to one line */
    char *parent_id, *parent_call_id;
    char *work_dir; /* as the server has it; NULL: not known */
    struct session *parent;
    bool subagent, forked;
    int64_t created_at, active_at; /* real ms; active_at: last activity this client saw, 0 none */
    double cost;
    int64_t context_tokens;
    int64_t user_messages;
    char *first_message;
    /* watching */
    uint32_t stream; /* request id, 0: no stream */
    enum link_state link;
    int64_t retry_at, last_byte_at;
    bool pinned, wanted; /* wanted: the watch policy chose it */
    /* turn and queue */
    enum turn turn;
    bool seen;        /* the last end of a turn was on screen */
    bool failed;      /* the last turn ended with an error */
    size_t automatic; /* requests of it and its sub-agents that rules answered since the start */
    bool held;        /* the queue waits for a key */
    struct queued *queue;
    size_t n_queue, cap_queue;
    /* text of the POST under way, or of one whose answer was lost; NULL: none */
    char *sending;
    enum { SENT_NONE, SENT_POSTED, SENT_UNKNOWN } sent;
    struct turn_options sending_options;
    struct turn_options options; /* of what is written next; kept with the draft */
    uint32_t send_request, load_request, info_request, cancel_request;
    int64_t next_load_at, next_info_at; /* clock_now(); 0: none planned */
    int quiet_loads; /* reconciles without an open call since the turn became unsure */
    /* content */
    struct transcript transcript;
    struct reading reading;
    struct editor draft;
    uint32_t draft_saved_rev;
    int64_t draft_dirty_at; /* 0: on disk */
    bool draft_loaded;
    bool away; /* the draft is in $EDITOR: nothing else writes it */
    enum own own;
    char *owner;       /* OTHER: who, in words for people */
    size_t history_at; /* id of the prompt that is recalled; 0: the history is not browsed */
    struct session_private *priv; /* reducers only */
};
struct model;
enum mark session_mark(const struct session *s, const struct model *m);
char mark_char(enum mark mark);                     /* ! ? x * + blank . */
const char *session_title(const struct session *s); /* never empty */

/* ---- the server ---- */
/* FOREIGN: answers, but is not Mix */
enum server_state { SERVER_CONNECTING, SERVER_ONLINE, SERVER_OFFLINE, SERVER_FOREIGN };
struct server {
    char *url;         /* without userinfo; for display */
    char *key;         /* names its state directory: safe as a file name */
    const char *sign;  /* "! http": how it is reached is not safe; NULL: it is */
    const char *tried; /* another address that was asked in vain; NULL: none */
    enum server_state state;
    struct caps caps;
    struct err err;
    int64_t retry_at;
    bool demo;
    bool no_provider; /* auth status says that no provider can be used */
    bool auth_known;
};

/* ---- what only the screen cares about ---- */
enum pane { PANE_SESSIONS, PANE_THREAD, PANE_COMPOSER, PANE_FILES, PANE_PERMISSIONS, PANE_COUNT };
enum overlay {
    OVER_NONE,
    OVER_COMMANDS, /* help and palette: every command with its keys, filtered, run by Enter */
    OVER_MENU,     /* the commands of one pane, or of a permission (first row Back) */
    OVER_ASK,      /* a permission's whole text */
    OVER_PICKER,   /* choose a local file to upload */
    OVER_THEMES,
    OVER_CONFIRM, /* something destructive: the same key again, after 400 ms */
    OVER_QUIT,
    OVER_SERVER,  /* no server: retry, another address, demo */
    OVER_SERVERS, /* the servers there are: Enter shows one */
    OVER_PANEL,   /* a server screen: panel.h */
    OVER_PICTURE, /* one picture, large: picture.h */
};
/* A row of OVER_COMMANDS and OVER_MENU, or a hint of the bottom line; made by the input floor,
 * borrowed strings. */
struct menu_row {
    const char *label, *help, *why_not; /* why_not NULL: can be run */
    const char *where;                  /* OVER_COMMANDS: the pane it belongs to; else NULL */
    char keys[40];
    uint32_t command; /* enum cmd of input; opaque here */
};
enum zoom { ZOOM_NORMAL, ZOOM_HALF, ZOOM_FULL };
struct notice {
    char *text;
    struct err err;
    int64_t real_at;
    bool bad;
    bool quiet;          /* only in the log */
    struct fault *fault; /* NULL: what `err` says is all; its strings but the body in `arena` */
    char *body;          /* fault->body; the oldest make way when all of them pass 1 MiB */
    struct arena arena;
};
struct picker_row {
    const char *name;       /* below `dir`, or absolute; as the file system has it; borrowed */
    int64_t size, modified; /* -1: not known */
    enum entry_kind kind;
    bool readable, marked;
};
struct picker {
    struct picker_row *rows; /* what the filter leaves, best first; picker_rows.c keeps it */
    size_t n_rows, cap_rows;
    size_t found;   /* they and those that are only counted */
    bool searching; /* more may be found */
    bool cut;       /* the tree is larger than what is kept of it */
    bool hidden;    /* names that begin with a dot, too */
    bool recent;    /* the rows are the directories used last */
    bool attach;    /* what is chosen goes along with the message that is written */
    char **marks;   /* absolute paths, in the order they were chosen; directories do not matter */
    size_t n_marks, cap_marks;
    struct map marked; /* the same, to be found */
    char **recents;    /* newest first */
    size_t n_recents, cap_recents;
    uint32_t look; /* at what was pasted */
    char *dir;
    struct task *listing; /* the scan shown; owned */
    struct map entries;   /* of it, by name; empty until somebody asks for one */
    uint32_t scan;        /* the scan under way */
    struct map facts;     /* size and time of rows below, by name; picker_facts.c */
    char **asked;         /* the names they are asked for */
    size_t n_asked;
    uint32_t asking;
    struct editor filter;
    size_t cursor; /* among the rows */
    char *cursor_name;
    struct err err;
};
/* What the terminal can do; nothing until it said so. */
struct terminal {
    int colours;
    enum { GRAPHICS_NONE, GRAPHICS_SIXEL, GRAPHICS_KITTY } graphics;
    int cell_w, cell_h; /* pixels of a cell, as near as is known */
};
/* Text chosen by keys in the thread. Its ends are places of the layout, so the view moves them:
 * what was pressed waits in `keys` until it settles, and what is to be copied stands in `text` for
 * the next tick. */
struct visual_end {
    size_t entry, piece, slice;
    int row, x;
};
struct visual {
    bool on;
    bool placed; /* the ends are places; before, they begin at the selected part */
    bool lines;  /* whole rows */
    struct visual_end anchor, caret;
    int goal;         /* cell that up and down keep to */
    uint8_t keys[64]; /* enum visual_key of copy.h */
    bool dragged;     /* by the mouse, between these cells of the screen */
    int from_x, from_y, to_x, to_y;
    size_t n_keys;
    const struct session *session;
    int width;
    char *text;
};
struct ui {
    int cols, rows;
    struct terminal terminal;
    char *preview;     /* OVER_PICTURE: the file */
    double preview_at; /* seconds into it */
    bool preview_full;
    enum pane focus;
    enum pane before_asks; /* where Esc from the permissions pane goes back to */
    bool before_typing;    /* ... into its filter or search, where the caret was */
    enum zoom zoom;
    bool drawer; /* medium width: files and permissions are up */
    enum overlay over;
    size_t over_cursor, over_top;
    struct editor over_filter;
    enum pane menu_pane;
    struct menu_row *menu_rows; /* of the open overlay, filtered; malloc'd by input */
    size_t n_menu_rows;
    struct menu_row hints[10];
    size_t n_hints, n_own_hints; /* the first are of the focused pane, the rest hold everywhere */
    struct panel *panel;         /* OVER_PANEL: the top of the stack; owned */
    bool menu_moved;             /* a movement key came since the menu opened */
    int over_scroll;             /* OVER_ASK: first row shown; the view clamps it */
    struct session *session_cursor;
    struct editor session_filter;
    bool filtering;    /* the filter field has the caret */
    char *ask_cursor;  /* id of the selected ask; never moves by itself */
    char *ask_server;  /* key of the server it came from; NULL: this one */
    char *file_cursor; /* name */
    /* as the agent named it; NULL: the cursor is among the uploads */
    char *output_cursor;
    struct editor file_filter;
    bool file_filtering; /* ... has the caret */
    struct picker picker;
    /* arming: rule 1 */
    char *painted_ask; /* selected and on screen with the pane focused, since painted_at */
    int64_t painted_at, last_decision_at;
    bool early; /* a decision key came early: named in the pane */
    /* confirm */
    uint32_t confirm_command; /* enum cmd of input; opaque here */
    char *confirm_text, *confirm_object;
    int64_t confirm_painted_at;
    bool confirm_named; /* the name has to be typed into over_filter: it destroys messages */
    /* a session's deletion: what becomes of what the search index has of it */
    enum { CONFIRM_NOT_INDEXED, CONFIRM_FORGETS, CONFIRM_KEEPS } confirm_index;
    enum leaving { LEAVE_QUIT, LEAVE_SUSPEND } leaving; /* OVER_QUIT: what was asked for */
    bool suspend_asked;                                 /* ... and the answer was to suspend */
    /* the answer field of the selected question, or the reason of a denial, has the caret */
    bool replying;
    int ask_scroll;      /* first row shown of the selected one's object; the view clamps it */
    bool ask_split;      /* OVER_ASK: the change side by side */
    bool typing_address; /* OVER_SERVER: over_filter is a server address */
    struct kills killed; /* of any editor, for yank */
    struct vi *vi;       /* of the composer (vi.h); NULL: keys as of readline */
    int draft_cells;     /* of a row of the draft, as the view laid it out last; 0: not yet */
    const char *const *themes; /* names to choose from; the app's, outlives the model */
    size_t n_themes;
    bool leader; /* Ctrl+X was pressed */
    int64_t leader_at;
    struct visual visual;
    bool focused;     /* the terminal has the focus, as far as known */
    bool focus_known; /* it told so once; see ui_focus of attention.h */
    bool ascii, animate;
    char *theme;       /* name; the app loads it */
    bool theme_chosen; /* by the person: background detection leaves it alone */
};

/* ---- effects: what the app does after a door was passed ---- */
struct effects {
    struct request **requests;
    size_t n_requests, cap_requests;
    struct task **tasks;
    size_t n_tasks, cap_tasks;
    char *connect_url;     /* leave this server for that one */
    size_t show;           /* ... for the one in that row of `servers`, counted from 1; 0: stay */
    char *copy;            /* into the clipboard of the terminal; then act_copied */
    char *bare;            /* clean lines: shown without a screen until a key is pressed */
    char *open_url;        /* http(s), in a browser */
    char *edit;            /* in $EDITOR, the draft of the shown session; then act_editor_done */
    bool edit_asked;       /* for the editor: it is opened, or what to do with the open one */
    char *open_file;       /* a local one of our own, with the program for such */
    struct attend *attend; /* what happened, for attention.h */
    size_t n_attend, cap_attend;
    bool start_demo, retry_now, quit, suspend, redraw, theme_changed;
    bool keep; /* with quit: what works is handed to keepers */
};
struct effects *effects_new(void);
void effects_free(struct effects *fx);

/* A model without a screen that holds streams for somebody who left: it shows nothing, sends no
 * message and answers by the rules, or denies all. */
enum keeping { KEEPS_NOT, KEEPS_BY_RULES, KEEPS_DENYING };
struct model_config {
    enum keeping keeps;
    const char *rules_dir; /* where rules and audit log are; NULL: state_dir */
    const char *url;
    bool demo;
    const char *state_dir;  /* .../mixtui; NULL: nothing is kept */
    const char *start_dir;  /* of the picker and of downloads */
    const char *session_id; /* --session */
    const char *cache_dir;  /* of the search index; NULL: there is none */
    enum index_choice index;
    int64_t index_bytes; /* 0: 256 MiB */
    const char *theme;
    const char *const *themes; /* names for the theme list; must outlive the model */
    size_t n_themes;
    size_t watch_limit;                /* 0: 32 */
    size_t transfers_at_once;          /* 0: 4 */
    const struct copy_ways *copy_ways; /* copy.h; outlives the model; NULL: only the terminal's */
    bool ascii, animate;
    bool vi; /* keys of the composer */
};
/* One message somebody wrote here, or to this server. */
struct prompt {
    char *text, *session; /* session NULL: not known */
    int64_t at;           /* real ms; 0: not known */
    size_t id;            /* grows, never 0 */
};
/* The call that is tried again soonest. */
struct retrying {
    int64_t at; /* 0: none */
    enum op op;
    int attempt;    /* the next one's */
    struct err err; /* of the last one */
};
struct model {
    uint64_t rev;
    int64_t now, real; /* of the door passed last */
    struct server server;
    struct servers *servers; /* all there are (servers.h); borrowed; NULL: this is the only one */
    struct map sessions_by_id;
    struct session **sessions; /* all */
    size_t n_sessions, cap_sessions;
    struct session *fresh;    /* the one not created yet, or NULL */
    struct session *shown;    /* in the thread pane; never NULL after start */
    struct session **visible; /* display order after filter; sub-agents behind their parent */
    size_t n_visible;
    bool sessions_loaded;
    uint32_t list_request;
    /* its own, by deadline; answered ones stay until looked away from, at most 200 */
    struct ask **asks;
    size_t n_asks, cap_asks;
    struct files files;
    struct notice *notices; /* newest last, at most 500 */
    size_t n_notices, cap_notices;
    /* when the newest came: the status line shows it for 8 s or until the next key */
    int64_t notice_at;
    struct prompt *history; /* what was sent or cleared, oldest first, at most 10,000 */
    size_t n_history, cap_history;
    struct map streams; /* request id in decimal -> session */
    struct retrying retrying;
    size_t watch_limit, n_watched;
    size_t transfers_at_once; /* 0: 4 */
    char *state_dir, *start_dir, *rules_dir;
    enum keeping keeps;
    const struct copy_ways *copy_ways;
    bool disk_failed;          /* drafts are only in memory */
    struct search *search;     /* search.h; never NULL */
    struct complete *complete; /* complete.h; NULL until something was completed */
    struct pictures *pictures; /* picture.h; private to it */
    struct copying *copying;   /* copy.h; private to it */
    struct ui ui;
    struct model_private *priv; /* timers, probes, pending tasks: reducers only */
};

/* KEEPS: watched whatever the policy thinks, and taken for at work until it is known. */
void model_watch(struct model *m, const char *id, struct effects *fx);
struct model *model_new(const struct model_config *config, int64_t now, int64_t real,
                        struct effects *fx);
void model_free(struct model *m);
/* takes in */
void model_apply(struct model *m, struct incoming *in, int64_t now, int64_t real,
                 struct effects *fx);
bool model_asked_task(const struct model *m, uint32_t id); /* t->id is of one it waits for */
/* takes t */
void model_task_done(struct model *m, struct task *t, int64_t now, int64_t real,
                     struct effects *fx);
void model_tick(struct model *m, int64_t now, int64_t real, struct effects *fx);
/* Before keys are handed to act_*: they stamp with m->now, which is old after an idle minute. */
void model_clock(struct model *m, int64_t now, int64_t real);
/* When model_tick wants to be called next, clock_now() time; -1: only after something happens. */
int64_t model_next_tick(const struct model *m, int64_t now);
/* The frame showing `rev` has been flushed: starts arming of what it showed. */
void model_painted(struct model *m, int64_t now);
/* Everything not on disk yet becomes a task now: before quitting, suspending, or on a signal. */
void model_save_all(struct model *m, struct effects *fx);
/* Something was typed where the draft's file is still being read: after it a save keeps both. */
bool model_reading(const struct model *m);

/* ---- looking (pure) ---- */
/* What Up brought into the draft of s; NULL: that is the person's own. */
const struct prompt *prompt_recalled(const struct model *m, const struct session *s);
bool prompt_elsewhere(const struct model *m, const struct session *s); /* ... from another one */
enum turn_option { TURN_PLAN, TURN_THINKING, TURN_STEPS };
/* Why the server cannot be asked for it, NULL: it can. */
const char *why_no_turn_option(const struct model *m, enum turn_option o);
const char *thinking_name(enum thinking t); /* as servers call it; NULL for UNSAID */
/* "plan mode · thinking medium · 20 steps"; appends nothing when nothing is set */
void turn_options_text(struct buf *out, const struct turn_options *o, const char *between);
/* "uploading 2 of 3 · 41%"; false: none of its files is on its way. */
bool attach_progress(const struct model *m, const struct session *s, const struct queued *q,
                     struct buf *out);
struct session *model_session(const struct model *m, const char *id);
struct ask *model_ask(const struct model *m, const char *id); /* of its own */
/* The inbox: the requests and questions of every server that is open, by deadline. */
struct ask *const *model_inbox(const struct model *m, size_t *n);
struct ask *model_selected_ask(const struct model *m);
size_t model_asks_pending(const struct model *m, enum ask_kind kind); /* in the inbox */
size_t model_own_pending(const struct model *m, enum ask_kind kind);
/* The servers that are open, this one among them; NULL behind the last. */
const struct model *model_peer(const struct model *m, size_t at);
const char *server_name(const struct model *m); /* of its profile, else its address */
bool model_indexes(const struct model *m);      /* what is read is kept for searching */
bool model_hidden(const struct model *m);       /* another one has the screen */
bool ask_armed(const struct model *m, const struct ask *a, int64_t now); /* rule 1 */
/* The other requests of its batch, from *at on, which stands at 0 first; NULL behind the last. */
const struct ask *ask_batch_next(const struct model *m, const struct ask *a, size_t *at);
/* In a batch that another one stands for: it has no row of its own. */
bool ask_folded(const struct ask *a);
bool ask_severe(const struct ask *a); /* its grant is held a moment */
/* pending or failed, and time is left */
bool ask_answerable(const struct ask *a);
size_t model_working(const struct model *m); /* of its own */
size_t model_unsent(const struct model *m);  /* messages of its own that wait in queues */
/* Agents work, on any server that is open, that go on when they are left. */
bool model_keepable(const struct model *m);
size_t model_transfers(const struct model *m); /* that run or wait for their turn */
/* What a queued message waits for, in few words. */
const char *queue_state(const struct session *s, size_t at);
bool queue_state_matters(const struct session *s, size_t at); /* more than that it waits */
/* sessions with text that the disk refused to take */
size_t model_unsaved(const struct model *m);
/* The part has a mark; SIZE_MAX: the entry, or any part of it. */
bool thread_marked(const struct session *s, size_t entry, size_t part);
const struct file_info *model_selected_file(const struct model *m);

#endif
