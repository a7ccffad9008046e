/* request_stub: a patched request is answered, and nothing but the answer's register is touched. */
#include "events/request_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#define REQUEST "rolq $3, %rdi; rolq $13, %rdi; rolq $61, %rdi; rolq $51, %rdi; xchgq %rbx, %rbx\n"

/* Two functions on pages of their own. The first hands over its argument; the second makes a
 * request with every register and the red zone full of known values, and writes down what they are
 * behind it. */
uint64_t one_request(const uint64_t words[6]);
void every_register(void);
extern const unsigned char code_begin[], code_end[];

extern uint32_t request_stub_states, request_stub_compacts;
uint64_t values_before[13], values_after[13]; /* rcx rsi rdi r8-r15 rbp rbx */
uint64_t zone_after[16];
uint64_t stack_before, stack_after, answer_after, words_before, words_after;
uint8_t vectors_before[16][16], vectors_after[16][16];
uint64_t request_words[6];

#define MOVE(register, place) "movq " place ", %" register "\n"
#define KEEP(register, place) "movq %" register ", " place "\n"
#define GENERAL(X, array)                                                                          \
    X("rcx", array "+0(%rip)")                                                                     \
    X("rsi", array "+8(%rip)")                                                                     \
    X("rdi", array "+16(%rip)")                                                                    \
    X("r8", array "+24(%rip)")                                                                     \
    X("r9", array "+32(%rip)")                                                                     \
    X("r10", array "+40(%rip)")                                                                    \
    X("r11", array "+48(%rip)")                                                                    \
    X("r12", array "+56(%rip)")                                                                    \
    X("r13", array "+64(%rip)")                                                                    \
    X("r14", array "+72(%rip)")                                                                    \
    X("r15", array "+80(%rip)")                                                                    \
    X("rbp", array "+88(%rip)")                                                                    \
    X("rbx", array "+96(%rip)")

__asm__(".text\n.p2align 12\n"
        ".globl code_begin, code_end, one_request, every_register\n"
        "code_begin:\n"
        "one_request:\n"
        "    movq %rdi, %rax\n"
        "    movl $77, %edx\n" REQUEST "    movq %rdx, %rax\n"
        "    ret\n"
        "every_register:\n"
        "    pushq %rbx; pushq %rbp; pushq %r12; pushq %r13; pushq %r14; pushq %r15\n"
        ".set i, 0\n.rept 16\n"
        "    movl $i + 1000, %eax; movq %rax, -8 - 8 * i(%rsp)\n.set i, i + 1\n.endr\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "    movdqu vectors_before + 16 * \\n(%rip), %xmm\\n\n.endr\n" GENERAL(
            MOVE, "values_before") MOVE("rax", "words_before(%rip)")
            KEEP("rsp", "stack_before(%rip)") REQUEST KEEP("rsp", "stack_after(%rip)")
                KEEP("rax", "words_after(%rip)") KEEP("rdx", "answer_after(%rip)") GENERAL(
                    KEEP,
                    "values_after") ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                                    "    movdqu %xmm\\n, vectors_after + 16 * \\n(%rip)\n.endr\n"
                                    ".set i, 0\n.rept 16\n"
                                    "    movq -8 - 8 * i(%rsp), %rax; movq %rax, zone_after + 8 * "
                                    "i(%rip)\n"
                                    ".set i, i + 1\n.endr\n"
                                    "    popq %r15; popq %r14; popq %r13; popq %r12; popq %rbp; "
                                    "popq %rbx\n"
                                    "    ret\n"
                                    "code_end:\n"
                                    ".p2align 12\n");

static struct {
    uint64_t words[6];
    uintptr_t return_address, cfa, bp;
    unsigned count;
} asked;

