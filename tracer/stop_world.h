/* stop_world: holds every other thread of the process still, and lets them go again.
 *
 * A real-time signal with a handler that waits; no ptrace, so a debugger, strace, a container
 * without CAP_SYS_PTRACE or ptrace_scope 3 are no hindrance.
 *
 * Which signal: 33, which libc keeps for setuid() in threaded programs. libc never lets a program
 * block it, not by sigfillset() either, and leaves it open while a thread ends; gdb passes it on
 * without stopping; libc's handler ignores ours if one comes late; Go leaves it open too. A signal
 * of libc that arrives while our handler is in place is handed to libc's. If the kernel refuses
 * 33, the highest real-time signal at its default disposition is taken.
 *
 * Where the handler runs: SA_ONSTACK. Code on a tiny stack (a goroutine, a coroutine) that set an
 * alternate stack relies on it; the stack pointer reported is in any case that of the interrupted
 * code. A thread whose alternate stack cannot hold a signal frame is killed by the kernel, as by
 * any other signal that it takes.
 *
 * What the program can notice: a held system call restarts (SA_RESTART), but a few never do
 * whatever the flag: poll, select, epoll_wait, nanosleep's relatives with a time limit and
 * semaphores return EINTR after a release (signal(7) has the list). Before the end of the process,
 * where nobody is released, that does not matter. Disposition and signal masks are as before.
 *
 * Between hold and release no libc function that may lock or allocate may be called: its lock may
 * be held by a thread that stands still.
 *
 * Threads that share our memory but are not of our process (vfork, CLONE_VM alone) are not held.
 */
#ifndef STOP_WORLD_H
#define STOP_WORLD_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

/* r8 … r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp: the kernel's order in a signal frame. */
#define STOP_WORLD_REGISTERS     16
#define STOP_WORLD_RED_ZONE      128 /* bytes below the stack pointer that are in use (x86-64 ABI) */
#define STOP_WORLD_LIMIT_DEFAULT 2000000000ull /* nanoseconds */

/* One thread. Those that did not answer have a tid and zeros. */
struct stopped_thread {
    uint32_t tid;
    uint32_t held;          /* 1: stands still and has described itself */
    uint64_t stack_pointer; /* of the interrupted code */
    uint64_t thread_pointer;
    uint64_t signal_stack_begin; /* its alternate signal stack, begin == end: none */
    uint64_t signal_stack_end;
    uint64_t
        vector_begin;    /* where the kernel put its vector registers, below stack_pointer or on */
    uint64_t vector_end; /* the alternate stack; begin == end: nowhere */
    uint64_t registers[STOP_WORLD_REGISTERS];
    uint64_t progress; /* stop_world's own, as is the next */
    uint64_t listed;   /* its number in /proc: another one if that is of another pid namespace */
};

/* The threads but the calling one: count = held + silent. A silent one runs on, or sleeps with the
 * signal blocked; its stack and registers are unknown. The memory is stop_world's and listed in
 * pages: valid until the next hold. */
struct stopped_world {
    struct stopped_thread *threads;
    size_t count;
    size_t held;
    size_t silent;
    uint64_t mask_before; /* stop_world's own */
};

/* Stops the other threads, however many are being created meanwhile, in limit_ns nanoseconds at
 * most; blocks every signal in the calling thread until release. May be called in a signal handler
 * and on any stack of 4 KiB. 0, or -errno with nobody held: -EBUSY another thread is holding,
 * -ENOENT no /proc, -EMFILE no file descriptor left, -ENOMEM, -EPERM and -ENOSYS a sandbox forbids
 * the signal. Silent threads are no error. */
int stop_world_hold(struct stopped_world *world, uint64_t limit_ns);

/* Lets everybody go; after a successful hold only, by the thread that held. A child forked between
 * hold and release does not call it: it has only the calling thread, and `world` describes the
 * memory that it inherited. */
void stop_world_release(struct stopped_world *world);

/* Describes a thread by its signal frame: for a handler of ours. */
void stop_world_describe(struct stopped_thread *thread, const ucontext_t *context);

/* Describes the rest of the calling thread: thread pointer and alternate stack. */
void stop_world_describe_caller(struct stopped_thread *thread);

/* Describes the calling thread at this very place. Inline, because the registers that a function
 * keeps for its caller are pushed as soon as another function wants them: what they held is found
 * either here or above this stack pointer. */
__attribute__((always_inline)) static inline void stop_world_capture(struct stopped_thread *thread)
{
    __builtin_memset(thread, 0, sizeof *thread);
    uint64_t *r = thread->registers;
    __asm__ volatile("mov %%r12, 0x20(%0)\n\tmov %%r13, 0x28(%0)\n\tmov %%r14, 0x30(%0)\n\t"
                     "mov %%r15, 0x38(%0)\n\tmov %%rbp, 0x50(%0)\n\tmov %%rbx, 0x58(%0)\n\t"
                     "mov %%rsp, 0x78(%0)"
                     :
                     : "r"(r)
                     : "memory");
    thread->held = 1;
    thread->stack_pointer = r[STOP_WORLD_REGISTERS - 1];
    stop_world_describe_caller(thread);
}

#endif
