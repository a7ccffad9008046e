/* roots: the memory that the program can use without a pointer, where the search for reachable
 * blocks begins.
 *
 * By exclusion, as valgrind does it: every mapping that is readable and writable, private or shared
 * [valgrind 3.19: private and shared anonymous memory, private and shared files, memfd, SysV shared
 * memory, /dev/shm, /dev/zero and sbrk memory are roots; read-only and write-only ones are not],
 * except devices, less
 *   - the tracer's own pages, and what else the caller excludes (the log, the tracer's own data)
 *   - what belongs to malloc (see glibc_heap)
 *   - what lies below the stack pointer of a held thread, less the red zone
 * The caller adds each held thread's registers, and as memory vector_begin … vector_end (valgrind
 * leaves the vector registers out: there they live in the simulator).
 *
 * Below a stack pointer: on a stack whose begin libc tells (thread_stacks), in [stack], on an
 * alternate signal stack whose bounds the kernel knows, and in an anonymous mapping above a guard
 * (inaccessible memory right below it) that holds the thread pointer too or is no larger than 8
 * MiB. Elsewhere (a coroutine's stack in .bss or in an arena) nobody knows where the stack begins,
 * and all of it stays a root. So does the ordinary stack of a thread that runs on another one, and
 * the stack of a thread that did not answer.
 *
 * Stacks of threads that have ended: glibc keeps some for reuse (joined or detached threads), which
 * __libc_freeres unmaps in the check's child, and some because nobody has joined the thread yet,
 * which the caller excludes (thread_stacks). In a child made by libc's own fork() __libc_freeres
 * would unmap every other thread's stack, because that fork() declares them dead.
 *
 * No allocator and no libc: for a stopped world and a forked child. One at a time. */
#ifndef ROOTS_H
#define ROOTS_H

#include <stddef.h>
#include <stdint.h>

#include "stop/stop_world.h"
#include "os/memory_map.h"

struct roots_range {
    uint64_t begin;
    uint64_t end;
};

struct roots {
    const struct memory_map *map;
    struct roots_range *excluded; /* in pages, roots' own */
    size_t excluded_count;
    size_t missed; /* ranges that could not be excluded, so that what they hold counts as a root */
};

typedef void roots_yield(void *context, uint64_t begin, uint64_t end);

/* Begins with the tracer's own pages excluded (those in pages_list now). The map must stay valid.
 */
void roots_begin(struct roots *roots, const struct memory_map *map);

/* Of another process than this one, whose pages say nothing of it. */
void roots_begin_elsewhere(struct roots *roots, const struct memory_map *map);

/* Excludes [begin, end). */
void roots_exclude(struct roots *roots, uint64_t begin, uint64_t end);

/* Excludes what lies below the stack pointers of held threads. Once, with all threads there are;
 * `caller` is the calling one (or NULL), which the world does not list. */
void roots_exclude_below_stacks(struct roots *roots, const struct stopped_thread *caller,
                                const struct stopped_thread *threads, size_t count);

/* Calls yield for every root range, ascending, begin and end multiples of 8. */
void roots_for_each(struct roots *roots, roots_yield *yield, void *context);

#endif
