/* outside.c - a draft in $EDITOR: in a pane of tmux below this one, else in place of the screen.
 * Its file is in the state directory, so that it is found when we did not live to see the editor
 * end:
 *
 *   edit/PID-XXXXXX.md     of that mixtui
 *   edit/PID-XXXXXX.fifo   on which the pane tells its name and how the editor ended */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "screen.h"

enum { AGAIN_MS = 5000, LINE_BYTES = 4096 };
#define TEXT_BYTES (16 * MIX_MIB)

/* $1 the file, $2 the fifo, $3 the editor. The fifo has a writer for as long as the pane lives. */
static const char pane_script[] = "exec 9>\"$2\" || exit 1\n"
                                  "printf 'pane %s\\n' \"$TMUX_PANE\" >&9\n"
                                  "eval \"$3\" '\"$1\"' 9>&-\n"
                                  "printf 'exit %d\\n' $? >&9\n";

static const char *editor_command(void) {
    const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
    return !str_blank(visual) ? visual : !str_blank(editor) ? editor : "vi";
}

/* ---- the file ---- */
static char *edit_dir(const struct app *a) {
    auto_buf struct buf path = {.max = 4096};
    const char *at = a->state_dir ? a->state_dir : "/tmp";
    (void)mkdir(at, 0700);
    (void)buf_addf(&path, "%s/%s", at, a->state_dir ? "edit" : "mixtui-edit-XXXXXX");
    if (!a->state_dir)
        return mkdtemp(path.p) ? buf_take(&path) : NULL;
    if (mkdir(path.p, 0700) != 0 && errno != EEXIST)
        return NULL;
    return buf_take(&path);
}

