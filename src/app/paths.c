/* paths.c - where the demo server is. */
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *joined(const char *dir, const char *rest) {
    struct buf b;
    buf_init(&b, 64 * MIX_KIB);
    buf_addf(&b, "%s/%s", dir, rest);
    return buf_take(&b);
}

char *path_demo_program(const char *argv0) {
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        snprintf(self, sizeof self, "%s", argv0);
        n = (ssize_t)strlen(self);
    }
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash) {
        *slash = '\0';
        char *beside = joined(self, "mixtui-demo");
        if (access(beside, X_OK) == 0)
            return beside;
        free(beside);
        /* an installation moved as a whole: PREFIX/bin and PREFIX/libexec */
        char *moved = joined(self, "../libexec/mixtui/mixtui-demo");
        if (access(moved, X_OK) == 0)
            return moved;
        free(moved);
    }
    char *installed = joined(MIX_LIBEXEC_DIR, "mixtui-demo");
    if (access(installed, X_OK) == 0)
        return installed;
    free(installed);
    return NULL;
}
