// How many bytes of the caller's stack the first malloc of a call site uses, and the second: twenty sites.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PAINTED 16384
#define PAINT   0xd15ea5ed15ea5e00u

static void *volatile block;

#define SITE(name)                                                                                 \
    static __attribute__((noinline)) long name(void)                                               \
    {                                                                                              \
        uint64_t *pointer, *volatile low;                                                          \
        __asm__ volatile("mov %%rsp, %0" : "=r"(pointer));                                         \
        volatile uint64_t *top = pointer;                                                          \
        for (low = pointer - PAINTED / 8; low < top; low++)                                        \
            *low = PAINT;                                                                          \
        block = malloc(64);                                                                        \
        for (low = pointer - PAINTED / 8; low < top && *low == PAINT; low++)                       \
            ;                                                                                      \
        return (char *)top - (char *)low;                                                          \
    }
SITE(a) SITE(b) SITE(c) SITE(d) SITE(e) SITE(f) SITE(g) SITE(h) SITE(i) SITE(j)
SITE(k) SITE(l) SITE(m) SITE(n) SITE(o) SITE(p) SITE(q) SITE(r) SITE(s) SITE(t)

typedef long site(void);
static site *const sites[] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t};

int main(void)
{
    long used[20][2];
    free(malloc(64)); // the loader looks malloc up
    for (int at = 0; at < 20; at++)
        for (int round = 0; round < 2; round++)
            used[at][round] = sites[at]();
    for (int at = 0; at < 20; at++)
        printf("%ld then %ld\n", used[at][0], used[at][1]);
}
