/* `mixtui api` as scripts meet it: wrong command lines, odd answers, bytes, streams, uploads. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "standin.h"

static struct standin *server;

static int setup(void **state) {
    (void)state;
    server = standin_new();
    run_server(standin_url(server));
    return 0;
}

static int teardown(void **state) {
    standin_free(server);
    return run_teardown(state);
}

/* ---- the command line ---- */
static void wrong_lines_are_one_complaint_and_a_usage_line(void **state) {
    static const struct {
        const char *words[10];
        const char *complaint;
    } cases[] = {
        {{"api"}, "which operation?"},
        {{"api", "nonsense"}, "unknown operation nonsense"},
        {{"api", "sessions.lst"}, "near: sessions.list"},
        {{"api", "--no-such"}, "unknown option --no-such"},
        {{"api", "sessions.get"}, "--id is missing"},
        {{"api", "sessions.get", "x"}, "parameters are flags"},
        {{"api", "sessions.get", "--id"}, "--id needs a value"},
        {{"api", "sessions.get", "--id", "."}, "the name of one thing"},
        {{"api", "sessions.get", "--idd", "x"}, "unknown option --idd"},
        {{"api", "sessions.get", "--id", "x", "--id", "y"}, "--id is given twice"},
        {{"api", "sessions.get", "--id", "x", "--body", "y"}, "takes no body"},
        {{"api", "sessions.get", "--id", "x", "--file", "y"}, "uploads nothing"},
        {{"api", "sessions.get", "--id", "x", "--count", "1"}, "is no stream"},
        {{"api", "sessions.get", "--id", "x", "--json"}, "is no stream"},
        {{"api", "sessions.get", "--id", "x", "--raw=1"}, "--raw takes no value"},
        {{"api", "sessions.list", "--includeSubagents=maybe"}, "true|false"},
        {{"api", "messages.get_history", "--limit", "x"}, "whole number"},
        {{"api", "sessions.create", "--title", "x", "--body", "y"}, "--body excludes"},
        {{"api", "sessions.create", "--body", "empty"}, "no JSON"},
        {{"api", "sessions.create", "--callbacks", "{}", "--title", "x"}, "a JSON list"},
        {{"api", "stream", "--sessionId", "x", "--count", "0"}, "--count 0"},
        {{"api", "stream", "--sessionId", "x", "--for", "soon"}, "--for soon"},
        {{"api", "stream", "--sessionId", "x", "--raw", "--json"}, "--raw excludes"},
        {{"api", "file-upload", "--id", "x"}, "--file is missing"},
        {{"api", "auth-api-key", "--provider", "p", "--api_key", "sk"}, "is a secret"},
        {{"api", "auth-api-key", "--provider", "p"}, "--api_key is missing"},
        {{"api", "auth-api-key", "--provider", "@-", "--api-key", "@-"}, "is used already"},
        {{"api", "health", "--header", "Authorization: Bearer x"}, "uthorization"},
        {{"api", "health", "--header", "Cookie: a=b"}, "ookie"},
        {{"api", "health", "--server", "http://me:secret@127.0.0.1:1"}, ""},
        {{"api", "health", "--server", "nonsense://x"}, ""},
        {{"api", "health", "--insecure"}, ""},
        {{"api", "health", "--timeout", "never"}, "--timeout never"},
    };

    (void)state;
    screen_file("empty", "");
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct run *r = run(cases[i].words);
        const char *err = buf_str(&r->err);

        if (r->code != 2 || r->out.n != 0 || !strstr(err, cases[i].complaint) ||
            strncmp(err, "mixtui api: ", 12) != 0 || !strstr(err, "\nusage: mixtui api ") ||
            strstr(err, "secret@"))
            run_failed(r, cases[i].complaint, __FILE__, __LINE__);
        assert_int_equal(standin_count(server, NULL, "/"), 0);
    }
}

