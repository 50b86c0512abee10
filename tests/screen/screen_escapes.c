/* Every pair of bytes behind an ESC, in everything that comes from a server: a message, the output
 * of a tool, titles of sessions, names of files, a request for permission. What the program then
 * writes is read as a strict terminal would: nothing but its own sequences may be in it, and what
 * stands around the foreign text stays where it is. */
#include "people.h"
#include "standin.h"

#include <stdio.h>
#include <string.h>

enum { COLS = 200, ROWS = 50, PER_LINE = 32, PER_NAME = 6 };
#define ID   "11111111-2222-4333-8444-555555555555"
#define CALL "toolu_01"

static const char doc[] = "{\"paths\":{\"/api/sessions/{id}/messages\":{\"post\":{\"responses\":{"
                          "\"202\":{}}}}},\"x\":\"browserMode max_steps\"}";

/* A byte as a JSON string may hold it: what is no control goes out as it is, valid UTF-8 or not. */
static void add_byte(struct buf *b, int c) {
    if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
        assert_int_equal(buf_addf(b, "\\u%04x", (unsigned)c), RC_OK);
    else
        assert_int_equal(buf_add(b, (const char[]){(char)c}, 1), RC_OK);
}

static void add_pairs(struct buf *b, unsigned from, unsigned n) {
    for (unsigned i = from; i < from + n && i < 0x10000; i++) {
        add_byte(b, 033);
        add_byte(b, (int)(i >> 8));
        add_byte(b, (int)(i & 255));
        add_byte(b, ' ');
    }
}

/* All of them, in lines that can be told apart: `p0020 `. */
static void add_all_pairs(struct buf *b) {
    for (unsigned i = 0; i < 0x10000; i += PER_LINE) {
        buf_addf(b, "p%04x ", i);
        add_pairs(b, i, PER_LINE);
        buf_adds(b, "\\n");
    }
}

static void add_session(struct buf *b, const char *id, unsigned from, unsigned n) {
    buf_addf(b, "{\"id\":\"%s\",\"title\":\"p%04x ", id, from);
    add_pairs(b, from, n);
    buf_adds(b, "\",\"sessionType\":\"main\",\"browserMode\":\"local-browser-service\","
                "\"userMessageCount\":1,\"createdAt\":\"2026-01-02T03:04:05Z\"}");
}

/* A server with one session of these messages and these files, each JSON or NULL. */
static struct standin *serve(const char *sessions, const char *messages, const char *files,
                             const struct step *stream) {
    static struct buf one = {.max = MIX_MIB}, list = {.max = MIX_MIB};
    struct standin *v = standin_new();

    buf_clear(&one);
    buf_clear(&list);
    add_session(&one, ID, 0, 0);
    buf_addf(&list, "[%s]", buf_str(&one));
    standin_on(v, "GET", "/doc", &(struct answer){.body = doc});
    standin_on(v, "GET", "/api/sessions/" ID "/messages",
               &(struct answer){.body = messages ? messages : "[]"});
    standin_on(v, "GET", "/api/sessions/" ID "/files",
               &(struct answer){.body = files ? files : "[]"});
    standin_on(v, "GET", "/api/sessions/" ID, &(struct answer){.body = buf_str(&one)});
    standin_on(v, "GET", "/api/sessions",
               &(struct answer){.body = sessions ? sessions : buf_str(&list)});
    standin_on(v, "GET", "/stream", &(struct answer){.steps = stream});
    return v;
}

static const struct step connected[] = {
    {STEP_SEND, .text = SSE("connected", "{}")}, {STEP_HOLD, 0, NULL}, {STEP_END, 0, NULL}};

static struct screen *look(struct standin *v) {
    struct screen *s =
        mixtui_with(&(struct stage){.cols = COLS, .rows = ROWS},
                    (const char *[]){"--server", standin_url(v), "--session", ID, NULL}, NULL);

    screen_wait(s, "live");
    return s;
}

