// flags: -lfree_exceptions
// operator new that is left by an exception, whose memory is malloc's and freed as that, and one that
// allocates something of its own before the block. Every block is freed; nothing is wrong.
#include <new>
#include <string>
#include <vector>

extern bool refuses;
void close_book();

template <class Act> static void refused(Act act)
{
    std::vector<std::string> lines;
    try {
        act();
        abort();
    } catch (const std::bad_alloc &error) {
        refuses = false;
        lines.push_back("a line that is too long for the string itself, while the exception lives");
    }
}

int main()
{
    for (int i = 0; i < 3; i++) {
        refused([] { return operator new(100, std::align_val_t(63)); });
        refused([] { return operator new[](100, std::align_val_t(63)); });
        if (operator new(100, std::align_val_t(63), std::nothrow))
            return 1;
        refused([] { refuses = true; return operator new(24); });
        refused([] { refuses = true; return operator new[](24); });
        delete[] new char[1000];
        delete new std::string("another line that is too long for the string itself");
    }
    close_book();
    return 0;
}
