// flags: -D_GNU_SOURCE
/* malloc is called from places it was never called from while another thread holds the loader's lock: loader_lock WAY [TIMES].
 * Who waits for the lock waits for ever: `here` is its own holder's waker, in a forked child there is no holder. */
#include "api.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>

static sem_t held, may_go;
static int done;

static int stay(struct dl_phdr_info *info, size_t size, void *unused)
{
    sem_post(&held);
    sem_wait(&may_go);
    return 1;
}
static void *hold_lock(void *unused)
{
    dl_iterate_phdr(stay, NULL);
    return NULL;
}

/* Each line is a place of its own. */
static void allocate(void)
{
    free(malloc(10));
    free(malloc(20));
    free(calloc(3, 10));
    free(realloc(NULL, 40));
    free(strdup("fifty"));
}

/* What libc's malloc gave behind the tracer's back. */
static void *deep_block;

static void *open_library(const char *program, const char *name, int flags)
{
    char path[4096];
    snprintf(path, sizeof path, "%.*s/%s", (int)(strrchr(program, '/') - program), program, name);
    void *library = dlopen(path, RTLD_NOW | flags);
    CHECK(library != NULL);
    return library;
}

static int forked(void)
{
    int status = 0;
    alarm(100); /* not for ever */
    pid_t child = fork();
    if (child == 0) {
        alarm(100);
        deep_block ? free(deep_block) : allocate();
        _exit(7);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

static void *load_always(void *program)
{
    while (!__atomic_load_n(&done, __ATOMIC_RELAXED))
        dlclose(open_library(program, "libloader_twin.so", 0));
    return NULL;
}

/* Forks, whatever the loading thread is at. */
static int churn(char *program, int times)
{
    pthread_t loader;
    int well = 0;
    pthread_create(&loader, NULL, load_always, program);
    for (int i = 0; i < times; i++)
        well += forked();
    __atomic_store_n(&done, 1, __ATOMIC_RELAXED);
    pthread_join(loader, NULL);
    return well;
}

static int with_lock_held(int in_child)
{
    pthread_t holder;
    int well = 1;
    pthread_create(&holder, NULL, hold_lock, NULL);
    sem_wait(&held);
    if (in_child)
        well = forked();
    else
        allocate();
    sem_post(&may_go);
    pthread_join(holder, NULL);
    return well;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "here";
    int times = argc > 2 ? atoi(argv[2]) : 1;
    alarm(100);
    if (strcmp(way, "fork_frees") == 0)
        deep_block = ((void *(*)(size_t))dlsym(open_library(argv[0], "libloader_deep.so", RTLD_DEEPBIND), "deep_allocate"))(50);
    say("%s: %d of %d\n", way, strcmp(way, "churn") == 0 ? churn(argv[0], times) : with_lock_held(strncmp(way, "fork", 4) == 0), times);
    return books.failures ? 1 : 0;
}
