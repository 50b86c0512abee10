/* wire_sse.c - frames out of bytes in any split. */
#include "mix/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every frame as "event|id|retry|data\n", NUL bytes as "0". */
static void drain(struct sse *s, struct buf *out) {
    struct frame f;

    while (sse_next(s, &f)) {
        assert_int_equal(f.data[f.data_len], '\0');
        buf_addf(out, "%s|%s|%lld|", f.event, f.id ? f.id : "-", (long long)f.retry_ms);
        for (size_t i = 0; i < f.data_len; i++)
            buf_add(out, f.data[i] ? &f.data[i] : "0", 1);
        buf_adds(out, "$");
    }
}

/* Splits at `cut` and, when `cut2` is larger, again there. */
static void frames_of(struct buf *out, const char *text, size_t n, size_t cut, size_t cut2) {
    struct sse *s = sse_new(1000);
    const size_t ends[] = {cut, cut2, n};
    size_t at = 0;

    buf_clear(out);
    for (size_t i = 0; i < MIX_COUNT(ends); i++) {
        if (ends[i] < at || ends[i] > n)
            continue;
        assert_int_equal(sse_feed(s, text + at, ends[i] - at, NULL), RC_OK);
        drain(s, out);
        at = ends[i];
    }
    sse_free(s);
}

static const struct {
    const char *name, *text;
    size_t n; /* 0: strlen */
    const char *frames;
} cases[] = {
    {"as servers write", "id: 1\nevent: connected\ndata: {\"a\":1}\nretry: 30000\n\n", 0,
     "connected|1|30000|{\"a\":1}$"},
    {"two frames", "data: a\n\ndata: b\n\n", 0, "message|-|-1|a$message|-|-1|b$"},
    {"multi-line data", "data: a\ndata\ndata:  b\ndata:c\n\n", 0, "message|-|-1|a\n\n b\nc$"},
    {"lines of data between other fields", "data: a\nid: 7\n: x\ndata: b\nevent: e\n\n", 0,
     "e|7|-1|a\nb$"},
    {"CRLF", "event: e\r\ndata: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", 0,
     "e|-|-1|a\nb$message|-|-1|c$"},
    {"CR", "event: e\rdata: a\rdata: b\r\rdata: c\r\r", 0, "e|-|-1|a\nb$message|-|-1|c$"},
    {"mixed line ends", "event: e\ndata: a\r\ndata: b\r\ndata: c\n\r\n", 0, "e|-|-1|a\nb\nc$"},
    {"byte order mark",
     "\xef\xbb\xbf"
     "data: a\n\n",
     0, "message|-|-1|a$"},
    {"half a byte order mark is a field name",
     "\xef\xbb"
     "data: a\n\ndata: b\n\n",
     0, "message|-|-1|b$"},
    {"a second mark is no mark",
     "data: a\n\n\xef\xbb\xbf"
     "data: b\n\ndata: c\n\n",
     0, "message|-|-1|a$message|-|-1|c$"},
    {"comments", ": ping\n\n:\n\n: x\ndata: a\n\n", 0, "message|-|-1|a$"},
    {"no data, no frame", "event: lost\nid: 3\n\ndata: a\n\n", 0, "message|-|-1|a$"},
    {"empty data is a frame", "event: e\ndata\n\ndata:\n\n", 0, "e|-|-1|$message|-|-1|$"},
    {"empty event name", "event:\ndata: a\n\n", 0, "message|-|-1|a$"},
    {"unknown fields", "foo: 1\nda: 2\ndatas: 3\ndata: a\n\n", 0, "message|-|-1|a$"},
    {"last of a field wins", "event: a\nevent: b\nid: 1\nid: 2\ndata: x\n\n", 0, "b|2|-1|x$"},
    {"bad retry", "retry: 1s\ndata: a\n\nretry:\ndata: b\n\nretry: -5\ndata: c\n\n", 0,
     "message|-|-1|a$message|-|-1|b$message|-|-1|c$"},
    {"huge retry", "retry: 99999999999999999999999999\ndata: a\n\n", 0, "message|-|9"},
    {"NUL in id drops the id", "id: 1\0002\ndata: a\n\n", 18, "message|-|-1|a$"},
    {"NUL in data stays", "data: a\0b\n\n", 11, "message|-|-1|a0b$"},
    {"an unfinished event is none", "data: a\n", 0, ""},
    {"blank lines", "\n\n\r\n\rdata: a\n\n\n\n", 0, "message|-|-1|a$"},
    {"a colon first of all", ":\ndata::a\n\n", 0, "message|-|-1|:a$"},
};

static void frames_are_the_same_wherever_the_bytes_are_split(void **state) {
    (void)state;
    for (size_t c = 0; c < MIX_COUNT(cases); c++) {
        const size_t n = cases[c].n ? cases[c].n : strlen(cases[c].text);
        struct buf whole, split;

        buf_init(&whole, 10000);
        buf_init(&split, 10000);
        frames_of(&whole, cases[c].text, n, 0, 0);
        if (strncmp(buf_str(&whole), cases[c].frames, strlen(cases[c].frames)) != 0 ||
            (cases[c].frames[0] == '\0' && whole.n > 0))
            fail_msg("%s: %s", cases[c].name, buf_str(&whole));
        for (size_t i = 0; i <= n; i++)
            for (size_t k = i; k <= n; k++) {
                frames_of(&split, cases[c].text, n, i, k);
                assert_string_equal(buf_str(&split), buf_str(&whole));
            }
        buf_fini(&whole);
        buf_fini(&split);
    }
}

