/* decode.c - terminal bytes to keys. One buffer, parsed from its head; every branch either takes
 * bytes, waits for more until a deadline, or gives up on the sequence. Nothing a terminal sends
 * grows it beyond PASTE_CAP. */
#include "mix/term.h"

#include <stdlib.h>
#include <string.h>

#include "mix/text.h"

enum {
    ESC_WAIT = 25,     /* a lone Esc */
    SEQ_WAIT = 100,    /* the rest of a sequence or a character */
    OSC_WAIT = 500,    /* the rest of an answer */
    PASTE_WAIT = 1000, /* silence inside a paste whose end mark got lost */
    STALL_MAX = 60000, /* after such a silence its rest may still come; of a sequence, too */
    BURST = 16,        /* more bytes in one read than hands type */
    BURST_WAIT = 100,  /* what comes sooner behind a paste without marks is of it */
    LONG_BURST = 512,  /* so much at once needs no second line end to be a paste */
    LATE_WAIT = 1000,  /* the rest of a sequence whose Esc was taken for a lone one */
    OSC_CAP = 4096,
};
#define PASTE_CAP (16 * MIX_MIB)

struct known {
    char seq[16];
    struct key key;
};
struct decoder {
    struct buf in;            /* undecoded bytes from `at` on */
    size_t at, fed;           /* fed: where the last read begins */
    struct buf paste;         /* of the paste under way or last handed out */
    bool pasting, swallowing; /* swallowing: the rest of a paste over the cap */
    bool bursting;            /* the paste under way has no marks: silence ends it */
    bool marks;               /* the terminal marks its pastes: none is guessed any more */
    size_t pasted;            /* bytes of the paste, those that were swallowed too */
    /* what comes is the rest of an answer whose head was given up */
    enum { TORN_NOT, TORN_STRING, TORN_DEVICE } torn;
    int64_t heard_at;
    int64_t stalled_at;  /* when a paste fell silent before its end; 0: none did */
    int64_t esc_at;      /* when waiting made an Esc a lone one, and it was the last key; 0: not */
    int64_t given_up_at; /* when what else began with Esc was given up; no key came since */
    struct known *known;
    size_t n_known, cap_known;
};

enum step { STEP_KEY, STEP_NONE, STEP_WAIT }; /* NONE: bytes were taken, no key came of them */

struct decoder *decoder_new(void) {
    struct decoder *d = xcalloc(1, sizeof *d);
    buf_init(&d->in, 2 * PASTE_CAP);
    buf_init(&d->paste, PASTE_CAP);
    return d;
}

void decoder_free(struct decoder *d) {
    if (!d)
        return;
    buf_fini(&d->in);
    buf_fini(&d->paste);
    free(d->known);
    free(d);
}

void decoder_add(struct decoder *d, const char *sequence, struct key key) {
    size_t n = strlen(sequence);
    if (n < 2 || n >= sizeof d->known[0].seq || sequence[0] != '\033')
        return;
    d->known = xgrow(d->known, d->n_known, &d->cap_known, sizeof *d->known);
    struct known *k = &d->known[d->n_known++];
    *k = (struct known){.key = key};
    memcpy(k->seq, sequence, n);
}

/* Bytes no hand types in one go: the rest of a sequence that a slow line tore behind its Esc. Taken
 * for keys, an arrow would be a capital letter, and a paste commands. */
static bool is_late_rest(const char *p, size_t n) {
    size_t i = 1;

    if (n < 2)
        return false;
    if (p[0] == ']')
        return n > 3 && memcmp(p, "]11;", 4) == 0;
    if (p[0] == 'O')
        return p[1] && strchr("ABCDEFHMPQRS", p[1]);
    if (p[0] == '_')
        return n > 3 && memcmp(p, "_Gi=", 4) == 0;
    if (p[0] != '[')
        return false;
    const bool device = p[1] == '?'; /* what the terminal is */

    i += device;
    while (i < n && i < 64 && ((p[i] >= '0' && p[i] <= '9') || p[i] == ';'))
        i++;
    return i < n && p[i] && strchr(device ? "c" : "ABCDEFHIOPQRSZ~u", p[i]);
}

