/* bytes: memcpy, strlen and the others of <string.h> that the tracer calls, or that the compiler
 * makes of a copied struct.
 *
 * libtrace.so must not import them: a program may have functions of its own that bear these names,
 * and they might allocate, print, or expect another thing. C reserves the names, but nothing that
 * runs without the tracer may fail with it. The linker puts these in their place (--wrap, in the
 * Makefile), so that the rooms call what they always call; a unit test has libc's. None is on the
 * path of malloc and free for more than a few bytes. */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>

#define BYTES_INSTEAD(name) __asm__("__wrap_" #name)

void *bytes_copy(void *to, const void *from, size_t length) BYTES_INSTEAD(memcpy);
void *bytes_move(void *to, const void *from, size_t length) BYTES_INSTEAD(memmove);
void *bytes_set(void *to, int value, size_t length) BYTES_INSTEAD(memset);
int bytes_compare(const void *left, const void *right, size_t length) BYTES_INSTEAD(memcmp);
void *bytes_find(const void *in, int wanted, size_t length) BYTES_INSTEAD(memchr);
size_t bytes_text_length(const char *text) BYTES_INSTEAD(strlen);
size_t bytes_text_length_to(const char *text, size_t limit) BYTES_INSTEAD(strnlen);
int bytes_text_compare(const char *left, const char *right) BYTES_INSTEAD(strcmp);
int bytes_text_compare_to(const char *left, const char *right, size_t limit) BYTES_INSTEAD(strncmp);
char *bytes_text_find(const char *text, int wanted) BYTES_INSTEAD(strchr);
char *bytes_text_find_last(const char *text, int wanted) BYTES_INSTEAD(strrchr);
size_t bytes_text_length_without(const char *text, const char *ends) BYTES_INSTEAD(strcspn);
size_t bytes_text_length_within(const char *text, const char *kept) BYTES_INSTEAD(strspn);

#endif
