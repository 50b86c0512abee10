/* shapes.c - field tables of sessions, messages, files and small answers. Row order is the order
 * servers write. */
#include "shape.h"

#define V045 GEN(0, 4, 5)
#define V070 GEN(0, 7, 0)
#define V081 GEN(0, 8, 1)

/* ---- sessions ---- */
static const struct field callback_rows[] = {
    STR(callback, tool_name, "toolName", .flags = ALWAYS),
    STR(callback, type, "type", .flags = ALWAYS),
    STR(callback, name, "name"),
    STR(callback, bash_command, "bashCommand"),
    INT(callback, bash_timeout, "bashTimeout"),
    STR(callback, sub_agent_prompt, "subAgentPrompt"),
    STR(callback, sub_agent_type, "subAgentType"),
    STR(callback, message_content, "messageContent"),
    BOOL(callback, exclude_from_context, "excludeFromContext"),
    BOOL(callback, include_full_history, "includeFullHistory"),
};
OBJECT(callback, callback, callback_rows);

static const struct field session_data_rows[] = {
    STR(session_data, id, "id", .flags = REQ | ALWAYS),
    STR(session_data, title, "title", .flags = ALWAYS),
    STR(session_data, session_type, "sessionType", .flags = ALWAYS, .fallback = "main",
        .since = V070),
    STR(session_data, parent_session_id, "parentSessionId"),
    STR(session_data, parent_tool_call_id, "parentToolCallId", .since = V070),
    STR(session_data, subagent_type, "subagentType", .since = V070),
    /* Rewind answers "" here, and a struct that lacks it is written the same way. */
    STR(session_data, browser_mode, "browserMode", .flags = ALWAYS | NO_BLANK, .since = GEN_LATE),
    STR(session_data, cdp_url, "cdpUrl", .since = GEN_LATE),
    STR(session_data, working_directory, "workingDirectory", .until = V045),
    INT(session_data, user_messages, "userMessageCount", .flags = ALWAYS),
    INT(session_data, assistant_messages, "assistantMessageCount", .flags = ALWAYS),
    INT(session_data, tool_calls, "toolCallCount", .flags = ALWAYS),
    INT(session_data, prompt_tokens, "promptTokens", .flags = ALWAYS),
    INT(session_data, completion_tokens, "completionTokens", .flags = ALWAYS),
    DBL(session_data, cost, "cost", .flags = ALWAYS),
    TIME(session_data, created_at, "createdAt", .flags = ALWAYS),
    STR(session_data, first_user_message, "firstUserMessage"),
    LIST(session_data, callbacks, callback, "callbacks", .since = V070),
    STR(session_data, provider, "provider", .since = GEN_POST),
    STR(session_data, model_id, "modelId", .since = GEN_POST),
};
OBJECT(session_data, session_data, session_data_rows);
LIST_SHAPE(session_list, session_data);

/* ---- messages ---- */
static const struct field tool_call_rows[] = {
    STR(tool_call, id, "id", .flags = ALWAYS),
    STR(tool_call, name, "name", .flags = ALWAYS),
    INPUT(tool_call, input, "input", .flags = ALWAYS),
    STR(tool_call, type, "type", .flags = ALWAYS),
    BOOL(tool_call, finished, "finished", .flags = ALWAYS),
    STR(tool_call, result, "result", .since = V081),
    BOOL(tool_call, is_error, "isError", .since = V081),
    STRS(tool_call, screenshot_urls, "screenshotUrls", .since = V081),
};
OBJECT(tool_call, tool_call, tool_call_rows);

static const struct field callback_result_rows[] = {
    STR(callback_result, tool_call_id, "tool_call_id", .flags = ALWAYS),
    STR(callback_result, tool_name, "tool_name", .flags = ALWAYS),
    STR(callback_result, callback_name, "callback_name"),
    STR(callback_result, callback_type, "callback_type", .flags = ALWAYS),
    STR(callback_result, stdout_text, "stdout"),
    STR(callback_result, stderr_text, "stderr"),
    INT(callback_result, exit_code, "exit_code"),
    STR(callback_result, subagent_id, "subagent_id"),
    STR(callback_result, subagent_result, "subagent_result"),
    BOOL(callback_result, success, "success", .flags = ALWAYS),
    STR(callback_result, error, "error"),
    BOOL(callback_result, exclude_from_context, "exclude_from_context"),
};
OBJECT(callback_result, callback_result, callback_result_rows);

