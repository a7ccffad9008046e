/* temporary_folder: a folder of this process, which is gone when the process is, also when a signal
 * ends it. SIGKILL leaves it behind. One at a time; of one thread. */
#ifndef TEMPORARY_FOLDER_H
#define TEMPORARY_FOLDER_H

#include "base/failure.h"

/* A whole path, for free, or NULL. Only the owner may look into it. */
char *temporary_folder_make(struct failure *failure);
/* With the files in it. */
void temporary_folder_remove(void);

#endif
