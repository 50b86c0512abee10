/* params.c - the parameters of an operation, from its field table: flags, values, what is missing,
 * and the target and body made of exactly what was given. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "mix/jtext.h"
#include "mix/pretty.h"
#include "mix/text.h"

enum { VALUE_MAX = 64 << 20, SECRET_MAX = 16 << 10 };
enum what { IS_VALUE, IS_COMMAND };

/* ---- the table ---- */
static bool is_secret(enum op op, const char *wire) {
    return (op == OP_AUTH_API_KEY && str_eq(wire, "api_key")) ||
           (op == OP_AUTH_OAUTH_CALLBACK && (str_eq(wire, "code") || str_eq(wire, "state")));
}

static void kebab(char *out, size_t room, const char *wire) {
    size_t n = 0;

    for (const char *p = wire; *p && n + 2 < room; p++) {
        const bool upper = *p >= 'A' && *p <= 'Z';

        if (upper && p > wire)
            out[n++] = '-';
        out[n++] = (char)(*p == '_' ? '-' : upper ? *p | 32 : *p);
    }
    out[n] = '\0';
}

static struct api_param *param_named(struct api_call *c, const char *wire) {
    for (size_t i = 0; i < c->n_params; i++)
        if (str_eq(c->params[i].wire, wire))
            return &c->params[i];
    return NULL;
}

/* A field that several generations have in different rows is one parameter. */
static void add_param(struct api_call *c, const struct field_view *f) {
    struct api_param *p = param_named(c, f->name);
    const int until = f->until != 0 ? f->until : GEN_END;

    if (!p) {
        if (c->n_params == PARAMS_MAX)
            abort(); /* the table outgrew us: a test walks all operations */
        p = &c->params[c->n_params++];
        *p = (struct api_param){.wire = f->name,
                                .type = f->type,
                                .place = f->place,
                                .secret = is_secret(c->op, f->name),
                                .since = f->since,
                                .until = until};
    }
    p->since = f->since < p->since ? f->since : p->since;
    p->until = until > p->until ? until : p->until;
    if (f->required) {
        p->required_since = f->since;
        p->required_until = until;
    }
}

static const char *type_word(const struct api_param *p) {
    if (p->secret)
        return "@FILE";
    switch (p->type) {
    case FIELD_STRING:
    case FIELD_STRINGS:
        return "TEXT";
    case FIELD_TIME:
        return "TIME";
    case FIELD_BOOL:
        return "[true|false]";
    case FIELD_INT:
    case FIELD_NUMBER:
        return "N";
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_MAP:
    case FIELD_JSON:
        break;
    }
    return "JSON";
}

static const char *type_help(enum field_type type) {
    static const char *const names[] = {
        [FIELD_STRING] = "text",      [FIELD_BOOL] = "yes or no",
        [FIELD_INT] = "whole number", [FIELD_NUMBER] = "number",
        [FIELD_TIME] = "time",        [FIELD_STRINGS] = "text, repeatable",
        [FIELD_OBJECT] = "object",    [FIELD_LIST] = "list",
        [FIELD_MAP] = "object",       [FIELD_JSON] = "any value",
    };

    return names[type];
}

static void version_text(char out[24], int v) {
    snprintf(out, 24, "%d.%d.%d", v / 10000, v / 100 % 100, v % 100);
}

void api_generations(struct buf *out, int since, int until) {
    char from[24], to[24];
    const bool open = until == 0 || until >= GEN_END;

    version_text(from, since);
    version_text(to, until);
    if (open && since <= GEN(0, 1, 0))
        buf_adds(out, "all");
    else if (open)
        buf_addf(out, "%s and later", from);
    else if (since <= GEN(0, 1, 0))
        buf_addf(out, "up to %s", to);
    else
        buf_addf(out, "%s to %s", from, to);
}

