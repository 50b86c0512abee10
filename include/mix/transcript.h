/* transcript.h - one session's messages as they are shown: entry -> parts. Part of the model floor;
 * main thread only.
 *
 * History texts are borrowed from the segments (arenas of decoded messages) the transcript keeps;
 * live texts grow in bufs of their own until the reconcile replaces them. Fold state survives a
 * reconcile. */
#ifndef MIX_TRANSCRIPT_H
#define MIX_TRANSCRIPT_H

#include "mix/wire.h"

/* NOTE: a seam, an error, a cancelled turn: ours, not the server's */
enum role { ROLE_USER, ROLE_ASSISTANT, ROLE_NOTE };
enum part_kind { PART_TEXT, PART_THINKING, PART_TOOL, PART_NOTE };
/* AUTO: tool calls but plans and what is shown, and finished thinking shut, the rest open */
enum fold { FOLD_AUTO, FOLD_OPEN, FOLD_SHUT };
enum call_state {
    CALL_NONE,      /* not a tool call */
    CALL_STREAMING, /* parameters arrive */
    CALL_WAITING,   /* a permission for it is pending here */
    CALL_RUNNING,
    CALL_OK,
    CALL_FAILED,
    CALL_DENIED,
    CALL_UNKNOWN, /* over, and nobody said how (no execution events) */
};
struct part {
    enum part_kind kind;
    enum call_state state;
    enum fold fold;
    /* grows with every change of what it shows; unique in its transcript: a layout memo's key */
    uint32_t rev;
    bool live; /* still growing */
    bool is_error;
    uint32_t child_calls; /* a Task's sub-agent: calls seen so far */
    /* text, thinking, note; for a tool its input (JSON text, maybe cut short). Never NULL */
    const char *text;
    size_t len;                 /* ends the text: what follows it need not be a NUL */
    const char *call_id, *name; /* tool; never NULL there */
    const char *result;         /* NULL: none known */
    const char *screenshots;    /* URLs, one a line; NULL: none */
    double seconds;             /* duration of call or thinking; < 0 unknown */
    int64_t started_at;         /* clock_now() when first seen live; 0 for history */
    int64_t until;              /* of a note that counts down to then; 0: it does not */
    struct buf *grow;           /* owns text while live */
};
struct entry {
    /* the server's message id; NULL for notes and not yet acknowledged user messages */
    const char *id;
    enum role role;
    struct part *parts;
    size_t n_parts, cap_parts; /* cap 0: the parts lie in the segment */
    const char *model;
    int64_t input_tokens, output_tokens;
    double cost;
    int64_t at; /* real time ms when seen live here; 0: unknown (the server sends none) */
    /* count of server messages up to and including it (what a fork copies); 0: not on the server
     * yet */
    uint32_t server_index;
    bool pending;  /* our own message, sent and not yet confirmed */
    bool local;    /* the server never has it: a note, a slash command and its answer */
    bool complete; /* its `complete` came: later deltas are echoes */
    /* owns its strings: those of a chunk of history, or of this entry alone */
    struct segment *segment;
};
struct transcript {
    struct entry *entries;
    size_t n, cap;
    uint32_t rev; /* grows with every change */
    bool loaded;  /* a GET messages was applied */
    bool loading; /* between transcript_stage_begin and the commit or drop */
    /* the last GET ended with a user or tool row or with calls without outcome: a turn may run */
    bool tail_open;
    size_t grown;            /* the entry that grew last: a hint */
    size_t settled;          /* in entries before it nothing is live and no call is open */
    int64_t count_at;        /* a note counts down: when its text changes next; 0: none does */
    struct err error;        /* why the last load failed; rc RC_OK: it did not */
    struct staging *staging; /* a GET messages that is arriving */
};

/* ---- GET messages, chunk by chunk; the shown entries stay until the commit ---- */
void transcript_stage_begin(struct transcript *t);
/* Takes the arena that owns the n messages. Chunks equal to what is shown cost nothing but the
 * comparison. */
