/* bare.h - private to the term floor: lines without a screen. */
#ifndef MIX_TERM_BARE_H
#define MIX_TERM_BARE_H

#include "mix/base.h"

enum bare_links { BARE_PLAIN, BARE_LINKS };
/* Appends clean text as a raw terminal is told of it, its web addresses as links (OSC 8). What is
 * no text is left out. Fails: RC_LIMIT. */
enum rc bare_sequence(struct buf *out, const char *text, size_t n, enum bare_links links);
/* Bytes of the web address at the head of s, without what ends a sentence; 0: none. */
size_t bare_address(const char *s, size_t n);

#endif
