/* The index as the model uses it: nothing before it was allowed, what changed and nothing else, and
 * the way from a result into its thread. */
#include "panel_kit.h"

#include "index.h"

static const char *const two[] = {"s1", "s2"};
static const struct model_config config = {
    .url = "http://localhost:8088", .state_dir = "/state", .cache_dir = "/cache/mixtui"};

/* ---- an index of one text each ---- */
static struct {
    char *session, *title, *message, *text;
    char role;
} rows[512];
static size_t n_rows, n_adds, n_finds, n_forgets, most_taken;
static char *forgotten, *query;
static enum rc fails;
static bool renewed;

static void forget_rows(void) {
    for (size_t i = 0; i < n_rows; i++) {
        free(rows[i].session);
        free(rows[i].title);
        free(rows[i].message);
        free(rows[i].text);
    }
    n_rows = 0;
}

static void fake_add(struct task *t) {
    n_adds++;
    if (t->index.n_rows > most_taken)
        t->index.done = most_taken;
    for (size_t i = 0; i < t->index.done; i++) {
        const struct index_row *r = &t->index.rows[i];
        size_t at = 0;

        while (at < n_rows &&
               (strcmp(rows[at].session, t->index.session) != 0 ||
                strcmp(rows[at].message, r->message) != 0 || rows[at].role != r->role))
            at++;
        if (at == n_rows) {
            assert_true(n_rows < MIX_COUNT(rows));
            rows[n_rows].session = xstrdup(t->index.session);
            rows[n_rows].message = xstrdup(r->message);
            rows[n_rows].title = rows[n_rows].text = NULL;
            rows[n_rows++].role = r->role;
        }
        set_string(&rows[at].title, t->index.title);
        set_string(&rows[at].text, r->text);
    }
    for (size_t i = 0; t->index.session && i < n_rows; i++)
        if (strcmp(rows[i].session, t->index.session) == 0)
            set_string(&rows[i].title, t->index.title);
}

/* The word that is asked for, marked. */
static void fake_look(struct task *t, const char *word) {
    t->index.rows = arena_alloc(&t->arena, (n_rows + 1) * sizeof *t->index.rows);
    t->index.n_rows = 0;
    for (size_t i = 0; i < n_rows; i++) {
        const char *at = strstr(rows[i].text, word);
        struct index_row *r = &t->index.rows[t->index.n_rows];

        if (!at)
            continue;
        *r = (struct index_row){.session = arena_strdup(&t->arena, rows[i].session),
                                .title = arena_strdup(&t->arena, rows[i].title),
                                .message = arena_strdup(&t->arena, rows[i].message),
                                .role = rows[i].role,
                                .at = 1699999000000};
        r->text = *word ? arena_printf(&t->arena, "%.*s\2%s\3%s", (int)(at - rows[i].text),
                                       rows[i].text, word, at + strlen(word))
                        : arena_strdup(&t->arena, rows[i].text);
        r->len = strlen(r->text);
        t->index.n_rows++;
    }
}

static void fake(struct kit *k, struct task *t) {
    (void)k;
    assert_string_equal(t->path, "/cache/mixtui/index-http_localhost_8088.db");
    if (fails != RC_OK) {
        t->index.done = 0;
        (void)err_set(&t->err, fails, 28, "No space left on device");
        return;
    }
    switch ((int)t->kind) {
    case TASK_INDEX_ADD:
        fake_add(t);
        break;
    case TASK_INDEX_FIND:
        n_finds++;
        set_string(&query, t->index.query);
        fake_look(t, t->index.query);
        break;
    case TASK_INDEX_READ:
        fake_look(t, "");
        break;
    case TASK_INDEX_FORGET:
        n_forgets++;
        set_string(&forgotten, t->index.session);
        if (!t->index.session)
            forget_rows();
        break;
    default:
        break;
    }
    t->index.facts = (struct index_facts){.sessions = 1,
                                          .messages = (int64_t)n_rows,
                                          .bytes = n_rows ? 3 << 20 : 0,
                                          .renewed = renewed};
    renewed = false;
}

static int begin(void **state) {
    (void)state;
    n_adds = n_finds = n_forgets = 0;
    most_taken = SIZE_MAX;
    fails = RC_OK;
    renewed = false;
    return 0;
}

static int finish(void **state) {
    (void)state;
    forget_rows();
    set_string(&forgotten, NULL);
    set_string(&query, NULL);
    return 0;
}

static struct kit *online(struct model_config with) {
    struct kit *k = kit_new_with(with);

    k->index = fake;
    kit_step(k);
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, two, 2);
    kit_history(k, "s2");
    kit_live(k, "s2");
    kit_pass(k, 2000);
    return k;
}

static struct kit *online_all(void) {
    struct model_config with = config;

    with.index = INDEX_ALL;
    return online(with);
}

