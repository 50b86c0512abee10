/* The list above the composer: when it opens, what stands in it, and what a row becomes. */
#include "cpu_time.h"
#include "mix/complete.h"
#include "mix/editor.h"
#include "model_kit.h"

/* Unoptimised, perhaps under a sanitizer; it is to be 20 ms. */
enum { SLOWEST_MS = 300 };
static const char *const two[] = {"s1", "s2"};

/* ---- a small local disk below /w ---- */
static const char *const local_names[] = {
    "0notes.md",       "1src",          "0src/main.c", "0src/lexer.c",
    "0docs/manual.md", "0src/map in.c", "2src/pipe",   "0evil\033[31m\n\u202ename.c",
    "0\xff\xfe.bin",
};

static void disk(struct kit *k, struct task *t) {
    auto_buf struct buf chunk = {.max = 8192};
    (void)k;

    if (t->kind == TASK_TREE) {
        for (size_t i = 0; i < MIX_COUNT(local_names); i++)
            (void)buf_add(&chunk, local_names[i], strlen(local_names[i]) + 1);
        if (t->hidden)
            (void)buf_add(&chunk, "0.hidden", 9);
        char *copy = arena_alloc(&t->arena, chunk.n + 1);

        memcpy(copy, chunk.p, chunk.n);
        t->data = copy;
        t->len = chunk.n;
    } else if (t->kind == TASK_STAT) {
        t->entries = arena_alloc(&t->arena, sizeof *t->entries);
        t->n_entries = 1;
        t->entries[0] = (struct dir_entry){.name = t->path, .size = 4242, .readable = true};
    } else if (t->kind == TASK_SCAN) {
        t->entries = arena_alloc(&t->arena, 4 * sizeof *t->entries);
        t->n_entries = 4;
        t->entries[0] = (struct dir_entry){.name = "lib", .is_dir = true};
        t->entries[1] = (struct dir_entry){.name = "two words", .is_dir = true};
        t->entries[2] = (struct dir_entry){.name = "notes.txt", .size = 7, .readable = true};
        t->entries[3] = (struct dir_entry){.name = ".profile", .size = 9, .hidden = true};
    }
}

static struct kit *start(void) {
    const struct model_config config = {.url = "http://localhost:8088", .start_dir = "/w"};
    struct kit *k = kit_online_with(config, GEN_TOP, two, 2);
    struct command_info commands[] = {
        {.name = "commit", .description = "make a commit\033[2J", .usage = "/commit MESSAGE"},
        {.name = "compact", .description = "shorten the history"},
        {.name = "help", .description = "of the server"},
    };

    k->local = disk;
    kit_reply(k, OP_COMMANDS_LIST, commands, MIX_COUNT(commands));
    act_focus(k->m, PANE_COMPOSER);
    act_resize(k->m, 80, 24);
    return k;
}

/* Letter by letter, as somebody does. */
static void type(struct kit *k, const char *text) {
    for (const char *p = text; *p; p++) {
        (void)editor_insert(&k->m->shown->draft, p, 1);
        act_draft_changed(k->m, k->m->shown);
        act_complete_typed(k->m, k->fx);
        act_complete_look(k->m);
        kit_step(k);
        for (int i = 0; i < 5; i++)
            kit_tick(k);
    }
}

static const char *draft(const struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static const struct complete *list(const struct kit *k) { return complete_shown(k->m); }

static const struct complete_row *row(const struct kit *k, const char *text) {
    const struct complete *c = list(k);

    assert_non_null(c);
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->rows[i].text, text))
            return &c->rows[i];
    return NULL;
}

static void uploads(struct kit *k) {
    struct file_info files[] = {
        {.name = "main_old.c", .size = 12, .url = "http://localhost:8088/f/main_old.c"},
        {.name = "shot.png", .size = 99},
    };

    kit_reply(k, OP_FILES_LIST, files, MIX_COUNT(files));
}

