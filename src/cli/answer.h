/* answer.h - private: the bytes of an answer on their way out, by what kind they are. */
#ifndef MIX_CLI_ANSWER_H
#define MIX_CLI_ANSWER_H

#include "mix/pretty.h"
#include "run.h"

struct answer {
    const struct op_spec *spec;
    struct cli_out out;
    struct pretty pretty;
    struct sse *sse;
    uint64_t bytes;
    char first[160]; /* of the answer, for complaints */
    size_t n_first;
    int64_t count, seen; /* of stream events; count 0: all */
    bool raw, json_lines, started, enough;
};
enum rc answer_open(struct answer *a, const struct op_spec *spec, const char *path,
                    struct err *err);
enum rc answer_bytes(struct answer *a, const char *p, size_t n, struct err *err);
enum rc answer_end(struct answer *a, int status, struct err *err);
/* kept: what was written so far is good. */
enum rc answer_close(struct answer *a, bool kept, struct err *err);

#endif