static void set_help(struct api_param *p) {
    static const char *const places[] = {
        [PLACE_BODY] = "body", [PLACE_PATH] = "path", [PLACE_QUERY] = "query"};
    auto_buf struct buf text = {0};

    buf_init(&text, sizeof p->help - 1);
    buf_addf(&text, "%s, %s", type_help(p->type), places[p->place]);
    if (p->required_until != 0) {
        buf_adds(&text, ", required");
        if (p->required_since > p->since || p->required_until < p->until) {
            buf_adds(&text, " (");
            api_generations(&text, p->required_since, p->required_until);
            buf_adds(&text, ")");
        }
    }
    if (p->since > GEN(0, 1, 0) || p->until < GEN_END) {
        buf_adds(&text, ", ");
        api_generations(&text, p->since, p->until);
    }
    if (p->secret)
        buf_adds(&text, ", never on the command line");
    snprintf(p->help, sizeof p->help, "%s", buf_str(&text));
}

static void add_flag(struct api_call *c, size_t param, const char *name, const char *value,
                     const char *help, enum what what) {
    const int id = (int)(2 * param) + (int)what;

    c->flags[c->table.n++] = (struct flag){name, value, help, id};
}

void api_call_init(struct api_call *c, enum op op) {
    struct field_view f;

    *c = (struct api_call){.op = op, .spec = op_spec(op)};
    for (size_t i = 0; c->spec->in && shape_field(c->spec->in, i, &f); i++)
        add_param(c, &f);
    c->table.rows = c->flags;
    for (size_t i = 0; i < c->n_params; i++) {
        struct api_param *p = &c->params[i];
        char name[WIRE_NAME_MAX - 16];

        kebab(name, sizeof name, p->wire);
        snprintf(p->flag, sizeof p->flag, "--%.40s", p->wire);
        snprintf(p->kebab, sizeof p->kebab, "--%s", name);
        snprintf(p->command, sizeof p->command, "--%s-command", name);
        set_help(p);
        add_flag(c, i, p->flag, type_word(p), p->help, IS_VALUE);
        if (!str_eq(p->flag, p->kebab))
            add_flag(c, i, p->kebab, type_word(p), "the same", IS_VALUE);
        if (p->secret)
            add_flag(c, i, p->command, "COMMAND", "the same, as a command prints it", IS_COMMAND);
    }
}

void api_call_fini(struct api_call *c) {
    for (size_t i = 0; i < c->n_params; i++)
        free(c->params[i].given.items);
    arena_free(&c->arena);
}

/* ---- values ---- */
static void give(struct api_call *c, struct api_param *p, const char *text) {
    p->given.items = xrealloc(p->given.items, (p->given.n + 1) * sizeof *p->given.items);
    p->given.items[p->given.n++] = arena_strdup(&c->arena, text);
}

static enum rc give_secret(struct api_call *c, struct api_param *p, struct buf *text,
                           struct err *err) {
    if (text->n > 0 && text->p[text->n - 1] == '\n')
        buf_cut(text, text->n - 1, 1);
    if (text->n > 0 && text->p[text->n - 1] == '\r')
        buf_cut(text, text->n - 1, 1);
    if (text->n == 0)
        return err_set(err, RC_USAGE, 0, "%s: it is empty", p->flag);
    if (text->n > SECRET_MAX)
        return err_set(err, RC_USAGE, 0, "%s: it is longer than %d KiB, which is no key", p->flag,
                       SECRET_MAX >> 10);
    for (size_t i = 0; i < text->n; i++)
        if ((unsigned char)text->p[i] < 0x20 || text->p[i] == 0x7f)
            return err_set(err, RC_USAGE, 0, "%s: it must be one line without control bytes",
                           p->flag);
    if (!text_valid(text->p, text->n))
        return err_set(err, RC_USAGE, 0, "%s: it is not UTF-8", p->flag);
    give(c, p, buf_str(text));
    return RC_OK;
}

static enum rc read_value(struct api_call *c, const struct api_param *p, struct buf *out,
                          const char *path, struct err *err) {
    const bool standard = str_eq(path, "-");

    if (*path == '\0')
        return err_set(err, RC_USAGE, 0, "%s @: a file name must follow", p->flag);
    if (standard && c->stdin_taken)
        return err_set(err, RC_USAGE, 0, "%s @-: standard input is used already", p->flag);
    c->stdin_taken = c->stdin_taken || standard;
    return cli_read_all(out, path, p->secret ? SECRET_MAX + 2 : VALUE_MAX, err);
}

