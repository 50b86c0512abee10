/* The reader's place: it is the reader's alone, and finding it costs no more than what is shown. */
#include "sheet.h"
#include "ui_fixture.h"

static struct fixture *f;
static struct session *s;
static char growing[1 << 21];

static int start(void **state) {
    f = fixture_new(80, 24);
    s = &f->s[0];
    f->m.ui.focus = PANE_THREAD;
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    fixture_free(f);
    return 0;
}

/* Each entry numbered, so that what is on the screen tells where it is. */
static void fill(int n) {
    static char texts[20000][24];

    for (int i = 0; i < n; i++) {
        struct entry *e = add_entry(s, i % 2 ? ROLE_ASSISTANT : ROLE_USER);

        snprintf(texts[i], sizeof texts[i], "message %d", i);
        add_part(f, e, PART_TEXT, texts[i]);
    }
}

static void row_text(int y, struct buf *out) {
    const struct thread_place at = {.r = view_layout(&f->m).pane[PANE_THREAD]};

    buf_clear(out);
    for (int x = 1; x < at.r.w; x++) {
        char bytes[4];
        const struct cell *cell = canvas_at(&f->c, at.r.x + x, at.r.y + y);

        if (cell->width)
            buf_add(out, bytes, text_encode(bytes, cell->cp[0]));
    }
    while (out->n > 0 && out->p[out->n - 1] == ' ')
        out->p[--out->n] = '\0';
}

static void assert_row(int y, const char *want) {
    auto_buf struct buf got = {.max = 4096};

    row_text(y, &got);
    assert_string_equal(buf_str(&got), want);
}

static int height(void) { return view_layout(&f->m).pane[PANE_THREAD].h; }

static void move(int how, int by) {
    s->reading.move = (unsigned)how;
    s->reading.move_by = by;
    frame(f);
}

static void the_end_is_in_view_while_it_is_followed(void **state) {
    (void)state;
    fill(50);
    frame(f);
    assert_row(height() - 1, "message 49");
    fill(1);
    frame(f);
    assert_row(height() - 1, "message 0");
    assert_true(s->reading.follow);
}

static void moving_up_ends_following(void **state) {
    (void)state;
    fill(50);
    frame(f);
    move(MOVE_ROWS, -1);
    assert_false(s->reading.follow);
    assert_int_equal(s->reading.move, MOVE_NONE);
    assert_row(height() - 3, "message 48");
    assert_row(height() - 1,
               "── mix ───────────────────────────────────────────────────────────────────────");
}

static void text_that_arrives_below_moves_nothing(void **state) {
    auto_buf struct buf before = {.max = MIX_MIB}, after = {.max = MIX_MIB};

    (void)state;
    fill(50);
    frame(f);
    move(MOVE_ROWS, -7);
    canvas_text(&f->c, &before);
    for (int i = 0; i < 10; i++) {
        fill(3);
        frame(f);
        buf_clear(&after);
        canvas_text(&f->c, &after);
        assert_string_equal(before.p, after.p);
    }
    s->reading.new_below = 30;
    frame(f);
    assert_row(height() - 1, "▼ 30 new");
}

static void folding_above_moves_nothing(void **state) {
    auto_buf struct buf before = {.max = 4096}, after = {.max = 4096};
    struct entry *e;

    (void)state;
    e = add_entry(s, ROLE_ASSISTANT);
    add_part(f, e, PART_THINKING, "one\n\ntwo\n\nthree")->fold = FOLD_OPEN;
    add_part(f, e, PART_TEXT, "a\n\nb\n\nc\n\nd\n\ne");
    for (int i = 0; i < 40; i++)
        add_part(f, e, PART_TEXT, "next");
    frame(f);
    move(MOVE_TOP, 0);
    move(MOVE_ROWS, 12);
    row_text(0, &before);
    assert_string_equal(before.p, "c");
    e->parts[0].fold = FOLD_SHUT;
    e->parts[0].rev = ++f->rev;
    frame(f);
    row_text(0, &after);
    assert_string_equal(before.p, after.p);
}