static const char paste_end[] = "\033[201~";

/* The line stood still inside a paste: what comes then is its rest, not keys. */
static bool is_paste_rest(const struct decoder *d, const char *p, size_t n, int64_t now) {
    if (!d->stalled_at || now - d->stalled_at >= STALL_MAX || n == 0 || p[0] == '\033')
        return false;
    return n >= BURST || memmem(p, n, paste_end, sizeof paste_end - 1);
}

static bool is_text_byte(char c) { return c == '\t' || ((unsigned char)c >= ' ' && c != 0x7f); }

/* Without marks: lines at once, as no hand types them. What is behind the last line end tells it
 * from Enter held down; where nothing is, it takes three lines of nothing but text. */
static bool is_burst(const struct decoder *d, const char *p, size_t n) {
    size_t ends = 0, lines = 0, last = 0;
    bool pure = true;

    if (d->marks || d->pasting || memmem(p, n, "\033[200~", 6))
        return false;
    for (size_t i = 0; i < n; i++)
        if (p[i] == '\r' || p[i] == '\n') {
            ends += i == 0 || p[i] != '\n' || p[i - 1] != '\r';
            lines += i > 0 && is_text_byte(p[i - 1]);
            last = i + 1;
        } else {
            pure = pure && is_text_byte(p[i]);
        }
    if (last == n)
        return pure && lines > 2;
    return is_text_byte(p[last]) && (ends > 1 || (ends == 1 && n >= LONG_BURST));
}

static void begin_paste(struct decoder *d, bool burst) {
    buf_clear(&d->paste);
    d->pasting = true;
    d->bursting = burst;
    d->pasted = 0;
}

void decoder_feed(struct decoder *d, const char *p, size_t n, int64_t now) {
    const bool idle = d->at == d->in.n;
    if (idle)
        buf_clear(&d->in), d->at = 0;
    if (d->at > MIX_MIB)
        buf_cut(&d->in, 0, d->at), d->at = 0;
    if (idle && d->esc_at && now - d->esc_at < LATE_WAIT && is_late_rest(p, n))
        (void)buf_add(&d->in, "\033", 1);
    if (idle && is_paste_rest(d, p, n, now))
        begin_paste(d, false);
    else if (idle && is_burst(d, p, n))
        begin_paste(d, true);
    if (n > 0)
        d->esc_at = d->stalled_at = 0;
    if (d->torn && now - d->heard_at >= LATE_WAIT)
        d->torn = TORN_NOT;
    d->fed = d->in.n;
    (void)buf_add(&d->in, p, n); /* beyond the cap nobody types; the bytes are dropped whole */
    d->heard_at = now;
}

static struct key plain(uint32_t code, uint8_t mods) {
    return (struct key){.code = code, .mods = mods};
}

/* ---- paste ---- */
static enum step paste_step(struct decoder *d, struct key *out, bool late) {
    const char *p = d->in.p + d->at;
    size_t n = d->in.n - d->at;
    const char *stop = d->bursting ? NULL : memmem(p, n, paste_end, sizeof paste_end - 1);
    /* Without the end mark keep what could be its beginning. */
    size_t take = stop                       ? (size_t)(stop - p)
                  : late                     ? n
                  : n > sizeof paste_end - 2 ? n - (sizeof paste_end - 2)
                                             : 0;
    if (take > 0 && !d->swallowing && buf_add(&d->paste, p, take) != RC_OK)
        d->swallowing = true;
    d->pasted += take;
    d->at += take;
    if (!stop && !late)
        return STEP_WAIT;
    if (stop)
        d->at += sizeof paste_end - 1;
    d->stalled_at = stop || d->bursting ? 0 : d->heard_at;
    *out = (struct key){.code = K_PASTE,
                        .paste = buf_str(&d->paste),
                        .n = d->paste.n,
                        .lost = d->pasted - d->paste.n,
                        .unended = !stop && !d->bursting};
    d->pasting = d->swallowing = d->bursting = false;
    return STEP_KEY;
}

