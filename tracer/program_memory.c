#include "program_memory.h"

#include "memory_guard.h"

static int open_reader(struct program_memory *memory)
{
    int error = memory->has_reader ? 0 : memory_read_open(&memory->reader);
    memory->has_reader = error == 0;
    return error;
}

int program_memory_open(struct program_memory *memory, bool is_child)
{
    *memory = (struct program_memory){.is_child = is_child};
    memory->is_guarded = is_child && memory_guard_begin();
    int error = memory_map_load(&memory->map);
    return error || memory->is_guarded ? error : open_reader(memory);
}

void program_memory_close(struct program_memory *memory)
{
    if (memory->has_reader)
        memory_read_close(&memory->reader);
    if (memory->has_page_use)
        page_use_close(&memory->page_use);
    memory->has_reader = memory->has_page_use = false;
}

static const struct mapping *mapping_at(struct program_memory *memory, uint64_t address)
{
    const struct mapping *mapping = memory->latest;
    if (!mapping || address < mapping->begin || address >= mapping->end)
        mapping = memory_map_find(&memory->map, address);
    if (mapping)
        memory->latest = mapping;
    return mapping;
}

/* Loads do what the kernel's copies do, and cost less, where nobody else sees the memory: what is
 * shared may be a device's, whatever it is called. */
static bool is_for_loads(const struct mapping *mapping)
{
    const uint32_t any = MAPPING_READABLE | MAPPING_SHARED | MAPPING_DEVICE;
    return (mapping->flags & any) == MAPPING_READABLE;
}

/* By loads, from as many mappings as follow each other: how much of it. *known: the answer is that
 * even if it is nothing. */
static size_t load(struct program_memory *memory, uint64_t address, void *buffer, size_t length,
                   bool *known)
{
    size_t done = 0, got = 1;
    const struct mapping *mapping = NULL;
    while (done < length && got > 0 && (mapping = mapping_at(memory, address + done)) &&
           is_for_loads(mapping)) {
        uint64_t there = mapping->end - (address + done);
        size_t part = length - done < there ? length - done : (size_t)there;
        got = memory_guard_copy(address + done, (char *)buffer + done, part);
        done += got;
    }
    *known = done > 0 || got == 0 || !mapping;
    return done;
}

size_t program_memory_read(struct program_memory *memory, uint64_t address, void *buffer,
                           size_t length)
{
    bool known = false;
    size_t done = memory->is_guarded ? load(memory, address, buffer, length, &known) : 0;
    if (known || open_reader(memory) != 0)
        return done;
    return memory_read(&memory->reader, address, buffer, length);
}

/* In the child nobody can unmap anything, and anonymous memory is always there. */
const void *program_memory_in_place(struct program_memory *memory, uint64_t address, size_t length)
{
    const struct mapping *mapping = memory->is_child ? mapping_at(memory, address) : NULL;
    bool sure = mapping && is_for_loads(mapping) && !(mapping->flags & MAPPING_FILE);
    return sure && length <= mapping->end - address ? (const void *)address : NULL;
}

uint64_t program_memory_skip_unused(struct program_memory *memory, uint64_t begin, uint64_t end)
{
    const struct mapping *mapping = memory_map_find(&memory->map, begin);
    if (!mapping || mapping->flags & (MAPPING_FILE | MAPPING_SHARED | MAPPING_DEVICE))
        return begin;
    if (!memory->has_page_use)
        page_use_open(&memory->page_use);
    memory->has_page_use = true;
    return page_use_next(&memory->page_use, begin, end < mapping->end ? end : mapping->end);
}

uint32_t program_memory_file_at(const struct program_memory *memory, uint64_t address)
{
    const struct mapping *mapping = memory_map_find(&memory->map, address);
    return mapping && mapping->flags & MAPPING_FILE ? mapping->flags : 0;
}
