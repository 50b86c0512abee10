/* calls.h - every operation as a function with types: `mix_` and the SDK's name, as in
 *
 *     enum mix_rc mix_sessions_get(struct mix_client *c, const struct session_ref *in,
 *                                  struct session_data **out,
 *                                  const struct mix_call_options *options, struct mix_error *err);
 *
 * `in` is missing where the operation takes nothing, `out` where it answers nothing. Give *out back
 * with mix_reply_free. A row is MIX_CALL_IN_OUT(name, operation, in, out), or without one of them.
 * Included by client.h. */
#ifndef MIX_CALLS_H
#define MIX_CALLS_H

#define MIX_CALL_TAIL const struct mix_call_options *options, struct mix_error *err
#define MIX_CALL_BODY(op, in, type)                                                                \
    void *p = NULL;                                                                                \
    const enum mix_rc rc = mix_call(c, MIX_OP_##op, in, &p, options, err);                         \
    if (out)                                                                                       \
        *out = (struct type *)p;                                                                   \
    else                                                                                           \
        mix_reply_free(p);                                                                         \
    return rc;

#define MIX_CALL_IN_OUT(name, op, itype, otype)                                                    \
    static inline enum mix_rc mix_##name(struct mix_client *c, const struct itype *in,             \
                                         struct otype **out, MIX_CALL_TAIL) {                      \
        MIX_CALL_BODY(op, in, otype)                                                               \
    }
#define MIX_CALL_OUT(name, op, otype)                                                              \
    static inline enum mix_rc mix_##name(struct mix_client *c, struct otype **out,                 \
                                         MIX_CALL_TAIL) {                                          \
        MIX_CALL_BODY(op, NULL, otype)                                                             \
    }
#define MIX_CALL_IN(name, op, itype)                                                               \
    static inline enum mix_rc mix_##name(struct mix_client *c, const struct itype *in,             \
                                         MIX_CALL_TAIL) {                                          \
        return mix_call(c, MIX_OP_##op, in, NULL, options, err);                                   \
    }
#include "mix/calls.def"
#undef MIX_CALL_IN
#undef MIX_CALL_OUT
#undef MIX_CALL_IN_OUT
#undef MIX_CALL_BODY
#undef MIX_CALL_TAIL

#endif
