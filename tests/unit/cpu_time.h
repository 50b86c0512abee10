/* cpu_time.h - what work takes, whatever else the machine does. */
#ifndef TESTS_CPU_TIME_H
#define TESTS_CPU_TIME_H

#include <stdint.h>
#include <time.h>

static inline uint64_t cpu_ns(void) { /* of this thread */
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}
static inline double cpu_ms(void) { return (double)cpu_ns() / 1e6; }

#endif
