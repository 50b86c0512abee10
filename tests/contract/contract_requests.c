/* Requests against what was published: everything that a generation takes can be said, and nothing
 * else is said. A body with every published field goes through the client's own structs and comes
 * out of its writer; path and query likewise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "mix/wire.h"

static const struct {
    const char *name;
    int version;
} generations[] = {{"0.2.5", GEN_SEED}, {"0.7.2", GEN(0, 7, 2)}, {"0.8.1", GEN_TOP}};

static struct deviation deviations[] = {
    {"0.7.2", "createSession", "body", "subagentType", "is missing",
     "only the agent makes sub-agent sessions", 0},
    {"0.8.1", "createSession", "body", "subagentType", "is missing",
     "only the agent makes sub-agent sessions", 0},
};

/* ---- a value for every fact ---- */
static cJSON *sample(const char *type) {
    if (strncmp(type, "string:", 7) == 0) {
        char first[128];

        snprintf(first, sizeof first, "%.*s", (int)strcspn(type + 7, "|?"), type + 7);
        return cJSON_CreateString(first);
    }
    if (strncmp(type, "string", 6) == 0)
        return cJSON_CreateString("a word");
    if (strncmp(type, "integer", 7) == 0 || strncmp(type, "number", 6) == 0)
        return cJSON_CreateNumber(7);
    if (strncmp(type, "boolean", 7) == 0)
        return cJSON_CreateBool(1);
    return strncmp(type, "array", 5) == 0 ? cJSON_CreateArray() : cJSON_CreateObject();
}

static bool is_body(const struct fact *f, const char *of) {
    return str_eq(f->of, of) && str_eq(f->kind, "body") && !str_eq(f->place, ".");
}

/* Facts are sorted, so what holds others comes before them. */
static cJSON *whole_body(const struct facts *facts, const char *of) {
    cJSON *body = cJSON_CreateObject();

    for (size_t i = 0; i < facts->n; i++) {
        const struct fact *f = &facts->v[i];
        const char *dot = strchr(f->place, '.');

        if (!is_body(f, of))
            continue;
        if (!dot) {
            cJSON_AddItemToObject(body, f->place, sample(f->type));
            continue;
        }
        char outer[128];
        snprintf(outer, sizeof outer, "%.*s", (int)(dot - f->place), f->place);
        cJSON *list = cJSON_GetObjectItemCaseSensitive(body, outer);

        assert_true(cJSON_IsArray(list) && !strchr(dot + 1, '.'));
        if (cJSON_GetArraySize(list) == 0)
            cJSON_AddItemToArray(list, cJSON_CreateObject());
        cJSON_AddItemToObject(cJSON_GetArrayItem(list, 0), dot + 1, sample(f->type));
    }
    return body;
}

/* Every member of `sent` that `written` lacks. */
static void compare(struct check *c, const char *of, const char *place, const cJSON *sent,
                    const cJSON *written) {
    for (const cJSON *m = sent->child; m; m = m->next) {
        char at[256];
        const cJSON *other = cJSON_GetObjectItemCaseSensitive(written, m->string);

        snprintf(at, sizeof at, "%s%s%s", place, *place ? "." : "", m->string);
        if (!other)
            facts_complain(c, of, "body", at, "is missing");
        else if (cJSON_IsArray(m) && m->child && cJSON_IsObject(m->child) && other->child)
            compare(c, of, at, m->child, other->child);
        else if (!cJSON_Compare(m, other, 1))
            facts_complain(c, of, "body", at, "comes out as another value");
    }
}

