/* keep.c - `mixtui keep`: its words and its server. What it does is the app's. */
#include <stdio.h>
#include <string.h>

#include "mix/text.h"
#include "run.h"

enum { SESSIONS_MAX = 200, IDLE_MS = 60000, IDLE_MAX_MS = 24 * 3600 * 1000 };
enum { ID_PERMISSION, ID_NOTIFY, ID_IDLE, ID_FOREGROUND };

const struct flag keep_flags[5] = {
    {"--permission", "rules|deny", "what answers requests: the rules (default), or no to all",
     ID_PERMISSION},
    {"--notify", "COMMAND", "run for what needs you, instead of notify of config.ini", ID_NOTIFY},
    {"--idle", "TIME", "ends when nothing has worked for so long; 60s", ID_IDLE},
    {"--foreground", NULL, "stays in the terminal's foreground", ID_FOREGROUND},
    CLI_HELP,
};

struct keep_words {
    struct keep_order order;
    const char *sessions[SESSIONS_MAX];
    const char *notify;
};

static keep_runner *runner;

void cli_keep_runner(keep_runner *run) { runner = run; }

static enum rc take_session(struct keep_words *w, const char *id, struct err *err) {
    const size_t n = strlen(id);

    if (n == 0 || n > 200 ||
        strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                   "0123456789-_.") != n)
        return err_set(err, RC_USAGE, 0, "%.60s: it is no session's id", id);
    if (w->order.n_sessions == SESSIONS_MAX)
        return err_set(err, RC_USAGE, 0, "no more than %d sessions", (int)SESSIONS_MAX);
    w->sessions[w->order.n_sessions++] = id;
    return RC_OK;
}

static enum rc take_word(void *arg, const struct flag_given *g, struct err *err) {
    struct keep_words *w = arg;

    if (!g->flag)
        return take_session(w, g->value, err);
    switch (g->flag->id) {
    case ID_PERMISSION:
        w->order.denies = str_eq(g->value, "deny");
        break;
    case ID_NOTIFY:
        w->notify = g->value;
        break;
    case ID_IDLE:
        if (flag_duration(&w->order.idle_ms, g, err) != RC_OK)
            return err->rc;
        if (w->order.idle_ms < 100 || w->order.idle_ms > IDLE_MAX_MS)
            return err_set(err, RC_USAGE, 0, "--idle %.40s: it is from 100ms to 24h", g->value);
        break;
    default:
        w->order.foreground = true;
        break;
    }
    return RC_OK;
}

static void print_complaints(const struct buf *complaints) {
    auto_buf struct buf clean = {.max = MIX_MIB};

    (void)text_clean(&clean, buf_str(complaints), complaints->n, CLEAN_TEXT);
    fputs(buf_str(&clean), stderr);
}

/* Secrets are asked for here, where there is a terminal still. */
static int run_with(const struct cli_command *c, struct keep_words *w, struct connect_flags *conn,
                    struct config *config, struct profile *profile) {
    auto_buf struct buf complaints = {.max = 64 * MIX_KIB};
    struct err err = {0};
    enum rc rc = connect_log(conn, &err);

    if (rc == RC_OK)
        rc = config_read(config, conn->config_file, &complaints, &err);
    print_complaints(&complaints);
    if (rc == RC_OK)
        rc = profile_open(profile, config, conn, &err);
    if (rc == RC_OK)
        rc = net_url_check(profile->url, &err);
    if (rc != RC_OK)
        return cli_fail(c, &err);
    if (profile_warning(profile))
        cli_note(c, "%s", profile_warning(profile));
    w->order.net = &profile->net;
    w->order.url = profile->url;
    w->order.name = profile->name;
    w->order.sessions = w->sessions;
    w->order.attend = config->ui.attend;
    if (w->notify)
        w->order.attend.hook = w->notify;
    return runner ? runner(&w->order) : 1;
}

int cli_keep(const struct cli_command *c, int argc, char **argv) {
    struct keep_words w = {.order = {.idle_ms = IDLE_MS}};
    struct connect_flags conn = {0};
    struct config config = {0};
    struct profile profile = {0};
    int code = cli_flags(c, argc, argv, &conn, take_word, &w);

    if (code == CLI_GO_ON)
        code = run_with(c, &w, &conn, &config, &profile);
    profile_fini(&profile);
    profile_fini(&conn.over);
    config_fini(&config);
    return code;
}
