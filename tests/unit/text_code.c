/* The highlighter: which ink every character of a line gets, and what a line leaves open. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lexer.h"
#include "cpu_time.h"

static const char letters[INK_COUNT] = {
    [INK_PLAIN_CODE] = '.', [INK_KEYWORD] = 'k', [INK_TYPE] = 't',    [INK_NAME] = 'n',
    [INK_STRING] = 's',     [INK_NUMBER] = '0',  [INK_COMMENT] = 'c', [INK_OPERATOR] = 'o',
    [INK_META] = 'm',       [INK_ADDED] = '+',   [INK_REMOVED] = '-', [INK_HUNK] = '@',
};

/* A letter for each byte; blanks of plain code stay blanks. */
static void inks(struct code_state *state, enum lang lang, const char *line, char *out) {
    struct flow_bit bits[128];
    const size_t len = strlen(line), n = code_line(state, lang, line, len, bits, MIX_COUNT(bits));
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(bits[i].s, line + at);
        assert_int_equal(bits[i].src, at);
        assert_true(text_valid(bits[i].s, bits[i].n));
        for (size_t k = 0; k < bits[i].n; k++, at++)
            out[at] = bits[i].ink == INK_PLAIN_CODE && line[at] == ' ' ? ' ' : letters[bits[i].ink];
    }
    assert_int_equal(at, len);
    out[at] = '\0';
}

