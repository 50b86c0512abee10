/* rules.c - `mixtui rules`: the rules file looked at, tried and changed. No server is reached; its
 * address only tells for which one a rule is. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/jtext.h"
#include "mix/policy_store.h"
#include "mix/text.h"
#include "mix/wire.h"
#include "run.h"

enum { WORDS_MAX = 64, LINE_BYTES = 64 * 1024, DENIED = 8 };
enum { F_ALLOW, F_DENY, F_ALWAYS, F_SESSION, F_DIRECTORY, F_EXPIRES, F_JSON };

const struct flag rules_flags[] = {
    {"--allow", NULL, "add: what fits is granted", F_ALLOW},
    {"--deny", NULL, "add: what fits is denied; deny beats allow", F_DENY},
    {"--always", NULL, "add: on every server", F_ALWAYS},
    {"--session", "ID", "add, test: in that session of the server, its sub-agents included",
     F_SESSION},
    {"--directory", "DIR", "add, test: in sessions of the server with that working directory",
     F_DIRECTORY},
    {"--expires", "TIME", "add: ends after so long (90m, 8h, 7d), or at 2026-12-24T18:00:00Z",
     F_EXPIRES},
    {"--json", NULL, "list: one JSON object a rule", F_JSON},
    CLI_HELP,
};

struct words {
    const char *v[WORDS_MAX];
    size_t n;
    const char *session, *directory;
    bool allow, deny, always, json;
    int64_t expires;
};
struct rules_run {
    const struct cli_command *command;
    const struct connect_flags *conn;
    const struct words *w;
    char *dir;
};

/* ---- words ---- */
static enum rc take_expires(struct words *w, const char *text, struct err *err) {
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 7 * 86400000}};
    char *end;
    const long long n = strtoll(text, &end, 10);

    w->expires = time_read(text);
    for (size_t i = 0; end > text && *end && end[1] == '\0' && i < MIX_COUNT(units); i++)
        if (*end == units[i].unit && n > 0 && n < 100000)
            w->expires = clock_real() + n * units[i].ms;
    if (w->expires <= 0)
        return err_set(err, RC_USAGE, 0, "--expires %.60s: it takes 90m, 8h, 7d or a time with Z",
                       text);
    return RC_OK;
}

static enum rc take_word(void *arg, const struct flag_given *g, struct err *err) {
    struct words *w = arg;

    if (!g->flag && w->n == WORDS_MAX)
        return err_set(err, RC_USAGE, 0, "at most %d words", WORDS_MAX);
    if (!g->flag) {
        w->v[w->n++] = g->value;
        return RC_OK;
    }
    switch (g->flag->id) {
    case F_ALLOW:
        w->allow = true;
        break;
    case F_DENY:
        w->deny = true;
        break;
    case F_ALWAYS:
        w->always = true;
        break;
    case F_SESSION:
        w->session = g->value;
        break;
    case F_DIRECTORY:
        w->directory = g->value;
        break;
    case F_EXPIRES:
        return take_expires(w, g->value, err);
    default:
        w->json = true;
        break;
    }
    return RC_OK;
}

/* The key of the server that the flags, the environment or the profile name. */
static enum rc key_of_server(const struct rules_run *r, char **out, struct err *err) {
    struct profile profile = {0};
    const enum rc rc = connect_open(&profile, r->conn, err);

    if (rc == RC_OK)
        *out = server_key(profile.url);
    profile_fini(&profile);
    return rc;
}

static int refuse(const struct rules_run *r, const char *why) {
    struct err err;

    err_set(&err, RC_USAGE, 0, "%s", why);
    return cli_usage(r->command, &err);
}

/* ---- list ---- */
static void put_clean(const char *text) {
    auto_buf struct buf clean = {.max = 8 * LINE_BYTES};

    (void)text_clean(&clean, text, strlen(text), CLEAN_NAME);
    fputs(buf_str(&clean), stdout);
}

