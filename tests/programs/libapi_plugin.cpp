/* A C++ plugin of a C program: brings libstdc++ along, for its loader to see only. */
#include <cstring>
#include <map>
#include <new>
#include <stdexcept>
#include <string>

struct part {
    char text[120];
};

extern "C" void *plugin_make() { return memset(new part, 1, sizeof(part)); }
extern "C" void plugin_drop(void *made) { delete (part *)made; }
extern "C" void *plugin_make_array(size_t count) { return new char[count]; }
extern "C" int plugin_throws()
{
    std::map<std::string, int> map;
    try {
        for (int i = 0; i < 20; i++)
            map[std::to_string(i) + " with a text too long for the string itself"] = i;
        throw std::runtime_error("thrown and caught inside");
    } catch (const std::exception &error) {
        return (int)map.size();
    }
}
