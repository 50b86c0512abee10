/* Bytes of a terminal become keys, however they are split; a paste is never keys. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "mix/term.h"

static void name(struct buf *out, const struct key *k) {
    char text[64];
    static const struct {
        uint32_t code;
        const char *name;
    } odd[] = {{K_FOCUS_IN, "focus-in"}, {K_FOCUS_OUT, "focus-out"}};
    for (size_t i = 0; i < MIX_COUNT(odd); i++)
        if (odd[i].code == k->code) {
            buf_addf(out, "%s ", odd[i].name);
            return;
        }
    static const char *const mouse[] = {"press", "drag", "release", "wheel-up", "wheel-down"};
    if (k->code >= K_PRESS && k->code <= K_WHEEL_DOWN) {
        buf_addf(out, "%s(%d,%d) ", mouse[k->code - K_PRESS], k->x, k->y);
        return;
    }
    if (k->code == K_SIXEL || k->code == K_KITTY) {
        buf_addf(out, "%s ", k->code == K_SIXEL ? "sixel" : "kitty");
        return;
    }
    if (k->code == K_PASTE || k->code == K_BACKGROUND) {
        buf_addf(out, "%s<%.*s> ", k->code == K_PASTE ? "paste" : "bg", (int)k->n, k->paste);
        return;
    }
    key_text(text, sizeof text, k);
    buf_addf(out, "%s ", text);
}

/* Feeds n bytes in pieces of `step`, then lets time pass. */
static void decode(struct buf *out, const char *bytes, size_t n, size_t step) {
    struct decoder *d = decoder_new();
    struct key k;
    int64_t now = 1000;
    for (size_t i = 0; i < n; i += step) {
        decoder_feed(d, bytes + i, n - i < step ? n - i : step, now);
        while (decoder_next(d, &k, now))
            name(out, &k);
    }
    for (int round = 0; round < 5 && decoder_deadline(d) >= 0; round++) {
        now = decoder_deadline(d);
        while (decoder_next(d, &k, now))
            name(out, &k);
    }
    assert_int_equal(decoder_deadline(d), -1);
    decoder_free(d);
}

