// Threads without a guard below their stacks, which so lie in one piece of memory. Four have ended and
// lost 1,000 bytes each, four have a result of 500 that somebody may still ask for, and four wait and
// hold 2,000 each, with ten times 10 bytes in the remains of a function below: definitely lost
// 4,400 bytes in 44 blocks, still reachable 10,000 in 8.
#include "leak.h"
static void *lose(void *unused)
{
    char *volatile lost = malloc(1000);
    lost[0] = 1;
    return unused;
}
static void *result(void *unused) { return malloc(500); }
static APART void leave_behind(void)
{
    void *volatile room[64];
    for (int i = 0; i < 10; i++)
        room[i] = malloc(10);
}
static void *wait(void *unused)
{
    char *volatile held = malloc(2000);
    held[0] = 1;
    leave_behind();
    forget_registers();
    pause();
    return held;
}
int main(void)
{
    void *(*const works[])(void *) = {lose, result, wait};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setguardsize(&attributes, 0);
    for (int i = 0; i < 12; i++) {
        pthread_t thread;
        pthread_create(&thread, &attributes, works[i % 3], NULL);
        usleep(1000);
    }
    usleep(200000);
    return 0;
}
