/* send.h - private: a conversation from the shell. feed.c prints what happens, asks.c answers what
 * the agent asks, watch.c keeps the streams, turn.c takes one message to its end. Main thread. */
#ifndef MIX_CLI_SEND_H
#define MIX_CLI_SEND_H

#include "mix/policy.h"
#include "run.h"

/* ---- feed.c: what is printed ---- */
struct feed {
    const struct cli_command *command;
    struct cli_out out;
    const char *session; /* the conversation's; NULL until it is known */
    bool json;
    bool notes_out; /* short lines go to standard output like everything else */
    bool dim;       /* short lines may be dimmed: standard error is a terminal */
    bool midline;   /* the text printed last has no line end yet */
    bool thinking;
    bool broken; /* standard output is gone */
    bool closed; /* the last line was printed */
    bool hold;   /* a question is on the terminal: nothing else is printed there */
    struct buf held, held_notes;
    char *message_id;
    struct part { /* the texts of this turn, as they were streamed */
        struct buf text;
    } * parts;
    size_t n_parts, cap_parts;
    bool next_part;
};
enum rc feed_open(struct feed *f, const struct cli_command *c, bool json, struct err *err);
void feed_close(struct feed *f);
/* A short line beside the text: `mark` is what it begins with. Cleaned. */
void feed_note(struct feed *f, const char *fmt, ...) MIX_PRINTF(2, 3);
/* `mixtui send: TEXT` on standard error, whatever is printed elsewhere. */
void feed_say(struct feed *f, const char *fmt, ...) MIX_PRINTF(2, 3);
void feed_text(struct feed *f, const char *message_id, const char *text);
/* What the finished text of a message has beyond what was streamed. */
void feed_rest(struct feed *f, const char *message_id, const char *whole);
void feed_event(struct feed *f, const char *session, const struct wire_event *e);
/* A JSON line: begin, fields, end. Nothing is printed where the output is text. */
void feed_begin(struct feed *f, struct buf *line, const char *type, const char *session);
void feed_end(struct feed *f, struct buf *line);
void feed_release(struct feed *f); /* the question is over: prints what was held */

/* ---- the conversation ---- */
enum ask_policy { POLICY_DENY, POLICY_ASK, POLICY_GRANT, POLICY_RULES, POLICY_WATCH };
struct asked; /* asks.c */
struct watched {
    char *session;
    char *call_id; /* of the Task call; NULL: the session itself */
    uint32_t stream;
    enum link_state link;
    int64_t since;
};
struct known_call {
    char *id, *name, *input, *session;
    bool open;
};
struct talk {
    struct cli_run run;
    struct feed feed;
    struct cli_loop loop;
    struct caps caps;
    char *session;
    struct watched *watches; /* the session first, then its sub-agents */
    size_t n_watches, cap_watches;
    uint32_t list_request;
    int64_t list_at;
    struct known_call *calls;
    size_t n_calls, cap_calls;
    /* asks.c */
    enum ask_policy policy;
    struct rule *rules; /* --allow */
    char **rule_texts;
    size_t n_rules;
    char *state_dir; /* of the rules file and the audit log; NULL: not used */
    char *server;    /* key; with state_dir */
    char *work_dir;  /* of the session, as far as it is known */
    bool audit_failed;
    struct asked *asks; /* a list, oldest first */
    int tty;            /* the terminal questions are asked on; -1: none */
    struct buf typed;
    size_t denied, refused; /* by us; as seen in the events */
    /* what the owner does */
    void (*event)(struct talk *t, const struct wire_event *e);
    void (*live)(struct talk *t, bool gap);
    void (*lost)(struct talk *t, const struct incoming *in);
    void *owner;
};
void talk_init(struct talk *t, void *owner);
void talk_fini(struct talk *t);
/* *in: its zeroed `in` struct, to be filled */
struct request *talk_request(const struct talk *t, enum op op, size_t in_size, void **in);
uint32_t talk_call_id(struct talk *t, enum op op, const char *id);
void sooner_of(int64_t *at, int64_t other); /* 0: never */

