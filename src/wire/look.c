/* look.c - field tables as other programs' eyes see them: command lines, documents, tests. */
#include "shape.h"

static enum field_type type_of(enum kind kind) {
    switch (kind) {
    case K_STR:
    case K_KEY:
    case K_INPUT:
        return FIELD_STRING;
    case K_BOOL:
        return FIELD_BOOL;
    case K_INT:
    case K_SECS:
    case K_MILLIS:
        return FIELD_INT;
    case K_DBL:
        return FIELD_NUMBER;
    case K_TIME:
        return FIELD_TIME;
    case K_STRS:
        return FIELD_STRINGS;
    case K_OBJ:
    case K_OPT:
    case K_SELF:
        return FIELD_OBJECT;
    case K_LIST:
    case K_EMPTY:
        return FIELD_LIST;
    case K_MAP:
        return FIELD_MAP;
    case K_RAW:
        break;
    }
    return FIELD_JSON;
}

bool shape_field(const struct shape *s, size_t i, struct field_view *out) {
    for (size_t at = 0; at < s->n; at++) {
        const struct field *f = &s->fields[at];

        if (f->kind == K_SELF) {
            size_t n = 0;

            while (shape_field(f->sub, n, out))
                if (n++ == i)
                    return true;
            i -= n;
            continue;
        }
        if (i-- > 0)
            continue;
        *out = (struct field_view){
            .name = f->name,
            .type = type_of(f->kind),
            .place = f->where == IN_PATH    ? PLACE_PATH
                     : f->where == IN_QUERY ? PLACE_QUERY
                                            : PLACE_BODY,
            .required =
                f->where == IN_PATH || ((f->flags & (REQ | ALWAYS)) != 0 && !(f->flags & FREE)),
            .sub = f->sub,
            .since = f->since,
            .until = f->until,
        };
        return true;
    }
    return false;
}
