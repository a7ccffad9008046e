#include "os/page_use.h"

#include "os/sys.h"

/* Bits of an entry of pagemap. */
#define IN_MEMORY (1ull << 63)
#define IN_SWAP   (1ull << 62)

int page_use_open_forker(void)
{
    long fd = sys_open("/proc/self/pagemap", O_RDONLY, 0);
    return fd < 0 ? -1 : (int)fd;
}

void page_use_open(struct page_use *use, int forker)
{
    *use = (struct page_use){.own = page_use_open_forker(), .forker = forker};
}

void page_use_close(struct page_use *use)
{
    if (use->own >= 0)
        sys_close(use->own);
    use->own = -1;
}

/* Adds what a process has of the pages. false: that cannot be known. */
static bool add_mapped(struct page_use *use, int pagemap)
{
    uint64_t entries[PAGE_USE_AHEAD];
    size_t bytes = use->count * sizeof *entries;
    if (pagemap < 0 ||
        sys_pread(pagemap, entries, bytes, use->first * sizeof *entries) != (long)bytes)
        return false;
    for (uint64_t i = 0; i < use->count; i++)
        use->is_used[i] |= (entries[i] & (IN_MEMORY | IN_SWAP)) != 0;
    return true;
}

/* Where the process may not write to the file, the kernel says of each page that it is there. */
static bool add_cached(struct page_use *use)
{
    unsigned char cached[PAGE_USE_AHEAD];
    if (sys_call(SYS_mincore, (long)(use->first * SYS_PAGE), (long)(use->count * SYS_PAGE),
                 (long)cached, 0, 0, 0) != 0)
        return false;
    for (uint64_t i = 0; i < use->count; i++)
        use->is_used[i] |= cached[i] & 1;
    return true;
}

/* Without the forker's what is cached has to do: shared_swap knows of what that does not tell. */
static bool is_known_shared(struct page_use *use, enum page_use_kind kind)
{
    return kind == PAGE_USE_SHARED && (use->forker < 0 || add_mapped(use, use->forker)) &&
           add_cached(use);
}

static bool is_known_private(struct page_use *use, enum page_use_kind kind)
{
    return kind != PAGE_USE_SHARED && add_mapped(use, use->own) &&
           (kind == PAGE_USE_PRIVATE || add_cached(use));
}

/* The pages from `page` on, as many as there is space for, but none from `last` on. */
static void load(struct page_use *use, enum page_use_kind kind, uint64_t page, uint64_t last)
{
    use->kind = kind;
    use->first = page;
    use->count = last - page < PAGE_USE_AHEAD ? last - page : PAGE_USE_AHEAD;
    for (uint64_t i = 0; i < use->count; i++)
        use->is_used[i] = false;
    bool known = is_known_shared(use, kind) || is_known_private(use, kind);
    for (uint64_t i = 0; !known && i < use->count; i++)
        use->is_used[i] = true;
}

static bool is_used(struct page_use *use, enum page_use_kind kind, uint64_t page, uint64_t last)
{
    if (kind != use->kind || page - use->first >= use->count)
        load(use, kind, page, last);
    return use->is_used[page - use->first];
}

uint64_t page_use_next(struct page_use *use, enum page_use_kind kind, uint64_t begin, uint64_t end,
                       uint64_t *until)
{
    uint64_t page = begin / SYS_PAGE, last = (end + SYS_PAGE - 1) / SYS_PAGE;
    *until = end;
    while (page < last && !is_used(use, kind, page, last))
        page++;
    if (page == last)
        return end;
    if (page * SYS_PAGE > begin)
        begin = page * SYS_PAGE;
    /* No further than is known without another question: the next call goes on from there. */
    while (page < last && page - use->first < use->count && is_used(use, kind, page, last))
        page++;
    if (page * SYS_PAGE < end)
        *until = page * SYS_PAGE;
    return begin;
}
