#include "check/reach_find.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* Sends for what the index has on each. */
static void find_groups(struct reach *reach)
{
    static const struct address_group none;
    uint32_t left = 0;
    for (uint32_t i = 0; i < reach->coming_count; i++) {
        struct reach_pointer *pointer = &reach->coming[i];
        uint32_t covering;
        const struct address_group *group =
            address_index_group(&reach->index, pointer->word, &covering);
        pointer->group = group ? group : &none;
        pointer->index = covering;
        __builtin_prefetch(pointer->group);
        reach->left[left] = (uint8_t)i;
        left += group || covering != ADDRESS_INDEX_NONE;
    }
    reach->left_count = left;
}

/* Sends for each block's state. The index so far is that of the block which covers the address, to
 * which the group `none` adds nothing, or -1. */
static inline __attribute__((always_inline)) void find_blocks(struct reach *reach,
                                                              unsigned (*count_bits)(uint64_t))
{
    unsigned granule_bits = reach->index.granule_bits;
    for (uint32_t i = 0; i < reach->left_count; i++) {
        struct reach_pointer *pointer = &reach->coming[reach->left[i]];
        uint64_t granule = pointer->word >> granule_bits;
        uint64_t up_to = pointer->group->starts << (63 - (granule & 63));
        pointer->index += (uint32_t)pointer->group->below + count_bits(up_to);
        pointer->interior = !(up_to >> 63) || granule << granule_bits != pointer->word;
        __builtin_prefetch(&reach->states[pointer->index]);
    }
}

#if defined(__x86_64__)
static inline __attribute__((always_inline, target("popcnt"))) unsigned count_at_once(uint64_t bits)
{
    return (unsigned)__builtin_popcountll(bits);
}

static __attribute__((target("popcnt"))) void find_blocks_faster(struct reach *reach)
{
    find_blocks(reach, count_at_once);
}

bool reach_find_counts_bits(void)
{
    unsigned a, b, c = 0, d;
    return __get_cpuid(1, &a, &b, &c, &d) && c & bit_POPCNT;
}
#else
static void find_blocks_faster(struct reach *reach)
{
    find_blocks(reach, address_index_count);
}

bool reach_find_counts_bits(void)
{
    return false;
}
#endif

void reach_find(struct reach *reach)
{
    find_groups(reach);
    if (reach->counts_bits)
        find_blocks_faster(reach);
    else
        find_blocks(reach, address_index_count);
}
