/* config.ini and profiles as somebody meets them, and the first start without a server. */
#include "people.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char config_name[] = "config/mixtui/config.ini";

static void write_config(const char *before, const char *url, const char *after) {
    char text[2048];

    (void)snprintf(text, sizeof text, "%s[server work]\nurl = %s\n%s", before, url, after);
    (void)screen_file(config_name, text);
    assert_int_equal(chmod(screen_path(config_name), 0600), 0);
}

static bool config_has(const char *text) {
    auto_buf struct buf all = {.max = MIX_MIB};

    return screen_read_file(&all, screen_path(config_name)) && strstr(buf_str(&all), text);
}

static void a_profile_says_how_a_server_is_reached(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct peer *tap = tap_start(demo->port, 0);
    auto_buf struct buf sent = {0};
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", tap->port);
    write_config("[ui]\nborders = ascii\n[keys]\npalette = F5\n", url,
                 "header = X-Team: parsers\nbearer_command = echo hunter2; echo x >>ran\n");
    struct screen *s = mixtui_with(st, (const char *[]){"--profile", "work", NULL}, NULL);
    screen_wait(s, "live");
    screen_keys(s, "\033[15~"); /* F5 */
    screen_wait(s, "find");
    assert_false(screen_has(s, "\342\224\214")); /* a corner of a box */
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "find");
    size_t n;
    const char *raw = screen_raw(s, &n);
    assert_null(memmem(raw, n, "hunter2", 7));
    assert_int_equal(quit(s), 0);
    tap_log(tap, &sent);
    assert_non_null(strstr(buf_str(&sent), "X-Team: parsers"));
    assert_non_null(strstr(buf_str(&sent), "Authorization: Bearer hunter2"));
    auto_buf struct buf ran = {.max = 64};
    assert_true(screen_read_file(&ran, screen_path("ran")));
    assert_string_equal(buf_str(&ran), "x\n"); /* once */
}

static void another_profile_runs_its_commands_when_it_is_shown(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL), *other = demo_at(st, NULL);
    struct peer *tap = tap_start(other->port, 0);
    auto_buf struct buf sent = {0};
    char after[512];

    (void)snprintf(after, sizeof after,
                   "[server other]\nurl = http://127.0.0.1:%d\n"
                   "bearer_command = echo careful >&2; echo hunter2\n",
                   tap->port);
    write_config("", demo->url, after);
    struct screen *s = mixtui_with(st, (const char *[]){"--profile", "work", NULL}, NULL);
    screen_wait(s, "live");
    size_t n;
    const char *raw = screen_raw(s, &n);
    assert_null(memmem(raw, n, "careful", 7));
    leader(s, "s");
    screen_wait(s, "Servers");
    screen_wait(s, "other");
    screen_keys(s, KEY_DOWN KEY_ENTER);
    screen_wait_gone(s, "Servers");
    screen_wait_that(s, tap_count(tap, "Authorization: Bearer hunter2") > 0);
    screen_wait(s, "live");
    screen_wait(s, "measure before changing");
    assert_false(screen_has(s, "careful"));
    raw = screen_raw(s, &n);
    assert_non_null(memmem(raw, n, "careful", 7)); /* it was not swallowed */
    assert_null(memmem(raw, n, "hunter2", 7));
    assert_int_equal(quit(s), 0);
    tap_log(tap, &sent);
    assert_non_null(strstr(buf_str(&sent), "Authorization: Bearer hunter2"));
}

static void mistakes_of_the_file_are_told(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    write_config("[ui]\nthem = dark\n[keys]\nno-such-thing = x\n", demo->url, "");
    struct screen *s = mixtui_with(st, (const char *[]){"--profile", "work", NULL}, NULL);
    screen_wait(s, "has 2 mistakes");
    screen_wait(s, "measure before changing");
    assert_int_equal(quit(s), 0);
    /* a server with a mistake is not used */
    write_config("", demo->url, "proxi = http://p\n");
    s = mixtui_with(st, (const char *[]){"--profile", "work", NULL}, NULL);
    assert_int_equal(screen_wait_exit(s), 2);
    assert_true(screen_has(s, "did you mean proxy?") || screen_has(s, "unknown setting proxi"));
    s = mixtui_with(st, (const char *[]){"--profile", "play", NULL}, NULL);
    assert_int_equal(screen_wait_exit(s), 2);
    assert_true(screen_has(s, "no profile play"));
}

