/* tool_run.c - what runs: commands, code, callbacks of the session. */
#include "tool.h"

#include <string.h>

enum {
    TAIL_FROM = 100, /* lines: of longer output the last ones are shown first */
    TAIL_LINES = 12,
    HEAD_ROOM = 32 /* cells of the head line that are not the command's */
};

/* ---- Bash ---- */

void bash_head(struct call_head *out, const struct part *p) {
    const int64_t code = tool_exit(p->name, p->result);

    if (code != 0)
        (void)buf_addf(&out->extra, "exit %lld", (long long)code);
}

static struct span last_lines(struct span s, size_t n) {
    size_t at = s.n;

    for (; at > 0; at--)
        if (s.p[at - 1] == '\n' && at < s.n && --n == 0)
            break;
    return (struct span){s.p + at, s.n - at};
}

/* The end of long output is what is looked for: it comes first, then all of it. */
static void add_tail(struct bodies *out, const struct part *p, const struct body_how *how) {
    const struct span s = tool_output(p);
    const size_t lines = count_lines(s);

    if (lines <= TAIL_FROM)
        return;
    struct body *b;

    tool_say(out, how, INK_DIM, "the last %d of %s lines:", TAIL_LINES, say_grouped(lines).s);
    b = tool_borrow(out, BODY_PLAIN, last_lines(s, TAIL_LINES), output_gutter(how));
    b->ink = INK_OUTPUT;
    tool_say(out, how, INK_DIM, "all of them:");
}

void bash_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"command", NULL};
    auto_buf struct buf command = {.max = FIELD_BYTES};

    if (tool_field(&command, p, "command") &&
        (memchr(buf_str(&command), '\n', command.n) ||
         text_width(buf_str(&command), command.n < 4096 ? command.n : 4096) >=
             how->width - HEAD_ROOM))
        tool_own(out, BODY_CODE, &command, input_gutter(how))->lang = LANG_SHELL;
    tool_fields(out, p, how, but);
    add_tail(out, p, how);
    tool_plain(out, p, how);
}

/* ---- code ---- */

void python_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"code", NULL};
    auto_buf struct buf code = {.max = FIELD_BYTES};

    if (tool_field(&code, p, "code"))
        tool_own(out, BODY_CODE, &code, input_gutter(how))->lang = LANG_PYTHON;
    tool_fields(out, p, how, but);
    add_tail(out, p, how);
    tool_any(out, p, how, false);
}

/* ---- callbacks ---- */

void callback_head(struct call_head *out, const struct part *p) {
    auto_buf struct buf tool = {.max = 256};
    const int64_t code = tool_number(p, "exit", 0);

    if (tool_field(&tool, p, "tool") && tool.n > 0) {
        (void)buf_adds(&out->extra, "after ");
        add_line(&out->extra, tool.p, tool.n);
    }
    if (code != 0)
        (void)buf_addf(&out->extra, "%sexit %lld", out->extra.n > 0 ? ", " : "", (long long)code);
}

void callback_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"name", "tool", "exit", "error", "stderr", NULL};
    static const char *const bad[] = {"error", "stderr"};

    tool_fields(out, p, how, but);
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        auto_buf struct buf text = {.max = FIELD_BYTES};

        if (tool_field(&text, p, bad[i]) && text.n > 0)
            tool_own(out, BODY_PLAIN, &text, output_gutter(how))->ink = INK_BAD;
    }
    tool_plain(out, p, how);
}