static const struct {
    const char *bytes, *keys;
} table[] = {
    {"a", "a "},
    {"aé漢😀", "a é 漢 😀 "},
    {"\r", "Enter "},
    {"\n", "Ctrl+J "},
    {"\t", "Tab "},
    {"\x7f", "Backspace "},
    {"\b", "Backspace "},
    {"\x18p", "Ctrl+X p "},
    {"\x1f", "Ctrl+_ "},
    {"\033", "Esc "},
    {"\033\033", "Esc Esc "},
    {"\033y", "Alt+Y "},
    {"\033p", "Alt+P "},
    {"\033é", "Alt+é "},
    {"\033\r", "Alt+Enter "},
    {"\033\x7f", "Alt+Backspace "},
    {"\033[A\033[B\033[C\033[D", "Up Down Right Left "},
    {"\033OA\033OB\033OP\033OS", "Up Down F1 F4 "},
    {"\033[1;5C", "Ctrl+Right "},
    {"\033[1;3A", "Alt+Up "},
    {"\033[1;2A", "Shift+Up "},
    {"\033\033[A", "Alt+Up "},
    {"\033\033[2~x", "Alt+Insert x "},
    {"\033\033[?1;2cx", "Esc x "},
    {"\033\033[?62;4cx", "Esc sixel x "},
    {"\033\033[Ix\033\033[O", "Esc focus-in x Esc focus-out "},
    {"\033\033[<0;10;20M", "Esc press(9,19) "},
    {"\033\033[200~y\033[201~", "Esc paste<y> "},
    {"\033\033]11;rgb:0/0/0\ax", "Esc bg<rgb:0/0/0> x "},
    {"\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End "},
    {"\033[5~\033[6~\033[2~\033[3~", "PgUp PgDn Insert Delete "},
    {"\033[15~\033[24~\033[[A\033[[E", "F5 F12 F1 F5 "},
    {"\033[Z", "Shift+Tab "},
    {"\033[I\033[O", "focus-in focus-out "},
    {"\033[121;3u", "Alt+Y "},
    {"\033[27;5;106~", "Ctrl+J "},
    {"\033[13;2u", "Shift+Enter "},
    {"\033[M !!x", "x "}, /* an old mouse report */
    {"\033[<0;10;20Mx\033[<0;10;20my", "press(9,19) x release(9,19) y "},
    {"\033[<32;1;1M\033[<64;3;2M\033[<69;3;2M", "drag(0,0) wheel-up(2,1) wheel-down(2,1) "},
    {"\033[<2;10;20Mx\033[<35;1;1My\033[<0;0;5M\033[<0;5Mz", "x y z "}, /* not ours */
    {"\033[<0;99999;99999M", "press(0,0) "},
    {"\033[200~y\nrm -rf\033[201~z", "paste<y\nrm -rf> z "},
    {"\033[200~a\033[Ay\033[201~", "paste<a\033[Ay> "}, /* sequences inside a paste are text */
    {"\033[200~lost end", "paste<lost end> "},
    {"\033[201~x", "x "},
    {"\033]11;rgb:ffff/ffff/0000\033\\x", "bg<rgb:ffff/ffff/0000> x "},
    {"\033]11;rgb:0/0/0\ax", "bg<rgb:0/0/0> x "},
    {"\033]52;c;eHh4\ax", "x "}, /* other answers mean nothing */
    {"\033P1$r0m\033\\x", "x "},
    {"\033[?1;2cx", "x "},
    {"\033[?62;4;22cx", "sixel x "},
    {"\033[?64;1;2;6;4cx", "sixel x "},
    {"\033[?4;6cx", "x "}, /* a class, no ability */
    {"\033[?62;14;44;4:2cx", "x "},
    {"\033_Gi=31;OK\033\\x", "kitty x "},
    {"\033_Gi=31;ENOTSUPPORTED:no\033\\x", "x "},
    {"\033_Gi=32;OK\033\\x", "x "},
    {"\033[999999999999999999999;1Hx", "Home x "},
    {"\xff\xfex", "x "},
    {"\xe6\xbc", ""},
};

static void keys_are_the_same_in_any_split(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++)
        for (size_t step = 1; step < 30; step++) {
            struct buf out = {0};
            buf_init(&out, 4096);
            decode(&out, table[i].bytes, strlen(table[i].bytes), step);
            if (strcmp(buf_str(&out), table[i].keys) != 0)
                print_error("row %zu in pieces of %zu\n", i, step);
            assert_string_equal(buf_str(&out), table[i].keys);
            buf_fini(&out);
        }
}

static void a_lone_escape_is_known_after_25_ms(void **state) {
    (void)state;
    struct decoder *d = decoder_new();
    struct key k;
    decoder_feed(d, "\033", 1, 5000);
    assert_false(decoder_next(d, &k, 5000));
    assert_int_equal(decoder_deadline(d), 5025);
    assert_false(decoder_next(d, &k, 5024));
    assert_true(decoder_next(d, &k, 5025));
    assert_int_equal(k.code, K_ESC);
    assert_int_equal(k.mods, 0);
    decoder_free(d);
}

static void a_paste_over_the_cap_is_cut_and_its_rest_is_no_keys(void **state) {
    (void)state;
    struct decoder *d = decoder_new();
    struct key k;
    static char chunk[1 << 16];
    memset(chunk, 'y', sizeof chunk);
    decoder_feed(d, "\033[200~", 6, 0);
    for (int i = 0; i < 300; i++) {
        decoder_feed(d, chunk, sizeof chunk, 0);
        assert_false(decoder_next(d, &k, 0));
    }
    decoder_feed(d, "\033[201~q", 7, 0);
    assert_true(decoder_next(d, &k, 0));
    assert_int_equal(k.code, K_PASTE);
    assert_true(k.n <= 16 * MIX_MIB);
    assert_true(decoder_next(d, &k, 0));
    assert_int_equal(k.code, 'q');
    assert_false(decoder_next(d, &k, 0));
    decoder_free(d);
}

