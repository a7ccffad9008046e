/* fork_threads FORKS: 8 threads allocate and free all the time, partly under locks and partly not, while the
 * main thread forks, holding the locks. Each child frees what lies under the locks and what the main thread
 * allocated: all of it is there, and none of it is free. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define SLOTS   64
#define OWN     1000

static struct store {
    pthread_mutex_t lock;
    void *slots[SLOTS];
} stores[THREADS];
static void *own[OWN];
static atomic_bool done;

static void *allocate(void *argument)
{
    struct store *store = argument;
    unsigned seed = (unsigned)(store - stores);
    while (!atomic_load(&done)) {
        pthread_mutex_lock(&store->lock);
        void **slot = &store->slots[rand_r(&seed) % SLOTS];
        void *old = *slot;
        *slot = rand_r(&seed) % 4 ? malloc(16 + rand_r(&seed) % 500) : NULL;
        free(old);
        pthread_mutex_unlock(&store->lock);
        void *volatile other = malloc(16 + rand_r(&seed) % 2000);
        other = realloc(other, 4000);
        free(other);
    }
    return NULL;
}
static void be_child(void)
{
    for (int i = 0; i < OWN; i++)
        free(own[i]);
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < SLOTS; j++)
            free(stores[i].slots[j]);
    memset(stores, 0, sizeof stores);
    memset(own, 0, sizeof own);
    exit(7);
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];
    int right = 0, forks = atoi(arguments[1]);
    for (int i = 0; i < OWN; i++)
        own[i] = malloc(100);
    for (int i = 0; i < THREADS; i++) {
        pthread_mutex_init(&stores[i].lock, NULL);
        pthread_create(&threads[i], NULL, allocate, &stores[i]);
    }
    for (int i = 0; i < forks; i++) {
        int status = 0;
        for (int j = 0; j < THREADS; j++)
            pthread_mutex_lock(&stores[j].lock);
        pid_t child = fork();
        if (child == 0)
            be_child();
        for (int j = 0; j < THREADS; j++)
            pthread_mutex_unlock(&stores[j].lock);
        waitpid(child, &status, 0);
        right += WIFEXITED(status) && WEXITSTATUS(status) == 7;
    }
    atomic_store(&done, 1);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d of %d children ended well\n", right, forks);
    return 0;
}
