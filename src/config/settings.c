/* settings.c - the table of settings, and one value of it checked and stored. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

const struct setting settings[SET_ALL] = {
#define SETTING(id, name_, kind_, member, value_, fallback_, help_)                                \
    [SET_##id] = {.name = (name_),                                                                 \
                  .kind = KIND_##kind_,                                                            \
                  .at = offsetof(struct profile, member),                                          \
                  .value = (value_),                                                               \
                  .fallback = (fallback_),                                                         \
                  .help = (help_)},
#define FLAG(id, name_, kind_, member, flag_, value_, fallback_, help_)                            \
    [SET_##id] = {.name = (name_),                                                                 \
                  .kind = KIND_##kind_,                                                            \
                  .at = offsetof(struct profile, member),                                          \
                  .flag = (flag_),                                                                 \
                  .value = (value_),                                                               \
                  .fallback = (fallback_),                                                         \
                  .help = (help_)},
#define LOOK(id, name_, kind_, value_, fallback_, help_)                                           \
    [SET_##id] = {.name = (name_),                                                                 \
                  .kind = KIND_##kind_,                                                            \
                  .value = (value_),                                                               \
                  .fallback = (fallback_),                                                         \
                  .help = (help_)},
#include "settings.def"
};

enum {
    MAX_REPEATED = 64,
    DAY_MS = 24 * 60 * 60 * 1000,
};

void strings_add(struct strings *s, struct arena *a, const char *text) {
    const char **items = arena_alloc(a, (s->n + 1) * sizeof *items);

    if (s->n > 0)
        memcpy(items, s->items, s->n * sizeof *items);
    items[s->n] = arena_strdup(a, text);
    s->items = items;
    s->n++;
}

bool setting_repeats(const struct setting *row) {
    return row->kind == KIND_HEADER || row->kind == KIND_HEADER_FILE ||
           row->kind == KIND_HEADER_COMMAND;
}

static enum rc one_of(const struct said *s, struct err *err) {
    return err_set(err, RC_USAGE, 0, "%s %.40s: it is one of %s", s->name, s->value, s->row->value);
}

/* Yes and no in the words of the row ("on|off"): the first is yes. */
static enum rc set_choice(bool *out, const struct said *s, struct err *err) {
    assert(s->row->value && s->value);
    const size_t n = strcspn(s->row->value, "|");

    *out = strncmp(s->value, s->row->value, n) == 0 && s->value[n] == '\0';
    return *out || str_eq(s->value, s->row->value + n + 1) ? RC_OK : one_of(s, err);
}

/* A row without words is a flag that takes none: in the file it is yes or no. */
static enum rc set_yes(bool *out, const struct said *s, struct err *err) {
    *out = !s->value || str_eq(s->value, "yes");
    if (*out || str_eq(s->value, "no"))
        return RC_OK;
    return err_set(err, RC_USAGE, 0, "%s %.40s: it is yes or no", s->name, s->value);
}

static enum rc set_time(int64_t *out, const struct said *s, struct err *err) {
    const struct flag flag = {.name = s->name};
    const struct flag_given given = {.flag = &flag, .value = s->value};
    const bool none = str_eq(s->value, "none");
    int64_t ms = 0;

    if (!none && flag_duration(&ms, &given, err) != RC_OK)
        return err->rc;
    if (ms > DAY_MS)
        return err_set(err, RC_USAGE, 0, "%s %.40s: it is at most 24h", s->name, s->value);
    if (s->row->kind == KIND_WAIT && ms == 0)
        return err_set(err, RC_USAGE, 0, "%s %.40s: it is more than 0; retries end with %s",
                       s->name, s->value, s->where == SAID_AS_FLAG ? "--retry off" : "retry = off");
    *out = ms > 0 ? ms : -1;
    return RC_OK;
}

static enum rc set_factor(double *out, const struct said *s, struct err *err) {
    char *end = NULL;

    errno = 0;
    const double x = strtod(s->value, &end);

