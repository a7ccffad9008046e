#include "cli/temporary_folder.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/leftover.h"
#include "base/memory.h"

/* Of the process that made it: a child of it has the name, too, until it is another program. */
static volatile pid_t owner;
static char path[PATH_MAX];

/* --- removal ------------------------------------------------------------- */

struct folder_entry { /* as getdents64 writes them */
    uint64_t inode, offset;
    uint16_t length;
    unsigned char type;
    char name[];
};

/* Also in a signal handler, where opendir may not be called. What is removed may hide what comes
 * behind it from this reading: it begins anew until there is nothing. */
static void folder_empty(void)
{
    static _Alignas(8) char entries[4096];
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    long got = 0;
    bool any = folder >= 0;

    while (any) {
        any = false;
        lseek(folder, 0, SEEK_SET);
        while ((got = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0)
            for (long at = 0; at < got;) {
                const struct folder_entry *entry = (const void *)(entries + at);

                any |= unlinkat(folder, entry->name, 0) == 0;
                at += entry->length;
            }
    }
    if (folder >= 0)
        close(folder);
}

void temporary_folder_remove(void)
{
    if (owner != getpid())
        return;
    owner = 0;
    folder_empty();
    rmdir(path);
}

/* --- making -------------------------------------------------------------- */

static char *folder_make_in(const char *parent, struct failure *failure)
{
    char *folder = memory_text("%s/leakreport-XXXXXX", parent);

    if (!mkdtemp(folder) || chmod(folder, 0700) != 0 || !realpath(folder, path)) {
        failure_set(failure,
                    "no directory for the log can be created (%s): %s; set TMPDIR, or name the "
                    "log with --trace-file=NAME",
                    folder, strerror(errno));
        free(folder);
        return NULL;
    }
    free(folder);
    owner = getpid();
    leftover_watch(temporary_folder_remove);
    return memory_text("%s", path);
}

/* A container whose root is read-only has /dev/shm all the same. The user's own choice is not
 * replaced by another one. */
char *temporary_folder_make(struct failure *failure)
{
    static const char *const others[] = {"/var/tmp", "/dev/shm"};
    const char *parent = getenv("TMPDIR");
    bool is_named = parent && *parent;
    char *made = folder_make_in(is_named ? parent : "/tmp", failure);
    struct failure ignored;

    for (size_t i = 0; !made && !is_named && i < sizeof others / sizeof *others; i++)
        made = folder_make_in(others[i], &ignored);
    return made;
}