static const struct field message_rows[] = {
    STR(message, id, "id", .flags = REQ | ALWAYS),
    STR(message, session_id, "sessionId", .flags = ALWAYS),
    STR(message, role, "role", .flags = ALWAYS),
    STR(message, user_input, "userInput", .flags = ALWAYS),
    STR(message, assistant_response, "assistantResponse"),
    LIST(message, tool_calls, tool_call, "toolCalls"),
    LIST(message, callback_results, callback_result, "callbackResults", .since = V070),
    STR(message, reasoning, "reasoning"),
    INT(message, reasoning_seconds, "reasoningDuration"),
    STR(message, model, "model", .since = V081),
    INT(message, input_tokens, "inputTokens", .since = V081),
    INT(message, output_tokens, "outputTokens", .since = V081),
    INT(message, cache_creation_tokens, "cacheCreationTokens", .since = V081),
    INT(message, cache_read_tokens, "cacheReadTokens", .since = V081),
    DBL(message, cost, "cost", .since = V081),
};
OBJECT(message, message, message_rows);
LIST_SHAPE(message_list, message);

/* ---- answers of small operations ---- */
static const struct field send_ack_rows[] = {
    {.kind = K_SELF, .at = offsetof(struct send_ack, message), .sub = &shape_message, .name = ""},
    STR(send_ack, status, "status", .flags = ALWAYS),
    STR(send_ack, session_id, "sessionId", .flags = ALWAYS),
};
OBJECT(send_ack, send_ack, send_ack_rows);

static const struct field status_reply_rows[] = {
    STR(status_reply, status, "status"),     STR(status_reply, id, "id"),
    STR(status_reply, provider, "provider"), STR(status_reply, session_id, "sessionId"),
    STR(status_reply, message, "message"),   INT(status_reply, expires_in, "expires_in"),
};
OBJECT(status_reply, status_reply, status_reply_rows);

static const struct field file_info_rows[] = {
    STR(file_info, name, "name", .flags = REQ | ALWAYS),
    STR(file_info, original_name, "originalName"),
    INT(file_info, size, "size", .flags = ALWAYS),
    SECS(file_info, modified, "modified", .flags = ALWAYS),
    BOOL(file_info, is_dir, "isDir", .flags = ALWAYS),
    STR(file_info, url, "url", .flags = ALWAYS, .since = GEN(0, 5, 3)),
};
OBJECT(file_info, file_info, file_info_rows);
LIST_SHAPE(file_list, file_info);

static const struct field command_info_rows[] = {
    STR(command_info, name, "name", .flags = REQ | ALWAYS),
    STR(command_info, description, "description", .flags = ALWAYS),
    STR(command_info, type, "type"),
    STR(command_info, usage, "usage"),
};
OBJECT(command_info, command_info, command_info_rows);
LIST_SHAPE(command_list, command_info);

static const struct field health_services_rows[] = {
    STR(health, backend, "backend", .flags = ALWAYS),
    STR(health, database, "database", .flags = ALWAYS),
};
static OBJECT(health_services, health, health_services_rows);
static const struct field health_rows[] = {
    STR(health, status, "status", .flags = ALWAYS),
    TIME(health, timestamp, "timestamp", .flags = ALWAYS),
    STR(health, version, "version", .flags = ALWAYS),
    STR(health, environment, "environment", .flags = ALWAYS),
    {.kind = K_OBJ, .name = "services", .sub = &shape_health_services},
};
OBJECT(health, health, health_rows);

/* ---- inputs ---- */
static const struct field session_ref_rows[] = {
    STR(session_ref, id, "id", .where = IN_PATH),
};
OBJECT(session_ref, session_ref, session_ref_rows);

static const struct field sessions_query_rows[] = {
    BOOL(sessions_query, include_subagents, "includeSubagents", .where = IN_QUERY, .since = V070),
};
OBJECT(sessions_query, sessions_query, sessions_query_rows);