/* ---- opening ---- */
static void it_opens_for_words_that_begin_so(void **state) {
    static const struct {
        const char *text;
        bool opens;
    } table[] = {
        {"/", true},        {"/com", true},       {"@", true},         {"see @ma", true},
        {"(@ma", true},     {"hello", false},     {"a/com", false},    {" /com", false},
        {"x\n/com", false}, {"me@ma", false},     {"/nothing", false}, {"@zzzzqq", false},
        {"/help", false}, /* nothing is left to complete */
        {"@ma ", false},    {"/commit x", false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = start();

        type(k, table[i].text);
        if ((list(k) != NULL) != table[i].opens)
            fail_msg("\"%s\"", table[i].text);
        assert_string_equal(draft(k), table[i].text);
        kit_free(k);
    }
}

static void recalled_prompts_do_not_open_it(void **state) {
    struct kit *k = start();

    (void)state;
    kit_type(k, "/com");
    act_draft_clear(k->m);
    assert_true(act_history(k->m, -1));
    act_complete_typed(k->m, k->fx);
    assert_null(list(k));
    kit_free(k);
}

static void esc_shuts_it_until_another_word_begins(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@ma");
    act_complete_close(k->m);
    assert_null(list(k));
    type(k, "in");
    assert_null(list(k));
    assert_string_equal(draft(k), "@main");
    type(k, " @");
    assert_non_null(list(k));
    kit_free(k);
}

static void moving_away_shuts_it(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@ma");
    (void)editor_move(&k->m->shown->draft, TO_LEFT);
    act_complete_look(k->m);
    assert_null(list(k));
    act_complete(k->m, k->fx); /* Tab opens it again */
    assert_non_null(list(k));
    act_focus(k->m, PANE_THREAD);
    assert_null(list(k));
    kit_free(k);
}

static void tab_says_when_there_is_nothing(void **state) {
    static const struct {
        const char *text, *says;
    } table[] = {{"hello", "completes @names"},
                 {"", "completes @names"},
                 {"/nothing", "no command"},
                 {"@zzqqxx", "no file"}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = start();

        type(k, table[i].text);
        act_complete(k->m, k->fx);
        kit_step(k);
        act_complete(k->m, k->fx);
        assert_non_null(strstr(kit_notice(k), table[i].says));
        assert_string_equal(draft(k), table[i].text);
        kit_free(k);
    }
}

/* ---- commands ---- */
static void commands_have_their_words(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "/");
    assert_int_equal(list(k)->n, 8); /* six of its own, and two: /help is told once */
    assert_string_equal(row(k, "/commit")->hint, "MESSAGE");
    assert_null(strchr(row(k, "/commit")->detail, '\033'));
    assert_null(row(k, "/compact")->hint);
    assert_non_null(row(k, "/permissions"));
    type(k, "comit");
    assert_int_equal(list(k)->n, 1);
    act_complete_accept(k->m, k->fx);
    assert_string_equal(draft(k), "/commit ");
    assert_null(list(k));
    assert_string_equal(complete_hint(k->m), "MESSAGE");
    type(k, "x");
    assert_null(complete_hint(k->m));
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    kit_free(k);
}

static void own_commands_need_no_server(void **state) {
    static const struct {
        const char *text;
        enum overlay over;
        int panel;
    } table[] = {{"/mcp", OVER_PANEL, PANEL_MCP},
                 {"/model ", OVER_PANEL, PANEL_PREFERENCES},
                 {"/help \n", OVER_COMMANDS, -1}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = start();

        kit_send(k, table[i].text);
        assert_int_equal(k->m->ui.over, table[i].over);
        if (table[i].panel >= 0)
            assert_int_equal(k->m->ui.panel->id, table[i].panel);
        assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
        assert_string_equal(draft(k), "");
        kit_free(k);
    }
    struct kit *k = start();

    k->selecting = true;
    kit_send(k, "/permissions");
    assert_int_equal(k->m->ui.focus, PANE_PERMISSIONS);
    kit_free(k);
}

/* A command made of a file is answered with the prompt it stands for. */
static void answer_with_prompt(struct kit *k, const char *command, const char *prompt) {
    struct send_ack ack = {.message = {.id = "cmd-1",
                                       .role = "assistant",
                                       .user_input = command,
                                       .assistant_response = prompt}};

    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
}

static void what_a_command_stands_for_is_looked_at_before_it_goes(void **state) {
    struct kit *k = start();
    struct session *s = k->m->shown;

    (void)state;
    kit_send(k, "/compact now");
    answer_with_prompt(k, "/compact now", "Shorten the history, now.");
    assert_string_equal(draft(k), "Shorten the history, now.");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    kit_send(k, "/compact again");
    kit_type(k, "written meanwhile");
    answer_with_prompt(k, "/compact again", "Shorten it again.");
    assert_string_equal(draft(k), "written meanwhile");
    assert_int_equal(s->n_queue, 1);
    assert_true(s->held);
    assert_string_equal(s->queue[0].text, "Shorten it again.");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    kit_free(k);
}

static void what_is_no_command_is_not_sent(void **state) {
    static const char *const table[] = {
        "//", "/usr/bin/env is a path", "/nothing", " /commit x", "/", "\n//x"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = start();

        kit_send(k, table[i]);
        assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
        assert_string_equal(draft(k), table[i]);
        assert_true(strstr(kit_notice(k), "put a word before it") ||
                    strstr(kit_notice(k), "Put a word before it"));
        kit_free(k);
    }
}

