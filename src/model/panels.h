/* panels.h - what the files of the server screens share. */
#ifndef MIX_MODEL_PANELS_H
#define MIX_MODEL_PANELS_H

#include "mix/editor.h"
#include "private.h"

#define PANEL(id, spec) extern const struct panel_spec spec;
#include "panels.def"
#undef PANEL

/* The cursor stands on a row that can be selected, nearest to where it was. */
void panel_cursor_settle(struct panel *p);
bool panel_selectable(const struct panel_row *row);
struct panel_field *panel_field_at(struct panel *p); /* of the row under the cursor, or NULL */
enum { PANEL_FACT };                                 /* the tag of such a row */
/* A row of something the server knows, `-` when it does not. */
struct panel_row *panel_fact(struct panel *p, const char *label, const char *value);
/* `name: value`, a line of a text; nothing when there is no value. */
void panel_line(struct buf *out, const char *name, const char *value);
/* Of a message of a person what was said, without what clients and servers added to it: text, or in
 * the panel's arena. */
const char *panel_said(struct panel *p, const char *text);
/* A request that is no call of a pending table; cancelled at the next settle. */
void panel_end_request(struct model *m, uint32_t id);

void panel_newest_fault(struct model *m, struct effects *fx); /* its details, above this panel */
/* Closes every panel; the text stands in the composer, unless a draft is in the way. */
void panel_into_draft(struct model *m, const char *text);

#endif
