/* Permissions: what is decided on is seen whole, its time is true, and nothing hostile hides in it.
 */
#include "cpu_time.h"
#include "ui_fixture.h"

static struct fixture *f;

static int start(void **state) {
    f = fixture_new(140, 40);
    f->m.ui.focus = PANE_PERMISSIONS;
    f->m.ui.painted_ask = TEXT("p1");
    f->m.ui.painted_at = f->m.ui.last_decision_at = NOW - 1000;
    ask_hints(&f->m);
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    fixture_free(f);
    return 0;
}

static bool screen_says(const char *text) {
    auto_buf struct buf got = {.max = MIX_MIB};

    canvas_text(&f->c, &got);
    return strstr(buf_str(&got), text) != NULL;
}

/* The style of the first cell of the first occurrence of an ASCII text. */
static int style_of(const char *text) {
    const int n = (int)strlen(text);

    for (int i = 0; i + n <= f->c.w * f->c.h; i++) {
        int k = 0;

        while (k < n && f->c.cells[i + k].cp[0] == (uint32_t)(unsigned char)text[k])
            k++;
        if (k == n)
            return f->c.cells[i].style;
    }
    return -1;
}

static void the_keys_that_decide_are_dim_until_they_count(void **state) {
    (void)state;
    frame(f);
    assert_int_equal(style_of("y grant"), STYLE_HINT_ARMED);
    assert_int_equal(style_of("n deny"), STYLE_HINT_ARMED);
    f->m.ui.painted_at = NOW - 399;
    frame(f);
    assert_int_equal(style_of("y grant"), STYLE_HINT_UNARMED);
    assert_int_equal(style_of("n deny"), STYLE_HINT_UNARMED);
    f->m.ui.over = OVER_MENU;
    frame(f);
    assert_int_equal(style_of("y grant"), -1);
}

static void no_other_pane_shows_the_keys_that_decide(void **state) {
    static const enum pane panes[] = {PANE_SESSIONS, PANE_FILES, PANE_THREAD, PANE_COMPOSER};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(panes); i++) {
        f->m.ui.focus = panes[i];
        f->m.ui.n_hints = f->m.ui.n_own_hints = 0; /* the input floor changes them with the focus */
        frame(f);
        assert_false(screen_says("y grant"));
    }
}

static void the_time_left_is_whole_seconds_and_turns_low(void **state) {
    static const struct {
        int64_t left;
        const char *want;
        enum style style;
    } cases[] = {{29000, "0:29", STYLE_ASK_TIME},    {28001, "0:29", STYLE_ASK_TIME},
                 {21000, "0:21", STYLE_ASK_TIME},    {5000, "0:05", STYLE_ASK_TIME_LOW},
                 {1, "0:01", STYLE_ASK_TIME_LOW},    {0, "0:00", STYLE_ASK_TIME_LOW},
                 {-5000, "0:00", STYLE_ASK_TIME_LOW}};

    (void)state;
    f->m.n_asks = 1;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        f->a[0].deadline = NOW + cases[i].left;
        frame(f);
        assert_true(screen_says(cases[i].want));
        assert_int_equal(style_of(cases[i].want), cases[i].style);
    }
}

static void every_state_has_its_words(void **state) {
    static const struct {
        enum ask_state state;
        const char *want;
    } cases[] = {{ASK_SENT, "grant sending"},  {ASK_ACCEPTED, "grant accepted"},
                 {ASK_GRANTED, "granted"},     {ASK_REFUSED, "refused"},
                 {ASK_EXPIRED, "expired?"},    {ASK_ELSEWHERE, "answered elsewhere"},
                 {ASK_FAILED, "not sent 0:21"}};

    (void)state;
    f->a[0].decision = DECIDE_GRANT;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        f->a[0].state = cases[i].state;
        frame(f);
        assert_true(screen_says(cases[i].want));
        assert_int_equal(screen_says("y grant"), cases[i].state == ASK_FAILED);
    }
}

static void a_question_is_answered_and_never_granted(void **state) {
    (void)state;
    f->a[0].kind = ASK_QUESTION;
    f->a[0].state = ASK_GRANTED;
    frame(f);
    assert_true(screen_says("answered"));
    assert_false(screen_says("granted"));
}

