/* Names and queries of any bytes: the first line is what is typed, the rest a chunk. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mix/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *nl = size > 0 ? memchr(data, '\n', size) : NULL;

    if (!nl || size > 4096)
        return 0;
    const size_t n = (size_t)(nl - data);
    char *query = xstrndup((const char *)data, n);
    struct tree *t = tree_new();
    struct tree_find *f = tree_find_new(t);
    size_t best;

    (void)tree_add(t, (const char *)nl + 1, size - n - 1);
    for (size_t i = 1; i <= strlen(query); i++) { /* as it is typed */
        char *typed = xstrndup(query, i);

        tree_find_set(f, typed);
        (void)tree_find_step(f, 100);
        free(typed);
    }
    while (tree_find_step(f, 100))
        ;
    const uint32_t *at = tree_best(f, &best);

    for (size_t i = 0; i < best; i++)
        if (at[i] >= tree_count(t) || tree_length(t, at[i]) != strlen(tree_name(t, at[i])))
            abort();
    if (best > tree_found(f))
        abort();
    tree_find_free(f);
    tree_free(t);
    free(query);
    return 0;
}
