#include "check/program_memory.h"

#include "check/reach_world.h"
#include "os/memory_guard.h"
#include "os/sys.h"

#define FILE_LARGE (1u << 20) /* that what is read ahead of it matters */

static int open_reader(struct program_memory *memory)
{
    int error = memory->has_reader ? 0 : memory_read_open(&memory->reader);
    memory->has_reader = error == 0;
    return error;
}

int program_memory_open(struct program_memory *memory, bool is_child, int forker)
{
    *memory = (struct program_memory){.is_child = is_child, .forker = forker};
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

static enum page_use_kind kind_of(const struct mapping *mapping)
{
    return mapping->flags & MAPPING_SHARED ? PAGE_USE_SHARED
           : mapping->flags & MAPPING_FILE ? PAGE_USE_PRIVATE_FILE
                                           : PAGE_USE_PRIVATE;
}

static bool is_in_swap(struct program_memory *memory, const struct mapping *mapping)
{
    if (!memory->has_shared_swap)
        shared_swap_load(&memory->shared_swap, memory->forker >= 0);
    memory->has_shared_swap = true;
    return shared_swap_has(&memory->shared_swap, mapping->begin);
}

/* Of little private memory the pages that were never used cost less than the question. */
static bool is_worth_asking(struct program_memory *memory, const struct mapping *mapping,
                            uint64_t bytes)
{
    switch (kind_of(mapping)) {
    case PAGE_USE_PRIVATE:
        return bytes >= REACH_WORLD_LARGE;
    case PAGE_USE_SHARED:
        return !is_in_swap(memory, mapping);
    default:
        return true;
    }
}

/* Who reads what is there of a file makes the kernel read what follows, and so would find all of it
 * there at last. The child's mappings are its own. */
static void forbid_reading_ahead(struct program_memory *memory, const struct mapping *mapping)
{
    if (memory->latest_asked == mapping || !memory->is_child ||
        mapping->end - mapping->begin < FILE_LARGE)
        return;
    memory->latest_asked = mapping;
    sys_madvise((void *)mapping->begin, mapping->end - mapping->begin, MADV_RANDOM);
}

static uint64_t ask(struct program_memory *memory, const struct mapping *mapping, uint64_t begin,
                    uint64_t end, uint64_t *until)
{
    if (mapping->flags & MAPPING_FILE)
        forbid_reading_ahead(memory, mapping);
    if (!memory->has_page_use)
        page_use_open(&memory->page_use, memory->forker);
    memory->has_page_use = true;
    return page_use_next(&memory->page_use, kind_of(mapping), begin, end, until);
}

uint64_t program_memory_next_used(struct program_memory *memory, uint64_t begin, uint64_t end,
                                  uint64_t *until)
{
    const struct mapping *mapping = mapping_at(memory, begin);
    *until = end;
    if (!mapping || mapping->flags & MAPPING_DEVICE)
        return begin;
    if (mapping->end < end)
        *until = end = mapping->end;
    return is_worth_asking(memory, mapping, end - begin) ? ask(memory, mapping, begin, end, until)
                                                         : begin;
}

uint64_t program_memory_skip_unused(struct program_memory *memory, uint64_t begin, uint64_t end)
{
    uint64_t until;
    const struct mapping *mapping = mapping_at(memory, begin);
    if (!mapping || kind_of(mapping) != PAGE_USE_PRIVATE)
        return begin;
    return ask(memory, mapping, begin, end < mapping->end ? end : mapping->end, &until);
}

uint32_t program_memory_file_at(const struct program_memory *memory, uint64_t address)
{
    const struct mapping *mapping = memory_map_find(&memory->map, address);
    return mapping && mapping->flags & MAPPING_FILE ? mapping->flags : 0;
}
