/* Names of a local tree: packed, and found by words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mix/text.h"
#include "mix/tree.h"

static struct tree *tree_of(const char *const *names) {
    struct tree *t = tree_new();
    struct buf chunk = {.max = MIX_MIB};

    for (; *names; names++) {
        const size_t n = strlen(*names);
        const bool dir = (*names)[n - 1] == '/';

        assert_int_equal(
            buf_addf(&chunk, "%d%.*s", dir ? TREE_DIR : TREE_FILE, (int)(n - dir), *names), RC_OK);
        assert_int_equal(buf_add(&chunk, "", 1), RC_OK);
    }
    assert_true(tree_add(t, chunk.p, chunk.n));
    buf_fini(&chunk);
    return t;
}

static const char *found(struct tree *t, const char *query, char out[1000]) {
    struct tree_find *f = tree_find_new(t);
    size_t n, at = 0;

    tree_find_set(f, query);
    while (tree_find_step(f, 64))
        ;
    const uint32_t *best = tree_best(f, &n);

    assert_int_equal(n, tree_found(f));
    *out = '\0';
    for (size_t i = 0; i < n; i++)
        at +=
            (size_t)snprintf(out + at, 1000 - at, "%s%s", i > 0 ? " " : "", tree_name(t, best[i]));
    tree_find_free(f);
    return out;
}

static const char *const project[] = {"src/",
                                      "src/main.c",
                                      "src/domain.c",
                                      "src/model/",
                                      "src/model/mapAll.c",
                                      "doc/manual/intro.md",
                                      "doc/MAIN.txt",
                                      "x/m/a/i/n",
                                      "caf\303\211/Stra\303\237e.md",
                                      "odd/\xff\xfe",
                                      NULL};

static void the_best_name_comes_first(void **state) {
    static const struct {
        const char *query, *first;
        size_t n; /* 0: not counted */
    } rows[] = {
        {"main", "src/main.c", 0},
        {"MAIN", "doc/MAIN.txt", 1},
        {"ma", "src/main.c", 0},
        {"mA", "src/model/mapAll.c", 0},
        {"main src", "src/main.c", 2},
        {"src main", "src/main.c", 2},
        {"intro", "doc/manual/intro.md", 1},
        {"dmanin", "doc/manual/intro.md", 1},
        {"'main", "src/main.c", 3},
        {"^doc", "doc/MAIN.txt", 2},
        {".c$", "src/main.c", 3},
        {"!src !doc", "odd/\xff\xfe", 3},
        {"stra\303\237e", "caf\303\211/Stra\303\237e.md", 1},
        {"caf\303\251", "caf\303\211/Stra\303\237e.md", 1},
        {"odd", "odd/\xff\xfe", 1},
        {"zzz", "", 0},
        {"main zzz", "", 0},
    };
    struct tree *t = tree_of(project);
    char out[1000];

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const char *all = found(t, rows[i].query, out);
        size_t n = *all != '\0';

        for (const char *p = all; *p; p++)
            n += *p == ' ';
        if (strncmp(all, rows[i].first, strlen(rows[i].first)) != 0 || (!*rows[i].first && *all) ||
            (rows[i].n > 0 && n != rows[i].n))
            fail_msg("%s: %s", rows[i].query, all);
    }
    tree_free(t);
}

static void an_empty_query_finds_everything_in_order(void **state) {
    struct tree *t = tree_of(project);
    struct tree_find *f = tree_find_new(t);
    size_t n;

    (void)state;
    assert_false(tree_find_left(f));
    const uint32_t *best = tree_best(f, &n);

    assert_int_equal(n, 10);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(best[i], i);
    assert_int_equal(tree_kind(t, 0), TREE_DIR);
    assert_string_equal(tree_name(t, 0), "src");
    assert_int_equal(tree_length(t, 1), 10);
    tree_find_free(f);
    tree_free(t);
}

