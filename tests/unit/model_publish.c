/* The marks of a server as text for other programs. */
#include "model_kit.h"

#include "mix/publish.h"

static const char *const two[] = {"s1", "s2"};

static void published(struct kit *k, struct buf *out) {
    buf_clear(out);
    publish_begin(out, 42);
    publish_server(out, k->m, "home");
}

static void what_needs_somebody_comes_first(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x"}, GEN_TOP, two, 2);
    struct buf out;

    (void)state;
    buf_init(&out, PUBLISH_MAX);
    kit_live(k, "s1");
    kit_live(k, "s2");
    published(k, &out);
    assert_int_equal(strncmp(buf_str(&out), "mixtui 1\t42\nserver\thome\tonline\t0\t0\t0\n", 37),
                     0);
    assert_non_null(strstr(buf_str(&out), "session\t-\ts1\t"));
    kit_event(k, "s2", EV_CONTENT, .message_id = "m1", .content = "x");
    kit_event(k, "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "Bash",
              .description = "Execute command: x", .action = "execute", .path = "/w",
              .params_raw = "{\"command\":\"x\"}");
    published(k, &out);
    assert_non_null(strstr(buf_str(&out), "server\thome\tonline\t1\t0\t0\nsession\t!\ts1\t"));
    assert_non_null(strstr(buf_str(&out), "session\t*\ts2\t"));
    buf_fini(&out);
    kit_free(k);
}

static void what_nobody_watches_is_counted_only(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x", .watch_limit = 1},
                                    GEN_TOP, two, 2);
    struct buf out;

    (void)state;
    buf_init(&out, PUBLISH_MAX);
    published(k, &out);
    assert_non_null(strstr(buf_str(&out), "\tonline\t0\t0\t1\n"));
    assert_int_equal(k->m->n_watched, 1);
    buf_fini(&out);
    kit_free(k);
}

static void a_title_is_one_field(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x"}, GEN_TOP, two, 2);
    struct buf out;
    size_t lines = 0;

    (void)state;
    buf_init(&out, PUBLISH_MAX);
    set_string(&model_session(k->m, "s1")->title, "a\tb\nsession\t!\tx");
    published(k, &out);
    for (const char *p = buf_str(&out); *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 4);
    assert_null(strstr(buf_str(&out), "session\t!\tx"));
    buf_fini(&out);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_needs_somebody_comes_first),
        cmocka_unit_test(what_nobody_watches_is_counted_only),
        cmocka_unit_test(a_title_is_one_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
