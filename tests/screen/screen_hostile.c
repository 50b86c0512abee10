/* A server whose every word is made against the terminal or the eye, looked at through everything
 * that shows it: nothing but what the program itself says is written, and what stands around the
 * foreign text stays where it is. And pictures that are none, or far too much. */
#include "../fuzz/hostile.h"
#include "people.h"
#include "standin.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { COLS = 160, ROWS = 50 };
#define ID "11111111-2222-4333-8444-555555555555"

static const char doc[] = "{\"paths\":{\"/api/sessions/{id}/messages\":{\"post\":{\"responses\":{"
                          "\"202\":{}}}},\"/api/sessions/{id}/rewind\":{\"post\":{}}},"
                          "\"x\":\"browserMode max_steps screenshotUrls\"}";

/* ---- a thread of tricks ---- */
/* {} is all of them as a string of JSON has them, $$ the same within a string of JSON that is in a
 * string of JSON. */
static const char session[] =
    "{\"id\":\"" ID "\",\"title\":\"{}\",\"sessionType\":\"main\",\"browserMode\":\"{}\","
    "\"userMessageCount\":2,\"createdAt\":\"2026-01-02T03:04:05Z\"}";
static const char files[] =
    "[{\"name\":\"{}\",\"originalName\":\"{}\",\"size\":1,\"modified\":1770976867,\"isDir\":false},"
    "{\"name\":\"a{}.png\",\"size\":1,\"modified\":1770976867,\"isDir\":false}]";
static const char user[] =
    "{\"id\":\"m%d\",\"sessionId\":\"" ID "\",\"role\":\"user\",\"userInput\":\"{}\"}";
static const char answer[] =
    "{\"id\":\"m%d\",\"sessionId\":\"" ID "\",\"role\":\"assistant\",\"model\":\"{}\","
    "\"inputTokens\":10,\"outputTokens\":2,\"cost\":0.1,\"reasoning\":\"{}\","
    "\"assistantResponse\":\"# {}\\n\\n**{}** `{}` [{}](http://x/{} \\\"{}\\\") ![{}]({})\\n\\n"
    "> {}\\n\\n1. {}\\n   - [x] {}\\n\\n|{}|b|\\n|-|-|\\n|{}|{}|\\n\\n```{}\\n{}\\n```\\n\\n"
    "<b>{}</b>\\n\\n[r]: {}\\n\\n    {}\\n\",\"toolCalls\":[";
static const char call[] =
    "{\"id\":\"c%d\",\"name\":\"%s\",\"type\":\"tool_use\",\"finished\":true,\"input\":\"%s\","
    "\"result\":\"%s\",\"isError\":false,\"screenshotUrls\":[\"/f/{}.png\"]}";

static const struct {
    const char *name, *input, *result;
} calls[] = {
    {"Bash", "{\\\"command\\\":\\\"$$\\\"}", "{}"},
    {"python_execution", "{\\\"code\\\":\\\"$$\\\"}", "{}"},
    {"ReadText", "{\\\"file_path\\\":\\\"$$\\\"}", "     1|{}\\n     2|{}"},
    {"Write", "{\\\"file_path\\\":\\\"$$\\\",\\\"content\\\":\\\"$$\\\"}", "{}"},
    {"Edit",
     "{\\\"file_path\\\":\\\"$$\\\",\\\"old_string\\\":\\\"a $$\\\",\\\"new_string\\\":\\\"b "
     "$$\\\"}",
     "ok"},
    {"Grep", "{\\\"pattern\\\":\\\"$$\\\"}", "{}:1:{}\\n{}:\\n  Line 2: {}"},
    {"Glob", "{\\\"pattern\\\":\\\"$$\\\"}", "{}\\n{}"},
    {"WebFetch", "{\\\"url\\\":\\\"$$\\\",\\\"format\\\":\\\"$$\\\"}", "# {}\\n\\n{}"},
    {"Search", "{\\\"query\\\":\\\"$$\\\"}",
     "[{\\\"title\\\":\\\"$$\\\",\\\"url\\\":\\\"http://$$\\\",\\\"snippet\\\":\\\"$$\\\"}]"},
    {"Task", "{\\\"description\\\":\\\"$$\\\",\\\"prompt\\\":\\\"$$\\\"}", "{}"},
    {"Show", "{\\\"outputs\\\":[{\\\"title\\\":\\\"$$\\\",\\\"path\\\":\\\"$$.png\\\"}]}", "{}"},
    {"Notify", "{\\\"title\\\":\\\"$$\\\",\\\"message\\\":\\\"$$\\\"}", "{}"},
    {"mcp__{}", "{\\\"$$\\\":{\\\"a\\\":[\\\"$$\\\"]}}", "{\\\"$$\\\":[\\\"$$\\\"]}"},
    {"TodoWrite",
     "{\\\"todos\\\":[{\\\"content\\\":\\\"$$\\\",\\\"status\\\":\\\"in_progress\\\"},{"
     "\\\"content\\\":"
     "\\\"$$\\\",\\\"status\\\":\\\"$$\\\"}]}",
     "{}"},
    {"ExitPlanMode", "{\\\"plan\\\":\\\"# $$\\\\n\\\\n$$\\\"}", "{}"},
};

