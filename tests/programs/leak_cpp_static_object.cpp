// Static and function-local static objects free what they own when the program ends, and at that
// time a new block of 24 bytes is lost by a destructor.
#include "leak.h"
#include <string>
#include <vector>
struct last {
    ~last()
    {
        node(24, nullptr);
        forget();
    }
};
static std::vector<long> numbers(1000);
// Made later and so destroyed earlier than `numbers`, whose freed storage it must not be given: the
// vector's pointer to that remains in memory.
static last runs_at_end;
static APART std::string &text()
{
    static std::string local(500, 't');
    return local;
}
int main()
{
    text();
    forget();
}
