/* read.c - JSON tree -> struct, by field table. */
#include "json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct arena *arena;
    struct err *err;
    struct place_text *found; /* or NULL */
    enum strictness how;
    int version;
};

static size_t add_place(char *out, size_t room, const struct place *at) {
    if (!at)
        return 0;
    const size_t n = add_place(out, room, at->up);
    int more = 0;

    if (!at->name)
        more = snprintf(out + n, room - n, "[%zu]", at->index);
    else
        more = snprintf(out + n, room - n, "%s%.60s", n > 0 ? "." : "", at->name);
    const size_t end = n + (more > 0 ? (size_t)more : 0);

    return end < room ? end : room - 1;
}

static enum rc wrong(const struct reading *r, const struct place *at, const char *what) {
    struct place_text place = {""};

    add_place(place.s, sizeof place.s, at);
    if (r->found)
        *r->found = place;
    return err_set(r->err, RC_PROTO, 0, "%s%s%s", place.s, *place.s ? ": " : "", what);
}

static enum rc wrong_type(const struct reading *r, const struct place *at, const char *want,
                          const cJSON *got) {
    char what[80];

    snprintf(what, sizeof what, "expected %s, got %s", want, json_what(got));
    return wrong(r, at, what);
}

static const char *copy(const struct reading *r, const char *s) {
    return arena_strndup(r->arena, s, SIZE_MAX);
}

/* What a double counts exactly; a thousand of them can be added, or one be multiplied by 1000,
 * without a look at the sum. */
#define COUNT_MAX 9007199254740991.0

static double limited(double d) {
    return d > COUNT_MAX ? COUNT_MAX : d < -COUNT_MAX ? -COUNT_MAX : d;
}

static int64_t clamp(double d) { return (int64_t)limited(d); }

static int64_t seconds(double d) { return clamp(d * 1000.0); }

static enum rc read_string(const struct reading *r, const struct field *f, const cJSON *v,
                           void *out, const struct place *at) {
    const char *s = v->valuestring;

    if (!cJSON_IsString(v)) {
        if (f->kind != K_INPUT && f->kind != K_RAW)
            return wrong_type(r, at, "a string", v);
        s = json_text(v);
    }
    if (*s == '\0' && (f->flags & NO_BLANK))
        return RC_OK;
    *(const char **)out = copy(r, s);
    return RC_OK;
}

static enum rc read_strings(const struct reading *r, const cJSON *v, void *out,
                            const struct place *at) {
    struct strings *list = out;
    struct place here = {.up = at};
    size_t n = 0;

    if (!cJSON_IsArray(v))
        return wrong_type(r, at, "a list", v);
    *list = (struct strings){0};
    for (const cJSON *c = v->child; c; c = c->next)
        n++;
    list->items = arena_alloc(r->arena, n * sizeof *list->items);
    for (const cJSON *c = v->child; c; c = c->next, here.index++) {
        if (cJSON_IsNull(c))
            continue;
        if (!cJSON_IsString(c))
            return wrong_type(r, &here, "a string", c);
        list->items[list->n++] = copy(r, c->valuestring);
    }
    return RC_OK;
}

static enum rc read_object(const struct reading *r, const struct shape *s, const cJSON *v,
                           void *out, const struct place *at);