static void check_body(struct check *c, enum op op, const char *of, int version) {
    const struct shape *s = op_spec(op)->in;
    struct arena a = {0};
    struct err err = {0};
    _Alignas(max_align_t) char in[OP_IN_MAX] = {0};
    cJSON *sent = whole_body(c->facts, of);
    char *text = cJSON_PrintUnformatted(sent);
    auto_buf struct buf out = {.max = 64 * MIX_KIB};

    if (shape_read(in, s, text, strlen(text), &a, SHAPE_LENIENT, &err) != RC_OK)
        facts_complain(c, of, "body", ".", err.text);
    assert_int_equal(shape_write(&out, s, in, version), RC_OK);
    cJSON *written = cJSON_Parse(buf_str(&out));

    facts_check(c, of, "body", written);
    if (written)
        compare(c, of, "", sent, written);
    cJSON_Delete(written);
    /* and a body of a struct in which nothing was set still has what is required */
    memset(in, 0, sizeof in);
    buf_clear(&out);
    assert_int_equal(shape_write(&out, s, in, version), RC_OK);
    written = cJSON_Parse(buf_str(&out));
    assert_non_null(written);
    cJSON_Delete(written);
    cJSON_Delete(sent);
    cJSON_free(text);
    arena_free(&a);
}

/* "/api/sessions/{id}" -> "/api/sessions/seven"; the query has every published parameter. */
static void published_target(struct buf *out, const struct facts *facts, const char *of,
                             const char *path) {
    char sep = '?';

    for (const char *p = path; *p; p++)
        if (*p == '{') {
            buf_adds(out, "a-word");
            p += strcspn(p, "}");
        } else {
            buf_add(out, p, 1);
        }
    for (size_t i = 0; i < facts->n; i++) {
        const struct fact *f = &facts->v[i];
        const char *value = strncmp(f->type, "bool", 4) == 0     ? "true"
                            : strncmp(f->type, "string", 6) == 0 ? "a-word"
                                                                 : "7";

        if (!str_eq(f->of, of) || !str_eq(f->kind, "query"))
            continue;
        buf_addf(out, "%c%s=%s", sep, f->place, value);
        sep = '&';
    }
}

static void check_target(struct check *c, const struct fact *f, enum op op, int version) {
    struct arena a = {0};
    struct err err = {0};
    _Alignas(max_align_t) char in[OP_IN_MAX] = {0};
    enum op found = OP_COUNT;
    auto_buf struct buf want = {.max = 4096}, out = {.max = 4096};

    published_target(&want, c->facts, f->of, f->type);
    if (!op_match(&found, in, &a, f->place, buf_str(&want)) || found != op)
        facts_complain(c, f->of, "op", f->type, "is not matched");
    else if (op_target(&out, op, in, version, &err) != RC_OK)
        facts_complain(c, f->of, "op", f->type, err.text);
    else if (strlen(buf_str(&out)) != strlen(buf_str(&want)))
        facts_complain(c, f->of, "op", buf_str(&want), buf_str(&out));
    arena_free(&a);
}

static void every_request_is_as_published(void **state) {
    (void)state;
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        struct facts facts;
        size_t ops = 0, bodies = 0;

        facts_load(&facts, generations[g].name);
        struct check c = {generations[g].name, &facts, deviations, MIX_COUNT(deviations), {0}};

        buf_init(&c.complaints, MIX_MIB);
        for (size_t i = 0; i < facts.n; i++) {
            const struct fact *f = &facts.v[i];
            const enum op op = op_by_name(f->of);

            if (!str_eq(f->kind, "op"))
                continue;
            assert_true(op != OP_COUNT);
            assert_string_equal(method_name(op_spec(op)->method), f->place);
            check_target(&c, f, op, generations[g].version);
            ops++;
            if (facts_have(&facts, f->of, "body"))
                check_body(&c, op, f->of, generations[g].version), bodies++;
            else
                assert_true(op_spec(op)->body != BODY_JSON);
        }
        assert_true(ops >= 30 && bodies >= 6);
        if (c.complaints.n > 0)
            fail_msg("%s", buf_str(&c.complaints));
        buf_fini(&c.complaints);
        facts_free(&facts);
    }
}

static void every_deviation_is_met(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(deviations); i++)
        if (deviations[i].met == 0)
            fail_msg("%s %s is as published after all", deviations[i].of, deviations[i].place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_is_as_published),
        cmocka_unit_test(every_deviation_is_met),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