static void the_rest_of_a_paste_that_stood_still_is_no_keys(void **state) {
    static const struct {
        const char *rest, *keys; /* what comes, what it is 2 s later */
        int64_t after;
    } rows[] = {
        {"y\rquit now, and more\033[201~n", "paste<y\rquit now, and more> n ", 3000},
        {"y\rq\033[201~", "paste<y\rq> ", 59000},
        {"a longer piece without its end", "paste<a longer piece without its end> ", 3000},
        {"y", "y ", 3000},          /* a hand */
        {"\033[201~y", "y ", 3000}, /* only its end */
        {"\033[A\033[A\033[A\033[A\033[A\033[A", "Up Up Up Up Up Up ", 3000},
        {"much later it is something else", NULL, 61001},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct decoder *d = decoder_new();
        struct buf out = {0};
        struct key k;
        buf_init(&out, 4096);
        decoder_feed(d, "\033[200~head", 10, 1000);
        assert_false(decoder_next(d, &k, 1000));
        assert_true(decoder_next(d, &k, 2000));
        assert_int_equal(k.code, K_PASTE);
        const int64_t at = 1000 + rows[i].after;
        decoder_feed(d, rows[i].rest, strlen(rows[i].rest), at);
        for (int64_t now = at; now <= at + 2000; now += 1000)
            while (decoder_next(d, &k, now))
                name(&out, &k);
        if (rows[i].keys)
            assert_string_equal(buf_str(&out), rows[i].keys);
        else
            assert_null(strstr(buf_str(&out), "paste<"));
        buf_fini(&out);
        decoder_free(d);
    }
}

static void lines_in_one_read_are_a_paste_and_no_keys(void **state) {
    static const char marked[] = "\033[200~m\033[201~";
    static const struct {
        const char *reads[3]; /* 10 ms between them */
        const char *keys;
    } rows[] = {
        {{"one\ry\rtwo"}, "paste<one\ry\rtwo> "},
        {{"one\ny\ntwo"}, "paste<one\ny\ntwo> "},
        {{"one\r\ny\r\ntwo"}, "paste<one\r\ny\r\ntwo> "},
        {{"one\ry\rtwo", "\r", "y\r"}, "paste<one\ry\rtwo\ry\r> "},
        {{"a\rb\r\033[Ac"}, "a Enter b Enter Up c "}, /* hands on a slow line */
        {{"one\rtwo"}, "o n e Enter t w o "},
        {{"one\r\ntwo"}, "o n e Enter Ctrl+J t w o "},
        {{"\r\r\r"}, "Enter Enter Enter "},
        {{"one\ry\r"}, "o n e Enter y Enter "},
        {{"one\ry\rtwo\r"}, "paste<one\ry\rtwo\r> "}, /* lines that end as lines of a file do */
        {{"one\r\ny\r\ntwo\r\n"}, "paste<one\r\ny\r\ntwo\r\n> "},
        {{"j\rj\r\033[A\r"}, "j Enter j Enter Up Enter "},
        {{"j\r\rj\r"}, "j Enter Enter j Enter "},
        {{"one\rtwo", "\rthree"}, "o n e Enter t w o Enter t h r e e "},
        {{marked, "a\rb\rc"}, "paste<m> a Enter b Enter c "}, /* this terminal marks them */
        {{"a\rb\rc\033[200~y\r\033[201~"}, "a Enter b Enter c paste<y\r> "},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct decoder *d = decoder_new();
        auto_buf struct buf out = {.max = 4096};
        struct key k;
        int64_t now = 1000;
        for (size_t r = 0; r < 3 && rows[i].reads[r]; r++, now += 10) {
            decoder_feed(d, rows[i].reads[r], strlen(rows[i].reads[r]), now);
            while (decoder_next(d, &k, now))
                name(&out, &k);
        }
        while (decoder_next(d, &k, now + 500))
            name(&out, &k);
        assert_string_equal(buf_str(&out), rows[i].keys);
        assert_int_equal(decoder_deadline(d), -1);
        decoder_free(d);
    }
}