static struct buf once = {.max = MIX_MIB}, twice = {.max = MIX_MIB};

static void make_tricks(void) {
    auto_buf struct buf raw = {.max = MIX_MIB};

    hostile_tricks(&raw);
    buf_clear(&once);
    buf_clear(&twice);
    hostile_escape(&once, raw.p, raw.n);
    hostile_escape(&twice, once.p, once.n);
}

static void fill(struct buf *out, const char *text) {
    for (const char *p = text; *p; p++) {
        const bool one = p[0] == '{' && p[1] == '}', two = p[0] == '$' && p[1] == '$';

        if (one || two)
            buf_add(out, one ? once.p : twice.p, one ? once.n : twice.n);
        else
            buf_add(out, p, 1);
        p += one || two;
    }
}

static void add_messages(struct buf *out) {
    auto_buf struct buf text = {.max = MIX_MIB};

    buf_adds(&text, "[");
    buf_addf(&text, user, 1);
    buf_adds(&text, ",");
    buf_addf(&text, answer, 2);
    for (size_t i = 0; i < MIX_COUNT(calls); i++) {
        buf_adds(&text, i ? "," : "");
        buf_addf(&text, call, (int)i, calls[i].name, calls[i].input, calls[i].result);
    }
    buf_adds(&text, "]}]");
    fill(out, buf_str(&text));
}

static const struct step connected[] = {
    {STEP_SEND, .text = SSE("connected", "{}")}, {STEP_HOLD, 0, NULL}, {STEP_END, 0, NULL}};

/* thumb: of every file; NULL: there is none */
static struct standin *serve(const char *messages, const struct answer *thumb) {
    static struct buf one = {.max = MIX_MIB}, list = {.max = MIX_MIB}, uploads = {.max = MIX_MIB};
    struct standin *v = standin_new();

    make_tricks();
    buf_clear(&one);
    buf_clear(&list);
    buf_clear(&uploads);
    fill(&one, session);
    buf_addf(&list, "[%s]", buf_str(&one));
    fill(&uploads, files);
    if (thumb)
        standin_on(v, "GET", "/api/sessions/" ID "/files/", thumb);
    standin_on(v, "GET", "/doc", &(struct answer){.body = doc});
    standin_on(v, "GET", "/api/sessions/" ID "/messages", &(struct answer){.body = messages});
    standin_on(v, "GET", "/api/sessions/" ID "/files", &(struct answer){.body = buf_str(&uploads)});
    standin_on(v, "GET", "/api/sessions/" ID, &(struct answer){.body = buf_str(&one)});
    standin_on(v, "GET", "/api/sessions", &(struct answer){.body = buf_str(&list)});
    standin_on(v, "GET", "/stream", &(struct answer){.steps = connected});
    return v;
}

/* ---- looking ---- */
static struct screen *look(struct standin *v, const char *const *env) {
    struct screen *s =
        mixtui_with(&(struct stage){.cols = COLS, .rows = ROWS},
                    (const char *[]){"--server", standin_url(v), "--session", ID, NULL}, env);

    screen_wait(s, "live");
    return s;
}

static void check(struct screen *s) {
    screen_assert_clean(s);
    assert_int_equal(screen_bells(s), 0);
    assert_true(screen_alternate(s));
}

/* Down to the end, page by page. */
static void read_on(struct screen *s) {
    screen_keys(s, "gg");
    for (int page = 0; page < 60; page++) {
        screen_keys(s, KEY_PGDN);
        screen_wait_quiet(s, 20);
        assert_non_null(strstr(screen_row(s, ROWS - 1), "live"));
    }
    check(s);
}