static void print_scope(const struct policy_rule *rule) {
    if (rule->scope == RULE_ALWAYS) {
        fputs("always", stdout);
        return;
    }
    put_clean(rule->server);
    fputs(rule->scope == RULE_SESSION ? " session " : " directory ", stdout);
    put_clean(rule->scope == RULE_SESSION ? rule->session : rule->directory);
}

static void print_time(const char *before, int64_t at) {
    char text[32];

    if (at <= 0)
        return;
    time_write(text, at);
    printf("%s%s", before, text);
}

static void print_rule(const struct policy_rule *rule) {
    if (rule->off) {
        printf("line %zu is off: ", rule->line);
        put_clean(rule->off);
        fputs(": ", stdout);
        put_clean(rule->text);
        fputs("\n", stdout);
        return;
    }
    printf("%-10s %-5s ", rule->id, rule->deny ? "deny" : "allow");
    put_clean(rule->text);
    fputs("  (", stdout);
    print_scope(rule);
    printf(", %lld hit%s", (long long)rule->hits, rule->hits == 1 ? "" : "s");
    print_time(", last ", rule->used);
    if (rule->expires > 0 && rule->expires <= clock_real())
        fputs(", expired", stdout);
    else
        print_time(", until ", rule->expires);
    fputs(")\n", stdout);
}

/* The line of the file, with what is known beside it. */
static void print_json(const struct policy_rule *rule) {
    auto_buf struct buf line = {.max = 8 * LINE_BYTES};
    char used[32] = "";

    (void)buf_addf(&line, "{\"line\":%zu", rule->line);
    if (rule->off) {
        jtext_field(&line, "off", rule->off);
        jtext_field(&line, "text", rule->text);
    } else {
        jtext_field(&line, "id", rule->id);
        jtext_field(&line, "rule", rule->text);
        jtext_field(&line, "answer", rule->deny ? "deny" : "allow");
        jtext_field(&line, "server", rule->server);
        jtext_field(&line, "session", rule->session);
        jtext_field(&line, "directory", rule->directory);
        (void)buf_addf(&line, ",\"hits\":%lld", (long long)rule->hits);
        if (rule->used > 0)
            time_write(used, rule->used);
        jtext_field(&line, "used", used[0] ? used : NULL);
        if (rule->expires > 0)
            time_write(used, rule->expires);
        jtext_field(&line, "expires", rule->expires > 0 ? used : NULL);
    }
    printf("%s}\n", buf_str(&line));
}

static int list(const struct rules_run *r) {
    struct policy p;
    struct err err = {0};

    if (r->w->n > 1)
        return refuse(r, "list takes no operand");
    if (policy_load(&p, r->dir, &err) != RC_OK)
        return cli_fail(r->command, &err);
    for (size_t i = 0; i < p.n; i++) {
        if (r->w->json)
            print_json(&p.rules[i]);
        else
            print_rule(&p.rules[i]);
    }
    if (p.n == 0)
        cli_note(r->command, "there are no rules yet");
    const int code = p.n_off > 0 ? rc_exit_code(RC_USAGE, 0) : 0;

    policy_fini(&p);
    return code;
}

/* ---- test ---- */
static int test(const struct rules_run *r) {
    auto_free char *key = NULL;
    struct policy p;
    struct err err = {0};
    const char *chain[] = {r->w->session, NULL};
    struct ruling_ask ask = {.tool = r->w->n > 1 ? r->w->v[1] : NULL,
                             .object = r->w->n > 2 ? r->w->v[2] : NULL,
                             .work_dir = r->w->directory,
                             .sessions = chain};

    if (r->w->n < 2 || r->w->n > 3)
        return refuse(r, "test takes a tool and, where it has one, the whole command or path");
    if (key_of_server(r, &key, &err) != RC_OK)
        return cli_usage(r->command, &err);
    ask.server = key;
    if (policy_load(&p, r->dir, &err) != RC_OK)
        return cli_fail(r->command, &err);
    const struct ruling ruling = policy_decide(&p, &ask, clock_real());
    int code = 1;

    if (ruling.verdict == VERDICT_ASK) {
        puts("ask: no rule fits");
        for (size_t i = 0; i < p.n; i++) {
            const char *why = policy_why_not(&p.rules[i], &ask, clock_real());

            printf("  %s: %s\n", p.rules[i].off ? "a line that is off" : p.rules[i].id, why);
        }
    } else {
        printf("%s: rule %s ", ruling.verdict == VERDICT_ALLOW ? "allow" : "deny", ruling.rule);
        put_clean(ruling.rule_text);
        fputs("\n", stdout);
        code = ruling.verdict == VERDICT_ALLOW ? 0 : DENIED;
    }
    policy_fini(&p);
    return code;
}

