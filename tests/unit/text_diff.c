/* Two texts compared: what was added and removed leads from one to the other, and how it is shown.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../fuzz/diff_checks.h"
#include "cpu_time.h"

static struct diff *compare(const char *old, const char *new) {
    return diff_new(old, strlen(old), new, strlen(new));
}

static void expect_text(const char *old, const char *new, int context, const char *expected) {
    struct diff *d = compare(old, new);
    auto_buf struct buf out = {.max = MIX_MIB};

    diff_context(d, context);
    assert_int_equal(diff_text(&out, d), RC_OK);
    assert_string_equal(buf_str(&out), expected);
    diff_free(d);
}

static void changes_are_the_fewest_lines_that_differ(void **state) {
    static const struct {
        const char *old, *new, *diff;
    } table[] = {
        {"", "", ""},
        {"a\nb\n", "a\nb\n", ""},
        {"a\nb\n", "a\nb", ""},
        {"", "a\nb\n", "+a\n+b\n"},
        {"a\nb", "", "-a\n-b\n"},
        {"a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c\n"},
        {"a\nb", "a\nb\nc", " a\n b\n+c\n"},
        {"a\nb\nc\nd\n", "b\nc\nx\nd\n", "-a\n b\n c\n+x\n d\n"},
        {"\n\n", "\n", " \n-\n"},
        {"a\r\n", "a\n", "-a\r\n+a\n"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++)
        expect_text(table[i].old, table[i].new, 3, table[i].diff);
}

static void hunks_are_parted_where_lines_are_left_out(void **state) {
    const char *old = "a\n1\n2\n3\n4\n5\nb\n6\n7\n", *new = "A\n1\n2\n3\n4\n5\nB\n6\n7\n";

    (void)state;
    expect_text(old, new, 1, "-a\n+A\n 1\n@@\n 5\n-b\n+B\n 6\n");
    /* One line more is no longer than saying that one is left out. */
    expect_text(old, new, 2, "-a\n+A\n 1\n 2\n 3\n 4\n 5\n-b\n+B\n 6\n 7\n");
    expect_text(old, new, 0, "-a\n+A\n@@\n-b\n+B\n");
    expect_text("a\n", "a\n", -1, " a\n");
    expect_text(old, old, 3, "");
}

static void a_block_added_stands_where_people_would_put_it(void **state) {
    (void)state;
    expect_text("f {\n  a\n}\n\ng {\n  a\n}\n", "f {\n  a\n}\n\nh {\n  a\n}\n\ng {\n  a\n}\n", 1,
                " \n+h {\n+  a\n+}\n+\n g {\n");
}

/* The longest common sequence by the textbook. */
static size_t longest(const char *a, size_t n, const char *b, size_t m) {
    size_t best[64][64] = {{0}};

    for (size_t i = 1; i <= n; i++)
        for (size_t k = 1; k <= m; k++) {
            const size_t up = best[i - 1][k], left = best[i][k - 1];

            best[i][k] = a[i - 1] == b[k - 1] ? best[i - 1][k - 1] + 1 : up > left ? up : left;
        }
    return best[n][m];
}

static size_t random_lines(char *letters, char *text, uint32_t *seed) {
    const size_t n = (*seed >> 8) % 41;

    for (size_t i = 0; i < n; i++) {
        *seed = *seed * 1664525U + 1013904223U;
        letters[i] = (char)('a' + (*seed >> 16) % 5);
        text[2 * i] = letters[i];
        text[2 * i + 1] = '\n';
    }
    text[2 * n] = '\0';
    *seed = *seed * 1664525U + 1013904223U;
    return n;
}

static void no_shorter_diff_exists(void **state) {
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 4000; round++) {
        char a[64], b[64], old[128], new[128];
        const size_t n = random_lines(a, old, &seed), m = random_lines(b, new, &seed);
        const size_t common = longest(a, n, b, m);
        struct diff *d = compare(old, new);

        assert_int_equal(diff_removed(d), n - common);
        assert_int_equal(diff_added(d), m - common);
        diff_free(d);
        check_diff(old, 2 * n, new, 2 * m, 20, round % 4 - 1);
    }
}

/* Lines numbered, of which every `step`th is changed; `repeat`: the numbers come again. */
static char *many_lines(size_t lines, size_t step, size_t repeat, const char *word, size_t *n) {
    char *s = xmalloc(lines * 48 + 1);

    *n = 0;
    for (size_t i = 0; i < lines; i++)
        *n += (size_t)snprintf(s + *n, 48, "line %zu of a longer text%s\n", i % repeat,
                               step > 0 && i % step == 0 ? word : "");
    return s;
}