static bool is_integer(const char *s) {
    char *end = NULL;

    errno = 0;
    strtoll(s, &end, 10);
    return errno == 0 && end != s && *end == '\0' && *s > ' ' &&
           json_check(s, strlen(s), NULL) == RC_OK;
}

static bool is_number(const char *s) {
    return (*s == '-' || (*s >= '0' && *s <= '9')) && !strpbrk(s, " \t\r\n") &&
           json_check(s, strlen(s), NULL) == RC_OK;
}

static enum rc check_json(const struct api_param *p, const char *text, struct err *err) {
    struct err why = {0};
    const char first = text[strspn(text, " \t\r\n")];
    const char want = p->type == FIELD_LIST ? '[' : p->type == FIELD_JSON ? first : '{';

    if (json_check(text, strlen(text), &why) != RC_OK)
        return err_set(err, RC_USAGE, 0, "%s: %s", p->flag, why.text);
    if (first != want)
        return err_set(err, RC_USAGE, 0, "%s: it is a JSON %s", p->flag, type_help(p->type));
    return RC_OK;
}

static enum rc check_value(const struct api_param *p, const char *text, struct err *err) {
    switch (p->type) {
    case FIELD_STRING:
    case FIELD_STRINGS:
    case FIELD_TIME:
        if (!text_valid(text, strlen(text)))
            return err_set(err, RC_USAGE, 0, "%s: it is not UTF-8", p->flag);
        return RC_OK;
    case FIELD_BOOL:
        if (!str_eq(text, "true") && !str_eq(text, "false"))
            return err_set(err, RC_USAGE, 0, "%s %.40s: it is true or false", p->flag, text);
        return RC_OK;
    case FIELD_INT:
        if (!is_integer(text))
            return err_set(err, RC_USAGE, 0, "%s %.40s: it is a whole number", p->flag, text);
        return RC_OK;
    case FIELD_NUMBER:
        if (!is_number(text))
            return err_set(err, RC_USAGE, 0, "%s %.40s: it is a number", p->flag, text);
        return RC_OK;
    case FIELD_OBJECT:
    case FIELD_LIST:
    case FIELD_MAP:
    case FIELD_JSON:
        break;
    }
    return check_json(p, text, err);
}

/* What a file holds is one value: its last line end belongs to a text in a body only. */
static void trim_end(const struct api_param *p, struct buf *text) {
    const bool whole = p->place == PLACE_BODY && p->type == FIELD_STRING;

    while (!whole && text->n > 0 && strchr("\r\n", text->p[text->n - 1]))
        buf_cut(text, text->n - 1, 1);
}

static enum rc take_plain(struct api_call *c, struct api_param *p, const char *value,
                          struct err *err) {
    auto_buf struct buf text = {0};

    buf_init(&text, VALUE_MAX + 1);
    if (value[0] == '@' && value[1] != '@') {
        const enum rc rc = read_value(c, p, &text, value + 1, err);

        if (rc != RC_OK)
            return rc;
        if (text.n > 0 && memchr(text.p, '\0', text.n))
            return err_set(err, RC_USAGE, 0, "%s %.60s: it holds a NUL byte", p->flag, value);
        trim_end(p, &text);
    } else {
        buf_adds(&text, value[0] == '@' ? value + 1 : value);
    }
    const enum rc rc = check_value(p, buf_str(&text), err);

    if (rc == RC_OK)
        give(c, p, buf_str(&text));
    return rc;
}

static enum rc read_secret(struct api_call *c, struct api_param *p, const char *from, bool command,
                           struct err *err) {
    const struct secret_source source = {.how = command ? SECRET_COMMAND : SECRET_FILE,
                                         .from = from,
                                         .said = command ? p->command : p->flag};
    auto_buf struct buf text = {0};
    char *secret = NULL;
    enum rc rc = secret_read(&secret, &source, err);

    if (rc != RC_OK)
        return rc;
    buf_init(&text, strlen(secret) + 1);
    buf_adds(&text, secret);
    rc = give_secret(c, p, &text, err);
    explicit_bzero(text.p, text.n);
    secret_forget(secret);
    return rc;
}

