/* What may be written down: every place a secret was planted in, and what is still to be read. */
#include "mix/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_body(enum op op, const char *body, const char *want) {
    struct buf out;

    buf_init(&out, MIX_MIB);
    assert_int_equal(redact_body(&out, op, body, strlen(body)), RC_OK);
    if (strcmp(buf_str(&out), want) != 0)
        fail_msg("%s\n  became %s\n  not    %s", body, buf_str(&out), want);
    buf_fini(&out);
}

static void secret_members_are_hidden_at_any_depth(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"{\"provider\":\"x\",\"api_key\":\"abc\"}",
         "{\"provider\":\"x\",\"api_key\":\"(hidden)\"}"},
        {"{ \"apiKey\" : \"abc\" }", "{ \"apiKey\" : \"(hidden)\" }"},
        {"{\"a\":[{\"b\":{\"access_token\":\"abc\"}}],\"c\":\"d\"}",
         "{\"a\":[{\"b\":{\"access_token\":\"(hidden)\"}}],\"c\":\"d\"}"},
        {"{\"x_token\":12345,\"password\":true}", "{\"x_token\":(hidden),\"password\":true}"},
        {"{\"secret\":{\"deep\":[\"abc\",\"}\"]},\"after\":1}",
         "{\"secret\":(hidden),\"after\":1}"},
        {"{\"code\":\"abc\",\"state\":\"def\"}", "{\"code\":\"(hidden)\",\"state\":\"(hidden)\"}"},
        {"{\"error\":{\"code\":404,\"message\":\"no\"}}",
         "{\"error\":{\"code\":404,\"message\":\"no\"}}"},
        {"{\"api\\u005fkey\":\"abc\"}", "{\"api\\u005fkey\":\"(hidden)\"}"},
        {"{\"api_key\":\"a\\\"bc\\\\\",\"n\":1}", "{\"api_key\":\"(hidden)\",\"n\":1}"},
        {"{\"auth_url\":\"https://x/y?code=a&state=b#c\"}",
         "{\"auth_url\":\"https://x/y?(hidden)\"}"},
        {"{\"promptTokens\":5120,\"max_tokens\":4096}",
         "{\"promptTokens\":5120,\"max_tokens\":4096}"},
        {"{\"api_key\":\"\"}", "{\"api_key\":\"\"}"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        expect_body(OP_HEALTH, rows[i][0], rows[i][1]);
}

static void what_was_cut_hides_as_much(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"{\"api_key\":\"abc", "{\"api_key\":\"(hidden)"},
        {"{\"api_key\":\"abc\\", "{\"api_key\":\"(hidden)"},
        {"{\"api_key\"", "{\"api_key\""},
        {"{\"api_key\":", "{\"api_key\":"},
        {"{\"secret\":[\"abc\",\"d", "{\"secret\":(hidden)"},
        {"{\"auth_url\":\"https://x?code=a", "{\"auth_url\":\"https://x?(hidden)"},
        {"{\"code\":12", "{\"code\":12"},
        {"{\"code\":1234", "{\"code\":(hidden)"},
        {"{\"n\":\"plain", "{\"n\":\"plain"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        expect_body(OP_HEALTH, rows[i][0], rows[i][1]);
}

