/* demo.h - the demo server from the inside; private to src/demo.
 *
 * Threads: main (signals, timers, readers that left), the one HTTP thread of libmicrohttpd (every
 * request, all JSON reading, the bytes of every stream) and one thread per turn of the scripted
 * agent. Lock: `demo.lock` guards everything reachable from struct demo that is not marked `fixed`
 * (set before the threads start). `demo.changed` is broadcast whenever a turn may have something to
 * do. The lock is not held while a command runs, a delta is paced or a socket is written. Under it
 * libmicrohttpd is only told to suspend and to resume. Functions below want the lock held unless
 * they say "unlocked". */
#ifndef DEMO_H
#define DEMO_H

#include <pthread.h>
#include <sys/types.h>
#include "mix/jtext.h"
#include "mix/types_admin.h"
#include "mix/wire.h"

struct MHD_Connection;
struct MHD_Daemon;

/* ---- command line (options.c) ---- */
enum quirk {
#define QUIRK(id, name, on, text) QUIRK_##id,
#include "quirks.def"
#undef QUIRK
    QUIRK_COUNT
};
enum fault_kind {
    FAULT_NONE,
    FAULT_STATUS,
    FAULT_HTML,
    FAULT_HANG,
    FAULT_RESET,
    FAULT_CUT,
    FAULT_SLOW,
    FAULT_GARBAGE
};
struct fault {
    enum op op; /* OP_COUNT: any */
    int nth;    /* from 1; 0: every time */
    bool onward;
    enum fault_kind kind;
    int64_t arg;
    int seen;
};
#define FAULTS_MAX 32
struct options {
    char host[64];
    int port, version; /* GEN_... */
    char generation[16];
    bool fork; /* there although the generation lacks it: `all` */
    char *data;
    double speed, time_scale;
    int64_t history; /* messages of a generated session */
    int64_t days;    /* messages of each day of work; 0: none */
    bool exit_with_stdin, allow_remote_exec, help, show_version;
    bool quirk[QUIRK_COUNT];
    struct fault faults[FAULTS_MAX];
    size_t n_faults;
};
/* Fails with RC_USAGE and a line that names the bad option. */
enum rc options_parse(struct options *o, int argc, char **argv, struct err *err);
void options_help(struct buf *b);
bool host_is_loopback(const char *host); /* of a Host header or an option; a port may follow */

/* ---- JSON text by hand, as Go writes it (json.c) ---- */
void json_open(struct buf *b, const char *key, char bracket); /* key NULL: no key */
void json_close(struct buf *b, char bracket);
void json_str(struct buf *b, const char *key, const char *value);
void json_int(struct buf *b, const char *key, int64_t value);
void json_bool(struct buf *b, const char *key, int value);
void json_raw(struct buf *b, const char *key, const char *json);
void json_shape(struct buf *b, const char *shape, const void *value,
                int version); /* no newline behind it */

/* ---- sessions and messages (store.c, persist.c) ---- */
#define CALLS_MAX 16
struct row {
    struct arena a;
    struct message m; /* text and reasoning are in the buffers */
    struct buf text, reasoning;
    int64_t created_at;
    const char
        *finish; /* "end_turn", "tool_use", "canceled", "error"; NULL while it is being written */
    bool dead;   /* rewound away while a turn may still write to it */
};
struct turn;
struct session {
    struct arena a;
    struct session_data d;
    struct row **rows;
    size_t n, cap;
    struct row **dead;
    size_t n_dead, dead_cap;
    int turns_done;
    int running;          /* turns that use this struct */
    struct turn *current; /* the one a cancel reaches */
    bool deleted;         /* no longer in the list; freed by its last turn */
    int64_t retitle_at;
};
struct stream;
struct request;
struct ask;
struct demo {
    struct options o;   /* fixed, but for faults[].seen */
    char *base;         /* fixed: the folder of everything */
    char *uploads;      /* fixed */
    bool base_is_ours;  /* fixed: removed at the end */
    bool fresh;         /* fixed: nothing was there before */
    bool may_execute;   /* fixed */
    int port;           /* fixed */
    int lock_fd;        /* fixed: keeps another server off the folder */
    int wake_fd;        /* fixed: tells main to look at timers again */
    int64_t started_at; /* fixed */
    struct MHD_Daemon *http;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    struct session **sessions;
    size_t n, cap;
    struct stream *streams;
    struct request *requests;
    struct ask *asks;
    struct turn *turns;
    uint64_t serial; /* of ids that need not be secret */
    struct admin *admin;
};
struct session *store_find(struct demo *d, const char *id);
struct session *store_new(struct demo *d, const struct session_create *in, const char *type);
void store_delete(struct demo *d, struct session *s);
void store_release(struct session *s); /* one user less; frees a deleted one */
struct row *store_add(struct demo *d, struct session *s, const char *role, const char *text);
struct tool_call *row_call(struct row *r, const char *id, const char *name); /* NULL when full */
void store_cut(struct demo *d, struct session *s, size_t keep);
void store_copy(struct demo *d, struct session *s, const struct row *from);
void store_callbacks(struct session *s, const struct callback *items, size_t n);
void store_count(struct session *s); /* counts and tokens from the rows */
void store_spend(struct session *s, double cost);
void store_free(struct demo *d);
char *store_folder(const struct demo *d, const char *session); /* unlocked; caller frees */
void new_id(char out[37]);                                     /* unlocked; a random UUID */
void session_json(struct buf *b, const struct demo *d, const struct session *s);
void row_json(struct buf *b, const struct demo *d, const struct session *s, size_t i);
/* One log per session, a record a line, appended with one write each: a killed server loses at most
 * a torn last line. */
