/* The malloc family, as libc has it. */
#include "events/observe_here.h"
#include "hooks/interpose.h"

#include <errno.h>
#include <string.h>
#include <stdint.h>

/* C23's names, and one that left glibc long ago: not in this libc's headers. */
void cfree(void *);
void free_sized(void *, size_t);
void free_aligned_sized(void *, size_t, size_t);
void *malloc(size_t);
void free(void *);
void *calloc(size_t, size_t);
void *realloc(void *, size_t);
void *reallocarray(void *, size_t, size_t);
void *memalign(size_t, size_t);
int posix_memalign(void **, size_t, size_t);
void *aligned_alloc(size_t, size_t);
void *valloc(size_t);
void *pvalloc(size_t);
size_t malloc_usable_size(void *);

/* Before the next malloc is known, and while the tracer sets itself up. */
static inline bool needs_bootstrap(const void *function)
{
    return __builtin_expect(!function, 0) || __builtin_expect(lifecycle_is_beginning(), 0);
}

static void *bootstrap_or_enomem(size_t size, size_t alignment)
{
    void *pointer = bootstrap_allocate(size, alignment);
    if (!pointer)
        errno = ENOMEM;
    return pointer;
}

/* malloc and calloc, where not every call is observed: the rest of them, which is rare there, too.
 */
static __attribute__((noinline)) void *allocate_rarely(size_t count, size_t size, bool zeroed,
                                                       enum interpose_way way,
                                                       const struct call_site *site)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        bytes = SIZE_MAX;
    const void *next = zeroed ? (const void *)real.calloc : (const void *)real.malloc;
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(next))
        return bootstrap_or_enomem(bytes, 16);
    void *pointer = zeroed ? real.calloc(count, size) : real.malloc(bytes);
    if (pointer)
        interpose_allocated(way, pointer, bytes, TRACE_BY_MALLOC, 0, site);
    else if (way != INTERPOSE_UNTRACED)
        observe_new_failed();
    return pointer;
}

INTERPOSE void *malloc(size_t size)
{
    uint32_t state = tracing_state();
    if (interpose_is_sampling_in(state) && sampling_passes(size))
        return real.malloc(size);
    if (__builtin_expect(state != TRACING_ON, 0)) {
        enum interpose_way way = interpose_way(size);
        struct call_site site = UNWIND_CALL_SITE(malloc);
        return allocate_rarely(1, size, false, way, &site);
    }
    void *pointer = real.malloc(size);
    if (__builtin_expect(pointer != NULL, 1)) {
        struct call_site site = UNWIND_CALL_SITE(malloc);
        observe_allocation_here(pointer, size, TRACE_BY_MALLOC, 0, &site);
    } else {
        observe_new_failed();
    }
    return pointer;
}

INTERPOSE void *calloc(size_t count, size_t size)
{
    uint32_t state = tracing_state();
    if (interpose_is_sampling_in(state) && sampling_passes(count * size))
        return real.calloc(count, size);
    if (__builtin_expect(state != TRACING_ON, 0)) {
        enum interpose_way way = interpose_way(count * size);
        struct call_site site = UNWIND_CALL_SITE(calloc);
        return allocate_rarely(count, size, true, way, &site);
    }
    void *pointer = real.calloc(count, size);
    if (__builtin_expect(pointer != NULL, 1)) {
        struct call_site site = UNWIND_CALL_SITE(calloc);
        observe_allocation(pointer, count * size, TRACE_BY_MALLOC, 0, &site);
    }
    return pointer;
}

static void free_observed(void *pointer, const struct misuse_free *how,
                          const struct call_site *site)
{
    if (!pointer || __builtin_expect(bootstrap_owns(pointer), 0))
        return;
    if (observe_free(pointer, how, site) && real.free)
        real.free(pointer);
}

/* What is recorded is taken out. */
static inline __attribute__((always_inline)) void free_sampled(void *pointer)
{
    if (bootstrap_owns(pointer))
        return;
    if (sampling_may_have(pointer))
        sampling_free(pointer);
    real.free(pointer);
}

