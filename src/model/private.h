/* private.h - what the files of the model floor share. Nothing here is seen by other floors.
 *
 *   model.c       doors, effects, tick
 *   reduce.c      incoming -> replies by operation, events by kind
 *   connect.c     probe, list, offline
 *   sessions.c    the list, its order, marks
 *   watch.c       which streams are open
 *   send.c        turns, queue, journal
 *   drafts.c      files of drafts and history
 *   load.c        GET messages and GET session, planned and arriving
 *   asks.c        requests and questions of one server; act_asks.c rule 1
 *   servers.c     several servers: the inbox they share, and who has the screen
 *   turns.c       begin and end of a turn
 *   files: act_files.c transfers.c act_picker.c · screen: act_screen.c act_thread.c
 *   transcript: transcript*.c tools.c · search*.c · server screens: panel*.c */
#ifndef MIX_MODEL_PRIVATE_H
#define MIX_MODEL_PRIVATE_H

#include "mix/act.h"
#include "mix/editor.h"
#include "mix/panel.h"
#include "mix/text.h"

enum {
    LONG_AGO_MS = 1000 * 1000 * 1000, /* further back than any interval here */
    ARM_MS = 400,                     /* rule 1 and confirmations */
    NOTICE_MS = 8000,
    NOTICES_MAX = 500,
    HISTORY_MAX = 10000,
    ASKS_MAX = 200,
    ASK_LIFE_MS = 29000, /* the server denies after 30 s */
    ASK_LATE_MS = 28000,
    HOLD_MS = 700, /* a severe grant */
    HOLD_LEAST_MS = 2000,
    BATCH_MAX = 256,
    SPIN_MS = 250,
    DRAFT_MAX = 1024 * 1024, /* bytes of one draft */
    MAX_STEPS = 100000,      /* more is a slip of the hand */
};

/* What a task is for; comes back in task.tag. Append only: the file acts use theirs. */
enum task_tag {
    TAG_NONE,
    TAG_DRAFT_READ,
    TAG_DRAFT_WRITE,
    TAG_HISTORY_READ,
    TAG_HISTORY_WRITE,
    TAG_STATE_READ,
    TAG_STATE_WRITE,
    TAG_FILES, /* this and everything above it goes to files_task */
    TAG_PICKER_SCAN,
    TAG_PICKER_FIND,
    TAG_UPLOAD_STAT,
    TAG_DOWNLOAD_STAT,
    TAG_DRAFT_LOOK, /* at what a draft's file holds before it is replaced */
    TAG_EXPORT,
    TAG_PICTURE,
    TAG_COPY_FILE,
    TAG_COPY_WAY,
    TAG_PIPE,
    TAG_INDEX,
    TAG_INDEX_CHOICE,
    TAG_PLACES_READ,
    TAG_PLACES_WRITE,
    TAG_TREE,
    TAG_OPENING,
    TAG_OWN_TAKE,
    TAG_OWN_LEFT,
    TAG_OWN_WATCH,
    TAG_OWN_ASK,
    TAG_OWN_DROP,
    TAG_RULES, /* rules.c tells its own apart */
    TAG_COMPLETE_TREE,
    TAG_COMPLETE_SCAN,
    TAG_COMPLETE_STAT,
    TAG_ATTACH,
    TAG_PICKER_LOOK,
    TAG_PICKER_FACTS,
    TAG_CHIP_SIZE,
};

/* A call on its way. Its session may go away meanwhile: then `session` is NULL. */
struct pending {
    uint32_t id;
    enum op op;
    struct session *session;
    bool had_session;    /* it was made for one */
    struct panel *panel; /* as with the session: panel_call */
    bool had_panel;
    int64_t retry_at; /* it failed and is tried again then; 0: no */
    int attempt;      /* ... for which time */
    struct err err;   /* why */
};
struct pending_task {
    uint32_t id;
    enum task_tag tag;
    struct session *session;
    bool had_session;
    uint64_t hash; /* of what is written, or of what a look should find */
};

