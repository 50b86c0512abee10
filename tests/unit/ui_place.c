/* The place of a reader is a text: whatever is laid out anew, it stays on the top row. */
#include "mix/search.h"
#include "sheet.h"
#include "ui_fixture.h"

static struct fixture *f;
static struct session *s;
static uint32_t seed = 1;

static int start(void **state) {
    f = fixture_new(100, 30);
    s = &f->s[0];
    f->m.ui.focus = PANE_THREAD;
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    seed = 1;
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    fixture_free(f);
    return 0;
}

static uint32_t draw_lot(uint32_t n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

/* ---- a thread of everything ---- */

static char prose[60000], fenced[20000], output[20000];

static void write_texts(void) {
    size_t n = 0;

    for (int i = 0; i < 300 && n < sizeof prose - 400; i++) {
        n += (size_t)snprintf(prose + n, sizeof prose - n, "%sParagraph %d of *many* words",
                              i % 9 == 0   ? "## Heading\n\n"
                              : i % 5 == 0 ? "- "
                                           : "",
                              i);
        for (int k = 0; k < 20 && n < sizeof prose - 40; k++)
            n += (size_t)snprintf(prose + n, sizeof prose - n, " w%d-%d", i, k);
        n += (size_t)snprintf(prose + n, sizeof prose - n, "\n\n");
    }
    n = (size_t)snprintf(fenced, sizeof fenced, "Some code:\n\n```c\n");
    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(fenced + n, sizeof fenced - n, "int x%d = %d; /* line %d */\n", i, i,
                              i);
    snprintf(fenced + n, sizeof fenced - n, "```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
    for (n = 0; n < sizeof output - 40;)
        n += (size_t)snprintf(output + n, sizeof output - n, "result line at %zu\n", n);
}

static void fill_thread(void) {
    write_texts();
    for (int i = 0; i < 12; i++) {
        add_part(f, add_entry(s, ROLE_USER), PART_TEXT, "What is in there? Tell me all about it.");
        struct entry *e = add_entry(s, ROLE_ASSISTANT);

        add_part(f, e, PART_THINKING, "I think.\n\n1. first\n2. then\n\nAnd so on.");
        add_part(f, e, PART_TEXT, i % 2 ? prose : fenced);
        e = &s->transcript.entries[s->transcript.n - 1];
        struct part *p = add_call(f, e, "Bash", "{\"command\":\"ls -la\"}", CALL_OK, 1);

        p->result = output;
        p->fold = i % 3 ? FOLD_AUTO : FOLD_OPEN;
    }
}

/* ---- what is on the top row ---- */

struct seen {
    size_t entry, piece;
    unsigned of;
    uint32_t src;
};

static struct thread_place place(void) {
    const struct frame_layout l = view_layout(&f->m);

    return thread_place(&f->m, &l);
}

static struct spot top(void) {
    return (struct spot){s->reading.entry, s->reading.piece, s->reading.slice, s->reading.row};
}

/* Where the rows of the body that a row is of begin in the part's text or result. */
static uint32_t base(const struct thread_place *at, struct spot spot) {
    const struct part *p = spot_part(at, spot);
    const struct entry *e = &s->transcript.entries[spot.entry];
    const struct sheet *sheet = sheet_cut(f->v, p, e->role, &at->lay);
    const size_t slice = spot.slice - (p->kind == PART_TOOL || p->kind == PART_THINKING);
    const struct body *b = &sheet->bodies.v[sheet->slices[slice].body];
    uint32_t from = 0;

    if (!body_base(b, false, &from) && !body_base(b, true, &from))
        return 0;
    return from;
}

static struct seen look(void) {
    const struct thread_place at = place();
    struct seen seen = {s->reading.entry, s->reading.piece, TOP_HEAD, 0};
    size_t row;
    int x;
    const struct flow *flow = spot_flow(f->v, &at, top(), &row, &x);

    if (flow) {
        seen.of = s->reading.top.of;
        seen.src = base(&at, top()) + flow->rows[row].src;
    }
    return seen;
}

/* The row on top shows byte src: it begins there or before, and the next one behind it. */
static bool shows(struct seen want) {
    const struct thread_place at = place();
    const struct seen now = look();
    struct spot next = top();
    size_t row;
    int x;

    if (now.entry != want.entry || now.piece != want.piece)
        return false;
    if (want.of == TOP_HEAD || now.of == TOP_HEAD) /* a head line, also of what was shut */
        return s->reading.slice == 0;
    if (now.of != want.of || now.src > want.src)
        return false;
    do {
        if (!spot_down(f->v, &at, &next, 1) || next.entry != want.entry || next.piece != want.piece)
            return true;
        const struct flow *flow = spot_flow(f->v, &at, next, &row, &x);

        if (!flow)
            return true;
        if (base(&at, next) + flow->rows[row].src > now.src)
            return base(&at, next) + flow->rows[row].src > want.src;
    } while (true);
}

static void assert_shows(struct seen want, const char *after) {
    const struct seen now = look();

    if (!shows(want))
        fail_msg("after %s: %zu/%zu/%d/%u became %zu/%zu/%d/%u", after, want.entry, want.piece,
                 (int)want.of, want.src, now.entry, now.piece, (int)now.of, now.src);
    assert_false(s->reading.follow);
}

/* ---- what may happen ---- */

static void touch(struct part *p) { p->rev = ++f->rev; }

static void fold_one(size_t entry, size_t part) {
    struct part *p = &s->transcript.entries[entry].parts[part];

    p->fold = part_open(p) ? FOLD_SHUT : FOLD_OPEN;
    touch(p);
}

static const char *happen(void) {
    const size_t entry = draw_lot(10);

    switch (draw_lot(8)) {
    case 0:
        resize(f, (int)(40 + draw_lot(200)), (int)(12 + draw_lot(50)));
        return "another size";
    case 1:
        if (entry % 2 == 1 && entry != s->reading.entry)
            fold_one(entry, draw_lot(3) == 0 ? 0 : 2);
        return "a fold";
    case 2:
        s->reading.raw = !s->reading.raw;
        return "the source";
    case 3:
        add_part(f, add_entry(s, ROLE_ASSISTANT), PART_TEXT, "new below");
        return "a new message";
    case 4:
        view_free(f->v);
        f->v = view_new();
        return "a new view";
    case 5:
        touch(&s->transcript.entries[1].parts[1]);
        touch(&s->transcript.entries[7].parts[1]);
        return "a change";
    case 6:
        f->m.ui.ascii = !f->m.ui.ascii;
        return "other glyphs";
    default:
        s->reading.split = !s->reading.split;
        return "diffs the other way";
    }
}

static void move(int how, int by) {
    s->reading.move = (unsigned)how;
    s->reading.move_by = by;
    frame(f);
}

static void the_text_on_top_stays_there(void **state) {
    (void)state;
    fill_thread();
    for (int round = 0; round < 150; round++) {
        resize(f, 100, 30);
        s->reading.raw = false;
        frame(f);
        move(MOVE_TOP, 0);
        move(MOVE_ROWS, (int)draw_lot(1200));
        const struct seen seen = look();

        for (int i = 0; i < 12; i++) {
            const char *what = happen();

            frame(f);
            assert_shows(seen, what);
        }
    }
}

static void coming_back_to_a_layout_comes_back_to_the_row(void **state) {
    (void)state;
    fill_thread();
    for (int by = 3; by < 900; by += 7) {
        resize(f, 100, 30);
        frame(f);
        move(MOVE_TOP, 0);
        move(MOVE_ROWS, by);
        const struct spot was = top();

        for (int i = 0; i < 6; i++) {
            resize(f, 45 + i * 30, 20 + i * 5);
            frame(f);
        }
        s->reading.raw = true;
        frame(f);
        s->reading.raw = false;
        resize(f, 100, 30);
        frame(f);
        if (spot_compare(was, top()) != 0)
            fail_msg("%zu.%zu.%zu.%d became %zu.%zu.%zu.%d", was.entry, was.piece, was.slice,
                     was.row, top().entry, top().piece, top().slice, top().row);
    }
}

static void go_to(size_t entry, size_t part, size_t off) {
    s->reading.follow = false;
    s->reading.move = MOVE_TO;
    s->reading.move_by = 0;
    s->reading.to_entry = entry;
    s->reading.to_part = part;
    s->reading.to_off = off;
    frame(f);
}

static void a_part_that_shuts_at_the_top_shows_its_head_there(void **state) {
    (void)state;
    fill_thread();
    frame(f);
    s->reading.move = MOVE_TO;
    s->reading.follow = false;
    s->reading.to_entry = 7;
    s->reading.to_part = 2;
    frame(f);
    fold_one(7, 2);
    fold_one(7, 2);
    frame(f);
    move(MOVE_ROWS, 40);
    assert_int_equal(s->reading.piece, 3);
    fold_one(7, 2);
    frame(f);
    assert_int_equal(s->reading.entry, 7);
    assert_int_equal(s->reading.piece, 3);
    assert_int_equal(s->reading.slice, 0);
}

static void a_part_that_changes_its_number_is_followed(void **state) {
    struct entry *e;

    (void)state;
    fill_thread();
    frame(f);
    s->reading.to_top = true;
    go_to(7, 1, 9000);
    e = &s->transcript.entries[7];
    const struct part moved = e->parts[1];

    assert_int_equal(s->reading.piece, 2);
    e->parts[1] = e->parts[2];
    e->parts[2] = moved;
    frame(f);
    assert_int_equal(s->reading.piece, 3);
}

/* ---- going to a text ---- */

static bool on_screen(const char *text) {
    auto_buf struct buf screen = {.max = MIX_MIB};

    canvas_text(&f->c, &screen);
    return strstr(buf_str(&screen), text) != NULL;
}

static void a_text_that_is_gone_to_comes_on_screen(void **state) {
    (void)state;
    fill_thread();
    frame(f);
    for (int i = 0; i < 290; i += 13) {
        char word[32];

        snprintf(word, sizeof word, " w%d-0", i);
        const char *found = strstr(prose, word);

        if (!found)
            break;
        move(MOVE_END, 0);
        go_to(7, 1, (size_t)(found - prose) + 1);
        assert_true(on_screen(word + 1));
        assert_int_equal(s->reading.sel_entry, 7);
        assert_int_equal(s->reading.sel_part, 1);
        assert_false(s->reading.follow);
        const struct spot was = top();

        go_to(7, 1, (size_t)(found - prose) + 3); /* what is on screen moves nothing */
        assert_int_equal(spot_compare(was, top()), 0);
    }
}

static void a_place_in_a_result_is_gone_to(void **state) {
    const char *found;

    (void)state;
    fill_thread();
    fold_one(3, 2);
    frame(f);
    found = strstr(output, "result line at 12");
    assert_non_null(found);
    s->reading.to_result = true;
    go_to(3, 2, (size_t)(found - output));
    assert_true(on_screen("result line at 12"));
}

/* ---- what is found ---- */

static int cells_of(enum style style) {
    int n = 0;

    for (int i = 0; i < f->c.w * f->c.h; i++)
        n += f->c.cells[i].style == style;
    return n;
}

static void what_is_found_is_marked_where_it_is_drawn(void **state) {
    struct err err = {0};

    (void)state;
    add_part(f, add_entry(s, ROLE_USER), PART_TEXT, "a needle, and one more needle here");
    add_part(f, add_entry(s, ROLE_ASSISTANT), PART_TEXT,
             "It is **needle**: `needle`. - needles are\n\n- need*le*\n");
    f->search.session = s;
    assert_int_equal(find_new(&f->search.find, "needle", FIND_TEXT, &err), RC_OK);
    frame(f);
    assert_int_equal(cells_of(STYLE_HIT), 6 * 6);
    f->search.shown = true;
    f->search.hit = (struct hit){.entry = 0, .part = 0, .off = 2, .len = 6};
    frame(f);
    assert_int_equal(cells_of(STYLE_HIT_HERE), 2 * 6);
    assert_int_equal(cells_of(STYLE_HIT), 4 * 6);
    find_free(TAKE(f->search.find));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(the_text_on_top_stays_there),
        CASE(coming_back_to_a_layout_comes_back_to_the_row),
        CASE(a_part_that_shuts_at_the_top_shows_its_head_there),
        CASE(a_part_that_changes_its_number_is_followed),
        CASE(a_text_that_is_gone_to_comes_on_screen),
        CASE(a_place_in_a_result_is_gone_to),
        CASE(what_is_found_is_marked_where_it_is_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
