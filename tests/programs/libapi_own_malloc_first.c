// A library whose constructor, which runs before the tracer's, is the first to allocate.
#include <stdlib.h>
void *api_own_malloc_block;
static __attribute__((constructor)) void allocate(void)
{
    api_own_malloc_block = malloc(10);
}
