/* What a call is about, for rules: in doubt nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "send.h"

static void the_object_of_a_call_is_its_whole_command_or_path(void **state) {
    (void)state;
    static const struct {
        const char *tool, *input, *want;
    } rows[] = {
        {"Bash", "{\"command\":\"ls\",\"timeout\":0}", "ls"},
        {"bash", "{\"command\":\"ls\"}", "ls"},
        {"Write", "{\"file_path\":\"/a\",\"content\":\"x\"}", "/a"},
        {"edit", "{\"file_path\":\"/a\",\"diff\":\"\"}", "/a"},
        {"WebFetch", "{\"url\":\"https://x\"}", "https://x"},
        {"Grep", "{\"pattern\":\"x\",\"path\":\"/p\"}", "/p"},
        {"fs_write", "{\"path\":\"/a\"}", NULL},
        {"fs_write", "\"{\\\"path\\\":\\\"/a\\\"}\"", NULL},
        {"ba_sh", "{\"command\":\"ls\"}", NULL},
        {"Task", "{\"description\":\"ls\"}", NULL},
        {"Bash", "{\"description\":\"ls\"}", NULL},
        {"Bash", NULL, NULL},
        {NULL, "{}", NULL},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = 1000};
        const bool has = policy_object(&out, rows[i].tool, rows[i].input);

        assert_int_equal(has, rows[i].want != NULL);
        if (has)
            assert_string_equal(buf_str(&out), rows[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_object_of_a_call_is_its_whole_command_or_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
