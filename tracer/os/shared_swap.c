#include "os/shared_swap.h"

#include "os/decimal.h"
#include "os/sys.h"

#include <string.h>
#include <sys/sysinfo.h>

static bool is_figure_above(const char *line, const char *name, uint64_t limit)
{
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0)
        return false;
    line += length + strspn(line + length, " ");
    return decimal_read(&line) > limit;
}

/* "7f12…-7f34… rw-s …", or else a name and a figure: "Swap:       4 kB". */
void shared_swap_take_line(struct shared_swap *swap, const char *line)
{
    uint64_t begin = 0;
    const char *next = line;
    for (; (*next >= '0' && *next <= '9') || (*next >= 'a' && *next <= 'f'); next++)
        begin = begin * 16 + (uint64_t)(*next <= '9' ? *next - '0' : *next - 'a' + 10);
    if (*next == '-' && next > line) {
        const char *permissions = strchr(next, ' ');
        swap->mapping = begin;
        swap->is_shared = permissions && strlen(permissions) > 4 && permissions[4] == 's';
        return;
    }
    if (!swap->is_shared || !(is_figure_above(line, "Swap:", 0) ||
                              is_figure_above(line, "KernelPageSize:", SYS_PAGE / 1024)))
        return;
    if (swap->count < SHARED_SWAP_MOST)
        swap->begins[swap->count] = swap->mapping;
    swap->count++;
}

static bool is_in_use(void)
{
    struct sysinfo machine;
    return sys_call(SYS_sysinfo, (long)&machine, 0, 0, 0, 0, 0) == 0 &&
           machine.totalswap != machine.freeswap;
}

/* What is behind the space for a line (a path) does not matter. */
static void take_lines(struct shared_swap *swap, int fd)
{
    char buffer[4096], line[128];
    size_t used = 0;
    for (long got; (got = sys_read(fd, buffer, sizeof buffer)) > 0;)
        for (long i = 0; i < got; i++) {
            if (buffer[i] != '\n') {
                line[used] = buffer[i];
                used += used + 1 < sizeof line;
                continue;
            }
            line[used] = '\0';
            shared_swap_take_line(swap, line);
            used = 0;
        }
}

void shared_swap_load(struct shared_swap *swap, bool has_pagemap)
{
    *swap = (struct shared_swap){.count = 0};
    long fd = !has_pagemap || is_in_use() ? sys_open("/proc/self/smaps", O_RDONLY, 0) : -ENOENT;
    if (sys_is_error(fd))
        return;
    take_lines(swap, (int)fd);
    sys_close((int)fd);
}

bool shared_swap_has(const struct shared_swap *swap, uint64_t begin)
{
    for (unsigned i = 0; i < swap->count && i < SHARED_SWAP_MOST; i++)
        if (swap->begins[i] == begin)
            return true;
    return swap->count > SHARED_SWAP_MOST;
}
