/* The files pane as a person uses it: sorted, filtered, several at once, read, opened, fetched
 * whole, and what the agent named. */
#include "people.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A server that has these already; `args` may be NULL. */
static struct peer *demo_with(const struct stage *st, const char *const *names, size_t n) {
    char path[300];

    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "data/storage/uploads/%s", names[i]);
        screen_file(path, names[i]);
    }
    return demo_at(st, (const char *[]){"--data", screen_path("data"), NULL});
}

static struct screen *pane_of(const struct stage *st, const struct peer *demo,
                              const char *const *env, const char *wait) {
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, env);

    screen_wait(s, "live");
    to_files(s);
    screen_wait(s, wait);
    return s;
}

static const char *const three[] = {"alpha.txt", "beta.md", "gamma.bin"};

static void is_sorted_and_filtered(void **state) {
    const struct stage *st = *state;
    struct screen *s = pane_of(st, demo_with(st, three, 3), NULL, "Uploads 3");
    int x, alpha, beta;

    screen_wait(s, "by newest");
    screen_keys(s, "s");
    screen_wait(s, "by name");
    assert_true(screen_find(s, "alpha.txt", &x, &alpha));
    assert_true(screen_find(s, "beta.md", &x, &beta));
    assert_int_equal(beta, alpha + 1);
    screen_keys(s, "/");
    screen_keys(s, "gmm");
    screen_wait(s, "Uploads 1 of 3");
    screen_wait_gone(s, "alpha.txt");
    screen_keys(s, KEY_ENTER);
    screen_keys(s, "j");
    screen_wait(s, "Uploads 1 of 3");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "alpha.txt");
    assert_int_equal(quit(s), 0);
}

static void the_order_is_there_again(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_with(st, three, 3);
    struct screen *s = pane_of(st, demo, NULL, "Uploads 3");

    screen_keys(s, "sss");
    screen_wait(s, "by type");
    assert_int_equal(quit(s), 0);
    s = pane_of(st, demo, NULL, "by type");
    assert_int_equal(quit(s), 0);
}

static void several_are_deleted_together(void **state) {
    const struct stage *st = *state;
    struct screen *s = pane_of(st, demo_with(st, three, 3), NULL, "Uploads 3");

    screen_keys(s, "s");
    screen_wait(s, "by name");
    screen_keys(s, "g  ");
    screen_wait(s, "2 marked");
    screen_keys(s, "d");
    screen_wait(s, "Delete 2 uploads of all sessions: alpha.txt, beta.md?");
    screen_pause(s, 500);
    screen_keys(s, "d");
    screen_wait(s, "Uploads 1");
    screen_wait(s, "Deleted 2 uploads");
    screen_wait(s, "gamma.bin");
    assert_int_equal(quit(s), 0);
}

static void one_that_vanished_is_told(void **state) {
    const struct stage *st = *state;
    struct screen *s = pane_of(st, demo_with(st, three, 3), NULL, "Uploads 3");

    screen_keys(s, "s");
    screen_wait(s, "by name");
    screen_keys(s, "g");
    unlink(screen_path("data/storage/uploads/alpha.txt"));
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "The server has no such file");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "Uploads 3");
    screen_keys(s, "d");
    screen_wait(s, "Delete alpha.txt");
    screen_pause(s, 500);
    screen_keys(s, "d");
    screen_wait(s, "Could not delete alpha.txt");
    screen_wait(s, "Uploads 2"); /* the list knows by now */
    assert_int_equal(quit(s), 0);
}

static void a_whole_session_comes_down(void **state) {
    const struct stage *st = *state;
    struct screen *s = pane_of(st, demo_with(st, three, 3), NULL, "Uploads 3");
    struct buf got = {.max = MIX_MIB};

    screen_keys(s, "T");
    screen_wait(s, "Saved 3 files in");
    assert_int_equal(quit(s), 0);
    /* once more: into another directory */
    assert_true(screen_read_file(&got, screen_path("Plan the notes/beta.md")));
    assert_string_equal(buf_str(&got), "beta.md");
    buf_fini(&got);
}

/* ---- reading ---- */

static void back(struct screen *s) {
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Files > ");
}

