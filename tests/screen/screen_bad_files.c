/* Files that are none, or become none on the way; a disk, a lock and a command that do not do what
 * they should: it is said, nothing is lost, nothing is granted, and the screen goes on. */
#include "people.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void make_socket(const char *path) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
}
static void make_fifo(const char *path) { assert_int_equal(mkfifo(path, 0600), 0); }
static void make_dir(const char *path) { assert_int_equal(mkdir(path, 0700), 0); }
static void make_loop(const char *path) { assert_int_equal(symlink(path, path), 0); }
static void make_zero(const char *path) { assert_int_equal(symlink("/dev/zero", path), 0); }
static void make_lost(const char *path) { assert_int_equal(symlink("nowhere", path), 0); }
static void make_none(const char *path) { (void)path; }

/* ---- in the picker ---- */
static void what_is_no_file_is_not_picked(void **state) {
    static const struct {
        const char *name;
        void (*make)(const char *path);
        const char *says;
    } rows[] = {
        {"apipe", make_fifo, "That is a FIFO, not a file"},
        {"asocket", make_socket, "That is a socket, not a file"},
        {"aring", make_loop, "That link leads nowhere"},
        {"azero", make_zero, "That is a device, not a file"},
        {"alost", make_lost, "That link leads nowhere"},
    };
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("hay.txt", "x\n");
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        rows[i].make(screen_path(rows[i].name));
    struct screen *s = mixtui_at(st, demo);

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        leader(s, "u");
        screen_wait(s, "hay.txt");
        screen_keys(s, rows[i].name);
        screen_wait_gone(s, "hay.txt");
        screen_wait(s, rows[i].name);
        screen_keys(s, KEY_ENTER);
        screen_wait(s, rows[i].says);
        screen_keys(s, KEY_CTRL('c'));
        screen_wait_gone(s, " Upload ");
    }
    to_files(s);
    screen_wait(s, "Uploads 0");
    assert_int_equal(quit(s), 0);
}

/* ---- in a message: it was a file when it was named ---- */
static void what_becomes_no_file_holds_its_message(void **state) {
    static const struct {
        void (*make)(const char *path);
        const char *says;
    } rows[] = {
        {make_none, "No such file"},        {make_fifo, "a FIFO, not a file"},
        {make_dir, "it is a directory"},    {make_zero, "a device, not a file"},
        {make_socket, "a socket, not a f"}, {make_lost, "No such file"},
    };
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});

    screen_file("changing.md", "x\n");
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    type_line(s, "read @changi");
    screen_wait(s, "local");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "@changing.md");
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const char *path = screen_path("changing.md");

        assert_int_equal(remove(path), 0);
        rows[i].make(path);
        screen_keys(s, KEY_ENTER);
        screen_wait(s, rows[i].says);
        to_thread(s);
        screen_keys(s, "x"); /* back with its file */
        to_composer(s);
        screen_wait(s, "@changing.md");
        screen_wait_gone(s, rows[i].says);
        (void)remove(path);
        screen_file("changing.md", "x\n");
    }
    screen_keys(s, KEY_ENTER); /* a file again */
    screen_wait(s, "Try run ls");
    screen_wait_gone(s, "@changing.md");
    to_files(s);
    screen_wait(s, "Uploads 1");
    assert_int_equal(quit(s), 0);
}

/* ---- what a server makes of an upload ---- */
static void an_upload_that_is_refused_holds_its_message_and_goes_by_a_key(void **state) {
    static const char *const faults[] = {
        "uploadSessionFile:1:status=413", "uploadSessionFile:1:status=500",
        "uploadSessionFile:1:reset", "uploadSessionFile:1:garbage", "uploadSessionFile:1:html=502"};
    const struct stage *st = *state;

    for (size_t i = 0; i < MIX_COUNT(faults); i++) {
        struct peer *demo =
            demo_at(st, (const char *[]){"--speed", "0", "--fault", faults[i], NULL});

        screen_file("wanted.md", "x\n");
        struct screen *s = mixtui_at(st, demo);

        new_session(s);
        type_line(s, "read @wante");
        screen_wait(s, "local");
        screen_keys(s, KEY_ENTER);
        screen_wait(s, "@wanted.md");
        screen_keys(s, KEY_ENTER);
        screen_wait(s, "A message waits, wanted.md");
        assert_true(screen_has(s, "@wanted.md"));
        to_thread(s);
        screen_keys(s, "r");
        screen_wait_gone(s, "@wanted.md");
        screen_wait(s, "Try run ls");
        assert_int_equal(quit(s), 0);
        screen_teardown(NULL);
    }
}

