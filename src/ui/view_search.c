/* view_search.c - the search, in the bottom line: what is looked for, and which hit of how many is
 * shown. */
#include "mix/search.h"
#include "ui.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_MIN = 12, FIELD_MAX = 48 };

static void say_hits(char *out, size_t size, const struct search *se) {
    const char *more = se->counting ? "+" : "";

    if (se->shown && se->nth > 0)
        snprintf(out, size, "%s of %s%s", say_grouped(se->nth).s, say_grouped(se->hits).s, more);
    else if (se->hits > 0)
        snprintf(out, size, "%s%s hit%s", say_grouped(se->hits).s, more,
                 se->hits == 1 && !se->counting ? "" : "s");
    else if (se->counting || se->seeking)
        snprintf(out, size, "looking");
    else
        snprintf(out, size, "nothing found");
}

int draw_search(const struct model *m, struct canvas *c, int x, int y, int right) {
    const struct search *se = m->search;
    const char *typed = buf_str(&se->query.text);
    const int start = x, wide = text_width(typed, se->query.text.n) + 1;
    const int most = right - x - 30 < FIELD_MAX ? right - x - 30 : FIELD_MAX;
    int w = wide < FIELD_MIN ? FIELD_MIN : wide;
    char hits[96];

    if (!search_on(m))
        return 0;
    if (w > most)
        w = most > FIELD_MIN ? most : FIELD_MIN;
    x += put(c, x, y, right - x, STYLE_KEY, "/");
    draw_field(c, x, y, w < right - x ? w : right - x, STYLE_STATUS, &se->query, se->typing);
    x += (se->typing || wide > w ? w : wide - 1) + 2;
    if (*typed == '\0') {
        x += put(c, x, y, right - x, STYLE_DIM, "role: tool: err: think: filter, /so/ is a regex");
        return x - start;
    }
    if (se->err.rc != RC_OK) {
        x += put_foreign(c, x, y, right - x, STYLE_NOTICE_BAD, se->err.text, CLEAN_LINE);
        return x - start;
    }
    say_hits(hits, sizeof hits, se);
    x += put(c, x, y, right - x, se->shown || se->hits > 0 ? STYLE_STATUS : STYLE_NOTICE, hits);
    if (se->round)
        x += canvas_putf(c, x, y, right - x, STYLE_DIM, ", %s", se->round);
    if (se->gave_up)
        x += put(c, x, y, right - x, STYLE_STATUS_LATE, ", too much work in places");
    return x - start + 2;
}
