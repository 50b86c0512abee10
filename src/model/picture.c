/* picture.c - pictures that views want: fetched small, drawn by a program, kept for a while.
 *
 * A view wants during settling, which has no way out; what follows from that leaves with the next
 * tick, which is at once. A want lasts for a frame. */
#include "pictures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    BUSY_MOST = 3, /* on their way at once */
    ITEMS_MOST = 512,
    THUMB_MOST = 4 << 20, /* bytes of a thumbnail */
    THUMB_SMALL = 320,    /* pixels: two sizes, so that the server makes no more of them */
    THUMB_LARGE = 1024,
    CELLS_SAY_MOST = 1 << 20, /* what chafa may say */
    PIXELS_SAY_MOST = 24 << 20,
    FETCH_MS = 30000,
    DRAW_MS = 5000,
    AGAIN_MS = 15000, /* what a bad line spoiled is tried again after */
    COLOURS_LEAST = 256,
};

struct item {
    char *session, *file;
    struct picture_ask ask; /* its file is the one above */
    enum { ITEM_NEW, ITEM_FETCHED, ITEM_DRAWN, ITEM_OVER } stage;
    uint32_t request, task;
    uint64_t wanted;  /* the frame that wanted it last */
    int64_t again_at; /* FAILED: it may be tried again then; 0: never */
    struct picture shown;
    struct picture_cell *cells;
    char *bytes;
    size_t held;
    char why[160];
};
struct pictures {
    struct item **v;
    size_t n, cap;
    size_t held; /* bytes of all */
    uint64_t frame;
    bool leaving; /* a frame went by without some that are under way */
    bool no_program;
};

static const struct picture waits = {.state = PICTURE_WAITS};
static const struct picture no_colours = {.state = PICTURE_FAILED,
                                          .why = "pictures need a terminal of 256 colours"};
static const struct picture not_there = {.state = PICTURE_FAILED,
                                         .why = "it is no picture of this server"};

/* ---- names ---- */

static const char *base_of(const char *s, size_t n) {
    for (size_t i = n; i > 0; i--)
        if (s[i - 1] == '/')
            return s + i;
    return s;
}

/* Only what lies on this server is ever asked for: of a URL that of one of its files. */
const char *picture_name(const char *file, size_t *n) {
    const char *from = file, *scheme = strstr(file, "://");
    size_t len = strlen(file);

    if (scheme && strncmp(file, "file:", 5) != 0) {
        const char *files = strstr(scheme, "/files/");

        *n = 0;
        if (!files)
            return file;
        from = files + 7;
        len = strcspn(from, "?#");
    }
    const char *base = base_of(from, len);

    *n = len - (size_t)(base - from);
    return base;
}

static bool ends_in(const char *file, const char *const *list) {
    size_t n;
    const char *name = picture_name(file, &n);
    size_t dot = n;

    while (dot > 0 && name[dot - 1] != '.')
        dot--;
    if (dot < 2) /* no dot, or nothing before it */
        return false;
    for (; *list; list++)
        if (strlen(*list) == n - dot && strncasecmp(*list, name + dot, n - dot) == 0)
            return true;
    return false;
}

bool picture_film(const char *file) {
    static const char *const films[] = {"mp4", "mov", "webm", "mkv", "avi", "m4v", NULL};

    return file && ends_in(file, films);
}

bool picture_named(const char *file) {
    static const char *const stills[] = {"png", "jpg", "jpeg", "gif", "webp",
                                         "bmp", "tif", "tiff", NULL};

    return file && (ends_in(file, stills) || picture_film(file));
}

/* ---- whose file ---- */

/* The session a URL names; else the one that is shown, or any for a file of all. Caller frees. */
static char *session_id(const struct model *m, const char *file) {
    static const char path[] = "/sessions/";
    const char *in = strstr(file, "://") ? strstr(file, path) : NULL;
    const struct session *s = m->shown && m->shown->id ? m->shown : session_newest(m);

    if (in) {
        in += sizeof path - 1;
        const size_t n = strcspn(in, "/?#");

        if (n > 0 && n < 64 && in[0] != '.' && strncmp(in + n, "/files/", 7) == 0)
            return xstrndup(in, n);
    }
    return s && s->id ? xstrdup(s->id) : NULL;
}

static bool is_item(const struct item *it, const char *name, size_t n,
                    const struct picture_ask *ask) {
    return it->ask.w == ask->w && it->ask.h == ask->h && it->ask.form == ask->form &&
           !(it->ask.seconds < ask->seconds) && !(it->ask.seconds > ask->seconds) &&
           strncmp(it->file, name, n) == 0 && it->file[n] == '\0';
}

/* Asked for row by row of a thread: few get as far as the session. */
static struct item *find(const struct model *m, const struct picture_ask *ask) {
    const struct pictures *p = m->pictures;
    size_t n;
    const char *name = picture_name(ask->file, &n);
    auto_free char *session = NULL;

