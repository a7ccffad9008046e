#include "libc/blank.h"

#include "libc/glibc_layout.h"
#include "libc/real.h"
#include "os/sys.h"

#include <emmintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define WORD 8u
#define LINE 64u
/* A block of so many bytes (glibc's of 4,096) touches two pages, of which one has its header and
 * the other the next block's: both are there. */
#define NEAR_MAX 4104u
/* What is larger has pages of its own with glibc, unless told otherwise; and a tebibyte that is not
 * there takes minutes to read. */
#define FAR_MAX (33u << 20)

static bool is_glibcs;       /* each function that allocates, and chunks are as known */
static bool is_anothers;     /* they are not all glibc's */
static bool rooms_are_known; /* malloc_usable_size belongs to them */

/* --- zeros --------------------------------------------------------------- */

static inline void zero_16(char *at)
{
    _mm_storeu_si128((__m128i *)at, _mm_setzero_si128());
}

static inline void zero_line(char *at)
{
    zero_16(at);
    zero_16(at + 16);
    zero_16(at + 32);
    zero_16(at + 48);
}

/* Else the compiler makes a loop a call of memset, by its name. */
static inline void keep_loop(void)
{
    __asm__ volatile("" : : : "memory");
}

static inline void zero_words(char *begin, const char *end)
{
    for (; begin < end; begin += WORD) {
        *(uint64_t *)begin = 0;
        keep_loop();
    }
}

/* 16 bytes or more: the last stores may cover a part of the first. */
static inline __attribute__((always_inline)) void zero_near(char *begin, size_t size)
{
    char *end = begin + size;
    if (size <= LINE / 2) {
        zero_16(begin);
        zero_16(end - 16);
        return;
    }
    if (size <= LINE) {
        zero_16(begin);
        zero_16(begin + 16);
        zero_16(end - 32);
        zero_16(end - 16);
        return;
    }
    do {
        zero_line(begin);
        begin += LINE;
        keep_loop();
    } while (begin < end - LINE);
    zero_line(end - LINE);
}

static inline bool is_zero_line(const char *at)
{
    const __m128i *words = (const __m128i *)at;
    __m128i any =
        _mm_or_si128(_mm_or_si128(_mm_loadu_si128(words), _mm_loadu_si128(words + 1)),
                     _mm_or_si128(_mm_loadu_si128(words + 2), _mm_loadu_si128(words + 3)));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(any, _mm_setzero_si128())) == 0xffff;
}

/* All on one page, which is there for sure once a word is not zero. */
static void zero_on_page(char *begin, char *end)
{
    char *lines_end = begin + (size_t)(end - begin) / LINE * LINE;
    while (begin < lines_end && is_zero_line(begin))
        begin += LINE;
    for (; begin < lines_end; begin += LINE) {
        zero_line(begin);
        keep_loop();
    }
    while (begin < end && *(uint64_t *)begin == 0)
        begin += WORD;
    zero_words(begin, end);
}

/* `size` in whole words. */
static __attribute__((noinline)) void zero_far(char *begin, size_t size)
{
    char *end = begin + size;
    if (size > FAR_MAX)
        return;
    while (begin < end) {
        char *page_end = (char *)(((uintptr_t)begin | (SYS_PAGE - 1)) + 1);
        zero_on_page(begin, page_end < end ? page_end : end);
        begin = page_end;
    }
}

/* --- which part of a block ----------------------------------------------- */

static inline uint64_t chunk_head(const void *pointer)
{
    return ((const uint64_t *)pointer)[-1];
}

/* A chunk of glibc's main or other arenas; 24 bytes or more. */
static inline __attribute__((always_inline)) void blank_chunk(void *pointer)
{
    uint64_t head = chunk_head(pointer);
    size_t size = glibc_chunk_size(head) - WORD;
    if (__builtin_expect(head & GLIBC_IS_MMAPPED, 0))
        return;
    if (__builtin_expect(size <= NEAR_MAX, 1))
        zero_near(pointer, size);
    else
        zero_far(pointer, size);
}

