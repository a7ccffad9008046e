#include "frame_cache.h"

#include "pages.h"
#include "stepper.h"
#include "sys.h"

#include <stdatomic.h>

#define FIRST_CAPACITY 2048u

struct entry {
    atomic_uint_least64_t address; /* 0: empty; commit word */
    atomic_uint_least64_t rule;
};

struct table {
    uint64_t capacity; /* a power of two */
    atomic_uint_least64_t used;
    struct entry entries[];
};

static _Atomic(struct table *) current;
static atomic_uint replacing;
static atomic_uint_least64_t kinds[FRAME_KINDS];
static bool (*code_is_stable)(uintptr_t address);

/* --- watching libunwind step --------------------------------------------- */

#define REGION       (16u << 20) /* frames may be large: these are addresses, not memory in use */
#define SP_START     (64u << 10) /* room below for what lies under the stack pointer */
#define BP_START     (8u << 20)
#define SHIFT        4096u
#define FILLED_WORDS 128u /* saved registers are near the CFA */

static char *sp_region;
static char *bp_region;
static atomic_uint probing;

static uint64_t pack(enum frame_kind kind, int64_t cfa_offset, uint64_t bp_offset)
{
    return (uint64_t)kind | bp_offset / 8 << 3 | (uint64_t)(uint32_t)(int32_t)cfa_offset << 32;
}

static bool in_region(const char *region, uintptr_t address)
{
    return address - (uintptr_t)region < REGION;
}

/* What a word is filled with: its own address, marked, since BP may point at the very slot that
 * BP is restored from. */
static uintptr_t mark(uintptr_t slot)
{
    return slot + 1;
}

/* Every word below the CFA holds its marked address. */
static void fill_below(uintptr_t cfa)
{
    for (unsigned i = 1; i <= FILLED_WORDS; i++) {
        uintptr_t *word = (uintptr_t *)cfa - i;
        if (in_region(sp_region, (uintptr_t)word) || in_region(bp_region, (uintptr_t)word))
            *word = mark((uintptr_t)word);
    }
}

static bool same_step(const struct stepper_frame *from, const struct stepper_frame *expected)
{
    struct stepper_frame caller;
    return stepper_step(from, &caller) == STEPPER_STEPPED && caller.ip == expected->ip &&
           caller.sp == expected->sp && caller.bp == expected->bp;
}

/* The rule when all that a step needs are SP and BP. */
static uint64_t probe_simple(const struct stepper_frame *start, uintptr_t cfa)
{
    struct stepper_frame caller;
    struct stepper_frame shifted = *start;
    if (cfa % 8 != 0 || !(in_region(sp_region, cfa - 8) || in_region(bp_region, cfa - 8)))
        return FRAME_STEPPED;
    fill_below(cfa);
    enum stepper_result result = stepper_step(start, &caller);
    if (result == STEPPER_OUTERMOST)
        return FRAME_OUTERMOST;
    if (result != STEPPER_STEPPED || caller.sp != cfa || caller.ip != mark(cfa - 8))
        return FRAME_STEPPED;
    uint64_t bp_offset = caller.bp == start->bp ? 0 : mark(cfa) - caller.bp;
    if (bp_offset > FILLED_WORDS * 8u || bp_offset % 8 != 0)
        return FRAME_STEPPED;
    /* Move BP: a CFA that stays is SP's, one that moves along is BP's. */
    shifted.bp += SHIFT;
    struct stepper_frame expected = caller;
    if (bp_offset == 0)
        expected.bp = shifted.bp;
    if (in_region(sp_region, cfa) && same_step(&shifted, &expected))
        return pack(FRAME_BY_SP, (int64_t)(cfa - start->sp), bp_offset);
    fill_below(cfa + SHIFT);
    expected = (struct stepper_frame){mark(cfa - 8) + SHIFT, cfa + SHIFT, caller.bp + SHIFT, 0};
    if (in_region(bp_region, cfa) && same_step(&shifted, &expected))
        return pack(FRAME_BY_BP, (int64_t)(cfa - start->bp), bp_offset);
    return FRAME_STEPPED;
}

static uint64_t guess(void)
{
    return pack(FRAME_GUESSED, 16, 16);
}

static uint64_t probe(uintptr_t address)
{
    struct stepper_frame start = {address, (uintptr_t)sp_region + SP_START,
                                  (uintptr_t)bp_region + BP_START, 1};
    struct stepper_frame first;
    struct stepper_frame second;
    switch (stepper_information_at(address)) {
    case STEPPER_DESCRIBED:
        break;
    case STEPPER_UNDESCRIBED:
        return guess();
    default:
        return FRAME_WALKED;
    }
    if (stepper_step(&start, &first) == STEPPER_NONE)
        return FRAME_WALKED;
    start.others = (uintptr_t)sp_region + REGION / 2;
    stepper_step(&start, &second);
    if (first.sp != second.sp || first.bp != second.bp)
        return FRAME_WALKED;
    return probe_simple(&start, first.sp);
}

/* --- the table ----------------------------------------------------------- */

