/* Answers and events are decoded on several threads at once, as by a worker for each server. */
#include "mix/wire.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 2000, ROWS = 20 };

struct side {
    pthread_t thread;
    int number, wrong;
};

/* A list of sessions named after the thread. */
static char *list_of(int number) {
    struct buf json;

    buf_init(&json, MIX_MIB);
    for (int i = 0; i < ROWS; i++)
        (void)buf_addf(&json,
                       "%c{\"id\":\"%d-%d\",\"title\":\"\\u00e9\",\"createdAt\":\"2026-02-13T10:00:"
                       "00Z\",\"userMessageCount\":0,\"assistantMessageCount\":0,\"toolCallCount\":"
                       "0,\"promptTokens\":0,\"completionTokens\":0,\"cost\":0}",
                       i == 0 ? '[' : ',', number, i);
    (void)buf_adds(&json, "]");
    return buf_take(&json);
}

static bool read_list(const char *json, int number) {
    struct reply_reader *r = reply_new(OP_SESSIONS_LIST);
    struct arena a = {0};
    struct err err;
    void *out = NULL;
    size_t n = 0;
    bool good = reply_feed(r, json, strlen(json), &err) == RC_OK &&
                reply_end(r, &out, &n, &a, &err) == RC_OK && n == ROWS;
    const struct session_data *s = out;

    for (size_t i = 0; good && i < n; i++) {
        char want[32];

        snprintf(want, sizeof want, "%d-%zu", number, i);
        good = str_eq(s[i].id, want) && str_eq(s[i].title, "\303\251");
    }
    arena_free(&a);
    reply_free(r);
    return good;
}

static bool read_event(int number) {
    struct arena a = {0};
    char data[64];

    snprintf(data, sizeof data, "{\"type\":\"content\",\"content\":\"from %d\"}", number);
    const struct frame f = {.event = "content", .data = data, .data_len = strlen(data)};
    const struct wire_event *e = event_read(&f, &a, NULL);
    const bool good = e && e->data.content && strncmp(e->data.content, "from ", 5) == 0 &&
                      atol(e->data.content + 5) == number;

    arena_free(&a);
    return good;
}

static bool read_refusal(int number) {
    char body[96], want[32];
    struct refusal said;

    snprintf(want, sizeof want, "no %d", number);
    snprintf(body, sizeof body, "{\"error\":{\"type\":\"not_found\",\"message\":\"%s\"}}", want);
    reply_refusal(&said, body, strlen(body));
    if (strcmp(said.message, want) != 0 || strcmp(said.type, "not_found") != 0)
        return false;
    reply_refusal(&said, "{broken", 7); /* a parse that fails gives the lock back too */
    return strcmp(said.message, "{broken") == 0;
}

static void *decode(void *arg) {
    struct side *s = arg;
    char *json = list_of(s->number);

    for (int i = 0; i < ROUNDS; i++)
        s->wrong += !read_list(json, s->number) + !read_event(s->number) + !read_refusal(s->number);
    free(json);
    return NULL;
}

static void threads_decode_at_once_and_keep_apart(void **state) {
    (void)state;
    struct side sides[THREADS];

    for (int i = 0; i < THREADS; i++) {
        sides[i] = (struct side){.number = i + 1};
        assert_int_equal(pthread_create(&sides[i].thread, NULL, decode, &sides[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(sides[i].thread, NULL);
        assert_int_equal(sides[i].wrong, 0);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_decode_at_once_and_keep_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
