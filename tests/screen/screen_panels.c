/* The server screens that are read: opened by their names and by their keys, against every kind of
 * server. */
#include "people.h"

#include <stdio.h>
#include <string.h>

#define KEY_F12 "\033[24~"

static struct stage stage_small = {40, 10, NULL};

/* As a command line: `:health` Enter. */
static void command(struct screen *s, const char *name) {
    to_thread(s);
    screen_keys(s, ":");
    screen_wait(s, "find ");
    screen_keys(s, name);
    screen_wait(s, name);
    screen_keys(s, KEY_ENTER);
}

static void leave(struct screen *s) {
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "┌─ Server >");
}

static void health_is_told_and_its_tokens_refreshed(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "health");
    screen_wait(s, "> Health");
    screen_wait(s, "database");
    screen_wait(s, demo->url);
    screen_keys(s, KEY_ENTER); /* with the address, by OSC 52 */
    screen_wait(s, "copied ");
    screen_keys(s, "\033[F"); /* End */
    screen_wait(s, "this client");
    screen_keys(s, "\033[H");
    for (int i = 0; i < 40 && !screen_has(s, "refresh the tokens"); i++)
        screen_keys(s, KEY_DOWN), screen_pump(s, 30);
    screen_wait(s, "refresh the tokens");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void tools_are_unfolded(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "tools");
    screen_wait(s, "> Tools");
    screen_wait(s, "Bash");
    screen_keys(s, "bash");
    screen_wait_gone(s, "Glob");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "\"command\"");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void mcp_servers_take_their_time_and_are_shown(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "mcp");
    screen_wait(s, "> MCP servers");
    screen_wait(s, "loading");
    screen_wait(s, "broken_one");
    screen_wait(s, "Read a file");
    screen_wait_gone(s, "loading");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void a_command_goes_into_the_message(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "commands");
    screen_wait(s, "/help");
    screen_keys(s, "help");
    screen_wait_gone(s, "/sessions");
    screen_keys(s, KEY_RIGHT);
    screen_wait(s, "type: builtin");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "> Commands");
    screen_wait(s, "/help");
    screen_wait(s, "Enter send");
    assert_int_equal(quit(s), 0);
}

static void history_opens_the_session(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "history");
    screen_wait(s, "> Message history");
    screen_wait(s, "Make a table of");
    screen_keys(s, "table of prices");
    screen_wait_gone(s, "Plan the work");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "All prices are in EUR");
    assert_int_equal(quit(s), 0);
}

static void a_long_history_comes_as_one_scrolls(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--history", "1000", NULL});
    struct screen *s = mixtui_at(st, demo);

    command(s, "history");
    screen_wait(s, " of 101 "); /* a page, and the row for more */
    screen_keys(s, "\033[F");
    screen_wait(s, " of 201 ");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void a_session_shows_everything_known_of_it(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "session-details");
    screen_wait(s, "> Session");
    screen_wait(s, "first message");
    screen_keys(s, "\033[F");
    screen_wait(s, "sub-agents included");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void raw_events_come_and_unfold(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "hello there");
    screen_wait(s, "README.md");
    screen_keys(s, KEY_F12);
    screen_wait(s, "> Raw events");
    screen_wait(s, "complete"); /* what came before is there, too */
    screen_keys(s, "user_message_created");
    screen_wait(s, " of 1 ");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "hello there");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void an_error_has_its_details(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--fault", "listMcpServers:*:status=404", NULL});
    struct screen *s = mixtui_at(st, demo);

    command(s, "mcp");
    screen_wait(s, "error: ");
    screen_wait(s, "try again");
    screen_keys(s, KEY_DOWN);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "> Error details");
    screen_wait(s, "system.list_mcp_servers");
    screen_wait(s, "GET /api/mcp");
    screen_wait(s, "will not help");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "try again");
    leave(s);
    leader(s, "L"); /* the messages have it as well */
    screen_wait(s, "> Log");
    screen_keys(s, "mcp");
    screen_wait(s, " of 1 ");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "GET /api/mcp");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "find mcp");
    leave(s);
    leader(s, "v"); /* and the newest one has a key of its own */
    screen_wait(s, "GET /api/mcp");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void a_retry_counts_down(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--fault", "listMcpServers:1:status=503", "--fault",
                                     "listMcpServers:2:status=503", "--fault",
                                     "listMcpServers:3:status=503", NULL});
    struct screen *s = mixtui_at(st, demo);

    command(s, "mcp");
    screen_wait(s, "retrying in 0:0");
    screen_wait(s, "attempt 3");
    screen_wait(s, "broken_one");
    screen_wait_gone(s, "retrying");
    leave(s);
    assert_int_equal(quit(s), 0);
}

static void what_the_first_generation_lacks_says_why(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    command(s, "health");
    screen_wait(s, "needs a server of 0.5.7 or newer");
    leave(s);
    command(s, "tools");
    screen_wait(s, "needs a server of 0.7.0 or newer");
    screen_wait(s, "Web Search"); /* by the older operation */
    leave(s);
    command(s, "mcp");
    screen_wait(s, "broken_one");
    leave(s);
    command(s, "commands");
    screen_wait(s, "/help");
    leave(s);
    command(s, "history");
    screen_wait(s, "Make a table of");
    leave(s);
    command(s, "session-details");
    screen_wait(s, "first message");
    leave(s);
    to_thread(s);
    screen_keys(s, KEY_F12);
    screen_wait(s, "connected");
    leave(s);
    assert_int_equal(quit(s), 0);
}

/* 40x10 shows them all, too. */
static void every_screen_opens_on_the_smallest_terminal(void **state) {
    static const char *const keys[] = {"T", "M", "/", "H", "R", "I", "E"};
    static const char *const titles[] = {"Tools",   "MCP servers", "Commands",  "Health",
                                         "Message", "Session",     "Raw events"};
    struct peer *demo = demo_at(&stage_small, NULL);
    struct screen *s = mixtui_at(&stage_small, demo);

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(keys); i++) {
        leader(s, keys[i]);
        screen_wait(s, titles[i]);
        screen_wait(s, " of ");
        screen_keys(s, KEY_DOWN KEY_PGDN KEY_UP);
        leave(s);
    }
    assert_int_equal(quit(s), 0);
}

#define AT(test, stage) cmocka_unit_test_prestate_setup_teardown(test, NULL, screen_teardown, stage)
#define BOTH(test)                                                                                 \
    {#test " (80x24)", test, NULL, screen_teardown, &stage_narrow}, {                              \
#test " (140x40)", test, NULL, screen_teardown, &stage_wide                                \
    }

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(health_is_told_and_its_tokens_refreshed),
        BOTH(tools_are_unfolded),
        AT(mcp_servers_take_their_time_and_are_shown, &stage_narrow),
        BOTH(a_command_goes_into_the_message),
        AT(history_opens_the_session, &stage_narrow),
        AT(a_long_history_comes_as_one_scrolls, &stage_wide),
        AT(a_session_shows_everything_known_of_it, &stage_narrow),
        BOTH(raw_events_come_and_unfold),
        AT(an_error_has_its_details, &stage_narrow),
        AT(a_retry_counts_down, &stage_narrow),
        AT(what_the_first_generation_lacks_says_why, &stage_seed_narrow),
        AT(every_screen_opens_on_the_smallest_terminal, &stage_small),
    };

    return screen_run(tests);
}
