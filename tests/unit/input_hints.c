/* What the hints of the permissions say: never a key that means something else there. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/input/private.h"

struct desk {
    struct model *m;
    struct input *in;
    struct effects *fx;
    int64_t now;
};

static void event(struct desk *d, enum ev kind, struct event_data data) {
    struct incoming *in = incoming_new(IN_EVENTS, d->m->sessions[0]->stream);

    in->events = arena_alloc(&in->arena, sizeof *in->events);
    in->events->kind = kind;
    in->events->data = data;
    in->at = d->now;
    model_apply(d->m, in, d->now, d->now, d->fx);
}

static void look(struct desk *d, int64_t ms) {
    input_refresh(d->in, d->m);
    model_painted(d->m, d->now);
    d->now += ms;
    model_tick(d->m, d->now, d->now, d->fx);
    input_refresh(d->in, d->m);
}

static void press(struct desk *d, const char *name) {
    struct key k;

    assert_true(key_parse(&k, name));
    input_key(d->in, d->m, &k, d->now, d->now, d->fx);
}

static struct desk *online(void) {
    struct desk *d = xcalloc(1, sizeof *d);
    struct model_config config = {.url = "http://localhost:8088", .session_id = "s1"};

    d->now = 1000000;
    d->fx = effects_new();
    d->in = input_new();
    d->m = model_new(&config, d->now, d->now, d->fx);
    act_resize(d->m, 80, 24);
    return d;
}

static void enter(struct desk *d) {
    press(d, "M-p");
    look(d, 1000);
}

static struct desk *permission(const char *params) {
    struct desk *d = online();

    event(d, EV_PERMISSION,
          (struct event_data){
              .id = "p1", .session_id = "s1", .tool_name = "Bash", .params_raw = params});
    enter(d);
    return d;
}

static struct desk *question(const char *type) {
    static const char *choices[] = {"red", "green"};
    struct desk *d = online();

    event(d, EV_NOTIFICATION,
          (struct event_data){.id = "n1",
                              .session_id = "s1",
                              .notification_type = "question",
                              .title = "Colour",
                              .message = "Which?",
                              .response_type = type,
                              .choices = {choices, strcmp(type, "choice") == 0 ? 2 : 0},
                              .timeout_s = 60});
    enter(d);
    return d;
}

static void desk_free(struct desk *d) {
    model_free(d->m);
    input_free(d->in);
    effects_free(d->fx);
    free(d);
}

/* -1: it is not hinted */
static int hint(const struct desk *d, enum cmd c) {
    for (size_t i = 0; i < d->m->ui.n_hints; i++)
        if (d->m->ui.hints[i].command == (uint32_t)c)
            return (int)i;
    return -1;
}

static bool letters_hinted(const struct desk *d) {
    for (size_t i = 0; i < d->m->ui.n_hints; i++)
        if (strlen(d->m->ui.hints[i].keys) == 1)
            return true;
    return false;
}

static void in_the_field_of_a_reason_no_letter_is_hinted(void **state) {
    struct desk *d = permission("{\"command\":\"make\"}");

    (void)state;
    assert_true(letters_hinted(d));
    press(d, "d");
    look(d, 0);
    assert_true(d->m->ui.replying);
    assert_false(letters_hinted(d));
    assert_int_equal(hint(d, CMD_FIELD_DONE), 0);
    assert_string_equal(d->m->ui.hints[0].label, "next message");
    assert_int_equal(hint(d, CMD_FIELD_LEAVE), 1);
    desk_free(d);
}

static void in_a_filter_no_letter_is_hinted(void **state) {
    struct desk *d = online();

    (void)state;
    press(d, "M-1");
    press(d, "/");
    look(d, 0);
    assert_false(letters_hinted(d));
    assert_int_equal(hint(d, CMD_FIELD_DONE), 0);
    desk_free(d);
}

static void of_a_question_the_answer_is_hinted_first(void **state) {
    struct desk *d = question("choice");

    (void)state;
    assert_int_equal(hint(d, CMD_ASK_ANSWER), 0);
    assert_int_equal(hint(d, CMD_CHOICE_NEXT), 1);
    assert_true(hint(d, CMD_ASK_VIEW) >= 0);
    assert_true(hint(d, CMD_ASK_LEAVE) >= 0);
    assert_int_equal(hint(d, CMD_GRANT), -1);
    press(d, "r");
    look(d, 500);
    assert_int_equal(hint(d, CMD_ASK_ANSWER), -1);
    assert_int_equal(hint(d, CMD_CHOICE_NEXT), -1);
    desk_free(d);
}

static void of_a_held_grant_its_end_is_hinted_and_no_second_grant(void **state) {
    struct desk *d = permission("{\"command\":\"sudo ls\"}");

    (void)state;
    assert_true(hint(d, CMD_GRANT) >= 0);
    assert_int_equal(hint(d, CMD_HOLD_DROP), -1);
    press(d, "y");
    look(d, 100);
    assert_int_equal(hint(d, CMD_HOLD_DROP), 0);
    assert_int_equal(hint(d, CMD_GRANT), -1);
    assert_true(hint(d, CMD_DENY) >= 0);
    desk_free(d);
}

/* What is typed on goes into the answer, not to the keys of the pane. */
static void an_answer_that_comes_early_stays_in_its_field(void **state) {
    struct desk *d = question("text");
    const struct ask *a = model_selected_ask(d->m);

    (void)state;
    press(d, "r");
    press(d, "x");
    d->m->ui.last_decision_at = d->now;
    press(d, "Enter");
    assert_true(ask_answerable(a));
    assert_true(d->m->ui.early);
    assert_true(d->m->ui.replying);
    look(d, 500);
    press(d, "y");
    press(d, "Enter");
    assert_int_equal(a->state, ASK_SENT);
    assert_string_equal(buf_str(&a->reply.text), "xy");
    assert_false(d->m->ui.replying);
    desk_free(d);
}

/* The caret comes back as well as the pane: `dd` behind a filter is text, and deletes nothing. */
static void behind_a_request_what_is_typed_goes_on_where_it_went(void **state) {
    static const struct {
        const char *pane;
        bool typing;
    } cases[] = {{"M-1", true}, {"M-2", true}, {"M-3", true}, {"M-1", false}, {"M-3", false}};
    static const char *const ways_back[] = {"M-p", "Esc"};

    (void)state;
    for (size_t i = 0; i < 2 * MIX_COUNT(cases); i++) {
        const bool typing = cases[i / 2].typing;
        struct desk *d = permission("{\"command\":\"make\"}");

        press(d, cases[i / 2].pane);
        if (typing) {
            press(d, "/");
            press(d, "a");
        }
        const struct editor *field = field_focused(d->m);

        assert_int_equal(typing, field != NULL);
        press(d, "M-p");
        look(d, 500);
        assert_null(field_focused(d->m));
        press(d, ways_back[i % 2]);
        assert_ptr_equal(field_focused(d->m), field);
        if (typing) {
            press(d, "d");
            assert_string_equal(buf_str(&field->text), "ad");
        }
        desk_free(d);
    }
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_field_of_a_reason_no_letter_is_hinted),
        cmocka_unit_test(in_a_filter_no_letter_is_hinted),
        cmocka_unit_test(of_a_question_the_answer_is_hinted_first),
        cmocka_unit_test(of_a_held_grant_its_end_is_hinted_and_no_second_grant),
        cmocka_unit_test(behind_a_request_what_is_typed_goes_on_where_it_went),
        cmocka_unit_test(an_answer_that_comes_early_stays_in_its_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
