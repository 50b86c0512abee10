/* Uploads, downloads and the picker. */
#include <errno.h>
#include <limits.h>

#include "mix/editor.h"
#include "mix/files.h"
#include "model_kit.h"

static const char *const ids[] = {"s1", "s2"};

static struct kit *start(void) {
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/home/me"}, GEN_TOP,
        ids, 2);

    k->disk_slow = true; /* tasks are answered by hand */
    return k;
}

static void list(struct kit *k, const char *const *names, size_t n) {
    struct file_info files[16] = {0};

    for (size_t i = 0; i < n; i++)
        files[i] = (struct file_info){.name = names[i], .size = 10, .modified = 100 - (int64_t)i};
    kit_reply(k, OP_FILES_LIST, files, n);
}

static void refresh(struct kit *k, const char *const *names, size_t n) {
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    list(k, names, n);
}

static void assert_list(const struct kit *k, const char *expected) {
    auto_buf struct buf out = {.max = 1000};

    for (size_t i = 0; i < k->m->files.n; i++)
        buf_addf(&out, "%s%s%s", i > 0 ? " " : "",
                 str_eq(k->m->files.list[i].name, k->m->ui.file_cursor) ? ">" : "",
                 k->m->files.list[i].name);
    assert_string_equal(buf_str(&out), expected);
}

/* ---- the list ---- */

static void the_list_is_asked_for_when_somebody_sees_it(void **state) {
    struct kit *k = start();

    (void)state;
    assert_int_equal(kit_count(k, OP_FILES_LIST), 0);
    act_resize(k->m, 140, 40);
    kit_tick(k);
    kit_tick(k);
    assert_int_equal(kit_count(k, OP_FILES_LIST), 1);
    const struct session_ref *ref = kit_last(k, OP_FILES_LIST)->in;

    assert_string_equal(ref->id, "s2");
    kit_http_fail(k, OP_FILES_LIST, 404);
    kit_tick(k);
    assert_int_equal(kit_count(k, OP_FILES_LIST), 1);
    assert_int_equal(k->m->files.err.rc, RC_HTTP);
    kit_free(k);
}

static void the_cursor_stays_on_its_file(void **state) {
    struct kit *k = start();

    (void)state;
    refresh(k, (const char *[]){"a", "b", "c"}, 3);
    assert_list(k, ">a b c");
    act_files_move(k->m, 1);
    refresh(k, (const char *[]){"new", "a", "b", "c"}, 4);
    assert_list(k, "new a >b c");
    refresh(k, (const char *[]){"new", "a", "c"}, 3);
    assert_list(k, "new a >c");
    act_files_move(k->m, INT_MIN);
    assert_list(k, ">new a c");
    act_files_move(k->m, INT_MAX);
    assert_list(k, "new a >c");
    act_files_move(k->m, 5);
    assert_list(k, "new a >c");
    refresh(k, NULL, 0);
    assert_null(model_selected_file(k->m));
    act_files_move(k->m, 1);
    refresh(k, (const char *[]){"x"}, 1);
    assert_list(k, ">x");
    kit_free(k);
}

static void a_list_in_pieces_is_one_list(void **state) {
    struct kit *k = start();
    struct file_info one = {.name = "one", .modified = 2}, two = {.name = "two", .modified = 1},
                     nameless = {0};

    (void)state;
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    const uint32_t id = kit_last(k, OP_FILES_LIST)->id;

    kit_reply_as(k, IN_ITEMS, id, OP_FILES_LIST, &two, 1);
    kit_reply_as(k, IN_RESTART, id, OP_FILES_LIST, NULL, 0);
    kit_reply_as(k, IN_ITEMS, id, OP_FILES_LIST, &two, 1);
    kit_reply_as(k, IN_ITEMS, id, OP_FILES_LIST, &nameless, 1);
    assert_int_equal(k->m->files.n, 0);
    kit_reply_as(k, IN_REPLY, id, OP_FILES_LIST, &one, 1);
    assert_list(k, ">one two");
    kit_free(k);
}

/* ---- transfers ---- */

static struct transfer *newest(struct kit *k) {
    assert_true(k->m->files.n_transfers > 0);
    return &k->m->files.transfers[k->m->files.n_transfers - 1];
}

static void progress(struct kit *k, enum op op, int64_t done, int64_t total) {
    struct incoming *in = incoming_new(IN_PROGRESS, kit_last(k, op)->id);

    in->op = op;
    in->done = done;
    in->total = total;
    kit_apply(k, in);
}

