/* err.c - the table of outcomes, and the value that says what went wrong. */
#include "mix/base.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    bool retryable;
    int exit_code;
} outcomes[RC_COUNT] = {
#define RC(name, what, again, code) [RC_##name] = {what, (again) != 0, code},
#include "mix/errors.def"
#undef RC
};

const char *rc_text(enum rc rc) {
    assert((unsigned)rc < RC_COUNT);
    return outcomes[rc].text;
}

bool rc_retryable(enum rc rc) {
    assert((unsigned)rc < RC_COUNT);
    return outcomes[rc].retryable;
}

int rc_exit_code(enum rc rc, int detail) {
    assert((unsigned)rc < RC_COUNT);
    return rc == RC_HTTP && detail >= 500 ? 6 : outcomes[rc].exit_code;
}

/* Length of the well-formed UTF-8 sequence at s, 0 when there is none. s is NUL-terminated. */
static size_t sequence(const unsigned char *s) {
    static const struct {
        unsigned char first, last, low, high; /* lead byte range, second byte range */
        size_t len;
    } shapes[] = {
        {0x00, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < MIX_COUNT(shapes); i++) {
        if (s[0] < shapes[i].first || s[0] > shapes[i].last)
            continue;
        if (shapes[i].len > 1 && (s[1] < shapes[i].low || s[1] > shapes[i].high))
            return 0;
        for (size_t k = 2; k < shapes[i].len; k++)
            if ((s[k] & 0xc0) != 0x80)
                return 0;
        return shapes[i].len;
    }
    return 0;
}

/* One line of valid UTF-8 from any bytes, no longer than max with the NUL. */
static void tidy(char *out, size_t max, const char *text) {
    const unsigned char *s = (const unsigned char *)text;
    size_t n = 0;

    while (*s) {
        const size_t len = sequence(s);

        if (n + (len > 0 ? len : 1) >= max)
            break;
        if (len == 0 || (len == 1 && (*s < 0x20 || *s == 0x7f)))
            out[n++] = len == 0 ? '?' : ' ';
        else
            for (size_t k = 0; k < len; k++)
                out[n++] = (char)s[k];
        s += len > 0 ? len : 1;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

enum rc err_set(struct err *err, enum rc rc, int detail, const char *fmt, ...) {
    if (!err)
        return rc;
    /* Not straight into err->text: that may be one of the arguments. */
    char text[4 * sizeof err->text];
    va_list args;

    va_start(args, fmt);
    if (vsnprintf(text, sizeof text, fmt, args) < 0)
        text[0] = '\0';
    va_end(args);
    err->rc = rc;
    err->detail = detail;
    tidy(err->text, sizeof err->text, text);
    return rc;
}
