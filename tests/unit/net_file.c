/* Uploads and downloads: from disk to disk, constant memory, every trouble with a file named. */
#include "net_help.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BIG = 256 << 20 };

static const char info_json[] =
    "{\"name\":\"a.txt\",\"size\":3,\"modified\":1,\"isDir\":false,\"url\":\"http://x/a.txt\"}";

static char dir[64];

static int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/mix_net_file.XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state) {
    (void)state;
    char command[96];

    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static const char *in_dir(char *out, const char *name) {
    snprintf(out, 256, "%s/%s", dir, name);
    return out;
}

static void write_file(const char *path, const char *text, off_t size) {
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    if (size > 0)
        assert_int_equal(truncate(path, size), 0);
}

static void read_file(const char *path, char *out, size_t max) {
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    out[fread(out, 1, max - 1, f)] = '\0';
    fclose(f);
}

static bool there(const char *path) {
    struct stat st;

    return lstat(path, &st) == 0;
}

static uint32_t upload(struct box *b, const char *path) {
    return CALL(b, OP_FILE_UPLOAD, path, (struct session_ref){.id = "s1"});
}

static uint32_t download(struct box *b, const char *path) {
    return CALL(b, OP_FILE_GET, path, (struct file_ref){.id = "s1", .name = "a.txt"});
}

/* ---- uploads ---- */
static void an_upload_sends_the_file_under_its_name(void **state) {
    (void)state;
    static const struct {
        const char *name, *sent;
    } rows[] = {
        {"plain.txt", "filename=\"plain.txt\""},
        {"with space.txt", "filename=\"with space.txt\""},
        {"q\"uote.txt", "filename=\"q%22uote.txt\""},
        {"new\nline\r.txt", "filename=\"new%0Aline%0D.txt\""},
        {"esc\033[31m.txt", "filename=\"esc\033[31m.txt\""},
        {"caf\303\251 \342\200\256txt.exe", "filename=\"caf\303\251 \342\200\256txt.exe\""},
        {"no\377text\200", "filename=\"no\377text\200\""},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        char path[256];

        write_file(in_dir(path, rows[i].name), "abc", 0);
        box_open(&b, 100);
        standin_on(b.server, "POST", "/api/sessions/s1/files/upload",
                   &(struct answer){.status = 201, .body = info_json});
        const uint32_t id = upload(&b, path);
        const struct incoming *in = box_wait(&b, id, IN_REPLY, 0);
        const struct seen_request *r = standin_request(b.server, "POST", "/api", 0);
        const struct incoming *last =
            box_find(&b, id, IN_PROGRESS, box_count(&b, id, IN_PROGRESS) - 1);

        assert_string_equal(((struct file_info *)in->out)->name, "a.txt");
        assert_int_equal(last->done, 3);
        assert_int_equal(last->total, 3);
        assert_non_null(strstr(r->headers, "Content-Type: multipart/form-data; boundary="));
        assert_non_null(strstr(r->body, "name=\"file\""));
        if (!strstr(r->body, rows[i].sent))
            fail_msg("%s", r->body);
        assert_non_null(strstr(r->body, "\r\n\r\nabc\r\n--"));
        box_close(&b);
    }
}

static void an_upload_of_what_is_no_file_is_refused(void **state) {
    (void)state;
    struct box b;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char path[256];
    static const char *const names[] = {"missing", "folder", "fifo",  "socket",
                                        "ring",    "zero",   "secret"};
    const size_t n = MIX_COUNT(names) - (geteuid() == 0); /* root may read anything */

    box_open(&b, 100);
    assert_int_equal(mkdir(in_dir(path, "folder"), 0700), 0);
    assert_int_equal(mkfifo(in_dir(path, "fifo"), 0600), 0);
    assert_int_equal(symlink("ring", in_dir(path, "ring")), 0);
    assert_int_equal(symlink("/dev/zero", in_dir(path, "zero")), 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", in_dir(path, "socket"));
    const int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof a), 0);
    write_file(in_dir(path, "secret"), "x", 0);
    assert_int_equal(chmod(path, 0), 0);
    for (size_t i = 0; i < n; i++) {
        const uint32_t id = upload(&b, in_dir(path, names[i]));
        const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

        assert_int_equal(in->err.rc, RC_IO);
        assert_true(in->err.detail != 0);
        assert_non_null(strstr(in->err.text, path));
    }
    assert_int_equal(standin_count(b.server, NULL, "/"), 0);
    close(s);
    box_close(&b);
}

