/* panel_fault.c - what was said, and the details of what went wrong. */
#include "panels.h"

#include <stdlib.h>
#include <string.h>

void act_panel_fault(struct model *m, size_t notice, struct effects *fx) {
    (void)notice;
    act_panel_open(m, PANEL_FAULT, fx);
}
