/* Files of a message: uploaded before it leaves, and nothing of it is sent half. */
#include "mix/complete.h"
#include "mix/editor.h"
#include "model_kit.h"

static const char *const two[] = {"s1", "s2"};

/* What a look at a file says: by the letter its name begins with. */
static void disk(struct kit *k, struct task *t) {
    (void)k;
    if (t->kind != TASK_STAT)
        return;
    const char *base = path_base(t->path);
    struct dir_entry *e = arena_alloc(&t->arena, sizeof *e);

    *e = (struct dir_entry){.name = t->path, .size = 100, .modified = 5, .readable = true};
    if (*base == 'g') {
        err_set(&t->err, RC_IO, 2, "%s: No such file or directory", t->path);
        return;
    }
    e->is_dir = *base == 'd';
    e->kind = *base == 'd'   ? ENTRY_DIR
              : *base == 'p' ? ENTRY_FIFO
              : *base == 'z' ? ENTRY_DEVICE
                             : ENTRY_FILE;
    e->readable = *base != 'u';
    t->entries = e;
    t->n_entries = 1;
}

static void listed(struct kit *k, struct file_info *files, size_t n) {
    act_files_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_FILES_LIST, files, n);
}

static struct kit *start_unlisted(void) {
    struct model_config config = {
        .url = "http://localhost:8088", .state_dir = "/s", .start_dir = "/w"};
    struct kit *k = kit_online_with(config, GEN_TOP, two, 2);

    k->local = disk;
    act_focus(k->m, PANE_COMPOSER);
    return k;
}

static struct kit *start(void) {
    struct kit *k = start_unlisted();

    listed(k, NULL, 0);
    return k;
}

/* Its look at a directory finds one file. */
static void one_file(struct kit *k, struct task *t) {
    disk(k, t);
    if (t->kind != TASK_SCAN)
        return;
    t->entries = arena_alloc(&t->arena, sizeof *t->entries);
    t->n_entries = 1;
    t->entries[0] = (struct dir_entry){.name = "a.c", .size = 3, .readable = true};
}

static void attach(struct kit *k, const char *path) {
    act_attach(k->m, path, NULL);
    kit_step(k);
}

static void send(struct kit *k) {
    act_send(k->m, k->fx);
    kit_step(k);
}

static void uploaded_as(struct kit *k, const char *name) {
    char url[200];

    snprintf(url, sizeof url, "http://localhost:8088/f/%s", name);
    struct file_info f = {.name = name, .size = 100, .url = url};

    kit_reply(k, OP_FILE_UPLOAD, &f, 0);
}

static const char *sent_text(struct kit *k) {
    const struct request *r = kit_last(k, OP_MESSAGE_SEND);

    return r ? ((const struct message_send *)r->in)->text : NULL;
}

static const char *draft(const struct kit *k) { return buf_str(&k->m->shown->draft.text); }

/* ---- the way it should go ---- */
static void a_file_is_uploaded_then_named_by_its_url(void **state) {
    struct kit *k = start();

    (void)state;
    kit_type(k, "look at");
    attach(k, "/w/main.c");
    assert_string_equal(draft(k), "look at @main.c ");
    send(k);
    assert_string_equal(draft(k), "");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    assert_string_equal(kit_last(k, OP_FILE_UPLOAD)->local_path, "/w/main.c");
    assert_int_equal(k->m->shown->n_queue, 1);
    auto_buf struct buf says = {.max = 200};

    assert_true(attach_progress(k->m, k->m->shown, &k->m->shown->queue[0], &says));
    assert_string_equal(buf_str(&says), "uploading 1 of 1 \xc2\xb7 0%");
    uploaded_as(k, "main.c");
    assert_string_equal(sent_text(k), "look at http://localhost:8088/f/main.c ");
    assert_int_equal(k->m->shown->n_queue, 0);
    kit_free(k);
}

