/* status.c - `mixtui status`: what the running mixtui programs of this user watch, from the files
 * they publish (publish.h). No server is asked. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mix/jtext.h"
#include "mix/text.h"
#include "run.h"

enum { FILE_MAX = 256 << 10, OUT_MAX = 16 << 20, FIELDS = 6 };
enum { NONE_RUNS = 1 };
enum id { ID_SHORT, ID_JSON, ID_STOP };

const struct flag status_flags[4] = {
    {"--short", NULL, "one word for a status line: `!1*2+1`, `-` when nothing is to be said",
     ID_SHORT},
    {"--json", NULL, "as JSON", ID_JSON},
    {"--stop", NULL, "end keepers: the one with the PID given, or all", ID_STOP},
    CLI_HELP,
};

enum form { FORM_LONG, FORM_SHORT, FORM_AS_JSON, FORM_STOP };
struct counts {
    long approvals, questions, errors, working, done, unwatched;
};
struct session_line {
    char mark;
    const char *id, *title;
};
struct server_lines {
    const char *name, *state;
    struct counts counts;
    struct session_line *sessions;
    size_t n, cap;
};
struct status {
    const struct cli_command *command;
    enum form form;
    size_t programs;
    struct counts all;
    bool unknown; /* a server that cannot be reached now */
    int pid;      /* FORM_STOP: of the one to end; 0: all */
    bool failed;
    struct buf out;
};

static enum rc take_pid(struct status *s, const struct flag_given *g, struct err *err) {
    static const struct flag stop = {.name = "--stop"};
    const struct flag_given given = {.flag = &stop, .value = g->value};
    int64_t pid = 0;

    if (s->form != FORM_STOP)
        return err_set(err, RC_USAGE, 0, "%.60s: status takes no operand", g->value);
    if (s->pid != 0)
        return err_set(err, RC_USAGE, 0, "%.60s: --stop takes one PID, or none for all", g->value);
    const enum rc rc = flag_number(&pid, &given, 1, INT32_MAX, err);

    s->pid = (int)pid;
    return rc;
}

static enum rc take_word(void *arg, const struct flag_given *g, struct err *err) {
    struct status *s = arg;
    static const enum form forms[] = {
        [ID_SHORT] = FORM_SHORT, [ID_JSON] = FORM_AS_JSON, [ID_STOP] = FORM_STOP};

    if (!g->flag)
        return take_pid(s, g, err);
    const enum form form = forms[g->flag->id];

    if (s->form != FORM_LONG && s->form != form)
        return err_set(err, RC_USAGE, 0, "--short, --json and --stop exclude each other");
    s->form = form;
    return RC_OK;
}

/* ---- reading ---- */
/* Splits a line at its tabs; missing fields are "". */
static void split(char *line, const char *fields[FIELDS]) {
    for (size_t i = 0; i < FIELDS; i++) {
        char *tab = line ? strchr(line, '\t') : NULL;

        fields[i] = line ? line : "";
        if (tab)
            *tab++ = '\0';
        line = tab;
    }
}

static long number(const char *s) {
    const long n = strtol(s, NULL, 10);

    return n > 0 ? n : 0;
}

static void count(struct counts *c, char mark) {
    c->errors += mark == 'x';
    c->working += mark == '*';
    c->done += mark == '+';
}

static void add_counts(struct counts *to, const struct counts *c) {
    to->approvals += c->approvals;
    to->questions += c->questions;
    to->errors += c->errors;
    to->working += c->working;
    to->done += c->done;
    to->unwatched += c->unwatched;
}

static void take_session(struct server_lines *s, const char *const fields[FIELDS]) {
    s->sessions = xgrow(s->sessions, s->n, &s->cap, sizeof *s->sessions);
    s->sessions[s->n++] =
        (struct session_line){.mark = *fields[1], .id = fields[2], .title = fields[3]};
    count(&s->counts, *fields[1]);
}

/* ---- keepers ---- */
struct keeper_line {
    int64_t since; /* ms since 1970; 0: it is no keeper */
    const char *key;
};

static void take_head(struct keeper_line *k, const char *const fields[FIELDS]) {
    if (!str_eq(fields[2], "keep"))
        return;
    k->since = strtoll(fields[3], NULL, 10);
    k->key = fields[4];
}

