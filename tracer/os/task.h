/* task: what /proc/self/task says of this process' threads, read without libc and without
 * allocation.
 *
 * A thread has two numbers: the one that /proc lists and the one that the system calls here take.
 * They differ where /proc was mounted for another pid namespace. For one thread at a time: the text
 * buffers are shared. */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum task_state {
    TASK_ALIVE,
    TASK_VANISHED,     /* has ended and is not listed any longer */
    TASK_WITHOUT_CODE, /* listed, but runs nothing of the program: a main thread after
                        * pthread_exit, a kernel worker of io_uring */
};

/* Whether /proc lists other numbers than the system calls take. */
bool task_numbers_differ(void);

/* The number that the system calls take of the thread that is listed as `listed`; 0: it has
 * vanished. */
uint32_t task_translate(uint32_t listed);

enum task_state task_state(uint32_t listed);

/* Whether the thread blocks the signal; one that has vanished does not. */
bool task_blocks_signal(uint32_t listed, int signal);

/* Whether the thread waits in the kernel for something that is to happen. Has no use for the
 * buffers: may be called while another thread uses the rest. */
bool task_sleeps(uint32_t listed);

/* The system call that a thread sleeps in. */
struct task_call {
    uint64_t number;
    uint64_t first_argument;
    uint64_t instruction; /* behind the call */
};
enum task_rest {
    TASK_RUNS,     /* or may any moment, or waits for a page of memory */
    TASK_CALLS,    /* sleeps in a system call */
    TASK_NOT_TOLD, /* /proc does not say */
};
/* What the thread is at. Has no use for the buffers, as task_sleeps. */
enum task_rest task_rest(uint32_t listed, struct task_call *call);

/* Which sleep the thread is in, counted from 1; 0: it runs, or may any moment. -errno: /proc does
 * not tell. */
long task_sleep(uint32_t listed);

/* What it sleeps at, as a number: the system call, its arguments and where the stack is. 0: it
 * runs, or /proc does not tell. */
uint64_t task_place(uint32_t listed);

/* A decimal number; 0 if there is none. */
uint32_t task_parse_number(const char *digits);

/* The readings of text, apart from files for the tests: /proc/…/stat's state, and in
 * /proc/…/status the text behind a line's name, or NULL. */
enum task_state task_state_of_stat(const char *stat);
/* And of /proc/…/syscall. false: it is in no system call. */
bool task_call_of_text(const char *syscall, struct task_call *call);
const char *task_status_line(const char *status, const char *name);

#endif
