/* load_generated: the names of code that was made at run time, as its makers wrote them: perf's map
 * file and the jitdump, from the log; of a process that is running or was killed the map file
 * itself.
 */
#ifndef LOAD_GENERATED_H
#define LOAD_GENERATED_H

#include "read/log_reader.h"
#include "read/model.h"

/* Fills `generated` and `jitdump` of a model whose header, process and root are known. A note says
 * what the log had no space for. */
void load_generated(const struct log_reader *reader, struct model *model);

#endif
