/* routes_sessions.c - list, create, get, delete, callbacks, rewind, fork, cancel, export. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

static void list(struct request *r) {
    struct demo *d = r->d;
    struct buf *b = &r->reply.body;
    bool all = str_eq(request_query(r, "includeSubagents"), "true");
    json_open(b, NULL, '[');
    size_t n = 0;
    for (size_t i = d->n; i > 0; i--) { /* newest first */
        struct session one = *d->sessions[i - 1];
        if (one.d.session_type && !strcmp(one.d.session_type, "subagent") && !all)
            continue;
        one.d.callbacks.n = 0;
        if (n++)
            buf_adds(b, ",");
        session_json(b, d, &one);
    }
    json_close(b, ']');
    if (n == 0 && d->o.quirk[QUIRK_NULL_LISTS]) {
        buf_clear(b);
        buf_adds(b, "null");
    }
    reply_json(r, 200);
}

static bool check_browser(struct request *r, const struct session_create *in) {
    static const char *const modes[] = {"electron-embedded-browser", "local-browser-service",
                                        "remote-cdp-websocket"};
    const char *what = NULL, *mode = in->browser_mode, *url = in->cdp_url;
    bool known = false;
    for (size_t i = 0; i < MIX_COUNT(modes); i++)
        known = known || str_eq(mode, modes[i]);
    bool remote = str_eq(mode, modes[2]);
    if (str_blank(mode))
        what = "browserMode is required";
    else if (!known)
        what = "invalid browserMode";
    else if (remote && str_blank(url))
        what = "cdpUrl is required for remote-cdp-websocket";
    else if (!remote && !str_blank(url))
        what = "cdpUrl is only allowed with remote-cdp-websocket";
    else if (remote && strncmp(url, "ws://", 5) != 0 && strncmp(url, "wss://", 6) != 0)
        what = "cdpUrl must start with ws:// or wss://";
    if (what)
        reply_lower(r, 500, "Internal error during creating session: %s", what);
    return !what;
}

static bool check_prompt(struct request *r, const struct session_create *in) {
    const char *mode = in->prompt_mode, *prompt = in->custom_system_prompt;
    bool append = str_eq(mode, "append"), replace = str_eq(mode, "replace");
    if (!str_blank(mode) && !append && !replace && strcmp(mode, "default") != 0) {
        reply_lower(r, 400,
                    "Validation error for field 'promptMode': must be default, append or replace");
        return false;
    }
    size_t most = append ? 50 * MIX_KIB : replace ? 100 * MIX_KIB : SIZE_MAX;
    if (prompt && strlen(prompt) > most) {
        reply_lower(r, 400,
                    "Validation error for field 'customSystemPrompt': longer than %zu bytes", most);
        return false;
    }
    return true;
}

static bool check_callbacks(struct request *r, const struct callback *items, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct callback *c = &items[i];
        const char *needs = str_eq(c->type, "bash_script")    ? c->bash_command
                            : str_eq(c->type, "sub_agent")    ? c->sub_agent_prompt
                            : str_eq(c->type, "send_message") ? c->message_content
                                                              : NULL;
        if (!str_blank(c->tool_name) && !str_blank(needs))
            continue;
        reply_lower(r, 400, "Validation error for field 'callbacks': callback %zu is not complete",
                    i);
        return false;
    }
    return true;
}

static bool check_type(struct request *r, const struct session_create *in) {
    if (str_blank(in->session_type) || str_eq(in->session_type, "main"))
        return true;
    reply_lower(r, 400, "Validation error for field 'sessionType': must be main");
    return false;
}

static void announce(struct demo *d, const struct session *s) {
    emit_all(d, EV_SESSION_CREATED,
             &(struct event_data){
                 .session_id = s->d.id, .title = s->d.title, .created_at = s->d.created_at});
}

static struct session *create_session(struct demo *d, const struct session_create *in) {
    struct session *s = store_new(d, in, "main");
    seed_folder(d, s->d.id);
    if (d->o.version > GEN_POST && !s->d.provider) {
        s->d.provider = "anthropic";
        s->d.model_id = "claude-sonnet-4-5";
    }
    persist_session(d, s);
    return s;
}

