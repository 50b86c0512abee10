/* places_doc.c - documents made of the facts: a sentinel in every field. */
#include <time.h>

#include "places.h"

static const struct fact *fact_of(const struct facts *facts, const char *of, const char *kind,
                                  const char *place) {
    for (size_t i = 0; i < facts->n; i++) {
        const struct fact *f = &facts->v[i];

        if (str_eq(f->of, of) && str_eq(f->kind, kind) && str_eq(f->place, place))
            return f;
    }
    return NULL;
}

static bool begins(const char *s, const char *with) { return strncmp(s, with, strlen(with)) == 0; }

static bool has_members(const struct facts *facts, const struct fact *f) {
    const size_t n = strlen(f->place);

    for (size_t i = 0; i < facts->n; i++) {
        const struct fact *m = &facts->v[i];

        if (str_eq(m->of, f->of) && str_eq(m->kind, f->kind) && !str_eq(m->place, ".") &&
            (str_eq(f->place, ".") || (begins(m->place, f->place) && m->place[n] == '.')))
            return true;
    }
    return false;
}

bool is_vessel(const struct facts *facts, const struct fact *f) {
    return (begins(f->type, "object") || begins(f->type, "array")) &&
           (str_eq(f->place, ".") || has_members(facts, f));
}

/* ---- sentinels ---- */
static bool is_one_of(const char *word, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(word, words[i]))
            return true;
    return false;
}

static bool is_time(const char *name) {
    static const char *const names[] = {"createdAt",    "updatedAt",  "timestamp",  "expires_at",
                                        "last_refresh", "created_at", "updated_at", "modified"};

    return is_one_of(name, names, MIX_COUNT(names));
}

/* 17 March 2031, 05:mm:ss */
static int64_t odd_time(size_t i) {
    struct tm t = {.tm_year = 131,
                   .tm_mon = 2,
                   .tm_mday = 17,
                   .tm_hour = 5,
                   .tm_min = (int)(i / 60 % 60),
                   .tm_sec = (int)(i % 60)};

    return timegm(&t);
}

static cJSON *time_sentinel(struct leaf *l, const char *type, size_t i) {
    const int64_t at = odd_time(i);

    snprintf(l->shown, sizeof l->shown, "%s", panel_time(at * 1000).s);
    if (!begins(type, "string")) {
        snprintf(l->raw, sizeof l->raw, "%lld", (long long)at);
        return cJSON_CreateNumber((double)at);
    }
    snprintf(l->raw, sizeof l->raw, "2031-03-17T05:%02d:%02dZ", (int)(i / 60 % 60), (int)(i % 60));
    return cJSON_CreateString(l->raw);
}

static cJSON *sentinel(struct leaf *l, const char *type, const char *name, size_t i) {
    snprintf(l->raw, sizeof l->raw, "zq%zux", i);
    if (is_time(name))
        return time_sentinel(l, type, i);
    if (begins(type, "string:"))
        snprintf(l->raw, sizeof l->raw, "%.*s", (int)strcspn(type + 7, "|?"), type + 7);
    else if (begins(type, "integer"))
        snprintf(l->raw, sizeof l->raw, "%zu", 4100 + i);
    else if (begins(type, "number"))
        snprintf(l->raw, sizeof l->raw, "4.%03zu7", i);
    snprintf(l->shown, sizeof l->shown, "%s", l->raw);
    if (begins(type, "integer") || begins(type, "number"))
        return cJSON_CreateNumber(strtod(l->raw, NULL));
    if (begins(type, "boolean"))
        return cJSON_CreateTrue();
    if (begins(type, "object")) {
        cJSON *o = cJSON_CreateObject();

        cJSON_AddItemToObject(o, l->raw, cJSON_CreateString("string"));
        return o;
    }
    if (str_eq(name, "input")) { /* JSON as text */
        char text[96];

        snprintf(text, sizeof text, "{\"command\":\"%s\"}", l->raw);
        return cJSON_CreateString(text);
    }
    return cJSON_CreateString(l->raw);
}

/* ---- placing ---- */
static cJSON *empty_of(const char *type) {
    return begins(type, "array") ? cJSON_CreateArray() : cJSON_CreateObject();
}

