/* run.c - what the commands share: their words, their server, their loop. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mix/text.h"

enum { LINE_MAX_BYTES = 8 << 10, HELP_COLUMNS = 80 };

/* ---- the command line ---- */
static void add_wrapped(struct buf *out, const char *paragraphs) {
    struct rows rows = {0};

    text_wrap(&rows, paragraphs, strlen(paragraphs), HELP_COLUMNS);
    for (size_t i = 0; i < rows.n; i++) {
        buf_add(out, paragraphs + rows.v[i].off, rows.v[i].len);
        buf_adds(out, "\n");
    }
    buf_adds(out, "\n");
    rows_fini(&rows);
}

void cli_help(const struct cli_command *c) {
    auto_buf struct buf text = {0};

    buf_init(&text, MIX_MIB);
    buf_addf(&text, "mixtui %s: %s\n\nusage: mixtui %s %s%s[--OPTION]...\n\n", c->name, c->help,
             c->name, c->operands, *c->operands ? " " : "");
    if (c->more)
        add_wrapped(&text, c->more);
    flags_help(&text, &c->flags);
    if (!c->local) {
        buf_adds(&text, "\nThe server and how it is reached:\n");
        flags_help(&text, &connect_flag_table);
    }
    fputs(buf_str(&text), stdout);
}

static bool in_table(const struct flag_table *table, const struct flag *flag) {
    return flag >= table->rows && flag < table->rows + table->n;
}

int cli_flags(const struct cli_command *c, int argc, char **argv, struct connect_flags *conn,
              enum rc (*take)(void *arg, const struct flag_given *given, struct err *err),
              void *arg) {
    const struct flag_table tables[] = {c->flags, connect_flag_table};
    char usage[64];
    struct flag_reader r = {.argc = argc,
                            .argv = argv,
                            .at = 1,
                            .tables = tables,
                            .n_tables = conn ? 2 : 1,
                            .usage = usage};
    struct err err = {0};

    snprintf(usage, sizeof usage, "mixtui %s --help", c->name);
    for (;;) {
        struct flag_given given;
        enum rc rc = flags_next(&r, &given, &err);

        if (rc == RC_OK && !given.flag && !given.value)
            return CLI_GO_ON;
        if (rc == RC_OK && given.flag && given.flag->id == CLI_HELP_ID &&
            in_table(&c->flags, given.flag)) {
            cli_help(c);
            return 0;
        }
        if (rc == RC_OK)
            rc = conn && given.flag && in_table(&connect_flag_table, given.flag)
                     ? connect_flag(conn, &given, &err)
                     : take(arg, &given, &err);
        if (rc != RC_OK)
            return cli_usage(c, &err);
    }
}

/* ---- complaints ---- */
static void complain(const struct cli_command *c, const char *text) {
    auto_buf struct buf line = {0};

    buf_init(&line, LINE_MAX_BYTES);
    buf_addf(&line, "mixtui %s: ", c->name);
    text_clean(&line, text, strlen(text), CLEAN_NAME);
    buf_adds(&line, "\n");
    fputs(buf_str(&line), stderr);
}

int cli_fail(const struct cli_command *c, const struct err *err) {
    complain(c, err->text);
    return rc_exit_code(err->rc, err->detail);
}

int cli_usage(const struct cli_command *c, const struct err *err) {
    const int code = cli_fail(c, err);

    if (err->rc == RC_USAGE)
        fprintf(stderr, "usage: mixtui %s %s%s[--OPTION]...\n", c->name, c->operands,
                *c->operands ? " " : "");
    return code;
}

int cli_could_not(const struct cli_command *c, const char *what, const struct err *err) {
    const char *answered = err->rc == RC_HTTP ? strstr(err->text, "server answered") : NULL;
    char line[2 * sizeof err->text];

    snprintf(line, sizeof line, "could not %s: %s", what, answered ? answered : err->text);
    complain(c, line);
    return rc_exit_code(err->rc, err->detail);
}

