/* leak.h: what the leak_* programs share.
 *
 * A leak checker finds whatever still lies on the stack or in a register. So that the figures do not
 * depend on luck each program does its work in functions of their own, called by main, which keeps
 * no pointer itself, and then calls forget(), which overwrites the stack that they used. */
#ifndef LEAK_H
#define LEAK_H
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APART __attribute__((noinline))

static APART void forget_deep(int depth)
{
    volatile char room[4096];
    for (unsigned k = 0; k < sizeof room; k++)
        room[k] = 0;
    if (depth > 0)
        forget_deep(depth - 1);
}

/* Overwrites the registers that a call may change. */
static APART void forget_registers(void)
{
    __asm__ volatile("xor %%eax, %%eax; xor %%ecx, %%ecx; xor %%edx, %%edx; xor %%esi, %%esi;"
                     "xor %%edi, %%edi; xor %%r8d, %%r8d; xor %%r9d, %%r9d; xor %%r10d, %%r10d;"
                     "xor %%r11d, %%r11d" ::: "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
}

/* And 128 KiB of stack. */
static APART void forget(void)
{
    forget_deep(32);
    forget_registers();
}

/* Allocates a block of zeros whose first word is `next`. */
static APART void *node(size_t size, void *next)
{
    void **block = (void **)calloc(1, size);
    if (size >= sizeof *block)
        *block = next;
    return block;
}
#endif
