#include "check/thread_stacks.h"

#include "os/sys.h"

#define ALIGNMENT      64u   /* of a descriptor */
#define SELF           2u    /* the word of it that holds its address, as does the first */
#define DESCRIPTOR_MAX 4096u /* more than it has in any libc */
#define WORDS          (DESCRIPTOR_MAX / 8)
#define TOP_MAX        (2 * DESCRIPTOR_MAX) /* from the descriptor to the end of the stack */
#define LOOKED_AT_MAX  16u                  /* living threads */
#define LIST_MAX       65536u               /* threads in a list */

static bool read_words(const struct thread_stacks_world *world, uint64_t address, uint64_t *words,
                       size_t count)
{
    return world->read(world->context, address, words, count * 8) == count * 8;
}

/* --- one descriptor ------------------------------------------------------ */

/* All of it is private anonymous memory, a guard too. */
static bool is_mapped(const struct memory_map *map, uint64_t begin, uint64_t end)
{
    while (begin < end) {
        const struct mapping *mapping = memory_map_find(map, begin);
        if (!mapping || !mapping_is_anonymous(mapping))
            return false;
        begin = mapping->end;
    }
    return true;
}

static bool is_stack(const struct memory_map *map, uint64_t descriptor, uint64_t begin,
                     uint64_t size)
{
    uint64_t end = begin + size;
    return begin && begin % SYS_PAGE == 0 && size % SYS_PAGE == 0 && begin < descriptor &&
           end > descriptor && end - descriptor <= TOP_MAX && is_mapped(map, begin, end);
}

/* The descriptor's words up to the end of its page or a few more; how many. */
static size_t read_descriptor(const struct thread_stacks_world *world, uint64_t descriptor,
                              uint64_t words[WORDS])
{
    size_t got = world->read(world->context, descriptor, words, DESCRIPTOR_MAX) / 8;
    bool is_one = got > SELF && words[0] == descriptor && words[SELF] == descriptor;
    return is_one ? got : 0;
}

static bool find_stack(const struct thread_stacks_world *world, uint64_t descriptor,
                       const uint64_t *words, size_t count, struct thread_stack *stack)
{
    for (size_t i = SELF + 1; i + 1 < count; i++)
        if (is_stack(world->map, descriptor, words[i], words[i + 1])) {
            *stack = (struct thread_stack){words[i], descriptor};
            return true;
        }
    return false;
}

bool thread_stacks_find(const struct thread_stacks_world *world, uint64_t thread_pointer,
                        struct thread_stack *stack)
{
    uint64_t words[WORDS];
    size_t count = read_descriptor(world, thread_pointer, words);
    return find_stack(world, thread_pointer, words, count, stack);
}

/* --- which list it is in ------------------------------------------------- */

/* A link: the address of the next one, and of the one before. */
static bool is_linked(const struct thread_stacks_world *world, uint64_t at, const uint64_t link[2])
{
    uint64_t next[2], before[2];
    return link[0] % 8 == 0 && link[1] % 8 == 0 && link[0] && link[1] && link[0] != at &&
           read_words(world, link[0], next, 2) && read_words(world, link[1], before, 2) &&
           next[1] == at && before[0] == at;
}

/* Where in a descriptor its link is; 0: nowhere. */
static size_t find_link(const struct thread_stacks_world *world, uint64_t descriptor,
                        const uint64_t *words, size_t count)
{
    for (size_t i = SELF + 1; i + 1 < count; i++)
        if (is_linked(world, descriptor + 8 * i, words + i))
            return i;
    return 0;
}

/* Whether the links of two descriptors are in one list. A list that does not come round is none. */
static bool share_list(const struct thread_stacks_world *world, uint64_t a, uint64_t b)
{
    uint64_t link[2] = {a, 0};
    for (unsigned i = 0; i < LIST_MAX; i++) {
        if (link[0] == b)
            return true;
        if (!read_words(world, link[0], link, 2) || link[0] == a)
            return false;
    }
    return true;
}