/* ---- files ---- */
static void uploads_and_local_files_stand_together(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@main");
    uploads(k);
    assert_int_equal(row(k, "main_old.c")->from, ROW_UPLOADED);
    assert_int_equal(row(k, "main_old.c")->size, 12);
    assert_int_equal(row(k, "src/main.c")->from, ROW_LOCAL);
    assert_int_equal(row(k, "src/main.c")->size, 4242);
    assert_null(row(k, "notes.md"));
    kit_free(k);
}

static void what_is_no_file_is_not_offered(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@s");
    assert_null(row(k, "src"));
    assert_null(row(k, "src/pipe"));
    assert_non_null(row(k, "src/main.c"));
    kit_free(k);
}

static void hidden_ones_come_when_they_are_asked_for(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@h");
    assert_null(list(k) ? row(k, ".hidden") : NULL);
    kit_type(k, "");
    type(k, "@.h");
    assert_non_null(row(k, ".hidden"));
    kit_free(k);
}

static void a_local_file_becomes_a_chip(void **state) {
    struct kit *k = start();
    const struct editor *e = &k->m->shown->draft;

    (void)state;
    type(k, "see @srcmain");
    assert_string_equal(list(k)->rows[0].text, "src/main.c");
    act_complete_accept(k->m, k->fx);
    assert_string_equal(draft(k), "see @src/main.c ");
    assert_int_equal(e->caret, e->text.n);
    assert_int_equal(e->n_chips, 1);
    assert_int_equal(e->chips[0].off, 4);
    assert_int_equal(e->chips[0].len, 11);
    assert_string_equal(e->chips[0].path, "/w/src/main.c");
    assert_int_equal(kit_count(k, OP_FILE_UPLOAD), 0);
    assert_true(editor_undo(&k->m->shown->draft));
    assert_string_equal(draft(k), "see @srcmain");
    kit_free(k);
}

static void an_upload_becomes_its_url_when_it_is_sent(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "see @old");
    uploads(k);
    act_complete_accept(k->m, k->fx);
    assert_string_equal(draft(k), "see @main_old.c ");
    type(k, "and");
    act_send(k->m, k->fx);
    kit_step(k);
    const struct message_send *in = kit_last(k, OP_MESSAGE_SEND)->in;

    assert_string_equal(in->text, "see http://localhost:8088/f/main_old.c and");
    kit_free(k);
}

static void paths_from_elsewhere_are_walked(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@../");
    assert_int_equal(row(k, "../lib/")->from, ROW_DIRECTORY);
    assert_null(row(k, "../.profile"));
    assert_null(row(k, "../two words/")); /* what is typed could not say where one is */
    type(k, "l");
    act_complete_accept(k->m, k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "@../lib/");
    assert_non_null(row(k, "../lib/notes.txt"));
    type(k, "notes");
    act_complete_accept(k->m, k->fx);
    assert_string_equal(draft(k), "@../lib/notes.txt ");
    assert_string_equal(k->m->shown->draft.chips[0].path, "/w/../lib/notes.txt");
    kit_free(k);
}

static void hostile_names_are_shown_clean_and_kept_as_they_are(void **state) {
    struct kit *k = start();
    const struct editor *e = &k->m->shown->draft;

    (void)state;
    type(k, "@evil");
    const char *shown = list(k)->rows[0].text;

    assert_null(strpbrk(shown, "\033\n"));
    assert_null(strstr(shown, "\u202e"));
    act_complete_accept(k->m, k->fx);
    assert_int_equal(e->n_chips, 1);
    assert_string_equal(e->chips[0].path, "/w/evil\033[31m\n\u202ename.c");
    assert_true(text_valid(draft(k), strlen(draft(k))));
    kit_type(k, "");
    type(k, "@.bin");
    act_complete(k->m, k->fx);
    kit_free(k);
}

static void a_file_of_255_bytes_fits(void **state) {
    struct kit *k = start();
    char path[300] = "/w/";

    (void)state;
    memset(path + 3, 'n', 255);
    path[258] = '\0';
    kit_type(k, "see");
    act_attach(k->m, path, NULL);
    assert_int_equal(k->m->shown->draft.n_chips, 1);
    assert_int_equal(k->m->shown->draft.chips[0].len, 256);
    assert_int_equal(k->m->shown->draft.chips[0].off, 4);
    kit_free(k);
}

static void a_draft_that_became_another_shuts_it(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "@main");
    assert_non_null(list(k));
    kit_type(k, "precious words"); /* what a command stood for came, say */
    assert_null(list(k));
    act_complete_accept(k->m, k->fx);
    assert_string_equal(draft(k), "precious words");
    kit_free(k);
}

