/* tour_session.c - the whole job: a session by its form, a file, a turn that asks for two
 * permissions, the documents of it, and nothing left. */
#include "tour.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TITLE "The whole job"

static void create(struct tour *t) {
    struct screen *s = t->s;

    leader(s, "N");
    screen_wait(s, "create the session");
    fill(s, "title", TITLE);
    if (knows(t, "session_create", "customSystemPrompt")) {
        turn_to(s, "prompt mode", "append");
        fill(s, "prompt  ", "Be short.");
    }
    if (t->caps.browser_mode)
        turn_to(s, "browser", "local-browser-service");
    press(s, "create the session");
    screen_wait(s, "Created:");
    out(s);
}

static void call_back(struct tour *t) {
    struct screen *s = t->s;

    if (!offers(t, OP_SESSION_CALLBACKS))
        return;
    leader(s, "C");
    screen_wait(s, "This session has none");
    press(s, "add one");
    screen_wait(s, "New callback");
    fill(s, "tool", "Write");
    turn_to(s, "type", "send_message");
    fill(s, "name", "note");
    fill(s, "message", "It is written.");
    press(s, "take it");
    screen_wait(s, "has 1 callback now");
    press(s, "note");
    press_twice(s, "remove it");
    screen_wait(s, "This session has none");
    out(s);
}

/* ---- files ---- */
static void upload(struct tour *t) {
    static const char name[] = "job.txt";
    struct screen *s = t->s;

    screen_file(name, "a line of it\n");
    leader(s, "u");
    screen_wait(s, " Upload ");
    screen_wait(s, name); /* listed */
    screen_keys(s, name);
    screen_wait(s, "find job.txt");
    screen_wait_quiet(s, 60);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Upload ");
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_wait(s, "uploaded");
}

static void file(struct tour *t) {
    struct screen *s = t->s;
    struct buf got = {.max = MIX_MIB};

    upload(t);
    unlink(screen_path("job.txt"));
    screen_keys(s, "g");
    screen_keys(s, "D");
    screen_wait(s, "downloaded");
    assert_true(screen_read_file(&got, screen_path("job.txt")));
    assert_string_equal(buf_str(&got), "a line of it\n");
    buf_fini(&got);
    screen_keys(s, "d");
    screen_wait(s, "for all sessions of this server");
    screen_pause(s, 500);
    screen_keys(s, "d");
    screen_wait(s, "Uploads 0");
    to_composer(s);
}

/* ---- a turn ---- */
static void two_permissions(struct tour *t) {
    struct screen *s = t->s;

    say(s, "two permissions");
    screen_wait(s, "!2");
    open_asks(s);
    screen_keys(s, "y");
    screen_wait(s, "!1");
    screen_keys(s, "j");
    screen_wait_armed(s, "y grant");
    screen_keys(s, "n");
    screen_wait(s, "refused");
    leave_asks(s);
    screen_wait_gone(s, "mix is working");
    assert_int_equal(sent(t, "/grant HTTP/1.1"), 1);
    assert_int_equal(sent(t, "/deny HTTP/1.1"), 1);
}

static void documents(struct tour *t) {
    struct screen *s = t->s;
    struct buf text = {.max = 64 * MIX_MIB};

    leader(s, "w");
    press(s, "Markdown");
    screen_wait(s, "Saved:");
    assert_true(made_file(".md", &text));
    assert_non_null(strstr(buf_str(&text), "two permissions"));
    press(s, "JSON");
    screen_wait(s, ".json");
    assert_true(made_file(".json", &text));
    assert_non_null(strstr(buf_str(&text), "two permissions"));
    press(s, "the server's own");
    if (offers(t, OP_SESSION_EXPORT))
        screen_wait(s, ".server.json");
    else
        screen_wait(s, "0.5.5");
    buf_fini(&text);
    out(s);
}

static void remove_it(struct tour *t) {
    struct screen *s = t->s;

    to_sessions(s); /* where the one that is shown is selected */
    screen_wait(s, TITLE);
    screen_keys(s, "d");
    screen_wait(s, "Type its name");
    screen_pause(s, 500);
    screen_keys(s, TITLE);
    screen_wait(s, "its name: " TITLE);
    screen_pause(s, 500);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "Type its name");
    wait_sent(t, "DELETE /api/sessions/", 2); /* the file was the first */
}

void tour_does_the_whole_job(struct tour *t) {
    create(t);
    call_back(t);
    file(t);
    two_permissions(t);
    documents(t);
    remove_it(t);
}
