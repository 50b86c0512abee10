/* private.h - shared inside term: what is told to ncurses of a cell and of a colour. Pure but for
 * the locale's idea of widths. */
#ifndef MIX_TERM_PRIVATE_H
#define MIX_TERM_PRIVATE_H

#include <wchar.h>

#include "mix/theme.h"

/* What ncurses and the terminal agree to show for a cell: the text ends with 0. Characters that the
 * locale does not know, controls, and those it gives another width show as U+FFFD. Returns the
 * columns the text takes, which may be fewer than the cell has. */
int cell_text(const struct cell *cell, wchar_t text[5]);

/* -1: the terminal's own */
struct colour_pair {
    int fg, bg;
};
/* What a terminal of so many colours calls an entry of the xterm palette. */
int colour_number(int i, int colours);
/* The nearest a terminal of so many colours can do; what a theme tells apart stays apart. */
struct colour_pair colours_near(const struct look *look, int colours);

#endif