/* Whether that process holds the keeper's lock: a number alone may be another's by now. */
static bool holds_lock(const char *key, int pid) {
    auto_free char *dir = path_runtime_dir();
    auto_buf struct buf path = {.max = 64 * MIX_KIB};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (!dir || str_blank(key) || strchr(key, '/'))
        return false;
    (void)buf_addf(&path, "%s/keep-%s.lock", dir, key);
    auto_fd int fd = open(buf_str(&path), O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    return fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid == pid;
}

static void stop_keeper(struct status *st, const struct keeper_line *k, int pid) {
    enum { STEP_MS = 20, STEPS = 500 };

    if (k->since == 0 || (st->pid != 0 && st->pid != pid) || !holds_lock(k->key, pid))
        return;
    bool there = kill(pid, SIGTERM) == 0;

    st->failed = st->failed || !there;
    for (int i = 0; there && i < STEPS; i++) {
        poll(NULL, 0, STEP_MS);
        there = holds_lock(k->key, pid);
    }
    st->failed = st->failed || there;
    st->programs++;
    buf_addf(&st->out, there ? "process %d does not end\n" : "stopped process %d\n", pid);
}

/* ---- printing ---- */
static void add_clean(struct buf *out, const char *s) { text_clean(out, s, strlen(s), CLEAN_LINE); }

static void add_time(struct buf *out, int64_t real) {
    const time_t at = (time_t)(real / 1000);
    struct tm tm;
    char text[32] = "";

    if (localtime_r(&at, &tm))
        (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
    buf_adds(out, text);
}

static void print_long(struct status *st, const struct server_lines *s, int pid,
                       const struct keeper_line *k) {
    const struct counts *c = &s->counts;
    const bool online = str_eq(s->state, "online");

    add_clean(&st->out, s->name);
    if (!online)
        buf_addf(&st->out, " ? (%.20s)", s->state);
    else
        buf_addf(&st->out, " !%ld ?%ld x%ld *%ld +%ld", c->approvals, c->questions, c->errors,
                 c->working, c->done);
    buf_addf(&st->out, "  [%d]", pid);
    if (k->since > 0) {
        buf_adds(&st->out, " keeps since ");
        add_time(&st->out, k->since);
    }
    buf_adds(&st->out, "\n");
    for (size_t i = 0; online && i < s->n; i++) {
        buf_addf(&st->out, "  %c ", s->sessions[i].mark == '-' ? ' ' : s->sessions[i].mark);
        add_clean(&st->out, s->sessions[i].id);
        buf_adds(&st->out, "  ");
        add_clean(&st->out, s->sessions[i].title);
        buf_adds(&st->out, "\n");
    }
    if (online && c->unwatched > 0)
        buf_addf(&st->out, "  ? %ld more that nobody watches\n", c->unwatched);
}

static void add_member(struct buf *out, const char *name, const char *value) {
    buf_addf(out, "\"%s\":", name);
    jtext_quote(out, value);
}

static void print_json(struct status *st, const struct server_lines *s, bool first) {
    const struct counts *c = &s->counts;

    buf_adds(&st->out, first ? "{" : ",{");
    add_member(&st->out, "name", s->name);
    buf_adds(&st->out, ",");
    add_member(&st->out, "state", s->state);
    buf_addf(&st->out,
             ",\"approvals\":%ld,\"questions\":%ld,\"errors\":%ld,\"working\":%ld,\"done\":%ld,"
             "\"unwatched\":%ld,\"sessions\":[",
             c->approvals, c->questions, c->errors, c->working, c->done, c->unwatched);
    for (size_t i = 0; i < s->n; i++) {
        const char mark[2] = {s->sessions[i].mark, '\0'};

        buf_adds(&st->out, i > 0 ? ",{" : "{");
        add_member(&st->out, "mark", mark[0] == '-' ? "" : mark);
        buf_adds(&st->out, ",");
        add_member(&st->out, "id", s->sessions[i].id);
        buf_adds(&st->out, ",");
        add_member(&st->out, "title", s->sessions[i].title);
        buf_adds(&st->out, "}");
    }
    buf_adds(&st->out, "]}");
}

static void end_server(struct status *st, struct server_lines *s, int pid,
                       const struct keeper_line *keeper, size_t number) {
    if (!s->name)
        return;
    add_counts(&st->all, &s->counts);
    st->unknown = st->unknown || !str_eq(s->state, "online");
    if (st->form == FORM_LONG)
        print_long(st, s, pid, keeper);
    else if (st->form == FORM_AS_JSON)
        print_json(st, s, number == 1);
    free(s->sessions);
    *s = (struct server_lines){0};
}

static void begin_json(struct status *st, int pid, const struct keeper_line *keeper) {
    buf_addf(&st->out, "%s{\"pid\":%d,", st->programs > 0 ? "," : "", pid);
    if (keeper->since > 0)
        buf_addf(&st->out, "\"keeps_since\":%lld,", (long long)keeper->since);
    buf_adds(&st->out, "\"servers\":[");
}

/* The next line split into its fields; NULL: there is none. */
static char *next_line(char *line, const char *fields[FIELDS]) {
    char *next = strchr(line, '\n');

    if (next)
        *next++ = '\0';
    split(line, fields);
    return next;
}

static void take_file(struct status *st, char *text, int pid) {
    struct server_lines server = {0};
    struct keeper_line keeper = {0};
    size_t servers = 0;
    const char *fields[FIELDS];
    char *line = next_line(text, fields);

    take_head(&keeper, fields);
    if (st->form == FORM_STOP) {
        stop_keeper(st, &keeper, pid);
        return;
    }
    if (st->form == FORM_AS_JSON)
        begin_json(st, pid, &keeper);
    while (line && *line) {
        line = next_line(line, fields);
        if (str_eq(fields[0], "server")) {
            end_server(st, &server, pid, &keeper, servers);
            servers++;
            server = (struct server_lines){.name = fields[1],
                                           .state = fields[2],
                                           .counts = {.approvals = number(fields[3]),
                                                      .questions = number(fields[4]),
                                                      .unwatched = number(fields[5])}};
        } else if (str_eq(fields[0], "session") && server.name) {
            take_session(&server, fields);
        }
    }
    end_server(st, &server, pid, &keeper, servers);
    if (st->form == FORM_AS_JSON)
        buf_adds(&st->out, "]}");
    st->programs++;
}

/* ---- the files ---- */
/* "1234.marks"; 0: some other file */
static int pid_of(const char *name) {
    char *end = NULL;
    const long pid = strtol(name, &end, 10);

    return *name >= '1' && *name <= '9' && pid > 0 && pid < INT32_MAX && str_eq(end, ".marks")
               ? (int)pid
               : 0;
}

static bool runs(int pid) { return kill(pid, 0) == 0 || errno == EPERM; }

static void read_one(struct status *st, int dir, const char *name, int pid) {
    auto_buf struct buf text = {0};
    auto_fd int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat s;
    char piece[4096];
    ssize_t got;

    if (fd < 0 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_uid != getuid())
        return;
    buf_init(&text, FILE_MAX);
    while ((got = read(fd, piece, sizeof piece)) > 0)
        if (buf_add(&text, piece, (size_t)got) != RC_OK)
            return;
    if (strncmp(buf_str(&text), "mixtui 1\t", 9) == 0)
        take_file(st, text.p, pid);
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    const int x = pid_of((*a)->d_name), y = pid_of((*b)->d_name);

    return (x > y) - (x < y);
}

static int is_mark_file(const struct dirent *d) { return pid_of(d->d_name) > 0; }

static void read_all(struct status *st, const char *path) {
    struct dirent **names = NULL;
    auto_fd int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int n = dir >= 0 ? scandir(path, &names, is_mark_file, by_name) : 0;

    for (int i = 0; i < n; i++) {
        const int pid = pid_of(names[i]->d_name);

        if (runs(pid))
            read_one(st, dir, names[i]->d_name, pid);
        else
            unlinkat(dir, names[i]->d_name, 0); /* it was killed before it could */
        free(names[i]);
    }
    free(names);
}

static void print_short(struct status *st) {
    const struct {
        char mark;
        long n;
    } parts[] = {{'!', st->all.approvals},
                 {'?', st->all.questions},
                 {'x', st->all.errors},
                 {'*', st->all.working},
                 {'+', st->all.done}};
    const size_t before = st->out.n;

    for (size_t i = 0; i < MIX_COUNT(parts); i++)
        if (parts[i].n > 0)
            buf_addf(&st->out, "%c%ld", parts[i].mark, parts[i].n);
    if (st->out.n == before)
        buf_adds(&st->out, st->unknown ? "?" : "-");
    buf_adds(&st->out, "\n");
}

int cli_status(const struct cli_command *c, int argc, char **argv) {
    struct status st = {.command = c};
    struct err err = {0};
    const int code = cli_flags(c, argc, argv, NULL, take_word, &st);

    if (code != CLI_GO_ON)
        return code;
    auto_free char *dir = path_runtime_dir();

    buf_init(&st.out, OUT_MAX);
    if (st.form == FORM_AS_JSON)
        buf_adds(&st.out, "{\"running\":[");
    if (dir)
        read_all(&st, dir);
    if (st.form == FORM_AS_JSON)
        buf_adds(&st.out, "]}\n");
    else if (st.programs == 0)
        buf_adds(&st.out, st.form == FORM_STOP ? "no keeper runs\n" : "?\n");
    else if (st.form == FORM_SHORT)
        print_short(&st);
    struct cli_out out;
    enum rc rc = cli_out_open(&out, NULL, &err);

    if (rc == RC_OK)
        rc = cli_put(&out, buf_str(&st.out), st.out.n, &err);
    rc = cli_out_close(&out, rc, &err);
    buf_fini(&st.out);
    if (rc != RC_OK)
        return cli_fail(c, &err);
    return st.programs > 0 && !st.failed ? 0 : NONE_RUNS;
}
