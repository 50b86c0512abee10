/* duration.c - how long a call took, from the words in which servers say it. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Digits with a fraction; *p moves behind them. < 0: none. */
static double digits(const char **p) {
    double value = 0.0;
    double scale = 1.0;
    const char *start = *p;

    for (; **p >= '0' && **p <= '9'; (*p)++)
        value = 10.0 * value + (**p - '0');
    if (**p == '.')
        for ((*p)++; **p >= '0' && **p <= '9'; (*p)++)
            value += (scale /= 10.0) * (**p - '0');
    return *p == start ? -1.0 : value;
}

static double unit(const char **p) {
    static const struct {
        const char *name;
        double seconds;
    } units[] = {
        {"ns", 1e-9}, {"\u00b5s", 1e-6}, {"\u03bcs", 1e-6}, {"us", 1e-6},
        {"ms", 1e-3}, {"s", 1.0},        {"m", 60.0},       {"h", 3600.0},
    };

    for (size_t i = 0; i < MIX_COUNT(units); i++) {
        const size_t n = strlen(units[i].name);

        if (strncmp(*p, units[i].name, n) == 0) {
            *p += n;
            return units[i].seconds;
        }
    }
    return -1.0;
}

static double duration(const char *p) {
    double sum = -1.0;

    while (*p >= '0' && *p <= '9') {
        const double value = digits(&p);
        const double seconds = unit(&p);

        if (seconds < 0.0)
            return -1.0;
        sum = (sum < 0.0 ? 0.0 : sum) + value * seconds;
    }
    return sum;
}

/* "Completed Bash tool in 1.203456789s", "Failed Bash tool after 1m30.5s: permission denied" */
double go_duration(const char *progress) {
    static const char *const words[] = {" in ", " after "};
    double found = -1.0;

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        for (const char *p = strstr(progress, words[i]); p; p = strstr(p + 1, words[i])) {
            const double seconds = duration(p + strlen(words[i]));

            if (seconds >= 0.0)
                found = seconds;
        }
    return found;
}