/* One that takes all and never says a word: it is waited for, as long as the person wants to. */
static void an_upload_that_is_never_answered_can_be_taken_back(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--speed", "0", "--fault", "uploadSessionFile:1:hang", NULL});

    screen_file("wanted.md", "x\n");
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    type_line(s, "read @wante");
    screen_wait(s, "local");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "@wanted.md");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "uploading 1 of 1 \302\267 100%"); /* it has all of it */
    type_line(s, "typed meanwhile");
    screen_keys(s, KEY_CTRL('c'));
    to_thread(s);
    screen_keys(s, "x");
    screen_wait_gone(s, "uploading");
    to_composer(s);
    screen_wait(s, "@wanted.md");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Try run ls");
    assert_int_equal(quit(s), 0);
}

/* ---- the longest names there are ---- */
static void a_name_of_255_bytes_goes_up_and_comes_down(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "rename-files=off", NULL});
    char name[256];

    memset(name, 'n', 251);
    strcpy(name + 251, ".txt");
    screen_file(name, "all of it\n");
    struct screen *s = mixtui_at(st, demo);

    leader(s, "u");
    screen_keys(s, "nnnn");
    screen_wait(s, "nnnnnnnn");
    screen_wait_gone(s, "mixtui/");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Upload ");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_wait(s, "uploaded");
    screen_keys(s, "g");
    screen_keys(s, "D");
    screen_wait(s, "downloaded");
    name[200] = '\0';
    struct buf got = {.max = MIX_MIB};

    assert_true(screen_read_file(&got, screen_path(name)));
    assert_string_equal(buf_str(&got), "all of it\n");
    buf_fini(&got);
    assert_int_equal(quit(s), 0);
}

/* ---- rules that cannot do their work ---- */
static const char allow[] =
    "{\"id\":\"a\",\"rule\":\"Bash:echo *\",\"answer\":\"allow\",\"scope\":\"always\"}\n";

static void asks_for(struct screen *s, const char *what) {
    say(s, what);
    screen_wait(s, "!1");
}

static void denies(struct screen *s) {
    open_asks(s);
    screen_keys(s, "n");
    screen_wait_gone(s, "!1");
    leave_asks(s);
    to_composer(s);
}

/* A stopped program holds it: the request is the person's, and no key waits. */
static void a_lock_that_stands_still_holds_no_key(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});

    screen_file("state/mixtui/rules.jsonl", allow);
    auto_fd int held = open(screen_file("state/mixtui/rules.lock", ""), O_RDWR | O_CLOEXEC, 0600);

    assert_int_equal(flock(held, LOCK_EX), 0);
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    for (int i = 0; i < 3; i++) {
        asks_for(s, "run echo one");
        type_line(s, "typed meanwhile");
        screen_keys(s, KEY_CTRL('u'));
        if (i == 0) /* once a minute is enough */
            screen_wait(s, "requests wait for you");
        denies(s);
    }
    asks_for(s, "run echo two");
    assert_int_equal(flock(held, LOCK_UN), 0);
    denies(s); /* what was asked meanwhile is not answered by a rule later */
    const int64_t start = clock_now();

    assert_int_equal(flock(held, LOCK_EX), 0);
    assert_int_equal(quit(s), 0);
    assert_true(clock_now() - start < 15000);
}

