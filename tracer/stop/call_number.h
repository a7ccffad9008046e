/* call_number: which system call an instruction `syscall` makes, told from the code in front of it.
 *
 * The kernel forgets the number of a call that it cuts short. libc sets it last of all or a few
 * instructions before, by way of another register too, among the moves of the arguments. Only such
 * instructions are understood; anything else in between, and the number is not known. */
#ifndef CALL_NUMBER_H
#define CALL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALL_NUMBER_REACH 48u /* bytes of code that are looked at */

/* `code` are the `length` bytes up to and with the `syscall`. */
bool call_number_find(const unsigned char *code, size_t length, uint32_t *number);

#endif
