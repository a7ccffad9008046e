#include "unwind_check.h"

static NOINLINE uint32_t recurse_with_aligned_array(unsigned more)
{
    volatile char room[100 + more % 3 * 32] __attribute__((aligned(64))); /* realigns the stack */
    room[0] = 1;
    uint32_t stack = more ? recurse_with_aligned_array(more - 1) : capture();
    room[1] = room[0];
    return stack;
}

static NOINLINE uint32_t recurse_with_large_frame(unsigned more)
{
    volatile char room[200000];
    room[0] = 1;
    uint32_t stack = more ? recurse_with_large_frame(more - 1) : capture();
    room[199999] = room[0];
    return stack;
}

static NOINLINE uint32_t frame_of_10_mib(void)
{
    volatile char room[10 << 20];
    room[0] = 1;
    uint32_t stack = capture();
    room[1] = room[0];
    return stack;
}

static NOINLINE uint32_t frame_of_20_mib(void)
{
    volatile char room[20 << 20];
    room[0] = 1;
    uint32_t stack = capture();
    room[1] = room[0];
    return stack;
}

static void check_recursion(uint32_t (*recurse)(unsigned))
{
    static const unsigned depths[] = {0, 1, 2, 20, 3, 25, 7, 7, 0};
    unsigned base = 0;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        uint32_t stack = recurse(depths[i]);
        if (i == 0)
            base = depth_of(stack);
        assert_int_equal(depth_of(stack), base + depths[i]);
        /* malloc, the call of it, and one frame for each call of itself. */
        if (depths[i])
            assert_recursion(stack, 2, depths[i]);
        assert_false(is_cut(stack));
    }
    assert_all_the_same(sizeof depths / sizeof *depths);
}

static void frames_with_a_frame_pointer(void **state)
{
    check_recursion(recurse_with_frame);
}
static void frames_without_one(void **state)
{
    check_recursion(recurse_without_frame);
}
static void frames_of_changing_size(void **state)
{
    check_recursion(recurse_with_alloca);
}
static void frames_that_realign_the_stack(void **state)
{
    check_recursion(recurse_with_aligned_array);
}
static void frames_of_200_kb(void **state)
{
    check_recursion(recurse_with_large_frame);
}

static void a_stack_50_000_deep(void **state)
{
    unwind_verify(false); /* libunwind is given up on at 4,096 */
    uint32_t shallow = recurse_without_frame(0);
    uint32_t deep[2];
    for (int i = 0; i < two; i++)
        deep[i] = recurse_without_frame(50000 / SCALE);
    unwind_verify(true);
    assert_int_equal(depth_of(deep[0]), depth_of(shallow) + 50000 / SCALE);
    assert_recursion(deep[0], 2, 50000 / SCALE);
    assert_int_equal(deep[0], deep[1]);
}

static void *capture_in_huge_frames(void *argument)
{
    uint32_t *stacks = argument;
    stacks[0] = capture();
    stacks[1] = frame_of_10_mib();
    stacks[2] = frame_of_20_mib();
    stacks[3] = capture();
    return NULL;
}

static void frames_of_many_mib(void **state)
{
    uint32_t stacks[4];
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 40 << 20);
    unwind_verify(VERIFIES_THREADS);
    assert_int_equal(pthread_create(&thread, &attributes, capture_in_huge_frames, stacks), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    unwind_verify(true);
    assert_int_equal(depth_of(stacks[1]), depth_of(stacks[0]) + 1);
    assert_int_equal(depth_of(stacks[2]), depth_of(stacks[0]) + 1);
    assert_int_equal(depth_of(stacks[3]), depth_of(stacks[0]));
    assert_all_the_same(VERIFIES_THREADS ? 4 : 0);
}

/* --- the remembered stack ------------------------------------------------ */