static void ask_for(struct kit *k, const char *text) {
    editor_set(&top(k)->filter, text);
    act_panel_changed(k->m, k->fx);
    kit_step(k);
}

/* ---- what is allowed ---- */
static void nothing_is_written_before_it_is_allowed(void **state) {
    struct kit *k = online(config);

    (void)state;
    kit_pass(k, 60000);
    assert_int_equal(n_adds, 0);
    struct panel *p = open_panel(k, PANEL_INDEX);

    assert_false(p->filtered);
    assert_non_null(find_row(k, "only of this server"));
    assert_string_equal(at_cursor(k), "off"); /* a slip of the hand allows nothing */
    kit_pass(k, 60000);
    assert_int_equal(n_adds, 0);
    kit_free(k);
}

static void what_is_chosen_is_remembered(void **state) {
    static const struct {
        const char *row, *file;
        enum index_choice here, elsewhere;
    } cases[] = {
        {"off", "off\n", INDEX_OFF, INDEX_OFF},
        {"only of this server", "profile http_localhost_8088\n", INDEX_PROFILE, INDEX_ASK},
        {"of every server", "all\n", INDEX_ALL, INDEX_ALL},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = online(config);
        struct model_config other = config;

        other.url = "http://elsewhere";
        (void)open_panel(k, PANEL_INDEX);
        go_to(k, cases[i].row);
        enter(k);
        assert_string_equal(kit_file(k, "/state/index"), cases[i].file);
        assert_int_equal(k->m->priv->index->choice, cases[i].here);
        kit_pass(k, 5000);
        assert_int_equal(n_adds > 0, cases[i].here != INDEX_OFF);
        kit_restart(k, config);
        assert_int_equal(k->m->priv->index->choice, cases[i].here);
        k->index = NULL;
        kit_restart(k, other);
        assert_int_equal(k->m->priv->index->choice, cases[i].elsewhere);
        kit_free(k);
        n_adds = 0;
    }
}

static void a_choice_for_this_server_leaves_those_of_others(void **state) {
    struct kit *k = kit_new_with(config);

    (void)state;
    k->index = fake;
    kit_put_file(k, "/state/index", "profile other\nprofile http_localhost_80880\n");
    kit_step(k);
    assert_int_equal(k->m->priv->index->choice, INDEX_ASK); /* the other's name only begins so */
    index_choose(k->m, INDEX_PROFILE, k->fx);
    kit_step(k);
    assert_string_equal(kit_file(k, "/state/index"), "profile other\nprofile http_localhost_80880\n"
                                                     "profile http_localhost_8088\n");
    kit_free(k);
}

static void the_file_of_settings_comes_first(void **state) {
    struct model_config with = config;

    (void)state;
    with.index = INDEX_OFF;
    struct kit *k = kit_new_with(with);

    k->index = fake;
    kit_put_file(k, "/state/index", "all\n");
    kit_step(k);
    assert_int_equal(k->m->priv->index->choice, INDEX_OFF);
    (void)open_panel(k, PANEL_INDEX);
    go_to(k, "change what is kept");
    enter(k);
    go_to(k, "of every server");
    enter(k);
    assert_int_equal(k->m->priv->index->choice, INDEX_OFF);
    assert_string_equal(kit_file(k, "/state/index"), "all\n");
    kit_free(k);
}

static void without_a_cache_there_is_no_search(void **state) {
    struct model_config with = config;

    (void)state;
    with.cache_dir = NULL;
    with.index = INDEX_ALL;
    struct kit *k = kit_new_with(with);

    kit_step(k);
    assert_non_null(panel_why(k->m, PANEL_INDEX));
    kit_free(k);
}

/* ---- feeding ---- */
static void what_was_read_is_fed_once(void **state) {
    struct kit *k = online_all();

    (void)state;
    assert_int_equal(n_rows, 2);
    assert_string_equal(rows[0].session, "s2");
    assert_string_equal(rows[0].text, "before");
    assert_int_equal(rows[0].role, 'u');
    assert_int_equal(rows[1].role, 'a');
    const size_t before = n_adds;

    load_now(k->m, k->m->shown, k->fx); /* the same again */
    kit_step(k);
    kit_history(k, "s2");
    kit_pass(k, 5000);
    assert_int_equal(n_adds, before);
    assert_true(model_next_tick(k->m, k->now) != k->now); /* and it sleeps */
    kit_free(k);
}