static void several_go_and_one_named_twice_goes_once(void **state) {
    struct kit *k = start();

    (void)state;
    attach(k, "/w/a.c");
    attach(k, "/w/b.c");
    attach(k, "/w/a.c");
    send(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 2);
    const uint32_t second = kit_last(k, OP_FILE_UPLOAD)->id;
    uint32_t first = 0;

    for (size_t i = 0; i < k->n_sent && !first; i++)
        if (k->sent[i]->op == OP_FILE_UPLOAD && k->sent[i]->kind == REQ_CALL)
            first = k->sent[i]->id;
    struct file_info a = {.name = "a.c", .url = "U/a"}, b = {.name = "b.c", .url = "U/b"};

    kit_reply_as(k, IN_REPLY, second, OP_FILE_UPLOAD, &b, 0);
    assert_null(sent_text(k));
    kit_reply_as(k, IN_REPLY, first, OP_FILE_UPLOAD, &a, 0);
    assert_string_equal(sent_text(k), "U/a U/b U/a ");
    kit_free(k);
}

static void the_same_file_later_is_not_uploaded_again(void **state) {
    struct kit *k = start();

    (void)state;
    attach(k, "/w/a.c");
    send(k);
    uploaded_as(k, "a.c");
    struct file_info listed = {.name = "a.c", .size = 100, .url = "http://localhost:8088/f/a.c"};

    if (k->m->files.request)
        kit_reply(k, OP_FILES_LIST, &listed, 1);
    struct send_ack ack = {.status = "accepted"};

    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    kit_event(k, "s2", EV_COMPLETE, .content = "done");
    attach(k, "/w/a.c");
    send(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 1);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    assert_string_equal(sent_text(k), "http://localhost:8088/f/a.c ");
    kit_free(k);
}

static void a_new_session_is_made_before_its_files_go(void **state) {
    struct kit *k = start();

    (void)state;
    act_session_new(k->m, k->fx);
    kit_step(k);
    kit_type(k, "first words");
    attach(k, "/w/a.c");
    send(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    const struct session_create *made = kit_last(k, OP_SESSION_CREATE)->in;

    assert_string_equal(made->title, "first words @a.c ");
    struct session_data data = {.id = "s3", .title = "first words"};

    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 1);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 1);
    uploaded_as(k, "a.c");
    kit_live(k, "s3");
    assert_string_equal(sent_text(k), "first words http://localhost:8088/f/a.c ");
    kit_free(k);
}

static void a_session_that_cannot_be_made_loses_nothing(void **state) {
    struct kit *k = start();

    (void)state;
    act_session_new(k->m, k->fx);
    attach(k, "/w/a.c");
    send(k);
    kit_http_fail(k, OP_SESSION_CREATE, 500);
    assert_int_equal(k->m->shown->n_queue, 1);
    assert_true(k->m->shown->held);
    assert_int_equal(k->m->shown->queue[0].n_chips, 1);
    act_queue_go(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 2);
    kit_free(k);
}

static void the_picker_puts_files_into_the_message(void **state) {
    struct kit *k = start();

    (void)state;
    k->local = one_file;
    act_session_new(k->m, k->fx); /* it needs none yet */
    kit_step(k);
    kit_type(k, "see");
    act_picker_attach(k->m, k->fx);
    kit_step(k);
    kit_tick(k);
    assert_int_equal(k->m->ui.over, OVER_PICKER);
    act_picker_enter(k->m, k->fx);
    kit_step(k);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    assert_string_equal(draft(k), "see @a.c ");
    assert_string_equal(k->m->shown->draft.chips[0].path, "/w/a.c");
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    kit_free(k);
}