void cli_note(const struct cli_command *c, const char *fmt, ...) {
    char line[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    complain(c, line);
}

/* ---- a server ---- */
int cli_open(struct cli_run *run, const struct cli_command *c, const struct connect_flags *flags) {
    struct err err = {0};

    *run = (struct cli_run){.command = c};
    if (connect_open(&run->profile, flags, &err) != RC_OK)
        return cli_usage(c, &err);
    const char *warning = profile_warning(&run->profile);

    if (warning)
        complain(c, warning);
    cli_catch_signals();
    if (net_new(&run->net, &run->profile.net, &err) != RC_OK)
        return cli_fail(c, &err);
    return CLI_GO_ON;
}

void cli_close(struct cli_run *run) {
    net_free(TAKE(run->net));
    profile_fini(&run->profile);
}

uint32_t cli_send_request(struct cli_run *run, struct request *r) {
    const uint32_t id = r->id;

    /* The ring holds hundreds; the worker empties it without waiting for us. */
    while (net_send(run->net, r) == RC_BUSY)
        poll(NULL, 0, 1);
    return id;
}

/* ---- signals ---- */
static int signal_pipe[2] = {-1, -1};

static void note_signal(int number) {
    const int saved = errno;
    const char byte = (char)number;
    const ssize_t done = write(signal_pipe[1], &byte, 1); /* a full pipe already says enough */

    (void)done;
    errno = saved;
}

void cli_catch_signals(void) {
    if (signal_pipe[0] >= 0 || pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < MIX_COUNT(numbers); i++) {
        struct sigaction was, action = {.sa_handler = note_signal}; /* no SA_RESTART: a write to a
                                                                       full pipe ends too */
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

bool cli_interrupted(void) {
    struct pollfd fd = {.fd = signal_pipe[0], .events = POLLIN};

    return signal_pipe[0] >= 0 && poll(&fd, 1, 0) > 0;
}

bool cli_readable(int fd) {
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = signal_pipe[0], .events = POLLIN}};

    while (poll(fds, MIX_COUNT(fds), -1) < 0 && errno == EINTR && !cli_interrupted())
        ;
    return !cli_interrupted();
}

static bool take_signal(void) {
    char bytes[16];

    return signal_pipe[0] >= 0 && read(signal_pipe[0], bytes, sizeof bytes) > 0;
}

/* ---- the loop ---- */
static int take_all(struct cli_run *run, struct cli_loop *loop) {
    struct incoming *in;
    int code = CLI_GO_ON;

    net_ack(run->net);
    while (code == CLI_GO_ON && (in = net_next(run->net))) {
        code = loop->take(loop->arg, in);
        incoming_free(in);
        if (cli_interrupted())
            break; /* the bell is rung again below */
    }
    net_drained(run->net);
    return code;
}

static int time_over(struct cli_run *run, const struct cli_loop *loop) {
    if (loop->late)
        return loop->late(loop->arg);
    cli_note(run->command, "the time is over");
    return rc_exit_code(RC_TIMEOUT, 0);
}

static int sleep_ms(int64_t until, bool more) {
    if (more)
        return 0;
    if (until == 0)
        return -1;
    const int64_t left = until - clock_now();

    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

int cli_wait(struct cli_run *run, struct cli_loop *loop) {
    int signals = 0, code = CLI_GO_ON;
    bool more = false; /* incomings may be left from before a signal */

    while (code == CLI_GO_ON) {
        struct pollfd fds[] = {
            {.fd = net_fd(run->net), .events = POLLIN},
            {.fd = signal_pipe[0], .events = POLLIN},
            {.fd = loop->wake > 0 ? loop->wake : -1, .events = POLLIN},
        };

        poll(fds, MIX_COUNT(fds), sleep_ms(loop->until, more));
        if (take_signal()) {
            more = true;
            if (!loop->interrupt || ++signals > 2)
                return CLI_INTERRUPTED;
            code = loop->interrupt(loop->arg, signals);
            continue;
        }
        if (fds[2].revents)
            code = loop->woken(loop->arg);
        if (code == CLI_GO_ON && (fds[0].revents || more)) {
            code = take_all(run, loop);
            more = false;
        }
        if (code == CLI_GO_ON && loop->until != 0 && clock_now() >= loop->until)
            code = time_over(run, loop);
    }
    return code;
}
