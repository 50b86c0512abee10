/* Raw frames: the last ones that came, then every new one, for as long as somebody looks. */
#include "net_help.h"

#include <unistd.h>

static const struct step greeting[] = {
    {STEP_SEND, .text = SSE("connected", "{}")}, {.kind = STEP_HOLD}, {.kind = STEP_END}};

/* All frames a looker got, one after the other. */
static size_t frames_of(const struct box *b, uint32_t id, const struct raw_frame **out,
                        size_t max) {
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        const struct raw_frame *f = b->items[i]->out;

        if (b->items[i]->request != id || b->items[i]->kind != IN_FRAMES)
            continue;
        for (size_t k = 0; k < b->items[i]->n && n < max; k++)
            out[n++] = f + k;
    }
    return n;
}

static const struct raw_frame *wait_frame(struct box *b, uint32_t id, size_t nth) {
    static const struct raw_frame *all[100000];
    const int64_t until = clock_now() + PATIENCE;

    while (frames_of(b, id, all, MIX_COUNT(all)) <= nth) {
        if (clock_now() > until)
            fail_msg("no frame number %zu", nth);
        box_pump(b, 20);
    }
    return all[nth];
}

static void past_frames_come_first_then_live_ones(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = greeting});
    const uint32_t s = box_stream(&b, "s1");

    box_link(&b, s, LINK_LIVE, 0);
    standin_push(b.server, "event: strange\nid: 7\ndata: not json\n\n");
    standin_push(b.server, SSE("content", "{\"content\":\"a\"}"));
    box_expect_events(&b, s, ": content:a ");
    const uint32_t look = box_simple(&b, REQ_FRAMES);
    const struct raw_frame *f = wait_frame(&b, look, 2);

    assert_string_equal(f->event, "content");
    f = wait_frame(&b, look, 1);
    assert_string_equal(f->session_id, "s1");
    assert_string_equal(f->event, "strange");
    assert_string_equal(f->id, "7");
    assert_string_equal(f->data, "not json");
    assert_int_equal(f->data_len, 8);
    assert_in_range(clock_real() - f->real_at, 0, PATIENCE);
    f = wait_frame(&b, look, 0);
    assert_string_equal(f->event, "connected");
    assert_null(f->id);
    /* Live ones, until it is cancelled. */
    standin_push(b.server, SSE("content", "{\"content\":\"b\"}"));
    assert_string_equal(wait_frame(&b, look, 3)->data, "{\"content\":\"b\"}");
    box_cancel(&b, look);
    assert_int_equal(box_wait(&b, look, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    const size_t before = box_count(&b, look, IN_FRAMES);

    standin_push(b.server, SSE("content", "{\"content\":\"c\"}"));
    box_expect_events(&b, s, ": content:a content:b content:c ");
    assert_int_equal(box_count(&b, look, IN_FRAMES), before);
    box_close(&b);
}

static void frames_of_all_streams_come_to_every_looker(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = greeting});
    const uint32_t one = box_simple(&b, REQ_FRAMES), two = box_simple(&b, REQ_FRAMES);
    const uint32_t s1 = box_stream(&b, "s1");

    box_link(&b, s1, LINK_LIVE, 0);
    const uint32_t s2 = box_stream(&b, "s2");

    box_link(&b, s2, LINK_LIVE, 0);
    assert_string_equal(wait_frame(&b, one, 0)->session_id, "s1");
    assert_string_equal(wait_frame(&b, one, 1)->session_id, "s2");
    assert_string_equal(wait_frame(&b, two, 1)->session_id, "s2");
    box_close(&b);
}

static void a_long_frame_is_cut_and_says_so(void **state) {
    (void)state;
    struct box b;
    static char frame[40000] = "data: ";

    memset(frame + 6, 'x', sizeof frame - 9);
    memcpy(frame + sizeof frame - 3, "\n\n", 3);
    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = greeting});
    const uint32_t look = box_simple(&b, REQ_FRAMES), s = box_stream(&b, "s1");

    box_link(&b, s, LINK_LIVE, 0);
    standin_push(b.server, frame);
    const struct raw_frame *f = wait_frame(&b, look, 1);

    assert_int_equal(strlen(f->data), 16 << 10);
    assert_int_equal(f->data_len, sizeof frame - 9);
    box_close(&b);
}