/* ---- what can go wrong ---- */
static void what_is_no_file_holds_the_message_and_says_why(void **state) {
    static const struct {
        const char *path, *says;
    } table[] = {
        {"/w/gone.c", "No such file"}, {"/w/dir", "a directory"},     {"/w/pipe", "a FIFO"},
        {"/w/zero", "a device"},       {"/w/unread", "may not read"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = start();
        struct session *s = k->m->shown;

        kit_type(k, "see");
        attach(k, table[i].path);
        send(k);
        assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
        assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
        assert_true(s->held);
        assert_non_null(strstr(s->queue[0].why_waits, table[i].says));
        assert_non_null(strstr(kit_notice(k), path_base(table[i].path)));
        act_queue_drop(k->m, s, 0, k->fx); /* back, with its file */
        kit_step(k);
        assert_int_equal(s->draft.n_chips, 1);
        assert_string_equal(s->draft.chips[0].path, table[i].path);
        assert_int_equal(s->n_queue, 0);
        kit_free(k);
    }
}

static void an_upload_that_fails_can_be_tried_again(void **state) {
    struct kit *k = start();
    struct session *s = k->m->shown;

    (void)state;
    attach(k, "/w/a.c");
    send(k);
    kit_http_fail(k, OP_FILE_UPLOAD, 413);
    assert_true(s->held);
    assert_non_null(s->queue[0].why_waits);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    kit_pass(k, 60000);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    const size_t uploads = kit_count(k, OP_FILE_UPLOAD);

    act_queue_go(k->m, s, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), uploads + 1);
    assert_null(s->queue[0].why_waits);
    uploaded_as(k, "a.c");
    assert_string_equal(sent_text(k), "http://localhost:8088/f/a.c ");
    kit_free(k);
}

static void overwriting_is_said_and_needs_a_word(void **state) {
    struct kit *k = start();
    struct session *s = k->m->shown;
    struct file_info there = {.name = "a.c", .size = 7, .url = "x"};

    (void)state;
    listed(k, &there, 1);
    attach(k, "/w/a.c");
    send(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    assert_non_null(strstr(s->queue[0].why_waits, "replaces"));
    act_queue_go(k->m, s, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 1);
    uploaded_as(k, "a.c");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    kit_free(k);
}

static void what_lies_there_is_looked_at_first(void **state) {
    struct file_info there = {.name = "a.c", .size = 7, .url = "x"};

    (void)state;
    for (int fails = 0; fails <= 1; fails++) {
        struct kit *k = start_unlisted();
        struct session *s = k->m->shown;

        attach(k, "/w/b.c");
        attach(k, "/w/a.c");
        send(k);
        assert_int_equal(kit_count(k, OP_FILES_LIST), 1);
        assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
        if (fails)
            kit_http_fail(k, OP_FILES_LIST, 500);
        else
            kit_reply(k, OP_FILES_LIST, &there, 1);
        assert_int_equal(kit_count(k, OP_FILE_UPLOAD), fails ? 2 : 1);
        assert_int_equal(s->held, !fails);
        kit_free(k);
    }
}

static void two_of_one_name_would_be_one(void **state) {
    struct kit *k = start();

    (void)state;
    attach(k, "/w/one/a.c");
    attach(k, "/w/two/a.c");
    send(k);
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    assert_non_null(strstr(k->m->shown->queue[0].why_waits, "that name"));
    kit_free(k);
}

static void taking_it_back_stops_the_upload(void **state) {
    struct kit *k = start();

    (void)state;
    attach(k, "/w/a.c");
    send(k);
    act_queue_drop(k->m, k->m->shown, 0, k->fx);
    kit_step(k);
    assert_int_equal(kit_count_kind(k, REQ_CANCEL), 1);
    assert_string_equal(draft(k), "@a.c ");
    kit_fail_at(k, OP_FILE_UPLOAD, RC_CANCELLED, 0, 0);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    assert_false(k->m->shown->held);
    kit_free(k);
}

static void a_session_that_goes_meanwhile_takes_nothing_along(void **state) {
    struct kit *k = start();

    (void)state;
    kit_type(k, "precious");
    attach(k, "/w/a.c");
    send(k);
    kit_event(k, "s2", EV_SESSION_DELETED, .session_id = "s2");
    uploaded_as(k, "a.c");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "precious @a.c ");
    kit_free(k);
}

