/* The server screens that change things, by keys: what is filled in arrives at the server, what is
 * refused is said, what is secret is seen nowhere. */
#include "forms.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct stage stage_middle_narrow = {80, 24, "0.7.2"}, stage_middle_wide = {140, 40, "0.7.2"};
static struct stage stage_post_narrow = {80, 24, "post"}, stage_post_wide = {140, 40, "post"};

#define KEY_40 "sk-planted-0123456789-0123456789-0123456789"

/* ---- the server ---- */
static void ask(const struct peer *demo, const char *path, struct buf *out) {
    buf_fini(out); /* http_call makes it anew */
    assert_int_equal(http_call(demo->port, "GET", path, NULL, out), 200);
}

static void assert_has(const struct buf *text, const char *part) {
    if (!strstr(buf_str(text), part))
        fail_msg("no %s in %s", part, buf_str(text));
}

/* The newest session with that title; its JSON. */
static void session_json(const struct peer *demo, const char *title, struct buf *out) {
    struct buf list = {0};
    char id[64], name[256], path[128];

    ask(demo, "/api/sessions", &list);
    for (size_t i = 0; json_string(name, sizeof name, buf_str(&list), "title", i); i++)
        if (strcmp(name, title) == 0 && json_string(id, sizeof id, buf_str(&list), "id", i)) {
            snprintf(path, sizeof path, "/api/sessions/%s", id);
            ask(demo, path, out);
            buf_fini(&list);
            return;
        }
    fail_msg("no session %s in %s", title, buf_str(&list));
}

/* ---- keys and sign-in ---- */
static void the_first_start_offers_a_key(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "signed-out=on", NULL});
    struct screen *s = mixtui_at(st, demo);
    struct buf status = {0};

    screen_wait(s, "Authentication"); /* by itself: nothing can be done without */
    screen_wait(s, "No provider can be used yet");
    screen_wait(s, "try the demo");
    screen_wait(s, "sign in by OAuth");
    press(s, "store a key");
    screen_wait(s, "Store a key");
    fill(s, "key", "sk-ant-with a blank");
    press(s, "store it");
    screen_wait(s, "no blanks");
    fill(s, "key", "sk-ant-0123456789012345678901234567890123456789");
    assert_false(screen_has(s, "0123456789"));
    press(s, "store it");
    screen_wait(s, "has a key");
    screen_wait_gone(s, "No provider can be used yet");
    ask(demo, "/api/auth/status", &status);
    assert_has(&status, "\"authenticated\":true,\"auth_method\":\"api_key\"");
    press_twice(s, "delete what is stored");
    screen_wait(s, "No provider can be used yet");
    ask(demo, "/api/auth/status", &status);
    assert_null(strstr(buf_str(&status), "\"authenticated\":true"));
    out(s);
    screen_wait(s, "no provider has a key");
    buf_fini(&status);
    out(s);
    assert_int_equal(quit(s), 0);
}

static void somebody_signs_in_by_oauth(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "signed-out=on", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = mixtui_at(st, tap);
    struct buf log = {0};
    char url[1024], code[400];

    screen_wait(s, "No provider can be used yet");
    press(s, "sign in by OAuth");
    screen_wait(s, "finish the sign-in");
    form_address(s, url, sizeof url);
    const char *oauth_state = strstr(url, "&state=");
    assert_non_null(oauth_state);
    press(s, "copy the address");
    screen_wait(s, "clipboard");
    fill(s, "code", "the-code#of-another-sign-in");
    press(s, "finish");
    screen_wait(s, "does not know this sign-in");
    snprintf(code, sizeof code, "the-code#%s", oauth_state + strlen("&state="));
    fill(s, "code", code);
    assert_false(screen_has(s, "the-code"));
    press(s, "finish");
    screen_wait(s, "signed in by OAuth");
    tap_log(tap, &log);
    assert_has(&log, "\"code\":\"the-code\"");
    assert_null(strstr(buf_str(&log), "the-code#"));
    buf_fini(&log);
    out(s);
    assert_int_equal(quit(s), 0);
}

/* ---- secrets ---- */
static bool in_file(const char *path, const char *text) {
    struct buf b = {.max = 64 * MIX_MIB};
    const bool there =
        screen_read_file(&b, path) && b.n > 0 && memmem(b.p, b.n, text, strlen(text));

    buf_fini(&b);
    return there;
}

