/* reply.c - one response body, decoded while it arrives.
 *
 * A list is cut into elements as bytes come; each is parsed, copied into an arena and forgotten, so
 * that neither the whole body nor a whole tree is ever held. An element that lies within one piece
 * is parsed where it is. Everything else is collected up to the row's cap and parsed at the end. */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state {
    AT_START,   /* nothing but blanks so far */
    AT_WORD,    /* a bare word instead of a list: only `null` is one */
    AT_FIRST,   /* behind the `[` */
    AT_ELEMENT, /* an element must come */
    IN_ELEMENT,
    AT_COMMA, /* behind an element */
    AT_END,   /* behind the `]` */
    COLLECT,  /* no list: everything is kept */
    REFUSED,  /* no JSON: enough is kept to show */
    IGNORE,   /* nothing is expected */
};
enum { SHOWN = 120 };

struct reply_reader {
    const struct op_spec *spec;
    const struct shape *elem; /* NULL: no list */
    enum state state;
    struct json_scan scan;
    struct buf
        held;     /* COLLECT: the body; else the part of an element that came in earlier pieces */
    size_t taken; /* bytes of the body */
    size_t index; /* of the next element in the body */
    void *items;
    size_t n, room;
    struct arena arena;
    struct place_text where;
};

struct reply_reader *reply_new(enum op op) {
    struct reply_reader *r = xcalloc(1, sizeof *r);

    r->spec = op_spec(op);
    r->state = r->spec->out ? COLLECT : IGNORE;
    if (r->spec->out && r->spec->out->form == FORM_LIST) {
        r->elem = r->spec->out->sub;
        r->state = AT_START;
    }
    buf_init(&r->held, r->spec->cap);
    return r;
}

void reply_free(struct reply_reader *r) {
    if (!r)
        return;
    buf_fini(&r->held);
    free(r->items);
    arena_free(&r->arena);
    free(r);
}

/* What went wrong inside an answer, with the operation before it. */
static enum rc refuse(const struct reply_reader *r, struct err *err, const char *what,
                      const char *p, size_t n) {
    char seen[SHOWN];

    line_clean(seen, sizeof seen, p, n);
    return err_set(err, RC_PROTO, 0, "%s: %s%s%s", r->spec->short_name, what, *seen ? ": " : "",
                   seen);
}

static enum rc refuse_element(struct reply_reader *r, size_t index, const char *what,
                              struct err *err) {
    snprintf(r->where.s, sizeof r->where.s, "[%zu]", index);
    return err_set(err, RC_PROTO, 0, "%s: [%zu]: %s", r->spec->short_name, index, what);
}

static enum rc take_element(struct reply_reader *r, const cJSON *tree, const struct place *at,
                            struct err *err) {
    struct err why = {0};

    r->items = xgrow(r->items, r->n, &r->room, r->elem->size);
    void *item = (char *)r->items + r->n * r->elem->size;

    memset(item, 0, r->elem->size);
    if (shape_from_tree(item, r->elem, tree, &r->arena, at, &r->where, &why) != RC_OK)
        return err_set(err, RC_PROTO, 0, "%s: %s", r->spec->short_name, why.text);
    r->n++;
    return RC_OK;
}

static enum rc decode_element(struct reply_reader *r, const char *p, size_t n, struct err *err) {
    const struct place at = {.index = r->index++};
    struct err why = {0};
    const cJSON *tree = json_parse_scanned(p, n, r->scan.nul, &why);

    if (!tree)
        return refuse_element(r, at.index, why.text, err);
    const enum rc rc = cJSON_IsNull(tree) ? RC_OK : take_element(r, tree, &at, err);

    json_done(tree);
    return rc;
}

