/* program_memory: the program's memory as the leak check reads it: in place where that is safe, by
 * loads that may fail in the check's own process, else through the kernel.
 *
 * Nothing is mapped or unmapped by others while it is open: they stand still, or are not in this
 * process. No allocator and no libc. */
#ifndef PROGRAM_MEMORY_H
#define PROGRAM_MEMORY_H

#include <stdbool.h>

#include "os/memory_map.h"
#include "os/memory_read.h"
#include "os/page_use.h"
#include "os/shared_swap.h"

struct program_memory {
    struct memory_map map;
    bool is_child;                /* this process is the check's own, and here for nothing else */
    bool is_guarded;              /* loads may fail in it: see memory_guard */
    const struct mapping *latest; /* the one that was read last */
    const struct mapping *latest_asked;
    struct memory_reader reader;
    bool has_reader; /* it is open: where loads do, it is never wanted */
    struct page_use page_use;
    int forker;        /* see page_use */
    bool has_page_use; /* it is open: small programs never ask */
    struct shared_swap shared_swap;
    bool has_shared_swap;
};

/* 0, or -errno: there is nothing to be known of the memory. forker: page_use_open_forker, called
 * before the check's process was made. */
int program_memory_open(struct program_memory *memory, bool is_child, int forker);
void program_memory_close(struct program_memory *memory);

/* The four that reach and glibc_heap want, as they have them. A read may end early: the next one
 * begins there. */
size_t program_memory_read(struct program_memory *memory, uint64_t address, void *buffer,
                           size_t length);
const void *program_memory_in_place(struct program_memory *memory, uint64_t address, size_t length);
uint64_t program_memory_next_used(struct program_memory *memory, uint64_t begin, uint64_t end,
                                  uint64_t *until);
/* Of private memory, however little: where the first page lies that was ever used. */
uint64_t program_memory_skip_unused(struct program_memory *memory, uint64_t begin, uint64_t end);
/* MAPPING_… of the file that is mapped at the address; 0: none is. */
uint32_t program_memory_file_at(const struct program_memory *memory, uint64_t address);

#endif