static bool in_files(const char *dir, const char *text) {
    DIR *d = opendir(dir);
    bool there = false;

    for (struct dirent *e; d && !there && (e = readdir(d));) {
        char path[4096];
        struct stat st;

        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] == '.' && (!e->d_name[1] || e->d_name[1] == '.'))
            continue;
        if (lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            there = in_files(path, text);
        else if (S_ISREG(st.st_mode))
            there = in_file(path, text);
        if (there)
            fprintf(stderr, "found in %s\n", path);
    }
    if (d)
        closedir(d);
    return there;
}

static void a_typed_key_is_found_nowhere(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_with(
        st, (const char *[]){"--server", demo->url, "--debug", screen_path("debug.log"), NULL},
        NULL);
    char path[64];
    size_t n = 0;

    screen_wait(s, "live");
    leader(s, "A");
    press(s, "OpenAI");
    press(s, "store a key");
    fill(s, "key", KEY_40);
    screen_keys(s, KEY_CTRL('u')); /* a kill: not into the memory of killed texts */
    screen_paste(s, KEY_40 "\n");
    screen_wait_quiet(s, 60);
    press(s, "store it");
    screen_wait(s, "has a key");
    out(s);
    to_composer(s);
    screen_keys(s, KEY_CTRL('y'));
    screen_keys(s, KEY_CTRL('_'));
    screen_keys(s, "and on");
    screen_wait(s, "and on");
    screen_pause(s, 1500); /* the draft is written */
    const char *raw = screen_raw(s, &n);
    assert_null(memmem(raw, n, "planted", 7));
    snprintf(path, sizeof path, "/proc/%d/cmdline", screen_pid(s));
    assert_false(in_file(path, "planted"));
    snprintf(path, sizeof path, "/proc/%d/environ", screen_pid(s));
    assert_false(in_file(path, "planted"));
    out(s);
    assert_int_equal(quit(s), 0);
    assert_true(in_file(screen_path("debug.log"), "/api/auth/api-key"));
    assert_false(in_files(screen_dir(), "planted"));
}

static void a_code_without_its_state_is_sent_with_ours(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "signed-out=on", NULL});
    struct screen *s = mixtui_with(
        st, (const char *[]){"--server", demo->url, "--debug", screen_path("debug.log"), NULL},
        NULL);
    char url[1024];

    screen_wait(s, "No provider can be used yet");
    press(s, "sign in by OAuth");
    screen_wait(s, "finish the sign-in");
    form_address(s, url, sizeof url);
    const char *oauth_state = strstr(url, "&state=");
    assert_non_null(oauth_state);
    oauth_state += strlen("&state=");
    go(s, "code");
    screen_paste(s, "only-the-code\n");
    screen_wait_quiet(s, 60);
    press(s, "finish");
    screen_wait(s, "signed in by OAuth");
    out(s);
    assert_int_equal(quit(s), 0);
    assert_true(in_file(screen_path("debug.log"), "/api/auth/oauth-callback"));
    assert_false(in_files(screen_dir(), "only-the-code"));
    assert_false(in_files(screen_dir(), oauth_state));
}

/* ---- preferences ---- */
static void preferences_are_saved_whole(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);
    struct buf got = {0};

    leader(s, "P");
    screen_wait(s, "Nothing is saved");
    press(s, "model");
    screen_keys(s, "opus");
    screen_wait(s, "claude-4-opus");
    screen_wait_gone(s, "gemini-2.5-pro");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "not saved yet");
    fill(s, "max tokens", "eight");
    press(s, "save");
    screen_wait(s, "a number of 1 or more");
    fill(s, "max tokens", "8000");
    turn_to(s, "effort", "high");
    press(s, "save");
    screen_wait(s, "The preferences are saved");
    ask(demo, "/api/preferences", &got);
    assert_has(&got, "\"preferred_provider\":\"anthropic\"");
    assert_has(&got, "\"main_agent_model\":\"claude-4-opus\"");
    assert_has(&got, "\"main_agent_max_tokens\":8000");
    assert_has(&got, "\"main_agent_reasoning_effort\":\"high\"");
    assert_has(&got, "\"sub_agent_max_tokens\":2048");
    assert_null(strstr(buf_str(&got), "\"sub_agent_model\":\"\""));
    press_twice(s, "reset");
    screen_wait(s, "the server's own again");
    ask(demo, "/api/preferences", &got);
    assert_has(&got, "\"main_agent_model\":\"claude-4-sonnet\"");
    assert_has(&got, "\"main_agent_max_tokens\":4096");
    buf_fini(&got);
    out(s);
    assert_int_equal(quit(s), 0);
}

