/* Flows: lines of bits become rows; plain text; what a copy takes out. */
#include "../fuzz/flow_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

/* Rows joined by '|', decoration in brackets, soft ends '~'. */
static void dump(struct buf *out, const struct flow *f) {
    for (size_t i = 0; i < f->n; i++) {
        const struct flow_row *row = &f->rows[i];

        buf_adds(out, i > 0 ? "|" : "");
        for (size_t k = 0; k < row->n_runs; k++) {
            const struct run *run = &f->runs[row->run + k];
            const bool decor = (run->flags & RUN_DECOR) != 0;

            buf_adds(out, decor ? "[" : "");
            buf_add(out, f->text.p + run->off, run->len);
            buf_adds(out, decor ? "]" : "");
        }
        buf_adds(out, row->soft ? "~" : "");
    }
}

static void assert_rows(const struct flow *f, int width, const char *want) {
    auto_buf struct buf got = {.max = MIX_MIB};

    check_flow(f, 0, width);
    dump(&got, f);
    assert_string_equal(buf_str(&got), want);
}

static void assert_copy(const struct flow *f, size_t from, size_t to, int a, int b,
                        const char *want) {
    auto_buf struct buf got = {.max = MIX_MIB};

    flow_copy(&got, f, from, to, a, b);
    assert_string_equal(buf_str(&got), want);
}

static const struct {
    const char *first, *rest, *text;
    int width;
    enum flow_wrap wrap;
    const char *rows, *copy;
} lines[] = {
    {"", "", "", 10, WRAP_WORDS, "", ""},
    {"* ", "  ", "", 10, WRAP_WORDS, "[* ]", "-"},
    {"", "", "hello", 10, WRAP_WORDS, "hello", "hello"},
    {"", "", "hello world", 6, WRAP_WORDS, "hello~|world", "hello world"},
    {"* ", "  ", "one two three", 8, WRAP_WORDS, "[* ]one~|[  ]two~|[  ]three", "- one two three"},
    {"1. ", "", "aa bb cc", 8, WRAP_WORDS, "[1. ]aa bb~|cc", "1. aa bb cc"},
    {"", "", "abcdefg", 3, WRAP_CELLS, "abc~|def~|g", "abcdefg"},
    {"|", "|", "ab  cdef", 4, WRAP_CELLS, "[|]ab ~|[|] cd~|[|]ef", "ab  cdef"},
    {"", "", "\u6f22\u5b57x", 3, WRAP_CELLS, "\u6f22~|\u5b57x", "\u6f22\u5b57x"},
    {"", "", "\u6f22\u5b57", 1, WRAP_CELLS, "\u6f22~|\u5b57", "\u6f22\u5b57"},
    {"", "", "\u6f22\u5b57", 1, WRAP_WORDS, "\u6f22~|\u5b57", "\u6f22\u5b57"},
    {"| ", "| ", "a   b  ", 4, WRAP_WORDS, "[| ]a~|[| ]b", "a   b"},
};

static void lines_are_wrapped_behind_their_prefix(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(lines); i++) {
        struct flow f = {0};
        const struct flow_prefix prefix = {lines[i].first, lines[i].rest, INK_BULLET, 0};
        const struct flow_bit bit = {.s = lines[i].text, .n = strlen(lines[i].text)};

        flow_line(&f, &bit, 1, &prefix, lines[i].wrap, lines[i].width, INK_TEXT);
        assert_rows(&f, lines[i].width, lines[i].rows);
        assert_copy(&f, 0, f.n, 0, -1, lines[i].copy);
        flow_fini(&f);
    }
}

