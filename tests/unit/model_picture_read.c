/* What a program says of a picture, judged before anything of it is shown. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mix/picture.h"

/* ---- reading what chafa says ---- */

static void cells_come_from_what_chafa_says(void **state) {
    static const char said[] = "\033[0m\033[38;5;18;48;5;21m\342\226\203\033[38;5;20mx\033[0m\n"
                               "\033[7m\033[38;5;200m\342\226\204\033[0m\n\n";
    struct picture_cell *cells;
    int w, h;

    (void)state;
    assert_int_equal(picture_read(&cells, &w, &h, said, sizeof said - 1, NULL), RC_OK);
    assert_int_equal(w, 2);
    assert_int_equal(h, 2);
    assert_int_equal(cells[0].cp, 0x2583);
    assert_int_equal(cells[0].fg, 18);
    assert_int_equal(cells[0].bg, 21);
    assert_int_equal(cells[1].cp, 'x');
    assert_int_equal(cells[1].fg, 20);
    assert_int_equal(cells[1].bg, 21);
    assert_int_equal(cells[2].cp, 0x2584); /* the other way round */
    assert_int_equal(cells[2].fg, 16);
    assert_int_equal(cells[2].bg, 200);
    assert_int_equal(cells[3].cp, ' '); /* a short row is filled */
    free(cells);
}

static void anything_else_is_no_picture(void **state) {
    static const char *const said[] = {
        "",
        "\n\n",
        "\033[2Jx",
        "x\033]0;title\ax",
        "\033[38;5;256mx",
        "\033[38;2;1;2;3mx",
        "\033[38;5mx",
        "\033[1mx",
        "\033[?25lx",
        "\033[mx\033",
        "\033[0",
        "\033[0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0;0mx",
        "\033[99999999999mx",
        "a\tb",
        "a\rb",
        "\302\233mx",
        "\346\274\242", /* two cells */
        "e\314\201",    /* a mark alone */
        "\377",
        "\033Pq~\033\\",
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(said); i++) {
        struct picture_cell *cells;
        struct err err = {0};
        int w, h;

        assert_int_equal(picture_read(&cells, &w, &h, said[i], strlen(said[i]), &err), RC_PROTO);
        assert_null(cells);
        assert_true(err.text[0]);
    }
}

static void a_picture_has_bounds(void **state) {
    struct buf said = {.max = 4 * MIX_MIB};
    struct picture_cell *cells;
    int w, h;

    (void)state;
    for (int i = 0; i < 1001; i++)
        buf_adds(&said, "x");
    assert_int_equal(picture_read(&cells, &w, &h, said.p, said.n, NULL), RC_LIMIT);
    assert_int_equal(picture_read(&cells, &w, &h, said.p, said.n - 1, NULL), RC_OK);
    assert_int_equal(w, 1000);
    free(cells);
    buf_clear(&said);
    for (int i = 0; i < 5000; i++)
        buf_adds(&said, "\nx");
    assert_int_equal(picture_read(&cells, &w, &h, said.p, said.n, NULL), RC_LIMIT);
    buf_clear(&said);
    for (int i = 0; i < 900; i++) /* one wide row, many short ones */
        buf_adds(&said, "x");
    for (int i = 0; i < 400; i++)
        buf_adds(&said, "\nx");
    assert_int_equal(picture_read(&cells, &w, &h, said.p, said.n, NULL), RC_LIMIT);
    buf_fini(&said);
}

/* ---- pixels ---- */

