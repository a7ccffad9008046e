/* ask_signal: the signal by which a check is asked for, and the end of its child is told.
 *
 * It is stop_world's, 33: libc never lets a program block it or see it. A handler of ours stands
 * there from the start. libc puts its own there when the program makes its first thread
 * (setuid() in threaded programs), so the room looks then, and hands over what is libc's. While
 * stop_world holds, its handler stands there and passes on what is not its own to this one. */
#ifndef ASK_SIGNAL_H
#define ASK_SIGNAL_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

/* What came: a process asks (it names itself and `request`); a child ended. */
struct ask_signal_listener {
    void (*asked)(uint32_t request, const ucontext_t *context);
    void (*child_ended)(void);
};

/* Puts the handler there; `other` is one more signal that asks, as request 0, or 0. The number of
 * the first; 0: the kernel has none for us. Both functions are called in the handler. */
int ask_signal_begin(const struct ask_signal_listener *listener, int other);
/* Looks whether libc's handler has come to stand there. Cheap once that has happened. */
void ask_signal_renew(void);

/* Before exec, where the signal would be deadly to the new program: from now on nobody asks
 * (TRACE_ASK_LOCK), and what was asked already is dropped. `log`: the log's descriptor. */
void ask_signal_bar(int log);
/* exec failed. */
void ask_signal_unbar(void);

#endif
