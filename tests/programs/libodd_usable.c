/* In front of libc: malloc_usable_size as it would be if malloc laid its memory out otherwise. */
#include <stddef.h>

size_t malloc_usable_size(void *block)
{
    return block ? ((size_t *)block)[-1] / 16 * 16 - 16 : 0;
}
