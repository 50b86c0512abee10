/* panel_key.c - storing a provider's key, and signing in by OAuth. What is secret here lives in one
 * field and one request, and is wiped when it is sent. */
#include "forms.h"
#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

enum { R_TEXT, R_WHICH, R_SECRET, R_SEND, R_COPY, R_OPEN, R_AGAIN, R_URL };

static void wipe(struct panel_field *f) {
    struct editor *e = &f->text;

    if (e->text.p)
        explicit_bzero(e->text.p, e->text.cap);
    buf_clear(&e->text);
    e->caret = 0;
    e->rev++;
}

/* What was pasted, without the line end behind it; the length goes to *n. */
static const char *trimmed(struct panel *p, int tag, size_t *n) {
    const char *s = panel_value(p, tag);

    s += strspn(s, " ");
    *n = strlen(s);
    while (*n > 0 && s[*n - 1] == ' ')
        (*n)--;
    return s;
}

/* What the server says of it, with what it adds: "Signed in (anthropic, expires in 3600 s)". */
void act_answer(struct model *m, const struct status_reply *said, const char *otherwise) {
    auto_buf struct buf more = {.max = 4096};
    const char *text = said && !str_blank(said->message) ? said->message : otherwise;

    if (said && !str_blank(said->provider) && !strcasestr(text, said->provider))
        (void)buf_adds(&more, said->provider);
    if (said && !str_blank(said->status) && !str_eq(said->status, "success") &&
        !str_eq(said->status, "ok"))
        (void)buf_addf(&more, "%s%s", more.n > 0 ? ", " : "", said->status);
    if (said && said->expires_in > 0)
        (void)buf_addf(&more, "%sexpires in %lld s", more.n > 0 ? ", " : "",
                       (long long)said->expires_in);
    if (more.n > 0)
        act_notice(m, "%s (%s)", text, buf_str(&more));
    else
        act_notice(m, "%s", text);
}

/* ---- a key ---- */
struct key_form {
    bool doubted; /* it does not look like a key: the next press sends it all the same */
};

static void key_open(struct model *m, struct panel *p, struct effects *fx) {
    const char *names[64];
    size_t n = 0;

    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct key_form));
    if (p->below && p->below->id == PANEL_AUTH)
        while (n < MIX_COUNT(names) && (names[n] = auth_provider(p->below, n)))
            n++;
    for (size_t i = 0; n == i && key_hint_at(i); i++)
        names[n++] = key_hint_at(i)->provider;
    (void)panel_choices(p, R_WHICH, names, n);
    (void)panel_secret(p, R_SECRET);
}

void key_about(struct model *m, struct panel *key, const char *provider) {
    struct panel_field *f = panel_field(key, R_WHICH);

    for (size_t i = 0; i < f->choices.n; i++)
        if (str_eq(f->choices.items[i], provider))
            f->choice = i;
    panel_fresh(m);
    for (size_t i = 0; i < key->n_rows; i++)
        if (key->rows[i].tag == R_SECRET)
            key->cursor = i; /* the provider is chosen: the caret waits for the key */
    panel_touch(m, key);
}

static const char *hint_words(struct panel *p) {
    const struct key_hint *h = key_hint(panel_chosen(p, R_WHICH));

    if (!h)
        return NULL;
    return h->prefix ? arena_printf(&p->rows_arena, "at least %zu characters, beginning with %s",
                                    h->least, h->prefix)
                     : arena_printf(&p->rows_arena, "at least %zu characters", h->least);
}

static void key_rows(const struct model *m, struct panel *p) {
    panel_add_field(p, ROW_CHOICE, R_WHICH, "provider", NULL);
    panel_add_field(p, ROW_SECRET, R_SECRET, "key", hint_words(p));
    struct panel_row *row = panel_add(p, ROW_ACTION, R_SEND, "store it on the server", NULL);

    if (p->loading > 0)
        row->why_not = "it is on its way";
    panel_add(p, ROW_TEXT, R_TEXT, NULL,
              "It goes to %s in the body of one request, is shown nowhere and kept by nobody here.",
              m->server.url)
        ->tone = TONE_DIM;
}

static const char *key_complaint(const char *key, size_t n) {
    if (n == 0)
        return "the key is empty";
    if (memchr(key, ' ', n))
        return "a key has no blanks and no line breaks: nothing was sent";
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)key[i] >= 0x7f)
            return "a key has no such characters: nothing was sent";
    return NULL;
}

