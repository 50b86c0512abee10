/* private.h - private to the config floor: the table of settings and who reads a secret. */
#ifndef MIX_CONFIG_PRIVATE_H
#define MIX_CONFIG_PRIVATE_H

#include "mix/config.h"

enum setting_id {
#define SETTING(id, ...) SET_##id,
#define FLAG(id, ...)    SET_##id,
#define LOOK(id, ...)
#include "settings.def"
    SET_COUNT,
    LOOK_FIRST = SET_COUNT - 1,
#define SETTING(id, ...)
#define FLAG(id, ...)
#define LOOK(id, ...) SET_##id,
#include "settings.def"
    SET_ALL
};
enum setting_kind {
    KIND_URL,
    KIND_HEADER,
    KIND_HEADER_FILE,
    KIND_HEADER_COMMAND,
    KIND_BEARER_FILE,
    KIND_BEARER_COMMAND,
    KIND_BASIC_FILE,
    KIND_BASIC_COMMAND,
    KIND_PROXY,
    KIND_PROXY_FILE,
    KIND_PROXY_COMMAND,
    KIND_PATH,
    KIND_KEY_PASSWORD_FILE,
    KIND_KEY_PASSWORD_COMMAND,
    KIND_LAST, /* of those that are secrets */
    KIND_INSECURE,
    KIND_HOST,
    KIND_YES,
    KIND_TIME, /* none is -1 */
    KIND_WAIT, /* more than nothing */
    KIND_RETRY,
    KIND_COUNT,
    KIND_FACTOR,
    KIND_HTTP,
    KIND_THEME,
    KIND_BORDERS,
    KIND_AMBIGUOUS,
    KIND_ANIMATIONS,
    KIND_WATCHED,
    KIND_TRANSFERS,
    KIND_INDEX,
    KIND_MOUSE,
    KIND_EDITOR,
    KIND_EDITOR_IN,
    KIND_MEGABYTES,
    KIND_PROGRAM,
    KIND_HOOK,
    KIND_EVENTS,
    KIND_BELL,
    KIND_DESKTOP,
};
struct setting {
    const char *name;
    enum setting_kind kind;
    size_t at;         /* offset in struct profile, for the kinds that go by it */
    const char *flag;  /* NULL: none */
    const char *value; /* what it takes, as in struct flag; NULL: a flag without value */
    const char *fallback, *help;
};
extern const struct setting settings[SET_ALL];

/* A value as it was given. */
struct said {
    const struct setting *row;
    const char *name; /* "ca_file" or "--ca-file" */
    const char *value;
    enum { SAID_IN_FILE, SAID_AS_FLAG } where;
};
/* Checks and stores it. Fails: RC_USAGE. */
enum rc setting_set(struct profile *p, const struct said *s, struct err *err);
enum rc look_set(struct ui_config *ui, struct arena *a, const struct said *s, struct err *err);
/* Many values of the same name make one list. */
bool setting_repeats(const struct setting *row);
/* Rows of one section by name; NULL: none. */
const struct setting *setting_find(size_t first, size_t end, const char *name);
/* The known name a mistyped one is nearest to; NULL: none is near. */
const char *setting_near(size_t first, size_t end, const char *name);
/* Both would set the same thing. */
bool secret_rivals(const struct secret_source *a, const struct secret_source *b);

/* ---- checks of what is foreign: each fails with RC_USAGE and a line that repeats no secret ----
 */
enum rc check_url(const struct said *s, struct err *err);
enum rc check_proxy(const struct said *s, const char *value, struct err *err);
enum rc check_header_name(const struct said *s, const char *name, size_t n, struct err *err);
enum rc check_header(const struct said *s, struct err *err);
/* Authorization, X-Api-Key, ... : its value should not stand where others see it. */
bool header_is_secret(const char *name, size_t n);
/* The host of an address in lower case, without port and brackets; "" of unix: and of nonsense. */
void url_host(char *out, size_t size, const char *url);
bool url_is_near(const char *url); /* loopback or a socket */
bool url_is_plain(const char *url);
bool url_equal(const char *a, const char *b);

/* ---- secrets ---- */
enum {
    SECRET_BYTES = 64 * 1024, /* no longer than that */
    SECRET_MS = 10 * 1000,    /* and not later */
};

/* config_read of what was read; `open`: others may read the file. */
void config_parse(struct config *out, const char *path, const char *text, size_t n, bool open,
                  struct buf *complaints);
/* The directories a file is to be in, 0700. */
bool profile_name_ok(const char *name, size_t n);
void strings_add(struct strings *s, struct arena *a, const char *text);

#endif
