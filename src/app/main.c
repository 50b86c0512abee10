/* main.c - which program is wanted: the screen, a command for scripts, a document. */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "app.h"
#include "document.h"
#include "keep.h"
#include "mix/cli.h"
#include "mix/input.h"

/* A locale that was never chosen is no reason to refuse: C and POSIX become C.UTF-8. A chosen one
 * without UTF-8 is reported by term_open. */
static void choose_locale(void) {
    setlocale(LC_ALL, "");
    const char *ctype = setlocale(LC_CTYPE, NULL);
    if (!ctype || strcmp(ctype, "C") == 0 || strcmp(ctype, "POSIX") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    setlocale(LC_NUMERIC, "C"); /* JSON's decimal point */
}

/* Messages and keys of a server pass through this process: no core file, no ptrace by others. */
static void keep_secrets(void) {
    struct rlimit none = {0};
    setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static int print_keys(int markdown) {
    auto_buf struct buf text = {0};
    buf_init(&text, MIX_MIB);
    input_document(&text, markdown);
    fputs(buf_str(&text), stdout);
    return 0;
}

/* The flag counts wherever it stands: this is before anything of the command line is understood. */
static bool core_allowed(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (str_eq(argv[i], "--allow-core"))
            return true;
    return false;
}

static int fail(const struct err *err) {
    fprintf(stderr, "mixtui: %s\n", err->text);
    return rc_exit_code(err->rc, err->detail);
}

/* Before secrets are asked for: a screen that cannot be shown needs none. */
static enum rc check_terminal(struct err *err) {
    const bool in = isatty(STDIN_FILENO), out = isatty(STDOUT_FILENO);

    return in && out ? RC_OK
                     : err_set(err, RC_USAGE, 0,
                               "%s is no terminal: for scripts there is mixtui send; mixtui --help "
                               "says more",
                               in ? "standard output" : "standard input");
}

static int show_screen(struct options *o, const char *argv0) {
    struct err err = {0};
    enum rc rc = check_terminal(&err);

    if (rc == RC_OK)
        rc = options_open(o, &err);
    return rc == RC_OK ? screen_run(o, argv0) : fail(&err);
}

static int run_screen(int argc, char **argv) {
    struct options options;
    struct err err = {0};
    int code = 0;

    if (options_read(&options, argc, argv, &err) != RC_OK) {
        code = fail(&err);
        options_fini(&options);
        return code;
    }
    switch (options.what) {
    case DO_HELP:
        options_help();
        break;
    case DO_VERSION:
        printf("mixtui %s\n", MIX_VERSION);
        break;
    case DO_HELP_KEYS:
    case DO_HELP_KEYS_MARKDOWN:
        code = print_keys(options.what == DO_HELP_KEYS_MARKDOWN);
        break;
    case DO_DOCUMENT:
        code = document_print(options.document);
        break;
    case DO_SCREEN:
        code = show_screen(&options, argv[0]);
        break;
    }
    options_fini(&options);
    return code;
}

int main(int argc, char **argv) {
    const struct cli_command *command = argc > 1 ? cli_find(argv[1]) : NULL;

    choose_locale();
    if (!core_allowed(argc, argv))
        keep_secrets();
    options_judge();
    cli_keep_runner(keep_run);
    return command ? command->run(command, argc - 1, argv + 1) : run_screen(argc, argv);
}
