#include "os/memory_guard.h"

#include "os/sys.h"

#include <ucontext.h>

#if defined(__x86_64__)
/* memory_guard_move(to, from, length) returns how many bytes are left. A fault at its one load
 * leaves in %rcx how many. */
size_t memory_guard_move(void *to, const void *from, size_t length);
extern const char memory_guard_load[], memory_guard_behind[];
__asm__(".text\n"
        ".globl memory_guard_move, memory_guard_load, memory_guard_behind\n"
        ".hidden memory_guard_move, memory_guard_load, memory_guard_behind\n"
        ".type memory_guard_move, @function\n"
        "memory_guard_move:\n"
        "    .cfi_startproc\n"
        "    mov %rdx, %rcx\n"
        "memory_guard_load:\n"
        "    rep movsb\n"
        "memory_guard_behind:\n"
        "    mov %rcx, %rax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size memory_guard_move, . - memory_guard_move\n");

static bool leave_load(ucontext_t *context)
{
    greg_t *at = &context->uc_mcontext.gregs[REG_RIP];
    if (*at != (greg_t)memory_guard_load)
        return false;
    *at = (greg_t)memory_guard_behind;
    return true;
}
#endif

/* A page of the program's that is mapped and cannot be read, though its mapping says that it can:
 * what MADV_GUARD_INSTALL leaves, as below stacks since glibc 2.42. No list says where one is, so
 * whoever reads memory in place finds out, and finds zeros there from now on. The kernel says that
 * nothing is mapped there; of what may not be read by its mapping it says that. */
static bool fill_hole(int signal, const siginfo_t *info)
{
    const uintptr_t page = (uintptr_t)info->si_addr & ~(uintptr_t)(SYS_PAGE - 1);
    unsigned char residency;
    return signal == SIGSEGV && info->si_code == SEGV_MAPERR &&
           sys_call(SYS_mincore, (long)page, SYS_PAGE, (long)&residency, 0, 0, 0) == 0 &&
           sys_call(SYS_mmap, (long)page, SYS_PAGE, PROT_READ,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (long)page;
}

/* Any other fault happens again, at the default. */
static void end_copy(int signal, siginfo_t *info, void *context)
{
    const struct sys_sigaction standard = {0};
    if (!leave_load(context) && !fill_hole(signal, info))
        sys_sigaction(signal, &standard, NULL);
}

bool memory_guard_begin(void)
{
    const struct sys_sigaction action = {.handler.function = end_copy,
                                         .flags = SA_SIGINFO | SYS_SA_RESTORER,
                                         .restorer = sys_signal_return};
    if (sys_guard_is_on && sys_guard_forbids(SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0))
        return false;
    return sys_sigaction(SIGSEGV, &action, NULL) == 0 && sys_sigaction(SIGBUS, &action, NULL) == 0;
}

size_t memory_guard_copy(uint64_t address, void *buffer, size_t length)
{
    return length - memory_guard_move(buffer, (const void *)(uintptr_t)address, length);
}
