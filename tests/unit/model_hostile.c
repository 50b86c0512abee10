/* Lists, search and moving in a thread of hostile texts: nothing a person does there takes long. */
#include "../fuzz/hostile.h"
#include "model_kit.h"
#include "model_rows.h"
#include "cpu_time.h"

#include "mix/copy.h"
#include "mix/editor.h"
#include "mix/panel.h"
#include "mix/search.h"

#include <time.h>

/* Of one act or one tick, in CPU time; they take a few ms. */
#define ACT_MS 500.0

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { BYTES = 250 * 1000 };
#else
enum { BYTES = 1000 * 1000 };
#endif

static const char *const ids[] = {"s1", "s2"};
static double from_ms, worst_ms;

static void start_clock(void) { from_ms = cpu_ms(); }

static void stop_clock(const char *what, const char *act) {
    const double ms = cpu_ms() - from_ms;

    if (getenv("HOSTILE_TIMES") && ms > 5)
        print_message("%8.1f ms  %s: %s\n", ms, what, act);
    worst_ms = ms > worst_ms ? ms : worst_ms;
    if (ms > ACT_MS)
        fail_msg("%s: %s took %.0f ms", what, act, ms);
}

static struct kit *begin(const char *text) {
    const struct given rows[] = {
        {.id = "m1", .role = "user", .text = "before"},
        {.id = "m2",
         .role = "assistant",
         .text = text,
         .thinking = text,
         .call = "c1",
         .input = text,
         .result = text},
        {.id = "m3", .role = "user", .text = text},
        {.id = "m4", .role = "assistant", .text = "after"},
    };
    struct kit *k = kit_online(ids, 2);
    const struct request *r;
    struct incoming *in;

    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    kit_live(k, "s1");
    r = kit_last(k, OP_MESSAGES_LIST);
    in = incoming_new(IN_REPLY, r->id);
    in->op = OP_MESSAGES_LIST;
    in->status = 200;
    in->out = chunk(&in->arena, rows, MIX_COUNT(rows));
    in->n = MIX_COUNT(rows);
    kit_apply(k, in);
    act_focus(k->m, PANE_THREAD);
    return k;
}

static void open_list(struct kit *k, const char *what, enum panel_id id) {
    start_clock();
    act_panel_open(k->m, id, k->fx);
    kit_step(k);
    panel_fresh(k->m);
    stop_clock(what, "opening a list");
    start_clock();
    (void)why_no_link(k->m);
    (void)panel_row_at(panel_top(k->m));
    stop_clock(what, "asking what can be done");
    editor_set(&panel_top(k->m)->filter, "zz");
    start_clock();
    act_panel_changed(k->m, k->fx);
    panel_fresh(k->m);
    stop_clock(what, "filtering a list");
    act_over_close(k->m);
    kit_step(k);
}

static void look_for(struct kit *k, const char *what, const char *query) {
    act_search(k->m);
    editor_set(&k->m->search->query, query);
    start_clock();
    act_search_typed(k->m);
    stop_clock(what, query);
    for (int i = 0; i < 100 && model_next_tick(k->m, k->now) >= 0; i++) {
        k->now += 1;
        start_clock();
        model_tick(k->m, k->now, k->real, k->fx);
        stop_clock(what, query);
        kit_step(k);
    }
    for (int i = 0; i < 3; i++) {
        start_clock();
        act_search_next(k->m, i < 2 ? 1 : -1);
        stop_clock(what, "the next hit");
    }
    act_search_leave(k->m);
    kit_step(k);
}

static void walk(struct kit *k, const char *what) {
    static const enum goal goals[] = {GOAL_PERSON, GOAL_CALL, GOAL_ERROR, GOAL_UNREAD, GOAL_MARK};

    for (size_t entry = 0; entry < k->m->shown->transcript.n; entry++) {
        act_go_to(k->m, entry, 0, 0);
        k->m->shown->reading.sel_entry = entry;
        k->m->shown->reading.sel_part = 0;
        open_list(k, what, PANEL_COPY);
        start_clock();
        for (size_t i = 0; i < MIX_COUNT(goals); i++)
            act_goal(k->m, goals[i], 1);
        stop_clock(what, "going on");
    }
    open_list(k, what, PANEL_OUTLINE);
}

/* As a server may send it: a C string. */
static void make_string(const struct hostile_text *t, struct buf *text, size_t bytes) {
    hostile_make(t, text, bytes);
    for (size_t i = 0; i < text->n; i++)
        if (text->p[i] == '\0')
            text->p[i] = 1;
}

static void lists_and_moves_do_not_wait_for_hostile_texts(void **state) {
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(hostile_markdown); i++) {
        make_string(&hostile_markdown[i], &text, BYTES);
        struct kit *k = begin(buf_str(&text));

        walk(k, hostile_markdown[i].name);
        kit_free(k);
    }
}

static void a_search_does_not_wait_for_hostile_texts(void **state) {
    static const char *const queries[] = {
        "a",        "zzz",         "/(a+)+$/",        "/(a*)*b/",
        "/(.*)*x/", "/a{1,200}b/", "/^(\\w+\\s*)+:/", "tool:Bash a"};
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(hostile_markdown); i += 3) {
        make_string(&hostile_markdown[i], &text, BYTES);
        struct kit *k = begin(buf_str(&text));

        for (size_t q = 0; q < MIX_COUNT(queries); q++)
            look_for(k, hostile_markdown[i].name, queries[q]);
        kit_free(k);
    }
}

static void fifty_megabytes_hold_nobody(void **state) {
    static const char *const units[] = {"a", "word ",   "\n",   " ",  "> ",      "a\n",
                                        "`", "[a](b) ", "\033", "\"", "{\"a\":", "\\u0041"};
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(units); i++) {
        buf_clear(&text);
        hostile_repeat(&text, units[i], (size_t)50 * BYTES);
        struct kit *k = begin(buf_str(&text));

        walk(k, units[i]);
        look_for(k, units[i], "zzz");
        look_for(k, units[i], "/(a*)*b/");
        kit_free(k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_moves_do_not_wait_for_hostile_texts),
        cmocka_unit_test(a_search_does_not_wait_for_hostile_texts),
        cmocka_unit_test(fifty_megabytes_hold_nobody),
    };
    cmocka_set_test_filter(getenv("TEST"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
