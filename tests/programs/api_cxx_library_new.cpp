// flags: -lapi_own_new
/* The global operators come from a shared library behind the tracer: the tracer's forward to them. */
#include "api.h"

#include <map>
#include <memory>

extern unsigned long own_news, own_deletes;

struct node {
    char text[40];
};

int main()
{
    for (int i = 0; i < 10; i++) {
        node *one = (node *)got(new node, sizeof(node));
        delete one, gone(sizeof(node));
        char *array = got(new char[33], 33);
        delete[] array, gone(33);
    }
    CHECK(own_news == 20 && own_deletes == 20);
    got(new node, sizeof(node));
    got(new char[77], 77);
    for (int i = 0; i < 77; i++)
        CHECK(((char *)got(new char, 1))[0] == 0x5a);
    CHECK(own_news == 99);
    return tell();
}
