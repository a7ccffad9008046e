/* core_alone.h: a log of what the image of a process that nobody traced shows of its heap. */
#ifndef CORE_ALONE_H
#define CORE_ALONE_H

#include "base/failure.h"
#include "core/image.h"

/* Writes `made`. name: what the image is called in sentences; when: since 1970, of the image.
 * 0, or -1 with `failure` filled. */
int core_alone_make(struct image *image, const char *name, uint64_t when_ns, unsigned heuristics,
                    const char *made, struct failure *failure);
/* The same of a core file. */
int core_alone_make_of_file(const char *core, unsigned heuristics, const char *made,
                            struct failure *failure);

#endif
