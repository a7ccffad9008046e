/* Memory freed while threads end: by pthread keys' destructors, in rounds, and by a cleanup handler. */
#include "api.h"

#include <pthread.h>

enum { THREADS = 8 };
static pthread_key_t keys[40];

static void drop(void *block)
{
    free(block);
    gone(60);
}
/* A destructor that allocates and sets its key again, once. */
static __thread int rounds;
static void again(void *block)
{
    free(block);
    gone(60);
    if (rounds++ == 0)
        pthread_setspecific(keys[39], got(malloc(60), 60));
}
static void clean(void *block)
{
    free(block);
    gone(90);
}

static void *run(void *argument)
{
    for (int i = 0; i < 40; i++)
        pthread_setspecific(keys[i], got(malloc(60), 60));
    pthread_cleanup_push(clean, got(malloc(90), 90));
    if ((long)argument % 2)
        pthread_exit(got(malloc(30), 30));
    pthread_cleanup_pop(1);
    return got(malloc(30), 30);
}

static void join(pthread_t thread)
{
    void *result;
    pthread_join(thread, &result);
    free(result), gone(30);
}

/* What pthread_create allocates for itself (a DTV each, sizes are libc's) is not in the books. */
int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < 40; i++)
        pthread_key_create(&keys[i], i == 39 ? again : drop);
    /* Alone: several first pthread_exit()s at once open libgcc_s as many times before glibc 2.34, which then closes it
     * once at its end (LD_DEBUG=files: direct_opencount=4). */
    CHECK(pthread_create(&threads[0], NULL, run, (void *)1) == 0);
    join(threads[0]);
    for (long i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, run, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
    return tell();
}
