#include "core/image.h"
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/user.h>
#include "base/memory.h"
#include "libc/glibc_layout.h"
#include "trace_format.h"

enum { HEADERS_MAX = 64, NOTES_MAX = 4096 };

/* --- files --------------------------------------------------------------- */

const struct image_file *image_file_at(const struct image *image, uint64_t address)
{
    size_t low = 0, high = image->file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (image->files[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < image->file_count && image->files[low].begin <= address;
    return found ? &image->files[low] : NULL;
}

const struct image_file *image_file_begin(const struct image *image, const struct image_file *file)
{
    while (file > image->files && file->offset && strcmp(file[-1].path, file->path) == 0)
        file--;
    return file;
}

bool image_read_exactly(const struct image *image, uint64_t address, void *buffer, size_t length)
{
    return image->read(image->context, address, buffer, length) == length;
}

/* --- threads ------------------------------------------------------------- */

/* The kernel's order in a signal frame, as stop_world has it. */
void image_set_registers(struct stopped_thread *thread, const struct user_regs_struct *r)
{
    const uint64_t registers[STOP_WORLD_REGISTERS] = {
        r->r8,  r->r9,  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15,
        r->rdi, r->rsi, r->rbp, r->rbx, r->rdx, r->rax, r->rcx, r->rsp};

    memcpy(thread->registers, registers, sizeof registers);
    thread->instruction = r->rip;
    thread->stack_pointer = thread->dead_begin = r->rsp;
    thread->red_zone = STOP_WORLD_RED_ZONE;
    thread->thread_pointer = r->fs_base;
}

/* --- what an ELF file says of itself, in memory --------------------------- */

/* Its program headers; how many. */
static unsigned image_headers(const struct image *image, uint64_t begin,
                              Elf64_Phdr headers[HEADERS_MAX])
{
    Elf64_Ehdr header;

    if (!image_read_exactly(image, begin, &header, sizeof header) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phnum > HEADERS_MAX ||
        header.e_phentsize != sizeof *headers ||
        !image_read_exactly(image, begin + header.e_phoff, headers,
                            header.e_phnum * sizeof *headers))
        return 0;
    return header.e_phnum;
}

uint64_t image_link_address(const struct image *image, uint64_t begin)
{
    Elf64_Phdr headers[HEADERS_MAX];
    unsigned count = image_headers(image, begin, headers);

    for (unsigned i = 0; i < count; i++)
        if (headers[i].p_type == PT_LOAD)
            return headers[i].p_vaddr & ~(uint64_t)(TRACE_PAGE_SIZE - 1);
    return 0;
}

static uint32_t image_find_id(const unsigned char *notes, size_t size, uint8_t id[40])
{
    for (size_t at = 0; at + sizeof(Elf64_Nhdr) <= size;) {
        Elf64_Nhdr note;

        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note, bytes = name + ((note.n_namesz + 3ul) & ~3ul);
        if (bytes > size || note.n_descsz > size - bytes)
            return 0;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            memcmp(notes + name, "GNU", 4) == 0 && note.n_descsz <= 40) {
            memcpy(id, notes + bytes, note.n_descsz);
            return note.n_descsz;
        }
        at = bytes + ((note.n_descsz + 3ul) & ~3ul);
    }
    return 0;
}

uint32_t image_build_id(const struct image *image, uint64_t begin, uint8_t id[40])
{
    Elf64_Phdr headers[HEADERS_MAX];
    unsigned char notes[NOTES_MAX];
    unsigned count = image_headers(image, begin, headers);
    uint64_t bias = begin - image_link_address(image, begin);

    for (unsigned i = 0; i < count; i++) {
        size_t size = headers[i].p_filesz < NOTES_MAX ? headers[i].p_filesz : NOTES_MAX;

        if (headers[i].p_type != PT_NOTE ||
            !image_read_exactly(image, bias + headers[i].p_vaddr, notes, size))
            continue;
        uint32_t length = image_find_id(notes, size, id);
        if (length)
            return length;
    }
    return 0;
}

void image_take_auxv(struct image *image, const void *bytes, size_t size)
{
    Elf64_auxv_t entry;

    for (size_t at = 0; at + sizeof entry <= size; at += sizeof entry) {
        memcpy(&entry, (const char *)bytes + at, sizeof entry);
        if (entry.a_type == AT_BASE)
            image->loader = entry.a_un.a_val;
        else if (entry.a_type == AT_PHDR)
            image->program = entry.a_un.a_val;
        else if (entry.a_type == AT_RANDOM)
            image->in_stack = entry.a_un.a_val;
    }
}

/* --- the map ------------------------------------------------------------- */

static bool image_begins(const char *path, const char *with)
{
    return strncmp(path, with, strlen(with)) == 0;
}

static uint32_t image_flags_of(const struct image *image, const struct mapping *mapping)
{
    const struct image_file *file = image_file_at(image, mapping->begin);

    if (!file || file->path[0] != '/')
        return 0;
    if (image_begins(file->path, "/dev/zero") || image_begins(file->path, "/SYSV"))
        return MAPPING_FILE | MAPPING_SHARED;
    bool is_memory =
        image_begins(file->path, "/dev/shm/") || image_begins(file->path, "/dev/hugepages/");
    return MAPPING_FILE | (image_begins(file->path, "/dev/") && !is_memory ? MAPPING_DEVICE : 0u);
}

static struct mapping *image_mapping_at(const struct image *image, uint64_t address)
{
    return (struct mapping *)memory_map_find(&image->map, address);
}

/* Where brk's memory lies no core says. It begins above the executable, at a distance that the
 * kernel draws; what is mapped otherwise lies far away from there. */
static void image_name_heap(struct image *image)
{
    enum { DISTANCE_MAX = 1 << 30 };
    const struct image_file *file = image_file_at(image, image->program);
    uint64_t end = file ? file->end : 0;

    for (; file && file < image->files + image->file_count &&
           strcmp(file->path, image_file_at(image, image->program)->path) == 0;
         file++)
        end = file->end;
    for (size_t i = 0; end && i < image->map.count; i++) {
        struct mapping *mapping = &image->map.mappings[i];
        bool near = mapping->begin >= end && mapping->begin - end < DISTANCE_MAX;

        if (near && mapping_is_writable(mapping) && mapping_is_anonymous(mapping) &&
            !(mapping->flags & MAPPING_STACK))
            mapping->flags |= MAPPING_HEAP;
    }
}

static bool image_is_gap(const struct mapping *below, const struct mapping *above)
{
    return above->begin > below->end && above->begin - below->end <= GLIBC_HEAP_SPAN;
}

/* Who writes a core may leave out what nobody can read. */
static void image_fill_gaps(struct image *image, const struct mapping *mappings, size_t count)
{
    struct mapping *filled = memory_zeroed(2 * count + 1, sizeof *filled);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (i && image_is_gap(&mappings[i - 1], &mappings[i]))
            filled[n++] = (struct mapping){.begin = mappings[i - 1].end, .end = mappings[i].begin};
        filled[n++] = mappings[i];
    }
    image->map = (struct memory_map){filled, n};
}

void image_map(struct image *image, struct mapping *mappings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mappings[i].flags |= image_flags_of(image, &mappings[i]);
    image_fill_gaps(image, mappings, count);
    free(mappings);
    struct mapping *stack = image_mapping_at(image, image->in_stack);
    if (stack)
        stack->flags |= MAPPING_STACK;
    image_name_heap(image);
}

void image_free(struct image *image)
{
    for (size_t i = 0; i < image->file_count; i++)
        free(image->files[i].path);
    free(image->files);
    free(image->map.mappings);
    free(image->threads);
    free(image->command);
    memset(image, 0, sizeof *image);
}
