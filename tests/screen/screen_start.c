/* Starting where it cannot work, or where it only just can: one clear line and the right exit code,
 * or a screen. */
#include "people.h"

#include <stdio.h>
#include <string.h>

/* What stays on the terminal after a refusal: its text, without the empty rows. */
static void ends_with_line(struct screen *s, int code, const char *text) {
    assert_int_equal(screen_wait_exit(s), code);
    assert_false(screen_alternate(s));
    if (!screen_has(s, text))
        screen_failed(s, text, __FILE__, __LINE__);
    size_t n;
    const char *raw = screen_raw(s, &n);
    assert_null(strchr(raw, '\033')); /* a line, no screen */
    const char *first = strchr(raw, '\n');
    assert_non_null(first);
    assert_null(strchr(first + 1, '\n'));
}

static struct screen *with_env(const char *const *env) {
    return mixtui_with(&stage_narrow, (const char *[]){"--server", "http://127.0.0.1:1", NULL},
                       env);
}

static void refuses_what_is_no_terminal(void **state) {
    (void)state;
    struct screen *s = screen_start(&(struct screen_setup){.tty = SCREEN_NO_STDIN});
    ends_with_line(s, 2, "standard input is no terminal");
    s = screen_start(&(struct screen_setup){.tty = SCREEN_NO_STDOUT});
    assert_int_equal(screen_wait_exit(s), 2);
    assert_true(screen_has(s, "standard output is no terminal"));
}

static void refuses_a_terminal_that_cannot(void **state) {
    (void)state;
    ends_with_line(with_env((const char *[]){"TERM=dumb", NULL}), 2, "TERM=dumb");
    ends_with_line(with_env((const char *[]){"TERM=no-such-thing", NULL}), 2, "TERM=no-such-thing");
    ends_with_line(with_env((const char *[]){"TERM", NULL}), 2, "TERM is not set");
}

static void a_locale_never_chosen_is_no_reason_to_refuse(void **state) {
    (void)state;
    static const char *const locales[][4] = {{"LANG", NULL},
                                             {"LANG=C", NULL},
                                             {"LANG=POSIX", NULL},
                                             {"LC_ALL=C", NULL},
                                             {"LC_ALL=xx_XX.ISO-8859-1", NULL}};

    for (size_t i = 0; i < MIX_COUNT(locales); i++) {
        struct screen *s = with_env(locales[i]);
        screen_wait(s, "\342\224\214"); /* a corner of a box */
        screen_stop(s);
    }
}

