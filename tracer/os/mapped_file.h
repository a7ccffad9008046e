/* mapped_file: which file is mapped at an address, as the kernel knows it.
 *
 * The path is absolute, links resolved, as suppressions and valgrind name it. No allocator, no lock
 * and no libc. Where /proc does not say (a chroot, a sandbox), there is mapped_file_guess. */
#ifndef MAPPED_FILE_H
#define MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAPPED_FILE_PATH 4096u

struct mapped_file {
    size_t length; /* of the path */
    /* Of the file that has this path now. size 0: it is not the mapped one, or cannot be asked. */
    uint64_t size, inode;
    int64_t time_ns;             /* of its last change, since 1970 */
    char path[MAPPED_FILE_PATH]; /* not NUL ended */
};

/* begin: the first address of an ELF object that lies below `end`. false: not known. */
bool mapped_file_find(struct mapped_file *file, uintptr_t begin, uintptr_t end);
/* By the name that the loader has for it; "" is the program. */
void mapped_file_guess(struct mapped_file *file, const char *name);

#endif
