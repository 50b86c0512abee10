/* bench_api - `mixtui api sessions.list`, from exec to exit, against the curl program fetching the
 * same URL from the same demo.
 *
 * usage: bench_api [--runs N] */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

enum { RUNS_MAX = 1000 };
extern char **environ;

static double run(const char *const *words) {
    char *argv[8];
    size_t n = 0;
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    int status = 0;

    for (; words[n]; n++)
        argv[n] = xstrdup(words[n]);
    argv[n] = NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const uint64_t from = clock_ns();

    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0) {
        fprintf(stderr, "%s does not start\n", argv[0]);
        exit(2);
    }
    waitpid(pid, &status, 0);
    const double ms = (double)(clock_ns() - from) / 1e6;

    if (status != 0) {
        fprintf(stderr, "%s failed: %d\n", argv[0], status);
        exit(2);
    }
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < n; i++)
        free(argv[i]);
    return ms;
}

int main(int argc, char **argv) {
    static double mine[RUNS_MAX], theirs[RUNS_MAX];
    const size_t n = (size_t)bench_number(argc, argv, "runs", 101);
    char url[128];

    if (n == 0 || n > RUNS_MAX)
        return 2;
    atexit(screen_at_exit);
    struct peer *demo = demo_start((const char *[]){"--speed", "0", NULL});

    snprintf(url, sizeof url, "%s/api/sessions", demo->url);
    setenv("XDG_CONFIG_HOME", screen_dir(), 1); /* nobody's own settings */
    setenv("XDG_STATE_HOME", screen_dir(), 1);
    unsetenv("MIX_SERVER_URL");
    unsetenv("MIX_DEBUG");
    const char *const api[] = {MIXTUI_EXE, "api", "sessions.list", "--server", demo->url, NULL};
    const char *const curl[] = {"curl", "-s", "-S", url, NULL};

    run(api); /* warms the caches */
    run(curl);
    for (size_t i = 0; i < n; i++) {
        mine[i] = run(api);
        theirs[i] = run(curl);
    }
    bench_ratio("api sessions.list against curl", "ms", bench_percentile(mine, n, 0.5),
                bench_percentile(theirs, n, 0.5), 1.5);
    return bench_exit();
}
