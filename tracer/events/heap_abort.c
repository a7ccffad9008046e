#include "events/heap_abort.h"

#include "events/misuse.h"
#include "libc/glibc_damage.h"
#include "libc/glibc_layout.h"
#include "libc/guard_area.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "os/memory_map.h"
#include "os/memory_read.h"
#include "os/pages.h"
#include "os/sys.h"
#include "tables/block_order.h"
#include "tables/block_parts.h"
#include "tables/block_rare.h"
#include "tables/block_table.h"
#include "tables/freed_blocks.h"
#include "tables/kept_blocks.h"
#include "tables/module_list.h"
#include "tables/stack_accounts.h"
#include "tables/stack_table.h"

#include <signal.h>
#include <string.h>

#define WINDOW    (64u << 10)
#define DEPTH_MAX 16u /* of calls in malloc */

/* --- what glibc said ----------------------------------------------------- */

/* As abort() leaves it for debuggers; the name is private, but has been there since 2.12. */
struct abort_message {
    uint32_t mapped; /* bytes */
    char text[];
};

/* What malloc's messages begin with, 2.31 to 2.43. */
static const char *const beginnings[] = {"free(): ",       "malloc(): ",
                                         "realloc(): ",    "malloc_consolidate(): ",
                                         "munmap_chunk()", "mremap_chunk()",
                                         "corrupted ",     "double free or corruption",
                                         "tcache",         "invalid fastbin ",
                                         "calloc(): ",     "break adjusted to free malloc space",
                                         "malloc: ",       "Fatal glibc error: malloc"};

static const char *said_by_libc(void)
{
    struct abort_message *const *message =
        (struct abort_message *const *)real_find_object("__abort_msg");
    return message && *message ? (*message)->text : NULL;
}

static const char *said_by_malloc(void)
{
    const char *text = said_by_libc();
    for (size_t i = 0; text && i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
            return text;
    return NULL;
}

/* Between the program's call of malloc and the signal are frames of libc's alone. */
static bool is_in_malloc(uint32_t stack)
{
    const uint32_t libc = module_list_find((uintptr_t)real_libc()->fork);
    const uint32_t own = module_list_find((uintptr_t)heap_abort_explain);
    for (unsigned depth = 0; stack > TRACE_NODE_CUT && depth < DEPTH_MAX; depth++) {
        uintptr_t address;
        stack = stack_table_read(stack, &address);
        uint32_t module = module_list_find(address - 1);
        if (module != libc)
            return module && module == own && depth > 0;
    }
    return false;
}

static bool is_of_interest(int signal, const char *said, uint32_t stack)
{
    if (signal == SIGABRT && said)
        return true;
    return (signal == SIGABRT || signal == SIGSEGV || signal == SIGBUS) && is_in_malloc(stack);
}

/* Without the end of its line. */
static uint32_t length_of(const char *text)
{
    uint32_t length = 0;
    while (text && length < HEAP_ABORT_TEXT && text[length] && text[length] != '\n')
        length++;
    return length;
}

static struct trace_error recorded;

const struct trace_error *heap_abort_recorded(const char **text)
{
    *text = said_by_malloc();
    return recorded.kind ? &recorded : NULL;
}

/* --- the world ----------------------------------------------------------- */

static size_t read_memory(void *context, uint64_t address, void *buffer, size_t length)
{
    return memory_read(context, address, buffer, length);
}

static bool freed_at(void *context, uint64_t address, uint64_t *size)
{
    struct block block;
    uint32_t stack;
    (void)context;
    if (!freed_blocks_find(address, false, &block, &stack))
        return false;
    *size = block.size;
    return true;
}

struct ending_block {
    uint64_t end;
    struct freed_block found;
};

static void look_at_end(void *context, const struct freed_block *block)
{
    struct ending_block *ending = context;
    uint64_t end = block->address - GLIBC_CHUNK_HEADER + glibc_damage_chunk_of(block->size);
    if ((end == ending->end || end + 16 == ending->end) &&
        (!ending->found.address || (int32_t)(block->clock - ending->found.clock) >= 0))
        ending->found = *block;
}

static uint64_t freed_before(void *context, uint64_t chunk)
{
    struct ending_block ending = {.end = chunk};
    (void)context;
    freed_blocks_for_each(look_at_end, &ending);
    return ending.found.address;
}

static void count_block(void *context, const struct trace_block *block)
{
    (void)block;
    ++*(size_t *)context;
}

static size_t leave_out_guarded(struct trace_block *blocks, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!guard_area_owns((const void *)trace_block_address(blocks[i].where)))
            blocks[kept++] = blocks[i];
    return kept;
}

static struct trace_block *gather(size_t *count)
{
    size_t capacity = 0;
    block_table_for_each(count_block, &capacity);
    struct trace_block *blocks = pages_map((capacity + 1) * sizeof *blocks);
    *count = blocks ? block_order_copy(blocks, capacity) : 0;
    *count = block_parts_leave_out_parts(blocks, *count);
    *count = leave_out_guarded(blocks, *count);
    return blocks;
}

/* --- links --------------------------------------------------------------- */

/* A link of malloc's caches leads nowhere or to a block or chunk; since 2.32 it is mangled with
 * where it stands. */
static bool is_possible_link(struct memory_reader *reader, uint64_t link)
{
    char byte;
    return link == 0 || (link % 16 == 0 && memory_read(reader, link, &byte, 1) == 1);
}