/* ---- watch.c ---- */
void watch_open(struct talk *t, const char *session, const char *call_id);
/* Takes what belongs to the streams and the search for sub-agents. */
bool watch_take(struct talk *t, struct incoming *in);
void talk_watch_tick(struct talk *t, int64_t now);
int64_t talk_watch_next(const struct talk *t);
/* The one open call of that tool with that object; NULL: none or several. */
const struct known_call *watch_call(const struct talk *t, const char *session, const char *tool,
                                    const char *object);

/* ---- asks.c ---- */
enum rc asks_allow(struct talk *t, const char *text, struct err *err);
enum rc asks_open_tty(struct talk *t, struct err *err);
void asks_event(struct talk *t, const char *session, const struct wire_event *e);
bool asks_take(struct talk *t, const struct incoming *in);
void asks_typed(struct talk *t);
void talk_asks_tick(struct talk *t, int64_t now);
int64_t talk_asks_next(const struct talk *t);
void asks_over(struct talk *t); /* the turn ended: nothing waits any more */
void asks_fini(struct talk *t);
size_t asks_denied(const struct talk *t);

/* ---- turn.c ---- */
enum turn_phase {
    TURN_PROBE,
    TURN_LOOK,
    TURN_WAIT,
    TURN_STOP, /* --force: what runs is cancelled */
    TURN_CREATE,
    TURN_UPLOAD,
    TURN_OPEN,
    TURN_POST, /* posted, nothing heard yet */
    TURN_RUN,
    TURN_CHECK, /* the answer was lost: does the session have it? */
    TURN_COST,
};
struct turn_rows {  /* what a list of messages tells */
    bool open_call; /* of the last row */
    bool tail_open; /* an agent seems to be at work */
    bool passed;    /* the row that was the last one before is behind us */
    bool found;     /* our message is there */
    char *last_id;  /* of the last row */
    char **texts;   /* what the agent wrote after it */
    size_t n, cap;
};
struct turn {
    struct talk talk;
    /* from the command line */
    const char *target;
    char *text;
    struct strings files;
    bool json, plan, wait, force;
    const char *thinking;
    int64_t max_steps, max_time_ms, give_up_ms;
    /* the course of things */
    enum turn_phase phase;
    uint32_t request, post, cancel, rows_request;
    struct turn_rows rows;
    size_t uploaded;
    char *known_id;
    double cost_before, cost;
    bool cost_known, confirmed, heard_other, seen, gap, expanded, sent_told, live;
    int checks, quiet;
    int64_t live_at, heard_at;
    int64_t due;     /* of the phase */
    int64_t rows_at; /* the messages are read again */
    int64_t end_at;  /* the end was heard: a moment for its echo */
    int64_t down_at; /* since when the stream is down */
    int64_t stop_at; /* time of --max-time */
    const char *outcome;
    int code;
    struct err failure, refusal; /* of the stream; of a synchronous send */
    struct buf errors;
};
/* Ends it: the line of the end, after the price was asked for where something was paid. */
int turn_finish(struct turn *t, const char *outcome, int code);
int turn_ended(struct turn *t); /* the end was heard */
int turn_could_not(struct turn *t, const char *what, const struct err *err);
void turn_sent(struct turn *t); /* it is known to have arrived */
/* rows.c */
void turn_read_rows(struct turn *t);
int turn_take_rows(struct turn *t, const struct incoming *in);
bool turn_same_text(const char *ours, const char *theirs);
/* leave.c */
enum rc turn_fits(const struct turn *t, struct err *err); /* RC_USAGE: what the server lacks */
void turn_look(struct turn *t);
void turn_create(struct turn *t);
void turn_go_on(struct turn *t); /* the next upload, or the stream */
void turn_place_file(struct turn *t, const char *path, const struct file_info *file);
void turn_post(struct turn *t);
int turn_busy(struct turn *t);
void turn_stop(struct turn *t); /* cancels it */
int turn_run(struct turn *t, const struct connect_flags *conn);

/* ---- the commands ---- */
extern const struct flag send_flags[12];
int cli_send(const struct cli_command *c, int argc, char **argv);
extern const struct flag tail_flags[3];
int cli_tail(const struct cli_command *c, int argc, char **argv);

#endif
