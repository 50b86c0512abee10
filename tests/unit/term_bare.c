/* Lines without a screen: what the terminal is told of a text. */
#include "bare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void an_address_ends_where_the_sentence_goes_on(void **state) {
    static const struct {
        const char *text, *address;
    } cases[] = {
        {"https://mix.example/a?b=c#d rest", "https://mix.example/a?b=c#d"},
        {"http://a.b.", "http://a.b"},
        {"https://a.b/c), so", "https://a.b/c"},
        {"https://a.b/c_(d) x", "https://a.b/c_(d)"},
        {"https://a.b/c>", "https://a.b/c"},
        {"https://a.b/\xc3\xa4", "https://a.b/"},
        {"https://a.b/**", "https://a.b/"},
        {"https://", ""},
        {"https://.", ""},
        {"http:/x", ""},
        {"ftp://a.b", ""},
        {"h", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        assert_int_equal(bare_address(cases[i].text, strlen(cases[i].text)),
                         strlen(cases[i].address));
}

static void addresses_become_links_where_the_terminal_has_them(void **state) {
    auto_buf struct buf out = {.max = 4096};
    const char *text = "see http://a.b/c.\nhi";

    (void)state;
    assert_int_equal(bare_sequence(&out, text, strlen(text), BARE_LINKS), RC_OK);
    assert_string_equal(out.p, "see \033]8;;http://a.b/c\033\\http://a.b/c\033]8;;\033\\.\r\nhi");
    buf_clear(&out);
    assert_int_equal(bare_sequence(&out, text, strlen(text), BARE_PLAIN), RC_OK);
    assert_string_equal(out.p, "see http://a.b/c.\r\nhi");
}

/* It is clean when it comes here; and were it not: */
static void no_other_sequence_goes_out(void **state) {
    auto_buf struct buf out = {.max = 4096};
    const char text[] = "a\033[2Jb\x9b\x07"
                        "c\0d\x7f\rhttp://x\033]8;;\033\\";

    (void)state;
    assert_int_equal(bare_sequence(&out, text, sizeof text - 1, BARE_PLAIN), RC_OK);
    assert_null(memchr(out.p, '\033', out.n));
    assert_null(memchr(out.p, '\a', out.n));
    assert_null(memchr(out.p, '\r', out.n));
    assert_null(memchr(out.p, '\0', out.n));
}

static void what_passes_the_cap_is_refused(void **state) {
    auto_buf struct buf out = {.max = 30};
    const char *text = "http://a.b/c http://a.b/c";

    (void)state;
    assert_int_equal(bare_sequence(&out, text, strlen(text), BARE_LINKS), RC_LIMIT);
    assert_true(out.n <= 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_ends_where_the_sentence_goes_on),
        cmocka_unit_test(addresses_become_links_where_the_terminal_has_them),
        cmocka_unit_test(no_other_sequence_goes_out),
        cmocka_unit_test(what_passes_the_cap_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
