/* harness_net.c - servers for the program under test, each a child on 127.0.0.1. */
#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "private.h"

enum { SERVERS_MAX = 32, CALL_MS = 20000 };
static struct peer servers[SERVERS_MAX];
static size_t n_servers;

static struct peer *server_slot(void) {
    if (n_servers == SERVERS_MAX)
        fail_msg("more than %d servers in one test", SERVERS_MAX);
    struct peer *v = &servers[n_servers++];
    *v = (struct peer){.in = -1};
    return v;
}

static void server_at(struct peer *v, int port) {
    v->port = port;
    snprintf(v->url, sizeof v->url, "http://127.0.0.1:%d", port);
}

void server_stop(struct peer *v) {
    if (v->in >= 0)
        close(v->in);
    v->in = -1;
    if (v->pid <= 0)
        return;
    kill(v->pid, SIGTERM);
    for (int i = 0; i < 400; i++) {
        if (waitpid(v->pid, NULL, WNOHANG) != 0) {
            v->pid = 0;
            return;
        }
        poll(NULL, 0, 5);
    }
    kill(v->pid, SIGKILL);
    waitpid(v->pid, NULL, 0);
    v->pid = 0;
}

void servers_end(void) {
    while (n_servers > 0)
        server_stop(&servers[--n_servers]);
}

/* ---- mixtui-demo ---- */
static void become_demo(const char *const *args, int in, int out) {
    const char *argv[64] = {MIXTUI_DEMO_EXE, "--port", "0", "--exit-with-stdin"};
    for (size_t i = 0; args && args[i] && i + 5 < MIX_COUNT(argv); i++)
        argv[i + 4] = args[i];
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    for (int fd = 3; fd < 256; fd++)
        close(fd);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv("TZ", "UTC", 1);
    setenv("TMPDIR", screen_path("tmp"), 1); /* what a killed one leaves goes with the test */
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* The line it prints when it is ready. */
static int read_port(int fd) {
    char line[256];
    size_t n = 0;
    int64_t until = clock_now() + CALL_MS;
    while (n < sizeof line - 1 && !memchr(line, '\n', n)) {
        int64_t left = until - clock_now();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            return 0;
        ssize_t got = read(fd, line + n, sizeof line - 1 - n);
        if (got <= 0)
            return 0;
        n += (size_t)got;
    }
    line[n] = '\0';
    const char *colon = strrchr(line, ':');
    return strncmp(line, "listening on ", 13) == 0 && colon ? (int)strtol(colon + 1, NULL, 10) : 0;
}

struct peer *demo_start(const char *const *args) {
    struct peer *v = server_slot();
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        fail_msg("pipe: %s", strerror(errno));
    mkdir(screen_path("tmp"), 0700);
    fflush(NULL);
    v->pid = fork();
    if (v->pid == 0)
        become_demo(args, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    v->in = in[1];
    server_at(v, read_port(out[0]));
    close(out[0]);
    if (v->port == 0)
        fail_msg("%s did not say where it listens", MIXTUI_DEMO_EXE);
    return v;
}

/* ---- sockets ---- */
static int listen_on(int port, int *got) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        fail_msg("no socket: %s", strerror(errno));
    *got = ntohs(a.sin_port);
    return fd;
}

static int connect_to(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

int unused_port(void) {
    int port, fd = listen_on(0, &port);
    close(fd);
    return port;
}

static void write_all(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        p += done;
        n -= (size_t)done;
    }
}

/* ---- a child that serves ---- */
static bool in_child(struct peer *v, int listener) {
    fflush(NULL);
    v->pid = fork();
    if (v->pid < 0)
        fail_msg("fork: %s", strerror(errno));
    if (v->pid > 0) {
        close(listener);
        return false;
    }
    for (int fd = 3; fd < 256; fd++)
        if (fd != listener)
            close(fd);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    return true;
}

struct peer *raw_start(const char *bytes) {
    struct peer *v = server_slot();
    int port, listener = listen_on(0, &port);
    server_at(v, port);
    if (!in_child(v, listener))
        return v;
    for (;;) {
        char request[65536];
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(1);
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 2000) > 0 && read(fd, request, sizeof request) > 0)
            write_all(fd, bytes, strlen(bytes));
        shutdown(fd, SHUT_WR);
        while (poll(&p, 1, 200) > 0 && read(fd, request, sizeof request) > 0)
            ;
        close(fd);
    }
}

/* ---- the tap ---- */
enum { PAIRS_MAX = 120 };
struct tap {
    int listener, log, port;
    int client[PAIRS_MAX], server[PAIRS_MAX];
    size_t n;
};