    if (errno || end == s->value || *end || !(x >= 1 && x <= 10))
        return err_set(err, RC_USAGE, 0, "%s %.40s: it is a number from 1 to 10, as 1.5", s->name,
                       s->value);
    *out = x;
    return RC_OK;
}

static enum rc set_count(int *out, const struct said *s, struct err *err) {
    const struct flag flag = {.name = s->name};
    const struct flag_given given = {.flag = &flag, .value = s->value};
    int64_t n = 0;
    const enum rc rc = flag_number(&n, &given, 1, 100, err);

    *out = (int)n;
    return rc;
}

/* A path. What the shell did not expand is expanded here; a file's paths do not hang on where
 * somebody stands. */
static enum rc set_path(const char **out, struct arena *a, const struct said *s, const char *path,
                        struct err *err) {
    if (strncmp(path, "~/", 2) == 0) {
        const char *home = getenv("HOME");

        if (str_blank(home))
            return err_set(err, RC_USAGE, 0, "%s: HOME is not set", s->name);
        *out = arena_printf(a, "%s/%s", home, path + 2);
        return RC_OK;
    }
    if (s->where == SAID_IN_FILE && *path != '/')
        return err_set(err, RC_USAGE, 0, "%s %.80s: a path here begins with / or ~/", s->name,
                       path);
    *out = arena_strdup(a, path);
    return RC_OK;
}

/* ---- secrets: where they come from ---- */
static const char *skip_blanks(const char *s) { return s + strspn(s, " \t"); }

/* "NAME: FROM" of a header whose value is a secret. */
static enum rc split_header(struct secret_source *out, struct arena *a, const struct said *s,
                            struct err *err) {
    const char *colon = strchr(s->value, ':');

    if (!colon || !*skip_blanks(colon + 1))
        return err_set(err, RC_USAGE, 0, "%s: it is %s", s->name, s->row->value);
    out->header = arena_strndup(a, s->value, (size_t)(colon - s->value));
    out->from = arena_strdup(a, skip_blanks(colon + 1));
    return check_header_name(s, out->header, strlen(out->header), err);
}

static enum rc set_secret(struct profile *p, const struct said *s, struct secret_source from,
                          struct err *err) {
    enum rc rc = RC_OK;

    from.said = arena_strdup(&p->arena, s->name);
    from.from = arena_strdup(&p->arena, s->value);
    if (from.what == SECRET_HEADER)
        rc = split_header(&from, &p->arena, s, err);
    if (rc == RC_OK && from.how == SECRET_FILE)
        rc = set_path(&from.from, &p->arena, s, from.from, err);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < p->secrets.n; i++)
        if (secret_rivals(&p->secrets.items[i], &from))
            return err_set(err, RC_USAGE, 0, "%s: %s says the same already", s->name,
                           p->secrets.items[i].said);
    if (p->secrets.n >= MAX_REPEATED)
        return err_set(err, RC_USAGE, 0, "%s: at most %d secrets", s->name, MAX_REPEATED);
    struct secret_source *items = arena_alloc(&p->arena, (p->secrets.n + 1) * sizeof *items);

    if (p->secrets.n > 0)
        memcpy(items, p->secrets.items, p->secrets.n * sizeof *items);
    items[p->secrets.n++] = from;
    p->secrets.items = items;
    return RC_OK;
}

static enum rc set_header(struct profile *p, const struct said *s, struct err *err) {
    const enum rc rc = check_header(s, err);

    if (rc != RC_OK)
        return rc;
    if (p->headers.n >= MAX_REPEATED)
        return err_set(err, RC_USAGE, 0, "%s: at most %d headers", s->name, MAX_REPEATED);
    const char *colon = strchr(s->value, ':');

    strings_add(&p->headers, &p->arena,
                arena_printf(&p->arena, "%.*s: %s", (int)(colon - s->value), s->value,
                             skip_blanks(colon + 1)));
    return RC_OK;
}

