/* `mixtui send` and `tail`, run as programs against the demo in every generation and against a
 * server that behaves badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mix/base.h"
#include "mix/wire.h"
#include "standin.h"

static const char *const generations[] = {"0.2.5", "0.4.5", "0.6.4", "0.7.2", "0.8.1", "post"};
static char home[64];

/* ---- programs ---- */
struct program {
    pid_t pid;
    int out, err; /* what it prints */
};

static void nap(int ms) { poll(NULL, 0, ms); }

static struct program start(const char *const *argv) {
    int out[2], err[2];
    struct program p = {0};

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err, O_CLOEXEC), 0);
    p.pid = fork();
    assert_true(p.pid >= 0);
    if (p.pid == 0) {
        const int null = open("/dev/null", O_RDONLY);

        setsid(); /* no terminal of the person who runs the tests */
        dup2(null, 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    p.out = out[0];
    p.err = err[0];
    return p;
}

/* Reads both to their ends. The exit code; 1000: it was still there after the time. */
static int finish(struct program *p, struct buf *out, struct buf *err, int ms) {
    const int64_t until = clock_now() + ms;
    struct pollfd fds[2] = {{.fd = p->out, .events = POLLIN}, {.fd = p->err, .events = POLLIN}};
    struct buf *const bufs[2] = {out, err};
    int status = 0;

    while ((fds[0].fd >= 0 || fds[1].fd >= 0) && clock_now() < until) {
        poll(fds, 2, 100);
        for (int i = 0; i < 2; i++) {
            char bytes[4096];

            if (fds[i].fd < 0 || !fds[i].revents)
                continue;
            const ssize_t n = read(fds[i].fd, bytes, sizeof bytes);

            if (n <= 0)
                fds[i].fd = -1;
            else
                buf_add(bufs[i], bytes, (size_t)n);
        }
    }
    close(p->out);
    close(p->err);
    while (waitpid(p->pid, &status, WNOHANG) == 0) {
        if (clock_now() >= until) {
            kill(p->pid, SIGKILL);
            waitpid(p->pid, &status, 0);
            return 1000;
        }
        nap(5);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 500 + WTERMSIG(status);
}

#define ARGS(...) ((const char *const[]){MIXTUI_EXE, __VA_ARGS__, NULL})

struct result {
    int code;
    struct buf out, err;
};

static void run(struct result *r, const char *const *argv) {
    struct program p = start(argv);

    buf_fini(&r->out);
    buf_fini(&r->err);
    *r = (struct result){.out = {.max = 64 * MIX_MIB}, .err = {.max = 64 * MIX_MIB}};
    r->code = finish(&p, &r->out, &r->err, 30000);
}

static void assert_code(const struct result *r, int code) {
    if (r->code != code)
        fail_msg("exit code %d instead of %d\n--- out:\n%s\n--- err:\n%s", r->code, code,
                 buf_str(&r->out), buf_str(&r->err));
}

static void assert_says(const struct buf *text, const char *what) {
    if (!strstr(buf_str(text), what))
        fail_msg("\"%s\" is not in:\n%s", what, buf_str(text));
}

static void assert_silent_on(const struct buf *text, const char *what) {
    if (strstr(buf_str(text), what))
        fail_msg("\"%s\" is in:\n%s", what, buf_str(text));
}

static void done(struct result *r) {
    buf_fini(&r->out);
    buf_fini(&r->err);
}

/* ---- the demo ---- */
struct demo {
    struct program program;
    char url[64];
};

static struct demo demo_start(const char *generation, const char *speed, const char *more) {
    struct demo d = {0};
    char line[256] = "";
    size_t n = 0;

    d.program = start((const char *const[]){MIXTUI_DEMO_EXE, "--port", "0", "--speed", speed,
                                            "--generation", generation, more, NULL});
    while (!strchr(line, '\n') && n < sizeof line - 1 && read(d.program.out, line + n, 1) == 1)
        n++;
    assert_int_equal(sscanf(line, "listening on %63s", d.url), 1);
    return d;
}

static void demo_stop(struct demo *d) {
    auto_buf struct buf rest = {.max = MIX_MIB};

    kill(d->program.pid, SIGTERM);
    finish(&d->program, &rest, &rest, 10000);
}

/* ---- JSON lines ---- */
/* The value of a member as it stands there, without quotes; "" when there is none. */
static const char *member(const char *line, const char *name, char out[256]) {
    char key[64];

    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(line, key);

    out[0] = '\0';
    if (!at)
        return out;
    at += strlen(key);
    const bool quoted = *at == '"';
    const size_t n = quoted ? strcspn(at + 1, "\"") : strcspn(at, ",}");

    snprintf(out, 256, "%.*s", (int)(n < 255 ? n : 255), at + quoted);
    return out;
}

/* Every line is one whole JSON object with type, session and time; the first is `sent`, the last
 * `end`. Returns the last one. */
static char *check_lines(struct buf *out, char session[256]) {
    char *last = NULL, *save = NULL, value[256];
    size_t n = 0;

    assert_true(out->n > 0 && out->p[out->n - 1] == '\n');
    for (char *line = strtok_r(out->p, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        struct arena arena = {0};
        char any[OP_IN_MAX] = {0};
        struct err err = {0};

        /* lenient, and without a field in common: it only has to be JSON */
        if (shape_read(any, shape_named("session_ref"), line, strlen(line), &arena, SHAPE_LENIENT,
                       &err) != RC_OK &&
            strstr(err.text, "missing") == NULL)
            fail_msg("%s: %s", err.text, line);
        arena_free(&arena);
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
    char file[128], export_to[128], session[256], value[256];

    snprintf(file, sizeof file, "%s/note one.txt", home);
    FILE *f = fopen(file, "w");

    fputs("a note\n", f);
    fclose(f);
    for (size_t i = 0; i < MIX_COUNT(generations); i++) {
        struct demo d = demo_start(generations[i], "0", NULL);
        struct result r = {0};

        run(&r, ARGS("send", "new", "look at @note one.txt, please", "--server", d.url, "--file",
                     file, "--json"));
        assert_code(&r, 0);
        check_lines(&r.out, session);
        run(&r, ARGS("api", "messages.list_session", "--id", session, "--server", d.url));
        assert_code(&r, 0);
        assert_says(&r.out, "/files/note_one.txt, please");
        assert_silent_on(&r.out, "@note");
        run(&r, ARGS("send", session, "two permissions", "--server", d.url, "--allow",
                     "Bash:=ls -l && rm -f notes/old.txt", "--json"));
        assert_code(&r, 8);
        assert_says(&r.err, "ash: ls -l && rm -f notes/old.txt (--allow Bash:=");
        assert_says(&r.err, "(no --allow fits)");
        const char *end = check_lines(&r.out, session);

        assert_string_equal(member(end, "denied", value), "1");
        assert_string_equal(member(end, "code", value), "8");
        assert_true(strlen(member(end, "cost", value)) > 0);
        run(&r, ARGS("send", session, "hello", "--server", d.url));
        assert_code(&r, 0);
        assert_true(r.out.n > 10);
        snprintf(export_to, sizeof export_to, "%s/export-%s.md", home, generations[i]);
        run(&r, ARGS("export", session, "--format", "md", "--out", export_to, "--server", d.url));
        assert_code(&r, 0);
        assert_int_equal(access(export_to, R_OK), 0);
        run(&r, ARGS("api", "sessions.delete", "--id", session, "--server", d.url));
        assert_code(&r, 0);
        run(&r, ARGS("send", session, "anybody there?", "--server", d.url));
        assert_code(&r, 5);
        done(&r);
        demo_stop(&d);
    }
}

static void a_turn_that_fails_ends_with_9_in_every_generation(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(generations); i++) {
        struct demo d = demo_start(generations[i], "0", NULL);
        struct result r = {0};

        run(&r, ARGS("send", "new", "fail", "--server", d.url));
        assert_code(&r, 9);
        assert_says(&r.err, "the server says: ");
        const char *first = strstr(buf_str(&r.err), "the server says: ");

        assert_null(strstr(first + 1, "the server says: ")); /* it says so twice, we once */
        run(&r, ARGS("send", "new", "rate limit", "--server", d.url));
        assert_code(&r, 9);
        done(&r);
        demo_stop(&d);
    }
}

static void what_a_server_lacks_is_refused_before_anything_is_sent(void **state) {
    (void)state;
    struct demo d = demo_start("0.2.5", "0", NULL);
    struct result before = {0}, r = {0};

    run(&before, ARGS("api", "sessions.list", "--server", d.url));
    run(&r, ARGS("send", "new", "x", "--plan", "--server", d.url));
    assert_code(&r, 2);
    assert_says(&r.err, "--plan: this server is of generation 0.2.5");
    run(&r, ARGS("send", "new", "x", "--thinking", "basic", "--server", d.url));
    assert_code(&r, 2);
    run(&r, ARGS("send", "new", "x", "--max-steps", "3", "--server", d.url));
    assert_code(&r, 2);
    run(&r, ARGS("api", "sessions.list", "--server", d.url));
    assert_string_equal(buf_str(&r.out), buf_str(&before.out));
    done(&before);
    done(&r);
    demo_stop(&d);
}

static void wrong_words_are_usage_errors(void **state) {
    (void)state;
    static const char *const rows[][6] = {
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
    struct result r = {0};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const char *argv[8] = {MIXTUI_EXE};

        for (size_t k = 0; k < 6; k++)
            argv[k + 1] = rows[i][k];
        run(&r, argv);
        if (r.code != 2)
            fail_msg("row %zu: code %d: %s", i, r.code, buf_str(&r.err));
        assert_int_equal(r.out.n, 0);
        assert_true(r.err.n > 0);
    }
    run(&r, ARGS("send", "new", "a", "--file", "/nowhere/at/all"));
    assert_code(&r, 1);
    done(&r);
}

static void nobody_at_the_address_is_exit_code_3(void **state) {
    (void)state;
    struct result r = {0};

    run(&r, ARGS("send", "new", "x", "--server", "http://127.0.0.1:1", "--retry", "off"));
    assert_code(&r, 3);
    run(&r, ARGS("tail", "x", "--server", "http://127.0.0.1:1", "--retry", "off"));
    assert_code(&r, 3);
    done(&r);
}

/* ---- permissions ---- */
static void a_sub_agent_is_answered_by_the_same_rules(void **state) {
    (void)state;
    static const char *const with[] = {"0.7.2", "0.8.1", "post"};

    for (size_t i = 0; i < MIX_COUNT(with); i++) {
        struct demo d = demo_start(with[i], "3", NULL);
        struct result r = {0};

        run(&r,
            ARGS("send", "new", "task run echo sub", "--allow", "Bash:echo *", "--server", d.url));
        assert_code(&r, 0);
        assert_says(&r.err, "granted Bash: echo sub (--allow Bash:echo *)");
        done(&r);
        demo_stop(&d);
    }
}

static void hidden_characters_are_never_granted_unasked(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "0", NULL);
    struct result r = {0};

    run(&r, ARGS("send", "new", "run echo \u202eabc", "--allow", "Bash", "--permission", "grant",
                 "--server", d.url));
    assert_code(&r, 8);
    assert_says(&r.err, "<U+202E>");
    assert_says(&r.err, "not seen");
    run(&r, ARGS("send", "new", "run echo a; id", "--allow", "Bash:echo *", "--server", d.url));
    assert_code(&r, 8);
    run(&r, ARGS("send", "new", "run echo a; id", "--permission", "grant", "--server", d.url));
    assert_code(&r, 0);
    done(&r);
    demo_stop(&d);
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
        execl(MIXTUI_EXE, "mixtui", "send", "new", "run echo asked", "--permission", "ask",
              "--server", url, (char *)NULL);
        _exit(127);
    }
    if (*early)
        type(fd, early);
    wait_for(fd, seen, "grant? y or n");
    assert_says(seen, "command: echo asked");
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
    struct demo d = demo_start("0.8.1", "0", NULL);
    auto_buf struct buf seen = {.max = MIX_MIB};

    assert_int_equal(ask_on_terminal(d.url, "", "y\n", &seen), 0);
    assert_says(&seen, "granted Bash: echo asked (at the terminal)");
    buf_clear(&seen);
    assert_int_equal(ask_on_terminal(d.url, "", "perhaps\nn\n", &seen), 8);
    assert_says(&seen, "denied Bash: echo asked (at the terminal)");
    demo_stop(&d);
}

static void what_was_typed_before_the_question_answers_nothing(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "0", NULL);
    auto_buf struct buf seen = {.max = MIX_MIB};

    ask_on_terminal(d.url, "y\ny\ny\n", "", &seen);
    assert_silent_on(&seen, "granted");
    demo_stop(&d);
}

