/* Everything published has its place: a field of an answer or an event somewhere on the screen, a
 * parameter of a request a field or a command that sets it, or a reason why not (places.def). The
 * places are opened and looked at, the requests made and read. */
#include <locale.h>
#include <time.h>

#include "places.h"

enum how { SEEN, DIFFERS, SET, NONE };
struct place {
    const char *of, *kind, *place;
    enum how how;
    int where; /* scene or deed */
    const char *with;
    const char *form; /* what is looked for, the values, what is sent, or the reason */
    bool used;
};
#define ANSWER "answer"
static struct place places[] = {
#define SEEN(of, kind, place, scene, with, form)                                                   \
    {of, kind, place, SEEN, SCENE_##scene, with, form, 0},
#define DIFFERS(of, kind, place, scene, with, values)                                              \
    {of, kind, place, DIFFERS, SCENE_##scene, with, values, 0},
#define SET(of, kind, place, deed, value) {of, kind, place, SET, DEED_##deed, "", value, 0},
#define NONE(of, kind, place, why)        {of, kind, place, NONE, 0, "", why, 0},
#include "places.def"
#undef SEEN
#undef DIFFERS
#undef SET
#undef NONE
};

static const struct {
    const char *name;
    int version;
} generations[] = {{"0.2.5", GEN_SEED}, {"0.7.2", GEN(0, 7, 2)}, {"0.8.1", GEN_TOP}};

struct look {
    const char *generation;
    int version;
    struct facts facts;
    struct buf complaints;
    /* the picture looked at last */
    enum scene_id scene;
    char of[64], with[300];
    struct buf picture;
};

static void complain(struct look *l, const struct fact *f, const char *text, const char *detail) {
    buf_addf(&l->complaints, "%s: %s %s %s: %s%s\n", l->generation, f->of, f->kind, f->place, text,
             detail);
}

/* ---- which rows are of a fact ---- */
static bool among(const char *words, const char *word) {
    for (const char *p = words; *p; p += strcspn(p, "|") + (p[strcspn(p, "|")] == '|')) {
        const size_t n = strcspn(p, "|");

        if (n == 1 && *p == '*' && !str_eq(word, "*"))
            return true;
        if (n > 0 && p[n - 1] == '%' && strncmp(p, word, n - 1) == 0)
            return true;
        if (strlen(word) == n && strncmp(p, word, n) == 0)
            return true;
    }
    return false;
}

static bool is_of(const struct place *p, const struct fact *f) {
    const bool answer = f->kind[0] >= '0' && f->kind[0] <= '9';

    if (!str_eq(p->kind, f->kind) && !(answer && str_eq(p->kind, ANSWER)))
        return false;
    return among(p->of, f->of) && among(p->place, f->place);
}

/* ---- seen ---- */
static const char *picture(struct look *l, enum scene_id id, const char *of, const char *with) {
    const char *own = *scene_specs[id].of ? scene_specs[id].of : of;
    struct scene s = {.facts = &l->facts,
                      .version = l->version,
                      .of = own,
                      .kind = scene_specs[id].kind,
                      .with = with};

    if (l->picture.n > 0 && l->scene == id && str_eq(l->of, own) && str_eq(l->with, with))
        return buf_str(&l->picture);
    scene_run(&s, id);
    buf_fini(&l->picture);
    l->picture = s.picture;
    l->scene = id;
    snprintf(l->of, sizeof l->of, "%s", own);
    snprintf(l->with, sizeof l->with, "%s", with);
    return buf_str(&l->picture);
}

static bool scene_leaf(struct look *l, const struct place *p, const struct fact *f,
                       struct leaf *out) {
    const struct scene_spec *scene = &scene_specs[p->where];
    struct doc d;

    doc_make(&d, &l->facts, *scene->of ? scene->of : f->of, scene->kind, p->with);
    const struct leaf *leaf = doc_leaf(&d, f->place);

    if (leaf)
        *out = *leaf;
    doc_free(&d);
    return leaf != NULL;
}

static bool has_differs(const struct fact *f) {
    for (size_t i = 0; i < MIX_COUNT(places); i++)
        if (places[i].how == DIFFERS && is_of(&places[i], f))
            return true;
    return false;
}

static void prove_seen(struct look *l, const struct place *p, const struct fact *f) {
    struct leaf leaf;

    if (!scene_leaf(l, p, f, &leaf)) {
        complain(l, f, "is not in the document of its scene", "");
        return;
    }
    const char *shown = picture(l, (enum scene_id)p->where, f->of, p->with);
    const char *want = *p->form ? p->form : p->where == SCENE_EXPORT ? leaf.raw : leaf.shown;

    if (strncmp(f->type, "boolean", 7) == 0) { /* `%` met it: another row says how it differs */
        if (!has_differs(f))
            complain(l, f, "is shown by its values: DIFFERS", "");
        return;
    }
    if (!strstr(shown, want)) {
        complain(l, f, "is not seen: ", want);
        if (getenv("PLACES_SHOW"))
            print_message("%s", shown);
    }
}

static void values_of(const struct place *p, const struct fact *f, char *out, size_t size) {
    if (*p->form)
        snprintf(out, size, "%s", p->form);
    else if (strncmp(f->type, "boolean", 7) == 0)
        snprintf(out, size, "true|false");
    else
        snprintf(out, size, "%.*s", (int)strcspn(strchr(f->type, ':') ? f->type + 7 : "", "?"),
                 strchr(f->type, ':') ? f->type + 7 : "");
}

static void prove_differs(struct look *l, const struct place *p, const struct fact *f) {
    char values[256], with[300];
    char *seen[8] = {0};
    size_t n = 0;

    values_of(p, f, values, sizeof values);
    for (const char *v = values; *v && n < MIX_COUNT(seen);
         v += strcspn(v, "|") + (v[strcspn(v, "|")] == '|')) {
        const bool boolean = strncmp(f->type, "boolean", 7) == 0;
        const char *quote = boolean ? "" : "\"";

        snprintf(with, sizeof with, "%s;%s=%s%.*s%s", p->with, f->place, quote,
                 (int)strcspn(v, "|"), v, quote);
        seen[n++] = xstrdup(picture(l, (enum scene_id)p->where, f->of, with));
    }
    if (n < 2)
        complain(l, f, "has no values to tell apart", "");
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (str_eq(seen[i], seen[k])) {
                complain(l, f, "looks the same with two of ", values);
                if (getenv("PLACES_SHOW"))
                    print_message("%s", seen[i]);
            }
    for (size_t i = 0; i < n; i++)
        free(seen[i]);
}

/* ---- set ---- */
static bool says(const cJSON *v, const char *want) {
    char text[64];

    if (cJSON_IsString(v))
        return str_eq(v->valuestring, want);
    if (cJSON_IsBool(v))
        return str_eq(cJSON_IsTrue(v) ? "true" : "false", want);
    if (cJSON_IsNumber(v)) {
        snprintf(text, sizeof text, "%.10g", v->valuedouble);
        return str_eq(text, want);
    }
    return false;
}

/* Any element of a list on the way will do. */
static bool body_says(const cJSON *v, const char *place, const char *want) {
    char word[64];
    const size_t n = strcspn(place, ".");

    if (cJSON_IsArray(v)) {
        for (const cJSON *e = v->child; e; e = e->next)
            if (body_says(e, place, want))
                return true;
        return false;
    }
    snprintf(word, sizeof word, "%.*s", (int)n, place);
    const cJSON *m = cJSON_GetObjectItemCaseSensitive(v, word);

    return place[n] == '\0' ? says(m, want) : m && body_says(m, place + n + 1, want);
}

static bool target_says(const struct fact *f, const char *target, const char *want) {
    char word[128];
    const bool query = str_eq(f->kind, "query");

    snprintf(word, sizeof word, query ? "%s=%s" : "%s%s", query ? f->place : "/", want);
    const char *at = strstr(target, word);
    const char end = at ? at[strlen(word)] : 'x';

    return at && (end == '\0' || end == '/' || end == '&' || end == '?');
}

static bool request_says(const struct look *l, const struct request *r, const struct fact *f,
                         const char *want) {
    auto_buf struct buf out = {.max = MIX_MIB};
    struct err err = {.rc = RC_OK};

    if (str_eq(f->kind, "part"))
        return str_eq(r->local_path, want);
    if (!str_eq(f->kind, "body"))
        return op_target(&out, r->op, r->in, l->version, &err) == RC_OK &&
               target_says(f, buf_str(&out), want);
    assert_int_equal(shape_write(&out, op_spec(r->op)->in, r->in, l->version), RC_OK);
    cJSON *body = cJSON_Parse(buf_str(&out));
    const bool yes = body_says(body, f->place, want);

    cJSON_Delete(body);
    return yes;
}

static void prove_set(struct look *l, const struct place *p, const struct fact *f) {
    struct kit *k = deed_run((enum deed_id)p->where, l->version);
    const enum op op = op_by_name(f->of);
    bool met = false;

    for (size_t i = 0; i < k->n_sent && !met; i++) {
        const struct request *r = k->sent[i];

        met = (r->kind == REQ_CALL || r->kind == REQ_STREAM) && r->op == op &&
              request_says(l, r, f, p->form);
    }
    if (!met)
        complain(l, f, "is not sent: ", p->form);
    kit_free(k);
}

/* ---- every fact ---- */
static void prove(struct look *l, const struct place *p, const struct fact *f) {
    switch (p->how) {
    case SEEN:
        prove_seen(l, p, f);
        break;
    case DIFFERS:
        prove_differs(l, p, f);
        break;
    case SET:
        prove_set(l, p, f);
        break;
    case NONE:
        if (strlen(p->form) < 10)
            complain(l, f, "has no reason", "");
        break;
    }
}

static bool wanted(const struct facts *facts, const struct fact *f) {
    if (str_eq(f->kind, "op") || (str_eq(f->place, ".") && strcmp(f->type, "bytes") != 0))
        return false;
    return !is_vessel(facts, f);
}

static void look_at(struct look *l) {
    for (size_t i = 0; i < l->facts.n; i++) {
        const struct fact *f = &l->facts.v[i];
        size_t rows = 0;

        if (!wanted(&l->facts, f))
            continue;
        for (size_t n = 0; n < MIX_COUNT(places); n++)
            if (is_of(&places[n], f)) {
                places[n].used = true;
                rows++;
                prove(l, &places[n], f);
            }
        if (rows == 0)
            complain(l, f, "has no row", "");
    }
}

static void everything_published_has_its_place(void **state) {
    (void)state;
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        struct look l = {.generation = generations[g].name,
                         .version = generations[g].version,
                         .complaints = {.max = MIX_MIB}};

        facts_load(&l.facts, l.generation);
        look_at(&l);
        if (l.complaints.n > 0) {
            fputs(buf_str(&l.complaints), stderr);
            fail_msg("%s: not everything has its place", l.generation);
        }
        buf_fini(&l.complaints);
        buf_fini(&l.picture);
        facts_free(&l.facts);
    }
}

static void every_row_is_of_something_published(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(places); i++)
        if (!places[i].used)
            fail_msg("%s %s %s is nowhere published", places[i].of, places[i].kind,
                     places[i].place);
}

/* The reason that getAvailableProviders has no place of its own. */
static void the_list_of_providers_comes_with_the_preferences(void **state) {
    (void)state;
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        struct facts facts;
        char place[160];

        facts_load(&facts, generations[g].name);
        for (size_t i = 0; i < facts.n; i++) {
            const struct fact *f = &facts.v[i];
            bool met = false;

            if (!str_eq(f->of, "getAvailableProviders") || !str_eq(f->kind, "200") ||
                str_eq(f->place, "."))
                continue;
            snprintf(place, sizeof place, "available_providers.%s", f->place);
            for (size_t n = 0; n < facts.n; n++)
                met = met || (str_eq(facts.v[n].of, "getPreferences") &&
                              str_eq(facts.v[n].place, place) && str_eq(facts.v[n].type, f->type));
            assert_true(met);
        }
        facts_free(&facts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_published_has_its_place),
        cmocka_unit_test(every_row_is_of_something_published),
        cmocka_unit_test(the_list_of_providers_comes_with_the_preferences),
    };

    setenv("TZ", "UTC", 1);
    tzset();
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
