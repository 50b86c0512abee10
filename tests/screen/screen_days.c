/* Whole days of work, read as a person does: at three sizes, in dark, light, sixteen colours and
 * mono. With PICTURES=DIRECTORY in the environment every screen is written there, as text and as a
 * picture. */
#include "people.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGES = 2000 };
static const struct day {
    const char *name, *title;
} days[] = {
    {"review", "Review of a release"},
    {"data", "Sales, week by week"},
    {"research", "What others do"},
    {"languages", "emoji"},
};
static const struct { int cols, rows; } sizes[] = {{200, 50}, {100, 30}, {80, 24}};
static const struct {
    const char *name;
    enum screen_paper paper;
} themes[] = {
    {"dark", PAPER_DARK}, {"light", PAPER_LIGHT}, {"16", PAPER_DARK}, {"mono", PAPER_DARK}};

static void keep(struct screen *s, const char *day, const char *theme, const char *what,
                 enum screen_paper paper) {
    const char *dir = getenv("PICTURES");
    char path[512];

    if (!dir)
        return;
    snprintf(path, sizeof path, "%s/%s-%dx%d-%s%s.svg", dir, day, screen_cols(s), screen_rows(s),
             theme, what);
    assert_true(screen_draw(s, path, paper));
    memcpy(strrchr(path, '.'), ".txt", 5);
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    fputs(screen_text(s), out);
    fclose(out);
}

/* Nothing of the frame is pushed away by what the rows hold: cells count as the terminal counts. */
static void frame_holds(struct screen *s) {
    screen_assert_clean(s);
    assert_non_null(strstr(screen_row(s, screen_rows(s) - 1), "live"));
}

/* The id of the session whose title has this. */
static void session_of(const struct peer *demo, const char *title, char id[40]) {
    auto_buf struct buf list = {.max = 16 * MIX_MIB};
    char found[256] = "";

    assert_int_equal(http_call(demo->port, "GET", "/api/sessions", NULL, &list), 200);
    for (size_t i = 0; json_string(found, sizeof found, buf_str(&list), "title", i); i++)
        if (strstr(found, title)) {
            assert_true(json_string(id, 40, buf_str(&list), "id", i));
            return;
        }
    fail_msg("no session %s", title);
}

static void read_day(const struct stage *st, const struct peer *demo, const struct day *day,
                     size_t theme) {
    char id[40];

    session_of(demo, day->title, id);
    struct screen *s = mixtui_with(st,
                                   (const char *[]){"--server", demo->url, "--session", id,
                                                    "--theme", themes[theme].name, NULL},
                                   NULL);

    screen_wait(s, "live");
    screen_wait_gone(s, "reading the messages");
    screen_wait_quiet(s, 200);
    frame_holds(s);
    keep(s, day->name, themes[theme].name, "", themes[theme].paper);
    to_thread(s);
    screen_keys(s, "o"); /* everything unfolded */
    screen_wait_quiet(s, 100);
    for (int i = 0; i < 6; i++) {
        screen_keys(s, KEY_PGUP);
        screen_wait_quiet(s, 50);
        frame_holds(s);
        if (i == 1 || i == 3)
            keep(s, day->name, themes[theme].name, i == 1 ? "-open" : "-open-more",
                 themes[theme].paper);
    }
    screen_keys(s, "g");
    screen_wait_quiet(s, 100);
    frame_holds(s);
    assert_int_equal(quit(s), 0);
}

static void days_read_well(int cols, int rows) {
    static struct stage stage;
    char messages[16];

    stage = (struct stage){.cols = cols, .rows = rows};
    snprintf(messages, sizeof messages, "%d", MESSAGES);
    struct peer *demo = demo_at(&stage, (const char *[]){"--days", messages, NULL});

    for (size_t t = 0; t < MIX_COUNT(themes); t++)
        for (size_t i = 0; i < MIX_COUNT(days); i++)
            read_day(&stage, demo, &days[i], t);
}

static void days_read_well_on_a_wide_screen(void **state) {
    (void)state;
    days_read_well(sizes[0].cols, sizes[0].rows);
}

static void days_read_well_on_a_medium_screen(void **state) {
    (void)state;
    days_read_well(sizes[1].cols, sizes[1].rows);
}

static void days_read_well_on_a_small_screen(void **state) {
    (void)state;
    days_read_well(sizes[2].cols, sizes[2].rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(days_read_well_on_a_wide_screen, screen_teardown),
        cmocka_unit_test_teardown(days_read_well_on_a_medium_screen, screen_teardown),
        cmocka_unit_test_teardown(days_read_well_on_a_small_screen, screen_teardown),
    };
    return screen_run(tests);
}
