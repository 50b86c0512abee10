/* tool.h - what the files about tool calls share. Private to the ui floor.
 *
 *   call_head.c   the table of tools, the head line      tool_parts.c  fields, results, notes
 *   tool_tree.c   JSON as an indented tree               tool_run.c    commands, code, callbacks
 *   tool_files.c  reading, searching, changing files     tool_list.c   todo lists, plans, media
 *   tool_web.c    the web, sub-agents, questions, what nobody knows */
#ifndef MIX_UI_TOOL_H
#define MIX_UI_TOOL_H

#include "body.h"
#include "mix/jtext.h"

enum {
    FIELD_BYTES = 16 << 20, /* of one field of an input */
    LOOK_BYTES = 64 << 10,  /* of an input or a result a head line looks at */
    LIST_ROWS = 2000,       /* rows made at once: a list's, a tree's; the rest is plain text */
    GUTTER_ROOM = 16,       /* cells; narrower bodies have no gutter and no numbers */
    TREE_BYTES = 256 << 10, /* of JSON shown as a tree; longer is shown as code */
};
typedef void tool_head_fn(struct call_head *out, const struct part *p);
typedef void tool_bodies_fn(struct bodies *out, const struct part *p, const struct body_how *how);

/* ---- tool_parts.c ---- */
/* A field of the input, which may be cut: as much as there is. False: it is not there. */
bool tool_field(struct buf *out, const struct part *p, const char *name);
int64_t tool_number(const struct part *p, const char *name, int64_t otherwise);
struct span {
    const char *p;
    size_t n;
};
/* Without the blanks around it and without one element that wraps all of it ("<result>"). */
struct span tool_output(const struct part *p);
size_t count_lines(struct span s);
struct span next_line(struct span *rest); /* without its end; {NULL, 0} after the last */
const char *input_gutter(const struct body_how *how);
const char *output_gutter(const struct body_how *how);
/* Clean, one line, cut to a few hundred bytes. */
void add_line(struct buf *out, const char *s, size_t n);

/* Bytes of a path up to the folder of its session, whose name says nothing; 0: it is elsewhere. */
size_t session_folder(const char *path, size_t n);
/* The path of the input where the head line has not all of it. */
void tool_path(struct bodies *out, const struct part *p, const struct body_how *how);

struct body *tool_borrow(struct bodies *out, enum body_sort kind, struct span s,
                         const char *gutter);
struct body *tool_own(struct bodies *out, enum body_sort kind, struct buf *taken,
                      const char *gutter);
/* Rows go into the last body when that is made of rows, else into a new one. */
struct flow *tool_rows(struct bodies *out);
void tool_say(struct bodies *out, const struct body_how *how, uint8_t ink, const char *fmt, ...)
    MIX_PRINTF(4, 5);
/* Output as it is, long runs of base64 replaced by their size; a word about it when there is none.
 */
void tool_plain(struct bodies *out, const struct part *p, const struct body_how *how);
void tool_markdown(struct bodies *out, struct span s, const struct body_how *how);
/* Whatever it seems to be: JSON, Markdown (when the tool may answer so), or plain. */
void tool_any(struct bodies *out, const struct part *p, const struct body_how *how, bool markdown);
/* The fields of the input but these, and but those that say nothing. */
void tool_fields(struct bodies *out, const struct part *p, const struct body_how *how,
                 const char *const *but);
/* A thumbnail; nothing of what is no picture. */
void tool_picture(struct bodies *out, const struct body_how *how, struct span file);
void tool_pictures(struct bodies *out, const struct part *p, const struct body_how *how);
bool add_without_base64(struct buf *out, struct span s); /* false: there was none, out unchanged */

/* ---- tool_tree.c ---- */
/* One member of an object, or one whole value (name NULL): `key: value`, deeper ones indented. The
 * text may be cut. */
void tree_member(struct bodies *out, const struct body_how *how, const char *gutter,
                 const struct jtext *name, struct jtext value);
void tree_value(struct bodies *out, const struct body_how *how, const char *gutter, struct span s);

/* ---- one a tool ---- */
tool_head_fn bash_head, read_head, change_head, grep_head, glob_head, todo_head, show_head,
    task_head, fetch_head, search_head, callback_head;
tool_bodies_fn bash_bodies, python_bodies, callback_bodies, read_bodies, change_bodies, grep_bodies,
    glob_bodies, todo_bodies, plan_bodies, show_bodies, media_bodies, task_bodies, fetch_bodies,
    search_bodies, notify_bodies, any_bodies;

#endif
