/* The draft in $EDITOR, whatever that does; pastes of every size; the composer as vi has it. */
#include "people.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct screen *with_editor(const struct stage *st, const struct peer *v,
                                  const char *script) {
    static char editor[512];
    struct screen *s;

    if (script)
        assert_int_equal(chmod(screen_file("editor.sh", script), 0700), 0);
    snprintf(editor, sizeof editor, "EDITOR=%s", script ? screen_path("editor.sh") : "/no/such");
    s = mixtui_with(st, (const char *[]){"--server", v->url, NULL},
                    (const char *[]){editor, "VISUAL", "TMUX", NULL});
    screen_wait(s, "live");
    return s;
}

static void an_editor_loses_nothing_whatever_it_does(void **state) {
    static const struct {
        const char *script; /* NULL: there is no such program */
        const char *says, *draft;
    } rows[] = {
        {"printf 'written %s' outside >\"$1\"\n", "undo brings the old one back",
         "written outside"},
        {"printf 'half\\377' >\"$1\"\n", "without what was no UTF-8", "half"},
        {"echo changed >\"$1\"; exit 3\n", "ended with 3", "in the draft"},
        {": >\"$1\"\n", "left an empty file", "in the draft"},
        {"rm \"$1\"\n", "too big for a draft, or", "in the draft"},
        {"kill -9 $$\n", "was killed", "in the draft"},
        /* something else lies there then: none of it is read, none of it hangs */
        {"rm \"$1\"; ln -s /etc/passwd \"$1\"\n", "too big for a draft, or", "in the draft"},
        {"rm \"$1\"; ln -s /dev/zero \"$1\"\n", "too big for a draft, or", "in the draft"},
        {"rm \"$1\"; mkfifo \"$1\"\n", "too big for a draft, or", "in the draft"},
        {"rm \"$1\"; mkdir \"$1\"\n", "too big for a draft, or", "in the draft"},
        {"printf 'a\\0b\\033[2Jc' >\"$1\"\n", "undo brings the old one back", "a b"},
        {"head -c 3000000 /dev/zero | tr '\\0' x >\"$1\"\n", "too big for a draft", "in the draft"},
        {NULL, "not found", "in the draft"},
    };
    const struct stage *st = *state;

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        char script[256];
        struct peer *demo = demo_at(st, NULL);

        snprintf(script, sizeof script, "#!/bin/sh\n%s", rows[i].script ? rows[i].script : "");
        struct screen *s = with_editor(st, demo, rows[i].script ? script : NULL);

        new_session(s);
        type_line(s, "in the draft");
        leader(s, "e");
        screen_wait(s, rows[i].says);
        screen_wait(s, rows[i].draft);
        if (strcmp(rows[i].draft, "in the draft") != 0) {
            screen_keys(s, "\037");
            screen_wait(s, "in the draft");
        }
        screen_keys(s, " and on");
        screen_wait(s, "and on");
        assert_int_equal(quit(s), 0);
        screen_teardown(NULL);
    }
}

static void the_editors_file_is_for_nobody_else(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = with_editor(
        st, demo, "#!/bin/sh\nstat -c '%a %F of %n' \"$1\" \"${1%/*}\" >\"$HOME/seen\"\n");
    struct buf seen = {.max = 4096};

    type_line(s, "secret");
    leader(s, "e");
    screen_wait_that(s, screen_read_file(&seen, screen_path("seen")) && seen.n > 20);
    assert_non_null(strstr(buf_str(&seen), "600 regular file"));
    assert_non_null(strstr(buf_str(&seen), ".md"));
    assert_non_null(strstr(buf_str(&seen), "700 directory"));
    buf_fini(&seen);
    screen_wait(s, "secret");
    assert_int_equal(quit(s), 0);
}

/* Streams go on behind it, and the bell rings for who asks. */
static void the_program_goes_on_behind_the_editor(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = with_editor(st, demo,
                                   "#!/bin/sh\nprintf 'EDITOR IS HERE'\n"
                                   "while [ ! -e \"$HOME/go\" ]; do sleep 0.1; done\n");

    new_session(s);
    say(s, "run sleep 1; echo was asked");
    leader(s, "e");
    screen_wait(s, "EDITOR IS HERE");
    const int bells = screen_bells(s);

    screen_wait_that(s, screen_bells(s) > bells || bells > 0);
    assert_true(screen_has(s, "EDITOR IS HERE"));
    screen_file("go", "");
    screen_wait(s, "message");
    screen_wait(s, "!1");
    assert_int_equal(quit(s), 0);
}

/* User and system time of its threads, in ticks of the kernel: a hundredth of a second each. */
static unsigned long ticks_of(int pid) {
    char path[64];
    unsigned long user = 0, kernel = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "re");

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &user, &kernel),
                     2);
    fclose(f);
    return user + kernel;
}

