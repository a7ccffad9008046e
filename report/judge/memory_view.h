/* memory_view.h: whether it is worth a line what resident memory consists of. */
#ifndef MEMORY_VIEW_H
#define MEMORY_VIEW_H

#include "base/options.h"
#include "read/model.h"

bool memory_is_shown(const struct options *options, const struct model *model);

#endif
