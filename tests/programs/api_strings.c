/* Library functions that allocate for their caller. Their sizes are libc's affair: the test takes
 * valgrind's word for them. */
#include "api.h"

#include <limits.h>
#include <stdarg.h>

int main(void)
{
    char *copy = strdup("a copy"), *part = strndup("a longer text", 4), *text = NULL, *line = NULL;
    CHECK(strcmp(copy, "a copy") == 0 && strcmp(part, "a lo") == 0);
    CHECK(asprintf(&text, "%d and %s", 42, "more") == 11 && strcmp(text, "42 and more") == 0);
    size_t size = 0, lines = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (getline(&line, &size, file) > 0)
        lines++;
    CHECK(lines > 20);
    fclose(file);
    char *memory = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&memory, &length);
    for (int i = 0; i < 1000; i++)
        fprintf(stream, "%d ", i);
    fclose(stream);
    CHECK(length == 3890 && strlen(memory) == length);
    char *path = realpath("/usr/bin/../bin/env", NULL);
    CHECK(strcmp(path, "/usr/bin/env") == 0);
    char *here = getcwd(NULL, 0);
    CHECK(here[0] == '/');
    free(line), free(memory), free(path), free(here), free(part);
    printf("stdout has a buffer\n");
    return books.failures != 0; /* copy and text stay */
}