static void words_in_any_text_are_found(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"provider=x&code=abc&state=def", "provider=x&code=(hidden)&state=(hidden)"},
        {"{\"m\":\"see https://h/p?a=1\\u0026code=abc\\u0026b=2\"}",
         "{\"m\":\"see https://h/p?a=1\\u0026code=(hidden)\\u0026b=2\"}"},
        {"{\"input\":\"{\\\"api_key\\\":\\\"abc\\\",\\\"n\\\":1}\"}",
         "{\"input\":\"{\\\"api_key\\\":\\\"(hidden)\\\",\\\"n\\\":1}\"}"},
        {"{\"m\":\"line\\napi_key=abc\\nnext\"}", "{\"m\":\"line\\napi_key=(hidden)\\nnext\"}"},
        {"Authorization: Bearer abc def\nNext: x", "Authorization: (hidden)\nNext: x"},
        {"{\"m\":\"curl -H 'Authorization: Bearer abcdefghij' x\"}",
         "{\"m\":\"curl -H 'Authorization: (hidden)"
         "\"}"},
        {"use Bearer abcdefghij now", "use Bearer (hidden) now"},
        {"the bearer of news", "the bearer of news"},
        {"key sk-ant-abcdefgh here", "key (hidden) here"},
        {"http://me:pw@host/x?y=1", "http://(hidden)@host/x?y=1"},
        {"api_key = \"abc def\" rest", "api_key = \"(hidden)\" rest"},
        {"api_key='a\"b' rest", "api_key='(hidden)' rest"},
        {"exit code: 1, state: ok", "exit code: 1, state: (hidden)"},
        {"error.code=abc", "error.code=(hidden)"},
        {"404 page not found\n", "404 page not found\n"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        expect_body(OP_HEALTH, rows[i][0], rows[i][1]);
}

