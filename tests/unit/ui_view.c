/* Whole screens, compared with pictures in tests/fixtures/screens; UPDATE_GOLDEN=1 draws them anew.
 */
#include "ui_fixture.h"

/* Draws a scene at one size after `arrange` has changed it. */
static void scene(const char *name, int cols, int rows, void (*arrange)(struct fixture *f)) {
    struct fixture *f = fixture_new(cols, rows);

    if (arrange)
        arrange(f);
    assert_screen(f, name);
    fixture_free(f);
}

static void every_width_has_its_layout(void **state) {
    static const int sizes[][2] = {{200, 50}, {140, 40}, {100, 30}, {80, 24}, {40, 10}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(sizes); i++)
        scene("main", sizes[i][0], sizes[i][1], NULL);
}

static void a_terminal_too_small_is_told_so(void **state) {
    (void)state;
    scene("main", 20, 5, NULL);
    scene("main", 39, 24, NULL);
    scene("main", 80, 9, NULL);
}

static void focus_sessions(struct fixture *f) {
    f->m.ui.focus = PANE_SESSIONS;
    f->m.ui.session_cursor = &f->s[2];
    f->m.ui.n_hints = f->m.ui.n_own_hints = 0;
    add_hint(&f->m, "Enter", "open");
    add_hint(&f->m, "n", "new");
    add_hint(&f->m, "/", "filter");
    f->m.ui.n_own_hints = 3;
    add_hint(&f->m, "?", "keys");
}

static void filter_sessions(struct fixture *f) {
    focus_sessions(f);
    f->m.ui.filtering = true;
    editor_set(&f->m.ui.session_filter, "pri");
    f->m.visible[0] = &f->s[2];
    f->m.n_visible = 1;
}

static void focus_files(struct fixture *f) { f->m.ui.focus = PANE_FILES; }

static void focus_asks(struct fixture *f) {
    f->m.ui.focus = PANE_PERMISSIONS;
    f->m.ui.painted_ask = TEXT("p1");
    f->m.ui.painted_at = NOW - 1000;
    f->m.ui.last_decision_at = NOW - 1000;
    ask_hints(&f->m);
}

static void one_pane_at_a_time_fits_everywhere(void **state) {
    (void)state;
    scene("sessions", 80, 24, focus_sessions);
    scene("filter", 80, 24, filter_sessions);
    scene("filter", 140, 40, filter_sessions);
    scene("files", 80, 24, focus_files);
    scene("asks", 80, 24, focus_asks);
    scene("asks", 140, 40, focus_asks);
    scene("drawer", 100, 30, focus_asks);
}

static void early_key(struct fixture *f) {
    focus_asks(f);
    f->m.ui.painted_at = NOW - 100;
    f->m.ui.early = true;
}

static void long_command(struct fixture *f) {
    static char object[8192];
    size_t n = 0;

    focus_asks(f);
    for (int i = 1; i <= 63; i++)
        n += (size_t)snprintf(object + n, sizeof object - n, "echo step %d%s", i,
                              i < 63 ? "\n" : "");
    f->a[0].object = object;
}

static void many_states(struct fixture *f) {
    focus_asks(f);
    f->a[0].state = ASK_ACCEPTED;
    f->a[0].decision = DECIDE_GRANT;
    f->a[0].late = true;
    f->a[1].state = ASK_EXPIRED;
    f->a[2] = (struct ask){.id = "q1",
                           .kind = ASK_QUESTION,
                           .session = &f->s[2],
                           .tool = "question",
                           .title = "Which currency?",
                           .message = "The shop shows three prices.",
                           .response_type = "choice",
                           .deadline = NOW + 4000};
    f->m.n_asks = 3;
}

static void a_question(struct fixture *f) {
    static const char *choices[] = {"euro", "dollar", "both"};

    many_states(f);
    free(f->m.ui.ask_cursor);
    f->m.ui.ask_cursor = TEXT("q1");
    f->a[2].choices.items = choices;
    f->a[2].choices.n = 3;
    f->a[2].choice = 1;
}

static void unsafe_command(struct fixture *f) {
    focus_asks(f);
    f->a[0].object = "cat \x1b[2Jnotes\xe2\x80\xae"
                     "fdp.exe\r\nrm\t-rf /\x7f";
}

