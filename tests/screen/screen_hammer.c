/* No permission is answered by accident, on a real terminal: random bytes while agents of several
 * sessions ask. Afterwards every answer that left for the server stands in the audit log as one
 * that was armed, and as many times; the program is there or left by its own question, and the
 * terminal is as it was.
 *
 *   screen_hammer [--seconds N] [--seed N]      MIX_SEED=N is the same as --seed */
#include "people.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "mix/jtext.h"

enum {
    SECONDS = 18,
    ROUND_MS = 6000,
    SLOW_MS = 60000,
    SESSIONS = 10,
    ASK_EVERY_MS = 400,
    LEAVE_TRIES = 20
};

static uint32_t seed;
static char ids[SESSIONS][40];
static int64_t ask_at;
static int n_said, n_rounds, n_left, n_stops;

static uint32_t dice(uint32_t n) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % n;
}

_Noreturn static void fails(struct screen *s, const char *what) {
    if (s)
        screen_dump(s, what);
    fprintf(stderr, "%s\n", what);
    abort();
}

/* ---- agents ---- */
static void agents_ask(const struct peer *demo) {
    static const char *const words[] = {"run echo %d", "run sudo true %d", "two permissions",
                                        "ask me",      "ask me in words",  "task look; run echo %d",
                                        "run echo %d", "edit q%d.c"};
    char text[80], path[128], body[200];

    if (clock_now() < ask_at)
        return;
    ask_at = clock_now() + ASK_EVERY_MS;
    const char *word = words[dice(MIX_COUNT(words))];
    const char *number = strstr(word, "%d");

    snprintf(text, sizeof text, "%.*s", number ? (int)(number - word) : 79, word);
    if (number)
        snprintf(text + strlen(text), 20, "%d%s", n_said, number + 2);
    n_said++;
    snprintf(path, sizeof path, "/api/sessions/%s/messages", ids[dice(SESSIONS)]);
    snprintf(body, sizeof body, "{\"text\":\"%s\"}", text);
    (void)http_call(demo->port, "POST", path, body, NULL); /* one that is busy may refuse it */
}

/* ---- hands, and what is not hands ---- */
static bool there(struct screen *s, int ms) {
    siginfo_t info = {0};
    const int64_t until = clock_now() + ms;

    do
        screen_pump(s, ms < 20 ? ms : 20);
    while (!screen_ended(s) && clock_now() < until);
    if (screen_ended(s))
        return false;
    if (waitid(P_PID, (id_t)screen_pid(s), &info, WSTOPPED | WNOHANG) == 0 &&
        info.si_pid == screen_pid(s)) {
        n_stops++;
        screen_pump(s, 100);
        if (!screen_line_restored(s) || screen_alternate(s))
            fails(s, "the shell has another terminal than it had");
        screen_signal(s, SIGCONT);
        screen_pump(s, 100);
    }
    return !screen_ended(s);
}

static bool sends(struct screen *s, const char *p, size_t n, int ms) {
    /* a keeper would live on behind the test */
    if (screen_has(s, "mixtui keep watches"))
        screen_keys(s, KEY_ESC);
    else
        screen_bytes(s, p, n);
    return there(s, ms);
}

static bool types(struct screen *s, const char *keys, int ms) {
    return sends(s, keys, strlen(keys), ms);
}

static bool any_bytes(struct screen *s) {
    char bytes[24];
    const size_t n = 1 + dice(sizeof bytes);

    for (size_t i = 0; i < n; i++) {
        bytes[i] = (char)(dice(3) ? ' ' + dice(95) : dice(256));
        if (bytes[i] == '|' || bytes[i] == 26) /* a command of the shell; back to it is below */
            bytes[i] = 'y';
    }
    return sends(s, bytes, n, (int)dice(60));
}

