/* servers.c - several servers in one program: who has the screen, and the inbox all share. */
#include "mix/servers.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, ADDRESS_BYTES = 1024, RANG_MS = 2000 };

/* ---- rows ---- */
void servers_fini(struct servers *s) {
    for (size_t i = 0; i < s->n_rows; i++) {
        free(s->rows[i].name);
        free(s->rows[i].address);
        free(s->rows[i].url);
        free(s->rows[i].key);
    }
    free(s->rows);
    free(s->asks);
    *s = (struct servers){0};
}

size_t servers_add(struct servers *s, const char *name, const char *url) {
    const char *from = url ? url : "demo";
    auto_free char *shown = address_shown(from);
    const char *host = strncmp(shown, "http://", 7) == 0 ? shown + 7 : shown;
    char *line = clean_line(str_blank(name) ? host : name, NAME_BYTES);

    s->rows = xgrow(s->rows, s->n_rows, &s->cap_rows, sizeof(*s->rows));
    s->rows[s->n_rows] = (struct server_row){
        .name = line ? line : xstrdup("?"),
        .address = clean_line(shown, ADDRESS_BYTES),
        .url = xstrdup(from),
        .key = server_key(url),
        .demo = !url,
    };
    return s->n_rows++;
}

size_t servers_find(const struct servers *s, const char *name_or_url) {
    auto_free char *key = server_key(name_or_url);

    for (size_t i = 0; i < s->n_rows; i++)
        if (str_eq(s->rows[i].name, name_or_url))
            return i;
    for (size_t i = 0; i < s->n_rows; i++)
        if (!s->rows[i].demo && str_eq(s->rows[i].key, key))
            return i;
    return s->n_rows;
}

void servers_set_url(struct servers *s, size_t row, const char *url) {
    set_string(&s->rows[row].url, url);
}

void servers_rename(struct servers *s, size_t row, const char *name) {
    char *line = clean_line(name, NAME_BYTES);

    if (!line)
        return;
    free(s->rows[row].name);
    s->rows[row].name = line;
}

size_t servers_row_of(const struct servers *s, const struct model *m) {
    size_t i = 0;

    while (i < s->n_rows && s->rows[i].model != m)
        i++;
    return i;
}

size_t servers_twin(const struct servers *s, size_t row) {
    size_t i = 0;

    while (i < s->n_rows &&
           (i == row || !s->rows[i].model || !str_eq(s->rows[i].key, s->rows[row].key)))
        i++;
    return i;
}

/* Left now, it would not arrive, or nobody would know whether it did. */
static const char *on_its_way(const struct model *m) {
    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->state == ASK_SENT)
            return "an answer is on its way";
    for (size_t i = 0; i <= m->n_sessions; i++) {
        const struct session *s = i < m->n_sessions ? m->sessions[i] : m->fresh;

        if (s && (s->send_request || s->priv->create_request || s->sent == SENT_POSTED))
            return "a message is on its way";
    }
    return NULL;
}

const char *servers_busy(const struct server_row *row) {
    const struct model *m = row->model;

    if (!m)
        return NULL;
    if (model_own_pending(m, ASK_PERMISSION) + model_own_pending(m, ASK_QUESTION) > 0)
        return "somebody asks there";
    if (model_working(m) > 0)
        return "agents work there";
    if (model_transfers(m) > 0)
        return "files are under way";
    return model_unsaved(m) > 0 ? "the disk takes no drafts" : on_its_way(m);
}

/* ---- looking ---- */
bool model_hidden(const struct model *m) { return m->servers && m->servers->shown != m; }

struct model *model_viewer(struct model *m) {
    return m->servers && m->servers->shown ? m->servers->shown : m;
}

const char *server_name(const struct model *m) {
    const size_t row = m->servers ? servers_row_of(m->servers, m) : 0;

    return m->servers && row < m->servers->n_rows ? m->servers->rows[row].name : m->server.url;
}

