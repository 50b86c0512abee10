/* `mixtui send` and `tail`, run as programs against the demo in every generation and against a
 * server that behaves badly. */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mix/jtext.h"
#include "mix/pretty.h"
#include "run.h"
#include "standin.h"

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *const generations[] = {"0.2.5", "0.4.5", "0.6.4", "0.7.2", "0.8.1", "post"};

static void nap(int ms) { poll(NULL, 0, ms); }

static void assert_silent_on(const struct buf *text, const char *what) {
    if (strstr(buf_str(text), what))
        fail_msg("\"%s\" is in:\n%s", what, buf_str(text));
}

static struct peer *demo_of(const char *generation, const char *speed, const char *more) {
    return demo_start((const char *[]){"--speed", speed, "--generation", generation, more, NULL});
}

/* ---- JSON lines ---- */
static const char *member(const char *line, const char *name, char out[256]) {
    auto_buf struct buf value = {.max = 255};

    (void)jtext_find(&value, line, strlen(line), name);
    snprintf(out, 256, "%s", buf_str(&value));
    return out;
}

/* Every line is one whole JSON object with type, session and time; the first is `sent`, the last
 * `end`. Returns the last one, until the next call. */
static const char *check_lines(const struct run *r, char session[256]) {
    static char lines[MIX_MIB];
    char *last = NULL, *save = NULL, value[256];
    size_t n = 0;

    assert_true(r->out.n > 0 && r->out.n < sizeof lines && r->out.p[r->out.n - 1] == '\n');
    memcpy(lines, r->out.p, r->out.n + 1);
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        struct err err = {0};

        if (json_check(line, strlen(line), &err) != RC_OK)
            fail_msg("%s: %s", err.text, line);
        assert_int_equal(line[0], '{');
        assert_true(strlen(member(line, "type", value)) > 0);
        if (n++ == 0)
            assert_string_equal(value, "sent");
        assert_int_equal(strlen(member(line, "time", value)), 24);
        member(line, "session", session);
        assert_int_equal(strlen(session), 36);
        last = line;
    }
    assert_non_null(last);
    assert_string_equal(member(last, "type", value), "end");
    return last;
}

/* ---- every generation ---- */
static void a_script_does_it_all_in_every_generation(void **state) {
    (void)state;
    char session[256], value[256];

    screen_file("note one.txt", "a note\n");
    for (size_t i = 0; i < MIX_COUNT(generations); i++) {
        struct peer *d = demo_of(generations[i], "0", NULL);
        const struct run *r = RUN("send", "new", "look at @note one.txt, please", "--server",
                                  d->url, "--file", "note one.txt", "--json");
        assert_code(r, 0);
        check_lines(r, session);
        r = RUN("api", "messages.list_session", "--id", session, "--server", d->url);
        assert_code(r, 0);
        assert_out(r, "/files/note_one.txt, please");
        assert_silent_on(&r->out, "@note");
        r = RUN("send", session, "two permissions", "--server", d->url, "--allow",
                "Bash:=ls -l && rm -f notes/old.txt", "--json");
        assert_code(r, 8);
        assert_err(r, "ash: ls -l && rm -f notes/old.txt (--allow Bash:=");
        assert_err(r, "(no --allow fits)");
        const char *end = check_lines(r, session);

        assert_string_equal(member(end, "denied", value), "1");
        assert_string_equal(member(end, "code", value), "8");
        assert_true(strlen(member(end, "cost", value)) > 0);
        r = RUN("send", session, "hello", "--server", d->url);
        assert_code(r, 0);
        assert_true(r->out.n > 10);
        r = RUN("export", session, "--format", "md", "--out", "export.md", "--server", d->url);
        assert_code(r, 0);
        assert_int_equal(remove(screen_path("export.md")), 0);
        r = RUN("api", "sessions.delete", "--id", session, "--server", d->url);
        assert_code(r, 0);
        r = RUN("send", session, "anybody there?", "--server", d->url);
        assert_code(r, 5);
        server_stop(d);
    }
}