static void a_paste_says_what_became_of_it(void **state) {
    struct decoder *d = decoder_new();
    struct key k;
    static char chunk[1 << 20];

    (void)state;
    decoder_feed(d, "\033[200~whole\033[201~", 17, 0);
    assert_true(decoder_next(d, &k, 0));
    assert_false(k.unended);
    assert_int_equal(k.lost, 0);
    decoder_feed(d, "\033[200~half", 10, 0);
    assert_false(decoder_next(d, &k, 999));
    assert_true(decoder_next(d, &k, 1000));
    assert_true(k.unended);
    memset(chunk, 'y', sizeof chunk);
    decoder_feed(d, "\033[200~", 6, 2000);
    for (int i = 0; i < 100; i++) {
        decoder_feed(d, chunk, sizeof chunk, 2000);
        assert_false(decoder_next(d, &k, 2000));
    }
    decoder_feed(d, "\033[201~", 6, 2000);
    assert_true(decoder_next(d, &k, 2000));
    assert_int_equal(k.n + k.lost, 100 * sizeof chunk);
    decoder_free(d);
}

static void what_comes_with_others_in_one_read_says_so(void **state) {
    static const struct {
        const char *reads[3];
        const char *crowded; /* x: with others, one letter a key */
    } rows[] = {
        {{"y"}, "."},
        {{"yes"}, "xxx"},
        {{"\033[A"}, "."},
        {{"\033", "[A"}, "."},
        {{"y\r"}, "xx"},
        {{"y", "n", "y"}, "..."},
        {{"\xc3", "\xa4"}, "."},
        {{"\033[Ay", "y"}, "xx."},
        {{"\033y"}, "."},
        {{"\033[", "\r", "\r"}, "x."}, /* what cuts a sequence off */
        {{"\033[1;", "\r", "y"}, "x."},
        {{"\033[99", "9x", "y"}, "."},
        {{"\033[999x", "\r"}, "."},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct decoder *d = decoder_new();
        char got[8] = "";
        struct key k;
        for (size_t r = 0; r < 3 && rows[i].reads[r]; r++) {
            decoder_feed(d, rows[i].reads[r], strlen(rows[i].reads[r]), 1000);
            while (decoder_next(d, &k, 1000))
                strcat(got, k.crowded ? "x" : ".");
        }
        assert_string_equal(got, rows[i].crowded);
        decoder_free(d);
    }
}

static void terminfo_sequences_come_first(void **state) {
    (void)state;
    struct decoder *d = decoder_new();
    struct key k;
    decoder_add(d, "\033[[Q", (struct key){.code = K_F9});
    decoder_feed(d, "\033[[Q", 4, 0);
    assert_true(decoder_next(d, &k, 0));
    assert_int_equal(k.code, K_F9);
    decoder_free(d);
}

