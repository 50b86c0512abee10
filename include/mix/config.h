/* config.h - how a server is reached and how the program looks: flags beat environment, environment
 * beats config.ini, that beats what is built in.
 *
 * $XDG_CONFIG_HOME/mixtui/config.ini:
 *   [ui] theme, borders, animations, ... · [keys] action = key, key
 *   [server NAME] a profile: url and whatever struct profile lists
 * Every setting is one row of a table in src/config/settings.c, from which `mixtui config
 * --default`, the checks and the man page are made. Secrets are never written in it: NAME_file =
 * PATH or NAME_command = COMMAND, read or run once when the profile is opened, never logged. Main
 * thread.
 *
 * Without --profile and without an address the profile named `default` is used, if there is one.
 * A profile's secrets go to its own url only: with another address they are left out. */
#ifndef MIX_CONFIG_H
#define MIX_CONFIG_H

#include "mix/attend.h"
#include "mix/flags.h"
#include "mix/index.h"
#include "mix/net.h"

/* Where a secret comes from. Nothing of it is read before profile_open. */
struct secret_source {
    enum { SECRET_HEADER, SECRET_BEARER, SECRET_BASIC, SECRET_PROXY, SECRET_KEY_PASSWORD } what;
    enum { SECRET_FILE, SECRET_COMMAND } how;
    const char *header; /* SECRET_HEADER: its name */
    const char *from;   /* the path or the command */
    const char *said;   /* "header_file" or "--header-file", for complaints */
};
/* Reads or runs it: one line, at most 64 KiB, of a file that others may not read, within 10 s. *out
 * is for secret_forget. Fails: RC_IO. */
enum rc secret_read(char **out, const struct secret_source *from, struct err *err);
void secret_forget(char *secret); /* overwrites and frees; NULL is fine */
struct profile {
    const char *name;       /* NULL: no profile, only flags and environment */
    const char *url;        /* NULL until profile_open where none was said */
    struct strings headers; /* "Name: value" of what is no secret */
    struct {
        struct secret_source *items;
        size_t n;
    } secrets;
    /* Strings owned by the profile. After profile_open all of it, secrets too, is ready for
     * net_new, which copies it. */
    struct net_config net;
    bool watch; /* watched besides the one shown: its permissions stand in the inbox */
    struct arena arena;
    /* private */
    uint64_t given;            /* which settings were */
    const char *fault;         /* its first complaint: it is not used while it has one */
    const char *warning;       /* of profile_warning */
    const char *sign;          /* of profile_sign */
    int insecure;              /* how often it was asked for; 2: it is so */
    const char *insecure_host; /* the file's second time names the host */
    struct strings wiped;      /* what profile_fini overwrites before it is freed */
};
/* WHEEL: only that; ON: dragging chooses text too. The mouse never decides anything. */
enum mouse_use { MOUSE_OFF, MOUSE_WHEEL, MOUSE_ON };
/* Where $EDITOR opens. AUTO: in tmux where that is around us. */
enum editor_place { EDITOR_AUTO, EDITOR_TERMINAL, EDITOR_TMUX };
struct ui_config {
    const char *theme; /* NULL: default */
    bool ascii, still;
    bool wide; /* ambiguous characters take two cells */
    enum mouse_use mouse;
    bool vi; /* keys of the composer */
    enum editor_place editor_in;
    size_t watch_limit; /* 0: default; SIZE_MAX: all */
    size_t transfers;   /* at once; 0: default */
    enum index_choice index;
    int64_t index_bytes; /* 0: default */
    const char *open;    /* words of a command; NULL or "": the usual programs */
    struct attend_config attend;
    struct {
        struct key_binding {
            const char *command, *keys;
            int line;
        } * items;
        size_t n;
    } keys;
};
struct config {
    char *path; /* NULL: there is no file */
    struct profile *profiles;
    size_t n_profiles;
    struct ui_config ui;
    struct arena arena;
};

/* The flags every command shares: --server --profile --config --header --header-file --proxy
 * --ca-file --cert --key --insecure --connect-timeout --idle-timeout --timeout --retry... --http
 * --debug --allow-core. */
struct connect_flags {
    const char *server, *profile, *config_file, *debug;
    bool demo, allow_core;
    struct profile over; /* what the flags set; wins over the profile; profile_fini frees it */
};
extern const struct flag_table connect_flag_table;
/* Takes one given flag of that table. A literal Authorization, Cookie, Proxy-Authorization or a
 * userinfo in a URL on the command line is RC_USAGE that names the safe way. */
enum rc connect_flag(struct connect_flags *c, const struct flag_given *g, struct err *err);

/* Reads the file (path NULL: the usual place, where none is no fault). complaints: one line each,
 * `PATH:LINE: text`, also when others may read a file that holds secrets; what could be read holds.
 * Fails: RC_IO when a named file cannot be read. */
enum rc config_read(struct config *out, const char *path, struct buf *complaints, struct err *err);
void config_fini(struct config *c);
const char *config_default(void); /* the commented default file */
/* What only higher floors know: a key binding, a theme's name. Each answers NULL or a complaint,
 * which config_read then reports with its line. Not set: not checked. */
struct config_judge {
    const char *(*key)(const char *command, const char *keys);
    const char *(*theme)(const char *name);
};
void config_judges(const struct config_judge *judge);
/* config_check_server: whether the other would refuse.
 * config_add_server: appends a [server NAME] with that address to the file, which is created 0600
 * with its directory when there is none; nothing in it is rewritten. path NULL: the usual place.
 * Fails: RC_USAGE (a name or an address that is none, a name that is taken), RC_IO. */
enum rc config_check_server(const char *path, const char *name, const char *url, struct err *err);
enum rc config_add_server(const char *path, const char *name, const char *url, struct err *err);

/* $XDG_CONFIG_HOME/mixtui/config.ini, else ~/.config/...; NULL without a home. Caller frees. */
char *path_config_file(void);
/* $XDG_STATE_HOME/mixtui, else ~/.local/state/mixtui; NULL without a home. Caller frees. */
char *path_state_dir(void);
/* $XDG_CACHE_HOME/mixtui, else ~/.cache/mixtui; NULL without a home. Caller frees. */
char *path_cache_dir(void);
/* $XDG_RUNTIME_DIR/mixtui, else run/ in the state directory; NULL without a home. Caller frees. */
char *path_runtime_dir(void);

/* Makes the directories a file stands in, 0700. Fails: RC_IO. */
enum rc path_make_dirs(const char *file, struct err *err);

/* The server to use: flags, MIX_SERVER_URL, profile, http://localhost:8088. Runs secret commands
 * and reads secret files. Afterwards out->net is ready for net_new. Fails: RC_USAGE, RC_IO. */
enum rc profile_open(struct profile *out, const struct config *c, const struct connect_flags *flags,
                     struct err *err);
void profile_fini(struct profile *p); /* wipes secrets */
/* NULL, or one line to warn with: plain http beyond loopback, insecure TLS. */
const char *profile_warning(const struct profile *p);
const char *profile_sign(const struct profile *p); /* the same for a status line: "! http" */

/* The debug log: --debug FILE, else MIX_DEBUG=1 in the state directory, else none. */
enum rc connect_log(const struct connect_flags *flags, struct err *err);
/* What every command does first: reads the config (complaints go to stderr), opens profile and
 * debug log. The profile's warning is the caller's to show. */
enum rc connect_open(struct profile *out, const struct connect_flags *flags, struct err *err);

#endif
