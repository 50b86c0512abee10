/* panel_frames.c - the raw events of every stream, as they come; recorded while this is open. */
#include "panels.h"
#include "mix/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_MOST = 1000, TAG_FRAME = 0, TAG_COPY };
#define BYTES_MOST (4 * MIX_MIB)
struct kept_frame {
    struct raw_frame frame;
    struct arena arena;
};
struct recording {
    uint32_t request;
    struct kept_frame *v; /* a ring: at, n */
    size_t at, n, bytes;
    size_t dropped; /* older ones that made way */
};

static struct kept_frame *frame_at(const struct recording *r, size_t i) {
    return &r->v[(r->at + i) % FRAMES_MOST];
}

static void drop_first(struct recording *r) {
    struct kept_frame *f = frame_at(r, 0);

    r->bytes -= f->arena.bytes;
    arena_free(&f->arena);
    r->at = (r->at + 1) % FRAMES_MOST;
    r->n--;
    r->dropped++;
}

static void keep_frame(struct recording *r, const struct raw_frame *from) {
    if (r->n == FRAMES_MOST)
        drop_first(r);
    struct kept_frame *f = frame_at(r, r->n++);

    *f = (struct kept_frame){.frame = *from};
    f->frame.session_id = arena_strdup(&f->arena, from->session_id);
    f->frame.event = arena_strdup(&f->arena, from->event ? from->event : "message");
    f->frame.id = arena_strdup(&f->arena, from->id);
    f->frame.data = arena_strdup(&f->arena, from->data ? from->data : "");
    r->bytes += f->arena.bytes;
    while (r->bytes > BYTES_MOST && r->n > 1)
        drop_first(r);
}

static void frames_open(struct model *m, struct panel *p, struct effects *fx) {
    struct recording *r = xcalloc(1, sizeof *r);
    struct request *q = request_new(REQ_FRAMES, OP_STREAM);

    (void)m;
    r->v = xcalloc(FRAMES_MOST, sizeof *r->v);
    r->request = q->id;
    p->data = r;
    p->follow = true;
    fx_request(fx, q);
}

static void frames_taken(struct model *m, struct panel *p, struct incoming *in) {
    const struct raw_frame *frames = in->out;

    (void)m;
    for (size_t i = 0; i < in->n; i++)
        keep_frame(p->data, &frames[i]);
}

static const char *size_text(struct panel *p, size_t n) {
    return n < 10000 ? arena_printf(&p->rows_arena, "%zu B", n)
                     : arena_printf(&p->rows_arena, "%zu kB", n / 1000);
}

static void data_rows(struct panel *p, size_t index, const struct raw_frame *f) {
    const size_t n = strlen(f->data);
    const char *pretty = n > 0 ? ask_pretty(&p->rows_arena, f->data, n) : NULL;
    struct panel_row *row;

    panel_add_text(p, TAG_FRAME,
                   arena_printf(&p->rows_arena, "session %s   id %s",
                                f->session_id ? f->session_id : "-", f->id ? f->id : "-"),
                   (size_t)-1)
        ->indent = 2;
    panel_add_text(p, TAG_FRAME, pretty ? pretty : f->data, (size_t)-1)->indent = 2;
    if (f->data_len > n)
        panel_add_text(
            p, TAG_FRAME,
            arena_printf(&p->rows_arena, "%zu more bytes were not kept", f->data_len - n),
            (size_t)-1)
            ->indent = 2;
    row = panel_add(p, ROW_ACTION, TAG_COPY, "copy the data", NULL);
    row->indent = 2;
    row->index = index;
}

static void frames_rows(const struct model *m, struct panel *p) {
    const struct recording *r = p->data;

    if (r->n == 0)
        panel_add_text(p, 0,
                       "No event came yet. They stand here as they come; closing this ends "
                       "the recording.",
                       (size_t)-1)
            ->tone = TONE_DIM;
    for (size_t i = 0; i < r->n; i++) {
        const struct raw_frame *f = &frame_at(r, i)->frame;
        const struct session *s = f->session_id ? model_session(m, f->session_id) : NULL;
        const char *title = s ? session_title(s) : f->session_id ? f->session_id : "";
        const struct panel_words time = panel_time(f->real_at);
        const char *clock = strrchr(time.s, ' ');
        struct panel_row *row =
            panel_add(p, ROW_VALUE, TAG_FRAME,
                      arena_printf(&p->rows_arena, "%s.%03d", clock ? clock + 1 : "",
                                   (int)(f->real_at % 1000)),
                      "%7s  %-21s  %.*s", size_text(p, f->data_len), f->event,
                      (int)text_fit(title, strlen(title), 40), title);

        row->index = r->dropped + i;
        if (panel_unfolded(p, TAG_FRAME, row->index))
            data_rows(p, r->dropped + i, f);
    }
}

static void copy_data(struct model *m, const struct raw_frame *f, struct effects *fx) {
    act_copy(m, f->data, strlen(f->data), f->event, fx);
}

static void frames_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    const struct recording *r = p->data;

    if (row->tag == TAG_FRAME)
        panel_fold(m, p, row);
    else if (row->index >= r->dropped && row->index - r->dropped < r->n)
        copy_data(m, &frame_at(r, row->index - r->dropped)->frame, fx);
}

static void frames_close(struct model *m, struct panel *p) {
    struct recording *r = p->data;

    panel_end_request(m, r->request);
    for (size_t i = 0; i < r->n; i++)
        arena_free(&frame_at(r, i)->arena);
    free(r->v);
    free(TAKE(p->data));
}

const struct panel_spec panel_frame_list = {
    .title = "Raw events",
    .open = frames_open,
    .rows = frames_rows,
    .enter = frames_enter,
    .unfold = frames_enter,
    .frames = frames_taken,
    .close = frames_close,
    .filtered = true,
    .wide = true,
};
