/* A model made by hand, field by field, to be drawn: what the reducers would have made of a server
 * is none of the screen's business. */
#ifndef UI_FIXTURE_H
#define UI_FIXTURE_H

#include "mix/files.h"
#include "mix/search.h"
#include "ui.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { SESSIONS = 7, ASKS = 3, FILES = 4 };
#define REAL_NOW INT64_C(1795442790000) /* Mon 23 Nov 2026 14:06:30 UTC */
#define NOW      INT64_C(500000)
#define DAY      INT64_C(86400000)
#define TEXT(s)  xstrdup(s)

struct fixture {
    struct model m;
    struct session s[SESSIONS];
    struct session *all[SESSIONS], *visible[SESSIONS];
    struct ask a[ASKS];
    struct ask *asks[ASKS];
    struct file_info files[FILES];
    size_t shown_files[FILES];
    struct outputs outputs;
    struct search search;
    struct view *v;
    struct canvas c;
    uint32_t rev;
};

/* ---- transcripts ---- */

static inline struct entry *add_entry(struct session *s, enum role role) {
    struct transcript *t = &s->transcript;

    t->entries = xgrow(t->entries, t->n, &t->cap, sizeof *t->entries);
    t->entries[t->n] = (struct entry){.role = role};
    t->loaded = true;
    t->rev++;
    return &t->entries[t->n++];
}

static inline struct part *add_part(struct fixture *f, struct entry *e, enum part_kind kind,
                                    const char *text) {
    e->parts = xgrow(e->parts, e->n_parts, &e->cap_parts, sizeof *e->parts);
    e->parts[e->n_parts] = (struct part){
        .kind = kind, .text = text, .len = strlen(text), .seconds = -1, .rev = ++f->rev};
    return &e->parts[e->n_parts++];
}

static inline struct part *add_call(struct fixture *f, struct entry *e, const char *name,
                                    const char *input, enum call_state state, double seconds) {
    struct part *p = add_part(f, e, PART_TOOL, input);

    p->name = name;
    p->state = state;
    p->seconds = seconds;
    return p;
}

static inline void free_transcript(struct transcript *t) {
    for (size_t i = 0; i < t->n; i++)
        free(t->entries[i].parts);
    free(t->entries);
    *t = (struct transcript){0};
}

/* A user's message and its answer, both of one part. */
static inline void add_exchange(struct fixture *f, struct session *s, const char *user,
                                const char *mix) {
    struct entry *e = add_entry(s, ROLE_USER);

    e->at = REAL_NOW - 260000;
    add_part(f, e, PART_TEXT, user);
    e = add_entry(s, ROLE_ASSISTANT);
    e->at = REAL_NOW - 250000;
    add_part(f, e, PART_TEXT, mix);
}

/* ---- the usual scene ---- */

static inline void make_sessions(struct fixture *f) {
    static const struct {
        const char *title;
        int64_t active, created;
        enum turn turn;
        bool seen, watched;
    } rows[SESSIONS] = {
        {"Refactor the parser", REAL_NOW - 240000, REAL_NOW - DAY, TURN_RUNNING, true, true},
        {"find the callers", REAL_NOW - 120000, REAL_NOW - 300000, TURN_RUNNING, true, true},
        {"Scrape prices", REAL_NOW - 60000, REAL_NOW - DAY, TURN_IDLE, true, true},
        {"Summarise inbox", REAL_NOW, REAL_NOW, TURN_RUNNING, true, true},
        {"Translate the manual", REAL_NOW - 2 * 3600000, REAL_NOW, TURN_IDLE, false, true},
        {"Weekly report", 0, REAL_NOW - 2 * DAY, TURN_IDLE, true, true},
        {"Old experiment", 0, REAL_NOW - 20 * DAY, TURN_IDLE, true, false},
    };

    for (int i = 0; i < SESSIONS; i++) {
        char id[16];

        snprintf(id, sizeof id, "s%d", i);
        f->s[i] = (struct session){.id = TEXT(id),
                                   .title = TEXT(rows[i].title),
                                   .active_at = rows[i].active,
                                   .created_at = rows[i].created,
                                   .turn = rows[i].turn,
                                   .seen = rows[i].seen,
                                   .stream = rows[i].watched,
                                   .link = rows[i].watched ? LINK_LIVE : LINK_IDLE,
                                   .reading = {.follow = true}};
        editor_init(&f->s[i].draft, MIX_MIB);
        f->all[i] = f->visible[i] = &f->s[i];
    }
    f->s[1].parent = &f->s[0];
    f->s[1].subagent = true;
}

