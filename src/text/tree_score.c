/* tree_score.c - one name against a query.
 *
 * The best alignment of a word's letters, as fuzzy.c finds it, but only where the letters occur: a
 * name has few of each. A word that fits into the last part of the path is looked for only there,
 * and counts more. */
#include "tree.h"

#include "mix/text.h"

#include <string.h>

enum {
    SCORE_MATCH = 16,
    GAP_START = 3,
    BONUS_START = 10,
    BONUS_PATH = 9,
    BONUS_CAMEL = 7,
    BONUS_RUN = 4,
    BONUS_BASE = 20,  /* all of it in the last part */
    BONUS_WHOLE = 24, /* it is the last part, but for a suffix */
    PLACES_MAX = 48,  /* of one letter in one name */
    POINT = 256,      /* one point in the result; shortness decides below it */
    IMPOSSIBLE = -100000,
};

/* ---- the query ---- */

static void take_signs(struct tree_word *w, const char **s, size_t *n) {
    if (*n > 1 && **s == '!')
        w->not = w->literal = true, ++*s, --*n;
    if (*n > 0 && **s == '\'')
        w->literal = true, ++*s, --*n;
    else if (*n > 0 && **s == '^')
        w->literal = w->begins = true, ++*s, --*n;
    if (*n > 1 && (*s)[*n - 1] == '$')
        w->literal = w->ends = true, --*n;
}

static bool read_word(struct tree_word *w, const char *s, size_t n) {
    *w = (struct tree_word){0};
    take_signs(w, &s, &n);
    w->n = n < WORD_MAX - 1 ? n : WORD_MAX - 1;
    for (size_t i = 0; i < w->n; i++) {
        w->exact = w->exact || (s[i] >= 'A' && s[i] <= 'Z');
        w->wide = w->wide || (unsigned char)s[i] >= 0x80;
    }
    memcpy(w->text, s, w->n);
    return w->n > 0;
}

void tree_query_read(struct tree_query *q, const char *typed) {
    *q = (struct tree_query){0};
    while (*typed && q->n < WORDS_MAX) {
        const size_t n = strcspn(typed, " \t");
        struct tree_word *w = &q->words[q->n];

        if (n > 0 && read_word(w, typed, n)) {
            q->n++;
            for (size_t i = 0; i < w->n && !w->not ; i++)
                q->need |= tree_char_bit((unsigned char)w->text[i]);
        }
        typed += n + strspn(typed + n, " \t");
    }
}

/* ---- one word ---- */

enum kind { KIND_MARK, KIND_LOWER, KIND_UPPER, KIND_DIGIT };

