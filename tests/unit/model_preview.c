/* A file that is read in its panel. */
#include "files.h"
#include "mix/panel.h"
#include "mix/preview.h"
#include "model_kit.h"

static const char *const ids[] = {"s1"};

static struct kit *reading(const char *name, int64_t size) {
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .start_dir = "/home/me"}, GEN_TOP,
        ids, 1);
    struct file_info one = {.name = name, .size = size, .modified = 1};

    act_files_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_FILES_LIST, &one, 1);
    act_file_preview(k->m, k->fx);
    kit_step(k);
    assert_non_null(preview_of(k->m));
    return k;
}

static void bytes(struct kit *k, const char *s, size_t n) {
    struct incoming *in = incoming_new(IN_BYTES, kit_last(k, OP_FILE_GET)->id);

    in->op = OP_FILE_GET;
    in->out = arena_strndup(&in->arena, s, n);
    in->n = n;
    kit_apply(k, in);
}

static void whole(struct kit *k, const char *range) {
    struct incoming *in = incoming_new(IN_REPLY, kit_last(k, OP_FILE_GET)->id);

    in->op = OP_FILE_GET;
    in->status = 206;
    in->headers = (struct strings){.items = &range, .n = range != NULL};
    kit_apply(k, in);
}

static void assert_shown(struct kit *k, const char *expected) {
    auto_buf struct buf out = {.max = 4000};

    panel_fresh(k->m);
    const struct panel *p = panel_top(k->m);

    for (size_t i = 0; i < p->n_rows; i++)
        buf_addf(&out, "%s%s%s%s\n", p->rows[i].label, *p->rows[i].label ? ": " : "",
                 p->rows[i].value, p->rows[i].body ? "[body]" : "");
    assert_string_equal(buf_str(&out), expected);
}

static void only_its_first_part_is_asked_for(void **state) {
    struct kit *k = reading("main.c", 5000000);
    const struct request *r = kit_last(k, OP_FILE_GET);

    (void)state;
    assert_string_equal(((const struct file_ref *)r->in)->name, "main.c");
    assert_null(r->local_path);
    assert_string_equal(r->options->headers[0], "Range: bytes=0-1048575");
    bytes(k, "int x;\n", 7);
    whole(k, "Content-Range: bytes 0-6/5000000");
    assert_shown(k, "c: the first 7 of 5000000 bytes: D downloads all\n[body]\n");
    assert_int_equal(preview_of(k->m)->body.kind, PREVIEW_TEXT);
    kit_free(k);
}

static void a_server_that_sends_all_of_it_is_stopped(void **state) {
    struct kit *k = reading("huge.log", 50 << 20);
    char *piece = xcalloc(1, 300000);
    const uint32_t id = kit_last(k, OP_FILE_GET)->id;
    size_t cancelled = 0;

    (void)state;
    memset(piece, 'x', 300000);
    for (int i = 0; i < 5; i++)
        bytes(k, piece, 300000);
    for (size_t i = 0; i < k->n_sent; i++)
        cancelled += k->sent[i]->kind == REQ_CANCEL && k->sent[i]->target == id;
    assert_int_equal(cancelled, 1);
    assert_int_equal(preview_of(k->m)->data.n, 1 << 20);
    kit_fail_id(k, id, OP_FILE_GET, RC_CANCELLED, 0, 0);
    assert_int_equal(panel_top(k->m)->err.rc, RC_OK);
    assert_shown(k, "text: the first 1048576 of 52428800 bytes: D downloads all\n[body]\n");
    free(piece);
    kit_free(k);
}

/* Frames may come between its pieces: then they show the first one, wherever it is kept by now. */
static void what_is_shown_moves_with_what_came(void **state) {
    struct kit *k = reading("main.c", 200000);
    char piece[1000], *between[200];

    (void)state;
    memset(piece, '\n', sizeof piece);
    for (size_t i = 0; i < MIX_COUNT(between); i++) {
        bytes(k, piece, sizeof piece);
        between[i] = xcalloc(1, 4000); /* so that what grows has to move */
        const struct preview *d = preview_of(k->m);

        assert_ptr_equal(d->body.s, d->data.p);
        assert_true(d->body.n > 0 && d->body.n <= d->data.n);
    }
    whole(k, NULL);
    assert_int_equal(preview_of(k->m)->body.n, 200000);
    for (size_t i = 0; i < MIX_COUNT(between); i++)
        free(between[i]);
    kit_free(k);
}

