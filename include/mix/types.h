/* types.h - what a Mix server sends and takes, as structs. Filled by the field tables of
 * src/wire/shapes.c.
 *
 * Strings live in the arena of the message that carries them; an absent or null string is NULL, a
 * null or absent list is empty. Times are milliseconds since 1970-01-01 UTC, 0 when unknown. `raw`
 * strings are JSON text. Lists are {items, n}. Source of each struct: the schema or operation named
 * beside it. */
#ifndef MIX_TYPES_H
#define MIX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strings {
    const char **items;
    size_t n;
};
#define MIX_LIST_OF(type)                                                                          \
    struct {                                                                                       \
        struct type *items;                                                                        \
        size_t n;                                                                                  \
    }

/* ---- sessions (SessionData) ---- */
struct callback {
    const char *tool_name, *type, *name, *bash_command, *sub_agent_prompt, *sub_agent_type;
    const char *message_content;
    int64_t bash_timeout;
    bool exclude_from_context, include_full_history;
};
struct session_data {
    const char *id, *title, *session_type, *parent_session_id, *parent_tool_call_id;
    const char *subagent_type, *browser_mode, *cdp_url, *working_directory, *first_user_message;
    const char *provider, *model_id;
    int64_t user_messages, assistant_messages, tool_calls, prompt_tokens, completion_tokens;
    double cost;
    int64_t created_at;
    MIX_LIST_OF(callback) callbacks;
};
struct session_list {
    MIX_LIST_OF(session_data) list;
};

/* ---- messages (BackendMessage / MessageData, GET messages, history) ---- */
struct tool_call {
    const char *id, *name, *type;
    const char *input;  /* JSON text, possibly empty or cut short */
    const char *result; /* NULL before 0.8.1: never sent */
    bool finished, is_error;
    struct strings screenshot_urls;
};
struct callback_result {
    const char *tool_call_id, *tool_name, *callback_name, *callback_type, *stdout_text,
        *stderr_text;
    const char *subagent_id, *subagent_result, *error;
    int64_t exit_code;
    bool success, exclude_from_context;
};
struct message {
    const char *id, *session_id, *role, *user_input, *assistant_response, *reasoning, *model;
    int64_t reasoning_seconds, input_tokens, output_tokens, cache_creation_tokens,
        cache_read_tokens;
    double cost;
    MIX_LIST_OF(tool_call) tool_calls;
    MIX_LIST_OF(callback_result) callback_results;
};
struct message_list {
    MIX_LIST_OF(message) list;
};

/* ---- answers of small operations ---- */
/* 202 {status, sessionId}; or 200 with a whole message: a synchronous turn or a `cmd-` answer */
struct send_ack {
    const char *status, *session_id;
    struct message message; /* id NULL after a 202 */
};
struct status_reply { /* cancel, grant, deny, key stored, ... */
    const char *status, *id, *session_id, *provider, *message;
    int64_t expires_in;
};
struct file_info { /* FileInfo */
    const char *name, *original_name, *url;
    int64_t size, modified;
    bool is_dir;
};
struct file_list {
    MIX_LIST_OF(file_info) list;
};
struct command_info {
    const char *name, *description, *type, *usage;
};
struct command_list {
    MIX_LIST_OF(command_info) list;
};
struct health {
    const char *status, *version, *environment, *backend, *database;
    int64_t timestamp;
};
struct provider_auth {
    const char *provider; /* the key in the map */
    const char *display_name, *auth_method;
    bool authenticated;
};
struct auth_status {
    MIX_LIST_OF(provider_auth) providers;
};
/* The further answers (preferences, tools, MCP, export, OAuth, system) have structs in
 * types_admin.h. */

/* ---- request inputs: one struct per op `in` shape; path, query and body fields alike ---- */
struct session_ref { /* every op with only {id} */
    const char *id;
};
struct sessions_query {
    bool include_subagents;
};
struct session_create {
    const char *title, *working_directory, *custom_system_prompt, *prompt_mode, *session_type;
    const char *browser_mode, *cdp_url, *provider, *model_id;
    MIX_LIST_OF(callback) callbacks;
};
struct session_fork {
    const char *id, *title;
    /* on the wire `messageIndex`: how many messages to copy from the start */
    int64_t message_count;
};
struct session_rewind {
    const char *id, *message_id;
    bool cleanup_media; /* always written: absent means false to servers and true to the spec */
};
struct message_send { /* `content` before 0.4.5, `text` from then on; written by generation */
    const char *id, *text, *thinking_level;
    bool plan_mode;
    int64_t max_steps; /* 0: not sent */
};
struct history_query {
    int64_t limit, offset;
};
struct notification_answer {
    const char *id, *type, *value;
};
struct file_ref {
    const char *id, *name, *thumb;
    double time;
};
struct stream_query {
    const char *session_id;
};

/* ---- events of GET /stream: one struct for all of them, since their fields overlap (wire names in
 * shapes.c) ---- */
struct event_data {
    /* message_id: assistantMessageId or messageId */
    const char *session_id, *id, *message_id, *parent_tool_call_id;
    /* content, thinking: the delta; complete: the final text; user_message_created */
    const char *content;
    /* of every tool event: toolCallId or id, toolName or name ("" on the wire: NULL) */
    const char *tool_call_id, *tool_name;
    const char *input; /* parameter delta, or the whole input */
    const char *progress, *status, *error, *type, *reasoning;
    const char *title, *message, *notification_type, *response_type;
    /* permission: `path` is the folder it would happen in; the command or file_path itself stands
     * in params_raw, JSON text of an object, seldom of a string; and in words in `description` */
    const char *description, *action, *path, *params_raw;
    struct strings choices;
    int64_t timeout_s, retry_after_s, attempt, max_attempts, reasoning_seconds, created_at;
    bool success, done;
};

#endif
