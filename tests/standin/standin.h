/* standin.h - a server inside the test that does what it is told, well or badly. 127.0.0.1, port 0,
 * raw sockets.
 *
 * Rules say what happens to a request: the first rule whose method and path prefix fit and that has
 * uses left is taken. A request that no rule fits gets 404 `404 page not found`. Every request is
 * recorded and can be looked at while the server runs. Nothing outlives standin_free, whatever the
 * clients do. All functions: any thread.
 *
 *     struct standin *s = standin_new();
 *     standin_on(s, "GET", "/api/sessions", &(struct answer){.body = "[]"});
 *     standin_on(s, "GET", "/stream", &(struct answer){.steps = (struct step[]){
 *         {STEP_SEND, .text = SSE("connected", "{}")}, {STEP_HOLD}, {STEP_END}}});
 *     standin_push(s, SSE("content", "{\"content\":\"x\"}"));       to every stream that is in its
 * HOLD standin_free(s); */
#ifndef STANDIN_H
#define STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SSE(event, data) "event: " event "\ndata: " data "\n\n"

enum manner {
    ANSWER_PLAIN,   /* status, headers, body */
    ANSWER_SILENT,  /* the request is read and nothing happens */
    ANSWER_CLOSE,   /* the request is read and the connection closed */
    ANSWER_RESET,   /* the same with a RST */
    ANSWER_RAW,     /* only the body's bytes, as they are */
    ANSWER_ENDLESS, /* the body again and again, in chunks, for ever */
    ANSWER_UNREAD,  /* answers when the head is there and never reads the body */
};
enum step_kind {
    STEP_END,   /* the end of the list: the stream ends well */
    STEP_SEND,  /* text */
    STEP_MANY,  /* n times text, in which %d is the number from 0 */
    STEP_WAIT,  /* n milliseconds; with a text: sends it every 10 ms meanwhile */
    STEP_HOLD,  /* until the client leaves: sends what standin_push brings; with a text: as above */
    STEP_CLOSE, /* without the final chunk */
    STEP_RESET,
};
struct step {
    enum step_kind kind;
    int n;
    const char *text;
};
struct answer {
    enum manner manner;
    int status; /* 0: 200 */
    const char
        *headers; /* whole lines, each ended by \r\n; the content type is JSON unless one is here */
    const char *body; /* NULL: empty */
    size_t body_len;  /* 0: strlen(body) */
    size_t filler;    /* a body of so many bytes 'x' instead */
    int delay_ms;     /* before the first byte */
    size_t chunk;     /* chunked coding in pieces of so many bytes; 0: with a Content-Length */
    int pause_ms;     /* between the pieces */
    size_t cut_after; /* closes after so many bytes of the body; 0: does not */
    const struct step *steps; /* an event stream instead of a body; ends with STEP_END */
    int times;                /* so many requests; 0: any number */
};
/* The strings and steps of an answer are the caller's and must stay while the server runs. */

struct standin;
struct standin *standin_new(void);
struct standin *standin_new_unix(const char *path); /* at a new socket instead */
void standin_free(struct standin *s);
const char *standin_url(const struct standin *s); /* "http://127.0.0.1:PORT" */
void standin_on(struct standin *s, const char *method, const char *path, const struct answer *a);
void standin_clear(struct standin *s); /* forgets all rules */
void standin_deaf(
    struct standin *s); /* no connection is accepted any more, though the kernel takes some */
void standin_push(struct standin *s, const char *text);
void standin_drop(struct standin *s,
                  int i); /* closes connection number i from 0, in order of arrival */
void standin_drop_all(struct standin *s); /* closes every connection */

struct seen_request {
    struct seen_request *next;
    char method[16];
    char *target, *headers; /* path and query; the head's lines */
    char *body;             /* the first 64 KiB, NUL-terminated */
    size_t body_len;        /* all that came */
    bool whole;             /* the body came to its end */
    int64_t at;             /* clock_now() */
};
/* How many requests came whose method and path prefix fit; NULL method: any. */
int standin_count(struct standin *s, const char *method, const char *path);
/* The same, after waiting for at least n of them; at most ms. */
int standin_wait(struct standin *s, const char *method, const char *path, int n, int ms);
/* Number i from 0 of those, NULL when there are fewer; lives as long as the server. */
const struct seen_request *standin_request(struct standin *s, const char *method, const char *path,
                                           int i);
int standin_connections(struct standin *s); /* open now */
int standin_streams(struct standin *s);     /* of those, in a HOLD */

#endif
