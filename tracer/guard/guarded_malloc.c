#include "guard/guarded_malloc.h"

#include "capture/unwind.h"
#include "events/event.h"
#include "guard/changed.h"
#include "guard/under.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "os/decimal.h"
#include "os/random.h"
#include "os/sys.h"
#include "os/tracing.h"
#include "tables/freed_blocks.h"
#include "tables/stack_accounts.h"

#include <errno.h>
#include <string.h>

#define COPY_OF_KEPT    4096u       /* of an unguarded block so much is compared when it leaves */
#define COPY_OF_GUARDED (64u << 10) /* a larger one keeps its pages */
#define SHARE_ALL       4u          /* of all memory, for the pages of live blocks */
#define PAGES_SOME      16384u

static struct real_functions below;
static struct guard_options options;
static bool sizes_are_known; /* malloc_usable_size belongs to the next malloc */

/* --- which blocks ------------------------------------------------------------- */

static uint32_t draw(void)
{
    static _Thread_local uint64_t state __attribute__((tls_model("initial-exec")));
    if (!state)
        state = random_seed(sys_ticks());
    return (uint32_t)(random_next(&state) >> 32);
}

/* Whether it is a block's turn: 1 to 2 `every` - 1 blocks from one to the next. */
static inline bool is_drawn(void)
{
    static _Thread_local uint32_t until __attribute__((tls_model("initial-exec")));
    if (__builtin_expect(until > 1, 1)) {
        until--;
        return false;
    }
    bool first = until == 0;
    until = 1 + (uint32_t)(draw() % (2 * options.every - 1));
    return !first || options.every == 1;
}

static inline bool is_wanted(const struct call_site *site)
{
    if (options.which == GUARD_SOME && !is_drawn())
        return false;
    if (options.which == GUARD_NONE || !tracing_is_on())
        return false;
    return options.which != GUARD_UNDER || under_is_inside(thread_current(), site);
}

static __attribute__((noinline)) void *guarded(size_t size, size_t alignment)
{
    void *pointer = guard_area_allocate(size, alignment);
    if (!pointer)
        __atomic_store_n(&trace_log_header->losses.unguarded, guard_area_refused(),
                         __ATOMIC_RELAXED);
    return pointer;
}

static inline void *filled(void *pointer, size_t size)
{
    if (__builtin_expect(options.malloc_fill >= 0, 0) && pointer)
        memset(pointer, options.malloc_fill, size);
    return pointer;
}

/* --- giving ------------------------------------------------------------------- */

#define SITE_HERE UNWIND_CALL_SITE(NULL)

static void *guarded_malloc(size_t size)
{
    struct call_site site = SITE_HERE;
    void *pointer = is_wanted(&site) ? guarded(size, 1) : NULL;
    return filled(pointer ? pointer : below.malloc(size), size);
}

static void *guarded_calloc(size_t count, size_t size)
{
    struct call_site site = SITE_HERE;
    size_t bytes;
    void *pointer =
        !__builtin_mul_overflow(count, size, &bytes) && is_wanted(&site) ? guarded(bytes, 1) : NULL;
    return pointer ? pointer : below.calloc(count, size);
}

static bool is_power_of_two(size_t alignment)
{
    return alignment && !(alignment & (alignment - 1));
}

static void *guarded_memalign(size_t alignment, size_t size)
{
    struct call_site site = SITE_HERE;
    void *pointer =
        is_power_of_two(alignment) && is_wanted(&site) ? guarded(size, alignment) : NULL;
    return filled(pointer ? pointer : below.memalign(alignment, size), size);
}

static void *guarded_aligned_alloc(size_t alignment, size_t size)
{
    struct call_site site = SITE_HERE;
    void *pointer =
        is_power_of_two(alignment) && is_wanted(&site) ? guarded(size, alignment) : NULL;
    return filled(pointer ? pointer : below.aligned_alloc(alignment, size), size);
}

