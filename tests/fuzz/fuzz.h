/* fuzz.h - what every fuzz target defines; called by libFuzzer or by replay.c. */
#ifndef MIX_TESTS_FUZZ_H
#define MIX_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
