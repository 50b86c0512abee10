/* desk.c - what lies around the terminal: a browser, clipboards. */
#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_web(const char *url) {
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
}

static bool in_path(const char *name) {
    const char *path = getenv("PATH");

    while (path && *path) {
        const size_t n = strcspn(path, ":");
        struct buf file = {.max = 4096};

        const bool found = n > 0 && buf_addf(&file, "%.*s/%s", (int)n, path, name) == RC_OK &&
                           access(buf_str(&file), X_OK) == 0;
        buf_fini(&file);
        if (found)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

/* What the desktop opens things with; NULL: there is no desktop here. */
static const char *opener(void) {
    const bool desktop = !str_blank(getenv("DISPLAY")) || !str_blank(getenv("WAYLAND_DISPLAY"));

    return desktop && in_path("xdg-open") ? "xdg-open" : NULL;
}

/* In the child of the child: nobody waits for it, and it has nothing of our terminal. */
static void become_opener(const char *what) {
    const int null = open("/dev/null", O_RDWR);
    sigset_t none;

    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
    fds_close_others(); /* a browser stays, and would hold our connections open */
    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execlp(opener(), opener(), what, (char *)NULL);
    _exit(127);
}

static enum rc start_opener(const char *what, struct err *err) {
    const pid_t child = fork();

    if (child == 0) {
        if (fork() == 0)
            become_opener(what);
        _exit(0);
    }
    if (child < 0)
        return err_set(err, RC_IO, errno, "nothing was started: %s", strerror(errno));
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return RC_OK;
}

enum rc open_url(const char *url, struct err *err) {
    if (!is_web(url))
        return err_set(err, RC_USAGE, 0, "only http and https addresses are opened");
    if (!opener())
        return err_set(err, RC_IO, 0, "no browser can be started from here: copy the address");
    return start_opener(url, err);
}

/* ---- files ---- */
enum { LOOKED_AT = 4096, WORDS_MOST = 32 };

/* Nothing in its first bytes that no text has. */
static bool is_text(const char *path) {
    char bytes[LOOKED_AT];
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const ssize_t n = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;

    return n >= 0 && !memchr(bytes, '\0', (size_t)n);
}

/* Of a command: at blanks, but not between quotes; nothing else means anything in it. */
static size_t split_words(struct arena *a, const char *command, const char **out, size_t most) {
    size_t n = 0;

    for (const char *p = command; *p && n < most;) {
        struct buf word = {.max = 4096};
        char quote = 0;

        p += strspn(p, " \t");
        if (!*p)
            break;
        for (; *p && (quote || !strchr(" \t", *p)); p++)
            if (quote ? *p == quote : *p == '\'' || *p == '"')
                quote = quote ? 0 : *p;
            else
                (void)buf_add(&word, p, 1);
        out[n++] = arena_strdup(a, buf_str(&word));
        buf_fini(&word);
    }
    return n;
}

enum rc open_way(struct open_way *out, const char *command, const char *path, struct err *err) {
    const char *words[WORDS_MOST + 2];
    const char *pager = getenv("PAGER");
    const bool text = is_text(path);

    *out = (struct open_way){0};
    if (str_blank(command) && (!text || (opener() && strstr(path, ".htm")))) {
        if (!opener())
            return err_set(err, RC_IO, 0,
                           "no program for this kind of file: name one by open = COMMAND");
        return start_opener(path, err);
    }
    if (str_blank(command))
        command = pager && !str_blank(pager) ? pager : in_path("less") ? "less" : "more";
    size_t n = split_words(&out->arena, command, words, WORDS_MOST);

    if (n == 0)
        return err_set(err, RC_USAGE, 0, "open = names no program");
    words[n++] = arena_strdup(&out->arena, path);
    words[n++] = NULL;
    out->argv = memcpy(arena_alloc(&out->arena, n * sizeof *words), words, n * sizeof *words);
    return RC_OK;
}

/* ---- clipboards ---- */
static void add_way(struct copy_ways *ways, const char *name, const char *const *argv) {
    if (ways->n < MIX_COUNT(ways->v) && in_path(argv[0]))
        ways->v[ways->n++] = (struct copy_way){name, argv};
}

/* A display is where somebody sits: not that of a machine reached by ssh, unless it is forwarded.
 */
static void add_displays(struct copy_ways *ways) {
    static const char *const wayland[] = {"wl-copy", "--type", "text/plain", NULL};
    static const char *const xclip[] = {"xclip", "-selection", "clipboard", NULL};
    static const char *const xsel[] = {"xsel", "--clipboard", "--input", NULL};
    static const char *const mac[] = {"pbcopy", NULL};
    const char *display = getenv("DISPLAY");
    const bool remote = !str_blank(getenv("SSH_CONNECTION")) || !str_blank(getenv("SSH_TTY"));
    const size_t before = ways->n;

    if (!str_blank(getenv("WAYLAND_DISPLAY")) && !remote)
        add_way(ways, "wl-copy", wayland);
    if (display && *display && (!remote || display[0] != ':')) {
        add_way(ways, "xclip", xclip);
        if (ways->n == before)
            add_way(ways, "xsel", xsel);
    }
    if (!remote)
        add_way(ways, "pbcopy", mac);
}

const struct copy_ways *desk_copy_ways(void) {
    static const char *const tmux[] = {"tmux", "load-buffer", "-w", "-", NULL};
    static struct copy_ways ways;
    static bool looked;

    if (looked)
        return &ways;
    looked = true;
    ways.home = getenv("HOME");
    if (!str_blank(getenv("TMUX")))
        add_way(&ways, "tmux", tmux);
    add_displays(&ways);
    return &ways;
}
