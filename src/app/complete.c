/* complete.c - completions for bash, zsh and fish. Nothing of them asks a server: a Tab must not
 * send anything. */
#include <string.h>

#include "document.h"
#include "mix/cli.h"
#include "mix/wire.h"

/* One command or the screen (NULL), and each of its flags. */
typedef void each_flag(struct buf *out, const struct cli_command *c, const struct flag *f);

static void flags_of(struct buf *out, const struct cli_command *c, each_flag *each) {
    struct flag_table tables[DOCUMENT_TABLES];
    const size_t n = document_tables(tables, c);

    for (size_t t = 0; t < n; t++)
        for (size_t i = 0; i < tables[t].n; i++)
            each(out, c, &tables[t].rows[i]);
}

static const struct cli_command *command_at(size_t i) {
    return i == 0 ? NULL : &cli_commands[i - 1];
}

static void operation_names(struct buf *out) {
    for (int op = 0; op < OP_COUNT; op++)
        buf_addf(out, "%s%s", op ? " " : "", op_spec((enum op)op)->sdk_name);
}

/* The parameters of an operation as api takes them. */
static void parameters(struct buf *out, enum op op) {
    struct field_view f;
    const struct shape *s = op_spec(op)->in;

    for (size_t i = 0; s && shape_field(s, i, &f); i++)
        buf_addf(out, " --%s", f.name);
}

/* A `'` ends a quoted word in every shell here. */
static void quoted(struct buf *out, const char *text, const char *for_quote) {
    for (const char *p = text; *p; p++)
        if (*p == '\'')
            buf_adds(out, for_quote);
        else
            buf_add(out, p, 1);
}

/* ---- bash ---- */
static void bash_name(struct buf *out, const struct cli_command *c, const struct flag *f) {
    (void)c;
    buf_addf(out, " %s", f->name);
}

static void bash_value(struct buf *out, const struct cli_command *c, const struct flag *f) {
    const char *command = c ? c->name : "";

    switch (document_value(f)) {
    case VALUE_NONE:
        return;
    case VALUE_WORDS:
        buf_addf(out, "    %s:%s) words='", command, f->name);
        document_words(out, f->value);
        buf_adds(out, "' ;;\n");
        return;
    case VALUE_FILE:
        buf_addf(out, "    %s:%s) files=1 ;;\n", command, f->name);
        return;
    case VALUE_OTHER:
        buf_addf(out, "    %s:%s) return ;;\n", command, f->name);
        return;
    }
}

void document_bash(struct buf *out) {
    buf_adds(out, "# bash completion for mixtui\n"
                  "_mixtui() {\n"
                  "    local cur prev command='' operation='' files='' words='' i\n"
                  "    COMPREPLY=()\n"
                  "    cur=${COMP_WORDS[COMP_CWORD]}\n"
                  "    prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                  "        case ${COMP_WORDS[i]} in\n"
                  "        -*) ;;\n"
                  "        *)\n"
                  "            if [ -z \"$command\" ]; then\n"
                  "                command=${COMP_WORDS[i]}\n"
                  "            elif [ -z \"$operation\" ]; then\n"
                  "                operation=${COMP_WORDS[i]}\n"
                  "            fi\n"
                  "            ;;\n"
                  "        esac\n"
                  "    done\n"
                  "    case $command in\n    ''");
    for (size_t i = 0; i < cli_count; i++)
        buf_addf(out, " | %s", cli_commands[i].name);
    buf_adds(out, ") ;;\n    *) command='' ;;\n    esac\n    case $command:$prev in\n");
    for (size_t i = 0; i <= cli_count; i++)
        flags_of(out, command_at(i), bash_value);
    buf_adds(out, "    *)\n        case $command in\n");
    for (size_t i = 0; i <= cli_count; i++) {
        const struct cli_command *c = command_at(i);

        buf_addf(out, "        '%s') words='", c ? c->name : "");
        for (size_t n = 0; !c && n < cli_count; n++)
            buf_addf(out, "%s%s", n ? " " : "", cli_commands[n].name);
        flags_of(out, c, bash_name);
        buf_adds(out, "' ;;\n");
    }
    buf_adds(out, "        esac\n        if [ \"$command\" = api ]; then\n"
                  "            case $operation in\n            '') words=\"$words ");
    operation_names(out);
    buf_adds(out, "\" ;;\n");
    for (int op = 0; op < OP_COUNT; op++) {
        if (!op_spec((enum op)op)->in)
            continue;
        buf_addf(out, "            %s) words=\"$words", op_spec((enum op)op)->sdk_name);
        parameters(out, (enum op)op);
        buf_adds(out, "\" ;;\n");
    }
    buf_adds(out, "            esac\n        fi\n        ;;\n    esac\n"
                  "    if [ -n \"$files\" ]; then\n"
                  "        compopt -o filenames 2>/dev/null\n"
                  "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                  "    else\n"
                  "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                  "    fi\n"
                  "}\n"
                  "complete -F _mixtui mixtui\n");
}

