/* read.c - config.ini with every complaint and its line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mix/ini.h"
#include "mix/text.h"
#include "private.h"

enum {
    MAX_FILE = 1024 * 1024,
    MAX_NAME = 32,  /* of a profile */
    MAX_LINE = 190, /* as the reader of lines has it */
    MAX_PROFILES = 256,
    MAX_KEYS = 1024,
};

/* Where a profile's lines are: a complaint there is a complaint about it. */
struct range {
    int first, last;
};
struct reading {
    struct config *c;
    const char *path;
    struct buf *complaints;
    struct range *ranges; /* of each profile; of its first section, others are complaints anyway */
    uint64_t looks;       /* which settings of [ui] were given */
    bool open;            /* others may read the file */
    char complaint[320];  /* lives until the next one */
};

static struct config_judge judge;

void config_judges(const struct config_judge *j) { judge = *j; }

/* ---- sections ---- */
bool profile_name_ok(const char *name, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char c = name[i];

        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              (i > 0 && c == '-') || c == '_' || c == '.'))
            return false;
    }
    return n > 0 && n <= MAX_NAME;
}

static struct profile *find_profile(const struct config *c, const char *name, size_t n) {
    for (size_t i = 0; i < c->n_profiles; i++)
        if (strlen(c->profiles[i].name) == n && memcmp(c->profiles[i].name, name, n) == 0)
            return &c->profiles[i];
    return NULL;
}

static void add_profile(struct reading *r, const char *name, size_t n, int line) {
    struct config *c = r->c;

    c->profiles = xrealloc(c->profiles, (c->n_profiles + 1) * sizeof *c->profiles);
    r->ranges = xrealloc(r->ranges, (c->n_profiles + 1) * sizeof *r->ranges);
    struct profile *p = &c->profiles[c->n_profiles];

    *p = (struct profile){0};
    p->name = arena_strndup(&p->arena, name, n);
    r->ranges[c->n_profiles++] = (struct range){line, line};
}

static const char server_word[] = "server ";

