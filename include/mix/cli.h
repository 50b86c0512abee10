/* cli.h - the scripting face: api, send, tail, status, export, config. Each runs the same worker as
 * the screen, prints data on stdout and one-line errors on stderr, and returns an exit code of
 * errors.def (plus 8: a permission was denied, 9: the turn failed, 130: interrupted). Main thread.
 */
#ifndef MIX_CLI_H
#define MIX_CLI_H

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
extern const struct cli_command cli_commands[];
extern const size_t cli_count;
const struct cli_command *cli_find(const char *name); /* NULL: none */

#endif