static inline void make_thread(struct fixture *f) {
    struct session *s = &f->s[0];
    struct entry *e = add_entry(s, ROLE_USER);
    struct part *p;

    e->at = REAL_NOW - 250000;
    add_part(f, e, PART_TEXT, "Make the tokenizer streaming, keep the tests green.");
    e = add_entry(s, ROLE_ASSISTANT);
    e->at = REAL_NOW - 245000;
    e->model = "claude-sonnet-4-5";
    e->input_tokens = 2800;
    e->output_tokens = 310;
    e->cost = 0.021;
    p = add_part(f, e, PART_THINKING,
                 "The lexer keeps a buffer of the whole file.\nIt should refill it instead.");
    p->seconds = 3;
    add_part(f, e, PART_TEXT, "I'll look at the lexer first.\n");
    p = add_call(f, e, "ReadText", "{\"file_path\":\"src/lexer.c\"}", CALL_OK, 0.02);
    p->result = "#include \"lexer.h\"\n";
    p = add_call(f, e, "Bash", "{\"command\":\"make test\",\"timeout\":0}", CALL_OK, 3.4);
    p->result = "41 passed, 0 failed\n";
    p->fold = FOLD_OPEN;
    add_part(f, e, PART_TEXT, "All green. Now `next` takes its bytes from a refill callback:");
    add_call(f, e, "Edit",
             "{\"file_path\":\"src/lexer.c\",\"old_string\":\"static int next(struct lexer *lx) "
             "{\\n    return lx->at < lx->n ? lx->p[lx->at++] : -1;\\n}\\n\",\"new_string\":"
             "\"static int next(struct lexer *lx) {\\n    if (lx->at == lx->n && !refill(lx))\\n"
             "        return -1;\\n    return (unsigned char)lx->p[lx->at++];\\n}\\n\"}",
             CALL_WAITING, -1);
    s->context_tokens = 12300;
    s->cost = 0.12;
}

static inline void make_asks(struct fixture *f) {
    f->a[0] = (struct ask){.id = "p1",
                           .session = &f->s[0],
                           .tool = "Bash",
                           .action = "execute",
                           .object = "rm -rf build && make",
                           .arrived_at = NOW - 8000,
                           .deadline = NOW + 21000};
    f->a[1] = (struct ask){.id = "p2",
                           .session = &f->s[1],
                           .tool = "Edit",
                           .action = "write",
                           .object = "src/lexer.c",
                           .arrived_at = NOW - 2000,
                           .deadline = NOW + 27000};
    f->asks[0] = &f->a[0];
    f->asks[1] = &f->a[1];
    f->asks[2] = &f->a[2];
    f->m.asks = f->asks;
    f->m.n_asks = 2;
}

static inline void make_files(struct fixture *f) {
    static const struct file_info files[FILES] = {
        {.name = "main.c", .size = 12040, .modified = REAL_NOW - 3600000},
        {.name = "shot one.png", .size = 220100, .modified = REAL_NOW - DAY},
        {.name = "plan.md", .size = 2011, .modified = REAL_NOW - 30 * DAY},
    };

    memcpy(f->files, files, sizeof files);
    f->m.files.list = f->files;
    f->m.files.n = f->m.files.n_visible = 3;
    for (size_t i = 0; i < FILES; i++)
        f->shown_files[i] = i;
    f->m.files.visible = f->shown_files;
    f->m.files.outputs = &f->outputs;
    f->m.files.loaded = true;
}

static inline void add_hint(struct model *m, const char *keys, const char *label) {
    struct menu_row *h = &m->ui.hints[m->ui.n_hints++];

    *h = (struct menu_row){.label = label};
    snprintf(h->keys, sizeof h->keys, "%s", keys);
}

static inline void composer_hints(struct model *m) {
    m->ui.n_hints = 0;
    add_hint(m, "Enter", "send");
    add_hint(m, "Ctrl+J", "newline");
    add_hint(m, "Ctrl+C", "clear");
    m->ui.n_own_hints = m->ui.n_hints;
    add_hint(m, "Tab", "pane");
    add_hint(m, "F1", "keys");
    add_hint(m, "Ctrl+P", "palette");
}

