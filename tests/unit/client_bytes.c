/* client_bytes.c - where uploads come from and downloads go, and how that fails. */
#include "client_help.h"

#include <fcntl.h>
#include <unistd.h>

static const struct session_ref session = {"s"};
static const struct file_ref file = {.id = "s", .name = "f"};

static struct pair open_files(void) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});

    standin_on(p.server, "POST", "/api/sessions/s/files",
               &(struct answer){.body = "{\"name\":\"f\"}"});
    return p;
}

static enum mix_rc upload(struct mix_client *c, const struct mix_source *source,
                          struct mix_error *err) {
    const struct mix_call_options o = {.upload = source};

    return mix_files_upload_session_file(c, &session, NULL, &o, err);
}

static enum mix_rc download(struct mix_client *c, const struct mix_sink *sink,
                            struct mix_error *err) {
    const struct mix_call_options o = {.download = sink};

    return mix_files_get_session_file(c, &file, NULL, &o, err);
}

/* ---- uploads ---- */
static int64_t read_word(void *user, char *to, size_t room) {
    const char **left = user;
    const size_t n = strnlen(*left, room < 3 ? room : 3);

    memcpy(to, *left, n);
    *left += n;
    return (int64_t)n;
}

static int64_t read_nothing(void *user, char *to, size_t room) {
    (void)user;
    (void)to;
    (void)room;
    return -1;
}

static int64_t read_too_much(void *user, char *to, size_t room) {
    (void)user;
    (void)to;
    return (int64_t)room + 1;
}

static int pipe_with(const char *text) {
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], text, strlen(text)), (int)strlen(text));
    close(fds[1]);
    return fds[0];
}

static void uploads_come_from_anywhere(void **state) {
    char name[] = "/tmp/mix-up-XXXXXX";
    const int fd = mkstemp(name), reader = pipe_with("the words");
    const char *words = "the words", *known = "the words";
    struct pair p = open_files();

    (void)state;
    assert_int_equal(write(fd, "skip the words", 14), 14);
    lseek(fd, 5, SEEK_SET);
    const struct mix_source sources[] = {
        {.from = MIX_MEMORY, .data = "the words", .len = 9, .name = "n.txt", .type = "text/x"},
        {.from = MIX_FD, .fd = fd, .name = "n.txt", .type = "text/x"},
        {.from = MIX_FD, .fd = reader, .name = "n.txt", .type = "text/x"},
        {.from = MIX_CALLBACK,
         .read = read_word,
         .user = &words,
         .name = "n.txt",
         .type = "text/x"},
        {.from = MIX_CALLBACK,
         .read = read_word,
         .user = &known,
         .size = 9,
         .name = "n.txt",
         .type = "text/x"},
        {.from = MIX_PATH, .path = name, .name = "n.txt", .type = "text/x"},
    };

    for (int i = 0; i < 6; i++) {
        assert_int_equal(upload(p.client, &sources[i], NULL), MIX_RC_OK);
        const char *body = standin_request(p.server, "POST", "/api", i)->body;

        assert_non_null(strstr(body, "filename=\"n.txt\""));
        assert_non_null(strstr(body, "Content-Type: text/x"));
        assert_non_null(strstr(body, i == 5 ? "\r\nskip the words\r\n" : "\r\nthe words\r\n"));
    }
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 5); /* not moved */
    close(fd);
    close(reader);
    unlink(name);
    pair_close(&p);
}

static void uploads_that_cannot_be_read_fail(void **state) {
    const int blind = open("/dev/null", O_WRONLY);
    const char *words = "three";
    struct pair p = open_files();
    struct mix_error err = {.rc = MIX_RC_OK};
    const struct mix_source sources[] = {
        {.from = MIX_CALLBACK, .read = read_nothing},
        {.from = MIX_CALLBACK, .read = read_too_much},
        {.from = MIX_CALLBACK, .read = read_word, .user = &words, .size = 50},
        {.from = MIX_PATH, .path = "/nowhere/at/all", .name = "n"},
        {.from = MIX_PATH, .path = "/dev/null"},
        {.from = MIX_FD, .fd = 9999},
        {.from = MIX_FD, .fd = blind},
    };

    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        assert_int_equal(upload(p.client, &sources[i], &err), MIX_RC_IO);
        assert_true(err.text[0]);
    }
    close(blind);
    mix_error_clear(&err);
    pair_close(&p);
}

/* ---- a pipe that waits ---- */
struct ended {
    struct latch latch;
    enum mix_rc rc;
};

static void on_ended(void *user, uint32_t id, void *out, const struct mix_error *err) {
    struct ended *e = user;

    (void)id;
    mix_reply_free(out);
    e->rc = err->rc;
    latch_raise(&e->latch);
}

