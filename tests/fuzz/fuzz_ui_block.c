/* A text that arrives in pieces ends up as the rows of the whole; and no row holds what a terminal
 * would obey. The first byte gives the width, the second the size of a piece. */
#include "fuzz.h"
#include "ui.h"

#include <assert.h>
#include <string.h>

static void check_row(const struct block *b, size_t i) {
    const struct line *l = &b->lines[i];

    assert((size_t)l->off + l->len <= b->text.n);
    for (uint32_t k = 0; k < l->len; k++) {
        const unsigned char c = (unsigned char)b->text.p[l->off + k];

        assert(c >= 0x20 && c != 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct block grown = {0}, whole = {0};

    if (size < 2)
        return 0;
    const struct block_style how = {.clean = CLEAN_TEXT, .width = 1 + data[0]};
    const size_t piece = 1 + (size_t)data[1];
    const char *text = (const char *)data + 2;
    const size_t n = size - 2 < 4000 ? size - 2 : 4000;

    for (size_t at = 0; at < n; at += piece)
        block_grow(&grown, text, at, how);
    block_grow(&grown, text, n, how);
    block_add(&whole, text, n, how, SIZE_MAX);
    assert(grown.shown == whole.shown);
    for (size_t i = 0; i < whole.shown; i++) {
        check_row(&whole, i);
        assert(grown.lines[i].len == whole.lines[i].len);
        assert(memcmp(grown.text.p + grown.lines[i].off, whole.text.p + whole.lines[i].off,
                      whole.lines[i].len) == 0);
    }
    block_fini(&grown);
    block_fini(&whole);
    return 0;
}
