#include "capture/stack_leaf.h"

#include "os/pages.h"

#include <string.h>

_Static_assert(sizeof(struct stack_leaf) == 64, "a cache line");
_Static_assert(sizeof(struct stack_leaf_more) == 64, "the place of a leaf");

/* --- packing ------------------------------------------------------------- */

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

static bool pack_word(uint64_t *packed, const struct stack_word *word, uintptr_t cfa)
{
    uintptr_t above = word->address - cfa;
    *packed = above / 8 << STACK_LEAF_VALUE_BITS | word->value;
    return above % 8 == 0 && above / 8 >> (64 - STACK_LEAF_VALUE_BITS) == 0 &&
           word->value >> STACK_LEAF_VALUE_BITS == 0;
}

/* false: a leaf has no room for them. */
static bool pack_words(struct stack_leaf *leaf, struct stack_leaf_more *more,
                       const struct stack_word *words, uint32_t count)
{
    uint32_t room = stack_leaf_room(leaf);
    if (count > room + (more ? STACK_LEAF_WORDS_MORE : 0))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!pack_word(i < room ? &leaf->words[i] : &more->words[i - room], &words[i], leaf->cfa))
            return false;
    leaf->words_count = (uint8_t)count;
    leaf->has_more = count > room;
    return true;
}

static bool pack_bp(int32_t *packed, uintptr_t bp, uintptr_t cfa)
{
    *packed = (int32_t)(bp - cfa);
    return (uintptr_t)(intptr_t)*packed == bp - cfa;
}

/* Makes the leaf stand on the first `frames` of the thread's. more: NULL, or room beside it. */
static bool stand_on(struct stack_leaf *leaf, struct stack_leaf_more *more,
                     const struct thread *thread, uint32_t frames, uint32_t base)
{
    const struct stack_word *words;
    const struct thread_frame *outer = frames ? &thread->frames[frames - 1] : NULL;
    leaf->outside = outer ? outer->node : base;
    leaf->frames = frames > STACK_DEEP_FRAMES ? STACK_LEAF_DEEP : (uint16_t)frames;
    leaf->outer_cfa = outer ? (uint32_t)(outer->cfa - leaf->cfa) : 0;
    leaf->outer_bp_matters = outer && outer->bp_matters;
    if (outer && leaf->cfa + leaf->outer_cfa != outer->cfa)
        return false;
    uint32_t count = inner_words(thread, frames, &words);
    return pack_words(leaf, more, words, count) &&
           (!leaf->outer_bp_matters || pack_bp(&leaf->outer_bp, outer->bp, leaf->cfa));
}

static bool is_same_call(const struct stack_leaf *leaf, const struct call_site *site)
{
    return leaf->return_address == site->return_address && leaf->cfa == site->cfa;
}

/* --- guests -------------------------------------------------------------- */

static bool has_its_place_beside(const struct stack_leaf *leaf)
{
    const struct stack_leaf_more *more = stack_leaf_beside(leaf);
    return more->return_address == 0 && more->owner == (uintptr_t)leaf + 1;
}

static void be_guest(struct thread *thread, const struct stack_leaf *leaf)
{
    if (leaf->has_more && !has_its_place_beside(leaf))
        return;
    unsigned number = thread->guests_put++ % STACK_LEAF_GUESTS;
    struct stack_leaf *guest = stack_leaf_guest(thread, number);
    thread->guests[number] = leaf->cfa;
    *guest = *leaf;
    if (leaf->has_more) {
        *stack_leaf_beside(guest) = *stack_leaf_beside(leaf);
        stack_leaf_beside(guest)->owner = (uintptr_t)guest + 1;
    }
}

/* Where the call is a guest; NULL: it is none. */
static struct stack_leaf *find_guest(const struct thread *thread, const struct call_site *site)
{
    for (unsigned i = 0; i < STACK_LEAF_GUESTS; i++)
        if (thread->guests[i] == site->cfa && is_same_call(stack_leaf_guest(thread, i), site))
            return stack_leaf_guest(thread, i);
    return NULL;
}

/* The place is taken by the call, and perhaps the one beside it. */
static void make_way(struct thread *thread, struct stack_leaf *leaf, const struct call_site *site,
                     bool both)
{
    struct stack_leaf *beside = stack_leaf_place_beside(leaf);
    bool beside_goes = both || (beside->has_more && has_its_place_beside(beside));
    if (leaf >= stack_leaf_guest(thread, 0))
        return;
    if (leaf->return_address && !is_same_call(leaf, site))
        be_guest(thread, leaf);
    if (beside_goes && beside->return_address && !is_same_call(beside, site))
        be_guest(thread, beside);
}

