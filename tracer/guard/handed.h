/* handed: memory that the program hands to a system call (--guard).
 *
 * The kernel gives EFAULT where a load would fault, or does less than was asked: it raises no
 * signal. So the calls are looked at before they are made: what is no block is recorded, as
 * valgrind's "Syscall param read(buf) points to unaddressable byte(s)", and made accessible, and
 * the call does what it would have done without guards. */
#ifndef HANDED_H
#define HANDED_H

#include "capture/unwind.h"
#include "libc/guard_area.h"
#include "trace_format.h"

enum handed_shape {
    HANDED_BYTES,  /* `length` of them */
    HANDED_STRING, /* up to a NUL */
    HANDED_VECTOR, /* `length` struct iovec; their parts are told as `parameter` + 1 */
    HANDED_SIZED,  /* at `length` stands a socklen_t, how many bytes */
    HANDED_MESSAGE /* a struct msghdr; its vector's parts likewise */
};

struct handed {
    const void *at;
    uint64_t length;
    enum handed_shape shape;
    enum trace_parameter parameter;
};

/* Whether any of it lies in the guard area. */
bool handed_is_guarded(const struct handed *handed, unsigned count);
/* Records what is wrong with it and makes it accessible. errno stays. */
void handed_look_at(const struct handed *handed, unsigned count, const struct call_site *site);

#endif