static void a_crash_while_uploading_keeps_message_and_file(void **state) {
    static const char *const paths[] = {"/w/a.c", "/w/a\xff\n\033[31m.c"};
    struct model_config config = {
        .url = "http://localhost:8088", .state_dir = "/s", .start_dir = "/w"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(paths); i++) {
        struct kit *k = start();

        kit_type(k, "look at");
        attach(k, paths[i]);
        auto_free char *text = xstrdup(draft(k));

        send(k);
        kit_type(k, "written behind it");
        attach(k, paths[i]);
        kit_pass(k, 1100);
        kit_restart(k, config);
        kit_caps(k, caps_of(GEN_TOP));
        kit_list(k, two, 2);
        struct session *s = model_session(k->m, "s2");

        assert_int_equal(s->n_queue, 1);
        assert_true(s->held);
        assert_string_equal(s->queue[0].text, text);
        assert_int_equal(s->queue[0].n_chips, 1);
        assert_string_equal(s->queue[0].chips[0].path, paths[i]);
        assert_int_equal(s->draft.n_chips, 1);
        assert_string_equal(s->draft.chips[0].path, paths[i]);
        kit_free(k);
    }
}

/* More could neither be kept on disk nor be looked after. */
static void a_message_takes_so_many_files_and_no_more(void **state) {
    struct kit *k = start();

    (void)state;
    for (int i = 0; i <= CHIPS_MAX; i++) {
        char path[32];

        snprintf(path, sizeof path, "/w/file-%d.c", i);
        act_attach(k->m, path, NULL);
    }
    assert_int_equal(k->m->shown->draft.n_chips, CHIPS_MAX);
    assert_non_null(strstr(buf_str(&k->m->shown->draft.text), "@file-199.c "));
    assert_null(strstr(buf_str(&k->m->shown->draft.text), "@file-200.c"));
    assert_non_null(strstr(kit_notice(k), "At most 200 files"));
    kit_free(k);
}

/* The file of a draft may be anybody's: lines that end as on Windows become shorter here. */
static void places_of_files_in_another_text_are_not_believed(void **state) {
    struct kit *k = start();

    (void)state;
    kit_put_file(k, "/s/http_localhost_8088/drafts/s1",
                 "mixtui draft 1\nchip 1 3 2 7 4\n/w/x\nqueue 5\na\r\n@x\nend\n");
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_int_equal(k->m->shown->n_queue, 1);
    assert_int_equal(k->m->shown->queue[0].n_chips, 1);
    act_queue_drop(k->m, k->m->shown, 0, k->fx);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "a\n@x");
    assert_int_equal(k->m->shown->draft.n_chips, 0);
    kit_free(k);
}

static void a_size_that_is_not_known_stays_so(void **state) {
    struct kit *k = start();
    const struct model_config config = {
        .url = "http://localhost:8088", .state_dir = "/s", .start_dir = "/w"};

    (void)state;
    attach(k, "/w/a.c");
    assert_int_equal(k->m->shown->draft.chips[0].size, -1);
    kit_pass(k, 2000);
    kit_restart(k, config);
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, two, 2);
    kit_step(k);
    assert_int_equal(k->m->shown->draft.n_chips, 1);
    assert_int_equal(k->m->shown->draft.chips[0].size, -1);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_uploaded_then_named_by_its_url),
        cmocka_unit_test(several_go_and_one_named_twice_goes_once),
        cmocka_unit_test(the_same_file_later_is_not_uploaded_again),
        cmocka_unit_test(a_new_session_is_made_before_its_files_go),
        cmocka_unit_test(the_picker_puts_files_into_the_message),
        cmocka_unit_test(a_session_that_cannot_be_made_loses_nothing),
        cmocka_unit_test(what_is_no_file_holds_the_message_and_says_why),
        cmocka_unit_test(an_upload_that_fails_can_be_tried_again),
        cmocka_unit_test(overwriting_is_said_and_needs_a_word),
        cmocka_unit_test(what_lies_there_is_looked_at_first),
        cmocka_unit_test(two_of_one_name_would_be_one),
        cmocka_unit_test(taking_it_back_stops_the_upload),
        cmocka_unit_test(a_session_that_goes_meanwhile_takes_nothing_along),
        cmocka_unit_test(a_crash_while_uploading_keeps_message_and_file),
        cmocka_unit_test(a_message_takes_so_many_files_and_no_more),
        cmocka_unit_test(places_of_files_in_another_text_are_not_believed),
        cmocka_unit_test(a_size_that_is_not_known_stays_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
