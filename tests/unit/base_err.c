/* Errors as values, the clocks, names. */
#include "mix/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <time.h>

static void err_set_fills_the_value_and_returns_the_code(void **state) {
    (void)state;
    struct err err = {0};

    assert_int_equal(err_set(&err, RC_IO, ENOENT, "open %s", "x"), RC_IO);
    assert_int_equal(err.rc, RC_IO);
    assert_int_equal(err.detail, ENOENT);
    assert_string_equal(err.text, "open x");
    assert_int_equal(err_set(NULL, RC_TLS, 0, "nobody reads this"), RC_TLS);
}

static void err_text_is_one_line_of_valid_utf8(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"two\nlines\n", "two lines"},
        {"\x1b[31mred\x7f", " [31mred"},
        {"h\xc3\xa9llo \xe4\xb8\x96 \xf0\x9f\x98\x80",
         "h\xc3\xa9llo \xe4\xb8\x96 \xf0\x9f\x98\x80"},
        {"bad \xff\xc3", "bad ??"},
        {"\xed\xa0\x80", "???"},
        {"\xc0\xaf", "??"},
        {"\xf4\x90\x80\x80", "????"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct err err;

        err_set(&err, RC_PROTO, 0, "%s", rows[i].in);
        assert_string_equal(err.text, rows[i].out);
    }
}

static void err_text_is_cut_between_characters(void **state) {
    (void)state;
    for (int lead = 0; lead < 4; lead++) {
        char text[600] = "";
        struct err err;

        memset(text, 'a', (size_t)lead);
        for (int i = 0; i < 100; i++)
            memcpy(text + lead + 3 * i, "\xe4\xb8\x96", 4);
        err_set(&err, RC_HTTP, 404, "%s", text);
        const size_t n = strlen(err.text);

        assert_in_range(n, sizeof err.text - 3, sizeof err.text - 1);
        assert_int_equal((n - (size_t)lead) % 3, 0);
        assert_memory_equal(err.text, text, n);
    }
}

static void err_may_quote_itself(void **state) {
    (void)state;
    struct err err;

    err_set(&err, RC_IO, 1, "inner");
    err_set(&err, err.rc, err.detail, "outer: %s", err.text);
    assert_string_equal(err.text, "outer: inner");
}

static void every_outcome_has_a_text_and_an_exit_code(void **state) {
    (void)state;
    for (enum rc rc = RC_OK; rc < RC_COUNT; rc++) {
        assert_false(str_blank(rc_text(rc)));
        assert_true(rc == RC_OK ? rc_exit_code(rc, 0) == 0 : rc_exit_code(rc, 0) > 0);
    }
    assert_true(rc_retryable(RC_CONNECT));
    assert_true(rc_retryable(RC_BUSY));
    assert_false(rc_retryable(RC_TLS));
    assert_int_equal(rc_exit_code(RC_HTTP, 404), 5);
    assert_int_equal(rc_exit_code(RC_HTTP, 500), 6);
    assert_int_equal(rc_exit_code(RC_HTTP, 503), 6);
    assert_int_equal(rc_exit_code(RC_IO, 500), 1);
    assert_int_equal(rc_exit_code(RC_CANCELLED, 0), 130);
}

static void clocks_advance_together(void **state) {
    (void)state;
    const struct timespec nap = {.tv_nsec = 20 * 1000 * 1000};
    const int64_t now = clock_now(), real = clock_real();
    const uint64_t ns = clock_ns();

    nanosleep(&nap, NULL);
    assert_in_range(clock_now() - now, 19, 5000);
    assert_in_range(clock_ns() - ns, 20000000, 5000000000);
    assert_true(real / 1000 >= time(NULL) - 60 && real / 1000 <= time(NULL));
}

static void random_numbers_differ(void **state) {
    (void)state;
    uint32_t seen_or = 0, seen_and = UINT32_MAX;

    for (int i = 0; i < 64; i++) {
        const uint32_t r = random_u32();

        seen_or |= r;
        seen_and &= r;
    }
    assert_int_equal(seen_or, UINT32_MAX); /* every bit was once 1 and once 0: wrong once in 2^58 */
    assert_int_equal(seen_and, 0);
}

static void the_name_is_what_follows_the_last_slash(void **state) {
    (void)state;
    static const struct {
        const char *path, *name;
    } rows[] = {{"a", "a"}, {"/a/b.c", "b.c"}, {"a/", ""}, {"", ""}, {"..", ".."}};

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_string_equal(path_base(rows[i].path), rows[i].name);
}

/* The published values: files on disk are named by them. */
static void hashes_are_those_of_fnv_1a(void **state) {
    (void)state;
    const uint64_t foo = hash_add(HASH_START, "foo", 3);

    assert_true(hash_add(HASH_START, "", 0) == 0xcbf29ce484222325U);
    assert_true(hash_add(HASH_START, "a", 1) == 0xaf63dc4c8601ec8cU);
    assert_true(hash_add(foo, "bar", 3) == 0x85944171f73967e8U);
    assert_true(hash_add(HASH_START, "\xff", 1) != hash_add(HASH_START, "\x7f", 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_set_fills_the_value_and_returns_the_code),
        cmocka_unit_test(err_text_is_one_line_of_valid_utf8),
        cmocka_unit_test(err_text_is_cut_between_characters),
        cmocka_unit_test(err_may_quote_itself),
        cmocka_unit_test(every_outcome_has_a_text_and_an_exit_code),
        cmocka_unit_test(clocks_advance_together),
        cmocka_unit_test(random_numbers_differ),
        cmocka_unit_test(the_name_is_what_follows_the_last_slash),
        cmocka_unit_test(hashes_are_those_of_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
