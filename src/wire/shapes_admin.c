/* shapes_admin.c - field tables of providers, preferences, tools, MCP, export and the system. */
#include "shape.h"

/* ---- export ---- */
static const struct field export_tool_call_rows[] = {
    STR(export_tool_call, id, "id", .flags = ALWAYS),
    STR(export_tool_call, name, "name", .flags = ALWAYS),
    INPUT(export_tool_call, input, "input", .flags = ALWAYS),
    RAW(export_tool_call, input_raw, "inputJson"),
    STR(export_tool_call, type, "type", .flags = ALWAYS),
    BOOL(export_tool_call, finished, "finished", .flags = ALWAYS),
    STR(export_tool_call, result, "result"),
    BOOL(export_tool_call, is_error, "isError", .until = GEN(0, 8, 0)),
    STR(export_tool_call, metadata, "metadata", .until = GEN(0, 8, 0)),
    STRS(export_tool_call, screenshot_urls, "screenshotUrls", .since = GEN(0, 8, 1)),
};
OBJECT(export_tool_call, export_tool_call, export_tool_call_rows);

static const struct field export_message_rows[] = {
    STR(export_message, id, "id", .flags = REQ | ALWAYS),
    STR(export_message, role, "role", .flags = ALWAYS),
    STR(export_message, content, "content", .flags = ALWAYS),
    LIST(export_message, tool_calls, export_tool_call, "toolCalls"),
    STR(export_message, reasoning, "reasoning"),
    INT(export_message, reasoning_seconds, "reasoningDuration"),
    RAW(export_message, thinking_raw, "thinkingBlocks"),
    RAW(export_message, redacted_raw, "redactedThinkingBlocks"),
    STR(export_message, finish_reason, "finishReason"),
    STR(export_message, model, "model"),
    TIME(export_message, created_at, "createdAt", .flags = ALWAYS),
    TIME(export_message, updated_at, "updatedAt", .flags = ALWAYS),
};
OBJECT(export_message, export_message, export_message_rows);

static const struct field export_session_rows[] = {
    STR(export_session, id, "id", .flags = REQ | ALWAYS),
    STR(export_session, title, "title", .flags = ALWAYS),
    INT(export_session, user_messages, "userMessageCount", .flags = ALWAYS),
    INT(export_session, assistant_messages, "assistantMessageCount", .flags = ALWAYS),
    INT(export_session, tool_calls, "toolCallCount", .flags = ALWAYS),
    INT(export_session, prompt_tokens, "promptTokens", .flags = ALWAYS),
    INT(export_session, completion_tokens, "completionTokens", .flags = ALWAYS),
    DBL(export_session, cost, "cost", .flags = ALWAYS),
    TIME(export_session, created_at, "createdAt", .flags = ALWAYS),
    TIME(export_session, updated_at, "updatedAt", .flags = ALWAYS),
    LIST(export_session, messages, export_message, "messages", .flags = ALWAYS),
};
OBJECT(export_session, export_session, export_session_rows);

/* ---- providers ---- */
static const struct field provider_auth_rows[] = {
    KEY(provider_auth, provider),
    STR(provider_auth, display_name, "display_name", .flags = ALWAYS),
    BOOL(provider_auth, authenticated, "authenticated", .flags = ALWAYS),
    STR(provider_auth, auth_method, "auth_method", .flags = ALWAYS),
};
OBJECT(provider_auth, provider_auth, provider_auth_rows);
static const struct field auth_status_rows[] = {
    MAP(auth_status, providers, provider_auth, "providers", .flags = ALWAYS),
};
OBJECT(auth_status, auth_status, auth_status_rows);

static const struct field auth_validity_rows[] = {
    BOOL(auth_validity, valid, "valid", .flags = ALWAYS),
    STR(auth_validity, provider, "provider"),
    STR(auth_validity, auth_method, "auth_method"),
    STR(auth_validity, error, "error"),
    STR(auth_validity, message, "message"),
};
OBJECT(auth_validity, auth_validity, auth_validity_rows);

