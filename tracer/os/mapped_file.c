#include "os/mapped_file.h"

#include "os/memory_map.h"
#include "os/message.h"
#include "os/sys.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#define LINK_SIZE 96u

/* --- what is there now --------------------------------------------------- */

static bool ask(struct mapped_file *file)
{
    struct stat status;
    if (file->length == 0 || file->length == MAPPED_FILE_PATH || file->path[0] != '/')
        return false;
    file->path[file->length] = '\0';
    if (sys_stat(file->path, &status) != 0)
        return false;
    file->size = (uint64_t)status.st_size;
    file->inode = status.st_ino;
    file->time_ns = status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    return true;
}

/* The kernel writes " (deleted)" behind the path of a file that has lost it: what is at that path,
 * if anything, is another file. */
static void finish(struct mapped_file *file)
{
    static const char mark[] = " (deleted)";
    size_t length = sizeof mark - 1;
    file->size = file->inode = 0;
    file->time_ns = 0;
    if (!ask(file) && file->length > length &&
        memcmp(file->path + file->length - length, mark, length) == 0)
        file->length -= length;
}

static bool read_link(struct mapped_file *file, const char *link)
{
    long length = sys_readlink(link, file->path, MAPPED_FILE_PATH);
    file->length = length > 0 ? (size_t)length : 0;
    return length > 0;
}

/* --- by /proc/self/map_files --------------------------------------------- */

/* Where the first segment ends: its mapping is a file's from `begin` to there. */
static uintptr_t end_of_first_segment(uintptr_t begin, uintptr_t end)
{
    const ElfW(Ehdr) *header = (const void *)begin;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phoff > end - begin)
        return 0;
    const ElfW(Phdr) *segment = (const void *)(begin + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD) {
            uintptr_t length = segment[i].p_vaddr % SYS_PAGE + segment[i].p_filesz;
            return begin + (length + SYS_PAGE - 1) / SYS_PAGE * SYS_PAGE;
        }
    return 0;
}

static bool read_map_files(struct mapped_file *file, uintptr_t begin, uintptr_t end)
{
    char link[LINK_SIZE];
    uintptr_t middle = end_of_first_segment(begin, end);
    if (!middle)
        return false;
    message_format(link, sizeof link, "/proc/self/map_files/%x-%x", (uint64_t)begin,
                   (uint64_t)middle);
    return read_link(file, link);
}

/* --- by /proc/self/maps -------------------------------------------------- */

/* Takes the whole lines of `text` until one holds `address`. Returns the bytes used; all of them
 * and `file->length` set when it was found. */
static size_t take_lines(struct mapped_file *file, const char *text, size_t length,
                         uintptr_t address, bool *found)
{
    const char *line = text, *newline;
    while (!*found && (newline = memchr(line, '\n', length - (size_t)(line - text))) != NULL) {
        struct mapping mapping;
        size_t parsed = memory_map_parse(line, (size_t)(newline - line), &mapping, 1);
        *found = parsed && mapping.begin <= address && address < mapping.end;
        if (*found && mapping.path_length <= MAPPED_FILE_PATH) {
            memcpy(file->path, mapping.path, mapping.path_length);
            file->length = mapping.path_length;
        }
        line = newline + 1;
    }
    return (size_t)(line - text);
}

/* For where the name in map_files is not the one expected, as when two mappings became one. A line
 * is text as long as a path and 100 bytes. */
static bool read_maps(struct mapped_file *file, uintptr_t address)
{
    char text[MAPPED_FILE_PATH + 128];
    size_t kept = 0;
    bool found = false;
    long got = 0;
    long fd = sys_open("/proc/self/maps", O_RDONLY, 0);
    file->length = 0;
    if (sys_is_error(fd))
        return false;
    while (!found && kept < sizeof text &&
           (got = sys_read((int)fd, text + kept, sizeof text - kept)) > 0) {
        kept += (size_t)got;
        size_t used = take_lines(file, text, kept, address, &found);
        kept -= used;
        memmove(text, text + used, kept);
    }
    sys_close((int)fd);
    return file->length > 0;
}

/* --- the whole ----------------------------------------------------------- */

bool mapped_file_find(struct mapped_file *file, uintptr_t begin, uintptr_t end)
{
    if (!read_map_files(file, begin, end) && !read_maps(file, begin))
        return false;
    finish(file);
    return true;
}

void mapped_file_guess(struct mapped_file *file, const char *name)
{
    char link[LINK_SIZE];
    size_t length = strnlen(name, MAPPED_FILE_PATH);
    long fd = strchr(name, '/') ? sys_open(name, O_PATH, 0) : -1;
    message_format(link, sizeof link, length ? "/proc/self/fd/%d" : "/proc/self/exe", (int64_t)fd);
    if ((length && fd < 0) || !read_link(file, link)) {
        memcpy(file->path, name, length);
        file->length = length;
    }
    if (fd >= 0)
        sys_close((int)fd);
    finish(file);
}
