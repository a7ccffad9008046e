#include "holders/kept_tree.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

struct kept_making {
    struct kept_tree *tree;
    const struct holding *holding;
    uint32_t *first, *below; /* children in the tree of dominators */
    uint64_t least;          /* bytes */
};

/* Nodes of the tree of dominators that are one node here. */
struct kept_group {
    struct kept_node node;
    uint32_t *members;
    uint32_t count, capacity;
};

struct kept_groups {
    struct intern keys; /* number → groups[number] */
    struct kept_group *groups;
    uint32_t capacity;
};

/* --- the tree of dominators ---------------------------------------------- */

static void kept_find_children(struct kept_making *making)
{
    const struct dominators *dominators = &making->holding->dominators;
    uint32_t count = making->holding->flow.count;
    uint32_t *at = memory_resized(NULL, count + (size_t)1, sizeof *at);

    making->first = memory_zeroed(count + (size_t)1, sizeof *making->first);
    making->below = memory_resized(NULL, dominators->reached + (size_t)1, sizeof *making->below);
    for (uint32_t i = 1; i < dominators->reached; i++)
        making->first[dominators->of[dominators->order[i]] + 1]++;
    for (uint32_t node = 0; node < count; node++)
        making->first[node + 1] += making->first[node];
    memcpy(at, making->first, count * sizeof *at);
    for (uint32_t i = 1; i < dominators->reached; i++) {
        uint32_t node = dominators->order[i];

        making->below[at[dominators->of[node]]++] = node;
    }
    free(at);
}

/* --- groups -------------------------------------------------------------- */

static uint64_t kept_key(const struct holding *holding, uint32_t node)
{
    if (!holding_is_block(holding, node))
        return (uint64_t)1 << 32 | (node - 1);
    return holding->model->blocks[holding_block_of(holding, node)].stack;
}

static void kept_add(struct kept_group *group, uint32_t node)
{
    memory_reserve(group->members, group->count, group->capacity);
    group->members[group->count++] = node;
}

static void kept_put(struct kept_groups *groups, const struct kept_making *making, uint32_t node,
                     uint32_t depth)
{
    uint64_t key = kept_key(making->holding, node);
    uint32_t known = groups->keys.count, number = intern_put(&groups->keys, &key, sizeof key);

    if (number == known) {
        memory_reserve(groups->groups, known, groups->capacity);
        groups->groups[number] =
            (struct kept_group){.node = {.depth = depth,
                                         .is_root = !holding_is_block(making->holding, node),
                                         .number = (uint32_t)key}};
    }
    struct kept_group *group = &groups->groups[number];
    group->node.kept.bytes += making->holding->kept[node].bytes;
    group->node.kept.blocks += making->holding->kept[node].blocks;
    kept_add(group, node);
}

/* A child of the same stack is of the group itself: members are added while they are gone through.
 */
static void kept_look_below(struct kept_groups *groups, const struct kept_making *making,
                            struct kept_group *group)
{
    for (uint32_t m = 0; m < group->count; m++) {
        uint32_t node = group->members[m];
        bool is_block = holding_is_block(making->holding, node);

        for (uint32_t c = making->first[node]; c < making->first[node + 1]; c++) {
            uint32_t child = making->below[c];

            if (is_block && holding_is_block(making->holding, child) &&
                kept_key(making->holding, child) == kept_key(making->holding, node))
                kept_add(group, child);
            else
                kept_put(groups, making, child, group->node.depth + 1);
        }
    }
    group->node.own = group->count;
}

static int kept_compare(const void *left, const void *right)
{
    const struct kept_group *a = left, *b = right;

    if (a->node.kept.bytes != b->node.kept.bytes)
        return (a->node.kept.bytes < b->node.kept.bytes) -
               (a->node.kept.bytes > b->node.kept.bytes);
    return (a->node.number > b->node.number) - (a->node.number < b->node.number);
}

/* As deep as KEPT_TREE_DEPTH_MAX at most. */
static void kept_write(struct kept_making *making, struct kept_group *group)
{
    struct kept_groups groups = {0};
    struct kept_tree *tree = making->tree;
    uint32_t at = tree->count;

    if (group->node.depth) {
        memory_reserve(tree->nodes, tree->count, tree->capacity);
        tree->nodes[tree->count++] = group->node;
    }
    kept_look_below(&groups, making, group);
    if (group->node.depth)
        tree->nodes[at].own = group->node.own;
    uint32_t count = groups.keys.count;
    intern_free(&groups.keys);
    if (count)
        qsort(groups.groups, count, sizeof *groups.groups, kept_compare);
    for (uint32_t i = 0; i < count; i++) {
        if (groups.groups[i].node.kept.bytes >= making->least &&
            groups.groups[i].node.kept.blocks && groups.groups[i].node.depth <= KEPT_TREE_DEPTH_MAX)
            kept_write(making, &groups.groups[i]);
        free(groups.groups[i].members);
    }
    free(groups.groups);
}

void kept_tree_make(struct kept_tree *tree, const struct holding *holding)
{
    struct kept_making making = {.tree = tree, .holding = holding};
    struct kept_group all = {0};

    *tree = (struct kept_tree){0};
    making.least = holding->kept[0].bytes / KEPT_TREE_SHARE;
    kept_find_children(&making);
    kept_add(&all, 0);
    kept_write(&making, &all);
    free(all.members);
    free(making.first);
    free(making.below);
}

void kept_tree_free(struct kept_tree *tree)
{
    free(tree->nodes);
    *tree = (struct kept_tree){0};
}