/* ---- the course of a turn ---- */
static void ctrl_c_cancels_the_turn(void **state) {
    (void)state;
    static const char *const some[] = {"0.2.5", "0.8.1"};

    for (size_t i = 0; i < MIX_COUNT(some); i++) {
        struct demo d = demo_start(some[i], "1", NULL);
        struct program p = start(ARGS("send", "new", "long", "--server", d.url, "--json"));
        auto_buf struct buf out = {.max = MIX_MIB}, err = {.max = MIX_MIB};
        char session[256], value[256], byte;
        int lines = 0;

        while (lines < 3 && read(p.out, &byte, 1) == 1) {
            buf_add(&out, &byte, 1);
            lines += byte == '\n';
        }
        kill(p.pid, SIGINT);
        assert_int_equal(finish(&p, &out, &err, 15000), 130);
        assert_says(&err, "cancelling the turn");
        const char *end = check_lines(&out, session);

        assert_string_equal(member(end, "outcome", value), "cancelled");
        struct result r = {0};

        run(&r, ARGS("send", session, "--wait", "go on", "--server", d.url, "--max-time", "20s"));
        assert_true(r.code == 0 || r.code == 4); /* a cancelled turn may leave an open end */
        done(&r);
        demo_stop(&d);
    }
}

static void a_turn_that_takes_too_long_is_cancelled(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "1", NULL);
    struct result r = {0};

    run(&r, ARGS("send", "new", "long", "--max-time", "700ms", "--server", d.url, "--json"));
    assert_code(&r, 4);
    assert_says(&r.out, "\"outcome\":\"timeout\"");
    done(&r);
    demo_stop(&d);
}

