/* memory_read: copies the process' own memory in such a way that memory which is not there is a
 * short count, never a signal: a hole, a mapping made unreadable, a file shorter than its mapping.
 *
 * process_vm_readv on oneself where the kernel allows it, /proc/self/mem else (old container
 * runtimes forbid the first). Callable in a stopped world and in a forked child; a reader that was
 * opened before a fork reads the child's memory in the child only after memory_read_open there. */
#ifndef MEMORY_READ_H
#define MEMORY_READ_H

#include <stddef.h>
#include <stdint.h>

struct memory_reader {
    int pid;
    int fd;            /* of /proc/self/mem, -1: process_vm_readv serves */
    uint64_t not_read; /* bytes asked for and not had, over all calls */
};

/* 0, or -errno if neither way is open; then every read returns 0. */
int memory_read_open(struct memory_reader *reader);
void memory_read_close(struct memory_reader *reader);

/* Copies up to `length` bytes at `address`; returns how many there were before the first byte that
 * cannot be read, and counts the others in not_read. */
size_t memory_read(struct memory_reader *reader, uint64_t address, void *buffer, size_t length);

#endif