/* A Task call that runs: its sub-agent's session has to be found. */
struct task_call {
    char *call_id;
    int64_t since;
    struct session *child; /* NULL: not found yet */
};

enum { DONE_IDS = 8 };

enum { GONE_MAX = 20 };
struct queue_gone {
    struct queued queued;
    size_t at;
};

struct session_private {
    /* the list */
    uint32_t list_seq;   /* of the last list that held it; 0: none */
    bool provisional;    /* known only by its id: --session or the state file */
    bool touched;        /* sent to from here, or made while connected */
    bool counted;        /* `rows` is known */
    bool compare;        /* the next GET session tells whether the load missed something */
    int64_t rows;        /* messages by the server's own count */
    int64_t title_at[2]; /* when the title is fetched again; 0: not planned */
    int turns_done;
    int64_t active_mark; /* clock_now() when active_at was set last; 0: the next sets it */
    /* the turn */
    bool seen_running;        /* events of this turn came here */
    int64_t heard_at;         /* clock_now() of the last event of a turn */
    int64_t began_at;         /* clock_now() when it was first seen at work; 0: it is not */
    int64_t ended_at;         /* clock_now() of the last end */
    char *end_text;           /* of the error that ended it */
    char *answered_id;        /* of the message whose synchronous answer ended it */
    int64_t cancel_at;        /* when a cancel without an answer is settled by a reconcile */
    char *message_id;         /* of the newest delta */
    char *done_ids[DONE_IDS]; /* messages whose deltas are late from now on */
    size_t n_done;
    int unsure_loads;        /* loads since the turn became unsure */
    struct task_call *tasks; /* Task calls that run */
    size_t n_tasks, cap_tasks;
    /* the stream */
    bool was_live; /* this stream was live once: what comes after a break is a gap */
    bool gap;      /* reconcile when live again */
    /* sending */
    int64_t live_by; /* the stream has to be live by then or the send is refused; 0: not waiting */
    bool leaving;    /* the file says `sending`; the POST waits for the write */
    uint32_t leave_write; /* ... which is this task */
    uint32_t create_request;
    char *known_id;    /* the last known message when `sending` was posted */
    int64_t posted_at; /* clock_now() when it was */
    bool check;        /* loads look for `sending` behind known_id */
    bool checking;     /* ... and the one that arrives began so */
    bool check_passed, check_found;
    int checks;
    uint32_t next_queue_id;
    uint32_t now_id; /* the queued one that leaves once the turn has ended, whatever is held */
    struct queue_gone gone[GONE_MAX]; /* taken out, newest last */
    size_t n_gone;
    /* loading */
    bool load_again; /* something ended while a load was under way */
    bool fork_next;  /* the whole session is forked once the load is through */
    int64_t rows_arriving, rows_loaded;
    /* the draft on disk */
    uint32_t draft_read, draft_write; /* task ids, under way; 0: none */
    int64_t save_again_at;            /* after a failed write; 0: none failed */
    /* hashes: of what was given to the disk last, and of what it surely has; 0: nothing */
    uint64_t disk_asked, disk_has;
    unsigned slot;              /* of several that are not created yet; 0: the first */
    char *theirs;               /* the draft of another mixtui, as it is shown; NULL: it is ours */
    int64_t looked_at, take_by; /* own.c */
    bool granted;
    char *stash;              /* the draft while the prompt history is browsed */
    struct chip *stash_chips; /* ... and its own; they mean nothing without a stash */
    size_t n_stash_chips;
    /* reading */
    struct place *place; /* places.c; borrowed */
    bool placed;         /* the reader was put where they were last */
    bool unread_seen;    /* the shown thread had the unread line: what comes next draws another */
    /* the index: of each entry what it was when it was fed; 0: never */
    uint64_t *index_signs, index_title;
    size_t n_index_signs, index_at;
    bool index_wanted;
    bool index_forget; /* with the session */
    struct jump *jump; /* to a message, once the thread is here; NULL: none */
};

struct jump {
    char *message, *hit;
    char role;
};

