/* Tool calls whose inputs and results are made to break what shows them: every tool, every field.
 */
#include "hostile_kit.h"

#include "tool.h"

enum { DEEP = 100000 };

/* Every tool of the table, with an input in which {} stands for what is hostile. */
static const struct {
    const char *name, *input;
} tools[] = {
    {"Bash", "{\"command\":\"{}\",\"description\":\"{}\",\"timeout\":\"{}\"}"},
    {"python_execution", "{\"code\":\"{}\",\"more\":\"{}\"}"},
    {"ReadText", "{\"file_path\":\"{}\",\"offset\":\"{}\",\"limit\":3}"},
    {"Write", "{\"file_path\":\"{}\",\"content\":\"{}\"}"},
    {"Edit", "{\"file_path\":\"/a.c\",\"old_string\":\"a\\n{}\\nb\",\"new_string\":\"{}\"}"},
    {"Grep", "{\"pattern\":\"{}\",\"path\":\"{}\"}"},
    {"Glob", "{\"pattern\":\"{}\",\"path\":\"{}\"}"},
    {"TodoWrite", "{\"todos\":[{\"content\":\"{}\",\"status\":\"in_progress\"},{\"content\":\"{}\","
                  "\"status\":\"{}\"}]}"},
    {"ExitPlanMode", "{\"plan\":\"{}\"}"},
    {"Show", "{\"outputs\":[{\"title\":\"{}\",\"description\":\"{}\",\"path\":\"{}.png\"}]}"},
    {"show_media", "{\"title\":\"{}\",\"path\":\"{}\"}"},
    {"ReadMedia", "{\"file_path\":\"{}.png\",\"path\":\"{}\"}"},
    {"Task", "{\"description\":\"{}\",\"prompt\":\"{}\",\"subagent_type\":\"{}\"}"},
    {"WebFetch", "{\"url\":\"{}\",\"format\":\"{}\"}"},
    {"Search", "{\"query\":\"{}\",\"engine\":\"{}\"}"},
    {"Notify", "{\"title\":\"{}\",\"message\":\"{}\"}"},
    {CALLBACK_TOOL, "{\"name\":\"{}\",\"type\":\"{}\",\"tool\":\"{}\",\"exit\":1,\"error\":\"{}\","
                    "\"stderr\":\"{}\"}"},
    {"mcp__server__tool", "{\"{}\":\"{}\",\"list\":[\"{}\",{\"a\":\"{}\"}]}"},
};

static struct part *put_call(const char *name, const char *input, size_t n, const char *result,
                             enum call_state state) {
    struct entry *e = add_entry(s, ROLE_ASSISTANT);
    struct part *p = add_call(f, e, name, "", state, 1);

    p->text = input;
    p->len = n;
    p->result = result;
    p->fold = FOLD_OPEN;
    return p;
}

/* The input of a tool with `text` (as a JSON string has it) at every {}, or at the nth alone. */
static void fill_input(struct buf *out, const char *input, const char *text, size_t n, int nth) {
    int at = 0;

    buf_clear(out);
    for (const char *p = input; *p; p++)
        if (p[0] == '{' && p[1] == '}') {
            if (nth < 0 || at == nth)
                buf_add(out, text, n);
            at++;
            p++;
        } else {
            buf_add(out, p, 1);
        }
}

static int places(const char *input) {
    int n = 0;

    for (; (input = strstr(input, "{}")); input += 2)
        n++;
    return n;
}

static void read_call(const char *name, const char *what, const struct buf *input,
                      const char *result, enum call_state state) {
    char both[160];

    snprintf(both, sizeof both, "%s: %s", name, what);
    add_exchange(f, s, "before", "the answer before");
    put_call(name, buf_str(input), input->n, result, state);
    add_exchange(f, s, "after", "the answer after");
    read_in_place(both);
    resize(f, 80, 24);
    look(both, "another size");
    s->reading.split = true;
    read_in_place(both);
    open_all(FOLD_SHUT);
    look(both, "folded");
    resize(f, 120, 40);
    forget();
    report(name, what);
}

/* The same with few frames. */
static void look_call(const char *name, const char *what, const struct buf *input,
                      const char *result) {
    put_call(name, buf_str(input), input->n, result, CALL_OK);
    look(what, name);
    go(what, MOVE_TOP, 0, name);
    go(what, MOVE_PAGES, 1, name);
    open_all(FOLD_SHUT);
    look(what, name);
    forget();
    report(name, what);
}

