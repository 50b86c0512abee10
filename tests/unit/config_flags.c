/* Flags, environment and profile: what wins, and the one line for what is wrong. */
#include "config_kit.h"

#include "private.h"

static void a_flag_beats_the_environment_that_beats_the_profile(void **state) {
    static const char file[] = "[server a]\nurl = http://file:1\n"
                               "[server default]\nurl = http://usual:1\n";
    static const struct {
        const char *flags, *env, *file, *url, *name;
    } table[] = {
        {"", NULL, NULL, "http://localhost:8088", NULL},
        {"", NULL, file, "http://usual:1", "default"},
        {"--profile a", NULL, file, "http://file:1", "a"},
        {"--profile a", "http://env:1", file, "http://env:1", "a"},
        {"", "http://env:1", file, "http://env:1", NULL},
        {"", "", file, "http://usual:1", "default"},
        {"--profile=a --server http://flag:1", "http://env:1", file, "http://flag:1", "a"},
        {"--server http://flag:1", "not an address", file, "http://flag:1", NULL},
        {"--server http://first:1 --server unix:/run/x", NULL, NULL, "unix:/run/x", NULL},
        {"--server https://h/base/path", NULL, NULL, "https://h/base/path", NULL},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct profile p;
        struct err err;
        unsetenv("MIX_SERVER_URL");
        if (table[i].env)
            setenv("MIX_SERVER_URL", table[i].env, 1);
        assert_int_equal(kit_open(&p, table[i].flags, table[i].file, &err), RC_OK);
        assert_string_equal(p.url, table[i].url);
        assert_ptr_equal(p.net.url, p.url);
        assert_true(str_eq(p.name, table[i].name));
        profile_fini(&p);
    }
    unsetenv("MIX_SERVER_URL");
}

static void every_setting_reaches_the_worker(void **state) {
    struct profile p;
    struct err err;
    char line[1024];
    (void)state;
    const char *pem = kit_text("ca.pem", "x");
    (void)snprintf(
        line, sizeof line,
        "--server https://h --proxy socks5h://p:1080 --ca-file %s --cert %s --key %s "
        "--insecure --insecure --connect-timeout 1500ms --idle-timeout none --timeout 2m "
        "--retry off --retry-attempts 7 --retry-initial 1s --retry-max 9s "
        "--retry-exponent 2.5 --retry-elapsed 1h --http 2 --header X-One:1 "
        "--header X-Two:~2",
        pem, pem, pem);
    assert_int_equal(kit_open(&p, line, NULL, &err), RC_OK);
    assert_string_equal(p.net.proxy, "socks5h://p:1080");
    assert_string_equal(p.net.ca_file, pem);
    assert_string_equal(p.net.client_cert, pem);
    assert_string_equal(p.net.client_key, pem);
    assert_int_equal(p.net.tls, TLS_INSECURE);
    assert_int_equal(p.net.connect_timeout_ms, 1500);
    assert_int_equal(p.net.reply_timeout_ms, -1);
    assert_int_equal(p.net.total_timeout_ms, 120000);
    assert_int_equal(p.net.retry.mode, RETRY_OFF);
    assert_int_equal(p.net.retry.attempts, 7);
    assert_int_equal(p.net.retry.initial_ms, 1000);
    assert_int_equal(p.net.retry.max_ms, 9000);
    assert_true(p.net.retry.exponent > 2.49 && p.net.retry.exponent < 2.51);
    assert_int_equal(p.net.retry.elapsed_ms, 3600000);
    assert_int_equal(p.net.http_version, HTTP_2);
    assert_string_equal(header_of(&p, "X-One: "), "1");
    assert_string_equal(header_of(&p, "X-Two: "), "2");
    profile_fini(&p);
}

