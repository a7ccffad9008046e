// flags: -D_GNU_SOURCE
/* A library opened with RTLD_DEEPBIND allocates past every preloaded malloc; the program frees and resizes its
 * blocks, as it may. loader_deepbind [WAY [namespace]]; with "namespace" the library is loaded by dlmopen, with a
 * libc of its own. */
#include "api.h"

#include <dlfcn.h>
#include <pthread.h>

static void *(*allocate)(size_t);
static void *(*aligned)(size_t, size_t);
static void (*release)(void *);
static int small_only;

static const size_t sizes[] = {1, 24, 25, 100, 1000, 1032, 1040, 5000, 70000, 131000, 140000, 3000000};
enum { SIZES = sizeof sizes / sizeof *sizes };

static int is_wanted(size_t size) { return !small_only || size <= 1000; }

static void frees(void)
{
    for (int round = 0; round < 20; round++)
        for (int i = 0; i < SIZES; i++)
            if (is_wanted(sizes[i]))
                free(allocate(sizes[i]));
    void *blocks[40];
    for (int i = 0; i < 40; i++)
        blocks[i] = allocate(100);
    for (int i = 0; i < 40; i++)
        free(blocks[i]);
}
static void resizes(void)
{
    for (int i = 0; i < SIZES; i++)
        if (is_wanted(sizes[i])) {
            char *block = realloc(allocate(sizes[i]), sizes[i] + 10);
            CHECK(block && block[0] == 'd' && block[sizes[i] - 1] == 'd');
            free(block);
        }
}
static void alignments(void)
{
    for (size_t alignment = 16; alignment <= 8192; alignment *= 2)
        free(aligned(alignment, 300));
}
/* The same addresses belong to blocks that the preloaded malloc sees and to such that it does not. */
static void takes_turns(void)
{
    for (int i = 0; i < 1000; i++) {
        void *own = malloc(100);
        free(own);
        void *unseen = allocate(100);
        CHECK(small_only || unseen == own);
        free(unseen);
    }
}
static void *in_thread(void *unused)
{
    frees();
    resizes();
    takes_turns();
    return unused;
}
static void threads(void)
{
    pthread_t ids[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&ids[i], NULL, in_thread, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(ids[i], NULL);
}
/* Many small blocks, so that a slow answer would be seen. */
static void many(void)
{
    void **blocks = malloc(100000 * sizeof *blocks), **own = malloc(100000 * sizeof *own);
    for (int i = 0; i < 100000; i++)
        own[i] = malloc(50), blocks[i] = allocate(50);
    for (int i = 0; i < 100000; i++)
        free(blocks[i]), free(own[i]);
    free(blocks);
    free(own);
}
/* The other way round: what the tracer saw is freed where it does not see it. */
static void releases(void)
{
    for (int i = 0; i < 1000; i++)
        release(malloc(100));
    void *blocks[50];
    for (int i = 0; i < 50; i++)
        release(malloc(100 + i));
    for (int i = 0; i < 50; i++)
        blocks[i] = malloc(100 + i);
    for (int i = 0; i < 50; i++)
        free(blocks[i]);
}
/* What no malloc takes: only for a tracer that keeps it away. */
static void twice(size_t size)
{
    void *block = allocate(size);
    free(block);
    free(block);
}
static void mistakes(void)
{
    twice(40);    /* the thread's cache */
    twice(2000);  /* no bin of small ones */
    twice(300000); /* pages of its own, gone */
    char *block = allocate(4096);
    memset(block, 0, 4096);
    free(block + 64);
    free(block + 8);
    memset(block, 0x21, 4096);
    free(block + 64);
    free(block);
    static uint64_t data[40] = {0, 0x41, [9] = 0x41};
    free(data + 2);
    uint64_t stack[40] = {0, 0x41, [9] = 0x41};
    free(stack + 2);
    free((void *)0x7000);
}

int main(int argc, char **argv)
{
    char path[4096];
    const char *way = argc > 1 ? argv[1] : "frees";
    snprintf(path, sizeof path, "%.*s/libloader_deep.so", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
    small_only = argc > 2;
    void *library = argc > 2 ? dlmopen(LM_ID_NEWLM, path, RTLD_NOW) : dlopen(path, RTLD_NOW | RTLD_DEEPBIND);
    if (!library) {
        say("%s\n", dlerror());
        return 9;
    }
    allocate = dlsym(library, "deep_allocate");
    aligned = dlsym(library, "deep_aligned");
    release = dlsym(library, "deep_release");
    const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {{"frees", frees}, {"resizes", resizes}, {"alignments", alignments}, {"turns", takes_turns}, {"threads", threads}, {"many", many}, {"releases", releases}, {"mistakes", mistakes}};
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(way, ways[i].name) == 0)
            ways[i].run();
    /* What the library allocated lives longer than itself. */
    void *left = allocate(60);
    dlclose(library);
    free(left);
    say("%s done\n", way);
    return books.failures ? 1 : 0;
}