static bool looks_right(const char *provider, const char *key, size_t n) {
    const struct key_hint *h = key_hint(provider);

    return !h || (n >= h->least && (!h->prefix || strncmp(key, h->prefix, strlen(h->prefix)) == 0));
}

static void key_enter(struct model *m, struct panel *p, const struct panel_row *row,
                      struct effects *fx) {
    struct key_form *form = p->data;
    const char *provider = panel_chosen(p, R_WHICH);
    size_t n = 0;
    const char *key = trimmed(p, R_SECRET, &n);
    const char *why = key_complaint(key, n);

    if (row->tag != R_SEND || !provider)
        return;
    if (why) {
        panel_complain(m, p, R_SECRET, why);
        return;
    }
    if (!form->doubted && !looks_right(provider, key, n)) {
        form->doubted = true;
        panel_field(p, R_SECRET)->complaint =
            "this does not look like a key of that provider; the same again sends it anyway";
        panel_touch(m, p);
        return;
    }
    struct request *r = panel_call(m, p, OP_AUTH_API_KEY, fx);
    struct api_key *in = call_in(r, sizeof *in);

    in->provider = arena_strdup(&r->arena, provider);
    in->api_key = arena_strndup(&r->arena, key, n);
    wipe(panel_field(p, R_SECRET));
    form->doubted = false;
}

static void key_changed(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    struct key_form *form = p->data;

    (void)m;
    (void)row;
    (void)fx;
    form->doubted = false;
    panel_field(p, R_SECRET)->complaint = NULL;
}

static void key_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    const struct status_reply *said = in->out;

    if (in->kind == IN_FAIL) {
        panel_complain(m, p, R_SECRET, "it was refused; what was typed is wiped");
        act_error(m, &in->err, "The key was not stored");
    } else if (in->kind == IN_REPLY) {
        act_answer(m, said, "The key is stored");
        auth_changed(m, p, panel_chosen(p, R_WHICH), fx);
    }
}

static void key_close(struct model *m, struct panel *p) {
    (void)m;
    free(p->data);
}

static const char *key_why_not(const struct model *m) { return panel_why_op(m, OP_AUTH_API_KEY); }

const struct panel_spec panel_key = {
    .title = "Store a key",
    .why_not = key_why_not,
    .open = key_open,
    .rows = key_rows,
    .enter = key_enter,
    .changed = key_changed,
    .reply = key_reply,
    .close = key_close,
};

/* ---- OAuth ---- */
#define OAUTH_PROVIDER "anthropic" /* servers have it for no other */

struct oauth {
    char *url, *state; /* secret: the state is the proof that the code is ours */
    char *message;     /* what the server says about it */
};

static void forget(struct oauth *o) {
    char **const all[] = {&o->url, &o->state, &o->message};

    for (size_t i = 0; i < MIX_COUNT(all); i++) {
        if (*all[i])
            explicit_bzero(*all[i], strlen(*all[i]));
        free(*all[i]);
        *all[i] = NULL;
    }
}

static void oauth_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct oauth));
    (void)panel_secret(p, R_SECRET);
}

static void oauth_load(struct model *m, struct panel *p, struct effects *fx) {
    struct request *r = panel_call(m, p, OP_AUTH_OAUTH_START, fx);
    struct provider_ref *in = call_in(r, sizeof *in);

    forget(p->data);
    in->provider = OAUTH_PROVIDER;
}

static void oauth_rows(const struct model *m, struct panel *p) {
    const struct oauth *o = p->data;

    (void)m;
    if (o->url) {
        panel_add(p, ROW_TEXT, R_TEXT, NULL,
                  "Open this address in a browser, on any machine, and sign in. The page then "
                  "shows a code to copy:");
        panel_add_text(p, R_URL, o->url, (size_t)-1)->tone = TONE_GOOD;
        if (o->message)
            panel_add_text(p, R_TEXT, o->message, (size_t)-1)->tone = TONE_DIM;
        panel_add(p, ROW_ACTION, R_COPY, "copy the address", NULL)->help =
            "into the clipboard of this terminal, where it has one";
        panel_add(p, ROW_ACTION, R_OPEN, "open it in a browser here", NULL);
        panel_add_field(p, ROW_SECRET, R_SECRET, "code", "as the page shows it: code#state");
        panel_add(p, ROW_ACTION, R_SEND, "finish the sign-in", NULL);
    }
    if (p->loading == 0)
        panel_add(p, ROW_ACTION, R_AGAIN, o->url ? "begin again" : "begin", NULL)->help =
            "a new address; a code of the old one is then worth nothing";
}

