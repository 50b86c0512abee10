/* slash.c - what is typed with a slash before it, and what a server answers to a slash command: a
 * JSON text with a `type`, or, for a command made of a file, the prompt it stands for. */
#include "mix/editor.h"
#include "mix/jtext.h"
#include "completing.h"
#include "private.h"

#include <string.h>

enum { ANSWER_MAX = 1024 * 1024 };

/* `message` where there is one, else every field on a line of its own. */
static const char *readable(struct arena *a, const char *json) {
    const size_t n = strlen(json);
    struct buf text;
    const char *out;

    buf_init(&text, ANSWER_MAX);
    if (jtext_find(&text, json, n, "message") || jtext_find(&text, json, n, "error"))
        out = arena_strndup(a, buf_str(&text), text.n);
    else
        out = ask_pretty(a, json, n);
    buf_fini(&text);
    return out ? out : json;
}

/* /clear, answered by a server: the session it made is shown. */
static bool switched(struct model *m, const char *json, struct effects *fx) {
    struct buf id;

    buf_init(&id, 256);
    const bool has = jtext_find(&id, json, strlen(json), "sessionId");
    struct session *s = has ? model_session(m, buf_str(&id)) : NULL;

    buf_fini(&id);
    if (s)
        act_session_show(m, s, fx);
    else if (has)
        act_refresh(m, fx);
    return has;
}

/* Put before the person, who sends it: an expansion may be long, or not what was meant. */
static void expanded(struct model *m, struct session *s, const char *command, const char *prompt) {
    if (!draft_free(s)) {
        (void)queue_add(m, s, 0, prompt, &s->options);
        s->held = true;
        act_notice(m, "%s stands for a prompt: it waits in the queue to be looked at, held",
                   command);
        return;
    }
    editor_set(&s->draft, prompt);
    act_draft_changed(m, s);
    act_notice(m, "%s stands for this prompt: Enter sends it", command);
}

void slash_answer(struct model *m, struct session *s, struct message *answer, struct arena *arena,
                  struct effects *fx) {
    const char *text = answer->assistant_response ? answer->assistant_response : "";

    if (text[0] != '{') {
        expanded(m, s, answer->user_input ? answer->user_input : "the command", text);
        return;
    }
    struct buf type;

    buf_init(&type, 64);
    (void)jtext_find(&type, text, strlen(text), "type");
    const bool gone = strcmp(buf_str(&type), "session_switch") == 0 && switched(m, text, fx);

    buf_fini(&type);
    if (gone)
        return;
    answer->assistant_response = readable(arena, text);
    transcript_put(&s->transcript, answer, arena);
}

/* ---- what is typed ---- */
static bool command_known(const struct model *m, const char *word) {
    for (size_t i = 0; i < m->priv->n_commands; i++)
        if (str_eq(m->priv->commands[i].name, word))
            return true;
    return !m->priv->commands_known && !strchr(word, '/');
}

/* None of them needs a provider, or reaches the server as a message. */
static void own_command_run(struct model *m, const char *word, struct effects *fx) {
    if (str_eq(word, "clear"))
        act_session_new(m, fx);
    else if (str_eq(word, "sessions"))
        act_focus(m, PANE_SESSIONS);
    else if (str_eq(word, "help"))
        act_over(m, OVER_COMMANDS);
    else if (str_eq(word, "mcp"))
        act_panel_open(m, PANEL_MCP, fx);
    else if (str_eq(word, "model"))
        act_panel_open(m, PANEL_PREFERENCES, fx);
    else
        act_asks_enter(m);
}

bool slash_typed(struct model *m, struct session *s, const char *text, struct effects *fx) {
    const char *start = text + strspn(text, " \t\r\n");

    if (*start != '/')
        return false;
    auto_free char *word = xstrndup(start + 1, strcspn(start + 1, " \t\r\n"));
    const char *rest = start + 1 + strlen(word);

    if (own_command(word) && rest[strspn(rest, " \t\r\n")] == '\0') {
        editor_set(&s->draft, "");
        act_draft_changed(m, s);
        own_command_run(m, word, fx);
        return true;
    }
    if (start != text || word[0] == '\0' || word[0] == '/') {
        act_notice(m, "A message cannot begin with \"/\": servers take it for a command. "
                      "Put a word before it");
        return true;
    }
    if (command_known(m, word))
        return false;
    act_notice(m, "/%s is no command of this server; to send it as text, put a word before it",
               word);
    return true;
}
