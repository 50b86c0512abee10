/* Several uploads and downloads at once: their turn, their speed, breaks, and who is told. */
#include <errno.h>

#include "model_kit.h"
#include "private.h"

static const char *const ids[] = {"s1", "s2"};

static struct kit *start(size_t at_once) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://localhost:8088",
                                                          .start_dir = "/home/me",
                                                          .transfers_at_once = at_once},
                                    GEN_TOP, ids, 2);

    k->disk_slow = true;
    return k;
}

static struct transfer *at(struct kit *k, size_t i) { return &k->m->files.transfers[i]; }

static void upload_n(struct kit *k, int n) {
    for (int i = 0; i < n; i++) {
        char path[32];

        snprintf(path, sizeof path, "/home/me/f%d", i);
        act_upload(k->m, path, k->fx);
    }
    kit_step(k);
}

static void answer(struct kit *k, size_t i, enum incoming_kind kind, const struct err *err,
                   const char *resume) {
    struct incoming *in = incoming_new(kind, at(k, i)->request);

    in->op = at(k, i)->upload ? OP_FILE_UPLOAD : OP_FILE_GET;
    if (err)
        in->err = *err;
    in->resume = resume ? arena_strdup(&in->arena, resume) : NULL;
    kit_apply(k, in);
    kit_step(k);
}

static void moved(struct kit *k, size_t i, int64_t done, int64_t total) {
    struct incoming *in = incoming_new(IN_PROGRESS, at(k, i)->request);

    in->op = at(k, i)->upload ? OP_FILE_UPLOAD : OP_FILE_GET;
    in->done = done;
    in->total = total;
    kit_apply(k, in);
}

static void assert_states(struct kit *k, const char *expected) {
    char out[64] = "";

    for (size_t i = 0; i < k->m->files.n_transfers; i++)
        out[i] = "rdfcw"[at(k, i)->state];
    out[k->m->files.n_transfers] = '\0';
    assert_string_equal(out, expected);
}

static const struct err lost = {.rc = RC_CONNECT, .text = "lost"};
static const struct err refused = {.rc = RC_HTTP, .detail = 404, .text = "404"};
static const struct err stopped = {.rc = RC_CANCELLED, .text = "cancelled"};

static void four_run_and_the_rest_waits_its_turn(void **state) {
    struct kit *k = start(0);

    (void)state;
    upload_n(k, 6);
    assert_states(k, "rrrrww");
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 4);
    assert_int_equal(model_transfers(k->m), 6);
    answer(k, 1, IN_REPLY, NULL, NULL);
    assert_states(k, "rdrrrw");
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/home/me/f4");
    answer(k, 0, IN_FAIL, &refused, NULL);
    assert_states(k, "fdrrrr");
    assert_string_equal(at(k, 0)->err.text, "404");
    kit_free(k);
}

static void a_setting_says_how_many(void **state) {
    struct kit *k = start(1);

    (void)state;
    upload_n(k, 3);
    assert_states(k, "rww");
    kit_free(k);
}

static void all_are_stopped_and_tried_again(void **state) {
    struct kit *k = start(2);

    (void)state;
    act_transfers_cancel(k->m, k->fx);
    assert_string_equal(kit_notice(k), "Nothing is being transferred");
    act_transfers_retry(k->m, k->fx);
    assert_string_equal(kit_notice(k), "No transfer failed");
    upload_n(k, 4);
    act_transfers_cancel(k->m, k->fx);
    kit_step(k);
    assert_states(k, "rrcc");
    answer(k, 0, IN_FAIL, &stopped, NULL);
    answer(k, 1, IN_FAIL, &stopped, NULL);
    assert_states(k, "cccc");
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 2);
    act_transfers_retry(k->m, k->fx);
    kit_step(k);
    assert_states(k, "rrww");
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 4);
    kit_free(k);
}

static uint32_t download(struct kit *k) {
    const uint32_t id = transfers_download(k->m, "big", NULL, 100, NULL, 0, k->fx);

    kit_step(k);
    return id;
}

static void a_broken_download_goes_on_by_itself(void **state) {
    struct kit *k = start(0);

    (void)state;
    (void)download(k);
    assert_true(kit_last(k, OP_FILE_GET)->keep_part);
    assert_null(kit_last(k, OP_FILE_GET)->resume);
    moved(k, 0, 10, 100);
    moved(k, 0, 40, 100);
    answer(k, 0, IN_FAIL, &lost, "100 Mon");
    assert_states(k, "w");
    assert_true(at(k, 0)->retry_at > k->now);
    assert_int_equal(at(k, 0)->done, 40);
    assert_int_equal(model_next_tick(k->m, k->now), at(k, 0)->retry_at);
    k->now = at(k, 0)->retry_at;
    kit_tick(k);
    assert_states(k, "r");
    assert_string_equal(kit_last(k, OP_FILE_GET)->resume, "100 Mon");
    answer(k, 0, IN_REPLY, NULL, NULL);
    assert_states(k, "d");
    assert_null(at(k, 0)->resume);
    kit_free(k);
}

static void what_brings_nothing_five_times_has_failed(void **state) {
    struct kit *k = start(0);
    int tries = 0;

    (void)state;
    (void)download(k);
    for (; at(k, 0)->state == XFER_RUNNING && tries < 100; tries++) {
        moved(k, 0, 10, 100);
        answer(k, 0, IN_FAIL, &lost, "100 Mon");
        if (at(k, 0)->state == XFER_WAITING)
            k->now = at(k, 0)->retry_at;
        kit_tick(k);
    }
    assert_int_equal(tries, 5);
    assert_states(k, "f");
    assert_string_equal(at(k, 0)->err.text, "lost");
    act_transfers_retry(k->m, k->fx); /* the person may think otherwise */
    kit_step(k);
    assert_string_equal(kit_last(k, OP_FILE_GET)->resume, "100 Mon");
    kit_free(k);
}

