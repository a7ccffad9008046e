#include "events/request_stub.h"

#include <cpuid.h>
#include <string.h>

void request_stub(void);

static const unsigned char request[REQUEST_BYTES] = {0x48, 0xc1, 0xc7, 0x03, 0x48, 0xc1, 0xc7,
                                                     0x0d, 0x48, 0xc1, 0xc7, 0x3d, 0x48, 0xc1,
                                                     0xc7, 0x33, 0x48, 0x87, 0xdb};
static const unsigned char call[REQUEST_BYTES] = {
    0x48, 0x83, 0xc4, 0x80, 0x48, 0xba, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd2, 0x0f, 0x1f, 0x00};
#define CALL_ADDRESS 6 /* of the stub, in `call` */

/* Used by the stub: what xsave is to keep, 0: fxsave must do; and the space for it. Of AMX's tiles,
 * 8 KiB, no code keeps anything over a request. xsavec passes over what is not in use, which is
 * most of it nearly always; xsaveopt may not be used on a stack, because it trusts what it wrote
 * before. */
uint32_t request_stub_states __attribute__((visibility("hidden"))) = 0;
uint32_t request_stub_compacts __attribute__((visibility("hidden"))) = 0;
uint64_t request_stub_space __attribute__((visibility("hidden"))) = 512;

#define STATES     0xe7u /* x87, SSE, AVX, and AVX-512's three */
#define STATES_ZMM 0xe0u
#define SPACE_ZMM  2688u
#define SPACE_AVX  832u
#define BIT_XSAVED (1u << 27) /* the system uses xsave */
#define BIT_XSAVEC (1u << 1)

void request_stub_begin(void)
{
    uint32_t a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & BIT_XSAVED))
        return;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    request_stub_states = low & STATES;
    request_stub_space = low & STATES_ZMM ? SPACE_ZMM : SPACE_AVX;
    if (__get_cpuid_count(0xd, 1, &a, &b, &c, &d))
        request_stub_compacts = a & BIT_XSAVEC;
}

const unsigned char *request_stub_find(const unsigned char *begin, const unsigned char *end)
{
    uint64_t first, here;
    memcpy(&first, request, sizeof first);
    for (; begin + REQUEST_BYTES <= end; begin++) {
        memcpy(&here, begin, sizeof here);
        if (here == first && memcmp(begin, request, sizeof request) == 0)
            return begin;
    }
    return NULL;
}

void request_stub_patch(unsigned char *at)
{
    void (*stub)(void) = request_stub;
    unsigned char patch[REQUEST_BYTES];
    memcpy(patch, call, sizeof patch);
    memcpy(patch + CALL_ADDRESS, &stub, sizeof stub);
    memcpy(at, patch, sizeof patch);
}

/* On entry the return address is at rsp, and the caller's stack pointer was 128 more than that of
 * the call; `ret $128` gives it back. Unwinders are told the same. */
#if defined(__x86_64__)
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden request_stub\n"
        ".globl request_stub\n"
        ".type request_stub, @function\n"
        "request_stub:\n"
        "    .cfi_startproc\n"
        "    .cfi_def_cfa %rsp, 136\n"
        "    .cfi_offset %rip, -136\n"
        "    endbr64\n"
        "    cmpq $0x1001, (%rax)\n"
        "    jne 1f\n"
        "    movl $1, %edx\n"
        "    ret $128\n"
        "1:  cmpq $0x1302, (%rax)\n"
        "    jne 6f\n"
        "    xorl %edx, %edx\n"
        "    ret $128\n"
        "6:  pushq %rbp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_offset %rbp, -144\n"
        "    movq %rsp, %rbp\n"
        "    .cfi_def_cfa_register %rbp\n"
        "    pushq %rax\n"
        "    pushq %rcx\n"
        "    pushq %rsi\n"
        "    pushq %rdi\n"
        "    pushq %r8\n"
        "    pushq %r9\n"
        "    pushq %r10\n"
        "    pushq %r11\n"
        "    pushq $0\n" /* the answer */
        "    subq request_stub_space(%rip), %rsp\n"
        "    andq $-64, %rsp\n"
        "    movl request_stub_states(%rip), %eax\n"
        "    xorl %edx, %edx\n"
        "    testl %eax, %eax\n"
        "    jz 2f\n"
        "    movq %rdx, 512(%rsp)\n" /* xrstor wants the header's rest to be 0 */
        "    movq %rdx, 520(%rsp)\n"
        "    movq %rdx, 528(%rsp)\n"
        "    movq %rdx, 536(%rsp)\n"
        "    movq %rdx, 544(%rsp)\n"
        "    movq %rdx, 552(%rsp)\n"
        "    movq %rdx, 560(%rsp)\n"
        "    movq %rdx, 568(%rsp)\n"
        "    cmpl %edx, request_stub_compacts(%rip)\n"
        "    je 7f\n"
        "    xsavec64 (%rsp)\n"
        "    jmp 3f\n"
        "7:  xsave64 (%rsp)\n"
        "    jmp 3f\n"
        "2:  fxsave64 (%rsp)\n"
        "3:  movq -8(%rbp), %rdi\n"
        "    movq 8(%rbp), %rsi\n"
        "    leaq 144(%rbp), %rdx\n"
        "    movq (%rbp), %rcx\n"
        "    call request_answer\n"
        "    movq %rax, -72(%rbp)\n"
        "    movl request_stub_states(%rip), %eax\n"
        "    xorl %edx, %edx\n"
        "    testl %eax, %eax\n"
        "    jz 4f\n"
        "    xrstor64 (%rsp)\n"
        "    jmp 5f\n"
        "4:  fxrstor64 (%rsp)\n"
        "5:  leaq -72(%rbp), %rsp\n"
        "    popq %rdx\n"
        "    popq %r11\n"
        "    popq %r10\n"
        "    popq %r9\n"
        "    popq %r8\n"
        "    popq %rdi\n"
        "    popq %rsi\n"
        "    popq %rcx\n"
        "    popq %rax\n"
        "    popq %rbp\n"
        "    .cfi_def_cfa %rsp, 136\n"
        "    .cfi_restore %rbp\n"
        "    ret $128\n"
        "    .cfi_endproc\n"
        ".size request_stub, . - request_stub\n");
#else
#error "request_stub: write the stub for this processor"
#endif
