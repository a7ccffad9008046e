// flags: -D_GNU_SOURCE
/* A program that runs out of something and goes on: scarce WAY. What it says does not depend on how far it came. */
#include "api.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void limit(int what, rlim_t to)
{
    struct rlimit limits = {to, RLIM_INFINITY};
    getrlimit(what, &limits);
    limits.rlim_cur = to;
    CHECK(setrlimit(what, &limits) == 0);
}
static unsigned long in_use(const char *name)
{
    char text[4096], *at;
    int fd = open("/proc/self/status", O_RDONLY);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    at = strstr(text, name);
    return at ? strtoul(at + strlen(name), NULL, 10) << 10 : 0;
}
/* Small blocks until there are no more, by many stacks. */
struct link {
    struct link *next;
};
static __attribute__((noinline)) struct link *take(unsigned path, int depth, size_t size)
{
    struct link *block;
    if (depth == 0)
        block = malloc(size);
    else if (path & 1)
        block = take(path >> 1, depth - 1, size);
    else
        block = take(path >> 1, depth - 1, size);
    __asm__ volatile("");
    return block;
}
static unsigned long exhaust(size_t size)
{
    struct link *all = NULL, *block;
    unsigned long count = 0;
    errno = 0;
    while (count < 3000000 && (block = take(count, 10, size))) {
        memset(block, 1, size);
        block->next = all;
        all = block;
        count++;
    }
    CHECK(count < 3000000 && errno == ENOMEM);
    CHECK(malloc(1ul << 40) == NULL && errno == ENOMEM);
    CHECK(realloc(all, 1ul << 40) == NULL && errno == ENOMEM);
    CHECK(calloc(1ul << 20, 1ul << 20) == NULL && errno == ENOMEM);
    while (all) {
        block = all->next;
        free(all);
        all = block;
    }
    return count;
}
static void *thread(void *unused)
{
    free(malloc(100));
    return unused;
}
static void go_on(void)
{
    for (int i = 0; i < 1000; i++)
        free(take(i, 10, 50));
    pthread_t id;
    if (pthread_create(&id, NULL, thread, NULL) == 0)
        pthread_join(id, NULL);
}
static void address_space(void)
{
    limit(RLIMIT_AS, in_use("VmSize:") + (40ul << 20));
    CHECK(exhaust(100) > 1000);
    go_on();
    CHECK(exhaust(200000) > 10);
    go_on();
}
static void data(void)
{
    limit(RLIMIT_DATA, in_use("VmData:") + (40ul << 20));
    CHECK(exhaust(100) > 1000);
    go_on();
    CHECK(exhaust(200000) > 10);
    go_on();
}
static void started(void) /* whatever the limits are that it was started with */
{
    go_on();
    void *block = malloc(100000);
    CHECK(block != NULL);
    free(block);
}
/* Whatever the machine gives; the caller sets the limit. */
static void all(void)
{
    exhaust(100000);
    go_on();
}
static void many(void)
{
    static void *blocks[300000];
    for (int i = 0; i < 300000; i++)
        CHECK((blocks[i] = take(i, 10, 20)) != NULL);
    for (int i = 0; i < 300000; i++)
        free(blocks[i]);
}
static __attribute__((noinline)) void leak(void) { *(void *volatile *)malloc(1234) = NULL; }

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {{"address_space", address_space}, {"data", data}, {"started", started}, {"all", all}, {"many", many}};
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
        if (argc > 1 && strcmp(argv[1], ways[i].name) == 0)
            ways[i].run();
    leak();
    say("done\n");
    return books.failures ? 1 : 3;
}
