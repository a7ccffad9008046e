#include "capture/frame_cache.h"

#include "capture/stepper.h"
#include "os/own_stack.h"
#include "os/pages.h"
#include "os/sys.h"

#include <stdatomic.h>

#define FIRST_CAPACITY 2048u

/* Return address in the upper 48 bits, number of its rule in the lower 16: eight of them on a cache
 * line, because what is looked up here has mostly not been looked up for a while. 0: empty. */
typedef atomic_uint_least64_t entry;
#define RULE_BITS 16u

struct table {
    uint64_t capacity; /* a power of two */
    atomic_uint_least64_t used;
    entry entries[];
};

/* Programs have thousands of return addresses, but few different rules. Rule 0 is FRAME_UNKNOWN;
 * one that finds no space is asked for each time. */
#define RULES_MAX (1u << RULE_BITS)
static uint64_t *rules;
static uint32_t rules_count = 1;

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

/* Where nearly all frames end: these words are filled once, so that the first step tells all. */
#define SP_WINDOW (64u << 10)
#define BP_WINDOW (8u << 10)

static void fill_windows(void)
{
    for (uintptr_t at = (uintptr_t)sp_region; at < (uintptr_t)sp_region + SP_START + SP_WINDOW;
         at += sizeof at)
        *(uintptr_t *)at = mark(at);
    uintptr_t bp = (uintptr_t)bp_region + BP_START;
    for (uintptr_t at = bp - BP_WINDOW; at < bp + BP_WINDOW; at += sizeof at)
        *(uintptr_t *)at = mark(at);
}

/* How BP came to be what it is after the step: 0, unchanged; else the offset of its slot below the
 * CFA; -1: another way. */
static int64_t bp_offset_of(const struct stepper_frame *start, const struct stepper_frame *caller)
{
    if (caller->bp == start->bp)
        return 0;
    uint64_t offset = mark(caller->sp) - caller->bp;
    return offset > 0 && offset <= FILLED_WORDS * 8u && offset % 8 == 0 ? (int64_t)offset : -1;
}

/* No sum of it and an address of ours lies in a region of ours. */
#define NO_ADDRESS 0x2aaa5555aaaa5551u

/* The rule, if it is a simple one. The other registers hold what leads nowhere, every word near SP
 * and BP its own address, and no word is an aligned address: so a CFA in one of the regions, with
 * its return address below it, can only have come from that region's register and a constant.
 * FRAME_UNKNOWN: it is not that simple. */
static uint64_t probe_quickly(const struct stepper_frame *start)
{
    struct stepper_frame caller;
    if (stepper_step(start, &caller) != STEPPER_STEPPED || caller.sp % 8 != 0 ||
        caller.ip != mark(caller.sp - 8))
        return FRAME_UNKNOWN;
    int64_t bp_offset = bp_offset_of(start, &caller);
    if (bp_offset < 0)
        return FRAME_UNKNOWN;
    if (in_region(sp_region, caller.sp))
        return pack(FRAME_BY_SP, (int64_t)(caller.sp - start->sp), (uint64_t)bp_offset);
    if (in_region(bp_region, caller.sp))
        return pack(FRAME_BY_BP, (int64_t)(caller.sp - start->bp), (uint64_t)bp_offset);
    return FRAME_UNKNOWN;
}

