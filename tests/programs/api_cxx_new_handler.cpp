/* operator new without memory: the program's new_handler makes room and the operator tries again; without
 * one it throws, or returns nullptr. The memory limit makes it real. */
#include "api.h"

#include <new>
#include <sys/resource.h>

static char *reserve;
static int called;
static const size_t reserve_size = 60 << 20, wanted = 50 << 20;

static void make_room()
{
    called++;
    CHECK(reserve != nullptr);
    free(reserve), gone(reserve_size);
    reserve = nullptr;
    std::set_new_handler(nullptr);
}

/* What the process has, and 100 MiB. */
static void limit_memory()
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    fscanf(file, "%lu", &pages);
    fclose(file);
    struct rlimit limit = {pages * 4096 + (100 << 20), RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &limit);
}

int main()
{
    limit_memory();
    books.allocs += 2, books.frees += 2, books.bytes += 472 + 1024, books.bytes_freed += 472 + 1024; /* the FILE */
    reserve = got(malloc(reserve_size), reserve_size);
    std::set_new_handler(make_room);
    char *first = got(operator new(wanted), wanted);
    CHECK(called == 1);
    CHECK(std::get_new_handler() == nullptr);
    errno = 0;
    CHECK(operator new(wanted * 2, std::nothrow) == nullptr && errno == ENOMEM);
    CHECK(operator new[](wanted * 2, std::nothrow) == nullptr);
    CHECK(operator new(wanted * 2, std::align_val_t(64), std::nothrow) == nullptr);
    operator delete(first), gone(wanted);
    reserve = got(malloc(reserve_size), reserve_size);
    std::set_new_handler(make_room);
    first = got(operator new[](wanted, std::align_val_t(4096)), wanted);
    CHECK(called == 2);
    got(malloc(33), 33);
    return tell();
}
