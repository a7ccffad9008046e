// flags: -D_GNU_SOURCE -lrt
/* Signals where they hurt: signal_ways WAY [always]. Without "always" a handler that has come inside malloc or free
 * does nothing, as it must with most mallocs; with it (over libapi_bump.so) it allocates, and jumps, wherever it comes.
 * Each way tells its books. */
#include "api.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

enum { WANTED = 400, THREADS = 4 };
static __thread volatile sig_atomic_t inside;
static volatile sig_atomic_t always;
static int handled, skipped;
static __thread sigjmp_buf back;
static __thread volatile sig_atomic_t may_jump;

#define ADD(counter) __atomic_fetch_add(&(counter), 1, __ATOMIC_RELAXED)
static int seen(void) { return __atomic_load_n(&handled, __ATOMIC_RELAXED) + __atomic_load_n(&skipped, __ATOMIC_RELAXED); }

static int may_allocate(void)
{
    if (inside && !always) {
        ADD(skipped);
        return 0;
    }
    return 1;
}
static __attribute__((noinline)) void use_memory(int depth)
{
    volatile char room[64] = {0};
    if (depth > 0) {
        use_memory(depth - 1);
        room[0]++;
        return;
    }
    sig_atomic_t before = inside;
    inside = 1;
    char *block = malloc(70);
    inside = before;
    COUNT(allocs, 1);
    COUNT(bytes, 70);
    block[0] = 1;
    inside = 1;
    free(block);
    inside = before;
    gone(70);
}
static void handler(int signal)
{
    int saved = errno;
    if (!may_allocate())
        return;
    use_memory(5);
    ADD(handled);
    errno = saved;
}
static void tick(int, int);
/* The timer is set anew by each signal: one that goes on by itself would strike each handler before its jump is made as
 * soon as handlers take longer than it, until their stack is full. Now and then the next signal waits already. */
static void jumping_handler(int signal)
{
    static unsigned jumps;
    if (!may_jump || !may_allocate()) {
        tick(1000, 0);
        return;
    }
    use_memory(3);
    ADD(handled);
    if (jumps++ % 8 < 2)
        raise(signal);
    siglongjmp(back, 1);
}
static volatile unsigned waste;
static void work(void)
{
    for (unsigned i = 0; i < 300; i++)
        waste += i;
    inside = 1;
    char *block = malloc(33);
    inside = 0;
    COUNT(allocs, 1);
    COUNT(bytes, 33);
    for (unsigned i = 0; i < 300; i++)
        waste += i;
    inside = 1;
    free(block);
    inside = 0;
    gone(33);
}
static void catch(int number, void (*function)(int), int flags)
{
    struct sigaction action = {.sa_handler = function, .sa_flags = flags};
    sigaction(number, &action, NULL);
}
static void *own_signal_stack(size_t size)
{
    /* Behind it lies nothing, before it nothing that may be written. */
    char *memory = mmap(NULL, size + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory + 4096, size, PROT_READ | PROT_WRITE);
    stack_t stack = {.ss_sp = memory + 4096, .ss_size = size};
    CHECK(sigaltstack(&stack, NULL) == 0);
    return memory;
}

