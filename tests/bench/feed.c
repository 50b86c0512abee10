/* feed.c - a Mix server of fixed answers, one process a connection: as much as the kernel carries,
 * so that what is measured is the other side. */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct feed *plan;

static void put(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            _exit(0);
        p += done;
        n -= (size_t)done;
    }
}

static void answer(int fd, int status, const char *type, const char *body, size_t n) {
    char head[256];
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 %d Answer\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                       status, type, n);

    put(fd, head, (size_t)len);
    put(fd, body, n);
}

static void answer_json(int fd, int status, const char *body) {
    answer(fd, status, "application/json", body, strlen(body));
}

/* ---- what is there ---- */
static const char doc[] =
    "{\"openapi\":\"3.0.0\",\"paths\":{"
    "\"/api/sessions\":{\"get\":{},\"post\":{\"x\":\"browserMode\"}},"
    "\"/api/sessions/{id}\":{\"get\":{},\"delete\":{}},"
    "\"/api/sessions/{id}/messages\":{\"get\":{},\"post\":{\"x\":[\"plan_mode\",\"max_steps\"],"
    "\"responses\":{\"202\":{}}}},"
    "\"/api/sessions/{id}/files\":{\"get\":{}},\"/api/sessions/{id}/files/upload\":{\"post\":{}},"
    "\"/api/sessions/{id}/files/{filename}\":{\"get\":{}},"
    "\"/api/preferences\":{\"get\":{}},\"/api/auth/status\":{\"get\":{}},"
    "\"/stream\":{\"get\":{}}}}";

static void add_session(struct buf *b, size_t i) {
    buf_addf(b,
             "{\"id\":\"bench-%zu\",\"title\":\"Bench %zu\",\"sessionType\":\"main\","
             "\"browserMode\":\"local-browser-service\",\"userMessageCount\":1,"
             "\"assistantMessageCount\":2,\"toolCallCount\":1,\"promptTokens\":5120,"
             "\"completionTokens\":331,\"cost\":0.0213,\"createdAt\":\"2026-02-13T09:%02zu:00Z\"}",
             i, i, 59 - i % 60);
}

static void sessions(int fd, const char *path) {
    struct buf b = {0};
    const char *one = strstr(path, "/bench-");

    buf_init(&b, MIX_MIB);
    if (one) {
        if (plan->delay_ms > 0)
            nanosleep(&(struct timespec){.tv_nsec = plan->delay_ms % 1000 * 1000000L}, NULL);
        add_session(&b, strtoul(one + 7, NULL, 10));
    } else {
        buf_adds(&b, "[");
        for (size_t i = 0; i < plan->sessions; i++) {
            buf_adds(&b, i ? "," : "");
            add_session(&b, i);
        }
        buf_adds(&b, "]");
    }
    answer_json(fd, 200, buf_str(&b));
    buf_fini(&b);
}

static void messages(int fd, const char *path) {
    struct stat st;
    int file = plan->messages && strstr(path, "/bench-0/") ? open(plan->messages, O_RDONLY) : -1;
    char head[160];

    if (file < 0 || fstat(file, &st) != 0) {
        answer_json(fd, 200, "[]\n");
        return;
    }
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                       "Content-Length: %lld\r\n\r\n",
                       (long long)st.st_size);
    put(fd, head, (size_t)len);
    for (off_t at = 0; at < st.st_size;)
        if (sendfile(fd, file, &at, (size_t)(st.st_size - at)) <= 0)
            _exit(0);
    close(file);
}

static void download(int fd) {
    static char block[256 * 1024];
    char head[160];
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                       "Content-Length: %lld\r\n\r\n",
                       (long long)plan->download);

    put(fd, head, (size_t)len);
    for (int64_t left = plan->download; left > 0;) {
        size_t n = left < (int64_t)sizeof block ? (size_t)left : sizeof block;
        put(fd, block, n);
        left -= (int64_t)n;
    }
}

/* ---- the stream ---- */
static void add_event(struct buf *b, size_t i) {
    /* every eighth word ends a line */
    buf_addf(b,
             "id: %zu\nevent: content\ndata: {\"type\":\"content\",\"content\":\"word %06zu%s\","
             "\"assistantMessageId\":\"m-live\"}\nretry: 30000\n\n",
             i + 2, i % 1000000, i % 8 == 7 ? "\\n" : " ");
}

