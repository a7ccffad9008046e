/* 256 GiB are mapped and 4 GiB allocated, of which the program uses a page each: reading all of it
 * would take minutes. What is held by the few words that are used: 24 + 32 bytes. Lost: 40 bytes. */
#include <stdlib.h>
#include <sys/mman.h>

static const size_t size = 256ull << 30, block_size = 4ull << 30;
void **block;

__attribute__((noinline)) static void lose(void)
{
    void *volatile lost = malloc(40);
    lost = NULL;
}

int main(void)
{
    void **area = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED)
        return 77;
    block = malloc(block_size);
    if (!block)
        return 77;
    area[(size / 2 + 8192) / 8] = malloc(24);
    block[(block_size - 8192) / 8] = malloc(32);
    lose();
    return 3;
}
