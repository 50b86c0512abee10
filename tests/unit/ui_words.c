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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_as_short_as_it_can_be),
        cmocka_unit_test(sizes_and_counts_keep_two_digits),
        cmocka_unit_test(durations_costs_and_grouped_numbers),
        cmocka_unit_test(a_list_scrolls_no_more_than_it_must),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
