/* later.c - what other floors do not have yet, so that the thread can be drawn before. */
#include "mix/picture.h"
#include "mix/search.h"
#include "sheet.h"
#define WEAK __attribute__((weak))
WEAK struct diff *diff_new(const char *old, size_t old_n, const char *new, size_t new_n) {
    (void)old, (void)old_n, (void)new, (void)new_n;
    return NULL;
}
WEAK void diff_free(struct diff *d) { (void)d; }
WEAK size_t diff_added(const struct diff *d) { (void)d; return 0; }
WEAK size_t diff_removed(const struct diff *d) { (void)d; return 0; }
WEAK void diff_context(struct diff *d, int context) { (void)d, (void)context; }
WEAK size_t diff_lines(const struct diff *d, int split) { (void)d, (void)split; return 0; }
WEAK void diff_flow(struct flow *out, const struct diff *d, size_t from, size_t count,
                    const struct diff_how *how) {
    (void)out, (void)d, (void)from, (void)count, (void)how;
}
WEAK void markup_items(struct markup_items *out, const char *s, size_t n, size_t most) {
    (void)out, (void)s, (void)n, (void)most;
}
WEAK void markup_items_fini(struct markup_items *items) { (void)items; }
WEAK void markup_flow(struct flow *out, const char *s, size_t n,
                      const struct markup_section *section, const struct markup_how *how) {
    (void)n;
    flow_plain(out, s + section->off, section->len,
               &(struct flow_plain){.clean = CLEAN_TEXT, .width = how->width,
                                    .src = (uint32_t)section->off},
               SIZE_MAX);
}
