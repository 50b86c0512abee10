/* Random lists of messages: after a commit the entries are the list, the same list again changes
 * nothing, and live entries survive. */
#include "fuzz.h"
#include "history.h"

#include <stdlib.h>
#include <string.h>

struct source {
    const uint8_t *p;
    size_t n;
};

static unsigned next(struct source *s) {
    if (s->n == 0)
        return 0;
    s->n--;
    return *s->p++;
}

/* Few different ones, so that they collide. */
static char *word(struct arena *a, unsigned n) {
    return arena_printf(a, "%c%u", 'a' + (int)(n % 3), n % 5);
}

static void make(struct arena *a, struct message *m, struct source s) {
    static const char *const roles[] = {"user", "assistant", "tool", "assistant"};
    const unsigned bits = next(&s);

    m->id = arena_printf(a, "m%u", next(&s) % 16);
    m->role = roles[bits & 3];
    m->user_input = word(a, next(&s));
    m->assistant_response = bits & 4 ? m->user_input : NULL;
    m->reasoning = bits & 8 ? word(a, next(&s)) : NULL;
    if (bits & 16 && (bits & 3) != 0) {
        m->tool_calls.n = 1 + (bits >> 7);
        m->tool_calls.items = arena_alloc(a, m->tool_calls.n * sizeof *m->tool_calls.items);
        for (size_t i = 0; i < m->tool_calls.n; i++) {
            const unsigned how = next(&s);

            m->tool_calls.items[i] = (struct tool_call){.id = word(a, how),
                                                        .name = "Bash",
                                                        .input = "{}",
                                                        .result = how & 64 ? "r" : NULL,
                                                        .finished = (how & 128) != 0,
                                                        .is_error = (how & 32) != 0};
        }
    }
}
enum { ROW = 6, MAX_ROWS = 64 };

/* The rows of the list, in two chunks. */
static size_t load(struct transcript *t, const uint8_t *data, size_t n_rows, size_t cut) {
    size_t shown = 0;

    transcript_stage_begin(t);
    for (size_t half = 0; half < 2; half++) {
        const size_t first = half == 0 ? 0 : cut, n = half == 0 ? cut : n_rows - cut;
        struct arena a = {0};
        struct message *m = arena_alloc(&a, (n + 1) * sizeof *m);

        for (size_t i = 0; i < n; i++) {
            make(&a, &m[i], (struct source){data + (first + i) * ROW, ROW});
            shown += strcmp(m[i].role, "tool") != 0 ? 1 : 0;
        }
        transcript_stage(t, m, n, &a);
    }
    size_t positions[] = {0, t->n / 2, t->n};

    transcript_commit(t, positions, MIX_COUNT(positions));
    for (size_t i = 0; i < MIX_COUNT(positions); i++)
        if (positions[i] > t->n)
            abort();
    return shown;
}

static void live(struct transcript *t, struct source s) {
    struct arena a = {0};

    while (s.n > 0) {
        const unsigned what = next(&s), id = next(&s);
        const char *name = id & 128 ? NULL : arena_printf(&a, "m%u", id % 16);
        const char *text = word(&a, next(&s));

        if (what % 6 == 0)
            transcript_user(t, name, text, 1);
        else if (what % 6 == 1)
            transcript_delta(t, what & 64 ? PART_TEXT : PART_THINKING, name, text, strlen(text), 1,
                             1);
        else if (what % 6 == 2)
            (what & 64 ? part_input_more
                       : part_input)(t, transcript_call(t, name, text, "Bash", 1, 1), "{}", 2);
        else if (what % 6 == 3)
            transcript_complete(t, name, text, 2);
        else if (what % 6 == 4)
            transcript_note(t, text, 1);
        else
            transcript_unsend(t, text);
    }
    arena_free(&a);
}

/* Every part counts its own change and owns a text; the server's entries are in its order. */
static size_t check(const struct transcript *t) {
    uint32_t last = 0;
    size_t served = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct entry *e = &t->entries[i];

        if (e->server_index > 0) {
            if (e->server_index <= last)
                abort();
            last = e->server_index;
            served++;
        }
        for (size_t k = 0; k < e->n_parts; k++) {
            const struct part *p = &e->parts[k];

            if (p->rev == 0 || p->rev > t->rev || !p->text || strnlen(p->text, p->len) != p->len)
                abort();
        }
    }
    return served;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct transcript t = {0};

    if (size < 2)
        return 0;
    const size_t n = (size - 2) / ROW < MAX_ROWS ? (size - 2) / ROW : MAX_ROWS;
    const size_t early = n > 0 ? data[0] % (n + 1) : 0, cut = n > 0 ? data[1] % (n + 1) : 0;
    const uint8_t *rows = data + 2;

    live(&t, (struct source){rows, size > 60 ? 12 : 0});
    if (load(&t, rows, early, 0) != check(&t))
        abort();
    live(&t, (struct source){rows, (size - 2) / 2});
    if (load(&t, rows, n, cut) != check(&t))
        abort();
    transcript_settle(&t, CALL_UNKNOWN, 3);
    load(&t, rows, n, n - cut);
    const uint32_t rev = t.rev;
    const size_t entries = t.n;

    if (load(&t, rows, n, cut / 2) != check(&t) || t.rev != rev || t.n != entries)
        abort();
    transcript_fini(&t);
    return 0;
}
