/* The list of the files pane: its order, its filter, what is selected, and what is done with it. */
#include <errno.h>
#include <limits.h>
#include <time.h>

#include "files.h"
#include "mix/editor.h"
#include "model_kit.h"

static const char *const ids[] = {"s1", "s2"};

static struct kit *start_with(const char *state_dir) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://localhost:8088",
                                                          .start_dir = "/home/me",
                                                          .state_dir = state_dir},
                                    GEN_TOP, ids, 2);

    return k;
}

static struct kit *start(void) { return start_with(NULL); }

static void give(struct kit *k, struct file_info *files, size_t n) {
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_FILES_LIST, files, n);
}

static struct file_info four[] = {
    {.name = "old.png", .size = 5, .modified = 1},
    {.name = "Big.c", .size = 900, .modified = 2},
    {.name = "mid.md", .size = 50, .modified = 3},
    {.name = "a.png", .size = 7, .modified = 4},
};

/* `>` the cursor, `*` a mark, `--` the heading. */
static void assert_rows(const struct kit *k, const char *expected) {
    auto_buf struct buf out = {.max = 4000};
    const size_t cursor = files_cursor_row(k->m);

    for (size_t i = 0; i < files_rows(k->m); i++) {
        const struct file_row row = files_row(k->m, i);

        buf_addf(&out, "%s%s%s%s", i > 0 ? " " : "", i == cursor ? ">" : "",
                 row.file && file_marked(k->m, row.file->name) ? "*" : "",
                 row.file     ? row.file->name
                 : row.output ? row.output->name
                              : "--");
    }
    assert_string_equal(buf_str(&out), expected);
}

static void the_order_is_chosen_by_a_key(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    assert_rows(k, ">a.png mid.md Big.c old.png");
    act_files_sort(k->m);
    assert_rows(k, "Big.c >a.png mid.md old.png");
    assert_string_equal(kit_notice(k), "Files by name");
    act_files_sort(k->m);
    assert_rows(k, "Big.c mid.md >a.png old.png");
    act_files_sort(k->m);
    assert_string_equal(file_sort_name(k->m->files.sort), "type");
    assert_rows(k, "mid.md Big.c >a.png old.png");
    act_files_sort(k->m);
    assert_rows(k, ">a.png mid.md Big.c old.png");
    kit_free(k);
}

static void the_order_is_kept_over_a_restart(void **state) {
    const struct model_config config = {
        .url = "http://localhost:8088", .start_dir = "/home/me", .state_dir = "/state"};
    struct kit *k = start_with("/state");

    (void)state;
    act_files_sort(k->m);
    act_files_sort(k->m);
    kit_pass(k, 5000);
    kit_restart(k, config);
    assert_int_equal(k->m->files.sort, FILES_BY_SIZE);
    kit_free(k);
}

static void filter(struct kit *k, const char *text) {
    editor_set(&k->m->ui.file_filter, text);
    act_files_filter(k->m);
}

static void a_filter_leaves_what_fits(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    act_files_move(k->m, 3);
    filter(k, "png");
    assert_rows(k, "a.png >old.png");
    give(k, four, 3); /* a list that comes meanwhile is filtered, too */
    assert_rows(k, ">old.png");
    filter(k, "nothing");
    assert_rows(k, "");
    assert_null(model_selected_file(k->m));
    act_files_move(k->m, 1);
    act_files_clear(k->m);
    assert_rows(k, "mid.md Big.c >old.png");
    kit_free(k);
}

static void marks_stay_with_their_names(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    act_files_mark(k->m, MARK_THIS);
    act_files_move(k->m, 1);
    act_files_mark(k->m, MARK_THIS);
    assert_rows(k, "*a.png mid.md *Big.c >old.png");
    give(k, four, 3);
    assert_rows(k, "mid.md *Big.c >old.png");
    act_files_mark(k->m, MARK_OTHERS);
    assert_rows(k, "*mid.md Big.c >*old.png");
    act_files_mark(k->m, MARK_EVERY);
    assert_rows(k, "*mid.md *Big.c >*old.png");
    act_files_mark(k->m, MARK_EVERY);
    assert_rows(k, "mid.md Big.c >old.png");
    filter(k, "md");
    act_files_mark(k->m, MARK_EVERY);
    act_files_clear(k->m);
    assert_rows(k, ">*mid.md Big.c old.png");
    act_files_clear(k->m); /* and then the marks */
    assert_int_equal(k->m->files.marked.n, 0);
    kit_free(k);
}

