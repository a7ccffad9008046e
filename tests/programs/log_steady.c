/* log_steady COUNT: allocates and frees COUNT times with 1,000 blocks alive, in each of them the same text. */
#include "api.h"

int main(int argc, char **argv)
{
    static char *blocks[1000];
    char text[] = "TSOHG A MA I"; /* turned round, so that the file of the program does not have it */
    for (int i = 0; i < 6; i++) {
        char swap = text[i];
        text[i] = text[11 - i];
        text[11 - i] = swap;
    }
    for (long i = 0; i < atol(argv[1]); i++) {
        int place = i * 7919 % 1000;
        size_t size = 20 + i % 100;
        free(blocks[place]);
        blocks[place] = strcpy(malloc(size), text);
    }
    say("%s\n", blocks[999]);
    return 0;
}