static enum rc set_proxy(struct profile *p, const struct said *s, struct err *err) {
    const enum rc rc = str_eq(s->value, "none") ? RC_OK : check_proxy(s, s->value, err);

    if (rc == RC_OK)
        p->net.proxy = str_eq(s->value, "none") ? "" : arena_strdup(&p->arena, s->value);
    return rc;
}

/* What a secret's kind of setting means; the others are not in it. */
static const struct {
    bool is;
    struct secret_source source;
} secret_kinds[] = {
    [KIND_HEADER_FILE] = {true, {.what = SECRET_HEADER, .how = SECRET_FILE}},
    [KIND_HEADER_COMMAND] = {true, {.what = SECRET_HEADER, .how = SECRET_COMMAND}},
    [KIND_BEARER_FILE] = {true, {.what = SECRET_BEARER, .how = SECRET_FILE}},
    [KIND_BEARER_COMMAND] = {true, {.what = SECRET_BEARER, .how = SECRET_COMMAND}},
    [KIND_BASIC_FILE] = {true, {.what = SECRET_BASIC, .how = SECRET_FILE}},
    [KIND_BASIC_COMMAND] = {true, {.what = SECRET_BASIC, .how = SECRET_COMMAND}},
    [KIND_PROXY_FILE] = {true, {.what = SECRET_PROXY, .how = SECRET_FILE}},
    [KIND_PROXY_COMMAND] = {true, {.what = SECRET_PROXY, .how = SECRET_COMMAND}},
    [KIND_KEY_PASSWORD_FILE] = {true, {.what = SECRET_KEY_PASSWORD, .how = SECRET_FILE}},
    [KIND_KEY_PASSWORD_COMMAND] = {true, {.what = SECRET_KEY_PASSWORD, .how = SECRET_COMMAND}},
    [KIND_LAST] = {false, {0}},
};

static enum rc set_url(struct profile *p, const struct said *s, struct err *err) {
    const enum rc rc = check_url(s, err);

    if (rc == RC_OK)
        p->url = arena_strdup(&p->arena, s->value);
    return rc;
}

/* The host that `insecure` is about, as somebody reads it in the url. */
static enum rc set_host(const char **out, struct arena *a, const struct said *s, struct err *err) {
    if (strpbrk(s->value, "/@ "))
        return err_set(err, RC_USAGE, 0, "%s %.40s: it is the host alone, as in url", s->name,
                       s->value);
    *out = arena_strdup(a, s->value);
    return RC_OK;
}

static enum rc set_insecure(struct profile *p, const struct said *s, struct err *err) {
    bool yes = false;
    const enum rc rc = set_yes(&yes, s, err);

    p->insecure += rc == RC_OK && yes;
    return rc;
}

static enum rc set_plain(struct profile *p, const struct said *s, struct err *err) {
    void *at = (char *)p + s->row->at;
    bool yes = false;
    enum rc rc = RC_OK;

    switch ((int)s->row->kind) {
    case KIND_PATH:
        return set_path(at, &p->arena, s, s->value, err);
    case KIND_HOST:
        return set_host(at, &p->arena, s, err);
    case KIND_YES:
        return set_yes(at, s, err);
    case KIND_TIME:
    case KIND_WAIT:
        return set_time(at, s, err);
    case KIND_COUNT:
        return set_count(at, s, err);
    case KIND_FACTOR:
        return set_factor(at, s, err);
    case KIND_RETRY:
        rc = set_choice(&yes, s, err);
        p->net.retry.mode = yes ? RETRY_AS_ROW : RETRY_OFF;
        return rc;
    default:
        assert(s->row->kind == KIND_HTTP);
        rc = set_choice(&yes, s, err);
        p->net.http_version = yes ? HTTP_1_1 : HTTP_2;
        return rc;
    }
}

enum rc setting_set(struct profile *p, const struct said *s, struct err *err) {
    const enum setting_kind kind = s->row->kind;
    enum rc rc;

