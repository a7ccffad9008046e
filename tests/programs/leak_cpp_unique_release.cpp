// unique_ptr::release() gives a pointer that nobody takes: definitely lost, with the string inside
// the object indirectly lost. The unique_ptr that kept its object freed it.
#include "leak.h"
#include <memory>
#include <string>
struct item {
    std::string name = std::string(64, 'n');
    long number = 0;
};
static APART void work()
{
    auto lost = std::make_unique<item>(), kept = std::make_unique<item>();
    lost.release();
}
int main()
{
    work();
    forget();
}
