/* risk.c - what is dangerous in a request, by the table risks.def. Linear in its text. */
#include "risk.h"

#include <string.h>

#include "mix/jtext.h"
#include "mix/text.h"

enum { MOST_MARKS = 64, FIELD_BYTES = 16 << 20 };

/* ---- marks ---- */
static const struct {
    enum risk level;
    const char *text;
} whys[WHY_COUNT] = {
#define RISK(id, level, why) [WHY_##id] = {RISK_##level, why},
#include "risks.def"
};

static bool has(const struct look *l, const char *why, size_t from, size_t to) {
    for (size_t i = 0; i < l->n; i++)
        if (l->out[i].why == why && l->out[i].from == from && l->out[i].to == to)
            return true;
    return false;
}

void look_mark(struct look *l, enum why why, size_t from, size_t to) {
    const struct risk_mark mark = {whys[why].level, whys[why].text, from, to};
    const bool severe = mark.level == RISK_SEVERE;
    size_t at = severe ? l->severe : l->n;

    if (why == WHY_NOTHING || at >= l->max || has(l, mark.why, from, to))
        return;
    while (at > (severe ? 0 : l->severe) && l->out[at - 1].from > from)
        at--;
    if (l->n == l->max)
        l->n--;
    memmove(l->out + at + 1, l->out + at, (l->n - at) * sizeof *l->out);
    l->out[at] = mark;
    l->n++;
    l->severe += severe;
}

/* ---- tools ---- */

/* Era's spellings: case and `_` do not count. */
static bool named(const char *tool, const char *name) {
    for (; *tool || *name; tool++, name++) {
        while (*tool == '_' || *tool == '-')
            tool++;
        while (*name == '_' || *name == '-')
            name++;
        if ((*tool | 0x20) != (*name | 0x20))
            return false;
        if (!*tool)
            return true;
    }
    return true;
}

static bool is_shell(const char *tool) {
    static const char *const those[] = {"Bash",     "shell", "sh", "run_command", "execute_command",
                                        "terminal", "exec"};

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (named(tool, those[i]))
            return true;
    return false;
}

static void look_tool(struct look *l, const char *tool) {
    static const struct {
        const char *name;
        enum why why;
    } those[] = {
#define TOOL(name, why) {name, WHY_##why},
#include "risks.def"
    };

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (named(tool, those[i].name))
            look_mark(l, those[i].why, 0, 0);
}

/* The path of a tool for files. */
static void look_path(struct look *l, const char *s, bool writes) {
    const size_t n = strlen(s);
    size_t from, to;

    if (find_secret(s, n, &from, &to))
        look_mark(l, WHY_SECRETS, from, to);
    if (writes && path_starts(s, n))
        look_mark(l, WHY_LATER, 0, n);
    const enum where where = path_where(l, s, n);

    if (where == WHERE_DEVICE && writes)
        look_mark(l, WHY_DEVICE, 0, n);
    if (writes && path_system(l, s, n))
        look_mark(l, WHY_SYSTEM_FILE, 0, n);
    if (where == WHERE_OUTSIDE)
        look_mark(l, WHY_OUTSIDE, 0, n);
    const char *name = strrchr(s, '/');

    name = name ? name + 1 : s;
    if (writes && name[0] == '.')
        look_mark(l, WHY_HIDDEN_FILE, (size_t)(name - s), n);
}

/* Parameters nobody knows the meaning of: what stands in them. */
static void look_params(struct look *l, const char *params) {
    const size_t n = strlen(params);
    size_t from, to;

    if (find_secret(params, n, &from, &to))
        look_mark(l, WHY_SECRETS, 0, 0);
    if (memmem(params, n, "http://", 7) || memmem(params, n, "https://", 8))
        look_mark(l, WHY_NETWORK, 0, 0);
}

static void look_request(struct look *l) {
    const struct ruling_ask *ask = l->ask;
    const char *tool = ask->tool ? ask->tool : "", *object = ask->object;
    auto_buf struct buf command = {.max = FIELD_BYTES};

    look_tool(l, tool);
    if (!object && is_shell(tool) && ask->params &&
        (jtext_find(&command, ask->params, strlen(ask->params), "command") ||
         jtext_find(&command, ask->params, strlen(ask->params), "cmd")))
        object = buf_str(&command);
    if (object ? rule_hidden(object) : ask->params && rule_hidden(ask->params))
        look_mark(l, WHY_UNSEEN, 0, 0);
    if (object && is_shell(tool)) {
        scan_text(l, object, strlen(object), 0, NULL, NULL);
        return;
    }
    if (object && named(tool, "python_execution")) {
        judge_code(l, object, strlen(object), 0, 0);
        return;
    }
    const bool writes = named(tool, "Write") || named(tool, "Edit");

    if (object && !strstr(object, "://"))
        look_path(l, object, writes);
    else if (object)
        look_params(l, object);
    if (!writes && ask->params && ask->params != object)
        look_params(l, ask->params);
}

size_t risk_look(const struct ruling_ask *ask, struct risk_mark *out, size_t max) {
    struct risk_mark all[MOST_MARKS];
    struct look l = {
        .ask = ask, .out = all, .max = MOST_MARKS, .home = true, .dir = {.max = 16 * MIX_KIB}};

    l.work = ask->object ? 4 * strlen(ask->object) + 64 : MIX_MIB;
    if (!str_blank(ask->work_dir))
        (void)buf_adds(&l.dir, ask->work_dir);
    look_request(&l);
    buf_fini(&l.dir);
    const size_t n = l.n < max ? l.n : max;

    memcpy(out, all, n * sizeof *out);
    return n;
}