static void texts_that_have_little_in_common_end_soon(void **state) {
    static const struct {
        size_t step, repeat, repeat_new;
    } table[] = {
        {1, 1000000, 1000000}, {3, 1000000, 1000000}, {2, 500, 501}, {0, 7, 11}, {7, 2, 3},
        {0, 99991, 50021},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        size_t n, m;
        char *old = many_lines(200000, table[i].step, table[i].repeat, " old", &n);
        char *new = many_lines(200000, table[i].step, table[i].repeat_new, " new", &m);
        const uint64_t from = cpu_ns();
        struct diff *d = diff_new(old, n, new, m);
        const uint64_t took = cpu_ns() - from;

        assert_int_equal(diff_removed(d), diff_added(d)); /* as long as each other */
        if (took > 3000 * 1000000ULL)
            fail_msg("%zu: %u ms", i, (unsigned)(took / 1000000));
        check_apply(d, old, n, new, m);
        diff_free(d);
        free(old);
        free(new);
    }
}

static void far_texts_meet_at_lines_that_are_unique(void **state) {
    size_t n, m;
    char *old = many_lines(60000, 2, 1000000, " old", &n);
    char *new = many_lines(60000, 2, 1000000, " new", &m);
    struct diff *d = diff_new(old, n, new, m);

    (void)state;
    assert_int_equal(diff_added(d), 30000);
    diff_free(d);
    free(old);
    free(new);
}

/* A row as text: decoration and all; marked words in <>. */
static void row_text(struct buf *out, const struct flow *f, size_t row) {
    const struct flow_row *r = &f->rows[row];

    for (size_t i = 0; i < r->n_runs; i++) {
        const struct run *run = &f->runs[r->run + i];
        const bool marked = run->attrs & ATTR_REVERSE;

        buf_addf(out, "%s%.*s%s", marked ? "<" : "", (int)run->len, f->text.p + run->off,
                 marked ? ">" : "");
    }
    buf_adds(out, r->soft ? "\\\n" : "\n");
}

static void expect_shown(const char *old, const char *new, struct diff_how how,
                         const char *expected) {
    struct diff *d = compare(old, new);
    struct flow f = {0};
    auto_buf struct buf out = {.max = MIX_MIB};

    diff_flow(&f, d, 0, 1000, &how);
    for (size_t i = 0; i < f.n; i++)
        row_text(&out, &f, i);
    assert_string_equal(buf_str(&out), expected);
    flow_fini(&f);
    diff_free(d);
}

static void lines_have_numbers_signs_and_marked_words(void **state) {
    const struct diff_how how = {.width = 40, .numbers = true, .first_old = 9, .first_new = 9};

    (void)state;
    expect_shown("same\nint two = 2;\n", "same\nint zwei = 2;\n", how,
                 " 9  9  same\n"
                 "10    -int <two> = 2;\n"
                 "   10 +int <zwei> = 2;\n");
    expect_shown("", "a\n\n", how, " 9 +a\n10 +\n");
    expect_shown("if (a) go();\n", "entirely different\n", (struct diff_how){.width = 30},
                 "-if (a) go();\n+entirely different\n");
    expect_shown("a b c x d\n", "a y z x d\n", (struct diff_how){.width = 30},
                 "-a <b c> x d\n+a <y z> x d\n");
}

static void a_changed_line_finds_its_twin_among_added_ones(void **state) {
    (void)state;
    expect_shown("int count = 1;\n", "/* new */\nint count = 2;\n", (struct diff_how){.width = 30},
                 "-int count = <1>;\n+/* new */\n+int count = <2>;\n");
}

static void long_lines_wrap_in_their_own_column(void **state) {
    (void)state;
    expect_shown("aaaaaaaaaaaaaaa\n", "", (struct diff_how){.width = 10},
                 "-aaaaaaaaa\\\n aaaaaa\n");
    expect_shown("one\n01234567890123456789012345678901234567890123\n", "one\nx\n",
                 (struct diff_how){.width = 80, .split = true},
                 " one                                   \u2502 one\n"
                 "-01234567890123456789012345678901234567\u2502+x\\\n"
                 " 890123                                \u2502 \n");
}

static void two_columns_stand_side_by_side(void **state) {
    const struct diff_how how = {
        .width = 81, .split = true, .numbers = true, .first_old = 1, .first_new = 1, .ascii = true};

    (void)state;
    expect_shown("a\nold one\nz\n", "a\nnew one\nmore\nz\n", how,
                 "1  a                                    |1  a\n"
                 "2 -<old> one                              |2 +<new> one\n"
                 "                                        |3 +more\n"
                 "3  z                                    |4  z\n");
    /* Too narrow for two: one. */
    expect_shown("a\n", "b\n", (struct diff_how){.width = 79, .split = true}, "-a\n+b\n");
}

