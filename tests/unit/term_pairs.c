/* Colour pairs of pictures: what is on the screen keeps its pair, whatever comes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../../src/term/pairs.h"
#include "../../src/term/private.h"

enum { FIRST = 512, ROOM = 8 };

static struct canvas shown, next;
static struct pairs pairs;

static int start(void **state) {
    (void)state;
    canvas_init(&shown, ROOM, 2);
    canvas_init(&next, ROOM, 2);
    pairs_init(&pairs, FIRST, FIRST + ROOM);
    return 0;
}

static int end(void **state) {
    (void)state;
    canvas_fini(&shown);
    canvas_fini(&next);
    pairs_fini(&pairs);
    return 0;
}

/* A frame with cells of n looks from `look` on; how many pairs had to be told, -1: one got none. */
static int frame(int look, int n) {
    int told = 0;

    pairs_frame(&pairs);
    canvas_resize(&next, ROOM, 2);
    for (int i = 0; i < n; i++)
        canvas_put_picture(&next, i % ROOM, i / ROOM, 'x', (uint8_t)(look + i), 7);
    for (int i = 0; i < n; i++) {
        bool fresh;
        const int pair =
            pairs_get(&pairs, canvas_at(&next, i % ROOM, i / ROOM)->extra, &shown, &next, &fresh);

        told += fresh;
        if (pair == 0)
            told = -1000;
        else
            assert_in_range(pair, FIRST, FIRST + ROOM - 1);
    }
    const struct canvas was = shown;

    shown = next;
    next = was;
    return told < 0 ? -1 : told;
}

static void a_look_keeps_its_pair(void **state) {
    (void)state;
    assert_int_equal(frame(0, 4), 4);
    assert_int_equal(frame(0, 4), 0);
    assert_int_equal(frame(2, 4), 2);
}

static void what_left_the_screen_makes_way(void **state) {
    (void)state;
    assert_int_equal(frame(0, 4), 4);
    assert_int_equal(frame(4, 4), 4);  /* full */
    assert_int_equal(frame(8, 4), 4);  /* over the first four, which are gone */
    assert_int_equal(frame(8, 4), 0);  /* they stay */
    assert_int_equal(frame(12, 4), 4); /* over the second four */
    for (int look = 16; look < 250; look += 4)
        assert_int_equal(frame(look, 4), 4);
}

static void what_is_on_the_screen_never_changes_its_colours(void **state) {
    bool fresh;

    (void)state;
    assert_int_equal(frame(0, ROOM), ROOM);
    const int pair = pairs_get(&pairs, 3 | 7 << 8, &shown, &next, &fresh);

    assert_false(fresh);
    assert_int_equal(frame(100, 1), -1); /* each is seen until the frame is out */
    assert_int_equal(frame(3, 1), 0);
    assert_int_equal(pairs_get(&pairs, 3 | 7 << 8, &shown, &next, &fresh), pair);
    assert_int_equal(frame(100, 1), 1);
}

static void a_terminal_without_room_has_none(void **state) {
    struct pairs none;
    bool fresh;

    (void)state;
    pairs_init(&none, 512, 256);
    assert_int_equal(pairs_get(&none, 5, &shown, &next, &fresh), 0);
    pairs_init(&none, 512, 1 << 16);
    assert_int_equal(none.room, PICTURE_PAIRS);
    pairs_fini(&none);
}

static void direct_colours_are_those_of_the_palette(void **state) {
    static const struct {
        int entry, number;
    } table[] = {{1, 1}, {9, 0xff0000}, {16, 0}, {196, 0xff0000}, {231, 0xffffff}, {232, 0x080808}};
    const struct look look = {.fg = COLOUR_RGB | 0x123456, .bg = 196};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        assert_int_equal(colour_number(table[i].entry, 1 << 24), table[i].number);
        assert_int_equal(colour_number(table[i].entry, 256), table[i].entry);
    }
    assert_int_equal(colours_near(&look, 1 << 24).fg, 0x123456);
    assert_int_equal(colours_near(&look, 1 << 24).bg, 0xff0000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_look_keeps_its_pair, start, end),
        cmocka_unit_test_setup_teardown(what_left_the_screen_makes_way, start, end),
        cmocka_unit_test_setup_teardown(what_is_on_the_screen_never_changes_its_colours, start,
                                        end),
        cmocka_unit_test_setup_teardown(a_terminal_without_room_has_none, start, end),
        cmocka_unit_test(direct_colours_are_those_of_the_palette),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
