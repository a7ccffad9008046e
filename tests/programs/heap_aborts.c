/* heap_aborts KIND: a mistake that glibc's malloc notices itself, and ends the program for. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *first, *second, *third;

static void allocate(size_t size)
{
    first = malloc(size);
    second = malloc(size);
    third = malloc(size);
}

/* The blocks are too large for a thread's cache, which looks at no header. */
static void by_one(void)
{
    allocate(2040);
    memset(first, 'a', 2041);
    free(first);
}

static void by_one_zero(void)
{
    allocate(2040);
    first[2040] = 0;
    free(second);
}

static void by_eight(void)
{
    allocate(2040);
    memset(first, 'a', 2048);
    free(first);
}

static void beyond(void)
{
    allocate(2040);
    memset(first, 'a', 2600);
    free(second);
}

static void short_of_its_chunk(void)
{
    allocate(2035);
    memset(first, 'a', 2041);
    free(first);
}

static void under_by_one(void)
{
    allocate(2040);
    volatile char *before = second - 1;
    *before = 'u';
    free(second);
}

static void under_by_eight(void)
{
    allocate(2040);
    volatile uint64_t *before = (uint64_t *)second - 1;
    *before = 0x4242424242424242;
    free(second);
}

static void top(void)
{
    allocate(2040);
    memset(third, 'a', 2048);
    first = malloc(70000);
}

static void top_by_one(void)
{
    allocate(2040);
    memset(third, 0, 2041);
    first = malloc(130000);
    free(first);
    first = malloc(130000);
    free(third);
}

static void cache_link(void)
{
    allocate(24);
    free(second);
    free(first);
    memset(first, 'a', 8);
    first = malloc(24);
    second = malloc(24);
    third = malloc(24);
}

static void list_link(void)
{
    allocate(2040);
    free(first);
    memset(first, 'a', 8);
    first = malloc(4000);
}

/* malloc follows this one before it looks at it. */
static void list_fault(void)
{
    allocate(2040);
    free(first);
    memset(first, 'a', 16);
    first = malloc(4000);
}

/* A fault of the program's own, with a block overrun that nobody has noticed. */
static void own_fault(void)
{
    allocate(2040);
    memset(first, 'a', 2048);
    *(volatile char *)8 = 1;
}

static void resized(void)
{
    allocate(2040);
    memset(first, 'a', 2048);
    first = realloc(first, 4000);
}

static void mapped(void)
{
    first = malloc(1 << 20);
    volatile uint64_t *before = (uint64_t *)first - 1;
    *before = 0x4242;
    free(first);
}

/* A library that is opened with its own symbols first calls this one past the tracer. */
extern void __libc_free(void *);
extern void *__libc_malloc(size_t);
static void unseen_double(void)
{
    void *block = __libc_malloc(24);
    __libc_free(block);
    __libc_free(block);
}

static void in_child(void)
{
    if (fork() == 0)
        unseen_double();
    int status;
    wait(&status);
    printf("child %d\n", WTERMSIG(status));
    exit(3);
}

static void *work(void *argument)
{
    (void)argument;
    by_eight();
    return NULL;
}

static void in_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
}

/* Not malloc's: nothing is to be said of it. */
static void own_abort(void)
{
    allocate(24);
    abort();
}

static const struct {
    const char *name;
    void (*run)(void);
} kinds[] = {{"by_one", by_one},
             {"by_one_zero", by_one_zero},
             {"by_eight", by_eight},
             {"beyond", beyond},
             {"short_of_its_chunk", short_of_its_chunk},
             {"under_by_one", under_by_one},
             {"under_by_eight", under_by_eight},
             {"top", top},
             {"top_by_one", top_by_one},
             {"cache_link", cache_link},
             {"list_link", list_link},
             {"list_fault", list_fault},
             {"own_fault", own_fault},
             {"resized", resized},
             {"mapped", mapped},
             {"unseen_double", unseen_double},
             {"in_child", in_child},
             {"in_thread", in_thread},
             {"own_abort", own_abort}};

int main(int count, char **arguments)
{
    for (size_t i = 0; count > 1 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, arguments[1]) == 0)
            kinds[i].run();
    return 0;
}
