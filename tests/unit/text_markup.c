/* Markdown as rows: what each construct looks like, sections, streaming, hostile input. */
#include "../fuzz/markup_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <locale.h>
#include <time.h>

static void lay_out(struct flow *f, const char *s, size_t n, const struct markup_how *how,
                    int whole) {
    struct markup_split split = {0};

    markup_split(&split, s, n, whole ? MARKUP_WHOLE : MARKUP_GROWS);
    for (size_t i = 0; i < split.n; i++)
        markup_flow(f, s, n, &split.v[i], how);
    check_flow(f, 0, how->width);
    markup_split_fini(&split);
}

/* Rows joined by line ends, without blanks at their ends. */
static void dump(struct buf *out, const struct flow *f) {
    for (size_t i = 0; i < f->n; i++) {
        buf_adds(out, i > 0 ? "\n" : "");
        for (size_t k = 0; k < f->rows[i].n_runs; k++) {
            const struct run *run = &f->runs[f->rows[i].run + k];

            buf_add(out, f->text.p + run->off, run->len);
        }
        while (out->n > 0 && out->p[out->n - 1] == ' ')
            buf_cut(out, out->n - 1, 1);
    }
}

static void assert_looks(const char *s, const struct markup_how *how, int whole, const char *want) {
    struct flow f = {0};
    auto_buf struct buf got = {.max = MIX_MIB};

    lay_out(&f, s, strlen(s), how, whole);
    dump(&got, &f);
    assert_string_equal(buf_str(&got), want);
    flow_fini(&f);
}

