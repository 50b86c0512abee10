/* Search over all sessions: it asks first, finds what was read, leads there, works without a
 * server, and forgets. */
#include "people.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mode of the index's files; -1: there is none. */
static int mode_of(const struct peer *demo, const char *end) {
    struct stat st;
    char name[128];

    snprintf(name, sizeof name, ".cache/mixtui/index-http_127.0.0.1_%d.db%s", demo->port, end);
    return stat(screen_path(name), &st) == 0 ? (int)(st.st_mode & 0777) : -1;
}

static void allow(struct screen *s) {
    leader(s, "S");
    screen_wait(s, "May messages you read be kept");
    screen_keys(s, KEY_DOWN);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "1 session \xc2\xb7");
}

static void search(struct screen *s, const char *words) {
    leader(s, "S");
    screen_wait(s, "of 256 MB");
    screen_keys(s, words);
    screen_wait(s, words);
}

static void leave(struct screen *s) {
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Search all sessions");
}

static void nothing_is_kept_before_somebody_says_so(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before");
    leader(s, "S");
    screen_wait(s, "May messages you read be kept");
    screen_wait(s, ".cache/mixtui/index-");
    leave(s);
    assert_int_equal(mode_of(demo, ""), -1);
    leader(s, "S");
    screen_wait(s, "May messages you read be kept");
    screen_keys(s, KEY_ENTER); /* off stands first */
    screen_wait(s, "The index is off");
    leave(s);
    assert_int_equal(quit(s), 0);
    assert_int_equal(mode_of(demo, ""), -1);
    s = mixtui_at(st, demo);
    leader(s, "S");
    screen_wait(s, "The index is off");
    screen_wait(s, "change what is kept");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void a_result_leads_into_its_thread(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before");
    allow(s);
    assert_int_equal(mode_of(demo, ""), 0600);
    leave(s);
    open_session(s, "Prices as a table");
    screen_wait(s, "All prices are in EUR");
    search(s, "notes.txt");
    screen_wait(s, "Plan the work in");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "Search all sessions");
    screen_wait(s, "Plan the work in notes.txt");
    search(s, "all prices");
    screen_wait(s, "| Item | Price |");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "Search all sessions");
    screen_wait(s, "All prices are in EUR");
    assert_int_equal(quit(s), 0);
}

static void a_hit_is_marked(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);
    int x = 0, y = 0;

    screen_wait(s, "measure before");
    allow(s);
    screen_keys(s, "notes.tx");
    screen_wait(s, "Plan the work in notes.txt");
    assert_true(screen_find(s, "Plan the work in notes.txt", &x, &y));
    assert_true(screen_cell(s, x + 17, y).bold && screen_cell(s, x + 17, y).underline); /* notes */
    assert_false(screen_cell(s, x, y).bold || screen_cell(s, x, y).underline);
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void without_a_server_the_text_is_there(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before");
    allow(s);
    leave(s);
    assert_int_equal(quit(s), 0);
    server_stop(demo);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(s, "No server");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, " No server ");
    search(s, "empty files");
    screen_wait(s, "Plan the notes");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "This is the search index");
    screen_wait(s, "Three points, in the order of the file.");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "find empty files");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void everything_is_forgotten(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before");
    allow(s);
    screen_wait(s, "forget everything");
    screen_keys(s, KEY_DOWN);
    screen_keys(s, KEY_ENTER);
    screen_wait_armed(s, "Enter again");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "0 sessions");
    assert_int_equal(mode_of(demo, ""), -1);
    assert_int_equal(mode_of(demo, "-wal"), -1);
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void a_deleted_session_is_forgotten_or_kept(void **state) {
    const struct stage *st = *state;

    for (int keep = 0; keep < 2; keep++) {
        struct peer *demo = demo_at(st, NULL);
        struct screen *s = mixtui_at(st, demo);

        screen_wait(s, "measure before");
        allow(s);
        leave(s);
        to_sessions(s);
        screen_keys(s, "d");
        screen_wait(s, "forgets it, too; Tab: keep it");
        if (keep) {
            screen_keys(s, "\t");
            screen_wait(s, "keeps it; Tab: forget it");
        }
        screen_keys(s, "Plan the notes");
        screen_wait(s, "its name: Plan the notes");
        screen_pause(s, 450);
        screen_keys(s, KEY_ENTER);
        screen_wait(s, "Sessions 2");
        to_thread(s);
        leader(s, "S");
        screen_wait(s, "of 256 MB");
        screen_keys(s, "notes.txt");
        screen_wait(s, keep ? "gone from the server" : "Nothing that was read here");
        leave(s);
        assert_int_equal(quit(s), 0);
        server_stop(demo);
        unlink(screen_path("state/mixtui/index"));
    }
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(nothing_is_kept_before_somebody_says_so, narrow),
        S(a_result_leads_into_its_thread, narrow),
        S(a_result_leads_into_its_thread, wide),
        S(a_result_leads_into_its_thread, seed_narrow),
        S(a_hit_is_marked, narrow),
        S(a_hit_is_marked, wide),
        S(without_a_server_the_text_is_there, narrow),
        S(without_a_server_the_text_is_there, wide),
        S(everything_is_forgotten, narrow),
        S(a_deleted_session_is_forgotten_or_kept, narrow),
        S(a_deleted_session_is_forgotten_or_kept, wide),
    };
#undef S
    return screen_run(tests);
}
