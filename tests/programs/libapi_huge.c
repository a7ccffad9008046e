/* A malloc of its own for sizes from 64 GiB, in address space that costs nothing. Preloaded behind
 * the tracer, so that the tracer sees sizes that the machine cannot have. */
#include <stddef.h>
#include <sys/mman.h>

void *__libc_malloc(size_t);
void __libc_free(void *);

#define HUGE (1ul << 35)
static struct { void *block; size_t size; } huge[16];

void *malloc(size_t size)
{
    if (size < HUGE)
        return __libc_malloc(size);
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
    for (int i = 0; i < 16 && block; i++)
        if (huge[i].block == block) {
            munmap(block, huge[i].size);
            huge[i].block = NULL;
            return;
        }
    __libc_free(block);
}
