/* The files that an agent names and the server does not list. */
#include "mix/files.h"
#include "mix/transcript.h"
#include "model_kit.h"

#define SID "0b6a2f7e-1111-4222-8333-444455556666"

/* ---- what a name comes to ---- */

static void a_name_tells_whether_the_server_gives_it_out(void **state) {
    static const struct {
        const char *where, *name, *session;
        bool served;
    } rows[] = {
        {"plan.md", "plan.md", SID, true},
        {"./plan.md", "plan.md", SID, true},
        {"/var/lib/mix/storage/" SID "/plot one.png", "plot one.png", SID, true},
        {"file:///srv/storage/" SID "/a.pdf", "a.pdf", SID, true},
        {"/srv/storage/uploads/photo.jpg", "photo.jpg", SID, true},
        {"http://localhost:8088/api/sessions/" SID "/files/a%20b.png", "a b.png", SID, true},
        {"http://other:1/api/sessions/abc/files/x.txt?thumb=100", "x.txt", "abc", true},
        {"http://h/api/sessions/" SID "/files/sch%c3%b6n.md#top", "sch\303\266n.md", SID, true},
        {"https://example.com/logo.png", "logo.png", SID, false},
        {"src/lexer.c", "lexer.c", SID, false},
        {"/home/me/src/lexer.c", "lexer.c", SID, false},
        {"~/notes.md", "notes.md", SID, false},
        {"/srv/storage/another-session/a.png", "a.png", SID, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct arena a = {0};
        struct output out;

        assert_true(output_of(&out, &a, rows[i].where, strlen(rows[i].where), SID));
        assert_string_equal(out.name, rows[i].name);
        assert_string_equal(out.session, rows[i].session);
        assert_int_equal(out.why_not == NULL, rows[i].served);
        arena_free(&a);
    }
}

static void what_is_no_file_is_none(void **state) {
    static const char *const rows[] = {
        "",
        "/",
        "folder/",
        ".",
        "..",
        "/srv/storage/" SID "/..",
        "two\nlines.txt",
        "http://h/api/sessions/" SID "/files/",
        "http://h/api/sessions/" SID "/files/..%2f..%2fetc%2fpasswd",
        "http://h/api/sessions/" SID "/files/%2e%2e",
        "http://h/api/sessions/a/b/files/x.txt",
    };
    char longest[1200];

    (void)state;
    memset(longest, 'x', sizeof longest);
    for (size_t i = 0; i <= MIX_COUNT(rows); i++) {
        struct arena a = {0};
        struct output out;
        const char *where = i < MIX_COUNT(rows) ? rows[i] : longest;
        const size_t n = i < MIX_COUNT(rows) ? strlen(where) : sizeof longest;

        if (output_of(&out, &a, where, n, SID))
            fail_msg("%s is called %s", where, out.name);
        arena_free(&a);
    }
}

/* ---- where names stand ---- */

static void call(struct session *s, const char *id, const char *name, const char *input) {
    struct part *p = transcript_call(&s->transcript, "m1", id, name, 1, 1);

    part_input(&s->transcript, p, input, strlen(input));
    part_state(&s->transcript, p, CALL_OK, 0.1);
}

static void assert_names(const struct outputs *o, const char *expected) {
    auto_buf struct buf out = {.max = 4000};

    for (size_t i = 0; i < o->n; i++)
        buf_addf(&out, "%s%s%s", i > 0 ? " " : "", o->v[i].name, o->v[i].why_not ? "!" : "");
    assert_string_equal(buf_str(&out), expected);
}

static void say(struct session *s, const char *id, const char *text) {
    transcript_delta(&s->transcript, PART_TEXT, id, text, strlen(text), 1, 1);
    transcript_complete(&s->transcript, id, text, 1);
}

static void calls_and_answers_name_files(void **state) {
    struct session s = {.id = xstrdup(SID)};
    struct outputs o = {0};

    (void)state;
    call(&s, "c1", "Write", "{\"file_path\":\"plan.md\",\"content\":\"x\"}");
    call(&s, "c2", "show_media", "{\"title\":\"a plot\",\"path\":\"plot.png\"}");
    call(&s, "c3", "ReadText", "{\"file_path\":\"input.txt\"}");
    call(&s, "c4", "Bash", "{\"command\":\"touch other.txt\"}");
    call(&s, "c5", "edit", "{\"path\":\"/home/me/x.c\"}");
    say(&s, "m2",
        "See [the report](report.pdf), [a page](https://example.com/x.html), `chart.png`, "
        "`lexer.c` and http://h/api/sessions/" SID "/files/sound.mp3.\n"
        "![plot](plot.png) [here](#anchor)");
    assert_true(outputs_read(&o, &s));
    assert_names(&o, "plan.md plot.png x.c! sound.mp3 report.pdf chart.png");
    assert_false(outputs_read(&o, &s)); /* nothing new */
    outputs_clear(&o);
    transcript_fini(&s.transcript);
    free(s.id);
}

static void a_name_that_is_still_written_waits(void **state) {
    struct session s = {.id = xstrdup(SID)};
    struct outputs o = {0};
    static const char half[] = "see [it](rep", rest[] = "ort.pdf)";

    (void)state;
    transcript_delta(&s.transcript, PART_TEXT, "m1", half, sizeof half - 1, 1, 1);
    (void)outputs_read(&o, &s);
    assert_names(&o, "");
    transcript_delta(&s.transcript, PART_TEXT, "m1", rest, sizeof rest - 1, 1, 1);
    transcript_complete(&s.transcript, "m1", "see [it](report.pdf)", 1);
    transcript_settle(&s.transcript, CALL_OK, 1);
    assert_true(outputs_read(&o, &s));
    assert_names(&o, "report.pdf");
    outputs_clear(&o);
    transcript_fini(&s.transcript);
    free(s.id);
}

static void another_session_has_others(void **state) {
    struct session s = {.id = xstrdup(SID)}, other = {.id = xstrdup("other")};
    struct outputs o = {0};

    (void)state;
    call(&s, "c1", "Write", "{\"file_path\":\"plan.md\"}");
    assert_true(outputs_read(&o, &s));
    assert_true(outputs_read(&o, &other));
    assert_names(&o, "");
    outputs_clear(&o);
    transcript_fini(&s.transcript);
    free(s.id);
    free(other.id);
}

static void a_long_thread_is_read_in_steps_and_capped(void **state) {
    struct session s = {.id = xstrdup(SID)};
    struct outputs o = {0};
    int steps = 0;
    char input[100], id[32];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        snprintf(input, sizeof input, "{\"file_path\":\"f%d.md\"}", i);
        snprintf(id, sizeof id, "m%d", i);
        struct part *p = transcript_call(&s.transcript, id, id, "Write", 1, 1);

        part_input(&s.transcript, p, input, strlen(input));
        part_state(&s.transcript, p, CALL_OK, 0.1);
        transcript_complete(&s.transcript, id, "", 1);
    }
    transcript_settle(&s.transcript, CALL_OK, 1);
    do
        (void)outputs_read(&o, &s);
    while (o.more && ++steps < 1000);
    assert_in_range(steps, 1, 100);
    assert_int_equal(o.n, OUTPUTS_MOST);
    outputs_clear(&o);
    transcript_fini(&s.transcript);
    free(s.id);
}

