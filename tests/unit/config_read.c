/* config.ini: what is taken, and the line of each complaint. */
#include "config_kit.h"

#include "private.h"

/* Complaints with `F:` for the path. */
static void complaints_of(struct buf *out, const char *text, mode_t mode) {
    struct config c;
    struct err err = {0};
    auto_buf struct buf raw = {0};
    const char *path = kit_file("c.ini", mode, text, strlen(text));
    buf_init(&raw, MIX_MIB);
    buf_init(out, MIX_MIB);
    assert_int_equal(config_read(&c, path, &raw, &err), RC_OK);
    config_fini(&c);
    for (const char *s = buf_str(&raw); *s;) {
        const char *found = strstr(s, path);
        if (!found) {
            buf_adds(out, s);
            break;
        }
        buf_add(out, s, (size_t)(found - s));
        buf_adds(out, "F");
        s = found + strlen(path);
    }
}

static void each_mistake_is_named_with_its_line(void **state) {
    static const struct {
        const char *text, *says;
    } table[] = {
        {"[ui]\nthem = dark\n", "F:2: unknown setting them: did you mean theme?\n"},
        {"[ui]\nzzzzzzzz = 1\n", "F:2: unknown setting zzzzzzzz\n"},
        {"[server a]\nURL = http://h\n", "F:2: unknown setting URL\n"},
        {"[server a]\nconect_timeout = 1s\n", "did you mean connect_timeout?"},
        {"[server a]\ninsecure_hots = h\n", "did you mean insecure_host?"},
        {"[ui]\n\n\nborders = round\n", "F:4: borders round: it is one of unicode|ascii\n"},
        {"[ui]\nanimations = yes\n", "F:2: animations yes: it is one of on|off\n"},
        {"[ui]\nwatched = 0\n", "F:2: watched 0: it is a number from 1 to 10000\n"},
        {"[ui]\nwatched =\n", "F:2: watched needs a value: N|all\n"},
        {"[ui]\nnotify_on = approval, answer\n",
         "F:2: notify_on answer: it is any of approval, question, error, finished, or none\n"},
        {"[ui]\ndesktop = 8\n", "F:2: desktop 8: it is one of auto|off|9|777|99\n"},
        {"[ui]\nbell = loud\n", "F:2: bell loud: it is one of on|off\n"},
        {"[ui]\ntheme = a\ntheme = b\n", "F:3: theme is set twice\n"},
        {"[server a]\nurl = http://a\nurl = http://b\n", "F:3: url is set twice\n"},
        {"url = http://a\n", "F:1: a setting before any section"},
        {"[sever a]\nurl = http://a\n", "F:1: [sever a]: unknown section"},
        {"[server]\nurl = http://a\n", "F:1: [server]: unknown section"},
        {"[server ]\nurl = http://a\n", "F:1: [server ]: the name of a server"},
        {"[server a b]\nurl = http://a\n", "F:1: [server a b]: the name of a server"},
        {"[server -a]\n", "F:1: [server -a]: the name of a server"},
        {"[server a/../b]\n", "the name of a server"},
        {"[server a]\n[ui]\n[server a]\n", "F:3: [server a]: this server is there already\n"},
        {"[server a]\n[server a]\n", "F:2: [server a]: this server is there already\n"},
        {"[server a]\nurl = http://u:hunter2@h\n", "basic_file"},
        {"[server a]\nurl = localhost\n", "F:2: url: "},
        {"[server a]\nproxy = http://u:hunter2@h\n", "proxy_file"},
        {"[server a]\nheader = Authorization: hunter2\n", "header_file"},
        {"[server a]\nheader = cookie: hunter2\n", "header_file"},
        {"[server a]\nheader = Proxy-Authorization: hunter2\n", "header_command"},
        {"[server a]\nbearer = hunter2\n", "F:2: unknown setting bearer"},
        {"[server a]\nca_file = ca.pem\n",
         "F:2: ca_file ca.pem: a path here begins with / or ~/\n"},
        {"[server a]\nbearer_file = t\n", "begins with / or ~/"},
        {"[server a]\nheader_file = X: t\n", "begins with / or ~/"},
        {"[server a]\nbearer_file = /t\nbearer_command = x\n", "bearer_file says the same already"},
        {"[server a]\ninsecure = maybe\n", "F:2: insecure maybe: it is yes or no\n"},
        {"[server a]\ninsecure_host = https://h\n", "the host alone"},
        {"[server a]\nwatch = 1\n", "F:2: watch 1: it is yes or no\n"},
        {"[server a]\nretry_initial = 0\n", "retry = off"},
        {"[server a]\nhttp = 3\n", "F:2: http 3: it is one of 1.1|2\n"},
        {"[keys]\nnosuch = x\n", "F:2: nosuch: no command"},
        {"[keys]\nknown = x\nknown = y\n", "F:3: known: it is set twice\n"},
        {"[ui]\ntheme = pink\n", "F:2: no theme of that name\n"},
        {"[ui]\nno equals here\n", "F:2: "},
        {"[ui\ntheme = x\n", "F:1: "},
        {"[server a] garbage\nurl = http://h\n", "F:1: "},
        {"[ui]\ntheme = a\x01"
         "b\n",
         "F:2: control character\n"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        auto_buf struct buf got = {0};
        complaints_of(&got, table[i].text, 0600);
        if (!strstr(buf_str(&got), table[i].says))
            fail_msg("%s\ngave: %s\nwanted: %s", table[i].text, buf_str(&got), table[i].says);
        assert_null(strstr(buf_str(&got), "hunter2"));
    }
}

static void a_line_too_long_is_named_not_cut(void **state) {
    auto_buf struct buf text = {0}, got = {0};
    struct profile p;
    struct err err;
    (void)state;
    buf_init(&text, 4096);
    buf_adds(&text, "[server a]\nurl = http://h/");
    for (int i = 0; i < 200; i++)
        buf_adds(&text, "x");
    buf_adds(&text, "\nretry = off\n");
    complaints_of(&got, buf_str(&text), 0600);
    assert_string_equal(buf_str(&got), "F:2: line longer than 190 bytes\n");
    assert_int_equal(kit_open(&p, "--profile a", buf_str(&text), &err), RC_USAGE);
    one_line(&err, ":2: line longer");
}

static void a_secret_written_out_is_reported_when_others_may_read_it(void **state) {
    static const char text[] = "[server a]\nurl = https://h\nheader = X-Api-Key: hunter2\n"
                               "header = X-Plain: v\n";
    static const struct {
        mode_t mode;
        bool reported;
    } table[] = {{0600, false}, {0640, true}, {0604, true}, {0644, true}, {0400, false}};
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        auto_buf struct buf got = {0};
        complaints_of(&got, text, table[i].mode);
        assert_int_equal(strstr(buf_str(&got), "F:3: X-Api-Key looks like a secret") != NULL,
                         table[i].reported);
        assert_int_equal(got.n > 0, table[i].reported);
        assert_null(strstr(buf_str(&got), "hunter2"));
    }
}

