/* Keys of vi, the text they leave and where the caret is: as vim has it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "mix/text.h"
#include "mix/vi.h"

/* `~` in a key string would be a command: Esc is \033, C-r \022; in insert mode the rest is typed.
 */
static void press(struct vi *v, struct editor *e, const char *keys) {
    for (size_t n = strlen(keys), used; n > 0; keys += used, n -= used) {
        struct key k = {.code = text_decode(keys, n, &used)};
        if (k.code == 033)
            k.code = K_ESC;
        else if (k.code == 022)
            k = (struct key){.code = 'r', .mods = MOD_CTRL};
        if (vi_key(v, e, &k) == VI_NOT && v->mode == VI_INSERT)
            assert_true(editor_insert(e, keys, used));
    }
}

static const struct {
    const char *text, *keys, *after; /* | stands before the caret; keys begin in normal mode */
} table[] = {
    /* motions */
    {"|one two", "l", "o|ne two"},
    {"|one two", "3l", "one| two"},
    {"|one two", "99l", "one tw|o"},
    {"one tw|o", "h", "one t|wo"},
    {"|one two, three", "w", "one |two, three"},
    {"|one two, three", "2w", "one two|, three"},
    {"|one two, three", "W", "one |two, three"},
    {"|one two, three", "2W", "one two, |three"},
    {"|a\n\nb", "w", "a\n|\nb"},
    {"|a\n  b", "w", "a\n  |b"},
    {"|one", "w", "on|e"},
    {"one two, thre|e", "b", "one two, |three"},
    {"one two, |three", "b", "one two|, three"},
    {"one two, |three", "B", "one |two, three"},
    {"|one two", "e", "on|e two"},
    {"on|e two", "e", "one tw|o"},
    {"|a b", "e", "a |b"},
    {"|one, two", "E", "one|, two"},
    {"|漢字かな漢", "w", "漢字|かな漢"},
    {"|漢字かな漢", "e", "漢|字かな漢"},
    {"  on|e", "0", "|  one"},
    {"  on|e", "^", "  |one"},
    {"|one\ntwo", "$", "on|e\ntwo"},
    {"|one\ntwo", "2$", "one\ntw|o"},
    {"|one\ntwo\nx", "G", "one\ntwo\n|x"},
    {"one\ntwo\n|x", "gg", "|one\ntwo\nx"},
    {"one\n  two\n|x", "2G", "one\n  |two\nx"},
    {"one\n  two\n|x", "2gg", "one\n  |two\nx"},
    {"ab|c\nx\nabc", "jj", "abc\nx\nab|c"},
    {"abc\nx\nab|c", "2k", "ab|c\nx\nabc"},
    {"|abc\nabcdef", "$j", "abc\nabcde|f"},
    {"|a.b.c", "f.", "a|.b.c"},
    {"|a.b.c", "2f.", "a.b|.c"},
    {"|a.b.c", "f.;", "a.b|.c"},
    {"|a.b.c", "f.;,", "a|.b.c"},
    {"|a.b.c", "t.", "|a.b.c"},
    {"|a.b.c", "t.;", "a.|b.c"},
    {"a.b.|c", "F.", "a.b|.c"},
    {"a.b.|c", "2T.", "a.|b.c"},
    {"|abc", "fx", "|abc"},
    {"|f(a[1], b)", "%", "f(a[1], b|)"},
    {"f(a[1], b|)", "%", "f|(a[1], b)"},
    {"|a\nb\n\nc\n\nd", "}", "a\nb\n|\nc\n\nd"},
    {"|a\nb\n\nc\n\nd", "2}", "a\nb\n\nc\n|\nd"},
    {"a\nb\n\nc\n\n|d", "{", "a\nb\n\nc\n|\nd"},
    {"|a", "}", "|a"},
    /* x X r ~ J */
    {"|abc", "x", "|bc"},
    {"|abc", "2x", "|c"},
    {"ab|c", "x", "a|b"},
    {"ab|c", "X", "a|c"},
    {"|e\xcc\x81x", "x", "|x"},
    {"|abc", "rx", "|xbc"},
    {"|abc", "2rx", "x|xc"},
    {"|abc", "4rx", "|abc"},
    {"|aBc", "~~", "Ab|c"},
    {"|aBc", "3~", "Ab|C"},
    {"|äÖ", "2~", "Ä|ö"},
    {"|one\n  two", "J", "one| two"},
    {"|one\n)", "J", "one|)"},
    {"|a\nb\nc", "3J", "a b| c"},
    /* operators */
    {"|one two three", "dw", "|two three"},
    {"|one two three", "2dw", "|three"},
    {"|one two three", "d2w", "|three"},
    {"one |two", "dw", "one| "},
    {"one |two\nthree", "dw", "one| \nthree"},
    {"|one\ntwo", "dw", "|\ntwo"},
    {"|one two", "de", "| two"},
    {"one tw|o", "db", "one |o"},
    {"one |two three", "d$", "one| "},
    {"one |two three", "D", "one| "},
    {"one |two three", "d0", "|two three"},
    {"|one\ntwo\nthree", "dd", "|two\nthree"},
    {"one\n|two", "dd", "|one"},
    {"|one\n  two", "dd", "  |two"},
    {"|one\ntwo\nthree", "2dd", "|three"},
    {"|one\ntwo\nthree", "dj", "|three"},
    {"one\ntwo\nthr|ee", "dk", "|one"},
    {"|one\ntwo\nthree", "dG", "|"},
    {"one\ntwo\n|three", "dgg", "|"},
    {"|a.b.c", "df.", "|b.c"},
    {"|a.b.c", "dt.", "|.b.c"},
    {"a.b.|c", "dF.", "a.b|c"},
    {"|(a) b", "d%", "| b"},
    {"|a\nb\n\nc", "d}", "|\nc"},
    {"a|a\nb\n\nc", "d}", "|a\n\nc"},
    {"|one two", "cwx\033", "|x two"},
    {"|one  two", "cwx\033", "|x  two"},
    {"|a b", "cwxy\033", "x|y b"},
    {"one |two", "cbx\033", "|xtwo"},
    {"  |one\ntwo", "ccx\033", "|x\ntwo"},
    {"|one\ntwo", "Sx\033", "|x\ntwo"},
    {"|one two", "Cx\033", "|x"},
    {"|one", "sxy\033", "x|yne"},
    {"|one two", "yww", "one |two"},
    {"|one two", "ywP", "one| one two"},
    {"|one two", "wyiwP", "one tw|otwo"},
    /* put */
    {"|abc", "xp", "b|ac"},
    {"|one\ntwo", "yyp", "one\n|one\ntwo"},
    {"|one\ntwo", "yyP", "|one\none\ntwo"},
    {"one\n|two", "yyp", "one\ntwo\n|two"},
    {"|one\ntwo", "Yj2p", "one\ntwo\n|one\none"},
    {"|one\ntwo", "ddp", "two\n|one"},
    /* objects */
    {"one t|wo three", "diw", "one | three"},
    {"one t|wo three", "daw", "one |three"},
    {"one t|wo", "daw", "on|e"},
    {"a f|oo(x) b", "daW", "a |b"},
    {"a f|oo(x) b", "diW", "a | b"},
    {"say \"h|i you\" x", "di\"", "say \"|\" x"},
    {"say \"h|i you\" x", "da\"", "say |x"},
    {"s|ay \"hi\" x", "ci\"yo\033", "say \"y|o\" x"},
    {"f(a, (|b), c)", "di(", "f(a, (|), c)"},
    {"f(a, (|b), c)", "d2i(", "f(|)"},
    {"f(a, (b), |c)", "dab", "|f"},
    {"x {|a} y", "di{", "x {|} y"},
    {"x [|a] y", "da[", "x | y"},
    {"a\nb\n\n|c\nd\n\ne", "dip", "a\nb\n\n|\ne"},
    {"a\nb\n\n|c\nd\n\ne", "dap", "a\nb\n\n|e"},
    {"no |brackets", "di(", "no |brackets"},
    /* inserting */
    {"|abc", "ix\033", "|xabc"},
    {"|abc", "ax\033", "a|xbc"},
    {"  a|bc", "Ix\033", "  |xabc"},
    {"|abc", "Ax\033", "abc|x"},
    {"|abc", "ox\033", "abc\n|x"},
    {"|abc", "Ox\033", "|x\nabc"},
    {"a|bc", "i\033", "|abc"},
    /* undo, redo, again */
    {"|abc", "xu", "|abc"},
    {"|abc", "xxu\022", "|c"},
    {"|abc", "ihello there\033u", "|abc"},
    {"|abc", "ihello\033u\022", "|helloabc"},
    {"|one two", "cwx\033u", "|one two"},
    {"|abcd", "x.", "|cd"},
    {"|abcd", "2x.", "|"},
    {"|abcdef", "x3.", "|ef"},
    {"|one two three", "cwx\033w.", "x |x three"},
    {"|one\ntwo", "A!\033j.", "one!\ntwo|!"},
    {"|one two", "dwu.", "|two"},
    {"|a\nb", "ox\033.", "a\nx\n|x\nb"},
    /* visual */
    {"|one two", "wvd", "one |wo"},
    {"|one two", "vey", "|one two"},
    {"|one two", "veyP", "on|eone two"},
    {"|one two", "vwd", "|wo"},
    {"|a\nb\nc", "Vjd", "|c"},
    {"|a\nb\nc", "VjyGp", "a\nb\nc\n|a\nb"},
    {"one t|wo three", "viwcx\033", "one |x three"},
    {"|abc", "vlU", "|ABc"},
    {"|aBc", "vl~", "|Abc"},
    {"|abc", "vlrx", "|xxc"},
    {"|a\nb\nc", "VGJ", "a b| c"},
    {"a|bcd", "vlold", "ab|d"},
    {"|abc", "v\033x", "|bc"},
    {"|one two", "yiwwviwp", "one on|e"},
    /* nothing that is half typed does anything */
    {"|one", "d\033x", "|ne"},
    {"|one", "2\033x", "|ne"},
    {"|one", "d&x", "|ne"},
    {"|one", "zQ&", "|one"},
    {"|", "xXD~Jdwb.upP", "|"},
};

