/* config_kit.h - files in a directory of its own, and a command line as one string. */
#ifndef CONFIG_KIT_H
#define CONFIG_KIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mix/config.h"

static char kit_dir[64];

/* A home without anything, an environment without anything. */
static inline int kit_start(void **state) {
    static const char *const names[] = {"MIX_SERVER_URL", "MIX_DEBUG", "XDG_CONFIG_HOME",
                                        "XDG_STATE_HOME"};
    (void)state;
    (void)snprintf(kit_dir, sizeof kit_dir, "/tmp/mixtui-config-XXXXXX");
    if (!mkdtemp(kit_dir))
        return -1;
    for (size_t i = 0; i < MIX_COUNT(names); i++)
        unsetenv(names[i]);
    return setenv("HOME", kit_dir, 1);
}

static inline int kit_end(void **state) {
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", kit_dir);
    return system(command);
}

/* The path of a file there; static, for four at a time. */
static inline const char *kit_path(const char *name) {
    static char paths[4][256];
    static int at;
    char *path = paths[at++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", kit_dir, name);
    return path;
}

static inline const char *kit_file(const char *name, mode_t mode, const char *bytes, size_t n) {
    const char *path = kit_path(name);
    unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static inline const char *kit_text(const char *name, const char *text) {
    return kit_file(name, 0600, text, strlen(text));
}

/* Words at single blanks; `~` alone in a word stands for a blank. flags->over is the caller's. */
static inline enum rc kit_flags(struct connect_flags *flags, const char *line, struct err *err) {
    static char words[2048];
    static char name[] = "mixtui";
    char *argv[40] = {name};
    struct flag_reader r = {.argc = 1,
                            .argv = argv,
                            .at = 1,
                            .tables = &connect_flag_table,
                            .n_tables = 1,
                            .usage = "x"};
    *flags = (struct connect_flags){0};
    *err = (struct err){0};
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *p = words; *p && r.argc < 39;) {
        argv[r.argc++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    for (int i = 1; i < r.argc; i++)
        for (char *c = argv[i]; *c; c++)
            *c = *c == '~' ? ' ' : *c;
    for (;;) {
        struct flag_given g;
        enum rc rc = flags_next(&r, &g, err);
        if (rc == RC_OK && !g.flag)
            return RC_OK;
        if (rc == RC_OK)
            rc = connect_flag(flags, &g, err);
        if (rc != RC_OK)
            return rc;
    }
}

/* Flags and the text of a file (NULL: none) -> a profile. */
static inline enum rc kit_open(struct profile *p, const char *line, const char *file,
                               struct err *err) {
    struct connect_flags flags;
    struct config config = {0};
    enum rc rc = kit_flags(&flags, line, err);
    *p = (struct profile){0};
    if (rc == RC_OK && file)
        rc = config_read(&config, kit_text("config.ini", file), NULL, err);
    if (rc == RC_OK)
        rc = profile_open(p, &config, &flags, err);
    config_fini(&config);
    profile_fini(&flags.over);
    return rc;
}

static inline void one_line(const struct err *err, const char *says) {
    if (!strstr(err->text, says))
        fail_msg("`%s` is not in `%s`", says, err->text);
    assert_null(strchr(err->text, '\n'));
}

static inline const char *header_of(const struct profile *p, const char *name) {
    for (size_t i = 0; i < p->net.n_headers; i++)
        if (strncmp(p->net.headers[i], name, strlen(name)) == 0)
            return p->net.headers[i] + strlen(name);
    return NULL;
}

#endif