struct link_search {
    struct glibc_damage_world *world;
    struct memory_reader *reader;
    struct glibc_damage *damage;
};

static bool is_in_live_block(const struct glibc_damage_world *world, uint64_t address)
{
    size_t low = 0, high = world->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trace_block_address(world->blocks[middle].where) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low && address - trace_block_address(world->blocks[low - 1].where) <
                      glibc_damage_chunk_of(world->size_of(&world->blocks[low - 1])) - 8;
}

/* It is free, and its chunk stands by itself: on a thread's cache or in a fast bin. */
static bool is_cached(const struct link_search *search, uint64_t address, uint64_t size)
{
    struct kept_block kept;
    uint64_t words[2], next[2], chunk = address - GLIBC_CHUNK_HEADER;
    uint64_t wanted = glibc_damage_chunk_of(size);
    if (address == search->world->being_freed || guard_area_owns((const void *)address) ||
        is_in_live_block(search->world, address) || kept_blocks_find(address, false, &kept) ||
        memory_read(search->reader, chunk, words, sizeof words) != sizeof words ||
        words[1] & GLIBC_IS_MMAPPED || glibc_chunk_size(words[1]) < wanted ||
        glibc_chunk_size(words[1]) > wanted + 16)
        return false;
    chunk += glibc_chunk_size(words[1]);
    return memory_read(search->reader, chunk, next, sizeof next) == sizeof next &&
           next[1] & GLIBC_PREV_INUSE;
}

static void look_at_link(void *context, const struct freed_block *block)
{
    struct link_search *search = context;
    uint64_t link;
    if (search->damage->kind || block->size == 0 ||
        memory_read(search->reader, block->address, &link, sizeof link) != sizeof link ||
        is_possible_link(search->reader, link) ||
        is_possible_link(search->reader, link ^ block->address >> 12) ||
        !is_cached(search, block->address, block->size))
        return;
    *search->damage = (struct glibc_damage){TRACE_OVERWRITTEN_LINK, block->address, block->address,
                                            0, block->address};
}

/* What the aborting call frees is on no list, and as the program left it. */
static uint64_t freed_last(void)
{
    const struct thread *thread = thread_current();
    if (!thread || !thread->freed.ring || thread->freed.count == 0)
        return 0;
    return thread->freed.ring[(thread->freed.count - 1) & thread->freed.mask].address;
}

/* --- into the log -------------------------------------------------------- */

static void describe(struct trace_error *error, uint64_t address)
{
    struct block block;
    if (block_table_find(address, &block))
        error->address_kind = TRACE_ADDRESS_LIVE_BLOCK;
    else if (freed_blocks_find(address, false, &block, &error->stack_freed))
        error->address_kind = TRACE_ADDRESS_FREED_BLOCK;
    else
        return;
    error->block = block.address;
    error->block_size = block.size;
    error->stack_allocated = stack_accounts_stack(block.account);
}

static void describe_header(struct trace_overwritten *of, uint64_t address)
{
    struct block block;
    if (!block_table_find(address, &block) &&
        !freed_blocks_find(address, false, &block, &of->stack_freed))
        return;
    of->size = block.size;
    of->stack_allocated = stack_accounts_stack(block.account);
}

static void describe_damage(struct trace_error *error, const struct glibc_damage *damage)
{
    uint64_t bytes = 0;
    error->address = damage->first;
    if (damage->before)
        describe(error, damage->before);
    if (damage->block && damage->block != damage->before)
        describe_header(&error->overwritten, damage->block);
    if (error->block && damage->first >= error->block + error->block_size &&
        damage->kind != TRACE_OVERWRITTEN_LINK)
        bytes = damage->last + 1 - (error->block + error->block_size);
    error->given = trace_overwritten_given(damage->kind, bytes);
}

static void find(struct glibc_damage *damage, struct memory_reader *reader, struct memory_map *map)
{
    size_t count;
    struct trace_block *blocks = gather(&count);
    struct glibc_damage_world world = {.map = map,
                                       .blocks = blocks,
                                       .count = count,
                                       .being_freed = freed_last(),
                                       .window = pages_map(WINDOW),
                                       .window_size = WINDOW,
                                       .context = reader,
                                       .read = read_memory,
                                       .size_of = block_rare_size,
                                       .freed_at = freed_at,
                                       .freed_before = freed_before};
    struct link_search links = {&world, reader, damage};
    if (!blocks || !world.window || glibc_damage_find(&world, damage))
        return;
    freed_blocks_for_each(look_at_link, &links);
}

/* What nobody has said counts only if it is seen. */
void heap_abort_explain(int signal, uint32_t stack)
{
    struct trace_error error = {.kind = TRACE_MALLOC_ABORT, .stack = stack};
    const char *said = said_by_malloc();
    if (!is_of_interest(signal, said, stack))
        return;
    struct glibc_damage damage = {0};
    struct memory_reader reader;
    struct memory_map map;
    if (glibc_layout_is_known() && memory_read_open(&reader) == 0) {
        if (memory_map_load(&map) == 0)
            find(&damage, &reader, &map);
        memory_read_close(&reader);
    }
    if (!said && !damage.kind)
        return;
    struct trace_string text = trace_log_add_string(said, length_of(said));
    error.text = (uint32_t)text.offset;
    error.text_length = text.length;
    describe_damage(&error, &damage);
    recorded = error;
    misuse_add(&error);
}