static void whole_ask(struct fixture *f) {
    long_command(f);
    f->m.ui.over = OVER_ASK;
    overlay_hints(&f->m);
    f->m.ui.over_scroll = 1000;
}

static void permissions_show_what_is_decided(void **state) {
    (void)state;
    scene("ask-early", 140, 40, early_key);
    scene("ask-long", 140, 40, long_command);
    scene("ask-long", 80, 24, long_command);
    scene("ask-states", 140, 40, many_states);
    scene("ask-question", 80, 24, a_question);
    scene("ask-unsafe", 80, 24, unsafe_command);
    scene("ask-whole", 80, 24, whole_ask);
}

static void unfold(struct fixture *f) {
    struct entry *e = &f->s[0].transcript.entries[1];

    f->m.ui.focus = PANE_THREAD;
    for (size_t i = 0; i < e->n_parts; i++)
        e->parts[i].fold = FOLD_OPEN;
}

static void scrolled_up(struct fixture *f) {
    for (int i = 0; i < 20; i++)
        add_exchange(f, &f->s[0], "and this one?", "Looked at it: fine.\n\nNothing to do.");
    f->m.ui.focus = PANE_THREAD;
    f->s[0].reading = (struct reading){.entry = 1, .sel_entry = 1, .sel_part = 2, .new_below = 37};
}

static void live_turn(struct fixture *f) {
    struct entry *e = add_entry(&f->s[0], ROLE_USER);
    struct part *p;

    e->pending = true;
    e->at = REAL_NOW;
    add_part(f, e, PART_TEXT, "and the parser too, please");
    e = add_entry(&f->s[0], ROLE_NOTE);
    add_part(f, e, PART_NOTE, "recovered after 12 s without the stream");
    e = add_entry(&f->s[0], ROLE_ASSISTANT);
    e->at = REAL_NOW;
    p = add_part(f, e, PART_THINKING, "The parser pulls tokens one at a time, so it");
    p->live = true;
    add_call(f, e, "Grep", "{\"pattern\":\"lexer_next\",\"path\":\"src\"}", CALL_RUNNING, -1);
    add_call(f, e, "Task", "{\"description\":\"find the callers\",\"prompt\":\"...\"}",
             CALL_RUNNING, -1)
        ->child_calls = 7;
    add_call(f, e, "Bash", "{\"command\":\"git push", CALL_STREAMING, -1);
    add_call(f, e, "Bash", "{\"command\":\"sudo reboot\"}", CALL_DENIED, -1);
    add_call(f, e, "Bash", "{\"command\":\"false\"}", CALL_FAILED, 0.01);
    f->m.ui.animate = true;
}

static void thread_shows_every_kind_of_part(void **state) {
    (void)state;
    scene("unfolded", 100, 40, unfold);
    scene("scrolled", 80, 24, scrolled_up);
    scene("live", 100, 40, live_turn);
}

static void a_note_shows_every_word_at_every_width(void **state) {
    (void)state;
    for (int cols = 40; cols <= 200; cols++) {
        auto_buf struct buf got = {.max = MIX_MIB}, words = {.max = 4096};
        struct fixture *f = fixture_new(cols, 40);
        char word[8];

        for (int i = 10; i < 40; i++)
            (void)buf_addf(&words, "%sw%d", i > 10 ? " " : "", i);
        free_transcript(&f->s[0].transcript);
        add_part(f, add_entry(&f->s[0], ROLE_NOTE), PART_NOTE, buf_str(&words));
        frame(f);
        canvas_text(&f->c, &got);
        for (int i = 10; i < 40; i++) {
            snprintf(word, sizeof word, "w%d", i);
            assert_non_null(strstr(buf_str(&got), word));
        }
        fixture_free(f);
    }
}

