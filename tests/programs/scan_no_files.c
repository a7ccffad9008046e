/* No file can be opened any longer, so nothing can be known of the program's memory.
 * Lost: 40 bytes. */
#include <stdlib.h>
#include <sys/resource.h>

__attribute__((noinline)) static void lose(void)
{
    void *volatile lost = malloc(40);
    lost = NULL;
}

int main(void)
{
    struct rlimit none = {0, 0};
    lose();
    setrlimit(RLIMIT_NOFILE, &none);
    return 3;
}