/* What an agent writes in one turn. */
static void a_turn_reads_as_one(void **state) {
    struct part *p;
    struct entry *e;

    (void)state;
    add_part(f, add_entry(s, ROLE_USER), PART_TEXT, "please");
    e = add_entry(s, ROLE_ASSISTANT);
    e->input_tokens = 1000;
    e->cost = 0.01;
    add_part(f, e, PART_TEXT, "first I look");
    p = add_part(f, e, PART_TOOL, "{}");
    p->name = "Glob";
    e = add_entry(s, ROLE_ASSISTANT);
    e->output_tokens = 500;
    e->cost = 0.02;
    add_part(f, e, PART_THINKING, "");
    p = add_part(f, e, PART_TOOL, "{}");
    p->name = "Grep";
    add_part(f, add_entry(s, ROLE_ASSISTANT), PART_TEXT, "then I speak");
    add_part(f, add_entry(s, ROLE_USER), PART_TEXT, "thanks");
    e = add_entry(s, ROLE_ASSISTANT);
    e->model = "one";
    add_part(f, e, PART_TEXT, "not at all");
    e = add_entry(s, ROLE_ASSISTANT);
    e->model = "two";
    add_part(f, e, PART_TEXT, "I am another");
    frame(f);
    move(MOVE_TOP, 0);
    static const char *const rows[] = {
        "── you ───────────────────────────────────────────────────────────────────────",
        "please",
        "",
        "── mix · 1.5k tok · $0.030 ───────────────────────────────────────────────────",
        "first I look",
        "▸ Glob",
        "▸ Grep",
        "",
        "then I speak",
        "",
        "── you ───────────────────────────────────────────────────────────────────────",
        "thanks",
        "",
        "── mix ───────────────────────────────────────────────────────────────────────",
        "not at all",
        "",
        "── mix · two ─────────────────────────────────────────────────────────────────",
        "I am another"};

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_row((int)i, rows[i]);
    s->reading.unread = 4; /* in the middle of it: there it begins anew */
    frame(f);
    assert_row(7, "");
    assert_row(9, "── mix ───────────────────────────────────────────────────────────────────────");
    assert_row(10, "then I speak");
}

static void the_status_line_tells_of_the_message_one_is_in(void **state) {
    auto_buf struct buf text = {.max = MIX_MIB};
    struct entry *e;

    (void)state;
    add_part(f, add_entry(s, ROLE_USER), PART_TEXT, "please");
    for (int i = 1; i <= 2; i++) {
        e = add_entry(s, ROLE_ASSISTANT);
        e->input_tokens = 1000 * i;
        e->cost = 0.01 * i;
        add_part(f, e, PART_TEXT, "yes");
    }
    resize(f, 140, 24);
    frame(f);
    canvas_text(&f->c, &text);
    assert_non_null(strstr(buf_str(&text), "message 3 of 3 · 2.0k tok · $0.020"));
    move(MOVE_MESSAGE, -1);
    buf_clear(&text);
    canvas_text(&f->c, &text);
    assert_non_null(strstr(buf_str(&text), "message 2 of 3 · 1.0k tok · $0.010"));
}

static void what_is_unfolded_has_air_around_it(void **state) {
    struct part *p;
    struct entry *e = NULL;

    (void)state;
    for (int i = 0; i < 4; i++) {
        if (i % 2 == 0)
            e = add_entry(s, ROLE_ASSISTANT);
        p = add_part(f, e, PART_THINKING, "a thought");
        p->fold = i == 1 ? FOLD_SHUT : FOLD_OPEN;
    }
    p = add_part(f, e, PART_TOOL, "{}");
    p->name = "Glob";
    add_part(f, e, PART_TEXT, "done");
    frame(f);
    static const char *const rows[] = {"▾ thinking",
                                       "  a thought",
                                       "",
                                       "▸ thinking · 2 words",
                                       "▾ thinking",
                                       "  a thought",
                                       "",
                                       "▾ thinking",
                                       "  a thought",
                                       "",
                                       "▸ Glob",
                                       "",
                                       "done"};

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_row((int)i + 1, rows[i]);
    /* the same from the end on */
    for (int i = 0; i < 20; i++)
        move(MOVE_ROWS, -1);
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_row((int)i + 1, rows[i]);
}

