/* routes_files.c - uploads, which all sessions share, and what the agent wrote, which no list
 * names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "demo.h"

#define THUMB_LEAST 16
#define THUMB_MOST  1024

/* The session's id must look like one, and exist. */
static struct session *checked_session(struct request *r) {
    const struct session_ref *in = r->in;
    const char *id = in->id ? in->id : "";
    if (strlen(id) != 36 || strspn(id, "0123456789abcdefABCDEF-") != 36) {
        reply_lower(r, 400, "Validation error for field 'sessionID': must be a UUID");
        return NULL;
    }
    return request_session(r);
}

/* Where uploads of this session go. */
static const char *folder_of(struct request *r, const struct session *s) {
    return r->d->o.quirk[QUIRK_SHARED] ? r->d->uploads
                                       : arena_printf(&r->a, "%s/storage/%s", r->d->base, s->d.id);
}

/* Base name, blanks to _, dots inside the stem to _, runs of _ made one. */
static const char *clean_name(struct request *r, const char *sent) {
    const char *base = path_base(sent);
    const char *back = strrchr(base, '\\');
    base = back ? back + 1 : base;
    if (!*base || !strcmp(base, ".") || !strcmp(base, ".."))
        return NULL;
    if (!r->d->o.quirk[QUIRK_RENAME])
        return arena_strdup(&r->a, base);
    const char *dot = strrchr(base, '.');
    char *out = arena_alloc(&r->a, strlen(base) + 1);
    size_t n = 0;
    for (const char *p = base; *p; p++) {
        char c = *p;
        if (c == ' ' || c == '\t' || (unsigned char)c < ' ' || (c == '.' && p != dot))
            c = '_';
        if (c == '_' && n && out[n - 1] == '_')
            continue;
        out[n++] = c;
    }
    return out;
}

static struct file_info info(struct request *r, const struct session *s, const char *name,
                             const struct stat *st) {
    const char *host = r->host ? r->host : "localhost";
    /* The name is not percent-encoded: clients have to do that. */
    return (struct file_info){
        .name = name,
        .size = st->st_size,
        .modified = (int64_t)st->st_mtime * 1000,
        .is_dir = S_ISDIR(st->st_mode),
        .url = arena_printf(&r->a, "http://%s/api/sessions/%s/files/%s", host, s->d.id, name)};
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct file_info *)a)->name, ((const struct file_info *)b)->name);
}

static void gather(struct request *r, const struct session *s, const char *folder,
                   struct file_info **all, size_t *n, size_t *cap) {
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (*n == *cap)
            *all = xgrow(*all, *n, cap, sizeof **all);
        (*all)[(*n)++] = info(r, s, arena_strdup(&r->a, e->d_name), &st);
    }
    closedir(dir);
}

static void list(struct request *r) {
    struct session *s = checked_session(r);
    if (!s)
        return;
    struct file_info *all = NULL;
    size_t n = 0, cap = 0;
    const char *folder = folder_of(r, s);
    gather(r, s, folder, &all, &n, &cap);
    auto_free char *own = store_folder(r->d, s->d.id);
    if (!r->d->o.quirk[QUIRK_HIDDEN] && strcmp(own, folder) != 0)
        gather(r, s, own, &all, &n, &cap);
    if (n)
        qsort(all, n, sizeof *all, by_name);
    struct file_list out = {0};
    out.list.items = all;
    out.list.n = n;
    if (n == 0 && r->d->o.quirk[QUIRK_NULL_LISTS]) {
        buf_adds(&r->reply.body, "null");
        reply_json(r, 200);
    } else {
        reply_shape(r, 200, "file_list", &out);
    }
    free(all);
}

static void upload(struct request *r) {
    struct session *s = checked_session(r);
    if (!s)
        return;
    bool broken = upload_broken(r);
    const char *sent = upload_name(r);
    if (broken || !sent) {
        reply_lower(r, 400, "Validation error for field '%s': %s", broken ? "form" : "file",
                    broken ? "failed to parse form" : "file is required");
        return;
    }
    const char *name = clean_name(r, sent);
    if (!name) {
        reply_lower(r, 400, "Validation error for field 'file': invalid file name");
        return;
    }
    const char *path = arena_printf(&r->a, "%s/%s", folder_of(r, s), name);
    struct stat st;
    if (upload_keep(r, path) != RC_OK || stat(path, &st) != 0) {
        reply_lower(r, 500, "Internal error during saving file: %s", strerror(errno));
        return;
    }
    struct file_info out = info(r, s, name, &st);
    if (strcmp(name, sent) != 0)
        out.original_name = sent;
    reply_shape(r, 201, "file_info", &out);
}

/* The session's own folder first, then the uploads. -1 when neither has it. */
static int find(struct request *r, const struct session *s, const char *name, struct stat *st,
                bool uploads_only) {
    auto_free char *own = store_folder(r->d, s->d.id);
    const char *folders[] = {uploads_only ? folder_of(r, s) : own, r->d->uploads};
    if (!safe_name(name) || strchr(name, '/'))
        return -1;
    for (size_t i = 0; i < MIX_COUNT(folders); i++) {
        if (i == 1 && !r->d->o.quirk[QUIRK_SHARED])
            break;
        char *path = arena_printf(&r->a, "%s/%s", folders[i], name);
        int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0 && fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)))
            return fd;
        if (fd >= 0)
            close(fd);
    }
    return -1;
}