static void plain_words_of_a_sign_in_lose_what_looks_like_a_key(void **state) {
    (void)state;
    static const struct {
        enum op op;
        const char *text, *shown;
    } rows[] = {
        {OP_AUTH_API_KEY, "bad key abcdef0123456789ghijk given", "bad key (hidden) given"},
        {OP_AUTH_OAUTH_CALLBACK, "code=abc is unknown", "code=(hidden) is unknown"},
        {OP_AUTH_API_KEY, "404 page not found\n", "404 page not found\n"},
        {OP_HEALTH, "build abcdef0123456789ghijk", "build abcdef0123456789ghijk"},
        {OP_STREAM, "x --password hunter2 -v", "x --password (hidden) -v"},
        {OP_STREAM, "x --api-key 'a b' y", "x --api-key '(hidden)' y"},
        {OP_STREAM, "x --no-password --force", "x --no-password --force"},
        {OP_STREAM, "--token", "--token"},
        {OP_STREAM, "curl -u me:hunter2 http://x", "curl -u me:(hidden) http://x"},
        {OP_STREAM, "curl --user 'me:a b' x", "curl --user 'me:(hidden)' x"},
        {OP_STREAM, "ls -u a b: c", "ls -u a b: c"},
        {OP_STREAM, "sort -u", "sort -u"},
        {OP_STREAM, "git clone ghp_0123456789abcdefghijABCDEFGHIJ012345 x", "git clone (hidden) x"},
        {OP_STREAM, "aws AKIAIOSFODNN7EXAMPLE", "aws (hidden)"},
        {OP_STREAM, "t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_DEF-1 u", "t (hidden) u"},
        {OP_STREAM, "echo npm_config_registry_of_mine", "echo npm_config_registry_of_mine"},
        {OP_STREAM, "cat <<E\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
         "cat <<E\n-----BEGIN RSA PRIVATE KEY-----(hidden)-----END RSA PRIVATE KEY-----"},
        {OP_STREAM, "-----BEGIN PRIVATE KEY-----\nMIIE", "-----BEGIN PRIVATE KEY-----(hidden)"},
        {OP_STREAM, "-----BEGIN CERTIFICATE-----\nMIIE", "-----BEGIN CERTIFICATE-----\nMIIE"},
        {OP_STREAM, "the password hunter2", "the password hunter2"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct buf out;

        buf_init(&out, 1024);
        assert_int_equal(redact_text(&out, rows[i].op, rows[i].text, strlen(rows[i].text)), RC_OK);
        assert_string_equal(buf_str(&out), rows[i].shown);
        buf_fini(&out);
    }
}

static void of_signing_in_only_what_is_harmless_is_shown(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"{\"status\":\"success\",\"provider\":\"anthropic\",\"message\":\"stored\"}",
         "{\"status\":\"success\",\"provider\":\"anthropic\",\"message\":\"stored\"}"},
        {"{\"anything\":\"abc\",\"list\":[\"abc\",true,12345,12]}",
         "{\"anything\":\"(hidden)\",\"list\":[\"(hidden)\",true,(hidden),12]}"},
        {"{\"providers\":{\"x\":{\"display_name\":\"X\",\"authenticated\":true,\"auth_method\":"
         "\"oauth\"}}}",
         "{\"providers\":{\"x\":{\"display_name\":\"X\",\"authenticated\":true,\"auth_method\":"
         "\"oauth\"}}}"},
        {"{\"message\":\"bad code AbCdEf0123456789AbCdEf#x\"}",
         "{\"message\":\"bad code (hidden)\"}"},
        {"plain abc", "(hidden)"},
        {"<html>abc", "(hidden)"},
        {"\"abc\"", "(hidden)"},
        {"{abc: def", "{(hidden) (hidden)"},
        {"{\"status\":\"ok", "{\"status\":\"ok"},
        {"{\"other\":\"abc", "{\"other\":\"(hidden)"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        expect_body(OP_AUTH_OAUTH_CALLBACK, rows[i][0], rows[i][1]);
}

static void headers_and_addresses_lose_their_secrets(void **state) {
    (void)state;
    static const struct {
        enum { HEADER, URL } what;
        const char *in, *want;
    } rows[] = {
        {HEADER, "Authorization: Bearer abc", "Authorization: (hidden)"},
        {HEADER, "proxy-authorization:abc", "proxy-authorization: (hidden)"},
        {HEADER, "Set-Cookie: a=b; c=d", "Set-Cookie: (hidden)"},
        {HEADER, "X-Api-Key: abc", "X-Api-Key: (hidden)"},
        {HEADER, "X-My-Secret: abc", "X-My-Secret: (hidden)"},
        {HEADER, "x-amz-security-token: abc", "x-amz-security-token: (hidden)"},
        {HEADER, "Content-Type: application/json", "Content-Type: application/json"},
        {HEADER, "Location: http://a:b@h/?code=abc", "Location: http://(hidden)@h/?code=(hidden)"},
        {HEADER, "authorization", "(hidden)"},
        {URL, "http://h:1/api/auth/api-key", "http://h:1/api/auth/api-key"},
        {URL, "http://u@h/x?key=abc&b=2&token=c",
         "http://(hidden)@h/x?key=(hidden)&b=2&token=(hidden)"},
        {URL, "http://u:p:q@h", "http://(hidden)@h"},
        {URL, "http://u:p@q@h/", "http://(hidden)@h/"},
        {URL, "http://h/a@b", "http://h/a@b"},
        {URL, "", ""},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct buf out;

        buf_init(&out, MIX_MIB);
        assert_int_equal((rows[i].what == URL ? redact_url : redact_header)(&out, rows[i].in,
                                                                            strlen(rows[i].in)),
                         RC_OK);
        assert_string_equal(buf_str(&out), rows[i].want);
        buf_fini(&out);
    }
}

static void a_full_buffer_is_told(void **state) {
    (void)state;
    struct buf out;

    buf_init(&out, 8);
    assert_int_equal(redact_body(&out, OP_HEALTH, "{\"a\":\"0123456789\"}", 18), RC_LIMIT);
    buf_fini(&out);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_members_are_hidden_at_any_depth),
        cmocka_unit_test(what_was_cut_hides_as_much),
        cmocka_unit_test(words_in_any_text_are_found),
        cmocka_unit_test(plain_words_of_a_sign_in_lose_what_looks_like_a_key),
        cmocka_unit_test(of_signing_in_only_what_is_harmless_is_shown),
        cmocka_unit_test(headers_and_addresses_lose_their_secrets),
        cmocka_unit_test(a_full_buffer_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