/* Where the members of `c` go: of an array, its one element. */
static cJSON *inside(cJSON *c) {
    if (!cJSON_IsArray(c))
        return c;
    if (cJSON_GetArraySize(c) == 0)
        cJSON_AddItemToArray(c, cJSON_CreateObject());
    return cJSON_GetArrayItem(c, 0);
}

static const char *key_of(const char *name) { return str_eq(name, "*") ? "zqmap" : name; }

/* The vessel in which `place` stands; *name is its last word. */
static cJSON *vessel_of(cJSON *root, const char *place, const char **name) {
    cJSON *at = root;
    char word[128];

    for (;;) {
        const size_t n = strcspn(place, ".");

        if (place[n] == '\0')
            break;
        snprintf(word, sizeof word, "%.*s", (int)n, place);
        at = cJSON_GetObjectItemCaseSensitive(inside(at), key_of(word));
        if (!at)
            return NULL;
        place += n + 1;
    }
    *name = place;
    return at;
}

static void put(cJSON *vessel, const char *name, cJSON *value) {
    if (str_eq(name, "#")) {
        cJSON_AddItemToArray(vessel, value);
        return;
    }
    cJSON *o = inside(vessel);

    if (cJSON_GetObjectItemCaseSensitive(o, key_of(name)))
        cJSON_ReplaceItemInObjectCaseSensitive(o, key_of(name), value);
    else
        cJSON_AddItemToObject(o, key_of(name), value);
}

static void change(struct doc *d, const char *with) {
    char one[256];

    for (const char *p = with; p && *p; p += strcspn(p, ";") + (p[strcspn(p, ";")] == ';')) {
        const char *name = NULL;

        snprintf(one, sizeof one, "%.*s", (int)strcspn(p, ";"), p);
        char *eq = strchr(one, '=');

        if (eq)
            *eq = '\0';
        const char *place = one + (one[0] == '-');
        cJSON *vessel = vessel_of(d->json, place, &name);

        if (!vessel) /* not published in this generation */
            continue;
        if (one[0] == '-')
            cJSON_DeleteItemFromObjectCaseSensitive(inside(vessel), key_of(name));
        else if (doc_leaf(d, place) || str_eq(name, "*"))
            put(vessel, name, cJSON_Parse(eq + 1));
    }
}

/* Documents that meet in one scene have other sentinels. */
static size_t first_number(const char *of) {
    size_t n = 0;

    for (const char *p = of; *p; p++)
        n = n * 31 + (unsigned char)*p;
    return 100 + n % 20 * 44;
}

void doc_make(struct doc *d, const struct facts *facts, const char *of, const char *kind,
              const char *with) {
    const struct fact *root = fact_of(facts, of, kind, ".");

    *d = (struct doc){.json = root ? empty_of(root->type) : NULL};
    for (size_t i = 0; root && i < facts->n; i++) {
        const struct fact *f = &facts->v[i];
        const char *name = NULL;

        if (!str_eq(f->of, of) || !str_eq(f->kind, kind) || f == root)
            continue;
        cJSON *vessel = vessel_of(d->json, f->place, &name);

        assert_non_null(vessel);
        if (is_vessel(facts, f)) {
            put(vessel, name, empty_of(f->type));
            continue;
        }
        d->v = xgrow(d->v, d->n, &d->cap, sizeof *d->v);
        struct leaf *l = &d->v[d->n];

        *l = (struct leaf){.place = ""};
        snprintf(l->place, sizeof l->place, "%s", f->place);
        put(vessel, name, sentinel(l, f->type, name, first_number(of) + d->n++));
    }
    change(d, with);
}

const struct leaf *doc_leaf(const struct doc *d, const char *place) {
    for (size_t i = 0; i < d->n; i++)
        if (str_eq(d->v[i].place, place))
            return &d->v[i];
    return NULL;
}

void doc_free(struct doc *d) {
    cJSON_Delete(d->json);
    free(d->v);
    *d = (struct doc){0};
}

cJSON *json_at(cJSON *root, const char *place) {
    const char *name = NULL;
    cJSON *vessel = vessel_of(root, place, &name);

    return vessel ? cJSON_GetObjectItemCaseSensitive(inside(vessel), key_of(name)) : NULL;
}
