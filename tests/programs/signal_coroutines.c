/* signal_coroutines ROUNDS [anywhere] [apart]: coroutines that a timer takes turns with, by swapcontext in its handler. Each
 * allocates all the time, at many depths, and looks after its blocks; what each comes to does not depend on the turns.
 * Without "anywhere" no turn is taken inside malloc and free, which glibc's would not bear. Stacks lie in
 * one array, or each in a mapping of its own. */
#include "api.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

enum { COROUTINES = 16, STACK = 128 << 10, KEPT = 64 };

static struct coroutine {
    ucontext_t context;
    uint64_t random, sum;
    int ended;
    unsigned char *kept[KEPT];
    size_t sizes[KEPT];
} all[COROUTINES];
static char stacks[COROUTINES][STACK] __attribute__((aligned(4096)));
static ucontext_t main_context;
static volatile int turn;
static volatile int inside; /* malloc: no turns now */
static int anywhere;
static long rounds, turns;

static uint64_t next(struct coroutine *self)
{
    self->random ^= self->random << 13, self->random ^= self->random >> 7, self->random ^= self->random << 17;
    return self->random * 0x2545f4914f6cdd1du;
}

static void take_turns(int signal)
{
    if (inside && !anywhere)
        return;
    int from = turn, to = from;
    do
        to = (to + 1) % COROUTINES;
    while (all[to].ended && to != from);
    if (to == from)
        return;
    turn = to;
    turns++;
    int saved = errno;
    swapcontext(&all[from].context, &all[to].context);
    errno = saved;
}

static void block_turns(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(how, &set, NULL);
}

static void replace(struct coroutine *self, int place, size_t size)
{
    if (self->kept[place]) {
        unsigned char *block = self->kept[place];
        for (size_t i = 0; i < self->sizes[place]; i++)
            if (block[i] != (unsigned char)(place + self->sizes[place]))
                CHECK(!"a block is another's");
        self->sum = self->sum * 31 + block[0];
        self->kept[place] = NULL;
        inside++;
        free(block);
        inside--;
        gone(self->sizes[place]);
    }
    inside++;
    unsigned char *block = malloc(size);
    inside--;
    if (!block)
        _exit(5);
    COUNT(allocs, 1);
    COUNT(bytes, size);
    memset(block, (unsigned char)(place + size), size);
    self->sizes[place] = size;
    self->kept[place] = block;
}
static __attribute__((noinline)) void deep(struct coroutine *self, int depth)
{
    volatile char frame[40];
    frame[depth] = 1;
    if (depth)
        deep(self, depth - 1);
    else
        replace(self, next(self) % KEPT, 1 + next(self) % 300);
    frame[depth] = 2;
}
static void work(int number)
{
    struct coroutine *self = &all[number];
    block_turns(SIG_UNBLOCK);
    for (long i = 0; i < rounds; i++)
        deep(self, next(self) % 30);
    block_turns(SIG_BLOCK);
    self->ended = 1;
    int to = number;
    do
        to = (to + 1) % COROUTINES;
    while (all[to].ended && to != number);
    turn = to;
    if (to == number)
        setcontext(&main_context);
    setcontext(&all[to].context);
}

int main(int argc, char **argv)
{
    int apart = 0;
    rounds = atol(argv[1]);
    block_turns(SIG_BLOCK); /* also in the contexts: swapcontext is not to be interrupted */
    for (int i = 2; i < argc; i++) {
        anywhere |= strcmp(argv[i], "anywhere") == 0;
        apart |= strcmp(argv[i], "apart") == 0;
    }
    for (int i = 0; i < COROUTINES; i++) {
        char *stack = stacks[i];
        if (apart) { /* with a gap that nobody can read */
            stack = mmap(NULL, STACK + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            mprotect(stack, 4096, PROT_NONE);
            mprotect(stack + 4096 + STACK, 4096, PROT_NONE);
            stack += 4096;
        }
        all[i].random = 88172645463325252u + i;
        getcontext(&all[i].context);
        all[i].context.uc_stack.ss_sp = stack;
        all[i].context.uc_stack.ss_size = STACK;
        makecontext(&all[i].context, (void (*)())work, 1, i);
    }
    struct sigaction action = {.sa_handler = take_turns, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval often = {{0, 100}, {0, 100}};
    setitimer(ITIMER_REAL, &often, NULL);
    swapcontext(&main_context, &all[0].context);
    often = (struct itimerval){0};
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < COROUTINES; i++)
        say("%d: %lx\n", i, all[i].sum);
    if (turns < 20)
        say("only %ld turns\n", turns);
    return tell();
}