/* What a server says to an upload is told once and never tried again by itself: it may have the
 * file. */
static void an_upload_that_is_refused_is_sent_once(void **state) {
    (void)state;
    static const struct {
        struct answer answer;
        enum rc rc;
        const char *says;
    } rows[] = {
        {{.status = 413, .body = "{\"error\":{\"message\":\"too large\"}}"}, RC_HTTP, "too large"},
        {{.status = 500, .body = "disk full"}, RC_HTTP, "disk full"},
        {{.status = 503, .body = "later", .headers = "Retry-After: 1\r\n"}, RC_HTTP, "later"},
        {{.status = 201, .body = "{\"name\":"}, RC_PROTO, ""},
        {{.status = 201, .body = "<html>hello</html>", .headers = "Content-Type: text/html\r\n"},
         RC_PROTO,
         "web page"},
        {{.manner = ANSWER_RESET}, RC_CONNECT, ""},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        char path[256];

        write_file(in_dir(path, "refused-once"), "abc", 0);
        box_open(&b, 1000);
        standin_on(b.server, "POST", "/", &rows[i].answer);
        const uint32_t id = upload(&b, path);
        const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

        if (in->err.rc != rows[i].rc || !strstr(in->err.text, rows[i].says))
            fail_msg("%zu: %d %s", i, (int)in->err.rc, in->err.text);
        assert_int_equal(standin_count(b.server, "POST", "/"), 1);
        assert_int_equal(box_count(&b, id, IN_RETRY), 0);
        box_close(&b);
    }
}

static void an_upload_that_shrinks_on_the_way_fails(void **state) {
    (void)state;
    struct box b;
    char path[256];

    write_file(in_dir(path, "shrinks"), "", 64 << 20);
    box_open(&b, 100);
    standin_on(b.server, "POST", "/", &(struct answer){.status = 201, .body = info_json});
    const uint32_t id = upload(&b, path);

    standin_wait(b.server, "POST", "/", 1, PATIENCE);
    assert_int_equal(truncate(path, 10), 0);
    const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_IO);
    assert_non_null(strstr(in->err.text, "became shorter"));
    assert_non_null(strstr(in->err.text, path));
    box_close(&b);
}

/* What was announced is what is sent. */
static void an_upload_that_grows_on_the_way_sends_what_was_there(void **state) {
    (void)state;
    enum { BEFORE = 64 << 20 };
    struct box b;
    char path[256];

    write_file(in_dir(path, "grows"), "", BEFORE);
    box_open(&b, 100);
    standin_on(b.server, "POST", "/", &(struct answer){.status = 201, .body = info_json});
    const uint32_t id = upload(&b, path);

    standin_wait(b.server, "POST", "/", 1, PATIENCE);
    assert_int_equal(truncate(path, 2 * (off_t)BEFORE), 0);
    const struct incoming *in = box_wait(&b, id, IN_REPLY, 0);

    assert_int_equal(in->done, BEFORE);
    box_close(&b);
}

static void an_upload_outlives_the_name_of_its_file(void **state) {
    (void)state;
    struct box b;
    char path[256];

    write_file(in_dir(path, "vanishes"), "", 32 << 20);
    box_open(&b, 100);
    standin_on(b.server, "POST", "/", &(struct answer){.status = 201, .body = info_json});
    const uint32_t id = upload(&b, path);

    standin_wait(b.server, "POST", "/", 1, PATIENCE);
    assert_int_equal(unlink(path), 0);
    box_wait(&b, id, IN_REPLY, 0);
    box_close(&b);
}

static void an_upload_refused_early_says_why(void **state) {
    (void)state;
    struct box b;
    char path[256];

    write_file(in_dir(path, "refused"), "", 64 << 20);
    box_open(&b, 100);
    standin_on(b.server, "POST", "/",
               &(struct answer){.manner = ANSWER_UNREAD,
                                .status = 404,
                                .body = "{\"error\":{\"message\":\"Session not found\"}}"});
    const uint32_t id = upload(&b, path);
    const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_HTTP);
    assert_non_null(strstr(in->err.text, "Session not found"));
    assert_int_equal(standin_request(b.server, "POST", "/", 0)->body_len,
                     0); /* asked with Expect first */
    box_close(&b);
}

