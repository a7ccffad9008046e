/* log_read.h: a log's model, from its file. */
#ifndef LOG_READ_H
#define LOG_READ_H

#include "base/failure.h"
#include "base/options.h"
#include "judge/diff/old_export.h"
#include "read/model.h"

/* only_errors: blocks are left out. -1 with `failure` filled: there is no model. */
int log_read(const struct options *options, const char *path, bool only_errors, struct model *model,
             struct failure *failure);
/* The same of an entry that is not a log's; `export` outlives the model. */
void log_read_export(const struct options *options, const struct process_entry *entry,
                     struct model *model, struct old_export *export);

#endif
