/* The picker: the whole tree below, several files at once, pasted paths, recent directories. */
#include <errno.h>
#include <limits.h>

#include "cpu_time.h"
#include "mix/editor.h"
#include "model_kit.h"
#include "private.h"

/* Unoptimised, perhaps under a sanitizer; it is to be a twentieth of that. */
enum { SLOWEST_MS = 1500 };
static const char *const ids[] = {"s1"};

/* The task of that kind that waits; taken out. */
static struct task *take(struct kit *k, enum task_kind kind) {
    for (size_t i = 0; i < k->fx->n_tasks; i++) {
        struct task *t = k->fx->tasks[i];

        if (t->kind != kind)
            continue;
        memmove(&k->fx->tasks[i], &k->fx->tasks[i + 1],
                (k->fx->n_tasks - i - 1) * sizeof(struct task *));
        k->fx->n_tasks--;
        return t;
    }
    fail_msg("no task of kind %d", (int)kind);
    return NULL;
}

static void done(struct kit *k, struct task *t) {
    model_task_done(k->m, t, k->now, k->real, k->fx);
}

/* "d/" directory, "u?" unreadable, "p|" FIFO */
static struct dir_entry entry_of(struct task *t, const char *name) {
    const size_t n = strlen(name);
    const char last = name[n - 1];
    const bool odd = strchr("/?|", last) != NULL;

    return (struct dir_entry){.name = arena_printf(&t->arena, "%.*s", (int)(n - odd), name),
                              .is_dir = last == '/',
                              .kind = last == '/'   ? ENTRY_DIR
                                      : last == '|' ? ENTRY_FIFO
                                                    : ENTRY_FILE,
                              .readable = last != '?',
                              .hidden = name[0] == '.'};
}

static void listed(struct kit *k, const char *const *names) {
    struct task *t = take(k, TASK_SCAN);
    size_t n = 0;

    while (names[n])
        n++;
    t->entries = arena_alloc(&t->arena, (n + 1) * sizeof *t->entries);
    t->n_entries = n;
    for (size_t i = 0; i < n; i++)
        t->entries[i] = entry_of(t, names[i]);
    done(k, t);
}

enum rest { WHOLE, MORE };

static void tree(struct kit *k, const char *const *names, enum rest rest) {
    struct task *t = take(k, TASK_TREE);
    struct buf chunk = {.max = MIX_MIB};

    for (; *names; names++) {
        const size_t n = strlen(*names);
        const char last = (*names)[n - 1];

        (void)buf_addf(&chunk, "%c%.*s",
                       last == '/'   ? '1'
                       : last == '|' ? '2'
                                     : '0',
                       (int)(n - (last == '/' || last == '|')), *names);
        (void)buf_add(&chunk, "", 1);
    }
    task_data(t, buf_str(&chunk), chunk.n);
    buf_fini(&chunk);
    t->scan = 5;
    t->more = rest == MORE;
    done(k, t);
}

static void filter(struct kit *k, const char *text) {
    editor_set(&k->m->ui.picker.filter, text);
    act_picker_filter(k->m, k->fx);
}

static void assert_rows(const struct kit *k, const char *expected) {
    const struct picker *p = &k->m->ui.picker;
    auto_buf struct buf out = {.max = 1000};

    for (size_t i = 0; i < p->n_rows; i++)
        (void)buf_addf(&out, "%s%s%s%s", i > 0 ? " " : "", i == p->cursor ? ">" : "",
                       p->rows[i].marked ? "+" : "", p->rows[i].name);
    assert_string_equal(buf_str(&out), expected);
}

static const char *const here[] = {"doc/",  "a.png",   "b.png", "main.c",
                                   "pipe|", "secret?", ".rc",   NULL};

static struct kit *open_picker(void) {
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/home/me"}, GEN_TOP,
        ids, 1);

    k->disk_slow = true;
    act_picker_open(k->m, k->fx);
    listed(k, here);
    return k;
}

static void typing_searches_the_whole_tree(void **state) {
    struct kit *k = open_picker();

    (void)state;
    assert_rows(k, ">doc a.png b.png main.c pipe secret");
    filter(k, "main");
    assert_rows(k, ">main.c"); /* nothing of the tree is known yet */
    assert_true(k->m->ui.picker.searching);
    tree(k, (const char *[]){"doc/", "main.c", "doc/domain.txt", NULL}, MORE);
    assert_rows(k, ">main.c doc/domain.txt");
    assert_true(k->m->ui.picker.searching);
    struct task *t = take(k, TASK_TREE);

    assert_int_equal(t->scan, 5);
    task_free(t);
    kit_free(k);
}