static void the_same_stack_is_the_same_node(void **state)
{
    uint32_t stacks[10];
    for (int i = 0; i < 10; i++)
        stacks[i] = recurse_without_frame(5);
    for (int i = 1; i < 10; i++)
        assert_int_equal(stacks[i], stacks[0]);
    uint32_t other = recurse_without_frame(5); /* another line: another return address */
    assert_int_not_equal(other, stacks[0]);
    assert_int_equal(depth_of(other), depth_of(stacks[0]));
}

static void forget_all(struct thread *thread)
{
    thread->walk.frame_count = 0;
    stack_memo_clear(thread);
}

static NOINLINE uint32_t from_one_place(void)
{
    uint32_t stack = capture();
    AFTER_THE_CALL();
    return stack;
}

static NOINLINE uint32_t one_way(void)
{
    uint32_t stack = from_one_place();
    AFTER_THE_CALL();
    return stack;
}

static NOINLINE uint32_t another_way(void)
{
    uint32_t stack = from_one_place();
    AFTER_THE_CALL();
    return stack;
}

static NOINLINE uint32_t a_third_way(void)
{
    uint32_t stack = from_one_place();
    AFTER_THE_CALL();
    return stack;
}

/* The call is the same and lies in the same place; its caller's caller differs. */
static void three_stacks_of_a_call_in_turn_are_all_remembered(void **state)
{
    enum { WAYS = 3, TURNS = 60, SETTLED = 30 };
    static uint32_t (*const ways[WAYS])(void) = {one_way, another_way, a_third_way};
    static volatile int count = WAYS; /* as `two` */
    static uint32_t stacks[TURNS], walks[TURNS];
    forget_all(thread_current());
    for (int i = 0; i < TURNS; i++) {
        stacks[i] = ways[i % count]();
        walks[i] = thread_current()->memos.put;
    }
    for (int i = 0; i + 1 < TURNS; i++)
        assert_int_not_equal(stacks[i], stacks[i + 1]);
    for (int i = WAYS; i < TURNS; i++)
        assert_int_equal(stacks[i], stacks[i - WAYS]);
    assert_true(walks[SETTLED] >= WAYS);
    assert_int_equal(walks[TURNS - 1], walks[SETTLED]);
}

static NOINLINE uint32_t down_one_way(unsigned levels)
{
    uint32_t stack = levels ? down_one_way(levels - 1) : capture();
    AFTER_THE_CALL();
    return stack;
}

static NOINLINE uint32_t down_another_way(unsigned levels)
{
    uint32_t stack = levels ? down_another_way(levels - 1) : capture();
    AFTER_THE_CALL();
    return stack;
}

static NOINLINE uint32_t down_beside(size_t bytes, unsigned levels)
{
    volatile char *room = alloca(bytes);
    room[0] = 1;
    uint32_t stack = down_another_way(levels);
    room[0] = 2;
    return stack;
}

/* Each finds the other's stack remembered, and has more frames of its own than one line holds.
 * Which places they have is told by where they lie, so the second one lies everywhere. */
static void two_calls_with_frames_of_their_own_take_turns(void **state)
{
    enum { TURNS = 60, SETTLED = 30, LEVELS = 6, PLACES = 512 / SCALE };
    static uint32_t stacks[TURNS], walks[TURNS];
    static volatile unsigned levels = LEVELS;
    for (size_t place = 0; place < PLACES; place++) {
        unwind_verify(place % 16 == 0);
        forget_all(thread_current());
        for (int i = 0; i < TURNS; i++) {
            stacks[i] = i % 2 ? down_one_way(levels) : down_beside(16 * place + 16, levels);
            walks[i] = thread_current()->memos.put;
        }
        for (int i = 2; i < TURNS; i++) {
            assert_int_equal(stacks[i], stacks[i - 2]);
            assert_int_not_equal(stacks[i], stacks[i - 1]);
        }
        assert_int_equal(walks[TURNS - 1], walks[SETTLED]);
    }
    unwind_verify(true);
}

/* A tree of calls: 32 functions with frames of all shapes call each other by a table. */
static uint64_t dice = 4711;
static unsigned captures_left, stacks_different;
typedef void (*branch)(unsigned depth);
static const branch branches[32];

