/* api.h - private: the parameters of one operation as flags, and the request made of them. */
#ifndef MIX_CLI_API_H
#define MIX_CLI_API_H

#include "run.h"

enum { PARAMS_MAX = 24, WIRE_NAME_MAX = 48 };
struct api_param {
    const char *wire; /* its name there */
    enum field_type type;
    int place;                          /* PLACE_* of struct field_view */
    bool secret;                        /* never taken from the command line */
    int since, until;                   /* generations that know it; until 0: no end */
    int required_since, required_until; /* those that refuse a request without; 0, 0: none */
    char flag[WIRE_NAME_MAX], kebab[WIRE_NAME_MAX], command[WIRE_NAME_MAX];
    char help[160];
    struct strings given; /* texts; JSON for what is no string */
};
struct api_call {
    enum op op;
    const struct op_spec *spec;
    struct api_param params[PARAMS_MAX];
    size_t n_params;
    struct flag flags[3 * PARAMS_MAX];
    struct flag_table table;
    bool stdin_taken;
    struct arena arena;
};
void api_call_init(struct api_call *c, enum op op);
void api_call_fini(struct api_call *c);
/* One flag of c->table. Fails: RC_USAGE, RC_IO. */
enum rc api_take(struct api_call *c, const struct flag_given *given, struct err *err);
/* Secrets that were not given are asked for without echo when standard input is a terminal; an
 * OAuth code is cut at its `#`. Fails: RC_USAGE. */
enum rc api_secrets(struct api_call *c, struct err *err);
/* Everything some generation needs is there. `body`: it was given whole. Fails: RC_USAGE. */
enum rc api_complete(const struct api_call *c, bool body, struct err *err);
/* Path and query; the body: exactly what was given. Fails: RC_USAGE, RC_LIMIT. */
enum rc api_target(struct buf *out, const struct api_call *c, struct err *err);
enum rc api_body(struct buf *out, const struct api_call *c, struct err *err);
bool api_any_body(const struct api_call *c);
/* "mixtui api sessions.get --id ID" */
void api_usage(struct buf *out, const struct api_call *c);
void api_help(struct buf *out, const struct api_call *c);
/* "0.8.0", "0.8.0 and later", "up to 0.7.2", "" for all */
void api_generations(struct buf *out, int since, int until);
/* Names near to a wrong one, as a complaint. */
void api_unknown(struct err *err, const char *name);
void api_list(struct buf *out);

/* One prompt on the terminal, nothing of the answer shown. Fails: RC_USAGE, RC_CANCELLED. */
enum rc api_prompt(struct buf *out, const char *what, struct err *err);

#endif