static enum rc take_secret(struct api_call *c, struct api_param *p, const struct flag_given *g,
                           struct err *err) {
    auto_buf struct buf text = {0};

    if (g->flag->id % 2 == IS_COMMAND)
        return read_secret(c, p, g->value, true, err);
    if (g->value[0] != '@' || g->value[1] == '@') /* its text is not repeated */
        return err_set(err, RC_USAGE, 0,
                       "%s is a secret, and command lines are seen by others: %s @FILE, %s @- or "
                       "%s COMMAND",
                       p->flag, p->flag, p->flag, p->command);
    if (!str_eq(g->value, "@-"))
        return g->value[1] ? read_secret(c, p, g->value + 1, false, err)
                           : err_set(err, RC_USAGE, 0, "%s @: a file name must follow", p->flag);
    buf_init(&text, SECRET_MAX + 4);
    enum rc rc = read_value(c, p, &text, "-", err);

    if (rc == RC_OK)
        rc = give_secret(c, p, &text, err);
    if (text.p)
        explicit_bzero(text.p, text.n);
    return rc;
}

enum rc api_take(struct api_call *c, const struct flag_given *given, struct err *err) {
    struct api_param *p = &c->params[given->flag->id / 2];

    if (p->given.n > 0 && p->type != FIELD_STRINGS)
        return err_set(err, RC_USAGE, 0, "%s is given twice", p->flag);
    if (p->secret)
        return take_secret(c, p, given, err);
    return take_plain(c, p, given->value ? given->value : "true", err);
}

/* ---- secrets that are still missing ---- */
/* What is pasted is `code#state`: the code ends there, and the rest is the state. */
static enum rc cut_code(struct api_call *c, struct err *err) {
    struct api_param *code = param_named(c, "code"), *state = param_named(c, "state");

    if (c->op != OP_AUTH_OAUTH_CALLBACK || code->given.n == 0)
        return RC_OK;
    const char *text = code->given.items[0];
    const size_t n = strcspn(text, "#");

    if (text[n] == '\0')
        return RC_OK;
    if (n == 0 || text[n + 1] == '\0')
        return err_set(err, RC_USAGE, 0, "%s: something must stand on both sides of the #",
                       code->flag);
    if (state->given.n == 0)
        give(c, state, text + n + 1);
    code->given.items[0] = arena_strndup(&c->arena, text, n);
    return RC_OK;
}

enum rc api_secrets(struct api_call *c, struct err *err) {
    enum rc rc = cut_code(c, err);

    for (size_t i = 0; i < c->n_params && rc == RC_OK; i++) {
        struct api_param *p = &c->params[i];

        if (!p->secret || p->given.n > 0 || c->stdin_taken)
            continue;
        auto_buf struct buf text = {0};

        buf_init(&text, SECRET_MAX + 4);
        rc = api_prompt(&text, p->wire, err);
        if (rc == RC_OK && text.p)
            rc = give_secret(c, p, &text, err);
        if (rc == RC_OK)
            rc = cut_code(c, err);
        if (text.p)
            explicit_bzero(text.p, text.n);
    }
    return rc;
}

/* ---- what is missing ---- */
static const struct api_param *missing_at(const struct api_call *c, int version, bool body) {
    for (size_t i = 0; i < c->n_params; i++) {
        const struct api_param *p = &c->params[i];

        if (p->given.n == 0 && p->required_until != 0 && p->required_since <= version &&
            version <= p->required_until && !(body && p->place == PLACE_BODY))
            return p;
    }
    return NULL;
}

enum rc api_complete(const struct api_call *c, bool body, struct err *err) {
    const int newest = c->spec->until < GEN_END ? c->spec->until : GEN_POST;
    const struct api_param *missing = missing_at(c, newest, body);