static void refuses_a_wrong_command_line(void **state) {
    (void)state;
    static const struct {
        const char *args[4], *says;
    } rows[] = {
        {{"--sever", NULL}, "unknown option --sever"},
        {{"--server", NULL}, "--server needs a value"},
        {{"--server", "ftp://x", NULL}, "ftp"},
        {{"--server", "http://", NULL}, "not a URL"},
        {{"--theme", "purple", NULL}, "purple"},
        {{"--demo", "--server", "http://x", NULL}, "exclude"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        ends_with_line(mixtui_with(&stage_wide, rows[i].args, NULL), 2, rows[i].says);
}

static void prints_version_help_and_keys(void **state) {
    (void)state;
    struct screen *s = mixtui_with(&stage_wide, (const char *[]){"--version", NULL}, NULL);
    assert_int_equal(screen_wait_exit(s), 0);
    assert_true(screen_has(s, "mixtui " MIX_VERSION));
    s = mixtui_with(&stage_wide, (const char *[]){"--help", NULL}, NULL);
    assert_int_equal(screen_wait_exit(s), 0);
    size_t n;
    const char *help = screen_raw(s, &n); /* longer than the screen */
    assert_non_null(memmem(help, n, "--demo", 6));
    assert_non_null(memmem(help, n, "--proxy", 7));
    assert_non_null(memmem(help, n, "\n  send ", 8));
    s = mixtui_with(&stage_wide, (const char *[]){"--help-keys", NULL}, NULL);
    assert_int_equal(screen_wait_exit(s), 0);
}

static void runs_on_old_terminals(void **state) {
    (void)state;
    static const char *const terms[] = {"vt100", "xterm",        "linux",           "screen",
                                        "vt220", "xterm-mono",   "screen-256color", "tmux-256color",
                                        "ansi",  "rxvt-unicode", "xterm-256color"};
    struct peer *demo = demo_at(&stage_narrow, NULL);

    for (size_t i = 0; i < MIX_COUNT(terms); i++) {
        char term[64];
        snprintf(term, sizeof term, "/usr/share/terminfo/%c/%s", terms[i][0], terms[i]);
        char other[64];
        snprintf(other, sizeof other, "/lib/terminfo/%c/%s", terms[i][0], terms[i]);
        struct buf entry = {.max = MIX_MIB};
        bool known = screen_read_file(&entry, term) || screen_read_file(&entry, other);
        buf_fini(&entry);
        if (!known) /* not every system describes every terminal; xterm-256color is last */
            continue;
        snprintf(term, sizeof term, "TERM=%s", terms[i]);
        struct screen *s = mixtui_with(&stage_narrow, (const char *[]){"--server", demo->url, NULL},
                                       (const char *[]){term, NULL});
        screen_wait(s, "live");
        screen_wait(s, "measure before changing");
        type_line(s, "works here");
        leader(s, "q"); /* its sequences are its own: nobody looks at them here */
        assert_int_equal(screen_wait_exit(s), 0);
        assert_true(screen_line_restored(s) || !screen_alternate(s));
    }
}

static void offers_what_to_do_without_a_server(void **state) {
    const struct stage *st = *state;
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", unused_port());
    struct screen *s = mixtui_with(st, (const char *[]){"--server", url, NULL}, NULL);
    screen_wait(s, "No server");
    screen_wait(s, "mix --http-port 8088");
    screen_wait(s, "another address");
    screen_wait(s, "retry");
    screen_keys(s, "d"); /* the embedded demo */
    screen_wait(s, "live");
    screen_wait(s, "measure before changing");
    assert_int_equal(quit(s), 0);
}

static void takes_another_address(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", unused_port());
    struct screen *s = mixtui_with(st, (const char *[]){"--server", url, NULL}, NULL);
    screen_wait(s, "another address");
    screen_keys(s, "a");
    screen_wait(s, "address:");
    screen_keys(s, KEY_CTRL('u')); /* what was tried stands there to be mended */
    screen_keys(s, "nonsense");
    screen_wait(s, "address: nonsense");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "cannot use it");
    screen_wait(s, "another address");   /* nothing was left for it */
    screen_wait(s, "address: nonsense"); /* and it can be mended */
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, demo->url);
    screen_wait(s, demo->url);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

static void finds_the_server_when_it_comes(void **state) {
    const struct stage *st = *state;
    char url[64], port[16];
    int free_port = unused_port();

    snprintf(url, sizeof url, "http://127.0.0.1:%d", free_port);
    snprintf(port, sizeof port, "%d", free_port);
    struct screen *s = mixtui_with(st, (const char *[]){"--server", url, NULL}, NULL);
    screen_wait(s, "another address");
    struct peer *demo = demo_start((const char *[]){"--port", port, NULL});
    assert_int_equal(demo->port, free_port);
    screen_keys(s, "r");
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

static void says_that_a_server_is_not_mix(void **state) {
    const struct stage *st = *state;
    static const char *const answers[] = {
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        "<html><head><title>Nothing</title></head><body>not here</body></html>",
        "HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        "<html><body><h1>Internal</h1></body></html>",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>hi</html>",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"a\":1}",
    };

    for (size_t i = 0; i < MIX_COUNT(answers); i++) {
        struct peer *raw = raw_start(answers[i]);
        struct screen *s = mixtui_with(st, (const char *[]){"--server", raw->url, NULL}, NULL);
        screen_wait(s, "not Mix");
        screen_wait(s, "another address");
        assert_false(screen_has(s, "<html>"));
        assert_false(screen_has(s, "<body>"));
        screen_stop(s);
        server_stop(raw);
    }
}

static void nothing_optional_is_needed(void **state) {
    const struct stage *st = *state;
    static const char *const optional[] = {
        "getAuthStatus",  "getMessageHistory", "listSessionFiles", "listCommands",
        "getSystemInfo",  "getPreferences",    "listLLMTools",     "getOAuthHealth",
        "listMcpServers", "getToolsStatus",    "exportSession",    "api-document"};
    static const char *const kinds[] = {"status=404", "html=404", "html=500", "garbage"};
    char faults[MIX_COUNT(optional)][80];

    for (size_t k = 0; k < MIX_COUNT(kinds); k++) {
        const char *args[2 * MIX_COUNT(optional) + 3] = {"--speed", "20"};
        for (size_t i = 0; i < MIX_COUNT(optional); i++) {
            snprintf(faults[i], sizeof faults[i], "%s:*:%s", optional[i], kinds[k]);
            args[2 + 2 * i] = "--fault";
            args[3 + 2 * i] = faults[i];
        }
        struct peer *demo = demo_at(st, args);
        struct screen *s = mixtui_at(st, demo);
        new_session(s);
        say(s, "hello");
        screen_wait(s, "README.md");
        assert_false(screen_has(s, "<html"));
        assert_int_equal(quit(s), 0);
        server_stop(demo);
    }
}

static void opens_the_session_asked_for(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct buf list = {0};
    char id[40];

    assert_int_equal(http_call(demo->port, "GET", "/api/sessions", NULL, &list), 200);
    const char *at = strstr(buf_str(&list), "\"title\":\"Prices");
    assert_non_null(at);
    while (at > list.p && strncmp(at, "\"id\":\"", 6) != 0)
        at--;
    assert_true(json_string(id, sizeof id, at, "id", 0));
    buf_fini(&list);
    struct screen *s =
        mixtui_with(st, (const char *[]){"--server", demo->url, "--session", id, NULL}, NULL);
    screen_wait(s, "All prices are in EUR");
    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, "--session", "no-such", NULL},
                    NULL);
    screen_wait(s, "no session");
    type_line(s, "and goes on");
    assert_int_equal(quit(s), 0);
}