struct known_command {
    char *name, *detail, *hint; /* detail and hint clean, or NULL */
};

struct model_private {
    struct index_state *index; /* never NULL */
    struct pending *pending;
    size_t n_pending, cap_pending;
    struct pending_task *tasks;
    size_t n_tasks, cap_tasks;
    /* sessions */
    bool order_dirty, watch_dirty;
    size_t cap_visible;
    uint32_t list_seq, listed_seq; /* of the list asked for last, and of the one complete last */
    bool list_again;
    int64_t listed_at;
    /* streams */
    uint32_t hit_id; /* the stream looked up last */
    struct session *hit;
    struct map children_by_call; /* Task call id -> sub-agent session */
    /* connecting */
    uint32_t probe_request;
    int64_t backoff, retry_own_at;
    bool ever_loaded, asked_rest, offered;
    bool started; /* the session to show was chosen */
    bool state_read, history_read, server_history_read;
    char *wanted_id;                /* --session or the one shown last */
    struct attaching *attaching;    /* attach.c; NULL until a file was */
    struct known_command *commands; /* of the server */
    size_t n_commands, cap_commands;
    bool commands_known;
    /* disk */
    char **pins; /* ids */
    size_t n_pins, cap_pins;
    int64_t state_dirty_at;
    struct places *places;
    struct prompt *server_prompts; /* newest first; a seed while the own history is empty */
    size_t n_server_prompts, cap_server_prompts;
    struct prompt *unsaved; /* not in the file yet */
    size_t n_unsaved, cap_unsaved, next_prompt;
    bool history_torn; /* its file ends within a line */
    struct buf late;   /* lines of it that the disk did not take */
    int64_t late_at;   /* when that is tried again; -1: just now; 0: there are none */
    /* the screen */
    uint64_t seconds_key;
    int64_t spun, leader_done, confirm_done;
    bool arm_shown;
    size_t holds;     /* grants that are held */
    uint32_t batches; /* made so far */
    uint64_t summary; /* of a hidden one, see servers_settle */
    /* panels */
    char **piped; /* commands that got a text, oldest first */
    size_t n_piped, cap_piped;
    uint32_t pipe_ended;             /* its output is looked at no more */
    uint32_t own_watch;              /* the task that waits for what others ask */
    bool left_looked;                /* for drafts of the new sessions of those that are gone */
    bool drain;                      /* what was changed in a queue may leave */
    uint64_t queue_sign;             /* of the queue that a panel shows */
    struct rules_state *rules;       /* NULL: nothing yet */
    struct create_kept *create_kept; /* what was written in the form of a new session */
    bool keys_offered;               /* there was no provider, and the person was told */
    bool stored_unlisted;            /* a key went to a provider that the status does not list */
    const struct fault *fault;       /* of the answer that is being taken in */
    size_t fault_bytes;              /* of the bodies that notices hold */
    uint32_t n_said;                 /* notices so far, repeated ones too */
    size_t notices_gone;             /* the oldest, that made way */
    size_t notice_chosen;  /* whose details are opened: counted from the first there was */
    char (*why_op)[96];    /* of every operation; see panel_why_op */
    uint32_t *panel_ended; /* requests to be cancelled: their panel is closed */
    size_t n_panel_ended, cap_panel_ended;
    /* files */
    struct files_arriving {
        struct file_info *v;
        size_t n, cap;
        struct arena arena;
    } files_arriving;              /* the list while it comes */
    struct files_work *files_work; /* files.h; never NULL */
    bool scan_typed;               /* the picker's scan is of a path in the filter */
    uint32_t last_transfer;        /* id */
    struct finder *picker_finder;  /* the tree below the picker's directory; NULL: not yet */
};

/* ---- change ---- */
void model_touch(struct model *m); /* something visible changed */
void order_touch(struct model *m); /* ... that may move sessions in the list */
void watch_touch(struct model *m); /* ... that may open or close streams */

/* Ends every door and every act with effects: streams, order, files follow what changed. */
void model_settle(struct model *m, struct effects *fx);