static void text_is_read_with_numbers(void **state) {
    const struct stage *st = *state;
    auto_buf struct buf text = {.max = 8 * MIX_MIB};

    buf_adds(&text, "#include <stdio.h>\nint main(void) { return 0; }\n");
    while (text.n < 2 * MIX_MIB)
        buf_addf(&text, "/* line with \033[31mcolour\033[0m and \342\200\256bidi */\n");
    screen_file("data/storage/uploads/big.c", buf_str(&text));
    screen_file("data/storage/uploads/none.txt", "");
    screen_file("data/storage/uploads/read.md", "# Heading\n\n- *item*\n");
    struct screen *s = pane_of(st, demo_with(st, NULL, 0), NULL, "Uploads 3");

    screen_keys(s, "s");
    screen_wait(s, "by name");
    screen_keys(s, "g");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "  2  int main(void)");
    screen_wait(s, "the first 1048576 of 2097");
    screen_assert_clean(s);
    screen_keys(s, "G");
    screen_wait_gone(s, "int main");
    screen_assert_clean(s);
    back(s);
    screen_keys(s, "j");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "the file is empty");
    back(s);
    screen_keys(s, "j");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Heading");
    assert_false(screen_has(s, "# Heading"));
    screen_keys(s, "m");
    screen_wait(s, "1  # Heading");
    screen_keys(s, "D");
    screen_wait(s, "Saved read.md");
    back(s);
    assert_int_equal(quit(s), 0);
}

static void bytes_are_read_as_bytes(void **state) {
    const struct stage *st = *state;
    const char *path = screen_file("data/storage/uploads/blob.bin", "");
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    for (int i = 0; i < 512; i++)
        fputc(i & 255, f);
    fclose(f);
    struct screen *s = pane_of(st, demo_with(st, NULL, 0), NULL, "Uploads 1");

    screen_keys(s, KEY_ENTER);
    screen_wait(s, "00000040  40 41 42 43 44 45 46 47");
    screen_wait(s, "@ABCDEFG");
    screen_assert_clean(s);
    screen_keys(s, KEY_ESC);
    screen_wait(s, "Uploads 1");
    assert_int_equal(quit(s), 0);
}

/* ---- a program ---- */

static void a_pager_has_the_terminal_meanwhile(void **state) {
    const struct stage *st = *state;
    const char *script = screen_file("page.sh", "echo \"PAGER HAS $1\"\nls -l \"$1\" | cut -c1-10\n"
                                                "read line\n");
    char pager[400], tmp[300];

    chmod(script, 0700);
    mkdir(screen_path("own tmp"), 0700);
    snprintf(tmp, sizeof tmp, "TMPDIR=%s", screen_path("own tmp"));
    snprintf(pager, sizeof pager, "PAGER=sh '%s'", script);
    struct screen *s =
        pane_of(st, demo_with(st, three, 1), (const char *[]){pager, tmp, NULL}, "Uploads 1");

    screen_keys(s, "o");
    screen_wait(s, "PAGER HAS");
    screen_wait(s, "-rw-------");
    screen_keys(s, "\r");
    screen_wait(s, "Uploads 1");
    screen_keys(s, "o"); /* and once more */
    screen_wait(s, "alpha (1).txt");
    screen_keys(s, "\r");
    screen_wait(s, "Uploads 1");
    assert_int_equal(quit(s), 0);
    assert_int_equal(rmdir(screen_path("own tmp")), 0); /* nothing of it stays */
}

static void a_program_that_is_not_there_is_told(void **state) {
    const struct stage *st = *state;
    struct screen *s = pane_of(st, demo_with(st, three, 1),
                               (const char *[]){"PAGER=/no/such/pager", NULL}, "Uploads 1");

    screen_keys(s, "o");
    screen_wait(s, "ended with 127");
    screen_wait(s, "Uploads 1");
    assert_int_equal(quit(s), 0);
}

/* ---- the message, and what the agent named ---- */

static void a_file_goes_into_the_message(void **state) {
    const struct stage *st = *state;
    struct screen *s = pane_of(st, demo_with(st, three, 1), NULL, "Uploads 1");

    screen_keys(s, "@");
    screen_wait(s, "@alpha.txt");
    assert_int_equal(quit(s), 0);
}

static void what_the_agent_wrote_is_offered(void **state) {
    const struct stage *st = *state;
    struct screen *s = mixtui_at(st, demo_at(st, NULL));

    new_session(s);
    say(s, "picture");
    to_files(s);
    screen_wait(s, "named by the agent 1");
    screen_keys(s, "O");
    screen_keys(s, "D");
    screen_wait(s, "Saved ");
    screen_wait(s, "sea.jpg");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(is_sorted_and_filtered, narrow),
        S(the_order_is_there_again, narrow),
        S(several_are_deleted_together, narrow),
        S(several_are_deleted_together, wide),
        S(one_that_vanished_is_told, narrow),
        S(a_whole_session_comes_down, narrow),
        S(text_is_read_with_numbers, narrow),
        S(text_is_read_with_numbers, wide),
        S(bytes_are_read_as_bytes, narrow),
        S(a_pager_has_the_terminal_meanwhile, narrow),
        S(a_program_that_is_not_there_is_told, narrow),
        S(a_file_goes_into_the_message, narrow),
        S(what_the_agent_wrote_is_offered, narrow),
    };
#undef S
    return screen_run(tests);
}