static void what_changed_is_fed(void **state) {
    static const struct row_spec later[] = {
        {.id = "h1", .role = "user", .text = "before"},
        {.id = "h2", .role = "assistant", .text = "done, and more"},
        {.id = "h3",
         .role = "assistant",
         .text = "look",
         .call = "c1",
         .input = "{\"command\":\"ls -l\"}"},
    };
    struct kit *k = online_all();

    (void)state;
    load_now(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_messages(k, later, MIX_COUNT(later));
    kit_pass(k, 5000);
    assert_int_equal(n_rows, 3);
    assert_string_equal(rows[1].text, "done, and more");
    assert_non_null(strstr(rows[2].text, "ls -l"));
    kit_free(k);
}

static void many_messages_go_in_slices_and_what_is_left_goes_again(void **state) {
    enum { N = 450 };
    static struct row_spec many[N];
    static char ids[N][8];
    struct kit *k = online_all();

    (void)state;
    most_taken = 70;
    for (size_t i = 0; i < N; i++) {
        snprintf(ids[i], sizeof ids[i], "m%zu", i);
        many[i] =
            (struct row_spec){.id = ids[i], .role = i % 2 ? "assistant" : "user", .text = ids[i]};
    }
    load_now(k->m, k->m->shown, k->fx);
    kit_step(k);
    n_adds = 0;
    kit_messages(k, many, N);
    kit_pass(k, 20000);
    assert_true(n_rows >= N);
    assert_in_range(n_adds, N / 70, 3 * N / 70);
    kit_free(k);
}

static void a_new_title_is_fed(void **state) {
    struct kit *k = online_all();
    const struct session_data data = {.id = "s2", .title = "Renamed"};

    (void)state;
    session_take_data(k->m, model_session(k->m, "s2"), &data);
    kit_pass(k, 5000);
    assert_string_equal(rows[0].title, "Renamed");
    kit_free(k);
}

static void a_full_disk_is_said_once_and_nothing_more_is_tried(void **state) {
    struct kit *k = online_all();

    (void)state;
    fails = RC_IO;
    load_now(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_messages(k, (const struct row_spec[]){{.id = "x", .role = "user", .text = "new"}}, 1);
    kit_pass(k, 5000);
    size_t said = 0;

    for (size_t i = 0; i < k->m->n_notices; i++)
        said += strstr(k->m->notices[i].text, "search index") != NULL;
    assert_int_equal(said, 1);
    assert_false(model_indexes(k->m));
    (void)open_panel(k, PANEL_INDEX);
    assert_non_null(find_row(k, "No space left on device"));
    fails = RC_OK;
    n_adds = 0;
    kit_pass(k, 60000);
    assert_int_equal(n_adds, 0);
    kit_free(k);
}

static void an_index_that_another_one_writes_is_fed_later(void **state) {
    struct kit *k = online_all();

    (void)state;
    fails = RC_BUSY;
    load_now(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_messages(k, (const struct row_spec[]){{.id = "x", .role = "user", .text = "new"}}, 1);
    kit_pass(k, 1000);
    assert_int_equal(n_rows, 2);
    fails = RC_OK;
    kit_pass(k, 5000);
    assert_int_equal(n_rows, 3);
    kit_free(k);
}

static void a_damaged_one_is_filled_anew(void **state) {
    struct kit *k = online_all();

    (void)state;
    forget_rows();
    renewed = true;
    load_now(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_messages(k,
                 (const struct row_spec[]){{.id = "h1", .role = "user", .text = "before"},
                                           {.id = "h2", .role = "assistant", .text = "now so"}},
                 2);
    kit_pass(k, 5000);
    assert_int_equal(n_rows, 2);
    kit_free(k);
}

/* ---- finding ---- */
static void results_lead_into_the_thread(void **state) {
    struct kit *k = online_all();

    (void)state;
    struct panel *p = open_panel(k, PANEL_INDEX);

    assert_true(p->filtered);
    ask_for(k, "done");
    assert_string_equal(query, "done");
    assert_string_equal(at_cursor(k), "s2");
    assert_row(k, "s2", "mix");
    enter(k);
    assert_null(panel_top(k->m));
    assert_int_equal(k->m->ui.focus, PANE_THREAD);
    assert_int_equal(k->m->shown->reading.move, MOVE_TO);
    assert_int_equal(k->m->shown->reading.to_entry, 1);
    kit_free(k);
}

static void a_thread_that_is_not_here_is_read_first(void **state) {
    struct kit *k = online_all();

    (void)state;
    rows[1].session[1] = '1'; /* of s1, which nobody has opened */
    (void)open_panel(k, PANEL_INDEX);
    ask_for(k, "done");
    enter(k);
    assert_string_equal(k->m->shown->id, "s1");
    assert_false(k->m->shown->transcript.loaded);
    assert_int_not_equal(k->m->shown->reading.move, MOVE_TO);
    kit_history(k, "s1");
    assert_int_equal(k->m->shown->reading.move, MOVE_TO);
    assert_int_equal(k->m->shown->reading.to_entry, 1);
    assert_int_equal(k->m->shown->reading.to_part, 0);
    kit_free(k);
}

static void a_message_that_is_gone_is_shown_from_the_index(void **state) {
    struct kit *k = online_all();

    (void)state;
    rows[1].message[1] = '9';
    (void)open_panel(k, PANEL_INDEX);
    ask_for(k, "done");
    enter(k);
    assert_int_equal(top(k)->id, PANEL_INDEXED);
    assert_non_null(find_row(k, "done"));
    kit_free(k);
}

static void a_session_that_is_gone_is_shown_from_the_index(void **state) {
    struct kit *k = online_all();

    (void)state;
    rows[1].session[1] = '7';
    (void)open_panel(k, PANEL_INDEX);
    ask_for(k, "done");
    assert_row(k, "s2", "gone from the server");
    enter(k);
    assert_int_equal(top(k)->id, PANEL_INDEXED);
    go_to(k, "forget this session here");
    enter(k);
    assert_int_equal(n_forgets, 0);
    (void)top(k);
    kit_paint(k);
    kit_pass(k, 500);
    enter(k);
    assert_int_equal(n_forgets, 1);
    assert_string_equal(forgotten, "s7");
    assert_int_equal(top(k)->id, PANEL_INDEX);
    kit_free(k);
}

static void one_question_at_a_time(void **state) {
    struct kit *k = online_all();

    (void)state;
    (void)open_panel(k, PANEL_INDEX);
    k->disk_slow = true;
    n_finds = 0;
    ask_for(k, "d");
    ask_for(k, "do");
    ask_for(k, "don");
    ask_for(k, "done");
    size_t asked = 0, cancels = 0;

    for (size_t i = 0; i < k->fx->n_tasks; i++) {
        asked += k->fx->tasks[i]->kind == TASK_INDEX_FIND;
        cancels += k->fx->tasks[i]->kind == TASK_CANCEL;
    }
    assert_int_equal(asked, 1);
    assert_int_equal(cancels, 1);
    k->disk_slow = false;
    kit_step(k);
    assert_int_equal(n_finds, 2);
    assert_string_equal(query, "done");
    assert_string_equal(at_cursor(k), "s2");
    ask_for(k, "");
    assert_int_equal(n_finds, 2);
    assert_string_equal(at_cursor(k), "change what is kept");
    kit_free(k);
}

static void everything_is_forgotten_after_a_second_enter(void **state) {
    struct kit *k = online_all();

    (void)state;
    (void)open_panel(k, PANEL_INDEX);
    assert_non_null(find_row(k, "3.0 MB of 256 MB"));
    go_to(k, "forget everything");
    enter(k);
    assert_int_equal(n_rows, 2);
    (void)top(k);
    kit_paint(k);
    kit_pass(k, 500);
    enter(k);
    assert_int_equal(n_rows, 0);
    assert_null(forgotten);
    kit_pass(k, 60000);
    assert_int_equal(n_rows, 0); /* and is not fed again */
    kit_free(k);
}

/* ---- a session is deleted ---- */
static void a_deleted_session_is_forgotten_unless_it_is_kept(void **state) {
    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        struct kit *k = online_all();

        n_forgets = 0;
        k->m->ui.confirm_index = keep ? CONFIRM_KEEPS : CONFIRM_FORGETS;
        act_session_delete(k->m, k->m->shown, k->fx);
        kit_step(k);
        assert_int_equal(n_forgets, 0); /* the server may refuse */
        kit_reply(k, OP_SESSION_DELETE, NULL, 0);
        assert_int_equal(n_forgets, keep ? 0 : 1);
        if (!keep)
            assert_string_equal(forgotten, "s2");
        kit_free(k);
        forget_rows();
    }
}

#define AGAIN(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
        AGAIN(nothing_is_written_before_it_is_allowed),
        AGAIN(what_is_chosen_is_remembered),
        AGAIN(a_choice_for_this_server_leaves_those_of_others),
        AGAIN(the_file_of_settings_comes_first),
        AGAIN(without_a_cache_there_is_no_search),
        AGAIN(what_was_read_is_fed_once),
        AGAIN(what_changed_is_fed),
        AGAIN(many_messages_go_in_slices_and_what_is_left_goes_again),
        AGAIN(a_new_title_is_fed),
        AGAIN(a_full_disk_is_said_once_and_nothing_more_is_tried),
        AGAIN(an_index_that_another_one_writes_is_fed_later),
        AGAIN(a_damaged_one_is_filled_anew),
        AGAIN(results_lead_into_the_thread),
        AGAIN(a_thread_that_is_not_here_is_read_first),
        AGAIN(a_message_that_is_gone_is_shown_from_the_index),
        AGAIN(a_session_that_is_gone_is_shown_from_the_index),
        AGAIN(one_question_at_a_time),
        AGAIN(everything_is_forgotten_after_a_second_enter),
        AGAIN(a_deleted_session_is_forgotten_unless_it_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
