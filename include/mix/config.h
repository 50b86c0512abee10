/* config.h - how a server is reached and how the program looks: flags beat environment, environment
 * beats config.ini, that beats what is built in.
 *
 * $XDG_CONFIG_HOME/mixtui/config.ini:
 *   [ui] theme, borders, animations, ... · [keys] action = key, key
 *   [server NAME] a profile: url and whatever struct profile lists
 * Every setting is one row of a table in src/config/settings.c, from which `mixtui config
 * --default`, the checks and the man page are made. Secrets are never written in it: NAME_file =
 * PATH or NAME_command = COMMAND, read or run once when the profile is opened, never logged. Main
 * thread. */
#ifndef MIX_CONFIG_H
#define MIX_CONFIG_H

#include "mix/flags.h"
#include "mix/net.h"

struct profile {
    char *name, *url;
    struct strings headers; /* "Name: value" of what is no secret */
    /* "Name: " + file or command, for headers that are; filled in by profile_open */
    struct {
        struct secret_source *items;
        size_t n;
    } secrets;
    struct net_config net; /* strings owned by the profile; headers NULL until profile_open */
    bool watch;            /* watched besides the one shown: its permissions stand in the inbox */
    struct arena arena;
};
struct ui_config {
    char *theme;
    bool ascii, still;
    size_t watch_limit; /* 0: default */
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
    int insecure;        /* counted: once is a usage error that says so */
    struct profile over; /* what the flags set; wins over the profile */
    uint32_t given;      /* private: which of them were given */
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

/* The server to use: flags, MIX_SERVER_URL, profile, http://localhost:8088. Runs secret commands
 * and reads secret files. Afterwards out->net is ready for net_new. Fails: RC_USAGE, RC_IO. */
enum rc profile_open(struct profile *out, const struct config *c, const struct connect_flags *flags,
                     struct err *err);
void profile_fini(struct profile *p); /* wipes secrets */
/* NULL, or one line to warn with: plain http beyond loopback, insecure TLS. */
const char *profile_warning(const struct profile *p);

/* What every command does first: reads the config, opens profile and debug log. */
enum rc connect_open(struct profile *out, const struct connect_flags *flags, struct err *err);

#endif
