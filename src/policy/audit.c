/* audit.c - one line for every answer: who asked for what, and how it was answered. */
#include "inner.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/jtext.h"
#include "mix/text.h"
#include "mix/wire.h"

enum {
    LINE_BYTES = 64 * 1024 + 6 * AUDIT_OBJECT,
    LOOK_BYTES = 8 * AUDIT_OBJECT, /* looked through for what is shown: a key waits for this */
    FIELD_BYTES = 1024,
    HEX = 2 * SHA256_DIGEST_LENGTH
};

static void digest(char out[HEX + 1], const char *text, size_t n) {
    unsigned char sum[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)text, n, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(out + 2 * i, 3, "%02x", sum[i]);
}

/* Redacted, then cut on a character; what cannot be redacted is not written at all. */
static void add_object(struct buf *line, const char *object) {
    auto_buf struct buf shown = {.max = PARAMS_MAX};
    auto_free char *cut = NULL;
    const size_t all = strlen(object);
    const size_t look = all < LOOK_BYTES ? all : LOOK_BYTES - text_tail(object, LOOK_BYTES);

    /* A secret that goes on behind the look must not be what is shown. */
    if (redact_text(&shown, OP_STREAM, object, look) != RC_OK ||
        (look < all && shown.n <= AUDIT_OBJECT)) {
        jtext_field(line, "object", "(hidden: too long to be looked through)");
        return;
    }
    const size_t n = shown.n < AUDIT_OBJECT ? shown.n : AUDIT_OBJECT;
    const size_t tail = n < shown.n ? text_tail(buf_str(&shown), n) : 0;

    cut = xstrndup(buf_str(&shown), n - tail);
    jtext_field(line, "object", cut);
}

/* Foreign words of one line; never so many that the line does not fit. */
static void add_word(struct buf *line, const char *name, const char *value) {
    if (!value || str_blank(value))
        return;
    const size_t len = strlen(value), n = len < FIELD_BYTES ? len : FIELD_BYTES;
    auto_free char *cut = xstrndup(value, n - (n < len ? text_tail(value, n) : 0));

    jtext_field(line, name, cut);
}

/* The same of words that may hold a secret: a title is a message's first line, a rule a command. */
static void add_shown(struct buf *line, const char *name, const char *value) {
    auto_buf struct buf shown = {.max = PARAMS_MAX};

    if (value && redact_text(&shown, OP_STREAM, value, strlen(value)) == RC_OK)
        add_word(line, name, buf_str(&shown));
}

enum rc audit_line(struct buf *out, const struct ruling_ask *ask,
                   const struct ruling_answer *answer, const struct ruling *ruling, int64_t real) {
    auto_buf struct buf line = {.max = LINE_BYTES};
    const char *object = ask->object ? ask->object : ask->params ? ask->params : "";
    char time[32], hex[HEX + 1];

    time_write(time, real);
    digest(hex, object, strlen(object));
    (void)buf_addf(&line, "{\"time\":\"%.19s.%03dZ\"", time, (int)(real % 1000));
    add_word(&line, "server", ask->server);
    add_word(&line, "session", ask->sessions ? ask->sessions[0] : NULL);
    add_shown(&line, "title", ask->title);
    add_word(&line, "request", ask->id);
    add_word(&line, "tool", ask->tool);
    add_object(&line, object);
    (void)buf_addf(&line, ",\"bytes\":%zu,\"sha256\":\"%s\"", strlen(object), hex);
    add_word(&line, "answer", answer->answer);
    add_word(&line, "by", answer->by);
    if (ruling && ruling->verdict != VERDICT_ASK) {
        add_word(&line, "rule", ruling->rule);
        add_shown(&line, "rule_text", ruling->rule_text);
    }
    if (answer->armed_ms >= 0)
        (void)buf_addf(&line, ",\"armed_ms\":%lld", (long long)answer->armed_ms);
    if (buf_adds(&line, "}\n") != RC_OK)
        return RC_LIMIT;
    return buf_add(out, line.p, line.n);
}

static int64_t number_of(struct jtext v) {
    auto_buf struct buf text = {.max = 32};

    return jtext_add(&text, v) == RC_OK ? strtoll(buf_str(&text), NULL, 10) : 0;
}

bool audit_read(struct audit_row *out, struct arena *a, const char *line, size_t n) {
    struct jwalk walk = jtext_walk(line, n);
    struct jtext key, value;
    const char *time = NULL;
    const struct {
        const char *name;
        const char **to;
    } texts[] = {
        {"time", &time},          {"server", &out->server},       {"session", &out->session},
        {"title", &out->title},   {"request", &out->request},     {"tool", &out->tool},
        {"object", &out->object}, {"answer", &out->answer},       {"by", &out->by},
        {"rule", &out->rule},     {"rule_text", &out->rule_text}, {"sha256", &out->sha256}};

    *out = (struct audit_row){.armed_ms = -1};
    while (jtext_next(&walk, &key, &value)) {
        if (jtext_is(key, "bytes"))
            out->bytes = number_of(value);
        else if (jtext_is(key, "armed_ms"))
            out->armed_ms = number_of(value);
        for (size_t i = 0; value.string && i < MIX_COUNT(texts); i++) {
            auto_buf struct buf text = {.max = LINE_BYTES};

            if (jtext_is(key, texts[i].name) && jtext_add(&text, value) == RC_OK)
                *texts[i].to = arena_strndup(a, buf_str(&text), text.n);
        }
    }
    out->real = time ? time_read(time) : 0;
    return walk.whole && out->real > 0 && out->answer;
}
