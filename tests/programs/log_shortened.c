// flags: -D_GNU_SOURCE -pthread
/* Allocates with some threads while somebody makes trace.log shorter. log_shortened WAY THREADS BYTES PAIRS: BYTES is its new length,
 * which it gets when the first thread has done PAIRS of 40,000 pairs. WAY: default; handler and once (a handler of the program's own for
 * SIGBUS, which must not be called, but is for a fault of the program's at the end); fault (one without a handler);
 * sent (SIGBUS by kill, with a handler); fork (children go on, too); late (shorter when nothing is allocated any more);
 * term (the same, and it dies by SIGTERM); grown (and made long again at once). */
#include "api.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define PAIRS 40000
#define KEPT  500

static const char *way;
static long new_length, when;
static volatile int calls;
static sigjmp_buf out;

static int is(const char *name) { return strcmp(way, name) == 0; }

static void handle(int signal, siginfo_t *info, void *context)
{
    (void)context;
    calls++;
    if (info->si_code > 0)
        siglongjmp(out, signal);
}

/* Behind the end of a file of the program's own. */
static void fault(void)
{
    int fd = open("own", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0);
    char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(memory != MAP_FAILED);
    memory[0] = 1;
}

static void shorten(void)
{
    CHECK(truncate("trace.log", new_length) == 0);
    if (is("grown"))
        CHECK(truncate("trace.log", 100 << 20) == 0);
}

static __attribute__((noinline)) void *allocate(int depth, size_t size) { return depth ? allocate(depth - 1, size) : malloc(size); }

static void *work(void *first)
{
    static __thread char *kept[KEPT];
    unsigned random = (unsigned)(uintptr_t)&random;
    for (int i = 0; i < PAIRS; i++) {
        random = random * 1103515245 + 12345;
        char **place = &kept[random / 65536 % KEPT];
        if (*place)
            CHECK(**place == (char)((uintptr_t)*place >> 4));
        if (random / 65536 % 7 == 0 && *place)
            *place = realloc(*place, 1 + random / 1024 % 3000);
        else {
            free(*place);
            *place = allocate(random / 4096 % 30, 1 + random / 1024 % 3000);
        }
        **place = (char)((uintptr_t)*place >> 4);
        if (first && i == when)
            shorten();
    }
    for (int i = 0; i < KEPT; i++) {
        free(kept[i]);
        kept[i] = NULL;
    }
    return NULL;
}

static void work_with(int threads)
{
    pthread_t thread[64];
    for (int i = 1; i < threads; i++)
        CHECK(pthread_create(&thread[i], NULL, work, NULL) == 0);
    work(&way);
    for (int i = 1; i < threads; i++)
        CHECK(pthread_join(thread[i], NULL) == 0);
}

static void fork_and_work(int threads)
{
    for (int i = 0; i < 3; i++) {
        int status;
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            if (i == 1)
                shorten();
            work_with(threads);
            exit(i);
        }
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == i);
        work_with(threads);
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 5);
    way = argv[1];
    new_length = atol(argv[3]);
    when = is("late") || is("term") || is("fork") ? -1 : atol(argv[4]);
    int catches = is("handler") || is("once") || is("sent");
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | (is("once") ? (int)SA_RESETHAND : 0)}, seen;
    if (catches)
        CHECK(sigaction(SIGBUS, &action, NULL) == 0);
    if (is("fork"))
        fork_and_work(atoi(argv[2]));
    else
        work_with(atoi(argv[2]));
    if (is("late") || is("term"))
        shorten();
    if (is("term"))
        raise(SIGTERM);
    CHECK(sigaction(SIGBUS, NULL, &seen) == 0);
    say("calls %d, handler %d, flags %x\n", calls, seen.sa_handler != SIG_DFL, (unsigned)(seen.sa_flags & ~0x04000000));
    if (is("sent"))
        CHECK(raise(SIGBUS) == 0);
    if (is("fault"))
        fault();
    if (catches && !is("sent") && sigsetjmp(out, 1) == 0)
        fault();
    CHECK(sigaction(SIGBUS, NULL, &seen) == 0);
    say("calls %d, handler %d\nwent on\n", calls, seen.sa_handler != SIG_DFL);
    return 7;
}