static void the_server_says_what_an_upload_is_called(void **state) {
    struct kit *k = start();
    struct file_info answer = {.name = "shot_one.png"};

    (void)state;
    refresh(k, (const char *[]){"a"}, 1);
    act_upload(k->m, "/home/me/shot one.png", k->fx);
    kit_step(k);
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/home/me/shot one.png");
    progress(k, OP_FILE_UPLOAD, 5, 10);
    assert_int_equal(newest(k)->done, 5);
    assert_int_equal(newest(k)->total, 10);
    assert_int_equal(newest(k)->state, XFER_RUNNING);
    kit_reply(k, OP_FILE_UPLOAD, &answer, 0);
    assert_int_equal(newest(k)->state, XFER_DONE);
    assert_string_equal(newest(k)->name, "shot_one.png");
    assert_string_equal(kit_notice(k), "Uploaded shot one.png, called shot_one.png there");
    list(k, (const char *[]){"shot_one.png", "a"}, 2);
    assert_list(k, ">shot_one.png a");
    kit_free(k);
}

static void an_upload_needs_a_session_that_exists(void **state) {
    struct kit *k = start();

    (void)state;
    act_session_new(k->m, k->fx);
    act_upload(k->m, "/a", k->fx);
    act_picker_open(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_non_null(strstr(kit_notice(k), "send a message first"));
    kit_free(k);
}

static void a_failed_upload_says_why(void **state) {
    struct kit *k = start();

    (void)state;
    act_upload(k->m, "/gone", k->fx);
    kit_step(k);
    kit_fail_at(k, OP_FILE_UPLOAD, RC_IO, 0, ENOENT);
    assert_int_equal(newest(k)->state, XFER_FAILED);
    assert_int_equal(newest(k)->err.detail, ENOENT);
    assert_string_equal(kit_notice(k), "Could not upload gone: it failed with 2");
    kit_free(k);
}

static void the_newest_running_transfer_is_stopped(void **state) {
    struct kit *k = start();

    (void)state;
    act_transfer_cancel(k->m, k->fx);
    assert_string_equal(kit_notice(k), "Nothing is being transferred");
    act_upload(k->m, "/one", k->fx);
    act_upload(k->m, "/two", k->fx);
    act_transfer_cancel(k->m, k->fx);
    kit_step(k);
    const struct request *stop = k->sent[k->n_sent - 1];

    assert_int_equal(stop->kind, REQ_CANCEL);
    assert_int_equal(stop->target, newest(k)->request);
    kit_fail_at(k, OP_FILE_UPLOAD, RC_CANCELLED, 0, 0);
    assert_int_equal(newest(k)->state, XFER_CANCELLED);
    assert_int_equal(k->m->files.transfers[0].state, XFER_RUNNING);
    act_quit(k->m, k->fx);
    assert_int_equal(k->m->ui.over, OVER_QUIT); /* one still runs */
    assert_false(k->fx->quit);
    kit_free(k);
}

static void a_download_never_replaces_a_file(void **state) {
    struct kit *k = start();
    const char *paths[] = {"/home/me/plan.v2.md", "/home/me/plan.v2 (1).md",
                           "/home/me/plan.v2 (2).md"};

    (void)state;
    refresh(k, (const char *[]){"plan.v2.md"}, 1);
    act_files_download(k->m, k->fx);
    kit_step(k);
    for (size_t i = 0; i < MIX_COUNT(paths); i++) {
        const struct request *r = kit_last(k, OP_FILE_GET);

        assert_string_equal(r->local_path, paths[i]);
        assert_string_equal(((const struct file_ref *)r->in)->name, "plan.v2.md");
        if (i + 1 < MIX_COUNT(paths))
            kit_fail_at(k, OP_FILE_GET, RC_IO, 0, EEXIST);
    }
    assert_int_equal(k->m->files.n_transfers, 1);
    kit_reply(k, OP_FILE_GET, NULL, 0);
    assert_int_equal(newest(k)->state, XFER_DONE);
    assert_string_equal(kit_notice(k), "Saved plan.v2.md as /home/me/plan.v2 (2).md");
    kit_free(k);
}

static void a_download_gives_up_after_99_names(void **state) {
    struct kit *k = start();

    (void)state;
    refresh(k, (const char *[]){"a"}, 1);
    act_files_download(k->m, k->fx);
    kit_step(k);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(newest(k)->state, XFER_RUNNING);
        kit_fail_at(k, OP_FILE_GET, RC_IO, 0, EEXIST);
    }
    assert_int_equal(newest(k)->state, XFER_FAILED);
    assert_int_equal(kit_count(k, OP_FILE_GET), 100);
    kit_free(k);
}

