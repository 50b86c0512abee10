/* A text that arrives in pieces is laid out as the whole is; no row holds what a terminal would
 * obey; and a place in it is found again in any other layout. The first byte gives the width, the
 * second the size of a piece, the third the kind. */
#include <assert.h>
#include <locale.h>
#include <string.h>

#include "fuzz.h"
#include "sheet.h"

static void add_rows(struct view *v, const struct part *p, const struct lay *lay, struct buf *out) {
    struct sheet *s = sheet_cut(v, p, ROLE_ASSISTANT, lay);

    for (size_t i = 0; i < s->n; i++) {
        const struct flow *f = sheet_flow(v, s, i, lay);

        for (size_t r = 0; r < f->n; r++) {
            assert(r == 0 || f->rows[r].src >= f->rows[r - 1].src);
            for (size_t k = 0; k < f->rows[r].n_runs; k++) {
                const struct run *run = &f->runs[f->rows[r].run + k];

                assert((size_t)run->off + run->len <= f->text.n);
                for (size_t b = 0; b < run->len; b++) {
                    const unsigned char c = (unsigned char)f->text.p[run->off + b];

                    assert(c >= 0x20 && c != 0x7f);
                }
                buf_add(out, f->text.p + run->off, run->len);
            }
            buf_adds(out, "\n");
        }
    }
    while (out->n > 0 && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == ' '))
        buf_cut(out, out->n - 1, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char text[4001];

    if (size < 3 || !setlocale(LC_ALL, "C.UTF-8"))
        return 0;
    const struct lay lay = {.width = 1 + data[0], .raw = data[2] & 1};
    const size_t piece = 1 + (size_t)data[1], n = size - 3 < 4000 ? size - 3 : 4000;
    struct view *v = view_new(), *fresh = view_new();
    auto_buf struct buf grown = {.max = 64 * MIX_MIB}, whole = {.max = 64 * MIX_MIB}, grow = {0};
    struct part p = {.kind = data[2] & 2 ? PART_THINKING : PART_TEXT,
                     .fold = FOLD_OPEN,
                     .live = true,
                     .grow = &grow,
                     .text = text};

    memcpy(text, data + 3, n);
    for (size_t at = 0; at < n; at += piece) {
        p.len = at;
        p.rev++;
        sheet_cut(v, &p, ROLE_ASSISTANT, &lay);
        if (p.rev % 3 == 0) {
            add_rows(v, &p, &lay, &grown);
            buf_clear(&grown);
        }
    }
    p.len = n;
    p.rev++;
    add_rows(v, &p, &lay, &grown);
    p.live = false;
    p.grow = NULL;
    add_rows(fresh, &p, &lay, &whole);
    assert(grown.n == whole.n && (grown.n == 0 || memcmp(grown.p, whole.p, grown.n) == 0));
    view_free(v);
    view_free(fresh);
    return 0;
}