static void tap_accept(struct tap *t) {
    int fd = accept4(t->listener, NULL, NULL, SOCK_CLOEXEC);
    int to = fd >= 0 && t->n < PAIRS_MAX ? connect_to(t->port) : -1;
    if (to < 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    t->client[t->n] = fd;
    t->server[t->n++] = to;
}

static bool tap_pass(int from, int to, int log) {
    char bytes[65536];
    ssize_t n = read(from, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    if (log >= 0 && write(log, bytes, (size_t)n) != n)
        return false;
    write_all(to, bytes, (size_t)n);
    return true;
}

static void tap_turn(struct tap *t) {
    struct pollfd fds[1 + 2 * PAIRS_MAX] = {{.fd = t->listener, .events = POLLIN}};
    size_t n = t->n;
    for (size_t i = 0; i < n; i++) {
        fds[1 + 2 * i] = (struct pollfd){.fd = t->client[i], .events = POLLIN};
        fds[2 + 2 * i] = (struct pollfd){.fd = t->server[i], .events = POLLIN};
    }
    if (poll(fds, 1 + 2 * n, -1) < 0)
        return;
    for (size_t i = n; i-- > 0;) {
        bool open = (!fds[1 + 2 * i].revents || tap_pass(t->client[i], t->server[i], t->log)) &&
                    (!fds[2 + 2 * i].revents || tap_pass(t->server[i], t->client[i], -1));
        if (open)
            continue;
        close(t->client[i]);
        close(t->server[i]);
        t->n--;
        t->client[i] = t->client[t->n];
        t->server[i] = t->server[t->n];
    }
    if (fds[0].revents)
        tap_accept(t);
}

struct peer *tap_start(int port, int own_port) {
    struct peer *v = server_slot();
    int got;
    struct tap t = {.listener = listen_on(own_port, &got), .port = port};
    server_at(v, got);
    char name[24];
    snprintf(name, sizeof name, "tap-%d.log", got); /* goes on when it is started there again */
    snprintf(v->log, sizeof v->log, "%s", screen_path(name));
    if (!in_child(v, t.listener))
        return v;
    t.log = open(v->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    for (;;)
        tap_turn(&t);
}

void tap_log(const struct peer *v, struct buf *out) {
    buf_init(out, 64 * MIX_MIB);
    screen_read_file(out, v->log);
}

size_t tap_count(const struct peer *v, const char *text) {
    struct buf log = {0};
    size_t n = 0;
    tap_log(v, &log);
    for (const char *p = buf_str(&log); (p = strstr(p, text)); p += strlen(text))
        n++;
    buf_fini(&log);
    return n;
}

/* ---- asking a server ---- */
int http_call(int port, const char *method, const char *path, const char *body, struct buf *out) {
    int fd = connect_to(port);
    struct buf b = {0};
    buf_init(&b, 64 * MIX_MIB);
    if (fd < 0)
        return 0;
    buf_addf(&b, "%s %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n", method, path, port);
    if (body)
        buf_addf(&b, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    buf_addf(&b, "\r\n%s", body ? body : "");
    write_all(fd, b.p, b.n);
    buf_clear(&b);
    int64_t until = clock_now() + CALL_MS;
    for (;;) {
        char bytes[65536];
        int64_t left = until - clock_now();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            break;
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            break;
        buf_add(&b, bytes, (size_t)n);
    }
    close(fd);
    const char *answer = buf_str(&b), *head = strstr(answer, "\r\n\r\n");
    int status = strncmp(answer, "HTTP/1.", 7) == 0 ? (int)strtol(answer + 8, NULL, 10) : 0;
    if (out) {
        buf_init(out, 64 * MIX_MIB);
        buf_adds(out, head ? head + 4 : "");
    }
    buf_fini(&b);
    return status;
}

bool json_string(char *out, size_t size, const char *json, const char *key, size_t nth) {
    char head[80];
    snprintf(head, sizeof head, "\"%s\":\"", key);
    const char *p = json;
    for (size_t i = 0; (p = strstr(p, head)); i++) {
        p += strlen(head);
        if (i < nth)
            continue;
        snprintf(out, size, "%.*s", (int)strcspn(p, "\""), p);
        return true;
    }
    return false;
}

void demo_session(const struct peer *v, const char *title, char id[40]) {
    char body[512];
    struct buf answer = {0};
    snprintf(body, sizeof body, "{\"title\":\"%s\",\"browserMode\":\"local-browser-service\"}",
             title);
    int status = http_call(v->port, "POST", "/api/sessions", body, &answer);
    if (status == 400) { /* a generation that does not know the field */
        buf_fini(&answer);
        snprintf(body, sizeof body, "{\"title\":\"%s\"}", title);
        status = http_call(v->port, "POST", "/api/sessions", body, &answer);
    }
    if (status != 201 || !json_string(id, 40, buf_str(&answer), "id", 0))
        fail_msg("no session: %d %s", status, buf_str(&answer));
    buf_fini(&answer);
}

void demo_send(const struct peer *v, const char *id, const char *text) {
    char path[128];
    struct buf answer = {0}, body = {.max = 64 * MIX_MIB};
    snprintf(path, sizeof path, "/api/sessions/%s/messages", id);
    buf_addf(&body, "{\"text\":\"%s\"}", text);
    int status = http_call(v->port, "POST", path, buf_str(&body), &answer);
    if (status != 202)
        fail_msg("not sent: %d %s", status, buf_str(&answer));
    buf_fini(&answer);
    buf_fini(&body);
}
