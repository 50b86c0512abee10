/* paths.c - where files of ours are. */
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "mix/config.h"

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

char *path_runtime_dir(void) {
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    return runtime && runtime[0] == '/' ? under("XDG_RUNTIME_DIR", "", "mixtui")
                                        : under("XDG_STATE_HOME", ".local/state", "mixtui/run");
}
