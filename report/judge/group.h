/* group.h: live blocks put together into loss records, in valgrind's order.
 *
 * Two blocks are in one record when their kind is the same and their stacks are, as far as the
 * resolution looks. Records stand in ascending order of direct and indirect bytes; equal ones by
 * kind (reachable, possible, indirect, definite), then by blocks, then by age. Largest is last.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stdint.h>
#include "read/model.h"

/* What a record's sentence says: less what is suppressed of it. */
struct loss_figures {
    uint64_t bytes; /* direct and indirect */
    uint64_t direct, indirect;
    uint64_t blocks;
};
/* Beside the same record of another log (--diff). */
enum loss_change {
    LOSS_NOT_COMPARED = 0,
    LOSS_SAME,
    LOSS_NEW,
    LOSS_INCREASED, /* bytes or blocks, be it that the other is less */
    LOSS_DECREASED,
    LOSS_GONE, /* no blocks any more */
    LOSS_CHANGES_COUNT
};
struct loss_record {
    uint8_t kind;        /* enum block_kind */
    uint8_t change;      /* enum loss_change: log_diff's word, as are the next two */
    uint8_t kind_before; /* of LOSS_NEW: blocks with this stack had another kind before;
                            BLOCK_KINDS_COUNT: they had none */
    bool shown;          /* this and what is suppressed: select's word */
    bool is_error;       /* or would be, were it not suppressed */
    const struct suppress_entry *suppressed_by; /* NULL: by none, or with its heads */
    bool suppressed;                            /* all of it */
    bool left_out;                              /* --filter, --limit: it is in no list (filter) */
    uint32_t number;                            /* X of "loss record X of Y" */
    uint64_t suppressed_bytes; /* of an indirect record: what hangs on suppressed heads */
    uint64_t suppressed_blocks;
    uint32_t stack;
    uint32_t named,
        named_count;  /* of its blocks have names: so many, from this index of named on */
    uint64_t samples; /* blocks that the figures are estimated from; 0: they are exact */
    uint64_t blocks;
    uint64_t bytes;          /* direct */
    uint64_t indirect_bytes; /* what is lost only through these blocks */
    uint64_t indirect_blocks;
    struct loss_figures before; /* in the other log; 0 of what is new */
};
struct loss_figures group_figures(const struct loss_record *record);

struct loss_records {
    struct loss_record *records;
    uint32_t count;
    uint32_t *named;    /* blocks of the model that have names, by record */
    uint32_t *of_block; /* a record for each block of the model; UINT32_MAX: none */
};

/* frames: how many are compared: 2, 4, or UINT32_MAX for all. */
void group_blocks(struct loss_records *records, const struct model *model, uint32_t frames);
/* The same of records that were grouped elsewhere: those that are one here are put together. */
void group_records(struct loss_records *records, const struct model *model,
                   const struct loss_record *given, uint32_t count, uint32_t frames);
/* Records without blocks, of another log: in their place in the order. */
void group_add(struct loss_records *records, const struct model *model,
               const struct loss_record *added, uint32_t count);
void group_free(struct loss_records *records);

#endif
