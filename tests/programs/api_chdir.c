/* Goes elsewhere, and becomes larger there. */
#include "api.h"

int main(int argc, char **argv)
{
    CHECK(chdir(argv[1]) == 0);
    for (int i = 0; i < 50000; i++)
        got(malloc(10), 10);
    return tell();
}
