/* store.c - sessions and their messages in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

#define TEXT_MAX (16 * MIX_MIB)

void new_id(char out[37]) {
    uint32_t r[4] = {random_u32(), random_u32(), random_u32(), random_u32()};
    snprintf(out, 37, "%08x-%04x-4%03x-%04x-%04x%08x", r[0], r[1] >> 16, r[1] & 0xfff,
             0x8000 | (r[2] & 0x3fff), r[2] >> 16, r[3]);
}

int64_t demo_ms(const struct demo *d, int64_t ms) {
    double scaled = (double)ms / d->o.time_scale;
    return scaled < 1 ? 1 : (int64_t)scaled;
}

char *store_folder(const struct demo *d, const char *session) {
    struct buf path;
    buf_init(&path, 4096);
    buf_addf(&path, "%s/storage/%s", d->base, session);
    return buf_take(&path);
}

struct session *store_find(struct demo *d, const char *id) {
    for (size_t i = 0; id && i < d->n; i++)
        if (!strcmp(d->sessions[i]->d.id, id))
            return d->sessions[i];
    return NULL;
}

void store_callbacks(struct session *s, const struct callback *items, size_t n) {
    struct arena *a = &s->a;
    s->d.callbacks.n = n;
    s->d.callbacks.items = n ? arena_alloc(a, n * sizeof *items) : NULL;
    for (size_t i = 0; i < n; i++) {
        struct callback *c = &s->d.callbacks.items[i];
        *c = items[i];
        c->tool_name = arena_strdup(a, c->tool_name);
        c->type = arena_strdup(a, c->type);
        c->name = arena_strdup(a, c->name);
        c->bash_command = arena_strdup(a, c->bash_command);
        c->sub_agent_prompt = arena_strdup(a, c->sub_agent_prompt);
        c->sub_agent_type = arena_strdup(a, c->sub_agent_type);
        c->message_content = arena_strdup(a, c->message_content);
    }
}

/* 17 characters and three dots, counted as characters, not bytes. */
static const char *cut_title(struct arena *a, const char *title) {
    size_t chars = 0, at = 0, seventeen = 0;
    for (; title[at]; at++) {
        if (((unsigned char)title[at] & 0xc0) == 0x80)
            continue;
        if (chars++ == 17)
            seventeen = at;
    }
    if (chars <= 20)
        return arena_strdup(a, title);
    return arena_printf(a, "%.*s...", (int)seventeen, title);
}

struct session *store_new(struct demo *d, const struct session_create *in, const char *type) {
    struct session *s = xcalloc(1, sizeof *s);
    char id[37];
    new_id(id);
    bool late = d->o.version >= GEN_LATE;
    s->d.id = arena_strdup(&s->a, id);
    s->d.title = late && d->o.quirk[QUIRK_TITLE_CUT] ? cut_title(&s->a, in->title)
                                                     : arena_strdup(&s->a, in->title);
    s->d.session_type = type;
    s->d.browser_mode = arena_strdup(&s->a, in->browser_mode);
    s->d.cdp_url = arena_strdup(&s->a, in->cdp_url);
    s->d.working_directory = arena_strdup(&s->a, in->working_directory);
    s->d.provider = arena_strdup(&s->a, in->provider);
    s->d.model_id = arena_strdup(&s->a, in->model_id);
    s->d.created_at = clock_real() / 1000 * 1000;
    store_callbacks(s, in->callbacks.items, in->callbacks.n);
    d->sessions =
        d->n == d->cap ? xgrow(d->sessions, d->n, &d->cap, sizeof *d->sessions) : d->sessions;
    d->sessions[d->n++] = s;
    return s;
}

static void row_free(struct row *r) {
    buf_fini(&r->text);
    buf_fini(&r->reasoning);
    arena_free(&r->a);
    free(r);
}

static void bury(struct session *s) {
    for (size_t i = 0; i < s->n_dead; i++)
        row_free(s->dead[i]);
    s->n_dead = 0;
}

static void session_free(struct session *s) {
    bury(s);
    free(s->dead);
    for (size_t i = 0; i < s->n; i++)
        row_free(s->rows[i]);
    free(s->rows);
    arena_free(&s->a);
    free(s);
}

void store_delete(struct demo *d, struct session *s) {
    for (size_t i = 0; i < d->n; i++)
        if (d->sessions[i] == s) {
            memmove(&d->sessions[i], &d->sessions[i + 1], (d->n - i - 1) * sizeof *d->sessions);
            d->n--;
            break;
        }
    persist_delete(d, s);
    s->deleted = true;
    s->running++;
    store_release(s);
}

void store_release(struct session *s) {
    if (--s->running > 0)
        return;
    bury(s);
    if (s->deleted)
        session_free(s);
}