static void what_a_folded_text_hides_is_told(void **state) {
    static const struct {
        const char *text;
        bool hides;
    } cases[] = {
        {"short", false},
        {"first\nsecond\nthird", true},
        {"one line that is much longer than any row of a thread can be where a screen has no more "
         "than eighty columns, so that it is cut",
         true},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        auto_buf struct buf got = {.max = MIX_MIB};
        struct fixture *f = fixture_new(80, 24);

        f->m.ui.focus = PANE_THREAD;
        free_transcript(&f->s[0].transcript);
        add_part(f, add_entry(&f->s[0], ROLE_USER), PART_TEXT, cases[i].text)->fold = FOLD_SHUT;
        frame(f);
        canvas_text(&f->c, &got);
        assert_int_equal(strstr(buf_str(&got), " \u2026") != NULL, cases[i].hides);
        fixture_free(f);
    }
}

static void empty_thread(struct fixture *f) {
    free_transcript(&f->s[0].transcript);
    f->s[0].transcript.loaded = true;
    f->m.server.auth_known = f->m.server.no_provider = true;
}

static void loading(struct fixture *f) {
    free_transcript(&f->s[0].transcript);
    f->s[0].transcript.loading = true;
    f->s[0].link = LINK_CONNECTING;
    f->m.sessions_loaded = false;
    f->m.n_visible = f->m.n_asks = f->m.files.n = f->m.files.n_visible = 0;
    f->m.files.loaded = false;
}

static void load_failed(struct fixture *f) {
    free_transcript(&f->s[0].transcript);
    err_set(&f->s[0].transcript.error, RC_HTTP, 500, "server answered 500 (INTERNAL)");
    f->s[0].link = LINK_RETRYING;
    f->s[0].retry_at = NOW + 3200;
}

static void an_empty_thread_says_why(void **state) {
    (void)state;
    scene("empty", 80, 24, empty_thread);
    scene("loading", 140, 40, loading);
    scene("load-failed", 80, 24, load_failed);
}

static void queued(struct fixture *f) {
    struct session *s = &f->s[0];

    s->queue = xcalloc(2, sizeof *s->queue);
    s->queue[0].text = TEXT("then write the changelog");
    s->queue[1].text = TEXT("and tag it");
    s->n_queue = 2;
    s->held = true;
    s->sending = TEXT("run the benchmarks");
    s->sent = SENT_UNKNOWN;
    editor_set(&s->draft, "one\ntwo is a line that is longer than the box is wide, so that it has "
                          "to be wrapped before its end\nthree\nfour\nfive\nsix\nseven");
}

static void the_composer_grows_and_keeps_its_caret_in_view(void **state) {
    (void)state;
    scene("queued", 80, 24, queued);
    scene("queued", 140, 40, queued);
}

static void transfers(struct fixture *f) {
    static char old[] = "old.txt", gone[] = "gone.txt", video[] = "big video.mp4",
                plan[] = "plan.md";
    static struct transfer list[] = {
        {.name = old, .upload = true, .state = XFER_DONE},
        {.name = gone,
         .upload = true,
         .state = XFER_FAILED,
         .err = {.rc = RC_IO, .text = "no such file"}},
        {.name = video,
         .upload = true,
         .done = 36000000,
         .total = 120000000,
         .speed = 3e6,
         .started_at = NOW - 12000},
        {.name = plan, .done = 0, .total = -1, .started_at = NOW},
        {.name = gone,
         .done = 5000,
         .total = 90000,
         .state = XFER_WAITING,
         .retry_at = NOW + 2000,
         .err = {.rc = RC_CONNECT, .text = "the connection was lost"}},
        {.name = plan, .state = XFER_WAITING},
        {.name = old, .state = XFER_WAITING},
    };

    focus_files(f);
    f->m.files.transfers = list;
    f->m.files.n_transfers = MIX_COUNT(list);
}

static void transfers_show_how_far_they_are(void **state) {
    (void)state;
    scene("transfers", 80, 24, transfers);
    scene("transfers", 140, 40, transfers);
}

static void hostile(struct fixture *f) {
    retitle(&f->s[0], "evil\x1b[31m \xe2\x80\xaetitle\nsecond");
    retitle(&f->s[2], "日本語のセッションの長い題名です");
    retitle(&f->s[3], "e\xcc\x81"
                      "clair 👩‍👧 emoji");
    f->files[0].name = "a\nb\x1b]0;x\x07.c";
    f->files[1].name = "\xe2\x80\xaegnp.exe";
    f->files[2].name = "とても長い名前のファイルはここで切られるはずです.txt";
    add_exchange(f, &f->s[0],
                 "see \x1b[2J\x9b"
                 "31m this\r\nand\tthat",
                 "日本語と mixed 文字列 wrap at the edge of cells, 日本語と mixed 文字列 wrap");
    f->s[0].transcript.entries[1].model = "model\x1b[5m";
    f->m.server.url = (free(f->m.server.url), TEXT("http://h\x1b[1m:1"));
}