static const struct {
    const char *s;
    int width;
    const char *want;
} looks[] = {
    {"", 20, ""},
    {"\n\n\n", 20, ""},
    {"# One\n## Two\ntext", 20, "One\n\nTwo\n\ntext"},
    {"One\n===\ntext", 20, "One\n\ntext"},
    {"a\nb  \nc\\\nd", 20, "a b\nc\nd"},
    {"a<br>b <i>c</i>", 20, "a\nb <i>c</i>"},
    {"a **b** *c* ~~d~~ `e`", 40, "a b c d e"},
    {"a &amp; b &lt; &#x41;&#66; &nope; &hellip;", 40, "a & b < AB &nope; \u2026"},
    /* links */
    {"see [it](http://x.y/z) now", 40, "see it (http://x.y/z) now"},
    {"<http://x.y> and http://z.w/a_b_c.", 60, "http://x.y and http://z.w/a_b_c."},
    {"[x.y](http://x.y) [a@b.c](mailto:a@b.c)", 60, "x.y a@b.c"},
    {"[](http://x.y)", 60, "http://x.y"},
    {"[a [b](c)", 60, "[a b (c)"},
    {"[a][r]\n\n[r]: http://x.y 'T'\n[s]: <http://z.w>", 60, "a (http://x.y)\n\n[s]: http://z.w"},
    {"[^1]: a note of more words", 60, "[^1]: a note of more words"},
    /* images */
    {"a ![b](c.png) d", 40, "a\n[image: b] c.png\nd"},
    {"![](c.png)", 40, "[image] c.png"},
    {"![x](data:image/png;base64,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)", 90,
     "[image: x] data:image/png;base64,AAAAAAAAAAAAAAAAAAAAAAAAAA\u2026"},
    /* lists */
    {"- a\n- b\n  - c\n    - d\n      - e\n- f", 20,
     "\u2022 a\n\u2022 b\n  \u25e6 c\n    \u25aa d\n      \u2022 e\n\u2022 f"},
    {"- a\n\n- b", 20, "\u2022 a\n\n\u2022 b"},
    {"- a\n\n  b\n- c", 20, "\u2022 a\n\n  b\n\n\u2022 c"},
    {"-\n- a", 20, "\u2022\n\u2022 a"},
    {"9. a\n10. b\n11. c", 20, " 9. a\n10. b\n11. c"},
    {"1. a\n   - b\n2. c", 20, " 1. a\n    \u2022 b\n 2. c"},
    {"- [ ] a\n- [x] b", 20, "\u2610 a\n\u2611 b"},
    {"- one two three", 9, "\u2022 one two\n  three"},
    {"- ```\n  x\n  ```\n- # h", 20, "\u2022\n    x\n\u2022 h"},
    {"text\n- a\n- b\n\nmore", 20, "text\n\n\u2022 a\n\u2022 b\n\nmore"},
    /* quotes */
    {"> a\nb\n\nc", 20, "\u2502 a b\n\nc"},
    {"> a\n> > b\n> - c", 20, "\u2502 a\n\u2502\n\u2502 \u2502 b\n\u2502\n\u2502 \u2022 c"},
    {"> one two three", 9, "\u2502 one two\n\u2502 three"},
    /* code */
    {"```c\nint x;\n```\nafter", 20, "c\n  int x;\n\nafter"},
    {"a\n```\nb\n\nc\n```", 20, "a\n\n  b\n\n  c"},
    {"~~~~\n```\n~~~\n~~~~\n", 20, "  ```\n  ~~~"},
    {"  ```\n    a\n  b\n  ```", 20, "    a\n  b"},
    {"```\nunclosed", 20, "  unclosed"},
    {"    indented\n\n    code", 20, "  indented\n\n  code"},
    {"```\n```\n", 20, ""},
    /* rules, HTML */
    {"a\n\n---\nb", 5, "a\n\n\u2500\u2500\u2500\u2500\u2500\n\nb"},
    {"<div>\n *a*\n</div>\n\nb", 20, "<div>\n *a*\n</div>\n\nb"},
    /* tables */
    {"| a | b |\n|---|--:|\n| x | 1 |\n| yy | 22 |", 30,
     "\u250c\u2500\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2500\u2510\n"
     "\u2502 a  \u2502  b \u2502\n"
     "\u251c\u2500\u2500\u2500\u2500\u253c\u2500\u2500\u2500\u2500\u2524\n"
     "\u2502 x  \u2502  1 \u2502\n"
     "\u2502 yy \u2502 22 \u2502\n"
     "\u2514\u2500\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2500\u2518"},
    {"|a|long|\n|-|-|\n|x|some words and more|", 20,
     "\u250c\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
     "\u2500\u2500\u2500\u2500\u2510\n"
     "\u2502 a \u2502 long         \u2502\n"
     "\u251c\u2500\u2500\u2500\u253c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
     "\u2500\u2500\u2500\u2500\u2524\n"
     "\u2502 x \u2502 some words   \u2502\n"
     "\u2502   \u2502 and more     \u2502\n"
     "\u2514\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
     "\u2500\u2500\u2500\u2500\u2518"},
    {"|name|what it is|\n|-|-|\n|first|some longer words|\n|second|more|", 16,
     "name: first\nwhat it is: some\n  longer words\n\nname: second\nwhat it is: more"},
    /* odd characters */
    {"a\x1b[31mb\xe2\x80\xae\xe2\x80\x8b c", 20, "a[31mb c"},
    {"a\r\nb\r\n\r\nc", 20, "a b\n\nc"},
    {"\xff\xfe", 20, "\ufffd\ufffd"},
};

static void every_construct_has_its_look(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(looks); i++)
        assert_looks(looks[i].s, &(struct markup_how){.width = looks[i].width}, 1, looks[i].want);
}

static void ascii_needs_no_more_than_ascii(void **state) {
    (void)state;
    const struct markup_how how = {.width = 24, .ascii = true};

    assert_looks("> - a\n> - [x] b\n\n---\n\n|a|b|\n|-|-|\n|c|d|", &how, 1,
                 "| * a\n| [x] b\n\n------------------------\n\n"
                 "+---+---+\n| a | b |\n+---+---+\n| c | d |\n+---+---+");
}