/* Lines and their inks in turn, separated by line ends. */
struct example {
    enum lang lang;
    const char *text;
};
static const struct example rows[] = {
    {LANG_C, "#include <stdio.h>\n"
             "mmmmmmmm sssssssss\n"
             "#define MAX(a) a\n"
             "mmmmmmm nnn... .\n"
             "/* a\n"
             "cccc\n"
             " b */ x\n"
             "ccccc .\n"
             "static int *make(size_t n) {\n"
             "kkkkkk ttt onnnn.tttttt .. .\n"
             "    if (x > 0x1fu) // so\n"
             "    kk .. o 00000. ccccc\n"
             "    return puts(\"a\\\"\" + 'c');\n"
             "    kkkkkk .....sssss o sss..\n"
             "struct foo x;\n"
             "kkkkkk nnn ..\n"},
    {LANG_CPP, "auto s = R\"x(a)\"\n"
               "kkkk . o sssssss\n"
               "b)x\" + 1'000;\n"
               "ssss o 00000.\n"
               "class Foo : public Bar {\n"
               "kkkkk nnn o kkkkkk ttt .\n"},
    {LANG_PYTHON, "@cached(x)\n"
                  "mmmmmmm...\n"
                  "def f(self): return f'a' + rb\"\\x\" # why\n"
                  "kkk n.tttt.o kkkkkk ssss o ssssss ccccc\n"
                  "s = '''a\n"
                  ". o ssss\n"
                  "b' ''' if None else 1.5e-3\n"
                  "ssssss kk kkkk kkkk 000000\n"},
    {LANG_JAVASCRIPT, "const re = /[/\"]+\\/x/g, y = a / b / c;\n"
                      "kkkkk .. o sssssssssss. . o . o . o ..\n"
                      "t = `a ${b + `in ${c}`} and\n"
                      ". o sssmm. o ssssmm.msmssss\n"
                      "more ${ {a: 1}.a } end`;\n"
                      "sssssmm ..o 0... msssss.\n"},
    {LANG_TYPESCRIPT, "interface A<T> { a?: string }\n"
                      "kkkkkkkkk noto . .oo tttttt .\n"
                      "  render(x): void {\n"
                      "  nnnnnn...o kkkk .\n"},
    {LANG_GO, "func (s *Server) Start(a int) error {\n"
              "kkkk .. o....... nnnnn.. ttt. ttttt .\n"
              "x := `raw\n"
              ". oo ssss\n"
              "b\\` + func(a int) error { }\n"
              "sss o kkkk.. ttt. ttttt . .\n"},
    {LANG_RUST, "#[derive(Debug)]\n"
                "mmmmmmmmmmmmmmmm\n"
                "/* a /* b */ c */ fn f<'a>(s: &'a str) {}\n"
                "ccccccccccccccccc kk nommo..o omm ttt. ..\n"
                "let c = 'x'; let r = r#\"a\"b\n"
                "kkk . o sss. kkk . o ssssss\n"
                "c\"# + 0..10\n"
                "sss o 0..00\n"},
    {LANG_JAVA, "@Override public String name(int x) { return \"a\"; }\n"
                "mmmmmmmmm kkkkkk tttttt nnnn.ttt .. . kkkkkk sss. .\n"},
    {LANG_SHELL, "NAME=\"x $HOME ${a:-b}\" # c a#b\n"
                 "mmmmosssmmmmmsmmmmmmms ccccccc\n"
                 "for f in *.c; do echo $f >&2; done\n"
                 "kkk . kk .... kk .... mm oo0. kkkk\n"
                 "cat <<-'END' | sort\n"
                 "... ooommmmm o ....\n"
                 "\tin $here\n"
                 "sssssssss\n"
                 "\tEND\n"
                 "mmmm\n"
                 "\\\u4e16=\n"
                 "....o\n"
                 "deploy() { :; }\n"
                 "nnnnnn.. . .. .\n"},
    {LANG_JSON, "{\"a\\\"\": \"b:\", \"n\": [-1.5e3, true, null]} // c\n"
                ".nnnnno ssss. nnno .o00000. kkkk. kkkk.. cccc\n"},
    {LANG_YAML, "- run: |\n"
                "o nnno o\n"
                "    a: b\n"
                "ssssssss\n"
                "  url: http://a:1 # c\n"
                "  nnno .......... ccc\n"
                "b: [1, \"x\", yes, *a]\n"
                "no .0. sss. kkk. mm.\n"},
    {LANG_TOML, "[a.b]\n"
                "ttttt\n"
                "x.y = \"s\" # c\n"
                "nnnno sss ccc\n"
                "t = '''a\n"
                "nno ssss\n"
                "b = 1''' \n"
                "ssssssss \n"},
    {LANG_SQL, "Select a.b FROM \"t\" -- c\n"
               "kkkkkk ... kkkk sss cccc\n"
               "create table x (n VARCHAR(2) default 'it''s');\n"
               "kkkkkk kkkkk n .. ttttttt.0. kkkkkkk sssssss..\n"},
    {LANG_HTML, "<a href=\"x\n"
                "on ttttoss\n"
                "y\" b=c>t</a><!-- c\n"
                "ss toso.oonocccccc\n"
                "--><script>\n"
                "ccconnnnnno\n"
                "let a = \"<b>\"; // x\n"
                "kkk . o sssss. cccc\n"
                "</script>\n"
                "oonnnnnno\n"},
    {LANG_CSS, "@media (a: 1px) {\n"
               "kkkkkk ..o 000. .\n"
               " .a > b:hover { color: #fff; margin: -1.5em !important }\n"
               " nnnnnnnnnnnnn. ttttto 0000. tttttto 000000 kkkkkkkkkk .\n"},
    {LANG_MARKDOWN, "# T\n"
                    "kkk\n"
                    "- a `b` [c](d)\n"
                    "o . sss nnnsss\n"
                    "```py\n"
                    "mmmmm\n"
                    "return 1\n"
                    "kkkkkk 0\n"
                    "```\n"
                    "mmm\n"},
    {LANG_DIFF, "--- a\nmmmmm\n+++ b\nmmmmm\n@@ -1 @@\n@@@@@@@@\n+x\n++\n-y\n--\n z\n .\n"},
    {LANG_NONE, "if (1)\n.. ...\n"},
};