void transcript_stage(struct transcript *t, struct message *messages, size_t n,
                      struct arena *arena);
void transcript_stage_drop(struct transcript *t);
/* Replaces the history; live entries the server does not know yet stay behind it, notes stay where
 * they were. positions: indices of entries, translated from before to after. */
void transcript_commit(struct transcript *t, size_t *positions, size_t n_positions);
/* One message of a synchronous answer: replaces or appends. A slash command's answer (id `cmd-`) is
 * local, and so becomes our message that asked for it. Takes the arena. */
void transcript_put(struct transcript *t, struct message *message, struct arena *arena);

/* ---- live events ---- */
struct entry *transcript_user(struct transcript *t, const char *id, const char *text,
                              int64_t real_now);
/* Removes the newest pending message with this text: it could not be sent. */
void transcript_unsend(struct transcript *t, const char *text);
/* Deltas of text or thinking; makes the entry when message_id is new (NULL: the last live one). */
void transcript_delta(struct transcript *t, enum part_kind kind, const char *message_id,
                      const char *text, size_t n, int64_t now, int64_t real_now);
struct part *transcript_call(struct transcript *t, const char *message_id, const char *call_id,
                             const char *name, int64_t now, int64_t real_now); /* finds or makes */
/* newest first; NULL when unknown */
struct part *transcript_find_call(struct transcript *t, const char *call_id);
/* The unfinished call with this tool name whose input holds this command or path (or is this text);
 * NULL when none or several fit. */
struct part *transcript_match_call(struct transcript *t, const char *tool,
                                   const char *command_or_path);
void part_input(struct transcript *t, struct part *p, const char *json, size_t n); /* all of it */
void part_input_more(struct transcript *t, struct part *p, const char *json, size_t n);
void part_state(struct transcript *t, struct part *p, enum call_state state, double seconds);
void part_fold(struct transcript *t, struct part *p, enum fold fold);
void part_child_call(struct transcript *t, struct part *p); /* one more call of its sub-agent */
void part_shows_more(struct transcript *t, struct part *p); /* of what is in another transcript */
bool part_open(const struct part *p);                       /* what FOLD_AUTO comes to */
/* `complete`: extends the message's text when what streamed is a prefix of the final text; closes
 * every open part. */
void transcript_complete(struct transcript *t, const char *message_id, const char *final,
                         int64_t now);
/* end of a turn */
void transcript_settle(struct transcript *t, enum call_state open_calls_become, int64_t now);
void transcript_note(struct transcript *t, const char *text, int64_t real_now);
/* The newest note, whose text has COUNT_WORDS and then "0:00" in it, counts down to `until`. */
#define COUNT_WORDS ", worth another try in "
void transcript_count_from(struct transcript *t, int64_t until, int64_t now);
bool transcript_count(struct transcript *t, int64_t now); /* a text changed */
bool transcript_has_open_call(const struct transcript *t);
void transcript_fini(struct transcript *t);

/* What a callback of the session did after a call is a part like a call: its name is this, its
 * input
 * {"name", "type", "tool", "exit", "error", "stderr"}, its result what it wrote. */
#define CALLBACK_TOOL "callback"
/* Tool names of every era map to one: "todo_write" is "TodoWrite", "show_media" is "Show". */
bool tool_is(const char *name, const char *canonical);
/* The one thing a call touches (command, path, pattern, url...), from its input JSON, complete or
 * not. False: none. */
bool tool_object(struct buf *out, const char *name, const char *input, size_t n);
/* What a command ended with, as its result tells it in its last line; 0: nothing but success is
 * known. */
int64_t tool_exit(const char *name, const char *result);
/* The items of a TodoWrite's input, which may be cut. */
enum todo { TODO_OPEN, TODO_NOW, TODO_DONE };
struct todo_walk {
    const char *p, *end;
};
struct todo_walk todo_walk(const char *input, size_t n);
/* content is replaced, and not clean. False: no more. */
bool todo_next(struct todo_walk *w, struct buf *content, enum todo *state);

#endif
