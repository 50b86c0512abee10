/* write.c - the commented default file, and one server added to somebody's. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static void add_rows(struct buf *b, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        const struct setting *s = &settings[i];

        (void)buf_addf(b, "\n# %s\n# %s = %s\n", s->help, s->name,
                       *s->fallback ? s->fallback : s->value);
    }
}

const char *config_default(void) {
    static struct buf text;

    if (text.n > 0)
        return buf_str(&text);
    buf_init(&text, 64 * MIX_KIB);
    (void)buf_adds(&text,
                   "# Settings of mixtui. What is commented out says what holds without it.\n"
                   "# Flags beat the environment, the environment beats this file.\n"
                   "# mixtui config --check finds mistakes and their lines.\n"
                   "\n[ui]\n");
    add_rows(&text, SET_COUNT, SET_ALL);
    (void)buf_adds(&text, "\n[keys]\n\n"
                          "# action = key, key; none takes its keys away. mixtui --help-keys lists "
                          "actions and keys.\n"
                          "# session-fork = f\n");
    (void)buf_adds(
        &text, "\n# Servers, each with a name for --profile. The one named default is used\n"
               "# without --profile and without an address. No secret is written here: NAME_file"
               "\n# is read and NAME_command is run once, when the server is used; what it "
               "prints is the\n# secret, in one line. A server's secrets are sent to its own url "
               "only.\n\n# [server default]\n");
    add_rows(&text, 0, SET_COUNT);
    return buf_str(&text);
}

/* ---- one more server ---- */
enum rc config_check_server(const char *path, const char *name, const char *url, struct err *err) {
    const struct said said = {.row = &settings[SET_URL], .name = "url", .value = url};
    auto_free char *usual = path ? NULL : path_config_file();
    struct config c = {0};

    path = path ? path : usual;
    if (!path)
        return err_set(err, RC_IO, 0, "there is no home directory for config.ini");
    if (!profile_name_ok(name, strlen(name)))
        return err_set(err, RC_USAGE, 0,
                       "%.40s: the name of a server is made of up to 32 letters, digits, . _ and -",
                       name);
    if (strlen(url) > 180)
        return err_set(err, RC_USAGE, 0, "the address is too long for a line of the file");
    enum rc rc = check_url(&said, err);

    if (rc != RC_OK)
        return rc;
    if (access(path, F_OK) == 0)
        rc = config_read(&c, path, NULL, err);
    for (size_t i = 0; i < c.n_profiles && rc == RC_OK; i++)
        if (str_eq(c.profiles[i].name, name))
            rc = err_set(err, RC_USAGE, 0, "there is a server %.40s already", name);
    config_fini(&c);
    return rc;
}

static bool ends_in_line(int fd) {
    char last = '\n';
    const off_t end = lseek(fd, 0, SEEK_END);

    return end <= 0 || pread(fd, &last, 1, end - 1) != 1 || last == '\n';
}

enum rc config_add_server(const char *path, const char *name, const char *url, struct err *err) {
    auto_free char *usual = path ? NULL : path_config_file();
    const char *file = path ? path : usual;
    auto_buf struct buf text = {0};

    if (!file)
        return err_set(err, RC_IO, 0, "there is no home directory for config.ini");
    enum rc rc = config_check_server(file, name, url, err);

    if (rc == RC_OK)
        rc = path_make_dirs(file, err);
    if (rc != RC_OK)
        return rc;
    auto_fd int fd = open(file, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set(err, RC_IO, errno, "%.150s: %s", file, strerror(errno));
    buf_init(&text, 4096);
    (void)buf_addf(&text, "%s\n[server %s]\nurl = %s\n", ends_in_line(fd) ? "" : "\n", name, url);
    if (write(fd, text.p, text.n) != (ssize_t)text.n)
        return err_set(err, RC_IO, errno, "%.150s: %s", file, strerror(errno));
    return RC_OK;
}