/* Whether libc took the memory of this stack itself. */
static bool is_of_libc(const struct thread_stacks_world *world, uint64_t first, uint64_t descriptor,
                       const uint64_t *words, size_t count)
{
    uint64_t of_first[2];
    size_t link = find_link(world, descriptor, words, count);
    if (!link || !first || !read_words(world, first + 8 * link, of_first, 2) ||
        !is_linked(world, first + 8 * link, of_first))
        return false;
    return !share_list(world, first + 8 * link, descriptor + 8 * link);
}

/* --- the dead ------------------------------------------------------------ */

static bool is_alive(struct thread_stacks_alive *alive, uint64_t thread_pointer)
{
    if (alive->caller && alive->caller->thread_pointer == thread_pointer)
        return true;
    /* Stacks are taken from above downwards, mostly: the next one is near the latest. */
    for (size_t i = 0; i < alive->count; i++) {
        size_t at = (alive->latest + alive->count - i) % alive->count;
        if (alive->others[at].thread_pointer == thread_pointer) {
            alive->latest = at;
            return true;
        }
    }
    return false;
}

static bool is_descriptor(const uint64_t *words, uint64_t address)
{
    return words[0] == address && words[SELF] == address;
}

static void look_at(const struct thread_stacks_world *world, struct thread_stacks_alive *alive,
                    uint64_t descriptor, void (*found)(void *context, uint64_t begin, uint64_t end))
{
    uint64_t words[WORDS];
    struct thread_stack stack;
    size_t count = read_descriptor(world, descriptor, words);
    if (find_stack(world, descriptor, words, count, &stack) && !is_alive(alive, descriptor) &&
        is_of_libc(world, alive->first, descriptor, words, count))
        found(world->context, stack.begin, stack.descriptor);
}

/* Stacks end with a page, and so descriptors lie at the same offset in theirs. One of a living
 * thread tells it; then there is one word to look at in a page, and not one in each line of it. */
static uint64_t offset_of_descriptors(const struct thread_stacks_world *world,
                                      const struct thread_stacks_alive *alive)
{
    uint64_t words[WORDS];
    struct thread_stack stack;
    for (size_t i = 0; i < alive->count && i < LOOKED_AT_MAX; i++) {
        uint64_t descriptor = alive->others[i].thread_pointer;
        size_t count = descriptor ? read_descriptor(world, descriptor, words) : 0;
        if (find_stack(world, descriptor, words, count, &stack) &&
            is_of_libc(world, alive->first, descriptor, words, count))
            return descriptor % SYS_PAGE;
    }
    return SYS_PAGE;
}

static void look_at_page(const struct thread_stacks_world *world, struct thread_stacks_alive *alive,
                         uint64_t page, const uint64_t *words,
                         void (*found)(void *context, uint64_t begin, uint64_t end))
{
    uint64_t step = alive->offset == SYS_PAGE ? ALIGNMENT / 8 : SYS_PAGE / 8;
    for (uint64_t i = alive->offset % SYS_PAGE / 8; i < SYS_PAGE / 8; i += step)
        if (is_descriptor(words + i, page + 8 * i))
            look_at(world, alive, page + 8 * i, found);
}

void thread_stacks_find_dead(const struct thread_stacks_world *world,
                             struct thread_stacks_alive *alive, uint64_t begin, uint64_t end,
                             void (*found)(void *context, uint64_t begin, uint64_t end))
{
    uint64_t copy[SYS_PAGE / 8];
    if (!alive->looked)
        alive->offset = offset_of_descriptors(world, alive);
    alive->looked = true;
    begin = (begin + SYS_PAGE - 1) & ~(uint64_t)(SYS_PAGE - 1);
    for (uint64_t page = begin; page + SYS_PAGE <= end; page += SYS_PAGE) {
        if (world->skip_unused)
            page = world->skip_unused(world->context, page, end) & ~(uint64_t)(SYS_PAGE - 1);
        if (page + SYS_PAGE > end)
            return;
        const uint64_t *words =
            world->in_place ? world->in_place(world->context, page, SYS_PAGE) : NULL;
        if (!words && world->read(world->context, page, copy, SYS_PAGE) == SYS_PAGE)
            words = copy;
        if (words)
            look_at_page(world, alive, page, words, found);
    }
}