/* The tree has names only: what is in view is looked at, once. */
static void what_is_found_below_has_size_and_time(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "ma");
    tree(k, (const char *[]){"doc/", "main.c", "doc/manual", "doc/mad", "doc/may/", NULL}, WHOLE);
    assert_rows(k, ">main.c doc/mad doc/may doc/manual");
    assert_int_equal(k->m->ui.picker.rows[0].size, 0); /* as the directory has it */
    assert_int_equal(k->m->ui.picker.rows[3].size, -1);
    kit_tick(k);
    struct task *t = take(k, TASK_LOOK);

    assert_string_equal(t->path, "/home/me");
    assert_int_equal(t->len, strlen("doc/mad") + 1 + strlen("doc/manual")); /* no directory */
    t->entries = arena_alloc(&t->arena, 2 * sizeof *t->entries);
    t->n_entries = 2;
    t->entries[0] = (struct dir_entry){.kind = ENTRY_GONE};
    t->entries[1] = entry_of(t, "/home/me/doc/manual");
    t->entries[1].size = 1234;
    t->entries[1].modified = 99;
    done(k, t);
    assert_rows(k, ">main.c doc/mad doc/may doc/manual");
    assert_int_equal(k->m->ui.picker.rows[1].size, -1);
    assert_int_equal(k->m->ui.picker.rows[3].size, 1234);
    assert_int_equal(k->m->ui.picker.rows[3].modified, 99);
    kit_tick(k);
    for (size_t i = 0; i < k->fx->n_tasks; i++)
        assert_int_not_equal(k->fx->tasks[i]->kind, TASK_LOOK);
    kit_free(k);
}

static void a_file_that_goes_along_tells_its_size(void **state) {
    struct kit *k = open_picker();
    auto_buf struct buf label = {.max = 200};

    (void)state;
    act_picker_close(k->m);
    act_picker_attach(k->m, k->fx);
    listed(k, here);
    filter(k, "main");
    act_picker_enter(k->m, k->fx);
    struct task *t = take(k, TASK_STAT);

    assert_int_equal(k->m->shown->draft.n_chips, 1);
    assert_string_equal(t->path, "/home/me/main.c");
    t->entries = arena_alloc(&t->arena, sizeof *t->entries);
    t->n_entries = 1;
    t->entries[0] = entry_of(t, "main.c");
    t->entries[0].size = 2048;
    done(k, t);
    editor_chip_label(&k->m->shown->draft, &k->m->shown->draft.chips[0], &label);
    assert_string_equal(buf_str(&label), "[@main.c, 2.0 kB]");
    kit_free(k);
}

static void a_search_ends_and_is_kept_for_a_while(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "ma");
    tree(k, (const char *[]){"doc/", "main.c", "doc/manual/", "doc/manual/x", NULL}, WHOLE);
    assert_false(k->m->ui.picker.searching);
    assert_rows(k, ">main.c doc/manual doc/manual/x");
    assert_int_equal(k->m->ui.picker.found, 3);
    filter(k, "");
    assert_rows(k, ">doc a.png b.png main.c pipe secret");
    filter(k, "manx");
    assert_rows(k, ">doc/manual/x");
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/home/me/doc/manual/x");
    kit_free(k);
}

static void rows_that_come_later_leave_the_cursor_on_its_row(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "x");
    tree(k, (const char *[]){"long/a-x", "long/b-x", NULL}, MORE);
    act_picker_move(k->m, 1);
    assert_rows(k, "long/a-x >long/b-x");
    tree(k, (const char *[]){"x", NULL}, WHOLE);
    assert_rows(k, "x long/a-x >long/b-x");
    kit_free(k);
}

static void marks_outlive_directories_and_go_up_together(void **state) {
    struct kit *k = open_picker();

    (void)state;
    act_picker_mark(k->m); /* a directory */
    assert_string_equal(kit_notice(k), "A directory cannot be uploaded: Right opens it");
    act_picker_move(k->m, 1);
    act_picker_mark(k->m);
    assert_rows(k, "doc +a.png >b.png main.c pipe secret");
    act_picker_move(k->m, INT_MIN);
    act_picker_into(k->m, k->fx);
    listed(k, (const char *[]){"deep.txt", NULL});
    act_picker_mark(k->m);
    assert_rows(k, ">+deep.txt");
    act_picker_up(k->m, k->fx);
    listed(k, here);
    assert_rows(k, ">doc +a.png b.png main.c pipe secret");
    act_picker_close(k->m);
    act_picker_open(k->m, k->fx); /* nor does closing lose them */
    listed(k, here);
    assert_int_equal(k->m->ui.picker.n_marks, 2);
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 2);
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/home/me/doc/deep.txt");
    assert_int_equal(k->m->ui.picker.n_marks, 0);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    kit_free(k);
}

