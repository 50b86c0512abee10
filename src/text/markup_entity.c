/* markup_entity.c - &name; and &#number; as characters. */
#include "markup.h"

#include <stdlib.h>
#include <string.h>

static const struct entity {
    char name[10];
    uint16_t cp;
} entities[] = {
#define ENTITY(name, cp) {name, cp},
#include "entities.def"
#undef ENTITY
};

struct wanted {
    const char *s;
    size_t n;
};

static int by_name(const void *key, const void *element) {
    const struct wanted *w = key;
    const struct entity *e = element;
    const int order = strncmp(w->s, e->name, w->n);

    return order != 0 ? order : e->name[w->n] == '\0' ? 0 : -1;
}

static uint32_t number(const char *s, size_t n) {
    const bool hex = n > 0 && (s[0] == 'x' || s[0] == 'X');
    uint32_t cp = 0;

    for (size_t i = hex; i < n && cp <= 0x10ffff; i++) {
        const char c = s[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

        cp = cp * (hex ? 16 : 10) + (uint32_t)digit;
    }
    return cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) ? 0xfffd : cp;
}

size_t markup_entity(char out[8], const char *s, size_t n) {
    uint32_t cp;

    if (n < 4 || s[0] != '&' || s[n - 1] != ';')
        return 0;
    if (s[1] == '#') {
        cp = number(s + 2, n - 3);
    } else {
        const struct wanted wanted = {s + 1, n - 2};
        const struct entity *found =
            wanted.n < sizeof found->name
                ? bsearch(&wanted, entities, MIX_COUNT(entities), sizeof entities[0], by_name)
                : NULL;

        if (!found)
            return 0;
        cp = found->cp;
    }
    return text_encode(out, cp);
}