static void no_second_turn(const char *generation) {
    struct demo d = demo_start(generation, "1", NULL);
    struct program p = start(ARGS("send", "new", "long", "--server", d.url, "--json"));
    auto_buf struct buf out = {.max = MIX_MIB}, err = {.max = MIX_MIB};
    struct result r = {0};
    char session[256], byte;

    for (int lines = 0; lines < 3 && read(p.out, &byte, 1) == 1; lines += byte == '\n')
        buf_add(&out, &byte, 1);
    member(buf_str(&out), "session", session);
    run(&r, ARGS("send", session, "me too", "--server", d.url));
    assert_code(&r, 1);
    assert_says(&r.err, "an agent seems to be at work");
    run(&r, ARGS("send", session, "table", "--force", "--server", d.url, "--max-time", "20s"));
    assert_code(&r, 0);
    assert_int_not_equal(finish(&p, &out, &err, 15000), 1000); /* the first one was cancelled */
    done(&r);
    demo_stop(&d);
}

static void a_session_at_work_gets_no_second_turn(void **state) {
    (void)state;
    no_second_turn("0.2.5");
    no_second_turn("0.8.1");
}

static void a_server_that_dies_in_the_middle_is_exit_code_3(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "1", NULL);
    struct program p =
        start(ARGS("send", "new", "long", "--server", d.url, "--json", "--give-up", "1s"));
    auto_buf struct buf out = {.max = MIX_MIB}, err = {.max = MIX_MIB};
    char session[256], value[256], byte;

    for (int lines = 0; lines < 3 && read(p.out, &byte, 1) == 1; lines += byte == '\n')
        buf_add(&out, &byte, 1);
    if (out.p[out.n - 1] != '\n')
        buf_add(&out, &byte, 1);
    kill(d.program.pid, SIGKILL);
    assert_int_equal(finish(&p, &out, &err, 20000), 3);
    assert_string_equal(member(check_lines(&out, session), "outcome", value), "lost");
    demo_stop(&d);
}