static void a_server_without_preferences_says_where_they_went(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    leader(s, "P");
    screen_wait(s, "Ctrl+X N chooses");
    out(s);
    assert_int_equal(quit(s), 0);
}

/* ---- a session with every field ---- */
static void add_callback(struct screen *s) {
    press(s, "add one");
    screen_wait(s, "New callback");
    fill(s, "tool", "Write");
    turn_to(s, "type", "bash_script");
    screen_wait(s, "A bash callback runs in a shell");
    fill(s, "name", "formatter");
    fill(s, "command", "make format");
    fill(s, "time limit", "5000");
    press(s, "take it");
    screen_wait(s, "formatter, after Write");
}

static void the_full_form_makes_a_late_session(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "title-cut=off", NULL});
    struct screen *s = mixtui_at(st, demo);
    struct buf got = {0};

    leader(s, "N");
    screen_wait(s, "New session");
    fill(s, "title", "A whole form");
    turn_to(s, "browser", "remote-cdp-websocket");
    press(s, "create the session");
    screen_wait(s, "needs the address of a browser");
    fill(s, "CDP URL", "http://nowhere");
    press(s, "create the session");
    screen_wait(s, "must begin with ws://");
    fill(s, "CDP URL", "ws://127.0.0.1:9222/devtools");
    turn_to(s, "prompt mode", "append");
    fill(s, "prompt  ", "Be short.");
    screen_wait(s, "9 of 51200 bytes");
    add_callback(s);
    out(s); /* what is written stays */
    leader(s, "N");
    go(s, "title");
    screen_wait(s, "A whole form");
    press(s, "create the session");
    screen_wait(s, "Created: \"A whole form\"");
    session_json(demo, "A whole form", &got);
    assert_has(&got, "\"browserMode\":\"remote-cdp-websocket\"");
    assert_has(&got, "\"cdpUrl\":\"ws://127.0.0.1:9222/devtools\"");
    assert_has(&got, "\"toolName\":\"Write\"");
    assert_has(&got, "\"bashCommand\":\"make format\"");
    assert_has(&got, "\"bashTimeout\":5000");
    say(s, "hello there");
    screen_wait(s, "README.md");
    leader(s, "N"); /* the next one begins empty */
    screen_wait(s, "New session");
    assert_false(screen_has(s, "[A whole form")); /* nothing in its field */
    buf_fini(&got);
    out(s);
    assert_int_equal(quit(s), 0);
}

static void the_form_has_the_fields_of_its_generation(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);
    const bool seed = st->generation && strcmp(st->generation, "0.2.5") == 0;
    const bool post = st->generation && strcmp(st->generation, "post") == 0;
    struct buf got = {0};

    leader(s, "N");
    screen_wait(s, "create the session");
    fill(s, "title", "By fields");
    if (seed) {
        assert_false(screen_has(s, "prompt mode"));
        assert_false(screen_has(s, "browser"));
        fill(s, "directory", "/srv/agents");
    } else {
        assert_false(screen_has(s, "directory"));
    }
    if (post) {
        press(s, "choose a model");
        screen_keys(s, "flash-prev");
        screen_wait_gone(s, "gpt-4.1");
        screen_keys(s, KEY_ENTER);
        screen_wait(s, "[gemini-3-flash-preview");
    } else {
        assert_false(screen_has(s, "provider"));
    }
    press(s, "create the session");
    screen_wait(s, "Created:");
    session_json(demo, "By fields", &got);
    if (seed)
        assert_has(&got, "\"workingDirectory\":\"/srv/agents\"");
    if (post) {
        assert_has(&got, "\"provider\":\"gemini\"");
        assert_has(&got, "\"modelId\":\"gemini-3-flash-preview\"");
    }
    buf_fini(&got);
    out(s);
    assert_int_equal(quit(s), 0);
}

