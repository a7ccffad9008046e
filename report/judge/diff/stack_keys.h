/* stack_keys.h: when a stack of one log is that of another.
 *
 * A frame is the same when it lies at the same place of a module of the same build, wherever that
 * was loaded, or, less strictly, in the same line: a compiler makes several calls of one. Where
 * builds differ, it is when its functions have the same names, inlined ones among them, so that it
 * does not matter what was inlined; what a compiler adds to a name does not count. A frame without
 * a name is its module. Lines of code that was rebuilt count only in the strict sense: they move.
 */
#ifndef STACK_KEYS_H
#define STACK_KEYS_H

#include "base/intern.h"
#include "base/options.h"
#include "read/model.h"
#include "symbols/symbolize.h"

enum { STACK_KEYS_BEFORE, STACK_KEYS_NOW, STACK_KEYS_SIDES };
struct stack_keys {
    const struct options *options;
    const struct model *models[STACK_KEYS_SIDES];
    struct symbolizer *symbolizers[STACK_KEYS_SIDES];
    uint32_t *twins[STACK_KEYS_SIDES]; /* of each module: what it is on the other side; 0: none */
    bool exact; /* each module has one: in the strict sense no names are needed */
    struct intern keys;
    unsigned char *bytes; /* of the key that is made */
    size_t size, capacity;
};

void stack_keys_begin(struct stack_keys *keys, const struct options *options,
                      const struct model *before, struct symbolizer *symbolizer_before,
                      const struct model *now, struct symbolizer *symbolizer_now);
void stack_keys_end(struct stack_keys *keys);

/* A key is made of numbers and stacks, and has a number then. The stacks must have been symbolized,
 * but for strict keys that are exact. frames: of a stack so many count. */
void stack_keys_clear(struct stack_keys *keys);
void stack_keys_add_number(struct stack_keys *keys, uint64_t number);
void stack_keys_add_stack(struct stack_keys *keys, int side, uint32_t stack, uint32_t frames,
                          bool strict);
uint32_t stack_keys_number(struct stack_keys *keys);

#endif
