/* words_memory.h: what a process' resident memory consists of, in English. */
#ifndef WORDS_MEMORY_H
#define WORDS_MEMORY_H

#include "trace_format.h"

/* The caller's to free. */
char *words_memory(const struct trace_memory *memory);

#endif
