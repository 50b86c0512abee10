/* body.c - what an open part shows, as a list of bodies. */
#include "body.h"

#include <stdlib.h>
#include <string.h>

enum {
    MARKUP_MOST = 1 << 20
}; /* a longer text is shown as it is written: nothing may wait for it */

struct body *bodies_add(struct bodies *b, enum body_sort kind) {
    b->v = xgrow(b->v, b->n, &b->cap, sizeof *b->v);
    struct body *body = &b->v[b->n++];

    *body = (struct body){.kind = kind, .text = "", .src = NO_SRC, .clean = CLEAN_TEXT};
    buf_init(&body->own, BODY_OWN_MAX);
    buf_init(&body->old, BODY_OWN_MAX);
    buf_init(&body->new, BODY_OWN_MAX);
    return body;
}

void bodies_fini(struct bodies *b) {
    for (size_t i = 0; i < b->n; i++) {
        struct body *body = &b->v[i];

        diff_free(body->diff);
        buf_fini(&body->own);
        buf_fini(&body->old);
        buf_fini(&body->new);
        flow_fini(&body->rows);
    }
    free(b->v);
    *b = (struct bodies){0};
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/* The text without the line ends before it and the blanks behind it. */
static void borrow(struct body *b, const struct part *p) {
    size_t from = 0, to = p->len;

    while (from < to && (p->text[from] == '\n' || p->text[from] == '\r'))
        from++;
    while (!p->live && to > from && is_blank(p->text[to - 1]))
        to--;
    b->text = p->text + from;
    b->len = to - from;
    b->src = (uint32_t)from;
}

static void make(struct bodies *out, const struct part *p, const struct body_how *how) {
    struct body *b;

    switch (p->kind) {
    case PART_TOOL:
        call_bodies(out, p, how);
        return;
    case PART_NOTE:
        b = bodies_add(out, BODY_PLAIN);
        b->ink = INK_SEAM;
        borrow(b, p);
        return;
    case PART_THINKING:
        b = bodies_add(out, how->raw || p->len > MARKUP_MOST ? BODY_PLAIN : BODY_MARKUP);
        b->ink = INK_THINKING;
        b->thinking = true;
        b->gutter = "  ";
        borrow(b, p);
        return;
    case PART_TEXT:
        if (how->role == ROLE_USER && !how->raw && !p->live && p->len <= MARKUP_MOST) {
            struct body all = {0};

            borrow(&all, p);
            user_bodies(out, &all);
            return;
        }
        b = bodies_add(out, how->raw || how->role == ROLE_USER || p->len > MARKUP_MOST
                                ? BODY_PLAIN
                                : BODY_MARKUP);
        b->ink = how->role == ROLE_USER ? INK_USER : INK_TEXT;
        borrow(b, p);
        return;
    }
}

static bool is_piece(const struct body *b, const char *of, size_t n) {
    return of && b->text >= of && b->text + b->len <= of + n;
}

/* A result does not know its length, and rows ask for this. */
void bodies_of(struct bodies *out, const struct part *p, const struct body_how *how) {
    make(out, p, how);
    const size_t n = out->n > 0 && p->result ? strlen(p->result) : 0;

    for (size_t i = 0; i < out->n; i++) {
        struct body *b = &out->v[i];

        if (is_piece(b, p->text, p->len)) {
            b->piece = PIECE_OF_TEXT;
            b->piece_at = (uint32_t)(b->text - p->text);
        } else if (is_piece(b, p->result, n)) {
            b->piece = PIECE_OF_RESULT;
            b->piece_at = (uint32_t)(b->text - p->result);
        }
    }
}
