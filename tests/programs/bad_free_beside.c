// Frees beside blocks: as far as valgrind's red zone reaches the block is told, and no further.
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    char *volatile block = malloc(1000);
    char *volatile empty = malloc(0);
    free(block - 3);
    free(block + 1000);
    free(block + 1001);
    free(empty + 1);
    free(block);
    free(empty);
    puts("survived");
    return 3;
}
