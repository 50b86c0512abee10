/* cli.c - the table of commands. */
#include <string.h>

#include "run.h"
#include "send.h"

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
    {.name = "send",
     .operands = "SESSION|new TEXT|-",
     .help = "send a message and follow the agent until it is done",
     .more =
         "The answer is printed as it comes; tool calls and every answer given to the agent are "
         "lines on standard error. Requests for permission are granted when an --allow fits the "
         "whole command or path, else they are denied, asked at the terminal or granted as "
         "--permission says; `rules` first looks into the rules file (see mixtui rules), where "
         "deny beats --allow, and denies what nothing fits; what holds characters that are not "
         "seen is never granted unasked. "
         "PATTERN is an exact text, a prefix `TEXT*`, a glob, or a path that begins with /, ./ or "
         "~/; its wildcards never stand for shell operators, line ends or hidden characters.\n\n"
         "--json prints an object per line with type, session and time. The first has the type "
         "sent, the last one end, with outcome (complete, command, denied, failed, cancelled, "
         "timeout, lost, unknown, refused), denied (how many requests), code (the exit code), cost "
         "and error where known. Between them: the events of the server under their newest names "
         "(content, thinking, tool, tool_use_start, tool_use_parameter_streaming_complete, "
         "tool_execution_start, tool_execution_complete, permission, notification, complete, "
         "error ...) with id, messageId, parentToolCallId, toolCallId, toolName, content, input, "
         "status, progress, success, error, action, description, path, params, choices ...; "
         "answer with id, decision, why, toolName, object; content with late: true for what was "
         "missed and read afterwards.\n\n"
         "A message leaves once. When its answer is lost the messages of the session tell whether "
         "it arrived. Ctrl+C cancels the turn, a second one leaves at once. Exit codes: 8 a "
         "permission was denied, 9 the turn failed.",
     .flags = {send_flags, MIX_COUNT(send_flags)},
     .run = cli_send},
    {.name = "tail",
     .operands = "SESSION",
     .help = "print what happens in a session from now on",
     .more =
         "It answers nothing: requests for permission are shown as notices. The lines of --json "
         "are those of send, and message and link (state, error).",
     .flags = {tail_flags, MIX_COUNT(tail_flags)},
     .run = cli_tail},
    {.name = "status",
     .operands = "[PID]",
     .help = "what the running mixtui programs watch: approvals, questions, work",
     .more = "A line for each running mixtui, `SERVER !1 ?0 x0 *2 +1`: approvals, questions, "
             "errors, at work, done and unseen; then a line for each session with something to "
             "say. Keepers (mixtui keep) say since when they keep. Exit code 0: something is "
             "watched; 1: no mixtui is running (`?` is printed). --stop ends keepers, the one "
             "with PID or all, and waits for their end; exit code 1: there is none.",
     .flags = {status_flags, MIX_COUNT(status_flags)},
     .local = true,
     .run = cli_status},
    {.name = "rules",
     .operands = "list|test TOOL [OBJECT]|add RULE|remove ID...",
     .help = "look at, try, add and take away rules that answer requests for permission",
     .more =
         "A rule is TOOL or TOOL:PATTERN, as --allow of mixtui send takes it, with an answer, a "
         "scope and perhaps an end. Deny beats allow. Rules are JSON lines in rules.jsonl in the "
         "state directory, one object a line; a line that does not parse whole is off, never "
         "wider. They answer in the running program, in mixtui keep and in mixtui send "
         "--permission rules; every answer is written down in audit.jsonl beside them.\n\n"
         "test says what the rules would answer: exit code 0 allow, 8 deny, 1 a person is asked. "
         "add prints the id of the new rule. list ends with 2 when a line is off. No server is "
         "reached: its address only says for which one a rule is.",
     .flags = {rules_flags, MIX_COUNT(rules_flags)},
     .run = cli_rules},
    {.name = "keep",
     .operands = "[SESSION]...",
     .help = "go on watching without a screen, and answer by the rules",
     .more = "It leaves the terminal and holds the streams of the sessions named, or of those a "
             "running mixtui would watch. Requests are answered by the rules (see mixtui rules), "
             "or all denied; what no rule decides is left to you and to the server's time limit. "
             "Every answer is in the audit log. It calls the command of notify, sends no message "
             "and empties no queue.\n\n"
             "It ends when nothing has worked for a minute, on SIGTERM, and with mixtui status "
             "--stop. There is one for each server. Where the server cancels the turn of whoever "
             "disconnects (0.2.5) it keeps only what others began.",
     .flags = {keep_flags, MIX_COUNT(keep_flags)},
     .run = cli_keep},
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