static uint32_t upload_begin(struct mix_client *c, int fd, int64_t idle_ms, struct ended *e) {
    const struct mix_source source = {.from = MIX_FD, .fd = fd};
    const struct mix_call_options o = {.upload = &source, .idle_timeout_ms = idle_ms};

    *e = (struct ended){.latch = LATCH};
    return mix_call_async(c, MIX_OP_FILE_UPLOAD, &session, &o, on_ended, e, NULL);
}

static void a_pipe_that_waits_holds_up_nothing(void **state) {
    struct pair p = open_files();

    (void)state;
    standin_on(p.server, "GET", "/api/sessions/s", &(struct answer){.body = SESSION("s")});
    for (int kind = 0; kind < 2; kind++) { /* pipes that block, and that do not */
        int fds[2];
        struct ended e;

        assert_int_equal(pipe(fds), 0);
        if (kind == 1)
            assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(write(fds[1], "the ", 4), 4);
        assert_true(upload_begin(p.client, fds[0], 0, &e) != 0);
        nap(50);
        assert_int_equal(mix_sessions_get(p.client, &session, NULL, NULL, NULL), MIX_RC_OK);
        assert_int_equal(write(fds[1], "words", 5), 5);
        nap(50);
        assert_int_equal(latch_value(&e.latch), 0);
        close(fds[1]);
        latch_wait(&e.latch, 1);
        close(fds[0]);
        assert_int_equal(e.rc, MIX_RC_OK);
        const char *body = standin_request(p.server, "POST", "/api", kind)->body;

        assert_non_null(strstr(body, "the "));
        assert_non_null(strstr(body, "words"));
    }
    pair_close(&p);
}

static void an_upload_from_a_pipe_that_waits_ends(void **state) {
    struct pair p = open_files();
    struct ended e[3];
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    upload_begin(p.client, fds[0], 50, &e[0]);
    latch_wait(&e[0].latch, 1);
    assert_int_equal(e[0].rc, MIX_RC_TIMEOUT);
    const uint32_t id = upload_begin(p.client, fds[0], 0, &e[1]);

    nap(50);
    mix_cancel(p.client, id);
    latch_wait(&e[1].latch, 1);
    assert_int_equal(e[1].rc, MIX_RC_CANCELLED);
    upload_begin(p.client, fds[0], 0, &e[2]);
    nap(50);
    pair_close(&p);
    assert_int_equal(e[2].rc, MIX_RC_CANCELLED);
    close(fds[0]);
    close(fds[1]);
}

/* ---- downloads ---- */
struct taken {
    char text[64];
    size_t n;
    int rewinds, refuse;
};

static int take(void *user, const void *p, size_t n) {
    struct taken *t = user;

    if (t->refuse)
        return -1;
    assert_true(t->n + n < sizeof t->text);
    memcpy(t->text + t->n, p, n);
    t->n += n;
    return 0;
}

static int take_anew(void *user) {
    struct taken *t = user;

    t->rewinds++;
    t->n = 0;
    return 0;
}

static void cut_once(struct pair *p) {
    standin_clear(p->server);
    standin_on(p->server, "GET", "/api",
               &(struct answer){.body = "the words", .cut_after = 4, .times = 1});
    standin_on(p->server, "GET", "/api", &(struct answer){.body = "the words"});
}

static void a_download_starts_over_when_it_was_cut(void **state) {
    char name[] = "/tmp/mix-down-XXXXXX", text[32] = "";
    const int fd = mkstemp(name);
    struct taken t = {.n = 0};
    struct pair p = open_files();

    (void)state;
    cut_once(&p);
    assert_int_equal(
        download(
            p.client,
            &(struct mix_sink){.to = MIX_CALLBACK, .write = take, .rewind = take_anew, .user = &t},
            NULL),
        MIX_RC_OK);
    assert_int_equal(t.rewinds, 1);
    assert_memory_equal(t.text, "the words", 10);
    cut_once(&p);
    assert_int_equal(write(fd, "head ", 5), 5);
    assert_int_equal(download(p.client, &(struct mix_sink){.to = MIX_FD, .fd = fd}, NULL),
                     MIX_RC_OK);
    assert_int_equal(pread(fd, text, sizeof text, 0), 14);
    assert_string_equal(text, "head the words");
    close(fd);
    unlink(name);
    pair_close(&p);
}

static void a_download_that_cannot_start_over_fails(void **state) {
    struct taken t = {.n = 0};
    struct pair p = open_files();

    (void)state;
    cut_once(&p);
    assert_int_equal(
        download(p.client, &(struct mix_sink){.to = MIX_CALLBACK, .write = take, .user = &t}, NULL),
        MIX_RC_IO);
    pair_close(&p);
}

