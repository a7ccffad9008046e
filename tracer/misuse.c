#include "misuse.h"

#include "freed_table.h"
#include "module_list.h"
#include "sys.h"
#include "trace_log.h"

/* --- records --------------------------------------------------------------------------------------- */

static bool is_same(const struct trace_error *a, const struct trace_error *b)
{
    return a->kind == b->kind && a->place == b->place && a->stack == b->stack &&
           a->stack_allocated == b->stack_allocated && a->stack_freed == b->stack_freed && a->given == b->given;
}

static struct trace_error *find_same(const struct trace_error *error)
{
    uint64_t count = atomic_load_explicit(&trace_log_errors.count, memory_order_acquire);
    for (uint64_t i = 1; i < count; i++) {
        struct trace_error *record = chunk_table_at(&trace_log_errors, i);
        if (__atomic_load_n(&record->kind, __ATOMIC_ACQUIRE) && is_same(record, error))
            return record;
    }
    return NULL;
}

static void add(struct trace_error *error)
{
    uint64_t index;
    struct trace_error *record = find_same(error);
    if (record) {
        __atomic_fetch_add(&record->count, 1, __ATOMIC_RELAXED);
        return;
    }
    if (!chunk_table_claim(&trace_log_errors, 1, true, &index)) {
        trace_log_lose(&trace_log_header->losses.errors, 1);
        return;
    }
    uint32_t kind = error->kind;
    record = chunk_table_at(&trace_log_errors, index);
    error->kind = 0;
    error->count = 1;
    error->time_ns = trace_log_now();
    error->tid = (uint32_t)sys_gettid();
    *record = *error;
    /* Release: a reader that sees the kind sees the rest. */
    __atomic_store_n(&record->kind, kind, __ATOMIC_RELEASE);
}

void misuse_count(uint64_t *records, uint64_t *times)
{
    uint64_t count = atomic_load_explicit(&trace_log_errors.count, memory_order_acquire);
    *records = 0;
    *times = 0;
    for (uint64_t i = 1; i < count; i++) {
        const struct trace_error *record = chunk_table_at(&trace_log_errors, i);
        if (!__atomic_load_n(&record->kind, __ATOMIC_ACQUIRE))
            continue;
        *records += 1;
        *times += __atomic_load_n(&record->count, __ATOMIC_RELAXED);
    }
}

/* --- what an address is ------------------------------------------------------------------------------ */

struct search {
    uint64_t address;
    struct block found;
};

static void look_inside(void *context, const struct trace_block *slot)
{
    struct search *search = context;
    uint64_t start = trace_block_address(slot->where);
    uint64_t size = block_table_size_of(slot);
    if (search->address - start < (size ? size : 1))
        search->found = (struct block){start, size, trace_block_stack(slot->what), 0, trace_block_family(slot->where)};
}

bool misuse_find_block(uint64_t address, struct block *block)
{
    struct search search = {.address = address};
    block_table_for_each(look_inside, &search);
    *block = search.found;
    return search.found.address != 0;
}

/* The calling thread's stack, as far as a walk has found it readable, or what lies just below. */
static bool is_on_stack(const struct thread *thread, uint64_t address)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return address >= here && address < thread->readable_high;
}

static enum trace_error_place place_of(const struct thread *thread, uint64_t address)
{
    if (is_on_stack(thread, address))
        return TRACE_PLACE_STACK;
    return module_list_find(address) ? TRACE_PLACE_DATA : TRACE_PLACE_UNKNOWN;
}

static void describe(struct trace_error *error, enum trace_error_place place, const struct block *block)
{
    error->place = place;
    error->block = block->address;
    error->block_size = block->size;
    error->stack_allocated = block->stack;
}

void misuse_bad_free(struct thread *thread, uint64_t address, uint32_t stack)
{
    struct trace_error error = {.kind = TRACE_INVALID_FREE, .address = address, .stack = stack};
    struct block block;
    uint32_t stack_freed;
    /* In this order: memory of a freed block may be a part of a live one by now, but a free of
     * exactly the freed block's address is meant for that. */
    if (freed_table_find(address, false, &block, &stack_freed)) {
        describe(&error, TRACE_PLACE_FREED_BLOCK, &block);
        error.stack_freed = stack_freed;
    } else if (misuse_find_block(address, &block)) {
        describe(&error, TRACE_PLACE_LIVE_BLOCK, &block);
    } else if (freed_table_find(address, true, &block, &stack_freed)) {
        describe(&error, TRACE_PLACE_FREED_BLOCK, &block);
        error.stack_freed = stack_freed;
    } else {
        error.place = place_of(thread, address);
    }
    add(&error);
}

void misuse_check_free(struct thread *thread, const struct block *block, const struct misuse_free *how, uint32_t stack)
{
    struct trace_error error = {.address = block->address, .stack = stack};
    (void)thread;
    describe(&error, TRACE_PLACE_LIVE_BLOCK, block);
    if (block->family != how->family) {
        error.kind = TRACE_MISMATCHED_FREE;
    } else if (how->size_given && how->size != block->size) {
        error.kind = TRACE_WRONG_SIZE;
        error.given = how->size;
    } else {
        error.kind = TRACE_WRONG_ALIGNMENT;
        error.given = how->alignment_given ? how->alignment : 0;
    }
    add(&error);
}