static void what_is_no_file_is_said_and_never_marked(void **state) {
    static const struct {
        const char *name, *why;
    } rows[] = {{"pipe", "That is a FIFO, not a file"}, {"secret", "That file cannot be read"}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = open_picker();

        filter(k, rows[i].name);
        act_picker_mark(k->m);
        assert_string_equal(kit_notice(k), rows[i].why);
        assert_int_equal(k->m->ui.picker.n_marks, 0);
        act_picker_enter(k->m, k->fx);
        kit_step(k);
        assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
        assert_string_equal(kit_notice(k), rows[i].why);
        kit_free(k);
    }
}

static void a_pattern_selects_many(void **state) {
    static const struct {
        const char *pattern, *rows;
    } rows[] = {
        {"*.png", ">a.png b.png"},
        {"?.png", ">a.png b.png"},
        {"[b-z]*.png", ">b.png"},
        {"[!a].png", ">b.png"},
        {"*", ">doc a.png b.png main.c pipe secret"},
        {"*.jpg", ""},
        {"m*n*c", ">main.c"},
        {".*", ">.rc"},
        {"**/*.png", ">a.png x/y/c.png"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = open_picker();

        filter(k, rows[i].pattern);
        tree(k, (const char *[]){"a.png", "x/", "x/y/c.png", "x/y.png/", NULL}, WHOLE);
        assert_rows(k, rows[i].rows);
        kit_free(k);
    }
    struct kit *k = open_picker();

    filter(k, "*");
    act_picker_enter(k->m, k->fx); /* marks first: nothing leaves by one key */
    assert_rows(k, ">doc +a.png +b.png +main.c pipe secret");
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 3);
    kit_free(k);
}

static void all_are_marked_or_none(void **state) {
    struct kit *k = open_picker();

    (void)state;
    act_picker_mark_all(k->m);
    assert_int_equal(k->m->ui.picker.n_marks, 3);
    act_picker_mark_all(k->m);
    assert_int_equal(k->m->ui.picker.n_marks, 0);
    kit_free(k);
}

/* What would be replaced is named; only the second Enter, 400 ms after the question, does it. */
static void replacing_several_is_asked_once(void **state) {
    struct kit *k = open_picker();
    struct file_info there[] = {{.name = "a.png"}, {.name = "main.c"}};

    (void)state;
    kit_step(k);
    kit_reply(k, OP_FILES_LIST, there, 2);
    act_picker_mark_all(k->m);
    act_picker_enter(k->m, k->fx);
    assert_string_equal(kit_notice(k), "Enter again replaces a.png, main.c for all sessions");
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    model_painted(k->m, k->now);
    k->now += 400;
    model_clock(k->m, k->now, k->real);
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 3);
    kit_free(k);
}

static void two_that_become_one_are_told(void **state) {
    struct kit *k = open_picker();

    (void)state;
    (void)picker_set_mark(&k->m->ui.picker, "/x/same.txt", true);
    (void)picker_set_mark(&k->m->ui.picker, "/y/same.txt", true);
    act_picker_enter(k->m, k->fx);
    assert_string_equal(kit_notice(k), "Enter again replaces same.txt for all sessions");
    kit_free(k);
}

