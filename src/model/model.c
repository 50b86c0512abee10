/* model.c - the doors: made, applied to, ticked, painted, saved, freed. */
#include "mix/servers.h"
#include "mix/vi.h"
#include "pictures.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WATCH_LIMIT = 32, FIELD_MAX = 4096, START_COLS = 80, START_ROWS = 24 };

/* ---- change ---- */
void model_touch(struct model *m) { m->rev++; }

void order_touch(struct model *m) {
    m->priv->order_dirty = true;
    m->rev++;
}

void watch_touch(struct model *m) { m->priv->watch_dirty = true; }

static void find_retrying(struct model *m) {
    const struct model_private *p = m->priv;

    m->retrying.at = 0;
    for (size_t i = 0; i < p->n_pending; i++) {
        const struct pending *call = &p->pending[i];

        if (call->retry_at > m->now && (m->retrying.at == 0 || call->retry_at < m->retrying.at))
            m->retrying = (struct retrying){call->retry_at, call->op, call->attempt, call->err};
    }
}

void model_settle(struct model *m, struct effects *fx) {
    if (m->priv->n_unsaved > 0)
        prompts_save(m, fx);
    if (m->priv->watch_dirty)
        watch_update(m, fx);
    if (m->priv->order_dirty)
        sessions_order(m);
    if (model_hidden(m))
        servers_settle(m);
    else
        files_update(m, fx);
    attach_settle(m, fx);
    panels_settle(m, fx);
    find_retrying(m);
}

/* ---- life ---- */
char *address_shown(const char *url) {
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    const char *at = strchr(host, '@');
    const char *slash = strchr(host, '/');

    if (!at || (slash && at > slash))
        return xstrdup(url);
    struct buf out;

    buf_init(&out, MIX_MIB);
    (void)buf_add(&out, url, (size_t)(host - url));
    (void)buf_adds(&out, at + 1);
    return buf_take(&out);
}

static void init_ui(struct ui *ui, const struct model_config *config, int64_t now) {
    ui->cols = START_COLS;
    ui->rows = START_ROWS;
    ui->focus = PANE_COMPOSER;
    ui->before_asks = PANE_COMPOSER;
    ui->painted_at = now - LONG_AGO_MS;
    ui->last_decision_at = now - LONG_AGO_MS;
    ui->focused = true;
    ui->ascii = config->ascii;
    ui->animate = config->animate;
    ui->theme = xstrdup(config->theme ? config->theme : "default");
    ui->themes = config->themes;
    ui->n_themes = config->n_themes;
    ui->theme_chosen = config->theme != NULL;
    if (config->vi) {
        ui->vi = xcalloc(1, sizeof *ui->vi);
        vi_init(ui->vi);
    }
    editor_init_line(&ui->over_filter, FIELD_MAX);
    editor_init_line(&ui->session_filter, FIELD_MAX);
    editor_init_line(&ui->picker.filter, FIELD_MAX);
}

struct model *model_new(const struct model_config *config, int64_t now, int64_t real,
                        struct effects *fx) {
    struct model *m = xcalloc(1, sizeof *m);
    const char *url = config->url ? config->url : "";

    m->priv = xcalloc(1, sizeof *m->priv);
    m->priv->seconds_key = 1;
    m->now = now;
    m->real = real;
    m->server.url = address_shown(url);
    m->server.key = server_key(config->demo ? NULL : url);
    m->server.demo = config->demo;
    m->server.state = SERVER_CONNECTING;
    m->server.caps = caps_of(GEN_NONE);
    m->transfers_at_once = config->transfers_at_once;
    m->watch_limit = config->watch_limit ? config->watch_limit : WATCH_LIMIT;
    m->state_dir = config->state_dir ? xstrdup(config->state_dir) : NULL;
    m->rules_dir = config->rules_dir ? xstrdup(config->rules_dir)
                   : m->state_dir    ? xstrdup(m->state_dir)
                                     : NULL;
    m->keeps = config->keeps;
    m->start_dir = xstrdup(config->start_dir ? config->start_dir : ".");
    m->copy_ways = config->copy_ways;
    if (config->session_id)
        m->priv->wanted_id = xstrdup(config->session_id);
    m->search = search_new();
    init_ui(&m->ui, config, now);
    pictures_init(m);
    files_init(m);
    index_start(m, config, fx);
    connect_start(m, fx);
    drafts_start(m, fx);
    act_session_new(m, fx);
    m->priv->started = false;
    m->priv->state_dirty_at = 0; /* nobody has chosen anything yet */
    start_choose(m, fx);
    model_settle(m, fx);
    return m;
}

