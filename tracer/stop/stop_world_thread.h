/* stop_world_thread: a thread that stands still, described: what a leak check has to know of it.
 *
 * Described by itself, in a handler of ours or where it calls; a thread made by a bare clone may
 * have no TLS, so nothing here uses any. */
#ifndef STOP_WORLD_THREAD_H
#define STOP_WORLD_THREAD_H

#include <stdint.h>
#include <ucontext.h>

/* r8 … r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp: the kernel's order in a signal frame. */
#define STOP_WORLD_REGISTERS 16
#define STOP_WORLD_RED_ZONE  128 /* bytes below the stack pointer that are in use (x86-64 ABI) */

/* One thread. Those that did not answer have a tid and zeros. */
struct stopped_thread {
    uint32_t tid;
    uint32_t held;          /* 1: stands still and has described itself */
    uint64_t instruction;   /* where it stands */
    uint64_t stack_pointer; /* of the interrupted code */
    uint64_t red_zone;      /* bytes below it that may be in use */
    uint64_t dead_begin;    /* from here to stack_pointer are frames that nobody returns to */
    uint64_t thread_pointer;
    uint64_t stack_begin; /* of its ordinary stack, for who finds out; 0: not known */
    uint64_t interrupted; /* how far down the stack was in use that a handler on the signal stack
                           * interrupted, for who finds out; 0: not known */
    uint64_t signal_stack_begin; /* its alternate signal stack, begin == end: none */
    uint64_t signal_stack_end;
    uint64_t
        vector_begin;    /* where the kernel put its vector registers, below stack_pointer or on */
    uint64_t vector_end; /* the alternate stack; begin == end: nowhere */
    uint64_t registers[STOP_WORLD_REGISTERS];
    uint64_t progress; /* stop_world's own, as is the next */
    uint64_t listed;   /* its number in /proc: another one if that is of another pid namespace */
};

/* Describes a thread by its signal frame: for a handler of ours. */
void stop_world_describe(struct stopped_thread *thread, const ucontext_t *context);

/* Describes the rest of the calling thread: thread pointer and alternate stack. */
void stop_world_describe_caller(struct stopped_thread *thread);

/* Describes the calling thread at this very place. Inline, because the registers that a function
 * keeps for its caller are pushed as soon as another function wants them: what they held is found
 * either here or above this stack pointer. A function that calls others has no red zone. */
__attribute__((always_inline)) static inline void stop_world_capture(struct stopped_thread *thread)
{
    __builtin_memset(thread, 0, sizeof *thread);
    uint64_t *r = thread->registers;
    __asm__ volatile("mov %%r12, 0x20(%0)\n\tmov %%r13, 0x28(%0)\n\tmov %%r14, 0x30(%0)\n\t"
                     "mov %%r15, 0x38(%0)\n\tmov %%rbp, 0x50(%0)\n\tmov %%rbx, 0x58(%0)\n\t"
                     "mov %%rsp, 0x78(%0)\n\tlea 0(%%rip), %%rax\n\tmov %%rax, %1"
                     : "+r"(r), "=m"(thread->instruction)
                     :
                     : "rax", "memory");
    thread->held = 1;
    thread->dead_begin = thread->stack_pointer = r[STOP_WORLD_REGISTERS - 1];
    stop_world_describe_caller(thread);
}

#endif