static void pasted_paths_are_marked(void **state) {
    static const struct {
        const char *paste, *names; /* with | between them; NULL: text for the filter */
    } rows[] = {
        {"/a/b.txt /c/d.txt", "/a/b.txt|/c/d.txt"},
        {"'/a/b c.txt' \"/d/e'f\" /g\\ h", "/a/b c.txt|/d/e'f|/g h"},
        {"/a b.txt\n/c d.txt\n", "/a b.txt|/c d.txt"},
        {"one.txt\r\ntwo.txt\r\n", "one.txt|two.txt"},
        {"'/a b'\n/c\\ d", "/a b|/c d"},
        {"~/x ../y", "~/x|../y"},
        {"file:///a/b file:///c", "/a/b|/c"},
        {"just words", NULL},
        {"main.c", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = open_picker();
        const bool taken = act_picker_paste(k->m, rows[i].paste, strlen(rows[i].paste), k->fx);
        auto_buf struct buf out = {.max = 1000};

        assert_int_equal(taken, rows[i].names != NULL);
        if (taken) {
            struct task *t = take(k, TASK_LOOK);

            assert_string_equal(t->path, "/home/me");
            for (const char *p = t->data; p < t->data + t->len; p += strlen(p) + 1)
                (void)buf_addf(&out, "%s%s", out.n > 0 ? "|" : "", p);
            assert_string_equal(buf_str(&out), rows[i].names);
            t->err.rc = RC_CANCELLED;
            done(k, t);
        }
        kit_free(k);
    }
}

static void what_was_pasted_and_is_no_file_is_named(void **state) {
    static const char paste[] = "/a/x.txt /a/pipe /gone";
    struct kit *k = open_picker();

    (void)state;
    assert_true(act_picker_paste(k->m, paste, sizeof paste - 1, k->fx));
    struct task *t = take(k, TASK_LOOK);

    t->n_entries = 3;
    t->entries = arena_alloc(&t->arena, 3 * sizeof *t->entries);
    t->entries[0] = (struct dir_entry){.name = "/a/x.txt", .readable = true};
    t->entries[1] = (struct dir_entry){.name = "/a/pipe", .kind = ENTRY_FIFO, .readable = true};
    t->entries[2] = (struct dir_entry){.name = "/gone", .kind = ENTRY_GONE};
    done(k, t);
    assert_string_equal(kit_notice(k), "1 marked, 2 left out: pipe: That is a FIFO, not a file");
    assert_int_equal(k->m->ui.picker.n_marks, 1);
    kit_free(k);
}

static void one_pasted_path_is_gone_to(void **state) {
    static const char paste[] = "'/tmp/my file.txt'\n";
    struct kit *k = open_picker();

    (void)state;
    assert_true(act_picker_paste(k->m, paste, sizeof paste - 1, k->fx));
    struct task *t = take(k, TASK_SCAN);

    assert_string_equal(t->path, "/tmp");
    t->entries = arena_alloc(&t->arena, sizeof *t->entries);
    t->n_entries = 1;
    t->entries[0] = entry_of(t, "my file.txt");
    done(k, t);
    assert_rows(k, ">my file.txt");
    assert_string_equal(buf_str(&k->m->ui.picker.filter.text), "my file.txt");
    kit_free(k);
}

static void hidden_names_are_shown_by_a_key(void **state) {
    struct kit *k = open_picker();

    (void)state;
    act_picker_hidden(k->m, k->fx);
    assert_rows(k, ">doc a.png b.png main.c pipe secret .rc");
    filter(k, "rc");
    struct task *t = take(k, TASK_TREE);

    assert_true(t->hidden);
    task_free(t);
    kit_free(k);
}

static void recent_directories_are_offered(void **state) {
    struct kit *k = open_picker();

    (void)state;
    act_picker_recent(k->m);
    assert_string_equal(kit_notice(k), "Nothing was uploaded from here yet");
    picker_visited(k->m, "/a");
    picker_visited(k->m, "/b");
    picker_visited(k->m, "/a");
    picker_visited(k->m, "/bad\nname");
    picker_remember(k->m, "/old", 4);
    act_picker_recent(k->m);
    assert_rows(k, ">/a /b /old");
    filter(k, "b");
    assert_rows(k, ">/b");
    act_picker_enter(k->m, k->fx);
    struct task *t = take(k, TASK_SCAN);

    assert_string_equal(t->path, "/b");
    task_free(t);
    for (int i = 0; i < 30; i++) {
        char dir[16];

        snprintf(dir, sizeof dir, "/n%d", i);
        picker_visited(k->m, dir);
    }
    assert_int_equal(k->m->ui.picker.n_recents, RECENTS_MAX);
    assert_string_equal(k->m->ui.picker.recents[0], "/n29");
    kit_free(k);
}

/* The names of rows lie in the tree, which goes on growing when nobody looks. */
static void rows_are_there_when_the_picker_is_opened_again(void **state) {
    struct kit *k = open_picker();
    char names[600][250];
    const char *more[601] = {NULL};

    (void)state;
    filter(k, "ma");
    tree(k, (const char *[]){"main.c", "doc/manual", NULL}, MORE);
    assert_rows(k, ">main.c doc/manual");
    act_picker_close(k->m);
    for (int i = 0; i < 600; i++) {
        snprintf(names[i], sizeof names[i], "%0240d", i);
        more[i] = names[i];
    }
    for (int i = 0; i < 4; i++)
        tree(k, more, i < 3 ? MORE : WHOLE);
    act_picker_open(k->m, k->fx);
    for (size_t i = 0; i < k->m->ui.picker.n_rows; i++) /* they are drawn before it is listed */
        assert_true(strlen(k->m->ui.picker.rows[i].name) > 0);
    kit_free(k);
}

static void directories_used_last_may_change_behind_their_rows(void **state) {
    struct kit *k = open_picker();

    (void)state;
    for (int i = 0; i < RECENTS_MAX; i++) {
        char dir[16];

        snprintf(dir, sizeof dir, "/n%d", i);
        picker_visited(k->m, dir);
    }
    act_picker_recent(k->m);
    assert_int_equal(k->m->ui.picker.n_rows, RECENTS_MAX);
    picker_visited(k->m, "/other");
    act_picker_close(k->m);
    act_picker_open(k->m, k->fx);
    for (size_t i = 0; i < k->m->ui.picker.n_rows; i++)
        assert_true(strlen(k->m->ui.picker.rows[i].name) > 0);
    kit_free(k);
}

enum { MANY = 10000 };

/* A directory of that many files, as it is listed and as the tree has it. */
static void open_many(struct kit *k) {
    struct task *t = take(k, TASK_SCAN);
    struct buf chunk = {.max = MIX_MIB};

    t->entries = arena_alloc(&t->arena, MANY * sizeof *t->entries);
    t->n_entries = MANY;
    for (size_t i = 0; i < MANY; i++) {
        t->entries[i] = (struct dir_entry){
            .name = arena_printf(&t->arena, "some-file-%05zu.txt", i), .readable = true};
        (void)buf_addf(&chunk, "0%s", t->entries[i].name);
        (void)buf_add(&chunk, "", 1);
    }
    done(k, t);
    filter(k, "f");
    t = take(k, TASK_TREE);
    task_data(t, buf_str(&chunk), chunk.n);
    buf_fini(&chunk);
    done(k, t);
    filter(k, "");
}

static void assert_fast(double from) {
    const double took = cpu_ms() - from;

    if (took > SLOWEST_MS)
        fail_msg("%.0f ms", took);
}

static void ten_thousand_files_are_marked_searched_and_sent_without_a_wait(void **state) {
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/home/me"}, GEN_TOP,
        ids, 1);
    struct picker *p = &k->m->ui.picker;

    (void)state;
    k->disk_slow = true;
    act_picker_open(k->m, k->fx);
    open_many(k);
    assert_int_equal(p->n_rows, MANY);
    double from = cpu_ms();

    act_picker_mark_all(k->m);
    assert_int_equal(p->n_marks, MANY);
    assert_true(p->rows[MANY - 1].marked);
    assert_fast(from);
    from = cpu_ms();
    filter(k, "fi");
    assert_int_equal(p->found, MANY);
    assert_fast(from);
    from = cpu_ms();
    act_picker_enter(k->m, k->fx);
    assert_int_equal(k->m->files.n_transfers, MANY);
    assert_fast(from);
    assert_int_equal(p->n_marks, 0);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typing_searches_the_whole_tree),
        cmocka_unit_test(what_is_found_below_has_size_and_time),
        cmocka_unit_test(a_file_that_goes_along_tells_its_size),
        cmocka_unit_test(a_search_ends_and_is_kept_for_a_while),
        cmocka_unit_test(rows_that_come_later_leave_the_cursor_on_its_row),
        cmocka_unit_test(marks_outlive_directories_and_go_up_together),
        cmocka_unit_test(what_is_no_file_is_said_and_never_marked),
        cmocka_unit_test(a_pattern_selects_many),
        cmocka_unit_test(all_are_marked_or_none),
        cmocka_unit_test(replacing_several_is_asked_once),
        cmocka_unit_test(two_that_become_one_are_told),
        cmocka_unit_test(pasted_paths_are_marked),
        cmocka_unit_test(what_was_pasted_and_is_no_file_is_named),
        cmocka_unit_test(one_pasted_path_is_gone_to),
        cmocka_unit_test(hidden_names_are_shown_by_a_key),
        cmocka_unit_test(recent_directories_are_offered),
        cmocka_unit_test(rows_are_there_when_the_picker_is_opened_again),
        cmocka_unit_test(directories_used_last_may_change_behind_their_rows),
        cmocka_unit_test(ten_thousand_files_are_marked_searched_and_sent_without_a_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
