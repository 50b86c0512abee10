/* harness.c - the pseudo-terminal, libvterm, and waiting. */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <vterm.h>

#include "private.h"

enum { SCREENS_MAX = 64 };

struct screen {
    int pid, fd; /* fd: the master side; -1 once the program and its children let go */
    int status;  /* of waitpid, once ended */
    bool ended, alternate, cursor_on;
    int cols, rows, bells;
    int64_t heard_at;
    uint64_t heard_ns;
    struct termios line;
    VTerm *vt;
    VTermScreen *cells;
    struct buf raw, text;
    struct buf answers; /* of the terminal, to be written */
};
static struct screen *screens[SCREENS_MAX];
static size_t n_screens;

/* ---- the test's directory ---- */
static char dir[256];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    remove(path);
    return 0;
}

const char *screen_dir(void) {
    if (dir[0])
        return dir;
    const char *base = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/mixtui-screen.XXXXXX", str_blank(base) ? "/tmp" : base);
    if (!mkdtemp(dir))
        fail_msg("no directory for the test: %s", strerror(errno));
    return dir;
}

const char *screen_path(const char *name) {
    static char paths[16][512];
    static size_t at;
    char *path = paths[at++ % MIX_COUNT(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", screen_dir(), name);
    return path;
}

const char *screen_file(const char *name, const char *text) {
    const char *path = screen_path(name);
    char part[512];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = part + strlen(screen_dir()) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(part, 0700);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    if (!f)
        fail_msg("%s: %s", path, strerror(errno));
    fwrite(text, 1, strlen(text), f);
    fchmod(fileno(f), 0644); /* whatever the umask */
    fclose(f);
    return path;
}

bool screen_read_file(struct buf *out, const char *path) {
    FILE *f = fopen(path, "rb");
    char bytes[65536];
    size_t n;
    if (!f)
        return false;
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        if (buf_add(out, bytes, n) != RC_OK)
            break;
    fclose(f);
    return true;
}

/* ---- libvterm ---- */
static int on_property(VTermProp prop, VTermValue *value, void *user) {
    struct screen *s = user;
    if (prop == VTERM_PROP_ALTSCREEN)
        s->alternate = value->boolean;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        s->cursor_on = value->boolean;
    return 1;
}
static int on_bell(void *user) {
    struct screen *s = user;
    s->bells++;
    return 1;
}
static void on_answer(const char *p, size_t n, void *user) {
    struct screen *s = user;
    buf_add(&s->answers, p, n);
}
static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};

/* ---- starting ---- */
static const char *const passed_on[] = {
    "PATH",         "ASAN_OPTIONS", "UBSAN_OPTIONS",   "TSAN_OPTIONS",
    "LSAN_OPTIONS", "TMPDIR",       "LD_LIBRARY_PATH", "GCOV_PREFIX"};

static void put_env(const char *pair) {
    char name[128];
    const char *equals = strchr(pair, '=');
    if (!equals) {
        unsetenv(pair);
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)(equals - pair), pair);
    setenv(name, equals + 1, 1);
}

static void child_environment(const struct screen_setup *setup) {
    struct {
        const char *name;
        char *value;
    } kept[MIX_COUNT(passed_on)];
    for (size_t i = 0; i < MIX_COUNT(passed_on); i++) {
        const char *value = getenv(passed_on[i]);
        kept[i].name = passed_on[i];
        kept[i].value = value ? xstrdup(value) : NULL;
    }
    clearenv();
    for (size_t i = 0; i < MIX_COUNT(kept); i++)
        if (kept[i].value)
            setenv(kept[i].name, kept[i].value, 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("HOME", dir, 1);
    setenv("EDITOR", "true", 1); /* random keys get there; it gives the terminal back at once */
    setenv("XDG_STATE_HOME", screen_path("state"), 1);
    setenv("XDG_CONFIG_HOME", screen_path("config"), 1);
    for (size_t i = 0; setup->env && setup->env[i]; i++)
        put_env(setup->env[i]);
}

/* In the child: never returns. */
static void become(const struct screen_setup *setup) {
    const char *program = setup->program ? setup->program : MIXTUI_EXE;
    const char *argv[64] = {program};
    for (size_t i = 0; setup->args && setup->args[i] && i < MIX_COUNT(argv) - 2; i++)
        argv[i + 1] = setup->args[i];
    child_environment(setup);
    if (setup->file_limit)
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = (rlim_t)setup->file_limit,
                                                 .rlim_max = (rlim_t)setup->file_limit});
    if (setup->tty != SCREEN_TTY) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, setup->tty == SCREEN_NO_STDIN ? STDIN_FILENO : STDOUT_FILENO);
    }
    for (int fd = 3; fd < 256; fd++)
        close(fd);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(setup->dir ? setup->dir : dir) != 0)
        _exit(126);
    execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