static void free_untraced(void *pointer)
{
    if (pointer && !bootstrap_owns(pointer) && real.free)
        real.free(pointer);
}

void interpose_free(void *pointer, const struct misuse_free *how, const struct call_site *site)
{
    if (interpose_is_observed())
        free_observed(pointer, how, site);
    else if (interpose_is_sampling())
        free_sampled(pointer);
    else
        free_untraced(pointer);
}

static const struct misuse_free by_free = {.family = TRACE_BY_MALLOC};

INTERPOSE void free(void *pointer)
{
    uint32_t state = tracing_state();
    if (interpose_is_sampling_in(state)) {
        free_sampled(pointer);
        return;
    }
    struct call_site site = UNWIND_CALL_SITE(free);
    if (__builtin_expect(state != TRACING_ON, 0)) {
        struct call_site copy = site;
        interpose_free(pointer, &by_free, &copy);
        return;
    }
    /* As free_observed, which inlined here takes 27 instructions more. */
    if (pointer && __builtin_expect(!bootstrap_owns(pointer), 1) &&
        observe_free_here(pointer, &by_free, &site) && real.free)
        real.free(pointer);
}

INTERPOSE void cfree(void *pointer)
{
    struct call_site site = UNWIND_CALL_SITE(cfree);
    interpose_free(pointer, &by_free, &site);
}

INTERPOSE void free_sized(void *pointer, size_t size)
{
    struct call_site site = UNWIND_CALL_SITE(free_sized);
    interpose_free(
        pointer, &(struct misuse_free){.family = TRACE_BY_MALLOC, .size_given = true, .size = size},
        &site);
}

INTERPOSE void free_aligned_sized(void *pointer, size_t alignment, size_t size)
{
    struct call_site site = UNWIND_CALL_SITE(free_aligned_sized);
    struct misuse_free how = {TRACE_BY_MALLOC, true, true, size, alignment};
    interpose_free(pointer, &how, &site);
}

static void *realloc_bootstrap(void *old, size_t size)
{
    void *pointer = interpose_is_observed() || !needs_bootstrap(real.malloc)
                        ? malloc(size)
                        : bootstrap_or_enomem(size, 16);
    size_t old_size = bootstrap_size(old);
    if (pointer)
        memcpy(pointer, old, old_size < size ? old_size : size);
    return pointer;
}

static inline void *realloc_observed(void *old, size_t size, const struct call_site *site)
{
    struct block block;
    if (!observe_realloc_begin(old, &block, site))
        return NULL;
    void *pointer = real.realloc(old, size);
    /* glibc frees a block that is resized to 0 and returns NULL without an error. */
    bool freed = !pointer && size == 0;
    if (pointer || freed)
        observe_realloc_done(&block, pointer, size, freed, site);
    else
        observe_realloc_failed(&block);
    return pointer;
}

/* It is a free and an allocation, each drawn for itself. */
static inline void *realloc_sampled(void *old, size_t size, enum interpose_way way,
                                    const struct call_site *site)
{
    struct block block;
    bool was_recorded = sampling_may_have(old) && sampling_take(old, &block);
    void *pointer = real.realloc(old, size);
    if (was_recorded && !pointer && size != 0)
        sampling_put_back(&block);
    else if (was_recorded)
        sampling_freed(&block);
    if (pointer)
        interpose_allocated(way, pointer, size, TRACE_BY_MALLOC, 0, site);
    return pointer;
}

static inline void *reallocate(void *old, size_t size, struct call_site *site)
{
    if (__builtin_expect(old && bootstrap_owns(old), 0))
        return realloc_bootstrap(old, size);
    enum interpose_way way = interpose_way(size);
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(real.realloc))
        return old ? NULL : bootstrap_or_enomem(size, 16);
    if (way == INTERPOSE_OBSERVE && old)
        return realloc_observed(old, size, site);
    if ((way == INTERPOSE_PASS || way == INTERPOSE_SAMPLE) && old)
        return realloc_sampled(old, size, way, site);
    void *pointer = real.realloc(old, size);
    if (way != INTERPOSE_UNTRACED && pointer) {
        /* realloc of nothing is a malloc, in valgrind's stacks (and suppressions) too. */
        site->function = (uintptr_t)malloc;
        interpose_allocated(way, pointer, size, TRACE_BY_MALLOC, 0, site);
    }
    return pointer;
}

