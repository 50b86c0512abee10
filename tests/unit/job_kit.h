/* job_kit.h - what the tests of the job floor share: a directory of their own, and waiting for the
 * thread. */
#ifndef TESTS_JOB_KIT_H
#define TESTS_JOB_KIT_H

#include "mix/job.h"

#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

static inline int kit_remove_one(const char *path, const struct stat *st, int type,
                                 struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* 0, or -1: for set-up functions. */
static inline int kit_dir(char dir[64]) {
    snprintf(dir, 64, "/tmp/job-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}
static inline int kit_dir_remove(const char *dir) {
    return nftw(dir, kit_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What comes back next. */
static inline struct task *kit_next(struct job *j) {
    struct task *t = job_next(j);

    while (!t) {
        struct pollfd p = {.fd = job_fd(j), .events = POLLIN};

        assert_true(poll(&p, 1, 60000) > 0);
        job_ack(j);
        t = job_next(j);
    }
    return t;
}

#endif
