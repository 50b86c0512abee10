/* send.c - `mixtui send`: its words. What happens then is in turn.c. */
#include "send.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mix/text.h"

enum { TEXT_MAX = 8 << 20, FILES_MAX = 100, GIVE_UP_MS = 60000 };
enum {
    F_PERMISSION,
    F_ALLOW,
    F_FILE,
    F_PLAN,
    F_THINKING,
    F_STEPS,
    F_JSON,
    F_WAIT,
    F_FORCE,
    F_MAX_TIME,
    F_GIVE_UP,
};

const struct flag send_flags[] = {
    {"--permission", "ask|deny|grant|rules", "what becomes of requests that no --allow fits (deny)",
     F_PERMISSION},
    {"--allow", "TOOL[:PATTERN]", "grant what fits; may be repeated", F_ALLOW},
    {"--file", "FILE", "upload it first; @FILE in the text becomes its address; may be repeated",
     F_FILE},
    {"--plan", NULL, "plan mode: the agent plans and changes nothing", F_PLAN},
    {"--thinking", "off|basic|medium|maximum", "how much the agent thinks", F_THINKING},
    {"--max-steps", "N", "end the turn after so many steps", F_STEPS},
    {"--json", NULL, "one JSON object per event on standard output", F_JSON},
    {"--wait", NULL, "when an agent is at work in the session, wait for its end", F_WAIT},
    {"--force", NULL, "when an agent is at work in the session, cancel it first", F_FORCE},
    {"--max-time", "TIME", "cancel the turn after so long (never)", F_MAX_TIME},
    {"--give-up", "TIME", "leave when the connection is lost for so long (60s)", F_GIVE_UP},
    CLI_HELP,
};

struct words {
    struct turn *turn;
    const char *text;
    bool ask;
};

static enum rc take_flag(struct words *w, const struct flag_given *g, struct err *err) {
    struct turn *t = w->turn;

    switch (g->flag->id) {
    case F_PERMISSION:
        t->talk.policy = g->value[0] == 'a'   ? POLICY_ASK
                         : g->value[0] == 'g' ? POLICY_GRANT
                         : g->value[0] == 'r' ? POLICY_RULES
                                              : POLICY_DENY;
        break;
    case F_ALLOW: {
        struct err why = {0};

        if (asks_allow(&t->talk, g->value, &why) != RC_OK)
            return err_set(err, RC_USAGE, 0, "--allow %.60s: %s", g->value, why.text);
        break;
    }
    case F_FILE:
        if (t->files.n == FILES_MAX)
            return err_set(err, RC_USAGE, 0, "--file: at most %d files", FILES_MAX);
        t->files.items[t->files.n++] = g->value;
        break;
    case F_PLAN:
        t->plan = true;
        break;
    case F_THINKING:
        t->thinking = g->value;
        break;
    case F_STEPS:
        return flag_number(&t->max_steps, g, 1, 1000000, err);
    case F_JSON:
        t->json = true;
        break;
    case F_WAIT:
        t->wait = true;
        break;
    case F_FORCE:
        t->force = true;
        break;
    case F_MAX_TIME:
        return flag_duration(&t->max_time_ms, g, err);
    default:
        return flag_duration(&t->give_up_ms, g, err);
    }
    return RC_OK;
}

static enum rc take_word(void *arg, const struct flag_given *g, struct err *err) {
    struct words *w = arg;

    if (g->flag)
        return take_flag(w, g, err);
    if (!w->turn->target)
        w->turn->target = g->value;
    else if (!w->text)
        w->text = g->value;
    else
        return err_set(err, RC_USAGE, 0, "one word too many: %.60s (a text with blanks is quoted)",
                       g->value);
    return RC_OK;
}

static enum rc check_files(const struct strings *files, struct err *err) {
    for (size_t i = 0; i < files->n; i++) {
        struct stat st;

        if (stat(files->items[i], &st) != 0 || access(files->items[i], R_OK) != 0)
            return err_set(err, RC_IO, 0, "--file %.100s: it cannot be read", files->items[i]);
        if (!S_ISREG(st.st_mode))
            return err_set(err, RC_USAGE, 0, "--file %.100s: it is no file", files->items[i]);
    }
    return RC_OK;
}

/* Everything that can be wrong is found before anything is sent. */
static enum rc check(struct words *w, struct err *err) {
    struct turn *t = w->turn;

    if (str_blank(t->target) || !w->text)
        return err_set(err, RC_USAGE, 0, "it needs a session (or `new`) and a text (or `-`)");
    if (t->wait && t->force)
        return err_set(err, RC_USAGE, 0, "--wait and --force exclude each other");
    enum rc rc = check_files(&t->files, err);

    if (rc == RC_OK && t->talk.policy == POLICY_ASK)
        rc = asks_open_tty(&t->talk, err);
    if (rc != RC_OK)
        return rc;
    struct buf text = {.max = TEXT_MAX};

    if (str_eq(w->text, "-"))
        rc = cli_read_all(&text, "-", TEXT_MAX, err);
    else
        rc = buf_adds(&text, w->text) == RC_OK
                 ? RC_OK
                 : err_set(err, RC_USAGE, 0, "the text has at most %d bytes", TEXT_MAX);
    while (str_eq(w->text, "-") && text.n > 0 && text.p[text.n - 1] == '\n')
        text.p[--text.n] = '\0';
    if (rc == RC_OK && memchr(buf_str(&text), '\0', text.n))
        rc = err_set(err, RC_USAGE, 0, "the text holds a NUL byte");
    else if (rc == RC_OK && !text_valid(buf_str(&text), text.n))
        rc = err_set(err, RC_USAGE, 0, "the text is not UTF-8");
    else if (rc == RC_OK && strspn(buf_str(&text), " \t\r\n") == text.n)
        rc = err_set(err, RC_USAGE, 0, "the text is empty");
    t->text = buf_take(&text);
    return rc;
}

int cli_send(const struct cli_command *c, int argc, char **argv) {
    const char *files[FILES_MAX];
    struct connect_flags conn = {0};
    struct turn t = {.give_up_ms = GIVE_UP_MS, .files = {files, 0}};
    struct words w = {.turn = &t};
    struct err err = {0};

    talk_init(&t.talk, &t);
    int code = cli_flags(c, argc, argv, &conn, take_word, &w);

    if (code == CLI_GO_ON && check(&w, &err) != RC_OK)
        code = cli_usage(c, &err);
    if (code == CLI_GO_ON && feed_open(&t.talk.feed, c, t.json, &err) != RC_OK)
        code = cli_fail(c, &err);
    if (code == CLI_GO_ON) {
        signal(SIGPIPE, SIG_IGN); /* a reader that leaves is noticed by the write */
        code = turn_run(&t, &conn);
        feed_close(&t.talk.feed);
    }
    talk_fini(&t.talk);
    free(t.text);
    profile_fini(&conn.over);
    return code;
}