static void a_reader_that_leaves_cancels_the_turn(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "1", NULL);
    struct program p = start(ARGS("send", "new", "long", "--server", d.url, "--json"));
    auto_buf struct buf out = {.max = MIX_MIB}, err = {.max = MIX_MIB};
    char byte, session[256];

    while (read(p.out, &byte, 1) == 1 && byte != '\n')
        buf_add(&out, &byte, 1);
    member(buf_str(&out), "session", session);
    close(p.out);
    p.out = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(finish(&p, &out, &err, 15000), 1);
    demo_stop(&d);
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
    struct result r = {0};

    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]", .times = 1});
    standin_on(s, "GET", "/api/sessions/s1/messages",
               &(struct answer){.body = "[" ROW("m1", "user", "hi") "," ROW("m2", "assistant",
                                                                            "hello back") "]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    run(&r, ARGS("send", "s1", "hi", "--server", standin_url(s)));
    assert_code(&r, 0);
    assert_string_equal(buf_str(&r.out), "hello back\n");
    assert_int_equal(standin_count(s, "POST", "/api/sessions/s1/messages"), 1);
    done(&r);
    standin_free(s);
}

static void a_message_nobody_knows_the_fate_of_is_exit_code_3(void **state) {
    (void)state;
    struct standin *s = lossy();
    struct result r = {0};

    standin_on(s, "GET", "/api/sessions/s1/messages", &(struct answer){.body = "[]"});
    standin_on(s, "GET", "/api/sessions/s1", &(struct answer){.body = SESSION});
    run(&r, ARGS("send", "s1", "hi", "--server", standin_url(s), "--json"));
    assert_code(&r, 3);
    assert_says(&r.err, "unknown whether it arrived");
    assert_says(&r.out, "\"outcome\":\"unknown\"");
    assert_int_equal(standin_count(s, "POST", "/api/sessions/s1/messages"), 1);
    done(&r);
    standin_free(s);
}

static void a_refused_message_keeps_the_servers_code(void **state) {
    (void)state;
    struct standin *s = standin_new();
    struct result r = {0};
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
    run(&r, ARGS("send", "s1", "hi", "--server", standin_url(s)));
    assert_code(&r, 5);
    assert_says(&r.err, "no key");
    assert_int_equal(r.out.n, 0);
    done(&r);
    standin_free(s);
}

static void an_error_without_words_is_a_failed_turn(void **state) {
    (void)state;
    struct standin *s = standin_new();
    struct result r = {0};
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
    run(&r, ARGS("send", "s1", "hi", "--server", standin_url(s)));
    assert_code(&r, 9);
    assert_says(&r.err, "an error without words");
    done(&r);
    standin_free(s);
}

static void a_command_made_of_a_file_is_sent_as_the_prompt_it_stands_for(void **state) {
    (void)state;
    struct standin *s = standin_new();
    struct result r = {0};
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
    run(&r, ARGS("send", "s1", "/review", "--server", standin_url(s)));
    assert_code(&r, 0);
    assert_string_equal(buf_str(&r.out), "All is well.\n");
    assert_int_equal(standin_count(s, "POST", "/api/sessions/s1/messages"), 2);
    assert_non_null(strstr(standin_request(s, "POST", "/api/sessions/s1/messages", 1)->body,
                           "Review the whole."));
    done(&r);
    standin_free(s);
}

static void a_stream_cut_in_the_middle_loses_nothing(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "0", "--fault=stream:1:cut=900");
    struct result r = {0}, whole = {0};

    run(&r, ARGS("send", "new", "table", "--server", d.url));
    assert_code(&r, 0);
    assert_says(&r.err, "the connection was lost");
    run(&whole, ARGS("send", "new", "table", "--server", d.url));
    assert_code(&whole, 0);
    assert_string_equal(buf_str(&r.out), buf_str(&whole.out));
    done(&r);
    done(&whole);
    demo_stop(&d);
}

