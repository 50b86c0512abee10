/* options.c - the command line of mixtui-demo. */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "demo.h"

static const struct {
    const char *name;
    bool on;
    const char *text;
} quirks[] = {
#define QUIRK(id, name, on, text) {name, on, text},
#include "quirks.def"
#undef QUIRK
};
static const struct {
    const char *name;
    int version;
    bool fork;
    const char *text;
} generations[] = {
    {"all", GEN_TOP, true, "0.8.1 plus fork, so that everything can be tried"},
    {"0.2.5", GEN_SEED, false, "synchronous send of {content}, `tool` events, fork"},
    {"0.4.5", GEN(0, 4, 5), false, "the same with {text, ...} and the stream in the documents"},
    {"0.6.4", GEN(0, 6, 4), false, "rewind and export, still synchronous"},
    {"0.7.2", GEN(0, 7, 2), false, "202, fork, thinking levels, callbacks"},
    {"0.8.1", GEN_TOP, false, "202, rewind, notifications, browserMode, no fork"},
    {"post", GEN_POST + 1, false, "provider and model of a session, no preferences"},
};
static const struct {
    const char *name;
    enum fault_kind kind;
    int64_t arg;
    const char *text;
} faults[] = {
    {"status", FAULT_STATUS, 500, "status=N  answers N with an error body"},
    {"html", FAULT_HTML, 502, "html[=N]  answers N (502) with a page of HTML"},
    {"hang", FAULT_HANG, 0, "hang      never answers"},
    {"reset", FAULT_RESET, 0, "reset     resets the connection without an answer"},
    {"cut", FAULT_CUT, 64, "cut[=N]   breaks off after N (64) bytes of the answer or stream"},
    {"slow", FAULT_SLOW, 2000, "slow[=MS] answers MS (2000) milliseconds late"},
    {"garbage", FAULT_GARBAGE, 0,
     "garbage   answers 200 with broken JSON; on the stream, one torn frame"},
};

void options_help(struct buf *b) {
    const char *head = "usage: mixtui-demo [options]\n"
                       "A stand-in for a Mix server with a scripted agent that needs no key.\n"
                       "\n"
                       "  --host ADDRESS        where to listen (127.0.0.1); elsewhere than on "
                       "loopback nothing is executed\n"
                       "  --allow-remote-exec   execute commands even so\n"
                       "  --port N              0, the default, takes a free one\n"
                       "  --generation NAME     what it pretends to be:\n";
    buf_adds(b, head);
    for (size_t i = 0; i < MIX_COUNT(generations); i++)
        buf_addf(b, "      %-8s %s\n", generations[i].name, generations[i].text);
    buf_adds(
        b,
        "  --data DIR            keep sessions and uploads there; else they are gone at the end\n"
        "  --speed N             streams N times as fast (1); 0: as fast as it can\n"
        "  --time-scale N        divides 30 s for permissions, 45 s heartbeat, 10 min cut by N "
        "(1)\n"
        "  --history N           one more session with N generated messages\n"
        "  --days N              four days of work with N messages each or a few more: a review, "
        "data, research, "
        "languages\n"
        "  --exit-with-stdin     ends when its standard input closes\n"
        "  --quirk NAME=on|off   one habit of real servers, may be repeated:\n");
    for (size_t i = 0; i < MIX_COUNT(quirks); i++)
        buf_addf(b, "      %-14s %-3s  %s\n", quirks[i].name, quirks[i].on ? "on" : "off",
                 quirks[i].text);
    buf_adds(
        b,
        "  --fault OPERATION:NTH:KIND[=ARG]   spoils the NTH call of an operation (sendMessage, "
        "...),\n"
        "                        3+: from the third on, *: every one; operation *: any. Kinds:\n");
    for (size_t i = 0; i < MIX_COUNT(faults); i++)
        buf_addf(b, "      %s\n", faults[i].text);
    buf_adds(b, "  --version  --help\n\nWords in a message that steer the agent:\n");
    for (int i = 0; i < WORD_COUNT; i++) {
        const char *help = NULL;
        word_text((enum word)i, &help);
        buf_addf(b, "  %s\n", help);
    }
    buf_adds(b, "  anything else: a short answer about the session's files\n");
}

