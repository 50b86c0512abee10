/* feed.c - what happens, as text or as JSON lines. */
#include "send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mix/jtext.h"
#include "mix/text.h"

enum { LINE_MAX_BYTES = 64 << 20, PART_MAX = 16 << 20, PARTS = 1000, NOTE_MAX = 64 << 10 };

enum rc feed_open(struct feed *f, const struct cli_command *c, bool json, struct err *err) {
    *f = (struct feed){.command = c, .json = json, .dim = isatty(STDERR_FILENO) != 0};
    f->held.max = f->held_notes.max = 4 * MIX_MIB;
    return cli_out_open(&f->out, NULL, err);
}

void feed_close(struct feed *f) {
    struct err err;

    feed_release(f);
    if (f->midline && !f->json)
        cli_put(&f->out, "\n", 1, &err);
    cli_out_close(&f->out, f->broken ? RC_IO : RC_OK, &err);
    for (size_t i = 0; i < f->n_parts; i++)
        buf_fini(&f->parts[i].text);
    free(f->parts);
    free(f->message_id);
    buf_fini(&f->held);
    buf_fini(&f->held_notes);
}

static void put(struct feed *f, const char *p, size_t n) {
    struct err err;

    if (f->broken || n == 0)
        return;
    if (f->hold && f->out.tty) {
        if (buf_add(&f->held, p, n) == RC_OK)
            return;
        feed_release(f);
    }
    if (cli_put(&f->out, p, n, &err) != RC_OK || cli_out_flush(&f->out, &err) != RC_OK)
        f->broken = err.rc != RC_CANCELLED;
}

void feed_release(struct feed *f) {
    auto_buf struct buf held = f->held, notes = f->held_notes;

    f->held = (struct buf){.max = held.max};
    f->held_notes = (struct buf){.max = notes.max};
    f->hold = false;
    put(f, buf_str(&held), held.n);
    fputs(buf_str(&notes), stderr);
}

/* A line for standard error, not into the middle of a question. */
static void put_note(struct feed *f, const struct buf *line) {
    if (f->hold && f->dim && buf_add(&f->held_notes, buf_str(line), line->n) == RC_OK)
        return;
    if (f->hold && f->dim)
        feed_release(f);
    fputs(buf_str(line), stderr);
}

/* ---- short lines ---- */
static void clean_line(struct buf *out, const char *text) {
    if (text_clean(out, text, strlen(text), CLEAN_NAME) != RC_OK)
        buf_adds(out, "...");
}

static void end_line(struct feed *f) {
    if (!f->json && f->midline && f->out.tty)
        put(f, "\n", 1);
    f->midline = f->midline && !f->out.tty;
}

void feed_note(struct feed *f, const char *fmt, ...) {
    auto_buf struct buf text = {.max = NOTE_MAX}, line = {.max = 4 * NOTE_MAX};
    char cut[4096];
    va_list args;

    if (f->json)
        return;
    va_start(args, fmt);
    vsnprintf(cut, sizeof cut, fmt, args);
    va_end(args);
    clean_line(&text, cut);
    if (f->notes_out) {
        buf_addf(&line, "%s%s\n", f->midline ? "\n" : "", buf_str(&text));
        f->midline = false;
        put(f, buf_str(&line), line.n);
        return;
    }
    end_line(f);
    buf_addf(&line, f->dim ? "\033[2m%s\033[0m\n" : "%s\n", buf_str(&text));
    put_note(f, &line);
}

void feed_say(struct feed *f, const char *fmt, ...) {
    auto_buf struct buf text = {.max = NOTE_MAX}, line = {.max = 4 * NOTE_MAX};
    char cut[8192];
    va_list args;

    va_start(args, fmt);
    vsnprintf(cut, sizeof cut, fmt, args);
    va_end(args);
    clean_line(&text, cut);
    end_line(f);
    buf_addf(&line, "mixtui %s: %s\n", f->command->name, buf_str(&text));
    put_note(f, &line);
}

/* ---- text ---- */
static struct part *this_part(struct feed *f, const char *message_id) {
    if (f->n_parts > 0 && !f->next_part &&
        (!message_id || !f->message_id || str_eq(message_id, f->message_id)))
        return &f->parts[f->n_parts - 1];
    if (f->n_parts == PARTS) { /* the oldest are printed long since */
        buf_fini(&f->parts[0].text);
        memmove(f->parts, f->parts + 1, (PARTS - 1) * sizeof *f->parts);
        f->n_parts--;
    }
    f->parts = xgrow(f->parts, f->n_parts, &f->cap_parts, sizeof *f->parts);
    f->parts[f->n_parts] = (struct part){.text = {.max = PART_MAX}};
    if (!f->json && f->n_parts > 0 && f->midline)
        put(f, "\n", 1), f->midline = false;
    f->next_part = false;
    return &f->parts[f->n_parts++];
}

void feed_text(struct feed *f, const char *message_id, const char *text) {
    if (str_blank(text))
        return;
    struct part *part = this_part(f, message_id);

    if (message_id && !str_eq(message_id, f->message_id)) {
        char *fresh = xstrdup(message_id);

        free(f->message_id);
        f->message_id = fresh;
    }
    if (buf_adds(&part->text, text) != RC_OK)
        buf_clear(&part->text); /* not compared with anything any more */
    f->thinking = false;
    if (f->json)
        return;
    auto_buf struct buf clean = {.max = LINE_MAX_BYTES};

    if (!f->out.tty)
        put(f, text, strlen(text));
    else if (text_clean(&clean, text, strlen(text), CLEAN_TEXT) == RC_OK)
        put(f, buf_str(&clean), clean.n);
    f->midline = text[strlen(text) - 1] != '\n';
}