static void an_upload_is_cancelled_while_it_is_sent(void **state) {
    (void)state;
    struct box b;
    char path[256];

    write_file(in_dir(path, "cancelled"), "", (off_t)1 << 30);
    box_open(&b, 100);
    standin_on(b.server, "POST", "/", &(struct answer){.status = 201, .body = info_json});
    const uint32_t id = upload(&b, path);

    box_wait(&b, id, IN_PROGRESS, 0);
    box_cancel(&b, id);
    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    box_expect_quiet(&b, 50);
    assert_false(standin_request(b.server, "POST", "/", 0)->whole);
    box_close(&b);
}

/* ---- downloads ---- */
static void a_download_is_a_new_private_file(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256], text[64];
    struct stat st;

    in_dir(path, "got.txt");
    in_dir(part, "got.txt.part");
    box_open(&b, 100);
    standin_on(b.server, "GET", "/api/sessions/s1/files/a.txt",
               &(struct answer){.headers = "Content-Type: text/plain\r\n", .body = "hello"});
    const uint32_t id = download(&b, path);
    const struct incoming *in = box_wait(&b, id, IN_REPLY, 0);

    assert_int_equal(in->done, 5);
    assert_int_equal(in->total, 5);
    read_file(path, text, sizeof text);
    assert_string_equal(text, "hello");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(there(part));
    box_close(&b);
}

static void an_empty_download_is_an_empty_file(void **state) {
    (void)state;
    struct box b;
    char path[256];

    box_open(&b, 100);
    standin_on(b.server, "GET", "/", &(struct answer){.body = ""});
    box_wait(&b, download(&b, in_dir(path, "empty")), IN_REPLY, 0);
    assert_true(there(path));
    box_close(&b);
}

static void a_download_replaces_nothing(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256], text[64];

    box_open(&b, 100);
    standin_on(b.server, "GET", "/", &(struct answer){.body = "new"});
    write_file(in_dir(path, "old"), "old", 0);
    assert_int_equal(box_wait(&b, download(&b, path), IN_FAIL, 0)->err.detail, EEXIST);
    write_file(in_dir(part, "half.part"), "another's", 0);
    assert_int_equal(box_wait(&b, download(&b, in_dir(path, "half")), IN_FAIL, 0)->err.detail,
                     EEXIST);
    read_file(part, text, sizeof text);
    assert_string_equal(text, "another's");
    assert_int_equal(symlink("/dev/null", in_dir(path, "link")), 0);
    assert_int_equal(box_wait(&b, download(&b, path), IN_FAIL, 0)->err.detail, EEXIST);
    assert_int_equal(
        box_wait(&b, download(&b, in_dir(path, "no/such/dir")), IN_FAIL, 0)->err.detail, ENOENT);
    assert_int_equal(standin_count(b.server, NULL, "/"), 0);
    box_close(&b);
}

/* The name is taken while the bytes arrive. */
static void a_download_that_lost_its_name_leaves_both_alone(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256], text[64];

    in_dir(path, "race");
    in_dir(part, "race.part");
    box_open(&b, 100);
    standin_on(b.server, "GET", "/", &(struct answer){.body = "new", .delay_ms = 100});
    const uint32_t id = download(&b, path);

    standin_wait(b.server, "GET", "/", 1, PATIENCE);
    write_file(path, "theirs", 0);
    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.detail, EEXIST);
    read_file(path, text, sizeof text);
    assert_string_equal(text, "theirs");
    assert_false(there(part));
    box_close(&b);
}

static void a_failed_download_leaves_nothing(void **state) {
    (void)state;
    static const struct answer rows[] = {
        {.status = 404, .body = "gone"},
        {.status = 500, .body = "Thumbnail generation failed: no ffmpeg"},
        {.filler = 1 << 20, .cut_after = 1000},
        {.manner = ANSWER_RESET},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        char path[256], part[256];

        in_dir(path, "failed");
        in_dir(part, "failed.part");
        box_open(&b, 1000);
        standin_on(b.server, "GET", "/", &rows[i]);
        box_wait(&b, download(&b, path), IN_FAIL, 0);
        assert_false(there(path));
        assert_false(there(part));
        box_close(&b);
    }
}

