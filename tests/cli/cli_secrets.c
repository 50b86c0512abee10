/* Secrets are planted wherever one can enter, a server repeats them, and everything that the
 * program writes is searched for them: its output, the screen, logs, state, the process table. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "standin.h"

#define BEARER "bearerS3cr3t0123456789"
#define TEAM   "teamS3cr3t0123456789"
#define KEY    "sk-keyS3cr3t0123456789abcdef"
#define CODE   "codeS3cr3t0123456789abcdef"
#define STATE  "stateS3cr3t0123456789abcdef"
#define COOKIE "cookieS3cr3t0123456789"
#define TO     "locationS3cr3t0123456789"
static const char needle[] = "S3cr3t";

static struct standin *server;
static struct buf log_text;

static int teardown(void **state) {
    standin_free(server);
    buf_fini(&log_text);
    return run_teardown(state);
}

static void put_secret(const char *name, const char *text) {
    assert_int_equal(chmod(screen_file(name, text), 0600), 0);
}

static int setup(void **state) {
    char text[600];

    (void)state;
    server = standin_new();
    buf_init(&log_text, 64 * MIX_MIB);
    put_secret("bearer", BEARER "\n");
    put_secret("team", TEAM "\n");
    put_secret("key", KEY "\n");
    put_secret("code", CODE "#" STATE "\n");
    snprintf(text, sizeof text,
             "[server default]\nurl = %s\nbearer_command = cat %s\nheader_file = X-TEAM-kEY: %s\n",
             standin_url(server), screen_path("bearer"), screen_path("team"));
    put_secret("config/mixtui/config.ini", text);
    run_server(NULL);
    return 0;
}

static void search(const char *where, const char *p, size_t n) {
    const char *hit = memmem(p, n, needle, sizeof needle - 1);

    if (hit) {
        const size_t from = hit - p > 60 ? (size_t)(hit - p) - 60 : 0;

        fail_msg("a secret in %s: %.*s", where, (int)(n - from < 120 ? n - from : 120), p + from);
    }
}

static void search_file(const char *path) {
    struct buf text;

    buf_init(&text, 64 * MIX_MIB);
    if (screen_read_file(&text, path))
        search(path, buf_str(&text), text.n);
    buf_fini(&text);
}

/* What the program made below a directory of the test's. */
static void search_below(const char *dir) {
    DIR *d = opendir(dir);
    char path[1024];
    struct stat st;

    for (const struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] == '.' || lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            search_below(path);
        else if (S_ISREG(st.st_mode))
            search_file(path);
    }
    if (d)
        closedir(d);
}

static void search_all(void) {
    struct stat st;

    search_below(screen_path("state"));
    search_below(screen_path("runtime"));
    search_file(screen_path("debug"));
    assert_int_not_equal(stat(screen_path("core"), &st), 0);
    buf_clear(&log_text);
    assert_true(screen_read_file(&log_text, screen_path("debug")));
}

/* ---- scripts ---- */
struct echo {
    const char *what, *method, *path;
    struct answer answer;
    const char *words[8];
    const char *in;
};
#define KEY_WORDS  "api", "auth-api-key", "--provider", "p", "--api-key"
#define CODE_WORDS "api", "auth-oauth-callback", "--provider", "anthropic", "--code"
static const struct echo echoes[] = {
    {"the worker's headers in JSON",
     "GET",
     "/health",
     {.status = 400,
      .headers = "Set-Cookie: id=" COOKIE "\r\n",
      .body = "{\"error\":{\"message\":\"no: Bearer " BEARER " and " TEAM "\",\"type\":\"x\"}}"},
     {"api", "health"},
     NULL},
    {"in plain text, cut",
     "GET",
     "/health",
     {.status = 400, .headers = "Content-Type: text/plain\r\n", .body = "seen " TEAM ", " BEARER},
     {"api", "health"},
     NULL},
    {"in a page",
     "GET",
     "/health",
     {.status = 502,
      .headers = "Content-Type: text/html\r\n",
      .body = "<html><title>" TEAM "</title>" BEARER "</html>"},
     {"api", "health"},
     NULL},
    {"a redirect",
     "GET",
     "/health",
     {.status = 302, .headers = "Location: http://u:" TO "@h/?token=" TO "\r\n"},
     {"api", "health"},
     NULL},
    {"a key in plain text",
     "POST",
     "/api/auth/api-key",
     {.status = 400, .headers = "Content-Type: text/plain\r\n", .body = "bad key " KEY},
     {KEY_WORDS, "@key"},
     NULL},
    {"a key behind a blank",
     "POST",
     "/api/auth/api-key",
     {.status = 400, .body = " {\"error\":\"bad\",\"api\\u005fkey\":\"" KEY "\"}"},
     {KEY_WORDS, "@-"},
     KEY},
    {"a key in a list",
     "POST",
     "/api/auth/api-key",
     {.status = 422, .body = "[{\"loc\":\"api_key\",\"input\":[\"" KEY "\"]}]"},
     {"api", "auth-api-key", "--provider", "p", "--api-key-command", "cat key"},
     NULL},
    {"a code in plain text",
     "POST",
     "/api/auth/oauth-callback",
     {.status = 400, .body = "no such code " CODE " with " STATE},
     {CODE_WORDS, "@code"},
     NULL},
    {"a code in JSON",
     "POST",
     "/api/auth/oauth-callback",
     {.status = 400,
      .body =
          "{\"error\":{\"message\":\"code=" CODE "&state=" STATE "\",\"type\":\"OAUTH_ERROR\"}}"},
     {CODE_WORDS, "@-"},
     CODE "#" STATE},
};

