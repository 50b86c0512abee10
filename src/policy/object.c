/* object.c - what a request is about, from its parameters; when in doubt, nothing. */
#include "inner.h"

#include <string.h>

#include "mix/jtext.h"
#include "mix/text.h"

const char *policy_object_name(const char *tool) {
    static const char *const keys[][2] = {
        {"Bash", "command"},       {"python_execution", "code"},
        {"Write", "file_path"},    {"Edit", "file_path"},
        {"ReadText", "file_path"}, {"ReadMedia", "file_path"},
        {"WebFetch", "url"},       {"Grep", "path"},
        {"Glob", "path"},          {"Search", "query"},
    };
    struct err err;

    for (size_t i = 0; tool && i < MIX_COUNT(keys); i++) {
        struct rule rule;
        const bool it =
            rule_parse(&rule, keys[i][0], &err) == RC_OK && rule_matches(&rule, tool, NULL);

        rule_fini(&rule);
        if (it)
            return keys[i][1];
    }
    return NULL;
}

bool policy_object(struct buf *out, const char *tool, const char *params) {
    const char *name = policy_object_name(tool);

    return name && params && jtext_get(out, params, name);
}

static bool decoded(struct buf *out, struct jtext v) {
    buf_clear(out);
    return jtext_add(out, v) == RC_OK;
}

/* Something anywhere in the request would not be seen. Escapes are undone level by level, since
 * tools of MCP servers send JSON inside JSON. */
static bool hides(const char *text, int depth) {
    auto_buf struct buf key = {.max = PARAMS_MAX}, value = {.max = PARAMS_MAX};
    auto_buf struct buf marks = {.max = PARAMS_MAX}, plain = {.max = PARAMS_MAX};
    struct jwalk walk = jtext_walk(text, strlen(text));
    struct jtext name, found;

    for (const char *p = text; *p; p++)
        if (*p != '\t' && !(*p == '\r' && p[1] == '\n') && buf_add(&plain, p, 1) != RC_OK)
            return true;
    if (!text_valid(text, strlen(text)) ||
        text_clean(&marks, buf_str(&plain), plain.n, CLEAN_MARKS) != RC_OK ||
        !str_eq(buf_str(&marks), buf_str(&plain)))
        return true;
    if (depth == 0 || text[0] != '{')
        return false;
    while (jtext_next(&walk, &name, &found)) {
        (void)decoded(&key, name); /* of what makes no sense, as much as there is */
        (void)decoded(&value, found);
        if (hides(buf_str(&key), 0) || hides(buf_str(&value), depth - 1))
            return true;
    }
    return false;
}

bool policy_hides(const struct ruling_ask *ask) {
    auto_buf struct buf wrapped = {.max = PARAMS_MAX};

    if (ask->object && rule_hidden(ask->object))
        return true;
    if (!ask->params)
        return false;
    /* also inside `"..."`: the parameters of an MCP tool are one string */
    return buf_addf(&wrapped, "{\"p\":%s}", ask->params) != RC_OK || hides(buf_str(&wrapped), 4);
}
