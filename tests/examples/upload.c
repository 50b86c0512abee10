/* upload.c - uploads from memory, a callback of unknown length, a descriptor and a path; downloads
 * into memory, a callback, a descriptor and a path. */
#include <mix/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char poem[] = "the quick brown fox\njumps over the lazy dog\n";

struct lines {
    int left;
};

static int64_t read_lines(void *user, char *to, size_t room) {
    struct lines *l = user;

    if (l->left == 0)
        return 0;
    l->left--;
    return snprintf(to, room, "%d to go\n", l->left);
}

static int count_bytes(void *user, const void *p, size_t n) {
    (void)p;
    *(size_t *)user += n;
    return 0;
}

static int upload(struct mix_client *c, const char *session, const struct mix_source *source,
                  char name[64], int64_t size) {
    struct mix_error err = {.rc = MIX_RC_OK};
    struct file_info *file = NULL;
    const struct mix_call_options o = {.upload = source};
    const struct session_ref ref = {.id = session};

    if (mix_files_upload_session_file(c, &ref, &file, &o, &err) != MIX_RC_OK) {
        fprintf(stderr, "upload: %s\n", err.text);
        mix_error_clear(&err);
        return 1;
    }
    snprintf(name, 64, "%s", file->name);
    printf("%s: %lld bytes\n", file->name, (long long)file->size);
    const int bad = file->size != size;

    mix_reply_free(file);
    return bad;
}

static int all_uploads(struct mix_client *c, const char *session, FILE *f, const char *path,
                       char name[64]) {
    struct lines lines = {.left = 9};
    const int64_t size = (int64_t)strlen(poem);
    int bad = 0;

    bad |= upload(c, session,
                  &(struct mix_source){
                      .from = MIX_CALLBACK, .read = read_lines, .user = &lines, .name = "a.txt"},
                  name, 72);
    rewind(f);
    bad |=
        upload(c, session, &(struct mix_source){.from = MIX_FD, .fd = fileno(f), .name = "b.txt"},
               name, size);
    bad |= upload(c, session, &(struct mix_source){.from = MIX_PATH, .path = path}, name, size);
    bad |= upload(c, session,
                  &(struct mix_source){.from = MIX_MEMORY,
                                       .data = poem,
                                       .len = strlen(poem),
                                       .name = "c.txt",
                                       .type = "text/plain"},
                  name, size);
    return bad;
}

static int all_downloads(struct mix_client *c, const struct file_ref *ref, const char *path) {
    struct mix_bytes *bytes = NULL;
    size_t counted = 0;
    FILE *f = tmpfile();
    int bad = !f;
    const struct mix_sink sinks[] = {
        {.to = MIX_CALLBACK, .write = count_bytes, .user = &counted},
        {.to = MIX_FD, .fd = f ? fileno(f) : -1},
        {.to = MIX_PATH, .path = path},
    };

    bad |= mix_files_get_session_file(c, ref, &bytes, NULL, NULL);
    bad |= !bytes || strcmp(bytes->p, poem) != 0;
    mix_reply_free(bytes);
    for (size_t i = 0; i < sizeof sinks / sizeof sinks[0]; i++)
        bad |= mix_files_get_session_file(c, ref, NULL,
                                          &(struct mix_call_options){.download = &sinks[i]}, NULL);
    bad |= counted != strlen(poem) || (f && lseek(fileno(f), 0, SEEK_END) != (off_t)counted);
    if (f)
        fclose(f);
    return bad;
}

int main(int argc, char **argv) {
    char dir[] = "/tmp/mix-example-XXXXXX", path[64], copy[64], name[64];
    struct mix_client *c =
        mix_client_new(&(struct mix_options){.server = argc > 1 ? argv[1] : NULL}, NULL);
    struct session_data *session = NULL;
    int bad = 1;

    if (!c || !mkdtemp(dir))
        return 1;
    snprintf(path, sizeof path, "%s/poem.txt", dir);
    snprintf(copy, sizeof copy, "%s/copy.txt", dir);
    FILE *f = fopen(path, "w+");

    if (f && fputs(poem, f) >= 0 && fflush(f) == 0 &&
        !mix_sessions_create(c, &(struct session_create){.title = "files"}, &session, NULL, NULL)) {
        bad = all_uploads(c, session->id, f, path, name);
        bad |= all_downloads(c, &(struct file_ref){.id = session->id, .name = name}, copy);
    }
    if (f)
        fclose(f);
    bad |= unlink(copy) != 0;
    unlink(path);
    rmdir(dir);
    mix_reply_free(session);
    mix_client_free(c);
    return bad;
}