static void a_turn_that_fails_ends_with_9_in_every_generation(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(generations); i++) {
        struct peer *d = demo_of(generations[i], "0", NULL);
        const struct run *r = RUN("send", "new", "fail", "--server", d->url);
        assert_code(r, 9);
        assert_err(r, "the server says: ");
        const char *first = strstr(buf_str(&r->err), "the server says: ");

        assert_null(strstr(first + 1, "the server says: ")); /* it says so twice, we once */
        r = RUN("send", "new", "rate limit", "--server", d->url);
        assert_code(r, 9);
        server_stop(d);
    }
}

static void what_a_server_lacks_is_refused_before_anything_is_sent(void **state) {
    (void)state;
    struct peer *d = demo_of("0.2.5", "0", NULL);
    const struct run *r = RUN("api", "sessions.list", "--server", d->url);
    auto_free char *before = xstrdup(buf_str(&r->out));

    r = RUN("send", "new", "x", "--plan", "--server", d->url);
    assert_code(r, 2);
    assert_err(r, "--plan: this server is of generation 0.2.5");
    r = RUN("send", "new", "x", "--thinking", "basic", "--server", d->url);
    assert_code(r, 2);
    r = RUN("send", "new", "x", "--max-steps", "3", "--server", d->url);
    assert_code(r, 2);
    r = RUN("api", "sessions.list", "--server", d->url);
    assert_string_equal(buf_str(&r->out), before);
    server_stop(d);
}

static void wrong_words_are_usage_errors(void **state) {
    (void)state;
    static const char *const rows[][7] = {
        {"send"},
        {"send", "new"},
        {"send", "new", ""},
        {"send", "new", " \n"},
        {"send", "new", "-"}, /* standard input is empty */
        {"send", "new", "a", "b"},
        {"send", "new", "a\xff"},
        {"send", "new", "a", "--allow", "Bash:*"},
        {"send", "new", "a", "--allow", ":"},
        {"send", "new", "a", "--permission", "maybe"},
        {"send", "new", "a", "--permission", "ask"}, /* no terminal */
        {"send", "new", "a", "--thinking", "hard"},
        {"send", "new", "a", "--max-steps", "0"},
        {"send", "new", "a", "--max-steps", "x"},
        {"send", "new", "a", "--max-time", "soon"},
        {"send", "new", "a", "--file", "/"},
        {"send", "new", "a", "--wait", "--force"},
        {"tail"},
        {"tail", "a", "b"},
    };
    const struct run *r;

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        r = run(rows[i]);
        if (r->code != 2)
            fail_msg("row %zu: code %d: %s", i, r->code, buf_str(&r->err));
        assert_int_equal(r->out.n, 0);
        assert_true(r->err.n > 0);
    }
    r = RUN("send", "new", "a", "--file", "/nowhere/at/all");
    assert_code(r, 1);
}

static void nobody_at_the_address_is_exit_code_3(void **state) {
    (void)state;
    const struct run *r =
        RUN("send", "new", "x", "--server", "http://127.0.0.1:1", "--retry", "off");
    assert_code(r, 3);
    r = RUN("tail", "x", "--server", "http://127.0.0.1:1", "--retry", "off");
    assert_code(r, 3);
}

/* ---- permissions ---- */
static void a_sub_agent_is_answered_by_the_same_rules(void **state) {
    (void)state;
    static const char *const with[] = {"0.7.2", "0.8.1", "post"};

    for (size_t i = 0; i < MIX_COUNT(with); i++) {
        struct peer *d = demo_of(with[i], "3", NULL);
        const struct run *r =
            RUN("send", "new", "task run echo sub", "--allow", "Bash:echo *", "--server", d->url);
        assert_code(r, 0);
        assert_err(r, "granted Bash: echo sub (--allow Bash:echo *)");
        server_stop(d);
    }
}