static void bits_keep_their_look_across_rows(void **state) {
    (void)state;
    struct flow f = {0};
    const struct flow_bit bits[] = {
        {.s = "one ", .n = 4, .src = 10, .ink = INK_TEXT},
        {.s = "two thr", .n = 7, .src = 16, .ink = INK_LINK, .attrs = ATTR_BOLD, .link = 1},
        {.s = "ee", .n = 2, .src = 30, .ink = INK_CODE},
        {.s = " x", .n = 2, .src = 32, .ink = INK_CODE},
    };
    static const struct {
        size_t row;
        uint32_t src;
        const char *text;
        uint8_t ink;
    } want[] = {{0, 10, "one ", INK_TEXT},
                {0, 10, "two", INK_LINK},
                {1, 20, "thr", INK_LINK},
                {1, 20, "ee x", INK_CODE}};

    f.links = xcalloc(1, sizeof *f.links);
    f.n_links = f.cap_links = 1;
    flow_line(&f, bits, MIX_COUNT(bits), NULL, WRAP_WORDS, 7, INK_CODE);
    assert_rows(&f, 7, "one two~|three x");
    assert_int_equal(f.n_runs, MIX_COUNT(want));
    for (size_t i = 0; i < MIX_COUNT(want); i++) {
        const struct flow_row *row = &f.rows[want[i].row];

        assert_true(i >= row->run && i < row->run + row->n_runs);
        assert_int_equal(row->src, want[i].src);
        assert_int_equal(row->fill, INK_CODE);
        assert_int_equal(f.runs[i].ink, want[i].ink);
        assert_int_equal(f.runs[i].link, want[i].ink == INK_LINK);
        assert_int_equal(f.runs[i].len, strlen(want[i].text));
        assert_memory_equal(f.text.p + f.runs[i].off, want[i].text, f.runs[i].len);
    }
    flow_fini(&f);
}

static void a_paragraph_lies_in_the_text_in_one_piece(void **state) {
    (void)state;
    struct flow f = {0};
    const struct flow_prefix prefix = {"> ", "> ", INK_RULE, 0};
    const struct flow_bit bit = {.s = "a needle in hay", .n = 15};

    for (int i = 0; i < 3; i++)
        flow_line(&f, &bit, 1, &prefix, WRAP_WORDS, 9, INK_TEXT);
    assert_string_equal(f.text.p, "> a needle in hay\na needle in hay\na needle in hay\n");
    assert_true(flow_bytes(&f) >= f.text.n + f.n * sizeof *f.rows + f.n_runs * sizeof *f.runs);
    flow_clear(&f);
    assert_int_equal(f.n + f.n_runs + f.n_links + f.text.n, 0);
    flow_fini(&f);
    assert_int_equal(flow_bytes(&f), 0);
}

static const struct {
    const char *text;
    int width;
    enum clean clean;
    enum flow_wrap wrap;
    const char *rows;
} plains[] = {
    {"", 10, CLEAN_TEXT, WRAP_CELLS, ""},
    {"a\n", 10, CLEAN_TEXT, WRAP_CELLS, "[| ]a"},
    {"a\n\nb", 10, CLEAN_TEXT, WRAP_CELLS, "[| ]a|[| ]|[| ]b"},
    {"a\r\n\r\nb\r\n", 10, CLEAN_TEXT, WRAP_CELLS, "[| ]a|[| ]|[| ]b"},
    {"10%\r20%\n", 10, CLEAN_TEXT, WRAP_CELLS, "[| ]10%|[| ]20%"},
    {"a\tb", 20, CLEAN_TEXT, WRAP_CELLS, "[| ]a       b"},
    {"\033[31mred\033[0m", 40, CLEAN_TEXT, WRAP_CELLS, "[| ][31mred[0m"},
    {"\033x", 40, CLEAN_MARKS, WRAP_CELLS, "[| ]\u241bx"},
    {"\xff|", 40, CLEAN_TEXT, WRAP_CELLS, "[| ]\ufffd|"},
    {"aa bb cc", 7, CLEAN_TEXT, WRAP_WORDS, "[| ]aa bb~|[| ]cc"},
};

static void plain_text_is_cleaned_and_set_out(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(plains); i++) {
        struct flow f = {0};
        const struct flow_plain how = {.ink = INK_OUTPUT,
                                       .clean = plains[i].clean,
                                       .wrap = plains[i].wrap,
                                       .gutter = "| ",
                                       .width = plains[i].width};

        assert_int_equal(flow_plain(&f, plains[i].text, strlen(plains[i].text), &how, SIZE_MAX),
                         strlen(plains[i].text));
        assert_rows(&f, plains[i].width, plains[i].rows);
        flow_fini(&f);
    }
}