static struct table *make_table(uint64_t capacity)
{
    struct table *table = pages_map(sizeof *table + capacity * sizeof(struct entry));
    if (table)
        table->capacity = capacity;
    return table;
}

static uint64_t home_of(const struct table *table, uintptr_t address)
{
    return (address * 0x9e3779b97f4a7c15u >> 20) & (table->capacity - 1);
}

/* The address's entry, or the empty one where it belongs. The table is never more than half full,
 * so the loop ends. */
static inline struct entry *find_entry(struct table *table, uintptr_t address, bool *found)
{
    for (uint64_t i = home_of(table, address);; i = (i + 1) & (table->capacity - 1)) {
        uint64_t there = atomic_load_explicit(&table->entries[i].address, memory_order_acquire);
        *found = there == address;
        if (*found || there == 0)
            return &table->entries[i];
    }
}

static inline uint64_t look_up(struct table *table, uintptr_t address)
{
    bool found;
    const struct entry *entry = find_entry(table, address, &found);
    return found ? atomic_load_explicit(&entry->rule, memory_order_relaxed) : FRAME_UNKNOWN;
}

/* Called by one thread at a time (the one that holds `replacing`). */
static void add(struct table *table, uintptr_t address, uint64_t rule)
{
    bool found;
    struct entry *entry = find_entry(table, address, &found);
    atomic_store_explicit(&entry->rule, rule, memory_order_relaxed);
    if (found)
        return;
    /* Release: who sees the address sees the rule. */
    atomic_store_explicit(&entry->address, address, memory_order_release);
    atomic_fetch_add_explicit(&table->used, 1, memory_order_relaxed);
}

static struct table *enlarge(struct table *old)
{
    struct table *table = make_table(old->capacity * 2);
    if (!table)
        return NULL;
    for (uint64_t i = 0; i < old->capacity; i++) {
        uint64_t address = atomic_load_explicit(&old->entries[i].address, memory_order_relaxed);
        if (address)
            add(table, address, atomic_load_explicit(&old->entries[i].rule, memory_order_relaxed));
    }
    atomic_store_explicit(&current, table, memory_order_release);
    return table;
}

static void remember(uintptr_t address, uint64_t rule)
{
    unsigned idle = 0;
    /* Whoever finds another thread at it lets it be: the rule is asked for again next time. */
    if (!atomic_compare_exchange_strong_explicit(&replacing, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    struct table *table = atomic_load_explicit(&current, memory_order_relaxed);
    if (atomic_load_explicit(&table->used, memory_order_relaxed) * 2 >= table->capacity)
        table = enlarge(table);
    if (table)
        add(table, address, rule);
    atomic_store_explicit(&replacing, 0, memory_order_release);
}

static __attribute__((noinline, cold)) uint64_t learn(uintptr_t address)
{
    unsigned idle = 0;
    if (!code_is_stable(address))
        return guess();
    /* The regions serve one thread at a time; another one (or a signal handler above this very
     * function) takes the step itself instead of waiting. */
    if (!atomic_compare_exchange_strong_explicit(&probing, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return FRAME_WALKED;
    uint64_t rule = probe(address);
    atomic_store_explicit(&probing, 0, memory_order_release);
    atomic_fetch_add_explicit(&kinds[rule & 7], 1, memory_order_relaxed);
    remember(address, rule);
    return rule;
}

uint64_t frame_cache_find(uintptr_t address)
{
    uint64_t rule = look_up(atomic_load_explicit(&current, memory_order_acquire), address);
    return __builtin_expect(rule != FRAME_UNKNOWN, 1) ? rule : learn(address);
}

void frame_cache_forget(uintptr_t begin, uintptr_t end)
{
    unsigned idle = 0;
    while (!atomic_compare_exchange_strong_explicit(&replacing, &idle, 1, memory_order_acquire,
                                                    memory_order_relaxed)) {
        idle = 0;
        sys_sched_yield();
    }
    struct table *table = atomic_load_explicit(&current, memory_order_relaxed);
    for (uint64_t i = 0; i < table->capacity; i++) {
        uint64_t address = atomic_load_explicit(&table->entries[i].address, memory_order_relaxed);
        if (address >= begin && address <= end)
            atomic_store_explicit(&table->entries[i].rule, FRAME_UNKNOWN, memory_order_relaxed);
    }
    atomic_store_explicit(&replacing, 0, memory_order_release);
}

bool frame_cache_begin(bool (*is_stable)(uintptr_t))
{
    code_is_stable = is_stable;
    struct table *table = make_table(FIRST_CAPACITY);
    atomic_store_explicit(&current, table, memory_order_release);
    sp_region = pages_map(REGION);
    bp_region = pages_map(REGION);
    return table && sp_region && bp_region;
}

bool frame_cache_is_busy(void)
{
    return atomic_load_explicit(&replacing, memory_order_relaxed) != 0 ||
           atomic_load_explicit(&probing, memory_order_relaxed) != 0;
}

void frame_cache_count(struct frame_cache_counts *counts)
{
    for (int i = 0; i < FRAME_KINDS; i++)
        counts->rules[i] = atomic_load_explicit(&kinds[i], memory_order_relaxed);
}
