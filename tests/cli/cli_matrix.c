/* Every operation of the table by `mixtui api` against the demo in every generation: it works where
 * the table says that it exists, and is refused cleanly elsewhere. MIX_TABLE=FILE: what was tried
 * goes there, for the table of the README. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mix/wire.h"
#include "run.h"

static const struct {
    const char *name;
    int version;
    bool fork;
} generations[] = {
    {"0.2.5", GEN_SEED, false},     {"0.4.5", GEN(0, 4, 5), false}, {"0.6.4", GEN(0, 6, 4), false},
    {"0.7.2", GEN(0, 7, 2), false}, {"0.8.1", GEN_TOP, false},      {"post", GEN_POST + 1, false},
    {"all", GEN_TOP, true},
};
enum { N_GENERATIONS = MIX_COUNT(generations) };
static char results[OP_COUNT][N_GENERATIONS]; /* '+' worked, '-' refused as it should be */

/* What the parameters are filled in with. */
struct things {
    int version;
    char session[64], spare[64], message[64], file[64], notification[64];
};

static bool is_known(int version, int since, int until) {
    return version >= since && version <= until;
}

/* ---- parameters of each operation ---- */
static const char *sent_text(const struct things *t) {
    return t->version < GEN(0, 4, 5) ? "--content" : "--text";
}

/* The words behind the operation's name; {x} stands for a thing. */
static const char *parameters(enum op op, const struct things *t) {
    switch ((int)op) {
    case OP_SESSION_CREATE:
        return t->version >= GEN_LATE ? "--title Made --browser-mode local-browser-service"
                                      : "--title Made";
    case OP_SESSION_DELETE:
        return "--id {spare}";
    case OP_SESSION_CALLBACKS:
        return "--id {session} --callbacks "
               "[{\"toolName\":\"*\",\"type\":\"send_message\",\"messageContent\":\"x\"}]";
    case OP_SESSION_REWIND:
        return "--id {session} --messageId {message} --cleanup-media=false";
    case OP_SESSION_FORK:
        return "--id {session} --messageIndex 1";
    case OP_SESSION_GET:
    case OP_SESSION_CANCEL:
    case OP_SESSION_EXPORT:
    case OP_MESSAGES_LIST:
    case OP_FILES_LIST:
        return "--id {session}";
    case OP_MESSAGE_SEND:
        if (t->version == GEN(0, 4, 5))
            return "--id {session} --text hello --media [] --apps [] --plan_mode=false";
        return t->version < GEN(0, 4, 5) ? "--id {session} --content hello"
                                         : "--id {session} --text hello";
    case OP_MESSAGES_HISTORY:
        return "--limit 5 --offset 0";
    case OP_PERMISSION_GRANT:
    case OP_PERMISSION_DENY:
        return "--id nothing"; /* servers answer 200 to every id */
    case OP_NOTIFICATION_RESPOND:
        return "--id {notification} --type choice --value {choice}";
    case OP_FILE_UPLOAD:
        return "--id {session} --file {path}";
    case OP_FILE_GET:
    case OP_FILE_DELETE:
        return "--id {session} --filename {file}";
    case OP_AUTH_API_KEY:
        return "--provider openrouter --api_key @{key}";
    case OP_AUTH_OAUTH_START:
        return "--provider anthropic";
    case OP_AUTH_OAUTH_CALLBACK:
        return "--provider anthropic --code @{code}";
    case OP_AUTH_DELETE:
        return "--provider openrouter";
    case OP_PREFERENCES_UPDATE:
        return "--preferred_provider anthropic";
    case OP_COMMAND_GET:
        return "--name help";
    case OP_STREAM:
        return "--sessionId {session} --count 1";
    case OP_STREAM_MESSAGE:
        return "--id {session} --content hello";
    default:
        return "";
    }
}

static const char *thing(const struct things *t, const char *name, size_t n) {
    const struct {
        const char *name, *value;
    } all[] = {
        {"session", t->session},
        {"spare", t->spare},
        {"message", t->message},
        {"notification", t->notification},
        {"file", t->file},
        {"path", screen_path("notes.txt")},
        {"choice", "yes"},
        {"key", screen_path("key")},
        {"code", screen_path("code")},
    };

    for (size_t i = 0; i < MIX_COUNT(all); i++)
        if (strlen(all[i].name) == n && strncmp(all[i].name, name, n) == 0)
            return all[i].value;
    fail_msg("nothing is called %.*s", (int)n, name);
    return "";
}

