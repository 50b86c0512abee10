/* The files pane and a file that is read, as they look; UPDATE_GOLDEN=1 draws the pictures anew. */
#include "ui_fixture.h"

#include "mix/editor.h"
#include "mix/panel.h"
#include "mix/preview.h"

static const int sizes[][2] = {{200, 50}, {100, 30}, {80, 24}, {40, 10}};

static void focus_files(struct fixture *f) {
    f->m.ui.focus = PANE_FILES;
    f->m.ui.drawer = true;
}

static void select_file(struct fixture *f, const char *name) {
    free(f->m.ui.file_cursor);
    f->m.ui.file_cursor = TEXT(name);
}

static struct output named[] = {
    {.name = "plan.md", .where = "plan.md", .session = "s0"},
    {.name = "evil\033[2J\nname.txt", .where = "evil\033[2J\nname.txt", .session = "s0"},
    {.name = "lexer.c", .where = "/home/me/lexer.c", .session = "s0", .why_not = "elsewhere"},
};

static void with_outputs(struct fixture *f) {
    f->outputs.v = named;
    f->outputs.n = f->outputs.n_shown = MIX_COUNT(named);
}

static void in_every_size(const char *name, void (*arrange)(struct fixture *f)) {
    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        struct fixture *f = fixture_new(sizes[i][0], sizes[i][1]);

        focus_files(f);
        arrange(f);
        assert_screen(f, name);
        map_fini(&f->m.files.marked);
        editor_fini(&f->m.ui.file_filter);
        free(f->m.ui.output_cursor);
        f->m.ui.output_cursor = NULL;
        fixture_free(f);
    }
}

static void arrange_marks(struct fixture *f) {
    select_file(f, "plan.md");
    map_set(&f->m.files.marked, "main.c", f);
    map_set(&f->m.files.marked, "plan.md", f);
    with_outputs(f);
}

static void marks_and_what_the_agent_named(void **state) {
    (void)state;
    in_every_size("files-marks", arrange_marks);
}

static void arrange_filter(struct fixture *f) {
    editor_init_line(&f->m.ui.file_filter, 100);
    editor_set(&f->m.ui.file_filter, "ma");
    f->m.ui.file_filtering = true;
    f->m.files.n_visible = 1;
    f->m.files.sort = FILES_BY_SIZE;
    select_file(f, "main.c");
}

static void a_filter_says_how_many_there_are(void **state) {
    (void)state;
    in_every_size("files-filter", arrange_filter);
}

static void arrange_output(struct fixture *f) {
    with_outputs(f);
    f->m.ui.output_cursor = TEXT("evil\033[2J\nname.txt");
}

static void the_cursor_stands_on_what_the_agent_named(void **state) {
    (void)state;
    in_every_size("files-output", arrange_output);
}

/* ---- a file that is read ---- */

static void open_panel(struct fixture *f, struct panel *p, struct preview *d) {
    struct panel_row *row;

    p->id = PANEL_PREVIEW;
    p->title = TEXT("a file");
    p->data = d;
    editor_init_line(&p->filter, 100);
    panel_add(p, ROW_HEADING, 0, "c", "%zu bytes", d->body.n);
    row = panel_add_text(p, 0, "", 0);
    row->body = &d->body;
    f->m.ui.panel = p;
    f->m.ui.over = OVER_PANEL;
    overlay_hints(&f->m);
}

static void done_reading(struct fixture *f, struct panel *p) {
    f->m.ui.panel = NULL;
    free(p->rows);
    free(p->title);
    editor_fini(&p->filter);
    arena_free(&p->rows_arena);
}

static const char code[] = "/* a comment\n   of two lines */\n#include <stdio.h>\n\n"
                           "int main(void) {\n\treturn 0; // \033[31m \342\200\256 \377\n}\n";

static void picture_of_reading(const char *name, const struct panel_body *body) {
    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        struct fixture *f = fixture_new(sizes[i][0], sizes[i][1]);
        struct preview d = {.name = TEXT("x"), .body = *body};
        struct panel p = {0};

        d.body.rev = 1 + i;
        open_panel(f, &p, &d);
        assert_screen(f, name);
        done_reading(f, &p);
        free(d.name);
        fixture_free(f);
    }
}