/* ---- tail ---- */
static void tail_shows_what_others_do_until_it_is_stopped(void **state) {
    (void)state;
    struct demo d = demo_start("0.8.1", "0", NULL);
    struct result r = {0};
    auto_buf struct buf out = {.max = MIX_MIB}, err = {.max = MIX_MIB};
    char session[256], byte;

    run(&r, ARGS("send", "new", "table", "--json", "--server", d.url));
    assert_code(&r, 0);
    check_lines(&r.out, session);
    struct program p = start(ARGS("tail", session, "--since-start", "--server", d.url));

    while (!strstr(buf_str(&out), "> table") && read(p.out, &byte, 1) == 1)
        buf_add(&out, &byte, 1);
    nap(500);
    run(&r, ARGS("send", session, "run echo seen", "--allow", "Bash", "--server", d.url));
    assert_code(&r, 0);
    while (!strstr(buf_str(&out), "! asks to use Bash: echo seen") && read(p.out, &byte, 1) == 1)
        buf_add(&out, &byte, 1);
    while (!strstr(buf_str(&out), "-- complete") && read(p.out, &byte, 1) == 1)
        buf_add(&out, &byte, 1);
    kill(p.pid, SIGINT);
    assert_int_equal(finish(&p, &out, &err, 10000), 130);
    assert_says(&out, "> run echo seen");
    assert_says(&out, "* Bash echo seen");
    run(&r, ARGS("tail", "6f0c2c1e-8a3b-4d57-9a63-0b1d7c2f9e11", "--server", d.url));
    assert_code(&r, 5);
    done(&r);
    demo_stop(&d);
}