static void hidden_characters_are_never_granted_unasked(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "0", NULL);
    const struct run *r = RUN("send", "new", "run echo \u202eabc", "--allow", "Bash",
                              "--permission", "grant", "--server", d->url);
    assert_code(r, 8);
    assert_err(r, "<U+202E>");
    assert_err(r, "not seen");
    r = RUN("send", "new", "run echo a; id", "--allow", "Bash:echo *", "--server", d->url);
    assert_code(r, 8);
    r = RUN("send", "new", "run echo a; id", "--permission", "grant", "--server", d->url);
    assert_code(r, 0);
    server_stop(d);
}

/* Reads the terminal until the text is there. */
static void wait_for(int fd, struct buf *seen, const char *text) {
    const int64_t until = clock_now() + 15000;

    while (!strstr(buf_str(seen), text)) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char bytes[4096];

        if (clock_now() > until)
            fail_msg("no \"%s\" in:\n%s", text, buf_str(seen));
        if (poll(&p, 1, 100) <= 0)
            continue;
        const ssize_t n = read(fd, bytes, sizeof bytes);

        if (n <= 0)
            fail_msg("ended without \"%s\":\n%s", text, buf_str(seen));
        buf_add(seen, bytes, (size_t)n);
    }
}

static void type(int fd, const char *text) {
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static int ask_on_terminal(const char *url, const char *early, const char *typed,
                           struct buf *seen) {
    int fd, status = 0;
    const pid_t pid = forkpty(&fd, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0) {
        run_environment();
        execl(MIXTUI_EXE, "mixtui", "send", "new", "run echo asked", "--permission", "ask",
              "--server", url, (char *)NULL);
        _exit(127);
    }
    if (*early)
        type(fd, early);
    wait_for(fd, seen, "grant? y or n");
    assert_non_null(strstr(buf_str(seen), "command: echo asked"));
    nap(700); /* armed */
    if (*typed) {
        type(fd, typed);
        for (char bytes[4096];;) { /* to the end */
            const ssize_t n = read(fd, bytes, sizeof bytes);

            if (n <= 0)
                break;
            buf_add(seen, bytes, (size_t)n);
        }
    } else {
        kill(pid, SIGKILL);
    }
    close(fd);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_person_decides_at_the_terminal(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "0", NULL);
    auto_buf struct buf seen = {.max = MIX_MIB};

    assert_int_equal(ask_on_terminal(d->url, "", "y\n", &seen), 0);
    assert_non_null(strstr(buf_str(&seen), "granted Bash: echo asked (at the terminal)"));
    buf_clear(&seen);
    assert_int_equal(ask_on_terminal(d->url, "", "perhaps\nn\n", &seen), 8);
    assert_non_null(strstr(buf_str(&seen), "denied Bash: echo asked (at the terminal)"));
    server_stop(d);
}

static void what_was_typed_before_the_question_answers_nothing(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "0", NULL);
    auto_buf struct buf seen = {.max = MIX_MIB};

    ask_on_terminal(d->url, "y\ny\ny\n", "", &seen);
    assert_silent_on(&seen, "granted");
    server_stop(d);
}

/* ---- the course of a turn ---- */
static void ctrl_c_cancels_the_turn(void **state) {
    (void)state;
    static const char *const some[] = {"0.2.5", "0.8.1"};

    for (size_t i = 0; i < MIX_COUNT(some); i++) {
        struct peer *d = demo_of(some[i], "1", NULL);
        struct run *p = run_start(ARGS("send", "new", "long", "--server", d->url, "--json"));
        char session[256], value[256];

        run_until(p, "\"content\"");
        run_signal(p, SIGINT);
        run_finish(p);
        assert_code(p, 130);
        assert_err(p, "cancelling the turn");
        const char *end = check_lines(p, session);

        assert_string_equal(member(end, "outcome", value), "cancelled");
        run_free(p);
        const struct run *r =
            RUN("send", session, "--wait", "go on", "--server", d->url, "--max-time", "20s");
        assert_true(r->code == 0 || r->code == 4); /* a cancelled turn may leave an open end */
        server_stop(d);
    }
}