static void reaching_the_end_follows_again(void **state) {
    (void)state;
    fill(50);
    frame(f);
    move(MOVE_ROWS, -5);
    s->reading.new_below = 2;
    move(MOVE_ROWS, 4);
    assert_false(s->reading.follow);
    move(MOVE_ROWS, 1);
    assert_true(s->reading.follow);
    assert_int_equal(s->reading.new_below, 0);
    move(MOVE_TOP, 0);
    assert_false(s->reading.follow);
    assert_row(1, "message 0");
    move(MOVE_END, 0);
    assert_true(s->reading.follow);
    assert_row(height() - 1, "message 49");
}

static void a_page_leaves_two_rows_in_common(void **state) {
    auto_buf struct buf first = {.max = 4096}, second = {.max = 4096};

    (void)state;
    fill(100);
    frame(f);
    move(MOVE_PAGES, -1);
    row_text(0, &first);
    row_text(1, &second);
    auto_buf struct buf row = {.max = 4096};

    move(MOVE_PAGES, -1);
    row_text(height() - 2, &row);
    assert_string_equal(buf_str(&row), buf_str(&first));
    row_text(height() - 1, &row);
    assert_string_equal(buf_str(&row), buf_str(&second));
}

static void moves_stop_at_both_ends(void **state) {
    (void)state;
    fill(50);
    frame(f);
    move(MOVE_PAGES, -1000000000);
    assert_row(1, "message 0");
    move(MOVE_ROWS, -1);
    assert_row(1, "message 0");
    move(MOVE_PAGES, 1000000000);
    assert_row(height() - 1, "message 49");
    move(MOVE_ROWS, 2147483647);
    assert_row(height() - 1, "message 49");
}

static void another_width_keeps_the_same_text_on_top(void **state) {
    static char text[40000];
    auto_buf struct buf row = {.max = 4096};
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 3000; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "word%d ", i);
    add_part(f, add_entry(s, ROLE_ASSISTANT), PART_TEXT, text);
    frame(f);
    move(MOVE_TOP, 0);
    move(MOVE_ROWS, 100);
    row_text(0, &row);
    const int first = atoi(row.p + 4);

    for (int cols = 200; cols >= 40; cols -= 20) {
        resize(f, cols, 24);
        frame(f);
        row_text(0, &row);
        const int now = atoi(strstr(row.p, "word") + 4);

        assert_true(now <= first && now > first - 40);
        assert_false(s->reading.follow);
    }
}

static void a_taller_screen_has_no_empty_rows_below_the_end(void **state) {
    (void)state;
    fill(50);
    frame(f);
    move(MOVE_ROWS, -2);
    resize(f, 80, 40);
    frame(f);
    assert_row(height() - 1, "message 49");
}

static void the_selection_steps_from_part_to_part_and_stays_in_view(void **state) {
    (void)state;
    fill(50);
    frame(f);
    assert_int_equal(s->reading.sel_entry, 49);
    for (int i = 48; i >= 0; i--) {
        move(MOVE_MESSAGE, -1);
        assert_int_equal(s->reading.sel_entry, i);
        assert_false(s->reading.follow);
    }
    assert_row(1, "message 0");
    move(MOVE_MESSAGE, -1);
    assert_int_equal(s->reading.sel_entry, 0);
    for (int i = 1; i < 50; i++) {
        move(MOVE_MESSAGE, 1);
        assert_int_equal(s->reading.sel_entry, i);
    }
    assert_true(s->reading.follow);
}