/* ---- effects ---- */
/* A request in fx with the server's version, remembered for its answer. Fill `in` with call_in. */
struct request *fx_call(struct model *m, struct effects *fx, enum op op, struct session *s);
void *call_in(struct request *r, size_t size); /* zeroed, in r->arena, set as r->in */
uint32_t fx_call_id(struct model *m, struct effects *fx, enum op op, struct session *s,
                    const char *id); /* in: {id} */
void fx_cancel(struct effects *fx, uint32_t target);
void fx_request(struct effects *fx, struct request *r); /* any other kind */
/* A task in fx, remembered with its tag and session. NULL path never happens: see state_path. */
struct task *fx_task(struct model *m, struct effects *fx, enum task_kind kind, const char *path,
                     enum task_tag tag, struct session *s);
void fx_stop_task(struct effects *fx, uint32_t target); /* it comes back cancelled */
void fx_task_take(struct model *m, struct effects *fx, struct task *t, enum task_tag tag,
                  struct session *s);                       /* one that is made already */
void task_data(struct task *t, const char *data, size_t n); /* copied */
/* <state_dir>/<server key>/<name>; false when nothing is kept. */
bool state_path(const struct model *m, struct buf *out, const char *name);

/* ---- panel_create.c, exporting.c ---- */
struct create_kept;
void create_kept_free(struct create_kept *kept);
void exporting_task(struct model *m, const struct task *t, struct effects *fx); /* a write ended */

/* ---- copying.c, copy_items.c, panel_pipe.c ---- */
void copying_free(struct copying *c);
void copying_task(struct model *m, const struct task *t, struct effects *fx);
void pipe_task(struct model *m, struct task *t, struct effects *fx); /* may take its arena */
void pipe_settle(struct model *m, struct effects *fx);
void visual_tick(struct model *m, struct effects *fx); /* what was chosen is copied */

/* ---- panel.c ---- */
void panels_free(struct model *m);
/* A permission does not wait: its pane comes before the panels, which are there again when it is
 * left. */
void panels_park(struct model *m);
bool panels_wait(const struct model *m);
void panel_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx);
void panel_frames(struct model *m, struct incoming *in, struct effects *fx);
/* now NULL: it is gone */
void panels_session(struct model *m, const struct session *was, struct session *now);
void panels_notice(struct model *m); /* something was said */
void fault_copy(struct fault *out, const struct fault *from, struct arena *a);
void notice_free(struct notice *n);
/* only for the log: it is shown elsewhere */
void notice_failure(struct model *m, const struct err *err);
void panels_settle(struct model *m, struct effects *fx); /* cancels what closed ones waited for */
void panels_painted(struct model *m, int64_t now);
/* when the question of the top panel may be answered; 0: nothing is asked or that time is over */
int64_t panel_armed_at(const struct model *m);

/* ---- effects.c ---- */
/* sanitised, one line, owned; NULL for NULL or blank */
char *clean_line(const char *s, size_t max);
void free_strings(char **v, size_t n);
void set_string(char **field, const char *value); /* frees the old, copies the new; NULL clears */

/* ---- sessions.c, order.c, act_session.c ---- */
struct session *session_new(struct model *m, const char *id); /* in the list when it has an id */
void session_free(struct session *s);
/* everything that points to it lets go */
void session_gone(struct model *m, struct session *s, struct effects *fx);
void session_take_data(struct model *m, struct session *s, const struct session_data *d);
void session_active(struct model *m, struct session *s);
/* finds or makes, then takes; NULL without an id */
struct session *session_add(struct model *m, const struct session_data *d);
void session_name(struct model *m, struct session *s,
                  const char *id); /* the fresh one exists now */
void session_link_parents(struct model *m);
void sessions_order(struct model *m); /* rebuilds `visible` */
bool session_has_open_call(const struct session *s);
struct session *session_newest(const struct model *m);
void fork_now(struct model *m, struct session *s, uint32_t message_count, struct effects *fx);
void fork_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
void session_delete_reply(struct model *m, struct incoming *in, struct session *s,
                          struct effects *fx);

