/* The canvas: cells are whole, clipped and never hold a control. */
#include "mix/canvas.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct canvas canvas;

static int start(void **state) {
    (void)state;
    canvas_init(&canvas, 10, 3);
    return 0;
}

static int end(void **state) {
    (void)state;
    canvas_fini(&canvas);
    return 0;
}

static int put(int x, int y, int max, const char *text) {
    return canvas_put(&canvas, x, y, max, STYLE_TITLE, text, strlen(text));
}

static void assert_shows(const char *want) {
    auto_buf struct buf got = {.max = 65536};

    canvas_text(&canvas, &got);
    assert_string_equal(buf_str(&got), want);
}

/* Every wide character has its right half, every right half its character. */
static void assert_whole(const struct canvas *c) {
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++) {
            const struct cell *cell = canvas_at(c, x, y);

            if (cell->width == 2) {
                assert_true(x + 1 < c->w);
                assert_int_equal(canvas_at(c, x + 1, y)->width, 0);
            }
            if (cell->width == 0) {
                assert_int_equal(cell->cp[0], 0);
                assert_true(x > 0 && canvas_at(c, x - 1, y)->width == 2);
            } else {
                assert_true(cell->cp[0] >= 0x20);
            }
        }
}

static void text_is_written_where_it_is_put(void **state) {
    (void)state;
    assert_int_equal(put(2, 1, 99, "hello"), 5);
    assert_shows("\n  hello\n\n");
    assert_int_equal(canvas_at(&canvas, 2, 1)->style, STYLE_TITLE);
    assert_int_equal(canvas_at(&canvas, 1, 1)->style, STYLE_TEXT);
}

static void text_stops_at_every_edge(void **state) {
    (void)state;
    assert_int_equal(put(7, 0, 99, "abcdef"), 3);
    put(-2, 1, 99, "abcdef");
    assert_int_equal(put(0, 3, 99, "below"), 0);
    assert_int_equal(put(0, -1, 99, "above"), 0);
    assert_int_equal(put(12, 0, 99, "beside"), 0);
    put(0, 2, 3, "abcdef");
    assert_shows("       abc\ncdef\nabc\n");
}

static void a_wide_character_takes_two_cells_or_none(void **state) {
    (void)state;
    assert_int_equal(put(8, 0, 99, "日本"), 2);
    assert_int_equal(put(0, 1, 3, "日本"), 2);
    assert_int_equal(put(9, 2, 99, "日"), 0);
    assert_shows("        日\n日\n\n");
    assert_whole(&canvas);
}

static void writing_over_one_half_blanks_the_other(void **state) {
    (void)state;
    put(0, 0, 99, "日本語");
    put(1, 0, 1, "x");
    put(4, 0, 1, "y");
    put(0, 1, 99, "日本語");
    put(1, 1, 99, "語");
    assert_shows(" x本y\n 語 語\n\n");
    assert_whole(&canvas);
    canvas_fill(&canvas, (struct rect){3, 1, 2, 1}, '.', STYLE_TEXT);
    assert_whole(&canvas);
}

static void combining_marks_stay_with_their_letter(void **state) {
    (void)state;
    assert_int_equal(put(0, 0, 99, "e\xcc\x81x"), 2);
    assert_int_equal(canvas_at(&canvas, 0, 0)->cp[1], 0x301);
    assert_int_equal(put(0, 1, 99, "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85"), 1);
    assert_int_equal(canvas_at(&canvas, 0, 1)->cp[3], 0x303);
    assert_int_equal(put(0, 2, 99, "\xcc\x81x"), 1);
    assert_int_equal(canvas_at(&canvas, 0, 2)->cp[0], 'x');
}

static void a_joined_emoji_is_its_parts_without_the_joiners(void **state) {
    (void)state;
    assert_int_equal(put(0, 0, 99, "👩‍👧!"), 5);
    assert_int_equal(canvas_at(&canvas, 0, 0)->cp[0], 0x1f469);
    assert_int_equal(canvas_at(&canvas, 0, 0)->cp[1], 0);
    assert_int_equal(canvas_at(&canvas, 2, 0)->cp[0], 0x1f467);
    assert_int_equal(canvas_at(&canvas, 4, 0)->cp[0], '!');
    assert_whole(&canvas);
}

static void a_control_becomes_a_replacement(void **state) {
    (void)state;
    assert_int_equal(put(0, 0, 99, "a\x1b[m\n\tb\xc2\x9b"), 8);
    assert_shows("a\xef\xbf\xbd[m\xef\xbf\xbd\xef\xbf\xbd"
                 "b\xef\xbf\xbd\n\n\n");
}

