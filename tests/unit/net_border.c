/* The border with main: a main that lags, a ring that is full, idleness, and the end at any moment.
 */
#include "net_help.h"

#include <dirent.h>
#include <time.h>
#include <unistd.h>

/* An end that waited would wait for a timeout of 10 s or more; a busy machine takes its time too.
 */
enum { EVENTS = 200000, PROMPT = 4000 };

#define HELLO                                                                                      \
    { STEP_SEND, 0, SSE("connected", "{\"sessionId\":\"s1\"}") }
#define HOLD                                                                                       \
    { STEP_HOLD, 0, NULL }
#define END                                                                                        \
    { STEP_END, 0, NULL }

static void sleep_ms(int ms) {
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L};

    nanosleep(&t, NULL);
}

/* A whole file below /proc/self/task/<the worker>. */
static void read_worker(const char *file, char *out, size_t max) {
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *entry;
    char path[320], name[32];

    assert_non_null(tasks);
    *out = '\0';
    while (!*out && (entry = readdir(tasks))) {
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *f = fopen(path, "r");
        const bool mine = f && fgets(name, sizeof name, f) && strcmp(name, "net\n") == 0;

        if (f)
            fclose(f);
        snprintf(path, sizeof path, "/proc/self/task/%s/%s", entry->d_name, file);
        f = mine ? fopen(path, "r") : NULL;
        if (f) {
            out[fread(out, 1, max - 1, f)] = '\0';
            fclose(f);
        }
    }
    closedir(tasks);
    assert_true(*out);
}

static long worker_switches(void) {
    static const char name[] = "\nvoluntary_ctxt_switches:";
    char text[4096];

    read_worker("status", text, sizeof text);
    const char *at = strstr(text, name);

    assert_non_null(at);
    return strtol(at + strlen(name), NULL, 10);
}

/* Of CPU, user and system. */
static long worker_ticks(void) {
    char text[1024];

    read_worker("stat", text, sizeof text);
    char *at = strrchr(text, ')');

    assert_non_null(at);
    for (int field = 2; field < 14; field++)
        at = strchr(at + 1, ' ');
    const long user = strtol(at, &at, 10);

    return user + strtol(at, NULL, 10);
}

/* ---- a main that lags ---- */
static void nothing_is_lost_when_main_does_not_look(void **state) {
    (void)state;
    static const struct step steps[] = {
        HELLO,
        {STEP_MANY, EVENTS,
         SSE("tool_execution_start", "{\"toolCallId\":\"t%d\",\"progress\":\"x\"}")},
        HOLD,
        END};
    struct box b;
    int next = 0;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    const uint32_t id = box_stream(&b, "s1");

    box_link(&b, id, LINK_LIVE, 0);
    /* Until the worker has taken all it will take: then it sleeps, although its socket is readable.
     * A busy machine may keep it from running for a while: both counts have to stand still. */
    long before = worker_switches(), ticks = worker_ticks();

    for (int i = 0, still = 0; i < 200 && still < 4; i++) {
        sleep_ms(100);
        const long now = worker_switches(), used = worker_ticks();

        still = now == before && used == ticks ? still + 1 : 0;
        before = now;
        ticks = used;
    }
    assert_int_equal(standin_streams(b.server),
                     0); /* the server is not done: the stream is paused */
    sleep_ms(300);
    assert_true(worker_switches() - before <= 1);
    assert_true(worker_ticks() - ticks <= 1);
    const uint32_t call = box_call(&b, OP_HEALTH, NULL, 0, NULL); /* goes out all the same */

    assert_int_equal(standin_wait(b.server, "GET", "/health", 1, PATIENCE), 1);
    bool gap = false, answered = false;

    for (const int64_t until = clock_now() + 20000; next < EVENTS && clock_now() < until;) {
        box_pump(&b, 50);
        for (size_t i = 0; i < b.n; i++) {
            gap |= b.items[i]->kind == IN_LINK && b.items[i]->gap;
            answered |= b.items[i]->request == call && b.items[i]->kind == IN_REPLY;
            for (const struct wire_event *e = b.items[i]->events; e; e = e->next)
                if (e->kind == EV_EXECUTION_START && atoi(e->data.tool_call_id + 1) != next++)
                    fail_msg("%s came as number %d", e->data.tool_call_id, next - 1);
            incoming_free(b.items[i]);
        }
        b.n = 0;
    }
    assert_int_equal(next, EVENTS);
    assert_true(gap);
    assert_true(answered);
    box_cancel(&b, id);
    box_wait(&b, id, IN_FAIL, 0);
    box_close(&b);
}

static void deltas_are_joined_when_main_does_not_look(void **state) {
    (void)state;
    static const struct step steps[] = {
        HELLO,
        {STEP_MANY, EVENTS,
         SSE("content", "{\"type\":\"content\",\"content\":\"%d,\",\"assistantMessageId\":\"m\"}")},
        {STEP_SEND, 0, SSE("complete", "{\"type\":\"complete\",\"done\":true}")},
        HOLD,
        END};
    struct box b;
    long next = 0;
    size_t events = 0;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    const uint32_t id = box_stream(&b, "s1");

    for (int i = 0; i < 500 && standin_streams(b.server) < 1; i++)
        sleep_ms(10);
    assert_int_equal(standin_streams(b.server), 1); /* all of it fits */
    struct buf all;

    buf_init(&all, 16 * MIX_MIB);
    for (bool done = false; !done;) {
        box_pump(&b, PATIENCE);
        assert_true(b.n > 0);
        for (size_t i = 0; i < b.n; i++) {
            assert_false(b.items[i]->gap);
            for (const struct wire_event *e = b.items[i]->events; e; e = e->next) {
                events++;
                done |= e->kind == EV_COMPLETE;
                if (e->kind == EV_CONTENT)
                    assert_int_equal(buf_adds(&all, e->data.content), RC_OK);
            }
            incoming_free(b.items[i]);
        }
        b.n = 0;
    }
    for (char *at = all.p; *at; next++) {
        char *end;

        assert_int_equal(strtol(at, &end, 10), next);
        assert_int_equal(*end, ',');
        at = end + 1;
    }
    assert_int_equal(next, EVENTS);
    assert_true(events < EVENTS / 20);
    buf_fini(&all);
    box_cancel(&b, id);
    box_wait(&b, id, IN_FAIL, 0);
    box_close(&b);
}