/* What may be changed in a function is changed. */
uint64_t request_answer(const uint64_t words[6], uintptr_t return_address, uintptr_t cfa,
                        uintptr_t bp)
{
    volatile char room[4096];
    memset((char *)room, 0xa5, sizeof room);
    memcpy(asked.words, words, sizeof asked.words);
    asked.return_address = return_address;
    asked.cfa = cfa;
    asked.bp = bp;
    asked.count++;
    __asm__ volatile(".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                     "pcmpeqd %%xmm\\n, %%xmm\\n\n.endr\n"
                     "xorl %%ecx, %%ecx; xorl %%esi, %%esi; xorl %%edi, %%edi; xorl %%r8d, %%r8d\n"
                     "xorl %%r9d, %%r9d; xorl %%r10d, %%r10d; xorl %%r11d, %%r11d\n" ::
                         : "rcx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "xmm0", "xmm1",
                           "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                           "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return 4321;
}

/* --- before the patch ---------------------------------------------------- */

static void both_requests_are_found(void **state)
{
    const unsigned char *first = request_stub_find(code_begin, code_end);
    assert_non_null(first);
    const unsigned char *second = request_stub_find(first + REQUEST_BYTES, code_end);
    assert_non_null(second);
    assert_null(request_stub_find(second + REQUEST_BYTES, code_end));
    assert_null(request_stub_find(first, first + REQUEST_BYTES - 1));
    assert_ptr_equal(request_stub_find(first, first + REQUEST_BYTES), first);
}

/* The sequence that names the original function of a wrapped one exchanges another register. */
static void what_is_not_whole_is_left_alone(void **state)
{
    unsigned char code[REQUEST_BYTES];
    const unsigned char *request = request_stub_find(code_begin, code_end);
    for (unsigned i = 0; i < REQUEST_BYTES; i++) {
        memcpy(code, request, sizeof code);
        code[i] ^= 1;
        assert_null(request_stub_find(code, code + sizeof code));
    }
}

static void unpatched_it_is_the_default(void **state)
{
    uint64_t words[6] = {REQUEST_RUNNING_ON_VALGRIND};
    assert_int_equal(one_request(words), 77);
    assert_int_equal(asked.count, 0);
}

/* --- behind it ----------------------------------------------------------- */

static int patch(void **state)
{
    size_t length = (size_t)(code_end - code_begin + 4095) & ~(size_t)4095;
    if (mprotect((void *)code_begin, length, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
        return -1;
    request_stub_begin();
    for (const unsigned char *at = code_begin; (at = request_stub_find(at, code_end));)
        request_stub_patch((unsigned char *)at);
    return mprotect((void *)code_begin, length, PROT_READ | PROT_EXEC);
}

static void valgrind_is_there(void **state)
{
    uint64_t words[6] = {REQUEST_RUNNING_ON_VALGRIND};
    uint64_t freed[6] = {REQUEST_FREELIKE_BLOCK, 11};
    asked.count = 0;
    assert_int_equal(one_request(words), 1);
    assert_int_equal(one_request(freed), 0);
    assert_int_equal(asked.count, 0);
}

static void other_requests_are_handed_on(void **state)
{
    uint64_t words[6] = {REQUEST_MALLOCLIKE_BLOCK, 11, 22, 33, 44, 55};
    asked.count = 0;
    assert_int_equal(one_request(words), 4321);
    assert_int_equal(asked.count, 1);
    assert_memory_equal(asked.words, words, sizeof words);
    assert_true(asked.return_address > (uintptr_t)one_request &&
                asked.return_address < (uintptr_t)every_register);
    assert_ptr_equal(asked.bp, __builtin_frame_address(0));
}

static void fill(void)
{
    for (unsigned i = 0; i < 13; i++)
        values_before[i] = 0x0101010101010101u * (i + 1);
    for (unsigned i = 0; i < 16; i++)
        memset(vectors_before[i], (int)i + 1, 16);
    memset(values_after, 0, sizeof values_after);
    memset(vectors_after, 0, sizeof vectors_after);
    memset(zone_after, 0, sizeof zone_after);
    words_before = (uintptr_t)request_words;
}

static void check_kept(void)
{
    assert_memory_equal(values_after, values_before, sizeof values_before);
    assert_memory_equal(vectors_after, vectors_before, sizeof vectors_before);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(zone_after[i], i + 1000);
    assert_int_equal(stack_after, stack_before);
    assert_int_equal(words_after, words_before);
}

static void every_register_is_kept(void **state)
{
    fill();
    request_words[0] = REQUEST_MALLOCLIKE_BLOCK;
    every_register();
    check_kept();
    assert_int_equal(answer_after, 4321);
    assert_int_equal(asked.cfa, stack_before);
    assert_int_equal(asked.bp, values_before[11]);
    fill();
    request_words[0] = REQUEST_RUNNING_ON_VALGRIND;
    every_register();
    check_kept();
    assert_int_equal(answer_after, 1);
    fill();
    request_words[0] = REQUEST_FREELIKE_BLOCK;
    every_register();
    check_kept();
    assert_int_equal(answer_after, 0);
}

/* Of a processor that has less, or a valgrind below. */
static void every_register_is_kept_by_other_means(void **state)
{
    uint32_t states = request_stub_states;
    request_stub_compacts = 0;
    every_register_is_kept(state);
    request_stub_states = 0;
    every_register_is_kept(state);
    request_stub_states = states;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_requests_are_found),
        cmocka_unit_test(what_is_not_whole_is_left_alone),
        cmocka_unit_test(unpatched_it_is_the_default),
        cmocka_unit_test_setup(valgrind_is_there, patch),
        cmocka_unit_test(other_requests_are_handed_on),
        cmocka_unit_test(every_register_is_kept),
        cmocka_unit_test(every_register_is_kept_by_other_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
