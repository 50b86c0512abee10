/* upload.c - a multipart body, written to a file as it comes: memory does not grow with it. */
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

struct upload {
    struct MHD_PostProcessor *post;
    char *temp; /* unlinked unless kept */
    char *name;
    int fd;
    bool broken, kept;
};

static enum MHD_Result on_part(void *cls, enum MHD_ValueKind kind, const char *key,
                               const char *filename, const char *type, const char *coding,
                               const char *data, uint64_t off, size_t size) {
    struct upload *u = cls;
    (void)kind;
    (void)type;
    (void)coding;
    if (!str_eq(key, "file") || (!filename && !u->name))
        return MHD_YES;
    if (off == 0 && filename && !u->name)
        u->name = xstrdup(filename);
    for (size_t at = 0; at < size;) {
        ssize_t n = write(u->fd, data + at, size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            u->broken = true;
            return MHD_NO;
        }
        at += (size_t)n;
    }
    return MHD_YES;
}

bool upload_start(struct request *r) {
    struct upload *u = xcalloc(1, sizeof *u);
    r->upload = u;
    struct buf path;
    buf_init(&path, 4096);
    buf_addf(&path, "%s/storage/.upload-%08x%08x", r->d->base, random_u32(), random_u32());
    u->temp = buf_take(&path);
    u->fd = open(u->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    u->post = MHD_create_post_processor(r->conn, 64 * MIX_KIB, on_part, u);
    u->broken = u->fd < 0 || !u->post;
    return !u->broken;
}

void upload_feed(struct request *r, const char *p, size_t n) {
    struct upload *u = r->upload;
    if (!u->broken && MHD_post_process(u->post, p, n) != MHD_YES)
        u->broken = true;
}

static void finish(struct upload *u) {
    if (u->post && MHD_destroy_post_processor(u->post) != MHD_YES)
        u->broken = true;
    u->post = NULL;
}

void upload_free(struct request *r) {
    struct upload *u = r->upload;
    if (!u)
        return;
    finish(u);
    cleanup_fd(&u->fd);
    if (!u->kept)
        unlink(u->temp);
    free(u->temp);
    free(u->name);
    free(u);
    r->upload = NULL;
}

bool upload_broken(const struct request *r) {
    struct upload *u = r->upload;
    finish(u);
    return u->broken;
}

const char *upload_name(const struct request *r) { return r->upload->name; }

enum rc upload_keep(struct request *r, const char *path) {
    struct upload *u = r->upload;
    if (rename(u->temp, path) != 0)
        return RC_IO;
    u->kept = true;
    return RC_OK;
}
