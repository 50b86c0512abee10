/* wire_border.c - the messages between main and the workers. */
#include "mix/border.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void requests_have_ids_of_their_own(void **state) {
    uint32_t last = 0;
    (void)state;

    for (int i = 0; i < 100; i++) {
        struct request *r = request_new(REQ_CALL, OP_SESSION_GET);

        assert_true(r->id != 0 && r->id != last);
        assert_int_equal(r->op, OP_SESSION_GET);
        assert_null(r->in);
        last = r->id;
        request_free(r);
    }
    request_free(NULL);
}

static void a_message_frees_what_it_carries(void **state) {
    struct request *r = request_new(REQ_CALL, OP_SESSION_GET);
    struct incoming *in = incoming_new(IN_REPLY, r->id);
    struct arena kept;
    (void)state;

    r->in = arena_strdup(&r->arena, "freed with the request");
    in->out = arena_strdup(&in->arena, "moved out");
    assert_int_equal(in->request, r->id);
    assert_int_equal(in->total, -1);
    kept = in->arena;
    const char *text = in->out;

    in->arena = (struct arena){0};
    incoming_free(in);
    incoming_free(NULL);
    request_free(r);
    assert_string_equal(text, "moved out");
    arena_free(&kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_have_ids_of_their_own),
        cmocka_unit_test(a_message_frees_what_it_carries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
