/* wire.h - what the Mix API is: operations, generations, shapes, replies, stream frames. No
 * sockets, no clock, no threads.
 *
 * Two vocabularies feed everything: ops.def (operations) and events.def (stream events). JSON is
 * read and written by field tables (shapes); cJSON never leaves this floor. A cJSON parse writes
 * statics, so each one here holds process_lock (base.h): every function may run on any thread, on
 * objects that thread owns. A program that uses cJSON itself may go on doing so on other threads,
 * but must leave its hooks alone. */
#ifndef MIX_WIRE_H
#define MIX_WIRE_H

#include "mix/base.h"
#include "mix/types.h"

/* ---- generations: the Python SDK's version x.y.z as x*10000 + y*100 + z ---- */
#define GEN(x, y, z) ((x)*10000 + (y)*100 + (z))
enum {
    GEN_NONE = 0,
    GEN_SEED = GEN(0, 2, 5),  /* synchronous send, fork, `tool` events */
    GEN_ASYNC = GEN(0, 6, 5), /* send answers 202 */
    GEN_LATE = GEN(0, 8, 0),  /* browserMode, tool_use_*, no fork */
    GEN_TOP = GEN(0, 8, 1),
    GEN_POST = GEN(0, 11, 3), /* preferences gone */
    GEN_END = GEN(99, 0, 0),
};

/* ---- operations ---- */
enum method { M_GET, M_POST, M_PATCH, M_DELETE };
enum reply_kind { REPLY_JSON, REPLY_BYTES, REPLY_STREAM, REPLY_NONE };
enum body_kind { BODY_NONE, BODY_JSON, BODY_MULTIPART };
/* SAFE: 5xx, 408, 429, connection; 500 ms x 1.5, cap 60 s */
enum retry { RETRY_NEVER, RETRY_SAFE, RETRY_FOREVER };

enum op {
#define OP(id, ...) OP_##id,
#include "mix/ops.def"
#undef OP
    OP_COUNT
};
struct op_spec {
    const char *sdk_name;     /* "sessions.list" */
    const char *operation_id; /* "listSessions"; "" for what the published API lacks */
    const char *short_name;   /* "session-list": lower case, for people */
    enum method method;
    const char *path; /* "/api/sessions/{id}" */
    const struct shape *in, *out;
    enum reply_kind reply;
    enum body_kind body;
    enum retry retry;
    size_t cap;       /* bytes of the decoded body at most; SIZE_MAX: no cap */
    int since, until; /* generations in which it exists, both inclusive */
};
#define OP_IN_MAX 256 /* no `in` struct is larger */
const struct op_spec *op_spec(enum op op);
enum op op_by_name(const char *name); /* any of the three names; OP_COUNT when unknown */
const char *method_name(enum method m);

/* What a server can do. Filled by a probe; before it, version GEN_NONE and no operation known to be
 * absent. */
struct caps {
    int version;      /* the newest generation that fits what was seen; GEN_NONE: not known */
    uint64_t ops;     /* bit OP_x: present */
    bool sync_send;   /* send answers 200 after the turn, and a disconnect cancels it */
    bool strict_text; /* send takes `text`, not `content` */
    bool browser_mode;
    char why[96]; /* how it was learned, for people */
};
struct caps caps_of(int version); /* what the table says of one generation */
bool caps_has(const struct caps *caps, enum op op);

/* The probe: GET /doc, else requests that cannot succeed. Pure: asks for one request at a time. */
struct probe {
    int step;
    struct caps caps;
};
struct probe_request {
    enum method method;
    const char *path, *body; /* static strings; body NULL for none */
};
/* false: done, p->caps holds the answer */
bool probe_next(struct probe *p, struct probe_request *out);
void probe_feed(struct probe *p, int status, const char *body, size_t n);

/* ---- shapes: JSON <-> struct by field table ---- */
/* STRICT: an unknown field is an error that names it (the demo server) */
enum strictness { SHAPE_LENIENT, SHAPE_STRICT };
/* Reads one JSON value into the zeroed struct `out`; strings go to the arena. Errors name the
 * place: `[3].id: missing`. Wrong types are errors, unknown fields are skipped. Of an `in` shape
 * the body fields are read; what op_match put there stays. Fails: RC_PROTO. */
enum rc shape_read(void *out, const struct shape *s, const char *json, size_t n, struct arena *a,
                   enum strictness how, struct err *err);
/* The same as a server of `version` does it: fields of other generations are unknown too, and the
 * error's text is `unknown field "browserMode"`. */
enum rc shape_read_strict(void *out, const struct shape *s, const char *json, size_t n,
                          struct arena *a, int version, struct err *err);
/* Appends the JSON text of the body fields that `version` knows (GEN_NONE: the top one's). Fails:
 * RC_LIMIT. */
enum rc shape_write(struct buf *out, const struct shape *s, const void *in, int version);
/* The same as servers write it: <, >, & and U+2028/9 as \uXXXX, and a newline at the end. */
enum rc shape_write_server(struct buf *out, const struct shape *s, const void *in, int version);
size_t shape_size(const struct shape *s);
size_t shape_element_size(const struct shape *s); /* 0: not a list */
/* The struct and all it points to, in the arena. */
void *shape_copy(const struct shape *s, const void *in, struct arena *a);
/* Looking at a table, for command lines, documents and tests. Fields of a table that stands beside
 * ours count as ours. */
