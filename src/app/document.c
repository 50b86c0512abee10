/* document.c - the manual page, and what the completions share. */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "mix/cli.h"
#include "mix/config.h"
#include "mix/input.h"

/* ---- tables ---- */
size_t document_tables(struct flag_table out[DOCUMENT_TABLES], const struct cli_command *command) {
    out[0] = command ? command->flags : screen_flag_table;
    out[1] = connect_flag_table;
    return command && command->local ? 1 : DOCUMENT_TABLES;
}

enum value_kind document_value(const struct flag *f) {
    if (!f->value)
        return VALUE_NONE;
    if (strchr(f->value, '|') && !strstr(f->value, "FILE"))
        return VALUE_WORDS;
    return strstr(f->value, "FILE") || strstr(f->value, "PATH") || strstr(f->value, "DIR")
               ? VALUE_FILE
               : VALUE_OTHER;
}

void document_words(struct buf *out, const char *set) {
    for (const char *p = set; *p; p++)
        buf_add(out, *p == '|' ? " " : p, 1);
}

/* ---- roff ---- */
static void roff(struct buf *out, const char *text) {
    bool start = true;

    for (const char *p = text; *p; p++) {
        if (start && (*p == '.' || *p == '\''))
            buf_adds(out, "\\&");
        start = *p == '\n';
        if (*p == '\\')
            buf_adds(out, "\\e");
        else if (*p == '-')
            buf_adds(out, "\\-");
        else
            buf_add(out, p, 1);
    }
}

static void section(struct buf *out, const char *name) { buf_addf(out, ".SH %s\n", name); }

/* Blank lines part paragraphs; a line that begins with a blank stands as it is. */
static void paragraphs(struct buf *out, const char *text) {
    bool as_is = false;

    for (const char *p = text; *p;) {
        const size_t n = strcspn(p, "\n");
        const bool indented = *p == ' ';
        auto_buf struct buf line = {.max = MIX_MIB};

        if (indented != as_is)
            buf_adds(out, indented ? ".nf\n" : ".fi\n");
        as_is = indented;
        buf_add(&line, p, n);
        if (n == 0)
            buf_adds(out, ".PP\n");
        else {
            roff(out, buf_str(&line));
            buf_adds(out, "\n");
        }
        p += n + (p[n] == '\n');
    }
    if (as_is)
        buf_adds(out, ".fi\n");
}

static void verbatim(struct buf *out, const char *text) {
    buf_adds(out, ".nf\n");
    roff(out, text);
    buf_adds(out, ".fi\n");
}

static void flag_rows(struct buf *out, const struct flag_table *table) {
    for (size_t i = 0; i < table->n; i++) {
        const struct flag *f = &table->rows[i];

        buf_adds(out, ".TP\n\\fB");
        roff(out, f->name);
        buf_adds(out, "\\fR");
        if (f->value) {
            buf_adds(out, " \\fI");
            roff(out, f->value);
            buf_adds(out, "\\fR");
        }
        buf_adds(out, "\n");
        roff(out, f->help);
        buf_adds(out, "\n");
    }
}

/* ---- sections ---- */
static void synopsis(struct buf *out) {
    section(out, "SYNOPSIS");
    buf_adds(out, "\\fBmixtui\\fR [\\fIoption\\fR...]\n");
    for (size_t i = 0; i < cli_count; i++) {
        buf_addf(out, ".br\n\\fBmixtui %s\\fR [\\fIoption\\fR...] ", cli_commands[i].name);
        roff(out, cli_commands[i].operands);
        buf_adds(out, "\n");
    }
}

static void commands(struct buf *out) {
    section(out, "COMMANDS");
    for (size_t i = 0; i < cli_count; i++) {
        const struct cli_command *c = &cli_commands[i];

        buf_addf(out, ".SS mixtui %s ", c->name);
        roff(out, c->operands);
        buf_adds(out, "\n");
        roff(out, c->help);
        buf_adds(out, ".\n");
        if (c->more) {
            buf_adds(out, ".PP\n");
            paragraphs(out, c->more);
        }
        flag_rows(out, &c->flags);
    }
}

