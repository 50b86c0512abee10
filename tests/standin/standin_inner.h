/* standin_inner.h - what the two files of the stand-in share. */
#ifndef STANDIN_INNER_H
#define STANDIN_INNER_H

#include "standin.h"

#include "mix/base.h"

#include <pthread.h>

enum {
    HEAD_MAX = 64 << 10,
    BODY_KEPT = 64 << 10,
    PIECE = 64 << 10,
    BEAT_MS = 10,
    TLS_HELLO = 0x16
};

struct rule {
    struct rule *next;
    char *method, *path;
    struct answer answer;
    int left; /* -1: any number */
};
struct pushed {
    struct pushed *next;
    char *text;
};
struct client {
    struct client *next;
    struct standin *s;
    pthread_t thread;
    int fd, wake; /* wake: eventfd, something was pushed */
    int number;
    bool gone, holding;
    struct pushed *queue, **queue_end;
    struct buf in; /* read and not yet used */
};
struct standin {
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t news;
    pthread_t thread;
    int listen_fd, stop, deaf;
    char url[128];
    struct rule *rules;
    struct client *clients;
    struct seen_request *seen, **seen_end;
};

void *serve(void *arg); /* the thread of one connection: a struct client */
bool fits(const char *have_method, const char *have_path, const char *method, const char *path);

#endif