static void a_refused_form_keeps_what_was_written(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--fault", "sessions.create:1:status=500", NULL});
    struct screen *s = mixtui_at(st, demo);

    leader(s, "N");
    fill(s, "title", "Twice tried");
    press(s, "create the session");
    screen_wait(s, "was not created");
    screen_wait(s, "Twice tried");
    press(s, "create the session");
    screen_wait(s, "Created: \"Twice tried\"");
    out(s);
    assert_int_equal(quit(s), 0);
}

/* ---- callbacks ---- */
static void callbacks_are_added_changed_and_removed(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "title-cut=off", NULL});
    char id[40], path[80];
    struct buf got = {0};

    demo_session(demo, "Called back", id);
    snprintf(path, sizeof path, "/api/sessions/%s", id);
    struct screen *s = mixtui_at(st, demo);
    screen_wait(s, "Called back");
    leader(s, "C");
    screen_wait(s, "This session has none");
    screen_wait(s, "A bash callback runs in a shell");
    add_callback(s);
    screen_wait(s, "has 1 callback now");
    ask(demo, path, &got);
    assert_has(&got, "\"bashCommand\":\"make format\"");
    press(s, "formatter");
    press(s, "change it");
    turn_to(s, "type", "sub_agent");
    fill(s, "prompt", "Look at it");
    turn_to(s, "full history", "[x] on");
    turn_to(s, "not in context", "[x] on");
    press(s, "take it");
    screen_wait(s, "sub_agent: Look at it");
    ask(demo, path, &got);
    assert_has(&got, "\"subAgentPrompt\":\"Look at it\"");
    assert_has(&got, "\"includeFullHistory\":true");
    assert_has(&got, "\"excludeFromContext\":true");
    assert_null(strstr(buf_str(&got), "make format"));
    press(s, "formatter");
    press_twice(s, "remove it");
    screen_wait(s, "This session has none");
    ask(demo, path, &got);
    assert_null(strstr(buf_str(&got), "Look at it"));
    buf_fini(&got);
    out(s);
    assert_int_equal(quit(s), 0);
}

/* ---- rewind and export ---- */
static size_t messages_of(const struct peer *demo, const char *id, struct buf *out) {
    char path[100], role[16];
    size_t n = 0;

    snprintf(path, sizeof path, "/api/sessions/%s/messages", id);
    ask(demo, path, out);
    while (json_string(role, sizeof role, buf_str(out), "role", n))
        n++;
    return n;
}

static void a_session_goes_back_to_a_message(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--speed", "20", "--quirk", "retitle=off", NULL});
    struct buf got = {0}, file = {.max = 64 * MIX_MIB};
    char id[40];

    demo_session(demo, "Back again", id);
    struct screen *s = mixtui_at(st, demo);
    screen_wait(s, "Back again");
    say(s, "the first words");
    screen_wait(s, "README.md");
    screen_wait_gone(s, "mix is working");
    const size_t before = messages_of(demo, id, &got);
    say(s, "the second words");
    screen_wait(s, "I searched for second"); /* it is at work then, and known to be */
    screen_wait_gone(s, "mix is working");
    screen_wait_that(s, messages_of(demo, id, &got) >= 2 * before);
    leader(s, "W");
    screen_wait(s, "Back to which message");
    go(s, "you");
    while (!at_row(s, "mix"))
        screen_keys(s, KEY_UP), screen_wait_quiet(s, 60);
    press(s, "mix"); /* the answer to the first words */
    screen_wait(s, "messages after this one");
    screen_wait_armed(s, "Enter again");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "went back");
    assert_int_equal(messages_of(demo, id, &got), before);
    assert_null(strstr(buf_str(&got), "the second words"));
    screen_wait_gone(s, "the second words");
    assert_true(made_file(".json", &file));
    assert_has(&file, "the second words");
    buf_fini(&got);
    buf_fini(&file);
    out(s);
    assert_int_equal(quit(s), 0);
}

static void no_rewind_while_a_turn_runs(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "5", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "long");
    screen_wait(s, "second 1 of 60");
    leader(s, "W");
    screen_wait(s, "cancel it first");
    out(s);
    assert_int_equal(quit(s), 0);
}

