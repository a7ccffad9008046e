#include "holders/ways.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

enum { WAYS_FREE_LIST = 4, WAYS_RANKS };

struct search {
    struct ways *ways;
    uint32_t *queue; /* blocks, in the order in which they were reached */
    uint32_t read, count;
    uint32_t inner; /* up to here pointers to the middle were followed, too */
    struct intern shapes;
    uint8_t *ranks; /* by graph.roots */
};

/* Somebody's free list, by its name. An entry that was given out again still points to its block,
 * which is not the list's any more. */
static bool ways_is_free_list(const struct root *root, uint64_t offset)
{
    if (root->kind != ROOT_VARIABLE && root->kind != ROOT_THREAD_LOCAL)
        return false;
    char *member = root_names_member(root, offset);
    char *text = memory_text("%s%s", root->name ? root->name : "", member);
    bool result = strcasestr(text, "free_list") || strcasestr(text, "freelist");

    free(member);
    free(text);
    return result;
}

static unsigned ways_rank(const struct root *root)
{
    switch (root->kind) {
    case ROOT_VARIABLE:
    case ROOT_DATA:
    case ROOT_REGION:
        return 0;
    case ROOT_FRAME:
    case ROOT_STACK:
        return 2;
    case ROOT_REGISTER:
    case ROOT_VECTORS:
    case ROOT_UNKNOWN:
        return 3;
    default:
        return 1;
    }
}

static void ways_find_ranks(struct search *search)
{
    const struct holding *holding = search->ways->holding;
    size_t count = holding->model->graph->root_count;

    search->ranks = memory_zeroed(count + 1, 1);
    for (size_t i = 0; i < count; i++) {
        const struct root *root = &holding->names.roots[holding->roots[i].root];

        search->ranks[i] =
            (uint8_t)(ways_is_free_list(root, holding->roots[i].offset) ? WAYS_FREE_LIST
                                                                        : ways_rank(root));
    }
}

struct shape_key {
    uint32_t before, stack;
    uint64_t root;
};

/* In a row of blocks of one stack the shape stays what it is. */
static uint32_t ways_shape(struct search *search, uint32_t block, uint32_t before, uint32_t root)
{
    const struct block *blocks = search->ways->holding->model->blocks;
    struct shape_key key = {WAY_NONE, blocks[block].stack, root};

    if (before != WAY_NONE) {
        if (blocks[before].stack == blocks[block].stack)
            return search->ways->shape[before];
        key.before = search->ways->shape[before];
        key.root = WAY_NONE;
    }
    return intern_put(&search->shapes, &key, sizeof key);
}

static void ways_reach(struct search *search, uint32_t block, uint32_t before, uint32_t pointer,
                       uint32_t root)
{
    struct ways *ways = search->ways;

    if (ways->length[block])
        return;
    ways->before[block] = before;
    ways->pointer[block] = pointer;
    ways->length[block] = before == WAY_NONE ? 1 : ways->length[before] + 1;
    ways->shape[block] = ways_shape(search, block, before, root);
    search->queue[search->count++] = block;
}

static void ways_note_header(struct ways *ways, uint32_t to, uint32_t inside)
{
    uint32_t *header = &ways->header[ways->holding->model->blocks[to].stack];

    if (inside == 0)
        return;
    if (*header == 0)
        *header = inside;
    else if (*header != inside)
        *header = WAY_NONE;
}

static void ways_find_headers(struct ways *ways)
{
    const struct graph *graph = ways->holding->model->graph;

    ways->header =
        memory_zeroed(model_stack_count(ways->holding->model) + (size_t)1, sizeof *ways->header);
    for (size_t i = 0; i < graph->root_count; i++)
        ways_note_header(ways, graph->roots[i].to, graph->roots[i].inside);
    for (uint32_t p = 0; p < graph_pointer_count(graph); p++)
        ways_note_header(ways, graph->to[p], graph->inside[p]);
}

/* To the middle, and not behind a header. */
static bool ways_is_inner(const struct ways *ways, uint32_t to, uint32_t inside)
{
    return inside != 0 && (inside == GRAPH_INSIDE ||
                           ways->header[ways->holding->model->blocks[to].stack] != inside);
}

static uint64_t ways_offset(const struct model *model, uint32_t block, uint32_t pointer)
{
    uint64_t start = model->blocks[block].address;

    return (start / 8 + model->graph->place[pointer]) * 8 - start;
}

