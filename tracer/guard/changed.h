/* changed: memory that the program wrote to though it is no block's, found when somebody looks. */
#ifndef CHANGED_H
#define CHANGED_H

#include "libc/guard_area.h"
#include "tables/kept_blocks.h"

/* `fill`: the byte that freed blocks are filled with, or -1. */
void changed_begin(int fill);
/* A block that leaves the kept ones, or that the process ends with. Not one in the guard area. */
void changed_look_at_kept(const struct kept_block *block, const void *copy);
/* A block in the guard area that the program frees by the call `stack`, or 0. */
void changed_look_at_guarded(struct guard_slot *slot, uint32_t account, uint32_t stack);
/* What lies beside all that are live: at a check. It is told once. */
void changed_look_at_live(void);
/* All that are live, and all that are kept. */
void changed_look_at_all(void);

#endif
