/* options.c - the screen's own command line, beside the flags every command shares. */
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/cli.h"
#include "mix/input.h"
#include "mix/theme.h"

enum {
    ASK_DEMO,
    ASK_WATCH,
    ASK_SESSION,
    ASK_THEME,
    ASK_ASCII,
    ASK_STILL,
    ASK_KEYS,
    ASK_DOCUMENT,
    ASK_VERSION,
    ASK_HELP
};

static const struct flag rows[] = {
    {"--demo", NULL, "start the embedded demo server and use that", ASK_DEMO},
    {"--watch", "NAME", "a profile or URL to watch besides; may be said again", ASK_WATCH},
    {"--session", "ID", "open this session", ASK_SESSION},
    {"--theme", "NAME", "default, dark, light, 16 or mono", ASK_THEME},
    {"--ascii", NULL, "borders and marks in plain ASCII", ASK_ASCII},
    {"--still", NULL, "no spinner", ASK_STILL},
    {"--help-keys", "[text|markdown]", "every key and what it does", ASK_KEYS},
    {"--document", "man|bash|zsh|fish", "print the manual page, or completions for a shell",
     ASK_DOCUMENT},
    {"--version", NULL, "print the version", ASK_VERSION},
    {"--help", NULL, "this text", ASK_HELP},
};
const struct flag_table screen_flag_table = {.rows = rows, .n = MIX_COUNT(rows)};

static bool is_own(const struct flag *f) { return f >= rows && f < rows + MIX_COUNT(rows); }

void options_help(void) {
    auto_buf struct buf text = {0};

    buf_init(&text, MIX_MIB);
    (void)buf_adds(&text, "mixtui: the terminal client for Mix, an agent server\n\n"
                          "usage: mixtui [--OPTION]...             the screen\n"
                          "       mixtui COMMAND [--OPTION]...     for scripts\n\n");
    (void)flags_help(&text, &screen_flag_table);
    (void)buf_adds(&text, "\nThe server and how it is reached:\n");
    (void)flags_help(&text, &connect_flag_table);
    (void)buf_adds(&text, "\nCommands, each with its --help:\n");
    for (size_t i = 0; i < cli_count; i++)
        (void)buf_addf(&text, "  %-8s %s\n", cli_commands[i].name, cli_commands[i].help);
    (void)buf_adds(&text,
                   "\nThe address comes from --server, else MIX_SERVER_URL, else the profile, "
                   "else\nhttp://localhost:8088. mixtui config --default prints a config.ini "
                   "with every setting.\n"
                   "\nInside: ? lists every key, Ctrl+P finds every command, q quits.\n");
    fputs(buf_str(&text), stdout);
}

static enum rc take_own(struct options *o, const struct flag_given *g, struct err *err) {
    switch (g->flag->id) {
    case ASK_DEMO:
        o->demo = o->connect.demo = true;
        break;
    case ASK_WATCH:
        if (o->n_watch == MIX_COUNT(o->watch))
            return err_set(err, RC_USAGE, 0, "--watch: no more than %zu", o->n_watch);
        o->watch[o->n_watch++] = g->value;
        break;
    case ASK_SESSION:
        o->session = g->value;
        break;
    case ASK_THEME:
        o->theme = g->value;
        break;
    case ASK_ASCII:
        o->ascii = true;
        break;
    case ASK_STILL:
        o->still = true;
        break;
    case ASK_KEYS:
        o->what = str_eq(g->value, "markdown") ? DO_HELP_KEYS_MARKDOWN : DO_HELP_KEYS;
        break;
    case ASK_DOCUMENT:
        o->what = DO_DOCUMENT;
        o->document = g->value;
        break;
    case ASK_VERSION:
        o->what = DO_VERSION;
        break;
    default:
        o->what = DO_HELP;
        break;
    }
    return RC_OK;
}

static enum rc not_an_operand(const char *word, struct err *err) {
    if (cli_find(word))
        return err_set(err, RC_USAGE, 0, "a command comes first: mixtui %s --OPTION...", word);
    return err_set(err, RC_USAGE, 0, "%.60s is no command: mixtui --help lists them", word);
}

static enum rc check_theme(const char *name, struct err *err) {
    struct theme theme;

    return name ? theme_builtin(&theme, name, err) : RC_OK;
}

enum rc options_read(struct options *out, int argc, char **argv, struct err *err) {
    const struct flag_table tables[] = {screen_flag_table, connect_flag_table};
    struct flag_reader r = {.argc = argc,
                            .argv = argv,
                            .at = 1,
                            .tables = tables,
                            .n_tables = MIX_COUNT(tables),
                            .usage = "mixtui --help"};
    struct flag_given g = {0};

    *out = (struct options){0};
    for (;;) {
        if (r.at < argc && !r.plain && str_eq(argv[r.at], "-h")) {
            out->what = DO_HELP;
            r.at++;
            continue;
        }
        enum rc rc = flags_next(&r, &g, err);

        if (rc == RC_OK && !g.flag && !g.value)
            break;
        if (rc == RC_OK && !g.flag)
            rc = not_an_operand(g.value, err);
        else if (rc == RC_OK && !is_own(g.flag))
            rc = connect_flag(&out->connect, &g, err);
        else if (rc == RC_OK)
            rc = take_own(out, &g, err);
        if (rc != RC_OK)
            return rc;
    }
    if (out->demo && (out->connect.server || out->connect.profile))
        return err_set(err, RC_USAGE, 0, "--demo and %s exclude each other",
                       out->connect.server ? "--server" : "--profile");
    return check_theme(out->theme, err);
}

/* ---- with the file ---- */
static const char *judge_theme(const char *name) {
    static struct err err;

    return check_theme(name, &err) == RC_OK ? NULL : err.text;
}

static const char *judge_key(const char *command, const char *keys) {
    struct input *in = input_new();
    const char *wrong = input_bind(in, command, keys);

    input_free(in);
    return wrong;
}

void options_judge(void) {
    config_judges(&(struct config_judge){.key = judge_key, .theme = judge_theme});
}

enum rc options_open(struct options *o, struct err *err) {
    const char *env = getenv("MIX_SERVER_URL");

    buf_init(&o->complaints, MIX_MIB);
    enum rc rc = config_read(&o->config, o->connect.config_file, &o->complaints, err);

    if (rc == RC_OK && !o->demo)
        rc = profile_open(&o->profile, &o->config, &o->connect, err);
    if (rc != RC_OK)
        return rc;
    o->url = o->demo ? "demo" : o->profile.url;
    o->url_given = o->connect.server || (!str_blank(env) && !o->demo) || o->profile.name;
    o->theme = o->theme ? o->theme : o->config.ui.theme;
    o->ascii = o->ascii || o->config.ui.ascii || o->config.ui.wide;
    o->still = o->still || o->config.ui.still;
    return RC_OK;
}

void options_fini(struct options *o) {
    profile_fini(&o->profile);
    profile_fini(&o->connect.over);
    config_fini(&o->config);
    buf_fini(&o->complaints);
}