static void foreign_text_is_made_safe(void **state) {
    (void)state;
    scene("hostile", 140, 40, hostile);
    scene("hostile", 100, 30, hostile);
}

static void ascii(struct fixture *f) {
    f->m.ui.ascii = true;
    live_turn(f);
}

static void ascii_borders_hold_no_other_sign(void **state) {
    struct fixture *f = fixture_new(140, 40);

    (void)state;
    scene("ascii", 140, 40, ascii);
    f->m.ui.ascii = true;
    frame(f);
    for (int i = 0; i < f->c.w * f->c.h; i++)
        assert_true(f->c.cells[i].cp[0] < 0x80 || f->c.cells[i].cp[0] == 0x2026);
    fixture_free(f);
}

static void zoom_half(struct fixture *f) {
    focus_asks(f);
    f->m.ui.zoom = ZOOM_HALF;
}

static void zoom_full(struct fixture *f) {
    unfold(f);
    f->m.ui.zoom = ZOOM_FULL;
}

static void zoom_gives_the_focused_pane_more(void **state) {
    (void)state;
    scene("zoom-half", 140, 40, zoom_half);
    scene("zoom-full", 80, 24, zoom_full);
}

static void a_notice(struct fixture *f) {
    static char text[] = "could not fork: server answered 500 (INTERNAL) - Ctrl+X r to retry";
    static struct notice n = {.text = text, .real_at = REAL_NOW, .bad = true};

    f->m.notices = &n;
    f->m.n_notices = 1;
    f->m.notice_at = NOW - 2000;
}

static void old_notice(struct fixture *f) {
    a_notice(f);
    f->m.notice_at = NOW - 8000;
}

static void a_notice_takes_the_place_of_hints_for_a_while(void **state) {
    struct fixture *f = fixture_new(80, 24), *g = fixture_new(80, 24);

    (void)state;
    scene("notice", 80, 24, a_notice);
    old_notice(f);
    frame(f);
    frame(g);
    assert_memory_equal(f->c.cells, g->c.cells,
                        (size_t)f->c.w * (size_t)f->c.h * sizeof(struct cell));
    fixture_free(f);
    fixture_free(g);
}

static void a_notice_stands_behind_what_is_looked_for(void **state) {
    struct fixture *f = fixture_new(80, 24);
    auto_buf struct buf got = {.max = MIX_MIB};

    (void)state;
    a_notice(f);
    editor_init_line(&f->search.query, 64);
    editor_set(&f->search.query, "word");
    f->search.session = f->m.shown;
    f->search.typing = true;
    frame(f);
    canvas_text(&f->c, &got);
    assert_non_null(strstr(buf_str(&got), "/word"));
    assert_non_null(strstr(buf_str(&got), "could not fork"));
    editor_fini(&f->search.query);
    fixture_free(f);
}

static void what_waits_is_told_during_a_search(void **state) {
    static const int sizes[][2] = {{80, 24}, {100, 30}, {200, 50}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        struct fixture *f = fixture_new(sizes[i][0], sizes[i][1]);

        auto_buf struct buf got = {.max = MIX_MIB};

        editor_init_line(&f->search.query, 64);
        editor_set(&f->search.query, "word");
        f->search.session = f->m.shown;
        f->search.typing = true;
        frame(f);
        canvas_text(&f->c, &got);
        assert_non_null(strstr(buf_str(&got), "!2"));
        assert_non_null(strstr(buf_str(&got), "/word"));
        editor_fini(&f->search.query);
        fixture_free(f);
    }
}

static struct menu_row rows[] = {
    {.keys = "Esc", .label = "back", .help = "close this menu"},
    {.keys = "y", .label = "grant", .help = "let the agent do it, once; only when armed"},
    {.keys = "n", .label = "deny", .help = "refuse it; only when armed"},
    {.keys = "v", .label = "view", .help = "the whole text; no key decides there"},
    {.keys = "Ctrl+X f",
     .label = "fork",
     .where = "sessions",
     .why_not = "this server cannot fork"},
    {.keys = "", .label = "quit", .help = "leave"},
};

