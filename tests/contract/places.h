/* places.h - where on the screen everything that was published has its place, and how that is
 * proved. A field of an answer or an event: the model is given one in which it holds a sentinel,
 * its place is opened as a person opens it, drawn, and the sentinel looked for in the picture. A
 * parameter of a request: a person sets it, and it is looked for in the request that leaves. */
#ifndef MIX_TESTS_PLACES_H
#define MIX_TESTS_PLACES_H

#include "facts.h"
#include "mix/types_admin.h"
#include "mix/view.h"
#include "panel_kit.h"

/* ---- a published document whose every field holds what is found nowhere else ---- */
struct leaf {
    char place[128];
    char shown[64], raw[64]; /* on the screen, and as the server wrote it */
};
struct doc {
    cJSON *json;
    struct leaf *v;
    size_t n, cap;
};
/* `with`: "place=JSON;place=JSON;-place" sets or takes away. */
void doc_make(struct doc *d, const struct facts *facts, const char *of, const char *kind,
              const char *with);
const struct leaf *doc_leaf(const struct doc *d, const char *place);
void doc_free(struct doc *d);
/* Whether a fact is a vessel: an object or an array of which the members have facts. */
bool is_vessel(const struct facts *facts, const struct fact *f);
cJSON *json_at(cJSON *root, const char *place);

/* ---- scenes: answers and events as they are seen ---- */
enum scene_id {
#define SCENE(id, ...) SCENE_##id,
#include "places_scenes.def"
#undef SCENE
    SCENE_COUNT
};
struct scene {
    const struct facts *facts;
    int version;
    const char *of, *kind, *with; /* whose document it shows */
    struct kit *k;
    struct view *v;
    struct canvas c;
    struct buf picture;
};
struct scene_spec {
    const char *of, *kind; /* of: "" stands for the fact's own event */
    void (*show)(struct scene *s);
};
extern const struct scene_spec scene_specs[SCENE_COUNT];
/* The picture of it, in s->picture; the rest of s is gone. */
void scene_run(struct scene *s, enum scene_id id);

/* ---- deeds: requests as a person makes them ---- */
enum deed_id {
#define DEED(id) DEED_##id,
#include "places_deeds.def"
#undef DEED
    DEED_COUNT
};
/* Everything that it sent is in k->sent. */
struct kit *deed_run(enum deed_id id, int version);

void feed_event(struct kit *k, const char *name, const char *json);

#endif
