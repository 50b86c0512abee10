/* utf8.h - what the files of this floor share. */
#ifndef MIX_TEXT_UTF8_H
#define MIX_TEXT_UTF8_H

#include "mix/text.h"

/* The code point that ends at `at` (> 0): its start goes to *start. Splits bad bytes as text_decode
 * does. */
uint32_t utf8_back(const char *s, size_t at, size_t *start);
/* Cells of one code point: 0 for marks and controls, 1 for a tab and for what wcwidth(3) does not
 * know. */
int utf8_cells(uint32_t cp);

static inline bool byte_printable(char c) { return c >= 0x20 && c < 0x7f; }

static inline bool byte_ascii(char c) { return ((unsigned char)c & 0x80) == 0; }

#endif
