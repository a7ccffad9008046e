#include "os/descriptor.h"

#include "os/swap.h"
#include "os/sys.h"

#include <errno.h>
#include <limits.h>
#include <sys/resource.h>

#define NONE INT_MAX

static struct {
    atomic_int number; /* NONE: nothing is kept */
    dev_t device;
    ino_t inode;
} kept[DESCRIPTOR_ROLES] = {{NONE, 0, 0}, {NONE, 0, 0}, {NONE, 0, 0}};
atomic_int descriptor_lowest = NONE;

/* --- numbers ------------------------------------------------------------- */

/* The kernel's table of descriptors reaches to the highest number in use, and each fork copies it.
 */
#define ABOVE_MAX   4096u
#define NUMBERS_MIN 1000u
#define NUMBERS     16u

static long set_limit(const struct rlimit *limit)
{
    return sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)limit, 0, 0, 0);
}

static struct rlimit limit_before; /* rlim_cur == rlim_max: as it is */

void descriptor_raise_limit(void)
{
    struct rlimit raised;
    if (sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit_before, 0, 0) != 0)
        return;
    raised = (struct rlimit){limit_before.rlim_max, limit_before.rlim_max};
    if (raised.rlim_cur != limit_before.rlim_cur && set_limit(&raised) != 0)
        limit_before.rlim_cur = limit_before.rlim_max;
}

void descriptor_lower_limit(void)
{
    if (limit_before.rlim_cur != limit_before.rlim_max)
        set_limit(&limit_before);
}

/* A number that the program cannot have: one at its soft limit or above. That holds for new numbers
 * only, and is raised for a moment, if no other thread can set it meanwhile. */
static long dup_above_limit(int fd)
{
    struct rlimit limit;
    if (!swap_is_alone() || sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0) != 0 ||
        limit.rlim_cur > ABOVE_MAX)
        return -EMFILE;
    rlim_t from = limit.rlim_cur > NUMBERS_MIN ? limit.rlim_cur : NUMBERS_MIN;
    struct rlimit raised = {from + NUMBERS, limit.rlim_max};
    if (raised.rlim_cur > raised.rlim_max || set_limit(&raised) != 0)
        return -EMFILE;
    long high = sys_fcntl(fd, F_DUPFD_CLOEXEC, (long)from);
    set_limit(&limit);
    return high;
}

static int move(int fd, bool close_old)
{
    long high = dup_above_limit(fd);
    if (sys_is_error(high))
        return sys_move_high(fd, close_old);
    if (close_old)
        sys_close(fd);
    return (int)high;
}

/* --- roles --------------------------------------------------------------- */

static void note(enum descriptor_role role, int number)
{
    int lowest = NONE;
    atomic_store(&kept[role].number, number);
    for (int i = 0; i < DESCRIPTOR_ROLES; i++)
        if (atomic_load(&kept[i].number) < lowest)
            lowest = atomic_load(&kept[i].number);
    atomic_store(&descriptor_lowest, lowest);
}

int descriptor_keep(enum descriptor_role role, int fd, bool close_old)
{
    struct stat status;
    note(role, NONE);
    if (sys_fstat(fd, &status) != 0)
        return fd;
    int number = move(fd, close_old);
    kept[role].device = status.st_dev;
    kept[role].inode = status.st_ino;
    if (number != fd || close_old)
        note(role, number);
    return number;
}

static bool leads_there(enum descriptor_role role, int fd)
{
    struct stat status;
    return sys_fstat(fd, &status) == 0 && status.st_dev == kept[role].device &&
           status.st_ino == kept[role].inode;
}

int descriptor_last_known(enum descriptor_role role)
{
    int number = atomic_load(&kept[role].number);
    return number == NONE ? -1 : number;
}

int descriptor_of(enum descriptor_role role)
{
    int number = descriptor_last_known(role);
    return number >= 0 && leads_there(role, number) ? number : -1;
}

void descriptor_let_go(enum descriptor_role role)
{
    int number = descriptor_of(role);
    note(role, NONE);
    if (number >= 0)
        sys_close(number);
}

bool descriptor_is_kept_slow(int fd)
{
    for (int role = 0; role < DESCRIPTOR_ROLES; role++)
        if (fd == atomic_load(&kept[role].number))
            return leads_there(role, fd);
    return false;
}

void descriptor_free_number(int fd)
{
    for (int role = 0; role < DESCRIPTOR_ROLES; role++) {
        long other = fd == descriptor_last_known(role)
                         ? sys_fcntl(fd, F_DUPFD_CLOEXEC, fd / 2) /* and up again from there */
                         : -EBADF;
        if (!sys_is_error(other))
            descriptor_keep(role, (int)other, true);
    }
}
