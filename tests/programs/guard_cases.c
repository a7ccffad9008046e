// flags: -O0 -g -fno-builtin -fno-optimize-sibling-calls
/* One wrong access each, by number, or with "fixed" the same without it. Each is made by a function
 * of its own, so that a report can be held against the table (tests/e2e/guard.table). */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <wchar.h>

static int fixed; /* 1: nothing is wrong */
static volatile long sink;
static char *block;

static char *made(size_t size)
{
    char *p = malloc(size);
    memset(p, 'a', size);
    return p;
}
static void give_up(void *p)
{
    if (!fixed)
        free(p);
}
static void end_with(void *p)
{
    if (fixed)
        free(p);
}
static long over(long n) { return fixed ? 0 : n; } /* how far beside */

/* --- after the end ---------------------------------------------------------- */
static void read_1_behind(void) { char *p = made(64); sink = p[63 + over(1)]; free(p); }
static void write_1_behind(void) { char *p = made(64); p[63 + over(1)] = 1; free(p); }
static void read_2_behind(void) { short *p = (short *)made(64); sink = p[31 + over(1)]; free(p); }
static void write_2_behind(void) { short *p = (short *)made(64); p[31 + over(1)] = 1; free(p); }
static void read_4_behind(void) { int *p = (int *)made(64); sink = p[15 + over(1)]; free(p); }
static void write_4_behind(void) { int *p = (int *)made(64); p[15 + over(1)] = 1; free(p); }
static void read_8_behind(void) { long *p = (long *)made(64); sink = p[7 + over(1)]; free(p); }
static void write_8_behind(void) { long *p = (long *)made(64); p[7 + over(1)] = 1; free(p); }
static void read_double_behind(void) { double *p = (double *)made(64); sink = (long)p[7 + over(1)]; free(p); }
static void read_page_behind(void) { char *p = made(4096); sink = p[4095 + over(4096)]; free(p); }
static void write_page_behind(void) { char *p = made(4096); p[4095 + over(4096)] = 1; free(p); }
static void read_of_large(void) { char *p = made(200000); sink = p[199999 + over(1)]; free(p); }
static void add_behind(void) { int *p = (int *)made(64); p[15 + over(1)] += 3; free(p); }
static void behind_of_calloc(void) { long *p = calloc(4, 8); sink = p[3 + over(1)]; free(p); }
static void behind_of_memalign(void) { void *p = NULL; sink = posix_memalign(&p, 64, 128); sink = ((char *)p)[127 + over(1)]; free(p); }
static void behind_after_realloc(void) { char *p = realloc(made(16), 96); sink = p[95 + over(1)]; free(p); }
static void behind_of_shrunk(void) { char *p = realloc(made(160), 32); p[31 + over(1)] = 1; free(p); }
static void behind_of_small(void) { char *p = made(8); sink = p[7 + over(1)]; free(p); }

/* --- before the begin (--guard=all,begin) ------------------------------------ */
static void read_1_before(void) { char *p = made(64); sink = p[0 - over(1)]; free(p); }
static void write_1_before(void) { char *p = made(64); p[0 - over(1)] = 1; free(p); }
static void read_8_before(void) { long *p = (long *)made(64); sink = p[0 - over(1)]; free(p); }
static void write_4_before(void) { int *p = (int *)made(64); p[0 - over(1)] = 1; free(p); }
static void read_page_before(void) { char *p = made(64); sink = p[0 - over(4096)]; free(p); }
static void write_page_before(void) { char *p = made(64); p[0 - over(4096)] = 1; free(p); }

