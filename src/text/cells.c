/* cells.c - grapheme clusters and how many cells they take. */
#include "utf8.h"

#include <utf8proc.h>
#include <wchar.h>

enum { CLUSTER_CELLS = UINT8_MAX, ZWJ = 0x200d };

/* Cells of one code point: 0 for marks and controls, 1 for a tab and for what wcwidth(3) does not
 * know. */
static int point_cells(uint32_t cp) {
    if (cp < 0x7f)
        return cp >= 0x20 || cp == '\t';
    if (cp < 0xa0)
        return 0;
    const int cells = wcwidth((wchar_t)cp);

    return cells < 0 ? 1 : cells;
}

struct cluster text_cluster(const char *s, size_t n) {
    if (n == 0)
        return (struct cluster){0};
    if (byte_printable(s[0]) && (n == 1 || byte_ascii(s[1])))
        return (struct cluster){.bytes = 1, .cells = 1};
    size_t used;
    uint32_t cp = text_decode(s, n, &used);
    size_t at = used;
    int cells = point_cells(cp);
    utf8proc_int32_t state = 0;

    while (at < n) {
        const uint32_t next = text_decode(s + at, n - at, &used);

        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)cp, (utf8proc_int32_t)next, &state))
            break;
        /* A chain of joiners may go on for ever; a row of cells does not, so it is cut. */
        const int more = point_cells(next);

        if (cells + more > CLUSTER_CELLS || at + used > UINT32_MAX)
            break;
        cells += more;
        at += used;
        cp = next;
    }
    return (struct cluster){.bytes = (uint32_t)at, .cells = (uint8_t)cells};
}

/* Latest position before `at` where a cluster begins whatever stands before it. */
static size_t sure_start(const char *s, size_t at) {
    size_t start;
    uint32_t cp = utf8_back(s, at, &start);

    while (start > 0) {
        size_t before;
        const uint32_t prev = utf8_back(s, start, &before);

        /* Without a state utf8proc breaks after every joiner. */
        if (prev != ZWJ && utf8proc_grapheme_break((utf8proc_int32_t)prev, (utf8proc_int32_t)cp))
            break;
        start = before;
        cp = prev;
    }
    return start;
}

size_t text_prev(const char *s, size_t at) {
    if (at == 0)
        return 0;
    size_t start = sure_start(s, at);

    for (;;) {
        const size_t next = start + text_cluster(s + start, at - start).bytes;

        if (next >= at)
            return start;
        start = next;
    }
}

int text_width(const char *s, size_t n) {
    size_t at = 0;
    int64_t cells = 0;

    while (at < n) {
        if (byte_printable(s[at])) {
            at++;
            cells++;
            continue;
        }
        size_t used;

        cells += point_cells(text_decode(s + at, n - at, &used));
        at += used;
    }
    return cells < INT32_MAX ? (int)cells : INT32_MAX;
}

size_t text_fit(const char *s, size_t n, int cells) {
    size_t at = 0;

    while (at < n) {
        const struct cluster c = text_cluster(s + at, n - at);

        if (c.cells > cells)
            break;
        cells -= c.cells;
        at += c.bytes;
    }
    return at;
}