static void a_download_cut_short_starts_over(void **state) {
    (void)state;
    struct box b;
    char path[256], text[64];

    box_open(&b, 100);
    standin_on(b.server, "GET", "/",
               &(struct answer){.body = "0123456789", .cut_after = 7, .times = 1});
    standin_on(b.server, "GET", "/", &(struct answer){.body = "abc"});
    const uint32_t id = download(&b, in_dir(path, "again"));

    assert_int_equal(box_wait(&b, id, IN_REPLY, 0)->attempt, 2);
    read_file(path, text, sizeof text);
    assert_string_equal(text, "abc");
    box_close(&b);
}

/* ---- going on where it was ---- */
static const char modified[] = "Last-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n";

static void a_broken_download_goes_on_by_range(void **state) {
    (void)state;
    static const struct {
        const char *headers, *condition;
        struct answer second;
        const char *text;
        int requests;
    } rows[] = {
        {modified,
         "If-Range: Mon, 23 Nov 2026 10:00:00 GMT",
         {.status = 206, .headers = "Content-Range: bytes 7-9/10\r\n", .body = "789"},
         "0123456789",
         2},
        {"ETag: \"v1\"\r\n",
         "If-Range: \"v1\"",
         {.status = 206, .headers = "Content-Range: bytes 7-9/10\r\n", .body = "789"},
         "0123456789",
         2},
        /* it has another file by now, or knows no parts */
        {modified, "Range: bytes=7-", {.status = 200, .body = "abc"}, "abc", 2},
        /* another part than was asked for, of another file, none at all: from the start */
        {modified,
         "Range: bytes=7-",
         {.status = 206, .headers = "Content-Range: bytes 5-9/10\r\n", .body = "56789", .times = 1},
         "whole",
         3},
        {modified,
         "Range: bytes=7-",
         {.status = 206,
          .headers = "Content-Range: bytes 7-11/12\r\n",
          .body = "789ab",
          .times = 1},
         "whole",
         3},
        {modified, "Range: bytes=7-", {.status = 416, .body = "no", .times = 1}, "whole", 3},
        /* no part at all, a part without its place, one that ends before it begins or behind the
         * end of the file */
        {modified, "Range: bytes=7-", {.status = 206, .body = "789", .times = 1}, "whole", 3},
        {modified,
         "Range: bytes=7-",
         {.status = 206, .headers = "Content-Range: bytes */10\r\n", .body = "789", .times = 1},
         "whole",
         3},
        {modified,
         "Range: bytes=7-",
         {.status = 206, .headers = "Content-Range: bytes 7-6/10\r\n", .body = "789", .times = 1},
         "whole",
         3},
        {modified,
         "Range: bytes=7-",
         {.status = 206, .headers = "Content-Range: bytes 7-99/10\r\n", .body = "789", .times = 1},
         "whole",
         3},
        /* longer than it says */
        {modified,
         "Range: bytes=7-",
         {.status = 206,
          .headers = "Content-Range: bytes 7-9/10\r\n",
          .body = "789abc",
          .times = 1},
         "whole",
         3},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        char path[256], name[32], text[64];

        snprintf(name, sizeof name, "range%zu", i);
        box_open(&b, 100);
        standin_on(
            b.server, "GET", "/",
            &(struct answer){
                .headers = rows[i].headers, .body = "0123456789", .cut_after = 7, .times = 1});
        standin_on(b.server, "GET", "/", &rows[i].second);
        standin_on(b.server, "GET", "/", &(struct answer){.body = "whole"});
        box_wait(&b, download(&b, in_dir(path, name)), IN_REPLY, 0);
        const struct seen_request *r = standin_request(b.server, "GET", "/api", 1);

        assert_non_null(strstr(r->headers, "Range: bytes=7-"));
        if (!strstr(r->headers, rows[i].condition))
            fail_msg("%zu: %s", i, r->headers);
        r = rows[i].requests > 2 ? standin_request(b.server, "GET", "/api", 2) : NULL;
        if (r)
            assert_null(strstr(r->headers, "Range:"));
        read_file(path, text, sizeof text);
        assert_string_equal(text, rows[i].text);
        box_close(&b);
    }
}

