/* instruction.h: what a machine instruction does to memory, for errors that name one. Uses
 * capstone, where leakreport was built with it. */
#ifndef REPORT_INSTRUCTION_H
#define REPORT_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes the x86-64 instruction at `code` reads from memory, or writes to it; 0: not known.
 */
uint32_t instruction_access_size(const uint8_t *code, size_t size, bool writes);

#endif
