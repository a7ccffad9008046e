/* load_stacks.h: call stacks out of the log's trie.
 *
 * A node's stack is read once, however many blocks name it. In a log that is not damaged a
 * parent's number is lower than its child's, because it was given out earlier; a chain that
 * breaks this rule ends there, so that no cycle can hold the reader.
 */
#ifndef LOAD_STACKS_H
#define LOAD_STACKS_H

#include "base/intern.h"
#include "read/log_reader.h"
#include "read/model.h"

struct stack_loader {
    const struct log_reader *reader;
    struct recent_frame { /* the frames of most nodes, without a search */
        uint64_t address; /* 0: empty */
        uint32_t module, frame;
    } recent[1024];
    struct model *model;
    uint32_t depth;      /* frames to take over */
    struct intern nodes; /* nodes seen */
    uint32_t *stacks;    /* their stacks */
    uint32_t capacity;
    uint32_t *words;  /* space for one stack */
    uint64_t damaged; /* stacks that end where the log is damaged */
};

void load_stacks_begin(struct stack_loader *loader, const struct log_reader *reader,
                       struct model *model, uint32_t depth);
/* The model's number for the stack that this node names. */
uint32_t load_stack(struct stack_loader *loader, uint32_t node);
/* The same for the stack of this record of ACCOUNTS, as blocks name it. marks: TRACE_STACK_NAMED,
 * if it is so marked. */
uint32_t load_stack_of_account(struct stack_loader *loader, uint32_t account, uint32_t *marks);
/* Notes what was damaged and gives the memory back. */
void load_stacks_end(struct stack_loader *loader);

#endif
