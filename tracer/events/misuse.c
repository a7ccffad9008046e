#include "events/misuse.h"

#include "events/live_errors.h"
#include "events/bypass.h"
#include "libc/glibc_chunk.h"
#include "libc/glibc_layout.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "os/sys.h"
#include "tables/block_rare.h"
#include "tables/freed_blocks.h"
#include "tables/kept_blocks.h"
#include "tables/module_list.h"
#include "tables/stack_accounts.h"
#include "tables/stack_table.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Each error is compared with all records: more of them would be no help to anybody. */
#define RECORDS_MAX 10000u
/* After so many thorough searches for one bad call the next ones are taken for the same. */
#define SEARCHES_MAX 16u

/* --- records ------------------------------------------------------------- */

static bool is_same(const struct trace_error *a, const struct trace_error *b)
{
    return a->kind == b->kind && a->address_kind == b->address_kind && a->stack == b->stack &&
           a->stack_allocated == b->stack_allocated && a->stack_freed == b->stack_freed &&
           a->given == b->given && a->alignment_log2 == b->alignment_log2;
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

/* The record that the error is counted in; NULL: there is no space for more. */
static struct trace_error *add(struct trace_error *error)
{
    uint64_t index;
    struct trace_error *record = find_same(error);
    if (record) {
        __atomic_fetch_add(&record->count, 1, __ATOMIC_RELAXED);
        return record;
    }
    if (atomic_load(&trace_log_errors.count) > RECORDS_MAX ||
        !chunk_table_claim(&trace_log_errors, 1, true, &index)) {
        trace_log_lose(&trace_log_header->losses.errors, 1);
        return NULL;
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
    live_errors_tell(index);
    return record;
}

void misuse_add(struct trace_error *error)
{
    add(error);
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

/* --- what an address is -------------------------------------------------- */

struct search {
    uint64_t address;
    struct block found;
};

static void look_inside(void *context, const struct trace_block *block)
{
    struct search *search = context;
    uint64_t start = trace_block_address(block->where);
    uint64_t size = block_rare_size(block);
    if (search->address - start < (size ? size : 1))
        search->found = (struct block){start, size, trace_block_account(block->what), 0,
                                       trace_block_family(block->where)};
}

bool misuse_find_block(uint64_t address, struct block *block)
{
    struct search search = {.address = address};
    block_table_for_each(look_inside, &search);
    *block = search.found;
    return search.found.address != 0;
}

/* valgrind's red zone: an address that misses a block by no more is told with the block. */
#define BESIDE 16u

/* How far `address` is from the block, which does not hold it. */
static uint64_t distance(uint64_t address, uint64_t start, uint64_t size)
{
    return address < start ? start - address : address - (start + size);
}

static void look_beside(void *context, const struct trace_block *block)
{
    struct search *search = context;
    uint64_t start = trace_block_address(block->where);
    uint64_t size = block_rare_size(block);
    uint64_t far = distance(search->address, start, size);
    if (far <= BESIDE &&
        (!search->found.address ||
         far < distance(search->address, search->found.address, search->found.size)))
        search->found = (struct block){start, size, trace_block_account(block->what), 0,
                                       trace_block_family(block->where)};
}

/* The live block that is nearest, none further than BESIDE. */
static bool find_beside(uint64_t address, struct block *block)
{
    struct search search = {.address = address};
    block_table_for_each(look_beside, &search);
    *block = search.found;
    return search.found.address != 0;
}

/* The calling thread's stack, as far as a walk has found it readable, or what lies just below. */
static bool is_on_stack(const struct thread *thread, uint64_t address)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return address >= here && address < thread->readable.high;
}

/* Which frame of the bad call's stack an address lies in: a frame reaches up to its caller's stack
 * pointer. 0, the bad call's own, when the thread remembers another stack. */
static uint64_t frame_of(const struct thread *thread, uint32_t stack, uint64_t address)
{
    uint64_t number = 1;
    uint32_t inner = thread->walk.frame_count;
    if (inner == 0 || stack_table_parent(stack) != thread->walk.frames[inner - 1].node)
        return 0;
    while (inner > 1 && address >= thread->walk.frames[inner - 2].cfa) {
        inner--;
        number++;
    }
    return number;
}

static void describe_address(struct trace_error *error, const struct thread *thread)
{
    if (is_on_stack(thread, error->address)) {
        error->address_kind = TRACE_ADDRESS_STACK;
        error->block = frame_of(thread, error->stack, error->address);
    } else if (module_list_find(error->address)) {
        error->address_kind = TRACE_ADDRESS_DATA;
    }
}

static void describe(struct trace_error *error, enum trace_address_kind kind,
                     const struct block *block)
{
    error->address_kind = kind;
    error->block = block->address;
    error->block_size = block->size;
    error->stack_allocated = stack_accounts_stack(block->account);
}

/* A kept block may have been freed longer ago than the rings know of, but nobody has its memory
 * since. */
static bool find_kept(uint64_t address, bool interior, struct block *block, uint32_t *stack_freed)
{
    struct kept_block kept;
    if (!kept_blocks_find(address, interior, &kept))
        return false;
    *block = (struct block){kept.address, kept.size, kept.account, 0, TRACE_BY_MALLOC};
    *stack_freed = kept.stack_freed;
    return true;
}

static bool find_freed(struct trace_error *error, bool interior)
{
    struct block block;
    if (!find_kept(error->address, interior, &block, &error->stack_freed) &&
        !freed_blocks_find(error->address, interior, &block, &error->stack_freed)) {
        error->stack_freed = 0;
        return false;
    }
    describe(error, TRACE_ADDRESS_FREED_BLOCK, &block);
    return true;
}

/* Another thread that frees the same block at this moment has taken it out of the table of live
 * blocks, and remembers it among the freed ones soon. */
static bool find_being_freed(struct trace_error *error)
{
    for (int i = 0; i < 100; i++) {
        sys_sched_yield();
        if (find_freed(error, false))
            return true;
    }
    return false;
}

/* Looks at all blocks, live and freed. */
static void search(struct thread *thread, struct trace_error *error)
{
    struct block block;
    if (misuse_find_block(error->address, &block)) {
        describe(error, TRACE_ADDRESS_LIVE_BLOCK, &block);
        return;
    }
    if (find_freed(error, true))
        return;
    describe_address(error, thread);
    if (error->address_kind != TRACE_ADDRESS_UNKNOWN || find_being_freed(error))
        return;
    if (find_beside(error->address, &block))
        describe(error, TRACE_ADDRESS_LIVE_BLOCK, &block);
}

/* Bad calls that needed a search lately. A call that goes on for a million times is not searched
 * for a million times. Threads may mix up their entries: a few searches more are all that comes of
 * it. */
static struct often {
    atomic_uint stack;
    atomic_uint searches;
    _Atomic(struct trace_error *) record; /* that of the latest search */
} often[64];

static struct often *often_of(uint32_t stack)
{
    struct often *entry = &often[stack % (sizeof often / sizeof *often)];
    if (atomic_exchange(&entry->stack, stack) != stack) {
        atomic_store(&entry->searches, 0);
        atomic_store(&entry->record, NULL);
    }
    return entry;
}

void misuse_bad_free(struct thread *thread, uint64_t address, uint32_t stack)
{
    struct trace_error error = {.kind = TRACE_INVALID_FREE, .address = address, .stack = stack};
    /* In this order: memory of a freed block may be a part of a live one by now, but a free of
     * exactly the freed block's address is meant for that. */
    if (find_freed(&error, false)) {
        add(&error);
        return;
    }
    struct often *entry = often_of(stack);
    struct trace_error *record = atomic_load(&entry->record);
    if (record && record->stack == stack && atomic_fetch_add(&entry->searches, 1) >= SEARCHES_MAX) {
        __atomic_fetch_add(&record->count, 1, __ATOMIC_RELAXED);
        return;
    }
    search(thread, &error);
    atomic_store(&entry->record, add(&error));
}

/* --- blocks never seen --------------------------------------------------- */

static bool is_glibcs(void)
{
    return glibc_layout_is_known() && module_list_find((uintptr_t)real_found.free) ==
                                          module_list_find((uintptr_t)real_libc()->fork);
}

/* glibc has given it out, as far as can be seen. Where that cannot be seen for certain, a block
 * that was freed before is taken for freed. */
static bool is_in_use(uint64_t address)
{
    struct trace_error freed = {.address = address};
    enum glibc_chunk_state state = glibc_chunk_state(address);
    return state == GLIBC_CHUNK_USED ||
           (state == GLIBC_CHUNK_UNCERTAIN && !find_freed(&freed, false));
}

/* Another thread that frees the block at this moment has taken it out of the table of live blocks,
 * and gives it to glibc soon. */
static bool stays_in_use(uint64_t address, int patience)
{
    struct block block;
    for (int i = 0; i < patience; i++) {
        sys_sched_yield();
        if (!is_in_use(address) || block_table_find(address, &block))
            return false;
    }
    return true;
}

/* Calls that have freed unseen blocks. After SEARCHES_MAX of them from one call there is no
 * thorough search any more; a few searches more, where threads mix up their entries, do no harm. */
static struct passed {
    atomic_uint stack;
    atomic_uint times;
} passed[64];

static bool is_used_to_it(struct passed *entry, uint32_t stack)
{
    return atomic_load(&entry->stack) == stack && atomic_load(&entry->times) >= SEARCHES_MAX;
}

static void remember_caller(struct passed *entry, uint32_t stack)
{
    if (atomic_exchange(&entry->stack, stack) != stack)
        atomic_store(&entry->times, 0);
    if (atomic_load(&entry->times) < SEARCHES_MAX)
        atomic_fetch_add(&entry->times, 1);
}

static bool is_unseen(const struct thread *thread, uint64_t address, bool thorough)
{
    struct trace_error freed = {.address = address};
    struct block block;
    if (!thorough)
        return !find_freed(&freed, false) || stays_in_use(address, 10);
    return !is_on_stack(thread, address) && !module_list_find(address) &&
           !misuse_find_block(address, &block) && stays_in_use(address, 1000);
}

bool misuse_is_unseen_block(const struct thread *thread, uint64_t address, uint32_t stack)
{
    struct passed *entry = &passed[stack % (sizeof passed / sizeof *passed)];
    struct kept_block kept;
    if (kept_blocks_find(address, false, &kept))
        return false;
    if (!is_glibcs() || !is_in_use(address) || !bypass_is_there() ||
        !is_unseen(thread, address, !is_used_to_it(entry, stack)))
        return false;
    remember_caller(entry, stack);
    return true;
}

/* --- frees that do not fit ----------------------------------------------- */

static const struct {
    enum trace_family family;
    const char *symbol;
} operators[] = {
    {TRACE_BY_NEW, "_Znwm"},
    {TRACE_BY_NEW, "_ZnwmRKSt9nothrow_t"},
    {TRACE_BY_NEW, "_ZnwmSt11align_val_t"},
    {TRACE_BY_NEW, "_ZnwmSt11align_val_tRKSt9nothrow_t"},
    {TRACE_BY_NEW, "_ZdlPv"},
    {TRACE_BY_NEW, "_ZdlPvm"},
    {TRACE_BY_NEW, "_ZdlPvSt11align_val_t"},
    {TRACE_BY_NEW_ARRAY, "_Znam"},
    {TRACE_BY_NEW_ARRAY, "_ZnamRKSt9nothrow_t"},
    {TRACE_BY_NEW_ARRAY, "_ZnamSt11align_val_t"},
    {TRACE_BY_NEW_ARRAY, "_ZnamSt11align_val_tRKSt9nothrow_t"},
    {TRACE_BY_NEW_ARRAY, "_ZdaPv"},
    {TRACE_BY_NEW_ARRAY, "_ZdaPvm"},
    {TRACE_BY_NEW_ARRAY, "_ZdaPvSt11align_val_t"},
};

/* A library that was opened with RTLD_DEEPBIND calls libstdc++'s operators, which call one another
 * and malloc as all do: what was observed is the inner call. The outer one is on the stack. */
static enum trace_family outer_family(uint32_t stack, enum trace_family family)
{
    uintptr_t address;
    uint32_t node = stack_table_parent(stack);
    for (int depth = 0; depth < 3 && node > TRACE_NODE_CUT; depth++) {
        node = stack_table_read(node, &address);
        for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
            if (real_is_inside(address - 1, operators[i].symbol))
                family = operators[i].family;
    }
    return family;
}

static bool fits_as_called(const struct block *block, const struct misuse_free *how, uint32_t stack)
{
    return outer_family(stack_accounts_stack(block->account), block->family) ==
           outer_family(stack, how->family);
}

void misuse_check_free(const struct block *block, const struct misuse_free *how, uint32_t stack)
{
    struct trace_error error = {.address = block->address, .stack = stack};
    if (block->family != how->family && fits_as_called(block, how, stack))
        return;
    describe(&error, TRACE_ADDRESS_LIVE_BLOCK, block);
    error.family = block->family;
    error.alignment_log2 = block->alignment_log2;
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
