/* shapes_event.c - field tables of the stream's events, all over struct event_data: one member,
 * several wire names. */
#include "shape.h"

#define D         event_data
#define V070      GEN(0, 7, 0)
#define PARENT    STR(D, parent_tool_call_id, "parentToolCallId", .since = V070)
#define ASSISTANT STR(D, message_id, "assistantMessageId", .since = V070)

/* GCC rejects a table without rows; this one knows a field that no event has. */
static const struct field nothing_rows[] = {
    {.kind = K_EMPTY, .name = "\x7f"},
};
OBJECT(event_nothing, D, nothing_rows);

static const struct field session_rows[] = {
    STR(D, session_id, "sessionId", .flags = ALWAYS),
};
OBJECT(event_session, D, session_rows);

static const struct field session_created_rows[] = {
    STR(D, session_id, "sessionId", .flags = REQ | ALWAYS),
    STR(D, title, "title", .flags = ALWAYS),
    SECS(D, created_at, "createdAt", .flags = ALWAYS),
};
OBJECT(event_session_created, D, session_created_rows);

static const struct field user_message_rows[] = {
    STR(D, message_id, "messageId", .flags = ALWAYS),
    STR(D, content, "content", .flags = ALWAYS),
    PARENT,
};
OBJECT(event_user_message, D, user_message_rows);

static const struct field delta_rows[] = {
    STR(D, content, "content", .flags = ALWAYS),
    ASSISTANT,
    PARENT,
};
OBJECT(event_delta, D, delta_rows);

static const struct field tool_start_rows[] = {
    STR(D, tool_name, "name", .flags = ALWAYS | NO_BLANK),
    STR(D, tool_call_id, "id", .flags = ALWAYS),
    ASSISTANT,
    PARENT,
};
OBJECT(event_tool_start, D, tool_start_rows);

static const struct field tool_input_delta_rows[] = {
    STR(D, tool_call_id, "toolCallId", .flags = ALWAYS),
    INPUT(D, input, "input", .flags = ALWAYS),
    ASSISTANT,
    PARENT,
};
OBJECT(event_tool_input_delta, D, tool_input_delta_rows);

static const struct field tool_input_rows[] = {
    STR(D, tool_name, "name", .flags = ALWAYS | NO_BLANK),
    INPUT(D, input, "input", .flags = ALWAYS),
    STR(D, tool_call_id, "id", .flags = ALWAYS),
    ASSISTANT,
    PARENT,
};
OBJECT(event_tool_input, D, tool_input_rows);

static const struct field tool_call_rows[] = {
    STR(D, tool_name, "name", .flags = ALWAYS | NO_BLANK),
    INPUT(D, input, "input", .flags = ALWAYS),
    STR(D, tool_call_id, "id", .flags = ALWAYS),
    STR(D, status, "status", .flags = ALWAYS),
    ASSISTANT,
    PARENT,
};
OBJECT(event_tool_call, D, tool_call_rows);

/* toolName is "" on the wire: servers fail to find it in their own text. */
static const struct field execution_start_rows[] = {
    STR(D, tool_name, "toolName", .flags = ALWAYS | NO_BLANK),
    STR(D, progress, "progress", .flags = ALWAYS),
    STR(D, tool_call_id, "toolCallId", .flags = ALWAYS),
    PARENT,
};
OBJECT(event_execution_start, D, execution_start_rows);

static const struct field execution_complete_rows[] = {
    STR(D, tool_name, "toolName", .flags = ALWAYS | NO_BLANK),
    STR(D, progress, "progress", .flags = ALWAYS),
    BOOL(D, success, "success", .flags = ALWAYS),
    STR(D, tool_call_id, "toolCallId", .flags = ALWAYS),
    PARENT,
};
OBJECT(event_execution_complete, D, execution_complete_rows);

static const struct field permission_rows[] = {
    STR(D, id, "id", .flags = REQ | ALWAYS),
    STR(D, session_id, "sessionId", .flags = ALWAYS),
    STR(D, tool_name, "toolName", .flags = ALWAYS | NO_BLANK),
    STR(D, description, "description", .flags = ALWAYS),
    STR(D, action, "action", .flags = ALWAYS),
    STR(D, path, "path"),
    RAW(D, params_raw, "params"),
    PARENT,
};
OBJECT(event_permission, D, permission_rows);

static const struct field notification_rows[] = {
    STR(D, id, "id", .flags = REQ | ALWAYS),
    STR(D, session_id, "sessionId", .flags = ALWAYS),
    STR(D, notification_type, "notificationType", .flags = ALWAYS),
    STR(D, title, "title", .flags = ALWAYS),
    STR(D, message, "message", .flags = ALWAYS),
    STR(D, response_type, "responseType", .flags = ALWAYS),
    STRS(D, choices, "choices"),
    INT(D, timeout_s, "timeout", .flags = ALWAYS),
    MILLIS(D, created_at, "createdAt", .flags = ALWAYS),
    PARENT,
};
OBJECT(event_notification, D, notification_rows);

static const struct field complete_rows[] = {
    STR(D, content, "content"),
    STR(D, message_id, "messageId"),
    BOOL(D, done, "done", .flags = ALWAYS),
    STR(D, reasoning, "reasoning"),
    INT(D, reasoning_seconds, "reasoningDuration"),
    PARENT,
};
OBJECT(event_complete, D, complete_rows);

static const struct field error_rows[] = {
    STR(D, error, "error", .flags = ALWAYS), STR(D, type, "type"),
    INT(D, retry_after_s, "retryAfter"),     INT(D, attempt, "attempt"),
    INT(D, max_attempts, "maxAttempts"),     PARENT,
};
OBJECT(event_error, D, error_rows);

static const struct field limit_rows[] = {
    STR(D, error, "error", .flags = ALWAYS),
    INT(D, retry_after_s, "retryAfter", .flags = ALWAYS),
    INT(D, attempt, "attempt", .flags = ALWAYS),
    INT(D, max_attempts, "maxAttempts", .flags = ALWAYS),
    PARENT,
};
OBJECT(event_limit, D, limit_rows);

static const struct field summarize_rows[] = {
    STR(D, progress, "progress", .flags = ALWAYS),
    BOOL(D, done, "done", .flags = ALWAYS),
};
OBJECT(event_summarize, D, summarize_rows);