static void running_text_is_narrower_than_code_and_tables(void **state) {
    (void)state;
    const struct markup_how how = {.width = 30, .max_width = 10, .breaks = true};

    assert_looks("one two three\nfour\n\n```\none two three four\n```", &how, 1,
                 "one two\nthree\nfour\n\n  one two three four");
}

/* Ink and attributes of the run that shows `text`. */
static const struct run *run_of(const struct flow *f, const char *text) {
    for (size_t i = 0; i < f->n_runs; i++)
        if (f->runs[i].len == strlen(text) &&
            memcmp(f->text.p + f->runs[i].off, text, f->runs[i].len) == 0)
            return &f->runs[i];
    fail_msg("no run says \"%s\"", text);
    return NULL;
}

static const struct {
    const char *text;
    uint8_t ink, attrs, flags;
} inks[] = {
    {"Head", INK_HEADING, 0, 0},
    {"Sub", INK_SUBHEADING, 0, 0},
    {"plain ", INK_TEXT, 0, 0},
    {"strong ", INK_TEXT, ATTR_BOLD, 0},
    {"both", INK_TEXT, ATTR_BOLD | ATTR_ITALIC, 0},
    {"gone", INK_TEXT, ATTR_STRIKE, 0},
    {"code", INK_CODE, 0, 0},
    {"link", INK_LINK, 0, 0},
    {"http://x.y", INK_URL, 0, 0},
    {"<b>", INK_DIM, 0, 0},
    {"quoted", INK_QUOTE, 0, 0},
    {"\u2502 ", INK_RULE, 0, RUN_DECOR},
    {"\u2022 ", INK_BULLET, 0, RUN_DECOR},
    {"\u2610 ", INK_TASK_OPEN, 0, RUN_DECOR},
    {"\u2611 ", INK_TASK_DONE, 0, RUN_DECOR},
    {"cell", INK_TABLE_HEAD, 0, 0},
    {"[image: alt] ", INK_IMAGE, 0, 0},
    {"text", INK_FENCE, 0, RUN_DECOR},
};

static void every_text_has_its_ink(void **state) {
    (void)state;
    static const char s[] =
        "# Head\n### Sub\nplain **strong *both*** ~~gone~~ `code` [link](http://x.y) <b>\n\n"
        "> quoted\n\n- [ ] a\n- [x] b\n- c\n\n|cell|\n|-|\n|d|\n\n![alt](p.png)\n\n"
        "```text\ncode\n```\n";
    struct flow f = {0};

    lay_out(&f, s, sizeof s - 1, &(struct markup_how){.width = 80}, 1);
    for (size_t i = 0; i < MIX_COUNT(inks); i++) {
        const struct run *run = run_of(&f, inks[i].text);

        assert_int_equal(run->ink, inks[i].ink);
        assert_int_equal(run->attrs, inks[i].attrs);
        assert_int_equal(run->flags, inks[i].flags);
    }
    assert_int_equal(f.n_links, 2);
    assert_int_equal(run_of(&f, "link")->link, 1);
    assert_int_equal(run_of(&f, "[image: alt] ")->link, 2);
    assert_true(f.links[1].image && !f.links[0].image);
    assert_memory_equal(f.text.p + f.links[1].url, "p.png", f.links[1].url_len);
    flow_fini(&f);
}

static void a_copy_has_no_decoration_and_no_soft_breaks(void **state) {
    (void)state;
    static const char s[] = "> one two three four\n\n- five six seven\n\n"
                            "|a|b|\n|-|-:|\n|c|d|\n\n```c\nint a_long_name_of_something;\n```\n";
    struct flow f = {0};
    auto_buf struct buf got = {.max = MIX_MIB};

    lay_out(&f, s, sizeof s - 1, &(struct markup_how){.width = 12}, 1);
    flow_copy(&got, &f, 0, f.n, 0, -1);
    assert_string_equal(got.p, "one two three four\n\n- five six seven\n\na\tb\nc\td\n\n\n"
                               "int a_long_name_of_something;");
    flow_fini(&f);
}