/* ---- CSI ---- */
static uint8_t mods_of(int param) {
    int m = param > 1 ? param - 1 : 0;
    return (uint8_t)((m & 1 ? MOD_SHIFT : 0) | (m & 2 ? MOD_ALT : 0) | (m & 4 ? MOD_CTRL : 0));
}

static uint32_t tilde_key(int number) {
    static const struct {
        uint8_t number;
        uint32_t code;
    } table[] = {
        {1, K_HOME}, {2, K_INSERT}, {3, K_DELETE}, {4, K_END},  {5, K_PGUP},
        {6, K_PGDN}, {7, K_HOME},   {8, K_END},    {11, K_F1},  {12, K_F2},
        {13, K_F3},  {14, K_F4},    {15, K_F5},    {17, K_F6},  {18, K_F7},
        {19, K_F8},  {20, K_F9},    {21, K_F10},   {23, K_F11}, {24, K_F12},
    };
    for (size_t i = 0; i < MIX_COUNT(table); i++)
        if (table[i].number == number)
            return table[i].code;
    return 0;
}

static uint32_t letter_key(char final) {
    static const char letters[] = "ABCDFHPQRSZ";
    static const uint32_t codes[] = {K_UP, K_DOWN, K_RIGHT, K_LEFT, K_END,    K_HOME,
                                     K_F1, K_F2,   K_F3,    K_F4,   K_BACKTAB};
    const char *at = final ? strchr(letters, final) : NULL;
    return at ? codes[at - letters] : 0;
}

/* A code point as kitty's and xterm's extended key reports give it. */
static struct key reported(int code, uint8_t mods) {
    switch (code) {
    case 13:
        return plain(K_ENTER, mods);
    case 9:
        return mods & MOD_SHIFT ? plain(K_BACKTAB, mods & ~MOD_SHIFT) : plain(K_TAB, mods);
    case 27:
        return plain(K_ESC, mods);
    case 8:
    case 127:
        return plain(K_BACKSPACE, mods);
    default:
        return plain((uint32_t)code, mods & ~MOD_SHIFT);
    }
}

/* xterm's report of a mouse: button, column, row. */
static enum step mouse_key(const int *arg, char final, struct key *out) {
    const int what = arg[0] & ~(4 | 8 | 16); /* without Shift, Alt, Ctrl */
    const bool down = final == 'M';
    uint32_t code = what == 64           ? K_WHEEL_UP
                    : what == 65         ? K_WHEEL_DOWN
                    : what == 0 && down  ? K_PRESS
                    : what == 0          ? K_RELEASE
                    : what == 32 && down ? K_DRAG
                                         : 0;

    *out = plain(code, 0);
    out->x = (int16_t)(arg[1] < INT16_MAX ? arg[1] - 1 : 0);
    out->y = (int16_t)(arg[2] < INT16_MAX ? arg[2] - 1 : 0);
    return code && arg[1] > 0 && arg[2] > 0 ? STEP_KEY : STEP_NONE;
}

/* What the terminal is: ESC [ ? class ; ability ... c, where 4 stands for sixel. */
static enum step device_key(const char *p, const char *end, struct key *out) {
    while (p < end && (p = memchr(p, ';', (size_t)(end - p))) != NULL)
        if (*++p == '4' && (p[1] == ';' || p + 1 == end)) {
            *out = plain(K_SIXEL, 0);
            return STEP_KEY;
        }
    return STEP_NONE;
}

static enum step report_key(const char *p, size_t end, const int *arg, int n_args, char private,
                            struct key *out) {
    const char final = p[end];

    if (private == '<' && (final == 'M' || final == 'm') && n_args == 3)
        return mouse_key(arg, final, out);
    /* else of a mode */
    return private == '?' && final == 'c' ? device_key(p, p + end, out) : STEP_NONE;
}

