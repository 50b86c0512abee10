/* Numbers and times as people read them; lists that scroll; what a tool call shows. */
#include "ui_fixture.h"

#define HOUR INT64_C(3600000)

static void a_time_is_as_short_as_it_can_be(void **state) {
    static const struct {
        int64_t at;
        const char *want;
    } cases[] = {
        {REAL_NOW, "14:06"},
        {REAL_NOW - 14 * HOUR, "00:06"},
        {REAL_NOW - 15 * HOUR, "Sun"},
        {REAL_NOW - 5 * DAY, "Wed"},
        {REAL_NOW - 7 * DAY, "16 Nov"},
        {REAL_NOW - 20 * DAY, "3 Nov"},
        {REAL_NOW - 400 * DAY, "2025"},
        {REAL_NOW + 30 * DAY, "23 Dec"},
        {0, ""},
        {-5, ""},
        {INT64_MAX, ""},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        assert_string_equal(say_time(cases[i].at, REAL_NOW).s, cases[i].want);
}

static void sizes_and_counts_keep_two_digits(void **state) {
    static const struct {
        int64_t n;
        const char *size, *count;
    } cases[] = {
        {-1, "0 B", "0"},
        {0, "0 B", "0"},
        {999, "999 B", "999"},
        {1000, "1 kB", "1.0k"},
        {2011, "2 kB", "2.0k"},
        {3110, "3 kB", "3.1k"},
        {12300, "12 kB", "12.3k"},
        {220100, "220 kB", "220k"},
        {999499, "999 kB", "999k"},
        {999500, "1.0 MB", "1.0M"},
        {1440000, "1.4 MB", "1.4M"},
        {9960000, "10 MB", "10M"},
        {1000000000, "1.0 GB", "1.0G"},
        {INT64_MAX, "9223372 TB", "9223372037G"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        assert_string_equal(say_size(cases[i].n).s, cases[i].size);
        assert_string_equal(say_count(cases[i].n).s, cases[i].count);
    }
}

static void durations_costs_and_grouped_numbers(void **state) {
    static const struct {
        double s;
        const char *want;
    } times[] = {{-1, ""},        {0, "0.00s"},    {3.4, "3.40s"},      {12.34, "12.3s"},
                 {100, "1m 40s"}, {125, "2m 05s"}, {1e9, "over a day"}, {99.96, "1m 39s"}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(times); i++)
        assert_string_equal(say_seconds(times[i].s).s, times[i].want);
    assert_string_equal(say_cost(0.021).s, "$0.021");
    assert_string_equal(say_cost(0.12).s, "$0.12");
    assert_string_equal(say_cost(12.5).s, "$12.50");
    assert_string_equal(say_grouped(0).s, "0");
    assert_string_equal(say_grouped(999).s, "999");
    assert_string_equal(say_grouped(1234).s, "1,234");
    assert_string_equal(say_grouped(UINT64_MAX).s, "18,446,744,073,709,551,615");
    assert_string_equal(say_left(20001).s, "0:21");
    assert_string_equal(say_left(90000).s, "1:30");
    assert_string_equal(say_left(-1).s, "0:00");
}

static void a_list_scrolls_no_more_than_it_must(void **state) {
    static const struct {
        size_t top, cursor, n;
        int height;
        size_t want;
    } cases[] = {
        {0, 0, 10, 5, 0},        {0, 4, 10, 5, 0}, {0, 5, 10, 5, 1}, {3, 2, 10, 5, 2},
        {9, 9, 10, 5, 5},        {9, 0, 3, 5, 0},  {0, 9, 10, 0, 9}, {4, SIZE_MAX, 10, 5, 4},
        {8, SIZE_MAX, 10, 5, 5}, {0, 0, 0, 5, 0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        assert_int_equal(list_top(cases[i].top, cases[i].cursor, cases[i].n, cases[i].height),
                         cases[i].want);
}

/* ---- calls ---- */

static const struct block *lay_out(struct view *v, const char *name, const char *input,
                                   const char *result, int width) {
    static uint32_t rev;
    static struct part p;

    p = (struct part){.kind = PART_TOOL,
                      .state = CALL_OK,
                      .fold = FOLD_OPEN,
                      .rev = ++rev,
                      .text = input,
                      .len = strlen(input),
                      .name = name,
                      .result = result,
                      .seconds = -1};
    return part_block(v, &p, ROLE_ASSISTANT, width);
}

static void assert_lines(const struct block *b, const char *want) {
    static const char *const signs[] = {
        [GUTTER_NONE] = "", [GUTTER_INDENT] = "", [GUTTER_RESULT] = "|",
        [GUTTER_ADD] = "+", [GUTTER_DEL] = "-",   [GUTTER_SAME] = "=",
    };
    auto_buf struct buf got = {.max = MIX_MIB};

    for (size_t i = 0; i < b->shown; i++)
        buf_addf(&got, "%s%.*s\n", signs[b->lines[i].gutter], (int)b->lines[i].len,
                 b->text.p + b->lines[i].off);
    assert_string_equal(buf_str(&got), want);
}

static void an_edit_shows_the_lines_that_differ(void **state) {
    static const struct {
        const char *name, *input;
        uint32_t added, removed;
        const char *want;
    } cases[] = {
        {"Edit",
         "{\"file_path\":\"f\",\"old_string\":\"a\\nb\\nc\\n\",\"new_string\":\"a\\nB\\nc\\n\"}", 1,
         1, "=a\n-b\n+B\n=c\n"},
        {"edit", "{\"old_string\":\"a\",\"new_string\":\"b\",\"file_path\":\"f\"}", 1, 1,
         "-a\n+b\n"},
        {"Edit", "{\"file_path\":\"f\",\"old_string\":\"a\\nb\",\"new_string\":\"\"}", 0, 2,
         "-a\n-b\n"},
        {"Edit", "{\"file_path\":\"f\",\"old_string\":\"same\",\"new_string\":\"same\"}", 0, 0,
         "=same\n"},
        {"Edit",
         "{\"file_path\":\"f\",\"old_string\":\"1\\n2\\n3\\n4\\n5\\nx\\n6\\n7\\n8\\n9\","
         "\"new_string\":\"1\\n2\\n3\\n4\\n5\\ny\\nz\\n6\\n7\\n8\\n9\"}",
         2, 1, "=3\n=4\n=5\n-x\n+y\n+z\n=6\n=7\n=8\n"},
        {"Edit",
         "{\"file_path\":\"f\",\"old_string\":\"x\\nx\\n\",\"new_string\":\"x\\nx\\nx\\n\"}", 1, 0,
         "=x\n=x\n+x\n"},
        {"Write", "{\"file_path\":\"f\",\"content\":\"one\\ntwo\\n\"}", 2, 0, "+one\n+two\n"},
        {"Write", "{\"file_path\":\"f\",\"content\":\"one\\ntwo cut he", 2, 0,
         "+one\n+two cut he\n"},
        {"Write", "{\"file_path\":\"f\",\"content\":\"\"}", 0, 0, ""},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct view *v = view_new();
        auto_buf struct buf want = {.max = 4096};
        const struct block *b = lay_out(v, cases[i].name, cases[i].input, "done", 60);

        buf_addf(&want, "%s|done\n", cases[i].want);
        assert_int_equal(b->added, cases[i].added);
        assert_int_equal(b->removed, cases[i].removed);
        assert_lines(b, want.p);
        view_free(v);
    }
}

static void other_calls_show_what_their_line_does_not(void **state) {
    static const struct {
        const char *name, *input, *want;
    } cases[] = {
        {"Bash", "{\"command\":\"make\",\"timeout\":0}", "|out\n"},
        {"Bash", "{\"command\":\"make\",\"timeout\":30}", "timeout: 30\n|out\n"},
        {"Bash", "{\"command\":\"cd a\\nmake\"}", "cd a\nmake\n|out\n"},
        {"Grep", "{\"pattern\":\"x\",\"path\":\"src\",\"literal_text\":false}",
         "path: src\n|out\n"},
        {"mcp_thing", "{\"q\":{\"a\":[1,2]},\"text\":\"one\\ntwo\"}",
         "q: {\"a\":[1,2]}\ntext:\none\ntwo\n|out\n"},
        {"Bash", "{\"comm", "|out\n"},
        {"Bash", "not json at all", "|out\n"},
        {"Bash", "", "|out\n"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct view *v = view_new();

        assert_lines(lay_out(v, cases[i].name, cases[i].input, "out\n\n", 60), cases[i].want);
        view_free(v);
    }
}

static void a_missing_result_is_said_to_be_missing(void **state) {
    struct view *v = view_new();

    (void)state;
    assert_lines(lay_out(v, "Bash", "{}", NULL, 60), "|output not known\n");
    assert_lines(lay_out(v, "Bash", "{}", "", 60), "|no output\n");
    assert_lines(lay_out(v, "Bash", "{}", " \n\n", 60), "|no output\n");
    view_free(v);
}

static void a_result_is_made_safe_line_by_line(void **state) {
    struct view *v = view_new();

    (void)state;
    assert_lines(lay_out(v, "Bash", "{}",
                         "a\x1b[31mb\r\n\xe2\x80\xae"
                         "c\td\rnext",
                         60),
                 "|a[31mb\n|c       d\n|next\n");
    view_free(v);
}

static void the_memo_is_bounded(void **state) {
    static char big[1 << 20];
    struct view *v = view_new();

    (void)state;
    memset(big, 'x', sizeof big - 1);
    for (uint32_t i = 1; i < 200; i++) {
        const struct part p = {
            .kind = PART_TEXT, .rev = i, .text = big, .len = sizeof big - 1, .seconds = -1};

        assert_true(part_block(v, &p, ROLE_USER, 80)->shown > 1000);
        assert_true(v->memo_bytes < (40 << 20));
    }
    view_free(v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_as_short_as_it_can_be),
        cmocka_unit_test(sizes_and_counts_keep_two_digits),
        cmocka_unit_test(durations_costs_and_grouped_numbers),
        cmocka_unit_test(a_list_scrolls_no_more_than_it_must),
        cmocka_unit_test(an_edit_shows_the_lines_that_differ),
        cmocka_unit_test(other_calls_show_what_their_line_does_not),
        cmocka_unit_test(a_missing_result_is_said_to_be_missing),
        cmocka_unit_test(a_result_is_made_safe_line_by_line),
        cmocka_unit_test(the_memo_is_bounded),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