static bool some_sequence(struct screen *s) {
    static const char *const some[] = {"\033[A",
                                       "\033[B",
                                       "\033[5~",
                                       "\033OP",
                                       "\033[Z",
                                       "\033[I",
                                       "\033[O",
                                       "\033[<0;9;9M",
                                       "\033[<64;9;9M",
                                       "\033[M yy",
                                       "\033y",
                                       "\033n",
                                       "\033p",
                                       "\0334",
                                       "\033",
                                       "\033[200~y\ry",
                                       "\033[200~y\033[201~",
                                       "\033[201~y",
                                       "\033Oy",
                                       "\033[yy",
                                       "y\ryy\ryyy",
                                       "\033\033y",
                                       "\r",
                                       "\t",
                                       "\033[1;5C",
                                       "\033]11;rgb:0000/0000/0000\007",
                                       "\030p",
                                       "\030d",
                                       "\030l"};

    return types(s, some[dice(MIX_COUNT(some))], (int)dice(200));
}

/* Somebody who means it; hasty ones do not wait until they may. */
static bool answers(struct screen *s) {
    static const char *const keys[] = {"y", "y", "y", "n", "d", "r", "b", "u", "\r"};
    const bool hasty = dice(3) == 0;
    bool up = true;

    for (int i = 0; i < 4 && up; i++)
        up = types(s, KEY_ESC, 60);
    up = up && types(s, dice(4) ? "\030p" : "\033p", hasty ? (int)dice(200) : 100);
    for (uint32_t i = dice(3); i > 0 && up; i--)
        up = types(s, dice(2) ? "j" : "k", (int)dice(100));
    up = up && there(s, hasty ? (int)dice(500) : 600);
    up = up && types(s, keys[dice(MIX_COUNT(keys))], hasty ? (int)dice(500) : 800);
    return up && (dice(4) || types(s, keys[dice(MIX_COUNT(keys))], (int)dice(700)));
}

static bool acts(struct screen *s) {
    static const int sizes[][2] = {{80, 24}, {140, 40}, {39, 12}, {60, 9}, {200, 50}};
    const uint32_t what = dice(100);

    if (what < 14)
        return answers(s);
    if (what < 56)
        return any_bytes(s);
    if (what < 95)
        return some_sequence(s);
    if (what < 97)
        return types(s, KEY_CTRL('z'), 450) && types(s, KEY_CTRL('z'), 50);
    const int *size = sizes[dice(MIX_COUNT(sizes))];

    screen_resize(s, size[0], size[1]);
    return there(s, 20);
}

/* ---- its end ---- */
static void leaves(struct screen *s) {
    screen_resize(s, 80, 24);
    for (int i = 0; i < LEAVE_TRIES && !screen_ended(s); i++) {
        for (int esc = 0; esc < 5 && there(s, 60); esc++)
            screen_keys(s, KEY_ESC);
        if (!there(s, 100))
            break;
        screen_keys(s, "\030q");
        for (int wait = 0; wait < 10 && there(s, 50) && !screen_has(s, " Quit "); wait++)
            continue;
        if (there(s, 450) && screen_has(s, " Quit "))
            screen_keys(s, "q");
        there(s, 500);
    }
    if (!screen_ended(s))
        fails(s, "it is not left by its own question");
}

static void one_round(const struct peer *demo, const struct peer *tap, int64_t until) {
    const char *const args[] = {"--server", tap->url, NULL};
    const char *const env[] = {"EDITOR=true",
                               "VISUAL=true",
                               "PAGER=true",
                               "BROWSER=true",
                               "http_proxy=http://127.0.0.1:9",
                               "https_proxy=http://127.0.0.1:9",
                               "no_proxy=127.0.0.1",
                               NULL};
    struct screen *s = screen_start(&(struct screen_setup){.args = args, .env = env});

    screen_wait(s, "live");
    n_rounds++;
    agents_ask(demo);
    if (clock_now() < until && there(s, 500)) /* one at least that nothing disturbs */
        (void)answers(s);
    while (clock_now() < until && !screen_ended(s) && acts(s))
        agents_ask(demo);
    n_left += screen_ended(s);
    if (!screen_ended(s))
        leaves(s);
    const int code = screen_wait_exit(s);

    if (code != 0) {
        char what[64];

        snprintf(what, sizeof what, "it ended with %d", code);
        fails(s, what);
    }
    screen_assert_clean(s);
    if (screen_alternate(s))
        fails(s, "the terminal is not as it was");
    screen_stop(s);
}

