#include "core/core_file.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "core/core_notes.h"

/* --- the file ------------------------------------------------------------ */

/* Copied when it is written to, which nobody does: so a core that is read alone stays as it is. */
static const unsigned char *core_map(const char *path, uint64_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    void *bytes = MAP_FAILED;

    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    else if (fd >= 0)
        errno = EINVAL;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    *size = bytes != MAP_FAILED ? (uint64_t)status.st_size : 0;
    return bytes != MAP_FAILED ? bytes : NULL;
}

static const void *core_bytes(const struct core *core, uint64_t offset, uint64_t length)
{
    return offset <= core->size && length <= core->size - offset ? core->bytes + offset : NULL;
}

/* --- reading memory ------------------------------------------------------ */

static const struct core_segment *core_segment_at(struct core *core, uint64_t address)
{
    size_t low = 0, high = core->segment_count;

    if (core->latest && address >= core->latest->begin && address < core->latest->end)
        return core->latest;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (core->segments[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < core->segment_count && core->segments[low].begin <= address;
    return found ? core->latest = &core->segments[low] : NULL;
}

static const void *core_in_place(void *context, uint64_t address, size_t length)
{
    const struct core_segment *segment = core_segment_at(context, address);
    uint64_t at = segment ? address - segment->begin : 0;

    return segment && at < segment->in_file && length <= segment->in_file - at ? segment->bytes + at
                                                                               : NULL;
}

/* The first page is in every core, unless somebody forbade it; it has the build id. */
static bool core_is_same(struct core *core, const struct image_file *file,
                         const struct core_lender *lender)
{
    enum { COMPARED = 1024 };
    const struct image_file *begin = image_file_begin(core->image, file);
    const void *there = core_in_place(core, begin->begin, COMPARED);

    return lender->size >= COMPARED && memcmp(lender->bytes, ELFMAG, SELFMAG) == 0 &&
           (!there || memcmp(there, lender->bytes, COMPARED) == 0);
}

static const struct core_lender *core_lender_of(struct core *core, const struct image_file *file)
{
    for (size_t i = 0; i < core->lender_count; i++)
        if (strcmp(core->lenders[i].path, file->path) == 0)
            return &core->lenders[i];
    memory_reserve(core->lenders, core->lender_count, core->lender_capacity);
    struct core_lender *lender = &core->lenders[core->lender_count++];
    *lender = (struct core_lender){.path = file->path};
    lender->bytes = core_map(file->path, &lender->size);
    if (lender->bytes && !core_is_same(core, file, lender)) {
        munmap((void *)lender->bytes, lender->size);
        lender->bytes = NULL;
    }
    return lender;
}

static size_t core_read_file(struct core *core, uint64_t address, void *buffer, size_t length)
{
    const struct image_file *file = image_file_at(core->image, address);
    const struct core_lender *lender = file ? core_lender_of(core, file) : NULL;
    uint64_t at = file ? address - file->begin + file->offset : 0;

    if (!lender || !lender->bytes || at >= lender->size)
        return 0;
    if (length > file->end - address)
        length = file->end - address;
    if (length > lender->size - at)
        length = lender->size - at;
    memcpy(buffer, lender->bytes + at, length);
    return length;
}

static size_t core_read(void *context, uint64_t address, void *buffer, size_t length)
{
    struct core *core = context;
    size_t done = 0;

    while (done < length) {
        const struct core_segment *segment = core_segment_at(core, address + done);
        uint64_t at = segment ? address + done - segment->begin : 0;
        size_t part = segment && at < segment->in_file ? segment->in_file - at : 0;

        part = part < length - done ? part : length - done;
        if (part)
            memcpy((char *)buffer + done, segment->bytes + at, part);
        else if (segment)
            part = core_read_file(core, address + done, (char *)buffer + done, length - done);
        if (!part)
            break;
        done += part;
    }
    return done;
}

/* --- segments ------------------------------------------------------------ */

static int core_is_cut(const struct core *core, const Elf64_Phdr *header, struct failure *failure)
{
    return failure_set(
        failure,
        "%s is cut: it has %s bytes, and %s or more were to be written; was the disk "
        "full, or ulimit -c too low?",
        core->path, number_text(core->size).text,
        number_text(header->p_offset + header->p_filesz).text);
}

static int core_take_segment(struct core *core, const Elf64_Phdr *header, struct failure *failure)
{
    const unsigned char *bytes = core_bytes(core, header->p_offset, header->p_filesz);
    uint64_t end = header->p_vaddr + header->p_memsz;

    if (!bytes && header->p_filesz)
        return core_is_cut(core, header, failure);
    if (header->p_type == PT_NOTE)
        core_notes_take(core, bytes, header->p_filesz);
    if (header->p_type != PT_LOAD || end <= header->p_vaddr)
        return 0;
    if (core->segment_count && header->p_vaddr < core->segments[core->segment_count - 1].end)
        return failure_set(failure, "%s is damaged: its segments lie on one another", core->path);
    memory_reserve(core->segments, core->segment_count, core->segment_capacity);
    core->segments[core->segment_count++] = (struct core_segment){
        header->p_vaddr, end,
        header->p_filesz < header->p_memsz ? header->p_filesz : header->p_memsz, bytes,
        header->p_flags};
    return 0;
}

/* Of more than 65,534 the number stands in the first section's header. */
static uint64_t core_count_headers(const struct core *core, const Elf64_Ehdr *header)
{
    const Elf64_Shdr *section = core_bytes(core, header->e_shoff, sizeof *section);
    Elf64_Shdr copy;

    if (header->e_phnum != PN_XNUM || !section)
        return header->e_phnum;
    memcpy(&copy, section, sizeof copy);
    return copy.sh_info;
}

static int core_take_segments(struct core *core, struct failure *failure)
{
    Elf64_Ehdr header;
    Elf64_Phdr one;
    const void *bytes = core_bytes(core, 0, sizeof header);

    if (bytes)
        memcpy(&header, bytes, sizeof header);
    if (!bytes || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_CORE)
        return failure_set(failure, "%s is no core file", core->path);
    if (header.e_machine != EM_X86_64 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phentsize != sizeof one)
        return failure_set(failure, "%s is a core of a machine that is not x86-64", core->path);
    uint64_t count = core_count_headers(core, &header);
    const unsigned char *headers = core_bytes(core, header.e_phoff, count * sizeof one);
    if (!headers)
        return failure_set(failure, "%s is cut: not even its headers are whole", core->path);
    for (uint64_t i = 0; i < count; i++) {
        memcpy(&one, headers + i * sizeof one, sizeof one);
        if (core_take_segment(core, &one, failure) != 0)
            return -1;
    }
    return 0;
}

static struct mapping *core_mappings(const struct core *core)
{
    struct mapping *mappings = memory_zeroed(core->segment_count + 1, sizeof *mappings);

    for (size_t i = 0; i < core->segment_count; i++)
        mappings[i] =
            (struct mapping){.begin = core->segments[i].begin,
                             .end = core->segments[i].end,
                             .flags = (core->segments[i].flags & PF_R ? MAPPING_READABLE : 0u) |
                                      (core->segments[i].flags & PF_W ? MAPPING_WRITABLE : 0u) |
                                      (core->segments[i].flags & PF_X ? MAPPING_EXECUTABLE : 0u)};
    return mappings;
}

/* --- all of it ----------------------------------------------------------- */

/* Where the stacks are not, neither is what else the program had for itself. A stack that has
 * overflowed ends below its memory. */
static bool core_has_stacks(struct core *core)
{
    const struct image *image = core->image;
    bool has = image->in_stack && core_in_place(core, image->in_stack, 8);

    for (size_t i = 0; i < image->thread_count && !has; i++)
        has = core_in_place(core, image->threads[i].stack_pointer, 8);
    return has;
}

static int core_check_content(struct core *core, struct failure *failure)
{
    const struct image *image = core->image;
    const char *missing = image->thread_count == 0 ? "the threads' registers"
                          : !image->files          ? "the list of mapped files"
                                                   : NULL;

    if (missing)
        return failure_set(failure, "%s is no core of a Linux process: it lacks %s", core->path,
                           missing);
    if (!core_has_stacks(core))
        return failure_set(failure,
                           "%s has not the program's private memory: its coredump_filter left that "
                           "out; 0x33 has it (echo 0x33 >/proc/PID/coredump_filter)",
                           core->path);
    return 0;
}

int core_file_open(struct image *image, const char *path, struct failure *failure)
{
    struct core *core = memory_zeroed(1, sizeof *core);

    *image = (struct image){.context = core, .read = core_read, .in_place = core_in_place};
    *core = (struct core){.path = path, .image = image};
    core->bytes = core_map(path, &core->size);
    int result = core->bytes ? core_take_segments(core, failure)
                             : failure_set(failure, "%s cannot be read: %s", path, strerror(errno));
    if (result == 0)
        result = core_check_content(core, failure);
    if (result == 0)
        image_map(image, core_mappings(core), core->segment_count);
    else
        core_file_close(image);
    return result;
}

void core_file_close(struct image *image)
{
    struct core *core = image->context;

    image_free(image);
    for (size_t i = 0; i < core->lender_count; i++)
        if (core->lenders[i].bytes)
            munmap((void *)core->lenders[i].bytes, core->lenders[i].size);
    if (core->bytes)
        munmap((void *)core->bytes, core->size);
    free(core->lenders);
    free(core->segments);
    free(core);
}
