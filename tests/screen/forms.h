/* forms.h - the server screens, as somebody moves in them and fills them in. */
#ifndef MIX_TESTS_SCREEN_FORMS_H
#define MIX_TESTS_SCREEN_FORMS_H

#include "people.h"

bool at_row(struct screen *s, const char *label);      /* the cursor is on the row that begins so */
void go(struct screen *s, const char *label);          /* there */
void press(struct screen *s, const char *label);       /* and Enter */
void press_twice(struct screen *s, const char *label); /* what destroys */
void fill(struct screen *s, const char *label, const char *text);
void turn_to(struct screen *s, const char *label, const char *value);
void out(struct screen *s); /* of every panel */
/* The address of a sign-in as it stands on the screen, its rows joined. */
void form_address(struct screen *s, char *url, size_t size);
/* A file of the start directory that ends so; its content. */
bool made_file(const char *end, struct buf *text);

#endif
