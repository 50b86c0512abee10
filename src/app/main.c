#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "app.h"
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

int main(int argc, char **argv) {
    struct options options;
    struct err err = {0};
    if (options_read(&options, argc, argv, &err) != RC_OK) {
        fprintf(stderr, "mixtui: %s\n", err.text);
        return rc_exit_code(err.rc, err.detail);
    }
    switch (options.what) {
    case DO_HELP:
        options_help();
        return 0;
    case DO_VERSION:
        printf("mixtui %s\n", MIX_VERSION);
        return 0;
    case DO_HELP_KEYS:
    case DO_HELP_KEYS_MARKDOWN:
        return print_keys(options.what == DO_HELP_KEYS_MARKDOWN);
    case DO_SCREEN:
        break;
    }
    choose_locale();
    if (!options.allow_core)
        keep_secrets();
    return screen_run(&options, argv[0]);
}