static void a_part_taller_than_the_screen_shows_its_start(void **state) {
    static char text[4000];
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "line %d\n", i);
    fill(10);
    add_part(f, add_entry(s, ROLE_USER), PART_TEXT, text);
    fill(10);
    frame(f);
    move(MOVE_TOP, 0);
    for (int i = 0; i < 10; i++)
        move(MOVE_MESSAGE, 1);
    assert_int_equal(s->reading.sel_entry, 10);
    assert_row(0, "line 0");
    move(MOVE_MESSAGE, 1);
    assert_int_equal(s->reading.sel_entry, 11);
    assert_row(height() - 1, "message 0");
}

static void the_selection_follows_the_reader(void **state) {
    (void)state;
    fill(100);
    frame(f);
    move(MOVE_TOP, 0);
    assert_true(s->reading.sel_entry < 10);
    move(MOVE_PAGES, 5);
    const size_t top = s->reading.entry;

    assert_true(s->reading.sel_entry >= top && s->reading.sel_entry <= top + 20);
}

static void only_what_is_near_the_screen_is_laid_out(void **state) {
    (void)state;
    fill(10000);
    frame(f);
    uint64_t before = f->v->laid_out;

    assert_true(before < 60);
    for (int i = 0; i < 20; i++) {
        before = f->v->laid_out;
        move(MOVE_PAGES, -1);
        assert_true(f->v->laid_out - before < 40);
    }
    before = f->v->laid_out;
    move(MOVE_TOP, 0);
    assert_true(f->v->laid_out - before < 60);
    before = f->v->laid_out;
    frame(f);
    assert_int_equal(f->v->laid_out, before);
}

/* Grows one live part the way deltas do. */
static struct part *live_part(struct buf *grow) {
    struct part *p = add_part(f, add_entry(s, ROLE_ASSISTANT), PART_TEXT, growing);

    p->live = true;
    p->len = 0;
    p->grow = grow;
    return p;
}

static void what_is_written_below_is_said_without_a_new_part(void **state) {
    struct buf grow = {0};

    (void)state;
    fill(50);
    struct part *p = live_part(&grow);

    p->len = (size_t)snprintf(growing, sizeof growing, "one\n\ntwo\n\nthree\n\nfour");
    p->rev = ++f->rev;
    frame(f);
    assert_row(height() - 1, "four");
    move(MOVE_ROWS, -2);
    assert_row(height() - 1, "▼ new text");
    move(MOVE_END, 0);
    assert_row(height() - 1, "four");
    move(MOVE_ROWS, -2);
    p->live = false;
    p->grow = NULL;
    p->rev = ++f->rev;
    frame(f);
    assert_row(height() - 1, "three");
}

/* All rows of a part, as they are drawn. */
static void all_rows(struct view *v, const struct part *p, struct buf *out) {
    const struct lay lay = {.width = 78};
    struct sheet *sheet = sheet_cut(v, p, ROLE_ASSISTANT, &lay);

    buf_clear(out);
    for (size_t i = 0; i < sheet->n; i++) {
        const struct flow *flow = sheet_flow(v, sheet, i, &lay);

        for (size_t r = 0; r < flow->n; r++) {
            for (size_t k = 0; k < flow->rows[r].n_runs; k++) {
                const struct run *run = &flow->runs[flow->rows[r].run + k];

                buf_add(out, flow->text.p + run->off, run->len);
            }
            buf_adds(out, "\n");
        }
    }
}

