/* markup_span.h - between the files that know md4c: what is called by it. */
#ifndef MIX_TEXT_MARKUP_SPAN_H
#define MIX_TEXT_MARKUP_SPAN_H

#include <md4c.h>

#include "markup.h"

enum {
    MARKUP_FLAGS = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                   MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_PERMISSIVEWWWAUTOLINKS
};
int markup_enter_span(MD_SPANTYPE type, void *detail, void *user);
int markup_leave_span(MD_SPANTYPE type, void *detail, void *user);
int markup_text(MD_TEXTTYPE type, const char *s, unsigned n, void *user);
/* An attribute with its entities as characters; out is cleared before. */
void markup_attribute(struct buf *out, const MD_ATTRIBUTE *from);
void markup_enter_item(struct markup_out *o, const MD_BLOCK_LI_DETAIL *detail);
/* Text has come where no block is open: the text of a tight list's item. */
void markup_imply(struct markup_out *o);
/* Sets out the line in the making. */
void markup_flush(struct markup_out *o);

#endif