/* ---- delete ---- */

static void the_question_names_what_it_destroys(void **state) {
    struct file_info odd[] = {{.name = "a\nb", .modified = 3},
                              {.name = "rtl\342\200\256gpj", .modified = 2},
                              {.name = "c", .modified = 1}};
    auto_buf struct buf text = {.max = 8000}, object = {.max = 100}, other = {.max = 100};
    struct kit *k = start();

    (void)state;
    give(k, odd, 3);
    assert_true(files_deletion(k->m, &text, &object));
    assert_string_equal(buf_str(&text), "Delete a\342\220\212b for all sessions of this server?");
    act_files_mark(k->m, MARK_EVERY);
    buf_clear(&text);
    assert_true(files_deletion(k->m, &text, &other));
    assert_string_equal(buf_str(&text),
                        "Delete 3 uploads of all sessions: a\342\220\212b, rtl<U+202E>gpj, c?");
    assert_string_not_equal(buf_str(&object), buf_str(&other));
    kit_free(k);
}

static void a_long_question_counts_the_rest(void **state) {
    struct file_info many[40];
    char names[40][260];
    auto_buf struct buf text = {.max = 8000}, object = {.max = 100};
    struct kit *k = start();

    (void)state;
    for (size_t i = 0; i < 40; i++) {
        memset(names[i], 'x', 255);
        snprintf(names[i] + 240, 20, "%zu", i);
        many[i] = (struct file_info){.name = names[i], .modified = 100};
    }
    give(k, many, 40);
    act_files_mark(k->m, MARK_EVERY);
    assert_true(files_deletion(k->m, &text, &object));
    assert_non_null(strstr(buf_str(&text), "Delete 40 uploads of all sessions: xxx"));
    assert_non_null(strstr(buf_str(&text), "and 28 more?"));
    assert_in_range(text.n, 100, 1400);
    kit_free(k);
}

static void several_are_deleted_and_the_list_is_asked_for_once(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    act_files_mark(k->m, MARK_THIS);
    act_files_mark(k->m, MARK_THIS);
    act_files_mark(k->m, MARK_THIS);
    const size_t lists = kit_count(k, OP_FILES_LIST), sent = k->n_sent;

    act_file_delete(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_DELETE), 3);
    uint32_t at[3];

    for (size_t i = 0; i < 3; i++)
        at[i] = k->sent[sent + i]->id;
    kit_reply_as(k, IN_REPLY, at[0], OP_FILE_DELETE, NULL, 0);
    kit_fail_id(k, at[1], OP_FILE_DELETE, RC_HTTP, 404, 404);
    assert_string_equal(kit_notice(k), "Could not delete mid.md: it failed with 404");
    assert_int_equal(kit_count(k, OP_FILES_LIST), lists);
    kit_reply_as(k, IN_REPLY, at[2], OP_FILE_DELETE, NULL, 0);
    assert_string_equal(kit_notice(k), "Deleted 2 uploads of all sessions");
    assert_int_equal(kit_count(k, OP_FILES_LIST), lists + 1);
    assert_int_equal(k->m->files.marked.n, 1); /* what is still there is still meant */
    kit_free(k);
}

static void a_hundred_deletions_go_out_a_few_at_a_time(void **state) {
    struct file_info many[100];
    char names[100][8];
    struct kit *k = start();

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "f%02zu", i);
        many[i] = (struct file_info){.name = names[i], .modified = 1};
    }
    give(k, many, 100);
    act_files_mark(k->m, MARK_EVERY);
    act_file_delete(k->m, k->fx);
    kit_step(k);
    size_t under_way = kit_count(k, OP_FILE_DELETE), done = 0;

    assert_in_range(under_way, 1, 16);
    for (size_t i = 0; i < k->n_sent; i++)
        if (k->sent[i]->op == OP_FILE_DELETE && k->sent[i]->kind == REQ_CALL) {
            kit_reply_as(k, IN_REPLY, k->sent[i]->id, OP_FILE_DELETE, NULL, 0);
            done++;
            assert_in_range(kit_count(k, OP_FILE_DELETE) - done, 0, 16);
        }
    assert_int_equal(done, 100);
    assert_string_equal(kit_notice(k), "Deleted 100 uploads of all sessions");
    kit_free(k);
}