/* The two words of a doubly linked list, wherever in their blocks they stand: one block's next is
 * the other, whose previous is that one. A collector's list of all objects is such. */
static bool ways_is_neighbour(const struct model *model, uint32_t block, uint32_t pointer)
{
    const struct graph *graph = model->graph;
    uint32_t to = graph->to[pointer], inside = graph->inside[pointer];
    uint64_t second = ways_offset(model, block, pointer) - inside;

    if (inside == GRAPH_INSIDE || (second != 0 && second != 8) || to == block)
        return false;
    for (uint32_t p = graph->first[to]; p < graph->first[to + 1]; p++) {
        uint64_t offset = ways_offset(model, to, p);

        if (offset > inside + 8ull)
            break;
        if (graph->to[p] == block && graph->inside[p] == inside && offset == inside + (8 - second))
            return true;
    }
    return false;
}

/* From a block; inner: by pointers to the middle and between neighbours, or by the others. */
static void ways_go_on(struct search *search, uint32_t block, bool inner)
{
    const struct model *model = search->ways->holding->model;
    const struct graph *graph = model->graph;

    for (uint32_t p = graph->first[block]; p < graph->first[block + 1]; p++)
        if ((ways_is_inner(search->ways, graph->to[p], graph->inside[p]) ||
             ways_is_neighbour(model, block, p)) == inner)
            ways_reach(search, graph->to[p], block, p, WAY_NONE);
}

static void ways_follow(struct search *search)
{
    while (search->read < search->count)
        ways_go_on(search, search->queue[search->read++], false);
}

static void ways_follow_inner(struct search *search)
{
    uint32_t until = search->count;

    while (search->inner < until)
        ways_go_on(search, search->queue[search->inner++], true);
}

static void ways_from_roots(struct search *search, bool inner)
{
    const struct holding *holding = search->ways->holding;
    const struct graph *graph = holding->model->graph;

    for (unsigned rank = 0; rank < WAYS_RANKS; rank++) {
        for (uint32_t i = 0; i < graph->root_count; i++)
            if (search->ranks[i] == rank &&
                ways_is_inner(search->ways, graph->roots[i].to, graph->roots[i].inside) == inner)
                ways_reach(search, graph->roots[i].to, WAY_NONE, i, holding->roots[i].root);
        ways_follow(search);
    }
}

static void ways_from_lost(struct search *search)
{
    const struct model *model = search->ways->holding->model;

    for (uint32_t b = 0; b < model->graph->count; b++)
        if (model->blocks[b].kind == BLOCK_DEFINITELY_LOST)
            ways_reach(search, b, WAY_NONE, WAY_NONE, WAY_NONE);
}

static void ways_follow_all(struct search *search)
{
    do {
        ways_follow(search);
        ways_follow_inner(search);
    } while (search->read < search->count);
}

void ways_find(struct ways *ways, const struct holding *holding)
{
    size_t count = holding->model->graph->count + (size_t)1;
    struct search search = {.ways = ways, .queue = memory_resized(NULL, count, sizeof(uint32_t))};

    ways->holding = holding;
    ways->before = memory_resized(NULL, count, sizeof *ways->before);
    ways->pointer = memory_resized(NULL, count, sizeof *ways->pointer);
    ways->length = memory_zeroed(count, sizeof *ways->length);
    ways->shape = memory_resized(NULL, count, sizeof *ways->shape);
    ways_find_headers(ways);
    ways_find_ranks(&search);
    ways_from_roots(&search, false);
    ways_from_roots(&search, true);
    ways_follow_all(&search);
    ways_from_lost(&search);
    ways_follow_all(&search);
    intern_free(&search.shapes);
    free(search.queue);
    free(search.ranks);
}

void ways_free(struct ways *ways)
{
    free(ways->before);
    free(ways->pointer);
    free(ways->length);
    free(ways->shape);
    free(ways->header);
    memset(ways, 0, sizeof *ways);
}

uint32_t *ways_blocks(const struct ways *ways, uint32_t block)
{
    uint32_t count = ways->length[block];
    uint32_t *blocks = memory_resized(NULL, count + (size_t)1, sizeof *blocks);

    for (uint32_t i = count; i-- > 0; block = ways->before[block])
        blocks[i] = block;
    return blocks;
}