/* Frames of every size go through the ring many times over; what is left is the end of it. */
static void only_the_last_ones_are_kept(void **state) {
    (void)state;
    enum { FRAMES = 5000 };
    static const struct raw_frame *all[FRAMES + 1];
    struct box b;
    struct buf text;
    struct step steps[] = {{.kind = STEP_SEND}, {.kind = STEP_HOLD}, {.kind = STEP_END}};
    char want[32];

    buf_init(&text, 64 * MIX_MIB);
    for (int i = 0; i < FRAMES; i++) {
        (void)buf_addf(&text, "event: heartbeat\nid: %d\ndata: {\"x\":\"", i);
        for (int k = 0; k < i * 37 % 700; k++)
            (void)buf_adds(&text, "x");
        (void)buf_addf(&text, "\",\"n\":%d}\n\n", i);
    }
    (void)buf_adds(&text, SSE("content", "{\"content\":\"end\"}"));
    steps[0].text = buf_str(&text);
    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    box_expect_events(&b, box_stream(&b, "s1"), "content:end ");
    const uint32_t look = box_simple(&b, REQ_FRAMES);
    size_t bytes = 0, n;

    box_wait(&b, look, IN_FRAMES, 0);
    box_expect_quiet(&b, 30);
    n = frames_of(&b, look, all, MIX_COUNT(all));
    assert_in_range(n, 100, FRAMES / 2);
    for (size_t i = 0; i < n; i++)
        bytes += strlen(all[i]->data);
    assert_in_range(bytes, 128 << 10, 256 << 10);
    assert_string_equal(all[n - 1]->event, "content");
    for (size_t i = 0; i + 1 < n; i++) {
        snprintf(want, sizeof want, "%zu", FRAMES + 1 - n + i);
        assert_string_equal(all[i]->id, want);
        snprintf(want, sizeof want, ":%zu}", FRAMES + 1 - n + i);
        assert_string_equal(all[i]->data + all[i]->data_len - strlen(want), want);
    }
    buf_fini(&text);
    box_close(&b);
}

static void who_lags_loses_frames_and_the_stream_nothing(void **state) {
    (void)state;
    enum { FRAMES = 100000 };
    static const struct step steps[] = {
        {STEP_MANY, .n = FRAMES,
         .text = "event: content\ndata: {\"content\":\"0123456789\",\"x\":\"0123456789012345678901"
                 "23456789012345678901234567890123456789012345678901234567890123456789012345678\"}"
                 "\n\n"},
        {STEP_SEND, .text = SSE("complete", "{\"content\":\"end\"}")},
        {.kind = STEP_HOLD},
        {.kind = STEP_END}};
    struct box b;
    size_t text = 0, seen = 0;
    bool gap = false;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    const uint32_t look = box_simple(&b, REQ_FRAMES), s = box_stream(&b, "s1");

    usleep(1500000); /* main does not look */
    for (bool end = false; !end;) {
        const size_t before = b.n;

        box_pump(&b, 100);
        for (size_t i = before; i < b.n; i++) {
            gap |= b.items[i]->kind == IN_FRAMES && b.items[i]->gap;
            seen += b.items[i]->kind == IN_FRAMES ? b.items[i]->n : 0;
            assert_false(b.items[i]->kind == IN_LINK && b.items[i]->gap);
            for (const struct wire_event *e = b.items[i]->events; e; e = e->next) {
                text += e->kind == EV_CONTENT ? strlen(e->data.content) : 0;
                end |= e->kind == EV_COMPLETE;
            }
        }
    }
    assert_int_equal(text, 10 * FRAMES);
    standin_push(b.server, SSE("content", "{\"content\":\"x\"}"));
    for (int i = 0; i < 100 && !gap; i++) {
        box_pump(&b, 50);
        gap |= b.items[b.n - 1]->kind == IN_FRAMES && b.items[b.n - 1]->gap;
    }
    assert_true(gap);
    assert_in_range(seen, 1000, FRAMES);
    assert_int_equal(box_count(&b, s, IN_FAIL), 0);
    (void)look;
    box_close(&b);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(past_frames_come_first_then_live_ones),
        cmocka_unit_test(frames_of_all_streams_come_to_every_looker),
        cmocka_unit_test(a_long_frame_is_cut_and_says_so),
        cmocka_unit_test(only_the_last_ones_are_kept),
        cmocka_unit_test(who_lags_loses_frames_and_the_stream_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
