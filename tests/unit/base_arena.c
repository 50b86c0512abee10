/* The arena: zeroed, aligned, big and small, gone at once. */
#include "mix/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void arena_gives_zeroed_aligned_memory_of_any_size(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 3, 16, 17, 479, 480, 481, 4000, 4096, 100000, 2 * MIX_MIB};
    struct arena a = {0};
    size_t total = 0;

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
            unsigned char *p = arena_alloc(&a, sizes[i]);

            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(p[k], 0);
            memset(p, 0xaa, sizes[i]);
            total += sizes[i];
        }
    }
    assert_int_equal(a.bytes, total);
    arena_free(&a);
}

static void arena_keeps_every_string_apart(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    static char *strings[COUNT];
    struct arena a = {0};

    for (int i = 0; i < COUNT; i++)
        strings[i] = arena_printf(&a, "%d:%*s", i, i % 700, "x");
    for (int i = 0; i < COUNT; i++) {
        char want[1024];

        snprintf(want, sizeof want, "%d:%*s", i, i % 700, "x");
        assert_string_equal(strings[i], want);
    }
    arena_free(&a);
}

static void arena_copies_strings_and_parts_of_them(void **state) {
    (void)state;
    struct arena a = {0};

    assert_null(arena_strdup(&a, NULL));
    assert_string_equal(arena_strdup(&a, ""), "");
    assert_string_equal(arena_strdup(&a, "abc"), "abc");
    assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
    assert_string_equal(arena_strndup(&a, "abc", 9), "abc");
    arena_free(&a);
}

static void arena_is_usable_again_after_free(void **state) {
    (void)state;
    struct arena a = {0};

    arena_free(&a);
    arena_alloc(&a, 100);
    arena_free(&a);
    assert_int_equal(a.bytes, 0);
    assert_null(a.head);
    assert_string_equal(arena_strdup(&a, "again"), "again");
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory_of_any_size),
        cmocka_unit_test(arena_keeps_every_string_apart),
        cmocka_unit_test(arena_copies_strings_and_parts_of_them),
        cmocka_unit_test(arena_is_usable_again_after_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
