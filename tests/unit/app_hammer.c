/* No permission is answered by accident, hammered: random bytes of a terminal while two servers
 * ask, answers fail, rules speak and frames come late. Every answer that leaves has to be explained
 * by the test's own record of what was seen and pressed (hammer_oracle.h); the selection moves by
 * its keys only; nothing but its keys goes to the permissions; no draft gets shorter by itself.
 *
 *   unit_app_hammer [--seed N] [--events N] [--seconds N]      MIX_SEED=N is the same as --seed */
#include "hammer_oracle.h"

#include <locale.h>

enum { EVENTS = 1000000, SECONDS = 50, WORLD_KEYS = 20000, DRAW_EVERY = 24, TURNS_AT_ONCE = 64 };

/* ---- effects ---- */
static void take_requests(size_t row) {
    struct side *s = &w.side[row];

    for (size_t i = 0; i < s->fx->n_requests; i++) {
        struct request *q = s->fx->requests[i];

        if (q->kind == REQ_CALL && is_answer(q->op))
            explain(row, q);
        keep_call(s, q);
        request_free(q);
    }
    s->fx->n_requests = 0;
    for (size_t i = 0; i < s->fx->n_tasks; i++)
        keep_task(s, s->fx->tasks[i]);
    s->fx->n_tasks = 0;
}

static void look_again(int cols, int rows) {
    act_resize(shown(), cols, rows);
    act_look_again(shown());
    out_of_mind();
}

static void change_server(struct effects *fx) {
    const size_t row = fx->show - 1;

    fx->show = 0;
    note("server %zu is shown", row);
    servers_show(&w.app.servers, row, hammer_now, clock_real());
    w.app.model = shown();
    w.app.fx = w.side[row].fx;
    view_free(w.app.view);
    w.app.view = view_new();
    w.app.shown_rev = 0;
    out_of_mind();
}

static void use_desk(struct effects *fx) {
    free(TAKE(fx->connect_url));
    free(TAKE(fx->open_url));
    free(TAKE(fx->open_file));
    auto_free char *copy = TAKE(fx->copy), *bare = TAKE(fx->bare), *edit = TAKE(fx->edit);

    if (copy)
        act_copied(shown(), RC_OK, fx);
    if (bare)
        look_again(shown()->ui.cols, shown()->ui.rows);
    if (edit && one_in(3)) {
        act_editor_done(shown(), shown()->shown, "what the editor wrote");
        look_again(shown()->ui.cols, shown()->ui.rows);
    } else if (edit) {
        act_editor_done(shown(), shown()->shown, NULL);
    }
    fx->edit_asked = false;
}

/* As the program does it behind every key and every turn. */
static void run_effects(void) {
    struct effects *fx = w.app.fx;

    for (size_t row = 0; row < ROWS; row++)
        take_requests(row);
    use_desk(fx);
    fx->redraw = fx->theme_changed = fx->start_demo = fx->retry_now = false;
    if (fx->quit && (anything_held() || one_in(200))) {
        w.ended = true; /* what was held was never given */
        note("quits");
    }
    if (fx->suspend) {
        note("suspended");
        hammer_now += dice(8000);
        look_again(shown()->ui.cols, shown()->ui.rows);
    }
    fx->suspend = fx->quit = fx->keep = false;
    if (fx->show > 0)
        change_server(fx);
    for (size_t row = 0; row < ROWS; row++)
        take_requests(row);
    look_away();
}

/* ---- drafts ---- */
static struct draft {
    const struct session *s;
    size_t n;
} drafts[ROWS][32];

static bool led; /* the key came behind the leader: the editor brings another text, too */

static bool deletes(const struct key *k) {
    static const uint32_t alone[] = {K_BACKSPACE, K_DELETE, K_UP, K_DOWN, K_TAB, K_ENTER, K_PASTE};
    const struct model *m = shown();

    for (size_t i = 0; i < MIX_COUNT(alone); i++)
        if (k->code == alone[i])
            return true;
    return k->mods != 0 || m->ui.vi || m->ui.leader || led || k->code == 'x' || k->code == 'R';
}