static struct model *nth_open(const struct servers *s, size_t at) {
    for (size_t i = 0; i < s->n_rows; i++)
        if (s->rows[i].model && at-- == 0)
            return s->rows[i].model;
    return NULL;
}

const struct model *model_peer(const struct model *m, size_t at) {
    if (m->servers)
        return nth_open(m->servers, at);
    return at == 0 ? m : NULL;
}

struct model *peer_at(struct model *m, size_t at) {
    if (m->servers)
        return nth_open(m->servers, at);
    return at == 0 ? m : NULL;
}

struct effects *peer_effects(const struct model *m, struct model *peer, struct effects *fx) {
    if (peer == m)
        return fx;
    model_clock(peer, m->now, m->real); /* it was asleep */
    return m->servers->rows[servers_row_of(m->servers, peer)].fx;
}

struct ask *const *model_inbox(const struct model *m, size_t *n) {
    *n = m->servers ? m->servers->n_asks : m->n_asks;
    return m->servers ? m->servers->asks : m->asks;
}

static size_t pending(struct ask *const *asks, size_t n_asks, enum ask_kind kind) {
    size_t n = 0;

    for (size_t i = 0; i < n_asks; i++)
        n += asks[i]->kind == kind && ask_answerable(asks[i]);
    return n;
}

size_t model_asks_pending(const struct model *m, enum ask_kind kind) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    return pending(asks, n, kind);
}

size_t model_own_pending(const struct model *m, enum ask_kind kind) {
    return pending(m->asks, m->n_asks, kind);
}

/* ---- the selected one ---- */
bool ask_selected(const struct model *m, const struct ask *a) {
    const char *other = a->owner && a->owner != m ? a->owner->server.key : NULL;

    return m->ui.ask_cursor && str_eq(m->ui.ask_cursor, a->id) && str_eq(m->ui.ask_server, other);
}

bool inbox_selected(const struct model *m, const struct ask *a) {
    return ask_selected(m->servers && m->servers->shown ? m->servers->shown : m, a);
}

struct ask *model_selected_ask(const struct model *m) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; m->ui.ask_cursor && i < n; i++)
        if (ask_selected(m, asks[i]))
            return asks[i];
    return NULL;
}

/* ---- the inbox ---- */
void inbox_insert(struct model *m, struct ask *a) {
    struct servers *s = m->servers;

    if (!s)
        return;
    size_t at = s->n_asks;

    s->asks = xgrow(s->asks, s->n_asks, &s->cap_asks, sizeof(*s->asks));
    while (at > 0 && s->asks[at - 1]->deadline > a->deadline)
        at--;
    memmove(s->asks + at + 1, s->asks + at, (s->n_asks - at) * sizeof(*s->asks));
    s->asks[at] = a;
    s->n_asks++;
}

void inbox_remove(struct model *m, const struct ask *a) {
    struct servers *s = m->servers;
    size_t at = 0;

    while (s && at < s->n_asks && s->asks[at] != a)
        at++;
    if (!s || at == s->n_asks)
        return;
    memmove(s->asks + at, s->asks + at + 1, (s->n_asks - at - 1) * sizeof(*s->asks));
    s->n_asks--;
}

bool inbox_rang(const struct model *m, const struct ask *a) {
    const struct servers *s = m->servers;

    for (size_t i = 0; s && i < s->n_asks; i++) {
        const struct ask *b = s->asks[i];

        if (b->owner != m && str_eq(b->id, a->id) && str_eq(b->session->id, a->session->id) &&
            a->arrived_at - b->arrived_at < RANG_MS)
            return true;
    }
    return false;
}

/* ---- open and closed ---- */
void servers_open(struct servers *s, size_t row, struct model *m, struct effects *fx) {
    s->rows[row].model = m;
    s->rows[row].fx = fx;
    m->servers = s;
    for (size_t i = 0; i < m->n_asks; i++) {
        m->asks[i]->owner = m;
        inbox_insert(m, m->asks[i]);
    }
    if (s->shown)
        model_touch(s->shown);
}

