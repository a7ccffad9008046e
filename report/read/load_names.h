/* load_names: what the program calls its blocks and regions. */
#ifndef LOAD_NAMES_H
#define LOAD_NAMES_H

#include "read/log_reader.h"
#include "read/model.h"

/* Before the blocks are loaded. */
void load_names(const struct log_reader *reader, struct model *model);
/* A block's: its own, if its account is marked that it has one, or that of the innermost region
 * that it lies in. Index + 1, or 0. */
uint32_t load_name_of(const struct model *model, uint64_t address, uint32_t marks);

#endif
