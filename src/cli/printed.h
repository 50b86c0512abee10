/* printed.h - private: the bytes of an answer on their way out, by what kind they are. */
#ifndef MIX_CLI_PRINTED_H
#define MIX_CLI_PRINTED_H

#include "mix/pretty.h"
#include "run.h"

struct printed {
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
enum rc printed_open(struct printed *a, const struct op_spec *spec, const char *path,
                     struct err *err);
enum rc printed_bytes(struct printed *a, const char *p, size_t n, struct err *err);
enum rc printed_end(struct printed *a, int status, struct err *err);
/* kept: what was written so far is good. */
enum rc printed_close(struct printed *a, bool kept, struct err *err);

#endif