static void create(struct request *r) {
    if (!request_read(r))
        return;
    struct session_create *in = r->in;
    if (str_blank(in->title)) {
        reply_lower(r, 400, "Validation error for field 'title': title is required");
        return;
    }
    if (!check_type(r, in) || !check_prompt(r, in) ||
        !check_callbacks(r, in->callbacks.items, in->callbacks.n) ||
        (r->d->o.version >= GEN_LATE && !check_browser(r, in)))
        return;
    struct session *s = create_session(r->d, in);
    announce(r->d, s);
    session_json(&r->reply.body, r->d, s);
    reply_json(r, 201);
}

static void get(struct request *r) {
    struct session *s = request_session(r);
    if (!s)
        return;
    session_json(&r->reply.body, r->d, s);
    reply_json(r, 200);
}

/* Waits for a running turn, but not for ever, and does not cancel it. */
static void delete (struct request *r) {
    struct demo *d = r->d;
    const struct session_ref *in = r->in;
    struct session *s = store_find(d, in->id);
    if (r->phase == 0) {
        if (!request_session(r))
            return;
        r->phase = 1;
        r->wake_at = clock_now() + demo_ms(d, 10000);
    }
    if (s && s->current && clock_now() < r->wake_at) {
        if (!r->wait_for) {
            r->wait_for = s;
            s->running++;
        }
        request_wait(r, r->wake_at);
        return;
    }
    if (s) {
        emit_all(d, EV_SESSION_DELETED, &(struct event_data){.session_id = in->id});
        store_delete(d, s);
    }
    r->reply.status = 204;
}

static void callbacks(struct request *r) {
    struct session *s = request_session(r);
    if (!s || !request_read(r))
        return;
    const struct session_callbacks *in = r->in;
    if (!check_callbacks(r, in->callbacks.items, in->callbacks.n))
        return;
    store_callbacks(s, in->callbacks.items, in->callbacks.n);
    persist_session(r->d, s);
    session_json(&r->reply.body, r->d, s);
    reply_json(r, 200);
}

static void cleanup(const struct demo *d, const struct session *s, int64_t after) {
    auto_free char *folder = store_folder(d, s->d.id);
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            (int64_t)st.st_mtime * 1000 > after)
            unlinkat(dirfd(dir), e->d_name, 0);
    }
    closedir(dir);
}

static void rewind_session(struct request *r) {
    struct demo *d = r->d;
    if (!request_read(r))
        return;
    const struct session_rewind *in = r->in;
    if (str_blank(in->message_id)) {
        reply_lower(r, 400, "Validation error for field 'messageId': messageId is required");
        return;
    }
    struct session *s = request_session(r);
    if (!s)
        return;
    size_t at = 0;
    while (at < s->n && strcmp(s->rows[at]->m.id, in->message_id) != 0)
        at++;
    if (at == s->n) {
        reply_lower(r, 404, "Message with ID '%s' not found", in->message_id);
        return;
    }
    if (in->cleanup_media)
        cleanup(d, s, s->rows[at]->created_at + 999);
    store_cut(d, s, at + 1); /* a running turn goes on writing behind what is kept */
    struct session_data out = s->d;
    if (d->o.quirk[QUIRK_NO_BROWSER]) {
        out.browser_mode = NULL;
        out.cdp_url = NULL;
        out.callbacks.n = 0;
    }
    reply_shape(r, 200, "session_data", &out);
}

/* A sequence of calls and results that the cut would tear is left out as a whole. */
static size_t fork_length(const struct session *s, size_t n) {
    while (n > 0 && n <= s->n && s->rows[n - 1]->m.tool_calls.n &&
           (n == s->n || !strcmp(s->rows[n]->m.role, "tool")))
        n--;
    return n;
}

