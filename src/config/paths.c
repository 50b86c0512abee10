/* paths.c - where files of ours are. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "private.h"

/* $VARIABLE/rest, else HOME/dir/rest. A relative variable is none, as the XDG rules say. */
static char *under(const char *variable, const char *dir, const char *rest) {
    const char *base = getenv(variable);
    struct buf b;

    buf_init(&b, 64 * MIX_KIB);
    if (base && base[0] == '/') {
        (void)buf_addf(&b, "%s/%s", base, rest);
        return buf_take(&b);
    }
    const char *home = getenv("HOME");

    if (str_blank(home)) {
        const struct passwd *me = getpwuid(getuid());

        home = me ? me->pw_dir : NULL;
    }
    if (str_blank(home))
        return NULL;
    (void)buf_addf(&b, "%s/%s/%s", home, dir, rest);
    return buf_take(&b);
}

char *path_config_file(void) { return under("XDG_CONFIG_HOME", ".config", "mixtui/config.ini"); }

char *path_state_dir(void) { return under("XDG_STATE_HOME", ".local/state", "mixtui"); }

char *path_cache_dir(void) { return under("XDG_CACHE_HOME", ".cache", "mixtui"); }

char *path_runtime_dir(void) {
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    return runtime && runtime[0] == '/' ? under("XDG_RUNTIME_DIR", "", "mixtui")
                                        : under("XDG_STATE_HOME", ".local/state", "mixtui/run");
}

enum rc path_make_dirs(const char *file, struct err *err) {
    auto_free char *dir = xstrdup(file);
    char *last = strrchr(dir, '/');

    if (!last)
        return RC_OK;
    *last = '\0';
    for (char *p = dir + 1; last > dir; p++) {
        p = strchr(p, '/');
        if (p)
            *p = '\0';
        if (mkdir(dir, 0700) != 0 && errno != EEXIST)
            return err_set(err, RC_IO, errno, "%.150s: %s", dir, strerror(errno));
        if (!p)
            break;
        *p = '/';
    }
    return RC_OK;
}