static void set(struct editor *e, const char *text) {
    const char *bar = strchr(text, '|');
    assert_true(editor_insert(e, bar + 1, strlen(bar + 1)));
    (void)editor_move(e, TO_START);
    assert_true(editor_insert(e, text, (size_t)(bar - text)));
    editor_group_end(e);
}

static void keys_do_what_they_do_in_vim(void **state) {
    size_t bad = 0;
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct editor e;
        struct vi v;
        auto_buf struct buf shown = {.max = 4096};
        editor_init(&e, 4096);
        vi_init(&v);
        set(&e, table[i].text);
        const size_t caret = e.caret;
        press(&v, &e, "\033");
        e.caret = caret;
        press(&v, &e, table[i].keys);
        assert_int_equal(v.mode, VI_NORMAL);
        buf_addf(&shown, "%.*s|%s", (int)e.caret, buf_str(&e.text), buf_str(&e.text) + e.caret);
        if (strcmp(buf_str(&shown), table[i].after) != 0) {
            print_error("%s  %s  gives %s, not %s\n", table[i].text, table[i].keys, buf_str(&shown),
                        table[i].after);
            bad++;
        }
        editor_fini(&e);
        vi_fini(&v);
    }
    assert_int_equal(bad, 0);
}

static void random_keys_keep_the_text_whole(void **state) {
    static const char keys[] =
        "hjklwbeWBE0^$gGfFtT;,%{}dcyxXr~JpPu.oOaAiIsSCDYvVia\"'([{wp123 \033\033\n(\"{\022";
    struct editor e;
    struct vi v;
    uint32_t seed = 4711;
    (void)state;
    editor_init(&e, 4096);
    vi_init(&v);
    for (int i = 0; i < 200000; i++) {
        char key[3] = "";
        seed = seed * 1664525 + 1013904223;
        key[0] = keys[(seed >> 16) % (sizeof keys - 1)];
        const char *text = seed >> 8 & 1 && v.mode == VI_INSERT ? "漢" : key;
        if (e.text.n > 3000)
            editor_set(&e, "one (two) \"three\"\n\n{four}");
        press(&v, &e, text);
        assert_true(e.caret <= e.text.n);
        assert_true(e.caret == e.text.n || ((unsigned char)e.text.p[e.caret] & 0xc0) != 0x80);
        assert_true(text_valid(buf_str(&e.text), e.text.n));
    }
    editor_fini(&e);
    vi_fini(&v);
}

static void a_folded_paste_is_one_character(void **state) {
    struct editor e;
    struct vi v;
    (void)state;
    editor_init(&e, 4096);
    vi_init(&v);
    assert_true(editor_insert(&e, "a one\ntwo\nthree b", 17));
    editor_chip(&e, CHIP_PASTE, 2, 13, NULL, -1);
    press(&v, &e, "\0330wx");
    assert_string_equal(buf_str(&e.text), "a  b");
    assert_int_equal(e.n_chips, 0);
    press(&v, &e, "u");
    assert_string_equal(buf_str(&e.text), "a one\ntwo\nthree b");
    assert_int_equal(e.n_chips, 1);
    press(&v, &e, "0dd");
    assert_string_equal(buf_str(&e.text), "");
    editor_fini(&e);
    vi_fini(&v);
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_do_what_they_do_in_vim),
        cmocka_unit_test(random_keys_keep_the_text_whole),
        cmocka_unit_test(a_folded_paste_is_one_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
