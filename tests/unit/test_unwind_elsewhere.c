#include "unwind_check.h"

/* --- signals ------------------------------------------------------------- */

static uint32_t in_handler[3];

static void handle(int number)
{
    (void)number;
    in_handler[0] = capture();
    in_handler[1] = recurse_without_frame(3);
    in_handler[2] = capture();
}

static NOINLINE void raise_within(unsigned more, int number)
{
    if (more)
        raise_within(more - 1, number);
    else
        raise(number);
    AFTER_THE_CALL();
}

static void check_handler(int flags)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
    capture();
    unsigned depth = 0;
    for (unsigned i = 0; i < 5; i++) {
        memset(in_handler, 0, sizeof in_handler);
        raise_within(i, SIGUSR1);
        assert_false(is_cut(in_handler[0]));
        assert_int_equal(depth_of(in_handler[1]), depth_of(in_handler[0]) + 4);
        if (i == 0)
            depth = depth_of(in_handler[0]);
        assert_int_equal(depth_of(in_handler[0]),
                         depth + i); /* through the signal frame, to main */
        capture();
    }
    assert_all_the_same(20);
}

static void handlers_on_the_same_stack(void **state)
{
    check_handler(0);
}

static void handlers_on_a_stack_of_their_own(void **state)
{
    static char stack[262144];
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    stack_t none = {.ss_flags = SS_DISABLE};
    assert_int_equal(sigaltstack(&own, NULL), 0);
    check_handler(SA_ONSTACK);
    sigaltstack(&none, NULL);
}

/* --- threads and coroutines ---------------------------------------------- */

/* All are alive together: ThreadSanitizer does not know that a struct of a thread that is gone may
 * be used again, because it is the kernel that says so. */
static pthread_barrier_t together;

static void *capture_in_thread(void *argument)
{
    for (unsigned i = 0; i < 2000 / SCALE; i++) {
        recurse_with_frame(i % 13);
        recurse_without_frame(i % 7);
        recurse_with_alloca(i % 3);
    }
    uint32_t stack = capture();
    pthread_barrier_wait(&together);
    return (void *)(uintptr_t)(depth_of(stack) > 2 && !argument);
}

static void threads_have_stacks_of_their_own(void **state)
{
    pthread_t threads[4];
    unwind_verify(VERIFIES_THREADS);
    pthread_barrier_init(&together, NULL, 4);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, capture_in_thread, NULL);
    for (int i = 0; i < 4; i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
    unwind_verify(true);
    assert_all_the_same(VERIFIES_THREADS ? 4 * 6000 / SCALE : 0);
}

#if !defined(__SANITIZE_THREAD__) /* which takes a coroutine's stack for the thread's */
static ucontext_t main_context, coroutines[3];
static char coroutine_stacks[3][262144] __attribute__((aligned(64)));
static unsigned coroutine_depth[3][64];

static NOINLINE uint32_t swap_within(unsigned more, int number)
{
    uint32_t stack = more ? swap_within(more - 1, number) : capture();
    if (!more)
        swapcontext(&coroutines[number], &main_context);
    capture();
    AFTER_THE_CALL();
    return stack;
}

static void run_coroutine(int number)
{
    for (unsigned turn = 0; turn < 64; turn++) {
        uint32_t stack = swap_within(turn * (unsigned)(number + 3) % 11, number);
        coroutine_depth[number][turn] = depth_of(stack);
    }
}

#pragma GCC diagnostic ignored "-Wclobbered" /* getcontext returns once here */
static void stacks_of_coroutines(void **state)
{
    static uint64_t random = 5;
    for (int i = 0; i < 3; i++) {
        getcontext(&coroutines[i]);
        coroutines[i].uc_stack.ss_sp = coroutine_stacks[i];
        coroutines[i].uc_stack.ss_size = sizeof coroutine_stacks[i];
        coroutines[i].uc_link = &main_context;
        makecontext(&coroutines[i], (void (*)(void))run_coroutine, 1, i);
    }
    static unsigned turns[3];
    while (turns[0] + turns[1] + turns[2] < 180) {
        unsigned i = (unsigned)(scratch_random(&random) % 3);
        if (turns[i] == 60)
            continue;
        turns[i]++;
        swapcontext(&main_context, &coroutines[i]);
        capture();
    }
    assert_all_the_same(500);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned turn = 0; turn < 59; turn++)
            assert_int_equal(coroutine_depth[i][turn], coroutine_depth[i][0] + turn * (i + 3) % 11);
}
#endif

/* --- code that nothing is known of --------------------------------------- */

