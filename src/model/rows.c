/* rows.c - from a message of the server to an entry, without copying its texts. */
#include "mix/jtext.h"
#include "rows.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* ---- texts ---- */

static size_t trim_end(const char *s, size_t n) {
    while (n > 0 && strchr(" \t\r\n", s[n - 1]))
        n--;
    return n;
}

/* Length without the block that plan mode puts behind the text. */
static size_t without_reminder(const char *s, size_t n) {
    static const char open_tag[] = "\n<system-reminder>", close_tag[] = "</system-reminder>";
    const size_t n_open = sizeof open_tag - 1, n_close = sizeof close_tag - 1;
    const size_t end = trim_end(s, n);

    if (end < n_open + n_close || memcmp(s + end - n_close, close_tag, n_close) != 0)
        return n;
    for (size_t at = end - n_close - n_open + 1; at-- > 0;)
        if (s[at] == '\n' && memcmp(s + at, open_tag, n_open) == 0)
            return trim_end(s, at);
    return n;
}

void user_text(struct arena *a, const char *raw, const char **text, size_t *len) {
    const size_t n = raw ? strlen(raw) : 0;

    *text = raw ? raw : "";
    *len = n;
    if (n > 2 && raw[0] == '{' && raw[n - 1] == '}') {
        auto_buf struct buf inner = {.max = n};

        if (jtext_get(&inner, raw, "text") && inner.n > 0) {
            *text = arena_strndup(a, inner.p, inner.n);
            *len = strlen(*text);
        }
    }
    *len = without_reminder(*text, *len);
}

/* What is known of a callback but its output, as the input of a call. */
static const char *callback_input(struct arena *a, const struct callback_result *c) {
    enum { INPUT_MAX = 1 << 20 };
    auto_buf struct buf text = {.max = INPUT_MAX};
    const bool named = !str_blank(c->callback_name);

    jtext_field(&text, "name", named ? c->callback_name : c->callback_type);
    jtext_field(&text, "type", named ? c->callback_type : NULL);
    jtext_field(&text, "tool", c->tool_name);
    if (c->exit_code != 0)
        (void)buf_addf(&text, ",\"exit\":%lld", (long long)c->exit_code);
    jtext_field(&text, "error", c->error);
    jtext_field(&text, "stderr", c->stderr_text);
    if (text.n == 0)
        return "{}";
    text.p[0] = '{';
    return arena_printf(a, "%s}", buf_str(&text));
}

static const char *lines_of(struct arena *a, const struct strings *list) {
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++)
        n += str_blank(list->items[i]) ? 0 : strlen(list->items[i]) + 1;
    if (n == 0)
        return NULL;
    char *const lines = arena_alloc(a, n), *at = lines;

    for (size_t i = 0; i < list->n; i++) {
        const size_t len = str_blank(list->items[i]) ? 0 : strlen(list->items[i]);

        if (len == 0)
            continue;
        memcpy(at, list->items[i], len);
        at += len;
        *at++ = '\n';
    }
    lines[n - 1] = '\0';
    return lines;
}

/* ---- building ---- */

bool row_hidden(const struct message *m) {
    if (str_eq(m->role, "tool"))
        return m->callback_results.n == 0;
    return row_parts(m) == 0; /* an answer that failed before its first word */
}

static enum role role_of(const struct message *m) {
    if (str_eq(m->role, "user"))
        return ROLE_USER;
    return str_eq(m->role, "tool") ? ROLE_NOTE : ROLE_ASSISTANT;
}

size_t row_parts(const struct message *m) {
    const size_t texts = !str_blank(m->assistant_response) || !str_blank(m->user_input) ? 1 : 0;

    if (str_eq(m->role, "user"))
        return 1;
    return texts + (str_blank(m->reasoning) ? 0 : 1) + m->tool_calls.n + m->callback_results.n;
}

static struct part *put(struct entry *e, enum part_kind kind, const char *text, size_t len) {
    struct part *p = &e->parts[e->n_parts++];

    *p = (struct part){.kind = kind, .text = text, .len = len, .seconds = -1};
    return p;
}

/* A refusal is stored without the error mark, as a text that tells the model to stop and wait. The
 * words of one are told from a command's own "Permission denied". */
static bool refused(const char *result) {
    static const char *const words[] = {"denied", "stop", "wait"};
    char head[401];

    snprintf(head, sizeof head, "%s", result ? result : "");
    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (!strcasestr(head, words[i]))
            return false;
    return true;
}

static void put_callback(struct entry *e, const struct callback_result *c, struct arena *a) {
    const char *input = callback_input(a, c);
    struct part *p = put(e, PART_TOOL, input, strlen(input));

    p->call_id = ""; /* it is none of the calls that are waited for */
    p->name = CALLBACK_TOOL;
    p->state = c->success ? CALL_OK : CALL_FAILED;
    p->is_error = !c->success;
    p->result = !str_blank(c->stdout_text)       ? c->stdout_text
                : !str_blank(c->subagent_result) ? c->subagent_result
                                                 : "";
}

