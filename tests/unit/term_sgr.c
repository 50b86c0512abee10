/* A frame's looks in fewer bytes: the same text with the same looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sgr.h"

/* ---- a terminal that only knows looks: what it was told to draw, each byte with its look ---- */
static void apply(char look[64], const char *parameters, size_t n) {
    static int v[64];
    size_t count = 0;
    struct {
        int fg, bg, attrs;
    } l;

    assert_int_equal(sscanf(look, "%d/%d/%d", &l.fg, &l.bg, &l.attrs), 3);
    for (size_t i = 0; i <= n && count < 64; count++) {
        v[count] = (int)strtol(parameters + i, NULL, 10);
        while (i < n && parameters[i] != ';')
            i++;
        i++;
    }
    for (size_t i = 0; i < count; i++) {
        const int c = v[i];

        if (c == 0)
            l.fg = l.bg = -1, l.attrs = 0;
        else if (c == 22)
            l.attrs &= ~(1 << 1 | 1 << 2);
        else if (c < 10)
            l.attrs |= 1 << c;
        else if (c > 22 && c < 30)
            l.attrs &= ~(1 << (c - 20));
        else if (c == 38 || c == 48) {
            const int colour = v[i + 1] == 5 ? v[i + 2] : 1000 + v[i + 2] + v[i + 3] + v[i + 4];

            *(c == 38 ? &l.fg : &l.bg) = colour;
            i += v[i + 1] == 5 ? 2 : 4;
        } else if (c >= 30 && c < 40)
            l.fg = c == 39 ? -1 : c - 30;
        else if (c >= 40 && c < 50)
            l.bg = c == 49 ? -1 : c - 40;
        else if (c >= 90 && c < 98)
            l.fg = c - 82;
        else if (c >= 100 && c < 108)
            l.bg = c - 92;
        else
            fail_msg("unknown look %d", c);
    }
    snprintf(look, 64, "%d/%d/%d", l.fg, l.bg, l.attrs);
}

static bool moves(char final) { return final && strchr("ABCDGHdf", final); }

static void draw(struct buf *out, const char *p, size_t n) {
    char look[64] = "-1/-1/0";

    for (size_t i = 0; i < n;) {
        size_t end = i + 1;

        if (p[i] != '\033') {
            buf_addf(out, "%.1s{%s}", p + i, look);
        } else if (p[i + 1] == '(') {
            end = i + 3;
        } else {
            for (end = i + 2; p[end] < '@'; end++)
                ;
            end++;
            if (p[end - 1] == 'm')
                apply(look, p + i + 2, end - 1 - (i + 2));
            else
                buf_addf(out, "<%.*s>%s", (int)(end - i - 1), p + i + 1,
                         moves(p[end - 1]) ? "" : look);
        }
        i = end;
    }
    buf_addf(out, "=%s", look);
}

static void shorten(struct buf *out, const char *frame, enum sgr_off off) {
    buf_clear(out);
    assert_int_equal(sgr_shorten(out, frame, strlen(frame), off), RC_OK);
}

static void says_only_what_changes(void **state) {
    static const struct {
        const char *frame, *singly, *by_reset;
    } cases[] = {
        {"abc", "abc", "abc"},
        {"\033[1mab\033[0m", "\033[1mab\033[m", "\033[1mab\033[m"},
        {"\033[1m\033[0m\033[1m\033[38;5;9mab\033[m", "\033[1;91mab\033[m", "\033[1;91mab\033[m"},
        {"\033[38;5;100m\033[48;5;17ma\033[38;5;101m\033[48;5;17mb",
         "\033[38;5;100;48;5;17ma\033[38;5;101mb", "\033[38;5;100;48;5;17ma\033[38;5;101mb"},
        {"\033[1;31ma\033[m\033[31mb\033[m", "\033[1;31ma\033[22mb\033[m",
         "\033[1;31ma\033[0;31mb\033[m"},
        {"\033[1;2ma\033[m\033[2mb\033[m", "\033[1;2ma\033[0;2mb\033[m",
         "\033[1;2ma\033[0;2mb\033[m"},
        {"\033[7m\033[5;1H\033[27mx", "\033[5;1Hx", "\033[5;1Hx"},
        {"\033[44m\033[K\033[m", "\033[44m\033[K\033[m", "\033[44m\033[K\033[m"},
        {"\033(B\033[ma\033(B\033[mb", "\033(Bab", "\033(Bab"},
        {"\033[38;2;1;2;3ma\033[38;2;1;2;3mb\033[39m", "\033[38;2;1;2;3mab\033[m",
         "\033[38;2;1;2;3mab\033[m"},
        {"\033[38:2::1:2:3ma\033[1mb\033[m", "\033[38:2::1:2:3ma\033[1mb\033[m",
         "\033[38:2::1:2:3ma\033[1mb\033[m"},
        {"\033[1", "\033[1", "\033[1"},
        {"\033", "\033", "\033"},
        {"\033]0;m\033\\a", "\033]0;m\033\\a", "\033]0;m\033\\a"},
    };
    auto_buf struct buf out = {.max = MIX_KIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        shorten(&out, cases[i].frame, OFF_SINGLY);
        assert_string_equal(buf_str(&out), cases[i].singly);
        shorten(&out, cases[i].frame, OFF_BY_RESET);
        assert_string_equal(buf_str(&out), cases[i].by_reset);
    }
}

static void add_random(struct buf *b) {
    static const char *const looks[] = {
        "",   "0",  "1",  "2",  "3",  "4",   "7",        "22",     "23",  "24",     "27",
        "39", "49", "31", "97", "42", "104", "38;5;200", "48;5;3", "1;4", "0;7;35", "38;2;9;8;7"};

    switch (rand() % 4) {
    case 0:
    case 1:
        buf_addf(b, "\033[%sm", looks[(size_t)rand() % MIX_COUNT(looks)]);
        break;
    case 2:
        buf_addf(b, "%c", 'a' + rand() % 26);
        break;
    default:
        buf_addf(b, "\033[%d%c", rand() % 9, "HCKJ"[rand() % 4]);
        break;
    }
}

static void any_frame_looks_the_same(void **state) {
    auto_buf struct buf in = {.max = MIX_MIB}, out = {.max = MIX_MIB}, a = {.max = 4 * MIX_MIB},
                        b = {.max = 4 * MIX_MIB};

    (void)state;
    srand(7);
    for (int run = 0; run < 2000; run++) {
        buf_clear(&in);
        for (int n = rand() % 120; n > 0; n--)
            add_random(&in);
        for (enum sgr_off off = OFF_BY_RESET; off <= OFF_SINGLY; off++) {
            shorten(&out, buf_str(&in), off);
            buf_clear(&a);
            buf_clear(&b);
            draw(&a, buf_str(&in), in.n);
            draw(&b, buf_str(&out), out.n);
            assert_string_equal(buf_str(&a), buf_str(&b));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_only_what_changes),
        cmocka_unit_test(any_frame_looks_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