static void free_ui(struct ui *ui) {
    editor_fini(&ui->over_filter);
    editor_fini(&ui->session_filter);
    free(ui->menu_rows);
    free(ui->ask_cursor);
    free(ui->ask_server);
    free(ui->file_cursor);
    free(ui->painted_ask);
    free(ui->preview);
    free(ui->confirm_text);
    free(ui->confirm_object);
    free(ui->visual.text);
    free(ui->theme);
    kills_fini(&ui->killed);
    if (ui->vi)
        vi_fini(ui->vi);
    free(ui->vi);
}

static void free_private(struct model_private *p) {
    free(p->pending);
    free(p->why_op);
    create_kept_free(p->create_kept);
    free(p->panel_ended);
    free(p->tasks);
    map_fini(&p->children_by_call);
    free(p->wanted_id);
    commands_free(p->commands, p->n_commands);
    index_free(p->index);
    rules_free(p->rules);
    free_strings(p->pins, p->n_pins);
    prompts_free(p->server_prompts, p->n_server_prompts);
    prompts_free(p->unsaved, p->n_unsaved);
    buf_fini(&p->late);
    places_free(p->places);
    free_strings(p->piped, p->n_piped);
    free(p);
}

void model_free(struct model *m) {
    if (!m)
        return;
    if (m->servers)
        servers_close(m->servers, servers_row_of(m->servers, m));
    panels_free(m);
    pictures_fini(m);
    files_fini(m);
    for (size_t i = 0; i < m->n_asks; i++)
        ask_free(m->asks[i]);
    free(m->asks);
    for (size_t i = 0; i < m->n_sessions; i++)
        session_free(m->sessions[i]);
    if (m->fresh)
        session_free(m->fresh);
    free(m->sessions);
    free(m->visible);
    map_fini(&m->sessions_by_id);
    map_fini(&m->streams);
    for (size_t i = 0; i < m->n_notices; i++)
        notice_free(&m->notices[i]);
    free(m->notices);
    prompts_free(m->history, m->n_history);
    complete_free(m->complete);
    attach_free(m->priv->attaching);
    free(m->server.url);
    free(m->server.key);
    free(m->state_dir);
    free(m->rules_dir);
    free(m->start_dir);
    copying_free(m->copying);
    search_free(m->search);
    free_ui(&m->ui);
    free_private(m->priv);
    free(m);
}

/* ---- doors ---- */
void model_clock(struct model *m, int64_t now, int64_t real) {
    m->now = now;
    m->real = real;
}

void model_apply(struct model *m, struct incoming *in, int64_t now, int64_t real,
                 struct effects *fx) {
    model_clock(m, now, real);
    m->priv->fault = in->fault;
    reduce(m, in, fx);
    m->priv->fault = NULL; /* it is gone with `in` */
    incoming_free(in);
    model_settle(m, fx);
}

bool model_asked_task(const struct model *m, uint32_t id) {
    for (size_t i = 0; i < m->priv->n_tasks; i++)
        if (m->priv->tasks[i].id == id)
            return true;
    return false;
}

/* Those about files of this machine; false: it is none. Some keep it. */
static bool file_task_take(struct model *m, struct task **t, const struct pending_task *asked,
                           struct effects *fx) {
    switch ((int)asked->tag) {
    case TAG_FILES:
    case TAG_PICKER_SCAN:
    case TAG_PICKER_FIND:
    case TAG_PICKER_LOOK:
    case TAG_UPLOAD_STAT:
    case TAG_DOWNLOAD_STAT:
    case TAG_TREE:
    case TAG_OPENING:
        files_task(m, TAKE(*t), fx);
        return true;
    case TAG_PICKER_FACTS:
        picker_facts_came(m, *t);
        return true;
    case TAG_CHIP_SIZE:
        chip_size_came(m, *t, asked->session);
        return true;
    case TAG_PICTURE:
        picture_task(m, *t);
        return true;
    case TAG_ATTACH:
        attach_task(m, *t, fx);
        return true;
    case TAG_COMPLETE_TREE:
    case TAG_COMPLETE_SCAN:
    case TAG_COMPLETE_STAT:
        complete_task(m, TAKE(*t), fx);
        return true;
    default:
        return false;
    }
}