static const struct field session_create_rows[] = {
    STR(session_create, title, "title", .flags = ALWAYS),
    STR(session_create, working_directory, "workingDirectory", .until = V045),
    STR(session_create, custom_system_prompt, "customSystemPrompt", .since = GEN(0, 5, 0)),
    STR(session_create, prompt_mode, "promptMode", .since = GEN(0, 5, 0)),
    STR(session_create, session_type, "sessionType", .since = V070),
    /* The one mode that needs no window; without any the server answers 500. */
    STR(session_create, browser_mode, "browserMode", .flags = ALWAYS,
        .fallback = "local-browser-service", .since = GEN_LATE),
    STR(session_create, cdp_url, "cdpUrl", .since = GEN_LATE),
    STR(session_create, provider, "provider", .since = GEN_POST),
    STR(session_create, model_id, "modelId", .since = GEN_POST),
    LIST(session_create, callbacks, callback, "callbacks", .since = V070),
};
OBJECT(session_create, session_create, session_create_rows);

static const struct field session_fork_rows[] = {
    STR(session_fork, id, "id", .where = IN_PATH),
    INT(session_fork, message_count, "messageIndex", .flags = ALWAYS),
    STR(session_fork, title, "title"),
};
OBJECT(session_fork, session_fork, session_fork_rows);

static const struct field session_rewind_rows[] = {
    STR(session_rewind, id, "id", .where = IN_PATH),
    STR(session_rewind, message_id, "messageId", .flags = ALWAYS),
    BOOL(session_rewind, cleanup_media, "cleanupMedia", .flags = ALWAYS | FREE),
};
OBJECT(session_rewind, session_rewind, session_rewind_rows);

static const struct field message_send_rows[] = {
    STR(message_send, id, "id", .where = IN_PATH),
    STR(message_send, text, "content", .flags = ALWAYS, .until = V045 - 1),
    STR(message_send, text, "text", .flags = ALWAYS, .since = V045),
    {.kind = K_EMPTY, .name = "media", .flags = ALWAYS, .since = V045, .until = GEN(0, 5, 1)},
    {.kind = K_EMPTY, .name = "apps", .flags = ALWAYS, .since = V045, .until = GEN(0, 5, 1)},
    BOOL(message_send, plan_mode, "plan_mode", .flags = ALWAYS, .since = V045,
         .until = GEN(0, 5, 1)),
    BOOL(message_send, plan_mode, "plan_mode", .since = GEN(0, 5, 2)),
    STR(message_send, thinking_level, "thinking_level", .since = GEN(0, 7, 2)),
    INT(message_send, max_steps, "max_steps", .since = V081),
};
OBJECT(message_send, message_send, message_send_rows);

static const struct field history_query_rows[] = {
    INT(history_query, limit, "limit", .where = IN_QUERY),
    INT(history_query, offset, "offset", .where = IN_QUERY),
};
OBJECT(history_query, history_query, history_query_rows);

static const struct field notification_answer_rows[] = {
    STR(notification_answer, id, "id", .where = IN_PATH),
    STR(notification_answer, type, "type", .flags = ALWAYS),
    STR(notification_answer, value, "value"),
};
OBJECT(notification_answer, notification_answer, notification_answer_rows);

static const struct field file_ref_rows[] = {
    STR(file_ref, id, "id", .where = IN_PATH),
    STR(file_ref, name, "filename", .where = IN_PATH),
    STR(file_ref, thumb, "thumb", .where = IN_QUERY),
    DBL(file_ref, time, "time", .where = IN_QUERY),
};
OBJECT(file_ref, file_ref, file_ref_rows);

static const struct field stream_query_rows[] = {
    STR(stream_query, session_id, "sessionId", .where = IN_QUERY, .flags = REQ),
};
OBJECT(stream_query, stream_query, stream_query_rows);

/* ---- every table by name ---- */
const struct shape *const shape_table[] = {
#define SHAPE(name) &shape_##name,
#include "shapes.def"
#undef SHAPE
};
const size_t shape_count = MIX_COUNT(shape_table);