/* ---- what is hidden ---- */

static void every_field_of_every_tool_hides_nothing(void **state) {
    auto_buf struct buf tricks = {.max = MIX_MIB}, text = {.max = MIX_MIB},
                        input = {.max = 16 * MIX_MIB};

    (void)state;
    hostile_tricks(&tricks);
    hostile_escape(&text, tricks.p, tricks.n);
    for (size_t i = 0; i < MIX_COUNT(tools); i++)
        for (int nth = -1; nth < places(tools[i].input); nth++) {
            fill_input(&input, tools[i].input, text.p, text.n, nth);
            read_call(tools[i].name, "tricks", &input, buf_str(&tricks), CALL_OK);
            if (nth >= 0)
                continue;
            read_call(tools[i].name, "tricks", &input, buf_str(&tricks), CALL_FAILED);
            read_call(tools[i].name, "tricks", &input, NULL, CALL_STREAMING);
            read_call(buf_str(&tricks), "tricks", &input, NULL, CALL_DENIED);
        }
    /* not even escaped: what a model writes need not be JSON */
    for (size_t i = 0; i < MIX_COUNT(tools); i++) {
        fill_input(&input, tools[i].input, tricks.p, tricks.n, -1);
        read_call(tools[i].name, "raw tricks", &input, buf_str(&tricks), CALL_OK);
    }
}

static void numbered_lines_json_and_lists_in_results_hide_nothing(void **state) {
    static const char *const shapes[] = {
        "     1|%s\n     2|%s\n",
        "%s:12:%s\n%s:\n  Line 3: %s\n",
        "# %s\n\n- %s\n",
        "{\"%s\":[{\"title\":\"%s\",\"url\":\"https://%s\",\"snippet\":\"%s\"}]}",
        "<result>\n%s\n</result>",
        "%s\nExit code 3",
    };
    auto_buf struct buf tricks = {.max = MIX_MIB}, text = {.max = MIX_MIB},
                        input = {.max = 16 * MIX_MIB}, result = {.max = 16 * MIX_MIB};

    (void)state;
    hostile_tricks(&tricks);
    hostile_escape(&text, tricks.p, tricks.n);
    for (size_t i = 0; i < MIX_COUNT(tools); i++)
        for (size_t k = 0; k < MIX_COUNT(shapes); k++) {
            const struct buf *with = strchr(shapes[k], '"') ? &text : &tricks;

            buf_clear(&result);
            for (const char *p = shapes[k]; *p; p++)
                if (p[0] == '%' && p[1] == 's')
                    buf_add(&result, with->p, with->n), p++;
                else
                    buf_add(&result, p, 1);
            fill_input(&input, tools[i].input, "a", 1, -1);
            read_call(tools[i].name, shapes[k], &input, buf_str(&result), CALL_OK);
        }
}

/* ---- what is cut ---- */

static void inputs_cut_at_every_byte_are_shown(void **state) {
    static const char text[] = "x\\n\\\"\\u00e4\\ud83d\\ude00 \xe6\xbc\xa2\\/{[,]}";
    auto_buf struct buf input = {.max = MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(tools); i++) {
        fill_input(&input, tools[i].input, text, sizeof text - 1, -1);
        for (size_t n = 0; n <= input.n; n++) {
            char *cut = xmalloc(n ? n : 1); /* ends where it ends: a sanitizer sees what is read */

            memcpy(cut, input.p, n);
            put_call(tools[i].name, cut, n, NULL, n % 2 ? CALL_STREAMING : CALL_OK);
            look(tools[i].name, "a cut input");
            forget();
            free(cut);
        }
    }
}

static void add_deep(struct buf *out, const char *open, const char *middle, const char *close) {
    buf_clear(out);
    hostile_repeat(out, open, DEEP * strlen(open));
    buf_adds(out, middle);
    hostile_repeat(out, close, DEEP * strlen(close));
}

