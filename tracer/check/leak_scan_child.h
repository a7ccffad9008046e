/* leak_scan_child: what the leak check's child gives up before it works: the program's signals, its
 * descriptors, a core of its own, and life without its parent. */
#ifndef LEAK_SCAN_CHILD_H
#define LEAK_SCAN_CHILD_H

/* In the child, first of all. `pagemap` is a descriptor that stays open, or -1. */
void leak_scan_child_begin(int pagemap);

#endif
