/* flags.c - the flags every command shares: those of the settings, and a few that are none. */
#include <assert.h>

#include "private.h"

enum {
    FLAG_PROFILE = SET_ALL,
    FLAG_CONFIG,
    FLAG_DEBUG,
    FLAG_ALLOW_CORE,
};

static const struct flag rows[] = {
    {"--profile", "NAME", "the [server NAME] of config.ini; else the one named default",
     FLAG_PROFILE},
    {"--config", "FILE", "read that instead of config.ini", FLAG_CONFIG},
#define SETTING(...)
#define FLAG(id, name_, kind_, member, flag_, value_, fallback_, help_)                            \
    {(flag_), (value_), (help_), SET_##id},
#define LOOK(...)
#include "settings.def"
    {"--debug", "FILE", "log requests, answers and streams there; secrets are left out",
     FLAG_DEBUG},
    {"--allow-core", NULL, "let a crash write a core file (it may hold secrets)", FLAG_ALLOW_CORE},
};

const struct flag_table connect_flag_table = {.rows = rows, .n = MIX_COUNT(rows)};

enum rc connect_flag(struct connect_flags *c, const struct flag_given *g, struct err *err) {
    switch (g->flag->id) {
    case FLAG_PROFILE:
        c->profile = g->value;
        return RC_OK;
    case FLAG_CONFIG:
        c->config_file = g->value;
        return RC_OK;
    case FLAG_DEBUG:
        c->debug = g->value;
        return RC_OK;
    case FLAG_ALLOW_CORE:
        c->allow_core = true;
        return RC_OK;
    default:
        break;
    }
    assert(g->flag->id >= 0 && g->flag->id < SET_COUNT);
    const struct said said = {.row = &settings[g->flag->id],
                              .name = g->flag->name,
                              .value = g->value,
                              .where = SAID_AS_FLAG};
    const enum rc rc = setting_set(&c->over, &said, err);

    if (rc == RC_OK && g->flag->id == SET_URL)
        c->server = c->over.url;
    return rc;
}
