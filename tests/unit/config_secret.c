/* Secrets: from a file or a command, one line each for what is wrong, gone afterwards. */
#include "config_kit.h"

#include <signal.h>
#include <time.h>

#include "private.h"

static enum rc read_it(char **out, int how, const char *from, struct err *err) {
    const struct secret_source s = {.how = how, .from = from, .said = "bearer"};
    *out = NULL;
    *err = (struct err){0};
    return secret_read(out, &s, err);
}

static void a_secret_is_one_line_of_a_file_or_a_command(void **state) {
    static const struct {
        const char *bytes, *secret;
    } table[] = {
        {"hunter2", "hunter2"},
        {"hunter2\n", "hunter2"},
        {"hunter2\r\n", "hunter2"},
        {"hunter2\n\n", "hunter2"},
        {" with blanks ", " with blanks "},
        {"k\xc3\xa4se", "k\xc3\xa4se"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        char *secret, command[128];
        struct err err;
        const char *path = kit_text("secret", table[i].bytes);
        assert_int_equal(read_it(&secret, SECRET_FILE, path, &err), RC_OK);
        assert_string_equal(secret, table[i].secret);
        secret_forget(secret);
        (void)snprintf(command, sizeof command, "cat '%s'", path);
        assert_int_equal(read_it(&secret, SECRET_COMMAND, command, &err), RC_OK);
        assert_string_equal(secret, table[i].secret);
        secret_forget(secret);
    }
}

static void a_secret_that_is_none_is_one_line_without_it(void **state) {
    static const struct {
        const char *bytes;
        size_t n;
        mode_t mode;
        const char *says;
    } table[] = {
        {"", 0, 0600, "empty"},
        {"\n", 1, 0600, "empty"},
        {"\r\n\n", 3, 0600, "empty"},
        {"hunter2\nhunter2", 15, 0600, "more than one line"},
        {"\nhunter2", 8, 0600, "more than one line"},
        {"hunter2\rhunter2", 15, 0600, "control"},
        {"hunter2\0hunter2", 15, 0600, "control"},
        {"hunter2\x1b[2J", 11, 0600, "control"},
        {"hunter2", 7, 0640, "chmod 600"},
        {"hunter2", 7, 0604, "chmod 600"},
        {"hunter2", 7, 0620, "chmod 600"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        char *secret;
        struct err err;
        const char *path = kit_file("bad", table[i].mode, table[i].bytes, table[i].n);
        assert_int_equal(read_it(&secret, SECRET_FILE, path, &err), RC_IO);
        assert_null(secret);
        one_line(&err, table[i].says);
        one_line(&err, path);
        one_line(&err, "bearer");
        assert_null(strstr(err.text, "hunter2"));
    }
}

static void a_pipe_is_waited_for(void **state) {
    char command[512], *secret;
    struct err err;
    (void)state;
    const char *fifo = kit_path("fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    (void)snprintf(command, sizeof command, "(sleep 0.3; echo hunter2 >'%s') &", fifo);
    assert_int_equal(system(command), 0);
    assert_int_equal(read_it(&secret, SECRET_FILE, fifo, &err), RC_OK);
    assert_string_equal(secret, "hunter2");
    secret_forget(secret);
}

static void a_secret_is_64_kib_at_most(void **state) {
    char *big = xmalloc(SECRET_BYTES + 2), *secret;
    struct err err;
    (void)state;
    memset(big, 'k', SECRET_BYTES + 2);
    const char *path = kit_file("most", 0600, big, SECRET_BYTES);
    assert_int_equal(read_it(&secret, SECRET_FILE, path, &err), RC_OK);
    assert_int_equal(strlen(secret), SECRET_BYTES);
    secret_forget(secret);
    path = kit_file("more", 0600, big, SECRET_BYTES + 1);
    assert_int_equal(read_it(&secret, SECRET_FILE, path, &err), RC_IO);
    one_line(&err, "64 KiB");
    free(big);
    static const char *const endless[] = {"/dev/zero", "/dev/full"};
    for (size_t i = 0; i < MIX_COUNT(endless); i++) {
        assert_int_equal(read_it(&secret, SECRET_FILE, endless[i], &err), RC_IO);
        one_line(&err, "64 KiB");
    }
    assert_int_equal(read_it(&secret, SECRET_COMMAND, "yes hunter2", &err), RC_IO);
    one_line(&err, "64 KiB");
}

static void what_cannot_be_read_or_run_is_named(void **state) {
    static const struct {
        const char *from, *says;
        int how;
    } table[] = {
        {"/nosuch/secret", "/nosuch/secret: No such file", SECRET_FILE},
        {"/tmp", "is a directory", SECRET_FILE},
        {"exit 3", "ended with 3", SECRET_COMMAND},
        {"echo hunter2; exit 1", "ended with 1", SECRET_COMMAND},
        {"mixtui-no-such-program 2>/dev/null", "ended with 127", SECRET_COMMAND},
        {"kill -9 $$", "signal 9", SECRET_COMMAND},
        {"true", "empty", SECRET_COMMAND},
        {"printf 'a\\nb'", "more than one line", SECRET_COMMAND},
        {"exec >&-; exit 0", "empty", SECRET_COMMAND},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        char *secret;
        struct err err;
        assert_int_equal(read_it(&secret, table[i].how, table[i].from, &err), RC_IO);
        one_line(&err, table[i].says);
    }
}

static void a_command_reads_nothing_and_its_complaints_are_not_swallowed(void **state) {
    char *secret, said[64] = "";
    struct err err;
    (void)state;
    const int keep = dup(STDERR_FILENO);
    const int file = open(kit_path("stderr"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(file, STDERR_FILENO);
    const enum rc rc =
        read_it(&secret, SECRET_COMMAND, "echo careful >&2; cat; echo hunter2", &err);
    dup2(keep, STDERR_FILENO);
    assert_int_equal(rc, RC_OK);
    assert_string_equal(secret, "hunter2");
    secret_forget(secret);
    assert_true(pread(file, said, sizeof said - 1, 0) > 0);
    assert_string_equal(said, "careful\n");
    close(keep), close(file);
}

static void a_command_has_no_connection_of_ours(void **state) {
    enum { FOREIGN = 77 };
    char *secret;
    struct err err;

    (void)state;
    assert_int_equal(dup2(STDIN_FILENO, FOREIGN), FOREIGN);
    assert_int_equal(read_it(&secret, SECRET_COMMAND,
                             "test -e /proc/self/fd/77 && echo leaks || echo hunter2", &err),
                     RC_OK);
    close(FOREIGN);
    assert_string_equal(secret, "hunter2");
    secret_forget(secret);
}

static void a_command_is_ended_with_all_it_began(void **state) {
    char *secret, command[256];
    struct err err;
    (void)state;
    const char *pid_file = kit_path("pid");
    (void)snprintf(command, sizeof command, "sleep 60 & echo $! >%s; wait", pid_file);
    const int64_t before = clock_now();
    assert_int_equal(read_it(&secret, SECRET_COMMAND, command, &err), RC_IO);
    one_line(&err, "within 10 s");
    assert_in_range(clock_now() - before, SECRET_MS - 100, SECRET_MS + 5000);
    FILE *f = fopen(pid_file, "r");
    int pid = 0;
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%d", &pid), 1);
    (void)fclose(f);
    char proc[64], name[32] = "";
    bool gone = false;
    (void)snprintf(proc, sizeof proc, "/proc/%d/comm", pid);
    for (int i = 0; i < 100 && !gone; i++) {
        const int fd = open(proc, O_RDONLY | O_CLOEXEC);
        gone = fd < 0 || read(fd, name, sizeof name - 1) <= 0 || strncmp(name, "sleep", 5) != 0;
        if (fd >= 0)
            close(fd);
        /* A zombie that nobody reaps here is gone too. */
        if (!gone && kill(pid, 0) == 0) {
            char stat_path[64], line[256] = "";
            (void)snprintf(stat_path, sizeof stat_path, "/proc/%d/stat", pid);
            const int sd = open(stat_path, O_RDONLY | O_CLOEXEC);
            gone = sd < 0 || read(sd, line, sizeof line - 1) <= 0 || strstr(line, ") Z") != NULL;
            if (sd >= 0)
                close(sd);
        }
        nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    }
    assert_true(gone);
}

static void each_kind_ends_where_it_belongs(void **state) {
    static const struct {
        const char *setting, *secret, *header, *value;
    } table[] = {
        {"bearer_file", "t0ken", "Authorization: ", "Bearer t0ken"},
        {"basic_file", "Aladdin:open sesame",
         "Authorization: ", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"basic_file", "a:", "Authorization: ", "Basic YTo="},
        {"basic_file", "a:b", "Authorization: ", "Basic YTpi"},
        {"header_file = Cookie:", "id=1; k=2", "Cookie: ", "id=1; k=2"},
        {"header_file = X-Key:", "v", "X-Key: ", "v"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct profile p;
        struct err err;
        char file[512];
        (void)snprintf(file, sizeof file, "[server a]\nurl = https://h\n%s%s%s\n", table[i].setting,
                       strchr(table[i].setting, '=') ? " " : " = ",
                       kit_text("one", table[i].secret));
        assert_int_equal(kit_open(&p, "--profile a", file, &err), RC_OK);
        assert_int_equal(p.net.n_headers, 1);
        assert_string_equal(header_of(&p, table[i].header), table[i].value);
        profile_fini(&p);
        assert_null(p.net.headers);
    }
    static const char file[] = "[server a]\nurl = https://h\n"
                               "proxy_command = echo http://user:hunter2@p:1\n"
                               "key_password_command = echo hunter3\n";
    struct profile p;
    struct err err;
    assert_int_equal(kit_open(&p, "--profile a", file, &err), RC_OK);
    assert_string_equal(p.net.proxy, "http://user:hunter2@p:1");
    assert_string_equal(p.net.key_password, "hunter3");
    profile_fini(&p);
    static const char *const bad[][2] = {
        {"basic_command = echo hunter2", "user:password"},
        {"proxy_command = echo 'http://hunter2 x'", "proxy_command"},
    };
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "[server a]\nurl = https://h\n%s\n", bad[i][0]);
        assert_int_equal(kit_open(&p, "--profile a", text, &err), RC_USAGE);
        one_line(&err, bad[i][1]);
        assert_null(strstr(err.text, "hunter2"));
    }
}

static void a_command_runs_once_and_only_when_its_profile_is_used(void **state) {
    char file[512];
    struct profile p;
    struct err err;
    (void)state;
    const char *count = kit_path("count");
    (void)snprintf(file, sizeof file,
                   "[server a]\nurl = https://h\nbearer_command = echo x >>%s; echo k\n"
                   "[server b]\nurl = https://b\n",
                   count);
    assert_int_equal(kit_open(&p, "--profile b", file, &err), RC_OK);
    profile_fini(&p);
    assert_int_not_equal(access(count, F_OK), 0);
    assert_int_equal(kit_open(&p, "--profile a", file, &err), RC_OK);
    profile_fini(&p);
    struct stat st;
    assert_int_equal(stat(count, &st), 0);
    assert_int_equal(st.st_size, 2);
}

static void secrets_are_for_their_own_server_only(void **state) {
    static const char file[] = "[server a]\nurl = https://h/x\nbearer_command = echo hunter2\n"
                               "header = X-Api-Key: hunter3\nheader = X-Plain: v\n";
    struct profile p;
    struct err err;
    (void)state;
    assert_int_equal(kit_open(&p, "--profile a --server https://H/x/", file, &err), RC_OK);
    assert_int_equal(p.net.n_headers, 3);
    profile_fini(&p);
    assert_int_equal(kit_open(&p, "--profile a --server https://evil/x", file, &err), RC_OK);
    assert_int_equal(p.net.n_headers, 1);
    assert_string_equal(header_of(&p, "X-Plain: "), "v");
    assert_non_null(strstr(profile_warning(&p), "not sent"));
    profile_fini(&p);
}

/* ---- what is freed is overwritten ---- */
static void what_is_freed_holds_no_secret(void **state) {
    struct profile p;
    struct err err;
    char line[512];
    (void)state;
    (void)snprintf(line, sizeof line, "--bearer-file %s", kit_text("t", "hunter2hunter2hunter2"));
    assert_int_equal(kit_open(&p, line, NULL, &err), RC_OK);
    assert_int_equal(p.wiped.n, 1);
    assert_ptr_equal(p.wiped.items[0], p.net.headers[0]); /* no other copy is in the arena */
    profile_fini(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_one_line_of_a_file_or_a_command),
        cmocka_unit_test(a_secret_that_is_none_is_one_line_without_it),
        cmocka_unit_test(a_pipe_is_waited_for),
        cmocka_unit_test(a_secret_is_64_kib_at_most),
        cmocka_unit_test(what_cannot_be_read_or_run_is_named),
        cmocka_unit_test(a_command_reads_nothing_and_its_complaints_are_not_swallowed),
        cmocka_unit_test(a_command_has_no_connection_of_ours),
        cmocka_unit_test(a_command_is_ended_with_all_it_began),
        cmocka_unit_test(each_kind_ends_where_it_belongs),
        cmocka_unit_test(a_command_runs_once_and_only_when_its_profile_is_used),
        cmocka_unit_test(secrets_are_for_their_own_server_only),
        cmocka_unit_test(what_is_freed_holds_no_secret),
    };
    return cmocka_run_group_tests(tests, kit_start, kit_end);
}