static void fork_session(struct request *r) {
    struct demo *d = r->d;
    if (!request_read(r))
        return;
    const struct session_fork *in = r->in;
    bool september = d->o.version < GEN(0, 4, 6);
    if (in->message_count < (september ? 1 : 0)) {
        reply_lower(r, 400, "Validation error for field 'messageIndex': must be at least %d",
                    september);
        return;
    }
    struct session *from = store_find(d, in->id);
    if (!from) {
        reply_lower(r, 500, "Internal error during forking session: session not found");
        return;
    }
    struct session_create make = {.title = str_blank(in->title) ? "Forked Session" : in->title,
                                  .browser_mode = from->d.browser_mode,
                                  .working_directory = from->d.working_directory,
                                  .provider = from->d.provider,
                                  .model_id = from->d.model_id};
    struct session *s = store_new(d, &make, "forked");
    s->d.parent_session_id = arena_strdup(&s->a, from->d.id);
    size_t keep = (uint64_t)in->message_count < from->n ? (size_t)in->message_count : from->n;
    keep = fork_length(from, keep);
    persist_session(d, s);
    seed_folder(d, s->d.id);
    for (size_t i = 0; i < keep; i++)
        store_copy(d, s, from->rows[i]);
    store_count(s);
    s->turns_done = from->turns_done ? 1 : 0;
    persist_session(d, s);
    announce(d, s);
    session_json(&r->reply.body, d, s);
    reply_json(r, 201);
}

static void cancel(struct request *r) {
    const struct session_ref *in = r->in;
    struct session *s = store_find(r->d, in->id);
    if (s && s->current)
        turn_cancel(r->d, s->current);
    reply_shape(r, 200, "status_reply",
                &(struct status_reply){.status = "cancelled", .session_id = in->id});
}

static void export(struct request *r) {
    struct session *s = request_session(r);
    if (!s)
        return;
    struct export_session out = {.id = s->d.id,
                                 .title = s->d.title,
                                 .user_messages = s->d.user_messages,
                                 .assistant_messages = s->d.assistant_messages,
                                 .tool_calls = s->d.tool_calls,
                                 .prompt_tokens = s->d.prompt_tokens,
                                 .completion_tokens = s->d.completion_tokens,
                                 .cost = s->d.cost,
                                 .created_at = s->d.created_at,
                                 .updated_at = s->d.created_at};
    out.messages.n = s->n;
    out.messages.items = arena_alloc(&r->a, (s->n + 1) * sizeof *out.messages.items);
    for (size_t i = 0; i < s->n; i++) {
        const struct row *row = s->rows[i];
        struct export_message *m = &out.messages.items[i];
        *m =
            (struct export_message){.id = row->m.id,
                                    .role = row->m.role,
                                    .content = buf_str(&row->text),
                                    .reasoning = row->reasoning.n ? buf_str(&row->reasoning) : NULL,
                                    .reasoning_seconds = row->m.reasoning_seconds,
                                    .model = row->m.model,
                                    .finish_reason = row->finish,
                                    .created_at = row->created_at,
                                    .updated_at = row->created_at};
        m->tool_calls.n = row->m.tool_calls.n;
        m->tool_calls.items =
            arena_alloc(&r->a, (m->tool_calls.n + 1) * sizeof *m->tool_calls.items);
        for (size_t k = 0; k < m->tool_calls.n; k++) {
            const struct tool_call *c = &row->m.tool_calls.items[k];
            bool whole = c->finished && jtext_span(c->input, strlen(c->input)) > 0;
            m->tool_calls.items[k] = (struct export_tool_call){.id = c->id,
                                                               .name = c->name,
                                                               .type = c->type,
                                                               .input = c->input,
                                                               .input_raw = whole ? c->input : NULL,
                                                               .finished = c->finished};
        }
        out.updated_at = row->created_at > out.updated_at ? row->created_at : out.updated_at;
    }
    r->reply.header = "Content-Disposition";
    r->reply.value =
        arena_printf(&r->a, "attachment; filename=session_%s_transcript.json", s->d.id);
    reply_shape(r, 200, "export_session", &out);
}

const struct route routes_sessions[] = {
    {OP_SESSIONS_LIST, list},
    {OP_SESSION_CREATE, create},
    {OP_SESSION_GET, get},
    {OP_SESSION_DELETE, delete},
    {OP_SESSION_CALLBACKS, callbacks},
    {OP_SESSION_REWIND, rewind_session},
    {OP_SESSION_FORK, fork_session},
    {OP_SESSION_CANCEL, cancel},
    {OP_SESSION_EXPORT, export},
    {OP_COUNT, NULL},
};
