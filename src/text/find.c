/* find.c - finding text in text, by PCRE2 compiled to machine code.
 *
 * The text need not be valid UTF-8: PCRE2 is told so and steps over what is not, without looking
 * the whole text through first. Its interpreter would look through the rest anew for every match;
 * where there is no machine code, bytes are compared instead and only ASCII letters have case. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "mix/find.h"
#include "mix/text.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    QUERY_MAX = 4096,
    NESTING_MAX = 60,
    MATCH_LIMIT = 200 * 1000, /* what one call may try before it gives up: some milliseconds */
    HEAP_LIMIT_KIB = 1024,
    STACK_FIRST = 32 * 1024,
    STACK_MAX = 512 * 1024,
};

struct find {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    size_t given_up;
};

/* ---- smart case ---- */

/* Bytes at the head of an expression that are no text: \S, \p{Lu}, (?P<, (*UTF). 0: text begins. */
static size_t syntax(const char *s, size_t n) {
    if (n >= 2 && s[0] == '\\') {
        const char *close = n >= 3 && s[2] == '{' ? memchr(s, '}', n) : NULL;

        return close ? (size_t)(close - s) + 1 : 2;
    }
    if (n >= 3 && s[0] == '(' && s[1] == '?')
        return 3;
    if (n >= 2 && s[0] == '(' && s[1] == '*') {
        const char *close = memchr(s, ')', n);

        return close ? (size_t)(close - s) + 1 : 2;
    }
    return 0;
}

static bool has_capitals(const char *query, size_t n, enum find_kind kind) {
    for (size_t at = 0, used = 0; at < n; at += used) {
        used = kind == FIND_REGEX ? syntax(query + at, n - at) : 0;
        if (used > 0)
            continue;
        const utf8proc_category_t category =
            utf8proc_category((utf8proc_int32_t)text_decode(query + at, n - at, &used));

        if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT)
            return true;
    }
    return false;
}

/* ---- made and freed ---- */

static void complain(struct err *err, int code, size_t at) {
    char why[120];

    if (pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why) < 0)
        (void)memcpy(why, "cannot be used", sizeof "cannot be used");
    (void)err_set(err, RC_USAGE, (int)at, "%s", why);
}

static pcre2_code *compile(const char *query, size_t n, uint32_t options, struct err *err) {
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_code *code = NULL;
    int why = PCRE2_ERROR_NOMEMORY;
    PCRE2_SIZE at = 0;

    if (context) {
        (void)pcre2_set_parens_nest_limit(context, NESTING_MAX);
        code = pcre2_compile((PCRE2_SPTR)query, n, options, &why, &at, context);
        pcre2_compile_context_free(context);
    }
    if (!code)
        complain(err, why, at);
    return code;
}

/* In machine code, or as bytes. */
static pcre2_code *compile_best(const char *query, enum find_kind kind, struct err *err) {
    const size_t n = strlen(query);
    const uint32_t how =
        (kind == FIND_TEXT ? PCRE2_LITERAL : PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C) |
        (has_capitals(query, n, kind) ? 0 : PCRE2_CASELESS);
    const uint32_t words = kind == FIND_TEXT ? 0 : PCRE2_UCP;
    pcre2_code *code = compile(query, n, how | words | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, err);

    if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0)
        return code;
    pcre2_code_free(code);
    return compile(query, n, how, err);
}

enum rc find_new(struct find **out, const char *query, enum find_kind kind, struct err *err) {
    *out = NULL;
    if (str_blank(query))
        return err_set(err, RC_USAGE, 0, "nothing to look for");
    if (strlen(query) > QUERY_MAX)
        return err_set(err, RC_USAGE, 0, "too long to look for");
    pcre2_code *code = compile_best(query, kind, err);

    if (!code)
        return RC_USAGE;
    struct find *f = xcalloc(1, sizeof *f);

    f->code = code;
    f->data = pcre2_match_data_create(1, NULL);
    f->context = pcre2_match_context_create(NULL);
    f->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MAX, NULL);
    if (!f->data || !f->context) {
        find_free(f);
        return err_set(err, RC_LIMIT, 0, "no memory left to search with");
    }
    if (f->stack)
        pcre2_jit_stack_assign(f->context, NULL, f->stack);
    (void)pcre2_set_match_limit(f->context, MATCH_LIMIT);
    (void)pcre2_set_heap_limit(f->context, HEAP_LIMIT_KIB);
    *out = f;
    return RC_OK;
}

void find_free(struct find *f) {
    if (!f)
        return;
    pcre2_match_data_free(f->data);
    pcre2_match_context_free(f->context);
    if (f->stack)
        pcre2_jit_stack_free(f->stack);
    pcre2_code_free(f->code);
    free(f);
}

/* ---- looking ---- */

bool find_next(struct find *f, const char *s, size_t n, size_t from, size_t *at, size_t *len) {
    if (from >= n)
        return false;
    const int found =
        pcre2_match(f->code, (PCRE2_SPTR)s, n, from, PCRE2_NOTEMPTY, f->data, f->context);

    if (found < 0) {
        f->given_up += found != PCRE2_ERROR_NOMATCH ? 1 : 0;
        return false;
    }
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(f->data);

    if (place[0] < from || place[1] <= place[0]) /* \K moved its start */
        return false;
    *at = place[0];
    *len = place[1] - place[0];
    return true;
}

bool find_last(struct find *f, const char *s, size_t n, size_t from, size_t before, size_t *at,
               size_t *len) {
    size_t start = 0, size = 0;
    bool any = false;

    while (find_next(f, s, n, from, &start, &size) && start < before) {
        *at = start;
        *len = size;
        from = start + size;
        any = true;
    }
    return any;
}

size_t find_count(struct find *f, const char *s, size_t n, size_t from, size_t before) {
    size_t start = 0, size = 0, count = 0;

    for (; find_next(f, s, n, from, &start, &size) && start < before; count++)
        from = start + size;
    return count;
}

size_t find_given_up(const struct find *f) { return f->given_up; }
