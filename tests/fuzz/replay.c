/* replay.c: gives a harness every file of the folders and files that are named, so that what was
 * once found stays found. Without arguments: the harness's own corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerInitialize(int *count, char ***arguments) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned replayed;
static void replay_file(const char *path)
{
    FILE *file = fopen(path, "re");
    long size;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        perror(path);
        exit(1);
    }
    uint8_t *bytes = malloc((size_t)size + 1);
    rewind(file);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        exit(1);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* the last one is the culprit */
    LLVMFuzzerTestOneInput(bytes, (size_t)size);
    free(bytes);
    replayed++;
}

static void replay(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);

    if (count < 0) {
        replay_file(path);
        return;
    }
    for (int i = 0; i < count; i++) {
        char name[4096];

        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            replay_file(name);
        free(entries[i]);
    }
    free(entries);
}

int main(int count, char **arguments)
{
    static const char *const corpus[] = {"", FUZZ_CORPUS};

    if (count < 2) {
        count = 2;
        arguments = (char **)corpus;
    }
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&count, &arguments);
    for (int i = 1; i < count; i++)
        replay(arguments[i]);
    if (replayed == 0)
        return 1;
    printf("[       OK ] corpus of %u files\n", replayed);
    return 0;
}
