#include "check/heuristic.h"

#define WORD            8u
#define VTABLE_MAX      21u /* words of a vtable that are looked at (tried with valgrind 3.19) */
#define FIRST_FILE_PAGE 4096u

/* libstdc++'s old string: length, capacity and reference count in front of the characters. */
static bool is_string(const struct reach_world *world, uint64_t start, uint64_t size,
                      uint64_t pointer)
{
    uint64_t length, capacity;
    return pointer == start + 3 * WORD && reach_world_read_word(world, start + WORD, &capacity) &&
           capacity + 3 * WORD + 1 == size && reach_world_read_word(world, start, &length) &&
           length <= capacity;
}

/* The size of the rest in the first word, as sqlite allocates. */
static bool is_length64(const struct reach_world *world, uint64_t start, uint64_t size,
                        uint64_t pointer)
{
    uint64_t length;
    return pointer == start + WORD && reach_world_read_word(world, start, &length) &&
           length == size - WORD;
}

/* An array's cookie: the number of elements, which divides the size of the rest. */
static bool is_array(const struct reach_world *world, uint64_t start, uint64_t size,
                     uint64_t pointer)
{
    uint64_t count;
    return pointer == start + WORD && reach_world_read_word(world, start, &count) && count > 0 &&
           (size - WORD) % count == 0;
}

/* A vtable lies in a mapped file and holds nothing but null and functions, two of them among its
 * first words. */
static bool is_vtable(const struct reach_world *world, uint64_t address)
{
    uint64_t words[VTABLE_MAX];
    if (address % WORD || address < FIRST_FILE_PAGE ||
        !(reach_world_file_at(world, address) & REACH_FILE_READABLE))
        return false;
    long length = reach_world_read(world, address, words, sizeof words);
    unsigned functions = 0;
    for (unsigned k = 0; (long)((k + 1) * WORD) <= length && functions < 2; k++) {
        if (words[k] && !(reach_world_file_at(world, words[k]) & REACH_FILE_EXECUTABLE))
            return false;
        functions += words[k] != 0;
    }
    return functions == 2;
}

/* The pointer is to a base class other than the first: both begin with a vtable. */
static bool is_base(const struct reach_world *world, uint64_t start, uint64_t pointer)
{
    uint64_t inner, first;
    return pointer % WORD == 0 && start % WORD == 0 &&
           reach_world_read_word(world, pointer, &inner) &&
           reach_world_read_word(world, start, &first) && is_vtable(world, inner) &&
           is_vtable(world, first);
}

enum trace_heuristic heuristic_find(const struct reach_world *world, unsigned set, uint64_t start,
                                    uint64_t size, uint64_t pointer)
{
    if (set & 1u << TRACE_STDSTRING && is_string(world, start, size, pointer))
        return TRACE_STDSTRING;
    if (set & 1u << TRACE_LENGTH64 && is_length64(world, start, size, pointer))
        return TRACE_LENGTH64;
    if (set & 1u << TRACE_NEWARRAY && is_array(world, start, size, pointer))
        return TRACE_NEWARRAY;
    if (set & 1u << TRACE_MULTIPLE_INHERITANCE && is_base(world, start, pointer))
        return TRACE_MULTIPLE_INHERITANCE;
    return TRACE_NO_HEURISTIC;
}
