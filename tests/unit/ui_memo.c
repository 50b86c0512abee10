/* What is laid out is kept by the revision of its part, and borrows its texts: a reconcile that
 * brings the same part at another place in memory takes the old place away. */
#include "ui_fixture.h"
#include "cpu_time.h"

static struct fixture *f;
static struct session *s;

static int start(void **state) {
    f = fixture_new(100, 30);
    s = &f->s[0];
    f->m.ui.focus = PANE_THREAD;
    free_transcript(&s->transcript);
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    transcript_fini(&s->transcript);
    s->transcript = (struct transcript){0};
    fixture_free(f);
    return 0;
}

enum { LINES = 40000 };

/* One answer with one call that has no input at all. */
static void load(int64_t tokens, const char *said) {
    struct arena a = {0};
    struct message *m = arena_alloc(&a, sizeof *m);
    char *result = arena_alloc(&a, LINES * 16 + 1);
    size_t n = 0;

    for (int i = 0; i < LINES; i++)
        n += (size_t)snprintf(result + n, 17, "%s %09d \n", said, i);
    *m = (struct message){.id = arena_strdup(&a, "m1"),
                          .role = arena_strdup(&a, "assistant"),
                          .input_tokens = tokens};
    m->tool_calls.items = arena_alloc(&a, sizeof *m->tool_calls.items);
    m->tool_calls.n = 1;
    m->tool_calls.items[0] = (struct tool_call){.id = arena_strdup(&a, "c1"),
                                                .name = arena_strdup(&a, "mcp__notes__list"),
                                                .result = result,
                                                .finished = true};
    transcript_stage_begin(&s->transcript);
    transcript_stage(&s->transcript, m, 1, &a);
    transcript_commit(&s->transcript, NULL, 0);
}

static void a_result_that_moved_is_not_read_where_it_was(void **state) {
    (void)state;
    load(10, "note");
    part_fold(&s->transcript, &s->transcript.entries[0].parts[0], FOLD_OPEN);
    frame(f);
    const uint32_t rev = s->transcript.entries[0].parts[0].rev;
    const char *before = s->transcript.entries[0].parts[0].result;

    load(20, "note"); /* what it used is known now */
    assert_int_equal(s->transcript.entries[0].parts[0].rev, rev);
    assert_ptr_not_equal(s->transcript.entries[0].parts[0].result, before);
    s->reading.follow = false;
    s->reading.move = MOVE_TOP;
    frame(f);
    s->reading.move = MOVE_PAGES;
    s->reading.move_by = 3;
    frame(f);
}

/* ---- long results ---- */

/* Every row asks where its text stands in the result, and none looks for the end of that. */
static void a_hit_in_a_long_result_costs_no_frame_more(void **state) {
    enum { BYTES = 32 << 20, FRAMES = 10 };
    char *result = xmalloc(BYTES + 1);
    struct entry *e;

    (void)state;
    for (size_t i = 0; i < BYTES; i++)
        result[i] = "abcdefg\n"[i % 8];
    result[BYTES] = '\0';
    e = add_entry(s, ROLE_ASSISTANT);
    struct part *p = add_call(f, e, "mcp__notes__list", "{}", CALL_OK, 1);

    p->result = result;
    p->fold = FOLD_OPEN;
    assert_int_equal(find_new(&f->search.find, "abc", FIND_TEXT, &(struct err){0}), RC_OK);
    f->search.session = s;
    f->search.shown = true;
    f->search.hit = (struct hit){.in_result = true, .off = 80, .len = 3};
    s->reading.follow = false;
    s->reading.move = MOVE_TOP;
    frame(f);
    frame(f);
    double from = cpu_ms();

    assert_int_equal(strlen(result), BYTES);
    const double once = cpu_ms() - from + 1;

    from = cpu_ms();
    for (int i = 0; i < FRAMES; i++)
        frame(f);
    const double took = cpu_ms() - from;

    if (took > 10 * once + 30)
        fail_msg("%.1f ms for %d frames, its end is found in %.1f ms", took, FRAMES, once);
    find_free(f->search.find);
    free(result);
}

/* ---- an echo does not wait for what streams ---- */
static void say(const char *text) {
    transcript_delta(&s->transcript, PART_TEXT, "m1", text, strlen(text), 0, 0);
    f->m.rev++;
}

static bool shows(const char *text) {
    auto_buf struct buf screen = {.max = MIX_MIB};

    frame(f);
    canvas_text(&f->c, &screen);
    return strstr(buf_str(&screen), text) != NULL;
}

static void an_echo_shows_what_streams_as_it_was(void **state) {
    (void)state;
    s->reading.follow = true;
    say("The **first** words");
    assert_true(shows("The first words"));
    for (int i = 0; i < 200; i++) /* the text moves in memory */
        say(" and more");
    say(", the last ones");
    view_hurry(f->v, FRAME_ECHO);
    assert_true(shows("The first words"));
    assert_false(shows("the last ones"));
    assert_true(view_behind(f->v));
    view_hurry(f->v, FRAME_WHOLE);
    assert_true(shows("the last ones"));
    assert_false(view_behind(f->v));
    view_hurry(f->v, FRAME_ECHO); /* nothing came since */
    assert_true(shows("the last ones"));
    assert_false(view_behind(f->v));
    say(" of all");
    s->reading.follow = false; /* who reads elsewhere keeps the place: nothing is left out */
    assert_true(shows("of all"));
    assert_false(view_behind(f->v));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_echo_shows_what_streams_as_it_was, start, end),
        cmocka_unit_test_setup_teardown(a_result_that_moved_is_not_read_where_it_was, start, end),
        cmocka_unit_test_setup_teardown(a_hit_in_a_long_result_costs_no_frame_more, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
