/* policy.c - rules and audit log for the job thread. */
#include "fs.h"

#include "mix/policy_store.h"

static void answer(struct task *t, struct buf *from) {
    t->data = arena_strndup(&t->arena, buf_str(from), from->n);
    t->len = from->n;
}

/* As the files are; what they say is for the model. */
static void read_rules(struct task *t) {
    const char *dir = t->path;

    t->path = arena_printf(&t->arena, "%s/rules.used", dir);
    fs_read(t);
    t->used = t->data;
    t->n_used = t->len;
    t->err = (struct err){.rc = RC_OK};
    t->data = NULL;
    t->len = 0;
    t->path = arena_printf(&t->arena, "%s/rules.jsonl", dir);
    fs_read(t);
    t->path = dir;
    if (t->err.rc == RC_OK)
        (void)policy_check(dir, &t->err);
}

void policy_run(struct task *t) {
    auto_buf struct buf tail = {0};

    switch ((int)t->kind) {
    case TASK_RULES_READ:
        read_rules(t);
        break;
    case TASK_RULES_ADD:
        (void)policy_add(t->path, t->data, &t->err);
        break;
    case TASK_RULES_REMOVE:
        (void)policy_remove(t->path, t->data, &t->err);
        break;
    case TASK_RULES_ASK:
        (void)policy_rule_on(t->path, &t->ask, t->real, &t->arena, &t->ruling, &t->err);
        break;
    case TASK_AUDIT_ADD:
        (void)audit_append(t->path, t->data, t->len, &t->err);
        break;
    case TASK_AUDIT_READ:
        if (audit_tail(t->path, &tail, t->most, &t->err) == RC_OK)
            answer(t, &tail);
        break;
    default:
        break;
    }
}