static void every_language_has_its_inks(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct code_state st = {0};
        const char *at = rows[i].text;

        while (*at) {
            char line[128], expected[128], got[128];
            size_t n = strcspn(at, "\n");

            memcpy(line, at, n);
            line[n] = 0;
            at += n + 1;
            n = strcspn(at, "\n");
            memcpy(expected, at, n);
            expected[n] = 0;
            at += n + 1;
            inks(&st, rows[i].lang, line, got);
            if (strcmp(got, expected) != 0)
                fail_msg("%s:\n%s\n%s expected\n%s", lang_name(rows[i].lang), line, expected, got);
        }
    }
}

static void a_language_is_known_by_many_names(void **state) {
    static const struct {
        const char *name;
        enum lang lang;
    } names[] = {
        {"c", LANG_C},
        {"C++", LANG_CPP},
        {"cxx", LANG_CPP},
        {"py", LANG_PYTHON},
        {"python3", LANG_PYTHON},
        {"js", LANG_JAVASCRIPT},
        {"jsx", LANG_JAVASCRIPT},
        {"ts", LANG_TYPESCRIPT},
        {"tsx", LANG_TYPESCRIPT},
        {"golang", LANG_GO},
        {"rs", LANG_RUST},
        {"sh", LANG_SHELL},
        {"zsh", LANG_SHELL},
        {"console", LANG_SHELL},
        {"shell-session", LANG_SHELL},
        {"yml", LANG_YAML},
        {"json5", LANG_JSON},
        {"jsonc", LANG_JSON},
        {"htm", LANG_HTML},
        {"xml", LANG_HTML},
        {"patch", LANG_DIFF},
        {"md", LANG_MARKDOWN},
        {"{.python}", LANG_PYTHON},
        {".py", LANG_PYTHON},
        {"rust,ignore", LANG_RUST},
        {"js title=\"a\"", LANG_JAVASCRIPT},
        {"language-css", LANG_CSS},
        {"Makefile", LANG_SHELL},
        {".bashrc", LANG_SHELL},
        {"", LANG_NONE},
        {"klingon", LANG_NONE},
        {"an endless name for a language", LANG_NONE},
    };
    static const struct {
        const char *path;
        enum lang lang;
    } paths[] = {
        {"a/b.c", LANG_C},    {"x.tar.gz", LANG_NONE},          {"/usr/bin/go", LANG_NONE},
        {"go", LANG_NONE},    {"src/Makefile", LANG_SHELL},     {".bashrc", LANG_SHELL},
        {"a.d/b", LANG_NONE}, {"C:\\x\\Y.TS", LANG_TYPESCRIPT}, {"", LANG_NONE},
        {"a.", LANG_NONE},    {"Cargo.lock", LANG_TOML},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(names); i++)
        if (lang_named(names[i].name, strlen(names[i].name)) != names[i].lang)
            fail_msg("%s", names[i].name);
    for (size_t i = 0; i < MIX_COUNT(paths); i++)
        if (lang_of_path(paths[i].path, strlen(paths[i].path)) != paths[i].lang)
            fail_msg("%s", paths[i].path);
    for (enum lang lang = LANG_C; lang < LANG_COUNT; lang++)
        assert_int_equal(lang_named(lang_name(lang), strlen(lang_name(lang))), lang);
}

static void lists_of_words_are_sorted(void **state) {
    (void)state;
    for (enum lang lang = LANG_NONE; lang < LANG_COUNT; lang++) {
        const struct language *l = lex_language(lang);
        const char *lists[] = {l->keywords, l->types, l->define};

        for (size_t i = 0; i < MIX_COUNT(lists); i++)
            for (const char *s = lists[i]; s && *s;) {
                const size_t n = strcspn(s, " ");

                if (!lex_among(lists[i], s, n))
                    fail_msg("%s: %.*s", l->name, (int)n, s);
                s += n + (s[n] == ' ');
            }
    }
    assert_false(lex_among("break case", "cas", 3));
    assert_false(lex_among("break case", "cases", 5));
    assert_false(lex_among(NULL, "a", 1));
}