/* The same some twelve bytes at a time, again and again. */
static void add_markup(struct buf *b, size_t i) {
    static const char text[] =
        "## What was found\\n\\nThe **reader** takes bytes in `any split` and hands over whole "
        "events, so that\\na frame in two pieces is read as *one*. Nothing is kept that can be "
        "computed\\nagain, see [the notes](https://example.org/notes).\\n\\n- first the small "
        "files\\n- then the **large** ones\\n  - and their tests\\n\\n```c\\nstatic int "
        "next(struct lexer *lx) {\\n    while (isspace(peek(lx)))\\n        advance(lx); /* blanks "
        "*/\\n    return lx->at;\\n}\\n```\\n\\n| part | lines |\\n|:-----|------:|\\n| "
        "reader | 412 |\\n| writer | 230 |\\n\\n> Measure first.\\n\\n";
    const size_t len = sizeof text - 1;
    size_t at = i * FEED_DELTA % len, n = FEED_DELTA;

    if (at > 0 && text[at - 1] == '\\') /* an escape is not parted */
        at++, n--;
    n = at + n > len ? len - at : n;
    if (text[at + n - 1] == '\\')
        n++;
    buf_addf(b,
             "id: %zu\nevent: content\ndata: {\"type\":\"content\",\"content\":\"%.*s\","
             "\"assistantMessageId\":\"m-live\"}\nretry: 30000\n\n",
             i + 2, (int)n, text + at);
}

static void put_ask(int fd, size_t session, size_t i) {
    char text[512];
    const int n =
        snprintf(text, sizeof text,
                 "id: %zu\nevent: permission\ndata: {\"id\":\"p-%zu-%zu\",\"sessionId\":"
                 "\"bench-%zu\",\"toolName\":\"Bash\",\"description\":\"\",\"action\":"
                 "\"execute\",\"path\":\"/srv\",\"params\":{\"command\":\"make part-%zu\"}}\n"
                 "retry: 30000\n\n",
                 i + 2, session, i, session, i);

    put(fd, text, (size_t)n);
}

/* The share of one session; all of them begin at different moments. */
static void ask(int fd, size_t session) {
    const size_t others = plan->sessions - 1, first = plan->asks / others;
    const int64_t each = (int64_t)plan->ask_every_ms * (int64_t)others;

    for (size_t i = 0; i < first; i++)
        put_ask(fd, session, i);
    if (each == 0)
        return;
    for (size_t i = first;; i++) {
        const int64_t ms = i > first ? each : each * (int64_t)session / (int64_t)others;

        nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
        put_ask(fd, session, i);
    }
}

static void stream(int fd, const char *path) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                               "id: 1\nevent: connected\ndata: {\"sessionId\":\"bench-0\"}\n"
                               "retry: 30000\n\n";
    struct buf b = {0};
    const char *name = strstr(path, "bench-");
    const size_t session = name ? strtoul(name + 6, NULL, 10) : 0;
    const size_t n = session == 0 ? plan->events : 0;

    buf_init(&b, 4 * MIX_MIB);
    put(fd, head, sizeof head - 1);
    if (session > 0 && session < plan->sessions)
        ask(fd, session);
    uint64_t from = clock_ns();
    for (size_t i = 0; i < n;) {
        size_t until = n;
        if (plan->rate) { /* twice in 10 ms, however long a write took */
            nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
            until = (size_t)((double)(clock_ns() - from) / 1e9 * (double)plan->rate);
        }
        for (; i < until && i < n && b.n < 256 * MIX_KIB; i++)
            plan->markup ? add_markup(&b, i) : add_event(&b, i);
        put(fd, b.p ? b.p : "", b.n);
        buf_clear(&b);
    }
    buf_fini(&b);
    for (char rest[4096]; read(fd, rest, sizeof rest) > 0;)
        ;
    _exit(0);
}

/* ---- requests ---- */
static void answered(int fd) {
    if (plan->answered)
        __atomic_store_n(plan->answered, clock_ns(), __ATOMIC_RELEASE);
    answer_json(fd, 200, "{\"status\":\"granted\"}");
}

