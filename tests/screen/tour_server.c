/* tour_server.c - sign-in, keys, health, tools, commands, history, preferences; and the reasons for
 * what a generation lacks. */
#include "tour.h"

#include <stdio.h>
#include <string.h>

/* ---- sign-in and keys ---- */
static void by_oauth(struct tour *t) {
    struct screen *s = t->s;
    char url[1024], code[400];

    press(s, "sign in by OAuth");
    screen_wait(s, "finish the sign-in");
    form_address(s, url, sizeof url);
    const char *state = strstr(url, "&state=");

    assert_non_null(state);
    snprintf(code, sizeof code, "the-code#%s", state + strlen("&state="));
    fill(s, "code", code);
    press(s, "finish");
    screen_wait(s, "signed in by OAuth");
}

void tour_signs_in(struct tour *t) {
    struct screen *s = t->s;

    screen_wait(s, "No provider can be used yet");
    by_oauth(t);
    screen_wait_gone(s, "No provider can be used yet");
    press(s, "OpenAI");
    press(s, "store a key");
    screen_wait(s, "Store a key");
    fill(s, "key", "sk-0123456789012345678901234567890123456789012345678");
    press(s, "store it");
    screen_wait(s, "has a key");
    press_twice(s, "delete what is stored");
    screen_wait_gone(s, "has a key");
    press(s, "check again");
    screen_wait(s, "signed in by OAuth");
    out(s);
}

/* ---- what there is to see ---- */
static void health(struct tour *t) {
    struct screen *s = t->s;

    leader(s, "H");
    screen_wait(s, "> Health");
    screen_wait(s, "database");
    if (offers(t, OP_REFRESH_TOKENS)) {
        press(s, "refresh the tokens");
        wait_sent(t, "POST /internal/auth/refresh-tokens", 1);
    }
    out(s);
}

static void commands(struct tour *t) {
    struct screen *s = t->s;

    leader(s, "/");
    screen_wait(s, "/help");
    screen_keys(s, "status");
    screen_wait_gone(s, "/sessions");
    screen_keys(s, KEY_RIGHT);
    wait_sent(t, "GET /api/commands/status", 1);
    out(s);
}

void tour_looks_around(struct tour *t) {
    struct screen *s = t->s;

    health(t);
    leader(s, "T");
    screen_wait(s, "> Tools");
    screen_wait(s, "Brave");
    out(s);
    leader(s, "M");
    screen_wait(s, "broken_one");
    out(s);
    commands(t);
    leader(s, "R");
    screen_wait(s, "Make a table of");
    out(s);
    leader(s, "I");
    screen_wait(s, "first message");
    out(s);
    leader(s, "E");
    screen_wait(s, "connected");
    out(s);
}

/* ---- preferences ---- */
void tour_sets_preferences(struct tour *t) {
    struct screen *s = t->s;

    leader(s, "P");
    if (!offers(t, OP_PREFERENCES_GET)) {
        screen_wait(s, "Ctrl+X N chooses");
        out(s);
        return;
    }
    screen_wait(s, "Both together");
    fill(s, "max tokens", "8000");
    turn_to(s, "effort", "high");
    press(s, "save");
    screen_wait(s, "The preferences are saved");
    assert_true(sent(t, "\"main_agent_max_tokens\":8000") == 1);
    press_twice(s, "reset");
    screen_wait(s, "the server's own again");
    out(s);
}

/* ---- what is lacking ---- */
/* A row of the palette tells it. */
static void told_in_palette(struct tour *t, const char *command, const char *reason) {
    struct screen *s = t->s;
    bool told = false;

    to_thread(s);
    screen_keys(s, ":");
    screen_wait(s, "find ");
    screen_keys(s, command);
    screen_wait(s, command);
    screen_wait_quiet(s, 60);
    for (int y = 0; y < screen_rows(s) && !told; y++)
        told = strstr(screen_row(s, y), reason) != NULL;
    if (!told)
        screen_failed(s, reason, __FILE__, __LINE__);
    screen_keys(s, KEY_ENTER); /* and nothing is sent, as the record shows */
    screen_wait_gone(s, "find ");
    out(s);
}

/* The health screen has a row for each. */
static void told_in_health(struct tour *t, enum op op) {
    const char *label = op_spec(op)->sdk_name;
    int near = 0; /* the rows of it: narrow screens break the reason */

    go(t->s, label);
    for (int y = 0; y < screen_rows(t->s); y++) {
        const char *row = screen_row(t->s, y);

        near = strstr(row, label) ? 3 : near - 1;
        if (near > 0 && (strstr(row, "needs a server of ") || strstr(row, "servers after ")))
            return;
    }
    screen_failed(t->s, label, __FILE__, __LINE__);
}

void tour_reads_reasons(struct tour *t) {
    static const struct {
        enum op op;
        const char *command, *reason;
    } rows[] = {
        {OP_SESSION_FORK, "session-fork", "no fork"},
        {OP_SESSION_REWIND, "session-rewind", "needs a server of"},
        {OP_SESSION_CALLBACKS, "session-callbacks", "needs a server of"},
    };
    bool opened = false;

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        if (!offers(t, rows[i].op))
            told_in_palette(t, rows[i].command, rows[i].reason);
    if (!knows(t, "message_send", "plan_mode"))
        told_in_palette(t, "plan-mode", "before 0.4.5");
    if (!knows(t, "message_send", "thinking_level"))
        told_in_palette(t, "thinking", "before 0.7.2");
    for (int op = 0; op < OP_COUNT; op++) {
        if (offers(t, (enum op)op))
            continue;
        if (!opened)
            leader(t->s, "H");
        opened = true;
        screen_wait(t->s, "> Health");
        told_in_health(t, (enum op)op);
    }
    out(t->s);
}