bool host_is_loopback(const char *host) {
    if (str_blank(host))
        return false;
    char name[64];
    size_t n = strcspn(host, ":");
    if (host[0] == '[') {
        n = strcspn(host, "]");
        if (host[n] == '\0')
            return false;
        host++;
        n--;
    } else if (strchr(host, ':') != strrchr(host, ':')) {
        n = strlen(host); /* a bare IPv6 address, as in an option */
    }
    if (n == 0 || n >= sizeof name)
        return false;
    memcpy(name, host, n);
    name[n] = '\0';
    struct in_addr v4;
    if (inet_pton(AF_INET, name, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    return !strcasecmp(name, "localhost") || !strcasecmp(name, "localhost.") ||
           !strcmp(name, "::1");
}

static bool parse_int(const char *s, int64_t least, int64_t most, int64_t *out) {
    char *end = NULL;
    errno = 0;
    long long v = strtoll(s, &end, 10);
    if (errno || end == s || *end || v < least || v > most)
        return false;
    *out = v;
    return true;
}

static bool parse_number(const char *s, double least, double *out) {
    char *end = NULL;
    double v = strtod(s, &end);
    if (end == s || *end || !isfinite(v) || v < least || v > 1e6)
        return false;
    *out = v;
    return true;
}

static enum rc parse_generation(struct options *o, const char *name, struct err *err) {
    for (size_t i = 0; i < MIX_COUNT(generations); i++)
        if (!strcmp(name, generations[i].name)) {
            snprintf(o->generation, sizeof o->generation, "%s", name);
            o->version = generations[i].version;
            o->fork = generations[i].fork;
            return RC_OK;
        }
    return err_set(err, RC_USAGE, 0, "--generation %s: there is no such generation", name);
}

static enum rc parse_quirk(struct options *o, const char *text, struct err *err) {
    size_t n = strcspn(text, "=");
    for (size_t i = 0; i < MIX_COUNT(quirks); i++) {
        if (strlen(quirks[i].name) != n || memcmp(text, quirks[i].name, n) != 0)
            continue;
        if (!strcmp(text + n, "=on"))
            o->quirk[i] = true;
        else if (!strcmp(text + n, "=off"))
            o->quirk[i] = false;
        else
            return err_set(err, RC_USAGE, 0, "--quirk %s: say %s=on or %s=off", text,
                           quirks[i].name, quirks[i].name);
        return RC_OK;
    }
    return err_set(err, RC_USAGE, 0, "--quirk %s: there is no such quirk", text);
}

static bool parse_fault_kind(struct fault *f, const char *text) {
    size_t n = strcspn(text, "=");
    for (size_t i = 0; i < MIX_COUNT(faults); i++) {
        if (strlen(faults[i].name) != n || memcmp(text, faults[i].name, n) != 0)
            continue;
        f->kind = faults[i].kind;
        f->arg = faults[i].arg;
        if (text[n] == '\0')
            return true;
        bool status = f->kind == FAULT_STATUS || f->kind == FAULT_HTML;
        return parse_int(text + n + 1, status ? 200 : 0, status ? 599 : INT32_MAX, &f->arg);
    }
    return false;
}

static enum rc parse_fault(struct options *o, const char *text, struct err *err) {
    if (o->n_faults == FAULTS_MAX)
        return err_set(err, RC_USAGE, 0, "--fault %s: more than %d faults", text, FAULTS_MAX);
    struct fault f = {.op = OP_COUNT};
    char name[64], nth[16];
    size_t a = strcspn(text, ":"), b = text[a] ? strcspn(text + a + 1, ":") : 0;
    if (a >= sizeof name || b >= sizeof nth || !text[a] || !text[a + 1 + b])
        return err_set(err, RC_USAGE, 0, "--fault %s: not OPERATION:NTH:KIND", text);
    snprintf(name, sizeof name, "%.*s", (int)a, text);
    snprintf(nth, sizeof nth, "%.*s", (int)b, text + a + 1);
    if (strcmp(name, "*") != 0) {
        f.op = op_by_name(name);
        if (f.op == OP_COUNT)
            return err_set(err, RC_USAGE, 0, "--fault %s: there is no operation %s", text, name);
    }
    size_t len = strlen(nth);
    if (len > 1 && nth[len - 1] == '+') {
        f.onward = true;
        nth[len - 1] = '\0';
    }
    int64_t v = 0;
    if (strcmp(nth, "*") != 0 && !parse_int(nth, 1, 1000000, &v))
        return err_set(err, RC_USAGE, 0, "--fault %s: %s is no count", text, nth);
    f.nth = (int)v;
    if (!parse_fault_kind(&f, text + a + b + 2))
        return err_set(err, RC_USAGE, 0, "--fault %s: unknown kind or bad argument", text);
    o->faults[o->n_faults++] = f;
    return RC_OK;
}

static enum rc parse_value(struct options *o, const char *name, const char *value,
                           struct err *err) {
    int64_t v = 0;
    bool good = true;
    if (!strcmp(name, "--host")) {
        good = *value && strlen(value) < sizeof o->host;
        snprintf(o->host, sizeof o->host, "%s", value);
    } else if (!strcmp(name, "--port")) {
        good = parse_int(value, 0, 65535, &v);
        o->port = (int)v;
    } else if (!strcmp(name, "--generation")) {
        return parse_generation(o, value, err);
    } else if (!strcmp(name, "--data")) {
        good = *value;
        free(o->data);
        o->data = xstrdup(value);
    } else if (!strcmp(name, "--speed")) {
        good = parse_number(value, 0, &o->speed);
    } else if (!strcmp(name, "--time-scale")) {
        good = parse_number(value, 0.001, &o->time_scale);
    } else if (!strcmp(name, "--history")) {
        good = parse_int(value, 0, 1000000, &o->history);
    } else if (!strcmp(name, "--days")) {
        good = parse_int(value, 0, 1000000, &o->days);
    } else if (!strcmp(name, "--quirk")) {
        return parse_quirk(o, value, err);
    } else if (!strcmp(name, "--fault")) {
        return parse_fault(o, value, err);
    }
    return good ? RC_OK : err_set(err, RC_USAGE, 0, "%s %s: bad value", name, value);
}

enum rc options_parse(struct options *o, int argc, char **argv, struct err *err) {
    static const char *const flags[] = {"--exit-with-stdin", "--allow-remote-exec", "--help",
                                        "--version"};
    static const char *const with_value[] = {"--host",    "--port",       "--generation", "--data",
                                             "--speed",   "--time-scale", "--quirk",      "--fault",
                                             "--history", "--days"};
    *o = (struct options){.host = "127.0.0.1",
                          .generation = "all",
                          .version = GEN_TOP,
                          .fork = true,
                          .speed = 1,
                          .time_scale = 1};
    for (size_t i = 0; i < MIX_COUNT(quirks); i++)
        o->quirk[i] = quirks[i].on;
    bool *const targets[] = {&o->exit_with_stdin, &o->allow_remote_exec, &o->help,
                             &o->show_version};
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < MIX_COUNT(flags) && strcmp(argv[i], flags[k]) != 0)
            k++;
        if (k < MIX_COUNT(flags)) {
            *targets[k] = true;
            continue;
        }
        char name[32];
        size_t n = strcspn(argv[i], "=");
        snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), argv[i]);
        for (k = 0; k < MIX_COUNT(with_value) && strcmp(name, with_value[k]) != 0;)
            k++;
        if (k == MIX_COUNT(with_value))
            return err_set(err, RC_USAGE, 0, "%s: unknown option", argv[i]);
        const char *value = argv[i][n] == '=' ? argv[i] + n + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (!value)
            return err_set(err, RC_USAGE, 0, "%s: a value is missing", name);
        enum rc rc = parse_value(o, name, value, err);
        if (rc)
            return rc;
    }
    return RC_OK;
}