/* ---- many ---- */
static void many(struct kit *k, struct task *t) {
    if (t->kind != TASK_TREE) {
        disk(k, t);
        return;
    }
    struct buf all = {.max = 64 * MIX_MIB};
    char name[80];

    for (unsigned i = 0; i < 200000; i++) {
        const int n =
            snprintf(name, sizeof name, "0src/module%u/part%u/file_%u.c", i % 97, i % 13, i);

        (void)buf_add(&all, name, (size_t)n + 1);
    }
    char *copy = arena_alloc(&t->arena, all.n);

    memcpy(copy, all.p, all.n);
    t->data = copy;
    t->len = all.n;
    buf_fini(&all);
}

static void two_hundred_thousand_names_keep_no_key_waiting(void **state) {
    struct kit *k = start();
    double worst_key = 0, worst_tick = 0;

    (void)state;
    k->local = many;
    type(k, "@");
    for (const char *p = "mod7par3fil99"; *p; p++) {
        const double from = cpu_ms();

        (void)editor_insert(&k->m->shown->draft, p, 1);
        act_draft_changed(k->m, k->m->shown);
        act_complete_typed(k->m, k->fx);
        const double key = cpu_ms() - from;

        worst_key = key > worst_key ? key : worst_key;
        kit_step(k);
        for (int i = 0; i < 200 && model_next_tick(k->m, k->now) == k->now; i++) {
            const double before = cpu_ms();

            kit_tick(k);
            worst_tick = cpu_ms() - before > worst_tick ? cpu_ms() - before : worst_tick;
        }
    }
    assert_false(list(k)->looking);
    assert_non_null(strstr(list(k)->rows[0].text, "99"));
    print_message("worst key %.1f ms, worst slice %.1f ms\n", worst_key, worst_tick);
    assert_true(worst_key < SLOWEST_MS && worst_tick < SLOWEST_MS);
    kit_free(k);
}

static void moving_stays_within_the_list(void **state) {
    struct kit *k = start();

    (void)state;
    type(k, "/");
    act_complete_move(k->m, -1, k->fx);
    assert_int_equal(list(k)->cursor, 0);
    act_complete_move(k->m, 100, k->fx);
    assert_int_equal(list(k)->cursor, list(k)->n - 1);
    act_complete_move(k->m, 1, k->fx);
    assert_int_equal(list(k)->cursor, list(k)->n - 1);
    kit_free(k);
}

static size_t n_scans;

static void no_directory(struct kit *k, struct task *t) {
    (void)k;
    if (t->kind == TASK_TREE && ++n_scans > 100)
        fail_msg("it is scanned for ever");
    (void)err_set(&t->err, RC_IO, 2, "could not list /w: No such file or directory");
}

static void a_start_directory_that_is_gone_is_not_scanned_again_and_again(void **state) {
    struct kit *k = start();

    (void)state;
    k->local = no_directory;
    type(k, "@m");
    assert_int_equal(n_scans, 1);
    type(k, "ai");
    assert_int_equal(n_scans, 1);
    kit_pass(k, 60000);
    type(k, "n"); /* it may have come back */
    assert_int_equal(n_scans, 2);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_for_words_that_begin_so),
        cmocka_unit_test(recalled_prompts_do_not_open_it),
        cmocka_unit_test(esc_shuts_it_until_another_word_begins),
        cmocka_unit_test(moving_away_shuts_it),
        cmocka_unit_test(tab_says_when_there_is_nothing),
        cmocka_unit_test(commands_have_their_words),
        cmocka_unit_test(own_commands_need_no_server),
        cmocka_unit_test(what_a_command_stands_for_is_looked_at_before_it_goes),
        cmocka_unit_test(what_is_no_command_is_not_sent),
        cmocka_unit_test(uploads_and_local_files_stand_together),
        cmocka_unit_test(what_is_no_file_is_not_offered),
        cmocka_unit_test(hidden_ones_come_when_they_are_asked_for),
        cmocka_unit_test(a_local_file_becomes_a_chip),
        cmocka_unit_test(an_upload_becomes_its_url_when_it_is_sent),
        cmocka_unit_test(paths_from_elsewhere_are_walked),
        cmocka_unit_test(hostile_names_are_shown_clean_and_kept_as_they_are),
        cmocka_unit_test(a_file_of_255_bytes_fits),
        cmocka_unit_test(a_draft_that_became_another_shuts_it),
        cmocka_unit_test(two_hundred_thousand_names_keep_no_key_waiting),
        cmocka_unit_test(moving_stays_within_the_list),
        cmocka_unit_test(a_start_directory_that_is_gone_is_not_scanned_again_and_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
