#include "tables/moves.h"

#include "log/trace_log.h"

#include <stdbool.h>

#define TRIES 64u /* slots that are looked at for one stack */

/* All of them lie in the first chunk, which the first call makes. */
static struct trace_move *all(void)
{
    char *memory = atomic_load_explicit(&trace_log_moves.chunk[0], memory_order_acquire);
    if (__builtin_expect(!memory, 0) && chunk_table_reserve(&trace_log_moves, 0, true))
        memory = atomic_load_explicit(&trace_log_moves.chunk[0], memory_order_acquire);
    return (struct trace_move *)memory;
}

/* The slot of a stack. Relaxed: its figures are sums, and say nothing of other memory. */
static inline struct trace_move *find(uint32_t stack)
{
    uint32_t at = stack * 2654435761u >> 7;
    struct trace_move *moves = all();
    for (uint32_t i = 0; moves && i < TRIES; i++) {
        struct trace_move *move = &moves[(at + i) % TRACE_MOVES_MAX];
        uint32_t seen = __atomic_load_n(&move->stack, __ATOMIC_RELAXED);
        if (__builtin_expect(seen == stack, 1))
            return move;
        if (seen == 0 && (__atomic_compare_exchange_n(&move->stack, &seen, stack, false,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
                          seen == stack))
            return move;
    }
    return NULL;
}

void moves_count(uint32_t stack, uint64_t copied)
{
    struct trace_move *move = stack ? find(stack) : NULL;
    if (__builtin_expect(!move, 0)) {
        trace_log_lose(&trace_log_header->losses.moves, 1);
        return;
    }
    __atomic_fetch_add(&move->calls, 1, __ATOMIC_RELAXED);
    if (copied == 0)
        return;
    __atomic_fetch_add(&move->moved, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&move->copied, copied, __ATOMIC_RELAXED);
}