static int guarded_posix_memalign(void **result, size_t alignment, size_t size)
{
    struct call_site site = SITE_HERE;
    void *pointer =
        is_power_of_two(alignment) && alignment % sizeof(void *) == 0 && is_wanted(&site)
            ? guarded(size, alignment)
            : NULL;
    int error = 0;
    if (pointer)
        *result = pointer;
    else
        error = below.posix_memalign(result, alignment, size);
    if (error == 0)
        filled(*result, size);
    return error;
}

static void *guarded_valloc(size_t size)
{
    struct call_site site = SITE_HERE;
    void *pointer = is_wanted(&site) ? guarded(size, SYS_PAGE) : NULL;
    return filled(pointer ? pointer : below.valloc(size), size);
}

static void *guarded_pvalloc(size_t size)
{
    struct call_site site = SITE_HERE;
    size_t bytes = (size + SYS_PAGE - 1) & ~(size_t)(SYS_PAGE - 1);
    void *pointer = bytes >= size && is_wanted(&site) ? guarded(bytes, SYS_PAGE) : NULL;
    return filled(pointer ? pointer : below.pvalloc(size), size);
}

/* --- taking ------------------------------------------------------------------- */

/* As observe has just put it; without a stack where this process is not traced. false: nobody knows
 * how large it is. */
static bool find_what(const struct thread *thread, uint64_t address, const struct guard_slot *slot,
                      struct kept_block *block)
{
    struct freed_block freed;
    *block = (struct kept_block){.address = address, .size = slot ? slot->size : 0};
    if (thread && tracing_is_on() && freed_blocks_latest(thread, address, &freed)) {
        block->account = freed.account;
        block->stack_freed = freed.stack_freed;
        block->size = slot ? slot->size : freed.size;
        return true;
    }
    if (!slot && sizes_are_known)
        block->size = below.malloc_usable_size((void *)address);
    return slot || sizes_are_known;
}

static void fill_freed(const struct kept_block *block)
{
    if (options.free_fill >= 0)
        memset((void *)block->address, options.free_fill, block->size);
}

/* A block too large for a copy keeps its pages, and they hold its content. From kept_blocks_put()
 * on another thread may let it leave: it is closing then, and is not released before it is closed.
 */
static void keep_guarded(struct thread *thread, struct guard_slot *slot, struct kept_block *block)
{
    const void *copy = NULL;
    fill_freed(block);
    slot->account = block->account;
    slot->stack_freed = block->stack_freed;
    if (!guard_area_begin_close(slot))
        return;
    bool small = block->size <= COPY_OF_GUARDED;
    bool kept = kept_blocks_put(thread, block, small ? COPY_OF_GUARDED : 0, &copy);
    bool whole = kept && small;
    slot->copy = whole ? copy : NULL;
    slot->copied = whole ? (uint32_t)block->size : 0;
    guard_area_close(slot, whole || !kept);
    if (!kept)
        guard_area_release(slot);
}

static void free_guarded(void *pointer)
{
    struct thread *thread = thread_self;
    struct guard_slot *slot = guard_area_slot((uint64_t)pointer);
    struct kept_block block;
    /* Freed twice in a process that is not traced, or never allocated. */
    if (!slot || slot->address != (uint64_t)pointer ||
        atomic_load_explicit(&slot->state, memory_order_acquire) != GUARD_SLOT_LIVE)
        return;
    find_what(thread, (uint64_t)pointer, slot, &block);
    changed_look_at_guarded(slot, block.account, block.stack_freed);
    keep_guarded(thread, slot, &block);
    kept_blocks_trim(thread);
}

static void free_kept(void *pointer)
{
    struct thread *thread = thread_self;
    const void *copy;
    struct kept_block block;
    if (!find_what(thread, (uint64_t)pointer, NULL, &block)) {
        below.free(pointer);
        return;
    }
    fill_freed(&block);
    if (!options.keeps || !kept_blocks_put(thread, &block, COPY_OF_KEPT, &copy))
        below.free(pointer);
    kept_blocks_trim(thread);
}

