/* routes_system.c - commands, MCP, tools, health, system information, the document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

/* Sorted by name. Servers know the last four as "file" because a table of theirs omits them. */
static const struct command_info commands[] = {
    {"auth-code", "Finish signing in with a code", "file", NULL},
    {"clear", "Start a new session", "builtin", NULL},
    {"explain", "Explain a file of the session", "file", NULL},
    {"help", "Show the available commands", "builtin", NULL},
    {"login", "Sign in with a provider", "file", NULL},
    {"logout", "Sign out of a provider", "file", NULL},
    {"mcp", "List MCP servers", "builtin", NULL},
    {"project:explain", "Explain a file of the session", "file", NULL},
    {"sessions", "List sessions", "builtin", NULL},
    {"status", "Show who is signed in", "file", NULL},
};

static void list_commands(struct request *r) {
    struct command_list out = {0};
    out.list.items = (struct command_info *)(uintptr_t)commands;
    out.list.n = MIX_COUNT(commands);
    reply_shape(r, 200, "command_list", &out);
}

static const struct command_info *find_command(const char *name, size_t n) {
    for (size_t i = 0; i < MIX_COUNT(commands); i++)
        if (strlen(commands[i].name) == n && !memcmp(commands[i].name, name, n))
            return &commands[i];
    return NULL;
}

static void get_command(struct request *r) {
    const struct name_ref *in = r->in;
    const struct command_info *c = find_command(in->name, strlen(in->name));
    if (c)
        reply_shape(r, 200, "command_info", c);
    else
        reply_lower(r, 404, "Command with ID '%s' not found", in->name);
}

/* ---- slash commands: JSON strings inside a message ---- */
static void write_help(struct buf *b) {
    auto_buf struct buf text = {.max = 64 * MIX_KIB};
    buf_adds(&text, "Commands:\n");
    for (size_t i = 0; i < MIX_COUNT(commands); i++)
        buf_addf(&text, "  /%s - %s\n", commands[i].name, commands[i].description);
    buf_adds(&text, "\nWords that steer this demo's agent, at the beginning of a line:\n");
    for (int w = 0; w < WORD_COUNT; w++) {
        const char *help = NULL;
        word_text((enum word)w, &help);
        buf_addf(&text, "  %s\n", help);
    }
    buf_adds(&text, "  anything else: a short answer about the session's files\n");
    json_str(b, "type", "help");
    json_str(b, "message", buf_str(&text));
    json_open(b, "commands", '[');
    for (size_t i = 0; i < MIX_COUNT(commands); i++) {
        json_open(b, NULL, '{');
        json_str(b, "name", commands[i].name);
        json_str(b, "description", commands[i].description);
        json_close(b, '}');
    }
    json_close(b, ']');
}

static void write_sessions(struct buf *b, const struct demo *d) {
    json_str(b, "type", "sessions");
    json_open(b, "sessions", '[');
    for (size_t i = d->n; i > 0; i--) {
        json_open(b, NULL, '{');
        json_str(b, "id", d->sessions[i - 1]->d.id);
        json_str(b, "title", d->sessions[i - 1]->d.title);
        json_close(b, '}');
    }
    json_close(b, ']');
}

static void write_clear(struct buf *b, struct demo *d) {
    struct session_create make = {.title = "New Session", .browser_mode = "local-browser-service"};
    struct session *s = store_new(d, &make, "main");
    seed_folder(d, s->d.id);
    persist_session(d, s);
    emit_all(d, EV_SESSION_CREATED,
             &(struct event_data){
                 .session_id = s->d.id, .title = s->d.title, .created_at = s->d.created_at});
    json_str(b, "type", "session_switch");
    json_str(b, "action", "switch");
    json_str(b, "sessionId", s->d.id);
    json_str(b, "sessionTitle", s->d.title);
}

static void write_status(struct buf *b, const struct demo *d) {
    json_str(b, "type", "auth_status");
    json_bool(b, "authenticated", admin_signed_in(d));
    json_str(b, "provider", "anthropic");
}

static void write_message(struct buf *b, const char *text) {
    json_str(b, "type", "message");
    json_str(b, "message", text);
}

static void unknown_command(struct request *r, const char *name, size_t n) {
    auto_buf struct buf names = {.max = MIX_KIB};
    for (size_t i = 0; i < MIX_COUNT(commands); i++)
        buf_addf(&names, "%s%s", i ? ", " : "", commands[i].name);
    reply_lower(r, 404, "Command '%.*s' not found. Available commands: %s", (int)(n < 60 ? n : 60),
                name, buf_str(&names));
}

void slash_command(struct request *r, const char *text) {
    size_t n = strcspn(text + 1, " \t\n");
    const struct command_info *c = find_command(text + 1, n);
    if (!c) {
        unknown_command(r, text + 1, n);
        return;
    }
    auto_buf struct buf b = {.max = 4 * MIX_MIB};
    const char *rest = text + 1 + n + strspn(text + 1 + n, " \t\n");
    if (strstr(c->name,
               "explain")) { /* a file command: its text comes back, to be sent as a message */
        buf_addf(&b, "Explain the file %s of this session in three sentences.", rest);
    } else {
        json_open(&b, NULL, '{');
        if (!strcmp(c->name, "help"))
            write_help(&b);
        else if (!strcmp(c->name, "sessions"))
            write_sessions(&b, r->d);
        else if (!strcmp(c->name, "clear"))
            write_clear(&b, r->d);
        else if (!strcmp(c->name, "status"))
            write_status(&b, r->d);
        else if (!strcmp(c->name, "mcp"))
            write_message(&b, "Two MCP servers are configured: files and broken_one.");
        else
            write_message(&b, "Use the authentication endpoints of this demo instead.");
        json_close(&b, '}');
    }
    struct message m = {.id = arena_printf(&r->a, "cmd-%s", c->name),
                        .session_id = "",
                        .role = "assistant",
                        .user_input = text,
                        .assistant_response = buf_str(&b)};
    reply_shape(r, 200, "message", &m);
}

