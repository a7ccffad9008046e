// flags: -std=c++17 -Wno-unused-function
// holders_cxx CASE: as holders.c. What is wanted is what target() has made.
#include "leak.h"
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

struct Wanted {
    long load[10];
};
static APART Wanted *target()
{
    return new Wanted;
}

struct Base {
    virtual ~Base() {}
    long a = 0;
};
struct Other {
    virtual ~Other() {}
    long b = 0;
};
struct Both : Base, Other {
    Wanted *wanted = nullptr;
};

namespace app {
std::vector<Wanted *> sessions;
static std::map<int, Wanted *> by_number;
static std::list<Wanted *> listed;
static std::unordered_map<int, std::unique_ptr<Wanted>> hashed;
static std::shared_ptr<Wanted> shared;
static Other *other;
struct Registry {
    static Wanted *instance;
};
Wanted *Registry::instance;
} // namespace app

static APART void vector()
{
    for (int i = 0; i < 5; i++)
        app::sessions.push_back(target());
}
static APART void map()
{
    for (int i = 0; i < 3; i++)
        app::by_number[i] = target();
}
static APART void list()
{
    app::listed.push_back(target());
}
static APART void hash()
{
    app::hashed[7].reset(target());
}
static APART void shared()
{
    app::shared.reset(target());
}
static APART void second_base()
{
    Both *both = new Both;
    both->wanted = target();
    app::other = both;
}
static APART void class_member()
{
    app::Registry::instance = target();
}

/* --- cycles --- */

struct Timer;
struct Session {
    std::shared_ptr<Timer> timer;
    char name[40];
};
struct Timer {
    std::shared_ptr<Session> owner;
    Wanted *wanted = nullptr;
};
static APART std::shared_ptr<Session> make_session()
{
    return std::make_shared<Session>();
}
static APART std::shared_ptr<Timer> make_timer()
{
    return std::make_shared<Timer>();
}
static APART void sessions()
{
    std::vector<void *> holes;
    /* Addresses in no order: holes of both sizes, given back in turn. */
    for (int i = 0; i < 100; i++)
        holes.push_back(malloc(sizeof(Timer) + 16)), holes.push_back(malloc(sizeof(Session) + 16));
    for (size_t i = 0; i < holes.size(); i++)
        free(holes[(i * 77) % holes.size()]);
    for (int i = 0; i < 100; i++) {
        auto session = make_session();
        session->timer = make_timer();
        session->timer->owner = session;
    }
}
struct Observer;
struct Subject {
    std::vector<std::shared_ptr<Observer>> observers;
};
struct Observer {
    std::shared_ptr<Subject> subject;
};
static APART void observers()
{
    auto subject = std::make_shared<Subject>();
    for (int i = 0; i < 4; i++) {
        subject->observers.push_back(std::make_shared<Observer>());
        subject->observers.back()->subject = subject;
    }
}
struct Job {
    std::function<void()> done;
    long rest[4];
};
static APART void function_object()
{
    auto job = std::make_shared<Job>();
    job->done = [job] { job->rest[0]++; };
}

static const struct {
    const char *name;
    void (*run)();
} cases[] = {{"vector", vector},
             {"map", map},
             {"list", list},
             {"hash", hash},
             {"shared", shared},
             {"second_base", second_base},
             {"class_member", class_member},
             {"sessions", sessions},
             {"observers", observers},
             {"function_object", function_object}};

int main(int count, char **arguments)
{
    for (auto &each : cases)
        if (count > 1 && strcmp(each.name, arguments[1]) == 0)
            each.run();
    forget();
    _exit(0);
}