static void a_session_becomes_files(void **state) {
    const struct stage *st = *state;
    const bool seed = st->generation && strcmp(st->generation, "0.2.5") == 0;
    struct peer *demo =
        demo_at(st, (const char *[]){"--speed", "20", "--quirk", "retitle=off", NULL});
    struct buf got = {0}, file = {.max = 64 * MIX_MIB};
    char id[40];

    demo_session(demo, "To be kept", id);
    struct screen *s = mixtui_at(st, demo);
    screen_wait(s, "To be kept");
    say(s, "words for the file");
    screen_wait(s, "README.md");
    screen_wait_gone(s, "mix is working");
    leader(s, "w");
    press(s, "Markdown");
    screen_wait(s, "Saved:");
    assert_true(made_file(".md", &file));
    assert_has(&file, "words for the file");
    press(s, "JSON");
    screen_wait(s, ".json");
    assert_true(made_file(".json", &file));
    (void)messages_of(demo, id, &got);
    while (got.n > 0 && got.p[got.n - 1] == '\n')
        buf_cut(&got, got.n - 1, 1);
    assert_has(&file, buf_str(&got)); /* byte for byte */
    press(s, "JSON");                 /* nothing is written over */
    screen_wait_that(s, made_file("-2.json", &file));
    assert_has(&file, buf_str(&got));
    press(s, "the server's own");
    if (seed) {
        screen_wait(s, "0.5.5");
    } else {
        screen_wait(s, ".server.json");
        assert_true(made_file(".server.json", &file));
        assert_has(&file, "words for the file");
    }
    buf_fini(&got);
    buf_fini(&file);
    out(s);
    assert_int_equal(quit(s), 0);
}

/* ---- what a message asks ---- */
static void options_go_with_the_message(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    screen_keys(s, "\033m");
    screen_wait(s, "plan mode");
    leader(s, "t");
    leader(s, "t");
    screen_wait(s, "thinking basic");
    leader(s, "#");
    fill(s, "max steps", "9");
    press(s, "back to the message");
    screen_wait(s, "9 steps at most");
    say(s, "hello plan");
    screen_wait_that(s, tap_count(tap, "\"plan_mode\":true") == 1);
    assert_int_equal(tap_count(tap, "\"thinking_level\":\"basic\""), 1);
    assert_int_equal(tap_count(tap, "\"max_steps\":9"), 1);
    out(s);
    assert_int_equal(quit(s), 0);
}

static void options_a_server_lacks_say_so(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    leader(s, "g");
    screen_wait(s, "before 0.4.5");
    leader(s, "t");
    screen_wait(s, "before 0.7.2");
    leader(s, "W");
    screen_wait(s, "0.5.4");
    leader(s, "C");
    screen_wait(s, "0.7.0");
    say(s, "hello all the same");
    screen_wait(s, "README.md");
    out(s);
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(the_first_start_offers_a_key, narrow),
        S(the_first_start_offers_a_key, seed_wide),
        S(the_first_start_offers_a_key, post_narrow),
        S(somebody_signs_in_by_oauth, wide),
        S(somebody_signs_in_by_oauth, seed_narrow),
        S(a_code_without_its_state_is_sent_with_ours, middle_narrow),
        S(a_typed_key_is_found_nowhere, narrow),
        S(preferences_are_saved_whole, narrow),
        S(preferences_are_saved_whole, seed_wide),
        S(preferences_are_saved_whole, middle_narrow),
        S(a_server_without_preferences_says_where_they_went, post_narrow),
        S(the_full_form_makes_a_late_session, narrow),
        S(the_full_form_makes_a_late_session, wide),
        S(the_form_has_the_fields_of_its_generation, seed_narrow),
        S(the_form_has_the_fields_of_its_generation, middle_wide),
        S(the_form_has_the_fields_of_its_generation, post_wide),
        S(a_refused_form_keeps_what_was_written, narrow),
        S(callbacks_are_added_changed_and_removed, middle_narrow),
        S(callbacks_are_added_changed_and_removed, wide),
        S(a_session_goes_back_to_a_message, narrow),
        S(a_session_goes_back_to_a_message, middle_wide),
        S(a_session_goes_back_to_a_message, post_narrow),
        S(no_rewind_while_a_turn_runs, narrow),
        S(a_session_becomes_files, seed_narrow),
        S(a_session_becomes_files, wide),
        S(options_go_with_the_message, narrow),
        S(options_go_with_the_message, post_wide),
        S(options_a_server_lacks_say_so, seed_narrow),
    };
#undef S
    return screen_run(tests);
}