static const struct run *call(enum op op, const struct things *t, const char *name) {
    static char text[4096];
    const char *words[RUN_WORDS] = {"api", name};
    size_t n = 2, used = 0;

    for (const char *p = parameters(op, t); *p; p += strspn(p, " ")) {
        words[n++] = text + used;
        for (; *p && *p != ' ';) {
            const size_t len =
                *p == '{' && strchr("abcdefghijklmnopqrstuvwxyz", p[1]) ? strcspn(p + 1, "}") : 0;

            if (len > 0)
                used +=
                    (size_t)snprintf(text + used, sizeof text - used, "%s", thing(t, p + 1, len));
            else
                text[used++] = *p;
            p += len > 0 ? len + 2 : 1;
        }
        text[used++] = '\0';
    }
    words[n] = NULL;
    return run(words);
}

/* ---- preparing ---- */
static void make_session(const struct things *t, char id[64], const char *title) {
    const struct run *r = t->version >= GEN_LATE ? RUN("api", "session-create", "--title", title,
                                                       "--browserMode", "local-browser-service")
                                                 : RUN("api", "session-create", "--title", title);

    assert_code(r, 0);
    snprintf(id, 64, "%s", run_string(buf_str(&r->out), "id", 0));
    assert_true(*id);
}

static const struct run *send(const struct things *t, const char *text) {
    if (t->version == GEN(0, 4, 5))
        return RUN("api", "message-send", "--id", t->session, "--text", text, "--media", "[]",
                   "--apps", "[]", "--plan_mode=false");
    return RUN("api", "message-send", "--id", t->session, sent_text(t), text);
}

/* A turn that is over: its first message can be rewound to. */
static void make_message(struct things *t) {
    assert_code(send(t, "hello"), 0);
    for (int64_t until = clock_now() + RUN_MS; clock_now() < until;) {
        const struct run *r = RUN("api", "message-list", "--id", t->session);

        assert_code(r, 0);
        snprintf(t->message, sizeof t->message, "%s", run_string(buf_str(&r->out), "id", 0));
        if (strstr(buf_str(&r->out), "\"assistantResponse\""))
            return;
        screen_pause_alone(50);
    }
    fail_msg("no answer to a message");
}

/* The agent asks, and its question is heard on the stream. */
static void make_notification(struct things *t) {
    struct run *stream = run_start(
        (const char *const[]){"api", "stream", "--sessionId", t->session, "--json", NULL});

    run_until(stream, "\"connected\"");
    assert_code(send(t, "ask me"), 0);
    run_until(stream, "\"event\":\"notification\"");
    run_until(stream, "\"createdAt\""); /* the whole line */
    const char *line = strstr(buf_str(&stream->out), "\"event\":\"notification\"");

    snprintf(t->notification, sizeof t->notification, "%s",
             run_string(strstr(line, "\"data\""), "id", 0));
    run_free(stream);
}

/* One that others may read is refused. */
static void secret_file(const char *name, const char *text) {
    assert_int_equal(chmod(screen_file(name, text), 0600), 0);
}

static void prepare(struct things *t) {
    make_session(t, t->session, "Matrix");
    make_session(t, t->spare, "Spare");
    make_message(t);
    snprintf(t->notification, sizeof t->notification, "nothing");
    snprintf(t->file, sizeof t->file, "notes.txt");
    screen_file("notes.txt", "a line\n");
    secret_file("key", "sk-or-0123456789012345678901234567890123456789\n");
}

/* What a person copies from the browser; a newer flow makes the state of an older one useless. */
static void make_code(void) {
    const struct run *r = RUN("api", "auth-oauth-start", "--provider", "anthropic");
    char code[300];

    assert_code(r, 0);
    snprintf(code, sizeof code, "demo#%s\n", run_string(buf_str(&r->out), "state", 0));
    secret_file("code", code);
}

