/* call_tree.h: the call stacks of a process as one tree that begins with the outermost frame.
 *
 * What views that show or export stacks have in common. A frame of the tree is one source position:
 * an address with three functions in it, two of them inlined, gives three, the outermost first. A
 * stack is the node that its innermost frame is; node 0 is the root, of no frame; a parent's number
 * is less than its children's. Stacks end at main, or where there is none at "(below main)", as in
 * reports, unless main's callers are wanted: what one form of a report shows the others show, too.
 */
#ifndef CALL_TREE_H
#define CALL_TREE_H

#include "base/intern.h"
#include "read/model.h"

struct call_tree {
    const struct model *model;
    bool below_main, has_ends;
    struct intern frames; /* key: struct call_frame */
    struct intern keys;   /* of nodes but for the root: struct call_node, its number less 1 */
    uint32_t *stacks;     /* node of each of the model's stacks; 0 for one without frames */
    uint32_t stack_count;
    uint32_t node_count; /* the root included */
};

struct call_frame {
    uint32_t frame;    /* of the model */
    uint32_t position; /* in it */
};
struct call_node {
    uint32_t parent, frame;
};

/* All stacks of the model must have been symbolized. */
void call_tree_make(struct call_tree *tree, const struct model *model, bool below_main);
/* A stack whose outer frames are missing begins with a frame that says so: for forms that have no
 * other place for it. */
void call_tree_make_with_ends(struct call_tree *tree, const struct model *model, bool below_main);
/* "[outer frames left out]"; NULL for a whole stack. */
const char *call_tree_end(enum stack_end end);
void call_tree_free(struct call_tree *tree);
/* Not of the root. */
struct call_node call_tree_node(const struct call_tree *tree, uint32_t node);

/* A frame, as far as it is known. Texts may be NULL. */
struct call_position {
    const char *function, *linked;
    const char *file, *path;
    const char *module; /* path, or "" */
    uint32_t module_number;
    unsigned line;
    bool inlined;
    bool is_tracer;   /* it is an allocation function in libtrace.so */
    uint64_t address; /* of the call */
    uint64_t offset;  /* the same as the module's file counts */
};
struct call_position call_tree_position(const struct call_tree *tree, uint32_t frame);
/* The function's name, or where it lies: "0x1a2b in libfoo.so". For free. */
char *call_tree_name(const struct call_tree *tree, uint32_t frame);

/* Sums: adds each node's value to its parent's, innermost first. `values`: one per node. */
void call_tree_add_up(const struct call_tree *tree, uint64_t *values);

#endif