    for (size_t i = 0; i < p->n; i++) {
        if (!is_item(p->v[i], name, n, ask))
            continue;
        if (!session && !(session = session_id(m, ask->file)))
            return NULL;
        if (str_eq(p->v[i]->session, session))
            return p->v[i];
    }
    return NULL;
}

/* ---- life ---- */

void pictures_init(struct model *m) { m->pictures = xcalloc(1, sizeof *m->pictures); }

static void item_free(struct item *it) {
    free(it->session);
    free(it->file);
    free(it->cells);
    free(it->bytes);
    free(it);
}

static void drop(struct pictures *p, size_t at) {
    p->held -= p->v[at]->held;
    item_free(p->v[at]);
    p->n--;
    memmove(p->v + at, p->v + at + 1, (p->n - at) * sizeof *p->v);
}

void pictures_fini(struct model *m) {
    struct pictures *p = m->pictures;

    while (p->n > 0)
        drop(p, p->n - 1);
    free(p->v);
    free(TAKE(m->pictures));
}

static bool busy(const struct item *it) { return it->request || it->task; }

/* What was wanted longest ago goes first; what is seen or under way stays. */
static void make_room(struct pictures *p) {
    while (p->held > PICTURE_KEPT || p->n > ITEMS_MOST) {
        size_t oldest = p->n;

        for (size_t i = 0; i < p->n; i++)
            if (!busy(p->v[i]) && p->v[i]->wanted < p->frame &&
                (oldest == p->n || p->v[i]->wanted < p->v[oldest]->wanted))
                oldest = i;
        if (oldest == p->n)
            return;
        drop(p, oldest);
    }
}

void pictures_forget(struct model *m, const char *name) {
    struct pictures *p = m->pictures;

    for (size_t i = p->n; i > 0; i--)
        if (!busy(p->v[i - 1]) && (!name || str_eq(p->v[i - 1]->file, name)))
            drop(p, i - 1);
    p->no_program = false;
}

/* ---- wanting ---- */

bool pictures_shown(const struct model *m) { return m->ui.terminal.colours >= COLOURS_LEAST; }

static bool can_show(const struct model *m, const struct picture_ask *ask) {
    return ask->form != PICTURE_CELLS || pictures_shown(m);
}

void picture_want_as(struct model *m, const struct picture_ask *ask) {
    struct pictures *p = m->pictures;

    if (!can_show(m, ask) || ask->w < 1 || ask->h < 1 || !picture_named(ask->file))
        return;
    struct item *it = find(m, ask);

    if (!it) {
        char *session = session_id(m, ask->file);
        size_t n;
        const char *name = picture_name(ask->file, &n);

        if (!session)
            return;
        it = xcalloc(1, sizeof *it);
        it->session = session;
        it->file = xstrndup(name, n);
        it->ask = *ask;
        it->ask.file = it->file;
        p->v = xgrow(p->v, p->n, &p->cap, sizeof(struct item *));
        p->v[p->n++] = it;
    }
    if (it->again_at > 0 && m->now >= it->again_at) {
        it->again_at = 0;
        it->stage = ITEM_NEW;
        it->shown = waits;
    }
    it->wanted = p->frame;
}

void picture_want(struct model *m, const char *file, int w, int h) {
    picture_want_as(m, &(struct picture_ask){.file = file, .w = w, .h = h});
}

const struct picture *picture_of_as(const struct model *m, const struct picture_ask *ask) {
    const struct item *it;

    if (!can_show(m, ask))
        return &no_colours;
    if (!picture_named(ask->file))
        return &not_there;
    it = find(m, ask);
    return it ? &it->shown : &waits;
}

const struct picture *picture_of(const struct model *m, const char *file, int w, int h) {
    return picture_of_as(m, &(struct picture_ask){.file = file, .w = w, .h = h});
}

void pictures_painted(struct model *m) {
    struct pictures *p = m->pictures;

    for (size_t i = 0; i < p->n; i++)
        p->leaving = p->leaving || (p->v[i]->stage != ITEM_OVER && p->v[i]->wanted < p->frame);
    p->frame++;
    make_room(p);
}

/* ---- fetching ---- */

static void fail(struct model *m, struct item *it, const char *fmt, ...) MIX_PRINTF(3, 4);
static void fail(struct model *m, struct item *it, const char *fmt, ...) {
    va_list args;

    va_start(args, fmt);
    vsnprintf(it->why, sizeof it->why, fmt, args);
    va_end(args);
    it->request = it->task = 0;
    it->stage = ITEM_OVER;
    it->shown = (struct picture){.state = PICTURE_FAILED, .why = it->why};
    model_touch(m);
}