/* p[end] ends it. */
static enum step csi_key(struct decoder *d, const char *p, size_t end, const int *arg, int n_args,
                         char private, struct key *out) {
    uint8_t mods = n_args > 1 ? mods_of(arg[1]) : 0;
    const char final = p[end];
    if (private)
        return report_key(p, end, arg, n_args, private, out);
    if (final == '~' && arg[0] == 200) {
        begin_paste(d, false);
        d->marks = true;
        return STEP_NONE;
    }
    if (final == '~' && arg[0] == 27 && n_args > 2) {
        *out = reported(arg[2], mods);
        return arg[2] > 0 && arg[2] < 0x110000 ? STEP_KEY : STEP_NONE;
    }
    if (final == 'u') {
        *out = reported(arg[0], mods);
        return arg[0] > 0 && arg[0] < 0x110000 ? STEP_KEY : STEP_NONE;
    }
    if ((final == 'I' || final == 'O') && arg[0] == 0) {
        *out = plain(final == 'I' ? K_FOCUS_IN : K_FOCUS_OUT, 0);
        return STEP_KEY;
    }
    uint32_t code = final == '~' ? tilde_key(arg[0]) : letter_key(final);
    *out = plain(code, code == K_BACKTAB ? 0 : mods);
    return code ? STEP_KEY : STEP_NONE;
}

/* The two that have no end of their own: p[2] is '[' or 'M'. */
static enum step csi_fixed(const char *p, size_t n, size_t *used, struct key *out) {
    const bool mouse = p[2] == 'M'; /* an old mouse report: three more bytes */
    *used = mouse ? 6 : 4;
    if (n < *used)
        return STEP_WAIT;
    if (mouse || p[3] < 'A' || p[3] > 'E')
        return STEP_NONE;
    *out = plain(K_F1 + (uint32_t)(p[3] - 'A'), 0); /* the Linux console's F1 to F5 */
    return STEP_KEY;
}

/* p is at ESC [; `used` is set unless STEP_WAIT. */
static enum step csi_step(struct decoder *d, const char *p, size_t n, size_t *used,
                          struct key *out) {
    int arg[4] = {0};
    int n_args = 1;
    char private = 0;
    size_t i = 2;
    if (n > 2 && (p[2] == '[' || p[2] == 'M'))
        return csi_fixed(p, n, used, out);
    for (; i < n && i < 64; i++) {
        char c = p[i];
        if (c >= '0' && c <= '9') {
            int *a = &arg[n_args - 1];
            *a = *a < 10000000 ? *a * 10 + (c - '0') : *a;
        } else if (c == ';' || c == ':') {
            n_args = n_args < 4 ? n_args + 1 : 4;
        } else if (c >= 0x3c && c <= 0x3f) {
            private = c;
        } else if (c >= 0x40 && c <= 0x7e) {
            *used = i + 1;
            return csi_key(d, p, i, arg, n_args, private, out);
        } else if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7f) {
            *used = i; /* not a sequence after all */
            return STEP_NONE;
        }
    }
    *used = i;
    return i < 64 ? STEP_WAIT : STEP_NONE;
}

/* Of which answer the head is that is given up. */
static int torn_kind(const char *p, size_t n) {
    if (n > 4 && (memcmp(p, "\033]11;", 5) == 0 || memcmp(p, "\033_Gi=", 5) == 0))
        return TORN_STRING;
    return n > 3 && memcmp(p, "\033[?", 3) == 0 ? TORN_DEVICE : TORN_NOT;
}

