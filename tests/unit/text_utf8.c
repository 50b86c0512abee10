/* Code points, clusters and cells. */
#include "../fuzz/text_checks.h"

#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>

#define BYTES(s) s, sizeof(s) - 1

static void decode_is_strict_and_bad_bytes_count_one_by_one(void **state) {
    (void)state;
    static const struct {
        const char *s;
        size_t n;
        uint32_t cp;
        size_t used;
    } rows[] = {
        {BYTES("a"), 'a', 1},
        {BYTES("\0"), 0, 1},
        {BYTES("\xc2\x80"), 0x80, 2},
        {BYTES("\xdf\xbf"), 0x7ff, 2},
        {BYTES("\xe0\xa0\x80"), 0x800, 3},
        {BYTES("\xed\x9f\xbf"), 0xd7ff, 3},
        {BYTES("\xee\x80\x80"), 0xe000, 3},
        {BYTES("\xef\xbf\xbd"), 0xfffd, 3},
        {BYTES("\xf0\x90\x80\x80"), 0x10000, 4},
        {BYTES("\xf4\x8f\xbf\xbf"), 0x10ffff, 4},
        {BYTES("\x80"), 0xfffd, 1},
        {BYTES("\xc0\xaf"), 0xfffd, 1},         /* overlong */
        {BYTES("\xc1\xbf"), 0xfffd, 1},         /* overlong */
        {BYTES("\xe0\x9f\xbf"), 0xfffd, 1},     /* overlong */
        {BYTES("\xf0\x8f\xbf\xbf"), 0xfffd, 1}, /* overlong */
        {BYTES("\xed\xa0\x80"), 0xfffd, 1},     /* surrogate */
        {BYTES("\xf4\x90\x80\x80"), 0xfffd, 1}, /* beyond Unicode */
        {BYTES("\xf5\x80\x80\x80"), 0xfffd, 1},
        {BYTES("\xe4\xb8"), 0xfffd, 1}, /* cut */
        {BYTES("\xe4\xb8x"), 0xfffd, 1},
        {BYTES("\xff"), 0xfffd, 1},
        {"", 0, 0xfffd, 1},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        size_t used;

        assert_int_equal(text_decode(rows[i].s, rows[i].n, &used), rows[i].cp);
        assert_int_equal(used, rows[i].used);
    }
}

static void every_code_point_survives_encode_and_decode(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp <= 0x110001; cp++) {
        const bool none = cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff);
        char out[4];
        size_t used;
        const size_t n = text_encode(out, cp);

        if (text_decode(out, n, &used) != (none ? 0xfffd : cp) || used != n || !text_valid(out, n))
            fail_msg("U+%04X", cp);
        for (size_t cut = 1; cut < n; cut++)
            if (text_valid(out, cut) || text_tail(out, cut) != cut)
                fail_msg("U+%04X cut to %zu bytes", cp, cut);
        if (text_tail(out, n) != 0)
            fail_msg("U+%04X has a tail", cp);
    }
}

