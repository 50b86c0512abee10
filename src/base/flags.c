/* flags.c - command lines from tables. */
#include "mix/flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct flag *find(const struct flag_reader *r, const char *word, size_t n) {
    for (size_t t = 0; t < r->n_tables; t++)
        for (size_t i = 0; i < r->tables[t].n; i++) {
            const struct flag *row = &r->tables[t].rows[i];

            if (strlen(row->name) == n && memcmp(row->name, word, n) == 0)
                return row;
        }
    return NULL;
}

/* "ask|deny|grant": lower case and bars. */
static bool closed_set(const char *value) { return strchr(value, '|') != NULL; }

/* "[true|false]": only behind an equals sign, and without one there is none. */
static bool optional(const char *value) { return value[0] == '['; }

static bool in_set(const char *set, const char *word) {
    const size_t n = strlen(word);

    if (strpbrk(word, "[|]"))
        return false;
    for (const char *p = set; n > 0 && (p = strstr(p, word)); p++)
        if ((p == set || strchr("[|", p[-1])) && (p[n] == '\0' || strchr("|]", p[n])))
            return true;
    return false;
}

enum rc flags_next(struct flag_reader *r, struct flag_given *out, struct err *err) {
    *out = (struct flag_given){0};
    if (r->at < r->argc && !r->plain && str_eq(r->argv[r->at], "--")) {
        r->plain = true;
        r->at++;
    }
    if (r->at >= r->argc)
        return RC_OK;
    const char *word = r->argv[r->at++];

    if (r->plain || word[0] != '-' || word[1] == '\0') {
        out->value = word;
        return RC_OK;
    }
    const size_t n = strcspn(word, "=");
    const struct flag *row = find(r, word, n);

    if (!row)
        return err_set(err, RC_USAGE, 0, "unknown option %.*s: %s lists them",
                       (int)(n < 60 ? n : 60), word, r->usage);
    out->flag = row;
    if (!row->value)
        return word[n] ? err_set(err, RC_USAGE, 0, "%s takes no value", row->name) : RC_OK;
    if (word[n])
        out->value = word + n + 1;
    else if (optional(row->value))
        return RC_OK;
    else if (r->at < r->argc)
        out->value = r->argv[r->at++];
    if (!out->value || !*out->value)
        return err_set(err, RC_USAGE, 0, "%s needs a value: %s %s", row->name, row->name,
                       row->value);
    if (closed_set(row->value) && !in_set(row->value, out->value))
        return err_set(err, RC_USAGE, 0, "%s %.40s: it is one of %s", row->name, out->value,
                       row->value);
    return RC_OK;
}

void flags_help(struct buf *out, const struct flag_table *table) {
    int name = 0, value = 0;

    for (size_t i = 0; i < table->n; i++) {
        const struct flag *f = &table->rows[i];
        const int n = (int)strlen(f->name), v = f->value ? (int)strlen(f->value) : 0;

        name = n > name ? n : name;
        value = v > value ? v : value;
    }
    for (size_t i = 0; i < table->n; i++) {
        const struct flag *f = &table->rows[i];

        buf_addf(out, "  %-*s %-*s  %s\n", name, f->name, value, f->value ? f->value : "", f->help);
    }
}

enum rc flag_number(int64_t *out, const struct flag_given *g, int64_t min, int64_t max,
                    struct err *err) {
    char *end = NULL;

    errno = 0;
    const long long n = strtoll(g->value, &end, 10);

    if (errno || end == g->value || *end || n < min || n > max)
        return err_set(err, RC_USAGE, 0, "%s %.40s: it is a number from %lld to %lld",
                       g->flag->name, g->value, (long long)min, (long long)max);
    *out = n;
    return RC_OK;
}

enum rc flag_duration(int64_t *out, const struct flag_given *g, struct err *err) {
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    char *end = NULL;

    errno = 0;
    const double n = strtod(g->value, &end);

    if (!errno && end != g->value && n >= 0 && n < 1e9) {
        for (size_t i = 0; i < MIX_COUNT(units); i++)
            if (str_eq(end, units[i].unit)) {
                *out = (int64_t)(n * units[i].ms + 0.5);
                return RC_OK;
            }
        if (n <= 0 && *end == '\0') {
            *out = 0;
            return RC_OK;
        }
    }
    return err_set(err, RC_USAGE, 0, "%s %.40s: it is a time such as 1500ms, 30s or 2m",
                   g->flag->name, g->value);
}