    if (s->row->value && str_blank(s->value))
        return err_set(err, RC_USAGE, 0, "%s needs a value: %s", s->name, s->row->value);
    if (kind < KIND_LAST && secret_kinds[kind].is)
        rc = set_secret(p, s, secret_kinds[kind].source, err);
    else if (kind == KIND_URL)
        rc = set_url(p, s, err);
    else if (kind == KIND_HEADER)
        rc = set_header(p, s, err);
    else if (kind == KIND_PROXY)
        rc = set_proxy(p, s, err);
    else if (kind == KIND_INSECURE)
        rc = set_insecure(p, s, err);
    else
        rc = set_plain(p, s, err);
    if (rc == RC_OK)
        p->given |= (uint64_t)1 << (s->row - settings);
    return rc;
}

static enum rc set_index(enum index_choice *out, const struct said *s, struct err *err) {
    static const char *const words[] = {
        [INDEX_ASK] = "ask", [INDEX_OFF] = "off", [INDEX_PROFILE] = "profile", [INDEX_ALL] = "all"};

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (str_eq(s->value, words[i])) {
            *out = (enum index_choice)i;
            return RC_OK;
        }
    return one_of(s, err);
}

static enum rc set_mouse(enum mouse_use *out, const struct said *s, struct err *err) {
    static const char *const words[] = {
        [MOUSE_OFF] = "off", [MOUSE_WHEEL] = "wheel", [MOUSE_ON] = "on"};

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (str_eq(s->value, words[i])) {
            *out = (enum mouse_use)i;
            return RC_OK;
        }
    return one_of(s, err);
}

static enum rc set_editor_in(enum editor_place *out, const struct said *s, struct err *err) {
    static const char *const words[] = {
        [EDITOR_AUTO] = "auto", [EDITOR_TERMINAL] = "terminal", [EDITOR_TMUX] = "tmux"};

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (str_eq(s->value, words[i])) {
            *out = (enum editor_place)i;
            return RC_OK;
        }
    return one_of(s, err);
}

static enum rc set_desktop(enum desktop *out, const struct said *s, struct err *err) {
    static const char *const words[] = {[DESKTOP_AUTO] = "auto",
                                        [DESKTOP_OFF] = "off",
                                        [DESKTOP_OSC9] = "9",
                                        [DESKTOP_OSC777] = "777",
                                        [DESKTOP_OSC99] = "99"};

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (str_eq(s->value, words[i])) {
            *out = (enum desktop)i;
            return RC_OK;
        }
    return one_of(s, err);
}

static size_t event_word(const char *p, size_t n) {
    size_t i = 0;

    while (i < ATTEND_COUNT && !(strlen(attend_word((enum attend_kind)i)) == n &&
                                 memcmp(attend_word((enum attend_kind)i), p, n) == 0))
        i++;
    return i;
}

/* Words with commas or blanks between them. */
static enum rc set_events(bool off[ATTEND_COUNT], const struct said *s, struct err *err) {
    bool on[ATTEND_COUNT] = {false};

    for (const char *p = s->value + strspn(s->value, ", \t"); *p && !str_eq(s->value, "none");) {
        const size_t n = strcspn(p, ", \t"), kind = event_word(p, n);

        if (kind == ATTEND_COUNT)
            return err_set(err, RC_USAGE, 0,
                           "%s %.*s: it is any of approval, question, error, finished, or none",
                           s->name, (int)(n < 40 ? n : 40), p);
        on[kind] = true;
        p += n + strspn(p + n, ", \t");
    }
    for (size_t i = 0; i < ATTEND_COUNT; i++)
        off[i] = !on[i];
    return RC_OK;
}

/* Whether it is the second word of the row, "on|off": what is zero is the first. */
static enum rc set_second(bool *out, const struct said *s, struct err *err) {
    bool first = false;
    const enum rc rc = set_choice(&first, s, err);

    *out = rc == RC_OK && !first;
    return rc;
}

