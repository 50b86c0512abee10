/* buf, the x-allocators and the small string helpers. */
#include "mix/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void buf_is_an_empty_string_before_anything_was_added(void **state) {
    (void)state;
    struct buf b;

    buf_init(&b, 10);
    assert_string_equal(buf_str(&b), "");
    assert_null(b.p);
    assert_int_equal(buf_add(&b, NULL, 0), RC_OK);
    assert_string_equal(b.p, "");
    buf_fini(&b);
    auto_free char *taken = buf_take(&b);
    assert_string_equal(taken, "");
}

static void buf_takes_exactly_max_bytes_and_not_one_more(void **state) {
    (void)state;
    for (size_t max = 0; max < 200; max++) {
        struct buf b;

        buf_init(&b, max);
        for (size_t i = 0; i < max; i++)
            assert_int_equal(buf_add(&b, "x", 1), RC_OK);
        assert_int_equal(buf_add(&b, "y", 1), RC_LIMIT);
        assert_int_equal(buf_addf(&b, "%d", 7), RC_LIMIT);
        assert_int_equal(buf_add(&b, "", SIZE_MAX), RC_LIMIT);
        assert_int_equal(b.n, max);
        assert_int_equal(strspn(buf_str(&b), "x"), max);
        assert_int_equal(strlen(buf_str(&b)), max);
        assert_true(b.cap <= max + 1 || b.cap == 0);
        buf_fini(&b);
    }
}

static void buf_formats_short_and_long(void **state) {
    (void)state;
    for (int width = 1; width < 1200; width += 17) {
        auto_buf struct buf b = {.max = 10000};
        char want[1300];

        assert_int_equal(buf_adds(&b, "<"), RC_OK);
        assert_int_equal(buf_addf(&b, "%*d", width, 5), RC_OK);
        assert_int_equal(buf_adds(&b, ">"), RC_OK);
        snprintf(want, sizeof want, "<%*d>", width, 5);
        assert_string_equal(b.p, want);
    }
}

static void buf_edits_in_the_middle(void **state) {
    (void)state;
    auto_buf struct buf b = {.max = 8};

    buf_adds(&b, "held");
    assert_int_equal(buf_insert(&b, 3, "lo wor", 6), RC_LIMIT);
    assert_string_equal(b.p, "held");
    assert_int_equal(buf_insert(&b, 3, "lo_", 3), RC_OK);
    assert_string_equal(b.p, "hello_d");
    assert_int_equal(buf_insert(&b, 0, ">", 1), RC_OK);
    assert_int_equal(buf_insert(&b, b.n, "<", 1), RC_LIMIT);
    buf_cut(&b, 1, 4);
    assert_string_equal(b.p, ">o_d");
    buf_cut(&b, 2, 99);
    assert_string_equal(b.p, ">o");
    buf_cut(&b, 2, 1);
    assert_int_equal(b.n, 2);
}

static void buf_clear_keeps_memory_and_take_gives_it_away(void **state) {
    (void)state;
    struct buf b;

    buf_init(&b, 100);
    buf_adds(&b, "some text");
    const size_t cap = b.cap;

    buf_clear(&b);
    assert_string_equal(b.p, "");
    assert_int_equal(b.cap, cap);
    buf_adds(&b, "more");
    auto_free char *taken = buf_take(&b);
    assert_string_equal(taken, "more");
    assert_null(b.p);
    assert_int_equal(b.max, 100);
}

static void xgrow_makes_room_for_one_more(void **state) {
    (void)state;
    size_t cap = 0;
    int *v = NULL;

    for (int i = 0; i < 1000; i++) {
        v = xgrow(v, (size_t)i, &cap, sizeof *v);
        assert_true(cap > (size_t)i);
        v[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v[i], i);
    free(v);
}

static void xstrndup_stops_at_the_end_of_the_string(void **state) {
    (void)state;
    auto_free char *part = xstrndup("abc", 2), *all = xstrndup("abc", 99), *copy = xstrdup("");

    assert_string_equal(part, "ab");
    assert_string_equal(all, "abc");
    assert_string_equal(copy, "");
}

static void take_leaves_null_behind(void **state) {
    (void)state;
    auto_free char *mine = xstrdup("x");
    auto_free char *theirs = TAKE(mine);

    assert_null(mine);
    assert_string_equal(theirs, "x");
}

static void auto_fd_closes_at_the_end_of_its_block(void **state) {
    (void)state;
    int seen;
    {
        auto_fd int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

        seen = fd;
        assert_true(fd >= 0);
    }
    assert_int_equal(fcntl(seen, F_GETFD), -1);
}

static void strings_compare_with_null(void **state) {
    (void)state;
    assert_true(str_eq(NULL, NULL));
    assert_false(str_eq(NULL, ""));
    assert_false(str_eq("", NULL));
    assert_true(str_eq("a", "a"));
    assert_false(str_eq("a", "b"));
    assert_true(str_blank(NULL));
    assert_true(str_blank(""));
    assert_false(str_blank(" "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_is_an_empty_string_before_anything_was_added),
        cmocka_unit_test(buf_takes_exactly_max_bytes_and_not_one_more),
        cmocka_unit_test(buf_formats_short_and_long),
        cmocka_unit_test(buf_edits_in_the_middle),
        cmocka_unit_test(buf_clear_keeps_memory_and_take_gives_it_away),
        cmocka_unit_test(xgrow_makes_room_for_one_more),
        cmocka_unit_test(xstrndup_stops_at_the_end_of_the_string),
        cmocka_unit_test(take_leaves_null_behind),
        cmocka_unit_test(auto_fd_closes_at_the_end_of_its_block),
        cmocka_unit_test(strings_compare_with_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
