// flags: -lapi_early
/* Memory taken before main and given back after it: everything is freed in the end, by a library's
 * destructor last of all. Natively and under valgrind the truth is 7 + 4 allocations. */
#include "api.h"

extern char *libapi_early_text;
static char *first, *second, *third;

static __attribute__((constructor(101))) void very_early(void)
{
    first = got(malloc(500), 500);
    first = realloc(first, 5000), gone(500), got(first, 5000);
}
static __attribute__((constructor)) void early(void)
{
    second = got(calloc(1, 300), 300);
}
static void at_exit(void)
{
    char *temporary = got(malloc(200), 200);
    free(temporary), gone(200);
    free(second), gone(300);
}
static __attribute__((destructor(101))) void very_late(void)
{
    free(got(malloc(100), 100)), gone(100);
    free(first), gone(5000);
    /* The library's: two in its constructor that its destructor frees after us, one that it freed. */
    books.allocs += 3, books.bytes += 1001 + 31 + 100;
    books.frees += 3, books.bytes_freed += 1001 + 31 + 100;
    tell();
}

int main(void)
{
    CHECK(strcmp(libapi_early_text, "from the library's constructor") == 0);
    atexit(at_exit);
    third = got(malloc(400), 400);
    free(third), gone(400);
    return 0;
}
