/* copy.c - a struct with everything it points to, by field table. */
#include "shape.h"

#include <string.h>

static void copy_fields(const struct shape *s, void *out, struct arena *a);

static void copy_string(void *p, struct arena *a) {
    const char *text;

    memcpy(&text, p, sizeof text);
    text = arena_strdup(a, text);
    memcpy(p, &text, sizeof text);
}

static void copy_elements(const struct shape *sub, void *p, struct arena *a) {
    struct list list;

    memcpy(&list, p, sizeof list);
    char *items = arena_alloc(a, list.n * sub->size + 1);

    if (list.n > 0)
        memcpy(items, list.items, list.n * sub->size);
    for (size_t i = 0; i < list.n; i++)
        copy_fields(sub, items + i * sub->size, a);
    list.items = items;
    memcpy(p, &list, sizeof list);
}

static void copy_strings(void *p, struct arena *a) {
    struct strings list;

    memcpy(&list, p, sizeof list);
    const char **items = arena_alloc(a, (list.n + 1) * sizeof *items);

    for (size_t i = 0; i < list.n; i++)
        items[i] = arena_strdup(a, list.items[i]);
    list.items = items;
    memcpy(p, &list, sizeof list);
}

static void copy_optional(const struct shape *sub, void *p, struct arena *a) {
    const void *from;

    memcpy(&from, p, sizeof from);
    from = from ? shape_copy(sub, from, a) : NULL;
    memcpy(p, &from, sizeof from);
}

static void copy_field(const struct field *f, void *p, struct arena *a) {
    switch (f->kind) {
    case K_STR:
    case K_KEY:
    case K_INPUT:
    case K_RAW:
        copy_string(p, a);
        return;
    case K_STRS:
        copy_strings(p, a);
        return;
    case K_OBJ:
        /* At offset 0 it fills the same struct, whose fields are then named twice: harmless. */
        copy_fields(f->sub, p, a);
        return;
    case K_OPT:
        copy_optional(f->sub, p, a);
        return;
    case K_LIST:
    case K_MAP:
        copy_elements(f->sub, p, a);
        return;
    case K_SELF:
        copy_fields(f->sub, p, a);
        return;
    case K_BOOL:
    case K_INT:
    case K_DBL:
    case K_TIME:
    case K_SECS:
    case K_MILLIS:
    case K_EMPTY:
        return;
    }
}

/* What *out points to is replaced by copies. */
static void copy_fields(const struct shape *s, void *out, struct arena *a) {
    if (s->form != FORM_OBJECT) {
        copy_elements(s->sub, out, a);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        copy_field(&s->fields[i], (char *)out + s->fields[i].at, a);
}

void *shape_copy(const struct shape *s, const void *in, struct arena *a) {
    void *out = arena_alloc(a, s->size);

    memcpy(out, in, s->size);
    copy_fields(s, out, a);
    return out;
}
