#include "facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void facts_load(struct facts *out, const char *generation) {
    char path[512];
    struct fact it;

    *out = (struct facts){0};
    snprintf(path, sizeof path, "%s/facts-%s.txt", MIX_FIXTURES, generation);
    FILE *f = fopen(path, "r");

    if (!f)
        fail_msg("cannot open %s", path);
    while (fscanf(f, "%63s %15s %127s %255s %31s", it.of, it.kind, it.place, it.type, it.rest) ==
           5) {
        out->v = xgrow(out->v, out->n, &out->cap, sizeof *out->v);
        out->v[out->n++] = it;
    }
    fclose(f);
    assert_true(out->n > 200);
}

void facts_free(struct facts *f) {
    free(f->v);
    *f = (struct facts){0};
}

bool facts_have(const struct facts *f, const char *of, const char *kind) {
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->v[i].of, of) && str_eq(f->v[i].kind, kind))
            return true;
    return false;
}

static const struct fact *fact_at(const struct check *c, const char *of, const char *kind,
                                  const char *place) {
    for (size_t i = 0; i < c->facts->n; i++) {
        const struct fact *f = &c->facts->v[i];

        if (str_eq(f->of, of) && str_eq(f->kind, kind) && str_eq(f->place, place))
            return f;
    }
    return NULL;
}

static bool fits(const char *pattern, const char *word) {
    const size_t n = strlen(pattern);

    if (n > 0 && pattern[n - 1] == '*')
        return strncmp(pattern, word, n - 1) == 0;
    return str_eq(pattern, word);
}

void facts_complain(struct check *c, const char *of, const char *kind, const char *place,
                    const char *text) {
    for (size_t i = 0; i < c->n_deviations; i++) {
        struct deviation *d = &c->deviations[i];

        if ((!d->generation || str_eq(d->generation, c->generation)) && fits(d->of, of) &&
            fits(d->kind, kind) && fits(d->place, place) &&
            strncmp(d->complaint, text, strlen(d->complaint)) == 0) {
            d->met++;
            return;
        }
    }
    buf_addf(&c->complaints, "%s: %s %s %s: %s\n", c->generation, of, kind, place, text);
}

/* ---- types ---- */
static bool is_whole(const cJSON *v) {
    return cJSON_IsNumber(v) && v->valuedouble == (double)(int64_t)v->valuedouble;
}

static bool in_set(const char *set, const char *word) {
    const size_t n = strlen(word);

    for (const char *p = set; *p; p += strcspn(p, "|") + (p[strcspn(p, "|")] == '|'))
        if (strcspn(p, "|") == n && strncmp(p, word, n) == 0)
            return true;
    return false;
}

static const char *wrong_type(const char *type, const cJSON *v) {
    static char text[512];
    char name[256];
    const size_t n = strlen(type);
    const bool nullable = n > 0 && type[n - 1] == '?';

    snprintf(name, sizeof name, "%.*s", (int)(nullable ? n - 1 : n), type);
    if (cJSON_IsNull(v))
        return nullable || str_eq(name, "any") ? NULL : "is null";
    const bool right = str_eq(name, "any") || (str_eq(name, "integer") && is_whole(v)) ||
                       (str_eq(name, "number") && cJSON_IsNumber(v)) ||
                       (str_eq(name, "boolean") && cJSON_IsBool(v)) ||
                       (str_eq(name, "object") && cJSON_IsObject(v)) ||
                       (str_eq(name, "array") && cJSON_IsArray(v)) ||
                       (strncmp(name, "string", 6) == 0 && cJSON_IsString(v));

    if (!right) {
        snprintf(text, sizeof text, "is no %s", name);
        return text;
    }
    if (strncmp(name, "string:", 7) == 0 && !in_set(name + 7, v->valuestring)) {
        snprintf(text, sizeof text, "\"%.60s\" is none of %s", v->valuestring, name + 7);
        return text;
    }
    return NULL;
}

/* ---- the walk ---- */
static void join(char *out, size_t size, const char *place, const char *name) {
    if (str_eq(place, "."))
        snprintf(out, size, "%s", name);
    else
        snprintf(out, size, "%s.%s", place, name);
}

static bool is_child(const char *place, const char *parent, const char **name) {
    const size_t n = strlen(parent);

    if (str_eq(parent, ".")) {
        *name = place;
        return !str_eq(place, ".") && !strchr(place, '.');
    }
    *name = place + n + 1;
    return strncmp(place, parent, n) == 0 && place[n] == '.' && !strchr(place + n + 1, '.');
}

static void walk(struct check *c, const char *of, const char *kind, const char *place,
                 const cJSON *v);

static void members(struct check *c, const char *of, const char *kind, const char *place,
                    const cJSON *v) {
    char at[256];
    size_t told = 0; /* facts about members; none: anything may stand there */

    for (size_t i = 0; i < c->facts->n; i++) {
        const struct fact *f = &c->facts->v[i];
        const char *name = NULL;

        if (!str_eq(f->of, of) || !str_eq(f->kind, kind) || !is_child(f->place, place, &name))
            continue;
        told++;
        if (str_eq(f->rest, "required") && !cJSON_GetObjectItemCaseSensitive(v, name))
            facts_complain(c, of, kind, f->place, "is missing");
    }
    for (const cJSON *m = v->child; m && told > 0; m = m->next) {
        join(at, sizeof at, place, m->string);
        if (!fact_at(c, of, kind, at))
            join(at, sizeof at, place, "*");
        if (fact_at(c, of, kind, at)) {
            walk(c, of, kind, at, m);
        } else {
            join(at, sizeof at, place, m->string);
            facts_complain(c, of, kind, at, "is not published");
        }
    }
}

static void walk(struct check *c, const char *of, const char *kind, const char *place,
                 const cJSON *v) {
    const struct fact *f = fact_at(c, of, kind, place);
    const char *wrong = f ? wrong_type(f->type, v) : NULL;
    char at[256];

    if (wrong) {
        facts_complain(c, of, kind, place, wrong);
        return;
    }
    if (cJSON_IsObject(v)) {
        members(c, of, kind, place, v);
    } else if (cJSON_IsArray(v)) {
        join(at, sizeof at, place, "#");
        for (const cJSON *e = v->child; e; e = e->next) {
            const struct fact *one = fact_at(c, of, kind, at);

            if (cJSON_IsObject(e))
                members(c, of, kind, place, e);
            else if (one && (wrong = wrong_type(one->type, e)))
                facts_complain(c, of, kind, at, wrong);
        }
    }
}

void facts_check(struct check *c, const char *of, const char *kind, const cJSON *value) {
    if (!value)
        facts_complain(c, of, kind, ".", "is no JSON");
    else if (!facts_have(c->facts, of, kind))
        facts_complain(c, of, kind, ".", "was not published");
    else
        walk(c, of, kind, ".", value);
}