static void what_it_is_is_seen_by_its_bytes(void **state) {
    static const struct {
        const char *name, *s;
        size_t n;
        enum preview_kind kind;
    } rows[] = {
        {"a.txt", "plain\n", 6, PREVIEW_TEXT},
        {"a.txt", "nul\0inside", 10, PREVIEW_HEX},
        {"a.md", "# Title\n", 8, PREVIEW_MARKUP},
        {"a.md", "\0\1\2", 3, PREVIEW_HEX},
        {"log", "\033[31mred\033[0m text\n", 18, PREVIEW_TEXT},
        {"latin.txt", "caf\351 cr\350me and more\n", 20, PREVIEW_TEXT},
        {"x", "\377\376\375\374\373\372\371\370", 8, PREVIEW_HEX},
        {"x", "\1\2\3\4\5\6abc", 9, PREVIEW_HEX},
        {"cut.txt", "abcdefghijklmnop\342\202", 18, PREVIEW_TEXT},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = reading(rows[i].name, (int64_t)rows[i].n);

        bytes(k, rows[i].s, rows[i].n);
        whole(k, NULL);
        if (preview_of(k->m)->body.kind != rows[i].kind)
            fail_msg("row %zu is taken for %d", i, (int)preview_of(k->m)->body.kind);
        kit_free(k);
    }
}

static void markdown_is_read_as_written_by_a_key(void **state) {
    struct kit *k = reading("a.md", 4);

    (void)state;
    bytes(k, "# a\n", 4);
    whole(k, NULL);
    const uint64_t rev = preview_of(k->m)->body.rev;

    act_preview_raw(k->m);
    assert_int_equal(preview_of(k->m)->body.kind, PREVIEW_TEXT);
    assert_int_not_equal(preview_of(k->m)->body.rev, rev);
    act_preview_raw(k->m);
    assert_int_equal(preview_of(k->m)->body.kind, PREVIEW_MARKUP);
    kit_free(k);
}

static void empty_gone_and_broken_off_are_said(void **state) {
    struct kit *k = reading("none.txt", 0);

    (void)state;
    assert_int_equal(kit_last(k, OP_FILE_GET)->options->n_headers, 0);
    whole(k, NULL);
    assert_shown(k, "the file is empty\n");
    kit_free(k);
    k = reading("range.txt", 10);
    kit_http_fail(k, OP_FILE_GET, 416); /* it became empty meanwhile */
    assert_shown(k, "the file is empty\n");
    kit_free(k);
    k = reading("gone.txt", 10);
    kit_http_fail(k, OP_FILE_GET, 404);
    assert_shown(k, "try again: \ndetails: \nThe server has no such file, or not any more.\n");
    kit_free(k);
    k = reading("half.txt", 10);
    bytes(k, "half", 4);
    kit_fail_at(k, OP_FILE_GET, RC_CONNECT, 0, 56);
    assert_shown(k, "try again: \ndetails: \ntext: 4 bytes\n[body]\nthe rest did not come\n");
    kit_free(k);
}

static void closing_it_ends_the_request(void **state) {
    struct kit *k = reading("slow.txt", 10);
    const uint32_t id = kit_last(k, OP_FILE_GET)->id;
    bool cancelled = false;

    (void)state;
    act_panel_back(k->m);
    kit_tick(k);
    for (size_t i = 0; i < k->n_sent; i++)
        cancelled = cancelled || (k->sent[i]->kind == REQ_CANCEL && k->sent[i]->target == id);
    assert_true(cancelled);
    kit_free(k);
}

static void it_stays_about_its_file(void **state) {
    struct kit *k = reading("first.txt", 10);
    struct file_info other = {.name = "other.txt", .size = 1, .modified = 9};

    (void)state;
    bytes(k, "0123456789", 10);
    whole(k, NULL);
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_FILES_LIST, &other, 1); /* it is gone, and the cursor elsewhere */
    act_preview_download(k->m, k->fx);
    kit_step(k);
    assert_string_equal(((const struct file_ref *)kit_last(k, OP_FILE_GET)->in)->name, "first.txt");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_its_first_part_is_asked_for),
        cmocka_unit_test(a_server_that_sends_all_of_it_is_stopped),
        cmocka_unit_test(what_is_shown_moves_with_what_came),
        cmocka_unit_test(what_it_is_is_seen_by_its_bytes),
        cmocka_unit_test(markdown_is_read_as_written_by_a_key),
        cmocka_unit_test(empty_gone_and_broken_off_are_said),
        cmocka_unit_test(closing_it_ends_the_request),
        cmocka_unit_test(it_stays_about_its_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
