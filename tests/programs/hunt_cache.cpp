// hunt_cache: a cache without a limit, whose keys never come twice; all is freed at the end (docs/hunts.md, 8).
#include <map>
#include <string>

struct Grammar {
    std::string rules;
};
class GrammarCache {
    std::map<std::string, Grammar> compiled;

public:
    const Grammar &compile(const std::string &schema)
    {
        auto found = compiled.find(schema);
        if (found == compiled.end())
            found = compiled.emplace(schema, Grammar{schema + std::string(2000, 'r')}).first;
        return found->second;
    }
};

static size_t serve(GrammarCache &cache, int request)
{
    return cache.compile("{\"tool\": \"search\", \"request\": " + std::to_string(request) + "}").rules.size();
}

int main()
{
    GrammarCache cache;
    size_t sum = 0;
    for (int request = 0; request < 2000; request++)
        sum += serve(cache, request);
    return sum == 0;
}