struct screen *screen_start(const struct screen_setup *setup) {
    struct screen *s = xcalloc(1, sizeof *s);
    if (n_screens == SCREENS_MAX)
        fail_msg("more than %d screens in one test", SCREENS_MAX);
    screen_dir();
    s->cols = setup->cols ? setup->cols : 80;
    s->rows = setup->rows ? setup->rows : 24;
    s->cursor_on = true;
    buf_init(&s->raw, 256 * MIX_MIB);
    buf_init(&s->text, 4 * MIX_MIB);
    buf_init(&s->answers, MIX_MIB);
    s->vt = vterm_new(s->rows, s->cols);
    vterm_set_utf8(s->vt, 1);
    vterm_output_set_callback(s->vt, on_answer, s);
    s->cells = vterm_obtain_screen(s->vt);
    vterm_screen_set_callbacks(s->cells, &callbacks, s);
    vterm_screen_enable_altscreen(s->cells, 1);
    vterm_screen_reset(s->cells, 1);
    struct winsize size = {.ws_row = (unsigned short)s->rows, .ws_col = (unsigned short)s->cols};
    int line = -1;
    if (openpty(&s->fd, &line, NULL, NULL, &size) != 0)
        fail_msg("openpty: %s", strerror(errno));
    fcntl(s->fd, F_SETFD, FD_CLOEXEC);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    tcgetattr(s->fd, &s->line); /* before anybody can have changed it */
    fflush(NULL);
    s->pid = fork();
    if (s->pid == 0) {
        close(s->fd);
        login_tty(line);
        become(setup);
    }
    close(line);
    if (s->pid < 0)
        fail_msg("fork: %s", strerror(errno));
    s->heard_at = clock_now();
    screens[n_screens++] = s;
    return s;
}

int screen_pid(const struct screen *s) { return s->pid; }

/* ---- bytes to and fro ---- */
static void reap(struct screen *s) {
    if (!s->ended && waitpid(s->pid, &s->status, WNOHANG) == s->pid)
        s->ended = true;
}

static void take_bytes(struct screen *s) {
    char bytes[65536];
    ssize_t n;
    while (s->fd >= 0 && (n = read(s->fd, bytes, sizeof bytes)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0)
            break;
        s->heard_at = clock_now();
        s->heard_ns = clock_ns();
        buf_add(&s->raw, bytes, (size_t)n);
        vterm_input_write(s->vt, bytes, (size_t)n);
    }
    vterm_screen_flush_damage(s->cells);
    reap(s);
    if (s->ended && s->fd >= 0)
        close(s->fd), s->fd = -1;
}

/* A terminal answers what it is asked, cursor reports for one; it never waits for a reader. */
static void give_answers(struct screen *s) {
    if (s->answers.n == 0 || s->fd < 0)
        return;
    ssize_t n = write(s->fd, s->answers.p, s->answers.n);
    if (n > 0)
        buf_cut(&s->answers, 0, (size_t)n);
}

bool screen_pump(struct screen *s, int ms) {
    if (s->fd < 0)
        return false;
    give_answers(s);
    struct pollfd fd = {.fd = s->fd, .events = POLLIN};
    int ready = poll(&fd, 1, ms);
    if (ready > 0 && (fd.revents & POLLHUP) && !(fd.revents & POLLIN)) {
        /* The line is let go of a moment before the process can be waited for. */
        for (int i = 0; i < 200 && !s->ended; i++)
            reap(s), s->ended ? 0 : poll(NULL, 0, 5);
    }
    take_bytes(s);
    return s->fd >= 0;
}

void screen_bytes(struct screen *s, const char *p, size_t n) {
    give_answers(s); /* they were asked for before anybody typed */
    int64_t until = clock_now() + SCREEN_MS;
    while (n > 0) {
        if (s->fd < 0)
            screen_failed(s, "typing: the program ended", __FILE__, __LINE__);
        ssize_t done = write(s->fd, p, n);
        if (done > 0)
            p += done, n -= (size_t)done;
        if (n == 0)
            return;
        if (clock_now() > until)
            screen_failed(s, "typing: the program does not read", __FILE__, __LINE__);
        take_bytes(s);
        if (done <= 0 && s->fd >= 0)
            poll(&(struct pollfd){.fd = s->fd, .events = POLLIN | POLLOUT}, 1, 20);
    }
}

void screen_keys(struct screen *s, const char *keys) { screen_bytes(s, keys, strlen(keys)); }

void screen_paste(struct screen *s, const char *text) {
    screen_keys(s, "\033[200~");
    screen_keys(s, text);
    screen_keys(s, "\033[201~");
}

