/* stepper: libunwind, the one place that knows it.
 *
 * It runs without a cache and finds the file of an address without the loader's lock
 * (unwind_library.h), so it waits for nobody; frame_cache makes up for the time. It is slow
 * (microseconds a step) and needs kilobytes of stack: for misses only.
 *
 * errno is left as found. Nothing here may be called while another thread is held. */
#ifndef STEPPER_H
#define STEPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame at a return address: the registers as they are after the return. */
struct stepper_frame {
    uintptr_t ip;
    uintptr_t sp;
    uintptr_t bp;
    uintptr_t others; /* what to put into the other callee-saved registers; unknown to the caller */
};

enum stepper_result {
    STEPPER_NONE = -1,     /* no way on: no unwind information, or unreadable memory */
    STEPPER_OUTERMOST = 0, /* the frame has no caller */
    STEPPER_STEPPED = 1,
};

/* Loads libunwind; false and the reason if that cannot be. Called once, before the program runs. */
bool stepper_load(const char **reason);
/* Memory that is always readable, so that the kernel need not be asked; two pieces at most. Called
 * before the first step. */
void stepper_trust(const void *begin, size_t bytes);
/* Steps from a frame to its caller's. */
enum stepper_result stepper_step(const struct stepper_frame *frame, struct stepper_frame *caller);
/* What there is to know of a frame at `ip`. */
enum stepper_information {
    STEPPER_DESCRIBED,  /* unwind information covers it */
    STEPPER_SIGNAL,     /* the return from a signal handler */
    STEPPER_UNDESCRIBED /* no unwind information: code made at run time, hand-written assembly */
};
enum stepper_information stepper_information_at(uintptr_t ip);
/* Walks the calling thread's stack with its true registers and hands over the frames from the one
 * that returns to `from` on: return addresses, innermost first (one more than the address for a
 * frame that a signal interrupted, so that "address - 1" lies in the right instruction). Returns
 * false if it ended before the outermost frame. visit returns false to stop. */
bool stepper_walk(uintptr_t from, bool (*visit)(void *context, uintptr_t address), void *context);
/* The registers that a call keeps, as they are in a frame. */
struct stepper_registers {
    uintptr_t ip;
    uintptr_t sp;
    uintptr_t bx;
    uintptr_t bp;
    uintptr_t r12;
    uintptr_t r13;
    uintptr_t r14;
    uintptr_t r15;
};
/* Walks outward from the frame `from`, which is handed over first; its ip counts as a return
 * address. visit returns false to stop: STEPPER_STEPPED. */
enum stepper_result stepper_walk_registers(const struct stepper_registers *from,
                                           bool (*visit)(void *context,
                                                         const struct stepper_registers *frame),
                                           void *context);
/* An address in libunwind, by which its module can be found. */
uintptr_t stepper_address(void);
/* libunwind's unw_backtrace itself, for checks; frames written. */
int stepper_backtrace(void **buffer, int size);

/* Whether a loaded file, by what its addresses are raised by, came with libunwind and for the
 * tracer only. */
bool stepper_brought(uintptr_t bias);

#endif
