// flags: -pthread -rdynamic
/* check_lsan WHAT: LeakSanitizer's interface, used as its users do. Prints what it answers. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void __lsan_do_leak_check(void) __attribute__((weak));
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));
void __lsan_ignore_object(const void *) __attribute__((weak));
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));
void __lsan_register_root_region(const void *, size_t) __attribute__((weak));
void __lsan_unregister_root_region(const void *, size_t) __attribute__((weak));

static const char *what = "";
int __lsan_is_turned_off(void)
{
    return strcmp(what, "off") == 0;
}
const char *__lsan_default_options(void)
{
    return strcmp(what, "options") == 0 ? "verbosity=1:detect_leaks=0" : "";
}

/* Called when the program is loaded. */
const char *__lsan_default_suppressions(void)
{
    return getenv("CHECK_SUPPRESSIONS");
}

static void check(const char *when)
{
    printf("%s %d\n", when, __lsan_do_recoverable_leak_check ? __lsan_do_recoverable_leak_check() : -1);
    fflush(stdout);
}

/* A block that holds another one. */
static __attribute__((noinline)) void **make_pair(size_t size)
{
    void **holder = calloc(1, size);
    *holder = calloc(1, 10);
    return holder;
}

static __attribute__((noinline)) void lose_ignored(void)
{
    void *block = make_pair(100);
    __lsan_ignore_object(block);
}

static __attribute__((noinline)) void lose_many_ignored(int blocks)
{
    for (int i = 0; i < blocks; i++) {
        char *block = calloc(1, 40);
        if (i % 2)
            free(block);
        else
            __lsan_ignore_object(block);
    }
}

static __attribute__((noinline)) void lose(size_t size)
{
    make_pair(size);
}

/* From one call, ignored and not. */
static __attribute__((noinline)) void *lose_in_turn(void *unused)
{
    for (int i = 0; i < 200; i++) {
        if (i % 2)
            __lsan_disable();
        lose(24 + i % 2);
        if (i % 2)
            __lsan_enable();
    }
    return unused;
}

static __attribute__((noinline)) void nest(void)
{
    __lsan_disable();
    __lsan_disable();
    lose(100);
    __lsan_enable();
    lose(100); /* still ignored */
    __lsan_enable();
    lose(100); /* a leak */
}

/* A page that no thread may write to is no root. */
static __attribute__((noinline)) void **make_hidden(void)
{
    void **page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[100] = calloc(1, 64);
    mprotect(page, 4096, PROT_READ);
    return page;
}

int main(int argc, char **argv)
{
    what = argc > 1 ? argv[1] : "";
    if (!__lsan_disable) {
        check("untraced");
        return 0;
    }
    check("nothing");
    if (strcmp(what, "ignored") == 0) {
        lose_ignored();
        check("ignored");
        lose_many_ignored(1000);
        check("many ignored");
    } else if (strcmp(what, "disabled") == 0) {
        pthread_t thread;
        nest();
        check("nested");
        pthread_create(&thread, NULL, lose_in_turn, NULL);
        pthread_join(thread, NULL);
        lose_in_turn(NULL);
        check("in turn");
    } else if (strcmp(what, "region") == 0) {
        void **page = make_hidden();
        check("hidden");
        __lsan_register_root_region(page, 4096);
        check("registered");
        __lsan_unregister_root_region(page, 4096);
        check("unregistered");
    } else {
        lose(24);
        check("leak");
        __lsan_do_leak_check();
    }
    return 0;
}
