/* clock.c - the three clocks and the one source of chance. */
#include "mix/base.h"

#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#ifdef CLOCK_BOOTTIME
#define CLOCK_STEADY CLOCK_BOOTTIME
#else
#define CLOCK_STEADY CLOCK_MONOTONIC
#endif

static int64_t read_ms(clockid_t id) {
    struct timespec t = {0};

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now(void) { return read_ms(CLOCK_STEADY); }

int64_t clock_real(void) { return read_ms(CLOCK_REALTIME); }

uint64_t clock_ns(void) {
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

uint32_t random_u32(void) {
    uint32_t value = 0;

    /* Used for jitter and ids only, so the clock will do where the kernel has no entropy to give.
     */
    if (getentropy(&value, sizeof value) != 0)
        value = (uint32_t)(clock_ns() * 2654435761U);
    return value;
}