bool stack_leaf_put(struct stack_leaf *leaf, struct thread *thread, const struct call_site *site,
                    uint32_t node, uint32_t matched, uint32_t base)
{
    const struct thread_frame *inner = &thread->frames[thread->frame_count - 1];
    if (has_opaque(thread, matched))
        return false;
    struct stack_leaf new = {
        .return_address = site->return_address,
        .cfa = site->cfa,
        .function = (uint32_t)site->function,
        .node = node,
        .bp_matters = inner->bp_matters,
    };
    if (inner->bp_matters && !pack_bp(&new.bp, site->bp, site->cfa))
        return false;
    /* As far outside as there is room for the words; at the innermost frame there are none. */
    struct stack_leaf_more more = {.owner = (uintptr_t)leaf + 1};
    bool again = is_same_call(leaf, site) || is_same_call(stack_leaf_place_beside(leaf), site);
    while (!stand_on(&new, again ? &more : NULL, thread, matched, base))
        if (++matched > thread->frame_count)
            return false;
    make_way(thread, leaf, site, new.has_more);
    *leaf = new;
    if (new.has_more)
        *stack_leaf_beside(leaf) = more;
    return true;
}

/* --- deep stacks --------------------------------------------------------- */

/* The frame with this CFA; frames lie the lower the further inside they are. */
static uint32_t find_frame(const struct thread *thread, uintptr_t cfa)
{
    uint32_t low = 0, high = thread->frame_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (thread->frames[middle].cfa > cfa)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_deep(struct thread *thread, const struct stack_leaf *leaf)
{
    uint32_t place = find_frame(thread, leaf->cfa + leaf->outer_cfa);
    if (leaf->frames != STACK_LEAF_DEEP || place == thread->frame_count)
        return false;
    const struct thread_frame *outer = &thread->frames[place];
    return outer->node == leaf->outside && outer->cfa == leaf->cfa + leaf->outer_cfa &&
           (!leaf->outer_bp_matters ||
            outer->bp == leaf->cfa + (uintptr_t)(intptr_t)leaf->outer_bp) &&
           stack_deep_unchanged(thread, place + 1) == outer->words;
}

__attribute__((noinline, cold)) struct stack_leaf *stack_leaf_find_deep(
    struct thread *thread, const struct call_site *site)
{
    struct stack_leaf *pair = stack_leaf_pair(thread, site);
    struct stack_leaf *places[] = {&pair[0], &pair[1], stack_leaf_third(thread, site)};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        if (stack_leaf_is_of(places[i], site) && stack_leaf_has_its_words(places[i]) &&
            stands_deep(thread, places[i]))
            return places[i];
    return NULL;
}

/* --- the table ----------------------------------------------------------- */

/* Behind them is the spare one, and the guests'. */
static size_t bytes_of(unsigned log2)
{
    return sizeof(struct stack_leaf) * ((1u << log2) + 2 + 2 * STACK_LEAF_GUESTS);
}

struct stack_leaf *stack_leaf_spare(struct thread *thread, uint32_t node)
{
    struct stack_leaf *spare = &thread->leaves[1ull << (64 - thread->leaves_shift)];
    *spare = (struct stack_leaf){.node = node};
    return spare;
}

/* Begins anew with so many leaves. Memory that is there is kept for later. */
static bool resize(struct thread *thread, unsigned log2)
{
    if (thread->leaves && log2 <= thread->leaves_room_log2) {
        memset(thread->leaves, 0, bytes_of(log2));
    } else {
        struct stack_leaf *leaves = pages_map(bytes_of(log2));
        if (!leaves)
            return false;
        thread->leaves = leaves;
        thread->leaves_room_log2 = log2;
    }
    thread->leaves_shift = 64 - log2;
    thread->leaves_put = 0;
    for (unsigned i = 0; i < STACK_LEAF_GUESTS; i++)
        thread->guests[i] = 0;
    return true;
}

/* Grows when it could have been filled twice. */
static void make_room(struct thread *thread)
{
    unsigned log2 = 64 - thread->leaves_shift;
    if (thread->leaves_put++ >> log2 >= 2 && log2 < STACK_LEAVES_MOST_LOG2)
        resize(thread, STACK_LEAVES_MOST_LOG2);
}

/* A call that comes with other stacks, too, keeps its own places mostly. */
struct stack_leaf *stack_leaf_place(struct thread *thread, const struct call_site *site)
{
    make_room(thread);
    struct stack_leaf *pair = stack_leaf_pair(thread, site);
    bool is_first = is_same_call(&pair[0], site);
    bool is_second = is_same_call(&pair[1], site);
    bool has_both =
        (is_first && (is_second || pair[0].has_more)) || (is_second && pair[1].has_more);
    if (is_first != is_second && !has_both)
        return &pair[is_first];
    struct stack_leaf *guest = has_both ? NULL : find_guest(thread, site);
    if (guest)
        return guest;
    return has_both && thread->leaves_put % 8 != 0 ? stack_leaf_third(thread, site)
                                                   : &pair[thread->leaves_put / 8 % 2];
}

void stack_leaf_drop(struct thread *thread, const struct call_site *site)
{
    if (!thread->leaves) /* there was no memory for any */
        return;
    struct stack_leaf *pair = stack_leaf_pair(thread, site);
    pair[0].return_address = pair[1].return_address = 0;
    stack_leaf_third(thread, site)->return_address = 0;
    for (struct stack_leaf *guest; (guest = find_guest(thread, site));)
        guest->return_address = 0;
}

bool stack_leaf_clear(struct thread *thread)
{
    return resize(thread, STACK_LEAVES_FIRST_LOG2);
}