static void put_call(struct entry *e, const struct tool_call *c, struct arena *a) {
    const char *input = c->input ? c->input : "";
    struct part *p = put(e, PART_TOOL, input, strlen(input));

    p->call_id = c->id ? c->id : "";
    p->name = c->name ? c->name : "";
    p->result = c->result;
    p->is_error = c->is_error;
    p->screenshots = lines_of(a, &c->screenshot_urls);
    if (c->is_error || tool_exit(p->name, c->result) != 0)
        p->state = CALL_FAILED; /* servers call a command that failed a success */
    else if (refused(c->result))
        p->state = CALL_DENIED;
    else
        p->state = c->finished || c->result ? CALL_OK : CALL_UNKNOWN;
}

void row_build(struct entry *e, const struct message *m, struct part *parts, struct arena *a) {
    const char *text = !str_blank(m->assistant_response) ? m->assistant_response : m->user_input;
    size_t len;

    *e = (struct entry){.id = m->id,
                        .role = role_of(m),
                        .parts = parts,
                        .model = m->model,
                        .input_tokens = m->input_tokens,
                        .output_tokens = m->output_tokens,
                        .cost = m->cost};
    if (e->role == ROLE_USER) {
        user_text(a, m->user_input, &text, &len);
        put(e, PART_TEXT, text, len);
        return;
    }
    if (!str_blank(m->reasoning)) {
        struct part *p = put(e, PART_THINKING, m->reasoning, strlen(m->reasoning));

        p->seconds = m->reasoning_seconds > 0 ? (double)m->reasoning_seconds : -1;
    }
    if (!str_blank(text))
        put(e, PART_TEXT, text, strlen(text));
    for (size_t i = 0; i < m->tool_calls.n; i++)
        put_call(e, &m->tool_calls.items[i], a);
    for (size_t i = 0; i < m->callback_results.n; i++)
        put_callback(e, &m->callback_results.items[i], a);
}

/* ---- comparing ---- */

/* What a call's state is, from what was known and what the row says. A refusal is stored without
 * the error mark, so what was seen live beats the row. While nothing follows the row (`last`), a
 * call without result may still run. */
enum call_state row_state(enum call_state old, const struct part *row, bool last) {
    if (row->kind != PART_TOOL)
        return CALL_NONE;
    if (old == CALL_DENIED || old == CALL_FAILED)
        return old;
    if (row->is_error || row->state == CALL_FAILED)
        return CALL_FAILED;
    if (old == CALL_OK)
        return CALL_OK;
    if (row->result)
        return row->state;
    if (last)
        return old == CALL_NONE ? CALL_UNKNOWN : old;
    return row->state;
}

static bool part_same_text(const struct part *a, const struct part *b) {
    return a->kind == b->kind && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

bool part_same(const struct part *a, const struct part *b) {
    return part_same_text(a, b) && str_eq(a->call_id, b->call_id) && str_eq(a->name, b->name) &&
           str_eq(a->result, b->result) && str_eq(a->screenshots, b->screenshots) &&
           a->is_error == b->is_error;
}

bool entry_same_head(const struct entry *a, const struct entry *b) {
    return str_eq(a->id, b->id) && a->role == b->role && str_eq(a->model, b->model) &&
           a->input_tokens == b->input_tokens && a->output_tokens == b->output_tokens &&
           a->cost >= b->cost && a->cost <= b->cost && a->server_index == b->server_index &&
           a->pending == b->pending;
}

bool row_same(const struct entry *shown, const struct entry *row) {
    if (!entry_same_head(shown, row) || shown->n_parts != row->n_parts)
        return false;
    for (size_t i = 0; i < row->n_parts; i++) {
        const struct part *a = &shown->parts[i], *b = &row->parts[i];

        if (a->live || !part_same(a, b) || row_state(a->state, b, false) != a->state ||
            (a->seconds < 0 && b->seconds >= 0))
            return false;
    }
    return true;
}

bool entry_same_text(const struct entry *a, const struct entry *b) {
    const struct part *ta = entry_first(a, PART_TEXT), *tb = entry_first(b, PART_TEXT);

    return a->role == b->role && ta && tb && part_same_text(ta, tb) &&
           (ta->len > 0 || a->role == ROLE_USER);
}

/* ---- copying ---- */

static size_t string_bytes(const char *s) { return s ? strlen(s) + 1 : 0; }

size_t row_bytes(const struct entry *e) {
    size_t n = string_bytes(e->id) + string_bytes(e->model);

    for (size_t i = 0; i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];

        n += p->len + 1 + string_bytes(p->call_id) + string_bytes(p->name) +
             string_bytes(p->result) + string_bytes(p->screenshots);
    }
    return n;
}

static const char *copy(char **room, const char *s, size_t n) {
    char *to = *room;

    memcpy(to, s, n);
    to[n] = '\0';
    *room += n + 1;
    return to;
}

static const char *copy_string(char **room, const char *s) {
    return s ? copy(room, s, strlen(s)) : NULL;
}

void row_copy(struct entry *e, struct part *parts, char **room) {
    if (e->n_parts > 0)
        memcpy(parts, e->parts, e->n_parts * sizeof *parts);
    e->parts = parts;
    e->id = copy_string(room, e->id);
    e->model = copy_string(room, e->model);
    for (size_t i = 0; i < e->n_parts; i++) {
        struct part *p = &parts[i];

        p->text = copy(room, p->text, p->len);
        p->call_id = copy_string(room, p->call_id);
        p->name = copy_string(room, p->name);
        p->result = copy_string(room, p->result);
        p->screenshots = copy_string(room, p->screenshots);
    }
}