static void what_is_unsafe_stands_out(void **state) {
    (void)state;
    f->a[0].object = "echo \x1b]0;x\x07 \xe2\x80\xaetxt";
    frame(f);
    assert_int_equal(style_of("<U+202E>"), STYLE_UNSAFE);
    assert_int_equal(style_of("echo "), STYLE_ASK_OBJECT);
    assert_true(screen_says("␛]0;x␇"));
}

static void a_text_counts_as_seen_when_its_end_was_shown(void **state) {
    static char object[4096];
    size_t n = 0;

    (void)state;
    frame(f);
    assert_true(f->a[0].uncut);
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(object + n, sizeof object - n, "line %d\n", i);
    f->a[0].object = object;
    f->a[0].uncut = false;
    frame(f);
    assert_false(f->a[0].uncut);
    f->m.ui.over = OVER_ASK;
    frame(f);
    assert_false(f->a[0].uncut);
    assert_true(screen_says("lines 1-35 of 100"));
    f->m.ui.over_scroll = 64;
    frame(f);
    assert_false(f->a[0].uncut);
    f->m.ui.over_scroll = 1000000;
    frame(f);
    assert_int_equal(f->m.ui.over_scroll, 65);
    assert_true(screen_says("lines 66-100 of 100"));
    assert_true(f->a[0].uncut);
}

/* Nobody decides on a part without being told that there is more. */
static void what_is_cut_says_so_at_every_size(void **state) {
    static const int cols[] = {40, 60, 89, 90, 120, 139, 140, 200};
    static char object[2000];

    (void)state;
    memset(object, 'a', sizeof object - 1);
    for (size_t i = 50; i < sizeof object - 1; i += 50)
        object[i] = ' ';
    f->a[0].object = object;
    for (size_t i = 0; i < MIX_COUNT(cols); i++)
        for (int rows = 10; rows < 40; rows++) {
            resize(f, cols[i], rows);
            f->a[0].uncut = false;
            frame(f);
            assert_true(screen_says("grant"));
            assert_int_equal(screen_says("lines 1-"), !f->a[0].uncut);
        }
}

static void a_text_is_not_seen_where_the_pane_is_not(void **state) {
    (void)state;
    f->m.ui.focus = PANE_THREAD;
    resize(f, 80, 24);
    frame(f);
    assert_false(f->a[0].uncut);
}

static void the_selected_one_stays_in_view_among_many(void **state) {
    static struct ask many[60];
    static struct ask *list[60];
    static char ids[60][8];

    (void)state;
    for (int i = 0; i < 60; i++) {
        snprintf(ids[i], sizeof ids[i], "m%d", i);
        many[i] = (struct ask){.id = ids[i],
                               .session = &f->s[0],
                               .tool = "Bash",
                               .object = ids[i],
                               .deadline = NOW + 10000 + i * 100};
        list[i] = &many[i];
    }
    f->m.asks = list;
    f->m.n_asks = 60;
    for (int rows = 10; rows < 60; rows += 7)
        for (int i = 0; i < 60; i++) {
            char chain[64];

            resize(f, 80, rows);
            free(f->m.ui.ask_cursor);
            f->m.ui.ask_cursor = TEXT(ids[i]);
            frame(f);
            snprintf(chain, sizeof chain, "▌  %s", ids[i]);
            assert_true(screen_says(chain));
            assert_true(screen_says("▌  Refactor the parser > Bash"));
            assert_true(screen_says("y grant"));
        }
}

static void where_none_is_chosen_it_says_how_one_is(void **state) {
    (void)state;
    free(f->m.ui.ask_cursor);
    f->m.ui.ask_cursor = NULL;
    frame(f);
    assert_true(screen_says("an arrow key chooses one"));
    f->m.ui.ask_cursor = TEXT("p1");
    frame(f);
    assert_false(screen_says("an arrow key chooses one"));
}

static void an_arrival_above_does_not_change_what_is_selected(void **state) {
    (void)state;
    frame(f);
    f->a[2] = f->a[1];
    f->a[2].id = "p0";
    f->asks[0] = &f->a[2];
    f->asks[1] = &f->a[0];
    f->asks[2] = &f->a[1];
    f->m.n_asks = 3;
    frame(f);
    assert_true(screen_says("▌  rm -rf build && make"));
    assert_string_equal(f->m.ui.ask_cursor, "p1");
}

/* ---- what looks dangerous ---- */
static struct risk_mark risks[] = {{RISK_SEVERE, "runs as root", 8, 12},
                                   {RISK_NOTABLE, "uses the network", 16, 20}};

