/* No permission is answered by accident: what hands, pastes and slow lines may send. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/input/private.h"

struct desk {
    struct model *m;
    struct input *in;
    struct effects *fx;
    int64_t now;
};

static void apply(struct desk *d, struct incoming *in) {
    in->at = d->now;
    model_apply(d->m, in, d->now, d->now, d->fx);
}

static void events(struct desk *d, enum ev kind, struct event_data data) {
    struct incoming *in = incoming_new(IN_EVENTS, d->m->sessions[0]->stream);

    in->events = arena_alloc(&in->arena, sizeof *in->events);
    in->events->kind = kind;
    in->events->data = data;
    apply(d, in);
}

static void asks(struct desk *d, const char *id) {
    events(d, EV_PERMISSION,
           (struct event_data){.id = id,
                               .session_id = "s1",
                               .tool_name = "Bash",
                               .params_raw = "{\"command\":\"make\"}"});
}

/* One frame, then time to read it. */
static void look(struct desk *d, int64_t ms) {
    input_refresh(d->in, d->m);
    model_painted(d->m, d->now);
    d->now += ms;
    model_tick(d->m, d->now, d->now, d->fx);
}

static void press_key(struct desk *d, struct key k) {
    input_key(d->in, d->m, &k, d->now, d->now, d->fx);
}

static void press(struct desk *d, const char *name) {
    struct key k;

    assert_true(key_parse(&k, name));
    press_key(d, k);
}

static size_t granted(const struct desk *d) {
    size_t n = 0;

    for (size_t i = 0; i < d->fx->n_requests; i++)
        n += d->fx->requests[i]->kind == REQ_CALL &&
             (d->fx->requests[i]->op == OP_PERMISSION_GRANT ||
              d->fx->requests[i]->op == OP_PERMISSION_DENY);
    return n;
}

/* In the pane, with an armed request. */
static struct desk *armed(void) {
    struct desk *d = xcalloc(1, sizeof *d);
    struct model_config config = {.url = "http://localhost:8088", .session_id = "s1"};

    d->now = 1000000;
    d->fx = effects_new();
    d->in = input_new();
    d->m = model_new(&config, d->now, d->now, d->fx);
    act_resize(d->m, 120, 40);
    asks(d, "p1");
    press(d, "M-p");
    look(d, 1000);
    assert_true(ask_armed(d->m, model_selected_ask(d->m), d->now));
    assert_int_equal(granted(d), 0);
    return d;
}

static void desk_free(struct desk *d) {
    model_free(d->m);
    input_free(d->in);
    effects_free(d->fx);
    free(d);
}

