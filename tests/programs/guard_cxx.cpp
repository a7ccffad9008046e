// flags: -O0 -g -fno-builtin -fno-optimize-sibling-calls
/* One wrong use each of what C++ keeps in the heap, or with "fixed" a right one. The access that is
 * wrong is made by a function of this file, so that a report can be held against the table
 * (tests/e2e/guard_cxx.table). */
#include <cstdio>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

static bool fixed;
static volatile long sink;

static void touch(const long *at) { sink = *at; }
static void put(long *at) { *at = 1; }
static void touch_char(const char *at) { sink = *at; }

static void vector_reference()
{
    std::vector<long> v(8);
    long *first = &v[0];
    v.push_back(1);
    touch(fixed ? &v[0] : first);
}
static void vector_iterator()
{
    std::vector<long> v(8);
    auto it = v.begin();
    v.reserve(100);
    if (fixed)
        it = v.begin();
    put(&*it);
}
static void vector_behind()
{
    std::vector<long> v(8);
    put(v.data() + 7 + (fixed ? 0 : 1));
}
static void vector_shrunk()
{
    std::vector<long> v(100);
    long *last = &v[20];
    v.resize(8);
    v.shrink_to_fit();
    touch(fixed ? &v[7] : last);
}
static void vector_moved_from()
{
    std::vector<long> v(8);
    long *first = v.data();
    {
        std::vector<long> w(std::move(v));
        if (fixed)
            touch(first);
    }
    if (!fixed)
        touch(first);
}
static void vector_of_strings()
{
    std::vector<std::string> v(2, std::string(40, 'x'));
    const char *text = v[0].c_str();
    if (!fixed)
        v.clear();
    touch_char(text + 3);
}
static void string_data()
{
    std::string s(40, 'a');
    const char *text = s.c_str();
    s.append(100, 'b');
    touch_char(fixed ? s.c_str() : text);
}
static void string_view_of_temporary()
{
    std::string kept(50, 'c');
    std::string_view view = fixed ? std::string_view(kept) : std::string_view(std::string(50, 'c'));
    touch_char(view.data() + 10);
}
static void string_behind()
{
    std::string s(47, 'd');
    touch_char(s.data() + 47 + (fixed ? 0 : 1));
}
static void list_node()
{
    std::list<long> l{1, 2, 3};
    auto it = l.begin();
    long *value = &*it;
    if (!fixed)
        l.erase(it);
    put(value);
}
static void map_value()
{
    std::map<int, long> m;
    m[1] = 2;
    long *value = &m[1];
    if (!fixed)
        m.clear();
    touch(value);
}
static void unique_pointer()
{
    auto p = std::make_unique<long>(5);
    long *raw = p.get();
    if (!fixed)
        p.reset();
    touch(raw);
}
static void shared_pointer()
{
    long *raw;
    auto outer = std::make_shared<long>(5);
    raw = outer.get();
    if (!fixed)
        outer = nullptr;
    put(raw);
}
static void new_array()
{
    long *p = new long[6];
    put(p + 5 + (fixed ? 0 : 1));
    delete[] p;
}
struct base {
    virtual ~base() {}
    long field = 1;
    virtual long get() { return field; }
};
struct derived : base {
    long more = 2;
    long get() override { return more; }
};
static void object_field()
{
    base *p = new derived;
    long *field = &p->field;
    if (!fixed)
        delete p;
    touch(field);
    if (fixed)
        delete p;
}
static void virtual_call()
{
    base *p = new derived;
    if (!fixed)
        delete p;
    sink = p->get();
    if (fixed)
        delete p;
}
static void lambda_reference()
{
    std::function<void()> later;
    auto value = std::make_unique<long>(3);
    later = [raw = value.get()] { touch(raw); };
    if (!fixed)
        value.reset();
    later();
}
static void in_thread()
{
    long *p = new long(4);
    if (!fixed)
        delete p;
    std::thread([p] { touch(p); }).join();
    if (fixed)
        delete p;
}
static void placement()
{
    char *room = new char[16];
    put(reinterpret_cast<long *>(room + (fixed ? 8 : 16)));
    delete[] room;
}
#define CASE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)();
} cases[] = {
    CASE(vector_reference), CASE(vector_iterator), CASE(vector_behind), CASE(vector_shrunk), CASE(vector_moved_from),
    CASE(vector_of_strings), CASE(string_data), CASE(string_view_of_temporary), CASE(string_behind), CASE(list_node),
    CASE(map_value), CASE(unique_pointer), CASE(shared_pointer), CASE(new_array), CASE(object_field), CASE(virtual_call),
    CASE(lambda_reference), CASE(in_thread), CASE(placement),
};

int main(int count, char **arguments)
{
    fixed = count > 2;
    for (const auto &one : cases) {
        if (count < 2)
            std::puts(one.name);
        else if (!std::strcmp(arguments[1], "all") || !std::strcmp(arguments[1], one.name))
            one.run();
    }
}
