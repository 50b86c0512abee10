/* risk_scan.c - a shell text cut into the commands it runs, wherever they hide: behind operators,
 * in substitutions and quotes, in here-documents. It errs on the side of finding too many. */
#include "risk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MOST = 64 << 20,
    WORDS_MOST = 50000, /* of the commands at hand: nobody reads more */
    COMMANDS_MOST = 20000
};

void scan_mark(const struct scan *sc, enum why why, size_t from, size_t to) {
    if (sc->inner)
        look_mark(sc->look, why, sc->from, sc->to);
    else
        look_mark(sc->look, why, from, to);
}

static bool more(const struct scan *sc) { return sc->at < sc->n; }
static char here(const struct scan *sc) { return more(sc) ? sc->s[sc->at] : '\0'; }
static char next(const struct scan *sc) { return sc->at + 1 < sc->n ? sc->s[sc->at + 1] : '\0'; }
static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
static bool name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
static void put(struct scan *sc, const char *s, size_t n) { (void)buf_add(&sc->text, s, n); }

static void scan_list(struct scan *sc, char closer);

/* Too much for a person as well. */
static void give_up(struct scan *sc) {
    scan_mark(sc, WHY_UNREADABLE, 0, 0);
    sc->at = sc->n;
}

static bool deeper(struct scan *sc) {
    if (sc->depth < DEPTH_MAX)
        return true;
    give_up(sc);
    return false;
}

static void scan_inner(struct scan *sc, char closer) {
    if (!deeper(sc))
        return;
    sc->depth++;
    scan_list(sc, closer);
    sc->depth--;
}

/* ---- words ---- */
static unsigned digit_of(char c) {
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                  : 99;
}

/* $'...': what it stands for. */
static void ansi_quote(struct scan *sc) {
    while (more(sc) && here(sc) != '\'') {
        if (here(sc) != '\\' || sc->at + 1 >= sc->n) {
            put(sc, sc->s + sc->at++, 1);
            continue;
        }
        sc->at++;
        const char kind = here(sc);
        const bool hex = kind == 'x' || kind == 'u' || kind == 'U';
        unsigned value = 0, digits = 0;
        const unsigned base = hex ? 16 : 8;

        sc->at += hex;
        while (more(sc) && digits < (hex ? 4U : 3U) && digit_of(here(sc)) < base) {
            value = value * base + digit_of(here(sc));
            sc->at++;
            digits++;
        }
        char c = (char)(value & 0x7f);

        if (digits == 0 && !hex) {
            c = kind == 'n' ? '\n' : kind == 't' ? '\t' : kind;
            sc->at++;
        }
        put(sc, &c, 1);
    }
    sc->at += more(sc);
}

/* A variable: the few that everybody knows stand for what they are. */
static void variable(struct scan *sc, struct word *w, size_t from, size_t name, size_t n) {
    const char *s = sc->s + name;

    if (n == 4 && memcmp(s, "HOME", 4) == 0) {
        put(sc, "~", 1);
    } else if (n == 3 && memcmp(s, "PWD", 3) == 0) {
        put(sc, ".", 1);
    } else {
        if (private_name(s, n))
            scan_mark(sc, WHY_TOKEN, from, name + n);
        put(sc, "$", 1);
        put(sc, s, n);
        w->var = true;
    }
}

static void quoted(struct scan *sc, struct word *w, char closer);

static void dollar(struct scan *sc, struct word *w, char closer);

/* What stands behind the name in ${name:-...}: it may run commands as well. */
static void brace_rest(struct scan *sc, struct word *w, char closer) {
    int open = 1;

    while (more(sc) && open > 0) {
        const char c = here(sc);

        if (c == '\\') {
            sc->at += 2;
        } else if (c == '$') {
            dollar(sc, w, closer);
        } else if (c == '`' && closer != '`') {
            sc->at++;
            scan_inner(sc, '`');
        } else {
            open += (c == '{') - (c == '}');
            sc->at++;
        }
    }
    sc->at = sc->at > sc->n ? sc->n : sc->at;
}

