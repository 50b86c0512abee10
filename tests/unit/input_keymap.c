/* The command table holds together: names, keys, twins; and the rules of deciding keys. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/input/private.h"

static void every_command_has_a_name_a_label_a_sentence_and_a_function(void **state) {
    (void)state;
    for (int c = 0; c < CMD_COUNT; c++) {
        const struct command *row = command_row((enum cmd)c);
        assert_non_null(row->run);
        assert_true(row->name[0] && row->label[0] && row->help[0] && row->bindings[0]);
        assert_true(command_home((enum cmd)c) < SCOPE_COUNT);
        for (int other = 0; other < c; other++)
            assert_string_not_equal(row->name, command_row((enum cmd)other)->name);
    }
}

static void no_two_commands_share_a_key_in_a_scope(void **state) {
    (void)state;
    struct keymap k = {0};
    keymap_defaults(&k);
    for (size_t i = 0; i < k.n; i++)
        for (size_t j = 0; j < i; j++)
            if (k.v[i].scope == k.v[j].scope && key_same(&k.v[i].key, &k.v[j].key)) {
                print_error("%s and %s\n", command_row(k.v[i].command)->name,
                            command_row(k.v[j].command)->name);
                fail();
            }
    free(k.v);
}

static bool bound(const struct keymap *k, enum cmd c, enum scope scope) {
    for (size_t i = 0; i < k->n; i++)
        if (k->v[i].command == c && k->v[i].scope == scope)
            return true;
    return false;
}

/* Every Alt chord of `everywhere` has a Ctrl+X twin, so that terminals that eat Alt lose nothing.
 */
static void every_alt_chord_has_a_twin(void **state) {
    (void)state;
    struct keymap k = {0};
    keymap_defaults(&k);
    for (size_t i = 0; i < k.n; i++)
        if ((k.v[i].key.mods & MOD_ALT) && k.v[i].scope == SCOPE_EVERYWHERE)
            assert_true(bound(&k, k.v[i].command, SCOPE_LEADER));
    free(k.v);
}

static void only_y_and_n_of_the_permissions_pane_decide(void **state) {
    (void)state;
    struct keymap k = {0};
    keymap_defaults(&k);
    for (size_t i = 0; i < k.n; i++) {
        const struct binding *b = &k.v[i];
        if (b->command == CMD_GRANT || b->command == CMD_DENY) {
            assert_int_equal(b->scope, SCOPE_PERMISSIONS);
            assert_int_equal(b->key.mods, 0);
            assert_int_equal(b->key.code, b->command == CMD_GRANT ? 'y' : 'n');
        } else {
            assert_false(b->key.code == 'y' && b->key.mods == 0); /* y does nothing else */
        }
        assert_false(b->command == CMD_PERMISSIONS &&
                     (b->key.code == K_TAB || b->key.code == K_BACKTAB));
    }
    free(k.v);
}

/* Over a slow line Esc and a letter are the same bytes. */
static void no_chord_that_begins_with_esc_can_be_made_to_decide(void **state) {
    static const char *const commands[] = {"grant", "deny", "deny-why", "ask-answer"};
    static const char *const keys[] = {"M-y", "Esc", "Tab", "S-Tab", "Enter", "z,C-M-y"};
    (void)state;
    for (size_t c = 0; c < MIX_COUNT(commands); c++)
        for (size_t i = 0; i < MIX_COUNT(keys); i++) {
            struct keymap k = {0};
            struct key z;
            keymap_defaults(&k);
            assert_true(key_parse(&z, "z"));
            assert_non_null(keymap_bind(&k, commands[c], keys[i]));
            assert_int_equal(keymap_find(&k, SCOPE_PERMISSIONS, &z), CMD_COUNT);
            assert_null(keymap_bind(&k, commands[c], "z"));
            assert_int_equal(command_home(keymap_find(&k, SCOPE_PERMISSIONS, &z)),
                             SCOPE_PERMISSIONS);
            free(k.v);
        }
}

