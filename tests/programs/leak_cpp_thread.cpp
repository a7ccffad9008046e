// std::thread that was joined: nothing of it remains; what it made (a vector by new, 24 + 400) is
// lost.
#include "leak.h"
#include <thread>
#include <vector>
static APART void make()
{
    new std::vector<int>(100);
}
static APART void work()
{
    std::thread thread([] {
        make();
        forget();
    });
    thread.join();
}
int main()
{
    work();
    forget();
}
