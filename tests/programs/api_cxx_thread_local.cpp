/* thread_local objects and static ones: their destructors free, in threads and after main. */
#include "api.h"

#include <thread>

struct holder {
    char *block;
    size_t size;
    explicit holder(size_t size) : block(got(malloc(size), size)), size(size) {}
    ~holder()
    {
        free(got(malloc(5), 5)), gone(5);
        free(block), gone(size);
        delete got_late;
    }
    char *got_late = new char;
};

static thread_local holder local(70);
static holder global(90);

int main()
{
    local.block[0] = 1;
    for (int i = 0; i < 5; i++)
        std::thread([] {
            local.block[0] = 1;
            static thread_local holder inner(110);
            inner.block[0] = 1;
        }).join();
    return 0;
}
