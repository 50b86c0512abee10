/* rules_kit.h - for tests of the model with rules: their file and the log are in memory, and
 * decided on as the job thread does it. */
#ifndef MIX_TESTS_RULES_KIT_H
#define MIX_TESTS_RULES_KIT_H

#include "mix/policy.h"
#include "model_kit.h"

static const char *const one[] = {"s1"};
static struct buf rules_file, log_file;
static const char *used_file; /* of hits; NULL: none */
static enum rc fails;         /* every task, with this */
static size_t asked;

KIT_FN void add_rule(const char *text, const char *answer) {
    (void)buf_addf(&rules_file,
                   "{\"id\":\"r%zu\",\"rule\":\"%s\",\"answer\":\"%s\",\"scope\":\"always\"}\n",
                   rules_file.n, text, answer);
}

KIT_FN void remove_rule(const char *id) {
    char *at = rules_file.n > 0 ? strstr(rules_file.p, id) : NULL;

    if (!at)
        return;
    while (at > rules_file.p && at[-1] != '\n')
        at--;
    buf_cut(&rules_file, (size_t)(at - rules_file.p), (size_t)(strchr(at, '\n') + 1 - at));
}

KIT_FN void decide(struct task *t) {
    struct policy p;

    asked++;
    policy_read(&p, buf_str(&rules_file), rules_file.n, NULL, 0);
    t->ruling = policy_decide(&p, &t->ask, t->real);
    if (t->ruling.rule_text)
        t->ruling.rule_text = arena_strdup(&t->arena, t->ruling.rule_text);
    if (t->ruling.verdict != VERDICT_ASK)
        assert_int_equal(
            audit_line(&log_file, &t->ask,
                       &(struct ruling_answer){
                           .answer = t->ruling.verdict == VERDICT_ALLOW ? "grant" : "deny",
                           .by = "rule",
                           .armed_ms = -1},
                       &t->ruling, t->real),
            RC_OK);
    policy_fini(&p);
}

/* The newest lines, whole. */
KIT_FN void give_tail(struct task *t) {
    const char *from = buf_str(&log_file);

    if (log_file.n > t->most)
        from = strchr(log_file.p + log_file.n - t->most, '\n') + 1;
    task_data(t, from, strlen(from));
}

KIT_FN void give_rules(struct task *t) {
    task_data(t, buf_str(&rules_file), rules_file.n);
    t->used = used_file;
    t->n_used = used_file ? strlen(used_file) : 0;
}

KIT_FN void rules(struct kit *k, struct task *t) {
    (void)k;
    if (fails != RC_OK) {
        (void)err_set(&t->err, fails, 5, "the disk is away");
        return;
    }
    if (t->kind == TASK_RULES_ASK)
        decide(t);
    else if (t->kind == TASK_RULES_ADD)
        (void)buf_add(&rules_file, t->data, t->len);
    else if (t->kind == TASK_RULES_REMOVE)
        remove_rule(t->data);
    else if (t->kind == TASK_AUDIT_ADD)
        (void)buf_add(&log_file, t->data, t->len);
    else if (t->kind == TASK_RULES_READ)
        give_rules(t);
    else if (t->kind == TASK_AUDIT_READ)
        give_tail(t);
}

KIT_FN int fresh(void **state_) {
    (void)state_;
    buf_fini(&rules_file);
    buf_fini(&log_file);
    buf_init(&rules_file, MIX_MIB);
    buf_init(&log_file, 16 * (size_t)MIX_MIB);
    fails = RC_OK;
    used_file = NULL;
    asked = 0;
    return 0;
}

KIT_FN int clear(void **state_) {
    (void)state_;
    buf_fini(&rules_file);
    buf_fini(&log_file);
    return 0;
}

KIT_FN struct kit *start_at(const char *url, const char *const *ids, size_t n) {
    struct kit *k =
        kit_online_with((struct model_config){.url = url, .state_dir = "/state"}, GEN_TOP, ids, n);

    k->rules = rules;
    for (size_t i = 0; i < n; i++)
        if (model_session(k->m, ids[i])->stream && model_session(k->m, ids[i])->link != LINK_LIVE)
            kit_live(k, ids[i]);
    return k;
}

KIT_FN struct kit *start(void) { return start_at("http://localhost:8088", one, 1); }

KIT_FN void permission(struct kit *k, const char *session, const char *id, const char *params) {
    kit_event(k, session, EV_PERMISSION, .id = id, .session_id = session, .tool_name = "Bash",
              .action = "execute", .path = "/storage", .params_raw = params);
}

KIT_FN void bash(struct kit *k, const char *id, const char *command) {
    char params[256];

    (void)snprintf(params, sizeof params, "{\"command\":\"%s\"}", command);
    permission(k, "s1", id, params);
}

KIT_FN const struct ask *the(struct kit *k, const char *id) { return model_ask(k->m, id); }

KIT_FN size_t answers(struct kit *k) {
    return kit_count(k, OP_PERMISSION_GRANT) + kit_count(k, OP_PERMISSION_DENY);
}

KIT_FN void arm(struct kit *k) {
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
}

#define RULES_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, clear)

#endif
