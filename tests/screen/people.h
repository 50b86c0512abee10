/* people.h - what somebody does with mixtui again and again. */
#ifndef MIX_TESTS_SCREEN_PEOPLE_H
#define MIX_TESTS_SCREEN_PEOPLE_H

#include "harness.h"

struct stage {
    int cols, rows;
    const char *generation; /* NULL: all */
};
extern struct stage stage_narrow, stage_wide;           /* 80x24 and 140x40 */
extern struct stage stage_seed_narrow, stage_seed_wide; /* of 0.2.5 */
extern struct stage stage_late_narrow, stage_late_wide; /* of 0.8.1 */

/* The demo of that generation; more arguments end with NULL and may be NULL. */
struct peer *demo_at(const struct stage *st, const char *const *args);
/* mixtui on that server, live, its newest session in view */
struct screen *mixtui_at(const struct stage *st, const struct peer *v);
struct screen *mixtui_with(const struct stage *st, const char *const *args, const char *const *env);
bool is_wide(const struct screen *s);

void leader(struct screen *s, const char *key);     /* Ctrl+X key */
void new_session(struct screen *s);                 /* an empty thread, the caret in the composer */
void type_line(struct screen *s, const char *text); /* and waits until it is there */
void say(struct screen *s, const char *text);       /* type_line and Enter */
/* To the permissions pane, until the selected one may be answered. */
void open_asks(struct screen *s);
void leave_asks(struct screen *s);
void to_sessions(struct screen *s);
/* Finds it by the filter and shows it; the caret is in the composer then. */
void open_session(struct screen *s, const char *title);
void to_thread(struct screen *s);
void to_composer(struct screen *s);
void to_files(struct screen *s);
/* From anywhere without an open overlay; the exit code. Whatever was done, nothing but known
 * sequences was written. */
int quit(struct screen *s);

#endif