static void the_local_name_of_a_download_is_harmless(void **state) {
    static const struct {
        const char *name, *path;
    } rows[] = {
        {"../../etc/passwd", "/home/me/_.._etc_passwd"},
        {"..", "/home/me/file"},
        {".bashrc", "/home/me/bashrc"},
        {"-rf", "/home/me/rf"},
        {"/", "/home/me/_"},
        {"x\342\200\256gpj.exe", "/home/me/x_gpj.exe"},
        {"bad\377", "/home/me/bad_"},
        {"a\n\x1b[31mb", "/home/me/a__[31mb"},
        {"plain.txt", "/home/me/plain.txt"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = start();

        refresh(k, &rows[i].name, 1);
        act_files_download(k->m, k->fx);
        kit_step(k);
        assert_string_equal(kit_last(k, OP_FILE_GET)->local_path, rows[i].path);
        kit_free(k);
    }
}

static void a_deleted_file_leaves_the_list(void **state) {
    struct kit *k = start();

    (void)state;
    refresh(k, (const char *[]){"a", "b"}, 2);
    act_file_delete(k->m, k->fx);
    kit_step(k);
    assert_string_equal(((const struct file_ref *)kit_last(k, OP_FILE_DELETE)->in)->name, "a");
    kit_reply(k, OP_FILE_DELETE, NULL, 0);
    assert_string_equal(kit_notice(k), "Deleted a for all sessions");
    list(k, (const char *[]){"b"}, 1);
    assert_list(k, ">b");
    kit_free(k);
}

static void only_the_last_transfers_are_kept(void **state) {
    struct kit *k = start();

    (void)state;
    for (int i = 0; i < 40; i++) {
        act_upload(k->m, "/x", k->fx);
        kit_step(k);
        if (i > 0)
            kit_fail_at(k, OP_FILE_UPLOAD, RC_HTTP, 500, 500);
    }
    assert_int_equal(k->m->files.n_transfers, 22); /* the running one, 20 ended, the newest */
    assert_int_equal(k->m->files.transfers[0].state, XFER_RUNNING);
    kit_free(k);
}

/* ---- the picker ---- */

/* Answers the scan that is under way. Names: "d/" is a directory, "u?" unreadable. */
static void scanned(struct kit *k, const char *path, const char *const *names, size_t n) {
    struct task *t = NULL;

    for (size_t i = 0; i < k->fx->n_tasks; i++) {
        if (k->fx->tasks[i]->id != k->m->ui.picker.scan)
            continue;
        t = k->fx->tasks[i];
        memmove(&k->fx->tasks[i], &k->fx->tasks[i + 1],
                (k->fx->n_tasks - i - 1) * sizeof(struct task *));
        k->fx->n_tasks--;
        break;
    }
    assert_non_null(t);
    assert_int_equal(t->kind, TASK_SCAN);
    assert_string_equal(t->path, path);
    if (strncmp(path, "~", 1) == 0)
        t->path = arena_printf(&t->arena, "/home/me%s", path + 1);
    t->n_entries = n;
    t->entries = arena_alloc(&t->arena, (n + 1) * sizeof *t->entries);
    for (size_t i = 0; i < n; i++) {
        const size_t len = strlen(names[i]);
        const char last = names[i][len - 1];

        t->entries[i] = (struct dir_entry){
            .name = arena_strndup(&t->arena, names[i], len - (last == '/' || last == '?')),
            .is_dir = last == '/',
            .readable = last != '?',
            .hidden = names[i][0] == '.'};
    }
    if (names == NULL)
        (void)err_set(&t->err, RC_IO, EACCES, "could not list it");
    model_task_done(k->m, t, k->now, k->real, k->fx);
}

static void filter(struct kit *k, const char *text) {
    editor_set(&k->m->ui.picker.filter, text);
    act_picker_filter(k->m, k->fx);
}

static void assert_visible(const struct kit *k, const char *expected) {
    const struct picker *p = &k->m->ui.picker;
    auto_buf struct buf out = {.max = 1000};

    for (size_t i = 0; i < p->n_rows; i++)
        buf_addf(&out, "%s%s%s%s", i > 0 ? " " : "", i == p->cursor ? ">" : "",
                 p->rows[i].marked ? "+" : "", p->rows[i].name);
    assert_string_equal(buf_str(&out), expected);
}

static struct kit *open_picker(void) {
    struct kit *k = start();

    refresh(k, (const char *[]){"main.c", "shot_one.png"}, 2);
    act_picker_open(k->m, k->fx);
    assert_int_equal(k->m->ui.over, OVER_PICKER);
    scanned(k, "/home/me", (const char *[]){"doc/", "src/", ".cfg", "main.c", "secret?", "manual"},
            6);
    return k;
}

static void the_filter_is_fuzzy_and_hides_what_is_hidden(void **state) {
    struct kit *k = open_picker();

    (void)state;
    assert_visible(k, ">doc src main.c secret manual");
    act_picker_move(k->m, 1);
    assert_visible(k, "doc >src main.c secret manual");
    act_picker_move(k->m, INT_MAX);
    assert_visible(k, "doc src main.c secret >manual");
    filter(k, "mc");
    assert_visible(k, ">main.c");
    filter(k, "zzz");
    assert_visible(k, "");
    act_picker_enter(k->m, k->fx);
    assert_string_equal(kit_notice(k), "Nothing matches");
    filter(k, ".");
    assert_visible(k, ">.cfg main.c");
    kit_free(k);
}

static void enter_descends_and_going_up_comes_back_to_the_same_row(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "sr");
    act_picker_enter(k->m, k->fx);
    act_picker_enter(k->m, k->fx);
    assert_string_equal(kit_notice(k), "The directory is being read");
    scanned(k, "/home/me/src", (const char *[]){"x.c"}, 1);
    assert_visible(k, ">x.c");
    assert_string_equal(k->m->ui.picker.dir, "/home/me/src");
    act_picker_up(k->m, k->fx);
    scanned(k, "/home/me", (const char *[]){"doc/", "src/", "main.c"}, 3);
    assert_visible(k, "doc >src main.c");
    act_picker_up(k->m, k->fx);
    scanned(k, "/home", (const char *[]){"me/"}, 1);
    act_picker_up(k->m, k->fx);
    scanned(k, "/", (const char *[]){"bin/", "home/"}, 2);
    assert_visible(k, "bin >home");
    act_picker_up(k->m, k->fx);
    scanned(k, "/", (const char *[]){"bin/", "home/"}, 2);
    kit_free(k);
}

