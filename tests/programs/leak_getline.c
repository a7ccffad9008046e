// getline's buffer (120 bytes in glibc), never freed, the stream closed: definitely lost.
#include "leak.h"
static APART void work(void)
{
    char *line = NULL, text[] = "one line\n";
    size_t size = 0;
    FILE *file = fmemopen(text, sizeof text - 1, "r");
    getline(&line, &size, file);
    fclose(file);
}
int main(void)
{
    work();
    forget();
}
