/* clock.h - the two clocks whose difference tells of a suspend. Tests put their own in before
 * net_new. */
#ifndef NET_CLOCK_H
#define NET_CLOCK_H

#include <stdint.h>

struct net_clock {
    int64_t (*boot)(void);      /* milliseconds; counts sleep */
    int64_t (*monotonic)(void); /* milliseconds; stands still in sleep */
};
extern struct net_clock net_clock; /* constant while a worker runs */

#endif