/* The same call, with the previous stack remembered and with nothing remembered. libunwind is too
 * slow to be asked about each. */
static void check_against_anew(void)
{
    uint32_t stacks[2];
    unsigned more = (unsigned)(scratch_random(&dice) % 3);
    unwind_verify(captures_left % 16 == 0);
    for (int anew = 0; anew < two; anew++) {
        if (anew)
            forget_all(thread_current());
        stacks[anew] = more ? recurse_without_frame(more) : capture();
    }
    stacks_different += stacks[0] != stacks[1];
}

static NOINLINE void walk_on(unsigned depth)
{
    unsigned turns = (unsigned)(scratch_random(&dice) % 4);
    for (unsigned i = 0; i <= turns && captures_left > 0; i++) {
        if (depth < 40 && scratch_random(&dice) % 3)
            branches[scratch_random(&dice) % 32](depth + 1);
        if (captures_left == 0)
            return;
        captures_left--;
        check_against_anew();
    }
}

#define BRANCH(number, kind, bytes)                                                                \
    static kind void branch_##number(unsigned depth)                                               \
    {                                                                                              \
        volatile char room[bytes];                                                                 \
        room[0] = (char)depth;                                                                     \
        walk_on(depth);                                                                            \
        room[sizeof room - 1] = room[0];                                                           \
    }
#define FOUR(a, b, c, d, size)                                                                     \
    BRANCH(a, WITH_FRAME, size)                                                                    \
    BRANCH(b, WITHOUT_FRAME, size + 8)                                                             \
    BRANCH(c, NOINLINE, 16 + depth * 8)                                                            \
    BRANCH(d, WITHOUT_FRAME, size * 3)
FOUR(0, 1, 2, 3, 8)
FOUR(4, 5, 6, 7, 24)
FOUR(8, 9, 10, 11, 56)
FOUR(12, 13, 14, 15, 120)
FOUR(16, 17, 18, 19, 200)
FOUR(20, 21, 22, 23, 1000)
FOUR(24, 25, 26, 27, 4096)
FOUR(28, 29, 30, 31, 10000)
static const branch branches[32] = {
    branch_0,  branch_1,  branch_2,  branch_3,  branch_4,  branch_5,  branch_6,  branch_7,
    branch_8,  branch_9,  branch_10, branch_11, branch_12, branch_13, branch_14, branch_15,
    branch_16, branch_17, branch_18, branch_19, branch_20, branch_21, branch_22, branch_23,
    branch_24, branch_25, branch_26, branch_27, branch_28, branch_29, branch_30, branch_31,
};

static void random_calls(void **state)
{
    const unsigned wanted = 100000 / SCALE;
    captures_left = wanted;
    while (captures_left > 0)
        branches[scratch_random(&dice) % 32](0);
    unwind_verify(true);
    assert_int_equal(stacks_different, 0);
    assert_all_the_same(wanted / 16);
    struct unwind_counts now;
    unwind_count(&now);
    assert_int_equal(now.stacks_walked, before.stacks_walked); /* the fast way alone */
}

static jmp_buf jump;
static volatile bool leaves_by_jump = true;

static NOINLINE void recurse_and_jump(unsigned more)
{
    if (more) {
        recurse_and_jump(more - 1);
    } else {
        capture();
        if (leaves_by_jump)
            longjmp(jump, 1);
    }
    AFTER_THE_CALL();
}

static void stacks_left_by_longjmp(void **state)
{
    for (volatile unsigned i = 0; i < 50; i++) {
        if (setjmp(jump) == 0)
            recurse_and_jump(i * 7 % 30);
        capture();
        recurse_without_frame(i % 4);
    }
    assert_all_the_same(150);
}

/* The words at which the previous capture's return addresses stood now hold others. */
static NOINLINE uint32_t call_twice(uint32_t (*first)(unsigned), uint32_t (*second)(unsigned))
{
    uint32_t stack = first(3);
    AFTER_THE_CALL();
    return stack ^ second(3);
}

