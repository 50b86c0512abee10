/* The embedded demo: what happens when it cannot start, dies, or is started twice. */
#include "people.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const demo[] = {"--demo", "--still", NULL};

static struct screen *with_demo(const char *program) {
    return screen_start(
        &(struct screen_setup){.cols = 100, .rows = 24, .args = demo, .program = program});
}

/* mixtui alone in a directory. */
static const char *lonely(void) {
    const char *to = screen_path("alone/mixtui");
    struct buf bytes = {0};

    buf_init(&bytes, 256 * MIX_MIB);
    assert_true(screen_read_file(&bytes, MIXTUI_EXE));
    screen_file("alone/mixtui", "");
    FILE *f = fopen(to, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(to, 0700), 0);
    buf_fini(&bytes);
    return to;
}

static void that_is_missing_is_an_absent_server(void **state) {
    const char *program = lonely();
    struct screen *s = with_demo(program);

    (void)state;
    screen_wait(s, "is not installed beside");
    screen_wait(s, "retry");
    assert_int_equal(symlink(MIXTUI_DEMO_EXE, screen_path("alone/mixtui-demo")), 0);
    screen_keys(s, "r");
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

static void a_second_one_keeps_nothing_and_works(void **state) {
    struct screen *first = with_demo(NULL);

    (void)state;
    screen_wait(first, "live");
    struct screen *second = with_demo(NULL);

    screen_wait(second, "keeps nothing");
    screen_wait(second, "live");
    assert_int_equal(quit(second), 0);
    assert_int_equal(quit(first), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(that_is_missing_is_an_absent_server, screen_teardown),
        cmocka_unit_test_teardown(a_second_one_keeps_nothing_and_works, screen_teardown),
    };

    return screen_run(tests);
}