static void a_change_while_the_list_comes_asks_for_it_again(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    const size_t lists = kit_count(k, OP_FILES_LIST);

    act_file_delete(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_FILE_DELETE, NULL, 0);
    kit_reply(k, OP_FILES_LIST, four, 4);
    assert_int_equal(kit_count(k, OP_FILES_LIST), lists + 1);
    kit_reply(k, OP_FILES_LIST, four, 3);
    assert_int_equal(kit_count(k, OP_FILES_LIST), lists + 1);
    kit_free(k);
}

/* ---- downloads ---- */

static void downloads_of(const struct kit *k, struct buf *out) {
    for (size_t i = 0; i < k->n_sent; i++)
        if (k->sent[i]->kind == REQ_CALL && k->sent[i]->op == OP_FILE_GET && k->sent[i]->local_path)
            buf_addf(out, "%s\n", k->sent[i]->local_path);
}

static void what_is_marked_is_downloaded(void **state) {
    auto_buf struct buf paths = {.max = 4000};
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    act_files_mark(k->m, MARK_THIS);
    act_files_mark(k->m, MARK_THIS);
    act_files_download(k->m, k->fx);
    kit_step(k);
    downloads_of(k, &paths);
    assert_string_equal(buf_str(&paths), "/home/me/a.png\n/home/me/mid.md\n");
    kit_free(k);
}

static void a_whole_session_goes_into_a_directory_of_its_name(void **state) {
    auto_buf struct buf paths = {.max = 4000};
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    kit_put_file(k, "/home/me/s2", "");
    act_files_tree(k->m, k->fx);
    kit_step(k); /* its name is taken */
    kit_step(k);
    downloads_of(k, &paths);
    assert_string_equal(buf_str(&paths), "/home/me/s2 (1)/a.png\n/home/me/s2 (1)/mid.md\n"
                                         "/home/me/s2 (1)/Big.c\n/home/me/s2 (1)/old.png\n");
    struct tree_count count;

    assert_true(files_tree_count(k->m, &count));
    assert_int_equal(count.files, 4);
    assert_int_equal(count.bytes, 962);
    assert_int_equal(count.bytes_done, 0);
    for (size_t i = 0, n = k->n_sent; i < n; i++)
        if (k->sent[i]->op == OP_FILE_GET && k->sent[i]->kind == REQ_CALL)
            kit_reply_as(k, IN_REPLY, k->sent[i]->id, OP_FILE_GET, NULL, 0);
    assert_false(files_tree_count(k->m, &count));
    assert_string_equal(kit_notice(k), "Saved 4 files in /home/me/s2 (1)");
    kit_free(k);
}

static void a_file_that_is_gone_does_not_stop_the_others(void **state) {
    struct kit *k = start();
    size_t seen = 0;

    (void)state;
    give(k, four, 4);
    act_files_tree(k->m, k->fx);
    kit_step(k);
    for (size_t i = 0; i < k->n_sent; i++)
        if (k->sent[i]->op == OP_FILE_GET && k->sent[i]->kind == REQ_CALL) {
            if (seen++ == 1)
                kit_fail_id(k, k->sent[i]->id, OP_FILE_GET, RC_HTTP, 404, 404);
            else
                kit_reply_as(k, IN_REPLY, k->sent[i]->id, OP_FILE_GET, NULL, 0);
        }
    assert_string_equal(kit_notice(k), "Saved 3 of 4 files in /home/me/s2; 1 failed");
    kit_free(k);
}

static void a_tree_whose_sessions_go_away_fails_as_a_whole(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    k->disk_slow = true;
    act_files_tree(k->m, k->fx);
    while (k->m->n_sessions > 0)
        session_gone(k->m, k->m->sessions[0], k->fx);
    kit_disk(k); /* the directory is there, and nobody who could be asked for a file */
    assert_null(k->m->files.fetching);
    assert_string_equal(kit_notice(k), "Saved 0 of 4 files in /home/me/s2; 4 failed");
    kit_free(k);
}

/* ---- a program ---- */