/* key NULL: nobody pressed one. */
static void drafts_stay(const struct key *k, const char *by) {
    for (size_t row = 0; row < ROWS; row++) {
        const struct model *m = w.side[row].m;

        for (size_t i = 0; i < MIX_COUNT(drafts[row]); i++) {
            struct draft *d = &drafts[row][i];
            const struct session *s = i < m->n_sessions ? m->sessions[i] : NULL;

            if (!s) { /* what was seen there is old when one stands there again */
                *d = (struct draft){0};
                continue;
            }
            if (d->s == s && s->draft.text.n < d->n && !(k && deletes(k)))
                fails("%s cut the draft of %s from %zu to %zu", by, s->id, d->n, s->draft.text.n);
            *d = (struct draft){s, s->draft.text.n};
        }
    }
}

static void ends(const char *by) {
    run_effects();
    drafts_stay(NULL, by);
}

/* ---- what comes by itself ---- */
static void comes(size_t row, struct incoming *in, const char *what) {
    in->at = hammer_now;
    step_begins();
    model_apply(w.side[row].m, in, hammer_now, clock_real(), w.side[row].fx);
    selection_stays(what);
    focus_stays(what);
    ends(what);
}

static void replies(size_t row, size_t at) {
    struct side *s = &w.side[row];
    const struct call c = s->calls[at];
    struct rec *r = rec_of(row, c.ask);
    struct incoming *in = answer_of(s, &c, w.frames > 0 && one_in(r ? 6 : 12));
    const bool again = in->kind == IN_FAIL && in->status != 404;

    s->calls[at] = s->calls[--s->n_calls];
    if (r) {
        note("p%d of %zu: %s %d", c.ask, row, in->kind == IN_FAIL ? "fails" : "arrives",
             in->status);
        r->fate = again && r->fate == ANSWERED ? WAITS : OVER;
        if (in->kind == IN_FAIL && o.seen.on && o.seen.row == row && o.seen.n == c.ask)
            o.seen.on = false; /* it takes answers again */
    }
    comes(row, in, "a reply");
}

static void task_comes_back(size_t row, size_t at) {
    struct side *s = &w.side[row];
    struct task *t = s->tasks[at];

    s->n_tasks--;
    s->tasks[at] = s->tasks[s->n_tasks];
    s->task_due[at] = s->task_due[s->n_tasks];
    do_task(t);
    step_begins();
    if (t->kind == TASK_RULES_ASK && t->err.rc == RC_OK) {
        o.verdict = t->ruling.verdict;
        o.rule_row = row;
        o.rule_n = ask_number(t->ask.id);
        note("rules on p%d of %zu: %d", o.rule_n, row, (int)o.verdict);
    }
    model_task_done(s->m, t, hammer_now, clock_real(), s->fx);
    selection_stays("a task");
    focus_stays("a task");
    ends("a task");
}

static void describe(struct event_data *d, struct rec *r, struct arena *a, int n) {
    static const char *choices[] = {"yes", "no", "later"};

    d->tool_name = r->class == EDIT ? "Edit" : "Bash";
    switch (r->class) {
    case PLAIN:
    case SEVERE:
        d->params_raw =
            arena_printf(a, "{\"command\":\"%sls q%d\"}", r->class == SEVERE ? "sudo " : "", n);
        break;
    case SAME:
    case SAME_SEVERE:
        d->params_raw =
            r->class == SAME ? "{\"command\":\"make all\"}" : "{\"command\":\"sudo make all\"}";
        break;
    case EDIT:
        d->params_raw = arena_printf(
            a, "{\"file_path\":\"/w/q%d.c\",\"old_string\":\"a\",\"new_string\":\"b\"}", n);
        break;
    case LONG:
        d->params_raw =
            arena_printf(a, "{\"command\":\"ls q%d\\n%s\"}", n,
                         "ls a\\nls b\\nls c\\nls d\\nls e\\nls f\\nls g\\nls h\\nls i");
        break;
    case CHOICE:
    case WORDS:
    case CLASSES:
        d->message = arena_printf(a, "What about q%d?", n);
        d->response_type = r->class == WORDS ? "text" : one_in(3) ? "acknowledge" : "choice";
        d->choices = (struct strings){choices, 3};
        d->timeout_s = 60;
        break;
    }
}

static const struct session *streaming(size_t row) {
    const struct model *m = w.side[row].m;
    const struct session *s = m->n_sessions ? m->sessions[dice((uint32_t)m->n_sessions)] : NULL;

    return s && s->stream ? s : NULL;
}