/* To whoever asked for it. */
static void task_take(struct model *m, struct task *t, const struct pending_task *asked,
                      struct effects *fx) {
    switch (file_task_take(m, &t, asked, fx) ? TAG_NONE : (int)asked->tag) {
    case TAG_DRAFT_READ:
    case TAG_DRAFT_WRITE:
    case TAG_DRAFT_LOOK:
        draft_task(m, t, asked, fx);
        break;
    case TAG_HISTORY_READ:
    case TAG_HISTORY_WRITE:
        history_task(m, t, fx);
        break;
    case TAG_STATE_READ:
    case TAG_STATE_WRITE:
        state_task(m, t, fx);
        break;
    case TAG_PLACES_READ:
    case TAG_PLACES_WRITE:
        places_task(m, t);
        break;
    case TAG_EXPORT:
        exporting_task(m, t, fx);
        break;
    case TAG_COPY_FILE:
    case TAG_COPY_WAY:
        copying_task(m, t, fx);
        break;
    case TAG_PIPE:
        pipe_task(m, t, fx);
        break;
    case TAG_INDEX:
        index_task(m, TAKE(t), asked->session, fx);
        break;
    case TAG_INDEX_CHOICE:
        index_choice_task(m, t, fx);
        break;
    case TAG_RULES:
        rules_task(m, t, fx);
        break;
    case TAG_OWN_TAKE:
    case TAG_OWN_LEFT:
    case TAG_OWN_WATCH:
    case TAG_OWN_ASK:
    case TAG_OWN_DROP:
        own_task(m, t, asked, fx);
        break;
    case TAG_NONE: /* a task of nobody */
        break;
    default:
        assert(false); /* a task without a taker */
    }
    task_free(t);
}

void model_task_done(struct model *m, struct task *t, int64_t now, int64_t real,
                     struct effects *fx) {
    struct model_private *p = m->priv;
    size_t at = 0;

    model_clock(m, now, real);
    while (at < p->n_tasks && p->tasks[at].id != t->id)
        at++;
    const struct pending_task asked =
        at < p->n_tasks ? p->tasks[at] : (struct pending_task){.tag = TAG_NONE};

    if (at < p->n_tasks)
        p->tasks[at] = p->tasks[--p->n_tasks];
    task_take(m, t, &asked, fx);
    model_settle(m, fx);
}

bool model_reading(const struct model *m) {
    for (size_t i = 0; i <= m->n_sessions; i++) {
        const struct session *s = i < m->n_sessions ? m->sessions[i] : m->fresh;

        if (s && s->own != OWN_OTHER && s->priv->draft_read && !s->draft_loaded &&
            s->draft.text.n > 0)
            return true;
    }
    return false;
}

void model_save_all(struct model *m, struct effects *fx) {
    for (size_t i = 0; i <= m->n_sessions; i++) {
        struct session *s = i < m->n_sessions ? m->sessions[i] : m->fresh;

        if (!s || s->own == OWN_OTHER ||
            (s->draft_dirty_at == 0 && s->draft.rev == s->draft_saved_rev))
            continue;
        if (s->draft_loaded)
            draft_save(m, s, fx);
        else if (s->draft.text.n > 0) /* the file is not read yet: written over it never is */
            history_add(m, buf_str(&s->draft.text), fx);
    }
    if (m->priv->state_dirty_at > 0)
        state_save(m, fx);
    places_save(m, fx);
    asks_keep_replies(m);
    prompts_save(m, fx);
    if (m->priv->late_at > 0)
        m->priv->late_at = m->now; /* the last try */
    prompts_tick(m, fx);
}
