#include "stop/stop_world_resume.h"

#include "os/sys.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#define DISARM INT32_MIN /* SS_AUTODISARM */

/* --- which calls ---------------------------------------------------------- */

/* One without a limit has nothing to remember. */
static bool is_remembered(const greg_t *registers)
{
    switch (registers[REG_RAX]) {
    case SYS_poll:
        return (int)registers[REG_RDX] > 0;
    case SYS_nanosleep:
        return true;
    case SYS_clock_nanosleep:
        return !(registers[REG_RSI] & TIMER_ABSTIME);
    case SYS_futex:
        return (registers[REG_RSI] & FUTEX_CMD_MASK) == FUTEX_WAIT && registers[REG_R10];
    default:
        return false;
    }
}

/* What the return from the handler would do besides: give the signal stack back, end the call of a
 * shadow stack. */
static bool is_more_than_registers(const ucontext_t *context)
{
    uint64_t shadow = 0;
    __asm__("rdsspq %0" : "+r"(shadow));
    return shadow || context->uc_stack.ss_flags & DISARM;
}

/* --- the registers --------------------------------------------------------- */

#define MAGIC           0x46505853u /* FP_XSTATE_MAGIC1: more than FXSAVE's 512 bytes are there */
#define MAGIC_OFFSET    464u
#define FEATURES_OFFSET (MAGIC_OFFSET + 8)

/* What XRSTOR is to restore; 0: there is only FXSAVE's part. */
static uint64_t features_of(const char *vectors)
{
    uint32_t magic;
    uint64_t features;
    memcpy(&magic, vectors + MAGIC_OFFSET, sizeof magic);
    memcpy(&features, vectors + FEATURES_OFFSET, sizeof features);
    return magic == MAGIC ? features : 0;
}

/* Registers in the order in which they lie in the context, from its byte 40 on. */
_Static_assert(offsetof(ucontext_t, uc_mcontext.gregs) == 40 &&
                   offsetof(ucontext_t, uc_sigmask) == 296 && REG_R8 == 0 && REG_RIP == 16,
               "put_back() has these numbers");

__asm__(".globl stop_world_resume_begin, stop_world_resume_late, stop_world_resume_end\n"
        ".hidden stop_world_resume_begin, stop_world_resume_late, stop_world_resume_end");
extern const char stop_world_resume_begin[], stop_world_resume_late[], stop_world_resume_end[];

/* From `begin` on signals come. The call may change rcx and r11: one has where it stands, the other
 * the context, and lately its number. It stands in a function without branches: where two ways lead
 * to it clang -O3 makes two of it, and its names are there once. */
static __attribute__((noreturn, noinline)) void put_back(const ucontext_t *context,
                                                         const char *vectors, uint64_t features)
{
    __asm__ volatile("test %%rax, %%rax\n"
                     "jnz 1f\n"
                     "fxrstor64 (%%rcx)\n"
                     "jmp 2f\n"
                     "1: xrstor64 (%%rcx)\n"
                     "2: mov $14, %%eax\n" /* rt_sigprocmask(SIG_SETMASK, …, NULL, 8) */
                     "mov $2, %%edi\n"
                     "lea 296(%%rbx), %%rsi\n"
                     "xor %%edx, %%edx\n"
                     "mov $8, %%r10d\n"
                     "syscall\n"
                     "stop_world_resume_begin:\n"
                     "mov %%rbx, %%r11\n"
                     "mov 40(%%r11), %%r8\n"
                     "mov 48(%%r11), %%r9\n"
                     "mov 56(%%r11), %%r10\n"
                     "mov 72(%%r11), %%r12\n"
                     "mov 80(%%r11), %%r13\n"
                     "mov 88(%%r11), %%r14\n"
                     "mov 96(%%r11), %%r15\n"
                     "mov 104(%%r11), %%rdi\n"
                     "mov 112(%%r11), %%rsi\n"
                     "mov 120(%%r11), %%rbp\n"
                     "mov 128(%%r11), %%rbx\n"
                     "mov 136(%%r11), %%rdx\n"
                     "mov 168(%%r11), %%rcx\n"
                     "mov 160(%%r11), %%rax\n"
                     "mov 144(%%r11), %%r11\n"
                     "stop_world_resume_late:\n"
                     "mov %%rax, %%rsp\n"
                     "mov $219, %%eax\n" /* restart_syscall */
                     "jmp *%%rcx\n"
                     "stop_world_resume_end:\n"
                     :
                     : "b"(context), "c"(vectors), "a"(features), "d"(features >> 32)
                     : "memory");
    __builtin_unreachable();
}