static void what_does_not_fit_ends_in_dots(void **state) {
    (void)state;
    assert_int_equal(canvas_put_cut(&canvas, 0, 0, 5, STYLE_TEXT, "abcde", 5), 5);
    assert_int_equal(canvas_put_cut(&canvas, 0, 1, 5, STYLE_TEXT, "abcdef", 6), 5);
    assert_int_equal(canvas_put_cut(&canvas, 0, 2, 4, STYLE_TEXT, "日本語", 9), 3);
    assert_shows("abcde\nabcd…\n日…\n");
    assert_int_equal(canvas_put_cut(&canvas, 0, 0, 0, STYLE_TEXT, "abc", 3), 0);
}

static void formatted_text_is_cut_between_characters(void **state) {
    char longest[1100];

    (void)state;
    memset(longest, 'a', sizeof longest);
    longest[1022] = '\xc3';
    longest[1023] = '\xa9';
    longest[1024] = '\0';
    assert_int_equal(canvas_putf(&canvas, 0, 0, 10, STYLE_TEXT, "%s", longest), 10);
    assert_int_equal(canvas_putf(&canvas, 0, 1, 10, STYLE_TEXT, "%d of %d", 3, 4), 6);
    assert_shows("aaaaaaaaaa\n3 of 4\n\n");
}

static void a_new_size_is_blank(void **state) {
    (void)state;
    put(0, 0, 9, "old");
    canvas.cursor_x = 3;
    canvas_resize(&canvas, 4, 1);
    assert_shows("\n");
    assert_int_equal(canvas.cursor_x, -1);
    canvas_resize(&canvas, 0, 0);
    assert_null(canvas_at(&canvas, 0, 0));
    assert_int_equal(put(0, 0, 9, "x"), 0);
    canvas_resize(&canvas, -3, 5);
    assert_int_equal(canvas.w, 0);
}

static void no_order_of_writes_leaves_half_a_character(void **state) {
    static const char *const texts[] = {"日",  "a",           "語本", "e\xcc\x81",
                                        "xyz", "👩‍👧", "ـا",   "\x7f"};

    (void)state;
    srand(7);
    for (int i = 0; i < 20000; i++) {
        const int x = rand() % 14 - 2, y = rand() % 5 - 1, max = rand() % 12;

        if (rand() % 8 == 0)
            canvas_fill(&canvas, (struct rect){x, y, max, 2}, '.', STYLE_DIM);
        else if (rand() % 8 == 0)
            canvas_put_cut(&canvas, x, y, max, STYLE_DIM, "日本語日本語", 18);
        else
            put(x, y, max, texts[rand() % (int)MIX_COUNT(texts)]);
        assert_whole(&canvas);
    }
}

static void attributes_lie_on_the_text_alone(void **state) {
    (void)state;
    assert_int_equal(canvas_put_attrs(&canvas, 1, 0, 99, STYLE_TEXT, ATTR_BOLD | ATTR_STRIKE,
                                      "a\346\274\242", 4),
                     3);
    assert_int_equal(canvas_at(&canvas, 0, 0)->extra, 0);
    for (int x = 1; x < 4; x++)
        assert_int_equal(canvas_at(&canvas, x, 0)->extra, ATTR_BOLD | ATTR_STRIKE);
    assert_int_equal(canvas_at(&canvas, 4, 0)->extra, 0);
    put(1, 0, 99, "b"); /* what is written over it has its own look */
    assert_int_equal(canvas_at(&canvas, 1, 0)->extra, 0);
    assert_int_equal(canvas_put_attrs(&canvas, -1, 1, 99, STYLE_TEXT, ATTR_DIM, "xyz", 3), 3);
    assert_int_equal(canvas_at(&canvas, 1, 1)->extra, ATTR_DIM);
}

static void cells_of_pictures_have_their_own_colours(void **state) {
    (void)state;
    canvas_put_picture(&canvas, 2, 1, 0x2580, 200, 17);
    canvas_put_picture(&canvas, 10, 1, 0x2580, 1, 1);
    canvas_put_picture(&canvas, 2, -1, 0x2580, 1, 1);
    const struct cell *cell = canvas_at(&canvas, 2, 1);

    assert_int_equal(cell->style, STYLE_PICTURE);
    assert_int_equal(cell->extra, 200 | 17 << 8);
    assert_whole(&canvas);
    put(2, 1, 99, "b");
    assert_int_equal(cell->style, STYLE_TITLE);
    assert_int_equal(cell->extra, 0);
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, end)
    const struct CMUnitTest tests[] = {
        CASE(attributes_lie_on_the_text_alone),
        CASE(cells_of_pictures_have_their_own_colours),
        CASE(text_is_written_where_it_is_put),
        CASE(text_stops_at_every_edge),
        CASE(a_wide_character_takes_two_cells_or_none),
        CASE(writing_over_one_half_blanks_the_other),
        CASE(combining_marks_stay_with_their_letter),
        CASE(a_joined_emoji_is_its_parts_without_the_joiners),
        CASE(a_control_becomes_a_replacement),
        CASE(what_does_not_fit_ends_in_dots),
        CASE(formatted_text_is_cut_between_characters),
        CASE(a_new_size_is_blank),
        CASE(no_order_of_writes_leaves_half_a_character),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