static void somebody_asks(size_t row) {
    const struct session *s = streaming(row);

    if (!s)
        return;
    struct rec *r = rec_new(row);
    const int n = w.side[row].asked;
    struct incoming *in = incoming_new(IN_EVENTS, s->stream);

    r->class = one_in(3) ? SAME + dice(2) : dice(CLASSES);
    r->life = is_question(r) ? 60000 : ASK_LIFE;
    in->events = arena_alloc(&in->arena, sizeof *in->events);
    in->events->kind = is_question(r) ? EV_NOTIFICATION : EV_PERMISSION;
    in->events->data.id = arena_printf(&in->arena, "p%d", n);
    in->events->data.session_id = s->id;
    describe(&in->events->data, r, &in->arena, n);
    note("p%d of %zu, class %d, asked in %s", n, row, (int)r->class, s->id);
    comes(row, in, "a request");
}

/* A call is told of: what is asked may get another object by it. */
static void something_is_told(size_t row) {
    static const enum ev kinds[] = {EV_CONTENT,         EV_THINKING, EV_TOOL_START, EV_TOOL_INPUT,
                                    EV_EXECUTION_START, EV_COMPLETE, EV_CONTENT,    EV_ERROR};
    const struct session *s = streaming(row);

    if (!s)
        return;
    struct incoming *in = incoming_new(IN_EVENTS, s->stream);
    struct event_data *d = &(in->events = arena_alloc(&in->arena, sizeof *in->events))->data;
    const int n = w.side[row].asked - (int)dice(5);

    in->events->kind = kinds[dice(one_in(8) ? MIX_COUNT(kinds) : MIX_COUNT(kinds) - 3)];
    d->session_id = s->id;
    d->content = "some words, y and n\n";
    d->tool_call_id = arena_printf(&in->arena, "c%d", n);
    d->tool_name = one_in(2) ? "Bash" : "Edit";
    d->input = arena_printf(
        &in->arena,
        one_in(2) ? "{\"command\":\"ls q%d\"}"
                  : "{\"file_path\":\"/w/q%d.c\",\"old_string\":\"a\",\"new_string\":\"c\"}",
        n);
    d->error = "boom";
    d->done = true;
    note("event %d in %s of %zu", (int)in->events->kind, s->id, row);
    comes(row, in, "an event");
}

/* The call that a change was asked for: its input may not be what the request showed. */
static void a_call_is_told(void) {
    const struct ask *a = selected();
    const size_t row = a ? row_of(a->owner) : 0;
    static const enum ev kinds[] = {EV_TOOL_INPUT, EV_TOOL_START};

    if (!a || !str_eq(a->tool, "Edit") || a->call_id || !a->session->stream)
        return;
    struct incoming *in = incoming_new(IN_EVENTS, a->session->stream);
    const int n = ask_number(a->id);

    for (size_t i = 0; i < MIX_COUNT(kinds); i++) {
        struct wire_event *ev = arena_alloc(&in->arena, sizeof *ev);

        ev->kind = kinds[i];
        ev->next = in->events;
        in->events = ev;
        ev->data.session_id = a->session->id;
        ev->data.tool_call_id = arena_printf(&in->arena, "k%d", n);
        ev->data.tool_name = a->tool;
        ev->data.input = arena_printf(
            &in->arena, "{\"file_path\":\"/w/q%d.c\",\"old_string\":\"a\",\"new_string\":\"c\"}",
            n);
    }
    note("the call of p%d of %zu is told", n, row);
    comes(row, in, "a call");
}

static void things_come(void) {
    const size_t row = dice(ROWS);

    if (one_in(8) || w.side[row].asked < 3)
        somebody_asks(row);
    for (uint32_t i = one_in(40) ? 2 + dice(4) : 0; i > 0; i--) /* of one tool, at once */
        somebody_asks(row);
    if (one_in(12))
        something_is_told(row);
    if (one_in(3))
        a_call_is_told();
}

/* ---- frames ---- */
static void draws(void) {
    struct model *m = shown();

    if (w.app.canvas.w != m->ui.cols || w.app.canvas.h != m->ui.rows)
        canvas_resize(&w.app.canvas, m->ui.cols, m->ui.rows);
    view_settle(w.app.view, m);
    view_draw(w.app.view, m, &w.app.canvas);
    w.drawn++;
}

