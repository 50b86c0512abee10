/* time.c - RFC 3339 times, as servers write them: whole seconds, any offset. */
#include "json.h"

#include <stdio.h>
#include <string.h>

/* Days since 1970-01-01 of a date of the Gregorian calendar; years count from March. */
static int64_t days_of(int64_t y, int64_t m, int64_t d) {
    y -= m <= 2;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t yoe = y - era * 400;
    const int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Reads a number of exactly `width` digits in [low, high]. */
static bool number(const char **s, int width, int low, int high, int *out) {
    int value = 0;

    for (int i = 0; i < width; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        value = 10 * value + (**s - '0');
    }
    *out = value;
    return value >= low && value <= high;
}

static bool any_of(const char **s, const char *these) {
    if (**s == '\0' || !strchr(these, **s))
        return false;
    (*s)++;
    return true;
}

int64_t time_read(const char *s) {
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0, ms = 0, oh = 0, om = 0;

    if (!number(&s, 4, 1, 9999, &y) || !any_of(&s, "-") || !number(&s, 2, 1, 12, &mo) ||
        !any_of(&s, "-") || !number(&s, 2, 1, 31, &d) || !any_of(&s, "Tt ") ||
        !number(&s, 2, 0, 23, &h) || !any_of(&s, ":") || !number(&s, 2, 0, 59, &mi) ||
        !any_of(&s, ":") || !number(&s, 2, 0, 60, &sec))
        return 0;
    if (*s == '.') {
        int weight = 100;

        for (s++; *s >= '0' && *s <= '9'; s++, weight /= 10)
            ms += weight * (*s - '0');
    }
    int64_t offset = 0;

    if (*s == '+' || *s == '-') {
        const int sign = *s++ == '-' ? -1 : 1;

        if (!number(&s, 2, 0, 23, &oh) || !any_of(&s, ":") || !number(&s, 2, 0, 59, &om))
            return 0;
        offset = sign * (oh * 60 + om);
    } else if (!any_of(&s, "Zz")) {
        return 0;
    }
    if (*s != '\0')
        return 0;
    const int64_t minutes = days_of(y, mo, d) * 1440 + h * 60 + mi - offset;
    const int64_t at = (minutes * 60 + sec) * 1000 + ms;

    return at > 0 ? at : 0; /* servers write year 1 for "never" */
}

void time_write(char out[32], int64_t ms) {
    const int64_t last = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
    int64_t secs = ms > 0 ? ms / 1000 : 0;

    if (secs > last)
        secs = last;
    const int64_t days = secs / 86400, rest = secs % 86400;
    const int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    const int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    const int64_t y = yoe + era * 400 + (m <= 2 ? 1 : 0);

    char text[96]; /* room for what the compiler thinks an int may hold */

    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)y, (int)m, (int)d,
             (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    memcpy(out, text, 21);
}