/* ---- zsh ---- */
/* In a spec of _arguments a colon and brackets have a meaning. */
static void zsh_text(struct buf *out, const char *text) {
    for (const char *p = text; *p; p++) {
        if (strchr(":[]\\", *p))
            buf_adds(out, "\\");
        if (*p == '\'')
            buf_adds(out, "'\\''");
        else
            buf_add(out, p, 1);
    }
}

static void zsh_flag(struct buf *out, const struct cli_command *c, const struct flag *f) {
    (void)c;
    buf_addf(out, "        '*%s[", f->name);
    zsh_text(out, f->help);
    buf_adds(out, "]");
    switch (document_value(f)) {
    case VALUE_NONE:
        break;
    case VALUE_WORDS:
        buf_adds(out, ":value:(");
        document_words(out, f->value);
        buf_adds(out, ")");
        break;
    case VALUE_FILE:
        buf_adds(out, ":file:_files");
        break;
    case VALUE_OTHER:
        buf_adds(out, ":");
        zsh_text(out, f->value);
        buf_adds(out, ": ");
        break;
    }
    buf_adds(out, "' \\\n");
}

void document_zsh(struct buf *out) {
    buf_adds(out, "#compdef mixtui\n"
                  "# zsh completion for mixtui\n"
                  "_mixtui() {\n"
                  "    local -a commands operations parameters\n"
                  "    local context state state_descr line\n"
                  "    typeset -A opt_args\n"
                  "    commands=(\n");
    for (size_t i = 0; i < cli_count; i++) {
        buf_addf(out, "        '%s:", cli_commands[i].name);
        zsh_text(out, cli_commands[i].help);
        buf_adds(out, "'\n");
    }
    buf_adds(out, "    )\n    operations=(");
    operation_names(out);
    buf_adds(out, ")\n    _arguments -C \\\n");
    flags_of(out, NULL, zsh_flag);
    buf_adds(out, "        '1:command:->command' \\\n        '*::word:->word'\n"
                  "    case $state in\n"
                  "    command) _describe command commands ;;\n"
                  "    word)\n        case $line[1] in\n");
    for (size_t i = 0; i < cli_count; i++) {
        const struct cli_command *c = &cli_commands[i];

        buf_addf(out, "        %s)\n", c->name);
        if (str_eq(c->name, "api")) {
            buf_adds(out, "            case $words[2] in\n");
            for (int op = 0; op < OP_COUNT; op++) {
                buf_addf(out, "            %s) parameters=(", op_spec((enum op)op)->sdk_name);
                parameters(out, (enum op)op);
                buf_adds(out, ") ;;\n");
            }
            buf_adds(out, "            esac\n"
                          "            (( $#parameters )) && compadd -- $parameters\n");
        }
        buf_adds(out, "            _arguments \\\n");
        flags_of(out, c, zsh_flag);
        buf_adds(out, str_eq(c->name, "api") ? "                '1:operation:($operations)'\n"
                                             : "                '*:word: '\n");
        buf_adds(out, "            ;;\n");
    }
    buf_adds(out, "        esac\n        ;;\n    esac\n}\n_mixtui \"$@\"\n");
}

/* ---- fish ---- */
static void fish_flag(struct buf *out, const struct cli_command *c, const struct flag *f) {
    if (c)
        buf_addf(out, "complete -c mixtui -n '__fish_seen_subcommand_from %s'", c->name);
    else
        buf_adds(out, "complete -c mixtui -n __mixtui_no_command");
    buf_addf(out, " -l %s", f->name + 2);
    switch (document_value(f)) {
    case VALUE_NONE:
        break;
    case VALUE_WORDS:
        buf_adds(out, " -x -a '");
        document_words(out, f->value);
        buf_adds(out, "'");
        break;
    case VALUE_FILE:
        buf_adds(out, " -r -F");
        break;
    case VALUE_OTHER:
        buf_adds(out, " -x");
        break;
    }
    buf_adds(out, " -d '");
    quoted(out, f->help, "\\'");
    buf_adds(out, "'\n");
}

void document_fish(struct buf *out) {
    buf_adds(out, "# fish completion for mixtui\n"
                  "function __mixtui_no_command\n"
                  "    not __fish_seen_subcommand_from");
    for (size_t i = 0; i < cli_count; i++)
        buf_addf(out, " %s", cli_commands[i].name);
    buf_adds(out, "\nend\ncomplete -c mixtui -f\n");
    for (size_t i = 0; i < cli_count; i++) {
        buf_addf(out, "complete -c mixtui -n __mixtui_no_command -a %s -d '", cli_commands[i].name);
        quoted(out, cli_commands[i].help, "\\'");
        buf_adds(out, "'\n");
    }
    for (size_t i = 0; i <= cli_count; i++)
        flags_of(out, command_at(i), fish_flag);
    buf_adds(out, "complete -c mixtui -n '__fish_seen_subcommand_from api' -a '");
    operation_names(out);
    buf_adds(out, "'\n");
    for (int op = 0; op < OP_COUNT; op++) {
        struct field_view f;
        const struct shape *s = op_spec((enum op)op)->in;

        for (size_t i = 0; s && shape_field(s, i, &f); i++)
            buf_addf(out, "complete -c mixtui -n '__fish_seen_subcommand_from %s' -l %s -x\n",
                     op_spec((enum op)op)->sdk_name, f.name);
    }
}