static void tail_is_what_may_still_become_a_character(void **state) {
    (void)state;
    static const struct {
        const char *s;
        size_t tail;
    } rows[] = {
        {"", 0},
        {"abc", 0},
        {"abc\xe4", 1},
        {"abc\xe4\xb8", 2},
        {"\xe4\xb8\x96", 0},
        {"\xf0\x9f\x98", 3},
        {"\xf0\x9f", 2},
        {"\xed\xa0", 0},
        {"\xc0", 0},
        {"\xf0\x8f", 0},
        {"\x80\x80\x80", 0},
        {"\xe4\xb8\x96\xe4", 1},
        {"\xff", 0},
        {"\xe4x", 0},
        {"\xc3\xa9\x80", 0},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(text_tail(rows[i].s, strlen(rows[i].s)), rows[i].tail);
}

static void valid_sees_one_bad_byte_anywhere(void **state) {
    (void)state;
    for (size_t n = 1; n < 40; n++) {
        char s[40];

        memset(s, 'a', sizeof s);
        assert_true(text_valid(s, n));
        for (size_t at = 0; at < n; at++) {
            s[at] = (char)0x80;
            assert_false(text_valid(s, n));
            s[at] = 'a';
        }
    }
    assert_true(text_valid("", 0));
    assert_true(text_valid(BYTES("12345678\xe4\xb8\x96")));
    assert_false(text_valid(BYTES("12345678\xe4\xb8")));
}

static void clusters_hold_what_belongs_together(void **state) {
    (void)state;
    static const struct {
        const char *s;
        uint32_t bytes;
        int cells; /* of the spacing code points, as ncurses draws them */
    } rows[] = {
        {"ab", 1, 1},
        {"e\u0301x", 3, 1},
        {"e\u0301\u0302\u0303x", 7, 1},
        {"\u0301", 2, 0},
        {"\u4e16\u754c", 3, 2},
        {"\u00e9x", 2, 1},
        {"\U0001f600\U0001f600", 4, 2},
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467x", 18, 6},
        {"\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 8, 2},
        {"\u2764\ufe0fx", 6, 1},
        {"\u1100\u1161\u11a8x", 9, 2},
        {"\t\t", 1, 1},
        {"\n\n", 1, 0},
        {"\r\n", 2, 0},
        {"\x1b[", 1, 0},
        {"\x7f", 1, 0},
        {"\xc2\x85", 2, 0},
        {"\xff\xfe", 1, 1},
        {"a\xff", 1, 1},
        {"\xe4\xb8", 1, 1},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct cluster c = text_cluster(rows[i].s, strlen(rows[i].s));

        assert_int_equal(c.bytes, rows[i].bytes);
        assert_int_equal(c.cells, rows[i].cells);
        check_clusters(rows[i].s, strlen(rows[i].s));
    }
    assert_int_equal(text_cluster("", 0).bytes, 0);
}

static void unassigned_code_points_take_one_cell(void **state) {
    (void)state;
    assert_int_equal(text_width(BYTES("\U0003fff0")), 1);
    assert_int_equal(text_width(BYTES("\uffff")), 1);
}

static void endless_cluster_is_cut_before_its_cells_overflow(void **state) {
    (void)state;
    auto_buf struct buf b = {.max = MIX_MIB};

    for (int i = 0; i < 1000; i++)
        buf_adds(&b, "\U0001f469\u200d");
    const struct cluster c = text_cluster(b.p, b.n);

    assert_in_range(c.cells, 200, 255);
    check_clusters(b.p, b.n);
    assert_int_equal(text_width(b.p, b.n), 2000);
}

static void prev_is_the_inverse_of_going_forward(void **state) {
    (void)state;
    static const char *const texts[] = {
        "plain ascii",
        "\U0001f469\u200d\U0001f469\u200d\U0001f466 family",
        "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1e9",
        "e\u0301\u0302 \u0301 x\u200d\u200dy",
        "a\r\n\r\nb\n\r",
        "\u4e16\u754c\u3001\u3053\u3093",
        "\xff\x80\x80\x80\x80\xe4\xb8 \xf0\x9f\x98 \xc2",
        "\u0600\u0661 \u0e33\u0e01\u0e33",
    };

    for (size_t i = 0; i < MIX_COUNT(texts); i++)
        check_clusters(texts[i], strlen(texts[i]));
    assert_int_equal(text_prev("abc", 0), 0);
}

static void fit_never_splits_a_cluster(void **state) {
    (void)state;
    static const struct {
        const char *s;
        int cells;
        size_t bytes;
    } rows[] = {
        {"hello", 3, 3},
        {"hello", 99, 5},
        {"hello", 0, 0},
        {"\u4e16\u754c", 3, 3},
        {"\u4e16\u754c", 1, 0},
        {"ae\u0301x", 2, 4},
        {"\u0301\u0302x", 0, 4},
        {"\U0001f469\u200d\U0001f466x", 3, 0},
        {"\U0001f469\u200d\U0001f466x", 4, 11},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(text_fit(rows[i].s, strlen(rows[i].s), rows[i].cells), rows[i].bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_is_strict_and_bad_bytes_count_one_by_one),
        cmocka_unit_test(every_code_point_survives_encode_and_decode),
        cmocka_unit_test(tail_is_what_may_still_become_a_character),
        cmocka_unit_test(valid_sees_one_bad_byte_anywhere),
        cmocka_unit_test(clusters_hold_what_belongs_together),
        cmocka_unit_test(unassigned_code_points_take_one_cell),
        cmocka_unit_test(endless_cluster_is_cut_before_its_cells_overflow),
        cmocka_unit_test(prev_is_the_inverse_of_going_forward),
        cmocka_unit_test(fit_never_splits_a_cluster),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
