/* The ini reader: what comes out, and every complaint with its line. */
#include "mix/ini.h"

#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

/* Writes each item as "LINE[section]key=value;" and objects to the key `bad`. */
static const char *collect(void *ctx, const struct ini_item *item) {
    struct buf *out = ctx;

    buf_addf(out, "%d[%s]%s=%s|", item->line, item->section, item->key, item->value);
    return strcmp(item->key, "bad") == 0 ? "no such key" : NULL;
}

#define X49  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X186 X49 X49 X49 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
    const char *text, *items, *complaints;
} cases[] = {
    {"", "", ""},
    {"k = v", "1[]k=v|", ""},
    {"[s]\nk=v\n", "2[s]k=v|", ""},
    {"\n\n[ s ]\n\n  k  =  v w  \n", "5[ s ]k=v w|", ""},
    {"[s]\r\nk = v\r\n", "2[s]k=v|", ""},
    {"\xef\xbb\xbf[s]\nk = v\n", "2[s]k=v|", ""},
    {"\xef\xbb\xbfk = v\n", "1[]k=v|", ""},
    {" \xef\xbb\xbf= v", "1[]\xef\xbb\xbf=v|", ""}, /* not at the very start: part of the key */
    /* comments stand on lines of their own; what looks like one in a value belongs to it */
    {"; one\n# two\n  ; three\nk = v ; w # x\n", "4[]k=v ; w # x|", ""},
    {"k = #ff8800\nl = ;x", "1[]k=#ff8800|2[]l=;x|", ""},
    {"[a] ; note\nk=1\n[b]#\nk=2", "2[a]k=1|4[b]k=2|", ""},
    {"[a;b:c]\nd;e:f = g:h=i\n", "2[a;b:c]d;e:f=g:h=i|", ""},
    {"k =\n", "1[]k=|", ""},
    /* an indented line is a line of its own, not more of the value before it */
    {"k = v\n  l = w\n", "1[]k=v|2[]l=w|", ""},
    {"k = v\n  more\n", "1[]k=v|", "t:2: expected [section] or key = value\n"},
    {"k = h\xc3\xa9 \xe4\xb8\x96", "1[]k=h\xc3\xa9 \xe4\xb8\x96|", ""},
    /* complaints */
    {"nonsense\nk = v", "2[]k=v|", "t:1: expected [section] or key = value\n"},
    {"k : v", "", "t:1: expected [section] or key = value\n"},
    {"= v", "", "t:1: expected a key before =\n"},
    {"a = 1\nbad = 2\nb = 3", "1[]a=1|2[]bad=2|3[]b=3|", "t:2: no such key\n"},
    {"[open\nlost = 1\n[s]\nk = v", "4[s]k=v|", "t:1: expected ] after the section name\n"},
    {"[s] x\nlost = 1", "", "t:1: unexpected text after ]\n"},
    {"k = a\x01z", "", "t:1: control character\n"},
    {"k = a\x1bz\nl = 1", "2[]l=1|", "t:1: control character\n"},
    {"k = \xff", "", "t:1: not valid UTF-8\n"},
    {"bad = 1\nnope\nbad = 3", "1[]bad=1|3[]bad=3|",
     "t:1: no such key\nt:2: expected [section] or key = value\nt:3: no such key\n"},
    {"k = " X186, "1[]k=" X186 "|", ""},
    {"k = " X186 "y\nl = 1", "2[]l=1|", "t:1: line longer than 190 bytes\n"},
    {"[" X49 "]\nk = 1", "2[" X49 "]k=1|", ""},
    {"[" X49 "y]\nk = 1", "", "t:1: section name longer than 49 bytes\n"},
};

static void ini_reads_items_and_collects_complaints(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        auto_buf struct buf items = {.max = 10000}, complaints = {.max = 10000};
        const int count =
            ini_read("t", cases[i].text, strlen(cases[i].text), collect, &items, &complaints);
        int lines = 0;

        assert_string_equal(buf_str(&items), cases[i].items);
        assert_string_equal(buf_str(&complaints), cases[i].complaints);
        for (const char *s = cases[i].complaints; *s; s++)
            lines += *s == '\n';
        assert_int_equal(count, lines);
    }
}

static void ini_takes_text_without_a_terminator(void **state) {
    (void)state;
    static const char text[] = {'k', ' ', '=', ' ', 'v'};
    auto_buf struct buf items = {.max = 100};

    assert_int_equal(ini_read("t", text, sizeof text, collect, &items, NULL), 0);
    assert_string_equal(items.p, "1[]k=v|");
    assert_int_equal(ini_read("t", "a\0b = 1", 7, collect, &items, NULL), 1);
    assert_int_equal(ini_read("t", "bad = 1", 7, collect, &items, NULL), 1);
}

static void ini_counts_complaints_that_no_longer_fit(void **state) {
    (void)state;
    auto_buf struct buf items = {.max = 10}, complaints = {.max = 20};

    assert_int_equal(ini_read("t", "bad=1\nbad=2\nbad=3\n", 18, collect, &items, &complaints), 3);
    assert_string_equal(complaints.p, "t:1: no such key\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ini_reads_items_and_collects_complaints),
        cmocka_unit_test(ini_takes_text_without_a_terminator),
        cmocka_unit_test(ini_counts_complaints_that_no_longer_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
