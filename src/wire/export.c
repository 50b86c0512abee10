/* export.c - a session as a document. What is shown of a message follows the servers: userInput
 * holds the text of every role, a tool row holds callback results only, and a result belongs to the
 * call it came with. */
#include "mix/export.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "mix/pretty.h"

struct doc {
    struct buf *out;
    enum rc rc; /* the first failure; nothing is added after it */
};

static void add(struct doc *d, const char *p, size_t n) {
    if (d->rc == RC_OK)
        d->rc = buf_add(d->out, p, n);
}

static void adds(struct doc *d, const char *s) { add(d, s, strlen(s)); }

static void MIX_PRINTF(2, 3) addf(struct doc *d, const char *fmt, ...) {
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    adds(d, text);
}

/* ---- Markdown ---- */
/* One line, in which nothing is taken for Markdown or HTML. */
static void add_line(struct doc *d, const char *s) {
    for (; s && *s; s++) {
        const char c = *s;

        if (c == '\n' || c == '\r' || c == '\t')
            adds(d, " ");
        else if (strchr("\\`*_{}[]<>#|&!", c))
            add(d, (const char[]){'\\', c}, 2);
        else
            add(d, s, 1);
    }
}

static size_t longest_run(const char *s, char of) {
    size_t longest = 0, run = 0;

    for (; *s; s++) {
        run = *s == of ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_many(struct doc *d, char c, size_t n) {
    for (; n > 0 && d->rc == RC_OK; n--)
        add(d, &c, 1);
}

/* Between fences that no run of backticks inside can end. */
static void add_fenced(struct doc *d, const char *language, const char *text) {
    const size_t run = longest_run(text, '`'), fence = run < 3 ? 3 : run + 1;
    const size_t n = strlen(text);

    add_many(d, '`', fence);
    addf(d, "%s\n", language);
    add(d, text, n);
    if (n == 0 || text[n - 1] != '\n')
        adds(d, "\n");
    add_many(d, '`', fence);
    adds(d, "\n\n");
}

static void add_block(struct doc *d, const char *text) {
    const size_t n = strlen(text);

    add(d, text, n);
    adds(d, n > 0 && text[n - 1] == '\n' ? "\n" : "\n\n");
}

/* Fenced code of the text that a cut answer left open would swallow the rest of the document. */
static bool leaves_fence_open(const char *text, char *fence, size_t *length) {
    bool open = false;

    for (const char *line = text, *next; line; line = next) {
        const size_t blanks = strspn(line, " ");
        const char c = line[blanks];
        size_t run = 0;

        next = strchr(line, '\n');
        next = next ? next + 1 : NULL;
        if (blanks > 3 || (c != '`' && c != '~'))
            continue;
        while (line[blanks + run] == c)
            run++;
        const size_t rest = strcspn(line + blanks + run, "\n");
        const bool bare = strspn(line + blanks + run, " \t\r") == rest;
        const bool tick = c == '`' && memchr(line + blanks + run, '`', rest);

        if (!open && run >= 3 && !tick)
            open = true, *fence = c, *length = run;
        else if (open && c == *fence && run >= *length && bare)
            open = false;
    }
    return open;
}

static void add_text(struct doc *d, const char *text) {
    char fence = '`';
    size_t length = 3;

    add_block(d, text);
    if (leaves_fence_open(text, &fence, &length)) {
        add_many(d, fence, length);
        adds(d, "\n\n");
    }
}

static void add_thinking(struct doc *d, const struct message *m) {
    if (str_blank(m->reasoning))
        return;
    adds(d, "<details>\n<summary>Thinking");
    if (m->reasoning_seconds > 0)
        addf(d, " (%lld s)", (long long)m->reasoning_seconds);
    adds(d, "</summary>\n\n");
    /* Fenced: what it says could hold a </details>. */
    add_fenced(d, "text", m->reasoning);
    adds(d, "</details>\n\n");
}

static void add_call(struct doc *d, const struct tool_call *t) {
    const char *input = t->input ? t->input : "";
    const bool json = json_check(input, strlen(input), NULL) == RC_OK;

    adds(d, "#### Tool: ");
    add_line(d, str_blank(t->name) ? "unknown" : t->name);
    adds(d, t->is_error ? " (failed)\n\n" : t->finished ? "\n\n" : " (not finished)\n\n");
    if (*input)
        add_fenced(d, json ? "json" : "text", input);
    if (t->result) {
        adds(d, t->is_error ? "Error:\n\n" : "Result:\n\n");
        add_fenced(d, "text", t->result);
    }
    for (size_t i = 0; i < t->screenshot_urls.n; i++) {
        adds(d, "Screenshot: ");
        add_line(d, t->screenshot_urls.items[i]);
        adds(d, "\n\n");
    }
}

static void add_output(struct doc *d, const char *what, const char *text) {
    if (str_blank(text))
        return;
    addf(d, "%s:\n\n", what);
    add_fenced(d, "text", text);
}

static void add_callback(struct doc *d, const struct callback_result *c) {
    adds(d, "#### Callback: ");
    add_line(d, str_blank(c->callback_name) ? c->callback_type : c->callback_name);
    adds(d, " after ");
    add_line(d, c->tool_name);
    adds(d, c->success ? "\n\n" : " (failed)\n\n");
    if (c->exit_code != 0)
        addf(d, "Exit code %lld\n\n", (long long)c->exit_code);
    add_output(d, "Output", c->stdout_text);
    add_output(d, "Error output", c->stderr_text);
    add_output(d, "Sub-agent's result", c->subagent_result);
    add_output(d, "Error", c->error);
}

static void add_cost(struct doc *d, const struct message *m) {
    if (!(m->cost > 0) && m->input_tokens + m->output_tokens == 0)
        return;
    adds(d, "_");
    if (!str_blank(m->model)) {
        add_line(d, m->model);
        adds(d, " · ");
    }
    addf(d, "%lld tokens in, %lld out", (long long)m->input_tokens, (long long)m->output_tokens);
    if (m->cost > 0)
        addf(d, " · $%.4f", m->cost);
    adds(d, "_\n\n");
}

static bool is_role(const struct message *m, const char *role) { return str_eq(m->role, role); }

static void add_message(struct doc *d, const struct message *m) {
    const bool tool = is_role(m, "tool");
    const char *answer = m->assistant_response;
    const char *text = m->user_input ? m->user_input : "";

    if (!*text && answer)
        text = answer;
    if (!tool) {
        adds(d, "## ");
        add_line(d, is_role(m, "user")        ? "User"
                    : is_role(m, "assistant") ? "Assistant"
                    : str_blank(m->role)      ? "Message"
                                              : m->role);
        adds(d, "\n\n");
    }
    add_thinking(d, m);
    if (*text)
        add_text(d, text);
    /* Synchronous servers answer with one row of both. */
    if (is_role(m, "user") && answer && *answer && !str_eq(answer, text)) {
        adds(d, "## Assistant\n\n");
        add_text(d, answer);
    }
    for (size_t i = 0; i < m->tool_calls.n; i++)
        add_call(d, &m->tool_calls.items[i]);
    for (size_t i = 0; i < m->callback_results.n; i++)
        add_callback(d, &m->callback_results.items[i]);
    add_cost(d, m);
}

static void add_fact(struct doc *d, const char *name, const char *value) {
    if (str_blank(value))
        return;
    addf(d, "- %s: ", name);
    add_line(d, value);
    adds(d, "\n");
}

/* Days since 1970 to a date; no library, whose clock functions depend on the place. */
static void date_text(char out[32], int64_t ms) {
    const long long minutes = ms / 60000, days = minutes / 1440 + 719468;
    const long long era = days / 146097, day = days - era * 146097;
    const long long year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    const long long of_year = day - (365 * year + year / 4 - year / 100);
    const long long month = (5 * of_year + 2) / 153;

    snprintf(out, 32, "%04lld-%02lld-%02lld %02lld:%02lld UTC", year + era * 400 + (month >= 10),
             month < 10 ? month + 3 : month - 9, of_year - (153 * month + 2) / 5 + 1,
             minutes / 60 % 24, minutes % 60);
}

static void add_facts(struct doc *d, const struct session_data *s) {
    char created[32];

    add_fact(d, "Session", s->id);
    if (s->created_at > 0) {
        date_text(created, s->created_at);
        add_fact(d, "Created", created);
    }
    add_fact(d, "Kind", s->session_type);
    add_fact(d, "Parent", s->parent_session_id);
    add_fact(d, "Working directory", s->working_directory);
    add_fact(d, "Provider", s->provider);
    add_fact(d, "Model", s->model_id);
    addf(d, "- Messages: %lld from the user, %lld from the assistant, %lld with tool results\n",
         (long long)s->user_messages, (long long)s->assistant_messages, (long long)s->tool_calls);
    addf(d, "- Cost: $%.4f\n\n", s->cost);
}

enum rc export_markdown(struct buf *out, const struct session_data *session,
                        const struct message *messages, size_t n) {
    struct doc d = {.out = out};

    adds(&d, "# ");
    add_line(&d, str_blank(session->title) ? "Untitled" : session->title);
    adds(&d, "\n\n");
    add_facts(&d, session);
    for (size_t i = 0; i < n; i++)
        add_message(&d, &messages[i]);
    return d.rc;
}

/* ---- JSON ---- */
static void add_trimmed(struct doc *d, const char *p, size_t n) {
    while (n > 0 && strchr(" \t\r\n", p[n - 1]) && p[n - 1])
        n--;
    if (n == 0)
        adds(d, "null");
    add(d, p, n);
}

enum rc export_json(struct buf *out, const char *session_json, size_t session_len,
                    const char *messages_json, size_t messages_len) {
    struct doc d = {.out = out};

    adds(&d, "{\"session\": ");
    add_trimmed(&d, session_json, session_len);
    adds(&d, ", \"messages\": ");
    add_trimmed(&d, messages_json, messages_len);
    adds(&d, "}\n");
    return d.rc;
}

/* ---- the name ---- */
enum { NAME_BYTES = 80, ID_BYTES = 8 };

/* Letters and digits; of other scripts all but the blocks of blanks, marks that change what is
 * seen, and private characters. */
static bool is_letter(const char *s, size_t len) {
    const unsigned char c = (unsigned char)*s;

    if (len == 1)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return c != 0xc2 && c != 0xe2 && c != 0xef && c < 0xf3 && memcmp(s, "\xd8\x9c", 2) != 0 &&
           memcmp(s, "\xe1\xa0", 2) != 0 && (c != 0xe3 || (unsigned char)s[1] != 0x80);
}

/* Everything that is no letter becomes one dash between letters. */
static void add_name(struct buf *out, const char *s, size_t most) {
    const size_t from = out->n;
    bool dash = false;

    while (s && *s) {
        const size_t len = utf8_length(s, strnlen(s, 4));

        if (out->n - from + len + dash > most)
            break;
        if (len == 0 || !is_letter(s, len)) {
            dash = out->n > from;
        } else {
            if (dash)
                buf_adds(out, "-");
            buf_add(out, s, len);
            dash = false;
        }
        s += len > 0 ? len : 1;
    }
}

void export_file_name(struct buf *out, const struct session_data *session, const char *suffix) {
    const size_t from = out->n;

    add_name(out, session->title, NAME_BYTES);
    if (out->n == from)
        buf_adds(out, "session");
    buf_adds(out, "-");
    add_name(out, session->id, ID_BYTES);
    buf_adds(out, suffix);
}
