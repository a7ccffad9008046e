/* log_read.h: a log's model, from its file. */
#ifndef LOG_READ_H
#define LOG_READ_H

#include "base/failure.h"
#include "base/options.h"
#include "read/model.h"

/* only_errors: blocks are left out. -1 with `failure` filled: there is no model. */
int log_read(const struct options *options, const char *path, bool only_errors, struct model *model,
             struct failure *failure);

#endif
