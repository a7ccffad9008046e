#include "capture/frame_cache.h"

#include "tables/module_list.h"
#include "scratch.h"
#include "capture/stepper.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

int main(void);

static bool is_stable(uintptr_t address)
{
    return module_list_find(address) != 0;
}

static int set_up(void **state)
{
    const char *reason = "";
    scratch_begin_log("frames.log");
    module_list_begin();
    if (!stepper_load(&reason))
        print_error("%s\n", reason);
    return frame_cache_begin(is_stable) && !reason ? 0 : -1;
}

/* --- rules for frames of known shape ------------------------------------- */

static uintptr_t here; /* the return address into the function that calls note_here() */

static __attribute__((noinline, noclone)) void note_here(void)
{
    here = (uintptr_t)__builtin_return_address(0);
}

static __attribute__((noinline, noclone, optimize("no-omit-frame-pointer"))) void
keeps_frame_pointer(void)
{
    note_here();
    __asm__ volatile("");
}

static __attribute__((noinline, noclone, optimize("omit-frame-pointer"))) void keeps_none(void)
{
    volatile char room[1000];
    room[0] = 0;
    note_here();
    room[1] = room[0];
}

static struct frame_rule rule_here(void (*function)(void))
{
    function();
    return frame_rule_unpack(frame_cache_find(here));
}

static void a_frame_with_a_frame_pointer(void **state)
{
    struct frame_rule rule = rule_here(keeps_frame_pointer);
    assert_int_equal(rule.kind, FRAME_BY_BP);
    assert_int_equal(rule.cfa_offset, 16);
    assert_int_equal(rule.bp_offset, 16);
}

#if !SCRATCH_SANITIZED /* sanitizers make frames of their own */
static void a_frame_without_one(void **state)
{
    struct frame_rule rule = rule_here(keeps_none);
    assert_int_equal(rule.kind, FRAME_BY_SP);
    assert_true(rule.cfa_offset > 900 && rule.cfa_offset < 1100);
    assert_int_equal(rule.bp_offset, 0);
}
#endif

static void code_in_no_module_is_guessed_and_not_remembered(void **state)
{
    struct frame_cache_counts before, after;
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    frame_cache_count(&before);
    for (int i = 0; i < 2; i++) {
        struct frame_rule rule = frame_rule_unpack(frame_cache_find((uintptr_t)page + 100));
        assert_int_equal(rule.kind, FRAME_GUESSED);
        assert_int_equal(rule.cfa_offset, 16);
        assert_int_equal(rule.bp_offset, 16);
    }
    frame_cache_count(&after);
    assert_memory_equal(&before, &after, sizeof before);
    munmap(page, 4096);
}

static uint64_t rules_asked_for(void)
{
    struct frame_cache_counts counts;
    uint64_t sum = 0;
    frame_cache_count(&counts);
    for (int i = 0; i < FRAME_KINDS; i++)
        sum += counts.rules[i];
    return sum;
}

static void libunwind_is_asked_once(void **state)
{
    rule_here(keeps_none);
    uint64_t asked = rules_asked_for();
    for (int i = 0; i < 100; i++)
        rule_here(keeps_none);
    assert_int_equal(rules_asked_for(), asked);
    frame_cache_forget(0, UINTPTR_MAX);
    uint64_t rule = frame_cache_find(here);
    assert_int_equal(rules_asked_for(), asked + 1);
    assert_int_equal(frame_cache_find(here), rule);
    assert_int_equal(rules_asked_for(), asked + 1);
}

/* --- every rule against libunwind's own step ----------------------------- */

struct code {
    uintptr_t begin, end;
};

static int find_code(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct code *code = context;
    if (strstr(info->dlpi_name, "/libc.so"))
        for (int i = 0; i < info->dlpi_phnum; i++)
            if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
                code->begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
                code->end = code->begin + info->dlpi_phdr[i].p_memsz;
            }
    return 0;
}

#define REGION (1u << 20)
static uintptr_t region_words[2 * REGION / sizeof(uintptr_t)];
static uintptr_t *const regions[2] = {region_words, region_words + REGION / sizeof(uintptr_t)};

/* What the rule makes of a frame; false if it is not to be done by the rule. */
static bool step_by_rule(struct frame_rule rule, const struct stepper_frame *frame,
                         struct stepper_frame *caller)
{
    if (rule.kind != FRAME_BY_SP && rule.kind != FRAME_BY_BP)
        return false;
    if (rule.cfa_offset < 8 || (uint32_t)rule.cfa_offset > REGION / 4)
        return false;
    caller->sp =
        (rule.kind == FRAME_BY_SP ? frame->sp : frame->bp) + (uintptr_t)(intptr_t)rule.cfa_offset;
    caller->ip = *(uintptr_t *)(caller->sp - 8);
    caller->bp = rule.bp_offset ? *(uintptr_t *)(caller->sp - rule.bp_offset) : frame->bp;
    return true;
}

