#include "capture/stack_memo.h"

#include "os/pages.h"

#include <string.h>

_Static_assert(sizeof(struct stack_memo) == 64, "a cache line");
_Static_assert(sizeof(struct stack_memo_more) == 64, "the slot of a memo");

/* --- packing ------------------------------------------------------------- */

/* The words between the frame that a memo stands on and the call: what the frames between were read
 * from, and the BP that the outer frame is reached with. The call's own return address is no news.
 */
static uint32_t inner_words(const struct thread *thread, uint32_t frames,
                            const struct stack_word **words)
{
    const struct thread_frame *outer = frames ? &thread->walk.frames[frames - 1] : NULL;
    uint32_t first = outer ? outer->words - (outer->bp_matters && outer->bp_slot) : 0;
    uint32_t end = thread->walk.frames[thread->walk.frame_count - 1].words - 1;
    *words = &thread->walk.words[first];
    return frames < thread->walk.frame_count ? end - first : 0;
}

static bool has_opaque(const struct thread *thread, uint32_t first)
{
    for (uint32_t i = first; i < thread->walk.frame_count; i++)
        if (thread->walk.frames[i].opaque)
            return true;
    return false;
}

static bool pack_word(uint64_t *packed, const struct stack_word *word, uintptr_t cfa)
{
    uintptr_t above = word->address - cfa;
    *packed = word->value << STACK_MEMO_WHERE_BITS | above / 8;
    return above % 8 == 0 && above / 8 >> STACK_MEMO_WHERE_BITS == 0 &&
           word->value >> (64 - STACK_MEMO_WHERE_BITS) == 0;
}

/* false: a memo has no space for them. */
static bool pack_words(struct stack_memo *memo, struct stack_memo_more *more,
                       const struct stack_word *words, uint32_t count)
{
    uint32_t capacity = stack_memo_capacity(memo);
    if (count > capacity + (more ? STACK_MEMO_WORDS_MORE : 0))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!pack_word(i < capacity ? &memo->words[i] : &more->words[i - capacity], &words[i],
                       memo->cfa))
            return false;
    memo->words_count = (uint8_t)count;
    memo->has_more = count > capacity;
    return true;
}

static bool pack_bp(int32_t *packed, uintptr_t bp, uintptr_t cfa)
{
    *packed = (int32_t)(bp - cfa);
    return (uintptr_t)(intptr_t)*packed == bp - cfa;
}

/* Makes the memo stand on the first `frames` of the thread's. more: NULL, or space beside it. */
static bool stand_on(struct stack_memo *memo, struct stack_memo_more *more,
                     const struct thread *thread, uint32_t frames, uint32_t base)
{
    const struct stack_word *words;
    const struct thread_frame *outer = frames ? &thread->walk.frames[frames - 1] : NULL;
    memo->outside = outer ? outer->node : base;
    memo->frames = frames > STACK_DEEP_FRAMES ? STACK_MEMO_DEEP : (uint16_t)frames;
    memo->outer_cfa = outer ? (uint32_t)(outer->cfa - memo->cfa) : 0;
    memo->outer_bp_matters = outer && outer->bp_matters;
    if (outer && memo->cfa + memo->outer_cfa != outer->cfa)
        return false;
    uint32_t count = inner_words(thread, frames, &words);
    return pack_words(memo, more, words, count) &&
           (!memo->outer_bp_matters || pack_bp(&memo->outer_bp, outer->bp, memo->cfa));
}

static bool is_same_call(const struct stack_memo *memo, const struct call_site *site)
{
    return memo->return_address == site->return_address && memo->cfa == site->cfa;
}

/* --- holding ------------------------------------------------------------- */

/* Its call is known to be the same. */
bool stack_memo_holds_otherwise(const struct thread *thread, const struct stack_memo *memo,
                                const struct call_site *site)
{
    return stack_memo_has_its_bp(memo, site) && stack_memo_has_its_words(memo) &&
           stack_memo_stands(thread, memo);
}

/* --- guests -------------------------------------------------------------- */

static bool has_its_slot_beside(const struct stack_memo *memo)
{
    const struct stack_memo_more *more = stack_memo_beside(memo);
    return more->return_address == 0 && more->owner == (uintptr_t)memo + 1;
}

static void be_guest(struct thread *thread, const struct stack_memo *memo)
{
    if (memo->has_more && !has_its_slot_beside(memo))
        return;
    unsigned number = thread->memos.guests_put++ % STACK_MEMO_GUESTS;
    struct stack_memo *guest = stack_memo_guest(thread, number);
    thread->memos.guests[number] = memo->cfa;
    *guest = *memo;
    if (memo->has_more) {
        *stack_memo_beside(guest) = *stack_memo_beside(memo);
        stack_memo_beside(guest)->owner = (uintptr_t)guest + 1;
    }
}

/* Where the call is a guest; NULL: it is none. */
static struct stack_memo *find_guest(const struct thread *thread, const struct call_site *site)
{
    for (unsigned i = 0; i < STACK_MEMO_GUESTS; i++)
        if (thread->memos.guests[i] == site->cfa && is_same_call(stack_memo_guest(thread, i), site))
            return stack_memo_guest(thread, i);
    return NULL;
}

/* The slot is taken by the call, and perhaps the one beside it. */
static void evict(struct thread *thread, struct stack_memo *memo, const struct call_site *site,
                  bool both)
{
    struct stack_memo *beside = stack_memo_slot_beside(memo);
    bool beside_goes = both || (beside->has_more && has_its_slot_beside(beside));
    if (memo >= stack_memo_guest(thread, 0))
        return;
    if (memo->return_address && !is_same_call(memo, site))
        be_guest(thread, memo);
    if (beside_goes && beside->return_address && !is_same_call(beside, site))
        be_guest(thread, beside);
}