static int group_setup(void **state) {
    (void)state;
    snprintf(home, sizeof home, "/tmp/mixtui-send-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    setenv("XDG_STATE_HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    setenv("XDG_RUNTIME_DIR", home, 1);
    unsetenv("MIX_SERVER_URL");
    unsetenv("MIX_DEBUG");
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

static int group_teardown(void **state) {
    (void)state;
    struct program p = start((const char *const[]){"/bin/rm", "-rf", home, NULL});
    auto_buf struct buf rest = {.max = MIX_MIB};

    return finish(&p, &rest, &rest, 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_does_it_all_in_every_generation),
        cmocka_unit_test(a_turn_that_fails_ends_with_9_in_every_generation),
        cmocka_unit_test(what_a_server_lacks_is_refused_before_anything_is_sent),
        cmocka_unit_test(wrong_words_are_usage_errors),
        cmocka_unit_test(nobody_at_the_address_is_exit_code_3),
        cmocka_unit_test(a_sub_agent_is_answered_by_the_same_rules),
        cmocka_unit_test(hidden_characters_are_never_granted_unasked),
        cmocka_unit_test(a_person_decides_at_the_terminal),
        cmocka_unit_test(what_was_typed_before_the_question_answers_nothing),
        cmocka_unit_test(ctrl_c_cancels_the_turn),
        cmocka_unit_test(a_turn_that_takes_too_long_is_cancelled),
        cmocka_unit_test(a_session_at_work_gets_no_second_turn),
        cmocka_unit_test(a_server_that_dies_in_the_middle_is_exit_code_3),
        cmocka_unit_test(a_reader_that_leaves_cancels_the_turn),
        cmocka_unit_test(a_lost_answer_is_settled_by_the_messages),
        cmocka_unit_test(a_message_nobody_knows_the_fate_of_is_exit_code_3),
        cmocka_unit_test(a_refused_message_keeps_the_servers_code),
        cmocka_unit_test(an_error_without_words_is_a_failed_turn),
        cmocka_unit_test(a_command_made_of_a_file_is_sent_as_the_prompt_it_stands_for),
        cmocka_unit_test(a_stream_cut_in_the_middle_loses_nothing),
        cmocka_unit_test(tail_shows_what_others_do_until_it_is_stopped),
    };

    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