static void other_calls_at_the_same_depth(void **state)
{
    uint32_t (*const all[])(unsigned) = {recurse_with_frame, recurse_without_frame,
                                         recurse_with_alloca, recurse_with_aligned_array,
                                         recurse_with_large_frame};
    for (int i = 0; i < 25; i++)
        call_twice(all[i % 5], all[i / 5]);
    assert_all_the_same(50);
}

/* Two frames that share their room: wherever the border between them lies, SP is the same, and the
 * return address of the one before still lies in the room of the other. */
static NOINLINE uint32_t with_room(size_t bytes)
{
    volatile char *room = alloca(bytes);
    __asm__ volatile("" : : "r"(room) : "memory");
    uint32_t stack = capture();
    AFTER_THE_CALL();
    return stack;
}

static NOINLINE uint32_t share_room(size_t bytes, size_t rest)
{
    volatile char *room = alloca(bytes);
    uint32_t stack;
    __asm__ volatile("" : : "r"(room) : "memory");
    if (bytes > rest) {
        stack = with_room(rest);
        __asm__ volatile("nop");
    } else {
        stack = with_room(rest);
        __asm__ volatile("nop; nop");
    }
    return stack;
}

static void frames_with_another_border(void **state)
{
    for (int i = 0; i < 20; i++)
        share_room(i % 2 ? 640 : 64, i % 2 ? 64 : 640);
    assert_all_the_same(20);
}

/* --- deep stacks --------------------------------------------------------- */

/* A counter that goes on by so much with each look at it. */
static struct stack_deep_time slow_now = {1, 0};
static uint64_t ticks_between_looks;
static struct stack_deep_time tell_slow_time(void)
{
    slow_now.ticks += ticks_between_looks;
    return slow_now;
}

enum { DEEP = 20000 / SCALE };
static uint32_t deep_stacks[DEEP + 1];

static uint32_t outside_of(unsigned level)
{
    return stack_table_parent(stack_table_parent(deep_stacks[level]));
}

/* The stack of each level is its caller's and one more frame. */
static void assert_levels(void)
{
    for (unsigned level = 0; level < DEEP; level++)
        assert_int_equal(stack_table_parent(outside_of(level)), outside_of(level + 1));
    assert_int_equal(depth_of(deep_stacks[0]), depth_of(deep_stacks[DEEP]) + DEEP);
}

static WITHOUT_FRAME uint32_t allocate_down(unsigned more)
{
    deep_stacks[more] = capture();
    uint32_t stack = more ? allocate_down(more - 1) : 0;
    AFTER_THE_CALL();
    return stack;
}

static WITHOUT_FRAME uint32_t allocate_up(unsigned more)
{
    uint32_t stack = more ? allocate_up(more - 1) : 0;
    deep_stacks[more] = capture();
    AFTER_THE_CALL();
    return stack;
}

static unsigned steps_left;
static WITHOUT_FRAME void allocate_up_and_down(unsigned depth)
{
    capture();
    while (steps_left > 0) {
        steps_left--;
        if (scratch_random(&dice) % 8 < 4 + (depth < DEEP))
            allocate_up_and_down(depth + 1);
        else if (depth > DEEP - 100)
            break;
        capture();
    }
    AFTER_THE_CALL();
}

static WITH_FRAME void go_deep_and_allocate(unsigned more)
{
    if (more)
        go_deep_and_allocate(more - 1);
    else
        allocate_up_and_down(DEEP - 50);
    AFTER_THE_CALL();
}

/* Words compared for so many captures: by a limit that does not know the depth. */
static void assert_few_compared(uint64_t from, uint64_t captures)
{
    uint64_t a_capture = ticks_between_looks * 3 * STACK_DEEP_FRAMES_PER_TICK +
                         STACK_DEEP_FRAMES_AT_ONCE + STACK_DEEP_FRAMES;
    assert_true(stack_deep_compared() - from <= captures * 2 * a_capture + 2 * 2 * DEEP);
}

