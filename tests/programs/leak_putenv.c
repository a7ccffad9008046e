// putenv keeps the caller's string in environ's array. A second one replaces it: the first (13 bytes)
// is definitely lost. So is the second (16 bytes) in valgrind's eyes, because the array is one of libc's
// caches, which are freed before the check.
#include "leak.h"
static APART void work(void)
{
    putenv(strdup("LEAK_TEST=no"));
    putenv(strdup("LEAK_TEST=maybe"));
}
int main(void)
{
    work();
    forget();
}
