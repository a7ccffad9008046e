#include "libc/guard_area.h"

#include "os/pages.h"
#include "os/sys.h"

#include <string.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE  103
#endif

#define PAGE           ((uint64_t)SYS_PAGE)
#define PIECE_PAGES    (GUARD_AREA_PIECE / PAGE)
#define RECORD_PAGES   4u /* of a piece, for the records of its slots */
#define AREA_MAX       ((uint64_t)1 << 40)
#define AREA_MIN       ((uint64_t)64 << 20)
#define PATTERN        0xa5
#define PATTERN_BEFORE 32u /* so much in front of a block, if its page has it */
#define PATTERN_AFTER  64u

/* Of how many pages of data slots there are. */
static const uint16_t class_pages[] = {1,  2,  3,  4,  6,   8,   12,  16,  24,
                                       32, 48, 64, 96, 128, 192, 256, 384, 512};
#define CLASSES (sizeof class_pages / sizeof *class_pages)
#define LARGE   CLASSES /* a slot of several pieces, which are not used again */

uint64_t guard_area_begin_at;
uint64_t guard_area_bytes;

static struct guard_area_options limits;
static bool has_guards; /* MADV_GUARD_INSTALL */
static atomic_uint_fast64_t pieces_used;
/* Of each piece its class + 1; of the further pieces of a large block 0x100 + how far back the
 * first is. */
static uint32_t *piece_kinds;

/* The slots that were never used: of the class's newest piece (upper half, + 1) the first so many
 * are. */
static atomic_uint_fast64_t fresh[CLASSES];
/* The released: the latest one's number + 1 (lower half), and a count so that none is mistaken for
 * itself. */
static atomic_uint_fast64_t released[CLASSES];
static atomic_int_fast64_t pages_open, blocks_open;
static atomic_uint_fast64_t refused;

/* --- the kernel ------------------------------------------------------------- */

static bool open_pages(uint64_t at, uint64_t bytes)
{
    return has_guards ? sys_madvise((void *)at, bytes, MADV_GUARD_REMOVE) == 0
                      : sys_mprotect((void *)at, bytes, PROT_READ | PROT_WRITE) == 0;
}

/* Also of pages that mprotect closed, as those of a block are whose content stays. */
static bool open_closed(uint64_t at, uint64_t bytes)
{
    return sys_mprotect((void *)at, bytes, PROT_READ | PROT_WRITE) == 0 && open_pages(at, bytes);
}

static bool close_and_drop(uint64_t at, uint64_t bytes)
{
    if (has_guards)
        return sys_madvise((void *)at, bytes, MADV_GUARD_INSTALL) == 0;
    sys_madvise((void *)at, bytes, MADV_DONTNEED);
    return sys_mprotect((void *)at, bytes, PROT_NONE) == 0;
}

static bool make_piece_usable(uint64_t piece, uint64_t bytes)
{
    uint64_t records = RECORD_PAGES * PAGE;
    if (sys_mprotect((void *)piece, has_guards ? bytes : records, PROT_READ | PROT_WRITE) != 0)
        return false;
    return !has_guards || close_and_drop(piece + records, bytes - records);
}

/* --- pieces and slots -------------------------------------------------------- */

static uint64_t piece_at(uint64_t index)
{
    return guard_area_begin_at + index * GUARD_AREA_PIECE;
}

static uint32_t slots_of(unsigned class)
{
    return class == LARGE ? 1
                          : (uint32_t)(PIECE_PAGES - RECORD_PAGES - GUARD_AREA_GAP) /
                                (class_pages[class] + GUARD_AREA_GAP);
}

static struct guard_slot *record_at(uint64_t piece, uint32_t index)
{
    return (struct guard_slot *)piece_at(piece) + index;
}

static struct guard_slot *numbered(uint32_t number)
{
    return record_at(number >> 8, number & 255);
}

static uint64_t data_of(uint64_t piece, unsigned class, uint32_t index)
{
    uint64_t first = piece_at(piece) + (RECORD_PAGES + GUARD_AREA_GAP) * PAGE;
    return class == LARGE ? first : first + index * (class_pages[class] + GUARD_AREA_GAP) * PAGE;
}

static struct guard_slot *set_up(uint64_t piece, unsigned class, uint32_t index, uint32_t pages)
{
    struct guard_slot *slot = record_at(piece, index);
    slot->data = data_of(piece, class, index);
    slot->pages = pages;
    slot->number = (uint32_t)(piece << 8 | index);
    return slot;
}

