/* A rules file as anybody may have left it, and requests held against it: no line is ever wider
 * than it says, and what is written again is read again. */
#include "fuzz.h"

#include "mix/policy.h"
#include "mix/pretty.h"
#include "text_checks.h"

#include <stdlib.h>
#include <string.h>

/* A line that allows must be one whole JSON object that says so, by its own words. */
static void check_rule(const struct policy_rule *r, const char *data, size_t n) {
    CHECK(r->line > 0);
    if (r->off) {
        CHECK(r->text && !r->rule.tool);
        return;
    }
    const char *line = data, *end = data + n;

    for (size_t i = 1; i < r->line; i++)
        line = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    const size_t len = (size_t)((stop ? stop : end) - line);

    CHECK(json_check(line, len, NULL) == RC_OK);
    CHECK(r->id[0] && r->text && r->rule.tool);
    CHECK(r->scope == RULE_ALWAYS || (r->server && r->server[0]));
    CHECK(r->scope != RULE_SESSION || (r->session && r->session[0]));
    CHECK(r->scope != RULE_DIRECTORY || (r->directory && r->directory[0]));
    auto_buf struct buf again = {.max = MIX_MIB};
    struct policy p;
    struct err err;

    if (policy_write_rule(&again, r, &err) != RC_OK)
        return; /* what the line says in few bytes may take more when it is escaped */
    policy_read(&p, again.p, again.n, NULL, 0);
    CHECK(p.n == 1 && !p.rules[0].off && p.rules[0].deny == r->deny);
    CHECK(p.rules[0].scope == r->scope && str_eq(p.rules[0].text, r->text));
    CHECK(str_eq(p.rules[0].session, r->session) && str_eq(p.rules[0].directory, r->directory));
    policy_fini(&p);
}

static void check_asks(const struct policy *p) {
    static const char *const own[] = {"s1", NULL};
    static const struct ruling_ask asks[] = {
        {.tool = "Bash", .object = "git status; rm -rf /", .server = "here", .sessions = own},
        {.tool = "Bash", .object = "git status", .params = "{\"command\":", .server = "here"},
        {.tool = "Edit", .object = "/w/a.c", .server = "here", .work_dir = "/w", .sessions = own},
        {.tool = "Grep", .object = "/w \xe2\x80\xae", .server = "here", .sessions = own},
    };

    for (size_t i = 0; i < MIX_COUNT(asks); i++) {
        const struct ruling r = policy_decide(p, &asks[i], 1800000000000);
        const struct policy_rule *by = NULL;
        bool denied = false;

        for (size_t k = 0; k < p->n; k++) {
            const bool holds = !policy_why_not(&p->rules[k], &asks[i], 1800000000000);

            denied = denied || (holds && p->rules[k].deny);
            if (holds && str_eq(p->rules[k].id, r.rule))
                by = &p->rules[k];
        }
        CHECK((r.verdict == VERDICT_ASK) == (r.rule[0] == '\0'));
        CHECK(r.verdict == VERDICT_ASK || (by && by->deny == (r.verdict == VERDICT_DENY)));
        CHECK(!denied || r.verdict == VERDICT_DENY);
        CHECK(r.verdict != VERDICT_ALLOW ||
              (i != 1 && i != 3)); /* cut, or with hidden characters */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct policy p;
    char *text = xmalloc(size + 1);

    memcpy(text, data, size);
    policy_read(&p, text, size, text, size);
    for (size_t i = 0; i < p.n; i++)
        check_rule(&p.rules[i], text, size);
    check_asks(&p);
    policy_fini(&p);
    struct arena a = {0};
    struct audit_row row;

    (void)audit_read(&row, &a, text, size);
    arena_free(&a);
    free(text);
    return 0;
}