static void a_full_disk_leaves_requests_to_the_person(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    auto_buf struct buf log = {.max = MIX_MIB};

    screen_file("state/mixtui/rules.jsonl", allow);
    for (int i = 0; i < 500; i++)
        buf_adds(&log, "0123456789abcdef\n");
    screen_file("state/mixtui/audit.jsonl", buf_str(&log));
    struct screen *s =
        screen_start(&(struct screen_setup){.cols = st->cols,
                                            .rows = st->rows,
                                            .args = (const char *[]){"--server", demo->url, NULL},
                                            .file_limit = 8000});

    screen_wait(s, "live");
    new_session(s);
    asks_for(s, "run echo one");
    screen_wait(s, "requests wait for you");
    assert_false(screen_has(s, "auto 1"));
    denies(s);
    struct buf now = {.max = MIX_MIB};

    assert_true(screen_read_file(&now, screen_path("state/mixtui/audit.jsonl")));
    assert_int_equal(now.n, log.n); /* no half line either */
    buf_fini(&now);
    assert_int_equal(quit(s), 0);
}

static void rules_that_others_may_write_grant_nothing(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});

    assert_int_equal(chmod(screen_file("state/mixtui/rules.jsonl", allow), 0666), 0);
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    asks_for(s, "run echo one");
    screen_wait(s, "requests wait for you");
    denies(s);
    leader(s, "j");
    screen_wait(s, "others may write it");
    assert_int_equal(chmod(screen_path("state/mixtui/rules.jsonl"), 0600), 0);
    screen_keys(s, "r");
    screen_wait(s, "Bash:echo *");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Bash:echo *");
    say(s, "run echo two");
    screen_wait(s, "auto 1");
    assert_int_equal(quit(s), 0);
}

/* ---- a directory of state that takes nothing ---- */
static void a_read_only_state_directory_stops_nothing(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});

    screen_file("shut/mixtui/rules.jsonl", allow);
    assert_int_equal(chmod(screen_path("shut/mixtui"), 0500), 0);
    /* who may write everywhere finds no such place where the kernel lets nobody make one */
    char env[300];

    snprintf(env, sizeof env, "XDG_STATE_HOME=%s",
             geteuid() == 0 ? "/proc/self/fdinfo" : screen_path("shut"));
    struct screen *s =
        mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, (const char *[]){env, NULL});

    screen_wait(s, "live");
    new_session(s);
    type_line(s, "run echo one");
    screen_wait(s, "cannot be saved");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "!1"); /* said, asked, and no rule answers what cannot be written down */
    assert_false(screen_has(s, "auto 1"));
    denies(s);
    screen_wait(s, "denied");
    type_line(s, "half a thought");
    assert_int_equal(quit(s), 0);
    assert_int_equal(chmod(screen_path("shut/mixtui"), 0700), 0);
}

/* ---- a command that calls somebody ---- */
static void a_notify_command_that_misbehaves_holds_nobody(void **state) {
    static const struct {
        const char *command, *says;
    } rows[] = {
        {"/no/such/program", "notify = /no/such/program"},
        {"sleep 600; true", NULL},
        {"exec yes 'flood \\033[2J'", NULL},
        {"printf 'to \\033]0;stderr\\007' >&2; exit 3", "exit status 3"},
    };
    const struct stage *st = *state;

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        char config[200];
        struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});

        snprintf(config, sizeof config, "[ui]\nnotify = %s\n", rows[i].command);
        screen_file("config/mixtui/config.ini", config);
        struct screen *s = mixtui_at(st, demo);

        new_session(s);
        for (int k = 0; k < 2; k++) {
            asks_for(s, "run echo one");
            if (k == 0 && rows[i].says)
                screen_wait(s, rows[i].says);
            denies(s);
        }
        screen_wait_quiet(s, 100);
        const int64_t start = clock_now();

        assert_int_equal(quit(s), 0);
        assert_true(clock_now() - start < 8000);
        screen_teardown(NULL);
    }
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(what_is_no_file_is_not_picked, narrow),
        S(what_becomes_no_file_holds_its_message, narrow),
        S(an_upload_that_is_refused_holds_its_message_and_goes_by_a_key, wide),
        S(an_upload_that_is_never_answered_can_be_taken_back, narrow),
        S(a_name_of_255_bytes_goes_up_and_comes_down, narrow),
        S(a_lock_that_stands_still_holds_no_key, narrow),
        S(a_full_disk_leaves_requests_to_the_person, wide),
        S(rules_that_others_may_write_grant_nothing, narrow),
        S(a_read_only_state_directory_stops_nothing, narrow),
        S(a_notify_command_that_misbehaves_holds_nobody, narrow),
    };
#undef S
    return screen_run(tests);
}
