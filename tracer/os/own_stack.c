#include "os/own_stack.h"

#include "os/pages.h"
#include "os/signals.h"
#include "os/sys.h"

#include <stdatomic.h>

#define BYTES (64u << 10) /* addresses: what is used is a few pages */

static struct stack {
    char *bottom;
    atomic_uint taken;
} stacks[OWN_STACKS];

#if defined(__x86_64__)
/* own_stack_switch(work, argument, top). The caller's stack pointer is kept in %rbp, and the
 * directives say so. */
void own_stack_switch(void (*work)(void *), void *argument, char *top);
__asm__(".text\n"
        ".balign 16\n"
        ".globl own_stack_switch\n"
        ".hidden own_stack_switch\n"
        ".type own_stack_switch, @function\n"
        "own_stack_switch:\n"
        "    .cfi_startproc\n"
        "    push %rbp\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset %rbp, -16\n"
        "    mov %rsp, %rbp\n"
        "    .cfi_def_cfa_register %rbp\n"
        "    mov %rdx, %rsp\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rdi\n"
        "    call *%rax\n"
        "    mov %rbp, %rsp\n"
        "    pop %rbp\n"
        "    .cfi_def_cfa %rsp, 8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size own_stack_switch, . - own_stack_switch\n");
#endif

/* The lowest page stays out of reach: what would run over it ends there. */
void own_stack_begin(void)
{
    for (int i = 0; i < OWN_STACKS; i++) {
        stacks[i].bottom = pages_map(BYTES);
        if (stacks[i].bottom)
            sys_call(SYS_mprotect, (long)stacks[i].bottom, SYS_PAGE, PROT_NONE, 0, 0, 0);
    }
}

static bool is_here(const struct stack *stack)
{
    return (uintptr_t)__builtin_frame_address(0) - (uintptr_t)stack->bottom < BYTES;
}

bool own_stack_is_current(void)
{
    for (int i = 0; i < OWN_STACKS; i++)
        if (stacks[i].bottom && is_here(&stacks[i]))
            return true;
    return false;
}

static bool take(struct stack *stack)
{
    unsigned free = 0;
    /* Acquire: pairs with the release of whoever had it before. */
    return atomic_compare_exchange_strong_explicit(&stack->taken, &free, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

/* Signals are blocked. */
static void run(struct stack *stack, void (*work)(void *), void *argument)
{
    if (!take(stack)) {
        work(argument);
        return;
    }
    own_stack_switch(work, argument, stack->bottom + BYTES);
    atomic_store_explicit(&stack->taken, 0, memory_order_release);
}

void own_stack_run(enum own_stack which, void (*work)(void *), void *argument)
{
    struct stack *stack = &stacks[which];
    /* To learn a rule takes an instant, to look at each signal would take as long. */
    const uint64_t set = which == OWN_STACK_ENDING ? signals_to_block() : SYS_SIGNALS_BUT_BUS;
    uint64_t mask;
    if (!stack->bottom || is_here(stack) || sys_is_error(sys_sigprocmask(SIG_BLOCK, &set, &mask))) {
        work(argument);
        return;
    }
    run(stack, work, argument);
    sys_sigprocmask(SIG_SETMASK, &mask, NULL);
}
