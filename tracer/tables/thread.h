/* thread: what the tracer remembers of each thread.
 *
 * A thread gets its struct with its first event and keeps it until the kernel says that the thread
 * is gone; no destructor takes part, because a thread's last mallocs come after its destructors.
 * The struct is then handed to a new thread, with its records in the log.
 *
 * Everything in it is written by its thread only. Each room has a part of its own in it; the rest
 * is the thread's. */
#ifndef THREAD_H
#define THREAD_H

#include "arch/machine.h"
#include "trace_format.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A call of an allocation function, as its caller made it. */
struct call_site {
    uintptr_t return_address;
    uintptr_t cfa;      /* the stack pointer after the return */
    uintptr_t bp;       /* the frame pointer after the return */
    uintptr_t function; /* the allocation function's entry; 0: the stack has no such frame */
};

/* What operator new tells the malloc that it calls. `outer` stays after the label is used, so that
 * an operator new that another one calls knows that it is not the outermost. */
struct thread_label {
    const struct call_site *site; /* &outer, or NULL: nothing to tell, or told */
    struct call_site outer;
    enum trace_family family;
    uint32_t alignment_log2;
    size_t size;        /* what operator new was asked for */
    void *pointer;      /* the block that was recorded under the label */
    size_t malloc_size; /* what malloc was asked for */
};

/* How malloc was reached from a labelled operator new the last time. */
struct thread_label_distance {
    uintptr_t return_address; /* of the call of malloc */
    uintptr_t distance;       /* from there to operator new's caller */
};

/* A word of the stack and what it held. */
struct stack_word {
    uintptr_t address;
    uintptr_t value;
};

/* One frame of the last stack that was walked (see walk.h). */
struct thread_frame {
    uintptr_t return_address;
    uintptr_t cfa;     /* stack pointer at the return address; the address was read from cfa - 8 */
    uintptr_t bp;      /* frame pointer there; only where it matters is it kept true */
    uintptr_t bp_slot; /* where bp was read from; 0: it was not changed by the frame inside */
    uint32_t node;     /* the stack from here outward */
    uint32_t words;    /* how many of the thread's words hold this frame and those outside it */
    bool by_bp;        /* the caller's CFA is a function of bp */
    bool bp_matters;   /* some outer frame is a function of bp */
    bool opaque;       /* not found by a rule: cannot be verified by comparing words */
};

struct freed_block; /* see freed_blocks.h */
struct stack_memo;  /* see stack_memo.h */
struct kept_rings;  /* see kept_blocks.c */

/* --- the parts ------------------------------------------------------------- */

struct thread_freed {
    struct freed_block *ring; /* the blocks that it freed last */
    uint32_t count;           /* how many it freed */
    uint32_t mask;            /* slots in the ring - 1 */
};

struct thread_memos {
    struct stack_memo *slots; /* there while code_epoch is right */
    uint32_t shift;           /* 64 - log2 of how many */
    uint32_t ground;          /* frames outside of the latest call that asked */
    uint32_t capacity_log2;   /* for how many there is memory */
    uint32_t put;             /* since there are so many */
    uint32_t guests_put;      /* into the slots for memos that lost theirs */
    uintptr_t guests[4];      /* the CFA of each */
};

/* The last stack that was walked. */
struct thread_walk {
    struct thread_frame *frames; /* outermost first */
    struct stack_word *words;    /* what it was read from, outermost first */
    uint32_t frame_count;
    uint32_t end_words; /* how many of the words say that it ends */
    uint32_t capacity;
    struct thread_frame *fresh; /* scratch: frames of the walk under way, innermost first */
};

struct thread_usage {
    uint32_t until_sample; /* events until the clock is looked at */
    uint32_t batch;        /* that many from one look to the next */
    int64_t unflushed;     /* live bytes that the program's do not have yet */
    uint64_t looked_ns;    /* when the clock was looked at */
};

/* Which record in ACCOUNTS is the thread's own for a stack: see stack_accounts. */
struct thread_accounts {
    uint64_t *slots; /* stack in the upper half, record in the lower; 0: empty */
    uint32_t used;
    uint32_t capacity; /* a power of two */
};

