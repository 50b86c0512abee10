/* temp.c - a directory for what other programs are shown: nobody else can look into it, and nothing
 * of it stays. */
#include "temp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void failed(struct task *t, int why) {
    char space[128];

    err_set(&t->err, RC_IO, why, "%s (could not make %s)", strerror_r(why, space, sizeof space),
            t->path);
}

void temp_mkdir(struct task *t) {
    if (mkdir(t->path, 0777) != 0)
        failed(t, errno);
}

void temp_make(char **temp, struct task *t) {
    struct stat st;
    const char *root = getenv("TMPDIR");

    if (*temp && (lstat(*temp, &st) != 0 || !S_ISDIR(st.st_mode)))
        free(TAKE(*temp)); /* swept away */
    if (!*temp) {
        struct buf path = {.max = 4096};

        (void)buf_addf(&path, "%s/mixtui-XXXXXX", root && *root == '/' ? root : "/tmp");
        *temp = buf_take(&path);
        if (!mkdtemp(*temp)) {
            failed(t, errno);
            free(TAKE(*temp));
            return;
        }
    }
    t->path = arena_strdup(&t->arena, *temp);
}

void temp_remove(char *temp) {
    const int fd = temp ? open(temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    if (temp)
        (void)rmdir(temp);
    free(temp);
}
