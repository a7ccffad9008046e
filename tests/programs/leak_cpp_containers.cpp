// A vector, a map, a list and a string, each lost by its object made with new: four heads, and what
// they allocated indirectly lost (map nodes point back to the map: it stays the head).
#include "leak.h"
#include <list>
#include <map>
#include <string>
#include <vector>
static APART void work()
{
    auto *vector = new std::vector<int>(100);
    auto *map = new std::map<int, long>;
    for (int k = 0; k < 10; k++)
        (*map)[k] = k;
    auto *list = new std::list<int>{1, 2, 3};
    auto *string = new std::string(100, 'x');
}
int main()
{
    work();
    forget();
}