struct row *store_add(struct demo *d, struct session *s, const char *role, const char *text) {
    struct row *r = xcalloc(1, sizeof *r);
    char id[37];
    new_id(id);
    (void)d;
    buf_init(&r->text, TEXT_MAX);
    buf_init(&r->reasoning, TEXT_MAX);
    r->m.id = arena_strdup(&r->a, id);
    r->m.session_id = arena_strdup(&r->a, s->d.id);
    r->m.role = role;
    if (text)
        buf_adds(&r->text, text);
    r->created_at = clock_real() / 1000 * 1000;
    if (s->n == s->cap)
        s->rows = xgrow(s->rows, s->n, &s->cap, sizeof *s->rows);
    s->rows[s->n++] = r;
    return r;
}

struct tool_call *row_call(struct row *r, const char *id, const char *name) {
    if (!r->m.tool_calls.items)
        r->m.tool_calls.items = arena_alloc(&r->a, CALLS_MAX * sizeof *r->m.tool_calls.items);
    if (r->m.tool_calls.n == CALLS_MAX)
        return NULL;
    struct tool_call *c = &r->m.tool_calls.items[r->m.tool_calls.n++];
    c->id = arena_strdup(&r->a, id);
    c->name = arena_strdup(&r->a, name);
    c->type = "tool_use";
    c->input = "";
    return c;
}

void store_cut(struct demo *d, struct session *s, size_t keep) {
    while (s->n > keep) {
        struct row *r = s->rows[--s->n];
        r->dead = true;
        if (s->n_dead == s->dead_cap)
            s->dead = xgrow(s->dead, s->n_dead, &s->dead_cap, sizeof *s->dead);
        s->dead[s->n_dead++] = r;
    }
    if (s->running == 0)
        bury(s);
    persist_cut(d, s, keep);
}

void store_copy(struct demo *d, struct session *s, const struct row *from) {
    struct row *r = store_add(d, s, from->m.role, buf_str(&from->text));
    struct message keep = r->m;
    buf_adds(&r->reasoning, buf_str(&from->reasoning));
    r->m = from->m;
    r->m.id = keep.id;
    r->m.session_id = keep.session_id;
    r->m.model = arena_strdup(&r->a, from->m.model);
    r->m.tool_calls.items = NULL;
    r->m.tool_calls.n = 0;
    r->m.callback_results.n = 0;
    r->created_at = from->created_at;
    r->finish = from->finish;
    for (size_t i = 0; i < from->m.tool_calls.n; i++) {
        const struct tool_call *c = &from->m.tool_calls.items[i];
        struct tool_call *copy = row_call(r, c->id, c->name);
        copy->input = arena_strdup(&r->a, c->input);
        copy->result = arena_strdup(&r->a, c->result);
        copy->finished = c->finished;
        copy->is_error = c->is_error;
    }
    persist_row(d, s, r);
}

void store_count(struct session *s) {
    struct session_data *d = &s->d;
    d->user_messages = d->assistant_messages = d->tool_calls = 0;
    d->prompt_tokens = d->completion_tokens = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct message *m = &s->rows[i]->m;
        d->user_messages += !strcmp(m->role, "user");
        d->tool_calls += !strcmp(m->role, "tool");
        if (strcmp(m->role, "assistant") != 0)
            continue;
        d->assistant_messages++;
        if (m->input_tokens) { /* the last call's figures, as servers keep them */
            d->prompt_tokens = m->input_tokens + m->cache_creation_tokens;
            d->completion_tokens = m->output_tokens + m->cache_read_tokens;
        }
    }
}

/* Only ever grows, whatever is rewound; in whole millionths, so that sums stay readable. */
void store_spend(struct session *s, double cost) {
    s->d.cost = (double)(int64_t)((s->d.cost + cost) * 1e6 + 0.5) / 1e6;
}

void store_free(struct demo *d) {
    for (size_t i = 0; i < d->n; i++)
        session_free(d->sessions[i]);
    free(d->sessions);
    d->sessions = NULL;
    d->n = 0;
}

void session_json(struct buf *b, const struct demo *d, const struct session *s) {
    struct session_data out = s->d;
    if (d->o.version >= GEN_LATE && !out.browser_mode)
        out.browser_mode = "local-browser-service";
    json_shape(b, "session_data", &out, d->o.version);
}

/* Results are told only by servers that join them from the tool row behind, and only once that row
 * is there. */
void row_json(struct buf *b, const struct demo *d, const struct session *s, size_t i) {
    const struct row *r = s->rows[i];
    struct message m = r->m;
    bool joined =
        d->o.version >= GEN_TOP && i + 1 < s->n && !strcmp(s->rows[i + 1]->m.role, "tool");
    m.user_input = buf_str(&r->text);
    if (strcmp(m.role, "user") != 0 && r->text.n)
        m.assistant_response = buf_str(&r->text);
    m.reasoning = r->reasoning.n ? buf_str(&r->reasoning) : NULL;
    struct tool_call calls[CALLS_MAX] = {0};
    if (!joined && m.tool_calls.n) {
        memcpy(calls, m.tool_calls.items, m.tool_calls.n * sizeof calls[0]);
        for (size_t k = 0; k < m.tool_calls.n; k++) {
            calls[k].result = NULL;
            calls[k].is_error = false;
        }
        m.tool_calls.items = calls;
    }
    json_shape(b, "message", &m, d->o.version);
}
