/* cli.h - the scripting face: api, send, tail, status, export, config. Each runs the same worker as
 * the screen, prints data on stdout and one-line errors on stderr, and returns an exit code of
 * errors.def (plus 8: a permission was denied, 9: the turn failed, 130: interrupted). Main thread.
 */
#ifndef MIX_CLI_H
#define MIX_CLI_H

#include "mix/attend.h"
#include "mix/config.h"
#include "mix/flags.h"

struct cli_command {
    const char *name;        /* "send" */
    const char *operands;    /* "SESSION|new TEXT|-" */
    const char *help;        /* one line */
    const char *more;        /* paragraphs of the man page; NULL: none */
    struct flag_table flags; /* its own, besides those every command shares */
    bool local;              /* reaches no server: those are not for it */
    int (*run)(const struct cli_command *c, int argc, char **argv); /* argv[0]: the name */
};
/* What `mixtui keep` is to do; run by the app, which has the model. Strings are borrowed. */
struct keep_order {
    const struct net_config *net;
    const char *url, *name; /* of the server; name: of its profile, NULL: none */
    const char *const *sessions;
    size_t n_sessions; /* 0: what the watching policy chooses */
    bool denies;       /* every request at once, else by the rules */
    bool foreground;
    int64_t idle_ms; /* it ends when nothing worked for so long */
    struct attend_config attend;
};
/* Returns the exit code of who started it; a line on standard error says what failed. */
typedef int keep_runner(const struct keep_order *order);
void cli_keep_runner(keep_runner *run); /* before the command is run */
extern const struct cli_command cli_commands[];
extern const size_t cli_count;
const struct cli_command *cli_find(const char *name); /* NULL: none */

#endif