/* What counts as seen stands on the screen. */
static void stands_there(void) {
    const struct ask *a = selected();
    const struct rec *r = o.seen.on ? rec_of(o.seen.row, o.seen.n) : NULL;
    auto_buf struct buf text = {.max = MIX_MIB};
    char mark[24];

    if (!r || !a || shown()->ui.over != OVER_NONE || shown()->ui.ask_scroll > 0 ||
        shown()->ui.rows < 24 || r->class == SAME || r->class == SAME_SEVERE)
        return;
    (void)snprintf(mark, sizeof mark, "q%d", o.seen.n);
    canvas_text(&w.app.canvas, &text);
    if (!strstr(buf_str(&text), mark))
        fails("what is armed is not on the screen: %s\n%s", mark, buf_str(&text));
}

static void paints(void) {
    const bool whole = w.frames++ % DRAW_EVERY == 0;

    step_begins();
    input_refresh(w.app.input, shown());
    if (whole)
        draws();
    selection_stays("a frame");
    w.app.shown_rev = shown()->rev;
    model_painted(shown(), hammer_now);
    saw();
    if (whole)
        stands_there();
    w.frame_at = hammer_now + (one_in(20) ? dice(300) : 17);
}

/* ---- time ---- */
static void ticks(void) {
    for (size_t row = 0; row < ROWS; row++) {
        step_begins();
        o.ticking = true;
        model_tick(w.side[row].m, hammer_now, clock_real(), w.side[row].fx);
        selection_stays("time");
        focus_stays("time");
        ends("time");
    }
}

static void keys_are_read(bool hands);

static int64_t next_thing(int64_t until) {
    int64_t at = until;
    const int64_t key = decoder_deadline(w.decoder);

    for (size_t row = 0; row < ROWS; row++) {
        const struct side *s = &w.side[row];
        const int64_t tick = model_next_tick(s->m, hammer_now);

        at = tick >= 0 && tick < at ? tick : at;
        for (size_t i = 0; i < s->n_calls; i++)
            at = s->calls[i].due < at ? s->calls[i].due : at;
        for (size_t i = 0; i < s->n_tasks; i++)
            at = s->task_due[i] < at ? s->task_due[i] : at;
    }
    at = key >= 0 && key < at ? key : at;
    if (shown()->rev != w.app.shown_rev && w.frame_at < at)
        at = w.frame_at;
    return at > hammer_now ? at : hammer_now;
}

static void all_that_is_due(void) {
    for (size_t row = 0; row < ROWS; row++) {
        struct side *s = &w.side[row];

        for (size_t i = s->n_calls; i-- > 0;)
            if (i < s->n_calls && s->calls[i].due <= hammer_now)
                replies(row, i);
        for (size_t i = s->n_tasks; i-- > 0;)
            if (i < s->n_tasks && s->task_due[i] <= hammer_now)
                task_comes_back(row, i);
    }
}

static void passes(int64_t ms) {
    const int64_t until = hammer_now + ms;
    int at_once = 0;

    while (!w.ended) {
        const int64_t at = next_thing(until);

        at_once = at > hammer_now ? 0 : at_once + 1;
        if (at_once > TURNS_AT_ONCE)
            fails("time stands still");
        hammer_now = at;
        keys_are_read(false);
        all_that_is_due();
        ticks();
        if (shown()->rev != w.app.shown_rev && hammer_now >= w.frame_at)
            paints();
        if (hammer_now >= until)
            return;
    }
}

/* ---- keys ---- */
static void presses(const struct key *k, bool hands) {
    const struct ui *ui = &shown()->ui;
    const enum pane focus = ui->focus;
    const enum overlay over = ui->over;
    const bool leader = ui->leader, took = k->code >= K_PRESS && k->code <= K_WHEEL_DOWN;
    char name[40];

    key_text(name, sizeof name, k);
    note("key %s%s%s  focus %d over %d", name, hands ? "" : " (no hands)",
         k->crowded ? " crowded" : "", (int)focus, (int)over);
    n_keys++;
    step_begins();
    before_key(k, hands);
    const size_t answered = o.grants + o.denials + o.replies;

    if (!mouse_took(&w.app, k))
        input_key(w.app.input, shown(), k, hammer_now, clock_real(), w.app.fx);
    w.app.typed = true;
    if (!chooses(k, focus, leader, over)) {
        selection_stays(name);
        focus_stays(name);
    }
    const struct model *before = shown();

    for (size_t row = 0; row < ROWS; row++)
        take_requests(row);
    o.missed += o.may != DECIDE_NONE && answered == o.grants + o.denials + o.replies;
    if (took && answered != o.grants + o.denials + o.replies)
        fails("the mouse answered");
    run_effects();
    led = leader;
    drafts_stay(shown() == before && !took ? k : NULL, name);
    if (one_in(3) && shown()->rev != w.app.shown_rev && hammer_now >= w.frame_at)
        paints();
}