/* A part is no file: not what was not asked for, nor what ends early and calls itself whole. */
static void a_part_never_passes_for_the_file(void **state) {
    (void)state;
    static const struct {
        struct answer answers[4];
        const char *text;
    } rows[] = {
        {{{.status = 206, .headers = "Content-Range: bytes 5-9/10\r\n", .body = "56789"},
          {.body = "whole"}},
         "whole"},
        {{{.status = 206, .body = "56789"}, {.body = "whole"}}, "whole"},
        {{{.status = 206,
           .headers = "Last-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n"
                      "Content-Range: bytes 0-4/10\r\n",
           .body = "01234"},
          {.status = 206, .headers = "Content-Range: bytes 5-7/10\r\n", .body = "567"},
          {.status = 206, .headers = "Content-Range: bytes 8-9/10\r\n", .body = "89"}},
         "0123456789"},
        {{{.status = 206, .headers = "Content-Range: bytes 0-9/10\r\n", .body = "0123456789"}},
         "0123456789"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        char path[256], name[32], text[64];

        snprintf(name, sizeof name, "part%zu", i);
        box_open(&b, 100);
        for (size_t k = 0; k < 4 && rows[i].answers[k].body; k++) {
            struct answer a = rows[i].answers[k];

            a.times = 1;
            standin_on(b.server, "GET", "/", &a);
        }
        box_wait(&b, download(&b, in_dir(path, name)), IN_REPLY, 0);
        read_file(path, text, sizeof text);
        assert_string_equal(text, rows[i].text);
        box_close(&b);
    }
}

/* Cut, then no part, then cut ...: each attempt counts. */
static void a_server_that_never_has_the_rest_is_given_up(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256];

    in_dir(path, "never");
    in_dir(part, "never.part");
    box_open(&b, 1000);
    for (int i = 0; i < 40; i++) {
        standin_on(b.server, "GET", "/",
                   &(struct answer){
                       .headers = modified, .body = "0123456789", .cut_after = 7, .times = 1});
        standin_on(b.server, "GET", "/", &(struct answer){.status = 416, .body = "no", .times = 1});
    }
    box_wait(&b, download(&b, path), IN_FAIL, 0);
    assert_true(standin_count(b.server, "GET", "/") < 20);
    assert_false(there(path));
    assert_false(there(part));
    box_close(&b);
}

/* Weak or missing, the server says nothing by which a part could be known again. */
static void a_part_of_something_unknown_is_not_continued(void **state) {
    (void)state;
    static const char *const headers[] = {"X: y\r\n", "ETag: W/\"v1\"\r\n"};

    for (size_t i = 0; i < MIX_COUNT(headers); i++) {
        struct box b;
        char path[256], text[64];

        box_open(&b, 100);
        standin_on(b.server, "GET", "/",
                   &(struct answer){
                       .headers = headers[i], .body = "0123456789", .cut_after = 7, .times = 1});
        standin_on(b.server, "GET", "/", &(struct answer){.body = "abc"});
        box_wait(&b, download(&b, in_dir(path, i == 0 ? "weak0" : "weak1")), IN_REPLY, 0);
        assert_null(strstr(standin_request(b.server, "GET", "/api", 1)->headers, "Range:"));
        read_file(path, text, sizeof text);
        assert_string_equal(text, "abc");
        box_close(&b);
    }
}

static uint32_t download_kept(struct box *b, const char *path, const char *resume) {
    struct request *r = request_new(REQ_CALL, OP_FILE_GET);
    struct file_ref *ref = arena_alloc(&r->arena, sizeof *ref);
    const uint32_t id = r->id;

    ref->id = "s1";
    ref->name = "a.txt";
    r->in = ref;
    r->version = GEN_TOP;
    r->local_path = arena_strdup(&r->arena, path);
    r->keep_part = true;
    r->resume = resume ? arena_strdup(&r->arena, resume) : NULL;
    assert_int_equal(net_send(b->net, r), RC_OK);
    return id;
}

