/* Several servers at once: one inbox, one screen, and everything is found again. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static struct peer *a_demo(const struct stage *st) {
    return demo_at(st, (const char *[]){"--speed", "20", NULL});
}

static struct screen *watching(const struct stage *st, const struct peer *shown,
                               const struct peer *watched) {
    struct screen *s = mixtui_with(
        st, (const char *[]){"--server", shown->url, "--watch", watched->url, NULL}, NULL);

    screen_wait(s, "live");
    return s;
}

static const char *address(const struct peer *v) { return v->url + strlen("http://"); }

static size_t answers(const struct peer *tap) {
    return tap_count(tap, "/grant HTTP") + tap_count(tap, "/deny HTTP");
}

/* The session that is watched there from the beginning asks. */
static void newest_asks(struct peer *demo) {
    auto_buf struct buf list = {.max = MIX_MIB};
    char id[80];

    assert_int_equal(http_call(demo->port, "GET", "/api/sessions", NULL, &list), 200);
    assert_true(json_string(id, sizeof id, buf_str(&list), "id", 0));
    demo_send(demo, id, "run echo from the other");
}

static void show_server(struct screen *s, const char *name) {
    int head, row;

    leader(s, "s");
    screen_wait(s, " Servers ");
    screen_wait(s, name);
    screen_find(s, " Servers ", NULL, &head);
    screen_keys(s, "\033[H"); /* the first row */
    for (row = head + 1; row < screen_rows(s) && !strstr(screen_row(s, row), name); row++)
        screen_keys(s, KEY_DOWN);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Servers ");
}

static void a_request_elsewhere_is_answered_from_here(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct peer *tap_here = tap_start(here->port, 0), *tap_there = tap_start(there->port, 0);
    struct screen *s = watching(st, tap_here, tap_there);
    char where[80];

    type_line(s, "half a thought");
    screen_wait_that(s, tap_count(tap_there, "/stream") > 0);
    newest_asks(there);
    screen_wait(s, "!1");
    screen_wait_that(s, screen_bells(s) >= 1); /* once no rule decides */
    assert_true(screen_has(s, "half a thought"));
    open_asks(s);
    snprintf(where, sizeof where, "%s: ", address(tap_there));
    screen_wait(s, where);
    screen_wait(s, "echo from the other");
    screen_keys(s, "y");
    screen_wait_that(s, answers(tap_there) == 1);
    assert_int_equal(answers(tap_here), 0);
    screen_wait(s, "granted");
    leave_asks(s);
    screen_wait(s, "half a thought");
    assert_int_equal(quit(s), 0);
}

/* The first server is not watched: it is closed when it is left, and read again. */
static void what_is_typed_on_each_is_found_again(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct screen *s = watching(st, here, there);

    type_line(s, "typed on the first");
    for (int i = 0; i < 2; i++) {
        show_server(s, address(there));
        screen_wait(s, address(there));
        screen_wait(s, "live");
        assert_false(screen_has(s, "typed on the first"));
        if (i == 0)
            type_line(s, "typed on the second");
        screen_wait(s, "typed on the second");
        show_server(s, address(here));
        screen_wait(s, address(here));
        screen_wait(s, "typed on the first");
    }
    assert_int_equal(quit(s), 0);
    s = watching(st, there, here); /* and by the next program */
    screen_wait(s, "typed on the second");
    assert_int_equal(quit(s), 0);
}

static void the_next_that_needs_somebody_is_on_the_other_server(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct peer *tap = tap_start(there->port, 0);
    struct screen *s = watching(st, here, tap);

    screen_wait_that(s, tap_count(tap, "/stream") > 0);
    newest_asks(there);
    screen_wait(s, "!1");
    leader(s, "a");
    screen_wait(s, "waiting for you");
    assert_true(screen_has(s, address(tap)));
    open_asks(s); /* and the request is there, unarmed at first */
    screen_keys(s, "n");
    screen_wait_that(s, tap_count(tap, "/deny HTTP") == 1);
    assert_int_equal(quit(s), 0);
}

