/* keymap.c - the command table, and which key means which row of it. */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/preview.h"
#include "private.h"

static const struct command table[CMD_COUNT] = {
#define CMD(id, name, bindings, label, help, run, arg, why_not)                                    \
    [CMD_##id] = {name, bindings, label, help, run, arg, why_not},
#include "mix/commands.def"
#undef CMD
};

static const struct {
    const char *name, *title;
} scopes[SCOPE_COUNT] = {
    [SCOPE_EVERYWHERE] = {"everywhere", "Everywhere"},
    [SCOPE_LEADER] = {"leader", "After Ctrl+X"},
    [SCOPE_SESSIONS] = {"sessions", "Sessions"},
    [SCOPE_THREAD] = {"thread", "Thread"},
    [SCOPE_COMPOSER] = {"composer", "Composer"},
    [SCOPE_FILES] = {"files", "Files"},
    [SCOPE_PERMISSIONS] = {"permissions", "Permissions"},
    [SCOPE_LIST] = {"list", "Lists"},
    [SCOPE_FIELD] = {"field", "One-line fields"},
    [SCOPE_ASK] = {"ask", "Whole text of a permission"},
    [SCOPE_PICKER] = {"picker", "File picker"},
    [SCOPE_PANEL] = {"panel", "Server screens"},
    [SCOPE_PICTURE] = {"picture", "Picture"},
    [SCOPE_VISUAL] = {"visual", "Choosing text in the thread"},
    [SCOPE_COMPLETE] = {"complete", "List of completions"},
};

const struct command *command_row(enum cmd c) { return &table[c]; }

const char *scope_name(enum scope s) { return scopes[s].name; }

static enum scope scope_named(const char *name, size_t n) {
    for (int i = 0; i < SCOPE_COUNT; i++)
        if (strlen(scopes[i].name) == n && memcmp(scopes[i].name, name, n) == 0)
            return (enum scope)i;
    return SCOPE_COUNT;
}

enum scope scope_of_pane(enum pane p) {
    static const enum scope of[PANE_COUNT] = {
        [PANE_SESSIONS] = SCOPE_SESSIONS,       [PANE_THREAD] = SCOPE_THREAD,
        [PANE_COMPOSER] = SCOPE_COMPOSER,       [PANE_FILES] = SCOPE_FILES,
        [PANE_PERMISSIONS] = SCOPE_PERMISSIONS,
    };
    return of[p];
}

enum scope command_home(enum cmd c) {
    const char *b = table[c].bindings;
    return scope_named(b, strcspn(b, ":"));
}

static void add(struct keymap *k, enum scope scope, struct key key, enum cmd command) {
    k->v = xgrow(k->v, k->n, &k->cap, sizeof *k->v);
    struct binding *b = &k->v[k->n++];
    *b = (struct binding){.scope = scope, .key = key, .command = command};
    key_text(b->text, sizeof b->text, &key);
    k->scopes[command] |= (uint16_t)(1u << scope);
}

bool keymap_bound(const struct keymap *k, enum cmd c, enum scope scope) {
    return k->scopes[c] >> scope & 1;
}

static_assert(SCOPE_COUNT <= 16, "a scope is a bit of keymap.scopes");

/* Adds the keys of a comma-separated list. False: one of them is no key; nothing after it was
 * added. */
static bool add_keys(struct keymap *k, enum scope scope, const char *list, size_t n,
                     enum cmd command) {
    while (n > 0) {
        size_t len = 0;
        while (len < n && list[len] != ',')
            len++;
        char name[32];
        struct key key;
        snprintf(name, sizeof name, "%.*s", (int)len, list);
        if (!key_parse(&key, name))
            return false;
        add(k, scope, key, command);
        list += len + (len < n);
        n -= len + (len < n);
    }
    return true;
}

void keymap_defaults(struct keymap *k) {
    for (int c = 0; c < CMD_COUNT; c++) {
        const char *b = table[c].bindings;
        while (*b) {
            size_t word = strcspn(b, " "), scope = strcspn(b, ":");
            bool ok =
                add_keys(k, scope_named(b, scope), b + scope + 1, word - scope - 1, (enum cmd)c);
            assert(ok);
            (void)ok;
            b += word;
            b += strspn(b, " ");
        }
    }
}

enum cmd keymap_find(const struct keymap *k, enum scope scope, const struct key *key) {
    for (size_t i = 0; i < k->n; i++)
        if (k->v[i].scope == scope && key_same(&k->v[i].key, key))
            return k->v[i].command;
    return CMD_COUNT;
}

void keymap_key_of(const struct keymap *k, enum cmd c, enum scope scope, char *out, size_t size) {
    const struct binding *best = NULL;
    for (size_t i = 0; i < k->n; i++) {
        const struct binding *b = &k->v[i];
        if (b->command != c)
            continue;
        if (!best || (b->scope == scope && best->scope != scope))
            best = b;
    }
    out[0] = '\0';
    if (!best)
        return;
    snprintf(out, size, "%s%s", best->scope == SCOPE_LEADER ? "Ctrl+X " : "", best->text);
}

/* ---- config ---- */
static void count_scopes(struct keymap *k) {
    memset(k->scopes, 0, sizeof k->scopes);
    for (size_t i = 0; i < k->n; i++)
        k->scopes[k->v[i].command] |= (uint16_t)(1u << k->v[i].scope);
}

static void unbind(struct keymap *k, enum cmd command) {
    size_t kept = 0;
    for (size_t i = 0; i < k->n; i++)
        if (k->v[i].command != command)
            k->v[kept++] = k->v[i];
    k->n = kept;
    count_scopes(k);
}

static void take_from_others(struct keymap *k, enum scope scope, const struct key *key) {
    size_t kept = 0;
    for (size_t i = 0; i < k->n; i++)
        if (k->v[i].scope != scope || !key_same(&k->v[i].key, key))
            k->v[kept++] = k->v[i];
    k->n = kept;
    count_scopes(k);
}

static bool decides(enum cmd c) {
    return c == CMD_GRANT || c == CMD_DENY || c == CMD_DENY_WHY || c == CMD_ASK_ANSWER;
}

const char *keymap_bind(struct keymap *k, const char *command, const char *keys) {
    enum cmd c = 0;
    while (c < CMD_COUNT && strcmp(table[c].name, command) != 0)
        c++;
    if (c == CMD_COUNT)
        return "no such command; `mixtui --help-keys` lists them";
    struct keymap wanted = {0};
    char list[200];
    size_t n = 0;
    for (const char *p = keys; *p && n < sizeof list - 1; p++)
        if (*p != ' ')
            list[n++] = *p;
    list[n] = '\0';
    bool none = strcmp(list, "none") == 0;
    bool fits = none || add_keys(&wanted, command_home(c), list, n, c);
    bool grants = false; /* rule 1: no chord that begins with ESC decides */
    for (size_t i = 0; i < wanted.n; i++)
        grants = grants || (decides(c) &&
                            (wanted.v[i].key.mods & MOD_ALT || wanted.v[i].key.code == K_ESC ||
                             wanted.v[i].key.code == K_TAB || wanted.v[i].key.code == K_BACKTAB ||
                             wanted.v[i].key.code == K_ENTER));
    if (fits && !grants) {
        unbind(k, c);
        for (size_t i = 0; i < wanted.n; i++) {
            take_from_others(k, wanted.v[i].scope, &wanted.v[i].key);
            add(k, wanted.v[i].scope, wanted.v[i].key, c);
        }
    }
    free(wanted.v);
    return !fits    ? "not a key: write C-x, M-a, S-Tab, F1, Space, Comma or a character"
           : grants ? "Alt chords, Esc, Tab and Enter cannot decide"
                    : NULL;
}

/* ---- the document ---- */
static void keys_in(const struct keymap *k, enum scope scope, enum cmd c, char *out, size_t size) {
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < k->n && n < size; i++) {
        if (k->v[i].scope != scope || k->v[i].command != c)
            continue;
        const char *key = k->v[i].text;
        n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "",
                              strcmp(key, "|") == 0 ? "\\|" : key);
    }
}

void input_document(struct buf *out, int markdown) {
    struct keymap k = {0};
    keymap_defaults(&k);
    for (int s = 0; s < SCOPE_COUNT; s++) {
        if (markdown)
            buf_addf(out, "%s**%s**\n\n| keys | command | what it does |\n| --- | --- | --- |\n",
                     s ? "\n" : "", scopes[s].title);
        else
            buf_addf(out, "%s%s\n", s ? "\n" : "", scopes[s].title);
        for (int c = 0; c < CMD_COUNT; c++) {
            char keys[120];
            keys_in(&k, (enum scope)s, (enum cmd)c, keys, sizeof keys);
            if (keys[0])
                buf_addf(out, markdown ? "| %s | `%s` | %s |\n" : "  %-26s %-18s %s\n", keys,
                         table[c].name, table[c].help);
        }
    }
    free(k.v);
}
