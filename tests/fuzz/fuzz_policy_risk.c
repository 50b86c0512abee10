/* A command of any bytes: its marks lie inside it, the worst stand first, and hiding more in front
 * of what is severe never makes it less. */
#include "fuzz.h"

#include "mix/policy.h"
#include "text_checks.h"

#include <stdlib.h>
#include <string.h>

enum { MARKS = 16 };

static size_t look(const char *command, struct risk_mark out[MARKS]) {
    return risk_look(
        &(struct ruling_ask){.tool = "Bash", .object = command, .work_dir = "/srv/storage/s1"}, out,
        MARKS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *command = xstrndup((const char *)data, size);
    const size_t n = strlen(command);
    struct risk_mark m[MARKS];
    const size_t found = look(command, m);

    for (size_t i = 0; i < found; i++) {
        CHECK(m[i].level == RISK_NOTABLE || m[i].level == RISK_SEVERE);
        CHECK(m[i].why && m[i].why[0]);
        CHECK(m[i].from <= m[i].to && m[i].to <= n);
        CHECK(i == 0 || m[i - 1].level >= m[i].level);
        CHECK(i == 0 || m[i - 1].level != m[i].level || m[i - 1].from <= m[i].from);
    }
    char *more = xmalloc(n + 32);

    memcpy(more, "sudo true\n", 10);
    memcpy(more + 10, command, n + 1);
    CHECK(look(more, m) > 0 && m[0].level == RISK_SEVERE);
    free(more);
    free(command);
    return 0;
}
