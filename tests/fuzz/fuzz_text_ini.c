/* The ini reader on any bytes: items are whole, lines count up, complaints are one line each. */
#include "fuzz.h"

#include "text_checks.h"

#include "mix/ini.h"

struct seen {
    int line, items, refused;
};

static const char *take(void *ctx, const struct ini_item *item) {
    struct seen *seen = ctx;

    CHECK(item->line > seen->line);
    CHECK(item->key[0] != '\0' && strlen(item->key) + strlen(item->value) < 190);
    CHECK(text_valid(item->key, strlen(item->key)) && text_valid(item->value, strlen(item->value)));
    CHECK(strlen(item->section) <= 49 && !strchr(item->key, '='));
    for (const char *s = item->value; *s; s++)
        CHECK((unsigned char)*s >= 0x20 || *s == '\t');
    seen->line = item->line;
    seen->items++;
    if (item->key[0] != 'b')
        return NULL;
    seen->refused++;
    return "begins with b";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    auto_buf struct buf complaints = {.max = MIX_MIB};
    struct seen seen = {0}, again = {0};
    const int count = ini_read("x.ini", (const char *)data, size, take, &seen, &complaints);
    int lines = 0;

    for (size_t i = 0; i < complaints.n; i++)
        lines += complaints.p[i] == '\n';
    CHECK(lines == count || complaints.n > MIX_MIB - 256);
    CHECK(count >= seen.refused);
    CHECK(ini_read("x.ini", (const char *)data, size, take, &again, NULL) == count);
    CHECK(again.items == seen.items);
    return 0;
}
