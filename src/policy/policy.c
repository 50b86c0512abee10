/* policy.c - the rules file read line by line, and what the rules say of a request. Whatever is in
 * doubt is off: a line, or an allowance. */
#include "inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/jtext.h"
#include "mix/pretty.h"
#include "mix/wire.h"

enum { LINE_MAX = 64 * 1024, VALUE_MAX = 8 * 1024, HITS_MAX = 1000 * 1000 * 1000 };
#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

/* ---- lines ---- */
bool policy_next_line(const char **at, const char *end, const char **line, size_t *n) {
    if (!*at || *at >= end)
        return false;
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));

    *line = *at;
    *n = (size_t)((stop ? stop : end) - *at);
    *at = stop ? stop + 1 : end;
    return true;
}

bool policy_line_says(const char *line, size_t n) {
    size_t i = 0;

    while (i < n && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
        i++;
    return i < n && line[i] != '#';
}

static bool id_good(const char *id) {
    const size_t n = strlen(id);

    if (n == 0 || n >= sizeof((struct policy_rule *)0)->id)
        return false;
    return strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

bool policy_line_id(const char *line, size_t n, char out[24]) {
    auto_buf struct buf id = {.max = VALUE_MAX};

    if (!jtext_find(&id, line, n, "id") || !id_good(buf_str(&id)))
        return false;
    memcpy(out, id.p, id.n + 1);
    return true;
}

/* ---- one line ---- */
enum field {
    F_ID,
    F_RULE,
    F_ANSWER,
    F_SCOPE,
    F_SERVER,
    F_SESSION,
    F_DIRECTORY,
    F_MADE,
    F_EXPIRES,
    F_COUNT
};
static const char *const field_names[F_COUNT] = {
    [F_ID] = "id",
    [F_RULE] = "rule",
    [F_ANSWER] = "answer",
    [F_SCOPE] = "scope",
    [F_SERVER] = "server",
    [F_SESSION] = "session",
    [F_DIRECTORY] = "directory",
    [F_MADE] = "made",
    [F_EXPIRES] = "expires",
};
static const char *const scope_names[] = {
    [RULE_SESSION] = "session", [RULE_DIRECTORY] = "directory", [RULE_ALWAYS] = "always"};

static size_t index_of(const char *const *names, size_t n, const char *name) {
    size_t i = 0;

    while (i < n && !str_eq(names[i], name))
        i++;
    return i;
}

static enum rc complain(struct err *err, const char *name, const char *why) {
    return err_set(err, RC_USAGE, 0, "\"%s\" %s", name, why);
}

/* The members of a line, each once, each known, each a string. */
static enum rc read_fields(char *fields[F_COUNT], const char *line, size_t n, struct err *err) {
    auto_buf struct buf name = {.max = VALUE_MAX};
    auto_buf struct buf value = {.max = VALUE_MAX};
    struct jwalk walk = jtext_walk(line, n);
    struct jtext key, val;

    if (n > LINE_MAX)
        return err_set(err, RC_USAGE, 0, "it is longer than %d kB", LINE_MAX / 1024);
    if (json_check(line, n, NULL) != RC_OK || line[strspn(line, " \t")] != '{')
        return err_set(err, RC_USAGE, 0, "it is no JSON object");
    while (jtext_next(&walk, &key, &val)) {
        buf_clear(&name);
        buf_clear(&value);
        if (jtext_add(&name, key) != RC_OK)
            return err_set(err, RC_USAGE, 0, "a name in it cannot be read");
        const size_t at = index_of(field_names, F_COUNT, buf_str(&name));

        if (at == F_COUNT)
            return err_set(err, RC_USAGE, 0, "nobody knows \"%.60s\"", buf_str(&name));
        if (fields[at])
            return complain(err, field_names[at], "is there twice");
        if (!val.string || jtext_add(&value, val) != RC_OK)
            return complain(err, field_names[at], "is no text that can be read");
        fields[at] = xstrdup(buf_str(&value));
    }
    return walk.whole ? RC_OK : err_set(err, RC_USAGE, 0, "it is no JSON object");
}

static enum rc read_time(int64_t *out, const char *text, const char *name, struct err *err) {
    *out = 0;
    if (!text)
        return RC_OK;
    *out = time_read(text);
    return *out > 0 ? RC_OK : complain(err, name, "is no time like 2026-11-23T14:02:00Z");
}

static enum rc read_scope(struct policy_rule *r, char *fields[F_COUNT], struct err *err) {
    const size_t scope = fields[F_SCOPE]
                             ? index_of(scope_names, MIX_COUNT(scope_names), fields[F_SCOPE])
                             : MIX_COUNT(scope_names);

    if (scope == MIX_COUNT(scope_names))
        return err_set(err, RC_USAGE, 0, "\"scope\" is session, directory or always");
    r->scope = (enum rule_scope)scope;
    if (r->scope == RULE_ALWAYS)
        return RC_OK;
    if (str_blank(fields[F_SERVER]))
        return err_set(err, RC_USAGE, 0, "its scope needs a \"server\"");
    if (r->scope == RULE_SESSION && str_blank(fields[F_SESSION]))
        return err_set(err, RC_USAGE, 0, "its scope needs a \"session\"");
    if (r->scope == RULE_DIRECTORY && str_blank(fields[F_DIRECTORY]))
        return err_set(err, RC_USAGE, 0, "its scope needs a \"directory\"");
    r->server = TAKE(fields[F_SERVER]);
    if (r->scope == RULE_SESSION)
        r->session = TAKE(fields[F_SESSION]);
    else
        r->directory = TAKE(fields[F_DIRECTORY]);
    return RC_OK;
}

static enum rc take_fields(struct policy_rule *r, char *fields[F_COUNT], struct err *err) {
    if (!fields[F_ID] || !id_good(fields[F_ID]))
        return err_set(err, RC_USAGE, 0, "\"id\" is a word of up to 23 letters and digits");
    if (!fields[F_RULE])
        return err_set(err, RC_USAGE, 0, "\"rule\" is missing");
    if (!str_eq(fields[F_ANSWER], "allow") && !str_eq(fields[F_ANSWER], "deny"))
        return err_set(err, RC_USAGE, 0, "\"answer\" is allow or deny");
    enum rc rc = rule_parse(&r->rule, fields[F_RULE], err);

    if (rc == RC_OK)
        rc = read_scope(r, fields, err);
    if (rc == RC_OK)
        rc = read_time(&r->made, fields[F_MADE], "made", err);
    if (rc == RC_OK)
        rc = read_time(&r->expires, fields[F_EXPIRES], "expires", err);
    if (rc != RC_OK)
        return rc;
    r->deny = str_eq(fields[F_ANSWER], "deny");
    memcpy(r->id, fields[F_ID], strlen(fields[F_ID]) + 1);
    r->text = TAKE(fields[F_RULE]);
    return RC_OK;
}

void policy_rule_fini(struct policy_rule *r) {
    rule_fini(&r->rule);
    free(r->text);
    free(r->server);
    free(r->session);
    free(r->directory);
    free(r->off);
    *r = (struct policy_rule){0};
}

/* ---- the file ---- */
/* Of the file that is being read: where the rule of an id stands, counted from 1. */
struct reading {
    struct policy *p;
    struct map ids;
};

static struct policy_rule *rule_of(const struct reading *r, const char *id) {
    const uintptr_t at = (uintptr_t)map_get(&r->ids, id);

    return at > 0 ? &r->p->rules[at - 1] : NULL;
}

static void read_line(struct reading *of, const char *line, size_t n, size_t number) {
    struct policy *p = of->p;
    char *fields[F_COUNT] = {0};
    auto_free char *own = xstrndup(line, n);
    struct policy_rule r = {.line = number};
    struct err err = {.rc = RC_OK};
    enum rc rc = strlen(own) == n ? read_fields(fields, own, n, &err)
                                  : err_set(&err, RC_USAGE, 0, "it holds a NUL byte");

    if (rc == RC_OK)
        rc = take_fields(&r, fields, &err);
    if (rc == RC_OK && rule_of(of, r.id))
        rc = complain(&err, r.id, "is the id of a rule above");
    for (size_t i = 0; i < F_COUNT; i++)
        free(fields[i]);
    if (rc != RC_OK) {
        policy_rule_fini(&r);
        r = (struct policy_rule){.line = number, .text = TAKE(own), .off = xstrdup(err.text)};
        p->n_off++;
    }
    p->rules = xgrow(p->rules, p->n, &p->cap, sizeof *p->rules);
    p->rules[p->n++] = r;
    if (!r.off)
        map_set(&of->ids, r.id, (void *)(uintptr_t)p->n);
}

/* `ID HITS TIME`, the last line of an id counts. */
static void read_used(const struct reading *of, const char *line, size_t n) {
    auto_free char *own = xstrndup(line, n);
    char *rest = strchr(own, ' ');

    if (!rest)
        return;
    *rest++ = '\0';
    char *end;
    const long long hits = strtoll(rest, &end, 10);
    const long long used = *end == ' ' ? strtoll(end + 1, &end, 10) : -1;

    struct policy_rule *r = rule_of(of, own);

    if (!r || *end != '\0' || hits < 0 || hits > HITS_MAX || used < 0 || used > TIME_MAX)
        return;
    r->hits = hits;
    r->used = used;
}

void policy_add_used(struct buf *out, const char *id, int64_t hits, int64_t used) {
    (void)buf_addf(out, "%s %lld %lld\n", id, (long long)hits, (long long)used);
}

void policy_read(struct policy *p, const char *data, size_t n, const char *used, size_t n_used) {
    const char *line, *at = data, *end = data ? data + n : NULL;
    struct reading of = {.p = p};
    size_t len, number = 0;

    *p = (struct policy){0};
    while (policy_next_line(&at, end, &line, &len)) {
        number++;
        if (policy_line_says(line, len))
            read_line(&of, line, len, number);
    }
    at = used;
    end = used ? used + n_used : NULL;
    while (policy_next_line(&at, end, &line, &len))
        read_used(&of, line, len);
    map_fini(&of.ids);
}

void policy_fini(struct policy *p) {
    for (size_t i = 0; i < p->n; i++)
        policy_rule_fini(&p->rules[i]);
    free(p->rules);
    *p = (struct policy){0};
}

/* To the millisecond: what came in the same second, before the rule, is none of its. */
static void add_time(struct buf *out, const char *name, int64_t ms) {
    char text[32], exact[40];

    if (ms <= 0)
        return;
    time_write(text, ms);
    snprintf(exact, sizeof exact, "%.19s.%03dZ", text, (int)(ms % 1000));
    jtext_field(out, name, ms % 1000 ? exact : text);
}

enum rc policy_write_rule(struct buf *out, const struct policy_rule *r, struct err *err) {
    auto_buf struct buf line = {.max = LINE_MAX};
    struct policy check = {0};

    if (r->off || str_blank(r->text))
        return err_set(err, RC_USAGE, 0, "there is no rule to be written");
    (void)buf_adds(&line, "{\"id\":");
    (void)jtext_quote(&line, r->id);
    jtext_field(&line, "rule", r->text);
    jtext_field(&line, "answer", r->deny ? "deny" : "allow");
    jtext_field(&line, "scope", scope_names[r->scope]);
    if (r->scope != RULE_ALWAYS)
        jtext_field(&line, "server", r->server);
    if (r->scope == RULE_SESSION)
        jtext_field(&line, "session", r->session);
    if (r->scope == RULE_DIRECTORY)
        jtext_field(&line, "directory", r->directory);
    add_time(&line, "made", r->made);
    add_time(&line, "expires", r->expires);
    (void)buf_adds(&line, "}");
    /* What is written is what will be read. */
    policy_read(&check, buf_str(&line), line.n, NULL, 0);
    enum rc rc = RC_OK;

    if (check.n != 1 || check.n_off > 0)
        rc = err_set(err, RC_USAGE, 0, "%s", check.n == 1 ? check.rules[0].off : "it is empty");
    policy_fini(&check);
    if (rc == RC_OK && buf_addf(out, "%s\n", line.p) != RC_OK)
        rc = err_set(err, RC_LIMIT, 0, "the rule is too long");
    return rc;
}

/* ---- deciding ---- */
static const char *outside(const struct policy_rule *r, const struct ruling_ask *ask) {
    if (r->scope == RULE_ALWAYS)
        return NULL;
    if (!str_eq(r->server, ask->server))
        return "another server";
    if (r->scope == RULE_DIRECTORY)
        return str_eq(r->directory, ask->work_dir) ? NULL : "another working directory";
    for (size_t i = 0; ask->sessions && ask->sessions[i]; i++)
        if (str_eq(r->session, ask->sessions[i]))
            return NULL;
    return "another session";
}

/* The parameters are what they seem to be, and say what the call is about. */
static bool understood(const struct ruling_ask *ask) {
    if (!ask->object && policy_object_name(ask->tool))
        return false;
    return !ask->params || json_check(ask->params, strlen(ask->params), NULL) == RC_OK;
}

const char *policy_why_not(const struct policy_rule *r, const struct ruling_ask *ask,
                           int64_t real) {
    if (r->off)
        return "this line is no rule";
    if (r->expires > 0 && real >= r->expires)
        return "the rule has expired";
    if (r->made > real)
        return "it came before the rule was made";
    const char *why = outside(r, ask);

    if (why)
        return why;
    if (!rule_matches(&r->rule, ask->tool, ask->object)) {
        struct rule tool = r->rule; /* borrowed */

        tool.kind = RULE_ANY;
        return rule_matches(&tool, ask->tool, NULL) ? "the pattern does not match" : "another tool";
    }
    if (r->deny)
        return NULL;
    if (!understood(ask))
        return "the parameters cannot be read: nothing is allowed by rule";
    return policy_hides(ask) ? "it has hidden characters: nothing is allowed by rule" : NULL;
}

struct ruling policy_decide(const struct policy *p, const struct ruling_ask *ask, int64_t real) {
    const struct policy_rule *found = NULL;

    for (size_t i = 0; i < p->n; i++) {
        const struct policy_rule *r = &p->rules[i];

        if ((found && !r->deny) || policy_why_not(r, ask, real))
            continue;
        found = r;
        if (r->deny)
            break;
    }
    struct ruling out = {.verdict = VERDICT_ASK};

    if (!found)
        return out;
    out.verdict = found->deny ? VERDICT_DENY : VERDICT_ALLOW;
    memcpy(out.rule, found->id, sizeof out.rule);
    out.rule_text = found->text;
    return out;
}
