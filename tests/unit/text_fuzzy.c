/* Fuzzy matching: what matches, and what ranks above what. */
#include "mix/text.h"

#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static void fuzzy_matches_words_as_subsequences(void **state) {
    (void)state;
    static const struct {
        const char *query, *line;
        bool matches;
    } rows[] = {
        {"abc", "a-b-c", true},
        {"abc", "acb", false},
        {"abc", "ab", false},
        {"abc", "", false},
        {"ABC", "abc", false}, /* a capital makes the word exact */
        {"abc", "ABC", true},
        {"aBc", "xaxBxc", true},
        {"wrap src", "src/text/wrap.c", true},
        {"wrap src zz", "src/text/wrap.c", false},
        {"Wrap src", "SRC/text/Wrap.c", true}, /* word by word */
        {"\u00e9t\u00e9", "\u00c9T\u00c9", true},
        {"\u03b4", "\u0391\u0394", true},
        {"\u0394", "\u03b4", false},
        {"\u4e16", "hello \u4e16\u754c", true},
        {"  a   ", "a", true},
        {"\xff", "\xff", true},
        {"a", "\xe4\xb8", false},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(text_fuzzy(rows[i].query, rows[i].line) > 0, rows[i].matches);
}

static void empty_query_scores_one(void **state) {
    (void)state;
    assert_int_equal(text_fuzzy("", "anything"), 1);
    assert_int_equal(text_fuzzy("  \t", ""), 1);
    assert_true(text_fuzzy("a", "xxxxxxxxa") > 1);
}

static void better_matches_score_higher(void **state) {
    (void)state;
    static const struct {
        const char *query, *better, *worse;
    } rows[] = {
        {"main", "main.c", "domain.c"},                   /* word start */
        {"main", "src/main.c", "src/domain.c"},           /* path part */
        {"main", "src/main.c", "m/a/i/n"},                /* run */
        {"abc", "xabcx", "xaxbxcx"},                      /* run */
        {"abc", "abc", "x abc"},                          /* earliness */
        {"fb", "fooBar", "foobar"},                       /* camel case */
        {"fb", "foo_bar", "foobar"},                      /* parts */
        {"fb", "foo bar", "foxxbxx"},                     /* words */
        {"read", "README.md", "src/thread/x.c"},          /* start of line */
        {"wc", "src/text/wrap.c", "src/text/swmic.x"},    /* initials */
        {"main", "main.c", "main_helper_of_the_tests.c"}, /* shortness */
        {"ab", "a-b", "a----------b"},                    /* small gap */
        {"new", "New session", "Rename window"},
        {"main", "xxmain/yy main", "xxmain/yy zain"}, /* the best of several places counts */
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const int better = text_fuzzy(rows[i].query, rows[i].better);
        const int worse = text_fuzzy(rows[i].query, rows[i].worse);

        if (better <= worse)
            fail_msg("%s: %s scores %d, %s scores %d", rows[i].query, rows[i].better, better,
                     rows[i].worse, worse);
    }
}

static void every_word_of_the_query_adds_to_the_score(void **state) {
    (void)state;
    const char *line = "src/text/wrap.c";

    assert_true(text_fuzzy("wrap src", line) > text_fuzzy("wrap", line));
    assert_int_equal(text_fuzzy("wrap src", line), text_fuzzy("src wrap", line));
}

static void endless_lines_and_queries_are_bounded(void **state) {
    (void)state;
    enum { BYTES = 300000 };
    char *line = xmalloc(BYTES + 1);

    memset(line, 'a', BYTES);
    line[BYTES - 1] = 'z';
    line[BYTES] = '\0';
    assert_true(text_fuzzy("az", line) > 0); /* found far behind what is scored */
    assert_int_equal(text_fuzzy("zz", line), 0);
    assert_true(text_fuzzy(line + BYTES - 1000, line) > 0);
    assert_true(text_fuzzy("aaaa", line) > 0);
    free(line);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fuzzy_matches_words_as_subsequences),
        cmocka_unit_test(empty_query_scores_one),
        cmocka_unit_test(better_matches_score_higher),
        cmocka_unit_test(every_word_of_the_query_adds_to_the_score),
        cmocka_unit_test(endless_lines_and_queries_are_bounded),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
