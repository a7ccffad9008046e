#include "hooks/hand_over.h"

#include "os/sys.h"

static struct handed handed_by(const long *a, long number)
{
    switch (number) {
    case SYS_read:
        return (struct handed)BYTES((void *)a[1], (uint64_t)a[2], READ);
    case SYS_write:
        return (struct handed)BYTES((void *)a[1], (uint64_t)a[2], WRITE);
    case SYS_pread64:
        return (struct handed)BYTES((void *)a[1], (uint64_t)a[2], PREAD);
    case SYS_pwrite64:
        return (struct handed)BYTES((void *)a[1], (uint64_t)a[2], PWRITE);
    case SYS_readv:
        return (struct handed)VECTOR((void *)a[1], a[2], READV);
    case SYS_writev:
        return (struct handed)VECTOR((void *)a[1], a[2], WRITEV);
    case SYS_recvfrom:
        return (struct handed)BYTES((void *)a[1], (uint64_t)a[2], RECV);
    case SYS_sendto:
        return (struct handed)BYTES((void *)a[1], (uint64_t)a[2], SEND);
    case SYS_getrandom:
        return (struct handed)BYTES((void *)a[0], (uint64_t)a[1], GETRANDOM);
    case SYS_openat:
        return (struct handed)STRING((void *)a[1], OPEN);
    case SYS_futex:
        return (struct handed)BYTES((void *)a[0], 4, FUTEX);
    default:
        return (struct handed){0};
    }
}

void hand_over_syscall(const long *saved)
{
    const long arguments[5] = {saved[4], saved[3], saved[2], saved[1], saved[0]};
    struct handed handed = handed_by(arguments, saved[5]);
    struct call_site site = {.return_address = (uintptr_t)saved[7],
                             .cfa = (uintptr_t)(saved + 8),
                             .bp = *(uintptr_t *)__builtin_frame_address(0)};
    if (handed.at && handed_is_guarded(&handed, 1))
        handed_look_at(&handed, 1, &site);
}
