#include "events/pools.h"

#include "events/event.h"
#include "events/long_lock.h"
#include "events/misuse.h"
#include "os/sys.h"
#include "tables/block_parts.h"
#include "tables/freed_blocks.h"
#include "tables/pool_table.h"

#include <stdatomic.h>

/* --- one block ----------------------------------------------------------- */

/* The block that the latest part was found to lie in, where the next one is looked for first. */
static _Atomic uint64_t latest_whole;
/* Where none was found: pieces of static memory, and of mappings. */
static _Atomic uint64_t latest_without;

static bool is_in(const struct block *part, const struct block *whole)
{
    return part->address - whole->address < whole->size && part->size <= whole->size &&
           part->address - whole->address <= whole->size - part->size;
}

static bool find_whole(const struct block *part, struct block *whole)
{
    uint64_t region = part->address >> TRACE_REGION_SPAN_LOG2;
    if (block_parts_whole_at(atomic_load(&latest_whole), whole) && is_in(part, whole))
        return true;
    if (region == atomic_load(&latest_without))
        return false;
    if (block_parts_search_whole(part, whole)) {
        atomic_store(&latest_whole, whole->address);
        return true;
    }
    atomic_store(&latest_without, region);
    return false;
}

static bool take(struct thread *thread, uint64_t address, struct block *part)
{
    if (!block_table_find(address, part) || !block_parts_is_part(part) ||
        !block_table_remove(address, part))
        return false;
    thread_count(&thread->live_blocks, -(uint64_t)1);
    return true;
}

static void count_freed(struct thread *thread, const struct block *part)
{
    stack_accounts_freed(thread, event_own_account(thread, part->account), part->size, false);
}

static void record(struct thread *thread, const struct block *part)
{
    struct block whole;
    bool put =
        find_whole(part, &whole) ? block_parts_divide(&whole, part) : block_table_insert(part);
    if (put)
        thread_count(&thread->live_blocks, 1);
    else
        event_lose_block(part->size);
}

/* One that is there by this address was not declared as free. */
static void add(struct thread *thread, uint64_t address, uint64_t size,
                const struct call_site *site)
{
    struct block part = {address, size, 0, TRACE_PART, TRACE_BY_REQUEST};
    struct block before;
    if (!address)
        return;
    if (take(thread, address, &before))
        count_freed(thread, &before);
    part.account = event_account_rarely(thread, site);
    stack_accounts_allocated(thread, stack_accounts_at(part.account), size);
    record(thread, &part);
}

static void drop(struct thread *thread, uint64_t address, uint32_t stack)
{
    struct block part;
    if (!take(thread, address, &part))
        return;
    freed_blocks_put(thread, &part, stack);
    count_freed(thread, &part);
}

/* The same allocation from now on, at another address, or of another size. */
static void change(struct thread *thread, uint64_t from, uint64_t to, uint64_t size)
{
    struct block part;
    if (!take(thread, from, &part))
        return;
    stack_accounts_take_back(thread, event_own_account(thread, part.account), part.size);
    part.address = to;
    part.size = size;
    stack_accounts_allocated(thread, event_own_account(thread, part.account), size);
    record(thread, &part);
}

static void wrong(struct thread *thread, uint64_t address, uint32_t stack)
{
    thread_count(&thread->record->bad_frees, 1);
    misuse_bad_free(thread, address, stack);
}

static bool is_live(uint64_t address)
{
    struct block part;
    return block_table_find(address, &part) && block_parts_is_part(&part);
}

static void free_like(struct thread *thread, uint64_t address, const struct call_site *site)
{
    uint32_t stack = event_stack_rarely(thread, site);
    if (!address)
        return;
    if (is_live(address))
        drop(thread, address, stack);
    else
        wrong(thread, address, stack);
}

/* --- pieces of pools ----------------------------------------------------- */

static bool is_meta(const struct pool *pool)
{
    return pool->flags & POOLS_METAPOOL;
}

struct inside {
    struct thread *thread;
    uint32_t stack;
};

static void drop_inside(void *context, const struct trace_block *block)
{
    const struct inside *inside = context;
    if (trace_block_family(block->where) == TRACE_BY_REQUEST)
        drop(inside->thread, trace_block_address(block->where), inside->stack);
}

static void remove_piece(struct thread *thread, struct pool *pool, struct pool_piece *piece,
                         uint32_t stack)
{
    uint64_t address = piece->address, size = piece->size;
    pool_table_take(piece);
    drop(thread, address, stack);
    if (is_meta(pool) && (pool->flags & POOLS_AUTO_FREE))
        block_table_for_each_within(address, address + size, drop_inside,
                                    &(struct inside){thread, stack});
}

