/* leakreport.h: what a program may ask of leakreport while it runs.
 *
 * For C and C++. Nothing has to be linked: the tracer is looked up when it is first asked for. In a
 * program that is not traced, or is linked statically, every call does nothing and returns what its
 * comment says of that. All may be called from any thread.
 *
 *     unsigned long mark = leakreport_mark();
 *     run_the_test();
 *     if (leakreport_lost_since(mark, NULL) > 0)
 *         fail("it leaks");
 *
 * A leak check stops the other threads for as long as it takes, milliseconds for a small heap. */
#ifndef LEAKREPORT_H
#define LEAKREPORT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a check found. Lost blocks are those that nothing points to; indirectly lost, those that
 * only lost blocks point to. */
struct leakreport_leaks {
    unsigned long definitely_lost_bytes, definitely_lost_blocks;
    unsigned long indirectly_lost_bytes, indirectly_lost_blocks;
    unsigned long possibly_lost_bytes, possibly_lost_blocks;
    unsigned long reachable_bytes, reachable_blocks;
};

/* --- the tracer's side --------------------------------------------------- */

enum leakreport_request {
    LEAKREPORT_CHECK = 1, /* answer: leaks. The check's number, or 0 */
    LEAKREPORT_SINCE = 2, /* number: a check's; answer: leaks. Blocks that were lost since, or -1 */
    LEAKREPORT_IGNORE = 3,       /* pointer: a block */
    LEAKREPORT_IGNORE_BEGIN = 4, /* what this thread allocates from now on */
    LEAKREPORT_IGNORE_END = 5,
    LEAKREPORT_ROOT_ADD = 6, /* pointer, number: a region and its size */
    LEAKREPORT_ROOT_REMOVE = 7,
    LEAKREPORT_NAME = 8,        /* pointer: a block; answer: its name. 1, or 0 */
    LEAKREPORT_NAME_REGION = 9, /* pointer, number: a region and its size; answer: its name */
    LEAKREPORT_UNNAME = 10,     /* number: what the request before answered */
    LEAKREPORT_CLIENT = 11,     /* answer: one of valgrind's, a word and its five arguments;
                                 * number: what is answered where the request is not known */
};
typedef long leakreport_function(int request, const void *pointer, unsigned long number,
                                 void *answer);

#ifndef LEAKREPORT_TRACER

/* At -O0 too: a frame of its own would bring words into the search that a function which has
 * returned has left there, and so hide what was lost in it. */
#define LEAKREPORT_INLINE static __inline__ __attribute__((always_inline, unused))

static void *leakreport_dlsym_(void *, const char *) __attribute__((weakref("dlsym")));
/* Before glibc 2.34 dlsym is in a library that a program may not have. */
static leakreport_function leakreport_request_ __attribute__((weakref("leakreport_request")));

/* NULL: this program is not traced. */
LEAKREPORT_INLINE leakreport_function *leakreport_find_(void)
{
    static leakreport_function *found;
    static int looked;
    if (!__atomic_load_n(&looked, __ATOMIC_ACQUIRE)) {
        void *symbol = leakreport_dlsym_ ? leakreport_dlsym_(NULL, "leakreport_request") : NULL;
        if (symbol)
            __builtin_memcpy(&found, &symbol, sizeof found);
        else
            found = leakreport_request_;
        __atomic_store_n(&looked, 1, __ATOMIC_RELEASE);
    }
    return found;
}

LEAKREPORT_INLINE long leakreport_ask_(int request, const void *pointer, unsigned long number,
                                       void *answer, long otherwise)
{
    leakreport_function *ask = leakreport_find_();
    return ask ? ask(request, pointer, number, answer) : otherwise;
}

/* --- the program's ------------------------------------------------------- */

/* 1 if this program is traced, 0 if not. */
LEAKREPORT_INLINE int leakreport_is_there(void)
{
    return leakreport_find_() != NULL;
}

/* Makes a leak check. What it found goes to *leaks, which may be NULL. 0: no check was made. */
LEAKREPORT_INLINE int leakreport_check(struct leakreport_leaks *leaks)
{
    return leakreport_ask_(LEAKREPORT_CHECK, NULL, 0, leaks, 0) > 0;
}

/* Makes a leak check, so that leakreport_lost_since can tell what was lost by then already. */
LEAKREPORT_INLINE unsigned long leakreport_mark(void)
{
    return (unsigned long)leakreport_ask_(LEAKREPORT_CHECK, NULL, 0, NULL, 0);
}

/* Makes a leak check: how many blocks are definitely or indirectly lost now that were not at the
 * mark. All that was lost since, the possibly lost too, goes to *leaks, which may be NULL. 0 if the
 * program is not traced, -1 if no check could be made. */
LEAKREPORT_INLINE long leakreport_lost_since(unsigned long mark, struct leakreport_leaks *leaks)
{
    return leakreport_ask_(LEAKREPORT_SINCE, NULL, mark, leaks, 0);
}

/* A block is no leak, nor is what it points to: they count as reachable from now on. The pointer
 * may be to any byte of it. Forgotten when the block is freed. */
LEAKREPORT_INLINE void leakreport_ignore(const void *block)
{
    leakreport_ask_(LEAKREPORT_IGNORE, block, 0, NULL, 0);
}

/* The same for all that the calling thread allocates until the end has been called as often as the
 * begin. */
LEAKREPORT_INLINE void leakreport_ignore_begin(void)
{
    leakreport_ask_(LEAKREPORT_IGNORE_BEGIN, NULL, 0, NULL, 0);
}
LEAKREPORT_INLINE void leakreport_ignore_end(void)
{
    leakreport_ask_(LEAKREPORT_IGNORE_END, NULL, 0, NULL, 0);
}