static void one_byte_at_a_time_gives_the_same_frames(void **state) {
    (void)state;
    for (size_t c = 0; c < MIX_COUNT(cases); c++) {
        const size_t n = cases[c].n ? cases[c].n : strlen(cases[c].text);
        struct sse *s = sse_new(1000);
        struct buf whole, split;

        buf_init(&whole, 10000);
        buf_init(&split, 10000);
        frames_of(&whole, cases[c].text, n, 0, 0);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(sse_feed(s, cases[c].text + i, 1, NULL), RC_OK);
            drain(s, &split);
        }
        assert_string_equal(buf_str(&split), buf_str(&whole));
        sse_free(s);
        buf_fini(&whole);
        buf_fini(&split);
    }
}

static void feed_all(struct sse *s, const char *text) {
    assert_int_equal(sse_feed(s, text, strlen(text), NULL), RC_OK);
}

static void an_event_of_exactly_the_cap_passes(void **state) {
    struct sse *s = sse_new(16);
    struct frame f;
    (void)state;

    feed_all(s, "data: 12345678\n\ndata: 12345678\n\n"); /* 16 bytes each */
    assert_true(sse_next(s, &f));
    assert_true(sse_next(s, &f));
    assert_false(sse_next(s, &f));
    sse_free(s);
}

static void an_event_beyond_the_cap_ends_the_stream(void **state) {
    struct err err = {0};
    struct frame f;
    (void)state;

    static const char *const texts[] = {
        "data: 1\n\ndata: 1234567890\n\ndata: 2\n\n",
        "data: 1\n\ndata: 1\ndata: 2\ndata: 3\n\ndata: 2\n\n",
        "data: 1\n\n: a comment without an end is no better\n\ndata: 2\n\n",
    };
    /* In one piece, and in many: the frame before it is delivered, nothing behind it. */
    for (size_t i = 0; i < 60 * MIX_COUNT(texts); i++) {
        const char *text = texts[i / 60];
        const size_t piece = 1 + i % 60;
        struct sse *s = sse_new(16);
        enum rc rc = RC_OK;
        int frames = 0;

        for (size_t at = 0; at < strlen(text) && rc == RC_OK; at += piece) {
            const size_t left = strlen(text) - at;

            rc = sse_feed(s, text + at, left < piece ? left : piece, &err);
            while (rc == RC_OK && sse_next(s, &f))
                frames++;
        }
        if (rc == RC_OK)
            rc = sse_feed(s, "\n", 1, &err);
        assert_int_equal(frames, 1);
        assert_int_equal(rc, RC_LIMIT);
        assert_string_equal(err.text, "an event of the stream is larger than 16 bytes");
        assert_false(sse_next(s, &f));
        sse_free(s);
    }
}

static void comments_alone_never_reach_the_cap(void **state) {
    struct sse *s = sse_new(16);
    struct frame f;
    (void)state;

    for (int i = 0; i < 1000; i++) {
        feed_all(s, ": still here\n");
        assert_false(sse_next(s, &f));
    }
    feed_all(s, "data: a\n\n");
    assert_true(sse_next(s, &f));
    sse_free(s);
}

static void a_large_event_in_small_pieces_arrives_whole(void **state) {
    enum { N = 3 << 20, PIECE = 1000 };
    struct sse *s = sse_new(SSE_EVENT_CAP);
    char *text = malloc(N);
    struct frame f;
    (void)state;

    memset(text, 'x', N);
    for (int round = 0; round < 2; round++) {
        feed_all(s, "data: small\n\nevent: big\ndata: ");
        assert_true(sse_next(s, &f));
        for (size_t at = 0; at < N; at += PIECE) {
            assert_int_equal(sse_feed(s, text + at, N - at < PIECE ? N - at : PIECE, NULL), RC_OK);
            assert_false(sse_next(s, &f));
        }
        feed_all(s, "\n\n");
        assert_true(sse_next(s, &f));
        assert_string_equal(f.event, "big");
        assert_int_equal(f.data_len, N);
        assert_memory_equal(f.data, text, N);
    }
    free(text);
    sse_free(s);
}

static void an_empty_reader_has_no_frames(void **state) {
    struct sse *s = sse_new(10);
    struct frame f;
    (void)state;

    assert_false(sse_next(s, &f));
    assert_int_equal(sse_feed(s, "", 0, NULL), RC_OK);
    assert_false(sse_next(s, &f));
    sse_free(s);
    sse_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_the_same_wherever_the_bytes_are_split),
        cmocka_unit_test(one_byte_at_a_time_gives_the_same_frames),
        cmocka_unit_test(an_event_of_exactly_the_cap_passes),
        cmocka_unit_test(an_event_beyond_the_cap_ends_the_stream),
        cmocka_unit_test(comments_alone_never_reach_the_cap),
        cmocka_unit_test(a_large_event_in_small_pieces_arrives_whole),
        cmocka_unit_test(an_empty_reader_has_no_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
