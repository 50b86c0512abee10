/* The thread: streaming, folding, and a reader whose place nobody moves; streams that die. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static int rows_with(struct screen *s, const char *text) {
    int n = 0;

    for (int y = 0; y < screen_rows(s); y++)
        n += strstr(screen_row(s, y), text) != NULL;
    return n;
}

static void a_call_unfolds_to_input_and_result(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    to_sessions(s);
    screen_keys(s, "j");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "All prices are in EUR");
    screen_wait(s, "Bash");
    assert_false(screen_has(s, "coffee,3.10,EUR"));
    to_thread(s);
    screen_keys(s, "o");
    screen_wait(s, "coffee,3.10,EUR"); /* what the tool returned */
    screen_keys(s, "o");
    screen_wait_gone(s, "coffee,3.10,EUR");
    for (int i = 0; i < 6 && !screen_has(s, "coffee,3.10,EUR"); i++) {
        screen_keys(s, "K"); /* to the call, whatever lies between */
        screen_wait_quiet(s, 150);
        screen_keys(s, KEY_ENTER);
        screen_wait_quiet(s, 150);
    }
    screen_wait(s, "coffee,3.10,EUR");
    assert_int_equal(quit(s), 0);
}

static void text_and_thinking_stream(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "4", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "think of something");
    screen_wait(s, "mix is working");
    screen_wait(s, "thinking");
    screen_wait(s, "smallest file");
    screen_wait_gone(s, "mix is working");
    say(s, "edit notes.txt");
    screen_wait(s, "waiting for you");
    open_asks(s);
    screen_wait(s, "+count words in a pipe (edited)");
    screen_keys(s, "y");
    screen_wait(s, "granted");
    leave_asks(s);
    screen_wait(s, "is changed");
    screen_wait_gone(s, "mix is working");
    screen_wait_quiet(s, 500); /* read again by now: nothing is there twice */
    assert_int_equal(rows_with(s, "is changed"), 1);
    assert_true(screen_has(s, "Edit") || screen_has(s, "edit"));
    assert_int_equal(quit(s), 0);
}

static int thread_top(const struct screen *s) { return is_wide(s) ? 1 : 2; }

/* The rows of the thread but its last one, which counts what is new; its own column. */
static const char *thread_text(struct screen *s) {
    static struct buf text = {.max = MIX_MIB};
    int from = is_wide(s) ? 29 : 0, to = is_wide(s) ? 96 : 79;

    buf_clear(&text);
    for (int y = thread_top(s); !strstr(screen_row(s, y + 1), " message "); y++) {
        for (int x = from; x < to; x++)
            buf_adds(&text, screen_cell(s, x, y).text);
        buf_adds(&text, "\n");
    }
    return buf_str(&text);
}

static void the_readers_place_stays_while_text_arrives(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "12", NULL});
    struct screen *s = mixtui_at(st, demo);

    open_session(s, "Count words");
    screen_wait(s, "Done: inside");
    say(s, "long");
    screen_wait(s, "second 2 of 60");
    to_thread(s);
    screen_keys(s, KEY_PGUP);
    screen_wait_gone(s, "second 2 of 60");
    screen_wait_quiet(s, 60);
    auto_free char *place = xstrdup(thread_text(s));
    screen_pause(s, 1000); /* a dozen lines meanwhile */
    assert_string_equal(thread_text(s), place);
    screen_keys(s, "G"); /* follows again */
    screen_wait(s, "second 30 of 60");
    leader(s, "k");
    screen_wait(s, "Cancelled");
    assert_int_equal(quit(s), 0);
}

static void new_text_below_is_counted(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", "--history", "60", NULL});
    char id[40];
    struct buf list = {0};
    struct screen *s = mixtui_at(st, demo);

    open_session(s, "history");
    screen_wait(s, "at zero");
    assert_int_equal(http_call(demo->port, "GET", "/api/sessions", NULL, &list), 200);
    const char *mine = strstr(buf_str(&list), "\"title\":\"history\"");
    assert_non_null(mine);
    while (mine > list.p && strncmp(mine, "\"id\":\"", 6) != 0)
        mine--;
    assert_true(json_string(id, sizeof id, mine, "id", 0));
    buf_fini(&list);
    to_thread(s);
    screen_keys(s, KEY_PGUP);
    screen_wait_quiet(s, 200);
    auto_free char *place = xstrdup(thread_text(s));
    demo_send(demo, id, "code c"); /* somebody else writes there */
    screen_wait(s, "▼ ");
    screen_wait_gone(s, "mix is working");
    assert_string_equal(thread_text(s), place);
    assert_false(screen_has(s, "code c"));
    screen_keys(s, "G");
    screen_wait_gone(s, "▼ ");
    screen_wait(s, "Says hello");
    screen_keys(s, "g"); /* and the very first message */
    screen_wait(s, "Step 0");
    assert_int_equal(quit(s), 0);
}