/* ---- what left, and what the log says of it ---- */
static size_t lines_with(const char *log, const char *id, const char *answer) {
    char request[80], how[40];
    size_t n = 0;

    snprintf(request, sizeof request, "\"request\":\"%s\"", id);
    snprintf(how, sizeof how, "\"answer\":\"%s\"", answer);
    for (const char *p = log; *p;) {
        const size_t len = strcspn(p, "\n");
        auto_free char *line = xstrndup(p, len);

        n += strstr(line, request) && strstr(line, how);
        p += len + (p[len] == '\n');
    }
    return n;
}

static size_t explains(const char *sent, const char *log, const char *path, const char *verb,
                       const char *answer) {
    size_t n = 0;

    for (const char *p = sent; (p = strstr(p, path));) {
        char id[64] = "", tail[16];
        const char *at = p += strlen(path);
        const size_t len = strcspn(at, "/ \r\n");

        snprintf(tail, sizeof tail, "/%s HTTP", verb);
        if (len == 0 || len >= sizeof id || strncmp(at + len, tail, strlen(tail)) != 0)
            continue;
        snprintf(id, sizeof id, "%.*s", (int)len, at);
        n++;
        if (lines_with(log, id, answer) != 1) {
            fprintf(stderr, "%s of %s has %zu lines in the log:\n%s\n", verb, id,
                    lines_with(log, id, answer), log);
            abort();
        }
    }
    return n;
}

/* Every line is of one that was armed, or of a rule that the random keys made. */
static size_t armed_all(const char *log) {
    size_t n = 0;

    for (const char *p = log; *p;) {
        const size_t len = strcspn(p, "\n");
        auto_free char *line = xstrndup(p, len);
        const bool rule = strstr(line, "\"by\":\"rule\"") != NULL;

        if (!rule && !strstr(line, "\"armed_ms\":")) {
            fprintf(stderr, "not armed: %s\n", line);
            abort();
        }
        n += !strstr(line, "\"answer\":\"unsent\"");
        p += len + (p[len] == '\n');
    }
    return n;
}

static size_t answered(const struct peer *tap) {
    return tap_count(tap, "/grant HTTP") + tap_count(tap, "/deny HTTP");
}

static void looks(const struct peer *tap) {
    auto_buf struct buf sent = {0}, log = {0};

    tap_log(tap, &sent);
    buf_init(&log, 64 * MIX_MIB);
    (void)screen_read_file(&log, screen_path("state/mixtui/audit.jsonl"));
    const size_t grants =
        explains(buf_str(&sent), buf_str(&log), "POST /api/permissions/", "grant", "grant");
    const size_t denials =
        explains(buf_str(&sent), buf_str(&log), "POST /api/permissions/", "deny", "deny");
    const size_t replies =
        explains(buf_str(&sent), buf_str(&log), "POST /api/notifications/", "respond", "reply");
    const size_t lines = armed_all(buf_str(&log));

    printf("%d rounds, left %d times by itself, stopped %d times; %d asked, %zu granted, %zu "
           "denied, %zu answered, %zu lines in the log\n",
           n_rounds, n_left, n_stops, n_said, grants, denials, replies, lines);
    fflush(stdout);
    if (lines != grants + denials + replies)
        fails(NULL, "the log knows of answers that never left");
    if (grants + denials == 0)
        fails(NULL, "nothing was answered: this proves nothing");
}

int main(int argc, char **argv) {
    const char *given = getenv("MIX_SEED");
    int64_t seconds = SECONDS;

    seed = given ? (uint32_t)strtoul(given, NULL, 10) : (uint32_t)clock_real();
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seconds") == 0)
            seconds = strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            seed = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    }
    printf("seed %u\n", (unsigned)seed);
    fflush(stdout);
    atexit(screen_at_exit);
    const struct peer *demo = demo_start((const char *[]){"--speed", "20", NULL});
    const struct peer *tap = tap_start(demo->port, 0);

    for (int i = 0; i < SESSIONS; i++) {
        char title[40];

        snprintf(title, sizeof title, "Session %d", i);
        demo_session(demo, title, ids[i]);
    }
    const int64_t until = clock_now() + seconds * 1000;

    while (clock_now() < until || (answered(tap) == 0 && clock_now() < until + SLOW_MS))
        one_round(demo, tap, clock_now() + ROUND_MS);
    looks(tap);
    return 0;
}