static void a_part_is_kept_and_taken_up_later(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256], text[64];

    in_dir(path, "kept");
    in_dir(part, "kept.part");
    box_open(&b, 1000);
    standin_on(
        b.server, "GET", "/",
        &(struct answer){.headers = modified, .body = "0123456789", .cut_after = 7, .times = 1});
    standin_on(b.server, "GET", "/", &(struct answer){.manner = ANSWER_RESET});
    const struct incoming *in = box_wait(&b, download_kept(&b, path, NULL), IN_FAIL, 0);

    assert_string_equal(in->resume, "10 Mon, 23 Nov 2026 10:00:00 GMT");
    assert_true(there(part));
    auto_free char *resume = xstrdup(in->resume);

    standin_clear(b.server);
    standin_on(b.server, "GET", "/",
               &(struct answer){
                   .status = 206, .headers = "Content-Range: bytes 7-9/10\r\n", .body = "789"});
    const uint32_t id = download_kept(&b, path, resume);

    in = box_wait(&b, id, IN_REPLY, 0);
    assert_int_equal(in->done, 10);
    read_file(path, text, sizeof text);
    assert_string_equal(text, "0123456789");
    assert_false(there(part));
    box_close(&b);
}

/* What stands where the part should be is nobody's part: a link, something longer, nothing. */
static void a_part_that_is_none_is_not_touched(void **state) {
    (void)state;
    static const char resume[] = "10 Mon, 23 Nov 2026 10:00:00 GMT";
    char path[256], part[256], other[256], text[64];
    struct box b;

    in_dir(path, "odd");
    in_dir(part, "odd.part");
    write_file(in_dir(other, "other"), "precious", 0);
    box_open(&b, 1000);
    standin_on(b.server, "GET", "/", &(struct answer){.body = "abc"});
    assert_int_equal(symlink(other, part), 0);
    assert_int_equal(box_wait(&b, download_kept(&b, path, resume), IN_FAIL, 0)->err.detail, EEXIST);
    assert_int_equal(unlink(part), 0);
    write_file(part, "longer than ten", 0);
    assert_int_equal(box_wait(&b, download_kept(&b, path, resume), IN_FAIL, 0)->err.detail, EEXIST);
    assert_int_equal(unlink(part), 0);
    box_wait(&b, download_kept(&b, path, resume), IN_REPLY, 0);
    read_file(path, text, sizeof text);
    assert_string_equal(text, "abc");
    read_file(other, text, sizeof text);
    assert_string_equal(text, "precious");
    box_close(&b);
}

static void a_target_that_takes_no_file_is_named(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/", &(struct answer){.body = "abc"});
    const struct incoming *in = box_wait(&b, download(&b, "/proc/nothing/here"), IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_IO);
    assert_non_null(strstr(in->err.text, "/proc/nothing/here.part"));
    box_close(&b);
}

/* As a full disk would: the write fails half way. SIGXFSZ never reaches the worker, which has all
 * signals blocked. */
static void a_full_disk_is_named(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256];
    struct rlimit before, small;

    in_dir(path, "full");
    in_dir(part, "full.part");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    box_open(&b, 100);
    standin_on(b.server, "GET", "/", &(struct answer){.filler = 8 << 20});
    const uint32_t id = download(&b, path);
    const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(in->err.rc, RC_IO);
    assert_int_equal(in->err.detail, EFBIG);
    assert_non_null(strstr(in->err.text, part));
    assert_int_equal(box_count(&b, id, IN_RETRY), 0);
    assert_false(there(part));
    assert_false(there(path));
    box_close(&b);
}

static void a_download_is_cancelled_while_it_arrives(void **state) {
    (void)state;
    struct box b;
    char path[256], part[256];

    in_dir(path, "stopped");
    in_dir(part, "stopped.part");
    box_open(&b, 100);
    standin_on(
        b.server, "GET", "/",
        &(struct answer){.manner = ANSWER_ENDLESS, .body = "xxxxxxxxxxxxxxxx", .pause_ms = 1});
    const uint32_t id = download(&b, path);
    const struct incoming *in = box_wait(&b, id, IN_PROGRESS, 2);

    assert_true(in->at - box_find(&b, id, IN_PROGRESS, 1)->at >= 100);
    assert_int_equal(in->total, -1);
    box_cancel(&b, id);
    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    assert_false(there(path));
    assert_false(there(part));
    box_close(&b);
}

