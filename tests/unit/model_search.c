/* Searching the thread that is shown: what is found, in which order, and what becomes of it. */
#include "model_kit.h"
#include "model_rows.h"
#include "cpu_time.h"

#include "mix/editor.h"
#include "searching.h"

#include <time.h>

static const char *const ids[] = {"s1", "s2"};

static const struct given talk[] = {
    {.id = "m1", .role = "user", .text = "find the apple"},
    {.id = "m2",
     .role = "assistant",
     .text = "An apple and an Apple.",
     .thinking = "apples are fruit",
     .call = "c1",
     .input = "{\"command\":\"grep \\\"apple pie\\\" a\\u003cb\"}",
     .result = "apple.txt: 3 pears\nno apple"},
    {.id = "m3", .role = "user", .text = "and the pear?"},
    {.id = "m4",
     .role = "assistant",
     .text = "A pear.",
     .call = "c2",
     .input = "{\"command\":\"cat pear\"}",
     .result = "no such file",
     .is_error = true},
};

static void give(struct kit *k, const struct given *rows, size_t n) {
    const struct request *r = kit_last(k, OP_MESSAGES_LIST);
    struct incoming *in = incoming_new(IN_REPLY, r->id);

    in->op = OP_MESSAGES_LIST;
    in->status = 200;
    in->out = chunk(&in->arena, rows, n);
    in->n = n;
    kit_apply(k, in);
}

static struct kit *begin_with(const struct given *rows, size_t n) {
    struct kit *k = kit_online(ids, 2);

    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    kit_live(k, "s1");
    give(k, rows, n);
    act_focus(k->m, PANE_THREAD);
    act_scroll(k->m, MOVE_TOP, 0);
    k->m->shown->reading = (struct reading){.follow = false};
    return k;
}

static struct kit *begin(void) { return begin_with(talk, MIX_COUNT(talk)); }

static void type(struct kit *k, const char *query) {
    editor_set(&k->m->search->query, query);
    act_search_typed(k->m);
}

static void search(struct kit *k, const char *query) {
    act_search(k->m);
    type(k, query);
    kit_pass(k, 1000);
}

static const struct search *se(const struct kit *k) { return k->m->search; }

/* `entry.part off+len`, r: in its result */
static void assert_hit(const struct kit *k, const char *want) {
    const struct hit *h = &se(k)->hit;
    char got[80] = "none";

    if (se(k)->shown)
        snprintf(got, sizeof got, "%zu.%zu%s %u+%u", h->entry, h->part, h->in_result ? "r" : "",
                 h->off, h->len);
    assert_string_equal(got, want);
}

/* ---- what is found ---- */

static const struct {
    const char *query;
    size_t hits;
    const char *first;
} queries[] = {
    {"apple", 7, "0.0 9+5"},
    {"Apple", 1, "1.1 16+5"},
    {"appl", 7, "0.0 9+4"},
    {"nothing of it", 0, "none"},
    {"/app?le\\b/", 6, "0.0 9+5"},
    {"/^no/", 2, "1.2r 19+2"},
    {"/pear|apple/", 11, "0.0 9+5"},
    {"role:user apple", 1, "0.0 9+5"},
    {"role:mix apple", 6, "1.0 0+5"},
    {"role:assistant pear", 3, "1.2r 13+4"},
    {"role:user", 2, "0.0 0+0"},
    {"think: apple", 1, "1.0 0+5"},
    {"think:apple", 1, "1.0 0+5"},
    {"think:", 1, "1.0 0+0"},
    {"tool:bash apple", 3, "1.2 19+5"},
    {"tool:ba", 2, "1.2 0+0"},
    {"tool:Write", 0, "none"},
    {"err:", 1, "3.1 0+0"},
    {"err: file", 1, "3.1r 8+4"},
    {"err:file", 1, "3.1r 8+4"},
    {"role:mix tool:Bash /no \\w+/", 2, "1.2r 19+8"},
    /* as JSON writes it */
    {"grep \"apple", 1, "1.2 12+12"},
    {"a<b", 1, "1.2 31+8"},
    /* too little to look for */
    {"", 0, "none"},
    {"   ", 0, "none"},
    {"/", 0, "none"},
};

