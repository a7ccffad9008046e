/* request_stub: what client requests of valgrind's call once they are patched.
 *
 * A request is 19 bytes of code that do nothing unless valgrind sees them: rdi is rotated by 3, 13,
 * 61 and 51 bits, 128 in all, then rbx is exchanged with itself. rax has the address of six words,
 * the request's number and five arguments; rdx has the answer if nobody answers, and takes it. In
 * their place comes
 *
 *     add $-128, %rsp          4   past what the function keeps below its stack pointer
 *     movabs $request_stub, %rdx  10
 *     call *%rdx               2   anywhere: there may be gigabytes in between
 *     nopl (%rax)              3
 *
 * and the stub returns behind it with the stack pointer as it was. The default answer is lost on
 * the way: it is 0 in every request that anybody makes.
 *
 * The stub answers RUNNING_ON_VALGRIND (1) and FREELIKE_BLOCK (nothing: parts go with their whole,
 * see block_parts) by itself; for the rest it keeps every register, the vectors too, and calls
 * request_answer. */
#ifndef REQUEST_STUB_H
#define REQUEST_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_BYTES 19u

enum request_number {
    REQUEST_RUNNING_ON_VALGRIND = 0x1001,
    REQUEST_MALLOCLIKE_BLOCK = 0x1301, /* address, size, red zone, zeroed */
    REQUEST_FREELIKE_BLOCK = 0x1302,   /* address, red zone */
};

/* Called before the first patch: what the processor has to be kept of. */
void request_stub_begin(void);
/* The next request in begin … end - 1, code of the process's; NULL: none. Reads no byte behind. */
const unsigned char *request_stub_find(const unsigned char *begin, const unsigned char *end);
/* Puts the call there. The memory is writable, and nobody executes it. */
void request_stub_patch(unsigned char *request);

/* The answer to a request that was made with these words; the other arguments are the call's, as
 * in struct call_site. It is interpose_glib's. */
uint64_t request_answer(const uint64_t words[6], uintptr_t return_address, uintptr_t cfa,
                        uintptr_t bp);

#endif
