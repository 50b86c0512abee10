/* document.h - private to the app floor: the manual page and the completions, made from the tables
 * that the program itself runs on. Any thread. */
#ifndef MIX_APP_DOCUMENT_H
#define MIX_APP_DOCUMENT_H

#include "mix/flags.h"

/* man, bash, zsh or fish to standard output; returns the exit code. */
int document_print(const char *what);
void document_bash(struct buf *out);
void document_zsh(struct buf *out);
void document_fish(struct buf *out);

/* What the value of a flag can be, for completion. */
enum value_kind { VALUE_NONE, VALUE_WORDS, VALUE_FILE, VALUE_OTHER };
enum value_kind document_value(const struct flag *f);
/* "ask|deny|grant" -> "ask deny grant" */
void document_words(struct buf *out, const char *set);

/* The tables a command reads; command NULL: those of the screen. Returns how many. */
enum { DOCUMENT_TABLES = 2 };
struct cli_command;
size_t document_tables(struct flag_table out[DOCUMENT_TABLES], const struct cli_command *command);

#endif