static void help_is_data(void **state) {
    (void)state;
    const struct run *r = RUN("api", "--help");

    assert_code(r, 0);
    assert_out(r, "usage: mixtui api OPERATION");
    assert_out(r, "--retry");
    assert_int_equal(r->err.n, 0);
    r = RUN("api", "sessions.create", "--help");
    assert_code(r, 0);
    assert_out(r, "--customSystemPrompt");
    assert_out(r, "0.8.0 and later");
    r = RUN("api", "--list");
    assert_code(r, 0);
    assert_out(r, "startOAuthFlow");
}

/* ---- what is sent ---- */
static void a_body_goes_out_as_it_is(void **state) {
    static const char body[] = "{ \"title\" : \"x\",\n \"more\": 1.50 }\n";

    (void)state;
    standin_on(server, "POST", "/api/sessions", &(struct answer){.status = 201, .body = "{}"});
    screen_file("body.json", body);
    assert_code(RUN("api", "sessions.create", "--body", "body.json"), 0);
    assert_string_equal(standin_request(server, "POST", "/api/sessions", 0)->body, body);
    assert_code(run_with(body, strlen(body),
                         (const char *const[]){"api", "sessions.create", "--body", "-", NULL}),
                0);
    assert_string_equal(standin_request(server, "POST", "/api/sessions", 1)->body, body);
    screen_file("broken", "{\"title\":");
    assert_code(RUN("api", "sessions.create", "--body", "broken"), 2);
    assert_code(RUN("api", "sessions.create", "--body", "broken", "--raw"), 0);
    assert_string_equal(standin_request(server, "POST", "/api/sessions", 2)->body, "{\"title\":");
}

static void values_come_from_files_and_standard_input(void **state) {
    static const char *const words[] = {"api",       "session-create", "--title",
                                        "@title",    "--browser-mode", "@-",
                                        "--cdp-url", "@@ws://no-file", NULL};

    (void)state;
    standin_on(server, "POST", "/api/sessions", &(struct answer){.status = 201, .body = "{}"});
    screen_file("title", "two\nlines");
    assert_code(run_with("mode", 4, words), 0);
    assert_string_equal(standin_request(server, "POST", "/api/sessions", 0)->body,
                        "{\"title\":\"two\\nlines\",\"browserMode\":\"mode\","
                        "\"cdpUrl\":\"@ws://no-file\"}");
}

static void nothing_is_asked_before(void **state) {
    (void)state;
    standin_on(server, "GET", "/health", &(struct answer){.body = "{}"});
    assert_code(RUN("api", "health"), 0);
    assert_int_equal(standin_count(server, NULL, "/"), 1);
}

static void a_message_goes_out_once_and_a_list_again(void **state) {
    (void)state;
    standin_on(server, "POST", "/api/sessions/s/messages", &(struct answer){.status = 503});
    standin_on(server, "GET", "/api/sessions", &(struct answer){.status = 503, .times = 1});
    standin_on(server, "GET", "/api/sessions", &(struct answer){.body = "[]"});
    const struct run *r = RUN("api", "message-send", "--id", "s", "--text", "x");

    assert_code(r, 6);
    assert_int_equal(standin_count(server, "POST", "/api/sessions/s/messages"), 1);
    r = RUN("api", "sessions.list");
    assert_code(r, 0);
    assert_err(r, "attempt 1: ");
    assert_string_equal(buf_str(&r->out), "[]\n");
    assert_int_equal(standin_count(server, "GET", "/api/sessions"), 2);
}