static void what_is_left_out_is_counted(void **state) {
    (void)state;
    expect_shown("a\n1\n2\n3\n4\n5\n6\n7\n8\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\n8\nB\n",
                 (struct diff_how){.width = 40},
                 "-a\n+A\n 1\n 2\n 3\n\u2026 2 lines\n 6\n 7\n 8\n-b\n+B\n");
}

static void hidden_characters_are_shown(void **state) {
    (void)state;
    expect_shown("return admin\n", "return\xe2\x80\xae admin\x1b\xff\n",
                 (struct diff_how){.width = 40},
                 "-return admin\n+return<<U+202E>> admin<\xe2\x90\x9b\xef\xbf\xbd>\n");
    expect_shown("a b\r\n", "a b\n", (struct diff_how){.width = 40}, "-a b<\xe2\x90\x8d>\n+a b\n");
    expect_shown("a\r\n", "b\r\n", (struct diff_how){.width = 40}, "-a\n+b\n");
}

static void code_in_a_diff_has_its_inks(void **state) {
    struct diff *d = compare("/* a\nb */ int c;\n", "/* a\nb */ int x;\n");
    struct flow f = {0};

    (void)state;
    diff_flow(&f, d, 1, 2, &(struct diff_how){.width = 40, .lang = LANG_C});
    assert_int_equal(f.n, 2);
    assert_int_equal(f.rows[0].fill, INK_REMOVED);
    assert_int_equal(f.rows[1].fill, INK_ADDED);
    assert_int_equal(f.rows[1].src, 2);
    const struct run *run = &f.runs[f.rows[1].run];

    assert_int_equal(run[0].ink, INK_ADDED);
    assert_int_equal(run[0].flags, RUN_DECOR);
    assert_int_equal(run[1].ink, INK_COMMENT); /* goes on from the line before */
    assert_int_equal(run[2].ink, INK_ADDED);   /* plain code */
    assert_int_equal(run[3].ink, INK_TYPE);
    flow_fini(&f);
    diff_free(d);
}

static void a_part_is_laid_out_like_the_whole(void **state) {
    size_t n, m;
    char *old = many_lines(3000, 50, 100000, " old", &n);
    char *new = many_lines(3000, 50, 100000, " new", &m);
    struct diff *d = diff_new(old, n, new, m);

    (void)state;
    for (int split = 0; split < 2; split++) {
        const struct diff_how how = {.width = 100, .split = split};
        struct flow whole = {0};

        diff_flow(&whole, d, 0, SIZE_MAX, &how);
        assert_int_equal(whole.n, diff_lines(d, &how)); /* none is wrapped */
        for (size_t from = 0; from < whole.n; from += 13) {
            struct flow part = {0};
            auto_buf struct buf a = {.max = MIX_MIB}, b = {.max = MIX_MIB};

            diff_flow(&part, d, from, 1, &how);
            assert_int_equal(part.n, 1);
            row_text(&a, &part, 0);
            row_text(&b, &whole, from);
            assert_string_equal(buf_str(&a), buf_str(&b));
            flow_fini(&part);
        }
        flow_fini(&whole);
    }
    diff_free(d);
    free(old);
    free(new);
}

static void one_endless_line_is_cut_for_the_eye(void **state) {
    const size_t n = 10 * MIX_MIB;
    char *s = xmalloc(n);
    struct flow f = {0};

    (void)state;
    memset(s, 'x', n);
    s[n / 2] = '\0';
    struct diff *d = diff_new(s, n, s, n - 1);

    assert_int_equal(diff_lines(d, &(struct diff_how){.width = 80}), 2);
    diff_flow(&f, d, 0, 10, &(struct diff_how){.width = 80, .lang = LANG_C});
    assert_true(f.n > 200 && f.n < 1000);
    flow_fini(&f);
    diff_free(d);
    free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_the_fewest_lines_that_differ),
        cmocka_unit_test(hunks_are_parted_where_lines_are_left_out),
        cmocka_unit_test(a_block_added_stands_where_people_would_put_it),
        cmocka_unit_test(no_shorter_diff_exists),
        cmocka_unit_test(texts_that_have_little_in_common_end_soon),
        cmocka_unit_test(far_texts_meet_at_lines_that_are_unique),
        cmocka_unit_test(lines_have_numbers_signs_and_marked_words),
        cmocka_unit_test(a_changed_line_finds_its_twin_among_added_ones),
        cmocka_unit_test(long_lines_wrap_in_their_own_column),
        cmocka_unit_test(two_columns_stand_side_by_side),
        cmocka_unit_test(what_is_left_out_is_counted),
        cmocka_unit_test(hidden_characters_are_shown),
        cmocka_unit_test(code_in_a_diff_has_its_inks),
        cmocka_unit_test(a_part_is_laid_out_like_the_whole),
        cmocka_unit_test(one_endless_line_is_cut_for_the_eye),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