void screen_resize(struct screen *s, int cols, int rows) {
    take_bytes(s);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    s->cols = cols;
    s->rows = rows;
    vterm_set_size(s->vt, rows, cols);
    ioctl(s->fd, TIOCSWINSZ, &size); /* the kernel sends SIGWINCH */
}

void screen_signal(struct screen *s, int number) {
    reap(s);
    if (!s->ended)
        kill(s->pid, number);
}

void screen_scribble(struct screen *s, const char *bytes) {
    take_bytes(s);
    vterm_input_write(s->vt, bytes, strlen(bytes));
    vterm_screen_flush_damage(s->cells);
}

/* ---- looking ---- */
int screen_cols(const struct screen *s) { return s->cols; }
int screen_rows(const struct screen *s) { return s->rows; }

static size_t utf8_put(char *out, uint32_t c) {
    if (c < 0x80)
        return out[0] = (char)c, 1;
    if (c < 0x800)
        return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)),
               out[2] = (char)(0x80 | (c & 63)), 3;
    return out[0] = (char)(0xF0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)),
           out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63)), 4;
}

static uint32_t rgb_of(const struct screen *s, VTermColor c) {
    vterm_screen_convert_color_to_rgb(s->cells, &c);
    return (uint32_t)c.rgb.red << 16 | (uint32_t)c.rgb.green << 8 | c.rgb.blue;
}

struct screen_cell screen_cell(const struct screen *s, int x, int y) {
    VTermScreenCell cell = {0};
    struct screen_cell out = {0};
    vterm_screen_get_cell(s->cells, (VTermPos){.row = y, .col = x}, &cell);
    size_t n = 0;
    if (cell.chars[0] == 0)
        out.text[n++] = ' ';
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        if (cell.chars[i] != UINT32_MAX)
            n += utf8_put(out.text + n, cell.chars[i]);
    out.bold = cell.attrs.bold;
    out.underline = cell.attrs.underline != 0;
    out.italic = cell.attrs.italic;
    out.reverse = cell.attrs.reverse;
    out.fg = rgb_of(s, cell.fg);
    out.bg = rgb_of(s, cell.bg);
    out.fg_default = VTERM_COLOR_IS_DEFAULT_FG(&cell.fg);
    out.bg_default = VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
    return out;
}

static void add_row(struct screen *s, int y) {
    size_t from = s->text.n, end = from;
    for (int x = 0; x < s->cols; x++) {
        struct screen_cell cell = screen_cell(s, x, y);
        buf_adds(&s->text, cell.text);
        if (strcmp(cell.text, " ") != 0 && cell.text[0])
            end = s->text.n;
    }
    buf_cut(&s->text, end, s->text.n - end);
}

const char *screen_row(struct screen *s, int y) {
    buf_clear(&s->text);
    add_row(s, y);
    return buf_str(&s->text);
}

const char *screen_text(struct screen *s) {
    buf_clear(&s->text);
    for (int y = 0; y < s->rows; y++) {
        add_row(s, y);
        buf_adds(&s->text, "\n");
    }
    return buf_str(&s->text);
}

/* How many cells lie before byte `n` of the row. */
static int cells_before(const struct screen *s, int y, size_t n) {
    size_t bytes = 0;
    int x = 0;
    for (; x < s->cols && bytes < n; x++)
        bytes += strlen(screen_cell(s, x, y).text);
    return x;
}

bool screen_find(struct screen *s, const char *text, int *x, int *y) {
    for (int row = 0; row < s->rows; row++) {
        const char *line = screen_row(s, row), *found = strstr(line, text);
        if (!found)
            continue;
        if (x)
            *x = cells_before(s, row, (size_t)(found - line));
        if (y)
            *y = row;
        return true;
    }
    return false;
}

bool screen_has(struct screen *s, const char *text) { return screen_find(s, text, NULL, NULL); }

void screen_cursor(const struct screen *s, int *x, int *y, bool *visible) {
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(s->vt), &at);
    *x = at.col;
    *y = at.row;
    if (visible)
        *visible = s->cursor_on;
}

bool screen_alternate(const struct screen *s) { return s->alternate; }
int screen_bells(const struct screen *s) { return s->bells; }
size_t screen_written(const struct screen *s) { return s->raw.n; }
uint64_t screen_heard(const struct screen *s) { return s->heard_ns; }
const char *screen_raw(const struct screen *s, size_t *n) {
    *n = s->raw.n;
    return buf_str(&s->raw);
}

bool screen_line_restored(const struct screen *s) {
    struct termios now;
    if (s->fd < 0 || tcgetattr(s->fd, &now) != 0)
        return false;
    return now.c_iflag == s->line.c_iflag && now.c_oflag == s->line.c_oflag &&
           now.c_lflag == s->line.c_lflag && now.c_cflag == s->line.c_cflag &&
           memcmp(now.c_cc, s->line.c_cc, sizeof now.c_cc) == 0;
}