/* Swallows what belongs to it, to its end or to what cannot be of it. */
static void torn_step(struct decoder *d, bool late) {
    while (d->torn && d->at < d->in.n) {
        const char c = d->in.p[d->at];
        const bool last = d->at + 1 == d->in.n, device = d->torn == TORN_DEVICE;

        if (c == '\033' && last && !late)
            return; /* perhaps its ST */
        const bool begins = c == '\033' && (device || (!last && d->in.p[d->at + 1] != '\\'));
        const char *of_it = device ? "0123456789;" : "0123456789abcdefABCDEF/:rgb\033=;GOKNiL";

        if (device ? c == 'c' : c == '\a' || c == '\\') {
            d->torn = TORN_NOT;
            d->at++;
        } else if (!begins && c && strchr(of_it, c)) {
            d->at++;
        } else {
            d->torn = TORN_NOT;
        }
    }
}

/* OSC, DCS, APC, PM, SOS: up to BEL or ST. Only the answers to what term_open asks mean anything.
 */
static enum step string_step(struct decoder *d, const char *p, size_t n, size_t *used,
                             struct key *out) {
    for (size_t i = 2; i < n; i++) {
        bool bel = p[i] == '\a';
        bool st = p[i] == '\033' && i + 1 < n && p[i + 1] == '\\';
        if (!bel && !st)
            continue;
        *used = i + (st ? 2 : 1);
        if (i == 10 && memcmp(p + 1, "_Gi=31;OK", 9) == 0) {
            *out = plain(K_KITTY, 0);
            return STEP_KEY;
        }
        if (p[1] != ']' || i < 5 || memcmp(p + 2, "11;", 3) != 0)
            return STEP_NONE;
        buf_clear(&d->paste);
        (void)buf_add(&d->paste, p + 5, i - 5);
        *out = (struct key){.code = K_BACKGROUND, .paste = buf_str(&d->paste), .n = d->paste.n};
        return STEP_KEY;
    }
    *used = n;
    return n < OSC_CAP ? STEP_WAIT : STEP_NONE;
}

/* ---- single characters ---- */
static struct key control_key(unsigned char c) {
    switch (c) {
    case '\r':
        return plain(K_ENTER, 0);
    case '\t':
        return plain(K_TAB, 0);
    case '\b':
    case 0x7f:
        return plain(K_BACKSPACE, 0);
    case 0:
        return plain(' ', MOD_CTRL);
    default:
        return c < 27 ? plain((uint32_t)c + 'a' - 1, MOD_CTRL) : plain((uint32_t)c + 64, MOD_CTRL);
    }
}

static enum step char_step(const char *p, size_t n, size_t *used, struct key *out) {
    unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c == 0x7f) {
        *used = 1;
        *out = control_key(c);
        return STEP_KEY;
    }
    if (c >= 0x80 && text_tail(p, n < 4 ? n : 4) == n) {
        *used = n;
        return STEP_WAIT;
    }
    uint32_t cp = text_decode(p, n, used);
    *out = plain(cp, 0);
    return cp == 0xfffd ? STEP_NONE : STEP_KEY;
}

static const struct known *known_at(const struct decoder *d, const char *p, size_t n) {
    for (size_t i = 0; i < d->n_known; i++) {
        size_t len = strlen(d->known[i].seq);
        if (len <= n && memcmp(p, d->known[i].seq, len) == 0)
            return &d->known[i];
    }
    return NULL;
}

static enum step ss3_step(const char *p, size_t n, size_t *used, struct key *out) {
    *used = 3;
    if (n < 3)
        return STEP_WAIT;
    if (p[2] == 'M') {
        *out = plain(K_ENTER, 0);
        return STEP_KEY;
    }
    *out = plain(letter_key(p[2]), 0);
    return out->code ? STEP_KEY : STEP_NONE;
}

/* What comes by itself, at any moment, and never with Alt: an Esc before it is a key of its own. */
static bool unasked(const char *p, size_t n) {
    return n > 2 && p[1] == '[' &&
           ((p[2] && strchr("?<IO", p[2])) || (n > 5 && memcmp(p + 2, "200~", 4) == 0));
}

