#include "check/last_frames.h"

#include "capture/stepper.h"
#include "libc/real.h"
#include "tables/module_list.h"

#include <stdbool.h>
#include <string.h>

#define HANDLER_FRAMES_MAX 256u /* from the end to the signal frame */
#define FRAMES_MAX         16u  /* of libc's and ours, one inside the other */

/* Places in stopped_thread.registers, of those that a call keeps. */
enum { AT_R12 = 4, AT_R13, AT_R14, AT_R15, AT_BP = 10, AT_BX = 11, AT_SP = 15 };

struct code {
    uint64_t begin;
    uint64_t end;
};

static bool is_in(const struct code *code, uint64_t address)
{
    return address - code->begin < code->end - code->begin;
}

/* --- who never returns --------------------------------------------------- */

static const char *const enders[] = {"exit", "quick_exit",   "abort",    "raise",
                                     "kill", "pthread_kill", "sigqueue", "pthread_sigqueue"};
#define ENDERS (sizeof enders / sizeof *enders)

struct last_frames {
    struct code libc;
    struct code tracer;
    struct code enders[ENDERS];
    struct stepper_registers frames[FRAMES_MAX]; /* from the innermost on */
    unsigned count;
    unsigned first; /* of the frames, the innermost that can still be used */
};

static void find_module(struct code *module, uintptr_t address)
{
    if (!module_list_range(address, &module->begin, &module->end))
        *module = (struct code){0, 0};
}

static void find_libc(struct code *libc)
{
    find_module(libc, (uintptr_t)real_libc()->fork);
}

static void find_code(struct last_frames *last)
{
    find_libc(&last->libc);
    find_module(&last->tracer, (uintptr_t)last_frames_leave);
    for (size_t i = 0; i < ENDERS; i++)
        real_extent(enders[i], &last->enders[i].begin, &last->enders[i].end);
}

/* A call that never returns may be the last instruction of its function: the address behind it is
 * the next function's. */
static bool never_returns(const struct last_frames *last, const struct stepper_registers *frame)
{
    for (size_t i = 0; i < ENDERS; i++)
        if (is_in(&last->libc, frame->ip - 1) && is_in(&last->enders[i], frame->ip - 1))
            return true;
    return is_in(&last->tracer, frame->ip - 1);
}

static bool is_programs(const struct last_frames *last, const struct stepper_registers *frame)
{
    return !is_in(&last->libc, frame->ip - 1) && !is_in(&last->tracer, frame->ip - 1);
}

/* --- the way out --------------------------------------------------------- */

/* Through frames of libc's and ours to the first that is neither, and no further than its caller:
 * whether it has one is of interest. */
static bool take_frame(void *context, const struct stepper_registers *frame)
{
    struct last_frames *last = context;
    if (last->count == FRAMES_MAX ||
        (last->count && is_programs(last, &last->frames[last->count - 1])))
        return false;
    if (last->count && never_returns(last, &last->frames[last->count - 1]))
        last->first = last->count;
    last->frames[last->count++] = *frame;
    return true;
}

static struct stepper_registers registers_of(const struct stopped_thread *here)
{
    const uint64_t *r = here->registers;
    return (struct stepper_registers){here->instruction, r[AT_SP],  r[AT_BX],  r[AT_BP],
                                      r[AT_R12],         r[AT_R13], r[AT_R14], r[AT_R15]};
}

static void forget_scratch(struct stopped_thread *thread)
{
    thread->red_zone = 0;
    thread->vector_end = thread->vector_begin;
}

static void move_to(struct stopped_thread *here, const struct stepper_registers *frame)
{
    uint64_t *r = here->registers;
    memset(r, 0, sizeof here->registers);
    r[AT_BX] = frame->bx;
    r[AT_BP] = frame->bp;
    r[AT_R12] = frame->r12;
    r[AT_R13] = frame->r13;
    r[AT_R14] = frame->r14;
    r[AT_R15] = frame->r15;
    here->instruction = frame->ip;
    here->stack_pointer = r[AT_SP] = frame->sp;
    forget_scratch(here);
}

/* main has returned, or the last thread's function: behind exit there is nothing but libc's start
 * code, to which neither the stack nor the registers say anything. */
static void move_to_start(struct stopped_thread *here, const struct stepper_registers *frame)
{
    const struct stepper_registers start = {.ip = frame->ip, .sp = frame->sp};
    move_to(here, &start);
}

static bool is_at_system_call(const struct code *libc, uint64_t instruction)
{
    const unsigned char *before = (const unsigned char *)instruction - 2;
    return is_in(libc, (uintptr_t)before) && before[0] == 0x0f && before[1] == 0x05;
}

static void leave(struct stopped_thread *here, struct last_frames *last)
{
    const struct stepper_registers begin = registers_of(here);
    bool to_the_end = stepper_walk_registers(&begin, take_frame, last) == STEPPER_OUTERMOST;
    if (last->first == 0)
        return;
    if (to_the_end && last->first < last->count - 1)
        move_to_start(here, &last->frames[last->count - 1]);
    else
        move_to(here, &last->frames[last->first]);
}

/* --- the stack that a handler interrupted -------------------------------- */

static bool is_on_signal_stack(const struct stopped_thread *here, uint64_t sp)
{
    return sp - here->signal_stack_begin < here->signal_stack_end - here->signal_stack_begin;
}

struct interruption {
    struct stopped_thread *here;
    const struct code *libc;
    unsigned frames;
};

static bool take_first_elsewhere(void *context, const struct stepper_registers *frame)
{
    struct interruption *found = context;
    if (is_on_signal_stack(found->here, frame->sp))
        return ++found->frames < HANDLER_FRAMES_MAX;
    found->here->interrupted =
        frame->sp - (is_at_system_call(found->libc, frame->ip) ? 0 : STOP_WORLD_RED_ZONE);
    return false;
}

/* A handler on the signal stack ends the process: where it came from is where the ordinary stack
 * begins to be in use. */
static void find_interrupted(struct stopped_thread *here, const struct code *libc)
{
    const struct stepper_registers begin = registers_of(here);
    struct interruption found = {here, libc, 0};
    if (is_on_signal_stack(here, begin.sp))
        stepper_walk_registers(&begin, take_first_elsewhere, &found);
}

/* A signal that comes from elsewhere strikes anywhere; unwinding is certain only at a call. */
void last_frames_leave(struct stopped_thread *here)
{
    static struct last_frames last; /* one thread ends the process */
    find_code(&last);
    if (is_at_system_call(&last.libc, here->instruction))
        forget_scratch(here);
    else if (!is_in(&last.tracer, here->instruction))
        return;
    leave(here, &last);
    find_interrupted(here, &last.libc);
}

/* --- threads that are held ----------------------------------------------- */

void last_frames_in_kernel(struct stopped_thread *threads, size_t count)
{
    struct code libc;
    find_libc(&libc);
    for (size_t i = 0; i < count; i++)
        if (threads[i].held && is_at_system_call(&libc, threads[i].instruction))
            forget_scratch(&threads[i]);
}