static const struct field oauth_start_rows[] = {
    STR(oauth_start, auth_url, "auth_url", .flags = ALWAYS),
    STR(oauth_start, state, "state", .flags = ALWAYS),
    STR(oauth_start, message, "message"),
};
OBJECT(oauth_start, oauth_start, oauth_start_rows);

static const struct field oauth_provider_rows[] = {
    KEY(oauth_provider, key),
    STR(oauth_provider, provider, "provider", .flags = ALWAYS),
    STR(oauth_provider, status, "status", .flags = ALWAYS),
    TIME(oauth_provider, expires_at, "expires_at"),
    STR(oauth_provider, expires_in, "expires_in"),
    TIME(oauth_provider, last_refresh, "last_refresh"),
    STR(oauth_provider, error, "error"),
};
OBJECT(oauth_provider, oauth_provider, oauth_provider_rows);
static const struct field oauth_health_rows[] = {
    STR(oauth_health, status, "status", .flags = ALWAYS),
    TIME(oauth_health, timestamp, "timestamp", .flags = ALWAYS),
    MAP(oauth_health, providers, oauth_provider, "providers", .flags = ALWAYS),
};
OBJECT(oauth_health, oauth_health, oauth_health_rows);

static const struct field provider_ref_rows[] = {
    STR(provider_ref, provider, "provider", .where = IN_PATH),
};
OBJECT(provider_ref, provider_ref, provider_ref_rows);
static const struct field api_key_rows[] = {
    STR(api_key, provider, "provider", .flags = ALWAYS),
    STR(api_key, api_key, "api_key", .flags = ALWAYS),
};
OBJECT(api_key, api_key, api_key_rows);
static const struct field oauth_code_rows[] = {
    STR(oauth_code, provider, "provider", .flags = ALWAYS),
    STR(oauth_code, code, "code", .flags = ALWAYS),
    STR(oauth_code, state, "state", .flags = ALWAYS),
};
OBJECT(oauth_code, oauth_code, oauth_code_rows);

/* ---- preferences ---- */
static const struct field preferences_rows[] = {
    STR(preferences, preferred_provider, "preferred_provider", .flags = ALWAYS),
    STR(preferences, main_model, "main_agent_model", .flags = ALWAYS),
    INT(preferences, main_max_tokens, "main_agent_max_tokens", .flags = ALWAYS),
    STR(preferences, main_effort, "main_agent_reasoning_effort", .flags = ALWAYS),
    STR(preferences, sub_model, "sub_agent_model", .flags = ALWAYS),
    INT(preferences, sub_max_tokens, "sub_agent_max_tokens", .flags = ALWAYS),
    STR(preferences, sub_effort, "sub_agent_reasoning_effort", .flags = ALWAYS),
    SECS(preferences, created_at, "created_at", .flags = ALWAYS),
    SECS(preferences, updated_at, "updated_at", .flags = ALWAYS),
};
OBJECT(preferences, preferences, preferences_rows);

static const struct field preferences_update_rows[] = {
    STR(preferences_update, preferred_provider, "preferred_provider"),
    STR(preferences_update, main_model, "main_agent_model"),
    INT(preferences_update, main_max_tokens, "main_agent_max_tokens"),
    STR(preferences_update, main_effort, "main_agent_reasoning_effort"),
    STR(preferences_update, sub_model, "sub_agent_model"),
    INT(preferences_update, sub_max_tokens, "sub_agent_max_tokens"),
    STR(preferences_update, sub_effort, "sub_agent_reasoning_effort"),
};
OBJECT(preferences_update, preferences_update, preferences_update_rows);

static const struct field provider_models_rows[] = {
    KEY(provider_models, provider),
    STR(provider_models, display_name, "display_name", .flags = ALWAYS),
    STRS(provider_models, models, "models", .flags = ALWAYS),
};
OBJECT(provider_models, provider_models, provider_models_rows);
const struct shape shape_provider_list = {
    "provider_list", FORM_MAP, sizeof(struct provider_list), NULL, 0, &shape_provider_models};

static const struct field preferences_reply_rows[] = {
    OPT(preferences_reply, preferences, preferences, "preferences", .flags = ALWAYS),
    MAP(preferences_reply, providers, provider_models, "available_providers", .flags = ALWAYS),
};
OBJECT(preferences_reply, preferences_reply, preferences_reply_rows);