static void a_watched_server_goes_and_comes_back(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct peer *tap = tap_start(there->port, 0);
    const int port = tap->port;
    struct screen *s = watching(st, here, tap);

    screen_wait_that(s, tap_count(tap, "/stream") > 0);
    type_line(s, "goes on");
    server_stop(tap);
    char away[80];
    snprintf(away, sizeof away, "%s offline", address(tap));
    screen_wait(s, away);
    screen_pause(s, 1000);
    assert_false(screen_has(s, "No server"));
    screen_keys(s, " and on"); /* nothing took the keys */
    screen_wait(s, "goes on and on");
    const size_t before = tap_count(tap, "/stream");
    tap = tap_start(there->port, port);
    leader(s, "r"); /* all that is broken is tried now */
    screen_wait_that(s, tap_count(tap, "/stream") > before);
    screen_wait_gone(s, away);
    newest_asks(there);
    screen_wait(s, "!1");
    open_asks(s);
    screen_keys(s, "y");
    screen_wait_that(s, tap_count(tap, "/grant HTTP") == 1);
    assert_int_equal(quit(s), 0);
}

static void one_that_is_never_there_stands_in_the_list_only(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st);
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", unused_port());
    struct screen *s = mixtui_with(
        st, (const char *[]){"--server", here->url, "--watch", url, "--still", NULL}, NULL);

    screen_wait(s, "live");
    screen_wait_quiet(s, 1500);
    assert_false(screen_has(s, "No server"));
    leader(s, "s");
    screen_wait(s, "offline");
    screen_wait(s, url);
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, " Servers ");
    leader(s, "L"); /* what the status line said */
    screen_wait(s, "No server");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "No server");
    show_server(s, url); /* only when it is wanted it says so on the screen */
    screen_wait(s, "No server");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, " No server ");
    show_server(s, address(here));
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

static void quitting_counts_the_agents_of_all(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = demo_at(st, NULL);
    struct peer *tap = tap_start(there->port, 0);
    struct screen *s = watching(st, here, tap);

    screen_wait_that(s, tap_count(tap, "/stream") > 0);
    auto_buf struct buf list = {.max = MIX_MIB};
    char id[80];

    assert_int_equal(http_call(there->port, "GET", "/api/sessions", NULL, &list), 200);
    assert_true(json_string(id, sizeof id, buf_str(&list), "id", 0));
    demo_send(there, id, "long");
    screen_wait(s, "*1");
    leader(s, "q");
    screen_wait(s, "1 agent works: it goes on");
    screen_pause(s, 450);
    screen_keys(s, "q");
    assert_int_equal(screen_wait_exit(s), 0);
}

static void profiles_are_listed_and_watched(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct peer *tap = tap_start(there->port, 0);
    char text[400];

    snprintf(text, sizeof text,
             "[server home]\nurl = %s\n[server build]\nurl = %s\nwatch = yes\n"
             "header = X-Who: me\n[server far]\nurl = http://127.0.0.1:9\n",
             here->url, tap->url);
    screen_file("config/mixtui/config.ini", text);
    char env[600];

    snprintf(env, sizeof env, "XDG_CONFIG_HOME=%s", screen_path("config"));
    struct screen *s =
        mixtui_with(st, (const char *[]){"--profile", "home", NULL}, (const char *[]){env, NULL});

    screen_wait(s, "live");
    screen_wait_that(s, tap_count(tap, "X-Who: me") > 0); /* with the settings of its profile */
    leader(s, "s");
    screen_wait(s, "shown here");
    screen_wait(s, "watched");
    screen_wait(s, "far");
    screen_wait(s, "not open");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, " Servers ");
    newest_asks(there);
    screen_wait(s, "!1");
    open_asks(s);
    screen_wait(s, "build: ");
    screen_keys(s, "n");
    screen_wait_that(s, tap_count(tap, "/deny HTTP") == 1);
    assert_int_equal(quit(s), 0);
}

