/* words.c - which words of a message steer the agent. Pure. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "demo.h"

static const struct {
    const char *word;
    bool whole;
    const char *help;
} words[] = {
#define WORD(id, word, whole, text) {word, whole, text},
#include "words.def"
#undef WORD
};

void text_cut(char *out, size_t size, const char *s, size_t n) {
    size_t len = strnlen(s, n < size ? n : size);
    if (len >= size)
        len = size - 1;
    if (s[len]) /* back to the start of a character */
        while (len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
            len--;
    memcpy(out, s, len);
    out[len] = '\0';
}

const char *word_text(enum word w, const char **help) {
    if (help)
        *help = words[w].help;
    return words[w].word;
}

static bool is_end(char c) { return c == '.' || c == '!' || c == '?' || isspace((unsigned char)c); }

static bool line_step(const char *p, size_t n, struct step *out) {
    for (size_t i = 0; i < MIX_COUNT(words); i++) {
        size_t w = strlen(words[i].word);
        if (n < w || strncasecmp(p, words[i].word, w) != 0)
            continue;
        size_t end = n;
        if (words[i].whole || n == w)
            while (end > w && is_end(p[end - 1]))
                end--;
        if (words[i].whole ? end != w : (n > w && p[w] != ' ' && p[w] != '\t'))
            continue;
        size_t from = w;
        while (from < end && isspace((unsigned char)p[from]))
            from++;
        while (end > from && isspace((unsigned char)p[end - 1]))
            end--;
        /* A verb without its object is an ordinary sentence. */
        if ((i == WORD_RUN || i == WORD_EDIT || i == WORD_FLOOD) && from == end)
            continue;
        *out = (struct step){(enum word)i, p + from, end - from};
        return true;
    }
    return false;
}

size_t words_read(const char *text, struct step steps[STEPS_MAX]) {
    size_t count = 0;
    for (const char *p = text; *p && count < STEPS_MAX;) {
        size_t n = strcspn(p, "\n"), skip = 0;
        while (skip < n && isspace((unsigned char)p[skip]))
            skip++;
        if (n - skip > 7 && !strncasecmp(p + skip, "please ", 7))
            skip += 7;
        if (line_step(p + skip, n - skip, &steps[count]))
            count++;
        p += n;
        p += *p == '\n';
    }
    if (count == 0)
        steps[count++] = (struct step){WORD_COUNT, text, strlen(text)};
    return count;
}