static void bytes_without_a_file_come_in_memory(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 100);
    standin_on(b.server, "GET", "/api/sessions/s1/files/a.txt?thumb=100",
               &(struct answer){.headers = "Content-Type: image/jpeg\r\n",
                                .body = "\xff\xd8\0x",
                                .body_len = 4});
    const uint32_t id =
        CALL(&b, OP_FILE_GET, NULL, (struct file_ref){.id = "s1", .name = "a.txt", .thumb = "100"});
    const struct incoming *in = box_wait(&b, id, IN_REPLY, 0);

    assert_int_equal(in->n, 4);
    assert_memory_equal(in->out, "\xff\xd8\0x", 4);
    box_close(&b);
}

/* ---- memory ---- */
static long peak_kb(void) {
    char line[128];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        sscanf(line, "VmHWM: %ld", &kb);
    fclose(f);
    return kb;
}

static void reset_peak(void) {
    FILE *f = fopen("/proc/self/clear_refs", "w");

    if (f) {
        fputs("5", f);
        fclose(f);
    }
}

static void transfers_take_constant_memory(void **state) {
    (void)state;
    struct box b;
    char path[256];

    write_file(in_dir(path, "sparse"), "", BIG);
    box_open(&b, 100);
    standin_on(b.server, "GET", "/api/sessions/s1/files/small",
               &(struct answer){.filler = 4 << 20});
    standin_on(b.server, "GET", "/", &(struct answer){.filler = BIG});
    standin_on(b.server, "POST", "/", &(struct answer){.status = 201, .body = info_json});
    /* Once to have every buffer in place. */
    char small[256], big[256];
    const uint32_t first = CALL(&b, OP_FILE_GET, in_dir(small, "small"),
                                (struct file_ref){.id = "s1", .name = "small"});

    box_wait(&b, first, IN_REPLY, 0);
    reset_peak();
    const long before = peak_kb();

    box_wait(&b, upload(&b, path), IN_REPLY, 0);
    box_wait(&b, download(&b, in_dir(big, "big")), IN_REPLY, 0);
    const long grown = peak_kb() - before;
    struct stat st;

    assert_int_equal(stat(big, &st), 0);
    assert_int_equal(st.st_size, BIG);
    assert_true(grown <
                (SANITIZED ? 64 : 2) * 1024); /* shadow memory and quarantine are in there */
    box_close(&b);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_sends_the_file_under_its_name),
        cmocka_unit_test(an_upload_of_what_is_no_file_is_refused),
        cmocka_unit_test(an_upload_that_is_refused_is_sent_once),
        cmocka_unit_test(an_upload_that_shrinks_on_the_way_fails),
        cmocka_unit_test(an_upload_that_grows_on_the_way_sends_what_was_there),
        cmocka_unit_test(an_upload_outlives_the_name_of_its_file),
        cmocka_unit_test(an_upload_refused_early_says_why),
        cmocka_unit_test(an_upload_is_cancelled_while_it_is_sent),
        cmocka_unit_test(a_download_is_a_new_private_file),
        cmocka_unit_test(an_empty_download_is_an_empty_file),
        cmocka_unit_test(a_download_replaces_nothing),
        cmocka_unit_test(a_download_that_lost_its_name_leaves_both_alone),
        cmocka_unit_test(a_failed_download_leaves_nothing),
        cmocka_unit_test(a_download_cut_short_starts_over),
        cmocka_unit_test(a_broken_download_goes_on_by_range),
        cmocka_unit_test(a_part_never_passes_for_the_file),
        cmocka_unit_test(a_server_that_never_has_the_rest_is_given_up),
        cmocka_unit_test(a_part_of_something_unknown_is_not_continued),
        cmocka_unit_test(a_part_is_kept_and_taken_up_later),
        cmocka_unit_test(a_part_that_is_none_is_not_touched),
        cmocka_unit_test(a_target_that_takes_no_file_is_named),
        cmocka_unit_test(a_full_disk_is_named),
        cmocka_unit_test(a_download_is_cancelled_while_it_arrives),
        cmocka_unit_test(bytes_without_a_file_come_in_memory),
        cmocka_unit_test(transfers_take_constant_memory),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