static void a_turn_that_takes_too_long_is_cancelled(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "1", NULL);
    const struct run *r =
        RUN("send", "new", "long", "--max-time", "700ms", "--server", d->url, "--json");
    assert_code(r, 4);
    assert_out(r, "\"outcome\":\"timeout\"");
    server_stop(d);
}

static void no_second_turn(const char *generation) {
    struct peer *d = demo_of(generation, "1", NULL);
    struct run *p = run_start(ARGS("send", "new", "long", "--server", d->url, "--json"));
    const struct run *r;
    char session[256];

    run_until(p, "\"content\"");
    member(buf_str(&p->out), "session", session);
    r = RUN("send", session, "me too", "--server", d->url);
    assert_code(r, 1);
    assert_err(r, "an agent seems to be at work");
    r = RUN("send", session, "table", "--force", "--server", d->url, "--max-time", "20s");
    assert_code(r, 0);
    run_finish(p); /* the first one was cancelled */
    run_free(p);
    server_stop(d);
}

static void a_session_at_work_gets_no_second_turn(void **state) {
    (void)state;
    no_second_turn("0.2.5");
    no_second_turn("0.8.1");
}

static void a_server_that_dies_in_the_middle_is_exit_code_3(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "1", NULL);
    struct run *p =
        run_start(ARGS("send", "new", "long", "--server", d->url, "--json", "--give-up", "1s"));
    char session[256], value[256];

    run_until(p, "\"content\"");
    server_stop(d);
    run_finish(p);
    assert_code(p, 3);
    assert_string_equal(member(check_lines(p, session), "outcome", value), "lost");
    run_free(p);
    server_stop(d);
}

static void a_reader_that_leaves_cancels_the_turn(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "1", NULL);
    struct run *p = run_start(ARGS("send", "new", "long", "--server", d->url, "--json"));

    run_until(p, "\n");
    close(p->out_fd);
    p->out_fd = -1;
    run_finish(p);
    assert_code(p, 1);
    run_free(p);
    server_stop(d);
}

/* ---- a server that loses answers ---- */
#define SESSION                                                                                    \
    "{\"id\":\"s1\",\"title\":\"t\",\"createdAt\":\"2026-02-13T09:41:07Z\","                       \
    "\"sessionType\":\"main\",\"browserMode\":\"local-browser-service\"}"
#define ROW(id, role, text)                                                                        \
    "{\"id\":\"" id "\",\"sessionId\":\"s1\",\"role\":\"" role "\",\"userInput\":\"" text "\"}"
static const char doc[] =
    "{\"openapi\":\"3.0.0\",\"paths\":{\"/api/sessions/{id}/rewind\":{},\"/api/preferences\":{}},"
    "\"x\":\"browserMode tool_use_start max_steps\"}";

static struct standin *lossy(void) {
    static const struct step hold[] = {
        {.kind = STEP_SEND, .text = SSE("connected", "{\"sessionId\":\"s1\"}")},
        {.kind = STEP_HOLD},
        {.kind = STEP_END}};
    struct standin *s = standin_new();

    standin_on(s, "GET", "/doc", &(struct answer){.body = doc});
    standin_on(s, "GET", "/stream", &(struct answer){.steps = hold});
    standin_on(s, "POST", "/api/sessions/s1/messages", &(struct answer){.manner = ANSWER_CLOSE});
    return s;
}

