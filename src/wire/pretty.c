/* pretty.c - JSON text checked and set out while it arrives: the grammar as states, one bit of
 * memory a level. */
#include "mix/pretty.h"

#include "json.h"

#include <string.h>

enum state {
    VALUE,        /* a value must follow */
    VALUE_OR_END, /* behind [ */
    KEY_OR_END,   /* behind { */
    KEY,          /* behind a comma in an object */
    COLON,
    AFTER, /* a value is over */
    STRING,
    ESCAPE,
    HEX,
    LITERAL,
    NUMBER,
};
enum number { MINUS, ZERO, WHOLE, DOT, FRACTION, E, E_SIGN, EXPONENT };

static enum rc put(struct pretty *p, const char *s, size_t n, struct err *err) {
    return p->put && n > 0 ? p->put(p->arg, s, n, err) : RC_OK;
}

static enum rc wrong(const struct pretty *p, unsigned char c, struct err *err) {
    if (c > 0x20 && c < 0x7f)
        return err_set(err, RC_PROTO, 0, "no JSON: unexpected '%c' at byte %llu", c,
                       (unsigned long long)p->offset);
    return err_set(err, RC_PROTO, 0, "no JSON: unexpected byte 0x%02x at byte %llu", c,
                   (unsigned long long)p->offset);
}

static enum rc new_line(struct pretty *p, struct err *err) {
    static const char blanks[] = "                                                                ";
    enum rc rc = p->lines ? put(p, "\n", 1, err) : RC_OK;

    for (size_t left = p->lines ? 2 * (size_t)p->depth : 0; left > 0 && rc == RC_OK;) {
        const size_t n = left < sizeof blanks - 1 ? left : sizeof blanks - 1;

        rc = put(p, blanks, n, err);
        left -= n;
    }
    return rc;
}

/* ---- numbers ---- */
static bool number_may_end(const struct pretty *p) {
    return p->number == ZERO || p->number == WHOLE || p->number == FRACTION ||
           p->number == EXPONENT;
}

/* The state behind c; -1: c does not belong to the number. */
static int number_next(enum number at, char c) {
    /* 0 · 1-9 · a dot · e · a sign */
    static const signed char next[][5] = {
        [MINUS] = {ZERO, WHOLE, -1, -1, -1},          [ZERO] = {-1, -1, DOT, E, -1},
        [WHOLE] = {WHOLE, WHOLE, DOT, E, -1},         [DOT] = {FRACTION, FRACTION, -1, -1, -1},
        [FRACTION] = {FRACTION, FRACTION, -1, E, -1}, [E] = {EXPONENT, EXPONENT, -1, -1, E_SIGN},
        [E_SIGN] = {EXPONENT, EXPONENT, -1, -1, -1},  [EXPONENT] = {EXPONENT, EXPONENT, -1, -1, -1},
    };

    if (c >= '0' && c <= '9')
        return next[at][c > '0'];
    if (c == '.')
        return next[at][2];
    if (c == 'e' || c == 'E')
        return next[at][3];
    return c == '+' || c == '-' ? next[at][4] : -1;
}

/* ---- one byte that stands outside strings and numbers ---- */
static enum rc open_level(struct pretty *p, char c, struct err *err) {
    if (p->depth == PRETTY_DEPTH)
        return err_set(err, RC_LIMIT, 0, "JSON nested more than %d levels deep", PRETTY_DEPTH);
    p->open[p->depth++] = c;
    p->state = c == '{' ? KEY_OR_END : VALUE_OR_END;
    p->empty = true;
    return put(p, &c, 1, err);
}

static enum rc close_level(struct pretty *p, char c, struct err *err) {
    if (p->depth == 0 || p->open[p->depth - 1] != (c == '}' ? '{' : '['))
        return wrong(p, (unsigned char)c, err);
    p->depth--;
    const enum rc rc = p->empty ? RC_OK : new_line(p, err);

    p->empty = false;
    p->state = AFTER;
    return rc == RC_OK ? put(p, &c, 1, err) : rc;
}

static enum rc begin_value(struct pretty *p, char c, struct err *err) {
    enum rc rc = p->state == VALUE_OR_END ? new_line(p, err) : RC_OK;

    if (rc != RC_OK)
        return rc;
    if (c == '{' || c == '[')
        return open_level(p, c, err);
    p->empty = false;
    p->key = false;
    if (c == '"')
        p->state = STRING;
    else if (c == 't' || c == 'f' || c == 'n')
        p->state = LITERAL, p->literal = c == 't' ? "rue" : c == 'f' ? "alse" : "ull";
    else if (c == '-' || (c >= '0' && c <= '9'))
        p->state = NUMBER, p->number = c == '-' ? MINUS : c == '0' ? ZERO : WHOLE;
    else
        return wrong(p, (unsigned char)c, err);
    return put(p, &c, 1, err);
}

