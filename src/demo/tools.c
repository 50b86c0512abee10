/* tools.c - what the agent really does with the files of its folder: read, glob, grep, replace,
 * write. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

#define FILE_MAX_BYTES (1 * MIX_MIB)
#define RESULT_MAX     (16 * MIX_KIB)
#define FILES_MAX      500

const char *tool_name(const struct demo *d, const char *tool, char out[32]) {
    /* PascalCase from 0.7 on; before it snake_case, with one exception of its own. */
    if (d->o.version >= GEN(0, 7, 0)) {
        bool old_show = !strcmp(tool, "Show") && d->o.version < GEN_LATE;
        snprintf(out, 32, "%s", old_show ? "ShowMedia" : tool);
        return out;
    }
    if (!strcmp(tool, "Show"))
        tool = "ShowMedia";
    size_t n = 0;
    bool keep = !strncmp(tool, "Read", 4);
    for (const char *p = tool; *p && n < 30; p++) {
        if (!keep && p > tool && isupper((unsigned char)*p))
            out[n++] = '_';
        out[n++] = (char)(keep ? *p : tolower((unsigned char)*p));
    }
    out[n] = '\0';
    return out;
}

bool safe_name(const char *name) {
    if (str_blank(name) || *name == '/' || strlen(name) > 512)
        return false;
    for (const char *p = name; *p;) {
        size_t n = strcspn(p, "/");
        if (n == 2 && p[0] == '.' && p[1] == '.')
            return false;
        p += n;
        p += *p == '/';
    }
    return true;
}

/* Every step of the path is opened without following links, so nothing outside the folder is
 * reached. */
static int open_below(const char *folder, const char *file, int flags) {
    size_t root = strlen(folder);
    if (!strncmp(file, folder, root) && file[root] == '/')
        file += root + 1;
    if (!safe_name(file)) {
        errno = EACCES;
        return -1;
    }
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (dir >= 0) {
        size_t n = strcspn(file, "/");
        char part[256];
        if (n >= sizeof part)
            n = sizeof part - 1;
        memcpy(part, file, n);
        part[n] = '\0';
        bool last = file[n] == '\0';
        int next = openat(
            dir, n ? part : ".",
            (last ? flags : O_RDONLY | O_DIRECTORY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        int saved = errno;
        close(dir);
        errno = saved;
        if (last || next < 0)
            return next;
        dir = next;
        file += n + 1;
    }
    return -1;
}

static enum rc slurp(struct buf *out, const char *folder, const char *file, struct err *err) {
    auto_fd int fd = open_below(folder, file, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return err_set(err, RC_IO, errno, "%s: %s", file, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err, RC_IO, 0, "%s: not a file", file);
    char chunk[8192];
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0;)
        if (buf_add(out, chunk, (size_t)n) != RC_OK)
            return err_set(err, RC_LIMIT, 0, "%s: too large", file);
    return RC_OK;
}

enum rc tool_read(struct buf *out, const char *folder, const char *file, struct err *err) {
    auto_buf struct buf text = {.max = FILE_MAX_BYTES};
    enum rc rc = slurp(&text, folder, file, err);
    if (rc)
        return rc;
    if (text.n && memchr(text.p, '\0', text.n))
        return err_set(err, RC_IO, 0, "%s: a binary file", file);
    int line = 1;
    for (const char *p = buf_str(&text); *p && out->n < RESULT_MAX; line++) {
        size_t n = strcspn(p, "\n");
        buf_addf(out, "%6d|%.*s\n", line, (int)(n < 2000 ? n : 2000), p);
        p += n;
        p += *p == '\n';
    }
    return RC_OK;
}

struct walk {
    char *names[FILES_MAX];
    size_t n;
};

static void walk(struct walk *w, const char *folder, const char *below, int depth) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, below);
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *e; w->n < FILES_MAX && (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        char name[1024];
        int n = snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", e->d_name);
        if (n < 0 || n > 500)
            continue;
        struct stat st;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < 8)
            walk(w, folder, name, depth + 1);
        else if (S_ISREG(st.st_mode))
            w->names[w->n++] = xstrdup(name);
    }
    closedir(dir);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void walk_all(struct walk *w, const char *folder) {
    w->n = 0;
    walk(w, folder, "", 0);
    qsort(w->names, w->n, sizeof w->names[0], by_name);
}

static void walk_free(struct walk *w) {
    for (size_t i = 0; i < w->n; i++)
        free(w->names[i]);
}

enum rc tool_glob(struct buf *out, const char *folder, const char *pattern) {
    struct walk *w = xmalloc(sizeof *w);
    walk_all(w, folder);
    bool any_depth = !strncmp(pattern, "**/", 3);
    for (size_t i = 0; i < w->n && out->n < RESULT_MAX; i++) {
        const char *base = path_base(w->names[i]);
        if (any_depth ? !fnmatch(pattern + 3, base, 0)
                      : !fnmatch(pattern, w->names[i], FNM_PATHNAME))
            buf_addf(out, "%s\n", w->names[i]);
    }
    walk_free(w);
    free(w);
    return RC_OK;
}

static void grep_file(struct buf *out, const char *folder, const char *file, const regex_t *re) {
    auto_buf struct buf text = {.max = FILE_MAX_BYTES};
    if (slurp(&text, folder, file, NULL) != RC_OK || !text.n || memchr(text.p, '\0', text.n))
        return;
    int line = 1;
    for (char *p = text.p; *p && out->n < RESULT_MAX; line++) {
        size_t n = strcspn(p, "\n");
        bool more = p[n] == '\n';
        p[n] = '\0';
        if (regexec(re, p, 0, NULL, 0) == 0)
            buf_addf(out, "%s:%d: %.200s\n", file, line, p);
        p += n + more;
    }
}

enum rc tool_grep(struct buf *out, const char *folder, const char *pattern) {
    regex_t re;
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB | REG_ICASE) != 0)
        return RC_USAGE;
    struct walk *w = xmalloc(sizeof *w);
    walk_all(w, folder);
    for (size_t i = 0; i < w->n; i++)
        grep_file(out, folder, w->names[i], &re);
    walk_free(w);
    free(w);
    regfree(&re);
    return RC_OK;
}

enum rc tool_write(const char *folder, const char *file, const char *text, size_t n,
                   struct err *err) {
    auto_fd int fd = open_below(folder, file, O_WRONLY | O_CREAT | O_TRUNC);
    if (fd < 0)
        return err_set(err, RC_IO, errno, "%s: %s", file, strerror(errno));
    for (size_t at = 0; at < n;) {
        ssize_t w = write(fd, text + at, n - at);
        if (w < 0)
            return err_set(err, RC_IO, errno, "%s: %s", file, strerror(errno));
        at += (size_t)w;
    }
    return RC_OK;
}

enum rc tool_replace(const char *folder, const char *file, const char *from, const char *to,
                     struct err *err) {
    auto_buf struct buf text = {.max = FILE_MAX_BYTES};
    enum rc rc = slurp(&text, folder, file, err);
    if (rc)
        return rc;
    const char *at = strstr(buf_str(&text), from);
    if (!at)
        return err_set(err, RC_IO, 0, "%s: old_string not found", file);
    size_t pos = (size_t)(at - buf_str(&text));
    buf_cut(&text, pos, strlen(from));
    rc = buf_insert(&text, pos, to, strlen(to));
    return rc ? rc : tool_write(folder, file, buf_str(&text), text.n, err);
}
