/* event.c - the table of events: frames to structs, and structs to the frames of any generation. */
#include "json.h"

#include <assert.h>
#include <string.h>

#define S(name) &shape_##name
#define NO      NULL
#define NAME    ""
#define END     GEN_END

static const struct {
    const char *name;
    const struct shape *shape;
    const char *type; /* NULL: none is written; "": the name */
    int since, until;
} events[EV_COUNT] = {
#define EVENT(id, wire_name, table, type_field, from, to)                                          \
    [EV_##id] = {wire_name, table, type_field, from, to},
#include "mix/events.def"
#undef EVENT
};

/* Older names, in no order. */
static const struct {
    enum ev kind;
    const char *name;
    int since, until;
} aliases[] = {
#define EVENT(id, ...)
#define ALIAS(id, wire_name, from, to) {EV_##id, wire_name, from, to},
#include "mix/events.def"
#undef EVENT
};

const char *ev_name(enum ev kind) {
    assert((unsigned)kind < EV_COUNT);
    return events[kind].name;
}

static enum ev kind_named(const char *name) {
    for (int i = 0; i < EV_UNKNOWN; i++)
        if (events[i].name[0] == name[0] && strcmp(events[i].name, name) == 0)
            return (enum ev)i;
    for (size_t i = 0; i < MIX_COUNT(aliases); i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].kind;
    return EV_UNKNOWN;
}

struct wire_event *event_read(const struct frame *f, struct arena *a, struct err *err) {
    const enum ev kind = kind_named(f->event);

    if (kind == EV_UNKNOWN) {
        struct wire_event *unknown = arena_alloc(a, sizeof *unknown);

        unknown->kind = kind;
        unknown->data.type = arena_strdup(a, f->event);
        return unknown;
    }
    const cJSON *tree = json_parse(f->data, f->data_len, events[kind].name, err);
    struct wire_event *event = NULL;

    if (tree) {
        const struct place at = {.name = events[kind].name};

        event = arena_alloc(a, sizeof *event);
        event->kind = kind;
        if (shape_from_tree(&event->data, events[kind].shape, tree, a, &at, NULL, err) != RC_OK)
            event = NULL;
    }
    json_done(tree);
    return event;
}

/* The name an event has in a generation; NULL when it has none. */
static const char *name_at(enum ev kind, int version) {
    if (version == GEN_NONE || (events[kind].since <= version && version <= events[kind].until))
        return events[kind].name;
    for (size_t i = 0; i < MIX_COUNT(aliases); i++)
        if (aliases[i].kind == kind && aliases[i].since <= version && version <= aliases[i].until)
            return aliases[i].name;
    return NULL;
}

/* What servers tell a browser: 45 s after a heartbeat, 750 ms after an error, or its retryAfter
 * without units. */
static int64_t retry_of(const char *name, enum ev kind, const struct event_data *data) {
    if (kind == EV_HEARTBEAT)
        return 45000;
    if (strcmp(name, "error") != 0)
        return 30000;
    return data->retry_after_s > 0 ? data->retry_after_s : 750;
}

static enum rc write_data(struct buf *out, enum ev kind, const char *name,
                          const struct event_data *data, int version) {
    const char *type = events[kind].type;
    bool first = true;
    enum rc rc = buf_adds(out, "{");

    if (rc == RC_OK && type) {
        first = false;
        rc = buf_adds(out, "\"type\":");
        if (rc == RC_OK)
            rc = json_add_string(out, *type ? type : name, STYLE_SERVER);
    }
    if (rc == RC_OK)
        rc = shape_write_fields(out, events[kind].shape, data, version, STYLE_SERVER, &first);
    return rc == RC_OK ? buf_adds(out, "}") : rc;
}

enum rc event_write(struct buf *out, enum ev kind, const struct event_data *data, int version,
                    int64_t id) {
    assert((unsigned)kind < EV_COUNT);
    const char *name = kind == EV_UNKNOWN ? NULL : name_at(kind, version);
    const size_t before = out->n;

    if (!name)
        return RC_OK;
    enum rc rc = buf_addf(out, "id: %lld\nevent: %s\ndata: ", (long long)id, name);

    if (rc == RC_OK)
        rc = write_data(out, kind, name, data, version);
    if (rc == RC_OK)
        rc = buf_addf(out, "\nretry: %lld\n\n", (long long)retry_of(name, kind, data));
    if (rc != RC_OK)
        buf_cut(out, before, out->n - before); /* no half frames */
    return rc;
}