static void told_late(struct feed *f, const char *message_id, const char *text) {
    auto_buf struct buf line = {.max = LINE_MAX_BYTES};
    auto_free char *id = message_id ? xstrdup(message_id) : NULL; /* may be the feed's own */

    feed_text(f, id, text);
    feed_begin(f, &line, "content", f->session);
    jtext_field(&line, "content", text);
    jtext_field(&line, "messageId", id);
    buf_adds(&line, ",\"late\":true");
    feed_end(f, &line);
}

void feed_rest(struct feed *f, const char *message_id, const char *whole) {
    if (str_blank(whole))
        return;
    for (size_t i = 0; i < f->n_parts; i++)
        if (strncmp(buf_str(&f->parts[i].text), whole, strlen(whole)) == 0)
            return;
    const struct part *last = f->n_parts > 0 && !f->next_part ? &f->parts[f->n_parts - 1] : NULL;

    if (last && last->text.n > 0 && strncmp(whole, buf_str(&last->text), last->text.n) == 0) {
        told_late(f, message_id ? message_id : f->message_id, whole + last->text.n);
        return;
    }
    f->next_part = true;
    told_late(f, message_id, whole);
}

/* ---- JSON lines ---- */
static void add_time(struct buf *line) {
    const int64_t now = clock_real();
    const time_t seconds = (time_t)(now / 1000);
    struct tm tm;
    char text[32];

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    buf_addf(line, ",\"time\":\"%s.%03dZ\"", text, (int)(now % 1000));
}

void feed_begin(struct feed *f, struct buf *line, const char *type, const char *session) {
    if (!f->json)
        return;
    buf_adds(line, "{\"type\":");
    jtext_quote(line, type);
    jtext_field(line, "session", session);
    add_time(line);
}

void feed_end(struct feed *f, struct buf *line) {
    if (!f->json)
        return;
    buf_adds(line, "}\n");
    put(f, buf_str(line), line->n);
}

static void number_field(struct buf *line, const char *name, int64_t value) {
    if (value)
        buf_addf(line, ",\"%s\":%lld", name, (long long)value);
}

static void event_line(struct feed *f, const char *session, const struct wire_event *e) {
    const struct event_data *d = &e->data;
    auto_buf struct buf line = {.max = LINE_MAX_BYTES};

    feed_begin(f, &line, e->kind == EV_UNKNOWN && d->type ? d->type : ev_name(e->kind), session);
    jtext_field(&line, "id", d->id);
    jtext_field(&line, "messageId", d->message_id);
    jtext_field(&line, "parentToolCallId", d->parent_tool_call_id);
    jtext_field(&line, "toolCallId", d->tool_call_id);
    jtext_field(&line, "toolName", d->tool_name);
    jtext_field(&line, "content", d->content);
    jtext_field(&line, "input", d->input);
    jtext_field(&line, "status", d->status);
    jtext_field(&line, "progress", d->progress);
    if (e->kind == EV_EXECUTION_COMPLETE)
        buf_addf(&line, ",\"success\":%s", d->success ? "true" : "false");
    jtext_field(&line, "error", d->error);
    jtext_field(&line, "reasoning", d->reasoning);
    jtext_field(&line, "action", d->action);
    jtext_field(&line, "description", d->description);
    jtext_field(&line, "path", d->path);
    if (d->params_raw)
        buf_addf(&line, ",\"params\":%s", d->params_raw);
    jtext_field(&line, "notificationType", d->notification_type);
    jtext_field(&line, "responseType", d->response_type);
    jtext_field(&line, "title", d->title);
    jtext_field(&line, "message", d->message);
    for (size_t i = 0; i < d->choices.n; i++) {
        buf_adds(&line, i ? "," : ",\"choices\":[");
        jtext_quote(&line, d->choices.items[i]);
    }
    buf_adds(&line, d->choices.n ? "]" : "");
    number_field(&line, "timeout", d->timeout_s);
    number_field(&line, "retryAfter", d->retry_after_s);
    number_field(&line, "attempt", d->attempt);
    number_field(&line, "maxAttempts", d->max_attempts);
    feed_end(f, &line);
}

/* ---- events ---- */
static const char *indent(const struct event_data *d) {
    return d->parent_tool_call_id ? "    " : "";
}

static void execution_note(struct feed *f, const struct event_data *d) {
    feed_note(f, "%s  %s %s", indent(d),
              d->success ? "done:" : "failed:", d->progress ? d->progress : "");
}

void feed_event(struct feed *f, const char *session, const struct wire_event *e) {
    const struct event_data *d = &e->data;

    if (e->kind == EV_CONNECTED || e->kind == EV_HEARTBEAT)
        return;
    if (f->json)
        event_line(f, session, e);
    switch ((int)e->kind) {
    case EV_CONTENT:
        if (!d->parent_tool_call_id)
            feed_text(f, d->message_id, d->content);
        break;
    case EV_THINKING:
        if (!f->thinking)
            feed_note(f, "%sthinking ...", indent(d));
        f->thinking = true;
        break;
    case EV_TOOL_START:
    case EV_TOOL_INPUT:
    case EV_TOOL_CALL:
        f->thinking = false;
        if (!d->parent_tool_call_id)
            f->next_part = true;
        break;
    case EV_EXECUTION_COMPLETE:
        execution_note(f, d);
        break;
    case EV_RATE_LIMIT:
        feed_note(f, "rate limit: %s", d->error ? d->error : "");
        break;
    case EV_USER_MESSAGE:
        if (f->notes_out)
            feed_note(f, "%s> %s", indent(d), d->content ? d->content : "");
        f->next_part = true;
        break;
    default:
        break;
    }
}
