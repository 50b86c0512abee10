/* Parameters as flags: every operation of the table, and what a request is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "mix/pretty.h"

/* ---- the table ---- */
static bool in_table(const struct flag_table *t, const char *name) {
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->rows[i].name, name))
            return true;
    return false;
}

static void no_parameter_is_named_like_another_flag(void **state) {
    const struct cli_command *api = cli_find("api");

    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        struct api_call c;

        api_call_init(&c, (enum op)op);
        for (size_t i = 0; i < c.table.n; i++) {
            const char *name = c.table.rows[i].name;

            assert_false(in_table(&api->flags, name));
            assert_false(in_table(&connect_flag_table, name));
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(c.table.rows[k].name, name);
        }
        api_call_fini(&c);
    }
}

static void every_field_has_a_flag_in_both_spellings(void **state) {
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        struct field_view f;
        struct api_call c;

        api_call_init(&c, (enum op)op);
        for (size_t i = 0; c.spec->in && shape_field(c.spec->in, i, &f); i++) {
            char wire[64];

            (void)snprintf(wire, sizeof wire, "--%s", f.name);
            assert_true(in_table(&c.table, wire));
        }
        for (size_t i = 0; i < c.n_params; i++) {
            assert_true(in_table(&c.table, c.params[i].kebab));
            assert_null(strpbrk(c.params[i].kebab, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
        }
        api_call_fini(&c);
    }
}

static void every_operation_has_help_with_its_generations(void **state) {
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        struct api_call c;
        struct buf text;

        api_call_init(&c, (enum op)op);
        buf_init(&text, MIX_MIB);
        api_help(&text, &c);
        assert_non_null(strstr(text.p, c.spec->path));
        assert_non_null(strstr(text.p, "server generations: "));
        for (size_t i = 0; i < c.n_params; i++)
            assert_non_null(strstr(text.p, c.params[i].flag));
        buf_fini(&text);
        api_call_fini(&c);
    }
}

static void all_three_names_are_listed_and_found(void **state) {
    struct buf text;

    (void)state;
    buf_init(&text, MIX_MIB);
    api_list(&text);
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = op_spec((enum op)op);

        assert_non_null(strstr(text.p, s->sdk_name));
        assert_non_null(strstr(text.p, s->operation_id));
        assert_non_null(strstr(text.p, s->short_name));
        assert_int_equal(op_by_name(s->sdk_name), op);
        assert_int_equal(op_by_name(s->short_name), op);
    }
    buf_fini(&text);
}