static void rules_of_libc_do_what_libunwind_does(void **state)
{
    struct code code = {0, 0};
    uint64_t random = 31337;
    unsigned stepped = 0;
    dl_iterate_phdr(find_code, &code);
    assert_true(code.end > code.begin);
    for (size_t i = 0; i < sizeof region_words / sizeof *region_words; i++)
        region_words[i] = scratch_random(&random) >> 17 << 4 | 1;
    for (int i = 0; i < 6000; i++) {
        uintptr_t address = code.begin + scratch_random(&random) % (code.end - code.begin);
        struct frame_rule rule = frame_rule_unpack(frame_cache_find(address));
        struct stepper_frame frame = {
            address, (uintptr_t)regions[0] + REGION / 2 + scratch_random(&random) % 64 * 8,
            (uintptr_t)regions[1] + REGION / 2 + scratch_random(&random) % 64 * 8, 1};
        struct stepper_frame expected, caller;
        if (!step_by_rule(rule, &frame, &caller))
            continue;
        assert_int_equal(stepper_step(&frame, &expected), STEPPER_STEPPED);
        assert_int_equal(caller.sp, expected.sp);
        assert_int_equal(caller.ip, expected.ip);
        assert_int_equal(caller.bp, expected.bp);
        stepped++;
    }
    assert_true(stepped > 5000); /* nearly all code is plain */
}

/* --- many threads -------------------------------------------------------- */

#define ADDRESSES 3000
static uintptr_t addresses[ADDRESSES];
static uint64_t rules[ADDRESSES];
static atomic_uint wrong;

static void *find_all(void *argument)
{
    for (int i = 0; i < ADDRESSES; i++) {
        int at = argument ? ADDRESSES - 1 - i : i;
        uint64_t rule = frame_cache_find(addresses[at]);
        /* Who comes while another thread asks walks this one stack instead. */
        if (rule != rules[at] && rule != FRAME_WALKED)
            wrong++;
    }
    return NULL;
}

static void threads_find_the_same_rules(void **state)
{
    struct code code = {0, 0};
    uint64_t random = 4;
    pthread_t threads[4];
    dl_iterate_phdr(find_code, &code);
    for (int i = 0; i < ADDRESSES; i++) {
        addresses[i] = code.begin + scratch_random(&random) % (code.end - code.begin);
        rules[i] = frame_cache_find(addresses[i]);
    }
    frame_cache_forget(0, UINTPTR_MAX);
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, find_all, (void *)(i % 2));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(wrong, 0);
    for (int i = 0; i < ADDRESSES; i++)
        assert_int_equal(frame_cache_find(addresses[i]), rules[i]);
}

/* --- stepper ------------------------------------------------------------- */

static void stepping_leaves_errno(void **state)
{
    void *frames[16];
    struct stepper_frame frame = {(uintptr_t)main, 8, 8, 0};
    struct stepper_frame caller;
    errno = 4711;
    stepper_step(&frame, &caller);
    stepper_backtrace(frames, 16);
    stepper_information_at((uintptr_t)main);
    assert_int_equal(errno, 4711);
}

static void what_is_known_of_code(void **state)
{
    static const char data[64];
    assert_int_equal(stepper_information_at((uintptr_t)keeps_none + 4), STEPPER_DESCRIBED);
    assert_int_equal(stepper_information_at((uintptr_t)data), STEPPER_UNDESCRIBED);
}

static unsigned visits;
static bool visit_two(void *context, uintptr_t address)
{
    if (visits == 0)
        *(uintptr_t *)context = address;
    return ++visits < 2;
}

static __attribute__((noinline, noclone)) void walk_from_here(void)
{
    uintptr_t from = (uintptr_t)__builtin_return_address(0);
    uintptr_t first = 0;
    assert_false(stepper_walk(from, visit_two, &first)); /* told to stop */
    assert_int_equal(visits, 2);
    assert_int_equal(first, from);
    assert_false(stepper_walk(1, visit_two, &first)); /* no such frame */
    assert_int_equal(visits, 2);
}

static void a_walk_begins_where_it_is_told(void **state)
{
    walk_from_here();
    __asm__ volatile("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_with_a_frame_pointer),
#if !SCRATCH_SANITIZED
        cmocka_unit_test(a_frame_without_one),
#endif
        cmocka_unit_test(code_in_no_module_is_guessed_and_not_remembered),
        cmocka_unit_test(libunwind_is_asked_once),
        cmocka_unit_test(rules_of_libc_do_what_libunwind_does),
        cmocka_unit_test(threads_find_the_same_rules),
        cmocka_unit_test(stepping_leaves_errno),
        cmocka_unit_test(what_is_known_of_code),
        cmocka_unit_test(a_walk_begins_where_it_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
