/* scan_child dies: libc's list of streams is broken, so that freeing its caches crashes.
 * scan_child hangs: the list leads back into itself, so that freeing them never ends.
 * The program itself ends without looking at it. Lost: 40 bytes; held: 24 bytes and, from libc, the
 * stream's 472. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *held;
FILE *stream;

__attribute__((noinline)) static void lose(void)
{
    void *volatile lost = malloc(40);
    lost = NULL;
}

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    held = malloc(24);
    lose();
    stream = fopen("/dev/null", "w");
    stream->_chain = strcmp(arguments[1], "hangs") == 0 ? stream : (void *)16;
    _exit(3);
}
