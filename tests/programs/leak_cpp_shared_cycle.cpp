// Two shared_ptr that hold each other: a lost cycle of two blocks (make_shared: object and count in
// one), one the head. The pointers are to the object inside the block.
#include "leak.h"
#include <memory>
struct person {
    std::shared_ptr<person> friend_;
    long age = 0;
};
static APART void work()
{
    auto a = std::make_shared<person>(), b = std::make_shared<person>();
    a->friend_ = b;
    b->friend_ = a;
}
int main()
{
    work();
    forget();
}