/* A slow line: each piece is waited for longer than anything it could be the rest of. */
static void what_a_slow_line_tears_is_no_text_and_no_command(void **state) {
    static const struct {
        const char *pieces[6];
        const char *keys;
    } torn[] = {
        {{"\033", "]11;rgb:ffff/ffff/ffff\033\\", "x"}, "Esc bg<rgb:ffff/ffff/ffff> x "},
        {{"\033]11;rgb:ffff/f", "fff/ffff\033\\", "x"}, "x "},
        {{"\033]11;rgb:ffff/f", "fff/ff", "ff\a", "x"}, "x "},
        {{"\033]11;rgb:ffff/ffff/ffff\033", "\\", "x"}, "x "},
        {{"\033]11;rgb:ff", "\033[A"}, "Up "},
        {{"\033]11;rgb:ff", "yes"}, "y e s "},
        {{"\033", "[?62;4;22c", "x"}, "Esc sixel x "},
        {{"\033[?62;4", ";22c", "x"}, "x "},
        {{"\033[?62;4", "yes"}, "y e s "},
        {{"\033", "_Gi=31;OK\033\\", "x"}, "Esc kitty x "},
        {{"\033_Gi=31", ";OK\033\\", "x"}, "x "},
        {{"\033", "[200~rm -rf\033[201~", "x"}, "Esc paste<rm -rf> x "},
        {{"\033", "OC", "OD"}, "Esc Right O D "}, /* not a cancel, not a download */
        {{"\033", "[A", "[A"}, "Esc Up [ A "},
        {{"\033", "y"}, "Esc y "},
        {{"\033", "[", "A"}, "Esc [ A "},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(torn); i++) {
        struct decoder *d = decoder_new();
        struct key k;
        struct buf out = {0};
        int64_t now = 1000;

        buf_init(&out, 4096);
        for (size_t p = 0; p < MIX_COUNT(torn[i].pieces) && torn[i].pieces[p]; p++) {
            decoder_feed(d, torn[i].pieces[p], strlen(torn[i].pieces[p]), now);
            now += 600;
            while (decoder_next(d, &k, now))
                name(&out, &k);
        }
        assert_string_equal(buf_str(&out), torn[i].keys);
        assert_int_equal(decoder_deadline(d), -1);
        buf_fini(&out);
        decoder_free(d);
    }
}

/* Keypads send ESC O y for a digit. Of what was given up, a letter that comes soon may be the rest.
 */
static void a_key_soon_behind_a_torn_sequence_says_so(void **state) {
    static const struct {
        const char *head;
        int64_t later;
        bool crowded;
    } table_of_heads[] = {
        {"\033O", 300, true},   {"\033O", 60000, true},       {"\033O", 60101, false},
        {"\033[1;", 300, true}, {"\033[?2026;1$", 300, true}, {"\033[M y", 1500, true},
        {"\033", 300, false},   {"\033\033", 300, false},     {"", 300, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table_of_heads); i++) {
        struct decoder *d = decoder_new();
        struct key k;

        decoder_feed(d, table_of_heads[i].head, strlen(table_of_heads[i].head), 1000);
        for (int64_t now = 1000; now <= 1100; now++)
            while (decoder_next(d, &k, now))
                continue;
        for (int twice = 0; twice < 2; twice++) {
            decoder_feed(d, "y", 1, 1000 + table_of_heads[i].later + twice);
            assert_true(decoder_next(d, &k, 1000 + table_of_heads[i].later + twice));
            assert_int_equal(k.code, 'y');
            assert_int_equal(k.crowded, twice == 0 && table_of_heads[i].crowded);
        }
        decoder_free(d);
    }
}

static void an_answer_given_up_is_not_waited_for_for_ever(void **state) {
    struct decoder *d = decoder_new();
    struct key k;

    (void)state;
    decoder_feed(d, "\033]11;rgb:ff", 11, 1000);
    assert_false(decoder_next(d, &k, 1600));
    decoder_feed(d, "b", 1, 2700);
    assert_true(decoder_next(d, &k, 2700));
    assert_int_equal(k.code, 'b');
    decoder_free(d);
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_the_same_in_any_split),
        cmocka_unit_test(a_lone_escape_is_known_after_25_ms),
        cmocka_unit_test(a_paste_over_the_cap_is_cut_and_its_rest_is_no_keys),
        cmocka_unit_test(the_rest_of_a_paste_that_stood_still_is_no_keys),
        cmocka_unit_test(lines_in_one_read_are_a_paste_and_no_keys),
        cmocka_unit_test(a_paste_says_what_became_of_it),
        cmocka_unit_test(what_comes_with_others_in_one_read_says_so),
        cmocka_unit_test(terminfo_sequences_come_first),
        cmocka_unit_test(what_a_slow_line_tears_is_no_text_and_no_command),
        cmocka_unit_test(a_key_soon_behind_a_torn_sequence_says_so),
        cmocka_unit_test(an_answer_given_up_is_not_waited_for_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
