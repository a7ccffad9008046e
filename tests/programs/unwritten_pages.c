/* Large blocks of which the program touches the first word only, fresh and recycled. Prints how many kB of
 * the heap are resident. */
#include "leak.h"

#include <malloc.h>

static void *block[200];

static APART void fill(size_t size, int touched)
{
    for (int i = 0; i < 200; i++)
        memset(block[i] = malloc(size), 1, touched ? size : 1);
}

static long resident_kilobytes_of_heap(void)
{
    char line[512];
    long kilobytes = -1;
    int in_heap = 0;
    FILE *maps = fopen("/proc/self/smaps", "r");
    while (maps && kilobytes < 0 && fgets(line, sizeof line, maps)) {
        in_heap |= strstr(line, "[heap]") != NULL;
        if (in_heap)
            sscanf(line, "Rss: %ld", &kilobytes);
    }
    return kilobytes;
}

static void free_all(void)
{
    for (int i = 0; i < 200; i++)
        free(block[i]);
}

int main(void)
{
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    fill(5000, 1);
    free_all();
    fill(100000, 0);
    free_all();
    fill(200000, 0);
    for (int i = 0; i < 200; i++)
        block[i] = realloc(block[i], 400000);
    printf("%ld\n", resident_kilobytes_of_heap());
    return 0;
}