/* Whatever is typed, taken back or comes in between: the same as asked for at once. */
static void narrowing_finds_what_a_new_search_finds(void **state) {
    static const char letters[] = "abms/ .c!$^'AM";
    struct tree *t = tree_new();
    uint32_t seed = 5;

    (void)state;
    struct tree_find *f = tree_find_new(t);
    char query[12] = "";

    for (int round = 0; round < 4000; round++) {
        seed = seed * 1664525U + 1013904223U;
        const size_t n = strlen(query);

        if (seed >> 29 == 0 && tree_count(t) < 3000) {
            char chunk[64];
            const int len =
                snprintf(chunk, sizeof chunk, "0src/%c%c/Ma%u.c", letters[(seed >> 8) % 4],
                         letters[(seed >> 12) % 4], seed >> 20);

            assert_true(tree_add(t, chunk, (size_t)len + 1));
        } else if (seed >> 30 == 3 && n > 0) {
            query[n - 1] = '\0';
        } else if (n + 1 < sizeof query) {
            query[n] = letters[(seed >> 10) % (sizeof letters - 1)];
            query[n + 1] = '\0';
        } else {
            *query = '\0';
        }
        tree_find_set(f, query);
        (void)tree_find_step(f, (seed >> 16) % 500);
        if (round % 7 != 0)
            continue;
        while (tree_find_step(f, 1000))
            ;
        struct tree_find *fresh = tree_find_new(t);
        size_t a, b;

        tree_find_set(fresh, query);
        while (tree_find_step(fresh, 100000))
            ;
        const uint32_t *x = tree_best(f, &a), *y = tree_best(fresh, &b);

        if (tree_found(f) != tree_found(fresh) || a != b || memcmp(x, y, a * sizeof *x) != 0)
            fail_msg("\"%s\": %zu, but %zu", query, tree_found(f), tree_found(fresh));
        tree_find_free(fresh);
    }
    tree_find_free(f);
    tree_free(t);
}

static void only_the_best_are_kept_in_order(void **state) {
    struct tree *t = tree_new();
    struct tree_find *f = tree_find_new(t);
    char chunk[64];
    size_t n;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        const int len = snprintf(chunk, sizeof chunk, "0a/%0*d_key", 1 + (5000 - i) / 250, i);

        assert_true(tree_add(t, chunk, (size_t)len + 1));
    }
    tree_find_set(f, "key");
    while (tree_find_step(f, 1000))
        ;
    const uint32_t *best = tree_best(f, &n);

    assert_int_equal(tree_found(f), 5000);
    assert_int_equal(n, TREE_BEST);
    for (size_t i = 1; i < n; i++) {
        const char *x = tree_name(t, best[i - 1]), *y = tree_name(t, best[i]);
        const int a = tree_score(f, x, strlen(x)), b = tree_score(f, y, strlen(y));

        assert_true(a > b || (a == b && best[i - 1] < best[i]));
        assert_true(b > 0);
    }
    tree_find_free(f);
    tree_free(t);
}

static void what_is_no_chunk_is_refused(void **state) {
    static const struct {
        const char *chunk;
        size_t n;
        bool good;
        size_t count;
    } rows[] = {
        {"", 0, true, 0},           {"0a\0", 3, true, 1},  {"0a", 2, false, 0},
        {"xa\0", 3, false, 0},      {"0a\0", 4, false, 1}, {"0\0", 2, true, 0},
        {"0a\0001b\0", 6, true, 2}, {"9a\0", 3, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct tree *t = tree_new();

        assert_int_equal(tree_add(t, rows[i].chunk, rows[i].n), rows[i].good);
        assert_int_equal(tree_count(t), rows[i].count);
        tree_free(t);
    }
}

static void a_tree_is_full_at_its_cap(void **state) {
    struct tree *t = tree_new();
    struct buf chunk = {.max = MIX_MIB};
    size_t names = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        (void)buf_adds(&chunk, "0a/rather/short/name");
        (void)buf_add(&chunk, "", 1);
    }
    while (tree_add(t, chunk.p, chunk.n))
        names += 1000;
    assert_int_equal(names, TREE_NAMES_MAX);
    assert_int_equal(tree_count(t), TREE_NAMES_MAX);
    buf_fini(&chunk);
    tree_free(t);
}

static void long_words_and_names_are_harmless(void **state) {
    struct tree *t = tree_new();
    struct tree_find *f = tree_find_new(t);
    char *chunk = xmalloc(70000), *query = xmalloc(5000);

    (void)state;
    memset(chunk, 'a', 70000);
    chunk[0] = '0';
    chunk[69999] = '\0';
    assert_true(tree_add(t, chunk, 70000)); /* longer than any path: left out */
    chunk[60000] = '\0';
    assert_true(tree_add(t, chunk, 60001));
    assert_int_equal(tree_count(t), 1);
    memset(query, 'a', 4999);
    query[4999] = '\0';
    tree_find_set(f, query);
    while (tree_find_step(f, 1000))
        ;
    assert_int_equal(tree_found(f), 1);
    tree_find_set(f, "a a a a a a a a a a a a a a a a a a a a a a a a");
    while (tree_find_step(f, 1000))
        ;
    assert_int_equal(tree_found(f), 1);
    tree_find_free(f);
    tree_free(t);
    free(chunk);
    free(query);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_name_comes_first),
        cmocka_unit_test(an_empty_query_finds_everything_in_order),
        cmocka_unit_test(narrowing_finds_what_a_new_search_finds),
        cmocka_unit_test(only_the_best_are_kept_in_order),
        cmocka_unit_test(what_is_no_chunk_is_refused),
        cmocka_unit_test(a_tree_is_full_at_its_cap),
        cmocka_unit_test(long_words_and_names_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