static void code_has_numbers(void **state) {
    (void)state;
    picture_of_reading("read-code",
                       &(struct panel_body){
                           .kind = PREVIEW_TEXT, .lang = LANG_C, .s = code, .n = sizeof code - 1});
}

static void markdown_reads_as_such(void **state) {
    static const char text[] = "# Title\n\n- *a*\n- `b`\n\n| x | y |\n|---|---|\n| 1 | 2 |\n";

    (void)state;
    picture_of_reading("read-markdown", &(struct panel_body){.kind = PREVIEW_MARKUP,
                                                             .lang = LANG_MARKDOWN,
                                                             .s = text,
                                                             .n = sizeof text - 1});
}

static void bytes_stand_in_columns(void **state) {
    char bytes[300];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i & 255);
    picture_of_reading("read-hex",
                       &(struct panel_body){.kind = PREVIEW_HEX, .s = bytes, .n = sizeof bytes});
}

static double cpu_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

/* A line of a MiB, a MiB of line ends, of colours, of broken bytes: laid out once, drawn in no
 * time. */
static void a_mebibyte_of_anything_is_shown(void **state) {
    enum { N = 1 << 20 };
    static const char *const pieces[] = {"x", "\n", "\033[31m", "\377", "word ", "\342\200\256"};
    char *text = xmalloc(N + 8);

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(pieces); i++)
        for (int kind = PREVIEW_TEXT; kind <= PREVIEW_HEX; kind++) {
            struct fixture *f = fixture_new(80, 24);
            struct preview d = {.body = {.kind = (enum preview_kind)kind, .s = text, .rev = 9}};
            struct panel p = {0};
            const size_t n = strlen(pieces[i]);

            for (size_t at = 0; at < N; at += n)
                memcpy(text + at, pieces[i], n);
            d.body.n = N / n * n;
            d.body.lang = kind == PREVIEW_TEXT && i % 2 ? LANG_C : LANG_NONE;
            open_panel(f, &p, &d);
            view_settle(f->v, &f->m);
            p.scroll = 1 << 30; /* the end */
            const double before = cpu_ms();

            view_settle(f->v, &f->m);
            view_draw(f->v, &f->m, &f->c);
            if (cpu_ms() - before > 100)
                fail_msg("a frame of %s as %d takes %.1f ms", pieces[i], kind, cpu_ms() - before);
            if (kind != PREVIEW_MARKUP) /* of which empty lines are nothing */
                assert_true(p.scroll > 0);
            done_reading(f, &p);
            fixture_free(f);
        }
    free(text);
}

static void ten_thousand_files_are_drawn_in_no_time(void **state) {
    enum { MANY = 10000, FRAMES = 20 };
    struct file_info *many = xcalloc(MANY, sizeof *many);
    char(*names)[16] = xcalloc(MANY, sizeof *names);
    size_t *visible = xcalloc(MANY, sizeof *visible);
    struct fixture *f = fixture_new(200, 50);

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "f%zu.png", i);
        many[i] = (struct file_info){.name = names[i], .size = 1};
        visible[i] = i;
    }
    focus_files(f);
    f->m.files.list = many;
    f->m.files.visible = visible;
    f->m.files.n = f->m.files.n_visible = MANY;
    select_file(f, names[MANY - 1]);
    const double before = cpu_ms();

    for (int i = 0; i < FRAMES; i++) {
        f->m.rev++;
        view_settle(f->v, &f->m);
        view_draw(f->v, &f->m, &f->c);
    }
    const double each = (cpu_ms() - before) / FRAMES;

    print_message("a frame %.2f ms\n", each);
    if (each > 25) /* generous: this may be a sanitizer on a busy machine */
        fail_msg("a frame takes %.1f ms", each);
    f->m.files.list = f->files;
    f->m.files.visible = f->shown_files;
    f->m.files.n = f->m.files.n_visible = 3;
    fixture_free(f);
    free(many);
    free(names);
    free(visible);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_what_the_agent_named),
        cmocka_unit_test(a_filter_says_how_many_there_are),
        cmocka_unit_test(the_cursor_stands_on_what_the_agent_named),
        cmocka_unit_test(code_has_numbers),
        cmocka_unit_test(markdown_reads_as_such),
        cmocka_unit_test(bytes_stand_in_columns),
        cmocka_unit_test(a_mebibyte_of_anything_is_shown),
        cmocka_unit_test(ten_thousand_files_are_drawn_in_no_time),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