static void every_text_of_a_thread_is_harmless(void **state) {
    auto_buf struct buf messages = {.max = 16 * MIX_MIB};

    (void)state;
    make_tricks();
    add_messages(&messages);
    struct standin *v = serve(buf_str(&messages), NULL);
    struct screen *s = look(v, NULL);

    screen_wait(s, "ExitPlanMode");
    to_thread(s);
    screen_keys(s, "o");
    screen_wait_quiet(s, 50);
    read_on(s);
    screen_keys(s, "s");
    read_on(s);
    screen_keys(s, "m");
    read_on(s);
    screen_keys(s, "m");
    to_files(s);
    screen_wait_quiet(s, 50);
    check(s);
    assert_int_equal(quit(s), 0);
    standin_free(v);
}

static void lists_of_it_are_harmless(void **state) {
    auto_buf struct buf messages = {.max = 16 * MIX_MIB}, tricks = {.max = MIX_MIB};

    (void)state;
    make_tricks();
    add_messages(&messages);
    struct standin *v = serve(buf_str(&messages), NULL);
    struct screen *s = look(v, NULL);

    screen_wait(s, "ExitPlanMode");
    to_thread(s);
    screen_keys(s, "l"); /* every message in a line */
    screen_wait(s, "Messages");
    screen_wait_quiet(s, 50);
    check(s);
    screen_keys(s, "BEGI");
    screen_wait_quiet(s, 50);
    check(s);
    screen_keys(s, KEY_ESC);
    screen_wait_quiet(s, 50);
    screen_keys(s, KEY_ESC);
    to_thread(s);
    screen_keys(s, "Tc"); /* what can be copied */
    screen_wait(s, "> Copy");
    for (int i = 0; i < 40; i++) {
        screen_keys(s, KEY_PGDN);
        screen_wait_quiet(s, 10);
    }
    check(s);
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "> Copy");
    screen_keys(s, "I"); /* details of a message */
    screen_wait_quiet(s, 100);
    check(s);
    screen_keys(s, KEY_ESC);
    screen_wait_quiet(s, 50);
    to_thread(s);
    hostile_tricks(&tricks); /* and a query of them: the NUL-free beginning of it */
    screen_keys(s, "/");
    screen_wait_quiet(s, 50);
    screen_paste(s, "zz\033]0;x\a\xe2\x80\xae\xc2\x9b"
                    "2J|owned");
    screen_wait_quiet(s, 100);
    check(s);
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, "END");
    screen_wait(s, " of ");
    screen_keys(s, KEY_ENTER "nnnnnnnnnn");
    screen_wait_quiet(s, 50);
    check(s);
    screen_keys(s, "vjjjjjjjj"); /* chosen text */
    screen_wait_quiet(s, 50);
    check(s);
    screen_keys(s, KEY_ESC KEY_ESC);
    screen_wait_quiet(s, 50);
    assert_int_equal(quit(s), 0);
    standin_free(v);
}

/* In the bare view there is no frame that could hide what goes wrong. */
static void the_bare_view_of_it_is_harmless(void **state) {
    auto_buf struct buf messages = {.max = 16 * MIX_MIB};

    (void)state;
    make_tricks();
    add_messages(&messages);
    struct standin *v = serve(buf_str(&messages), NULL);
    struct screen *s = look(v, NULL);

    screen_wait(s, "ExitPlanMode");
    leader(s, "b");
    screen_wait(s, "any key returns");
    screen_assert_clean(s);
    assert_int_equal(screen_bells(s), 0);
    screen_keys(s, " ");
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
    standin_free(v);
}

static void what_the_index_found_is_harmless(void **state) {
    auto_buf struct buf messages = {.max = 16 * MIX_MIB};

    (void)state;
    make_tricks();
    add_messages(&messages);
    struct standin *v = serve(buf_str(&messages), NULL);
    struct screen *s = look(v, NULL);

    screen_wait(s, "ExitPlanMode");
    leader(s, "S");
    screen_wait(s, "May messages you read be kept");
    screen_keys(s, KEY_DOWN KEY_ENTER); /* yes */
    screen_wait(s, "of 256 MB");
    screen_wait_quiet(s, 300);
    check(s);
    screen_keys(s, "BEGIN");
    screen_wait_quiet(s, 500);
    check(s);
    screen_keys(s, KEY_ENTER); /* the first result leads into the thread */
    screen_wait_gone(s, "Search all sessions");
    screen_wait_quiet(s, 100);
    check(s);
    assert_int_equal(quit(s), 0);
    standin_free(v);
}