static void blank_foreign(void *pointer, size_t size)
{
    size = size / WORD * WORD;
    if (size > NEAR_MAX)
        zero_far(pointer, size);
    else if (size >= 16)
        zero_near(pointer, size);
    else
        zero_words(pointer, (char *)pointer + size);
}

static void *blanked(void *pointer, size_t size)
{
    if (!pointer)
        return NULL;
    if (is_glibcs)
        blank_chunk(pointer);
    else
        blank_foreign(pointer, size);
    return pointer;
}

void blank_new(void *pointer, size_t size)
{
    /* Beside glibc's malloc it is a pool of the program's own. */
    if (is_anothers)
        blank_foreign(pointer, size);
}

/* --- in front of the real functions -------------------------------------- */

static void *malloc_of_glibc(size_t size)
{
    void *pointer = real_found.malloc(size);
    if (__builtin_expect(pointer != NULL, 1))
        blank_chunk(pointer);
    return pointer;
}

static void *malloc_of_another(size_t size)
{
    return blanked(real_found.malloc(size), size);
}

/* What the program may write to; where that is not known, as much as can be. Of a chunk with pages
 * of its own glibc itself is asked: its size is not the same in all releases. */
static size_t usable_of(void *pointer)
{
    if (is_glibcs && !(chunk_head(pointer) & GLIBC_IS_MMAPPED))
        return glibc_chunk_size(chunk_head(pointer)) - WORD;
    return rooms_are_known ? real_found.malloc_usable_size(pointer) : SIZE_MAX;
}

static void *grow(void *old, size_t size)
{
    size_t before = usable_of(old);
    char *pointer = real_found.realloc(old, size);
    bool fresh = pointer && is_glibcs && chunk_head(pointer) & GLIBC_IS_MMAPPED;
    if (!pointer || fresh)
        return pointer;
    size_t now = is_glibcs ? usable_of(pointer) : size / WORD * WORD;
    /* A word that the old block had a part of is the program's. */
    size_t begin = before > now ? now : (before + WORD - 1) / WORD * WORD;
    if (begin < now)
        zero_far(pointer + begin, now - begin);
    return pointer;
}

static void *realloc_blank(void *old, size_t size)
{
    return old ? grow(old, size) : blanked(real_found.realloc(NULL, size), size);
}

static void *memalign_blank(size_t alignment, size_t size)
{
    return blanked(real_found.memalign(alignment, size), size);
}

static int posix_memalign_blank(void **result, size_t alignment, size_t size)
{
    int error = real_found.posix_memalign(result, alignment, size);
    if (error == 0)
        blanked(*result, size);
    return error;
}

static void *aligned_alloc_blank(size_t alignment, size_t size)
{
    return blanked(real_found.aligned_alloc(alignment, size), size);
}

static void *valloc_blank(size_t size)
{
    return blanked(real_found.valloc(size), size);
}

static void *pvalloc_blank(size_t size)
{
    return blanked(real_found.pvalloc(size), size);
}

static bool are_of(const void *provider)
{
    static const char *const names[] = {"malloc",         "calloc",        "realloc", "memalign",
                                        "posix_memalign", "aligned_alloc", "valloc",  "pvalloc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (real_provider(names[i]) != provider)
            return false;
    return true;
}

void blank_begin(void)
{
    is_anothers = !are_of(real_provider("gnu_get_libc_version"));
    is_glibcs = !is_anothers && glibc_layout_is_known();
    rooms_are_known = real_provider("malloc_usable_size") == real_provider("malloc") &&
                      real_provider("realloc") == real_provider("malloc");
    real.malloc = is_glibcs ? malloc_of_glibc : malloc_of_another;
#define REPLACE(name) real.name = real_found.name ? name##_blank : NULL
    REPLACE(realloc);
    REPLACE(memalign);
    REPLACE(posix_memalign);
    REPLACE(aligned_alloc);
    REPLACE(valloc);
    REPLACE(pvalloc);
#undef REPLACE
}