static void a_typed_path_is_gone_to(void **state) {
    static const struct {
        const char *typed, *scan, *dir, *rest;
    } rows[] = {
        {"src/", "/home/me/src", "/home/me/src", ""},
        {"/usr/lib/x", "/usr/lib", "/usr/lib", "x"},
        {"~/doc/", "~/doc", "/home/me/doc", ""},
        {"~/", "~", "/home/me", ""},
        {"~/../", "~/..", "/home", ""},
        {"../", "/home", "/home", ""},
        {"../../", "/", "/", ""},
        {"../../../../", "/", "/", ""},
        {"./src//sub/./f", "/home/me/src/sub", "/home/me/src/sub", "f"},
        {"src/../doc/", "/home/me/doc", "/home/me/doc", ""},
        {"/", "/", "/", ""},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = open_picker();

        filter(k, rows[i].typed);
        scanned(k, rows[i].scan, (const char *[]){"file"}, 1);
        assert_string_equal(k->m->ui.picker.dir, rows[i].dir);
        assert_string_equal(buf_str(&k->m->ui.picker.filter.text), rows[i].rest);
        kit_free(k);
    }
}

static void a_directory_that_cannot_be_read_changes_nothing(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "/root/");
    scanned(k, "/root", NULL, 0);
    assert_string_equal(k->m->ui.picker.dir, "/home/me");
    assert_string_equal(buf_str(&k->m->ui.picker.filter.text), "/root/");
    assert_string_equal(kit_notice(k), "Cannot go there: could not list it");
    filter(k, "");
    assert_visible(k, ">doc src main.c secret manual");
    kit_free(k);
}

/* Fast fingers: the filter is typed before the directory has been read. */
static void typing_does_not_stop_the_reading_of_the_directory(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "src");
    act_picker_enter(k->m, k->fx);
    filter(k, "b");
    scanned(k, "/home/me/src", (const char *[]){"a.c", "b.c"}, 2);
    assert_visible(k, ">b.c");
    filter(k, "../doc/"); /* but a path that is taken back is not gone to */
    filter(k, "..");
    assert_int_equal(k->m->ui.picker.scan, 0);
    kit_free(k);
}

