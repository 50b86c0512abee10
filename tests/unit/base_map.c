/* The map against a plain table, under many insertions and deletions. */
#include "mix/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void map_without_entries_finds_nothing(void **state) {
    (void)state;
    struct map m = {0};
    const char *key;
    void *value;
    size_t at = 0;

    assert_null(map_get(&m, "a"));
    assert_null(map_del(&m, "a"));
    assert_false(map_next(&m, &at, &key, &value));
    map_fini(&m);
}

static void map_copies_its_keys_and_replaces_values(void **state) {
    (void)state;
    struct map m = {0};
    char key[] = "key", one[] = "1", two[] = "2";

    map_set(&m, key, one);
    key[0] = 'x';
    assert_ptr_equal(map_get(&m, "key"), one);
    assert_null(map_get(&m, "xey"));
    map_set(&m, "key", two);
    assert_int_equal(m.n, 1);
    assert_ptr_equal(map_get(&m, "key"), two);
    assert_ptr_equal(map_del(&m, "key"), two);
    assert_null(map_get(&m, "key"));
    assert_int_equal(m.n, 0);
    map_fini(&m);
}

static void map_agrees_with_a_table_over_many_changes(void **state) {
    (void)state;
    enum { KEYS = 400, ROUNDS = 200000 };
    static char values[KEYS];
    static bool present[KEYS];
    struct map m = {0};
    uint32_t chance = 12345;
    size_t n = 0;

    for (int round = 0; round < ROUNDS; round++) {
        chance = chance * 1664525 + 1013904223;
        const uint32_t k = (chance >> 8) % KEYS;
        char key[16];

        snprintf(key, sizeof key, "k%u", k);
        assert_ptr_equal(map_get(&m, key), present[k] ? &values[k] : NULL);
        if (chance >> 30 < 2) {
            map_set(&m, key, &values[k]);
            n += !present[k];
            present[k] = true;
        } else {
            assert_ptr_equal(map_del(&m, key), present[k] ? &values[k] : NULL);
            n -= present[k];
            present[k] = false;
        }
        assert_int_equal(m.n, n);
    }
    assert_true(m.cap < 4 * KEYS); /* deleting leaves nothing behind that would make it grow */
    map_fini(&m);
}

static void map_next_walks_every_entry_once(void **state) {
    (void)state;
    enum { KEYS = 100 };
    static int values[KEYS];
    struct map m = {0};
    const char *key;
    void *value;
    size_t at = 0, n = 0;

    for (int i = 0; i < KEYS; i++) {
        char name[16];

        values[i] = 0;
        snprintf(name, sizeof name, "%d", i);
        map_set(&m, name, &values[i]);
    }
    for (; map_next(&m, &at, &key, &value); n++) {
        char name[16];
        int *seen = value;

        snprintf(name, sizeof name, "%d", (int)(seen - values));
        assert_string_equal(key, name);
        assert_int_equal((*seen)++, 0);
    }
    assert_int_equal(n, KEYS);
    map_fini(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map_without_entries_finds_nothing),
        cmocka_unit_test(map_copies_its_keys_and_replaces_values),
        cmocka_unit_test(map_agrees_with_a_table_over_many_changes),
        cmocka_unit_test(map_next_walks_every_entry_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
