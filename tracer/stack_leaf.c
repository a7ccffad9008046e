#include "stack_leaf.h"

#include "pages.h"

#include <string.h>

_Static_assert(sizeof(struct stack_leaf) == 128, "two cache lines");

/* The words between the frame that a leaf stands on and the call: what the frames between were read
 * from, and the BP that the outer frame is reached with. The call's own return address is no news.
 */
static uint32_t inner_words(const struct thread *thread, uint32_t frames,
                            const struct stack_word **words)
{
    const struct thread_frame *outer = frames ? &thread->frames[frames - 1] : NULL;
    uint32_t first = outer ? outer->words - (outer->bp_matters && outer->bp_slot) : 0;
    uint32_t end = thread->frames[thread->frame_count - 1].words - 1;
    *words = &thread->words[first];
    return frames < thread->frame_count ? end - first : 0;
}

static bool has_opaque(const struct thread *thread, uint32_t first)
{
    for (uint32_t i = first; i < thread->frame_count; i++)
        if (thread->frames[i].opaque)
            return true;
    return false;
}

struct stack_leaf *stack_leaf_put(struct thread *thread, const struct call_site *site,
                                  uint32_t node, uint32_t matched, uint32_t base)
{
    const struct stack_word *words;
    if (!thread->leaves &&
        !(thread->leaves = pages_map(sizeof(struct stack_leaf) << STACK_LEAVES_LOG2)))
        return NULL;
    if (has_opaque(thread, matched))
        return NULL;
    uint32_t count = inner_words(thread, matched, &words);
    if (count > STACK_LEAF_WORDS) {
        matched = thread->frame_count;
        count = 0;
    }
    const struct thread_frame *inner = &thread->frames[thread->frame_count - 1];
    const struct thread_frame *outer = matched ? &thread->frames[matched - 1] : NULL;
    struct stack_leaf *leaf = stack_leaf_place(thread, site);
    *leaf = (struct stack_leaf){
        .return_address = site->return_address,
        .cfa = site->cfa,
        .bp = site->bp,
        .function = (uint32_t)site->function,
        .node = node,
        .outside = outer ? outer->node : base,
        .outer_cfa = outer ? outer->cfa : 0,
        .outer_bp = outer ? outer->bp : 0,
        .frames = matched,
        .words_count = (uint16_t)count,
        .bp_matters = inner->bp_matters,
        .outer_bp_matters = outer && outer->bp_matters,
    };
    memcpy(leaf->words, words, count * sizeof *words);
    return leaf;
}

void stack_leaf_drop(struct thread *thread, const struct call_site *site)
{
    if (thread->leaves)
        stack_leaf_place(thread, site)->return_address = 0;
}

void stack_leaf_clear(struct thread *thread)
{
    if (thread->leaves)
        memset(thread->leaves, 0, sizeof(struct stack_leaf) << STACK_LEAVES_LOG2);
}