/* ---- MCP ---- */
static void mcp(struct request *r) {
    if (r->d->o.quirk[QUIRK_SLOW_MCP] && r->phase == 0) {
        r->phase = 1; /* every call starts every server anew */
        request_wait(r, clock_now() + demo_ms(r->d, 1500));
        return;
    }
    static struct mcp_tool tools[] = {{"read", "Read a file"}, {"list", "List a folder"}};
    static struct mcp_server files = {
        .name = "files", .status = "connected", .connected = true, .tools = {tools, 2}};
    struct buf *b = &r->reply.body;
    json_open(b, NULL, '[');
    json_open(b, NULL, '{'); /* a name with _ is always shown as failed; null has no shape */
    json_str(b, "name", "broken_one");
    json_bool(b, "connected", false);
    json_str(b, "status", "failed");
    json_raw(b, "tools", "null");
    json_close(b, '}');
    buf_adds(b, ",");
    json_shape(b, "mcp_server", &files, r->d->o.version);
    json_close(b, ']');
    reply_json(r, 200);
}

/* ---- tools ---- */
#define ONE(name) "{\"" name "\":{\"type\":\"string\"}}"
static const struct {
    const char *name, *description, *parameters, *required;
} tools[] = {
    {"Bash", "Runs a command in the session's folder.",
     "{\"command\":{\"type\":\"string\"},\"timeout\":{\"type\":\"integer\"}}", "command"},
    {"Edit", "Replaces text in a file.",
     "{\"file_path\":{\"type\":\"string\"},\"old_string\":{\"type\":\"string\"},"
     "\"new_string\":{\"type\":\"string\"}}",
     "file_path"},
    {"ExitPlanMode", "Shows a plan.", ONE("plan"), "plan"},
    {"Glob", "Finds files by name.", ONE("pattern"), "pattern"},
    {"Grep", "Finds text in files.", ONE("pattern"), "pattern"},
    {"ReadText", "Reads a text file.", ONE("file_path"), "file_path"},
    {"Show", "Shows files to the user.", "{\"outputs\":{\"type\":\"array\"}}", "outputs"},
    {"Task", "Starts a sub-agent.",
     "{\"description\":{\"type\":\"string\"},\"prompt\":{\"type\":\"string\"}}", "prompt"},
    {"TodoWrite", "Writes the todo list.", "{\"todos\":{\"type\":\"array\"}}", "todos"},
    {"Write", "Writes a file.",
     "{\"file_path\":{\"type\":\"string\"},\"content\":{\"type\":\"string\"}}", "file_path"},
};

static void list_tools(struct request *r) {
    struct tool_info all[MIX_COUNT(tools)];
    const char *required[MIX_COUNT(tools)];
    for (size_t i = 0; i < MIX_COUNT(tools); i++) {
        char name[32];
        required[i] = tools[i].required;
        all[i] =
            (struct tool_info){.name = arena_strdup(&r->a, tool_name(r->d, tools[i].name, name)),
                               .description = tools[i].description,
                               .parameters_raw = tools[i].parameters,
                               .required = {&required[i], 1}};
    }
    struct tool_list out = {.tools = {all, MIX_COUNT(tools)}};
    reply_shape(r, 200, "tool_list", &out);
}

/* The older of the two operations says less. */
static void credentials(struct request *r) {
    bool full = r->op == OP_TOOLS_CREDENTIALS;
    struct tool_provider brave = {.provider = "brave",
                                  .display_name = "Brave Search",
                                  .api_key_format = full ? "BSA..." : NULL,
                                  .description = "Searches the web",
                                  .api_key_required = true};
    struct tool_category web = {.category = "web_search",
                                .display_name = "Web Search",
                                .description = full ? "Tools that search the web" : NULL,
                                .icon = full ? "\xf0\x9f\x94\x8d" : NULL,
                                .tools = {&brave, 1}};
    struct tool_credentials out = {.categories = {&web, 1}};
    reply_shape(r, 200, "tool_credentials", &out);
}

/* ---- the server itself ---- */
static void health(struct request *r) {
    struct health out = {.status = "ok",
                         .version = r->d->o.generation,
                         .environment = "demo",
                         .backend = "healthy",
                         .database = "connected",
                         .timestamp = clock_real()};
    reply_shape(r, 200, "health", &out);
}

static void info(struct request *r) {
    struct system_info out = {.storage_base_path = arena_printf(&r->a, "%s/storage", r->d->base)};
    reply_shape(r, 200, "system_info", &out);
}

static void doc(struct request *r) {
    doc_write(&r->reply.body, r->d);
    reply_json(r, 200);
}

const struct route routes_system[] = {
    {OP_COMMANDS_LIST, list_commands},
    {OP_COMMAND_GET, get_command},
    {OP_MCP_LIST, mcp},
    {OP_TOOLS_LIST, list_tools},
    {OP_TOOLS_STATUS, credentials},
    {OP_TOOLS_CREDENTIALS, credentials},
    {OP_HEALTH, health},
    {OP_SYSTEM_INFO, info},
    {OP_DOC, doc},
    {OP_COUNT, NULL},
};
