/* Ten thousand random keys and pastes, typed faster than anybody can read while fifty permissions
 * arrive: not one of them is answered. */
#include "people.h"

#include <stdio.h>
#include <string.h>

enum { KEYS = 10000, SESSIONS = 25 };

/* The same keys for the same seed, everywhere. */
static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void random_text(uint32_t *seed, char *out, size_t n) {
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(' ' + next_random(seed) % 95);
    out[n] = '\0';
}

static void one_key(uint32_t *seed, char *out, size_t size) {
    uint32_t dice = next_random(seed) % 100;
    char text[64];

    if (dice < 3) {
        snprintf(out, size, "\t");
    } else if (dice < 8) { /* sometimes the two bytes that a slow line makes of Alt+P */
        snprintf(out, size, next_random(seed) % 2 ? "\033" : "\033p");
    } else if (dice < 9) {
        random_text(seed, text, next_random(seed) % 60);
        snprintf(out, size, "\033[200~%s\033[201~", text);
    } else if (dice < 40) { /* the keys that would decide come often */
        snprintf(out, size, dice % 2 ? "y" : "n");
    } else {
        random_text(seed, out, 1);
    }
}

/* As fast as the line takes them. When this machine made a pause, the next key is none that a
 * person who paused could have meant. */
static void type_one(struct screen *s, uint32_t *seed) {
    static int64_t before;
    char keys[128] = "x";
    bool paused = clock_now() - before > 100;

    one_key(seed, keys + paused, sizeof keys - 1);
    screen_keys(s, keys);
    before = clock_now();
}

/* Esc, q and q again leave it: a person would come back. */
static struct screen *still_there(struct screen *s, const struct stage *st, const struct peer *v) {
    if (screen_pump(s, 0))
        return s;
    s = mixtui_with(st, (const char *[]){"--server", v->url, NULL}, NULL);
    screen_wait(s, "message");
    return s;
}

static void nothing_is_answered_by_type_ahead(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    uint32_t seed = 20260213U + (uint32_t)st->cols;
    char ids[SESSIONS][40];

    for (size_t i = 0; i < SESSIONS; i++)
        demo_session(demo, "busy", ids[i]);
    struct screen *s = mixtui_at(st, tap);
    new_session(s);
    screen_wait_that(s, tap_count(tap, "GET /stream") >= SESSIONS);
    screen_wait_quiet(s, 200);
    for (int i = 0, asked = 0; i < KEYS; i++) {
        if (i % (KEYS / 2 / SESSIONS) == 0 && asked < SESSIONS)
            demo_send(demo, ids[asked++], "two permissions");
        s = still_there(s, st, tap);
        type_one(s, &seed);
        if (i % 3 == 0)
            screen_pump(s, 1); /* so that what is shown in between is painted now and then */
    }
    screen_wait_quiet(s, 300);
    s = still_there(s, st, tap);
    assert_int_equal(tap_count(tap, "/grant HTTP"), 0);
    assert_int_equal(tap_count(tap, "/deny HTTP"), 0);
    screen_assert_clean(s);
}

/* The same in the composer alone: no Esc, so that all fifty are seen to wait at the end. */
static void fifty_wait_while_somebody_writes(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    uint32_t seed = 7U + (uint32_t)st->cols;
    char ids[SESSIONS][40];

    for (size_t i = 0; i < SESSIONS; i++)
        demo_session(demo, "busy", ids[i]);
    struct screen *s = mixtui_at(st, tap);
    new_session(s);
    screen_wait_that(s, tap_count(tap, "GET /stream") >= SESSIONS);
    for (size_t i = 0; i < SESSIONS; i++) {
        char text[41];
        demo_send(demo, ids[i], "two permissions");
        random_text(&seed, text, 40);
        screen_keys(s, text);
    }
    screen_wait(s, "!50");
    assert_int_equal(tap_count(tap, "/grant HTTP") + tap_count(tap, "/deny HTTP"), 0);
    open_asks(s); /* and any of them can still be answered */
    screen_keys(s, "n");
    screen_wait_that(s, tap_count(tap, "/deny HTTP") == 1);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(nothing_is_answered_by_type_ahead, narrow),
        S(nothing_is_answered_by_type_ahead, wide),
        S(fifty_wait_while_somebody_writes, narrow),
        S(fifty_wait_while_somebody_writes, wide),
    };
#undef S
    return screen_run(tests);
}