static void dollar(struct scan *sc, struct word *w, char closer) {
    const size_t from = sc->at++;
    const char c = here(sc);

    if (c == '(') {
        sc->at++;
        w->var = w->run = true;
        scan_inner(sc, ')');
        put(sc, "$()", 3);
    } else if (c == '{') {
        size_t name = ++sc->at;

        while (here(sc) == '!' || here(sc) == '#')
            name = ++sc->at;
        while (name_char(here(sc)))
            sc->at++;
        const bool simple = here(sc) == '}';
        const size_t end = sc->at;

        variable(sc, w, from, name, end - name);
        w->var = w->var || !simple;
        if (!deeper(sc))
            return;
        sc->depth++;
        brace_rest(sc, w, closer);
        sc->depth--;
    } else if (c == '\'') {
        sc->at++;
        w->quoted = true;
        ansi_quote(sc);
    } else if (name_char(c)) {
        const size_t name = sc->at;

        while (name_char(here(sc)))
            sc->at++;
        variable(sc, w, from, name, sc->at - name);
    } else if (c && strchr("@*#?$!-", c)) {
        sc->at++;
        w->var = true;
        put(sc, "$", 1);
    } else if (c != '"') {
        put(sc, "$", 1);
    }
}

static void quoted(struct scan *sc, struct word *w, char closer) {
    w->quoted = true;
    while (more(sc) && here(sc) != '"') {
        const char c = here(sc);

        if (c == '\\' && next(sc) && strchr("$`\"\\\n", next(sc))) {
            if (next(sc) != '\n')
                put(sc, sc->s + sc->at + 1, 1);
            sc->at += 2;
        } else if (c == '$') {
            dollar(sc, w, closer);
        } else if (c == '`') {
            sc->at++;
            w->var = w->run = true;
            scan_inner(sc, '`');
        } else {
            const size_t run = strcspn(sc->s + sc->at, "\"\\$`");
            const size_t most = sc->n - sc->at, n = run < 1 ? 1 : run < most ? run : most;

            put(sc, sc->s + sc->at, n);
            sc->at += n;
        }
    }
    sc->at += more(sc);
}

static bool ends_word(char c, char closer) {
    return blank(c) || c == '\n' || c == closer || strchr(";&|()<>", c) != NULL;
}

/* One piece of a word. */
static void piece(struct scan *sc, struct word *w, char closer) {
    const char c = here(sc);

    switch (c) {
    case '\\':
        if (next(sc) != '\n' && next(sc))
            put(sc, sc->s + sc->at + 1, 1);
        sc->at += sc->at + 1 < sc->n ? 2 : 1;
        break;
    case '\'': {
        const char *end = memchr(sc->s + sc->at + 1, '\'', sc->n - sc->at - 1);
        const size_t to = end ? (size_t)(end - sc->s) : sc->n;

        put(sc, sc->s + sc->at + 1, to - sc->at - 1);
        sc->at = end ? to + 1 : to;
        w->quoted = true;
        break;
    }
    case '"':
        sc->at++;
        quoted(sc, w, closer);
        break;
    case '$':
        dollar(sc, w, closer);
        break;
    case '`':
        sc->at++;
        w->var = w->run = true;
        scan_inner(sc, '`');
        put(sc, "$()", 3);
        break;
    default:
        w->glob = w->glob || c == '*' || c == '?' || c == '[';
        w->brace = w->brace || c == '{';
        put(sc, &c, 1);
        sc->at++;
        break;
    }
}

static struct word *scan_word(struct scan *sc, char closer) {
    struct word w = {.from = sc->at, .off = sc->text.n};

    while (more(sc) && !ends_word(here(sc), closer))
        piece(sc, &w, closer);
    if (sc->at == w.from && more(sc))
        sc->at++; /* always on */
    w.to = sc->at;
    w.len = sc->text.n > w.off ? sc->text.n - w.off : 0;
    w.brace = w.brace && memchr(word_text(sc, &w), ',', w.len);
    put(sc, "", 1); /* a zero between words: they are strings */
    if (sc->n_words == WORDS_MOST) {
        give_up(sc);
        sc->n_words--;
    }
    sc->words = xgrow(sc->words, sc->n_words, &sc->cap_words, sizeof *sc->words);
    sc->words[sc->n_words] = w;
    return &sc->words[sc->n_words++];
}

