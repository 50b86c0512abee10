/* tour_turns.c - messages with everything that can go with them, questions answered, sessions
 * forked and taken back. */
#include "tour.h"

#include <stdio.h>
#include <string.h>

static void wait_idle(struct screen *s) {
    screen_wait_gone(s, "mix is working");
    screen_wait_gone(s, "cancelling");
}

/* ---- sending ---- */
static void plain_and_queued(struct tour *t) {
    struct screen *s = t->s;

    new_session(s);
    say(s, "think first");
    screen_wait(s, "mix is working");
    say(s, "hello in line");
    screen_wait(s, "queued 1");
    screen_wait_gone(s, "queued 1");
    screen_wait(s, "README.md");
    wait_idle(s);
    wait_sent(t, "hello in line", 1);
    say(s, "long");
    screen_wait(s, "second 2 of 60");
    leader(s, "k");
    wait_idle(s);
}

static void with_options(struct tour *t) {
    struct screen *s = t->s;

    new_session(s);
    if (knows(t, "message_send", "plan_mode")) {
        leader(s, "g");
        screen_wait(s, "plan mode");
    }
    if (knows(t, "message_send", "thinking_level")) {
        leader(s, "t");
        leader(s, "t");
        screen_wait(s, "thinking basic");
    }
    leader(s, "#");
    screen_wait(s, "max steps");
    if (knows(t, "message_send", "max_steps"))
        fill(s, "max steps", "9");
    press(s, "back to the message");
    screen_wait_gone(s, "Server >");
    say(s, "hello options");
    screen_wait(s, knows(t, "message_send", "plan_mode") ? "Shall I proceed" : "README.md");
    wait_idle(s);
    assert_int_equal(sent(t, "\"plan_mode\":true"), knows(t, "message_send", "plan_mode"));
    assert_int_equal(sent(t, "\"thinking_level\":\"basic\""),
                     knows(t, "message_send", "thinking_level"));
    assert_int_equal(sent(t, "\"max_steps\":9"), knows(t, "message_send", "max_steps"));
}

/* One that the server answers itself. */
static void a_slash_command(struct tour *t) {
    new_session(t->s);
    say(t->s, "hello slash");
    screen_wait(t->s, "README.md");
    wait_idle(t->s);
    say(t->s, "/status");
    wait_sent(t, "\"/status\"", 1);
    screen_wait(t->s, "anthropic");
    wait_idle(t->s);
}

void tour_sends_in_every_shape(struct tour *t) {
    plain_and_queued(t);
    with_options(t);
    a_slash_command(t);
}

/* ---- questions ---- */
static void ask(struct tour *t, const char *message, const char *question) {
    say(t->s, message);
    screen_wait(t->s, "?1");
    leader(t->s, "p");
    screen_wait(t->s, question);
    screen_pause(t->s, 500); /* until it takes an answer */
}

void tour_answers_questions(struct tour *t) {
    struct screen *s = t->s;

    if (!offers(t, OP_NOTIFICATION_RESPOND))
        return;
    new_session(s);
    ask(t, "ask me", "How shall the files be sorted");
    screen_keys(s, "l");
    screen_pause(s, 500);
    screen_keys(s, "r");
    screen_wait_gone(s, "?1");
    leave_asks(s);
    wait_idle(s);
    ask(t, "ask me in words", "What shall the file be called");
    screen_keys(s, "r");
    type_line(s, "by keys.txt");
    screen_pause(s, 500);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "?1");
    leave_asks(s);
    wait_idle(s);
    ask(t, "ask me to confirm", "The checks take a while");
    screen_keys(s, "r");
    screen_wait_gone(s, "?1");
    leave_asks(s);
    wait_idle(s);
    assert_int_equal(sent(t, "\"type\":\"choice\""), 1);
    assert_int_equal(sent(t, "\"type\":\"text\""), 1);
    assert_int_equal(sent(t, "\"type\":\"acknowledge\""), 1);
}

/* ---- fork and rewind ---- */
static void forks(struct tour *t) {
    struct screen *s = t->s;

    leader(s, "f");
    screen_wait(s, "Forked:");
    screen_wait(s, "words to keep");
    screen_wait_quiet(s, 300); /* read whole: what is cut within a turn is not known to be over */
    to_thread(s);
    screen_keys(s, "K"); /* a message of it */
    screen_keys(s, "f");
    wait_sent(t, "/fork HTTP/1.1", 2);
    screen_wait(s, "Forked:");
    to_composer(s);
}

static void rewinds(struct tour *t) {
    struct screen *s = t->s;

    say(s, "words to forget");
    wait_sent(t, "words to forget", 1);
    screen_wait(s, "I searched for forget");
    screen_wait_quiet(s, 300);
    wait_idle(s);
    leader(s, "W");
    screen_wait(s, "Back to which message");
    go(s, "you");
    screen_keys(s, KEY_ENTER);
    screen_wait_armed(s, "Enter again");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "went back");
    out(s);
}

void tour_forks_and_rewinds(struct tour *t) {
    struct screen *s = t->s;

    new_session(s);
    say(s, "words to keep");
    screen_wait(s, "README.md");
    wait_idle(s);
    if (offers(t, OP_SESSION_FORK))
        forks(t);
    if (offers(t, OP_SESSION_REWIND))
        rewinds(t);
}