/* ---- what comes back ---- */
static void answers_that_are_no_json_end_with_7_and_are_shown(void **state) {
    static const struct {
        const char *body, *headers, *shown;
    } cases[] = {
        {"<!DOCTYPE html><title>Router</title>", "Content-Type: text/html\r\n", "<!DOCTYPE html>"},
        {"{\"id\":\"s\",\"tit", NULL, "too early"},
        {"", NULL, "too early"},
        {"\x1f\x8b\x08", "Content-Encoding: gzip\r\n", ""},
        {"{} trailing", NULL, "unexpected 't'"},
        {"\x1b]0;evil\x07", NULL, "0x1b"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct answer a = {.body = cases[i].body, .headers = cases[i].headers};

        standin_clear(server);
        standin_on(server, "GET", "/api/sessions/s", &a);
        const struct run *r = RUN("api", "sessions.get", "--id", "s");

        if (r->code != 7 || !strstr(buf_str(&r->err), cases[i].shown) ||
            strpbrk(buf_str(&r->err), "\033\007"))
            run_failed(r, cases[i].body, __FILE__, __LINE__);
    }
}

static void refusals_are_one_line_whatever_their_form(void **state) {
    static const struct {
        int status, code;
        const char *body, *shown;
    } cases[] = {
        {404, 5, "404 page not found\n", "server answered 404: 404 page not found"},
        {404, 5, "{\"error\":{\"code\":404,\"message\":\"no s\",\"type\":\"not_found\"}}",
         "mixtui api: could not call sessions.delete: server answered 404 (not_found): no s\n"},
        {400, 5, "{\"error\":{\"code\":400,\"message\":\"bad\",\"type\":\"INVALID_JSON\"}}",
         "(INVALID_JSON): bad"},
        {502, 6, "<html><head><title>Bad gateway</title></head></html>", "502: Bad gateway"},
        {500, 6, "", "server answered 500\n"},
        {401, 5, "\x1b[31mred", "401"},
        {302, 5, "", "302"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct answer a = {.status = cases[i].status, .body = cases[i].body};

        standin_clear(server);
        standin_on(server, "DELETE", "/api/sessions/s", &a);
        const struct run *r = RUN("api", "sessions.delete", "--id", "s", "--retry", "off");
        const char *err = buf_str(&r->err);

        if (r->code != cases[i].code || !strstr(err, cases[i].shown) || strchr(err, '\033') ||
            strchr(err, '\n') != err + strlen(err) - 1)
            run_failed(r, cases[i].shown, __FILE__, __LINE__);
    }
}

static void an_empty_success_prints_nothing(void **state) {
    (void)state;
    standin_on(server, "DELETE", "/api/sessions/s", &(struct answer){.status = 204});
    const struct run *r = RUN("api", "sessions.delete", "--id", "s");

    assert_code(r, 0);
    assert_int_equal(r->out.n + r->err.n, 0);
}

static void raw_keeps_every_byte(void **state) {
    static const char bytes[] = "[ 1,\r\n\"\xff\x1b\"  ]  ";

    (void)state;
    standin_on(server, "GET", "/api/sessions", &(struct answer){.body = bytes});
    const struct run *r = RUN("api", "sessions.list", "--raw");

    assert_code(r, 0);
    assert_string_equal(buf_str(&r->out), bytes);
}

static void an_answer_beyond_its_cap_is_refused(void **state) {
    (void)state;
    standin_on(server, "GET", "/api/sessions/s", &(struct answer){.filler = 200 * MIX_MIB});
    const struct run *r = RUN("api", "sessions.get", "--id", "s");

    assert_code(r, 7);
    standin_clear(server);
    standin_on(server, "GET", "/api/sessions/s", &(struct answer){.filler = 200 * MIX_MIB});
    r = RUN("api", "sessions.get", "--id", "s", "--raw");
    assert_code(r, 7);
    assert_err(r, "larger than 16 MiB");
}

static void nobody_there_is_3_and_silence_is_4(void **state) {
    char url[64];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d", unused_port());
    assert_code(RUN("api", "health", "--server", url, "--retry", "off"), 3);
    standin_on(server, "GET", "/health", &(struct answer){.manner = ANSWER_SILENT});
    assert_code(RUN("api", "health", "--timeout", "300ms", "--retry", "off"), 4);
    assert_code(RUN("api", "health", "--idle-timeout", "300ms", "--retry", "off"), 4);
}

static void an_interrupt_is_130(void **state) {
    (void)state;
    standin_on(server, "GET", "/health", &(struct answer){.manner = ANSWER_SILENT});
    struct run *r = run_start((const char *const[]){"api", "health", NULL});

    assert_int_equal(standin_wait(server, "GET", "/health", 1, RUN_MS), 1);
    run_signal(r, SIGINT);
    run_finish(r);
    assert_code(r, 130);
    run_free(r);
}

/* ---- files ---- */
static void a_file_is_never_replaced_and_never_half(void **state) {
    struct stat st;

    (void)state;
    standin_on(server, "GET", "/api/sessions/s/files/a", &(struct answer){.body = "bytes"});
    standin_on(server, "GET", "/api/sessions", &(struct answer){.body = "[1]"});
    standin_on(server, "GET", "/api/mcp", &(struct answer){.body = "[1,"});
    screen_file("there", "mine");
    assert_code(RUN("api", "file-get", "--id", "s", "--filename", "a", "--out", "there"), 1);
    assert_code(RUN("api", "sessions.list", "--out", "there"), 1);
    struct buf text;

    buf_init(&text, 1024);
    assert_true(screen_read_file(&text, screen_path("there")));
    assert_string_equal(buf_str(&text), "mine");
    assert_code(RUN("api", "file-get", "--id", "s", "--filename", "a", "--out", "new"), 0);
    buf_clear(&text);
    assert_true(screen_read_file(&text, screen_path("new")));
    assert_string_equal(buf_str(&text), "bytes");
    assert_code(RUN("api", "sessions.list", "--out", "list"), 0);
    buf_clear(&text);
    assert_true(screen_read_file(&text, screen_path("list")));
    assert_string_equal(buf_str(&text), "[\n  1\n]\n");
    assert_code(RUN("api", "mcp-list", "--out", "half"), 7);
    assert_int_not_equal(stat(screen_path("half"), &st), 0);
    buf_fini(&text);
}

static void bytes_go_to_standard_output_whole(void **state) {
    (void)state;
    standin_on(server, "GET", "/api/sessions/s/files/a",
               &(struct answer){.filler = 40 * MIX_MIB, .chunk = 100000});
    const struct run *r = RUN("api", "file-get", "--id", "s", "--filename", "a");

    assert_code(r, 0);
    assert_int_equal(r->out.n, 40 * MIX_MIB);
}

static void binary_does_not_go_to_a_terminal(void **state) {
    (void)state;
    standin_on(server, "GET", "/api/sessions/s/files/a",
               &(struct answer){.body = "\x89PNG\0\1", .body_len = 6});
    standin_on(server, "GET", "/api/sessions/s/files/t",
               &(struct answer){.body = "text \x1b]0;evil\x07 \xe2\x80\xae"});
    const char *env[] = {"MIX_SERVER_URL=unused", NULL};
    struct buf url;

    buf_init(&url, 200);
    buf_addf(&url, "MIX_SERVER_URL=%s", standin_url(server));
    env[0] = buf_str(&url);
    struct screen *s = screen_start(&(struct screen_setup){
        .args = (const char *const[]){"api", "file-get", "--id", "s", "--filename", "a", NULL},
        .env = env});

    assert_int_equal(screen_wait_exit(s), 2);
    assert_true(screen_has(s, "--out FILE"));
    s = screen_start(&(struct screen_setup){
        .args = (const char *const[]){"api", "file-get", "--id", "s", "--filename", "t", NULL},
        .env = env});
    assert_int_equal(screen_wait_exit(s), 0);
    size_t n;
    const char *raw = screen_raw(s, &n);

    assert_null(memchr(raw, '\033', n));
    assert_true(screen_has(s, "text "));
    buf_fini(&url);
}

/* A shell stays behind, so that the terminal can be looked at afterwards. */
static struct screen *ask_for_key(const char *server_variable) {
    return screen_start(&(struct screen_setup){
        .program = "/bin/sh",
        .args = (const char *const[]){"-c",
                                      "trap : INT; \"$0\" api auth-api-key --provider p; "
                                      "echo \"ended with $?\"; read end",
                                      MIXTUI_EXE, NULL},
        .env = (const char *const[]){server_variable, NULL}});
}

static void a_secret_is_asked_for_without_echo(void **state) {
    struct buf url;

    (void)state;
    standin_on(server, "POST", "/api/auth/api-key", &(struct answer){.body = "{}"});
    buf_init(&url, 200);
    buf_addf(&url, "MIX_SERVER_URL=%s", standin_url(server));
    struct screen *s = ask_for_key(buf_str(&url));

    screen_wait(s, "api_key (what you type is not shown):");
    assert_false(screen_line_restored(s));
    screen_keys(s, "sk-planted\n");
    screen_wait(s, "ended with 0");
    assert_false(screen_has(s, "planted"));
    assert_true(screen_line_restored(s));
    assert_string_equal(standin_request(server, "POST", "/api/auth/api-key", 0)->body,
                        "{\"provider\":\"p\",\"api_key\":\"sk-planted\"}");
    screen_stop(s);
    s = ask_for_key(buf_str(&url));
    screen_wait(s, "is not shown):");
    screen_keys(s, KEY_CTRL('c'));
    screen_wait(s, "ended with 130");
    assert_true(screen_line_restored(s));
    assert_int_equal(standin_count(server, "POST", "/"), 1);
    buf_fini(&url);
}

static void uploads_stream_from_files_and_pipes(void **state) {
    static const char *const words[] = {"api",      "file-upload", "--id", "s", "--as",
                                        "name.txt", "--file",      "-",    NULL};

    (void)state;
    standin_on(server, "POST", "/api/sessions/s/files/upload",
               &(struct answer){.status = 201, .body = "{\"name\":\"x\"}"});
    screen_file("up.bin", "content of a file");
    assert_code(RUN("api", "file-upload", "--id", "s", "--file", "up.bin"), 0);
    const struct seen_request *seen =
        standin_request(server, "POST", "/api/sessions/s/files/upload", 0);

    assert_non_null(strstr(seen->body, "name=\"file\"; filename=\"up.bin\""));
    assert_non_null(strstr(seen->body, "content of a file"));
    assert_code(run_with("from a pipe", 11, words), 0);
    seen = standin_request(server, "POST", "/api/sessions/s/files/upload", 1);
    assert_non_null(strstr(seen->body, "filename=\"name.txt\""));
    assert_non_null(strstr(seen->body, "from a pipe"));
    assert_code(RUN("api", "file-upload", "--id", "s", "--file", "nowhere"), 1);
    assert_code(RUN("api", "file-upload", "--id", "s", "--file", "."), 1);
}

/* Nobody writes to the pipe: the worker waits for bytes, and still an interrupt ends it. */
static void an_upload_that_waits_can_be_interrupted(void **state) {
    (void)state;
    standin_on(server, "POST", "/api/sessions/s/files/upload", &(struct answer){.body = "{}"});
    assert_int_equal(mkfifo(screen_path("fifo"), 0600), 0);
    const int writer = open(screen_path("fifo"), O_RDWR | O_CLOEXEC);
    struct run *r =
        run_start((const char *const[]){"api", "file-upload", "--id", "s", "--file", "fifo", NULL});

    standin_wait(server, "POST", "/api/sessions/s/files/upload", 1, 300);
    run_signal(r, SIGINT);
    run_finish(r);
    assert_code(r, 130);
    run_free(r);
    close(writer);
}

/* ---- secrets ---- */
static void nothing_that_is_written_holds_a_secret(void **state) {
    struct buf log;

    (void)state;
    standin_on(server, "POST", "/api/auth/api-key", &(struct answer){.status = 400, .body = "{}"});
    standin_on(server, "POST", "/api/auth/oauth-callback", &(struct answer){.body = "{}"});
    assert_int_equal(chmod(screen_file("key", "sk-PLANTED-key\n"), 0600), 0);
    assert_int_equal(chmod(screen_file("code", "PLANTED-code#PLANTED-state\n"), 0600), 0);
    assert_int_equal(chmod(screen_file("token", "PLANTED-token\n"), 0600), 0);
    const struct run *r = RUN("api", "auth-api-key", "--provider", "p", "--api_key", "@key",
                              "--bearer-file", "token", "--debug", "log");

    assert_code(r, 5);
    assert_null(strstr(buf_str(&r->err), "PLANTED"));
    assert_non_null(
        strstr(standin_request(server, "POST", "/api/auth/api-key", 0)->body, "sk-PLANTED-key"));
    r = RUN("api", "auth-oauth-callback", "--provider", "p", "--code", "@code", "--debug", "log");
    assert_code(r, 0);
    assert_string_equal(standin_request(server, "POST", "/api/auth/oauth-callback", 0)->body,
                        "{\"provider\":\"p\",\"code\":\"PLANTED-code\","
                        "\"state\":\"PLANTED-state\"}");
    buf_init(&log, MIX_MIB);
    assert_true(screen_read_file(&log, screen_path("log")));
    assert_non_null(strstr(buf_str(&log), "/api/auth/oauth-callback"));
    assert_null(strstr(buf_str(&log), "PLANTED"));
    buf_fini(&log);
}

/* ---- streams ---- */
static const struct step frames[] = {
    {STEP_SEND, .text = "id: 1\nevent: connected\ndata: {\"sessionId\":\"s\"}\nretry: 30000\n\n"},
    {STEP_SEND,
     .text = "event: content\r\ndata: {\"content\": \"a\\nb\",\r\ndata: \"x\":1}\r\n\r\n"},
    {STEP_SEND, .text = "data: no json \x1b[31m\n\n"},
    {.kind = STEP_HOLD},
    {.kind = STEP_END}};

static void frames_are_printed_as_they_come(void **state) {
    (void)state;
    standin_on(server, "GET", "/stream", &(struct answer){.steps = frames});
    const struct run *r = RUN("api", "stream", "--session-id", "s", "--count", "3");

    assert_code(r, 0);
    assert_string_equal(buf_str(&r->out), "id: 1\nevent: connected\ndata: {\"sessionId\":\"s\"}\n\n"
                                          "event: content\ndata: {\"content\": \"a\\nb\",\n"
                                          "data: \"x\":1}\n\n"
                                          "event: message\ndata: no json \x1b[31m\n\n");
    r = RUN("api", "stream", "--sessionId", "s", "--count", "3", "--json");
    assert_code(r, 0);
    assert_out(r, "{\"event\":\"connected\",\"id\":\"1\",\"data\":{\"sessionId\":\"s\"}}\n");
    assert_out(r, "\"data\":{\"content\":\"a\\nb\",\"x\":1}}\n");
    assert_out(r, "\"data\":\"no json \\u001b[31m\"}\n");
}

static void a_stream_ends_after_its_time_or_an_interrupt(void **state) {
    (void)state;
    standin_on(server, "GET", "/stream", &(struct answer){.steps = frames});
    assert_code(RUN("api", "stream", "--sessionId", "s", "--for", "200ms"), 0);
    struct run *r = run_start((const char *const[]){"api", "stream", "--sessionId", "s", NULL});

    run_until(r, "no json");
    run_signal(r, SIGINT);
    run_finish(r);
    assert_code(r, 130);
    run_free(r);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(wrong_lines_are_one_complaint_and_a_usage_line),
        TEST(help_is_data),
        TEST(a_body_goes_out_as_it_is),
        TEST(values_come_from_files_and_standard_input),
        TEST(nothing_is_asked_before),
        TEST(a_message_goes_out_once_and_a_list_again),
        TEST(answers_that_are_no_json_end_with_7_and_are_shown),
        TEST(refusals_are_one_line_whatever_their_form),
        TEST(an_empty_success_prints_nothing),
        TEST(raw_keeps_every_byte),
        TEST(an_answer_beyond_its_cap_is_refused),
        TEST(nobody_there_is_3_and_silence_is_4),
        TEST(an_interrupt_is_130),
        TEST(a_file_is_never_replaced_and_never_half),
        TEST(bytes_go_to_standard_output_whole),
        TEST(binary_does_not_go_to_a_terminal),
        TEST(a_secret_is_asked_for_without_echo),
        TEST(uploads_stream_from_files_and_pipes),
        TEST(an_upload_that_waits_can_be_interrupted),
        TEST(nothing_that_is_written_holds_a_secret),
        TEST(frames_are_printed_as_they_come),
        TEST(a_stream_ends_after_its_time_or_an_interrupt),
    };

    return screen_run(tests);
}
