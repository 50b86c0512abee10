/* Files: up through the picker, listed, down again, deleted; with names nobody would choose. */
#include "people.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void pick(struct screen *s, const char *filter, const char *name) {
    leader(s, "u");
    screen_wait(s, " Upload ");
    screen_keys(s, filter);
    screen_wait(s, filter);
    screen_wait(s, name);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Upload ");
}

static void goes_up_and_comes_down(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    static const char text[] = "first line\nsecond line\n";

    screen_file("shot one.txt", text);
    screen_file("other.txt", "another\n");
    struct screen *s = mixtui_at(st, demo);
    type_line(s, "a draft beside it");
    pick(s, "shot", "shot one.txt");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_wait(s, "uploaded");
    assert_true(screen_has(s, "shot one.txt") || screen_has(s, "shot_one.txt"));
    unlink(screen_path("shot one.txt"));
    screen_keys(s, "g");
    screen_keys(s, "D");
    screen_wait(s, "downloaded");
    struct buf got = {.max = MIX_MIB};
    bool there = screen_read_file(&got, screen_path("shot one.txt")) ||
                 screen_read_file(&got, screen_path("shot_one.txt"));
    assert_true(there);
    assert_string_equal(buf_str(&got), text);
    buf_fini(&got);
    to_composer(s);
    screen_wait(s, "a draft beside it");
    assert_int_equal(quit(s), 0);
}

static void a_download_never_replaces_a_file(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("same.txt", "what the server has\n");
    struct screen *s = mixtui_at(st, demo);
    pick(s, "same", "same.txt");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_file("same.txt", "what I have here\n");
    screen_keys(s, "g");
    screen_keys(s, "D");
    screen_pause(s, 1000);
    struct buf mine = {.max = MIX_MIB};
    assert_true(screen_read_file(&mine, screen_path("same.txt")));
    assert_string_equal(buf_str(&mine), "what I have here\n");
    buf_fini(&mine);
    assert_int_equal(quit(s), 0);
}

static void is_deleted_by_the_key_twice(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("gone soon.txt", "x\n");
    struct screen *s = mixtui_at(st, demo);
    pick(s, "gone", "gone soon.txt");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_keys(s, "g");
    screen_keys(s, "d");
    screen_wait(s, "for all sessions of this server");
    screen_keys(s, "d"); /* too early to count */
    screen_wait(s, "Uploads 1");
    screen_wait(s, "for all sessions of this server");
    screen_pause(s, 500);
    screen_keys(s, "d");
    screen_wait(s, "Uploads 0");
    assert_int_equal(quit(s), 0);
}

static void names_that_would_harm_do_not(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    static const char *const names[] = {
        "evil\nname.txt",           "esc\033]0;taken\007\033[2J\033[6n.txt",
        "rtl\342\200\256txt.exe",   "c1\302\2332J.txt",
        "not\377utf8.txt",          "-rf.txt",
        "zero\342\200\213width.txt"};

    for (size_t i = 0; i < MIX_COUNT(names); i++)
        screen_file(names[i], "harmless\n");
    struct screen *s = mixtui_at(st, demo);
    leader(s, "u");
    screen_wait(s, "evil");
    screen_wait(s, "rtl");
    screen_wait(s, "esc");
    screen_wait_quiet(s, 200);
    screen_assert_clean(s);
    screen_keys(s, "esc"); /* and can be sent all the same */
    screen_wait_gone(s, "rtl");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Upload ");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_wait_quiet(s, 200);
    screen_assert_clean(s);
    screen_keys(s, "g");
    screen_keys(s, "d");
    screen_wait(s, "for all sessions");
    screen_wait_quiet(s, 200);
    screen_assert_clean(s);
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "for all sessions");
    assert_int_equal(quit(s), 0);
}

static void a_file_that_vanishes_is_said_so(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    const char *path = screen_file("short lived.txt", "x\n");
    struct screen *s = mixtui_at(st, demo);

    type_line(s, "still here");
    leader(s, "u");
    screen_wait(s, "short lived.txt");
    screen_keys(s, "short");
    screen_wait(s, "find short");
    unlink(path);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "No such file");
    to_files(s);
    screen_wait(s, "Uploads 0");
    to_composer(s);
    screen_wait(s, "still here");
    assert_int_equal(quit(s), 0);
}