static void a_flag_replaces_the_same_setting_of_the_profile(void **state) {
    static const char file[] = "[server a]\nurl = https://h\nproxy = http://p:1\nretry = off\n"
                               "connect_timeout = 3s\nidle_timeout = 4s\nheader = X-One: file\n"
                               "header = X-Two: file\nhttp = 2\n"
                               "bearer_command = echo from-file; touch ran\n";
    struct profile p;
    struct err err;
    char line[512];
    (void)state;
    (void)snprintf(line, sizeof line,
                   "--profile a --proxy none --retry on --connect-timeout 1s --header x-one:flag "
                   "--bearer-file %s",
                   kit_text("token", "from-flag\n"));
    assert_int_equal(kit_open(&p, line, file, &err), RC_OK);
    assert_string_equal(p.net.proxy, "");
    assert_int_equal(p.net.retry.mode, RETRY_AS_ROW);
    assert_int_equal(p.net.connect_timeout_ms, 1000);
    assert_int_equal(p.net.reply_timeout_ms, 4000);
    assert_int_equal(p.net.http_version, HTTP_2);
    assert_int_equal(p.net.n_headers, 3);
    assert_string_equal(header_of(&p, "x-one: "), "flag");
    assert_string_equal(header_of(&p, "X-Two: "), "file");
    assert_string_equal(header_of(&p, "Authorization: "), "Bearer from-flag");
    assert_int_not_equal(access("ran", F_OK), 0); /* what is replaced is not run either */
    profile_fini(&p);
}