/* Nothing foreign got through: no sequence, no bell, and the frame is where it was. */
static void check(struct screen *s) {
    screen_assert_clean(s);
    assert_int_equal(screen_bells(s), 0);
    assert_true(screen_alternate(s));
    assert_non_null(strstr(screen_row(s, ROWS - 1), "live"));
    assert_non_null(strstr(screen_row(s, 0), "Sessions"));
}

static void end(struct screen *s, struct standin *v) {
    check(s);
    screen_stop(s);
    standin_free(v);
}

/* From the end to the start, page by page, checking all the way. */
static void read_back_to(struct screen *s, const char *first) {
    for (int pages = 0; !screen_has(s, first); pages++) {
        assert_true(pages < 2000);
        screen_keys(s, KEY_PGUP);
        screen_wait_quiet(s, 15);
        assert_non_null(strstr(screen_row(s, ROWS - 1), "live"));
    }
    check(s);
}

static void a_message_says_nothing_to_the_terminal(void **state) {
    auto_buf struct buf m = {.max = 16 * MIX_MIB};

    (void)state;
    buf_adds(&m, "[{\"id\":\"m1\",\"sessionId\":\"" ID "\",\"role\":\"user\",\"userInput\":\"");
    add_pairs(&m, 0x5b00, 256);
    buf_adds(&m, "\"},{\"id\":\"m2\",\"sessionId\":\"" ID
                 "\",\"role\":\"assistant\",\"assistantResponse\":\"");
    add_all_pairs(&m);
    buf_adds(&m, "\",\"reasoning\":\"");
    add_pairs(&m, 0x5000, 256);
    buf_adds(&m, "\"}]");
    struct standin *v = serve(NULL, buf_str(&m), NULL, connected);
    struct screen *s = look(v);

    to_thread(s);
    screen_keys(s, "G");
    screen_wait(s, "pffe0");
    read_back_to(s, "p0000");
    screen_keys(s, "o");
    screen_wait_quiet(s, 50);
    end(s, v);
}

static void the_output_of_a_tool_says_nothing_to_the_terminal(void **state) {
    auto_buf struct buf m = {.max = 16 * MIX_MIB};

    (void)state;
    buf_adds(&m, "[{\"id\":\"m2\",\"sessionId\":\"" ID "\",\"role\":\"assistant\","
                 "\"assistantResponse\":\"\",\"toolCalls\":[{\"id\":\"" CALL
                 "\",\"name\":\"Bash\",\"input\":\"{\\\"command\\\":\\\"cat\\\"}\",\"type\":"
                 "\"tool_use\",\"finished\":true,\"result\":\"");
    add_all_pairs(&m);
    buf_adds(&m, "\"}]},{\"id\":\"m3\",\"sessionId\":\"" ID
                 "\",\"role\":\"assistant\",\"assistantResponse\":\"the end\"}]");
    struct standin *v = serve(NULL, buf_str(&m), NULL, connected);
    struct screen *s = look(v);

    to_thread(s);
    screen_wait(s, "Bash");
    screen_keys(s, "o");
    screen_wait(s, "p0000");
    screen_keys(s, "G");
    screen_wait(s, "the end");
    read_back_to(s, "p0000");
    end(s, v);
}

static void titles_say_nothing_to_the_terminal(void **state) {
    auto_buf struct buf list = {.max = 16 * MIX_MIB};
    char last[8], id[40];

    (void)state;
    buf_adds(&list, "[");
    add_session(&list, ID, 0, PER_NAME);
    for (unsigned i = PER_NAME; i < 0x10000; i += PER_NAME) {
        snprintf(id, sizeof id, "22222222-2222-4333-8444-%012x", i);
        buf_adds(&list, ",");
        add_session(&list, id, i, PER_NAME);
        snprintf(last, sizeof last, "p%04x", i);
    }
    buf_adds(&list, "]");
    struct standin *v = serve(buf_str(&list), NULL, NULL, connected);
    struct screen *s = look(v);

    to_sessions(s);
    screen_keys(s, "+g"); /* wider: a name is shown whole */
    screen_wait(s, "p0000");
    for (int pages = 0; !screen_has(s, last); pages++) {
        assert_true(pages < 2000);
        screen_keys(s, KEY_PGDN KEY_PGDN KEY_PGDN KEY_PGDN);
        screen_wait_quiet(s, 10);
    }
    end(s, v);
}

