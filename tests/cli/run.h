/* run.h - the program as a script runs it: words in, bytes and an exit code out. Built on the
 * screen tests' harness, which owns the directory, the servers and the teardown. */
#ifndef MIX_TESTS_CLI_RUN_H
#define MIX_TESTS_CLI_RUN_H

#include "harness.h"

enum { RUN_WORDS = 48, RUN_MS = 30000 };
struct run {
    int code; /* exit code, or 128 + signal; -1 while it runs */
    struct buf out, err;
    int pid, out_fd, err_fd;
};
/* Words of the command line behind the program's name, ending with NULL. Environment: the test's
 * own directory as HOME, MIX_SERVER_URL where run_server was called. Waits for its end; what the
 * run before left is freed. */
const struct run *run(const char *const *words);
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})
/* The same with standard input. */
const struct run *run_with(const char *in, size_t n, const char *const *words);
void run_server(const char *url); /* of the runs that follow; NULL: none */
void run_env(const char *name, const char *value);
void run_environment(void); /* sets it, in a child that is about to become a program */
/* In the background. */
struct run *run_start(const char *const *words);
/* Reads until standard output has the text. Fails the test after RUN_MS. */
void run_until(struct run *r, const char *text);
void run_signal(struct run *r, int number);
void run_finish(struct run *r); /* waits for its end */
void run_free(struct run *r);
int run_teardown(void **state);

/* The nth value of a string member in JSON; "" when there is none. Borrowed until the 8th call. */
const char *run_string(const char *json, const char *member, size_t nth);
void run_failed(const struct run *r, const char *why, const char *file, int line);
#define assert_code(r, want)                                                                       \
    do {                                                                                           \
        if ((r)->code != (want))                                                                   \
            run_failed(r, "exit code is not " #want, __FILE__, __LINE__);                          \
    } while (0)
#define assert_out(r, text)                                                                        \
    do {                                                                                           \
        if (!strstr(buf_str(&(r)->out), text))                                                     \
            run_failed(r, "standard output lacks: " text, __FILE__, __LINE__);                     \
    } while (0)
#define assert_err(r, text)                                                                        \
    do {                                                                                           \
        if (!strstr(buf_str(&(r)->err), text))                                                     \
            run_failed(r, text, __FILE__, __LINE__);                                               \
    } while (0)

#endif