static void route(int fd, const char *line) {
    bool post = strncmp(line, "POST ", 5) == 0;
    const char *path = strchr(line, ' ');

    path = path ? path + 1 : "/";
    if (strncmp(path, "/stream", 7) == 0)
        stream(fd, path);
    else if (strncmp(path, "/doc", 4) == 0)
        answer_json(fd, 200, doc);
    else if (post && strstr(path, "/permissions/"))
        answered(fd);
    else if (strstr(path, "/files/upload"))
        answer_json(fd, 201, "{\"name\":\"big.bin\",\"size\":1,\"modified\":1770976867}");
    else if (strstr(path, "/files/"))
        download(fd);
    else if (strstr(path, "/files") || strstr(path, "/history"))
        answer_json(fd, 200, "[]\n");
    else if (strstr(path, "/messages") && post)
        answer_json(fd, 202, "{\"status\":\"processing\",\"sessionId\":\"bench-0\"}");
    else if (strstr(path, "/messages"))
        messages(fd, path);
    else if (strncmp(path, "/api/sessions", 13) == 0)
        sessions(fd, path);
    else if (strncmp(path, "/api/auth/status", 16) == 0)
        answer_json(fd, 200,
                    "{\"providers\":{\"anthropic\":{\"display_name\":\"Anthropic\","
                    "\"authenticated\":true,\"auth_method\":\"api_key\"}}}");
    else
        answer(fd, 404, "text/plain", "404 page not found\n", 19);
}

/* Reads one request, drops its body. */
static bool read_head(int fd, char *head, size_t size) {
    size_t n = 0;
    char *end;

    head[0] = '\0';
    while (!(end = strstr(head, "\r\n\r\n"))) {
        ssize_t got = n < size - 1 ? read(fd, head + n, size - 1 - n) : -1;
        if (got <= 0)
            return false;
        n += (size_t)got;
        head[n] = '\0';
    }
    const char *length = strcasestr(head, "\r\nContent-Length:");
    int64_t left = length ? strtoll(length + 17, NULL, 10) : 0;
    if (strcasestr(head, "\r\nExpect: 100-continue"))
        put(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    left -= (int64_t)(n - (size_t)(end + 4 - head));
    static char body[256 * 1024];
    while (left > 0) {
        ssize_t got = read(fd, body, sizeof body);
        if (got <= 0)
            return false;
        left -= got;
    }
    return true;
}

static void serve(int fd) {
    static char head[65536];

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while (read_head(fd, head, sizeof head))
        route(fd, head);
    _exit(0);
}

pid_t feed_start(const struct feed *f, int *port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        exit(2);
    *port = ntohs(a.sin_port);
    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0) {
        close(fd);
        return pid;
    }
    plan = f;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_IGN);
    for (int one; (one = accept(fd, NULL, NULL)) >= 0;) {
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(fd);
            serve(one);
        }
        close(one);
    }
    _exit(0);
}

uint64_t *feed_shared(void) {
    void *p =
        mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        exit(2);
    return p;
}

void feed_stop(pid_t pid) {
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

char *feed_history(const char *path, size_t n, size_t bytes) {
    static const char words[] =
        "The lexer reads one character at a time and \\u003ckeeps\\u003e no "
        "state between calls, so a split input gives the same tokens.\\n";
    size_t each = bytes / n, fill = each > 420 ? (each - 420) / (sizeof words - 1) + 1 : 1;
    FILE *f = fopen(path, "wb");

    if (!f)
        exit(2);
    fputc('[', f);
    for (size_t i = 0; i < n; i++) {
        bool user = i % 2 == 0;
        fprintf(f, "%s{\"id\":\"m-%zu\",\"sessionId\":\"bench-0\",\"role\":\"%s\",\"userInput\":\"",
                i ? "," : "", i, user ? "user" : "assistant");
        for (size_t k = 0; k < (user ? 1 : fill); k++)
            fputs(words, f);
        fputc('"', f);
        if (!user) {
            fprintf(f, ",\"assistantResponse\":\"");
            for (size_t k = 0; k < fill; k++)
                fputs(words, f);
            fprintf(f,
                    "\",\"toolCalls\":[{\"id\":\"t-%zu\",\"name\":\"Bash\",\"input\":\"{\\\"command"
                    "\\\":\\\"ls %zu\\\"}\",\"type\":\"tool_use\",\"finished\":true,\"result\":"
                    "\"a.txt\\nb.txt\\n\"}],\"model\":\"claude-sonnet-4-5\",\"inputTokens\":900,"
                    "\"outputTokens\":40,\"cost\":0.003",
                    i, i);
        }
        fputc('}', f);
    }
    fputs("]\n", f);
    fclose(f);
    return xstrdup(path);
}