static uint64_t probe_thoroughly(struct stepper_frame start)
{
    struct stepper_frame first;
    struct stepper_frame second;
    switch (stepper_information_at(start.ip)) {
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

static uint64_t probe(uintptr_t address)
{
    struct stepper_frame start = {address, (uintptr_t)sp_region + SP_START,
                                  (uintptr_t)bp_region + BP_START, NO_ADDRESS};
    uint64_t rule = probe_quickly(&start);
    start.others = 1;
    return rule != FRAME_UNKNOWN ? rule : probe_thoroughly(start);
}

/* --- the table ----------------------------------------------------------- */

static struct table *make_table(uint64_t capacity)
{
    struct table *table = pages_map(sizeof *table + capacity * sizeof(entry));
    if (table)
        table->capacity = capacity;
    return table;
}

static inline uint64_t home_slot(const struct table *table, uintptr_t address)
{
    return (address * 0x9e3779b97f4a7c15u >> 20) & (table->capacity - 1);
}

/* The address's entry, or the empty one where it belongs. The table is never more than three
 * quarters full, so the loop ends. */
static inline entry *find_entry(struct table *table, uintptr_t address, uint64_t *there)
{
    for (uint64_t i = home_slot(table, address);; i = (i + 1) & (table->capacity - 1)) {
        /* Acquire: pairs with the release that put it there, after its rule. */
        *there = atomic_load_explicit(&table->entries[i], memory_order_acquire);
        if (*there >> RULE_BITS == address || *there == 0)
            return &table->entries[i];
    }
}

static inline uint64_t look_up(struct table *table, uintptr_t address)
{
    uint64_t there;
    find_entry(table, address, &there);
    return rules[there & (RULES_MAX - 1)];
}

/* These are called by one thread at a time, the one that holds `replacing`. */

/* The number of a rule; 0: no space. */
static uint64_t number_of(uint64_t rule)
{
    for (uint32_t i = 1; i < rules_count; i++)
        if (rules[i] == rule)
            return i;
    if (rules_count == RULES_MAX)
        return 0;
    rules[rules_count] = rule;
    return rules_count++;
}

static void add(struct table *table, uintptr_t address, uint64_t number)
{
    uint64_t there;
    entry *slot = find_entry(table, address, &there);
    /* Release: who sees the number finds its rule. */
    atomic_store_explicit(slot, address << RULE_BITS | number, memory_order_release);
    if (there == 0)
        atomic_fetch_add_explicit(&table->used, 1, memory_order_relaxed);
}

static struct table *enlarge(struct table *old)
{
    struct table *table = make_table(old->capacity * 2);
    if (!table)
        return NULL;
    for (uint64_t i = 0; i < old->capacity; i++) {
        uint64_t there = atomic_load_explicit(&old->entries[i], memory_order_relaxed);
        if (there)
            add(table, there >> RULE_BITS, there & (RULES_MAX - 1));
    }
    atomic_store_explicit(&current, table, memory_order_release);
    return table;
}

static void remember(uintptr_t address, uint64_t rule)
{
    unsigned idle = 0;
    /* Whoever finds another thread at it lets it be: the rule is asked for again next time. */
    if (address >> (64 - RULE_BITS) ||
        !atomic_compare_exchange_strong_explicit(&replacing, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    struct table *table = atomic_load_explicit(&current, memory_order_relaxed);
    uint64_t number = number_of(rule);
    if (atomic_load_explicit(&table->used, memory_order_relaxed) * 4 >= table->capacity * 3)
        table = enlarge(table);
    if (table && number)
        add(table, address, number);
    atomic_store_explicit(&replacing, 0, memory_order_release);
}

struct lesson {
    uintptr_t address;
    uint64_t rule;
};

static void take_lesson(void *context)
{
    struct lesson *lesson = context;
    unsigned idle = 0;
    /* The regions serve one thread at a time; another one takes the step itself instead of waiting.
     */
    if (!atomic_compare_exchange_strong_explicit(&probing, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    lesson->rule = probe(lesson->address);
    atomic_store_explicit(&probing, 0, memory_order_release);
    atomic_fetch_add_explicit(&kinds[lesson->rule & 7], 1, memory_order_relaxed);
    remember(lesson->address, lesson->rule);
}

static __attribute__((noinline, cold)) uint64_t learn(uintptr_t address)
{
    struct lesson lesson = {address, FRAME_WALKED};
    if (!code_is_stable(address))
        return guess();
    own_stack_run(OWN_STACK_LEARNING, take_lesson, &lesson);
    return lesson.rule;
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
        uint64_t address =
            atomic_load_explicit(&table->entries[i], memory_order_relaxed) >> RULE_BITS;
        /* Rule 0: the address keeps its slot. */
        if (address && address >= begin && address <= end)
            atomic_store_explicit(&table->entries[i], address << RULE_BITS, memory_order_relaxed);
    }
    atomic_store_explicit(&replacing, 0, memory_order_release);
}

bool frame_cache_begin(bool (*is_stable)(uintptr_t))
{
    code_is_stable = is_stable;
    struct table *table = make_table(FIRST_CAPACITY);
    atomic_store_explicit(&current, table, memory_order_release);
    rules = pages_map(RULES_MAX * sizeof *rules);
    sp_region = pages_map(REGION);
    bp_region = pages_map(REGION);
    if (!table || !rules || !sp_region || !bp_region)
        return false;
    stepper_trust(sp_region, REGION);
    stepper_trust(bp_region, REGION);
    fill_windows();
    return true;
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
