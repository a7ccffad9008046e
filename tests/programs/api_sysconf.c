/* sysconf: every answer and its errno, also of names that there are none of. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    for (int name = -2; name < 400; name++) {
        if (name == _SC_AVPHYS_PAGES)
            continue; /* of the moment */
        errno = 77;
        long value = sysconf(name);
        printf("%d: %ld, errno %d\n", name, value, errno);
    }
    return 0;
}