static void key_names_are_read_and_written(void **state) {
    (void)state;
    static const struct {
        const char *name, *shown;
        uint32_t code;
        uint8_t mods;
    } table[] = {
        {"a", "a", 'a', 0},
        {"C-x", "Ctrl+X", 'x', MOD_CTRL},
        {"M-a", "Alt+A", 'a', MOD_ALT},
        {"S-Tab", "Shift+Tab", K_BACKTAB, 0},
        {"Space", "Space", ' ', 0},
        {"Comma", ",", ',', 0},
        {"F12", "F12", K_F12, 0},
        {"-", "-", '-', 0},
        {"C--", "Ctrl+-", '-', MOD_CTRL},
        {"é", "é", 0xe9, 0},
        {"M-Enter", "Alt+Enter", K_ENTER, MOD_ALT},
        {"C-M-x", "Ctrl+Alt+X", 'x', MOD_CTRL | MOD_ALT},
    };
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct key k;
        char shown[32];
        assert_true(key_parse(&k, table[i].name));
        assert_int_equal(k.code, table[i].code);
        assert_int_equal(k.mods, table[i].mods);
        key_text(shown, sizeof shown, &k);
        assert_string_equal(shown, table[i].shown);
    }
    static const char *const bad[] = {"", "ab", "C-", "X-a", "Entr", "\xff", "C-xy"};
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        struct key k;
        assert_false(key_parse(&k, bad[i]));
    }
}

static void a_binding_replaces_and_none_unbinds(void **state) {
    (void)state;
    struct keymap k = {0};
    struct key f5, n;
    keymap_defaults(&k);
    assert_true(key_parse(&f5, "F5") && key_parse(&n, "n"));
    assert_null(keymap_bind(&k, "session-new", "F5"));
    assert_int_equal(keymap_find(&k, SCOPE_SESSIONS, &f5), CMD_SESSION_NEW);
    assert_int_equal(keymap_find(&k, SCOPE_SESSIONS, &n), CMD_COUNT);
    assert_null(keymap_bind(&k, "session-new", "none"));
    assert_int_equal(keymap_find(&k, SCOPE_SESSIONS, &f5), CMD_COUNT);
    assert_non_null(keymap_bind(&k, "session-gnu", "F5"));
    assert_non_null(keymap_bind(&k, "session-new", "F55"));
    free(k.v);
}

static void a_deciding_key_cannot_be_a_chord_that_begins_with_escape(void **state) {
    (void)state;
    struct keymap k = {0};
    struct key y;
    keymap_defaults(&k);
    static const char *const bad[] = {"M-y", "Esc", "Tab", "S-Tab", "Enter", "y, M-g"};
    for (size_t i = 0; i < MIX_COUNT(bad); i++)
        assert_non_null(keymap_bind(&k, "grant", bad[i]));
    assert_true(key_parse(&y, "y"));
    assert_int_equal(keymap_find(&k, SCOPE_PERMISSIONS, &y),
                     CMD_GRANT); /* a refused line changes nothing */
    assert_null(keymap_bind(&k, "grant", "н"));
    free(k.v);
}

static void choices_are_moved_only_where_there_are_some(void **state) {
    (void)state;
    const char *names[] = {"a", "b"};
    struct ask ask = {.id = (char[]){"p1"}, .kind = ASK_PERMISSION}, *asks[] = {&ask};
    struct model m = {.asks = asks, .n_asks = 1, .ui.ask_cursor = (char[]){"p1"}};
    const struct command *next = command_row(CMD_CHOICE_NEXT);
    const struct command *previous = command_row(CMD_CHOICE_PREVIOUS);

    assert_non_null(next->why_not(&m));
    assert_non_null(previous->why_not(&m));
    ask.kind = ASK_QUESTION;
    ask.choices = (struct strings){names, 2};
    assert_null(next->why_not(&m));
    assert_null(previous->why_not(&m));
    m.n_asks = 0;
    assert_non_null(next->why_not(&m));
}

static void the_key_document_names_every_command(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, MIX_MIB);
    input_document(&text, 1);
    for (int c = 0; c < CMD_COUNT; c++)
        assert_non_null(strstr(buf_str(&text), command_row((enum cmd)c)->name));
    buf_fini(&text);
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_a_name_a_label_a_sentence_and_a_function),
        cmocka_unit_test(no_two_commands_share_a_key_in_a_scope),
        cmocka_unit_test(every_alt_chord_has_a_twin),
        cmocka_unit_test(only_y_and_n_of_the_permissions_pane_decide),
        cmocka_unit_test(no_chord_that_begins_with_esc_can_be_made_to_decide),
        cmocka_unit_test(key_names_are_read_and_written),
        cmocka_unit_test(a_binding_replaces_and_none_unbinds),
        cmocka_unit_test(a_deciding_key_cannot_be_a_chord_that_begins_with_escape),
        cmocka_unit_test(choices_are_moved_only_where_there_are_some),
        cmocka_unit_test(the_key_document_names_every_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
