// flags: -I include -I tracer
/* pool_requests WAY: pools and allocators of its own, annotated as for valgrind; built with valgrind's own headers, too. */
#include <valgrind/memcheck.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static char *keep[8]; /* roots */

/* Pieces one behind the other, the first at the very beginning of malloc's block. */
struct arena {
    char *memory;
    size_t used;
};
static __attribute__((noinline)) struct arena arena_make(size_t size)
{
    struct arena arena = {malloc(size), 0};
    VALGRIND_CREATE_MEMPOOL(arena.memory, 0, 0);
    return arena;
}
static __attribute__((noinline)) char *arena_take(struct arena *arena, size_t size)
{
    char *piece = arena->memory + arena->used;
    arena->used += (size + 15) / 16 * 16;
    VALGRIND_MEMPOOL_ALLOC(arena->memory, piece, size);
    memset(piece, 0, size);
    return piece;
}
static __attribute__((noinline)) void forget(void)
{
    char space[4000];
    memset(space, 0, sizeof space);
    __asm__ volatile("" : : "r"(space) : "memory");
}

/* Three held, six lost, of which one hangs on another; the arena itself is held. */
static __attribute__((noinline)) void pieces(void)
{
    struct arena arena = arena_make(4096);
    keep[0] = arena.memory;
    for (int i = 1; i < 4; i++)
        keep[i] = arena_take(&arena, 20);
    for (int i = 0; i < 5; i++)
        arena_take(&arena, 30);
    char **holder = (char **)arena_take(&arena, 40);
    *holder = arena_take(&arena, 50);
    VALGRIND_MEMPOOL_FREE(arena.memory, keep[3]);
    printf("exists %d %d\n", (int)VALGRIND_MEMPOOL_EXISTS(arena.memory), (int)VALGRIND_MEMPOOL_EXISTS(&arena));
}

static __attribute__((noinline)) void destroyed(void)
{
    struct arena arena = arena_make(4096);
    for (int i = 0; i < 9; i++)
        arena_take(&arena, 20);
    VALGRIND_DESTROY_MEMPOOL(arena.memory);
    keep[0] = arena.memory;
}

static __attribute__((noinline)) void freed_with_its_memory(void)
{
    struct arena arena = arena_make(4096);
    for (int i = 0; i < 9; i++)
        arena_take(&arena, 20);
    VALGRIND_DESTROY_MEMPOOL(arena.memory);
    free(arena.memory);
    keep[0] = malloc(4096); /* mostly the same memory */
}

static __attribute__((noinline)) void trimmed(void)
{
    struct arena arena = arena_make(4096);
    keep[0] = arena.memory;
    for (int i = 0; i < 4; i++)
        arena_take(&arena, 64);
    VALGRIND_MEMPOOL_TRIM(arena.memory, arena.memory + 64, 96);
}

static __attribute__((noinline)) void changed_and_moved(void)
{
    struct arena arena = arena_make(4096);
    keep[0] = arena.memory;
    char *piece = arena_take(&arena, 64);
    VALGRIND_MEMPOOL_CHANGE(arena.memory, piece, piece + 128, 200);
    VALGRIND_MOVE_MEMPOOL(arena.memory, keep);
    printf("exists %d %d\n", (int)VALGRIND_MEMPOOL_EXISTS(arena.memory), (int)VALGRIND_MEMPOOL_EXISTS(keep));
    keep[1] = arena.memory + 1024;
    VALGRIND_MEMPOOL_ALLOC(keep, keep[1], 99);
}

/* In memory that malloc did not give, and in a block of malloc's with a header. */
static __attribute__((noinline)) void malloclike(void)
{
    char *mapping = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *block = malloc(1000);
    VALGRIND_MALLOCLIKE_BLOCK(mapping + 64, 100, 0, 1);
    VALGRIND_MALLOCLIKE_BLOCK(mapping + 256, 200, 0, 1);
    VALGRIND_MALLOCLIKE_BLOCK(block + 16, 300, 0, 1);
    VALGRIND_MALLOCLIKE_BLOCK(NULL, 300, 0, 1);
    keep[0] = mapping + 64;
    VALGRIND_RESIZEINPLACE_BLOCK(mapping + 64, 100, 150, 0);
    VALGRIND_MALLOCLIKE_BLOCK(mapping + 1024, 400, 0, 1);
    VALGRIND_FREELIKE_BLOCK(mapping + 1024, 0);
    VALGRIND_FREELIKE_BLOCK(mapping + 1024, 0); /* twice */
}

/* Level 1: a slab. Level 2: blocks in it. */
static __attribute__((noinline)) void metapool(int automatic)
{
    char *memory = malloc(4096);
    keep[0] = memory;
    VALGRIND_CREATE_MEMPOOL_EXT(memory, 0, 0, VALGRIND_MEMPOOL_METAPOOL | (automatic ? VALGRIND_MEMPOOL_AUTO_FREE : 0));
    VALGRIND_MEMPOOL_ALLOC(memory, memory + 64, 1024);
    VALGRIND_MEMPOOL_ALLOC(memory, memory + 2048, 1024);
    VALGRIND_MALLOCLIKE_BLOCK(memory + 128, 100, 0, 0);
    VALGRIND_MALLOCLIKE_BLOCK(memory + 2048 + 64, 200, 0, 0);
    if (automatic)
        VALGRIND_MEMPOOL_FREE(memory, memory + 64);
}

static __attribute__((noinline)) void realloc_of_a_whole(void)
{
    struct arena arena = arena_make(100);
    arena_take(&arena, 20);
    VALGRIND_DESTROY_MEMPOOL(arena.memory);
    keep[0] = realloc(arena.memory, 5000);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*run)(void); } ways[] = {
        {"pieces", pieces}, {"destroyed", destroyed}, {"freed", freed_with_its_memory}, {"trimmed", trimmed},
        {"changed", changed_and_moved}, {"malloclike", malloclike}, {"realloc", realloc_of_a_whole}};
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
        if (!strcmp(argv[1], ways[i].name))
            ways[i].run();
    if (argc > 1 && !strncmp(argv[1], "metapool", 8))
        metapool(argv[1][8] != 0);
    forget();
    return 0;
}
