#include "life/open_files.h"

#include "log/trace_log.h"
#include "os/descriptor.h"
#include "os/message.h"
#include "os/sys.h"
#include "os/task.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

/* Higher ones are taken for the program's own. An inode tells a file from one that was given the
 * number later. */
enum { INHERITED_MAX = 4096 };
static uint64_t inherited[INHERITED_MAX];

static struct {
    char text[1 << 15]; /* as much as a string of the log may be */
    size_t used;
    uint32_t count, standard;
} list;

/* Calls `see` with each descriptor of the program's. false: they cannot be listed. */
static bool each_descriptor(void (*see)(int fd))
{
    static char entries[4096] __attribute__((aligned(8)));
    long length, folder = sys_open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (sys_is_error(folder))
        return false;
    while ((length = sys_getdents((int)folder, entries, sizeof entries)) > 0)
        for (long at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
            bool zero = strcmp(entry->d_name, "0") == 0;
            int fd = (int)task_parse_number(entry->d_name);
            at += entry->d_reclen;
            if ((fd > 0 || zero) && fd != folder && !descriptor_is_kept(fd))
                see(fd);
        }
    sys_close((int)folder);
    return true;
}

static uint64_t inode_of(int fd)
{
    struct stat status;
    return sys_fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static void note_inherited(int fd)
{
    if (fd < INHERITED_MAX)
        inherited[fd] = inode_of(fd);
}

void open_files_begin(void)
{
    each_descriptor(note_inherited);
}

/* --- the end --------------------------------------------------------------- */

/* As valgrind names it: a file with its path, a socket, or the number alone. */
static size_t describe(int fd, char *text, size_t size)
{
    static char path[4096];
    char link[32];
    message_format(link, sizeof link, "/proc/self/fd/%d", (int64_t)fd);
    long length = sys_readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    if (path[0] == '/')
        return message_format(text, size, "file descriptor %d: %s", (int64_t)fd, path);
    return message_format(
        text, size,
        strncmp(path, "socket:", 7) == 0 ? "socket %d:" : "file descriptor %d:", (int64_t)fd);
}

/* "i", if it was inherited, or "o"; what it is; NUL. What has no room is in the count alone. */
static void note_open(int fd)
{
    static char text[4200];
    size_t length = describe(fd, text, sizeof text);
    bool was_there = fd < INHERITED_MAX && inherited[fd] && inherited[fd] == inode_of(fd);
    list.count++;
    list.standard += fd <= 2;
    if (list.used + length + 2 > sizeof list.text)
        return;
    list.text[list.used++] = was_there ? 'i' : 'o';
    memcpy(list.text + list.used, text, length + 1);
    list.used += length + 1;
}

void open_files_end(void)
{
    struct trace_header *header = trace_log_header;
    list.used = list.count = list.standard = 0;
    if (!each_descriptor(note_open))
        return;
    header->open_files = trace_log_add_string(list.text, list.used);
    header->open_count = list.count;
    header->open_standard = list.standard;
    header->flags |= TRACE_FLAG_OPEN_FILES;
}
