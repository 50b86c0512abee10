/* panel_preview.c - what stands in a file of the server: its first part, as text or as bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "files.h"
#include "mix/panel.h"
#include "mix/preview.h"
#include "panels.h"

enum { PREVIEW_TEXT_TAG, PREVIEW_MOST = 1 << 20, JUDGED = 16 << 10 };

/* ---- what it is ---- */

/* Bytes that no text has, and sequences that are none. */
static enum preview_kind judge(const char *s, size_t n) {
    size_t odd = 0, broken = 0, at = 0;

    n = n < JUDGED ? n : JUDGED;
    for (size_t used; at < n; at += used) {
        const uint32_t cp = text_decode(s + at, n - at, &used);

        if (cp == 0)
            return PREVIEW_HEX;
        odd += (cp < 0x20 && !strchr("\t\n\r\f\b\033", (int)cp)) || cp == 0x7f;
        broken += cp == 0xfffd && used == 1;
    }
    return odd * 50 > n || broken * 10 > n * 3 ? PREVIEW_HEX : PREVIEW_TEXT;
}

static void settle_kind(struct model *m, struct preview *d) {
    const enum preview_kind is = judge(buf_str(&d->data), d->data.n);

    d->body.kind = d->data.n == 0                             ? PREVIEW_TEXT
                   : is == PREVIEW_HEX                        ? PREVIEW_HEX
                   : d->body.lang == LANG_MARKDOWN && !d->raw ? PREVIEW_MARKUP
                                                              : PREVIEW_TEXT;
    d->body.s = buf_str(&d->data);
    d->body.n = d->data.n;
    model_touch(m);
    d->body.rev = m->rev;
}

/* ---- asking ---- */

static void preview_open(struct model *m, struct panel *p, struct effects *fx) {
    struct preview *d = xcalloc(1, sizeof *d);
    const struct session *speaker = files_speaker(m);
    struct file_pick pick;

    (void)fx;
    p->data = d;
    buf_init(&d->data, PREVIEW_MOST);
    d->listed = -1;
    d->total = -1;
    if (!files_pick(m, &pick))
        return;
    d->name = xstrdup(pick.name);
    d->session = pick.session ? xstrdup(pick.session) : speaker ? xstrdup(speaker->id) : NULL;
    d->listed = pick.size;
    d->why_not = pick.why_not;
    d->body.lang = lang_of_path(d->name, strlen(d->name));
    struct buf title = {.max = 4096};

    (void)text_clean(&title, pick.where, strnlen(pick.where, 1000), CLEAN_NAME);
    free(p->title);
    p->title = buf_take(&title);
}

static void preview_load(struct model *m, struct panel *p, struct effects *fx) {
    static const struct retry_policy once = {.mode = RETRY_OFF};
    static const char *const range[] = {"Range: bytes=0-1048575"};
    struct preview *d = p->data;

    if (!d->name || !d->session || d->why_not)
        return;
    struct request *r = panel_call(m, p, OP_FILE_GET, fx);
    struct file_ref *in = call_in(r, sizeof *in);
    struct call_options *how = arena_alloc(&r->arena, sizeof *how);

    in->id = arena_strdup(&r->arena, d->session);
    in->name = arena_strdup(&r->arena, d->name);
    *how = (struct call_options){.retry = &once,
                                 .headers = range,
                                 .n_headers = d->listed == 0 ? 0 : 1,
                                 .answer = REPLY_AS_IT_IS,
                                 .want_headers = true,
                                 .idle_timeout_ms = 30000};
    r->options = how;
    d->request = r->id;
    d->cut = d->read = false;
    d->total = -1;
    buf_clear(&d->data);
    settle_kind(m, d);
}

/* `bytes 0-1048575/52428800` */
static void take_headers(struct preview *d, const struct incoming *in) {
    static const char content_range[] = "content-range:";

    for (size_t i = 0; i < in->headers.n; i++) {
        const char *h = in->headers.items[i];
        const char *slash =
            strncasecmp(h, content_range, sizeof content_range - 1) == 0 ? strchr(h, '/') : NULL;

        if (slash && slash[1] >= '0' && slash[1] <= '9')
            d->total = strtoll(slash + 1, NULL, 10);
    }
}

static void take_bytes(struct model *m, struct preview *d, const struct incoming *in) {
    const bool first = d->data.n == 0;
    const size_t room = PREVIEW_MOST - d->data.n, n = in->n < room ? in->n : room;

    (void)buf_add(&d->data, in->out, n);
    d->body.s = buf_str(&d->data); /* it may have moved; what is shown grows at the end */
    if (n < in->n && !d->cut) {
        d->cut = true;
        panel_end_request(m, d->request); /* the server sends all of it */
        settle_kind(m, d);
    } else if (first) {
        settle_kind(m, d);
    }
}