static void a_lost_answer_is_settled_by_the_messages(void **state) {
    (void)state;
    struct standin *s = lossy();
    const struct run *r;

    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]", .times = 1});
    standin_on(s, "GET", "/api/sessions/s1/messages",
               &(struct answer){.body = "[" ROW("m1", "user", "hi") "," ROW("m2", "assistant",
                                                                            "hello back") "]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    r = RUN("send", "s1", "hi", "--server", standin_url(s));
    assert_code(r, 0);
    assert_string_equal(buf_str(&r->out), "hello back\n");
    assert_int_equal(standin_count(s, "POST", "/api/sessions/s1/messages"), 1);
    standin_free(s);
}

static void a_message_nobody_knows_the_fate_of_is_exit_code_3(void **state) {
    (void)state;
    struct standin *s = lossy();
    const struct run *r;

    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    r = RUN("send", "s1", "hi", "--server", standin_url(s), "--json");
    assert_code(r, 3);
    assert_err(r, "unknown whether it arrived");
    assert_out(r, "\"outcome\":\"unknown\"");
    assert_int_equal(standin_count(s, "POST", "/api/sessions/s1/messages"), 1);
    standin_free(s);
}

static void a_refused_message_keeps_the_servers_code(void **state) {
    (void)state;
    struct standin *s = standin_new();
    const struct run *r;
    static const struct step hold[] = {
        {.kind = STEP_SEND, .text = SSE("connected", "{\"sessionId\":\"s1\"}")},
        {.kind = STEP_HOLD},
        {.kind = STEP_END}};

    standin_on(s, "GET", "/doc", &(struct answer){.body = doc});
    standin_on(s, "GET", "/stream", &(struct answer){.steps = hold});
    standin_on(s, "POST", "/api/sessions/s1/messages",
               &(struct answer){.status = 401,
                                .body = "{\"error\":{\"code\":401,\"message\":\"no key\","
                                        "\"type\":\"unauthorized\"}}"});
    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    r = RUN("send", "s1", "hi", "--server", standin_url(s));
    assert_code(r, 5);
    assert_err(r, "no key");
    assert_int_equal(r->out.n, 0);
    standin_free(s);
}

static void an_error_without_words_is_a_failed_turn(void **state) {
    (void)state;
    struct standin *s = standin_new();
    const struct run *r;
    static const struct step fails[] = {
        {.kind = STEP_SEND, .text = SSE("connected", "{\"sessionId\":\"s1\"}")},
        {.kind = STEP_WAIT, .n = 1500},
        {.kind = STEP_SEND, .text = SSE("error", "{}")},
        {.kind = STEP_HOLD},
        {.kind = STEP_END}};

    standin_on(s, "GET", "/doc", &(struct answer){.body = doc});
    standin_on(s, "GET", "/stream", &(struct answer){.steps = fails});
    standin_on(s, "POST", "/api/sessions/s1/messages",
               &(struct answer){.status = 202,
                                .body = "{\"status\":\"processing\",\"sessionId\":\"s1\"}"});
    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    r = RUN("send", "s1", "hi", "--server", standin_url(s));
    assert_code(r, 9);
    assert_err(r, "an error without words");
    standin_free(s);
}

static void a_command_made_of_a_file_is_sent_as_the_prompt_it_stands_for(void **state) {
    (void)state;
    struct standin *s = standin_new();
    const struct run *r;
    static const struct step hold[] = {
        {.kind = STEP_SEND, .text = SSE("connected", "{\"sessionId\":\"s1\"}")},
        {.kind = STEP_HOLD},
        {.kind = STEP_END}};

    standin_on(s, "GET", "/doc", &(struct answer){.body = doc});
    standin_on(s, "GET", "/stream", &(struct answer){.steps = hold});
    standin_on(s, "POST", "/api/sessions/s1/messages",
               &(struct answer){.times = 1,
                                .body = "{\"id\":\"cmd-review\",\"role\":\"assistant\","
                                        "\"userInput\":\"/review\",\"assistantResponse\":"
                                        "\"Review the whole.\"}"});
    standin_on(s, "POST", "/api/sessions/s1/messages",
               &(struct answer){.body = "{\"id\":\"m2\",\"role\":\"user\",\"userInput\":\"x\","
                                        "\"assistantResponse\":\"All is well.\"}"});
    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    r = RUN("send", "s1", "/review", "--server", standin_url(s));
    assert_code(r, 0);
    assert_string_equal(buf_str(&r->out), "All is well.\n");
    assert_int_equal(standin_count(s, "POST", "/api/sessions/s1/messages"), 2);
    assert_non_null(strstr(standin_request(s, "POST", "/api/sessions/s1/messages", 1)->body,
                           "Review the whole."));
    standin_free(s);
}

static void a_stream_cut_in_the_middle_loses_nothing(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "0", "--fault=stream:1:cut=900");
    const struct run *r = RUN("send", "new", "table", "--server", d->url);
    assert_code(r, 0);
    assert_err(r, "the connection was lost");
    auto_free char *cut = xstrdup(buf_str(&r->out));

    r = RUN("send", "new", "table", "--server", d->url);
    assert_code(r, 0);
    assert_string_equal(buf_str(&r->out), cut);
    server_stop(d);
}

