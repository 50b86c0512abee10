/* export.h - a session as a document, made from GET session and GET messages (which have the tool
 * results; the server's own export does not). Pure. */
#ifndef MIX_EXPORT_H
#define MIX_EXPORT_H

#include "mix/wire.h"

/* Markdown: title, facts, then every message with its thinking folded into <details>, tool calls
 * with input and result in fences longer than any run of backticks inside, callback results, cost.
 * Fails: RC_LIMIT. */
enum rc export_markdown(struct buf *out, const struct session_data *session,
                        const struct message *messages, size_t n);
/* {"session": {...}, "messages": [...]}: both as the server wrote them. Fails: RC_LIMIT. */
enum rc export_json(struct buf *out, const char *session_json, size_t session_len,
                    const char *messages_json, size_t messages_len);
/* "Refactor-the-parser-6f0c2c1e.md": safe as a file name */
void export_file_name(struct buf *out, const struct session_data *session, const char *suffix);

#endif