static enum rc set_attend(struct attend_config *c, struct arena *a, const struct said *s,
                          struct err *err) {
    enum rc rc = RC_OK;

    if (s->row->kind == KIND_HOOK)
        c->hook = arena_strdup(a, s->value);
    else if (s->row->kind == KIND_EVENTS)
        rc = set_events(c->off, s, err);
    else if (s->row->kind == KIND_DESKTOP)
        rc = set_desktop(&c->desktop, s, err);
    else
        rc = set_second(&c->silent, s, err);
    return rc;
}

enum rc look_set(struct ui_config *ui, struct arena *a, const struct said *s, struct err *err) {
    const struct flag flag = {.name = s->name};
    const struct flag_given given = {.flag = &flag, .value = s->value};
    int64_t n = 0;
    enum rc rc = RC_OK;

    if (str_blank(s->value))
        return err_set(err, RC_USAGE, 0, "%s needs a value: %s", s->name, s->row->value);
    switch ((int)s->row->kind) {
    case KIND_THEME:
        ui->theme = arena_strdup(a, s->value);
        break;
    case KIND_BORDERS:
        rc = set_second(&ui->ascii, s, err);
        break;
    case KIND_AMBIGUOUS:
        rc = set_second(&ui->wide, s, err);
        break;
    case KIND_ANIMATIONS:
        rc = set_second(&ui->still, s, err);
        break;
    case KIND_INDEX:
        rc = set_index(&ui->index, s, err);
        break;
    case KIND_MOUSE:
        rc = set_mouse(&ui->mouse, s, err);
        break;
    case KIND_EDITOR:
        rc = set_second(&ui->vi, s, err);
        break;
    case KIND_EDITOR_IN:
        rc = set_editor_in(&ui->editor_in, s, err);
        break;
    case KIND_PROGRAM:
        ui->open = arena_strdup(a, s->value);
        break;
    case KIND_HOOK:
    case KIND_EVENTS:
    case KIND_BELL:
    case KIND_DESKTOP:
        rc = set_attend(&ui->attend, a, s, err);
        break;
    case KIND_MEGABYTES:
        rc = flag_number(&n, &given, 1, 1024 * 1024, err);
        ui->index_bytes = rc == RC_OK ? n * 1024 * 1024 : ui->index_bytes;
        break;
    case KIND_TRANSFERS:
        rc = flag_number(&n, &given, 1, 64, err);
        ui->transfers = rc == RC_OK ? (size_t)n : ui->transfers;
        break;
    default:
        assert(s->row->kind == KIND_WATCHED);
        if (str_eq(s->value, "all"))
            ui->watch_limit = SIZE_MAX;
        else if ((rc = flag_number(&n, &given, 1, 10000, err)) == RC_OK)
            ui->watch_limit = (size_t)n;
    }
    return rc;
}

/* ---- names ---- */
const struct setting *setting_find(size_t first, size_t end, const char *name) {
    for (size_t i = first; i < end; i++)
        if (str_eq(settings[i].name, name))
            return &settings[i];
    return NULL;
}

static int least(int a, int b) { return a < b ? a : b; }

/* How many letters are wrong, missing or too many. */
static int distance(const char *a, const char *b) {
    enum { MAX_NAME = 31 };
    int row[MAX_NAME + 1];
    const int n = (int)strlen(b);

    if (n > MAX_NAME)
        return n;
    for (int j = 0; j <= n; j++)
        row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];

        row[0] = i;
        for (int j = 1; j <= n; j++) {
            const int above = row[j];

            row[j] = least(diagonal + (a[i - 1] != b[j - 1]), least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[n];
}

const char *setting_near(size_t first, size_t end, const char *name) {
    const char *best = NULL;
    int least_far = 1 + (int)strlen(name) / 3;

    for (size_t i = first; i < end; i++) {
        const int far = distance(name, settings[i].name);

        if (far <= least_far && (!best || far < least_far)) {
            best = settings[i].name;
            least_far = far;
        }
    }
    return best;
}
