/* libfail_malloc: preloaded behind the tracer, the allocator that the tracer calls. From main on, every
 * FAIL_EVERY-th call finds no memory, or only the FAIL_AT-th. How many calls there were goes to the file
 * FAIL_COUNT: the tracer may add none. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static unsigned long calls, every, at;
static int counting;
static char count_path[4096];
static int (*real_main)(int, char **, char **);

static int fails(void)
{
    if (!counting)
        return 0;
    unsigned long call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if ((every && call % every == 0) || call == at) {
        errno = ENOMEM;
        return 1;
    }
    return 0;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return fails() ? NULL : __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return fails() ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *found = fails() ? NULL : __libc_memalign(alignment, size);
    if (!found)
        return ENOMEM;
    *block = found;
    return 0;
}
void free(void *block) { __libc_free(block); }

static unsigned long number(const char *name)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    every = number("FAIL_EVERY");
    at = number("FAIL_AT");
    snprintf(count_path, sizeof count_path, "%s", getenv("FAIL_COUNT") ? getenv("FAIL_COUNT") : "");
}
__attribute__((destructor)) static void end(void)
{
    char text[32];
    counting = 0;
    int length = snprintf(text, sizeof text, "%lu\n", calls);
    int file = *count_path ? open(count_path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (file >= 0 && write(file, text, length) == length)
        close(file);
}

static int counted_main(int count, char **arguments, char **environment)
{
    counting = 1;
    return real_main(count, arguments, environment);
}
int __libc_start_main(int (*main)(int, char **, char **), int count, char **arguments, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack)
{
    int (*next)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
        dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = main;
    return next(counted_main, count, arguments, init, fini, rtld_fini, stack);
}
