/* harness_output.c - reads what the program wrote as a strict terminal would: only what ncurses and
 * mixtui are known to send may be in it. */
#include "harness.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct reader {
    const unsigned char *p, *end, *start;
    char *why;
    size_t size;
};

static bool odd(struct reader *r, const char *what, const unsigned char *at) {
    char text[60];
    size_t n = 0;

    for (const unsigned char *q = at; q < r->end && q < at + 12 && n + 5 < sizeof text; q++)
        n += (size_t)snprintf(text + n, sizeof text - n, *q < 33 || *q > 126 ? "\\%03o" : "%c", *q);
    snprintf(r->why, r->size, "%s at byte %zu: %s", what, (size_t)(at - r->start), text);
    return false;
}

static bool known_mode(const char *parameters) {
    static const char *const modes[] = {"?1",    "?7",    "?12",   "?25",   "?12;25",
                                        "?1049", "?1004", "?2004", "?1002", "?1006",
                                        "?47",   "4",     "?3;4",  "?5"};

    for (size_t i = 0; i < MIX_COUNT(modes); i++)
        if (strcmp(parameters, modes[i]) == 0)
            return true;
    return false;
}

/* Behind ESC [ */
static bool read_csi(struct reader *r) {
    const unsigned char *from = r->p;
    char parameters[64];
    size_t n = 0;

    for (; r->p < r->end && *r->p >= 0x20 && *r->p < 0x40 && n + 1 < sizeof parameters; r->p++)
        parameters[n++] = (char)*r->p;
    parameters[n] = '\0';
    if (r->p >= r->end)
        return odd(r, "an unended sequence", from);
    const char final = (char)*r->p++;
    if (final == 'h' || final == 'l')
        return known_mode(parameters) || odd(r, "an unknown mode", from);
    if (final == 't') /* keeps and gives back the title */
        return strcmp(parameters, "22;0;0") == 0 || strcmp(parameters, "23;0;0") == 0 ||
               strcmp(parameters, "22;2") == 0 || strcmp(parameters, "23;2") == 0 ||
               odd(r, "an unknown window operation", from);
    if (final == 'p') /* soft reset, in terminfo's init strings */
        return strcmp(parameters, "!") == 0 || odd(r, "an unknown sequence", from);
    if (strspn(parameters, "0123456789;") != n)
        return odd(r, "unknown parameters", from);
    return strchr("@ABCDGHJKLMPSTXZbdmr", final) || odd(r, "an unknown sequence", from);
}

/* Behind ESC: a title, or a notice on the desktop. False: it is none; else r->p is behind it, or
 * *good tells that it is no good one. */
static bool read_notice(struct reader *r, bool *good) {
    static const char *const heads[] = {"]2;", "]9;mixtui: ", "]777;notify;mixtui: ",
                                        "]99;i=mixtui:d=0;mixtui: ", "]99;i=mixtui:d=1:p=body;"};
    const unsigned char *from = r->p;
    size_t n = 0;

    for (size_t i = 0; i < MIX_COUNT(heads) && n == 0; i++)
        if ((size_t)(r->end - r->p) >= strlen(heads[i]) &&
            memcmp(r->p, heads[i], strlen(heads[i])) == 0)
            n = strlen(heads[i]);
    if (n == 0)
        return false;
    for (r->p += n; r->p < r->end && *r->p >= ' ' && *r->p != 0x7f; r->p++)
        ;
    *good = r->end - r->p >= 2 && memcmp(r->p, "\033\\", 2) == 0 && r->p - from < 800;
    if (*good)
        r->p += 2;
    else
        odd(r, "an unended notice", from);
    return true;
}

/* Behind ESC */
static bool read_escape(struct reader *r) {
    const unsigned char *from = r->p;
    /* the background asked for; the palette given back, as terminfo has it for coming back; what
     * the terminal is, and whether it takes pictures as kitty does; the end of whatever a crash
     * left half written */
    static const char *const known[] = {"]11;?\033\\", "]104\007", "[c", "\\\033[?2004l",
                                        "_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\"};

    if (r->p >= r->end)
        return odd(r, "a lone ESC", from);
    for (size_t i = 0; i < MIX_COUNT(known); i++) {
        size_t n = strlen(known[i]);
        if ((size_t)(r->end - r->p) >= n && memcmp(r->p, known[i], n) == 0)
            return r->p += n, true;
    }
    bool good = false;
    if (read_notice(r, &good))
        return good;
    if (r->end - r->p >= 6 && memcmp(r->p, "]52;c;", 6) == 0) { /* a copy, base64 */
        for (r->p += 6; r->p < r->end && (isalnum(*r->p) || strchr("+/=", *r->p)); r->p++)
            ;
        return (r->p < r->end && *r->p == 7) ? (r->p++, true) : odd(r, "an unended copy", from);
    }
    if (r->end - r->p >= 4 && memcmp(r->p, "]8;;", 4) == 0) { /* a link begins or ends */
        for (r->p += 4; r->p<r->end && * r->p> ' ' && *r->p < 0x7f && *r->p != '\\'; r->p++)
            ;
        return r->end - r->p >= 2 && memcmp(r->p, "\033\\", 2) == 0
                   ? (r->p += 2, true)
                   : odd(r, "an unended link", from);
    }
    const char c = (char)*r->p++;
    if (c == '[')
        return read_csi(r);
    if ((c == '(' || c == ')') && r->p < r->end && strchr("B0", *r->p))
        return r->p++, true;
    return strchr("78=>M", c) || odd(r, "an unknown escape", from);
}

static bool read_utf8(struct reader *r) {
    const unsigned char *from = r->p;
    size_t more = *from >= 0xF0 ? 3 : *from >= 0xE0 ? 2 : 1;
    uint32_t c = *from & (0x3FU >> more);

    if (*from < 0xC2 || *from > 0xF4 || (size_t)(r->end - from) <= more)
        return odd(r, "no UTF-8", from);
    for (size_t i = 1; i <= more; i++) {
        if ((from[i] & 0xC0) != 0x80)
            return odd(r, "no UTF-8", from);
        c = c << 6 | (from[i] & 0x3FU);
    }
    r->p += more + 1;
    bool control = c >= 0x80 && c < 0xA0;
    bool bidi = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                (c >= 0x2066 && c <= 0x2069);
    bool nothing = c == 0x200B || c == 0x2060 || c == 0xFEFF;
    return !(control || bidi || nothing) || odd(r, "a foreign control", from);
}

bool screen_output_is_clean(struct screen *s, char *why, size_t size) {
    size_t n;
    const char *raw = screen_raw(s, &n);
    const unsigned char *bytes = (const unsigned char *)raw;
    struct reader r = {bytes, bytes + n, bytes, why, size};
    bool good = true;

    snprintf(why, size, "clean");
    while (good && r.p < r.end) {
        if (*r.p == 033)
            r.p++, good = read_escape(&r);
        else if (*r.p >= 0x80)
            good = read_utf8(&r);
        else if (*r.p >= 0x20 ? *r.p != 0x7F : strchr("\r\n\b\t\a\016\017", *r.p) && *r.p)
            r.p++;
        else
            good = odd(&r, "a control", r.p);
    }
    return good;
}
