/* mapped: what it means that the program maps memory itself (--mmap=yes).
 *
 * Whoever maps or unmaps holds the table meanwhile: what one thread gives back another may be given
 * at once. */
#ifndef MAPPED_H
#define MAPPED_H

#include "capture/unwind.h"
#include "events/long_lock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set once, with one thread, before anything is recorded. */
extern bool mapped_is_on __attribute__((visibility("hidden")));
/* false: no memory. */
bool mapped_begin(void);

/* One call of the program's. */
struct mapped_call {
    struct long_hold hold;
    uint32_t stack; /* 0: not known */
};
/* site: NULL where no stack is needed. false: there is no memory for it, or the thread is in the
 * midst of one; nothing is held, and it is counted that one is not known. */
bool mapped_enter(struct mapped_call *call, const struct call_site *site);
void mapped_leave(struct mapped_call *call);

/* In between, after the real call. */
void mapped_map(const struct mapped_call *call, uint64_t address, size_t size, uint32_t kind);
void mapped_unmap(uint64_t address, size_t size);
/* `stays`: what was at the old place is mapped still (MREMAP_DONTUNMAP, an old size of 0). */
void mapped_move(const struct mapped_call *call, uint64_t from, size_t old_size, uint64_t to,
                 size_t new_size, bool stays);
/* The program's end of its data was `before`, and is `after`. */
void mapped_break(const struct mapped_call *call, uint64_t before, uint64_t after);

void mapped_forked(void);

#endif