/* ---- connect.c ---- */
void connect_start(struct model *m, struct effects *fx);
void connect_tick(struct model *m, struct effects *fx);
int64_t connect_next(const struct model *m);
void connect_failed(struct model *m, const struct incoming *in, struct effects *fx);
void connect_lost(struct model *m, const struct err *err, int64_t retry_at, struct effects *fx);
void connect_caps(struct model *m, struct incoming *in, struct effects *fx);
void connect_answered(struct model *m, struct effects *fx); /* the server spoke */
void connect_shown(struct model *m); /* it has the screen now, and may offer help on it */
void list_request(struct model *m, struct effects *fx);
void sessions_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx);
void auth_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx);
void validate_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx);
/* what the status says of server.no_provider; false: nothing */
bool auth_take(struct model *m, const struct auth_status *status);
void commands_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx);
void history_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx);
void start_choose(struct model *m, struct effects *fx); /* which session is shown first */

/* ---- watch.c ---- */
struct session *stream_session(struct model *m, uint32_t request);
void stream_key(char out[16], uint32_t request);
void watch_now(struct model *m, struct session *s,
               struct effects *fx); /* open its stream at once */
void watch_stop(struct model *m, struct session *s, struct effects *fx);
void watch_update(struct model *m, struct effects *fx);
void watch_link(struct model *m, struct session *s, const struct incoming *in, struct effects *fx);
void watch_live(struct model *m, struct session *s, struct effects *fx);
void watch_failed(struct model *m, struct session *s, struct effects *fx);
void task_begins(struct model *m, struct session *s, const char *call_id, struct effects *fx);
/* NULL: all of them */
void task_ends(struct model *m, struct session *s, const char *call_id, struct effects *fx);
void tasks_find_children(struct model *m, struct effects *fx);
void watch_tick(struct model *m, struct effects *fx);
int64_t watch_next(const struct model *m);

/* ---- load.c ---- */
/* GET messages then, if its thread is loaded, shown or in doubt */
void load_plan(struct model *m, struct session *s, int64_t in_ms);
void load_now(struct model *m, struct session *s, struct effects *fx);
void info_plan(struct session *s, int64_t at);
void load_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
void info_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
void load_tick(struct model *m, struct session *s, struct effects *fx);
int64_t load_next(const struct session *s);

/* ---- turns.c ---- */
enum turn_end { END_COMPLETE, END_ERROR, END_CANCELLED, END_SETTLED };
void turn_runs(struct model *m, struct session *s);
void turn_unsure(struct model *m, struct session *s);
void turn_ends(struct model *m, struct session *s, enum turn_end how, struct effects *fx);
void turn_loaded(struct model *m, struct session *s, bool first, struct effects *fx);
void cancel_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
bool delta_late(const struct session *s, const char *message_id);
void delta_seen(struct session *s, const char *message_id);
void message_done(struct session *s, const char *message_id);
void turn_tick(struct model *m, struct session *s, struct effects *fx);
int64_t turn_next(const struct session *s);
double go_duration(const char *progress); /* seconds named in it; < 0: none */

/* ---- keeping.c ---- */
void keep_denies(struct model *m, struct ask *a, struct effects *fx);

/* ---- attention.c ---- */
void attend_ask(struct model *m, const struct ask *a, struct effects *fx); /* it is in the inbox */
void attend_turn(struct model *m, struct session *s, enum turn_end how, struct effects *fx);

#include "answering.h"
#include "writing.h"

/* ---- servers.c ---- */
struct model *model_viewer(struct model *m); /* the one with the screen: whose ui counts */
struct model *peer_at(struct model *m, size_t at);
/* Where that model's requests go; its clock is m's from now on. fx: where m's go. */
struct effects *peer_effects(const struct model *m, struct model *peer, struct effects *fx);
bool ask_selected(const struct model *m, const struct ask *a);   /* by owner and id */
bool inbox_selected(const struct model *m, const struct ask *a); /* ... on the screen */
void inbox_insert(struct model *m, struct ask *a);
void inbox_remove(struct model *m, const struct ask *a);
/* another server told of it just now: the same one under two addresses */
bool inbox_rang(const struct model *m, const struct ask *a);
void servers_settle(struct model *m); /* what others show of a hidden one changed */
char *address_shown(const char *url); /* without userinfo */

