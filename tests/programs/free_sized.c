/* free_sized: C23's sized frees with sizes and alignments that are right, wrong, and of another family. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void (*sized)(void *, size_t);
static void (*aligned_sized)(void *, size_t, size_t);

static void right(void)
{
    sized(malloc(30), 30);
    sized(calloc(3, 10), 30);
    sized(realloc(malloc(3), 30), 30);
    sized(NULL, 12345);
    aligned_sized(aligned_alloc(64, 128), 64, 128);
    aligned_sized(NULL, 1, 2);
}
static void wrong_size(void) { sized(malloc(30), 31); }
static void wrong_aligned_size(void) { aligned_sized(aligned_alloc(64, 128), 64, 64); }
static void wrong_alignment(void) { aligned_sized(aligned_alloc(64, 128), 128, 128); }
static void twice(void)
{
    void *block = malloc(30);
    sized(block, 30);
    sized(block, 30);
}

int main(void)
{
    sized = dlsym(RTLD_DEFAULT, "free_sized");
    aligned_sized = dlsym(RTLD_DEFAULT, "free_aligned_sized");
    if (!sized || !aligned_sized)
        return puts("there is no free_sized"), 4;
    right();
    wrong_size();
    wrong_aligned_size();
    wrong_alignment();
    twice();
    puts("survived");
    return 3;
}
