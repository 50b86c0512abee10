/* facts.h - what was published of the Mix API, as facts a test can hold a request or an answer
 * against: method, path, fields, types, what is required. The files are tests/fixtures/facts-*.txt,
 * a fact a line: `of kind place type required|-`.
 *
 * kind: path, query, body, part, a status (the answer), `error` of `*` (every refusal), `event`.
 * place: dotted; `.` is the whole, `*` any key of a map, `#` an element that is no object.
 * type: string, integer, number, boolean, object, array, bytes, any; `string:a|b` a closed set;
 * a `?` at the end: or null. */
#ifndef MIX_TESTS_FACTS_H
#define MIX_TESTS_FACTS_H

#include <cjson/cJSON.h>

#include "mix/base.h"

struct fact {
    char of[64], kind[16], place[128], type[256], rest[32];
};
struct facts {
    struct fact *v;
    size_t n, cap;
};
/* Where servers are known to differ from what was published. `*` fits any; a place that ends in
 * `*` fits what begins with it. */
struct deviation {
    const char *generation;                    /* NULL: all */
    const char *of, *kind, *place, *complaint; /* complaint: its first words */
    const char *why;
    int met; /* counted by facts_check: one that is never met is a defect of the list */
};
struct check {
    const char *generation;
    const struct facts *facts;
    struct deviation *deviations;
    size_t n_deviations;
    struct buf complaints; /* a line each */
};

void facts_load(struct facts *out, const char *generation);
void facts_free(struct facts *f);
bool facts_have(const struct facts *f, const char *of, const char *kind);
/* Adds a line for everything in `value` that no fact of (of, kind) allows. */
void facts_check(struct check *c, const char *of, const char *kind, const cJSON *value);
void facts_complain(struct check *c, const char *of, const char *kind, const char *place,
                    const char *text);

#endif