/* Pieces in a row; 0: there are no more. The first one is never given out. */
static uint64_t take_pieces(uint64_t count, unsigned class)
{
    uint64_t all = guard_area_bytes / GUARD_AREA_PIECE;
    uint64_t piece = atomic_load_explicit(&pieces_used, memory_order_relaxed);
    do {
        if (count > all || piece > all - count)
            return 0;
    } while (!atomic_compare_exchange_weak_explicit(&pieces_used, &piece, piece + count,
                                                    memory_order_relaxed, memory_order_relaxed));
    if (!make_piece_usable(piece_at(piece), count * GUARD_AREA_PIECE))
        return 0;
    for (uint64_t i = 1; i < count; i++)
        __atomic_store_n(&piece_kinds[piece + i], 0x100 + (uint32_t)i, __ATOMIC_RELAXED);
    /* Release: who finds the kind may read the records. */
    __atomic_store_n(&piece_kinds[piece], class + 1, __ATOMIC_RELEASE);
    return piece;
}

static struct guard_slot *take_fresh(unsigned class)
{
    uint64_t seen = atomic_load_explicit(&fresh[class], memory_order_acquire);
    for (;;) {
        uint64_t piece = seen >> 32, index = seen & UINT32_MAX;
        if (!piece || index >= slots_of(class)) {
            piece = take_pieces(1, class);
            index = 0;
            if (!piece)
                return NULL;
        }
        if (atomic_compare_exchange_strong_explicit(&fresh[class], &seen, piece << 32 | (index + 1),
                                                    memory_order_acq_rel, memory_order_acquire))
            return set_up(piece, class, (uint32_t)index, class_pages[class]);
        /* A piece that another thread was quicker with is lost, which is 4 MiB of addresses. */
    }
}

static struct guard_slot *take_released(unsigned class)
{
    uint64_t seen = atomic_load_explicit(&released[class], memory_order_acquire);
    while (seen & UINT32_MAX) {
        struct guard_slot *slot = numbered((uint32_t)seen - 1);
        uint64_t next = ((seen >> 32) + 1) << 32 | __atomic_load_n(&slot->next, __ATOMIC_RELAXED);
        if (atomic_compare_exchange_weak_explicit(&released[class], &seen, next,
                                                  memory_order_acq_rel, memory_order_acquire))
            return slot;
    }
    return NULL;
}

static void put_released(unsigned class, struct guard_slot *slot)
{
    uint64_t seen = atomic_load_explicit(&released[class], memory_order_relaxed);
    uint64_t now;
    do {
        __atomic_store_n(&slot->next, (uint32_t)seen, __ATOMIC_RELAXED);
        now = ((seen >> 32) + 1) << 32 | (slot->number + 1);
        /* Release: who takes it finds the rest of it. */
    } while (!atomic_compare_exchange_weak_explicit(&released[class], &seen, now,
                                                    memory_order_release, memory_order_relaxed));
}

static struct guard_slot *take_large(uint64_t pages)
{
    uint64_t all = pages + RECORD_PAGES + 2 * GUARD_AREA_GAP;
    uint64_t count = (all + PIECE_PAGES - 1) / PIECE_PAGES;
    uint64_t piece = take_pieces(count, LARGE);
    return piece ? set_up(piece, LARGE, 0, (uint32_t)pages) : NULL;
}

static unsigned class_for(uint64_t pages)
{
    unsigned class = 0;
    while (class < CLASSES && class_pages[class] < pages)
        class ++;
    return class;
}

static unsigned class_of(const struct guard_slot *slot)
{
    return (piece_kinds[slot->number >> 8] - 1) & 0xff;
}

struct guard_slot *guard_area_slot(uint64_t address)
{
    if (!guard_area_owns((const void *)address))
        return NULL;
    uint64_t piece = (address - guard_area_begin_at) / GUARD_AREA_PIECE;
    uint32_t kind = __atomic_load_n(&piece_kinds[piece], __ATOMIC_ACQUIRE);
    if (kind >= 0x100) {
        piece -= kind - 0x100;
        kind = __atomic_load_n(&piece_kinds[piece], __ATOMIC_ACQUIRE);
    }
    if (kind == 0)
        return NULL;
    uint64_t lowest = piece_at(piece) + RECORD_PAGES * PAGE;
    if (address < lowest)
        return NULL;
    if (kind - 1 == LARGE)
        return record_at(piece, 0);
    /* The upper half of a gap belongs to the slot above. */
    uint64_t page = (address - lowest) / PAGE;
    uint64_t span = class_pages[kind - 1] + GUARD_AREA_GAP;
    uint64_t index = page < GUARD_AREA_GAP / 2 ? 0 : (page - GUARD_AREA_GAP / 2) / span;
    if (index >= slots_of(kind - 1))
        index = slots_of(kind - 1) - 1;
    struct guard_slot *slot = record_at(piece, (uint32_t)index);
    return slot->data ? slot : NULL;
}