static void only_whole_pictures_in_pixels_pass(void **state) {
#define HEAD  "\033_Ga=T,f=32,s=1,v=1,c=2,r=1"
#define PIXEL "AAAAAA=="
    static const struct {
        enum picture_form form;
        const char *said;
        bool passes;
    } table[] = {
        {PICTURE_SIXEL, "\033P0;1;0q\"1;1;4;6#0;2;5;2;100#0!3~A-\033\\\n", true},
        {PICTURE_SIXEL, "\033Pq~\033\\", true},
        {PICTURE_SIXEL, "\033Pq\033\\", false},               /* nothing is drawn */
        {PICTURE_SIXEL, "\033Pq~\033\\\033[2J", false},       /* something behind it */
        {PICTURE_SIXEL, "\033[2J\033Pq~\033\\", false},       /* before it */
        {PICTURE_SIXEL, "\033Pq~\033\\\033Pq~\033\\", false}, /* two */
        {PICTURE_SIXEL, "\033Pq~\033]0;x\a\033\\", false},    /* within */
        {PICTURE_SIXEL, "\033P$q~\033\\", false},             /* a question to the terminal */
        {PICTURE_SIXEL, "\033P+q~\033\\", false},
        {PICTURE_SIXEL, "\033P1;2;3;4q~\033\\", false},
        {PICTURE_SIXEL, "\033Pq~", false},
        {PICTURE_SIXEL, "\033Pq~\a", false},
        {PICTURE_SIXEL, "\033Pq!99~\033\\", false}, /* wider than asked */
        {PICTURE_SIXEL, "\033Pq!999999999999~\033\\", false},
        {PICTURE_SIXEL, "\033Pq!\033\\", false},
        {PICTURE_SIXEL, "\033Pq~------~\033\\", false}, /* higher */
        {PICTURE_SIXEL, "\033Pq\"1;1;4000;4~\033\\", false},
        {PICTURE_SIXEL, "\033Pq\"1;1~\033\\", false},
        {PICTURE_SIXEL, "\033Pq#0;2;5~\033\\", false},
        {PICTURE_SIXEL, "\033Pq#99999999~\033\\", false},
        {PICTURE_SIXEL, "\033Pq~\302\2330m\033\\", false},
        {PICTURE_KITTY, "\033Pq~\033\\", false},
        {PICTURE_KITTY, HEAD ",m=1\033\\\033_Gm=1;AAAA\033\\\033_Gm=0;AA==\033\\\n", true},
        {PICTURE_KITTY, HEAD ";" PIXEL "\033\\", true},
        {PICTURE_KITTY, HEAD ";AAAA\033\\", false},          /* too few pixels */
        {PICTURE_KITTY, HEAD ",m=1;" PIXEL "\033\\", false}, /* its rest is missing */
        {PICTURE_KITTY, HEAD ",t=f;" PIXEL "\033\\", false}, /* a file of the terminal's machine */
        {PICTURE_KITTY, HEAD ",t=t;" PIXEL "\033\\", false},
        {PICTURE_KITTY, HEAD ",i=31;" PIXEL "\033\\", false},  /* would be answered */
        {PICTURE_KITTY, HEAD ",a=d;" PIXEL "\033\\", false},   /* deletes */
        {PICTURE_KITTY, HEAD ",c=300;" PIXEL "\033\\", false}, /* wider than asked */
        {PICTURE_KITTY, HEAD ",r=9;" PIXEL "\033\\", false},
        {PICTURE_KITTY, HEAD ";AAAA!AAA\033\\", false},
        {PICTURE_KITTY, HEAD ";" PIXEL "\033\\x", false},
        {PICTURE_KITTY, HEAD ",m=1\033\\\033_Ga=T,f=32,s=1,v=1,c=9,r=9;" PIXEL "\033\\", false},
        {PICTURE_KITTY, "\033_Ga=T,f=32,s=9999999,v=1,c=1,r=1;" PIXEL "\033\\", false},
        {PICTURE_KITTY, "\033_Gf=32,s=1,v=1,c=1,r=1;" PIXEL "\033\\", false},
        {PICTURE_KITTY, "", false},
        {PICTURE_KITTY, "\033_G", false}, /* its end is missing */
        {PICTURE_KITTY, HEAD, false},
        {PICTURE_KITTY, HEAD ",", false},
        {PICTURE_SIXEL, "\033Pq!3", false},
        {PICTURE_CELLS, "x", false},
    };
    const struct picture_room room = {.w = 40, .h = 24, .cols = 4, .rows = 2};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        const char *said = table[i].said;
        struct picture_room size;
        const size_t n = picture_graphics(table[i].form, said, strlen(said), &room, &size);

        if (n != (table[i].passes ? strcspn(said, "\n") : 0)) /* all but the line end */
            fail_msg("row %zu", i);
    }
}

static void the_size_of_pixels_is_known(void **state) {
    static const char sixel[] = "\033Pq!12~-AB\033\\", kitty[] = HEAD ";" PIXEL "\033\\";
    const struct picture_room room = {.w = 40, .h = 24, .cols = 4, .rows = 2};
    struct picture_room size;

    (void)state;
    assert_true(picture_graphics(PICTURE_SIXEL, sixel, sizeof sixel - 1, &room, &size) > 0);
    assert_int_equal(size.w, 12);
    assert_int_equal(size.h, 12);
    assert_true(picture_graphics(PICTURE_KITTY, kitty, sizeof kitty - 1, &room, &size) > 0);
    assert_int_equal(size.cols, 2);
    assert_int_equal(size.rows, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_from_what_chafa_says),
        cmocka_unit_test(anything_else_is_no_picture),
        cmocka_unit_test(a_picture_has_bounds),
        cmocka_unit_test(only_whole_pictures_in_pixels_pass),
        cmocka_unit_test(the_size_of_pixels_is_known),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
