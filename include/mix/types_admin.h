/* types_admin.h - the answers and inputs few screens need: providers, preferences, tools, MCP,
 * export, the system. Same rules as types.h. Maps of the wire become lists sorted by their key,
 * which is the first member. */
#ifndef MIX_TYPES_ADMIN_H
#define MIX_TYPES_ADMIN_H

#include "mix/types.h"

/* ---- export (ExportSession): tool results are in practice absent, see the messages for them */
struct export_tool_call {
    const char *id, *name, *type, *input, *result, *metadata;
    const char *input_raw; /* inputJson: the parsed input, as JSON text */
    bool finished, is_error;
    struct strings screenshot_urls;
};
struct export_message {
    const char *id, *role, *content, *reasoning, *model, *finish_reason;
    const char *thinking_raw, *redacted_raw; /* thinkingBlocks, redactedThinkingBlocks */
    int64_t reasoning_seconds, created_at, updated_at;
    MIX_LIST_OF(export_tool_call) tool_calls;
};
struct export_session {
    const char *id, *title;
    int64_t user_messages, assistant_messages, tool_calls, prompt_tokens, completion_tokens;
    double cost;
    int64_t created_at, updated_at;
    MIX_LIST_OF(export_message) messages;
};

/* ---- providers ---- */
struct auth_validity {
    const char *provider, *auth_method, *message, *error;
    bool valid;
};
struct oauth_start {
    const char *auth_url, *state, *message; /* state is a secret: it is the PKCE verifier */
};
struct oauth_provider {
    const char *key; /* the key in the map */
    const char *provider, *status, *expires_in, *error;
    int64_t expires_at, last_refresh;
};
struct oauth_health {
    const char *status;
    int64_t timestamp;
    MIX_LIST_OF(oauth_provider) providers;
};

/* ---- preferences ---- */
struct preferences {
    const char *preferred_provider, *main_model, *main_effort, *sub_model, *sub_effort;
    int64_t main_max_tokens, sub_max_tokens, created_at, updated_at;
};
struct provider_models {
    const char *provider; /* the key in the map */
    const char *display_name;
    struct strings models;
};
struct provider_list {
    MIX_LIST_OF(provider_models) list;
};
struct preferences_reply {
    struct preferences *preferences; /* NULL when none were saved */
    MIX_LIST_OF(provider_models) providers;
};

/* ---- tools ---- */
struct tool_info {
    const char *name, *description;
    const char *parameters_raw; /* JSON-schema properties */
    struct strings required;
};
struct tool_list {
    MIX_LIST_OF(tool_info) tools;
};
struct tool_provider {
    const char *provider, *display_name, *api_key_format, *description;
    bool api_key_required, authenticated;
};
struct tool_category {
    const char *category; /* the key in the map */
    const char *display_name, *description, *icon;
    MIX_LIST_OF(tool_provider) tools;
};
struct tool_credentials {
    MIX_LIST_OF(tool_category) categories;
};
struct mcp_tool {
    const char *name, *description;
};
struct mcp_server {
    const char *name, *status;
    bool connected; /* only means that at least one tool was listed */
    MIX_LIST_OF(mcp_tool) tools;
};
struct mcp_list {
    MIX_LIST_OF(mcp_server) list;
};
struct system_info {
    const char *storage_base_path;
};

/* ---- a refusal, as servers word it ---- */
struct server_error { /* {"error": {...}} */
    const char *message, *type;
    int64_t code;
};

/* ---- request inputs ---- */
struct session_callbacks {
    const char *id;
    MIX_LIST_OF(callback) callbacks; /* none clears */
};
struct provider_ref {
    const char *provider;
};
struct name_ref {
    const char *name;
};
struct api_key {
    const char *provider, *api_key;
};
struct oauth_code {
    const char *provider, *code, *state; /* code: only what stood before the '#' */
};
/* a model without its max tokens and effort resets them: send all three */
struct preferences_update {
    const char *preferred_provider, *main_model, *main_effort, *sub_model, *sub_effort;
    int64_t main_max_tokens, sub_max_tokens;
};
struct stream_message {
    const char *id, *content;
};

#endif
