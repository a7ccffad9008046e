#include "views/massif/massif_tree.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/field_text.h"
#include "base/memory.h"

/* Nodes of the call tree whose frame is the same, with what came through each. The caller's frame
 * is their parent's. */
struct massif_part {
    uint32_t node;
    uint64_t bytes;
};
struct massif_group {
    struct massif_part *parts;
    uint32_t count;
    uint32_t frame;
    uint64_t bytes;
};
struct massif_groups {
    struct massif_group *items;
    uint32_t count;
    uint32_t small_count; /* those left out */
    uint64_t small_bytes;
};
struct massif_tree {
    FILE *out;
    const struct call_tree *tree;
    uint64_t threshold;
};

static int massif_compare_parts(const void *left, const void *right, void *context)
{
    const struct massif_part *a = left, *b = right;
    uint32_t first = call_tree_node(context, a->node).frame;
    uint32_t second = call_tree_node(context, b->node).frame;

    if (first != second)
        return first < second ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

static int massif_compare_groups(const void *left, const void *right)
{
    const struct massif_group *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->frame > b->frame) - (a->frame < b->frame);
}

/* Sorts the parts by frame; each run of one frame is a group. */
static struct massif_groups massif_group(const struct massif_tree *tree, struct massif_part *parts,
                                         uint32_t count)
{
    struct massif_groups groups = {0};
    uint32_t capacity = 0;

    if (count)
        qsort_r(parts, count, sizeof *parts, massif_compare_parts, (void *)tree->tree);
    for (uint32_t i = 0, end; i < count; i = end) {
        struct massif_group group = {.parts = parts + i,
                                     .frame = call_tree_node(tree->tree, parts[i].node).frame};

        for (end = i;
             end < count && call_tree_node(tree->tree, parts[end].node).frame == group.frame; end++)
            group.bytes += parts[end].bytes;
        group.count = end - i;
        if (group.bytes < tree->threshold) {
            groups.small_count++;
            groups.small_bytes += group.bytes;
            continue;
        }
        memory_reserve(groups.items, groups.count, capacity);
        groups.items[groups.count++] = group;
    }
    if (groups.count)
        qsort(groups.items, groups.count, sizeof *groups.items, massif_compare_groups);
    return groups;
}

static void massif_put_text(FILE *out, const char *text)
{
    field_text_put(out, text, "#", "+");
}

static void massif_put_label(const struct massif_tree *tree, uint32_t frame)
{
    struct call_position at = call_tree_position(tree->tree, frame);
    char *name = at.function ? memory_text("%s", at.function) : memory_text("???");

    fprintf(tree->out, "0x%" PRIX64 ": ", at.address);
    massif_put_text(tree->out, name);
    fputs(at.file ? " (" : " (in ", tree->out);
    massif_put_text(tree->out, at.file ? at.file : *at.module ? at.module : "???");
    if (at.file && at.line)
        fprintf(tree->out, ":%u", at.line);
    fputs(")\n", tree->out);
    free(name);
}

static void massif_put_groups(const struct massif_tree *tree, struct massif_groups *groups,
                              unsigned depth);

static void massif_put_group(const struct massif_tree *tree, const struct massif_group *group,
                             unsigned depth)
{
    struct massif_part *callers = memory_zeroed(group->count, sizeof *callers);
    uint32_t count = 0;

    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t parent = call_tree_node(tree->tree, group->parts[i].node).parent;

        if (parent)
            callers[count++] = (struct massif_part){parent, group->parts[i].bytes};
    }
    struct massif_groups groups = massif_group(tree, callers, count);
    fprintf(tree->out, "%*sn%" PRIu32 ": %" PRIu64 " ", (int)depth, "",
            groups.count + (groups.small_count != 0), group->bytes);
    massif_put_label(tree, group->frame);
    massif_put_groups(tree, &groups, depth + 1);
    free(callers);
}

static void massif_put_groups(const struct massif_tree *tree, struct massif_groups *groups,
                              unsigned depth)
{
    for (uint32_t i = 0; i < groups->count; i++)
        massif_put_group(tree, &groups->items[i], depth);
    if (groups->small_count)
        fprintf(tree->out,
                "%*sn0: %" PRIu64 " in %" PRIu32 " places, all below massif's threshold (1.00%%)\n",
                (int)depth, "", groups->small_bytes, groups->small_count);
    free(groups->items);
}

/* massif begins with who called the allocation function, which is the tracer's. */
static uint32_t massif_caller(const struct call_tree *tree, uint32_t node)
{
    while (node && call_tree_node(tree, node).parent &&
           call_tree_position(tree, call_tree_node(tree, node).frame).is_tracer)
        node = call_tree_node(tree, node).parent;
    return node;
}

void massif_tree(FILE *out, const struct call_tree *call_tree, const uint64_t *values)
{
    struct massif_part *parts = memory_zeroed(call_tree->stack_count, sizeof *parts);
    uint64_t total = 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < call_tree->stack_count; i++) {
        total += values[i];
        if (values[i] && call_tree->stacks[i])
            parts[count++] =
                (struct massif_part){massif_caller(call_tree, call_tree->stacks[i]), values[i]};
    }
    struct massif_tree tree = {out, call_tree, total / 100 + 1};
    struct massif_groups groups = massif_group(&tree, parts, count);
    fprintf(out,
            "n%" PRIu32 ": %" PRIu64
            " (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n",
            groups.count + (groups.small_count != 0), total);
    massif_put_groups(&tree, &groups, 1);
    free(parts);
}
