/* kill -9 at any moment: at most the last second of typing is lost, no message is lost or said
 * twice, and no file is torn. Somebody types words that occur only once, sends, switches between
 * sessions and is killed; then every word is looked for on the disk and at the server.
 *
 *   screen_killed [--rounds N] [--seed N] */
#include "people.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
    ROUNDS = 25,
    LONGEST_MS = 2300,
    SAVED_MS = 1000,
    SLACK_MS = 700, /* of a loaded machine: the disk takes its time, too */
    SEEN_MS = 3000,
    SESSIONS = 4,
    WORDS = 200000
};

struct word {
    int64_t seen_at; /* on the screen; 0: never */
    unsigned there;  /* how often the server has it */
};
static struct word words[WORDS];
static size_t n_words, first_of_round;
static size_t n_checked, n_arrived, n_killed_sending;
static uint32_t seed;
static int the_round;

static uint32_t dice(uint32_t n) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % n;
}

static void name_of(char out[16], size_t at) { snprintf(out, 16, "w%06zux", at); }

static void fails(const char *what, const char *which) {
    fprintf(stderr, "round %d: %s %s\n", the_round, what, which);
    abort();
}

/* ---- a person ---- */
static bool seen(struct screen *s, const char *text, int64_t ms) {
    const int64_t until = clock_now() + ms;

    while (!screen_has(s, text))
        if (clock_now() > until || !screen_pump(s, 20))
            return screen_has(s, text);
    return true;
}

static void types(struct screen *s, int64_t until) {
    char text[20];

    if (n_words == WORDS)
        return;
    name_of(text, n_words);
    struct word *w = &words[n_words++];

    text[8] = ' ';
    text[9] = '\0';
    screen_keys(s, text);
    text[8] = '\0';
    const int64_t left = until - clock_now();

    if (seen(s, text, left < SEEN_MS ? left : SEEN_MS))
        w->seen_at = clock_now();
}

static void acts(struct screen *s, int64_t until) {
    switch (dice(12)) {
    case 0: /* another session */
        leader(s, "l");
        screen_keys(s, dice(2) ? "j" : "k");
        screen_keys(s, KEY_ENTER);
        screen_pump(s, 20);
        break;
    case 1:
    case 2:
    case 3:
    case 4:
        screen_keys(s, KEY_ENTER);
        break;
    case 5:
        if (dice(8) == 0)
            leader(s, "n");
        break;
    case 6:
        screen_keys(s, KEY_CTRL('c'));
        break;
    case 7:
        screen_keys(s, KEY_UP); /* an older one, which must not be sent again */
        screen_pump(s, (int)dice(300));
        screen_keys(s, KEY_CTRL('c'));
        break;
    default:
        types(s, until);
        break;
    }
}

/* ---- what is left ---- */
static void read_all(struct buf *out, const char *dir) {
    DIR *d = opendir(dir);

    for (const struct dirent *e; d && (e = readdir(d));) {
        struct buf file = {0};
        char path[1200];

        if (e->d_name[0] == '.')
            continue; /* also one that was being written: it is not the file */
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (strstr(e->d_name, ".damaged"))
            fails("was damaged:", path);
        buf_init(&file, 64 * MIX_MIB);
        if (e->d_type == DT_DIR) {
            read_all(out, path);
        } else if (e->d_type == DT_REG && screen_read_file(&file, path)) {
            const char *text = buf_str(&file);
            const bool draft = strstr(path, "/drafts/") != NULL;

            if (draft && (strncmp(text, "mixtui draft 1\n", 15) != 0 || file.n < 19 ||
                          memcmp(text + file.n - 4, "end\n", 4) != 0))
                fails("is torn:", path);
            if (draft || strcmp(e->d_name, "history") == 0) {
                buf_add(out, text, file.n);
                buf_add(out, "\n", 1);
            }
        }
        buf_fini(&file);
    }
    if (d)
        closedir(d);
}

