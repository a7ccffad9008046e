// The last exit handler sets a timer whose signal ends the process: it comes while the tracer takes stock.
#include <stdlib.h>
#include <sys/time.h>
static void **list;
static void set_timer(void)
{
    struct itimerval soon = {.it_value.tv_usec = 1000};
    setitimer(ITIMER_REAL, &soon, NULL);
}
int main(void)
{
    atexit(set_timer);
    for (int i = 0; i < 200000; i++) {
        void **block = malloc(32);
        *block = list;
        list = block;
    }
}