static void what_is_right_is_taken(void **state) {
    static const char text[] = "\xef\xbb\xbf# a comment\r\n[ui]\r\ntheme = dark\r\n"
                               "borders = ascii\nanimations = off\nwatched = all\n"
                               "notify = notify-send \"$1\"; true # x\nbell = off\n"
                               "notify_on = question,  error\ndesktop = 99\n"
                               "[keys]\nknown = x, y\n"
                               "[server one]\nurl = unix:/run/mix\nwatch = yes\n"
                               "header = X-A: b; c # d\nca_file = ~/ca.pem\n"
                               "[server two.2_-]\n";
    struct config c;
    struct err err;
    auto_buf struct buf complaints = {0};
    (void)state;
    buf_init(&complaints, MIX_MIB);
    const char *path = kit_text("ok.ini", text);
    assert_int_equal(config_read(&c, path, &complaints, &err), RC_OK);
    assert_string_equal(buf_str(&complaints), "");
    assert_string_equal(c.path, path);
    assert_string_equal(c.ui.theme, "dark");
    assert_true(c.ui.ascii && c.ui.still);
    assert_true(c.ui.watch_limit == SIZE_MAX);
    assert_int_equal(c.ui.keys.n, 1);
    assert_string_equal(c.ui.keys.items[0].command, "known");
    assert_string_equal(c.ui.keys.items[0].keys, "x, y");
    assert_int_equal(c.ui.keys.items[0].line, 12);
    assert_string_equal(c.ui.attend.hook, "notify-send \"$1\"; true # x");
    assert_true(c.ui.attend.silent && c.ui.attend.desktop == DESKTOP_OSC99);
    assert_true(c.ui.attend.off[ATTEND_APPROVAL] && c.ui.attend.off[ATTEND_FINISHED]);
    assert_false(c.ui.attend.off[ATTEND_QUESTION] || c.ui.attend.off[ATTEND_ERROR]);
    assert_int_equal(c.n_profiles, 2);
    assert_string_equal(c.profiles[0].name, "one");
    assert_string_equal(c.profiles[0].url, "unix:/run/mix");
    assert_true(c.profiles[0].watch);
    assert_string_equal(c.profiles[0].headers.items[0], "X-A: b; c # d");
    char ca[128];
    (void)snprintf(ca, sizeof ca, "%s/ca.pem", kit_dir);
    assert_string_equal(c.profiles[0].net.ca_file, ca);
    assert_string_equal(c.profiles[1].name, "two.2_-");
    config_fini(&c);
}