static void no_program(struct model *m, struct item *it) {
    m->pictures->no_program = true;
    fail(m, it, "pictures need the program chafa");
}

static void fetch(struct model *m, struct item *it, struct effects *fx) {
    static const struct retry_policy once = {.mode = RETRY_OFF};
    struct request *r = fx_call(m, fx, OP_FILE_GET, NULL);
    struct file_ref *in = call_in(r, sizeof *in);
    struct call_options *how = arena_alloc(&r->arena, sizeof *how);
    const bool small = it->ask.form == PICTURE_CELLS && it->ask.w * 8 <= THUMB_SMALL &&
                       it->ask.h * 16 <= THUMB_SMALL;

    in->id = arena_strdup(&r->arena, it->session);
    in->name = arena_strdup(&r->arena, it->file);
    in->thumb = arena_printf(&r->arena, "%d", small ? THUMB_SMALL : THUMB_LARGE);
    in->time = it->ask.seconds;
    *how = (struct call_options){.retry = &once, .total_timeout_ms = FETCH_MS};
    r->options = how;
    it->request = r->id;
    it->stage = ITEM_FETCHED;
}

static struct item *by_request(const struct model *m, uint32_t id) {
    for (size_t i = 0; i < m->pictures->n; i++)
        if (id && m->pictures->v[i]->request == id)
            return m->pictures->v[i];
    return NULL;
}

static const char *const *words(struct task *t, const struct model *m, const struct item *it) {
    const struct picture_ask *ask = &it->ask;
    const int cell_w = m->ui.terminal.cell_w, cell_h = m->ui.terminal.cell_h;
    const bool sixel = ask->form == PICTURE_SIXEL;
    const char *size =
        sixel ? arena_printf(&t->arena, "--size=%dx%d", ask->w * cell_w / 8, ask->h * cell_h / 8)
              : arena_printf(&t->arena, "--size=%dx%d", ask->w, ask->h);
    /* in pixels chafa thinks of cells of 8 x 8 */
    const char *ratio = sixel ? "--font-ratio=1/1"
                        : ask->form == PICTURE_KITTY
                            ? arena_printf(&t->arena, "--font-ratio=%d/%d", cell_w, cell_h)
                            : "--font-ratio=1/2";
    const char *const list[] = {
        "chafa",
        "--format",
        sixel                        ? "sixels"
        : ask->form == PICTURE_KITTY ? "kitty"
                                     : "symbols",
        /* the first 16 colours are not the same everywhere */
        "--colors",
        ask->form == PICTURE_CELLS ? "240" : "full",
        "--symbols",
        m->ui.ascii || text_width("\342\226\200", 3) != 1 ? "ascii"
                                                          : "block+border+space-wide-inverted",
        "--animate",
        "off",
        "--polite",
        "on",
        "--threads",
        "1",
        "--scale",
        ask->form == PICTURE_CELLS ? "4" : "max",
        ratio,
        size,
        "-",
        NULL,
    };
    const char **argv = arena_alloc(&t->arena, sizeof list);

    memcpy(argv, list, sizeof list);
    return argv;
}

static void draw(struct model *m, struct item *it, const struct incoming *in, struct effects *fx) {
    struct task *t = fx_task(m, fx, TASK_RUN, "", TAG_PICTURE, NULL);

    task_data(t, in->out, in->n);
    t->argv = words(t, m, it);
    t->limit_ms = DRAW_MS;
    t->most = it->ask.form == PICTURE_CELLS ? CELLS_SAY_MOST : PIXELS_SAY_MOST;
    it->task = t->id;
    it->stage = ITEM_DRAWN;
}

bool picture_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    struct item *it = by_request(m, in->request);

    if (!it)
        return false;
    const bool large = in->kind == IN_PROGRESS ? in->done > THUMB_MOST || in->total > THUMB_MOST
                                               : in->kind == IN_REPLY && in->n > THUMB_MOST;

    if (large) {
        if (in->kind == IN_PROGRESS)
            fx_cancel(fx, in->request);
        fail(m, it, "the thumbnail is larger than %d MiB", THUMB_MOST >> 20);
    } else if (in->kind == IN_FAIL) {
        const bool line = in->err.rc == RC_CONNECT || in->err.rc == RC_TIMEOUT;

        const char *says = in->fault && !str_blank(in->fault->message) ? in->fault->message
                           : in->err.text[0]                           ? in->err.text
                                                                       : rc_text(in->err.rc);

        fail(m, it, "%s", says);
        it->again_at = line ? m->now + AGAIN_MS : 0;
    } else if (in->kind == IN_REPLY) {
        it->request = 0;
        if (m->pictures->no_program)
            no_program(m, it);
        else if (in->n == 0 || !in->out)
            fail(m, it, "the thumbnail is empty");
        else
            draw(m, it, in, fx);
    }
    return true;
}

