/* cli.c - the table of commands. */
#include <string.h>

#include "run.h"

const struct cli_command cli_commands[] = {
    {.name = "api",
     .operands = "OPERATION [--PARAMETER VALUE]...",
     .help = "call one operation of the server and print its answer",
     .more =
         "OPERATION is the SDK's name, the operationId or the short name; --list prints all three, "
         "and OPERATION --help its parameters.\n\n"
         "A parameter is named as on the wire or in kebab case. A list of strings is a repeated "
         "flag; an object or a list of objects is JSON text. A value @FILE is read from the file, "
         "@- from standard input; a leading @ itself is written @@. Keys and OAuth codes are never "
         "taken from the command line: @FILE, @-, --NAME-command COMMAND, or a prompt.\n\n"
         "Nothing is asked of the server before: it gets what was given, and nothing else.",
     .flags = {api_flags, MIX_COUNT(api_flags)},
     .run = cli_api},
    {.name = "status",
     .operands = "",
     .help = "what the running mixtui programs watch: approvals, questions, work",
     .more = "A line for each running mixtui, `SERVER !1 ?0 x0 *2 +1`: approvals, questions, "
             "errors, at work, done and unseen; then a line for each session with something to "
             "say. Exit code 0: something is watched; 1: no mixtui is running (`?` is printed).",
     .flags = {status_flags, MIX_COUNT(status_flags)},
     .local = true,
     .run = cli_status},
    {.name = "export",
     .operands = "SESSION",
     .help = "write a whole session as JSON or Markdown",
     .more = "Made from the session and its messages, which have the results of tools where the "
             "server keeps them.",
     .flags = {export_flags, MIX_COUNT(export_flags)},
     .run = cli_export},
    {.name = "config",
     .operands = "[FILE]",
     .help = "print the default config.ini, look for mistakes in one",
     .more = "--check prints a line PATH:LINE: TEXT for each mistake; exit code 2: there are some.",
     .flags = {config_flags, MIX_COUNT(config_flags)},
     .local = true,
     .run = cli_config},
};
const size_t cli_count = MIX_COUNT(cli_commands);

const struct cli_command *cli_find(const char *name) {
    for (size_t i = 0; i < cli_count; i++)
        if (str_eq(cli_commands[i].name, name))
            return &cli_commands[i];
    return NULL;
}
