/* reach_world: how reach sees the process: through the functions of the caller, never directly.
 * Each of them must be fit to run while every other thread stands still. */
#ifndef REACH_WORLD_H
#define REACH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "trace_format.h"

#define REACH_WORLD_LARGE                                                                          \
    (16u << 20) /* memory of which it pays to ask whether it was ever used                         \
                 */

/* What file_at says of an address. 0: no file is mapped there. */
enum { REACH_FILE_READABLE = 1u << 0, REACH_FILE_EXECUTABLE = 1u << 1 };

/* The caller's memory. Every function gets `context`. */
struct reach_world {
    void *context;

    /* Copies up to `length` bytes at `address`; returns how many, or 0 or -errno where there are
     * none to be had. A mapping that has gone must be such a return, never a signal. Must not be
     * NULL. */
    long (*read)(void *context, uint64_t address, void *buffer, size_t length);

    /* Optional, for speed: the same bytes where they lie, if they surely can be read there and
     * stay as they are until the scan is over; else NULL, and `read` is asked. */
    const void *(*in_place)(void *context, uint64_t address, size_t length);

    /* Optional, for memory of which only a part is there: the lowest address from `begin` on, but
     * at most `end`, that is to be read. Below are only zeros, or nothing that the program put
     * there; from there to *until all is to be read. Asked of what is large or not in place. */
    uint64_t (*next_used)(void *context, uint64_t begin, uint64_t end, uint64_t *until);

    /* The size of a block whose record says TRACE_SIZE_ELSEWHERE. NULL: there is none such. */
    uint64_t (*large_size)(void *context, uint64_t address);

    /* REACH_FILE_… of the mapping at `address`, for the vtables of multiple inheritance. NULL: that
     * heuristic never excuses a pointer. */
    unsigned (*file_at)(void *context, uint64_t address);
};

static inline const void *reach_world_in_place(const struct reach_world *world, uint64_t address,
                                               size_t length)
{
    return world->in_place ? world->in_place(world->context, address, length) : NULL;
}

static inline long reach_world_read(const struct reach_world *world, uint64_t address, void *buffer,
                                    size_t length)
{
    return world->read(world->context, address, buffer, length);
}

/* Sets *word to the word at `address`; false: it cannot be read. */
static inline bool reach_world_read_word(const struct reach_world *world, uint64_t address,
                                         uint64_t *word)
{
    const void *memory = reach_world_in_place(world, address, sizeof *word);
    if (!memory)
        return reach_world_read(world, address, word, sizeof *word) == (long)sizeof *word;
    memcpy(word, memory, sizeof *word);
    return true;
}

/* What reach_world.file_at says; nothing is known without it. */
static inline unsigned reach_world_file_at(const struct reach_world *world, uint64_t address)
{
    return world->file_at ? world->file_at(world->context, address) : 0;
}

#endif