INTERPOSE void *realloc(void *old, size_t size)
{
    struct call_site site = UNWIND_CALL_SITE(realloc);
    return reallocate(old, size, &site);
}

INTERPOSE void *reallocarray(void *old, size_t count, size_t size)
{
    struct call_site site = UNWIND_CALL_SITE(reallocarray);
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return reallocate(old, bytes, &site);
}

INTERPOSE void *memalign(size_t alignment, size_t size)
{
    enum interpose_way way = interpose_way(size);
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(real.memalign))
        return bootstrap_or_enomem(size, alignment);
    void *pointer = real.memalign(alignment, size);
    if (way != INTERPOSE_UNTRACED && pointer) {
        struct call_site site = UNWIND_CALL_SITE(memalign);
        interpose_allocated(way, pointer, size, TRACE_BY_MALLOC, interpose_log2(alignment), &site);
    }
    return pointer;
}

INTERPOSE int posix_memalign(void **result, size_t alignment, size_t size)
{
    enum interpose_way way = interpose_way(size);
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(real.posix_memalign)) {
        void *pointer = bootstrap_allocate(size, alignment);
        if (pointer)
            *result = pointer;
        return pointer ? 0 : ENOMEM;
    }
    int error = real.posix_memalign(result, alignment, size);
    if (way != INTERPOSE_UNTRACED && error == 0 && *result) {
        struct call_site site = UNWIND_CALL_SITE(posix_memalign);
        interpose_allocated(way, *result, size, TRACE_BY_MALLOC, interpose_log2(alignment), &site);
    }
    return error;
}

INTERPOSE void *aligned_alloc(size_t alignment, size_t size)
{
    enum interpose_way way = interpose_way(size);
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(real.aligned_alloc))
        return bootstrap_or_enomem(size, alignment);
    void *pointer = real.aligned_alloc(alignment, size);
    if (way != INTERPOSE_UNTRACED && pointer) {
        struct call_site site = UNWIND_CALL_SITE(aligned_alloc);
        interpose_allocated(way, pointer, size, TRACE_BY_MALLOC, interpose_log2(alignment), &site);
    } else if (way != INTERPOSE_UNTRACED) {
        observe_new_failed();
    }
    return pointer;
}

INTERPOSE void *valloc(size_t size)
{
    enum interpose_way way = interpose_way(size);
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(real.valloc))
        return bootstrap_or_enomem(size, 4096);
    void *pointer = real.valloc(size);
    if (way != INTERPOSE_UNTRACED && pointer) {
        struct call_site site = UNWIND_CALL_SITE(valloc);
        interpose_allocated(way, pointer, size, TRACE_BY_MALLOC, 12, &site);
    }
    return pointer;
}

INTERPOSE void *pvalloc(size_t size)
{
    enum interpose_way way = interpose_way(size);
    if (way == INTERPOSE_UNTRACED && needs_bootstrap(real.pvalloc))
        return bootstrap_or_enomem((size + 4095) & ~(size_t)4095, 4096);
    void *pointer = real.pvalloc(size);
    if (way != INTERPOSE_UNTRACED && pointer) {
        struct call_site site = UNWIND_CALL_SITE(pvalloc);
        interpose_allocated(way, pointer, size, TRACE_BY_MALLOC, 12, &site);
    }
    return pointer;
}

INTERPOSE size_t malloc_usable_size(void *pointer)
{
    if (!pointer)
        return 0;
    if (__builtin_expect(bootstrap_owns(pointer), 0))
        return bootstrap_size(pointer);
    interpose_is_observed();
    return real.malloc_usable_size ? real.malloc_usable_size(pointer) : 0;
}
