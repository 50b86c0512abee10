/* term.h - the terminal: shows a canvas through ncurses, turns its bytes into keys. One at a time
 * per process. Main thread.
 *
 * ncurses is used for output only; bytes are read and decoded here (xterm, VT100, Linux console and
 * rxvt sequences, what terminfo says, bracketed paste, focus, OSC 11), so that a paste is never
 * read as keys and a lone Esc is known 25 ms after it came. */
#ifndef MIX_TERM_H
#define MIX_TERM_H

#include "mix/attend.h"
#include "mix/canvas.h"
#include "mix/key.h"
#include "mix/theme.h"

/* ---- the decoder: pure; for tests and fuzzing too ---- */
struct decoder;
struct decoder *decoder_new(void);
void decoder_add(struct decoder *d, const char *sequence, struct key key); /* what terminfo knows */
void decoder_feed(struct decoder *d, const char *p, size_t n, int64_t now);
/* false: nothing, or more bytes or time are needed */
bool decoder_next(struct decoder *d, struct key *out, int64_t now);
/* when a lone Esc or an unended paste is due; -1: nothing waits */
int64_t decoder_deadline(const struct decoder *d);
void decoder_free(struct decoder *d);

/* ---- the screen ---- */
struct term;
/* Takes over the terminal on stdin and stdout. Fails: RC_USAGE naming what is missing (no terminal,
 * TERM=dumb or unknown, no UTF-8 locale). Asks OSC 11 when the terminal is known to answer or
 * ignore it; never waits. */
enum rc term_open(struct term **out, struct err *err);
int term_fd(const struct term *t);
/* One read: only after poll said that there is something, or it waits for it. */
void term_read(struct term *t, int64_t now);
/* the next key of what was read; false: none yet. K_HANGUP for ever once the terminal is gone */
bool term_key(struct term *t, struct key *out, int64_t now);
int64_t term_deadline(const struct term *t);
void term_size(const struct term *t, int *cols, int *rows);
void term_resized(struct term *t); /* after SIGWINCH */
/* Whether the terminal gives East Asian Ambiguous characters one cell or two: before term_open. The
 * whole program counts so from then on. */
enum ambiguous_width { AMBIGUOUS_NARROW, AMBIGUOUS_WIDE };
void term_ambiguous(enum ambiguous_width cells);
int term_colours(const struct term *t);                     /* 0 for mono or NO_COLOR */
void term_cell(const struct term *t, int *w, int *h);       /* pixels, as near as is known */
void term_theme(struct term *t, const struct theme *theme); /* takes effect at the next flush */
void term_flush(struct term *t, const struct canvas *c);    /* writes only what changed */
/* the next flush repaints everything */
void term_redraw(struct term *t);
/* Asks the terminal for the mouse: wheel and buttons, and dragging. Once, behind term_open. */
void term_mouse(struct term *t);
void term_bell(struct term *t);
/* The title of its window, shown with the next flush; the one before comes back when the terminal
 * is given back. Nothing where the terminal might print it. */
void term_title(struct term *t, const char *text);
/* A notice on the desktop; AUTO and OFF: none. */
void term_notify(struct term *t, enum desktop how, const char *title, const char *text);
enum desktop term_desktop(void); /* what AUTO is here */
bool term_multiplexed(void);     /* inside tmux or screen */
/* Pixels over the frame that was flushed last, from a cell on: bytes that somebody has judged to be
 * a picture and nothing else. They stay until term_picture_end, behind which everything is painted
 * again. */
void term_picture(struct term *t, int x, int y, const char *p, size_t n);
void term_picture_end(struct term *t);
/* OSC 52. Fails: RC_IO where the terminal is not known to take it, RC_LIMIT over 256 KiB */
enum rc term_copy(struct term *t, const char *text, size_t n);
/* Gives the screen back and writes clean lines below what the shell left there, web addresses as
 * links, for the terminal's own selection. Keys are read on; term_enter ends it. */
void term_bare(struct term *t, const char *text);
int term_bare_fd(const struct term *t); /* poll it for writing; -1: all is written */
void term_bare_more(struct term *t);    /* the next piece; only after poll said so */
void term_leave(struct term *t);        /* gives the terminal back: before suspend, a child, exit */
void term_enter(struct term *t);
void term_lend(struct term *t); /* as term_leave, but the bell goes on */
void term_free(struct term *t);
/* Async-signal-safe: puts the terminal back with write(2) and tcsetattr only, whatever happened. */
void term_rescue(void);

#endif
