/* words.c - what somebody types who does not know what a command is called here, and how near it
 * comes to what was meant. */
#include <string.h>
#include <strings.h>

#include "mix/text.h"
#include "private.h"

/* words of other programs for the same thing; never shown */
static const char *const words[CMD_COUNT] = {
    [CMD_AUTH] = "login logout sign in api key apikey oauth credentials provider account token",
    [CMD_PREFERENCES] = "settings options configuration model provider effort tokens",
    [CMD_TURN_OPTIONS] = "settings max steps reasoning",
    [CMD_THINKING] = "reasoning effort",
    [CMD_HEALTH] = "status doctor version about info system generation refresh",
    [CMD_SERVERS] = "profile connect host url address",
    [CMD_RECONNECT] = "retry connect online",
    [CMD_RAW_EVENTS] = "debug stream sse frames trace",
    [CMD_LOG] = "messages errors notices history",
    [CMD_ERROR_DETAILS] = "why failed",
    [CMD_HISTORY] = "prompts search",
    [CMD_SLASH_COMMANDS] = "slash",
    [CMD_SESSION_REWIND] = "undo restore checkpoint back",
    [CMD_SESSION_EXPORT] = "save markdown json write dump",
    [CMD_SESSION_FORK] = "branch copy duplicate",
    [CMD_THREAD_FORK] = "branch copy",
    [CMD_SESSION_CREATE] = "create session prompt directory browser",
    [CMD_SESSION_NEW] = "create session chat conversation",
    [CMD_SESSION_CANCEL] = "stop abort interrupt",
    [CMD_SESSION_DELETE] = "remove",
    [CMD_SESSION_CALLBACKS] = "hooks",
    [CMD_SESSION_DETAILS] = "session info id cost tokens",
    [CMD_MESSAGE_DETAILS] = "info cost tokens",
    [CMD_SESSION_FILTER] = "search find",
    [CMD_PERMISSIONS] = "approve approvals inbox requests questions",
    [CMD_RULES] = "allowlist allow deny policy auto approve trust revoke",
    [CMD_RULE_NEW] = "always allow allowlist auto approve trust",
    [CMD_AUDIT] = "decisions approvals granted denied trail",
    [CMD_UPLOAD] = "attach add file",
    [CMD_DOWNLOAD] = "save file",
    [CMD_THEMES] = "colors colours dark light",
    [CMD_QUIT] = "exit leave close",
    [CMD_REFRESH] = "refresh reload",
};

/* Does a word of the line begin with it? */
static bool begins_word(const char *line, const char *query) {
    const size_t n = strlen(query);

    for (const char *at = line; at && *at; at = strpbrk(at, " -"), at = at ? at + 1 : NULL)
        if (strncasecmp(at, query, n) == 0)
            return true;
    return false;
}

static bool has_every_word(const char *query, const char *const lines[], size_t n) {
    char word[64];

    for (size_t len; *query; query += len) {
        query += strspn(query, " ");
        len = strcspn(query, " ");
        if (len == 0)
            break;
        if (len >= sizeof word)
            return false;
        memcpy(word, query, len);
        word[len] = 0;
        bool found = false;

        for (size_t i = 0; i < n && !found; i++)
            found = strcasestr(lines[i], word) != NULL;
        if (!found)
            return false;
    }
    return true;
}

int command_closeness(const char *query, enum cmd c, const char *where) {
    const struct command *row = command_row(c);
    const char *also = words[c] ? words[c] : "";
    const char *const lines[] = {row->name, row->label, also, where, row->help};
    const size_t n = strlen(query);

    if (strcasecmp(query, row->name) == 0 || strcasecmp(query, row->label) == 0)
        return 0;
    if (strncasecmp(query, row->name, n) == 0 || strncasecmp(query, row->label, n) == 0)
        return 1;
    if (begins_word(row->name, query) || begins_word(row->label, query) || begins_word(also, query))
        return 2;
    if (has_every_word(query, lines, MIX_COUNT(lines) - 1))
        return 3;
    if (has_every_word(query, lines, MIX_COUNT(lines)))
        return 4;
    /* letters strewn over a whole sentence would fit nearly everything */
    return text_fuzzy(query, row->label) > 0 || text_fuzzy(query, row->name) > 0 ? FARTHEST : -1;
}