enum field_type {
    FIELD_STRING,
    FIELD_BOOL,
    FIELD_INT,
    FIELD_NUMBER,
    FIELD_TIME,
    FIELD_STRINGS,
    FIELD_OBJECT,
    FIELD_LIST,
    FIELD_MAP,
    FIELD_JSON, /* any value */
};
struct field_view {
    const char *name; /* on the wire */
    enum field_type type;
    enum { PLACE_BODY, PLACE_PATH, PLACE_QUERY } place;
    bool required;           /* a request without it is refused by servers */
    const struct shape *sub; /* of OBJECT, LIST, MAP; else NULL */
    int since, until;        /* generations, inclusive; until 0: no end */
};
/* false: there is no field number i */
bool shape_field(const struct shape *s, size_t i, struct field_view *out);
/* "session_data"; for tests and the demo server */
const struct shape *shape_named(const char *name);
/* The path with its parameters filled in and percent-encoded, and the query. Fails: RC_USAGE naming
 * a missing one. */
enum rc op_target(struct buf *out, enum op op, const void *in, int version, struct err *err);
/* The other way round, for a server: which operation is METHOD PATH, with its path parameters and
 * those of a query behind a `?`, all still percent-encoded. `in`: OP_IN_MAX zeroed bytes, or NULL.
 * False when none. */
bool op_match(enum op *op, void *in, struct arena *a, const char *method, const char *path);

/* ---- reading an answer while it arrives ---- */
struct reply_reader; /* one response body */
struct reply_reader *reply_new(enum op op);
/* Takes bytes in any split. Lists are decoded element by element, nothing else is kept. Fails:
 * RC_PROTO, RC_LIMIT. */
enum rc reply_feed(struct reply_reader *r, const char *p, size_t n, struct err *err);
/* Hands over the list elements decoded so far: `*items` in the arena moved to *a. Returns how many;
 * 0: none. */
size_t reply_items(struct reply_reader *r, void **items, struct arena *a);
/* bytes of decoded elements waiting for reply_items */
size_t reply_pending(const struct reply_reader *r);
/* The body is complete. For non-lists *out is the struct in *a; for lists what reply_items did not
 * take yet. */
enum rc reply_end(struct reply_reader *r, void **out, size_t *n, struct arena *a, struct err *err);
void reply_free(struct reply_reader *r);
/* Where in the answer the value stands that made reply_feed or reply_end fail: "[3].id"; "" when it
 * is no value. */
const char *reply_where(const struct reply_reader *r);
/* What the server says in an error body, in either vocabulary, plain text or HTML: cleaned lines,
 * "" for what is not said. */
struct refusal {
    char type[64], message[2048];
};
void reply_refusal(struct refusal *out, const char *body, size_t n);
/* The server's error body in either vocabulary, or plain text, or HTML, as one line of err->text;
 * `what` is the operation in words. Always sets RC_HTTP with detail = status. */
void reply_error(struct err *err, enum op op, int status, const char *body, size_t n);

/* ---- what may be written down: secrets give way to "(hidden)" ----
 * Any bytes, whole or cut anywhere. Fails: RC_LIMIT. */
/* Whether the value of such a header is never shown; `header` with or without its value. */
bool redact_header_secret(const char *header, size_t n);
enum rc redact_header(struct buf *out, const char *header, size_t n); /* "Name: value" */
enum rc redact_url(struct buf *out, const char *url, size_t n);       /* userinfo, query */
/* A request's or answer's body, or the data of an event (OP_STREAM): API keys, codes, state,
 * tokens, passwords, at any depth. Of what has to do with signing in only a few harmless members
 * are shown. */
enum rc redact_body(struct buf *out, enum op op, const char *body, size_t n);
/* What a server says in plain words: the same within a text, and, where it has to do with signing
 * in, whatever looks like a key or a code. */
enum rc redact_text(struct buf *out, enum op op, const char *text, size_t n);

/* ---- servers ---- */
/* What a server is called on disk: safe as a file name, without userinfo, the same for ever. NULL:
 * the embedded demo. */
char *server_key(const char *url);

/* ---- times ---- */
/* RFC 3339 with any offset, as ms since 1970; 0 when it is none. */
int64_t time_read(const char *s);
void time_write(char out[32], int64_t ms); /* UTC, whole seconds */

/* ---- stream frames ---- */
struct frame {                     /* borrowed until the next sse_next or sse_feed */
    const char *event, *id, *data; /* event: "message" when absent */
    size_t data_len;
    int64_t retry_ms; /* -1 when absent */
};
struct sse;
struct sse *sse_new(size_t cap); /* bytes of one event at most */
/* copies; RC_LIMIT beyond the cap */
enum rc sse_feed(struct sse *s, const char *p, size_t n, struct err *err);
bool sse_next(struct sse *s, struct frame *out);
void sse_free(struct sse *s);
#define SSE_EVENT_CAP (32 * MIX_MIB)

/* ---- events ---- */
enum ev {
#define EVENT(id, ...) EV_##id,
#include "mix/events.def"
#undef EVENT
    EV_COUNT
};
struct wire_event {
    /* EV_UNKNOWN for a name no generation had; data then holds only `type` = that name */
    enum ev kind;
    struct event_data data;
    struct wire_event *next; /* the batch, in order of arrival */
};
const char *ev_name(enum ev kind); /* the newest wire name */
/* Reads one frame. NULL when its JSON does not parse (a torn frame: drop it and carry on; err says
 * where). */
struct wire_event *event_read(const struct frame *f, struct arena *a, struct err *err);
/* Appends the frame a server of `version` sends for it, under the name it had then (GEN_NONE: the
 * newest); nothing when that generation has no such event. Fails: RC_LIMIT. */
enum rc event_write(struct buf *out, enum ev kind, const struct event_data *data, int version,
                    int64_t id);

#endif
