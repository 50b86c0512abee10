/* The command line of the demo server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "demo.h"

static enum rc parse(struct options *o, const char *line, struct err *err) {
    static char text[512];
    char *argv[16] = {(char[]){"mixtui-demo"}};
    int argc = 1;
    snprintf(text, sizeof text, "%s", line);
    for (char *save = NULL, *word = strtok_r(text, " ", &save); word;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    return options_parse(o, argc, argv, err);
}

static void defaults_are_everything_on_loopback(void **state) {
    (void)state;
    struct options o;
    assert_int_equal(parse(&o, "", NULL), RC_OK);
    assert_string_equal(o.host, "127.0.0.1");
    assert_int_equal(o.port, 0);
    assert_int_equal(o.version, GEN_TOP);
    assert_true(o.fork);
    assert_false(o.quirk[QUIRK_CORS]);
    assert_true(o.quirk[QUIRK_DOC]);
    assert_false(o.allow_remote_exec);
}

static void values_follow_a_blank_or_an_equals_sign(void **state) {
    (void)state;
    struct options o;
    assert_int_equal(parse(&o,
                           "--port=8088 --speed 0 --time-scale 100 --generation=0.2.5 "
                           "--quirk doc=off --quirk=cors=on --exit-with-stdin --history 7 --days 3",
                           NULL),
                     RC_OK);
    assert_int_equal(o.port, 8088);
    assert_int_equal(o.version, GEN_SEED);
    assert_false(o.fork);
    assert_false(o.quirk[QUIRK_DOC]);
    assert_true(o.quirk[QUIRK_CORS]);
    assert_true(o.exit_with_stdin);
    assert_int_equal(o.history, 7);
    assert_int_equal(o.days, 3);
    assert_true(o.speed < 0.001 && o.time_scale > 99);
}

static void faults_name_operation_count_and_kind(void **state) {
    (void)state;
    struct options o;
    assert_int_equal(
        parse(&o,
              "--fault sendMessage:2:status=503 --fault *:3+:slow=10 --fault session-get:*:reset",
              NULL),
        RC_OK);
    assert_int_equal(o.n_faults, 3);
    assert_int_equal(o.faults[0].op, OP_MESSAGE_SEND);
    assert_int_equal(o.faults[0].nth, 2);
    assert_int_equal(o.faults[0].kind, FAULT_STATUS);
    assert_int_equal(o.faults[0].arg, 503);
    assert_int_equal(o.faults[1].op, OP_COUNT);
    assert_true(o.faults[1].onward);
    assert_int_equal(o.faults[2].nth, 0);
}

static void a_bad_option_is_named(void **state) {
    (void)state;
    static const char *const lines[][2] = {
        {"--nope", "--nope"},
        {"extra", "extra"},
        {"--port", "--port"},
        {"--port 70000", "70000"},
        {"--port 1x", "1x"},
        {"--generation 9.9", "9.9"},
        {"--speed fast", "fast"},
        {"--speed nan", "nan"},
        {"--time-scale 0", "0"},
        {"--quirk doc", "doc"},
        {"--quirk nothing=on", "nothing=on"},
        {"--quirk doc=maybe", "doc=maybe"},
        {"--fault x", "x"},
        {"--fault nope:1:hang", "nope"},
        {"--fault health:zero:hang", "zero"},
        {"--fault health:1:explode", "explode"},
        {"--fault health:1:status=99", "status=99"},
    };
    for (size_t i = 0; i < MIX_COUNT(lines); i++) {
        struct options o;
        struct err err = {0};
        if (parse(&o, lines[i][0], &err) != RC_USAGE)
            fail_msg("\"%s\" was accepted", lines[i][0]);
        if (!strstr(err.text, lines[i][1]))
            fail_msg("\"%s\": the message does not name it: %s", lines[i][0], err.text);
        assert_null(strchr(err.text, '\n'));
    }
}

static void loopback_hosts_are_told_from_others(void **state) {
    (void)state;
    static const char *const good[] = {"127.0.0.1", "127.9.8.7:80", "localhost", "LocalHost:1",
                                       "[::1]",     "[::1]:8088",   "::1"};
    static const char *const bad[] = {"",
                                      "10.0.0.1",
                                      "127.0.0.1.evil.example",
                                      "localhost.evil.example:80",
                                      "0.0.0.0",
                                      "[::1",
                                      "[fe80::1]:1",
                                      "evil.example"};
    for (size_t i = 0; i < MIX_COUNT(good); i++)
        if (!host_is_loopback(good[i]))
            fail_msg("%s is loopback", good[i]);
    for (size_t i = 0; i < MIX_COUNT(bad); i++)
        if (host_is_loopback(bad[i]))
            fail_msg("%s is not loopback", bad[i]);
    assert_false(host_is_loopback(NULL));
}

static void help_lists_every_quirk_and_word(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, MIX_MIB);
    options_help(&b);
#define QUIRK(id, name, on, text) assert_non_null(strstr(buf_str(&b), "      " name " "));
#include "quirks.def"
#undef QUIRK
    for (int w = 0; w < WORD_COUNT; w++) {
        const char *help = NULL;
        word_text((enum word)w, &help);
        assert_non_null(strstr(buf_str(&b), help));
    }
    buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_everything_on_loopback),
        cmocka_unit_test(values_follow_a_blank_or_an_equals_sign),
        cmocka_unit_test(faults_name_operation_count_and_kind),
        cmocka_unit_test(a_bad_option_is_named),
        cmocka_unit_test(loopback_hosts_are_told_from_others),
        cmocka_unit_test(help_lists_every_quirk_and_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
