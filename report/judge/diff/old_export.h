/* old_export.h: an older "log" (--diff) that is a document of --format=json.
 *
 * Its process becomes a model like a log's, whose frames have their names already, so that the
 * program it was made with need not be there any more. Its stacks end where they were shown to end,
 * at main, so stacks are compared as they are shown. There are no blocks: the document has loss
 * records.
 */
#ifndef OLD_EXPORT_H
#define OLD_EXPORT_H

#include "base/failure.h"
#include "judge/diff/export_stacks.h"
#include "judge/group.h"
#include "judge/process_tree.h"
#include "read/model.h"

struct old_export {
    const struct document_value *process;
    struct export_stacks stacks;
};

/* An entry for each process of the document. -1 with `failure` filled: there is none. */
int old_export_add(struct process_tree *tree, const char *path, struct failure *failure);

/* depth: of a stack so many frames. The model has been initialized. */
void old_export_read(struct old_export *export, const struct document_value *process,
                     uint32_t depth, struct model *model);
/* frames: as for group_blocks. */
void old_export_records(const struct old_export *export, const struct model *model, uint32_t frames,
                        struct loss_records *records);
/* Why the document may not have all that its log had, for who compares; NULL. */
const char *old_export_doubt(const struct old_export *export);
/* After the last use of the names of the model's frames. */
void old_export_free(struct old_export *export);

#endif