static void a_file_is_opened_from_a_private_copy(void **state) {
    struct kit *k = start();

    (void)state;
    give(k, four, 4);
    act_file_open(k->m, k->fx);
    kit_step(k);
    kit_step(k);
    assert_string_equal(kit_last(k, OP_FILE_GET)->local_path, "/tmp/own/a.png");
    assert_null(k->fx->open_file);
    kit_reply(k, OP_FILE_GET, NULL, 0);
    assert_string_equal(k->fx->open_file, "/tmp/own/a.png");
    kit_free(k);
}

static void names_on_this_computer_do_no_harm(void **state) {
    static const struct {
        const char *name, *local;
    } rows[] = {
        {"plain.txt", "plain.txt"},
        {"../../etc/passwd", "_.._etc_passwd"},
        {".bashrc", "bashrc"},
        {"-rf", "rf"},
        {"", "file"},
        {"...", "file"},
        {"a\nb\033[2J", "a_b_[2J"},
        {"x\342\200\256gpj.exe", "x_gpj.exe"},
        {"bad\377utf8", "bad_utf8"},
        {"c1\302\233m", "c1_m"},
        {"w\\in", "w_in"},
        {"sch\303\266n.txt", "sch\303\266n.txt"},
        {"trailing. ", "trailing"},
    };
    char longest[300];

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_free char *local = file_local_name(rows[i].name);

        assert_string_equal(local, rows[i].local);
    }
    for (size_t i = 0; i + 2 < sizeof longest; i += 2)
        memcpy(longest + i, "\303\266", 2);
    longest[sizeof longest - 2] = '\0';
    auto_free char *local = file_local_name(longest);

    assert_int_equal(strlen(local), 200);
    assert_true(text_valid(local, strlen(local)));
}

/* Whatever they are called: shown, filtered, marked, downloaded, as a tree too, deleted. */
static void names_nobody_would_choose_stay_in_their_directory(void **state) {
    enum { LONG = 70000 };
    char *endless = xmalloc(LONG + 1);
    struct file_info odd[] = {
        {.name = "../../etc/passwd", .size = 1},
        {.name = "..", .size = 1},
        {.name = ".", .size = 1},
        {.name = "", .size = 1},
        {.name = NULL, .size = 1},
        {.name = "/etc/passwd", .size = -1},
        {.name = "a/b", .size = INT64_MAX, .modified = INT64_MAX},
        {.name = "a_b", .size = INT64_MIN, .modified = INT64_MIN},
        {.name = "-rf", .size = 1},
        {.name = ".bashrc", .size = 1},
        {.name = "twice", .size = 1},
        {.name = "twice", .size = 2},
        {.name = "dir", .size = 1, .is_dir = true},
        {.name = endless, .size = 1},
        {.name = "\033]0;x\007\n\342\200\256", .size = 1},
        {.name = "\377\376", .size = 1},
    };
    struct kit *k = start();
    size_t downloads = 0;

    (void)state;
    memset(endless, '/', LONG);
    endless[LONG] = '\0';
    give(k, odd, MIX_COUNT(odd));
    filter(k, "a");
    filter(k, "");
    for (int order = 0; order < 8; order++) {
        act_files_sort(k->m);
        act_files_move(k->m, order);
    }
    act_files_mark(k->m, MARK_EVERY);
    act_files_download(k->m, k->fx);
    kit_step(k);
    act_files_tree(k->m, k->fx);
    kit_step(k);
    kit_step(k);
    for (size_t i = 0; i < k->n_sent; i++) {
        const struct request *r = k->sent[i];

        if (r->kind != REQ_CALL || r->op != OP_FILE_GET || !r->local_path)
            continue;
        const char *name = path_base(r->local_path);
        const size_t dir = (size_t)(name - r->local_path);

        assert_true((dir == 9 && memcmp(r->local_path, "/home/me/", 9) == 0) ||
                    (dir == 12 && memcmp(r->local_path, "/home/me/s2/", 12) == 0));
        assert_true(strlen(name) > 0 && strlen(name) <= 200);
        assert_true(name[0] != '.' && name[0] != '-');
        assert_null(strpbrk(name, "\033\007\n"));
        kit_fail_id(k, r->id, OP_FILE_GET, RC_HTTP, 404, 404);
        downloads++;
    }
    assert_in_range(downloads, 20, 2 * MIX_COUNT(odd));
    act_files_mark(k->m, MARK_EVERY);
    act_file_delete(k->m, k->fx);
    kit_step(k);
    for (size_t i = 0; i < k->n_sent; i++)
        if (k->sent[i]->op == OP_FILE_DELETE)
            assert_false(str_blank(((const struct file_ref *)k->sent[i]->in)->name));
    kit_free(k);
    free(endless);
}

