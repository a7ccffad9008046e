/* A library that the loader_* programs open: what it allocates when it is loaded and unloaded, in TLS and when
 * it is called. Opened with RTLD_DEEPBIND its malloc is libc's, whatever is preloaded. */
#include <stdlib.h>
#include <string.h>

#ifndef NAME
#define NAME(function) deep_##function
#endif
static char *made_at_load;
static __thread char *kept; /* dynamic TLS: the loader allocates it at a thread's first use */

static __attribute__((constructor)) void NAME(load)(void) { made_at_load = malloc(77); }
static __attribute__((destructor)) void NAME(unload)(void)
{
    free(made_at_load);
    free(kept);
    kept = NULL;
}
void *NAME(allocate)(size_t size) { return memset(malloc(size), 'd', size); }
void *NAME(aligned)(size_t alignment, size_t size)
{
    void *block = NULL;
    return posix_memalign(&block, alignment, size) ? NULL : block;
}
void NAME(keep)(size_t size)
{
    free(kept);
    kept = malloc(size);
}
void NAME(drop)(void)
{
    free(kept);
    kept = NULL;
}
void NAME(release)(void *block) { free(block); }
void *NAME(leak)(void) { return malloc(4321); }