bool stack_memo_put(struct stack_memo *memo, struct thread *thread, const struct call_site *site,
                    uint32_t node, uint32_t matched, uint32_t base)
{
    const struct thread_frame *inner = &thread->walk.frames[thread->walk.frame_count - 1];
    if (has_opaque(thread, matched))
        return false;
    struct stack_memo new = {
        .return_address = site->return_address,
        .cfa = site->cfa,
        .function = (uint32_t)site->function,
        .node = node,
        .bp_matters = inner->bp_matters,
    };
    if (inner->bp_matters && !pack_bp(&new.bp, site->bp, site->cfa))
        return false;
    /* As far outside as there is space for the words; at the innermost frame there are none. */
    struct stack_memo_more more = {.owner = (uintptr_t)memo + 1};
    bool again = is_same_call(memo, site) || is_same_call(stack_memo_slot_beside(memo), site);
    while (!stand_on(&new, again ? &more : NULL, thread, matched, base))
        if (++matched > thread->walk.frame_count)
            return false;
    evict(thread, memo, site, new.has_more);
    *memo = new;
    if (new.has_more)
        *stack_memo_beside(memo) = more;
    return true;
}

/* --- deep stacks --------------------------------------------------------- */

/* The frame with this CFA; frames lie the lower the further inside they are. */
static uint32_t find_frame(const struct thread *thread, uintptr_t cfa)
{
    uint32_t low = 0, high = thread->walk.frame_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (thread->walk.frames[middle].cfa > cfa)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_deep(struct thread *thread, const struct stack_memo *memo)
{
    uint32_t index = find_frame(thread, memo->cfa + memo->outer_cfa);
    if (memo->frames != STACK_MEMO_DEEP || index == thread->walk.frame_count)
        return false;
    const struct thread_frame *outer = &thread->walk.frames[index];
    return stack_memo_is_on(memo, outer) && stack_memo_has_outer_bp(memo, outer) &&
           stack_deep_unchanged(thread, index + 1) == outer->words;
}

__attribute__((noinline, cold)) struct stack_memo *stack_memo_find_deep(
    struct thread *thread, const struct call_site *site)
{
    struct stack_memo *pair = stack_memo_pair(thread, site);
    struct stack_memo *slots[] = {&pair[0], &pair[1], stack_memo_third(thread, site)};
    for (unsigned i = 0; i < sizeof slots / sizeof *slots; i++)
        if (stack_memo_is_at(slots[i], site) && stack_memo_has_its_bp(slots[i], site) &&
            stack_memo_has_its_words(slots[i]) && stands_deep(thread, slots[i]))
            return slots[i];
    return NULL;
}

/* --- the table ----------------------------------------------------------- */

/* Behind them is the spare one, and the guests'. */
static size_t bytes_of(unsigned log2)
{
    return sizeof(struct stack_memo) * ((1u << log2) + 2 + 2 * STACK_MEMO_GUESTS);
}

struct stack_memo *stack_memo_spare(struct thread *thread, uint32_t node)
{
    struct stack_memo *spare = &thread->memos.slots[1ull << (64 - thread->memos.shift)];
    *spare = (struct stack_memo){.node = node};
    return spare;
}

/* Begins anew with so many memos. Memory that is there is kept for later. */
static bool resize(struct thread *thread, unsigned log2)
{
    if (thread->memos.slots && log2 <= thread->memos.capacity_log2) {
        memset(thread->memos.slots, 0, bytes_of(log2));
    } else {
        struct stack_memo *memos = pages_map(bytes_of(log2));
        if (!memos)
            return false;
        thread->memos.slots = memos;
        thread->memos.capacity_log2 = log2;
    }
    thread->memos.shift = 64 - log2;
    thread->memos.put = 0;
    for (unsigned i = 0; i < STACK_MEMO_GUESTS; i++)
        thread->memos.guests[i] = 0;
    return true;
}

/* Grows when it could have been filled twice. */
static void count_put(struct thread *thread)
{
    unsigned log2 = 64 - thread->memos.shift;
    if (thread->memos.put++ >> log2 >= 2 && log2 < STACK_MEMOS_MOST_LOG2)
        resize(thread, STACK_MEMOS_MOST_LOG2);
}

/* A call that comes with other stacks, too, keeps its own slots mostly. */
struct stack_memo *stack_memo_slot(struct thread *thread, const struct call_site *site)
{
    count_put(thread);
    struct stack_memo *pair = stack_memo_pair(thread, site);
    bool is_first = is_same_call(&pair[0], site);
    bool is_second = is_same_call(&pair[1], site);
    bool has_both =
        (is_first && (is_second || pair[0].has_more)) || (is_second && pair[1].has_more);
    if (is_first != is_second && !has_both)
        return &pair[is_first];
    struct stack_memo *guest = has_both ? NULL : find_guest(thread, site);
    if (guest)
        return guest;
    return has_both && thread->memos.put % 8 != 0 ? stack_memo_third(thread, site)
                                                  : &pair[thread->memos.put / 8 % 2];
}

void stack_memo_drop(struct thread *thread, const struct call_site *site)
{
    if (!thread->memos.slots) /* there was no memory for any */
        return;
    struct stack_memo *pair = stack_memo_pair(thread, site);
    pair[0].return_address = pair[1].return_address = 0;
    stack_memo_third(thread, site)->return_address = 0;
    for (struct stack_memo *guest; (guest = find_guest(thread, site));)
        guest->return_address = 0;
}

bool stack_memo_clear(struct thread *thread)
{
    return resize(thread, STACK_MEMOS_FIRST_LOG2);
}
