/* view_todos.c - above the composer: the plan that waits, and the todo list that is worked on. */
#include "mix/agents.h"
#include "ui.h"

#include <string.h>

enum { TODO_LINES = 5, SMALL_ROWS = 30 };

static bool is_small(const struct model *m) { return m->ui.rows < SMALL_ROWS; }

static const struct part *todos(const struct model *m) {
    return m->shown ? session_todos(m->shown) : NULL;
}

int todo_rows(const struct model *m) {
    const struct part *p = todos(m);

    if (!p)
        return 0;
    const size_t n = todo_count(p).n;

    return is_small(m) ? 1 : 1 + (n > TODO_LINES ? TODO_LINES + 1 : (int)n);
}

int plan_rows(const struct model *m) { return m->shown && session_plan(m->shown); }

void draw_plan(const struct model *m, struct canvas *c, struct rect r) {
    const bool here = m->ui.focus == PANE_THREAD;
    int x = r.x;

    x += put(c, x, r.y, r.x + r.w - x, STYLE_DIM,
             here ? "the plan waits: " : "the plan waits, in the thread: ");
    x += put(c, x, r.y, r.x + r.w - x, STYLE_KEY, "P");
    x += put(c, x, r.y, r.x + r.w - x, STYLE_TEXT, " proceed  ");
    x += put(c, x, r.y, r.x + r.w - x, STYLE_KEY, "B");
    put(c, x, r.y, r.x + r.w - x, STYLE_TEXT, " keep planning");
}

static void draw_item(const struct model *m, struct canvas *c, struct rect r, const char *text,
                      enum todo state) {
    static const struct {
        const char *sign, *ascii;
        enum style look, words;
    } looks[] = {[TODO_OPEN] = {"☐ ", "[ ] ", STYLE_TASK_OPEN, STYLE_TEXT},
                 [TODO_NOW] = {"▸ ", "[>] ", STYLE_TASK_OPEN, STYLE_SELECTED},
                 [TODO_DONE] = {"☑ ", "[x] ", STYLE_TASK_DONE, STYLE_DIM}};
    const int x = r.x + put(c, r.x, r.y, r.w, looks[state].look,
                            m->ui.ascii ? looks[state].ascii : looks[state].sign);

    put_foreign(c, x, r.y, r.x + r.w - x, looks[state].words, text, CLEAN_LINE);
}

static void draw_one(struct canvas *c, struct rect r, const struct part *p,
                     struct todo_count count) {
    struct todo_walk walk = todo_walk(p->text, p->len);
    auto_buf struct buf item = {.max = 4096};
    enum todo state = TODO_DONE;
    const int x =
        r.x + canvas_putf(c, r.x, r.y, r.w, STYLE_DIM, "todo %zu/%zu", count.done, count.n);

    if (count.now == count.n)
        return;
    for (size_t i = 0; i <= count.now; i++)
        if (!todo_next(&walk, &item, &state))
            return;
    put(c, x, r.y, r.x + r.w - x, STYLE_DIM, ": ");
    put_foreign(c, x + 2, r.y, r.x + r.w - x - 2, state == TODO_NOW ? STYLE_SELECTED : STYLE_TEXT,
                buf_str(&item), CLEAN_LINE);
}

/* The item before the one that is worked on, that one, and those that follow. */
void draw_todos(const struct model *m, struct canvas *c, struct rect r) {
    const struct part *p = todos(m);
    auto_buf struct buf item = {.max = 4096};
    enum todo state;

    if (!p)
        return;
    const struct todo_count count = todo_count(p);

    if (r.h == 1) {
        draw_one(c, r, p, count);
        return;
    }
    draw_line(c, m, r.x, r.y, r.w, STYLE_BORDER);
    canvas_putf(c, r.x + 2, r.y++, r.w - 2, STYLE_DIM, " todo %zu/%zu ", count.done, count.n);
    r.h--;
    const size_t shown = count.n > (size_t)r.h ? (size_t)r.h - 1 : count.n;
    const size_t last_from = count.n - shown, before = count.now > 0 ? count.now - 1 : 0;
    const size_t from = before < last_from ? before : last_from;
    struct todo_walk walk = todo_walk(p->text, p->len);
    int y = r.y;

    for (size_t i = 0; i < from + shown && todo_next(&walk, &item, &state); i++)
        if (i >= from)
            draw_item(m, c, (struct rect){r.x, y++, r.w, 1}, buf_str(&item), state);
    if (shown < count.n)
        canvas_putf(c, r.x, y, r.w, STYLE_DIM, "%s %zu more", m->ui.ascii ? "..." : "…",
                    count.n - shown);
}
