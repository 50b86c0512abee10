/* Texts of tens of megabytes in a thread, and screens full of what is slow to draw. */
#include "hostile_kit.h"

#include "sheet.h"

/* 50 MB, and 10 MB of each file of a change; less in a sanitizer's build. */
#define HUGE_BYTES ((size_t)50 * BYTES)
#define FILE_BYTES ((size_t)10 * BYTES)
enum { FEW = 3 };

static void put_huge(const char *what, enum role role, enum part_kind kind, const char *text,
                     size_t n, const char *result) {
    struct entry *e;
    struct part *p;

    add_exchange(f, s, "before", "the answer before");
    e = add_entry(s, role);
    if (kind == PART_TOOL) {
        p = add_call(f, e, what, "", CALL_OK, 1);
        p->result = result;
    } else {
        p = add_part(f, e, kind, "");
    }
    p->text = text;
    p->len = n;
    p->fold = FOLD_OPEN;
    add_exchange(f, s, "after", "the answer after");
}

static void read_huge(const char *what, const char *more, size_t bytes) {
    read_in_place(what);
    resize(f, 80, 24);
    look(what, "another size");
    s->reading.split = true;
    read_in_place(what);
    s->reading.raw = true;
    read_in_place(what);
    open_all(FOLD_SHUT);
    look(what, "folding");
    look(what, "folded");
    open_all(FOLD_OPEN);
    look(what, "unfolding");
    report(what, more);
    resize(f, 120, 40);
    /* text and what is kept of it: less than three times its size, and what is always allowed */
    if (sheets_bytes(f->v) > bytes * 2 + SHEET_HEAVY)
        fail_msg("%s: %zu of %zu bytes are kept", what, sheets_bytes(f->v), bytes);
    forget();
}

static void fifty_megabytes_of_text_hold_no_frame(void **state) {
    static const struct {
        const char *name, *head, *unit, *tail;
    } texts[] = {
        {"words", "", "word ", ""},
        {"letters", "", "a", ""},
        {"wide", "", "\xe6\xbc\xa2", ""},
        {"code", "```c\n", "int a = 1; ", "\n```\n"},
        {"cell", "|a|b|\n|-|-|\n|", "x ", "|y|\n"},
        {"links", "", "[t](/u) ", ""},
        {"emphasis", "", "*a **a ", ""},
        {"brackets", "", "[", ""},
        {"lines", "", "a line\n", ""},
        {"items", "", "- a\n", ""},
        {"quotes", "", ">", ""},
        {"blank lines", "a", "\n", "b"},
        {"blanks", "a", " ", "b"},
        {"nothing but blanks", "", " ", ""},
        {"definitions", "[a]: b\n", "[a]: b\n", "[a]\n"},
        {"controls", "", "\033[1m", ""},
        {"marks", "a", "\xcc\x81", ""},
    };
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(texts); i++) {
        buf_clear(&text);
        buf_adds(&text, texts[i].head);
        hostile_repeat(&text, texts[i].unit, HUGE_BYTES);
        buf_adds(&text, texts[i].tail);
        put_huge(texts[i].name, ROLE_ASSISTANT, PART_TEXT, text.p, text.n, NULL);
        read_huge(texts[i].name, "text", text.n);
        if (i >= FEW) /* what is no Markdown differs little from text to text */
            continue;
        put_huge(texts[i].name, ROLE_USER, PART_TEXT, text.p, text.n, NULL);
        read_huge(texts[i].name, "text", text.n);
        put_huge(texts[i].name, ROLE_ASSISTANT, PART_THINKING, text.p, text.n, NULL);
        read_huge(texts[i].name, "thought", text.n);
    }
}

static void fifty_megabytes_of_output_hold_no_frame(void **state) {
    static const char *const names[] = {
        "Bash",  "ReadText",         "Grep",     "Glob", "WebFetch", "Search", "Task",
        "Write", "python_execution", "mcp__a__b"};
    static const char *const units[] = {
        "a", "a\n", "     1|int a;\n", "a.c:1:b\n", "QWERTZabc123", "{\"a\":", "[1],"};
    static const char input[] = "{\"command\":\"x\",\"content\":\"y\"}";
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    /* each kind of output for a few tools, each tool for some kinds */
    for (size_t i = 0; i < MIX_COUNT(units); i++) {
        buf_clear(&text);
        hostile_repeat(&text, units[i], HUGE_BYTES);
        for (size_t k = i % FEW; k < MIX_COUNT(names); k += 2 * FEW) {
            put_huge(names[k], ROLE_ASSISTANT, PART_TOOL, input, sizeof input - 1, text.p);
            read_huge(names[k], units[i], text.n);
        }
    }
}