/* A `[section]` line; `section` is what stands between the brackets. */
static void take_section(struct reading *r, const char *section, size_t n, int line) {
    const size_t word = sizeof server_word - 1;
    const char *wrong = NULL;

    if ((n == 2 && memcmp(section, "ui", 2) == 0) || (n == 4 && memcmp(section, "keys", 4) == 0))
        return;
    if (n < word || memcmp(section, server_word, word) != 0)
        wrong = "unknown section: it is [ui], [keys] or [server NAME]";
    else if (!profile_name_ok(section + word, n - word))
        wrong = "the name of a server is made of up to 32 letters, digits, . _ and -";
    else if (find_profile(r->c, section + word, n - word))
        wrong = "this server is there already";
    else if (r->c->n_profiles >= MAX_PROFILES)
        wrong = "too many servers";
    else
        add_profile(r, section + word, n - word, line);
    if (!wrong)
        return;
    (void)buf_addf(r->complaints, "%s:%d: [%.*s]: %s\n", r->path, line, (int)(n < 60 ? n : 60),
                   section, wrong);
    struct profile *twice = n > word ? find_profile(r->c, section + word, n - word) : NULL;

    if (twice && !twice->fault)
        twice->fault = arena_printf(&twice->arena, "%s:%d: %s", r->path, line, wrong);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool has_control(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
            return true;
    return false;
}

/* The sections before their keys: also one without keys is a profile, and one said twice is seen.
 */
static void scan_sections(struct reading *r, const char *text, size_t n) {
    int line = 0;
    size_t last = SIZE_MAX;

    for (size_t at = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; at < n;) {
        const char *s = text + at, *nl = memchr(s, '\n', n - at);
        size_t len = nl ? (size_t)(nl - s) : n - at;

        at += len + 1;
        line++;
        for (; len > 0 && is_blank(*s); len--)
            s++;
        if (len == 0 || *s != '[' || len > MAX_LINE) {
            if (last < r->c->n_profiles)
                r->ranges[last].last = line;
            continue;
        }
        const char *close = memchr(s, ']', len);
        const size_t before = r->c->n_profiles;

        if (close && text_valid(s, len) &&
            !has_control(s, len)) /* else the lines' reader complains */
            take_section(r, s + 1, (size_t)(close - s - 1), line);
        last = r->c->n_profiles > before ? before : SIZE_MAX;
    }
}

/* ---- keys ---- */
static const char *unknown_key(struct reading *r, size_t first, size_t end, const char *key) {
    const char *near = setting_near(first, end, key);

    (void)snprintf(r->complaint, sizeof r->complaint, "unknown setting %.60s%s%s%s", key,
                   near ? ": did you mean " : "", near ? near : "", near ? "?" : "");
    return r->complaint;
}

static const char *take_look(struct reading *r, const struct ini_item *item) {
    const struct setting *row = setting_find(SET_COUNT, SET_ALL, item->key);
    struct err err = {0};

    if (!row)
        return unknown_key(r, SET_COUNT, SET_ALL, item->key);
    const struct said said = {.row = row, .name = row->name, .value = item->value};
    const uint64_t bit = (uint64_t)1 << (row - settings);
    const char *wrong = NULL;

    if (r->looks & bit)
        (void)err_set(&err, RC_USAGE, 0, "%s is set twice", row->name);
    else if (look_set(&r->c->ui, &r->c->arena, &said, &err) == RC_OK && row->kind == KIND_THEME &&
             judge.theme && (wrong = judge.theme(item->value)))
        r->c->ui.theme = NULL;
    r->looks |= bit;
    if (err.rc == RC_OK && !wrong)
        return NULL;
    (void)snprintf(r->complaint, sizeof r->complaint, "%s", wrong ? wrong : err.text);
    return r->complaint;
}

static const char *take_key(struct reading *r, const struct ini_item *item) {
    struct ui_config *ui = &r->c->ui;
    const char *wrong = judge.key ? judge.key(item->key, item->value) : NULL;

    for (size_t i = 0; !wrong && i < ui->keys.n; i++)
        if (str_eq(ui->keys.items[i].command, item->key))
            wrong = "it is set twice";
    if (!wrong && ui->keys.n >= MAX_KEYS)
        wrong = "too many keys";
    if (wrong) {
        (void)snprintf(r->complaint, sizeof r->complaint, "%.60s: %s", item->key, wrong);
        return r->complaint;
    }
    struct key_binding *items = ui->keys.items;

    items = xrealloc(items, (ui->keys.n + 1) * sizeof *items);
    items[ui->keys.n++] = (struct key_binding){
        .command = arena_strdup(&r->c->arena, item->key),
        .keys = arena_strdup(&r->c->arena, item->value),
        .line = item->line,
    };
    ui->keys.items = items;
    return NULL;
}

/* A secret written out is for the owner's eyes at most. */
static const char *look_at_secret(struct reading *r, const struct ini_item *item) {
    const size_t n = strcspn(item->value, ":");

    if (!r->open || !header_is_secret(item->value, n))
        return NULL;
    (void)snprintf(r->complaint, sizeof r->complaint,
                   "%.*s looks like a secret, and others may read this file: use header_file, or "
                   "chmod 600",
                   (int)(n < 60 ? n : 60), item->value);
    return r->complaint;
}

static const char *take_server(struct reading *r, struct profile *p, const struct ini_item *item) {
    const struct setting *row = setting_find(0, SET_COUNT, item->key);
    struct err err = {0};

    if (!row)
        return unknown_key(r, 0, SET_COUNT, item->key);
    const struct said said = {.row = row, .name = row->name, .value = item->value};

    if (p->given >> (row - settings) & 1 && !setting_repeats(row))
        (void)err_set(&err, RC_USAGE, 0, "%s is set twice", row->name);
    else
        (void)setting_set(p, &said, &err);
    if (err.rc == RC_OK)
        return row->kind == KIND_HEADER ? look_at_secret(r, item) : NULL;
    (void)snprintf(r->complaint, sizeof r->complaint, "%s", err.text);
    return r->complaint;
}

static const char *take_item(void *ctx, const struct ini_item *item) {
    struct reading *r = ctx;
    const size_t word = sizeof server_word - 1;
    struct profile *p = NULL;

    if (str_eq(item->section, "ui"))
        return take_look(r, item);
    if (str_eq(item->section, "keys"))
        return take_key(r, item);
    if (str_eq(item->section, ""))
        return "a setting before any section: [ui], [keys] or [server NAME] comes first";
    if (strncmp(item->section, server_word, word) == 0)
        p = find_profile(r->c, item->section + word, strlen(item->section) - word);
    return p ? take_server(r, p, item) : NULL; /* complained about with its section */
}

/* ---- whose complaint it is ---- */
static void blame(struct reading *r, const char *text, size_t n) {
    const size_t path = strlen(r->path);
    const int line = n > path ? (int)strtol(text + path + 1, NULL, 10) : 0;

    for (size_t i = 0; i < r->c->n_profiles; i++) {
        struct profile *p = &r->c->profiles[i];

        if (!p->fault && line >= r->ranges[i].first && line <= r->ranges[i].last)
            p->fault = arena_strndup(&p->arena, text, n);
    }
}

void config_parse(struct config *out, const char *path, const char *text, size_t n, bool open,
                  struct buf *complaints) {
    auto_buf struct buf own = {0};
    struct reading r = {.c = out, .path = path, .complaints = &own, .open = open};

    buf_init(&own, MAX_FILE);
    *out = (struct config){0};
    out->path = arena_strdup(&out->arena, path);
    scan_sections(&r, text, n);
    (void)ini_read(path, text, n, take_item, &r, &own);
    for (size_t at = 0; at < own.n;) {
        const char *nl = memchr(own.p + at, '\n', own.n - at);
        const size_t len = nl ? (size_t)(nl - own.p) - at : own.n - at;

        blame(&r, own.p + at, len);
        at += len + 1;
    }
    /* Complaints that found no place cannot be told from none. */
    for (size_t i = 0; own.n > MAX_FILE - 1024 && i < out->n_profiles; i++)
        if (!out->profiles[i].fault)
            out->profiles[i].fault = "the file has too many mistakes";
    if (complaints)
        (void)buf_adds(complaints, buf_str(&own));
    free(r.ranges);
}

/* ---- the file ---- */
static enum rc load(struct buf *text, bool *open_to_others, int fd, const char *path,
                    struct err *err) {
    struct stat st;
    char bytes[16 * 1024];
    ssize_t n;

    if (fstat(fd, &st) != 0)
        return err_set(err, RC_IO, errno, "%.150s: %s", path, strerror(errno));
    *open_to_others = (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
    while ((n = read(fd, bytes, sizeof bytes)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, RC_IO, errno, "%.150s: %s", path, strerror(errno));
        if (buf_add(text, bytes, (size_t)n) != RC_OK)
            return err_set(err, RC_IO, EFBIG, "%.150s is larger than 1 MiB", path);
    }
    return RC_OK;
}

enum rc config_read(struct config *out, const char *path, struct buf *complaints, struct err *err) {
    auto_free char *usual = path ? NULL : path_config_file();
    const char *name = path ? path : usual;

    *out = (struct config){0};
    if (!name)
        return RC_OK;
    auto_fd int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0 && !path && (errno == ENOENT || errno == ENOTDIR))
        return RC_OK;
    if (fd < 0)
        return err_set(err, RC_IO, errno, "%.150s: %s", name, strerror(errno));
    auto_buf struct buf text = {0};
    bool open_to_others = false;

    buf_init(&text, MAX_FILE);
    const enum rc rc = load(&text, &open_to_others, fd, name, err);

    if (rc == RC_OK)
        config_parse(out, name, buf_str(&text), text.n, open_to_others, complaints);
    return rc;
}

void config_fini(struct config *c) {
    for (size_t i = 0; i < c->n_profiles; i++)
        profile_fini(&c->profiles[i]);
    free(c->profiles);
    free(c->ui.keys.items);
    arena_free(&c->arena);
    *c = (struct config){0};
}