/* It sends a little more each time, then starts over: nothing would ever be whole. */
static void a_server_that_always_starts_over_is_given_up(void **state) {
    struct kit *k = start(0);
    int tries = 0;

    (void)state;
    (void)download(k);
    for (; at(k, 0)->state == XFER_RUNNING && tries < 100; tries++) {
        moved(k, 0, 0, 100);
        moved(k, 0, 10 + tries % 2, 100);
        answer(k, 0, IN_FAIL, &lost, "100 Mon");
        if (at(k, 0)->state == XFER_WAITING)
            k->now = at(k, 0)->retry_at;
        kit_tick(k);
    }
    assert_in_range(tries, 5, 10);
    assert_states(k, "f");
    kit_free(k);
}

static void what_cannot_go_on_fails_at_once(void **state) {
    static const struct {
        const struct err *err;
        const char *resume;
    } rows[] = {{&lost, NULL}, {&refused, "100 Mon"}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = start(0);

        (void)download(k);
        answer(k, 0, IN_FAIL, rows[i].err, rows[i].resume);
        assert_states(k, "f");
        kit_free(k);
    }
}

static void the_speed_is_smooth(void **state) {
    struct kit *k = start(0);

    (void)state;
    upload_n(k, 1);
    moved(k, 0, 0, 100000);
    assert_true(at(k, 0)->speed == 0);
    k->now += 100;
    moved(k, 0, 900, 100000); /* too early to tell */
    assert_true(at(k, 0)->speed == 0);
    k->now += 900;
    moved(k, 0, 10000, 100000);
    assert_true(at(k, 0)->speed > 9900 && at(k, 0)->speed < 10100);
    k->now += 1000;
    moved(k, 0, 10000, 100000); /* it stalls */
    assert_true(at(k, 0)->speed > 6900 && at(k, 0)->speed < 7100);
    kit_free(k);
}

static struct {
    int ended;
    uint32_t tag;
    int state;
    char name[64], path[64];
} heard;

static void hear(struct model *m, const struct transfer *t, struct effects *fx) {
    heard.ended++;
    heard.tag = t->tag;
    heard.state = (int)t->state;
    snprintf(heard.name, sizeof heard.name, "%s", t->name);
    snprintf(heard.path, sizeof heard.path, "%s", t->path);
    if (heard.ended == 1) /* the list may move under it */
        for (int i = 0; i < 30; i++)
            (void)transfers_upload(m, "/x", NULL, NULL, 0, fx);
}

static void who_asked_is_told_the_end(void **state) {
    static const struct transfer_ends ends = {.ended = hear, .quiet = true};
    struct kit *k = start(0);
    struct file_info info = {.name = "a_b.txt", .url = "http://x/a_b.txt"};

    (void)state;
    memset(&heard, 0, sizeof heard);
    const uint32_t id =
        transfers_upload(k->m, "/home/me/a b.txt", model_session(k->m, "s1"), &ends, 7, k->fx);

    kit_step(k);
    assert_string_equal(((const struct session_ref *)kit_last(k, OP_FILE_UPLOAD)->in)->id, "s1");
    kit_reply(k, OP_FILE_UPLOAD, &info, 0);
    assert_int_equal(heard.ended, 1);
    assert_int_equal(heard.tag, 7);
    assert_int_equal(heard.state, XFER_DONE);
    assert_string_equal(heard.name, "a_b.txt");
    assert_string_equal(transfer_by_id(k->m, id)->url, "http://x/a_b.txt");
    const uint32_t got = transfers_download(k->m, "n", "/tmp/dir/n.txt", 5, &ends, 9, k->fx);

    transfers_cancel(k->m, got, k->fx);
    assert_int_equal(heard.ended, 2);
    assert_int_equal(heard.state, XFER_CANCELLED);
    assert_string_equal(heard.path, "/tmp/dir/n.txt");
    assert_null(transfer_by_id(k->m, 9999));
    kit_free(k);
}

static void a_taken_path_of_ones_own_gets_a_number(void **state) {
    static const struct err taken = {.rc = RC_IO, .detail = EEXIST, .text = "there"};
    struct kit *k = start(0);

    (void)state;
    (void)transfers_download(k->m, "n", "/tmp/dir.d/n", 5, NULL, 0, k->fx);
    kit_step(k);
    answer(k, 0, IN_FAIL, &taken, NULL);
    assert_string_equal(kit_last(k, OP_FILE_GET)->local_path, "/tmp/dir.d/n (1)");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_run_and_the_rest_waits_its_turn),
        cmocka_unit_test(a_setting_says_how_many),
        cmocka_unit_test(all_are_stopped_and_tried_again),
        cmocka_unit_test(a_broken_download_goes_on_by_itself),
        cmocka_unit_test(what_brings_nothing_five_times_has_failed),
        cmocka_unit_test(a_server_that_always_starts_over_is_given_up),
        cmocka_unit_test(what_cannot_go_on_fails_at_once),
        cmocka_unit_test(the_speed_is_smooth),
        cmocka_unit_test(who_asked_is_told_the_end),
        cmocka_unit_test(a_taken_path_of_ones_own_gets_a_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
