#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "suppress/suppress_frame.h"
#include "suppress/suppress_match.h"

/* Bits per rule: its patterns and one for "matched". Invariants:
 *   positions[p].pattern == NULL  <=>  p is a "matched" bit  <=>  bit p of `matched`
 *   positions[p] is dots          <=>  bit p of `dots`, and then p + 1 is neither
 *   all p of equal patterns are one ring through `next_equal` */
struct position {
    const struct suppress_pattern *pattern;
    struct suppress_rule *rule;
    size_t next_equal;
};

/* What is known of one frame: two bit sets, `words` long each. */
struct seen_frame {
    uint64_t identity; /* 0: an empty slot, or the frame in hand */
    bool innermost;
    uint64_t *known; /* patterns that were compared with it */
    uint64_t *hits;  /* and match */
};

/* One start set for each leak kind, one for each other kind of record. */
#define STARTS_COUNT (4 + SUPPRESS_KINDS_COUNT - 1)

/* Frames that are remembered take no more than this; then all is forgotten and begins anew. */
#define SEEN_BYTES_MAX (64u << 20)

struct suppress_matcher {
    size_t bits;
    size_t words;
    struct position *positions;
    uint64_t *sets; /* one allocation for all the following */
    uint64_t *dots;
    uint64_t *matched;
    uint64_t *now;
    uint64_t *next;
    uint64_t *starts[STARTS_COUNT];
    struct seen_frame unnamed; /* for frames without identity */
    struct seen_frame *seen;   /* hash table, its capacity is a power of two, at most half full */
    size_t seen_count;
    size_t seen_capacity;
};

static bool has_bit(const uint64_t *set, size_t bit)
{
    return (set[bit / 64] >> bit % 64 & 1) != 0;
}