enum rc persist_open(struct demo *d,
                     struct err *err); /* unlocked: makes the folders, reads what is there */
void persist_session(struct demo *d, const struct session *s);
void persist_row(struct demo *d, const struct session *s, const struct row *r);
void persist_cut(struct demo *d, const struct session *s, size_t keep);
void persist_delete(struct demo *d, const struct session *s);
void seed_sessions(struct demo *d); /* unlocked: the examples of a fresh start */
void seed_folder(struct demo *d, const char *session);
void seed_history(struct demo *d, int64_t messages);
void seed_days(struct demo *d, int64_t messages); /* days.c: four sessions of so many messages */
struct seed_line {
    const char *role; /* NULL ends a list */
    const char *text, *reasoning, *tool, *input, *result;
};
struct session *seed_begin(struct demo *d, const char *title, int64_t when, const char *type);
/* The id of its call, NULL: it has none. */
const char *seed_line(struct demo *d, struct session *s, const struct seed_line *l, int64_t when);
void seed_end(struct demo *d, struct session *s);

/* ---- streams (stream.c) ---- */
#define STREAM_QUEUE 50
struct stream *stream_open(struct demo *d, const char *session, struct MHD_Connection *c);
void stream_close(struct demo *d,
                  struct stream *st); /* by the HTTP thread when the connection ended */
ssize_t stream_read(void *stream, uint64_t pos, char *out,
                    size_t max); /* unlocked: libmicrohttpd's reader */
void stream_push(struct demo *d, struct stream *st, enum ev ev, const struct event_data *data);
void stream_end(struct demo *d, struct stream *st);   /* after what is queued */
void stream_raw(struct stream *st, const char *text); /* a frame as bytes, for faults */
void stream_cut_after(struct stream *st, int64_t bytes);
void stream_gone(struct stream *st); /* its reader left */
const char *stream_session(const struct stream *st);
void emit(struct demo *d, const char *session, enum ev ev, const struct event_data *data);
void emit_all(struct demo *d, enum ev ev, const struct event_data *data);
/* For turns: waits a moment for room in the queues first, which gives the lock away meanwhile. */
void emit_paced(struct demo *d, const char *session, enum ev ev, const struct event_data *data);
int64_t streams_tick(struct demo *d, int64_t now); /* heartbeats and cuts; when to come again */
void streams_stop(struct demo *d);
bool stream_exists(const struct demo *d, const char *session);

/* ---- what a turn asks a person (ask.c) ---- */
enum answer { ANSWER_NONE, ANSWER_YES, ANSWER_NO, ANSWER_TEXT };
struct ask {
    struct ask *next;
    char id[37], session[40];
    bool notification;
    enum answer answer;
    char value[1024];
    int64_t deadline;
};
struct ask *ask_new(struct demo *d, const char *session, int64_t wait_ms);
bool ask_answer(struct demo *d, const char *id, enum answer answer, const char *value);
void ask_free(struct demo *d, struct ask *a);

/* ---- the agent (turn.c, script.c, words.c) ---- */
enum word {
#define WORD(id, word, whole, text) WORD_##id,
#include "words.def"
#undef WORD
    WORD_COUNT
};
struct step {
    enum word word; /* WORD_COUNT: no word, an answer about the files */
    const char *arg;
    size_t n;
};
#define STEPS_MAX 20
/* A line that begins with a word is a step. At least one step comes back. Pure. */
size_t words_read(const char *text, struct step steps[STEPS_MAX]);
/* At most n bytes of s and of the room, ending with a whole character. */
void text_cut(char *out, size_t size, const char *s, size_t n);
const char *word_text(enum word w, const char **help); /* its spelling */

