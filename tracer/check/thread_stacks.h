/* thread_stacks: where the stacks of libc's threads begin and end, also of threads that are gone.
 *
 * A thread's descriptor lies at the upper end of its stack, behind its thread-local variables, and
 * outlives it: libc keeps the stack until the thread is joined, and then for the next one. No size
 * or offset of it is assumed; what is read says of itself that it is what it is taken for:
 *
 *   the descriptor   its first and third word hold its own address (as the ABI has it for the
 * first) the stack        two words in it that follow each other are the stack's lowest address and
 * its length: together they end just above the descriptor the list         two words of it link it
 * with its neighbours, whose own links lead back. libc has one list for stacks of its own and one
 * for stacks that the program brought, in which the descriptor of the first thread is, which has no
 * such stack
 *
 * Of a thread that is gone the stack is dead, and its thread-local variables are. The descriptor is
 * not: it has the thread's result, for whoever joins it. Memory that the program brought may have
 * got another use since, and is left alone.
 *
 * No allocator and no libc: for a stopped world and a forked child. */
#ifndef THREAD_STACKS_H
#define THREAD_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stop/stop_world.h"
#include "os/memory_map.h"

struct thread_stacks_world {
    const struct memory_map *map;
    void *context;
    /* Copies up to length bytes; returns how many could be read. */
    size_t (*read)(void *context, uint64_t address, void *buffer, size_t length);
    /* Optional, for speed: the same bytes where they lie, or NULL (see reach_world). */
    const void *(*in_place)(void *context, uint64_t address, size_t length);
    /* Optional: the lowest address from begin on, at most end, below which there are only zeros. */
    uint64_t (*skip_unused)(void *context, uint64_t begin, uint64_t end);
};

struct thread_stack {
    uint64_t begin;      /* the lowest byte, a guard included */
    uint64_t descriptor; /* the stack and what is thread-local lie below */
};

/* The stack of the thread whose thread pointer this is; false: that cannot be known (the first
 * thread's for one). */
bool thread_stacks_find(const struct thread_stacks_world *world, uint64_t thread_pointer,
                        struct thread_stack *stack);

/* The living: all that there are, each described. */
struct thread_stacks_alive {
    const struct stopped_thread *caller;
    const struct stopped_thread *others;
    size_t count;
    uint64_t first;  /* the first thread's descriptor, 0: not known */
    size_t latest;   /* own, as are the next: the one that was found last */
    bool looked;     /* at the living, for the next */
    uint64_t offset; /* of libc's descriptors in their pages, all alike; SYS_PAGE: not known */
};

/* Looks for stacks of libc's own whose thread is gone in begin … end, which lies in one mapping of
 * private anonymous memory; calls found for each. */
void thread_stacks_find_dead(const struct thread_stacks_world *world,
                             struct thread_stacks_alive *alive, uint64_t begin, uint64_t end,
                             void (*found)(void *context, uint64_t begin, uint64_t end));

#endif