static void the_picker_walks_directories(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("deep/deeper/needle.txt", "found\n");
    screen_file("hay.txt", "x\n");
    struct screen *s = mixtui_at(st, demo);
    leader(s, "u");
    screen_wait(s, "deep/");
    screen_keys(s, "deep");
    screen_wait_gone(s, "hay.txt");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "/deep  "); /* the head; below it the search had the name already */
    screen_wait(s, "deeper/");
    screen_keys(s, KEY_RIGHT);
    screen_wait(s, "needle.txt");
    screen_keys(s, KEY_LEFT);
    screen_wait(s, "deeper/");
    screen_wait_gone(s, "needle.txt");
    screen_keys(s, KEY_RIGHT);
    screen_wait(s, "needle.txt");
    screen_keys(s, KEY_ENTER);
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_wait(s, "needle.txt");
    assert_int_equal(quit(s), 0);
}

static void the_picker_finds_below_and_takes_several(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("deep/deeper/needle.txt", "found\n");
    screen_file("one.png", "1\n");
    screen_file("two.png", "22\n");
    screen_file("hay.txt", "x\n");
    struct screen *s = mixtui_at(st, demo);
    leader(s, "u");
    screen_wait(s, "hay.txt");
    screen_keys(s, "ndl");
    screen_wait(s, "deep/deeper/needle.txt");
    screen_wait_gone(s, "hay.txt");
    screen_keys(s, "\t");
    screen_wait(s, "+deep/deeper/needle.txt");
    screen_wait(s, "1 marked");
    screen_keys(s, "\x15*.png");
    screen_wait(s, "two.png");
    screen_wait_gone(s, "needle");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "+two.png");
    screen_wait(s, "3 marked");
    screen_keys(s, KEY_ENTER);
    to_files(s);
    screen_wait(s, "Uploads 3");
    screen_wait(s, "needle.txt");
    screen_wait(s, "one.png");
    leader(s, "u"); /* the two from here come first */
    screen_wait(s, "hay.txt");
    screen_keys(s, "\x12");
    screen_wait(s, "uploaded from lately");
    screen_wait(s, "deeper/");
    screen_keys(s, "deeper" KEY_ENTER);
    screen_wait(s, "needle.txt");
    screen_wait_gone(s, "uploaded from lately");
    screen_keys(s, "\x03");
    assert_int_equal(quit(s), 0);
}

/* The connection breaks in the middle: what is missing is asked for, and the file is whole. */
static void a_broken_download_goes_on(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--fault", "getSessionFile:1:cut=5000", NULL});
    auto_buf struct buf got = {.max = MIX_MIB};
    char big[20001];

    for (size_t i = 0; i < sizeof big - 1; i++)
        big[i] = (char)('a' + i * 7 % 26);
    big[sizeof big - 1] = '\0';
    screen_file("big.dat", big);
    struct screen *s = mixtui_at(st, demo);
    pick(s, "big", "big.dat");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_keys(s, "D");
    screen_wait(s, "Saved big.dat");
    assert_true(screen_read_file(&got, screen_path("big (1).dat")));
    assert_string_equal(buf_str(&got), big);
    assert_int_equal(quit(s), 0);
}

static void an_upload_is_shown_and_can_be_stopped(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--fault", "uploadSessionFile:1:hang", NULL});

    screen_file("big.bin", "not so big\n");
    struct screen *s = mixtui_at(st, demo);
    pick(s, "big", "big.bin");
    to_files(s);
    screen_wait(s, "big.bin");
    leader(s, "x");
    screen_wait(s, "cancelled");
    screen_wait(s, "Uploads 0");
    assert_int_equal(quit(s), 0);
}

static void a_server_without_files_is_no_trouble(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--fault", "listSessionFiles:*:html=404", NULL});
    struct screen *s = mixtui_at(st, demo);

    to_files(s);
    screen_wait(s, "404");
    assert_false(screen_has(s, "<html"));
    to_composer(s);
    type_line(s, "goes on");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(goes_up_and_comes_down, narrow),
        S(goes_up_and_comes_down, wide),
        S(goes_up_and_comes_down, seed_narrow),
        S(goes_up_and_comes_down, late_wide),
        S(a_download_never_replaces_a_file, narrow),
        S(is_deleted_by_the_key_twice, narrow),
        S(is_deleted_by_the_key_twice, wide),
        S(names_that_would_harm_do_not, narrow),
        S(names_that_would_harm_do_not, wide),
        S(a_file_that_vanishes_is_said_so, narrow),
        S(a_file_that_vanishes_is_said_so, wide),
        S(the_picker_finds_below_and_takes_several, narrow),
        S(the_picker_finds_below_and_takes_several, wide),
        S(a_broken_download_goes_on, narrow),
        S(the_picker_walks_directories, narrow),
        S(the_picker_walks_directories, wide),
        S(an_upload_is_shown_and_can_be_stopped, narrow),
        S(a_server_without_files_is_no_trouble, narrow),
    };
#undef S
    return screen_run(tests);
}
