/* doc.c - GET /doc, and which body fields a generation knows. Both are made from the wire floor's
 * tables: an input with every field filled in, written for that generation, names its fields. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "demo.h"

static struct callback one_callback = {.tool_name = "*",
                                       .type = "bash_script",
                                       .name = "x",
                                       .bash_command = "true",
                                       .sub_agent_prompt = "x",
                                       .sub_agent_type = "x",
                                       .message_content = "x",
                                       .bash_timeout = 1,
                                       .exclude_from_context = true,
                                       .include_full_history = true};
static const struct session_create full_create = {.title = "x",
                                                  .working_directory = "x",
                                                  .custom_system_prompt = "x",
                                                  .prompt_mode = "x",
                                                  .session_type = "main",
                                                  .browser_mode = "x",
                                                  .cdp_url = "x",
                                                  .provider = "x",
                                                  .model_id = "x",
                                                  .callbacks = {&one_callback, 1}};
static const struct message_send full_send = {
    .text = "x", .thinking_level = "off", .plan_mode = true, .max_steps = 1};
static const struct session_fork full_fork = {.title = "x", .message_count = 1};
static const struct session_rewind full_rewind = {.message_id = "x", .cleanup_media = true};
static const struct session_callbacks full_callbacks = {.callbacks = {&one_callback, 1}};
static const struct api_key full_key = {.provider = "x", .api_key = "x"};
static const struct oauth_code full_code = {.provider = "x", .code = "x", .state = "x"};
static const struct notification_answer full_answer = {.type = "x", .value = "x"};
static const struct preferences_update full_preferences = {.preferred_provider = "x",
                                                           .main_model = "x",
                                                           .main_effort = "x",
                                                           .sub_model = "x",
                                                           .sub_effort = "x",
                                                           .main_max_tokens = 1,
                                                           .sub_max_tokens = 1};
static const struct stream_message full_stream = {.content = "x"};
static const struct {
    enum op op;
    const void *in;
} full[] = {
    {OP_SESSION_CREATE, &full_create},
    {OP_MESSAGE_SEND, &full_send},
    {OP_SESSION_FORK, &full_fork},
    {OP_SESSION_REWIND, &full_rewind},
    {OP_SESSION_CALLBACKS, &full_callbacks},
    {OP_AUTH_API_KEY, &full_key},
    {OP_AUTH_OAUTH_CALLBACK, &full_code},
    {OP_NOTIFICATION_RESPOND, &full_answer},
    {OP_PREFERENCES_UPDATE, &full_preferences},
    {OP_STREAM_MESSAGE, &full_stream},
};

/* The body with every field of this generation; false when the operation has none. */
static bool full_body(struct buf *b, const struct demo *d, enum op op) {
    for (size_t i = 0; i < MIX_COUNT(full); i++)
        if (full[i].op == op) {
            shape_write(b, op_spec(op)->in, full[i].in, d->o.version);
            return true;
        }
    return false;
}

bool field_known(const struct demo *d, enum op op, const char *key) {
    auto_buf struct buf b = {.max = MIX_MIB};
    if (!full_body(&b, d, op))
        return true;
    struct jwalk walk = jtext_walk(b.p, b.n);
    for (struct jtext name, value; jtext_next(&walk, &name, &value);)
        if (jtext_is(name, key))
            return true;
    return false;
}

static void write_fields(struct buf *b, const struct demo *d, enum op op) {
    auto_buf struct buf body = {.max = MIX_MIB};
    if (!full_body(&body, d, op))
        return;
    json_open(b, "requestBody", '{');
    json_open(b, "content", '{');
    json_open(b, "application/json", '{');
    json_open(b, "schema", '{');
    json_str(b, "type", "object");
    json_open(b, "properties", '{');
    struct jwalk walk = jtext_walk(body.p, body.n);
    for (struct jtext name, value; jtext_next(&walk, &name, &value);) {
        auto_free char *key = xstrndup(name.p, name.n);
        json_raw(b, key, "{}");
    }
    for (int i = 0; i < 5; i++)
        json_close(b, '}');
}

static void write_operation(struct buf *b, const struct demo *d, enum op op) {
    char method[8] = {0};
    const char *name = method_name(op_spec(op)->method);
    for (size_t i = 0; i < sizeof method - 1 && name[i]; i++)
        method[i] = (char)tolower((unsigned char)name[i]);
    json_open(b, method, '{');
    json_str(b, "operationId", op_spec(op)->operation_id);
    write_fields(b, d, op);
    bool accepted = op == OP_MESSAGE_SEND && d->o.version >= GEN_ASYNC;
    bool created = op == OP_SESSION_CREATE || op == OP_SESSION_FORK || op == OP_FILE_UPLOAD;
    bool empty = op_spec(op)->reply == REPLY_NONE;
    json_open(b, "responses", '{');
    json_open(b, accepted ? "202" : created ? "201" : empty ? "204" : "200", '{');
    json_str(b, "description", op_spec(op)->short_name);
    for (int i = 0; i < 3; i++)
        json_close(b, '}');
}

/* One operation stayed in the documents after its route was gone, and one was served before it was
 * in them. */
static bool published(const struct demo *d, enum op op) {
    if (op == OP_TOOLS_STATUS)
        return op_spec(op)->since <= d->o.version && d->o.version <= op_spec(op)->until;
    if (op == OP_STREAM && d->o.version < GEN(0, 4, 2))
        return false;
    return op != OP_DOC && demo_has(d, op);
}

static void write_paths(struct buf *b, const struct demo *d) {
    bool done[OP_COUNT] = {0};
    json_open(b, "paths", '{');
    for (int i = 0; i < OP_COUNT; i++) {
        if (done[i] || !published(d, (enum op)i))
            continue;
        json_open(b, op_spec((enum op)i)->path, '{');
        for (int k = i; k < OP_COUNT; k++)
            if (published(d, (enum op)k) &&
                !strcmp(op_spec((enum op)k)->path, op_spec((enum op)i)->path)) {
                write_operation(b, d, (enum op)k);
                done[k] = true;
            }
        json_close(b, '}');
    }
    json_close(b, '}');
}

/* Every event of the generation, found by asking for its frame. */
static void write_events(struct buf *b, const struct demo *d) {
    json_open(b, "components", '{');
    json_open(b, "schemas", '{');
    json_open(b, "SSEEventStream", '{');
    json_open(b, "enum", '[');
    for (int ev = 0; ev < EV_COUNT; ev++) {
        auto_buf struct buf frame = {.max = MIX_MIB};
        event_write(&frame, (enum ev)ev, &(struct event_data){0}, d->o.version, 1);
        const char *name = strstr(buf_str(&frame), "event: ");
        if (!name)
            continue;
        char text[64];
        size_t n = strcspn(name + 7, "\n");
        n = n < sizeof text ? n : sizeof text - 1;
        memcpy(text, name + 7, n);
        text[n] = '\0';
        json_str(b, NULL, text);
    }
    json_close(b, ']');
    for (int i = 0; i < 3; i++)
        json_close(b, '}');
}

void doc_write(struct buf *b, const struct demo *d) {
    json_open(b, NULL, '{');
    json_str(b, "openapi", "3.0.3");
    json_open(b, "info", '{');
    json_str(b, "title", "Mix REST API");
    json_str(b, "version", "1.0.0"); /* in every generation */
    json_close(b, '}');
    json_open(b, "servers", '[');
    json_open(b, NULL, '{');
    json_str(b, "url", "http://localhost:8088"); /* whatever the real port */
    json_close(b, '}');
    json_close(b, ']');
    write_paths(b, d);
    write_events(b, d);
    json_close(b, '}');
}
