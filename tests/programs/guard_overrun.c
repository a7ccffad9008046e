// flags: -O0 -g -fno-builtin
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile kept;

int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* The end does not look: it is killed, or its block is freed, or waits to be asked. */
static int be_checked(const char *how)
{
    kept = malloc(13);
    ((char *)kept)[15] = 1;
    if (strcmp(how, "wait") == 0) {
        puts("ready");
        fflush(stdout);
        pause();
    }
    if (__lsan_do_recoverable_leak_check)
        __lsan_do_recoverable_leak_check();
    if (strcmp(how, "check") == 0)
        raise(SIGKILL);
    free(kept);
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "fill"))
        return be_checked(arguments[1]);
    if (count > 1) {
        unsigned char *a = malloc(40), *b = calloc(1, 40);
        printf("%02x %02x", a[39], b[39]);
        free(b);
        free(a);
        printf(" %02x\n", ((volatile unsigned char *)a)[20]);
        return 0;
    }
    char *p = malloc(61);
    p[61] = 1;
    free(p);
    p = malloc(32);
    p[-1] = 1;
    p = realloc(p, 64);
    free(p);
    kept = malloc(13); /* the end finds it */
    ((char *)kept)[15] = 1;
    return 0;
}