static void code_made_at_run_time(void **state)
{
    static const unsigned char keeps_frame_pointer[] = {
        0x55,             /* push %rbp */
        0x48, 0x89, 0xe5, /* mov %rsp, %rbp */
        0xff, 0xd7,       /* call *%rdi */
        0x5d,             /* pop %rbp */
        0xc3,             /* ret */
    };
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t (*made)(uint32_t(*)(void));
    assert_ptr_not_equal(page, MAP_FAILED);
    memcpy(page, keeps_frame_pointer, sizeof keeps_frame_pointer);
    memcpy(&made, &page, sizeof page);
    uint32_t plain = capture();
    uint32_t stack = made(capture);
    for (int i = 0; i < 10; i++)
        made(capture);
    assert_int_equal(depth_of(stack), depth_of(plain) + 1);
    assert_int_equal(stack_table_address(stack_table_parent(stack)), (uintptr_t)page + 6);
    assert_all_the_same(12);
    munmap(page, 4096);
}

/* Calls `function` with a frame pointer of garbage, from a frame whose CFA is told by it. */
static WITH_FRAME uint32_t call_with_frame_pointer(uintptr_t garbage, uint32_t (*function)(void))
{
    uint32_t result;
    __asm__ volatile("mov %%rbp, %%r12\n"
                     "mov %%rsp, %%r13\n"
                     "sub $512, %%rsp\n"
                     "and $-16, %%rsp\n"
                     "mov %1, %%rbp\n"
                     "call *%2\n"
                     "mov %%r13, %%rsp\n"
                     "mov %%r12, %%rbp\n"
                     : "=a"(result)
                     : "r"(garbage), "r"(function)
                     : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
                       "memory", "cc");
    return result;
}

static void a_smashed_frame_pointer_cuts_the_stack(void **state)
{
    static uintptr_t words[64];
    const uintptr_t garbage[] = {
        8, 0x4141414141414141, 0x1000, (uintptr_t)1 << 63, (uintptr_t)words + 3, 0x7ffffffff000,
    };
    uint32_t good = capture();
    memset(words, 0x41, sizeof words);
    unwind_verify(false);
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        uint64_t cut = trace_log_header->losses.stacks_cut;
        uint32_t stack = call_with_frame_pointer(garbage[i], capture);
        assert_true(stack > TRACE_NODE_CUT);
        assert_int_equal(stack_table_address(stack), (uintptr_t)capture + 1);
#if UNW_VERSION_MINOR >= 6 /* before, libunwind takes what it cannot read for the end */
        assert_true(is_cut(stack));
        assert_int_equal(trace_log_header->losses.stacks_cut, cut + 1);
#else
        (void)cut;
#endif
    }
    /* libunwind reads a 0 where the CFA wraps around, and takes that for the outermost frame's. */
    assert_true(call_with_frame_pointer(UINTPTR_MAX - 7, capture) > TRACE_NODE_CUT);
    /* A frame that leads to itself. */
    words[0] = (uintptr_t)words;
    words[1] = (uintptr_t)capture + 1;
    assert_true(call_with_frame_pointer((uintptr_t)words, capture) > TRACE_NODE_CUT);
    unwind_verify(true);
    assert_int_equal(depth_of(capture()), depth_of(good));
    assert_all_the_same(2);
}

/* --- unwind_is_inside ---------------------------------------------------- */

static struct call_site outer_site;
static bool was_inside[2];
static uintptr_t apart; /* a return address */
static bool wants_apart;

static bool is_apart(uintptr_t return_address)
{
    return return_address == apart;
}

static NOINLINE void inner(unsigned frames)
{
    struct call_site site = UNWIND_CALL_SITE(inner);
    apart = wants_apart ? site.return_address : 0;
    was_inside[0] = unwind_is_inside(thread_current(), &site, &outer_site, frames, is_apart);
    struct call_site elsewhere = outer_site;
    elsewhere.return_address++;
    was_inside[1] = unwind_is_inside(thread_current(), &site, &elsewhere, frames, is_apart);
}

static WITHOUT_FRAME void between(unsigned more, unsigned frames)
{
    if (more)
        between(more - 1, frames);
    else
        inner(frames);
    AFTER_THE_CALL();
}

static NOINLINE void outer(unsigned more, unsigned frames)
{
    struct call_site site = UNWIND_CALL_SITE(outer);
    outer_site = site;
    between(more, frames);
    AFTER_THE_CALL();
}

static void whether_a_call_is_inside_another(void **state)
{
    outer(2, 16);
    assert_true(was_inside[0]);
    assert_false(was_inside[1]);
    wants_apart = true; /* the call between */
    outer(2, 16);
    assert_false(was_inside[0]);
    wants_apart = false;
    outer(20, 16); /* too far out */
    assert_false(was_inside[0]);
    between(1, 16); /* outer has returned: its site lies inside or is no frame */
    assert_false(was_inside[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin_counting)
    const struct CMUnitTest tests[] = {
        TEST(handlers_on_the_same_stack),
        TEST(handlers_on_a_stack_of_their_own),
        TEST(threads_have_stacks_of_their_own),
#if !defined(__SANITIZE_THREAD__)
        TEST(stacks_of_coroutines),
#endif
        TEST(code_made_at_run_time),
        TEST(a_smashed_frame_pointer_cuts_the_stack),
        TEST(whether_a_call_is_inside_another),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