static void open_over(struct fixture *f, enum overlay over, size_t cursor) {
    f->m.ui.over = over;
    overlay_hints(&f->m);
    f->m.ui.menu_rows = rows;
    f->m.ui.n_menu_rows = MIX_COUNT(rows);
    f->m.ui.over_cursor = cursor;
}

static void commands(struct fixture *f) {
    open_over(f, OVER_COMMANDS, 4);
    editor_set(&f->m.ui.over_filter, "f");
}

static void ask_menu(struct fixture *f) {
    long_command(f);
    open_over(f, OVER_MENU, 0);
    f->m.ui.menu_pane = PANE_PERMISSIONS;
}

static void small_ask_menu(struct fixture *f) {
    ask_menu(f);
    f->a[0].object = "make test";
}

static void confirm(struct fixture *f) {
    static char text[] =
        "Delete \"Refactor the parser\" with its 42 messages? It cannot be undone.";

    open_over(f, OVER_CONFIRM, 0);
    f->m.ui.n_menu_rows = 1;
    f->m.ui.confirm_text = text;
    f->m.ui.confirm_named = true;
    editor_set(&f->m.ui.over_filter, "Refac");
}

static void quit(struct fixture *f) {
    open_over(f, OVER_QUIT, 0);
    f->m.ui.n_menu_rows = 1;
}

static void quit_sync(struct fixture *f) {
    quit(f);
    f->m.server.caps.sync_send = true;
}

static void no_server(struct fixture *f) {
    open_over(f, OVER_SERVER, 1);
    f->m.server.state = SERVER_OFFLINE;
    f->m.server.retry_at = NOW + 4500;
    err_set(&f->m.server.err, RC_CONNECT, 111, "connection refused");
}

static void address(struct fixture *f) {
    no_server(f);
    f->m.ui.typing_address = true;
    editor_set(&f->m.ui.over_filter, "http://a-rather-long-host-name.example.org:8088/with/a/path");
}

/* Nothing at the second usual address either, and reached in the clear. */
static void tried(struct fixture *f) {
    no_server(f);
    f->m.server.sign = "! http";
    f->m.server.tried = "http://localhost:8080";
}

static void themes(struct fixture *f) { open_over(f, OVER_THEMES, 2); }

static void leader(struct fixture *f) {
    static struct menu_row keys[] = {
        {.keys = "Ctrl+X n", .label = "new"},
        {.keys = "Ctrl+X f", .label = "fork"},
        {.keys = "Ctrl+X k", .label = "cancel"},
        {.keys = "Ctrl+X u", .label = "upload"},
        {.keys = "Ctrl+X p", .label = "permissions"},
        {.keys = "Ctrl+X Tab", .label = "next pane"},
        {.keys = "Ctrl+X a", .label = "next that needs you"},
    };

    f->m.ui.menu_rows = keys;
    f->m.ui.n_menu_rows = MIX_COUNT(keys);
    f->m.ui.leader = true;
    f->m.ui.leader_at = NOW - 400;
}

static void many_keys(struct fixture *f) {
    static struct menu_row keys[58];

    for (size_t i = 0; i < MIX_COUNT(keys); i++) {
        snprintf(keys[i].keys, sizeof keys[i].keys, "Ctrl+X %c", (char)('A' + i));
        keys[i].label = "next that needs you";
    }
    leader(f);
    f->m.ui.menu_rows = keys;
    f->m.ui.n_menu_rows = MIX_COUNT(keys);
}

static void overlays_say_what_they_are(void **state) {
    (void)state;
    scene("commands", 80, 24, commands);
    scene("commands", 140, 40, commands);
    scene("commands", 40, 10, commands);
    scene("ask-menu", 100, 30, ask_menu);
    scene("ask-menu", 40, 10, small_ask_menu);
    scene("confirm", 80, 24, confirm);
    scene("confirm", 40, 10, confirm);
    scene("quit", 80, 24, quit);
    scene("quit-sync", 80, 24, quit_sync);
    scene("no-server", 80, 24, no_server);
    scene("address", 80, 24, address);
    scene("address", 40, 10, address);
    scene("no-server-tried", 80, 24, tried);
    scene("no-server-tried", 40, 10, tried);
    scene("themes", 80, 24, themes);
    scene("leader", 80, 24, leader);
    scene("leader", 40, 10, leader);
    scene("leader-many", 80, 24, many_keys);
}