/* ---- pictures ---- */
static const char shown[] =
    "[{\"id\":\"m1\",\"sessionId\":\"" ID "\",\"role\":\"user\",\"userInput\":\"draw\"},{\"id\":"
    "\"m2\",\"sessionId\":\"" ID "\",\"role\":\"assistant\",\"assistantResponse\":\"here\","
    "\"toolCalls\":[{\"id\":\"c1\",\"name\":\"Show\",\"type\":\"tool_use\",\"finished\":true,"
    "\"input\":\"{\\\"outputs\\\":[{\\\"path\\\":\\\"sea.png\\\"}]}\",\"result\":\"ok\"}]}]";

static const char *with_chafa(const char *script) {
    static char path[4096];

    chmod(screen_file("bin/chafa", script), 0700);
    snprintf(path, sizeof path, "PATH=%s:/usr/bin:/bin", screen_path("bin"));
    return path;
}

static void see(const char *script, const struct answer *thumb, const char *said) {
    struct standin *v = serve(shown, thumb);
    struct screen *s = look(v, script ? (const char *[]){with_chafa(script), NULL} : NULL);

    screen_wait(s, said);
    type_line(s, "typed meanwhile");
    check(s);
    screen_keys(s, KEY_CTRL('c'));
    assert_int_equal(quit(s), 0);
    standin_free(v);
}

#define PICTURE_TYPE "Content-Type: image/png\r\n"

static void a_thumbnail_that_is_no_picture_is_said_so(void **state) {
    static const char *const bodies[] = {"\x89PNG\r\n\x1a\n and nothing more", "<html>no</html>",
                                         "\033[2J\033]0;owned\a", "GIF89a\xff\xff\xff\xff\xff"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(bodies); i++)
        see(NULL, &(struct answer){.headers = PICTURE_TYPE, .body = bodies[i]}, "not a picture");
}

/* By whoever sees it first: what asked for it, or what reads it. */
static void a_thumbnail_of_a_hundred_megabytes_is_refused(void **state) {
    (void)state;
    see(NULL, &(struct answer){.headers = PICTURE_TYPE, .filler = 100 << 20}, " MiB");
    /* and one whose size nobody tells */
    see(NULL,
        &(struct answer){.manner = ANSWER_ENDLESS,
                         .headers = PICTURE_TYPE,
                         .body =
                             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
        " MiB");
}

static void a_chafa_that_does_not_stop_is_stopped(void **state) {
    static const struct {
        const char *script, *said;
    } table[] = {
        {"#!/bin/sh\nexec head -c 100000000 /dev/zero\n", "chafa"},
        {"#!/bin/sh\nwhile :; do echo '\033[38;5;1mx'; done\n", "chafa"},
        {"#!/bin/sh\nexec cat /dev/urandom\n", "chafa"},
        {"#!/bin/sh\nexec head -c 100000000 /dev/zero >&2\n", "chafa said what is no picture"},
        {"#!/bin/sh\nexit 3\n", "not a picture"},
        {"#!/bin/sh\nkill -9 $$\n", "not a picture"},
        {"no program\n", "chafa"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++)
        see(table[i].script, &(struct answer){.headers = PICTURE_TYPE, .body = "x"}, table[i].said);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_text_of_a_thread_is_harmless, screen_teardown),
        cmocka_unit_test_teardown(lists_of_it_are_harmless, screen_teardown),
        cmocka_unit_test_teardown(the_bare_view_of_it_is_harmless, screen_teardown),
        cmocka_unit_test_teardown(what_the_index_found_is_harmless, screen_teardown),
        cmocka_unit_test_teardown(a_thumbnail_that_is_no_picture_is_said_so, screen_teardown),
        cmocka_unit_test_teardown(a_thumbnail_of_a_hundred_megabytes_is_refused, screen_teardown),
        cmocka_unit_test_teardown(a_chafa_that_does_not_stop_is_stopped, screen_teardown),
    };
    return screen_run(tests);
}
