/* The demo server as a client sees it: the program is started and spoken to over raw sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "demo.h"

#define PATIENCE_MS 20000

static pid_t pid;
static int port, input = -1;
static struct buf answer; /* of the last request: head and body */

/* ---- the program ---- */
static void start(const char *options) {
    int out[2], in[2];
    char text[512], line[128] = "";
    char *argv[24] = {(char[]){"mixtui-demo"}};
    int argc = 1;
    snprintf(text, sizeof text, "%s", options);
    for (char *save = NULL, *word = strtok_r(text, " ", &save); word;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(in), 0);
    pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        execv(MIXTUI_DEMO_EXE, argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    input = in[1];
    for (size_t n = 0; n < sizeof line - 1 && !strchr(line, '\n');) {
        ssize_t got = read(out[0], line + n, sizeof line - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    close(out[0]);
    assert_int_equal(sscanf(line, "listening on http://127.0.0.1:%d", &port), 1);
}

static int ended(void) {
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    pid = 0;
    close(input);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

static int stop(void **state) {
    (void)state;
    if (pid > 0) {
        kill(pid, SIGTERM);
        assert_int_equal(ended(), 0);
    }
    buf_fini(&answer);
    buf_init(&answer, 16 * MIX_MIB);
    return 0;
}

/* ---- requests ---- */
static int dial(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static bool more(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char chunk[4096];
    if (poll(&p, 1, PATIENCE_MS) <= 0)
        fail_msg("nothing came for %d ms; so far: %s", PATIENCE_MS, buf_str(&answer));
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n > 0)
        buf_add(&answer, chunk, (size_t)n);
    return n > 0;
}

static void put(int fd, const char *text) {
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* `head`: further header lines. Returns the status. */
static int call(const char *request, const char *head, const char *body) {
    char text[4096];
    int fd = dial(), status = 0;
    snprintf(text, sizeof text,
             "%s HTTP/1.1\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s", request,
             strlen(body), head ? head : "Host: localhost\r\n", body);
    put(fd, text);
    buf_clear(&answer);
    while (more(fd)) {
    }
    close(fd);
    sscanf(buf_str(&answer), "HTTP/1.1 %d", &status);
    return status;
}

static int get(const char *path) {
    char request[512];
    snprintf(request, sizeof request, "GET %s", path);
    return call(request, NULL, "");
}

static int post(const char *path, const char *body) {
    char request[512];
    snprintf(request, sizeof request, "POST %s", path);
    return call(request, NULL, body);
}

static bool says(const char *text) { return strstr(buf_str(&answer), text) != NULL; }

static void must_say(const char *text) {
    if (!says(text))
        fail_msg("\"%s\" is missing in: %s", text, buf_str(&answer));
}

/* The value of a string field in the last answer. */
static const char *field(const char *name) {
    static char value[256];
    char key[64];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *at = strstr(buf_str(&answer), key);
    if (!at)
        fail_msg("no field %s in: %s", name, buf_str(&answer));
    at += strlen(key);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "\""), at);
    return value;
}

static void new_session(char id[64], const char *body) {
    assert_int_equal(post("/api/sessions", body), 201);
    snprintf(id, 64, "%s", field("id"));
}

#define LATE_SESSION "{\"title\":\"t\",\"browserMode\":\"local-browser-service\"}"

/* ---- streams ---- */
static int listen_to(const char *session) {
    char text[512];
    int fd = dial();
    snprintf(text, sizeof text, "GET /stream?sessionId=%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
             session);
    put(fd, text);
    return fd;
}

/* Reads on until the text has come; what came before it stays in `answer`. */
/* Reads to the end of the event that has the text: it may come in several pieces. */
static void hear(int fd, const char *text) {
    const char *at;
    while (!(at = strstr(buf_str(&answer), text)) || !strstr(at, "\n\n"))
        if (!more(fd))
            fail_msg("the stream ended before \"%s\": %s", text, buf_str(&answer));
}

static void send_text(const char *session, const char *body, int status) {
    char path[128];
    struct buf heard = answer; /* `answer` is of the request meanwhile */
    buf_init(&answer, 16 * MIX_MIB);
    snprintf(path, sizeof path, "/api/sessions/%s/messages", session);
    int got = post(path, body);
    if (got != status)
        fail_msg("%d instead of %d: %s", got, status, buf_str(&answer));
    buf_fini(&answer);
    answer = heard;
}

static void decide(const char *permission, const char *verb) {
    char path[128];
    struct buf heard = answer;
    buf_init(&answer, 16 * MIX_MIB);
    snprintf(path, sizeof path, "/api/permissions/%s/%s", permission, verb);
    assert_int_equal(post(path, ""), 200);
    buf_fini(&answer);
    answer = heard;
}

/* Each text must come after the one before it. */
static void in_order(const char *const texts[], size_t n) {
    const char *at = buf_str(&answer);
    for (size_t i = 0; i < n; i++) {
        const char *next = strstr(at, texts[i]);
        if (!next)
            fail_msg("\"%s\" is missing or too early in: %s", texts[i], buf_str(&answer));
        at = next + strlen(texts[i]);
    }
}

/* ---- tests ---- */
static void foreign_origins_and_hosts_are_refused(void **state) {
    (void)state;
    start("--speed 0");
    assert_int_equal(call("GET /health", "Host: evil.example\r\n", ""), 403);
    assert_int_equal(call("GET /health", "", ""), 403);
    assert_int_equal(call("GET /health", "Host: localhost\r\nOrigin: http://localhost\r\n", ""),
                     403);
    assert_int_equal(call("OPTIONS /health", "Host: x\r\nOrigin: http://x\r\n", ""), 403);
    assert_int_equal(call("GET /health", "Host: [::1]:80\r\n", ""), 200);
    assert_int_equal(call("GET /health", "Host: 127.3.4.5\r\n", ""), 200);
    assert_false(says("Access-Control"));
}

static void unknown_paths_and_methods_are_answered_in_plain_text(void **state) {
    (void)state;
    start("--generation 0.8.1");
    assert_int_equal(get("/api/nothing"), 404);
    must_say("404 page not found\n");
    must_say("text/plain");
    assert_int_equal(call("DELETE /api/sessions", NULL, ""), 405);
    must_say("Allow: GET, HEAD, POST\r\n");
    assert_int_equal(post("/api/sessions/x/fork", "{\"messageIndex\":1}"), 404);
    assert_int_equal(get("/api/tools/status"), 404);
    assert_int_equal(call("PUT /health", NULL, ""), 200);
}

static void fields_of_another_generation_are_refused_by_name(void **state) {
    static const struct {
        const char *generation, *path, *body, *word;
    } cases[] = {
        {"0.2.5", "/api/sessions/x/messages", "{\"text\":\"\"}", "unknown field \\\"text\\\""},
        {"0.4.5", "/api/sessions/x/messages", "{\"content\":\"\"}",
         "unknown field \\\"content\\\""},
        {"0.6.4", "/api/sessions/x/messages", "{\"text\":\"\",\"thinking_level\":\"-\"}",
         "thinking_level"},
        {"0.7.2", "/api/sessions", "{\"title\":\"\",\"browserMode\":\"-\"}", "browserMode"},
        {"0.8.1", "/api/sessions", "{\"title\":\"x\",\"provider\":\"x\"}",
         "unknown field \\\"provider\\\""},
        {"0.8.1", "/api/sessions", "{\"title\":\"\",\"browserMode\":\"-\"}", "title is required"},
        {"0.8.1", "/api/sessions/x/messages", "{\"text\":\"\"}", "'content'"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        char options[64];
        snprintf(options, sizeof options, "--generation %s", cases[i].generation);
        start(options);
        assert_int_equal(post(cases[i].path, cases[i].body), 400);
        must_say(cases[i].word);
        must_say("\"type\":\"validation_error\"}}\n");
        stop(NULL);
    }
}

static void a_missing_browser_mode_is_the_servers_own_error(void **state) {
    (void)state;
    start("--generation 0.8.1");
    assert_int_equal(post("/api/sessions", "{\"title\":\"x\"}"), 500);
    must_say("\"type\":\"internal_error\"");
    must_say("browserMode is required");
}

static void the_probe_tells_every_generation(void **state) {
    static const struct {
        const char *generation;
        int version;
    } cases[] = {{"0.2.5", GEN_SEED}, {"0.6.4", GEN(0, 6, 4)}, {"0.7.2", GEN(0, 7, 2)},
                 {"0.8.1", GEN_TOP},  {"post", GEN_POST},      {"all", GEN_TOP}};
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct probe p = {0};
        struct probe_request ask;
        char options[64];
        snprintf(options, sizeof options, "--generation %s", cases[i].generation);
        start(options);
        while (probe_next(&p, &ask)) {
            int status =
                ask.method == M_GET ? get(ask.path) : post(ask.path, ask.body ? ask.body : "");
            const char *body = strstr(buf_str(&answer), "\r\n\r\n") + 4;
            probe_feed(&p, status, body, strlen(body));
        }
        if (p.caps.version != cases[i].version)
            fail_msg("%s was taken for %d", cases[i].generation, p.caps.version);
        assert_int_equal(caps_has(&p.caps, OP_SESSION_FORK),
                         cases[i].version < GEN_LATE || !strcmp(cases[i].generation, "all"));
        stop(NULL);
    }
}

static void a_late_turn_streams_asks_waits_and_ends(void **state) {
    static const char *const order[] = {"id: 1\nevent: connected\ndata: {\"sessionId\":",
                                        "retry: 30000\n\n",
                                        "event: user_message_created",
                                        "event: content",
                                        "event: tool_use_start",
                                        "event: tool_use_parameter_delta",
                                        "event: tool_use_parameter_streaming_complete",
                                        "event: tool_execution_start",
                                        "\"toolName\":\"\"",
                                        "event: permission",
                                        "event: tool_execution_complete",
                                        "permission denied\",\"success\":false",
                                        "event: complete"};
    char id[64], ask[64];
    (void)state;
    start("--speed 0 --generation 0.8.1");
    new_session(id, LATE_SESSION);
    buf_clear(&answer);
    int fd = listen_to(id);
    hear(fd, "event: connected");
    send_text(id, "{\"text\":\"run echo <hi>\"}", 202);
    hear(fd, "event: permission");
    hear(fd, "\\u003chi\\u003e\",\"timeout\":0}");
    const char *permission = strstr(buf_str(&answer), "{\"type\":\"permission\",\"id\":\"") + 27;
    snprintf(ask, sizeof ask, "%.36s", permission);
    assert_false(says("tool_execution_complete"));
    decide(ask, "deny");
    hear(fd, "event: complete");
    in_order(order, MIX_COUNT(order));
    close(fd);
}

static void a_granted_command_really_runs(void **state) {
    char id[64], ask[64], path[128];
    (void)state;
    start("--speed 0");
    new_session(id, LATE_SESSION);
    buf_clear(&answer);
    int fd = listen_to(id);
    hear(fd, "event: connected");
    send_text(id, "{\"text\":\"run printf a%sb x; exit 3\"}", 202);
    hear(fd, "event: permission");
    hear(fd, "\"timeout\":0}");
    snprintf(ask, sizeof ask, "%.36s",
             strstr(buf_str(&answer), "{\"type\":\"permission\",\"id\":\"") + 27);
    decide(ask, "grant");
    hear(fd, "event: complete");
    must_say("\"success\":true"); /* an exit code is no failure */
    close(fd);
    snprintf(path, sizeof path, "/api/sessions/%s/messages", id);
    get(path);
    must_say("\"result\":\"axb\\nExit code 3\"");
}

static void an_early_turn_answers_after_its_end(void **state) {
    char id[64], path[128];
    (void)state;
    start("--speed 0 --generation 0.2.5");
    new_session(id, "{\"title\":\"t\"}");
    buf_clear(&answer);
    int fd = listen_to(id);
    hear(fd, "event: connected");
    send_text(id, "{\"content\":\"table\"}", 200);
    hear(fd, "event: complete");
    must_say("event: tool\n");
    must_say("\"name\":\"glob\"");
    assert_false(says("tool_use"));
    assert_false(says("user_message_created"));
    snprintf(path, sizeof path, "/api/sessions/%s/messages", id);
    post(path, "{\"content\":\"table\"}");
    must_say("\"role\":\"user\",\"userInput\":\"table\",\"assistantResponse\":\"| File");
    close(fd); /* only now: closing it would cancel the second turn */
}

static void a_cancelled_turn_ends_with_two_errors(void **state) {
    char id[64], path[128];
    (void)state;
    start("--speed 20");
    new_session(id, LATE_SESSION);
    buf_clear(&answer);
    int fd = listen_to(id);
    hear(fd, "event: connected");
    send_text(id, "{\"text\":\"long\"}", 202);
    hear(fd, "event: content");
    struct buf heard = answer;
    buf_init(&answer, MIX_MIB);
    snprintf(path, sizeof path, "/api/sessions/%s/cancel", id);
    assert_int_equal(post(path, ""), 200);
    must_say("{\"status\":\"cancelled\",\"sessionId\":");
    buf_fini(&answer);
    answer = heard;
    hear(fd, "request cancelled by user");
    const char *first = strstr(buf_str(&answer), "request cancelled by user");
    size_t at = (size_t)(first - buf_str(&answer));
    while (!strstr(buf_str(&answer) + at + 1, "request cancelled by user"))
        assert_true(more(fd));
    assert_false(says("event: complete"));
    close(fd);
}

/* The one sub-agent there is, as soon as it is listed. */
static void find_child(char child[64]) {
    const char *row = NULL;
    while (!row) {
        get("/api/sessions?includeSubagents=true");
        row = strstr(buf_str(&answer), "\"sessionType\":\"subagent\"");
    }
    while (strncmp(row, "{\"id\":\"", 7) != 0)
        row--;
    snprintf(child, 64, "%.36s", row + 7);
    get("/api/sessions");
    assert_false(says(child));
}

static void a_sub_agent_asks_on_its_own_stream_only(void **state) {
    char id[64], child[64], ask[64];
    (void)state;
    start("--speed 1");
    new_session(id, LATE_SESSION);
    buf_clear(&answer);
    int fd = listen_to(id);
    hear(fd, "event: connected");
    send_text(id, "{\"text\":\"task run ls\"}", 202);
    struct buf heard = answer;
    buf_init(&answer, MIX_MIB);
    find_child(child);
    buf_clear(&answer);
    int other = listen_to(child);
    hear(other, "\"timeout\":0}");
    snprintf(ask, sizeof ask, "%.36s",
             strstr(buf_str(&answer), "{\"type\":\"permission\",\"id\":\"") + 27);
    decide(ask, "grant");
    close(other);
    buf_fini(&answer);
    answer = heard;
    hear(fd, "event: complete");
    must_say("\"parentToolCallId\":\"toolu_");
    assert_false(says("event: permission"));
    close(fd);
}

static void a_sub_agent_is_heard_by_its_parent_once_events_name_the_call(void **state) {
    static const struct {
        const char *options, *tool;
        int status;
        bool heard;
    } rows[] = {
        {"--speed 0 --generation 0.6.4", "\"name\":\"glob\"", 200, false},
        {"--speed 0 --generation 0.7.2", "\"name\":\"Glob\"", 202, true},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        char id[64];
        start(rows[i].options);
        new_session(id, "{\"title\":\"t\"}");
        buf_clear(&answer);
        int fd = listen_to(id);
        hear(fd, "event: connected");
        send_text(id, "{\"text\":\"task look\"}", rows[i].status);
        hear(fd, "event: complete");
        must_say("The sub-agent reports");
        assert_int_equal(says(rows[i].tool), rows[i].heard);
        assert_int_equal(says("\"parentToolCallId\":\"toolu_"), rows[i].heard);
        close(fd);
        stop(NULL);
    }
}

static void an_unknown_session_is_told_on_the_stream_and_no_id_is_400(void **state) {
    (void)state;
    start("");
    assert_int_equal(get("/stream?sessionId=nope"), 200);
    must_say("event: error\ndata: {\"error\":\"Invalid session ID: nope\"}");
    assert_int_equal(get("/stream"), 400);
    assert_string_equal(strstr(buf_str(&answer), "\r\n\r\n"), "\r\n\r\n");
}

static void streams_beat_and_are_cut_without_a_closing_chunk(void **state) {
    (void)state;
    start("--time-scale 1000");
    get("/api/sessions");
    char id[64];
    snprintf(id, sizeof id, "%s", field("id"));
    buf_clear(&answer);
    int fd = listen_to(id);
    while (more(fd)) {
    }
    must_say("event: heartbeat\ndata: {\"type\":\"ping\"}\nretry: 45000\n\n");
    assert_false(says("\r\n0\r\n\r\n"));
    close(fd);
}

static void faults_hit_the_call_they_name(void **state) {
    (void)state;
    start("--fault health:2:status=503 --fault listCommands:1:html --fault system-info:*:garbage");
    assert_int_equal(get("/health"), 200);
    assert_int_equal(get("/health"), 503);
    assert_int_equal(get("/health"), 200);
    assert_int_equal(get("/api/commands"), 502);
    must_say("<html>");
    assert_int_equal(get("/api/system/info"), 200);
    must_say("half a");
}

static void it_ends_with_its_input_or_a_signal(void **state) {
    (void)state;
    start("--exit-with-stdin");
    char id[64];
    get("/api/sessions");
    snprintf(id, sizeof id, "%s", field("id"));
    buf_clear(&answer);
    int fd = listen_to(id);
    hear(fd, "event: connected");
    close(input);
    input = -1;
    assert_int_equal(ended(), 0);
    close(fd);
    start("");
    kill(pid, SIGINT);
    assert_int_equal(ended(), 0);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    buf_init(&answer, 16 * MIX_MIB);
#define TEST(f) cmocka_unit_test_teardown(f, stop)
    const struct CMUnitTest tests[] = {
        TEST(foreign_origins_and_hosts_are_refused),
        TEST(unknown_paths_and_methods_are_answered_in_plain_text),
        TEST(fields_of_another_generation_are_refused_by_name),
        TEST(a_missing_browser_mode_is_the_servers_own_error),
        TEST(the_probe_tells_every_generation),
        TEST(a_late_turn_streams_asks_waits_and_ends),
        TEST(a_granted_command_really_runs),
        TEST(an_early_turn_answers_after_its_end),
        TEST(a_cancelled_turn_ends_with_two_errors),
        TEST(a_sub_agent_asks_on_its_own_stream_only),
        TEST(a_sub_agent_is_heard_by_its_parent_once_events_name_the_call),
        TEST(an_unknown_session_is_told_on_the_stream_and_no_id_is_400),
        TEST(streams_beat_and_are_cut_without_a_closing_chunk),
        TEST(faults_hit_the_call_they_name),
        TEST(it_ends_with_its_input_or_a_signal),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_fini(&answer);
    return failed;
}