static void deep_json_is_shown(void **state) {
    static const char *const shapes[][3] = {
        {"[", "1", "]"},      {"{\"a\":", "1", "}"},      {"[{\"a\":", "1", "}]"},   {"[", "", ""},
        {"{\"a\":[", "", ""}, {"{\"todos\":[", "", "]}"}, {"{\"outputs\":[", "", ""}};
    auto_buf struct buf deep = {.max = 16 * MIX_MIB}, input = {.max = 16 * MIX_MIB},
                        escaped = {.max = 32 * MIX_MIB};

    (void)state;
    for (size_t k = 0; k < MIX_COUNT(shapes); k++) {
        add_deep(&deep, shapes[k][0], shapes[k][1], shapes[k][2]);
        buf_clear(&escaped);
        hostile_escape(&escaped, deep.p, deep.n);
        for (size_t i = 0; i < MIX_COUNT(tools); i++) {
            switch ((i + k) % 3) {
            case 0:
                look_call(tools[i].name, "deep input", &deep, buf_str(&deep));
                break;
            case 1:
                fill_input(&input, tools[i].input, escaped.p, escaped.n, -1);
                look_call(tools[i].name, "deep text", &input, NULL);
                break;
            default:
                buf_clear(&input);
                buf_addf(&input, "{\"more\":%s}", buf_str(&deep));
                look_call(tools[i].name, "deep member", &input, NULL);
            }
        }
    }
}

/* ---- what is long ---- */

static void make_base64(struct buf *out, size_t bytes) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t x = 88172645463325252U;

    while (out->n + 1 < bytes) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        buf_add(out, &letters[x % 64], 1);
    }
}

static void make_lines(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n + 32 < bytes; i++)
        buf_addf(out, "%6zu|line %zu of it\n", i, i * 7919 % 1000);
}

static void make_long_lines(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n + 600 < bytes; i++) {
        buf_addf(out, "%6zu|", i);
        hostile_repeat(out, "int a = \"\xc3\xa9\"; ", 500);
        buf_adds(out, "\n");
    }
}

static void make_one_numbered(struct buf *out, size_t bytes) {
    buf_adds(out, "     1|");
    hostile_repeat(out, "int a = 1; ", bytes - 16);
}

static void make_hits(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n + 64 < bytes; i++)
        buf_addf(out, "src/a/b/c%zu.c:%zu: int x = %zu;\n", i % 100, i, i);
}

static void make_colons(struct buf *out, size_t bytes) { hostile_repeat(out, ":1", bytes); }

static void make_objects(struct buf *out, size_t bytes) {
    buf_adds(out, "[");
    for (size_t i = 0; out->n + 100 < bytes; i++)
        buf_addf(out, "%s{\"title\":\"t %zu\",\"url\":\"https://a.b/%zu\",\"text\":\"x\"}",
                 i ? "," : "", i, i);
    buf_adds(out, "]");
}

static void make_members(struct buf *out, size_t bytes) {
    buf_adds(out, "{");
    for (size_t i = 0; out->n + 40 < bytes; i++)
        buf_addf(out, "%s\"k%zu\":%zu", i ? "," : "", i, i);
    buf_adds(out, "}");
}

static void make_letters(struct buf *out, size_t bytes) { hostile_repeat(out, "a\n", bytes); }
static void make_line_ends(struct buf *out, size_t bytes) {
    buf_adds(out, "a");
    hostile_repeat(out, "\n", bytes - 2);
    buf_adds(out, "b");
}
static void make_line(struct buf *out, size_t bytes) { hostile_repeat(out, "a b(c) ", bytes); }
static void make_solid(struct buf *out, size_t bytes) { hostile_repeat(out, "a", bytes); }
static void make_path(struct buf *out, size_t bytes) {
    buf_adds(out, "/");
    hostile_repeat(out, "\xe6\xbc\xa2\xcc\x81/", bytes - 8);
}
static void make_marks(struct buf *out, size_t bytes) {
    buf_adds(out, "a");
    hostile_repeat(out, "\xcc\x81", bytes - 2);
}
static void make_controls(struct buf *out, size_t bytes) {
    hostile_repeat(out, "\033[31m\x01", bytes);
}
static void make_tabs(struct buf *out, size_t bytes) { hostile_repeat(out, "\t", bytes); }
static void make_blanks(struct buf *out, size_t bytes) { hostile_repeat(out, " ", bytes); }
static void make_quotes(struct buf *out, size_t bytes) { hostile_repeat(out, "\"\\", bytes); }
static void make_half_fence(struct buf *out, size_t bytes) {
    hostile_repeat(out, "> - ```\n", bytes);
}

