#include "stop/stop_world_thread.h"

#include "os/sys.h"

#include <signal.h>

/* In the thread that is held: no TLS, no stack protector, it may have neither. */

static void describe_vectors(struct stopped_thread *thread, const ucontext_t *context)
{
    const char *area = (const char *)context->uc_mcontext.fpregs;
    uint32_t words[4]; /* magic, extended size, features, and xstate_size behind those */
    thread->vector_begin = thread->vector_end = (uint64_t)(uintptr_t)area;
    if (!area)
        return;
    __builtin_memcpy(words, area + 464, 8);
    __builtin_memcpy(words + 2, area + 480, 4);
    /* Without the magic word it is the 512 bytes of FXSAVE alone. */
    thread->vector_end += words[0] == 0x46505853u ? words[2] : 512;
}

void stop_world_describe(struct stopped_thread *thread, const ucontext_t *context)
{
    for (int i = 0; i < STOP_WORLD_REGISTERS; i++)
        thread->registers[i] = (uint64_t)context->uc_mcontext.gregs[i];
    thread->instruction = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    thread->stack_pointer = thread->registers[STOP_WORLD_REGISTERS - 1];
    thread->red_zone = STOP_WORLD_RED_ZONE;
    thread->dead_begin = thread->stack_pointer;
    thread->stack_begin = thread->interrupted = 0;
    thread->thread_pointer = sys_thread_pointer();
    thread->signal_stack_begin = thread->signal_stack_end = 0;
    if (!(context->uc_stack.ss_flags & SS_DISABLE)) {
        thread->signal_stack_begin = (uint64_t)(uintptr_t)context->uc_stack.ss_sp;
        thread->signal_stack_end = thread->signal_stack_begin + context->uc_stack.ss_size;
    }
    describe_vectors(thread, context);
    thread->held = 1;
}

void stop_world_describe_caller(struct stopped_thread *thread)
{
    stack_t stack = {.ss_flags = SS_DISABLE};
    thread->tid = (uint32_t)sys_gettid();
    thread->thread_pointer = sys_thread_pointer();
    if (sys_sigaltstack(NULL, &stack) == 0 && !(stack.ss_flags & SS_DISABLE)) {
        thread->signal_stack_begin = (uint64_t)(uintptr_t)stack.ss_sp;
        thread->signal_stack_end = thread->signal_stack_begin + stack.ss_size;
    }
}
