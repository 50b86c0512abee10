/* tool_parts.c - what many tools show: fields of the input, output, pictures, words of ours. */
#include "tool.h"

#include "mix/picture.h"
#include "mix/pretty.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUN_MIN = 512,  /* shorter runs of base64 are left alone: they may be hashes and keys */
    RUN_SEEN = 256, /* of a run, which must have letters of both cases and digits */
    OWN_BYTES = 64 << 20,
    MARKS_SEEN = 8192 /* of a text that may be Markdown */
};

/* ---- looking ---- */

bool tool_field(struct buf *out, const struct part *p, const char *name) {
    return jtext_find(out, p->text, p->len, name);
}

#define NUMBER_MAX INT64_C(1000000000000) /* more is nonsense, and could not be added to */

int64_t tool_number(const struct part *p, const char *name, int64_t otherwise) {
    auto_buf struct buf text = {.max = 32};
    char *end;

    if (!tool_field(&text, p, name) || text.n == 0)
        return otherwise;
    const long long n = strtoll(buf_str(&text), &end, 10);

    return *end == '\0' && n > -NUMBER_MAX && n < NUMBER_MAX ? n : otherwise;
}

static bool blank(char c) { return strchr(" \t\r\n", c) != NULL && c != '\0'; }

static struct span trimmed(struct span s) {
    while (s.n > 0 && blank(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && strchr("\r\n", s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

/* `<result>` ... `</result>`, as some tools wrap what they say. */
static struct span unwrapped(struct span s, const char *name) {
    char open[24], close[24];
    const size_t n_open = (size_t)snprintf(open, sizeof open, "<%s>", name);
    const size_t n_close = (size_t)snprintf(close, sizeof close, "</%s>", name);

    if (s.n < n_open + n_close || memcmp(s.p, open, n_open) != 0 ||
        memcmp(s.p + s.n - n_close, close, n_close) != 0)
        return s;
    return trimmed((struct span){s.p + n_open, s.n - n_open - n_close});
}

struct span tool_output(const struct part *p) {
    const char *result = p->result ? p->result : "";
    const struct span s = trimmed((struct span){result, strlen(result)});

    return unwrapped(unwrapped(s, "result"), "file");
}

size_t count_lines(struct span s) {
    size_t n = 0;

    while (next_line(&s).p)
        n++;
    return n;
}

struct span next_line(struct span *rest) {
    if (rest->n == 0)
        return (struct span){NULL, 0};
    const char *end = memchr(rest->p, '\n', rest->n);
    struct span line = {rest->p, end ? (size_t)(end - rest->p) : rest->n};

    rest->p += line.n + (end != NULL);
    rest->n -= line.n + (end != NULL);
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

void add_line(struct buf *out, const char *s, size_t n) {
    enum { LINE_BYTES = 1024 };
    const size_t shown = n < LINE_BYTES ? n : LINE_BYTES;

    (void)text_clean(out, s, shown - (shown < n ? text_tail(s, shown) : 0), CLEAN_LINE);
}

size_t session_folder(const char *path, size_t n) {
    enum { UUID = 36 };
    static const char storage[] = "/storage/";
    const char *at = memmem(path, n, storage, sizeof storage - 1);
    const size_t from = at ? (size_t)(at - path) + sizeof storage - 1 : 0;

    if (!at || n < from + UUID + 2 || path[from + UUID] != '/' || path[from + 8] != '-')
        return 0;
    for (size_t i = from; i < from + UUID; i++)
        if (!isxdigit((unsigned char)path[i]) && path[i] != '-')
            return 0;
    return from + UUID + 1;
}

/* ---- base64 ---- */

static bool is_base64(unsigned char c) {
    return isalnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

/* The bytes of it at p. */
static size_t run_length(const char *p, size_t n) {
    size_t run = 0;

    while (run < n && is_base64((unsigned char)p[run]))
        run++;
    return run;
}

static bool is_mixed(const char *p, size_t n) {
    bool upper = false, lower = false, digit = false;

    for (size_t i = 0; i < n; i++) {
        upper = upper || isupper((unsigned char)p[i]);
        lower = lower || islower((unsigned char)p[i]);
        digit = digit || isdigit((unsigned char)p[i]);
    }
    return upper && lower && digit;
}

bool add_without_base64(struct buf *out, struct span s) {
    size_t kept = 0;
    bool any = false;

    for (size_t at = 0; at < s.n;) {
        const size_t run = run_length(s.p + at, s.n - at);

        if (run >= RUN_MIN && is_mixed(s.p + at, RUN_SEEN)) {
            (void)buf_add(out, s.p + kept, at - kept);
            (void)buf_addf(out, "[base64, %s]", say_size((int64_t)(run / 4 * 3)).s);
            kept = at + run;
            any = true;
        }
        at += run + 1;
    }
    if (any)
        (void)buf_add(out, s.p + kept, s.n - kept);
    return any;
}

/* ---- bodies ---- */

const char *input_gutter(const struct body_how *how) {
    return how->width < GUTTER_ROOM ? "" : "  ";
}

const char *output_gutter(const struct body_how *how) {
    return how->width < GUTTER_ROOM ? "" : how->ascii ? "  | " : "  │ ";
}

struct body *tool_borrow(struct bodies *out, enum body_sort kind, struct span s,
                         const char *gutter) {
    struct body *b = bodies_add(out, kind);

    b->text = s.n > 0 ? s.p : "";
    b->len = s.n;
    b->src = NO_SRC;
    b->ink = INK_TEXT;
    b->gutter = gutter;
    b->clean = CLEAN_TEXT;
    return b;
}

struct body *tool_own(struct bodies *out, enum body_sort kind, struct buf *taken,
                      const char *gutter) {
    struct body *b = tool_borrow(out, kind, (struct span){"", 0}, gutter);

    b->own = *taken;
    *taken = (struct buf){.max = taken->max};
    b->text = buf_str(&b->own);
    b->len = b->own.n;
    return b;
}

struct flow *tool_rows(struct bodies *out) {
    struct body *last = out->n > 0 ? &out->v[out->n - 1] : NULL;

    if (!last || last->kind != BODY_ROWS) {
        last = bodies_add(out, BODY_ROWS);
        last->src = NO_SRC;
        last->rows.text.max = OWN_BYTES;
    }
    return &last->rows;
}

void tool_say(struct bodies *out, const struct body_how *how, uint8_t ink, const char *fmt, ...) {
    auto_buf struct buf clean = {.max = 8192};
    char text[2048];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    add_line(&clean, text, strlen(text));
    const struct flow_bit bit = {.s = buf_str(&clean), .n = clean.n, .ink = ink};
    const struct flow_prefix prefix = {output_gutter(how), output_gutter(how), INK_RULE, 0};

    flow_line(tool_rows(out), &bit, 1, &prefix, WRAP_WORDS, how->width, INK_TEXT);
}

void tool_markdown(struct bodies *out, struct span s, const struct body_how *how) {
    tool_borrow(out, BODY_MARKUP, s, input_gutter(how));
}

/* ---- output ---- */

static bool over(const struct part *p) { return p->state == CALL_OK || p->state == CALL_FAILED; }

static bool said_nothing(struct bodies *out, const struct part *p, const struct body_how *how) {
    if (tool_output(p).n > 0)
        return false;
    if (over(p))
        tool_say(out, how, INK_DIM, "%s", p->result ? "no output" : "output not known");
    return true;
}

static uint8_t output_ink(const struct part *p) {
    return p->is_error || p->state == CALL_DENIED ? INK_BAD : INK_OUTPUT;
}

void tool_plain(struct bodies *out, const struct part *p, const struct body_how *how) {
    auto_buf struct buf small = {.max = OWN_BYTES};
    const struct span s = tool_output(p);

    if (said_nothing(out, p, how))
        return;
    if (add_without_base64(&small, s))
        tool_own(out, BODY_PLAIN, &small, output_gutter(how))->ink = output_ink(p);
    else
        tool_borrow(out, BODY_PLAIN, s, output_gutter(how))->ink = output_ink(p);
}

static bool is_json(struct span s) {
    return s.n > 1 && (s.p[0] == '{' || s.p[0] == '[') && s.n <= OWN_BYTES &&
           json_check(s.p, s.n, NULL) == RC_OK;
}

static enum rc put_text(void *arg, const char *p, size_t n, struct err *err) {
    (void)err;
    return buf_add(arg, p, n);
}

static void add_json(struct bodies *out, struct span s, const struct body_how *how) {
    auto_buf struct buf text = {.max = OWN_BYTES}, small = {.max = OWN_BYTES};
    struct pretty pretty = {.put = put_text, .arg = &text, .lines = true};

    if (s.n <= TREE_BYTES) {
        tree_value(out, how, output_gutter(how), s);
        return;
    }
    if (pretty_feed(&pretty, s.p, s.n, NULL) != RC_OK || pretty_end(&pretty, NULL) != RC_OK) {
        tool_borrow(out, BODY_CODE, s, output_gutter(how))->lang = LANG_JSON;
        return;
    }
    const bool cut = add_without_base64(&small, (struct span){buf_str(&text), text.n});

    tool_own(out, BODY_CODE, cut ? &small : &text, output_gutter(how))->lang = LANG_JSON;
}

/* A heading, a fence, or two lines that begin as lists, quotes and tables do. */
static bool is_markdown(struct span s) {
    int marks = 0;

    s.n = s.n < MARKS_SEEN ? s.n : MARKS_SEEN;
    for (struct span l = next_line(&s); l.p && marks < 2; l = next_line(&s)) {
        const size_t hashes = l.n > 0 ? strspn(l.p, "#") : 0;

        if ((hashes > 0 && hashes < 7 && l.n > hashes && l.p[hashes] == ' ') ||
            (l.n >= 3 && memcmp(l.p, "```", 3) == 0))
            marks += 2;
        else if (l.n > 2 && ((strchr("-*>", l.p[0]) && l.p[1] == ' ') || l.p[0] == '|'))
            marks++;
    }
    return marks >= 2;
}

void tool_any(struct bodies *out, const struct part *p, const struct body_how *how, bool markdown) {
    struct span s = tool_output(p);

    if (said_nothing(out, p, how))
        return;
    while (blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    if (is_json(s))
        add_json(out, s, how);
    else if (markdown && !p->is_error && p->state == CALL_OK && is_markdown(s))
        tool_markdown(out, s, how);
    else
        tool_plain(out, p, how);
}

/* ---- input ---- */

static bool says_nothing(struct jtext v) {
    static const char *const nothing[] = {"", "0", "false", "null", "[]", "{}"};

    for (size_t i = 0; i < MIX_COUNT(nothing); i++)
        if (v.n == strlen(nothing[i]) && memcmp(v.p, nothing[i], v.n) == 0)
            return !v.cut || v.n == 0;
    return false;
}

static bool among(struct jtext name, const char *const *names) {
    for (; names && *names; names++)
        if (jtext_is(name, *names))
            return true;
    return false;
}

void tool_fields(struct bodies *out, const struct part *p, const struct body_how *how,
                 const char *const *but) {
    struct jwalk walk = jtext_walk(p->text, p->len);
    struct jtext name, v;

    if (p->len > 0 && p->text[0] != '{') { /* no object, as models seldom write */
        tool_borrow(out, BODY_PLAIN, (struct span){p->text, p->len}, input_gutter(how));
        return;
    }
    while (jtext_next(&walk, &name, &v))
        if (!among(name, but) && !says_nothing(v))
            tree_member(out, how, input_gutter(how), &name, v);
}

void tool_path(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const names[] = {"file_path", "path", "url", NULL};
    enum { HEAD_ROOM = 40 }; /* cells of the head line that are not the path's */
    struct jwalk walk = jtext_walk(p->text, p->len);
    struct jtext name, v;

    while (jtext_next(&walk, &name, &v))
        if (among(name, names) && v.string &&
            (session_folder(v.p, v.n) > 0 || text_width(v.p, v.n) > how->width - HEAD_ROOM))
            tree_member(out, how, input_gutter(how), &name, v);
}

void tool_picture(struct bodies *out, const struct body_how *how, struct span file) {
    auto_buf struct buf name = {.max = 8192};

    if (file.n == 0 || buf_add(&name, file.p, file.n) != RC_OK)
        return;
    if (!picture_named(buf_str(&name)))
        return;
    struct body *b = tool_own(out, BODY_PICTURE, &name, input_gutter(how));

    b->picture = b->text;
}

void tool_pictures(struct bodies *out, const struct part *p, const struct body_how *how) {
    struct span rest = {p->screenshots, p->screenshots ? strlen(p->screenshots) : 0};

    for (struct span url = next_line(&rest); url.p; url = next_line(&rest)) {
        const char *slash = memrchr(url.p, '/', url.n);
        const char *name = slash && slash + 1 < url.p + url.n ? slash + 1 : url.p;
        const size_t n = (size_t)(url.p + url.n - name);

        tool_say(out, how, INK_IMAGE, "%.*s", (int)(n < 2000 ? n : 2000), name);
        tool_picture(out, how, url);
    }
}