/* --- after free ---------------------------------------------------------------- */
static void read_1_freed(void) { char *p = made(64); give_up(p); sink = p[5]; end_with(p); }
static void write_1_freed(void) { char *p = made(64); give_up(p); p[5] = 1; end_with(p); }
static void read_2_freed(void) { short *p = (short *)made(64); give_up(p); sink = p[5]; end_with(p); }
static void write_2_freed(void) { short *p = (short *)made(64); give_up(p); p[5] = 1; end_with(p); }
static void read_4_freed(void) { int *p = (int *)made(64); give_up(p); sink = p[5]; end_with(p); }
static void write_4_freed(void) { int *p = (int *)made(64); give_up(p); p[5] = 1; end_with(p); }
static void read_8_freed(void) { long *p = (long *)made(64); give_up(p); sink = p[5]; end_with(p); }
static void write_8_freed(void) { long *p = (long *)made(64); give_up(p); p[5] = 1; end_with(p); }
static void write_float_freed(void) { float *p = (float *)made(64); give_up(p); p[3] = 1.5f; end_with(p); }
static void read_large_freed(void) { char *p = made(300000); give_up(p); sink = p[150000]; end_with(p); }
static void add_freed(void) { long *p = (long *)made(64); give_up(p); p[1] += 1; end_with(p); }
static void atomic_freed(void) { int *p = (int *)made(64); give_up(p); sink = __atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST); end_with(p); }
static void old_after_realloc(void) { char *p = made(64), *q = realloc(p, 5000); sink = fixed ? q[4] : p[4]; free(q); }
static void write_old_after_realloc(void) { char *p = made(64), *q = realloc(p, 5000); *(fixed ? q + 4 : p + 4) = 1; free(q); }
static void freed_of_calloc(void) { long *p = calloc(9, 8); give_up(p); sink = p[2]; end_with(p); }
static void freed_of_strdup(void) { char *p = strdup("what was here"); give_up(p); sink = p[2]; end_with(p); }
static void freed_of_memalign(void) { char *p = aligned_alloc(256, 512); p[256] = 1; give_up(p); sink = p[256]; end_with(p); }
static void reused_long_after(void)
{
    char *p = made(48);
    give_up(p);
    for (int i = 0; i < 500; i++)
        free(made(48));
    sink = p[8];
    end_with(p);
}

/* --- elsewhere than in main ------------------------------------------------------ */
static void *touch_in_thread(void *p) { sink = ((long *)p)[2]; return NULL; }
static void in_thread(void)
{
    pthread_t thread;
    char *p = made(64);
    give_up(p);
    pthread_create(&thread, NULL, touch_in_thread, p);
    pthread_join(thread, NULL);
    end_with(p);
}
static void *free_in_thread(void *p) { give_up(p); return NULL; }
static void freed_by_thread(void)
{
    pthread_t thread;
    long *p = (long *)made(64);
    pthread_create(&thread, NULL, free_in_thread, p);
    pthread_join(thread, NULL);
    p[3] = 1;
    end_with(p);
}
static void *touch_with_all_blocked(void *p)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    sink = ((int *)p)[2];
    return NULL;
}
static void in_thread_that_blocks(void)
{
    pthread_t thread;
    char *p = made(64);
    give_up(p);
    pthread_create(&thread, NULL, touch_with_all_blocked, p);
    pthread_join(thread, NULL);
    end_with(p);
}
static void handler(int number) { (void)number; sink = block[7]; }
static void in_handler(void)
{
    struct sigaction action = {.sa_handler = handler};
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    block = made(64);
    give_up(block);
    raise(SIGUSR1);
    end_with(block);
}
static void in_handler_on_own_stack(void)
{
    static char stack[65536];
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
    block = made(64);
    give_up(block);
    raise(SIGUSR1);
    end_with(block);
}
static int compare(const void *a, const void *b) { sink = block[0]; return *(const int *)a - *(const int *)b; }
static void in_callback(void)
{
    int numbers[] = {3, 1, 2};
    block = made(64);
    give_up(block);
    qsort(numbers, 3, sizeof *numbers, compare);
    end_with(block);
}

