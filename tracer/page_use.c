#include "page_use.h"

#include "sys.h"

#include <stdbool.h>

/* Bits of an entry. */
#define IN_MEMORY (1ull << 63)
#define IN_SWAP   (1ull << 62)

void page_use_open(struct page_use *use)
{
    long fd = sys_open("/proc/self/pagemap", O_RDONLY, 0);
    use->fd = fd < 0 ? -1 : (int)fd;
    use->first = use->count = 0;
}

void page_use_close(struct page_use *use)
{
    if (use->fd >= 0)
        sys_close(use->fd);
    use->fd = -1;
}

static bool load_entries(struct page_use *use, uint64_t page)
{
    long got = use->fd < 0 ? 0
                           : sys_pread(use->fd, use->entries, sizeof use->entries,
                                       page * sizeof *use->entries);
    use->first = page;
    use->count = got > 0 ? (uint64_t)got / sizeof *use->entries : 0;
    return use->count > 0;
}

uint64_t page_use_next(struct page_use *use, uint64_t begin, uint64_t end)
{
    for (uint64_t page = begin / SYS_PAGE; page * SYS_PAGE < end; page++) {
        if (page - use->first >= use->count && !load_entries(use, page))
            return begin;
        if (use->entries[page - use->first] & (IN_MEMORY | IN_SWAP))
            return page * SYS_PAGE > begin ? page * SYS_PAGE : begin;
        begin = (page + 1) * SYS_PAGE;
    }
    return end;
}
