#include "events/probe.h"

/* A note as SystemTap's sys/sdt.h makes it (UserSpaceProbeImplementation): the probe's address,
 * that of the base, no semaphore, then provider, name and where the arguments are. */
#define PROBE(name, arguments)                                                                     \
    __asm__ volatile("990: nop\n"                                                                  \
                     ".pushsection .note.stapsdt,\"?\",\"note\"\n"                                 \
                     ".balign 4\n"                                                                 \
                     ".4byte 992f-991f, 994f-993f, 3\n"                                            \
                     "991: .asciz \"stapsdt\"\n"                                                   \
                     "992: .balign 4\n"                                                            \
                     "993: .8byte 990b, probe_base, 0\n"                                           \
                     ".asciz \"otel_memory\"\n"                                                    \
                     ".asciz \"" name "\"\n"                                                       \
                     ".asciz \"" arguments "\"\n"                                                  \
                     "994: .balign 4\n"                                                            \
                     ".popsection\n")

/* By which a reader sees that a file was prelinked. */
__asm__(".pushsection .stapsdt.base,\"a\",\"progbits\"\n"
        ".hidden probe_base\n"
        "probe_base: .space 1\n"
        ".size probe_base, 1\n"
        ".popsection\n");

#if defined(__clang__)
#define PROBED __attribute__((noinline)) /* it makes no clones */
#else
#define PROBED __attribute__((noinline, noclone))
#endif

PROBED void probe_alloc(const void *pointer, size_t size, uint64_t weighted_bytes)
{
    PROBE("alloc", "8@%rdi 8@%rsi 8@%rdx");
    (void)pointer, (void)size, (void)weighted_bytes;
}

PROBED void probe_free(const void *pointer)
{
    PROBE("free", "8@%rdi");
    (void)pointer;
}
