/* A frame reaches the terminal in one piece; what is said meanwhile is not held back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../../src/term/output.h"

static int kept, ends[2];

/* Standard output becomes a pipe, to see what reaches it and when. */
static int setup(void **state) {
    (void)state;
    fflush(stdout);
    kept = dup(STDOUT_FILENO);
    return pipe(ends) == 0 && dup2(ends[1], STDOUT_FILENO) >= 0 ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static ssize_t seen(char *p, size_t size) {
    struct pollfd fd = {.fd = ends[0], .events = POLLIN};

    return poll(&fd, 1, 0) > 0 ? read(ends[0], p, size) : 0;
}

static void what_is_held_goes_out_whole(void **state) {
    struct output o;
    char got[256];

    (void)state;
    assert_true(output_open(&o));
    for (int frame = 0; frame < 3; frame++) {
        output_hold(&o);
        for (int i = 0; i < 10; i++)
            assert_int_equal(write(fileno(o.file), "piece ", 6), 6);
        assert_int_equal(seen(got, sizeof got), 0);
        output_raw("urgent", 6);
        assert_int_equal(seen(got, sizeof got), 6);
        output_release(&o);
        assert_int_equal(seen(got, sizeof got), 60);
        assert_int_equal(memcmp(got, "piece piece ", 12), 0);
    }
    output_release(&o);
    assert_int_equal(seen(got, sizeof got), 0);
    assert_int_equal(write(fileno(o.file), "bell", 4), 4);
    assert_int_equal(seen(got, sizeof got), 4);
    output_close(&o);
}

static void a_frame_of_any_size_goes_out(void **state) {
    enum { BYTES = 200000 };
    static char bytes[BYTES], got[BYTES];
    struct output o;

    (void)state;
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)('a' + i % 23);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) >= BYTES);
    assert_true(output_open(&o));
    output_hold(&o);
    assert_int_equal(write(fileno(o.file), bytes, BYTES), BYTES);
    output_release(&o);
    for (ssize_t n, at = 0; at < BYTES; at += n) {
        n = seen(got + at, BYTES - (size_t)at);
        assert_true(n > 0);
    }
    assert_memory_equal(got, bytes, BYTES);
    output_close(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_held_goes_out_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_frame_of_any_size_goes_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
