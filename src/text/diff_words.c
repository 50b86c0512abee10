/* diff_words.c - what differs in two lines that are alike, by words. */
#include <stdlib.h>
#include <string.h>

#include "diff.h"

enum { WORDS_MAX = 1024, WORK = 200000 };

struct words {
    const char *s;
    uint32_t *at; /* of each word, and the end */
    size_t n;
};

static int kind(char c) {
    if (c == ' ' || c == '\t')
        return 0;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')
        return 1;
    return c & 0x80 ? 2 : 3;
}

/* Letters and digits, blanks, one sign, one cluster of anything else. */
static struct words cut_words(const char *s, size_t n) {
    struct words w = {.s = s, .at = xmalloc((WORDS_MAX + 1) * sizeof *w.at)};
    size_t at = 0;

    while (at < n && w.n < WORDS_MAX) {
        const int is = kind(s[at]);

        w.at[w.n++] = (uint32_t)at;
        if (is == 2) {
            at += text_cluster(s + at, n - at).bytes;
            continue;
        }
        do
            at++;
        while (at < n && is < 2 && kind(s[at]) == is);
        if (at < n && kind(s[at]) == 2) /* a mark stays with its letter */
            at = text_prev(s, at + 1) < at && text_cluster(s + at - 1, n - at + 1).bytes > 1
                     ? at - 1 + text_cluster(s + at - 1, n - at + 1).bytes
                     : at;
    }
    w.at[w.n] = (uint32_t)n;
    return w;
}

static size_t solid(const struct words *w, size_t i) {
    return kind(w->s[w->at[i]]) == 0 ? 0 : w->at[i + 1] - w->at[i];
}

/* A blank or one sign between two changed words is not worth an island. */
static void join(const struct words *w, uint8_t *marks) {
    for (size_t i = 1; i + 1 < w->n; i++)
        if (!marks[i] && marks[i - 1] && marks[i + 1] &&
            (solid(w, i) == 0 || (solid(w, i) == 1 && kind(w->s[w->at[i]]) == 3)))
            marks[i] = 1;
}

static void collect(const struct words *w, const uint8_t *marks, struct marks *out) {
    out->n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (!marks[i])
            continue;
        struct mark *last = out->n > 0 ? &out->v[out->n - 1] : NULL;

        if (last && (last->to == w->at[i] || out->n == MARKS_MAX))
            last->to = w->at[i + 1];
        else
            out->v[out->n++] = (struct mark){w->at[i], w->at[i + 1]};
    }
}

static size_t common_solid(const struct words *w, const uint8_t *marks, size_t *all) {
    size_t common = 0;

    *all = 0;
    for (size_t i = 0; i < w->n; i++) {
        *all += solid(w, i);
        common += marks[i] ? 0 : solid(w, i);
    }
    return common;
}

bool diff_words(const char *old, size_t old_n, const char *new, size_t new_n, struct marks *gone,
                struct marks *come) {
    struct words a = cut_words(old, old_n), b = cut_words(new, new_n);
    auto_free uint32_t *numbers = xmalloc((a.n + b.n + 1) * sizeof *numbers);
    auto_free uint8_t *marks = xcalloc(a.n + b.n + 1, 1);
    struct pieces pieces;
    size_t all_a, all_b;

    pieces_init(&pieces, a.n + b.n);
    for (size_t i = 0; i < a.n; i++)
        numbers[i] = piece_number(&pieces, old + a.at[i], a.at[i + 1] - a.at[i]);
    for (size_t i = 0; i < b.n; i++)
        numbers[a.n + i] = piece_number(&pieces, new + b.at[i], b.at[i + 1] - b.at[i]);
    seq_compare(&(struct seq){.a = numbers,
                              .b = numbers + a.n,
                              .n = a.n,
                              .m = b.n,
                              .gone = marks,
                              .come = marks + a.n,
                              .ids = (uint32_t)pieces.n,
                              .work = WORK});
    pieces_fini(&pieces);
    const size_t common_a = common_solid(&a, marks, &all_a);
    const size_t common_b = common_solid(&b, marks + a.n, &all_b);
    const size_t all = all_a > all_b ? all_a : all_b;
    const size_t common = common_a < common_b ? common_a : common_b;
    const bool alike = common > 0 && common * 10 >= all * 4;

    join(&a, marks);
    join(&b, marks + a.n);
    collect(&a, marks, gone);
    collect(&b, marks + a.n, come);
    free(a.at);
    free(b.at);
    return alike;
}
