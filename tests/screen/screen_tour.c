/* One person's walk by keys alone through every operation the screen offers, against each
 * generation of the demo. What was sent is written down on the way and compared with the table of
 * operations: all that the generation has was asked for, nothing that it lacks. */
#include "tour.h"

#include <string.h>

struct walk {
    struct stage stage;
    int version;
    bool no_document;
};

static void goes_through_everything(void **state) {
    const struct walk *w = *state;
    struct tour t = {.stage = &w->stage, .probed = w->no_document, .caps = caps_of(w->version)};

    if (!w->stage.generation) /* everything, and what the newest lacks */
        t.caps.ops |= UINT64_C(1) << OP_SESSION_FORK;
    t.demo =
        demo_at(&w->stage, (const char *[]){"--speed", "20", "--quirk", "retitle=off", "--quirk",
                                            "title-cut=off", "--quirk", "signed-out=on", "--quirk",
                                            w->no_document ? "doc=off" : "doc=on", NULL});
    t.tap = tap_start(t.demo->port, 0);
    t.s = mixtui_with(
        &w->stage, (const char *[]){"--server", t.tap->url, "--debug", screen_path(TOUR_LOG), NULL},
        NULL);
    screen_wait(t.s, "live");
    tour_signs_in(&t);
    tour_looks_around(&t);
    tour_sets_preferences(&t);
    tour_reads_reasons(&t);
    tour_sends_in_every_shape(&t);
    tour_answers_questions(&t);
    tour_reads(&t);
    tour_does_the_whole_job(&t);
    tour_forks_and_rewinds(&t);
    assert_int_equal(quit(t.s), 0);
    tour_judges(&t);
}

int main(void) {
#define WALK(name, ...)                                                                            \
    {                                                                                              \
        name, goes_through_everything, NULL, screen_teardown, &(struct walk) { __VA_ARGS__ }       \
    }
    const struct CMUnitTest tests[] = {
        WALK("all", {140, 40, NULL}, GEN_TOP, false),
        WALK("0.2.5", {140, 40, "0.2.5"}, GEN_SEED, false),
        WALK("0.4.5", {140, 40, "0.4.5"}, GEN(0, 4, 5), false),
        WALK("0.6.4", {140, 40, "0.6.4"}, GEN(0, 6, 4), false),
        WALK("0.7.2", {140, 40, "0.7.2"}, GEN(0, 7, 2), false),
        WALK("0.8.1", {140, 40, "0.8.1"}, GEN_TOP, false),
        WALK("post", {140, 40, "post"}, GEN_POST, false),
        WALK("post, 80x24", {80, 24, "post"}, GEN_POST, false),
        WALK("0.4.5, 80x24, no document", {80, 24, "0.4.5"}, GEN(0, 4, 5), true),
    };
#undef WALK

    return screen_run(tests);
}
