/* A configuration and a regular expression that are lost, with all that the standard library made for them, many
 * templates deep; a long chain of the program's own functions leads to a third. */
#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <vector>

struct Config {
    std::map<std::string, std::vector<std::pair<std::string, int>>> values;
};
template <class First, class Second> struct Pair {
    __attribute__((noinline)) bool operator<(const Pair &) const { return new First != nullptr; }
};
static Config *global;

__attribute__((noinline)) void remember(Config &config, const std::string &key)
{
    config.values[key].emplace_back(key + " is a long enough value for the heap", 1);
}
__attribute__((noinline)) void parse(Config &config)
{
    std::vector<std::string> keys;

    for (int i = 0; i < 20; i++)
        keys.push_back("a key that is long enough for the heap" + std::to_string(i));
    std::for_each(keys.begin(), keys.end(), [&](const std::string &key) { remember(config, key); });
}
__attribute__((noinline)) std::regex *compile(const char *text)
{
    return new std::regex(text);
}
__attribute__((noinline)) void nested(int depth)
{
    volatile int here = depth;

    if (here > 0)
        nested(here - 1);
    else if (here > -1) {
        Pair<std::vector<std::string>, std::map<std::string, int>> pair;

        here = pair < pair;
    }
}
int main()
{
    Config *config = new Config;

    parse(*config);
    compile("(a|b)*c[0-9]+(foo|bar){2,3}");
    nested(20);
    global = config = nullptr;
}
