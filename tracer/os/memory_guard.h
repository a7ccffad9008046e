/* memory_guard: copies memory that may not be there, by plain loads.
 *
 * For a process of the tracer's own: the leak check's child. memory_read asks the kernel, which
 * pins every page that it reads and, of a page that parent and child share, first makes a copy:
 * that took as long as all the rest of the check. Here a load that fails raises a signal, and its
 * handler ends the copy. Reading a device may have effects, which process_vm_readv refuses and a
 * load does not: the caller knows what is mapped there. */
#ifndef MEMORY_GUARD_H
#define MEMORY_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes SIGSEGV and SIGBUS for good, in a process with one thread, which does not block them.
 * Elsewhere, too, a guard within memory that can be read is zeros from then on.
 * false: a handler could not return. */
bool memory_guard_begin(void);
/* After memory_guard_begin. Copies up to `length` bytes at `address`; returns how many there were
 * before the first that cannot be read. */
size_t memory_guard_copy(uint64_t address, void *buffer, size_t length);

#endif