static void operations(struct buf *out) {
    section(out, "OPERATIONS");
    buf_adds(out, "What \\fBmixtui api\\fR calls, by any of its three names:\n");
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = op_spec((enum op)op);

        buf_adds(out, ".TP\n\\fB");
        roff(out, s->sdk_name);
        buf_adds(out, "\\fR, ");
        if (*s->operation_id) {
            roff(out, s->operation_id);
            buf_adds(out, ", ");
        }
        roff(out, s->short_name);
        buf_addf(out, "\n%s ", method_name(s->method));
        roff(out, s->path);
        buf_adds(out, "\n");
    }
}

static void exits(struct buf *out) {
    static const struct {
        int code;
        const char *what;
    } rows[] = {
        {0, "done"},
        {1, "a file, a queue, or a session that is busy"},
        {2, "wrong usage: nothing was sent"},
        {3, "no connection"},
        {4, "a time-out"},
        {5, "refused by the server with 4xx"},
        {6, "failed in the server with 5xx"},
        {7, "an answer that is not what was published, or too large"},
        {8, "a permission was denied"},
        {9, "the turn failed"},
        {130, "interrupted"},
    };

    section(out, "EXIT STATUS");
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        buf_addf(out, ".TP\n%d\n%s\n", rows[i].code, rows[i].what);
}

static void environment(struct buf *out) {
    static const struct {
        const char *name, *what;
    } rows[] = {
        {"MIX_SERVER_URL", "the server, unless --server or --profile names one"},
        {"MIX_DEBUG", "1: a debug log in the state directory"},
        {"HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "unless --proxy or the profile says"},
        {"XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR", "where files are"},
        {"NO_COLOR, TERM, LANG, LC_ALL", "as everywhere"},
    };

    section(out, "ENVIRONMENT");
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        buf_addf(out, ".TP\n\\fB%s\\fR\n%s\n", rows[i].name, rows[i].what);
}

static void files(struct buf *out) {
    section(out, "FILES");
    buf_adds(out, ".TP\n\\fI$XDG_CONFIG_HOME/mixtui/config.ini\\fR\nthe configuration\n"
                  ".TP\n\\fI$XDG_STATE_HOME/mixtui/\\fR\n"
                  "drafts, prompt history, what was open; one directory a server, all of it 0600\n"
                  ".TP\n\\fI$XDG_RUNTIME_DIR/mixtui/\\fR\n"
                  "what running programs watch, for \\fBmixtui status\\fR\n");
}

/* mixtui(1) in man(7) */
static void document_man(struct buf *out) {
    auto_buf struct buf keys = {.max = MIX_MIB};

    buf_addf(out, ".TH MIXTUI 1 " MIX_DATE " \"mixtui %s\" \"User Commands\"\n", MIX_VERSION);
    section(out, "NAME");
    buf_adds(out, "mixtui \\- terminal client for Mix, an agent server\n");
    synopsis(out);
    section(out, "DESCRIPTION");
    buf_adds(out,
             "Without a command \\fBmixtui\\fR opens the screen: sessions, the thread of the "
             "session shown, the composer, files, and pending permissions. Inside, \\fB?\\fR lists "
             "every key, \\fBCtrl+P\\fR finds every command, \\fBq\\fR quits. With a command it "
             "does one thing for a script, with the same worker as the screen.\n");
    section(out, "OPTIONS");
    flag_rows(out, &screen_flag_table);
    buf_adds(out, ".SS Options of the screen and of every command that reaches a server\n");
    flag_rows(out, &connect_flag_table);
    commands(out);
    operations(out);
    section(out, "KEYS");
    input_document(&keys, 0);
    verbatim(out, buf_str(&keys));
    section(out, "CONFIGURATION");
    verbatim(out, config_default());
    environment(out);
    files(out);
    exits(out);
}

int document_print(const char *what) {
    static const struct {
        const char *name;
        void (*make)(struct buf *out);
    } rows[] = {
        {"man", document_man},
        {"bash", document_bash},
        {"zsh", document_zsh},
        {"fish", document_fish},
    };
    auto_buf struct buf text = {.max = 4 * MIX_MIB};

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        if (str_eq(rows[i].name, what))
            rows[i].make(&text);
    return fwrite(buf_str(&text), 1, text.n, stdout) == text.n && fflush(stdout) == 0 ? 0 : 1;
}