/* --- a block in its slot ------------------------------------------------------ */

static uint64_t page_of(uint64_t address)
{
    return address & ~(PAGE - 1);
}

static uint64_t data_end(const struct guard_slot *slot)
{
    return slot->data + slot->pages * PAGE;
}

/* The pages that a block needs. */
static uint64_t first_page(const struct guard_slot *slot)
{
    return page_of(slot->address);
}
static uint64_t pages_end(const struct guard_slot *slot)
{
    uint64_t end = page_of(slot->address + slot->size + PAGE - 1);
    return end > first_page(slot) ? end : first_page(slot) + PAGE;
}

static bool wants_begin(void)
{
    static atomic_uint count;
    if (!limits.at_random)
        return limits.at_begin;
    return atomic_fetch_add_explicit(&count, 1, memory_order_relaxed) * 2654435761u >> 31;
}

static void place(struct guard_slot *slot, size_t size, size_t alignment)
{
    slot->size = size;
    if (wants_begin())
        slot->address = (slot->data + alignment - 1) & ~(uint64_t)(alignment - 1);
    else
        slot->address = (data_end(slot) - (size ? size : 1)) & ~(uint64_t)(alignment - 1);
}

static uint64_t pattern_begin(const struct guard_slot *slot)
{
    uint64_t room = slot->address - first_page(slot);
    return slot->address - (room < PATTERN_BEFORE ? room : PATTERN_BEFORE);
}
static uint64_t pattern_end(const struct guard_slot *slot)
{
    uint64_t end = slot->address + slot->size, room = pages_end(slot) - end;
    return end + (room < PATTERN_AFTER ? room : PATTERN_AFTER);
}

static void draw_pattern(const struct guard_slot *slot)
{
    uint64_t begin = pattern_begin(slot), end = slot->address + slot->size;
    memset((void *)begin, PATTERN, slot->address - begin);
    memset((void *)end, PATTERN, pattern_end(slot) - end);
}

static bool find_change(uint64_t begin, uint64_t end, uint64_t *at)
{
    for (uint64_t i = begin; i < end; i++)
        if (*(const volatile unsigned char *)i != PATTERN) {
            *at = i;
            return true;
        }
    return false;
}

bool guard_area_is_overrun(const struct guard_slot *slot, int64_t *offset)
{
    uint64_t at;
    if (atomic_load_explicit(&slot->stained, memory_order_relaxed) & GUARD_STAIN_TOLD)
        return false;
    if (!find_change(slot->address + slot->size, pattern_end(slot), &at) &&
        !find_change(pattern_begin(slot), slot->address, &at))
        return false;
    *offset = (int64_t)(at - slot->address);
    return true;
}

/* --- giving out --------------------------------------------------------------- */

static uint64_t pages_counted(uint64_t size)
{
    return size ? (size + PAGE - 1) / PAGE : 1;
}

static bool is_within_bounds(uint64_t size)
{
    uint64_t pages = pages_counted(size);
    int64_t open = atomic_fetch_add_explicit(&pages_open, (int64_t)pages, memory_order_relaxed);
    int64_t blocks = atomic_fetch_add_explicit(&blocks_open, 1, memory_order_relaxed);
    if ((uint64_t)open + pages <= limits.pages_live && (uint64_t)blocks < limits.blocks_live)
        return true;
    atomic_fetch_sub_explicit(&pages_open, (int64_t)pages, memory_order_relaxed);
    atomic_fetch_sub_explicit(&blocks_open, 1, memory_order_relaxed);
    return false;
}

static void close_bounds(uint64_t size)
{
    atomic_fetch_sub_explicit(&pages_open, (int64_t)pages_counted(size), memory_order_relaxed);
    atomic_fetch_sub_explicit(&blocks_open, 1, memory_order_relaxed);
}

