/* asleep.h: for the leak_* programs whose other thread sleeps while the first one ends.
 *
 * The other thread sleeps in the kernel, in a system call made directly, so that no function has put
 * its registers on the stack. It says which thread it is, sets the flag just before, and is given
 * time until the kernel says that it sleeps. */
#ifndef ASLEEP_H
#define ASLEEP_H
#include "leak.h"
#include <fcntl.h>
#include <sys/syscall.h>

static volatile int asleep;
static volatile int other_tid;

static APART void wait_until_asleep(void)
{
    char path[64], state = 0;
    while (!asleep)
        usleep(1000);
    sprintf(path, "/proc/self/task/%d/stat", other_tid);
    while (state != 'S') {
        char text[64] = "";
        int fd = open(path, O_RDONLY);
        read(fd, text, sizeof text - 1);
        close(fd);
        state = strrchr(text, ')') ? strrchr(text, ')')[2] : 0;
    }
}
#endif
