/* found.c - a text with its hits between \2 and \3, in rows. */
#include <string.h>

#include "overlay.h"

/* Cleaned piece by piece, so that what marks a hit is ours and never drawn. */
void found_make(struct found *f, const char *text, int width) {
    bool in = false;

    while (*text) {
        const size_t n = strcspn(text, "\2\3"), at = f->text.n;

        (void)text_clean(&f->text, text, n, CLEAN_LINE);
        if (in && f->n < MIX_COUNT(f->hits) && f->text.n > at)
            f->hits[f->n++] = (struct hit_span){at, f->text.n};
        in = text[n] == '\2';
        text += n + (text[n] != '\0');
    }
    text_wrap(&f->rows, buf_str(&f->text), f->text.n, width);
}

void found_put(const struct found *f, size_t row, struct canvas *c, int x, int y, enum style plain,
               enum style hit) {
    size_t from = f->rows.v[row].off;
    const size_t end = from + f->rows.v[row].len;

    for (size_t i = 0; from < end; i++) {
        const struct hit_span none = {end, end}, *h = i < f->n ? &f->hits[i] : &none;
        const size_t marks[] = {h->from < end ? h->from : end, h->to < end ? h->to : end};

        for (size_t k = 0; k < MIX_COUNT(marks); k++) {
            if (marks[k] <= from)
                continue;
            const char *text = buf_str(&f->text) + from;
            const int cells = text_width(text, marks[k] - from);

            canvas_put(c, x, y, cells, k == 0 ? plain : hit, text, marks[k] - from);
            x += cells;
            from = marks[k];
        }
    }
}

void found_fini(struct found *f) {
    buf_fini(&f->text);
    rows_fini(&f->rows);
}