/* --- through libc ------------------------------------------------------------------ */
static void by_memcpy_from(void) { char to[64], *p = made(64); give_up(p); memcpy(to, p, 64); sink = to[1]; end_with(p); }
static void by_memcpy_to(void) { char *p = made(64); give_up(p); memcpy(p, "0123456789abcdef", 16); end_with(p); }
static void by_memset(void) { char *p = made(64); give_up(p); memset(p, 0, 64); end_with(p); }
static void by_memmove(void) { char to[64], *p = made(64); give_up(p); memmove(to, p, 32); sink = to[1]; end_with(p); }
static void by_strcpy(void) { char *p = made(16); strcpy(p, fixed ? "fits" : "sixteen and more"); free(p); }
static void by_strlen(void) { char *p = made(16); p[15] = 0; give_up(p); sink = (long)strlen(p); end_with(p); }
static void by_strcmp(void) { char *p = made(16); p[15] = 0; give_up(p); sink = strcmp(p, "aaab"); end_with(p); }
static void by_strcat(void) { char *p = made(16); strcpy(p, "0123456789"); strcat(p, fixed ? "x" : "012345"); free(p); }
static void by_strchr(void) { char *p = made(16); p[15] = 0; give_up(p); sink = strchr(p, 'b') != NULL; end_with(p); }
static void by_memcmp(void) { char *p = made(64); give_up(p); sink = memcmp(p, p + 1, 8); end_with(p); }
static void by_printf(void) { char *p = made(16); p[15] = 0; give_up(p); printf("%s\n", p); end_with(p); }
static void by_sprintf(void) { char *p = made(16); sprintf(p, fixed ? "%d" : "%016d", 7); free(p); }
static void by_strtol(void) { char *p = made(16); strcpy(p, "123"); give_up(p); sink = strtol(p, NULL, 10); end_with(p); }
static void by_atoi(void) { char *p = made(16); strcpy(p, "123"); give_up(p); sink = atoi(p); end_with(p); }
static void by_strtok(void) { char *p = made(16); strcpy(p, "a b"); give_up(p); sink = strtok(p, " ") != NULL; end_with(p); }
static void by_strdup(void) { char *q, *p = made(16); p[15] = 0; give_up(p); q = strdup(p); free(q); end_with(p); }

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
#define CASE(name) {#name, name}
    CASE(read_1_behind), CASE(write_1_behind), CASE(read_2_behind), CASE(write_2_behind),
    CASE(read_4_behind), CASE(write_4_behind), CASE(read_8_behind), CASE(write_8_behind),
    CASE(read_double_behind), CASE(read_page_behind), CASE(write_page_behind), CASE(read_of_large),
    CASE(add_behind), CASE(behind_of_calloc), CASE(behind_of_memalign), CASE(behind_after_realloc),
    CASE(behind_of_shrunk), CASE(behind_of_small), CASE(read_1_before), CASE(write_1_before),
    CASE(read_8_before), CASE(write_4_before), CASE(read_page_before), CASE(write_page_before),
    CASE(read_1_freed), CASE(write_1_freed), CASE(read_2_freed), CASE(write_2_freed),
    CASE(read_4_freed), CASE(write_4_freed), CASE(read_8_freed), CASE(write_8_freed),
    CASE(write_float_freed), CASE(read_large_freed), CASE(add_freed), CASE(atomic_freed),
    CASE(old_after_realloc), CASE(write_old_after_realloc), CASE(freed_of_calloc),
    CASE(freed_of_strdup), CASE(freed_of_memalign), CASE(reused_long_after), CASE(in_thread),
    CASE(freed_by_thread), CASE(in_thread_that_blocks), CASE(in_handler),
    CASE(in_handler_on_own_stack), CASE(in_callback), CASE(by_memcpy_from), CASE(by_memcpy_to),
    CASE(by_memset), CASE(by_memmove), CASE(by_strcpy), CASE(by_strlen), CASE(by_strcmp),
    CASE(by_strcat), CASE(by_strchr), CASE(by_memcmp), CASE(by_printf), CASE(by_sprintf),
    CASE(by_strtol), CASE(by_atoi), CASE(by_strtok), CASE(by_strdup),
};
enum { COUNT = sizeof cases / sizeof *cases };

int main(int count, char **arguments)
{
    fixed = count > 2;
    for (int i = 0; i < COUNT; i++) {
        if (count < 2)
            puts(cases[i].name);
        else if (strcmp(arguments[1], "all") == 0 || strcmp(arguments[1], cases[i].name) == 0)
            cases[i].run();
    }
    return 0;
}