/* ---- redirections ---- */
static void document(struct scan *sc, char closer) {
    const bool dash = here(sc) == '-';

    sc->at += dash;
    while (blank(here(sc)))
        sc->at++;
    const struct word *w = scan_word(sc, closer);

    sc->n_words--;
    if (sc->n_docs == DOCS || w->len >= DOC_END) {
        scan_mark(sc, WHY_UNREADABLE, w->from, w->to);
        return;
    }
    struct doc *d = &sc->docs[sc->n_docs++];

    *d = (struct doc){.raw = w->quoted || memchr(sc->s + w->from, '\\', w->to - w->from),
                      .dash = dash};
    memcpy(d->end, word_text(sc, w), w->len);
}

static void redirect(struct scan *sc, char closer) {
    const char c = here(sc);

    if (next(sc) == '(') { /* a process, as a file */
        struct word w = {.from = sc->at, .off = sc->text.n, .var = true, .run = true};

        sc->at += 2;
        scan_inner(sc, ')');
        put(sc, "", 1);
        w.to = sc->at;
        w.len = 0;
        w.as = WORD_IN;
        sc->n_words -= sc->n_words == WORDS_MOST;
        sc->words = xgrow(sc->words, sc->n_words, &sc->cap_words, sizeof *sc->words);
        sc->words[sc->n_words++] = w;
        return;
    }
    const bool both = c == '<' && next(sc) == '>';
    bool text = false;

    sc->at++;
    if (c == '<' && here(sc) == '<') {
        sc->at++;
        if (here(sc) != '<') {
            document(sc, closer);
            return;
        }
        sc->at++; /* <<< text: what is read */
        text = true;
    }
    while (here(sc) && strchr(">|&<", here(sc)))
        sc->at++;
    while (blank(here(sc)))
        sc->at++;
    if (!more(sc) || ends_word(here(sc), closer))
        return;
    struct word *w = scan_word(sc, closer);

    w->as = text ? WORD_TEXT : c == '>' || both ? WORD_OUT : WORD_IN;
}

/* ---- here-documents ---- */
static bool ends_doc(const struct doc *d, const char *line, size_t n) {
    while (d->dash && n > 0 && *line == '\t') {
        line++;
        n--;
    }
    return n == strlen(d->end) && memcmp(line, d->end, n) == 0;
}

/* A text in which only substitutions are run. */
static void substitutions(struct scan *sc, size_t to) {
    struct word w = {0};

    while (sc->at < to) {
        const char c = here(sc);

        if (c == '\\' && sc->at + 1 < to)
            sc->at++;
        if (c == '$') {
            dollar(sc, &w, '\0');
            continue;
        }
        sc->at++;
        if (c == '`')
            scan_inner(sc, '`');
    }
}

/* Where the text of a here-document ends, and what comes behind its last line. */
static size_t doc_end(const struct scan *sc, const struct doc *d, size_t *behind) {
    for (size_t line = sc->at;;) {
        const char *nl = memchr(sc->s + line, '\n', sc->n - line);
        const size_t end = nl ? (size_t)(nl - sc->s) : sc->n;
        const bool ends = ends_doc(d, sc->s + line, end - line);

        *behind = nl ? end + 1 : sc->n;
        if (ends)
            return line;
        if (!nl)
            return sc->n;
        line = end + 1;
    }
}

static void read_code(const struct scan *sc, size_t to) {
    const size_t from = sc->at;

    scan_mark(sc, WHY_LANGUAGE, from, to);
    judge_code(sc->look, sc->s + from, to - from, sc->inner ? sc->from : from,
               sc->inner ? sc->to : to);
}

static void read_docs(struct scan *sc) {
    const size_t n = sc->n_docs;
    struct doc docs[DOCS];

    memcpy(docs, sc->docs, sizeof docs);
    sc->n_docs = 0;
    for (size_t i = 0; i < n && more(sc); i++) {
        const size_t all = sc->n;
        size_t behind;
        const size_t to = doc_end(sc, &docs[i], &behind);
        const size_t text = sc->text.n;

        sc->n = to;
        if (docs[i].into == READS_CODE)
            read_code(sc, to);
        if (docs[i].into == READS_COMMANDS)
            scan_inner(sc, '\0');
        else if (!docs[i].raw)
            substitutions(sc, to);
        buf_cut(&sc->text, text, sc->text.n - text);
        sc->n = all;
        sc->at = behind > sc->at ? behind : sc->at;
    }
}

