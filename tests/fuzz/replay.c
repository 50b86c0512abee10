/* replay.c - runs a fuzz target over every file of the directories given, without a fuzzer.
 * An empty or missing directory is a failure: a corpus that is not there tests nothing. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int replay_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        perror(path);
        return 1;
    }
    long size = ftell(f);
    if (size < 0 || fseek(f, 0, SEEK_SET) != 0) {
        perror(path);
        return 1;
    }
    /* Exactly as large as the input, so that a sanitizer sees the first byte read past it. */
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    if (data == NULL || fread(data, 1, (size_t)size, f) != (size_t)size) {
        perror(path);
        return 1;
    }
    fclose(f);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 0;
}

static int replay_dir(const char *dir, size_t *count) {
    DIR *d = opendir(dir);
    if (d == NULL) {
        perror(dir);
        return 1;
    }
    int failed = 0;
    const struct dirent *entry;
    while ((entry = readdir(d)) != NULL) {
        char path[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        int n = snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        if (n < 0 || (size_t)n >= sizeof path) {
            fprintf(stderr, "%s: path too long\n", entry->d_name);
            failed = 1;
            continue;
        }
        failed |= replay_file(path);
        ++*count;
    }
    closedir(d);
    return failed;
}

int main(int argc, char **argv) {
    int failed = 0;
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        failed |= replay_dir(argv[i], &count);
    }
    if (count == 0) {
        fprintf(stderr, "no input found\n");
        return 1;
    }
    printf("%zu inputs replayed\n", count);
    return failed;
}
