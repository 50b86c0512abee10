/* The completions in the shells they are for, and the manual page as a reader prints it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

static const char *path_variable(void) {
    static char text[1024];

    snprintf(text, sizeof text, "PATH=%s:/usr/local/bin:/usr/bin:/bin", MIX_BUILD_DIR);
    return text;
}

static struct screen *shell(const char *program, const char *const *args) {
    const char *const env[] = {path_variable(), "PS1=$ ", "HISTFILE=/dev/null", "LC_ALL=C.UTF-8",
                               NULL};
    const struct screen_setup setup = {
        .cols = 150, .rows = 50, .program = program, .args = args, .env = env};

    return screen_start(&setup);
}

/* What is typed, a Tab (two, to list several), and what must then be on the screen. */
static const struct {
    const char *typed, *seen;
} cases[] = {
    {"mixtui stat", "mixtui status"},
    {"mixtui send --permission gr", "--permission grant"},
    {"mixtui send --permi", "--permission"},
    {"mixtui export --format js", "--format json"},
    {"mixtui api sessions.li", "sessions.list"},
    {"mixtui api sessions.list --incl", "--includeSubagents"},
    {"mixtui --vers", "--version"},
    {"mixtui tail --config som", "some file.ini"},
};

static void try_all(struct screen *s, bool escaped) {
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const bool file = strchr(cases[i].seen, ' ') && strstr(cases[i].seen, "file");

        screen_keys(s, cases[i].typed);
        screen_keys(s, "\t");
        screen_wait(s, file && escaped ? "some\\ file.ini" : cases[i].seen);
        screen_keys(s, KEY_CTRL('u'));
        screen_keys(s, KEY_CTRL('l'));
        screen_wait_gone(s, cases[i].typed);
    }
}

static void bash_completes(void **state) {
    (void)state;
    static const char *const args[] = {"--norc", "--noprofile", "-i", NULL};

    (void)screen_file("some file.ini", "");
    struct screen *s = shell("/bin/bash", args);

    screen_wait(s, "$");
    screen_keys(s, "source " MIX_BUILD_DIR "/share/mixtui.bash && echo rea''dy\r");
    screen_wait(s, "ready");
    try_all(s, true);
}

static void zsh_completes(void **state) {
    (void)state;
    static const char *const args[] = {"-f", "-i", NULL};

    (void)screen_file("some file.ini", "");
    (void)screen_file("zfunc/here", "");
    struct screen *s = shell("/usr/bin/zsh", args);

    screen_wait(s, "$");
    screen_keys(s,
                "cp " MIX_BUILD_DIR "/share/mixtui.zsh zfunc/_mixtui && fpath=($PWD/zfunc $fpath)"
                " && autoload -U compinit && compinit -u -D && echo rea''dy\r");
    screen_wait(s, "ready");
    try_all(s, true);
}

static void fish_completes(void **state) {
    (void)state;
    static const char *const args[] = {"--no-config", "-C",
                                       "function fish_prompt; echo -n '$ '; end", "-i", NULL};

    (void)screen_file("some file.ini", "");
    struct screen *s = shell("/usr/bin/fish", args);

    screen_wait(s, "$");
    screen_keys(s, "source " MIX_BUILD_DIR "/share/mixtui.fish; and echo rea''dy\r");
    screen_wait(s, "ready");
    try_all(s, true);
}

/* No complaint of a strict reader, and every command and operation is there. */
static void the_manual_page_reads_well(void **state) {
    (void)state;
    static const char *const args[] = {
        "-c", "mandoc -T lint -W warning \"$0\" && mandoc -T utf8 \"$0\" | col -b > page; echo $?",
        MIX_BUILD_DIR "/share/mixtui.man", NULL};
    static const char *const words[] = {"--server", "mixtui send", "sessions.list", "EXIT STATUS",
                                        "Ctrl+P",   "[server",     "MIX_SERVER_URL"};
    struct screen *s = shell("/bin/sh", args);

    assert_int_equal(screen_wait_exit(s), 0);
    auto_buf struct buf page = {.max = 4 * MIX_MIB};

    if (!screen_has(s, "0") || !screen_read_file(&page, screen_path("page")))
        screen_failed(s, "mandoc complains", __FILE__, __LINE__);
    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (!strstr(buf_str(&page), words[i]))
            fail_msg("%s is not in the manual page", words[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(bash_completes, screen_teardown),
        cmocka_unit_test_teardown(zsh_completes, screen_teardown),
        cmocka_unit_test_teardown(fish_completes, screen_teardown),
        cmocka_unit_test_teardown(the_manual_page_reads_well, screen_teardown),
    };

    return screen_run(tests);
}