/* A list keeps its order, a map is sorted by key: servers write maps in no order. */
static int by_key(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum rc read_elements(const struct reading *r, const struct shape *sub, enum form form,
                             const cJSON *v, void *out, const struct place *at) {
    const bool map = form == FORM_MAP;
    struct list list = {0};
    struct place here = {.up = at};

    if (!(map ? cJSON_IsObject(v) : cJSON_IsArray(v)))
        return wrong_type(r, at, map ? "an object" : "a list", v);
    for (const cJSON *c = v->child; c; c = c->next)
        list.n++;
    char *item = list.items = list.n > 0 ? arena_alloc(r->arena, list.n * sub->size) : NULL;

    list.n = 0;
    for (const cJSON *c = v->child; c; c = c->next, here.index++) {
        if (cJSON_IsNull(c))
            continue;
        here.name = map ? c->string : NULL;
        if (map)
            *(const char **)(void *)item = copy(r, c->string);
        const enum rc rc = read_object(r, sub, c, item, &here);

        if (rc != RC_OK)
            return rc;
        item += sub->size;
        list.n++;
    }
    if (map && list.n > 1)
        qsort(list.items, list.n, sub->size, by_key);
    memcpy(out, &list, sizeof list);
    return RC_OK;
}

static enum rc read_pointer(const struct reading *r, const struct shape *sub, const cJSON *v,
                            void *out, const struct place *at) {
    void *made = arena_alloc(r->arena, sub->size);

    memcpy(out, &made, sizeof made);
    return read_object(r, sub, v, made, at);
}

static enum rc read_number(const struct reading *r, const struct field *f, const cJSON *v,
                           void *out, const struct place *at) {
    if (!cJSON_IsNumber(v))
        return wrong_type(r, at, "a number", v);
    if (f->kind == K_DBL)
        *(double *)out = limited(v->valuedouble);
    else
        *(int64_t *)out = f->kind == K_SECS ? seconds(v->valuedouble) : clamp(v->valuedouble);
    return RC_OK;
}

static enum rc read_value(const struct reading *r, const struct field *f, const cJSON *v, void *out,
                          const struct place *at) {
    switch (f->kind) {
    case K_STR:
    case K_INPUT:
    case K_RAW:
        return read_string(r, f, v, out, at);
    case K_BOOL:
        if (!cJSON_IsBool(v))
            return wrong_type(r, at, "a boolean", v);
        *(bool *)out = cJSON_IsTrue(v);
        return RC_OK;
    case K_INT:
    case K_DBL:
    case K_SECS:
    case K_MILLIS:
        return read_number(r, f, v, out, at);
    case K_TIME:
        if (!cJSON_IsString(v))
            return wrong_type(r, at, "a string", v);
        *(int64_t *)out = time_read(v->valuestring);
        return RC_OK;
    case K_STRS:
        return read_strings(r, v, out, at);
    case K_OBJ:
        return read_object(r, f->sub, v, out, at);
    case K_OPT:
        return read_pointer(r, f->sub, v, out, at);
    case K_LIST:
        return read_elements(r, f->sub, FORM_LIST, v, out, at);
    case K_MAP:
        return read_elements(r, f->sub, FORM_MAP, v, out, at);
    case K_KEY:
    case K_SELF:
    case K_EMPTY:
        break;
    }
    return RC_OK;
}

/* Servers keep to the order of the table, so the search starts behind the last hit. */
static const struct field *find_field(const struct shape *s, const char *key, int version,
                                      size_t *hint) {
    for (size_t k = 0, i = *hint; k < s->n; k++, i++) {
        if (i >= s->n)
            i = 0;
        const struct field *f = &s->fields[i];

        if (f->name[0] != key[0] || key[0] == '\0' || f->where != IN_BODY ||
            strcmp(f->name, key) != 0)
            continue;
        if (!field_known(f, version))
            continue;
        *hint = i + 1;
        return f;
    }
    return NULL;
}

static enum rc read_fields(const struct reading *r, const struct shape *s, const cJSON *v,
                           char *out, const struct place *at, uint64_t *seen) {
    const bool twofold = s->n > 0 && s->fields[0].kind == K_SELF;
    size_t hint = 0;

    for (const cJSON *c = v->child; c; c = c->next) {
        const struct field *f = find_field(s, c->string, r->version, &hint);

        if (!f) {
            if (r->how == SHAPE_LENIENT || twofold)
                continue;
            return err_set(r->err, RC_PROTO, 0, "unknown field \"%.60s\"", c->string);
        }
        if (cJSON_IsNull(c))
            continue;
        const struct place here = {.up = at, .name = f->name};
        const enum rc rc = read_value(r, f, c, out + f->at, &here);

        if (rc != RC_OK)
            return rc;
        *seen |= UINT64_C(1) << (f - s->fields);
    }
    return RC_OK;
}

static enum rc read_object(const struct reading *r, const struct shape *s, const cJSON *v,
                           void *out, const struct place *at) {
    uint64_t seen = 0;

    assert(s->n <= 64);
    if (!cJSON_IsObject(v))
        return wrong_type(r, at, "an object", v);
    enum rc rc = read_fields(r, s, v, out, at, &seen);

    for (size_t i = 0; rc == RC_OK && i < s->n; i++) {
        const struct field *f = &s->fields[i];

        if (f->kind == K_SELF) {
            struct reading beside = *r; /* what is ours is unknown to the other table */
            uint64_t ignored = 0;

            beside.how = SHAPE_LENIENT;
            rc = read_fields(&beside, f->sub, v, (char *)out + f->at, at, &ignored);
        } else if ((f->flags & REQ) && f->where == IN_BODY && !(seen >> i & 1)) {
            const struct place here = {.up = at, .name = f->name};

            rc = wrong(r, &here, "missing");
        }
    }
    return rc;
}

static enum rc read_top(const struct reading *r, const struct shape *s, const cJSON *v, void *out,
                        const struct place *at) {
    if (s->form == FORM_OBJECT)
        return read_object(r, s, v, out, at);
    if (cJSON_IsNull(v)) /* early servers' word for an empty list */
        return RC_OK;
    return read_elements(r, s->sub, s->form, v, out, at);
}

enum rc shape_from_tree(void *out, const struct shape *s, const cJSON *v, struct arena *a,
                        const struct place *at, struct place_text *found, struct err *err) {
    const struct reading r = {.arena = a, .err = err, .found = found, .how = SHAPE_LENIENT};

    return read_top(&r, s, v, out, at);
}

static enum rc read_text(void *out, const struct shape *s, const char *json, size_t n,
                         const struct reading *r) {
    const cJSON *tree = json_parse(json, n, NULL, r->err);
    const enum rc rc = tree ? read_top(r, s, tree, out, NULL) : RC_PROTO;

    json_done(tree);
    return rc;
}

enum rc shape_read_at(void *out, const struct shape *s, const char *json, size_t n, struct arena *a,
                      struct place_text *found, struct err *err) {
    return read_text(out, s, json, n, &(struct reading){.arena = a, .err = err, .found = found});
}

enum rc shape_read(void *out, const struct shape *s, const char *json, size_t n, struct arena *a,
                   enum strictness how, struct err *err) {
    return read_text(out, s, json, n, &(struct reading){.arena = a, .err = err, .how = how});
}

enum rc shape_read_strict(void *out, const struct shape *s, const char *json, size_t n,
                          struct arena *a, int version, struct err *err) {
    return read_text(
        out, s, json, n,
        &(struct reading){.arena = a, .err = err, .how = SHAPE_STRICT, .version = version});
}

size_t shape_size(const struct shape *s) { return s->size; }

size_t shape_element_size(const struct shape *s) {
    return s && s->form == FORM_LIST ? s->sub->size : 0;
}

const struct shape *shape_named(const char *name) {
    for (size_t i = 0; i < shape_count; i++)
        if (strcmp(shape_table[i]->name, name) == 0)
            return shape_table[i];
    return NULL;
}
