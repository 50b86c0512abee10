/* wire_reply.c - answers in any split, and what servers say when they refuse. */
#include "mix/types_admin.h"
#include "mix/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Feeds the two halves; the ids of all elements, or the error, as one text. */
static void list_in_halves(struct buf *out, enum op op, const char *text, size_t n, size_t cut) {
    struct reply_reader *r = reply_new(op);
    struct arena a = {0}, b = {0};
    struct err err = {0};
    void *items = NULL, *rest = NULL;
    size_t got = 0, more = 0;
    enum rc rc = reply_feed(r, text, cut, &err);

    buf_clear(out);
    if (rc == RC_OK)
        got = reply_items(r, &items, &a);
    if (rc == RC_OK)
        rc = reply_feed(r, text + cut, n - cut, &err);
    if (rc == RC_OK)
        rc = reply_end(r, &rest, &more, &b, &err);
    if (rc != RC_OK) {
        assert_int_equal(rc, err.rc);
        buf_addf(out, "!%s", err.text);
    } else {
        for (size_t i = 0; i < got + more; i++)
            buf_addf(out, "%s%s", i ? " " : "",
                     i < got ? ((struct session_data *)items)[i].id
                             : ((struct session_data *)rest)[i - got].id);
    }
    reply_free(r);
    arena_free(&a);
    arena_free(&b);
}

static const struct {
    const char *text, *want;
} lists[] = {
    {"[]", ""},
    {" [ ]\n", ""},
    {"null", ""},
    {" null \n", ""},
    {"[{\"id\":\"a\"}]\n", "a"},
    {"\r\n[ {\"id\":\"a\"} ,\t{\"id\":\"b\",\"callbacks\":[{\"name\":\"}],{\\\"[\"}]}\n]", "a b"},
    {"[{\"id\":\"a\"},null,{\"id\":\"b\"}]", "a b"},
    {"[{\"id\":\"a\\\\\"},{\"id\":\"\\\"b\"}]", "a\\ \"b"},
    {"[{\"id\":\"a\\u0000\"},{\"id\":\"\\\\u0000\"}]", "a\xef\xbf\xbd \\u0000"},
    {"[{\"id\":\"\\ud83d\\ude00\"}]", "\xf0\x9f\x98\x80"},
    {"", "!session-list: empty answer"},
    {"  \n", "!session-list: empty answer"},
    {"{\"error\":1}", "!session-list: expected a list, got an object"},
    {"[{\"id\":\"a\"}", "!session-list: the answer ends after 1 elements, cut short"},
    {"[{\"id\":\"a\"},{\"id\"", "!session-list: the answer ends after 1 elements, cut short"},
    {"[{\"id\":\"a\"},{\"id\":5}]", "!session-list: [1].id: expected a string, got a number"},
    {"[{\"id\":\"a\"},{\"title\":\"t\"}]", "!session-list: [1].id: missing"},
    {"[{\"id\":\"a\"},{\"id\":\"b\"x}]", "!session-list: [1]: not JSON: x}"},
    {"[{\"id\":\"a\"}{\"id\":\"b\"}]", "!session-list: [1]: expected a comma before it"},
    {"[{\"id\":\"a\"},]", "!session-list: [1]: expected an object"},
    {"[,]", "!session-list: [0]: expected an object"},
    {"[}", "!session-list: [0]: expected an object"},
    {"[12 ]", "!session-list: [0]: expected an object, got a number"},
    {"[\"{\"]", "!session-list: [0]: expected an object, got a string"},
    {"[[1,[2]]]", "!session-list: [0]: expected an object, got a list"},
    {"[tru]", "!session-list: [0]: not JSON: tru"},
    {"[] x", "!session-list: unexpected text behind the list: x"},
    {"nul", "!session-list: not JSON: nul"},
    {"nullx", "!session-list: not JSON: nullx"},
    {"\"text\"", "!session-list: not JSON: \"text\""},
    {"<html>\n<title>Sign  in</title>", "!session-list: not JSON: <html> <title>Sign in</title>"},
};

static void a_list_is_the_same_wherever_it_is_split(void **state) {
    struct buf out;
    (void)state;

    buf_init(&out, 10000);
    for (size_t i = 0; i < MIX_COUNT(lists); i++) {
        const size_t n = strlen(lists[i].text);

        for (size_t cut = 0; cut <= n; cut++) {
            list_in_halves(&out, OP_SESSIONS_LIST, lists[i].text, n, cut);
            assert_string_equal(buf_str(&out), lists[i].want);
        }
    }
    buf_fini(&out);
}