void screen_dump(struct screen *s, const char *why) {
    int x, y;
    bool visible;
    screen_cursor(s, &x, &y, &visible);
    print_error("---- %s: %dx%d, cursor %d,%d%s, %zu bytes written%s\n", why, s->cols, s->rows, x,
                y, visible ? "" : " hidden", s->raw.n, s->ended ? ", the program ended" : "");
    for (int row = 0; row < s->rows; row++)
        print_error("%2d|%s\n", row, screen_row(s, row));
    print_error("----\n");
}

/* ---- waiting ---- */
void screen_failed(struct screen *s, const char *what, const char *file, int line) {
    char why[512];
    snprintf(why, sizeof why, "waited in vain for: %s", what);
    screen_dump(s, why);
    _fail(file, line);
}

void screen_wait_here(struct screen *s, const char *text, int ms, const char *file, int line) {
    int64_t until = clock_now() + ms;
    while (!screen_has(s, text)) {
        int64_t left = until - clock_now();
        if (left <= 0)
            screen_failed(s, text, file, line);
        if (!screen_pump(s, (int)left) && !screen_has(s, text))
            screen_failed(s, text, file, line);
    }
}

void screen_wait_gone_here(struct screen *s, const char *text, int ms, const char *file, int line) {
    int64_t until = clock_now() + ms;
    char what[300];
    snprintf(what, sizeof what, "no more \"%s\"", text);
    while (screen_has(s, text)) {
        int64_t left = until - clock_now();
        if (left <= 0)
            screen_failed(s, what, file, line);
        if (!screen_pump(s, (int)left) && screen_has(s, text))
            screen_failed(s, what, file, line);
    }
}

static bool is_armed(struct screen *s, const char *text) {
    int x, y;
    if (!screen_find(s, text, &x, &y))
        return false;
    struct screen_cell cell = screen_cell(s, x, y);
    return cell.bold && cell.underline;
}

void screen_wait_armed_here(struct screen *s, const char *text, int ms, const char *file,
                            int line) {
    int64_t until = clock_now() + ms;
    char what[300];
    snprintf(what, sizeof what, "bold and underlined \"%s\"", text);
    while (!is_armed(s, text)) {
        int64_t left = until - clock_now();
        if (left <= 0 || !screen_pump(s, (int)left))
            screen_failed(s, what, file, line);
    }
}

int screen_wait_exit_here(struct screen *s, int ms, const char *file, int line) {
    int64_t until = clock_now() + ms;
    while (screen_pump(s, 20))
        if (clock_now() > until)
            screen_failed(s, "the end of the program", file, line);
    return WIFEXITED(s->status) ? WEXITSTATUS(s->status) : 128 + WTERMSIG(s->status);
}

void screen_wait_stopped_here(struct screen *s, int ms, const char *file, int line) {
    int64_t until = clock_now() + ms;
    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)s->pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == s->pid)
            break;
        if (clock_now() > until || !screen_pump(s, 20))
            screen_failed(s, "the program stopped by a signal", file, line);
    }
    screen_pump(s, 0);
}

void screen_wait_quiet_here(struct screen *s, int quiet, int ms, const char *file, int line) {
    int64_t from = clock_now(), until = from + ms;
    for (;;) {
        int64_t left = (s->heard_at > from ? s->heard_at : from) + quiet - clock_now();
        if (left <= 0 || s->fd < 0)
            return;
        if (clock_now() > until)
            screen_failed(s, "a moment without output", file, line);
        screen_pump(s, (int)left);
    }
}

void screen_pause(struct screen *s, int ms) {
    int64_t until = clock_now() + ms;
    for (int64_t left; (left = until - clock_now()) > 0;)
        if (!screen_pump(s, (int)left))
            return;
}

void screen_pause_alone(int ms) { poll(NULL, 0, ms); }

/* ---- the end ---- */
static void end_screen(struct screen *s) {
    reap(s);
    if (!s->ended) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
    }
    if (s->fd >= 0)
        close(s->fd);
    vterm_free(s->vt);
    buf_fini(&s->raw);
    buf_fini(&s->text);
    buf_fini(&s->answers);
    free(s);
}

void screen_stop(struct screen *s) {
    for (size_t i = 0; i < n_screens; i++)
        if (screens[i] == s)
            screens[i] = screens[--n_screens];
    end_screen(s);
}

void screen_stop_line(struct screen *s) {
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

bool screen_ended(struct screen *s) {
    reap(s);
    return s->ended;
}

int screen_teardown(void **state) {
    (void)state;
    while (n_screens > 0)
        end_screen(screens[--n_screens]);
    servers_end();
    if (dir[0])
        nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    dir[0] = '\0';
    return 0;
}

void screen_at_exit(void) { screen_teardown(NULL); }