static void oauth_finish(struct model *m, struct panel *p, struct effects *fx) {
    const struct oauth *o = p->data;
    size_t n = 0;
    const char *typed = trimmed(p, R_SECRET, &n);
    const char *hash = memchr(typed, '#', n);
    const size_t code = hash ? (size_t)(hash - typed) : n;

    if (code == 0) {
        panel_complain(m, p, R_SECRET, "paste the code that the page shows");
        return;
    }
    if (memchr(typed, ' ', n)) {
        panel_complain(m, p, R_SECRET, "a code has no blanks and no line breaks: nothing was sent");
        return;
    }
    const bool own = !hash || hash + 1 == typed + n;

    if (own)
        act_notice(m, "The code has no part behind a #: the state of this sign-in is used");
    struct request *r = panel_call(m, p, OP_AUTH_OAUTH_CALLBACK, fx);
    struct oauth_code *in = call_in(r, sizeof *in);

    in->provider = OAUTH_PROVIDER;
    in->code = arena_strndup(&r->arena, typed, code);
    in->state =
        own ? arena_strdup(&r->arena, o->state) : arena_strndup(&r->arena, hash + 1, n - code - 1);
    wipe(panel_field(p, R_SECRET));
}

static void oauth_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    const struct oauth *o = p->data;

    switch (row->tag) {
    case R_COPY:
        act_copy(m, o->url, strlen(o->url), "address", fx);
        break;
    case R_OPEN:
        free(fx->open_url);
        fx->open_url = xstrdup(o->url);
        break;
    case R_SEND:
        if (p->loading == 0)
            oauth_finish(m, p, fx);
        break;
    default: /* R_AGAIN */
        act_panel_retry(m, fx);
        break;
    }
}

static bool refused_as(const struct incoming *in, const char *type) {
    return (in->fault && str_eq(in->fault->type, type)) || strstr(in->err.text, type);
}

static const char *oauth_complaint(const struct incoming *in) {
    if (refused_as(in, "INVALID_STATE"))
        return "the server does not know this sign-in any more (it was restarted, or the code is "
               "of another one): begin again";
    if (refused_as(in, "OAUTH_ERROR"))
        return "the provider did not take the code: it works once and for a short time; begin "
               "again";
    if (refused_as(in, "MISSING_CODE"))
        return "the server saw no code in it";
    if (refused_as(in, "OAUTH_NOT_SUPPORTED"))
        return "this server has no sign-in for that provider";
    return "it was refused";
}

static void oauth_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    struct oauth *o = p->data;
    const struct oauth_start *start = in->out;
    const struct status_reply *said = in->out;

    if (in->kind != IN_REPLY && in->kind != IN_FAIL)
        return;
    if (in->op == OP_AUTH_OAUTH_START) {
        if (in->kind == IN_FAIL || !start || str_blank(start->auth_url)) {
            if (in->kind == IN_FAIL)
                act_error(m, &in->err, "The sign-in could not begin");
            return;
        }
        set_string(&o->url, start->auth_url);
        set_string(&o->state, start->state ? start->state : "");
        set_string(&o->message, str_blank(start->message) ? NULL : start->message);
    } else if (in->kind == IN_FAIL) {
        panel_complain(m, p, R_SECRET, oauth_complaint(in));
        act_error(m, &in->err, "Not signed in");
    } else {
        act_answer(m, said, "Signed in");
        auth_changed(m, p, OAUTH_PROVIDER, fx);
    }
}

static void oauth_close(struct model *m, struct panel *p) {
    (void)m;
    forget(p->data);
    free(p->data);
}

static const char *oauth_why_not(const struct model *m) {
    return panel_why_op(m, OP_AUTH_OAUTH_START);
}

const struct panel_spec panel_oauth = {
    .title = "Sign in: Anthropic",
    .why_not = oauth_why_not,
    .open = oauth_open,
    .load = oauth_load,
    .rows = oauth_rows,
    .enter = oauth_enter,
    .reply = oauth_reply,
    .close = oauth_close,
};
