/* What OSC 52 carries. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "../../src/term/clipboard.h"

static void a_text_is_told_in_base64(void **state) {
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"", "\033]52;c;\a"},
        {"f", "\033]52;c;Zg==\a"},
        {"fo", "\033]52;c;Zm8=\a"},
        {"foo", "\033]52;c;Zm9v\a"},
        {"foob", "\033]52;c;Zm9vYg==\a"},
        {"\xff\xfe\033]52", "\033]52;c;//4bXTUy\a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        auto_buf struct buf out = {.max = 256};

        assert_int_equal(clipboard_sequence(&out, rows[i].text, strlen(rows[i].text)), RC_OK);
        assert_string_equal(buf_str(&out), rows[i].told);
    }
}

static void a_text_too_long_is_not_told(void **state) {
    auto_buf struct buf out = {.max = 12};

    (void)state;
    assert_int_equal(clipboard_sequence(&out, "abcdefghi", 9), RC_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_told_in_base64),
        cmocka_unit_test(a_text_too_long_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