/* ---- add ---- */
static const char *unfit(const struct words *w) {
    const int scopes = w->always + (w->session != NULL) + (w->directory != NULL);

    if (w->n != 2)
        return "add takes one rule: TOOL or TOOL:PATTERN, quoted where it has blanks";
    if (w->allow == w->deny)
        return "add needs either --allow or --deny";
    if (scopes != 1)
        return "add needs one of --session ID, --directory DIR and --always";
    return NULL;
}

static int add(const struct rules_run *r) {
    const struct words *w = r->w;
    auto_free char *key = NULL;
    auto_buf struct buf line = {.max = LINE_BYTES};
    struct err err = {0};
    const char *why = unfit(w);

    if (why)
        return refuse(r, why);
    if (!w->always && key_of_server(r, &key, &err) != RC_OK)
        return cli_usage(r->command, &err);
    auto_free char *text = xstrdup(w->v[1]);
    auto_free char *session = w->session ? xstrdup(w->session) : NULL;
    auto_free char *directory = w->directory ? xstrdup(w->directory) : NULL;
    struct policy_rule rule = {.text = text,
                               .deny = w->deny,
                               .scope = w->always    ? RULE_ALWAYS
                                        : w->session ? RULE_SESSION
                                                     : RULE_DIRECTORY,
                               .server = key,
                               .session = session,
                               .directory = directory,
                               .made = clock_real(),
                               .expires = w->expires};

    snprintf(rule.id, sizeof rule.id, "r%08x", random_u32());
    if (policy_write_rule(&line, &rule, &err) != RC_OK)
        return cli_usage(r->command, &err);
    if (policy_add(r->dir, buf_str(&line), &err) != RC_OK)
        return cli_fail(r->command, &err);
    puts(rule.id);
    return 0;
}

/* ---- remove ---- */
static int remove_rules(const struct rules_run *r) {
    struct err err = {0};
    int code = 0;

    if (r->w->n < 2)
        return refuse(r, "remove takes the ids that list prints");
    for (size_t i = 1; i < r->w->n; i++)
        if (policy_remove(r->dir, r->w->v[i], &err) != RC_OK)
            code = cli_fail(r->command, &err);
    return code;
}

int cli_rules(const struct cli_command *c, int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(const struct rules_run *r);
    } verbs[] = {{"list", list}, {"test", test}, {"add", add}, {"remove", remove_rules}};
    struct connect_flags conn = {0};
    struct words w = {0};
    struct rules_run r = {.command = c, .conn = &conn, .w = &w};
    struct err err = {0};
    int code = cli_flags(c, argc, argv, &conn, take_word, &w);
    size_t i = 0;

    while (w.n > 0 && i < MIX_COUNT(verbs) && !str_eq(verbs[i].name, w.v[0]))
        i++;
    if (code == CLI_GO_ON && (w.n == 0 || i == MIX_COUNT(verbs))) {
        code = refuse(&r, "its first word is list, test, add or remove");
    } else if (code == CLI_GO_ON) {
        r.dir = path_state_dir();
        if (!r.dir) {
            err_set(&err, RC_IO, 0, "there is no home directory for rules");
            code = cli_fail(c, &err);
        } else {
            code = verbs[i].run(&r);
        }
    }
    free(r.dir);
    profile_fini(&conn.over);
    return code;
}