static void empty(struct thread *thread, struct pool *pool, uint32_t stack)
{
    while (pool->first)
        remove_piece(thread, pool, pool_table_at(pool->first), stack);
}

static void create(struct thread *thread, uint64_t key, uint32_t flags, uint32_t stack)
{
    struct pool *pool = pool_table_find(key);
    if (pool)
        empty(thread, pool, stack);
    if (key)
        pool_table_add(key, flags);
}

static void alloc_piece(struct thread *thread, struct pool *pool, uint64_t address, uint64_t size,
                        const struct call_site *site)
{
    struct pool_piece *before = pool_table_piece(address);
    if (before)
        pool_table_take(before);
    if (address && pool_table_put(pool, address, size))
        add(thread, address, size, site);
}

static void free_piece(struct thread *thread, struct pool *pool, uint64_t address, uint32_t stack)
{
    struct pool_piece *piece = pool_table_piece(address);
    if (piece && piece->pool == pool_table_number(pool))
        remove_piece(thread, pool, piece, stack);
    else if (address)
        wrong(thread, address, stack);
}

/* What lies outside is free, and what lies across an edge is as long as its part inside. */
static void trim_piece(struct thread *thread, struct pool *pool, struct pool_piece *piece,
                       const uint64_t words[6], uint32_t stack)
{
    uint64_t begin = piece->address, end = begin + piece->size;
    uint64_t low = words[2] > begin ? words[2] : begin;
    uint64_t high = words[2] + words[3] < end ? words[2] + words[3] : end;
    if (low >= high) {
        remove_piece(thread, pool, piece, stack);
    } else if (low != begin || high != end) {
        pool_table_take(piece);
        pool_table_put(pool, low, high - low);
        change(thread, begin, low, high - low);
    }
}

/* What is put anew stands before the pieces that are still to be looked at. */
static void trim(struct thread *thread, struct pool *pool, const uint64_t words[6], uint32_t stack)
{
    for (uint32_t number = pool->first, next; number; number = next) {
        next = pool_table_at(number)->next;
        trim_piece(thread, pool, pool_table_at(number), words, stack);
    }
}

static void change_piece(struct thread *thread, struct pool *pool, const uint64_t words[6],
                         uint32_t stack)
{
    struct pool_piece *piece = pool_table_piece(words[2]);
    if (!piece || piece->pool != pool_table_number(pool)) {
        wrong(thread, words[2], stack);
        return;
    }
    pool_table_take(piece);
    pool_table_put(pool, words[3], words[4]);
    change(thread, words[2], words[3], words[4]);
}

/* --- requests ------------------------------------------------------------ */

static struct long_lock table; /* the pools' */

void pools_forked(void)
{
    long_lock_forked(&table);
}

static void of_pool(struct thread *thread, const uint64_t words[6], const struct call_site *site)
{
    struct pool *pool = pool_table_find(words[1]);
    uint32_t stack = words[0] == POOLS_ALLOC ? 0 : event_stack_rarely(thread, site);
    if (words[0] == POOLS_CREATE)
        create(thread, words[1], (uint32_t)words[4], stack);
    else if (!pool)
        return;
    else if (words[0] == POOLS_DESTROY) {
        empty(thread, pool, stack);
        pool_table_remove(pool);
    } else if (words[0] == POOLS_ALLOC)
        alloc_piece(thread, pool, words[2], words[3], site);
    else if (words[0] == POOLS_FREE)
        free_piece(thread, pool, words[2], stack);
    else if (words[0] == POOLS_TRIM)
        trim(thread, pool, words, stack);
    else if (words[0] == POOLS_MOVE && words[2])
        pool_table_rename(pool, words[2]);
    else if (words[0] == POOLS_CHANGE)
        change_piece(thread, pool, words, stack);
}

bool pools_has(uint64_t request)
{
    return request >= POOLS_MALLOCLIKE && request <= POOLS_RESIZE;
}

static uint64_t answer(struct thread *thread, const uint64_t words[6], const struct call_site *site)
{
    switch (words[0]) {
    case POOLS_MALLOCLIKE:
        add(thread, words[1], words[2], site);
        return 0;
    case POOLS_FREELIKE:
        free_like(thread, words[1], site);
        return 0;
    case POOLS_RESIZE:
        change(thread, words[1], words[1], words[3]);
        return 0;
    case POOLS_EXISTS:
        return pool_table_find(words[1]) != NULL;
    default:
        of_pool(thread, words, site);
        return 0;
    }
}

uint64_t pools_request(const uint64_t words[6], const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct long_hold hold;
    if (!thread || !long_lock_take(&table, &hold, thread, SYS_SIGNALS_BUT_BUS)) {
        event_lose_block(0);
        return 0;
    }
    uint64_t result = answer(thread, words, site);
    long_lock_give(&table, &hold);
    return result;
}
