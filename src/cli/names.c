/* names.c - what the operations are called: lists, usage lines, and the nearest to a wrong name. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "mix/text.h"

/* ---- one operation ---- */
void api_usage(struct buf *out, const struct api_call *c) {
    buf_addf(out, "mixtui api %s", c->spec->sdk_name);
    for (size_t i = 0; i < c->n_params; i++) {
        const struct api_param *p = &c->params[i];
        const bool needed = p->required_until >= GEN_POST;
        const char *value = p->secret ? "@FILE" : p->type == FIELD_BOOL ? "" : "VALUE";

        buf_addf(out, needed ? " %s%s%s" : " [%s%s%s]", p->flag, *value ? " " : "", value);
    }
    if (c->spec->body == BODY_MULTIPART)
        buf_adds(out, " --file FILE");
}

void api_help(struct buf *out, const struct api_call *c) {
    buf_addf(out, "%s: %s %s\nserver generations: ", c->spec->sdk_name,
             method_name(c->spec->method), c->spec->path);
    api_generations(out, c->spec->since, c->spec->until);
    buf_adds(out, "\n\nusage: ");
    api_usage(out, c);
    buf_adds(out, " [--OPTION]...\n");
    if (c->n_params > 0)
        buf_adds(out, "\n");
    flags_help(out, &c->table);
    buf_adds(out, "\nA value @FILE is read from there, @- from standard input; a leading @ itself "
                  "is written @@.\nmixtui api --help lists the other options.\n");
}

/* ---- all of them ---- */
struct widths {
    int sdk, id, people, path;
};

static int wider(int a, const char *s) { return (int)strlen(s) > a ? (int)strlen(s) : a; }

void api_list(struct buf *out) {
    struct widths w = {8, 12, 10, 4};

    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = op_spec((enum op)op);

        w = (struct widths){wider(w.sdk, s->sdk_name), wider(w.id, s->operation_id),
                            wider(w.people, s->short_name), wider(w.path, s->path)};
    }
    buf_addf(out, "%-*s  %-*s  %-*s  %-6s  %-*s  %s\n", w.sdk, "SDK NAME", w.id, "OPERATION ID",
             w.people, "SHORT NAME", "METHOD", w.path, "PATH", "GENERATIONS");
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = op_spec((enum op)op);

        buf_addf(out, "%-*s  %-*s  %-*s  %-6s  %-*s  ", w.sdk, s->sdk_name, w.id,
                 *s->operation_id ? s->operation_id : "-", w.people, s->short_name,
                 method_name(s->method), w.path, s->path);
        api_generations(out, s->since, s->until);
        buf_adds(out, "\n");
    }
}

/* ---- a wrong name ---- */
enum { NAME_MAX_BYTES = 64, NEAREST = 3 };

/* How many letters differ; case does not count. */
static size_t distance(const char *a, const char *b) {
    size_t row[NAME_MAX_BYTES + 1];
    const size_t n = strlen(b);

    if (strlen(a) > NAME_MAX_BYTES || n > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t k = 0; k < n; k++) {
            const size_t swap = corner + ((a[i] | 32) != (b[k] | 32));
            size_t best = row[k] < row[k + 1] ? row[k] + 1 : row[k + 1] + 1;

            best = swap < best ? swap : best;
            corner = row[k + 1];
            row[k + 1] = best;
        }
    }
    return row[n];
}

/* Smaller is nearer. A name of which all letters occur in order is nearer than one with as many
 * wrong ones. */
static size_t farness(const char *typed, const struct op_spec *s) {
    const char *names[] = {s->sdk_name, s->operation_id, s->short_name};
    size_t best = NAME_MAX_BYTES;

    for (size_t i = 0; i < MIX_COUNT(names); i++) {
        size_t d = distance(typed, names[i]);

        if (strlen(typed) > 2 && strstr(names[i], typed))
            d = d > 2 ? 2 : d;
        best = d < best ? d : best;
    }
    return best;
}

void api_unknown(struct err *err, const char *name) {
    const size_t far = strlen(name) / 3 + 1;
    const char *near[NEAREST] = {0};
    char list[160] = "";
    size_t n = 0;

    for (size_t d = 0; d <= far && n < NEAREST; d++)
        for (int op = 0; op < OP_COUNT && n < NEAREST; op++)
            if (farness(name, op_spec((enum op)op)) == d)
                near[n++] = op_spec((enum op)op)->sdk_name;
    for (size_t i = 0; i < n; i++) {
        const size_t used = strlen(list);

        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", near[i]);
    }
    err_set(err, RC_USAGE, 0, "unknown operation %.60s%s%s: mixtui api --list has them all", name,
            n > 0 ? "; near: " : "", list);
}