static void y_grants_the_armed_one(void **state) {
    struct desk *d = armed();

    (void)state;
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

/* Over a slow line Alt+y is Esc, then y. Esc closes the menu, and the request below it is armed. */
static void escape_then_y_never_decides(void **state) {
    struct desk *d = armed();

    (void)state;
    press(d, "Enter");
    look(d, 1000);
    press(d, "Esc");
    assert_int_equal(d->m->ui.over, OVER_NONE);
    assert_int_equal(d->m->ui.focus, PANE_PERMISSIONS);
    d->now += 30;
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 400);
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

/* An end mark inside the clipboard ends the paste early: the rest arrives as keys. */
static void what_follows_a_paste_at_once_never_decides(void **state) {
    struct desk *d = armed();

    (void)state;
    press_key(d, (struct key){.code = K_PASTE, .paste = "ab", .n = 2});
    press(d, "y");
    assert_int_equal(granted(d), 0);
    assert_string_equal(buf_str(&d->m->shown->draft.text), "ab");
    look(d, 400);
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

/* A terminal without bracketed paste, or the rest of a paste whose line stood still. */
static void a_burst_never_decides(void **state) {
    static const char text[] = "yes, y\r";
    struct desk *d = armed();

    (void)state;
    for (const char *p = text; *p; p++)
        press_key(d, (struct key){.code = *p == '\r' ? K_ENTER : (uint32_t)*p, .crowded = true});
    assert_int_equal(granted(d), 0);
    press(d, "Esc");
    look(d, 400);
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

static void after_a_suspend_it_is_looked_at_again(void **state) {
    struct desk *d = armed();

    (void)state;
    act_look_again(d->m);
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 399);
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 400);
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

/* The machine stood still: the key was read late, but nobody had seen that it would count. */
static void what_was_typed_before_it_was_shown_as_armed_never_decides(void **state) {
    struct desk *d = armed();

    (void)state;
    act_look_again(d->m);
    look(d, 3);
    d->now += 5000;
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 400);
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

static void scrolling_in_bursts_disarms_nothing(void **state) {
    struct desk *d = armed();

    (void)state;
    press_key(d, (struct key){.code = K_DOWN, .crowded = true});
    press_key(d, (struct key){.code = K_UP, .crowded = true});
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

static void a_held_y_never_decides(void **state) {
    struct desk *d = armed();

    (void)state;
    asks(d, "p2");
    press(d, "j");
    for (int i = 0; i < 100; i++) {
        look(d, 30);
        press(d, "y");
    }
    assert_int_equal(granted(d), 0);
    desk_free(d);
}

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Fields, lists and modes over the thread, while a request waits: slow hands, so that nothing but
 * where the keys go protects it. Not the palette, which can do everything by name. */
static void no_key_in_a_mode_of_the_thread_decides(void **state) {
    static const char *const ways[] = {"v", "/", "c",     "l",     "|", "m",
                                       "s", "e", "C-x S", "C-x b", "*", "o"};
    static const char *const named[] = {"Enter", "Up", "Down", "Left", "Tab", "Backspace", "PgUp"};

    (void)state;
    for (size_t w = 0; w < MIX_COUNT(ways); w++) {
        struct desk *d = armed();
        uint32_t seed = 20261123U + (uint32_t)w;

        events(d, EV_CONTENT, (struct event_data){.content = "some words, y and n"});
        for (int i = 0; i < 400; i++) {
            if (i % 40 == 0) {
                char one[8];

                act_over_close(d->m);
                act_focus(d->m, PANE_THREAD);
                for (const char *p = ways[w]; *p;
                     p += strcspn(p, " ") + (p[strcspn(p, " ")] == ' ')) {
                    snprintf(one, sizeof one, "%.*s", (int)strcspn(p, " "), p);
                    press(d, one);
                }
            }
            look(d, 500);
            const uint32_t dice = next_random(&seed);

            if (dice % 100 < 40)
                press(d, dice % 2 ? "y" : "n");
            else if (dice % 100 < 60)
                press(d, named[dice % MIX_COUNT(named)]);
            else if (dice % 95 != ':' - ' ' && dice % 95 != '?' - ' ')
                press_key(d, (struct key){.code = ' ' + dice % 95});
            assert_int_equal(granted(d), 0);
        }
        desk_free(d);
    }
}

/* ---- held, gathered, with a reason ---- */
static void asks_of(struct desk *d, const char *id, const char *command) {
    char params[128];

    snprintf(params, sizeof params, "{\"command\":\"%s\"}", command);
    events(d, EV_PERMISSION,
           (struct event_data){
               .id = id, .session_id = "s1", .tool_name = "Bash", .params_raw = params});
}

static struct desk *armed_with(const char *command) {
    struct desk *d = armed();

    press(d, "n");
    while (d->fx->n_requests > 0) /* the first one is over */
        request_free(d->fx->requests[--d->fx->n_requests]);
    asks_of(d, "p2", command);
    press(d, "j");
    look(d, 1000);
    assert_true(ask_armed(d->m, model_selected_ask(d->m), d->now));
    return d;
}

/* Ctrl+X alone brings a list that covers the panes: what it covered when it was painted was not
 * seen. */
static void under_the_list_of_leader_keys_nothing_is_armed(void **state) {
    struct desk *d = armed();

    (void)state;
    asks_of(d, "p2", "ls");
    press(d, "j");
    press(d, "C-x");
    look(d, 1000);
    press(d, "5");
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 400);
    press(d, "y");
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

/* Every way on from a held grant but waiting where it can be seen. */
static void a_held_grant_leaves_only_before_ones_eyes(void **state) {
    static const char *const ways[] = {"u",   "Esc", "v",   "Enter", "M-p", "M-1",
                                       "M-2", "C-p", "Tab", "?",     "n",   "d"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(ways); i++) {
        struct desk *d = armed_with("sudo ls");
        size_t denied = strchr("nd", ways[i][0]) && !ways[i][1];

        press(d, "y");
        assert_int_equal(granted(d), 0);
        look(d, 450);
        press(d, ways[i]);
        for (int k = 0; k < 10; k++)
            look(d, 200);
        if (granted(d) != denied)
            fail_msg("%s: %zu", ways[i], granted(d));
        desk_free(d);
    }
}

static void a_paste_drops_a_held_grant(void **state) {
    struct desk *d = armed_with("sudo ls");

    (void)state;
    press(d, "y");
    press_key(d, (struct key){.code = K_PASTE, .paste = "ab", .n = 2});
    for (int k = 0; k < 10; k++)
        look(d, 200);
    assert_int_equal(granted(d), 0);
    desk_free(d);
}

static void a_held_grant_leaves_once_however_long_y_is_held(void **state) {
    struct desk *d = armed_with("sudo ls");

    (void)state;
    for (int i = 0; i < 100; i++) {
        press(d, "y");
        look(d, 30);
    }
    assert_int_equal(granted(d), 1);
    desk_free(d);
}

static void a_batch_is_armed_by_its_own_frame(void **state) {
    struct desk *d = armed_with("ls");

    (void)state;
    asks_of(d, "p3", "ls");
    press(d, "b");
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 1000);
    press(d, "b"); /* apart again */
    press(d, "y");
    assert_int_equal(granted(d), 0);
    look(d, 1000);
    press(d, "b");
    look(d, 1000);
    asks_of(d, "p4", "ls");
    press(d, "y");
    assert_int_equal(granted(d), 2);
    desk_free(d);
}

static void letters_of_a_reason_are_no_keys(void **state) {
    static const char text[] = "you may try again, no yy nn d b u R";
    struct desk *d = armed_with("ls");

    (void)state;
    press(d, "d");
    for (const char *p = text; *p; p++) {
        look(d, 500);
        press_key(d, (struct key){.code = (uint32_t)*p});
    }
    assert_int_equal(granted(d), 1); /* the denial */
    assert_string_equal(buf_str(&model_selected_ask(d->m)->reply.text), text);
    press(d, "Esc");
    assert_int_equal(granted(d), 1);
    assert_int_equal(d->m->ui.focus, PANE_PERMISSIONS);
    desk_free(d);
}

/* Nothing was denied, and what one writes believing that it was is still no key. */
static void letters_behind_an_early_d_are_no_keys_either(void **state) {
    struct desk *d = armed_with("ls");

    (void)state;
    act_look_again(d->m);
    press(d, "d");
    for (const char *p = "y y n y"; *p; p++) {
        look(d, 500);
        press_key(d, (struct key){.code = (uint32_t)*p});
    }
    assert_int_equal(granted(d), 0);
    desk_free(d);
}

static void an_expired_one_takes_no_key_and_sends_nothing_by_itself(void **state) {
    struct desk *d = armed_with("ls");

    (void)state;
    look(d, 29000);
    for (const char *p = "yndbRRR"; *p; p++) {
        look(d, 500);
        press_key(d, (struct key){.code = (uint32_t)*p});
    }
    assert_int_equal(granted(d), 0);
    assert_non_null(strstr(buf_str(&d->m->shown->draft.text), "please try again"));
    for (size_t i = 0; i < d->fx->n_requests; i++)
        assert_int_not_equal(d->fx->requests[i]->op, OP_MESSAGE_SEND);
    desk_free(d);
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(y_grants_the_armed_one),
        cmocka_unit_test(escape_then_y_never_decides),
        cmocka_unit_test(what_follows_a_paste_at_once_never_decides),
        cmocka_unit_test(a_burst_never_decides),
        cmocka_unit_test(after_a_suspend_it_is_looked_at_again),
        cmocka_unit_test(what_was_typed_before_it_was_shown_as_armed_never_decides),
        cmocka_unit_test(scrolling_in_bursts_disarms_nothing),
        cmocka_unit_test(a_held_y_never_decides),
        cmocka_unit_test(no_key_in_a_mode_of_the_thread_decides),
        cmocka_unit_test(under_the_list_of_leader_keys_nothing_is_armed),
        cmocka_unit_test(a_held_grant_leaves_only_before_ones_eyes),
        cmocka_unit_test(a_paste_drops_a_held_grant),
        cmocka_unit_test(a_held_grant_leaves_once_however_long_y_is_held),
        cmocka_unit_test(a_batch_is_armed_by_its_own_frame),
        cmocka_unit_test(letters_of_a_reason_are_no_keys),
        cmocka_unit_test(letters_behind_an_early_d_are_no_keys_either),
        cmocka_unit_test(an_expired_one_takes_no_key_and_sends_nothing_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
