/* harness_people.c - what somebody does with mixtui again and again. */
#include "people.h"

#include <string.h>

struct stage stage_narrow = {80, 24, NULL}, stage_wide = {140, 40, NULL};
struct stage stage_seed_narrow = {80, 24, "0.2.5"}, stage_seed_wide = {140, 40, "0.2.5"};
struct stage stage_late_narrow = {80, 24, "0.8.1"}, stage_late_wide = {140, 40, "0.8.1"};

struct peer *demo_at(const struct stage *st, const char *const *args) {
    const char *all[32] = {"--generation", st->generation ? st->generation : "all"};
    size_t n = 2;

    for (size_t i = 0; args && args[i] && n + 1 < MIX_COUNT(all); i++)
        all[n++] = args[i];
    return demo_start(all);
}

struct screen *mixtui_with(const struct stage *st, const char *const *args,
                           const char *const *env) {
    return screen_start(
        &(struct screen_setup){.cols = st->cols, .rows = st->rows, .args = args, .env = env});
}

struct screen *mixtui_at(const struct stage *st, const struct peer *v) {
    struct screen *s = mixtui_with(st, (const char *[]){"--server", v->url, NULL}, NULL);

    screen_wait(s, "live");
    return s;
}

bool is_wide(const struct screen *s) { return screen_cols(s) >= 140; }

void leader(struct screen *s, const char *key) {
    screen_keys(s, KEY_LEADER);
    screen_keys(s, key);
}

void new_session(struct screen *s) {
    leader(s, "n");
    screen_wait(s, "no messages yet");
}

void type_line(struct screen *s, const char *text) {
    screen_keys(s, text);
    screen_wait(s, text);
}

void say(struct screen *s, const char *text) {
    type_line(s, text);
    screen_keys(s, KEY_ENTER);
}

void open_asks(struct screen *s) {
    leader(s, "p");
    screen_wait_armed(s, "y grant");
}

void leave_asks(struct screen *s) {
    screen_wait(s, "Esc back");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Esc back"); /* so that the Esc is read before what follows it */
}

void to_sessions(struct screen *s) {
    leader(s, "l");
    screen_wait(s, "/filter");
}

void open_session(struct screen *s, const char *title) {
    to_sessions(s);
    screen_keys(s, "/");
    screen_keys(s, title);
    screen_wait(s, title);
    screen_wait_quiet(s, 100);
    screen_keys(s, KEY_ENTER);
    int head, row;
    screen_find(s, "Sessions ", NULL, &head);
    screen_find(s, title, NULL, &row);
    for (screen_keys(s, "g"); row > head + 1; row--)
        screen_keys(s, "j");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Enter send");
}

void to_thread(struct screen *s) {
    leader(s, "h");
    screen_wait_gone(s, "Enter send");
}

void to_composer(struct screen *s) {
    leader(s, "i");
    screen_wait(s, "Enter send");
}

void to_files(struct screen *s) {
    leader(s, "d");
    screen_wait(s, "(all sessions)");
}

int quit(struct screen *s) {
    leader(s, "q");
    for (int64_t until = clock_now() + SCREEN_MS; screen_pump(s, 20);) {
        if (clock_now() > until)
            screen_failed(s, "the end of the program", __FILE__, __LINE__);
        if (screen_has(s, " Quit ")) {
            screen_pause(s, 450);
            screen_keys(s, "q");
            break;
        }
    }
    int code = screen_wait_exit(s);
    screen_assert_clean(s);
    return code;
}