static enum rc begin_key(struct pretty *p, char c, struct err *err) {
    if (c != '"')
        return wrong(p, (unsigned char)c, err);
    const enum rc rc = p->state == KEY_OR_END ? new_line(p, err) : RC_OK;

    p->key = true;
    p->empty = false;
    p->state = STRING;
    return rc == RC_OK ? put(p, "\"", 1, err) : rc;
}

static enum rc after_value(struct pretty *p, char c, struct err *err) {
    if (c == '}' || c == ']')
        return close_level(p, c, err);
    if (c != ',' || p->depth == 0)
        return wrong(p, (unsigned char)c, err);
    p->state = p->open[p->depth - 1] == '{' ? KEY : VALUE;
    const enum rc rc = put(p, ",", 1, err);

    return rc == RC_OK ? new_line(p, err) : rc;
}

static enum rc mark(struct pretty *p, char c, struct err *err) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
        return RC_OK;
    switch ((enum state)p->state) {
    case VALUE_OR_END:
        if (c == ']')
            return close_level(p, c, err);
        return begin_value(p, c, err);
    case VALUE:
        return begin_value(p, c, err);
    case KEY_OR_END:
        if (c == '}')
            return close_level(p, c, err);
        return begin_key(p, c, err);
    case KEY:
        return begin_key(p, c, err);
    case COLON:
        if (c != ':')
            return wrong(p, (unsigned char)c, err);
        p->state = VALUE;
        return put(p, ": ", p->lines ? 2 : 1, err);
    case AFTER:
        return after_value(p, c, err);
    case STRING:
    case ESCAPE:
    case HEX:
    case LITERAL:
    case NUMBER:
        break;
    }
    return wrong(p, (unsigned char)c, err);
}

/* ---- inside strings, literals, numbers: how many bytes of s belong to it ---- */
static size_t string_run(struct pretty *p, const char *s, size_t n, struct err *err, enum rc *rc) {
    size_t i = 0;

    while (i < n && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\')
        i++;
    if (i == n)
        return n;
    p->offset += i;
    if ((unsigned char)s[i] < 0x20)
        *rc = wrong(p, (unsigned char)s[i], err);
    p->offset -= i;
    if (s[i] == '\\')
        p->state = ESCAPE;
    else
        p->state = p->key ? COLON : AFTER;
    return i + 1;
}

static enum rc escape(struct pretty *p, char c, struct err *err) {
    if (p->state == HEX ? hex_digit(c) < 0 : c == '\0' || !strchr("\"\\/bfnrtu", c))
        return wrong(p, (unsigned char)c, err);
    if (p->state == ESCAPE)
        p->left = c == 'u' ? 4 : 0;
    else
        p->left--;
    p->state = p->left > 0 ? HEX : STRING;
    return RC_OK;
}

/* One step: the bytes of s that were read, at least one unless a number ended. */
static size_t step(struct pretty *p, const char *s, size_t n, struct err *err, enum rc *rc) {
    size_t took = 1;

    switch ((enum state)p->state) {
    case STRING:
        took = string_run(p, s, n, err, rc);
        break;
    case ESCAPE:
    case HEX:
        *rc = escape(p, *s, err);
        break;
    case LITERAL:
        if (*s != *p->literal)
            *rc = wrong(p, (unsigned char)*s, err);
        else if (*++p->literal == '\0')
            p->state = AFTER;
        break;
    case NUMBER: {
        const int next = number_next((enum number)p->number, *s);

        if (next >= 0)
            p->number = (uint8_t)next;
        else if (number_may_end(p))
            p->state = AFTER, took = 0;
        else
            *rc = wrong(p, (unsigned char)*s, err);
        break;
    }
    case VALUE:
    case VALUE_OR_END:
    case KEY_OR_END:
    case KEY:
    case COLON:
    case AFTER:
        *rc = mark(p, *s, err);
        return 1; /* it has put itself */
    }
    if (*rc == RC_OK)
        *rc = put(p, s, took, err);
    return took;
}

enum rc pretty_feed(struct pretty *p, const char *s, size_t n, struct err *err) {
    enum rc rc = RC_OK;

    while (n > 0 && rc == RC_OK) {
        const size_t took = step(p, s, n, err, &rc);

        s += took;
        n -= took;
        p->offset += took;
    }
    return rc;
}

enum rc pretty_end(struct pretty *p, struct err *err) {
    if (p->state == NUMBER && number_may_end(p))
        p->state = AFTER;
    if (p->state == AFTER && p->depth == 0)
        return p->lines ? put(p, "\n", 1, err) : RC_OK;
    return err_set(err, RC_PROTO, 0, "no JSON: it ends too early, at byte %llu",
                   (unsigned long long)p->offset);
}

enum rc json_check(const char *s, size_t n, struct err *err) {
    struct pretty p = {0};
    const enum rc rc = pretty_feed(&p, s, n, err);

    return rc == RC_OK ? pretty_end(&p, err) : rc;
}