static inline void overlay_hints(struct model *m) {
    m->ui.n_hints = 0;
    add_hint(m, "Esc", "close");
    add_hint(m, "Enter", "choose");
    m->ui.n_own_hints = m->ui.n_hints;
}

static inline void ask_hints(struct model *m) {
    m->ui.n_hints = 0;
    add_hint(m, "y", "grant");
    add_hint(m, "n", "deny");
    add_hint(m, "v", "view");
    add_hint(m, "Enter", "menu");
    add_hint(m, "Esc", "back");
    m->ui.n_own_hints = m->ui.n_hints;
    add_hint(m, "?", "keys");
    add_hint(m, "Ctrl+P", "palette");
}

static inline struct fixture *fixture_new(int cols, int rows) {
    struct fixture *f = xcalloc(1, sizeof *f);
    struct model *m = &f->m;

    make_sessions(f);
    make_thread(f);
    make_asks(f);
    make_files(f);
    m->now = NOW;
    m->real = REAL_NOW;
    m->search = &f->search;
    m->sessions = f->all;
    m->visible = f->visible;
    m->n_sessions = m->n_visible = SESSIONS;
    m->n_watched = SESSIONS - 1;
    m->sessions_loaded = true;
    m->shown = m->ui.session_cursor = &f->s[0];
    m->server.url = TEXT("http://localhost:8088");
    m->server.state = SERVER_ONLINE;
    m->ui.cols = cols;
    m->ui.rows = rows;
    m->ui.focus = PANE_COMPOSER;
    m->ui.file_cursor = TEXT("main.c");
    m->ui.ask_cursor = TEXT("p1");
    editor_init_line(&m->ui.over_filter, 4096);
    editor_init_line(&m->ui.session_filter, 4096);
    editor_init_line(&m->ui.picker.filter, 4096);
    editor_set(&f->s[0].draft, "also run the fuzzers");
    composer_hints(m);
    f->v = view_new();
    canvas_init(&f->c, cols, rows);
    return f;
}

static inline void fixture_free(struct fixture *f) {
    struct model *m = &f->m;

    for (int i = 0; i < SESSIONS; i++) {
        struct session *s = &f->s[i];

        for (size_t q = 0; q < s->n_queue; q++)
            free(s->queue[q].text);
        free(s->queue);
        free(s->sending);
        free(s->id);
        free(s->title);
        editor_fini(&s->draft);
        free_transcript(&s->transcript);
    }
    free(m->server.url);
    free(m->ui.file_cursor);
    free(m->ui.ask_cursor);
    free(m->ui.painted_ask);
    editor_fini(&m->ui.over_filter);
    editor_fini(&m->ui.session_filter);
    editor_fini(&m->ui.picker.filter);
    view_free(f->v);
    canvas_fini(&f->c);
    free(f);
}

static inline void frame(struct fixture *f) {
    view_settle(f->v, &f->m);
    view_draw(f->v, &f->m, &f->c);
}

/* Compared with a picture in tests/fixtures/screens; UPDATE_GOLDEN=1 draws it anew. */
static inline void read_file(const char *path, struct buf *out) {
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t n;

    while (file && (n = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(out, bytes, n);
    if (file)
        fclose(file);
}

static inline void assert_screen(struct fixture *f, const char *name) {
    auto_buf struct buf got = {.max = MIX_MIB}, want = {.max = MIX_MIB};
    char path[512];

    frame(f);
    canvas_text(&f->c, &got);
    snprintf(path, sizeof path, "%s/screens/%s-%dx%d.txt", MIX_FIXTURES, name, f->m.ui.cols,
             f->m.ui.rows);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *file = fopen(path, "wb");

        assert_non_null(file);
        fwrite(got.p, 1, got.n, file);
        fclose(file);
        return;
    }
    read_file(path, &want);
    if (strcmp(buf_str(&got), buf_str(&want)) != 0)
        print_error("%s differs; drawn was:\n%s", path, buf_str(&got));
    assert_string_equal(buf_str(&got), buf_str(&want));
}

static inline void retitle(struct session *s, const char *title) {
    free(s->title);
    s->title = TEXT(title);
}

static inline void resize(struct fixture *f, int cols, int rows) {
    f->m.ui.cols = cols;
    f->m.ui.rows = rows;
}

static inline int start_locale(void **state) {
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

#endif
