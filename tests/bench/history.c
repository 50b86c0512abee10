#include "history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "mix/act.h"

enum { CHUNK = 16384 }; /* what libcurl hands over at most */

static uint32_t wanted(struct effects *fx, enum op op) {
    uint32_t id = 0;

    for (size_t i = 0; i < fx->n_requests; i++) {
        if (fx->requests[i]->kind == REQ_CALL && fx->requests[i]->op == op)
            id = fx->requests[i]->id;
        request_free(fx->requests[i]);
    }
    fx->n_requests = 0;
    return id;
}

static void apply_list(struct model *m, struct effects *fx, uint32_t id) {
    static const char json[] = "[{\"id\":\"bench-0\",\"title\":\"Bench\",\"sessionType\":\"main\","
                               "\"createdAt\":\"2026-02-13T09:41:07Z\"}]";
    struct incoming *in = incoming_new(IN_REPLY, id);
    struct reply_reader *r = reply_new(OP_SESSIONS_LIST);
    struct err err = {0};

    in->op = OP_SESSIONS_LIST;
    in->status = 200;
    if (reply_feed(r, json, sizeof json - 1, &err) != RC_OK ||
        reply_end(r, &in->out, &in->n, &in->arena, &err) != RC_OK)
        exit(2);
    reply_free(r);
    model_apply(m, in, clock_now(), clock_real(), fx);
}

struct incoming *history_answer(enum incoming_kind kind, enum op op, uint32_t id) {
    struct incoming *in = incoming_new(kind, id);

    in->op = op;
    in->status = 200;
    return in;
}

struct loaded history_model(int cols, int rows) {
    struct loaded l = {.fx = effects_new()};

    l.m = model_new(&(struct model_config){.url = "http://127.0.0.1:1"}, clock_now(), clock_real(),
                    l.fx);
    act_resize(l.m, cols, rows);
    apply_list(l.m, l.fx, wanted(l.fx, OP_SESSIONS_LIST));
    l.request = wanted(l.fx, OP_MESSAGES_LIST);
    if (!l.request) {
        fprintf(stderr, "the model asks for no messages\n");
        exit(2);
    }
    return l;
}

/* As the worker does it: elements are handed over as they become whole. */
void history_load(struct loaded *l, const char *path) {
    int file = open(path, O_RDONLY);
    struct reply_reader *r = reply_new(OP_MESSAGES_LIST);
    struct err err = {0};
    char bytes[CHUNK];
    ssize_t n;
    struct incoming *in;

    while ((n = read(file, bytes, sizeof bytes)) > 0) {
        if (reply_feed(r, bytes, (size_t)n, &err) != RC_OK)
            exit(2);
        if (reply_pending(r) < 256 * MIX_KIB)
            continue;
        in = history_answer(IN_ITEMS, OP_MESSAGES_LIST, l->request);
        in->n = reply_items(r, &in->out, &in->arena);
        model_apply(l->m, in, clock_now(), clock_real(), l->fx);
    }
    in = history_answer(IN_REPLY, OP_MESSAGES_LIST, l->request);
    if (reply_end(r, &in->out, &in->n, &in->arena, &err) != RC_OK)
        exit(2);
    reply_free(r);
    model_apply(l->m, in, clock_now(), clock_real(), l->fx);
    close(file);
}
