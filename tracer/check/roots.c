#include "check/roots.h"

#include "os/pages.h"

#define RANGES_FIRST 4096u
#define STACK_SIZE_MAX                                                                             \
    (8ull << 20) /* of a mapping taken for a stack without a thread pointer in it */

/* Kept from check to check: pages are never given back. */
static struct roots_range *own_ranges;
static size_t own_capacity;

/* --- exclusions ---------------------------------------------------------- */

static int grow(struct roots *roots)
{
    size_t capacity = own_capacity ? 2 * own_capacity : RANGES_FIRST;
    struct roots_range *ranges = pages_map(capacity * sizeof *ranges);
    if (!ranges)
        return 0;
    for (size_t i = 0; i < roots->excluded_count; i++)
        ranges[i] = roots->excluded[i];
    roots->excluded = own_ranges = ranges;
    own_capacity = capacity;
    return 1;
}

/* An empty range is kept too: see take_lowest. */
static void add_range(struct roots *roots, uint64_t begin, uint64_t end)
{
    if (roots->excluded_count == own_capacity && !grow(roots)) {
        roots->missed++;
        return;
    }
    roots->excluded[roots->excluded_count++] = (struct roots_range){begin, end};
}

void roots_exclude(struct roots *roots, uint64_t begin, uint64_t end)
{
    if (begin < end)
        add_range(roots, begin, end);
}

void roots_begin_elsewhere(struct roots *roots, const struct memory_map *map)
{
    *roots = (struct roots){.map = map, .excluded = own_ranges};
}

void roots_begin(struct roots *roots, const struct memory_map *map)
{
    size_t count;
    const struct pages_range *pages = pages_list(&count);
    roots_begin_elsewhere(roots, map);
    roots->missed = pages_missed();
    for (size_t i = 0; i < count; i++)
        roots_exclude(roots, pages[i].begin, pages[i].end);
}

/* --- order --------------------------------------------------------------- */

static bool is_before(const struct roots_range *a, const struct roots_range *b)
{
    return a->begin != b->begin ? a->begin < b->begin : a->end < b->end;
}

static void sift_down(struct roots_range *ranges, size_t at, size_t count)
{
    struct roots_range moved = ranges[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_before(&ranges[child], &ranges[child + 1]))
            child++;
        if (!is_before(&moved, &ranges[child]))
            break;
        ranges[at] = ranges[child];
    }
    ranges[at] = moved;
}

/* A heap sort: libc's qsort may allocate. */
static void sort_ranges(struct roots_range *ranges, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(ranges, i, count);
    for (size_t end = count; end-- > 1;) {
        struct roots_range highest = ranges[0];
        ranges[0] = ranges[end];
        ranges[end] = highest;
        sift_down(ranges, 0, end);
    }
}

/* --- stacks -------------------------------------------------------------- */

static bool contains(uint64_t begin, uint64_t end, uint64_t address)
{
    return address >= begin && address < end;
}

static bool has_guard_below(const struct memory_map *map, const struct mapping *mapping)
{
    const struct mapping *below = mapping - 1;
    const uint32_t any_use =
        MAPPING_READABLE | MAPPING_WRITABLE | MAPPING_EXECUTABLE | MAPPING_FILE;
    return mapping > map->mappings && below->end == mapping->begin && !(below->flags & any_use);
}

/* Does a stack begin where the mapping begins? */
static bool begins_with_stack(const struct memory_map *map, const struct mapping *mapping,
                              const struct stopped_thread *thread)
{
    if (mapping->flags & MAPPING_STACK)
        return true;
    if (mapping->flags & (MAPPING_FILE | MAPPING_HEAP) || !has_guard_below(map, mapping))
        return false;
    return contains(thread->stack_pointer, mapping->end, thread->thread_pointer) ||
           mapping->end - mapping->begin <= STACK_SIZE_MAX;
}

static bool runs_on_signal_stack(const struct stopped_thread *thread)
{
    return contains(thread->signal_stack_begin, thread->signal_stack_end, thread->stack_pointer);
}

static bool runs_on_own_stack(const struct stopped_thread *thread)
{
    return thread->stack_begin &&
           contains(thread->stack_begin, thread->thread_pointer, thread->stack_pointer);
}