/* ---- tail ---- */
static void tail_shows_what_others_do_until_it_is_stopped(void **state) {
    (void)state;
    struct peer *d = demo_of("0.8.1", "0", NULL);
    const struct run *r;
    char session[256];

    r = RUN("send", "new", "table", "--json", "--server", d->url);
    assert_code(r, 0);
    check_lines(r, session);
    struct run *p = run_start(ARGS("tail", session, "--since-start", "--server", d->url));

    run_until(p, "> table");
    nap(500);
    r = RUN("send", session, "run echo seen", "--allow", "Bash", "--server", d->url);
    assert_code(r, 0);
    run_until(p, "! asks to use Bash: echo seen");
    run_until(p, "-- complete");
    run_signal(p, SIGINT);
    run_finish(p);
    assert_code(p, 130);
    assert_out(p, "> run echo seen");
    assert_out(p, "* Bash echo seen");
    run_free(p);
    r = RUN("tail", "6f0c2c1e-8a3b-4d57-9a63-0b1d7c2f9e11", "--server", d->url);
    assert_code(r, 5);
    server_stop(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_script_does_it_all_in_every_generation, run_teardown),
        cmocka_unit_test_teardown(a_turn_that_fails_ends_with_9_in_every_generation, run_teardown),
        cmocka_unit_test_teardown(what_a_server_lacks_is_refused_before_anything_is_sent,
                                  run_teardown),
        cmocka_unit_test_teardown(wrong_words_are_usage_errors, run_teardown),
        cmocka_unit_test_teardown(nobody_at_the_address_is_exit_code_3, run_teardown),
        cmocka_unit_test_teardown(a_sub_agent_is_answered_by_the_same_rules, run_teardown),
        cmocka_unit_test_teardown(hidden_characters_are_never_granted_unasked, run_teardown),
        cmocka_unit_test_teardown(a_person_decides_at_the_terminal, run_teardown),
        cmocka_unit_test_teardown(what_was_typed_before_the_question_answers_nothing, run_teardown),
        cmocka_unit_test_teardown(ctrl_c_cancels_the_turn, run_teardown),
        cmocka_unit_test_teardown(a_turn_that_takes_too_long_is_cancelled, run_teardown),
        cmocka_unit_test_teardown(a_session_at_work_gets_no_second_turn, run_teardown),
        cmocka_unit_test_teardown(a_server_that_dies_in_the_middle_is_exit_code_3, run_teardown),
        cmocka_unit_test_teardown(a_reader_that_leaves_cancels_the_turn, run_teardown),
        cmocka_unit_test_teardown(a_lost_answer_is_settled_by_the_messages, run_teardown),
        cmocka_unit_test_teardown(a_message_nobody_knows_the_fate_of_is_exit_code_3, run_teardown),
        cmocka_unit_test_teardown(a_refused_message_keeps_the_servers_code, run_teardown),
        cmocka_unit_test_teardown(an_error_without_words_is_a_failed_turn, run_teardown),
        cmocka_unit_test_teardown(a_command_made_of_a_file_is_sent_as_the_prompt_it_stands_for,
                                  run_teardown),
        cmocka_unit_test_teardown(a_stream_cut_in_the_middle_loses_nothing, run_teardown),
        cmocka_unit_test_teardown(tail_shows_what_others_do_until_it_is_stopped, run_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
