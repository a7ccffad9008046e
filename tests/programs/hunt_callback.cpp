// hunt_callback: a function that holds a shared pointer to itself (docs/hunts.md, 5).
#include <functional>
#include <memory>
#include <string>

using Callback = std::function<void(int)>;

static int done;

static void read_directory(const std::string &path)
{
    auto next = std::make_shared<Callback>();
    auto entries = std::make_shared<std::string>(path + std::string(1000, '.'));
    *next = [next, entries](int sector) {
        if (sector < 2)
            (*next)(sector + 1);
        else
            done++;
    };
    (*next)(0);
}

int main()
{
    for (int i = 0; i < 4; i++)
        read_directory("/boot");
    return done != 4;
}
