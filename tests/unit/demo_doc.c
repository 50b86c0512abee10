/* What the demo says of itself: the document a probe reads, and two lists of keys that differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "demo.h"

/* The text of one operation in the document of a generation, up to the next operation. */
static char *operation_text(int version, const char *operation_id) {
    auto_buf struct buf b;
    struct demo d = {.o = {.version = version}};
    char key[64];

    buf_init(&b, MIX_MIB);
    doc_write(&b, &d);
    snprintf(key, sizeof key, "\"operationId\":\"%s\"", operation_id);
    const char *at = strstr(buf_str(&b), key);

    if (!at)
        return NULL;
    at += strlen(key);
    const char *end = strstr(at, "\"operationId\"");

    return end ? xstrndup(at, (size_t)(end - at)) : xstrdup(at);
}

static void document_names_the_status_of_every_answer(void **state) {
    (void)state;
    static const struct {
        const char *operation_id, *status;
        int version;
    } cases[] = {
        {"listSessions", "200", GEN_SEED},   {"createSession", "201", GEN_SEED},
        {"deleteSession", "204", GEN_SEED},  {"forkSession", "201", GEN_SEED},
        {"sendMessage", "200", GEN_SEED},    {"sendMessage", "202", GEN_ASYNC},
        {"sendMessage", "202", GEN_TOP},     {"uploadSessionFile", "201", GEN_TOP},
        {"getSessionFile", "200", GEN_SEED}, {"deleteSessionFile", "204", GEN_TOP},
        {"streamEvents", "200", GEN_TOP},    {"respondToNotification", "204", GEN_TOP},
    };

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        auto_free char *text = operation_text(cases[i].version, cases[i].operation_id);
        char want[40];

        if (!text)
            fail_msg("%s is not in the document", cases[i].operation_id);
        snprintf(want, sizeof want, "\"responses\":{\"%s\":", cases[i].status);
        if (!strstr(text, want))
            fail_msg("%s of %d: no %s in %s", cases[i].operation_id, cases[i].version, want, text);
    }
}

static void document_is_told_apart_by_the_probe(void **state) {
    (void)state;
    static const int versions[] = {GEN_SEED,     GEN(0, 5, 1), GEN(0, 6, 4), GEN_ASYNC,
                                   GEN(0, 7, 2), GEN_LATE,     GEN_TOP,      GEN_POST};

    for (size_t i = 0; i < MIX_COUNT(versions); i++) {
        auto_buf struct buf b;
        struct demo d = {.o = {.version = versions[i]}};
        struct probe p = {0};
        struct probe_request ask;

        buf_init(&b, MIX_MIB);
        doc_write(&b, &d);
        assert_true(probe_next(&p, &ask));
        probe_feed(&p, 200, b.p, b.n);
        assert_false(probe_next(&p, &ask));
        assert_int_equal(p.caps.version, versions[i]);
    }
}

/* The body of an operation's answer. */
static char *answer(enum op op, int version) {
    struct demo d = {.o = {.version = version}};
    struct request r = {.d = &d, .op = op};

    buf_init(&r.reply.body, MIX_MIB);
    for (const struct route *row = routes_system; row->op != OP_COUNT; row++)
        if (row->op == op)
            row->run(&r);
    assert_int_equal(r.reply.status, 200);
    arena_free(&r.a);
    return buf_take(&r.reply.body);
}

static void older_list_of_keys_says_less(void **state) {
    (void)state;
    static const char *const newer[] = {"\"icon\"", "\"api_key_format\"",
                                        "\"Tools that search the web\""};
    auto_free char *status = answer(OP_TOOLS_STATUS, GEN_SEED);
    auto_free char *credentials = answer(OP_TOOLS_CREDENTIALS, GEN(0, 7, 2));

    assert_non_null(strstr(status, "\"display_name\":\"Brave Search\""));
    for (size_t i = 0; i < MIX_COUNT(newer); i++) {
        assert_null(strstr(status, newer[i]));
        assert_non_null(strstr(credentials, newer[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_names_the_status_of_every_answer),
        cmocka_unit_test(document_is_told_apart_by_the_probe),
        cmocka_unit_test(older_list_of_keys_says_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
