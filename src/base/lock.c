/* lock.c - one lock for the whole process. */
#include "mix/base.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void process_lock(void) { pthread_mutex_lock(&lock); }

void process_unlock(void) { pthread_mutex_unlock(&lock); }