static void the_default_file_says_what_holds_without_it(void **state) {
    auto_buf struct buf on = {0}, got = {0};
    struct config c, none = {0};
    struct err err;
    (void)state;
    complaints_of(&got, config_default(), 0600);
    assert_string_equal(buf_str(&got), "");
    buf_init(&on, MIX_MIB);
    /* Every setting with a default, switched on. */
    for (const char *s = config_default(); *s;) {
        const size_t n = strcspn(s, "\n");
        char name[64] = "";
        int end = 0;
        const bool is_setting = sscanf(s, "# %63[a-z_] =%n", name, &end) == 1 && end > 0;
        const struct setting *row = is_setting ? setting_find(0, SET_ALL, name) : NULL;
        if (strncmp(s, "# [", 3) == 0 || (row && *row->fallback))
            buf_add(&on, s + 2, n - 2);
        else
            buf_add(&on, s, n);
        buf_adds(&on, "\n");
        s += n + (s[n] == '\n');
    }
    assert_int_equal(config_read(&c, kit_text("on.ini", buf_str(&on)), &got, &err), RC_OK);
    assert_string_equal(buf_str(&got), "");
    assert_int_equal(c.n_profiles, 1);
    assert_true(!c.ui.ascii && !c.ui.still && c.ui.watch_limit == 32);
    struct profile with, without;
    const struct connect_flags flags = {.profile = "default"}, no_flags = {0};
    assert_int_equal(profile_open(&with, &c, &flags, &err), RC_OK);
    assert_int_equal(profile_open(&without, &none, &no_flags, &err), RC_OK);
    assert_string_equal(with.url, without.url);
    assert_int_equal(with.net.tls, without.net.tls);
    assert_int_equal(with.net.connect_timeout_ms, 10000);
    assert_int_equal(with.net.reply_timeout_ms, 60000);
    assert_int_equal(with.net.http_version, without.net.http_version);
    assert_int_equal(with.net.retry.mode, without.net.retry.mode);
    profile_fini(&with);
    profile_fini(&without);
    config_fini(&c);
}