static void what_is_wrong_is_named_in_one_line(void **state) {
    static const struct {
        const char *line, *says;
    } table[] = {
        {"--server", "--server URL"},
        {"--server=", "--server URL"},
        {"--server localhost:8088", "http://localhost:8088"},
        {"--server ftp://h", "http, https and unix"},
        {"--server http://", "--server"},
        {"--server http://h~x", "blank"},
        {"--server http://h?q=1", "?query"},
        {"--server unix:relative", "absolute"},
        {"--server http://user:hunter2@h", "--basic-file"},
        {"--server http://hunter2@h/x", "--basic-file"},
        {"--proxy http://user:hunter2@p:1", "--proxy-file"},
        {"--proxy user:hunter2@p:1", "--proxy-file"},
        {"--proxy ftp://p", "socks5"},
        {"--proxy http://", "socks5"},
        {"--proxy http://p~q", "socks5"},
        {"--header Authorization:hunter2", "--header-file"},
        {"--header authorization:~hunter2", "--bearer-file"},
        {"--header COOKIE:hunter2", "--header-file"},
        {"--header Proxy-Authorization:hunter2", "--header-file"},
        {"--header X-Api-Key:hunter2", "--header-file"},
        {"--header X-Auth-Token:hunter2", "--header-file"},
        {"--header X", "NAME:VALUE"},
        {"--header X:", "NAME:VALUE"},
        {"--header :x", "NAME:VALUE"},
        {"--header X~Y:x", "NAME:VALUE"},
        {"--header X:a\nb", "control"},
        {"--header Content-Length:5", "Content-Length"},
        {"--header transfer-encoding:chunked", "Transfer-Encoding"},
        {"--header-file X", "NAME:FILE"},
        {"--header-file X:", "NAME:FILE"},
        {"--header-file X~Y:/f", "NAME:FILE"},
        {"--header-command X", "NAME:COMMAND"},
        {"--bearer-file /a --bearer-file /b", "already"},
        {"--bearer-file /a --basic-file /b", "already"},
        {"--bearer-file /a --header-file authorization:/b", "already"},
        {"--insecure=yes", "takes no value"},
        {"--connect-timeout soon", "--connect-timeout soon"},
        {"--connect-timeout 5", "1500ms"},
        {"--connect-timeout -1s", "1500ms"},
        {"--idle-timeout 25h", "24h"},
        {"--timeout 1e400s", "1500ms"},
        {"--timeout nans", "1500ms"},
        {"--retry maybe", "on|off"},
        {"--retry-attempts 0", "from 1 to 100"},
        {"--retry-attempts 101", "from 1 to 100"},
        {"--retry-attempts 5x", "from 1 to 100"},
        {"--retry-initial 0", "--retry off"},
        {"--retry-initial none", "--retry off"},
        {"--retry-exponent 0.5", "from 1 to 10"},
        {"--retry-exponent 11", "from 1 to 10"},
        {"--retry-exponent nan", "from 1 to 10"},
        {"--retry-exponent 2x", "from 1 to 10"},
        {"--http 3", "1.1|2"},
        {"--http 1", "1.1|2"},
        {"--profile", "--profile NAME"},
        {"--config", "--config FILE"},
        {"--allow-core=1", "takes no value"},
        {"--sever http://h", "--sever"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct connect_flags flags;
        struct err err;
        if (kit_flags(&flags, table[i].line, &err) != RC_USAGE)
            fail_msg("%s was taken", table[i].line);
        one_line(&err, table[i].says);
        assert_null(strstr(err.text, "hunter2"));
        assert_int_equal(rc_exit_code(err.rc, err.detail), 2);
        profile_fini(&flags.over);
    }
}

static void a_server_that_cannot_be_opened_is_one_line(void **state) {
    static const char file[] = "[server a]\nurl = https://h\n[server b]\nurl = https://b\n"
                               "[server odd]\nurl = https://h\nproxi = x\n"
                               "[server half]\nurl = https://h:1/x\ninsecure = yes\n"
                               "[server other]\nurl = https://h\ninsecure = yes\n"
                               "insecure_host = elsewhere\n";
    static const struct {
        const char *line, *says;
        enum rc rc;
    } table[] = {
        {"--profile nosuch", "a, b, odd", RC_USAGE},
        {"--profile odd", "config.ini:7: unknown setting proxi: did you mean proxy?", RC_USAGE},
        {"--profile half", "insecure_host = h", RC_USAGE},
        {"--profile other", "insecure_host = h", RC_USAGE},
        {"--insecure", "twice", RC_USAGE},
        {"--profile half --insecure", "twice", RC_USAGE},
        {"--ca-file /nosuch/ca", "/nosuch/ca: No such file", RC_IO},
        {"--cert /nosuch/c", "/nosuch/c: No such file", RC_IO},
        {"--key /etc/passwd", "no cert", RC_USAGE},
        {"--bearer-file /nosuch/t", "/nosuch/t: No such file", RC_IO},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct profile p;
        struct err err;
        assert_int_equal(kit_open(&p, table[i].line, file, &err), table[i].rc);
        one_line(&err, table[i].says);
    }
    struct profile p;
    struct err err;
    setenv("MIX_SERVER_URL", "http://u:hunter2@h", 1);
    assert_int_equal(kit_open(&p, "", NULL, &err), RC_USAGE);
    one_line(&err, "MIX_SERVER_URL");
    assert_null(strstr(err.text, "hunter2"));
    unsetenv("MIX_SERVER_URL");
}

static void certificates_go_unverified_only_when_asked_twice(void **state) {
    static const char both[] = "[server a]\nurl = https://Host.example:1/x\ninsecure = yes\n"
                               "insecure_host = host.example\n";
    static const struct {
        const char *line, *file;
        int tls;
    } table[] = {
        {"--server https://h", NULL, TLS_VERIFIED},
        {"--server https://h --insecure --insecure", NULL, TLS_INSECURE},
        {"--profile a", both, TLS_INSECURE},
        {"--profile a --server https://other", both, TLS_VERIFIED},
        {"--profile a", "[server a]\nurl = https://h\ninsecure = no\n", TLS_VERIFIED},
        {"--profile a", "[server a]\nurl = https://h\ninsecure_host = h\n", TLS_VERIFIED},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct profile p;
        struct err err;
        assert_int_equal(kit_open(&p, table[i].line, table[i].file, &err), RC_OK);
        assert_int_equal(p.net.tls, table[i].tls);
        if (table[i].tls == TLS_INSECURE) {
            assert_non_null(strstr(profile_warning(&p), "not verified"));
            assert_string_equal(profile_sign(&p), "! tls");
        }
        profile_fini(&p);
    }
}

static void plain_http_beyond_loopback_is_warned_of(void **state) {
    static const struct {
        const char *url;
        bool warned;
    } table[] = {
        {"http://localhost:8088", false},
        {"http://LOCALHOST", false},
        {"http://127.0.0.1:1/x", false},
        {"http://127.200.3.4", false},
        {"http://[::1]:8088", false},
        {"http://mix.localhost", false},
        {"unix:/run/mix", false},
        {"https://example.com", false},
        {"http://example.com", true},
        {"HTTP://example.com", true},
        {"http://192.168.0.1:8088", true},
        {"http://127.0.0.1.example.com", true},
        {"http://localhost.example", true},
        {"http://notlocalhost", true},
        {"http://[fe80::1]", true},
        {"http://0.0.0.0:1", true},
        {"http://.localhost.example", true},
        {"http://[2001:db8::1]/", true},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct profile p;
        struct err err;
        char line[128];
        (void)snprintf(line, sizeof line, "--server %s", table[i].url);
        assert_int_equal(kit_open(&p, line, NULL, &err), RC_OK);
        if (table[i].warned != (profile_warning(&p) != NULL))
            fail_msg("%s", table[i].url);
        assert_true(str_eq(profile_sign(&p), table[i].warned ? "! http" : NULL));
        if (table[i].warned)
            assert_non_null(strstr(profile_warning(&p), "run commands"));
        profile_fini(&p);
    }
}

static void every_flag_is_in_the_help_and_every_setting_can_be_written(void **state) {
    auto_buf struct buf help = {0};
    (void)state;
    buf_init(&help, MIX_MIB);
    flags_help(&help, &connect_flag_table);
    for (size_t i = 0; i < connect_flag_table.n; i++) {
        assert_non_null(strstr(buf_str(&help), connect_flag_table.rows[i].name));
        assert_non_null(strstr(buf_str(&help), connect_flag_table.rows[i].help));
    }
    for (size_t i = 0; i < SET_ALL; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "# %s = ", settings[i].name);
        assert_non_null(strstr(config_default(), line));
        assert_non_null(strstr(config_default(), settings[i].help));
    }
}

