/* Two streams of the same events, matched: letters are frames, upper case those that come out of
 * turn. */
#include "overlap.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct frame frame_of(char c, char *data) {
    data[0] = c;
    data[1] = '\0';
    return (struct frame){.event = c == '-'                    ? "heartbeat"
                                   : isupper((unsigned char)c) ? "permission"
                                                               : "content",
                          .data = data,
                          .data_len = 1,
                          .retry_ms = -1};
}

static void overlap_drops_what_was_delivered(void **state) {
    (void)state;
    static const struct {
        const char *seen; /* '|': the new stream is connected */
        const char *held, *out;
        enum overlap_state found;
        bool doubtful;
    } rows[] = {
        {"|", "", "", OVERLAP_CLEAR, false},
        {"|", "abc", "abc", OVERLAP_CLEAR, false},
        {"|abc", "abc", "", OVERLAP_CLEAR, false},
        {"|ab", "abc", "c", OVERLAP_CLEAR, false},
        {"xy|ab", "abc", "c", OVERLAP_CLEAR, false},
        {"xya|b", "abc", "c", OVERLAP_CLEAR,
         false}, /* subscribed before its `connected` was read */
        {"xy|", "abc", "abc", OVERLAP_CLEAR, false},
        {"|abc", "ab", "", OVERLAP_BEHIND, true},
        {"|abc", "", "", OVERLAP_BEHIND, true},
        {"x|abc", "a", "", OVERLAP_BEHIND, true},
        {"|aab", "ab", "", OVERLAP_CLEAR, false}, /* `connected` came before the subscription */
        {"|aaa", "aaaab", "ab", OVERLAP_CLEAR, false}, /* the longest, not the shortest */
        {"|abc", "acd", "acd", OVERLAP_CLEAR,
         true}, /* the server dropped one: double rather than lost */
        {"a-|b-", "-ab-c-", "c", OVERLAP_CLEAR, false},
        {"|aPb", "abPc", "c", OVERLAP_CLEAR, false},
        {"|aP", "PaPb", "Pb", OVERLAP_CLEAR, false}, /* the second P is another one */
        {"|aP", "aQ", "Q", OVERLAP_CLEAR, false},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct overlap o = {0};
        char data[2], out[32] = "";
        const struct frame *f;
        size_t drop, n = 0;

        for (const char *s = rows[i].seen; *s; s++) {
            const struct frame one = frame_of(*s, data);

            if (*s == '|')
                overlap_connected(&o);
            else
                overlap_saw(&o, &one);
        }
        for (const char *s = rows[i].held; *s; s++) {
            const struct frame one = frame_of(*s, data);

            overlap_hold(&o, &one);
        }
        const enum overlap_state found = overlap_find(&o, &drop);
        const bool doubtful = overlap_doubtful(&o, found, drop);

        while ((f = overlap_next(&o, &drop)))
            out[n++] = f->data[0];
        if (found != rows[i].found || strcmp(out, rows[i].out) != 0 || doubtful != rows[i].doubtful)
            fail_msg("%s / %s: state %d, %s, doubtful %d", rows[i].seen, rows[i].held, (int)found,
                     out, doubtful);
        overlap_free(&o);
    }
}

static void overlap_compares_names_as_well_as_data(void **state) {
    (void)state;
    struct overlap o = {0};
    size_t drop;

    overlap_saw(&o, &(struct frame){.event = "content", .data = "x", .data_len = 1});
    overlap_hold(&o, &(struct frame){.event = "thinking", .data = "x", .data_len = 1});
    assert_int_equal(overlap_find(&o, &drop), OVERLAP_CLEAR);
    assert_int_equal(drop, 0);
    overlap_free(&o);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlap_drops_what_was_delivered),
        cmocka_unit_test(overlap_compares_names_as_well_as_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
