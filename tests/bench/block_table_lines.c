/* Lines: address → piece of 256 bytes of heap → its chain of lines, each of four slots of 16 bytes,
 * one cache line. glibc's smallest blocks are 32 bytes apart, so a chain has two lines at most.
 * Within a chain any empty slot is good for any block of the piece; a block is found by its
 * address. Lines stay with their piece. */
#include "block_tables.h"

#include "os/swap.h"

#include <sys/mman.h>

#define PIECE_LOG2  8u
#define MIDDLE_LOG2 22u /* pieces of a middle table: 1 GB of addresses */
#define ROOT_LOG2   17u
#define LINE_SLOTS  4u

static uint32_t *root[1u << ROOT_LOG2];
static struct store lines = {.piece_log2 = 6};
static uint32_t *next_of; /* by line: the next of its chain */

static uint32_t *reserve(size_t entries)
{
    void *memory = mmap(NULL, entries * sizeof(uint32_t), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static bool begin(void)
{
    return (next_of = reserve((size_t)STORE_EXTENTS << (STORE_EXTENT_LOG2 - 6))) != NULL;
}

static uint32_t *chain_of(uint64_t address, bool make)
{
    uint32_t **place = &root[address >> (MIDDLE_LOG2 + PIECE_LOG2)];
    uint32_t *middle = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (!middle) {
        uint32_t *made = make ? reserve(1u << MIDDLE_LOG2) : NULL;
        if (!made)
            return NULL;
        if (__atomic_compare_exchange_n(place, &middle, made, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            middle = made;
        else
            munmap(made, sizeof *made << MIDDLE_LOG2);
    }
    return &middle[address >> PIECE_LOG2 & ((1u << MIDDLE_LOG2) - 1)];
}

/* Two words, 16-byte aligned; acquire and release. As the tracer did it with this table: without
 * the bus lock while the program has one thread (os/swap.h). */
#define SWAP_16(prefix)                                                                            \
    __asm__ volatile(prefix "cmpxchg16b %1"                                                        \
                     : "=@ccz"(swapped), "+m"(*pair), "+a"(from[0]), "+d"(from[1])                 \
                     : "b"(to[0]), "c"(to[1])                                                      \
                     : "memory")

static inline bool swap_pair(uint64_t (*pair)[2], uint64_t from[2], const uint64_t to[2])
{
    bool swapped;
    if (swap_is_alone())
        SWAP_16("");
    else
        SWAP_16("lock ");
    return swapped;
}

/* The line that *place names, made if there is none. */
static uint32_t line_at(uint32_t *place)
{
    uint32_t line = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    uint32_t made = line ? line : store_take(&lines);
    if (line || !made)
        return line;
    return __atomic_compare_exchange_n(place, &line, made, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE)
               ? made
               : line;
}

static bool insert(const struct block *block)
{
    uint32_t *place = chain_of(block->address, true);
    uint64_t filled[2] = {block_where(block), block_what(block)};
    for (uint32_t line; place && (line = line_at(place)); place = &next_of[line]) {
        struct trace_block *slots = store_at(&lines, line);
        for (unsigned i = 0; i < LINE_SLOTS; i++) {
            uint64_t empty[2] = {0, __atomic_load_n(&slots[i].what, __ATOMIC_RELAXED)};
            if (__atomic_load_n(&slots[i].where, __ATOMIC_RELAXED) == 0 &&
                swap_pair((uint64_t(*)[2]) & slots[i], empty, filled)) {
                return true;
            }
        }
    }
    return false;
}

static bool take(uint64_t address, struct block *block)
{
    uint32_t *place = chain_of(address, false);
    for (uint32_t line; place && (line = __atomic_load_n(place, __ATOMIC_ACQUIRE));
         place = &next_of[line]) {
        struct trace_block *slots = store_at(&lines, line);
        for (unsigned i = 0; i < LINE_SLOTS; i++) {
            uint64_t where = __atomic_load_n(&slots[i].where, __ATOMIC_ACQUIRE);
            uint64_t what = __atomic_load_n(&slots[i].what, __ATOMIC_RELAXED);
            if (trace_block_address(where) != address)
                continue;
            if (!swap_word(&slots[i].where, where, 0))
                return false;
            block_unpack(where, what, block);
            return true;
        }
    }
    return false;
}

/* The chains' beginnings and links, too: 4 bytes for each 256 bytes of heap, and for each line. */
static uint64_t bytes(void)
{
    uint64_t touched = 0;
    unsigned char in[256];
    for (size_t i = 0; i < 1u << ROOT_LOG2; i++)
        for (size_t at = 0; root[i] && at < sizeof(uint32_t) << MIDDLE_LOG2;
             at += sizeof in * 4096) {
            mincore((char *)root[i] + at, sizeof in * 4096, in);
            for (size_t page = 0; page < sizeof in; page++)
                touched += in[page] & 1 ? 4096 : 0;
        }
    return store_bytes(&lines) + lines.used * sizeof(uint32_t) + touched;
}

const struct design design_lines = {"lines, 4 slots per 256 bytes", begin, insert, take, bytes};
