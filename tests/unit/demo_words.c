/* Which words of a message steer the agent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "demo.h"

static const struct {
    const char *text;
    enum word word;
    const char *arg;
} cases[] = {
    {"run ls -l", WORD_RUN, "ls -l"},
    {"  Run make test  ", WORD_RUN, "make test"},
    {"please run ls", WORD_RUN, "ls"},
    {"run", WORD_COUNT, "run"},
    {"running is fun", WORD_COUNT, "running is fun"},
    {"edit src/a b.c", WORD_EDIT, "src/a b.c"},
    {"two permissions", WORD_TWO, ""},
    {"Two permissions!", WORD_TWO, ""},
    {"two permissions please", WORD_COUNT, "two permissions please"},
    {"ask me", WORD_ASK, ""},
    {"ask me in words.", WORD_ASK_TEXT, ""},
    {"ask me to confirm", WORD_ASK_OK, ""},
    {"ask me anything", WORD_COUNT, "ask me anything"},
    {"plan", WORD_PLAN, ""},
    {"plan a trip", WORD_PLAN, "a trip"},
    {"planet", WORD_COUNT, "planet"},
    {"task look and run make", WORD_TASK, "look and run make"},
    {"code rust", WORD_CODE, "rust"},
    {"flood 100", WORD_FLOOD, "100"},
    {"flood", WORD_COUNT, "flood"},
    {"tools", WORD_KINDS, ""},
    {"tools are fun", WORD_COUNT, "tools are fun"},
    {"long", WORD_LONG, ""},
    {"long story", WORD_COUNT, "long story"},
    {"rate limit", WORD_LIMIT, ""},
    {"fail.", WORD_FAIL, ""},
    {"what is in the files?", WORD_COUNT, "what is in the files?"},
    {"", WORD_COUNT, ""},
};

static void words_are_read_at_the_beginning_of_a_line(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct step steps[STEPS_MAX];
        assert_int_equal(words_read(cases[i].text, steps), 1);
        if (steps[0].word != cases[i].word)
            fail_msg("\"%s\" was read as %d, not %d", cases[i].text, (int)steps[0].word,
                     (int)cases[i].word);
        assert_int_equal(steps[0].n, strlen(cases[i].arg));
        assert_memory_equal(steps[0].arg, cases[i].arg, steps[0].n);
    }
}

static void every_line_with_a_word_is_a_step(void **state) {
    (void)state;
    struct step steps[STEPS_MAX];
    assert_int_equal(words_read("First this:\nrun a\n\ntodo\nand then\nedit b\n", steps), 3);
    assert_int_equal(steps[0].word, WORD_RUN);
    assert_int_equal(steps[1].word, WORD_TODO_LIST);
    assert_int_equal(steps[2].word, WORD_EDIT);
}

static void steps_have_a_limit(void **state) {
    (void)state;
    struct step steps[STEPS_MAX];
    struct buf text;
    buf_init(&text, MIX_MIB);
    for (int i = 0; i < 100; i++)
        buf_adds(&text, "run x\n");
    assert_int_equal(words_read(buf_str(&text), steps), STEPS_MAX);
    buf_fini(&text);
}

static void every_word_is_read_as_itself_and_has_help(void **state) {
    (void)state;
    for (int w = 0; w < WORD_COUNT; w++) {
        const char *help = NULL;
        char text[64];
        struct step steps[STEPS_MAX];
        const char *word = word_text((enum word)w, &help);
        bool object = w == WORD_RUN || w == WORD_EDIT || w == WORD_FLOOD;
        assert_non_null(help);
        assert_memory_equal(help, word, strlen(word));
        snprintf(text, sizeof text, "%s%s", word, object ? " 1" : "");
        words_read(text, steps);
        assert_int_equal(steps[0].word, w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read_at_the_beginning_of_a_line),
        cmocka_unit_test(every_line_with_a_word_is_a_step),
        cmocka_unit_test(steps_have_a_limit),
        cmocka_unit_test(every_word_is_read_as_itself_and_has_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