static void a_query_finds_what_the_messages_say(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(queries); i++) {
        struct kit *k = begin();

        search(k, queries[i].query);
        if (se(k)->hits != queries[i].hits)
            print_error("%s\n", queries[i].query);
        assert_int_equal(se(k)->hits, queries[i].hits);
        assert_int_equal(se(k)->err.rc, RC_OK);
        assert_false(se(k)->counting);
        assert_hit(k, queries[i].first);
        assert_int_equal(se(k)->nth, queries[i].hits > 0 ? 1 : 0);
        assert_int_equal(model_next_tick(k->m, k->now) == k->now, false);
        kit_free(k);
    }
}

static void what_cannot_be_used_is_told_and_nothing_is_marked(void **state) {
    static const struct {
        const char *query, *why;
    } bad[] = {
        {"/(/", "missing closing parenthesis"},
        {"role:nobody x", "role: user, mix or note"},
        {"tool: x", "tool: the name of a tool, or its beginning"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        struct kit *k = begin();

        search(k, bad[i].query);
        assert_int_equal(se(k)->err.rc, RC_USAGE);
        assert_string_equal(se(k)->err.text, bad[i].why);
        assert_null(search_marks(k->m));
        act_search_done(k->m); /* the field stays: it can be mended */
        assert_true(se(k)->typing);
        type(k, "apple");
        assert_int_equal(se(k)->err.rc, RC_OK);
        assert_hit(k, "0.0 9+5");
        kit_free(k);
    }
}

/* ---- going from one to the next ---- */

static void hits_come_in_order_and_go_round_at_the_ends(void **state) {
    static const char *const order[] = {"0.0 9+5",  "1.0 0+5",  "1.1 3+5",  "1.1 16+5",
                                        "1.2 19+5", "1.2r 0+5", "1.2r 22+5"};
    struct kit *k = begin();

    (void)state;
    search(k, "apple");
    act_search_done(k->m);
    for (size_t i = 0; i < MIX_COUNT(order); i++) {
        assert_hit(k, order[i]);
        assert_int_equal(se(k)->nth, i + 1);
        assert_null(se(k)->round);
        act_search_next(k->m, 1);
        kit_pass(k, 1000);
    }
    assert_hit(k, order[0]);
    assert_int_equal(se(k)->nth, 1);
    assert_string_equal(se(k)->round, "from the top");
    for (size_t i = MIX_COUNT(order); i-- > 0;) {
        act_search_next(k->m, -1);
        kit_pass(k, 1000);
        assert_hit(k, order[i]);
        assert_int_equal(se(k)->nth, i + 1);
        assert_true(i + 1 < MIX_COUNT(order) || str_eq(se(k)->round, "from the end"));
    }
    kit_free(k);
}

static void the_search_begins_where_the_reader_is(void **state) {
    struct kit *k = begin();
    struct reading *r = &k->m->shown->reading;

    (void)state;
    *r = (struct reading){.entry = 1, .piece = 2, .top_off = 4};
    search(k, "apple");
    assert_hit(k, "1.1 16+5");
    assert_int_equal(se(k)->nth, 4);
    act_search_leave(k->m);
    *r = (struct reading){.entry = 2, .follow = true};
    search(k, "apple"); /* none from there on: the nearest before */
    assert_hit(k, "1.2r 22+5");
    assert_int_equal(se(k)->nth, 7);
    assert_null(se(k)->round);
    kit_free(k);
}

static void the_reader_is_moved_to_the_hit_and_back_by_esc(void **state) {
    struct kit *k = begin();
    struct reading *r = &k->m->shown->reading;

    (void)state;
    *r = (struct reading){.follow = true, .entry = 3, .piece = 1, .row = 2, .sel_entry = 3};
    search(k, "no apple");
    assert_int_equal(r->move, MOVE_TO);
    assert_int_equal(r->to_entry, 1);
    assert_int_equal(r->to_part, 2);
    assert_int_equal(r->to_off, 19);
    assert_true(r->to_result);
    assert_false(r->follow);
    act_search_leave(k->m);
    assert_int_equal(r->move, MOVE_NONE);
    assert_true(r->follow);
    assert_int_equal(r->entry, 3);
    assert_int_equal(r->row, 2);
    assert_false(search_on(k->m));
    kit_free(k);
}

static void a_query_without_hits_leaves_the_reader_where_they_were(void **state) {
    struct kit *k = begin();
    struct reading *r = &k->m->shown->reading;

    (void)state;
    *r = (struct reading){.entry = 2, .piece = 1};
    search(k, "apple");
    type(k, "applex");
    kit_pass(k, 1000);
    assert_hit(k, "none");
    assert_int_equal(r->entry, 2);
    assert_int_equal(r->move, MOVE_NONE);
    kit_free(k);
}

/* ---- folds ---- */

static enum fold fold_of(const struct kit *k, size_t entry, size_t part) {
    return k->m->shown->transcript.entries[entry].parts[part].fold;
}

static void a_hit_unfolds_its_part_and_folds_it_when_left(void **state) {
    struct kit *k = begin();

    (void)state;
    search(k, "pears");
    assert_hit(k, "1.2r 13+5");
    assert_int_equal(fold_of(k, 1, 2), FOLD_OPEN);
    type(k, "such");
    kit_pass(k, 1000);
    assert_int_equal(fold_of(k, 1, 2), FOLD_AUTO);
    assert_int_equal(fold_of(k, 3, 1), FOLD_OPEN);
    act_search_leave(k->m);
    assert_int_equal(fold_of(k, 3, 1), FOLD_AUTO);
    kit_free(k);
}

static void what_was_open_stays_open_and_what_is_read_too(void **state) {
    struct kit *k = begin();
    struct transcript *t = &k->m->shown->transcript;

    (void)state;
    part_fold(t, &t->entries[1].parts[2], FOLD_OPEN);
    search(k, "pears");
    type(k, "such");
    kit_pass(k, 1000);
    assert_int_equal(fold_of(k, 1, 2), FOLD_OPEN);
    act_search_done(k->m);
    act_search_leave(k->m); /* the reader stays at the hit */
    assert_int_equal(fold_of(k, 3, 1), FOLD_OPEN);
    assert_int_equal(k->m->shown->reading.to_entry, 3);
    kit_free(k);
}

/* ---- what happens meanwhile ---- */

static void text_that_comes_is_counted(void **state) {
    struct kit *k = begin();

    (void)state;
    search(k, "apple");
    act_search_done(k->m);
    kit_event(k, "s1", EV_CONTENT, .message_id = "m9", .content = "one more app");
    kit_pass(k, 1000);
    assert_int_equal(se(k)->hits, 7);
    kit_event(k, "s1", EV_CONTENT, .message_id = "m9", .content = "le and an apple");
    kit_pass(k, 2000);
    assert_int_equal(se(k)->hits, 9);
    assert_int_equal(se(k)->nth, 1);
    assert_hit(k, "0.0 9+5");
    kit_free(k);
}

static void a_reload_keeps_the_place_by_its_message(void **state) {
    static const struct given more[] = {
        {.id = "m0", .role = "user", .text = "apple of old"},
        {.id = "m1", .role = "user", .text = "find the apple"},
        {.id = "m2", .role = "assistant", .text = "An apple and an Apple."},
    };
    struct kit *k = begin();

    (void)state;
    k->m->shown->reading = (struct reading){.entry = 1, .piece = 2};
    search(k, "apple");
    assert_hit(k, "1.1 3+5");
    assert_int_equal(se(k)->nth, 3);
    load_now(k->m, k->m->shown, k->fx);
    kit_step(k);
    give(k, more, MIX_COUNT(more));
    kit_pass(k, 1000);
    assert_int_equal(se(k)->hit.entry, 2);
    assert_int_equal(se(k)->hits, 4);
    kit_free(k);
}

static void another_session_ends_the_search(void **state) {
    struct kit *k = begin();

    (void)state;
    search(k, "apple");
    act_session_show(k->m, model_session(k->m, "s2"), k->fx);
    kit_step(k);
    assert_false(search_on(k->m));
    assert_null(search_marks(k->m));
    assert_false(se(k)->typing);
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    assert_false(search_on(k->m));
    act_search_next(k->m, 1); /* the last query is taken up again */
    kit_pass(k, 1000);
    assert_true(search_on(k->m));
    assert_int_equal(se(k)->hits, 7);
    kit_free(k);
}

static void a_session_that_goes_takes_the_search_with_it(void **state) {
    struct kit *k = begin();

    (void)state;
    search(k, "apple");
    session_gone(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_false(search_on(k->m));
    kit_pass(k, 1000);
    kit_free(k);
}

static void enter_without_a_query_repeats_the_last(void **state) {
    struct kit *k = begin();

    (void)state;
    assert_false(search_again(k->m));
    search(k, "pear");
    act_search_done(k->m);
    act_search_leave(k->m);
    assert_true(search_again(k->m));
    act_search(k->m);
    act_search_done(k->m);
    kit_pass(k, 1000);
    assert_false(se(k)->typing);
    assert_string_equal(buf_str(&se(k)->query.text), "pear");
    assert_int_equal(se(k)->hits, 4);
    kit_free(k);
}

/* ---- long texts ---- */

/* Hits at the borders of windows, in a text without a line end and in one of lines. */
static void long_texts_are_looked_through_in_windows(void **state) {
    enum { N = 300 * 1024, STEP = 1000 };
    char *flat = malloc(N + 1), *lines = malloc(N + 1);
    struct given rows[] = {{.id = "m1", .role = "user", .text = flat},
                           {.id = "m2", .role = "user", .text = lines}};

    (void)state;
    assert_true(flat && lines);
    memset(flat, '.', N);
    memset(lines, '.', N);
    flat[N] = lines[N] = '\0';
    for (size_t i = 0; i + STEP <= N; i += STEP) {
        memcpy(flat + i + 531, "needle", 6); /* one of them lies across 64 KiB */
        memcpy(lines + i + 531, "needle\n", 7);
    }
    memcpy(flat + 64 * 1024 - 3, "needle", 6);
    size_t want = 0;

    for (const char *p = flat; (p = strstr(p, "needle")); p += 6)
        want++;
    for (const char *p = lines; (p = strstr(p, "needle")); p += 6)
        want++;
    struct kit *k = begin_with(rows, 2);

    search(k, "needle");
    assert_int_equal(se(k)->hits, want);
    size_t down = 1;

    for (act_search_next(k->m, 1); !se(k)->round; act_search_next(k->m, 1)) {
        kit_pass(k, 10);
        assert_int_equal(se(k)->nth, se(k)->round ? 1 : ++down);
    }
    assert_int_equal(down, want);
    for (size_t nth = want; nth > 0; nth--) {
        act_search_next(k->m, -1);
        kit_pass(k, 10);
        assert_int_equal(se(k)->nth, nth);
        assert_int_equal(hit_number(k->m->search, &k->m->shown->transcript, &se(k)->hit), nth);
    }
    kit_free(k);
    free(flat);
    free(lines);
}

static void an_expression_that_explodes_is_told_and_does_not_hold_the_program(void **state) {
    enum { N = 512 * 1024 };
    char *text = malloc(N + 1);
    struct given rows[] = {{.id = "m1", .role = "user", .text = text},
                           {.id = "m2", .role = "user", .text = "aab"}};

    (void)state;
    assert_non_null(text);
    memset(text, 'a', N);
    text[N] = '\0';
    for (size_t i = 1; i < N / 4096; i++)
        memcpy(text + i * 4096, "!b", 2);
    struct kit *k = begin_with(rows, 2);

    act_search(k->m);
    const uint64_t before = cpu_ns();

    type(k, "/(a+)+$/");
    assert_true(cpu_ns() - before < 500 * (uint64_t)1000000);
    kit_pass(k, 1000);
    assert_true(se(k)->gave_up);
    assert_false(se(k)->counting);
    kit_free(k);
    free(text);
}

/* ---- results of tens of megabytes ---- */

enum { HUGE_RESULT = 32 << 20 };

/* The result is the caller's. */
static struct kit *begin_with_huge(char **result) {
    static const char unit[] = "abcdefg\n";

    *result = xmalloc(HUGE_RESULT + 1);
    for (size_t i = 0; i < HUGE_RESULT; i++)
        (*result)[i] = unit[i % (sizeof unit - 1)];
    (*result)[HUGE_RESULT] = '\0';
    const struct given rows[] = {RAN("m1", "Done.", "c1", *result)};

    return begin_with(rows, MIX_COUNT(rows));
}

static double count_all(struct kit *k) {
    const double from = cpu_ms();

    for (int i = 0; i < 100000 && (i < 3 || se(k)->counting || se(k)->seeking); i++) {
        k->now++;
        model_tick(k->m, k->now, k->real, k->fx);
    }
    return cpu_ms() - from;
}

static void a_long_result_is_not_measured_for_each_of_its_windows(void **state) {
    char *result;
    struct kit *k = begin_with_huge(&result);
    const double from = cpu_ms();

    (void)state;
    assert_int_equal(strlen(result), HUGE_RESULT);
    const double once = cpu_ms() - from + 0.5;

    act_search(k->m);
    type(k, "zzz");
    const double took = count_all(k);

    assert_false(se(k)->counting);
    if (took > 40 * once)
        fail_msg("%.1f ms, where its end is found in %.1f ms", took, once);
    kit_free(k);
    free(result);
}

static void the_number_of_a_hit_behind_millions_is_left_open(void **state) {
    char *result;
    struct kit *k = begin_with_huge(&result);

    (void)state;
    act_search(k->m);
    type(k, "a");
    (void)count_all(k);
    assert_int_equal(se(k)->hits, HUGE_RESULT / 8);
    act_search_done(k->m);
    act_scroll(k->m, MOVE_TOP, 0);
    k->m->shown->reading.move = MOVE_NONE; /* somewhere else: no number follows from the last */
    k->m->shown->reading.sel_part = 7;
    act_search_next(k->m, -1);
    (void)count_all(k);
    assert_hit(k, "0.1r 33554424+1");
    assert_int_equal(se(k)->nth, 0);
    kit_free(k);
    free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_finds_what_the_messages_say),
        cmocka_unit_test(what_cannot_be_used_is_told_and_nothing_is_marked),
        cmocka_unit_test(hits_come_in_order_and_go_round_at_the_ends),
        cmocka_unit_test(the_search_begins_where_the_reader_is),
        cmocka_unit_test(the_reader_is_moved_to_the_hit_and_back_by_esc),
        cmocka_unit_test(a_query_without_hits_leaves_the_reader_where_they_were),
        cmocka_unit_test(a_hit_unfolds_its_part_and_folds_it_when_left),
        cmocka_unit_test(what_was_open_stays_open_and_what_is_read_too),
        cmocka_unit_test(text_that_comes_is_counted),
        cmocka_unit_test(a_reload_keeps_the_place_by_its_message),
        cmocka_unit_test(another_session_ends_the_search),
        cmocka_unit_test(a_session_that_goes_takes_the_search_with_it),
        cmocka_unit_test(enter_without_a_query_repeats_the_last),
        cmocka_unit_test(long_texts_are_looked_through_in_windows),
        cmocka_unit_test(an_expression_that_explodes_is_told_and_does_not_hold_the_program),
        cmocka_unit_test(a_long_result_is_not_measured_for_each_of_its_windows),
        cmocka_unit_test(the_number_of_a_hit_behind_millions_is_left_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