static enum step escape_step(struct decoder *d, const char *p, size_t n, size_t *used,
                             struct key *out) {
    const struct known *k = known_at(d, p, n);
    if (k) {
        *used = strlen(k->seq);
        *out = k->key;
        return STEP_KEY;
    }
    if (n < 2)
        return STEP_WAIT;
    switch (p[1]) {
    case '[':
        return csi_step(d, p, n, used, out);
    case 'O':
        return ss3_step(p, n, used, out);
    case ']':
    case 'P':
    case '_':
    case '^':
    case 'X':
        return string_step(d, p, n, used, out);
    case '\033':
        if (n > 2 && (p[2] == '[' || p[2] == 'O') &&
            !unasked(p + 1, n - 1)) { /* rxvt: Alt with an arrow */
            enum step s = escape_step(d, p + 1, n - 1, used, out);
            *used += 1;
            out->mods |= MOD_ALT;
            return s;
        }
        if (n == 2)
            return STEP_WAIT;
        *used = 1;
        *out = plain(K_ESC, 0);
        return STEP_KEY;
    default: {
        enum step s = char_step(p + 1, n - 1, used, out);
        *used += 1;
        out->mods |= MOD_ALT;
        return s;
    }
    }
}

/* Time is up for what waits at the head: makes the best of it. */
static enum step give_up(const char *p, size_t n, size_t *used, struct key *out) {
    *used = n;
    if (*p != '\033')
        return STEP_NONE; /* half a character */
    if (n == 1 || (n == 2 && p[1] == '\033')) {
        *used = 1;
        *out = plain(K_ESC, 0);
        return STEP_KEY;
    }
    if (n == 2) { /* Alt+[, Alt+O, Alt+] ... */
        *out = plain((unsigned char)p[1], MOD_ALT);
        return STEP_KEY;
    }
    return STEP_NONE; /* the torn rest of a sequence is nobody's text */
}

int64_t decoder_deadline(const struct decoder *d) {
    size_t n = d->in.n - d->at;
    if (d->pasting)
        return d->heard_at + (d->bursting ? BURST_WAIT : PASTE_WAIT);
    if (n == 0)
        return -1;
    const char *p = d->in.p + d->at;
    if (*p != '\033')
        return d->heard_at + SEQ_WAIT;
    if (n > 2 && strchr("]P_^X", p[1]))
        return d->heard_at + OSC_WAIT;
    return d->heard_at + (n == 1 ? ESC_WAIT : SEQ_WAIT);
}

/* What stands at the head: a key, bytes without one, or not enough yet. */
static enum step head_step(struct decoder *d, struct key *out, int64_t now, bool late) {
    const char *p = d->in.p + d->at;
    const size_t n = d->in.n - d->at;
    const bool behind = d->at > d->fed;
    const bool rest = d->given_up_at && now - d->given_up_at < STALL_MAX; /* perhaps */
    size_t used = 0;
    enum step s = *p == '\033' ? escape_step(d, p, n, &used, out) : char_step(p, n, &used, out);

    if (s == STEP_WAIT) {
        if (!late)
            return STEP_WAIT;
        s = give_up(p, n, &used, out);
        d->torn = torn_kind(p, n);
        d->esc_at = s == STEP_KEY && out->code == K_ESC ? now : 0;
        d->given_up_at = *p == '\033' && !d->esc_at ? now : 0;
    } else if (s == STEP_KEY) {
        d->given_up_at = 0;
    } else if (d->at < d->fed && d->at + used == d->fed) { /* what came next cut it off */
        d->given_up_at = now;
    }
    d->at += used;
    out->crowded = behind || d->at < d->in.n || rest;
    return s;
}

bool decoder_next(struct decoder *d, struct key *out, int64_t now) {
    while (d->pasting || d->at < d->in.n) {
        const bool late = now >= decoder_deadline(d);
        if (d->torn) {
            torn_step(d, late);
            if (d->torn)
                return false;
            continue;
        }
        if (d->pasting)
            return paste_step(d, out, late) == STEP_KEY;
        const enum step s = head_step(d, out, now, late);
        if (s != STEP_NONE)
            return s == STEP_KEY;
    }
    return false;
}
