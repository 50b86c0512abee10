/* tour_reading.c - a thread is read: searched, walked, marked, listed, copied, quoted, piped; a
 * sub-agent is visited, a plan carried out, a picture looked at. */
#include "tour.h"

#include <stdio.h>
#include <string.h>

static const char *bottom(struct tour *t) { return screen_row(t->s, screen_rows(t->s) - 1); }

static void idle(struct screen *s) {
    screen_wait_gone(s, "mix is working");
    screen_wait_gone(s, "cancelling");
}

/* ---- moving ---- */
static void searches(struct tour *t) {
    struct screen *s = t->s;

    screen_keys(s, "/notes.txt");
    screen_wait_that(s, strstr(bottom(t), "notes.txt") && strstr(bottom(t), " of "));
    screen_keys(s, KEY_ENTER "nN");
    screen_wait_that(s, strstr(bottom(t), "notes.txt") && strstr(bottom(t), " of "));
    screen_keys(s, KEY_ESC);
    screen_wait_that(s, !strstr(bottom(t), "notes.txt"));
}

static void walks(struct tour *t) {
    struct screen *s = t->s;

    screen_keys(s, "gt"); /* the first call: found, whatever stands above it */
    screen_wait_quiet(s, 60);
    screen_keys(s, "TtUu");
    screen_keys(s, "]");
    screen_wait(s, "No later error");
    screen_keys(s, "[");
    screen_wait(s, "No earlier error");
    screen_keys(s, "w");
    screen_wait(s, "Nothing came while you were away");
    screen_keys(s, "*G");
    screen_wait_quiet(s, 60);
    screen_keys(s, "'*'");
    screen_wait(s, "Nothing is marked here");
    screen_keys(s, "l");
    screen_wait(s, "> Messages");
    screen_keys(s, "say hello to the reader");
    screen_wait(s, "find say hello to the reader");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "> Messages");
}

static void looks_otherwise(struct tour *t) {
    struct screen *s = t->s;

    screen_keys(s, "g");
    screen_wait(s, "▸ thinking");
    screen_keys(s, "o");
    screen_wait(s, "▾ thinking");
    screen_keys(s, "o");
    screen_wait(s, "▸ thinking");
    screen_keys(s, "sGm"); /* side by side, and as it is written */
    screen_wait(s, "Try `run ls`");
    screen_keys(s, "sm");
    screen_wait_gone(s, "Try `run ls`");
}

/* ---- out of it ---- */
static void copies(struct tour *t) {
    struct screen *s = t->s;

    screen_keys(s, "c");
    screen_wait(s, "> Copy");
    screen_keys(s, "G");
    screen_wait(s, "▌ title");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "copied ");
    screen_keys(s, "v");
    screen_wait(s, "Enter copy");
    screen_keys(s, "kk" KEY_ENTER);
    screen_wait_gone(s, "Enter copy");
    leader(s, "b");
    screen_wait(s, "any key returns");
    screen_keys(s, " ");
    screen_wait(s, "live");
}

static void pipes(struct tour *t) {
    struct screen *s = t->s;

    screen_keys(s, "|");
    screen_wait(s, "> Pipe");
    screen_keys(s, "tr a-z A-Z | tail -n 1; exit 4\r");
    screen_wait(s, "exit 4 after");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "> Output");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "> Pipe");
    screen_keys(s, "e");
    screen_wait(s, "│ > ");
    to_composer(s);
    screen_keys(s, KEY_CTRL('c'));
    screen_wait_gone(s, "│ > ");
}

static void searches_everywhere(struct tour *t) {
    struct screen *s = t->s;

    leader(s, "S");
    screen_wait(s, "May messages you read be kept");
    screen_keys(s, KEY_DOWN KEY_ENTER);
    screen_wait(s, "of 256 MB");
    screen_keys(s, "say hello");
    screen_wait(s, "find say hello");
    screen_wait(s, "\xc2\xb7 you");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "Search all sessions");
}

/* ---- what a thread leads to ---- */
static void visits_a_sub_agent(struct tour *t) {
    struct screen *s = t->s;

    new_session(s);
    say(s, "task look around");
    screen_wait(s, "The sub-agent reports");
    idle(s);
    if (!knows(t, "sessions_query", "includeSubagents")) {
        to_thread(s);
        screen_keys(s, ">");
        screen_wait(s, "no sub-agent of this session is known");
        to_composer(s);
        return;
    }
    screen_wait(s, " calls "); /* its thread is known */
    to_thread(s);
    screen_keys(s, ">");
    screen_wait(s, "> look around");
    screen_keys(s, "}");
    screen_wait(s, "no other sub-agent");
    screen_keys(s, "<");
    screen_wait_gone(s, "> look around");
    to_composer(s);
}

static void carries_out_a_plan(struct tour *t) {
    struct screen *s = t->s;

    if (!knows(t, "message_send", "plan_mode"))
        return;
    new_session(s);
    leader(s, "g");
    screen_wait(s, "plan mode");
    say(s, "tidy up");
    screen_wait(s, "Shall I proceed");
    idle(s);
    to_thread(s);
    screen_keys(s, "B"); /* keep planning */
    screen_wait(s, "Enter send");
    to_thread(s);
    screen_keys(s, "P");
    idle(s);
    screen_wait_gone(s, "plan mode");
    to_composer(s);
}

static void looks_at_a_picture(struct tour *t) {
    struct screen *s = t->s;

    new_session(s);
    say(s, "picture");
    screen_wait(s, "can be fetched");
    idle(s);
    wait_sent(t, "thumb=", 1);
    to_thread(s);
    screen_keys(s, "T");
    leader(s, "V");
    screen_wait(s, "any key: back");
    screen_keys(s, " ");
    screen_wait(s, "┌─ sea.jpg");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "┌─ sea.jpg");
    to_composer(s);
}

void tour_reads(struct tour *t) {
    new_session(t->s);
    say(t->s, "say hello to the reader");
    screen_wait(t->s, "Try run ls");
    idle(t->s);
    to_thread(t->s);
    looks_otherwise(t);
    searches(t);
    walks(t);
    copies(t);
    pipes(t);
    searches_everywhere(t);
    visits_a_sub_agent(t);
    carries_out_a_plan(t);
    looks_at_a_picture(t);
}
