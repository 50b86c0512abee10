/* tour_record.c - every request of the tap's record, by its operation. */
#include "tour.h"

#include <stdio.h>
#include <string.h>

/* The same is done by another operation. */
static const struct {
    enum op op;
    const char *why;
} replaced[] = {
    {OP_STREAM_MESSAGE, "`messages.send` sends on every server"},
    {OP_PREFERENCES_PROVIDERS, "`preferences.get_preferences` brings the same list"},
};

bool knows(const struct tour *t, const char *shape, const char *field) {
    const int v = t->caps.version;
    struct field_view f;

    for (size_t i = 0; shape_field(shape_named(shape), i, &f); i++)
        if (strcmp(f.name, field) == 0 && v >= f.since && (f.until == 0 || v <= f.until))
            return true;
    return false;
}

size_t sent(const struct tour *t, const char *text) { return tap_count(t->tap, text); }

/* `end` points behind a request line's target. Reads it backwards. */
static bool request_at(char *log, char *end, enum op *op) {
    char *start = end;

    while (start > log && start[-1] != '\n')
        start--;
    /* a request may follow another's body without a line's end */
    for (char *p = end; p >= start; p--)
        for (int m = M_GET; m <= M_DELETE; m++) {
            const size_t n = strlen(method_name((enum method)m));

            if (strncmp(p, method_name((enum method)m), n) != 0 || p[n] != ' ' || p[n + 1] != '/')
                continue;
            *end = '\0';
            return op_match(op, NULL, NULL, method_name((enum method)m), p + n + 1);
        }
    return false;
}

static void count_requests(const struct tour *t, size_t counts[OP_COUNT]) {
    struct buf log = {0};

    tap_log(t->tap, &log);
    assert_non_null(log.p);
    for (char *p = log.p; (p = strstr(p, " HTTP/1.1\r\n"));) {
        char *line = p;
        enum op op = OP_COUNT;

        p += strlen(" HTTP/1.1\r\n");
        if (!request_at(log.p, line, &op))
            fail_msg("no operation of the table: %.60s", line > log.p + 60 ? line - 60 : log.p);
        counts[op]++;
    }
    buf_fini(&log);
}

/* How many requests were refused, by the program's log; each is told. (5xx: a synchronous send that
 * was cancelled or denied something. #1: what asks a server for what it can do.) */
static size_t refusals(void) {
    struct buf log = {.max = 64 * MIX_MIB};
    size_t n = 0;

    assert_true(screen_read_file(&log, screen_path(TOUR_LOG)));
    assert_non_null(strstr(buf_str(&log), " < 200, ")); /* that is how it writes them */
    for (const char *p = buf_str(&log); (p = strstr(p, " < ")); p++)
        if (p[3] == '4' && strncmp(p + 6, ", ", 2) == 0 && strncmp(p - 2, "#1 ", 3) != 0) {
            print_error("refused: %.300s\n", p);
            n++;
        }
    buf_fini(&log);
    return n;
}

static const char *reason_of(enum op op) {
    for (size_t i = 0; i < MIX_COUNT(replaced); i++)
        if (replaced[i].op == op)
            return replaced[i].why;
    return NULL;
}

/* For the README: tests/table.awk makes it of these lines. */
static void write_down(const struct tour *t, const size_t counts[OP_COUNT]) {
    const char *path = getenv("MIX_TABLE");
    FILE *f = path ? fopen(path, "a") : NULL;

    for (int op = 0; f && op < OP_COUNT; op++) {
        const char *name = op_spec((enum op)op)->sdk_name;
        const char *generation = t->stage->generation ? t->stage->generation : "all";

        if (counts[op] > 0)
            fprintf(f, "tried\t%s\t%s\tscreen\n", name, generation);
        else if (offers(t, (enum op)op))
            fprintf(f, "reason\t%s\t%s\t%s\n", name, generation, reason_of((enum op)op));
    }
    if (f)
        fclose(f);
}

void tour_judges(const struct tour *t) {
    size_t counts[OP_COUNT] = {0};
    bool good = true;

    count_requests(t, counts);
    for (int op = 0; op < OP_COUNT; op++) {
        const bool expected = offers(t, (enum op)op) && !reason_of((enum op)op);

        if (expected == (counts[op] > 0) || (t->probed && counts[op] == 1))
            continue;
        good = false;
        print_error("%s was %s\n", op_spec((enum op)op)->sdk_name,
                    expected ? "never sent" : "sent, and must not be");
    }
    assert_true(good);
    /* published, and not answered by servers of that time */
    const bool unrouted = t->caps.version >= GEN_LATE && t->caps.version <= GEN_TOP;

    assert_int_equal(refusals(), unrouted ? counts[OP_TOOLS_STATUS] : 0);
    if (!t->probed)
        write_down(t, counts);
}