/* Of a deep stack the first so many frames were seen whole at that moment: see stack_deep. */
struct thread_deep {
    uint32_t frames;
    uint32_t processor;
    uint64_t ticks;
};

/* Stack memory that is known to be there: see stack_memory. */
struct thread_readable {
    uintptr_t low;
    uintptr_t high;
};

/* While the thread ignores what it allocates: see ignored. */
struct thread_apart {
    uint32_t depth;            /* how often that was begun and not ended */
    uint32_t code_epoch;       /* of `memos` */
    bool is_in_use;            /* the memos here are the ordinary ones */
    struct thread_memos memos; /* the set that is not in use */
};

/* While another thread forks: see fork_gate. */
struct thread_gate {
    atomic_bool waits;
    atomic_bool at_length; /* inside for longer than a malloc or a free may be */
    uint64_t events;       /* thread_events when that began */
    uint64_t cpu_ns;       /* its processor time when it was seen then */
    unsigned seen;         /* at which closing */
    unsigned owner;        /* whose time that is */
};

/* --- the whole ------------------------------------------------------------- */

/* The block that libc's realloc is at work on: it is in no table meanwhile. address 0: none. */
struct thread_resized {
    uint64_t address;
    uint64_t size;
    uint32_t account;
    uint16_t alignment_log2;
    uint16_t family;
};

struct thread {
    uintptr_t busy; /* inside the tracer, called from here on the stack: a malloc now comes from a
                     * signal handler */
    void *deleting; /* taken out by operator delete: the free below it is not a second one */
    const void *latest;       /* the block allocated last, while it lives */
    uint64_t live_blocks;     /* that it allocated, less those that it freed */
    uint32_t record_index;    /* of `record`, in THREADS */
    uint32_t account_unknown; /* its record in ACCOUNTS for blocks without a known stack */
    struct thread_freed freed;
    struct thread_label label;

    struct thread_memos memos;

    struct thread_walk walk;
    uint32_t code_epoch; /* the count of unloadings that frames and memos know of */
    struct thread_usage usage;

    struct thread_label_distance label_distance;
    struct thread_accounts accounts;
    struct thread_deep deep;
    struct thread_readable readable;
    struct thread_gate gate;
    struct thread_apart apart;
    struct trace_thread *record; /* in the log */
    struct thread *next;         /* all threads, newest first; never unlinked */
    atomic_uint tid;             /* whose it is */
    struct kept_rings *kept;     /* freed blocks that are kept, or NULL */
    bool was_left;               /* a handler has left an event of its by a jump */
    struct thread_resized resized;
};

/* What malloc and free touch lies in three cache lines, and what operator new needs besides in one
 * more. */
#define THREAD_LINE(field) (offsetof(struct thread, field) / 64)
_Static_assert(THREAD_LINE(label.site) == 0 && THREAD_LINE(label.malloc_size) == 1, "label");
_Static_assert(THREAD_LINE(memos) == 2 && THREAD_LINE(memos.guests[3]) == 2, "memos");
_Static_assert(THREAD_LINE(walk) == 3 && THREAD_LINE(usage.unflushed) == 3, "walk, usage");

extern _Thread_local struct thread *thread_self __attribute__((tls_model("initial-exec")));

/* The calling thread's struct; NULL when there is no memory for one. */
struct thread *thread_attach(void);
static inline struct thread *thread_current(void)
{
    struct thread *self = thread_self;
    return __builtin_expect(self != NULL, 1) ? self : thread_attach();
}
/* All structs, newest first, through `next`. */
struct thread *thread_first(void);

/* How many blocks are live. */
uint64_t thread_live_blocks(void);
/* A number that changes with every event of a thread that is counted, and comes
 * round again after some hundreds of them. */
uint64_t thread_events(const struct thread *thread);
/* In a forked child: the calling thread has another number; the structs of the others are free. */
void thread_forked(void);

/* Only the owner writes a count, so the increment needs no lock; but it is one instruction, so that
 * a signal handler of the same thread cannot come in between. */
static inline void thread_count(uint64_t *counter, uint64_t amount)
{
#ifdef __SANITIZE_THREAD__
    __atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
#else
    machine_add_alone(counter, amount);
#endif
}

#endif