static void a_wrong_name_is_answered_with_near_ones(void **state) {
    static const struct {
        const char *typed, *near;
    } cases[] = {
        {"sessions.lst", "sessions.list"},
        {"Sessions.List", "sessions.list"},
        {"listSession", "sessions.list"},
        {"session-lits", "sessions.list"},
        {"sessions.create_session", "sessions.create"},
        {"upload", "files.upload_session_file"},
        {"fork", "sessions.fork"},
        {"api_key", "authentication.store_api_key"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct err err = {0};

        api_unknown(&err, cases[i].typed);
        if (err.rc != RC_USAGE || !strstr(err.text, cases[i].near))
            fail_msg("%s: %s", cases[i].typed, err.text);
    }
    struct err err = {0};

    api_unknown(&err, "qqqqqqqqqqqqqqqqqqqqqqqq");
    assert_null(strstr(err.text, "near"));
}

/* ---- requests ---- */
static enum rc give(struct api_call *c, const char *const *words, struct err *err) {
    char *argv[24] = {NULL};
    int argc = 1;
    struct flag_reader r = {.at = 1, .tables = &c->table, .n_tables = 1, .usage = "x"};
    enum rc rc = RC_OK;

    for (; words[argc - 1]; argc++)
        argv[argc] = strdup(words[argc - 1]);
    r.argc = argc;
    r.argv = argv;
    for (;;) {
        struct flag_given g;

        rc = flags_next(&r, &g, err);
        if (rc != RC_OK || (!g.flag && !g.value))
            break;
        assert_non_null(g.flag);
        if ((rc = api_take(c, &g, err)) != RC_OK)
            break;
    }
    for (int i = 1; i < argc; i++)
        free(argv[i]);
    return rc;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_request_is_exactly_what_was_given(void **state) {
    static const struct {
        enum op op;
        const char *words[12];
        const char *target, *body;
    } cases[] = {
        {OP_SESSIONS_LIST, {NULL}, "/api/sessions", NULL},
        {OP_SESSIONS_LIST, {"--include-subagents"}, "/api/sessions?includeSubagents=true", NULL},
        {OP_SESSIONS_LIST,
         {"--includeSubagents=false"},
         "/api/sessions?includeSubagents=false",
         NULL},
        {OP_MESSAGES_HISTORY, {"--offset", "0"}, "/api/messages/history?offset=0", NULL},
        {OP_MESSAGES_HISTORY,
         {"--offset", "-3", "--limit", "2"},
         "/api/messages/history?limit=2&offset=-3",
         NULL},
        {OP_FILE_GET,
         {"--id", "a/b", "--filename", "\xc3\xa9 #?.png", "--thumb", "w100", "--time", "1.50"},
         "/api/sessions/a%2Fb/files/%C3%A9%20%23%3F.png?thumb=w100&time=1.50",
         NULL},
        {OP_SESSION_CREATE, {"--title", "T"}, "/api/sessions", "{\"title\":\"T\"}"},
        {OP_SESSION_CREATE,
         {"--callbacks", "[ {} ]", "--title=a\"b", "--browser-mode", "x"},
         "/api/sessions",
         "{\"title\":\"a\\\"b\",\"browserMode\":\"x\",\"callbacks\":[ {} ]}"},
        {OP_SESSION_REWIND,
         {"--id", "s", "--message-id", "m"},
         "/api/sessions/s/rewind",
         "{\"messageId\":\"m\"}"},
        {OP_SESSION_REWIND,
         {"--id", "s", "--messageId", "m", "--cleanupMedia=false"},
         "/api/sessions/s/rewind",
         "{\"messageId\":\"m\",\"cleanupMedia\":false}"},
        {OP_SESSION_FORK,
         {"--id", "s", "--message-index", "0"},
         "/api/sessions/s/fork",
         "{\"messageIndex\":0}"},
        {OP_MESSAGE_SEND,
         {"--id", "s", "--text", "@@home", "--plan_mode", "--max-steps", "3"},
         "/api/sessions/s/messages",
         "{\"text\":\"@home\",\"plan_mode\":true,\"max_steps\":3}"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct api_call c;
        struct buf target, body;
        struct err err = {0};

        api_call_init(&c, cases[i].op);
        buf_init(&target, MIX_MIB);
        buf_init(&body, MIX_MIB);
        assert_int_equal(give(&c, cases[i].words, &err), RC_OK);
        assert_int_equal(api_complete(&c, false, &err), RC_OK);
        assert_int_equal(api_target(&target, &c, &err), RC_OK);
        assert_string_equal(buf_str(&target), cases[i].target);
        if (cases[i].body) {
            assert_int_equal(api_body(&body, &c, &err), RC_OK);
            assert_string_equal(buf_str(&body), cases[i].body);
            assert_int_equal(json_check(body.p, body.n, NULL), RC_OK);
        }
        buf_fini(&target);
        buf_fini(&body);
        api_call_fini(&c);
    }
}

static const char *wrong_for(enum field_type type) {
    switch (type) {
    case FIELD_BOOL:
        return "=perhaps";
    case FIELD_INT:
        return "=1e3";
    case FIELD_NUMBER:
        return "=0x1";
    case FIELD_OBJECT:
    case FIELD_MAP:
        return "=[]";
    case FIELD_LIST:
        return "={}";
    case FIELD_JSON:
        return "={";
    case FIELD_STRING:
    case FIELD_STRINGS:
    case FIELD_TIME:
        break;
    }
    return "=\xff";
}

static void refuse(enum op op, const char *flag, const char *how, bool secret) {
    struct api_call c;
    struct err err = {0};
    char word[200];

    snprintf(word, sizeof word, "%s%s", flag, how);
    api_call_init(&c, op);
    if (give(&c, WORDS(word), &err) != RC_USAGE || !strstr(err.text, flag))
        fail_msg("%s %s: %s", op_spec(op)->sdk_name, word, err.text);
    if (secret && strlen(how) > 2 && strstr(err.text, how + 1))
        fail_msg("%s %s: it is repeated: %s", op_spec(op)->sdk_name, word, err.text);
    api_call_fini(&c);
}

/* From the table of operations: a parameter that is new is tried as well. */
static void every_parameter_is_refused_in_every_wrong_form(void **state) {
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        struct api_call c;

        api_call_init(&c, (enum op)op);
        for (size_t i = 0; i < c.n_params; i++) {
            const struct api_param *p = &c.params[i];
            const char *const flags[] = {p->flag, p->kebab};

            for (size_t k = 0; k < MIX_COUNT(flags); k++) {
                refuse((enum op)op, flags[k], "zz", false);
                refuse((enum op)op, flags[k], "=", false);
                if (p->type != FIELD_BOOL)
                    refuse((enum op)op, flags[k], "", false);
                refuse((enum op)op, p->flag, p->secret ? "=a-secret" : wrong_for(p->type),
                       p->secret);
            }
        }
        api_call_fini(&c);
    }
}

static void wrong_values_are_named(void **state) {
    static const struct {
        enum op op;
        const char *words[4];
        const char *complaint;
    } cases[] = {
        {OP_MESSAGES_HISTORY, {"--limit", "many"}, "--limit many: it is a whole number"},
        {OP_MESSAGES_HISTORY, {"--limit", "1.5"}, "--limit 1.5: it is a whole number"},
        {OP_MESSAGES_HISTORY, {"--limit", "0x10"}, "whole number"},
        {OP_MESSAGES_HISTORY, {"--limit", " 1"}, "whole number"},
        {OP_MESSAGES_HISTORY, {"--limit", "99999999999999999999"}, "whole number"},
        {OP_MESSAGES_HISTORY, {"--limit"}, "--limit needs a value"},
        {OP_MESSAGES_HISTORY, {"--limit="}, "--limit needs a value"},
        {OP_MESSAGES_HISTORY, {"--limt", "1"}, "unknown option --limt"},
        {OP_FILE_GET, {"--time", "soon"}, "--time soon: it is a number"},
        {OP_FILE_GET, {"--time", "nan"}, "it is a number"},
        {OP_SESSIONS_LIST, {"--includeSubagents=yes"}, "true|false"},
        {OP_SESSIONS_LIST, {"--includeSubagents="}, "needs a value"},
        {OP_SESSION_CREATE, {"--title", "a", "--title=b"}, "--title is given twice"},
        {OP_SESSION_CREATE, {"--title", "\xff"}, "--title: it is not UTF-8"},
        {OP_SESSION_CREATE, {"--title", "@"}, "a file name must follow"},
        {OP_SESSION_CREATE, {"--title", "@/nonexistent"}, "could not read /nonexistent"},
        {OP_SESSION_CREATE, {"--callbacks", "{}"}, "--callbacks: it is a JSON list"},
        {OP_SESSION_CREATE, {"--callbacks", "[1,"}, "--callbacks: no JSON: it ends too early"},
        {OP_SESSION_CREATE, {"--callbacks", "nonsense"}, "--callbacks: no JSON"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct api_call c;
        struct err err = {0};

        api_call_init(&c, cases[i].op);
        const enum rc rc = give(&c, cases[i].words, &err);

        if (rc == RC_OK || !strstr(err.text, cases[i].complaint))
            fail_msg("%s %s: %s", cases[i].words[0], cases[i].words[1], err.text);
        api_call_fini(&c);
    }
}

static void what_some_generation_takes_is_complete(void **state) {
    static const struct {
        enum op op;
        const char *words[12];
        const char *missing; /* NULL: complete */
    } cases[] = {
        {OP_SESSION_GET, {NULL}, "--id is missing"},
        {OP_SESSION_CREATE, {NULL}, "--title is missing"},
        {OP_SESSION_CREATE, {"--title", "x"}, NULL}, /* before 0.8 */
        {OP_SESSION_CREATE, {"--title", "x", "--browserMode", "y"}, NULL},
        {OP_SESSION_CREATE, {"--browserMode", "y"}, "--title is missing"},
        {OP_MESSAGE_SEND, {"--id", "s"}, "--text is missing"},
        {OP_MESSAGE_SEND, {"--id", "s", "--content", "x"}, NULL}, /* the first ones */
        {OP_MESSAGE_SEND, {"--id", "s", "--text", "x"}, NULL},
        {OP_MESSAGE_SEND, {"--text", "x"}, "--id is missing"},
        {OP_SESSION_REWIND, {"--id", "s", "--messageId", "m"}, NULL},
        {OP_SESSION_FORK, {"--id", "s"}, "--messageIndex is missing"},
        {OP_STREAM, {NULL}, "--sessionId is missing"},
        {OP_NOTIFICATION_RESPOND, {"--id", "n"}, "--type is missing"},
        {OP_AUTH_API_KEY, {"--provider", "p"}, "--api_key is missing: --api_key @FILE"},
        {OP_PREFERENCES_UPDATE, {NULL}, NULL},
        {OP_SESSION_CALLBACKS, {"--id", "s"}, NULL}, /* clears them */
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct api_call c;
        struct err err = {0};

        api_call_init(&c, cases[i].op);
        assert_int_equal(give(&c, cases[i].words, &err), RC_OK);
        const enum rc rc = api_complete(&c, false, &err);

        if (cases[i].missing ? rc != RC_USAGE || !strstr(err.text, cases[i].missing) : rc != RC_OK)
            fail_msg("%s %s: %s", c.spec->sdk_name, cases[i].words[0], err.text);
        api_call_fini(&c);
    }
}

static void a_path_parameter_is_one_segment(void **state) {
    static const char *const bad[] = {".", ".."};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        struct api_call c;
        struct buf target;
        struct err err = {0};

        api_call_init(&c, OP_SESSION_DELETE);
        buf_init(&target, 1024);
        assert_int_equal(give(&c, WORDS("--id", bad[i]), &err), RC_OK);
        assert_int_equal(api_target(&target, &c, &err), RC_USAGE);
        buf_fini(&target);
        api_call_fini(&c);
    }
}

/* ---- secrets ---- */
static char *file_with(const char *text, size_t n) {
    static char path[64];
    FILE *f;
    int fd;

    snprintf(path, sizeof path, "/tmp/mixtui-key-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    f = fdopen(fd, "w");
    fwrite(text, 1, n, f);
    fclose(f);
    return path;
}

static void a_secret_is_never_taken_from_the_command_line(void **state) {
    static const char *const flags[] = {"--api_key", "--api-key"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(flags); i++) {
        struct api_call c;
        struct err err = {0};

        api_call_init(&c, OP_AUTH_API_KEY);
        assert_int_equal(give(&c, WORDS(flags[i], "sk-ant-planted"), &err), RC_USAGE);
        assert_null(strstr(err.text, "planted"));
        assert_non_null(strstr(err.text, "--api-key-command"));
        api_call_fini(&c);
    }
}

static void keys_of_files_are_one_line(void **state) {
    static char big[MIX_MIB];
    static const struct {
        const char *text;
        size_t n;
        const char *complaint, *key;
    } cases[] = {
        {"sk-1\n", 5, NULL, "sk-1"},
        {"sk-1\r\n", 6, NULL, "sk-1"},
        {"sk-1", 4, NULL, "sk-1"},
        {"", 0, "is empty", NULL},
        {"\n", 1, "is empty", NULL},
        {"a\nb\n", 4, "one line", NULL},
        {"a\0b", 3, "control character", NULL},
        {"a\x1b[31m", 6, "control character", NULL},
        {"\xff\xfe", 2, "not UTF-8", NULL},
        {big, sizeof big, "more than 64 KiB", NULL},
    };

    (void)state;
    memset(big, 'k', sizeof big);
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct api_call c;
        struct err err = {0};
        char at[80];

        snprintf(at, sizeof at, "@%s", file_with(cases[i].text, cases[i].n));
        api_call_init(&c, OP_AUTH_API_KEY);
        const enum rc rc = give(&c, WORDS("--api_key", at), &err);

        unlink(at + 1);
        if (cases[i].complaint ? rc == RC_OK || !strstr(err.text, cases[i].complaint) : rc != RC_OK)
            fail_msg("case %zu: %s", i, err.text);
        if (cases[i].key)
            assert_string_equal(c.params[1].given.items[0], cases[i].key);
        api_call_fini(&c);
    }
}

static void a_key_comes_from_a_command(void **state) {
    static const struct {
        const char *command, *complaint;
    } cases[] = {
        {"echo sk-1", NULL},
        {"exit 3", "ended with 3"},
        {"true", "is empty"},
        {"head -c 100000 /dev/zero", "more than 64 KiB"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct api_call c;
        struct err err = {0};

        api_call_init(&c, OP_AUTH_API_KEY);
        const enum rc rc = give(&c, WORDS("--api-key-command", cases[i].command), &err);

        if (cases[i].complaint ? rc == RC_OK || !strstr(err.text, cases[i].complaint) : rc != RC_OK)
            fail_msg("%s: %s", cases[i].command, err.text);
        api_call_fini(&c);
    }
}

static void a_pasted_code_is_cut_at_its_mark(void **state) {
    static const struct {
        const char *code, *state, *complaint, *body;
    } cases[] = {
        {"abc#def", NULL, NULL, "{\"code\":\"abc\",\"state\":\"def\"}"},
        {"abc#def", "given", NULL, "{\"code\":\"abc\",\"state\":\"given\"}"},
        {"abc", "given", NULL, "{\"code\":\"abc\",\"state\":\"given\"}"},
        {"abc#", NULL, "both sides", NULL},
        {"#def", NULL, "both sides", NULL},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct api_call c;
        struct err err = {0};
        char code[64], other[64];

        snprintf(code, sizeof code, "echo '%s'", cases[i].code);
        snprintf(other, sizeof other, "echo '%s'", cases[i].state ? cases[i].state : "");
        api_call_init(&c, OP_AUTH_OAUTH_CALLBACK);
        assert_int_equal(give(&c,
                              cases[i].state
                                  ? WORDS("--code-command", code, "--state-command", other)
                                  : WORDS("--code-command", code),
                              &err),
                         RC_OK);
        const enum rc rc = api_secrets(&c, &err);

        assert_int_equal(rc, cases[i].complaint ? RC_USAGE : RC_OK);
        if (cases[i].complaint) {
            assert_non_null(strstr(err.text, cases[i].complaint));
        } else {
            struct buf body;

            buf_init(&body, 1024);
            api_body(&body, &c, &err);
            assert_string_equal(buf_str(&body), cases[i].body);
            buf_fini(&body);
        }
        api_call_fini(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_parameter_is_named_like_another_flag),
        cmocka_unit_test(every_field_has_a_flag_in_both_spellings),
        cmocka_unit_test(every_operation_has_help_with_its_generations),
        cmocka_unit_test(all_three_names_are_listed_and_found),
        cmocka_unit_test(a_wrong_name_is_answered_with_near_ones),
        cmocka_unit_test(a_request_is_exactly_what_was_given),
        cmocka_unit_test(every_parameter_is_refused_in_every_wrong_form),
        cmocka_unit_test(wrong_values_are_named),
        cmocka_unit_test(what_some_generation_takes_is_complete),
        cmocka_unit_test(a_path_parameter_is_one_segment),
        cmocka_unit_test(a_secret_is_never_taken_from_the_command_line),
        cmocka_unit_test(keys_of_files_are_one_line),
        cmocka_unit_test(a_key_comes_from_a_command),
        cmocka_unit_test(a_pasted_code_is_cut_at_its_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
