/* feed.h: where the messages of the handle demo come from.
 *
 * The ordinary life of a program on the heap: packets are received into a large buffer, cut into
 * lines, queued, taken from the queue one by one, handed to libhandlers and written into a
 * transcript that grows. All of it is freed when feed_relay() returns; none of it is the leak. */
#ifndef FEED_H
#define FEED_H

#include <stddef.h>

struct feed_counts {
    size_t messages;
    size_t transcript_bytes;
};

/* Reads the feed to its end; each line is dispatched to the registered handlers. */
struct feed_counts feed_relay(void);

#endif
