/* utf8.h: whether bytes are UTF-8 as the standard has it: no overlong forms, no surrogates. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that begins here (NUL terminated text, not at its end), and the character;
 * 0: none does. */
size_t utf8_character(const char *text, uint32_t *character);

#endif