static void plain_http_beyond_loopback_is_always_in_sight(void **state) {
    const struct stage *st = *state;
    char proxy[64];

    (void)snprintf(proxy, sizeof proxy, "http_proxy=http://127.0.0.1:%d", unused_port());
    struct screen *s = mixtui_with(st, (const char *[]){"--server", "http://mix.example", NULL},
                                   (const char *[]){proxy, NULL});
    screen_wait(s, "No server");
    screen_wait(s, "! http");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "another address");
    screen_wait(s, "! http");
    assert_int_equal(quit(s), 0);
}

static void an_address_is_saved_with_a_name_behind_it(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    char url[64];
    struct stat info;

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", unused_port());
    struct screen *s = mixtui_with(st, (const char *[]){"--server", url, NULL}, NULL);
    screen_wait(s, "another address");
    screen_keys(s, "a");
    screen_wait(s, "A name behind the address saves it");
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, demo->url);
    screen_keys(s, " no/name");
    screen_wait(s, " no/name");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "cannot be saved");
    screen_wait(s, "another address"); /* nothing was left for it */
    screen_keys(s, "a");
    screen_wait(s, "address:");
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, demo->url);
    screen_keys(s, " work");
    screen_wait(s, " work");
    assert_int_not_equal(access(screen_path(config_name), F_OK), 0);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "live");
    screen_wait_that(s, config_has("[server work]\n"));
    assert_int_equal(stat(screen_path(config_name), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, (const char *[]){"--profile", "work", NULL}, NULL);
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

/* ---- the two usual addresses, seen through a proxy: their ports may be somebody's here ---- */
static int connect_to(int port) {
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void pump(int a, int b) {
    struct pollfd fds[] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
    char bytes[16384];

    while (poll(fds, 2, -1) > 0)
        for (int i = 0; i < 2; i++) {
            if (!fds[i].revents)
                continue;
            const ssize_t n = read(fds[i].fd, bytes, sizeof bytes);
            if (n <= 0 || write(fds[1 - i].fd, bytes, (size_t)n) != n)
                return;
        }
}

/* One request: what is for port 8080 goes to the demo, the rest gets no answer. */
static void serve_one(int client, int port) {
    static const char usual[] = "http://localhost:8080";
    char head[16384];
    size_t n = 0;

    while (n < sizeof head - 1 && !memmem(head, n, "\r\n\r\n", 4)) {
        const ssize_t got = read(client, head + n, sizeof head - 1 - n);
        if (got <= 0)
            return;
        n += (size_t)got;
    }
    head[n] = '\0';
    char *url = strchr(head, ' '), *line = strstr(head, "\r\n");
    if (!url || !line || strncmp(url + 1, usual, sizeof usual - 1) != 0 || port == 0)
        return;
    const int server = connect_to(port);
    if (server < 0)
        return;
    url++;
    const char *path = url + sizeof usual - 1;
    (void)!write(server, head, (size_t)(url - head));
    (void)!write(server, path, (size_t)(line - path));
    (void)!write(server, "\r\nConnection: close", 19);
    (void)!write(server, line, n - (size_t)(line - head));
    pump(client, server);
    close(server);
}

/* Its pid; *out is its port. demo_port 0: nobody is at 8080 either. */
static int proxy_start(int *out, int demo_port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0);
    assert_true(listen(fd, 64) == 0 && getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    *out = ntohs(at.sin_port);
    const int pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGCHLD, SIG_IGN);
        for (;;) {
            const int client = accept(fd, NULL, NULL);
            if (client >= 0 && fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                serve_one(client, demo_port);
                _exit(0);
            }
            close(client);
        }
    }
    close(fd);
    return pid;
}

