/* leak_scan_child: what the leak check's child gives up before it works: the program's signals, its
 * descriptors, a core of its own, and life without its parent. */
#ifndef LEAK_SCAN_CHILD_H
#define LEAK_SCAN_CHILD_H

#include <stdbool.h>

/* In the child, first of all. `pagemap` is a descriptor that stays open, or -1. */
void leak_scan_child_begin(int pagemap, bool outlives_parent);
/* For one that works while its parent goes on: it gets what processor time, disk and memory nobody
 * else wants, and not for ever. */
void leak_scan_child_be_humble(void);

#endif
