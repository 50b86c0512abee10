/* Sessions on disk: what was told to a client is there after a kill. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "demo.h"
#include "mix/pretty.h"

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

/* A server without threads over a folder of its own. */
static void open_store(struct demo *d, char *folder) {
    struct err err = {0};
    *d = (struct demo){.o = {.version = GEN_TOP, .data = folder, .speed = 1, .time_scale = 1},
                       .base = folder};
    d->o.quirk[QUIRK_TITLE_CUT] = true;
    if (persist_open(d, &err) != RC_OK)
        fail_msg("%s", err.text);
}

static int setup(void **state) {
    char name[] = "/tmp/demo-store-XXXXXX";
    assert_non_null(mkdtemp(name));
    *state = xstrdup(name);
    return 0;
}

static int teardown(void **state) {
    nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

static struct session *one_turn(struct demo *d) {
    struct session_create make = {.title = "caf\xc3\xa9 \"quoted\"",
                                  .browser_mode = "local-browser-service"};
    struct session *s = store_new(d, &make, "main");
    persist_session(d, s);
    struct row *user = store_add(d, s, "user", "list <the> files\nplease");
    user->finish = "end_turn";
    persist_row(d, s, user);
    struct row *answer = store_add(d, s, "assistant", "I'll look.");
    struct tool_call *c = row_call(answer, "toolu_1", "Bash");
    c->input = "{\"command\":\"ls\"}";
    c->finished = true;
    c->result = "a.txt\n";
    answer->finish = "tool_use";
    buf_adds(&answer->reasoning, "look first");
    persist_row(d, s, answer);
    struct row *tool = store_add(d, s, "tool", NULL);
    tool->finish = "end_turn";
    persist_row(d, s, tool);
    store_count(s);
    persist_session(d, s);
    return s;
}

static void everything_is_read_back(void **state) {
    struct demo d, e;
    open_store(&d, *state);
    assert_true(d.fresh);
    struct session *s = one_turn(&d);
    struct buf before, after;
    buf_init(&before, MIX_MIB);
    buf_init(&after, MIX_MIB);
    session_json(&before, &d, s);
    for (size_t i = 0; i < s->n; i++)
        row_json(&before, &d, s, i);
    open_store(&e, *state);
    assert_false(e.fresh);
    assert_int_equal(e.n, 1);
    session_json(&after, &e, e.sessions[0]);
    for (size_t i = 0; i < e.sessions[0]->n; i++)
        row_json(&after, &e, e.sessions[0], i);
    assert_string_equal(buf_str(&before), buf_str(&after));
    assert_non_null(strstr(buf_str(&after), "\"result\":\"a.txt\\n\""));
    assert_non_null(strstr(buf_str(&after), "list \\u003cthe\\u003e files"));
    buf_fini(&before);
    buf_fini(&after);
    store_free(&d);
    store_free(&e);
}

static void append_text(const char *folder, const char *id, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/sessions/%s.log", folder, id);
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void a_torn_last_record_is_dropped_and_nothing_else(void **state) {
    static const char *const tails[] = {
        "message 12 - {\"id\":\"half", "session {\"id\":", "cut 0", "x",
        "message 1 end_turn {}\n",     "session []\n",     "\n",    "cut\n"};
    for (size_t i = 0; i < MIX_COUNT(tails); i++) {
        struct demo d, e;
        open_store(&d, *state);
        struct session *s = d.n ? d.sessions[0] : one_turn(&d);
        append_text(*state, s->d.id, tails[i]);
        open_store(&e, *state);
        assert_int_equal(e.n, 1);
        assert_int_equal(e.sessions[0]->n, 3);
        assert_string_equal(e.sessions[0]->d.title, s->d.title);
        store_free(&d);
        store_free(&e);
    }
}

static void a_cut_and_a_later_message_survive(void **state) {
    struct demo d, e;
    open_store(&d, *state);
    struct session *s = one_turn(&d);
    store_cut(&d, s, 1);
    struct row *late = store_add(&d, s, "assistant", "again");
    persist_row(&d, s, late);
    open_store(&e, *state);
    assert_int_equal(e.sessions[0]->n, 2);
    assert_string_equal(buf_str(&e.sessions[0]->rows[1]->text), "again");
    store_free(&d);
    store_free(&e);
}

static void a_deleted_session_stays_deleted(void **state) {
    struct demo d, e;
    open_store(&d, *state);
    store_delete(&d, one_turn(&d));
    assert_int_equal(d.n, 0);
    open_store(&e, *state);
    assert_int_equal(e.n, 0);
    assert_false(e.fresh);
    store_free(&d);
    store_free(&e);
}

/* A turn may hold a message that is rewound away under it. */
static void rewound_messages_live_while_a_turn_runs(void **state) {
    struct demo d;
    open_store(&d, *state);
    struct session *s = one_turn(&d);
    struct row *held = s->rows[1];
    s->running++;
    store_cut(&d, s, 1);
    assert_int_equal(s->n, 1);
    buf_adds(&held->text, " and more");
    persist_row(&d, s, held);
    store_release(s);
    assert_int_equal(s->n_dead, 0);
    store_free(&d);
}

static void results_are_told_by_late_servers_behind_a_tool_row_only(void **state) {
    struct demo d;
    open_store(&d, *state);
    struct session *s = one_turn(&d);
    struct buf b;
    buf_init(&b, MIX_MIB);
    row_json(&b, &d, s, 1);
    assert_non_null(strstr(buf_str(&b), "\"result\""));
    d.o.version = GEN(0, 7, 2);
    buf_clear(&b);
    row_json(&b, &d, s, 1);
    assert_null(strstr(buf_str(&b), "\"result\""));
    d.o.version = GEN_TOP;
    store_cut(&d, s, 2);
    buf_clear(&b);
    row_json(&b, &d, s, 1);
    assert_null(strstr(buf_str(&b), "\"result\""));
    assert_non_null(strstr(buf_str(&b), "toolu_1"));
    buf_fini(&b);
    store_free(&d);
}

static void titles_are_cut_by_characters(void **state) {
    struct demo d;
    open_store(&d, *state);
    static const char *const cases[][2] = {
        {"exactly twenty chars", "exactly twenty chars"},
        {"exactly twenty chars!", "exactly twenty ch..."},
        {"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
         "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
         "\xa9"}};
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct session_create make = {.title = cases[i][0]};
        assert_string_equal(store_new(&d, &make, "main")->d.title, cases[i][1]);
    }
    store_free(&d);
}

static bool is_json(const char *text) {
    struct err err = {0};

    return json_check(text, strlen(text), &err) == RC_OK;
}

static void days_are_whole_sessions_with_sub_agents_and_sound_calls(void **state) {
    struct demo d;
    size_t calls = 0, children = 0;

    open_store(&d, *state);
    seed_days(&d, 200);
    for (size_t i = 0; i < d.n; i++) {
        const struct session *s = d.sessions[i];
        const struct session *parent =
            s->d.parent_session_id ? store_find(&d, s->d.parent_session_id) : NULL;

        assert_true(parent ? s->n == 4 : s->n >= 200 && s->n < 220);
        assert_string_equal(s->rows[s->n - 1]->m.role, "assistant");
        children += parent != NULL;
        for (size_t k = 0; k < s->n; k++) {
            const struct message *m = &s->rows[k]->m;

            assert_null(strstr(buf_str(&s->rows[k]->text), "@w"));
            for (size_t c = 0; c < m->tool_calls.n; c++, calls++)
                if (!is_json(m->tool_calls.items[c].input))
                    fail_msg("%s", m->tool_calls.items[c].input);
        }
    }
    assert_int_equal(d.n - children, 4);
    assert_int_equal(children, 2);
    assert_true(calls > 150);
    store_free(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_last_record_is_dropped_and_nothing_else, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_cut_and_a_later_message_survive, setup, teardown),
        cmocka_unit_test_setup_teardown(a_deleted_session_stays_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(rewound_messages_live_while_a_turn_runs, setup, teardown),
        cmocka_unit_test_setup_teardown(results_are_told_by_late_servers_behind_a_tool_row_only,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(titles_are_cut_by_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(days_are_whole_sessions_with_sub_agents_and_sound_calls,
                                        setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