static void a_copy_keeps_lists_and_the_cells_of_tables(void **state) {
    static const struct {
        const char *s, *want;
    } cases[] = {
        {"- a\n  - b\n    - c\n- d\n", "- a\n  - b\n    - c\n- d"},
        {"9. a\n   - b\n10. c\n", "9. a\n    - b\n10. c"},
        {"- [ ] a\n- [x] b\n", "- [ ] a\n- [x] b"},
        {"- a\n\n  more\n", "- a\n\n  more"},
        {"- a\n\n  ```\n  x = 1\n  ```\n", "- a\n\nx = 1"},
        {"|a|b|c|\n|-|-|-|\n| |e|f|\n|g| |i|\n", "a\tb\tc\n\te\tf\ng\t\ti"},
    };

    (void)state;
    for (size_t i = 0; i < 2 * MIX_COUNT(cases); i++) {
        const char *s = cases[i / 2].s;
        struct flow f = {0};
        auto_buf struct buf got = {.max = MIX_MIB};

        lay_out(&f, s, strlen(s), &(struct markup_how){.width = 40, .ascii = i % 2}, 1);
        flow_copy(&got, &f, 0, f.n, 0, -1);
        assert_string_equal(buf_str(&got), cases[i / 2].want);
        flow_fini(&f);
    }
}

/* ---- streaming ---- */
static const char *const documents[] = {
    "# Title\n\nSome *emphasis*, **strong _both_** and `code`.\n\n- a\n- b\n\n  c\n- d\n\nend\n",
    "Text\n```python\ndef f():\n    pass\n\n\n```\n\n\nafter\n~~~\nopen\n",
    "| a | b |\n|---|---|\n| c | d |\n\n> quote\nlazy\n\n    indented\n\n    more\n",
    "1. one\n\n   ```js\n   let x;\n\n   y\n   ```\n2. two\nend\n\n[a]: http://x.y\n",
    "a\r\n\r\nb\r\n```\r\nc\r\n```\r\n\u6f22\u5b57 \U0001f469\u200d\U0001f467\n",
};

/* Long enough for many sections, with code and lists longer than one. */
static char *long_document(size_t *n) {
    struct buf b = {.max = MIX_MIB};

    for (size_t i = 0; i < 40; i++) {
        buf_adds(&b, documents[i % MIX_COUNT(documents)]);
        buf_adds(&b, "\n");
        if (i % 10 == 3)
            for (size_t k = 0; k < 400; k++)
                buf_addf(&b, "- item %zu of a list that goes on\n", k);
        if (i % 10 == 7) {
            buf_adds(&b, "\n```c\n");
            for (size_t k = 0; k < 700; k++)
                buf_addf(&b, "int line_%zu = %zu;\n", k, k);
            buf_adds(&b, "```\n");
        }
        if (i == 20)
            for (size_t k = 0; k < 5000; k++)
                buf_adds(&b, "one line ");
    }
    *n = b.n;
    return b.p;
}

static void what_is_closed_never_changes_however_it_arrives(void **state) {
    (void)state;
    const struct markup_how how = {.width = 60};
    size_t n;
    auto_free char *all = long_document(&n);

    for (size_t i = 0; i < MIX_COUNT(documents); i++)
        check_stream(documents[i], strlen(documents[i]), 1, &how);
    assert_true(n > 8 * MARKUP_SECTION);
    check_stream(all, n, 997, &how);
    check_stream(all, n, 20000, &how);
}

