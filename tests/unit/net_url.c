/* Which addresses are accepted, and what is said of the others. */
#include "inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void url_accepts_servers_and_hides_what_is_secret(void **state) {
    (void)state;
    static const struct {
        const char *url, *base, *origin, *socket;
    } rows[] = {
        {"http://localhost:8088", "http://localhost:8088", "http://localhost:8088", NULL},
        {"http://localhost:8088/", "http://localhost:8088", "http://localhost:8088", NULL},
        {"https://mix.example/agents//", "https://mix.example/agents", "https://mix.example", NULL},
        {"http://me:secret@host:1/x", "http://me:secret@host:1/x", "http://host:1", NULL},
        {"http://[::1]:8088", "http://[::1]:8088", "http://[::1]:8088", NULL},
        {"HTTP://host", "http://host", "http://host", NULL},
        {"unix:/run/mix.sock", "http://localhost", "unix:/run/mix.sock", "/run/mix.sock"},
        {"unix:///run/mix.sock", "http://localhost", "unix:/run/mix.sock", "/run/mix.sock"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct address a;
        struct err err = {0};

        if (address_parse(&a, rows[i].url, &err) != RC_OK)
            fail_msg("%s: %s", rows[i].url, err.text);
        assert_string_equal(a.base, rows[i].base);
        assert_string_equal(a.origin, rows[i].origin);
        assert_true(str_eq(a.socket, rows[i].socket));
        address_free(&a);
    }
}

static void url_names_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *url, *says;
    } rows[] = {
        {NULL, "empty"},
        {"", "empty"},
        {"localhost:8088", "as in http://localhost:8088"},
        {"ftp://host", "ftp"},
        {"file:///etc/passwd", "file"},
        {"http://", "not a URL"},
        {"http://host:99999", "not a URL"},
        {"http://host/?a=b", "?query"},
        {"http://host/#x", "#fragment"},
        {"http://ho st", "blank"},
        {"http://host\n", "blank"},
        {"unix:mix.sock", "absolute"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct err err = {0};

        assert_int_equal(net_url_check(rows[i].url, &err), RC_USAGE);
        assert_int_equal(err.rc, RC_USAGE);
        if (!strstr(err.text, rows[i].says))
            fail_msg("%s: %s", rows[i].url ? rows[i].url : "NULL", err.text);
    }
}

static void url_of_any_length_is_answered(void **state) {
    (void)state;
    char url[8000] = "http://";
    struct err err = {0};

    memset(url + 7, 'a', sizeof url - 8);
    assert_int_equal(net_url_check(url, &err), RC_USAGE);
    assert_non_null(strstr(err.text, "longer"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_accepts_servers_and_hides_what_is_secret),
        cmocka_unit_test(url_names_what_is_wrong),
        cmocka_unit_test(url_of_any_length_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