/* ---- ask_text.c ---- */
/* Write and Edit; NULL: no diff */
char *ask_diff(struct arena *a, const char *tool, const char *input, size_t n);
char *ask_pretty(struct arena *a, const char *json, size_t n);

/* ---- slash.c ---- */
/* The 200 answer to a slash command; takes the arena when it keeps it. */
void slash_answer(struct model *m, struct session *s, struct message *answer, struct arena *arena,
                  struct effects *fx);

/* ---- act_files.c, transfers.c, act_picker.c ---- */
/* the session that speaks for the uploads: the one shown, else the newest; NULL: none exists */
struct session *files_speaker(const struct model *m);
void files_reply(struct model *m, struct incoming *in, struct session *s,
                 struct effects *fx); /* FILES_LIST, FILE_*: every kind */
void files_task(struct model *m, struct task *t,
                struct effects *fx); /* takes t; tags from TAG_FILES on */
void files_session_gone(struct model *m, struct session *s);
void files_fini(struct model *m); /* files, transfers, picker */
void files_init(struct model *m);
void files_lists_fini(struct model *m);
int64_t files_next(const struct model *m); /* there is more to read of what the agent named */
bool files_sort_named(struct model *m, const char *name, size_t n); /* false: none has it */
/* false: it belongs to none */
bool transfer_reply(struct model *m, const struct incoming *in, struct effects *fx);
void transfer_stat(struct model *m, const struct task *t, struct effects *fx); /* ~/path */
void transfers_fini(struct model *m);
/* Somebody who wants to hear how a transfer ended: DONE, FAILED or CANCELLED. One that is tried
 * again by the person ends once more. `t` may be gone afterwards. */
struct transfer_ends {
    void (*ended)(struct model *m, const struct transfer *t, struct effects *fx);
    bool quiet; /* no notice about those that went well */
};
/* Both begin at once or wait for their turn (`transfers`, at most so many run), and give the
 * transfer's id. session: through which, NULL: the one that speaks for the uploads. */
uint32_t transfers_upload(struct model *m, const char *path, const struct session *session,
                          const struct transfer_ends *ends, uint32_t tag, struct effects *fx);
/* path: of the file to make, NULL: NAME in the start directory. A name that is taken gets a number:
 * t->path says which. size: as listed, -1: not known. */
uint32_t transfers_download(struct model *m, const char *name, const char *path, int64_t size,
                            const struct transfer_ends *ends, uint32_t tag, struct effects *fx);
size_t transfers_most(const struct model *m);                        /* how many run at once */
struct transfer *transfer_by_id(const struct model *m, uint32_t id); /* NULL: it is gone */
void transfers_cancel(struct model *m, uint32_t id, struct effects *fx);
void transfers_tick(struct model *m, struct effects *fx);
int64_t transfers_next(const struct model *m);
void files_list(struct model *m, struct effects *fx); /* asks for the list, unless asked already */
void files_update(struct model *m, struct effects *fx); /* the same once somebody can see it */
char *file_server_name(const char *path);               /* what servers call an upload of it */
/* the listed file that an upload of it replaces, NULL: none known */
const struct file_info *file_replaced_by(const struct model *m, const char *path);
void picker_listed(struct model *m, struct task *t, struct effects *fx); /* takes t */
void picker_fini(struct model *m);
/* picker_rows.c: the rows again, after anything they depend on changed; the cursor stays on its
 * row. */
