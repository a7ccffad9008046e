#include "stop/stop_world_gate.h"

#include "stop/call_number.h"
#include "stop/stop_world_resume.h"
#include "os/signals.h"
#include "os/sys.h"
#include "os/task.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { OPEN, HELD, KEPT, LET_GO, STAGES };

#define LOOK_NS        10000000 /* one look at the keeper every 10 ms */
#define ASLEEP         10u      /* what a look counts through which it slept */
#define AT_ITS_PLACE   1u       /* one that finds it where it was, woken or not in between */
#define AWAKE          5u       /* what one takes away that finds it running */
#define TO_LET_GO      30u
#define TO_OPEN        5000u
#define LOOKS_UNSEEN   200u /* where /proc does not tell */
#define FUTEX_WAIT_OUR (FUTEX_WAIT | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAKE_OUR (FUTEX_WAKE | FUTEX_PRIVATE_FLAG)

static _Atomic uint32_t gate;    /* number of the hold * STAGES + stage */
static _Atomic uint32_t watched; /* a held thread looks at the keeper */
static uint32_t keeper;

static void change(uint32_t to, uint32_t wake)
{
    atomic_store(&gate, to);
    sys_futex(&gate, FUTEX_WAKE_OUR, wake, NULL);
}

uint32_t stop_world_gate_number(void)
{
    return atomic_load(&gate) / STAGES;
}

void stop_world_gate_close(void)
{
    atomic_store(&gate, (stop_world_gate_number() + 1) * STAGES + HELD);
}

void stop_world_gate_open(void)
{
    change(stop_world_gate_number() * STAGES + OPEN, INT32_MAX);
}

void stop_world_gate_keep(uint32_t listed)
{
    keeper = listed;
    /* One is enough to look on. */
    change(stop_world_gate_number() * STAGES + KEPT, 1);
}

/* --- what a thread was stopped in ---------------------------------------- */

#if defined(__x86_64__)
#define CALL        0xe8 /* with 4 bytes of distance */
#define CALL_BYTES  5u
#define RETURN      0xc3
#define CALLER_MAX  512u /* bytes of its code, up to the call */
#define STACK_WORDS 12u
#define NUMBERS     1024u /* system calls */

static const unsigned char *code_of(const ucontext_t *context)
{
    return (const unsigned char *)context->uc_mcontext.gregs[REG_RIP];
}

/* Of the bytes before it only those of its own page are sure to be there. */
static bool has_before(const unsigned char *next, unsigned count)
{
    return (uintptr_t)next % SYS_PAGE >= count;
}

/* Behind a `syscall` whose result is -EINTR. One that the kernel begins anew by itself stands in
 * front of it. */
bool stop_world_gate_is_cut_short(const ucontext_t *context)
{
    const unsigned char *next = code_of(context);
    return context->uc_mcontext.gregs[REG_RAX] == -EINTR &&
           (!has_before(next, 2) || (next[-2] == 0x0f && next[-1] == 0x05));
}

static bool read_own(uint64_t address, void *copy, size_t length)
{
    struct iovec to = {copy, length};
    struct iovec from = {(void *)(uintptr_t)address, length};
    return sys_process_vm_readv((int)sys_getpid(), &to, 1, &from, 1) == (long)length;
}

/* Whether the call that returns to `outer` entered the function that a return to `inner` is in. */
static bool is_call_of(uint64_t outer, uint64_t inner)
{
    unsigned char call[CALL_BYTES];
    int32_t distance;
    if (!read_own(outer - CALL_BYTES, call, sizeof call) || call[0] != CALL)
        return false;
    memcpy(&distance, call + 1, sizeof distance);
    return inner - (outer + (uint64_t)(int64_t)distance) < CALLER_MAX;
}

static bool find_in_code(const unsigned char *next, uint32_t *number)
{
    unsigned length = CALL_NUMBER_REACH;
    while (!has_before(next, length))
        length--;
    return call_number_find(next - length, length, number);
}

/* Since 2.41 a thread that is alone, or cannot be cancelled, makes its calls in libc by one
 * `syscall`, too. Its number is an argument on the stack, taken from there right before. */
static bool find_as_argument(const ucontext_t *context, uint32_t *number)
{
    static const unsigned char load[] = {0x48, 0x8b, 0x44, 0x24}; /* mov …(%rsp), %rax; one byte */
    const unsigned char *next = code_of(context);
    const unsigned length = sizeof load + 3;
    uint64_t word;
    if (!has_before(next, length) || memcmp(next - length, load, sizeof load) != 0 ||
        !read_own((uint64_t)context->uc_mcontext.gregs[REG_RSP] + next[-3], &word, sizeof word) ||
        word >= NUMBERS)
        return false;
    *number = (uint32_t)word;
    return true;
}

/* Since 2.41 libc has one `syscall` for all calls that a thread can be cancelled in. It stands in a
 * function of its own, whose caller has the number as an argument on the stack, behind its return
 * address. */