/* ---- the walk ---- */
/* Published up to 0.8.1, and not answered by the servers of 0.8. */
static bool unrouted(enum op op, size_t g) {
    return op == OP_TOOLS_STATUS && is_known(generations[g].version, GEN_LATE, GEN_TOP);
}

static bool exists(enum op op, size_t g) {
    const struct op_spec *s = op_spec(op);

    if (op == OP_SESSION_FORK && generations[g].fork)
        return true;
    if (unrouted(op, g))
        return false;
    return is_known(generations[g].version, s->since, s->until);
}

/* A refusal is one line that says so. */
static bool is_refused(const struct run *r) {
    const char *err = buf_str(&r->err);

    return r->code == 5 && r->out.n == 0 && strstr(err, "server answered 40") &&
           strchr(err, '\n') == err + strlen(err) - 1;
}

static void try_operation(enum op op, struct things *t, size_t g) {
    const struct op_spec *s = op_spec(op);
    const char *const names[] = {s->sdk_name, *s->operation_id ? s->operation_id : s->short_name,
                                 s->short_name};

    if (op == OP_NOTIFICATION_RESPOND && exists(op, g))
        make_notification(t);
    if (op == OP_AUTH_OAUTH_CALLBACK)
        make_code();
    /* each of its names is used in some generation */
    const struct run *r = call(op, t, names[g % MIX_COUNT(names)]);

    if (exists(op, g) ? r->code != 0 : !is_refused(r)) {
        char why[160];

        snprintf(why, sizeof why, "%s against %s should %s", s->sdk_name, generations[g].name,
                 exists(op, g) ? "work" : "be refused");
        run_failed(r, why, __FILE__, __LINE__);
    }
    results[op][g] = exists(op, g) ? '+' : '-';
}

static void walk(size_t g) {
    struct things t = {.version = generations[g].version};
    struct peer *demo =
        demo_start((const char *[]){"--generation", generations[g].name, "--speed", "0", NULL});

    run_server(demo->url);
    prepare(&t);
    for (int op = 0; op < OP_COUNT; op++)
        if (op != OP_SESSION_REWIND)
            try_operation((enum op)op, &t, g);
    try_operation(OP_SESSION_REWIND, &t, g); /* what it removes others want */
}

#define WALK(name, g)                                                                              \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        walk(g);                                                                                   \
    }
WALK(every_operation_against_0_2_5, 0)
WALK(every_operation_against_0_4_5, 1)
WALK(every_operation_against_0_6_4, 2)
WALK(every_operation_against_0_7_2, 3)
WALK(every_operation_against_0_8_1, 4)
WALK(every_operation_against_post, 5)
WALK(every_operation_against_all, 6)

/* ---- the table of the README ---- */
static const char *outcome(enum op op, size_t g) {
    return results[op][g] == '+' ? "tried" : unrouted(op, g) ? "unrouted" : "absent";
}

/* tests/table.awk makes the table of these lines. */
static void no_operation_was_left_out(void **state) {
    const char *path = getenv("MIX_TABLE");

    (void)state;
    if (getenv("TEST"))
        return; /* only some were asked for */
    FILE *f = path ? fopen(path, "a") : NULL;

    for (int op = 0; op < OP_COUNT; op++)
        for (size_t g = 0; g < N_GENERATIONS; g++) {
            assert_true(results[op][g] == '+' || results[op][g] == '-');
            if (f)
                fprintf(f, "%s\t%s\t%s\tapi\n", outcome((enum op)op, g),
                        op_spec((enum op)op)->sdk_name, generations[g].name);
        }
    if (f)
        fclose(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_operation_against_0_2_5, run_teardown),
        cmocka_unit_test_teardown(every_operation_against_0_4_5, run_teardown),
        cmocka_unit_test_teardown(every_operation_against_0_6_4, run_teardown),
        cmocka_unit_test_teardown(every_operation_against_0_7_2, run_teardown),
        cmocka_unit_test_teardown(every_operation_against_0_8_1, run_teardown),
        cmocka_unit_test_teardown(every_operation_against_post, run_teardown),
        cmocka_unit_test_teardown(every_operation_against_all, run_teardown),
        cmocka_unit_test(no_operation_was_left_out),
    };

    return screen_run(tests);
}