    if (!missing || !missing_at(c, c->spec->since, body))
        return RC_OK;
    for (size_t i = 0; i < c->n_params; i++) /* each field's first generation changes the set */
        if (c->params[i].required_until != 0 && c->params[i].required_since > c->spec->since &&
            !missing_at(c, c->params[i].required_since, body))
            return RC_OK;
    for (size_t i = 0; i < c->n_params; i++)
        if (c->params[i].required_until != 0 && c->params[i].required_until < newest &&
            !missing_at(c, c->params[i].required_until + 1, body))
            return RC_OK;
    if (missing->secret)
        return err_set(err, RC_USAGE, 0, "%s is missing: %s @FILE, %s @- or %s COMMAND",
                       missing->flag, missing->flag, missing->flag, missing->command);
    return err_set(err, RC_USAGE, 0, "%s is missing", missing->flag);
}

/* ---- the request ---- */
static enum rc add_encoded(struct buf *out, const char *s) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    enum rc rc = RC_OK;

    for (; *s && rc == RC_OK; s++)
        rc = strchr(plain, *s) ? buf_add(out, s, 1)
                               : buf_addf(out, "%%%02X", (unsigned)(unsigned char)*s);
    return rc;
}

static enum rc add_segment(struct buf *out, const struct api_call *c, const char *name, size_t n,
                           struct err *err) {
    for (size_t i = 0; i < c->n_params; i++) {
        const struct api_param *p = &c->params[i];

        if (p->place != PLACE_PATH || strlen(p->wire) != n || strncmp(p->wire, name, n) != 0)
            continue;
        const char *value = p->given.n > 0 ? p->given.items[0] : "";

        if (str_blank(value) || str_eq(value, ".") || str_eq(value, ".."))
            return err_set(err, RC_USAGE, 0, "%s \"%s\": it must be the name of one thing", p->flag,
                           value);
        return add_encoded(out, value);
    }
    return err_set(err, RC_USAGE, 0, "%.*s is missing", (int)n, name);
}

enum rc api_target(struct buf *out, const struct api_call *c, struct err *err) {
    enum rc rc = RC_OK;
    const char *mark = "?";

    for (const char *p = c->spec->path; *p && rc == RC_OK;) {
        const size_t n = strcspn(p, "{");

        rc = buf_add(out, p, n);
        p += n;
        if (*p == '{' && rc == RC_OK) {
            const size_t name = strcspn(++p, "}");

            rc = add_segment(out, c, p, name, err);
            p += name + 1;
        }
    }
    for (size_t i = 0; i < c->n_params && rc == RC_OK; i++) {
        const struct api_param *p = &c->params[i];

        if (p->place != PLACE_QUERY || p->given.n == 0)
            continue;
        rc = buf_addf(out, "%s%s=", mark, p->wire);
        mark = "&";
        if (rc == RC_OK)
            rc = add_encoded(out, p->given.items[0]);
    }
    return rc == RC_LIMIT ? err_set(err, RC_USAGE, 0, "the address is too long") : rc;
}

static enum rc add_value(struct buf *out, const struct api_param *p, const char *text) {
    const bool quoted =
        p->type == FIELD_STRING || p->type == FIELD_STRINGS || p->type == FIELD_TIME;

    return quoted ? jtext_quote(out, text) : buf_adds(out, text);
}

enum rc api_body(struct buf *out, const struct api_call *c, struct err *err) {
    enum rc rc = buf_adds(out, "{");
    const char *comma = "";

    for (size_t i = 0; i < c->n_params && rc == RC_OK; i++) {
        const struct api_param *p = &c->params[i];
        const bool list = p->type == FIELD_STRINGS;

        if (p->place != PLACE_BODY || p->given.n == 0)
            continue;
        rc = buf_addf(out, "%s\"%s\":%s", comma, p->wire, list ? "[" : "");
        comma = ",";
        for (size_t k = 0; k < p->given.n && rc == RC_OK; k++) {
            rc = buf_adds(out, k > 0 ? "," : "");
            if (rc == RC_OK)
                rc = add_value(out, p, p->given.items[k]);
        }
        if (rc == RC_OK && list)
            rc = buf_adds(out, "]");
    }
    if (rc == RC_OK)
        rc = buf_adds(out, "}");
    return rc == RC_OK ? rc : err_set(err, RC_USAGE, 0, "the request is too large");
}

bool api_any_body(const struct api_call *c) {
    for (size_t i = 0; i < c->n_params; i++)
        if (c->params[i].place == PLACE_BODY && c->params[i].given.n > 0)
            return true;
    return false;
}