static void a_pipe_that_is_full_holds_up_nothing(void **state) {
    enum { BIG = 300000 };
    struct pair p = open_files();
    struct ended e[2] = {{.latch = LATCH}, {.latch = LATCH}};
    static char text[BIG + 1];
    int fds[2];
    size_t came = 0;

    (void)state;
    for (size_t i = 0; i < BIG; i++)
        text[i] = (char)('a' + i % 23);
    standin_on(p.server, "GET", "/api/sessions/s/files/f", &(struct answer){.body = text});
    standin_on(p.server, "GET", "/api/sessions/s", &(struct answer){.body = SESSION("s")});
    assert_int_equal(pipe(fds), 0);
    const struct mix_sink sink = {.to = MIX_FD, .fd = fds[1]};
    const struct mix_call_options o = {.download = &sink};

    mix_call_async(p.client, MIX_OP_FILE_GET, &file, &o, on_ended, &e[0], NULL);
    nap(100);
    assert_int_equal(latch_value(&e[0].latch), 0);
    assert_int_equal(mix_sessions_get(p.client, &session, NULL, NULL, NULL), MIX_RC_OK);
    while (came < BIG) {
        char got[5000];
        const ssize_t n = read(fds[0], got, sizeof got);

        assert_true(n > 0);
        assert_memory_equal(got, text + came, (size_t)n);
        came += (size_t)n;
    }
    latch_wait(&e[0].latch, 1);
    assert_int_equal(e[0].rc, MIX_RC_OK);
    mix_call_async(p.client, MIX_OP_FILE_GET, &file, &o, on_ended, &e[1], NULL);
    nap(50);
    pair_close(&p); /* does not wait for a reader */
    assert_int_equal(e[1].rc, MIX_RC_CANCELLED);
    close(fds[0]);
    close(fds[1]);
}

static void a_download_nobody_takes_fails(void **state) {
    struct taken t = {.refuse = 1};
    struct pair p = open_files();
    const int full = open("/dev/full", O_WRONLY);
    struct mix_error err = {.rc = MIX_RC_OK};

    (void)state;
    standin_on(p.server, "GET", "/api", &(struct answer){.body = "the words"});
    assert_int_equal(
        download(p.client, &(struct mix_sink){.to = MIX_CALLBACK, .write = take, .user = &t}, &err),
        MIX_RC_IO);
    if (full >= 0)
        assert_int_equal(download(p.client, &(struct mix_sink){.to = MIX_FD, .fd = full}, &err),
                         MIX_RC_IO);
    close(full);
    /* A refusal is no content. */
    standin_clear(p.server);
    t.refuse = 0;
    standin_on(p.server, "GET", "/api", &(struct answer){.status = 404, .body = "gone"});
    assert_int_equal(
        download(p.client, &(struct mix_sink){.to = MIX_CALLBACK, .write = take, .user = &t}, &err),
        MIX_RC_HTTP);
    assert_int_equal(t.n, 0);
    mix_error_clear(&err);
    pair_close(&p);
}

static void on_progress(void *user, int64_t done, int64_t total) {
    int64_t *last = user;

    assert_true(done <= total || total < 0);
    *last = done;
}

static void progress_ends_at_the_whole(void **state) {
    int64_t last = 0;
    struct pair p = open_files();
    const struct mix_call_options o = {.progress = on_progress,
                                       .progress_user = &last,
                                       .download = &(struct mix_sink){.to = MIX_FD, .fd = -1}};
    struct mix_call_options good = o;
    const int null = open("/dev/null", O_WRONLY);
    const struct mix_sink sink = {.to = MIX_FD, .fd = null};

    (void)state;
    good.download = &sink;
    standin_on(p.server, "GET", "/api", &(struct answer){.filler = 300000});
    assert_int_equal(mix_files_get_session_file(p.client, &file, NULL, &o, NULL), MIX_RC_USAGE);
    assert_int_equal(mix_files_get_session_file(p.client, &file, NULL, &good, NULL), MIX_RC_OK);
    assert_int_equal(last, 300000);
    close(null);
    pair_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uploads_come_from_anywhere),
        cmocka_unit_test(uploads_that_cannot_be_read_fail),
        cmocka_unit_test(a_pipe_that_waits_holds_up_nothing),
        cmocka_unit_test(an_upload_from_a_pipe_that_waits_ends),
        cmocka_unit_test(a_download_starts_over_when_it_was_cut),
        cmocka_unit_test(a_download_that_cannot_start_over_fails),
        cmocka_unit_test(a_pipe_that_is_full_holds_up_nothing),
        cmocka_unit_test(a_download_nobody_takes_fails),
        cmocka_unit_test(progress_ends_at_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
