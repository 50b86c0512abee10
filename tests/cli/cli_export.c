/* `mixtui export`: a session with its tool results, in both forms. */
#include <stdio.h>
#include <string.h>

#include "mix/wire.h"
#include "run.h"
#include "standin.h"

static void wait_answer(const char *id) {
    for (int64_t until = clock_now() + RUN_MS; clock_now() < until;) {
        const struct run *r = RUN("api", "message-list", "--id", id);

        if (strstr(buf_str(&r->out), "\"assistantResponse\""))
            return;
        screen_pause_alone(50);
    }
    fail_msg("no answer");
}

static void a_session_is_written_in_both_forms(void **state) {
    char id[40];

    (void)state;
    struct peer *demo =
        demo_start((const char *[]){"--speed", "0", "--quirk", "retitle=off", NULL});

    run_server(demo->url);
    demo_session(demo, "Export me", id);
    demo_send(demo, id, "code c");
    wait_answer(id);
    const struct run *r = RUN("export", id);

    assert_code(r, 0);
    assert_out(r, "# Export me\n\n- Session: ");
    assert_out(r, "## User\n\ncode c\n");
    assert_out(r, "## Assistant\n");
    r = RUN("export", id, "--format", "json");
    assert_code(r, 0);
    assert_out(r, "{\"session\": {\"id\":");
    assert_out(r, "\"messages\": [{\"id\":");
    r = RUN("export", "--format=md", id, "--out", "doc.md");
    assert_code(r, 0);
    assert_int_equal(r->out.n, 0);
    struct buf text;

    buf_init(&text, MIX_MIB);
    assert_true(screen_read_file(&text, screen_path("doc.md")));
    assert_non_null(strstr(buf_str(&text), "# Export me"));
    buf_fini(&text);
    assert_code(RUN("export", id, "--out", "doc.md"), 1);
    r = RUN("export", "00000000-0000-0000-0000-000000000000");
    assert_code(r, 5);
    assert_err(r, "mixtui export: could not export: server answered 404");
    assert_int_equal(r->out.n, 0);
}

static void wrong_words_are_refused(void **state) {
    static const struct {
        const char *words[6];
        const char *complaint;
    } cases[] = {
        {{"export"}, "which session?"},
        {{"export", "a", "b"}, "one session at a time"},
        {{"export", "a", "--format", "pdf"}, "json|md"},
        {{"export", "a", "--format"}, "--format needs a value"},
        {{"export", "a", "--frmat=md"}, "unknown option --frmat"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct run *r = run(cases[i].words);

        assert_code(r, 2);
        assert_err(r, "\nusage: mixtui export SESSION");
        if (!strstr(buf_str(&r->err), cases[i].complaint))
            run_failed(r, cases[i].complaint, __FILE__, __LINE__);
    }
}

static void what_is_no_session_is_no_document(void **state) {
    static const struct {
        const char *session, *messages;
    } cases[] = {{"<html>", "[]"}, {"{\"id\":\"s\"}", "[{"}, {"{\"id\":\"s\"}", "nonsense"}};
    static const char *const forms[] = {"json", "md"};
    struct standin *server = standin_new();

    (void)state;
    run_server(standin_url(server));
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        for (size_t k = 0; k < MIX_COUNT(forms); k++) {
            const struct answer session = {.body = cases[i].session},
                                messages = {.body = cases[i].messages};

            standin_clear(server);
            standin_on(server, "GET", "/api/sessions/s/messages", &messages);
            standin_on(server, "GET", "/api/sessions/s", &session);
            const struct run *r = RUN("export", "s", "--format", forms[k]);

            assert_code(r, 7);
            assert_int_equal(r->out.n, 0);
        }
    standin_free(server);
}

int main(void) {
#define TEST(f) cmocka_unit_test_teardown(f, run_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_session_is_written_in_both_forms),
        TEST(wrong_words_are_refused),
        TEST(what_is_no_session_is_no_document),
    };

    return screen_run(tests);
}