static bool write_all(int fd, const char *p, size_t n) {
    while (n > 0) {
        const ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR)
            return false;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static char *write_file(const struct app *a, const char *text, struct err *err) {
    auto_free char *dir = edit_dir(a);
    auto_buf struct buf path = {.max = 4096};
    (void)buf_addf(&path, "%s/%d-XXXXXX.md", dir ? dir : "", (int)getpid());
    auto_fd int fd = dir ? mkostemps(path.p, 3, O_CLOEXEC) : -1; /* 0600 */
    const size_t n = strlen(text);
    if (fd >= 0 && write_all(fd, text, n) &&
        (n == 0 || text[n - 1] == '\n' || write_all(fd, "\n", 1)))
        return buf_take(&path);
    (void)err_set(err, RC_IO, errno, "no file for the editor: %s", strerror(errno));
    if (fd >= 0)
        unlink(path.p);
    return NULL;
}

/* The caller's; NULL: it cannot be read, or is too big for any draft. */
static char *read_file(const char *path) {
    struct buf text = {.max = TEXT_BYTES};
    char bytes[65536];
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    ssize_t n = -1;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        while ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
            if (n > 0 && buf_add(&text, bytes, (size_t)n) != RC_OK)
                break;
    if (n != 0) {
        buf_fini(&text);
        return NULL;
    }
    for (size_t i = 0; i < text.n; i++) /* no draft has one, and it would end the text here */
        if (text.p[i] == 0)
            text.p[i] = ' ';
    return text.n > 0 ? buf_take(&text) : xstrdup("");
}

/* As it was given, but for the line end that every file has at its end. */
static void without_last_end(char *text, const char *given) {
    const size_t n = strlen(text), was = strlen(given);
    if (n > 0 && text[n - 1] == '\n' && (was == 0 || given[was - 1] != '\n'))
        text[n - 1] = 0;
}

/* ---- the end ---- */
static void forget(struct app *a) {
    struct outside *o = &a->outside;
    if (o->line >= 0 && o->where == OUTSIDE_PANE)
        close(o->line);
    if (o->pid > 0) { /* a tmux that does not answer */
        kill(o->pid, SIGKILL);
        (void)waitpid(o->pid, NULL, 0);
    }
    buf_fini(&o->said);
    free(o->path);
    free(o->text);
    free(o->pane);
    *o = (struct outside){.line = -1};
}

static void remove_fifo(const char *path) {
    auto_buf struct buf fifo = {.max = 4096};
    (void)buf_addf(&fifo, "%.*s.fifo", (int)strlen(path) - 3, path);
    (void)unlink(buf_str(&fifo));
}

/* Whose draft it is; false: neither is there any more. */
static bool find_owner(const struct app *a, struct model **m, struct session **s) {
    *s = NULL;
    for (size_t i = 0; i < a->servers.n_rows && !*s; i++) {
        *m = a->servers.rows[i].model;
        *s = *m ? model_away(*m) : NULL;
    }
    return *s != NULL;
}

/* status: of the editor, as shells count; -1: it did not say. */
static void take_back(struct app *a, int status) {
    struct outside *o = &a->outside;
    struct model *m = NULL;
    struct session *s;
    auto_free char *text = read_file(o->path);
    const bool fits = find_owner(a, &m, &s) && text && strlen(text) <= s->draft.text.max;

    if (text)
        without_last_end(text, o->text);
    const bool kept = text && *text && !str_eq(text, o->text) && (status != 0 || !fits);
    if (s)
        act_editor_done(m, s, status == 0 && fits ? text : NULL);
    auto_buf struct buf left = {.max = 8192};
    if (kept)
        (void)buf_addf(&left, "; what it wrote is in %s", o->path);
    if (status == 127)
        act_notice(a->model, "the draft is as it was: not found: %s", editor_command());
    else if (status > 128 || status < 0)
        act_notice(a->model, "the draft is as it was: the editor was killed%s", buf_str(&left));
    else if (status > 0)
        act_notice(a->model, "the draft is as it was: the editor ended with %d%s", status,
                   buf_str(&left));
    else if (!text || !fits)
        act_notice(a->model, "too big for a draft, or its session is gone%s", buf_str(&left));
    remove_fifo(o->path);
    if (!kept)
        (void)unlink(o->path);
    forget(a);
}

static void guest_ended(struct app *a, int status) { take_back(a, status); }

/* ---- in place of the screen ---- */
static void open_here(struct app *a) {
    auto_buf struct buf script = {.max = 4096};
    struct err err = {0};
    (void)buf_addf(&script, "%s \"$1\"", editor_command());
    const char *const argv[] = {"/bin/sh", "-c", buf_str(&script), "sh", a->outside.path, NULL};
    a->outside.where = OUTSIDE_GUEST;
    a->outside.pid = 0;
    if (guest_start(a, argv, guest_ended, &err) == RC_OK)
        return;
    act_notice(a->model, "%s", err.text);
    take_back(a, 0);
}

/* ---- in a pane of tmux ---- */
/* In the child; never returns. */
static void become_tmux(const char *const *argv) {
    const int null = open("/dev/null", O_RDWR);
    sigset_t none;
    sigemptyset(&none);
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2(null, fd);
    fds_close_others();
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp("tmux", (char *const *)(uintptr_t)argv);
    _exit(127);
}

static pid_t run_tmux(const char *const *argv) {
    const pid_t pid = fork();
    if (pid == 0)
        become_tmux(argv);
    return pid;
}

/* Nobody waits for it. */
static void run_tmux_alone(const char *const *argv) {
    const pid_t pid = fork();
    if (pid == 0) {
        if (fork() == 0)
            become_tmux(argv);
        _exit(0);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static bool open_pane(struct app *a) {
    struct outside *o = &a->outside;
    auto_buf struct buf fifo = {.max = 4096};
    const char *pane = getenv("TMUX_PANE");
    (void)buf_addf(&fifo, "%.*s.fifo", (int)strlen(o->path) - 3, o->path);
    if (mkfifo(buf_str(&fifo), 0600) != 0)
        return false;
    o->line = open(buf_str(&fifo), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const char *const argv[] = {"tmux",
                                "split-window",
                                "-v",
                                "-t",
                                pane ? pane : "",
                                "-c",
                                a->start_dir ? a->start_dir : "/",
                                "/bin/sh",
                                "-c",
                                pane_script,
                                "sh",
                                o->path,
                                buf_str(&fifo),
                                editor_command(),
                                NULL};
    o->where = OUTSIDE_PANE;
    buf_init(&o->said, LINE_BYTES);
    o->pid = o->line >= 0 && pane ? run_tmux(argv) : -1;
    if (o->pid > 0)
        return true;
    if (o->line >= 0)
        close(o->line);
    o->line = -1;
    o->pid = 0;
    return false;
}

void outside_child(struct app *a) {
    struct outside *o = &a->outside;
    int status;
    if (o->where != OUTSIDE_PANE || o->pid <= 0 || waitpid(o->pid, &status, WNOHANG) != o->pid)
        return;
    o->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    if (o->line >= 0)
        close(o->line);
    o->line = -1;
    remove_fifo(o->path);
    if (a->options->config.ui.editor_in == EDITOR_TMUX || guest_here(a)) {
        act_notice(a->model, "tmux opened no pane for the editor");
        take_back(a, 0);
    } else {
        open_here(a);
    }
}

int outside_fd(const struct app *a) {
    return a->outside.where == OUTSIDE_PANE ? a->outside.line : -1;
}

/* A line of the pane. True: the editor ended. */
static bool hear_line(struct outside *o, const char *line, int *status) {
    if (strncmp(line, "pane %", 6) == 0 && !o->pane)
        o->pane = xstrdup(line + 5);
    if (strncmp(line, "exit ", 5) != 0)
        return false;
    *status = (int)strtol(line + 5, NULL, 10);
    return true;
}

void outside_heard(struct app *a) {
    struct outside *o = &a->outside;
    char bytes[512];
    if (outside_fd(a) < 0) /* it ended since it was polled */
        return;
    const ssize_t n = read(o->line, bytes, sizeof bytes);
    int status = -1;
    bool ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);

    if (n > 0)
        (void)buf_add(&o->said, bytes, (size_t)n);
    for (const char *end; o->said.n > 0 && (end = memchr(o->said.p, '\n', o->said.n));) {
        auto_free char *line = xstrndup(o->said.p, (size_t)(end - o->said.p));
        buf_cut(&o->said, 0, strlen(line) + 1);
        ended = hear_line(o, line, &status) || ended;
    }
    if (ended)
        take_back(a, status);
}

/* Asked for while it is open: again within five seconds closes the pane. */
static void asked_again(struct app *a) {
    struct outside *o = &a->outside;
    if (o->where != OUTSIDE_PANE)
        return;
    if (clock_now() - o->asked_at >= AGAIN_MS || o->asked_at == 0) {
        o->asked_at = clock_now();
        act_notice(a->model, "the editor is open in another pane; Ctrl+X e once more closes it, "
                             "and the draft stays as it was");
        return;
    }
    const char *const argv[] = {"tmux", "kill-pane", "-t", o->pane ? o->pane : "", NULL};
    if (o->pane)
        run_tmux_alone(argv);
    take_back(a, -1);
}

/* ---- begin ---- */
static bool in_tmux(const struct app *a) {
    const enum editor_place in = a->options->config.ui.editor_in;
    return in == EDITOR_TMUX || (in == EDITOR_AUTO && !str_blank(getenv("TMUX")));
}

void outside_effects(struct app *a) {
    auto_free char *text = TAKE(a->fx->edit);
    const bool asked = a->fx->edit_asked;
    struct outside *o = &a->outside;
    struct session *s = a->model->shown;
    struct err err = {0};

    a->fx->edit_asked = false;
    if (!asked)
        return;
    if (!text && s->away) {
        asked_again(a);
        return;
    }
    if (!text)
        return;
    if (o->where != OUTSIDE_NOT || guest_here(a)) {
        act_notice(a->model, "an editor is open already, with another draft");
        act_editor_done(a->model, s, NULL);
        return;
    }
    char *path = write_file(a, text, &err);
    if (!path) {
        act_notice(a->model, "%s", err.text);
        act_editor_done(a->model, s, NULL);
        return;
    }
    *o = (struct outside){.line = -1, .path = path, .text = TAKE(text)};
    if (!in_tmux(a) || !open_pane(a))
        open_here(a);
}

void outside_end(struct app *a) { /* what the editor has not written yet it may still write */
    if (a->outside.where != OUTSIDE_NOT)
        fprintf(stderr, "mixtui: the draft in the editor is in %s\n", a->outside.path);
    forget(a);
}

/* ---- what was left ---- */
/* Named once: under another name it is no longer one of a process. */
static void tell_left(struct app *a, const char *dir, const char *name, const struct buf *path) {
    auto_buf struct buf told = {.max = 8192};

    (void)buf_addf(&told, "%s/left-%s", dir, name);
    const bool moved = rename(buf_str(path), buf_str(&told)) == 0;
    act_notice(a->model, "a draft was left in an editor: %s", buf_str(moved ? &told : path));
}

void outside_start(struct app *a) {
    a->outside.line = -1;
    if (!a->state_dir)
        return;
    auto_buf struct buf dir = {.max = 4096};
    (void)buf_addf(&dir, "%s/edit", a->state_dir);
    DIR *d = opendir(buf_str(&dir));
    for (const struct dirent *e; d && (e = readdir(d));) {
        char *end;
        const long pid = strtol(e->d_name, &end, 10);
        const size_t n = strlen(e->d_name);
        auto_buf struct buf path = {.max = 8192};
        if (pid <= 0 || *end != '-' || pid == getpid() || kill((pid_t)pid, 0) == 0 ||
            errno != ESRCH)
            continue;
        (void)buf_addf(&path, "%s/%s", buf_str(&dir), e->d_name);
        if (n > 3 && strcmp(e->d_name + n - 3, ".md") == 0)
            tell_left(a, buf_str(&dir), e->d_name, &path);
        else if (n > 5 && strcmp(e->d_name + n - 5, ".fifo") == 0)
            (void)unlink(buf_str(&path));
    }
    if (d)
        closedir(d);
}