static void an_esc_typed_ahead_for_the_editor_keeps_nothing_busy(void **state) {
    struct screen *s = with_editor(*state, demo_at(*state, NULL),
                                   "#!/bin/sh\nprintf 'EDITOR IS HERE'\nexec sleep 3\n");

    new_session(s);
    screen_keys(s, "\030e\033");
    screen_wait(s, "EDITOR IS HERE");
    screen_pause_alone(500);
    const unsigned long before = ticks_of(screen_pid(s));

    screen_pause_alone(1000);
    assert_in_range(ticks_of(screen_pid(s)) - before, 0, 15);
    screen_wait(s, "message");
    assert_int_equal(quit(s), 0);
}

static void what_was_in_the_editor_of_a_killed_one_is_found(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = with_editor(st, demo,
                                   "#!/bin/sh\necho 'in the editor only' >>\"$1\"\n"
                                   "printf 'EDITOR IS HERE'\nexec sleep 60\n");

    new_session(s);
    type_line(s, "on both sides");
    leader(s, "e");
    screen_wait(s, "EDITOR IS HERE");
    screen_pause_alone(1500);
    screen_signal(s, SIGKILL);
    (void)screen_wait_exit(s);
    screen_stop(s);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(s, "left in an editor");
    assert_int_equal(quit(s), 0);
    screen_stop(s);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(s, "on both sides");
    screen_wait_quiet(s, 300);
    assert_false(screen_has(s, "left in an editor")); /* that was said */
    assert_int_equal(quit(s), 0);
}

/* ---- in a pane of tmux; a script takes its part ---- */
static const char tmux_script[] =
    "#!/bin/sh\n"
    "[ -e \"$HOME/no-pane\" ] && exit 1\n"
    "if [ \"$1\" = kill-pane ]; then kill -9 -\"$(cat \"$HOME/pane\")\"; exit; fi\n"
    "shift 6\n"
    "TMUX_PANE=%7 setsid sh -c 'echo $$ >\"$HOME/pane\"; exec \"$@\"' sh \"$@\" "
    "</dev/null >/dev/null 2>&1 &\n";

static struct screen *beside_tmux(const struct stage *st, const struct peer *v,
                                  const char *script) {
    static char editor[512], path[1024];

    assert_int_equal(chmod(screen_file("editor.sh", script), 0700), 0);
    assert_int_equal(chmod(screen_file("bin/tmux", tmux_script), 0700), 0);
    snprintf(editor, sizeof editor, "EDITOR=%s", screen_path("editor.sh"));
    snprintf(path, sizeof path, "PATH=%s:%s", screen_path("bin"), getenv("PATH"));
    struct screen *s =
        mixtui_with(st, (const char *[]){"--server", v->url, NULL},
                    (const char *[]){editor, path, "VISUAL", "TMUX=/x,1,0", "TMUX_PANE=%0", NULL});

    screen_wait(s, "live");
    new_session(s);
    type_line(s, "in the draft");
    return s;
}

static const char waits[] = "#!/bin/sh\necho 'and more' >>\"$1\"\n"
                            "while [ ! -e \"$HOME/go\" ]; do sleep 0.1; done\n";

static void in_tmux_the_draft_is_read_only_meanwhile(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = beside_tmux(st, demo, waits);

    leader(s, "e");
    screen_wait(s, "in $EDITOR, read only here");
    screen_keys(s, "xyz");
    screen_wait(s, "this draft is in $EDITOR");
    screen_keys(s, KEY_ENTER);
    screen_paste(s, "pasted");
    screen_wait(s, "nothing was pasted");
    assert_true(screen_has(s, "no messages yet"));
    assert_false(screen_has(s, "xyz"));
    screen_file("go", "");
    screen_wait(s, "and more");
    screen_wait_gone(s, "read-only");
    screen_keys(s, "!");
    screen_wait(s, "and more!");
    assert_int_equal(quit(s), 0);
}

static void a_pane_that_hangs_is_closed_by_the_same_key_twice(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = beside_tmux(st, demo, waits);

    leader(s, "e");
    screen_wait(s, "in $EDITOR, read only here");
    screen_pause(s, 500);
    leader(s, "e");
    screen_wait(s, "once more closes it");
    leader(s, "e");
    screen_wait(s, "as it was: the editor was killed");
    screen_wait_gone(s, "read-only");
    screen_keys(s, "!");
    screen_wait(s, "in the draft!");
    assert_int_equal(quit(s), 0);
}