static void the_last_bit_takes_the_rest_of_the_line(void **state) {
    const char *line = "a+b+c+d+e";
    struct flow_bit bits[3];
    struct code_state st = {0};

    (void)state;
    assert_int_equal(code_line(&st, LANG_C, line, 9, bits, 3), 3);
    assert_int_equal(bits[0].n + bits[1].n + bits[2].n, 9);
    assert_int_equal(bits[2].ink, INK_PLAIN_CODE);
    assert_int_equal(code_line(&st, LANG_C, "", 0, bits, 3), 0);
}

/* No input takes longer for its length: brackets, quotes and marks that look for their end. */
static void long_lines_are_looked_at_a_little(void **state) {
    static const char *const units[] = {"(/[", "${", "#[", "<a ", "a:", "[",
                                        "`",   "**", "\"", "'",   "{ a"};
    const size_t n = 8 * MIX_MIB;
    char *s = xmalloc(n);
    static struct flow_bit bits[64];

    (void)state;
    for (size_t u = 0; u < MIX_COUNT(units); u++) {
        const size_t len = strlen(units[u]);

        for (size_t i = 0; i < n; i++)
            s[i] = units[u][i % len];
        for (enum lang lang = LANG_NONE; lang < LANG_COUNT; lang++) {
            struct code_state st = {0};
            const uint64_t from = cpu_ns();
            const size_t got = code_line(&st, lang, s, n, bits, MIX_COUNT(bits));
            size_t sum = 0;

            for (size_t i = 0; i < got; i++)
                sum += bits[i].n;
            assert_int_equal(sum, n);
            if (cpu_ns() - from > 500 * 1000000ULL)
                fail_msg("%s in %s", units[u], lang_name(lang));
        }
    }
    free(s);
}

static void a_text_is_set_out_line_by_line(void **state) {
    const char *text = "int a;\r\n/* \x1b[31m\n*/ b\tc\n";
    struct flow f = {0};
    struct code_state st = {0};
    struct code_how how = {.lang = LANG_C,
                           .width = 20,
                           .src = 100,
                           .gutter = "| ",
                           .state = &st,
                           .fill = INK_PLAIN_CODE};
    auto_buf struct buf out = {.max = MIX_KIB};

    (void)state;
    assert_int_equal(code_flow(&f, text, strlen(text), &how, 2), 17);
    assert_int_equal(f.n, 2);
    assert_int_equal(code_flow(&f, text + 17, strlen(text) - 17, &how, 9), strlen(text) - 17);
    assert_int_equal(f.n, 3);
    assert_int_equal(f.rows[0].src, 100);
    assert_int_equal(f.rows[1].src, 108);
    assert_int_equal(f.runs[f.rows[2].run + 1].ink, INK_COMMENT);
    flow_copy(&out, &f, 0, f.n, 0, -1);
    assert_string_equal(buf_str(&out), "int a;\n/* \xe2\x90\x9b[31m\n*/ b    c");
    flow_fini(&f);
}

static void a_line_without_end_comes_in_pieces(void **state) {
    const size_t n = 10 * MIX_MIB;
    char *s = xmalloc(n);
    struct flow f = {0};
    auto_buf struct buf out = {.max = n};

    (void)state;
    memset(s, 'x', n);
    const size_t taken = code_flow(&f, s, n, &(struct code_how){.lang = LANG_C, .width = 80}, 100);

    assert_true(taken > 0 && taken <= 128 * MIX_KIB);
    assert_true(f.n >= 100 && f.n < 1000);
    flow_copy(&out, &f, 0, f.n, 0, -1);
    assert_int_equal(out.n, taken);
    flow_fini(&f);
    free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_language_has_its_inks),
        cmocka_unit_test(a_language_is_known_by_many_names),
        cmocka_unit_test(lists_of_words_are_sorted),
        cmocka_unit_test(the_last_bit_takes_the_rest_of_the_line),
        cmocka_unit_test(long_lines_are_looked_at_a_little),
        cmocka_unit_test(a_text_is_set_out_line_by_line),
        cmocka_unit_test(a_line_without_end_comes_in_pieces),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
