/* bare.c - lines without a screen: what the terminal is told. The only sequences are our own. */
#include "bare.h"

#include <string.h>

static bool of_address(char c) {
    return (unsigned char)c > ' ' && (unsigned char)c < 0x7f && !strchr("<>\"`{}|\\^", c);
}

static size_t scheme(const char *s, size_t n) {
    if (n > 8 && memcmp(s, "https://", 8) == 0)
        return 8;
    return n > 7 && memcmp(s, "http://", 7) == 0 ? 7 : 0;
}

size_t bare_address(const char *s, size_t n) {
    const size_t head = scheme(s, n);
    size_t end = head, open = 0, shut = 0;

    if (head == 0)
        return 0;
    while (end < n && of_address(s[end])) {
        open += s[end] == '(';
        shut += s[end] == ')';
        end++;
    }
    while (end > head && strchr(".,;:!?')]*_", s[end - 1])) {
        const bool bracket = s[end - 1] == ')';

        if (bracket && shut <= open) /* it belongs to the address */
            break;
        shut -= bracket;
        end--;
    }
    return end > head ? end : 0;
}

static enum rc link(struct buf *out, const char *s, size_t n) {
    enum rc rc = buf_adds(out, "\033]8;;");

    if (rc == RC_OK)
        rc = buf_add(out, s, n);
    if (rc == RC_OK)
        rc = buf_adds(out, "\033\\");
    if (rc == RC_OK)
        rc = buf_add(out, s, n);
    return rc == RC_OK ? buf_adds(out, "\033]8;;\033\\") : rc;
}

/* Bytes that go out as they are. */
static size_t plain(const char *s, size_t n, enum bare_links links) {
    size_t i = 0;

    while (i < n && ((unsigned char)s[i] >= ' ' && s[i] != 0x7f) &&
           (links == BARE_PLAIN || s[i] != 'h' || bare_address(s + i, n - i) == 0))
        i++;
    return i;
}

enum rc bare_sequence(struct buf *out, const char *text, size_t n, enum bare_links links) {
    enum rc rc = RC_OK;

    while (n > 0 && rc == RC_OK) {
        size_t used = plain(text, n, links);

        if (used > 0) {
            rc = buf_add(out, text, used);
        } else if (*text == 'h') {
            used = bare_address(text, n);
            rc = link(out, text, used);
        } else {
            used = 1;
            if (*text == '\n') /* the line is raw */
                rc = buf_adds(out, "\r\n");
        }
        text += used;
        n -= used;
    }
    return rc;
}
