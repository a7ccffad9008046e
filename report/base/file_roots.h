/* file_roots.h: where the files of a traced program are looked for: in a container, beside its
 * debug files, or where the log says.
 *
 * A path of the log is tried below each root, in order, and then as it is.
 */
#ifndef FILE_ROOTS_H
#define FILE_ROOTS_H

#include "base/options.h"

struct file_roots {
    const char *sysroot; /* --sysroot, or NULL */
    const char *process; /* the root of the process that a log speaks of, or NULL */
    const struct option_list *debug_folders; /* --extra-debuginfo-path, or NULL */
};

/* The path below root `number`, to be freed; NULL: there are no more, or none for this path, which
 * does not begin at a root ("[vdso]"). */
char *file_roots_path(const struct file_roots *roots, unsigned number, const char *path);
/* Debug folder `number`: those that were named, then /usr/lib/debug below each root. */
char *file_roots_debug(const struct file_roots *roots, unsigned number);

#endif
