/* A malloc of its own for sizes from 64 GiB, in address space that costs nothing. Preloaded behind
 * the tracer, so that the tracer sees sizes that the machine cannot have. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/mman.h>

#define HUGE (1ul << 35)
static struct { void *block; size_t size; } huge[16];

void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (!next)
        next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    if (size < HUGE)
        return next(size);
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (int i = 0; i < 16 && block != MAP_FAILED; i++)
        if (!huge[i].block) {
            huge[i].block = block, huge[i].size = size;
            return block;
        }
    return NULL;
}

void free(void *block)
{
    static void (*next)(void *);
    if (!next)
        next = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    for (int i = 0; i < 16 && block; i++)
        if (huge[i].block == block) {
            munmap(block, huge[i].size);
            huge[i].block = NULL;
            return;
        }
    next(block);
}