/* What every session was told, each word counted. */
static void ask_server(const struct peer *demo) {
    struct buf server;

    buf_init(&server, 256 * MIX_MIB);
    if (http_call(demo->port, "GET", "/api/messages/history?limit=1000000", NULL, &server) != 200)
        fails("the server does not answer", "");
    for (size_t i = 0; i < n_words; i++)
        words[i].there = 0;
    for (const char *p = buf_str(&server); (p = strchr(p, 'w')); p++) {
        char *end;
        const unsigned long at = p[1] >= '0' && p[1] <= '9' ? strtoul(p + 1, &end, 10) : WORDS;

        if (at >= n_words || end != p + 7 || *end != 'x' || ++words[at].there < 2)
            continue;
        char name[16];

        name_of(name, at);
        for (const char *q = buf_str(&server); (q = strstr(q, name)); q++)
            fprintf(stderr, "%.*s\n", 400, q > buf_str(&server) + 200 ? q - 200 : buf_str(&server));
        fails("was said twice:", name);
    }
    buf_fini(&server);
}

static void looks(const struct peer *demo, int64_t killed_at) {
    struct buf disk;

    buf_init(&disk, 256 * MIX_MIB);
    read_all(&disk, screen_path("state"));
    ask_server(demo);
    for (size_t i = first_of_round; i < n_words; i++) {
        const struct word *w = &words[i];
        char name[16];

        name_of(name, i);
        n_arrived += w->there > 0;
        if (!w->seen_at || killed_at - w->seen_at < SAVED_MS + SLACK_MS)
            continue;
        n_checked++;
        if (w->there == 0 && !strstr(buf_str(&disk), name))
            fails("is lost:", name);
    }
    n_killed_sending += strstr(buf_str(&disk), "\nsending ") != NULL;
    buf_fini(&disk);
}

static void plays(const struct peer *demo) {
    const int64_t lasts = 100 + (int64_t)dice(LONGEST_MS);
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = 80, .rows = 24, .args = (const char *[]){"--server", demo->url, NULL}});

    const bool at_once = dice(10) == 0; /* while it reads what was left */

    first_of_round = n_words;
    if (at_once)
        screen_pause_alone((int)dice(200));
    else if (!seen(s, "message", SCREEN_MS))
        screen_failed(s, "message", __FILE__, __LINE__);
    if (!at_once && dice(4))
        (void)seen(s, "live", SEEN_MS);
    const int64_t until = clock_now() + lasts;

    if (!at_once) /* marked pastes exist here: what comes at once is not taken for one */
        screen_paste(s, "");
    while (!at_once && clock_now() < until) {
        acts(s, until);
        if (dice(3) == 0)
            screen_pump(s, (int)dice(120));
    }
    if (screen_has(s, "damaged"))
        fails("says that a file is damaged", "");
    const int64_t killed_at = clock_now();

    screen_signal(s, SIGKILL);
    (void)screen_wait_exit(s);
    screen_stop(s);
    looks(demo, killed_at);
}

int main(int argc, char **argv) {
    int rounds = ROUNDS;

    seed = (uint32_t)clock_real();
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rounds") == 0)
            rounds = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            seed = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    }
    printf("seed %u, %d rounds\n", (unsigned)seed, rounds);
    fflush(stdout);
    atexit(screen_at_exit);
    const struct peer *demo =
        demo_start((const char *[]){"--data", screen_path("data"), "--speed", "4", NULL});

    for (int i = 0; i < SESSIONS; i++) {
        char title[40], id[40];

        snprintf(title, sizeof title, "Session %d", i);
        demo_session(demo, title, id);
    }
    for (the_round = 1; the_round <= rounds; the_round++)
        plays(demo);
    ask_server(demo);
    printf("%zu words, %zu checked, %zu arrived, killed while sending %zu times\n", n_words,
           n_checked, n_arrived, n_killed_sending);
    return n_checked > 0 && n_arrived > 0 ? 0 : 1;
}