/* ---- tools ---- */
static const struct field tool_info_rows[] = {
    STR(tool_info, name, "name", .flags = REQ | ALWAYS),
    STR(tool_info, description, "description", .flags = ALWAYS),
    RAW(tool_info, parameters_raw, "parameters"),
    STRS(tool_info, required, "required", .flags = ALWAYS),
};
OBJECT(tool_info, tool_info, tool_info_rows);
static const struct field tool_list_rows[] = {
    LIST(tool_list, tools, tool_info, "tools", .flags = ALWAYS),
};
OBJECT(tool_list, tool_list, tool_list_rows);

static const struct field tool_provider_rows[] = {
    STR(tool_provider, provider, "provider", .flags = ALWAYS),
    STR(tool_provider, display_name, "display_name", .flags = ALWAYS),
    BOOL(tool_provider, api_key_required, "api_key_required", .flags = ALWAYS),
    STR(tool_provider, api_key_format, "api_key_format"),
    BOOL(tool_provider, authenticated, "authenticated", .flags = ALWAYS),
    STR(tool_provider, description, "description"),
};
OBJECT(tool_provider, tool_provider, tool_provider_rows);
static const struct field tool_category_rows[] = {
    KEY(tool_category, category),
    STR(tool_category, display_name, "display_name", .flags = ALWAYS),
    STR(tool_category, description, "description"),
    STR(tool_category, icon, "icon"),
    LIST(tool_category, tools, tool_provider, "tools", .flags = ALWAYS),
};
OBJECT(tool_category, tool_category, tool_category_rows);
static const struct field tool_credentials_rows[] = {
    MAP(tool_credentials, categories, tool_category, "categories", .flags = ALWAYS),
};
OBJECT(tool_credentials, tool_credentials, tool_credentials_rows);

static const struct field mcp_tool_rows[] = {
    STR(mcp_tool, name, "name", .flags = ALWAYS),
    STR(mcp_tool, description, "description", .flags = ALWAYS),
};
OBJECT(mcp_tool, mcp_tool, mcp_tool_rows);
static const struct field mcp_server_rows[] = {
    STR(mcp_server, name, "name", .flags = REQ | ALWAYS),
    BOOL(mcp_server, connected, "connected", .flags = ALWAYS),
    STR(mcp_server, status, "status", .flags = ALWAYS),
    LIST(mcp_server, tools, mcp_tool, "tools", .flags = ALWAYS),
};
OBJECT(mcp_server, mcp_server, mcp_server_rows);
LIST_SHAPE(mcp_list, mcp_server);

/* ---- the rest ---- */
static const struct field name_ref_rows[] = {
    STR(name_ref, name, "name", .where = IN_PATH),
};
OBJECT(name_ref, name_ref, name_ref_rows);

static const struct field system_info_rows[] = {
    STR(system_info, storage_base_path, "storageBasePath", .flags = ALWAYS),
};
OBJECT(system_info, system_info, system_info_rows);

static const struct field error_rows[] = {
    INT(server_error, code, "code", .flags = ALWAYS),
    STR(server_error, message, "message", .flags = ALWAYS),
    STR(server_error, type, "type", .flags = ALWAYS),
};
static OBJECT(error_inside, server_error, error_rows);
static const struct field server_error_rows[] = {
    {.kind = K_OBJ, .name = "error", .sub = &shape_error_inside, .flags = REQ},
};
OBJECT(server_error, server_error, server_error_rows);

static const struct field session_callbacks_rows[] = {
    STR(session_callbacks, id, "id", .where = IN_PATH),
    LIST(session_callbacks, callbacks, callback, "callbacks", .flags = ALWAYS | FREE),
};
OBJECT(session_callbacks, session_callbacks, session_callbacks_rows);

static const struct field stream_message_rows[] = {
    STR(stream_message, id, "id", .where = IN_PATH),
    STR(stream_message, content, "content", .flags = ALWAYS),
};
OBJECT(stream_message, stream_message, stream_message_rows);