static void names_of_files_say_nothing_to_the_terminal(void **state) {
    auto_buf struct buf list = {.max = 16 * MIX_MIB};
    static char down[16 + 1];
    unsigned last = 0;
    char mark[8];

    (void)state;
    buf_adds(&list, "[");
    for (unsigned i = 0; i < 0x10000; i += PER_NAME) {
        buf_addf(&list, "%s{\"name\":\"p%04x ", i ? "," : "", i);
        add_pairs(&list, i, PER_NAME);
        buf_adds(&list, "\",\"size\":1,\"modified\":1770976867,\"isDir\":false}");
        last = i;
    }
    buf_adds(&list, "]");
    struct standin *v = serve(NULL, NULL, buf_str(&list), connected);
    struct screen *s = look(v);

    to_files(s);
    screen_keys(s, "+g");
    screen_wait(s, "p0000");
    snprintf(mark, sizeof mark, "p%04x", last);
    memset(down, 'j', sizeof down - 1);
    for (int pages = 0; !screen_has(s, mark); pages++) {
        assert_true(pages < 2000);
        screen_keys(s, down);
        screen_wait_quiet(s, 5);
    }
    end(s, v);
}

static void a_request_for_permission_says_nothing_to_the_terminal(void **state) {
    auto_buf struct buf ask = {.max = 16 * MIX_MIB};

    (void)state;
    buf_adds(&ask, "event: connected\ndata: {}\n\nevent: permission\ndata: {\"id\":\"perm-1\","
                   "\"sessionId\":\"" ID "\",\"toolName\":\"Bash\",\"description\":\"");
    add_pairs(&ask, 0x5b00, 256);
    buf_adds(&ask, "\",\"action\":\"execute\",\"path\":\"/tmp\",\"params\":{\"command\":\"");
    add_all_pairs(&ask);
    buf_adds(&ask, "\"}}\n\n");
    const struct step steps[] = {
        {STEP_SEND, .text = buf_str(&ask)}, {STEP_HOLD, 0, NULL}, {STEP_END, 0, NULL}};
    struct standin *v = serve(NULL, NULL, NULL, steps);
    struct screen *s = look(v);

    screen_wait(s, "!1");
    screen_wait_that(s, screen_bells(s) > 0); /* a request rings, once */
    const int bells = screen_bells(s);

    assert_true(bells <= 1);
    leader(s, "p");
    screen_wait(s, "Esc back");
    screen_keys(s, "v");
    screen_wait(s, "p0000");
    for (int pages = 0; !screen_has(s, "pffe0"); pages++) {
        assert_true(pages < 1000);
        screen_keys(s, KEY_PGDN KEY_PGDN KEY_PGDN KEY_PGDN);
        screen_wait_quiet(s, 5);
    }
    screen_assert_clean(s);
    assert_int_equal(screen_bells(s), bells);
    assert_true(screen_alternate(s));
    screen_stop(s);
    standin_free(v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_message_says_nothing_to_the_terminal, screen_teardown),
        cmocka_unit_test_teardown(the_output_of_a_tool_says_nothing_to_the_terminal,
                                  screen_teardown),
        cmocka_unit_test_teardown(titles_say_nothing_to_the_terminal, screen_teardown),
        cmocka_unit_test_teardown(names_of_files_say_nothing_to_the_terminal, screen_teardown),
        cmocka_unit_test_teardown(a_request_for_permission_says_nothing_to_the_terminal,
                                  screen_teardown),
    };
    return screen_run(tests);
}