static void add_bit(uint64_t *set, size_t bit)
{
    set[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* --- building ------------------------------------------------------------ */

static size_t count_bits(const struct suppress_rules *rules)
{
    size_t bits = 0;
    for (size_t i = 0; i < rules->count; i++)
        bits += rules->items[i]->patterns_count + 1;
    return bits;
}

/* May the rule match a record of this start set? */
static bool starts_with(const struct suppress_entry *entry, size_t number)
{
    if (number < 4)
        return entry->kind == SUPPRESS_LEAK && (entry->leak_kinds >> number & 1) != 0;
    return (size_t)entry->kind == number - 3;
}

static void lay_rule(struct suppress_matcher *matcher, struct suppress_rule *rule, size_t first)
{
    for (size_t i = 0; i < rule->patterns_count; i++) {
        matcher->positions[first + i] = (struct position){&rule->patterns[i], rule, first + i};
        if (rule->patterns[i].kind == SUPPRESS_DOTS)
            add_bit(matcher->dots, first + i);
    }
    size_t last = first + rule->patterns_count;
    matcher->positions[last] = (struct position){NULL, rule, last};
    add_bit(matcher->matched, last);
    for (size_t i = 0; i < STARTS_COUNT; i++) {
        if (!starts_with(&rule->entry, i))
            continue;
        add_bit(matcher->starts[i], first);
        if (has_bit(matcher->dots, first))
            add_bit(matcher->starts[i], first + 1);
    }
}

static int compare_positions(const void *left, const void *right)
{
    const struct position *a = *(struct position *const *)left;
    const struct position *b = *(struct position *const *)right;
    return suppress_pattern_compare(a->pattern, b->pattern);
}

/* Ties equal patterns together, so that `fun:malloc` in a thousand rules is compared once. */
static void tie_equal_patterns(struct suppress_matcher *matcher)
{
    struct position **sorted = memory_zeroed(matcher->bits + 1, sizeof(*sorted));
    size_t count = 0;
    for (size_t i = 0; i < matcher->bits; i++) {
        if (matcher->positions[i].pattern != NULL && !has_bit(matcher->dots, i))
            sorted[count++] = &matcher->positions[i];
    }
    qsort(sorted, count, sizeof(*sorted), compare_positions);
    for (size_t i = 1; i < count; i++) {
        if (compare_positions(&sorted[i - 1], &sorted[i]) != 0)
            continue;
        size_t other = sorted[i]->next_equal;
        sorted[i]->next_equal = sorted[i - 1]->next_equal;
        sorted[i - 1]->next_equal = other;
    }
    free(sorted);
}

static void make_sets(struct suppress_matcher *matcher)
{
    size_t words = matcher->words;
    uint64_t *set = memory_zeroed(words * (6 + STARTS_COUNT), sizeof(*set));
    matcher->sets = set;
    matcher->dots = set;
    matcher->matched = set + words;
    matcher->now = set + 2 * words;
    matcher->next = set + 3 * words;
    matcher->unnamed.known = set + 4 * words;
    matcher->unnamed.hits = set + 5 * words;
    for (size_t i = 0; i < STARTS_COUNT; i++)
        matcher->starts[i] = set + (6 + i) * words;
}

static void build(struct suppress_matcher *matcher, const struct suppress_rules *rules)
{
    matcher->bits = count_bits(rules);
    matcher->words = matcher->bits / 64 + 1;
    matcher->positions = memory_zeroed(matcher->bits + 1, sizeof(*matcher->positions));
    matcher->seen_capacity = 64;
    matcher->seen = memory_zeroed(matcher->seen_capacity, sizeof(*matcher->seen));
    make_sets(matcher);
    size_t first = 0;
    for (size_t i = rules->count; i-- > 0;) {
        lay_rule(matcher, rules->items[i], first);
        first += rules->items[i]->patterns_count + 1;
    }
    tie_equal_patterns(matcher);
}

struct suppress_matcher *suppress_matcher_new(const struct suppress_rules *rules)
{
    struct suppress_matcher *matcher = memory_zeroed(1, sizeof(*matcher));
    build(matcher, rules);
    return matcher;
}

/* --- frames seen before -------------------------------------------------- */

void suppress_matcher_forget(struct suppress_matcher *matcher)
{
    for (size_t i = 0; i < matcher->seen_capacity; i++)
        free(matcher->seen[i].known);
    memset(matcher->seen, 0, matcher->seen_capacity * sizeof(*matcher->seen));
    matcher->seen_count = 0;
}

void suppress_matcher_free(struct suppress_matcher *matcher)
{
    if (matcher == NULL)
        return;
    suppress_matcher_forget(matcher);
    free(matcher->seen);
    free(matcher->positions);
    free(matcher->sets);
    free(matcher);
}

/* The frame's slot in the table, or the empty slot where it belongs. */
static struct seen_frame *seen_slot(const struct suppress_matcher *matcher, uint64_t identity,
                                    bool innermost)
{
    uint64_t hash = (identity * 2 + innermost) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = hash >> 32;; i++) {
        struct seen_frame *slot = &matcher->seen[i & (matcher->seen_capacity - 1)];
        if (slot->identity == 0 || (slot->identity == identity && slot->innermost == innermost))
            return slot;
    }
}

static void grow_seen(struct suppress_matcher *matcher)
{
    struct suppress_matcher larger = *matcher;
    larger.seen_capacity *= 2;
    larger.seen = memory_zeroed(larger.seen_capacity, sizeof(*larger.seen));
    for (size_t i = 0; i < matcher->seen_capacity; i++) {
        struct seen_frame *old = &matcher->seen[i];
        if (old->identity != 0)
            *seen_slot(&larger, old->identity, old->innermost) = *old;
    }
    free(matcher->seen);
    matcher->seen = larger.seen;
    matcher->seen_capacity = larger.seen_capacity;
}

static void grow_if_half_full(struct suppress_matcher *matcher)
{
    size_t bytes = sizeof(struct seen_frame) * 2 + matcher->words * 2 * sizeof(uint64_t);
    if ((matcher->seen_count + 1) * bytes > SEEN_BYTES_MAX)
        suppress_matcher_forget(matcher);
    if ((matcher->seen_count + 1) * 2 > matcher->seen_capacity)
        grow_seen(matcher);
}

static struct seen_frame *unnamed_frame(struct suppress_matcher *matcher)
{
    memset(matcher->unnamed.known, 0, matcher->words * sizeof(uint64_t));
    memset(matcher->unnamed.hits, 0, matcher->words * sizeof(uint64_t));
    return &matcher->unnamed;
}

/* What is known of the frame. Without identity: nothing. */
static struct seen_frame *look_up_frame(struct suppress_matcher *matcher,
                                        const struct suppress_stack *stack, size_t frame)
{
    uint64_t identity = stack->identity != NULL ? stack->identity(stack->context, frame) : 0;
    if (identity == 0)
        return unnamed_frame(matcher);
    struct seen_frame *slot = seen_slot(matcher, identity, frame == 0);
    if (slot->identity != 0)
        return slot;
    grow_if_half_full(matcher);
    uint64_t *known = memory_zeroed(matcher->words * 2, sizeof(*known));
    slot = seen_slot(matcher, identity, frame == 0);
    *slot = (struct seen_frame){identity, frame == 0, known, known + matcher->words};
    matcher->seen_count++;
    return slot;
}

/* --- matching ------------------------------------------------------------ */

static void compare_position(const struct suppress_matcher *matcher, struct seen_frame *seen,
                             size_t bit, const struct suppress_stack *stack, size_t frame)
{
    bool hit = suppress_frame_matches(matcher->positions[bit].pattern, stack, frame);
    size_t equal = bit;
    do {
        add_bit(seen->known, equal);
        if (hit)
            add_bit(seen->hits, equal);
        equal = matcher->positions[equal].next_equal;
    } while (equal != bit);
}

/* Finds out what the set bits' patterns say about the frame, as far as it is not known. */
static void compare_word(const struct suppress_matcher *matcher, struct seen_frame *seen,
                         size_t word, const struct suppress_stack *stack, size_t frame)
{
    uint64_t open;
    while ((open = matcher->now[word] & ~seen->known[word] & ~matcher->dots[word]) != 0)
        compare_position(matcher, seen, word * 64 + (size_t)__builtin_ctzll(open), stack, frame);
}

/* Moves every bit by one frame, from `now` into `next`; then next becomes now. Bits past
 * `limit` words are neither read nor made. */
static void step(struct suppress_matcher *matcher, struct seen_frame *seen, size_t limit,
                 const struct suppress_stack *stack, size_t frame)
{
    uint64_t carry = 0, carry_dots = 0;
    for (size_t i = 0; i < limit; i++) {
        compare_word(matcher, seen, i, stack, frame);
        uint64_t moved = matcher->now[i] & seen->hits[i];
        uint64_t next = moved << 1 | carry | (matcher->now[i] & matcher->dots[i]);
        uint64_t at_dots = next & matcher->dots[i];
        matcher->next[i] = next | at_dots << 1 | carry_dots;
        carry = moved >> 63;
        carry_dots = at_dots >> 63;
    }
    uint64_t *swap = matcher->now;
    matcher->now = matcher->next;
    matcher->next = swap;
}

/* The lowest "matched" bit, or `bits` when there is none. */
static size_t first_match(const struct suppress_matcher *matcher, size_t limit)
{
    for (size_t i = 0; i < limit; i++) {
        uint64_t matched = matcher->now[i] & matcher->matched[i];
        if (matched != 0)
            return i * 64 + (size_t)__builtin_ctzll(matched);
    }
    return matcher->bits;
}

/* Only rules that are tried before the one found still matter: drops the bits from the found
 * rule's first one on. Returns the words that are left. */
static size_t drop_later_rules(struct suppress_matcher *matcher, size_t found)
{
    size_t first = found - matcher->positions[found].rule->patterns_count;
    matcher->now[first / 64] &= (UINT64_C(1) << first % 64) - 1;
    return first / 64 + 1;
}

static bool any_bit(const uint64_t *set, size_t limit)
{
    for (size_t i = 0; i < limit; i++) {
        if (set[i] != 0)
            return true;
    }
    return false;
}

static void add_set(uint64_t *set, const uint64_t *other, size_t words)
{
    for (size_t i = 0; i < words; i++)
        set[i] |= other[i];
}

static void start(struct suppress_matcher *matcher, enum suppress_kind kind, unsigned leak_kinds)
{
    memset(matcher->now, 0, matcher->words * sizeof(*matcher->now));
    if (kind != SUPPRESS_LEAK)
        add_set(matcher->now, matcher->starts[3 + kind], matcher->words);
    for (size_t i = 0; i < 4 && kind == SUPPRESS_LEAK; i++) {
        if ((leak_kinds >> i & 1) != 0)
            add_set(matcher->now, matcher->starts[i], matcher->words);
    }
}

struct suppress_rule *suppress_matcher_find(struct suppress_matcher *matcher,
                                            enum suppress_kind kind, unsigned leak_kinds,
                                            const struct suppress_stack *stack)
{
    struct suppress_rule *rule = NULL;
    size_t limit = matcher->words;
    start(matcher, kind, leak_kinds);
    for (size_t frame = 0; any_bit(matcher->now, limit) && stack->exists(stack->context, frame);
         frame++) {
        step(matcher, look_up_frame(matcher, stack, frame), limit, stack, frame);
        size_t found = first_match(matcher, limit);
        if (found == matcher->bits)
            continue;
        rule = matcher->positions[found].rule;
        limit = drop_later_rules(matcher, found);
    }
    return rule;
}