static struct guard_slot *take_slot(uint64_t pages)
{
    unsigned class = class_for(pages);
    if (class == LARGE)
        return take_large(pages);
    struct guard_slot *slot = take_released(class);
    return slot ? slot : take_fresh(class);
}

/* All of a slot with the gaps around it, as far as they are its own. */
static void clean(struct guard_slot *slot)
{
    if (atomic_exchange_explicit(&slot->stained, 0, memory_order_relaxed))
        close_and_drop(slot->data - GUARD_AREA_GAP / 2 * PAGE,
                       (slot->pages + GUARD_AREA_GAP) * PAGE);
}

/* NULL: the kernel has no more memory, or no more mappings; then the slot is lost. */
static struct guard_slot *open_slot(uint64_t pages, size_t size, size_t alignment)
{
    struct guard_slot *slot = take_slot(pages);
    if (!slot)
        return NULL;
    clean(slot);
    place(slot, size, alignment);
    return open_pages(first_page(slot), pages_end(slot) - first_page(slot)) ? slot : NULL;
}

/* What C asks of malloc: any object of that size. One below 16 bytes needs no more than 8. */
static size_t alignment_for(size_t size, size_t alignment)
{
    size_t least = size > 8 ? 16 : 8;
    return alignment > least ? alignment : least;
}

void *guard_area_allocate(size_t size, size_t alignment)
{
    alignment = alignment_for(size, alignment);
    uint64_t extra = alignment > PAGE ? alignment : 0;
    if (size > guard_area_bytes / 4 || alignment > guard_area_bytes / 4)
        return NULL;
    uint64_t pages = (size + extra + alignment + PAGE - 1) / PAGE;
    if (!extra) /* the end of the data is aligned to any that is no more than a page */
        pages = (size + PAGE - 1) / PAGE;
    pages = pages ? pages : 1;
    if (!is_within_bounds(size)) {
        atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
        return NULL;
    }
    struct guard_slot *slot = open_slot(pages, size, alignment);
    if (!slot) {
        close_bounds(size);
        atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
        return NULL;
    }
    draw_pattern(slot);
    slot->account = slot->stack_freed = slot->copied = 0;
    slot->copy = NULL;
    atomic_store_explicit(&slot->state, GUARD_SLOT_LIVE, memory_order_release);
    return (void *)slot->address;
}

/* --- taking back -------------------------------------------------------------- */

static bool change_state(struct guard_slot *slot, unsigned from, unsigned to)
{
    return atomic_compare_exchange_strong_explicit(&slot->state, &from, to, memory_order_acq_rel,
                                                   memory_order_acquire);
}

/* Until another thread has opened or closed its pages; the state then. In a forked child that
 * thread may not be there any more, and in a signal handler it may be this one. */
static unsigned wait_until_done(const struct guard_slot *slot)
{
    unsigned state = GUARD_SLOT_NONE;
    for (int i = 0; i < 1000; i++) {
        state = atomic_load_explicit(&slot->state, memory_order_acquire);
        if (state != GUARD_SLOT_CLOSING && state != GUARD_SLOT_LEAVING &&
            state != GUARD_SLOT_OPENING)
            break;
        sys_sched_yield();
    }
    return state;
}

bool guard_area_begin_close(struct guard_slot *slot)
{
    return change_state(slot, GUARD_SLOT_LIVE, GUARD_SLOT_CLOSING);
}

static void close_pages(const struct guard_slot *slot, bool drop)
{
    uint64_t begin = first_page(slot), bytes = pages_end(slot) - begin;
    if (drop)
        close_and_drop(begin, bytes);
    else
        sys_mprotect((void *)begin, bytes, PROT_NONE);
}

static bool reopen_pages(const struct guard_slot *slot)
{
    uint64_t begin = first_page(slot), bytes = pages_end(slot) - begin;
    return slot->copy ? open_pages(begin, bytes) : open_closed(begin, bytes);
}

bool guard_area_reopen(struct guard_slot *slot)
{
    unsigned state = wait_until_done(slot);
    if (state == GUARD_SLOT_CLOSING || state == GUARD_SLOT_LEAVING)
        return reopen_pages(slot);
    if (!change_state(slot, GUARD_SLOT_FREED, GUARD_SLOT_OPENING)) {
        wait_until_done(slot);
        return true;
    }
    bool is_open = reopen_pages(slot);
    if (is_open && slot->copy)
        memcpy((void *)slot->address, slot->copy, slot->copied);
    atomic_fetch_or_explicit(&slot->stained, GUARD_STAIN_PAGES, memory_order_relaxed);
    atomic_store_explicit(&slot->state, GUARD_SLOT_OPENED, memory_order_release);
    return is_open;
}

