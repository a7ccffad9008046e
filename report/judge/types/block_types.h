/* block_types.h: of what type the live blocks are, where that can be known.
 *
 * In this order: what the program itself calls a block; the vtable that a C++ object begins with
 * (only where the log has pointers: --heap-graph=yes); what the function that allocated says
 * (symbols/type_call); and what the pointer to a block was declared to lead to, if that is as large
 * as the block: from variables on, whose types debug information has, from block to block. A
 * pointer to a class is none to those that inherit from it, and void * says nothing. Nothing is
 * guessed by sizes alone.
 */
#ifndef BLOCK_TYPES_H
#define BLOCK_TYPES_H

#include "read/model.h"
#include "symbols/symbolize.h"

struct block_types;

struct block_type {
    const char *name;
    uint64_t count; /* so many of them fill the block; 0: not known */
};

/* Stacks are symbolized as far as needed. */
struct block_types *block_types_find(struct model *model, struct symbolizer *symbolizer);
void block_types_free(struct block_types *types);

/* types may be NULL. false: it is not known. */
bool block_types_of(const struct block_types *types, uint32_t block, struct block_type *type);
/* What all blocks of a stack are. */
const char *block_types_of_stack(const struct block_types *types, uint32_t stack);
/* "Session::timer", "Session *[3]": what lies at an offset in a block, or NULL: it is not known.
 * For free. */
char *block_types_place(const struct block_types *types, uint32_t block, uint64_t offset);

#endif
