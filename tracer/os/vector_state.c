#include "os/vector_state.h"

#include <cpuid.h>

#define LEGACY_BEGIN 32u  /* of x87's registers, behind which are SSE's */
#define LEGACY_END   416u /* behind them: what software may use */
#define HEADER       512u /* its first word: the components that are not in their initial state */
#define COMPONENTS   63u
#define FIRST_OTHER  2u /* x87 and SSE are 0 and 1 */
#define LEAF         0xdu

struct component {
    uint32_t offset;
    uint32_t size;
};

/* The processor's answer takes microseconds in a virtual machine: it is asked once. */
static struct component component_at(unsigned number)
{
    static struct component known[COMPONENTS];
    struct component *component = &known[number];
    unsigned ecx, edx;
    if (component->size == 0)
        __cpuid_count(LEAF, number, component->size, component->offset, ecx, edx);
    (void)ecx, (void)edx;
    return *component;
}

void vector_state_for_each(uint64_t begin, uint64_t end,
                           void (*visit)(void *context, uint64_t begin, uint64_t end),
                           void *context)
{
    uint64_t length = end - begin, in_use;
    if (length < HEADER)
        return;
    visit(context, begin + LEGACY_BEGIN, begin + LEGACY_END);
    if (length < HEADER + sizeof in_use)
        return;
    __builtin_memcpy(&in_use, (const void *)(uintptr_t)(begin + HEADER), sizeof in_use);
    for (unsigned i = FIRST_OTHER; i < COMPONENTS; i++) {
        if (!(in_use >> i & 1))
            continue;
        struct component part = component_at(i);
        if (part.size && part.offset <= length && part.size <= length - part.offset)
            visit(context, begin + part.offset, begin + part.offset + part.size);
    }
}
