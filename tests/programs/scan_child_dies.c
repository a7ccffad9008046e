/* libc's list of streams is broken, so that freeing its caches crashes; the program itself ends
 * without looking at it. Lost: 40 bytes; held: 24 bytes and, from libc, the stream's 472. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *held;
FILE *stream;

__attribute__((noinline)) static void lose(void)
{
    void *volatile lost = malloc(40);
    lost = NULL;
}

int main(void)
{
    held = malloc(24);
    lose();
    stream = fopen("/dev/null", "w");
    stream->_chain = (void *)16;
    _exit(3);
}
