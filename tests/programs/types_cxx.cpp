// flags: -std=c++17
// What blocks are: classes with a vtable, elements of containers, what variables and members lead to.
#include "leak.h"
#include <functional>
#include <list>
#include <unistd.h>
#include <map>
#include <memory>
#include <vector>

namespace app {
struct Timer;
struct Base {
    virtual ~Base() {}
    long id = 0;
};
struct Session : Base {
    std::shared_ptr<Timer> timer;
};
struct Timer {
    long ticks = 0;
    std::weak_ptr<Timer> self;
    std::shared_ptr<Session> session;
};
struct Entry {
    long key;
    Entry *next;
    void *load;
};
struct Larger : Entry {
    long more[4];
};
static std::vector<Session *> sessions;
static std::map<int, std::unique_ptr<Entry>> entries;
static std::list<Base *> bases;
static Entry *chain, *derived;
static Entry **table;
} // namespace app

using namespace app;

static APART void cycle()
{
    auto session = std::make_shared<Session>();
    session->timer = std::make_shared<Timer>();
    session->timer->session = session;
}

int main()
{
    for (int i = 0; i < 3; i++)
        sessions.push_back(new Session);
    for (int i = 0; i < 4; i++)
        entries[i].reset(new Entry{i, nullptr, malloc(1000)});
    bases.push_back(new Session);
    chain = new Entry{1, new Entry{2, nullptr, nullptr}, nullptr};
    derived = new Larger{};
    table = new Entry *[5];
    table[4] = new Entry{};
    for (int i = 0; i < 10; i++)
        cycle();
    forget();
    _exit(0);
}
