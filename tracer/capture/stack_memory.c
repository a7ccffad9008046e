#include "capture/stack_memory.h"

#include "os/sys.h"

#include <errno.h>

#define PROBE_PAGES 16u /* pages asked for at once when the readable range is extended */

/* How many pages from `address` on can be read. The kernel copies a byte of each for us, or fails.
 */
static size_t readable_pages(uintptr_t address, size_t pages)
{
    char bytes[PROBE_PAGES];
    struct iovec local = {bytes, pages};
    struct iovec remote[PROBE_PAGES];
    for (size_t i = 0; i < pages; i++)
        remote[i] = (struct iovec){(void *)(address + i * SYS_PAGE), 1};
    long copied = sys_process_vm_readv((int)sys_getpid(), &local, 1, remote, pages);
    if (copied >= 0 || copied == -EFAULT)
        return copied > 0 ? (size_t)copied : 0;
    /* Not allowed here (a sandbox): whether memory is mapped is the next best answer. */
    size_t mapped = 0;
    unsigned char residency;
    while (mapped < pages && sys_call(SYS_mincore, (long)(address + mapped * SYS_PAGE), SYS_PAGE,
                                      (long)&residency, 0, 0, 0) == 0)
        mapped++;
    return mapped;
}

__attribute__((noinline, cold)) bool stack_memory_extend(struct thread *thread, uintptr_t address)
{
    uintptr_t page = address & ~(uintptr_t)(SYS_PAGE - 1);
    uintptr_t low = thread->readable.low;
    uintptr_t high = thread->readable.high;
    if (page < low && low - page <= PROBE_PAGES * SYS_PAGE) {
        size_t pages = (low - page) / SYS_PAGE;
        if (readable_pages(page, pages) == pages) {
            thread->readable.low = page;
            return true;
        }
    }
    if (page < high || page - high >= PROBE_PAGES * SYS_PAGE || low == high)
        low = high = page;
    size_t pages = readable_pages(high, PROBE_PAGES);
    if (high + pages * SYS_PAGE <= address)
        return false;
    thread->readable.low = low;
    thread->readable.high = high + pages * SYS_PAGE;
    return true;
}