static bool looks_at_all;

static void guarded_free(void *pointer)
{
    if (__builtin_expect(guard_area_owns(pointer), 0))
        free_guarded(pointer);
    else if (looks_at_all)
        free_kept(pointer);
    else
        below.free(pointer);
}

static void leave(const struct kept_block *block, const void *copy)
{
    if (guard_area_owns((void *)block->address)) {
        guard_area_release(guard_area_slot(block->address));
        return;
    }
    changed_look_at_kept(block, copy);
    below.free((void *)block->address);
}

/* --- both --------------------------------------------------------------------- */

static size_t guarded_usable_size(void *pointer)
{
    if (guard_area_owns(pointer)) {
        const struct guard_slot *slot = guard_area_slot((uint64_t)pointer);
        return slot ? slot->size : 0;
    }
    return below.malloc_usable_size(pointer);
}

/* A block that is to be looked at when it leaves, or that lies in the area, always moves. */
static bool moves(void *old)
{
    return guard_area_owns(old) ||
           (sizes_are_known && (looks_at_all || options.which == GUARD_ALL));
}

static void *guarded_realloc(void *old, size_t size)
{
    if (!old)
        return guarded_malloc(size);
    if (!moves(old))
        return below.realloc(old, size);
    if (size == 0) { /* as glibc does */
        guarded_free(old);
        return NULL;
    }
    size_t before = guarded_usable_size(old);
    void *pointer = guarded_malloc(size);
    if (!pointer)
        return NULL;
    memcpy(pointer, old, before < size ? before : size);
    guarded_free(old);
    return pointer;
}

/* --- the beginning ------------------------------------------------------------ */

static uint64_t all_pages(void)
{
    char text[256];
    long length = sys_read_file("/proc/meminfo", text, sizeof text);
    const char *total = text + (length > 0 ? strcspn(text, "0123456789\n") : 0);
    uint64_t kib = length > 0 ? decimal_read(&total) : 0;
    return kib ? kib / 4 : 1u << 18;
}

static bool begin_area(void)
{
    const struct guard_area_options area = {
        .at_begin = options.at_begin,
        .at_random = options.which == GUARD_SOME,
        .pages_live = options.which == GUARD_ALL ? all_pages() / SHARE_ALL : PAGES_SOME,
        .blocks_live = options.which == GUARD_ALL ? UINT64_MAX : PAGES_SOME};
    return guard_area_begin(&area);
}

static void stand_in_front(void)
{
    below = real;
#define REPLACE(name) real.name = below.name ? guarded_##name : NULL
    REPLACE(malloc);
    REPLACE(calloc);
    REPLACE(memalign);
    REPLACE(aligned_alloc);
    REPLACE(posix_memalign);
    REPLACE(valloc);
    REPLACE(pvalloc);
    REPLACE(free);
    REPLACE(realloc);
#undef REPLACE
    real.malloc_usable_size = below.malloc_usable_size ? guarded_usable_size : NULL;
}

bool guarded_malloc_is_on(void)
{
    return below.malloc != NULL;
}

bool guarded_malloc_begin(const struct guard_options *wanted)
{
    options = *wanted;
    sizes_are_known = real_provider("malloc_usable_size") == real_provider("malloc");
    looks_at_all = options.keeps || options.free_fill >= 0;
    kept_blocks_begin(options.volume, options.big, leave);
    changed_begin(options.free_fill);
    if (options.which == GUARD_UNDER)
        under_begin(options.function);
    if (options.which != GUARD_NONE && !begin_area())
        return false;
    stand_in_front();
    return true;
}

void guarded_malloc_end(void)
{
    if (options.which == GUARD_UNDER && !under_was_found())
        trace_log_header->flags |= TRACE_FLAG_GUARD_UNKNOWN;
}