/* --- the limit of epoll_wait ------------------------------------------------ */

/* Nobody remembers it. So it is whole when it is cut short for the first time, less a millisecond,
 * by which the call is known again, and from then on ends when it is to. */
#define RESTS 256u
#define MILLI 1000000ll
static struct rest {
    _Atomic uint32_t tid; /* 0: being written */
    int limit;            /* as the call has it now */
    greg_t stack;
    uint64_t until;
} rests[RESTS];

static bool is_known(const struct rest *rest, uint32_t tid, const greg_t *registers)
{
    return atomic_load(&rest->tid) == tid && rest->stack == registers[REG_RSP] &&
           rest->limit == (int)registers[REG_R10];
}

static void shorten(greg_t *registers)
{
    const uint32_t tid = (uint32_t)sys_gettid();
    const uint64_t now = sys_nanoseconds(CLOCK_MONOTONIC);
    struct rest *rest = &rests[tid % RESTS];
    int limit = (int)registers[REG_R10];
    if (limit <= 1)
        return;
    uint64_t until = is_known(rest, tid, registers) ? rest->until : now + (uint64_t)limit * MILLI;
    long long left = (long long)(until - now) / MILLI;
    limit = left >= limit ? limit - 1 : left > 0 ? (int)left : 0;
    atomic_store(&rest->tid, 0);
    rest->limit = limit;
    rest->stack = registers[REG_RSP];
    rest->until = until;
    atomic_store(&rest->tid, tid);
    registers[REG_R10] = limit;
}

/* --- the whole --------------------------------------------------------------- */

void stop_world_resume(ucontext_t *context)
{
    const greg_t number = context->uc_mcontext.gregs[REG_RAX];
    const char *vectors = (const char *)context->uc_mcontext.fpregs;
    if (number == SYS_epoll_wait || number == SYS_epoll_pwait)
        shorten(context->uc_mcontext.gregs);
    if (!is_remembered(context->uc_mcontext.gregs) || is_more_than_registers(context) || !vectors ||
        (sys_guard_is_on && sys_guard_forbids(SYS_restart_syscall, 0, 0, 0, 0, 0, 0)))
        return;
    put_back(context, vectors, features_of(vectors));
}

/* --- on the way back ------------------------------------------------------- */

static bool is_between(uintptr_t at, const char *begin, const char *end)
{
    return at >= (uintptr_t)begin && at < (uintptr_t)end;
}

/* Once the stack is the call's, a signal's frame may lie where the context was. */
void stop_world_resume_undo(ucontext_t *context)
{
    greg_t *registers = context->uc_mcontext.gregs;
    const uintptr_t at = (uintptr_t)registers[REG_RIP];
    if (is_between(at, stop_world_resume_begin, stop_world_resume_late)) {
        bool is_first = at == (uintptr_t)stop_world_resume_begin;
        const ucontext_t *call = (const void *)registers[is_first ? REG_RBX : REG_R11];
        memcpy(registers, call->uc_mcontext.gregs, (REG_RIP + 1) * sizeof *registers);
    } else if (is_between(at, stop_world_resume_late, stop_world_resume_end)) {
        if (at == (uintptr_t)stop_world_resume_late)
            registers[REG_RSP] = registers[REG_RAX];
        registers[REG_RIP] = registers[REG_RCX];
        registers[REG_RAX] = registers[REG_R11];
    } else if (registers[REG_RIP] == registers[REG_RCX] &&
               registers[REG_RAX] == SYS_restart_syscall) {
        registers[REG_RAX] = registers[REG_R11];
    }
}
#endif
