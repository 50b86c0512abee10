#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT_MAX = 256 << 20, ENV_MAX = 16 };

static struct run last;
static struct { char name[64], value[512]; } env[ENV_MAX];
static size_t n_env;

void run_env(const char *name, const char *value) {
    for (size_t i = 0; i < n_env; i++)
        if (strcmp(env[i].name, name) == 0) {
            snprintf(env[i].value, sizeof env[i].value, "%s", value ? value : "");
            return;
        }
    assert_true(n_env < ENV_MAX);
    snprintf(env[n_env].name, sizeof env[n_env].name, "%s", name);
    snprintf(env[n_env].value, sizeof env[n_env].value, "%s", value ? value : "");
    n_env++;
}

void run_server(const char *url) { run_env("MIX_SERVER_URL", url); }

void run_environment(void) {
    static const char *const dirs[][2] = {{"HOME", ""},
                                          {"XDG_STATE_HOME", "state"},
                                          {"XDG_CONFIG_HOME", "config"},
                                          {"XDG_RUNTIME_DIR", "runtime"}};

    for (size_t i = 0; i < MIX_COUNT(dirs); i++)
        setenv(dirs[i][0], *dirs[i][1] ? screen_path(dirs[i][1]) : screen_dir(), 1);
    unsetenv("MIX_SERVER_URL");
    unsetenv("MIX_DEBUG");
    for (size_t i = 0; i < n_env; i++)
        if (env[i].value[0])
            setenv(env[i].name, env[i].value, 1);
}

static void become(const char *const *words, int in, int out, int err) {
    char *argv[RUN_WORDS + 2];
    int n = 0;

    argv[n++] = strdup("mixtui");
    for (; *words && n <= RUN_WORDS; words++)
        argv[n++] = strdup(*words);
    argv[n] = NULL;
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    run_environment();
    if (chdir(screen_dir()) == 0)
        execv(MIXTUI_EXE, argv);
    _exit(126);
}

static void start(struct run *r, int in, const char *const *words) {
    int out[2], err[2];

    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        fail_msg("pipe: %s", strerror(errno));
    screen_dir();
    fflush(NULL);
    *r = (struct run){.code = -1, .out_fd = out[0], .err_fd = err[0]};
    buf_init(&r->out, OUT_MAX);
    buf_init(&r->err, OUT_MAX);
    r->pid = fork();
    if (r->pid == 0)
        become(words, in, out[1], err[1]);
    close(out[1]);
    close(err[1]);
}

static void take(struct buf *to, int *fd) {
    char piece[64 << 10];
    const ssize_t got = read(*fd, piece, sizeof piece);

    if (got > 0) {
        buf_add(to, piece, (size_t)got);
    } else {
        close(*fd);
        *fd = -1;
    }
}

/* False when both ends are closed. */
static bool pump(struct run *r, int64_t until) {
    struct pollfd fds[] = {{.fd = r->out_fd, .events = POLLIN},
                           {.fd = r->err_fd, .events = POLLIN}};
    const int64_t left = until - clock_now();

    if (r->out_fd < 0 && r->err_fd < 0)
        return false;
    if (left <= 0 || poll(fds, 2, (int)left) == 0) {
        kill(r->pid, SIGKILL);
        run_failed(r, "took too long", __FILE__, __LINE__);
    }
    if (fds[0].revents)
        take(&r->out, &r->out_fd);
    if (fds[1].revents)
        take(&r->err, &r->err_fd);
    return true;
}

void run_finish(struct run *r) {
    const int64_t until = clock_now() + RUN_MS;
    int status = 0;

    while (pump(r, until))
        ;
    waitpid(r->pid, &status, 0);
    r->pid = 0;
    r->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void discard(struct run *r) {
    if (r->pid > 0) {
        kill(r->pid, SIGKILL);
        waitpid(r->pid, NULL, 0);
    }
    if (r->out_fd > 0)
        close(r->out_fd);
    if (r->err_fd > 0)
        close(r->err_fd);
    buf_fini(&r->out);
    buf_fini(&r->err);
    *r = (struct run){0};
}

const struct run *run_with(const char *in, size_t n, const char *const *words) {
    FILE *f = tmpfile();

    assert_non_null(f);
    assert_int_equal(fwrite(in, 1, n, f), n);
    rewind(f);
    discard(&last);
    start(&last, fileno(f), words);
    fclose(f);
    run_finish(&last);
    return &last;
}

const struct run *run(const char *const *words) { return run_with("", 0, words); }

struct run *run_start(const char *const *words) {
    struct run *r = xcalloc(1, sizeof *r);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    start(r, nothing, words);
    close(nothing);
    return r;
}

void run_until(struct run *r, const char *text) {
    const int64_t until = clock_now() + RUN_MS;

    while (!strstr(buf_str(&r->out), text))
        if (!pump(r, until))
            run_failed(r, text, __FILE__, __LINE__);
}

void run_signal(struct run *r, int number) { kill(r->pid, number); }

void run_free(struct run *r) {
    discard(r);
    free(r);
}

int run_teardown(void **state) {
    discard(&last);
    n_env = 0;
    return screen_teardown(state);
}

const char *run_string(const char *json, const char *member, size_t nth) {
    static char values[8][256];
    static size_t at;
    char key[80], *value = values[at++ % 8];
    const size_t n = (size_t)snprintf(key, sizeof key, "\"%s\"", member);

    *value = '\0';
    for (const char *p = json; (p = strstr(p, key)); p += n) {
        const char *from = p + n + strspn(p + n, ": ");

        if (*from != '"' || nth-- > 0)
            continue;
        snprintf(value, 256, "%.*s", (int)strcspn(from + 1, "\""), from + 1);
        break;
    }
    return value;
}

void run_failed(const struct run *r, const char *why, const char *file, int line) {
    print_error("%s\nexit code %d\n--- standard output\n%.2000s\n--- standard error\n%.2000s\n",
                why, r->code, buf_str(&r->out), buf_str(&r->err));
    _fail(file, line);
}