static void nothing_a_script_reads_holds_a_secret(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(echoes); i++) {
        const struct echo *e = &echoes[i];
        const char *words[12] = {0};
        size_t n = 0;

        for (; e->words[n]; n++)
            words[n] = e->words[n];
        words[n++] = "--debug";
        words[n++] = "debug";
        words[n++] = "--retry=off";
        standin_clear(server);
        standin_on(server, e->method, e->path, &e->answer);
        const struct run *r = run_with(e->in ? e->in : "", e->in ? strlen(e->in) : 0, words);

        if (r->code < 5 || r->code > 7)
            run_failed(r, e->what, __FILE__, __LINE__);
        search(e->what, buf_str(&r->out), r->out.n);
        search(e->what, buf_str(&r->err), r->err.n);
    }
    /* They were sent all the same, and what hides them was at work. */
    assert_non_null(strstr(standin_request(server, "GET", "/health", 0)->headers, BEARER));
    assert_non_null(strstr(standin_request(server, "GET", "/health", 0)->headers, TEAM));
    assert_non_null(strstr(standin_request(server, "POST", "/api/auth/api-key", 0)->body, KEY));
    assert_non_null(strstr(standin_request(server, "POST", "/api/auth/oauth", 0)->body, STATE));
    search_all();
    assert_non_null(strstr(buf_str(&log_text), "(hidden)"));
}

static void what_is_written_out_is_refused_and_not_repeated(void **state) {
    static const char *const cases[][6] = {
        {"api", "health", "--header", "aUTHORIZATION: Bearer " BEARER},
        {"api", "health", "--header", "Proxy-Authorization: " BEARER},
        {"api", "health", "--header", "Cookie: id=" BEARER},
        {"api", "health", "--header", "X-Api-Key: " BEARER},
        {"api", "health", "--header", "X_API_KEY: " BEARER},
        {"api", "health", "--header", "X-Functions-Key: " BEARER},
        {"api", "health", "--header", BEARER},
        {"api", "health", "--server", "http://me:" BEARER "@h"},
        {"api", "health", "--server", "http:me:" BEARER "@h"},
        {"api", "health", "--server", "http:/me:" BEARER "@h"},
        {"api", "health", "--server", "//me:" BEARER "@h"},
        {"api", "health", "--server", "me:" BEARER "@h"},
        {"api", "health", "--server", "http:\\\\me:" BEARER "@h"},
        {"api", "health", "--proxy", "http://me:" BEARER "@h"},
        {"api", "health", "--proxy", "me:" BEARER "@h"},
        {"api", "auth-api-key", "--provider=p", "--api-key", KEY},
        {"api", "auth-api-key", "--provider=p", "--api_key=" KEY},
        {"api", "auth-api-key", "--provider=p", KEY},
        {"api", "auth-oauth-callback", "--provider=p", "--code", CODE "#" STATE},
        {"send", "new", "x", "--header", "Authorization: " BEARER},
        {"tail", "x", "--server", "http://me:" BEARER "@h"},
        {"export", "x", "--header", "Cookie: " BEARER},
        {"--server", "http://me:" BEARER "@h"},
        {"--header", "Authorization: " BEARER},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct run *r = run(cases[i]);

        if (r->code != 2 || r->out.n > 0)
            run_failed(r, "it is not refused", __FILE__, __LINE__);
        search(cases[i][3] ? cases[i][3] : cases[i][1], buf_str(&r->err), r->err.n);
    }
    assert_int_equal(standin_count(server, NULL, "/"), 0);
}

/* ---- the screen ---- */
static void search_process(int pid) {
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    search_file(path);
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    search_file(path);
    snprintf(path, sizeof path, "/proc/%d/limits", pid);
    struct buf text;

    buf_init(&text, MIX_MIB);
    assert_true(screen_read_file(&text, path));
    const char *core = strstr(buf_str(&text), "Max core file size");

    assert_non_null(core);
    assert_int_equal(strtol(core + strlen("Max core file size"), NULL, 10), 0);
    buf_fini(&text);
}

static void the_screen_and_what_it_leaves_hold_no_secret(void **state) {
    static const char *const keys[] = {KEY_LEADER "v", KEY_ESC, KEY_LEADER "L", KEY_ENTER,
                                       KEY_ESC,        KEY_ESC, "\033[24~",     KEY_ESC};
    static const char *const env[] = {"XDG_RUNTIME_DIR", "MIX_DEBUG", NULL};

    (void)state;
    standin_on(server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    standin_on(server, "GET", "/api/sessions",
               &(struct answer){.status = 400, .body = "refused: " TEAM ", Bearer " BEARER});
    standin_on(server, "GET", "/",
               &(struct answer){.status = 404,
                                .headers = "Set-Cookie: id=" COOKIE "\r\n",
                                .body = "404: " TEAM ", " BEARER});
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = 100,
        .rows = 30,
        .env = env,
        .args = (const char *const[]){"--debug", screen_path("debug"), NULL}});

    assert_int_equal(standin_wait(server, "GET", "/api/sessions", 1, SCREEN_MS), 1);
    screen_wait(s, "(hidden)");
    for (size_t i = 0; i < MIX_COUNT(keys); i++) {
        screen_keys(s, keys[i]);
        screen_pause(s, 150);
        search("the screen", screen_text(s), strlen(screen_text(s)));
    }
    search_process(screen_pid(s));
    screen_signal(s, SIGTERM);
    screen_wait_exit(s);
    size_t n;
    const char *raw = screen_raw(s, &n);

    search("what went to the terminal", raw, n);
    assert_non_null(strstr(standin_request(server, "GET", "/api/sessions", 0)->headers, TEAM));
    search_all();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_a_script_reads_holds_a_secret, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_written_out_is_refused_and_not_repeated, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_screen_and_what_it_leaves_hold_no_secret, setup,
                                        teardown),
    };

    return screen_run(tests);
}