static void keys_are_read(bool hands) {
    struct key k;

    while (!w.ended && decoder_next(w.decoder, &k, hammer_now)) {
        if (k.code == K_BACKGROUND || k.code == K_SIXEL || k.code == K_KITTY)
            continue;
        presses(&k, hands);
    }
}

/* ---- a terminal ---- */
/* One read. hands: it is one key that somebody pressed. */
static void reads(const char *p, size_t n, bool hands) {
    char shown_bytes[64];
    size_t at = 0;

    for (size_t i = 0; i < n && at + 5 < sizeof shown_bytes; i++)
        at += (size_t)snprintf(shown_bytes + at, sizeof shown_bytes - at,
                               p[i] > ' ' && p[i] < 0x7f ? "%c" : "\\%02x", (unsigned char)p[i]);
    note("read %zu: %s", n, shown_bytes);
    /* Enter ends what is no sequence after all, and is a key then */
    const bool idle = decoder_deadline(w.decoder) < 0 || p[0] == '\r';

    decoder_feed(w.decoder, p, n, hammer_now);
    keys_are_read(hands && idle);
}

/* Torn anywhere. least: bytes of a piece. */
static void arrives(const char *p, size_t n, size_t least) {
    static const int64_t waits[] = {0, 1, 5, 20, 30, 60, 120, 400, 600, 1100, 1500};

    if (n > least && one_in(4)) {
        const size_t at = least + dice((uint32_t)(n - least));

        if (n - at >= least) {
            reads(p, at, false);
            passes(waits[dice(MIX_COUNT(waits))]);
            p += at;
            n -= at;
        }
    }
    if (!w.ended)
        reads(p, n, false);
}

static void types(const char *key) { reads(key, strlen(key), true); }

