/* What tool calls show: from name, input and result to the head line and the bodies. */
#include "sheet.h"
#include "tool.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct part part_of(const char *name, const char *input, const char *result,
                           enum call_state state) {
    return (struct part){.kind = PART_TOOL,
                         .state = state,
                         .name = name,
                         .call_id = "c1",
                         .text = input,
                         .len = strlen(input),
                         .result = result,
                         .is_error = false,
                         .seconds = -1};
}

/* ---- as text ---- */

static void add_rows(struct buf *out, const struct flow *f) {
    for (size_t r = 0; r < f->n; r++) {
        for (size_t i = 0; i < f->rows[r].n_runs; i++) {
            const struct run *run = &f->runs[f->rows[r].run + i];

            buf_add(out, f->text.p + run->off, run->len);
        }
        while (out->n > 0 && out->p[out->n - 1] == ' ')
            out->n--;
        buf_adds(out, "\n");
    }
}

/* Rows as they are; of what the thread lays out its kind and its text. */
static void add_bodies(struct buf *out, const struct bodies *b) {
    for (size_t i = 0; i < b->n; i++) {
        const struct body *body = &b->v[i];

        switch (body->kind) {
        case BODY_ROWS:
            add_rows(out, &body->rows);
            break;
        case BODY_MARKUP:
            buf_addf(out, "[markdown]%.*s\n", (int)body->len, body->text);
            break;
        case BODY_PLAIN:
            buf_addf(out, "[%s]%.*s\n", body->ink == INK_BAD ? "bad" : "plain", (int)body->len,
                     body->text);
            break;
        case BODY_CODE:
            buf_addf(out, "[%s]%.*s\n", lang_name(body->lang), (int)body->len, body->text);
            break;
        case BODY_DIFF: {
            auto_buf struct buf text = {.max = MIX_MIB};

            diff_text(&text, body->diff);
            buf_addf(out, "[diff %s]\n%s", lang_name(body->lang), buf_str(&text));
            break;
        }
        case BODY_PICTURE:
            buf_addf(out, "[picture %s]\n", body->picture);
            break;
        }
    }
}

static const char *shown(const struct part *p, const struct body_how *how) {
    static struct buf out;
    struct bodies b = {0};

    out.max = 16 * MIX_MIB;
    buf_clear(&out);
    call_bodies(&b, p, how);
    add_bodies(&out, &b);
    bodies_fini(&b);
    return buf_str(&out);
}

static const struct body_how wide = {.role = ROLE_ASSISTANT, .width = 60};

/* ---- heads ---- */