static void a_page_instead_of_a_list_is_refused_before_it_ends(void **state) {
    struct reply_reader *r = reply_new(OP_SESSIONS_LIST);
    struct err err = {0};
    char page[4000];
    size_t fed = 0;
    (void)state;

    memset(page, 'x', sizeof page);
    page[0] = '<';
    while (fed < sizeof page && reply_feed(r, page + fed, 1, &err) == RC_OK)
        fed++;
    assert_true(fed < 200);
    assert_int_equal(err.rc, RC_PROTO);
    reply_free(r);
}

static void ten_thousand_elements_are_handed_over_in_parts(void **state) {
    enum { N = 10000 };
    struct reply_reader *r = reply_new(OP_MESSAGES_LIST);
    struct arena a = {0};
    struct err err = {0};
    struct buf text;
    void *items;
    size_t got = 0, parts = 0, n = 0;
    (void)state;

    buf_init(&text, SIZE_MAX);
    for (int i = 0; i < N; i++)
        buf_addf(&text,
                 "%s{\"id\":\"m%d\",\"role\":\"user\",\"userInput\":\"text %d\",\"toolCalls\":"
                 "[{\"id\":\"t\",\"name\":\"Bash\"}]}",
                 i ? "," : "[", i, i);
    buf_adds(&text, "]\n");
    for (size_t at = 0; at < text.n; at += 777) {
        assert_int_equal(reply_feed(r, text.p + at, text.n - at < 777 ? text.n - at : 777, &err),
                         RC_OK);
        if (reply_pending(r) < 100000)
            continue;
        n = reply_items(r, &items, &a);
        assert_int_equal(reply_pending(r), 0);
        for (size_t i = 0; i < n; i++, got++) {
            const struct message *m = (struct message *)items + i;
            char id[16];

            snprintf(id, sizeof id, "m%zu", got);
            assert_string_equal(m->id, id);
            assert_string_equal(m->tool_calls.items[0].name, "Bash");
        }
        arena_free(&a);
        parts++;
    }
    assert_int_equal(reply_end(r, &items, &n, &a, &err), RC_OK);
    assert_int_equal(got + n, N);
    assert_true(parts > 5);
    arena_free(&a);
    buf_fini(&text);
    reply_free(r);
}

static void an_object_is_read_when_it_is_whole(void **state) {
    static const char text[] = " {\"status\":\"cancelled\",\"sessionId\":\"s1\"}\n";
    (void)state;

    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct reply_reader *r = reply_new(OP_SESSION_CANCEL);
        struct arena a = {0};
        struct err err = {0};
        void *out = NULL, *none = NULL;
        size_t n = 0;

        assert_int_equal(reply_feed(r, text, cut, &err), RC_OK);
        assert_int_equal(reply_items(r, &none, &a), 0);
        assert_null(none);
        assert_int_equal(reply_feed(r, text + cut, sizeof text - 1 - cut, &err), RC_OK);
        assert_int_equal(reply_end(r, &out, &n, &a, &err), RC_OK);
        assert_int_equal(n, 1);
        assert_string_equal(((struct status_reply *)out)->status, "cancelled");
        assert_string_equal(((struct status_reply *)out)->session_id, "s1");
        reply_free(r);
        arena_free(&a);
    }
}