void servers_close(struct servers *s, size_t row) {
    struct model *m = row < s->n_rows ? s->rows[row].model : NULL;

    if (!m)
        return;
    for (size_t i = 0; i < m->n_asks; i++) {
        struct model *viewer = model_viewer(m);

        if (viewer->ui.painted_ask && ask_selected(viewer, m->asks[i]))
            ask_unpaint(viewer);
        inbox_remove(m, m->asks[i]);
    }
    if (s->shown == m) {
        s->last_rev = m->rev;
        s->shown = NULL;
    }
    s->rows[row].model = NULL;
    s->rows[row].fx = NULL;
    m->servers = NULL;
    if (s->shown)
        model_touch(s->shown);
}

/* ---- the screen changes hands ---- */
static void leave_screen(struct model *m) {
    struct ui *ui = &m->ui;

    if (ui->over == OVER_PICKER)
        act_picker_close(m);
    if (ui->over != OVER_NONE)
        act_over_close(m);
    ui->leader = ui->filtering = ui->replying = false;
    m->notice_at = 0;
    act_asks_leave(m);
}

static void take_over(struct model *to, struct model *from) {
    struct ui *ui = &to->ui;
    struct ui *was = &from->ui;
    const char *server = was->ask_server ? was->ask_server : from->server.key;

    ui->cols = was->cols;
    ui->rows = was->rows;
    ui->focused = was->focused;
    ui->focus_known = was->focus_known;
    ui->suspend_asked = was->suspend_asked;
    ui->ascii = was->ascii;
    ui->animate = was->animate;
    set_string(&ui->theme, was->theme);
    ui->theme_chosen = was->theme_chosen;
    set_string(&ui->ask_server, was->ask_cursor && !str_eq(server, to->server.key) ? server : NULL);
    set_string(&ui->ask_cursor, was->ask_cursor);
    set_string(&was->ask_cursor, NULL);
    set_string(&was->ask_server, NULL);
    ui->last_decision_at = was->last_decision_at;
    kills_fini(&ui->killed);
    ui->killed = was->killed;
    was->killed = (struct kills){0};
}

void servers_show(struct servers *s, size_t row, int64_t now, int64_t real) {
    struct model *to = s->rows[row].model;
    struct model *from = s->shown;

    if (from == to)
        return;
    model_clock(to, now, real);
    if (from) {
        leave_screen(from);
        take_over(to, from);
        s->last_rev = from->rev;
    }
    s->shown = to;
    leave_screen(to);
    ask_unpaint(to);
    to->rev = (to->rev > s->last_rev ? to->rev : s->last_rev) + 1;
    connect_shown(to);
    model_settle(to, s->rows[row].fx);
}

void act_server_show(struct model *m, size_t row, struct effects *fx) {
    const struct servers *s = m->servers;

    if (!s || row >= s->n_rows)
        return;
    if (s->rows[row].model == m)
        act_notice(m, "%s is shown", s->rows[row].name);
    else
        fx->show = row + 1;
}

void act_server_watch(struct model *m) {
    struct servers *s = m->servers;
    const size_t row = s ? servers_row_of(s, m) : 0;

    if (!s)
        return;
    s->rows[row].watch = !s->rows[row].watch;
    model_touch(m);
}

/* ---- what the others show of a hidden one ---- */
void servers_settle(struct model *m) {
    uint64_t now = (uint64_t)m->server.state + 1;

    now = now * 1009 + model_own_pending(m, ASK_PERMISSION);
    now = now * 1009 + model_own_pending(m, ASK_QUESTION);
    now = now * 1009 + model_working(m);
    now = now * 1009 + m->n_watched;
    now = now * 1009 + m->n_sessions;
    if (m->priv->summary == now)
        return;
    m->priv->summary = now;
    model_touch(model_viewer(m));
}
