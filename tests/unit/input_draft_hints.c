/* What the hints of the composer say: only what the next key really does. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "../../src/input/private.h"

struct desk {
    struct model *m;
    struct input *in;
    struct effects *fx;
};

static void press(struct desk *d, const char *name) {
    struct key k;

    assert_true(key_parse(&k, name));
    input_key(d->in, d->m, &k, 1000, 1000, d->fx);
    input_refresh(d->in, d->m);
}

static int set_up_as(void **state, bool vi) {
    static struct desk d;
    struct model_config config = {.url = "http://localhost:8088", .session_id = "s1", .vi = vi};

    d = (struct desk){.fx = effects_new(), .in = input_new()};
    d.m = model_new(&config, 1000, 1000, d.fx);
    act_resize(d.m, 80, 24);
    act_focus(d.m, PANE_COMPOSER);
    *state = &d;
    return 0;
}

static int set_up(void **state) { return set_up_as(state, false); }
static int set_up_vi(void **state) { return set_up_as(state, true); }

static int tear_down(void **state) {
    struct desk *d = *state;

    model_free(d->m);
    input_free(d->in);
    effects_free(d->fx);
    return 0;
}

static const char *keys_of(struct desk *d, enum cmd c) {
    input_refresh(d->in, d->m);
    for (size_t i = 0; i < d->m->ui.n_hints; i++)
        if (d->m->ui.hints[i].command == (uint32_t)c)
            return d->m->ui.hints[i].keys;
    return NULL;
}

static void changed(struct desk *d) { d->m->rev++; }

static void a_draft_of_another_mixtui_names_the_way_to_take_it_over(void **state) {
    struct desk *d = *state;

    assert_non_null(keys_of(d, CMD_SEND));
    d->m->shown->own = OWN_OTHER;
    changed(d);
    assert_null(keys_of(d, CMD_SEND));
    assert_null(keys_of(d, CMD_NEWLINE));
    assert_string_equal(keys_of(d, CMD_TAKE_OVER), "Ctrl+X =");
}

static void a_draft_in_an_editor_names_the_way_out_of_it(void **state) {
    struct desk *d = *state;

    d->m->shown->away = true;
    changed(d);
    assert_null(keys_of(d, CMD_SEND));
    assert_string_equal(keys_of(d, CMD_EDITOR), "Ctrl+X e");
}

static void where_vi_selects_nothing_is_sent(void **state) {
    struct desk *d = *state;

    press(d, "a");
    press(d, "Esc");
    assert_non_null(keys_of(d, CMD_SEND));
    press(d, "v");
    assert_null(keys_of(d, CMD_SEND));
}

static void what_vi_lacks_here_is_said(void **state) {
    struct desk *d = *state;

    press(d, "a");
    press(d, "Esc");
    press(d, ":");
    assert_non_null(strstr(d->m->notices[d->m->n_notices - 1].text, "Ctrl+P"));
    assert_string_equal(buf_str(&d->m->shown->draft.text), "a");
    const size_t said = d->m->n_notices;

    press(d, "f"); /* goes to the next one */
    press(d, "/");
    assert_int_equal(d->m->n_notices, said);
}

static void over_completions_no_key_of_the_panes_is_named(void **state) {
    struct desk *d = *state;

    press(d, "/");
    assert_non_null(keys_of(d, CMD_COMPLETE_TAKE));
    assert_string_equal(keys_of(d, CMD_HELP), "F1");
    assert_null(keys_of(d, CMD_PALETTE)); /* its key goes up there */
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_draft_of_another_mixtui_names_the_way_to_take_it_over),
        T(a_draft_in_an_editor_names_the_way_out_of_it),
        cmocka_unit_test_setup_teardown(where_vi_selects_nothing_is_sent, set_up_vi, tear_down),
        cmocka_unit_test_setup_teardown(what_vi_lacks_here_is_said, set_up_vi, tear_down),
        T(over_completions_no_key_of_the_panes_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
