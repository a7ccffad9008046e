// The same, held by globals, and a static vector of strings, whose destructor frees it.
#include "leak.h"
#include <list>
#include <map>
#include <string>
#include <vector>
static std::map<int, std::string> *map;
static std::list<std::vector<int>> *list;
static std::vector<std::string> freed;
static APART void work()
{
    map = new std::map<int, std::string>;
    for (int k = 0; k < 10; k++)
        (*map)[k] = std::string(20 + k, 'x');
    list = new std::list<std::vector<int>>{{1, 2}, {3}};
    freed.assign(100, std::string(50, 'y'));
}
int main()
{
    work();
    forget();
}
