// A shared_ptr made from new, held: the object (16) and its count (24) still reachable. A weak_ptr
// that outlives its object holds only a count.
#include "leak.h"
#include <memory>
struct pair {
    long a, b;
};
static std::shared_ptr<pair> *held;
static std::weak_ptr<pair> *weak;
static APART void work()
{
    held = new std::shared_ptr<pair>(new pair);
    weak = new std::weak_ptr<pair>(std::shared_ptr<pair>(new pair));
}
int main()
{
    work();
    forget();
}
