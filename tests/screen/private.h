/* private.h - between the harness's files. */
#ifndef MIX_TESTS_SCREEN_PRIVATE_H
#define MIX_TESTS_SCREEN_PRIVATE_H

void servers_end(void);

#endif