static void assert_grown_is_whole(struct part *p) {
    auto_buf struct buf grown = {.max = 8 * MIX_MIB}, whole = {.max = 8 * MIX_MIB};
    struct view *fresh = view_new();
    struct part done = *p;

    done.live = false;
    done.grow = NULL;
    all_rows(f->v, p, &grown);
    all_rows(fresh, &done, &whole);
    view_free(fresh);
    while (grown.n > 0 && (grown.p[grown.n - 1] == '\n' || grown.p[grown.n - 1] == ' '))
        buf_cut(&grown, grown.n - 1, 1);
    while (whole.n > 0 && (whole.p[whole.n - 1] == '\n' || whole.p[whole.n - 1] == ' '))
        buf_cut(&whole, whole.n - 1, 1);
    assert_string_equal(buf_str(&grown), buf_str(&whole));
}

static const char *const story[] = {
    "# A heading\n\n",
    "Some *words* and `code` that ",
    "go on.\n\n- one\n- two\n  - three\n\n",
    "```python\ndef f(x):\n",
    "    return \"x\" * 3\n```\n\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    "> quoted\n\nLast of it. ",
};

static void a_growing_text_is_laid_out_once(void **state) {
    struct buf grow = {0};
    size_t n = 0;
    uint64_t before = 0;

    (void)state;
    struct part *p = live_part(&grow);

    for (int i = 0; i < 6000; i++) {
        n += (size_t)snprintf(growing + n, sizeof growing - n, "%s",
                              story[(size_t)i % MIX_COUNT(story)]);
        p->len = n;
        p->rev = ++f->rev;
        before = f->v->laid_out;
        frame(f);
        if (f->v->laid_out - before > 5)
            fail_msg("%d slices laid out again", (int)(f->v->laid_out - before));
    }
    assert_grown_is_whole(p);
}

static void a_growing_text_without_line_ends_is_not_laid_out_whole(void **state) {
    struct buf grow = {0};
    size_t n = 0;

    (void)state;
    struct part *p = live_part(&grow);

    for (int i = 0; i < 6000; i++) {
        n += (size_t)snprintf(growing + n, sizeof growing - n, "delta %d of some length ", i);
        p->len = n;
        p->rev = ++f->rev;
        const uint64_t before = f->v->laid_out;

        frame(f);
        assert_true(f->v->laid_out - before <= 3);
    }
    s->reading.raw = true;
    frame(f);
    assert_grown_is_whole(p);
}

static void what_is_kept_of_laid_out_text_is_bounded(void **state) {
    static char big[1 << 20];
    struct view *v = view_new();
    const struct lay lay = {.width = 80};

    (void)state;
    for (size_t i = 0; i + 1 < sizeof big; i++)
        big[i] = i % 61 == 60 ? '\n' : 'x';
    for (uint32_t i = 1; i < 200; i++) {
        const struct part p = {
            .kind = PART_TEXT, .rev = i, .text = big, .len = sizeof big - 1, .seconds = -1};
        struct sheet *sheet = sheet_cut(v, &p, ROLE_USER, &lay);

        for (size_t k = 0; k < sheet->n; k++)
            assert_true(sheet_flow(v, sheet, k, &lay)->n > 1);
        assert_true(sheets_bytes(v) < (40 << 20));
    }
    view_free(v);
}

/* A bound of the work, not of the time it takes: only what is near the screen is laid out. */
static void no_text_holds_a_frame(void **state) {
    static const char *const units[] = {
        "[",    "![", "*a_ ", "a",      "`",   "> ",       "- ",           "|a",   "| a | b |\n",
        "<!--", "\n", "# \n", "a\n=\n", "[](", "\xcc\x81", "\xe4\xb8\xad", "\xff", "\x1b[31m"};
    enum { SIZE = 700000 };
    char *text = xmalloc(SIZE + 1);

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(units); i++) {
        const size_t n = strlen(units[i]);

        for (size_t at = 0; at < SIZE; at++)
            text[at] = units[i][at % n];
        text[SIZE] = '\0';
        add_part(f, add_entry(s, ROLE_ASSISTANT), PART_TEXT, text);
        for (int k = 0; k < 20; k++) {
            const uint64_t before = f->v->laid_out;

            s->reading.raw = k >= 10;
            move(MOVE_PAGES, k % 2 ? 1 : -1);
            assert_true(f->v->laid_out - before < 80);
        }
        free_transcript(&s->transcript);
        s->transcript.loaded = true;
        s->reading = (struct reading){.follow = true};
    }
    free(text);
}

