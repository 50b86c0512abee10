/* Hostile texts in a thread: no frame waits for them, and what they hide is not shown. */
#include "hostile_kit.h"

#include "sheet.h"

static void put_text_part(enum role role, enum part_kind kind, const struct buf *text) {
    struct part *p = add_part(f, add_entry(s, role), kind, "");

    p->text = buf_str(text);
    p->len = text->n;
    p->fold = FOLD_OPEN;
}

/* The text, with something ordinary on both sides. */
static void read_text(const char *name, enum role role, enum part_kind kind,
                      const struct buf *text) {
    add_exchange(f, s, "before", "the answer before");
    put_text_part(role, kind, text);
    add_exchange(f, s, "after", "the answer after");
    read_all(name);
    forget();
    report(name, kind == PART_TEXT ? "text" : kind == PART_NOTE ? "note" : "thought");
}

static void hostile_markdown_holds_no_frame(void **state) {
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(hostile_markdown); i++) {
        hostile_make(&hostile_markdown[i], &text, BYTES);
        read_text(hostile_markdown[i].name, ROLE_ASSISTANT, PART_TEXT, &text);
    }
}

static void hostile_thoughts_and_messages_hold_no_frame(void **state) {
    auto_buf struct buf text = {.max = 64 * MIX_MIB};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(hostile_markdown); i++) {
        hostile_make(&hostile_markdown[i], &text, BYTES / 10);
        read_text(hostile_markdown[i].name, ROLE_ASSISTANT, PART_THINKING, &text);
        read_text(hostile_markdown[i].name, ROLE_USER, PART_TEXT, &text);
        read_text(hostile_markdown[i].name, ROLE_NOTE, PART_NOTE, &text);
    }
}

static void hits_of_costly_expressions_hold_no_frame(void **state) {
    static const char *const queries[] = {"(a+)+$",     "(a*)*b",       "(.*)*x", "a{1,200}b",
                                          "(?:a|aa)+$", "(\\w+\\s*)+:", "a",      ".",
                                          "\\X+\\b",    "(?=(a+))a*b"};
    static const char *const units[] = {"a", "a ", "\xc3\xa9", "a\xcc\x81", "a\n"};
    auto_buf struct buf text = {.max = 64 * MIX_MIB};
    struct err err;

    (void)state;
    f->search.session = s;
    f->search.typing = true;
    editor_init(&f->search.query, 4096);
    editor_set(&f->search.query, "/x/");
    for (size_t i = 0; i < MIX_COUNT(queries); i++)
        for (size_t k = 0; k < MIX_COUNT(units); k++) {
            assert_int_equal(find_new(&f->search.find, queries[i], FIND_REGEX, &err), RC_OK);
            buf_clear(&text);
            hostile_repeat(&text, units[k], BYTES / 4);
            put_text_part(ROLE_ASSISTANT, PART_TEXT, &text);
            f->search.shown = true;
            f->search.hit = (struct hit){.entry = 0, .part = 0, .off = 20000, .len = 1};
            read_in_place(queries[i]);
            report(queries[i], units[k]);
            forget();
            find_free(f->search.find);
        }
    f->search.find = NULL;
    f->search.session = NULL;
    editor_fini(&f->search.query);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hostile_markdown_holds_no_frame, start, end),
        cmocka_unit_test_setup_teardown(hostile_thoughts_and_messages_hold_no_frame, start, end),
        cmocka_unit_test_setup_teardown(hits_of_costly_expressions_hold_no_frame, start, end),
    };
    cmocka_set_test_filter(getenv("TEST"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