static void a_tmux_without_room_gives_the_terminal_instead(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("no-pane", "");
    struct screen *s = beside_tmux(st, demo, "#!/bin/sh\necho elsewhere >\"$1\"\n");

    leader(s, "e");
    screen_wait(s, "elsewhere");
    assert_int_equal(quit(s), 0);
}

/* ---- pastes ---- */
static void a_long_paste_is_folded_and_sent_whole(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    struct screen *s = with_editor(st, demo, "#!/bin/sh\n");
    struct buf lines = {.max = 65536};

    for (int i = 1; i <= 63; i++)
        buf_addf(&lines, "line %d of it\n", i);
    new_session(s);
    type_line(s, "look:");
    screen_paste(s, buf_str(&lines));
    screen_wait(s, "[63 lines, 873 B: line 1 of it...]");
    screen_keys(s, "\177");
    screen_wait_gone(s, "63 lines");
    screen_keys(s, "\037");
    screen_wait(s, "[63 lines");
    leader(s, "\"");
    screen_wait(s, "line 63 of it");
    screen_keys(s, "\037");
    screen_wait(s, "[63 lines");
    screen_keys(s, "what is it" KEY_ENTER);
    screen_wait_gone(s, "[63 lines");
    screen_wait(s, "line 63 of it");
    assert_int_equal(quit(s), 0);
    buf_fini(&lines);
}

static void lines_at_once_without_marks_are_a_paste(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = with_editor(st, demo, "#!/bin/sh\n");

    new_session(s);
    screen_keys(s, "one\rtwo\rthree");
    screen_wait(s, "three");
    assert_true(screen_has(s, "two"));
    assert_true(screen_has(s, "no messages yet")); /* nothing was sent */
    assert_int_equal(quit(s), 0);
}

static void a_paste_without_its_end_is_told(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = with_editor(st, demo, "#!/bin/sh\n");

    new_session(s);
    screen_keys(s, "\033[200~torn off");
    screen_wait(s, "the end of the paste never came");
    screen_wait(s, "torn off");
    screen_keys(s, " again");
    screen_wait(s, "torn off again");
    assert_int_equal(quit(s), 0);
}

static void a_paste_of_a_hundred_megabytes_is_refused(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = with_editor(st, demo, "#!/bin/sh\n");
    static char chunk[1 << 16];

    new_session(s);
    memset(chunk, 'y', sizeof chunk);
    screen_keys(s, "\033[200~");
    for (int i = 0; i < 1600; i++)
        screen_bytes(s, chunk, sizeof chunk);
    screen_keys(s, "\033[201~");
    screen_wait(s, "nothing was inserted");
    type_line(s, "still here");
    assert_int_equal(quit(s), 0);
}

/* ---- vi ---- */
static void vi_keys_are_no_commands(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("config/mixtui/config.ini", "[ui]\neditor = vi\n");
    struct screen *s = with_editor(st, demo, "#!/bin/sh\n");

    new_session(s);
    screen_wait(s, "INSERT");
    type_line(s, "one two three");
    screen_wait(s, "Ctrl+R");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "NORMAL");
    screen_wait_gone(s, "Ctrl+R"); /* it makes again what was undone */
    screen_keys(s, KEY_CTRL('j'));
    screen_keys(s, "0wcwTWO");
    screen_wait(s, "one TWO three");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "NORMAL");
    screen_keys(s, "qnxs"); /* quits nothing, makes nothing, deletes two */
    screen_wait(s, "one TWthree");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "NORMAL");
    screen_keys(s, "uu");
    screen_wait(s, "one TWO three");
    screen_keys(s, "v0");
    screen_wait(s, "VISUAL");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "NORMAL");
    screen_keys(s, KEY_ESC);
    screen_wait_quiet(s, 300);
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(an_editor_loses_nothing_whatever_it_does, narrow),
        S(the_editors_file_is_for_nobody_else, narrow),
        S(the_program_goes_on_behind_the_editor, wide),
        S(what_was_in_the_editor_of_a_killed_one_is_found, narrow),
        S(an_esc_typed_ahead_for_the_editor_keeps_nothing_busy, narrow),
        S(in_tmux_the_draft_is_read_only_meanwhile, narrow),
        S(in_tmux_the_draft_is_read_only_meanwhile, wide),
        S(a_pane_that_hangs_is_closed_by_the_same_key_twice, narrow),
        S(a_tmux_without_room_gives_the_terminal_instead, narrow),
        S(a_long_paste_is_folded_and_sent_whole, wide),
        S(lines_at_once_without_marks_are_a_paste, narrow),
        S(a_paste_without_its_end_is_told, narrow),
        S(a_paste_of_a_hundred_megabytes_is_refused, narrow),
        S(vi_keys_are_no_commands, narrow),
        S(vi_keys_are_no_commands, wide),
    };
#undef S
    return screen_run(tests);
}