/* ---- drawn ---- */

/* "chafa: Failed to open '-': Unknown file format" */
static void not_drawn(struct model *m, struct item *it, const struct task *t) {
    const char *colon = strrchr(t->err.text, ':');

    fail(m, it, "not a picture: %s",
         colon && colon[1] == ' ' && colon[2] ? colon + 2
         : t->err.text[0]                     ? t->err.text
                                              : "chafa cannot read it");
}

static void take_cells(struct model *m, struct item *it, const struct task *t) {
    struct err err = {0};
    struct picture *p = &it->shown;

    if (picture_read(&it->cells, &p->w, &p->h, t->data, t->len, &err) != RC_OK) {
        fail(m, it, "%s", err.text);
        return;
    }
    if (p->w > it->ask.w || p->h > it->ask.h) {
        free(TAKE(it->cells));
        fail(m, it, "chafa drew it larger than was asked");
        return;
    }
    it->held = (size_t)p->w * (size_t)p->h * sizeof *it->cells;
    p->cells = it->cells;
    p->state = PICTURE_READY;
}

static void take_pixels(struct model *m, struct item *it, const struct task *t) {
    const struct picture_ask *ask = &it->ask;
    const int cell_w = m->ui.terminal.cell_w, cell_h = m->ui.terminal.cell_h;
    const struct picture_room room = {ask->w * cell_w, ask->h * cell_h, ask->w, ask->h};
    struct picture_room is;
    const size_t n = picture_graphics(ask->form, t->data, t->len, &room, &is);

    if (n == 0) {
        fail(m, it, "chafa said what is no picture");
        return;
    }
    if (ask->form == PICTURE_SIXEL) {
        is.cols = (is.w + cell_w - 1) / cell_w;
        is.rows = (is.h + cell_h - 1) / cell_h;
    }
    it->bytes = xmalloc(n);
    memcpy(it->bytes, t->data, n);
    it->held = n;
    it->shown = (struct picture){
        .state = PICTURE_READY, .w = is.cols, .h = is.rows, .bytes = it->bytes, .n = n};
}

void picture_task(struct model *m, const struct task *t) {
    struct item *it = NULL;

    for (size_t i = 0; i < m->pictures->n && !it; i++)
        it = m->pictures->v[i]->task == t->id ? m->pictures->v[i] : NULL;
    if (!it)
        return; /* cancelled */
    it->task = 0;
    it->stage = ITEM_OVER;
    if (t->err.rc == RC_IO && t->err.detail == ENOENT)
        no_program(m, it);
    else if (t->err.rc == RC_TIMEOUT)
        fail(m, it, "chafa took too long");
    else if (t->err.rc != RC_OK)
        fail(m, it, "%s", t->err.text);
    else if (t->status != 0)
        not_drawn(m, it, t);
    else if (it->ask.form == PICTURE_CELLS)
        take_cells(m, it, t);
    else
        take_pixels(m, it, t);
    m->pictures->held += it->held;
    make_room(m->pictures);
    model_touch(m);
}

/* ---- time ---- */

static bool may_start(const struct model *m) {
    const struct pictures *p = m->pictures;
    size_t under_way = 0;

    for (size_t i = 0; i < p->n; i++)
        under_way += busy(p->v[i]);
    return m->server.state == SERVER_ONLINE && under_way < BUSY_MOST;
}

/* Wanted by the frame that was painted last, or by the one that is being made. */
static bool wanted(const struct pictures *p, const struct item *it) {
    return it->wanted + 1 >= p->frame;
}

static struct item *next_new(const struct model *m) {
    const struct pictures *p = m->pictures;

    for (size_t i = 0; i < p->n; i++)
        if (p->v[i]->stage == ITEM_NEW && wanted(p, p->v[i]))
            return p->v[i];
    return NULL;
}

static void cancel(struct model *m, struct effects *fx, size_t at) {
    const struct item *it = m->pictures->v[at];

    if (it->request)
        fx_cancel(fx, it->request);
    if (it->task)
        fx_stop_task(fx, it->task);
    drop(m->pictures, at);
}

void pictures_tick(struct model *m, struct effects *fx) {
    struct pictures *p = m->pictures;
    struct item *it;

    for (size_t i = p->n; i > 0 && p->leaving; i--)
        if (p->v[i - 1]->stage != ITEM_OVER && !wanted(p, p->v[i - 1]))
            cancel(m, fx, i - 1);
    p->leaving = false;
    while (may_start(m) && (it = next_new(m)) != NULL) {
        if (p->no_program)
            no_program(m, it);
        else
            fetch(m, it, fx);
    }
}

int64_t pictures_next(const struct model *m) {
    return m->pictures->leaving || (next_new(m) && may_start(m)) ? m->now : -1;
}
