/* libc's list of streams leads back into itself, so that freeing its caches never ends; the program
 * itself ends without looking at it. Lost: 40 bytes; held: 24 bytes and the stream's 472. */
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
    stream->_chain = stream;
    _exit(3);
}