static void a_recursion_that_allocates_costs_its_depth_once(void **state)
{
    struct stack_deep_time (*real_now)(void) = stack_deep_now;
    unwind_verify(false);
    forget_all(thread_current());
    stack_deep_now = tell_slow_time;
    ticks_between_looks = 20;
    uint64_t before_down = stack_deep_compared();
    allocate_down(DEEP);
    assert_few_compared(before_down, DEEP);
    assert_levels();
    uint64_t before_up = stack_deep_compared();
    allocate_up(DEEP);
    assert_few_compared(before_up, DEEP);
    assert_levels();
    uint64_t before_both = stack_deep_compared();
    steps_left = DEEP;
    go_deep_and_allocate(DEEP);
    assert_few_compared(before_both, 2 * DEEP);
    stack_deep_now = real_now;
    unwind_verify(true);
}

/* Without a counter, and with one that is another processor's, all is compared. */
static struct stack_deep_time tell_no_time(void)
{
    return (struct stack_deep_time){0, STACK_DEEP_NO_TIME};
}
static struct stack_deep_time tell_other_processors(void)
{
    slow_now.processor++;
    return slow_now;
}

static WITHOUT_FRAME uint32_t descend(unsigned more)
{
    uint32_t stack = more ? descend(more - 1) : capture();
    AFTER_THE_CALL();
    return stack;
}

/* The quickest change there is of a deep stack: its outermost frame, by return and descent. */
static void check_outermost_change(unsigned rounds)
{
    static volatile unsigned depths[] = {600, 700, 1500, 3000, 3001, 4000};
    for (unsigned i = 0; i < rounds; i++) {
        unsigned depth = depths[i % 6];
        uint32_t one = descend(depth);
        uint32_t other = descend(depth); /* another line */
        uint32_t same[2];
        for (int k = 0; k < two; k++)
            same[k] = descend(depth);
        assert_int_not_equal(one, other);
        assert_int_equal(same[0], same[1]);
        assert_int_equal(depth_of(one), depth_of(other));
        forget_all(thread_current());
        assert_int_equal(depth_of(descend(depth)), depth_of(one));
    }
}

static void a_deep_stack_that_changes_outside_is_another(void **state)
{
    struct stack_deep_time (*const clocks[])(void) = {stack_deep_now, tell_no_time,
                                                      tell_other_processors};
    unwind_verify(false);
    for (unsigned i = 0; i < 3; i++) {
        stack_deep_now = clocks[i];
        check_outermost_change(120 / SCALE + 6);
    }
    stack_deep_now = clocks[0];
    unwind_verify(true);
}

/* The tree of calls, far down. */
static WITHOUT_FRAME void random_calls_below(unsigned more)
{
    if (more)
        random_calls_below(more - 1);
    else
        while (captures_left > 0)
            branches[scratch_random(&dice) % 32](0);
    AFTER_THE_CALL();
}

static void random_calls_at_great_depth(void **state)
{
    stacks_different = 0;
    captures_left = 20000 / SCALE;
    random_calls_below(1500);
    unwind_verify(true);
    assert_int_equal(stacks_different, 0);
    assert_all_the_same(20000 / SCALE / 16);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin_counting)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libunwind_shows_which_address_it_looks_for),
        TEST(frames_with_a_frame_pointer),
        TEST(frames_without_one),
        TEST(frames_of_changing_size),
        TEST(frames_that_realign_the_stack),
        TEST(frames_of_200_kb),
        TEST(frames_of_many_mib),
        TEST(a_stack_50_000_deep),
        TEST(the_same_stack_is_the_same_node),
        TEST(three_stacks_of_a_call_in_turn_are_all_remembered),
        TEST(two_calls_with_frames_of_their_own_take_turns),
        TEST(random_calls),
        TEST(a_recursion_that_allocates_costs_its_depth_once),
        TEST(a_deep_stack_that_changes_outside_is_another),
        TEST(random_calls_at_great_depth),
        TEST(stacks_left_by_longjmp),
        TEST(other_calls_at_the_same_depth),
        TEST(frames_with_another_border),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