static void an_object_that_is_wrong_names_the_operation(void **state) {
    static const struct {
        enum op op;
        const char *text, *error;
    } cases[] = {
        {OP_SESSION_GET, "", "session-get: empty answer"},
        {OP_SESSION_GET, "{}", "session-get: id: missing"},
        {OP_SESSION_GET, "[]", "session-get: expected an object, got a list"},
        {OP_SESSION_GET, "<!DOCTYPE html>", "session-get: not JSON: <!DOCTYPE html>"},
        {OP_SESSION_EXPORT, "{\"id\":\"s\",\"messages\":[{\"id\":\"m\",\"content\":1}]}",
         "session-export: messages[0].content: expected a string, got a number"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct reply_reader *r = reply_new(cases[i].op);
        struct arena a = {0};
        struct err err = {0};
        void *out = NULL;
        size_t n = 1;

        assert_int_equal(reply_feed(r, cases[i].text, strlen(cases[i].text), &err), RC_OK);
        assert_int_equal(reply_end(r, &out, &n, &a, &err), RC_PROTO);
        assert_string_equal(err.text, cases[i].error);
        assert_int_equal(n, 0);
        assert_null(out);
        reply_free(r);
        arena_free(&a);
    }
}

static void an_operation_without_an_answer_takes_any(void **state) {
    struct reply_reader *r = reply_new(OP_SESSION_DELETE);
    struct arena a = {0};
    void *out = NULL;
    size_t n = 7;
    (void)state;

    assert_int_equal(reply_feed(r, "<p>gone</p>", 11, NULL), RC_OK);
    assert_int_equal(reply_end(r, &out, &n, &a, NULL), RC_OK);
    assert_int_equal(n, 0);
    reply_free(r);
    reply_free(NULL);
}

static void an_answer_beyond_the_cap_is_refused(void **state) {
    const size_t cap = op_spec(OP_HEALTH)->cap;
    static const enum op ops[] = {OP_HEALTH, OP_SESSIONS_LIST};
    char *blanks = malloc(cap);
    (void)state;

    memset(blanks, ' ', cap);
    for (size_t i = 0; i < MIX_COUNT(ops); i++) {
        struct reply_reader *r = reply_new(ops[i]);
        struct err err = {0};

        assert_int_equal(reply_feed(r, blanks, cap, &err), RC_OK);
        assert_int_equal(reply_feed(r, blanks, 1, &err), RC_LIMIT);
        assert_non_null(strstr(err.text, "the answer is larger than 16 MiB"));
        reply_free(r);
    }
    free(blanks);
}

/* ---- refusals ---- */
static void a_refusal_is_one_line(void **state) {
    static const struct {
        int status;
        const char *body, *want;
    } cases[] = {
        {404,
         "{\"error\":{\"code\":404,\"message\":\"Session with ID 'x' not found\",\"type\":"
         "\"not_found\"}}\n",
         "session fork: server answered 404 (not_found): Session with ID 'x' not found"},
        {400,
         "{\"error\":{\"code\":400,\"message\":\"Invalid "
         "\\u003ckey\\u003e\",\"type\":\"INVALID_API_KEY_FORMAT\"}}",
         "session fork: server answered 400 (INVALID_API_KEY_FORMAT): Invalid <key>"},
        {500, "{\"error\":{\"message\":\"a\\nb\\u001b[31m\\tc \\u009b1m\"}}",
         "session fork: server answered 500: a b[31m c 1m"},
        {500, "{\"error\":{\"type\":\"DATABASE_ERROR\"}}",
         "session fork: server answered 500 (DATABASE_ERROR)"},
        {401, "{\"error\":\"no token\"}", "session fork: server answered 401: no token"},
        {401, "{\"message\":\"no token\"}", "session fork: server answered 401: no token"},
        {400, "{\"error\":{\"message\":5}}",
         "session fork: server answered 400: {\"error\":{\"message\":5}}"},
        {404, "404 page not found\n", "session fork: server answered 404: 404 page not found"},
        {405, "Method Not Allowed\n", "session fork: server answered 405: Method Not Allowed"},
        {400, "", "session fork: server answered 400"},
        {502, "<html>\r\n<head><TITLE lang=en>502 Bad\n Gateway</TITLE></head><body>x",
         "session fork: server answered 502: 502 Bad Gateway"},
        {503, " <!DOCTYPE html><h1>Down</h1><p>for <b>now</b></p>",
         "session fork: server answered 503: Down for now"},
        {503, "<title></title><p>words", "session fork: server answered 503: words"},
        {503, "<", "session fork: server answered 503"},
        {500, "{\"error\":{\"message\":\"cut sho",
         "session fork: server answered 500: {\"error\":{\"message\":\"cut sho"},
        {500, "\xff\xfe text", "session fork: server answered 500: \xef\xbf\xbd\xef\xbf\xbd text"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const size_t n = strlen(cases[i].body);
        char *exact = malloc(n > 0 ? n : 1);
        struct err err = {0};

        memcpy(exact, cases[i].body, n);
        reply_error(&err, OP_SESSION_FORK, cases[i].status, exact, n);
        assert_int_equal(err.rc, RC_HTTP);
        assert_int_equal(err.detail, cases[i].status);
        assert_string_equal(err.text, cases[i].want);
        free(exact);
    }
}

static void a_long_refusal_is_cut_between_code_points(void **state) {
    char body[4000];
    struct err err = {0};
    (void)state;

    for (size_t shift = 0; shift < 4; shift++) {
        for (size_t i = shift; i + 2 < sizeof body; i += 2)
            memcpy(body + i, (const char[]){'\xc3', '\xa9'}, 2);
        memset(body, 'a', shift);
        reply_error(&err, OP_SESSION_FORK, 500, body, sizeof body - 2);
        const size_t n = strlen(err.text);

        assert_true(n > 180 && n < sizeof err.text);
        assert_int_equal((unsigned char)err.text[n - 1], 0xa9);
        assert_null(strstr(err.text, "\xef\xbf\xbd"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_the_same_wherever_it_is_split),
        cmocka_unit_test(a_page_instead_of_a_list_is_refused_before_it_ends),
        cmocka_unit_test(ten_thousand_elements_are_handed_over_in_parts),
        cmocka_unit_test(an_object_is_read_when_it_is_whole),
        cmocka_unit_test(an_object_that_is_wrong_names_the_operation),
        cmocka_unit_test(an_operation_without_an_answer_takes_any),
        cmocka_unit_test(an_answer_beyond_the_cap_is_refused),
        cmocka_unit_test(a_refusal_is_one_line),
        cmocka_unit_test(a_long_refusal_is_cut_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
