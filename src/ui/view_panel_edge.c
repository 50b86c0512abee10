/* view_panel_edge.c - the edges of a server screen: the way to it, and where its cursor is. */
#include "overlay.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "mix/panel.h"

/* Where the way to a screen begins. */
static const char *root_of(const struct panel *p) {
    static const char *const reader[] = {
        [PANEL_PREVIEW] = "Files",    [PANEL_OUTLINE] = "Thread",   [PANEL_MESSAGE] = "Thread",
        [PANEL_COPY] = "Thread",      [PANEL_PIPE] = "Thread",      [PANEL_PIPED] = "Thread",
        [PANEL_INDEX] = "mixtui",     [PANEL_PROMPTS] = "Message",  [PANEL_INDEXED] = "mixtui",
        [PANEL_QUEUE] = "Message",    [PANEL_RULE] = "Permissions", [PANEL_RULES] = "Permissions",
        [PANEL_AUDIT] = "Permissions"};

    assert(p);
    while (p->below)
        p = p->below;
    return (size_t)p->id < MIX_COUNT(reader) && reader[p->id] ? reader[p->id] : "Server";
}

void panel_draw_path(struct canvas *c, const struct panel *top, struct rect box) {
    const struct panel *stack[16];
    size_t n = 0;
    auto_buf struct buf path = {.max = 4096}, clean = {.max = 16384};

    for (const struct panel *p = top; p && n < MIX_COUNT(stack); p = p->below)
        stack[n++] = p;
    buf_adds(&path, root_of(top));
    while (n-- > 0)
        buf_addf(&path, " > %.200s", stack[n]->title);
    text_clean(&clean, buf_str(&path), path.n, CLEAN_LINE);
    const char *text = buf_str(&clean);

    while (text_width(text, strlen(text)) > box.w - 6 && strstr(text, " > "))
        text = strstr(text, " > ") + 3; /* where one is matters more than the way there */
    canvas_putf(c, box.x + 2, box.y, box.w - 4, STYLE_OVERLAY_TITLE, " %s ", text);
}

void panel_draw_count(struct canvas *c, const struct panel *p, struct rect box) {
    size_t n = 0, at = 0;
    char text[64];

    for (size_t i = 0; i < p->n_rows; i++) {
        n += p->rows[i].kind != ROW_TEXT && p->rows[i].kind != ROW_HEADING;
        at = i == p->cursor ? n : at;
    }
    if (n == 0)
        return;
    snprintf(text, sizeof text, " %zu of %zu ", at, n);
    put_right(c, box.x + box.w - 2, box.y + box.h - 1, box.w - 4, STYLE_DIM, text);
}