void picker_refresh(struct model *m);
void picker_search(struct model *m, struct effects *fx); /* the filter or the directory changed */
void picker_tree(struct model *m, struct task *t, struct effects *fx); /* takes t */
void picker_tick(struct model *m, struct effects *fx);
int64_t picker_next(const struct model *m);
char *picker_join(const char *dir, const char *name);
bool picker_is_glob(const char *filter);
/* picker_facts.c */
void picker_facts(struct model *m, struct effects *fx); /* asks for what rows in view lack */
void picker_facts_came(struct model *m, const struct task *t);
void picker_fact_of(const struct picker *p, struct picker_row *r); /* if it is known */
void picker_facts_drop(struct picker *p);
void chip_size_ask(struct model *m, const char *path, struct effects *fx);
void chip_size_came(struct model *m, const struct task *t, struct session *s);
/* picker_marks.c */
bool picker_marked(const struct picker *p, const char *path);
const char *picker_why_not(const struct picker_row *r); /* it cannot be uploaded; NULL: it can */
bool picker_mark_rows(struct model *m); /* every file that is listed; false: they all were */
bool picker_set_mark(struct picker *p, const char *path, bool on); /* true: that changed it */
void picker_no_marks(struct picker *p);
void picker_looked(struct model *m, struct task *t, struct effects *fx); /* takes t */
void picker_remember(struct model *m, const char *dir, size_t n);
void picker_visited(struct model *m, const char *dir); /* it is a recent one */
enum { RECENTS_MAX = 20 };

/* ---- complete.c, complete_rows.c ---- */
void command_learn(struct model *m, const struct command_info *info);
void commands_free(struct known_command *v, size_t n);
void complete_task(struct model *m, struct task *t, struct effects *fx); /* takes t */
void complete_files(struct model *m, struct effects *fx); /* another list of uploads is here */
void complete_tick(struct model *m, struct effects *fx);
int64_t complete_next(const struct model *m);
void complete_session_gone(struct model *m, const struct session *s);
void complete_free(struct complete *c);

/* ---- moving.c ---- */
bool part_failed(const struct part *p); /* or was refused */

/* ---- places.c ---- */
void places_start(struct model *m, struct effects *fx);
void places_free(struct places *all);
void places_task(struct model *m, struct task *t);
void places_tick(struct model *m, struct effects *fx);
int64_t places_next(const struct model *m);
void places_save(struct model *m, struct effects *fx);  /* now, when something changed */
void places_loaded(struct model *m, struct session *s); /* its thread is there */
void places_painted(struct model *m);                   /* the shown one's is noted */
void places_forget(struct model *m, const char *session);
/* Entries from `before` on are new. */
void unread_came(struct model *m, struct session *s, size_t before);

/* ---- search.c ---- */
struct search *search_new(void);
void search_free(struct search *se);
void search_tick(struct model *m);
int64_t search_next(const struct model *m, int64_t now);
void search_end(struct model *m);
/* Entries it knows by their number: a commit gives them new ones, and search_committed follows. */
enum { SEARCH_ENTRIES = 5 };
size_t search_entries(struct model *m, const struct session *s, size_t *at[SEARCH_ENTRIES]);
void search_committed(struct model *m, const struct session *s);

/* ---- index.c, index_feed.c ---- */
void index_start(struct model *m, const struct model_config *config, struct effects *fx);
void index_free(struct index_state *x);
void index_touch(struct model *m, struct session *s); /* it may have what the index has not */
void index_tick(struct model *m, struct effects *fx);
int64_t index_next(const struct model *m);
void index_task(struct model *m, struct task *t, struct session *s,
                struct effects *fx); /* takes t */
void index_choice_task(struct model *m, struct task *t, struct effects *fx);
void index_forget(struct model *m, const char *session, struct effects *fx); /* NULL: everything */
/* The thread of s is here now, or will not be: to the message somebody chose. */
void jump_now(struct model *m, struct session *s, struct effects *fx);
void jump_failed(struct model *m, struct session *s, struct effects *fx);
void jump_end(struct session *s);

/* ---- reduce.c ---- */
void reduce(struct model *m, struct incoming *in, struct effects *fx);

/* Lowers *at to `t` when t is planned (> 0). */
static inline void sooner(int64_t *at, int64_t t) {
    if (t > 0 && (*at < 0 || t < *at))
        *at = t;
}

#endif