static void says_that_no_provider_has_a_key(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "signed-out=on", NULL});
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "Authentication"); /* what can be done about it comes first */
    screen_wait(s, "try the demo");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "try the demo"); /* Esc and a letter at once would be a chord */
    screen_wait(s, "no provider has a key");
    say(s, "hello");
    screen_wait(s, "hello"); /* refused: the text is back */
    screen_wait(s, "the text is back");
    assert_int_equal(quit(s), 0);
}

static void a_server_that_says_nothing_blocks_nothing(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--fault", "*:*:hang", NULL});
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);

    screen_wait(s, "connecting");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define T(f)     cmocka_unit_test_teardown(f, screen_teardown)
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        T(refuses_what_is_no_terminal),
        T(refuses_a_terminal_that_cannot),
        T(a_locale_never_chosen_is_no_reason_to_refuse),
        T(refuses_a_wrong_command_line),
        T(prints_version_help_and_keys),
        T(runs_on_old_terminals),
        S(offers_what_to_do_without_a_server, narrow),
        S(offers_what_to_do_without_a_server, wide),
        S(takes_another_address, narrow),
        S(takes_another_address, wide),
        S(finds_the_server_when_it_comes, narrow),
        S(says_that_a_server_is_not_mix, narrow),
        S(says_that_a_server_is_not_mix, wide),
        S(a_server_that_says_nothing_blocks_nothing, narrow),
        S(nothing_optional_is_needed, narrow),
        S(nothing_optional_is_needed, seed_wide),
        S(opens_the_session_asked_for, narrow),
        S(opens_the_session_asked_for, wide),
        S(says_that_no_provider_has_a_key, narrow),
        S(says_that_no_provider_has_a_key, wide),
    };
#undef T
#undef S
    return screen_run(tests);
}
