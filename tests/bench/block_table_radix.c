/* A radix table: address → page → leaf of 256 slots of 16 bytes, one for each 16 bytes of the page.
 * An address has one slot, so an insert is two stores and a removal one compare-and-swap; nothing
 * is searched and nothing moves. A leaf is made at the first block of its page and stays. */
#include "block_tables.h"

#include "os/swap.h"

#include <sys/mman.h>

#define MIDDLE_LOG2 18u /* pages of a middle table: 1 GB of addresses */
#define ROOT_LOG2   17u

static uint32_t *root[1u << ROOT_LOG2];
static struct store leaves = {.piece_log2 = 12};

static bool begin(void)
{
    return true;
}

static uint32_t *middle_of(uint64_t address, bool make)
{
    uint32_t **place = &root[address >> (MIDDLE_LOG2 + 12)];
    uint32_t *middle = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (middle || !make)
        return middle;
    uint32_t *made = mmap(NULL, sizeof *made << MIDDLE_LOG2, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (made == MAP_FAILED)
        return NULL;
    if (__atomic_compare_exchange_n(place, &middle, made, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return made;
    munmap(made, sizeof *made << MIDDLE_LOG2);
    return middle;
}

static struct trace_block *slot_of(uint64_t address, bool make)
{
    uint32_t *middle = middle_of(address, make);
    if (!middle)
        return NULL;
    uint32_t *place = &middle[address >> 12 & ((1u << MIDDLE_LOG2) - 1)];
    uint32_t leaf = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (!leaf) {
        uint32_t made = make ? store_take(&leaves) : 0;
        if (!made)
            return NULL;
        /* The loser's leaf is not used again: that is rare. */
        if (__atomic_compare_exchange_n(place, &leaf, made, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            leaf = made;
    }
    return (struct trace_block *)store_at(&leaves, leaf) + (address >> 4 & 255);
}

static bool insert(const struct block *block)
{
    struct trace_block *slot = slot_of(block->address, true);
    if (!slot)
        return false;
    __atomic_store_n(&slot->what, block_what(block), __ATOMIC_RELAXED);
    __atomic_store_n(&slot->where, block_where(block), __ATOMIC_RELEASE);
    return true;
}

static bool take(uint64_t address, struct block *block)
{
    struct trace_block *slot = slot_of(address, false);
    if (!slot)
        return false;
    uint64_t where = __atomic_load_n(&slot->where, __ATOMIC_ACQUIRE);
    uint64_t what = __atomic_load_n(&slot->what, __ATOMIC_RELAXED);
    if (trace_block_address(where) != address || !swap_word(&slot->where, where, 0))
        return false;
    block_unpack(where, what, block);
    return true;
}

static uint64_t bytes(void)
{
    return store_bytes(&leaves);
}

const struct design design_radix = {"radix, a slot per 16 bytes", begin, insert, take, bytes};