/* Takes bytes that belong to the element being read and decodes it when it is whole. */
static enum rc feed_element(struct reply_reader *r, const char *p, size_t n, size_t *used,
                            struct err *err) {
    bool whole = false;

    *used = json_scan(&r->scan, p, n, &whole);
    if (!whole)
        return buf_add(&r->held, p, *used);
    enum rc rc = RC_OK;

    if (r->held.n == 0) {
        rc = decode_element(r, p, *used, err);
    } else {
        rc = buf_add(&r->held, p, *used);
        if (rc == RC_OK)
            rc = decode_element(r, r->held.p, r->held.n, err);
        buf_clear(&r->held);
    }
    r->state = AT_COMMA;
    return rc;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The first byte of the body that is no blank. */
static enum rc feed_start(struct reply_reader *r, char c, struct err *err) {
    if (c == '{')
        return refuse(r, err, "expected a list, got an object", "", 0);
    r->state = c == '[' ? AT_FIRST : c == 'n' ? AT_WORD : REFUSED;
    return c == '[' ? RC_OK : buf_add(&r->held, &c, 1);
}

/* One byte between elements. *used stays 0 when it is the first of an element. */
static enum rc feed_between(struct reply_reader *r, char c, size_t *used, struct err *err) {
    *used = 1;
    if (blank(c))
        return RC_OK;
    if (r->state == AT_START)
        return feed_start(r, c, err);
    if (r->state == AT_END)
        return refuse(r, err, "unexpected text behind the list", &c, 1);
    if (c == ']' && r->state != AT_ELEMENT) {
        r->state = AT_END;
        return RC_OK;
    }
    if (r->state == AT_COMMA) {
        r->state = AT_ELEMENT;
        return c == ',' ? RC_OK : refuse_element(r, r->index, "expected a comma before it", err);
    }
    if (strchr("]},:", c))
        return refuse_element(r, r->index, "expected an object", err);
    r->state = IN_ELEMENT;
    r->scan = (struct json_scan){0};
    *used = 0;
    return RC_OK;
}

/* Keeps enough of what is no list to name it. */
static enum rc feed_word(struct reply_reader *r, const char *p, size_t n, struct err *err) {
    const size_t room = SHOWN - r->held.n;
    const enum rc rc = buf_add(&r->held, p, n < room ? n : room);

    if (rc == RC_OK && n >= room)
        return refuse(r, err, "not JSON", r->held.p, r->held.n);
    return rc;
}

static enum rc feed_list(struct reply_reader *r, const char *p, size_t n, struct err *err) {
    enum rc rc = RC_OK;

    for (size_t i = 0, used = 0; i < n && rc == RC_OK; i += used) {
        if (r->state == AT_WORD || r->state == REFUSED)
            return feed_word(r, p + i, n - i, err);
        if (r->state == IN_ELEMENT)
            rc = feed_element(r, p + i, n - i, &used, err);
        else
            rc = feed_between(r, p[i], &used, err);
    }
    return rc;
}

enum rc reply_feed(struct reply_reader *r, const char *p, size_t n, struct err *err) {
    enum rc rc = RC_LIMIT;

    if (n <= r->spec->cap - r->taken) {
        r->taken += n;
        if (r->elem)
            rc = feed_list(r, p, n, err);
        else
            rc = r->state == COLLECT ? buf_add(&r->held, p, n) : RC_OK;
    }
    if (rc != RC_LIMIT)
        return rc;
    return err_set(err, RC_LIMIT, 0, "%s: the answer is larger than %zu MiB", r->spec->short_name,
                   r->spec->cap / MIX_MIB);
}

const char *reply_where(const struct reply_reader *r) { return r->where.s; }

size_t reply_pending(const struct reply_reader *r) {
    return r->arena.bytes + (r->elem ? r->n * r->elem->size : 0);
}

size_t reply_items(struct reply_reader *r, void **items, struct arena *a) {
    const size_t n = r->n;

    *items = NULL;
    if (n == 0)
        return 0;
    *items = arena_alloc(&r->arena, n * r->elem->size);
    memcpy(*items, r->items, n * r->elem->size);
    *a = r->arena;
    r->arena = (struct arena){0};
    r->n = 0;
    return n;
}

static enum rc end_list(const struct reply_reader *r, struct err *err) {
    if (r->state == AT_END)
        return RC_OK;
    if (r->state == AT_START)
        return refuse(r, err, "empty answer", "", 0);
    if (r->state == AT_WORD) {
        char word[8];

        line_clean(word, sizeof word, r->held.p, r->held.n);
        if (strcmp(word, "null") == 0) /* early servers' word for an empty list */
            return RC_OK;
    }
    if (r->state == AT_WORD || r->state == REFUSED)
        return refuse(r, err, "not JSON", r->held.p, r->held.n);
    return err_set(err, RC_PROTO, 0, "%s: the answer ends after %zu elements, cut short",
                   r->spec->short_name, r->index);
}

enum rc reply_end(struct reply_reader *r, void **out, size_t *n, struct arena *a, struct err *err) {
    struct err why = {0};

    *out = NULL;
    *n = 0;
    if (r->elem) {
        const enum rc rc = end_list(r, err);

        if (rc == RC_OK)
            *n = reply_items(r, out, a);
        return rc;
    }
    if (!r->spec->out)
        return RC_OK;
    void *made = arena_alloc(a, r->spec->out->size);

    if (shape_read_at(made, r->spec->out, buf_str(&r->held), r->held.n, a, &r->where, &why) !=
        RC_OK)
        return err_set(err, RC_PROTO, 0, "%s: %s", r->spec->short_name, why.text);
    *out = made;
    *n = 1;
    return RC_OK;
}
