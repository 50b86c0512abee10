/* A session as a document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mix/export.h"
#include "mix/pretty.h"

static const struct session_data session = {
    .id = "6f0c2c1e-8a3b-4d57-9a63-0b1d7c2f9e11",
    .title = "A *bold* title",
    .created_at = INT64_C(1770975667000),
    .cost = 0.0213,
    .user_messages = 1,
};

static char *markdown(struct buf *out, const struct message *m, size_t n) {
    buf_init(out, MIX_MIB);
    assert_int_equal(export_markdown(out, &session, m, n), RC_OK);
    return out->p;
}

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            fail_msg("no `%s` in:\n%s", part, text);                                               \
    } while (0)

static void title_and_facts_come_first(void **state) {
    (void)state;
    struct buf out;
    const char *text = markdown(&out, NULL, 0);

    assert_int_equal(strncmp(text, "# A \\*bold\\* title\n\n", 20), 0);
    assert_has(text, "- Session: 6f0c2c1e-8a3b-4d57-9a63-0b1d7c2f9e11\n");
    assert_has(text, "- Created: 2026-02-13 09:41 UTC\n");
    assert_has(text, "- Cost: $0.0213\n");
    buf_fini(&out);
}

static void dates_are_right_at_the_ends_of_years(void **state) {
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {60, "1970-01-01 00:01 UTC"},         {951782400, "2000-02-29 00:00 UTC"},
        {1735689599, "2024-12-31 23:59 UTC"}, {1735689600, "2025-01-01 00:00 UTC"},
        {4107542400, "2100-03-01 00:00 UTC"},
    };

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct session_data s = session;
        struct buf out;

        buf_init(&out, MIX_MIB);
        s.created_at = cases[i].seconds * 1000;
        assert_int_equal(export_markdown(&out, &s, NULL, 0), RC_OK);
        assert_has(out.p, cases[i].text);
        buf_fini(&out);
    }
}

static void a_fence_is_longer_than_every_run_inside(void **state) {
    (void)state;
    static const struct {
        const char *result, *fence;
    } cases[] = {
        {"plain", "\n```text\nplain\n```\n"},       {"a ``` b", "\n````text\na ``` b\n````\n"},
        {"`````", "\n``````text\n`````\n``````\n"}, {"", "\n```text\n\n```\n"},
        {"ends\n", "\n```text\nends\n```\n"},
    };

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct tool_call call = {
            .name = "Bash", .input = "{\"a\":1}", .result = cases[i].result, .finished = true};
        const struct message m = {
            .role = "assistant", .user_input = "x", .tool_calls = {.items = &call, .n = 1}};
        struct buf out;
        const char *text = markdown(&out, &m, 1);

        assert_has(text, "#### Tool: Bash\n");
        assert_has(text, "```json\n{\"a\":1}\n```\n");
        assert_has(text, cases[i].fence);
        buf_fini(&out);
    }
}

static void a_fence_left_open_by_an_answer_is_closed(void **state) {
    (void)state;
    static const struct {
        const char *text, *end;
    } cases[] = {
        {"```c\nint x;", "int x;\n\n```\n\n"},
        {"~~~~\ncut", "cut\n\n~~~~\n\n"},
        {"```\na\n```", "```\na\n```\n\n"},
        {"```\na\n``` not the end", "not the end\n\n```\n\n"},
        {"``` `x` is no fence", "is no fence\n\n"},
    };

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct message m = {.role = "assistant", .user_input = cases[i].text};
        struct buf out;
        const char *text = markdown(&out, &m, 1);
        const size_t n = strlen(cases[i].end);

        assert_string_equal(text + strlen(text) - n, cases[i].end);
        buf_fini(&out);
    }
}

static void thinking_is_folded_and_cannot_unfold_itself(void **state) {
    (void)state;
    const struct message m = {
        .role = "assistant", .user_input = "x", .reasoning = "</details>", .reasoning_seconds = 2};
    struct buf out;
    const char *text = markdown(&out, &m, 1);

    assert_has(text, "<summary>Thinking (2 s)</summary>\n\n```text\n</details>\n```\n\n</details>");
    buf_fini(&out);
}

static void tool_rows_show_their_callbacks_only(void **state) {
    (void)state;
    struct callback_result result = {
        .tool_name = "Write", .callback_name = "lint", .stdout_text = "2 warnings", .exit_code = 3};
    const struct message m = {
        .role = "tool", .user_input = "", .callback_results = {.items = &result, .n = 1}};
    struct buf out;
    const char *text = markdown(&out, &m, 1);

    assert_null(strstr(text, "## tool"));
    assert_has(text, "#### Callback: lint after Write (failed)\n\nExit code 3\n\nOutput:\n\n");
    buf_fini(&out);
}

static void a_row_with_question_and_answer_shows_both(void **state) {
    (void)state;
    const struct message m = {.role = "user", .user_input = "why?", .assistant_response = "so."};
    struct buf out;
    const char *text = markdown(&out, &m, 1);

    assert_has(text, "## User\n\nwhy?\n\n## Assistant\n\nso.\n");
    buf_fini(&out);
}

static void costs_stand_under_their_message(void **state) {
    (void)state;
    const struct message m = {.role = "assistant",
                              .user_input = "x",
                              .model = "m_1",
                              .input_tokens = 900,
                              .output_tokens = 40,
                              .cost = 0.003};
    struct buf out;

    assert_has(markdown(&out, &m, 1), "_m\\_1 \xc2\xb7 900 tokens in, 40 out \xc2\xb7 $0.0030_");
    buf_fini(&out);
}

static void a_document_beyond_its_cap_is_refused(void **state) {
    (void)state;
    struct buf out;

    buf_init(&out, 40);
    assert_int_equal(export_markdown(&out, &session, NULL, 0), RC_LIMIT);
    buf_clear(&out);
    assert_int_equal(export_json(&out, "{}", 2, "[1,2,3,4,5,6,7,8,9]", 19), RC_LIMIT);
    buf_fini(&out);
}

static void json_keeps_what_the_server_wrote(void **state) {
    (void)state;
    struct buf out;

    buf_init(&out, 1024);
    assert_int_equal(export_json(&out, "{\"id\":1.50}\n", 12, "[ ]\n", 4), RC_OK);
    assert_string_equal(out.p, "{\"session\": {\"id\":1.50}, \"messages\": [ ]}\n");
    assert_int_equal(json_check(out.p, out.n, NULL), RC_OK);
    buf_clear(&out);
    export_json(&out, "", 0, "\n", 1);
    assert_string_equal(out.p, "{\"session\": null, \"messages\": null}\n");
    buf_fini(&out);
}

static void file_names_are_safe(void **state) {
    (void)state;
    static const struct {
        const char *title, *id, *name;
    } cases[] = {
        {"Refactor the parser", "6f0c2c1e-8a3b", "Refactor-the-parser-6f0c2c1e.md"},
        {"../../etc/passwd", "abc", "etc-passwd-abc.md"},
        {"", "abc", "session-abc.md"},
        {"...", "/../", "session-.md"},
        {"-rf *", "a", "rf-a.md"},
        {"a\nb\x1b[31m", "a", "a-b-31m-a.md"},
        {"\xe2\x80\xae gpj.exe", "a", "gpj-exe-a.md"},
        {"Gr\xc3\xbc\xc3\x9f"
         "e \xe6\x97\xa5\xe6\x9c\xac",
         "a",
         "Gr\xc3\xbc\xc3\x9f"
         "e-\xe6\x97\xa5\xe6\x9c\xac-a.md"},
        {"\xff\xfe x", "a", "x-a.md"},
    };

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct session_data s = {.id = cases[i].id, .title = cases[i].title};
        struct buf out;

        buf_init(&out, 1024);
        export_file_name(&out, &s, ".md");
        assert_string_equal(buf_str(&out), cases[i].name);
        buf_fini(&out);
    }
}

static void long_titles_make_names_that_fit(void **state) {
    (void)state;
    char title[2001];
    struct buf out;

    for (size_t i = 0; i + 1 < sizeof title; i += 2)
        memcpy(title + i, "\xc3\xa9", 2);
    title[2000] = '\0';
    buf_init(&out, 4096);
    export_file_name(&out, &(struct session_data){.id = "abc", .title = title}, ".json");
    assert_true(out.n < 120);
    assert_string_equal(out.p + 80, "-abc.json");
    buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(title_and_facts_come_first),
        cmocka_unit_test(dates_are_right_at_the_ends_of_years),
        cmocka_unit_test(a_fence_is_longer_than_every_run_inside),
        cmocka_unit_test(a_fence_left_open_by_an_answer_is_closed),
        cmocka_unit_test(thinking_is_folded_and_cannot_unfold_itself),
        cmocka_unit_test(tool_rows_show_their_callbacks_only),
        cmocka_unit_test(a_row_with_question_and_answer_shows_both),
        cmocka_unit_test(costs_stand_under_their_message),
        cmocka_unit_test(a_document_beyond_its_cap_is_refused),
        cmocka_unit_test(json_keeps_what_the_server_wrote),
        cmocka_unit_test(file_names_are_safe),
        cmocka_unit_test(long_titles_make_names_that_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