static enum kind kind_of(char c) {
    if ((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
        return KIND_LOWER;
    if (c >= 'A' && c <= 'Z')
        return KIND_UPPER;
    return c >= '0' && c <= '9' ? KIND_DIGIT : KIND_MARK;
}

static int bonus_at(const char *name, size_t at) {
    const enum kind here = kind_of(name[at]);

    if (here == KIND_MARK)
        return 0;
    if (at == 0 || name[at - 1] == '/')
        return BONUS_START;
    const enum kind before = kind_of(name[at - 1]);

    if (before == KIND_MARK)
        return BONUS_PATH;
    if (before == KIND_LOWER && here == KIND_UPPER)
        return BONUS_CAMEL;
    return before != KIND_DIGIT && here == KIND_DIGIT ? BONUS_CAMEL : 0;
}

static bool is_subsequence(const struct tree_word *w, const char *hay, size_t n) {
    const char *end = hay + n;

    for (size_t i = 0; i < w->n; i++) {
        hay = memchr(hay, w->text[i], (size_t)(end - hay));
        if (!hay)
            return false;
        hay++;
    }
    return true;
}

/* A place of one letter: the best score of an alignment that ends there. */
struct place {
    int at, score, run;
};

static size_t first_letter(const char *name, const char *hay, size_t n, char c, struct place *out) {
    size_t found = 0;

    for (const char *p = hay; found < PLACES_MAX; p++) {
        p = memchr(p, c, n - (size_t)(p - hay));
        if (!p)
            break;
        const int bonus = bonus_at(name, (size_t)(p - hay));

        out[found++] = (struct place){(int)(p - hay), SCORE_MATCH + 2 * bonus, bonus};
    }
    return found;
}

static size_t next_letter(const char *name, const char *hay, size_t n, char c,
                          const struct place *prev, size_t n_prev, struct place *out) {
    size_t found = 0, k = 0;
    int far = IMPOSSIBLE; /* best of prev that a gap follows: score + at */

    for (const char *p = hay + prev[0].at + 1; found < PLACES_MAX; p++) {
        p = memchr(p, c, n - (size_t)(p - hay));
        if (!p)
            break;
        const int at = (int)(p - hay), bonus = bonus_at(name, (size_t)at);
        struct place best;

        for (; k < n_prev && prev[k].at < at - 1; k++)
            if (prev[k].score + prev[k].at > far)
                far = prev[k].score + prev[k].at;
        best = (struct place){at, far - at - GAP_START + 2 + SCORE_MATCH + bonus, bonus};
        if (k < n_prev && prev[k].at == at - 1) {
            int run = prev[k].run > bonus ? prev[k].run : bonus;

            run = run > BONUS_RUN ? run : BONUS_RUN;
            if (prev[k].score + SCORE_MATCH + run > best.score)
                best = (struct place){at, prev[k].score + SCORE_MATCH + run, run};
        }
        if (best.score > IMPOSSIBLE / 2)
            out[found++] = best;
    }
    return found;
}

/* name: for the bonus; hay: where the letters are looked for. It is a subsequence. */
static int align(const struct tree_word *w, const char *name, const char *hay, size_t n) {
    struct place rows[2][PLACES_MAX];
    size_t found = first_letter(name, hay, n, w->text[0], rows[0]);

    for (size_t i = 1; i < w->n && found > 0; i++)
        found = next_letter(name, hay, n, w->text[i], rows[(i - 1) % 2], found, rows[i % 2]);
    int best = found > 0 ? IMPOSSIBLE : 1;

    for (size_t i = 0; i < found; i++)
        if (rows[(w->n - 1) % 2][i].score > best)
            best = rows[(w->n - 1) % 2][i].score;
    return best > 1 ? best : 1;
}

static int literal(const struct tree_word *w, const char *name, const char *hay, size_t n,
                   size_t base) {
    int best = 0;

    if (w->n > n)
        return 0;
    const size_t last = n - w->n;

    for (size_t at = w->ends ? last : 0; at <= (w->begins ? 0 : last); at++) {
        const char *p = memchr(hay + at, w->text[0], last - at + 1);

        if (!p)
            break;
        at = (size_t)(p - hay);
        if ((w->begins && at > 0) || memcmp(p, w->text, w->n) != 0)
            continue;
        const int score =
            (int)w->n * SCORE_MATCH + 2 * bonus_at(name, at) + (at >= base ? BONUS_BASE : 0);

        best = score > best ? score : best;
    }
    return best;
}

static int whole(const struct tree_word *w, const char *last, size_t n) {
    const bool begins = n >= w->n && memcmp(last, w->text, w->n) == 0;

    return begins && (n == w->n || last[w->n] == '.') ? BONUS_WHOLE : 0;
}

static int score_word(const struct tree_word *w, const char *name, const char *low, size_t n,
                      size_t base) {
    const char *hay = w->exact ? name : low;

    if (w->literal) {
        const int score = literal(w, name, hay, n, base);

        return w->not ? score == 0 : score;
    }
    if (w->wide) /* letters of more than one byte: the slower one knows them */
        return text_fuzzy(w->text, name) / 64;
    if (is_subsequence(w, hay + base, n - base))
        return align(w, name + base, hay + base, n - base) + BONUS_BASE +
               whole(w, hay + base, n - base);
    return is_subsequence(w, hay, n) ? align(w, name, hay, n) : 0;
}

int tree_query_score(const struct tree_query *q, const char *name, const char *low, size_t n,
                     size_t base) {
    int total = 0;

    for (size_t i = 0; i < q->n; i++) {
        const int score = score_word(&q->words[i], name, low, n, base);

        if (score == 0)
            return 0;
        total += score;
    }
    return total * POINT + (n < POINT ? POINT - (int)n : 1);
}
