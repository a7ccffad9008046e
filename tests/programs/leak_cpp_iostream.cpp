// The standard streams and the C++ runtime's own memory are no leak: nothing is in use at exit but
// one string object (32) and its characters (41), lost.
#include "leak.h"
#include <iostream>
#include <sstream>
#include <string>
static APART void work()
{
    std::ostringstream stream;
    stream << "a number: " << 42 << " and some more characters";
    std::cout << stream.str() << std::endl;
    new std::string(40, 'x');
}
int main()
{
    work();
    forget();
}