static const struct {
    const char *name;
    void (*make)(struct buf *out, size_t bytes);
} longs[] = {
    {"base64", make_base64},
    {"numbered lines", make_lines},
    {"long lines", make_long_lines},
    {"one numbered line", make_one_numbered},
    {"hits", make_hits},
    {"colons", make_colons},
    {"objects", make_objects},
    {"members", make_members},
    {"letters", make_letters},
    {"line ends", make_line_ends},
    {"a line", make_line},
    {"a solid line", make_solid},
    {"a path", make_path},
    {"marks", make_marks},
    {"controls", make_controls},
    {"tabs", make_tabs},
    {"blanks", make_blanks},
    {"quotes", make_quotes},
    {"quoted fences", make_half_fence},
};

static void long_fields_hold_no_frame(void **state) {
    auto_buf struct buf text = {.max = 64 * MIX_MIB}, escaped = {.max = 64 * MIX_MIB},
                        input = {.max = 256 * MIX_MIB};

    (void)state;
    for (size_t k = 0; k < MIX_COUNT(longs); k++) {
        buf_clear(&text);
        buf_clear(&escaped);
        longs[k].make(&text, BYTES);
        hostile_escape(&escaped, text.p, text.n);
        for (size_t i = 0; i < MIX_COUNT(tools); i++)
            for (int nth = 0; nth < places(tools[i].input); nth++) {
                fill_input(&input, tools[i].input, escaped.p, escaped.n, nth);
                look_call(tools[i].name, longs[k].name, &input, NULL);
            }
    }
}

static void long_results_hold_no_frame(void **state) {
    auto_buf struct buf text = {.max = 64 * MIX_MIB}, input = {.max = MIX_MIB};

    (void)state;
    for (size_t k = 0; k < MIX_COUNT(longs); k++) {
        buf_clear(&text);
        longs[k].make(&text, BYTES);
        for (size_t i = 0; i < MIX_COUNT(tools); i++) {
            fill_input(&input, tools[i].input, "a", 1, -1);
            look_call(tools[i].name, longs[k].name, &input, buf_str(&text));
        }
    }
}

static void lists_of_a_hundred_thousand_hold_no_frame(void **state) {
    static const struct {
        const char *name, *head, *unit, *tail;
    } lists[] = {
        {"TodoWrite", "{\"todos\":[", "{\"content\":\"do it\",\"status\":\"pending\"}", "]}"},
        {"Show", "{\"outputs\":[", "{\"title\":\"t\",\"path\":\"a.png\"}", "]}"},
        {"mcp__a__b", "{\"list\":[", "{\"a\":[1,2]}", "]}"},
        {"mcp__a__b", "{\"list\":[", "\"a\"", "]}"},
        {"Bash", "{\"command\":\"make\",\"env\":[", "{\"a\":\"b\"}", "]}"},
    };
    auto_buf struct buf input = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t k = 0; k < MIX_COUNT(lists); k++) {
        buf_clear(&input);
        buf_adds(&input, lists[k].head);
        for (int i = 0; i < DEEP; i++)
            buf_addf(&input, "%s%s", i ? "," : "", lists[k].unit);
        buf_adds(&input, lists[k].tail);
        read_call(lists[k].name, "a long list", &input, NULL, CALL_OK);
        input.n -= 3;
        read_call(lists[k].name, "a long list that is cut", &input, NULL, CALL_STREAMING);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_field_of_every_tool_hides_nothing, start, end),
        cmocka_unit_test_setup_teardown(numbered_lines_json_and_lists_in_results_hide_nothing,
                                        start, end),
        cmocka_unit_test_setup_teardown(inputs_cut_at_every_byte_are_shown, start, end),
        cmocka_unit_test_setup_teardown(deep_json_is_shown, start, end),
        cmocka_unit_test_setup_teardown(long_fields_hold_no_frame, start, end),
        cmocka_unit_test_setup_teardown(long_results_hold_no_frame, start, end),
        cmocka_unit_test_setup_teardown(lists_of_a_hundred_thousand_hold_no_frame, start, end),
    };
    cmocka_set_test_filter(getenv("TEST"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
