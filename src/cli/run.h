/* run.h - private: what the commands share. Main thread. */
#ifndef MIX_CLI_RUN_H
#define MIX_CLI_RUN_H

#include "mix/border.h"
#include "mix/cli.h"
#include "mix/config.h"

enum { CLI_GO_ON = -1 }; /* instead of an exit code: not over yet */
enum { CLI_INTERRUPTED = 130 };

/* ---- the command line ---- */
#define CLI_HELP                                                                                   \
    { "--help", NULL, "this text", CLI_HELP_ID }
enum { CLI_HELP_ID = -1 }; /* of the row every table ends with */
/* Reads all words: connection flags go to `conn` (NULL: the command has none), the rest to `take`,
 * operands with flag NULL. Returns CLI_GO_ON, or the exit code after help or a complaint. */
int cli_flags(const struct cli_command *c, int argc, char **argv, struct connect_flags *conn,
              enum rc (*take)(void *arg, const struct flag_given *given, struct err *err),
              void *arg);
void cli_help(const struct cli_command *c);

/* ---- complaints; each returns the exit code ---- */
/* `mixtui api: TEXT` on stderr, made safe for a terminal */
int cli_fail(const struct cli_command *c, const struct err *err);
/* the same and the usage line: 2 */
int cli_usage(const struct cli_command *c, const struct err *err);
/* `mixtui api: could not WHAT: TEXT`; the operation's name that refusals begin with is left out */
int cli_could_not(const struct cli_command *c, const char *what, const struct err *err);
void cli_note(const struct cli_command *c, const char *fmt, ...) MIX_PRINTF(2, 3);

/* ---- a server ---- */
struct cli_run {
    const struct cli_command *command;
    struct profile profile;
    struct net *net;
};
/* Opens profile and debug log, warns, starts the worker. Returns CLI_GO_ON or the exit code after a
 * complaint; cli_close is due in either case. */
int cli_open(struct cli_run *run, const struct cli_command *c, const struct connect_flags *flags);
void cli_close(struct cli_run *run);
/* Sends r, also when the ring is full for a moment. Returns its id. */
uint32_t cli_send_request(struct cli_run *run, struct request *r);

struct cli_loop {
    /* What came from the worker; freed afterwards. CLI_GO_ON or the exit code. */
    int (*take)(void *arg, struct incoming *in);
    /* Ctrl+C or SIGTERM came, for the nth time; NULL: 130 at once. The third one ends the loop. */
    int (*interrupt)(void *arg, int nth);
    /* `until` was reached; NULL: the exit code of a time-out */
    int (*late)(void *arg);
    void *arg;
    int64_t until; /* clock_now() time, may be changed on the way; 0: none */
    int wake;      /* a further descriptor that is polled for reading; 0: none */
    int (*woken)(void *arg);
};
/* Runs until a callback returns something else than CLI_GO_ON. */
int cli_wait(struct cli_run *run, struct cli_loop *loop);
/* From here on Ctrl+C and SIGTERM are noticed by cli_wait instead of ending the program. */
void cli_catch_signals(void);
/* Waits until fd can be read. False: a signal came, before or meanwhile. */
bool cli_readable(int fd);
bool cli_interrupted(void); /* one came that cli_wait has not taken yet */

/* ---- data out ---- */
struct cli_out {
    int fd;
    bool tty; /* what is put is made safe for it */
    const char *path;
    struct buf held, clean;
};
/* path NULL: standard output. A file is made, never replaced. Fails: RC_IO. */
enum rc cli_out_open(struct cli_out *out, const char *path, struct err *err);
enum rc cli_put(struct cli_out *out, const char *p, size_t n, struct err *err);
enum rc cli_out_flush(struct cli_out *out, struct err *err);
/* Flushes and closes; rc other than RC_OK: a file that was made is removed. */
enum rc cli_out_close(struct cli_out *out, enum rc rc, struct err *err);

/* The whole of a file, or of standard input for "-". Fails: RC_IO; RC_USAGE beyond max. */
enum rc cli_read_all(struct buf *out, const char *path, size_t max, struct err *err);

/* ---- the commands, each in its file ---- */
extern const struct flag api_flags[10];
int cli_api(const struct cli_command *c, int argc, char **argv);
extern const struct flag config_flags[5];
int cli_config(const struct cli_command *c, int argc, char **argv);
extern const struct flag export_flags[3];
int cli_export(const struct cli_command *c, int argc, char **argv);
extern const struct flag rules_flags[8];
int cli_rules(const struct cli_command *c, int argc, char **argv);
extern const struct flag keep_flags[5];
int cli_keep(const struct cli_command *c, int argc, char **argv);
extern const struct flag status_flags[4];
int cli_status(const struct cli_command *c, int argc, char **argv);

#endif
