/* What stands around the thread: its header, and above the composer plans and todo lists. */
#include "ui_fixture.h"

static struct fixture *f;
static struct session *s;

static const char todos[] =
    "{\"todos\":[{\"content\":\"one\",\"status\":\"completed\"},{\"content\":\"two\",\"status\":"
    "\"completed\"},{\"content\":\"three\",\"status\":\"in_progress\"},{\"content\":\"four\"},{"
    "\"content\":\"five\"},{\"content\":\"six\"},{\"content\":\"seven\"}]}";

static void begin(int cols, int rows) {
    f = fixture_new(cols, rows);
    s = &f->s[0];
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    f->m.n_asks = 0;
    f->m.ui.focus = PANE_THREAD;
    add_part(f, add_entry(s, ROLE_USER), PART_TEXT, "go");
}

static void add_tool(const char *name, const char *input) {
    struct part *p = add_call(f, add_entry(s, ROLE_ASSISTANT), name, input, CALL_OK, 1);

    p->call_id = "c1";
}

static const char *line_at(int x, int y, int w) {
    static struct buf out;

    out.max = 4096;
    buf_clear(&out);
    for (int i = x; i < x + w; i++) {
        char bytes[4];
        const struct cell *cell = canvas_at(&f->c, i, y);

        if (cell->width)
            buf_add(&out, bytes, text_encode(bytes, cell->cp[0]));
    }
    while (out.n > 0 && out.p[out.n - 1] == ' ')
        out.p[--out.n] = '\0';
    return buf_str(&out);
}

static const char *above_composer(int line) {
    const struct rect r = view_layout(&f->m).pane[PANE_COMPOSER];

    return line_at(r.x + 1, r.y + line, r.w - 1);
}

static const char *header(void) {
    const struct rect r = view_layout(&f->m).header;

    return line_at(r.x, r.y, r.w);
}

static void a_todo_list_stands_above_the_composer(void **state) {
    (void)state;
    begin(140, 50);
    add_tool("TodoWrite", todos);
    frame(f);
    assert_non_null(strstr(above_composer(0), "── todo 2/7 ───"));
    assert_string_equal(above_composer(1), "☑ two");
    assert_string_equal(above_composer(2), "▸ three");
    assert_string_equal(above_composer(3), "☐ four");
    assert_string_equal(above_composer(5), "☐ six");
    assert_string_equal(above_composer(6), "… 2 more");
    assert_non_null(strstr(above_composer(7), "message"));
    fixture_free(f);
}

static void on_a_small_screen_it_is_one_line(void **state) {
    (void)state;
    begin(80, 24);
    add_tool("TodoWrite", todos);
    frame(f);
    assert_string_equal(above_composer(0), "todo 2/7: three");
    assert_non_null(strstr(above_composer(1), "message"));
    fixture_free(f);
}

static void without_its_signs_a_terminal_gets_letters(void **state) {
    (void)state;
    begin(140, 50);
    f->m.ui.ascii = true;
    add_tool("TodoWrite", todos);
    frame(f);
    assert_non_null(strstr(above_composer(0), "-- todo 2/7 ---"));
    assert_string_equal(above_composer(1), "[x] two");
    assert_string_equal(above_composer(2), "[>] three");
    assert_string_equal(above_composer(6), "... 2 more");
    fixture_free(f);
}

static void a_plan_that_waits_says_what_can_be_said(void **state) {
    (void)state;
    begin(100, 30);
    add_tool("ExitPlanMode", "{\"plan\":\"# P\"}");
    s->turn = TURN_IDLE;
    frame(f);
    assert_string_equal(above_composer(0), "the plan waits: P proceed  B keep planning");
    f->m.ui.focus = PANE_COMPOSER;
    frame(f);
    assert_string_equal(above_composer(0),
                        "the plan waits, in the thread: P proceed  B keep planning");
    s->turn = TURN_RUNNING;
    frame(f);
    assert_null(strstr(above_composer(0), "plan"));
    fixture_free(f);
}

static void the_header_tells_how_full_the_context_is(void **state) {
    static const struct {
        const char *model;
        int64_t tokens;
        int cols;
        const char *end;
    } rows[] = {
        {"claude-sonnet-4-5", 100000, 140, "claude-sonnet-4-5  ███░░░ 100k/200k 50%  $0.12"},
        {"claude-sonnet-4-5", 199000, 140, "claude-sonnet-4-5  ██████ 199k/200k 100%  $0.12"},
        {"claude-sonnet-4-5", 12, 140, "claude-sonnet-4-5  █░░░░░ 12/200k 1%  $0.12"},
        {"nobody-knows", 12300, 140, "nobody-knows  12.3k tok  $0.12"},
        {"claude-sonnet-4-5", 100000, 60, "███░░░ 100k/200k 50%  $0.12"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        begin(rows[i].cols, 40);
        struct entry *e = add_entry(s, ROLE_ASSISTANT);

        e->model = rows[i].model;
        add_part(f, e, PART_TEXT, "yes");
        s->context_tokens = rows[i].tokens;
        s->cost = 0.12;
        frame(f);
        const char *line = header();
        const size_t n = strlen(line), want = strlen(rows[i].end);

        assert_true(n > want);
        assert_string_equal(line + n - want, rows[i].end);
        assert_int_equal(memcmp(line, " Refactor the parser", 20), 0);
        fixture_free(f);
    }
}

static void a_sub_agent_is_named_behind_its_parent_and_counted(void **state) {
    (void)state;
    begin(140, 40);
    f->s[2].parent = &f->s[0];
    f->s[1].subagent = f->s[2].subagent = true;
    f->m.sessions = f->all;
    f->m.n_sessions = SESSIONS;
    f->m.shown = &f->s[1];
    frame(f);
    assert_int_equal(memcmp(header(), " Refactor the parser > find the callers 2/2", 43), 0);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_todo_list_stands_above_the_composer),
        cmocka_unit_test(on_a_small_screen_it_is_one_line),
        cmocka_unit_test(without_its_signs_a_terminal_gets_letters),
        cmocka_unit_test(a_plan_that_waits_says_what_can_be_said),
        cmocka_unit_test(the_header_tells_how_full_the_context_is),
        cmocka_unit_test(a_sub_agent_is_named_behind_its_parent_and_counted),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
