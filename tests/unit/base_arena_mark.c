/* Going back to a mark of an arena: what was there before stays, what came after is given back. */
#include "mix/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void rewind_keeps_what_was_before_the_mark(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 100, 600, 5000, 300000};
    struct arena a = {0};

    for (size_t before = 0; before < MIX_COUNT(sizes); before++) {
        char *kept = arena_alloc(&a, sizes[before]);
        const size_t bytes = a.bytes;

        memset(kept, 'k', sizes[before]);
        for (size_t after = 0; after < MIX_COUNT(sizes); after++) {
            const struct arena_mark mark = arena_mark(&a);

            for (int i = 0; i < 3; i++)
                memset(arena_alloc(&a, sizes[after]), 'x', sizes[after]);
            arena_rewind(&a, mark);
            assert_int_equal(a.bytes, bytes);
            assert_int_equal(*(char *)arena_alloc(&a, 1), 0);
            arena_rewind(&a, mark);
        }
        for (size_t i = 0; i < sizes[before]; i++)
            assert_int_equal(kept[i], 'k');
    }
    arena_free(&a);
}

static void rewind_of_an_empty_mark_leaves_an_empty_arena(void **state) {
    (void)state;
    struct arena a = {0};
    const struct arena_mark start = arena_mark(&a);

    arena_rewind(&a, start);
    arena_strdup(&a, "gone");
    arena_rewind(&a, start);
    assert_int_equal(a.bytes, 0);
    assert_string_equal(arena_strdup(&a, "here"), "here");
    arena_free(&a);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewind_keeps_what_was_before_the_mark),
        cmocka_unit_test(rewind_of_an_empty_mark_leaves_an_empty_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
