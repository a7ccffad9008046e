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
static last runs_at_end;
static std::vector<long> numbers(1000);
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