/* ---- ten thousand ---- */

static double cpu_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static void ten_thousand_files_are_no_trouble(void **state) {
    enum { MANY = 10000, KEYS = 20 };
    struct file_info *many = xcalloc(MANY, sizeof *many);
    char(*names)[32] = xcalloc(MANY, sizeof *names);
    struct kit *k = start();

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "file number %zu.%s", i * 7919 % MANY,
                 i % 3 ? "png" : "txt");
        many[i] = (struct file_info){.name = names[i], .size = (int64_t)i, .modified = (int64_t)i};
    }
    give(k, many, MANY);
    const double before = cpu_ms();

    for (int i = 0; i < KEYS; i++) {
        act_files_move(k->m, i % 2 ? INT_MAX : INT_MIN);
        act_files_mark(k->m, MARK_THIS);
    }
    const double moves = cpu_ms() - before;

    filter(k, "num 77 txt");
    const double filters = cpu_ms() - before - moves;

    act_files_sort(k->m);
    const double sorts = cpu_ms() - before - moves - filters;

    assert_in_range(k->m->files.n_visible, 1, MANY / 2);
    /* generous: this may be a sanitizer on a busy machine */
    if (moves / KEYS > 25 || filters > 250 || sorts > 250)
        fail_msg("a move %.2f ms, a filter %.2f ms, a sort %.2f ms", moves / KEYS, filters, sorts);
    print_message("a move %.3f ms, a filter %.3f ms, a sort %.3f ms\n", moves / KEYS, filters,
                  sorts);
    kit_free(k);
    free(many);
    free(names);
}

/* All of them at once: the keys after that do not wait. */
static void a_hundred_thousand_files_can_be_marked_and_downloaded(void **state) {
    enum { MANY = 100000 };
    struct file_info *many = xcalloc(MANY, sizeof *many);
    char(*names)[16] = xcalloc(MANY, sizeof *names);
    struct kit *k = start();

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "n%zu", i);
        many[i] = (struct file_info){.name = names[i], .size = (int64_t)i};
    }
    const double begun = cpu_ms();

    give(k, many, MANY);
    act_files_mark(k->m, MARK_EVERY);
    const double marked = cpu_ms();

    act_files_download(k->m, k->fx);
    const double asked = cpu_ms();

    kit_step(k);
    kit_reply(k, OP_FILE_GET, NULL, 0);
    act_transfers_cancel(k->m, k->fx);
    const double stopped = cpu_ms();

    print_message("listed and marked %.0f ms, downloads %.0f ms, stopped %.0f ms\n", marked - begun,
                  asked - marked, stopped - asked);
    assert_true(marked - begun < 3000 && asked - marked < 3000 && stopped - asked < 3000);
    kit_free(k);
    free(many);
    free(names);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_chosen_by_a_key),
        cmocka_unit_test(the_order_is_kept_over_a_restart),
        cmocka_unit_test(a_filter_leaves_what_fits),
        cmocka_unit_test(marks_stay_with_their_names),
        cmocka_unit_test(the_question_names_what_it_destroys),
        cmocka_unit_test(a_long_question_counts_the_rest),
        cmocka_unit_test(several_are_deleted_and_the_list_is_asked_for_once),
        cmocka_unit_test(a_hundred_deletions_go_out_a_few_at_a_time),
        cmocka_unit_test(a_change_while_the_list_comes_asks_for_it_again),
        cmocka_unit_test(what_is_marked_is_downloaded),
        cmocka_unit_test(a_whole_session_goes_into_a_directory_of_its_name),
        cmocka_unit_test(a_file_that_is_gone_does_not_stop_the_others),
        cmocka_unit_test(a_tree_whose_sessions_go_away_fails_as_a_whole),
        cmocka_unit_test(a_file_is_opened_from_a_private_copy),
        cmocka_unit_test(names_on_this_computer_do_no_harm),
        cmocka_unit_test(names_nobody_would_choose_stay_in_their_directory),
        cmocka_unit_test(ten_thousand_files_are_no_trouble),
        cmocka_unit_test(a_hundred_thousand_files_can_be_marked_and_downloaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