static const char *any(const char *const *words, size_t n) { return words[dice((uint32_t)n)]; }
#define ANY(...)                                                                                   \
    any((const char *const[]){__VA_ARGS__},                                                        \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void sequence(void) {
    const char *s =
        ANY("\033[A", "\033[B", "\033[C", "\033[D", "\033[H", "\033[F", "\033[5~", "\033[6~",
            "\033[2~", "\033[3~", "\033OP", "\033OQ", "\033[15~", "\033[24~", "\033[Z", "\033[1;5C",
            "\033[1;3D", "\033OA", "\033\033[A", "\033[I", "\033[O", "\033[?1;2c", "\033[999x",
            "\033[27;5;121~", "\033[121;3u", "\033[13;5u", "\033]11;rgb:0000/0000/0000\007",
            "\033]11;rgb:ffff/ffff/ffff\033\\", "\033_Gi=31;OK\033\\", "\033[1;2y", "\033Oy",
            "\033[[A", "\033P0y\033\\", "\033[<0", "\033[200~\033[201~");
    arrives(s, strlen(s), 1);
}

static void chord(void) {
    char s[3] = "\033";

    s[1] = ANY("y", "n", "d", "r", "u", "b", "p", "p", "1", "2", "3", "4", "a", "m", "t", "f", "\r",
               "\t", "\177", "l", "\033", "O", "[")[0];
    if (one_in(2)) { /* over a slow line */
        static const uint32_t waits[] = {2, 24, 25, 40, 100, 390, 1200};

        types("\033");
        passes(dice(waits[dice(MIX_COUNT(waits))]));
        if (!w.ended)
            types(s + 1);
    } else
        reads(s, 2, false);
}

static void mouse(void) {
    char s[64];
    const int n = snprintf(s, sizeof s, "\033[<%u;%u;%u%c", dice(4) ? dice(3) : 64 + dice(2),
                           1 + dice(200), 1 + dice(60), one_in(2) ? 'M' : 'm');

    if (one_in(10))
        arrives("\033[M yy", 6, 1);
    else
        arrives(s, (size_t)n, 1);
}

/* Text as a clipboard has it: with and without marks, ended early, late and never. */
static void pastes(void) {
    char s[400];
    const char *text = ANY("y", "yyyyyy", "n\ry\r", "yes, y\r\ny\r\nyy", "d because\ry", "y\033y",
                           "u y n d b r a v", "/home/y/file", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl",
                           "y \033[201~ y", "\xd0\xbd\xd0\xbd", "q\rq\rq", "\030pyyy", "\033p");
    const bool marked = dice(3) > 0, ended = dice(5) > 0;
    const int n = snprintf(s, sizeof s, "%s%s%s", marked ? "\033[200~" : "", text,
                           marked && ended ? "\033[201~" : "");

    if (!marked && strlen(text) < 2)
        return;
    if (marked && !ended) { /* silence ends it; what comes then is somebody's */
        reads(s, (size_t)n, false);
        passes(dice(2) ? 1000 + dice(500) : dice(900));
    } else if (marked && one_in(4)) { /* the line stands still in it */
        const size_t head = 6 + dice((uint32_t)strlen(text));

        reads(s, head, false);
        passes(1200 + dice(800));
        if (!w.ended)
            reads(s + head, (size_t)n - head, false);
    } else if (marked)
        arrives(s, (size_t)n, 1);
    else
        reads(s, (size_t)n, false);
}

static void control(void) {
    char s[2] = {(char)(1 + dice(31)), '\0'};

    if (s[0] == 26 && dice(10)) /* seldom back to the shell */
        s[0] = 24;
    types(s);
}

static void word(void) {
    static const char *const letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHJKNRTUVWXYZ0123456789 ./@:?*|{}";

    for (uint32_t i = 1 + dice(6); i > 0 && !w.ended; i--) {
        char s[2] = {letters[dice(64)], '\0'};

        types(s);
        passes(20 + dice(150));
    }
}

static void holds_down(const char *key) {
    for (uint32_t i = 5 + dice(30); i > 0 && !w.ended; i--) {
        types(key);
        passes(33);
    }
}

/* Somebody who wants to answer, in a hurry or not. */
static void answers(void) {
    static const char *const ways[] = {"\033p", "\0304", "\030p", "\0334"};

    if (shown()->ui.focus != PANE_PERMISSIONS && dice(4)) {
        const char *way = ways[dice(4)];

        if (way[0] == '\030') {
            types("\030");
            passes(dice(200));
            if (!w.ended)
                types("p");
        } else
            arrives(way, 2, 2);
    }
    for (uint32_t i = dice(3); i > 0 && !w.ended; i--) {
        types(ANY("j", "k", "b", "v", "\r", "u", "r", "l", "h", "a", "R", "j", "j", "\t"));
        passes(dice(300));
    }
    if (w.ended)
        return;
    passes(one_in(2) ? dice(450) : 350 + dice(900));
    if (!w.ended)
        types(ANY("y", "y", "y", "y", "n", "n", "d", "r", "\xd0\xbd", "\r", "Y", "N"));
    passes(dice(3) ? dice(300) : dice(1500));
    if (!w.ended && one_in(4))
        types(ANY("u", "y", "n", "\r", "\033", "j"));
}

/* By the menu: arrows and Enter. */
static void menu_answers(void) {
    types("\r");
    passes(one_in(2) ? dice(500) : 300 + dice(600));
    for (uint32_t i = dice(5); i > 0 && !w.ended; i--) {
        reads("\033[B", 3, false);
        passes(dice(200));
    }
    if (!w.ended)
        types("\r");
}

/* Requests that are the same, as one. */
static void gathers(void) {
    for (int i = 0; i < 6 && !w.ended; i++) {
        const struct ask *a = selected();
        const struct rec *r = a ? rec_of(row_of(a->owner), ask_number(a->id)) : NULL;

        if (r && r->fate == WAITS && (r->class == SAME || r->class == SAME_SEVERE))
            break;
        types("j");
        passes(10);
    }
    if (!w.ended)
        types("b");
    passes(one_in(3) ? dice(500) : 350 + dice(600));
    if (!w.ended)
        types(ANY("y", "y", "y", "n", "b", "d", "j"));
    passes(one_in(2) ? dice(700) : dice(1500));
}

static void resizes(void) {
    static const int sizes[][2] = {{80, 24}, {200, 50}, {120, 40}, {100, 30}, {60, 20},
                                   {40, 10}, {39, 10},  {80, 9},   {132, 43}, {20, 5}};
    const size_t n = w.frames == 0 ? 4 : MIX_COUNT(sizes);
    const int *size = sizes[one_in(3) ? dice((uint32_t)n) : dice(4)];

    note("%dx%d", size[0], size[1]);
    step_begins();
    act_resize(shown(), size[0], size[1]);
    selection_stays("a size");
    focus_stays("a size");
    ends("a size");
}

static void comes_home(void) { /* out of whatever is open */
    for (int i = 0; i < 3 && !w.ended; i++) {
        types("\033");
        passes(40);
    }
}

static void acts(void) {
    const uint32_t what = dice(100);
    const struct ui *ui = &shown()->ui;
    const bool there = ui->focus == PANE_PERMISSIONS && ui->over == OVER_NONE && !ui->replying;

    if (ui->over != OVER_NONE && ui->over != OVER_MENU && one_in(3))
        comes_home();
    else if (there && what < 12)
        one_in(2) ? gathers() : menu_answers();
    else if (what < 30)
        answers();
    else if (what < 48)
        word();
    else if (what < 58)
        control();
    else if (what < 68)
        sequence();
    else if (what < 74)
        chord();
    else if (what < 80)
        mouse();
    else if (what < 86)
        pastes();
    else if (what < 88)
        holds_down(ANY("y", "y", "n", "j", "\r", "\033[B", "u"));
    else if (what < 89)
        resizes();
    else if (what < 94)
        comes_home();
    else if (what < 97)
        types(ANY("y", "n", "d", "r", "b", "u", "\r", "\033"));
    else
        arrives("\xe2\x82\xff\xd0\xbd\xc3(", 7, 1);
}

static void one_world(uint32_t seed, size_t keys) {
    const size_t until = n_keys + keys;

    o = (struct oracle){.decided_at = 0};
    memset(drafts, 0, sizeof drafts);
    world_open(seed);
    if (input_bind(w.app.input, "grant", "y,\xd0\xbd"))
        fails("the twin of y cannot be bound");
    resizes();
    passes(3000);
    while (!w.ended && n_keys < until) {
        acts();
        things_come();
        if (!w.ended)
            passes(one_in(8) ? dice(2000) : dice(60));
    }
    for (size_t row = 0; row < ROWS; row++) { /* leaving gives nothing */
        step_begins();
        model_save_all(w.side[row].m, w.side[row].fx);
        take_requests(row);
    }
    world_close();
}

/* ---- the run ---- */
static int64_t wall(void) {
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct oracle sum;
static size_t worlds;

static void count(void) {
    sum.grants += o.grants;
    sum.denials += o.denials;
    sum.replies += o.replies;
    sum.batches += o.batches;
    sum.holds_left += o.holds_left;
    sum.by_rule += o.by_rule;
    sum.by_menu += o.by_menu;
    sum.missed += o.missed;
    sum.failed += o.failed;
    worlds++;
}

int main(int argc, char **argv) {
    const char *given = getenv("MIX_SEED");
    uint32_t seed = given ? (uint32_t)strtoul(given, NULL, 10) : (uint32_t)time(NULL);
    size_t events = EVENTS;
    int64_t seconds = SECONDS;

    setlocale(LC_ALL, "C.UTF-8");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            seed = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--events") == 0)
            events = (size_t)strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = (int64_t)strtoll(argv[i + 1], NULL, 10);
    }
    printf("seed %u\n", (unsigned)seed);
    fflush(stdout);
    const int64_t until = wall() + seconds * 1000;

    for (uint32_t i = 0; n_keys < events && wall() < until; i++) {
        one_world(seed + i, WORLD_KEYS);
        count();
    }
    printf("%zu keys in %zu worlds: %zu granted, %zu denied, %zu answered; %zu in batches, %zu "
           "held, %zu by rules, %zu by menus, %zu again after a failure; %zu keys that might have "
           "counted did not\n",
           n_keys, worlds, sum.grants, sum.denials, sum.replies, sum.batches, sum.holds_left,
           sum.by_rule, sum.by_menu, sum.failed, sum.missed);
    for (size_t row = 0; row < ROWS; row++)
        free(recs[row]);
    /* a hammer that never hits proves nothing */
    return sum.grants > 0 && sum.denials > 0 && sum.replies > 0 && sum.holds_left > 0 ? 0 : 1;
}
