/* view.h - draws the model. Everything that affects the picture is in the model; struct view is
 * only a memo of what was laid out, known by what it was made from: dropping it changes nothing but
 * time. Main thread only. */
#ifndef MIX_VIEW_H
#define MIX_VIEW_H

#include "mix/canvas.h"
#include "mix/model.h"

struct view;
struct view *view_new(void);
void view_free(struct view *v);
/* Before drawing: turns asked-for moves (reading.move, list paging, overlay scrolls) into positions
 * for this size, keeps selections in view, follows the end, and notes what was seen (ask.uncut,
 * session.seen). The one place outside the doors that writes to the model, and only to positions.
 * Lays out only what is near the screen. */
void view_settle(struct view *v, struct model *m);
/* out has the model's size */
void view_draw(struct view *v, const struct model *m, struct canvas *out);
/* Of the frames from now on. ECHO: a key waits to be seen; texts that stream to a reader who
 * follows may be shown as the frame before had them, and view_behind says that some were. */
enum frame_kind { FRAME_WHOLE, FRAME_ECHO };
void view_hurry(struct view *v, enum frame_kind kind);
bool view_behind(const struct view *v);

/* The layout for a size, also for tests: which panes are on screen and where. Width or height 0:
 * not shown. */
enum width_class { WIDTH_TINY, WIDTH_NARROW, WIDTH_MEDIUM, WIDTH_WIDE }; /* TINY: below 40x10 */
struct frame_layout {
    enum width_class width;
    struct rect pane[PANE_COUNT], tabs, status, header;
};
struct frame_layout view_layout(const struct model *m);

#endif