static void plain_text_stops_at_a_line_when_there_are_rows_enough(void **state) {
    (void)state;
    static const char text[] = "one\ntwo two\nthree\nfour\n";
    const size_t n = sizeof text - 1;
    const struct flow_plain how = {.wrap = WRAP_CELLS, .width = 4, .src = 100};
    struct flow f = {0};
    const size_t taken = flow_plain(&f, text, n, &how, 2);

    assert_int_equal(taken, 12);
    assert_rows(&f, 4, "one|two ~|two");
    assert_int_equal(f.rows[2].src, 108);
    assert_int_equal(flow_plain(&f, text + taken, n - taken, &how, SIZE_MAX), n - taken);
    assert_rows(&f, 4, "one|two ~|two|thre~|e|four");
    flow_fini(&f);
}

static void one_endless_line_is_taken_in_pieces_and_copied_whole(void **state) {
    (void)state;
    const size_t n = MIX_MIB;
    char *text = xmalloc(n);
    const struct flow_plain how = {.wrap = WRAP_CELLS, .width = 80, .gutter = "  "};
    struct flow f = {0};
    struct buf copy = {.max = 2 * n};

    for (size_t i = 0; i < n; i++)
        text[i] = i % 11 == 10 ? ' ' : (char)('a' + i % 26);
    text[n - 1] = '!';
    const size_t taken = flow_plain(&f, text, n, &how, 10);

    assert_in_range(taken, 10 * 78, 128 << 10);
    assert_true(f.rows[f.n - 1].soft);
    assert_int_equal(flow_plain(&f, text + taken, n - taken, &how, SIZE_MAX), n - taken);
    check_flow(&f, 0, 80);
    flow_copy(&copy, &f, 0, f.n, 0, -1);
    assert_int_equal(copy.n, n);
    assert_memory_equal(copy.p, text, n);
    buf_fini(&copy);
    flow_fini(&f);
    free(text);
}

static const struct {
    size_t from, to;
    int a, b;
    const char *want;
} cuts[] = {
    {0, 1, 0, -1, "alpha"},
    {0, 2, 0, -1, "alpha beta"},
    {0, 9, 0, -1, "alpha beta\ngamma\n"},
    {0, 2, 4, 4, "pha be"},
    {1, 3, 0, 5, "beta\ngam"},
    {0, 1, 2, 4, "al"},
    {0, 1, 0, 1, ""},
    {2, 4, 3, -1, "amma\n"},
    {9, 12, 0, -1, ""},
    {0, 3, 7, -1, "beta\ngamma"},
};

static void a_copy_is_logical_text_between_two_places(void **state) {
    (void)state;
    const struct flow_prefix prefix = {"> ", "> ", INK_RULE, 0};
    struct flow f = {0};

    flow_line(&f, &(struct flow_bit){.s = "alpha beta", .n = 10}, 1, &prefix, WRAP_WORDS, 8, 0);
    flow_line(&f, &(struct flow_bit){.s = "gamma  ", .n = 7}, 1, &prefix, WRAP_WORDS, 12, 0);
    flow_line(&f, NULL, 0, NULL, WRAP_WORDS, 8, 0);
    assert_int_equal(f.n, 4);
    for (size_t i = 0; i < MIX_COUNT(cuts); i++)
        assert_copy(&f, cuts[i].from, cuts[i].to, cuts[i].a, cuts[i].b, cuts[i].want);
    flow_fini(&f);
}

static int utf8(void **state) {
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_wrapped_behind_their_prefix),
        cmocka_unit_test(bits_keep_their_look_across_rows),
        cmocka_unit_test(a_paragraph_lies_in_the_text_in_one_piece),
        cmocka_unit_test(plain_text_is_cleaned_and_set_out),
        cmocka_unit_test(plain_text_stops_at_a_line_when_there_are_rows_enough),
        cmocka_unit_test(one_endless_line_is_taken_in_pieces_and_copied_whole),
        cmocka_unit_test(a_copy_is_logical_text_between_two_places),
    };

    return cmocka_run_group_tests(tests, utf8, NULL);
}
