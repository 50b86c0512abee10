/* shape.h - private: what a field table is made of. The tables stand in shapes.c, shapes_admin.c
 * and shapes_event.c. */
#ifndef MIX_WIRE_SHAPE_H
#define MIX_WIRE_SHAPE_H

#include "mix/types_admin.h"
#include "mix/wire.h"

enum kind {
    K_STR,    /* string */
    K_KEY,    /* string: the key of a map's entry; always the first member of its struct */
    K_INPUT,  /* string holding JSON; another value is kept as JSON text, written as a string */
    K_RAW,    /* any value as JSON text; a string is taken for such a text, written as a value */
    K_BOOL,   /* true, false */
    K_INT,    /* number -> int64_t; any number is clamped to 2^53 */
    K_DBL,    /* number */
    K_TIME,   /* RFC 3339 string -> ms; 0 when it is none */
    K_SECS,   /* unix seconds -> ms */
    K_MILLIS, /* unix milliseconds */
    K_STRS,   /* list of strings */
    K_OBJ,    /* object -> struct in place; at offset 0: into the same struct */
    K_OPT,    /* object -> pointer to struct */
    K_LIST,   /* list of objects */
    K_MAP,    /* object -> list sorted by key */
    K_SELF,   /* first row: the fields of another table stand beside ours */
    K_EMPTY,  /* a list old servers insist on: written as [], never kept */
};
enum where { IN_BODY, IN_PATH, IN_QUERY };
enum flags {
    REQ = 1,      /* reading without it is an error */
    ALWAYS = 2,   /* written even when zero */
    NO_BLANK = 4, /* "" is read as NULL */
    FREE = 8      /* written always, and yet servers do without it */
};

struct field {
    const char *name;
    enum kind kind;
    enum where where;
    unsigned flags;
    size_t at;
    const struct shape *sub;
    const char *fallback; /* written for a NULL string under ALWAYS */
    int since, until;     /* generations, inclusive; until 0: no end */
};

enum form { FORM_OBJECT, FORM_LIST, FORM_MAP };
struct shape {
    const char *name;
    enum form form;
    size_t size; /* of the struct */
    const struct field *fields;
    size_t n;
    const struct shape *sub; /* FORM_LIST, FORM_MAP: of an element */
};

/* What every MIX_LIST_OF and struct strings looks like. */
struct list {
    void *items;
    size_t n;
};

/* Rows. AT checks the member's type at compile time. */
#define AT(type, m, ctype)                                                                         \
    (offsetof(struct type, m) + 0 * sizeof(_Generic(((struct type *)NULL)->m, ctype : 0)))
#define STR(type, m, ...)                                                                          \
    { .kind = K_STR, .at = AT(type, m, const char *), .name = __VA_ARGS__ }
#define KEY(type, m)                                                                               \
    {                                                                                              \
        .kind = K_KEY,                                                                             \
        .at = AT(type, m, const char *) + 0 / (size_t)(offsetof(struct type, m) == 0), .name = ""  \
    }
#define INPUT(type, m, ...)                                                                        \
    { .kind = K_INPUT, .at = AT(type, m, const char *), .name = __VA_ARGS__ }
#define RAW(type, m, ...)                                                                          \
    { .kind = K_RAW, .at = AT(type, m, const char *), .name = __VA_ARGS__ }
#define BOOL(type, m, ...)                                                                         \
    { .kind = K_BOOL, .at = AT(type, m, bool), .name = __VA_ARGS__ }
#define INT(type, m, ...)                                                                          \
    { .kind = K_INT, .at = AT(type, m, int64_t), .name = __VA_ARGS__ }
#define DBL(type, m, ...)                                                                          \
    { .kind = K_DBL, .at = AT(type, m, double), .name = __VA_ARGS__ }
#define TIME(type, m, ...)                                                                         \
    { .kind = K_TIME, .at = AT(type, m, int64_t), .name = __VA_ARGS__ }
#define SECS(type, m, ...)                                                                         \
    { .kind = K_SECS, .at = AT(type, m, int64_t), .name = __VA_ARGS__ }
#define MILLIS(type, m, ...)                                                                       \
    { .kind = K_MILLIS, .at = AT(type, m, int64_t), .name = __VA_ARGS__ }
#define STRS(type, m, ...)                                                                         \
    { .kind = K_STRS, .at = AT(type, m, struct strings), .name = __VA_ARGS__ }
/* The element's table is the one named like the element's struct. */
#define LIST_AT(type, m, elem) AT(type, m.items, struct elem *) - offsetof(struct list, items)
#define LIST(type, m, elem, ...)                                                                   \
    { .kind = K_LIST, .at = LIST_AT(type, m, elem), .sub = &shape_##elem, .name = __VA_ARGS__ }
#define MAP(type, m, elem, ...)                                                                    \
    { .kind = K_MAP, .at = LIST_AT(type, m, elem), .sub = &shape_##elem, .name = __VA_ARGS__ }
#define OPT(type, m, elem, ...)                                                                    \
    { .kind = K_OPT, .at = AT(type, m, struct elem *), .sub = &shape_##elem, .name = __VA_ARGS__ }
/* Tables. */
#define OBJECT(shape_name, type, table)                                                            \
    const struct shape shape_##shape_name = {#shape_name, FORM_OBJECT,      sizeof(struct type),   \
                                             table,       MIX_COUNT(table), NULL}
#define LIST_SHAPE(shape_name, elem)                                                               \
    const struct shape shape_##shape_name = {#shape_name, FORM_LIST, sizeof(struct shape_name),    \
                                             NULL,        0,         &shape_##elem}

/* Every table by name. */
#define SHAPE(name) extern const struct shape shape_##name;
#include "shapes.def"
#undef SHAPE
extern const struct shape *const shape_table[];
extern const size_t shape_count;

static inline bool field_known(const struct field *f, int version) {
    return version == GEN_NONE || (f->since <= version && (f->until == 0 || version <= f->until));
}

/* SERVER: as Go writes it, fit for HTML; SEEN: what a terminal would not show is escaped */
enum style { STYLE_CLIENT, STYLE_SERVER, STYLE_SEEN };
/* The fields of one object without the braces, comma before each but the first. */
enum rc shape_write_fields(struct buf *out, const struct shape *s, const void *in, int version,
                           enum style style, bool *first);

#endif
