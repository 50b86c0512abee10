/* index_words.c - text as words, for SQLite; and what is typed as a question. */
#include "index.h"
#include "mix/text.h"

#include <stdlib.h>
#include <string.h>

enum { QUERY_WORDS = 16, QUERY_BYTES = 1024 };

/* ---- letters that are words ---- */
static const struct {
    uint32_t from, to;
} lone[] = {
    {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1100, 0x11FF}, {0x1780, 0x17FF},   {0x2E80, 0x2FDF},
    {0x3005, 0x3007}, {0x3041, 0x3096}, {0x309D, 0x309F}, {0x30A1, 0x30FA},   {0x30FC, 0x30FF},
    {0x3100, 0x31BF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7FF}, {0xF900, 0xFAFF}, {0xFF66, 0xFF9F}, {0x1B000, 0x1B16F}, {0x20000, 0x3FFFF},
};

static bool is_lone(uint32_t cp) {
    if (cp < lone[0].from)
        return false;
    for (size_t i = 0; i < MIX_COUNT(lone) && cp >= lone[i].from; i++)
        if (cp <= lone[i].to)
            return true;
    return false;
}

/* ---- the tokenizer ---- */
struct words {
    fts5_tokenizer plain; /* unicode61 */
    void *context;
};
struct tokenizer {
    struct words *of;
    Fts5Tokenizer *plain;
};
typedef int token_fn(void *ctx, int flags, const char *token, int n, int start, int end);
struct shifted {
    void *ctx;
    token_fn *token;
    int by;
};

static int make(void *context, const char **args, int n, Fts5Tokenizer **out) {
    static const char *plain[] = {"remove_diacritics", "2"};
    struct tokenizer *t = xcalloc(1, sizeof *t);

    (void)args;
    (void)n;
    t->of = context;
    const int code = t->of->plain.xCreate(t->of->context, plain, MIX_COUNT(plain), &t->plain);

    if (code != SQLITE_OK)
        free(TAKE(t));
    *out = (Fts5Tokenizer *)t;
    return code;
}

static void unmake(Fts5Tokenizer *of) {
    struct tokenizer *t = (struct tokenizer *)of;

    t->of->plain.xDelete(t->plain);
    free(t);
}

static int pass_on(void *of, int flags, const char *token, int n, int start, int end) {
    const struct shifted *s = of;

    return s->token(s->ctx, flags, token, n, start + s->by, end + s->by);
}

static int stretch(const struct tokenizer *t, int flags, const char *text, int from, int to,
                   const struct shifted *out) {
    struct shifted s = *out;

    s.by = from;
    if (from == to)
        return SQLITE_OK;
    return t->of->plain.xTokenize(t->plain, &s, flags, text + from, to - from, pass_on);
}

static int tokenize(Fts5Tokenizer *of, void *ctx, int flags, const char *text, int n,
                    token_fn *token) {
    const struct tokenizer *t = (struct tokenizer *)of;
    const struct shifted out = {ctx, token, 0};
    int code = SQLITE_OK, from = 0, at = 0;

    while (at < n && code == SQLITE_OK) {
        size_t used = 1;

        if ((unsigned char)text[at] < 0x80) {
            at++;
            continue;
        }
        const uint32_t cp = text_decode(text + at, (size_t)(n - at), &used);
        const int next = at + (int)used;

        if (is_lone(cp)) {
            code = stretch(t, flags, text, from, at, &out);
            if (code == SQLITE_OK)
                code = token(ctx, 0, text + at, next - at, at, next);
            from = next;
        }
        at = next;
    }
    return code == SQLITE_OK ? stretch(t, flags, text, from, n, &out) : code;
}

int index_words(sqlite3 *db) {
    fts5_api *api = NULL;
    sqlite3_stmt *s = NULL;
    fts5_tokenizer ours = {.xCreate = make, .xDelete = unmake, .xTokenize = tokenize};
    struct words *w = xcalloc(1, sizeof *w);
    int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &s, NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(s);
        code = sqlite3_finalize(s);
    }
    if (code == SQLITE_OK && !api)
        code = SQLITE_ERROR;
    if (code == SQLITE_OK)
        code = api->xFindTokenizer(api, "unicode61", &w->context, &w->plain);
    if (code == SQLITE_OK)
        return api->xCreateTokenizer(api, "mixtui", w, &ours, free);
    free(w);
    return code;
}

/* ---- questions ---- */
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* One word or "phrase" of what is typed; its end. */
static const char *one(const char *p, const char **from, size_t *n) {
    const bool phrase = *p == '"';
    const char *start = p + phrase, *end = start;

    while (*end && (phrase ? *end != '"' : !is_blank(*end) && *end != '"'))
        end++;
    *from = start;
    *n = (size_t)(end - start);
    return end + (phrase && *end == '"');
}

bool index_query(struct buf *out, const char *typed) {
    const char *p = typed, *from = NULL;
    size_t n = 0, words = 0;

    while (*p && words < QUERY_WORDS && out->n < QUERY_BYTES) {
        const bool phrase = *p == '"';

        if (is_blank(*p)) {
            p++;
            continue;
        }
        p = one(p, &from, &n);
        if (n > QUERY_BYTES) { /* not in the middle of a character */
            n = QUERY_BYTES;
            n -= text_tail(from, n);
        }
        if (n == 0)
            continue;
        /* the word that is still being typed may go on; one letter would fit half of everything */
        const bool open =
            *p == '\0' && (n > 1 || (unsigned char)*from >= 0x80) && (!phrase || p[-1] != '"');

        if (buf_adds(out, words++ ? " \"" : "\"") != RC_OK || buf_add(out, from, n) != RC_OK ||
            buf_adds(out, open ? "\"*" : "\"") != RC_OK)
            return false;
    }
    return words > 0;
}