static bool find_on_stack(const ucontext_t *context, uint32_t *number)
{
    uint64_t words[STACK_WORDS];
    if (!read_own((uint64_t)context->uc_mcontext.gregs[REG_RSP], words, sizeof words))
        return false;
    for (size_t i = 1; i + 1 < STACK_WORDS; i++)
        if (words[i + 1] < NUMBERS && is_call_of(words[i], words[0])) {
            *number = (uint32_t)words[i + 1];
            return true;
        }
    return false;
}

/* A sleep goes on with what is left of it, where the kernel has put that. */
static void sleep_on(uint32_t number, greg_t *registers)
{
    if (number == SYS_nanosleep && registers[REG_RSI])
        registers[REG_RDI] = registers[REG_RSI];
    if (number == SYS_clock_nanosleep && !(registers[REG_RSI] & TIMER_ABSTIME) &&
        registers[REG_R10])
        registers[REG_RDX] = registers[REG_R10];
}

bool stop_world_gate_begin_anew(ucontext_t *context)
{
    const unsigned char *next = code_of(context);
    uint32_t number;
    if (!find_in_code(next, &number) && !find_as_argument(context, &number) &&
        (*next != RETURN || !find_on_stack(context, &number)))
        return false;
    context->uc_mcontext.gregs[REG_RAX] = number;
    context->uc_mcontext.gregs[REG_RIP] -= 2;
    sleep_on(number, context->uc_mcontext.gregs);
    return true;
}
#endif

/* A signal that does nothing interrupts nothing, should it be pending; and for one of libc's own,
 * or the tracer's, no call of the program's waits. */
static bool does_something(int signal)
{
    return signal != 32 && signal != 33 && !signals_does_nothing(signal);
}

/* Whether a signal is on its way to the thread, which the call may be waiting for: it has to come
 * back with EINTR. */
static bool is_awaited(const ucontext_t *context)
{
    uint64_t blocked, pending = 0;
    memcpy(&blocked, &context->uc_sigmask, sizeof blocked);
    if (sys_sigpending(&pending) != 0)
        return true;
    for (pending &= ~blocked; pending; pending &= pending - 1)
        if (does_something(__builtin_ctzll(pending) + 1))
            return true;
    return false;
}

/* --- the look at the keeper ---------------------------------------------- */

static void nap(uint32_t seen)
{
    struct timespec limit = {0, LOOK_NS};
    sys_futex(&gate, FUTEX_WAIT_OUR, seen, &limit);
}

/* What was seen of the keeper. A signal that comes again and again, a timer's for one, has it wake
 * each time and go back to what it waits for: less certain than one long sleep, so it takes longer.
 * To be found in the handler is no progress, to be found elsewhere is. */
struct sight {
    long sleep;
    uint64_t place;
    unsigned certain;
    unsigned unseen;
};

static void look(struct sight *sight)
{
    long sleep = task_sleep(keeper);
    uint64_t place = sleep > 0 ? task_place(keeper) : 0;
    sight->unseen += sleep < 0;
    if (sleep > 0 && sleep == sight->sleep)
        sight->certain += ASLEEP;
    else if (place && place == sight->place)
        sight->certain += AT_ITS_PLACE;
    else if (sleep == 0 && sight->certain > AWAKE)
        sight->certain -= AWAKE;
    else
        sight->certain = 0;
    sight->sleep = sleep;
    sight->place = place ? place : sight->place;
}

/* Until it is certain that the keeper waits, or it has ended, or has not been seen for long. false:
 * the gate has changed meanwhile. */
static bool watch_keeper(uint32_t seen, unsigned certain)
{
    struct sight sight = {0};
    while (sight.certain < certain && sight.unseen < LOOKS_UNSEEN) {
        nap(seen);
        if (atomic_load(&gate) != seen)
            return false;
        if (task_state(keeper) != TASK_ALIVE)
            return true;
        look(&sight);
    }
    return true;
}

static void watch(uint32_t seen)
{
    bool is_first = seen % STAGES == KEPT;
    if (watch_keeper(seen, is_first ? TO_LET_GO : TO_OPEN))
        change(seen - seen % STAGES + (is_first ? LET_GO : OPEN), INT32_MAX);
}

/* --- the wait ------------------------------------------------------------ */

static bool may_go(uint32_t seen, uint32_t number, ucontext_t *context)
{
    if (seen / STAGES != number || seen % STAGES == OPEN)
        return true;
    return seen % STAGES == LET_GO &&
           (!stop_world_gate_is_cut_short(context) || stop_world_gate_begin_anew(context));
}

/* Whoever cannot go on when others may looks on for the rest. */
void stop_world_gate_wait(uint32_t number, ucontext_t *context)
{
    uint32_t seen;
    while (!may_go(seen = atomic_load(&gate), number, context)) {
        if (seen % STAGES == HELD || atomic_exchange(&watched, 1)) {
            sys_futex(&gate, FUTEX_WAIT_OUR, seen, NULL);
            continue;
        }
        watch(seen);
        atomic_store(&watched, 0);
    }
}

void stop_world_gate_leave(ucontext_t *context, bool was_cut_short)
{
    if (!was_cut_short || is_awaited(context))
        return;
    if (!stop_world_gate_is_cut_short(context) || stop_world_gate_begin_anew(context))
        stop_world_resume(context);
}