/* One call to a tool: what the model wrote, and the same in parts for whoever runs it. */
struct plan {
    const char *tool;  /* its newest name: "Bash" */
    const char *input; /* JSON */
    const char *a, *b, *c;
    bool denied; /* by a person or by time */
};
struct turn {
    struct turn *next;
    struct turn *parent; /* of a sub-agent, that lives inside it */
    struct demo *d;
    pthread_t thread;
    struct session *s;     /* counted in s->running */
    const char *parent_id; /* of a sub-agent: the Task call */
    const char *listener;  /* the session whose streams hear it */
    char *text;
    char thinking_level[16];
    bool plan_mode;
    int64_t max_steps, steps;
    int64_t thought_ms;
    struct row *row; /* the assistant message being written */
    struct plan plans[CALLS_MAX];
    struct buf tail; /* a last delta that `complete` is going to overtake */
    bool early, cancelled, failed, finished, limited;
    int holders; /* requests that look at it */
    char error[256];
};
struct turn *turn_start(struct demo *d, struct session *s, const struct message_send *in);
void turn_cancel(struct demo *d, struct turn *t);
bool turn_stopped(const struct turn *t); /* cancelled, failed, or the server ends */
void turns_reap(struct demo *d,
                bool all); /* unlocked: joins those that ended; all: cancels first */
/* Verbs for scripts, all unlocked; after a cancel or a failure they do nothing. */
void turn_message(struct turn *t); /* a new assistant message */
void turn_think(struct turn *t, const char *text);
void turn_say(struct turn *t, const char *text); /* Markdown, in small deltas */
void turn_sayf(struct turn *t, const char *fmt, ...) MIX_PRINTF(2, 3);
void turn_flood(struct turn *t, int64_t deltas, int64_t per_second); /* 0: as fast as it can */
void turn_pause(struct turn *t, int64_t ms);                         /* divided by the speed */
void turn_call(struct turn *t, const struct plan *plan);
void turn_execute(struct turn *t); /* runs all calls of the message */
void turn_fail(struct turn *t, const char *fmt, ...) MIX_PRINTF(2, 3);
const char *turn_result(const struct turn *t,
                        size_t call); /* of the message just executed; "" when none */
void script_run(struct turn *t);      /* the whole turn, by the words of its text */
void answer_about_files(struct turn *t, const char *text); /* answer.c */
void show_table(struct turn *t);
void show_code(struct turn *t, const char *language, size_t n);
void show_picture(struct turn *t);
/* kinds.c: calls whose answers are made up */
void show_kinds(struct turn *t);
bool kind_is_told(const struct plan *p); /* its result is p->b */
void kind_screenshots(struct turn *t, const struct plan *p, struct tool_call *c); /* locked */
void kind_callbacks(const struct turn *t, struct row *r);                         /* locked */
void picture_jpeg(struct buf *out, const char *name, int width, int height);      /* picture.c */
/* For turn.c and execute.c. */
void turn_emit(struct turn *t, enum ev ev, struct event_data *data);
void turn_settle(struct turn *t,
                 const char *finish); /* ends the message: tokens, cost, kept on disk; locked */
void turn_wait(struct demo *d, int64_t until); /* locked: for d->changed or the time */
void turn_user_row(struct turn *t);

/* ---- tools (tools.c, exec.c), unlocked: they touch files, never struct demo ---- */
const char *tool_name(const struct demo *d, const char *tool,
                      char out[32]); /* in the words of the generation */
enum rc tool_read(struct buf *out, const char *folder, const char *file, struct err *err);
enum rc tool_glob(struct buf *out, const char *folder, const char *pattern);
enum rc tool_grep(struct buf *out, const char *folder, const char *pattern);
enum rc tool_replace(const char *folder, const char *file, const char *from, const char *to,
                     struct err *err);
enum rc tool_write(const char *folder, const char *file, const char *text, size_t n,
                   struct err *err);
bool safe_name(const char *name); /* stays below the folder it is joined to */
struct command {
    const char *folder, *line;
    int64_t limit_ms;
    bool (*stopped)(void *arg); /* asked now and then */
    void *arg;
};
enum rc command_run(struct buf *out, const struct command *c, int *exit_code, struct err *err);

