// Blocks of operator new, new[] and the aligned ones, lost without having been written to, in a heap that
// was used before: 60,000 bytes in 600 blocks.
#include "unwritten.h"

#include <new>

static void *volatile lost;

static APART void lose(void)
{
    for (unsigned round = 0; round < 10; round++) {
        use_heap(round, 700);
        for (int i = 0; i < 15; i++) {
            lost = ::operator new(100);
            lost = new char[100];
            lost = ::operator new(100, std::align_val_t(64));
            lost = ::operator new[](100, std::nothrow);
        }
    }
}

int main()
{
    lose();
    lost = nullptr;
    forget();
}