static void proxy_stop(int pid) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void the_second_usual_address_is_tried(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    char proxy[64];
    int port = 0;
    const int pid = proxy_start(&port, demo->port);

    (void)snprintf(proxy, sizeof proxy, "http_proxy=http://127.0.0.1:%d", port);
    struct screen *s = mixtui_with(st, NULL, (const char *[]){proxy, "MIX_SERVER_URL", NULL});
    screen_wait(s, "measure before changing");
    screen_wait(s, "localhost:8080");
    assert_int_equal(quit(s), 0);
    proxy_stop(pid);
}

static void a_stranger_at_the_second_address_is_left_alone(void **state) {
    const struct stage *st = *state;
    struct peer *stranger = raw_start("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                                      "Content-Length: 6\r\nConnection: close\r\n\r\n<html>");
    char proxy[64];
    int port = 0;
    const int pid = proxy_start(&port, stranger->port);

    (void)snprintf(proxy, sizeof proxy, "http_proxy=http://127.0.0.1:%d", port);
    struct screen *s = mixtui_with(st, NULL, (const char *[]){proxy, "MIX_SERVER_URL", NULL});
    screen_wait(s, "No Mix server answers at http://localhost:8088");
    screen_wait(s, "Nor does one at http://localhost:8080");
    screen_keys(s, "q");
    assert_int_equal(screen_wait_exit(s), 0);
    proxy_stop(pid);
}

static void a_given_address_is_the_only_one_tried(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    char proxy[64];
    int port = 0;
    const int pid = proxy_start(&port, demo->port);

    (void)snprintf(proxy, sizeof proxy, "http_proxy=http://127.0.0.1:%d", port);
    struct screen *s = mixtui_with(st, (const char *[]){"--server", "http://localhost:8088", NULL},
                                   (const char *[]){proxy, NULL});
    screen_wait(s, "No server");
    screen_pause(s, 1500);
    assert_false(screen_has(s, "8080"));
    screen_keys(s, "q");
    assert_int_equal(screen_wait_exit(s), 0);
    proxy_stop(pid);
}

static void where_nobody_is_both_addresses_are_named(void **state) {
    const struct stage *st = *state;
    char proxy[64];
    int port = 0;
    const int pid = proxy_start(&port, 0);

    (void)snprintf(proxy, sizeof proxy, "http_proxy=http://127.0.0.1:%d", port);
    struct screen *s = mixtui_with(st, NULL, (const char *[]){proxy, "MIX_SERVER_URL", NULL});
    screen_wait(s, "No Mix server answers at http://localhost:8088");
    screen_wait(s, "Nor does one at http://localhost:8080");
    screen_wait(s, "mix --http-port 8088");
    screen_wait(s, "retry");
    screen_wait(s, "another address");
    screen_keys(s, "d");
    screen_wait(s, "measure before changing");
    assert_int_equal(quit(s), 0);
    proxy_stop(pid);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_profile_says_how_a_server_is_reached, narrow),
        S(a_profile_says_how_a_server_is_reached, wide),
        S(another_profile_runs_its_commands_when_it_is_shown, narrow),
        S(mistakes_of_the_file_are_told, wide),
        S(plain_http_beyond_loopback_is_always_in_sight, narrow),
        S(plain_http_beyond_loopback_is_always_in_sight, wide),
        S(an_address_is_saved_with_a_name_behind_it, narrow),
        S(an_address_is_saved_with_a_name_behind_it, wide),
        S(the_second_usual_address_is_tried, narrow),
        S(a_stranger_at_the_second_address_is_left_alone, narrow),
        S(a_given_address_is_the_only_one_tried, narrow),
        S(where_nobody_is_both_addresses_are_named, narrow),
    };
#undef S
    return screen_run(tests);
}
