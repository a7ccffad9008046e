/* A signal handler that allocates and frees, at 1 kHz, over code that does the same. No malloc allows a handler
 * to interrupt it; so natively the handler does nothing when it has come inside malloc or free. With libapi_bump.so
 * as the next malloc ("always") it allocates wherever it comes, inside the tracer too.
 * thread_signals SIGNALS [always] */
#include "api.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t inside, handled, skipped, always;

static void handler(int signal)
{
    if (inside && !always) {
        skipped++;
        return;
    }
    int saved = errno;
    char *block = malloc(70);
    COUNT(allocs, 1);
    COUNT(bytes, 70);
    *block = (char)signal;
    free(block);
    gone(70);
    handled++;
    errno = saved;
}

/* Work between the calls, so that most signals come there. */
static volatile unsigned sink;
static void work(void)
{
    for (unsigned i = 0; i < 200; i++)
        sink += i;
}

int main(int argc, char **argv)
{
    int wanted = argc > 1 ? atoi(argv[1]) : 1500;
    always = argc > 2;
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = {{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    while (handled + skipped < wanted) {
        work();
        inside = 1;
        char *block = malloc(33);
        inside = 0;
        COUNT(allocs, 1);
        COUNT(bytes, 33);
        *block = 1;
        work();
        inside = 1;
        free(block);
        inside = 0;
        gone(33);
    }
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, NULL);
    CHECK(handled > 0);
    return tell();
}