/* ---- lists ---- */
struct list {
    size_t words, text; /* where the command at hand begins */
    enum piped piped;
};

static void end_command(struct scan *sc, struct list *l, enum piped then) {
    if (++sc->look->commands > COMMANDS_MOST)
        give_up(sc);
    if (sc->n_words > l->words) {
        const enum reads reads = judge(sc, l->words, l->piped);

        for (size_t i = 0; i < sc->n_docs && reads != READS_ITSELF; i++)
            sc->docs[i].into = reads;
    }
    sc->n_words = l->words;
    buf_cut(&sc->text, l->text, sc->text.n - l->text);
    l->piped = then;
}

/* name() { ... }: one that calls itself twice is found when it is judged. */
static bool defines(struct scan *sc, struct list *l) {
    size_t at = sc->at + 1;

    while (at < sc->n && blank(sc->s[at]))
        at++;
    if (sc->n_words != l->words + 1 || at >= sc->n || sc->s[at] != ')')
        return false;
    const struct word *w = &sc->words[l->words];

    snprintf(sc->look->function, sizeof sc->look->function, "%s", word_text(sc, w));
    sc->n_words = l->words;
    sc->at = at + 1;
    return true;
}

static void parenthesis(struct scan *sc, struct list *l) {
    if (defines(sc, l))
        return;
    end_command(sc, l, PIPED_NOT);
    auto_buf struct buf dir = {.max = sc->look->dir.max};
    const bool lost = sc->look->lost, home = sc->look->home;

    (void)buf_add(&dir, buf_str(&sc->look->dir), sc->look->dir.n);
    sc->at++;
    scan_inner(sc, ')');
    buf_clear(&sc->look->dir); /* a subshell goes nowhere for the others */
    (void)buf_add(&sc->look->dir, buf_str(&dir), dir.n);
    sc->look->lost = lost;
    sc->look->home = home;
}

static void operator(struct scan *sc, struct list *l, char closer) {
    const char c = here(sc);

    if (c == '&' && next(sc) == '>') {
        sc->at++;
        redirect(sc, closer);
        return;
    }
    const bool pipe = c == '|' && next(sc) != '|';
    const bool two = (c == '&' || c == '|') && (next(sc) == c || (pipe && next(sc) == '&'));

    sc->at += two ? 2 : 1;
    end_command(sc, l, pipe ? PIPED_IN : PIPED_NOT);
    if (c == '\n' && sc->n_docs > 0)
        read_docs(sc);
}

static void skip_comment(struct scan *sc) {
    const char *nl = memchr(sc->s + sc->at, '\n', sc->n - sc->at);

    sc->at = nl ? (size_t)(nl - sc->s) : sc->n;
}

static void scan_list(struct scan *sc, char closer) {
    struct list l = {sc->n_words, sc->text.n, PIPED_NOT};

    while (more(sc)) {
        const char c = here(sc);

        if (closer && c == closer) {
            sc->at++;
            break;
        }
        if (blank(c))
            sc->at++;
        else if (c == '\\' && next(sc) == '\n')
            sc->at += 2;
        else if (c == '#')
            skip_comment(sc);
        else if (c == '(')
            parenthesis(sc, &l);
        else if (c == '<' || c == '>')
            redirect(sc, closer);
        else if (strchr("\n;&|)", c) && c)
            operator(sc, &l, closer);
        else
            (void)scan_word(sc, closer);
    }
    end_command(sc, &l, PIPED_NOT);
}

void scan_text(struct look *l, const char *s, size_t n, int depth, const struct word *of,
               const struct scan *outer) {
    struct scan sc = {.look = l, .s = s, .n = n, .depth = depth + 1, .text = {.max = TEXT_MOST}};

    if (outer) {
        sc.inner = true;
        sc.from = outer->inner ? outer->from : of->from;
        sc.to = outer->inner ? outer->to : of->to;
        if (depth >= DEPTH_MAX / 2 || n > l->work) {
            scan_mark(&sc, WHY_UNREADABLE, 0, 0);
            return;
        }
        l->work -= n;
    }
    scan_list(&sc, '\0');
    free(sc.words);
    buf_fini(&sc.text);
}
