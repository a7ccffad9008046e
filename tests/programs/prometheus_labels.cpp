// Loses blocks in a function whose name has quotes.
#include <cstdlib>

static void *volatile sink;

long operator"" _lost(unsigned long long size)
{
    for (int i = 0; i < 3; i++)
        sink = malloc(size);
    sink = nullptr;
    return 0;
}

int main()
{
    sink = malloc(10);
    free(sink);
    1000_lost;
}