static void the_debug_log_is_opened_by_flag_or_environment(void **state) {
    struct connect_flags flags;
    struct err err;
    char line[128];
    (void)state;
    assert_int_equal(connect_log(&(struct connect_flags){0}, &err), RC_OK);
    assert_false(log_on());
    (void)snprintf(line, sizeof line, "--debug %s", kit_path("flag.log"));
    assert_int_equal(kit_flags(&flags, line, &err), RC_OK);
    assert_int_equal(connect_log(&flags, &err), RC_OK);
    assert_true(log_on());
    log_close();
    assert_int_equal(access(kit_path("flag.log"), F_OK), 0);
    setenv("XDG_STATE_HOME", kit_dir, 1);
    static const char *const off[] = {"0", ""};
    for (size_t i = 0; i < MIX_COUNT(off); i++) {
        setenv("MIX_DEBUG", off[i], 1);
        assert_int_equal(connect_log(&(struct connect_flags){0}, &err), RC_OK);
        assert_false(log_on());
    }
    setenv("MIX_DEBUG", "1", 1);
    assert_int_equal(connect_log(&(struct connect_flags){0}, &err), RC_OK);
    assert_true(log_on());
    log_close();
    assert_int_equal(access(kit_path("mixtui/debug.log"), F_OK), 0);
    unsetenv("MIX_DEBUG");
    unsetenv("XDG_STATE_HOME");
    assert_int_equal(kit_flags(&flags, "--debug /nosuch/dir/log", &err), RC_OK);
    assert_int_equal(connect_log(&flags, &err), RC_IO);
    one_line(&err, "/nosuch/dir/log");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_beats_the_environment_that_beats_the_profile),
        cmocka_unit_test(every_setting_reaches_the_worker),
        cmocka_unit_test(a_flag_replaces_the_same_setting_of_the_profile),
        cmocka_unit_test(what_is_wrong_is_named_in_one_line),
        cmocka_unit_test(a_server_that_cannot_be_opened_is_one_line),
        cmocka_unit_test(certificates_go_unverified_only_when_asked_twice),
        cmocka_unit_test(plain_http_beyond_loopback_is_warned_of),
        cmocka_unit_test(every_flag_is_in_the_help_and_every_setting_can_be_written),
        cmocka_unit_test(the_debug_log_is_opened_by_flag_or_environment),
    };
    return cmocka_run_group_tests(tests, kit_start, kit_end);
}
