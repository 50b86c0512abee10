/* view_header.c - the line above the thread: whose it is, what model answers, how full its context
 * is, and what it has cost. */
#include "mix/agents.h"
#include "ui.h"

#include <stdio.h>
#include <string.h>

enum {
    MODEL_SEARCH = 50, /* entries looked through for the one that was answered last */
    BAR_CELLS = 6,
    HIGH = 80,       /* per cent */
    TITLE_CELLS = 20 /* left to the title before facts are left out */
};

/* ---- the model's window, in tokens, where the name tells it ---- */
int64_t context_window(const char *model) {
    static const struct {
        const char *part;
        int64_t tokens;
    } windows[] = {
        {"claude", 200000},  {"gpt-4.1", 1047576}, {"gpt-4o", 128000},   {"gpt-5", 400000},
        {"o3", 200000},      {"o4-mini", 200000},  {"gemini-", 1048576}, {"glm-4.5", 131072},
        {"glm-4.6", 200000}, {"deepseek", 131072}, {"mistral", 131072},  {"qwen3", 262144},
        {"kimi-k2", 262144}, {"grok-4", 262144},   {"llama-4", 1048576},
    };

    for (size_t i = 0; i < MIX_COUNT(windows); i++) {
        const char *at = strstr(model, windows[i].part);

        /* a word of its own: no "o3" in "foo3" */
        if (at && (at == model || strchr("./-: ", at[-1])))
            return windows[i].tokens;
    }
    return 0;
}

struct facts {
    const char *model;
    int64_t tokens;
};

/* Of the newest answer. */
static struct facts newest(const struct session *s) {
    const struct transcript *t = &s->transcript;
    struct facts f = {"", s->context_tokens};

    for (size_t i = t->n, left = MODEL_SEARCH; i > 0 && left > 0; left--) {
        const struct entry *e = &t->entries[--i];

        if (e->role != ROLE_ASSISTANT)
            continue;
        if (f.tokens == 0)
            f.tokens = e->input_tokens + e->output_tokens;
        if (str_blank(e->model))
            continue;
        f.model = e->model;
        break;
    }
    return f;
}

/* ---- facts, from the right ---- */
static int draw_gauge(const struct model *m, struct canvas *c, int right, int y, int room,
                      struct facts f) {
    const int64_t window = context_window(f.model);
    const int64_t percent = window > 0 ? (f.tokens * 100 + window - 1) / window : 0;
    const enum style look = percent >= HIGH ? STYLE_GAUGE_HIGH : STYLE_GAUGE;
    char text[96];
    const int start = right;

    if (window == 0)
        snprintf(text, sizeof text, "%s tok  ", say_count(f.tokens).s);
    else
        snprintf(text, sizeof text, "%s/%s %lld%%  ", say_count(f.tokens).s, say_count(window).s,
                 (long long)(percent > 999 ? 999 : percent));
    right -= put_right(c, right, y, room, STYLE_DIM, text);
    if (window == 0 || start - right == 0 || start - right + BAR_CELLS + 1 > room)
        return start - right;
    int64_t full = (percent * BAR_CELLS + 50) / 100;

    full = full > BAR_CELLS ? BAR_CELLS : full == 0 && f.tokens > 0 ? 1 : full;
    right -= BAR_CELLS + 1;
    for (int i = 0; i < BAR_CELLS; i++)
        put(c, right + i, y, 1, i < full ? look : STYLE_DIM,
            glyph(m, i < full ? G_BAR_FULL : G_BAR_EMPTY));
    return start - right;
}

static int draw_facts(const struct model *m, struct canvas *c, struct rect r) {
    const struct session *s = m->shown;
    const struct facts f = newest(s);
    auto_buf struct buf name = {.max = 256};
    const int room = r.w > TITLE_CELLS ? r.w - TITLE_CELLS : 0;
    int right = r.x + r.w - 1;

    if (s->automatic > 0) { /* answered by rules since the start */
        char text[32];

        snprintf(text, sizeof text, "%sauto %s", s->cost > 0 || f.tokens > 0 ? "  " : "",
                 say_grouped(s->automatic).s);
        right -= put_right(c, right, r.y, room, STYLE_KEY, text);
    }
    if (s->cost > 0) {
        char cost[48];

        snprintf(cost, sizeof cost, "%s", say_cost(s->cost).s);
        right -= put_right(c, right, r.y, room - (r.x + r.w - 1 - right), STYLE_DIM, cost);
    }
    if (f.tokens > 0)
        right -= draw_gauge(m, c, right, r.y, room - (r.x + r.w - 1 - right), f);
    if (text_clean(&name, f.model, strlen(f.model) < 60 ? strlen(f.model) : 60, CLEAN_LINE) ==
            RC_OK &&
        name.n > 0) {
        (void)buf_adds(&name, "  ");
        right -=
            put_right(c, right, r.y, room - (r.x + r.w - 1 - right), STYLE_DIM, buf_str(&name));
    }
    return right;
}

/* `Parent > Child 2/3` */
static void say_title(struct buf *out, const struct model *m, const struct session *s) {
    size_t n = 0;
    const size_t place = model_sibling(m, s, &n);

    if (s->parent)
        (void)buf_addf(out, "%.200s > ", session_title(s->parent));
    (void)buf_adds(out, session_title(s));
    if (n > 1)
        (void)buf_addf(out, " %zu/%zu", place, n);
}

void draw_header(const struct model *m, struct canvas *c, struct rect r) {
    const struct session *s = m->shown;
    const bool thread = m->ui.focus == PANE_THREAD || m->ui.focus == PANE_COMPOSER;
    auto_buf struct buf whole = {.max = 4096}, clean = {.max = 16384};

    if (r.h <= 0 || !s)
        return;
    const int right = draw_facts(m, c, r);

    say_title(&whole, m, s);
    (void)text_clean(&clean, buf_str(&whole), whole.n, CLEAN_LINE);
    draw_title(c, m, r.x, r.y, right - r.x - 1, thread ? m->ui.focus : PANE_THREAD,
               buf_str(&clean));
}
