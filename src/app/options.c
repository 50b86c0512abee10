#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/theme.h"

struct option_row {
    const char *name, *value, *help; /* value: what it takes, NULL for none */
};
static const struct option_row rows[] = {
    {"--server", "URL", "the Mix server; else MIX_SERVER_URL, else http://localhost:8088"},
    {"--demo", NULL, "start the embedded demo server and use that"},
    {"--session", "ID", "open this session"},
    {"--theme", "NAME", "default, dark, light, 16 or mono"},
    {"--ascii", NULL, "borders and marks in plain ASCII"},
    {"--still", NULL, "no spinner"},
    {"--debug", "FILE",
     "log requests and stream states there; MIX_DEBUG=1 logs to the state directory"},
    {"--allow-core", NULL, "let a crash write a core file (it may hold what was on screen)"},
    {"--help-keys", NULL, "every key and what it does"},
    {"--version", NULL, "print the version"},
    {"--help", NULL, "this text"},
};

void options_help(void) {
    printf("mixtui: the terminal client for Mix, an agent server\n\nusage: mixtui [option...]\n\n");
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        printf("  %-12s %-5s  %s\n", rows[i].name, rows[i].value ? rows[i].value : "",
               rows[i].help);
    printf("\nInside: ? lists every key, Ctrl+P finds every command, q quits.\n");
}

static const struct option_row *row_named(const char *word, size_t n) {
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        if (strlen(rows[i].name) == n && memcmp(rows[i].name, word, n) == 0)
            return &rows[i];
    return NULL;
}

static void set_flag(struct options *o, const char *name) {
    if (strcmp(name, "--demo") == 0)
        o->demo = true;
    else if (strcmp(name, "--ascii") == 0)
        o->ascii = true;
    else if (strcmp(name, "--still") == 0)
        o->still = true;
    else if (strcmp(name, "--allow-core") == 0)
        o->allow_core = true;
    else if (strcmp(name, "--help-keys") == 0)
        o->what = DO_HELP_KEYS;
    else if (strcmp(name, "--version") == 0)
        o->what = DO_VERSION;
    else
        o->what = DO_HELP;
}

static void set_value(struct options *o, const char *name, const char *value) {
    if (strcmp(name, "--server") == 0)
        o->url = value, o->url_given = true;
    else if (strcmp(name, "--session") == 0)
        o->session = value;
    else if (strcmp(name, "--theme") == 0)
        o->theme = value;
    else
        o->debug = value;
}

static enum rc read_word(struct options *o, int argc, char **argv, int *at, struct err *err) {
    const char *word = argv[*at];
    if (strcmp(word, "-h") == 0)
        word = "--help";
    if (strcmp(word, "--help-keys=markdown") == 0) {
        o->what = DO_HELP_KEYS_MARKDOWN;
        return RC_OK;
    }
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    const struct option_row *row = row_named(word, equals ? (size_t)(equals - word) : strlen(word));
    if (!row)
        return err_set(err, RC_USAGE, 0, "unknown option %.80s: mixtui --help lists them", word);
    if (!row->value && equals)
        return err_set(err, RC_USAGE, 0, "%s takes no value", row->name);
    if (!row->value) {
        set_flag(o, row->name);
        return RC_OK;
    }
    const char *value = equals ? equals + 1 : *at + 1 < argc ? argv[++*at] : NULL;
    if (str_blank(value))
        return err_set(err, RC_USAGE, 0, "%s needs a value: %s %s", row->name, row->name,
                       row->value);
    set_value(o, row->name, value);
    return RC_OK;
}

enum rc options_read(struct options *out, int argc, char **argv, struct err *err) {
    *out = (struct options){0};
    for (int i = 1; i < argc; i++) {
        enum rc rc = read_word(out, argc, argv, &i, err);
        if (rc != RC_OK)
            return rc;
    }
    const char *env = getenv("MIX_SERVER_URL");
    if (!out->url && !str_blank(env) && !out->demo)
        out->url = env, out->url_given = true;
    if (out->demo && out->url)
        return err_set(err, RC_USAGE, 0, "--demo and --server exclude each other");
    if (!out->url)
        out->url = "http://localhost:8088";
    struct theme theme;
    return out->theme ? theme_builtin(&theme, out->theme, err) : RC_OK;
}