/* A handler on a stack of its own, 1000 times a second, in the main thread. */
static void tick(int microseconds, int interval)
{
    struct itimerval timer = {{0, interval}, {0, microseconds}};
    setitimer(ITIMER_REAL, &timer, NULL);
}
static void alternate(void)
{
    own_signal_stack(16384);
    catch(SIGALRM, handler, SA_ONSTACK | SA_RESTART);
    tick(1000, 1000);
    while (seen() < WANTED)
        work();
    tick(0, 0);
}
/* The same in threads, each with a stack for signals, which go away with them. */
static void *run_and_work(void *unused)
{
    void *memory = own_signal_stack(16384);
    while (seen() < WANTED)
        work();
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(memory, 16384 + 8192);
    return NULL;
}
static void start(pthread_t *ids, void *(*run)(void *))
{
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&ids[i], NULL, run, NULL) == 0);
}
static void join(pthread_t *ids)
{
    for (int i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
}
static void alternate_in_threads(void)
{
    pthread_t ids[THREADS];
    catch(SIGUSR1, handler, SA_ONSTACK | SA_RESTART);
    for (int round = 0; round < 5; round++) {
        handled = skipped = 0;
        start(ids, run_and_work);
        while (seen() < WANTED)
            for (int i = 0; i < THREADS; i++) {
                pthread_kill(ids[i], SIGUSR1);
                usleep(200);
            }
        join(ids);
    }
}
/* siglongjmp out of the handler, with and without a stack of its own. */
static void jump_out(int flags)
{
    catch(SIGALRM, jumping_handler, SA_RESTART | flags);
    while (seen() < WANTED) {
        may_jump = 0;
        if (sigsetjmp(back, 1) == 0) {
            may_jump = 1;
            tick(1000, 0);
            for (;;) {
                work();
                if (seen() >= WANTED)
                    break;
            }
        }
        may_jump = 0;
        inside = 0;
    }
    tick(0, 0);
}
static void jumps(void) { jump_out(0); }
static void jumps_from_alternate(void)
{
    own_signal_stack(65536); // the next signal may come before the jump is made, and again
    jump_out(SA_ONSTACK);
}
/* A fault that the program expects, as virtual machines do. */
static void fault_handler(int signal)
{
    use_memory(2);
    siglongjmp(back, 1);
}
static void faults(void)
{
    catch(SIGSEGV, fault_handler, SA_NODEFER);
    char *forbidden = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 2000; i++) {
        if (sigsetjmp(back, i % 2) == 0)
            forbidden[i] = 1;
        work();
    }
}
/* A timer of the kernel's, as a signal and as a thread. */
static void notify(union sigval value)
{
    use_memory(value.sival_int);
    ADD(handled);
}
static void timers(void)
{
    struct sigevent signal_event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct sigevent thread_event = {.sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 4, .sigev_notify_function = notify};
    struct itimerspec often = {{0, 1000000}, {0, 1000000}}, seldom = {{0, 5000000}, {0, 5000000}}, never = {{0}};
    timer_t one, other;
    catch(SIGRTMIN, handler, SA_RESTART);
    CHECK(timer_create(CLOCK_MONOTONIC, &signal_event, &one) == 0 && timer_create(CLOCK_MONOTONIC, &thread_event, &other) == 0);
    timer_settime(one, 0, &often, NULL);
    timer_settime(other, 0, &seldom, NULL);
    while (seen() < WANTED)
        work();
    timer_settime(one, 0, &never, NULL);
    timer_settime(other, 0, &never, NULL);
    timer_delete(one);
    timer_delete(other);
    usleep(100000);
}
/* Handlers upon handlers. */
static void nested_handler(int number)
{
    if (!may_allocate())
        return;
    use_memory(1);
    static __thread int depth;
    if (++depth < 20)
        raise(number);
    depth--;
    use_memory(1);
    ADD(handled);
}
static void nested(void)
{
    catch(SIGALRM, nested_handler, SA_NODEFER | SA_RESTART);
    tick(1000, 1000);
    while (seen() < WANTED * 20)
        work();
    tick(0, 0);
}
/* Everything is blocked, also what libc keeps for itself. */
static int blocked;
static void *block_everything(void *hold)
{
    uint64_t all = ~0ull;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8L);
    void *block = malloc(500);
    COUNT(allocs, 1);
    COUNT(bytes, 500);
    *(void *volatile *)block = NULL;
    __atomic_fetch_add(&blocked, 1, __ATOMIC_RELEASE);
    while (hold)
        usleep(1000);
    return block;
}
static void blocks(void)
{
    pthread_t id;
    for (int i = 0; i < 3; i++) {
        pthread_create(&id, NULL, block_everything, "hold");
        pthread_detach(id);
    }
    block_everything(NULL);
    while (__atomic_load_n(&blocked, __ATOMIC_ACQUIRE) < 4)
        usleep(1000);
}

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {{"alternate", alternate}, {"alternate_in_threads", alternate_in_threads}, {"jumps", jumps}, {"jumps_from_alternate", jumps_from_alternate},
                {"faults", faults}, {"timers", timers}, {"nested", nested}, {"blocks", blocks}};
    always = argc > 2;
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
        if (argc > 1 && strcmp(argv[1], ways[i].name) == 0)
            ways[i].run();
    return tell();
}
