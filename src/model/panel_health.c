/* panel_health.c - how the server is: health, system, OAuth tokens, and what it can do. */
#include "mix/types_admin.h"
#include "panels.h"
#include "mix/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_PROVIDER = PANEL_FACT + 1, TAG_REFRESH };
struct health_data {
    const struct health *health;
    const struct system_info *system;
    const struct oauth_health *oauth;
    const struct status_reply *refreshed;
};

static void health_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct health_data));
}

static void health_load(struct model *m, struct panel *p, struct effects *fx) {
    static const enum op ops[] = {OP_HEALTH, OP_SYSTEM_INFO, OP_HEALTH_AUTH};

    *(struct health_data *)p->data = (struct health_data){0};
    panel_drop(p);
    for (size_t i = 0; i < MIX_COUNT(ops); i++)
        if (!panel_why_op(m, ops[i]))
            (void)panel_call(m, p, ops[i], fx);
}

static void health_reply(struct model *m, struct panel *p, struct incoming *in,
                         struct effects *fx) {
    struct health_data *d = p->data;

    if (in->kind != IN_REPLY || !in->out)
        return;
    if (in->op == OP_HEALTH)
        d->health = in->out;
    else if (in->op == OP_SYSTEM_INFO)
        d->system = in->out;
    else if (in->op == OP_HEALTH_AUTH)
        d->oauth = in->out;
    else
        d->refreshed = in->out;
    panel_keep(p, in);
    if (in->op == OP_REFRESH_TOKENS && !panel_why_op(m, OP_HEALTH_AUTH))
        (void)panel_call(m, p, OP_HEALTH_AUTH, fx);
}

static void absent(const struct model *m, struct panel *p, enum op op) {
    const char *why = panel_why_op(m, op);

    if (why)
        panel_fact(p, op_spec(op)->short_name, "not available")->why_not = why;
}

static const char *yes_no(bool yes) { return yes ? "yes" : "no"; }

static void generation_rows(const struct model *m, struct panel *p) {
    const struct caps *caps = &m->server.caps;
    char version[64];

    snprintf(version, sizeof version, "%d.%d.%d", caps->version / 10000, caps->version / 100 % 100,
             caps->version % 100);
    panel_add(p, ROW_HEADING, 0, "What it can do", NULL);
    panel_fact(p, "generation", caps->version == GEN_NONE ? "not known" : version);
    panel_fact(p, "known by", caps->why);
    panel_fact(p, "send",
               caps->sync_send ? "answers when the turn is over; a disconnect cancels it"
                               : "answers at once; the turn goes on without us");
    panel_fact(p, "message field", caps->strict_text ? "text" : "content");
    panel_fact(p, "browser mode", yes_no(caps->browser_mode));
    panel_fact(p, "fork", yes_no(caps_has(caps, OP_SESSION_FORK)));
    panel_fact(p, "rewind", yes_no(caps_has(caps, OP_SESSION_REWIND)));
    panel_fact(p, "preferences", yes_no(caps_has(caps, OP_PREFERENCES_GET)));
    for (int op = 0; op < OP_COUNT; op++)
        if (caps->version != GEN_NONE && !caps_has(caps, (enum op)op))
            panel_fact(p, op_spec((enum op)op)->sdk_name, "not available")->why_not =
                panel_why_op(m, (enum op)op);
    panel_fact(p, "this client", "mixtui " MIX_VERSION);
}

static bool is_well(const char *status) {
    return str_eq(status, "ok") || str_eq(status, "healthy") || str_eq(status, "active") ||
           str_eq(status, "success") || str_eq(status, "connected");
}

static void provider_rows(struct panel *p, const struct oauth_health *oauth) {
    for (size_t i = 0; i < oauth->providers.n; i++) {
        const struct oauth_provider *o = &oauth->providers.items[i];
        const char *name = o->provider ? o->provider : o->key;
        struct panel_row *row = panel_add(
            p, ROW_VALUE, TAG_PROVIDER, name ? name : "?", "%s%s%s%s%s",
            o->status ? o->status : "?", o->expires_in ? ", expires in " : "",
            o->expires_in ? o->expires_in : "", o->error ? ": " : "", o->error ? o->error : "");

        row->index = i;
        row->tone = is_well(o->status) ? TONE_GOOD : TONE_BAD;
        if (o->expires_at > 0)
            row->help = arena_printf(&p->rows_arena, "until %s%s%s", panel_time(o->expires_at).s,
                                     o->last_refresh > 0 ? ", refreshed " : "",
                                     panel_time(o->last_refresh).s);
    }
}

static void oauth_rows(const struct model *m, struct panel *p, const struct health_data *d) {
    panel_add(p, ROW_HEADING, 0, "OAuth", NULL);
    absent(m, p, OP_HEALTH_AUTH);
    if (d->oauth) {
        panel_fact(p, "status", d->oauth->status)->tone =
            is_well(d->oauth->status) ? TONE_GOOD : TONE_BAD;
        panel_fact(p, "checked", panel_time(d->oauth->timestamp).s);
        provider_rows(p, d->oauth);
        if (d->oauth->providers.n == 0)
            panel_fact(p, "providers", "none signed in by OAuth");
    }
    struct panel_row *row = panel_add(p, ROW_ACTION, TAG_REFRESH, "refresh the tokens", NULL);

    row->why_not = panel_why_op(m, OP_REFRESH_TOKENS);
    row->help = "the server fetches new ones for every provider that is signed in";
    if (d->refreshed)
        panel_fact(p, "refresh",
                   arena_printf(&p->rows_arena, "%s%s%s",
                                d->refreshed->status ? d->refreshed->status : "answered",
                                d->refreshed->message ? ": " : "",
                                d->refreshed->message ? d->refreshed->message : ""));
}

static void health_rows(const struct model *m, struct panel *p) {
    const struct health_data *d = p->data;

    panel_add(p, ROW_HEADING, 0, "Server", NULL);
    panel_fact(p, "address", m->server.url);
    if (d->health) {
        panel_fact(p, "status", d->health->status)->tone =
            is_well(d->health->status) ? TONE_GOOD : TONE_BAD;
        panel_fact(p, "version", d->health->version);
        panel_fact(p, "environment", d->health->environment);
        panel_fact(p, "backend", d->health->backend);
        panel_fact(p, "database", d->health->database);
        panel_fact(p, "its time", panel_time(d->health->timestamp).s);
    }
    absent(m, p, OP_SYSTEM_INFO);
    if (d->system)
        panel_fact(p, "storage", d->system->storage_base_path);
    oauth_rows(m, p, d);
    generation_rows(m, p);
}

static void health_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    if (row->tag == TAG_REFRESH && p->loading == 0) {
        p->err = (struct err){.rc = RC_OK};
        (void)panel_call(m, p, OP_REFRESH_TOKENS, fx);
    } else if (row->tag == PANEL_FACT) {
        act_copy(m, row->value, strlen(row->value), row->label, fx);
    }
}

static void health_close(struct model *m, struct panel *p) {
    (void)m;
    free(TAKE(p->data));
}

const struct panel_spec panel_health = {
    .title = "Health",
    .open = health_open,
    .load = health_load,
    .rows = health_rows,
    .enter = health_enter,
    .reply = health_reply,
    .close = health_close,
    .wide = true,
};