static void add_file(struct buf *out, int kind, unsigned seed) {
    uint32_t x = seed;
    const size_t end = out->n + FILE_BYTES;

    for (size_t i = 0; out->n + 64 < end; i++) {
        x = x * 1664525 + 1013904223;
        switch (kind) {
        case 0: /* nothing alike */
            buf_addf(out, "%x %x some code(%x);\\n", x, x * 7, x * 31);
            break;
        case 1: /* every tenth line another one */
            buf_addf(out, "line %zu of the file %x\\n", i, i % 10 ? 0 : x);
            break;
        case 2: /* few kinds of lines, shuffled */
            buf_addf(out, "%c\\n", 'a' + (char)(x >> 28));
            break;
        case 3: /* one line */
            buf_addf(out, "%x ", x);
            break;
        case 4: /* nothing but line ends */
            buf_adds(out, "\\n");
            break;
        case 5: /* escapes */
            buf_adds(out, "\\u00e4\\ud83d\\ude00\\t\\n");
            break;
        default: /* long lines */
            if (i % 2000 == 1999)
                buf_adds(out, "\\n");
            buf_addf(out, "%x ", x >> 24);
        }
    }
}

static const char *const kinds[] = {"nothing alike", "some lines", "few kinds", "one line",
                                    "line ends",     "escapes",    "long lines"};

static void a_diff_of_two_files_of_ten_megabytes_holds_no_frame(void **state) {
    auto_buf struct buf input = {.max = 64 * MIX_MIB};

    (void)state;
    for (int kind = 0; kind < 7; kind++) {
        const char *name = "Edit";

        buf_clear(&input);
        buf_adds(&input, "{\"file_path\":\"/a.c\",\"old_string\":\"");
        add_file(&input, kind, 1);
        buf_adds(&input, "\",\"new_string\":\"");
        add_file(&input, kind, 2);
        buf_adds(&input, "\"}");
        put_huge(name, ROLE_ASSISTANT, PART_TOOL, input.p, input.n, "done");
        read_huge(name, kinds[kind], 8 * input.n);
        if (kind >= FEW)
            continue;
        put_huge(name, ROLE_ASSISTANT, PART_TOOL, input.p, input.n - 100, NULL); /* cut */
        read_huge(name, "cut", 8 * input.n);
    }
}

static void a_screen_of_slow_heads_holds_no_frame(void **state) {
    static const struct {
        const char *name, *head, *unit, *tail;
    } calls[] = {
        {"ReadText", "{\"file_path\":\"/", "\xe6\xbc\xa2", "\"}"},
        {"ReadText", "{\"file_path\":\"/a\xcc\x81", "\xcc\x81", "\"}"},
        {"Bash", "{\"command\":\"", "\\n", "\"}"},
        {"Bash", "{\"command\":\"", "\\u001b", "\"}"},
        {"Bash", "{\"command\":\"", "\xf0\x9f\x91\xa9\xe2\x80\x8d", "\"}"},
        {"Edit", "{\"old_string\":\"a\\nb\",\"new_string\":\"", "\\n", "\"}"},
        {"TodoWrite", "{\"todos\":[{}", ",{\"content\":\"a\"}", "]}"},
        {"Show", "{\"outputs\":[{}", ",{\"path\":\"a\"}", "]}"},
        {"mcp__a", "{\"a\":[", "[],", "],\"command\":\"c\"}"},
    };
    auto_buf struct buf input = {.max = 64 * MIX_MIB}, result = {.max = 64 * MIX_MIB};

    (void)state;
    hostile_repeat(&result, "     1|a\n", 100000);
    for (size_t i = 0; i < MIX_COUNT(calls); i++) {
        buf_clear(&input);
        buf_adds(&input, calls[i].head);
        hostile_repeat(&input, calls[i].unit, 100000);
        buf_adds(&input, calls[i].tail);
        struct entry *e = add_entry(s, ROLE_ASSISTANT);

        for (int n = 0; n < 200; n++) {
            struct part *p = add_call(f, e, calls[i].name, "", CALL_OK, 1);

            p->text = input.p;
            p->len = input.n;
            p->result = result.p;
        }
        read_in_place(calls[i].name);
        report(calls[i].name, calls[i].unit);
        forget();
    }
}

static void a_hundred_thousand_empty_messages_hold_no_frame(void **state) {
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        add_exchange(f, s, "before", "the answer before");
        for (int i = 0; i < 100000; i++) {
            struct entry *e = add_entry(s, kind == 0 ? ROLE_NOTE : ROLE_ASSISTANT);

            if (kind == 2)
                add_part(f, e, PART_TEXT, "\n \n");
        }
        add_exchange(f, s, "after", "the answer after");
        read_in_place("empty messages");
        report("empty messages", "");
        forget();
    }
    struct entry *e = add_entry(s, ROLE_ASSISTANT);

    for (int i = 0; i < 100000; i++)
        add_part(f, e, PART_TEXT, "\n");
    read_in_place("empty parts");
    report("empty parts", "");
    forget();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fifty_megabytes_of_text_hold_no_frame, start, end),
        cmocka_unit_test_setup_teardown(fifty_megabytes_of_output_hold_no_frame, start, end),
        cmocka_unit_test_setup_teardown(a_diff_of_two_files_of_ten_megabytes_holds_no_frame, start,
                                        end),
        cmocka_unit_test_setup_teardown(a_screen_of_slow_heads_holds_no_frame, start, end),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_empty_messages_hold_no_frame, start,
                                        end),
    };
    cmocka_set_test_filter(getenv("TEST"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