static void another_session_starts_with_an_empty_memo(void **state) {
    (void)state;
    fill(4);
    frame(f);
    add_part(f, add_entry(&f->s[2], ROLE_USER), PART_TEXT, "other")->rev = 1;
    f->m.shown = &f->s[2];
    f->s[2].transcript.entries[0].parts[0].rev = s->transcript.entries[0].parts[0].rev;
    frame(f);
    assert_row(1, "other");
}

static void a_place_that_is_gone_becomes_one_that_exists(void **state) {
    (void)state;
    fill(3);
    s->reading =
        (struct reading){.entry = 99, .piece = 99, .row = 99, .sel_entry = 77, .sel_part = 7};
    frame(f);
    assert_row(1, "message 0");
    s->reading = (struct reading){.entry = 1, .piece = 99, .row = -4, .sel_part = 100};
    frame(f);
    s->reading = (struct reading){.entry = 99};
    view_draw(f->v, &f->m, &f->c); /* not settled: still no crash */
}

static void a_turn_counts_as_seen_when_its_end_is_on_screen(void **state) {
    (void)state;
    fill(50);
    s->seen = false;
    move(MOVE_TOP, 0);
    assert_false(s->seen);
    move(MOVE_END, 0);
    assert_true(s->seen);
}

static void a_sub_agents_calls_are_counted(void **state) {
    static const struct {
        uint32_t calls;
        const char *want;
    } rows[] = {{1, "look  1 call "}, {2, "look  2 calls "}};

    (void)state;
    fill(50); /* more than fits: the newest row is the last one */
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf row = {.max = 4096};

        add_call(f, add_entry(s, ROLE_ASSISTANT), "Task", "{\"description\":\"look\"}", CALL_OK, 1)
            ->child_calls = rows[i].calls;
        frame(f);
        row_text(height() - 1, &row);
        if (!strstr(buf_str(&row), rows[i].want))
            fail_msg("\"%s\" is not in \"%s\"", rows[i].want, buf_str(&row));
    }
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(the_end_is_in_view_while_it_is_followed),
        CASE(moving_up_ends_following),
        CASE(text_that_arrives_below_moves_nothing),
        CASE(folding_above_moves_nothing),
        CASE(a_turn_reads_as_one),
        CASE(the_status_line_tells_of_the_message_one_is_in),
        CASE(what_is_unfolded_has_air_around_it),
        CASE(reaching_the_end_follows_again),
        CASE(a_page_leaves_two_rows_in_common),
        CASE(moves_stop_at_both_ends),
        CASE(another_width_keeps_the_same_text_on_top),
        CASE(a_taller_screen_has_no_empty_rows_below_the_end),
        CASE(the_selection_steps_from_part_to_part_and_stays_in_view),
        CASE(a_part_taller_than_the_screen_shows_its_start),
        CASE(the_selection_follows_the_reader),
        CASE(only_what_is_near_the_screen_is_laid_out),
        CASE(what_is_written_below_is_said_without_a_new_part),
        CASE(a_growing_text_is_laid_out_once),
        CASE(a_growing_text_without_line_ends_is_not_laid_out_whole),
        CASE(what_is_kept_of_laid_out_text_is_bounded),
        CASE(no_text_holds_a_frame),
        CASE(another_session_starts_with_an_empty_memo),
        CASE(a_place_that_is_gone_becomes_one_that_exists),
        CASE(a_turn_counts_as_seen_when_its_end_is_on_screen),
        CASE(a_sub_agents_calls_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
