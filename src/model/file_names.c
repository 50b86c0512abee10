/* file_names.c - what a file of a server is called on this computer. */
#include <stdlib.h>
#include <string.h>

#include "files.h"

enum { LOCAL_MOST = 200 /* bytes: room for a number and the worker's suffix */ };

/* What stays of a code point; false: it becomes `_`. */
static bool stays(uint32_t cp, const char *s, size_t n) {
    auto_buf struct buf clean = {.max = 64};

    if (cp == '/' || cp == '\\' || cp == 0xfffd || cp < 0x20 || cp == 0x7f)
        return false;
    return cp < 0x7f || (text_clean(&clean, s, n, CLEAN_LINE) == RC_OK && clean.n == n &&
                         memcmp(clean.p, s, n) == 0);
}

char *file_local_name(const char *name) {
    struct buf out = {.max = LOCAL_MOST + 8};
    size_t left = strlen(name);

    while (*name == '.' || *name == '-')
        name++, left--;
    for (size_t used; left > 0 && out.n < LOCAL_MOST; name += used, left -= used) {
        const uint32_t cp = text_decode(name, left, &used);

        if (out.n + used > LOCAL_MOST)
            break;
        if (stays(cp, name, used))
            (void)buf_add(&out, name, used);
        else
            (void)buf_add(&out, "_", 1);
    }
    while (out.n > 0 && (out.p[out.n - 1] == ' ' || out.p[out.n - 1] == '.'))
        buf_cut(&out, out.n - 1, 1);
    return out.n > 0 ? buf_take(&out) : xstrdup("file");
}

char *file_local_path(const char *dir, const char *name) {
    auto_free char *local = file_local_name(name);
    struct buf out = {.max = 64 * MIX_KIB};

    (void)buf_addf(&out, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, local);
    return buf_take(&out);
}
