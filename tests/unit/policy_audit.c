/* Long objects in the audit log: what is shown of them is cut, and no secret is cut in two. */
#include "mix/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LONG = 5 * 1000 * 1000 };

static void line_of(struct buf *line, const char *object) {
    const struct ruling_ask ask = {.id = "p", .tool = "Bash", .object = object, .server = "s"};

    buf_init(line, MIX_MIB);
    assert_int_equal(
        audit_line(line, &ask,
                   &(struct ruling_answer){.answer = "grant", .by = "key", .armed_ms = 1}, NULL, 1),
        RC_OK);
}

/* begin, then `fill` up to n bytes */
static char *text(const char *begin, char fill, size_t n) {
    char *s = xmalloc(n + 1);

    memset(s, fill, n);
    memcpy(s, begin, strlen(begin));
    s[n] = '\0';
    return s;
}

static void a_long_object_is_cut_and_counted_whole(void **state) {
    struct buf line;
    struct arena a = {0};
    struct audit_row row;
    auto_free char *object = text("echo ", 'x', LONG);

    (void)state;
    line_of(&line, object);
    assert_true(audit_read(&row, &a, buf_str(&line), line.n));
    assert_int_equal(row.bytes, LONG);
    assert_int_equal(strlen(row.object), AUDIT_OBJECT);
    assert_int_equal(strlen(row.sha256), 64);
    arena_free(&a);
    buf_fini(&line);
}

static void a_secret_longer_than_what_is_looked_at_is_not_shown(void **state) {
    struct buf line;
    auto_free char *object = text("curl -H 'Authorization: Bearer ", 'q', LONG);

    (void)state;
    line_of(&line, object);
    assert_null(strstr(buf_str(&line), "qqqqqqqq"));
    buf_fini(&line);
}

/* A rule may be the whole command, and a title the first line of what somebody typed. */
static void a_secret_is_in_no_other_field_either(void **state) {
    const struct ruling_ask ask = {.id = "p",
                                   .tool = "Bash",
                                   .object = "curl -H 'Authorization: Bearer abcdefghijk' x",
                                   .server = "s",
                                   .title = "use API_KEY=abcdefghijk please"};
    const struct ruling ruling = {VERDICT_ALLOW, "r1",
                                  "Bash:=curl -H 'Authorization: Bearer abcdefghijk' x"};
    auto_buf struct buf line = {.max = MIX_MIB};

    (void)state;
    assert_int_equal(
        audit_line(&line, &ask,
                   &(struct ruling_answer){.answer = "grant", .by = "rule", .armed_ms = -1},
                   &ruling, 1),
        RC_OK);
    assert_null(strstr(line.p, "abcdefghijk"));
    assert_non_null(strstr(line.p, "\"rule_text\":\"Bash:=curl"));
    assert_non_null(strstr(line.p, "\"title\":\"use API_KEY=(hidden) please\""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_object_is_cut_and_counted_whole),
        cmocka_unit_test(a_secret_longer_than_what_is_looked_at_is_not_shown),
        cmocka_unit_test(a_secret_is_in_no_other_field_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