/* Its command may ask at the terminal: it runs before the screen is there, and only once. */
static void a_secret_of_a_watched_server_is_asked_for_first(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct peer *tap = tap_start(there->port, 0);
    char text[800], env[600];

    snprintf(text, sizeof text,
             "[server home]\nurl = %s\n[server build]\nurl = %s\nwatch = yes\n"
             "bearer_command = echo x >>%s; echo tok-3n\n[server bad]\n"
             "url = http://127.0.0.1:9\nwatch = yes\nbearer_command = false\n",
             here->url, tap->url, screen_path("ran"));
    screen_file("config/mixtui/config.ini", text);
    snprintf(env, sizeof env, "XDG_CONFIG_HOME=%s", screen_path("config"));
    struct screen *s =
        mixtui_with(st, (const char *[]){"--profile", "home", NULL}, (const char *[]){env, NULL});

    screen_wait(s, "live");
    screen_wait_that(s, tap_count(tap, "Authorization: Bearer tok-3n") > 0);
    auto_buf struct buf ran = {.max = 100};

    assert_true(screen_read_file(&ran, screen_path("ran")));
    assert_string_equal(buf_str(&ran), "x\n");
    screen_wait(s, "bad offline");
    assert_false(screen_has(s, "tok-3n"));
    leader(s, "L");
    screen_wait(s, "bad: ");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "bad: ");
    assert_int_equal(quit(s), 0);
}

/* Asked for in the list, the first one stays open too. */
static void one_that_is_left_can_stay_watched(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct peer *tap = tap_start(here->port, 0);
    struct screen *s = watching(st, tap, there);

    leader(s, "s");
    screen_wait(s, "keep watching    no");
    screen_keys(s, KEY_DOWN KEY_DOWN KEY_ENTER);
    screen_wait(s, "keep watching    yes");
    screen_keys(s, "\033[H" KEY_DOWN KEY_ENTER);
    screen_wait_gone(s, " Servers ");
    screen_wait(s, address(there));
    screen_wait(s, "live");
    newest_asks(here);
    screen_wait(s, "!1");
    open_asks(s);
    screen_keys(s, "y");
    screen_wait_that(s, tap_count(tap, "/grant HTTP") == 1);
    assert_int_equal(quit(s), 0);
}

static void an_address_can_be_typed_in_the_list(void **state) {
    const struct stage *st = *state;
    struct peer *here = a_demo(st), *there = a_demo(st);
    struct screen *s = mixtui_at(st, here);

    type_line(s, "typed before");
    leader(s, "s");
    screen_wait(s, " Servers ");
    screen_keys(s, KEY_DOWN KEY_DOWN KEY_ENTER);
    screen_wait(s, "address: ");
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, "http:/nonsense" KEY_ENTER);
    screen_wait(s, "cannot use"); /* this server is not left for that, and it can be mended */
    screen_wait(s, "address: http:/nonsense");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "address: ");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, " Servers ");
    screen_wait(s, "typed before");
    leader(s, "s");
    screen_wait(s, " Servers ");
    screen_keys(s, KEY_DOWN KEY_DOWN KEY_ENTER);
    screen_wait(s, "address: ");
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, there->url);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Servers ");
    screen_wait(s, address(there));
    screen_wait(s, "live");
    assert_false(screen_has(s, "typed before"));
    show_server(s, address(here));
    screen_wait(s, "typed before");
    assert_int_equal(quit(s), 0);
}

static void a_name_nobody_has_is_refused(void **state) {
    const struct stage *st = *state;
    struct screen *s = mixtui_with(st, (const char *[]){"--watch", "nobody", NULL}, NULL);

    assert_int_equal(screen_wait_exit(s), 2);
    assert_true(screen_has(s, "--watch nobody: no profile has that name"));
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_request_elsewhere_is_answered_from_here, narrow),
        S(a_request_elsewhere_is_answered_from_here, wide),
        S(what_is_typed_on_each_is_found_again, narrow),
        S(what_is_typed_on_each_is_found_again, wide),
        S(the_next_that_needs_somebody_is_on_the_other_server, wide),
        S(a_watched_server_goes_and_comes_back, narrow),
        S(a_watched_server_goes_and_comes_back, wide),
        S(one_that_is_never_there_stands_in_the_list_only, wide),
        S(quitting_counts_the_agents_of_all, narrow),
        S(profiles_are_listed_and_watched, wide),
        S(a_secret_of_a_watched_server_is_asked_for_first, wide),
        S(one_that_is_left_can_stay_watched, narrow),
        S(an_address_can_be_typed_in_the_list, narrow),
        S(a_name_nobody_has_is_refused, narrow),
    };
#undef S
    return screen_run(tests);
}