static const struct {
    const char *s, *want;
} tails[] = {
    {"a **bo", "a bo"},
    {"a **", "a"},
    {"a *b **c", "a b c"},
    {"a `co", "a co"},
    {"a `", "a"},
    {"a ~~b", "a b"},
    {"a ~~b~", "a b"},
    {"a ~", "a"},
    {"- ```c\n  int", "\u2022 c\n    int"},
    {"- ```\n  ---", "\u2022\n    ---"},
    {"- ```\n  a\n  ``", "\u2022\n    a"},
    {"- ```c", "\u2022 c"},
    {"> ```\n> *a", "\u2502   *a"},
    {"a [b](http://x", "a b (http://x)"},
    {"snake_case_", "snake_case_"},
    {"5 * 3", "5 * 3"},
    {"text\n-", "text"},
    {"text\n==", "text"},
    {"text\n``", "text"},
    {"```c\nint\n``", "c\n  int"},
    {"| a | b |\n|--", "\u250c\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2510\n"
                       "\u2502 a \u2502 b \u2502\n"
                       "\u2514\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2518"},
    {"- a **b", "\u2022 a b"},
    {"* a", "\u2022 a"},
    {"**a\n\n*b", "**a\n\nb"},
};

static void what_is_begun_at_the_end_is_shown_as_if_it_were_ended(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(tails); i++)
        assert_looks(tails[i].s, &(struct markup_how){.width = 40}, 0, tails[i].want);
}

static void a_long_code_block_is_one_to_the_eye(void **state) {
    (void)state;
    struct buf s = {.max = MIX_MIB};
    struct flow f = {0};

    buf_adds(&s, "a\n\n```c\n");
    for (size_t i = 0; i < 5000; i++)
        buf_addf(&s, "int line_%zu;\n", i);
    buf_adds(&s, "```\n\nb\n");
    lay_out(&f, s.p, s.n, &(struct markup_how){.width = 80}, 1);
    assert_int_equal(f.n, 5000 + 5); /* a, empty, c, the code, empty, b */
    flow_fini(&f);
    buf_fini(&s);
}

static void a_long_table_has_its_head_again(void **state) {
    (void)state;
    struct buf s = {.max = MIX_MIB};
    struct flow f = {0};
    size_t heads = 0, rows = 0;

    buf_adds(&s, "| number | what |\n|---:|---|\n");
    for (size_t i = 0; i < 2000; i++)
        buf_addf(&s, "| %zu | row of it |\n", i);
    lay_out(&f, s.p, s.n, &(struct markup_how){.width = 60}, 1);
    for (size_t i = 0; i < f.n_runs; i++) {
        heads += f.runs[i].ink == INK_TABLE_HEAD;
        rows += f.runs[i].len == 9 && memcmp(f.text.p + f.runs[i].off, "row of it", 9) == 0;
    }
    assert_int_equal(rows, 2000);
    assert_int_equal(heads, 2 * (1 + s.n / MARKUP_SECTION));
    assert_in_range(f.rows[f.n - 1].src, s.n - 60, s.n);
    check_stream(s.p, s.n, 5000, &(struct markup_how){.width = 60});
    flow_fini(&f);
    buf_fini(&s);
}

/* ---- items ---- */
static void items_are_listed_in_order_and_links_once(void **state) {
    (void)state;
    static const char s[] =
        "See [a **b**](http://x.y) and http://x.y and ![pic](p.png).\n\n"
        "```c\nint x;\n\n  y\n```\n\n- item\n\n  ```sh\n  ls\n  ```\n\n[z](http://z)\n";
    static const struct {
        enum markup_item_kind kind;
        const char *text, *label, *at;
    } want[] = {
        {ITEM_LINK, "http://x.y", "a b", "a **b**"},   {ITEM_IMAGE, "p.png", "pic", "pic]"},
        {ITEM_CODE, "int x;\n\n  y\n", "c", "int x;"}, {ITEM_CODE, "ls\n", "sh", "ls\n"},
        {ITEM_LINK, "http://z", "z", "z](http://z)"},
    };
    struct markup_items items = {0};

    markup_items(&items, s, sizeof s - 1, 100);
    assert_int_equal(items.n, MIX_COUNT(want));
    for (size_t i = 0; i < items.n; i++) {
        assert_int_equal(items.v[i].kind, want[i].kind);
        assert_string_equal(items.v[i].text, want[i].text);
        assert_string_equal(items.v[i].label, want[i].label);
        assert_int_equal(items.v[i].off, strstr(s, want[i].at) - s);
    }
    markup_items_fini(&items);
    markup_items(&items, s, sizeof s - 1, 2);
    assert_int_equal(items.n, 2);
    markup_items_fini(&items);
}