/* Gives a block a name, which the report shows with its leak: "named "session 17"". The pointer
 * may be to any byte of it. A later name replaces it, and it ends with the block (realloc's, too).
 * The text is copied, up to 256 bytes of it. 0: no such block, or more than some 4,000 things have
 * names. */
LEAKREPORT_INLINE int leakreport_name(const void *block, const char *name)
{
    return leakreport_ask_(LEAKREPORT_NAME, block, 0, (void *)(size_t)name, 0) > 0;
}

/* The same for all blocks that lie in a region, unless they have names of their own. Returns a
 * number for leakreport_unname, or 0. */
LEAKREPORT_INLINE unsigned long leakreport_name_region(const void *begin, size_t size,
                                                       const char *name)
{
    return (unsigned long)leakreport_ask_(LEAKREPORT_NAME_REGION, begin, size, (void *)(size_t)name,
                                          0);
}
LEAKREPORT_INLINE void leakreport_unname(unsigned long region)
{
    leakreport_ask_(LEAKREPORT_UNNAME, NULL, region, NULL, 0);
}

/* A region that is to be searched for pointers to blocks though it lies in a block itself, or in
 * memory that is not searched. There is room for some 1,000 of them. To be removed as it was added.
 */
LEAKREPORT_INLINE void leakreport_root_add(const void *begin, size_t size)
{
    leakreport_ask_(LEAKREPORT_ROOT_ADD, begin, size, NULL, 0);
}
LEAKREPORT_INLINE void leakreport_root_remove(const void *begin, size_t size)
{
    leakreport_ask_(LEAKREPORT_ROOT_REMOVE, begin, size, NULL, 0);
}

/* --- pools and allocators of the program's own --------------------------- */

/* A request of valgrind's by its number: what valgrind/valgrind.h beside this file is made of. A
 * macro, because the block's stack is to begin where it stands. */
#define LEAKREPORT_CLIENT_REQUEST(otherwise, request, a, b, c, d, e)                               \
    __extension__({                                                                                \
        leakreport_function *leakreport_asked_ = leakreport_find_();                               \
        unsigned long leakreport_words_[6] = {(unsigned long)(request), (unsigned long)(a),        \
                                              (unsigned long)(b),       (unsigned long)(c),        \
                                              (unsigned long)(d),       (unsigned long)(e)};       \
        leakreport_asked_ ? leakreport_asked_(LEAKREPORT_CLIENT, (const void *)0,                  \
                                              (unsigned long)(otherwise), leakreport_words_)       \
                          : (long)(otherwise);                                                     \
    })

/* A block in memory that the program divides itself. It counts in the totals and takes part in the
 * leak check; the block of malloc's that it lies in has no verdict of its own then. red_zone and
 * is_zeroed are valgrind's, and mean nothing here. An address of 0 is passed over. */
#define LEAKREPORT_MALLOCLIKE_BLOCK(address, size, red_zone, is_zeroed)                            \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1301, address, size, red_zone, is_zeroed, 0))
#define LEAKREPORT_FREELIKE_BLOCK(address, red_zone)                                               \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1302, address, red_zone, 0, 0, 0))
#define LEAKREPORT_RESIZEINPLACE_BLOCK(address, old_size, new_size, red_zone)                      \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x130b, address, old_size, new_size, red_zone, 0))

/* A pool is any address. Destroying it frees all pieces that were taken from it. */
#define LEAKREPORT_CREATE_MEMPOOL(pool, red_zone, is_zeroed)                                       \
    LEAKREPORT_CREATE_MEMPOOL_EXT(pool, red_zone, is_zeroed, 0)
/* flags: a metapool's pieces hold MALLOCLIKE blocks; with AUTO_FREE these are free when their piece
 * is. */
#define LEAKREPORT_MEMPOOL_AUTO_FREE 1
#define LEAKREPORT_MEMPOOL_METAPOOL  2
#define LEAKREPORT_CREATE_MEMPOOL_EXT(pool, red_zone, is_zeroed, flags)                            \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1303, pool, red_zone, is_zeroed, flags, 0))
#define LEAKREPORT_DESTROY_MEMPOOL(pool)                                                           \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1304, pool, 0, 0, 0, 0))
#define LEAKREPORT_MEMPOOL_ALLOC(pool, address, size)                                              \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1305, pool, address, size, 0, 0))
#define LEAKREPORT_MEMPOOL_FREE(pool, address)                                                     \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1306, pool, address, 0, 0, 0))
/* Only what lies in there stays; a piece across an edge is cut. */
#define LEAKREPORT_MEMPOOL_TRIM(pool, address, size)                                               \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1307, pool, address, size, 0, 0))
/* The same pool is another address from now on. */
#define LEAKREPORT_MOVE_MEMPOOL(pool, new_pool)                                                    \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1308, pool, new_pool, 0, 0, 0))
/* The same piece is another one. */
#define LEAKREPORT_MEMPOOL_CHANGE(pool, address, new_address, size)                                \
    ((void)LEAKREPORT_CLIENT_REQUEST(0, 0x1309, pool, address, new_address, size, 0))
#define LEAKREPORT_MEMPOOL_EXISTS(pool)                                                            \
    ((int)LEAKREPORT_CLIENT_REQUEST(0, 0x130a, pool, 0, 0, 0, 0))

#endif

#ifdef __cplusplus
}
#endif

#endif