static void a_file_that_is_not_there_is_no_fault_unless_named(void **state) {
    struct config c;
    struct err err = {0};
    (void)state;
    assert_int_equal(config_read(&c, NULL, NULL, &err), RC_OK);
    assert_null(c.path);
    config_fini(&c);
    assert_int_equal(config_read(&c, "/nosuch/c.ini", NULL, &err), RC_IO);
    one_line(&err, "/nosuch/c.ini: No such file");
    assert_int_equal(config_read(&c, kit_dir, NULL, &err), RC_IO);
    one_line(&err, "Is a directory");
    assert_int_equal(config_read(&c, "/dev/zero", NULL, &err), RC_IO);
    one_line(&err, "larger than 1 MiB");
}

static void the_usual_place_follows_the_environment(void **state) {
    (void)state;
    setenv("XDG_CONFIG_HOME", "/x", 1);
    auto_free char *set = path_config_file();
    setenv("XDG_CONFIG_HOME", "relative", 1);
    auto_free char *relative = path_config_file();
    unsetenv("XDG_CONFIG_HOME");
    auto_free char *unset = path_config_file();
    assert_string_equal(set, "/x/mixtui/config.ini");
    assert_string_equal(unset, relative);
    assert_string_equal(unset, kit_path(".config/mixtui/config.ini"));
}

static char *whole(const char *path) {
    static char bytes[4096];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd < 0 ? 0 : read(fd, bytes, sizeof bytes - 1);
    if (fd >= 0)
        close(fd);
    bytes[n > 0 ? n : 0] = '\0';
    return bytes;
}

static void a_server_is_added_and_nothing_is_rewritten(void **state) {
    struct err err = {0};
    struct stat st;
    (void)state;
    const char *fresh = kit_path("new/deep/config.ini");
    assert_int_equal(config_add_server(fresh, "work", "https://h/x", &err), RC_OK);
    assert_int_equal(stat(fresh, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(config_add_server(fresh, "two", "unix:/run/x", &err), RC_OK);
    assert_string_equal(whole(fresh),
                        "\n[server work]\nurl = https://h/x\n\n[server two]\nurl = unix:/run/x\n");
    const char *mine = kit_text("mine.ini", "# mine\n[ui]\nthem = oops");
    assert_int_equal(config_add_server(mine, "a", "http://h", &err), RC_OK);
    assert_string_equal(whole(mine), "# mine\n[ui]\nthem = oops\n\n[server a]\nurl = http://h\n");
    static const struct {
        const char *name, *url, *says;
        enum rc rc;
    } table[] = {
        {"a", "http://i", "already", RC_USAGE},
        {"", "http://i", "letters", RC_USAGE},
        {"b]\n[ui", "http://i", "letters", RC_USAGE},
        {"b", "http://u:hunter2@i", "basic_file", RC_USAGE},
        {"b", "i:8088", "http://i:8088", RC_USAGE},
        {"b", "http://i\n[ui]", "blank", RC_USAGE},
    };
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        assert_int_equal(config_add_server(mine, table[i].name, table[i].url, &err), table[i].rc);
        one_line(&err, table[i].says);
    }
    assert_null(strstr(whole(mine), "[server b]"));
    assert_int_equal(config_add_server("/proc/nosuch/c.ini", "b", "http://i", &err), RC_IO);
}

static const char *judge_key(const char *command, const char *keys) {
    (void)keys;
    return str_eq(command, "known") ? NULL : "no command";
}
static const char *judge_theme(const char *name) {
    return str_eq(name, "pink") ? "no theme of that name" : NULL;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_named_with_its_line),
        cmocka_unit_test(a_line_too_long_is_named_not_cut),
        cmocka_unit_test(a_secret_written_out_is_reported_when_others_may_read_it),
        cmocka_unit_test(what_is_right_is_taken),
        cmocka_unit_test(the_default_file_says_what_holds_without_it),
        cmocka_unit_test(a_file_that_is_not_there_is_no_fault_unless_named),
        cmocka_unit_test(the_usual_place_follows_the_environment),
        cmocka_unit_test(a_server_is_added_and_nothing_is_rewritten),
    };
    config_judges(&(struct config_judge){.key = judge_key, .theme = judge_theme});
    return cmocka_run_group_tests(tests, kit_start, kit_end);
}
