/* copied_memory: sees to it that the leak check's child has all of the program's memory.
 *
 * A program may keep memory from its forks, or have it emptied there (MADV_DONTFORK for what a
 * device writes to, MADV_WIPEONFORK for keys and random numbers), and a pointer in it is as good as
 * any. Which memory that is stands in /proc/self/smaps, which is slow; taking the wish back where
 * there is none costs nothing. It is not given again: the process has come to its end. */
#ifndef COPIED_MEMORY_H
#define COPIED_MEMORY_H

/* Before the fork, while the other threads are held. Failure leaves memory out, as it was. */
void copied_memory_prepare(void);

#endif