static void a_scan_that_is_no_longer_wanted_is_cancelled(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "src/");
    struct task *old = k->fx->tasks[k->fx->n_tasks - 1];
    const uint32_t id = old->id;

    filter(k, "src/../doc/");
    const struct task *stop = k->fx->tasks[k->fx->n_tasks - 2];

    assert_int_equal(stop->kind, TASK_CANCEL);
    assert_int_equal(stop->target, id);
    k->fx->tasks[k->fx->n_tasks - 3] = k->fx->tasks[k->fx->n_tasks - 2];
    k->fx->tasks[k->fx->n_tasks - 2] = k->fx->tasks[k->fx->n_tasks - 1];
    k->fx->n_tasks--;
    (void)err_set(&old->err, RC_CANCELLED, 0, "cancelled");
    model_task_done(k->m, old, k->now, k->real, k->fx);
    scanned(k, "/home/me/doc", (const char *[]){"a"}, 1);
    assert_visible(k, ">a");
    kit_free(k);
}

static void a_chosen_file_is_uploaded(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "secret");
    act_picker_enter(k->m, k->fx);
    assert_string_equal(kit_notice(k), "That file cannot be read");
    filter(k, "manual");
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/home/me/manual");
    kit_free(k);
}

static void replacing_takes_a_second_enter_after_the_question_was_seen(void **state) {
    struct kit *k = open_picker();

    (void)state;
    filter(k, "main.c");
    act_picker_enter(k->m, k->fx);
    assert_string_equal(kit_notice(k), "Enter again replaces main.c for all sessions");
    act_picker_enter(k->m, k->fx); /* not painted yet */
    kit_paint(k);
    kit_pass(k, 399);
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    act_picker_move(k->m, 0); /* a movement takes the question back */
    kit_pass(k, 1000);
    act_picker_enter(k->m, k->fx);
    kit_paint(k);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    kit_pass(k, 400);
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 1);
    kit_free(k);
}

static void names_are_foreseen_as_servers_make_them(void **state) {
    static const struct {
        const char *path, *name;
    } rows[] = {
        {"/a/b/main.c", "main.c"},
        {"shot one.png", "shot_one.png"},
        {"a.b.c.tar.gz", "a_b_c_tar.gz"},
        {"a  b__c", "a_b_c"},
        {"noext", "noext"},
        {"x . y.md", "x_y.md"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_free char *name = file_server_name(rows[i].path);

        assert_string_equal(name, rows[i].name);
    }
}

static void a_path_from_home_is_looked_up_first(void **state) {
    struct kit *k = start();

    (void)state;
    act_upload(k->m, "~/x", k->fx);
    struct task *t = k->fx->tasks[--k->fx->n_tasks];

    assert_int_equal(t->kind, TASK_STAT);
    t->path = "/home/me/x";
    t->entries = arena_alloc(&t->arena, sizeof *t->entries);
    t->n_entries = 1;
    model_task_done(k->m, t, k->now, k->real, k->fx);
    kit_step(k);
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/home/me/x");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_asked_for_when_somebody_sees_it),
        cmocka_unit_test(the_cursor_stays_on_its_file),
        cmocka_unit_test(a_list_in_pieces_is_one_list),
        cmocka_unit_test(the_server_says_what_an_upload_is_called),
        cmocka_unit_test(an_upload_needs_a_session_that_exists),
        cmocka_unit_test(a_failed_upload_says_why),
        cmocka_unit_test(the_newest_running_transfer_is_stopped),
        cmocka_unit_test(a_download_never_replaces_a_file),
        cmocka_unit_test(a_download_gives_up_after_99_names),
        cmocka_unit_test(the_local_name_of_a_download_is_harmless),
        cmocka_unit_test(a_deleted_file_leaves_the_list),
        cmocka_unit_test(only_the_last_transfers_are_kept),
        cmocka_unit_test(the_filter_is_fuzzy_and_hides_what_is_hidden),
        cmocka_unit_test(enter_descends_and_going_up_comes_back_to_the_same_row),
        cmocka_unit_test(a_typed_path_is_gone_to),
        cmocka_unit_test(a_directory_that_cannot_be_read_changes_nothing),
        cmocka_unit_test(typing_does_not_stop_the_reading_of_the_directory),
        cmocka_unit_test(a_scan_that_is_no_longer_wanted_is_cancelled),
        cmocka_unit_test(a_chosen_file_is_uploaded),
        cmocka_unit_test(replacing_takes_a_second_enter_after_the_question_was_seen),
        cmocka_unit_test(names_are_foreseen_as_servers_make_them),
        cmocka_unit_test(a_path_from_home_is_looked_up_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