static void preview_reply(struct model *m, struct panel *p, struct incoming *in,
                          struct effects *fx) {
    struct preview *d = p->data;

    (void)fx;
    if (in->request != d->request)
        return;
    if (in->kind == IN_BYTES) {
        take_bytes(m, d, in);
        return;
    }
    if (in->kind == IN_FAIL && (d->cut || (in->err.rc == RC_HTTP && in->err.detail == 416))) {
        p->err = (struct err){.rc = RC_OK}; /* enough came; or there is nothing at all */
        d->read = true;
    }
    if (in->kind == IN_REPLY) {
        take_headers(d, in);
        d->read = true;
        d->cut = d->total > (int64_t)d->data.n;
    }
    if (in->kind == IN_REPLY || in->kind == IN_FAIL)
        settle_kind(m, d);
}

/* ---- rows ---- */

static const char *kind_word(const struct preview *d) {
    return d->body.kind == PREVIEW_HEX      ? "binary"
           : d->body.kind == PREVIEW_MARKUP ? "Markdown, as it reads; m: as it is written"
           : d->body.lang == LANG_MARKDOWN  ? "Markdown, as it is written; m: as it reads"
           : d->body.lang != LANG_NONE      ? lang_name(d->body.lang)
                                            : "text";
}

static void preview_rows(const struct model *m, struct panel *p) {
    const struct preview *d = p->data;
    const int64_t all = d->total > d->listed ? d->total : d->listed;

    (void)m;
    if (!d->name) {
        panel_add_text(p, PREVIEW_TEXT_TAG, "no file is selected", (size_t)-1);
        return;
    }
    if (d->why_not) {
        panel_add_text(p, PREVIEW_TEXT_TAG, "This file cannot be shown:", (size_t)-1);
        panel_add_text(p, PREVIEW_TEXT_TAG, d->why_not, (size_t)-1)->tone = TONE_BAD;
        return;
    }
    if (p->err.rc != RC_OK && d->data.n == 0) {
        if (p->err.rc == RC_HTTP && p->err.detail == 404)
            panel_add_text(p, PREVIEW_TEXT_TAG, "The server has no such file, or not any more.",
                           (size_t)-1);
        return;
    }
    if (d->data.n == 0) {
        if (d->read)
            panel_add_text(p, PREVIEW_TEXT_TAG, "the file is empty", (size_t)-1)->tone = TONE_DIM;
        return;
    }
    if (d->cut && all > 0)
        panel_add(p, ROW_HEADING, 0, kind_word(d), "the first %zu of %lld bytes: D downloads all",
                  d->data.n, (long long)all)
            ->tone = TONE_BAD;
    else if (d->cut)
        panel_add(p, ROW_HEADING, 0, kind_word(d), "only the first %zu bytes: D downloads all",
                  d->data.n)
            ->tone = TONE_BAD;
    else
        panel_add(p, ROW_HEADING, 0, kind_word(d), "%zu bytes", d->data.n);
    panel_add_text(p, PREVIEW_TEXT_TAG, "", 0)->body = &d->body;
    if (p->err.rc != RC_OK)
        panel_add_text(p, PREVIEW_TEXT_TAG, "the rest did not come", (size_t)-1)->tone = TONE_BAD;
}

static void preview_close(struct model *m, struct panel *p) {
    struct preview *d = p->data;

    (void)m;
    buf_fini(&d->data);
    free(d->name);
    free(d->session);
    free(TAKE(p->data));
}

/* ---- acts ---- */

struct preview *preview_of(const struct model *m) {
    struct panel *p = m->ui.over == OVER_PANEL ? panel_top(m) : NULL;

    return p && p->id == PANEL_PREVIEW ? p->data : NULL;
}

const char *why_no_preview_raw(const struct model *m) {
    const struct preview *d = preview_of(m);

    return !d                              ? "only in the preview of a file"
           : d->body.lang != LANG_MARKDOWN ? "it is no Markdown"
                                           : NULL;
}

void act_preview_raw(struct model *m) {
    struct preview *d = preview_of(m);

    if (!d)
        return;
    d->raw = !d->raw;
    settle_kind(m, d);
    panel_top(m)->scroll = 0;
    panel_touch(m, panel_top(m));
}

static struct file_pick pick_of(const struct preview *d) {
    return (struct file_pick){.name = d->name,
                              .where = d->name,
                              .session = d->session,
                              .why_not = d->why_not,
                              .size = d->listed};
}

void act_preview_download(struct model *m, struct effects *fx) {
    const struct preview *d = preview_of(m);
    const struct file_pick pick = d && d->name ? pick_of(d) : (struct file_pick){0};

    if (pick.name)
        file_download(m, &pick, fx);
}

void act_preview_open(struct model *m, struct effects *fx) {
    const struct preview *d = preview_of(m);
    const struct file_pick pick = d && d->name ? pick_of(d) : (struct file_pick){0};

    if (pick.name)
        file_open(m, &pick, fx);
}

static const char *why_no_preview(const struct model *m) {
    struct file_pick pick;

    return files_pick(m, &pick) ? NULL : "no file is selected";
}

const struct panel_spec panel_preview = {
    .title = "Preview",
    .why_not = why_no_preview,
    .open = preview_open,
    .load = preview_load,
    .rows = preview_rows,
    .reply = preview_reply,
    .close = preview_close,
    .wide = true,
};
