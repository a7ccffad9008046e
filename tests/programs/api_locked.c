// flags: -D_GNU_SOURCE
/* Locks its memory in the ways that there are, with a limit, and prints what comes of it and whether its pages are locked. */
#include "api.h"

#include <sys/mman.h>
#include <sys/resource.h>

static char data[64 << 10];

/* Whether the mapping with this address is locked, by /proc/self/smaps. */
static int is_locked(const void *address)
{
    char line[512];
    int within = 0, locked = 0;
    FILE *maps = fopen("/proc/self/smaps", "r");
    CHECK(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long begin, end;
        if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
            within = (unsigned long)address >= begin && (unsigned long)address < end;
        else if (within && strncmp(line, "VmFlags:", 8) == 0)
            locked = strstr(line, " lo") != NULL;
    }
    fclose(maps);
    return locked;
}

/* Touched by nobody before: whether it has come. */
static int is_there(char *page)
{
    unsigned char there = 0;
    CHECK(mincore(page, 4096, &there) == 0);
    return there & 1;
}

static unsigned long locked_kib(void)
{
    char line[256];
    unsigned long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status);
    while (fgets(line, sizeof line, status))
        sscanf(line, "VmLck: %lu", &kib);
    fclose(status);
    return kib;
}

static char *map(size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void try(const char *name, int flags)
{
    char *before = map(256 << 10);
    errno = 0;
    int result = mlockall(flags);
    int error = errno;
    char *after = map(256 << 10), *block = malloc(100 << 10);
    say("%s: %d %s, stack %d data %d code %d block %d, before %d %d, after %d %d, little %d\n", name, result, strerror(error),
        is_locked(&before), is_locked(data), is_locked((void *)(size_t)map), is_locked(block), is_locked(before), is_there(before + 8192), is_locked(after),
        is_there(after + 8192), locked_kib() < 7500);
    for (int i = 0; i < 3000; i++)
        free(malloc(i));
    free(block);
    CHECK(munlockall() == 0);
    CHECK(munmap(before, 256 << 10) == 0 && munmap(after, 256 << 10) == 0);
}

int main(void)
{
    try("all", MCL_CURRENT | MCL_FUTURE);
    try("current", MCL_CURRENT);
    try("future", MCL_FUTURE);
    try("on fault", MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    try("nothing", 0);
    try("on fault only", MCL_ONFAULT);
    try("unknown", 64);
    /* Too much for the limit, with the tracer or without. */
    char *much = mmap(NULL, 40 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(much != MAP_FAILED);
    errno = 0;
    int result = mlockall(MCL_CURRENT);
    say("much: %d %s\n", result, strerror(errno));
    return 0;
}