/* ---- hostile ---- */
static const char *const hostile[] = {
    "[",    "](\n[", "[a](", "![",      "*a **a ", "a**b",  "`a``",    "<a x=\"", "<!--",
    "&a",   "> ",    "- ",   "  - a\n", "|a",      "|\n",   "a | b\n", "\\",      "http://",
    "www.", "a@b.c", "\n",   " ",       "\t",      "```\n", "\xff",    "\u6f22",  "\u0301",
};

static void nothing_takes_long(void **state) {
    (void)state;
    const struct markup_how how = {.width = 80};
    const size_t n = 256 << 10;
    auto_free char *s = xmalloc(n);

    for (size_t i = 0; i < MIX_COUNT(hostile); i++) {
        const size_t unit = strlen(hostile[i]);
        const clock_t from = clock();

        for (size_t at = 0; at < n; at++)
            s[at] = hostile[i][at % unit];
        check_whole(s, n, &how);
        assert_true(clock() - from < 5 * CLOCKS_PER_SEC); /* sanitizers and all */
    }
}

static void deep_nesting_is_shown_as_far_as_there_is_room(void **state) {
    (void)state;
    char s[3000];
    struct flow f = {0};

    for (size_t i = 0; i + 1 < sizeof s; i++)
        s[i] = '>';
    s[sizeof s - 1] = 'x';
    lay_out(&f, s, sizeof s, &(struct markup_how){.width = 80}, 1);
    assert_int_equal(f.n, 1);
    assert_int_equal(f.rows[0].cells, 8 * 2 + 1);
    flow_clear(&f);
    lay_out(&f, s, sizeof s, &(struct markup_how){.width = 1}, 1);
    assert_int_equal(f.rows[0].cells, 1);
    flow_fini(&f);
}

static void a_table_of_too_many_columns_is_plain_text(void **state) {
    (void)state;
    struct buf s = {.max = MIX_MIB};
    struct flow f = {0};

    for (int line = 0; line < 3; line++) {
        for (int i = 0; i < 1000; i++)
            buf_adds(&s, line == 1 ? "|-" : "|x");
        buf_adds(&s, "|\n");
    }
    lay_out(&f, s.p, s.n, &(struct markup_how){.width = 80}, 1);
    assert_true(f.n > 70);
    assert_memory_equal(f.text.p, "|x|x|x", 6);
    flow_fini(&f);
    buf_fini(&s);
}

static int utf8(void **state) {
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_construct_has_its_look),
        cmocka_unit_test(ascii_needs_no_more_than_ascii),
        cmocka_unit_test(running_text_is_narrower_than_code_and_tables),
        cmocka_unit_test(every_text_has_its_ink),
        cmocka_unit_test(a_copy_has_no_decoration_and_no_soft_breaks),
        cmocka_unit_test(a_copy_keeps_lists_and_the_cells_of_tables),
        cmocka_unit_test(what_is_closed_never_changes_however_it_arrives),
        cmocka_unit_test(what_is_begun_at_the_end_is_shown_as_if_it_were_ended),
        cmocka_unit_test(a_long_code_block_is_one_to_the_eye),
        cmocka_unit_test(a_long_table_has_its_head_again),
        cmocka_unit_test(items_are_listed_in_order_and_links_once),
        cmocka_unit_test(nothing_takes_long),
        cmocka_unit_test(deep_nesting_is_shown_as_far_as_there_is_room),
        cmocka_unit_test(a_table_of_too_many_columns_is_plain_text),
    };

    return cmocka_run_group_tests(tests, utf8, NULL);
}