static void the_head_says_what_is_touched_and_how_it_went(void **state) {
    static const struct {
        const char *name, *input, *result;
        const char *object, *extra;
        uint32_t added, removed;
    } rows[] = {
        {"Bash", "{\"command\":\"make\\ntest\"}", "ok", "make↵test", "", 0, 0},
        {"bash", "{\"command\":\"make\"}", "no\nExit code 2", "make", "exit 2", 0, 0},
        {"ReadText", "{\"file_path\":\"a.c\"}", "    20|x\n    21|y\n", "a.c", "lines 20-21", 0, 0},
        {"ReadText", "{\"file_path\":\"a.c\",\"offset\":19,\"limit\":41}", NULL, "a.c",
         "lines 20-60", 0, 0},
        {"ReadText", "{\"file_path\":\"a.c\",\"offset\":19}", NULL, "a.c", "lines from 20", 0, 0},
        {"ReadText", "{\"file_path\":\"a.c\",\"offset\":99999999999999999999}", NULL, "a.c", "", 0,
         0},
        {"ReadText", "{\"file_path\":\"a.c\"}", "no numbers", "a.c", "", 0, 0},
        {"Edit",
         "{\"file_path\":\"a.c\",\"old_string\":\"a\\nb\\n\",\"new_string\":\"a\\nc\\nd\\n\"}",
         NULL, "a.c", "", 2, 1},
        {"Write", "{\"file_path\":\"a.c\",\"content\":\"a\\nb\\n\"}", NULL, "a.c", "", 2, 0},
        {"ReadText", "{\"file_path\":\"/w/storage/60f3b500-30d2-43cc-89d4-0c29d2c8f3be/src/a.c\"}",
         NULL, "src/a.c", "", 0, 0},
        {"ReadText", "{\"file_path\":\"/w/storage/60f3b500/src/a.c\"}", NULL,
         "/w/storage/60f3b500/src/a.c", "", 0, 0},
        {"Grep", "{\"pattern\":\"x+\"}", "a.c:1: xx\nb:12: x\n", "x+", "2 matches", 0, 0},
        {"Grep", "{\"pattern\":\"x+\"}",
         "Found 2 matches\n/w/a.c:\n  Line 3: xx\n\n/w/b.c:\n"
         "  Line 9: x\n",
         "x+", "2 matches", 0, 0},
        {"Grep", "{\"pattern\":\"x+\"}", "a.c:1: xx\n", "x+", "1 match", 0, 0},
        {"grep", "{\"pattern\":\"x+\"}", "No files found", "x+", "no matches", 0, 0},
        {"Glob", "{\"pattern\":\"**/*.c\"}", "a.c\nsrc/b.c\n\n(Results are truncated.)", "**/*.c",
         "2 files", 0, 0},
        {"Glob", "{\"pattern\":\"*.x\"}", "No files found", "*.x", "no files", 0, 0},
        {"TodoWrite",
         "{\"todos\":[{\"content\":\"a\",\"status\":\"completed\"},{\"content\":\"b\",\"status\":"
         "\"in_progress\"}]}",
         NULL, "b", "1/2", 0, 0},
        {"Show", "{\"outputs\":[{\"path\":\"a.png\",\"title\":\"The sea\"},{\"path\":\"b.png\"}]}",
         NULL, "The sea", "and 1 more", 0, 0},
        {"show_media", "{\"path\":\"a.png\"}", NULL, "a.png", "", 0, 0},
        {"Task", "{\"description\":\"look\",\"subagent_type\":\"explorer\"}", NULL, "look",
         "explorer", 0, 0},
        {"WebFetch", "{\"url\":\"http://h/\",\"format\":\"text\"}", "hello", "http://h/",
         "text, 5 B", 0, 0},
        {"Search", "{\"query\":\"q\"}", "[{\"title\":\"a\",\"url\":\"http://a/\"}]", "q",
         "1 result", 0, 0},
        {"fs_stat", "{\"path\":\"/a\"}", "{}", "/a", "", 0, 0},
        {"mcp_find", "{\"filter\":{\"a\":1},\"limit\":20,\"sort\":\"new\\nest\",\"open\":true}",
         "{}", "limit 20, sort new↵est, open true", "", 0, 0},
        {"Bash", "{\"command\":\"x\"}", "no\n\nexit status 1\n", "x", "exit 1", 0, 0},
        {"Bash", "{\"command\":\"x\"}", "exit status of all\n", "x", "", 0, 0},
        {CALLBACK_TOOL, "{\"name\":\"lint\",\"tool\":\"Write\",\"exit\":3}", "", "lint",
         "after Write, exit 3", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct part p = part_of(rows[i].name, rows[i].input, rows[i].result, CALL_OK);
        struct call_head head;

        call_head(&head, &p);
        assert_string_equal(buf_str(&head.object), rows[i].object);
        assert_string_equal(buf_str(&head.extra), rows[i].extra);
        assert_int_equal(head.added, rows[i].added);
        assert_int_equal(head.removed, rows[i].removed);
        call_head_fini(&head);
    }
}

/* ---- bodies ---- */

static void each_tool_shows_what_one_looks_for(void **state) {
    static const struct {
        const char *name, *input, *result, *shown;
    } rows[] = {
        {"Bash", "{\"command\":\"ls\"}", "a\nb\n", "[plain]a\nb\n"},
        {"Bash", "{\"command\":\"ls\",\"timeout\":0}", NULL, "  │ output not known\n"},
        {"Bash", "{\"command\":\"true\",\"timeout\":500}", "", "  timeout: 500\n  │ no output\n"},
        {"Bash", "{\"command\":\"a\\nb\"}", "x", "[shell]a\nb\n[plain]x\n"},
        {"Bash", "{\"command\":\"false\"}", "Exit code 1", "[plain]Exit code 1\n"},
        {"python_execution", "{\"code\":\"print(1)\"}", "1", "[python]print(1)\n[plain]1\n"},
        {"ReadText", "{\"file_path\":\"a.c\"}", "<file>\n    20|int x;\n    21|\ty\n</file>\n",
         "   20 int x;\n   21         y\n"},
        {"ReadText", "{\"file_path\":\"a.c\"}", "1|int\rx;\n2|\n", "    1 int x;\n    2\n"},
        {"ReadText", "{\"file_path\":\"a.py\"}", "x = 1\n", "[python]x = 1\n"},
        {"Edit", "{\"file_path\":\"a.c\",\"old_string\":\"a\\n\",\"new_string\":\"b\\n\"}",
         "<result>\nContent replaced in file: a.c\n</result>\n", "[diff c]\n-a\n+b\n"},
        {"Write", "{\"file_path\":\"a.md\",\"content\":\"x\\n\"}", "File written: a.md",
         "[diff markdown]\n+x\n"},
        {"Edit",
         "{\"file_path\":\"a.c\",\"old_string\":\"a\",\"new_string\":\"b\",\"replace_all\":"
         "true}",
         "done\nwarning: x", "  replace_all: true\n[diff c]\n-a\n+b\n[plain]done\nwarning: x\n"},
        {"Edit",
         "{\"file_path\":\"/w/storage/60f3b500-30d2-43cc-89d4-0c29d2c8f3be/a.c\",\"new_string\":"
         "\"x\"}",
         "ok",
         "  file_path:\n"
         "  /w/storage/60f3b500-30d2-43cc-89d4-0c29d2c8f3be/a.c\n[diff c]\n+x\n"},
        {"Grep", "{\"pattern\":\"x\",\"include\":\"*.c\"}", "a.c:1: xx\nb-c.c:12:x\n",
         "  include: *.c\n  │ a.c:1: xx\n  │ b-c.c:12:x\n"},
        {"Grep", "{\"pattern\":\"x\"}", "Found 1 matches\n/w/a.c:\n  Line 3: xx\n",
         "  │ Found 1 matches\n  │ /w/a.c\n  │ 3: xx\n"},
        {"Grep", "{\"pattern\":\"x\"}", "No files found", "[plain]No files found\n"},
        {"Glob", "{\"pattern\":\"*\",\"path\":\"/w\"}", "a.c\nsrc/b.c\n",
         "  path: /w\n  │ a.c\n  │ src/b.c\n"},
        {"TodoWrite",
         "{\"todos\":[{\"content\":\"a\",\"status\":\"completed\"},{\"content\":\"b\",\"status\":"
         "\"in_progress\"},{\"content\":\"c\",\"status\":\"pending\"}]}",
         "Todos have been modified.", "  ☑ a\n  ▸ b\n  ☐ c\n"},
        {"ExitPlanMode", "{\"plan\":\"# Plan\\n\\n1. x\\n\"}", "shown",
         "[markdown]# Plan\n\n1. x\n\n"},
        {"Show",
         "{\"outputs\":[{\"path\":\"a.png\",\"type\":\"image\",\"title\":\"The "
         "sea\",\"description\":\"wet\"},{\"path\":\"b.csv\",\"type\":\"csv\"}]}",
         "ok", "  │ wet\n  │ a.png\n[picture a.png]\n  │ b.csv\n"},
        {"ReadMedia", "{\"file_path\":\"a.jpg\",\"prompt\":\"what?\"}", "a cat",
         "[picture a.jpg]\n  prompt: what?\n[plain]a cat\n"},
        {"Task", "{\"description\":\"d\",\"prompt\":\"look *there*\"}", "**found**",
         "[markdown]look *there*\n[markdown]**found**\n"},
        {"WebFetch", "{\"url\":\"http://h/\",\"format\":\"markdown\"}", "# T", "[markdown]# T\n"},
        {"WebFetch", "{\"url\":\"http://h/\",\"format\":\"html\"}", "<p>", "[html]<p>\n"},
        {"WebFetch", "{\"url\":\"http://h/\",\"format\":\"text\"}", "# T", "[plain]# T\n"},
        {"Search", "{\"query\":\"q\"}",
         "{\"web\":{\"results\":[{\"title\":\"A *b*\",\"url\":\"http://a/\",\"description\":\"x"
         "\"},{\"no\":1},{\"url\":\"javascript:x\"}]}}",
         "[markdown]1. **A \\*b\\***  \n   <http://a/>  \n   x\n2. **javascript:x**\n\n"},
        {"Search", "{\"query\":\"q\"}", "nothing", "[plain]nothing\n"},
        {"Notify", "{\"title\":\"t\",\"message\":\"go?\",\"response_type\":\"choice\"}", "yes",
         "[markdown]go?\n  response_type: choice\n[plain]yes\n"},
        {CALLBACK_TOOL, "{\"name\":\"lint\",\"type\":\"bash_script\",\"exit\":1,\"stderr\":\"oh\"}",
         "out", "  type: bash_script\n[bad]oh\n[plain]out\n"},
        {"srv_do", "{\"a\":1}", "# Title\n\ntext", "  a: 1\n[markdown]# Title\n\ntext\n"},
        {"srv_do", "{\"a\":1}", "just text", "  a: 1\n[plain]just text\n"},
        {"srv_do", "no object", "r", "[plain]no object\n[plain]r\n"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct part p = part_of(rows[i].name, rows[i].input, rows[i].result, CALL_OK);

        assert_string_equal(shown(&p, &wide), rows[i].shown);
    }
}

static void json_is_set_out_as_a_tree(void **state) {
    static const struct {
        const char *json, *shown;
    } rows[] = {
        {"{\"a\":1,\"b\":\"x\",\"c\":null,\"d\":true,\"e\":[],\"f\":{},\"g\":\"\"}",
         "a: 1\nb: x\nc: null\nd: true\ne: []\nf: {}\ng: \"\"\n"},
        {"{\"a\":{\"b\":{\"c\":1}},\"d\":2}", "a:\n  b:\n    c: 1\nd: 2\n"},
        {"{\"a\":[1,\"x\",{\"b\":1,\"c\":2},[3,4]]}",
         "a:\n- 1\n- x\n- b: 1\n  c: 2\n- - 3\n  - 4\n"},
        {"[{\"a\":1},{\"a\":2}]", "- a: 1\n- a: 2\n"},
        {"{\"t\":\"one\\ntwo\\n\",\"u\":\"v\\n\"}", "t:\n  one\n  two\nu: v\n"},
        {"{\"a\":{\"b\":[1,{\"c\":\"cut he", "a:\n  b:\n  - 1\n  - c: cut he\n"},
        {"{\"a\":1,\"b", "a: 1\n"},
        {"{\"e\":\"\\u001b[31mred\",\"n\":-1.5e3}", "e: [31mred\nn: -1.5e3\n"},
        {"[", ""},
        {"{}", "{}\n"},
        {"[1 2]", "- 1\n- 2\n"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct bodies b = {0};
        auto_buf struct buf out = {.max = MIX_MIB};

        tree_value(&b, &wide, "", (struct span){rows[i].json, strlen(rows[i].json)});
        add_bodies(&out, &b);
        assert_string_equal(buf_str(&out), rows[i].shown);
        bodies_fini(&b);
    }
}

static void a_result_of_json_is_a_tree_whatever_the_tool(void **state) {
    const struct part p = part_of("srv_do", "{}", " {\"a\":[1]}\n", CALL_OK);

    (void)state;
    assert_string_equal(shown(&p, &wide), "  │ a:\n  │ - 1\n");
}

static void base64_is_shown_by_its_size(void **state) {
    static char blob[4001], text[4200], input[4200];

    (void)state;
    for (size_t i = 0; i < sizeof blob - 1; i++)
        blob[i] = "AbC0dE9/+z"[i % 10];
    snprintf(text, sizeof text, "data:image/png;base64,%s end", blob);
    snprintf(input, sizeof input, "{\"data\":\"%s\"}", blob);
    const struct part p = part_of("srv_shot", input, text, CALL_OK);

    assert_string_equal(shown(&p, &wide), "  data: [base64, 3 kB]\n"
                                          "[plain]data:image/png;base64,[base64, 3 kB] end\n");
    memset(blob, 'a', sizeof blob - 1); /* only long */
    const struct part q = part_of("srv_shot", "{}", blob, CALL_OK);

    assert_int_equal(strlen(shown(&q, &wide)), strlen("[plain]\n") + sizeof blob - 1);
}

static void the_end_of_long_output_comes_first(void **state) {
    auto_buf struct buf out = {.max = MIX_MIB};

    (void)state;
    for (int i = 1; i <= 1200; i++)
        buf_addf(&out, "line %d\n", i);
    const struct part p = part_of("Bash", "{\"command\":\"x\"}", out.p, CALL_OK);
    const char *text = shown(&p, &wide);

    assert_memory_equal(text, "  │ the last 12 of 1,200 lines:\n[plain]line 1189\nline 1190\n",
                        strlen("  │ the last 12 of 1,200 lines:\n[plain]line 1189\nline 1190\n"));
    assert_non_null(strstr(text, "line 1200\n  │ all of them:\n[plain]line 1\n"));
}

static void what_went_wrong_is_shown_as_that(void **state) {
    struct part p =
        part_of("Edit", "{\"file_path\":\"a\",\"old_string\":\"x\",\"new_string\":\"y\"}",
                "old_string not found", CALL_FAILED);

    (void)state;
    p.is_error = true;
    assert_string_equal(shown(&p, &wide), "[diff text]\n-x\n+y\n[bad]old_string not found\n");
    p = part_of("ReadText", "{\"file_path\":\"a.c\"}", "1|x", CALL_DENIED);
    assert_string_equal(shown(&p, &wide), "[bad]1|x\n");
    p = part_of("ExitPlanMode", "{\"plan\":\"p\"}", "no", CALL_FAILED);
    assert_string_equal(shown(&p, &wide), "[markdown]p\n[plain]no\n");
}

static void a_call_that_still_arrives_shows_what_there_is(void **state) {
    struct part p =
        part_of("Write", "{\"file_path\":\"a.c\",\"content\":\"int x;\\nin", NULL, CALL_STREAMING);

    (void)state;
    p.live = true;
    assert_string_equal(shown(&p, &wide), "[diff c]\n+int x;\n+in\n");
    p = part_of("TodoWrite", "{\"todos\":[{\"content\":\"a\",\"status\":\"completed\"},{\"cont",
                NULL, CALL_STREAMING);
    assert_string_equal(shown(&p, &wide), "  ☑ a\n");
    p = part_of("Bash", "{\"comm", NULL, CALL_STREAMING);
    assert_string_equal(shown(&p, &wide), "");
    p = part_of("Bash", "", NULL, CALL_STREAMING);
    assert_string_equal(shown(&p, &wide), "");
}

static void a_task_lists_the_calls_of_its_sub_agent(void **state) {
    struct part calls[] = {
        part_of("Bash", "{\"command\":\"ls\"}", "x", CALL_OK),
        {.kind = PART_TEXT, .text = "hm", .len = 2},
        part_of("ReadText", "{\"file_path\":\"a.c\"}", NULL, CALL_RUNNING),
    };
    struct entry e = {.role = ROLE_ASSISTANT, .parts = calls, .n_parts = MIX_COUNT(calls)};
    const struct transcript t = {.entries = &e, .n = 1};
    struct body_how how = wide;
    struct part p = part_of("Task", "{\"prompt\":\"p\"}", "", CALL_RUNNING);

    (void)state;
    how.child = &t;
    assert_string_equal(shown(&p, &how), "[markdown]p\n  Bash  ls  ok\n  ReadText  a.c  running\n");
    p.child_calls = 2;
    assert_string_equal(shown(&p, &wide), "[markdown]p\n  │ 2 calls of the sub-agent\n");
}

static void screenshots_stand_below_their_call(void **state) {
    struct part p = part_of("srv_click", "{}", "clicked", CALL_OK);

    (void)state;
    p.screenshots = "http://h/api/sessions/s/files/1.png\nhttp://h/2.bin";
    assert_string_equal(shown(&p, &wide),
                        "[plain]clicked\n  │ 1.png\n"
                        "[picture http://h/api/sessions/s/files/1.png]\n  │ 2.bin\n");
}

static void without_its_signs_a_terminal_gets_others(void **state) {
    const struct body_how how = {.width = 60, .ascii = true};
    const struct part todo = part_of(
        "TodoWrite", "{\"todos\":[{\"content\":\"a\",\"status\":\"in_progress\"}]}", "", CALL_OK);
    const struct part grep = part_of("Grep", "{}", "a:1: x\n", CALL_OK);

    (void)state;
    assert_string_equal(shown(&todo, &how), "  [>] a\n");
    assert_string_equal(shown(&grep, &how), "  | a:1: x\n");
}

static void the_window_of_a_model_is_told_by_its_name(void **state) {
    static const struct {
        const char *model;
        int64_t window;
    } rows[] = {
        {"claude-sonnet-4-5", 200000},
        {"openrouter.deepseek-v3.1", 131072},
        {"o3", 200000},
        {"gemini-3-flash-preview", 1048576},
        {"foo3", 0},
        {"", 0},
        {"gpt-4.1", 1047576},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(context_window(rows[i].model), rows[i].window);
}

static int start(void **state) {
    (void)state;
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : 1;
}

/* Around the width from which a diff has two columns, which its gutter makes narrower. */
static void a_change_is_shown_to_its_end_at_every_width(void **state) {
    const char *input = "{\"file_path\":\"a.c\",\"old_string\":\"a\\nb\\nc\\nd\\nold-end\","
                        "\"new_string\":\"1\\n2\\n3\\n4\\nnew-end\"}";
    const struct part p = part_of("Edit", input, "ok", CALL_OK);

    (void)state;
    for (int width = 60; width < 120; width++) {
        const struct lay lay = {.width = width, .split = true};
        auto_buf struct buf text = {.max = MIX_MIB};
        struct view *v = view_new();
        struct sheet *s = sheet_cut(v, &p, ROLE_ASSISTANT, &lay);

        for (size_t i = 0; i < s->n; i++)
            add_rows(&text, sheet_flow(v, s, i, &lay));
        if (!strstr(buf_str(&text), "old-end") || !strstr(buf_str(&text), "new-end"))
            fail_msg("width %d: %s", width, buf_str(&text));
        view_free(v);
    }
}

/* What a person typed stays as it is; only code in it has its colours. */
static void a_persons_text_is_shown_as_it_was_typed(void **state) {
    static const struct {
        const char *text;
        const char *bodies; /* kind, and where it begins */
    } rows[] = {
        {"# no *heading*", "p0 "},
        {"see\n```c\nint x;\n```\nthen\n", "p0 f4 c9 f16 p20 "},
        {"```\nopen\nto the end", "f0 c4 "},
        {"```py\n```\n", "f0 f6 "},
        {"~~~~\n~~~\n~~~~", "f0 c5 f9 "},
        {"``` `inline` ```", "p0 "},
        {"\n\n  ```\na\n  ```  \n\nb", "f0 c6 f8 p16 "},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct part part = {
            .kind = PART_TEXT, .text = rows[i].text, .len = strlen(rows[i].text)};
        struct bodies b = {0};
        auto_buf struct buf got = {.max = 4096}, whole = {.max = 4096};

        bodies_of(&b, &part, &(struct body_how){.role = ROLE_USER, .width = 80});
        for (size_t k = 0; k < b.n; k++) {
            const struct body *body = &b.v[k];

            buf_addf(&got, "%c%u ",
                     body->kind == BODY_CODE  ? 'c'
                     : body->ink == INK_FENCE ? 'f'
                                              : 'p',
                     body->src - b.v[0].src);
            buf_add(&whole, body->text, body->len);
        }
        assert_string_equal(buf_str(&got), rows[i].bodies);
        assert_memory_equal(buf_str(&whole), rows[i].text + b.v[0].src, whole.n);
        bodies_fini(&b);
    }
}

/* The ground of the cell where the text stands, in a row of it. */
static unsigned ground_at(const struct canvas *c, int y, char first, int from) {
    for (int x = from; x < c->w; x++)
        if (canvas_at(c, x, y)->cp[0] == (uint32_t)first)
            return canvas_at(c, x, y)->extra & 0xff00u;
    fail_msg("no %c", first);
    return 0;
}

static void code_lies_on_the_ground_of_its_change(void **state) {
    const char *input = "{\"file_path\":\"a.c\",\"old_string\":\"return 1;\\nif (a)\","
                        "\"new_string\":\"while (b)\\nif (a)\"}";
    const struct part p = part_of("Edit", input, "ok", CALL_OK);

    (void)state;
    for (int split = 0; split < 2; split++) {
        const struct lay lay = {.width = 90, .split = split};
        struct view *v = view_new();
        struct sheet *s = sheet_cut(v, &p, ROLE_ASSISTANT, &lay);
        const struct flow *f = sheet_flow(v, s, s->n - 1, &lay);
        struct canvas c;

        canvas_init(&c, 90, 4);
        for (size_t i = 0; i < f->n && i < 4; i++)
            draw_flow_row(&c, 0, (int)i, 90, f, i, false, (struct ink_marks){0});
        assert_int_equal(ground_at(&c, 0, 'r', 0), GROUND_REMOVED);
        assert_int_equal(ground_at(&c, !split, 'w', split ? 40 : 0), GROUND_ADDED);
        assert_int_equal(ground_at(&c, 2 - split, 'i', 0), GROUND_OWN);
        canvas_fini(&c);
        view_free(v);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_says_what_is_touched_and_how_it_went),
        cmocka_unit_test(each_tool_shows_what_one_looks_for),
        cmocka_unit_test(json_is_set_out_as_a_tree),
        cmocka_unit_test(a_result_of_json_is_a_tree_whatever_the_tool),
        cmocka_unit_test(base64_is_shown_by_its_size),
        cmocka_unit_test(the_end_of_long_output_comes_first),
        cmocka_unit_test(what_went_wrong_is_shown_as_that),
        cmocka_unit_test(a_call_that_still_arrives_shows_what_there_is),
        cmocka_unit_test(a_task_lists_the_calls_of_its_sub_agent),
        cmocka_unit_test(screenshots_stand_below_their_call),
        cmocka_unit_test(without_its_signs_a_terminal_gets_others),
        cmocka_unit_test(the_window_of_a_model_is_told_by_its_name),
        cmocka_unit_test(a_change_is_shown_to_its_end_at_every_width),
        cmocka_unit_test(code_lies_on_the_ground_of_its_change),
        cmocka_unit_test(a_persons_text_is_shown_as_it_was_typed),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
