/* notify.c - titles and notices as sequences. */
#include "notify.h"

#include <string.h>

/* Bytes of the character at p, 0: no whole one. Overlong and the like pass: nothing is decoded. */
static size_t character(const unsigned char *p) {
    const size_t n = *p < 0x80 ? 1 : *p >= 0xF0 && *p < 0xF8 ? 4 : *p >= 0xE0 ? 3 : 2;

    if ((*p >= 0x80 && *p < 0xC2) || *p >= 0xF8)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

static void payload(struct buf *out, const char *text, size_t most) {
    const size_t end = out->n + most;

    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        const size_t n = character(p);
        const bool control = n == 0 || *p < ' ' || *p == 0x7F || (*p == 0xC2 && p[1] < 0xA0);

        if (out->n + (control ? 1 : n) > end)
            return;
        if (control)
            (void)buf_adds(out, "?");
        else if (*p == ';')
            (void)buf_adds(out, ",");
        else
            (void)buf_add(out, (const char *)p, n);
        p += n > 0 ? n : 1;
    }
}

void notify_sequence(struct buf *out, enum desktop how, const char *title, const char *text) {
    switch (how) {
    case DESKTOP_OSC9:
        (void)buf_adds(out, "\033]9;mixtui: ");
        payload(out, title, NOTIFY_TITLE);
        (void)buf_adds(out, " - ");
        payload(out, text, NOTIFY_TEXT);
        break;
    case DESKTOP_OSC777:
        (void)buf_adds(out, "\033]777;notify;mixtui: ");
        payload(out, title, NOTIFY_TITLE);
        (void)buf_adds(out, ";");
        payload(out, text, NOTIFY_TEXT);
        break;
    case DESKTOP_OSC99:
        (void)buf_adds(out, "\033]99;i=mixtui:d=0;mixtui: ");
        payload(out, title, NOTIFY_TITLE);
        (void)buf_adds(out, "\033\\\033]99;i=mixtui:d=1:p=body;");
        payload(out, text, NOTIFY_TEXT);
        break;
    case DESKTOP_AUTO:
    case DESKTOP_OFF:
        return;
    }
    (void)buf_adds(out, "\033\\");
}

void notify_title(struct buf *out, const char *title) {
    (void)buf_adds(out, "\033]2;");
    payload(out, title, NOTIFY_TITLE);
    (void)buf_adds(out, "\033\\");
}
