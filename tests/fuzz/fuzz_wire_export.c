/* fuzz_wire_export.c - messages of any server become a document; what is no JSON never passes as
 * such, in any split; a name made of any title stays in its directory. */
#include "fuzz.h"

#include "json.h"
#include "mix/export.h"
#include "mix/pretty.h"

#include <stdlib.h>
#include <string.h>

static void check_splits(const char *json, size_t n) {
    struct pretty p = {0};
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = pretty_feed(&p, json + i, 1, NULL);
    if (rc == RC_OK)
        rc = pretty_end(&p, NULL);
    if (rc != json_check(json, n, NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *json = (const char *)data;
    struct arena a = {0};
    struct err err = {0};
    struct message_list list = {0};
    struct buf out;

    check_splits(json, size);
    buf_init(&out, 16 * MIX_MIB);
    if (shape_read(&list, &shape_message_list, json, size, &a, SHAPE_LENIENT, &err) == RC_OK) {
        const struct session_data session = {
            .id = list.list.n > 0 ? list.list.items[0].id : "",
            .title = list.list.n > 0 ? list.list.items[0].user_input : NULL};

        if (export_markdown(&out, &session, list.list.items, list.list.n) != RC_OK)
            abort();
        buf_clear(&out);
        export_file_name(&out, &session, ".md");
        if (strpbrk(out.p, "/\\\n\033 ") || out.p[0] == '.' || out.p[0] == '-' || out.n > 120)
            abort();
    }
    buf_fini(&out);
    arena_free(&a);
    return 0;
}
