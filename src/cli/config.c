/* config.c - `mixtui config`: the default file, where it is, and what is wrong with it. */
#include <stdio.h>
#include <string.h>

#include "mix/text.h"
#include "run.h"

enum { ASK_DEFAULT = 1, ASK_CHECK, ASK_PATH, ASK_CONFIG };

const struct flag config_flags[5] = {
    {"--default", NULL, "print the commented default file", ASK_DEFAULT},
    {"--check", NULL, "look for mistakes in FILE, else in config.ini", ASK_CHECK},
    {"--path", NULL, "print where config.ini is looked for", ASK_PATH},
    {"--config", "FILE", "the same as the operand FILE", ASK_CONFIG},
    CLI_HELP,
};

struct asked {
    int what; /* 0: nothing yet */
    const char *file;
};

static enum rc take(void *arg, const struct flag_given *given, struct err *err) {
    struct asked *a = arg;

    if (!given->flag || given->flag->id == ASK_CONFIG) {
        if (a->file)
            return err_set(err, RC_USAGE, 0, "one file at a time: %.80s", given->value);
        a->file = given->value;
        return RC_OK;
    }
    if (a->what && a->what != given->flag->id)
        return err_set(err, RC_USAGE, 0, "--default, --check and --path exclude each other");
    a->what = given->flag->id;
    return RC_OK;
}

static int check(const struct cli_command *c, const char *file) {
    auto_buf struct buf complaints = {0}, clean = {0};
    struct config config;
    struct err err = {0};

    buf_init(&complaints, MIX_MIB);
    buf_init(&clean, 4 * MIX_MIB);
    if (config_read(&config, file, &complaints, &err) != RC_OK)
        return cli_fail(c, &err);
    if (!config.path)
        cli_note(c, "there is no config.ini: nothing to check");
    config_fini(&config);
    text_clean(&clean, buf_str(&complaints), complaints.n, CLEAN_TEXT);
    fputs(buf_str(&clean), stderr);
    return complaints.n > 0 ? rc_exit_code(RC_USAGE, 0) : 0;
}

static int print_path(const struct cli_command *c) {
    auto_free char *path = path_config_file();
    struct err err = {0};

    if (!path) {
        err_set(&err, RC_IO, 0, "there is no home directory for config.ini");
        return cli_fail(c, &err);
    }
    puts(path);
    return 0;
}

int cli_config(const struct cli_command *c, int argc, char **argv) {
    struct asked a = {0};
    struct err err = {0};
    const int code = cli_flags(c, argc, argv, NULL, take, &a);

    if (code != CLI_GO_ON)
        return code;
    if (a.file && a.what != ASK_CHECK)
        err_set(&err, RC_USAGE, 0, "%.80s: a file goes with --check", a.file);
    else if (!a.what)
        err_set(&err, RC_USAGE, 0, "one of --default, --check and --path is needed");
    if (err.rc != RC_OK)
        return cli_usage(c, &err);
    if (a.what == ASK_CHECK)
        return check(c, a.file);
    if (a.what == ASK_PATH)
        return print_path(c);
    fputs(config_default(), stdout);
    return 0;
}
