/* Titles and notices as sequences: nothing foreign ends them or begins another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notify.h"

static void each_way_has_its_own_words(void **state) {
    static const struct {
        enum desktop how;
        const char *want;
    } rows[] = {
        {DESKTOP_OFF, ""},
        {DESKTOP_AUTO, ""},
        {DESKTOP_OSC9, "\033]9;mixtui: approval: a - asks\033\\"},
        {DESKTOP_OSC777, "\033]777;notify;mixtui: approval: a;asks\033\\"},
        {DESKTOP_OSC99, "\033]99;i=mixtui:d=0;mixtui: approval: a\033\\"
                        "\033]99;i=mixtui:d=1:p=body;asks\033\\"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = MIX_KIB};

        notify_sequence(&out, rows[i].how, "approval: a", "asks");
        assert_string_equal(buf_str(&out), rows[i].want);
    }
}

static void foreign_bytes_stay_inside(void **state) {
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"a;b", "a,b"},
        {"a\033]2;x\007b", "a?]2,x?b"},
        {"a\033\\\033[2Jb", "a?\\?[2Jb"},
        {"\007\007\033", "???"},
        {"a\x9c"
         "b",
         "a?b"},
        {"a\xc2\x9c"
         "b",
         "a?b"},
        {"a\nb\x7f", "a?b?"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"\xe2\x82", "??"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = MIX_KIB}, want = {.max = MIX_KIB};

        notify_title(&out, rows[i].text);
        buf_addf(&want, "\033]2;%s\033\\", rows[i].want);
        assert_string_equal(buf_str(&out), buf_str(&want));
    }
}

static void long_texts_are_cut_on_a_character(void **state) {
    char text[4000];
    auto_buf struct buf out = {.max = 64 * MIX_KIB};

    (void)state;
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 4);
    notify_title(&out, text);
    assert_in_range(out.n, NOTIFY_TITLE - 2, NOTIFY_TITLE + 6);
    assert_int_equal((out.n - 6) % 3, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_has_its_own_words),
        cmocka_unit_test(foreign_bytes_stay_inside),
        cmocka_unit_test(long_texts_are_cut_on_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
