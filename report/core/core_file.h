/* core_file.h: a core file of the kernel's or of gcore's, as an image.
 *
 * Trusts none of its bytes. What a core leaves out because it stands in a file unchanged (code,
 * constants) is read from that file, if that is still the one whose beginning the core has. */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <stdbool.h>
#include "base/failure.h"
#include "core/image.h"

/* 0, or -1 with `failure` filled: it is not there, no core, of another kind of machine, cut, or
 * without the program's memory. Then core_file_close. */
int core_file_open(struct image *image, const char *path, struct failure *failure);
void core_file_close(struct image *image);

#endif
