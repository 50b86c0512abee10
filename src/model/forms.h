/* forms.h - what the panels that change things share. */
#ifndef MIX_MODEL_FORMS_H
#define MIX_MODEL_FORMS_H

#include "mix/types_admin.h"
#include "panels.h"

/* ---- panel_auth.c, panel_key.c ---- */
struct key_hint {
    const char *provider, *name;
    const char *prefix; /* of its keys, NULL: any */
    size_t least;       /* bytes */
};
const struct key_hint *key_hint(const char *provider); /* NULL: not known */
const struct key_hint *key_hint_at(size_t i);          /* NULL: no more */
/* The next provider of an open list of providers; NULL: no more. */
const char *auth_provider(const struct panel *auth, size_t i);
void act_answer(struct model *m, const struct status_reply *said, const char *otherwise);
/* What to store: shown in the form that was opened above. */
void key_about(struct model *m, struct panel *key, const char *provider);
/* A key was stored or somebody signed in: the form goes, and the state is read again. */
void auth_changed(struct model *m, struct panel *form, const char *provider, struct effects *fx);

/* ---- panel_models.c: a model is picked for the panel below ---- */
struct model_pick {
    const struct provider_list *list; /* of the panel below; lives as long as that */
    const char *now;                  /* the one chosen */
    void (*picked)(struct model *m, struct panel *below, int agent, const char *provider,
                   const char *id, struct effects *fx);
    int agent;
};
void models_open(struct model *m, const struct model_pick *pick, struct effects *fx);

/* ---- callbacks.c, panel_callback.c ---- */
struct callback_set {
    struct callback *v;
    size_t n, cap;
    struct arena arena;
};
void callback_set_take(struct callback_set *set, const struct callback *items, size_t n);
void callback_set_put(struct callback_set *set, size_t at,
                      const struct callback *c); /* at n: new */
void callback_set_remove(struct callback_set *set, size_t at);
void callback_set_free(struct callback_set *set);
/* the list as a request takes it, in its arena */
struct callback *callback_set_items(const struct callback_set *set, struct arena *a);
/* A row for each: tag, index; what it does as its value. */
void callback_rows(struct panel *p, const struct callback_set *set, int tag);
/* The form for one, above the open panel; `done` takes it in. NULL: a new one. */
void callback_edit(struct model *m, const struct callback *c, size_t at,
                   void (*done)(struct model *m, struct panel *below, size_t at,
                                const struct callback *c, struct effects *fx),
                   struct effects *fx);
extern const char callback_warning[];

/* ---- exporting.c: a session becomes a file in the start directory ---- */
enum export_format { EXPORT_JSON, EXPORT_MARKDOWN, EXPORT_SERVER };
struct exporting {
    enum export_format format;
    bool running;
    char *id, *title;
    struct buf session, messages; /* as the server wrote them */
    struct session_data data;
    struct message *rows;
    size_t n_rows, cap_rows;
    struct arena *arenas; /* which hold them */
    size_t n_arenas, cap_arenas;
    uint32_t session_call, messages_call;
    struct buf document;
    int number;    /* of the name: 1 is the plain one */
    uint32_t task; /* the write under way */
    char *path;
};
void exporting_start(struct model *m, struct panel *p, struct exporting *e,
                     enum export_format format, struct effects *fx);
/* An answer to one of its calls: true. It goes on to the disk by itself. */
bool exporting_reply(struct model *m, struct panel *p, struct exporting *e, struct incoming *in,
                     struct effects *fx);
void exporting_free(struct exporting *e);
/* What the panels do when it is on the disk (e->path), or not (err). */
void export_written(struct model *m, struct panel *p, const struct err *err, struct effects *fx);
void rewind_written(struct model *m, struct panel *p, const struct err *err, struct effects *fx);
struct exporting *export_of(struct panel *p);
struct exporting *rewind_of(struct panel *p);

#endif