bool guard_area_stain(struct guard_slot *slot, uint64_t address)
{
    atomic_fetch_or_explicit(&slot->stained, GUARD_STAIN_PAGES, memory_order_relaxed);
    return open_closed(page_of(address), PAGE);
}

bool guard_area_is_in_pages(const struct guard_slot *slot, uint64_t address)
{
    return address >= first_page(slot) && address < pages_end(slot);
}

/* Of a block whose content is there still. false: its pages cannot be opened any more. */
static bool drop_content(const struct guard_slot *slot)
{
    uint64_t begin = first_page(slot), bytes = pages_end(slot) - begin;
    sys_madvise((void *)begin, bytes, MADV_DONTNEED);
    if (class_of(slot) == LARGE || !has_guards)
        return true;
    return sys_mprotect((void *)begin, bytes, PROT_READ | PROT_WRITE) == 0 &&
           close_and_drop(begin, bytes);
}

/* What holds its content is dropped, and it stands in the list of those that may be taken. */
static void give_back(struct guard_slot *slot)
{
    unsigned class = class_of(slot);
    bool is_usable = slot->copy || drop_content(slot);
    slot->copy = NULL;
    if (class != LARGE && is_usable)
        put_released(class, slot);
}

/* Nobody waits for who closes it, which may be a thread that a forked child has not: then the slot
 * is lost, as is one that such a thread was opening. */
void guard_area_release(struct guard_slot *slot)
{
    if (change_state(slot, GUARD_SLOT_CLOSING, GUARD_SLOT_LEAVING))
        return;
    wait_until_done(slot);
    if (change_state(slot, GUARD_SLOT_FREED, GUARD_SLOT_NONE) ||
        change_state(slot, GUARD_SLOT_OPENED, GUARD_SLOT_NONE))
        give_back(slot);
}

void guard_area_close(struct guard_slot *slot, bool drop)
{
    close_pages(slot, drop);
    close_bounds(slot->size);
    if (change_state(slot, GUARD_SLOT_CLOSING, GUARD_SLOT_FREED))
        return;
    atomic_store_explicit(&slot->state, GUARD_SLOT_NONE, memory_order_relaxed);
    give_back(slot);
}

uint64_t guard_area_refused(void)
{
    return atomic_load_explicit(&refused, memory_order_relaxed);
}

void guard_area_for_each_live(void (*visit)(void *context, struct guard_slot *slot), void *context)
{
    uint64_t used = guard_area_bytes ? atomic_load(&pieces_used) : 0;
    for (uint64_t piece = 1; piece < used; piece++) {
        uint32_t kind = piece_kinds[piece];
        for (uint32_t i = 0; kind && kind < 0x100 && i < slots_of(kind - 1); i++)
            if (atomic_load(&record_at(piece, i)->state) == GUARD_SLOT_LIVE)
                visit(context, record_at(piece, i));
    }
}

/* --- the beginning ------------------------------------------------------------ */

static uint64_t reserve(uint64_t bytes)
{
    void *memory =
        sys_leaves_space(bytes)
            ? sys_mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            : NULL;
    return (uint64_t)memory;
}

static bool kernel_has_guards(uint64_t page)
{
    bool has = sys_mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE) == 0 &&
               sys_madvise((void *)page, PAGE, MADV_GUARD_INSTALL) == 0;
    sys_mprotect((void *)page, PAGE, PROT_NONE);
    return has;
}

bool guard_area_begin(const struct guard_area_options *options)
{
    uint64_t bytes = AREA_MAX, begin = 0;
    while (bytes >= AREA_MIN && !(begin = reserve(bytes)))
        bytes /= 2;
    if (!begin || !(piece_kinds = pages_map(bytes / GUARD_AREA_PIECE * sizeof *piece_kinds)))
        return false;
    limits = *options;
    has_guards = kernel_has_guards(begin);
    if (!has_guards && limits.blocks_live > 16000)
        limits.blocks_live = 16000; /* of 65,530 mappings that a process may have */
    sys_madvise((void *)begin, bytes, MADV_NOHUGEPAGE);
    pages_note((void *)begin, bytes);
    atomic_store(&pieces_used, 1);
    guard_area_begin_at = begin;
    guard_area_bytes = bytes;
    return true;
}