static void picker(struct fixture *f) {
    static struct picker_row found[] = {
        {.name = "docs", .kind = ENTRY_DIR, .readable = true, .modified = REAL_NOW - DAY},
        {.name = "src", .kind = ENTRY_DIR, .readable = true, .modified = REAL_NOW},
        {.name = "a\nb\x1b.txt", .readable = true, .size = 12, .modified = REAL_NOW},
        {.name = "secret.key", .size = 1200, .modified = REAL_NOW - 400 * DAY},
    };
    static char dir[] = "/home/user/project";

    f->m.ui.over = OVER_PICKER;
    overlay_hints(&f->m);
    f->m.ui.picker.dir = dir;
    f->m.ui.picker.rows = found;
    f->m.ui.picker.n_rows = MIX_COUNT(found);
    f->m.ui.picker.cursor = 2;
}

static void picker_waits(struct fixture *f) {
    picker(f);
    f->m.ui.picker.n_rows = 0;
    f->m.ui.picker.scan = 3;
}

/* Found below the directory: paths too long, odd ones, one of no encoding; some are marked. */
static void picker_found(struct fixture *f) {
    static struct picker_row found[] = {
        {.name = "src/model/main.c", .size = -1, .modified = -1, .readable = true, .marked = true},
        {.name = "a/very/long/path/that/goes/on/and/on/and/on/and/on/and/on/to/the/last/main.c",
         .size = -1,
         .modified = -1,
         .readable = true},
        {.name = "pipes/main.fifo", .kind = ENTRY_FIFO, .size = -1, .modified = -1},
        {.name = "run/main.sock", .kind = ENTRY_SOCKET, .size = -1, .modified = -1},
        {.name = "odd/\xff\xfe\u202emain", .size = 5, .modified = REAL_NOW, .readable = true},
        {.name = "src/main", .kind = ENTRY_DIR, .size = -1, .modified = -1, .readable = true},
    };

    picker(f);
    f->m.ui.picker.rows = found;
    f->m.ui.picker.n_rows = MIX_COUNT(found);
    f->m.ui.picker.cursor = 1;
    f->m.ui.picker.n_marks = 3;
    f->m.ui.picker.found = 12345;
    f->m.ui.picker.searching = true;
    editor_set(&f->m.ui.picker.filter, "main");
}

static void the_picker_lists_a_directory(void **state) {
    (void)state;
    scene("picker", 80, 24, picker);
    scene("picker-waits", 80, 24, picker_waits);
    scene("picker-found", 80, 24, picker_found);
    scene("picker-found", 40, 10, picker_found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_width_has_its_layout),
        cmocka_unit_test(a_terminal_too_small_is_told_so),
        cmocka_unit_test(one_pane_at_a_time_fits_everywhere),
        cmocka_unit_test(permissions_show_what_is_decided),
        cmocka_unit_test(what_a_folded_text_hides_is_told),
        cmocka_unit_test(a_note_shows_every_word_at_every_width),
        cmocka_unit_test(thread_shows_every_kind_of_part),
        cmocka_unit_test(an_empty_thread_says_why),
        cmocka_unit_test(the_composer_grows_and_keeps_its_caret_in_view),
        cmocka_unit_test(transfers_show_how_far_they_are),
        cmocka_unit_test(foreign_text_is_made_safe),
        cmocka_unit_test(ascii_borders_hold_no_other_sign),
        cmocka_unit_test(zoom_gives_the_focused_pane_more),
        cmocka_unit_test(overlays_say_what_they_are),
        cmocka_unit_test(the_picker_lists_a_directory),
        cmocka_unit_test(a_notice_takes_the_place_of_hints_for_a_while),
        cmocka_unit_test(a_notice_stands_behind_what_is_looked_for),
        cmocka_unit_test(what_waits_is_told_during_a_search),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