/* Enters for the mapping at the thread's stack pointer how much of it lies below, and an empty
 * range where that cannot be told or where the thread has only another stack. */
static void exclude_below_stack(struct roots *roots, const struct stopped_thread *thread)
{
    if (!thread->held)
        return;
    uint64_t low = thread->stack_pointer - thread->red_zone;
    if (runs_on_own_stack(thread)) {
        add_range(roots, thread->stack_begin, low);
        return;
    }
    const struct mapping *stack = memory_map_find(roots->map, thread->stack_pointer);
    const struct mapping *tls = memory_map_find(roots->map, thread->thread_pointer);
    if (tls && tls != stack)
        add_range(roots, tls->begin, tls->begin);
    if (stack && !runs_on_signal_stack(thread) && low > stack->begin &&
        begins_with_stack(roots->map, stack, thread))
        add_range(roots, stack->begin, low);
    else if (stack)
        add_range(roots, stack->begin, stack->begin);
}

/* Of ranges that begin together, as those of one mapping do, the shortest counts: what lies above
 * the lowest stack pointer may be the stack of another thread. */
static size_t take_lowest(struct roots_range *ranges, size_t count)
{
    size_t kept = 0;
    sort_ranges(ranges, count);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || ranges[kept - 1].begin != ranges[i].begin)
            ranges[kept++] = ranges[i];
    return kept;
}

/* The stack that its handler on the signal stack interrupted, as if the thread stood there. */
static struct stopped_thread as_interrupted(const struct stopped_thread *thread)
{
    struct stopped_thread outer = *thread;
    if (thread->interrupted && runs_on_signal_stack(thread)) {
        outer.stack_pointer = thread->interrupted;
        outer.red_zone = 0;
        outer.signal_stack_begin = outer.signal_stack_end = 0;
    }
    return outer;
}

static void exclude_below_signal_stack(struct roots *roots, const struct stopped_thread *thread)
{
    if (thread->held && runs_on_signal_stack(thread))
        roots_exclude(roots, thread->signal_stack_begin, thread->stack_pointer - thread->red_zone);
}

void roots_exclude_below_stacks(struct roots *roots, const struct stopped_thread *caller,
                                const struct stopped_thread *threads, size_t count)
{
    size_t before = roots->excluded_count;
    if (caller) {
        const struct stopped_thread outer = as_interrupted(caller);
        exclude_below_stack(roots, &outer);
    }
    for (size_t i = 0; i < count; i++)
        exclude_below_stack(roots, &threads[i]);
    roots->excluded_count =
        before + take_lowest(roots->excluded + before, roots->excluded_count - before);
    if (caller)
        exclude_below_signal_stack(roots, caller);
    for (size_t i = 0; i < count; i++)
        exclude_below_signal_stack(roots, &threads[i]);
}

/* --- what remains -------------------------------------------------------- */

static bool is_root(const struct mapping *mapping)
{
    const uint32_t wanted = MAPPING_READABLE | MAPPING_WRITABLE;
    return (mapping->flags & (wanted | MAPPING_DEVICE)) == wanted;
}

static void yield_words(uint64_t begin, uint64_t end, roots_yield *yield, void *context)
{
    begin = (begin + 7) & ~7ull;
    end &= ~7ull;
    if (begin < end)
        yield(context, begin, end);
}

void roots_for_each(struct roots *roots, roots_yield *yield, void *context)
{
    const struct roots_range *excluded = roots->excluded;
    size_t next = 0;
    sort_ranges(roots->excluded, roots->excluded_count);
    for (size_t i = 0; i < roots->map->count; i++) {
        const struct mapping *mapping = &roots->map->mappings[i];
        uint64_t begin = mapping->begin;
        if (!is_root(mapping))
            continue;
        /* An exclusion that began below may reach in here: none is left behind before it ends. */
        size_t at = next;
        for (; at < roots->excluded_count && excluded[at].begin < mapping->end; at++) {
            if (excluded[at].end <= begin)
                continue;
            if (excluded[at].begin > begin)
                yield_words(begin, excluded[at].begin, yield, context);
            begin = excluded[at].end;
        }
        if (begin < mapping->end)
            yield_words(begin, mapping->end, yield, context);
        while (next < at && excluded[next].end <= mapping->end)
            next++;
    }
}