static void a_failed_turn_says_why(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "fail");
    screen_wait(s, "529 overloaded");
    screen_wait_gone(s, "mix is working");
    say(s, "hello again");
    screen_wait(s, "README.md");
    assert_int_equal(quit(s), 0);
}

static void messages_wait_in_line(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "4", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "think first");
    screen_wait(s, "mix is working");
    say(s, "table");
    screen_wait(s, "queued 1");
    screen_wait_gone(s, "queued 1"); /* it goes by itself when the turn is over */
    screen_wait(s, "prices.csv");
    assert_int_equal(quit(s), 0);
}

static void a_stream_that_dies_comes_back(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    int port = tap->port;
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "hello");
    screen_wait(s, "README.md");
    screen_wait_gone(s, "mix is working");
    type_line(s, "kept");
    server_stop(tap);
    screen_wait_gone(s, "live");
    screen_wait(s, "kept");
    screen_wait(s, "hello");
    tap = tap_start(demo->port, port);
    leader(s, "r");
    screen_wait(s, "live");
    screen_wait(s, "kept");
    assert_int_equal(quit(s), 0);
}

static void a_cut_stream_misses_nothing(void **state) {
    const struct stage *st = *state;
    /* the third stream event's bytes never come: what was said meanwhile is read again */
    struct peer *demo =
        demo_at(st, (const char *[]){"--speed", "20", "--fault", "streamEvents:4+:cut=900", NULL});
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);

    screen_wait(s, "live");
    new_session(s);
    say(s, "hello");
    screen_wait(s, "README.md");
    screen_wait_gone(s, "mix is working");
    assert_int_equal(quit(s), 0);
}

static void a_list_that_fails_once_is_read_again(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--fault", "listSessions:1:html=500", NULL});
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before changing");
    assert_false(screen_has(s, "<html"));
    assert_int_equal(quit(s), 0);
}

static void hostile_text_is_harmless(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    char id[40];

    demo_session(demo, "a\\u001b]0;owned\\u0007b\\u202ec", id);
    demo_send(demo, id,
              "x\\u001b[31m\\u001b[2J\\u001b]52;c;AAAA\\u0007\\u009b5n\\u202e\\u200b\\u2066\\ufeff"
              "end of it");
    struct screen *s = mixtui_at(st, demo);
    to_sessions(s);
    screen_keys(s, "g");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "found it nowhere");
    to_thread(s);
    screen_keys(s, "g");
    screen_wait(s, "end of it");
    screen_wait_quiet(s, 300);
    screen_assert_clean(s);
    assert_int_equal(quit(s), 0);
    screen_assert_clean(s);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_call_unfolds_to_input_and_result, narrow),
        S(a_call_unfolds_to_input_and_result, wide),
        S(text_and_thinking_stream, narrow),
        S(text_and_thinking_stream, wide),
        S(text_and_thinking_stream, seed_wide),
        S(text_and_thinking_stream, late_narrow),
        S(the_readers_place_stays_while_text_arrives, narrow),
        S(the_readers_place_stays_while_text_arrives, wide),
        S(new_text_below_is_counted, narrow),
        S(new_text_below_is_counted, wide),
        S(a_failed_turn_says_why, narrow),
        S(a_failed_turn_says_why, wide),
        S(messages_wait_in_line, narrow),
        S(messages_wait_in_line, wide),
        S(a_stream_that_dies_comes_back, narrow),
        S(a_stream_that_dies_comes_back, wide),
        S(a_cut_stream_misses_nothing, narrow),
        S(a_list_that_fails_once_is_read_again, narrow),
        S(hostile_text_is_harmless, narrow),
        S(hostile_text_is_harmless, wide),
    };
#undef S
    return screen_run(tests);
}