static void a_full_ring_of_commands_is_said(void **state) {
    (void)state;
    struct box b;
    int refused = 0;

    box_open(&b, 1);
    for (int i = 0; i < 20000; i++) {
        struct request *r = request_new(REQ_CANCEL, OP_COUNT);

        while (net_send(b.net, r) == RC_BUSY) {
            refused++;
            sleep_ms(1);
        }
    }
    print_message("busy %d times\n", refused);
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
    box_close(&b);
}

/* ---- idle ---- */
static void idle_streams_wake_nobody(void **state) {
    (void)state;
    static const struct step steps[] = {HELLO, HOLD, END};
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    for (int i = 0; i < 3; i++)
        box_link(&b, box_stream(&b, "s1"), LINK_LIVE, 0);
    box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
    sleep_ms(200);
    box_pump(&b, 0);
    const long before = worker_switches();

    assert_true(before > 0);
    sleep_ms(2500);
    assert_true(worker_switches() - before <= 1);
    box_expect_quiet(&b, 1);
    box_close(&b);
}

/* ---- the end ---- */
static void the_end_is_quick_in_the_middle_of_everything(void **state) {
    (void)state;
    static const struct step hold[] = {HELLO, HOLD, END};
    static const struct step flood[] = {
        HELLO, {STEP_MANY, 1 << 30, SSE("complete", "{\"content\":\"%d\"}")}, END};
    char dir[] = "/tmp/mix_net_border.XXXXXX", path[64], part[80];
    struct box b;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/f", dir);
    snprintf(part, sizeof part, "%s.part", path);
    for (int round = 0; round < 8; round++) {
        box_open(&b, 1);
        standin_on(b.server, "GET", "/stream?sessionId=hold", &(struct answer){.steps = hold});
        standin_on(b.server, "GET", "/stream?sessionId=flood", &(struct answer){.steps = flood});
        standin_on(b.server, "GET", "/stream", &(struct answer){.status = 503});
        standin_on(b.server, "GET", "/api/sessions/s1/messages",
                   &(struct answer){.manner = ANSWER_ENDLESS, .body = "[                "});
        standin_on(b.server, "GET", "/api/sessions/s1/files",
                   &(struct answer){.manner = ANSWER_ENDLESS, .body = "[                "});
        standin_on(b.server, "GET", "/health", &(struct answer){.status = 503});
        standin_on(b.server, "POST", "/", &(struct answer){.manner = ANSWER_SILENT});
        box_stream(&b, "hold");
        box_stream(&b, "flood");
        box_stream(&b, "trouble");
        CALL(&b, OP_MESSAGES_LIST, NULL, (struct session_ref){.id = "s1"});
        CALL(&b, OP_MESSAGE_SEND, NULL, (struct message_send){.id = "s1", .text = "x"});
        CALL(&b, OP_FILE_GET, path, (struct file_ref){.id = "s1", .name = "f"});
        CALL(&b, OP_FILE_UPLOAD, "/proc/self/exe", (struct session_ref){.id = "s1"});
        box_call(&b, OP_HEALTH, NULL, 0, NULL);
        sleep_ms(round * 20);
        if (round % 2 > 0)
            box_pump(&b, 0);
        const int64_t start = clock_now();

        net_free(TAKE(b.net));
        assert_true(clock_now() - start < PROMPT);
        assert_int_equal(access(part, F_OK), -1);
        box_close(&b);
    }
    assert_int_equal(rmdir(dir), 0);
}

static void the_end_does_not_wait_for_a_deaf_server(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    standin_deaf(b.server);
    for (int i = 0; i < 100; i++) /* more than the kernel takes on its own */
        CALL(&b, OP_MESSAGE_SEND, NULL, (struct message_send){.id = "s1", .text = "x"});
    sleep_ms(50);
    const int64_t start = clock_now();

    net_free(TAKE(b.net));
    assert_true(clock_now() - start < PROMPT);
    box_close(&b);
}

static void the_end_does_not_wait_for_a_name(void **state) {
    (void)state;
    struct net *n = net_at("http://nobody.invalid:1", 1);
    struct box b = {.net = n};

    box_call(&b, OP_HEALTH, NULL, 0, NULL);
    sleep_ms(10);
    const int64_t start = clock_now();

    net_free(n);
    assert_true(clock_now() - start < PROMPT);
    net_free(NULL);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_when_main_does_not_look),
        cmocka_unit_test(deltas_are_joined_when_main_does_not_look),
        cmocka_unit_test(a_full_ring_of_commands_is_said),
        cmocka_unit_test(idle_streams_wake_nobody),
        cmocka_unit_test(the_end_is_quick_in_the_middle_of_everything),
        cmocka_unit_test(the_end_does_not_wait_for_a_deaf_server),
        cmocka_unit_test(the_end_does_not_wait_for_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