static const char *type_of(const char *name, int fd) {
    static const char *const known[][2] = {{".md", "text/markdown; charset=utf-8"},
                                           {".txt", "text/plain; charset=utf-8"},
                                           {".json", "application/json"},
                                           {".jpg", "image/jpeg"},
                                           {".jpeg", "image/jpeg"},
                                           {".png", "image/png"},
                                           {".gif", "image/gif"},
                                           {".pdf", "application/pdf"},
                                           {".html", "text/html; charset=utf-8"},
                                           {".csv", "text/csv; charset=utf-8"},
                                           {".mp4", "video/mp4"},
                                           {".webp", "image/webp"}};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < MIX_COUNT(known); i++)
        if (!strcasecmp(dot, known[i][0]))
            return known[i][1];
    char start[512];
    ssize_t n = pread(fd, start, sizeof start, 0);
    return n > 0 && memchr(start, '\0', (size_t)n) ? "application/octet-stream"
                                                   : "text/plain; charset=utf-8";
}

static bool thumb_box(const char *spec, int *width, int *height) {
    char kind = *spec == 'w' || *spec == 'h' ? *spec++ : 'b';
    char *end = NULL;
    long v = strtol(spec, &end, 10);
    if (end == spec || *end || v < THUMB_LEAST || v > THUMB_MOST)
        return false;
    *width = kind == 'h' ? (int)v * 3 / 2 : (int)v;
    *height = kind == 'h' ? (int)v : (int)v * 2 / 3;
    *height = *height < 1 ? 1 : *height;
    return true;
}

static void thumbnail(struct request *r, const char *name, const char *type, const char *spec) {
    int w = 0, h = 0;
    if (strncmp(type, "image/", 6) != 0 && strncmp(type, "video/", 6) != 0) {
        reply_text(r, 400, "Thumbnails not supported for this file type");
    } else if (!thumb_box(spec, &w, &h)) {
        reply_text(r, 500, "Thumbnail generation failed: invalid thumbnail specification");
    } else if (!strncmp(type, "video/", 6) || !r->d->o.quirk[QUIRK_THUMB]) {
        reply_text(r, 500,
                   "Thumbnail generation failed: exec: \"ffmpeg\": executable file not found "
                   "in $PATH");
    } else {
        picture_jpeg(&r->reply.body, name, w, h);
        r->reply.status = 200;
        r->reply.type = "image/jpeg";
        r->reply.header = "Cache-Control";
        r->reply.value = "public, max-age=86400";
    }
}

/* A part of a file, as servers that keep files on their own disk give it; behind a storage
 * provider they do not. */
static void serve_part(struct request *r, const struct stat *st) {
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const int64_t size = (int64_t)st->st_size;
    struct tm t;

    if (!r->d->o.quirk[QUIRK_RANGE] || !gmtime_r(&st->st_mtime, &t))
        return;
    r->reply.modified = arena_printf(
        &r->a, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", days + 3 * (size_t)t.tm_wday, t.tm_mday,
        months + 3 * (size_t)t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    const char *range = request_header(r, "Range"), *same = request_header(r, "If-Range");
    long long from = -1, to = (long long)size - 1;

    if (!range || (same && strcmp(same, r->reply.modified) != 0) ||
        sscanf(range, "bytes=%lld-%lld", &from, &to) < 1 || from < 0)
        return;
    if (from >= size || to < from) {
        cleanup_fd(&r->reply.fd);
        r->reply.size = 0;
        r->reply.range = arena_printf(&r->a, "bytes */%lld", (long long)size);
        reply_text(r, 416, "invalid range: failed to overlap");
        return;
    }
    to = to < (long long)size ? to : (long long)size - 1;
    r->reply.status = 206;
    r->reply.from = from;
    r->reply.size = to - from + 1;
    r->reply.range = arena_printf(&r->a, "bytes %lld-%lld/%lld", from, to, (long long)size);
}

static void get(struct request *r) {
    const struct file_ref *in = r->in;
    struct session *s = checked_session(r);
    if (!s)
        return;
    struct stat st;
    int fd = find(r, s, in->name, &st, false);
    if (fd < 0 || S_ISDIR(st.st_mode)) {
        cleanup_fd(&fd);
        reply_lower(r, 404, "File with ID '%s' not found", in->name);
        return;
    }
    const char *type = type_of(in->name, fd), *thumb = request_query(r, "thumb");
    if (thumb) {
        close(fd);
        thumbnail(r, in->name, type, thumb);
        return;
    }
    r->reply.fd = fd;
    r->reply.size = st.st_size;
    r->reply.status = 200;
    r->reply.type = type;
    r->reply.header = "Content-Disposition";
    r->reply.value = "inline";
    serve_part(r, &st);
}

static void delete (struct request *r) {
    const struct file_ref *in = r->in;
    struct session *s = checked_session(r);
    if (!s)
        return;
    struct stat st;
    auto_fd int fd = find(r, s, in->name, &st, true);
    if (fd < 0) {
        reply_lower(r, 404, "File with ID '%s' not found", in->name);
    } else if (S_ISDIR(st.st_mode)) {
        reply_lower(r, 400, "Validation error for field 'filename': is a directory");
    } else if (unlink(arena_printf(&r->a, "%s/%s", folder_of(r, s), in->name)) != 0) {
        reply_lower(r, 500, "Internal error during deleting file: %s", strerror(errno));
    } else {
        r->reply.status = 204;
    }
}

const struct route routes_files[] = {
    {OP_FILES_LIST, list},    {OP_FILE_UPLOAD, upload}, {OP_FILE_GET, get},
    {OP_FILE_DELETE, delete}, {OP_COUNT, NULL},
};