/* ---- requests (http.c, request.c, upload.c) and what answers them (routes_*.c) ---- */
struct reply {
    int status; /* 0: not yet, see request_wait */
    const char *type;
    struct buf body;
    int fd;                     /* >= 0: this file instead of the body; owned */
    int64_t size, from;         /* of the file: so many bytes from there on */
    const char *header, *value; /* one more header; in the request's arena or static */
    const char *range;          /* Content-Range; NULL: none */
    const char *modified;       /* Last-Modified, of what may be asked for in parts; NULL: none */
    struct stream *stream;
};
struct upload;
struct request {
    struct request *next; /* all that are open */
    struct demo *d;
    struct MHD_Connection *conn;
    int fd;          /* of the connection, to see that the other side left */
    uint64_t serial; /* tells it from a later one with the same fd */
    struct arena a;
    const char *path, *query,
        *method; /* as they came, still percent-encoded; query NULL when absent */
    const char *host;
    enum op op; /* OP_COUNT: none, then `status` says what instead */
    void *in;   /* the operation's input, path parameters filled in */
    struct buf body;
    struct upload *upload;
    struct reply reply;
    struct fault fault;
    bool started, routed, suspended, gone, too_big;
    int refused;       /* 403, 404, 405, 200 for OPTIONS; 0: goes to its handler */
    const char *allow; /* for 405 */
    int phase;         /* a handler's own, 0 at first */
    int64_t wake_at;
    struct session *wait_for; /* counted in running */
    struct turn *turn;        /* a synchronous send waits for it */
};
typedef void handler(struct request *r);
struct route {
    enum op op;
    handler *run;
};
extern const struct route routes_sessions[], routes_messages[], routes_files[], routes_admin[],
    routes_system[]; /* each ends with OP_COUNT */
void request_route(struct request *r, const char *method, const char *host, const char *origin);
void request_run(struct request *r); /* calls the handler, or writes the refusal */
void request_wait(struct request *r,
                  int64_t until); /* suspends; the handler runs again then or when woken */
void requests_wake(struct demo *d, const struct session *s);
int64_t requests_tick(struct demo *d, int64_t now);
const char *request_header(struct request *r, const char *name); /* NULL when absent */
const char *request_query(struct request *r, const char *name);  /* decoded; NULL when absent */
/* Reads the JSON body over r->in. False: a 400 was written. Strict where servers are strict. */
bool request_read(struct request *r);
void reply_json(struct request *r, int status); /* r->reply.body holds it */
void reply_shape(struct request *r, int status, const char *shape, const void *value);
void reply_text(struct request *r, int status, const char *text);
void reply_lower(struct request *r, int status, const char *fmt, ...) MIX_PRINTF(3, 4);
void reply_upper(struct request *r, int status, const char *type, const char *fmt, ...)
    MIX_PRINTF(4, 5);
struct session *request_session(struct request *r); /* by in->id; NULL: a 404 was written */
bool demo_has(const struct demo *d, enum op op);
int64_t demo_ms(const struct demo *d, int64_t ms); /* by the time scale */
void demo_wake(struct demo *d); /* unlocked or locked: the main thread looks at its timers again */
int server_run(const struct options *o); /* server.c; returns the exit code */

enum rc http_start(struct demo *d, struct err *err); /* unlocked */
void http_stop(struct demo *d);                      /* unlocked */
/* The connections whose readers may leave unseen, for poll; http_left is told what poll saw. */
struct watched {
    int fd;
    uint64_t serial;
};
size_t http_watch(const struct demo *d, struct watched *out, size_t max);
void http_left(struct demo *d, struct watched w);

bool upload_start(struct request *r);
void upload_feed(struct request *r, const char *p, size_t n); /* unlocked */
void upload_free(struct request *r);
const char *upload_name(const struct request *r); /* as sent; NULL: no part called `file` */
bool upload_broken(const struct request *r);
enum rc upload_keep(struct request *r, const char *path);

/* ---- /doc (doc.c) ---- */
void doc_write(struct buf *b, const struct demo *d);
/* Whether a body field exists in this generation; for operations that refuse unknown fields. */
bool field_known(const struct demo *d, enum op op, const char *key);

/* ---- keys, preferences, commands (admin.c) ---- */
void admin_init(struct demo *d);
void admin_free(struct demo *d);
bool admin_signed_in(const struct demo *d);
const char *admin_model(const struct demo *d);
void slash_command(struct request *r, const char *text); /* answers */

#endif
