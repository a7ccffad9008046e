/* named: what the program calls its blocks and regions (leakreport.h), in NAMES.
 *
 * A block's name ends with it: its account tells (marked.h). The table is made when the first name
 * comes, has TRACE_NAMES_MAX places, and is not on the path of malloc and free: a place whose block
 * is gone is found when one is needed.
 *
 * One caller at a time (lifecycle_check_keep_off). Failure leaves what is named as it was. */
#ifndef NAMED_H
#define NAMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct named {
    uintptr_t begin;
    size_t size; /* 0: the block that begins there, or has it inside */
    const char *name;
    uint32_t *number; /* of the region, from 1 on; or NULL */
};
/* argument: a struct named. false: no such block, no name, or no space. */
bool named_put(const void *argument);
/* A region's number. false: it is none. */
bool named_forget(const void *number);

#endif
