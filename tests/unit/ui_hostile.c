/* Hostile texts in a thread: no frame waits for them, and what they hide is not shown. */
#include "hostile_kit.h"

#include "sheet.h"

enum { BYTES = 1000 * 1000 };

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hostile_markdown_holds_no_frame, start, end),
        cmocka_unit_test_setup_teardown(hostile_thoughts_and_messages_hold_no_frame, start, end),
    };
    cmocka_set_test_filter(getenv("TEST"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