static void make_risky(struct ask *a) {
    a->object = "make && sudo ls; curl x";
    a->risks = risks;
    a->n_risks = 2;
    risks[1].from = 17;
    risks[1].to = 21;
}

static void what_looks_dangerous_is_marked_in_place_and_named(void **state) {
    (void)state;
    make_risky(&f->a[0]);
    frame(f);
    assert_true(screen_says("!! runs as root"));
    assert_true(screen_says("! uses the network"));
    assert_int_equal(style_of("make &&"), STYLE_ASK_OBJECT);
    assert_int_equal(style_of("sudo"), STYLE_RISK_SEVERE);
    assert_int_equal(style_of("curl"), STYLE_RISK);
    assert_int_equal(style_of("ls;"), STYLE_ASK_OBJECT);
    f->m.ui.over = OVER_ASK;
    frame(f);
    assert_true(screen_says("!! runs as root"));
    assert_int_equal(style_of("sudo"), STYLE_RISK_SEVERE);
    f->m.ui.over = OVER_MENU;
    f->m.ui.menu_pane = PANE_PERMISSIONS;
    frame(f);
    assert_true(screen_says("!! runs as root"));
}

static void a_mark_goes_on_where_a_line_is_wrapped(void **state) {
    static char object[400];
    static struct risk_mark all = {RISK_SEVERE, "cannot be read plainly", 0, 300};

    (void)state;
    memset(object, 'q', 300);
    snprintf(object + 300, 100, " tail");
    f->a[0].object = object;
    f->a[0].risks = &all;
    f->a[0].n_risks = 1;
    frame(f);
    size_t marked = 0;

    for (int i = 0; i < f->c.w * f->c.h; i++)
        marked += f->c.cells[i].cp[0] == 'q' && f->c.cells[i].style == STYLE_RISK_SEVERE;
    assert_int_equal(marked, 300);
    assert_int_equal(style_of("tail"), STYLE_ASK_OBJECT);
}

static void a_held_grant_says_how_it_is_dropped(void **state) {
    (void)state;
    make_risky(&f->a[0]);
    f->a[0].held_until = NOW + 500;
    frame(f);
    assert_true(screen_says("held 0:21"));
    assert_true(screen_says("grant held: u drops it"));
    f->m.ui.over = OVER_ASK;
    frame(f);
    assert_true(screen_says("held 0:21"));
}

static void a_batch_lists_every_asker_and_every_command(void **state) {
    (void)state;
    f->a[2] = f->a[0];
    f->a[2].id = "p3";
    f->a[2].session = &f->s[1];
    f->a[2].deadline = NOW + 5500;
    f->asks[2] = &f->a[2];
    f->m.n_asks = 3;
    f->a[0].batch = f->a[2].batch = 1;
    f->a[0].leads = true;
    frame(f);
    assert_true(screen_says("one answer for 2 requests (b parts)"));
    assert_true(screen_says("asked by Refactor the parser > "));
    assert_true(screen_says("0:06")); /* of the one that is over first */
    assert_false(screen_says("0:21"));
    assert_true(screen_says("Edit  src/lexer.c"));
    size_t said = 0;
    auto_buf struct buf got = {.max = MIX_MIB};

    canvas_text(&f->c, &got);
    for (const char *p = buf_str(&got); (p = strstr(p, "rm -rf build && make")); p++)
        said++;
    assert_int_equal(said, 2);
    f->m.ui.over = OVER_MENU;
    f->m.ui.menu_pane = PANE_PERMISSIONS;
    frame(f);
    assert_true(screen_says("one answer for 2 requests"));
}

/* ---- changes ---- */
static void make_edit(struct ask *a) {
    a->tool = "Edit";
    a->action = "write";
    a->object = "/srv/w/a.c\n- int one;\n+ int two;\n";
    a->input = "{\"file_path\":\"/srv/w/a.c\",\"old_string\":\"int one;\\nreturn 0;\\n\","
               "\"new_string\":\"int two;\\nreturn 0;\\n\"}";
}