/* ---- in the pane ---- */

static void the_pane_offers_what_is_not_listed(void **state) {
    static const char *const ids[] = {"s1"};
    struct file_info listed[] = {{.name = "plot.png", .modified = 2}};
    struct kit *k = kit_online(ids, 1);
    struct session *s = k->m->shown;

    (void)state;
    act_resize(k->m, 200, 50);
    call(s, "c1", "Show", "{\"path\":\"plot.png\"}");
    call(s, "c2", "Write", "{\"file_path\":\"plan.md\"}");
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_FILES_LIST, listed, 1);
    kit_tick(k);
    assert_int_equal(files_rows(k->m), 3);
    assert_string_equal(files_row(k->m, 0).file->name, "plot.png");
    assert_null(files_row(k->m, 1).file);
    assert_string_equal(files_row(k->m, 2).output->name, "plan.md");
    act_files_move(k->m, 1); /* over the heading */
    assert_string_equal(k->m->ui.output_cursor, "plan.md");
    assert_null(model_selected_file(k->m));
    act_files_other(k->m);
    assert_non_null(model_selected_file(k->m));
    act_files_other(k->m);
    act_files_download(k->m, k->fx);
    kit_step(k);
    assert_string_equal(((const struct file_ref *)kit_last(k, OP_FILE_GET)->in)->name, "plan.md");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_tells_whether_the_server_gives_it_out),
        cmocka_unit_test(what_is_no_file_is_none),
        cmocka_unit_test(calls_and_answers_name_files),
        cmocka_unit_test(a_name_that_is_still_written_waits),
        cmocka_unit_test(another_session_has_others),
        cmocka_unit_test(a_long_thread_is_read_in_steps_and_capped),
        cmocka_unit_test(the_pane_offers_what_is_not_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