static void a_change_is_compared_with_its_colours(void **state) {
    (void)state;
    make_edit(&f->a[0]);
    frame(f);
    assert_true(screen_says("/srv/w/a.c"));
    assert_true(screen_says("int one;"));
    assert_true(screen_says("int two;"));
    assert_int_equal(style_of("return"), STYLE_CODE_KEYWORD);
    assert_true(f->a[0].uncut);
    resize(f, 200, 50);
    f->m.ui.over = OVER_ASK;
    frame(f);
    assert_true(screen_says("t side by side"));
    f->m.ui.ask_split = true;
    frame(f);
    auto_buf struct buf got = {.max = MIX_MIB};

    canvas_text(&f->c, &got);
    const char *old = strstr(buf_str(&got), "int one;"), *new = strstr(buf_str(&got), "int two;");

    assert_true(old && new &&new > old);
    assert_null(memchr(old, '\n', (size_t)(new - old))); /* in one row */
}

static void a_row_shows_the_end_of_a_path(void **state) {
    (void)state;
    f->a[1].object = "/srv/storage/a/very/long/way/to/the/place/of/it/last-name.c\n- a\n+ b\n";
    frame(f);
    assert_true(screen_says("last-name.c"));
    assert_false(screen_says("/srv/storage"));
}

static void the_text_scrolls_in_the_pane(void **state) {
    static char object[4096];
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(object + n, sizeof object - n, "line %d\n", i);
    f->a[0].object = object;
    resize(f, 80, 24);
    frame(f);
    assert_true(screen_says("lines 1-"));
    assert_false(f->a[0].uncut);
    f->m.ui.ask_scroll = 1000;
    frame(f);
    assert_true(screen_says("line 99"));
    assert_true(screen_says("of 100"));
    assert_true(f->a[0].uncut);
    assert_true(f->m.ui.ask_scroll < 100);
}

/* ---- the reason ---- */
static void the_field_of_a_reason_says_what_became_of_the_denial(void **state) {
    (void)state;
    editor_init(&f->a[0].reply, 1024);
    f->m.ui.replying = true;
    f->m.ui.early = true;
    frame(f);
    assert_true(screen_says("early, nothing denied yet; why:"));
    f->m.ui.early = false;
    f->a[0].state = ASK_SENT;
    f->a[0].decision = DECIDE_DENY;
    editor_set(&f->a[0].reply, "too slow");
    frame(f);
    assert_true(screen_says("denied; why: too slow"));
    editor_fini(&f->a[0].reply);
    f->a[0].reply = (struct editor){0};
}

/* ---- large ---- */
static void five_megabytes_are_laid_out_once(void **state) {
    enum { BYTES = 5 << 20 };
    char *object = xmalloc(BYTES + 1);

    (void)state;
    for (size_t i = 0; i < BYTES; i++)
        object[i] = i % 70 == 69 ? '\n' : (char)('a' + i % 26);
    object[BYTES] = '\0';
    f->a[0].object = object;
    make_edit(&f->a[1]);
    f->a[1].object = object;
    frame(f);
    const double before = cpu_ms();

    for (int i = 0; i < 20; i++) {
        f->m.now += 1000;
        frame(f);
    }
    assert_true(cpu_ms() - before < 2000);
    assert_true(screen_says("lines 1-"));
    f->a[0].object = "";
    f->a[1].object = "";
    frame(f);
    free(object);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(the_keys_that_decide_are_dim_until_they_count),
        CASE(no_other_pane_shows_the_keys_that_decide),
        CASE(the_time_left_is_whole_seconds_and_turns_low),
        CASE(every_state_has_its_words),
        CASE(a_question_is_answered_and_never_granted),
        CASE(what_is_unsafe_stands_out),
        CASE(a_text_counts_as_seen_when_its_end_was_shown),
        CASE(what_is_cut_says_so_at_every_size),
        CASE(a_text_is_not_seen_where_the_pane_is_not),
        CASE(the_selected_one_stays_in_view_among_many),
        CASE(where_none_is_chosen_it_says_how_one_is),
        CASE(an_arrival_above_does_not_change_what_is_selected),
        CASE(what_looks_dangerous_is_marked_in_place_and_named),
        CASE(a_mark_goes_on_where_a_line_is_wrapped),
        CASE(a_held_grant_says_how_it_is_dropped),
        CASE(a_batch_lists_every_asker_and_every_command),
        CASE(a_change_is_compared_with_its_colours),
        CASE(a_row_shows_the_end_of_a_path),
        CASE(the_text_scrolls_in_the_pane),
        CASE(the_field_of_a_reason_says_what_became_of_the_denial),
        CASE(five_megabytes_are_laid_out_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
